"""A manager brings a spreadsheet in: the template, a file with a slip, the repaired one, and undone."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from workbooks import workbook

pytestmark = pytest.mark.browser

HEADINGS = ["Service", "What is restricted", "Grounds", "In force since", "Decided on", "Decided by"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLES = Path(__file__).parents[1] / "samples"


def row(since: Any) -> list[Any]:
    return [
        "Sandpiper Lodge",
        "Temporary suspension of purchasing",
        "Falls were not reported.",
        since,
        dt.date(2026, 1, 10),
        "Board",
    ]


def upload(person: Any, what: str, source: str, content: bytes, name: str) -> None:
    person.open("/arrivals/list/")
    person.press("Add: file to bring in")
    person.fill(kind=what, source=source, as_of="2026-03-01")
    person.page.get_by_label("File", exact=True).set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    person.press("Save")


def test_suspensions_of_a_spreadsheet_from_the_template_to_the_undo(somebody: Any, findings: Any) -> None:
    manager, head, officer, broker = (somebody(each) for each in ("manager", "head", "officer", "caremanager"))

    manager.open("/arrivals/list/")
    with manager.page.expect_download() as fetched:
        manager.page.get_by_role("link", name="Suspensions in force").click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(fetched.value.path()).read_bytes()))
    first = [str(each).rstrip("*") for each in book.get_sheet_by_name("Suspensions").to_python()[0]]
    assert set(HEADINGS) <= set(first)
    assert findings(manager.page) == []

    # A slip in one cell: nothing is brought in, and the cell is named.
    upload(
        manager, "Suspensions in force", "Tracker", workbook("Suspensions", HEADINGS, row("31/02/2026")), "open.xlsx"
    )
    assert "Nothing was brought in" in manager.text
    assert "D2\tThis is no date: “31/02/2026”. Write one like 31/03/2026." in manager.text
    assert manager.page.get_by_role("button", name="Record from the earlier system").count() == 0
    manager.picture("arrival-faulty")
    assert findings(manager.page) == []
    manager.page.set_viewport_size({"width": 320, "height": 640})
    assert findings(manager.page) == []
    manager.picture("arrival-faulty")
    manager.page.set_viewport_size({"width": 1280, "height": 900})

    # Repaired: the preview, the step that says what it means, and what stands then.
    upload(
        manager,
        "Suspensions in force",
        "Tracker",
        workbook("Suspensions", HEADINGS, row(dt.date(2026, 1, 12))),
        "open.xlsx",
    )
    assert "Nothing is brought in yet." in manager.text
    address = manager.page.url.removeprefix(manager.console.url)
    manager.picture("arrival-checked")
    assert findings(manager.page) == []
    assert officer.open(address.replace("/show/", "/") + "/bring_in").status == 403
    assert "Manager" in officer.text
    manager.step("Record from the earlier system")
    manager.picture("arrival-brought-in")
    assert findings(manager.page) == []
    manager.page.get_by_role("table", name="What it brought").get_by_role("link", name="Sandpiper Lodge").click()
    assert "Tracker, as at 1 March 2026" in manager.text
    record = manager.page.url.removeprefix(manager.console.url)
    broker.open("/purchasing/?search=Sandpiper")
    assert "No new purchase" in broker.text
    head.open(record)
    assert "In force" in head.text

    # It was the wrong list: undone while nobody has worked on it.
    manager.open(address)
    manager.step("Undo", note="The list of last year.")
    assert "Undone" in manager.text
    assert head.open(record).status == 404


def test_a_file_of_the_register_is_previewed_confirmed_and_undone(somebody: Any, findings: Any) -> None:
    manager = somebody("manager", java_script_enabled=False)
    content = (SAMPLES / "cqc_files" / "directory.csv").read_bytes()
    upload(manager, "A file of a register", "CQC, care directory", content, "directory.csv")
    assert "What it would do" in manager.text
    manager.picture("arrival-register")
    manager.press("Bring the register up to date")
    manager.press("Bring the register up to date")
    assert "Done: Bring the register up to date." in manager.text
    manager.press("Undo")
    manager.fill(note="The wrong month.")
    manager.press("Undo")
    assert "Done: Undo." in manager.text
    assert "Undone" in manager.text


def test_whoever_is_no_manager_brings_nothing_in(somebody: Any) -> None:
    officer = somebody("officer")
    officer.open("/arrivals/list/")
    assert officer.page.get_by_role("button", name="Add: file to bring in").count() == 0
    assert officer.page.get_by_role("link", name="Suspensions in force").count() == 0
    assert officer.open("/arrivals/add").status == 403
    assert somebody("partner").open("/arrivals/list/").status == 403
