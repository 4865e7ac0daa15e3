"""A check for direct payments: asked for by a care manager, made by an officer, listed; then a poor rating is found."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME = "Openfield Living Stanebeck"


def test_a_check_from_its_request_to_the_list_and_the_alert(somebody: Any) -> None:
    broker, officer = somebody("caremanager"), somebody("officer")
    partner, provider = somebody("partner"), somebody("provider")

    broker.open("/checks/list/")
    broker.add(
        "direct payment check",
        {"service_id": ("openfield living s", HOME)},
        case_reference="D-77",
        reason="A family asks whether they may choose it.",
    )
    address = broker.here
    assert "Requested" in broker.text
    assert broker.steps() == ["Withdraw the request"]

    # The officer finds the request on the home page, and says what was found and whoever asked is told.
    officer.open("/")
    officer.page.get_by_role("row").filter(has_text=HOME).get_by_role("link").first.click()
    officer.step("Record the check", rating_found="Good", findings="Registered and insured. Kittiwake")
    officer.step("Put on the list", outcome="You may choose it.")
    assert "4 March 2027" in officer.text
    officer.picture("check-listed")

    broker.open(address)
    for told in ("On the list", "You may choose it.", "4 March 2027"):
        assert told in broker.text
    assert "Kittiwake" not in broker.page.content()
    for outsider in (partner, provider):
        assert HOME not in outsider.refused(address)

    # Checked again, it is rated worse: it leaves the list, and the care manager reads of it.
    officer.step("Record the check", rating_found="Requires improvement", findings="Two medicines errors.")
    assert "Tell the direct-payments team" in officer.text
    officer.step("Leave off the list", outcome="Wait until it is rated Good again.")
    broker.open(address)
    assert "Not on the list" in broker.text
    broker.page.get_by_role("row").filter(has_text="Tell the direct-payments team").get_by_role("link").first.click()
    assert "Requires improvement" in broker.text
    assert broker.steps() == []
    alert = broker.here
    assert partner.open("/rating-alerts/list/").status == 403

    officer.open("/rating-alerts/list/")
    officer.page.get_by_role("row").filter(has_text=HOME).get_by_role("link").first.click()
    officer.press("Record what was done")
    officer.fill(closed_on="2026-03-05", done="Rung.")
    officer.press("Record what was done")
    assert "That day lies in the future. Check it." in officer.text
    officer.fill(closed_on="2026-03-04", done="The team was rung. Kittiwake")
    officer.press("Record what was done")
    assert "Closed" in officer.text
    broker.open(alert)
    assert "Closed" in broker.text
    assert "Kittiwake" not in broker.page.content()


def test_a_care_manager_withdraws_what_is_needed_no_more(somebody: Any) -> None:
    broker = somebody("caremanager")
    broker.open("/checks/list/")
    broker.add(
        "direct payment check", {"service_id": ("openfield living w", "Openfield Living Wexmoor")}, reason="Asked."
    )
    broker.step("Withdraw the request", note="The family moved.")
    assert "Withdrawn" in broker.text
    assert broker.steps() == []
