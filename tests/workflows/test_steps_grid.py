"""Every step, from every state, for every role; every guard, every effect, and every case of four eyes."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from world import NOW, World, console

from models import db
from models.documents import Letter
from models.framework import (
    ApprovalRule,
    Decision,
    Framework,
    FrameworkState,
    Outcome,
    OversightGroup,
    RestrictionEffect,
)
from models.ledger import LedgerEntry, LedgerKind
from models.outbox import OutboxMessage
from models.providers import RatingValue, Service
from models.suspensions import Suspension, SuspensionState, SuspensionVariation
from models.visits import Visit, VisitState
from workflows import actor as actors
from workflows import providers, suspensions, visits
from workflows.engine import Workflow
from workflows.framework_files import load
from workflows.gate import Refused, record

ROOT = Path(__file__).parents[2]
ROLES = [
    "officer",
    "manager",
    "head",
    "director",
    "partner",
    "contributor",
    "provider",
    "care_manager",
    "auditor",
    "administrator",
]
OFFICERS, HEAD, MANAGERS = "officer manager", "head", "manager head"

# --- the grids: step and state, and who may take it of a record that somebody else wrote -------------------------

VISITS = {
    ("request_authorisation", "planned"): OFFICERS,
    ("withdraw_request", "awaiting_authorisation"): OFFICERS,
    ("authorise", "awaiting_authorisation"): HEAD,
    ("refuse_authorisation", "awaiting_authorisation"): HEAD,
    ("schedule", "planned"): OFFICERS,
    ("reschedule", "scheduled"): OFFICERS,
    ("hand_over", "scheduled"): "manager",
    ("hand_over", "under_way"): "manager",
    ("hand_over", "written_up"): "manager",
    ("begin", "scheduled"): OFFICERS,
    ("write_up", "under_way"): OFFICERS,
    ("publish", "written_up"): OFFICERS,
    ("cancel", "planned"): OFFICERS,
    ("cancel", "scheduled"): OFFICERS,
    ("abandon", "under_way"): OFFICERS,
    ("correct", "published"): OFFICERS,
}
SUSPENSIONS = {
    ("submit", "draft"): OFFICERS,
    ("return", "submitted"): HEAD,
    ("approve", "submitted"): HEAD,
    ("decline", "submitted"): HEAD,
    ("withdraw", "draft"): "manager",
    ("withdraw", "submitted"): "manager",
    ("review", "in_force"): OFFICERS,
    ("review", "lift_requested"): OFFICERS,
    ("record_next_steps", "in_force"): HEAD,
    ("record_next_steps", "lift_requested"): HEAD,
    ("propose_variation", "in_force"): OFFICERS,
    ("vary", "in_force"): HEAD,
    ("refuse_variation", "in_force"): HEAD,
    ("request_lift", "in_force"): OFFICERS,
    ("withdraw_lift_request", "lift_requested"): OFFICERS,
    ("refuse_lift", "lift_requested"): HEAD,
    ("lift", "lift_requested"): HEAD,
}
SERVICES = {
    ("allocate", "None"): "manager",
    ("request_mdt", "None"): "officer manager provider",
    ("merge_into", "None"): "manager",
}
# Where the framework gives restrictions to a manager and above (HP 8).
BY_MANAGERS = {
    ("return", "submitted"): MANAGERS,
    ("approve", "submitted"): MANAGERS,
    ("decline", "submitted"): MANAGERS,
    ("vary", "in_force"): MANAGERS,
    ("refuse_variation", "in_force"): MANAGERS,
    ("refuse_lift", "lift_requested"): MANAGERS,
    ("lift", "lift_requested"): MANAGERS,
}


def a_visit(world: World, step: str, state: str) -> Visit:
    return world.visit(kind="quality_monitoring" if step == "schedule" else "focused", state=state)


def a_suspension(world: World, step: str, state: str) -> Suspension:
    started = {"starts_on": dt.date(2025, 3, 4)} if state in ("in_force", "lift_requested", "lifted") else {}
    case = world.suspension(state=state, **started)
    if step in ("vary", "refuse_variation"):
        propose_by_console(world, case)
    return case


def propose_by_console(world: World, case: Suspension, **kw: Any) -> SuspensionVariation:
    told = {"kind": RestrictionEffect.no_new_purchase, "service_id": case.service_id, "reason": "Other scope.", **kw}
    told |= {"old_kind": case.kind, "old_conditions": case.conditions, "old_service_id": case.service_id}
    return world._add(SuspensionVariation(suspension_id=case.id, **told))


def allowed(
    world: World, workflow: Workflow, states: Any, make: Callable[[World, str, str], Any], only: Any = None
) -> dict[tuple[str, str], str]:
    """Who may take each step from each state: what the engine says."""
    found = {}
    who = {role: world.actor(role) for role in ROLES}
    for step, state in product(only or workflow.steps, states):
        item = make(world, step, state)
        may = []
        for role, actor in who.items():
            with actors.acting(actor):
                if workflow.refusal(step, item, actor) is None:
                    may.append(role)
        if may:
            found[step, state] = " ".join(may)
    return found


def test_who_takes_which_step_of_a_visit_from_which_state(world: World) -> None:
    assert allowed(world, visits.WORKFLOW, [state.value for state in VisitState], a_visit) == VISITS


def test_who_takes_which_step_of_a_suspension_from_which_state(world: World) -> None:
    states = [state.value for state in SuspensionState]
    assert allowed(world, suspensions.WORKFLOW, states, a_suspension) == SUSPENSIONS


def test_who_takes_which_step_of_a_service(world: World) -> None:
    assert allowed(world, providers.WORKFLOW, ["None"], lambda world, step, state: world.service()) == SERVICES


def test_the_framework_may_give_restrictions_to_managers(world: World, strict: None) -> None:
    states = [state.value for state in SuspensionState]
    steps = ["return", "approve", "decline", "vary", "refuse_variation", "refuse_lift", "lift"]
    assert allowed(world, suspensions.WORKFLOW, states, a_suspension, steps) == BY_MANAGERS


@pytest.mark.parametrize(
    ("workflow", "make", "states"),
    [(visits.WORKFLOW, a_visit, VisitState), (suspensions.WORKFLOW, a_suspension, SuspensionState)],
)
def test_a_step_from_another_state_says_so_to_whoever_else_may_take_it(
    world: World, workflow: Workflow, make: Any, states: Any
) -> None:
    grid = VISITS if workflow is visits.WORKFLOW else SUSPENSIONS
    told = set()
    for step, state in product(workflow.steps, [state.value for state in states]):
        if (step, state) in grid:
            continue
        role = next(roles for (name, _state), roles in grid.items() if name == step).split()[0]
        item = make(world, step, state)
        with world.acting(role) as actor:
            refusal = workflow.refusal(step, item, actor)
        assert refusal is not None
        told.add(refusal.sentence)
    assert told == {"It is not in a state in which this can be done: somebody may have moved it on."}


# --- helpers -----------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(world: World) -> None:
    """The rules of tests/samples/strict.toml: managers and above decide, an Inadequate is a mandatory ground."""
    with actors.acting(actors.system("test", NOW)):
        load(db.session, ROOT / "seed" / "frameworks" / "common.toml", ROOT / "tests" / "samples" / "strict.toml")
        db.session.commit()


def take(world: World, who: str, step: str, item: Any, note: str = "Because.", now: Any = NOW, **values: Any) -> None:
    workflow = {Visit: visits.WORKFLOW, Suspension: suspensions.WORKFLOW, Service: providers.WORKFLOW}[type(item)]
    with world.acting(who, now) as actor:
        workflow.take(step, item, actor, note=note, **values)
        db.session.commit()


def refused(world: World, who: str, step: str, item: Any, note: str = "Because.", **kw: Any) -> Refused:
    with pytest.raises(Refused) as told:
        take(world, who, step, item, note, **kw)
    db.session.rollback()
    return told.value


def told(refusal: Refused) -> tuple[str, str]:
    return refusal.sentence, refusal.clause


def draft(world: World, author: str = "officer", service: Service | None = None, **kw: Any) -> Suspension:
    service = service or world.service()
    with world.acting(author):
        case = Suspension(
            provider_id=service.provider_id,
            service_id=service.id,
            **{
                "grounds": "Medicines are not given as prescribed.",
                "evidence": "Focused visit of 2 March.",
                "resident_risk": "Two people had no pain relief.",
                "number_placed": 12,
                "conditions": "A medicines audit each week.",
                "review_on": NOW.date(),
                **kw,
            },
        )
        db.session.add(case)
        db.session.commit()
    return case


def submitted(world: World, author: str = "officer", **kw: Any) -> Suspension:
    case = draft(world, author, **kw)
    take(world, author, "submit", case)
    return case


def in_force(world: World, **kw: Any) -> Suspension:
    case = submitted(world, **kw)
    take(world, "head", "approve", case)
    return case


def also(world: World, username: str, role: str) -> None:
    """Gives somebody a second role."""
    with console():
        person, other = world.person(username), world.person(role)
        person.roles = [*person.roles, *other.roles]
    db.session.commit()


def related(item: Any, relation: str) -> list[Any]:
    with actors.acting(actors.system("test", NOW)):
        db.session.expire(item)
        return list(getattr(item, relation))


VARIATION = {"new_kind": RestrictionEffect.no_new_purchase, "variation_reason": "One unit only."}


def letters(case: Suspension) -> list[tuple[str, str]]:
    """The kinds of the letters about it, each with the state of its outbox row."""
    with actors.acting(actors.system("test", NOW)):
        rows = (
            select(Letter.kind, OutboxMessage.state)
            .join(OutboxMessage, (OutboxMessage.record_type == "letter") & (OutboxMessage.record_id == Letter.id))
            .where(Letter.suspension_id == case.id)
            .order_by(Letter.id)
        )
        assert db.session.scalar(select(func.count(Letter.id)).where(Letter.suspension_id == case.id)) == len(
            list(db.session.execute(rows))
        )
        return [(kind.value, state.value) for kind, state in db.session.execute(rows)]


def letter_text(case: Suspension) -> str:
    with actors.acting(actors.system("test", NOW)):
        newest = select(Letter).where(Letter.suspension_id == case.id).order_by(Letter.id.desc())
        content = db.session.scalars(newest).first().content
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


# --- guards of suspensions ---------------------------------------------------------------------------------------


def test_an_incomplete_report_is_not_submitted_and_says_what_is_missing(world: World) -> None:
    case = draft(world, grounds="", evidence="", resident_risk="", number_placed=None, conditions="", review_on=None)
    assert told(refused(world, "officer", "submit", case)) == (
        "The report still needs: grounds, evidence, risk to the people already there, number placed, "
        "proposed conditions, review date.",
        "HA 3.70",
    )


def test_a_report_on_nobody_placed_is_complete(world: World) -> None:
    case = draft(world, number_placed=0)
    take(world, "officer", "submit", case)
    assert case.state is SuspensionState.submitted


@pytest.mark.parametrize("kind", [RestrictionEffect.voluntary, RestrictionEffect.with_conditions])
def test_a_kind_that_needs_agreement_is_not_approved_without_it(world: World, kind: RestrictionEffect) -> None:
    case = submitted(world, kind=kind)
    assert told(refused(world, "head", "approve", case)) == (
        "The provider must have agreed to a restriction of this kind first. Record when it did.",
        "XX",
    )
    agreed = submitted(world, kind=kind, agreed_on=NOW.date())
    take(world, "head", "approve", agreed)
    assert agreed.state is SuspensionState.in_force


def test_a_second_restriction_on_the_same_scope_is_not_approved(world: World) -> None:
    first = in_force(world)
    second = submitted(world, service=reload(first))
    assert told(refused(world, "head", "approve", second)) == (
        "A restriction is in force for this already. Vary that one instead.",
        "XX",
    )


def reload(case: Suspension) -> Service:
    with actors.acting(actors.system("test", NOW)):
        service = db.session.get(Service, case.service_id)
    assert service is not None
    return service


def test_a_lift_that_is_asked_for_still_bars_a_second_restriction(world: World) -> None:
    first = in_force(world)
    take(world, "officer", "request_lift", first, lift_evidence="Clean audits.")
    second = submitted(world, service=reload(first))
    assert refused(world, "head", "approve", second).sentence == (
        "A restriction is in force for this already. Vary that one instead."
    )


def test_only_its_author_or_a_manager_withdraws_it(world: World) -> None:
    case = submitted(world)
    assert told(refused(world, "officer2", "withdraw", case)) == ("Only its author or a Manager may withdraw it.", "")
    take(world, "officer", "withdraw", case)
    assert case.state is SuspensionState.withdrawn
    other = draft(world)
    take(world, "manager", "withdraw", other)
    assert other.state is SuspensionState.withdrawn


def test_next_steps_wait_until_it_has_stood_six_months(world: World) -> None:
    case = world.suspension()
    take(world, "officer", "submit", case)
    take(world, "head", "approve", case)
    assert case.next_steps_on == dt.date(2026, 9, 4)
    assert told(refused(world, "head", "record_next_steps", case, next_steps="Go on.")) == (
        "Next steps are recorded once it has stood long, on 04/09/2026.",
        "HP 8",
    )


def test_next_steps_are_recorded_on_the_very_day(world: World) -> None:
    case = world.suspension(state="in_force", starts_on=dt.date(2025, 9, 4), next_steps_on=dt.date(2026, 3, 4))
    take(world, "head", "record_next_steps", case, next_steps="Look for another provider.")
    assert [(each.kind.value, each.on, each.next_steps) for each in related(case, "reviews")] == [
        ("next_steps", dt.date(2026, 3, 4), "Look for another provider.")
    ]


def test_next_steps_are_for_a_stop_of_new_purchase_only(world: World) -> None:
    case = world.suspension(
        state="in_force", starts_on=dt.date(2025, 3, 4), kind=RestrictionEffect.with_conditions, agreed_on=NOW.date()
    )
    assert told(refused(world, "head", "record_next_steps", case, next_steps="Go on.")) == (
        "Next steps are recorded for a stop of all new purchase.",
        "HP 8",
    )


def test_a_variation_is_decided_before_another_or_a_lift_is_asked_for(world: World) -> None:
    case = in_force(world)
    take(world, "officer", "propose_variation", case, **VARIATION)
    sentence = "A variation is proposed and must be decided first."
    assert refused(world, "officer", "propose_variation", case, **VARIATION).sentence == sentence
    assert refused(world, "officer", "request_lift", case, lift_evidence="Clean.").sentence == sentence


def test_nothing_is_varied_that_nobody_proposed(world: World) -> None:
    case = in_force(world)
    assert told(refused(world, "head", "vary", case)) == ("No variation is proposed.", "XX")
    assert told(refused(world, "head", "refuse_variation", case)) == ("No variation is proposed.", "XX")


def test_a_variation_to_a_kind_that_needs_agreement_needs_it(world: World) -> None:
    case = in_force(world)
    take(world, "officer", "propose_variation", case, new_kind=RestrictionEffect.voluntary, variation_reason="Better.")
    assert told(refused(world, "head", "vary", case)) == (
        "The provider must have agreed to a restriction of this kind first. Record when it did.",
        "XX",
    )


def test_a_variation_stays_with_the_provider(world: World) -> None:
    case, elsewhere = in_force(world), world.service("Elsewhere")
    assert refused(world, "officer", "propose_variation", case, new_service_id=elsewhere.id, **VARIATION).sentence == (
        "That service is not one of this provider's. Choose the provider that runs it."
    )
    part = world.part(elsewhere).id
    scope = {"new_service_id": case.service_id, "new_part_id": part}
    assert refused(world, "officer", "propose_variation", case, **scope, **VARIATION).sentence == (
        "That unit or property is not part of this service. Choose the service that it belongs to."
    )


def test_a_mandatory_ground_that_stands_allows_no_lift(world: World, strict: None) -> None:
    case = world.suspension(world.service("Bad House", rating=RatingValue.inadequate), "lift_requested")
    assert told(refused(world, "head", "lift", case)) == (
        "The regulator's rating is still Inadequate, and this framework then allows no lift.",
        "HP 8",
    )


def test_a_mandatory_ground_on_one_of_its_services_holds_the_whole_provider(world: World, strict: None) -> None:
    service = world.service("Bad House", rating=RatingValue.inadequate)
    case = world.suspension(state="lift_requested", provider_id=service.provider_id)
    assert refused(world, "head", "lift", case).sentence == (
        "The regulator's rating is still Inadequate, and this framework then allows no lift."
    )


def test_it_is_lifted_once_the_rating_is_better(world: World, strict: None) -> None:
    case = world.suspension(world.service("Better", rating=RatingValue.requires_improvement), "lift_requested")
    take(world, "head", "lift", case)
    assert case.state is SuspensionState.lifted


def test_a_framework_without_mandatory_grounds_lifts_in_spite_of_the_rating(world: World) -> None:
    case = world.suspension(world.service("Bad House", rating=RatingValue.inadequate), "lift_requested")
    take(world, "head", "lift", case)
    assert case.state is SuspensionState.lifted


@pytest.mark.parametrize(
    ("who", "step", "state"), [("head", "decline", "declined"), ("manager", "withdraw", "withdrawn")]
)
def test_a_mandatory_one_is_dropped_only_because_its_fact_is_wrong(
    world: World, who: str, step: str, state: str
) -> None:
    case = world.suspension(state="submitted", mandatory_ground="cqc_inadequate")
    sentence = "This restriction is mandatory. It can be dropped only because the fact behind it is wrong."
    assert refused(world, who, step, case).sentence == sentence
    assert refused(world, who, step, case, fact_is_wrong=False).sentence == sentence
    take(world, who, step, case, fact_is_wrong=True)
    assert case.state.value == state


def test_a_mandatory_one_can_be_returned(world: World) -> None:
    case = world.suspension(state="submitted", mandatory_ground="cqc_inadequate")
    take(world, "head", "return", case)
    assert case.state is SuspensionState.draft


@pytest.mark.parametrize(
    ("who", "step", "state"),
    [
        ("head", "return", "submitted"),
        ("head", "decline", "submitted"),
        ("manager", "withdraw", "draft"),
        ("head", "refuse_lift", "lift_requested"),
        ("head", "lift", "lift_requested"),
    ],
)
@pytest.mark.parametrize("note", ["", "   \n"])
def test_what_turns_somebody_down_gives_a_reason(world: World, who: str, step: str, state: str, note: str) -> None:
    assert refused(world, who, step, world.suspension(state=state), note).sentence == "Give a reason."


@pytest.mark.parametrize(
    ("who", "step", "state", "values", "field"),
    [
        ("officer", "review", "in_force", {"risks": "None."}, "Is it still needed?"),
        ("officer", "review", "in_force", {"still_needed": "yes"}, "How have the risks changed?"),
        ("officer", "request_lift", "in_force", {}, "Evidence that it can be lifted"),
        ("officer", "propose_variation", "in_force", {"variation_reason": "Other."}, "Kind"),
        ("officer", "propose_variation", "in_force", {"new_kind": RestrictionEffect.no_new_purchase}, "Reason"),
    ],
)
def test_a_step_asks_for_what_it_needs(
    world: World, who: str, step: str, state: str, values: dict[str, Any], field: str
) -> None:
    case = world.suspension(state=state)
    assert refused(world, who, step, case, **values).sentence == f"Fill in “{field}”."


def test_a_step_on_a_version_that_somebody_changed_is_refused(world: World) -> None:
    case = draft(world)
    assert refused(world, "officer", "submit", case, version=case.version - 1).sentence == (
        "Somebody changed this record after you opened it. Read it again, then decide."
    )


# --- guards of visits --------------------------------------------------------------------------------------------

SCHEDULED = {"starts_at": dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC), "announced": True}


def test_a_visit_that_needs_no_authorisation_is_not_put_up_for_it(world: World) -> None:
    visit = world.visit(kind="quality_monitoring")
    assert told(refused(world, "officer", "request_authorisation", visit)) == (
        "This kind of visit needs no authorisation. Schedule it.",
        "HA 3.30",
    )


def test_an_authorised_visit_is_not_put_up_again(world: World) -> None:
    visit = world.visit(authorised_by_id=world.person("head").id, authorised_at=NOW)
    assert told(refused(world, "officer", "request_authorisation", visit)) == (
        "This visit is authorised already. Schedule it.",
        "HA 3.30",
    )


def test_a_focused_visit_is_not_scheduled_before_it_is_authorised(world: World) -> None:
    visit, officer = world.visit(), world.person("officer").id
    assert refused(world, "officer", "schedule", visit, officer_id=officer, **SCHEDULED).sentence == (
        "This kind of visit must be authorised first. Request authorisation."
    )


@pytest.mark.parametrize(
    ("kind", "announced", "sentence"),
    [
        ("safe_and_well", True, "Visits of this kind are unannounced."),
        ("quality_monitoring", False, "Visits of this kind are announced."),
    ],
)
def test_a_visit_is_announced_as_its_kind_has_it(world: World, kind: str, announced: bool, sentence: str) -> None:
    visit, officer = world.visit(kind=kind), world.person("officer").id
    values = {"officer_id": officer, "starts_at": dt.datetime(2026, 3, 7, 12, tzinfo=dt.UTC), "announced": announced}
    assert refused(world, "officer", "schedule", visit, **values).sentence == sentence
    scheduled = world.visit(kind=kind, state="scheduled")
    assert refused(world, "officer", "reschedule", scheduled, **values).sentence == sentence


@pytest.mark.parametrize("announced", [True, False])
def test_a_kind_that_leaves_it_open_may_be_announced_or_not(world: World, announced: bool) -> None:
    visit = world.visit(authorised_by_id=world.person("head").id, authorised_at=NOW)
    take(world, "officer", "schedule", visit, officer_id=world.person("officer").id, starts_at=NOW, announced=announced)
    assert visit.announced is announced


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-27T09:00:00+00:00",  # a Friday in winter: opens on the hour
        "2026-03-27T16:59:00+00:00",
        "2026-03-30T08:00:00+00:00",  # the Monday after the clocks went forward: nine on the office wall
        "2026-03-30T15:59:00+00:00",
        "2026-10-26T09:00:00+00:00",  # the Monday after they went back
        "2026-10-26T16:59:00+00:00",
    ],
)
def test_an_out_of_hours_visit_does_not_begin_in_core_hours(world: World, moment: str) -> None:
    visit, officer = world.visit(kind="safe_and_well"), world.person("officer").id
    values = {"officer_id": officer, "starts_at": dt.datetime.fromisoformat(moment), "announced": False}
    assert refused(world, "officer", "schedule", visit, **values).sentence == (
        "Visits of this kind begin outside core hours, which are 09:00 to 17:00 on working days."
    )


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-27T08:59:00+00:00",
        "2026-03-27T17:00:00+00:00",
        "2026-03-30T07:59:00+00:00",
        "2026-03-30T16:00:00+00:00",  # five in summer time
        "2026-10-23T07:59:00+00:00",
        "2026-10-26T08:59:00+00:00",
        "2026-03-28T12:00:00+00:00",  # a Saturday
        "2026-04-03T11:00:00+00:00",  # Good Friday
        "2026-04-06T11:00:00+00:00",  # Easter Monday
        "2026-05-04T11:00:00+00:00",  # the early May bank holiday
        "2026-12-28T12:00:00+00:00",  # Boxing Day's substitute, as the 26th is a Saturday
    ],
)
def test_an_out_of_hours_visit_begins_outside_core_hours(world: World, moment: str) -> None:
    visit, officer = world.visit(kind="safe_and_well"), world.person("officer").id
    starts = dt.datetime.fromisoformat(moment)
    take(world, "officer", "schedule", visit, officer_id=officer, starts_at=starts, announced=False)
    assert visit.state is VisitState.scheduled


@pytest.mark.parametrize("username", ["head", "partner", "auditor", "administrator"])
def test_a_visit_is_given_to_officers_only(world: World, username: str) -> None:
    visit = world.visit(kind="quality_monitoring")
    values = {"officer_id": world.person(username).id, **SCHEDULED}
    assert refused(world, "officer", "schedule", visit, **values).sentence == (
        "Choose an officer or manager who has an account in use."
    )


def test_a_visit_is_not_given_to_a_deactivated_account(world: World) -> None:
    visit = world.visit(kind="quality_monitoring")
    with console():
        world.person("officer2").active = False
    db.session.commit()
    values = {"officer_id": world.person("officer2").id, **SCHEDULED}
    assert refused(world, "officer", "schedule", visit, **values).sentence == (
        "Choose an officer or manager who has an account in use."
    )


def test_a_visit_does_not_begin_in_the_future(world: World) -> None:
    visit = world.visit(state="scheduled")
    later = NOW + dt.timedelta(minutes=1)
    assert refused(world, "officer", "begin", visit, began_at=later).sentence == (
        "A visit cannot begin in the future. Reschedule it instead."
    )
    take(world, "officer", "begin", visit, began_at=NOW)
    assert (visit.state, visit.began_at) == (VisitState.under_way, NOW)


REPORT = {
    "feedback_to": "Duty manager",
    "feedback_at": NOW,
    "feedback": "Well run.",
    "consulted": "Three residents and a daughter.",
    "findings": "Good.",
}


def test_a_visit_does_not_end_before_it_began(world: World) -> None:
    visit = world.visit(state="under_way", began_at=NOW - dt.timedelta(hours=1))
    ended = NOW - dt.timedelta(hours=1, seconds=1)
    assert refused(world, "officer", "write_up", visit, ended_at=ended, **REPORT).sentence == (
        "The visit ended before it began. Check the time it ended."
    )


def test_a_visit_does_not_end_in_the_future(world: World) -> None:
    visit = world.visit(state="under_way", began_at=NOW)
    ended = NOW + dt.timedelta(seconds=1)
    assert refused(world, "officer", "write_up", visit, ended_at=ended, **REPORT).sentence == (
        "The visit has not ended yet. Check the time it ended."
    )


def test_a_visit_that_took_too_long_says_why(world: World) -> None:
    visit = world.visit(kind="safe_and_well", state="under_way", began_at=NOW - dt.timedelta(minutes=121))
    sentence = "Visits of this kind last 120 minutes at most. Say why this one took longer."
    assert told(refused(world, "officer", "write_up", visit, ended_at=NOW, **REPORT)) == (sentence, "HA 3.13-14")
    assert refused(world, "officer", "write_up", visit, ended_at=NOW, overrun_reason=" ", **REPORT).sentence == sentence
    take(world, "officer", "write_up", visit, ended_at=NOW, overrun_reason="A fire alarm.", **REPORT)
    assert (visit.state, visit.overrun_reason) == (VisitState.written_up, "A fire alarm.")


def test_an_assessment_says_how_the_service_comes_out_and_another_visit_does_not(world: World) -> None:
    visit = world.visit(kind="quality_monitoring", state="under_way")
    assert told(refused(world, "officer", "write_up", visit, ended_at=NOW, **REPORT))[0] == (
        "Fill in “Overall, as assessed”."
    )
    take(world, "officer", "write_up", visit, ended_at=NOW, outcome=Outcome.requires_improvement, **REPORT)
    assert (visit.state, visit.outcome) == (VisitState.written_up, Outcome.requires_improvement)
    take(world, "officer", "publish", visit)
    values = {"correction_reason": "Counted twice.", "findings": "Good after all."}
    take(world, "officer", "correct", visit, outcome=Outcome.good, **values)
    assert visit.outcome is Outcome.good
    other = world.visit(kind="focused", state="under_way")
    take(world, "officer", "write_up", other, ended_at=NOW, outcome=Outcome.poor, **REPORT)
    assert (other.state, other.outcome) == (VisitState.written_up, None)


def test_only_a_visit_is_planned_as_a_visit(world: World) -> None:
    home, meeting = world.service(), world.activity_type("keeping_in_touch")
    with world.acting("officer"):
        db.session.add(Visit(service_id=home.id, activity_type_id=meeting.id))
        with pytest.raises(Refused) as refusal:
            db.session.commit()
    db.session.rollback()
    assert told(refusal.value) == (
        "“Keeping-in-touch meeting” is no visit. Choose a kind of visit.",
        "HA QM5; HA 3.36-40",
    )


def test_two_hours_are_not_too_long(world: World) -> None:
    visit = world.visit(kind="safe_and_well", state="under_way", began_at=NOW - dt.timedelta(minutes=120))
    take(world, "officer", "write_up", visit, ended_at=NOW, **REPORT)
    assert visit.state is VisitState.written_up


@pytest.mark.parametrize(
    ("left_out", "field"),
    [
        ("feedback_to", "Who heard the first feedback (post, not name)"),
        ("feedback_at", "When they heard it"),
        ("feedback", "The first feedback"),
        ("consulted", "How people who use the service, families and staff were heard"),
        ("findings", "What the visit found"),
    ],
)
def test_a_report_tells_what_the_paper_asks_for(world: World, left_out: str, field: str) -> None:
    visit = world.visit(state="under_way")
    values = {"ended_at": NOW, **REPORT}
    del values[left_out]
    assert told(refused(world, "officer", "write_up", visit, **values))[0] == f"Fill in “{field}”."


def test_a_correction_gives_its_reason(world: World) -> None:
    visit = world.visit(state="published")
    assert refused(world, "officer", "correct", visit, findings="Better.").sentence == (
        "Fill in “Reason for the correction”."
    )


@pytest.mark.parametrize(
    ("who", "step", "state"),
    [
        ("officer", "request_authorisation", "planned"),
        ("head", "refuse_authorisation", "awaiting_authorisation"),
        ("officer", "cancel", "scheduled"),
        ("officer", "abandon", "under_way"),
    ],
)
def test_a_visit_that_is_stopped_or_asked_for_has_a_reason(world: World, who: str, step: str, state: str) -> None:
    assert refused(world, who, step, world.visit(state=state), note="").sentence == "Give a reason."


@pytest.mark.parametrize("username", ["head", "provider", "administrator"])
def test_a_service_is_allocated_to_officers_only(world: World, username: str) -> None:
    service, person = world.service(), world.person(username).id
    assert told(refused(world, "manager", "allocate", service, allocated_officer_id=person)) == (
        "Choose an officer or manager who has an account in use.",
        "HA 2.2",
    )


# --- four eyes ---------------------------------------------------------------------------------------------------

WROTE = "You wrote this record, so somebody else must decide."
EDITED = "You edited this record, so somebody else must decide."
SUBMITTED = "You submitted this record, so somebody else must decide."
ASKED = "You asked for this decision, so somebody else must make it."


@pytest.mark.parametrize("step", ["approve", "decline"])
def test_nobody_decides_what_they_wrote(world: World, strict: None, step: str) -> None:
    case = draft(world, "manager")
    take(world, "officer", "submit", case)
    refusal = refused(world, "manager", step, case)
    assert told(refusal) == (WROTE, "four eyes, and HP 8")
    assert refusal.may == "Manager, Head of Service: Test Head, Test Head2"


@pytest.mark.parametrize("step", ["approve", "decline"])
def test_nobody_decides_what_they_submitted(world: World, strict: None, step: str) -> None:
    case = draft(world, "officer")
    take(world, "manager", "submit", case)
    assert refused(world, "manager", step, case).sentence == SUBMITTED
    take(world, "head", step, case)


@pytest.mark.parametrize("step", ["approve", "decline"])
def test_nobody_decides_what_they_edited(world: World, step: str) -> None:
    case = draft(world)
    edit(world, "head", case)
    take(world, "officer", "submit", case)
    assert refused(world, "head", step, case).sentence == EDITED
    take(world, "head2", step, case)


def edit(world: World, who: str, case: Suspension) -> None:
    with world.acting(who):
        case.grounds = f"{case.grounds} And records are missing."
        db.session.commit()


def test_whoever_edited_before_it_was_returned_may_decide_again(world: World) -> None:
    case = draft(world)
    edit(world, "head", case)
    take(world, "officer", "submit", case)
    take(world, "head2", "return", case)
    take(world, "officer", "submit", case)
    take(world, "head", "approve", case)
    assert case.state is SuspensionState.in_force


def test_whoever_edited_after_it_was_returned_may_not(world: World) -> None:
    case = submitted(world)
    take(world, "head2", "return", case)
    edit(world, "head", case)
    take(world, "officer", "submit", case)
    assert refused(world, "head", "approve", case).sentence == EDITED


def test_a_return_does_not_free_whoever_wrote_or_submitted_it(world: World, strict: None) -> None:
    case = draft(world, "manager")
    take(world, "officer", "submit", case)
    take(world, "head", "return", case)
    take(world, "officer", "submit", case)
    assert refused(world, "manager", "approve", case).sentence == WROTE
    other = draft(world)
    take(world, "manager", "submit", other)
    take(world, "head", "return", other)
    take(world, "officer", "submit", other)
    assert refused(world, "manager", "approve", other).sentence == SUBMITTED


def test_an_earlier_decision_is_no_bar(world: World) -> None:
    case = submitted(world)
    take(world, "head", "return", case)
    take(world, "officer", "submit", case)
    take(world, "head", "approve", case)
    take(world, "officer", "request_lift", case, lift_evidence="Clean.")
    take(world, "head", "refuse_lift", case)
    take(world, "officer", "request_lift", case, lift_evidence="Cleaner.")
    take(world, "head", "lift", case)
    assert case.state is SuspensionState.lifted


@pytest.mark.parametrize("step", ["lift", "refuse_lift"])
def test_nobody_decides_the_lift_that_they_asked_for(world: World, strict: None, step: str) -> None:
    case = world.suspension(state="in_force")
    take(world, "manager", "request_lift", case, lift_evidence="Clean.")
    assert refused(world, "manager", step, case).sentence == ASKED
    take(world, "head", step, case)


def test_whoever_withdrew_a_request_may_decide_the_next(world: World, strict: None) -> None:
    case = world.suspension(state="in_force")
    take(world, "manager", "request_lift", case, lift_evidence="Clean.")
    take(world, "manager", "withdraw_lift_request", case)
    take(world, "officer", "request_lift", case, lift_evidence="Cleaner.")
    take(world, "manager", "lift", case)
    assert case.state is SuspensionState.lifted


@pytest.mark.parametrize("step", ["vary", "refuse_variation"])
def test_nobody_decides_the_variation_that_they_proposed(world: World, strict: None, step: str) -> None:
    case = world.suspension(state="in_force")
    take(world, "manager", "propose_variation", case, new_service_id=case.service_id, **VARIATION)
    assert refused(world, "manager", step, case).sentence == ASKED
    take(world, "head", step, case)


@pytest.mark.parametrize("step", ["authorise", "refuse_authorisation"])
def test_nobody_authorises_the_visit_that_they_asked_for(world: World, step: str) -> None:
    also(world, "manager", "head")
    visit = world.visit()
    take(world, "manager", "request_authorisation", visit)
    refusal = refused(world, "manager", step, visit)
    assert told(refusal) == (ASKED, "four eyes, and HA 3.30")
    assert refusal.may == "Head of Service: Test Head, Test Head2"
    take(world, "head", step, visit)


def test_a_manager_who_is_also_a_head_does_not_approve_their_own(world: World) -> None:
    also(world, "manager", "head")
    case = submitted(world, "manager")
    assert refused(world, "manager", "approve", case).sentence == SUBMITTED
    take(world, "head", "approve", case)
    assert case.state is SuspensionState.in_force


def test_an_administrator_approves_nothing(world: World) -> None:
    case = submitted(world)
    refusal = refused(world, "administrator", "approve", case)
    assert told(refusal) == ("Your role may not do this.", "XX")
    assert refusal.may == "Head of Service: Test Head, Test Head2"


def test_an_administrator_who_is_also_a_manager_does_not_approve_their_own(world: World, strict: None) -> None:
    also(world, "administrator", "manager")
    case = submitted(world, "administrator")
    assert refused(world, "administrator", "approve", case).sentence == SUBMITTED


def test_whoever_brought_a_record_from_an_earlier_system_counts_as_its_author(world: World) -> None:
    case = world.suspension(state="submitted")
    with world.acting("head"):
        record(db.session, LedgerKind.imported, case, {}, "From the spreadsheet of 2025.")
        db.session.commit()
    assert refused(world, "head", "approve", case).sentence == WROTE
    take(world, "head2", "approve", case)


def test_when_nobody_is_left_the_refusal_says_so(world: World) -> None:
    with console():
        world.person("head2").active = False
    db.session.commit()
    case = draft(world)
    edit(world, "head", case)
    take(world, "officer", "submit", case)
    assert refused(world, "head", "approve", case).may == "Head of Service; nobody else holds that role"


# --- a group decides ---------------------------------------------------------------------------------------------

MINUTE = {"decided_on": dt.date(2026, 3, 3), "decision_minute": "MOB 7/2026"}


@pytest.fixture
def board(world: World) -> None:
    """A framework in which a group decides restrictions, and its decision is recorded (SA 3.3.11)."""
    with console():
        rule = db.session.scalars(
            select(ApprovalRule)
            .join(ApprovalRule.framework)
            .where(Framework.state == FrameworkState.in_force, ApprovalRule.decision == Decision.suspension)
        ).one()
        db.session.add(
            OversightGroup(
                framework_id=rule.framework_id, key="board", name="Market Oversight Board", clause="SA 3.3.9"
            )
        )
        db.session.flush()
        rule.role, rule.group_name, rule.clause = None, "Market Oversight Board", "SA 3.3.11"
    db.session.commit()


def test_a_group_s_decision_is_recorded_by_a_manager_a_head_or_a_director(world: World, board: None) -> None:
    steps = ["return", "approve", "decline", "vary", "refuse_variation", "refuse_lift", "lift"]
    recorders = "manager head director"
    assert allowed(world, suspensions.WORKFLOW, [s.value for s in SuspensionState], a_suspension, steps) == {
        ("return", "submitted"): recorders,
        ("approve", "submitted"): recorders,
        ("decline", "submitted"): recorders,
        ("vary", "in_force"): recorders,
        ("refuse_variation", "in_force"): recorders,
        ("refuse_lift", "lift_requested"): recorders,
        ("lift", "lift_requested"): recorders,
    }


def test_a_group_s_decision_names_its_minute_and_its_date(world: World, board: None) -> None:
    case = submitted(world)
    for left_out, field in (
        ("decided_on", "Date of the group's decision"),
        ("decision_minute", "Minute of the decision"),
    ):
        values = {name: value for name, value in MINUTE.items() if name != left_out}
        assert refused(world, "director", "approve", case, **values).sentence == f"Fill in “{field}”."
    take(world, "director", "approve", case, **MINUTE)
    assert (case.state, case.decided_by_group, case.decision_minute) == (
        SuspensionState.in_force,
        "Market Oversight Board",
        "MOB 7/2026",
    )


def test_a_group_s_decision_is_not_recorded_by_whoever_asked_for_it(world: World, board: None) -> None:
    case = submitted(world, "manager")
    refusal = refused(world, "manager", "approve", case, **MINUTE)
    assert told(refusal) == (SUBMITTED, "four eyes, and SA 3.3.11")
    assert refusal.may == (
        "Market Oversight Board, recorded by Manager, Head of Service, Director: Test Director, Test Head, Test Head2"
    )


def test_without_an_approval_rule_nobody_decides(world: World) -> None:
    case = submitted(world)
    with console():
        db.session.scalars(select(Framework)).one().state = FrameworkState.retired
    db.session.commit()
    for role in ROLES:
        assert refused(world, role, "approve", case).sentence == "Your role may not do this."


# --- effects -----------------------------------------------------------------------------------------------------


def test_submitting_names_who_and_when(world: World) -> None:
    case = draft(world)
    take(world, "manager", "submit", case)
    assert (case.submitted_by_id, case.submitted_at) == (world.person("manager").id, NOW)


def test_approving_starts_the_restriction_its_clock_and_a_letter(world: World) -> None:
    case = submitted(world)
    take(world, "head", "approve", case)
    assert (case.state, case.starts_on, case.next_review_on) == (
        SuspensionState.in_force,
        dt.date(2026, 3, 4),
        dt.date(2026, 4, 1),
    )
    assert (case.decided_by_id, case.decided_at) == (world.person("head").id, NOW)
    assert letters(case) == [("decision", "waiting")]
    text = letter_text(case)
    assert "Medicines are not given as prescribed." in text
    assert "A medicines audit each week." in text
    assert "18 March 2026" in text  # ten working days to answer


def test_the_day_it_starts_is_the_day_on_the_office_wall(world: World) -> None:
    case = submitted(world)
    take(world, "head", "approve", case, now=dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC))
    assert (case.starts_on, case.next_review_on) == (dt.date(2026, 7, 2), dt.date(2026, 7, 30))


@pytest.mark.parametrize(("who", "step"), [("head", "decline"), ("officer", "withdraw"), ("head", "return")])
def test_what_does_not_come_into_force_writes_no_letter(world: World, who: str, step: str) -> None:
    case = submitted(world)
    take(world, who, step, case)
    assert letters(case) == []
    assert (case.starts_on, case.next_review_on) == (None, None)


def test_declining_names_who_decided(world: World) -> None:
    case = submitted(world)
    take(world, "head", "decline", case)
    assert (case.decided_by_id, case.decided_at) == (world.person("head").id, NOW)


@pytest.mark.parametrize("state", ["in_force", "lift_requested"])
def test_a_review_moves_the_next_by_28_days(world: World, state: str) -> None:
    case = world.suspension(state=state)
    later = dt.datetime(2026, 3, 20, 9, tzinfo=dt.UTC)
    take(world, "officer", "review", case, now=later, still_needed="yes", risks="Fewer errors.")
    assert (case.state.value, case.next_review_on) == (state, dt.date(2026, 4, 17))
    assert [(each.on, each.still_needed, each.risks, each.next_review_on) for each in related(case, "reviews")] == [
        (dt.date(2026, 3, 20), True, "Fewer errors.", dt.date(2026, 4, 17))
    ]


def test_a_review_that_finds_it_no_longer_needed_says_so(world: World) -> None:
    case = world.suspension(state="in_force")
    take(world, "officer", "review", case, still_needed="no", risks="None.")
    assert related(case, "reviews")[0].still_needed is False
    assert case.state is SuspensionState.in_force


def test_asking_for_a_lift_stops_no_clock(world: World) -> None:
    case = in_force(world)
    take(world, "officer", "request_lift", case, lift_evidence="Three clean audits.")
    assert (case.state, case.next_review_on, case.ends_on) == (
        SuspensionState.lift_requested,
        dt.date(2026, 4, 1),
        None,
    )
    assert (case.lift_requested_by_id, case.lift_evidence) == (world.person("officer").id, "Three clean audits.")
    take(world, "officer", "withdraw_lift_request", case)
    assert case.state is SuspensionState.in_force
    assert letters(case) == [("decision", "waiting")]


def test_lifting_ends_it_and_writes_a_letter(world: World) -> None:
    case = in_force(world)
    take(world, "officer", "request_lift", case, lift_evidence="Clean.")
    take(world, "head", "lift", case)
    assert (case.state, case.ends_on, case.lifted_by_id) == (
        SuspensionState.lifted,
        dt.date(2026, 3, 4),
        world.person("head").id,
    )
    assert letters(case) == [("decision", "waiting"), ("lifted", "waiting")]


def test_refusing_a_lift_writes_a_letter_and_it_stays(world: World) -> None:
    case = in_force(world)
    take(world, "officer", "request_lift", case, lift_evidence="Clean.")
    take(world, "head", "refuse_lift", case)
    assert (case.state, case.ends_on) == (SuspensionState.in_force, None)
    assert letters(case) == [("decision", "waiting"), ("lift_refused", "waiting")]


def test_a_variation_replaces_kind_conditions_and_scope_and_keeps_the_old(world: World) -> None:
    case = in_force(world)
    with actors.acting(actors.system("test", NOW)):
        part, service = world.part(reload(case)).id, case.service_id
    values = {
        "new_kind": RestrictionEffect.with_conditions,
        "new_conditions": "Two new people a month.",
        "new_service_id": service,
        "new_part_id": part,
        "provider_agreed_on": dt.date(2026, 3, 3),
        "variation_reason": "Only the unit.",
    }
    take(world, "officer", "propose_variation", case, **values)
    assert (case.kind, case.part_id) == (RestrictionEffect.no_new_purchase, None)
    take(world, "head", "vary", case)
    assert (case.kind, case.conditions, case.service_id, case.part_id) == (
        RestrictionEffect.with_conditions,
        "Two new people a month.",
        service,
        part,
    )
    [variation] = related(case, "variations")
    assert (variation.state.value, variation.decided_by_id) == ("made", world.person("head").id)
    assert (variation.old_kind, variation.old_conditions, variation.old_service_id, variation.old_part_id) == (
        RestrictionEffect.no_new_purchase,
        "A medicines audit each week.",
        service,
        None,
    )
    assert letters(case) == [("decision", "waiting"), ("variation", "waiting")]


def test_a_refused_variation_changes_nothing(world: World) -> None:
    case = in_force(world)
    take(world, "officer", "propose_variation", case, new_conditions="None.", **VARIATION)
    take(world, "head", "refuse_variation", case)
    assert (case.kind, case.conditions) == (RestrictionEffect.no_new_purchase, "A medicines audit each week.")
    assert [each.state.value for each in related(case, "variations")] == ["refused"]
    assert letters(case) == [("decision", "waiting")]


def test_authorising_names_who_and_the_visit_may_be_scheduled(world: World) -> None:
    visit = world.visit()
    take(world, "officer", "request_authorisation", visit)
    assert visit.authorisation_asked_by_id == world.person("officer").id
    take(world, "head", "authorise", visit)
    assert (visit.state, visit.authorised_by_id, visit.authorised_at) == (
        VisitState.planned,
        world.person("head").id,
        NOW,
    )
    take(world, "officer", "schedule", visit, officer_id=world.person("officer2").id, **SCHEDULED)
    assert (visit.state, visit.officer_id) == (VisitState.scheduled, world.person("officer2").id)


def test_writing_up_leaves_the_first_report_and_correcting_a_second(world: World) -> None:
    visit = world.visit(state="under_way")
    take(world, "officer", "write_up", visit, ended_at=NOW, good_practice="A garden.", **REPORT)
    assert [(each.number, each.findings, each.good_practice) for each in related(visit, "reports")] == [
        (1, "Good.", "A garden.")
    ]
    take(world, "officer", "publish", visit)
    assert (visit.state, visit.published_at) == (VisitState.published, NOW)
    take(world, "officer", "correct", visit, correction_reason="A date was wrong.", findings="Good, on 2 March.")
    assert visit.state is VisitState.published
    assert [(each.number, each.findings, each.reason) for each in related(visit, "reports")] == [
        (1, "Good.", ""),
        (2, "Good, on 2 March.", "A date was wrong."),
    ]


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("withdraw_request", "awaiting_authorisation", "planned"),
        ("cancel", "planned", "cancelled"),
        ("cancel", "scheduled", "cancelled"),
        ("abandon", "under_way", "cancelled"),
    ],
)
def test_a_visit_that_is_called_off_leads_where_the_paper_says(
    world: World, step: str, before: str, after: str
) -> None:
    visit = world.visit(state=before)
    take(world, "officer", step, visit)
    assert visit.state.value == after


def test_a_visit_that_is_not_authorised_is_cancelled(world: World) -> None:
    visit = world.visit(state="awaiting_authorisation")
    take(world, "head", "refuse_authorisation", visit)
    assert visit.state is VisitState.cancelled


def test_rescheduling_changes_date_and_officer_and_nothing_else(world: World) -> None:
    visit = world.visit(state="scheduled")
    take(world, "officer", "reschedule", visit, officer_id=world.person("manager").id, **SCHEDULED)
    assert (visit.state, visit.officer_id, visit.starts_at) == (
        VisitState.scheduled,
        world.person("manager").id,
        dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC),
    )


def test_allocating_links_the_officer(world: World) -> None:
    service = world.service()
    take(world, "manager", "allocate", service, allocated_officer_id=world.person("officer2").id)
    assert service.allocated_officer_id == world.person("officer2").id


def test_each_step_is_one_entry_of_the_history_with_its_reason_and_rule(world: World) -> None:
    case = submitted(world)
    take(world, "head", "return", case, note="  More evidence. ")
    with actors.acting(actors.system("test", NOW)):
        entries = db.session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.record_type == "suspension", LedgerEntry.record_id == case.id)
            .order_by(LedgerEntry.seq)
        ).all()
    assert [(each.kind.value, each.step, each.note, each.clause, each.actor_role) for each in entries] == [
        ("created", None, "", "", "officer"),
        ("step", "submit", "Because.", "HA 3.70", "officer"),
        ("step", "return", "More evidence.", "XX", "head"),
    ]
    assert entries[2].changes == {"state": ["submitted", "draft"]}


def test_a_refused_step_leaves_nothing_behind(world: World) -> None:
    case = submitted(world, kind=RestrictionEffect.voluntary)
    version = case.version
    refused(world, "head", "approve", case)
    assert (case.state, case.version, case.starts_on) == (SuspensionState.submitted, version, None)
    assert letters(case) == []
