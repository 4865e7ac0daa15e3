"""The REST API answers each role, in each area, as its screens do: by the literal tables of tests/support/areas."""

import re
from typing import Any

import pytest
from areas import SCREENS, Screen
from flask import Flask
from programs import Program, program
from world import NOW, World

from models import db
from models.documents import Letter, LetterKind
from models.providers import Contact, ContactKind, ContactNote, NoteChannel, Provider
from workflows import actor as actors
from workflows.access import Role

ROLES = [role.value for role in Role]
WITHOUT = {"absences", "calendars", "diary", "tokens"}
"""Screens that programs have no part in."""
ASKED = [screen for screen in SCREENS if screen.plural not in WITHOUT]

# The areas that have no table of their own. Columns: officer, manager, head, director, partner, contributor, provider,
# care_manager, auditor, administrator. What is sent is empty, on the version that the record has: 200 and 201 are
# done; 403 is not for this role; 404 is not there, or not theirs to see; 422 lacks something that must be sent.
# Braces stand for a record; `own` belongs to the provider whose manager asks, `other` does not.
GRID = """
                                                  off man hea dir par con pro car aud adm
GET   services/                                   200 200 200 200 200 200 200 200 200 403
GET   services/{own_service}                      200 200 200 200 200 200 200 200 200 403
GET   services/{other_service}                    200 200 200 200 200 200 404 200 200 403
PATCH services/{own_service}                      200 200 403 403 403 403 403 403 403 403
GET   services/{own_service}/steps                200 200 200 200 200 200 200 200 200 403
POST  services/{own_service}/steps/allocate       403 422 403 403 403 403 403 403 403 403
GET   parts/                                      200 200 200 200 200 200 200 200 200 403
GET   parts/{own_part}                            200 200 200 200 200 200 200 200 200 403
GET   parts/{other_part}                          200 200 200 200 200 200 404 200 200 403
POST  parts/                                      422 422 403 403 403 403 403 403 403 403
PATCH parts/{own_part}                            200 200 403 403 403 403 403 403 403 403
GET   providers/                                  200 200 200 200 200 200 200 200 200 403
GET   providers/{own_provider}                    200 200 200 200 200 200 200 200 200 403
GET   providers/{other_provider}                  200 200 200 200 200 200 404 200 200 403
GET   contacts/                                   200 200 200 200 403 403 200 403 200 403
GET   contacts/{own_contact}                      200 200 200 200 403 403 200 403 200 403
GET   contacts/{other_contact}                    200 200 200 200 403 403 404 403 200 403
POST  contacts/                                   422 422 403 403 403 403 403 403 403 403
PATCH contacts/{own_contact}                      200 200 403 403 403 403 403 403 403 403
GET   contact-notes/                              200 200 200 200 403 403 403 403 200 403
GET   contact-notes/{note}                        200 200 200 200 403 403 403 403 200 403
POST  contact-notes/                              422 422 403 403 403 403 403 403 403 403
PATCH contact-notes/{note}                        200 200 403 403 403 403 403 403 403 403
GET   visits/                                     200 200 200 200 200 200 200 403 200 403
GET   visits/{planned}                            200 200 200 200 404 404 404 403 200 403
GET   visits/{published_own}                      200 200 200 200 200 200 200 403 200 403
GET   visits/{published_other}                    200 200 200 200 200 200 404 403 200 403
POST  visits/                                     422 422 403 403 403 403 403 403 403 403
PATCH visits/{planned}                            200 200 403 403 403 403 403 403 403 403
GET   visits/{planned}/steps                      200 200 200 200 404 404 404 403 200 403
POST  visits/{planned}/steps/schedule             403 403 403 403 404 404 404 403 403 403
POST  visits/{planned}/steps/cancel               422 422 403 403 404 404 404 403 403 403
POST  visits/{published_own}/steps/correct        422 422 403 403 403 403 403 403 403 403
GET   suspensions/                                200 200 200 200 403 403 403 403 200 403
GET   suspensions/{draft}                         200 200 200 200 403 403 403 403 200 403
POST  suspensions/                                422 422 403 403 403 403 403 403 403 403
PATCH suspensions/{draft}                         200 200 200 403 403 403 403 403 403 403
GET   suspensions/{draft}/steps                   200 200 200 200 403 403 403 403 200 403
POST  suspensions/{submitted}/steps/decline       403 403 422 403 403 403 403 403 403 403
GET   documents/                                  200 200 200 200 403 403 200 403 200 403
GET   documents/{own_letter}                      200 200 200 200 403 403 200 403 200 403
GET   documents/{other_letter}                    200 200 200 200 403 403 404 403 200 403
GET   agencies/                                   200 200 200 200 403 403 403 403 200 200
GET   agencies/{agency}                           200 200 200 200 403 403 403 403 200 200
POST  agencies/                                   403 403 403 403 403 403 403 403 403 422
PATCH agencies/{agency}                           403 403 403 403 403 403 403 403 403 200
GET   frameworks/                                 200 200 200 200 403 403 403 403 200 200
GET   frameworks/{framework}                      200 200 200 200 403 403 403 403 200 200
GET   users/                                      403 403 403 403 403 403 403 403 200 200
GET   users/{person}                              403 403 403 403 403 403 403 403 200 200
GET   openapi.json                                200 200 200 200 200 200 200 200 200 200
"""
LINES = GRID.strip().splitlines()[1:]
EXPECTED = {
    f"{line.split()[0]} {line.split()[1]}": dict(zip(ROLES, map(int, line.split()[2:]), strict=True)) for line in LINES
}


@pytest.fixture
def places(world: World) -> dict[str, int]:
    """The records that the lines above name."""
    mine = world.person("provider").provider_id
    with world.acting("officer2"):
        note = ContactNote(provider_id=mine, at=NOW, channel=NoteChannel.phone, text="Rang.")
        db.session.add(note)
        db.session.commit()
    with actors.acting(actors.system("test", NOW)):
        own = world.service("Own House", provider=db.session.get(Provider, mine))
        other = world.service("Other House")
        told = {
            "own_service": own,
            "other_service": other,
            "own_provider": own.provider,
            "other_provider": other.provider,
            "own_part": world.part(own),
            "other_part": world.part(other),
            "own_contact": contact(world, own),
            "other_contact": contact(world, other),
            "note": note,
            "planned": world.visit(state="planned"),
            "published_own": world.visit(own, "quality_monitoring", "published"),
            "published_other": world.visit(other, "quality_monitoring", "published"),
            "draft": world.suspension(state="draft"),
            "submitted": world.suspension(state="submitted"),
            "own_letter": letter(world, world.suspension(own, "lifted")),
            "other_letter": letter(world, world.suspension(other, "lifted")),
            "agency": world.person("partner").agency,
            "framework": world.activity_type("focused").framework,
            "person": world.person("officer2"),
        }
        return {name: item.id for name, item in told.items()}


def contact(world: World, service: Any) -> Contact:
    return world._add(Contact(provider_id=service.provider_id, kind=ContactKind.office, post="Office", phone="1"))


def letter(world: World, case: Any) -> Letter:
    told = {"suspension_id": case.id, "provider_id": case.provider_id, "kind": LetterKind.decision}
    return world._add(Letter(**told, filename="letter.docx", content=b"bytes", sha256="0" * 64))


def first_state(screen: Screen) -> str:
    return screen.editable or next((state for _step, state in screen.steps or {}), "")


def ask(asker: Program, line: str, version: int = 0) -> int:
    method, path = line.split()
    sent = {} if method == "GET" else {"json": {}, "headers": {"If-Match": f'"{version}"'}}
    return int(asker.open(method, path, **sent).status_code)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_the_grid_says(
    app: Flask, world: World, places: dict[str, int], role: str
) -> None:
    asker, answered = program(app, world, role), {}
    for line in EXPECTED:
        version = 1 if "{note}" in line else 0
        answered[line] = ask(asker, line.format(**places), version)
    assert answered == {line: codes[role] for line, codes in EXPECTED.items()}


def test_the_tables_have_every_address_and_method(app: Flask) -> None:
    routes = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    adapter = app.url_map.bind("localhost")
    lines = [re.sub(r"\{\w+\}", "1", line) for line in EXPECTED]
    for screen in ASKED:
        lines += [f"GET {screen.plural}/", f"GET {screen.plural}/1"]
        lines += [f"POST {screen.plural}/"] if screen.adds else []
        lines += [f"PATCH {screen.plural}/1"] if screen.edits else []
        lines += [f"GET {screen.plural}/1/steps", f"POST {screen.plural}/1/steps/x"] if screen.steps is not None else []
    found = {(line.split()[0], adapter.match(f"/api/v1/{line.split()[1]}", line.split()[0])[0]) for line in lines}
    assert routes == found


@pytest.mark.parametrize("screen", ASKED, ids=lambda screen: screen.plural)
def test_an_area_answers_each_role_as_its_screens_do(app: Flask, world: World, screen: Screen) -> None:
    record = screen.make(world, first_state(screen))
    number, version = record.id, record.version
    expected, answered = {}, {}
    for role in ROLES:
        reads, sees = role in screen.reads.split(), role in screen.sees.split()
        shown = (200 if sees else 404) if reads else 403
        told = {f"GET {screen.plural}/": 200 if reads else 403, f"GET {screen.plural}/{number}": shown}
        if screen.steps is not None:
            told[f"GET {screen.plural}/{number}/steps"] = shown
        if screen.adds:
            told[f"POST {screen.plural}/"] = 422 if role in screen.adds.split() else 403
        if screen.edits:
            told[f"PATCH {screen.plural}/{number}"] = (200 if sees else 404) if role in screen.edits.split() else 403
        asker = program(app, world, role)
        expected |= {f"{role} {line}": code for line, code in told.items()}
        answered |= {f"{role} {line}": ask(asker, line, version) for line in told}
    assert answered == expected


@pytest.mark.parametrize("screen", [each for each in ASKED if each.steps is not None], ids=lambda each: each.plural)
def test_every_step_answers_each_role(app: Flask, world: World, screen: Screen) -> None:
    """On a version that nobody read, nothing is done, and whoever may is told what it lacks or that it is stale."""
    askers = {role: program(app, world, role) for role in ROLES}
    wrong = []
    for (step, state), who in (screen.steps or {}).items():
        made = screen.step_made(world, step, state) if screen.step_made else screen.make(world, state)
        number = made.id
        for role, asker in askers.items():
            if role not in screen.reads.split():
                codes = {403}
            elif role not in screen.sees.split():
                codes = {404}
            else:
                codes = {412, 422} if role in who.split() else {403}
            answer = asker.step(f"{screen.plural}/{number}/steps/{step}", 77, {"note": "Because."})
            if answer.status_code not in codes:
                wrong.append((step, state, role, answer.status_code))
    assert wrong == []


def test_a_restricted_record_that_a_program_reads_is_told_to_the_ledger(app: Flask, world: World) -> None:
    """One or a list: what an agency reads by sharing is noted, each time, in its person's name."""
    from areas.complaints import complaint

    shared = [complaint(world, "investigating") for _ in range(3)]
    for each in shared:
        world.share(each)
    numbers = [each.id for each in shared]
    asker = program(app, world, "partner")
    assert [each["id"] for each in asker.get("complaints/").json["items"]] == numbers
    assert asker.get(f"complaints/{numbers[0]}").status_code == 200
    entry = db.metadata.tables["ledger_entry"].c
    rows = db.session.connection().execute(
        db.select(entry.record_id, entry.actor_role)
        .where(entry.record_type == "complaint", entry.kind == "read")
        .order_by(entry.id)
    )
    assert [tuple(row) for row in rows] == [(number, "partner") for number in [*numbers, numbers[0]]]


def test_twice_the_records_cost_as_many_statements(app: Flask, world: World) -> None:
    """Of every area, whatever its records point at."""
    from sqlalchemy import Engine, event

    told: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")):
            told.append(statement)

    def cost(asker: Program, plural: str) -> int:
        asker.get(f"{plural}/?limit=200")
        told.clear()
        assert asker.get(f"{plural}/?limit=200").status_code == 200
        return len(told)

    askers = {role: program(app, world, role) for role in ("officer", "partner", "auditor")}
    makers = {screen.plural: lambda screen=screen: screen.make(world, first_state(screen)) for screen in ASKED}
    makers |= {"visits": world.visit, "suspensions": world.suspension, "services": world.service}
    makers |= {"parts": lambda: world.part(world.service()), "documents": lambda: letter(world, world.suspension())}
    event.listen(Engine, "before_cursor_execute", note)
    try:
        costs = {}
        for times in (2, 7):
            for make in makers.values():
                for _ in range(times):
                    make()
            for plural in makers:
                costs.setdefault(plural, []).append(cost(askers["officer"], plural))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert {plural: spent for plural, spent in costs.items() if spent[0] != spent[1] or spent[0] > 12} == {}
