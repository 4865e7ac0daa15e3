"""The bands that services stand in: proposed by one, decided by another, one after the other."""

import datetime as dt
from typing import Any

import pytest
from areas.risk import band
from sqlalchemy import select
from world import NOW, World

from models import db
from models.framework import ApprovalRule, Decision
from models.risk import BandState, ServiceBand
from workflows.desk import decisions
from workflows.engine import WORKFLOWS
from workflows.gate import Refused

STEPS = WORKFLOWS[ServiceBand]
LATER = NOW + dt.timedelta(days=30)


def proposed(world: World, who: str = "officer", service: Any = None, **kw: Any) -> ServiceBand:
    service = service or world.service()
    with world.acting(who):
        told = {"scheme": "risk", "band": "high", "grounds": "Two enquiries in a month.", **kw}
        made = ServiceBand(service_id=service.id, **told)
        db.session.add(made)
        db.session.commit()
    return made


def take(world: World, who: str, step: str, item: Any, now: dt.datetime = NOW, note: str = "", **values: Any) -> None:
    with world.acting(who, now) as actor:
        STEPS.take(step, item, actor, note=note, **values)
        db.session.commit()


def refusal(world: World, who: str, step: str, item: Any) -> str:
    with world.acting(who) as actor:
        found = STEPS.refusal(step, item, actor)
        assert found is not None
        return found.sentence


def test_a_band_is_confirmed_by_somebody_else(world: World) -> None:
    own = proposed(world, "manager")
    assert refusal(world, "officer2", "confirm", own) == "Your role may not do this."
    assert refusal(world, "manager", "confirm", own) == "You wrote this record, so somebody else must decide."
    take(world, "head", "confirm", own)
    assert (own.state, own.from_on, own.until_on) == (BandState.confirmed, dt.date(2026, 3, 4), None)


def test_the_next_band_replaces_the_one_before(world: World) -> None:
    service = world.service()
    first = proposed(world, service=service)
    take(world, "manager", "confirm", first)
    second = proposed(world, service=service, band="low")
    take(world, "manager", "confirm", second, LATER)
    assert (first.state, first.until_on) == (BandState.replaced, dt.date(2026, 4, 3))
    assert (second.state, second.from_on) == (BandState.confirmed, dt.date(2026, 4, 3))


def test_one_that_is_rejected_changes_nothing(world: World) -> None:
    service = world.service()
    first = proposed(world, service=service)
    take(world, "manager", "confirm", first)
    second = proposed(world, service=service, band="low")
    take(world, "manager", "reject", second, note="Not enough evidence.")
    assert (first.state, second.state) == (BandState.confirmed, BandState.rejected)


def test_its_author_or_a_manager_withdraws_it(world: World) -> None:
    own = proposed(world)
    assert refusal(world, "officer2", "withdraw", own) == "Only its author or a Manager may withdraw it."
    take(world, "officer", "withdraw", own)
    assert own.state is BandState.withdrawn


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"scheme": "colours"},
            {"scheme": "The framework in force grades services by no such scheme. Choose one of the list."},
        ),
        ({"band": "purple"}, {"band": "The scheme has no such band. Choose a band of the same scheme."}),
        ({"grounds": " "}, {"grounds": "Say what puts the service there."}),
    ],
)
def test_a_proposal_names_a_band_of_the_framework_in_force(
    world: World, values: dict[str, str], told: dict[str, str]
) -> None:
    with pytest.raises(Refused) as error:
        proposed(world, **values)
    db.session.rollback()
    assert dict(error.value.fields) == told


def test_where_a_group_decides_its_minute_is_recorded(world: World) -> None:
    with world.console():
        rule = db.session.scalars(select(ApprovalRule).where(ApprovalRule.decision == Decision.confirm_band)).one()
        rule.role, rule.group_name = None, rule.framework.groups[0].name
        name = rule.group_name
    db.session.commit()
    own = proposed(world)
    take(world, "manager", "confirm", own, decided_on=dt.date(2026, 3, 2), decision_minute="Minute 4")
    assert (own.decided_by_group, own.decided_on, own.decision_minute) == (name, dt.date(2026, 3, 2), "Minute 4")


def test_it_waits_on_the_desk_of_whoever_may_decide(world: World) -> None:
    own = proposed(world, "manager")
    with world.acting("head") as actor:
        mine, others = decisions(db.session, actor)
        assert [each.item.id for each in mine if isinstance(each.item, ServiceBand)] == [own.id]
    with world.acting("manager") as actor:
        mine, others = decisions(db.session, actor)
        assert [each.item.id for each in others if isinstance(each.item, ServiceBand)] == [own.id]


def test_the_page_of_a_service_tells_its_bands_in_the_words_of_the_framework(world: World, as_user: Any) -> None:
    service = world.service()
    band(world, "confirmed", service)
    number = service.id
    text = as_user("officer").get(f"/services/show/{number}").text
    assert "Risk rating</dt>" in text
    assert "High, since 4 March 2026" in text
    assert "High, since" not in as_user("partner").get(f"/services/show/{number}").text
