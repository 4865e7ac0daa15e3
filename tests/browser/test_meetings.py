"""An MDT by everybody whose part it is: from a provider's request until those who came read the minutes."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PROVIDER, HOME = "Marlscombe Healthcare Limited", "Limeburners"
ICB = "NHS Wexmoor and Marl Integrated Care Board"


def test_an_mdt_from_the_request_to_the_minutes(somebody: Any) -> None:
    provider, officer, head = somebody("provider"), somebody("officer"), somebody("head")
    partner, nurse, broker = somebody("partner"), somebody("contributor"), somebody("caremanager")

    # The provider asks for support, from the page of its own service.
    provider.open("/services/list/?q=limeb")
    provider.page.get_by_role("link", name=HOME, exact=True).click()
    provider.step("Request an MDT", subject="Support with rotas", purpose="Two seniors left in a month.")
    provider.page.get_by_role("link", name="Multi-disciplinary team meeting (MDT)").first.click()
    assert "Requested" in provider.text
    address = provider.page.url.removeprefix(provider.console.url)
    pk = address.rpartition("/")[2]

    # An officer reads why, and cannot convene.
    officer.open(address)
    assert "Two seniors left in a month." in officer.text
    assert officer.open(f"/meetings/{pk}/convene").status == 403
    assert "Who may: Head of Service: Demo Head of Service" in officer.text

    # The head finds it on the home page.
    head.open("/")
    head.page.get_by_role("row").filter(has_text="Support with rotas").get_by_role("link").click()
    head.step("Convene")

    # The officer sets the date, the agenda and who is to come, all from the meeting's page.
    officer.open(address)
    officer.step("Schedule", starts_at="2026-03-04T09:00", place="Town hall")
    officer.follow("Add: agenda item")
    officer.fill(position="1", title="Rotas at night")
    officer.press("Save")
    assert officer.heading.endswith("Support with rotas")
    for post, agency in (("Head of Service", None), ("Matron", ICB), ("Registered manager", None)):
        officer.follow("Add: attendance")
        officer.fill(post=post, attendance="Attended")
        if agency:
            officer.fill(agency_id=agency)
        if post == "Registered manager":
            officer.pick("provider_id", "marlscombe h", PROVIDER)
        officer.press("Save")
        officer.page.get_by_text("Saved.").wait_for()

    # The provider reads when and about what; nobody else meets it yet.
    provider.open(address)
    for told in ("Rotas at night", "Town hall", "4 March 2026"):
        assert told in provider.text
    assert "Matron" not in provider.text
    for outsider in (partner, nurse, broker):
        assert outsider.open(address).status in (403, 404)

    officer.open(address)
    officer.step("Record that it was held")
    officer.follow("Add: decision")
    officer.fill(decision="Signed rotas are sent each week.", owner="Registered manager", due_on="2026-03-31")
    officer.press("Save")
    officer.picture("meeting-held")
    officer.step("Draft the minutes", minutes="The home has two carers each night from Monday.")
    officer.picture("meeting-drafted")
    assert officer.open(f"/meetings/{pk}/approve_minutes").status == 403
    for outsider in (provider, partner):
        outsider.open(address)
        assert "two carers each night" not in outsider.page.content()

    head.open("/")
    head.page.get_by_role("row").filter(has_text="Support with rotas").get_by_role("link").click()
    head.step("Approve the minutes")
    officer.open(address)
    officer.step("Circulate the minutes")
    officer.picture("meeting-circulated")
    officer.page.set_viewport_size({"width": 320, "height": 640})
    officer.picture("meeting-circulated")

    # Those who came read the minutes and the decisions, and nobody else does.
    for came in (partner, provider):
        came.open(address)
        for told in ("two carers each night from Monday", "Signed rotas are sent each week.", "Matron", ICB):
            assert told in came.text
        assert "Two seniors left in a month." not in came.page.content()
    partner.picture("meeting-partner")
    for outsider in (nurse, broker):
        assert outsider.open(address).status in (403, 404)
        outsider.open("/meetings/list/")
        assert "Support with rotas" not in outsider.page.content()


def test_notes_of_a_keeping_in_touch_meeting_and_its_concerns(somebody: Any) -> None:
    officer, manager = somebody("officer"), somebody("manager")
    officer.open("/meetings/list/")
    officer.press("Add: meeting")
    officer.fill(kind="Keeping-in-touch meeting", name="March visit to the office", starts_at="2026-03-03T14:00")
    officer.pick("service_id", "limeb", HOME)
    officer.press("Save")
    assert "Scheduled" in officer.text
    assert PROVIDER in officer.text
    officer.step("Record that it was held")
    officer.page.get_by_text("Why you cannot do the other steps").click()
    assert "Nobody is recorded as having attended. Record who did." in officer.text
    officer.follow("Add: attendance")
    officer.fill(post="Deputy manager", attendance="Attended")
    officer.pick("provider_id", "marlscombe h", PROVIDER)
    officer.press("Save")
    officer.step("Share the notes", minutes="The last actions were reviewed.", concerns="Agency staff every night.")
    assert "Went to Marlscombe Healthcare Limited" in officer.text

    manager.open("/")
    manager.page.get_by_role("row").filter(has_text="March visit to the office").get_by_role("link").click()
    manager.step("Take up the concerns", concerns_answer="A focused visit next week.")
    officer.page.reload()
    officer.step("Close")
    provider = somebody("provider")
    provider.open(officer.page.url.removeprefix(officer.console.url))
    assert "The last actions were reviewed." in provider.text
    assert "Agency staff every night." not in provider.page.content()
