"""A council's way of working as rows: what is done, who decides, by when (design section 3)."""

import datetime as dt
from enum import StrEnum, auto

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned
from models.providers import ServiceType


class FrameworkState(StrEnum):
    draft = auto()
    in_force = auto()
    retired = auto()
    discarded = auto()
    """A draft that never came into force, and will not."""


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
    confirm_band = auto()
    provider_failure = auto()
    default_notice = auto()


class Announcement(StrEnum):
    announced = auto()
    unannounced = auto()
    either = auto()


class ClockUnit(StrEnum):
    days = auto()
    working_days = auto()
    weeks = auto()
    months = auto()
    weekdays = auto()
    """So many times the weekday that the row names: 1 with Monday is the first Monday after."""
    quarters = auto()
    """So many ends of a quarter: 1 is the last day of the quarter that the day lies in, or of the next on that day."""


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
    factual_accuracy = auto()
    harm_log = auto()
    quarterly_return = auto()
    significant_action = auto()


class Weekday(StrEnum):
    monday = auto()
    tuesday = auto()
    wednesday = auto()
    thursday = auto()
    friday = auto()
    saturday = auto()
    sunday = auto()


class ActivityForm(StrEnum):
    """What doing an activity leaves behind. Those of the first three have records of their own kind."""

    visit = auto()
    meeting = auto()
    continuity_plan = auto()
    """A record of the plan, whose own deadline says from then on when it is checked (HA 3.104)."""
    call = auto()
    provider_return = auto()
    self_assessment = auto()
    review = auto()
    analysis = auto()
    report = auto()


class CadenceSubject(StrEnum):
    """What a cadence rule makes an activity due for."""

    service = auto()
    contract = auto()
    provider = auto()
    council = auto()
    """The council itself: a group's meetings, the market as a whole."""


class CadenceMode(StrEnum):
    """How a rule makes the activity due (domain section 3)."""

    interval = auto()
    """So long after it was last done; the first so long after the subject's anchor."""
    calendar = auto()
    """Once for each period of the calendar; one that was missed stays missed."""
    once = auto()
    """Once, so long after the anchor."""
    after = auto()
    """So long after each time another activity was done with an outcome that the rule names."""
    before = auto()
    """So long before another activity is due."""
    as_required = auto()
    """When somebody asks for it: nothing falls due by itself."""


class Anchor(StrEnum):
    """What the first is counted from."""

    entry = auto()
    """The contract's start for contracts; the day the service came into the council's books for services (XX)."""
    contract_start = auto()
    contract_midpoint = auto()


class Period(StrEnum):
    day = auto()
    week = auto()
    month = auto()
    quarter = auto()
    half_year = auto()
    year = auto()


class Reach(StrEnum):
    """Which services a rule is for, by how the council stands to them."""

    contracted = auto()
    """Commissioned, spot-purchased, or under a running contract."""
    watched = auto()
    """Whatever the council watches: those and whatever lies in its area."""
    grant_funded = auto()


class Outcome(StrEnum):
    """How the council's own assessment rates a service overall (domain section 4)."""

    excellent = auto()
    good = auto()
    requires_improvement = auto()
    poor = auto()


class BandSubject(StrEnum):
    service = auto()
    contract = auto()


class IndicatorSource(StrEnum):
    computed = auto()
    """From what the records hold."""
    judged = auto()
    """By an officer, with a note."""


class TermKey(StrEnum):
    """The words of the console for which a council may have its own."""

    officer = auto()
    service = auto()
    provider = auto()
    visit = auto()
    assessment = auto()
    suspension = auto()
    plan = auto()
    band = auto()
    meeting = auto()
    mdt = auto()
    harm_log = auto()
    framework = auto()


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
        Index(
            "uq_framework_one_draft",
            "key",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        CheckConstraint("core_hours_start < core_hours_end", name="core_hours_in_order"),
        CheckConstraint("weekly_hours > 0", name="weekly_hours_positive"),
        CheckConstraint("state IN ('draft', 'discarded') OR in_force_from IS NOT NULL", name="in_force_has_day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    edition: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    authority: Mapped[str]
    """The council, as the register's `localAuthority` spells it."""
    nation: Mapped[str] = mapped_column(default="england-and-wales")
    state: Mapped[FrameworkState] = mapped_column(default=FrameworkState.draft)
    in_force_from: Mapped[dt.date | None]
    """The first day on which this edition held."""
    core_hours_start: Mapped[dt.time]
    core_hours_end: Mapped[dt.time]
    weekly_hours: Mapped[int] = mapped_column(default=20)
    """How much of an officer's week the planner counts on for what the diary asks (XX)."""
    note: Mapped[str] = mapped_column(default="")
    """How contradictions of the paper were read, and where it is silent."""
    terms: Mapped[list["Term"]] = relationship(back_populates="framework", order_by="Term.id")
    service_types: Mapped[list["ServiceTypeName"]] = relationship(
        back_populates="framework", order_by="ServiceTypeName.id"
    )
    activity_types: Mapped[list["ActivityType"]] = relationship(back_populates="framework", order_by="ActivityType.id")
    cadences: Mapped[list["Cadence"]] = relationship(back_populates="framework", order_by="Cadence.id")
    clocks: Mapped[list["Clock"]] = relationship(back_populates="framework", order_by="Clock.id")
    schemes: Mapped[list["Scheme"]] = relationship(back_populates="framework", order_by="Scheme.id")
    bands: Mapped[list["Band"]] = relationship(back_populates="framework", order_by="Band.id")
    indicators: Mapped[list["Indicator"]] = relationship(back_populates="framework", order_by="Indicator.id")
    approval_rules: Mapped[list["ApprovalRule"]] = relationship(back_populates="framework", order_by="ApprovalRule.id")
    triggers: Mapped[list["Trigger"]] = relationship(back_populates="framework", order_by="Trigger.id")
    groups: Mapped[list["OversightGroup"]] = relationship(back_populates="framework", order_by="OversightGroup.id")
    notice_reasons: Mapped[list["NoticeReason"]] = relationship(back_populates="framework", order_by="NoticeReason.id")
    restriction_kinds: Mapped[list["RestrictionKind"]] = relationship(
        back_populates="framework", order_by="RestrictionKind.id"
    )
    retentions: Mapped[list["Retention"]] = relationship(back_populates="framework", order_by="Retention.id")

    def __str__(self) -> str:
        return self.title


def spelled(*keys: str | None) -> str:
    """Keys as the name of a row that has no other: without what only programs want."""
    return " ".join(key.replace("_", " ") for key in keys if key)


class FrameworkRow:
    """What each row of a framework has: where it comes from, and what the paper leaves open."""

    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"), index=True)
    clause: Mapped[str]
    """The paper and its paragraph; `XX` where no paper says it but the work needs it."""
    note: Mapped[str] = mapped_column(default="")


class Term(FrameworkRow, Versioned, Model):
    """What this council calls one of the console's words."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("framework_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[TermKey]
    one: Mapped[str]
    many: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="terms")

    def __str__(self) -> str:
        return self.one


class ServiceTypeName(FrameworkRow, Versioned, Model):
    """A type of service that the council watches, and what it calls it."""

    __tablename__ = "service_type_name"
    __table_args__ = (UniqueConstraint("framework_id", "service_type"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    service_type: Mapped[ServiceType]
    name: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="service_types")

    def __str__(self) -> str:
        return self.name


class ActivityType(FrameworkRow, Versioned, Model):
    """Something this council does about care services, or asks of them: a kind of visit, meeting or return."""

    __tablename__ = "activity_type"
    __table_args__ = (
        UniqueConstraint("framework_id", "key"),
        CheckConstraint("longest_minutes > 0", name="longest_is_positive"),
        CheckConstraint("effort_minutes > 0", name="effort_is_positive"),
        CheckConstraint(
            "form = 'visit' OR NOT (needs_authorisation OR outside_core_hours OR is_assessment)", name="visit_is_visit"
        ),
        CheckConstraint("(form = 'meeting') = (meeting_kind IS NOT NULL)", name="meeting_has_kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    name: Mapped[str]
    form: Mapped[ActivityForm] = mapped_column(default=ActivityForm.visit)
    meeting_kind: Mapped[str | None]
    """Of a meeting: which kind of meeting (`MeetingKind`) counts as this activity."""
    purpose: Mapped[str] = mapped_column(default="")
    effort_minutes: Mapped[int | None]
    """What one takes of an officer's time, for the planner (XX)."""
    needs_authorisation: Mapped[bool] = mapped_column(default=False)
    announcement: Mapped[Announcement] = mapped_column(default=Announcement.either)
    outside_core_hours: Mapped[bool] = mapped_column(default=False)
    care_homes_only: Mapped[bool] = mapped_column(default=False)
    is_assessment: Mapped[bool] = mapped_column(default=False)
    longest_minutes: Mapped[int | None]
    framework: Mapped[Framework] = relationship(back_populates="activity_types")

    def __str__(self) -> str:
        return self.name


class ApprovalRule(FrameworkRow, Versioned, Model):
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
        ForeignKeyConstraint(["framework_id", "group_name"], ["oversight_group.framework_id", "oversight_group.name"]),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[Decision]
    effect: Mapped[RestrictionEffect | None]
    """None: for every kind that has no rule of its own."""
    role: Mapped[str | None]
    group_name: Mapped[str | None]
    framework: Mapped[Framework] = relationship(back_populates="approval_rules")

    def __str__(self) -> str:
        return spelled(self.decision, self.effect)


class Told:
    """Whom the console tells that something is due, and that it was not done."""

    warn: Mapped[int | None]
    """So many days before it is due its officer is reminded."""
    escalates_to: Mapped[str | None]
    """The role that is told of it once it is overdue: manager or head."""
    escalates_after: Mapped[int] = mapped_column(default=0)
    """So many days after it was due."""


class Clock(Told, FrameworkRow, Versioned, Model):
    """How long something may take, counted in calendar or working days, and who is told when it runs out."""

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("framework_id", "key"),
        CheckConstraint("length > 0", name="length_is_positive"),
        CheckConstraint("(unit = 'weekdays') = (weekday IS NOT NULL)", name="weekdays_name_one"),
        CheckConstraint("warn > 0 AND escalates_after >= 0", name="told_in_days"),
        CheckConstraint("escalates_to IN ('manager', 'head')", name="escalates_to_manager_or_head"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[ClockKey]
    length: Mapped[int]
    unit: Mapped[ClockUnit]
    weekday: Mapped[Weekday | None]
    at: Mapped[dt.time | None]
    """The hour by which, on the office wall; None: the end of the day."""
    framework: Mapped[Framework] = relationship(back_populates="clocks")

    def __str__(self) -> str:
        return spelled(self.key)


class Cadence(Told, FrameworkRow, Versioned, Model):
    """For which subjects an activity falls due, and when (domain section 3).

    Among the rules of one activity and mode that fit a subject the one with the most conditions counts; of equals
    the one that asks for it sooner. A condition left empty always holds.
    """

    __tablename__ = "cadence"
    __table_args__ = (
        UniqueConstraint("framework_id", "key"),
        ForeignKeyConstraint(["framework_id", "activity"], ["activity_type.framework_id", "activity_type.key"]),
        ForeignKeyConstraint(["framework_id", "other"], ["activity_type.framework_id", "activity_type.key"]),
        ForeignKeyConstraint(["framework_id", "scheme"], ["scheme.framework_id", "scheme.key"]),
        CheckConstraint("(mode IN ('after', 'before')) = (other IS NOT NULL)", name="after_or_before_another"),
        CheckConstraint("(mode = 'calendar') = (period IS NOT NULL)", name="calendar_has_period"),
        CheckConstraint(
            "(mode IN ('interval', 'once', 'after', 'before')) = (length IS NOT NULL AND unit IS NOT NULL)",
            name="counted_has_length",
        ),
        CheckConstraint("length > 0 OR (length = 0 AND mode IN ('once', 'after'))", name="cadence_length_positive"),
        CheckConstraint("clock IS NULL OR mode = 'calendar'", name="clock_for_calendar"),
        CheckConstraint("warn > 0 AND escalates_after >= 0", name="told_in_days"),
        CheckConstraint("escalates_to IN ('manager', 'head')", name="escalates_to_manager_or_head"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    activity: Mapped[str]
    subject: Mapped[CadenceSubject] = mapped_column(default=CadenceSubject.service)
    # for whom
    reach: Mapped[Reach] = mapped_column(default=Reach.contracted)
    service_types: Mapped[list[str] | None] = mapped_column(JSON)
    contract_kinds: Mapped[list[str] | None] = mapped_column(JSON)
    ratings: Mapped[list[str] | None] = mapped_column(JSON)
    """Overall ratings of the regulator."""
    outcomes: Mapped[list[str] | None] = mapped_column(JSON)
    """How the council's newest assessment came out (`Outcome`); for `after`, that of the other activity itself."""
    scheme: Mapped[str | None]
    bands: Mapped[list[str] | None] = mapped_column(JSON)
    levels: Mapped[list[int] | None] = mapped_column(JSON)
    """Monitoring levels of the contract (OX 19)."""
    rags: Mapped[list[str] | None] = mapped_column(JSON)
    # when
    mode: Mapped[CadenceMode] = mapped_column(default=CadenceMode.interval)
    length: Mapped[int | None]
    unit: Mapped[ClockUnit | None]
    anchor: Mapped[Anchor] = mapped_column(default=Anchor.entry)
    other: Mapped[str | None]
    """The activity after or before which this one falls due."""
    period: Mapped[Period | None]
    clock: Mapped[ClockKey | None]
    """How long after the period's end it is due; None: on its last day."""
    since: Mapped[dt.date | None]
    """For a calendar rule: the day from which the console counts periods. It is set when the rule comes into force."""
    framework: Mapped[Framework] = relationship(back_populates="cadences")

    def __str__(self) -> str:
        return spelled(self.key)


class Scheme(FrameworkRow, Versioned, Model):
    """A way of grading services or contracts by risk: high to low, thresholds, red to green, levels (section 8)."""

    __tablename__ = "scheme"
    __table_args__ = (UniqueConstraint("framework_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    name: Mapped[str]
    subject: Mapped[BandSubject] = mapped_column(default=BandSubject.service)
    framework: Mapped[Framework] = relationship(back_populates="schemes")

    def __str__(self) -> str:
        return self.name


class Band(FrameworkRow, Versioned, Model):
    """One grade of a scheme, with what puts a service there and what the council then does."""

    __tablename__ = "band"
    __table_args__ = (
        UniqueConstraint("framework_id", "scheme", "key"),
        UniqueConstraint("framework_id", "scheme", "position"),
        ForeignKeyConstraint(["framework_id", "scheme"], ["scheme.framework_id", "scheme.key"]),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    """1 is the least worrying."""
    criteria: Mapped[str] = mapped_column(default="")
    interventions: Mapped[str] = mapped_column(default="")
    framework: Mapped[Framework] = relationship(back_populates="bands")

    def __str__(self) -> str:
        return self.name


class Indicator(FrameworkRow, Versioned, Model):
    """One of the facts that a scheme weighs."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("framework_id", "scheme", "key"),
        ForeignKeyConstraint(["framework_id", "scheme"], ["scheme.framework_id", "scheme.key"]),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    source: Mapped[IndicatorSource]
    registered: Mapped[bool | None]
    """Only for registered services, or only for others; None: for both (HP 7)."""
    framework: Mapped[Framework] = relationship(back_populates="indicators")

    def __str__(self) -> str:
        return self.name


class OversightGroup(FrameworkRow, Versioned, Model):
    """A group that watches over services and decides together, with the band that it watches (section 8)."""

    __tablename__ = "oversight_group"
    __table_args__ = (
        UniqueConstraint("framework_id", "key"),
        UniqueConstraint("framework_id", "name"),
        ForeignKeyConstraint(["framework_id", "scheme", "band"], ["band.framework_id", "band.scheme", "band.key"]),
        ForeignKeyConstraint(["framework_id", "activity"], ["activity_type.framework_id", "activity_type.key"]),
        CheckConstraint("(scheme IS NULL) = (band IS NULL)", name="band_has_scheme"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    membership: Mapped[str] = mapped_column(default="")
    scheme: Mapped[str | None]
    band: Mapped[str | None]
    activity: Mapped[str | None]
    """Its meetings, whose cadence is the group's."""
    framework: Mapped[Framework] = relationship(back_populates="groups")

    def __str__(self) -> str:
        return self.name


class NoticeReason(FrameworkRow, Versioned, Model):
    """Why another council or a partner is sent a sharing notice (HA 3.91)."""

    __tablename__ = "notice_reason"
    __table_args__ = (UniqueConstraint("framework_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    name: Mapped[str]
    framework: Mapped[Framework] = relationship(back_populates="notice_reasons")

    def __str__(self) -> str:
        return self.name


class Retention(FrameworkRow, Versioned, Model):
    """For how long a kind of record is kept before it is reviewed; never purged by itself (section 15)."""

    __tablename__ = "retention"
    __table_args__ = (UniqueConstraint("framework_id", "record"), CheckConstraint("years > 0", name="years_positive"))
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str]
    """The kind of record, by its table's name."""
    years: Mapped[int]
    counted_from: Mapped[str]
    """What the years are counted from, in words."""
    framework: Mapped[Framework] = relationship(back_populates="retentions")

    def __str__(self) -> str:
        return spelled(self.record)


class RestrictionKind(FrameworkRow, Versioned, Model):
    """What this council calls a restriction, and whether the provider must have agreed to it first (HP 8)."""

    __tablename__ = "restriction_kind"
    __table_args__ = (UniqueConstraint("framework_id", "effect"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    effect: Mapped[RestrictionEffect]
    name: Mapped[str]
    needs_agreement: Mapped[bool] = mapped_column(default=False)
    framework: Mapped[Framework] = relationship(back_populates="restriction_kinds")

    def __str__(self) -> str:
        return self.name


class Trigger(FrameworkRow, Versioned, Model):
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
    event: Mapped[TriggerEvent]
    effect: Mapped[RestrictionEffect | None]
    active: Mapped[bool] = mapped_column(default=False)
    framework: Mapped[Framework] = relationship(back_populates="triggers")

    def __str__(self) -> str:
        return spelled(self.event)
