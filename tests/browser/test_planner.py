"""The planner from its menu to what is due in a week, and a calendar's address from its making to its end."""

import datetime as dt
from typing import Any

import httpx
import pytest
from icalendar import Calendar

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}


def test_a_manager_looks_at_everybodys_weeks_and_goes_on_to_what_is_due(somebody: Any, findings: Any) -> None:
    manager = somebody("manager")
    manager.open("/diary/list/?page=1")
    with manager.page.expect_navigation():
        manager.page.get_by_role("link", name="Planner", exact=True).click()
    assert manager.heading == "Planner"
    row = manager.page.get_by_role("row").filter(
        has=manager.page.get_by_role("rowheader", name="Demo Officer", exact=True)
    )
    assert "h of 12 h" in row.inner_text()  # Wednesday, Thursday and Friday are left of this week
    manager.picture("planner")
    manager.page.set_viewport_size(NARROW)
    manager.picture("planner")
    assert findings(manager.page) == []
    manager.page.set_viewport_size({"width": 1280, "height": 900})
    with manager.page.expect_navigation():
        row.get_by_role("link").first.click()
    assert manager.heading == "Diary"
    assert "due_on.to=2026-03-08" in manager.here

    manager.open("/planner/")
    manager.fill(officer="Demo Officer")
    manager.press("Narrow")
    assert manager.page.get_by_role("rowheader").all_inner_texts() == ["Demo Officer"]
    manager.picture("planner-one")


def test_an_officer_sees_only_their_own_weeks(somebody: Any) -> None:
    officer = somebody("officer", java_script_enabled=False)
    officer.open("/planner/")
    assert officer.page.get_by_role("rowheader").all_inner_texts() == ["Demo Officer"]
    assert officer.page.locator("main select").count() == 1  # the activity


def test_a_calendars_address_from_its_making_to_its_end(somebody: Any, findings: Any) -> None:
    officer = somebody("officer")
    officer.open("/")
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name="Calendar addresses", exact=True).click()
    officer.press("Add: calendar address")
    officer.press("Make the address")
    officer.picture("calendar-made")
    officer.page.set_viewport_size(NARROW)
    officer.picture("calendar-made")
    assert findings(officer.page) == []
    officer.page.set_viewport_size({"width": 1280, "height": 900})
    address = str(officer.page.get_by_label("The address", exact=True).input_value())

    answer = httpx.get(address, timeout=30)
    assert answer.status_code == 200
    held = Calendar.from_ical(answer.content).walk("VEVENT")
    assert held != []
    first = dt.date(2026, 2, 2)
    days = [each.decoded("DTSTART") for each in held]
    assert all((day.date() if isinstance(day, dt.datetime) else day) >= first for day in days)
    officer.open(str(held[0]["URL"]).removeprefix(officer.console.url))
    assert officer.page.locator("h1").count() == 1

    officer.open("/calendars/list/")
    assert address not in officer.page.content()
    officer.page.locator("main tbody a").first.click()
    officer.step("Revoke")
    assert "Revoked" in officer.text
    ended = httpx.get(address, timeout=30)
    assert ended.status_code == 404
