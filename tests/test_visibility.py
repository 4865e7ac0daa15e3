"""Which rows each role meets, by every path there is: a row that they may see, and one that they may not."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from areas import AREAS
from flask import Flask
from programs import program
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload, subqueryload
from world import NOW, World

import app as composition
from models import db
from models.documents import Letter, LetterKind
from models.framework import ActivityType, ApprovalRule, Clock, Framework, RestrictionEffect, RestrictionKind, Trigger
from models.ledger import LedgerEntry, LedgerSeal
from models.people import Agency
from models.providers import (
    Contact,
    ContactKind,
    ContactNote,
    LinkKind,
    NoteChannel,
    Provider,
    Rating,
    RegisterImport,
    RegisterLink,
    Service,
)
from models.suspensions import ReviewKind, SuspensionReview, SuspensionVariation
from models.visits import VisitReport
from workflows import actor as actors
from workflows import ledger, visibility
from workflows.access import Role
from workflows.gate import Refused

COUNCIL = "officer manager head director auditor"
READERS = f"{COUNCIL} partner contributor care_manager"
EVERYBODY = f"{READERS} provider administrator"

# What each row is, and who meets it: everybody else meets nothing. `own` belongs to the provider that signs in.
SEEN_BY = {
    "own provider": f"{READERS} provider",
    "other provider": READERS,
    "own service": f"{READERS} provider",
    "other service": READERS,
    "own part": f"{READERS} provider",
    "other part": READERS,
    "own rating": f"{READERS} provider",
    "other rating": READERS,
    "own link": f"{READERS} provider",
    "other link": READERS,
    "own contact": f"{COUNCIL} provider",
    "other contact": COUNCIL,
    "note on own service": COUNCIL,
    "own planned visit": COUNCIL,
    "own visit awaiting authorisation": COUNCIL,
    "own scheduled visit": COUNCIL,
    "own visit under way": COUNCIL,
    "own visit written up": COUNCIL,
    "own cancelled visit": COUNCIL,
    "own published visit": f"{COUNCIL} partner contributor provider",
    "other published visit": f"{COUNCIL} partner contributor",
    "report written up": COUNCIL,
    "own published report": f"{COUNCIL} partner contributor provider",
    "other published report": f"{COUNCIL} partner contributor",
    "own draft suspension": COUNCIL,
    "own suspension in force": COUNCIL,
    "own suspension lifted": COUNCIL,
    "review": COUNCIL,
    "variation": COUNCIL,
    "own letter": f"{COUNCIL} provider",
    "other letter": COUNCIL,
    "ledger entry": COUNCIL,
    "ledger seal": COUNCIL,
    "register import": COUNCIL,
    "agency": f"{COUNCIL} administrator",
    "framework": f"{COUNCIL} administrator",
    "approval rule": f"{COUNCIL} administrator",
    "clock": f"{COUNCIL} administrator",
    "trigger": f"{COUNCIL} administrator",
    "activity type": EVERYBODY,
    "restriction kind": EVERYBODY,
}
for area in AREAS.values():
    SEEN_BY |= area.seen
NOBODY, WITHOUT_ROLE = "nobody", "without a role"
WHO = [*EVERYBODY.split(), NOBODY, WITHOUT_ROLE]


class Rows:
    """One record for each line above, each with a name that stands nowhere else."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.keys: dict[str, tuple[type[Any], int]] = {}
        with actors.acting(actors.system("test", NOW)):
            mine = db.session.query(Provider).filter_by(name="Own Care").one()
            theirs = world.provider("Thornbury Care")
            own, other = world.service("Ownhouse", provider=mine), world.service("Thornhouse", provider=theirs)
            self.keep("own provider", mine)
            self.keep("other provider", theirs)
            self.keep("own service", own)
            self.keep("other service", other)
            for whose, service in (("own", own), ("other", other)):
                self.keep(f"{whose} part", world.part(service, f"{whose}wing"))
                self.keep(f"{whose} rating", world._add(Rating(service_id=service.id, source_key="1")))
                link = RegisterLink(service_id=service.id, kind=LinkKind.predecessor, related_id="1-1")
                self.keep(f"{whose} link", world._add(link))
                self.keep(f"{whose} contact", world._add(_contact(service, f"{whose}desk")))
            self.visits(own, other)
            self.suspensions(own, other)
            self.others(folder)
            for area in AREAS.values():
                for name, item in area.rows(world, own, other).items():
                    self.keep(name, item)
        with world.acting("officer"):
            note = ContactNote(
                provider_id=mine.id, service_id=own.id, at=NOW, channel=NoteChannel.phone, text="Murmuration"
            )
            db.session.add(note)
            db.session.commit()
            self.keep("note on own service", note)
            entry = select(LedgerEntry).where(
                LedgerEntry.record_type == "contact_note", LedgerEntry.record_id == note.id
            )
            self.keep("ledger entry", db.session.scalars(entry).one())
        self.own, self.other = own.id, other.id
        db.session.remove()

    def keep(self, name: str, item: Any) -> Any:
        self.keys[name] = (type(item), item.id)
        return item

    def visits(self, own: Service, other: Service) -> None:
        world, kind = self.world, "quality_monitoring"
        for name, state in {
            "own planned visit": "planned",
            "own visit awaiting authorisation": "awaiting_authorisation",
            "own scheduled visit": "scheduled",
            "own visit under way": "under_way",
            "own visit written up": "written_up",
            "own cancelled visit": "cancelled",
            "own published visit": "published",
        }.items():
            self.keep(name, world.visit(own, kind, state, reason=f"Because {state}."))
        self.keep("other published visit", world.visit(other, kind, "published"))
        for name, visit in {
            "report written up": "own visit written up",
            "own published report": "own published visit",
            "other published report": "other published visit",
        }.items():
            report = VisitReport(visit_id=self.keys[visit][1], number=1, findings=f"Found: {name}.")
            self.keep(name, world._add(report))

    def suspensions(self, own: Service, other: Service) -> None:
        world = self.world
        draft = world.suspension(own, "draft", grounds="Quicksilver")
        in_force = world.suspension(own, "in_force", grounds="Marmalade")
        self.keep("own draft suspension", draft)
        self.keep("own suspension in force", in_force)
        self.keep("own suspension lifted", world.suspension(own, "lifted"))
        review = SuspensionReview(
            suspension_id=in_force.id, kind=ReviewKind.review, on=NOW.date(), still_needed=True, risks="Fewer."
        )
        self.keep("review", world._add(review))
        variation = SuspensionVariation(
            suspension_id=in_force.id,
            kind=RestrictionEffect.voluntary,
            reason="Agreed.",
            old_kind=RestrictionEffect.no_new_purchase,
            old_conditions="",
        )
        self.keep("variation", world._add(variation))
        self.keep("own letter", world._add(_letter(in_force, "ownletter.docx")))
        lifted = world.suspension(other, "lifted")
        self.keep("other letter", world._add(_letter(lifted, "otherletter.docx")))

    def others(self, folder: Path) -> None:
        ledger.seal(db.session, actors.system("test", NOW), "key", folder / "seals")
        for name, model in {
            "ledger seal": LedgerSeal,
            "agency": Agency,
            "framework": Framework,
            "approval rule": ApprovalRule,
            "clock": Clock,
            "trigger": Trigger,
            "activity type": ActivityType,
            "restriction kind": RestrictionKind,
        }.items():
            self.keep(name, db.session.scalars(select(model).limit(1)).one())
        self.keep("register import", self.world._add(RegisterImport(source="cqc", sha256="0" * 64)))

    def seen(self, who: str, look: Any) -> set[str]:
        """The rows that this way of looking finds, as this actor, in a session that holds nothing yet."""
        actor = None if who == NOBODY else self.actor(who)
        found = set()
        with actors.acting(actor):
            for name, (model, key) in self.keys.items():
                db.session.expunge_all()
                if look(model, key):
                    found.add(name)
        return found

    def actor(self, who: str) -> actors.Actor:
        if who == WITHOUT_ROLE:
            return actors.Actor(roles=frozenset(), now=NOW, person_id=self.world.person("officer").id)
        return self.world.actor(who)


def _contact(service: Service, post: str) -> Contact:
    return Contact(provider_id=service.provider_id, kind=ContactKind.office, post=post, phone="01632 960 100")


def _letter(case: Any, filename: str) -> Letter:
    return Letter(
        suspension_id=case.id,
        provider_id=case.provider_id,
        kind=LetterKind.decision,
        filename=filename,
        content=b"bytes",
        sha256=hashlib.sha256(b"bytes").hexdigest(),
    )


@pytest.fixture
def rows(world: World, tmp_path: Path) -> Rows:
    return Rows(world, tmp_path)


def expected(who: str) -> set[str]:
    return {name for name, roles in SEEN_BY.items() if who in roles.split()}


# --- every way of asking the database ---


def by_get(model: Any, key: int) -> bool:
    return db.session.get(model, key) is not None


def by_select(model: Any, key: int) -> bool:
    return db.session.scalars(select(model).where(model.id == key)).first() is not None


def by_column(model: Any, key: int) -> bool:
    return db.session.execute(select(model.id).where(model.id == key)).first() is not None


def by_query(model: Any, key: int) -> bool:
    return db.session.query(model).filter_by(id=key).count() == 1


def by_count(model: Any, key: int) -> bool:
    return bool(db.session.scalar(select(func.count(model.id)).where(model.id == key)))


def by_count_of_a_subquery(model: Any, key: int) -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(select(model).where(model.id == key).subquery())))


def by_alias(model: Any, key: int) -> bool:
    other = aliased(model)
    return db.session.scalars(select(other).where(other.id == key)).first() is not None


def by_join_of_an_alias(model: Any, key: int) -> bool:
    other = aliased(model)
    return (
        db.session.execute(select(model.id).join(other, other.id == model.id).where(model.id == key)).first()
        is not None
    )


def by_exists(model: Any, key: int) -> bool:
    return bool(db.session.scalar(select(exists(select(model.id).where(model.id == key)))))


def by_subquery_in_where(model: Any, key: int) -> bool:
    inner = select(model.id).where(model.id == key)
    return db.session.scalar(select(func.count(ActivityType.id)).where(exists(inner))) != 0


@pytest.mark.parametrize("who", WHO)
def test_every_way_of_asking_finds_the_rows_that_the_actor_may_see(rows: Rows, who: str) -> None:
    ways = [
        by_get, by_select, by_column, by_query, by_count, by_count_of_a_subquery, by_alias, by_join_of_an_alias,
    ]  # fmt: skip
    assert {way.__name__: rows.seen(who, way) for way in ways} == {way.__name__: expected(who) for way in ways}


@pytest.mark.parametrize("who", ["officer", "partner", "contributor", "provider", "care_manager", "administrator"])
def test_a_subquery_finds_no_more(rows: Rows, who: str) -> None:
    assert rows.seen(who, by_subquery_in_where) == expected(who)
    assert rows.seen(who, by_exists) == expected(who)


@pytest.mark.parametrize("who", [NOBODY, WITHOUT_ROLE])
def test_without_an_actor_or_a_role_there_are_no_rows_at_all(rows: Rows, who: str) -> None:
    with actors.acting(None if who == NOBODY else rows.actor(who)):
        counts = {model.__name__: db.session.scalar(select(func.count(model.id))) for model, _key in rows.keys.values()}
    names = """
        ActivityType Agency ApprovalRule Clock Contact ContactNote Framework LedgerEntry LedgerSeal Letter OutboxMessage
        Provider Rating RegisterImport RegisterLink RestrictionKind Service ServicePart Suspension SuspensionReview
        SuspensionVariation Trigger Visit VisitReport
    """
    assert set(names.split()) <= set(counts)
    assert counts == dict.fromkeys(counts, 0)


def test_an_unknown_role_gives_nothing(rows: Rows) -> None:
    person = rows.world.person("officer")
    with actors.acting(actors.system("test", NOW)):
        person.roles[0].name = "inspector"
        actor = actors.actor_for(person, NOW)
        db.session.rollback()
    assert actor.roles == frozenset()


# --- relations: one row that is theirs leads to rows that are not ---

# The row they start from, the relation, and what each finds at its end: how many, or whether it is there.
RELATIONS: dict[tuple[str, str], dict[str, int]] = {
    ("own provider", "services"): {"officer": 1, "partner": 1, "care_manager": 1, "provider": 1},
    ("own provider", "contacts"): {"officer": 1, "partner": 0, "care_manager": 0, "provider": 1},
    ("other provider", "contacts"): {"officer": 1, "partner": 0, "care_manager": 0},
    ("own service", "parts"): {"officer": 1, "partner": 1, "care_manager": 1, "provider": 1},
    ("own service", "ratings"): {"officer": 1, "partner": 1, "care_manager": 1, "provider": 1},
    ("own service", "links"): {"officer": 1, "partner": 1, "care_manager": 1, "provider": 1},
    ("own published visit", "reports"): {"officer": 1, "partner": 1, "provider": 1},
    ("own published visit", "service"): {"officer": 1, "partner": 1, "provider": 1},
    ("own suspension in force", "reviews"): {"officer": 1, "director": 1},
    ("own suspension in force", "variations"): {"officer": 1, "auditor": 1},
    ("own letter", "suspension"): {"officer": 1, "provider": 0},
    ("own letter", "provider"): {"officer": 1, "provider": 1},
    ("activity type", "framework"): {"officer": 1, "partner": 0, "provider": 0, "care_manager": 0},
    ("own contact", "provider"): {"officer": 1, "provider": 1},
}


@pytest.mark.parametrize("load", [lazyload, joinedload, selectinload, subqueryload])
def test_a_relation_leads_only_to_rows_that_the_actor_may_see(rows: Rows, load: Any) -> None:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for (name, relation), whose in RELATIONS.items():
        model, key = rows.keys[name]
        for who in whose:
            with actors.acting(rows.actor(who)):
                db.session.expunge_all()
                query = select(model).where(model.id == key).options(load(getattr(model, relation)))
                item = db.session.scalars(query).unique().one()
                end = getattr(item, relation)
                found.setdefault((name, relation), {})[who] = (
                    len(end) if isinstance(end, list) else int(end is not None)
                )
    assert found == RELATIONS


def test_a_relation_from_a_row_that_came_before_is_still_narrowed(rows: Rows) -> None:
    with actors.acting(rows.actor("partner")):
        provider = db.session.get(Provider, rows.keys["own provider"][1])
        assert provider is not None
        assert provider.contacts == []
        db.session.expire(provider, ["contacts"])
        assert provider.contacts == []
    with actors.acting(None):
        db.session.expire(provider, ["services"])
        assert provider.services == []


# --- every page ---

# Screen, row, what a list shows of it, and what finds it.
SCREENS: list[tuple[str, str, str, str | None]] = [
    ("providers", "own provider", "Own Care", "Own Care"),
    ("providers", "other provider", "Thornbury Care", "Thornbury"),
    ("services", "own service", "Ownhouse", "ownhouse"),
    ("services", "other service", "Thornhouse", "thornhouse"),
    ("parts", "own part", "ownwing", "ownwing"),
    ("parts", "other part", "otherwing", "otherwing"),
    ("contacts", "own contact", "owndesk", "owndesk"),
    ("contacts", "other contact", "otherdesk", "otherdesk"),
    ("contact-notes", "note on own service", "Murmuration", "murmur"),
    ("visits", "own planned visit", "Ownhouse", "because planned"),
    ("visits", "own visit written up", "Ownhouse", "because written_up"),
    ("visits", "own published visit", "Ownhouse", "Ownhouse"),
    ("visits", "other published visit", "Thornhouse", "Thornhouse"),
    ("suspensions", "own draft suspension", "Ownhouse", "quicksilver"),
    ("suspensions", "own suspension in force", "Ownhouse", "marmalade"),
    ("documents", "own letter", "ownletter.docx", "ownletter"),
    ("documents", "other letter", "otherletter.docx", "otherletter"),
    ("agencies", "agency", "Marl Valley ICB", "marl valley"),
    ("frameworks", "framework", "Halton", "halton"),
]
for area in AREAS.values():
    SCREENS += [(plural, row, "", search) for plural, row, search in area.pages]
UNFILTERED = {"state": "", "sector": "", "status": "", "now": "", "officer": "", "place": ""}
LOOKUPS = {"providers", "services", "parts", "contacts", "agencies"}
LOOKUPS |= {screen.plural for area in AREAS.values() for screen in area.screens if screen.lookup}


@pytest.mark.parametrize("who", EVERYBODY.split())
def test_every_page_shows_the_rows_that_the_role_may_see_and_no_others(
    app: Flask, rows: Rows, as_user: Any, who: str
) -> None:
    client, met = as_user(who), {}
    asker = program(app, rows.world, who)
    plurals = {plural for plural, _name, _text, _search in SCREENS}
    lists = {plural: client.get(f"/{plural}/list/", query_string=UNFILTERED).text for plural in plurals}
    for plural, name, _text, search in SCREENS:
        link = f'href="/{plural}/show/{rows.keys[name][1]}"'
        paths = {
            "list": link in lists[plural],
            "search": link in client.get(f"/{plural}/list/", query_string={"q": search, **UNFILTERED}).text,
            "page": client.get(f"/{plural}/show/{rows.keys[name][1]}").status_code == 200,
        }
        if plural in LOOKUPS:
            answer = client.get(f"/{plural}/lookup", query_string={"q": search})
            found = [each["id"] for each in json.loads(answer.text)] if answer.status_code == 200 else []
            paths["picker"] = rows.keys[name][1] in found
        if plural not in ("tokens", "absences", "calendars", "diary"):  # programs have no part in those
            answer = asker.get(f"{plural}/?limit=200&id={rows.keys[name][1]}")
            paths["api list"] = answer.status_code == 200 and len(answer.json["items"]) == 1
            paths["api one"] = asker.get(f"{plural}/{rows.keys[name][1]}").status_code == 200
        met[name] = paths
    may = expected(who)
    assert met == {name: dict.fromkeys(met[name], name in may) for _plural, name, _text, _search in SCREENS}


# What a step's address answers when the row is there for the role and when it is not.
STEPS = {
    "/visits/{own planned visit}/cancel": {
        "officer": 200, "head": 403, "director": 403, "auditor": 403, "partner": 404, "contributor": 404,
        "provider": 404, "care_manager": 403, "administrator": 403,
    },
    "/visits/{own published visit}/correct": {
        "officer": 200, "head": 403, "director": 403, "auditor": 403, "partner": 403, "contributor": 403,
        "provider": 403, "care_manager": 403, "administrator": 403,
    },
    "/visits/{other published visit}/correct": {
        "officer": 200, "head": 403, "director": 403, "auditor": 403, "partner": 403, "contributor": 403,
        "provider": 404, "care_manager": 403, "administrator": 403,
    },
    "/suspensions/{own draft suspension}/submit": {
        "officer": 200, "head": 403, "director": 403, "auditor": 403, "partner": 403, "contributor": 403,
        "provider": 403, "care_manager": 403, "administrator": 403,
    },
    "/services/{other service}/allocate": {
        "officer": 403, "manager": 200, "head": 403, "director": 403, "auditor": 403, "partner": 403,
        "contributor": 403, "provider": 404, "care_manager": 403, "administrator": 403,
    },
    "/services/edit/{other service}": {
        "officer": 200, "head": 403, "director": 403, "auditor": 403, "partner": 403, "contributor": 403,
        "provider": 403, "care_manager": 403, "administrator": 403,
    },
    "/contacts/edit/{own contact}": {
        "officer": 200, "head": 403, "director": 403, "auditor": 403, "partner": 403, "contributor": 403,
        "provider": 403, "care_manager": 403, "administrator": 403,
    },
    "/documents/{other letter}/open": {
        "officer": 200, "head": 200, "director": 200, "auditor": 200, "partner": 403, "contributor": 403,
        "provider": 404, "care_manager": 403, "administrator": 403,
    },
}  # fmt: skip


def test_the_address_of_a_step_or_form_opens_no_row_that_the_role_may_not_see(rows: Rows, as_user: Any) -> None:
    whose = sorted({who for codes in STEPS.values() for who in codes})
    answered: dict[str, dict[str, int]] = {template: {} for template in STEPS}
    for who in whose:
        client = as_user(who)
        for template, codes in STEPS.items():
            if who in codes:
                answered[template][who] = client.get(_filled(template, rows)).status_code
    assert answered == STEPS


def _filled(template: str, rows: Rows) -> str:
    before, _, rest = template.partition("{")
    name, _, after = rest.partition("}")
    return f"{before}{rows.keys[name][1]}{after}"


@pytest.mark.parametrize("who", ["partner", "contributor", "provider", "care_manager", "administrator"])
def test_a_step_posted_to_a_row_that_is_not_theirs_leaves_it_as_it_is(rows: Rows, as_user: Any, who: str) -> None:
    client = as_user(who)
    told = {"note": "Because I say so.", "findings": "None.", "correction_reason": "None."}
    answers = [
        client.post(_filled(template, rows), data=told).status_code
        for template in (
            "/visits/{own planned visit}/cancel",
            "/visits/{own visit written up}/publish",
            "/suspensions/{own draft suspension}/submit",
            "/suspensions/{own suspension in force}/request_lift",
        )
    ]
    assert {200, 302} & set(answers) == set()
    db.session.expire_all()
    with actors.acting(actors.system("test", NOW)):
        states = [
            db.session.get(*rows.keys[name]).state.value
            for name in (
                "own planned visit", "own visit written up", "own draft suspension", "own suspension in force",
            )
        ]  # fmt: skip
    assert states == ["planned", "written_up", "draft", "in_force"]


# --- what partners never meet ---

HIDDEN_WORDS = [
    "Murmuration", "Quicksilver", "Marmalade", "Because planned.", "Because published.", "Found: report written up.",
    "Medicines are not given as prescribed.",
]  # fmt: skip
HIDDEN_WORDS += [word for area in AREAS.values() for word in area.hidden]


@pytest.mark.parametrize("who", ["partner", "contributor", "care_manager", "provider"])
def test_no_page_tells_outsiders_of_drafts_notes_or_grounds(rows: Rows, as_user: Any, who: str) -> None:
    client = as_user(who)
    addresses = [
        "/", "/services/list/", "/providers/list/", "/purchasing/", "/purchasing/?show=all", "/visits/list/",
        f"/services/show/{rows.own}", f"/services/show/{rows.other}", "/parts/list/", "/documents/list/",
        *(f"/{plural}/show/{rows.keys[row][1]}" for area in AREAS.values() for plural, row, _search in area.pages),
        *(f"/{screen.plural}/list/" for area in AREAS.values() for screen in area.screens),
        f"/providers/show/{rows.keys['own provider'][1]}", f"/visits/show/{rows.keys['own published visit'][1]}",
        f"/visits/show/{rows.keys['other published visit'][1]}", "/contacts/list/",
    ]  # fmt: skip
    text = "".join(client.get(address).text for address in addresses)
    assert "Ownhouse" in text
    assert [word for word in HIDDEN_WORDS if word in text] == []
    assert "/suspensions/" not in text
    assert "/contact-notes/" not in text


def test_an_outsider_cannot_find_a_published_visit_by_why_it_was_made(rows: Rows, as_user: Any) -> None:
    link = f'href="/visits/show/{rows.keys["own published visit"][1]}"'
    assert link in as_user("officer").get("/visits/list/?state=&q=because+published").text
    for who in ("partner", "contributor", "provider"):
        assert link not in as_user(who).get("/visits/list/?state=&q=because+published").text


def test_a_partner_reads_of_a_service_only_what_is_published(rows: Rows, as_user: Any) -> None:
    page = as_user("partner").get(f"/services/show/{rows.own}").text
    hidden = [
        name for name in rows.keys if "visit" in name and name.startswith("own") and name != "own published visit"
    ]
    assert len(hidden) == 6
    assert f'/visits/show/{rows.keys["own published visit"][1]}"' in page
    assert [name for name in hidden if f'/visits/show/{rows.keys[name][1]}"' in page] == []


# --- derived facts: read by all, though they rest on rows that few may see ---


@pytest.mark.parametrize("scope", ["service", "part", "provider"])
def test_no_new_purchase_is_read_by_whoever_sees_the_service(world: World, as_user: Any, scope: str) -> None:
    service = world.service("Restricted House")
    part = world.part(service, "Rose unit")
    scopes = {
        "service": {"service_id": service.id},
        "part": {"service_id": service.id, "part_id": part.id},
        "provider": {},
    }
    world.suspension(state="in_force", provider_id=service.provider_id, **scopes[scope])
    number = service.id
    status = '<strong class="govuk-tag govuk-tag--red">No new purchase</strong>'
    told = {
        "service": status,
        "part": f'<span class="cw-note">Rose unit: {status}</span>',
        "provider": f'{status}<br><span class="cw-note">all services of this provider</span>',
    }[scope]
    for who in ("partner", "contributor", "care_manager", "officer", "director"):
        client = as_user(who)
        assert told in client.get("/purchasing/").text
        assert told in client.get("/services/list/?purchasing=restricted").text
        assert told in client.get(f"/services/show/{number}").text
        assert told in client.get("/services/list/").text
        assert "Restricted House" not in client.get("/services/list/?purchasing=normal").text


def test_a_provider_reads_the_status_of_its_own_services(world: World, as_user: Any, rows: Rows) -> None:
    client = as_user("provider")
    told = '<strong class="govuk-tag govuk-tag--red">No new purchase</strong>'
    assert told in client.get(f"/services/show/{rows.own}").text
    assert told in client.get("/purchasing/").text
    assert told in client.get("/").text


@pytest.mark.parametrize("who", ["partner", "care_manager"])
def test_a_lift_that_is_only_asked_for_still_reads_no_new_purchase(world: World, as_user: Any, who: str) -> None:
    service = world.service("Waiting House")
    world.suspension(service, "lift_requested")
    number = service.id
    client = as_user(who)
    assert "No new purchase" in client.get(f"/services/show/{number}").text
    assert "Waiting House" in client.get("/purchasing/").text


@pytest.mark.parametrize("state", ["draft", "submitted", "declined", "withdrawn", "lifted"])
def test_what_is_not_in_force_restricts_nothing(world: World, as_user: Any, state: str) -> None:
    service = world.service("Open House")
    world.suspension(service, state)
    number = service.id
    client = as_user("care_manager")
    assert "Purchase as normal" in client.get(f"/services/show/{number}").text
    assert "Open House" not in client.get("/purchasing/").text


# --- pointing at a row that one may not see ---


@pytest.fixture
def hidden(world: World, narrowed: Any) -> Service:
    """A service that officers may not see, as a rule of some later day might have it."""
    service = world.service("Hidden House")
    number = service.id
    narrowed(Service, lambda actor: Service.id != number)
    return service


def test_a_record_cannot_point_at_a_row_that_its_author_may_not_see(world: World, hidden: Service) -> None:
    provider, service = hidden.provider_id, hidden.id
    with world.acting("officer"):
        note = ContactNote(provider_id=provider, service_id=service, at=NOW, channel=NoteChannel.phone, text="Rang.")
        db.session.add(note)
        with pytest.raises(Refused) as refused:
            db.session.flush()
    db.session.rollback()
    assert refused.value.sentence == "One of the records that this points to is not there, or not yours to see."


@pytest.mark.parametrize("typed", ["Hidden House", "#{id}", "Hidden"])
def test_a_form_does_not_take_a_row_that_its_author_may_not_see(as_user: Any, hidden: Service, typed: str) -> None:
    provider, service = hidden.provider_id, hidden.id
    client = as_user("officer")
    told = {
        "provider_id": f"#{provider}",
        "service_id": typed.format(id=service),
        "at": "2026-03-04 10:00",
        "channel": "phone",
        "text": "Rang.",
    }
    answer = client.post("/contact-notes/add", data=told)
    assert answer.status_code in (200, 302)
    with actors.acting(actors.system("test", NOW)):
        pointing = db.session.scalar(select(func.count(ContactNote.id)).where(ContactNote.service_id == service))
    assert pointing == 0
    assert "Hidden House" not in client.get("/services/lookup?q=Hidden").text
    assert "Hidden House" not in client.get(f"/contact-notes/add?service_id={service}").text


def test_a_record_cannot_point_at_a_row_that_is_not_there(world: World) -> None:
    provider = world.provider().id
    with world.acting("officer"):
        db.session.add(
            ContactNote(provider_id=provider, service_id=999999, at=NOW, channel=NoteChannel.phone, text="Rang.")
        )
        with pytest.raises(Refused):
            db.session.flush()
    db.session.rollback()


# --- no rule, no start ---


def test_a_model_without_a_rule_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(visibility.GOVERNED, Letter)
    with pytest.raises(RuntimeError, match="no visibility rule for: Letter"):
        composition.create_app({"SECRET_KEY": "only for tests", "CAREWARD_INSTANCE": tmp_path})


def test_every_governed_model_stands_in_the_table_above(rows: Rows) -> None:
    assert {model for model, _key in rows.keys.values()} == set(visibility.GOVERNED)
    assert set(rows.keys) == set(SEEN_BY)
    assert set(EVERYBODY.split()) == {role.value for role in Role}
