"""The diary at work: why something is due, doing it, letting it rest, and taking back what was a mistake."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def open_due(person: Any, what: str, of: str) -> None:
    """The page of something that is due for a service, by way of the service's own page."""
    person.find("services", of)
    person.page.get_by_role("link", name=what, exact=True).first.click()


def test_what_is_due_is_explained_planned_recorded_and_rested(somebody: Any) -> None:
    officer, manager = somebody("officer"), somebody("manager")
    director, auditor, partner = somebody("director"), somebody("auditor"), somebody("partner")

    # Everybody of the council reads the home page; its counts are those of the lists behind it.
    for person in (officer, manager, director, auditor):
        person.open("/")
        assert "What is due" in person.text
    manager.picture("home-diary")
    every = manager.page.locator("a").filter(has_text=re.compile(r"^All \d+:")).first
    count = every.inner_text().split()[1].rstrip(":")
    every.click()
    assert f"{count} records" in manager.text

    # A yearly visit says why it is due, and is planned from there with what is known filled in.
    open_due(officer, "Quality and contract monitoring visit", "Harrier Rise")
    for told in ("HA QM1", "When it falls due", "Every 12 months after the last", "It was last done on"):
        assert told in officer.text, told
    officer.picture("obligation")
    address = officer.here
    officer.press("Plan the visit")
    assert officer.page.get_by_label("Service", exact=True).input_value().startswith("Harrier Rise")
    officer.press("Save")
    assert "Planned" in officer.text

    # Its counting rests with a reason, and goes on.
    officer.open(address)
    officer.press("Let the counting rest")
    officer.press("Save")
    assert "Why its counting rests" in officer.text
    officer.fill(reason="The home is closed for repairs.")
    officer.press("Save")
    rest = officer.here
    officer.open(address)
    assert "Counting rests since 4 March 2026." in officer.text
    officer.open(rest)
    officer.step("Count on", note="The repairs are done.")
    officer.open(address)
    assert "Counting rests" not in officer.text

    # What leaves no record of its own is recorded as done, and taken back.
    officer.open("/diary/list/?activity=feedback_review&when=")
    officer.page.locator("tbody a").first.click()
    officer.press("Record it as done")
    officer.fill(done_on="2026-03-04", result="Nothing to follow up.")
    officer.press("Save")
    assert "Recorded" in officer.text
    officer.step("Withdraw", note="It was last month's.")
    assert "Withdrawn" in officer.text

    # Nobody outside reads the diary.
    partner.refused(address)
