"""What waits for whom: decisions, drafts, what was begun, and what is due (domain section 3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from models.diary import ClockNotice, ClockStage, Obligation
from models.providers import SOCIAL_CARE, RegistrationStatus, Service
from models.successions import CARRYING, Succession
from models.suspensions import OPEN_STATES, Suspension, SuspensionState
from models.visits import Visit, VisitState
from workflows import clock_run, diary, successions
from workflows.access import Role
from workflows.actor import Actor
from workflows.engine import WORKFLOWS, Workflow
from workflows.steps import Step


class When(StrEnum):
    """Where an obligation stands from today."""

    overdue = auto()
    """What can still be done: of the periods of the calendar only the newest."""
    week = auto()
    """Due in the seven days from today."""
    coming = auto()
    """Due in the four weeks after those."""
    missed = auto()


def when(which: When, today: dt.date) -> ColumnElement[bool]:
    """Which obligations those are. What is paused is due at no time, and what is booked in time is on its way."""
    ahead = {When.week: (0, 6), When.coming: (7, 34)}
    if which is When.missed:
        return Obligation.missed.is_(True)
    first, last = (today + dt.timedelta(days=each) for each in ahead.get(which, (0, 0)))
    late = (Obligation.due_on < today) & ~Obligation.missed
    due = late if which is When.overdue else Obligation.due_on.between(first, last)
    return due & Obligation.paused_since.is_(None) & ~diary.is_on_its_way(today)


def passed_on(actor: Actor) -> ColumnElement[bool]:
    """What the clock has passed on to a role of this actor's and can still be done. What rests is not among it."""
    notice = ClockNotice.__table__
    readers = [reader for reader, role in clock_run.ROLES.items() if role in actor.roles]
    return (
        Obligation.paused_since.is_(None)
        & ~Obligation.missed
        & exists().where(
            notice.c.identity == Obligation.identity,
            notice.c.due_on == Obligation.due_on,
            notice.c.stage == ClockStage.escalated,
            notice.c.told.in_(readers),
        )
    )


@dataclass(frozen=True)
class Waiting:
    """A record that waits for a step."""

    item: Any
    step: str


def _asked(actor: Actor) -> list[tuple[type[Any], Workflow, Step, list[Any]]]:
    """Each step that puts records on a desk of which this may be one, with what must hold of the record."""
    found = []
    for model, workflow in WORKFLOWS.items():
        for name, holds in workflow.desk.items():
            step = workflow.steps[name]
            if not step.decides and not callable(step.roles) and not step.roles & actor.roles:
                continue  # neither this actor's to do, nor anything that the actor can have asked for
            clauses = [model.state.in_(step.sources), *([] if holds is None else [holds])]
            if not step.decides and hasattr(model, "officer_id"):
                clauses.append(or_(model.officer_id.is_(None), model.officer_id == actor.post_id))
            found.append((model, workflow, step, clauses))
    return found


def decisions(session: Session, actor: Actor) -> tuple[list[Waiting], list[Waiting]]:
    """What awaits a decision or somebody to take it on: this actor, or others who must decide what they asked for.

    What an officer sees to already waits for that officer alone. Asks first, in one statement, where anything waits.
    """
    mine: list[Waiting] = []
    others: list[Waiting] = []
    asked = _asked(actor)
    if not asked:
        return mine, others
    waits = session.execute(
        select(*(select(model.id).where(*clauses).exists() for model, _, _, clauses in asked))
    ).one()
    for (model, workflow, step, clauses), any_waits in zip(asked, waits, strict=True):
        if any_waits:
            query = select(model).options(*(joinedload(each) for each in workflow.named))
            items = session.scalars(query.where(*clauses).order_by(model.id)).all()
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
    rows = select(Suspension).options(
        joinedload(Suspension.provider), joinedload(Suspension.service), joinedload(Suspension.part)
    )
    rows = rows.where(Suspension.state == SuspensionState.draft, Suspension.mandatory_ground.is_not(None))
    return [Waiting(item, "submit") for item in session.scalars(rows.order_by(Suspension.id))]


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
    )
    return [Waiting(item, "acknowledge") for item in session.scalars(rows)]


def unfinished(session: Session, actor: Actor) -> list[Waiting]:
    """This actor's own visits that are begun or written up and not published."""
    rows = (
        select(Visit)
        .options(joinedload(Visit.service), joinedload(Visit.activity_type))
        .where(Visit.officer_id == actor.post_id, Visit.state.in_([VisitState.under_way, VisitState.written_up]))
        .order_by(Visit.began_at)
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
