"""Purchasing restrictions, and the purchasing status that follows from them (domain sections 2 and 10)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    and_,
    false,
    null,
    select,
    text,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Model, Versioned
from models.framework import DecidedByGroup, RestrictionEffect, TriggerEvent
from models.people import Person
from models.providers import Provider, Service, ServicePart
from models.successions import CARRYING, Succession, lineage, providers_of


class SuspensionState(StrEnum):
    draft = auto()
    submitted = auto()
    in_force = auto()
    lift_requested = auto()
    lifted = auto()
    declined = auto()
    withdrawn = auto()


IN_FORCE_STATES = (SuspensionState.in_force, SuspensionState.lift_requested)
"""A lift that is asked for does not open purchasing."""
OPEN_STATES = (SuspensionState.draft, SuspensionState.submitted, *IN_FORCE_STATES)
IN_FORCE = text("state IN ('in_force', 'lift_requested')")


class Suspension(DecidedByGroup, Versioned, Model):
    """A restriction on buying from a provider, one service, or a part of it.

    Moves only through workflows/suspensions.py.
    """

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('draft', 'submitted', 'withdrawn')) = (decided_at IS NULL)", name="decided_has_moment"
        ),
        CheckConstraint("decided_by_id != submitted_by_id", name="not_self_decided"),
        CheckConstraint("lifted_by_id != lift_requested_by_id", name="not_self_lifted"),
        CheckConstraint("part_id IS NULL OR service_id IS NOT NULL", name="part_has_service"),
        CheckConstraint(
            "state NOT IN ('in_force', 'lift_requested', 'lifted') OR "
            "(starts_on IS NOT NULL AND next_review_on IS NOT NULL)",
            name="in_force_has_start_and_review",
        ),
        CheckConstraint("(state = 'lifted') = (ends_on IS NOT NULL)", name="lifted_has_end"),
        CheckConstraint("number_placed >= 0", name="placed_not_negative"),
        Index(
            "uq_suspension_one_in_force",
            "provider_id",
            text("coalesce(service_id, 0)"),
            text("coalesce(part_id, 0)"),
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("service_part.id"))
    kind: Mapped[RestrictionEffect] = mapped_column(default=RestrictionEffect.no_new_purchase)
    state: Mapped[SuspensionState] = mapped_column(default=SuspensionState.draft, index=True)
    grounds: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    """Where the evidence lies: visits, notes, reports of others."""
    resident_risk: Mapped[str] = mapped_column(default="")
    """The risk to the people already there."""
    number_placed: Mapped[int | None]
    conditions: Mapped[str] = mapped_column(default="")
    review_on: Mapped[dt.date | None]
    """When its author proposes to look again."""
    agreed_on: Mapped[dt.date | None]
    """When the provider agreed, for kinds that need it (HP 8)."""
    mandatory_ground: Mapped[TriggerEvent | None]
    """The fact that made the console draft it; None where a person did."""
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    submitted_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    decided_at: Mapped[dt.datetime | None]
    starts_on: Mapped[dt.date | None]
    next_review_on: Mapped[dt.date | None] = mapped_column(index=True)
    next_steps_on: Mapped[dt.date | None] = mapped_column(index=True)
    """When a Head of Service is to record next steps: six months on, then with every review (HP 8)."""
    lift_requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    lift_evidence: Mapped[str | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    ends_on: Mapped[dt.date | None]
    provider: Mapped[Provider] = relationship()
    service: Mapped[Service | None] = relationship()
    part: Mapped[ServicePart | None] = relationship()
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    reviews: Mapped[list["SuspensionReview"]] = relationship(
        back_populates="suspension", order_by="SuspensionReview.id"
    )
    variations: Mapped[list["SuspensionVariation"]] = relationship(
        back_populates="suspension", order_by="SuspensionVariation.id"
    )

    @property
    def scope(self) -> Model:
        """The provider, the service or the part that it restricts."""
        return self.part or self.service or self.provider

    @property
    def is_in_force(self) -> bool:
        return self.state in IN_FORCE_STATES

    def __str__(self) -> str:
        if self.part is not None:
            return f"{self.part}, {self.service}"
        return str(self.scope)


class ReviewKind(StrEnum):
    review = auto()
    next_steps = auto()


class SuspensionReview(Versioned, Model):
    """A review of a restriction in force, or a Head of Service's record of next steps (HP 8)."""

    __tablename__ = "suspension_review"
    __table_args__ = (
        CheckConstraint("(kind = 'review') = (still_needed IS NOT NULL)", name="review_says_whether_needed"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    suspension_id: Mapped[int] = mapped_column(ForeignKey("suspension.id"), index=True)
    kind: Mapped[ReviewKind]
    on: Mapped[dt.date]
    still_needed: Mapped[bool | None]
    risks: Mapped[str] = mapped_column(default="")
    next_steps: Mapped[str] = mapped_column(default="")
    next_review_on: Mapped[dt.date | None]
    suspension: Mapped[Suspension] = relationship(back_populates="reviews")


class VariationState(StrEnum):
    proposed = auto()
    made = auto()
    refused = auto()


class SuspensionVariation(Versioned, Model):
    """A change of kind, conditions or scope, proposed for a restriction in force. Keeps what it replaced."""

    __tablename__ = "suspension_variation"
    __table_args__ = (
        CheckConstraint("(state = 'proposed') = (decided_by_id IS NULL)", name="decided_has_decider"),
        CheckConstraint("decided_by_id != created_by_id", name="not_self_decided"),
        Index(
            "uq_suspension_variation_one_proposed",
            "suspension_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    suspension_id: Mapped[int] = mapped_column(ForeignKey("suspension.id"), index=True)
    state: Mapped[VariationState] = mapped_column(default=VariationState.proposed)
    kind: Mapped[RestrictionEffect]
    conditions: Mapped[str] = mapped_column(default="")
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    part_id: Mapped[int | None] = mapped_column(ForeignKey("service_part.id"))
    reason: Mapped[str]
    agreed_on: Mapped[dt.date | None]
    old_kind: Mapped[RestrictionEffect]
    old_conditions: Mapped[str]
    old_service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    old_part_id: Mapped[int | None] = mapped_column(ForeignKey("service_part.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    suspension: Mapped[Suspension] = relationship(back_populates="variations")
    service: Mapped[Service | None] = relationship(foreign_keys=[service_id])
    part: Mapped[ServicePart | None] = relationship(foreign_keys=[part_id])


class PurchasingStatus(StrEnum):
    """What a broker reads, the most restrictive last (HP 8). Derived, never typed."""

    as_normal = auto()
    with_conditions = auto()
    voluntary = auto()
    no_new_purchase = auto()


@dataclass(frozen=True)
class Purchasing:
    """How one service may be bought from, and what says so.

    `parts` maps the name of a restricted unit or property to its own status; the whole service keeps `status`.
    `carried` says that some of this rests on a restriction of its predecessor in the register (XX).
    """

    status: PurchasingStatus = PurchasingStatus.as_normal
    since: dt.date | None = None
    whole_provider: bool = False
    conditions: str = ""
    parts: dict[str, PurchasingStatus] = field(default_factory=dict)
    carried: bool = False


_SEVERITY = list(PurchasingStatus)
_suspension, _service, _part = Suspension.__table__, Service.__table__, ServicePart.__table__
_succession = Succession.__table__
_in_force = _suspension.c.state.in_(IN_FORCE_STATES)
_whole_provider = and_(_in_force, _suspension.c.service_id.is_(None))


def purchasing(session: Session, service_ids: Collection[int]) -> dict[int, Purchasing]:
    """The purchasing status of each of these services, in one statement: what is in force on it or its provider, and
    on those that it succeeds, until somebody decides otherwise.

    Reads the tables and not the mapped classes: brokers and partners who may see no suspension must still
    read that one is in force, so the row policy must not touch this (design section 2).
    """
    if not service_ids:
        return {}
    line = lineage(service_ids)
    owners = providers_of(line)
    told = (_suspension.c.kind, _suspension.c.starts_on.label("starts_on"), _suspension.c.conditions)
    on_service = (
        select(
            line.c.service_id,
            *told,
            false().label("whole"),
            _part.c.name,
            (line.c.id != line.c.service_id).label("carried"),
        )
        .select_from(line)
        .join(_suspension, _suspension.c.service_id == line.c.id)
        .outerjoin(_part, _part.c.id == _suspension.c.part_id)
        .where(_in_force)
    )
    on_provider = (
        select(owners.c.service_id, *told, true(), null(), (owners.c.id != _service.c.provider_id).label("carried"))
        .select_from(owners)
        .join(_suspension, _suspension.c.provider_id == owners.c.id)
        .join(_service, _service.c.id == owners.c.service_id)
        .where(_whole_provider)
    )
    rows = session.connection().execute(union_all(on_service, on_provider).order_by(text("carried, starts_on")))
    found: dict[int, Purchasing] = {service_id: Purchasing() for service_id in service_ids}
    for service_id, kind, since, conditions, whole, part, is_carried in rows:
        status = PurchasingStatus(kind.value)
        known = found[service_id]
        is_carried = known.carried or bool(is_carried)
        if part is not None:
            known.parts[part] = max(status, known.parts.get(part, status), key=_SEVERITY.index)
            found[service_id] = replace(known, carried=is_carried)
        elif _SEVERITY.index(status) > _SEVERITY.index(known.status):
            found[service_id] = Purchasing(
                status, since, whole, conditions, known.parts, known.carried or bool(is_carried)
            )
    return found


def restricted_services() -> Select[tuple[int]]:
    """The ids of all services with a restriction in force on them, a part of them, their provider, or on those before
    them that carry over."""
    providers = select(_suspension.c.provider_id.label("id")).where(_whole_provider).cte("owners", recursive=True)
    providers = providers.union(
        select(_succession.c.successor_provider_id)
        .join(providers, providers.c.id == _succession.c.predecessor_provider_id)
        .where(_succession.c.state.in_(CARRYING))
    )
    own = union(
        select(_suspension.c.service_id.label("id")).where(_in_force, _suspension.c.service_id.is_not(None)),
        select(_service.c.id).join(providers, providers.c.id == _service.c.provider_id),
    ).cte("restricted")
    line = select(own.c.id).cte("restricted_line", recursive=True)
    line = line.union(
        select(_succession.c.successor_id)
        .join(line, line.c.id == _succession.c.predecessor_id)
        .where(_succession.c.state.in_(CARRYING))
    )
    return select(line.c.id)


def restricted_providers(session: Session, service_id: int) -> set[int]:
    """The providers through whom a service is restricted: its own, and those before it or before the service."""
    owners = providers_of(lineage([service_id]))
    found = select(owners.c.id).join(_suspension, _suspension.c.provider_id == owners.c.id).where(_whole_provider)
    return set(session.connection().execute(found).scalars())


def carried_kind(session: Session, succession: Succession) -> RestrictionEffect | None:
    """The most restrictive kind that a succession carries over today; None where it carries no restriction."""
    if succession.predecessor_id is not None:
        found = purchasing(session, [succession.predecessor_id])[succession.predecessor_id]
        worst = max([found.status, *found.parts.values()], key=_SEVERITY.index)
        return None if worst is PurchasingStatus.as_normal else RestrictionEffect(worst.value)
    before = select(_succession.c.predecessor_provider_id.label("id")).where(_succession.c.id == succession.id)
    owners = before.cte("owners", recursive=True)
    owners = owners.union(
        select(_succession.c.predecessor_provider_id)
        .join(owners, owners.c.id == _succession.c.successor_provider_id)
        .where(_succession.c.state.in_(CARRYING))
    )
    kinds = select(_suspension.c.kind).join(owners, owners.c.id == _suspension.c.provider_id).where(_whole_provider)
    return max(session.connection().execute(kinds).scalars(), key=list(RestrictionEffect).index, default=None)


def another_in_force(session: Session, suspension: Suspension) -> bool:
    """Whether some other restriction is in force for the very scope of this one, seen or not seen."""
    same = select(_suspension.c.id).where(
        _suspension.c.id != suspension.id,
        _suspension.c.provider_id == suspension.provider_id,
        _suspension.c.service_id.is_not_distinct_from(suspension.service_id),
        _suspension.c.part_id.is_not_distinct_from(suspension.part_id),
        _suspension.c.state.in_(IN_FORCE_STATES),
    )
    return session.connection().execute(same).first() is not None
