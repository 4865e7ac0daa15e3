"""Sharing with an agency: agreed first, once, and until it ends (SA 3.3.5)."""

from typing import Any

from areas.complaints import complaint
from steps_taken import posted, refused, take
from world import NOW, World

from models import db
from models.people import Agency, AgencyKind
from workflows import sharing


def test_an_agency_reads_a_record_from_when_it_is_shared_until_it_ends(world: World, as_user: Any) -> None:
    item, agency = complaint(world), world.person("partner").agency_id
    address = f"/complaints/show/{item.id}"
    partner = as_user("partner")
    assert partner.get(address).status_code == 404
    take(world, "officer", "share", item, agency_id=agency)
    assert partner.get(address).status_code == 200
    take(world, "officer", "stop_sharing", item, agency_id=agency)
    assert partner.get(address).status_code == 404


def test_the_agency_is_told_by_mail_that_something_is_shared(world: World) -> None:
    item, agency = complaint(world), world.person("partner").agency_id
    take(world, "officer", "share", item, agency_id=agency)
    assert posted(world) == [("agency_shared", "complaint", item.id, "agency", agency)]
    take(world, "officer", "stop_sharing", item, agency_id=agency)
    assert len(posted(world)) == 1


def test_without_an_agreement_nothing_is_shared(world: World) -> None:
    agency = world._add(Agency(name="Fire service", kind=AgencyKind.other))
    assert refused(world, "officer", "share", complaint(world), agency_id=agency.id) == (
        "No sharing agreement with Fire service is recorded. Ask an Administrator to record when it was agreed."
    )


def test_nothing_is_shared_twice_with_one_agency(world: World) -> None:
    item, agency = complaint(world), world.person("partner").agency_id
    take(world, "officer", "share", item, agency_id=agency)
    assert refused(world, "officer", "share", item, agency_id=agency) == "This is shared with Marl Valley ICB already."


def test_an_agency_that_is_out_of_use_is_shared_with_no_more(world: World) -> None:
    agency = world._add(Agency(name="Old board", kind=AgencyKind.other, active=False, agreement_on=NOW.date()))
    assert (
        refused(world, "officer", "share", complaint(world), agency_id=agency.id) == "Choose an agency that is in use."
    )


def test_only_what_is_shared_is_stopped(world: World) -> None:
    item, agency = complaint(world), world.person("partner").agency_id
    assert refused(world, "officer", "stop_sharing", item, agency_id=agency) == "This is shared with no agency."
    world.share(item, world.another_agency())
    assert refused(world, "officer", "stop_sharing", item, agency_id=agency) == "This is not shared with that agency."


def test_a_share_that_ended_is_kept_and_may_begin_again(world: World) -> None:
    item, agency = complaint(world), world.person("partner").agency_id
    take(world, "officer", "share", item, agency_id=agency)
    take(world, "officer", "stop_sharing", item, agency_id=agency)
    take(world, "manager", "share", item, agency_id=agency)
    with world.acting("officer"):
        assert [share.ended_on for share in sharing.shares_of(item)] == [None]
        assert db.session.query(sharing.Share).count() == 2


def test_nobody_else_shares(world: World) -> None:
    agency = world.person("partner").agency_id
    for who in ("head", "director", "auditor"):
        assert refused(world, who, "share", complaint(world), agency_id=agency) == "Your role may not do this."
