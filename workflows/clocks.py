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

from models.framework import Clock, ClockKey, ClockUnit, Framework, FrameworkState
from workflows.actor import Actor
from workflows.gate import Refused

SUBDIVISIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}


@cache
def _bank_holidays(nation: str) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=SUBDIVISIONS[nation])


def is_working_day(day: dt.date, nation: str) -> bool:
    """Monday to Friday, and no bank holiday of the authority's nation."""
    return day.weekday() < 5 and day not in _bank_holidays(nation)


def after(day: dt.date, length: int, unit: ClockUnit, nation: str) -> dt.date:
    """The day that lies so long after another. A month runs to the same date, or the last of a shorter month."""
    if unit is ClockUnit.days:
        return day + dt.timedelta(days=length)
    if unit is ClockUnit.weeks:
        return day + dt.timedelta(weeks=length)
    if unit is ClockUnit.months:
        year, month = divmod(day.month - 1 + length, 12)
        year, month = day.year + year, month + 1
        return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    while length:
        day += dt.timedelta(days=1)
        length -= is_working_day(day, nation)
    return day


def working_days_between(first: dt.date, last: dt.date, nation: str) -> int:
    """How many working days lie after the one day, up to the other."""
    days = (first + dt.timedelta(days=each) for each in range(1, (last - first).days + 1))
    return sum(is_working_day(day, nation) for day in days)


def due(session: Session, key: ClockKey, start: dt.date) -> dt.date:
    """When something that began on `start` is due under the framework in force."""
    row = session.execute(
        select(Clock.length, Clock.unit, Framework.nation)
        .join(Clock.framework)
        .where(Framework.state == FrameworkState.in_force, Clock.key == key)
    ).first()
    if row is None:
        raise Refused(_("No framework in force says how long “%(clock)s” may take. Load one first.", clock=key))
    return after(start, row.length, row.unit, row.nation)


def by_now(*names: str) -> Callable[[Any, Actor, Mapping[str, Any]], str | None]:
    """For `Step.accepts`: none of the days that these inputs name lies in the future."""

    def accepts(item: Any, actor: Actor, values: Mapping[str, Any]) -> str | None:
        days = [values[name] for name in names if values.get(name) is not None]
        return _("That day lies in the future. Check it.") if days and max(days) > actor.today else None

    return accepts
