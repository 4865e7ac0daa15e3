"""A contract by everybody whose part it is: kept by an officer, allocated by a Manager, read by the ICB, and ended."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME, PROVIDER = "Heronsbrook", "Tarnvale Homes Limited"
ICB = "NHS Wexmoor and Marl Integrated Care Board"
TITLE = "Nights at Heronsbrook"


def test_a_contract_from_its_first_day_to_its_last(somebody: Any) -> None:
    officer, manager, auditor = somebody("officer"), somebody("manager"), somebody("auditor")
    partner, provider, broker = somebody("partner"), somebody("provider"), somebody("caremanager")

    # What contradicts itself is told, and nothing that was typed is lost.
    officer.open("/contracts/list/")
    officer.press("Add: contract")
    officer.pick("provider_id", "tarnvale h", PROVIDER)
    officer.pick("service_id", "heronsb", HOME)
    officer.fill(
        title=TITLE,
        kind="Block",
        yearly_value="240000",
        starts_on="2026-01-01",
        ends_on="2025-12-31",
        monitoring_level="3",
        rag="Amber",
    )
    officer.page.get_by_label("The ICB leads").check()
    officer.press("Save")
    assert "The contract ends before it starts. Check the dates." in officer.text
    officer.fill(ends_on="2027-12-31")
    officer.press("Save")
    assert "The ICB leads a contract only where it is commissioned together with it." in officer.text
    officer.page.get_by_label("Commissioned together with the ICB").check()
    officer.press("Save")
    address = officer.here
    pk = address.rpartition("/")[2]
    for told in ("Running", "31 December 2026", "240,000", "Amber"):
        assert told in officer.text
    assert "Who may: Manager." in officer.refused(f"/contracts/{pk}/allocate")

    # The Manager finds those that nobody sees to.
    manager.open("/contracts/list/?officer=none")
    manager.follow(TITLE)
    manager.step("Allocate an officer", officer_id="Demo Officer")
    assert "Demo Officer" in manager.text

    # Those who buy, and those who are bought from, meet no contract; the ICB reads it once it is shared.
    for outsider in (partner, provider, broker):
        assert TITLE not in outsider.refused(address)
    assert provider.page.get_by_role("link", name="Contracts").count() == 0
    officer.open(address)
    officer.step("Share with an agency", agency_id=ICB, note="It is theirs as well.")
    partner.open(address)
    assert "31 December 2027" in partner.text
    assert "240,000" not in partner.page.content()
    partner.picture("contract-shared")
    assert auditor.open(address).status == 200
    assert "240,000" in auditor.text
    assert auditor.steps() == []

    # It ends on a day that has been, with a reason.
    officer.open(address)
    officer.press("Record that it ended")
    officer.fill(ended_on="2026-03-05", note="Both agreed.")
    officer.press("Record that it ended")
    assert "That day lies in the future. Check it." in officer.text
    officer.fill(ended_on="2026-02-28")
    officer.press("Record that it ended")
    assert "Ended" in officer.text
    assert "Both agreed." in officer.text
    assert officer.page.locator("main").get_by_role("button", name="Change", exact=True).count() == 0
    officer.open(f"/contracts/list/?q={TITLE}")
    assert "Nothing matches." in officer.text
    officer.open(f"/contracts/list/?q={TITLE}&state=ended")
    assert TITLE in officer.text
    officer.picture("contracts-ended")
