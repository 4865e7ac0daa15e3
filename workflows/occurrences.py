"""Recording what was done and has no record of its own kind, and letting the counting rest (domain section 3)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from models.base import session_of
from models.contracts import Contract
from models.diary import Obligation, Occurrence, OccurrenceState, Pause, PauseState
from models.framework import ActivityForm, ActivityType, Clock, ClockUnit, Framework, FrameworkState
from models.providers import RegistrationStatus, Service
from workflows.access import NO_ROLE
from workflows.actor import Actor
from workflows.clocks import after, working_days_between
from workflows.engine import WORKFLOWS, Workflow
from workflows.gate import ByHand, Refused
from workflows.parts import key_of
from workflows.providers import OFFICERS, fits
from workflows.steps import Due, Step

RECORDED = ("activity_type_id", "service_id", "contract_id", "provider_id", "done_on", "period_start", "result")
CLOCK = "clock"
"""The job that runs each day (`clock_run.py`)."""
OF_ITS_OWN = (ActivityForm.visit, ActivityForm.meeting, ActivityForm.continuity_plan)
"""What has a record of its own kind, and is not recorded here."""


def recordable(session: Session) -> list[tuple[int, str]]:
    """The activities of the framework in force that leave no record of their own kind."""
    rows = (
        select(ActivityType.id, ActivityType.name)
        .join(ActivityType.framework)
        .where(Framework.state == FrameworkState.in_force, ActivityType.form.not_in(OF_ITS_OWN))
        .order_by(ActivityType.id)
    )
    return [(row.id, row.name) for row in session.execute(rows)]


def follow_contract(occurrence: Occurrence, actor: Actor) -> None:
    """What was done for a contract is about its service or provider; what is about a service, about its provider."""
    session = session_of(occurrence)
    contract = session.get(Contract, key_of(occurrence, "contract") or 0)
    if contract is not None:
        occurrence.service_id, occurrence.provider_id = contract.service_id, contract.provider_id
    elif (service := session.get(Service, key_of(occurrence, "service") or 0)) is not None:
        occurrence.provider_id = service.provider_id


def may_be_recorded(occurrence: Occurrence, actor: Actor) -> Refused | None:
    if occurrence.done_on is not None and occurrence.done_on > actor.today:
        return Refused(_("It cannot have been done in the future. Check the day."))
    if key_of(occurrence, "activity_type") not in dict(recordable(session_of(occurrence))):
        told = _("Choose an activity of the framework in force that has no record of its own kind, as visits have.")
        return Refused(told)
    if key_of(occurrence, "contract") is not None:
        return None
    return fits(occurrence, actor) if key_of(occurrence, "provider") is not None else None


OCCURRENCES = Workflow(
    Occurrence,
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({OccurrenceState.recorded}),
        OccurrenceState.withdrawn,
        roles=OFFICERS,
        does=_l("It counts as not done: what it fulfilled is due again."),
        needs_note=True,
    ),
    by_hand=ByHand(frozenset(RECORDED), edit=False, check=may_be_recorded, fill=follow_contract),
    named=(Occurrence.activity_type,),
)


# --- where the counting rests ---


def due_of(obligation: Obligation) -> tuple[type[Any], Due] | None:
    """The declaration that a deadline follows from, with the model; None for what a cadence rule asks for."""
    for model, workflow in WORKFLOWS.items():
        for due in workflow.due:
            if model.__tablename__ == obligation.record_type and due.step == obligation.step:
                return model, due
    return None


def note_obligation(pause: Pause, actor: Actor) -> None:
    """It rests from today, and says for good which obligation it is."""
    obligation = session_of(pause).get(Obligation, key_of(pause, "obligation") or 0)
    if obligation is not None and pause.identity is None:
        pause.identity, pause.name = obligation.identity, obligation.name
        pause.service_id, pause.provider_id = obligation.service_id, obligation.provider_id
        pause.from_on, pause.due_on = actor.today, obligation.due_on


def may_rest(pause: Pause, actor: Actor) -> Refused | None:
    session = session_of(pause)
    obligation = session.get(Obligation, key_of(pause, "obligation") or 0)
    if obligation is None:
        return Refused(_("Choose what is due. It may have been done already."))
    found = due_of(obligation)
    if found is not None and not found[1].rests:
        told = _("A restriction's clock never rests, and a day that was booked, approved or found moves on its record.")
        return Refused(told, obligation.clause)
    if obligation.paused_since is not None:
        return Refused(_("Its counting rests already."))
    return None


def count_on(pause: Pause, actor: Actor, values: Mapping[str, Any]) -> None:
    """It counts on from today. A deadline that a record holds is moved by the days it rested; others follow by rule."""
    pause.until_on = actor.today
    session = session_of(pause)
    obligation = session.scalar(select(Obligation).where(Obligation.identity == pause.identity))
    found = due_of(obligation) if obligation is not None else None
    if obligation is None or found is None:
        return
    model, due = found
    record = session.get_one(model, obligation.record_id)
    stands = getattr(record, due.column.key)
    setattr(record, due.column.key, moved(session, stands, due, pause.from_on, actor.today))


def moved(session: Session, stands: Any, due: Due, since: dt.date, until: dt.date) -> Any:
    """A deadline later by as long as its counting rested: in working days where its clock counts those."""
    clock = session.execute(
        select(Clock.unit, Framework.nation)
        .join(Clock.framework)
        .where(Framework.state == FrameworkState.in_force, Clock.key == due.clock)
    ).first()
    if clock is not None and clock.unit is ClockUnit.working_days:
        return after(stands, working_days_between(since, until, clock.nation), clock.unit, clock.nation)
    return stands + (until - since)


def lapse(pause: Pause, actor: Actor, values: Mapping[str, Any]) -> None:
    """It adds nothing to what is due now."""
    pause.until_on = pause.from_on


def lapse_spent(session: Session, actor: Actor) -> None:
    """End the pauses whose obligation was done or moved meanwhile. The caller commits."""
    owed = exists().where(Obligation.identity == Pause.identity)
    # Of a service that is shut nothing is owed for a while, and the pause goes on when it opens again.
    is_shut = or_(Service.dormant, Service.registration_status == RegistrationStatus.deregistered)
    shut = exists().where(Service.id == Pause.service_id, is_shut)
    resting = owed.where(Obligation.paused_since.is_not(None))
    spent = select(Pause).where(Pause.state == PauseState.running, ~resting, or_(owed, ~shut))
    for pause in session.scalars(spent.order_by(Pause.id)).all():
        PAUSES.take("lapse", pause, actor)


PAUSES = Workflow(
    Pause,
    Step(
        "resume",
        _l("Count on"),
        frozenset({PauseState.running}),
        PauseState.ended,
        roles=OFFICERS,
        does=_l("It counts on from today, and is due later by the days that it rested."),
        effect=count_on,
        needs_note=True,
    ),
    Step(
        "lapse",
        _l("Lapse"),
        frozenset({PauseState.running}),
        PauseState.ended,
        roles=NO_ROLE,
        does=_l("What rested was done or moved meanwhile: what is due next counts as ever."),
        effect=lapse,
        job=CLOCK,
    ),
    by_hand=ByHand(frozenset({"obligation_id", "reason"}), edit=False, check=may_rest, fill=note_obligation),
)
