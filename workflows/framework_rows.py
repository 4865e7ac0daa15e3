"""What a Manager writes of a draft framework by hand, and what must hold of each kind of row (design section 3).

The files' own checks (`framework_reading.py`) ask the same in the words of the files; these name the field of the form.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Enum, Integer, String, UniqueConstraint, func, inspect, select

from models.base import session_of
from models.framework import (
    RESTRICTS_NOTHING,
    ActivityForm,
    ActivityType,
    Anchor,
    ApprovalRule,
    Band,
    Cadence,
    CadenceMode,
    CadenceSubject,
    Clock,
    ClockUnit,
    Decision,
    FrameworkState,
    OversightGroup,
    Trigger,
)
from workflows.actor import Actor
from workflows.framework_reading import KINDS, LEAST, LISTS, MAY_BE_EMPTY, MOST, VISITS_ONLY, WORDS, Kind
from workflows.gate import BY_HAND, ByHand, Refused
from workflows.parts import key_of, state_of_whole, stays

Faults = Iterator[tuple[str, str]]
"""(field, what is wrong with it), for whoever fills in its form."""

KIND_NAMES = {
    "term": _l("Word"),
    "service_type": _l("Type of service"),
    "activity_type": _l("Activity"),
    "scheme": _l("Scheme"),
    "band": _l("Band"),
    "indicator": _l("Indicator"),
    "group": _l("Group"),
    "cadence": _l("Cadence"),
    "clock": _l("Deadline"),
    "approval_rule": _l("Who decides"),
    "trigger": _l("Trigger"),
    "restriction_kind": _l("Kind of restriction"),
    "notice_reason": _l("Reason for a notice"),
    "retention": _l("How long records are kept"),
}
"""What one row of each kind is called, for people."""

CLOSED = {
    FrameworkState.in_force: _l("This edition is in force: copy it to a draft to change it."),
    FrameworkState.retired: _l("This edition is retired: copy it to a draft to change it."),
    FrameworkState.discarded: _l("This draft was discarded: copy an edition to a new draft."),
}


def may_be_written(kind: Kind) -> Callable[[Any, Actor], Refused | None]:
    """For `ByHand.check`: only a draft's rows are written, and as the console can work with them."""

    def check(row: Any, actor: Actor) -> Refused | None:
        if refusal := stays(row, "framework"):
            return refusal
        state = state_of_whole(row, "framework")
        if state is not FrameworkState.draft:
            return Refused(str(CLOSED.get(state, _("Choose the draft that it is for."))))
        faults: dict[str, str] = {}
        for field, told in _faults(row, kind):
            faults.setdefault(field, told)
        return Refused(next(iter(faults.values())), fields=faults) if faults else None

    return check


def _faults(row: Any, kind: Kind) -> Faults:
    yield from _each_value(row, kind)
    yield from _names_stay(row, kind)
    yield from RULES.get(kind.model, _nothing)(row)
    yield from _points_nowhere(row, kind)
    yield from _repeated(row, kind)


def _nothing(row: Any) -> Faults:
    return iter(())


# --- one value ---------------------------------------------------------------------------------------------------


def _each_value(row: Any, kind: Kind) -> Faults:
    for name, column in kind.fields().items():
        value, allowed = getattr(row, name), WORDS.get(name) or LISTS.get(name)
        if value is None:
            if not column.nullable and column.default is None:
                yield name, _("Fill this in.")
        elif allowed is not None:
            if any(each not in allowed for each in (value if isinstance(value, list) else [value])):
                yield name, _("Choose from the list only.")
        elif isinstance(column.type, Integer):
            least = LEAST.get(name, 1)
            if not least <= value <= MOST:
                yield name, _("Enter a whole number from %(least)s to %(most)s.", least=least, most=MOST)
        elif isinstance(column.type, String) and not isinstance(column.type, Enum):
            if not value.strip() and name not in MAY_BE_EMPTY:
                yield name, _("Fill this in.")
            elif name == "key" and not re.fullmatch(r"[a-z][a-z0-9_]*", value):
                yield name, _("Use small letters, digits and underscores, and begin with a letter.")


def _names_stay(row: Any, kind: Kind) -> Faults:
    """What tells a row apart stays: other rows name it by this, and so does what was recorded under it."""
    told = inspect(row)
    if not told.persistent:
        return
    for name in kind.identity:
        if told.attrs[name].history.has_changes():
            yield name, _("This stays as it was first written. Take the row out and add another one instead.")
    for name in ("name",) if kind.model is OversightGroup else ():
        if told.attrs[name].history.has_changes() and (users := named_by(row, with_old=True)):
            yield name, _("Rows of the draft name it so: %(rows)s. Change those first.", rows=", ".join(users))


# --- the fields of one row together ------------------------------------------------------------------------------


def _activity(row: ActivityType) -> Faults:
    form = _said(row, "form")
    if form is not ActivityForm.visit:
        for name in VISITS_ONLY:
            if getattr(row, name):
                yield name, _("Only a visit has this. Leave it empty.")
    if (form is ActivityForm.meeting) != (row.meeting_kind is not None):
        yield (
            "meeting_kind",
            (
                _("Only a meeting has this. Leave it empty.")
                if row.meeting_kind
                else _("Choose which kind of meeting counts as this activity.")
            ),
        )


def _approval(row: ApprovalRule) -> Faults:
    if (row.role is None) == (row.group_name is None):
        yield "role", _("Name either a role or a group, whoever decides.")
    if row.effect is not None and row.decision is not Decision.suspension:
        yield "effect", _("Only who decides a restriction differs by its kind. Leave it empty.")


def _trigger(row: Trigger) -> Faults:
    if (row.event in RESTRICTS_NOTHING) != (row.effect is None):
        yield (
            "effect",
            (
                _("No restriction is drafted on this. Leave it empty.")
                if row.effect
                else _("Choose which restriction is drafted.")
            ),
        )


def _clock(row: Clock) -> Faults:
    if row.length is not None and row.length < 1:
        yield "length", _("Enter a whole number from %(least)s to %(most)s.", least=1, most=MOST)
    if (row.unit is ClockUnit.weekdays) != (row.weekday is not None):
        yield (
            "weekday",
            (
                _("Only what is counted in weekdays has this. Leave it empty.")
                if row.weekday
                else _("Choose which day of the week is counted.")
            ),
        )


def _said(row: Any, name: str) -> Any:
    """What a field will hold once it is saved: its default where nothing is said."""
    value, default = getattr(row, name), type(row).__table__.c[name].default
    return default.arg if value is None and default is not None else value


def _cadence(row: Cadence) -> Faults:
    """What a rule names to say when it falls due, and what would say nothing."""
    mode, subject = _said(row, "mode"), _said(row, "subject")
    wanted = {
        "length": mode not in (CadenceMode.calendar, CadenceMode.as_required),
        "unit": mode not in (CadenceMode.calendar, CadenceMode.as_required),
        "other": mode in (CadenceMode.after, CadenceMode.before),
        "period": mode is CadenceMode.calendar,
    }
    for name, needed in wanted.items():
        if needed and getattr(row, name) is None:
            yield name, _("Fill this in: what falls due in this way is counted with it.")
        if not needed and getattr(row, name) is not None:
            yield name, _("What falls due in this way is not counted with it. Leave it empty.")
    if row.clock is not None and mode is not CadenceMode.calendar:
        yield "clock", _("Only what falls due by the calendar has this. Leave it empty.")
    if row.length == 0 and mode in (CadenceMode.interval, CadenceMode.before):
        yield "length", _("Enter a whole number from %(least)s to %(most)s.", least=1, most=MOST)
    if row.unit is ClockUnit.weekdays:
        yield "unit", _("A cadence is not counted in weekdays. Choose another unit.")
    if row.scheme is not None and not row.bands:
        yield "bands", _("Choose the bands of the scheme, or leave the scheme empty.")
    if row.scheme is None and row.bands:
        yield "scheme", _("Choose the scheme of these bands.")
    if _said(row, "anchor") is not Anchor.entry and subject is not CadenceSubject.contract:
        yield "anchor", _("Only what is due for contracts counts from a contract's start or middle.")
    if subject is CadenceSubject.council and mode not in (CadenceMode.calendar, CadenceMode.as_required):
        yield "mode", _("What is due for the council itself is due by the calendar, or when it is asked for.")


def _group(row: OversightGroup) -> Faults:
    if (row.scheme is None) != (row.band is None):
        yield "band", _("Name both the scheme and the band that the group watches, or neither.")


RULES: dict[Any, Callable[[Any], Faults]] = {
    ActivityType: _activity,
    ApprovalRule: _approval,
    Trigger: _trigger,
    Clock: _clock,
    Cadence: _cadence,
    OversightGroup: _group,
}

# --- the rows of one draft together ------------------------------------------------------------------------------


def _within(table: Any) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The keys of a table to other rows of the same framework: the table there, and the columns (own, theirs)."""
    found = []
    for constraint in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
        pairs = [(each.parent.name, each.column.name) for each in constraint.elements]
        if ("framework_id", "framework_id") in pairs:
            found.append((constraint.referred_table, pairs[1:]))
    return found


def _points_nowhere(row: Any, kind: Kind) -> Faults:
    draft, connection = key_of(row, "framework"), session_of(row).connection()

    def stands(table: Any, told: dict[str, Any]) -> bool:
        rows = select(table.c.id).where(table.c.framework_id == draft, *(table.c[name] == told[name] for name in told))
        return connection.execute(rows).first() is not None

    for table, pairs in _within(kind.model.__table__):
        told = {theirs: getattr(row, own) for own, theirs in pairs}
        if None not in told.values() and not stands(table, told):
            yield pairs[-1][0], _("The draft has no such row. Add it there first, or choose another one.")
    if kind.model is Cadence and row.scheme is not None:
        for band in row.bands or ():
            if not stands(Band.__table__, {"scheme": row.scheme, "key": band}):
                yield "bands", _("Choose bands of the same scheme.")


def _repeated(row: Any, kind: Kind) -> Faults:
    table = kind.model.__table__
    alike = [
        [column.name for column in constraint.columns if column.name != "framework_id"]
        for constraint in sorted(table.constraints, key=lambda each: str(each.name))
        if isinstance(constraint, UniqueConstraint) and "framework_id" in constraint.columns
    ]
    for names in alike or [list(kind.identity)]:
        same = [func.coalesce(table.c[name], "") == (getattr(row, name) or "") for name in names if name != "position"]
        same += [table.c[name] == getattr(row, name) for name in names if name == "position"]
        rows = select(table.c.id).where(
            table.c.framework_id == key_of(row, "framework"), table.c.id != (row.id or 0), *same
        )
        if session_of(row).connection().execute(rows).first() is not None:
            yield names[-1], _("The draft has such a row already. Change that one instead.")


def named_by(row: Any, with_old: bool = False) -> list[str]:
    """The rows of the same framework that name this one, as people know them."""
    found, connection, own = [], session_of(row).connection(), type(row).__table__
    told = {column.name: getattr(row, column.name) for column in own.columns}
    if with_old:
        history = {name: inspect(row).attrs[name].history.deleted for name in told}
        told |= {name: before[0] for name, before in history.items() if before}
    for kind in KINDS.values():
        table = kind.model.__table__
        for target, pairs in _within(table):
            if target is not own:
                continue
            same = [table.c[mine] == told[theirs] for mine, theirs in pairs]
            rows = select(table.c.id).where(table.c.framework_id == told["framework_id"], *same)
            ids = list(connection.execute(rows).scalars())
            found += [str(each) for each in session_of(row).scalars(select(kind.model).where(kind.model.id.in_(ids)))]
    if isinstance(row, Band):
        rules = select(Cadence).where(Cadence.framework_id == row.framework_id, Cadence.scheme == row.scheme)
        found += [str(each) for each in session_of(row).scalars(rules) if row.key in (each.bands or ())]
    return list(dict.fromkeys(found))


for _kind in KINDS.values():
    BY_HAND[_kind.model] = ByHand(fields=frozenset({"framework_id", *_kind.fields()}), check=may_be_written(_kind))
