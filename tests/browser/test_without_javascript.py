"""The same work with JavaScript switched off."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(somebody: Any) -> Any:
    """plain("officer") reads without JavaScript."""
    return lambda username=None, **kw: somebody(username, java_script_enabled=False, **kw)


def test_signing_in_searching_and_writing_a_note(plain: Any) -> None:
    person = plain()
    person.sign_in("officer")
    person.page.get_by_role("link", name="Market", exact=True).click()
    person.fill(q="tarnvale lodge")
    person.page.get_by_text("Filters", exact=True).click()
    person.page.get_by_label("Requires improvement").check()
    person.page.get_by_label("Inadequate").check()
    person.press("Apply filters")
    person.page.get_by_role("link", name="Tarnvale Lodge", exact=True).click()
    person.press("Add a contact note")
    person.fill(channel="Email", text="Sent without any script.")
    person.press("Save")
    assert "Saved." in person.text
    assert "Sent without any script." in person.text


def test_names_are_looked_up_when_the_form_is_sent(plain: Any) -> None:
    person = plain("officer")
    person.open("/suspensions/add")
    person.fill(provider_id="care", service_id="weavers", kind="Temporary suspension of purchasing")
    person.press("Save")
    assert "Several match “care”. Choose one of them." in person.text
    assert person.page.get_by_role("radio").count() > 2
    assert person.page.locator("[name=service_id]").first.input_value() == "Weavers' Yard"

    # Another provider than the service's: refused in words, and nothing typed is lost.
    person.page.get_by_role("radio").first.check()
    person.press("Save")
    assert person.page.get_by_role("alert").count() == 1
    assert person.page.locator("[name=service_id]").first.input_value() == "Weavers' Yard"

    person.fill(provider_id="nothing has this name")
    person.press("Save")
    assert "Nothing matches “nothing has this name”." in person.text


def test_a_step_without_javascript(plain: Any) -> None:
    officer, head = plain("officer"), plain("head")
    officer.open("/visits/list/?state=planned")
    officer.page.get_by_role("link", name="Focused visit").first.click()
    if officer.page.get_by_role("button", name="Schedule").count():
        officer.step("Cancel", note="Not needed any more.")
        assert "Cancelled" in officer.text
    head.open("/visits/list/?state=awaiting_authorisation")
    head.page.get_by_role("link", name="Focused visit").first.click()
    head.step("Authorise")
    assert "Planned" in head.text


def test_the_menu_of_a_small_screen(plain: Any) -> None:
    person = plain("officer", viewport={"width": 320, "height": 640})
    person.open("/")
    board = person.page.get_by_role("link", name="Purchasing", exact=True)
    assert not board.is_visible()
    person.page.get_by_role("link", name="Menu", exact=True).click()
    assert board.is_visible()
    person.page.get_by_role("link", name="Hide the menu").click()
    assert not board.is_visible()
    person.page.get_by_role("link", name="Menu", exact=True).click()
    board.click()
    assert person.heading == "Purchasing board"


def test_a_list_is_laid_out_kept_and_taken_out_without_javascript(plain: Any) -> None:
    person = plain("officer2", viewport={"width": 320, "height": 640})
    person.open("/suspensions/list/")
    person.page.get_by_text("Filters", exact=True).click()
    person.page.get_by_label("In force", exact=True).check()
    person.page.get_by_label("When: Next review").select_option("Before today (overdue)")
    person.press("Apply filters")
    person.page.get_by_role("link", name="Remove: Next review: Before today (overdue)").click()
    person.page.get_by_role("link", name="Remove: State: In force").wait_for()
    person.page.locator("summary").filter(has_text="Columns").click()
    person.page.get_by_label("Number placed by the council").check()
    person.press("Show these columns")
    person.page.get_by_text("Save this view", exact=True).click()
    person.page.get_by_label("Name", exact=True).fill("In force, with numbers")
    person.press("Save")
    assert "Saved." in person.text
    assert person.page.locator("[aria-current=page]").filter(has_text="In force, with numbers").count() == 1
    assert "columns=" in person.page.url
    with person.page.expect_download() as taken:
        person.page.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename == "suspensions-2026-03-04.csv"
