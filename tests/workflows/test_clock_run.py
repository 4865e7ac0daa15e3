"""The clock: the diary derived anew, and each thing told once to whoever must know."""

import datetime as dt
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from areas.complaints import complaint
from sqlalchemy import delete, func, select, update
from steps_taken import not_written, take, write
from world import NOW, World, console

from models import db
from models.absences import Absence
from models.base import Versioned
from models.diary import ClockNotice, ClockRun, Obligation, Pause
from models.framework import Cadence, Clock, ClockKey
from models.ledger import LedgerEntry
from models.outbox import OutboxMessage
from models.people import Person
from workflows import actor as actors
from workflows import clock_run, desk, diary, ledger, outbox
from workflows import people as accounts
from workflows.access import Role
from workflows.gate import GOVERNED, Refused

DAY = dt.timedelta(days=1)
"""NOW is ten o'clock on Wednesday 4 March 2026."""


@pytest.fixture(autouse=True)
def only_deadlines(world: World) -> None:
    """A framework that asks for nothing by itself, and whose clocks tell nobody but the officer of what is overdue."""
    connection = db.session.connection()
    connection.execute(delete(Cadence.__table__))
    connection.execute(update(Clock.__table__).values(warn=None, escalates_to=None, escalates_after=0))
    db.session.commit()


def told_by(key: ClockKey, **told: Any) -> None:
    """The framework's clock, with whom it tells and when."""
    with console():
        clock = db.session.query(Clock).filter_by(key=key).one()
        for name, value in told.items():
            setattr(clock, name, value)
    db.session.commit()


def run(days: int = 0, hours: int = 0, **kw: Any) -> Any:
    """A run so long after NOW: (day, services, due soon, overdue, passed on)."""
    db.session.commit()
    now = NOW + days * DAY + dt.timedelta(hours=hours)
    ran = clock_run.run(db.session, lambda: now, **kw)
    assert ran is not None
    db.session.expire_all()
    return (ran.day.isoformat(), ran.services, *(ran.told[stage] for stage in clock_run.ClockStage))


def notices() -> list[tuple[str, str, str, str]]:
    """(stage, due, who was told, the step that waits) of every notice, in the order of writing."""
    with console():
        rows = db.session.scalars(select(ClockNotice).order_by(ClockNotice.id))
        return [
            (x.stage.value, x.due_on.isoformat(), x.officer.username if x.officer else x.told.value, x.name)
            for x in rows
        ]


def digests() -> list[str]:
    """The digests in the outbox, by reader."""
    with console():
        rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "diary_told"))
        return sorted(db.session.get_one(Person, each.recipient_id).username for each in rows)


def letters(now: dt.datetime) -> dict[str, str]:
    """What leaves the house by then: reader -> the text of the mail."""
    sent: list[EmailMessage] = []

    class Way:
        address = "care@council.example"

        def send(self, letter: EmailMessage) -> None:
            sent.append(letter)

    db.session.commit()
    outbox.deliver(db.session.session_factory, Way(), lambda: now, "https://careward.council.example")
    db.session.expire_all()
    return {str(each["To"]): each.get_content() for each in sent}


def faults() -> list[str]:
    models = [Person, *(model for model in GOVERNED if issubclass(model, Versioned))]
    return list(ledger.verify(db.session, "key", Path("none"), models))


def due(world: World, days: int, **kw: Any) -> Any:
    """A complaint that the officer answers by then."""
    return complaint(world, "investigating", due_on=NOW.date() + days * DAY, **kw)


# --- what is told, and when ---


def test_each_stage_is_told_once_on_its_day_to_whom_the_framework_names(world: World) -> None:
    told_by(ClockKey.complaint_response, warn=3, escalates_to="manager", escalates_after=2)
    due(world, 5)  # Monday 9 March
    told = [run(days)[2:] for days in range(10)]
    assert told == [
        (0, 0, 0), (0, 0, 0), (1, 0, 0),  # Friday 6: three days before
        (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 1, 0),  # Tuesday 10: the day after
        (0, 0, 0), (0, 0, 1),  # Thursday 12: two days overdue are past
        (0, 0, 0),
    ]  # fmt: skip
    assert notices() == [
        ("warned", "2026-03-09", "officer", "Draft the response"),
        ("breached", "2026-03-09", "officer", "Draft the response"),
        ("escalated", "2026-03-09", "manager", "Draft the response"),
    ]
    assert digests() == ["manager", "officer", "officer"]
    assert faults() == []


def test_after_days_off_each_thing_is_told_as_it_stands_by_then(world: World) -> None:
    """A week without a run: what would have been a reminder is overdue meanwhile, and is told as that alone."""
    told_by(ClockKey.complaint_response, warn=3, escalates_to="head", escalates_after=2)
    due(world, 2)
    due(world, 9)
    assert run(8) == ("2026-03-12", 2, 1, 1, 1)
    assert notices() == [
        ("warned", "2026-03-13", "officer", "Draft the response"),
        ("breached", "2026-03-06", "officer", "Draft the response"),
        ("escalated", "2026-03-06", "head", "Draft the response"),
    ]
    assert digests() == ["head", "head2", "officer"]


def test_a_second_run_changes_nothing(world: World) -> None:
    due(world, -1)
    run()
    before = table_sizes()
    assert run(hours=3)[2:] == (0, 0, 0)
    assert table_sizes() == before


def table_sizes() -> list[int]:
    tables = [each.__table__ for each in (ClockNotice, ClockRun, LedgerEntry, Obligation, OutboxMessage)]
    return [db.session.connection().execute(select(func.count()).select_from(each)).scalar_one() for each in tables]


def test_what_was_moved_is_told_anew_for_its_new_day(world: World) -> None:
    found = due(world, -1)
    run()
    with console():
        found.due_on = NOW.date() + 3 * DAY
    db.session.commit()
    assert run(3)[2:] == (0, 0, 0)
    assert run(4)[2:] == (0, 1, 0)
    assert [each[:2] for each in notices()] == [("breached", "2026-03-03"), ("breached", "2026-03-07")]


def test_what_was_done_is_not_told(world: World) -> None:
    found = due(world, 1)
    take(world, "officer", "withdraw", found)
    assert run(5)[2:] == (0, 0, 0)


def test_what_rests_is_told_of_nothing_until_it_counts_on(world: World) -> None:
    told_by(ClockKey.complaint_response, warn=3, escalates_to="manager")
    due(world, 2)
    with console():
        which = db.session.scalars(select(Obligation.id)).one()
    pause = write(world, "officer", Pause(obligation_id=which, reason="The family is away."))
    assert run(1)[2:] == (0, 0, 0)
    assert run(6)[2:] == (0, 0, 0)
    take(world, "officer", "resume", pause, now=NOW + 6 * DAY)  # four working days on: due on Thursday 12 March
    assert run(6, hours=1)[2:] == (1, 0, 0)
    assert notices() == [("warned", "2026-03-12", "officer", "Draft the response")]


def test_what_is_booked_in_time_needs_no_reminder(world: World) -> None:
    in_time = obligation("in time", planned_on=NOW.date() + 2 * DAY)
    too_late = obligation("too late", planned_on=NOW.date() + 4 * DAY)
    was_missed = obligation("was missed", planned_on=NOW.date() - DAY)
    not_booked = obligation("not booked")
    assert told_of([in_time, too_late, was_missed, not_booked], NOW.date(), dt.time(6)) == {
        "warned": ["too late", "was missed", "not booked"],
        "breached": [],
        "escalated": [],
    }


def obligation(name: str, **kw: Any) -> int:
    """Something due on 7 March, of which a reminder goes out on 4 March."""
    told = {
        "identity": name, "source": "cadence", "rule": "r", "clause": "XX", "activity": "a", "name": name,
        "due_on": NOW.date() + 3 * DAY, "warn_on": NOW.date(), **kw,
    }  # fmt: skip
    with console():
        made = Obligation(**told)
        db.session.add(made)
    db.session.commit()
    return int(made.id)


def told_of(ids: list[int], day: dt.date, until: dt.time) -> dict[str, list[str]]:
    """Which of these stand at each stage."""
    return {
        stage.value: [
            row.name for row in db.session.connection().execute(clock_run._to_tell(stage, holds, [])) if row.id in ids
        ]
        for stage, holds in clock_run._stages(day, until).items()
    }


def test_what_is_due_by_an_hour_is_overdue_once_it_is_past_on_the_office_wall(world: World) -> None:
    """Monday 17:00 (OL app. 1), here in summer time."""
    monday = dt.date(2026, 3, 30)
    log = obligation("harm log", due_on=monday, due_time=dt.time(17), warn_on=monday)
    at_five = told_of([log], monday, dt.time(17))
    assert at_five == {"warned": ["harm log"], "breached": [], "escalated": []}
    after = told_of([log], monday, dt.time(17, 0, 1))
    assert after == {"warned": [], "breached": ["harm log"], "escalated": []}


def test_a_run_goes_by_the_hour_on_the_office_wall(world: World) -> None:
    visit = world.visit(state="scheduled", starts_at=dt.datetime(2026, 3, 30, 16, 0, tzinfo=dt.UTC))  # 17:00 here
    for minutes, overdue in ((-1, 0), (1, 1)):
        now = visit.starts_at + dt.timedelta(minutes=minutes)
        ran = clock_run.run(db.session, lambda now=now: now)
        assert ran is not None
        assert ran.told["breached"] == overdue
    assert [each[2:] for each in notices()] == [("officer", "Begin")]
    assert visit.state == "scheduled"


def test_whoever_reads_the_diary_no_more_is_not_told(world: World) -> None:
    """An officer who became the Administrator sees no cases: the Managers hear of what is still theirs."""
    complaint(world, "investigating", due_on=NOW.date() - dt.timedelta(days=1))
    with console():
        accounts.set_roles(db.session, world.person("officer"), (Role.administrator,))
        db.session.commit()
    clock_run.run(db.session(), lambda: NOW)
    with console():
        told = db.session.execute(select(ClockNotice.told, ClockNotice.reader_id)).all()
        assert {tuple(each) for each in told} == {("manager", None)}


def test_where_nobody_who_signs_in_is_linked_the_managers_are_told(world: World) -> None:
    world.suspension(state="in_force", next_review_on=NOW.date() - DAY, next_steps_on=None)
    left = world.person("officer2")
    service = world.service(allocated_officer_id=left.id)
    world.suspension(service, "in_force", next_review_on=NOW.date() - DAY, next_steps_on=None)
    with console():
        left.active = False
    db.session.commit()
    assert run()[2:] == (0, 2, 0)
    assert [(stage, who) for stage, _due, who, _name in notices()] == [("breached", "manager")] * 2
    assert digests() == ["manager"]


# --- in whose name ---


def test_the_clock_acts_in_its_own_name_and_the_ledger_tells_of_each_act(world: World) -> None:
    due(world, -1)
    run()
    with console():
        entries = db.session.execute(
            select(LedgerEntry.record_type, LedgerEntry.kind, LedgerEntry.actor_role, LedgerEntry.actor_id).where(
                LedgerEntry.actor_role == "clock"
            )
        ).all()
    assert sorted(tuple(row) for row in entries) == [
        ("clock_notice", "created", "clock", None),
        ("clock_run", "created", "clock", None),
        ("outbox_message", "created", "clock", None),
    ]
    assert faults() == []


@pytest.mark.parametrize("who", ["manager", "head", "administrator"])
def test_nobody_writes_a_notice_or_a_run_by_hand(world: World, who: str) -> None:
    told = {"identity": "x", "due_on": NOW.date(), "name": "x", "clause": "XX", "told": "manager"}
    not_written(world, who, ClockNotice(stage="warned", **told))
    not_written(world, who, ClockRun(day=NOW.date()))
    assert table_sizes()[:2] == [0, 0]


def test_nobody_changes_a_notice(world: World) -> None:
    due(world, -1)
    run()
    with world.acting("manager"):
        db.session.scalars(select(ClockNotice)).one().name = "Nothing"
        with pytest.raises(Refused):
            db.session.commit()
    db.session.rollback()
    with world.acting("manager"), pytest.raises(Refused):
        db.session.execute(update(ClockNotice).values(name="Nothing"))


# --- the mail ---


def test_one_mail_a_run_tells_its_reader_how_much_there_is_and_nothing_of_what(world: World) -> None:
    told_by(ClockKey.complaint_response, warn=3, escalates_to="manager")
    for days in (-9, -1, 1, 2, 3):
        due(world, days)
    assert run() == ("2026-03-04", 5, 3, 2, 2)
    assert letters(NOW + dt.timedelta(minutes=9)) == {}
    assert letters(NOW + dt.timedelta(minutes=10)) == {
        "officer@example.org": (
            "Something in the diary is yours to see to.\n\n"
            "The diary on 4 March 2026:\n3 things are due soon.\n2 things are overdue.\n\n"
            "Sign in to read it: https://careward.council.example\n\n"
            "This message was sent by a program, and says no more on purpose. Please do not answer it.\n"
        ),
        "manager@example.org": (
            "Something in the diary is yours to see to.\n\n"
            "The diary on 4 March 2026:\n2 things that are overdue were passed on to you.\n\n"
            "Sign in to read it: https://careward.council.example\n\n"
            "This message was sent by a program, and says no more on purpose. Please do not answer it.\n"
        ),
    }
    assert run(1)[2:] == (0, 0, 0)
    assert letters(NOW + 2 * DAY) == {}


def test_what_a_later_run_tells_the_same_day_goes_with_the_mail_that_waits_or_by_another(world: World) -> None:
    due(world, -1)
    run()
    due(world, -2)
    run(hours=1)
    assert digests() == ["officer"]
    text = letters(NOW + dt.timedelta(hours=2))["officer@example.org"]
    assert "The diary on 4 March 2026:\n2 things are overdue.\n" in text
    due(world, -3)
    run(hours=3)
    assert digests() == ["officer", "officer"]


def test_more_than_a_portion_is_told_whole_with_one_mail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_run, "PORTION", 2)
    for days in range(1, 6):
        due(world, -days)
    assert run() == ("2026-03-04", 5, 0, 5, 0)
    assert digests() == ["officer"]
    assert faults() == []


# --- its days ---


def test_the_clock_runs_for_a_day_that_has_begun_and_never_backwards(world: World) -> None:
    due(world, 0)
    with pytest.raises(Refused, match=r"The clock does not run ahead\. Name a day that has begun\."):
        run(day=NOW.date() + DAY)
    assert run(3, day=NOW.date())[2:] == (0, 0, 0)  # as it stood on the evening of that day
    assert run(3, day=NOW.date() + DAY)[2:] == (0, 1, 0)
    with pytest.raises(Refused, match=r"The clock has run for 5 March 2026 already, and does not run backwards\."):
        run(3, day=NOW.date())
    with console():
        days = db.session.scalars(select(ClockRun.day).order_by(ClockRun.day)).all()
    assert days == [dt.date(2026, 3, 4), dt.date(2026, 3, 5)]


def test_a_run_is_due_each_morning_from_six_and_made_up_for_later(world: World) -> None:
    def is_due(*moment: int) -> bool:
        actor = actors.system("clock", dt.datetime(*moment, tzinfo=dt.UTC))  # type: ignore[arg-type,misc]
        with actors.acting(actor):
            return clock_run.is_due(db.session, actor)

    assert is_due(2026, 3, 4, 3, 0)  # never yet
    clock_run.run(db.session, lambda: dt.datetime(2026, 3, 27, 6, 0, tzinfo=dt.UTC))
    assert not is_due(2026, 3, 27, 23, 0)
    assert not is_due(2026, 3, 28, 5, 59)
    assert is_due(2026, 3, 28, 6, 0)
    assert is_due(2026, 3, 29, 4, 59)  # the whole of the 28th was missed
    clock_run.run(db.session, lambda: dt.datetime(2026, 3, 28, 6, 0, tzinfo=dt.UTC))
    assert not is_due(2026, 3, 29, 4, 59)  # summer time begins: 5:59 on the office wall
    assert is_due(2026, 3, 29, 5, 0)


def test_a_run_that_is_told_to_stop_is_gone_on_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_run, "PORTION", 1)
    for days in (-3, -2, -1):
        due(world, days)
    for allowed in range(7):  # it asks before each portion: three services, and then each notice ...
        asked = iter([*[False] * allowed, *[True] * 100])
        clock_run.run(db.session, lambda: NOW, stopping=lambda asked=asked: next(asked))
    with console():
        assert db.session.scalar(select(func.count(ClockRun.id))) == 0
    run()
    assert [each[:2] for each in sorted(notices())] == [
        ("breached", "2026-03-01"),
        ("breached", "2026-03-02"),
        ("breached", "2026-03-03"),
    ]
    with console():
        assert db.session.scalar(select(func.count(ClockRun.id))) == 1


def test_the_whole_diary_is_derived_anew(world: World) -> None:
    due(world, 3)
    with console():
        db.session.execute(update(Obligation).values(due_on=dt.date(2020, 1, 1)))
    db.session.commit()
    assert run() == ("2026-03-04", 1, 0, 0, 0)
    with console():
        assert db.session.scalars(select(Obligation.due_on)).all() == [dt.date(2026, 3, 7)]


# --- passed on ---


def test_what_was_passed_on_stands_on_the_desk_of_that_role_until_it_is_done(world: World) -> None:
    told_by(ClockKey.complaint_response, escalates_to="head")
    found = due(world, -1)

    def passed_on(who: str) -> list[str]:
        with world.acting(who) as actor:
            return [each.name for each in db.session.scalars(select(Obligation).where(desk.passed_on(actor)))]

    assert passed_on("head") == []
    run()
    assert [passed_on(who) for who in ("head", "head2", "manager", "officer")] == [
        ["Draft the response"],
        ["Draft the response"],
        [],
        [],
    ]
    take(world, "officer", "withdraw", found)
    assert passed_on("head") == []


def test_the_diary_derives_while_nothing_is_in_force(world: World) -> None:
    assert diary.everything(db.session) == ([], [], True)
    assert run() == ("2026-03-04", 0, 0, 0, 0)


# --- who is away, and what the record's page tells ---


def test_the_deputy_of_whoever_is_away_is_written_to_as_well(world: World) -> None:
    due(world, -1)
    away = Absence(
        absent_id=world.person("officer").id,
        deputy_id=world.person("officer2").id,
        first_on=NOW.date(),
        last_on=NOW.date() + DAY,
    )
    world._add(away)
    run()
    assert notices() == [("breached", "2026-03-03", "officer", "Draft the response")]
    assert digests() == ["officer", "officer2"]
    told = letters(NOW + dt.timedelta(hours=1))
    assert sorted(told) == ["officer2@example.org", "officer@example.org"]
    assert "\n1 thing is overdue.\n" in told["officer2@example.org"]
    due(world, -2)
    run(5)
    assert digests() == ["officer", "officer", "officer2"]


def test_the_page_of_a_record_tells_what_the_clock_told_of_it_and_where_it_rested(world: World, as_user: Any) -> None:
    told_by(ClockKey.complaint_response, escalates_to="manager")
    found, other = due(world, -1), due(world, -1)
    run()
    with console():
        which = db.session.scalars(select(Obligation.id).where(Obligation.record_id == other.id)).one()
    write(world, "officer", Pause(obligation_id=which, reason="The family is away."))
    text = page(as_user, found.id)
    assert "Told by the clock" in text
    assert "Told that it is Overdue" in text
    assert "Who was told The Managers" in text
    assert "Counting rests" not in text
    text = page(as_user, other.id)
    assert "Why its counting rests The family is away." in text


def page(as_user: Any, key: int) -> str:
    """The text of the page of a complaint."""
    text = re.sub(r"<[^>]+>", " ", as_user("auditor").get(f"/complaints/show/{key}").text)
    return re.sub(r"\s+([:.])", r"\1", " ".join(text.split()))
