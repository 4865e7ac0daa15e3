"""Whose work everything is, and handing it on when somebody leaves (HA 2.2, OX 8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from areas.complaints import complaint
from areas.contracts import contract
from areas.feedback import feedback
from flask import Flask
from sqlalchemy import Engine, event, select
from world import World

from models import Model, db
from models.complaints import Complaint
from models.ledger import LedgerEntry, LedgerKind
from models.providers import Service
from workflows import allocation
from workflows import people as accounts
from workflows.access import Role
from workflows.gate import Refused

ENTRY = LedgerEntry.__table__


def theirs(world: World) -> dict[str, Any]:
    """Something of each kind that is the officer's, and open."""
    officer = world.person("officer").id
    house = world.service("Larkfield House", allocated_officer_id=officer)
    return {
        "service": house,
        "contract": contract(world, service=house, officer_id=officer),
        "visit": world.visit(house, state="under_way", officer_id=officer),
        "complaint": complaint(world, "investigating", house, officer_id=officer),
        "feedback": feedback(world, "triaged", house, officer_id=officer),
    }


def picks(records: Any) -> list[allocation.Pick]:
    return [(name, item.id, item.version) for name, item in records.items()]


def moved(
    world: World, todo: list[allocation.Pick], to: str = "officer2", reason: str = "They left.", **kw: Any
) -> Any:
    """How many a Manager handed on, or why not."""
    with world.acting(kw.get("who", "manager")) as actor:
        start = world.person(kw.get("start", "officer")).id
        try:
            number = allocation.move(db.session, actor, start, world.person(to).id, todo, reason)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            return str(refused)
    return number


def officers(records: dict[str, Any]) -> dict[str, str]:
    """Whose each of them is, as the database has it."""
    found, person = {}, Model.metadata.tables["ab_user"]
    for name, item in records.items():
        table = Model.metadata.tables[name]
        column = table.c["allocated_officer_id" if name == "service" else "officer_id"]
        asked = select(person.c.username).join(table, column == person.c.id).where(table.c.id == item.id)
        found[name] = db.session.connection().execute(asked).scalar_one()
    return found


# --- what is linked ----------------------------------------------------------------------------------------------


def test_every_kind_is_handed_on_from_every_state_in_which_it_is_open() -> None:
    found = {
        kind.name: {getattr(state, "value", state): step.name for state, step in kind.steps.items()}
        for kind in allocation.kinds()
    }
    assert found == {
        "service": {None: "allocate"},
        "contract": {"running": "allocate"},
        "visit": {"scheduled": "hand_over", "under_way": "hand_over", "written_up": "hand_over"},
        "complaint": {
            "received": "allocate",
            "allocated": "allocate",
            "investigating": "hand_over",
            "response_drafted": "hand_over",
            "response_approved": "hand_over",
        },
        "feedback": {
            "acknowledged": "hand_over",
            "clarifying": "hand_over",
            "triaged": "hand_over",
            "shared_with_provider": "hand_over",
            "logged": "hand_over",
            "escalated": "hand_over",
        },
    }


def test_no_area_forgets_to_declare_how_its_officer_changes() -> None:
    columns = {
        (table.name, column.name)
        for table in Model.metadata.tables.values()
        for column in table.c
        if column.name.endswith("officer_id")
    }
    assert len(columns) >= 5
    followed = {("obligation", "officer_id")}  # derived from whose the service or the contract is
    assert columns - followed == {(kind.name, kind.column) for kind in allocation.kinds()}


def test_a_step_that_gives_asks_for_the_officer_and_nothing_else() -> None:
    for kind in allocation.kinds():
        for step in set(kind.steps.values()):
            assert [each.name for each in step.asks(kind.model())] == [kind.column], (kind.name, step.name)


def test_what_is_over_counts_no_more(world: World) -> None:
    theirs(world)
    officer = world.person("officer").id
    contract(world, "ended", officer_id=officer)
    world.visit(state="published", officer_id=officer)
    complaint(world, "closed", officer_id=officer)
    feedback(world, "closed", officer_id=officer)
    kept = world.service("Kept House")
    world.service("Merged House", allocated_officer_id=officer, merged_into_id=kept.id)
    assert allocation.counts(db.session)[officer] == {
        "service": 1, "contract": 1, "visit": 1, "complaint": 1, "feedback": 1,
    }  # fmt: skip


@pytest.mark.parametrize("how", ["deactivated", "another role"])
def test_what_somebody_left_behind_is_told(world: World, how: str) -> None:
    theirs(world)
    officer = world.person("officer")
    assert allocation.left_behind(db.session) == {}
    with world.acting("administrator"):
        if how == "deactivated":
            accounts.set_active(officer, False)
        else:
            accounts.set_roles(db.session, officer, [Role.care_manager])
        db.session.commit()
    assert sum(allocation.left_behind(db.session)[officer.id].values()) == 5


# --- handing it on -----------------------------------------------------------------------------------------------


def test_all_of_it_is_handed_on_each_with_its_own_history(world: World) -> None:
    records = theirs(world)
    assert moved(world, picks(records)) == 5
    assert set(officers(records).values()) == {"officer2"}
    rows = db.session.connection().execute(
        select(ENTRY.c.record_type, ENTRY.c.step, ENTRY.c.note, ENTRY.c.actor_id, ENTRY.c.changes)
        .where(ENTRY.c.kind == LedgerKind.step)
        .order_by(ENTRY.c.record_type)
    )
    both = [world.person("officer").id, world.person("officer2").id]
    manager = world.person("manager").id
    assert [tuple(row) for row in rows] == [
        ("complaint", "hand_over", "They left.", manager, {"officer_id": both}),
        ("contract", "allocate", "They left.", manager, {"officer_id": both}),
        ("feedback", "hand_over", "They left.", manager, {"officer_id": both}),
        ("service", "allocate", "They left.", manager, {"allocated_officer_id": both}),
        ("visit", "hand_over", "They left.", manager, {"officer_id": both}),
    ]


def test_states_stay_as_they_were(world: World) -> None:
    records = theirs(world)
    moved(world, picks(records))
    with world.acting("manager"):
        states = [records[name].state.value for name in ("contract", "visit", "complaint", "feedback")]
    assert states == ["running", "under_way", "investigating", "triaged"]


def test_some_of_it_is_handed_on_and_the_rest_stays(world: World) -> None:
    records = theirs(world)
    assert moved(world, [each for each in picks(records) if each[0] in ("visit", "service")], "manager") == 2
    assert officers(records) == {
        "service": "manager", "contract": "officer", "visit": "manager", "complaint": "officer", "feedback": "officer",
    }  # fmt: skip


def test_of_a_person_who_left_too(world: World) -> None:
    records = theirs(world)
    with world.acting("administrator"):
        accounts.set_active(world.person("officer"), False)
        db.session.commit()
    assert moved(world, picks(records)) == 5


CHANGED = (
    "Nothing was handed on. Somebody changed this meanwhile, or it is theirs no more: Meals come late. Look at the "
    "list again."
)


@pytest.mark.parametrize("how", ["edited", "given to another", "over"])
def test_nothing_is_handed_on_where_one_was_changed_meanwhile(world: World, how: str) -> None:
    records = theirs(world)
    todo = picks(records)
    with world.acting("manager"):
        item = db.session.get(Complaint, records["complaint"].id)
        if how == "edited":
            item.details = "The meals of two weeks."
            db.session.commit()
    with world.console():
        if how == "given to another":
            item.officer_id = world.person("manager").id
        if how == "over":
            item.state = "withdrawn"
    db.session.commit()
    assert moved(world, todo) == CHANGED
    left = officers({name: item for name, item in records.items() if name != "complaint"})
    assert set(left.values()) == {"officer"}


@pytest.mark.parametrize("taker", ["head", "auditor", "administrator", "partner"])
def test_only_somebody_who_can_hold_it_takes_it(world: World, taker: str) -> None:
    records = theirs(world)
    assert moved(world, picks(records), taker) == "Choose an officer or manager who has an account in use."
    assert set(officers(records).values()) == {"officer"}


def test_nobody_who_left_takes_it(world: World) -> None:
    records = theirs(world)
    with world.acting("administrator"):
        accounts.set_active(world.person("officer2"), False)
        db.session.commit()
    assert moved(world, picks(records)) == "Choose an officer or manager who has an account in use."


def test_what_is_missing_is_asked_for(world: World) -> None:
    records = theirs(world)
    assert moved(world, []) == "Choose at least one record."
    assert moved(world, picks(records), reason="  ") == "Give a reason."
    assert moved(world, picks(records), "officer") == "They have this work already. Choose somebody else."
    gone = "One of the records that this points to is not there, or not yours to see."
    assert moved(world, [("service", 99_999, 1)]) == gone
    assert moved(world, [("suspension", 1, 1)]) == gone


@pytest.mark.parametrize("who", ["officer2", "head", "director", "auditor"])
def test_only_a_manager_hands_on(world: World, who: str) -> None:
    records = theirs(world)
    told = moved(world, picks(records), who=who)
    assert told.startswith("Your role may not do this. Who may: Manager.")
    assert set(officers(records).values()) == {"officer"}


# --- the screen --------------------------------------------------------------------------------------------------


def form(world: World, todo: list[allocation.Pick], to: str = "officer2", reason: str = "They left.") -> dict[str, Any]:
    return {
        "pick": [f"{name}:{number}:{version}" for name, number, version in todo],
        "to_id": str(world.person(to).id),
        "reason": reason,
    }


def test_a_manager_hands_on_what_is_ticked(world: World, as_user: Any) -> None:
    records, client = theirs(world), as_user("manager")
    officer = world.person("officer").id
    page = client.get("/allocation/").text
    assert f'<a class="govuk-link" href="/allocation/{officer}">Test Officer</a>' in page
    page = client.get(f"/allocation/{officer}").text
    assert [name for name in ("Larkfield House", "Residential care", "Meals come late") if name not in page] == []
    assert page.count('type="checkbox"') == 5
    assert " checked" not in page
    assert client.get(f"/allocation/{officer}?tick=all").text.count(" checked") == 5
    assert client.get(f"/allocation/{officer}?tick=visit").text.count(" checked") == 1
    answer = client.post(f"/allocation/{officer}", data=form(world, picks(records)))
    assert answer.status_code == 302
    assert "5 records were handed on." in client.get("/allocation/").text
    assert set(officers(records).values()) == {"officer2"}
    assert "Nothing that is open is linked with this person." in client.get(f"/allocation/{officer}").text


def test_a_refused_form_keeps_what_was_ticked_and_typed(world: World, as_user: Any) -> None:
    records, client = theirs(world), as_user("manager")
    officer, todo = world.person("officer").id, picks(theirs(world))
    with world.acting("manager"):
        db.session.get(Complaint, todo[3][1]).details = "The meals of two weeks."
        db.session.commit()
    answer = client.post(f"/allocation/{officer}", data=form(world, todo))
    assert answer.status_code == 409
    assert CHANGED in answer.text
    assert answer.text.count(" checked") == 5
    assert "They left.</textarea>" in answer.text
    assert set(officers(records).values()) == {"officer"}
    again = client.post(f"/allocation/{officer}", data=form(world, todo, reason=""))
    assert "Fill in “Reason”." in again.text
    assert client.post(f"/allocation/{officer}", data={**form(world, todo), "pick": ["x"]}).status_code == 409


def test_whoever_only_reads_ticks_nothing(world: World, as_user: Any) -> None:
    theirs(world)
    page = as_user("head").get(f"/allocation/{world.person('officer').id}").text
    assert "Larkfield House" in page
    assert 'type="checkbox"' not in page


def test_nobody_is_there_under_an_unknown_number(as_user: Any) -> None:
    client = as_user("manager")
    assert [client.get(f"/allocation/{number}").status_code for number in (99_999, 2**40)] == [404, 404]


def test_whoever_deactivates_an_account_is_told_what_is_linked_to_it(world: World, as_user: Any) -> None:
    theirs(world)
    client, officer = as_user("administrator"), world.person("officer").id
    told = (
        "Work is linked with this person still (Services: 1, Visits: 1, Complaints: 1, Feedback: 1, Contracts: 1). It "
        "stays theirs until a Manager hands it on, under “Allocation”."
    )
    assert told in client.get(f"/users/{officer}/deactivate").text
    assert told in client.post(f"/users/{officer}/deactivate", follow_redirects=True).text
    assert told not in client.get(f"/users/{world.person('officer2').id}/deactivate").text
    manager = as_user("manager")
    assert "5 records are linked with somebody who can hold no work." in manager.get("/").text
    assert "Can hold no work" in manager.get("/allocation/").text


def test_the_manager_s_home_tells_what_has_no_officer(world: World, as_user: Any) -> None:
    contract(world)
    contract(world, "ended")
    page = as_user("manager").get("/").text
    assert '<a class="govuk-link" href="/contracts/list/?officer=none">1 running contract has no officer.</a>' in page
    assert "running contract" not in as_user("officer").get("/").text


def test_lists_are_narrowed_to_an_officer_and_to_nobody(world: World, as_user: Any) -> None:
    officer2 = world.person("officer2").id
    one = world.service("Larkfield House", allocated_officer_id=officer2)
    contract(world, service=one, officer_id=officer2, title="Held contract")
    contract(world, service=one, title="Free contract")
    client = as_user("manager")
    page = client.get(f"/contracts/list/?officer={officer2}").text
    assert ("Held contract" in page, "Free contract" in page) == (True, False)
    page = client.get("/contracts/list/?officer=none").text
    assert ("Held contract" in page, "Free contract" in page) == (False, True)
    assert "Larkfield House" in client.get(f"/services/list/?officer={officer2}").text
    address = f'value="{officer2}"'
    assert address in client.get("/services/list/").text
    assert address not in as_user("partner").get("/services/list/").text


@contextmanager
def statements() -> Iterator[list[str]]:
    told: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        told.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_500_records_go_in_one_go_and_their_page_costs_as_much_as_that_of_few(
    app: Flask, world: World, as_user: Any
) -> None:
    theirs(world)
    client, officer = as_user("manager"), world.person("officer").id
    client.get(f"/allocation/{officer}")
    with statements() as few:
        client.get(f"/allocation/{officer}")
    owner = world.provider("Bulk Care").id
    with world.console():
        for number in range(500):
            db.session.add(
                Service(
                    name=f"Bulk House {number:03}", provider_id=owner, regulator="cqc", regulator_id=f"1-5{number:06}",
                    registration_status="registered", allocated_officer_id=officer,
                )
            )  # fmt: skip
    db.session.commit()
    with statements() as many:
        page = client.get(f"/allocation/{officer}?tick=all").text
    assert (page.count(" checked"), len(many)) == (505, len(few))
    with world.acting("manager"):
        todo = [
            ("service", item.id, item.version)
            for item in db.session.scalars(select(Service).where(Service.name.startswith("Bulk")))
        ]
    with statements() as spent:
        assert client.post(f"/allocation/{officer}", data=form(world, todo)).status_code == 302
    assert len(spent) < 500 * 5
    told = select(ENTRY.c.id).where(ENTRY.c.record_type == "service", ENTRY.c.step == "allocate")
    assert len(db.session.connection().execute(told).all()) == 500
