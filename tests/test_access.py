"""Who may open which address: every route, every role, spelled out (domain section 1)."""

import datetime as dt
import hashlib
import re
from typing import Any

import pytest
from areas import AREAS, SCREENS
from flask import Flask
from flask.testing import FlaskClient
from world import NOW, World

from models import db
from models.documents import Letter
from models.framework import RestrictionEffect
from models.providers import Contact, ContactKind, ContactNote, NoteChannel, Provider, Service
from models.suspensions import Suspension, SuspensionVariation
from workflows import actor as actors
from workflows import providers, suspensions, visits
from workflows.access import Role

# Columns: officer, manager, head, director, partner, contributor, provider, care_manager, auditor, administrator,
# and anybody who has not signed in. 200 opens; 302 is done, or leads to the sign-in page; 403 is not for this role;
# 404 is not there, or not theirs to see. An empty form is shown again with what it lacks. Braces stand for a record:
# `own` belongs to the provider whose manager signs in, `other` does not.
ROLES = {
    "off": "officer",
    "man": "manager",
    "hea": "head",
    "dir": "director",
    "par": "partner",
    "con": "contributor",
    "pro": "provider",
    "car": "care_manager",
    "aud": "auditor",
    "adm": "administrator",
    "any": "anonymous",
}
GRID = """
                                                      off man hea dir par con pro car aud adm any
GET  /                                                200 200 200 200 200 200 200 200 200 200 302
GET  /services/list/                                  200 200 200 200 200 200 200 200 200 403 302
GET  /services/lookup                                 200 200 200 200 200 200 200 200 200 403 302
GET  /services/show/{own_service}                     200 200 200 200 200 200 200 200 200 403 302
GET  /services/show/{other_service}                   200 200 200 200 200 200 404 200 200 403 302
GET  /services/as-at/{own_service}                    200 200 200 200 403 403 403 403 200 403 302
GET  /services/edit/{own_service}                     200 200 403 403 403 403 403 403 403 403 302
POST /services/edit/{own_service}                     200 200 403 403 403 403 403 403 403 403 302
GET  /services/{own_service}/allocate                 403 200 403 403 403 403 403 403 403 403 302
POST /services/{own_service}/allocate                 403 200 403 403 403 403 403 403 403 403 302
GET  /services/{own_service}/request_mdt              200 200 403 403 403 403 200 403 403 403 302
POST /services/{own_service}/request_mdt              200 200 403 403 403 403 200 403 403 403 302
GET  /services/{own_service}/merge_into               403 200 403 403 403 403 403 403 403 403 302
POST /services/{own_service}/merge_into               403 200 403 403 403 403 403 403 403 403 302
GET  /parts/list/                                     200 200 200 200 200 200 200 200 200 403 302
GET  /parts/lookup                                    200 200 200 200 200 200 200 200 200 403 302
GET  /parts/show/{own_part}                           200 200 200 200 200 200 200 200 200 403 302
GET  /parts/show/{other_part}                         200 200 200 200 200 200 404 200 200 403 302
GET  /parts/as-at/{own_part}                          200 200 200 200 403 403 403 403 200 403 302
GET  /parts/add                                       200 200 403 403 403 403 403 403 403 403 302
POST /parts/add                                       200 200 403 403 403 403 403 403 403 403 302
GET  /parts/edit/{own_part}                           200 200 403 403 403 403 403 403 403 403 302
POST /parts/edit/{own_part}                           200 200 403 403 403 403 403 403 403 403 302
GET  /providers/list/                                 200 200 200 200 200 200 200 200 200 403 302
GET  /providers/lookup                                200 200 200 200 200 200 200 200 200 403 302
GET  /providers/show/{own_provider}                   200 200 200 200 200 200 200 200 200 403 302
GET  /providers/show/{other_provider}                 200 200 200 200 200 200 404 200 200 403 302
GET  /contacts/list/                                  200 200 200 200 403 403 200 403 200 403 302
GET  /contacts/lookup                                 200 200 200 200 403 403 200 403 200 403 302
GET  /contacts/show/{own_contact}                     200 200 200 200 403 403 200 403 200 403 302
GET  /contacts/show/{other_contact}                   200 200 200 200 403 403 404 403 200 403 302
GET  /contacts/as-at/{own_contact}                    200 200 200 200 403 403 403 403 200 403 302
GET  /contacts/add                                    200 200 403 403 403 403 403 403 403 403 302
POST /contacts/add                                    200 200 403 403 403 403 403 403 403 403 302
GET  /contacts/edit/{own_contact}                     200 200 403 403 403 403 403 403 403 403 302
POST /contacts/edit/{own_contact}                     200 200 403 403 403 403 403 403 403 403 302
GET  /contact-notes/list/                             200 200 200 200 403 403 403 403 200 403 302
GET  /contact-notes/show/{note}                       200 200 200 200 403 403 403 403 200 403 302
GET  /contact-notes/as-at/{note}                      200 200 200 200 403 403 403 403 200 403 302
GET  /contact-notes/add                               200 200 403 403 403 403 403 403 403 403 302
POST /contact-notes/add                               200 200 403 403 403 403 403 403 403 403 302
GET  /contact-notes/edit/{note}                       200 200 403 403 403 403 403 403 403 403 302
POST /contact-notes/edit/{note}                       200 200 403 403 403 403 403 403 403 403 302
GET  /visits/list/                                    200 200 200 200 200 200 200 403 200 403 302
GET  /visits/show/{planned}                           200 200 200 200 404 404 404 403 200 403 302
GET  /visits/show/{published_own}                     200 200 200 200 200 200 200 403 200 403 302
GET  /visits/show/{published_other}                   200 200 200 200 200 200 404 403 200 403 302
GET  /visits/as-at/{planned}                          200 200 200 200 404 404 404 403 200 403 302
GET  /visits/as-at/{published_own}                    200 200 200 200 403 403 403 403 200 403 302
GET  /visits/add                                      200 200 403 403 403 403 403 403 403 403 302
POST /visits/add                                      200 200 403 403 403 403 403 403 403 403 302
GET  /visits/edit/{planned}                           200 200 403 403 403 403 403 403 403 403 302
POST /visits/edit/{planned}                           200 200 403 403 403 403 403 403 403 403 302
GET  /visits/{planned}/request_authorisation          200 200 403 403 404 404 404 403 403 403 302
POST /visits/{planned}/request_authorisation          200 200 403 403 404 404 404 403 403 403 302
GET  /visits/{awaiting}/withdraw_request              200 200 403 403 404 404 404 403 403 403 302
POST /visits/{awaiting}/withdraw_request              302 302 403 403 404 404 404 403 403 403 302
GET  /visits/{awaiting}/authorise                     403 403 200 403 404 404 404 403 403 403 302
POST /visits/{awaiting}/authorise                     403 403 302 403 404 404 404 403 403 403 302
GET  /visits/{awaiting}/refuse_authorisation          403 403 200 403 404 404 404 403 403 403 302
POST /visits/{awaiting}/refuse_authorisation          403 403 200 403 404 404 404 403 403 403 302
GET  /visits/{plain}/schedule                         200 200 403 403 404 404 404 403 403 403 302
POST /visits/{plain}/schedule                         200 200 403 403 404 404 404 403 403 403 302
GET  /visits/{scheduled}/reschedule                   200 200 403 403 404 404 404 403 403 403 302
POST /visits/{scheduled}/reschedule                   200 200 403 403 404 404 404 403 403 403 302
GET  /visits/{scheduled}/hand_over                    403 200 403 403 404 404 404 403 403 403 302
POST /visits/{scheduled}/hand_over                    403 200 403 403 404 404 404 403 403 403 302
GET  /visits/{scheduled}/begin                        200 200 403 403 404 404 404 403 403 403 302
POST /visits/{scheduled}/begin                        200 200 403 403 404 404 404 403 403 403 302
GET  /visits/{scheduled}/cancel                       200 200 403 403 404 404 404 403 403 403 302
POST /visits/{scheduled}/cancel                       200 200 403 403 404 404 404 403 403 403 302
GET  /visits/{under_way}/write_up                     200 200 403 403 404 404 404 403 403 403 302
POST /visits/{under_way}/write_up                     200 200 403 403 404 404 404 403 403 403 302
GET  /visits/{under_way}/abandon                      200 200 403 403 404 404 404 403 403 403 302
POST /visits/{under_way}/abandon                      200 200 403 403 404 404 404 403 403 403 302
GET  /visits/{written_up}/publish                     200 200 403 403 404 404 404 403 403 403 302
POST /visits/{written_up}/publish                     302 302 403 403 404 404 404 403 403 403 302
GET  /visits/{published_own}/correct                  200 200 403 403 403 403 403 403 403 403 302
POST /visits/{published_own}/correct                  200 200 403 403 403 403 403 403 403 403 302
GET  /suspensions/list/                               200 200 200 200 403 403 403 403 200 403 302
GET  /suspensions/show/{draft}                        200 200 200 200 403 403 403 403 200 403 302
GET  /suspensions/show/{in_force}                     200 200 200 200 403 403 403 403 200 403 302
GET  /suspensions/as-at/{draft}                       200 200 200 200 403 403 403 403 200 403 302
GET  /suspensions/add                                 200 200 403 403 403 403 403 403 403 403 302
POST /suspensions/add                                 200 200 403 403 403 403 403 403 403 403 302
GET  /suspensions/edit/{draft}                        200 200 200 403 403 403 403 403 403 403 302
POST /suspensions/edit/{draft}                        200 200 200 403 403 403 403 403 403 403 302
GET  /suspensions/{draft}/submit                      200 200 403 403 403 403 403 403 403 403 302
POST /suspensions/{draft}/submit                      302 302 403 403 403 403 403 403 403 403 302
GET  /suspensions/{draft}/withdraw                    403 200 403 403 403 403 403 403 403 403 302
POST /suspensions/{draft}/withdraw                    403 200 403 403 403 403 403 403 403 403 302
GET  /suspensions/{submitted}/return                  403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{submitted}/return                  403 403 200 403 403 403 403 403 403 403 302
GET  /suspensions/{submitted}/approve                 403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{submitted}/approve                 403 403 302 403 403 403 403 403 403 403 302
GET  /suspensions/{submitted}/decline                 403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{submitted}/decline                 403 403 200 403 403 403 403 403 403 403 302
GET  /suspensions/{in_force}/review                   200 200 403 403 403 403 403 403 403 403 302
POST /suspensions/{in_force}/review                   200 200 403 403 403 403 403 403 403 403 302
GET  /suspensions/{old}/record_next_steps             403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{old}/record_next_steps             403 403 200 403 403 403 403 403 403 403 302
GET  /suspensions/{in_force}/propose_variation        200 200 403 403 403 403 403 403 403 403 302
POST /suspensions/{in_force}/propose_variation        200 200 403 403 403 403 403 403 403 403 302
GET  /suspensions/{varied}/vary                       403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{varied}/vary                       403 403 302 403 403 403 403 403 403 403 302
GET  /suspensions/{varied}/refuse_variation           403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{varied}/refuse_variation           403 403 200 403 403 403 403 403 403 403 302
GET  /suspensions/{in_force}/request_lift             200 200 403 403 403 403 403 403 403 403 302
POST /suspensions/{in_force}/request_lift             200 200 403 403 403 403 403 403 403 403 302
GET  /suspensions/{lift_requested}/withdraw_lift_request 200 200 403 403 403 403 403 403 403 403 302
POST /suspensions/{lift_requested}/withdraw_lift_request 302 302 403 403 403 403 403 403 403 403 302
GET  /suspensions/{lift_requested}/refuse_lift        403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{lift_requested}/refuse_lift        403 403 200 403 403 403 403 403 403 403 302
GET  /suspensions/{lift_requested}/lift               403 403 200 403 403 403 403 403 403 403 302
POST /suspensions/{lift_requested}/lift               403 403 200 403 403 403 403 403 403 403 302
GET  /purchasing/                                     200 200 200 200 200 200 200 200 200 403 302
GET  /documents/list/                                 200 200 200 200 403 403 200 403 200 403 302
GET  /documents/show/{own_letter}                     200 200 200 200 403 403 200 403 200 403 302
GET  /documents/show/{other_letter}                   200 200 200 200 403 403 404 403 200 403 302
GET  /documents/{own_letter}/open                     200 200 200 200 403 403 200 403 200 403 302
GET  /documents/{other_letter}/open                   200 200 200 200 403 403 404 403 200 403 302
GET  /agencies/list/                                  200 200 200 200 403 403 403 403 200 200 302
GET  /agencies/lookup                                 200 200 200 200 403 403 403 403 200 200 302
GET  /agencies/show/{agency}                          200 200 200 200 403 403 403 403 200 200 302
GET  /agencies/as-at/{agency}                         200 200 200 200 403 403 403 403 200 403 302
GET  /agencies/add                                    403 403 403 403 403 403 403 403 403 200 302
POST /agencies/add                                    403 403 403 403 403 403 403 403 403 200 302
GET  /agencies/edit/{agency}                          403 403 403 403 403 403 403 403 403 200 302
POST /agencies/edit/{agency}                          403 403 403 403 403 403 403 403 403 200 302
GET  /frameworks/list/                                200 200 200 200 403 403 403 403 200 200 302
GET  /frameworks/show/{framework}                     200 200 200 200 403 403 403 403 200 200 302
GET  /waiting/mine                                    200 200 200 200 404 404 404 404 200 404 302
GET  /framework-preview/{framework}                   404 404 404 404 403 403 403 403 404 403 302
GET  /planner/                                        200 200 200 200 403 403 403 403 200 403 302
GET  /calendar/unknown.ics                            404 404 404 404 404 404 404 404 404 404 404
GET  /users/list/                                     403 403 403 403 403 403 403 403 200 200 302
GET  /users/show/{person}                             403 403 403 403 403 403 403 403 200 200 302
GET  /users/add                                       403 403 403 403 403 403 403 403 403 200 302
POST /users/add                                       403 403 403 403 403 403 403 403 403 200 302
GET  /users/edit/{person}                             403 403 403 403 403 403 403 403 403 200 302
POST /users/edit/{person}                             403 403 403 403 403 403 403 403 403 200 302
GET  /users/{person}/reset                            403 403 403 403 403 403 403 403 403 200 302
POST /users/{person}/reset                            403 403 403 403 403 403 403 403 403 302 302
GET  /users/{person}/deactivate                       403 403 403 403 403 403 403 403 403 200 302
POST /users/{person}/deactivate                       403 403 403 403 403 403 403 403 403 302 302
GET  /users/{person}/activate                         403 403 403 403 403 403 403 403 403 200 302
POST /users/{person}/activate                         403 403 403 403 403 403 403 403 403 302 302
GET  /roles/list/                                     403 403 403 403 403 403 403 403 200 200 302
GET  /help/                                           200 200 200 200 200 200 200 200 200 200 302
GET  /help/suspensions                                200 200 200 200 200 200 200 200 200 200 302
GET  /lang/en                                         302 302 302 302 302 302 302 302 302 302 302
GET  /back                                            302 302 302 302 302 302 302 302 302 302 302
GET  /static/careward.css                             200 200 200 200 200 200 200 200 200 200 200
GET  /static/appbuilder/x                             404 404 404 404 404 404 404 404 404 404 404
GET  /login/                                          200 200 200 200 200 200 200 200 200 200 200
POST /login/                                          200 200 200 200 200 200 200 200 200 200 200
GET  /password                                        200 200 200 200 200 200 200 200 200 200 302
POST /password                                        200 200 200 200 200 200 200 200 200 200 302
GET  /allocation/                                     403 200 200 200 403 403 403 403 200 403 302
GET  /allocation/{person}                             403 200 200 200 403 403 403 403 200 403 302
POST /allocation/{person}                             403 200 403 403 403 403 403 403 403 403 302
POST /deputy/{absence}                                403 403 403 403 403 403 403 403 403 403 302
POST /deputy/end                                      302 302 302 302 302 302 302 302 302 302 302
"""
LAST = "POST /logout/ 302 302 302 302 302 302 302 302 302 302 302"
"""Whoever has signed out opens no more."""


def parsed(grid: str) -> dict[str, dict[str, int]]:
    """Each line of the grid with the status code of each role."""
    heading, *lines = grid.strip().splitlines()
    columns, rows = heading.split(), {}
    for line in lines:
        method, address, *codes = line.split()
        assert len(codes) == len(columns), line
        rows[f"{method} {address}"] = {ROLES[column]: int(code) for column, code in zip(columns, codes, strict=True)}
    return rows


EXPECTED = parsed(GRID + "".join(screen.more for screen in SCREENS))
LISTS = (
    "services", "parts", "providers", "contacts", "contact-notes", "visits", "suspensions", "documents", "agencies",
    "frameworks", "users",
)  # fmt: skip
EXPECTED |= {f"GET /{plural}/export?format=csv": EXPECTED[f"GET /{plural}/list/"] for plural in LISTS}
"""Whoever may open a list takes it out, and nobody else."""
EXPECTED |= parsed(GRID.strip().splitlines()[0] + "\n" + LAST)


class Places:
    """Makes the records that the addresses of the grid point at."""

    def __init__(self, world: World) -> None:
        self.world = world
        with actors.acting(actors.system("test", NOW)):
            self.mine = db.session.query(Provider).filter_by(name="Own Care").one()
            self.own = world.service("Own House", provider=self.mine)
            self.other = world.service("Other House", provider=world.provider("Other Care"))
            case = world.suspension(self.own, "lifted")
            known: dict[str, Any] = {
                "own_service": self.own,
                "other_service": self.other,
                "own_provider": self.mine,
                "other_provider": self.other.provider,
                "own_part": world.part(self.own),
                "other_part": world.part(self.other),
                "own_contact": self.contact(self.own),
                "other_contact": self.contact(self.other),
                "note": self.note(),
                "own_letter": self.letter(case),
                "other_letter": self.letter(world.suspension(self.other, "lifted")),
                "agency": world.person("partner").agency,
                "framework": world.activity_type("focused").framework,
                "person": world.person("officer2"),
                "published_own": world.visit(self.own, "quality_monitoring", "published"),
                "published_other": world.visit(self.other, "quality_monitoring", "published"),
            }
            self.known = {name: item.id for name, item in known.items()}
            for area in AREAS.values():
                self.known |= area.places(world)
            self.standing = frozenset(self.known)

    def contact(self, service: Service) -> Contact:
        return self.world._add(
            Contact(provider_id=service.provider_id, kind=ContactKind.office, post="Office", phone="01632 960 100")
        )

    def note(self) -> ContactNote:
        with self.world.acting("officer"):
            note = ContactNote(provider_id=self.mine.id, at=NOW, channel=NoteChannel.phone, text="Rang the office.")
            db.session.add(note)
            db.session.commit()
        return note

    def letter(self, case: Suspension) -> Letter:
        return self.world._add(
            Letter(
                suspension_id=case.id,
                provider_id=case.provider_id,
                kind="decision",
                filename="letter.docx",
                content=b"bytes",
                sha256=hashlib.sha256(b"bytes").hexdigest(),
            )
        )

    def varied(self) -> Suspension:
        case = self.world.suspension(state="in_force")
        self.world._add(
            SuspensionVariation(
                suspension_id=case.id,
                kind=RestrictionEffect.no_new_purchase,
                service_id=case.service_id,
                reason="Another scope.",
                old_kind=case.kind,
                old_conditions=case.conditions,
            )
        )
        return case

    def fresh(self, name: str) -> int:
        """A record in the state that a step starts from; kept until a step moves it on."""
        world = self.world
        made = {
            "planned": lambda: world.visit(state="planned"),
            "plain": lambda: world.visit(kind="quality_monitoring", state="planned"),
            "awaiting": lambda: world.visit(state="awaiting_authorisation"),
            "scheduled": lambda: world.visit(state="scheduled"),
            "under_way": lambda: world.visit(state="under_way"),
            "written_up": lambda: world.visit(state="written_up"),
            "draft": lambda: world.suspension(state="draft"),
            "submitted": lambda: world.suspension(state="submitted"),
            "in_force": lambda: world.suspension(state="in_force"),
            "lift_requested": lambda: world.suspension(state="lift_requested"),
            "old": lambda: world.suspension(state="in_force", starts_on=dt.date(2025, 3, 4)),
            "varied": self.varied,
        }
        if name not in self.known:
            self.known[name] = made[name]().id
        return self.known[name]

    def open(self, client: FlaskClient, line: str) -> Any:
        method, template = line.split()
        found = re.search(r"\{(\w+)\}", template)
        address = template.replace(found[0], str(self.fresh(found[1]))) if found else template
        # A step is taken on the version that was read; these records have not been changed.
        data = {"version": "0"} if method == "POST" and "/edit/" not in address else None
        answer = client.open(address, method=method, data=data)
        if found and method == "POST" and answer.status_code == 302 and found[1] not in self.standing:
            del self.known[found[1]]
        return answer


@pytest.fixture
def places(world: World) -> Places:
    return Places(world)


def client_of(app: Flask, as_user: Any, role: str) -> FlaskClient:
    return app.test_client() if role == "anonymous" else as_user(role)


def path_of(line: str) -> tuple[str, str]:
    method, template = line.split()
    return method, re.sub(r"\{\w+\}", "1", template.partition("?")[0])


# --- the grid ---


@pytest.mark.parametrize("role", ROLES.values())
def test_every_address_answers_each_role_as_the_grid_says(app: Flask, as_user: Any, places: Places, role: str) -> None:
    client = client_of(app, as_user, role)
    answered = {line: places.open(client, line).status_code for line in EXPECTED}
    assert answered == {line: codes[role] for line, codes in EXPECTED.items()}


def test_the_grid_has_a_line_for_every_route_and_method(app: Flask) -> None:
    routes = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS") and not rule.endpoint.startswith("api.")  # tests/test_api_areas.py
    }
    adapter = app.url_map.bind("localhost")
    lines = {(method, adapter.match(path, method)[0]) for method, path in map(path_of, EXPECTED)}
    assert routes == lines | walked_by_area(adapter)


def walked_by_area(adapter: Any) -> set[tuple[str, str]]:
    """The routes that tests/test_areas.py walks."""
    found = set()
    for screen in SCREENS:
        addresses = ["GET list/", "GET export", "GET show/1"]
        addresses += ["GET lookup"] if screen.lookup else []
        addresses += ["GET as-at/1"] if screen.past else []
        addresses += ["GET add", "POST add"] if screen.adds else []
        addresses += ["GET edit/1", "POST edit/1"] if screen.edits else []
        addresses += [f"{verb} 1/step" for verb in ("GET", "POST")] if screen.steps is not None else []
        for line in addresses:
            method, path = line.split()
            found.add((method, adapter.match(f"/{screen.plural}/{path}", method)[0]))
    return found


def test_the_grid_has_two_lines_for_every_step(app: Flask) -> None:
    steps = {
        f"{method} /{area}/{name}"
        for area, workflow in (("visits", visits), ("suspensions", suspensions), ("services", providers))
        for name in workflow.WORKFLOW.steps
        for method in ("GET", "POST")
    }
    assert steps == {
        re.sub(r"\{\w+\}/", "", line)
        for line in EXPECTED
        if re.search(r"/(visits|suspensions|services)/\{\w+\}/", line)
    }


def test_the_grid_names_every_role() -> None:
    assert {*ROLES.values()} == {*(role.value for role in Role), "anonymous"}


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE"])
def test_no_route_takes_any_other_verb(app: Flask, verb: str) -> None:
    taking = {rule.endpoint for rule in app.url_map.iter_rules() if verb in (rule.methods or ())}
    assert not [endpoint for endpoint in taking if not (verb == "PATCH" and endpoint.startswith("api."))]


def test_a_verb_that_a_page_does_not_take_is_refused_in_words(as_user: Any) -> None:
    answer = as_user("officer").post("/services/list/")
    assert answer.status_code == 405
    assert "This address cannot be used in this way. Go back and use the buttons on the page." in answer.text


# --- who may, told to whoever may not ---


@pytest.mark.parametrize(
    ("role", "address", "sentence"),
    [
        (
            "administrator",
            "/services/list/",
            "Who may: Officer, Manager, Head of Service, Director, Partner, Contributor, Provider, Care Manager, "
            "Auditor.",
        ),
        ("head", "/parts/add", "Who may: Officer, Manager."),
        (
            "administrator",
            "/providers/list/",
            "Who may: Officer, Manager, Head of Service, Director, Partner, Contributor, Provider, Care Manager, "
            "Auditor.",
        ),
        ("partner", "/contacts/list/", "Who may: Officer, Manager, Head of Service, Director, Provider, Auditor."),
        ("director", "/contacts/add", "Who may: Officer, Manager."),
        ("provider", "/contact-notes/list/", "Who may: Officer, Manager, Head of Service, Director, Auditor."),
        (
            "care_manager",
            "/visits/list/",
            "Who may: Officer, Manager, Head of Service, Director, Partner, Contributor, Provider, Auditor.",
        ),
        ("contributor", "/visits/add", "Who may: Officer, Manager."),
        ("partner", "/suspensions/list/", "Who may: Officer, Manager, Head of Service, Director, Auditor."),
        ("head", "/suspensions/add", "Who may: Officer, Manager."),
        ("auditor", "/suspensions/edit/1", "Who may: Officer, Manager, Head of Service."),
        ("partner", "/documents/list/", "Who may: Officer, Manager, Head of Service, Director, Provider, Auditor."),
        (
            "administrator",
            "/purchasing/",
            "Who may: Officer, Manager, Head of Service, Director, Partner, Contributor, Provider, Care Manager, "
            "Auditor.",
        ),
        (
            "partner",
            "/agencies/list/",
            "Who may: Officer, Manager, Head of Service, Director, Auditor, Administrator.",
        ),
        ("officer", "/agencies/add", "Who may: Administrator."),
        (
            "provider",
            "/frameworks/list/",
            "Who may: Officer, Manager, Head of Service, Director, Auditor, Administrator.",
        ),
        ("head", "/users/list/", "Who may: Auditor, Administrator."),
        ("auditor", "/users/add", "Who may: Administrator."),
        ("manager", "/users/1/reset", "Who may: Administrator."),
        ("manager", "/roles/list/", "Who may: Auditor, Administrator."),
    ],
)
def test_a_refused_page_says_who_may_open_it(as_user: Any, role: str, address: str, sentence: str) -> None:
    answer = as_user(role).get(address)
    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.text
    assert f">{sentence}<" in answer.text


@pytest.mark.parametrize("role", ["partner", "provider", "care_manager"])
def test_a_refused_history_says_who_may_read_it(as_user: Any, places: Places, role: str) -> None:
    answer = places.open(as_user(role), "GET /services/as-at/{own_service}")
    assert answer.status_code == 403
    assert "Who may: Officer, Manager, Head of Service, Director, Auditor." in answer.text


def test_a_refused_step_says_who_may_take_it_and_by_which_rule(as_user: Any, places: Places) -> None:
    answer = places.open(as_user("officer"), "POST /suspensions/{submitted}/approve")
    assert answer.status_code == 403
    assert "Your role may not do this." in answer.text
    assert "Who may: Head of Service: Test Head, Test Head2." in answer.text
    assert "Rule: XX." in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/services/list/",
        "/suspensions/show/1",
        "/users/list/",
        "/documents/1/open",
        "/visits/1/publish",
        "/purchasing/",
    ],
)
def test_whoever_has_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.location == f"/login/?next=http://localhost{address}"


# --- forms that were not ours ---

POSTS = [line for line in EXPECTED if line.startswith("POST")]


@pytest.mark.parametrize("role", ["officer", "administrator", "partner"])
def test_a_form_without_its_token_is_refused_everywhere(
    app: Flask, as_user: Any, places: Places, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    client = as_user(role)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answers = {line: places.open(client, line) for line in POSTS}
    assert {line: answer.status_code for line, answer in answers.items()} == dict.fromkeys(POSTS, 400)
    sentence = (
        "It was open for too long, or meanwhile you signed in again or changed for whom you act. "
        "Go back, open it anew, and send it again."
    )
    assert [line for line, answer in answers.items() if sentence not in answer.text] == []


def test_a_form_with_its_token_is_taken(
    app: Flask, as_user: Any, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user("officer")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    address = f"/visits/{places.fresh('written_up')}/publish"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert token is not None
    assert client.post(address, data={"csrf_token": token[1], "version": "0"}).status_code == 302
