"""What every table shares: types, names, versions, and how a connection behaves."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask_appbuilder.models.sqla.base import SQLA
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Dialect, Engine, Enum, ForeignKey, String, event
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, object_session
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.sql.naming import _constraint_name_for_table
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase

    class Model(DeclarativeBase):
        """FAB's Model is untyped; this stand-in is what mypy sees."""
else:
    from flask_appbuilder import Model

LONDON = ZoneInfo("Europe/London")


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment. Refuses naive values; always aware, in UTC, in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[dt.datetime]:
        return dt.datetime

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def check_name(constraint: Any, table: Any) -> str:
    """A CHECK's own name; that of an enum is its column's, for one table may hold several of one enum."""
    return f"{next(iter(constraint.columns)).name}_known" if constraint._type_bound else str(constraint.name)


Model.metadata.naming_convention = {
    "check_constraint_name": check_name,
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(check_constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
for _table in Model.metadata.tables.values():
    # Flask-AppBuilder's own, where they were imported before this: named as if they had come after.
    for _constraint in _table.constraints:
        _constraint.name = _constraint.name or _constraint_name_for_table(_constraint, _table)  # type: ignore[no-untyped-call]
Model.registry.update_type_annotation_map(
    {
        dt.datetime: UtcDateTime(),
        # Checked text, not a native type: a new state is then a changed CHECK and no new type.
        StrEnum: Enum(StrEnum, native_enum=False, create_constraint=True, length=40),
        str: String(),
    }
)


class OneByOne(Session):
    """A session without the methods that write many rows past every hook."""

    def bulk_save_objects(self, *args: Any, **kw: Any) -> None:
        raise TypeError("records are added and changed one by one, so that each is checked and recorded")

    bulk_insert_mappings = bulk_update_mappings = bulk_save_objects


db: Any = SQLA(model_class=Model, session_options={"class_": OneByOne})


@event.listens_for(Model, "attribute_instrument", propagate=True)
def remember_what_was(model: type[Any], key: str, attribute: Any) -> None:
    """The ledger tells from what to what, so a value is read before it is replaced, even where it had expired."""
    event.listen(attribute, "set", lambda target, value, before, initiator: None, active_history=True)


class Versioned:
    """A record whose every change is counted, so that a second writer is told and a lost history shows.

    The gate counts (`workflows/gate.py`); the database compares the count at each UPDATE. The newest
    ledger entry of a record carries the same number, which is how a cut tail is found.
    """

    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # type: ignore[attr-defined]


def session_of(item: Any) -> AnySession:
    """The session that a record belongs to: what asks more of the database asks it of that one."""
    session = object_session(item)
    if session is None:
        raise ValueError("the record belongs to no session")
    return session


def table_pointed_at(column: Any) -> str | None:
    """The table of the record whose id a column holds. A key that is a word names a row, and points at none."""
    return next((each.column.table.name for each in column.foreign_keys if each.column.primary_key), None)


def portions(every: Iterable[Any], size: int = 1000) -> Iterator[list[Any]]:
    """Ids in portions that a statement can take."""
    left = list(every)
    for start in range(0, len(left), size):
        yield left[start : start + size]


@event.listens_for(Versioned, "instrument_class", propagate=True)
def never_use_an_id_again(mapper: Any, model: type[Any]) -> None:
    """The ledger knows a record by its id, so SQLite must not give that of an undone one to the next, as it would."""
    mapper.local_table.dialect_options["sqlite"]["autoincrement"] = True


READING: ContextVar[bool] = ContextVar("READING", default=False)
"""True while a request that only reads is served: its SQLite transactions take no write lock."""


@contextmanager
def reading() -> Iterator[None]:
    """What is read here takes no write lock, though the request that asked for it is over."""
    token = READING.set(True)
    try:
        yield
    finally:
        READING.reset(token)


@contextmanager
def writing(session: Any) -> Iterator[None]:
    """A transaction that writes, inside a request that else only reads: what was read before is read anew after."""
    session.rollback()
    token = READING.set(False)
    try:
        yield
        session.commit()
    finally:
        session.rollback()
        READING.reset(token)


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, record: Any) -> None:
    """Foreign keys, write-ahead log and patience on each SQLite connection."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # SQLAlchemy begins transactions itself, below
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "busy_timeout=15000", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Any) -> None:
    """A writer takes the write lock at once: a lock taken half-way fails without waiting."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if READING.get() else "BEGIN IMMEDIATE")
