"""An action plan by everybody whose part it is: from the provider's draft until an officer has seen that it is done."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME = "Marlscombe Manor"
ICB = "NHS Wexmoor and Marl Integrated Care Board"
TITLE, ROTA, ALARM, TRAINING = "Nights and alarms", "Two carers each night", "Test every alarm", "Train the seniors"


def test_a_plan_from_its_draft_to_its_end(somebody: Any) -> None:
    provider, officer, officer2 = somebody("provider"), somebody("officer"), somebody("officer2")
    partner, nurse, broker = somebody("partner"), somebody("contributor"), somebody("caremanager")

    # The provider drafts it in its portal, action by action; an empty plan cannot be proposed.
    provider.open("/plans/list/")
    provider.add(
        "action plan",
        {"service_id": ("marlscombe m", HOME)},
        kind="Action plan",
        title=TITLE,
        reason="After the visit in February.",
    )
    address = provider.here
    pk = address.rpartition("/")[2]
    assert "A plan says what is to be done: add an action first." in provider.refused(f"/plans/{pk}/propose")
    provider.open(address)
    for text, post, day in ((ROTA, "Registered manager", "2026-03-20"), (ALARM, "Caretaker", "2026-04-01")):
        provider.add("action", text=text, owner=post, due_on=day, source="Visit")
        assert provider.heading.endswith(TITLE)  # back on the plan, for the next one
    provider.step("Propose")
    assert "Add: action" not in provider.text
    provider.picture("plan-proposed-by-provider")

    # An officer finds it on the home page, and sends it back.
    officer.open("/")
    officer.page.get_by_role("row").filter(has_text=TITLE).get_by_role("link").click()
    officer.step("Send back", note="Say who is trained.")
    for outsider in (partner, nurse, broker):
        assert TITLE not in outsider.refused(address)

    # Whoever then writes a part of it cannot agree it.
    officer.add("action", text=TRAINING, owner="Deputy manager", due_on="2026-04-10", source="Visit")
    provider.open("/")
    provider.page.get_by_role("row").filter(has_text=TITLE).get_by_role("link").click()
    for told in (TRAINING, "Draft"):
        assert told in provider.text
    provider.step("Propose")
    officer.open(address)
    assert "Agree" not in officer.steps()
    told = officer.refused(f"/plans/{pk}/agree")
    assert "You wrote a part of this record, so somebody else must decide." in told
    assert "Demo Officer 2" in told
    assert "Your role may not do this." in provider.refused(f"/plans/{pk}/agree")
    officer2.open("/")
    officer2.page.get_by_role("row").filter(has_text=TITLE).get_by_role("link").click()
    officer2.press("Agree")
    for told in (ROTA, ALARM, TRAINING):
        assert told in officer2.text
    officer2.picture("plan-agree")
    officer2.press("Agree")
    assert "Agreed" in officer2.text

    # The provider meets its actions on the home page, and reports one; what it writes it can no longer change.
    provider.open("/")
    provider.page.get_by_role("row").filter(has_text=ROTA).get_by_role("link").click()
    assert provider.page.locator("main").get_by_role("button", name="Change", exact=True).count() == 0
    provider.step("Report that it is done", done="The rota of March shows two.", done_on="2026-03-03")
    action = provider.here
    assert "Your role may not do this." in provider.refused(action.replace("/show", "") + "/verify")

    # An officer finds what was reported on the home page, and verifies it with what was seen of it.
    officer.open("/")
    officer.page.get_by_role("row").filter(has_text=ROTA).get_by_role("link").click()
    officer.press("Verify")
    officer.press("Verify")
    assert "There is a problem" in officer.text
    officer.fill(evidence="Four signed rotas.")
    officer.press("Verify")
    assert "Verified" in officer.text
    officer.picture("action-verified")

    # It is complete when no action is left.
    assert "Not every action is verified or withdrawn yet: 2 are left." in officer.refused(f"/plans/{pk}/complete")
    for text in (ALARM, TRAINING):
        officer.open(address)
        officer.follow(text)
        officer.step("Withdraw", note="The home closes that wing.")
    officer.open(address)
    officer.step("Share with an agency", agency_id=ICB, note="They fund the nights.")
    officer.step("Record that it is complete")
    officer.step("Close")
    partner.open(address)
    for shown in (TITLE, ROTA, "Verified"):
        assert shown in partner.text
    assert partner.steps() == []
    assert "Add: action" not in partner.text
    nurse.refused(address)
    provider.open(address)
    assert "Closed" in provider.text
    provider.picture("plan-closed")
