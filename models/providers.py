"""The market: providers, services, their ratings, contacts and contact notes (domain section 2)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum, auto

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person


class Regulator(StrEnum):
    """Who registers a service; `none` for advice, day and other unregistered services (HA 3.80)."""

    cqc = auto()
    ciw = auto()
    care_inspectorate = auto()
    rqia = auto()
    none = auto()


class RegistrationStatus(StrEnum):
    registered = auto()
    deregistered = auto()
    not_required = auto()
    unknown = auto()


class ServiceType(StrEnum):
    """What a service mainly is. A register lists several types; the first of these that it names counts."""

    care_home_with_nursing = auto()
    care_home = auto()
    extra_care = auto()
    supported_living = auto()
    home_care = auto()
    day_service = auto()
    advice = auto()
    other = auto()


class Commissioning(StrEnum):
    """How the council buys from a service, if at all: it watches those it does not buy from too (OX 13)."""

    not_recorded = auto()
    commissioned = auto()
    spot_purchase = auto()
    grant_funded = auto()
    direct_payment = auto()
    not_commissioned = auto()


BOUGHT = (Commissioning.commissioned, Commissioning.spot_purchase)
NOT_BOUGHT = (Commissioning.not_recorded, Commissioning.not_commissioned)


class RatingValue(StrEnum):
    """Every word that the register has used for a rating."""

    outstanding = auto()
    good = auto()
    requires_improvement = auto()
    inadequate = auto()
    inspected_not_rated = auto()
    no_published_rating = auto()
    insufficient_evidence = auto()
    not_rated = auto()
    no_action = auto()
    compliance_action = auto()


class LinkKind(StrEnum):
    predecessor = auto()
    successor = auto()


class ContactKind(StrEnum):
    registered_manager = auto()
    nominated_individual = auto()
    office = auto()
    on_call = auto()
    other = auto()


class NoteChannel(StrEnum):
    phone = auto()
    email = auto()
    meeting = auto()
    letter = auto()


class Address:
    """Where it is and how to reach it, as the register has it."""

    address_line_1: Mapped[str | None]
    address_line_2: Mapped[str | None]
    town: Mapped[str | None]
    county: Mapped[str | None]
    postcode: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    region: Mapped[str | None]
    local_authority: Mapped[str | None] = mapped_column(index=True)


class Registered:
    """What a regulator says of a provider or a service. Identity is the regulator's id, never the name."""

    regulator: Mapped[Regulator] = mapped_column(default=Regulator.none)
    regulator_id: Mapped[str | None]
    registration_status: Mapped[RegistrationStatus] = mapped_column(default=RegistrationStatus.unknown)
    registered_on: Mapped[dt.date | None]
    deregistered_on: Mapped[dt.date | None]
    told_on: Mapped[dt.date | None]
    """The day of which the register last told this. What a file of an earlier day says only fills what is empty."""
    sector: Mapped[str] = mapped_column(default="Social Care Org", index=True)
    """The register's own word for the kind of organisation; lists show `Social Care Org` unless asked."""


SOCIAL_CARE = "Social Care Org"


@dataclass(frozen=True)
class Judgement:
    """What the regulator finds of a service at one time: overall, and to each of the five key questions."""

    published_on: dt.date | None
    overall: RatingValue | None
    answers: tuple[RatingValue | None, ...]


class Provider(Registered, Address, Versioned, Model):
    """An organisation that runs services. May be a stub: an id that a service names, not yet read."""

    __tablename__ = "provider"
    __table_args__ = (
        UniqueConstraint("regulator", "regulator_id"),
        CheckConstraint("name IS NOT NULL OR stub", name="named_unless_stub"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(index=True)
    stub: Mapped[bool] = mapped_column(default=False)
    ownership: Mapped[str | None]
    company_number: Mapped[str | None]
    charity_number: Mapped[str | None]
    brand: Mapped[str | None]
    services: Mapped[list["Service"]] = relationship(back_populates="provider")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="provider")
    links: Mapped[list["RegisterLink"]] = relationship(back_populates="provider")

    def __str__(self) -> str:
        return self.name or self.regulator_id or ""


class Service(Registered, Address, Versioned, Model):
    """What CQC calls a location: one care home, agency office or scheme. The row everything hangs on."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("regulator", "regulator_id"),
        CheckConstraint("beds >= 0", name="beds_not_negative"),
        CheckConstraint("merged_into_id != id", name="not_merged_into_itself"),
        Index("ix_service_sector_name", "sector", "name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str] = mapped_column(index=True)
    also_known_as: Mapped[str | None]
    service_type: Mapped[ServiceType] = mapped_column(default=ServiceType.other, index=True)
    type_since: Mapped[dt.date | None]
    """Since when its type is this one; None where it came with it. Kept by the console (`workflows/since.py`)."""
    care_home: Mapped[bool] = mapped_column(default=False)
    dormant: Mapped[bool] = mapped_column(default=False)
    beds: Mapped[int | None]
    register_types: Mapped[list[str]] = mapped_column(JSON, default=list)
    activities: Mapped[list[str]] = mapped_column(JSON, default=list)
    specialisms: Mapped[list[str]] = mapped_column(JSON, default=list)
    manager_in_post: Mapped[bool | None]
    """Whether the register names a registered manager; None where it does not say."""
    manager_absent_since: Mapped[dt.date | None]
    brand: Mapped[str | None]
    uprn: Mapped[str | None]
    icb: Mapped[str | None]
    last_inspected_on: Mapped[dt.date | None]
    rating: Mapped[RatingValue | None] = mapped_column(index=True)
    """The overall of the current row of `ratings`, kept here so that 60,000 services sort by it."""
    rated_on: Mapped[dt.date | None]
    commissioning: Mapped[Commissioning] = mapped_column(default=Commissioning.not_recorded)
    bought_since: Mapped[dt.date | None]
    """Since when the council buys from it in this way without a break, by what is recorded here: contracts tell their
    own. Kept by the console, as is the last day where it buys no more."""
    bought_until: Mapped[dt.date | None]
    allocated_officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    """The linked officer (HA 2.2)."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    """The service that this one turned out to be. Its records are there; this row stays, and stands in no list."""
    provider: Mapped[Provider] = relationship(back_populates="services")
    allocated_officer: Mapped[Person | None] = relationship(foreign_keys=[allocated_officer_id])
    merged_into: Mapped["Service | None"] = relationship(
        remote_side="Service.id", foreign_keys=[merged_into_id], back_populates="merged"
    )
    merged: Mapped[list["Service"]] = relationship(back_populates="merged_into", order_by="Service.id")
    """The entries that turned out to be this service."""
    parts: Mapped[list["ServicePart"]] = relationship(back_populates="service")
    ratings: Mapped[list["Rating"]] = relationship(back_populates="service")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="service")
    links: Mapped[list["RegisterLink"]] = relationship(back_populates="service")

    @property
    def judgement(self) -> Judgement | None:
        """Its current rating as a value of its own, which stays as it is when the register changes."""
        now = next((rating for rating in self.ratings if rating.is_current), None)
        if now is None:
            return None
        answers = (now.safe, now.effective, now.caring, now.responsive, now.well_led)
        return Judgement(now.published_on, now.overall, answers)

    def __str__(self) -> str:
        return self.name


class ServicePart(Versioned, Model):
    """A unit of a home or a property of a scheme, restricted or rated by itself."""

    __tablename__ = "service_part"
    __table_args__ = (UniqueConstraint("service_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    name: Mapped[str]
    closed_on: Mapped[dt.date | None]
    service: Mapped[Service] = relationship(back_populates="parts")

    def __str__(self) -> str:
        return self.name


class Rating(Model):
    """One rating that the regulator gave: overall and the five key questions, with its date. Kept for ever.

    A register fact: it changes only by import, and keeps its own dated history.
    """

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("service_id", "source_key"),
        Index(
            "uq_rating_one_current",
            "service_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    source_key: Mapped[str]
    """What tells this rating from the service's others in the register, so that a second import finds it."""
    is_current: Mapped[bool] = mapped_column(default=False)
    published_on: Mapped[dt.date | None]
    overall: Mapped[RatingValue | None]
    safe: Mapped[RatingValue | None]
    effective: Mapped[RatingValue | None]
    caring: Mapped[RatingValue | None]
    responsive: Mapped[RatingValue | None]
    well_led: Mapped[RatingValue | None]
    inherited_from: Mapped[str | None]
    """The regulator's id of the location that earned it, where that is not this service."""
    report_id: Mapped[str | None]
    service: Mapped[Service] = relationship(back_populates="ratings")


class RegisterLink(Model):
    """Predecessor or successor in the register. The other id may be absent here, and is kept as it stands."""

    __tablename__ = "register_link"
    __table_args__ = (
        CheckConstraint("(service_id IS NULL) != (provider_id IS NULL)", name="service_or_provider"),
        Index(
            "uq_register_link_once",
            text("coalesce(service_id, 0)"),
            text("coalesce(provider_id, 0)"),
            "kind",
            "related_id",
            unique=True,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[LinkKind]
    related_id: Mapped[str] = mapped_column(index=True)
    related_name: Mapped[str | None]
    reason: Mapped[str | None]
    service: Mapped[Service | None] = relationship(back_populates="links")
    provider: Mapped[Provider | None] = relationship(back_populates="links")


class Contact(Versioned, Model):
    """Whom to ring: a post at a provider, or at one of its services."""

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="reachable"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[ContactKind]
    post: Mapped[str]
    name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    left_on: Mapped[dt.date | None]
    """A contact that no longer holds is ended, never deleted."""
    provider: Mapped[Provider] = relationship(back_populates="contacts")
    service: Mapped[Service | None] = relationship(back_populates="contacts")

    def __str__(self) -> str:
        return f"{self.post}, {self.name}" if self.name else self.post


class ContactNote(Versioned, Model):
    """What was said in a call, a mail or a talk: the commonest record of all (OL). Internal."""

    __tablename__ = "contact_note"
    __table_args__ = (CheckConstraint("length(text) > 0", name="says_something"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[dt.datetime] = mapped_column(index=True)
    channel: Mapped[NoteChannel]
    text: Mapped[str]
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()
    contact: Mapped[Contact | None] = relationship()

    def __str__(self) -> str:
        return self.text if len(self.text) < 60 else self.text[:57] + "..."


class RegisterImport(Versioned, Model):
    """One file of a register, read: its ledger entry says what it added, changed and closed."""

    __tablename__ = "register_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    sha256: Mapped[str]
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)


class RegisterPull(Versioned, Model):
    """One reading of a register over its network interface: what was asked for, how far it came, what it brought.

    While `waiting` names ids the pull is not done: the next one begins there, whatever ended this one.
    """

    __tablename__ = "register_pull"
    __table_args__ = (CheckConstraint("since < through", name="since_before_through"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(index=True)
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    since: Mapped[dt.datetime | None]
    """From when on changes were asked for; None where everything of the authority was."""
    through: Mapped[dt.datetime]
    """Changes up to here are read once it is done: the next pull asks from here on."""
    waiting: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The ids still to be read, locations before providers, as "locations/1-..." and "providers/1-..."."""
    asked: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    absent: Mapped[int] = mapped_column(default=0)
    """Ids that the register named and does not know."""
