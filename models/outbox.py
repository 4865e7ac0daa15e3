"""What must leave the house: written in the transaction that decided it, sent after (design section 2)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Versioned


class MailKind(StrEnum):
    """What a message says that waits for its reader. Its words stand in `workflows/outbox.py`."""

    letter_ready = auto()
    minutes_circulated = auto()
    host_notified = auto()
    care_management_told = auto()
    plan_sent = auto()
    feedback_shared = auto()
    agency_shared = auto()
    diary_told = auto()


class OutboxState(StrEnum):
    waiting = auto()
    sent = auto()
    dead = auto()
    withdrawn = auto()


class Fault(StrEnum):
    """Why a message did not go. This and the server's number are all that is kept: no address, no text."""

    no_address = auto()
    bad_address = auto()
    refused = auto()
    put_off = auto()
    cut_off = auto()
    timed_out = auto()
    unreachable = auto()
    not_secure = auto()
    not_signed_in = auto()
    unwritable = auto()


class OutboxMessage(Versioned, Model):
    """One message to one reader, whose address is looked up when it goes. Moves only through workflows/outbox.py."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        CheckConstraint("state != 'dead' OR fault IS NOT NULL", name="dead_has_fault"),
        CheckConstraint("(kind = 'host_notified') = (notice != '')", name="notice_has_text"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        Index("ix_outbox_message_about", "record_type", "record_id"),
        Index(
            "ix_outbox_message_due",
            "next_attempt_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind]
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.waiting)
    record_type: Mapped[str]
    """What it is about, named as the ledger names records: by table and id."""
    record_id: Mapped[int]
    recipient_type: Mapped[str]
    """Who reads it: a provider, an agency, a person ..., by table and id. Never an address."""
    recipient_id: Mapped[int]
    notice: Mapped[str] = mapped_column(default="")
    """The whole text of a formal notice in writing (HA 3.81): counts and case references. Else empty."""
    message_id: Mapped[str] = mapped_column(unique=True)
    """The same at every attempt, so that whoever gets it twice can tell."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    fault: Mapped[Fault | None]
    smtp_code: Mapped[int | None]

    def __str__(self) -> str:
        return f"M-{self.id}"
