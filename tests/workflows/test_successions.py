"""Re-registrations: what carries over to a successor, for whom it shows, and who decides that it no longer does."""

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from areas.successions import succession
from sqlalchemy import event, insert, select
from world import NOW, World, console

from models import db
from models.framework import RestrictionEffect
from models.ledger import LedgerEntry
from models.providers import Provider, RegistrationStatus, Regulator, Service
from models.successions import Succession, SuccessionState
from models.suspensions import Purchasing, PurchasingStatus, Suspension, purchasing, restricted_services
from workflows import desk, successions
from workflows.actor import acting, system
from workflows.gate import Refused
from workflows.registers import files
from workflows.registers.outcome import Outcome

P = PurchasingStatus
IMPORT = system("register import", dt.datetime(2026, 3, 3, 6, tzinfo=dt.UTC))


def status(service: Any) -> Purchasing:
    key = service if isinstance(service, int) else service.id
    return purchasing(db.session, [key])[key]


def restricted(*services: Any) -> list[bool]:
    """Whether each stands among the restricted ones: on the board, and in the list that is narrowed to them."""
    ids = set(db.session.connection().execute(restricted_services()).scalars())
    return [each.id in ids for each in services]


def take(world: World, who: str, step: str, item: Any, note: str = "Because.") -> None:
    with world.acting(who) as actor:
        successions.WORKFLOW.take(step, item, actor, note=note)
        db.session.commit()


def refused(world: World, who: str, step: str, item: Any, note: str = "Because.") -> Refused:
    with pytest.raises(Refused) as told:
        take(world, who, step, item, note)
    db.session.rollback()
    return told.value


# --- what is derived ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["carries", "end_proposed"])
@pytest.mark.parametrize("case", ["in_force", "lift_requested"])
def test_what_restricts_the_predecessor_restricts_the_successor(world: World, state: str, case: str) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, state, old, new)
    world.suspension(old, case, conditions="Ask first.")
    told = Purchasing(P.no_new_purchase, NOW.date(), False, "Ask first.", {}, True)
    assert status(new) == told
    assert status(old) == Purchasing(P.no_new_purchase, NOW.date(), False, "Ask first.", {}, False)
    assert restricted(old, new) == [True, True]


@pytest.mark.parametrize("case", ["draft", "submitted", "declined", "withdrawn", "lifted"])
def test_what_is_not_in_force_carries_no_restriction(world: World, case: str) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, "carries", old, new)
    world.suspension(old, case)
    assert status(new) == Purchasing()
    assert restricted(old, new) == [False, False]


def test_what_was_decided_not_to_carry_over_does_not(world: World) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, "ended", old, new)
    world.suspension(old, "in_force")
    assert status(new) == Purchasing()
    assert restricted(old, new) == [True, False]


def test_nothing_carries_backwards(world: World) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, "carries", old, new)
    world.suspension(new, "in_force")
    assert status(old) == Purchasing()
    assert restricted(old, new) == [False, True]


def test_it_carries_along_a_chain_until_one_link_is_ended(world: World) -> None:
    a, b, c, d = (world.service(name) for name in "ABCD")
    for old, new, state in ((a, b, "carries"), (b, c, "carries"), (c, d, "ended")):
        succession(world, state, old, new)
    world.suspension(a, "in_force")
    assert [status(each).carried for each in (a, b, c, d)] == [False, True, True, False]
    assert restricted(a, b, c, d) == [True, True, True, False]


def test_every_successor_of_a_split_is_restricted_and_every_predecessor_counts(world: World) -> None:
    a, b, c, d = (world.service(name) for name in "ABCD")
    for old, new in ((a, b), (a, c), (d, c)):
        succession(world, "carries", old, new)
    world.suspension(a, "in_force", kind="voluntary")
    world.suspension(d, "in_force", kind="with_conditions")
    assert [status(each).status for each in (b, c)] == [P.voluntary, P.voluntary]
    world.suspension(d, "in_force", kind="no_new_purchase", part_id=world.part(d).id)
    assert (status(c).status, status(c).parts) == (P.voluntary, {"Rose unit": P.no_new_purchase})
    assert restricted(a, b, c, d) == [True] * 4


def test_a_circle_of_links_ends(world: World) -> None:
    a, b, c = (world.service(name) for name in "ABC")
    for old, new in ((a, b), (b, c), (c, a)):
        succession(world, "carries", old, new)
    world.suspension(b, "in_force")
    assert [status(each).status for each in (a, b, c)] == [P.no_new_purchase] * 3
    assert [status(each).carried for each in (a, b, c)] == [True, False, True]
    assert restricted(a, b, c) == [True] * 3


def test_its_own_restriction_is_told_before_one_that_carries_over(world: World) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, "carries", old, new)
    world.suspension(old, "in_force", conditions="Old words.", starts_on=dt.date(2025, 1, 1))
    world.suspension(new, "in_force", conditions="New words.")
    assert status(new) == Purchasing(P.no_new_purchase, NOW.date(), False, "New words.", {}, False)


def test_a_restriction_on_a_part_carries_over_to_the_part_of_that_name(world: World) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, "carries", old, new)
    world.suspension(old, "in_force", part_id=world.part(old, "Rose unit").id)
    assert status(new) == Purchasing(parts={"Rose unit": P.no_new_purchase}, carried=True)
    assert restricted(new) == [True]


def test_a_restriction_on_the_whole_provider_before_carries_over_to_a_service_that_was_sold(world: World) -> None:
    old, new, other = world.service("Old House"), world.service("New House"), world.service("Other House")
    succession(world, "carries", old, new)
    world.suspension(state="in_force", provider_id=old.provider_id)
    assert status(new) == Purchasing(P.no_new_purchase, NOW.date(), True, "A medicines audit each week.", {}, True)
    assert restricted(old, new, other) == [True, True, False]


def providers(world: World, state: str = "carries", **kw: Any) -> tuple[Provider, Provider, Service, Succession]:
    """A provider and its successor, a service of the latter, and what links the two."""
    before, after = world.provider("Before Care"), world.provider("After Care")
    link = world._add(Succession(predecessor_provider_id=before.id, successor_provider_id=after.id, state=state, **kw))
    return before, after, world.service("After House", provider=after), link


def test_a_restriction_on_a_whole_provider_carries_over_to_its_successor(world: World) -> None:
    before, _after, service, _link = providers(world)
    case = world.suspension(state="in_force", provider_id=before.id)
    assert status(service) == Purchasing(P.no_new_purchase, NOW.date(), True, "A medicines audit each week.", {}, True)
    assert restricted(service) == [True]
    with console():
        case.state, case.ends_on = "lifted", NOW.date()
    db.session.commit()
    assert status(service) == Purchasing()
    assert restricted(service) == [False]


def test_a_restriction_on_one_service_of_the_provider_before_does_not_carry_to_all_of_the_next(world: World) -> None:
    before, _after, service, _link = providers(world)
    world.suspension(world.service("Before House", provider=before), "in_force")
    assert status(service) == Purchasing()
    assert restricted(service) == [False]


def test_lifting_it_on_the_predecessor_frees_the_successor_at_once(world: World) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, "carries", old, new)
    case = world.suspension(old, "lift_requested")
    assert restricted(new) == [True]
    with console():
        case.state, case.ends_on = "lifted", NOW.date()
    db.session.commit()
    assert (status(new), restricted(new)) == (Purchasing(), [False])


READERS = ["officer", "manager", "head", "director", "partner", "contributor", "provider", "care_manager", "auditor"]


@pytest.mark.parametrize("who", READERS)
def test_whoever_reads_the_service_reads_that_it_is_restricted(world: World, as_user: Any, who: str) -> None:
    with console():
        own = db.session.scalars(select(Provider).where(Provider.name == "Own Care")).one()
    old, new = world.service("Old House"), world.service("New House", provider=own)
    succession(world, "carries", old, new)
    world.suspension(old, "in_force")
    key, client = new.id, as_user(who)
    told = (
        '<strong class="govuk-tag govuk-tag--red">No new purchase</strong><br>'
        '<span class="cw-note">carried over from its predecessor</span>'
    )
    for address in (f"/services/show/{key}", "/services/list/?purchasing=restricted", "/purchasing/"):
        assert told in client.get(address).text, address
    assert "New House" not in client.get("/services/list/?purchasing=normal").text


def many(count: int) -> list[int]:
    """Services in bulk, and their ids."""
    common = {"created_at": NOW, "regulator": Regulator.cqc, "registration_status": RegistrationStatus.registered}
    connection = db.session.connection()
    owner = {"name": "Bulk Care", "regulator_id": "1-B", **common}
    connection.execute(insert(Provider.__table__), [owner])
    provider = connection.execute(select(Provider.__table__.c.id).where(Provider.__table__.c.name == "Bulk Care"))
    key = provider.scalar_one()
    rows = [{"name": "Bulk", "provider_id": key, "regulator_id": f"1-C{each}", **common} for each in range(count)]
    connection.execute(insert(Service.__table__), rows)
    found = (
        select(Service.__table__.c.id).where(Service.__table__.c.provider_id == key).order_by(Service.__table__.c.id)
    )
    return list(connection.execute(found).scalars())


def test_a_page_of_services_takes_one_statement_however_long_the_chains(world: World) -> None:
    ids = many(2000)
    rows = [
        {"predecessor_id": old, "successor_id": new, "state": "carries", "created_at": NOW, "version": 1}
        for old, new in pairwise(ids)
        if new % 40
    ]
    db.session.connection().execute(insert(Succession.__table__), rows)
    first = next(each for each in ids if each % 40 == 0)
    with console():
        home = db.session.get_one(Service, first)
    world.suspension(home, "in_force")
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("SAVEPOINT"):  # those are the tests' own
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = purchasing(db.session, [first, first + 1, first + 39, first + 40])
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) == 1
    assert [each.status for each in found.values()] == [P.no_new_purchase] * 3 + [P.as_normal]
    assert len(set(db.session.connection().execute(restricted_services()).scalars())) == 40


# --- arriving with the register -----------------------------------------------------------------------------------

OLD, NEW, THIRD = "1-500000001", "1-500000002", "1-500000003"


def location(key: str, provider: str = "1-600000001", **links: str) -> dict[str, Any]:
    """An answer of the register; links as HSCA_Predecessor="1-..."."""
    return {
        "locationId": key,
        "providerId": provider,
        "name": f"House {key[-1]}",
        "registrationStatus": "Registered",
        "relationships": [
            {"relatedLocationId": other, "type": kind.replace("_", " "), "reason": "New Provider"}
            for kind, other in links.items()
        ],
    }


@pytest.fixture
def tell(world: World, tmp_path: Path) -> Any:
    """Import answers, in the order in which they are given."""

    def told(*documents: dict[str, Any], **options: Any) -> list[Outcome]:
        outcomes = []
        with acting(IMPORT):
            for number, document in enumerate(documents):
                path = tmp_path / f"{number}.json"
                path.write_text(json.dumps(document))
                outcomes += list(files.apply(db.session, files.survey([path]), **options))
        return outcomes

    return told


def service(regulator_id: str) -> Any:
    with acting(system("test", NOW)):
        return db.session.scalars(select(Service).where(Service.regulator_id == regulator_id)).one()


def links() -> list[tuple[str, str, str]]:
    with acting(system("test", NOW)):
        rows = db.session.scalars(select(Succession).order_by(Succession.id)).all()
        return [(str(each.predecessor), str(each.successor), each.state.value) for each in rows]


@pytest.mark.parametrize(
    "documents",
    [
        [location(OLD), location(NEW, HSCA_Predecessor=OLD)],
        [location(NEW, HSCA_Predecessor=OLD), location(OLD)],
        [location(OLD, HSCA_Successor=NEW), location(NEW)],
        [location(NEW), location(OLD, HSCA_Successor=NEW)],
        [location(OLD, HSCA_Successor=NEW), location(NEW, HSCA_Predecessor=OLD)],
        [location(OLD), location(NEW), location(NEW, HSCA_Predecessor=OLD)],
        [location(OLD), location(NEW), location(OLD, HSCA_Successor=NEW), location(NEW, HSCA_Predecessor=OLD)],
    ],
)
def test_whichever_of_the_two_comes_last_or_says_so_they_are_linked_once(tell: Any, documents: Any) -> None:
    outcomes = tell(*documents)
    with acting(system("test", NOW)):
        assert [str(each) for outcome in outcomes for each in outcome.carried] == [
            "House 1 (1-500000001) → House 2 (1-500000002)"
        ]
    assert links() == [("House 1", "House 2", "carries")]
    assert [each.carried for each in tell(*documents)] == [[]] * len(documents)


def test_a_link_to_an_id_that_is_not_here_waits_for_it(tell: Any) -> None:
    tell(location(OLD, HSCA_Successor=NEW), location(THIRD, HSCA_Predecessor=NEW))
    assert links() == []
    tell(location(NEW))
    assert links() == [("House 1", "House 2", "carries"), ("House 2", "House 3", "carries")]


def test_a_link_to_itself_is_none(tell: Any) -> None:
    tell(location(OLD, HSCA_Successor=OLD))
    assert links() == []


def test_a_link_that_the_register_no_longer_shows_goes_on_carrying(tell: Any) -> None:
    tell(location(OLD), location(NEW, HSCA_Predecessor=OLD), location(NEW))
    assert links() == [("House 1", "House 2", "carries")]


def test_a_decision_stands_when_the_register_tells_it_again(world: World, tell: Any) -> None:
    tell(location(OLD), location(NEW, HSCA_Predecessor=OLD))
    with console():
        item = db.session.scalars(select(Succession)).one()
        item.state, item.decided_by_id = SuccessionState.ended, world.person("head").id
    db.session.commit()
    tell(location(NEW, HSCA_Predecessor=OLD), location(OLD, HSCA_Successor=NEW))
    assert links() == [("House 1", "House 2", "ended")]


def test_the_restriction_is_on_the_successor_from_its_first_load_and_no_trigger_fires(world: World, tell: Any) -> None:
    tell(location(OLD))
    world.suspension(service(OLD), "in_force")
    called: list[Any] = []
    inadequate = {"currentRatings": {"overall": {"rating": "Inadequate", "reportDate": "2026-01-01"}}}
    tell(location(NEW, HSCA_Predecessor=OLD) | inadequate, on_rating=lambda service, before: called.append(service))
    assert status(service(NEW)).status is P.no_new_purchase
    assert called == []


def test_a_dry_run_links_nothing(tell: Any) -> None:
    tell(location(OLD))
    outcomes = tell(location(NEW, HSCA_Predecessor=OLD), dry_run=True)
    assert len(outcomes[0].carried) == 1
    assert links() == []


def test_providers_are_linked_too(tell: Any) -> None:
    related = {"relatedProviderId": "1-600000001", "type": "HSCA Predecessor", "reason": "Legal Entity Change"}
    tell(
        {"providerId": "1-600000001", "name": "Before Care"},
        {"providerId": "1-600000002", "name": "After Care", "relationships": [related]},
    )
    with acting(system("test", NOW)):
        [item] = db.session.scalars(select(Succession)).all()
        assert str(item) == "Before Care (1-600000001) → After Care (1-600000002)"
        assert (item.predecessor_id, item.successor_id) == (None, None)


def test_the_linked_officer_stays_with_the_successor(world: World, tell: Any) -> None:
    tell(location(OLD), location(THIRD))
    with console():
        service(OLD).allocated_officer_id = world.person("officer").id
        service(THIRD).allocated_officer_id = world.person("officer2").id
    db.session.commit()
    tell(location(NEW, HSCA_Predecessor=OLD), location(THIRD, HSCA_Predecessor=OLD))
    assert service(NEW).allocated_officer_id == world.person("officer").id
    assert service(THIRD).allocated_officer_id == world.person("officer2").id


def test_an_officer_who_has_left_does_not_stay(world: World, tell: Any) -> None:
    tell(location(OLD))
    with console():
        service(OLD).allocated_officer_id = world.person("officer").id
        world.person("officer").active = False
    db.session.commit()
    tell(location(NEW, HSCA_Predecessor=OLD))
    assert service(NEW).allocated_officer_id is None


def test_the_ledger_says_since_when_and_why(world: World, tell: Any) -> None:
    tell(location(OLD))
    with console():
        service(OLD).allocated_officer_id = world.person("officer").id
    db.session.commit()
    tell(location(NEW, HSCA_Predecessor=OLD))
    with acting(system("test", NOW)):
        rows = db.session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.record_type.in_(["succession", "service"]))
            .order_by(LedgerEntry.record_type.desc())
        ).all()
        told = [(each.record_type, each.kind.value, each.note, each.actor_role, each.at) for each in rows]
        assert rows[1].changes == {"allocated_officer_id": [None, world.person("officer").id]}
    assert told == [
        (
            "succession",
            "created",
            "The register names the one as the successor of the other.",
            "register import",
            IMPORT.now,
        ),
        ("service", "edited", "", "register import", IMPORT.now),
    ]


# --- who is told --------------------------------------------------------------------------------------------------


def lying_there(world: World, who: str) -> list[str]:
    with world.acting(who) as actor:
        return [str(each.item) for each in desk.carried_over(db.session, actor)]


def test_the_successors_officer_is_told_until_somebody_takes_note(world: World, as_user: Any) -> None:
    officer = world.person("officer").id
    old = world.service("Old House", allocated_officer_id=officer)
    item = succession(world, "carries", old, world.service("New House", allocated_officer_id=officer))
    key = item.id
    assert [len(lying_there(world, who)) for who in ("officer", "officer2", "manager", "head")] == [1, 0, 0, 0]
    page = as_user("officer").get("/").text
    assert "Carried over from a predecessor (1)" in page
    assert f'href="/successions/show/{key}"' in page
    assert as_user("officer").post(f"/successions/{key}/acknowledge", data={"version": "0"}).status_code == 302
    assert lying_there(world, "officer") == []
    assert "Carried over from a predecessor" not in as_user("officer").get("/").text


def test_managers_are_told_where_the_successor_has_no_officer(world: World) -> None:
    old, new = world.service("Old House"), world.service("New House")
    succession(world, "carries", old, new)
    assert lying_there(world, "manager") == []
    world.suspension(old, "draft")
    assert [len(lying_there(world, who)) for who in ("officer", "manager", "head")] == [0, 1, 0]


def test_managers_are_told_of_whole_providers_that_are_restricted(world: World) -> None:
    before, _after, _service, _link = providers(world)
    assert lying_there(world, "manager") == []
    world.suspension(state="in_force", provider_id=before.id)
    assert [len(lying_there(world, who)) for who in ("officer", "manager")] == [0, 1]


def test_nobody_is_told_of_what_the_council_never_worked_with_or_what_was_ended(world: World) -> None:
    succession(world, "carries")
    old = world.service("Old House", allocated_officer_id=world.person("officer").id)
    succession(world, "ended", old, world.service("New House"))
    assert lying_there(world, "manager") == []


def test_the_successors_page_shows_what_happened_before(world: World, as_user: Any) -> None:
    old, new = world.service("Old House"), world.service("New House")
    item = succession(world, "carries", old, new)
    case = world.suspension(old, "submitted")
    visit = world.visit(old, "quality_monitoring", "published", reason="An old worry.")
    addresses = [f"/visits/show/{visit.id}", f"/suspensions/show/{case.id}", f"/successions/show/{item.id}"]
    key, before, link = new.id, old.id, item.id
    page = as_user("officer").get(f"/services/show/{key}").text
    assert [each for each in addresses if f'href="{each}"' not in page] == []
    assert f'<a class="govuk-link" href="/services/show/{before}">Old House</a>' in page
    assert '<span class="cw-note">Old House</span>' in page
    assert addresses[1] not in as_user("partner").get(f"/services/show/{key}").text
    take(world, "officer", "propose_end", db.session.get(Succession, link))
    take(world, "head", "end", db.session.get(Succession, link))
    page = as_user("officer").get(f"/services/show/{key}").text
    assert [each for each in addresses if f'href="{each}"' in page] == [f"/successions/show/{link}"]


# --- deciding -----------------------------------------------------------------------------------------------------


def test_ending_it_frees_the_successor_and_letting_it_carry_again_does_not_wait(world: World) -> None:
    old, new = world.service("Old House"), world.service("New House")
    item = succession(world, "carries", old, new)
    world.suspension(old, "in_force")
    take(world, "officer", "propose_end", item)
    assert restricted(new) == [True]
    take(world, "head", "end", item, "Another team runs it.")
    assert (item.state, item.decided_by_id) == (SuccessionState.ended, world.person("head").id)
    assert (status(new), restricted(old, new)) == (Purchasing(), [True, False])
    take(world, "officer", "carry_again", item)
    assert restricted(new) == [True]
    take(world, "officer2", "propose_end", item)
    take(world, "head", "refuse_end", item)
    assert (item.state, restricted(new)) == (SuccessionState.carries, [True])


def test_whoever_asked_for_it_does_not_decide_it(world: World) -> None:
    item = succession(world)
    with console():
        person, head = world.person("officer"), world.person("head")
        person.roles = [*person.roles, *head.roles]
    db.session.commit()
    take(world, "officer", "propose_end", item)
    for step in ("end", "refuse_end"):
        refusal = refused(world, "officer", step, item)
        assert refusal.sentence == "You asked for this decision, so somebody else must make it."
        assert refusal.clause == "four eyes, and XX"
    assert refusal.may == "Head of Service: Test Head, Test Head2"


@pytest.mark.parametrize("step", ["propose_end", "carry_again", "end", "refuse_end"])
def test_a_decision_needs_its_reason(world: World, step: str) -> None:
    state = {"propose_end": "carries", "carry_again": "ended"}.get(step, "end_proposed")
    item = succession(world, state)
    who = "officer" if step in ("propose_end", "carry_again") else "head"
    assert refused(world, who, step, item, "  ").sentence == "Give a reason."


def test_it_is_noted_once(world: World) -> None:
    item = succession(world)
    take(world, "officer", "acknowledge", item)
    assert (item.acknowledged_by_id, item.acknowledged_at) == (world.person("officer").id, NOW)
    assert refused(world, "manager", "acknowledge", item).sentence == "Somebody has taken note of this already."


def test_a_proposal_lies_on_the_desk_of_whoever_decides(world: World, as_user: Any) -> None:
    item = succession(world, "end_proposed")
    with world.acting("head") as actor:
        mine, _others = desk.decisions(db.session, actor)
    assert [(each.item, each.step) for each in mine] == [(item, "end")]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [([], None), (["with_conditions"], "with_conditions"), (["with_conditions", "voluntary"], "voluntary")],
)
def test_the_most_restrictive_kind_says_who_decides(
    world: World, monkeypatch: pytest.MonkeyPatch, kinds: list[str], expected: str | None
) -> None:
    asked: list[Any] = []
    item = succession(world, "end_proposed")
    before, _after, _service, link = providers(world, "end_proposed")
    with console():
        old = db.session.get_one(Service, item.predecessor_id)
    for number, kind in enumerate(kinds):
        part = world.part(old).id if number else None
        world.suspension(old, "in_force", kind=kind, part_id=part)
    if kinds:
        world.suspension(state="in_force", provider_id=before.id, kind=kinds[-1])
    real = successions.framework.approver
    monkeypatch.setattr(
        successions.framework, "approver", lambda session, decision, kind: asked.append(kind) or real(session, decision)
    )
    with world.acting("head"):
        successions.approvers(item)
        successions.approvers(link)
    assert asked == [RestrictionEffect(expected) if expected else None] * 2


def test_a_suspension_stays_where_it_was_put(world: World) -> None:
    """It carries over; it is not moved: lifting and reviewing it go on where its letters went."""
    old, new = world.service("Old House"), world.service("New House")
    case = world.suspension(old, "in_force")
    succession(world, "carries", old, new)
    assert (case.service_id, case.provider_id) == (old.id, old.provider_id)
    with console():
        assert len(db.session.scalars(select(Suspension)).all()) == 1
