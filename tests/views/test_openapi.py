"""The description of the REST API is valid, tells of every address, and every role's answers keep to it."""

import os
import random
from collections.abc import Iterable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from programs import program
from schemathesis import checks as known_checks
from sqlalchemy import select
from world import World

from models import db
from views.api import areas
from workflows import actor as actors
from workflows.access import Role

EXAMPLES = int(os.environ.get("CAREWARD_API_EXAMPLES", "2"))
"""How many requests each address gets, of every role. With 100 it is a long search."""
CHECKS = [
    known_checks.not_a_server_error,
    known_checks.status_code_conformance,
    known_checks.content_type_conformance,
    known_checks.response_headers_conformance,
    known_checks.response_schema_conformance,
]


@pytest.fixture
def document(app: Flask, world: World) -> Any:
    return program(app, world, "officer").get("openapi.json").json


def test_the_description_is_valid(document: Any) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"] == "3.1.0"


def test_the_description_is_told_to_a_token_only(app: Flask, world: World, as_user: Any) -> None:
    assert as_user("officer").get("/api/v1/openapi.json").status_code == 401
    assert program(app, world, "care_manager", "read:services").get("openapi.json").status_code == 200


def test_the_description_tells_of_every_address_and_method_and_of_no_other(app: Flask, document: Any) -> None:
    described = {
        (verb.upper(), path) for path, item in document["paths"].items() for verb in item if verb != "parameters"
    }
    routed = set()
    with app.app_context():
        found = areas()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            path = str(rule).replace("<int:pk>", "{id}")
            (verb,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            if "<step>" in path:
                steps = found[path.split("/")[3]].workflow.steps  # type: ignore[union-attr]
                routed |= {(verb, path.replace("<step>", step)) for step in steps}
            else:
                routed.add((verb, path))
    assert ("POST", "/api/v1/suspensions/{id}/steps/approve") in described
    assert described == routed


def records(world: World) -> dict[str, list[int]]:
    """Some records of each area, by their plural."""
    service = world.service("Walked House")
    world.part(service)
    for state in ("planned", "awaiting_authorisation", "scheduled", "under_way", "written_up", "published"):
        world.visit(service, state=state)
    for state in ("draft", "submitted", "lifted"):
        world.suspension(service, state)
    with actors.acting(actors.system("test", world.actor("officer").now)):
        return {
            plural: list(db.session.scalars(select(view.model.id).order_by(view.model.id.desc()).limit(12)))
            for plural, view in areas().items()
        }


def test_every_answer_to_every_role_keeps_to_the_description(app: Flask, world: World, document: Any) -> None:
    """Whatever is sent: no 500, no undescribed status or content type, no body that is not as described."""
    known = records(world)
    tokens = {role.value: str(program(app, world, role.value).text) for role in Role}
    db.session.remove()

    def fresh(environ: Any, start: Any) -> Iterable[bytes]:
        with app.app_context():  # else `g` keeps what the request before left
            return list(app(environ, start))

    schema = schemathesis.openapi.from_dict(document)
    schema.app = fresh
    statuses: dict[str, set[int]] = {role: set() for role in tokens}
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        walk(operation, known.get(operation.path.split("/")[3], []), tokens, statuses)
    assert len(operations) >= 60
    assert [role for role, met in statuses.items() if not {200, 403} <= met] == []
    assert {200, 403, 404, 412, 422} <= set().union(*statuses.values())


def walk(operation: Any, known: list[int], tokens: dict[str, str], statuses: dict[str, set[int]]) -> None:
    """Ask one address for one thing and another, as everybody, mostly of records that are there as they stand."""

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), chance=st.randoms(use_true_random=False))
    def ask(case: Any, chance: random.Random) -> None:
        if known and "id" in (case.path_parameters or {}) and chance.random() < 0.9:
            case.path_parameters["id"] = chance.choice(known)
        headers = {"Accept-Encoding": "identity"}
        if "If-Match" in (case.headers or {}) and chance.random() < 0.9:
            headers["If-Match"] = f'"{chance.choice([0, 0, 1])}"'
        for role, text in tokens.items():
            answer = case.call(headers=headers | {"Authorization": f"Bearer {text}"})
            case.validate_response(answer, checks=CHECKS)
            statuses[role].add(answer.status_code)

    ask()
