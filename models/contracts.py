"""Contracts, and what a council holds of the standing of services (domain section 2)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person
from models.providers import Provider, Service


class ContractState(StrEnum):
    running = auto()
    ended = auto()


class ContractKind(StrEnum):
    framework = auto()
    block = auto()
    spot = auto()
    grant = auto()
    other = auto()


class Rag(StrEnum):
    """Red, amber, green: how a contract stands (OX 7)."""

    green = auto()
    amber = auto()
    red = auto()


class Contract(Versioned, Model):
    """One contract with a provider, for a service or for several. Each has an officer (OX 8)."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("yearly_value >= 0", name="value_not_negative"),
        CheckConstraint("monitoring_level BETWEEN 1 AND 5", name="level_1_to_5"),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended_has_day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    title: Mapped[str]
    reference: Mapped[str | None]
    kind: Mapped[ContractKind]
    kind_since: Mapped[dt.date | None]
    """Since when it is of this kind; None: since it starts. Kept by the console, as are the days below."""
    yearly_value: Mapped[int | None]
    """In pounds: from hundreds to tens of millions (OX 1)."""
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    mid_term_on: Mapped[dt.date | None]
    """Half-way, when the minimum contact falls due (SA 3.1.6)."""
    monitoring_level: Mapped[int | None]
    """1 to 5, the lightest first (OX 19)."""
    level_since: Mapped[dt.date | None]
    rag: Mapped[Rag | None]
    rag_since: Mapped[dt.date | None]
    joint: Mapped[bool] = mapped_column(default=False)
    """Commissioned together with the ICB (SA 3.1.5)."""
    led_by_icb: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ContractState] = mapped_column(default=ContractState.running, index=True)
    ended_on: Mapped[dt.date | None]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])

    def __str__(self) -> str:
        return self.title


class PostState(StrEnum):
    """How the post of the registered manager is held."""

    in_post = auto()
    acting = auto()
    absent = auto()
    vacant = auto()


class ManagerPost(Versioned, Model):
    """How the post of a service's registered manager was held, and from when until when. Nobody is named."""

    __tablename__ = "manager_post"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="ends_after_start"),
        Index(
            "uq_manager_post_one_now",
            "service_id",
            unique=True,
            sqlite_where=text("to_on IS NULL"),
            postgresql_where=text("to_on IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    held: Mapped[PostState]
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date | None]
    note: Mapped[str] = mapped_column(default="")
    service: Mapped[Service] = relationship()

    def __str__(self) -> str:
        return str(self.service)


class EnforcementKind(StrEnum):
    warning_notice = auto()
    conditions = auto()
    notice_of_proposal = auto()
    cancellation = auto()
    urgent_action = auto()
    prosecution = auto()


class Enforcement(Versioned, Model):
    """What the regulator has done against a service, beside rating it."""

    __tablename__ = "enforcement"
    __table_args__ = (CheckConstraint("ended_on >= served_on", name="ends_after_start"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[EnforcementKind]
    served_on: Mapped[dt.date]
    ended_on: Mapped[dt.date | None]
    reference: Mapped[str | None]
    details: Mapped[str] = mapped_column(default="")
    service: Mapped[Service] = relationship()

    def __str__(self) -> str:
        return str(self.service)


class OccupancyReturn(Versioned, Model):
    """How full a service was on a day: falling occupancy is an early sign of instability (HA 3.100, 3.106)."""

    __tablename__ = "occupancy_return"
    __table_args__ = (
        UniqueConstraint("service_id", "counted_on"),
        CheckConstraint("occupied >= 0", name="occupied_not_negative"),
        CheckConstraint("vacant >= 0", name="vacant_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    counted_on: Mapped[dt.date]
    occupied: Mapped[int]
    vacant: Mapped[int]
    service: Mapped[Service] = relationship()

    def __str__(self) -> str:
        return str(self.service)


class CoverKind(StrEnum):
    employers_liability = auto()
    public_liability = auto()
    professional_indemnity = auto()
    other = auto()


class Insurance(Versioned, Model):
    """A provider's insurance cover, with the day it runs out (SA 3.2.1)."""

    __tablename__ = "insurance"
    __table_args__ = (CheckConstraint("expires_on >= starts_on", name="ends_after_start"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[CoverKind]
    starts_on: Mapped[dt.date]
    expires_on: Mapped[dt.date] = mapped_column(index=True)
    cover: Mapped[int | None]
    """In pounds."""
    reference: Mapped[str | None]
    provider: Mapped[Provider] = relationship()

    def __str__(self) -> str:
        return str(self.provider)


class LicenceState(StrEnum):
    licensed = auto()
    suspended = auto()
    revoked = auto()
    ended = auto()


class SponsorLicence(Versioned, Model):
    """A provider's licence to sponsor workers from abroad (HP 8). Lost, it is a mandatory ground to suspend."""

    __tablename__ = "sponsor_licence"
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), unique=True)
    reference: Mapped[str | None]
    workers: Mapped[int | None]
    """How many of its workers hold a visa by it: what losing it would do."""
    state: Mapped[LicenceState] = mapped_column(default=LicenceState.licensed, index=True)
    since: Mapped[dt.date]
    provider: Mapped[Provider] = relationship()

    def __str__(self) -> str:
        return str(self.provider)


class ContinuityState(StrEnum):
    expected = auto()
    received = auto()
    assured = auto()
    not_assured = auto()


class ContinuityPlan(Versioned, Model):
    """A provider's business continuity plan, checked yearly and tried by scenarios (HA 3.104-5)."""

    __tablename__ = "continuity_plan"
    __table_args__ = (
        CheckConstraint("state NOT IN ('assured', 'not_assured') OR checked_on IS NOT NULL", name="checked_has_day"),
        CheckConstraint("state = 'expected' OR received_on IS NOT NULL", name="received_has_day"),
        Index("uq_continuity_plan_one_each", "provider_id", text("coalesce(service_id, 0)"), unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    state: Mapped[ContinuityState] = mapped_column(default=ContinuityState.expected, index=True)
    received_on: Mapped[dt.date | None]
    checked_on: Mapped[dt.date | None]
    check_due_on: Mapped[dt.date | None] = mapped_column(index=True)
    check_note: Mapped[str | None]
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()
    tests: Mapped[list["ContinuityTest"]] = relationship(back_populates="plan", order_by="ContinuityTest.tested_on")

    def __str__(self) -> str:
        return str(self.service or self.provider)


class ContinuityTest(Versioned, Model):
    """One scenario that a continuity plan was tried by, and how it held."""

    __tablename__ = "continuity_test"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("continuity_plan.id"), index=True)
    tested_on: Mapped[dt.date]
    scenario: Mapped[str]
    held: Mapped[str]
    plan: Mapped[ContinuityPlan] = relationship(back_populates="tests")


class SafeguardingState(StrEnum):
    draft = auto()
    open = auto()
    closed = auto()
    withdrawn = auto()


class SafeguardingKind(StrEnum):
    large_scale_enquiry = auto()
    organisational = auto()


class SafeguardingProcess(Versioned, Model):
    """A process of the safeguarding unit about a service or a provider as a whole (HP 8-9, SA 3.3.11)."""

    __tablename__ = "safeguarding_process"
    __table_args__ = (
        CheckConstraint("state NOT IN ('open', 'closed') OR opened_on IS NOT NULL", name="open_has_day"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_has_day"),
        CheckConstraint("closed_on >= opened_on", name="ends_after_start"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[SafeguardingKind]
    reference: Mapped[str | None]
    """The safeguarding unit's."""
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[SafeguardingState] = mapped_column(default=SafeguardingState.draft, index=True)
    opened_on: Mapped[dt.date | None]
    opener: Mapped[str | None]
    """The post or group that opened it."""
    closed_on: Mapped[dt.date | None]
    closer: Mapped[str | None]
    result: Mapped[str | None]
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()

    def __str__(self) -> str:
        return str(self.service or self.provider)
