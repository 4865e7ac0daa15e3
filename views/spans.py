"""Dates as lists are narrowed by them: from, to, or told from today, so that a saved address never grows old."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import LONDON

Days = tuple[dt.date | None, dt.date | None]
"""The first day and the last, both counted in; None has no end."""


def _days(first: int | None, last: int | None) -> Callable[[dt.date], Days]:
    def days(today: dt.date) -> Days:
        return (
            today + dt.timedelta(days=first) if first is not None else None,
            today + dt.timedelta(days=last) if last is not None else None,
        )

    return days


def _week(today: dt.date) -> Days:
    monday = today - dt.timedelta(days=today.weekday())
    return monday, monday + dt.timedelta(days=6)


def _months(today: dt.date, first: int, count: int) -> Days:
    """Whole months of this year, `count` of them from the month `first`."""
    after = first + count
    end = dt.date(today.year + (after > 12), after - 12 if after > 12 else after, 1)
    return dt.date(today.year, first, 1), end - dt.timedelta(days=1)


RELATIVE: dict[str, tuple[Any, Callable[[dt.date], Days]]] = {
    "overdue": (_l("Before today (overdue)"), _days(None, -1)),
    "today": (_l("Today"), _days(0, 0)),
    "yesterday": (_l("Yesterday"), _days(-1, -1)),
    "last-7": (_l("The last 7 days"), _days(-6, 0)),
    "last-28": (_l("The last 28 days"), _days(-27, 0)),
    "next-7": (_l("The next 7 days"), _days(0, 6)),
    "next-28": (_l("The next 28 days"), _days(0, 27)),
    "week": (_l("This week"), _week),
    "month": (_l("This month"), lambda today: _months(today, today.month, 1)),
    "quarter": (_l("This quarter"), lambda today: _months(today, 3 * ((today.month - 1) // 3) + 1, 3)),
}
"""Both ends of "the last" and "the next" days count today."""
EMPTY = "empty"
WORDS: dict[str, Any] = {**{key: words for key, (words, _of) in RELATIVE.items()}, EMPTY: _l("Not filled in")}


def between(column: Any, days: Days, moments: bool) -> list[Any]:
    """The clauses by which a column lies within these days; a moment by the clock on the office wall."""
    first, last = days
    if not moments:
        return [
            *([column >= first] if first is not None else []),
            *([column <= last] if last is not None else []),
        ]
    return [
        *([column >= _midnight(first)] if first is not None else []),
        *([column < _midnight(last + dt.timedelta(days=1))] if last is not None else []),
    ]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LONDON)
