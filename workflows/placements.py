"""Validations, placements outside the area, and checks for direct payments: what may happen (domain section 11).

No paper names who approves a validation, who lists a service for direct payments, or that a request may be withdrawn:
Manager, Officer, and yes (XX).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.authorities import AuthorityContact, HostAuthority, Nation
from models.base import session_of
from models.framework import ClockKey, Framework, FrameworkState
from models.outbox import MailKind
from models.people import Person
from models.placements import (
    APPROVED,
    POOR,
    AlertKind,
    AlertState,
    AuthorityReference,
    DirectPaymentCheck,
    PaymentCheckState,
    Placement,
    PlacementState,
    RatingAlert,
    ReferenceKind,
    RegulatorCheck,
    Validation,
    ValidationState,
)
from models.providers import Judgement, RatingValue, Regulator, Service
from workflows import outbox
from workflows.access import Role
from workflows.actor import Actor, current_actor
from workflows.authorities import host_of
from workflows.clocks import by_now, due
from workflows.documents import day
from workflows.engine import Workflow, drafted_by_console
from workflows.gate import BY_HAND, ByHand, Refused
from workflows.parts import key_of, state_of_whole, stays
from workflows.providers import OFFICERS
from workflows.steps import Due, Input, InputKind, Step
from workflows.visibility import attachable

V, P, C = ValidationState, PlacementState, PaymentCheckState
MANAGER = frozenset({Role.manager})
WHO_ASKS = OFFICERS | {Role.care_manager}

# --- validations ---

REQUEST = ("service_id", "case_reference", "reason", "needed_on")
"""What whoever asks writes, in the order of the form."""

BODIES: dict[Nation, tuple[Regulator, LazyString]] = {
    Nation.england: (
        Regulator.cqc,
        _l("Record a check with the Care Quality Commission that is recent enough: the host is in England."),
    ),
    Nation.wales: (
        Regulator.ciw,
        _l("Record a check with Care Inspectorate Wales that is recent enough: the host is in Wales."),
    ),
    Nation.scotland: (
        Regulator.care_inspectorate,
        _l("Record a check with the Care Inspectorate that is recent enough: the host is in Scotland."),
    ),
    Nation.northern_ireland: (
        Regulator.rqia,
        _l(
            "Record a check with the Regulation and Quality Improvement Authority that is recent enough: the host is "
            "in Northern Ireland."
        ),
    ),
}
"""The regulator of each nation (HA 3.80), and what is said while a check with it is missing."""


def lies_outside(validation: Validation, actor: Actor) -> Refused | None:
    session, framework = session_of(validation), Framework.__table__
    service = _service(validation)
    own = session.connection().execute(
        select(framework.c.authority).where(framework.c.state == FrameworkState.in_force)
    )
    if service is not None and service.local_authority and service.local_authority == own.scalar():
        return Refused(_("This service lies in the council's own area, so it needs no validation."), "HA 3.80")
    return None


def follow_service(validation: Validation, actor: Actor) -> None:
    """Named by its service. The host is the authority in whose area the register says that it lies."""
    service = _service(validation)
    if service is not None:
        validation.title = ", ".join(each for each in (service.name, validation.case_reference) if each)
        validation.host_id = host_of(session_of(validation), service.local_authority)


def host_is_known(validation: Validation, actor: Actor) -> str | None:
    return None if validation.host is not None else _("Name the host authority first: the register does not say it.")


def regulator_was_checked(validation: Validation, actor: Actor) -> str | None:
    """By the right body for the nation, no longer ago than the framework allows (HA 3.80)."""
    if validation.host is None:
        return None
    check = latest_check(validation)
    if check is None or due(session_of(validation), ClockKey.regulator_check_valid, check.checked_on) < actor.today:
        return str(BODIES[validation.host.nation][1])
    return None


def latest_check(validation: Validation) -> RegulatorCheck | None:
    """The last check with the regulator of the nation in which the service lies."""
    if validation.host is None:
        return None
    body, _missing = BODIES[validation.host.nation]
    checks = [check for check in validation.regulator_checks if check.regulator is body]
    return max(checks, key=lambda check: (check.checked_on, check.id), default=None)


def _counting(validation: Validation) -> list[AuthorityReference]:
    """What a host said counts while that authority is named as the host, and no longer."""
    return [
        each
        for each in validation.references
        if each.kind is not ReferenceKind.host_contact or each.authority_id == validation.host_id
    ]


def references_are_here(validation: Validation, actor: Actor) -> str | None:
    """Of an authority that has used the service, and of the host; or neither answered after it was chased."""
    settled = {each.kind for each in _counting(validation) if each.answered_on is not None or each.no_answer}
    if ReferenceKind.used_service not in settled:
        return _(
            "Record a reference from an authority that has used the service, or that none answered after it was chased."
        )
    if ReferenceKind.host_contact not in settled:
        return _("Record what the host authority says of the service, or that it did not answer after it was chased.")
    return None


def host_was_reached_where_poor(validation: Validation, actor: Actor) -> str | None:
    """Requires Improvement or Inadequate: contact with the host comes first, and silence is none (OL)."""
    check = latest_check(validation)
    poor = validation.service.rating in POOR or (check is not None and check.rating in POOR)
    answered = any(
        each.kind is ReferenceKind.host_contact and each.answered_on is not None for each in _counting(validation)
    )
    if poor and not answered:
        return _(
            "The service is rated Requires Improvement or Inadequate: the host authority must have answered first."
        )
    return None


def note_decision(validation: Validation, actor: Actor, values: Mapping[str, Any]) -> None:
    validation.decided_on = actor.today


def note_approval(validation: Validation, actor: Actor, values: Mapping[str, Any]) -> None:
    """It holds for as long as the framework says (XX)."""
    note_decision(validation, actor, values)
    validation.expires_on = due(session_of(validation), ClockKey.validation_valid, actor.today)


def check_anew(validation: Validation, actor: Actor, values: Mapping[str, Any]) -> None:
    """What was decided before is decided no more; the ledger keeps it."""
    validation.decided_on = validation.outcome = None


def has_run_out(validation: Validation, actor: Actor) -> str | None:
    if validation.expires_on is not None and validation.expires_on > actor.today:
        return _("It still holds: it can be recorded as expired from the day on which it expires.")
    return None


def withdraw(target: Any, *sources: Any) -> Step:
    """Whoever asks may ask no more."""
    return Step(
        "withdraw",
        _l("Withdraw the request"),
        frozenset(sources),
        target,
        roles=WHO_ASKS,
        does=_l("It is needed no more. It stays on the record."),
        needs_note=True,
        clause="XX",
    )


OUTCOME = Input("outcome", _l("What whoever asked is told"), required=False)
DECIDING = frozenset({V.recommended})
STILL = (regulator_was_checked, host_was_reached_where_poor)
"""What may have changed between the recommendation and the approval. An officer mends it once it was sent back."""
VALIDATIONS = Workflow(
    Validation,
    Step(
        "begin",
        _l("Begin the check"),
        frozenset({V.requested}),
        V.checking,
        roles=OFFICERS,
        does=_l("The regulator is checked, and the host and authorities that have used the service are asked."),
        clause="HA 3.80",
    ),
    Step(
        "name_host",
        _l("Name the host authority"),
        frozenset({V.checking}),
        None,
        roles=OFFICERS,
        does=_l("This authority is the host, whatever the register says of where the service lies."),
        inputs=(Input("host_id", _l("Host authority"), InputKind.record, model=HostAuthority),),
        clause="XX",
    ),
    Step(
        "recommend",
        _l("Recommend"),
        frozenset({V.checking}),
        V.recommended,
        roles=OFFICERS,
        does=_l("A Manager is asked to decide."),
        guards=[host_is_known, regulator_was_checked, references_are_here, host_was_reached_where_poor],
        inputs=(Input("recommendation", _l("What you recommend, and why")),),
        clause="HA 3.80; OL",
    ),
    Step(
        "send_back",
        _l("Send back"),
        DECIDING,
        V.checking,
        roles=MANAGER,
        does=_l("The officer checks further, with your reason."),
        returns=True,
        needs_note=True,
        clause="XX",
    ),
    Step(
        "approve",
        _l("Approve"),
        DECIDING,
        V.approved,
        roles=MANAGER,
        does=_l("People may be placed there until the approval expires. Whoever asked reads the outcome."),
        guards=STILL,
        inputs=(OUTCOME,),
        effect=note_approval,
        decides=True,
        asked_by=frozenset({"recommend"}),
        clause="HA 3.80; XX",
    ),
    Step(
        "approve_with_conditions",
        _l("Approve with conditions"),
        DECIDING,
        V.approved_with_conditions,
        roles=MANAGER,
        does=_l("People may be placed there on these conditions until the approval expires."),
        guards=STILL,
        inputs=(Input("conditions", _l("Conditions")), OUTCOME),
        effect=note_approval,
        decides=True,
        asked_by=frozenset({"recommend"}),
        clause="HA 3.80; XX",
    ),
    Step(
        "decline",
        _l("Decline"),
        DECIDING,
        V.declined,
        roles=MANAGER,
        does=_l("Nobody is placed there on this request. Whoever asked reads why."),
        inputs=(Input("outcome", _l("Why, as whoever asked is told")),),
        effect=note_decision,
        decides=True,
        asked_by=frozenset({"recommend"}),
        clause="HA 3.80; XX",
    ),
    Step(
        "check_again",
        _l("Check again"),
        frozenset({V.declined}),
        V.checking,
        roles=OFFICERS,
        does=_l("There is new evidence, so the service is checked again."),
        effect=check_anew,
        needs_note=True,
        clause="XX",
    ),
    Step(
        "expire",
        _l("Record that it expired"),
        frozenset(APPROVED),
        V.expired,
        roles=OFFICERS,
        does=_l("Nobody is newly placed there on it. Placements that are active stay so."),
        guards=[has_run_out],
        clause="XX",
    ),
    withdraw(V.withdrawn, V.requested, V.checking),
    by_hand=ByHand(frozenset(REQUEST), states=frozenset({V.requested}), check=lies_outside, fill=follow_service),
    desk={"begin": None, "approve": None},
    due=[Due(Validation.expires_on, APPROVED, "expire", ClockKey.validation_valid, rests=False)],
    named=(Validation.service,),
    parts=(RegulatorCheck.validation_id, AuthorityReference.validation_id),
)

# --- what a validation rests on ---

CHECK = ("validation_id", "regulator", "checked_on", "rating", "note")
REFERENCE = ("validation_id", "authority_id", "kind", "asked_on", "chased_on", "answered_on", "no_answer", "text")


def is_being_checked(item: Any, actor: Actor) -> Refused | None:
    if refusal := stays(item, "validation"):
        return refusal
    if state_of_whole(item, "validation") not in (None, V.checking):
        return Refused(_("Checks and references are written only while the validation is being checked."))
    return None


def check_is_sound(check: RegulatorCheck, actor: Actor) -> Refused | None:
    if check.checked_on is not None and check.checked_on > actor.today:
        return Refused(_("That day lies in the future. Check it."))
    return is_being_checked(check, actor)


def reference_is_sound(reference: AuthorityReference, actor: Actor) -> Refused | None:
    days = [day for day in (reference.asked_on, reference.chased_on, reference.answered_on) if day is not None]
    if days and max(days) > actor.today:
        return Refused(_("That day lies in the future. Check it."))
    if days and min(days) < days[0]:
        return Refused(_("It was chased or answered before it was asked. Check the days."))
    if reference.answered_on is not None and not reference.text:
        return Refused(_("Write what the authority answered."))
    if reference.no_answer and (reference.chased_on is None or reference.answered_on is not None):
        return Refused(_("“No answer” is recorded once it was chased, and only where there is no answer."), "HA 3.80")
    if refusal := is_being_checked(reference, actor):
        return refusal
    validation = _validation_of(reference)
    host_id = validation.host_id if validation is not None else None
    if reference.kind is ReferenceKind.host_contact and key_of(reference, "authority") != host_id:
        return Refused(_("This authority is not the host of the service. Choose the host, or another kind."), "OL")
    return None


def _validation_of(item: Any) -> Any:
    """The row of the validation that a record names. Asks the table: it may not be the actor's to see."""
    table = Validation.__table__
    rows = select(table).where(table.c.id == key_of(item, "validation"))
    return session_of(item).connection().execute(rows).first()


BY_HAND[RegulatorCheck] = ByHand(frozenset(CHECK), check=check_is_sound)
BY_HAND[AuthorityReference] = ByHand(frozenset(REFERENCE), check=reference_is_sound)

# --- placements ---

PLACEMENT = ("validation_id", "case_reference", "planned_on")
CURRENT = frozenset({P.proposed, P.host_notified, P.host_not_notified})


def is_validated(placement: Placement, actor: Actor) -> Refused | None:
    """People are placed only where the validation is approved and holds (HA 3.80)."""
    found = _validation_of(placement)
    if found is not None and (found.state not in APPROVED or found.expires_on < actor.today):
        return Refused(
            _("The validation of the service is not approved, or holds no more. Have it validated first."), "HA 3.80"
        )
    return None


def validation_holds(placement: Placement, actor: Actor) -> str | None:
    refused = is_validated(placement, actor)
    return refused.sentence if refused else None


def follow_validation(placement: Placement, actor: Actor) -> None:
    """Which service, and whose area, the validation says."""
    found = _validation_of(placement)
    if found is not None:
        placement.service_id, placement.host_id = found.service_id, found.host_id


def can_be_written_to(placement: Placement) -> list[AuthorityContact]:
    """The contacts of the host to whom a notice can go."""
    return [contact for contact in placement.host.contacts if contact.can_be_written_to]


def host_has_contact(placement: Placement, actor: Actor) -> str | None:
    if not can_be_written_to(placement):
        return _("Record first a contact of the host authority with an email or postal address.")
    return None


def asked_for_notice(placement: Placement) -> Sequence[Input]:
    return (
        Input(
            "host_contact_id",
            _l("Contact at the host authority"),
            InputKind.choice,
            options=lambda session: [(contact.id, str(contact)) for contact in can_be_written_to(placement)],
        ),
        Input(
            "our_contact",
            _l("Contact at this council"),
            hint=_l("The post or team, with phone number, email and postal address: the host rings or writes there."),
        ),
    )


def contact_is_hosts(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if values["host_contact_id"] not in [contact.id for contact in can_be_written_to(placement)]:
        return _("Choose a contact of the host authority that can be written to.")
    return None


def write_notice(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> None:
    """The host is told in writing, with full contact details of the placing authority (HA 3.81)."""
    session = session_of(placement)
    contact = session.get_one(AuthorityContact, values["host_contact_id"])
    placement.notified_on = actor.today
    placement.notice = notice(placement, contact)
    if contact.email:
        outbox.post(session, MailKind.host_notified, placement, contact, actor, notice=placement.notice)


def notice(placement: Placement, contact: AuthorityContact) -> str:
    """The text of the notice to the host authority."""
    service, framework = placement.service, Framework.__table__
    council = (
        session_of(placement)
        .connection()
        .execute(select(framework.c.authority).where(framework.c.state == FrameworkState.in_force))
    )
    told = {"service": service.name, "where": ", ".join(each for each in (service.town, service.postcode) if each)}
    paragraphs = [
        _("To: %(authority)s, %(post)s", authority=placement.host.name, post=contact.post),
        _(
            "%(council)s gives you notice that it is arranging care for one person at a service in your area.",
            council=council.scalar_one(),
        ),
        _("Service: %(service)s, %(where)s", **told) if told["where"] else _("Service: %(service)s", **told),
        _("Planned first day: %(day)s", day=day(placement.planned_on)),
        _("Our case reference: %(reference)s", reference=placement.case_reference),
        _("Contact at the placing authority:\n%(contact)s", contact=placement.our_contact),
        _("Please tell this contact of any concern about the service, and of safeguarding or closure there."),
    ]
    return "\n\n".join(paragraphs) + "\n"


def asked_to_begin(placement: Placement) -> Sequence[Input]:
    first_day = Input("active_on", _l("First day"), InputKind.date)
    if placement.notified_on is None:
        return (first_day,)  # why not stands on the record already
    why = _l("Why the host was not notified before")
    return (
        first_day,
        Input("not_notified_reason", why, required=False, hint=_l("Only where the first day lies before the notice.")),
    )


def begins_in_order(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> str | None:
    """Nobody is placed before the host was notified, unless it is said why (HA 3.81)."""
    notified = placement.notified_on
    if notified is not None and values["active_on"] < notified and not values.get("not_notified_reason"):
        return _("The first day lies before the notice to the host. Say why the host was not notified before.")
    refused: str | None = by_now("active_on")(placement, actor, values)
    return refused


def start_placement(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> None:
    """Its rating is checked quarterly and its host asked yearly from the first day on (OL)."""
    session, first = session_of(placement), values["active_on"]
    placement.next_rating_check_on = due(session, ClockKey.placement_rating_check, first)
    placement.next_host_check_on = due(session, ClockKey.placement_host_check, first)


def has_agreement(placement: Placement, actor: Actor) -> str | None:
    return None if placement.agreement_on else _("Record the spot purchase agreement with the provider first.")


def ends_in_order(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if placement.active_on is not None and values["ended_on"] < placement.active_on:
        return _("It cannot have ended before it began. Check the day.")
    return by_now("ended_on", "host_told_on")(placement, actor, values)


def stop_checks(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> None:
    placement.next_rating_check_on = placement.next_host_check_on = None


def note_rating(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> None:
    """The next check by the framework's clock; a poor rating opens contact with the host (OL)."""
    placement.rating_checked_on = actor.today
    placement.next_rating_check_on = due(session_of(placement), ClockKey.placement_rating_check, actor.today)
    if values["rating_found"] in POOR:
        _alert_placement(placement, values["rating_found"], actor)


def note_host_check(placement: Placement, actor: Actor, values: Mapping[str, Any]) -> None:
    placement.host_checked_on = actor.today
    placement.next_host_check_on = due(session_of(placement), ClockKey.placement_host_check, actor.today)


PLACEMENTS = Workflow(
    Placement,
    Step(
        "notify_host",
        _l("Notify the host authority"),
        frozenset({P.proposed, P.host_not_notified}),
        P.host_notified,
        roles=OFFICERS,
        does=_l(
            "A notice in writing is kept on the record. It goes by email where the contact has an address; else "
            "print it and post it."
        ),
        guards=[host_has_contact],
        inputs=asked_for_notice,
        accepts=contact_is_hosts,
        effect=write_notice,
        clause="HA 3.81",
    ),
    Step(
        "do_not_notify",
        _l("Record why the host is not notified"),
        frozenset({P.proposed}),
        P.host_not_notified,
        roles=OFFICERS,
        does=_l("The reason stands on the record, and the placement can go on without a notice."),
        inputs=(Input("not_notified_reason", _l("Why the host is not notified")),),
        clause="HA 3.81",
    ),
    Step(
        "record_agreement",
        _l("Record the spot purchase agreement"),
        CURRENT,
        None,
        roles=OFFICERS,
        does=_l("The agreement with the provider stands on the record."),
        inputs=(
            Input("agreement_on", _l("Date of the agreement"), InputKind.date),
            Input("agreement_reference", _l("Reference of the agreement"), InputKind.line, required=False),
        ),
        accepts=by_now("agreement_on"),
        clause="HA 3.82",
    ),
    Step(
        "activate",
        _l("Record that it began"),
        frozenset({P.host_notified, P.host_not_notified}),
        P.active,
        roles=OFFICERS,
        does=_l("The placement is active. Its rating is checked and its host is asked when the framework says."),
        guards=[validation_holds, has_agreement],
        inputs=asked_to_begin,
        accepts=begins_in_order,
        effect=start_placement,
        clause="HA 3.80-82",
    ),
    Step(
        "notify_host_late",
        _l("Notify the host authority now"),
        frozenset({P.active}),
        None,
        roles=OFFICERS,
        applies=lambda placement: placement.notified_on is None,
        does=_l("The host is told in writing of a placement that began without a notice."),
        guards=[host_has_contact],
        inputs=asked_for_notice,
        accepts=contact_is_hosts,
        effect=write_notice,
        clause="HA 3.81",
    ),
    Step(
        "record_rating_check",
        _l("Record a check of the rating"),
        frozenset({P.active}),
        None,
        roles=OFFICERS,
        does=_l(
            "The next check is due by the framework's clock. Requires Improvement or Inadequate opens contact with "
            "the host, and care management is told."
        ),
        inputs=(Input("rating_found", _l("Rating found"), InputKind.choice, choices=RatingValue),),
        effect=note_rating,
        clause="OL",
    ),
    Step(
        "record_host_check",
        _l("Record a check with the host"),
        frozenset({P.active}),
        None,
        roles=OFFICERS,
        does=_l("The next check with the host is due by the framework's clock."),
        inputs=(Input("host_check_note", _l("What the host said")),),
        effect=note_host_check,
        clause="OL",
    ),
    Step(
        "end",
        _l("Record that it ended"),
        frozenset({P.active}),
        P.ended,
        roles=OFFICERS,
        does=_l("The placement is over, and the host was told."),
        inputs=(
            Input("ended_on", _l("Last day"), InputKind.date),
            Input("host_told_on", _l("Date the host was told"), InputKind.date),
        ),
        accepts=ends_in_order,
        effect=stop_checks,
        clause="HA 3.81",
    ),
    Step(
        "withdraw",
        _l("Record that it does not happen"),
        CURRENT,
        P.withdrawn,
        roles=OFFICERS,
        does=_l("The person goes elsewhere. Tell the host where it was notified already."),
        needs_note=True,
        clause="XX",
    ),
    by_hand=ByHand(frozenset(PLACEMENT), states=frozenset({P.proposed}), check=is_validated, fill=follow_validation),
    due=[
        Due(Placement.next_rating_check_on, {P.active}, "record_rating_check", ClockKey.placement_rating_check),
        Due(Placement.next_host_check_on, {P.active}, "record_host_check", ClockKey.placement_host_check),
    ],
    named=(Placement.service,),
)

# --- checks for direct payments ---

PAYMENT_CHECK = ("service_id", "case_reference", "reason")
CHECKED = frozenset({C.checked, C.listed, C.not_listed})


def note_check(check: DirectPaymentCheck, actor: Actor, values: Mapping[str, Any]) -> None:
    """A service that is checked again stands on no list until it is put there again."""
    check.checked_on = actor.today
    check.listed_on = check.check_due_on = check.outcome = None
    if values["rating_found"] in POOR:
        _alert_check(check, values["rating_found"], actor)


def put_on_list(check: DirectPaymentCheck, actor: Actor, values: Mapping[str, Any]) -> None:
    """The list goes out yearly, so a service on it is checked again within the year (HA 3.87)."""
    check.listed_on = actor.today
    check.check_due_on = due(session_of(check), ClockKey.direct_payment_check, actor.today)


CHECKS = Workflow(
    DirectPaymentCheck,
    Step(
        "check",
        _l("Record the check"),
        frozenset({C.requested}) | CHECKED,
        C.checked,
        roles=OFFICERS,
        does=_l("Registration and rating were checked. Requires Improvement or Inadequate: direct payments are told."),
        inputs=(
            Input("rating_found", _l("Rating found"), InputKind.choice, choices=RatingValue),
            Input("findings", _l("What the check found")),
        ),
        effect=note_check,
        clause="HA 3.87-88",
    ),
    Step(
        "list",
        _l("Put on the list"),
        frozenset({C.checked}),
        C.listed,
        roles=OFFICERS,
        does=_l("The service stands on the list that goes out yearly."),
        inputs=(OUTCOME,),
        effect=put_on_list,
        clause="HA 3.87; XX",
    ),
    Step(
        "leave_off",
        _l("Leave off the list"),
        frozenset({C.checked}),
        C.not_listed,
        roles=OFFICERS,
        does=_l("The service does not stand on the list. Whoever asked reads why."),
        inputs=(Input("outcome", _l("Why, as whoever asked is told")),),
        clause="HA 3.87; XX",
    ),
    withdraw(C.withdrawn, C.requested),
    by_hand=ByHand(frozenset(PAYMENT_CHECK), states=frozenset({C.requested})),
    desk={"check": DirectPaymentCheck.state == C.requested},
    due=[Due(DirectPaymentCheck.check_due_on, {C.listed}, "check", ClockKey.direct_payment_check)],
    named=(DirectPaymentCheck.service,),
)

attachable(Validation)
attachable(Placement)
attachable(DirectPaymentCheck)

# --- poor ratings ---


def done_since_found(alert: RatingAlert, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if values["closed_on"] < alert.found_on:
        return _("That day lies before the rating was found. Check it.")
    refused: str | None = by_now("closed_on")(alert, actor, values)
    return refused


ALERTS = Workflow(
    RatingAlert,
    Step(
        "close",
        _l("Record what was done"),
        frozenset({AlertState.open}),
        AlertState.closed,
        roles=OFFICERS,
        does=_l("The host was asked, or the direct-payments team told. What it said stands on the record."),
        inputs=(
            Input("closed_on", _l("Date it was done"), InputKind.date),
            Input("done", _l("What was done and said")),
        ),
        accepts=done_since_found,
        clause="OL; HA 3.88; HA 3.97",
    ),
    due=[Due(RatingAlert.found_on, {AlertState.open}, "close", rests=False)],
    named=(RatingAlert.service,),
)


def on_rating(service: Service, before: Judgement | None) -> list[RatingAlert]:
    """The regulator judges a service anew.

    Requires Improvement or Inadequate opens contact with the host for every placement that is active there, and has
    the direct-payments team told where the service was checked for the list (OL, HA 3.88, HA 3.97).
    """
    session, actor = session_of(service), current_actor()
    known = before is not None and (before.overall, before.published_on) == (service.rating, service.rated_on)
    if service.rating not in POOR or known or actor is None:
        return []
    placements = session.scalars(
        select(Placement).where(Placement.service_id == service.id, Placement.state == P.active)
    ).all()
    checks = session.scalars(
        select(DirectPaymentCheck).where(
            DirectPaymentCheck.service_id == service.id, DirectPaymentCheck.state.in_([C.checked, C.listed])
        )
    ).all()
    opened = [_alert_placement(each, service.rating, actor) for each in placements]
    opened += [_alert_check(each, service.rating, actor) for each in checks]
    return [alert for alert in opened if alert is not None]


def _alert_placement(placement: Placement, rating: RatingValue, actor: Actor) -> RatingAlert | None:
    alert = RatingAlert(kind=AlertKind.host_contact, placement_id=placement.id, service_id=placement.service_id)
    return _open(session_of(placement), alert, rating, placement.validation.created_by_id, actor)


def _alert_check(check: DirectPaymentCheck, rating: RatingValue, actor: Actor) -> RatingAlert | None:
    alert = RatingAlert(kind=AlertKind.direct_payments, payment_check_id=check.id, service_id=check.service_id)
    return _open(session_of(check), alert, rating, check.created_by_id, actor)


def _open(
    session: Session, alert: RatingAlert, rating: RatingValue, asked_by_id: int | None, actor: Actor
) -> RatingAlert | None:
    """Open it, and tell whoever asked for the validation or the check; None where the same is open already."""
    table = RatingAlert.__table__
    session.flush()
    same = select(table.c.id).where(
        table.c.state == AlertState.open,
        table.c.rating == rating,
        table.c.placement_id == alert.placement_id,
        table.c.payment_check_id == alert.payment_check_id,
    )
    if session.connection().execute(same).first():
        return None
    alert.rating, alert.found_on = rating, actor.today

    def tell_whoever_asked() -> None:
        asked = session.get(Person, asked_by_id) if asked_by_id is not None else None
        if asked is not None:
            outbox.post(session, MailKind.care_management_told, alert, asked, actor)

    because = _("Opened because of the regulator's rating.")
    drafted_by_console(session, alert, because, "OL; HA 3.88; HA 3.97", tell_whoever_asked)
    return alert


def open_alerts(session: Session, limit: int) -> list[RatingAlert]:
    """The poor ratings that are not settled yet, of whom this actor placed or asked for, the newest first (OL)."""
    rows = select(RatingAlert).where(RatingAlert.state == AlertState.open).options(joinedload(RatingAlert.service))
    return list(session.scalars(rows.order_by(RatingAlert.found_on.desc(), RatingAlert.id).limit(limit)))


# --- helpers ---


def _service(item: Any) -> Service | None:
    """The service that a record names, set by a form as an object or by its id."""
    return item.service if item.service is not None else session_of(item).get(Service, item.service_id or 0)
