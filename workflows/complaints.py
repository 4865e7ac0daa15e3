"""What may happen to a complaint, who may do it, and by when it is answered (domain section 7)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect

from models.base import session_of
from models.complaints import Complaint, ComplaintKind, ComplaintOutcome, ComplaintState
from models.framework import ClockKey
from workflows import sharing
from workflows.access import Role
from workflows.actor import Actor
from workflows.clocks import due
from workflows.engine import Workflow
from workflows.gate import ByHand, Refused
from workflows.providers import OFFICERS, fits, is_officer, may_be_allocated
from workflows.steps import Due, Input, InputKind, Step
from workflows.visibility import attachable

S = ComplaintState
MANAGER = frozenset({Role.manager})
OPEN = frozenset({S.received, S.allocated, S.investigating, S.response_drafted, S.response_approved})
CLOCKS = {
    ComplaintKind.complaint: ClockKey.complaint_response,
    ComplaintKind.mp_enquiry: ClockKey.enquiry_response,
    ComplaintKind.councillor_enquiry: ClockKey.enquiry_response,
}
RESPONSE = (
    Input("findings", _l("What the investigation found")),
    Input("outcome", _l("Outcome"), InputKind.choice, choices=ComplaintOutcome),
    Input("response", _l("Response, as customer care is to send it")),
    Input("learning", _l("Learning for this provider"), required=False),
    Input("wider_learning", _l("Learning for all providers like it"), required=False),
)


def may_be_written(complaint: Complaint, actor: Actor) -> Refused | None:
    if complaint.received_on is not None and complaint.received_on > actor.today:
        return Refused(_("It cannot have been received in the future. Check the day."))
    return fits(complaint, actor)


def set_deadline(complaint: Complaint, actor: Actor) -> None:
    """By when it is answered: by its kind, in working days, from the day it was received.

    Not anew when only something else is written: a Manager may have extended it.
    """
    told = inspect(complaint).attrs
    moved = told.kind.history.has_changes() or told.received_on.history.has_changes()
    if moved and complaint.received_on is not None:
        clock = CLOCKS[complaint.kind or ComplaintKind.complaint]
        complaint.due_on = due(session_of(complaint), clock, complaint.received_on)


def is_later(complaint: Complaint, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if values["due_on"] <= complaint.due_on or values["due_on"] <= actor.today:
        return _("The new date must lie after the one before, and after today.")
    return None


def has_happened(complaint: Complaint, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if not complaint.received_on <= values["responded_on"] <= actor.today:
        return _("The response went out between the day it was received and today. Check the day.")
    return None


def may_have_officer(complaint: Complaint, actor: Actor, values: Mapping[str, Any]) -> str | None:
    return is_officer(complaint, actor, values, "officer_id") if "officer_id" in values else None


def note_approved(complaint: Complaint, actor: Actor, values: Mapping[str, Any]) -> None:
    complaint.approved_at = actor.now


def begin_anew(complaint: Complaint, actor: Actor, values: Mapping[str, Any]) -> None:
    """A response that was approved before is approved no more."""
    complaint.approved_at = complaint.responded_on = None


def officer_again(complaint: Complaint) -> tuple[Input, ...]:
    """Whoever investigates from here: asked where nobody was named before it was referred."""
    return () if complaint.officer_id is not None else (OFFICER,)


WRITTEN = (
    "provider_id", "service_id", "kind", "source", "received_on", "reference", "case_reference", "subject", "details",
)  # fmt: skip
"""What is written by hand, in the order of the form."""
OFFICER = Input("officer_id", _l("Officer"), InputKind.choice, options=may_be_allocated)

WORKFLOW = Workflow(
    Complaint,
    Step(
        "allocate",
        _l("Allocate"),
        frozenset({S.received, S.allocated}),
        S.allocated,
        roles=MANAGER,
        does=_l("The officer investigates it, as customer care asked."),
        inputs=(OFFICER,),
        accepts=may_have_officer,
        gives="officer_id",
        clause="HA 3.75",
    ),
    Step(
        "hand_over",
        _l("Give to another officer"),
        frozenset({S.investigating, S.response_drafted, S.response_approved}),
        None,
        roles=MANAGER,
        does=_l("Another officer investigates it from here. It stays where it stands."),
        inputs=(OFFICER,),
        accepts=may_have_officer,
        gives="officer_id",
        clause="HA 3.75",
        needs_note=True,
    ),
    Step(
        "investigate",
        _l("Begin the investigation"),
        frozenset({S.allocated}),
        S.investigating,
        roles=OFFICERS,
        does=_l("The investigation begins."),
        clause="HA 3.76",
    ),
    Step(
        "draft_response",
        _l("Draft the response"),
        frozenset({S.investigating}),
        S.response_drafted,
        roles=OFFICERS,
        does=_l("A Manager is asked to approve the response."),
        inputs=RESPONSE,
        clause="HA 3.76",
    ),
    Step(
        "return_response",
        _l("Return the response"),
        frozenset({S.response_drafted}),
        S.investigating,
        roles=MANAGER,
        does=_l("The officer investigates further or writes the response again, with your reason."),
        returns=True,
        needs_note=True,
    ),
    Step(
        "approve_response",
        _l("Approve the response"),
        frozenset({S.response_drafted}),
        S.response_approved,
        roles=MANAGER,
        does=_l("The response may go out through customer care."),
        effect=note_approved,
        clause="HA 3.76",
        decides=True,
        asked_by=frozenset({"draft_response"}),
    ),
    Step(
        "respond",
        _l("Record that it was sent"),
        frozenset({S.response_approved}),
        S.responded,
        roles=OFFICERS,
        does=_l("The response went out through customer care."),
        inputs=(Input("responded_on", _l("Date it was sent"), InputKind.date),),
        accepts=has_happened,
        clause="HA 3.76",
    ),
    Step(
        "close",
        _l("Close"),
        frozenset({S.responded}),
        S.closed,
        roles=OFFICERS,
        does=_l("Nothing more is to be done. It can be reopened."),
    ),
    Step(
        "extend",
        _l("Extend the deadline"),
        frozenset(OPEN),
        None,
        roles=MANAGER,
        does=_l("The response is due on another day."),
        inputs=(Input("due_on", _l("New deadline"), InputKind.date),),
        accepts=is_later,
        needs_note=True,
    ),
    Step(
        "refer",
        _l("Refer to safeguarding"),
        frozenset(OPEN),
        S.referred,
        roles=OFFICERS,
        does=_l("The safeguarding unit takes it on. It rests here until it comes back."),
        needs_note=True,
    ),
    Step(
        "withdraw",
        _l("Record that it was withdrawn"),
        frozenset(OPEN),
        S.withdrawn,
        roles=OFFICERS,
        does=_l("Whoever complained has taken it back."),
        needs_note=True,
    ),
    Step(
        "reopen",
        _l("Reopen"),
        frozenset({S.responded, S.closed, S.withdrawn, S.referred}),
        S.investigating,
        roles=OFFICERS,
        does=_l("It is investigated again, or is back from safeguarding. A response needs a new approval."),
        inputs=officer_again,
        accepts=may_have_officer,
        effect=begin_anew,
        clause="XX",
        needs_note=True,
    ),
    *sharing.steps(set(S) - {S.withdrawn}),
    by_hand=ByHand(
        frozenset(WRITTEN),
        states=frozenset({S.received, S.allocated, S.investigating}),
        check=may_be_written,
        fill=set_deadline,
    ),
    desk={
        "allocate": Complaint.state == S.received,
        "investigate": None,
        "draft_response": None,
        "approve_response": None,
    },
    due=[
        Due(Complaint.due_on, OPEN, "draft_response", clock, where=Complaint.kind == kind)
        for kind, clock in CLOCKS.items()
    ],
)
attachable(Complaint)
