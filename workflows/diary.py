"""What waits for whom, and what is overdue: the lists that the home page shows (domain section 3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from models.framework import ClockKey, RestrictionEffect
from models.providers import SOCIAL_CARE, RegistrationStatus, Service
from models.successions import CARRYING, Succession
from models.suspensions import (
    IN_FORCE_STATES,
    OPEN_STATES,
    ReviewKind,
    Suspension,
    SuspensionReview,
    SuspensionState,
)
from models.visits import Visit, VisitState
from workflows import successions
from workflows.access import Role
from workflows.actor import Actor
from workflows.clocks import due
from workflows.engine import WORKFLOWS, Due, Workflow
from workflows.steps import Step

SHOWN = 20
"""How many of each list a home page shows; its link leads to all."""


@dataclass(frozen=True)
class Waiting:
    """A record that waits for a step: which one, and since when or by when."""

    item: Any
    step: str
    by: dt.date | None = None


def _suspensions() -> Any:
    return select(Suspension).options(
        joinedload(Suspension.provider), joinedload(Suspension.service), joinedload(Suspension.part)
    )


def _visits() -> Any:
    return select(Visit).options(joinedload(Visit.service), joinedload(Visit.activity_type), joinedload(Visit.officer))


def decisions(session: Session, actor: Actor) -> tuple[list[Waiting], list[Waiting]]:
    """What awaits a decision or somebody to take it on: this actor, or others who must decide what they asked for.

    What an officer sees to already waits for that officer alone.
    """
    mine: list[Waiting] = []
    others: list[Waiting] = []
    for model, workflow in WORKFLOWS.items():
        for name, holds in workflow.desk.items():
            step = workflow.steps[name]
            if not step.decides and not callable(step.roles) and not step.roles & actor.roles:
                continue  # neither this actor's to do, nor anything that the actor can have asked for
            query = select(model).options(*(joinedload(each) for each in workflow.named))
            query = query.where(model.state.in_(step.sources), *([] if holds is None else [holds]))
            if not step.decides and hasattr(model, "officer_id"):
                query = query.where(or_(model.officer_id.is_(None), model.officer_id == actor.post_id))
            items = session.scalars(query.order_by(model.id).limit(SHOWN)).all()
            _share_out(session, workflow, step, items, actor, mine, others)
    return mine, others


def _share_out(
    session: Session,
    workflow: Workflow,
    step: Step,
    items: Sequence[Any],
    actor: Actor,
    mine: list[Waiting],
    others: list[Waiting],
) -> None:
    """Put each record on this actor's desk, or among what others must decide of what the actor asked for."""
    barred = workflow.barred(session, items, step) if items and step.decides else {}
    for item in items:
        if actor.people & barred.get(item.id, {}).keys():
            others.append(Waiting(item, step.name))
        elif actor.roles & step.approver(item).roles:
            mine.append(Waiting(item, step.name))


def mandatory_drafts(session: Session, actor: Actor) -> list[Waiting]:
    """Suspensions that a fact made mandatory and that nobody has submitted yet (domain section 10)."""
    rows = _suspensions().where(Suspension.state == SuspensionState.draft, Suspension.mandatory_ground.is_not(None))
    return [Waiting(item, "submit") for item in session.scalars(rows.limit(SHOWN))]


def carried_over(session: Session, actor: Actor) -> list[Waiting]:
    """Re-registrations of what the council works with, of which nobody has taken note yet (domain section 2).

    The successor's linked officer is told; a Manager, where it has none, and of whole providers.
    """
    old, new, case = aliased(Service), aliased(Service), Suspension.__table__
    is_open = case.c.state.in_(OPEN_STATES)
    at_work = or_(
        old.allocated_officer_id.is_not(None),
        exists().where(is_open, case.c.service_id == old.id),
        exists().where(is_open, case.c.provider_id == old.provider_id, case.c.service_id.is_(None)),
        exists().where(is_open, case.c.provider_id == Succession.predecessor_provider_id, case.c.service_id.is_(None)),
    )
    to_me = new.allocated_officer_id == actor.post_id
    if Role.manager in actor.roles:
        to_me = or_(to_me, new.allocated_officer_id.is_(None))
    rows = (
        select(Succession)
        .outerjoin(old, old.id == Succession.predecessor_id)
        .outerjoin(new, new.id == Succession.successor_id)
        .options(*(joinedload(each) for each in successions.NAMED))
        .where(and_(Succession.state.in_(CARRYING), Succession.acknowledged_at.is_(None), at_work, to_me))
        .order_by(Succession.id)
        .limit(SHOWN)
    )
    return [Waiting(item, "acknowledge") for item in session.scalars(rows)]


def overdue(session: Session, actor: Actor) -> list[Waiting]:
    """What should have been done before today: reviews, next steps, and visits."""
    reviews = (
        _suspensions()
        .where(Suspension.state.in_(IN_FORCE_STATES), Suspension.next_review_on < actor.today)
        .order_by(Suspension.next_review_on)
        .limit(SHOWN)
    )
    found = [Waiting(item, "review", item.next_review_on) for item in session.scalars(reviews)]
    found += [each for each in next_steps(session, actor) if each.by is not None and each.by < actor.today]
    late = (
        _visits()
        .where(
            (Visit.state.in_([VisitState.planned, VisitState.awaiting_authorisation]) & (Visit.due_on < actor.today))
            | ((Visit.state == VisitState.scheduled) & (Visit.starts_at < actor.now))
        )
        .order_by(Visit.id)
        .limit(SHOWN)
    )
    found += [
        Waiting(item, "begin" if item.state is VisitState.scheduled else "schedule", _when(item))
        for item in session.scalars(late)
    ]
    for workflow in WORKFLOWS.values():
        for each in workflow.due:
            found += _due(session, workflow, each, each[0] < actor.today)
    return sorted(found, key=lambda each: each.by or dt.date.min)


def _due(session: Session, workflow: Workflow, clock: Due, when: Any) -> list[Waiting]:
    """Records that wait for the step of a clock of their workflow, by a day of which `when` holds."""
    column, states, step = clock
    rows = select(workflow.model).options(*(joinedload(each) for each in workflow.named))
    rows = rows.where(workflow.model.state.in_(states), when).order_by(column).limit(SHOWN)
    return [Waiting(item, step, getattr(item, column.key)) for item in session.scalars(rows)]


def _when(visit: Visit) -> dt.date | None:
    return visit.starts_at.date() if visit.state is VisitState.scheduled and visit.starts_at else visit.due_on


def next_steps(session: Session, actor: Actor) -> list[Waiting]:
    """Stops of new purchase that have stood so long that a Head of Service records next steps (HP 8).

    Due first when the clock says, then after every review.
    """
    newest = (
        select(SuspensionReview.suspension_id, func.max(SuspensionReview.on).label("on"))
        .where(SuspensionReview.kind == ReviewKind.next_steps)
        .group_by(SuspensionReview.suspension_id)
        .subquery()
    )
    reviewed = (
        select(SuspensionReview.suspension_id, func.max(SuspensionReview.on).label("on"))
        .where(SuspensionReview.kind == ReviewKind.review)
        .group_by(SuspensionReview.suspension_id)
        .subquery()
    )
    rows = session.execute(
        _suspensions()
        .add_columns(newest.c.on.label("recorded"), reviewed.c.on.label("reviewed"))
        .outerjoin(newest, newest.c.suspension_id == Suspension.id)
        .outerjoin(reviewed, reviewed.c.suspension_id == Suspension.id)
        .where(
            Suspension.state.in_(IN_FORCE_STATES),
            Suspension.kind == RestrictionEffect.no_new_purchase,
            Suspension.starts_on < actor.today - dt.timedelta(days=90),
        )
    ).all()
    found = []
    for item, recorded, looked in rows:
        first = due(session, ClockKey.suspension_next_steps, item.starts_on)
        by = first if recorded is None else (looked if looked is not None and looked > recorded else None)
        if by is not None and by <= actor.today:
            found.append(Waiting(item, "record_next_steps", by))
    return found


def coming(session: Session, actor: Actor, days: int = 7) -> list[Waiting]:
    """This actor's own visits, and the reviews that anybody must make, in the days ahead."""
    until = actor.now + dt.timedelta(days=days)
    rows = (
        _visits()
        .where(Visit.officer_id == actor.post_id, Visit.state == VisitState.scheduled)
        .where(Visit.starts_at >= actor.now, Visit.starts_at <= until)
        .order_by(Visit.starts_at)
        .limit(SHOWN)
    )
    found = [Waiting(item, "begin", _when(item)) for item in session.scalars(rows)]
    reviews = (
        _suspensions()
        .where(
            Suspension.state.in_(IN_FORCE_STATES),
            Suspension.next_review_on.between(actor.today, actor.today + dt.timedelta(days=days)),
        )
        .order_by(Suspension.next_review_on)
        .limit(SHOWN)
    )
    found += [Waiting(item, "review", item.next_review_on) for item in session.scalars(reviews)]
    for workflow in WORKFLOWS.values():
        for each in workflow.due:
            ahead = each[0].between(actor.today, actor.today + dt.timedelta(days=days))
            found += _due(session, workflow, each, ahead)
    return found


def unfinished(session: Session, actor: Actor) -> list[Waiting]:
    """This actor's own visits that are begun or written up and not published."""
    rows = (
        _visits()
        .where(Visit.officer_id == actor.post_id, Visit.state.in_([VisitState.under_way, VisitState.written_up]))
        .order_by(Visit.began_at)
        .limit(SHOWN)
    )
    return [
        Waiting(item, "write_up" if item.state is VisitState.under_way else "publish") for item in session.scalars(rows)
    ]


def without_officer(session: Session) -> int:
    """How many open services have no linked officer (HA 2.2)."""
    return (
        session.scalar(
            select(func.count(Service.id)).where(
                Service.allocated_officer_id.is_(None),
                Service.sector == SOCIAL_CARE,
                Service.merged_into_id.is_(None),
                Service.registration_status != RegistrationStatus.deregistered,
            )
        )
        or 0
    )
