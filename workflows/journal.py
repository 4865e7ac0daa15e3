"""What a batch wrote, row by row, and taking it back while nobody has worked on it since (domain section 15)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Table, delete, event, inspect, select
from sqlalchemy.orm import Session

from models.arrivals import ArrivalRow
from models.base import Model, portions
from models.diary import Obligation
from models.ledger import LedgerKind
from workflows import diary, ledger
from workflows.actor import Actor, acting, system
from workflows.gate import Refused, changes_of, current_step, maintenance

UNTOLD = frozenset({"id", "version"})


@dataclass
class Written:
    """One row that was written. `before` is None where it was not there; else what stood in its changed fields."""

    item: Any
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def left(self) -> dict[str, Any] | None:
        """What must still stand for it to be taken back: of an added register fact all of it, for it counts no
        versions; of another added record nothing, for its version tells."""
        return standing(self.item) if self.before is None and not getattr(self.item, "version", 0) else self.after


@contextmanager
def journal(session: Session) -> Iterator[dict[int, Written]]:
    """Inside, every row that is added or changed is noted, in the order of writing."""
    written: dict[int, Written] = {}

    def note(session: Session, context: Any) -> None:
        for item in session.new:
            written[id(item)] = Written(item, None, None)
        for item in sorted(session.dirty, key=lambda each: (type(each).__name__, each.id)):  # a set, in no order
            changes = {name: both for name, both in changes_of(item).items() if name not in UNTOLD}
            if not changes:
                continue
            known = written.setdefault(id(item), Written(item, {}, {}))
            if known.before is not None and known.after is not None:
                for name, (before, after) in changes.items():
                    known.before.setdefault(name, ledger.plain(before))
                    known.after[name] = ledger.plain(after)

    event.listen(session, "after_flush", note)
    try:
        yield written
    finally:
        event.remove(session, "after_flush", note)


# --- taking back --------------------------------------------------------------------------------------------------


def worked_on(session: Session, rows: Sequence[ArrivalRow]) -> list[str]:
    """The records among these that were changed since, or that others point at by now: they cannot be taken back."""
    found = []
    for model, each in _by_model(rows).items():
        items = _items(session, model, each)
        for row in each:
            item = items.get(row.record_id)
            if item is None or getattr(item, "version", None) != row.record_version or not _as_left(item, row):
                found.append(str(item) if item is not None else f"{row.record_type} {row.record_id}")
    return found + _pointed_at(session, rows)


def take_back(session: Session, rows: Sequence[ArrivalRow], actor: Actor) -> None:
    """Undo what these rows tell of: what was added goes, what was changed is as before."""
    added = _by_model(row for row in rows if row.before is None)
    changed = [row for row in rows if row.before is not None]
    for row in rows:
        session.expunge(row)  # read once, though everything else is read anew below
    remove(session, [item for model, each in added.items() for item in _items(session, model, each).values()], actor)
    session.expire_all()
    _restore(session, [row for row in changed if row.record_version])
    with acting(system("undo", actor.now)), maintenance("undo"):
        _restore(session, [row for row in changed if not row.record_version])


def remove(session: Session, items: Sequence[Any], actor: Actor) -> None:
    """Delete records below the session, which deletes nothing; their histories stay, and say why they end.

    Only a step that takes back may.
    """
    step = current_step()
    if step is None or not step.takes_back:
        raise Refused(_("Nothing is deleted. Withdraw it or end it instead: what was once written stays."))
    gone = defaultdict[Any, set[int]](set)
    told = []
    for item in items:
        gone[item.__table__].add(item.id)
        if getattr(item, "version", 0):
            told.append(ledger.Event(item, LedgerKind.undone, _last(item), step.step, step.note, step.clause))
    ledger.write(session, actor, told)
    for item in items:
        diary.touch(session, item, actor.today)
        session.expunge(item)
    connection = session.connection()
    for table in reversed(Model.metadata.sorted_tables):
        for some in portions(sorted(gone.get(table, ()))):
            connection.execute(delete(table).where(table.c.id.in_(some)))


def _restore(session: Session, rows: Sequence[ArrivalRow]) -> None:
    for model, each in _by_model(rows).items():
        items, columns = _items(session, model, each), inspect(model).columns
        for row in each:
            for name, before in (row.before or {}).items():
                setattr(items[row.record_id], name, ledger.revived(columns[name], before))
    session.flush()


def _as_left(item: Any, row: ArrivalRow) -> bool:
    """Whether the fields that were changed still stand as they were left: register facts count no versions."""
    return all(ledger.plain(getattr(item, name)) == after for name, after in (row.after or {}).items())


def standing(item: Any) -> dict[str, Any]:
    """What stands in a record, as JSON values."""
    names = [prop.key for prop in inspect(item).mapper.column_attrs if prop.key not in UNTOLD]
    return {name: ledger.plain(getattr(item, name)) for name in names}


def _last(item: Any) -> dict[str, list[Any]]:
    """What stood in a record at its end, as its history tells it."""
    return {name: [value, None] for name, value in standing(item).items() if value is not None}


def _pointed_at(session: Session, rows: Sequence[ArrivalRow]) -> list[str]:
    """The added records that something else belongs to by now: a visit to a service, a file of a contract."""
    own = defaultdict[str, set[int]](set)
    for row in rows:
        own[row.record_type].add(row.record_id)
    found = []
    for model, each in _by_model(row for row in rows if row.before is None).items():
        kind, ids = ledger.record_type(model), {row.record_id for row in each}
        held = set[int]()
        for some in portions(sorted(ids)):
            for table, column in _pointers(kind):
                if table.name in NO_WORK:
                    continue
                named = select(column, table.c.id).where(column.in_(some))
                if column.name == "record_id":
                    named = named.where(table.c.record_type == kind)
                for target, pointing in session.connection().execute(named):
                    if pointing not in own[table.name]:
                        held.add(target)
        found += [str(item) for key, item in _items(session, model, each).items() if key in held]
    return found


NO_WORK = (ArrivalRow.__tablename__, Obligation.__tablename__)
"""What points at records though nobody has worked on them: the batch itself, and what the console derives."""


def _pointers(kind: str) -> Iterator[tuple[Table, Any]]:
    """Every column by which a row points at records of this kind: by foreign key, or by table and id."""
    for table in Model.metadata.sorted_tables:
        for foreign in table.foreign_keys:
            if foreign.column.table.name == kind:
                yield table, foreign.parent
        if "record_type" in table.c and not table.name.startswith("ledger_"):
            yield table, table.c.record_id


def _by_model(rows: Iterable[ArrivalRow]) -> dict[type[Model], list[ArrivalRow]]:
    models = {ledger.record_type(mapper.class_): mapper.class_ for mapper in Model.registry.mappers}
    found = defaultdict[type[Model], list[ArrivalRow]](list)
    for row in rows:
        found[models[row.record_type]].append(row)
    return found


def _items(session: Session, model: type[Any], rows: Sequence[ArrivalRow]) -> dict[int, Any]:
    """The records, locked: nobody works on one between this look and the taking back."""
    ids = [row.record_id for row in rows]
    locked = select(model).with_for_update(of=model).execution_options(populate_existing=True)
    return {item.id: item for some in portions(ids) for item in session.scalars(locked.where(model.id.in_(some)))}
