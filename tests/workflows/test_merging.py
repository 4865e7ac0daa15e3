"""Duplicates found late: the one kept has the records and the history of both, and the one given up stays as a row."""

import datetime as dt
import re
from typing import Any

import pytest
from areas.attachments import attachment
from areas.complaints import complaint
from areas.registers import proposal
from areas.risk import band
from areas.successions import succession
from some_files import PDF
from sqlalchemy import func, select
from world import NOW, World, console

from models import db
from models.contracts import ContinuityPlan, ManagerPost, OccupancyReturn
from models.ledger import LedgerEntry
from models.providers import (
    Commissioning,
    Contact,
    ContactKind,
    ContactNote,
    LinkKind,
    NoteChannel,
    Rating,
    RatingValue,
    RegisterLink,
    Regulator,
    Service,
)
from models.suspensions import PurchasingStatus, SuspensionVariation, purchasing
from workflows import desk, ledger, merging, providers
from workflows.actor import acting, system
from workflows.gate import Refused

LATER = NOW + dt.timedelta(days=1)
UNREGISTERED = {"regulator": Regulator.none, "regulator_id": None, "rating": None}


def unregistered(world: World, name: str = "Day Centre", **kw: Any) -> Service:
    return world.service(name, **UNREGISTERED | kw)


def merge(world: World, given_up: Service, kept: Service, who: str = "manager", note: str = "They are one.") -> None:
    with world.acting(who, LATER) as actor:
        providers.WORKFLOW.take("merge_into", given_up, actor, note=note, merged_into_id=kept.id)
        db.session.commit()


def refused(world: World, given_up: Service, kept: Service, **kw: Any) -> str:
    with pytest.raises(Refused) as told:
        merge(world, given_up, kept, **kw)
    db.session.rollback()
    with console():
        assert db.session.get_one(Service, given_up.id).merged_into_id is None
    return told.value.sentence


def pointing(service_id: int) -> dict[str, int]:
    """How many rows of each table still point at a service."""
    found = {}
    for _model, table, column in merging.pointers():
        number = db.session.connection().execute(select(func.count()).select_from(table).where(column == service_id))
        if count := number.scalar():
            found[f"{table.name}.{column.name}"] = count
    return found


def records(world: World, service: Service) -> dict[str, Any]:
    """One record of each kind that points at a service."""
    link = RegisterLink(service_id=service.id, kind=LinkKind.predecessor, related_id="1-77")
    case = world.suspension(service, "in_force")
    told = {
        "part": world.part(service),
        "visit": world.visit(service),
        "case": case,
        "rating": world._add(Rating(service_id=service.id, source_key="a", overall=RatingValue.good, is_current=True)),
        "link": world._add(link),
        "succession": succession(world, "carries", service),
        "predecessor": succession(world, "carries", None, service),
        "complaint": complaint(world, "received", service),
        "contact": world._add(
            Contact(
                provider_id=service.provider_id, service_id=service.id, kind=ContactKind.office, post="Desk", phone="1"
            )
        ),
        "variation": world._add(
            SuspensionVariation(
                suspension_id=case.id, kind="voluntary", reason="x", old_kind="voluntary", old_conditions="",
                service_id=service.id, old_service_id=service.id,
            )
        ),
    }  # fmt: skip
    with world.acting("officer"):
        told["note"] = ContactNote(
            provider_id=service.provider_id, service_id=service.id, at=NOW, channel=NoteChannel.phone, text="Rang."
        )
        db.session.add(told["note"])
        db.session.commit()
    return told


def test_every_record_is_reached_from_the_one_that_is_kept(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    earlier = unregistered(world, "Day Club")
    merge(world, earlier, given_up)
    records(world, given_up)
    merge(world, given_up, kept)
    assert pointing(given_up.id) == {}
    assert pointing(kept.id) == {
        "complaint.service_id": 1,
        "contact.service_id": 1,
        "contact_note.service_id": 1,
        "rating.service_id": 1,
        "register_link.service_id": 1,
        "service.merged_into_id": 2,
        "service_part.service_id": 1,
        "succession.predecessor_id": 1,
        "succession.successor_id": 1,
        "suspension.service_id": 1,
        "suspension_variation.old_service_id": 1,
        "suspension_variation.service_id": 1,
        "visit.service_id": 1,
    }
    assert purchasing(db.session, [kept.id])[kept.id].status is PurchasingStatus.no_new_purchase


def test_no_table_that_points_at_services_is_forgotten() -> None:
    found = {f"{table.name}.{column.name}" for _model, table, column in merging.pointers()}
    assert {"visit.service_id", "succession.successor_id", "service.merged_into_id"} <= found


def test_what_names_the_provider_too_names_the_one_of_the_service_kept(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    found = records(world, given_up)
    merge(world, given_up, kept)
    assert [found[name].provider_id for name in ("case", "contact", "note", "complaint")] == [kept.provider_id] * 4


def test_as_at_tells_where_a_record_stood_before_and_the_ledger_is_whole(world: World, tmp_path: Any) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    note = records(world, given_up)["note"]
    merge(world, given_up, kept)
    with acting(system("test", LATER)):
        before = ledger.as_at(db.session, note, NOW + dt.timedelta(hours=1))
        entry = db.session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.record_type == "contact_note", LedgerEntry.record_id == note.id)
            .order_by(LedgerEntry.seq.desc())
        ).first()
        assert list(ledger.verify(db.session, "key", tmp_path / "seals", [ContactNote, Service])) == []
    assert before is not None
    assert (before["service_id"], before["provider_id"]) == (given_up.id, given_up.provider_id)
    assert entry is not None
    assert (entry.kind.value, entry.actor_id, entry.at) == ("edited", world.person("manager").id, LATER)
    assert entry.changes == {
        "service_id": [given_up.id, kept.id],
        "provider_id": [given_up.provider_id, kept.provider_id],
    }


def test_both_histories_stand_on_the_page_that_is_kept_and_the_old_address_leads_there(
    world: World, as_user: Any
) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    with world.acting("manager") as actor:
        for service in (given_up, kept):
            providers.WORKFLOW.take("allocate", service, actor, allocated_officer_id=world.person("officer").id)
        db.session.commit()
    merge(world, given_up, kept)
    old, new = given_up.id, kept.id
    client = as_user("officer")
    answer = client.get(f"/services/show/{old}")
    assert (answer.status_code, answer.location) == (302, f"/services/show/{new}")
    page = client.get(f"/services/show/{new}").text
    assert page.count("<strong>Allocate an officer</strong>") == 2
    assert "<strong>Merge into another service</strong>" in page
    assert "They are one." in page
    assert page.count("recorded as Day Centre") == 2
    assert f'<a class="govuk-link" href="/services/as-at/{old}">Day Centre</a>' in page
    assert client.get(f"/services/as-at/{old}?on=2026-03-04").status_code == 200
    partner = as_user("partner").get(f"/services/show/{new}").text
    assert "Day Centre" not in partner


@pytest.mark.parametrize("who", ["officer", "partner", "care_manager"])
def test_the_one_given_up_stands_in_no_list_and_no_picker(world: World, as_user: Any, who: str) -> None:
    given_up, kept = unregistered(world, "Twofold Centre"), world.service("Twofold Day")
    world.suspension(given_up, "in_force")
    merge(world, given_up, kept)
    provider = given_up.provider_id
    client = as_user(who)
    addresses = [
        "/services/list/?q=Twofold", "/services/lookup?q=Twofold", "/purchasing/", "/purchasing/?show=all",
        f"/providers/show/{provider}",
    ]  # fmt: skip
    pages = {address: client.get(address).text for address in addresses}
    assert [address for address, text in pages.items() if re.search("(?<!Provider of )Twofold Centre", text)] == []
    assert "Twofold Day" in pages["/services/list/?q=Twofold"]
    assert "Twofold Day" in pages["/purchasing/"]


def test_the_one_given_up_waits_for_no_officer(world: World) -> None:
    with world.acting("manager"):
        before = desk.without_officer(db.session)
    given_up, kept = (
        unregistered(world),
        world.service("Larkfield Day", allocated_officer_id=world.person("officer").id),
    )
    merge(world, given_up, kept)
    with world.acting("manager"):
        assert desk.without_officer(db.session) == before


def test_nothing_new_points_at_the_one_given_up(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    merge(world, given_up, kept)
    with world.acting("officer"):
        note = ContactNote(
            provider_id=given_up.provider_id, service_id=given_up.id, at=NOW, channel=NoteChannel.phone, text="Rang."
        )
        db.session.add(note)
        with pytest.raises(Refused, match="That service was merged into another"):
            db.session.commit()
        db.session.rollback()
        visit = world.visit(kept)
        visit.state = "planned"
        visit.service_id = given_up.id
        with pytest.raises(Refused, match="is not there, or not yours to see"):
            db.session.commit()
        db.session.rollback()
        given_up = db.session.get_one(Service, given_up.id)
        given_up.commissioning = Commissioning.commissioned
        with pytest.raises(Refused, match="That service was merged into another"):
            db.session.commit()
    db.session.rollback()


def test_no_step_is_left_of_the_one_given_up(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    merge(world, given_up, kept)
    with world.acting("manager") as actor:
        assert providers.WORKFLOW.offers(given_up, actor) == []
        assert providers.WORKFLOW.refusal("merge_into", given_up, actor) is not None
        assert providers.WORKFLOW.refusal("allocate", given_up, actor) is not None


def test_what_the_council_knew_fills_what_the_one_kept_lacks(world: World) -> None:
    officer = world.person("officer").id
    given_up = unregistered(world, allocated_officer_id=officer, commissioning=Commissioning.grant_funded)
    kept, other = (
        world.service("Larkfield Day"),
        unregistered(world, "Day Club", commissioning=Commissioning.commissioned),
    )
    merge(world, given_up, kept)
    assert (kept.allocated_officer_id, kept.commissioning) == (officer, Commissioning.grant_funded)
    merge(world, other, kept)
    assert (kept.allocated_officer_id, kept.commissioning) == (officer, Commissioning.grant_funded)


@pytest.mark.parametrize("known_as", [Commissioning.not_recorded, Commissioning.spot_purchase])
def test_it_was_bought_from_since_either_of_them_was(world: World, known_as: Commissioning) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day", commissioning=known_as)
    with console(dt.datetime(2025, 6, 2, 10, tzinfo=dt.UTC)):
        given_up.commissioning = Commissioning.commissioned
    merge(world, given_up, kept)
    assert (kept.bought_since, kept.bought_until) == (dt.date(2025, 6, 2), None)


# --- facts of a register that both have ---------------------------------------------------------------------------


def test_of_two_current_ratings_that_of_the_one_kept_stands(world: World) -> None:
    nation = {"regulator": Regulator.rqia}
    given_up = world.service("Double House", **nation, rating=RatingValue.outstanding)
    kept = world.service("Double House", **nation, rating=RatingValue.good)
    for service, rating in ((given_up, RatingValue.outstanding), (kept, RatingValue.good)):
        world._add(Rating(service_id=service.id, source_key="same", overall=rating))
        world._add(Rating(service_id=service.id, source_key=str(service.id), overall=rating, is_current=True))
        world._add(RegisterLink(service_id=service.id, kind=LinkKind.predecessor, related_id="1-77"))
    merge(world, given_up, kept)
    with console():
        rows = db.session.scalars(select(Rating).where(Rating.service_id == kept.id).order_by(Rating.id)).all()
    assert [(each.overall.value, each.is_current) for each in rows] == [
        ("outstanding", False),
        ("good", False),
        ("good", True),
    ]
    assert kept.rating is RatingValue.good
    # What both have is one fact: it may stand only once, and stays where it was.
    assert pointing(given_up.id) == {"rating.service_id": 1, "register_link.service_id": 1}


def test_a_rating_that_only_the_one_given_up_has_becomes_the_kept_ones(world: World) -> None:
    given_up = unregistered(world, rating=RatingValue.good, rated_on=dt.date(2025, 5, 5))
    kept = world.service("Larkfield Day", rating=None)
    world._add(Rating(service_id=given_up.id, source_key="a", overall=RatingValue.good, is_current=True))
    merge(world, given_up, kept)
    assert (kept.rating, kept.rated_on) == (RatingValue.good, dt.date(2025, 5, 5))
    with console():
        assert [each.is_current for each in kept.ratings] == [True]


# --- what is refused ----------------------------------------------------------------------------------------------


def test_two_that_the_cqc_registers_are_two(world: World) -> None:
    assert refused(world, world.service("One"), world.service("Two")) == (
        "Both are registered with the Care Quality Commission, so they are two. "
        "What carries over from one to the other is kept as a re-registration."
    )


def test_the_one_that_a_register_knows_is_kept(world: World) -> None:
    sentence = "The register knows this one and not the other. Merge the other into this one."
    assert refused(world, world.service("One"), unregistered(world)) == sentence
    assert refused(world, world.service("One", regulator=Regulator.ciw), unregistered(world)) == sentence


def test_of_two_bands_that_of_the_one_kept_counts_on(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    stands = [band(world, "confirmed", each, band=key) for each, key in ((given_up, "high"), (kept, "medium"))]
    asked = [band(world, "proposed", each, band="low") for each in (given_up, kept)]
    merge(world, given_up, kept)
    with console():
        assert [(each.service_id, each.state.value) for each in (*stands, *asked)] == [
            (kept.id, "replaced"), (kept.id, "confirmed"), (kept.id, "withdrawn"), (kept.id, "proposed"),
        ]  # fmt: skip


def test_none_is_merged_into_itself_or_into_one_that_was_given_up(world: World) -> None:
    one, two, three = unregistered(world), unregistered(world, "Day Club"), unregistered(world, "Day Room")
    assert refused(world, one, one) == "Choose another service: this one cannot be merged into itself."
    merge(world, two, three)
    assert refused(world, one, two) == ("That service was merged into another itself. Choose the one that was kept.")


def test_parts_of_the_same_name_are_renamed_first(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    for service in (given_up, kept):
        world.part(service, "Rose unit")
        world.part(service, "Ash unit")
    assert refused(world, given_up, kept) == (
        "Both have a unit or property of the same name: Ash unit, Rose unit. Rename one of them first."
    )


@pytest.mark.parametrize("state", ["in_force", "lift_requested"])
def test_of_two_restrictions_in_force_one_is_lifted_first(world: World, state: str) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    world.suspension(given_up, state)
    world.suspension(kept, "in_force")
    sentence = "A restriction is in force on each of them. Have one of the two lifted first."
    assert refused(world, given_up, kept) == sentence


def test_two_restrictions_of_which_one_is_on_a_part_or_over_are_no_clash(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    world.suspension(given_up, "in_force", part_id=world.part(given_up).id)
    world.suspension(given_up, "lifted")
    world.suspension(kept, "in_force")
    merge(world, given_up, kept)
    told = purchasing(db.session, [kept.id])[kept.id]
    assert (told.status, told.parts) == (
        PurchasingStatus.no_new_purchase,
        {"Rose unit": PurchasingStatus.no_new_purchase},
    )


def test_merging_frees_nothing_from_a_restriction_on_its_whole_provider(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    world.suspension(state="in_force", provider_id=given_up.provider_id)
    assert refused(world, given_up, kept) == (
        "All services of Provider of Day Centre are restricted, and merging would free this one. "
        "Have the service that is kept restricted first, or that restriction lifted."
    )
    merge(world, unregistered(world, "Day Club", provider=given_up.provider), given_up)


def test_of_two_rows_of_another_register_one_is_reopened_first(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    proposal(world, "matched", service_id=given_up.id)
    row = proposal(world, "matched", service_id=kept.id)
    assert refused(world, given_up, kept) == (
        "Each of them belongs to a row of another register. Reopen one of those rows first."
    )
    with console():
        row.state, row.service_id = "proposed", None
    db.session.commit()
    merge(world, given_up, kept)
    assert pointing(given_up.id) == {}


def test_a_predecessor_and_its_successor_are_two(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    succession(world, "carries", given_up, kept)
    assert refused(world, given_up, kept) == (
        "The register calls one of them the successor of the other, so they are two."
    )


def test_it_needs_a_reason_and_a_manager(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    assert refused(world, given_up, kept, note=" ") == "Give a reason."
    assert refused(world, given_up, kept, who="officer") == "Your role may not do this."


def test_by_its_form(world: World, as_user: Any) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    old, new, client = given_up.id, kept.id, as_user("manager")
    page = client.get(f"/services/{old}/merge_into").text
    assert "every record of this one is from now on the other" in page
    told = {"version": "0", "note": "The same.", "merged_into_id": "Larkfield Day"}
    answer = client.post(f"/services/{old}/merge_into", data=told)
    assert (answer.status_code, answer.location) == (302, f"/services/show/{old}")
    assert client.get(answer.location).location == f"/services/show/{new}"


def test_its_files_move_with_it_but_for_one_that_the_other_has(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    moved = attachment(world, given_up, content=PDF + b"\n")
    twice, there = attachment(world, given_up), attachment(world, kept)
    merge(world, given_up, kept)
    with world.acting("officer"):
        assert [each.record_id for each in (moved, twice, there)] == [kept.id, given_up.id, kept.id]


def post(world: World, service: Service, **kw: Any) -> Any:
    return world._add(ManagerPost(service_id=service.id, held="in_post", from_on=dt.date(2026, 1, 1), **kw))


def test_what_a_service_has_one_of_stands_in_the_way_in_words(world: World) -> None:
    given_up, kept = unregistered(world), world.service("Larkfield Day")
    post(world, kept)
    running = post(world, given_up)
    assert refused(world, given_up, kept) == (
        "Each of them has a manager's post that still runs. Say of one until when it was held so."
    )
    with world.console():
        running.to_on = dt.date(2026, 2, 1)
    db.session.commit()
    days = [world._add(OccupancyReturn(service_id=each.id, counted_on=dt.date(2026, 2, 1), occupied=1, vacant=0))
            for each in (given_up, kept)]  # fmt: skip
    assert refused(world, given_up, kept) == (
        "The places of both were counted on the same day. Change the day of one of the two counts."
    )
    with world.console():
        days[0].counted_on = dt.date(2026, 2, 2)
    db.session.commit()
    for each in (given_up, kept):
        world._add(ContinuityPlan(provider_id=each.provider_id, service_id=each.id))
    assert refused(world, given_up, kept) == (
        "Each of them has a continuity plan of its own, so they are two to the council."
    )
