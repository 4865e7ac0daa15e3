"""Action plans, and the actions in them (domain section 5)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.providers import Provider, Service


class PlanState(StrEnum):
    draft = auto()
    proposed = auto()
    agreed = auto()
    complete = auto()
    closed = auto()
    withdrawn = auto()


class PlanKind(StrEnum):
    """What made it: an assessment, a restriction, the regulator's rating (OL), or something else."""

    action_plan = auto()
    improvement_plan = auto()
    remediation_plan = auto()


class ActionState(StrEnum):
    open = auto()
    reported_done = auto()
    verified = auto()
    withdrawn = auto()


class ActionSource(StrEnum):
    assessment = auto()
    visit = auto()
    meeting = auto()
    complaint = auto()
    suspension = auto()
    regulator = auto()
    councillor = auto()
    other = auto()


class Plan(Versioned, Model):
    """What a provider is to do, for one service or for all. Moves only through workflows/plans.py."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("(state IN ('draft', 'withdrawn')) = (proposed_on IS NULL)", name="proposed_has_day"),
        CheckConstraint("(state IN ('draft', 'proposed', 'withdrawn')) = (agreed_on IS NULL)", name="agreed_has_day"),
        CheckConstraint("(escalated_to IS NULL) = (escalated_on IS NULL)", name="escalated_has_day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[PlanKind] = mapped_column(default=PlanKind.action_plan)
    title: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    """What made it necessary."""
    state: Mapped[PlanState] = mapped_column(default=PlanState.draft, index=True)
    proposed_on: Mapped[dt.date | None]
    agreed_on: Mapped[dt.date | None]
    escalated_to: Mapped[str | None]
    """The framework's group to which it went because progress stalled (OL)."""
    escalated_on: Mapped[dt.date | None]
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()
    actions: Mapped[list["Action"]] = relationship(back_populates="plan", order_by="Action.due_on")

    def __str__(self) -> str:
        return self.title


class Action(Versioned, Model):
    """One thing to be done, by when, and what shows that it was."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("state != 'reported_done' OR done_on IS NOT NULL", name="done_has_day"),
        CheckConstraint("(state = 'verified') = (verified_on IS NOT NULL)", name="verified_has_day"),
        CheckConstraint("state != 'verified' OR length(evidence) > 0", name="verified_has_evidence"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    text: Mapped[str]
    owner: Mapped[str]
    """Who sees to it, by post."""
    due_on: Mapped[dt.date] = mapped_column(index=True)
    significant: Mapped[bool] = mapped_column(default=False)
    """Watched until it is closed, and counted (OX 9)."""
    source: Mapped[ActionSource] = mapped_column(default=ActionSource.other)
    source_reference: Mapped[str | None]
    """Which assessment answer, meeting, complaint or report it comes from."""
    state: Mapped[ActionState] = mapped_column(default=ActionState.open, index=True)
    done: Mapped[str | None]
    """What was done, as it was reported."""
    done_on: Mapped[dt.date | None]
    evidence: Mapped[str | None]
    """What an officer saw of it."""
    verified_on: Mapped[dt.date | None]
    plan: Mapped[Plan] = relationship(back_populates="actions")

    def __str__(self) -> str:
        return self.text if len(self.text) < 60 else self.text[:57] + "..."
