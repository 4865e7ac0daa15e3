"""Absence and its deputy, and work that is handed on, by everybody whose part it is."""

from typing import Any

import pytest
from sqlalchemy import select

from models import db
from models.providers import Service

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}
SWITCH, BACK = "Act for the post of Demo Manager", "Act as yourself again"


def header(person: Any) -> str:
    return str(person.page.locator("header").inner_text())


def switch(person: Any, name: str) -> None:
    with person.page.expect_navigation():
        person.page.locator("header").get_by_role("button", name=name, exact=True).click()


def test_a_deputy_acts_for_a_post_until_the_cover_is_ended(console: Any, somebody: Any, findings: Any) -> None:
    manager, officer, auditor = somebody("manager"), somebody("officer"), somebody("auditor")
    with console.behind("manager"):
        free = select(Service).where(Service.allocated_officer_id.is_(None), Service.merged_into_id.is_(None))
        service = db.session.scalars(free.order_by(Service.id)).first().id

    # The Manager will be away from today, and names a deputy.
    manager.open("/absences/list/")
    manager.add(
        "absence",
        absent_id="Demo Manager",
        deputy_id="Demo Officer",
        first_on="2026-03-04",
        last_on="2026-03-13",
        note="The plan of Heronsbrook is to be agreed.",
    )
    address = manager.here
    assert "Away now" in manager.text
    assert findings(manager.page) == []
    manager.open("/absences/list/")
    manager.picture("absences")
    assert findings(manager.page) == []

    # The officer may not allocate, and may for the Manager's post.
    assert "Who may: Manager." in officer.refused(f"/services/{service}/allocate")
    officer.open("/")
    assert SWITCH in header(officer)
    officer.picture("deputy-offered")
    switch(officer, SWITCH)
    assert "Demo Officer for Demo Manager" in header(officer)
    assert "You act for the post of Demo Manager." in officer.text
    officer.picture("deputy-acting")
    assert findings(officer.page) == []
    officer.page.set_viewport_size(SMALL)
    officer.picture("deputy-acting")
    assert findings(officer.page) == []
    officer.page.set_viewport_size({"width": 1280, "height": 900})
    officer.open(f"/services/show/{service}")
    officer.step("Allocate an officer", allocated_officer_id="Demo Officer")

    # Whoever reads the history reads of both.
    auditor.open(f"/services/show/{service}")
    assert "Demo Officer for Demo Manager" in auditor.text

    # The Manager is back early; the officer is told, and is themself again.
    manager.open(address)
    manager.step("End it early")
    assert "Ended early" in manager.text
    officer.open("/services/list/")
    assert "The cover has ended, so you act as yourself again." in officer.text
    assert "Demo Manager" not in header(officer)
    assert "Who may: Manager." in officer.refused(f"/services/{service}/allocate")


def test_work_is_handed_on_without_javascript_on_a_small_screen(somebody: Any, findings: Any) -> None:
    wide, manager = somebody("manager"), somebody("manager", viewport=SMALL, java_script_enabled=False)
    wide.open("/allocation/")
    wide.picture("allocation")
    assert findings(wide.page) == []
    wide.follow("Demo Officer")
    wide.picture("allocation-of")
    assert findings(wide.page) == []
    wide.page.set_viewport_size(SMALL)
    wide.open("/allocation/")
    wide.picture("allocation")
    assert findings(wide.page) == []
    wide.follow("Demo Officer")
    wide.picture("allocation-of")
    assert findings(wide.page) == []

    manager.open("/allocation/")
    manager.follow("Demo Officer")
    box = manager.page.locator("input[name=pick]").first
    what = box.get_attribute("aria-label")
    box.check()
    manager.fill(to_id="Demo Manager")
    manager.press("Hand it on")
    assert "Fill in “Reason”." in manager.text
    assert manager.page.locator("input[name=pick]").first.is_checked()
    manager.fill(reason="They leave at the end of the month.")
    manager.press("Hand it on")
    assert "1 record was handed on." in manager.text

    # And back again.
    manager.follow("Demo Manager")
    manager.page.get_by_role("checkbox", name=what, exact=True).first.check()
    manager.fill(to_id="Demo Officer", reason="They stay after all.")
    manager.press("Hand it on")
    assert "1 record was handed on." in manager.text
