"""Loading a framework from its files: read and checked whole, then put in force (design section 3)."""

import datetime as dt
import enum
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Column, Enum, func, select
from sqlalchemy.orm import Session

from models.base import Model
from models.framework import (
    RESTRICTS_NOTHING,
    ActivityType,
    ApprovalRule,
    Band,
    Cadence,
    Clock,
    ClockKey,
    Decision,
    Framework,
    FrameworkState,
    Indicator,
    NoticeReason,
    OversightGroup,
    RestrictionEffect,
    RestrictionKind,
    Retention,
    Scheme,
    ServiceTypeName,
    Term,
    Trigger,
)
from models.ledger import LedgerKind
from workflows.access import ASCENDING
from workflows.actor import current_actor
from workflows.clocks import SUBDIVISIONS
from workflows.framework import in_force
from workflows.gate import Refused, maintenance, record
from workflows.ledger import plain

Row = dict[str, Any]


class Faulty(Exception):
    """Files that cannot be loaded: a sentence for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


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
MAY_BE_EMPTY = {"purpose", "note", "membership", "criteria", "interventions"}


@dataclass
class Content:
    """What the files say together: the framework's own fields, and its rows by kind and name."""

    head: Row
    rows: dict[str, dict[str, Row]]

    def plain(self) -> dict[str, Any]:
        """Each value under its place, as the ledger tells it: "clock suspension_review length" -> 28."""
        told = {field: plain(value) for field, value in self.head.items()}
        for kind, rows in self.rows.items():
            for name, row in rows.items():
                rest = [field for field in row if field not in KINDS[kind].identity]
                told |= {f"{kind} {name} {field}": plain(row[field]) for field in rest}
        return {place: value for place, value in told.items() if value is not None}


def load(session: Session, *paths: Path) -> Framework:
    """Put the framework of these files in force, each file over those before it. The caller commits.

    The same content again changes nothing. The edition that stood in force before is retired, and its rows stay:
    visits point to them. Only a job of the console itself may load.
    """
    content = read(*paths)
    before = in_force(session)
    known = content_of(before).plain() if before is not None else {}
    if before is not None and known == content.plain():
        return before
    newest = session.scalar(select(func.max(Framework.edition)).where(Framework.key == content.head["key"]))
    actor = current_actor()
    if actor is None:
        raise Refused(_("Nobody is acting."))
    note = _("From %(files)s.", files=", ".join(path.name for path in paths))
    with maintenance("framework load"):
        if before is not None:
            before.state = FrameworkState.retired
            told = [FrameworkState.in_force.value, FrameworkState.retired.value]
            record(session, LedgerKind.maintenance, before, {"state": told}, note)
        framework = Framework(**content.head, edition=(newest or 0) + 1, state=FrameworkState.in_force)
        framework.in_force_from = actor.today
        session.add(framework)
        session.flush()
        for kind, rows in content.rows.items():
            session.add_all(KINDS[kind].model(framework=framework, **row) for row in rows.values())
            session.flush()
        now = content.plain()
        changes = {
            place: [known.get(place), now.get(place)]
            for place in (*now, *(place for place in known if place not in now))
            if known.get(place) != now.get(place)
        }
        record(session, LedgerKind.maintenance, framework, changes, note)
    return framework


def content_of(framework: Framework) -> Content:
    """What a loaded framework says, in the form in which it was read."""
    rows: dict[str, dict[str, Row]] = {}
    for name, kind in KINDS.items():
        found = [_row_of(kind, item) for item in getattr(framework, kind.relation)]
        rows[name] = {kind.name(row): row for row in found}
    return Content(_row_of(HEAD, framework), rows)


def _row_of(kind: Kind, item: Model) -> Row:
    return {field: getattr(item, field) for field in kind.fields()}


# --- reading -----------------------------------------------------------------------------------------------------


def read(*paths: Path) -> Content:
    """What the files say together, or every fault of them. Touches no database."""
    faults: list[str] = []
    content = Content({}, {kind: {} for kind in KINDS})
    for path in paths:
        faults.extend(_read_one(path, content))
    if not faults:
        faults.extend(_incomplete(paths[-1], content))
    if faults:
        raise Faulty(faults)
    return content


def _read_one(path: Path, content: Content) -> Iterator[str]:
    file = path.name
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        yield _("%(file)s: this file cannot be read.", file=path)
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield _("%(file)s: this is not TOML: %(reason)s.", file=file, reason=error)
        return
    tables = ["framework", *KINDS]
    for table in found:
        if table not in tables:
            yield _("%(file)s: there is no table “%(table)s”. Allowed: %(allowed)s.",
                    file=file, table=table, allowed=", ".join(tables))  # fmt: skip
    head = found.get("framework", {})
    if not isinstance(head, dict):
        yield _("%(file)s, framework: write it as one table, [framework].", file=file)
    else:
        yield from _check(f"{file}, framework", HEAD, head, required=False)
        content.head |= head
    for name, kind in KINDS.items():
        rows = found.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            yield _("%(file)s, %(table)s: write it as a list of tables, [[%(table)s]].", file=file, table=name)
            continue
        for number, row in enumerate(rows, 1):
            known = all(isinstance(row.get(field, ""), str) for field in kind.identity) and kind.name(row)
            place = f"{file}, {name} {number}" + (f" ({known})" if known else "")
            faults = list(_check(place, kind, row))
            yield from faults
            if not faults:
                content.rows[name][kind.name(row)] = row
        for twice, times in Counter(str([row.get(field) for field in kind.identity]) for row in rows).items():
            if times > 1:
                first = next(row for row in rows if str([row.get(field) for field in kind.identity]) == twice)
                yield _("%(file)s, %(table)s: “%(row)s” stands there %(times)s times. Keep one.",
                        file=file, table=name, row=kind.name(first), times=times)  # fmt: skip


def _check(place: str, kind: Kind, row: Row, required: bool = True) -> Iterator[str]:
    """The faults of one row. Where it has none, its values are those of the model, defaults included."""
    fields = kind.fields()
    faults = [
        _(
            "%(place)s: there is no field “%(field)s”. Allowed: %(allowed)s.",
            place=place,
            field=field,
            allowed=", ".join(fields),
        )
        for field in row
        if field not in fields
    ]
    for field, column in fields.items():
        if field in row:
            wrong = list(_check_value(place, column, row[field]))
            faults.extend(wrong)
            if not wrong and isinstance(column.type, Enum):
                row[field] = column.type.enum_class(row[field])  # type: ignore[misc]
        elif required and not column.nullable and column.default is None:
            faults.append(_("%(place)s: “%(field)s” is missing.", place=place, field=field))
        elif required:
            row[field] = _default(column)
    if not faults and kind.model is ApprovalRule:
        faults.extend(_check_approver(place, row))
    if not faults and kind.model is Trigger:
        faults.extend(_check_trigger(place, row))
    yield from faults


def _default(column: Column[Any]) -> Any:
    return column.default.arg if column.default is not None else None  # type: ignore[attr-defined]


def _check_value(place: str, column: Column[Any], value: Any) -> Iterator[str]:
    told = {"place": place, "field": column.name, "value": repr(value)}
    words = list(SUBDIVISIONS) if column.name == "nation" else None
    if isinstance(column.type, Enum):
        words = [each.value for each in column.type.enum_class or ()]
    expected: type[Any] = column.type.python_type
    if words is not None:
        if value not in words:
            allowed = ", ".join(words)
            yield _("%(place)s: “%(field)s” is %(value)s. Allowed: %(allowed)s.", allowed=allowed, **told)
    elif isinstance(column.type, JSON):
        if not isinstance(value, list) or not value:
            yield _("%(place)s: “%(field)s” is %(value)s, and must be a list in brackets that names something.", **told)
    elif type(value) is not expected:
        yield WRONG_TYPE[expected] % told
    elif expected is str and not value.strip() and column.name not in MAY_BE_EMPTY:
        yield _("%(place)s: “%(field)s” is empty.", **told)
    elif expected is int and value < 1:
        yield _("%(place)s: “%(field)s” is %(value)s, and must be 1 or more.", **told)


WRONG_TYPE = {
    str: _l("%(place)s: “%(field)s” is %(value)s, and must be a text in quotes."),
    int: _l("%(place)s: “%(field)s” is %(value)s, and must be a whole number without quotes."),
    bool: _l("%(place)s: “%(field)s” is %(value)s, and must be true or false without quotes."),
    dt.time: _l("%(place)s: “%(field)s” is %(value)s, and must be a time like 09:00:00 without quotes."),
}


def _check_approver(place: str, row: Row) -> Iterator[str]:
    allowed = [role.value for role in ASCENDING]
    if (row["role"] is None) == (row["group_name"] is None):
        yield _("%(place)s: name either “role” or “group_name”, whoever decides.", place=place)
    elif row["role"] is not None and row["role"] not in allowed:
        yield _("%(place)s: “role” is %(value)s. Allowed: %(words)s (it means that role and those above it).",
                place=place, value=repr(row["role"]), words=", ".join(allowed))  # fmt: skip
    if row["effect"] is not None and row["decision"] is not Decision.suspension:
        yield _("%(place)s: only the rules for “suspension” have an “effect”.", place=place)


def _check_trigger(place: str, row: Row) -> Iterator[str]:
    if row["event"] in RESTRICTS_NOTHING:
        if row["effect"] is not None:
            yield _("%(place)s: this restricts nothing, so leave out “effect”.", place=place)
    elif row["effect"] is None:
        allowed = ", ".join(each.value for each in RestrictionEffect)
        yield _("%(place)s: “effect” is missing: what restriction is drafted. Allowed: %(allowed)s.",
                place=place, allowed=allowed)  # fmt: skip


def _incomplete(path: Path, content: Content) -> Iterator[str]:
    """What the files together do not say, though the console asks it."""
    file = path.name
    for field, column in HEAD.fields().items():
        if field in content.head:
            continue
        if column.default is None:
            yield _("%(file)s, framework: “%(field)s” is missing.", file=file, field=field)
        else:
            content.head[field] = _default(column)
    start, end = content.head.get("core_hours_start"), content.head.get("core_hours_end")
    if start is not None and end is not None and start >= end:
        yield _("%(file)s, framework: core hours end at %(end)s, before they start at %(start)s.",
                file=file, start=start.strftime("%H:%M"), end=end.strftime("%H:%M"))  # fmt: skip
    wanted: list[tuple[str, type[enum.StrEnum]]] = [
        ("approval_rule", Decision),
        ("clock", ClockKey),
        ("restriction_kind", RestrictionEffect),
    ]
    for kind, words in wanted:
        for word in words:
            if word.value not in content.rows[kind]:
                yield _("%(file)s, %(table)s: no row says “%(word)s”. The console needs one.",
                        file=file, table=kind, word=word.value)  # fmt: skip
    if not content.rows["activity_type"]:
        yield _("%(file)s, activity_type: no row says what visits the council makes. The console needs one.", file=file)
