"""Every page as the role that sees most of it, wide and narrow: for everybody, in bounds, and without complaint."""

from collections.abc import Callable
from typing import Any

import pytest
from areas import SCREENS
from sqlalchemy import select

from models import db
from models.documents import Letter
from models.framework import Framework, FrameworkState
from models.people import Agency, Person
from models.providers import Contact, ContactNote, Service, ServicePart
from models.suspensions import Suspension, SuspensionState, SuspensionVariation
from models.visits import Visit, VisitState
from seed.demo import ACCOUNTS
from workflows import providers, suspensions, visits
from workflows.engine import WORKFLOWS

pytestmark = pytest.mark.browser
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


def first(model: Any, *where: Any) -> Callable[[], int]:
    return lambda: db.session.scalars(select(model.id).where(*where).order_by(model.id)).first() or 0


def named(model: Any, name: str) -> Callable[[], int]:
    return first(model, model.name == name)


def account(username: str) -> Callable[[], int]:
    return first(Person, Person.username == username)


RECORDS: dict[str, tuple[str, Callable[[], int]]] = {
    # route base -> who sees most of it, and the record with the most in it
    "services": ("manager", named(Service, "Tarnvale Lodge")),
    "providers": ("manager", lambda: db.session.get_one(Service, named(Service, "Marlscombe Manor")()).provider_id),
    "contacts": ("officer", first(Contact)),
    "contact-notes": ("officer", first(ContactNote)),
    "parts": ("officer", first(ServicePart)),
    "visits": ("officer", first(Visit, Visit.state == VisitState.published)),
    "suspensions": ("head", first(Suspension, Suspension.id.in_(select(SuspensionVariation.suspension_id)))),
    "documents": ("officer", first(Letter)),
    "agencies": ("admin", first(Agency)),
    "frameworks": ("manager", first(Framework)),
    "users": ("admin", account("partner")),
}
RECORDS |= {screen.plural: (screen.browser_user, first(screen.model)) for screen in SCREENS}
PAST = ("services", "contacts", "contact-notes", "parts", "visits", "suspensions", "agencies")
PAST += tuple(screen.plural for screen in SCREENS if screen.past)
FORMS = {"contacts", "contact-notes", "parts", "visits", "suspensions", "agencies", "users"}
FORMS |= {screen.plural for screen in SCREENS if screen.adds}
FILLED = {"contacts", "contact-notes", "parts", "visits", "suspensions", "agencies", "users", "services"}
FILLED |= {screen.plural for screen in SCREENS if screen.edits}
EDITABLE = {
    screen.plural: first(screen.model, screen.model.state == screen.editable) for screen in SCREENS if screen.editable
}
EDITABLE |= {
    screen.plural: first(screen.model, screen.model.framework.has(Framework.state == FrameworkState.draft))
    for screen in SCREENS
    if screen.edits and screen.plural.startswith("framework-")
}
ADDS = dict.fromkeys(FORMS, "officer") | dict.fromkeys(("agencies", "users"), "admin")
ADDS |= {screen.plural: screen.adds.split()[0].replace("administrator", "admin") for screen in SCREENS if screen.adds}
ALONE = {
    "planner": ("manager", "/planner/"),
    "planner-own": ("officer", "/planner/"),
    "allocation": ("manager", "/allocation/"),
    "allocation-of": ("manager", "/allocation/{officer}"),
    "waiting-mine": ("manager", "/waiting/mine"),
    "waiting-others": ("manager", "/waiting/others"),
    "framework-preview": ("manager", "/framework-preview/{draft}"),
    "purchasing": ("caremanager", "/purchasing/"),
    "purchasing-all": ("officer", "/purchasing/?show=all"),
    "roles": ("admin", "/roles/list/"),
    "help": ("officer", "/help/"),
    "help-visits": ("officer", "/help/visits"),
    "help-suspensions": ("officer", "/help/suspensions"),
    "help-services": ("officer", "/help/services"),
    "help-outbox": ("officer", "/help/outbox"),
    "outbox-dead": ("manager", "/outbox/list/?state=dead"),
    "password": ("officer", "/password"),
    "error-403": ("partner", "/suspensions/list/"),
    "error-404": ("officer", "/services/show/999999"),
    "services-nothing": ("officer", "/services/list/?q=nothing+is+called+this"),
    "services-officer": ("officer", "/services/list/?officer=me&order=rating&direction=desc"),
    "services-narrowed": (
        "officer",
        "/services/list/?rating=good&rating=inadequate&rated_on=last-28&rated_on.from=2026-01-01&q=house"
        "&columns=name,beds,postcode,local_authority,last_inspected_on,rating,purchasing",
    ),
    "visits-wrong-date": ("officer", "/visits/list/?due_on.from=31%2F02%2F2026&due_on.to=2026-03-31"),
    "services-partner": ("partner", "/services/list/"),
    "add-file": ("officer", "/attachments/add?record_type=visit&record_id={visit}"),
    "add-arrival": ("manager", "/arrivals/add"),
    "users-reset": ("admin", "/users/{partner}/reset"),
    "users-deactivate": ("admin", "/users/{partner}/deactivate"),
    "users-activate": ("admin", "/users/{partner}/activate"),
}
STEPS = [
    (base, flow, name)
    for base, flow in (
        ("services", providers.WORKFLOW),
        ("visits", visits.WORKFLOW),
        ("suspensions", suspensions.WORKFLOW),
    )
    for name in flow.steps
]
STEPS += [
    (screen.plural, WORKFLOWS[screen.model], name)
    for screen in SCREENS
    if screen.steps is not None
    for name in WORKFLOWS[screen.model].steps
]
DECIDERS = ("officer", "manager", "head", "head2", "caremanager", "provider", "admin")


@pytest.fixture
def looks_right(readers: Any, findings: Any) -> Any:
    """Walk a page wide and narrow, and expect nothing wrong with it."""

    def walk(username: str | None, address: str, name: str, status: int = 200) -> Any:
        person = readers(username)
        person.page.set_viewport_size(WIDE)
        answer = person.open(address)
        assert answer.status == status, person.text
        found = []
        for size in (WIDE, NARROW):
            person.page.set_viewport_size(size)
            person.picture(name)
            found += [f"at {size['width']}: {each}" for each in findings(person.page)]
        assert found + person.complaints == []
        assert person.page.locator("h1").count() == 1
        return person

    return walk


@pytest.mark.parametrize("username", [name for name, _role, _words in ACCOUNTS if not name.endswith("2")])
def test_home_of_each_role(looks_right: Any, username: str) -> None:
    looks_right(username, "/", f"home-{username}")


def test_signing_in(looks_right: Any) -> None:
    looks_right(None, "/login/", "sign-in")


@pytest.mark.parametrize("base", RECORDS)
def test_lists(looks_right: Any, base: str) -> None:
    looks_right(RECORDS[base][0], f"/{base}/list/", f"list-{base}")


@pytest.mark.parametrize("base", RECORDS)
def test_records(console: Any, looks_right: Any, base: str) -> None:
    username, find = RECORDS[base]
    with console.behind():
        key = find()
    looks_right(username, f"/{base}/show/{key}", f"show-{base}")


@pytest.mark.parametrize("base", PAST)
def test_a_past_day(console: Any, looks_right: Any, base: str) -> None:
    with console.behind():
        key = RECORDS[base][1]()
    looks_right("auditor", f"/{base}/as-at/{key}?on=2026-01-15", f"past-{base}")


@pytest.mark.parametrize("state", SuspensionState)
def test_a_suspension_in_each_state(console: Any, looks_right: Any, state: SuspensionState) -> None:
    with console.behind():
        key = first(Suspension, Suspension.state == state)()
    looks_right("officer", f"/suspensions/show/{key}", f"suspension-{state}")


@pytest.mark.parametrize("state", VisitState)
def test_a_visit_in_each_state(console: Any, looks_right: Any, state: VisitState) -> None:
    with console.behind():
        key = first(Visit, Visit.state == state)()
    looks_right("officer", f"/visits/show/{key}", f"visit-{state}")


@pytest.mark.parametrize("base", sorted(FORMS))
def test_empty_forms(looks_right: Any, base: str) -> None:
    looks_right(ADDS[base], f"/{base}/add", f"add-{base}")


@pytest.mark.parametrize("base", sorted(FILLED))
def test_filled_forms(console: Any, looks_right: Any, base: str) -> None:
    username, find = RECORDS[base]
    with console.behind():
        key = {
            "visits": first(Visit, Visit.state == VisitState.planned, Visit.authorised_by_id.is_(None)),
            "suspensions": first(Suspension, Suspension.state == SuspensionState.draft),
            **EDITABLE,
        }.get(base, find)()
    looks_right(username, f"/{base}/edit/{key}", f"edit-{base}")


@pytest.mark.parametrize("base", sorted(FORMS - {"calendars", "tokens"}))  # those forms have buttons of their own
def test_forms_with_errors(somebody: Any, findings: Any, base: str) -> None:
    """A form sent empty tells what is missing, and its page has no other fault."""
    person = somebody(ADDS[base])
    person.open(f"/{base}/add")
    for box in person.page.locator("main select").all():
        box.select_option(index=0)
    for box in person.page.locator("main form input:visible:not([type=checkbox])").all():
        box.fill("")
    person.press("Save")
    person.page.get_by_role("alert").get_by_role("link").first.wait_for()
    assert person.page.title().startswith("Error: ")
    person.picture(f"errors-{base}")
    found = findings(person.page)
    person.page.set_viewport_size(NARROW)
    person.picture(f"errors-{base}")
    assert found + findings(person.page) == []


@pytest.mark.parametrize(("base", "flow", "name"), STEPS, ids=[f"{base}-{name}" for base, _flow, name in STEPS])
def test_steps(console: Any, looks_right: Any, base: str, flow: Any, name: str) -> None:
    """Each step as somebody who may take it, where the demo has such a record; else as it is refused."""
    step, username, key, status = flow.steps[name], "officer", 0, 403
    with console.behind():
        query = select(flow.model).order_by(flow.model.id.desc())
        if step.sources != {None}:
            query = query.where(flow.model.state.in_(step.sources))
        items = [item.id for item in db.session.scalars(query.limit(40))]
        # Where nothing stands in such a state, any record will do: the page then says why it cannot be done.
        items = items or [item.id for item in db.session.scalars(select(flow.model).limit(1))]
    for each in DECIDERS:
        with console.behind(each) as actor:
            seen = [item for pk in items if (item := db.session.get(flow.model, pk)) is not None]
            may = (item.id for item in seen if flow.refusal(name, item, actor) is None)
            key = next(may, 0)
        if key:
            username, status = each, 200
            break
    looks_right(username, f"/{base}/{key or items[0]}/{name}", f"step-{base}-{name}", status)


def test_a_refused_step(console: Any, looks_right: Any) -> None:
    with console.behind():
        key = first(Suspension, Suspension.state == SuspensionState.submitted)()
    looks_right("officer", f"/suspensions/{key}/approve", "step-refused", 403)


@pytest.mark.parametrize("name", ALONE)
def test_other_pages(console: Any, looks_right: Any, name: str) -> None:
    username, address = ALONE[name]
    with console.behind():
        address = address.format(
            partner=account("partner")(),
            officer=account("officer")(),
            visit=first(Visit)(),
            draft=first(Framework, Framework.state == FrameworkState.draft)(),
        )
    looks_right(username, address, name, int(name[-3:]) if name.startswith("error-") else 200)


def test_every_page_is_walked(console: Any) -> None:
    """A new page fails here until it is walked above."""
    # No pages: names, files, an address to go on to.
    answers = {"lookup", "open", "export", "template", "static", "", "back", "feed"}
    pages = {
        rule.endpoint
        for rule in console.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint.partition(".")[2] not in answers
        and not rule.endpoint.startswith("api.")  # for programs
    }
    urls = console.app.url_map.bind("localhost")
    walked = {"HomeView.index", "SignInView.login", "LocaleView.index"}
    for address in [
        *(f"/{base}/list/" for base in RECORDS),
        *(f"/{base}/show/1" for base in RECORDS),
        *(f"/{base}/as-at/1" for base in PAST),
        *(f"/{base}/add" for base in FORMS),
        *(f"/{base}/edit/1" for base in FILLED),
        *(f"/{base}/1/{name}" for base, _flow, name in STEPS),
        *(
            address.partition("?")[0].format(partner=1, officer=1, visit=1, draft=1)
            for _user, address in ALONE.values()
        ),
    ]:
        walked.add(urls.match(address)[0])
    assert pages - walked == set()
