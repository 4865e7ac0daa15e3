"""Multi-disciplinary team meetings and every other kind: who came, what was said and decided (domain sections 8, 9)."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Model, Versioned
from models.framework import ActivityType, DecidedByGroup
from models.people import Agency, Person
from models.providers import Provider, Service


class MeetingKind(StrEnum):
    mdt = auto()
    keeping_in_touch = auto()
    contract_review = auto()
    group = auto()
    forum = auto()
    engagement = auto()
    safeguarding_unit = auto()
    healthwatch = auto()
    other = auto()


class MeetingState(StrEnum):
    """An MDT ends up closed, not required or stood down; any other kind closed or cancelled."""

    requested = auto()
    convened = auto()
    scheduled = auto()
    held = auto()
    minutes_drafted = auto()
    minutes_approved = auto()
    circulated = auto()
    notes_shared = auto()
    closed = auto()
    not_required = auto()
    stood_down = auto()
    cancelled = auto()


class MeetingOrigin(StrEnum):
    """Who asked for it: a provider may ask for support, and a rating makes the console ask (HA 2.10, 3.63)."""

    council = auto()
    provider = auto()
    rating = auto()


class Attendance(StrEnum):
    invited = auto()
    attended = auto()
    apologies = auto()


class MeetingDecisionState(StrEnum):
    open = auto()
    carried = auto()


S = MeetingState
OVER = (S.closed, S.not_required, S.stood_down, S.cancelled)
SETTLED = (S.minutes_approved, S.circulated, S.notes_shared, S.closed)
"""The states in which attendance and decisions stand as they were minuted, and are no draft."""


class Meeting(DecidedByGroup, Versioned, Model):
    """One meeting about a service, a provider, or neither. Moves only through workflows/meetings.py."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'mdt' AND state NOT IN ('notes_shared', 'cancelled')) OR "
            "(kind != 'mdt' AND state IN ('scheduled', 'held', 'notes_shared', 'closed', 'cancelled'))",
            name="state_is_of_its_kind",
        ),
        CheckConstraint(
            "state IN ('requested', 'convened', 'not_required', 'stood_down') "
            "OR (starts_at IS NOT NULL AND meets_on IS NOT NULL)",
            name="scheduled_has_moment",
        ),
        CheckConstraint("service_id IS NULL OR provider_id IS NOT NULL", name="service_has_provider"),
        CheckConstraint("kind != 'mdt' OR provider_id IS NOT NULL", name="mdt_is_about_a_provider"),
        CheckConstraint(
            "state NOT IN ('not_required', 'stood_down', 'cancelled') OR coalesce(length(ended_because), 0) > 0",
            name="ended_has_reason",
        ),
        CheckConstraint("state != 'minutes_drafted' OR coalesce(length(minutes), 0) > 0", name="draft_says_something"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MeetingKind]
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.requested, index=True)
    origin: Mapped[MeetingOrigin] = mapped_column(default=MeetingOrigin.council)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_type.id"), index=True)
    """What the framework asks for and this meeting is."""
    name: Mapped[str]
    """What it is about, in one line and without personal content: providers and agencies read it."""
    purpose: Mapped[str] = mapped_column(default="")
    """Why it is needed. The council's own."""
    starts_at: Mapped[dt.datetime | None]
    meets_on: Mapped[dt.date | None] = mapped_column(index=True)
    """The day of `starts_at` on the office wall: it follows from that."""
    place: Mapped[str | None]
    ended_because: Mapped[str | None]
    """Why it was not required, stood down or cancelled. Whoever sees the meeting reads it."""
    minutes: Mapped[str | None]
    """The minutes or notes as they are being written. What was approved or shared stands in `versions`."""
    correction_reason: Mapped[str | None]
    """While minutes that were approved once are written again: why."""
    concerns: Mapped[str | None]
    """What the Manager must hear of (HA 3.40)."""
    concerns_answer: Mapped[str | None]
    service: Mapped[Service | None] = relationship()
    provider: Mapped[Provider | None] = relationship()
    activity_type: Mapped[ActivityType | None] = relationship()
    items: Mapped[list["MeetingItem"]] = relationship(back_populates="meeting", order_by="MeetingItem.position")
    attendances: Mapped[list["MeetingAttendance"]] = relationship(back_populates="meeting")
    decisions: Mapped[list["MeetingDecision"]] = relationship(back_populates="meeting")
    versions: Mapped[list["MeetingMinutes"]] = relationship(back_populates="meeting", order_by="MeetingMinutes.number")

    @property
    def is_mdt(self) -> bool:
        return self.kind is MeetingKind.mdt

    def __str__(self) -> str:
        return self.name


class MeetingItem(Versioned, Model):
    """One point of the agenda, and what was said to it: updates, assurances, discussion (HA 3.64)."""

    __tablename__ = "meeting_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        CheckConstraint("position > 0", name="position_is_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    updates: Mapped[str] = mapped_column(default="")
    assurances: Mapped[str] = mapped_column(default="")
    discussion: Mapped[str] = mapped_column(default="")
    meeting: Mapped[Meeting] = relationship(back_populates="items")

    def __str__(self) -> str:
        return self.title


class MeetingAttendance(Versioned, Model):
    """One seat at the table: of an agency, of a provider, or else of the council. By post, never by name."""

    __tablename__ = "meeting_attendance"
    __table_args__ = (CheckConstraint("agency_id IS NULL OR provider_id IS NULL", name="agency_or_provider"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    post: Mapped[str]
    attendance: Mapped[Attendance] = mapped_column(default=Attendance.invited)
    meeting: Mapped[Meeting] = relationship(back_populates="attendances")
    agency: Mapped[Agency | None] = relationship()
    provider: Mapped[Provider | None] = relationship()

    def __str__(self) -> str:
        return self.post


class MeetingDecision(Versioned, Model):
    """What was decided, with all that an action needs when the service's action plan takes it up (domain section 9)."""

    __tablename__ = "meeting_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    decision: Mapped[str]
    owner: Mapped[str | None]
    """The post that sees to it."""
    due_on: Mapped[dt.date | None]
    significant: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MeetingDecisionState] = mapped_column(default=MeetingDecisionState.open)
    meeting: Mapped[Meeting] = relationship(back_populates="decisions")

    def __str__(self) -> str:
        return self.decision


class MeetingMinutes(Versioned, Model):
    """Minutes as the chair approved them, or notes as they were shared: fixed. A correction is the next number."""

    __tablename__ = "meeting_minutes"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint("number = 1 OR length(reason) > 0", name="correction_has_reason"),
        CheckConstraint("length(text) > 0", name="says_something"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_has_approver"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    number: Mapped[int]
    text: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[dt.datetime | None]
    """Of an MDT always; notes of other meetings need no approval."""
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    meeting: Mapped[Meeting] = relationship(back_populates="versions")
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    circulations: Mapped[list["MeetingCirculation"]] = relationship(back_populates="minutes")


class MeetingCirculation(Versioned, Model):
    """One version of the minutes went to one agency or provider that attended, and to nobody else (HA 3.65)."""

    __tablename__ = "meeting_circulation"
    __table_args__ = (
        CheckConstraint("(agency_id IS NULL) != (provider_id IS NULL)", name="agency_or_provider"),
        Index(
            "uq_meeting_circulation_once",
            "minutes_id",
            text("coalesce(agency_id, 0)"),
            text("coalesce(provider_id, 0)"),
            unique=True,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("meeting_minutes.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    circulated_on: Mapped[dt.date]
    minutes: Mapped[MeetingMinutes] = relationship(back_populates="circulations")
    agency: Mapped[Agency | None] = relationship()
    provider: Mapped[Provider | None] = relationship()


def mdt_is_open(session: Session, service: Service) -> bool:
    """Whether an MDT about this service, or its whole provider, is asked for or under way. Asks the table itself."""
    meeting = Meeting.__table__
    rows = select(meeting.c.id).where(
        meeting.c.kind == MeetingKind.mdt,
        meeting.c.state.not_in(OVER),
        or_(
            meeting.c.service_id == service.id,
            meeting.c.service_id.is_(None) & (meeting.c.provider_id == service.provider_id),
        ),
    )
    return session.connection().execute(rows).first() is not None


def agency_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """What the agencies around a table are called: whoever reads who attended reads that too."""
    agency = Agency.__table__
    rows = session.connection().execute(
        select(agency.c.id, agency.c.name).where(agency.c.id.in_({each for each in ids if each is not None}))
    )
    return {row.id: row.name for row in rows}
