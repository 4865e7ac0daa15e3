"""Visits and assessments, and the reports they leave (domain section 4)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.framework import ActivityType, DecidedByGroup, Outcome
from models.people import Person
from models.providers import Service


class VisitState(StrEnum):
    planned = auto()
    awaiting_authorisation = auto()
    scheduled = auto()
    under_way = auto()
    written_up = auto()
    published = auto()
    cancelled = auto()


class Visit(DecidedByGroup, Versioned, Model):
    """One visit to one service. Moves only through workflows/visits.py."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(
            "state IN ('planned', 'awaiting_authorisation', 'cancelled') "
            "OR (officer_id IS NOT NULL AND starts_at IS NOT NULL)",
            name="scheduled_names_officer_and_time",
        ),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_has_moment"),
        CheckConstraint(
            "state NOT IN ('written_up', 'published') OR (began_at IS NOT NULL AND ended_at IS NOT NULL)",
            name="written_up_has_begun_and_ended",
        ),
        CheckConstraint("ended_at >= began_at", name="ends_after_it_begins"),
        CheckConstraint("authorised_by_id != authorisation_asked_by_id", name="not_self_authorised"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"), index=True)
    state: Mapped[VisitState] = mapped_column(default=VisitState.planned, index=True)
    due_on: Mapped[dt.date | None]
    """By when it should happen."""
    reason: Mapped[str] = mapped_column(default="")
    """Why now: the concern, or the cadence."""
    tasks: Mapped[str] = mapped_column(default="")
    """What to look at, as the group or the manager set it (OL)."""
    announced: Mapped[bool | None]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    starts_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    authorisation_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    authorised_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    authorised_at: Mapped[dt.datetime | None]
    began_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    overrun_reason: Mapped[str | None]
    feedback_to: Mapped[str | None]
    """The post of whoever heard the initial feedback, the most senior on duty (HA 3.32)."""
    feedback_at: Mapped[dt.datetime | None]
    feedback: Mapped[str | None]
    consulted: Mapped[str | None]
    """How people who use the service, families and staff were heard (HA 3.14)."""
    outcome: Mapped[Outcome | None]
    """Of an assessment: how it rates the service overall."""
    published_at: Mapped[dt.datetime | None]
    service: Mapped[Service] = relationship()
    activity_type: Mapped[ActivityType] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])
    reports: Mapped[list["VisitReport"]] = relationship(back_populates="visit", order_by="VisitReport.number")

    def __str__(self) -> str:
        return f"{self.activity_type}, {self.service}"


class VisitReport(Versioned, Model):
    """What a visit found. A correction is a new one beside the old, with its reason."""

    __tablename__ = "visit_report"
    __table_args__ = (
        UniqueConstraint("visit_id", "number"),
        CheckConstraint("number = 1 OR length(reason) > 0", name="correction_has_reason"),
        CheckConstraint("length(findings) > 0", name="finds_something"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    number: Mapped[int]
    findings: Mapped[str]
    good_practice: Mapped[str] = mapped_column(default="")
    concerns: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    visit: Mapped[Visit] = relationship(back_populates="reports")
