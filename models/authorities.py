"""The authorities in whose areas people are placed, and how to reach them (domain section 11)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned


class Nation(StrEnum):
    england = auto()
    wales = auto()
    scotland = auto()
    northern_ireland = auto()


class AuthorityKind(StrEnum):
    """Kinds of bodies that are responsible for adult social care. District councils below a county are not."""

    county = auto()
    unitary = auto()
    metropolitan_borough = auto()
    london_borough = auto()
    city_corporation = auto()
    health_and_social_care_trust = auto()


class HostAuthority(Versioned, Model):
    """A body responsible for adult social care in an area: the host of whoever is placed there (HA 3.81)."""

    __tablename__ = "host_authority"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("register_name"),
        CheckConstraint(
            "(kind = 'health_and_social_care_trust') = (nation = 'northern_ireland')", name="trusts_in_northern_ireland"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    nation: Mapped[Nation]
    kind: Mapped[AuthorityKind]
    register_name: Mapped[str | None]
    """How the regulator's register spells it, where that differs."""
    active: Mapped[bool] = mapped_column(default=True)
    contacts: Mapped[list["AuthorityContact"]] = relationship(back_populates="authority")

    def __str__(self) -> str:
        return self.name


class AuthorityContact(Versioned, Model):
    """A post or team at a host authority, with the ways to reach it. Nobody is named."""

    __tablename__ = "authority_contact"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL OR address IS NOT NULL", name="reachable"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("host_authority.id"), index=True)
    post: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    left_on: Mapped[dt.date | None]
    """From when it is not to be used any more."""
    authority: Mapped[HostAuthority] = relationship(back_populates="contacts")

    @property
    def can_be_written_to(self) -> bool:
        """A notice goes in writing (HA 3.81): a phone number alone will not do."""
        return self.left_on is None and bool(self.email or self.address)

    def __str__(self) -> str:
        return self.post
