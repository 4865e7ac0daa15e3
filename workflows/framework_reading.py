"""Reading a framework from its files: every row is checked, and every fault told with its line (design section 3)."""

import datetime as dt
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from dataclasses import field as made
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Column, Enum, UniqueConstraint

from models.base import Model
from models.contracts import ContractKind, Rag
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
    ClockKey,
    ClockUnit,
    Decision,
    Framework,
    Indicator,
    NoticeReason,
    Outcome,
    OversightGroup,
    RestrictionEffect,
    RestrictionKind,
    Retention,
    Scheme,
    ServiceTypeName,
    Term,
    TermKey,
    Trigger,
)
from models.meetings import MeetingKind
from models.providers import RatingValue, ServiceType
from workflows.access import ASCENDING, Role
from workflows.clocks import SUBDIVISIONS
from workflows.ledger import plain
from workflows.toml_lines import lines_of

Row = dict[str, Any]


class Faulty(Exception):
    """Files that cannot be loaded: a sentence for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


# --- what a framework consists of --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """One kind of row in the files: its table, and the fields that tell its rows apart."""

    model: type[Any]
    relation: str
    """What the framework calls its rows."""
    identity: tuple[str, ...]

    def fields(self) -> dict[str, Column[Any]]:
        """What a row may hold. The database keeps the rest itself."""
        return {column.name: column for column in self.model.__table__.columns if column.name not in OWN_FIELDS}

    def name(self, row: Row) -> str:
        return " ".join(str(row[field]) for field in self.identity if row.get(field) is not None)


OWN_FIELDS = {
    "id", "framework_id", "edition", "state", "in_force_from", "since", "version", "created_at", "created_by_id",
}  # fmt: skip
KINDS = {
    "term": Kind(Term, "terms", ("key",)),
    "service_type": Kind(ServiceTypeName, "service_types", ("service_type",)),
    "activity_type": Kind(ActivityType, "activity_types", ("key",)),
    "scheme": Kind(Scheme, "schemes", ("key",)),
    "band": Kind(Band, "bands", ("scheme", "key")),
    "indicator": Kind(Indicator, "indicators", ("scheme", "key")),
    "group": Kind(OversightGroup, "groups", ("key",)),
    "cadence": Kind(Cadence, "cadences", ("key",)),
    "clock": Kind(Clock, "clocks", ("key",)),
    "approval_rule": Kind(ApprovalRule, "approval_rules", ("decision", "effect")),
    "trigger": Kind(Trigger, "triggers", ("event",)),
    "restriction_kind": Kind(RestrictionKind, "restriction_kinds", ("effect",)),
    "notice_reason": Kind(NoticeReason, "notice_reasons", ("key",)),
    "retention": Kind(Retention, "retentions", ("record",)),
}
"""In the order in which they are written: each after those that it points to."""
HEAD = Kind(Framework, "", ())
WHOLE = "whole"
"""At the top of a file: it says everything, and no file before it counts."""


@dataclass(frozen=True)
class Place:
    """Where something stands in a file, as a fault tells it."""

    file: str
    what: str
    lines: dict[str, int] = made(default_factory=dict)
    """Of each field; of the whole row under ""."""

    def at(self, name: str = "") -> str:
        """The place of a field, or where that is not written, of its row."""
        line = self.lines.get(name) or self.lines.get("")
        if line is None:
            return f"{self.file}, {self.what}"
        return _("%(file)s, line %(line)s, %(what)s", file=self.file, line=line, what=self.what)


@dataclass
class Content:
    """What the files say together: the framework's own fields, and its rows by kind and name."""

    head: Row
    rows: dict[str, dict[str, Row]]
    places: dict[tuple[str, str], Place] = made(default_factory=dict, compare=False)
    """Of each row by kind and name; of each field of the head by "framework" and field."""

    def plain(self) -> dict[str, Any]:
        """Each value under its place, as the ledger tells it: "clock suspension_review length" -> 28."""
        told = {field: plain(value) for field, value in self.head.items()}
        for kind, rows in self.rows.items():
            for name, row in rows.items():
                rest = [field for field in row if field not in KINDS[kind].identity]
                told |= {f"{kind} {name} {field}": plain(row[field]) for field in rest}
        return {place: value for place, value in told.items() if value is not None}


# --- reading -----------------------------------------------------------------------------------------------------


def read(*paths: Path) -> Content:
    """What the files say together, each over those before it, or every fault of them. Touches no database."""
    faults: list[str] = []
    content = Content({}, {kind: {} for kind in KINDS})
    for path in paths:
        faults.extend(_read_one(path, content))
    if not faults:
        faults.extend(_incomplete(paths[-1].name, content))
        faults.extend(_at_odds(content))
    if faults:
        raise Faulty(faults)
    return content


def faults_of(content: Content, name: str) -> list[str]:
    """The faults of a framework that stands in the database already, and is called so."""
    places = {(kind, row): Place(name, f"{kind} {row}") for kind, rows in content.rows.items() for row in rows}
    told = Content(
        dict(content.head),
        {kind: {key: dict(row) for key, row in rows.items()} for kind, rows in content.rows.items()},
        places | {("framework", field): Place(name, "framework") for field in content.head},
    )
    faults = list(_check(Place(name, "framework"), HEAD, told.head, required=False))
    for kind, rows in told.rows.items():
        for key, row in rows.items():
            said = {field: value for field, value in row.items() if value is not None}
            faults.extend(_check(places[kind, key], KINDS[kind], said))
    return faults or [*_incomplete(name, told), *_at_odds(told)]


def _read_one(path: Path, content: Content) -> Iterator[str]:
    file = path.name
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
    except OSError:
        yield _("%(file)s: this file cannot be read.", file=path)
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield _("%(file)s: this is not TOML: %(reason)s.", file=file, reason=error)
        return
    lines = lines_of(text)

    def place(what: str, *keys: str | int) -> Place:
        within = {str(key[-1]): line for key, line in lines.items() if key[:-1] == keys}
        return Place(file, what, within | {"": lines[keys]} if keys in lines else within)

    whole = found.pop(WHOLE, False)
    if type(whole) is not bool:
        yield WRONG_TYPE[bool] % {"place": place(WHOLE, WHOLE).at(), "field": WHOLE, "value": repr(whole)}
    elif whole:
        content.head.clear()
        for earlier in content.rows.values():
            earlier.clear()
    tables = ["framework", *KINDS]
    for table in found:
        if table not in tables:
            yield _("%(place)s: there is no such table. Allowed: %(allowed)s.",
                    place=place(table, table).at(), allowed=", ".join(tables))  # fmt: skip
    head, where = found.get("framework", {}), place("framework", "framework")
    if not isinstance(head, dict):
        yield _("%(place)s: write it as one table, [framework].", place=where.at())
    else:
        yield from _check(where, HEAD, head, required=False)
        content.head |= head
        content.places |= {("framework", field): where for field in head}
    for name, kind in KINDS.items():
        rows = found.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            yield _("%(place)s: write it as a list of tables, [[%(table)s]].", place=place(name, name).at(), table=name)
            continue
        seen: dict[str, Place] = {}
        for number, row in enumerate(rows):
            known = all(isinstance(row.get(field, ""), str) for field in kind.identity) and kind.name(row)
            here = place(f"{name} {number + 1}" + (f" ({known})" if known else ""), name, number)
            faults = list(_check(here, kind, row))
            yield from faults
            if faults:
                continue
            if before := seen.get(kind.name(row)):
                yield _("%(place)s: this row stands there already: %(before)s. Keep one.",
                        place=here.at(), before=before.at())  # fmt: skip
            seen[kind.name(row)] = content.places[name, kind.name(row)] = here
            content.rows[name][kind.name(row)] = row


def _check(place: Place, kind: Kind, row: Row, required: bool = True) -> Iterator[str]:
    """The faults of one row. Where it has none, its values are those of the model, defaults included."""
    fields = kind.fields()
    faults = [
        _(
            "%(place)s: there is no field “%(field)s”. Allowed: %(allowed)s.",
            place=place.at(field),
            field=field,
            allowed=", ".join(fields),
        )
        for field in row
        if field not in fields
    ]
    for field, column in fields.items():
        if field in row:
            wrong = list(_check_value(place.at(field), column, row[field]))
            faults.extend(wrong)
            if not wrong and isinstance(column.type, Enum):
                row[field] = column.type.enum_class(row[field])  # type: ignore[misc]
        elif required and not column.nullable and column.default is None:
            faults.append(_("%(place)s: “%(field)s” is missing.", place=place.at(), field=field))
        elif required:
            row[field] = _default(column)
    if not faults and kind.model in RULES:
        faults.extend(RULES[kind.model](place, row))
    yield from faults


def _default(column: Column[Any]) -> Any:
    return column.default.arg if column.default is not None else None  # type: ignore[attr-defined]


# --- one value ---------------------------------------------------------------------------------------------------

MAY_BE_EMPTY = {"purpose", "note", "membership", "criteria", "interventions"}
LEAST = {"escalates_after": 0, "length": 0}
MOST = 10_000
"""Above this a whole number is a slip of the pen, and days counted with it lie beyond the calendar."""
WORDS: dict[str, Collection[str]] = {
    "nation": SUBDIVISIONS,
    "meeting_kind": list(MeetingKind),
    "escalates_to": [Role.manager.value, Role.head.value],
}
LISTS: dict[str, Collection[str | int]] = {
    "service_types": list(ServiceType),
    "contract_kinds": list(ContractKind),
    "ratings": list(RatingValue),
    "outcomes": list(Outcome),
    "rags": list(Rag),
    "levels": range(1, 6),
}
"""What a list may name. What `bands` may name, the files themselves say."""
WRONG_TYPE = {
    str: _l("%(place)s: “%(field)s” is %(value)s, and must be a text in quotes."),
    int: _l("%(place)s: “%(field)s” is %(value)s, and must be a whole number without quotes."),
    bool: _l("%(place)s: “%(field)s” is %(value)s, and must be true or false without quotes."),
    dt.time: _l("%(place)s: “%(field)s” is %(value)s, and must be a time like 09:00:00 without quotes."),
}


def _check_value(place: str, column: Column[Any], value: Any) -> Iterator[str]:
    told = {"place": place, "field": column.name, "value": repr(value)}
    words = WORDS.get(column.name)
    if isinstance(column.type, Enum):
        words = [each.value for each in column.type.enum_class or ()]
    expected: type[Any] = column.type.python_type
    if words is not None:
        if value not in words:
            yield _("%(place)s: “%(field)s” is %(value)s. Allowed: %(allowed)s.", allowed=", ".join(words), **told)
    elif isinstance(column.type, JSON):
        yield from _check_list(place, column.name, value)
    elif type(value) is not expected:
        yield WRONG_TYPE[expected] % told
    elif expected is str and not value.strip() and column.name not in MAY_BE_EMPTY:
        yield _("%(place)s: “%(field)s” is empty.", **told)
    elif expected is int and value < (least := LEAST.get(column.name, 1)):
        yield _("%(place)s: “%(field)s” is %(value)s, and must be %(least)s or more.", least=least, **told)
    elif expected is int and value > MOST:
        yield _("%(place)s: “%(field)s” is %(value)s, and must be %(most)s or less.", most=MOST, **told)


def _check_list(place: str, field: str, value: Any) -> Iterator[str]:
    told = {"place": place, "field": field}
    if not isinstance(value, list) or not value:
        yield _("%(place)s: “%(field)s” is %(value)s, and must be a list in brackets that names something.",
                value=repr(value), **told)  # fmt: skip
        return
    allowed = LISTS.get(field)
    for each in value:
        if allowed is None and not isinstance(each, str):
            yield _("%(place)s: “%(field)s” names %(value)s, and must name texts in quotes.", value=repr(each), **told)
        elif allowed is not None and (isinstance(each, bool) or each not in allowed):
            yield _("%(place)s: “%(field)s” names %(value)s. Allowed: %(allowed)s.",
                    value=repr(each), allowed=", ".join(str(word) for word in allowed), **told)  # fmt: skip
    if len({repr(each) for each in value}) < len(value):
        yield _("%(place)s: “%(field)s” names something twice. Keep one.", **told)


# --- the fields of one row together ------------------------------------------------------------------------------


def _check_approver(place: Place, row: Row) -> Iterator[str]:
    allowed = [role.value for role in ASCENDING]
    if (row["role"] is None) == (row["group_name"] is None):
        yield _("%(place)s: name either “role” or “group_name”, whoever decides.", place=place.at())
    elif row["role"] is not None and row["role"] not in allowed:
        yield _("%(place)s: “role” is %(value)s. Allowed: %(words)s (it means that role and those above it).",
                place=place.at("role"), value=repr(row["role"]), words=", ".join(allowed))  # fmt: skip
    if row["effect"] is not None and row["decision"] is not Decision.suspension:
        yield _("%(place)s: only the rules for “suspension” have an “effect”.", place=place.at("effect"))


def _check_trigger(place: Place, row: Row) -> Iterator[str]:
    if row["event"] in RESTRICTS_NOTHING:
        if row["effect"] is not None:
            yield _("%(place)s: this restricts nothing, so leave out “effect”.", place=place.at("effect"))
    elif row["effect"] is None:
        allowed = ", ".join(each.value for each in RestrictionEffect)
        yield _("%(place)s: “effect” is missing: what restriction is drafted. Allowed: %(allowed)s.",
                place=place.at(), allowed=allowed)  # fmt: skip


VISITS_ONLY = ("needs_authorisation", "outside_core_hours", "care_homes_only", "is_assessment", "longest_minutes")


def _check_activity(place: Place, row: Row) -> Iterator[str]:
    if row["form"] is not ActivityForm.visit:
        for name in VISITS_ONLY:
            if row[name]:
                yield _("%(place)s: only a visit has “%(field)s”. Leave it out.", place=place.at(name), field=name)
    if row["form"] is ActivityForm.meeting and row["meeting_kind"] is None:
        yield _("%(place)s: “meeting_kind” is missing: which kind of meeting it is. Allowed: %(allowed)s.",
                place=place.at(), allowed=", ".join(MeetingKind))  # fmt: skip
    if row["form"] is not ActivityForm.meeting and row["meeting_kind"] is not None:
        yield _("%(place)s: only a meeting has a “meeting_kind”. Leave it out.", place=place.at("meeting_kind"))


def _check_clock(place: Place, row: Row) -> Iterator[str]:
    if row["length"] < 1:
        yield _("%(place)s: “length” is 0, and must be 1 or more.", place=place.at("length"))
    if row["unit"] is ClockUnit.weekdays and row["weekday"] is None:
        yield _("%(place)s: “weekday” is missing: which day of the week is counted.", place=place.at())
    if row["unit"] is not ClockUnit.weekdays and row["weekday"] is not None:
        yield _("%(place)s: only a clock in weekdays has a “weekday”. Leave it out.", place=place.at("weekday"))


def _check_cadence(place: Place, row: Row) -> Iterator[str]:
    """What a rule has to name to say when, and what would say nothing (as the table's own checks have it)."""
    mode: CadenceMode = row["mode"]
    wanted = {
        "length": mode not in (CadenceMode.calendar, CadenceMode.as_required),
        "unit": mode not in (CadenceMode.calendar, CadenceMode.as_required),
        "other": mode in (CadenceMode.after, CadenceMode.before),
        "period": mode is CadenceMode.calendar,
    }
    for name, needed in wanted.items():
        if needed and row[name] is None:
            yield _("%(place)s: “%(field)s” is missing: a rule of mode “%(mode)s” counts with it.",
                    place=place.at("mode"), field=name, mode=mode.value)  # fmt: skip
        if not needed and row[name] is not None:
            yield _("%(place)s: a rule of mode “%(mode)s” has no “%(field)s”. Leave it out.",
                    place=place.at(name), field=name, mode=mode.value)  # fmt: skip
    if row["clock"] is not None and mode is not CadenceMode.calendar:
        yield _("%(place)s: a rule of mode “%(mode)s” has no “%(field)s”. Leave it out.",
                place=place.at("clock"), field="clock", mode=mode.value)  # fmt: skip
    if row["length"] == 0 and mode in (CadenceMode.interval, CadenceMode.before):
        yield _("%(place)s: “length” is 0, and must be 1 or more.", place=place.at("length"))
    if row["unit"] is ClockUnit.weekdays:
        allowed = ", ".join(each.value for each in ClockUnit if each is not ClockUnit.weekdays)
        yield _("%(place)s: “unit” is %(value)s. Allowed: %(allowed)s.",
                place=place.at("unit"), value=repr(ClockUnit.weekdays.value), allowed=allowed)  # fmt: skip
    if (row["scheme"] is None) != (row["bands"] is None):
        yield _("%(place)s: “scheme” and “bands” go together. Name both, or neither.", place=place.at())
    if row["anchor"] is not Anchor.entry and row["subject"] is not CadenceSubject.contract:
        yield _("%(place)s: only a rule for contracts counts from the contract's start or middle.",
                place=place.at("anchor"))  # fmt: skip
    if row["subject"] is CadenceSubject.council and mode not in (CadenceMode.calendar, CadenceMode.as_required):
        yield _("%(place)s: what is due for the council itself is due by the calendar, or as required.",
                place=place.at("mode"))  # fmt: skip


def _check_group(place: Place, row: Row) -> Iterator[str]:
    if (row["scheme"] is None) != (row["band"] is None):
        yield _("%(place)s: “scheme” and “band” go together. Name both, or neither.", place=place.at())


def _check_retention(place: Place, row: Row) -> Iterator[str]:
    kept = sorted(mapper.class_.__tablename__ for mapper in Model.registry.mappers if hasattr(mapper.class_, "version"))
    if row["record"] not in kept:
        yield _("%(place)s: “%(field)s” is %(value)s. Allowed: %(allowed)s.",
                place=place.at("record"), field="record", value=repr(row["record"]),
                allowed=", ".join(kept))  # fmt: skip


RULES = {
    ApprovalRule: _check_approver,
    Trigger: _check_trigger,
    ActivityType: _check_activity,
    Clock: _check_clock,
    Cadence: _check_cadence,
    OversightGroup: _check_group,
    Retention: _check_retention,
}

# --- the files together ------------------------------------------------------------------------------------------

NEEDED: list[tuple[str, type[StrEnum]]] = [
    ("term", TermKey),
    ("approval_rule", Decision),
    ("clock", ClockKey),
    ("restriction_kind", RestrictionEffect),
]
"""Of each of these words the console asks what the framework says."""


def _incomplete(file: str, content: Content) -> Iterator[str]:
    """What the files together do not say, though the console asks it."""
    for name, column in HEAD.fields().items():
        if name in content.head:
            continue
        if column.default is None:
            yield _("%(file)s, framework: “%(field)s” is missing.", file=file, field=name)
        else:
            content.head[name] = _default(column)
    start, end = content.head.get("core_hours_start"), content.head.get("core_hours_end")
    if start is not None and end is not None and start >= end:
        yield _("%(place)s: core hours end at %(end)s, before they start at %(start)s.",
                place=content.places["framework", "core_hours_end"].at("core_hours_end"),
                start=start.strftime("%H:%M"), end=end.strftime("%H:%M"))  # fmt: skip
    for kind, words in NEEDED:
        for word in words:
            if word.value not in content.rows[kind]:
                yield _("%(file)s, %(table)s: no row says “%(word)s”. The console needs one.",
                        file=file, table=kind, word=word.value)  # fmt: skip
    if not any(row["form"] is ActivityForm.visit for row in content.rows["activity_type"].values()):
        yield _("%(file)s, activity_type: no row says what visits the council makes. The console needs one.", file=file)


def _at_odds(content: Content) -> Iterator[str]:
    """What a row says of other rows and they do not bear out: it points to none, or repeats what only one may say."""
    tables = {kind.model.__tablename__: name for name, kind in KINDS.items()}
    for name, kind in KINDS.items():
        rows, table = content.rows[name], kind.model.__table__
        for constraint in table.foreign_key_constraints:
            # Every key to another row of the framework has the framework itself first.
            pairs = [(each.parent.name, each.column.name) for each in constraint.elements][1:]
            if pairs:
                target = tables[constraint.referred_table.name]
                for key, row in rows.items():
                    yield from _points_nowhere(content, content.places[name, key], row, pairs, target)
        for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
            if isinstance(constraint, UniqueConstraint):
                own = [column.name for column in constraint.columns if column.name != "framework_id"]
                yield from _repeated(content, name, own)
    for key, row in content.rows["cadence"].items():
        for band in row["bands"] or ():
            asked = {"scheme": row["scheme"], "band": band}
            pairs = [("scheme", "scheme"), ("band", "key")]
            yield from _points_nowhere(content, content.places["cadence", key], asked, pairs, "band", "bands")


def _points_nowhere(
    content: Content, place: Place, row: Row, pairs: list[tuple[str, str]], target: str, field: str = ""
) -> Iterator[str]:
    """`pairs`: the fields of the row, and those of the row that it points to."""
    if any(row[own] is None for own, _theirs in pairs):
        return
    found = content.rows[target].values()
    (last, name), rest = pairs[-1], pairs[:-1]
    known = [each[name] for each in found if all(each[theirs] == row[own] for own, theirs in rest)]
    if row[last] not in known:
        yield _("%(place)s: “%(field)s” is %(value)s, and no %(table)s says that. There are: %(known)s.",
                place=place.at(field or last), field=field or last, value=repr(row[last]), table=target,
                known=", ".join(known) or "-")  # fmt: skip


def _repeated(content: Content, name: str, own: list[str]) -> Iterator[str]:
    seen: dict[tuple[Any, ...], Place] = {}
    for key, row in content.rows[name].items():
        place, values = content.places[name, key], tuple(row[field] for field in own)
        if values in seen:
            yield _("%(place)s: “%(field)s” is %(value)s, and so it is already here: %(before)s.",
                    place=place.at(own[-1]), field=own[-1], value=repr(values[-1]),
                    before=seen[values].at(own[-1]))  # fmt: skip
        seen[values] = place
