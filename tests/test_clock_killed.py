"""The clock killed between any two of its statements, and two clocks at once: real processes on a real database."""

import datetime as dt
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from areas.complaints import complaint
from flask import Flask
from new_databases import new_database
from sqlalchemy import Engine, create_engine, delete, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from world import NOW, World, console, make_app

from models import Model, db
from models.base import Versioned
from models.diary import ClockNotice, ClockRun, Obligation
from models.framework import Cadence, Clock, ClockKey
from models.outbox import OutboxMessage
from models.people import Person
from workflows import clock_run, ledger
from workflows.gate import GOVERNED

DUE = [NOW.date() + dt.timedelta(days=days) for days in (-5, -4, -3, -1, 1, 2)]


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, with four things overdue and two due soon."""
    with new_database(database_url, tmp_path) as url:
        app = make_app(url.render_as_string(hide_password=False), tmp_path)
        with app.app_context():
            db.session.connection().execute(delete(Cadence.__table__))
            with console():
                clock = db.session.query(Clock).filter_by(key=ClockKey.complaint_response).one()
                clock.warn, clock.escalates_to, clock.escalates_after = 3, "manager", 2
            world = World()
            for day in DUE:
                complaint(world, "investigating", due_on=day)
            wrong = update(Obligation.__table__).values(due_on=dt.date(2020, 1, 1), warn_on=None, escalate_on=None)
            db.session.connection().execute(wrong)  # so that there is something to derive
            db.session.commit()
            yield app
            db.session.remove()
            db.engine.dispose()


BUSY = 3
"""The exit code of a run that found another under way."""


def start(url: str, kills_after: int = 100_000) -> BaseProcess:
    """A run in a process of its own, which SIGKILL ends after so many statements and commits."""
    db.session.remove()
    db.engine.dispose()  # a child must not share its parent's connections
    run = get_context("fork").Process(target=run_here, args=(url, kills_after))
    run.start()
    return run


def run_here(url: str, left: int) -> None:
    def count(*told: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)
    event.listen(Engine, "commit", count)
    clock_run.PORTION = 2
    with Session(create_engine(url)) as session:
        os._exit(BUSY if clock_run.run(session, lambda: NOW) is None else 0)


def ended(run: BaseProcess) -> int | None:
    run.join(120)
    return run.exitcode


def told() -> list[tuple[str, dt.date]]:
    db.session.rollback()
    with console():
        rows = db.session.execute(select(ClockNotice.stage, ClockNotice.due_on))
        return sorted((row.stage.value, row.due_on) for row in rows)


def faults(folder: Path) -> list[str]:
    models = [Person, *(model for model in GOVERNED if issubclass(model, Versioned))]
    return list(ledger.verify(db.session, "key", folder / "none", models))


EACH_ONCE = [
    *(("breached", day) for day in DUE[:4]),
    *(("escalated", day) for day in DUE[:3]),
    *(("warned", day) for day in DUE[4:]),
]


def everything_stands_once(folder: Path) -> None:
    assert told() == EACH_ONCE
    with console():
        assert len(db.session.scalars(select(ClockRun.id)).all()) == 1
        due = db.session.scalars(select(Obligation.due_on).order_by(Obligation.due_on)).all()
        assert due == DUE
        readers = db.session.scalars(select(OutboxMessage.recipient_id)).all()
        people = [db.session.get_one(Person, each).username for each in readers]
    assert sorted(people) == ["manager", "officer"]
    entry = Model.metadata.tables["ledger_entry"]
    kinds = db.session.connection().execute(
        select(entry.c.record_type).where(entry.c.actor_role == "clock", entry.c.kind == "created")
    )
    assert sorted(kinds.scalars()) == ["clock_notice"] * 9 + ["clock_run"] + ["outbox_message"] * 2
    assert faults(folder) == []


def test_a_run_that_is_killed_and_run_again_does_each_thing_exactly_once(app: Flask, tmp_path: Path) -> None:
    """Killed after ever more statements, until one run comes to its end."""
    url, kills_after, half_way = db.engine.url.render_as_string(hide_password=False), 5, set()
    code: int | None = None
    while code != 0:
        code = ended(start(url, kills_after))
        if code == BUSY:
            time.sleep(0.1)  # PostgreSQL notices in its own time that the one before is gone
            continue
        assert code in (0, -signal.SIGKILL)
        half_way.add(len(told()))
        assert faults(tmp_path) == []
        kills_after += 4
    assert len(half_way) > 2  # it was killed with some of it told and some not
    everything_stands_once(tmp_path)
    assert ended(start(url)) == 0
    everything_stands_once(tmp_path)


def test_of_several_runs_at_once_one_does_it_and_the_others_leave_it_to_that_one(app: Flask, tmp_path: Path) -> None:
    url = db.engine.url.render_as_string(hide_password=False)
    codes = [ended(run) for run in [start(url) for _ in range(4)]]
    assert 0 in codes
    assert set(codes) <= {0, BUSY}
    everything_stands_once(tmp_path)


def test_while_one_runs_the_other_does_nothing(app: Flask, tmp_path: Path) -> None:
    answers = []

    def now() -> dt.datetime:
        if not answers:
            answers.append(None)
            with app.app_context():
                answers[0] = clock_run.run(db.session, lambda: NOW)
        return NOW

    assert clock_run.run(db.session, now) is not None
    assert answers == [None]
    everything_stands_once(tmp_path)


def test_the_database_itself_lets_nothing_be_told_twice(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the lock did not hold, as on a file system without locks, one of two runs fails and undoes its part."""

    @contextmanager
    def never_locked(*args: object) -> Iterator[bool]:
        yield True

    monkeypatch.setattr(clock_run, "alone", never_locked)
    monkeypatch.setattr(clock_run, "PORTION", 2)
    db.session.remove()

    def one() -> bool:
        with app.app_context():
            try:
                return clock_run.run(db.session, lambda: NOW) is not None
            except IntegrityError:
                return False

    with ThreadPoolExecutor(2) as pool:
        came_to_its_end = [each.result(60) for each in [pool.submit(one), pool.submit(one)]]
    assert any(came_to_its_end)
    assert told() == EACH_ONCE
    assert faults(tmp_path) == []
