"""What a page may cost the database, and what a form may carry: numbers that somebody must decide to raise."""

import itertools
import re
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from areas import AREAS
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import Engine, event, insert, select, text
from world import CHEAP, NOW, World, console

from models import db
from models.people import Person
from models.providers import Contact, ContactKind, Provider, RegistrationStatus, Regulator, Service
from workflows.access import Role


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that reaches the database, but for the marks of transactions."""
    told: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")):
            told.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def cost(client: FlaskClient, address: str) -> int:
    """How many statements a page takes, once what is remembered between pages is remembered."""
    assert client.get(address).status_code == 200, address
    with statements() as told:
        assert client.get(address).status_code == 200, address
    return len(told)


NUMBERS = itertools.count(1)


# As a database does by itself, in time, with what is committed. Without it PostgreSQL looks through all providers for
# each service that points at one, and through all services for each that is exported.
ANALYZE_PROVIDERS, ANALYZE_SERVICES = text("ANALYZE provider"), text("ANALYZE service")


def many_services(count: int, provider: int | None = None) -> None:
    """Services in bulk, each with a provider of its own unless one is named."""
    connection, common = db.session.connection(), {"created_at": NOW, "regulator": Regulator.cqc}
    numbers = list(itertools.islice(NUMBERS, count))
    owners = [provider] * count
    if provider is None:
        table = Provider.__table__
        rows = [{"name": f"Bulk Care {each:05}", "regulator_id": f"1-B{each}", **common} for each in numbers]
        connection.execute(insert(table), rows)
        connection.execute(ANALYZE_PROVIDERS)
        newest = select(table.c.id).order_by(table.c.id.desc()).limit(count)
        owners = list(connection.execute(newest).scalars())
    common["registration_status"] = RegistrationStatus.registered
    connection.execute(
        insert(Service.__table__),
        [
            {"name": f"Bulk House {each:05}", "provider_id": owner, "regulator_id": f"1-C{each}", **common}
            for each, owner in zip(numbers, owners, strict=True)
        ],
    )
    connection.execute(ANALYZE_SERVICES)
    db.session.commit()


def at_work(world: World) -> None:
    """Forty services with a restriction, a visit and a contact each, in every state."""
    officer, early = world.person("officer").id, NOW.date().replace(day=1)
    for number in range(40):
        service = world.service(f"House {world.number}")
        state = ("in_force", "submitted", "lift_requested", "draft", "lifted")[number % 5]
        late = {"next_review_on": early} if state in ("in_force", "lift_requested") else {}
        world.suspension(service, state, **late)
        states = ("planned", "awaiting_authorisation", "scheduled", "under_way", "written_up", "published", "cancelled")
        world.visit(service, state=states[number % 7], officer_id=officer, due_on=early)
        contact = Contact(provider_id=service.provider_id, kind=ContactKind.office, post=f"Desk {number}", phone="1")
        world._add(contact)
    db.session.remove()


@pytest.fixture
def full(world: World) -> World:
    """A council at work, and sixty services besides with which nothing happens."""
    many_services(60)
    at_work(world)
    return world


@pytest.fixture
def places(full: World) -> dict[str, int]:
    """The records that the addresses below name."""
    with console():
        service = full.service("Page House")
        told = {
            "service": service.id,
            "provider": service.provider_id,
            "planned": full.visit(state="planned").id,
            "scheduled": full.visit(state="scheduled").id,
            "under_way": full.visit(state="under_way").id,
            "draft": full.suspension(state="draft").id,
            "submitted": full.suspension(state="submitted").id,
            "in_force": full.suspension(state="in_force").id,
            "person": full.person("officer2").id,
        }
        for area in AREAS.values():
            told |= area.places(full)
    db.session.remove()
    return told


# --- statements ---

WORDS = 1
"""The statement by which each page asks what the council calls things, beside what is counted below."""

HOME = {
    "officer": 51,
    "manager": 54,
    "head": 44,
    "director": 44,
    "partner": 4,
    "contributor": 4,
    "provider": 6,
    "care_manager": 4,
    "auditor": 44,
    "administrator": 2,
}


def test_no_home_page_costs_more_than_this(full: World, as_user: Any) -> None:
    costs = {role: cost(as_user(role), "/") for role in HOME}
    assert {role: spent for role, spent in costs.items() if spent > HOME[role] + WORDS} == {}


FILTERED = (
    "/services/list/?q=House&sector=social&type=other&rating=good&purchasing=normal&status=open&place=out&officer=none"
    "&order=provider&direction=desc"
)


CHOSEN = (
    "/services/list/?rating=good&rating=inadequate&rated_on=last-28&commissioning=spot_purchase&last_inspected_on=empty"
    "&columns=name,commissioning,beds,postcode,registration_status,officer,purchasing,provider&order=last_inspected_on"
)


LISTS = ("/services/list/", FILTERED, CHOSEN, "/services/list/?page=2")


def test_the_list_of_services_costs_the_same_however_many_there_are(full: World, as_user: Any) -> None:
    mine = full.person("provider").provider_id
    many_services(60, mine)
    clients = {role: as_user(role) for role in HOME if role != "administrator"}
    costs = {(role, address): cost(client, address) for role, client in clients.items() for address in LISTS}
    assert max(costs.values()) <= 6 + WORDS
    many_services(60_000, mine)
    assert {(role, address): cost(clients[role], address) for role, address in costs} == costs
    assert int(re.search(r'id="count">(\d+) records', clients["provider"].get("/services/list/").text)[1]) == 60060


def test_of_60_000_services_that_leave_as_a_file_few_are_in_memory_at_a_time(full: World, as_user: Any) -> None:
    many_services(60_000)
    client, alive, most, rows, longest = as_user("officer"), weakref.WeakSet[Service](), 0, 0, 0

    def note(item: Service, context: Any) -> None:
        alive.add(item)

    event.listen(Service, "load", note)
    try:
        answer = client.get("/services/export?format=csv&status=")
        for part in answer.response:
            rows += part.count(b"\r\n")
            most, longest = max(most, len(alive)), max(longest, len(part))
        answer.close()
    finally:
        event.remove(Service, "load", note)
    assert rows == 60_101
    assert 500 <= most <= 2_000
    assert longest < 100_000


# Page, role, statements, and options of all its selects together.
PAGES = """
    officer       /services/show/{service}                  34   0
    officer       /services/edit/{service}                   3   7
    manager       /services/{service}/allocate               4   4
    officer       /parts/list/                               4  12
    officer       /parts/add                                 1   0
    officer       /providers/list/                           4  12
    officer       /providers/show/{provider}                 6   0
    officer       /contacts/list/                            4  12
    officer       /contacts/add                              1   6
    officer       /contact-notes/list/                       4  12
    officer       /contact-notes/add                         1   5
    officer       /visits/list/                              6  84
    officer       /visits/list/?state=                       6  84
    partner       /visits/list/                              5  60
    officer       /visits/show/{planned}                     8   0
    officer       /visits/add                                3   7
    officer       /visits/edit/{planned}                     5   7
    officer       /visits/{scheduled}/reschedule             5   4
    officer       /visits/{under_way}/write_up               4   0
    officer       /suspensions/list/                         4  72
    officer       /suspensions/show/{in_force}              17   0
    head          /suspensions/show/{submitted}             17   0
    officer       /suspensions/add                           1   4
    officer       /suspensions/edit/{draft}                  4   4
    head          /suspensions/{submitted}/approve          11   0
    officer       /suspensions/{in_force}/propose_variation  5   4
    officer       /purchasing/                               4   2
    officer       /planner/                                 10  30
    manager       /planner/                                 11  37
    care_manager  /purchasing/                               4   2
    officer       /purchasing/?show=all                      4   2
    officer       /documents/list/                           4  12
    officer       /agencies/list/                            4  12
    officer       /frameworks/list/                          4  12
    officer       /help/                                     1   0
    officer       /help/suspensions                          1   0
    officer       /services/lookup?q=Bulk                    2   0
    officer       /providers/lookup?q=Bulk                   2   0
    administrator /users/list/                               5   0
    administrator /users/show/{person}                       4   0
    administrator /users/add                                 1   0
    administrator /users/edit/{person}                       4   0
    administrator /agencies/add                              1  10
    administrator /roles/list/                               1   0
"""


PAGES = "\n".join(
    line for part in (PAGES, *(area.budgets for area in AREAS.values())) for line in part.splitlines() if line.strip()
)


def test_no_page_costs_more_than_this(places: dict[str, int], as_user: Any) -> None:
    clients: dict[str, FlaskClient] = {}
    over = []
    for line in PAGES.strip().splitlines():
        role, template, budget, _options = line.split()
        if role not in clients:
            clients[role] = as_user(role)
        spent = cost(clients[role], template.format(**places))
        if spent > int(budget) + WORDS:
            over.append(f"{role} {template}: {spent} statements, and {int(budget) + WORDS} are allowed")
    assert over == []


def test_twice_the_records_cost_the_same(full: World, as_user: Any) -> None:
    pages = [
        ("officer", "/"),
        ("officer", "/visits/list/?state="),
        ("officer", "/suspensions/list/"),
        ("manager", "/planner/"),
        ("officer", "/contacts/list/"),
        ("care_manager", "/purchasing/"),
        ("partner", "/"),
    ]
    clients = {role: as_user(role) for role, _address in pages}
    before = {(role, address): cost(clients[role], address) for role, address in pages}
    at_work(full)
    assert {(role, address): cost(clients[role], address) for role, address in pages} == before


# --- what a form carries ---


def test_no_select_offers_what_grows(full: World, places: dict[str, int], as_user: Any) -> None:
    many_people(60)
    many_services(300, places["provider"])
    with console():
        for number in range(100):
            contact = Contact(provider_id=places["provider"], kind=ContactKind.office, post=f"Post {number}", phone="1")
            db.session.add(contact)
    db.session.commit()
    clients: dict[str, FlaskClient] = {}
    offered = {}
    for line in PAGES.strip().splitlines():
        role, template, _budget, _options = line.split()
        if role not in clients:
            clients[role] = as_user(role)
        offered[f"{role} {template}"] = clients[role].get(template.format(**places)).text.count("<option")
    assert offered == {
        f"{role} {template}": int(options)
        for role, template, _budget, options in map(str.split, PAGES.strip().splitlines())
    }


def many_people(count: int) -> None:
    """Accounts of partners, who are given no work."""
    with console():
        agency = db.session.scalars(select(Person).where(Person.username == "partner")).one().agency_id
        role = db.session.scalars(select(RoleRow).where(RoleRow.name == Role.partner.value)).one()
        for number in range(count):
            person = Person(
                username=f"bulk{number}",
                first_name="Bulk",
                last_name=f"Partner {number}",
                email=f"bulk{number}@example.org",
                password=CHEAP,
                active=True,
                agency_id=agency,
            )
            person.roles = [role]
            db.session.add(person)
    db.session.commit()


def test_a_list_shows_a_page_of_25_at_a_time(full: World, as_user: Any) -> None:
    client = as_user("officer")
    for address in (
        "/services/list/",
        "/providers/list/",
        "/visits/list/?state=",
        "/suspensions/list/",
        "/purchasing/?show=all",
    ):
        assert client.get(address).text.count("<tr") == 26, address  # with the headings


def test_a_picker_offers_20_names_at_most(full: World, as_user: Any) -> None:
    assert len(as_user("officer").get("/services/lookup?q=Bulk").json) == 20
