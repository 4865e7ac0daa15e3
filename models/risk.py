"""The bands that services and contracts stand in (domain section 8)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.framework import DecidedByGroup
from models.providers import Service


class BandState(StrEnum):
    proposed = auto()
    confirmed = auto()
    rejected = auto()
    withdrawn = auto()
    replaced = auto()
    """Another band was confirmed after it."""


class ServiceBand(DecidedByGroup, Versioned, Model):
    """A band of one scheme, proposed for a service and decided by whom the framework names. History is kept.

    Scheme and band are the keys of the framework's rows, so that a band outlives an edition of the framework.
    """

    __tablename__ = "service_band"
    __table_args__ = (
        Index(
            "uq_service_band_one_confirmed",
            "service_id",
            "scheme",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
        Index(
            "uq_service_band_one_proposed",
            "service_id",
            "scheme",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        CheckConstraint("(state IN ('confirmed', 'replaced')) = (from_on IS NOT NULL)", name="confirmed_has_day"),
        CheckConstraint("(state = 'replaced') = (until_on IS NOT NULL)", name="replaced_has_day"),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        CheckConstraint("length(grounds) > 0", name="says_why"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    scheme: Mapped[str]
    band: Mapped[str]
    state: Mapped[BandState] = mapped_column(default=BandState.proposed, index=True)
    grounds: Mapped[str]
    """What puts the service there. The council's own."""
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    service: Mapped[Service] = relationship()

    def __str__(self) -> str:
        return str(self.service)
