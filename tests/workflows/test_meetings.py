"""Meetings: who convenes and chairs, what is fixed when, to whom minutes go, and what a rating asks for."""

import datetime as dt
from typing import Any

import pytest
from areas.meetings import decision, item, meeting, seat, went_to
from sqlalchemy import select
from steps_taken import not_changed, write
from steps_taken import not_written as not_added
from world import NOW, World, console

from models import db
from models.diary import Obligation
from models.framework import ApprovalRule, Decision, OversightGroup, Trigger, TriggerEvent
from models.ledger import LedgerEntry
from models.meetings import (
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
)
from models.outbox import OutboxMessage
from models.plans import ActionSource, Plan, PlanState
from models.providers import Commissioning, Judgement, Provider, Rating, RatingValue, Service, ServiceType
from seed import framework_files
from workflows import actor as actors
from workflows import desk, providers, suspensions
from workflows.framework_files import load
from workflows.gate import Refused
from workflows.meetings import WORKFLOW, on_rating

R = RatingValue


def take(world: World, username: str, step: str, made: Any, note: str = "", **values: Any) -> None:
    workflow = providers.WORKFLOW if isinstance(made, Service) else WORKFLOW
    with world.acting(username) as actor:
        workflow.take(step, made, actor, note=note, **values)
        db.session.commit()


def refused(world: World, username: str, step: str, made: Any, note: str = "", **values: Any) -> Refused:
    with pytest.raises(Refused) as told:
        take(world, username, step, made, note, **values)
    db.session.rollback()
    return told.value


def written(world: World, username: str, **kw: Any) -> Meeting:
    """A meeting as somebody writes it by hand."""
    told = {"kind": MeetingKind.mdt, "name": "Staffing at night", **kw}
    with world.acting(username):
        made = Meeting(**told)
        db.session.add(made)
        db.session.commit()
    return made


def not_written(world: World, username: str, **kw: Any) -> str:
    with pytest.raises(Refused) as told:
        written(world, username, **kw)
    db.session.rollback()
    return told.value.sentence


def changed(world: World, username: str, row: Any, **values: Any) -> None:
    with world.acting(username):
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def versions(made: Meeting) -> list[tuple[int, str, str]]:
    with actors.acting(actors.system("test", NOW)):
        rows = select(MeetingMinutes).where(MeetingMinutes.meeting_id == made.id).order_by(MeetingMinutes.number)
        return [(each.number, each.text, each.reason) for each in db.session.scalars(rows)]


def receivers(made: Meeting) -> list[tuple[int, int | None, int | None]]:
    """(version, agency, provider) in the order in which they were told."""
    with actors.acting(actors.system("test", NOW)):
        rows = (
            select(MeetingMinutes.number, MeetingCirculation.agency_id, MeetingCirculation.provider_id)
            .join(MeetingCirculation.minutes)
            .where(MeetingMinutes.meeting_id == made.id)
            .order_by(MeetingCirculation.id)
        )
        return [(row.number, row.agency_id, row.provider_id) for row in db.session.execute(rows)]


# --- asking for an MDT ---


def test_an_mdt_begins_as_a_request_and_any_other_meeting_as_scheduled(world: World) -> None:
    service = world.service()
    mdt = written(world, "officer", service_id=service.id)
    assert (mdt.state, mdt.provider_id, mdt.origin) == (
        MeetingState.requested, service.provider_id, MeetingOrigin.council,
    )  # fmt: skip
    other = written(world, "officer", kind=MeetingKind.other, starts_at=NOW)
    assert (other.state, other.provider_id, other.meets_on) == (MeetingState.scheduled, None, dt.date(2026, 3, 4))


def test_the_day_of_a_meeting_is_that_on_the_office_wall(world: World) -> None:
    late = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)
    other = written(world, "officer", kind=MeetingKind.other, starts_at=late)
    assert other.meets_on == dt.date(2026, 7, 1)
    changed(world, "officer", other, starts_at=late - dt.timedelta(hours=1))
    assert other.meets_on == dt.date(2026, 6, 30)


def activity(world: World, key: str) -> int:
    return world.activity_type(key).id


def test_a_meeting_is_the_frameworks_own_of_its_kind_where_that_has_the_one(world: World) -> None:
    home, agency, scheme = (
        world.service(service_type=ServiceType.care_home),
        world.service(service_type=ServiceType.home_care, care_home=False),
        world.service(service_type=ServiceType.supported_living, care_home=False),
    )

    def of(kind: MeetingKind, service: Service | None = None) -> int | None:
        about = {"service_id": service.id} if service is not None else {}
        return written(world, "officer", kind=kind, starts_at=NOW, **about).activity_type_id

    assert of(MeetingKind.healthwatch) == activity(world, "healthwatch")
    assert of(MeetingKind.keeping_in_touch, home) == activity(world, "keeping_in_touch")
    assert of(MeetingKind.contract_review, agency) == activity(world, "contract_review_home_care")
    assert of(MeetingKind.contract_review, scheme) == activity(world, "contract_review_supported_living")
    # None for a home care agency's monthly meeting, and none of the framework's for any other kind.
    assert of(MeetingKind.keeping_in_touch, agency) is None
    assert of(MeetingKind.other) is None
    assert written(world, "officer", service_id=home.id).activity_type_id == activity(world, "mdt")


def test_where_the_framework_has_several_the_officer_chooses(world: World) -> None:
    told = {"kind": MeetingKind.forum, "starts_at": NOW}
    wanted = (
        "Choose which of these meetings of the framework it is: Care home provider forum, Specialist provider forum."
    )
    assert not_written(world, "officer", **told) == wanted
    assert not_written(world, "officer", activity_type_id=activity(world, "healthwatch"), **told) == wanted
    made = written(world, "officer", activity_type_id=activity(world, "specialist_forum"), **told)
    assert made.activity_type_id == activity(world, "specialist_forum")
    assert (
        not_written(
            world, "officer", kind=MeetingKind.other, starts_at=NOW, activity_type_id=activity(world, "healthwatch")
        )
        == "The framework names no such meeting of this kind for this service. Choose none."
    )


def test_a_meeting_of_an_edition_before_can_still_be_changed(world: World) -> None:
    made = written(world, "officer", kind=MeetingKind.healthwatch, starts_at=NOW)
    was = made.activity_type_id
    with console():
        load(db.session, *framework_files("salford"))
    db.session.commit()
    changed(world, "officer", made, place="Town Hall")
    assert (made.place, made.activity_type_id) == ("Town Hall", was)


def test_what_cannot_be_written_is_told(world: World) -> None:
    service = world.service()
    assert not_written(world, "officer") == "An MDT is about a service or a provider. Choose one."
    assert not_written(world, "officer", service_id=service.id, starts_at=NOW) == (
        "An MDT gets its date when it is scheduled. Leave the date empty."
    )
    assert not_written(world, "officer", kind=MeetingKind.forum) == (
        "Give the date and time at which the meeting takes place."
    )
    elsewhere = world.provider("Elsewhere Care").id
    assert not_written(world, "officer", service_id=service.id, provider_id=elsewhere) == (
        "That service is not one of this provider's. Choose the provider that runs it."
    )
    for username in ("head", "partner", "provider"):
        assert not_written(world, username, service_id=service.id) == "Your role may not add or change this."


def test_a_meeting_keeps_its_kind_and_once_scheduled_its_date(world: World) -> None:
    made = meeting(world, "scheduled")
    assert not_changed(world, "officer", made, kind=MeetingKind.forum) == (
        "What kind of meeting this is stays as it was. Add another meeting instead."
    )
    assert not_changed(world, "officer", made, starts_at=None) == (
        "Give the date and time at which the meeting takes place."
    )
    assert not_changed(world, "officer", meeting(world, "held"), name="Other") == (
        "This can no longer be edited: it has moved on. Use one of its steps."
    )


def test_a_provider_asks_for_an_mdt_about_its_own_service(world: World) -> None:
    own = world.service("Ownhouse", provider=_own(world))
    take(world, "provider", "request_mdt", own, subject="Support with rotas", purpose="Two seniors left.")
    with world.acting("provider"):
        made = db.session.scalars(select(Meeting)).one()
        assert (made.state, made.origin, made.kind) == (
            MeetingState.requested, MeetingOrigin.provider, MeetingKind.mdt,
        )  # fmt: skip
        assert (made.service_id, made.provider_id, made.name, made.purpose) == (
            own.id, own.provider_id, "Support with rotas", "Two seniors left.",
        )  # fmt: skip
    assert refused(world, "officer", "request_mdt", own, subject="x", purpose="x").sentence == (
        "An MDT about this service is asked for or under way already."
    )
    take(world, "head", "not_required", made, ended_because="A visit is planned.")
    take(world, "officer", "request_mdt", own, subject="Again", purpose="It got worse.")
    with world.acting("officer"):
        newest = db.session.scalars(select(Meeting).order_by(Meeting.id.desc())).first()
        assert newest is not None
        assert newest.origin is MeetingOrigin.council


def _own(world: World) -> Any:
    with world.acting("officer"):
        return db.session.get_one(Provider, world.person("provider").provider_id)


def test_an_mdt_about_the_whole_provider_counts_for_each_of_its_services(world: World) -> None:
    service = world.service()
    meeting(world, "circulated", service, service_id=None)
    assert refused(world, "officer", "request_mdt", service, subject="x", purpose="x").sentence == (
        "An MDT about this service is asked for or under way already."
    )


# --- convening ---


def test_nobody_convenes_what_they_asked_for(world: World) -> None:
    made = written(world, "manager", service_id=world.service().id)
    with world.acting("head"):
        rule = db.session.scalars(select(ApprovalRule).where(ApprovalRule.decision == Decision.convene_mdt)).one()
    with console():
        rule.role = "manager"
    db.session.commit()
    told = refused(world, "manager", "convene", made)
    assert told.sentence == "You wrote this record, so somebody else must decide."
    assert told.may == "Manager, Head of Service: Test Head, Test Head2"
    take(world, "head", "convene", made)
    assert made.state is MeetingState.convened


def test_where_a_group_convenes_its_decision_is_recorded_and_a_head_chairs(world: World) -> None:
    with console():
        rule = db.session.scalars(select(ApprovalRule).where(ApprovalRule.decision == Decision.convene_mdt)).one()
        db.session.add(
            OversightGroup(framework_id=rule.framework_id, key="strategic", name="Strategic group", clause="OL")
        )
        db.session.flush()
        rule.role, rule.group_name = None, "Strategic group"
    db.session.commit()
    made = meeting(world, "requested")
    take(world, "director", "convene", made, decided_on=dt.date(2026, 3, 2), decision_minute="Minute 4")
    assert (made.decided_by_group, made.decision_minute) == ("Strategic group", "Minute 4")
    drafted = meeting(world, "minutes_drafted")
    assert refused(world, "director", "approve_minutes", drafted).may == "Head of Service: Test Head, Test Head2"
    take(world, "head", "approve_minutes", drafted)


def test_a_request_and_drafted_minutes_and_concerns_stand_on_the_desk_of_whoever_may_take_them(world: World) -> None:
    asked = written(world, "officer", service_id=world.service().id)
    meeting(world, "minutes_drafted", name="Drafted")
    meeting(world, "notes_shared", name="Concerned", concerns="Too few staff.")
    meeting(world, "notes_shared", name="Taken up", concerns="Too few staff.", concerns_answer="A visit.")
    meeting(world, "notes_shared", name="Calm")

    def lying_there(username: str) -> tuple[list[tuple[str, str]], list[str]]:
        with world.acting(username) as actor:
            mine, others = desk.decisions(db.session, actor)
            return [(each.item.name, each.step) for each in mine], [each.item.name for each in others]

    assert lying_there("head") == (
        [("Staffing at night", "convene"), ("Drafted", "approve_minutes"), ("Concerned", "take_up_concerns")],
        [],
    )
    assert lying_there("manager") == ([("Concerned", "take_up_concerns")], [])
    assert lying_there("officer") == ([], [asked.name])


def test_a_scheduled_meeting_is_due_on_its_day(world: World) -> None:
    meeting(world, "scheduled", name="Late")
    meeting(world, "scheduled", name="Soon", starts_at=NOW + dt.timedelta(days=2), meets_on=dt.date(2026, 3, 6))
    meeting(world, "held", name="Held")
    with console():
        waits = select(Meeting.name, Obligation.step, Obligation.due_on).join(
            Obligation, Meeting.id == Obligation.record_id
        )
        assert [tuple(each) for each in db.session.execute(waits.order_by(Obligation.due_on))] == [
            ("Late", "hold", dt.date(2026, 3, 3)),
            ("Soon", "hold", dt.date(2026, 3, 6)),
        ]


# --- from the date to the minutes ---


def test_an_mdt_from_its_request_to_its_end(world: World) -> None:
    service, icb = world.service(), world.person("partner").agency_id
    made = written(world, "officer", service_id=service.id)
    take(world, "head", "convene", made)
    take(world, "officer", "schedule", made, starts_at=NOW - dt.timedelta(hours=2), place="Town hall")
    assert (made.meets_on, made.place) == (dt.date(2026, 3, 4), "Town hall")
    point = write(world, "officer", MeetingItem(meeting_id=made.id, position=1, title="Rotas"))
    seats = [
        {"post": "Head of Service"},
        {"post": "Matron", "agency_id": icb},
        {"post": "Nurse", "agency_id": icb},
        {"post": "Registered manager", "provider_id": service.provider_id},
        {"post": "Inspector", "agency_id": world.another_agency()},
    ]
    rows = [write(world, "officer", MeetingAttendance(meeting_id=made.id, **each)) for each in seats]
    take(world, "officer", "hold", made)
    assert refused(world, "officer", "draft_minutes", made, minutes="x").sentence == (
        "Nobody is recorded as having attended. Record who did."
    )
    for row in rows[:4]:
        changed(world, "officer", row, attendance=Attendance.attended)
    assert refused(world, "officer", "draft_minutes", made, minutes="x").sentence == (
        "Say of everybody who was invited whether they attended or sent apologies."
    )
    changed(world, "officer", rows[4], attendance=Attendance.apologies)
    changed(world, "officer", point, assurances="Two carers each night.")
    todo = write(
        world,
        "officer",
        MeetingDecision(
            meeting_id=made.id, decision="Rotas are sent weekly.", owner="Registered manager", due_on=NOW.date()
        ),
    )
    take(world, "officer", "draft_minutes", made, minutes="As drafted.")
    take(world, "head", "return_minutes", made, note="Say who sends the rotas.")
    assert made.minutes == "As drafted."
    take(world, "officer", "draft_minutes", made, minutes="As it was.")
    assert refused(world, "officer", "approve_minutes", made).sentence == "Your role may not do this."
    take(world, "head", "approve_minutes", made)
    assert versions(made) == [(1, "As it was.", "")]
    assert receivers(made) == []
    take(world, "officer", "circulate", made)
    assert receivers(made) == [(1, icb, None), (1, None, service.provider_id)]
    with actors.acting(actors.system("test", NOW)):
        assert [
            (each.kind.value, each.record_type, each.record_id, each.recipient_type, each.recipient_id)
            for each in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        ] == [
            ("minutes_circulated", "meeting", made.id, "agency", icb),
            ("minutes_circulated", "meeting", made.id, "provider", service.provider_id),
        ]
    take(world, "officer", "close", made)
    assert made.state is MeetingState.closed
    assert todo.state is MeetingDecisionState.open


def test_a_meeting_is_not_held_before_it_begins(world: World) -> None:
    made = meeting(world, "scheduled", starts_at=NOW + dt.timedelta(minutes=1))
    assert refused(world, "officer", "hold", made).sentence == (
        "It has not begun yet. Change its date, or wait for it."
    )


@pytest.mark.parametrize(("step", "state", "kind"), [
    ("not_required", "requested", "mdt"), ("stand_down", "scheduled", "mdt"), ("cancel", "scheduled", "forum"),
])  # fmt: skip
def test_a_meeting_that_does_not_take_place_says_why(world: World, step: str, state: str, kind: str) -> None:
    who = "officer" if step == "cancel" else "head"
    made = meeting(world, state, kind=kind)
    assert refused(world, who, step, made).sentence == "Fill in “Why”."
    take(world, who, step, made, ended_because="Nobody can come.")
    assert made.ended_because == "Nobody can come."


def test_minutes_that_were_approved_are_fixed_and_a_correction_is_approved_anew(world: World) -> None:
    icb = world.person("partner").agency_id
    made = meeting(world, "circulated")
    went_to(world, made, agency_id=icb)
    take(world, "officer", "correct_minutes", made, correction_reason="The date was wrong.")
    assert (made.state, made.minutes) == (MeetingState.held, "Two carers each night from Monday.")
    take(world, "officer", "draft_minutes", made, minutes="Two carers each night from Tuesday.")
    take(world, "head", "approve_minutes", made)
    assert versions(made) == [
        (1, "Two carers each night from Monday.", ""),
        (2, "Two carers each night from Tuesday.", "The date was wrong."),
    ]
    assert receivers(made) == [(1, icb, None)]
    with world.acting("partner"):
        assert [each.number for each in db.session.scalars(select(MeetingMinutes))] == [1]
    take(world, "officer", "circulate", made)
    assert receivers(made) == [(1, icb, None), (2, icb, None)]
    assert made.correction_reason is None


@pytest.mark.parametrize("username", ["officer", "manager", "head"])
def test_nobody_changes_approved_minutes_by_hand(world: World, username: str) -> None:
    made = meeting(world, "minutes_approved")
    with world.acting(username):
        version = made.versions[0]
    assert not_changed(world, username, version, text="Other.") in (
        "Your role may not add or change this.",
        "This is changed only by the steps of its workflow, never by hand.",
    )


def test_the_minutes_go_to_nobody_where_only_the_council_attended(world: World) -> None:
    made = meeting(world, "minutes_approved")
    take(world, "officer", "circulate", made)
    assert (made.state, receivers(made)) == (MeetingState.circulated, [])


# --- other meetings ---


def test_notes_go_to_those_who_attended_and_concerns_to_a_manager(world: World) -> None:
    service = world.service()
    made = meeting(world, "held", service, kind=MeetingKind.keeping_in_touch)
    assert refused(world, "head", "share_notes", made, minutes="x").sentence == "Your role may not do this."
    seat(world, made=made, provider_id=service.provider_id, post="Registered manager")
    assert refused(world, "manager", "share_notes", made, minutes="x").sentence == (
        "Say of everybody who was invited whether they attended or sent apologies."
    )
    with world.acting("officer"):
        changed(world, "officer", made.attendances[1], attendance=Attendance.attended)
    take(world, "manager", "share_notes", made, minutes="All is well but one.", concerns="Too few staff.")
    assert versions(made) == [(1, "All is well but one.", "")]
    assert receivers(made) == [(1, None, service.provider_id)]
    assert refused(world, "officer", "close", made).sentence == "A Manager must take up the concerns first."
    assert refused(world, "manager", "take_up_concerns", made, concerns_answer="x").sentence == (
        "You asked for this decision, so somebody else must make it."
    )
    take(world, "head", "take_up_concerns", made, concerns_answer="A focused visit.")
    assert refused(world, "head", "take_up_concerns", made, concerns_answer="x").sentence == (
        "The concerns were taken up already."
    )
    take(world, "officer", "close", made)
    take(world, "officer", "correct_notes", made, why="A word was wrong.", minutes="All is well.")
    assert versions(made) == [(1, "All is well but one.", ""), (2, "All is well.", "A word was wrong.")]
    assert receivers(made) == [(1, None, service.provider_id), (2, None, service.provider_id)]
    assert made.state is MeetingState.closed


def test_where_no_concerns_were_raised_there_are_none_to_take_up(world: World) -> None:
    made = meeting(world, "notes_shared")
    assert refused(world, "manager", "take_up_concerns", made, concerns_answer="x").sentence == (
        "No concerns were raised for the Manager."
    )


@pytest.mark.parametrize("step", ["convene", "stand_down", "draft_minutes", "circulate"])
def test_only_an_mdt_is_convened_and_minuted(world: World, step: str) -> None:
    made = meeting(world, "scheduled", kind=MeetingKind.forum)
    with world.acting("officer"):
        offered = [each.name for each in WORKFLOW.here(made)]
    assert step not in offered
    assert offered == ["cancel", "hold", "share", "stop_sharing"]


# --- agenda, attendance and decisions ---

PREPARED = "Agenda and attendance are written from when the meeting is convened until its minutes are drafted."
DECIDED = "Decisions are written once the meeting was held, until its minutes are drafted."
STATES = ["requested", "convened", "scheduled", "held", "minutes_drafted", "minutes_approved", "circulated", "closed"]


@pytest.mark.parametrize("state", STATES)
def test_the_parts_of_a_meeting_are_written_while_it_is_open_for_them(world: World, state: str) -> None:
    made = meeting(world, state).id
    for row, states, sentence in (
        (MeetingItem(meeting_id=made, position=1, title="Rotas"), ("convened", "scheduled", "held"), PREPARED),
        (MeetingAttendance(meeting_id=made, post="Matron"), ("convened", "scheduled", "held"), PREPARED),
        (MeetingDecision(meeting_id=made, decision="Rotas are sent."), ("held",), DECIDED),
    ):
        if state in states:
            assert write(world, "officer", row).id
        else:
            assert not_added(world, "officer", row) == sentence


def test_a_part_of_a_closed_meeting_is_neither_changed_nor_moved_to_an_open_one(world: World) -> None:
    closed, held = meeting(world, "closed"), meeting(world, "held")
    line = decision(world, made=closed)
    assert not_changed(world, "officer", line, decision="Other.") == DECIDED
    assert not_changed(world, "officer", line, meeting_id=held.id) == (
        "This stays with the record that it was written for. Add another one there instead."
    )
    assert not_changed(world, "officer", item(world, made=closed), discussion="Other.") == PREPARED
    assert not_changed(world, "head", line, decision="Other.") == "Your role may not add or change this."


def test_a_decision_that_an_action_plan_carries_is_changed_there(world: World) -> None:
    line = decision(world, state="", made=meeting(world, "held"))
    with console():
        line.state = MeetingDecisionState.carried
    db.session.commit()
    assert not_changed(world, "officer", line, decision="Other.") == (
        "This decision is in the action plan now. Change the action there."
    )


def test_a_seat_is_for_an_agency_or_a_provider(world: World) -> None:
    made = meeting(world, "convened")
    row = MeetingAttendance(
        meeting_id=made.id, post="Matron", agency_id=world.another_agency(), provider_id=made.provider_id
    )
    assert not_added(world, "officer", row) == (
        "Somebody sits there for an agency or for a provider, not for both. Empty one of the two."
    )


def test_an_agenda_has_one_item_in_each_place_and_says_so(world: World, as_user: Any) -> None:
    made = item(world).meeting_id
    client = as_user("officer")
    told = {"meeting_id": f"#{made}", "position": "1", "title": "Staff"}
    assert "The agenda has an item in this place already. Choose another number." in (
        client.post("/meeting-items/add", data=told).text
    )
    answer = client.post("/meeting-items/add", data=told | {"position": "2"})
    assert (answer.status_code, answer.location) == (302, f"/meetings/show/{made}")


def test_what_was_decided_becomes_the_actions_of_a_plan_in_draft(world: World) -> None:
    made = meeting(world, "circulated")
    assert refused(world, "officer", "carry_decisions", made).sentence == (
        "No decision with an owner and a day by when is left to be carried into an action plan."
    )
    decision(world, made=made, decision="It was noted.")
    todo = decision(
        world, made=made, decision="Rotas go out.", owner="Manager", due_on=dt.date(2026, 3, 31), significant=True
    )
    take(world, "officer", "carry_decisions", made)
    assert todo.state is MeetingDecisionState.carried
    with world.acting("officer"):
        plan = db.session.scalars(select(Plan)).one()
        assert (plan.service_id, plan.provider_id, plan.state) == (made.service_id, made.provider_id, PlanState.draft)
        assert [(a.text, a.owner, a.due_on, a.significant, a.source, a.source_reference) for a in plan.actions] == [
            ("Rotas go out.", "Manager", dt.date(2026, 3, 31), True, ActionSource.meeting, "Staffing at night")
        ]
    assert refused(world, "officer", "carry_decisions", made).sentence == (
        "No decision with an owner and a day by when is left to be carried into an action plan."
    )
    forum = meeting(world, "notes_shared", kind=MeetingKind.forum, service_id=None, provider_id=None)
    assert refused(world, "officer", "carry_decisions", forum).sentence == (
        "This meeting is about no provider, and so belongs to no action plan."
    )


def test_whoever_wrote_a_decision_does_not_approve_its_minutes(world: World) -> None:
    with console():
        db.session.scalars(
            select(ApprovalRule).where(ApprovalRule.decision == Decision.convene_mdt)
        ).one().role = "manager"
    db.session.commit()
    made = meeting(world, "held")
    write(world, "manager", MeetingDecision(meeting_id=made.id, decision="Rotas go out."))
    take(world, "officer", "draft_minutes", made, minutes="As it was.")
    assert refused(world, "manager", "approve_minutes", made).sentence == (
        "You wrote a part of this record, so somebody else must decide."
    )


# --- what others read ---


def test_a_provider_reads_the_date_and_agenda_before_and_the_minutes_after(world: World, as_user: Any) -> None:
    own = world.service("Ownhouse", provider=_own(world))
    made = meeting(world, "scheduled", own, purpose="Kestrel")
    item(world, made=made, title="Rotas", discussion="Plover")
    seat(world, made=made, post="Matron")
    key = made.id
    text = as_user("provider").get(f"/meetings/show/{key}").text
    assert "Rotas" in text
    assert "3 March 2026" in text
    assert [word for word in ("Kestrel", "Plover", "Matron") if word in text] == []
    held = meeting(world, "circulated", own)
    went_to(world, held, provider_id=own.provider_id)
    decision(world, made=held)
    seat(world, made=held, post="Community nurse", agency_id=world.person("partner").agency_id)
    text = as_user("provider").get(f"/meetings/show/{held.id}").text
    for told in ("Two carers each night from Monday.", "Rotas are sent weekly.", "Marl Valley ICB", "Went to Own Care"):
        assert told in text
    assert "Went to Marl Valley ICB" not in text


def test_reading_what_was_circulated_is_told(world: World, as_user: Any) -> None:
    made = meeting(world, "circulated")
    went_to(world, made, agency_id=world.person("partner").agency_id)
    key, partner = made.id, world.person("partner").id
    as_user("partner").get(f"/meetings/show/{key}")
    with actors.acting(actors.system("test", NOW)):
        rows = select(LedgerEntry.actor_id).where(
            LedgerEntry.record_type == "meeting", LedgerEntry.record_id == key, LedgerEntry.kind == "read"
        )
        assert db.session.scalars(rows).all() == [partner]


def test_reading_a_part_of_it_is_told_of_outsiders_and_not_of_the_council(world: World, as_user: Any) -> None:
    made = meeting(world, "circulated")
    world.share(made)
    partner = world.person("partner").id
    parts = {
        "meeting-items": item(world, made=made),
        "meeting-attendance": seat(world, made=made),
        "meeting-decisions": decision(world, made=made),
    }
    for plural, part in parts.items():
        name, key = part.__tablename__, part.id
        for who in ("officer", "partner"):
            assert as_user(who).get(f"/{plural}/show/{key}").status_code == 200
        with actors.acting(actors.system("test", NOW)):
            rows = select(LedgerEntry.actor_id).where(
                LedgerEntry.record_type == name, LedgerEntry.record_id == key, LedgerEntry.kind == "read"
            )
            assert db.session.scalars(rows).all() == [partner]


# --- what a rating asks for (HA 2.10) ---

GOOD = (R.good,) * 5
BEFORE = Judgement(dt.date(2025, 1, 1), R.good, GOOD)


def judged(world: World, overall: RatingValue, *answers: RatingValue, on: str = "2026-03-01", **kw: Any) -> Service:
    names = ("safe", "effective", "caring", "responsive", "well_led")
    service = world.service(rating=overall, **{"local_authority": "Halton", **kw})
    told = dict(zip(names, answers or GOOD, strict=True))
    world._add(
        Rating(
            service_id=service.id, source_key="1", is_current=True, overall=overall,
            published_on=dt.date.fromisoformat(on), **told,
        )
    )  # fmt: skip
    return service


def drafted(service: Service, before: Judgement | None = BEFORE) -> Meeting | None:
    with actors.acting(actors.system("register import", NOW)):
        made = on_rating(service, before)
        db.session.commit()
        return made


def test_requires_improvement_has_the_console_ask_for_an_mdt_once(world: World) -> None:
    service = judged(world, R.requires_improvement)
    made = drafted(service)
    assert made is not None
    assert (made.kind, made.state, made.origin, made.service_id) == (
        MeetingKind.mdt, MeetingState.requested, MeetingOrigin.rating, service.id,
    )  # fmt: skip
    assert drafted(service) is None
    with world.acting("head") as actor:
        entry = db.session.scalars(
            select(LedgerEntry).where(LedgerEntry.record_type == "meeting", LedgerEntry.record_id == made.id)
        ).one()
        assert (entry.note, entry.clause, entry.actor_role) == (
            "Drafted because of the regulator's new rating.", "HA 2.10", "register import",
        )  # fmt: skip
        mine, _others = desk.decisions(db.session, actor)
        assert [(each.item.id, each.step) for each in mine] == [(made.id, "convene")]
    take(world, "head", "convene", made)


@pytest.mark.parametrize(
    ("overall", "answers", "before", "asked"),
    [
        (R.good, GOOD, BEFORE, False),
        (R.outstanding, GOOD, BEFORE, False),
        (R.good, (R.good, R.good, R.good, R.good, R.requires_improvement), BEFORE, False),
        (R.good, (R.inadequate, R.good, R.good, R.good, R.good), BEFORE, True),
        (R.good, (R.good, R.good, R.good, R.good, R.inadequate), BEFORE, True),
        (R.inadequate, GOOD, BEFORE, True),
        (R.requires_improvement, GOOD, None, True),
        # Found before already, and only its key questions were told anew; then a new finding of the same.
        (R.requires_improvement, GOOD, Judgement(dt.date(2026, 3, 1), R.requires_improvement, ()), False),
        (R.requires_improvement, GOOD, Judgement(dt.date(2025, 3, 1), R.requires_improvement, ()), True),
    ],
)
def test_which_ratings_ask_for_an_mdt(
    world: World, overall: RatingValue, answers: tuple[RatingValue, ...], before: Judgement | None, asked: bool
) -> None:
    assert (drafted(judged(world, overall, *answers), before) is not None) == asked


@pytest.mark.parametrize(
    ("where", "asked"),
    [
        ({"local_authority": "Elsewhere"}, False),
        ({"local_authority": "Elsewhere", "commissioning": Commissioning.not_commissioned}, False),
        ({"local_authority": "Elsewhere", "commissioning": Commissioning.spot_purchase}, True),
        ({"commissioning": Commissioning.not_commissioned}, True),
    ],
)
def test_only_services_that_the_council_watches_ask_for_one(world: World, where: Any, asked: bool) -> None:
    assert (drafted(judged(world, R.inadequate, **where)) is not None) == asked


def test_no_mdt_is_asked_for_while_one_is_open_or_the_trigger_is_off(world: World) -> None:
    service = judged(world, R.inadequate)
    meeting(world, "circulated", service)
    assert drafted(service) is None
    with console():
        db.session.scalars(select(Trigger).where(Trigger.event == TriggerEvent.mdt_considered)).one().active = False
    db.session.commit()
    assert drafted(judged(world, R.inadequate)) is None


@pytest.mark.parametrize(
    ("overall", "before", "asked"),
    [
        (R.inadequate, BEFORE, True),
        (R.inadequate, None, True),
        (R.inadequate, Judgement(None, R.inadequate, ()), False),
        (R.requires_improvement, BEFORE, False),
    ],
)
def test_only_what_turned_inadequate_is_suspended(
    world: World, overall: RatingValue, before: Judgement | None, asked: bool
) -> None:
    with console():
        db.session.scalars(select(Trigger).where(Trigger.event == TriggerEvent.cqc_inadequate)).one().active = True
    db.session.commit()
    service = judged(world, overall)
    with actors.acting(actors.system("register import", NOW)):
        assert (suspensions.on_rating(service, before) is not None) == asked
