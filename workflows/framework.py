"""Asking the framework in force (design section 3). `framework_files.py` loads one."""

from typing import Any

from sqlalchemy import String, cast, literal, select, union_all
from sqlalchemy.orm import Session

from models.framework import (
    ActivityForm,
    ActivityType,
    ApprovalRule,
    Band,
    Cadence,
    Decision,
    Framework,
    FrameworkState,
    RestrictionEffect,
    RestrictionKind,
    Scheme,
    ServiceTypeName,
    Term,
    TermKey,
    Trigger,
    TriggerEvent,
    spelled,
)
from models.meetings import MeetingKind
from models.providers import ServiceType
from workflows.access import Role, and_above
from workflows.actor import current_actor
from workflows.steps import Approver

NOBODY = Approver(frozenset())


def in_force(session: Session) -> Framework | None:
    """The framework that the council runs under, or None before one is loaded."""
    return session.scalars(select(Framework).where(Framework.state == FrameworkState.in_force)).first()


def approver(session: Session, decision: Decision, effect: RestrictionEffect | None = None) -> Approver:
    """Whom the framework in force names for a decision: its rule for this kind, else its rule for all kinds."""
    rules = _approval_rules(session)
    rule = rules.get((decision, effect)) or rules.get((decision, None))
    if rule is None:
        return NOBODY
    role, group, clause = rule
    if role is not None:
        return Approver(and_above(Role(role)), clause=clause)
    recorders = frozenset({Role.manager, Role.head, Role.director})
    return Approver(recorders, group=group, clause=clause)


Rules = dict[tuple[Decision, RestrictionEffect | None], tuple[str | None, str | None, str]]


def _approval_rules(session: Session) -> Rules:
    """(decision, kind) -> (role, group, clause). Asked once for each actor, so that a list of records costs no more."""
    actor = current_actor()
    if actor is not None and "approval_rules" in actor.memo:
        known: Rules = actor.memo["approval_rules"]
        return known
    rows = session.execute(
        select(
            ApprovalRule.decision, ApprovalRule.effect, ApprovalRule.role, ApprovalRule.group_name, ApprovalRule.clause
        )
        .join(ApprovalRule.framework)
        .where(Framework.state == FrameworkState.in_force)
    )
    rules: Rules = {(row.decision, row.effect): (row.role, row.group_name, row.clause) for row in rows}
    if actor is not None:
        actor.memo["approval_rules"] = rules
    return rules


def trigger(session: Session, event: TriggerEvent) -> Trigger | None:
    """What the framework in force has the console draft on this fact, or None where it is switched off."""
    return session.scalars(
        select(Trigger)
        .join(Trigger.framework)
        .where(Framework.state == FrameworkState.in_force, Trigger.event == event, Trigger.active)
    ).first()


def activities(session: Session, form: ActivityForm) -> list[tuple[int, str]]:
    """The activities of a form that the framework in force has, with their ids."""
    kind, framework = ActivityType.__table__, Framework.__table__  # partners see no framework, and choose by its words
    rows = session.connection().execute(
        select(kind.c.id, kind.c.name)
        .join(framework, framework.c.id == kind.c.framework_id)
        .where(framework.c.state == FrameworkState.in_force, kind.c.form == form)
        .order_by(kind.c.id)
    )
    return [(row.id, row.name) for row in rows]


def meetings_of(session: Session, kind: MeetingKind, service_type: ServiceType | None) -> dict[int, str]:
    """The meetings of a kind that the framework in force asks for: id -> name.

    About a service, only those that it does not ask of other types of service alone.
    """
    meeting, rule, framework = ActivityType.__table__, Cadence.__table__, Framework.__table__
    rows = session.connection().execute(
        select(meeting.c.id, meeting.c.name, rule.c.service_types)
        .join(framework, framework.c.id == meeting.c.framework_id)
        .outerjoin(rule, (rule.c.framework_id == framework.c.id) & (rule.c.activity == meeting.c.key))
        .where(framework.c.state == FrameworkState.in_force, meeting.c.meeting_kind == kind)
        .order_by(meeting.c.id)
    )
    return {
        row.id: row.name
        for row in rows
        if service_type is None or row.service_types is None or service_type in row.service_types
    }


def only_meeting(session: Session, kind: MeetingKind, service_type: ServiceType | None) -> int | None:
    """The framework's own meeting of a kind, where it has the one."""
    fitting = meetings_of(session, kind, service_type)
    return next(iter(fitting)) if len(fitting) == 1 else None


def restriction_kind(session: Session, effect: RestrictionEffect) -> RestrictionKind | None:
    """What the council calls a kind of restriction, and whether the provider must have agreed."""
    return session.scalars(
        select(RestrictionKind)
        .join(RestrictionKind.framework)
        .where(Framework.state == FrameworkState.in_force, RestrictionKind.effect == effect)
    ).first()


Words = dict[tuple[type[Any], str], tuple[str, str]]


def words(session: Session) -> Words:
    """What the council calls the console's words, types of service, restrictions and bands: (kind, key) -> (one, many).

    A band's key is its scheme's and its own. Everybody reads these, on every page, so they are asked past the policy,
    in one statement, once for each actor.
    """
    actor = current_actor()
    if actor is None:
        return {}
    if "words" not in actor.memo:
        framework, term, band = Framework.__table__, Term.__table__, Band.__table__
        named: list[tuple[type[Any], Any, Any]] = [
            (ServiceType, ServiceTypeName.__table__, ServiceTypeName.__table__.c.service_type),
            (RestrictionEffect, RestrictionKind.__table__, RestrictionKind.__table__.c.effect),
            (Scheme, Scheme.__table__, Scheme.__table__.c.key),
            (Band, band, band.c.scheme + " " + band.c.key),
        ]
        asked: list[Any] = [
            select(literal(TermKey.__name__), cast(term.c.key, String), term.c.one, term.c.many, term.c.framework_id)
        ]
        for kind, table, key in named:
            told = (literal(kind.__name__), cast(key, String), table.c.name, table.c.name, table.c.framework_id)
            asked.append(select(*told))
        every: list[type[Any]] = [TermKey, *(kind for kind, _table, _key in named)]
        kinds = {kind.__name__: kind for kind in every}
        which, key, one, many, whose = union_all(*asked).subquery().c
        rows = session.connection().execute(
            select(which, key, one, many)
            .join(framework, framework.c.id == whose)
            .where(framework.c.state == FrameworkState.in_force)
        )
        actor.memo["words"] = {(kinds[row[0]], row[1]): (row[2], row[3]) for row in rows}
    known: Words = actor.memo["words"]
    return known


def band_name(session: Session, scheme: str, band: str) -> str:
    """What the framework in force calls a band; its key where it has none of it any more."""
    return words(session).get((Band, f"{scheme} {band}"), (spelled(band), ""))[0]


def scheme_name(session: Session, scheme: str) -> str:
    return words(session).get((Scheme, scheme), (spelled(scheme), ""))[0]
