"""What is due, what was done of it, and where the counting rests (domain section 3)."""

import datetime as dt
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.contracts import Contract
from models.framework import ActivityType
from models.people import Person
from models.providers import Provider, Service


class ObligationSource(StrEnum):
    cadence = auto()
    """A cadence rule of the framework makes an activity due."""
    deadline = auto()
    """A record waits for one of its steps by a day."""


class Obligation(Model):
    """Something that is due: what, of which service, by when, and why.

    Derived by the console (workflows/diary.py) from the framework, the services and what was done, and never written
    by anybody. `identity` says which obligation it is, whenever it is derived anew.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        CheckConstraint(
            "(source = 'deadline') = (record_type IS NOT NULL AND record_id IS NOT NULL AND step IS NOT NULL)",
            name="deadline_names_record",
        ),
        CheckConstraint("source = 'deadline' OR activity IS NOT NULL", name="cadence_names_activity"),
        Index("ix_obligation_officer_due", "officer_id", "due_on"),
        Index("ix_obligation_record", "record_type", "record_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(unique=True)
    source: Mapped[ObligationSource]
    rule: Mapped[str]
    """The key of the cadence rule or clock."""
    clause: Mapped[str]
    activity: Mapped[str | None] = mapped_column(index=True)
    """The key of the activity type."""
    name: Mapped[str]
    """What is to be done, in the framework's words; of a deadline, what the record is called."""
    record_type: Mapped[str | None]
    record_id: Mapped[int | None]
    step: Mapped[str | None]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    """Whose it is: the linked officer's of the service or contract, or the record's own."""
    due_on: Mapped[dt.date] = mapped_column(index=True)
    due_time: Mapped[dt.time | None]
    period_start: Mapped[dt.date | None]
    """Of a calendar rule: the period that it is for."""
    period_end: Mapped[dt.date | None]
    missed: Mapped[bool] = mapped_column(default=False)
    """Of a calendar rule: its time is over, and that of a later period too. It stays missed unless it is done late."""
    last_done_on: Mapped[dt.date | None]
    counted_from: Mapped[dt.date | None]
    """The day that the interval was counted from."""
    because: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    """What chose the rule: [condition, value] of each that it names, as `workflows.cadence.Owed.because`."""
    planned_on: Mapped[dt.date | None]
    """When it is booked for."""
    paused_since: Mapped[dt.date | None]
    warn_on: Mapped[dt.date | None]
    escalate_on: Mapped[dt.date | None]
    escalates_to: Mapped[str | None]
    service: Mapped[Service | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    provider: Mapped[Provider | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])

    def __str__(self) -> str:
        return self.name


class OccurrenceState(StrEnum):
    recorded = auto()
    withdrawn = auto()


class Occurrence(Versioned, Model):
    """An activity that was done and has no record of its own kind: a call, a return that came in, an analysis."""

    __tablename__ = "occurrence"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[OccurrenceState] = mapped_column(default=OccurrenceState.recorded)
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    done_on: Mapped[dt.date]
    period_start: Mapped[dt.date | None]
    """Of something that is due once a period: which period it was for."""
    result: Mapped[str] = mapped_column(default="")
    """What came of it, in a line or two."""
    activity_type: Mapped[ActivityType] = relationship()
    service: Mapped[Service | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    provider: Mapped[Provider | None] = relationship()

    def __str__(self) -> str:
        return self.activity_type.name


class PauseState(StrEnum):
    running = auto()
    ended = auto()


class Pause(Versioned, Model):
    """An obligation whose counting rests, with the reason: the days are added to when it is due."""

    __tablename__ = "pause"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        CheckConstraint("(state = 'ended') = (until_on IS NOT NULL)", name="ended_has_day"),
        CheckConstraint("length(reason) > 0", name="says_why"),
        Index(
            "uq_pause_one_running",
            "identity",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[PauseState] = mapped_column(default=PauseState.running)
    obligation_id: Mapped[int | None] = mapped_column(ForeignKey("obligation.id", ondelete="SET NULL"), index=True)
    """The obligation, while it is owed; `identity` says for good which one it is."""
    identity: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    reason: Mapped[str]
    from_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    """When it was due when it began to rest. A record that is due by another day now is past that."""
    until_on: Mapped[dt.date | None]
    obligation: Mapped[Obligation | None] = relationship()
    service: Mapped[Service | None] = relationship()
    provider: Mapped[Provider | None] = relationship()

    def __str__(self) -> str:
        return self.name


class ClockStage(StrEnum):
    """What the clock has told about an obligation."""

    warned = auto()
    breached = auto()
    escalated = auto()


class ClockReader(StrEnum):
    """Whom the clock tells: the officer whose it is, or everybody of a role."""

    officer = auto()
    manager = auto()
    head = auto()


class ClockNotice(Versioned, Model):
    """That the clock told somebody of an obligation: once for each stage and due day, however often it runs."""

    __tablename__ = "clock_notice"
    __table_args__ = (
        UniqueConstraint("identity", "due_on", "stage"),
        CheckConstraint("(told = 'officer') = (reader_id IS NOT NULL)", name="officer_is_named"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str]
    due_on: Mapped[dt.date]
    stage: Mapped[ClockStage]
    name: Mapped[str]
    clause: Mapped[str]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    told: Mapped[ClockReader]
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    service: Mapped[Service | None] = relationship()
    provider: Mapped[Provider | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[reader_id])

    def __str__(self) -> str:
        return self.name


class ClockRun(Versioned, Model):
    """A day for which the clock ran to its end: the whole diary was derived, and whoever was to be told was told."""

    __tablename__ = "clock_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(unique=True)

    def __str__(self) -> str:
        return self.day.isoformat()
