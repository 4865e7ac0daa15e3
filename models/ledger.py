"""The one append-only history of every record, and what guards it (domain section 15)."""

import datetime as dt
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import DDL, JSON, ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model


class LedgerKind(StrEnum):
    created = auto()
    edited = auto()
    step = auto()
    imported = auto()
    read = auto()
    undone = auto()
    maintenance = auto()


class LedgerEntry(Model):
    """One thing that happened to one record. Never changed, never removed; chained to the one before it."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("record_type", "record_id", "seq"),
        Index("ix_ledger_entry_at", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    record_type: Mapped[str]
    record_id: Mapped[int]
    seq: Mapped[int]
    """1, 2, 3 ... within the record."""
    record_version: Mapped[int | None]
    """The record's `version` after this entry; None where the entry changed no versioned record."""
    kind: Mapped[LedgerKind]
    step: Mapped[str | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field -> [before, after], as JSON values."""
    note: Mapped[str] = mapped_column(default="")
    clause: Mapped[str] = mapped_column(default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    """None for the console itself; `actor_role` then says which job."""
    for_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    """Whose post the actor filled as its deputy, if they did: "A for B". It counts for both (four eyes)."""
    actor_role: Mapped[str]
    at: Mapped[dt.datetime]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class LedgerSeal(Model):
    """What the ledger held at a moment, signed with the audit key; also kept outside the database."""

    __tablename__ = "ledger_seal"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    entries: Mapped[int]
    last_id: Mapped[int]
    digest: Mapped[str]
    """SHA-256 over the chain heads of all records, in order."""
    signature: Mapped[str]


APPEND_ONLY = ("ledger_entry", "ledger_seal")


def append_only_statements(table: str, dialect: str) -> list[str]:
    """The triggers by which the database itself refuses UPDATE, DELETE, REPLACE and TRUNCATE of a table.

    Migrations run the same statements, so that a migrated and a created database agree.
    """
    if dialect == "sqlite":
        refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
        taken = f"SELECT 1 FROM {table} WHERE id = NEW.id"  # noqa: S608 - names are ours
        if table == "ledger_entry":
            taken += " OR (record_type = NEW.record_type AND record_id = NEW.record_id AND seq = NEW.seq)"
        return [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {refuse}; END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse}; END",
            # REPLACE deletes without firing DELETE triggers, so it is met before the INSERT.
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({taken}) BEGIN {refuse}; END",
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


for _table in APPEND_ONLY:
    for _dialect in ("sqlite", "postgresql"):
        for _statement in append_only_statements(_table, _dialect):
            event.listen(
                Model.metadata.tables[_table],
                "after_create",
                DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
            )
