"""A list as somebody keeps it and takes it away: saved, shared, and exported as CSV and Excel without formulas."""

import csv
import re
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

pytestmark = pytest.mark.browser

FORMULA = '=HYPERLINK("http://example.org","Open")'


def exported(person: Any, link: str) -> tuple[str, Any]:
    """The name of the file that a link of the list gives, and where it is."""
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name=link, exact=True).click()
    return download.value.suggested_filename, download.value.path()


def test_a_list_that_is_kept_shared_and_taken_away(somebody: Any) -> None:
    officer, manager, partner = somebody("officer"), somebody("manager"), somebody("partner")
    officer.find("services", "Heronsbrook")
    officer.press("Add a contact note")
    officer.fill(channel="Email", text=FORMULA)
    officer.press("Save")

    # Narrowed to it, with columns of one's own, in an order; then kept and shared.
    officer.open("/contact-notes/list/")
    officer.page.get_by_label("Search", exact=True).fill("hyperlink")
    officer.press("Search")
    officer.page.locator("summary", has_text="Columns").click()
    officer.page.get_by_label("Provider", exact=True).uncheck()
    officer.press("Show these columns")
    officer.page.get_by_text("Save this view").click()
    officer.page.get_by_label("Name", exact=True).fill("Links in notes")
    officer.page.get_by_label("Share it with the council's people").check()
    officer.press("Save")
    officer.page.get_by_text("Saved.").wait_for()
    assert "1 record" in officer.text
    officer.picture("saved-view")

    # A manager opens it by its name, and takes it away; nothing in the files is a formula.
    manager.open("/contact-notes/list/")
    manager.follow("Links in notes")
    assert FORMULA in manager.text
    name, path = exported(manager, "CSV")
    assert name == "contact-notes-2026-03-04.csv"
    heading, row = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    assert heading == ["When", "Service", "How", "What was said"]
    assert row[1:] == ["Heronsbrook", "Email", f"'{FORMULA}"]
    name, path = exported(manager, "Excel")
    assert name == "contact-notes-2026-03-04.xlsx"
    (_headings, cells) = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert cells[1:] == ["Heronsbrook", "Email", FORMULA]
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r"<f[ >]", sheet) is None

    # Both are on record; nobody outside meets the view, the list or what others took.
    manager.follow("What was exported")
    for form in ("CSV", "Excel"):
        assert manager.page.get_by_role("row").filter(has_text="Contact notes").filter(has_text=form).count() == 1
    manager.picture("exports")
    assert partner.open("/contact-notes/list/").status == 403
    assert partner.open("/contact-notes/export?format=csv").status == 403
    partner.open("/exports/list/")
    assert "Contact notes" not in partner.text

    # Another is kept from a list, never from the list of views. Its author withdraws it, and it is offered no more.
    officer.open("/saved-views/list/?author=me")
    assert officer.page.get_by_role("button", name="Add: saved view").count() == 0
    officer.follow("Links in notes")
    officer.press("Change")
    officer.page.get_by_label("Withdrawn").check()
    officer.press("Save")
    manager.open("/contact-notes/list/")
    assert "Links in notes" not in manager.text
