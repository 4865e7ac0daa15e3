"""Validations, placements, checks for direct payments: what each step needs, does and refuses."""

import datetime as dt
from typing import Any

import pytest
from areas.placements import alert, authority, check, contact, payment_check, placement, reference, validation
from areas.placements import asked as asked_by_care_manager
from areas.placements import with_evidence as whole
from sqlalchemy import select
from steps_taken import not_changed, not_written, refused, take, write
from world import NOW, World

from models import db
from models.authorities import AuthorityContact, AuthorityKind, HostAuthority, Nation
from models.ledger import LedgerEntry, LedgerKind
from models.outbox import MailKind, OutboxMessage
from models.placements import (
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
from models.providers import RatingValue, Regulator, Service
from seed import AUTHORITIES
from workflows import actor as actors
from workflows import authorities
from workflows.engine import WORKFLOWS
from workflows.placements import on_rating

TODAY = NOW.date()


def request(service: Service, **kw: Any) -> Validation:
    return Validation(service_id=service.id, reason="A home near the family.", **kw)


def alerts(world: World) -> list[tuple[str, str, dt.date]]:
    with world.acting("officer"):
        found = db.session.scalars(select(RatingAlert).order_by(RatingAlert.id)).all()
        return [(each.kind.value, each.rating.value, each.found_on) for each in found]


def mails(world: World) -> list[tuple[MailKind, str, int]]:
    with world.acting("officer"):
        found = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [(each.kind, each.recipient_type, each.recipient_id) for each in found]


# --- host authorities ---


def test_the_councils_of_the_four_nations_are_loaded_once(world: World) -> None:
    for added in (212, 0):
        with actors.acting(actors.system("authorities load", NOW)):
            done = authorities.load(db.session, AUTHORITIES)
            db.session.commit()
        assert (done.added, done.changed) == (added, 0)
    with world.acting("auditor"):
        nations = [nation.value for nation in db.session.scalars(select(HostAuthority.nation))]
        entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.record_type == "register_import")).all()
        assert [entry.kind for entry in entries] == [LedgerKind.imported]
    counted = {name: nations.count(name) for name in sorted(set(nations))}
    assert counted == {"england": 153, "northern_ireland": 5, "scotland": 32, "wales": 22}


def test_loading_again_corrects_the_spelling_and_leaves_what_people_ended(world: World) -> None:
    world._add(
        HostAuthority(
            name="Bristol", nation=Nation.england, kind=AuthorityKind.unitary, register_name="B", active=False
        )
    )
    with actors.acting(actors.system("authorities load", NOW)):
        done = authorities.load(db.session, AUTHORITIES)
        db.session.commit()
        kept = db.session.scalars(select(HostAuthority).where(HostAuthority.name == "Bristol")).one()
        assert (done.added, done.changed) == (211, 1)
        assert (kept.register_name, kept.active) == ("Bristol, City of", False)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("Wren, County of", True),
        ("wrenshire", True),
        ("Wren", False),
        ("", False),
        (None, False),
    ],
)
def test_a_service_lies_where_the_register_says(world: World, told: str | None, found: bool) -> None:
    host = authority(world, name="Wrenshire", register_name="Wren, County of").id
    item = write(world, "care_manager", request(world.service(local_authority=told)))
    assert item.host_id == (host if found else None)


def test_an_authority_not_in_use_hosts_nobody(world: World) -> None:
    authority(world, name="Wrenshire", active=False)
    assert write(world, "officer", request(world.service(local_authority="Wrenshire"))).host_id is None


def test_trusts_are_of_northern_ireland(world: World) -> None:
    wrong = HostAuthority(name="Wren", nation=Nation.wales, kind=AuthorityKind.health_and_social_care_trust)
    assert not_written(world, "officer", wrong) == (
        "In Northern Ireland, and only there, health and social care trusts are responsible. Check the kind."
    )


def test_a_contact_at_a_host_can_be_reached(world: World) -> None:
    wrong = AuthorityContact(authority_id=authority(world).id, post="Desk")
    assert not_written(world, "officer", wrong) == "Give an email address, a phone number or a postal address."


# --- validations ---


def test_a_service_of_our_own_area_needs_no_validation(world: World) -> None:
    own = world.service(local_authority="Halton")
    assert not_written(world, "care_manager", request(own)) == (
        "This service lies in the council's own area, so it needs no validation."
    )


def test_a_validation_is_named_by_service_and_case(world: World) -> None:
    item = write(world, "care_manager", request(world.service("Wren House"), case_reference="P-1"))
    assert item.title == "Wren House, P-1"


def test_a_care_manager_withdraws_their_own_request(world: World) -> None:
    item = write(world, "care_manager", request(world.service()))
    take(world, "care_manager", "withdraw", item)
    assert item.state is ValidationState.withdrawn


def test_nothing_is_recommended_before_the_host_is_named(world: World) -> None:
    item = validation(world, "checking")
    with world.console():
        item.host_id = None
    assert refused(world, "officer", "recommend", item, recommendation="Approve.") == (
        "Name the host authority first: the register does not say it."
    )
    take(world, "officer", "name_host", item, host_id=authority(world, name="Wrenshire").id)
    with world.acting("officer"):
        assert str(item.host) == "Wrenshire"


@pytest.mark.parametrize(
    ("nation", "right", "sentence"),
    [
        (
            Nation.england,
            Regulator.cqc,
            "Record a check with the Care Quality Commission that is recent enough: the host is in England.",
        ),
        (
            Nation.wales,
            Regulator.ciw,
            "Record a check with Care Inspectorate Wales that is recent enough: the host is in Wales.",
        ),
        (
            Nation.scotland,
            Regulator.care_inspectorate,
            "Record a check with the Care Inspectorate that is recent enough: the host is in Scotland.",
        ),
        (
            Nation.northern_ireland,
            Regulator.rqia,
            "Record a check with the Regulation and Quality Improvement Authority that is recent enough: the host is "
            "in Northern Ireland.",
        ),
    ],
)
def test_the_right_body_for_the_nation_is_checked(
    world: World, nation: Nation, right: Regulator, sentence: str
) -> None:
    trust = nation is Nation.northern_ireland
    kind = AuthorityKind.health_and_social_care_trust if trust else AuthorityKind.unitary
    item = validation(world, "checking", host_id=authority(world, nation=nation, kind=kind).id)
    reference(world, of=item)
    reference(world, of=item, kind=ReferenceKind.used_service)
    wrong = Regulator.ciw if right is Regulator.cqc else Regulator.cqc
    check(world, of=item, regulator=wrong)
    assert refused(world, "officer", "recommend", item, recommendation="Approve.") == sentence
    check(world, of=item, regulator=right)
    take(world, "officer", "recommend", item, recommendation="Approve.")
    assert item.state is ValidationState.recommended


@pytest.mark.parametrize(("checked_on", "counts"), [(dt.date(2026, 2, 4), True), (dt.date(2026, 2, 3), False)])
def test_a_check_with_the_regulator_counts_for_28_days(world: World, checked_on: dt.date, counts: bool) -> None:
    item = validation(world, "checking")
    check(world, of=item, checked_on=checked_on)
    reference(world, of=item)
    reference(world, of=item, kind=ReferenceKind.used_service)
    if counts:
        take(world, "officer", "recommend", item, recommendation="Approve.")
        assert item.state is ValidationState.recommended
    else:
        assert refused(world, "officer", "recommend", item, recommendation="Approve.") == (
            "Record a check with the Care Quality Commission that is recent enough: the host is in England."
        )


def test_a_reference_of_a_user_and_of_the_host_is_needed(world: World) -> None:
    item = validation(world, "checking")
    check(world, of=item)
    reference(world, of=item, kind=ReferenceKind.used_service, answered_on=None, text="")
    assert refused(world, "officer", "recommend", item, recommendation="Approve.") == (
        "Record a reference from an authority that has used the service, or that none answered after it was chased."
    )
    silent = {"answered_on": None, "chased_on": TODAY, "no_answer": True, "text": ""}
    reference(world, of=item, kind=ReferenceKind.used_service, **silent)
    assert refused(world, "officer", "recommend", item, recommendation="Approve.") == (
        "Record what the host authority says of the service, or that it did not answer after it was chased."
    )
    reference(world, of=item, **silent)
    take(world, "officer", "recommend", item, recommendation="Approve.")
    assert item.state is ValidationState.recommended


@pytest.mark.parametrize("found_by", ["register", "check"])
@pytest.mark.parametrize("rating", [RatingValue.requires_improvement, RatingValue.inadequate])
def test_a_poor_rating_needs_an_answer_of_the_host(world: World, found_by: str, rating: RatingValue) -> None:
    service = world.service(rating=rating if found_by == "register" else RatingValue.good)
    item = validation(world, "checking", service)
    check(world, of=item, rating=rating if found_by == "check" else RatingValue.good)
    reference(world, of=item, kind=ReferenceKind.used_service)
    reference(world, of=item, answered_on=None, chased_on=TODAY, no_answer=True, text="")
    assert refused(world, "officer", "recommend", item, recommendation="Approve.") == (
        "The service is rated Requires Improvement or Inadequate: the host authority must have answered first."
    )
    reference(world, of=item)
    take(world, "officer", "recommend", item, recommendation="Approve.")
    assert item.state is ValidationState.recommended


def test_what_another_authority_said_as_host_does_not_count(world: World) -> None:
    item = whole(world)
    take(world, "officer", "name_host", item, host_id=authority(world, name="Thornby").id)
    assert refused(world, "officer", "recommend", item, recommendation="Approve.") == (
        "Record what the host authority says of the service, or that it did not answer after it was chased."
    )
    reference(world, of=item)
    take(world, "officer", "recommend", item, recommendation="Approve.")
    assert item.state is ValidationState.recommended


def test_evidence_that_a_decision_rests_on_is_not_moved_to_another_validation(world: World) -> None:
    decided, open_ = whole(world, state="approved"), validation(world, "checking")
    with world.acting("officer"):
        parts = [*decided.regulator_checks, *decided.references]
        assert [part.validation is decided for part in parts] == [True, True, True]  # loaded, as a page may have it
    for part in parts:
        assert not_changed(world, "officer", part, validation_id=open_.id) == (
            "This stays with the record that it was written for. Add another one there instead."
        )


@pytest.mark.parametrize("step", ["approve", "approve_with_conditions"])
def test_what_was_recommended_is_not_approved_on_a_check_that_is_too_old_by_then(world: World, step: str) -> None:
    item = recommended(world)
    later = dt.datetime(2026, 4, 2, 9, tzinfo=dt.UTC)
    assert refused(world, "manager", step, item, now=later, conditions="Reviews.") == (
        "Record a check with the Care Quality Commission that is recent enough: the host is in England."
    )
    take(world, "manager", "decline", item, now=later, outcome="Nobody checked.")
    assert item.state is ValidationState.declined


def test_what_turned_poor_after_the_recommendation_needs_an_answer_of_the_host(world: World) -> None:
    item = validation(world, "recommended")
    check(world, of=item)
    reference(world, of=item, answered_on=None, chased_on=TODAY, no_answer=True, text="")
    with world.console():
        item.service.rating = RatingValue.inadequate
    db.session.commit()
    assert refused(world, "manager", "approve", item) == (
        "The service is rated Requires Improvement or Inadequate: the host authority must have answered first."
    )


def recommended(world: World, who: str = "officer") -> Validation:
    item = whole(world)
    take(world, who, "recommend", item, recommendation="Approve.")
    return item


@pytest.mark.parametrize("step", ["approve", "approve_with_conditions", "decline"])
def test_whoever_recommends_does_not_decide(world: World, step: str) -> None:
    item = recommended(world, "manager")
    sentence = refused(world, "manager", step, item, conditions="Reviews.", outcome="No.")
    assert sentence == "You asked for this decision, so somebody else must make it."


def test_whoever_wrote_a_part_of_the_evidence_does_not_decide(world: World) -> None:
    item = whole(world)
    part = RegulatorCheck(
        validation_id=item.id, regulator=Regulator.cqc, checked_on=TODAY, rating=RatingValue.good, note=""
    )
    write(world, "manager", part)
    take(world, "officer", "recommend", item, recommendation="Approve.")
    assert refused(world, "manager", "approve", item) == (
        "You wrote a part of this record, so somebody else must decide."
    )


@pytest.mark.parametrize(
    ("now", "expires_on"),
    [(NOW, dt.date(2027, 3, 4)), (dt.datetime(2028, 2, 29, 9, tzinfo=dt.UTC), dt.date(2029, 2, 28))],
)
def test_an_approval_holds_for_a_year(world: World, now: dt.datetime, expires_on: dt.date) -> None:
    item = validation(world, "recommended")
    check(world, of=item, checked_on=now.date())
    take(world, "manager", "approve", item, now=now, outcome="Yes.")
    assert (item.decided_on, item.expires_on, item.outcome) == (now.date(), expires_on, "Yes.")


def test_conditions_and_reasons_are_said(world: World) -> None:
    item = recommended(world)
    assert refused(world, "manager", "approve_with_conditions", item) == "Fill in “Conditions”."
    assert refused(world, "manager", "decline", item) == "Fill in “Why, as whoever asked is told”."
    take(world, "manager", "approve_with_conditions", item, conditions="Monthly reviews.")
    assert (item.conditions, item.expires_on) == ("Monthly reviews.", dt.date(2027, 3, 4))


def test_new_evidence_opens_what_was_declined(world: World) -> None:
    item = validation(world, "declined")
    take(world, "officer", "check_again", item, note="A new inspection.")
    assert (item.state, item.decided_on, item.outcome) == (ValidationState.checking, None, None)


def test_what_still_holds_does_not_expire(world: World) -> None:
    item = validation(world, "approved", expires_on=dt.date(2026, 3, 5))
    assert refused(world, "officer", "expire", item) == (
        "It still holds: it can be recorded as expired from the day on which it expires."
    )
    take(world, "officer", "expire", item, now=dt.datetime(2026, 3, 5, 9, tzinfo=dt.UTC))
    assert item.state is ValidationState.expired


@pytest.mark.parametrize("state", ["requested", "recommended", "approved", "declined"])
def test_evidence_is_written_only_while_it_is_checked(world: World, state: str) -> None:
    item = validation(world, state)
    told = {"validation_id": item.id, "regulator": Regulator.cqc, "rating": RatingValue.good, "note": ""}
    sentence = "Checks and references are written only while the validation is being checked."
    assert not_written(world, "officer", RegulatorCheck(checked_on=TODAY, **told)) == sentence


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"asked_on": dt.date(2026, 3, 5)}, "That day lies in the future. Check it."),
        (
            {"chased_on": dt.date(2026, 3, 2)},
            "It was chased or answered before it was asked. Check the days.",
        ),
        ({"answered_on": TODAY}, "Write what the authority answered."),
        (
            {"no_answer": True},
            "“No answer” is recorded once it was chased, and only where there is no answer.",
        ),
        (
            {"kind": ReferenceKind.host_contact, "authority_id": 0},
            "This authority is not the host of the service. Choose the host, or another kind.",
        ),
    ],
)
def test_a_reference_is_sound(world: World, told: dict[str, Any], sentence: str) -> None:
    of = validation(world, "checking")
    if told.get("authority_id") == 0:
        told = told | {"authority_id": authority(world).id}
    asked = {"kind": ReferenceKind.used_service, "authority_id": of.host_id, "asked_on": dt.date(2026, 3, 3)}
    item = AuthorityReference(validation_id=of.id, **{**asked, **told})
    assert not_written(world, "officer", item) == sentence


# --- placements ---


@pytest.mark.parametrize(
    ("state", "told"),
    [("checking", {}), ("declined", {}), ("expired", {}), ("approved", {"expires_on": dt.date(2026, 3, 3)})],
)
def test_nobody_is_placed_without_a_validation_that_holds(world: World, state: str, told: dict[str, Any]) -> None:
    of = validation(world, state, **told)
    item = Placement(validation_id=of.id, case_reference="P-1", planned_on=TODAY)
    assert not_written(world, "officer", item) == (
        "The validation of the service is not approved, or holds no more. Have it validated first."
    )


def test_a_placement_follows_its_validation(world: World) -> None:
    of = validation(world, "approved_with_conditions")
    item = write(world, "officer", Placement(validation_id=of.id, case_reference="P-1", planned_on=TODAY))
    assert (item.service_id, item.host_id) == (of.service_id, of.host_id)


def test_it_does_not_begin_before_the_host_knows(world: World) -> None:
    item = placement(world, "proposed", agreement_on=TODAY)
    assert refused(world, "officer", "activate", item, active_on=TODAY) == (
        "It is not in a state in which this can be done: somebody may have moved it on."
    )


def test_a_host_without_an_address_cannot_be_told(world: World) -> None:
    item = placement(world)
    contact(world, authority_id=item.host_id, email=None, phone="01632 960001")
    gone = contact(world, authority_id=item.host_id, left_on=TODAY)
    assert refused(world, "officer", "notify_host", item, host_contact_id=gone.id, our_contact="Desk") == (
        "Record first a contact of the host authority with an email or postal address."
    )


def test_the_host_is_told_in_writing(world: World) -> None:
    host = authority(world, name="Wrenshire")
    service = world.service("Wren House", town="Wrenton", postcode="WR1 1AA")
    item = placement(world, of=validation(world, "approved", service, host_id=host.id), case_reference="P-7")
    desk = contact(world, authority_id=host.id)
    elsewhere = contact(world)
    values = {"our_contact": "Quality team, 01632 960002, quality@example.org"}
    assert refused(world, "officer", "notify_host", item, host_contact_id=elsewhere.id, **values) == (
        "Choose a contact of the host authority that can be written to."
    )
    take(world, "officer", "notify_host", item, host_contact_id=desk.id, **values)
    assert (item.state, item.notified_on) == (PlacementState.host_notified, TODAY)
    notice = (
        "To: Wrenshire, Commissioning desk\n\n"
        "Halton gives you notice that it is arranging care for one person at a service in your area.\n\n"
        "Service: Wren House, Wrenton, WR1 1AA\n\n"
        "Planned first day: 4 March 2026\n\n"
        "Our case reference: P-7\n\n"
        "Contact at the placing authority:\nQuality team, 01632 960002, quality@example.org\n\n"
        "Please tell this contact of any concern about the service, and of safeguarding or closure there.\n"
    )
    assert item.notice == notice
    assert mails(world) == [(MailKind.host_notified, "authority_contact", desk.id)]
    with world.acting("officer"):
        assert db.session.scalars(select(OutboxMessage.notice)).one() == notice


def test_a_host_with_a_postal_address_gets_no_mail(world: World) -> None:
    item = placement(world)
    desk = contact(world, authority_id=item.host_id, email=None, address="1 Wren Street")
    take(world, "officer", "notify_host", item, host_contact_id=desk.id, our_contact="Desk")
    assert item.state is PlacementState.host_notified
    assert mails(world) == []


def test_it_begins_with_an_agreement_and_a_validation_that_holds(world: World) -> None:
    of = validation(world, "approved", expires_on=dt.date(2026, 3, 10))
    item = placement(world, of=of)
    take(world, "officer", "do_not_notify", item, not_notified_reason="An emergency at night.")
    assert refused(world, "officer", "activate", item, active_on=TODAY) == (
        "Record the spot purchase agreement with the provider first."
    )
    tomorrow = dt.date(2026, 3, 5)
    future = "That day lies in the future. Check it."
    assert refused(world, "officer", "record_agreement", item, agreement_on=tomorrow) == future
    take(world, "officer", "record_agreement", item, agreement_on=TODAY)
    late = dt.datetime(2026, 3, 11, 9, tzinfo=dt.UTC)
    assert refused(world, "officer", "activate", item, active_on=TODAY, now=late) == (
        "The validation of the service is not approved, or holds no more. Have it validated first."
    )
    assert refused(world, "officer", "activate", item, active_on=tomorrow) == future
    take(world, "officer", "activate", item, active_on=TODAY)
    assert item.state is PlacementState.active


@pytest.mark.parametrize(
    ("first", "rating_check", "host_check"),
    [
        (dt.date(2026, 3, 4), dt.date(2026, 6, 4), dt.date(2027, 3, 4)),
        (dt.date(2025, 11, 30), dt.date(2026, 2, 28), dt.date(2026, 11, 30)),
        (dt.date(2024, 2, 29), dt.date(2024, 5, 29), dt.date(2025, 2, 28)),
    ],
)
def test_rating_and_host_are_checked_by_the_clock(
    world: World, first: dt.date, rating_check: dt.date, host_check: dt.date
) -> None:
    item = placement(world, "host_notified", agreement_on=first, notified_on=first)
    take(world, "officer", "activate", item, active_on=first)
    assert (item.next_rating_check_on, item.next_host_check_on) == (rating_check, host_check)


def test_a_first_day_before_the_notice_needs_its_reason(world: World) -> None:
    item = placement(world, "host_notified", agreement_on=dt.date(2026, 3, 3))
    assert refused(world, "officer", "activate", item, active_on=dt.date(2026, 3, 2)) == (
        "The first day lies before the notice to the host. Say why the host was not notified before."
    )
    because = "Moved at night by the hospital."
    take(world, "officer", "activate", item, active_on=dt.date(2026, 3, 2), not_notified_reason=because)
    assert (item.state, item.not_notified_reason) == (PlacementState.active, because)
    later = placement(world, "host_notified", agreement_on=dt.date(2026, 3, 3))
    take(world, "officer", "activate", later, active_on=dt.date(2026, 3, 3))
    assert later.not_notified_reason is None


def test_the_checks_move_their_own_dates(world: World) -> None:
    item = placement(world, "active")
    take(world, "officer", "record_rating_check", item, rating_found=RatingValue.good)
    take(world, "officer", "record_host_check", item, host_check_note="No concerns.")
    assert (item.rating_checked_on, item.next_rating_check_on) == (TODAY, dt.date(2026, 6, 4))
    assert (item.host_checked_on, item.next_host_check_on) == (TODAY, dt.date(2027, 3, 4))
    assert alerts(world) == []


def test_a_host_that_was_not_notified_can_be_told_once_later(world: World) -> None:
    item = placement(world, "active", notice=None, notified_on=None, not_notified_reason="An emergency.")
    desk = contact(world, authority_id=item.host_id)
    take(world, "officer", "notify_host_late", item, host_contact_id=desk.id, our_contact="Desk")
    assert (item.state, item.notified_on) == (PlacementState.active, TODAY)
    assert refused(world, "officer", "notify_host_late", item, host_contact_id=desk.id, our_contact="Desk") == (
        "It is not in a state in which this can be done: somebody may have moved it on."
    )


def test_a_placement_ends_and_the_host_is_told(world: World) -> None:
    item = placement(world, "active")
    early = dt.date(2026, 3, 2)
    assert refused(world, "officer", "end", item, ended_on=early, host_told_on=TODAY) == (
        "It cannot have ended before it began. Check the day."
    )
    assert refused(world, "officer", "end", item, ended_on=TODAY, host_told_on=dt.date(2026, 3, 5)) == (
        "That day lies in the future. Check it."
    )
    take(world, "officer", "end", item, ended_on=TODAY, host_told_on=TODAY)
    assert (item.state, item.next_rating_check_on, item.next_host_check_on) == (PlacementState.ended, None, None)


# --- poor ratings ---


@pytest.mark.parametrize(
    ("rating", "opened"),
    [
        (RatingValue.outstanding, False),
        (RatingValue.good, False),
        (RatingValue.requires_improvement, True),
        (RatingValue.inadequate, True),
        (RatingValue.not_rated, False),
    ],
)
def test_a_poor_rating_found_opens_contact_with_the_host(world: World, rating: RatingValue, opened: bool) -> None:
    of = asked_by_care_manager(world, validation(world, "approved"))
    item = placement(world, "active", of=of)
    take(world, "officer", "record_rating_check", item, rating_found=rating)
    assert alerts(world) == ([("host_contact", rating.value, TODAY)] if opened else [])
    care_manager = world.person("care_manager").id
    assert mails(world) == ([(MailKind.care_management_told, "ab_user", care_manager)] if opened else [])


def test_the_same_poor_rating_opens_one_alert_and_a_worse_one_another(world: World) -> None:
    item = placement(world, "active")
    for rating in (RatingValue.requires_improvement, RatingValue.requires_improvement, RatingValue.inadequate):
        take(world, "officer", "record_rating_check", item, rating_found=rating)
    assert alerts(world) == [
        ("host_contact", "requires_improvement", TODAY),
        ("host_contact", "inadequate", TODAY),
    ]


def test_a_register_that_brings_a_poor_rating_opens_alerts(world: World) -> None:
    service = world.service(rating=RatingValue.inadequate)
    other = world.service(rating=RatingValue.inadequate)
    of = asked_by_care_manager(world, validation(world, "approved", service))
    placement(world, "active", of=of)
    placement(world, "ended", of=of)
    placement(world, "host_notified", of=of)
    placement(world, "active", other)
    payment_check(world, "listed", service)
    payment_check(world, "not_listed", service)
    for _again in range(2):
        with actors.acting(actors.system("register import", NOW)):
            on_rating(db.session.get_one(Service, service.id), None)
            db.session.commit()
    assert alerts(world) == [("host_contact", "inadequate", TODAY), ("direct_payments", "inadequate", TODAY)]
    assert mails(world) == [(MailKind.care_management_told, "ab_user", world.person("care_manager").id)]
    with world.acting("auditor"):
        entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.record_type == "rating_alert")).all()
        assert [(each.kind, each.actor_role) for each in entries] == [(LedgerKind.created, "register import")] * 2


def test_a_good_rating_in_the_register_opens_nothing(world: World) -> None:
    service = world.service(rating=RatingValue.good)
    placement(world, "active", service)
    with actors.acting(actors.system("register import", NOW)):
        assert on_rating(db.session.get_one(Service, service.id), None) == []


def test_the_care_manager_reads_the_alert_and_not_what_the_host_said(world: World, as_user: Any) -> None:
    of = asked_by_care_manager(world, validation(world, "approved", world.service("Wren House")))
    item = alert(world, of=placement(world, "active", of=of), done="The host is worried.", state="closed")
    page = as_user("care_manager").get(f"/rating-alerts/show/{item.id}")
    assert page.status_code == 200
    assert "Wren House" in page.text
    assert "The host is worried." not in page.text
    assert "The host is worried." in as_user("officer").get(f"/rating-alerts/show/{item.id}").text


def test_an_alert_is_closed_with_what_was_done(world: World) -> None:
    item = alert(world)
    assert refused(world, "officer", "close", item, closed_on=dt.date(2026, 3, 5), done="Rang.") == (
        "That day lies in the future. Check it."
    )
    assert refused(world, "officer", "close", item, closed_on=dt.date(2026, 3, 2), done="Rang.") == (
        "That day lies before the rating was found. Check it."
    )
    take(world, "officer", "close", item, closed_on=TODAY, done="The host visits weekly.")
    assert (item.kind, item.state, item.done) == (AlertKind.host_contact, AlertState.closed, "The host visits weekly.")


# --- checks for direct payments ---


def test_a_listed_service_is_checked_again_within_the_year(world: World) -> None:
    item = write(world, "care_manager", DirectPaymentCheck(service_id=world.service().id))
    take(world, "officer", "check", item, rating_found=RatingValue.good, findings="Registered.")
    take(world, "officer", "list", item, outcome="It stands on the list.")
    assert (item.state, item.listed_on, item.check_due_on) == (PaymentCheckState.listed, TODAY, dt.date(2027, 3, 4))
    take(world, "officer", "check", item, rating_found=RatingValue.good, findings="Registered.")
    assert (item.state, item.listed_on, item.check_due_on, item.outcome) == (
        PaymentCheckState.checked, None, None, None,
    )  # fmt: skip


def test_a_poor_rating_has_the_direct_payments_team_told(world: World) -> None:
    item = asked_by_care_manager(world, payment_check(world))
    take(world, "officer", "check", item, rating_found=RatingValue.requires_improvement, findings="Registered.")
    assert alerts(world) == [("direct_payments", "requires_improvement", TODAY)]
    assert mails(world) == [(MailKind.care_management_told, "ab_user", world.person("care_manager").id)]
    assert refused(world, "officer", "leave_off", item) == "Fill in “Why, as whoever asked is told”."


def test_the_yearly_list_is_the_list_of_those_on_it(world: World, as_user: Any) -> None:
    payment_check(world, "listed", world.service("Wren House"))
    payment_check(world, "not_listed", world.service("Crow House"))
    text = as_user("officer").get("/checks/list/?state=listed").text
    assert "Wren House" in text
    assert "Crow House" not in text


# --- what is due ---


def test_what_is_due_stands_on_the_home_page(world: World, as_user: Any) -> None:
    early = dt.date(2026, 3, 3)
    validation(world, "approved", world.service("Aspen House"), expires_on=early)
    placement(world, "active", world.service("Birch House"), next_rating_check_on=early, next_host_check_on=early)
    alert(world, of=placement(world, "active", world.service("Cedar House")))
    text = as_user("officer").get("/").text
    for told in ("Record that it expired", "Record a check of the rating", "Record a check with the host"):
        assert told in text
    assert "Record what was done" in text
    assert WORKFLOWS[Placement].due[1].step == "record_host_check"


def test_a_care_manager_finds_the_open_alerts_of_their_own_on_the_home_page(world: World, as_user: Any) -> None:
    for name, state, own in (("Alder", "open", True), ("Birch", "closed", True), ("Cedar", "open", False)):
        of = validation(world, "approved", world.service(f"{name} House"))
        made = placement(world, "active", of=asked_by_care_manager(world, of) if own else of)
        alert(world, state, made)
    text = as_user("care_manager").get("/").text
    assert "Poor ratings found of services that you asked for" in text
    assert [name for name in ("Alder House", "Birch House", "Cedar House") if name in text] == ["Alder House"]
    assert "Poor ratings found" not in as_user("provider").get("/").text
