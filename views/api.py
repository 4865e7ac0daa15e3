"""REST for programs: the records, rules and sentences of the screens, from their declarations alone (design section 4).

A plain blueprint whose rules follow from each `AreaView`. Rights are asked by resource from the one table that also
feeds FAB_ROLES (`Actor.rights`), rows come from the gate. FAB's ModelRestApi would bring one mutable filter object for
all threads, schemas of its own beside our forms, and sign-in by the browser's cookie, which nothing here accepts.
"""

import base64
import binascii
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, update_wrapper
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, request
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from sqlalchemy import Boolean, Column, Date, Enum, Integer, String, and_, inspect, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Optional

from models import Model, db
from models.base import LONDON, UtcDateTime, table_pointed_at, writing
from models.people import Person
from views.base import AreaView, acting, kept, sentence
from views.fields import form_for, name_of, whole
from views.labels import word
from workflows import actor as actors
from workflows import ledger, tokens
from workflows.access import RIGHTS, Right, Role, Scope, rights, who
from workflows.engine import WORKFLOWS
from workflows.gate import Refused, note_read, out_of_scope
from workflows.steps import YEARS, Input, InputKind, Step

PREFIX = "/api/v1"
USUAL, MOST = 50, 200
"""How many records a list answers with, unless asked for another number, and at most."""
ITSELF = ("id", "version", "state", "created_at")
"""What every record tells of itself, where it has it, before what its page tells."""


def areas() -> dict[str, AreaView]:
    """The screens whose records programs may ask for, by the plural in their address."""
    views = current_app.extensions["appbuilder"].baseviews
    return {view.route_base.strip("/"): view for view in views if isinstance(view, AreaView) and view.programs}


def adds(view: AreaView) -> bool:
    return bool(view.fields) and "add" in view.include_route_methods


def edits(view: AreaView) -> bool:
    return bool(view.fields) and "edit" in view.include_route_methods


def blueprint(describe: Callable[[], Mapping[str, Any]]) -> Blueprint:
    """The addresses of every area, and that of their description, which is told to any token."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    api.before_request(_negotiate)
    api.add_url_rule("/openapi.json", "openapi", lambda: _json(describe()))
    for plural, view in areas().items():

        def rule(
            path: str, name: str, act: Callable[..., Any], verb: str, plural: str = plural, view: AreaView = view
        ) -> None:
            bound = update_wrapper(partial(act, view), act)  # the limiter asks for its name
            api.add_url_rule(f"/{plural}{path}", f"{plural}-{name}", bound, methods=[verb])

        rule("/", "list", list_records, "GET")
        rule("/<int:pk>", "show", show_record, "GET")
        if adds(view):
            rule("/", "add", add_record, "POST")
        if edits(view):
            rule("/<int:pk>", "edit", edit_record, "PATCH")
        if view.workflow is not None:
            rule("/<int:pk>/steps", "steps", list_steps, "GET")
            rule("/<int:pk>/steps/<step>", "step", take_step, "POST")
    return api


def limit(api: Blueprint, limiter: Any, config: Mapping[str, Any]) -> None:
    """So many requests a token; and so many that no token lets in, from one address."""
    limiter.shared_limit(config["CAREWARD_API_LIMIT"], "api", key_func=_by_token)(api)
    limiter.shared_limit(
        config["CAREWARD_API_REFUSED_LIMIT"],
        "api-refused",
        key_func=get_remote_address,
        deduct_when=lambda response: response.status_code == 401,
    )(api)


def _by_token() -> str:
    """The whole token, hashed: whoever knows no more than how it begins cannot use up its limit."""
    told = request.headers.get("Authorization", "")
    return hashlib.sha256(told.encode()).hexdigest() if told else get_remote_address()


# --- who asks ----------------------------------------------------------------------------------------------------


def asked() -> bool:
    """Whether this request is for here, known address or not."""
    return request.path.startswith("/api/")


def identify(now: dt.datetime) -> None:
    """Say who acts: the person of the token, with the roles of today and no more than the token's scopes."""
    request.get_data()  # a slow sender is waited for before a transaction begins
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer":
        raise Problem(401, _("Send a token, as the header “Authorization: Bearer” and the token."))
    today = now.astimezone(LONDON).date()
    try:
        known = tokens.bearer(db.session, text.strip(), today)
    except tokens.Unknown as unknown:
        raise Problem(401, str(unknown)) from None
    actor = replace(actors.actor_for(known.person, now), scopes=known.scopes)
    if known.last_used_on is None or known.last_used_on < today:
        with writing(db.session):
            tokens.note_use(db.session, known.token_id, now, today)
    g.token_id = known.token_id
    actors.set_current(actor)


def _enter(view: AreaView, right: Right) -> None:
    """Refuse whoever may not do this with any record of the area: by role first, then by the token's scopes."""
    actor, resource = acting(), view.resource
    if right not in rights(actor.roles, resource):
        may = [role for role, given in zip(Role, RIGHTS[resource], strict=True) if right in given]
        raise Refused(_("Your role does not allow this."), may=who(may))
    if right not in actor.rights(resource):
        raise out_of_scope(Scope.read if right is Right.read else Scope.write, resource)


# --- what went wrong ---------------------------------------------------------------------------------------------


class Problem(Exception):
    """An answer other than the one that was hoped for: its status, a sentence, and what else there is to tell."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


def titles() -> dict[int, tuple[str, str]]:
    """Status -> what its kind of problem is called, for programs and for people."""
    return {
        400: ("malformed", _("The request cannot be read")),
        401: ("unknown", _("Nobody is known by this token")),
        403: ("refused", _("You may not do this")),
        404: ("missing", _("Not found")),
        405: ("method", _("This address cannot be used in this way")),
        406: ("accept", _("Answers are JSON")),
        409: ("contradiction", _("This contradicts what is recorded")),
        412: ("stale", _("Somebody changed this record after you read it")),
        413: ("large", _("Too large")),
        415: ("content-type", _("Requests are JSON")),
        422: ("invalid", _("Something that was sent will not do")),
        428: ("unread", _("Say which version you read")),
        429: ("limit", _("Too many requests")),
        500: ("failure", _("Something went wrong")),
    }


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem as RFC 9457 has it."""
    kind, title = titles().get(status, ("other", _("This cannot be done")))
    told = {"type": f"urn:careward:problem:{kind}", "title": title, "status": status, "detail": detail, **more}
    answer = Response(json.dumps(told, ensure_ascii=False), status, mimetype="application/problem+json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Careward"'
    return answer


def _refusal(refused: Refused) -> dict[str, str]:
    return {"reason": str(refused.sentence), "clause": refused.clause, "who_may": refused.may}


def tell(error: Exception) -> Response:
    """Whatever went wrong, as a problem. Never SQL, never where in the program."""
    db.session.rollback()
    if isinstance(error, Problem):
        return problem(error.status, error.detail, **error.more)
    if isinstance(error, Refused):
        return problem(403, str(error), **_refusal(error))
    if not isinstance(error, HTTPException):
        return problem(500, _("It was not saved, and it has been noted for whoever runs Careward."))
    status = error.code or 500
    details = {
        404: _("There is nothing at this address, or it is not yours to see."),
        405: _("Use one of the methods that the header Allow names."),
        413: _("What you sent is larger than 2 MB. Shorten it and send it again."),
        429: _("Wait as many seconds as the header Retry-After says, then try again."),
    }
    answer = problem(status, details.get(status, _("Check the address and what you sent.")))
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _negotiate() -> None:
    """JSON in, JSON out."""
    accepted = request.accept_mimetypes
    if accepted and not accepted["application/json"]:
        raise Problem(406, _("Answers are application/json. Send no header Accept, or one that allows it."))
    if request.get_data() and request.mimetype != "application/json":
        raise Problem(415, _("Send JSON, with the header “Content-Type: application/json”."))


def _body() -> dict[str, Any]:
    """What was sent; nothing is an empty object."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    data = request.get_data()
    try:
        found = json.loads(data, parse_constant=refuse) if data else {}
    except (ValueError, RecursionError):
        raise Problem(400, _("What you sent is no valid JSON.")) from None
    if not isinstance(found, dict):
        raise Problem(400, _("Send one JSON object, with a member for each field."))
    return found


# --- records as JSON ---------------------------------------------------------------------------------------------


def columns_of(view: AreaView, names: Iterable[str]) -> dict[str, Any]:
    """The columns that an answer holds: what every record tells of itself, then these."""
    known = inspect(view.model).columns
    return {name: known[name] for name in (*ITSELF, *names) if name in known}


def target_of(column: Column[Any]) -> Any:
    """The model of the record that a column points at; None where it points at none."""
    table = table_pointed_at(column)
    if table is None or table == Person.__tablename__:
        return None if table is None else Person
    return next(m.class_ for m in Model.registry.mappers if m.class_.__tablename__ == table)


def name_member(name: str) -> str:
    """What the name of a record stands under that a column points at: `service` for `service_id`."""
    return name.removesuffix("_id") if name.endswith("_id") else f"{name}_name"


def records(view: AreaView, items: Sequence[Any]) -> list[dict[str, Any]]:
    """Records as this actor reads them. Records that they point at are told by id and name, where the actor sees them.

    One statement for each kind of record pointed at, however many there are.
    """
    columns = columns_of(view, view.told())
    targets = {name: target_of(column) for name, column in columns.items() if table_pointed_at(column)}
    wanted: dict[Any, set[int]] = {model: set() for model in targets.values()}
    for name, model in targets.items():
        wanted[model] |= {getattr(item, name) for item in items} - {None}
    found = {model: _names(model, ids) for model, ids in wanted.items()}
    told = []
    for item in items:
        record: dict[str, Any] = {}
        for name in columns:
            value = getattr(item, name)
            if name in targets:
                known = found[targets[name]].get(value)
                record[name], record[name_member(name)] = (value if known is not None else None), known
            else:
                record[name] = ledger.plain(value)
        told.append(record)
    return told


def _names(model: Any, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    flow = WORKFLOWS.get(model)
    options = [joinedload(relation) for relation in flow.named] if flow is not None else []
    rows = db.session.scalars(select(model).where(model.id.in_(ids)).options(*options)).unique()
    return {row.id: name_of(row) for row in rows}


def _json(told: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    return Response(body, status, mimetype="application/json", headers=dict(headers or {}))


def _etag(item: Any) -> dict[str, str]:
    return {"ETag": f'"{item.version}"'}


def show_record(view: AreaView, pk: int) -> Response:
    _enter(view, Right.read)
    item = view.find(str(pk))
    (told,), etag = records(view, [item]), _etag(item)
    _note_reading(view, [item])
    return _json(told, headers=etag)


def _note_reading(view: AreaView, items: Sequence[Any]) -> None:
    """Whoever is answered with restricted records has read them, one or a list. What is told is read before this."""
    if view.told() and (restricted := view.told_to_ledger(items)):
        note_read(db.session, *restricted)


# --- lists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Invalid(Exception):
    """One parameter that will not do, and why."""

    sentence: str


def filters_of(columns: Mapping[str, Any]) -> dict[str, str]:
    """What a list may be narrowed by: parameter -> column. Days and moments from and to, others by what they are."""
    found: dict[str, str] = {}
    for name, column in columns.items():
        if isinstance(column.type, Date | UtcDateTime):
            found |= {f"{name}.from": name, f"{name}.to": name}
        elif name != "version" and (table_pointed_at(column) or isinstance(column.type, Enum | Boolean | Integer)):
            found[name] = name
    return found


def orders_of(view: AreaView, columns: Mapping[str, Any]) -> list[str]:
    """What a list may be ordered by: what is never empty, so that a next page can begin where one ended."""
    kinds = Date | UtcDateTime | Integer | String
    return [
        name
        for name, column in columns.items()
        if isinstance(column.type, kinds)
        and not isinstance(column.type, Enum)
        and not column.nullable
        and not table_pointed_at(column)
        and name != "version"
        and name not in view.long_text
    ]


def list_records(view: AreaView) -> Response:
    _enter(view, Right.read)
    columns, model, errors = columns_of(view, view.told()), view.model, dict[str, list[str]]()
    known, query, order, size, after = filters_of(columns), view.query(), "id", USUAL, ""
    for name, values in request.args.lists():
        try:
            if name == "q" and view.searched:
                text = values[-1].strip()
                if text:
                    query = query.where(or_(*(each.icontains(text, autoescape=True) for each in view.looked_into())))
            elif name == "limit":
                size = whole(values[-1]) or 0
                if not 1 <= size <= MOST:
                    raise Invalid(_("Ask for 1 to %(most)s records.", most=MOST))
            elif name == "order":
                order = values[-1]
                _refuse_unread(view, order.removeprefix("-"))
                if order.removeprefix("-") not in orders_of(view, columns):
                    may = ", ".join(orders_of(view, columns))
                    raise Invalid(_("Order by one of these: %(names)s. A “-” before it turns it round.", names=may))
            elif name == "after":
                after = values[-1]
            elif name in known:
                query = query.where(_narrowed(getattr(model, known[name]), columns[known[name]], name, values))
            else:
                _refuse_unread(view, name.partition(".")[0])
                raise Invalid(_("A list is not narrowed by this."))
        except Invalid as invalid:
            errors[name] = [invalid.sentence]
    by, turned = order.removeprefix("-"), order.startswith("-")
    if after and not errors:
        try:
            query = query.where(_past(model, columns[by], by, turned, after))
        except Invalid as invalid:
            errors["after"] = [invalid.sentence]
    if errors:
        raise Problem(422, _("Some parameters will not do."), errors=errors)
    keys = [getattr(model, by)] + ([] if by == "id" else [model.id])
    ordering = [key.desc() if turned else key.asc() for key in keys]
    items = list(db.session.scalars(query.order_by(*ordering).limit(size + 1)).unique())
    address = None
    if len(items) > size:
        items = items[:size]
        ended = [by, turned, ledger.plain(getattr(items[-1], by)), items[-1].id]
        cursor = base64.urlsafe_b64encode(json.dumps(ended).encode()).decode()
        rest = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
        address = f"{request.path}?{urlencode([*rest, ('after', cursor)])}"
    told = records(view, items)
    _note_reading(view, items)
    return _json({"items": told, "next": address})


def _refuse_unread(view: AreaView, name: str) -> None:
    """Whoever may not read a column finds nothing out by it either."""
    if name in {*view.fields, *view.shown} - set(view.told()):
        raise Refused(_("This is read inside the council only."), may=who(actors.COUNCIL))


def _narrowed(attribute: Any, column: Any, name: str, values: Sequence[str]) -> Any:
    """The clause that a parameter means. Said several times, it means any of them."""
    if name.endswith((".from", ".to")):
        clauses = [_bounded(attribute, column, name.endswith(".to"), value) for value in values]
        return or_(*clauses)
    return attribute.in_([_value(column, value) for value in values])


def _bounded(attribute: Any, column: Any, upto: bool, text: str) -> Any:
    if isinstance(column.type, Date):
        return attribute <= _day(text) if upto else attribute >= _day(text)
    if re.fullmatch(DAY, text):
        start = dt.datetime.combine(_day(text) + dt.timedelta(days=upto), dt.time(), LONDON)
        return attribute < start if upto else attribute >= start
    return attribute <= _moment(text) if upto else attribute >= _moment(text)


DAY = r"\d{4}-\d\d-\d\d"
MOMENT = DAY + r"T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)"


def _day(text: str) -> dt.date:
    try:
        found = dt.date.fromisoformat(text) if re.fullmatch(DAY, text) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise Invalid(_("Send a date like 2026-03-31."))
    return found


def _moment(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text) if re.fullmatch(MOMENT, text) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise Invalid(_("Send a moment with its zone, like 2026-03-31T14:30:00+01:00."))
    return found


def _value(column: Any, text: str) -> Any:
    """What a parameter says, as its column keeps it."""
    if isinstance(column.type, Enum):
        kind: Any = column.type.enum_class
        if text not in {member.value for member in kind}:
            raise Invalid(_("Send one of these: %(names)s.", names=", ".join(member.value for member in kind)))
        return kind(text)
    if isinstance(column.type, Boolean):
        if text not in ("true", "false"):
            raise Invalid(_("Send true or false."))
        return text == "true"
    number = whole(text)
    if number is None:
        raise Invalid(_("Send a whole number."))
    return number


def _past(model: Any, column: Any, by: str, turned: bool, cursor: str) -> Any:
    """The clause for what comes after the record that a cursor names."""
    wrong = Invalid(_("This cursor does not belong to this list. Begin again without it."))
    try:
        told = json.loads(base64.b64decode(cursor.encode(), b"-_", validate=True))
        order, was_turned, value, key = told
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise wrong from None
    if (order, was_turned) != (by, turned) or whole(str(key)) is None or not isinstance(value, str | int):
        raise wrong
    if isinstance(column.type, Date | UtcDateTime):
        value = _day(str(value)) if isinstance(column.type, Date) else _moment(str(value))
    elif isinstance(column.type, Integer):
        value = whole(str(value))
    if value is None or (isinstance(column.type, String) and not (isinstance(value, str) and _storable(value))):
        raise wrong
    attribute = getattr(model, by)
    beyond = (lambda one, other: one < other) if turned else (lambda one, other: one > other)
    if by == "id":
        return beyond(attribute, value)
    return or_(beyond(attribute, value), and_(attribute == value, beyond(model.id, int(key))))


# --- what is sent ------------------------------------------------------------------------------------------------


def _storable(text: str) -> bool:
    """Whether a database can hold it: PostgreSQL holds no zero byte, and nothing holds half a character."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _as_typed(asked: Input, value: Any) -> str:
    """A member of the JSON as the form's field would have had it typed, so that one set of checks is enough."""
    kind = asked.kind
    if kind is InputKind.flag:
        if not isinstance(value, bool):
            raise Invalid(_("Send true or false."))
        return "y" if value else ""
    if value is None:
        return ""
    number = kind in (InputKind.number, InputKind.record) or (kind is InputKind.choice and asked.choices is None)
    if number:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Invalid(_("Send a whole number."))
        return f"#{value}" if kind is InputKind.record else str(value)
    if not isinstance(value, str) or not _storable(value):
        raise Invalid(_("Send text."))
    if value and kind is InputKind.date:
        _day(value)
    if value and kind is InputKind.moment:
        _moment(value)
    return value


def _as_ticked(value: Any) -> list[str]:
    """A list of keys, as boxes that were ticked."""
    if value is None:
        return []
    if not isinstance(value, list) or any(isinstance(each, bool) or not isinstance(each, str | int) for each in value):
        raise Invalid(_("Send a list of texts or whole numbers."))
    return [str(each) for each in value]


def _filled(asked: Sequence[Input], body: Mapping[str, Any], **more: Any) -> Any:
    """The form, filled in with what was sent and found good; else every fault, by member."""
    known, errors, typed = {each.name: each for each in asked}, dict[str, list[str]](), MultiDict[str, str]()
    for name, value in body.items():
        try:
            if name in known and known[name].kind is InputKind.several:
                typed.setlist(name, _as_ticked(value))
            elif name in known:
                typed.add(name, _as_typed(known[name], value))
            elif name in more:
                typed.add(name, _as_typed(Input(name, more[name].kwargs["label"]), value))
            else:
                raise Invalid(_("There is no such member here."))
        except Invalid as invalid:
            errors[name] = [invalid.sentence]
    form = form_for(asked, **more)(formdata=typed, meta={"csrf": False})
    if not form.validate():
        errors = {str(name): [str(each) for each in told] for name, told in form.errors.items()} | errors
    if errors:
        raise Problem(422, _("Some members will not do."), errors=errors)
    return form


def _read_version() -> int:
    """The version that was read, as If-Match names it. What it cannot be is a version that no record has."""
    told = request.headers.get("If-Match")
    if told is None:
        raise Problem(428, _("Send the header If-Match with the ETag of the record that you read."))
    found = re.fullmatch(r'"(\d+)(:\w+)?"', told.strip())  # compressed answers name their encoding after the version
    number = whole(found[1]) if found else None
    return -1 if number is None else number


def _stale(view: AreaView, item: Any, values: Mapping[str, Any]) -> Problem:
    """Both values, field by field, for whoever was overtaken."""
    told = set(view.told())
    conflicts = {
        name: {"stands": ledger.plain(getattr(item, name)), "sent": ledger.plain(value)}
        for name, value in values.items()
        if name in told and value != getattr(item, name)
    }
    detail = _("Read the record again, then decide. Nothing was saved.")
    told_of = Problem(412, detail, version=item.version, conflicts=conflicts)
    if conflicts:
        _note_reading(view, [item])
    return told_of


def _contradiction(error: Exception) -> Problem:
    more: dict[str, Any] = (
        _refusal(error) if isinstance(error, Refused) else {"reason": sentence(error), "clause": "", "who_may": ""}
    )
    if isinstance(error, Refused) and error.fields:
        more["errors"] = {name: [told] for name, told in error.fields.items()}
    return Problem(409, sentence(error), **more)


def edit_record(view: AreaView, pk: int) -> Response:
    _enter(view, Right.edit)
    item, body, read = view.find(str(pk)), _body(), _read_version()
    every = {each.name: each for each in view.asked()}
    if unknown := [name for name in body if name not in every]:
        told = {name: [_("This is not written here.")] for name in unknown}
        raise Problem(422, _("Some members will not do."), errors=told)
    asked = [each for name, each in every.items() if name in body]
    values = kept(view.model, _filled(asked, body).values(asked))
    if read != item.version:
        raise _stale(view, item, values)
    try:
        view.change(item, values)
        db.session.flush()
        (told_now,) = records(view, [item])
        answer = _json(told_now, headers=_etag(item))
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        raise _stale(view, view.find(str(pk)), values) from None
    except (Refused, IntegrityError) as error:
        raise _contradiction(error) from None
    return answer


def add_record(view: AreaView) -> Response:
    _enter(view, Right.add)

    def act() -> Response:
        asked = view.asked()
        item = view.new(_filled(asked, _body()).values(asked))
        try:
            db.session.add(item)
            db.session.flush()
        except (Refused, IntegrityError, StaleDataError) as error:
            raise _contradiction(error) from None
        (told,) = records(view, [item])
        return _json(told, 201, {**_etag(item), "Location": f"{request.path}{item.id}"})

    return _once(act)


def _once(act: Callable[[], Response]) -> Response:
    """Do it and commit. With an Idempotency-Key: do it once, and give the same answer to the same request again."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        answer = act()
        db.session.commit()
        return answer
    if not re.fullmatch(r"[!-~]{1,200}", key):
        raise Problem(400, _("An Idempotency-Key is 1 to 200 characters without blanks, such as a UUID."))
    now = acting().now
    told = f"{request.method} {request.path}\n{json.dumps(_body(), sort_keys=True)}"
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    if (known := tokens.answered(db.session, g.token_id, key, now)) is not None:
        return _again(known, fingerprint)
    try:
        claimed = tokens.claim(db.session, g.token_id, key, fingerprint, now)
    except IntegrityError:  # somebody sent the same at the same moment, and was quicker
        db.session.rollback()
        known = tokens.answered(db.session, g.token_id, key, now)
        return _again(known, fingerprint)
    answer = act()
    kept_headers = {name: answer.headers[name] for name in ("ETag", "Location") if name in answer.headers}
    tokens.keep(db.session, claimed, answer.status_code, kept_headers, answer.get_data(as_text=True))
    db.session.commit()
    return answer


def _again(known: Any, fingerprint: str) -> Response:
    if known["fingerprint"] != fingerprint:
        raise Problem(
            422,
            _("This Idempotency-Key was sent with another request. Take a new one."),
            errors={"Idempotency-Key": [_("It belongs to another request.")]},
        )
    return _json(known["body"], known["status"], {**known["headers"], "Idempotent-Replayed": "true"})


# --- steps -------------------------------------------------------------------------------------------------------


def list_steps(view: AreaView, pk: int) -> Response:
    """Every step from where the record stands: what it asks for, and why it is not this actor's, or null."""
    _enter(view, Right.read)
    item = view.find(str(pk))
    told = [
        {
            "step": step.name,
            "label": str(step.label),
            "does": str(step.does),
            "clause": step.approver(item).clause or step.clause,
            "needs_note": step.needs_note,
            "inputs": [_told_input(each) for each in step.asks(item)],
            "refusal": _refusal(refusal) if refusal is not None else None,
        }
        for step, refusal in view.offers(item)
    ]
    return _json({"steps": told}, headers=_etag(item))


def _told_input(asked: Input) -> dict[str, Any]:
    choices: list[Any] | None = None
    if asked.choices is not None:
        choices = [{"value": member.value, "name": str(word(member))} for member in asked.choices]
    elif asked.options is not None:
        choices = [{"value": key, "name": name} for key, name in asked.options(db.session)]
    return {
        "name": asked.name,
        "label": str(asked.label),
        "hint": str(asked.hint),
        "kind": asked.kind.value,
        "required": asked.required and asked.kind is not InputKind.flag,
        "choices": choices,
    }


def note_field(step: Step) -> Any:
    """The reason for a step: needed where the step needs it, welcome elsewhere."""
    needed = InputRequired(_("Give a reason.")) if step.needs_note else Optional()
    return TextAreaField(label=_("Reason"), validators=[needed])


def take_step(view: AreaView, pk: int, step: str) -> Response:
    _enter(view, Right.read)
    workflow = view.workflow
    if workflow is None or step not in workflow.steps:
        raise Problem(404, _("There is no such step."))
    view.find(str(pk))

    def act() -> Response:
        item, actor, taken = view.find(str(pk)), acting(), workflow.steps[step]
        read = _read_version()
        if refusal := workflow.refusal(step, item, actor):
            raise refusal
        asked = taken.asks(item)
        form = _filled(asked, _body(), note=note_field(taken))
        if read != item.version:
            raise _stale(view, item, {})
        try:
            workflow.take(step, item, actor, note=form.note.data or "", version=read, **form.values(asked))
        except StaleDataError:
            db.session.rollback()
            raise _stale(view, view.find(str(pk)), {}) from None
        except (Refused, IntegrityError) as error:
            raise _contradiction(error) from None
        (told,) = records(view, [item])
        return _json(told, headers=_etag(item))

    return _once(act)
