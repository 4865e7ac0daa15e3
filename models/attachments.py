"""Files that people add to a record: what they are, and where their bytes lie (domain section 15)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person


class AttachmentState(StrEnum):
    kept = auto()
    withdrawn = auto()


KEPT = text("state = 'kept'")


class Attachment(Versioned, Model):
    """One file of one record. Its bytes lie in the store and never change; deleting it is withdrawing it."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("length(filename) BETWEEN 1 AND 200", name="filename_fits"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL AND coalesce(length(withdrawn_reason), 0) > 0)",
            name="withdrawn_has_moment_and_reason",
        ),
        Index("ix_attachment_record", "record_type", "record_id"),
        Index(
            "uq_attachment_kept_once",
            "record_type",
            "record_id",
            "sha256",
            unique=True,
            sqlite_where=KEPT,
            postgresql_where=KEPT,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    record_type: Mapped[str]
    """The table of the record that it belongs to, as the ledger names it."""
    record_id: Mapped[int]
    filename: Mapped[str]
    media_type: Mapped[str]
    """What it is by its content, from the list of kinds that are kept; never what the browser said."""
    size: Mapped[int]
    sha256: Mapped[str]
    storage_key: Mapped[str] = mapped_column(unique=True)
    """Where the store has its bytes: a random key that says nothing."""
    what: Mapped[str]
    """What it is, in words."""
    internal: Mapped[bool] = mapped_column(default=True)
    """Only the council's own people read it, whoever else reads the record."""
    state: Mapped[AttachmentState] = mapped_column(default=AttachmentState.kept)
    withdrawn_reason: Mapped[str | None]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    created_by: Mapped[Person | None] = relationship(foreign_keys="Attachment.created_by_id")
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])

    def __str__(self) -> str:
        return self.filename
