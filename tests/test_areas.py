"""The areas by their literal tables in tests/support/areas: who opens what, who takes which step, from which state."""

import re
from typing import Any

import pytest
from areas import AREAS, COUNCIL, SCREENS, Screen
from flask import Flask
from sqlalchemy import select
from world import World

from models import db
from models.base import Model
from workflows import actor as actors
from workflows.access import Role
from workflows.engine import WORKFLOWS

ROLES = [role.value for role in Role]
STEPPED = [screen for screen in SCREENS if screen.steps is not None]


def made(world: World, screen: Screen, step: str, state: str) -> Any:
    return screen.step_made(world, step, state) if screen.step_made else screen.make(world, state)


def first_state(screen: Screen) -> str:
    return screen.editable or next((state for _step, state in screen.steps or {}), "")


def by_name(screen: Any) -> str:
    return screen.plural if isinstance(screen, Screen) else str(screen)


def different(answered: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """The lines of a grid that were answered otherwise than they should be."""
    assert answered.keys() == expected.keys()
    return [f"{line}: {answered[line]}, not {expected[line]}" for line in expected if answered[line] != expected[line]]


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_every_page_answers_each_role(app: Flask, world: World, as_user: Any, screen: Screen) -> None:
    number = screen.make(world, first_state(screen)).id
    answered, expected = {}, {}
    for role in [*ROLES, "anonymous"]:
        client = app.test_client() if role == "anonymous" else as_user(role)
        for line, code in page_codes(screen, role, number).items():
            verb, address = line.split()
            expected[f"{role} {line}"] = code
            answered[f"{role} {line}"] = client.open(address, method=verb).status_code
    assert different(answered, expected) == []


def page_codes(screen: Screen, role: str, number: int) -> dict[str, int]:
    """What each page of a screen answers a role, by the table of its area."""

    def code(may: bool, hidden: bool = False) -> int:
        if role == "anonymous":
            return 302
        return (404 if hidden else 200) if may else 403

    reads, sees = role in screen.reads.split(), role in screen.sees.split()
    inside = role in COUNCIL.split()
    base = f"/{screen.plural}"
    expected = {
        f"GET {base}/list/": code(reads),
        f"GET {base}/export?format=csv": code(reads),
        f"GET {base}/show/{number}": code(reads, not sees),
        **({f"GET {base}/lookup": code(reads)} if screen.lookup else {}),
        **({f"GET {base}/as-at/{number}": code(reads and (inside or not sees), not sees)} if screen.past else {}),
        **(
            {f"{verb} {base}/add": code(role in screen.adds.split()) for verb in ("GET", "POST")} if screen.adds else {}
        ),
    }
    if screen.edits:
        expected[f"GET {base}/edit/{number}"] = code(role in screen.edits.split(), not sees)
        expected[f"POST {base}/edit/{number}"] = code(role in screen.edits.split(), not sees)
    return expected


@pytest.mark.parametrize("screen", STEPPED, ids=by_name)
def test_who_takes_which_step_from_which_state(world: World, screen: Screen) -> None:
    workflow, kept, found = WORKFLOWS[screen.model], {}, {}
    states = [state.value for state in screen.model.__table__.c.state.type.enum_class] if _states(screen) else ["None"]
    for state in states:
        # Nothing is taken here, so one record will do for every step, unless they are tried on records of their own.
        like = None if screen.step_made else made(world, screen, "", state).id
        for step in workflow.steps:
            kept[step, state] = like or made(world, screen, step, state).id
    actors_of = {role: world.actor(role) for role in ROLES}
    for role, actor in actors_of.items():
        db.session.expunge_all()
        with actors.acting(actor):
            asked = select(screen.model).where(screen.model.id.in_(set(kept.values())))
            seen = {item.id: item for item in db.session.scalars(asked)}
            for (step, state), number in kept.items():
                if number in seen and workflow.refusal(step, seen[number], actor) is None:
                    found.setdefault((step, state), []).append(role)
    assert {cell: " ".join(roles) for cell, roles in found.items()} == screen.steps


def _states(screen: Screen) -> bool:
    return "state" in screen.model.__table__.c


@pytest.mark.parametrize("screen", STEPPED, ids=by_name)
def test_every_step_answers_each_role(app: Flask, world: World, as_user: Any, screen: Screen) -> None:
    """Its page opens for whoever may take it; whoever may not is refused, page and act alike."""
    clients = {role: as_user(role) for role in ROLES} | {"anonymous": app.test_client()}
    answered, expected = {}, {}
    for (step, state), who in (screen.steps or {}).items():
        address = f"/{screen.plural}/{made(world, screen, step, state).id}/{step}"
        for role, client in clients.items():
            if role == "anonymous":
                codes = (302, 302)
            elif role not in screen.reads.split():
                codes = (403, 403)
            elif role not in screen.sees.split():
                codes = (404, 404)
            elif role in who.split():
                codes = (200, "told")
            else:
                codes = (403, 403)
            opened = client.get(address).status_code
            # Posted on a version that nobody read: refused to whoever may not, told to whoever may.
            posted = client.post(address, data={"note": "Because.", "version": "77"}).status_code
            expected[f"{role} {step} {state}"] = codes
            answered[f"{role} {step} {state}"] = (opened, "told" if posted in (200, 409) else posted)
    assert different(answered, expected) == []


@pytest.mark.parametrize("screen", SCREENS, ids=by_name)
def test_every_list_is_headed_by_its_name(as_user: Any, screen: Screen) -> None:
    text = (
        as_user("administrator" if screen.browser_user == "admin" else screen.browser_user)
        .get(f"/{screen.plural}/list/")
        .text
    )
    assert f'<h1 class="govuk-heading-l">{screen.heading}</h1>' in text
    assert f"<title>{screen.heading} – Careward</title>" in text


def test_every_workflow_stands_in_a_table() -> None:
    """Those of the first areas stand in tests/workflows/test_steps_grid.py."""
    first = {"visit", "suspension", "service"}
    assert {model.__tablename__ for model in WORKFLOWS} - first == {screen.model.__tablename__ for screen in STEPPED}


def test_every_model_of_an_area_is_a_table_of_ours() -> None:
    assert {screen.model.__tablename__ for screen in SCREENS} <= set(Model.metadata.tables)


def test_every_role_in_a_table_is_known() -> None:
    told = [screen.reads + " " + screen.sees + " " + screen.adds + " " + screen.edits for screen in SCREENS]
    told += [who for screen in STEPPED for who in (screen.steps or {}).values()]
    told += [who for area in AREAS.values() for who in area.seen.values()]
    assert set(re.findall(r"\w+", " ".join(told))) <= set(ROLES)
