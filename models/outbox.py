"""What must leave the house: written in the transaction that decided it, sent after (design section 2)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model
from models.documents import Letter


class OutboxState(StrEnum):
    waiting = auto()
    sent = auto()
    dead = auto()


class OutboxMessage(Model):
    """One thing to send, to an address that is looked up when it goes."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_waiting",
            "created_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.waiting)
    created_at: Mapped[dt.datetime]
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    letter: Mapped[Letter] = relationship()
