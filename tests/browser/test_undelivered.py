"""A letter that could not be sent: the Manager is told why, the address is put right, and it goes."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from models import db
from workflows import outbox
from workflows.mail import FileSender

pytestmark = pytest.mark.browser

LATER = dt.datetime(2026, 3, 4, 10, 5, tzinfo=dt.UTC)


def test_a_dead_letter_is_sent_once_its_reader_has_an_address(console: Any, somebody: Any, tmp_path: Path) -> None:
    manager, officer, partner = somebody("manager"), somebody("officer"), somebody("partner")
    manager.open("/")
    manager.page.get_by_role("link", name="could not be sent").click()
    manager.page.get_by_role("row").filter(has_text="Openfield Living Limited").get_by_role("link").first.click()
    address = manager.here
    for told in ("Could not be sent", "No address on record"):
        assert told in manager.text
    assert "@" not in manager.text
    manager.picture("dead-letter")
    officer.open(address)
    assert officer.steps() == []
    assert partner.open(address).status == 403

    officer.open("/contacts/list/?kind=nominated_individual&q=openfield")
    officer.page.locator("tbody").get_by_role("link").first.click()
    officer.press("Change")
    officer.fill(email="nominated@openfield.example.org")
    officer.press("Save")
    officer.page.get_by_text("Saved.").wait_for()

    manager.step("Try again", note="They gave us an address.")
    assert "Waits to be sent" in manager.text
    with console.app.app_context():
        outbox.deliver(
            db.session.session_factory, FileSender(tmp_path, "careward@localhost"), lambda: LATER, console.url
        )
    manager.open(address)
    assert "Sent" in manager.text
    assert any("nominated@openfield.example.org" in each.read_text() for each in tmp_path.iterdir())
