"""The rules of a framework in words: when an activity falls due, for whom, and how long something may take."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models.contracts import ContractKind, Rag
from models.framework import Anchor, Cadence, CadenceMode, CadenceSubject, Clock, ClockUnit, Outcome, Period
from models.providers import RatingValue, ServiceType
from views.labels import word

Names = Mapping[tuple[str, str], Any]
"""(kind of row, key) -> what the same framework calls it; a clock under its key is its row."""

LISTED: dict[str, Any] = {
    "service_types": ServiceType,
    "contract_kinds": ContractKind,
    "ratings": RatingValue,
    "outcomes": Outcome,
    "rags": Rag,
}
"""The lists in a cadence, and the words of what they name."""


def length_in_words(length: int, unit: ClockUnit) -> str:
    """So many of a unit."""
    return {
        ClockUnit.days: ngettext("%(num)s day", "%(num)s days", length),
        ClockUnit.working_days: ngettext("%(num)s working day", "%(num)s working days", length),
        ClockUnit.weeks: ngettext("%(num)s week", "%(num)s weeks", length),
        ClockUnit.months: ngettext("%(num)s month", "%(num)s months", length),
        ClockUnit.quarters: ngettext("the end of the quarter", "%(num)s ends of a quarter", length),
        ClockUnit.weekdays: ngettext("%(num)s day of the week", "%(num)s days of the week", length),
    }[unit]


def each_in_words(length: int, unit: ClockUnit) -> str:
    """So many of a unit, as it follows the word “every”."""
    return {
        ClockUnit.days: ngettext("day", "%(num)s days", length),
        ClockUnit.working_days: ngettext("working day", "%(num)s working days", length),
        ClockUnit.weeks: ngettext("week", "%(num)s weeks", length),
        ClockUnit.months: ngettext("month", "%(num)s months", length),
        ClockUnit.quarters: ngettext("quarter", "%(num)s quarters", length),
        ClockUnit.weekdays: ngettext("week", "%(num)s weeks", length),
    }[unit]


def span(clock: Clock) -> str:
    """How long a clock runs."""
    if clock.weekday is not None:
        day = word(clock.weekday)
        if clock.at is None:
            return ngettext("the next %(day)s", "the %(num)s. %(day)s after", clock.length, day=day)
        by = f"{clock.at:%H:%M}"
        return ngettext(
            "the next %(day)s, by %(time)s", "the %(num)s. %(day)s after, by %(time)s", clock.length, day=day, time=by
        )
    told = {"span": length_in_words(clock.length, clock.unit)}
    if clock.at is not None:
        return _("%(span)s, by %(time)s", time=f"{clock.at:%H:%M}", **told)
    return told["span"]


def in_words(cadence: Cadence, names: Names) -> str:
    """When an activity falls due by a rule, as a sentence for whoever reads the way of working."""
    mode, told = cadence.mode, {}
    if cadence.length is not None and cadence.unit is not None:
        told["span"] = length_in_words(cadence.length, cadence.unit)
    if cadence.other is not None:
        told["other"] = names.get(("activity_type", cadence.other), cadence.other)
    if mode is CadenceMode.interval and cadence.length is not None and cadence.unit is not None:
        every = each_in_words(cadence.length, cadence.unit)
        return {
            Anchor.entry: _(
                "Every %(span)s after the last; the first so long after it came into the books.", span=every
            ),
            Anchor.contract_start: _(
                "Every %(span)s after the last; the first so long after the contract's start.", span=every
            ),
            Anchor.contract_midpoint: _(
                "Every %(span)s after the last; the first so long after the contract's middle.", span=every
            ),
        }[_anchor(cadence)]
    if mode is CadenceMode.once:
        return _once(cadence, told)
    if mode is CadenceMode.after:
        if cadence.length == 0:
            return _("On the day of each “%(other)s”.", **told)
        return _("%(span)s after each “%(other)s”.", **told)
    if mode is CadenceMode.before:
        return _("%(span)s before each “%(other)s” is due.", **told)
    if mode is CadenceMode.calendar and cadence.period is not None:
        return _by_calendar(cadence, cadence.period, names)
    return _("When it is asked for.")


def _anchor(cadence: Cadence) -> Anchor:
    """What it counts from: a contract comes into the books on its first day."""
    of_contract = cadence.subject is CadenceSubject.contract and cadence.anchor is Anchor.entry
    return Anchor.contract_start if of_contract else cadence.anchor


def _once(cadence: Cadence, told: Mapping[str, str]) -> str:
    if cadence.length == 0:
        return {
            Anchor.entry: _("Once, as it comes into the books."),
            Anchor.contract_start: _("Once, on the day the contract starts."),
            Anchor.contract_midpoint: _("Once, in the middle of the contract."),
        }[_anchor(cadence)]
    return {
        Anchor.entry: _("Once, %(span)s after it came into the books.", **told),
        Anchor.contract_start: _("Once, %(span)s after the contract's start.", **told),
        Anchor.contract_midpoint: _("Once, %(span)s after the contract's middle.", **told),
    }[_anchor(cadence)]


def _by_calendar(cadence: Cadence, period: Period, names: Names) -> str:
    clock = names.get(("clock", cadence.clock)) if cadence.clock is not None else None
    if clock is None:
        return {
            Period.day: _("Each day."),
            Period.week: _("Each week, by its last day."),
            Period.month: _("Each month, by its last day."),
            Period.quarter: _("Each quarter, by its last day."),
            Period.half_year: _("Each half-year, by its last day."),
            Period.year: _("Each year, by its last day."),
        }[period]
    if clock.weekday is not None and clock.length == 1:
        told = {"day": word(clock.weekday), "time": f"{clock.at:%H:%M}" if clock.at is not None else _("its end")}
        return {
            Period.day: _("For each day, by %(day)s %(time)s after it.", **told),
            Period.week: _("For each week, by %(day)s %(time)s after it.", **told),
            Period.month: _("For each month, by %(day)s %(time)s after it.", **told),
            Period.quarter: _("For each quarter, by %(day)s %(time)s after it.", **told),
            Period.half_year: _("For each half-year, by %(day)s %(time)s after it.", **told),
            Period.year: _("For each year, by %(day)s %(time)s after it.", **told),
        }[period]
    told = {"span": span(clock)}
    return {
        Period.day: _("For each day, within %(span)s after it.", **told),
        Period.week: _("For each week, within %(span)s after it.", **told),
        Period.month: _("For each month, within %(span)s after it.", **told),
        Period.quarter: _("For each quarter, within %(span)s after it.", **told),
        Period.half_year: _("For each half-year, within %(span)s after it.", **told),
        Period.year: _("For each year, within %(span)s after it.", **told),
    }[period]


def for_whom(cadence: Cadence, names: Names) -> str:
    """For which services, contracts or providers a rule holds, a line for each of its conditions."""
    found = [word(cadence.subject)]
    if cadence.subject is not CadenceSubject.council:
        found = [_("%(subject)s: %(reach)s", subject=word(cadence.subject), reach=word(cadence.reach))]
    for name, kind in LISTED.items():
        if values := getattr(cadence, name):
            found.append(", ".join(str(word(kind(each))) for each in values))
    if cadence.bands:
        told = [str(names.get(("band", f"{cadence.scheme} {each}"), each)) for each in cadence.bands]
        scheme = names.get(("scheme", cadence.scheme or ""), cadence.scheme)
        found.append(_("%(scheme)s: %(bands)s", scheme=scheme, bands=", ".join(told)))
    if cadence.levels:
        levels = ", ".join(str(each) for each in cadence.levels)
        found.append(_("Monitoring levels: %(levels)s", levels=levels))
    return "\n".join(str(each) for each in found)
