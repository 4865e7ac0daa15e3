"""The clocks of the papers, each with the day that somebody counted on a calendar, and when it is told."""

import datetime as dt

import pytest
from areas.complaints import complaint
from sqlalchemy import select, update
from world import World, console

from models import db
from models.diary import Obligation
from models.framework import Clock, ClockKey, ClockUnit, Weekday
from workflows import clocks

DUE = """
factual_accuracy       2026-03-04 2026-03-18  fourteen days, weekends counted (HA 3.17)
factual_accuracy       2026-12-18 2027-01-01  on a bank holiday, for nobody counts working days here
suspension_review      2026-02-04 2026-03-04  four weeks of a short month (HP 8)
suspension_review      2028-02-04 2028-03-03  of a leap year
suspension_next_steps  2026-03-04 2026-09-04  six months (HP 8)
suspension_next_steps  2026-08-31 2027-02-28  to the last day of a shorter month
suspension_next_steps  2027-08-31 2028-02-29  of a leap year
feedback_to_manager    2026-03-04 2026-03-05  the next working day (HA 3.34)
feedback_to_manager    2026-03-06 2026-03-09  of a Friday: Monday
feedback_to_manager    2026-04-02 2026-04-07  of Maundy Thursday: Easter Tuesday
feedback_to_manager    2026-12-24 2026-12-29  Boxing Day is a Saturday, so Monday stands for it
harm_log               2026-03-08 2026-03-09  the Monday after the week (OL app. 1)
harm_log               2026-03-09 2026-03-16  of a Monday: a week on
harm_log               2026-05-03 2026-05-04  a bank holiday too
"""
COUNTED = [tuple(line.split(None, 3)[:3]) for line in DUE.strip().splitlines()]


@pytest.mark.parametrize(("key", "start", "due"), COUNTED)
def test_each_clock_of_the_papers_runs_to_its_day(world: World, key: str, start: str, due: str) -> None:
    with console():
        assert clocks.due(db.session, ClockKey(key), dt.date.fromisoformat(start)) == dt.date.fromisoformat(due)


@pytest.mark.parametrize(
    ("start", "times", "due"),
    [
        ("2026-01-01", 1, "2026-03-31"),
        ("2026-03-30", 1, "2026-03-31"),
        ("2026-03-31", 1, "2026-06-30"),
        ("2026-11-15", 1, "2026-12-31"),
        ("2026-11-15", 2, "2027-03-31"),
        ("2026-12-31", 3, "2027-09-30"),
    ],
)
def test_a_clock_of_quarters_runs_to_the_last_day_of_one(start: str, times: int, due: str) -> None:
    day = clocks.after(dt.date.fromisoformat(start), times, ClockUnit.quarters, "england-and-wales")
    assert day.isoformat() == due


def test_scotland_keeps_other_bank_holidays() -> None:
    """Easter Monday is none, the second of January is one."""
    easter, new_year = dt.date(2026, 4, 2), dt.date(2025, 12, 31)
    assert [clocks.after(easter, 1, ClockUnit.working_days, each).isoformat() for each in clocks.SUBDIVISIONS] == [
        "2026-04-07",
        "2026-04-06",
        "2026-04-07",
    ]
    assert [clocks.after(new_year, 1, ClockUnit.working_days, each).isoformat() for each in clocks.SUBDIVISIONS] == [
        "2026-01-02",
        "2026-01-05",
        "2026-01-02",
    ]


def test_mondays_are_counted_one_by_one() -> None:
    days = [
        clocks.after(dt.date(2026, 3, 4), times, ClockUnit.weekdays, "england-and-wales", Weekday.monday)
        for times in (1, 2, 5)
    ]
    assert [each.isoformat() for each in days] == ["2026-03-09", "2026-03-16", "2026-04-06"]


@pytest.mark.parametrize(
    ("told", "warned", "passed_on"),
    [
        ({"warn": 5, "escalates_to": "manager", "escalates_after": 0}, "2026-03-15", "2026-03-21"),
        ({"warn": 1, "escalates_to": "head", "escalates_after": 7}, "2026-03-19", "2026-03-28"),
        ({"warn": None, "escalates_to": None, "escalates_after": 0}, None, None),
    ],
)
def test_a_deadline_is_told_as_its_clock_says(
    world: World, told: dict[str, object], warned: str | None, passed_on: str | None
) -> None:
    db.session.connection().execute(
        update(Clock.__table__).where(Clock.key == ClockKey.complaint_response).values(**told)
    )
    db.session.commit()
    complaint(world, "investigating", due_on=dt.date(2026, 3, 20))
    with console():
        found = db.session.scalars(select(Obligation).where(Obligation.record_type == "complaint")).one()
    days = [day.isoformat() if day is not None else None for day in (found.warn_on, found.escalate_on)]
    assert (days, found.escalates_to) == ([warned, passed_on], told["escalates_to"])
