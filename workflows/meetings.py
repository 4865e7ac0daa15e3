"""What may happen to a meeting, who may do it, and to whom its minutes go (domain sections 8, 9)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect

from models.base import LONDON, session_of
from models.framework import Decision, TriggerEvent
from models.meetings import (
    SETTLED,
    Attendance,
    Meeting,
    MeetingAttendance,
    MeetingCirculation,
    MeetingDecision,
    MeetingDecisionState,
    MeetingItem,
    MeetingKind,
    MeetingMinutes,
    MeetingOrigin,
    MeetingState,
    mdt_is_open,
)
from models.outbox import MailKind
from models.people import Agency
from models.plans import Action, ActionSource, Plan
from models.providers import Judgement, RatingValue, Service, ServiceType
from workflows import framework, outbox, sharing
from workflows.access import Role, and_above
from workflows.actor import Actor
from workflows.engine import Workflow, drafted_by_console
from workflows.gate import BY_HAND, ByHand, Refused
from workflows.parts import key_of, state_of_whole, stays
from workflows.providers import OFFICERS, fits, is_watched
from workflows.steps import Approver, Due, Input, InputKind, Step
from workflows.visibility import attachable

S = MeetingState
PREPARED = frozenset({S.convened, S.scheduled, S.held})
"""When agenda and attendance are written: from when it is certain until its minutes are drafted."""
MINUTED = frozenset({S.minutes_approved, S.circulated, S.closed})


def conveners(meeting: Meeting) -> Approver:
    """Whom the framework names to say whether an MDT takes place (HA 3.62-65)."""
    return framework.approver(session_of(meeting), Decision.convene_mdt)


def chairs(meeting: Meeting) -> Approver:
    """Whoever may convene chairs; where a group convenes, a Head of Service does (HA 3.64)."""
    named = conveners(meeting)
    return Approver(frozenset({Role.head}) if named.group else named.roles, clause="HA 3.64")


def is_mdt(meeting: Meeting) -> bool:
    return meeting.is_mdt


def is_other(meeting: Meeting) -> bool:
    return not meeting.is_mdt


# --- what is written by hand ---


WRITTEN = ("kind", "activity_type_id", "service_id", "provider_id", "name", "purpose", "starts_at", "place")
"""What is written of a meeting by hand, in the order of the form."""


def may_be_written(meeting: Meeting, actor: Actor) -> Refused | None:
    told = inspect(meeting)
    if told.persistent and told.attrs.kind.history.has_changes():
        return Refused(_("What kind of meeting this is stays as it was. Add another meeting instead."))
    if meeting.kind is MeetingKind.mdt:
        if not (key_of(meeting, "provider") or key_of(meeting, "service")):
            return Refused(_("An MDT is about a service or a provider. Choose one."), "HA 3.62")
        if meeting.state in (None, S.requested, S.convened) and meeting.starts_at is not None:
            return Refused(_("An MDT gets its date when it is scheduled. Leave the date empty."), "HA 3.63")
    if meeting.starts_at is None and (is_other(meeting) or meeting.state is S.scheduled):
        return Refused(_("Give the date and time at which the meeting takes place."))
    return unclear_activity(meeting) or fits(meeting, actor)


def unclear_activity(meeting: Meeting) -> Refused | None:
    """Which of the framework's meetings this is must be clear: the next is counted from it."""
    told = inspect(meeting)
    touched = any(told.attrs[name].history.has_changes() for name in ("activity_type_id", "service_id"))
    if told.persistent and not touched:
        return None  # it may be one of an edition before
    fitting = framework.meetings_of(session_of(meeting), meeting.kind, _service_type(meeting))
    chosen = key_of(meeting, "activity_type")
    if chosen is not None and chosen in fitting:
        return None
    if chosen is None and len(fitting) < 2:
        return None
    if not fitting:
        return Refused(_("The framework names no such meeting of this kind for this service. Choose none."))
    return Refused(_("Choose which of these meetings of the framework it is: %(names)s.",
                     names=", ".join(fitting.values())))  # fmt: skip


def _service_type(meeting: Meeting) -> ServiceType | None:
    service = session_of(meeting).get(Service, key_of(meeting, "service") or 0)
    return service.service_type if service is not None else None


def follow_on(meeting: Meeting, actor: Actor) -> None:
    """The provider follows from the service, where a meeting begins from its kind, and its day from its moment."""
    if meeting.service_id is not None and meeting.provider_id is None:
        service = session_of(meeting).get(Service, meeting.service_id)
        meeting.provider_id = service.provider_id if service is not None else None
    if meeting.state is None and is_other(meeting):
        meeting.state = S.scheduled
    if key_of(meeting, "activity_type") is None:
        meeting.activity_type_id = framework.only_meeting(session_of(meeting), meeting.kind, _service_type(meeting))
    note_day(meeting, actor, {})


OPEN_FOR: dict[type[Any], frozenset[MeetingState]] = {
    MeetingItem: PREPARED,
    MeetingAttendance: PREPARED,
    MeetingDecision: frozenset({S.held}),
}
"""In which states of the meeting each of its parts is written by hand."""


def is_open(item: Any, actor: Actor) -> Refused | None:
    """What must hold of a part of a meeting: it stays with its meeting, and that is still open for it."""
    if refusal := stays(item, "meeting"):
        return refusal
    if state_of_whole(item, "meeting") in (None, *OPEN_FOR[type(item)]):
        return None
    if isinstance(item, MeetingDecision):
        return Refused(_("Decisions are written once the meeting was held, until its minutes are drafted."))
    return Refused(
        _("Agenda and attendance are written from when the meeting is convened until its minutes are drafted.")
    )


def may_attend(item: MeetingAttendance, actor: Actor) -> Refused | None:
    if key_of(item, "agency") and key_of(item, "provider"):
        return Refused(_("Somebody sits there for an agency or for a provider, not for both. Empty one of the two."))
    return is_open(item, actor)


def may_be_decided(item: MeetingDecision, actor: Actor) -> Refused | None:
    if item.state is MeetingDecisionState.carried:
        return Refused(_("This decision is in the action plan now. Change the action there."))
    return is_open(item, actor)


BY_HAND[MeetingItem] = ByHand(
    frozenset({"meeting_id", "position", "title", "updates", "assurances", "discussion"}), check=is_open
)
BY_HAND[MeetingAttendance] = ByHand(
    frozenset({"meeting_id", "agency_id", "provider_id", "post", "attendance"}), check=may_attend
)
BY_HAND[MeetingDecision] = ByHand(
    frozenset({"meeting_id", "decision", "owner", "due_on", "significant"}), check=may_be_decided
)

# --- guards ---


def has_begun(meeting: Meeting, actor: Actor) -> str | None:
    if meeting.starts_at is not None and meeting.starts_at > actor.now:
        return _("It has not begun yet. Change its date, or wait for it.")
    return None


def attendance_is_told(meeting: Meeting, actor: Actor) -> str | None:
    seats = [each.attendance for each in meeting.attendances]
    if Attendance.attended not in seats:
        return _("Nobody is recorded as having attended. Record who did.")
    if Attendance.invited in seats:
        return _("Say of everybody who was invited whether they attended or sent apologies.")
    return None


def has_concerns(meeting: Meeting, actor: Actor) -> str | None:
    if not meeting.concerns:
        return _("No concerns were raised for the Manager.")
    return _("The concerns were taken up already.") if meeting.concerns_answer else None


def concerns_are_taken_up(meeting: Meeting, actor: Actor) -> str | None:
    if meeting.concerns and not meeting.concerns_answer:
        return _("A Manager must take up the concerns first.")
    return None


def has_work_left(meeting: Meeting, actor: Actor) -> str | None:
    if meeting.provider_id is None:
        return _("This meeting is about no provider, and so belongs to no action plan.")
    if not _to_be_done(meeting):
        return _("No decision with an owner and a day by when is left to be carried into an action plan.")
    return None


def _to_be_done(meeting: Meeting) -> list[MeetingDecision]:
    left = [each for each in meeting.decisions if each.state is MeetingDecisionState.open]
    return [each for each in left if each.owner and each.due_on]


# --- effects ---


def note_day(meeting: Meeting, actor: Actor, values: Mapping[str, Any]) -> None:
    """The day on which it is due in the diary."""
    meeting.meets_on = meeting.starts_at.astimezone(LONDON).date() if meeting.starts_at is not None else None


def _add_version(meeting: Meeting, reason: str, **approved: Any) -> MeetingMinutes:
    version = MeetingMinutes(number=len(meeting.versions) + 1, text=meeting.minutes or "", reason=reason, **approved)
    meeting.versions.append(version)
    return version


def approve_minutes(meeting: Meeting, actor: Actor, values: Mapping[str, Any]) -> None:
    """What the chair approves is fixed from here on, beside the versions before it."""
    reason = meeting.correction_reason or ""
    _add_version(meeting, reason, approved_at=actor.now, approved_by_id=actor.person_id)
    meeting.correction_reason = None


def circulate(meeting: Meeting, actor: Actor, values: Mapping[str, Any]) -> None:
    """The newest version goes to each agency and provider that attended, and to nobody else (HA 3.65).

    They are told by mail that it waits for them.
    """
    attended = [each for each in meeting.attendances if each.attendance is Attendance.attended]
    receivers = dict.fromkeys(body for each in attended if (body := each.agency or each.provider) is not None)
    for body in receivers:
        whom = {"agency_id": body.id} if isinstance(body, Agency) else {"provider_id": body.id}
        meeting.versions[-1].circulations.append(MeetingCirculation(circulated_on=actor.today, **whom))
    for body in receivers:
        outbox.post(session_of(meeting), MailKind.minutes_circulated, meeting, body, actor)


def share_notes(meeting: Meeting, actor: Actor, values: Mapping[str, Any]) -> None:
    _add_version(meeting, "")
    circulate(meeting, actor, values)


def correct_notes(meeting: Meeting, actor: Actor, values: Mapping[str, Any]) -> None:
    _add_version(meeting, values["why"])
    circulate(meeting, actor, values)


def carry_decisions(meeting: Meeting, actor: Actor, values: Mapping[str, Any]) -> None:
    """What was decided becomes the actions of a plan in draft: it is proposed and agreed as any other (domain 9)."""
    plan = Plan(provider_id=meeting.provider_id, service_id=meeting.service_id, title=meeting.name)
    for each in _to_be_done(meeting):
        plan.actions.append(
            Action(
                text=each.decision,
                owner=each.owner,
                due_on=each.due_on,
                significant=each.significant,
                source=ActionSource.meeting,
                source_reference=meeting.name,
            )
        )
        each.state = MeetingDecisionState.carried
    session_of(meeting).add(plan)


ENDED_BECAUSE = Input(
    "ended_because", _l("Why"), hint=_l("Whoever sees this meeting reads it, the provider of the service too.")
)
WHY = Input("why", _l("Reason for the correction"), InputKind.line, sets=False)

WORKFLOW = Workflow(
    Meeting,
    Step(
        "convene",
        _l("Convene"),
        frozenset({S.requested}),
        S.convened,
        roles=conveners,
        does=_l("The multi-disciplinary team meeting takes place. An officer schedules it."),
        applies=is_mdt,
        clause="HA 3.62-65",
        decides=True,
    ),
    Step(
        "not_required",
        _l("Record that it is not required"),
        frozenset({S.requested}),
        S.not_required,
        roles=conveners,
        does=_l("The multi-disciplinary team meeting does not take place."),
        applies=is_mdt,
        inputs=(ENDED_BECAUSE,),
        clause="HA 2.10",
    ),
    Step(
        "schedule",
        _l("Schedule"),
        frozenset({S.convened}),
        S.scheduled,
        roles=OFFICERS,
        does=_l("The meeting has a date. The provider it is about reads the date and the agenda."),
        applies=is_mdt,
        inputs=(
            Input("starts_at", _l("Date and time"), InputKind.moment),
            Input("place", _l("Place"), InputKind.line, required=False, hint=_l("Or how to join it from elsewhere.")),
        ),
        effect=note_day,
    ),
    Step(
        "stand_down",
        _l("Stand down"),
        frozenset({S.convened, S.scheduled}),
        S.stood_down,
        roles=conveners,
        does=_l("The multi-disciplinary team meeting does not take place after all."),
        applies=is_mdt,
        inputs=(ENDED_BECAUSE,),
    ),
    Step(
        "cancel",
        _l("Cancel"),
        frozenset({S.scheduled}),
        S.cancelled,
        roles=OFFICERS,
        does=_l("The meeting does not take place. What made it due stays due."),
        applies=is_other,
        inputs=(ENDED_BECAUSE,),
    ),
    Step(
        "hold",
        _l("Record that it was held"),
        frozenset({S.scheduled}),
        S.held,
        roles=OFFICERS,
        does=_l("The meeting took place. What was said and decided is recorded now."),
        guards=[has_begun],
    ),
    Step(
        "draft_minutes",
        _l("Draft the minutes"),
        frozenset({S.held}),
        S.minutes_drafted,
        roles=OFFICERS,
        does=_l("The chair is asked to approve the minutes."),
        applies=is_mdt,
        guards=[attendance_is_told],
        inputs=(Input("minutes", _l("Minutes"), hint=_l("People by case reference only, professionals by post.")),),
        clause="HA 3.65",
    ),
    Step(
        "return_minutes",
        _l("Return the minutes"),
        frozenset({S.minutes_drafted}),
        S.held,
        roles=chairs,
        does=_l("The officer writes the minutes again, with your reason."),
        applies=is_mdt,
        returns=True,
        needs_note=True,
    ),
    Step(
        "approve_minutes",
        _l("Approve the minutes"),
        frozenset({S.minutes_drafted}),
        S.minutes_approved,
        roles=chairs,
        does=_l("The minutes are fixed as they stand. They may go to those who attended."),
        applies=is_mdt,
        effect=approve_minutes,
        clause="HA 3.64",
        decides=True,
        asked_by=frozenset({"draft_minutes"}),
    ),
    Step(
        "circulate",
        _l("Circulate the minutes"),
        frozenset({S.minutes_approved}),
        S.circulated,
        roles=OFFICERS,
        does=_l("The agencies and the provider that attended can read the minutes. Nobody else can."),
        applies=is_mdt,
        effect=circulate,
        clause="HA 3.65",
    ),
    Step(
        "correct_minutes",
        _l("Correct the minutes"),
        MINUTED,
        S.held,
        roles=OFFICERS,
        does=_l("The minutes are written and approved anew. The version before stays beside the new one."),
        applies=is_mdt,
        inputs=(Input("correction_reason", _l("Reason for the correction"), InputKind.line),),
    ),
    Step(
        "share_notes",
        _l("Share the notes"),
        frozenset({S.held}),
        S.notes_shared,
        roles=OFFICERS,
        does=_l("The agencies and providers that attended can read the notes. Concerns go to a Manager."),
        applies=is_other,
        guards=[attendance_is_told],
        inputs=(
            Input("minutes", _l("Notes"), hint=_l("People by case reference only, professionals by post.")),
            Input("concerns", _l("Concerns for the Manager"), required=False, hint=_l("Only the council reads these.")),
        ),
        effect=share_notes,
        clause="HA 3.39-40",
    ),
    Step(
        "take_up_concerns",
        _l("Take up the concerns"),
        frozenset({S.notes_shared}),
        None,
        roles=and_above(Role.manager),
        does=_l("What you do about the concerns is recorded beside them."),
        applies=is_other,
        guards=[has_concerns],
        inputs=(Input("concerns_answer", _l("What is done about them")),),
        clause="HA 3.40",
        decides=True,
        asked_by=frozenset({"share_notes"}),
    ),
    Step(
        "correct_notes",
        _l("Correct the notes"),
        frozenset({S.notes_shared, S.closed}),
        None,
        roles=OFFICERS,
        does=_l("A new version of the notes goes to those who attended, and stands beside the old one."),
        applies=is_other,
        inputs=(WHY, Input("minutes", _l("Notes"))),
        effect=correct_notes,
    ),
    Step(
        "carry_decisions",
        _l("Carry the decisions into an action plan"),
        frozenset(SETTLED),
        None,
        roles=OFFICERS,
        does=_l("A plan is drafted with the decisions that have an owner and a day as its actions. Propose it then."),
        guards=[has_work_left],
        effect=carry_decisions,
        clause="HA 3.62-65",
    ),
    Step(
        "close",
        _l("Close"),
        frozenset({S.circulated, S.notes_shared}),
        S.closed,
        roles=OFFICERS,
        does=_l("Nothing more is to be done about this meeting."),
        guards=[concerns_are_taken_up],
    ),
    *sharing.steps({S.scheduled, S.held, S.minutes_drafted, *SETTLED}),
    by_hand=ByHand(
        frozenset(WRITTEN),
        states=frozenset({S.requested, S.convened, S.scheduled}),
        check=may_be_written,
        fill=follow_on,
    ),
    desk={
        "convene": None,
        "approve_minutes": None,
        "take_up_concerns": Meeting.concerns.is_not(None) & Meeting.concerns_answer.is_(None),
    },
    due=[Due(Meeting.starts_at, {S.scheduled}, "hold", rests=False)],
    parts=(MeetingItem.meeting_id, MeetingAttendance.meeting_id, MeetingDecision.meeting_id),
)


# --- when the regulator's rating asks for one ---


attachable(Meeting)


def on_rating(service: Service, before: Judgement | None) -> Meeting | None:
    """The regulator judges a service anew: an MDT is considered on Requires improvement or any Inadequate (HA 2.10).

    Only for the services that the council watches: those in its area, and those that it buys from (XX). None where the
    trigger is off, the finding was known, or an MDT about the service is open already.
    """
    session, now = session_of(service), service.judgement
    trigger = framework.trigger(session, TriggerEvent.mdt_considered)
    if trigger is None or now is None or not _asks_for_mdt(now):
        return None
    known = before is not None and _asks_for_mdt(before) and before.published_on == now.published_on
    if known or not is_watched(service) or mdt_is_open(session, service):
        return None
    meeting = Meeting(
        kind=MeetingKind.mdt,
        state=S.requested,
        origin=MeetingOrigin.rating,
        service_id=service.id,
        provider_id=service.provider_id,
        activity_type_id=framework.only_meeting(session, MeetingKind.mdt, service.service_type),
        name=_("Whether an MDT is needed after the regulator's rating"),
        purpose=_("The regulator found Requires improvement overall, or Inadequate in an area."),
    )
    drafted_by_console(session, meeting, _("Drafted because of the regulator's new rating."), trigger.clause)
    return meeting


def _asks_for_mdt(found: Judgement) -> bool:
    every = (found.overall, *found.answers)
    return found.overall is RatingValue.requires_improvement or RatingValue.inadequate in every
