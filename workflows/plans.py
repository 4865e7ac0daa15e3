"""What may happen to an action plan and to its actions, and who may do it (domain section 5)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.base import session_of
from models.framework import TriggerEvent
from models.outbox import MailKind
from models.placements import POOR
from models.plans import Action, ActionState, Plan, PlanKind, PlanState
from models.providers import Judgement, Service
from workflows import framework, outbox, sharing
from workflows.access import Role
from workflows.actor import Actor, current_actor
from workflows.engine import Workflow, drafted_by_console
from workflows.gate import ByHand, Refused
from workflows.parts import state_of_whole, stays
from workflows.providers import OFFICERS, fits, is_watched
from workflows.steps import Due, Input, InputKind, Step
from workflows.visibility import attachable

S, A = PlanState, ActionState
WRITERS = OFFICERS | {Role.provider}
"""The provider writes its plan in the portal; an officer does where it was made outside (HA 3.18)."""
PLAN = ("provider_id", "service_id", "kind", "title", "reason")
ACTION = ("plan_id", "text", "owner", "due_on", "significant", "source", "source_reference")

# --- plans: guards ---


def has_actions(plan: Plan, actor: Actor) -> str | None:
    if not any(each.state is A.open for each in plan.actions):
        return _("A plan says what is to be done: add an action first.")
    return None


def nothing_is_open(plan: Plan, actor: Actor) -> str | None:
    left = sum(each.state not in (A.verified, A.withdrawn) for each in plan.actions)
    if left:
        return _("Not every action is verified or withdrawn yet: %(count)s are left.", count=left)
    return None


def by_author_or_manager(plan: Plan, actor: Actor) -> str | None:
    if plan.created_by_id in actor.people or Role.manager in actor.roles:
        return None
    return _("Only its author or a Manager may withdraw it.")


# --- plans: effects ---


def note_proposed(plan: Plan, actor: Actor, values: Mapping[str, Any]) -> None:
    plan.proposed_on = actor.today


def note_sent_back(plan: Plan, actor: Actor, values: Mapping[str, Any]) -> None:
    plan.proposed_on = None
    tell_provider(plan, actor)


def note_agreed(plan: Plan, actor: Actor, values: Mapping[str, Any]) -> None:
    plan.agreed_on = actor.today
    tell_provider(plan, actor)


def tell_provider(plan: Plan, actor: Actor) -> None:
    """The provider carries the plan out, so mail says that it waits in the portal."""
    outbox.post(session_of(plan), MailKind.plan_sent, plan, plan.service or plan.provider, actor)


def note_escalated(plan: Plan, actor: Actor, values: Mapping[str, Any]) -> None:
    plan.escalated_on = actor.today


WORKFLOW = Workflow(
    Plan,
    Step(
        "propose",
        _l("Propose"),
        frozenset({S.draft}),
        S.proposed,
        roles=WRITERS,
        does=_l("The council is asked to agree the plan. It can no longer be edited."),
        guards=[has_actions],
        effect=note_proposed,
        clause="HA 3.18",
    ),
    Step(
        "send_back",
        _l("Send back"),
        frozenset({S.proposed}),
        S.draft,
        roles=OFFICERS,
        does=_l("It becomes a draft again, with your reason, and can be edited."),
        effect=note_sent_back,
        returns=True,
        needs_note=True,
    ),
    Step(
        "agree",
        _l("Agree"),
        frozenset({S.proposed}),
        S.agreed,
        roles=OFFICERS,
        does=_l("The plan holds from now: its actions are due on their days."),
        guards=[has_actions],
        effect=note_agreed,
        clause="HA 3.18",
        decides=True,
        asked_by=frozenset({"propose"}),
    ),
    Step(
        "complete",
        _l("Record that it is complete"),
        frozenset({S.agreed}),
        S.complete,
        roles=OFFICERS,
        does=_l("Every action is verified or withdrawn. A rating changes only by a follow-up assessment."),
        guards=[nothing_is_open],
        clause="HA 3.19",
    ),
    Step(
        "close",
        _l("Close"),
        frozenset({S.complete}),
        S.closed,
        roles=OFFICERS,
        does=_l("Nothing more is to be done. It can be reopened."),
    ),
    Step(
        "reopen",
        _l("Reopen"),
        frozenset({S.closed}),
        S.agreed,
        roles=OFFICERS,
        does=_l("The plan holds again, and actions may be added to it."),
        needs_note=True,
    ),
    Step(
        "escalate",
        _l("Escalate"),
        frozenset({S.agreed}),
        None,
        roles=OFFICERS,
        does=_l("It goes to the group that you name, because progress has stalled."),
        inputs=(Input("escalated_to", _l("Group"), InputKind.line),),
        effect=note_escalated,
        clause="OL",
        needs_note=True,
    ),
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({S.draft}),
        S.withdrawn,
        roles=OFFICERS,
        does=_l("It is not followed up any more. It stays on the record."),
        guards=[by_author_or_manager],
        clause="XX",
        needs_note=True,
    ),
    *sharing.steps({S.proposed, S.agreed, S.complete, S.closed}),
    by_hand=ByHand(frozenset(PLAN), states=frozenset({S.draft}), check=fits),
    desk={"agree": None},
    named=(),
    parts=(Action.plan_id,),
)

# --- actions ---


def plan_is_agreed(action: Action, actor: Actor) -> str | None:
    return None if action.plan.state is S.agreed else _("This can be done while its plan is agreed, and not before.")


def plan_still_runs(action: Action, actor: Actor) -> str | None:
    if action.plan.state in (S.draft, S.agreed):
        return None
    return _("This can be done while its plan is a draft or agreed.")


def done_by_now(action: Action, actor: Actor, values: Mapping[str, Any]) -> str | None:
    return _("It cannot have been done in the future. Check the day.") if values["done_on"] > actor.today else None


def is_ahead(action: Action, actor: Actor, values: Mapping[str, Any]) -> str | None:
    return _("The new day must not lie in the past.") if values["due_on"] < actor.today else None


def note_verified(action: Action, actor: Actor, values: Mapping[str, Any]) -> None:
    action.verified_on = actor.today


def note_reopened(action: Action, actor: Actor, values: Mapping[str, Any]) -> None:
    action.verified_on = action.done_on = None


def takes_actions(plan: Plan, actor: Actor) -> bool:
    """An action is written while its plan is a draft; an officer may add one to an agreed plan (domain section 9)."""
    return _takes(plan.state, actor)


def _takes(state: PlanState | None, actor: Actor) -> bool:
    return state in (None, S.draft) or (state is S.agreed and bool(actor.roles & OFFICERS))


def may_be_written(action: Action, actor: Actor) -> Refused | None:
    """What stands in a plan that is no draft any more is not rewritten."""
    if refusal := stays(action, "plan"):
        return refusal
    state = state_of_whole(action, "plan")  # None: the plan is written in the same breath
    if not _takes(state, actor) or (action.id is not None and state is not S.draft):
        return Refused(_("The plan is no draft any more, so its actions move only by their steps."))
    return None


ACTIONS = Workflow(
    Action,
    Step(
        "report_done",
        _l("Report that it is done"),
        frozenset({A.open}),
        A.reported_done,
        roles=WRITERS,
        does=_l("An officer is to verify it."),
        guards=[plan_is_agreed],
        inputs=(Input("done", _l("What was done")), Input("done_on", _l("Date it was done"), InputKind.date)),
        accepts=done_by_now,
    ),
    Step(
        "verify",
        _l("Verify"),
        frozenset({A.reported_done}),
        A.verified,
        roles=OFFICERS,
        does=_l("It is done, and you have seen the evidence."),
        inputs=(Input("evidence", _l("Evidence that you saw")),),
        effect=note_verified,
    ),
    Step(
        "reopen",
        _l("Reopen"),
        frozenset({A.reported_done, A.verified}),
        A.open,
        roles=OFFICERS,
        does=_l("It is not done yet, or not well enough."),
        guards=[plan_is_agreed],
        effect=note_reopened,
        needs_note=True,
    ),
    Step(
        "move",
        _l("Change its day"),
        frozenset({A.open}),
        None,
        roles=OFFICERS,
        does=_l("It is due on another day."),
        guards=[plan_is_agreed],
        inputs=(Input("due_on", _l("Due by"), InputKind.date),),
        accepts=is_ahead,
        needs_note=True,
    ),
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({A.open}),
        A.withdrawn,
        roles=OFFICERS,
        does=_l("It need not be done any more. It stays on the record."),
        guards=[plan_still_runs],
        needs_note=True,
    ),
    by_hand=ByHand(frozenset(ACTION), states=frozenset({A.open}), check=may_be_written),
    desk={"verify": None},
    named=(),
    due=[Due(Action.due_on, {A.open}, "report_done", part_of="plan_id", where=Plan.state == S.agreed)],
)

attachable(Plan)
attachable(Action)


def to_be_proposed(session: Session, limit: int) -> list[Plan]:
    """The plans that the provider who reads this still has to propose: begun, or sent back."""
    rows = select(Plan).options(joinedload(Plan.service)).where(Plan.state == S.draft)
    return list(session.scalars(rows.order_by(Plan.id).limit(limit)))


# --- when the regulator's rating asks for one ---


def on_rating(service: Service, before: Judgement | None) -> Plan | None:
    """The regulator judges a service anew: Requires improvement or Inadequate overall drafts an improvement plan (OL).

    Only for the services that the council watches. None where the trigger is off, the finding was known, or an
    improvement plan of the service is not closed yet.
    """
    session, now, actor = session_of(service), service.judgement, current_actor()
    trigger = framework.trigger(session, TriggerEvent.improvement_plan)
    if actor is None or trigger is None or now is None or now.overall not in POOR or not is_watched(service):
        return None
    if before is not None and (before.overall, before.published_on) == (now.overall, now.published_on):
        return None
    plan = Plan.__table__  # an open one counts, whoever may see it
    standing = select(plan.c.id).where(
        plan.c.service_id == service.id,
        plan.c.kind == PlanKind.improvement_plan,
        plan.c.state.not_in([S.closed, S.withdrawn]),
    )
    if session.connection().execute(standing).first():
        return None
    drafted = Plan(
        provider_id=service.provider_id,
        service_id=service.id,
        kind=PlanKind.improvement_plan,
        title=_("Improvement plan after the regulator's rating"),
        reason=_("The regulator rated the service Requires improvement or Inadequate."),
    )
    because = _("Drafted because of the regulator's new rating.")
    drafted_by_console(session, drafted, because, trigger.clause, lambda: tell_provider(drafted, actor))
    return drafted


def waiting_for_provider(session: Session, limit: int) -> list[Action]:
    """The actions that the provider who reads this still has to do, the most urgent first."""
    rows = select(Action).join(Action.plan).where(Action.state == A.open, Plan.state == S.agreed)
    return list(session.scalars(rows.order_by(Action.due_on).limit(limit)))
