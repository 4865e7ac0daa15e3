"""The description of the REST API, OpenAPI 3.1, from the same declarations that answer it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apispec import APISpec
from flask_babel import gettext as _
from sqlalchemy import JSON, Boolean, Date, Enum, Integer, Time

from models.base import UtcDateTime, table_pointed_at
from views import api
from views.base import AreaView
from views.labels import FIELDS, field_label
from workflows.steps import GROUP_DECISION, Input, InputKind, Step

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
RECORD: Schema = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
CLOCK: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}
PROBLEMS = (400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 428, 429, 500)
ALWAYS = (400, 401, 403, 406, 415, 413, 429, 500)
"""What may be answered anywhere: of a request without a body too, where one was sent all the same."""


def document() -> dict[str, Any]:
    """The whole description: every address, parameter, body and answer."""
    spec = APISpec(
        title="Careward",
        version="1",
        openapi_version="3.1.0",
        info={"description": _("The records that the person of the token may see, by the rules of the console.")},
        security=[{"token": []}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", _problem())
    for status in PROBLEMS:
        _kind, title = api.titles()[status]
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        spec.components.response(f"Problem{status}", {"description": title, "content": problem})
    described = {"content": {"application/json": {"schema": {"type": "object"}}}, "description": _("This description")}
    spec.path(
        f"{api.PREFIX}/openapi.json",
        operations={"get": {"operationId": "openapi", "responses": {"200": described, **_problems(ALWAYS)}}},
    )
    for plural, view in api.areas().items():
        _area(spec, plural, view)
    return spec.to_dict()


def _area(spec: APISpec, plural: str, view: AreaView) -> None:
    name, base = view.model.__name__, f"{api.PREFIX}/{plural}"
    one = {"$ref": f"#/components/schemas/{name}"}
    spec.components.schema(name, _record(view))
    page = {"items": {"type": "array", "items": one}, "next": {"type": ["string", "null"]}}
    spec.components.schema(f"{name}Page", _object(page, page))
    inputs = {each.name: _input(each) for each in view.asked()} if api.adds(view) or api.edits(view) else {}

    def operation(verb: str, summary: Any, found: Schema, statuses: Iterable[int], **more: Any) -> Schema:
        return {
            "operationId": f"{plural}-{verb}",
            "tags": [str(view.title)],
            "summary": str(summary),
            "responses": {**found, **_problems({*ALWAYS, *statuses})},
            **more,
        }

    whole = {"ETag": {"schema": TEXT, "description": _("The version of the record, for If-Match.")}}
    answered = {"description": str(view.one), "headers": whole, "content": _content(one)}
    listed = {"description": str(view.title), "content": _content({"$ref": f"#/components/schemas/{name}Page"})}
    operations = {
        "get": operation("list", view.title, {"200": listed}, [422], parameters=[*_parameters(view)]),
    }
    if api.adds(view):
        needed = [each.name for each in view.asked() if _needed(each)]
        made = {**answered, "headers": {**whole, "Location": {"schema": TEXT}, **REPLAYED}}
        operations["post"] = operation(
            "add",
            _("Add: %(what)s", what=view.one),
            {"201": made},
            [409, 422],
            parameters=[KEY],
            requestBody=_sent(_object(inputs, needed), bool(needed)),
        )
    spec.path(f"{base}/", operations=operations)
    operations = {"get": operation("show", view.one, {"200": answered}, [404])}
    if api.edits(view):
        operations["patch"] = operation(
            "edit",
            _("Change: %(what)s", what=view.one),
            {"200": answered},
            [404, 409, 412, 422, 428],
            parameters=[IF_MATCH],
            requestBody=_sent(_object(inputs, ()), False),
        )
    spec.path(f"{base}/{{id}}", operations=operations, parameters=[ID])
    if view.workflow is None:
        return
    steps = {"description": _("The steps from where it stands"), "headers": whole, "content": _content(STEPS)}
    spec.path(
        f"{base}/{{id}}/steps",
        operations={"get": operation("steps", _("The steps from where it stands"), {"200": steps}, [404])},
        parameters=[ID],
    )
    taken = {**answered, "headers": {**whole, **REPLAYED}}
    for step in view.workflow.steps.values():
        spec.path(
            f"{base}/{{id}}/steps/{step.name}",
            operations={
                "post": operation(
                    f"step-{step.name}",
                    step.label,
                    {"200": taken},
                    [404, 409, 412, 422, 428],
                    description=str(step.does),
                    parameters=[IF_MATCH, KEY],
                    requestBody=_step_body(step),
                )
            },
            parameters=[ID],
        )


ID: Schema = {"name": "id", "in": "path", "required": True, "schema": RECORD}
IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    "description": "The ETag of the record that was read.",
}
KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "Sent again within a day, the same request is answered as before and does nothing again.",
}
REPLAYED: Schema = {"Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}}}


def _object(properties: Mapping[str, Any], required: Iterable[str]) -> Schema:
    found: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return found | ({"required": [*required]} if [*required] else {})


REFUSAL: Schema = {"reason": TEXT, "clause": TEXT, "who_may": TEXT}
INPUT: Schema = {
    "name": TEXT,
    "label": TEXT,
    "hint": TEXT,
    "kind": {"type": "string", "enum": [kind.value for kind in InputKind]},
    "required": {"type": "boolean"},
    "choices": {
        "type": ["array", "null"],
        "items": _object({"value": {"type": ["string", "integer"]}, "name": TEXT}, ("value", "name")),
    },
}
STEP: Schema = {
    "step": TEXT,
    "label": TEXT,
    "does": TEXT,
    "clause": TEXT,
    "needs_note": {"type": "boolean"},
    "inputs": {"type": "array", "items": _object(INPUT, INPUT)},
    "refusal": {"anyOf": [_object(REFUSAL, REFUSAL), {"type": "null"}]},
}
STEPS = _object({"steps": {"type": "array", "items": _object(STEP, STEP)}}, ["steps"])


def _problem() -> Schema:
    told = {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "version": {"type": "integer"},
        **REFUSAL,
    }
    told["errors"] = {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}
    told["conflicts"] = {
        "type": "object",
        "additionalProperties": _object({"stands": {}, "sent": {}}, ("stands", "sent")),
    }
    return _object(told, ("type", "title", "status", "detail"))


def _problems(statuses: Iterable[int]) -> Schema:
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}


def _content(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _sent(schema: Schema, required: bool) -> Schema:
    return {"required": required, "content": _content(schema)}


# --- what a record tells ---


def _record(view: AreaView) -> Schema:
    """A record; what only the council's own people read is not always there."""
    columns = api.columns_of(view, (*view.fields, *view.shown))
    properties, required = {}, []
    for name, column in columns.items():
        told = _kind(column)
        properties[name] = _nullable(told) if column.nullable or table_pointed_at(column) else told
        if name in FIELDS:
            properties[name] = {**properties[name], "title": str(field_label(view.model, name))}
        members = [name]
        if table_pointed_at(column):
            properties[api.name_member(name)] = {"type": ["string", "null"]}
            members.append(api.name_member(name))
        if name not in view.inside:
            required += members
    return _object(properties, required)


def _kind(column: Any) -> Schema:
    """What the values of a column are in JSON."""
    kinds: list[tuple[Any, Callable[[], Schema]]] = [
        (Enum, lambda: {"type": "string", "enum": [member.value for member in column.type.enum_class]}),
        (Boolean, lambda: {"type": "boolean"}),
        (Integer, lambda: {"type": "integer"}),
        (Date, lambda: dict(DAY)),
        (UtcDateTime, lambda: dict(MOMENT)),
        (Time, lambda: dict(CLOCK)),
        (JSON, lambda: {}),
    ]
    return next((made() for kind, made in kinds if isinstance(column.type, kind)), dict(TEXT))


def _nullable(schema: Schema) -> Schema:
    if "type" not in schema:
        return schema
    found = {**schema, "type": [schema["type"], "null"]}
    return found | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


# --- what is sent ---


def _needed(asked: Input) -> bool:
    return asked.required and asked.kind is not InputKind.flag


def _input(asked: Input) -> Schema:
    kinds: dict[InputKind, Schema] = {
        InputKind.line: {"type": "string", "maxLength": asked.longest},
        InputKind.date: DAY,
        InputKind.moment: MOMENT,
        InputKind.flag: {"type": "boolean"},
        InputKind.number: RECORD,
        InputKind.record: RECORD,
        InputKind.time: CLOCK,
        InputKind.several: {"type": "array", "items": {"type": ["string", "integer"]}, "uniqueItems": True},
        InputKind.choice: RECORD
        if asked.choices is None
        else {"type": "string", "enum": [member.value for member in asked.choices]},
    }
    found = {**kinds.get(asked.kind, TEXT), "title": str(asked.label)}
    if asked.hint:
        found["description"] = str(asked.hint)
    return found if _needed(asked) or asked.kind is InputKind.flag else _nullable(found)


def _step_body(step: Step) -> Schema:
    """What a step asks for, and its reason. Where that depends on the record, its list of steps tells it."""
    note = {"note": TEXT if step.needs_note else {"type": ["string", "null"]}}
    needed = ["note"] if step.needs_note else []
    if callable(step.inputs):
        open_ended = {"type": "object", "properties": note}
        return _sent(open_ended | ({"required": needed} if needed else {}), bool(needed))
    asked = {each.name: _input(each) for each in step.inputs}
    needed += [each.name for each in step.inputs if _needed(each)]
    by_group = {each.name: _input(each) for each in GROUP_DECISION} if step.decides and callable(step.roles) else {}
    return _sent(_object(asked | by_group | note, needed), bool(needed))


# --- what a list may be asked for ---


def _parameters(view: AreaView) -> Iterable[Schema]:
    columns = api.columns_of(view, (*view.fields, *view.shown))
    orders = api.orders_of(view, columns)
    if view.searched:
        yield {"name": "q", "in": "query", "schema": TEXT, "description": _("Searches as the list does.")}
    size = {"type": "integer", "minimum": 1, "maximum": api.MOST, "default": api.USUAL}
    yield {"name": "limit", "in": "query", "schema": size}
    yield {"name": "after", "in": "query", "schema": TEXT, "description": _("From “next” of the page before.")}
    yield {
        "name": "order",
        "in": "query",
        "schema": {"type": "string", "enum": [*orders, *(f"-{name}" for name in orders)], "default": "id"},
    }
    for name, column in api.filters_of(columns).items():
        schema = _kind(columns[column])
        if name.endswith((".from", ".to")):
            if schema == MOMENT:
                schema = {"anyOf": [MOMENT, DAY]}
        elif schema == {"type": "integer"}:
            schema = RECORD
        if not name.endswith((".from", ".to")):
            schema = {"type": "array", "items": schema}
        yield {"name": name, "in": "query", "schema": schema, "explode": True, "style": "form"}
