"""Contracts and standing: what is sound, what is derived, and what sets off a mandatory suspension (HP 8)."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from areas.contracts import continuity, contract, licence, process
from sqlalchemy import select
from steps_taken import not_written, refused, take, write
from world import NOW, World

from models import db
from models.contracts import Contract, ContractKind, OccupancyReturn, SafeguardingKind
from models.framework import TriggerEvent
from models.suspensions import Suspension, SuspensionState
from workflows import actor as actors
from workflows.framework_files import load

ROOT = Path(__file__).parents[2]
STARTS, ENDS = dt.date(2025, 4, 1), dt.date(2027, 3, 31)


def written(world: World, **kw: Any) -> Contract:
    service = world.service()
    told = {"title": "Care", "kind": ContractKind.block, "starts_on": STARTS, "ends_on": ENDS, **kw}
    return Contract(provider_id=service.provider_id, service_id=service.id, **told)


def test_the_mid_term_lies_half_way(world: World) -> None:
    assert write(world, "officer", written(world)).mid_term_on == dt.date(2026, 3, 31)
    assert write(world, "officer", written(world, ends_on=None)).mid_term_on is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends_on": dt.date(2025, 3, 31)}, "The contract ends before it starts. Check the dates."),
        ({"monitoring_level": 0}, "The monitoring level is a number from 1 to 5."),
        ({"monitoring_level": 6}, "The monitoring level is a number from 1 to 5."),
        ({"led_by_icb": True}, "The ICB leads a contract only where it is commissioned together with it."),
    ],
)
def test_a_contract_is_sound(world: World, wrong: dict[str, Any], sentence: str) -> None:
    assert not_written(world, "officer", written(world, **wrong)) == sentence


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (dt.date(2025, 3, 31), "It cannot have ended before it started. Check the day."),
        (dt.date(2026, 3, 5), "That day lies in the future. Check it."),
    ],
)
def test_a_contract_ended_after_it_started_and_by_today(world: World, day: dt.date, sentence: str) -> None:
    assert refused(world, "officer", "end", contract(world), ended_on=day) == sentence


def test_places_are_counted_by_today(world: World) -> None:
    count = OccupancyReturn(service_id=world.service().id, counted_on=dt.date(2026, 3, 5), occupied=1, vacant=1)
    assert not_written(world, "officer", count) == "That day lies in the future. Check it."


@pytest.mark.parametrize(
    ("checked", "due_on"),
    [
        (dt.datetime(2026, 3, 4, 10, tzinfo=dt.UTC), "2027-03-04"),
        (dt.datetime(2028, 2, 29, 10, tzinfo=dt.UTC), "2029-02-28"),
    ],
)
def test_a_continuity_plan_is_checked_again_after_a_year(world: World, checked: dt.datetime, due_on: str) -> None:
    plan = continuity(world, "received")
    take(world, "officer", "assure", plan, now=checked, check_note="Whole.")
    assert plan.check_due_on == dt.date.fromisoformat(due_on)


def test_a_plan_that_never_came_is_not_found_wanting(world: World) -> None:
    sentence = refused(world, "officer", "find_wanting", continuity(world), check_note="x")
    assert sentence == "Record first when the plan came."


# --- mandatory grounds ---


@pytest.fixture
def strict(world: World) -> None:
    """The rules of tests/samples/strict.toml: every ground of HP 8 drafts a suspension."""
    with actors.acting(actors.system("test", NOW)):
        load(db.session, ROOT / "seed" / "frameworks" / "common.toml", ROOT / "tests" / "samples" / "strict.toml")
        db.session.commit()


def enquiry(world: World) -> Any:
    made = process(world, kind=SafeguardingKind.large_scale_enquiry)
    take(world, "officer", "open", made, opened_on=dt.date(2026, 3, 3), opener="Safeguarding unit")
    return made


def revoked(world: World) -> Any:
    made = licence(world)
    take(world, "officer", "revoke", made, since=dt.date(2026, 3, 3))
    return made


def wanting(world: World) -> Any:
    made = continuity(world, "received")
    take(world, "officer", "find_wanting", made, check_note="No plan for a flood.")
    return made


def drafted(world: World) -> list[Suspension]:
    with world.acting("auditor"):
        return list(db.session.scalars(select(Suspension).order_by(Suspension.id)))


GROUNDS = [
    (enquiry, TriggerEvent.large_scale_enquiry, True, "A large-scale safeguarding enquiry was opened."),
    (revoked, TriggerEvent.licence_lost, False, "The provider's licence to sponsor workers was suspended or revoked."),
    (wanting, TriggerEvent.continuity_not_assured, True, "The continuity of the care is not assured."),
]


@pytest.mark.parametrize(("happens", "event", "of_service", "grounds"), GROUNDS)
def test_a_mandatory_ground_drafts_a_suspension(
    world: World, strict: None, happens: Any, event: TriggerEvent, of_service: bool, grounds: str
) -> None:
    fact = happens(world)
    (case,) = drafted(world)
    assert (case.state, case.mandatory_ground, case.grounds) == (SuspensionState.draft, event, grounds)
    assert case.provider_id == fact.provider_id
    assert case.service_id == (fact.service_id if of_service else None)


@pytest.mark.parametrize(("happens", "event", "of_service", "grounds"), GROUNDS)
def test_without_the_frameworks_word_nothing_is_drafted(
    world: World, happens: Any, event: TriggerEvent, of_service: bool, grounds: str
) -> None:
    happens(world)
    assert drafted(world) == []


def test_an_organisational_process_drafts_nothing(world: World, strict: None) -> None:
    take(world, "officer", "open", process(world), opened_on=dt.date(2026, 3, 3), opener="Safeguarding unit")
    assert drafted(world) == []


def test_a_second_ground_drafts_no_second_suspension(world: World, strict: None) -> None:
    made = licence(world)
    take(world, "officer", "suspend", made, since=dt.date(2026, 3, 2))
    take(world, "officer", "revoke", made, since=dt.date(2026, 3, 3))
    assert len(drafted(world)) == 1


STANDING = {
    "enquiry": "A large-scale safeguarding enquiry is still open, and this framework then allows no lift.",
    "licence": "The licence to sponsor workers is still suspended or revoked, and this framework then allows no lift.",
    "continuity": "Continuity is still not assured, and this framework then allows no lift.",
}


@pytest.mark.parametrize("ground", STANDING)
def test_nothing_is_lifted_while_the_ground_stands(world: World, strict: None, ground: str) -> None:
    service = world.service()
    make = {
        "enquiry": lambda: process(world, "open", service, kind=SafeguardingKind.large_scale_enquiry),
        "licence": lambda: licence(world, "suspended", service),
        "continuity": lambda: continuity(world, "not_assured", service),
    }
    make[ground]()
    case = world.suspension(service, "lift_requested")
    assert refused(world, "head", "lift", case) == STANDING[ground]


@pytest.mark.parametrize("ground", STANDING)
def test_it_is_lifted_once_the_ground_is_gone(world: World, strict: None, ground: str) -> None:
    service = world.service()
    make = {
        "enquiry": lambda: process(world, "closed", service, kind=SafeguardingKind.large_scale_enquiry),
        "licence": lambda: licence(world, "licensed", service),
        "continuity": lambda: continuity(world, "assured", service),
    }
    make[ground]()
    case = world.suspension(service, "lift_requested")
    take(world, "head", "lift", case)
    assert case.state is SuspensionState.lifted


def test_a_ground_at_another_service_bars_no_lift(world: World, strict: None) -> None:
    provider = world.provider("Two Homes")
    here, there = world.service("Here House", provider), world.service("There House", provider)
    process(world, "open", there, kind=SafeguardingKind.large_scale_enquiry)
    case = world.suspension(here, "lift_requested")
    take(world, "head", "lift", case)
    assert case.state is SuspensionState.lifted


def test_a_ground_at_the_provider_as_a_whole_bars_the_lift_at_each_service(world: World, strict: None) -> None:
    service = world.service()
    process(world, "open", service, kind=SafeguardingKind.large_scale_enquiry, service_id=None)
    case = world.suspension(service, "lift_requested")
    assert refused(world, "head", "lift", case) == STANDING["enquiry"]
