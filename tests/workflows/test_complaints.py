"""Complaints: by when they are answered, who may say what of them, and who decides."""

import datetime as dt
from typing import Any

import pytest
from areas.complaints import complaint
from programs import program
from sqlalchemy import select
from steps_taken import not_written, refused, take, write
from world import NOW, World

from models import db
from models.complaints import Complaint, ComplaintKind, ComplaintOutcome, ComplaintSource, ComplaintState
from models.ledger import LedgerEntry, LedgerKind
from workflows import actor as actors

RESPONSE = {"findings": "Meals came late.", "outcome": ComplaintOutcome.upheld, "response": "We are sorry."}


def received(world: World, on: dt.date, kind: ComplaintKind = ComplaintKind.complaint) -> Complaint:
    service = world.service()
    return Complaint(
        provider_id=service.provider_id,
        service_id=service.id,
        kind=kind,
        source=ComplaintSource.family,
        received_on=on,
        subject="Meals come late",
    )


@pytest.mark.parametrize(
    ("kind", "received_on", "due_on"),
    [
        # 20 working days from a Wednesday.
        (ComplaintKind.complaint, dt.date(2026, 3, 4), dt.date(2026, 4, 1)),
        # 20 working days over Christmas and New Year: 25, 26 (28 in its place) December and 1 January do not count.
        (ComplaintKind.complaint, dt.date(2025, 12, 19), dt.date(2026, 1, 21)),
        (ComplaintKind.mp_enquiry, dt.date(2026, 2, 27), dt.date(2026, 3, 13)),
        (ComplaintKind.councillor_enquiry, dt.date(2026, 2, 28), dt.date(2026, 3, 13)),
    ],
)
def test_the_deadline_follows_from_kind_and_day_in_working_days(
    world: World, kind: ComplaintKind, received_on: dt.date, due_on: dt.date
) -> None:
    item = write(world, "officer", received(world, received_on, kind))
    assert item.due_on == due_on


def test_the_deadline_moves_with_the_day_that_is_corrected(world: World) -> None:
    item = write(world, "officer", received(world, dt.date(2026, 3, 3)))
    with world.acting("officer"):
        item.received_on = dt.date(2026, 2, 27)
        db.session.commit()
    assert item.due_on == dt.date(2026, 3, 27)


def test_a_deadline_that_was_extended_stays_when_something_else_is_written(world: World) -> None:
    item = write(world, "officer", received(world, dt.date(2026, 3, 3)))
    take(world, "manager", "extend", item, due_on=dt.date(2026, 5, 1))
    with world.acting("officer"):
        item.details = "The meals of two weeks."
        db.session.commit()
    assert item.due_on == dt.date(2026, 5, 1)


def test_a_complaint_of_tomorrow_is_refused(world: World) -> None:
    sentence = not_written(world, "officer", received(world, dt.date(2026, 3, 5)))
    assert sentence == "It cannot have been received in the future. Check the day."


def test_the_service_must_be_one_of_the_providers(world: World) -> None:
    item = received(world, dt.date(2026, 3, 3))
    item.service_id = world.service("Another House").id
    assert (
        not_written(world, "officer", item)
        == "That service is not one of this provider's. Choose the provider that runs it."
    )


def test_nobody_sets_the_deadline_by_hand(world: World) -> None:
    item = received(world, dt.date(2026, 3, 3))
    item.due_on = dt.date(2027, 1, 1)
    assert not_written(world, "officer", item) == "These are changed only by a step, never by hand: due_on."


def test_only_an_officer_in_use_is_given_a_complaint(world: World) -> None:
    item = complaint(world)
    sentence = refused(world, "manager", "allocate", item, officer_id=world.person("head").id)
    assert sentence == "Choose an officer or manager who has an account in use."


def test_whoever_drafted_a_response_does_not_approve_it(world: World) -> None:
    item = complaint(world, "investigating")
    take(world, "manager", "draft_response", item, **RESPONSE)
    sentence = refused(world, "manager", "approve_response", item)
    assert sentence == "You asked for this decision, so somebody else must make it."


def test_a_manager_approves_what_an_officer_drafted(world: World) -> None:
    item = complaint(world, "investigating")
    take(world, "officer", "draft_response", item, **RESPONSE)
    take(world, "manager", "approve_response", item)
    assert (item.state, item.approved_at) == (ComplaintState.response_approved, NOW)


@pytest.mark.parametrize("missing", ["findings", "outcome", "response"])
def test_a_response_is_whole(world: World, missing: str) -> None:
    item = complaint(world, "investigating")
    labels = {
        "findings": "Fill in “What the investigation found”.",
        "outcome": "Fill in “Outcome”.",
        "response": "Fill in “Response, as customer care is to send it”.",
    }
    assert refused(world, "officer", "draft_response", item, **{**RESPONSE, missing: None}) == labels[missing]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 20), dt.date(2026, 3, 19), dt.date(2026, 3, 4)])
def test_a_deadline_is_extended_to_a_later_day_only(world: World, day: dt.date) -> None:
    sentence = refused(world, "manager", "extend", complaint(world), due_on=day)
    assert sentence == "The new date must lie after the one before, and after today."


def test_an_extension_needs_a_reason_and_keeps_it(world: World) -> None:
    item = complaint(world)
    assert refused(world, "manager", "extend", item, note=" ", due_on=dt.date(2026, 4, 10)) == "Give a reason."
    take(world, "manager", "extend", item, note="Records of the hospital are awaited.", due_on=dt.date(2026, 4, 10))
    assert item.due_on == dt.date(2026, 4, 10)
    entry = select(LedgerEntry).where(LedgerEntry.record_type == "complaint", LedgerEntry.step == "extend")
    with world.acting("auditor"):
        told = db.session.scalars(entry).one()
    assert told.note == "Records of the hospital are awaited."
    assert told.changes["due_on"] == ["2026-03-20", "2026-04-10"]


@pytest.mark.parametrize("day", [dt.date(2026, 2, 19), dt.date(2026, 3, 5)])
def test_a_response_went_out_between_receipt_and_today(world: World, day: dt.date) -> None:
    sentence = refused(world, "officer", "respond", complaint(world, "response_approved"), responded_on=day)
    assert sentence == "The response went out between the day it was received and today. Check the day."


def test_one_that_is_back_from_safeguarding_is_given_an_officer(world: World) -> None:
    item = complaint(world, "referred")
    assert refused(world, "officer", "reopen", item) == "Fill in “Officer”."
    take(world, "officer", "reopen", item, officer_id=world.person("officer2").id)
    assert (item.state, item.officer_id) == (ComplaintState.investigating, world.person("officer2").id)


def test_a_reopened_response_is_approved_no_more(world: World) -> None:
    item = complaint(world, "closed")
    take(world, "officer", "reopen", item)
    assert (item.state, item.approved_at, item.responded_on) == (ComplaintState.investigating, None, None)


# --- readings ---


def readings(world: World, item: Complaint) -> list[tuple[str, int]]:
    entries = (
        select(LedgerEntry)
        .where(
            LedgerEntry.record_type == "complaint",
            LedgerEntry.record_id == item.id,
            LedgerEntry.kind == LedgerKind.read,
        )
        .order_by(LedgerEntry.seq)
    )
    with actors.acting(actors.system("test", NOW)):
        return [(entry.actor_role, entry.seq) for entry in db.session.scalars(entries)]


def test_every_reading_of_a_complaint_is_told(world: World, as_user: Any) -> None:
    item = write(world, "officer", received(world, dt.date(2026, 3, 3)))
    world.share(item)
    number = item.id
    for who in ("officer", "director", "partner"):
        assert as_user(who).get(f"/complaints/show/{number}").status_code == 200
    assert as_user("provider").get(f"/complaints/show/{number}").status_code == 403
    assert readings(world, item) == [("officer", 2), ("director", 3), ("partner", 4)]


def test_an_agency_reads_the_subject_and_none_of_what_is_the_councils_own(world: World, as_user: Any) -> None:
    item = complaint(
        world, "responded", details="Details-word", reference="Reference-word", case_reference="Case-word",
        findings="Findings-word", response="Response-word", learning="Learning-word", subject="Subject-word",
    )  # fmt: skip
    world.share(item)
    number = item.id
    text = as_user("partner").get(f"/complaints/show/{number}").text
    words = ["Details", "Reference", "Case", "Findings", "Response", "Learning", "Subject"]
    assert [word for word in words if f"{word}-word" in text] == ["Learning", "Subject"]
    text = as_user("officer").get(f"/complaints/show/{number}").text
    assert [word for word in words if f"{word}-word" in text] == words


def test_an_overdue_complaint_stands_on_the_home_page(world: World, as_user: Any) -> None:
    complaint(world, "investigating", subject="Late one", due_on=dt.date(2026, 3, 3))
    complaint(world, "responded", subject="Answered one", due_on=dt.date(2026, 3, 3))
    text = as_user("officer").get("/").text
    assert "Late one" in text
    assert "Answered one" not in text


@pytest.mark.parametrize("page", ["show/{}", "edit/{}", "as-at/{}?on=2026-03-03", "{}/draft_response"])
def test_every_page_that_shows_a_complaint_tells_who_read_it(world: World, as_user: Any, page: str) -> None:
    item = complaint(world, "investigating")
    number, officer = item.id, world.person("officer").id
    assert as_user("officer").get(f"/complaints/{page.format(number)}").status_code == 200
    with world.acting("auditor"):
        read = select(LedgerEntry.actor_id).where(
            LedgerEntry.record_type == "complaint", LedgerEntry.kind == LedgerKind.read
        )
        assert db.session.scalars(read).all() == [officer]


def test_whoever_was_overtaken_reads_what_stands_and_that_is_told(world: World, app: Any, as_user: Any) -> None:
    item = complaint(world, "investigating")
    number = item.id
    answer = program(app, world, "officer2").patch(f"complaints/{number}", 7, json={"subject": "Mine"})
    assert (answer.status_code, answer.json["conflicts"]["subject"]["stands"]) == (412, "Meals come late")
    assert readings(world, item) == [("officer", 1)]
    form = {"version": "7", "kind": "complaint", "source": "family", "received_on": "2026-02-20", "subject": "Mine"}
    form |= {"provider_id": "Provider of Larkfield House", "service_id": "Larkfield House"}
    assert (
        "What stands now, and what you typed" in as_user("manager").post(f"/complaints/edit/{number}", data=form).text
    )
    assert readings(world, item) == [("officer", 1), ("manager", 2)]


def test_an_investigation_is_given_to_another_officer_and_stays_where_it_stands(world: World) -> None:
    item, officer2 = complaint(world, "response_drafted"), world.person("officer2").id
    take(world, "manager", "hand_over", item, "Long leave.", officer_id=officer2)
    assert (item.state, item.officer_id) == (ComplaintState.response_drafted, officer2)
    partner = world.person("partner").id
    said = refused(world, "manager", "hand_over", item, officer_id=partner)
    assert said == "Choose an officer or manager who has an account in use."
