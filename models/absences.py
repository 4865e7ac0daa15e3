"""Who is away, and who fills the post meanwhile (OX 8, HA 2.2: every contract and service has its officer)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person


class AbsenceState(StrEnum):
    planned = auto()
    """It holds from its first day to its last: the dates say whether the cover runs."""
    withdrawn = auto()
    """Ended early, or it never began."""


class Absence(Versioned, Model):
    """Days on which somebody is away and a deputy may act for the post; the papers name no rule for it (XX)."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="ends_after_it_begins"),
        CheckConstraint("absent_id <> deputy_id", name="nobody_covers_themself"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_on IS NOT NULL)", name="withdrawn_has_day"),
        Index(
            "uq_absence_one_from_a_day",
            "absent_id",
            "first_on",
            unique=True,
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    first_on: Mapped[dt.date]
    last_on: Mapped[dt.date]
    note: Mapped[str] = mapped_column(default="")
    """What the deputy should know; never why somebody is away."""
    state: Mapped[AbsenceState] = mapped_column(default=AbsenceState.planned)
    withdrawn_on: Mapped[dt.date | None]
    absent: Mapped[Person] = relationship(foreign_keys=[absent_id])
    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id])

    def __str__(self) -> str:
        return str(self.absent)
