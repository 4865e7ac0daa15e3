"""Sharing: only with an agency with which it was agreed, as an Administrator records; and each reading is told."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

AGENCY = "Tarnvale hospice at home"


def test_a_record_is_shared_once_sharing_is_agreed(somebody: Any) -> None:
    admin, officer, partner = somebody("admin"), somebody("officer"), somebody("partner")
    admin.open("/agencies/list/")
    admin.add("agency", name=AGENCY, kind="Other", email="office@hospice.example.org")
    agency = admin.here

    officer.find("feedback", "A calm move from hospital")
    address = officer.here
    officer.press("Share with an agency")
    officer.fill(agency_id=AGENCY, note="They looked after the same person.")
    officer.press("Share with an agency")
    assert f"No sharing agreement with {AGENCY} is recorded." in officer.text
    assert "Ask an Administrator to record when it was agreed." in officer.text
    assert officer.page.get_by_label("Reason").input_value() == "They looked after the same person."

    admin.open(agency)
    admin.press("Change")
    admin.fill(agreement_on="2026-03-01")
    admin.press("Save")
    admin.page.get_by_text("Saved.").wait_for()
    officer.press("Share with an agency")
    assert "Shared with" in officer.text
    assert AGENCY in officer.text
    officer.picture("shared-record")
    officer.press("Share with an agency")
    officer.fill(agency_id=AGENCY, note="Again.")
    officer.press("Share with an agency")
    assert f"This is shared with {AGENCY} already." in officer.text

    # The Administrator sees the agency and no case; another agency reads nothing of it.
    admin.refused(address)
    partner.refused(address)
    officer.open(address)
    officer.step("Stop sharing", agency_id=AGENCY, note="The person moved.")
    assert "They looked after the same person." in officer.text
    assert "Stop sharing" not in officer.steps()
