"""A record's history as a page tells it: who did what, when, why, and by which rule."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Enum, and_, inspect, or_, select

from models import Model, db
from models.arrivals import Arrival
from models.base import LONDON, table_pointed_at
from models.diary import ClockNotice, Pause
from models.ledger import LedgerEntry, LedgerKind
from models.people import Person
from models.providers import Service
from views.framework_words import LISTED
from views.labels import FIELDS, WORDS, field_label, word
from workflows import deputies, ledger
from workflows.engine import WORKFLOWS
from workflows.registers.proposals import FILLS

SHOWN = 50
NEW = (LedgerKind.created, LedgerKind.imported)
"""What was not said of a record is told by none of these."""
HIDDEN = {
    "version", "created_at", "created_by_id", "content", "sha256", "storage_key", "secret_sha256",
    "facts", "candidates", "before", "found", "record_type", "record_id", "recipient_type", "recipient_id",
    "message_id", "type_since", "bought_since", "bought_until", "kind_since", "level_since", "rag_since",
}  # fmt: skip
IMPORTED = frozenset({"regulator", *FILLS})
"""What imports write of a service without an entry for each field: nobody can say how it stood on a past day."""


@dataclass(frozen=True)
class Told:
    at: dt.datetime
    who: str
    what: Any
    changes: list[tuple[Any, Any, Any]]
    note: str
    clause: str
    of: Any
    """The record that was merged into this one, where it happened to that."""
    is_imported: bool
    """Whether the note says from where it came, and not why somebody did it."""


def history_of(item: Any, former: Sequence[Any] = ()) -> list[Told]:
    """The newest entries first; at most fifty. The gate has already said that the record may be seen."""
    merged = {item.id: None} | {each.id: each for each in former}
    own = and_(LedgerEntry.record_type == ledger.record_type(type(item)), LedgerEntry.record_id.in_(merged))
    entries = db.session.scalars(
        select(LedgerEntry).where(or_(own, *_of_its_clock(item))).order_by(LedgerEntry.id.desc()).limit(SHOWN)
    ).all()
    models = {ledger.record_type(each): each for each in (type(item), *OF_ITS_CLOCK)}
    names = names_of(
        [person for entry in entries for person in (entry.actor_id, entry.for_id)],
        [
            (models[entry.record_type], name, value)
            for entry in entries
            for name, both in entry.changes.items()
            for value in both
        ],
    )
    return [_told(entry, models[entry.record_type], names, merged) for entry in entries]


OF_ITS_CLOCK: dict[type[Any], Any] = {ClockNotice: _l("Told by the clock"), Pause: _l("Counting rests")}
"""What happens to the deadlines of a record, and is told on its page among what happened to it: how its making is."""
OF_OBLIGATION = {"identity", "name", "clause", "obligation_id", "service_id", "provider_id"}
"""What these say of the deadline, which the page of the record tells itself."""


def _of_its_clock(item: Any) -> list[ColumnElement[bool]]:
    """The entries of the clock's notices of this record's deadlines, and of the rests of their counting."""
    flow, kind = WORKFLOWS.get(type(item)), ledger.record_type(type(item))
    deadlines = {f"{kind}:{item.id}:{due.step}" for due in flow.due} if flow is not None else set()
    return [
        and_(
            LedgerEntry.record_type == ledger.record_type(model),
            LedgerEntry.record_id.in_(select(model.id).where(model.identity.in_(deadlines))),
        )
        for model in OF_ITS_CLOCK
        if deadlines
    ]


def _told(entry: LedgerEntry, model: type[Any], names: dict[str, dict[int, str]], merged: dict[int, Any]) -> Told:
    steps = {**_step_labels(Arrival), **_step_labels(model)}
    untold = HIDDEN | (OF_OBLIGATION if model in OF_ITS_CLOCK else set())
    made = OF_ITS_CLOCK.get(model, word(entry.kind)) if entry.kind is LedgerKind.created else word(entry.kind)
    return Told(
        at=entry.at,
        who=_who(entry, names["ab_user"]),
        what=steps.get(entry.step, entry.step) if entry.step else made,
        changes=[
            (
                label_of(model, name),
                value_in_words(model, name, before, names),
                value_in_words(model, name, after, names),
            )
            for name, (before, after) in entry.changes.items()
            if name not in untold and not (entry.kind in NEW and after in (None, "", [], False))
        ],
        note=entry.note,
        clause=entry.clause,
        of=merged[entry.record_id] if model not in OF_ITS_CLOCK else None,
        is_imported=entry.kind is LedgerKind.imported,
    )


def as_at(item: Any, day: dt.date) -> list[tuple[Any, Any]] | None:
    """(field, value) of a record as it stood at the end of a day, or None where it was not there yet."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LONDON)
    told = ledger.as_at(db.session, item, end)
    if told is None:
        return None
    untold = IMPORTED if isinstance(item, Service) else frozenset()
    shown = {name: value for name, value in told.items() if name in FIELDS and name not in untold}
    names = names_of([], [(type(item), name, value) for name, value in shown.items()])
    return [
        (label_of(type(item), name), value_in_words(type(item), name, value, names)) for name, value in shown.items()
    ]


def _who(entry: LedgerEntry, names: dict[int, str]) -> str:
    """Who did it, and for whose post if they filled another's; the console itself is told by the name of its job."""
    if entry.actor_id is None:
        return entry.actor_role
    return deputies.told(names.get(entry.actor_id, entry.actor_role), names.get(entry.for_id or 0))


def label_of(model: type[Any], name: str) -> Any:
    return field_label(model, name) if name in FIELDS else name


def _step_labels(model: type[Any]) -> dict[str, Any]:
    flow = WORKFLOWS.get(model)
    return {step.name: step.label for step in flow.steps.values()} if flow is not None else {}


def names_of(actors: Iterable[int | None], told: Iterable[tuple[type[Any], str, Any]]) -> dict[str, dict[int, str]]:
    """Names of those who acted, and of the people and records that fields point at: one statement for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    wanted["ab_user"] |= {actor for actor in actors if actor is not None}
    for model, name, value in told:
        columns = inspect(model).columns
        table = table_pointed_at(columns[name]) if name in columns else None
        if isinstance(value, int) and table is not None:
            wanted[table].add(value)
    found: dict[str, dict[int, str]] = defaultdict(dict)
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in Model.registry.mappers}
    for name, ids in wanted.items():
        pointed: Any = Person if name == "ab_user" else models[name]
        found[name] = {row.id: str(row) for row in db.session.scalars(select(pointed).where(pointed.id.in_(ids)))}
    return found


def value_in_words(model: type[Any], name: str, value: Any, names: dict[str, dict[int, str]]) -> Any:
    columns = inspect(model).columns
    if value is None or name not in columns:
        return value
    if (table := table_pointed_at(columns[name])) is not None:
        return names[table].get(value, f"#{value}")
    kind = columns[name].type
    if isinstance(kind, Enum) and kind.enum_class in WORDS:
        return word(kind.enum_class(value))
    if kind.python_type is dt.time:
        return dt.time.fromisoformat(value)
    if name in LISTED:
        return [str(word(LISTED[name](each))) for each in value]
    if kind.python_type is dt.date:
        return dt.date.fromisoformat(value)
    if kind.python_type is dt.datetime:
        return dt.datetime.fromisoformat(value)
    return value
