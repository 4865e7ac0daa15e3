"""The habits of this house, kept by a test each."""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Enum as EnumType
from sqlalchemy import inspect

from models.base import Model
from models.framework import ActivityType
from models.suspensions import PurchasingStatus, Suspension
from models.visits import Visit
from views.areas import workflows
from views.base import AreaView
from views.history import HIDDEN
from views.labels import AREAS, FIELDS, WORDS
from workflows.access import ROLE_NAMES, Resource, Role
from workflows.gate import BY_HAND
from workflows.steps import GROUP_DECISION, Input, InputKind
from workflows.suspensions import YesNo

ROOT = Path(__file__).parents[1]
FOLDERS = ("models", "workflows", "views", "seed")
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([ROOT / "app.py", *(each for name in FOLDERS for each in (ROOT / name).rglob("*.py"))])
    if "node_modules" not in path.parts
}
TEMPLATES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "views/templates").glob("*.html"))}
GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file, by the last part of what is called."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield f".{node.func.attr}", node


def found(wanted: Any) -> list[str]:
    """file:line of every call for which `wanted(name, call)` holds."""
    return [
        f"{path}:{node.lineno}"
        for path, source in SOURCES.items()
        for name, node in calls(source)
        if wanted(name, node)
    ]


def screens(app: Flask) -> list[AreaView]:
    return [view for view in app.extensions["appbuilder"].baseviews if isinstance(view, AreaView)]


def inputs() -> dict[str, Input]:
    """Everything that a step asks for."""
    told = {f"group.{each.name}": each for each in GROUP_DECISION}
    for resource, workflow in workflows().items():
        for step in workflow.steps.values():
            asks_most = MOST.get(workflow.model, {})
            own = step.inputs(workflow.model(**asks_most)) if callable(step.inputs) else step.inputs
            told |= {f"{resource}.{step.name}.{each.name}": each for each in own}
    return told


MOST: dict[Any, dict[str, Any]] = {
    Suspension: {"mandatory_ground": "cqc_inadequate"},
    Visit: {"activity_type": ActivityType(is_assessment=True)},
}
"""Of which record a step asks the most, where that is not an empty one."""


def test_the_search_of_these_tests_reaches_the_whole_house() -> None:
    assert {"app.py", "models/base.py", "workflows/gate.py", "views/base.py", "seed/cli.py"} <= set(SOURCES)
    assert {"layout.html", "list.html", "show.html", "form.html", "step.html"} <= set(TEMPLATES)
    assert len(list(calls(SOURCES["workflows/engine.py"]))) > 50
    assert len(inputs()) > 20


# --- words ---


def enums() -> list[type[Enum]]:
    columns = [column for mapper in Model.registry.mappers for column in mapper.columns]
    kept = {column.type.enum_class for column in columns if isinstance(column.type, EnumType)}
    asked = {each.choices for each in inputs().values() if each.choices is not None}
    return sorted({*kept, *asked, PurchasingStatus, Role, YesNo}, key=lambda each: each.__name__)


@pytest.mark.parametrize("kind", enums(), ids=lambda each: each.__name__)
def test_every_member_of_an_enum_has_words(kind: Any) -> None:
    assert set(WORDS[kind]) == set(kind)
    words = [str(getattr(each, "text", each)) for each in WORDS[kind].values()]
    assert all(word[0].isupper() or kind.__name__ == "ClockUnit" for word in words)
    assert len(set(words)) == len(words)


def test_every_resource_and_role_has_a_name(app: Flask) -> None:
    with app.test_request_context():
        assert set(AREAS) == set(Resource)
        assert set(ROLE_NAMES) == set(Role)
        assert all(str(name) for name in (*AREAS.values(), *ROLE_NAMES.values()))


def test_every_field_of_a_form_has_a_label(app: Flask) -> None:
    assert [
        f"{type(view).__name__}.{name}" for view in screens(app) for name in view.fields if name not in FIELDS
    ] == []


def test_every_field_that_a_history_can_tell_of_has_a_label(app: Flask) -> None:
    untold = HIDDEN | {"id"}
    missing = []
    for view in screens(app):
        if not view.history or (not view.workflow and view.model not in BY_HAND):
            continue
        by_hand = BY_HAND[view.model].fields if view.model in BY_HAND else frozenset()
        names = {column.key for column in inspect(view.model).column_attrs}
        if not view.workflow or view.resource is Resource.services:
            names &= by_hand | {"allocated_officer_id"}
        missing += [f"{view.model.__name__}.{name}" for name in sorted(names - untold) if name not in FIELDS]
    assert missing == []


def test_everything_that_a_step_asks_for_has_a_label(app: Flask) -> None:
    with app.test_request_context():
        assert [name for name, each in inputs().items() if not str(each.label).strip()] == []
        steps = [step for workflow in workflows().values() for step in workflow.steps.values()]
        assert [step.name for step in steps if not str(step.label) or not str(step.does).endswith(".")] == []


# --- forms and lists ---

NEVER_ASKED = re.compile(r"^(state|version|created_\w+|\w+_by|\w+_by_id|submitted_at|decided_at|published_at)$")


def test_no_form_offers_a_state_or_who_did_it(app: Flask) -> None:
    asked = [f"{type(view).__name__}.{name}" for view in screens(app) for name in view.fields]
    asked += [f"{model.__name__}.{name}" for model, by_hand in BY_HAND.items() for name in by_hand.fields]
    asked += list(inputs())
    assert "VisitView.due_on" in asked
    assert [name for name in asked if NEVER_ASKED.match(name.rpartition(".")[2])] == []
    assert {"SuspensionView.starts_on", "Suspension.starts_on"} & set(asked) == set()


def test_a_form_asks_for_no_more_than_may_be_written_by_hand(app: Flask) -> None:
    offered = {
        f"{type(view).__name__}.{name}"
        for view in screens(app)
        if {"add", "edit"} & view.include_route_methods and view.model in BY_HAND
        for name in view.fields
        if name not in BY_HAND[view.model].fields
    }
    assert offered == set()


def test_every_list_is_named_ordered_and_has_columns(app: Flask) -> None:
    with app.test_request_context():
        for view in screens(app):
            name = type(view).__name__
            assert view.columns, name
            assert len(view.ordered) > 0, name
            assert view.searched, name
            assert str(view.title), name
            assert str(view.one), name
            assert len({column.name for column in view.columns}) == len(view.columns), name
            assert all(str(column.label) for column in view.columns), name


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/services/list/", "Services"),
        ("/parts/list/", "Units and properties"),
        ("/providers/list/", "Providers"),
        ("/contacts/list/", "Contacts"),
        ("/contact-notes/list/", "Contact notes"),
        ("/visits/list/", "Visits"),
        ("/suspensions/list/", "Temporary suspensions of purchasing"),
        ("/documents/list/", "Letters"),
        ("/agencies/list/", "Agencies"),
        ("/frameworks/list/", "Quality Assurance Frameworks"),
        ("/purchasing/", "Purchasing board"),
    ],
)
def test_every_list_is_headed_by_its_name(as_user: Any, address: str, heading: str) -> None:
    text = as_user("officer").get(address).text
    assert f'<h1 class="govuk-heading-l">{heading}</h1>' in text
    assert f"<title>{heading} – Careward</title>" in text


def test_a_large_table_is_looked_up_and_never_chosen_from() -> None:
    chosen = {each.name for each in inputs().values() if each.options is not None}
    # The council's staff, the agencies that it shares with, the contacts of one host authority, the rows of one draft.
    assert chosen == {"allocated_officer_id", "officer_id", "agency_id", "host_contact_id", "row"}
    assert all(each.model is not None for each in inputs().values() if each.kind is InputKind.record)


# --- templates ---


def test_every_template_loads(app: Flask) -> None:
    for name in TEMPLATES:
        app.jinja_env.get_template(name)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\|\s*safe\b",
        r"\{%-?\s*autoescape",
        r"\sstyle=",
        r"<style",
        r"\son\w+=\"",
        r"javascript:",
        r"<script(?![^>]*src=)",
    ],
)
def test_no_template_lets_values_or_scripts_in_unescaped(pattern: str) -> None:
    assert [name for name, text in TEMPLATES.items() if re.search(pattern, text)] == []


def test_every_post_form_carries_its_token() -> None:
    for name, text in TEMPLATES.items():
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.S | re.I):
            assert "csrf_token" in form or "hidden_tag" in form or "f.field(form.csrf_token)" in form, name


def test_templates_translate_whole_sentences() -> None:
    faults = []
    for name, text in TEMPLATES.items():
        for told in re.finditer(r"(?<![\w.])n?gettext\(|(?<![\w.\]])_\(", text):
            if not re.match(r"\s*'", text[told.end() :]) and not re.match(r'\s*"', text[told.end() :]):
                faults.append(f"{name}: {text[told.start() : told.end() + 30]}")
            elif re.match(r"""\s*('[^']*'|"[^"]*")\s*(~|\+|%|\|)""", text[told.end() :]):
                faults.append(f"{name}: {text[told.start() : told.end() + 60]}")
    assert faults == []


def test_markup_is_made_of_constants_and_formatted_so_that_it_escapes() -> None:
    def made_up(name: str, call: ast.Call) -> bool:
        if name != "Markup" or not call.args:
            return False
        told = call.args[0]
        if isinstance(told, ast.Call) and ast.unparse(told.func) in GETTEXT:  # a sentence of ours, filled by constants
            return not all(_whole(each) for each in (*told.args, *(keyword.value for keyword in told.keywords)))
        return not _whole(told)

    assert found(lambda name, call: name == "Markup") != []
    assert found(made_up) == []


# --- sentences ---


def _whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_every_translated_sentence_is_one_constant() -> None:
    def broken(name: str, call: ast.Call) -> bool:
        plural = name in ("ngettext", "lazy_ngettext")
        return name in GETTEXT and not all(_whole(each) for each in call.args[: 2 if plural else 1])

    assert found(lambda name, call: name in GETTEXT) != []
    assert found(broken) == []


def test_no_translated_sentence_is_put_together_or_formatted_after() -> None:
    def glued(node: ast.AST) -> bool:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            sides = (node.left, node.right)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            sides = (node.func.value,)
        else:
            return False
        return any(isinstance(s, ast.Call) and isinstance(s.func, ast.Name) and s.func.id in GETTEXT for s in sides)

    faults = [
        f"{path}:{node.lineno}"  # type: ignore[attr-defined]
        for path, source in SOURCES.items()
        for node in ast.walk(ast.parse(source))
        if glued(node)
    ]
    assert faults == []


# --- code ---


def test_nothing_prints() -> None:
    assert found(lambda name, call: name == "print") == []


@pytest.mark.parametrize(
    "forbidden",
    [".bulk_save_objects", ".bulk_insert_mappings", ".bulk_update_mappings", ".query"],
)
def test_nothing_writes_past_the_gate(forbidden: str) -> None:
    def is_session_query(call: ast.Call) -> bool:
        assert isinstance(call.func, ast.Attribute)
        return forbidden != ".query" or "session" in ast.unparse(call.func.value)

    assert found(lambda name, call: name == forbidden and is_session_query(call)) == []


def test_nothing_updates_or_deletes_in_bulk_through_the_session() -> None:
    def bulk(name: str, call: ast.Call) -> bool:
        return (
            name in (".execute", ".scalars", ".scalar")
            and any(re.match(r"(sa\.|sqlalchemy\.)?(update|delete)\(", ast.unparse(each)) for each in call.args[:1])
            and "session" in ast.unparse(call.func)
        )

    assert found(bulk) == []


def test_raw_sql_is_constant() -> None:
    def formatted(name: str, call: ast.Call) -> bool:
        return name in ("text", ".exec_driver_sql") and bool(call.args) and not isinstance(call.args[0], ast.Constant)

    allowed = ("models/base.py", "models/schema.py", "models/migrations/", "models/ledger.py")
    assert [place for place in found(formatted) if not place.startswith(allowed)] == []


def test_only_the_edges_read_a_clock() -> None:
    def reads(name: str, call: ast.Call) -> bool:
        if name in (".now", ".utcnow", ".today"):
            return True
        return name in (".time", ".monotonic", ".perf_counter") and ast.unparse(call.func).startswith("time.")

    edges = ("app.py", "seed/", "workflows/actor.py")
    places = found(reads)
    assert any(place.startswith("app.py") for place in places)
    assert [place for place in places if not place.startswith(edges)] == []


def test_python_names_no_council() -> None:
    authorities = re.compile(r"\b(halton|oldham|salford|oxfordshire|hampshire)\b", re.IGNORECASE)
    faults = [
        f"{path}:{number}"
        for path, source in SOURCES.items()
        if not re.match(r"seed/demo\w*\.py", path)
        for number, line in enumerate(source.splitlines(), 1)
        if authorities.search(line)
    ]
    assert faults == []
