"""A council's way of working as rows: what is done, who decides, by when (design section 3)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned


class FrameworkState(StrEnum):
    draft = auto()
    in_force = auto()
    retired = auto()


class RestrictionEffect(StrEnum):
    """What a restriction does to purchasing, the least restrictive first (HP 8)."""

    with_conditions = auto()
    voluntary = auto()
    no_new_purchase = auto()


class Decision(StrEnum):
    """What an approval rule gives to somebody."""

    authorise_visit = auto()
    suspension = auto()
    convene_mdt = auto()


class Announcement(StrEnum):
    announced = auto()
    unannounced = auto()
    either = auto()


class ClockUnit(StrEnum):
    days = auto()
    working_days = auto()
    weeks = auto()
    months = auto()


class ClockKey(StrEnum):
    """The deadlines that the code starts; how long each runs is the framework's."""

    suspension_review = auto()
    suspension_next_steps = auto()
    remediation_plan = auto()
    feedback_to_manager = auto()
    complaint_response = auto()
    enquiry_response = auto()
    continuity_check = auto()
    regulator_check_valid = auto()
    validation_valid = auto()
    placement_rating_check = auto()
    placement_host_check = auto()
    direct_payment_check = auto()


class TriggerEvent(StrEnum):
    """Facts that make the console act by itself."""

    cqc_inadequate = auto()
    mdt_considered = auto()
    improvement_plan = auto()
    large_scale_enquiry = auto()
    licence_lost = auto()
    continuity_not_assured = auto()


RESTRICTS_NOTHING = frozenset({TriggerEvent.mdt_considered, TriggerEvent.improvement_plan})
"""On these no restriction is drafted, so none is named."""


class DecidedByGroup:
    """The last decision that was a group's: which group, when, and where it is minuted (SA 3.3.11, OL)."""

    decided_by_group: Mapped[str | None]
    decided_on: Mapped[dt.date | None]
    decision_minute: Mapped[str | None]


class Framework(Versioned, Model):
    """One version of one council's framework. One stands in force."""

    __tablename__ = "framework"
    __table_args__ = (
        UniqueConstraint("key", "edition"),
        Index(
            "uq_framework_one_in_force",
            "state",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
        CheckConstraint("core_hours_start < core_hours_end", name="core_hours_in_order"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    edition: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    authority: Mapped[str]
    """The council, as the register's `localAuthority` spells it."""
    nation: Mapped[str] = mapped_column(default="england-and-wales")
    state: Mapped[FrameworkState] = mapped_column(default=FrameworkState.draft)
    core_hours_start: Mapped[dt.time]
    core_hours_end: Mapped[dt.time]
    activity_types: Mapped[list["ActivityType"]] = relationship(back_populates="framework")
    approval_rules: Mapped[list["ApprovalRule"]] = relationship(back_populates="framework")
    clocks: Mapped[list["Clock"]] = relationship(back_populates="framework")
    restriction_kinds: Mapped[list["RestrictionKind"]] = relationship(back_populates="framework")
    triggers: Mapped[list["Trigger"]] = relationship(back_populates="framework")

    def __str__(self) -> str:
        return self.title


class ActivityType(Versioned, Model):
    """A kind of visit that this council makes (domain section 3)."""

    __tablename__ = "activity_type"
    __table_args__ = (
        UniqueConstraint("framework_id", "key"),
        CheckConstraint("longest_minutes > 0", name="longest_is_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"), index=True)
    key: Mapped[str]
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    needs_authorisation: Mapped[bool] = mapped_column(default=False)
    announcement: Mapped[Announcement] = mapped_column(default=Announcement.either)
    outside_core_hours: Mapped[bool] = mapped_column(default=False)
    care_homes_only: Mapped[bool] = mapped_column(default=False)
    is_assessment: Mapped[bool] = mapped_column(default=False)
    longest_minutes: Mapped[int | None]
    clause: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="activity_types")

    def __str__(self) -> str:
        return self.name


class ApprovalRule(Versioned, Model):
    """Who decides: a role and above, or a group whose decision is recorded (domain section 10)."""

    __tablename__ = "approval_rule"
    __table_args__ = (
        Index(
            "uq_approval_rule_one_each",
            "framework_id",
            "decision",
            text("coalesce(effect, '')"),
            unique=True,
        ),
        CheckConstraint("(role IS NULL) != (group_name IS NULL)", name="role_or_group"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"), index=True)
    decision: Mapped[Decision]
    effect: Mapped[RestrictionEffect | None]
    """None: for every kind that has no rule of its own."""
    role: Mapped[str | None]
    group_name: Mapped[str | None]
    clause: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="approval_rules")


class Clock(Versioned, Model):
    """How long something may take, counted in calendar or working days."""

    __tablename__ = "clock"
    __table_args__ = (UniqueConstraint("framework_id", "key"), CheckConstraint("length > 0", name="length_is_positive"))
    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"), index=True)
    key: Mapped[ClockKey]
    length: Mapped[int]
    unit: Mapped[ClockUnit]
    clause: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="clocks")


class RestrictionKind(Versioned, Model):
    """What this council calls a restriction, and whether the provider must have agreed to it first (HP 8)."""

    __tablename__ = "restriction_kind"
    __table_args__ = (UniqueConstraint("framework_id", "effect"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"), index=True)
    effect: Mapped[RestrictionEffect]
    name: Mapped[str]
    needs_agreement: Mapped[bool] = mapped_column(default=False)
    clause: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="restriction_kinds")

    def __str__(self) -> str:
        return self.name


class Trigger(Versioned, Model):
    """A fact on which the console drafts something by itself, where the framework switches it on.

    A suspension (domain section 10), of the kind that `effect` names; the request for an MDT (HA 2.10); or an
    improvement plan (OL).
    """

    __tablename__ = "trigger"
    __table_args__ = (
        UniqueConstraint("framework_id", "event"),
        CheckConstraint(
            "(event IN ('mdt_considered', 'improvement_plan')) = (effect IS NULL)", name="restriction_has_effect"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"), index=True)
    event: Mapped[TriggerEvent]
    effect: Mapped[RestrictionEffect | None]
    active: Mapped[bool] = mapped_column(default=False)
    clause: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="triggers")
