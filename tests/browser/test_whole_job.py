"""The whole job, by everybody whose part it is: from a call to a restriction on purchasing, and until it ends."""

import io
import re
import zipfile
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME, PROVIDER, VISIT = "Heronsbrook", "Tarnvale Homes Limited", "Quality and contract monitoring visit"


def service_page(person: Any) -> None:
    """From the menu through the register's search to the service."""
    person.page.get_by_role("link", name="Market", exact=True).click()
    person.page.get_by_label("Search", exact=True).fill("heronsb")
    person.press("Search")
    person.page.get_by_role("link", name=HOME, exact=True).click()
    assert person.heading.endswith(HOME)


def on_the_board(person: Any) -> str:
    """How the service may be bought from, as the board tells this person."""
    person.open("/purchasing/?show=all&q=heronsb")
    return person.page.get_by_role("row").filter(has_text=HOME).inner_text()


def test_an_officer_keeps_notes_and_makes_a_visit(somebody: Any) -> None:
    officer = somebody("officer")
    officer.open("/")
    service_page(officer)

    officer.press("Add a contact note")
    assert officer.page.get_by_label("Provider").input_value() == PROVIDER
    officer.fill(channel="Phone call", text="The manager rang about agency staff at night.")
    officer.press("Save")
    officer.page.get_by_text("Saved.").wait_for()

    service_page(officer)
    assert "The manager rang about agency staff at night." in officer.text
    officer.press("Plan a visit")
    officer.fill(activity_type_id=VISIT, due_on="2026-03-20", reason="After the call about night staff.")
    officer.press("Save")
    assert "Planned" in officer.text
    address = officer.page.url
    pk = address.rpartition("/")[2]

    officer.press("Schedule")
    officer.fill(officer_id="Demo Officer", starts_at="2026-03-04T09:00")
    officer.page.get_by_label("The service is told beforehand").check()
    officer.press("Schedule")
    officer.page.get_by_text("Done: Schedule.").wait_for()
    officer.step("Begin", began_at="2026-03-04T09:05")
    officer.step(
        "Write up",
        ended_at="2026-03-04T09:50",
        outcome="Good",
        feedback_to="Deputy manager",
        feedback_at="2026-03-04T09:45",
        feedback="The rota is short by one at night.",
        consulted="Four people and two relatives were heard.",
        findings="One carer for eighteen people after ten.",
    )

    partner = somebody("partner")
    assert partner.open(f"/visits/show/{pk}").status == 404
    assert partner.open(f"/visits/{pk}/publish").status in (403, 404)
    officer.step("Publish")
    assert "Published" in officer.text
    partner.open(f"/visits/show/{pk}")
    assert "One carer for eighteen people after ten." in partner.text
    assert "After the call about night staff." not in partner.text


def test_a_restriction_from_draft_to_lift(somebody: Any) -> None:
    officer, head, head2 = somebody("officer"), somebody("head"), somebody("head2")
    partner, broker = somebody("partner"), somebody("caremanager")

    # The officer drafts it, finding the provider and the service by typing part of their names.
    officer.open("/suspensions/list/")
    officer.press("Add: temporary suspension of purchasing")
    officer.pick("provider_id", "tarnvale h", PROVIDER)
    officer.pick("service_id", "heronsb", HOME)
    officer.fill(
        kind="Temporary suspension of purchasing",
        grounds="Too few staff at night.",
        evidence="Visit of 4 March.",
        resident_risk="Calls are not answered.",
        number_placed="18",
        conditions="Two carers each night.",
        review_on="2026-04-01",
    )
    officer.press("Save")
    assert officer.heading.endswith(HOME)
    address = officer.page.url.removeprefix(officer.console.url)
    pk = address.rpartition("/")[2]

    # A head improves the draft, and so cannot decide it.
    head.open(address)
    head.press("Change")
    head.fill(conditions="Two carers each night, shown on signed rotas.")
    head.press("Save")
    head.page.get_by_text("Saved.").wait_for()

    # Nobody outside meets the draft, by any way in; nor what has only been submitted.
    for _state in ("draft", "submitted"):
        for outsider in (partner, broker):
            for way in (
                "/suspensions/list/",
                address,
                "/suspensions/lookup?q=heronsb",
                f"/suspensions/edit/{pk}",
                f"/suspensions/{pk}/approve",
            ):
                assert outsider.open(way).status in (403, 404), way
                assert "Too few staff" not in outsider.page.content()
            assert "Purchase as normal" in on_the_board(outsider)
            outsider.open("/")
            assert "Suspension" not in outsider.page.content()
        if _state == "draft":
            officer.open(address)
            officer.step("Submit for approval")

    # The officer has no button, and the address says who may.
    assert officer.page.locator("main").get_by_role("button", name="Approve").count() == 0
    assert officer.open(f"{address.replace('/show', '')}/approve").status == 403
    assert "Who may: Head of Service: Demo Head of Service 2" in officer.text

    # The head who edited it reads why not, and who can.
    head.open(address)
    assert head.page.locator("main").get_by_role("button", name="Approve").count() == 0
    head.page.get_by_text("Why you cannot do the other steps").click()
    assert "You edited this record, so somebody else must decide." in head.text
    assert "Demo Head of Service 2" in head.text

    # The second head finds it on the home page and approves it.
    head2.open("/")
    waiting = head2.page.get_by_role("row").filter(has_text=HOME).filter(has_text="Approve")
    waiting.get_by_role("link").click()
    head2.step("Approve")
    assert "In force" in head2.text

    # The letter can be opened, and is a Word file.
    head2.page.get_by_role("link", name=re.compile(r"decision.*\.docx")).click()
    with head2.page.expect_download() as download:
        head2.page.get_by_role("button", name="Open the letter (Word)").click()
    letter = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert HOME in letter.read("word/document.xml").decode()

    # Everybody who buys or advises reads the status, and still no record.
    for outsider in (partner, broker):
        assert "No new purchase" in on_the_board(outsider)
        outsider.page.get_by_role("link", name=HOME).click()
        assert "No new purchase" in outsider.text
        assert "Too few staff" not in outsider.page.content()
        assert outsider.open(address).status in (403, 404)

    # Asking for a lift changes nothing; the lift does.
    officer.open(address)
    officer.step("Request a lift", lift_evidence="Signed rotas for four weeks.")
    assert "No new purchase" in on_the_board(broker)
    head2.open(address)
    head2.step("Lift", note="The rotas hold.")
    assert "Lifted" in head2.text
    for outsider in (partner, broker):
        assert "Purchase as normal" in on_the_board(outsider)
