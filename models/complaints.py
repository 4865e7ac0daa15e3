"""Complaints about care, and the enquiries of members of parliament and councillors (domain section 7)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person
from models.providers import Provider, Service


class ComplaintState(StrEnum):
    received = auto()
    allocated = auto()
    investigating = auto()
    response_drafted = auto()
    response_approved = auto()
    responded = auto()
    closed = auto()
    referred = auto()
    withdrawn = auto()


class ComplaintKind(StrEnum):
    """What it is, and so which clock runs."""

    complaint = auto()
    mp_enquiry = auto()
    councillor_enquiry = auto()


class ComplaintSource(StrEnum):
    person_using_service = auto()
    family = auto()
    advocate = auto()
    staff = auto()
    professional = auto()
    elected_member = auto()
    public = auto()
    anonymous = auto()


class ComplaintOutcome(StrEnum):
    upheld = auto()
    partly_upheld = auto()
    not_upheld = auto()
    inconclusive = auto()


class Complaint(Versioned, Model):
    """One complaint or enquiry about one provider. Moves only through workflows/complaints.py.

    Nobody is named: whoever complained is known by customer care's own reference, people who use services by theirs.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'withdrawn', 'referred') OR officer_id IS NOT NULL", name="has_officer"),
        CheckConstraint(
            "state NOT IN ('response_drafted', 'response_approved', 'responded', 'closed') "
            "OR (outcome IS NOT NULL AND length(response) > 0)",
            name="response_has_outcome",
        ),
        CheckConstraint(
            "state NOT IN ('response_approved', 'responded', 'closed') OR approved_at IS NOT NULL",
            name="response_is_approved",
        ),
        CheckConstraint("state NOT IN ('responded', 'closed') OR responded_on IS NOT NULL", name="responded_has_day"),
        CheckConstraint("due_on >= received_on", name="deadline_after_receipt"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[ComplaintKind] = mapped_column(default=ComplaintKind.complaint)
    source: Mapped[ComplaintSource]
    received_on: Mapped[dt.date] = mapped_column(index=True)
    reference: Mapped[str | None]
    """Customer care's reference: who complained stands there, and not here."""
    case_reference: Mapped[str | None]
    """Of the person who uses the service, where it is about one."""
    subject: Mapped[str]
    """In one line and without personal content: what others may read."""
    details: Mapped[str] = mapped_column(default="")
    """What is complained of, as it was put. The council's own."""
    state: Mapped[ComplaintState] = mapped_column(default=ComplaintState.received, index=True)
    due_on: Mapped[dt.date] = mapped_column(index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    findings: Mapped[str | None]
    response: Mapped[str | None]
    outcome: Mapped[ComplaintOutcome | None]
    approved_at: Mapped[dt.datetime | None]
    responded_on: Mapped[dt.date | None]
    learning: Mapped[str | None]
    """For this provider."""
    wider_learning: Mapped[str | None]
    """For all providers like it (OL)."""
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])

    @property
    def restricted(self) -> bool:
        """What people complain of is personal: every reading is told (domain section 12)."""
        return True

    def __str__(self) -> str:
        return self.subject
