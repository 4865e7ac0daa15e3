"""What arrives from elsewhere in files: a council's own workbooks, and files of a register (domain section 15)."""

import datetime as dt
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person


class ArrivalKind(StrEnum):
    """What a file brings: the rows of one of the console's workbooks, or those of a register."""

    services = auto()
    contracts = auto()
    officers = auto()
    placements = auto()
    suspensions = auto()
    plans = auto()
    complaints = auto()
    register = auto()


class ArrivalState(StrEnum):
    faulty = auto()
    checked = auto()
    brought_in = auto()
    undone = auto()
    discarded = auto()


class Arrival(Versioned, Model):
    """One file that was uploaded, what was found in it, and whether it was brought in. Moves by workflows/arrivals.py.

    Whoever uploads it says from where it is and as of which day: that is told of every record that it brings.
    """

    __tablename__ = "arrival"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("length(source) > 0", name="source_is_said"),
        CheckConstraint("state NOT IN ('checked', 'brought_in', 'undone') OR faults = 0", name="faultless"),
        CheckConstraint("faults >= 0", name="faults_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ArrivalKind]
    source: Mapped[str]
    """The earlier system: whose spreadsheet it was, or which register."""
    as_of: Mapped[dt.date]
    filename: Mapped[str]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    """A register's file until it is brought in or discarded; else empty: the hash says which file it was."""
    sha256: Mapped[str]
    state: Mapped[ArrivalState] = mapped_column(index=True)
    rows: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    """Problems that stop it. While there is one, nothing is brought in."""
    found: Mapped[dict[str, Any]] = deferred(mapped_column(JSON, default=dict))
    """The preview: `problems`, each [place, what is wrong]; `lines`, each [row, table, name, field -> [before, after]];
    `notes`. Of a workbook that waits to be brought in also what its cells say: `places`, `values`."""
    created_by: Mapped[Person | None] = relationship(foreign_keys="Arrival.created_by_id")

    def __str__(self) -> str:
        return self.filename


class ArrivalRow(Model):
    """One row of the database that an arrival wrote, and what stood there before: by these it is undone."""

    __tablename__ = "arrival_row"
    __table_args__ = (Index("ix_arrival_row_record", "record_type", "record_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    arrival_id: Mapped[int] = mapped_column(ForeignKey("arrival.id"), index=True)
    place: Mapped[str] = mapped_column(default="")
    """The row of the workbook that it comes from; empty where it follows from others."""
    record_type: Mapped[str]
    """The table, as the ledger names kinds of record."""
    record_id: Mapped[int]
    record_version: Mapped[int | None]
    """The record's `version` when it was written: whoever changed it since has another."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Field -> what stood there; None where the row was not there before."""
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The same fields as the arrival left them."""
