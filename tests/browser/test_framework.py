"""The framework at work: read by everybody, changed in a draft, looked at, and put in force by somebody else."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_draft_is_changed_looked_at_and_put_in_force_by_somebody_else(somebody: Any, findings: Any) -> None:
    manager, head, officer, partner = (somebody(each) for each in ("manager", "head", "officer", "partner"))

    # The edition in force is read by all of the council, row by row with its clause, and written by nobody.
    for person in (officer, manager, head):
        person.open("/framework-cadences/list/")
        person.page.locator("tbody a").first.click()
        assert "When it falls due" in person.text
        assert "In force" in person.text
        assert person.page.get_by_role("button", name="Change", exact=True).count() == 0
    manager.picture("framework-row")
    partner.refused("/framework-cadences/list/")

    # The draft tells what it changes, and what that would do in the diary, service by service.
    manager.open("/frameworks/list/")
    manager.page.locator("tbody tr").filter(has_text="Draft").get_by_role("link").first.click()
    draft = manager.here
    for told in ("What this draft changes", "Cadence: quality monitoring", "12", "6"):
        assert told in manager.text, told
    manager.picture("framework-draft")
    manager.follow("What it would change in the diary, service by service")
    for told in ("Nothing is changed by looking", "Moves", "Due now", "Due then", "By activity", "HA QM1"):
        assert told in manager.text, told
    for size in ({"width": 1280, "height": 900}, {"width": 320, "height": 800}):
        manager.page.set_viewport_size(size)
        assert findings(manager.page) == []
        manager.picture("framework-preview")
    manager.page.set_viewport_size({"width": 1280, "height": 900})
    moved = manager.page.locator("main tbody tr").filter(has_text="Moves").filter(has=manager.page.locator("a")).last
    moved.get_by_role("link").first.click()
    assert "Every 12 months after the last" in manager.text  # by the edition in force, still

    # The rule is put back, and how long a record is kept changes in its place.
    manager.open("/framework-cadences/list/?state=draft&search=quality_monitoring")
    manager.page.locator("tbody tr").filter(has_text="Every 6 months").get_by_role("link").first.click()
    manager.press("Change")
    manager.fill(length="12")
    manager.press("Save")
    assert "Every 12 months after the last" in manager.text
    manager.open("/framework-retentions/list/?state=draft")
    manager.page.locator("tbody tr").filter(has_text="Visits").get_by_role("link").first.click()
    manager.press("Change")
    manager.fill(years="7")
    manager.press("Save")
    manager.open(draft)
    assert "Cadence: quality monitoring" not in manager.text
    assert "visit, Years" in manager.text
    manager.follow("What it would change in the diary, service by service")
    assert "No obligation would appear, move or vanish." in manager.text

    # Whoever wrote it is told who may put it in force; the head of service does.
    manager.open(draft)
    manager.page.get_by_text("Why you cannot do the other steps, and who can").click()
    assert "You wrote this record, so somebody else must decide." in manager.text
    officer.open(draft)
    assert officer.steps() == []
    head.open(draft)
    head.step("Put in force")
    head.open("/framework-retentions/list/?search=")
    assert "7" in head.page.locator("tbody tr").filter(has_text="Visits").inner_text()
    manager.open("/frameworks/list/")
    assert "Retired" in manager.text
    manager.page.locator("tbody tr").filter(has_text="In force").get_by_role("link").first.click()
    manager.step("Copy to a draft")  # the next one, for whoever looks at drafts after this


def test_nothing_typed_into_a_row_is_lost_and_what_is_wrong_is_said_beside_it(somebody: Any) -> None:
    manager = somebody("manager")
    manager.open("/framework-cadences/add")
    manager.fill(key="Not A Key", clause="XX 1", note="Half a sentence.")
    manager.press("Save")
    assert manager.page.locator(".govuk-error-summary").count() == 1
    assert manager.page.locator("[name=note]").input_value() == "Half a sentence."
