"""What may happen to a restriction on purchasing, who may do it, and what follows (domain section 10)."""

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum, auto
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.base import session_of
from models.contracts import (
    ContinuityPlan,
    ContinuityState,
    LicenceState,
    SafeguardingKind,
    SafeguardingProcess,
    SafeguardingState,
    SponsorLicence,
)
from models.documents import LetterKind
from models.framework import ClockKey, Decision, RestrictionEffect, TriggerEvent
from models.providers import Judgement, RatingValue, Service, ServicePart
from models.suspensions import (
    IN_FORCE_STATES,
    ReviewKind,
    Suspension,
    SuspensionReview,
    SuspensionState,
    SuspensionVariation,
    VariationState,
    another_in_force,
)
from workflows import framework
from workflows.access import Role
from workflows.actor import Actor
from workflows.clocks import due
from workflows.documents import letter
from workflows.engine import Workflow, drafted_by_console
from workflows.gate import ByHand, Refused
from workflows.parts import key_of
from workflows.providers import OFFICERS, belongs_together
from workflows.steps import Approver, Due, Input, InputKind, Step
from workflows.visibility import attachable

S = SuspensionState
IN_FORCE = frozenset(IN_FORCE_STATES)


class YesNo(StrEnum):
    yes = auto()
    no = auto()


def approvers(suspension: Suspension) -> Approver:
    """Whom the framework's approval rule names for this kind of restriction."""
    return framework.approver(session_of(suspension), Decision.suspension, suspension.kind)


def variation_approvers(suspension: Suspension) -> Approver:
    """Whom it names for the kind that is proposed instead."""
    proposed = pending_variation(suspension)
    kind = proposed.kind if proposed else suspension.kind
    return framework.approver(session_of(suspension), Decision.suspension, kind)


def pending_variation(suspension: Suspension) -> SuspensionVariation | None:
    return next((each for each in suspension.variations if each.state is VariationState.proposed), None)


# --- guards ---


def report_is_complete(suspension: Suspension, actor: Actor) -> str | None:
    fields = {
        _("grounds"): suspension.grounds,
        _("evidence"): suspension.evidence,
        _("risk to the people already there"): suspension.resident_risk,
        _("number placed"): suspension.number_placed is not None,
        _("proposed conditions"): suspension.conditions,
        _("review date"): suspension.review_on,
    }
    missing = [name for name, value in fields.items() if not value]
    return _("The report still needs: %(what)s.", what=", ".join(missing)) if missing else None


def agreed_when_needed(suspension: Suspension, actor: Actor) -> str | None:
    return _agreement(session_of(suspension), suspension.kind, bool(suspension.agreed_on))


def variation_agreed_when_needed(suspension: Suspension, actor: Actor) -> str | None:
    proposed = pending_variation(suspension)
    return _agreement(session_of(suspension), proposed.kind, bool(proposed.agreed_on)) if proposed else None


def _agreement(session: Session, kind: RestrictionEffect, agreed: bool) -> str | None:
    named = framework.restriction_kind(session, kind)
    if named is None:
        return _("The framework in force does not have this kind of restriction.")
    if named.needs_agreement and not agreed:
        return _("The provider must have agreed to a restriction of this kind first. Record when it did.")
    return None


def nothing_else_in_force(suspension: Suspension, actor: Actor) -> str | None:
    if another_in_force(session_of(suspension), suspension):
        return _("A restriction is in force for this already. Vary that one instead.")
    return None


def by_author_or_manager(suspension: Suspension, actor: Actor) -> str | None:
    if suspension.created_by_id in actor.people or Role.manager in actor.roles:
        return None
    return _("Only its author or a Manager may withdraw it.")


def has_variation(suspension: Suspension, actor: Actor) -> str | None:
    return None if pending_variation(suspension) else _("No variation is proposed.")


def has_no_variation(suspension: Suspension, actor: Actor) -> str | None:
    return _("A variation is proposed and must be decided first.") if pending_variation(suspension) else None


def has_stood_long(suspension: Suspension, actor: Actor) -> str | None:
    if suspension.kind is not RestrictionEffect.no_new_purchase:
        return _("Next steps are recorded for a stop of all new purchase.")
    due_on = suspension.next_steps_on
    if due_on is not None and actor.today < due_on:
        return _("Next steps are recorded once it has stood long, on %(day)s.", day=due_on.strftime("%d/%m/%Y"))
    return None


def no_mandatory_ground_stands(suspension: Suspension, actor: Actor) -> str | None:
    """Not lifted while the fact that made it mandatory still holds (HP 8). Asks the tables, not the policy."""
    session = session_of(suspension)
    for event, (stands, sentence) in GROUNDS.items():
        if framework.trigger(session, event) is not None and session.connection().execute(stands(suspension)).first():
            return str(sentence)
    return None


def _on_scope(table: Any, suspension: Suspension) -> Any:
    """The rows of a table that are about what a restriction restricts: a provider's own count for each service."""
    about = table.c.provider_id == suspension.provider_id
    if suspension.service_id is not None:
        about &= or_(table.c.service_id == suspension.service_id, table.c.service_id.is_(None))
    return about


def _rated_inadequate(suspension: Suspension) -> Any:
    service = Service.__table__
    found = select(service.c.id).where(
        service.c.provider_id == suspension.provider_id, service.c.rating == RatingValue.inadequate
    )
    return found.where(service.c.id == suspension.service_id) if suspension.service_id is not None else found


def _under_enquiry(suspension: Suspension) -> Any:
    process = SafeguardingProcess.__table__
    return select(process.c.id).where(
        _on_scope(process, suspension),
        process.c.kind == SafeguardingKind.large_scale_enquiry,
        process.c.state == SafeguardingState.open,
    )


def _without_licence(suspension: Suspension) -> Any:
    licence = SponsorLicence.__table__
    return select(licence.c.id).where(
        licence.c.provider_id == suspension.provider_id,
        licence.c.state.in_([LicenceState.suspended, LicenceState.revoked]),
    )


def _without_continuity(suspension: Suspension) -> Any:
    plan = ContinuityPlan.__table__
    return select(plan.c.id).where(_on_scope(plan, suspension), plan.c.state == ContinuityState.not_assured)


GROUNDS: dict[TriggerEvent, tuple[Callable[[Suspension], Any], LazyString]] = {
    TriggerEvent.cqc_inadequate: (
        _rated_inadequate,
        _l("The regulator's rating is still Inadequate, and this framework then allows no lift."),
    ),
    TriggerEvent.large_scale_enquiry: (
        _under_enquiry,
        _l("A large-scale safeguarding enquiry is still open, and this framework then allows no lift."),
    ),
    TriggerEvent.licence_lost: (
        _without_licence,
        _l("The licence to sponsor workers is still suspended or revoked, and this framework then allows no lift."),
    ),
    TriggerEvent.continuity_not_assured: (
        _without_continuity,
        _l("Continuity is still not assured, and this framework then allows no lift."),
    ),
}
"""The mandatory grounds (HP 8): what shows that the fact still stands, and what whoever asks for a lift is told."""


# --- inputs that will not do ---


def unless_fact_is_wrong(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if suspension.mandatory_ground and not values.get("fact_is_wrong"):
        return _("This restriction is mandatory. It can be dropped only because the fact behind it is wrong.")
    return None


def variation_fits(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> str | None:
    service, part = values.get("new_service_id"), values.get("new_part_id")
    return belongs_together(session_of(suspension), suspension.provider_id, service, part)


# --- effects ---


def note_submitter(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    suspension.submitted_by_id, suspension.submitted_at = actor.person_id, actor.now


def note_decision(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    suspension.decided_by_id, suspension.decided_at = actor.person_id, actor.now


def start_restriction(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    """In force from now; first review by the framework's clock; the provider is written to (HP 8)."""
    note_decision(suspension, actor, values)
    session = session_of(suspension)
    suspension.starts_on = actor.today
    suspension.next_review_on = due(session, ClockKey.suspension_review, actor.today)
    wait_for_next_steps(suspension, actor.today)
    letter(suspension, LetterKind.decision, actor, answer_by=due(session, ClockKey.remediation_plan, actor.today))


def wait_for_next_steps(suspension: Suspension, since: dt.date) -> None:
    """A stop of all new purchase has stood since that day: next steps are due by the framework's clock (HP 8)."""
    stops = suspension.kind is RestrictionEffect.no_new_purchase
    suspension.next_steps_on = due(session_of(suspension), ClockKey.suspension_next_steps, since) if stops else None


def add_review(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    suspension.next_review_on = due(session_of(suspension), ClockKey.suspension_review, actor.today)
    if suspension.kind is RestrictionEffect.no_new_purchase and suspension.next_steps_on is None:
        suspension.next_steps_on = actor.today
    suspension.reviews.append(
        SuspensionReview(
            kind=ReviewKind.review,
            on=actor.today,
            still_needed=values["still_needed"] == YesNo.yes,
            risks=values["risks"],
            next_review_on=suspension.next_review_on,
        )
    )


def add_next_steps(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    suspension.next_steps_on = None
    suspension.reviews.append(
        SuspensionReview(kind=ReviewKind.next_steps, on=actor.today, next_steps=values["next_steps"])
    )


def propose(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    suspension.variations.append(
        SuspensionVariation(
            kind=values["new_kind"],
            conditions=values.get("new_conditions") or "",
            service_id=values.get("new_service_id"),
            part_id=values.get("new_part_id"),
            reason=values["variation_reason"],
            agreed_on=values.get("provider_agreed_on"),
            old_kind=suspension.kind,
            old_conditions=suspension.conditions,
            old_service_id=suspension.service_id,
            old_part_id=suspension.part_id,
        )
    )


def make_variation(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    proposed = _pending(suspension)
    proposed.state, proposed.decided_by_id = VariationState.made, actor.person_id
    if suspension.kind is not proposed.kind:
        suspension.kind = proposed.kind
        wait_for_next_steps(suspension, actor.today)
    suspension.conditions = proposed.conditions
    suspension.service_id, suspension.part_id = proposed.service_id, proposed.part_id
    suspension.service = proposed.service
    suspension.part = proposed.part
    letter(suspension, LetterKind.variation, actor)


def refuse_proposal(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    proposed = _pending(suspension)
    proposed.state, proposed.decided_by_id = VariationState.refused, actor.person_id


def note_lift_asked(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    suspension.lift_requested_by_id = actor.person_id


def tell_lift_refused(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    letter(suspension, LetterKind.lift_refused, actor, note=values.get("told_provider") or "")


def end_restriction(suspension: Suspension, actor: Actor, values: Mapping[str, Any]) -> None:
    suspension.lifted_by_id, suspension.ends_on = actor.person_id, actor.today
    letter(suspension, LetterKind.lifted, actor)


# --- the table ---

REPORT = (
    "provider_id", "service_id", "part_id", "kind", "grounds", "evidence", "resident_risk", "number_placed",
    "conditions", "review_on", "agreed_on",
)  # fmt: skip
"""The report for approval, in the order in which it is written (HA 3.70): what people fill in by hand."""


def drop_inputs(suspension: Suspension) -> tuple[Input, ...]:
    """A mandatory one asks whether the fact is wrong; others ask nothing more than the reason."""
    if not suspension.mandatory_ground:
        return ()
    return (
        Input(
            "fact_is_wrong", _l("The fact that made it mandatory is wrong"), InputKind.flag, required=False, sets=False
        ),
    )


WORKFLOW = Workflow(
    Suspension,
    Step(
        "submit",
        _l("Submit for approval"),
        frozenset({S.draft}),
        S.submitted,
        roles=OFFICERS,
        does=_l("Whoever the framework names is asked to decide. The report can no longer be edited."),
        guards=[report_is_complete],
        effect=note_submitter,
        clause="HA 3.70",
    ),
    Step(
        "return",
        _l("Return to the author"),
        frozenset({S.submitted}),
        S.draft,
        roles=approvers,
        does=_l("It becomes a draft again, with your reason."),
        returns=True,
        needs_note=True,
    ),
    Step(
        "approve",
        _l("Approve"),
        frozenset({S.submitted}),
        S.in_force,
        roles=approvers,
        does=_l("It is in force from now: the purchasing board changes, and a letter to the provider is written."),
        guards=[agreed_when_needed, nothing_else_in_force],
        effect=start_restriction,
        decides=True,
        asked_by=frozenset({"submit"}),
    ),
    Step(
        "decline",
        _l("Decline"),
        frozenset({S.submitted}),
        S.declined,
        roles=approvers,
        does=_l("It does not come into force. Your reason stays on the record."),
        inputs=drop_inputs,
        accepts=unless_fact_is_wrong,
        effect=note_decision,
        decides=True,
        asked_by=frozenset({"submit"}),
        needs_note=True,
    ),
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({S.draft, S.submitted}),
        S.withdrawn,
        roles=OFFICERS,
        does=_l("It is not asked for any more. It stays on the record."),
        guards=[by_author_or_manager],
        inputs=drop_inputs,
        accepts=unless_fact_is_wrong,
        needs_note=True,
    ),
    Step(
        "review",
        _l("Review"),
        IN_FORCE,
        None,
        roles=OFFICERS,
        does=_l("The review is recorded, and the next one is due by the framework's clock."),
        inputs=(
            Input("still_needed", _l("Is it still needed?"), InputKind.choice, sets=False, choices=YesNo),
            Input("risks", _l("How have the risks changed?"), sets=False),
        ),
        effect=add_review,
        clause="HP 8",
    ),
    Step(
        "record_next_steps",
        _l("Record next steps"),
        IN_FORCE,
        None,
        roles=frozenset({Role.head}),
        does=_l("What happens next is recorded, because new purchase has been stopped for six months."),
        guards=[has_stood_long],
        inputs=(Input("next_steps", _l("Next steps"), sets=False),),
        effect=add_next_steps,
        clause="HP 8",
    ),
    Step(
        "propose_variation",
        _l("Propose a variation"),
        frozenset({S.in_force}),
        None,
        roles=OFFICERS,
        does=_l("Whoever the framework names is asked to change kind, conditions or scope. Nothing changes before."),
        guards=[has_no_variation],
        inputs=(
            Input("new_kind", _l("Kind"), InputKind.choice, sets=False, choices=RestrictionEffect),
            Input("new_conditions", _l("Conditions"), required=False, sets=False),
            Input(
                "new_service_id",
                _l("Service"),
                InputKind.record,
                required=False,
                sets=False,
                model=Service,
                hint=_l("Leave empty for the provider with all its services."),
            ),
            Input(
                "new_part_id", _l("Unit or property"), InputKind.record, required=False, sets=False, model=ServicePart
            ),
            Input("provider_agreed_on", _l("Date the provider agreed"), InputKind.date, required=False, sets=False),
            Input("variation_reason", _l("Reason"), sets=False),
        ),
        accepts=variation_fits,
        effect=propose,
    ),
    Step(
        "vary",
        _l("Make the variation"),
        frozenset({S.in_force}),
        None,
        roles=variation_approvers,
        does=_l("The restriction changes at once, the old one stays on the record, and a letter is written."),
        guards=[has_variation, variation_agreed_when_needed],
        effect=make_variation,
        decides=True,
        asked_by=frozenset({"propose_variation"}),
    ),
    Step(
        "refuse_variation",
        _l("Refuse the variation"),
        frozenset({S.in_force}),
        None,
        roles=variation_approvers,
        does=_l("The restriction stays as it is."),
        guards=[has_variation],
        effect=refuse_proposal,
        decides=True,
        asked_by=frozenset({"propose_variation"}),
        needs_note=True,
    ),
    Step(
        "request_lift",
        _l("Request a lift"),
        frozenset({S.in_force}),
        S.lift_requested,
        roles=OFFICERS,
        does=_l("Whoever the framework names is asked to lift it. Until then it stays in force."),
        guards=[has_no_variation],
        inputs=(Input("lift_evidence", _l("Evidence that it can be lifted")),),
        effect=note_lift_asked,
    ),
    Step(
        "withdraw_lift_request",
        _l("Withdraw the request to lift"),
        frozenset({S.lift_requested}),
        S.in_force,
        roles=OFFICERS,
        does=_l("It stays in force, and nobody is asked to lift it."),
    ),
    Step(
        "refuse_lift",
        _l("Refuse the lift"),
        frozenset({S.lift_requested}),
        S.in_force,
        roles=approvers,
        does=_l("It stays in force, and a letter to the provider says so."),
        inputs=(
            Input(
                "told_provider", _l("Why, as the letter tells the provider"), InputKind.text, required=False, sets=False
            ),
        ),
        effect=tell_lift_refused,
        decides=True,
        asked_by=frozenset({"request_lift"}),
        needs_note=True,
    ),
    Step(
        "lift",
        _l("Lift"),
        frozenset({S.lift_requested}),
        S.lifted,
        roles=approvers,
        does=_l("The restriction ends at once: the purchasing board changes, and a letter to the provider is written."),
        guards=[no_mandatory_ground_stands],
        effect=end_restriction,
        decides=True,
        asked_by=frozenset({"request_lift"}),
        needs_note=True,
    ),
    by_hand=ByHand(
        frozenset(REPORT),
        states=frozenset({S.draft}),
        check=lambda suspension, actor: _scope_fits(suspension),
    ),
    desk={
        "approve": None,
        "lift": None,
        "vary": Suspension.variations.any(SuspensionVariation.state == VariationState.proposed),
    },
    due=[
        Due(Suspension.next_review_on, IN_FORCE, "review", ClockKey.suspension_review, rests=False),
        Due(Suspension.next_steps_on, IN_FORCE, "record_next_steps", ClockKey.suspension_next_steps, rests=False),
    ],
    named=(Suspension.provider, Suspension.service, Suspension.part),
)
attachable(Suspension)


def _scope_fits(suspension: Suspension) -> Refused | None:
    provider, service, part = (key_of(suspension, name) for name in ("provider", "service", "part"))
    if part is not None and service is None:
        return Refused(_("Choose the service that the unit or property belongs to."))
    reason = belongs_together(session_of(suspension), provider, service, part) if provider is not None else None
    return Refused(reason) if reason else None


# --- mandatory grounds ---


def on_rating(service: Service, before: Judgement | None) -> Suspension | None:
    """The regulator judges a service anew: that it turns Inadequate is a mandatory ground."""
    if service.rating is not RatingValue.inadequate or (before and before.overall is RatingValue.inadequate):
        return None
    grounds = _("The regulator rated the service Inadequate.")
    return on_ground(session_of(service), TriggerEvent.cqc_inadequate, service.provider_id, service.id, grounds)


def on_ground(
    session: Session, event: TriggerEvent, provider_id: int, service_id: int | None, grounds: str
) -> Suspension | None:
    """A mandatory ground has occurred: where the framework says so, draft the suspension (HP 8).

    None where the trigger is off, or something is in force or asked for already.
    """
    trigger = framework.trigger(session, event)
    if trigger is None:
        return None
    case = Suspension.__table__  # whoever records the fact may not see the case that is open already
    open_case = select(case.c.id).where(
        case.c.provider_id == provider_id,
        or_(case.c.service_id == service_id, case.c.service_id.is_(None))
        if service_id
        else case.c.service_id.is_(None),
        case.c.part_id.is_(None),
        case.c.state.in_([S.draft, S.submitted, *IN_FORCE]),
    )
    if session.connection().execute(open_case).first():
        return None
    drafted = Suspension(
        provider_id=provider_id,
        service_id=service_id,
        kind=trigger.effect,
        state=S.draft,
        mandatory_ground=event,
        grounds=grounds,
    )
    drafted_by_console(
        session, drafted, _("Drafted because of a mandatory ground: %(ground)s", ground=grounds), trigger.clause
    )
    return drafted


def _pending(suspension: Suspension) -> SuspensionVariation:
    proposed = pending_variation(suspension)
    if proposed is None:
        raise Refused(_("No variation is proposed."))
    return proposed
