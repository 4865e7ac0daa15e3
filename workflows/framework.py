"""Asking the framework in force (design section 3). `framework_files.py` loads one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.framework import ApprovalRule, Decision, Framework, FrameworkState, RestrictionEffect, RestrictionKind
from workflows.access import Role, and_above
from workflows.steps import Approver

NOBODY = Approver(frozenset())


def in_force(session: Session) -> Framework | None:
    """The framework that the council runs under, or None before one is loaded."""
    return session.scalars(select(Framework).where(Framework.state == FrameworkState.in_force)).first()


def approver(session: Session, decision: Decision, effect: RestrictionEffect | None = None) -> Approver:
    """Whom the framework in force names for a decision: its rule for this kind, else its rule for all kinds."""
    rules = session.scalars(
        select(ApprovalRule)
        .join(ApprovalRule.framework)
        .where(Framework.state == FrameworkState.in_force, ApprovalRule.decision == decision)
    ).all()
    rule = next((each for each in rules if each.effect == effect), None) or next(
        (each for each in rules if each.effect is None), None
    )
    if rule is None:
        return NOBODY
    if rule.role is not None:
        return Approver(and_above(Role(rule.role)), clause=rule.clause)
    recorders = frozenset({Role.manager, Role.head, Role.director})
    return Approver(recorders, group=rule.group_name, clause=rule.clause)


def restriction_kind(session: Session, effect: RestrictionEffect) -> RestrictionKind | None:
    """What the council calls a kind of restriction, and whether the provider must have agreed."""
    return session.scalars(
        select(RestrictionKind)
        .join(RestrictionKind.framework)
        .where(Framework.state == FrameworkState.in_force, RestrictionKind.effect == effect)
    ).first()
