"""Who works in the console: people, their roles, and the agencies they come from (domain section 1)."""

import datetime as dt
from enum import StrEnum, auto

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned


class AgencyKind(StrEnum):
    """What a partner is; the domain's section 1 lists them."""

    integrated_care_board = auto()
    regulator = auto()
    healthwatch = auto()
    safeguarding = auto()
    infection_control = auto()
    community_nursing = auto()
    medicines = auto()
    council = auto()
    other = auto()


class Agency(Versioned, Model):
    """An organisation beside the council that reads what is shared with it."""

    __tablename__ = "agency"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[AgencyKind]
    active: Mapped[bool] = mapped_column(default=True)
    email: Mapped[str | None]
    """Where it is told that something is shared with it; an office's address, not a person's."""
    agreement_on: Mapped[dt.date | None]
    """When sharing of information was agreed with it: without, no record is shared (SA 3.3.5)."""

    def __str__(self) -> str:
        return self.name


class Person(User):  # type: ignore[misc]
    """Somebody with an account. Belongs to at most one agency (partners) or one provider (portal)."""

    __tablename__ = "ab_user"
    __table_args__ = (
        CheckConstraint("agency_id IS NULL OR provider_id IS NULL", name="agency_or_provider"),
        {"extend_existing": True},
    )
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id", use_alter=True))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id", use_alter=True))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    """Raised by each change, reset or deactivation: sessions begun before it end."""
    version: Mapped[int] = mapped_column(default=1)
    agency: Mapped[Agency | None] = relationship(foreign_keys=[agency_id])

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
