"""The console without a mouse: everything is reached in order, and where one is can be seen."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HERE = """() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect()
    return {
        tag: e.tagName,
        name: (e.labels && e.labels[0] ? e.labels[0].innerText : e.innerText || '').trim(),
        marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
        shown: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0,
        top: box.top + scrollY, left: box.left,
    }
}"""


def tab_to(person: Any, name: str, limit: int = 60) -> list[dict[str, Any]]:
    """Press Tab until something of this name has the focus. Each stop on the way must show that it has it."""
    stops = []
    for _ in range(limit):
        person.page.keyboard.press("Tab")
        stops.append(here := person.page.evaluate(HERE))
        assert here["shown"], here
        assert here["marked"], here
        if re.fullmatch(name, here["name"]):
            return stops
    raise AssertionError(f"{name} is not reached: {[stop['name'] for stop in stops]}")


def test_the_whole_way_by_keyboard(somebody: Any) -> None:
    person = somebody()
    keys = person.page.keyboard
    person.open("/login/")
    tab_to(person, "User name")
    keys.type("officer")
    tab_to(person, "Password")
    keys.type(person.password)
    keys.press("Enter")
    person.page.get_by_role("heading", name="Home", level=1).wait_for()

    # Past the menu by the skip link, which is the first stop of the page.
    person.open("/services/list/")
    assert [stop["name"] for stop in tab_to(person, "Skip to main content")] == ["Skip to main content"]
    keys.press("Enter")
    tab_to(person, "Search", limit=4)
    keys.type("lodge")
    tab_to(person, "Filters")
    keys.press("Enter")
    tab_to(person, "Good", limit=80)
    keys.press("Space")
    tab_to(person, "Apply filters", limit=80)
    keys.press("Enter")
    person.page.get_by_text(re.compile(r"^\d+ records?$")).wait_for()
    assert "rating=good" in person.page.url

    # Choose a column, then keep the list as it stands.
    tab_to(person, "Columns")
    keys.press("Enter")
    tab_to(person, "Beds")
    keys.press("Space")
    tab_to(person, "Show these columns")
    keys.press("Enter")
    person.page.get_by_role("columnheader", name="Beds").wait_for()
    tab_to(person, "Save this view")
    keys.press("Enter")
    tab_to(person, "Name")
    keys.type("Good lodges")
    keys.press("Enter")
    person.page.get_by_role("link", name="Good lodges").wait_for()

    # Open one of them, and begin a note from its page.
    tab_to(person, "Inglewick Lodge")
    keys.press("Enter")
    person.page.get_by_role("heading", name="Inglewick Lodge").wait_for()
    tab_to(person, "Add a contact note")
    keys.press("Enter")
    person.page.get_by_role("heading", name="Add: contact note").wait_for()

    # The picker: type, choose by arrow and Enter.
    tab_to(person, r"Contact \(optional\)")
    keys.type("office", delay=20)
    person.page.get_by_role("option", name="Office").first.wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    assert person.page.get_by_label("Contact (optional)").input_value().startswith("Office")
    tab_to(person, "How")
    keys.type("Email")
    tab_to(person, "What was said")
    keys.type("Asked for the rota by mail.")
    tab_to(person, "Save")
    keys.press("Enter")
    # Whichever office was found may be another service's: then the form says so, and keeps what was typed.
    person.page.locator("main").get_by_text("Asked for the rota by mail.").first.wait_for()


def test_a_step_by_keyboard(somebody: Any) -> None:
    person = somebody("officer2")
    keys = person.page.keyboard
    person.open("/visits/list/?state=planned")
    tab_to(person, "Focused visit|Quality and contract monitoring visit", limit=80)
    keys.press("Enter")
    person.page.get_by_role("heading", name="What can be done now").wait_for()
    tab_to(person, "Cancel")
    keys.press("Enter")
    person.page.get_by_role("heading", name="Cancel", level=1).wait_for()
    tab_to(person, "Reason")
    keys.type("The home has closed for repairs.")
    tab_to(person, "Cancel", limit=1)
    keys.press("Enter")
    person.page.get_by_text("Done: Cancel.").wait_for()
    assert "Cancelled" in person.text


def test_the_order_of_a_form_is_the_order_of_the_page(somebody: Any) -> None:
    person = somebody("officer")
    person.open("/suspensions/add")
    tab_to(person, "Skip to main content")
    person.page.keyboard.press("Enter")
    stops = tab_to(person, "Cancel")
    places = [stop["top"] for stop in stops[:-2]]
    assert places == sorted(places)
    assert stops[0]["name"] == "Provider"


def test_errors_take_the_focus_and_lead_to_their_field(somebody: Any) -> None:
    person = somebody("officer")
    person.open("/visits/add")
    person.page.get_by_role("button", name="Save").focus()
    person.page.keyboard.press("Enter")
    person.page.get_by_role("alert").wait_for()
    assert person.page.evaluate("document.activeElement.classList.contains('govuk-error-summary')")
    tab_to(person, "Fill in “Kind of visit”.")
    person.page.keyboard.press("Enter")
    assert person.page.evaluate("document.activeElement.name") == "activity_type_id"


def test_the_menu_of_a_small_screen_by_keyboard(somebody: Any) -> None:
    person = somebody("officer", viewport={"width": 320, "height": 640})
    person.open("/")
    assert not person.page.get_by_role("link", name="Purchasing", exact=True).is_visible()
    tab_to(person, "Menu")
    person.page.keyboard.press("Enter")
    tab_to(person, "Purchasing")
    person.page.keyboard.press("Enter")
    person.page.get_by_role("heading", name="Purchasing board", level=1).wait_for()
