"""Validations of services outside the area, placements there, checks for direct payments (domain section 11)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authorities import AuthorityContact, HostAuthority
from models.base import Model, Versioned
from models.providers import RatingValue, Regulator, Service

POOR = frozenset({RatingValue.requires_improvement, RatingValue.inadequate})
"""The ratings that call for contact with the host and for telling others (OL, HA 3.88)."""


class ValidationState(StrEnum):
    requested = auto()
    checking = auto()
    recommended = auto()
    approved = auto()
    approved_with_conditions = auto()
    declined = auto()
    expired = auto()
    withdrawn = auto()


APPROVED = frozenset({ValidationState.approved, ValidationState.approved_with_conditions})


class Validation(Versioned, Model):
    """Whether people may be placed in a service outside the area (HA 3.80). Moves only through workflows/placements.py.

    Whoever asked is told the outcome; how it was reached is the council's own.
    """

    __tablename__ = "validation"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('recommended', 'approved', 'approved_with_conditions', 'expired') "
            "OR coalesce(length(recommendation), 0) > 0",
            name="recommended_says_what",
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'approved_with_conditions', 'declined', 'expired') OR decided_on IS NOT NULL",
            name="decided_has_day",
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'approved_with_conditions', 'expired') OR expires_on IS NOT NULL",
            name="approved_expires",
        ),
        CheckConstraint(
            "state != 'approved_with_conditions' OR coalesce(length(conditions), 0) > 0", name="conditions_are_said"
        ),
        CheckConstraint("state != 'declined' OR coalesce(length(outcome), 0) > 0", name="declined_says_why"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    """The service, and the case reference where there is one: by this it is looked up."""
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    case_reference: Mapped[str | None]
    reason: Mapped[str]
    """What care is sought, and why there."""
    needed_on: Mapped[dt.date | None]
    host_id: Mapped[int | None] = mapped_column(ForeignKey("host_authority.id"), index=True)
    """By the register's word for where the service lies; named by an officer where that says nothing."""
    state: Mapped[ValidationState] = mapped_column(default=ValidationState.requested, index=True)
    recommendation: Mapped[str | None]
    conditions: Mapped[str | None]
    outcome: Mapped[str | None]
    """What whoever asked is told with the decision."""
    decided_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None] = mapped_column(index=True)
    service: Mapped[Service] = relationship()
    host: Mapped[HostAuthority | None] = relationship()
    regulator_checks: Mapped[list["RegulatorCheck"]] = relationship(back_populates="validation")
    references: Mapped[list["AuthorityReference"]] = relationship(back_populates="validation")
    placements: Mapped[list["Placement"]] = relationship(back_populates="validation")

    def __str__(self) -> str:
        return self.title


class RegulatorCheck(Versioned, Model):
    """What the regulator of the nation was found to say of the service on a day (HA 3.80)."""

    __tablename__ = "regulator_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    validation_id: Mapped[int] = mapped_column(ForeignKey("validation.id"), index=True)
    regulator: Mapped[Regulator]
    checked_on: Mapped[dt.date]
    rating: Mapped[RatingValue]
    note: Mapped[str] = mapped_column(default="")
    validation: Mapped[Validation] = relationship(back_populates="regulator_checks")

    def __str__(self) -> str:
        return str(self.validation)


class ReferenceKind(StrEnum):
    """What another authority was asked for."""

    used_service = auto()
    """How it finds the service, having used it (HA 3.80)."""
    host_contact = auto()
    """What it knows of the service, being its host (OL)."""


class AuthorityReference(Versioned, Model):
    """What another authority was asked about the service, and answered, or that it did not after it was chased."""

    __tablename__ = "authority_reference"
    __table_args__ = (
        CheckConstraint("chased_on >= asked_on", name="chased_after_asked"),
        CheckConstraint("answered_on >= asked_on", name="answered_after_asked"),
        CheckConstraint("answered_on IS NULL OR length(text) > 0", name="answer_says_something"),
        CheckConstraint(
            "NOT no_answer OR (chased_on IS NOT NULL AND answered_on IS NULL)", name="no_answer_after_chasing"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    validation_id: Mapped[int] = mapped_column(ForeignKey("validation.id"), index=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("host_authority.id"), index=True)
    kind: Mapped[ReferenceKind]
    asked_on: Mapped[dt.date]
    chased_on: Mapped[dt.date | None]
    answered_on: Mapped[dt.date | None]
    no_answer: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(default="")
    validation: Mapped[Validation] = relationship(back_populates="references")
    authority: Mapped[HostAuthority] = relationship()

    def __str__(self) -> str:
        return str(self.authority)


class PlacementState(StrEnum):
    proposed = auto()
    host_notified = auto()
    host_not_notified = auto()
    active = auto()
    ended = auto()
    withdrawn = auto()


class Placement(Versioned, Model):
    """One person, by case reference only, placed in a service outside the area (HA 3.81)."""

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('active', 'ended') OR notified_on IS NOT NULL "
            "OR coalesce(length(not_notified_reason), 0) > 0",
            name="host_notified_or_reason",
        ),
        CheckConstraint(
            "(notified_on IS NULL) = (notice IS NULL) AND (state != 'host_notified' OR notified_on IS NOT NULL)",
            name="notified_has_notice",
        ),
        CheckConstraint(
            "state NOT IN ('active', 'ended') OR (active_on IS NOT NULL AND agreement_on IS NOT NULL)",
            name="active_has_agreement",
        ),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended_has_day"),
        CheckConstraint("ended_on >= active_on", name="ends_after_start"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    validation_id: Mapped[int] = mapped_column(ForeignKey("validation.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("host_authority.id"), index=True)
    case_reference: Mapped[str]
    planned_on: Mapped[dt.date]
    state: Mapped[PlacementState] = mapped_column(default=PlacementState.proposed, index=True)
    host_contact_id: Mapped[int | None] = mapped_column(ForeignKey("authority_contact.id"))
    our_contact: Mapped[str | None]
    notice: Mapped[str | None]
    """What the host was told, word for word."""
    notified_on: Mapped[dt.date | None]
    not_notified_reason: Mapped[str | None]
    agreement_on: Mapped[dt.date | None]
    """Of the spot purchase agreement with the provider (HA 3.82)."""
    agreement_reference: Mapped[str | None]
    active_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    host_told_on: Mapped[dt.date | None]
    rating_found: Mapped[RatingValue | None]
    rating_checked_on: Mapped[dt.date | None]
    next_rating_check_on: Mapped[dt.date | None] = mapped_column(index=True)
    host_checked_on: Mapped[dt.date | None]
    host_check_note: Mapped[str | None]
    next_host_check_on: Mapped[dt.date | None] = mapped_column(index=True)
    validation: Mapped[Validation] = relationship(back_populates="placements")
    service: Mapped[Service] = relationship()
    host: Mapped[HostAuthority] = relationship()
    host_contact: Mapped[AuthorityContact | None] = relationship()
    alerts: Mapped[list["RatingAlert"]] = relationship(back_populates="placement")

    def __str__(self) -> str:
        return f"{self.case_reference}, {self.service}"


class PaymentCheckState(StrEnum):
    requested = auto()
    checked = auto()
    listed = auto()
    not_listed = auto()
    withdrawn = auto()


class DirectPaymentCheck(Versioned, Model):
    """Whether a service stands on the list that goes yearly to people who buy care by direct payment (HA 3.87)."""

    __tablename__ = "direct_payment_check"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('checked', 'listed', 'not_listed') OR checked_on IS NOT NULL", name="checked_has_day"
        ),
        CheckConstraint("(state = 'listed') = (listed_on IS NOT NULL)", name="listed_has_day"),
        CheckConstraint("state != 'not_listed' OR coalesce(length(outcome), 0) > 0", name="not_listed_says_why"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    case_reference: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[PaymentCheckState] = mapped_column(default=PaymentCheckState.requested, index=True)
    rating_found: Mapped[RatingValue | None]
    findings: Mapped[str | None]
    checked_on: Mapped[dt.date | None]
    outcome: Mapped[str | None]
    listed_on: Mapped[dt.date | None]
    check_due_on: Mapped[dt.date | None] = mapped_column(index=True)
    service: Mapped[Service] = relationship()
    alerts: Mapped[list["RatingAlert"]] = relationship(back_populates="payment_check")

    def __str__(self) -> str:
        return str(self.service)


class AlertKind(StrEnum):
    """What a poor rating calls for."""

    host_contact = auto()
    direct_payments = auto()


class AlertState(StrEnum):
    open = auto()
    closed = auto()


class RatingAlert(Versioned, Model):
    """Requires Improvement or Inadequate was found of a service where somebody is placed, or that is listed.

    It opens contact with the host and tells care management, or has the direct-payments team told (OL, HA 3.88, 3.97).
    The console writes it; nobody does by hand.
    """

    __tablename__ = "rating_alert"
    __table_args__ = (
        CheckConstraint("(kind = 'host_contact') = (placement_id IS NOT NULL)", name="host_contact_for_placement"),
        CheckConstraint(
            "(kind = 'direct_payments') = (payment_check_id IS NOT NULL)", name="direct_payments_for_check"
        ),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_has_day"),
        Index(
            "uq_rating_alert_one_open",
            text("coalesce(placement_id, 0)"),
            text("coalesce(payment_check_id, 0)"),
            "rating",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AlertKind]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"), index=True)
    payment_check_id: Mapped[int | None] = mapped_column(ForeignKey("direct_payment_check.id"), index=True)
    rating: Mapped[RatingValue]
    found_on: Mapped[dt.date] = mapped_column(index=True)
    state: Mapped[AlertState] = mapped_column(default=AlertState.open, index=True)
    closed_on: Mapped[dt.date | None]
    done: Mapped[str | None]
    service: Mapped[Service] = relationship()
    placement: Mapped[Placement | None] = relationship(back_populates="alerts")
    payment_check: Mapped[DirectPaymentCheck | None] = relationship(back_populates="alerts")

    def __str__(self) -> str:
        return str(self.service)
