"""Two workers empty one outbox at the same time: real threads, a real mail server, a database of their own."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from mail_servers import Mailbox, mail_server
from new_databases import new_database
from sqlalchemy import func, select
from world import NOW, World, console, make_app

from models import db
from models.ledger import LedgerEntry
from models.outbox import MailKind, OutboxMessage
from models.people import Person
from models.providers import Contact, ContactKind
from workflows import actor as actors
from workflows import ledger, mail, outbox

MESSAGES, WORKERS = 24, 3


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database of its own, where what is committed stays."""
    with new_database(database_url, tmp_path) as url:
        app = make_app(url.render_as_string(hide_password=False), tmp_path)
        yield app
        with app.app_context():
            db.engine.dispose()


def fill(app: Flask) -> None:
    with app.app_context():
        world = World()
        for number in range(MESSAGES):
            of = world.provider(f"Care {number}")
            address = f"office{number}@care.example"
            world._add(Contact(provider_id=of.id, kind=ContactKind.office, post="Office", email=address))
            with console():
                outbox.post(db.session, MailKind.plan_sent, of, of, actors.system("test", NOW))
            db.session.commit()


def test_two_workers_at_once_send_each_message_once(app: Flask, tmp_path: Path) -> None:
    fill(app)
    mailbox, together = Mailbox(), threading.Barrier(WORKERS)
    for number in range(0, MESSAGES, 4):
        mailbox.answers[f"office{number}@care.example"] = ["451 Later"]

    def work(port: int, later: dt.timedelta) -> Counter[str]:
        sender = mail.SmtpSender("127.0.0.1", port, "care@council.example", secure="off", timeout=10)
        with app.app_context():
            together.wait(30)
            return outbox.deliver(
                db.session.session_factory, sender, lambda: NOW + later, "https://careward.council.example"
            )

    with mail_server(mailbox) as port, ThreadPoolExecutor(WORKERS) as pool:
        done: Counter[str] = Counter()
        for later in (dt.timedelta(0), dt.timedelta(minutes=1)):
            for each in [pool.submit(work, port, later) for _worker in range(WORKERS)]:
                done += each.result(120)
    assert done == {"send": MESSAGES, "put_back": MESSAGES // 4}
    assert Counter(mailbox.received()) == {f"office{number}@care.example": 1 for number in range(MESSAGES)}
    with app.app_context(), actors.acting(actors.system("test", NOW)):
        assert set(db.session.scalars(select(OutboxMessage.state))) == {"sent"}
        steps = db.session.execute(
            select(LedgerEntry.step, func.count(LedgerEntry.id).label("how_often"))
            .where(LedgerEntry.record_type == "outbox_message", LedgerEntry.step.is_not(None))
            .group_by(LedgerEntry.step)
        )
        assert {row.step: row.how_often for row in steps} == {"take_out": 30, "put_back": 6, "send": 24}
        assert list(ledger.verify(db.session, "key", tmp_path / "none", [OutboxMessage, Person])) == []
        db.session.rollback()
