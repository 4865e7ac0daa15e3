"""Writing the append-only history, sealing it, and finding where it was broken (domain section 15)."""

import datetime as dt
import enum
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Date, Enum, Time, and_, func, insert, literal, select, text, union_all
from sqlalchemy.orm import Session

from models.base import Model, UtcDateTime
from models.ledger import LedgerEntry, LedgerKind, LedgerSeal
from workflows.actor import Actor

_entry, _seal = LedgerEntry.__table__, LedgerSeal.__table__


@dataclass
class Event:
    """What is to be written about one record. `changes` maps a field to [before, after]."""

    item: Model
    kind: LedgerKind
    changes: dict[str, list[Any]] = field(default_factory=dict)
    step: str | None = None
    note: str = ""
    clause: str = ""
    told: bool = False
    """A step is told by the first flush within it."""
    new: bool = False
    """Whether the record was not there before."""
    brings: str = ""
    """Of a step that records what an earlier system holds: from where, as it is told of each record that it brings."""
    takes_back: bool = False
    """Of a step that undoes what another wrote."""


def record_type(model: type[Model]) -> str:
    """How the ledger names a kind of record: by its table."""
    return str(model.__tablename__)


def plain(value: Any) -> Any:
    """A column's value as JSON holds it. Bytes are told by their hash alone."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    return value


def revived(column: Any, value: Any) -> Any:
    """A value out of JSON, as the column keeps it: the other way of `plain`."""
    kind = column.type
    if value is None or not isinstance(value, str):
        return value
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, UtcDateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, Time):
        return dt.time.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(kind, Date) else value


def _digest(row: dict[str, Any]) -> str:
    told = {key: plain(value) for key, value in row.items() if key not in ("id", "hash")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _beginning(kind: str, record_id: int) -> str:
    return hashlib.sha256(f"{kind}:{record_id}".encode()).hexdigest()


def write(session: Session, actor: Actor, events: Sequence[Event]) -> None:
    """Append events to the chains of their records, in the transaction of the change itself."""
    connection = session.connection()
    by_type: dict[str, list[Event]] = defaultdict(list)
    for each in events:
        by_type[record_type(type(each.item))].append(each)
    for kind, told in by_type.items():
        ids = {each.item.id for each in told}  # type: ignore[attr-defined]
        heads: dict[int, tuple[int, str]] = {}
        newest = (
            select(_entry.c.record_id, func.max(_entry.c.seq).label("seq"))
            .where(_entry.c.record_type == kind, _entry.c.record_id.in_(ids))
            .group_by(_entry.c.record_id)
            .subquery()
        )
        for record_id, seq, known in connection.execute(
            select(_entry.c.record_id, _entry.c.seq, _entry.c.hash)
            .join(newest, (newest.c.record_id == _entry.c.record_id) & (newest.c.seq == _entry.c.seq))
            .where(_entry.c.record_type == kind)
        ):
            heads[record_id] = (seq, known)
        rows = []
        for each in told:
            record_id = each.item.id  # type: ignore[attr-defined]
            seq, previous = heads.get(record_id, (0, _beginning(kind, record_id)))
            row = {
                "record_type": kind,
                "record_id": record_id,
                "seq": seq + 1,
                "record_version": getattr(each.item, "version", None),
                "kind": each.kind,
                "step": each.step,
                "changes": each.changes,
                "note": each.note,
                "clause": each.clause,
                "actor_id": actor.person_id,
                "for_id": actor.for_id,
                "actor_role": actor.label,
                "at": actor.now,
                "previous_hash": previous,
            }
            row["hash"] = _digest(row)
            heads[record_id] = (seq + 1, row["hash"])
            rows.append(row)
        connection.execute(insert(LedgerEntry), rows)


Act = tuple[int, LedgerKind, str | None, int | None, int | None, bool]
"""(record, kind, step, who, whose post they filled, whether it was done to a part of the record)"""


def acts(session: Session, model: type[Model], ids: Collection[int], parts: Sequence[Any]) -> list[Act]:
    """Everything that was done to records of one kind, and to their parts, in order. One statement.

    `parts` are the foreign keys by which a part names its record.
    """
    told = (_entry.c.kind, _entry.c.step, _entry.c.actor_id, _entry.c.for_id)
    own = select(_entry.c.id, _entry.c.record_id, *told, literal(False).label("is_part"))
    asked = [own.where(_entry.c.record_type == record_type(model), _entry.c.record_id.in_(ids))]
    for key in parts:
        part = key.class_.__table__
        of_parts = select(_entry.c.id, part.c[key.key], *told, literal(True).label("is_part"))
        of_parts = of_parts.join(part, part.c.id == _entry.c.record_id)
        asked.append(of_parts.where(_entry.c.record_type == record_type(key.class_), part.c[key.key].in_(ids)))
    rows = session.connection().execute(union_all(*asked))
    return [
        (record, kind, step, who, whose, bool(is_part))
        for _id, record, kind, step, who, whose, is_part in sorted(rows, key=itemgetter(0))
    ]


def as_at(session: Session, item: Model, moment: dt.datetime) -> dict[str, Any] | None:
    """A record's fields as they stood at a moment: what stands now, with every later entry undone.

    None where the record was not there yet. Register facts stand as they are now: imports keep no entry a field.
    """
    rows = session.connection().execute(
        select(_entry.c.kind, _entry.c.changes)
        .where(
            _entry.c.record_type == record_type(type(item)),
            _entry.c.record_id == item.id,  # type: ignore[attr-defined]
            _entry.c.at > moment,
        )
        .order_by(_entry.c.seq.desc())
    )
    values = {column.key: plain(getattr(item, column.key)) for column in item.__table__.columns}
    for kind, changes in rows:
        if kind in (LedgerKind.created, LedgerKind.imported):
            return None
        values |= {name: before for name, (before, _after) in changes.items()}
    return values


# --- sealing and verifying ---------------------------------------------------------------------------------------


LOWEST = -(2**31)
"""Below the first entry: what is slipped in under it must not go unseen."""


def _sign(key: str, seal: dict[str, Any]) -> str:
    told = json.dumps([plain(seal["at"]), seal["entries"], seal["last_id"], seal["digest"]])
    return hmac.new(key.encode(), told.encode(), hashlib.sha256).hexdigest()


def _line(seal: dict[str, Any]) -> str:
    """A seal as the file outside the database holds it."""
    return json.dumps({name: plain(value) for name, value in seal.items() if name != "id"}, sort_keys=True)


def _entries_digest(connection: Connection, start: str, after: int, upto: int) -> tuple[int, str]:
    """Count and digest of the entries with after < id <= upto, following on from an earlier digest."""
    digest, count = hashlib.sha256(start.encode()), 0
    rows = connection.execute(
        select(_entry.c.id, _entry.c.hash).where(_entry.c.id > after, _entry.c.id <= upto).order_by(_entry.c.id),
        execution_options={"yield_per": 2000},
    )
    for entry_id, known in rows:
        digest.update(f"{entry_id}:{known};".encode())
        count += 1
    return count, digest.hexdigest()


def seal(session: Session, actor: Actor, key: str, copy: Path) -> dict[str, Any]:
    """Seal what the ledger holds now, and commit; the same line is then appended to a file outside the database.

    The file must never hold a seal that the database does not.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # Ids are drawn before they are committed: wait until every entry below the newest one stands.
        connection.execute(text("LOCK TABLE ledger_entry IN SHARE MODE"))
    last = connection.execute(select(_seal).order_by(_seal.c.id.desc()).limit(1)).mappings().first()
    upto = connection.execute(select(func.max(_entry.c.id))).scalar() or 0
    start, after, before = (last["digest"], last["last_id"], last["entries"]) if last else ("", LOWEST, 0)
    count, digest = _entries_digest(connection, start, after, upto)
    row: dict[str, Any] = {"at": actor.now, "entries": before + count, "last_id": upto, "digest": digest}
    row["signature"] = _sign(key, row)
    connection.execute(insert(LedgerSeal), [row])
    session.commit()
    copy.parent.mkdir(parents=True, exist_ok=True)
    with copy.open("a", encoding="utf-8") as file:
        file.write(_line(row) + "\n")
    return row


def verify(session: Session, key: str, copy: Path, record_models: Sequence[type[Model]]) -> Iterator[str]:
    """Every fault of the ledger, as sentences: broken entries first, then missing tails, then seals."""
    connection = session.connection()
    yield from _broken_chains(connection)
    for model in record_models:
        yield from _missing_tails(connection, model)
    yield from _broken_seals(connection, key, copy)


def _broken_chains(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        select(_entry).order_by(_entry.c.record_type, _entry.c.record_id, _entry.c.seq),
        execution_options={"yield_per": 2000},
    )
    record: tuple[str, int] | None = None
    seq, previous, told = 0, "", False
    for row in rows.mappings():
        here = (row["record_type"], row["record_id"])
        if here != record:
            record, seq, previous, told = here, 0, _beginning(*here), False
        seq += 1
        place = {"kind": here[0], "record": here[1], "seq": row["seq"], "id": row["id"]}
        if told:
            continue
        if row["seq"] != seq:
            told = True
            yield _("%(kind)s %(record)s: entry %(missing)s is missing.", missing=seq, **place)
        elif row["previous_hash"] != previous or row["hash"] != _digest(dict(row)):
            told = True
            yield _("%(kind)s %(record)s: entry %(seq)s (row %(id)s) was changed.", **place)
        previous = row["hash"]


def _missing_tails(connection: Connection, model: type[Model]) -> Iterator[str]:
    """A record counts its changes (`version`); its newest entry must carry the same number."""
    table, kind = model.__table__, record_type(model)
    newest = (
        select(
            _entry.c.record_id,
            func.max(_entry.c.record_version).label("version"),
            func.max(_entry.c.seq).label("seq"),
        )
        .where(_entry.c.record_type == kind)
        .group_by(_entry.c.record_id)
        .subquery()
    )
    rows = connection.execute(
        select(table.c.id, table.c.version, newest.c.version)
        .outerjoin(newest, newest.c.record_id == table.c.id)
        .where(table.c.version != func.coalesce(newest.c.version, 0))
        .order_by(table.c.id)
    )
    for record_id, version, known in rows:
        place = {"kind": kind, "record": record_id, "version": version, "known": known or 0}
        if version > (known or 0):
            yield _("%(kind)s %(record)s: the history ends at change %(known)s of %(version)s.", **place)
        else:
            yield _("%(kind)s %(record)s: the record is older than its history: %(version)s of %(known)s.", **place)
    gone = (
        select(newest.c.record_id)
        .outerjoin(table, table.c.id == newest.c.record_id)
        .outerjoin(
            _entry,
            and_(_entry.c.record_type == kind, _entry.c.record_id == newest.c.record_id, _entry.c.seq == newest.c.seq),
        )
        .where(table.c.id.is_(None), _entry.c.kind != LedgerKind.undone)
        .order_by(newest.c.record_id)
    )
    for record_id in connection.execute(gone).scalars():
        yield _("%(kind)s %(record)s: the record is gone, and its history stands.", kind=kind, record=record_id)


def _broken_seals(connection: Connection, key: str, copy: Path) -> Iterator[str]:
    lines = copy.read_text(encoding="utf-8", errors="replace").splitlines() if copy.exists() else []
    inside = [dict(row) for row in connection.execute(select(_seal).order_by(_seal.c.id)).mappings()]
    start, after, total = "", LOWEST, 0
    for number, row in enumerate(inside, 1):
        count, digest = _entries_digest(connection, start, after, row["last_id"])
        total += count
        if not hmac.compare_digest(_sign(key, row), row["signature"]):
            yield _("Seal %(number)s is not signed with this audit key.", number=number)
        elif (digest, total) != (row["digest"], row["entries"]):
            yield _(
                "Seal %(number)s: it held %(sealed)s entries up to row %(last)s, and not those that stand there now.",
                number=number,
                sealed=row["entries"],
                last=row["last_id"],
            )
        start, after, total = row["digest"], row["last_id"], row["entries"]
    kept = [_line(row) for row in inside]
    if len(lines) > len(kept):
        yield _(
            "The file of seals holds %(outside)s, the database %(inside)s: the newest are missing.",
            outside=len(lines),
            inside=len(kept),
        )
    elif kept != lines:
        yield _("The seals in the database are not those in the file %(file)s.", file=str(copy))
