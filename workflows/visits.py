"""What may happen to a visit, who may do it, and what follows (domain section 4)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from models.base import LONDON, session_of
from models.framework import ActivityForm, ActivityType, Announcement, Decision, Framework, FrameworkState, Outcome
from models.providers import Service
from models.visits import Visit, VisitReport, VisitState
from workflows import framework
from workflows.access import Role
from workflows.actor import Actor
from workflows.clocks import is_working_day
from workflows.engine import Workflow
from workflows.gate import ByHand, Refused
from workflows.parts import key_of
from workflows.providers import OFFICERS, is_officer, may_be_allocated
from workflows.steps import Approver, Due, Input, InputKind, Step
from workflows.visibility import attachable

S = VisitState


def authorisers(visit: Visit) -> Approver:
    """Whom the framework names to authorise a visit that needs it (HA 3.30)."""
    return framework.approver(session_of(visit), Decision.authorise_visit)


# --- guards ---


def needs_authorisation(visit: Visit, actor: Actor) -> str | None:
    if not visit.activity_type.needs_authorisation:
        return _("This kind of visit needs no authorisation. Schedule it.")
    if visit.authorised_by_id is not None:
        return _("This visit is authorised already. Schedule it.")
    return None


def authorised_if_needed(visit: Visit, actor: Actor) -> str | None:
    if visit.activity_type.needs_authorisation and visit.authorised_by_id is None:
        return _("This kind of visit must be authorised first. Request authorisation.")
    return None


# --- inputs that will not do ---


def suits_the_type(visit: Visit, actor: Actor, values: Mapping[str, Any]) -> str | None:
    kind = visit.activity_type
    if reason := is_officer(visit, actor, values, "officer_id"):
        return reason
    if kind.announcement is Announcement.unannounced and values["announced"]:
        return _("Visits of this kind are unannounced.")
    if kind.announcement is Announcement.announced and not values["announced"]:
        return _("Visits of this kind are announced.")
    if kind.outside_core_hours and in_core_hours(kind.framework, values["starts_at"]):
        return _(
            "Visits of this kind begin outside core hours, which are %(start)s to %(end)s on working days.",
            start=kind.framework.core_hours_start.strftime("%H:%M"),
            end=kind.framework.core_hours_end.strftime("%H:%M"),
        )
    return None


def in_core_hours(rules: Framework, moment: dt.datetime) -> bool:
    """Whether a moment lies in the framework's core hours of a working day, by the clock on the office wall."""
    local = moment.astimezone(LONDON)
    return is_working_day(local.date(), rules.nation) and rules.core_hours_start <= local.time() < rules.core_hours_end


def has_begun(visit: Visit, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if values["began_at"] > actor.now:
        return _("A visit cannot begin in the future. Reschedule it instead.")
    return None


def is_whole(visit: Visit, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if visit.began_at is not None and values["ended_at"] < visit.began_at:
        return _("The visit ended before it began. Check the time it ended.")
    if values["ended_at"] > actor.now:
        return _("The visit has not ended yet. Check the time it ended.")
    longest = visit.activity_type.longest_minutes
    overran = longest and visit.began_at and values["ended_at"] - visit.began_at > dt.timedelta(minutes=longest)
    if overran and not (values.get("overrun_reason") or "").strip():
        return _("Visits of this kind last %(longest)s minutes at most. Say why this one took longer.", longest=longest)
    return None


# --- effects ---


def note_asker(visit: Visit, actor: Actor, values: Mapping[str, Any]) -> None:
    visit.authorisation_asked_by_id = actor.person_id


def note_authoriser(visit: Visit, actor: Actor, values: Mapping[str, Any]) -> None:
    visit.authorised_by_id, visit.authorised_at = actor.person_id, actor.now


def add_report(visit: Visit, actor: Actor, values: Mapping[str, Any]) -> None:
    visit.reports.append(
        VisitReport(
            number=len(visit.reports) + 1,
            findings=values["findings"],
            good_practice=values.get("good_practice") or "",
            concerns=values.get("concerns") or "",
            reason=values.get("correction_reason") or "",
        )
    )


def note_published(visit: Visit, actor: Actor, values: Mapping[str, Any]) -> None:
    visit.published_at = actor.now


OFFICER = Input("officer_id", _l("Officer"), InputKind.choice, options=may_be_allocated)
SCHEDULE = (
    OFFICER,
    Input("starts_at", _l("Date and time"), InputKind.moment),
    Input("announced", _l("The service is told beforehand"), InputKind.flag, required=False),
)
REPORT = (
    Input("findings", _l("What the visit found"), sets=False),
    Input("good_practice", _l("Good practice seen"), required=False, sets=False),
    Input("concerns", _l("Concerns, and what was done about them"), required=False, sets=False),
)

WRITE_UP = (
    Input("ended_at", _l("Time it ended"), InputKind.moment),
    Input("overrun_reason", _l("Why it took longer than planned"), required=False),
    Input("feedback_to", _l("Who heard the first feedback (post, not name)"), InputKind.line),
    Input("feedback_at", _l("When they heard it"), InputKind.moment),
    Input("feedback", _l("The first feedback")),
    Input("consulted", _l("How people who use the service, families and staff were heard")),
    *REPORT,
)
CORRECTION = (Input("correction_reason", _l("Reason for the correction"), InputKind.line, sets=False), *REPORT)
OUTCOME = Input(
    "outcome",
    _l("Overall, as assessed"),
    InputKind.choice,
    choices=Outcome,
    hint=_l("How the assessment rates the service overall. What falls due next follows from it."),
)


def with_outcome(visit: Visit, asked: Sequence[Input]) -> Sequence[Input]:
    """An assessment says how the service comes out, any other visit does not (HA 3.17, SA 3.2.3)."""
    return (*asked, OUTCOME) if visit.activity_type.is_assessment else asked


WORKFLOW = Workflow(
    Visit,
    Step(
        "request_authorisation",
        _l("Request authorisation"),
        frozenset({S.planned}),
        S.awaiting_authorisation,
        roles=OFFICERS,
        does=_l("Whoever the framework names is asked to authorise this visit."),
        guards=[needs_authorisation],
        effect=note_asker,
        clause="HA 3.30",
        needs_note=True,
    ),
    Step(
        "withdraw_request",
        _l("Withdraw the request"),
        frozenset({S.awaiting_authorisation}),
        S.planned,
        roles=OFFICERS,
        does=_l("The visit is planned again, and nobody is asked to authorise it."),
    ),
    Step(
        "authorise",
        _l("Authorise"),
        frozenset({S.awaiting_authorisation}),
        S.planned,
        roles=authorisers,
        does=_l("The visit may be scheduled."),
        effect=note_authoriser,
        clause="HA 3.30",
        decides=True,
        asked_by=frozenset({"request_authorisation"}),
    ),
    Step(
        "refuse_authorisation",
        _l("Refuse authorisation"),
        frozenset({S.awaiting_authorisation}),
        S.cancelled,
        roles=authorisers,
        does=_l("The visit is cancelled. What made it due stays due."),
        clause="HA 3.30",
        decides=True,
        asked_by=frozenset({"request_authorisation"}),
        needs_note=True,
    ),
    Step(
        "schedule",
        _l("Schedule"),
        frozenset({S.planned}),
        S.scheduled,
        roles=OFFICERS,
        does=_l("The visit has a date and an officer."),
        guards=[authorised_if_needed],
        inputs=SCHEDULE,
        accepts=suits_the_type,
    ),
    Step(
        "reschedule",
        _l("Reschedule"),
        frozenset({S.scheduled}),
        None,
        roles=OFFICERS,
        does=_l("The visit has another date or officer."),
        inputs=SCHEDULE,
        accepts=suits_the_type,
    ),
    Step(
        "hand_over",
        _l("Give to another officer"),
        frozenset({S.scheduled, S.under_way, S.written_up}),
        None,
        roles=frozenset({Role.manager}),
        does=_l("Another officer makes the visit, or finishes it. It stays where it stands."),
        inputs=(OFFICER,),
        accepts=lambda visit, actor, values: is_officer(visit, actor, values, "officer_id"),
        gives="officer_id",
        clause="HA 2.2",
        needs_note=True,
    ),
    Step(
        "begin",
        _l("Begin"),
        frozenset({S.scheduled}),
        S.under_way,
        roles=OFFICERS,
        does=_l("The visit is under way from the time you give."),
        inputs=(Input("began_at", _l("Time it began"), InputKind.moment),),
        accepts=has_begun,
    ),
    Step(
        "write_up",
        _l("Write up"),
        frozenset({S.under_way}),
        S.written_up,
        roles=OFFICERS,
        does=_l("The report is written. It is seen inside the council until it is published."),
        inputs=lambda visit: with_outcome(visit, WRITE_UP),
        accepts=is_whole,
        effect=add_report,
        clause="HA 3.13-14",
    ),
    Step(
        "publish",
        _l("Publish"),
        frozenset({S.written_up}),
        S.published,
        roles=OFFICERS,
        does=_l("Partners, and the provider of this service, can read the report."),
        effect=note_published,
        clause="HA 3.17",
    ),
    Step(
        "cancel",
        _l("Cancel"),
        frozenset({S.planned, S.scheduled}),
        S.cancelled,
        roles=OFFICERS,
        does=_l("The visit does not take place. What made it due stays due."),
        needs_note=True,
    ),
    Step(
        "abandon",
        _l("Abandon"),
        frozenset({S.under_way}),
        S.cancelled,
        roles=OFFICERS,
        does=_l("The visit was begun and could not be finished. What made it due stays due."),
        needs_note=True,
    ),
    Step(
        "correct",
        _l("Correct the report"),
        frozenset({S.published}),
        None,
        roles=OFFICERS,
        does=_l("A new version of the report stands beside the old one, with your reason."),
        inputs=lambda visit: with_outcome(visit, CORRECTION),
        effect=add_report,
    ),
    by_hand=ByHand(
        frozenset({"service_id", "activity_type_id", "due_on", "reason", "tasks"}),
        states=frozenset({S.planned}),
        check=lambda visit, actor: _may_be_planned(visit),
    ),
    desk={"authorise": None},
    due=[
        Due(Visit.due_on, {S.planned, S.awaiting_authorisation}, "schedule"),
        Due(Visit.starts_at, {S.scheduled}, "begin", rests=False),
    ],
    named=(Visit.service, Visit.activity_type),
)
attachable(Visit)


def _may_be_planned(visit: Visit) -> Refused | None:
    session = session_of(visit)
    if visit.authorised_by_id is not None:
        return Refused(_("This visit was authorised as it stands. Cancel it and plan another."))
    kind = session.get(ActivityType, key_of(visit, "activity_type") or 0)
    service = session.get(Service, key_of(visit, "service") or 0)
    if kind is None or service is None:
        return Refused(_("Choose the service, and what kind of visit it is."))
    if kind.form is not ActivityForm.visit:
        return Refused(_("“%(activity)s” is no visit. Choose a kind of visit.", activity=kind.name), kind.clause)
    state = session.scalar(select(Framework.state).where(Framework.id == kind.framework_id))
    if state is not FrameworkState.in_force:
        return Refused(_("That kind of visit belongs to a framework that is not in force."))
    if kind.care_homes_only and not service.care_home:
        return Refused(_("Visits of this kind are made to care homes only."), kind.clause)
    return None
