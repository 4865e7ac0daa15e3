"""Addresses at which calendar programs read what is due and booked (domain section 3; XX)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person


class CalendarKind(StrEnum):
    person = auto()
    """What is the person's own."""
    team = auto()
    """What is anybody's in the council's team."""


class CalendarState(StrEnum):
    in_use = auto()
    revoked = auto()


class CalendarAddress(Versioned, Model):
    """A private address of a calendar. Whoever knows it reads; of its secret only the hash is kept, as of a token's."""

    __tablename__ = "calendar_address"
    __table_args__ = (CheckConstraint("length(secret_sha256) = 64", name="secret_whole"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    """Whose it is, and as whom it reads."""
    kind: Mapped[CalendarKind]
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    last_read_at: Mapped[dt.datetime | None]
    """Noted once an hour at most: calendar programs ask often."""
    state: Mapped[CalendarState] = mapped_column(default=CalendarState.in_use)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    def __str__(self) -> str:
        return f"C-{self.id}"
