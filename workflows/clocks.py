"""Deadlines: how long the framework gives, counted from a day (domain section 3)."""

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import holidays
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.framework import Clock, ClockKey, ClockUnit, Framework, FrameworkState, Weekday
from workflows.actor import Actor
from workflows.gate import Refused

WEEK = list(Weekday)
"""As Python counts them: Monday is 0."""
SUBDIVISIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}


@cache
def _bank_holidays(nation: str) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=SUBDIVISIONS[nation])


def is_working_day(day: dt.date, nation: str) -> bool:
    """Monday to Friday, and no bank holiday of the authority's nation."""
    return day.weekday() < 5 and day not in _bank_holidays(nation)


def after(day: dt.date, length: int, unit: ClockUnit, nation: str, weekday: Weekday | None = None) -> dt.date:
    """The day that lies so long after another, or before it where the length is negative.

    A month runs to the same date, or the last of a shorter month. Of weekdays and of quarters' ends the first counted
    lies after the day itself, whatever day that is.
    """
    match unit:
        case ClockUnit.days:
            return day + dt.timedelta(days=length)
        case ClockUnit.weeks:
            return day + dt.timedelta(weeks=length)
        case ClockUnit.months:
            return _months_after(day, length)
        case ClockUnit.quarters:
            return _quarter_ends_after(day, length)
        case ClockUnit.weekdays:
            if weekday is None:
                raise ValueError("A clock of weekdays names none.")
            return _weekdays_after(day, length, WEEK.index(weekday))
        case ClockUnit.working_days:
            step = 1 if length > 0 else -1
            while length:
                day += dt.timedelta(days=step)
                length -= step * is_working_day(day, nation)
            return day


def _months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _quarter_ends_after(day: dt.date, times: int) -> dt.date:
    """The first day of the quarter tells where it ends: the day before the next quarter begins."""
    if not times:
        return day
    first = dt.date(day.year, day.month - (day.month - 1) % 3, 1)
    is_end = day == _months_after(first, 3) - dt.timedelta(days=1)
    quarters = times + is_end if times > 0 else times + 1
    return _months_after(first, 3 * quarters) - dt.timedelta(days=1)


def _weekdays_after(day: dt.date, times: int, weekday: int) -> dt.date:
    if times > 0:
        return day + dt.timedelta(days=(weekday - day.weekday() - 1) % 7 + 1 + 7 * (times - 1))
    if times < 0:
        return day - dt.timedelta(days=(day.weekday() - weekday - 1) % 7 + 1 + 7 * (-times - 1))
    return day


def working_days_between(first: dt.date, last: dt.date, nation: str) -> int:
    """How many working days lie after the one day, up to the other."""
    days = (first + dt.timedelta(days=each) for each in range(1, (last - first).days + 1))
    return sum(is_working_day(day, nation) for day in days)


def due(session: Session, key: ClockKey, start: dt.date) -> dt.date:
    """When something that began on `start` is due under the framework in force."""
    row = session.execute(
        select(Clock.length, Clock.unit, Clock.weekday, Framework.nation)
        .join(Clock.framework)
        .where(Framework.state == FrameworkState.in_force, Clock.key == key)
    ).first()
    if row is None:
        raise Refused(_("No framework in force says how long “%(clock)s” may take. Load one first.", clock=key))
    return after(start, row.length, row.unit, row.nation, row.weekday)


def by_now(*names: str) -> Callable[[Any, Actor, Mapping[str, Any]], str | None]:
    """For `Step.accepts`: none of the days that these inputs name lies in the future."""

    def accepts(item: Any, actor: Actor, values: Mapping[str, Any]) -> str | None:
        days = [values[name] for name in names if values.get(name) is not None]
        return _("That day lies in the future. Check it.") if days and max(days) > actor.today else None

    return accepts
