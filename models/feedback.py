"""Feedback on services: of professionals, of people who use them, and of families (domain section 6)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.people import Person
from models.providers import Provider, Service


class FeedbackState(StrEnum):
    received = auto()
    acknowledged = auto()
    clarifying = auto()
    triaged = auto()
    shared_with_provider = auto()
    logged = auto()
    escalated = auto()
    closed = auto()


class FeedbackSource(StrEnum):
    person_using_service = auto()
    family = auto()
    advocate = auto()
    social_worker = auto()
    health_professional = auto()
    councillor = auto()
    volunteer = auto()
    other = auto()


class FeedbackTone(StrEnum):
    praise = auto()
    mixed = auto()
    concern = auto()


class FeedbackRisk(StrEnum):
    low = auto()
    medium = auto()
    high = auto()


class Feedback(Versioned, Model):
    """What somebody said of a service, praise too. Moves only through workflows/feedback.py."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint(
            "state IN ('received', 'acknowledged', 'clarifying') OR risk IS NOT NULL", name="triaged_has_risk"
        ),
        CheckConstraint(
            "state != 'shared_with_provider' OR (shared_on IS NOT NULL AND length(told_provider) > 0)",
            name="shared_says_what",
        ),
        CheckConstraint("state != 'escalated' OR length(escalated_to) > 0", name="escalated_says_to_whom"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    source: Mapped[FeedbackSource]
    reporter_post: Mapped[str | None]
    """The post or team it comes from, never a name."""
    received_on: Mapped[dt.date] = mapped_column(index=True)
    tone: Mapped[FeedbackTone]
    case_reference: Mapped[str | None]
    subject: Mapped[str]
    """In one line and without personal content."""
    details: Mapped[str] = mapped_column(default="")
    state: Mapped[FeedbackState] = mapped_column(default=FeedbackState.received, index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    clarification: Mapped[str | None]
    risk: Mapped[FeedbackRisk | None]
    assessment: Mapped[str | None]
    """What the officer makes of it, beside what else is known."""
    told_provider: Mapped[str | None]
    """What the provider reads of it."""
    shared_on: Mapped[dt.date | None]
    escalated_to: Mapped[str | None]
    result: Mapped[str | None]
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])

    def __str__(self) -> str:
        return self.subject
