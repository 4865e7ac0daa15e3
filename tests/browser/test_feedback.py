"""Feedback: filed by those who see a service from outside, weighed by an officer, and told to the provider in part."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME, PROVIDER = "Marlscombe Manor", "Marlscombe Healthcare Limited"
NURSING = "Wexmoor community nursing"
ABOUT, PRAISE = "Dressings wait until noon", "A kind welcome on the first day"


def file(person: Any, subject: str, source: str, tone: str) -> str:
    """Write feedback; its address."""
    person.open("/feedback/list/")
    person.add(
        "piece of feedback",
        {"provider_id": ("marlscombe h", PROVIDER), "service_id": ("marlscombe m", HOME)},
        source=source,
        reporter_post="Community team, ward 2",
        tone=tone,
        case_reference="C-204",
        subject=subject,
        details="Seen on three mornings. Kittiwake",
    )
    return str(person.here)


def test_feedback_from_its_filing_to_what_the_provider_reads(somebody: Any) -> None:
    nurse, broker, officer = somebody("contributor"), somebody("caremanager"), somebody("officer")
    provider, partner = somebody("provider"), somebody("partner")

    # A nurse and a care manager each file theirs, and see their own alone.
    nursing = file(nurse, ABOUT, "Health professional", "Concern")
    praise = file(broker, PRAISE, "Social worker", "Praise")
    for person, own, other in ((nurse, nursing, praise), (broker, praise, nursing)):
        person.open(own)
        assert "Kittiwake" in person.text  # what they wrote themselves
        assert person.steps() == []
        person.refused(other)
    for outsider in (provider, partner):
        outsider.refused(nursing)

    # Until somebody weighs it, whoever filed it may still mend it.
    nurse.open(nursing)
    nurse.press("Change")
    nurse.fill(subject=ABOUT + " on Sundays")
    nurse.press("Save")
    assert nurse.heading.endswith("on Sundays")

    # An officer finds it on the home page, and takes it on.
    officer.open("/")
    officer.page.get_by_role("row").filter(has_text=ABOUT).get_by_role("link").click()
    assert "Kittiwake" in officer.text
    officer.step("Acknowledge")
    officer.step("Ask for clarification", clarification="Which wing? The east one.")
    assert nurse.open(nursing.replace("/show", "/edit")).status == 200
    nurse.fill(subject="Nothing at all")
    nurse.press("Save")
    assert "There is a problem" in nurse.text
    officer.step("Triage", risk="Medium", assessment="The second this month.")
    officer.press("Share with the provider")
    officer.picture("feedback-share")
    officer.fill(told_provider="Dressings should be changed by ten.")
    officer.press("Share with the provider")
    officer.page.get_by_text("Done: Share with the provider.").wait_for()

    # The provider reads what it is told, and nothing that shows who said it.
    provider.find("feedback", ABOUT + " on Sundays")
    assert "Dressings should be changed by ten." in provider.text
    for private in ("Kittiwake", "C-204", "ward 2", "The second this month.", "Which wing?"):
        assert private not in provider.page.content()
    provider.picture("feedback-read-by-provider")
    partner.refused(nursing)

    # The nurse reads what became of it; the officer closes it, and logs the praise.
    officer.step("Close", result="Rounds begin at eight.")
    nurse.open(nursing)
    assert "Closed" in nurse.text
    officer.open(praise)
    officer.step("Acknowledge")
    officer.step("Triage", risk="Low", assessment="Good to hear.")
    officer.step("Log")
    officer.step("Share with an agency", agency_id=NURSING, note="They asked for it.")
    nurse.open(praise)
    assert PRAISE in nurse.text
    assert "C-204" not in nurse.page.content()
    broker.open(praise)
    assert "Logged" in broker.text
    provider.refused(praise)
