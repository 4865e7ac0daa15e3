"""The planner: officers' load by week, and what will not be reached in time (domain section 3; all of it XX).

The pure part says how weeks fill; the rest reads what the diary holds, in a constant number of statements. What is
paused is due at no time, and what was missed is past doing. A visit or a meeting that is planned or booked, and the
obligation that asks for it, are one piece of work: it counts as the visit's or meeting's own.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, true, union
from sqlalchemy.orm import Session, aliased

from models.absences import Absence, AbsenceState
from models.diary import Obligation, ObligationSource
from models.framework import ActivityForm, ActivityType, Framework, FrameworkState
from models.meetings import Meeting
from models.visits import Visit
from workflows.access import Role
from workflows.actor import Actor
from workflows.clocks import is_working_day

WEEKS = 8
USUAL_MINUTES = 120
"""What a piece of work takes where the framework does not say it of its activity, and what any other deadline takes."""
READING_MINUTES = 15
"""The same of what others write, and officers only read."""
READ_ONLY = (ActivityForm.provider_return, ActivityForm.self_assessment)
USUAL_HOURS = 20
"""An officer's hours for the diary in a week, before any framework is in force."""
FOLLOWED = 2000
"""How many pieces of work of one officer are followed, the first due first. Eight weeks hold fewer of even the
shortest ones; whatever comes after those is not reached."""
WEEK, DAY = dt.timedelta(weeks=1), dt.timedelta(days=1)


# --- how weeks fill ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of an officer's work."""

    id: int
    minutes: int
    due_on: dt.date
    booked_on: dt.date | None = None
    """What is booked is done in the week of that day, and in no other."""
    from_on: dt.date | None = None
    """What is for a period of the calendar is not done before that begins."""


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def weeks_from(today: dt.date, count: int = WEEKS) -> list[dt.date]:
    """The Mondays of this week and of those that follow."""
    return [monday_of(today) + each * WEEK for each in range(count)]


def fill(tasks: Iterable[Task], room: Mapping[dt.date, int]) -> dict[int, dict[dt.date, int]]:
    """The minutes of each task by the Monday of the week in which they are worked.

    What is booked takes its place first. All else is done in the order in which it is due, as early as there is room;
    what does not fit into a week is carried on into the next, begun or not. `room` holds consecutive weeks.
    """
    left, mondays, done = dict(room), sorted(room), dict[int, dict[dt.date, int]]()
    to_fill = []
    for task in tasks:
        if task.booked_on is None:
            to_fill.append(task)
        else:
            week = max(monday_of(task.booked_on), mondays[0])
            done[task.id] = {week: task.minutes}
            left[week] = max(left.get(week, 0) - task.minutes, 0)
    for task in sorted(to_fill, key=lambda each: (each.due_on, each.id)):
        first, missing = monday_of(task.from_on or mondays[0]), task.minutes
        spread = done[task.id] = {}
        for week in mondays:
            if missing and week >= first and left[week]:
                spread[week] = min(missing, left[week])
                left[week] -= spread[week]
                missing -= spread[week]
    return done


def reached(task: Task, spread: Mapping[dt.date, int]) -> dt.date | None:
    """The Monday of the week in which a task is finished; None: in none of those that were filled."""
    return max(spread) if sum(spread.values()) == task.minutes and spread else None


def is_late(task: Task, week: dt.date | None, today: dt.date) -> bool:
    """Whether a task that is reached in this week, or in none, is done after it is due. A week keeps all its days."""
    if task.booked_on is not None:
        return max(task.booked_on, today) > task.due_on
    return week is None or max(week, today) > task.due_on


@dataclass(frozen=True)
class Hours:
    """How much of each week officers have for the diary: the framework's hours, shared out over its working days.

    Of this week the days that are left; none of a bank holiday, nor of the days on which somebody is away.
    """

    weekly: int
    nation: str
    today: dt.date
    away: Mapping[int, Collection[dt.date]] = field(default_factory=dict)
    """Person -> the days on which they are absent."""

    def hours_of(self, person_id: int, monday: dt.date) -> int:
        """The minutes that this person has for the diary in the week of this Monday."""
        days = [monday + each * DAY for each in range(5)]
        away = self.away.get(person_id, ())
        there = [day for day in days if day >= self.today and is_working_day(day, self.nation) and day not in away]
        return self.weekly * 60 * len(there) // 5


# --- what the diary holds ----------------------------------------------------------------------------------------


def sees_everybody(actor: Actor) -> bool:
    """Officers see their own weeks; whoever answers for the team sees everybody's."""
    return bool(actor.roles & {Role.manager, Role.head, Role.director, Role.auditor})


def hours_in_force(session: Session, today: dt.date) -> Hours:
    """As the framework in force says, less the days on which people are away in the weeks ahead."""
    found = session.execute(
        select(Framework.weekly_hours, Framework.nation).where(Framework.state == FrameworkState.in_force)
    ).first()
    weekly, nation = found or (USUAL_HOURS, "england-and-wales")
    return Hours(weekly, nation, today, _away(session, today, weeks_from(today)[-1] + WEEK))


def _away(session: Session, first: dt.date, after: dt.date) -> dict[int, set[dt.date]]:
    """The days of absences. They are asked past the policy: that somebody has fewer hours is no secret."""
    absence: Any = Absence.__table__
    asked = select(absence.c.absent_id, absence.c.first_on, absence.c.last_on).where(
        absence.c.state == AbsenceState.planned, absence.c.last_on >= first, absence.c.first_on < after
    )
    days: dict[int, set[dt.date]] = defaultdict(set)
    for row in session.connection().execute(asked):
        start, end = max(row.first_on, first), min(row.last_on, after)
        days[row.absent_id] |= {start + each * DAY for each in range((end - start).days + 1)}
    return days


def work(today: dt.date) -> Select[Any]:
    """A row for each piece of work that is due or booked until the last of the weeks ends, and does not rest.

    Its columns are those of `Task`, with `officer_id`, `activity` and the number of the `week` in which it counts.
    """
    mondays = weeks_from(today)
    own, of_record, stands = aliased(ActivityType), aliased(ActivityType), _stands_for()
    framework = select(Framework.id).where(Framework.state == FrameworkState.in_force).scalar_subquery()
    is_booking = or_(
        and_(Obligation.record_type == "visit", Obligation.step == "begin"),
        and_(Obligation.record_type == "meeting", Obligation.step == "hold"),
    )
    booked_on = case((is_booking, Obligation.due_on), else_=Obligation.planned_on)
    counts_on = func.coalesce(booked_on, Obligation.due_on)
    usual = case((own.form.in_(READ_ONLY), READING_MINUTES), else_=USUAL_MINUTES)
    is_stood_for = and_(Obligation.source == ObligationSource.cadence, stands.c.key.is_not(None))
    minutes = case((is_stood_for, 0), else_=func.coalesce(own.effort_minutes, of_record.effort_minutes, usual))
    return (
        select(
            Obligation.id,
            Obligation.officer_id,
            Obligation.due_on,
            booked_on.label("booked_on"),
            Obligation.period_start.label("from_on"),
            func.coalesce(Obligation.activity, of_record.key).label("activity"),
            minutes.label("minutes"),
            case(*((counts_on < monday + WEEK, number) for number, monday in enumerate(mondays))).label("week"),
        )
        .outerjoin(own, and_(own.key == Obligation.activity, own.framework_id == framework))
        .outerjoin(Visit, and_(Obligation.record_type == "visit", Visit.id == Obligation.record_id))
        .outerjoin(Meeting, and_(Obligation.record_type == "meeting", Meeting.id == Obligation.record_id))
        .outerjoin(of_record, of_record.id == func.coalesce(Visit.activity_type_id, Meeting.activity_type_id))
        .outerjoin(
            stands,
            and_(
                stands.c.key == Obligation.activity,
                stands.c.service == func.coalesce(Obligation.service_id, 0),
                stands.c.provider == func.coalesce(Obligation.provider_id, 0),
            ),
        )
        .where(
            *_ahead(today),
            # What is booked stays, without minutes of its own: whether it is booked in time is still to be told.
            or_(Obligation.planned_on.is_not(None), ~is_stood_for),
        )
    )


def _ahead(today: dt.date) -> list[ColumnElement[bool]]:
    """Which obligations are due or booked until the last of the weeks ends, and do not rest."""
    after = weeks_from(today)[-1] + WEEK
    in_time = or_(Obligation.due_on < after, Obligation.planned_on < after)
    return [Obligation.paused_since.is_(None), Obligation.missed.is_(False), in_time]


def _stands_for() -> Subquery:
    """What the visits and meetings of the diary are: the activity, and for which service or provider."""

    def of(record: Any, name: str) -> Any:
        return (
            select(
                func.coalesce(Obligation.service_id, 0).label("service"),
                func.coalesce(Obligation.provider_id, 0).label("provider"),
                ActivityType.key.label("key"),
            )
            .join(record, record.id == Obligation.record_id)
            .join(ActivityType, ActivityType.id == record.activity_type_id)
            .where(Obligation.record_type == name, Obligation.paused_since.is_(None))
        )

    return union(of(Visit, "visit"), of(Meeting, "meeting")).subquery()


@dataclass(frozen=True)
class Cell:
    """One week of one officer."""

    monday: dt.date
    minutes: int
    room: int | None
    """None: nobody's work, for which nobody has hours."""

    @property
    def too_much(self) -> int:
        return max(self.minutes - self.room, 0) if self.room is not None else 0


@dataclass(frozen=True)
class Unreached:
    """An obligation that would be done after it is due, and the Monday of the week in which it would be."""

    id: int
    week: dt.date | None


@dataclass(frozen=True)
class Weeks:
    """The weeks of one officer; of None: what is nobody's."""

    officer_id: int | None
    cells: list[Cell]
    unreached: list[Unreached]
    more: int
    """How many more there are than are followed: none of them is reached."""


def plan(
    session: Session,
    hours: Hours,
    officers: Collection[int | None] | None = None,
    activities: Collection[str] = (),
    always: Collection[int] = (),
) -> list[Weeks]:
    """The weeks of whoever has any load; of these officers alone, where they are named.

    Narrowed to activities it tells of those alone; each still waits its turn among all the others. `always` are
    told of without any load too. In two statements.
    """
    rows = work(hours.today).subquery().c
    whose, chosen = _whose(rows.officer_id, officers), _chosen(rows.activity, activities)
    counted = (
        select(
            rows.officer_id,
            rows.week,
            func.sum(case((chosen, rows.minutes), else_=0)).label("minutes"),
            func.sum(case((chosen, 1), else_=0)).label("chosen"),
        )
        .where(*whose)
        .group_by(rows.officer_id, rows.week)
    )
    load: dict[int | None, dict[int, Any]] = {each: {} for each in always}
    for row in session.execute(counted):
        load.setdefault(row.officer_id, {})[row.week] = row
    tasks = _followed(session, hours.today, officers, activities)
    mondays = weeks_from(hours.today)
    found = []
    for officer_id, by_week in load.items():
        room = {monday: hours.hours_of(officer_id, monday) for monday in mondays} if officer_id is not None else None
        cells = [
            Cell(monday, int(by_week[number].minutes) if number in by_week else 0, room[monday] if room else None)
            for number, monday in enumerate(mondays)
        ]
        own = tasks.get(officer_id, [])
        chosen_of = sum(each.chosen for each in by_week.values())
        if officer_id in always or chosen_of:
            unreached = _unreached(own, room or dict.fromkeys(mondays, 0), hours.today)
            found.append(Weeks(officer_id, cells, unreached, chosen_of - sum(told for _task, told in own)))
    return found


def _whose(column: Any, officers: Collection[int | None] | None) -> list[ColumnElement[bool]]:
    if officers is None:
        return []
    named = column.in_([each for each in officers if each is not None])
    return [or_(named, column.is_(None)) if None in officers else named]


def _chosen(column: Any, activities: Collection[str]) -> ColumnElement[bool]:
    chosen: ColumnElement[bool] = column.in_(activities) if activities else true()
    return chosen


Followed = list[tuple[Task, bool]]
"""Tasks, each with whether it is of the activities asked for."""


def _followed(
    session: Session, today: dt.date, officers: Collection[int | None] | None, activities: Collection[str]
) -> dict[int | None, Followed]:
    """The first tasks of each officer, in the order in which they are due. Numbered before anything is joined."""
    number = func.row_number().over(partition_by=Obligation.officer_id, order_by=(Obligation.due_on, Obligation.id))
    numbered = (
        select(Obligation.id, number.label("number"))
        .where(*_ahead(today), *_whose(Obligation.officer_id, officers))
        .subquery()
    )
    first = select(numbered.c.id).where(numbered.c.number <= FOLLOWED)
    rows = work(today).where(Obligation.id.in_(first)).subquery().c
    told = (rows.id, rows.officer_id, rows.minutes, rows.due_on, rows.booked_on, rows.from_on)
    found: dict[int | None, Followed] = {}
    for row in session.execute(select(*told, case((_chosen(rows.activity, activities), 1), else_=0).label("chosen"))):
        task = Task(row.id, row.minutes, row.due_on, row.booked_on, row.from_on)
        found.setdefault(row.officer_id, []).append((task, bool(row.chosen)))
    return found


def _unreached(tasks: Followed, room: Mapping[dt.date, int], today: dt.date) -> list[Unreached]:
    """Those that would be done after they are due, in that order."""
    spreads = fill((task for task, _chosen in tasks), room)
    found = []
    for task, chosen in sorted(tasks, key=lambda each: (each[0].due_on, each[0].id)):
        week = reached(task, spreads[task.id])
        if chosen and is_late(task, week, today):
            found.append(Unreached(task.id, week))
    return found
