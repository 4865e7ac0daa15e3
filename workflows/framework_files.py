"""Putting a framework of files in force, writing one out as a file, and what two of them say differently."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.base import Model
from models.framework import Cadence, Framework, FrameworkState
from models.ledger import LedgerKind
from workflows.actor import current_actor
from workflows.cadence import CONDITIONS
from workflows.framework import in_force
from workflows.framework_reading import HEAD, KINDS, WHOLE, Content, Kind, Row, read
from workflows.gate import Refused, maintenance, record


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
        begin_periods(framework, before, actor.today)
        session.flush()
        now = content.plain()
        changes = {
            place: [known.get(place), now.get(place)]
            for place in (*now, *(place for place in known if place not in now))
            if known.get(place) != now.get(place)
        }
        record(session, LedgerKind.maintenance, framework, changes, note)
    return framework


def counted_from(framework: Framework, before: Framework | None, today: dt.date) -> dict[str, dt.date]:
    """From which day each calendar rule of an edition counts, by its key, if it comes into force today: as in the
    edition before where it asks the same of the same for the same period, else from today."""
    counted = {each.key: each for each in before.cadences} if before and before.key == framework.key else {}
    return {
        rule.key: (old.since if (old := counted.get(rule.key)) and _asks(old) == _asks(rule) else None) or today
        for rule in framework.cadences
        if rule.period is not None
    }


def _asks(rule: Cadence) -> list[Any]:
    """What a calendar rule asks for, and of whom. By when and how it reminds may change while its periods count on."""
    words = [getattr(rule, name) for name in CONDITIONS]
    chosen = [frozenset(each) if each is not None else None for each in words]
    return [rule.period, rule.activity, rule.subject, rule.reach, rule.scheme, *chosen]


def begin_periods(framework: Framework, before: Framework | None, today: dt.date) -> None:
    """Note from which day each calendar rule counts."""
    days = counted_from(framework, before, today)
    for rule in framework.cadences:
        rule.since = days.get(rule.key)


def content_of(framework: Framework) -> Content:
    """What a loaded framework says, in the form in which it was read."""
    rows: dict[str, dict[str, Row]] = {}
    for name, kind in KINDS.items():
        found = [_row_of(kind, item) for item in getattr(framework, kind.relation)]
        rows[name] = {kind.name(row): row for row in found}
    return Content(_row_of(HEAD, framework), rows)


def _row_of(kind: Kind, item: Model) -> Row:
    return {field: getattr(item, field) for field in kind.fields()}


# --- writing one out ---------------------------------------------------------------------------------------------


def text_of(content: Content) -> str:
    """The framework as a file that says everything: loading it again changes nothing."""
    parts = [f"{WHOLE} = true\n", _table("[framework]", content.head)]
    parts += [_table(f"[[{kind}]]", row) for kind, rows in content.rows.items() for row in rows.values()]
    return "\n".join(parts)


def _table(header: str, row: Row) -> str:
    told = {field: value for field, value in row.items() if value is not None}
    return f"{header}\n{tomli_w.dumps(told)}"


# --- comparing two -----------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """A row that only one of two frameworks has, or a field of which they say different things."""

    row: str
    field: str | None
    """None: the row stands in one of them only."""
    before: Any
    after: Any


def differences(one: Content, other: Content) -> Iterator[Difference]:
    """What turns the one into the other, in the order of the tables."""
    yield from _fields("framework", HEAD, one.head, other.head)
    for name, kind in KINDS.items():
        ours, theirs = one.rows[name], other.rows[name]
        for key in dict.fromkeys((*ours, *theirs)):
            row = f"{name} {key}"
            if key in ours and key in theirs:
                yield from _fields(row, kind, ours[key], theirs[key])
            else:
                yield Difference(row, None, ours.get(key), theirs.get(key))


def _fields(row: str, kind: Kind, ours: Row, theirs: Row) -> Iterator[Difference]:
    for field in kind.fields():
        if ours[field] != theirs[field]:
            yield Difference(row, field, ours[field], theirs[field])
