"""A file at a visit: an officer adds it, a head opens it, the officer withdraws it, and nobody opens it any more."""

from pathlib import Path
from typing import Any

import pytest
from some_files import PDF
from sqlalchemy import select

from models import db
from models.visits import Visit, VisitState

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(console: Any) -> str:
    with console.behind():
        key = db.session.scalars(select(Visit.id).where(Visit.state == VisitState.written_up).limit(1)).one()
    return f"/visits/show/{key}"


def test_a_file_from_its_adding_to_its_withdrawal(somebody: Any, findings: Any, visit: str) -> None:
    officer, head = somebody("officer"), somebody("head")
    officer.open(visit)
    officer.page.get_by_role("link", name="Add a file").click()
    officer.page.get_by_label("What it is").wait_for()
    assert "Add a file: " in officer.heading
    assert officer.page.get_by_label("Only the council's own people may open it").is_checked()
    officer.picture("add-file")
    assert findings(officer.page) == []
    officer.page.get_by_label("File", exact=True).set_input_files(
        {"name": "night rota.pdf", "mimeType": "text/html", "buffer": PDF}
    )
    officer.fill(what="Night rota")
    officer.press("Save")
    officer.page.get_by_text("The file is added.").wait_for()
    assert officer.page.url.endswith(visit)
    officer.picture("files-of-a-visit")
    assert findings(officer.page) == []

    head.open(visit)
    head.page.get_by_role("link", name="night rota.pdf").click()
    head.page.get_by_role("heading", name="night rota.pdf").wait_for()
    assert head.page.get_by_role("button", name="Withdraw", exact=True).count() == 0
    with head.page.expect_download() as opened:
        head.page.get_by_role("button", name="Open the file").click()
    assert opened.value.suggested_filename == "night rota.pdf"
    assert Path(opened.value.path()).read_bytes() == PDF
    address = opened.value.url.removeprefix(head.console.url)

    officer.page.get_by_role("link", name="night rota.pdf").click()
    officer.page.get_by_role("heading", name="night rota.pdf").wait_for()
    officer.step("Withdraw", withdrawn_reason="It was the rota of another home.")
    officer.open(visit)
    assert officer.page.locator("table del").inner_text() == "night rota.pdf"
    assert "It was the rota of another home." in officer.text
    assert findings(officer.page) == []
    officer.page.set_viewport_size({"width": 320, "height": 640})
    officer.picture("withdrawn-file-of-a-visit")
    assert findings(officer.page) == []

    assert head.open(address).status == 410
    assert head.heading == "Withdrawn"
    assert "This file was withdrawn, so it cannot be opened: It was the rota of another home." in head.text


def test_a_program_under_another_name_is_refused_and_what_was_typed_stands(somebody: Any, visit: str) -> None:
    officer = somebody("officer", java_script_enabled=False)
    officer.open(visit)
    officer.page.get_by_role("link", name="Add a file").click()
    officer.page.get_by_label("File", exact=True).set_input_files(
        {"name": "rota.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00" + b"\x00" * 60}
    )
    officer.fill(what="Night rota")
    officer.press("Save")
    assert "The name ends in “.pdf”, but the content is of another kind." in officer.text
    assert officer.page.get_by_label("What it is").input_value() == "Night rota"
