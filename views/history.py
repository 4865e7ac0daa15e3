"""A record's history as a page tells it: who did what, when, why, and by which rule."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Enum, inspect, select

from models import Model, db
from models.ledger import LedgerEntry, LedgerKind
from models.people import Person
from views.labels import FIELDS, WORDS, word
from workflows.ledger import record_type

SHOWN = 50
HIDDEN = {"version", "created_at", "created_by_id", "content", "sha256"}


@dataclass(frozen=True)
class Told:
    at: dt.datetime
    who: str
    what: Any
    changes: list[tuple[Any, Any, Any]]
    note: str
    clause: str


def history_of(item: Any) -> list[Told]:
    """The newest entries first; at most fifty. The gate has already said that the record may be seen."""
    entries = db.session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.record_type == record_type(type(item)), LedgerEntry.record_id == item.id)
        .order_by(LedgerEntry.seq.desc())
        .limit(SHOWN)
    ).all()
    names = _names(item, entries)
    steps = _step_labels(type(item))
    return [
        Told(
            at=entry.at,
            who=names["ab_user"].get(entry.actor_id, entry.actor_role) if entry.actor_id else entry.actor_role,
            what=steps.get(entry.step, entry.step) if entry.step else word(entry.kind),
            changes=[
                (FIELDS.get(name, name), _value(item, name, before, names), _value(item, name, after, names))
                for name, (before, after) in entry.changes.items()
                if name not in HIDDEN and not (entry.kind is LedgerKind.created and after in (None, "", [], False))
            ],
            note=entry.note,
            clause=entry.clause,
        )
        for entry in entries
    ]


def _step_labels(model: type[Any]) -> dict[str, Any]:
    from views.areas import WORKFLOWS

    return {step.name: step.label for flow in WORKFLOWS.values() if flow.model is model for step in flow.steps.values()}


def _names(item: Any, entries: Any) -> dict[str, dict[int, str]]:
    """Names of the people and records that the entries point at: one statement for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    columns = inspect(type(item)).columns
    for entry in entries:
        if entry.actor_id:
            wanted["ab_user"].add(entry.actor_id)
        for name, values in entry.changes.items():
            if name in columns and columns[name].foreign_keys:
                target = next(iter(columns[name].foreign_keys)).column.table.name
                wanted[target] |= {value for value in values if isinstance(value, int)}
    found: dict[str, dict[int, str]] = defaultdict(dict)
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in Model.registry.mappers}
    for table, ids in wanted.items():
        model: Any = Person if table == "ab_user" else models[table]
        found[table] = {row.id: str(row) for row in db.session.scalars(select(model).where(model.id.in_(ids)))}
    return found


def _value(item: Any, name: str, value: Any, names: dict[str, dict[int, str]]) -> Any:
    columns = inspect(type(item)).columns
    if value is None or name not in columns:
        return value
    if columns[name].foreign_keys:
        table = next(iter(columns[name].foreign_keys)).column.table.name
        return names[table].get(value, f"#{value}")
    kind = columns[name].type
    if isinstance(kind, Enum) and kind.enum_class in WORDS:
        return word(kind.enum_class(value))
    if kind.python_type is dt.date:
        return dt.date.fromisoformat(value)
    if kind.python_type is dt.datetime:
        return dt.datetime.fromisoformat(value)
    return value
