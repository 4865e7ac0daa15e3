"""The main job at the gate: who may decide, and what the decision does."""

import pytest
from steps_taken import not_changed
from world import NOW, World

from models import db
from models.suspensions import PurchasingStatus, Suspension, SuspensionState, purchasing
from workflows.gate import Refused
from workflows.suspensions import WORKFLOW


def draft(world: World, author: str = "officer") -> Suspension:
    service = world.service()
    with world.acting(author):
        case = Suspension(
            provider_id=service.provider_id,
            service_id=service.id,
            grounds="Medicines are not given as prescribed.",
            evidence="Focused visit of 2 March.",
            resident_risk="Two people had no pain relief.",
            number_placed=12,
            conditions="A medicines audit each week.",
            review_on=NOW.date(),
        )
        db.session.add(case)
        db.session.commit()
    return case


def take(world: World, username: str, step: str, case: Suspension, note: str = "", **values: object) -> None:
    with world.acting(username) as actor:
        WORKFLOW.take(step, case, actor, note=note, **values)
        db.session.commit()


def status(case: Suspension) -> PurchasingStatus:
    return purchasing(db.session, [case.service_id])[case.service_id].status


def test_the_board_changes_when_a_head_approves(world: World) -> None:
    case = draft(world)
    take(world, "officer", "submit", case)
    assert status(case) is PurchasingStatus.as_normal
    take(world, "head", "approve", case)
    assert case.state is SuspensionState.in_force
    assert status(case) is PurchasingStatus.no_new_purchase


def test_a_lift_request_does_not_open_purchasing(world: World) -> None:
    case = draft(world)
    take(world, "officer", "submit", case)
    take(world, "head", "approve", case)
    take(world, "officer", "request_lift", case, lift_evidence="Three clean audits.")
    assert case.state is SuspensionState.lift_requested
    assert status(case) is PurchasingStatus.no_new_purchase
    take(world, "head", "lift", case, note="Enough evidence.")
    assert status(case) is PurchasingStatus.as_normal


def test_the_head_who_edited_the_draft_reads_why_and_who_can(world: World) -> None:
    case = draft(world)
    with world.acting("head"):
        case.grounds = "Medicines are not given as prescribed, and records are missing."
        db.session.commit()
    take(world, "officer", "submit", case)
    with world.acting("head") as actor, pytest.raises(Refused) as refused:
        WORKFLOW.take("approve", case, actor)
    assert refused.value.sentence == "You edited this record, so somebody else must decide."
    assert refused.value.may == "Head of Service: Test Head2"
    db.session.rollback()
    take(world, "head2", "approve", case)
    assert case.state is SuspensionState.in_force


def test_a_unit_is_not_moved_out_from_under_its_restriction(world: World) -> None:
    service, other = world.service(), world.service("Another House")
    unit = world.part(service)
    world.suspension(service, "in_force", part_id=unit.id)
    assert not_changed(world, "officer", unit, service_id=other.id) == (
        "This stays with the record that it was written for. Add another one there instead."
    )
