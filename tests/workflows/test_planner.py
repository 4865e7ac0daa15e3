"""The planner: how weeks fill, in every case that can be thought of; and what the diary gives it to fill them with."""

import datetime as dt
from typing import Any

import pytest
from areas.complaints import complaint
from hypothesis import given
from hypothesis import strategies as st
from owed import owed, takes
from world import NOW, World

from models import db
from models.absences import Absence
from workflows import planner
from workflows.planner import Cell, Hours, Task, Unreached, fill, is_late, reached

TODAY = dt.date(2026, 3, 4)  # a Wednesday
MONDAY = dt.date(2026, 3, 2)
WEEK = dt.timedelta(weeks=1)
HOUR = 60


# --- how weeks fill ---


def weeks(*hours: int) -> dict[dt.date, int]:
    return {MONDAY + number * WEEK: each * HOUR for number, each in enumerate(hours)}


def test_what_is_due_first_is_done_first_and_the_rest_is_carried_on() -> None:
    later, first = Task(1, 3 * HOUR, dt.date(2026, 3, 20)), Task(2, 4 * HOUR, dt.date(2026, 3, 5))
    room = weeks(5, 5)
    assert fill([later, first], room) == {
        2: {MONDAY: 240},
        1: {MONDAY: 60, MONDAY + WEEK: 120},
    }


def test_what_fits_into_no_week_is_reached_in_none() -> None:
    task = Task(1, 11 * HOUR, dt.date(2026, 3, 5))
    assert reached(task, fill([task], weeks(5, 5))[1]) is None
    assert reached(task, fill([task], weeks(5, 5, 1))[1]) == dt.date(2026, 3, 16)
    nothing = Task(2, HOUR, dt.date(2026, 3, 5))
    assert reached(nothing, fill([nothing], weeks(0, 0))[2]) is None


def test_what_is_booked_takes_its_place_before_what_is_due_earlier() -> None:
    booked = Task(1, 4 * HOUR, dt.date(2026, 5, 1), booked_on=dt.date(2026, 3, 6))
    due = Task(2, 2 * HOUR, dt.date(2026, 3, 4))
    assert fill([booked, due], weeks(5, 5)) == {1: {MONDAY: 240}, 2: {MONDAY: 60, MONDAY + WEEK: 60}}


def test_what_was_booked_for_a_day_gone_by_is_done_this_week_and_what_is_booked_beyond_the_weeks_takes_no_room() -> (
    None
):
    gone = Task(1, HOUR, dt.date(2026, 2, 1), booked_on=dt.date(2026, 2, 20))
    beyond = Task(2, HOUR, dt.date(2026, 3, 31), booked_on=dt.date(2026, 6, 3))
    found = fill([gone, beyond], weeks(5, 5))
    assert found == {1: {MONDAY: 60}, 2: {dt.date(2026, 6, 1): 60}}


def test_what_is_for_a_period_waits_until_it_begins() -> None:
    task = Task(1, HOUR, dt.date(2026, 3, 13), from_on=dt.date(2026, 3, 9))
    assert fill([task], weeks(5, 5)) == {1: {dt.date(2026, 3, 9): 60}}


@pytest.mark.parametrize(
    ("due_on", "week", "late"),
    [
        (dt.date(2026, 3, 3), MONDAY, True),  # overdue already
        (dt.date(2026, 3, 4), MONDAY, False),
        (dt.date(2026, 3, 8), MONDAY, False),
        (dt.date(2026, 3, 8), dt.date(2026, 3, 9), True),
        (dt.date(2026, 3, 9), dt.date(2026, 3, 9), False),
        (dt.date(2026, 4, 9), None, True),
    ],
)
def test_a_task_is_late_when_its_week_lies_after_the_day_it_is_due(
    due_on: dt.date, week: dt.date | None, late: bool
) -> None:
    assert is_late(Task(1, HOUR, due_on), week, TODAY) is late


@pytest.mark.parametrize(
    ("booked_on", "late"),
    [
        (dt.date(2026, 3, 2), False),  # that day has gone by, and today is the day it is due
        (dt.date(2026, 3, 4), False),
        (dt.date(2026, 3, 5), True),
    ],
)
def test_what_is_booked_is_late_by_its_day(booked_on: dt.date, late: bool) -> None:
    assert is_late(Task(1, HOUR, TODAY, booked_on=booked_on), MONDAY, TODAY) is late


DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30))
MINUTES = st.integers(1, 600)
UNBOOKED = st.builds(
    lambda minutes, due, early: (minutes, due, None, due - dt.timedelta(days=early) if early else None),
    MINUTES,
    DAYS,
    st.integers(0, 40),
)
BOOKED = st.builds(lambda minutes, due, booked: (minutes, due, booked, None), MINUTES, DAYS, DAYS)


def numbered(told: list[Any]) -> list[Task]:
    return [Task(number, *each) for number, each in enumerate(told)]


TASKS = st.lists(st.one_of(UNBOOKED, BOOKED), max_size=30).map(numbered)
FREE = st.lists(UNBOOKED, max_size=30).map(numbered)
ROOM = st.lists(st.integers(0, 1500), min_size=8, max_size=8)


def by_week(minutes: list[int]) -> dict[dt.date, int]:
    return {MONDAY + number * WEEK: each for number, each in enumerate(minutes)}


@given(TASKS, ROOM)
def test_no_work_is_lost_or_done_twice(tasks: list[Task], room: list[int]) -> None:
    done = fill(tasks, by_week(room))
    assert done.keys() == {task.id for task in tasks}
    for task in tasks:
        spent = sum(done[task.id].values())
        assert 0 <= spent <= task.minutes
        assert (reached(task, done[task.id]) is not None) == (spent == task.minutes)
        assert task.booked_on is None or spent == task.minutes


@given(TASKS, ROOM)
def test_no_week_holds_more_than_its_hours_but_for_what_is_booked_in_it(tasks: list[Task], room: list[int]) -> None:
    done = fill(tasks, by_week(room))
    for week, minutes in by_week(room).items():
        booked = sum(done[task.id].get(week, 0) for task in tasks if task.booked_on is not None)
        other = sum(done[task.id].get(week, 0) for task in tasks if task.booked_on is None)
        assert other <= max(minutes - booked, 0)


@given(FREE, ROOM)
def test_nothing_waits_while_a_week_has_room_that_it_could_use(tasks: list[Task], room: list[int]) -> None:
    done = fill(tasks, by_week(room))
    for task in tasks:
        week = reached(task, done[task.id])
        for each, minutes in by_week(room).items():
            may = task.from_on is None or each >= task.from_on - dt.timedelta(days=task.from_on.weekday())
            if may and (week is None or each < week):
                assert sum(done[other.id].get(each, 0) for other in tasks) == minutes


@given(FREE, ROOM)
def test_what_may_be_done_at_any_time_is_reached_in_the_order_in_which_it_is_due(
    tasks: list[Task], room: list[int]
) -> None:
    tasks = [Task(task.id, task.minutes, task.due_on) for task in tasks]
    done = fill(tasks, by_week(room))
    never = MONDAY + 100 * WEEK
    order = sorted(tasks, key=lambda task: (task.due_on, task.id))
    weeks_of = [reached(task, done[task.id]) or never for task in order]
    assert weeks_of == sorted(weeks_of)


@given(TASKS, ROOM, st.integers(0, 7), st.integers(1, 900))
def test_more_hours_make_nothing_later(tasks: list[Task], room: list[int], week: int, more: int) -> None:
    never = MONDAY + 100 * WEEK
    before = fill(tasks, by_week(room))
    after = fill(tasks, by_week([each + more * (number == week) for number, each in enumerate(room)]))
    for task in tasks:
        assert (reached(task, after[task.id]) or never) <= (reached(task, before[task.id]) or never)


# --- hours ---


def test_a_week_has_the_hours_of_the_framework_shared_out_over_its_working_days() -> None:
    hours = Hours(
        20, "england-and-wales", TODAY, {7: {dt.date(2026, 3, 10), dt.date(2026, 3, 11), dt.date(2026, 3, 14)}}
    )
    assert hours.hours_of(1, dt.date(2026, 3, 9)) == 20 * HOUR
    assert hours.hours_of(1, MONDAY) == 12 * HOUR  # Wednesday, Thursday and Friday are left
    assert hours.hours_of(7, dt.date(2026, 3, 9)) == 12 * HOUR  # away for two days, and for a Saturday
    assert hours.hours_of(1, dt.date(2026, 3, 30)) == 16 * HOUR  # Good Friday
    assert Hours(20, "scotland", TODAY).hours_of(1, dt.date(2026, 4, 6)) == 20 * HOUR  # no Easter Monday there


def test_whoever_is_away_has_no_hours_on_those_days(world: World) -> None:
    officer, deputy = world.person("officer").id, world.person("officer2").id
    days = [(dt.date(2026, 2, 20), dt.date(2026, 3, 4)), (dt.date(2026, 3, 12), dt.date(2026, 3, 16))]
    for first, last in days:
        world._add(Absence(absent_id=officer, deputy_id=deputy, first_on=first, last_on=last))
    gone = {"state": "withdrawn", "withdrawn_on": TODAY}
    at = dt.date(2026, 3, 23)
    world._add(Absence(absent_id=officer, deputy_id=deputy, first_on=at, last_on=at, **gone))
    with world.acting("manager"):
        hours = planner.hours_in_force(db.session, TODAY)
    mondays = planner.weeks_from(TODAY)
    assert [hours.hours_of(officer, each) // HOUR for each in mondays] == [8, 12, 16, 20, 16, 16, 20, 20]
    assert hours.hours_of(deputy, mondays[1]) == 20 * HOUR


# --- what the diary holds ---


def planned(world: World, **kw: Any) -> dict[str | None, planner.Weeks]:
    """The weeks by user name."""
    with world.acting("manager") as actor:
        found = planner.plan(db.session, planner.hours_in_force(db.session, actor.today), **kw)
    names = {world.person(name).id: name for name in ("officer", "officer2", "manager")}
    return {names.get(each.officer_id): each for each in found}


def minutes(found: planner.Weeks) -> list[int]:
    return [cell.minutes for cell in found.cells]


def test_what_is_due_counts_in_its_week_by_what_its_activity_takes(world: World) -> None:
    takes("quality_monitoring", 300)
    service = world.service()
    owed(world, service, "officer", dt.date(2026, 1, 5))
    owed(world, service, "officer", dt.date(2026, 3, 8))
    owed(world, service, "officer", dt.date(2026, 3, 9))
    owed(world, service, "officer", dt.date(2026, 4, 26))  # the last day of the eight weeks
    owed(world, service, "officer", dt.date(2026, 4, 27))
    owed(world, service, "officer", dt.date(2026, 3, 20), paused_since=dt.date(2026, 3, 1))
    owed(world, service, "officer", dt.date(2026, 2, 28), missed=True)
    found = planned(world)
    assert found.keys() == {"officer", None}  # what the council itself owes is nobody's
    assert minutes(found["officer"]) == [600, 300, 0, 0, 0, 0, 0, 300]
    assert found["officer"].cells[0] == Cell(MONDAY, 600, 12 * HOUR)
    assert found["officer"].cells[1] == Cell(dt.date(2026, 3, 9), 300, 20 * HOUR)


def test_two_hours_count_where_the_framework_does_not_say_and_a_quarter_for_what_is_only_read(world: World) -> None:
    takes("quality_monitoring", None)
    service = world.service()
    owed(world, service, "officer", dt.date(2026, 3, 5))
    takes("self_assessment", None)
    owed(world, service, "officer2", dt.date(2026, 3, 5), activity="self_assessment")
    complaint(world, "investigating", due_on=dt.date(2026, 3, 20))  # no activity of the framework's: two hours
    found = planned(world)
    assert minutes(found["officer"]) == [120, 0, 120, 0, 0, 0, 0, 0]
    assert minutes(found["officer2"]) == [15, 0, 0, 0, 0, 0, 0, 0]


def test_a_booked_visit_counts_once_for_whoever_makes_it_in_the_week_for_which_it_is_booked(world: World) -> None:
    takes("quality_monitoring", 300)
    service = world.service()
    at = dt.datetime(2026, 3, 18, 10, tzinfo=dt.UTC)
    world.visit(service, "quality_monitoring", "scheduled", starts_at=at, officer_id=world.person("officer2").id)
    owed(world, service, "officer", dt.date(2026, 3, 6), planned_on=dt.date(2026, 3, 18))
    found = planned(world)
    assert minutes(found["officer2"]) == [0, 0, 300, 0, 0, 0, 0, 0]
    assert minutes(found["officer"]) == [0, 0, 0, 0, 0, 0, 0, 0]
    assert found["officer2"].unreached == []
    (late,) = found["officer"].unreached  # it is booked for a day after it is due
    assert late.week == dt.date(2026, 3, 16)


def test_a_planned_visit_and_what_asks_for_it_are_one_piece_of_work(world: World) -> None:
    takes("quality_monitoring", 300)
    service, another = world.service("One"), world.service("Another")
    officer = world.person("officer").id
    world.visit(service, "quality_monitoring", "planned", due_on=dt.date(2026, 3, 12), officer_id=officer)
    owed(world, service, "officer", dt.date(2026, 3, 20))
    owed(world, another, "officer", dt.date(2026, 3, 20))
    assert minutes(planned(world)["officer"]) == [0, 300, 300, 0, 0, 0, 0, 0]


def test_what_is_nobodys_is_reached_in_no_week(world: World) -> None:
    number = owed(world, world.service(), None, dt.date(2026, 4, 10))
    found = planned(world)
    assert found.keys() == {None}
    assert Unreached(number, None) in found[None].unreached
    assert {each.week for each in found[None].unreached} == {None}
    assert {cell.room for cell in found[None].cells} == {None}


def test_what_does_not_fit_is_named_with_the_week_in_which_it_is_reached(world: World) -> None:
    takes("quality_monitoring", 8 * HOUR)
    service = world.service()
    numbers = [owed(world, service, "officer", dt.date(2026, 3, day)) for day in (6, 6, 6, 27)]
    overdue = owed(world, service, "officer", dt.date(2026, 3, 2), activity="focused", name="Focused visit")
    takes("focused", 4 * HOUR)
    found = planned(world)["officer"]
    # Twelve hours are left of this week: the overdue one and the first visit. The next two are next week's.
    assert found.unreached == [
        Unreached(overdue, MONDAY),
        Unreached(numbers[1], dt.date(2026, 3, 9)),
        Unreached(numbers[2], dt.date(2026, 3, 9)),
    ]
    assert found.cells[0].too_much == 28 * HOUR - 12 * HOUR
    narrowed = planned(world, activities=["focused"])["officer"]
    assert minutes(narrowed) == [240, 0, 0, 0, 0, 0, 0, 0]
    assert narrowed.unreached == [Unreached(overdue, MONDAY)]


def test_what_lies_beyond_what_is_followed_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "FOLLOWED", 2)
    takes("quality_monitoring", 120)
    service = world.service()
    for day in (6, 7, 8, 9):
        owed(world, service, "officer", dt.date(2026, 3, day))
    found = planned(world)["officer"]
    assert (found.unreached, found.more) == ([], 2)
    assert minutes(found) == [360, 120, 0, 0, 0, 0, 0, 0]


def test_it_is_narrowed_to_officers_and_tells_of_one_without_any_load(world: World) -> None:
    service = world.service()
    for whose in ("officer", "officer2", None):
        owed(world, service, whose, dt.date(2026, 3, 6))
    officer, manager = world.person("officer").id, world.person("manager").id
    assert planned(world, officers=[officer]).keys() == {"officer"}
    assert planned(world, officers=[officer, None]).keys() == {"officer", None}
    found = planned(world, officers=[manager], always=[manager])
    assert minutes(found["manager"]) == [0, 0, 0, 0, 0, 0, 0, 0]


def test_partners_and_nobody_find_nothing_in_it(world: World) -> None:
    owed(world, world.service(), "officer", dt.date(2026, 3, 6))
    hours = Hours(20, "england-and-wales", TODAY)
    with world.acting("partner", NOW):
        assert planner.plan(db.session, hours) == []
    assert planner.plan(db.session, hours) == []
