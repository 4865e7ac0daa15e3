"""The diary kept: what is due follows from whatever changes, in the transaction of the change."""

import datetime as dt
from typing import Any

from areas.complaints import complaint
from areas.plans import in_agreed_plan
from sqlalchemy import select
from steps_taken import not_written, take, write
from world import NOW, World, console

from models import db
from models.diary import Obligation, ObligationSource, Pause
from workflows import diary

TODAY = dt.date(2026, 3, 4)


def due(**named: Any) -> list[tuple[str, str, int | None, dt.date]]:
    """(kind of record, step, whose, by when) of every deadline in the diary."""
    with console():
        rows = db.session.execute(
            select(Obligation.record_type, Obligation.step, Obligation.officer_id, Obligation.due_on)
            .where(Obligation.source == ObligationSource.deadline)
            .filter_by(**named)
            .order_by(Obligation.due_on, Obligation.identity)
        )
        return [tuple(row) for row in rows]


def the_deadline() -> Obligation:
    """The only one that there is."""
    return db.session.scalars(select(Obligation).where(Obligation.source == ObligationSource.deadline)).one()


def test_a_record_that_waits_stands_in_the_diary_until_it_waits_no_more(world: World) -> None:
    found = complaint(world, "response_approved", due_on=dt.date(2026, 3, 20))
    officer = world.person("officer").id
    assert due() == [("complaint", "draft_response", officer, dt.date(2026, 3, 20))]
    take(world, "officer", "respond", found, responded_on=TODAY)
    assert due() == []


def test_what_names_nobody_is_the_linked_officers_and_moves_with_the_link(world: World) -> None:
    service = world.service()
    suspension = world.suspension(service, "in_force", next_review_on=dt.date(2026, 3, 10), next_steps_on=None)
    assert due() == [("suspension", "review", None, dt.date(2026, 3, 10))]
    officer2 = world.person("officer2").id
    take(world, "manager", "allocate", service, allocated_officer_id=officer2)
    assert due() == [("suspension", "review", officer2, dt.date(2026, 3, 10))]
    take(world, "officer", "review", suspension, still_needed="yes", risks="None.")
    assert due() == [
        ("suspension", "record_next_steps", officer2, dt.date(2026, 3, 4)),
        ("suspension", "review", officer2, dt.date(2026, 4, 1)),
    ]


def test_an_action_is_due_for_the_service_of_its_plan(world: World) -> None:
    waiting = in_agreed_plan(world, "open")
    with console():
        found = db.session.scalars(select(Obligation).where(Obligation.record_id == waiting.id)).one()
        assert (found.record_type, found.record_id, found.service_id) == ("action", waiting.id, waiting.plan.service_id)


def test_a_visit_is_due_to_be_scheduled_and_then_to_begin(world: World) -> None:
    visit = world.visit(state="planned", due_on=dt.date(2026, 3, 30), officer_id=None)
    assert due() == [("visit", "schedule", None, dt.date(2026, 3, 30))]
    world.visit(visit.service, state="scheduled", starts_at=dt.datetime(2026, 3, 29, 23, 30, tzinfo=dt.UTC))
    officer = world.person("officer").id
    assert due() == [
        ("visit", "schedule", None, dt.date(2026, 3, 30)),
        ("visit", "begin", officer, dt.date(2026, 3, 30)),  # half past midnight: summer time has begun
    ]


def test_what_is_rolled_back_leaves_the_diary_as_it_was(world: World) -> None:
    service = world.service()
    with world.acting("manager"):
        service.commissioning = "commissioned"
        db.session.flush()
        db.session.rollback()
    assert due() == []


def test_nothing_is_written_twice(world: World) -> None:
    complaint(world, "investigating", due_on=dt.date(2026, 3, 20))
    with console():
        before = db.session.execute(select(Obligation.id, Obligation.identity)).all()
        diary.derive(db.session, TODAY, *diary.everything(db.session))
        db.session.commit()
        assert db.session.execute(select(Obligation.id, Obligation.identity)).all() == before


# --- letting the counting rest ---


def test_a_deadline_that_rested_is_later_by_the_working_days_that_it_rested(world: World) -> None:
    found = complaint(world, "investigating", due_on=dt.date(2026, 3, 20))
    with console():
        which = the_deadline().id
    pause = write(world, "officer", Pause(obligation_id=which, reason="The family is away."))
    with console():
        assert the_deadline().paused_since == dt.date(2026, 3, 4)
    later = NOW + dt.timedelta(days=12)  # Monday 16 March: eight working days on
    take(world, "officer2", "resume", pause, now=later)
    assert due() == [("complaint", "draft_response", world.person("officer").id, dt.date(2026, 4, 1))]
    with console():
        assert the_deadline().paused_since is None
        assert found.due_on == dt.date(2026, 4, 1)


def test_a_rest_needs_a_reason_and_no_restriction_rests(world: World) -> None:
    world.suspension(state="in_force", next_review_on=dt.date(2026, 3, 10))
    with console():
        which = the_deadline().id
    told = not_written(world, "officer", Pause(obligation_id=which, reason="Busy."))
    assert told == "The clock of a restriction never rests."
