"""The one base of all generated screens: it lists, shows, adds, edits, looks up and takes steps, and nothing else."""

from __future__ import annotations  # `list` is a method of the screens below

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, ModelView, expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, String, func, inspect, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from models import db
from models.providers import Service
from views.fields import MATCHES_SHOWN, form_for, input_for, lookup, name_of, named_by
from views.history import as_at, history_of
from views.labels import Link, field_label, shown_word
from workflows import sharing
from workflows.access import RIGHTS, Resource, Right, Role, rights, who
from workflows.actor import Actor, current_actor
from workflows.engine import Workflow
from workflows.gate import BY_HAND, Refused, note_read
from workflows.steps import Input, InputKind

READ = {"list": "read", "show": "read", "as_at": "read", "lookup": "read", "step": "read", "add": "add", "edit": "edit"}
PAGE, SHOWN = 25, 50
AS_AT = Input("on", _l("As at the end of"), InputKind.date)


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading, what stands in it, and what it is ordered by, if it is."""

    name: str
    label: Any
    value: Callable[[Any], Any]
    order: Any = None


@dataclass(frozen=True)
class Moment:
    """How a record stands on the timeline of its service: its day, what it is called, and a line about it."""

    on: Callable[[Any], Any]
    what: Callable[[Any], Any]
    text: Callable[[Any], Any] = lambda item: ""
    eager: Sequence[Any] = ()
    """Loader options for what these tell."""


@dataclass(frozen=True)
class Filter:
    """Something to narrow a list by: what may be chosen, and the clause that the choice means."""

    name: str
    label: Any
    choices: Callable[[], Sequence[tuple[str, Any]]]
    where: Callable[[str], Any]
    default: Callable[[], str] = lambda: ""


@dataclass(frozen=True)
class Related:
    """Records that belong to the one shown: their screen, the rows, the columns told, and where to add one."""

    screen: AreaView
    rows: Sequence[Any]
    columns: Sequence[Column]
    add: str | None
    cut: bool


def acting() -> Actor:
    """Whoever asks for this page. Routes are guarded, so there is somebody."""
    actor = current_actor()
    if actor is None:
        abort(401)
    return actor


def sentence(error: Exception) -> str:
    """What to tell a person of something that could not be saved. Never SQL, never another's values."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, StaleDataError):
        return _("Somebody else changed this record at the same moment. Nothing of yours was saved yet: try again.")
    broken = str(getattr(error, "orig", error))
    for name, words in BROKEN_RULES.items():
        if name in broken:
            return str(words)
    return _("This contradicts what is recorded already. Check the form, and whether the record exists already.")


BROKEN_RULES: dict[str, Any] = {
    "uq_suspension_one_in_force": _l(
        "A restriction is in force for this already: somebody was quicker. Vary that one instead."
    ),
    "uq_suspension_variation_one_proposed": _l("A variation is proposed already. It must be decided first."),
    "ck_contact_reachable": _l("Give a phone number or an email address."),
    "agency_name": _l("An agency of this name exists already."),
    "agency.name": _l("An agency of this name exists already."),
    "host_authority_name": _l("An authority of this name exists already."),
    "host_authority.name": _l("An authority of this name exists already."),
    "host_authority_register_name": _l("Another authority is spelled so in the register already."),
    "host_authority.register_name": _l("Another authority is spelled so in the register already."),
    "service_part_service_id_name": _l("The service has a unit or property of this name already."),
    "service_part.name": _l("The service has a unit or property of this name already."),
}
"""What a database calls a broken rule (SQLite: the columns of a unique one) -> the sentence for whoever broke it."""


class Table(SQLAInterface):
    """FAB's door to a model, always on the application's own session."""

    def __init__(self, model: type[Any]) -> None:
        super().__init__(model, db.session)


class Page(BaseView):
    """Any screen of ours that is not generated from a model."""

    resource: Resource

    def __init__(self) -> None:
        if hasattr(self, "resource"):
            self.class_permission_name = self.resource.value
        super().__init__()


SCREENS: dict[type[Any], type[AreaView]] = {}
"""The screen of each model that has one."""


class AreaView(ModelView):
    """A generated screen: a declaration of columns, filters, order, fields and workflow."""

    resource: Resource
    workflow: Workflow | None = None
    title: Any
    """What the list is called."""
    one: Any
    """What one record is called, for headings and buttons."""
    columns: Sequence[Column] = ()
    filters: Sequence[Filter] = ()
    searched: Sequence[Any] = ()
    """The columns that the search box looks into."""
    eager: Sequence[Any] = ()
    """Loader options for what the columns show, so that a list runs a constant number of statements."""
    ordered: Sequence[Any] = ()
    """The order unless another is asked for."""
    fields: Sequence[str] = ()
    """What its form asks for; the gate allows no more than workflows/ says in any case."""
    shown: Sequence[str] = ()
    """What the page of a record tells beside `fields`: the columns that steps set."""
    inside: frozenset[str] = frozenset()
    """Of all these, what only the council's own people read, on every path: page, list, export and API."""
    related: Sequence[str] = ()
    """Relations whose records stand as a list on the page of one, with the columns of their own screen."""
    timeline: Moment | None = None
    """How its records stand on the timeline of the service that they are about."""
    long_text: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    options: Mapping[str, Any] = {}
    """Fields whose choices depend on the rows: name -> options as of `Input`."""
    hints: Mapping[str, Any] = {}
    show_template = "show.html"
    list_template = "list.html"
    history = True

    method_permission_name = READ

    def __init_subclass__(cls, **kw: Any) -> None:
        """A screen has the routes that its declaration needs, and no others."""
        super().__init_subclass__(**kw)
        SCREENS[cls.datamodel.obj] = cls
        if "include_route_methods" not in vars(cls):
            by_hand = BY_HAND.get(cls.datamodel.obj)
            cls.include_route_methods = {"list", "show"} | ({"lookup"} if named_by(cls.datamodel.obj) else set())
            if cls.history and by_hand is not None:
                cls.include_route_methods |= {"as_at"}
            if cls.fields and by_hand is not None:
                cls.include_route_methods |= {"add"} if by_hand.add else set()
                cls.include_route_methods |= {"edit"} if by_hand.edit else set()
            if cls.workflow is not None:
                cls.include_route_methods |= {"step"}

    def __init__(self, **kw: Any) -> None:
        self.class_permission_name = self.resource.value
        super().__init__(**kw)

    def _init_properties(self) -> None:
        """FAB would make one filter object here for all threads to share; our lists keep nothing between requests."""
        none: tuple[Any, ...] = ()
        self.related_views = self._related_views = none

    def _init_titles(self) -> None:
        """FAB would call every list "List Service"; ours say in `title` what they are called."""

    def _init_forms(self) -> None:
        """FAB would build its own forms here; ours are built from `fields` for each request."""

    @property
    def model(self) -> Any:
        return self.datamodel.obj

    def may(self, right: Right) -> bool:
        allowed = BY_HAND.get(self.model)
        possible = allowed is not None and (
            right is Right.read or (allowed.add if right is Right.add else allowed.edit)
        )
        return possible and right in rights(acting().roles, self.resource)

    # --- list ---

    def query(self) -> Select[Any]:
        """What the list is made of, before search and filters. The gate adds the actor's rows."""
        return select(self.model)

    def looked_into(self) -> Sequence[Any]:
        """The columns that the search box looks into for this actor: never what they may not read."""
        return self.searched

    def prepare(self, items: list[Any]) -> None:
        """Fetch for all rows of the page at once what the columns show beside the row."""

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        query, chosen = self.query(), {}
        text = request.args.get("q", "").strip()
        if text and self.searched:
            query = query.where(or_(*(column.icontains(text, autoescape=True) for column in self.looked_into())))
        for each in self.filters:
            options = list(each.choices())
            value = request.args.get(each.name, each.default())
            if value not in {key for key, _words in options}:
                value = each.default()
            chosen[each.name] = (value, options)
            if value:
                query = query.where(each.where(value))
        counted = query.with_only_columns(func.count(), maintain_column_froms=True)
        total = db.session.scalar(counted) or 0
        pages = max(1, -(-total // PAGE))
        page = min(max(1, _number(request.args.get("page"), 1)), pages)
        orders = {column.name: column.order for column in self.columns if column.order is not None}
        order, descending = request.args.get("order", ""), request.args.get("direction") == "desc"
        ordering = list(self.ordered)
        if order in orders:
            ordering = [orders[order].desc().nulls_last() if descending else orders[order].asc().nulls_last()]
        else:
            order = ""
        rows = query.options(*self.eager).order_by(*ordering, self.model.id).limit(PAGE).offset((page - 1) * PAGE)
        items = list(db.session.scalars(rows).unique())
        self.prepare(items)
        return self.render_template(
            self.list_template,
            title=self.title,
            view=self,
            items=items,
            total=total,
            page=page,
            pages=pages,
            text=text,
            chosen=chosen,
            order=order,
            descending=descending,
            may_add=self.may(Right.add),
            now=acting().now,
        )

    # --- one record ---

    def find(self, pk: str) -> Any:
        """The record, or 404: what a person may not see is not there."""
        key = _number(pk, 0)
        item = db.session.get(self.model, key) if 0 < key < 2**31 else None
        if item is None:
            abort(404)
        return item

    def told(self) -> Sequence[str]:
        """The columns of a record that this actor reads, in the order of its page."""
        names = [*self.fields, *self.shown]
        return names if acting().works_here else [name for name in names if name not in self.inside]

    def facts(self, item: Any) -> Sequence[tuple[Any, Any]]:
        """What the page of one record tells: (heading, value); nothing where nothing is said."""
        told = [(field_label(self.model, name), value_of(item, name)) for name in self.told()]
        return [(label, value) for label, value in told if value not in (None, "", [])]

    def offers(self, item: Any) -> Sequence[Any]:
        """The steps from here, and why not the others. Whoever is not of the council is told of their own only."""
        found = self.workflow.offers(item, acting()) if self.workflow is not None else []
        return found if acting().works_here else [(step, refusal) for step, refusal in found if refusal is None]

    def _is_shared_by_steps(self) -> bool:
        return self.workflow is not None and "share" in self.workflow.steps

    def reading_is_told(self, item: Any) -> bool:
        """Whether the ledger tells who read it: a restricted record, and whatever an agency reads by sharing."""
        return bool(getattr(item, "restricted", False)) or (self._is_shared_by_steps() and not acting().works_here)

    @classmethod
    def about(cls, service: Any) -> Any:
        """The clause by which a record is about this service, for its timeline."""
        return cls.datamodel.obj.service_id == service.id

    def lists(self, item: Any) -> Sequence[Related]:
        """The lists of related records on its page: those that the actor may read, and may add to."""
        found = []
        for name in self.related:
            relation = inspect(self.model).relationships[name]
            screen = screen_of(relation.mapper.class_)
            may_add = screen.may(Right.add)
            if Right.read not in rights(acting().roles, screen.resource):
                continue
            (key,) = relation.remote_side
            query = screen.query().where(key == item.id).options(*screen.eager)
            rows = list(db.session.scalars(query.order_by(*screen.ordered, screen.model.id).limit(SHOWN)).unique())
            if rows or may_add:
                screen.prepare(rows)
                told = [column for column in screen.columns if column.name not in (relation.back_populates, key.key)]
                add = url_for(f"{screen.endpoint}.add", **{key.key: item.id}) if may_add else None
                found.append(Related(screen, rows, told, add, len(rows) == SHOWN))
        return found

    def more(self, item: Any) -> dict[str, Any]:
        """What else its template needs."""
        return {}

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        item = self.find(pk)
        actor = acting()
        if self.reading_is_told(item):
            note_read(db.session, item)
        return self.render_template(
            self.show_template,
            title=str(item),
            view=self,
            item=item,
            facts=self.facts(item),
            offers=self.offers(item),
            may_edit=self._may_edit(item),
            lists=self.lists(item),
            shares=sharing.shares_of(item) if self._is_shared_by_steps() and actor.works_here else [],
            history=history_of(item) if self.history and Right.read in rights(actor.roles, Resource.history) else None,
            **self.more(item),
        )

    def _may_edit(self, item: Any) -> bool:
        allowed = BY_HAND.get(self.model)
        open_ = allowed is not None and (allowed.states is None or item.state in allowed.states)
        return open_ and bool(self.fields) and self.may(Right.edit)

    @expose("/as-at/<pk>")
    @has_access
    def as_at(self, pk: str) -> Any:
        """The record as it stood at the end of a past day: its history, folded back."""
        item, actor = self.find(pk), acting()
        if Right.read not in rights(actor.roles, Resource.history):
            may = [role for role, given in zip(Role, RIGHTS[Resource.history], strict=True) if Right.read in given]
            raise Refused(_("Your role does not allow this."), may=who(may))
        form = form_for([AS_AT])(formdata=request.args if "on" in request.args else None, meta={"csrf": False})
        day = form.on.data if "on" in request.args and form.validate() else None
        return self.render_template(
            "as_at.html",
            title=str(item),
            view=self,
            item=item,
            form=form,
            day=day,
            facts=as_at(item, day) if day is not None else None,
        )

    # --- forms ---

    def asked(self) -> Sequence[Input]:
        """What the form asks for."""
        found = []
        for name in self.fields:
            more: dict[str, Any] = {"hint": self.hints.get(name, "")}
            if name in self.long_text:
                more["kind"] = InputKind.text
            if name in self.options:
                more |= {"kind": InputKind.choice, "options": self.options[name]}
            found.append(input_for(self.model, name, self.required, **more))
        return found

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        asked = self.asked()
        form = form_for(asked)(formdata=request.form if request.method == "POST" else None, data=self.start(asked))
        if request.method == "POST" and form.validate():
            item = self.model(**_kept(self.model, form.values(asked)))
            self.complete(item)
            try:
                db.session.add(item)
                db.session.commit()
            except (Refused, IntegrityError, StaleDataError) as error:
                db.session.rollback()
                form.form_errors.append(sentence(error))
            else:
                flash(_("Saved."), "success")
                return redirect(url_for(f"{self.endpoint}.show", pk=item.id))
        return self._form_page(_("Add: %(what)s", what=self.one), form, asked, url_for(f"{self.endpoint}.list"))

    def start(self, asked: Sequence[Input]) -> dict[str, Any]:
        """What a new form starts with: what the link that led here names, where the person may see it."""
        told = {}
        for each in asked:
            value = _number(request.args.get(each.name), 0)
            if each.kind is InputKind.record and each.model is not None and 0 < value < 2**31:
                told[each.name] = value if db.session.get(each.model, value) is not None else None
        return told

    def complete(self, item: Any) -> None:
        """Fill in what follows from what was given, before a new record is saved."""

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        item, asked = self.find(pk), self.asked()
        back = url_for(f"{self.endpoint}.show", pk=item.id)
        stored = {each.name: getattr(item, each.name) for each in asked}
        if request.method == "GET":
            return self._form_page(
                _("Change: %(what)s", what=item),
                form_for(asked)(formdata=None, data=stored | {"version": item.version}),
                asked,
                back,
            )
        form = form_for(asked)(formdata=request.form)
        conflicts: Sequence[Any] = ()
        if form.validate():
            values = _kept(self.model, form.values(asked))
            if form.read_version() != item.version:
                conflicts = self._conflicts(asked, stored, values)
                form.form_errors.append(
                    _("Somebody changed this record after you opened it. Nothing of yours is lost.")
                )
                form.version.data = str(item.version)
            else:
                try:
                    for name, value in values.items():
                        if value != stored[name]:
                            setattr(item, name, value)
                    db.session.commit()
                except (Refused, IntegrityError, StaleDataError) as error:
                    db.session.rollback()
                    form.form_errors.append(sentence(error))
                else:
                    flash(_("Saved."), "success")
                    return redirect(back)
        return self._form_page(_("Change: %(what)s", what=item), form, asked, back, conflicts)

    def _conflicts(
        self, asked: Sequence[Input], stored: dict[str, Any], values: dict[str, Any]
    ) -> Sequence[tuple[Any, Any, Any]]:
        """(field, as it stands now, as you typed it) wherever the two differ."""
        return [
            (each.label, _told(each, stored[each.name]), _told(each, values[each.name]))
            for each in asked
            if stored[each.name] != values[each.name]
        ]

    def _form_page(
        self, title: str, form: Any, asked: Sequence[Input], back: str, conflicts: Sequence[Any] = ()
    ) -> Any:
        return self.render_template(
            "form.html",
            title=title,
            view=self,
            form=form,
            asked=asked,
            back=back,
            conflicts=conflicts,
            button=_("Save"),
        ), (409 if conflicts else 200)

    # --- pickers ---

    @expose("/lookup")
    @has_access
    def lookup(self) -> Any:
        """The names that match what is being typed, for every form that points at this kind of record."""
        text = request.args.get("q", "").strip()
        found = lookup(self.model, text, MATCHES_SHOWN) if len(text) >= 2 else []
        return jsonify([{"id": key, "name": name} for key, name in found])

    # --- steps ---

    @expose("/<int:pk>/<step>", methods=["GET", "POST"])
    @has_access
    def step(self, pk: int, step: str) -> Any:
        """GET tells what will happen and asks for what it needs; POST does it."""
        if self.workflow is None or step not in self.workflow.steps:
            abort(404)
        item, actor, taken = self.find(str(pk)), acting(), self.workflow.steps[step]
        asked = taken.asks(item)
        more = {"note": TextAreaField(_("Reason"), [InputRequired(_("Give a reason."))])} if taken.needs_note else {}
        start = {each.name: getattr(item, each.name, None) for each in asked if each.sets}
        form = form_for(asked, **more)(
            formdata=request.form if request.method == "POST" else None, data=start | {"version": item.version}
        )
        refusal = self.workflow.refusal(step, item, actor)
        back = url_for(f"{self.endpoint}.show", pk=item.id)
        status = 403 if refusal else 200
        if request.method == "POST" and (refusal or form.validate()):
            try:
                if refusal:
                    raise refusal
                self.workflow.take(
                    step,
                    item,
                    actor,
                    note=form.note.data or "" if taken.needs_note else "",
                    version=form.read_version(),
                    **form.values(asked),
                )
                db.session.commit()
            except (Refused, IntegrityError, StaleDataError) as error:
                db.session.rollback()
                status = 403 if refusal else 409
                if not refusal:
                    form.form_errors.append(sentence(error))
                    form.version.data = str(item.version)
            else:
                flash(_("Done: %(step)s.", step=taken.label), "success")
                return redirect(back)
        clause = taken.approver(item).clause or taken.clause
        return self.render_template(
            "step.html",
            title=taken.label,
            view=self,
            item=item,
            step=taken,
            form=form,
            asked=asked,
            back=back,
            refusal=refusal,
            clause=clause,
            facts=self.facts(item) if taken.decides else (),
            button=taken.label,
        ), status


def screen_of(model: type[Any]) -> AreaView:
    """The screen of a model, as this application has it."""
    views = current_app.extensions["appbuilder"].baseviews
    return next(view for view in views if type(view) is SCREENS[model])


def value_of(item: Any, name: str) -> Any:
    """A column's value as a page tells it: a record by name, linked where it has a page; a state or kind in words."""
    column = inspect(type(item)).columns[name]
    value = getattr(item, name)
    if column.foreign_keys and value is not None:
        relation = next(
            each for each in inspect(type(item)).relationships if column in each.local_columns and not each.uselist
        )
        found = getattr(item, relation.key)
        screen = SCREENS.get(type(found))
        if screen is not None and Right.read in rights(acting().roles, screen.resource):
            return Link(found, url_for(f"{screen.__name__}.show", pk=found.id))
        return found
    return shown_word(value) if isinstance(value, Enum) else value


def with_provider(view: AreaView, asked: Sequence[Input]) -> dict[str, Any]:
    """`start` of a screen whose records name a provider, and maybe a service: the provider follows from the service."""
    told = AreaView.start(view, asked)
    if told.get("service_id") and not told.get("provider_id"):
        told["provider_id"] = db.session.get(Service, told["service_id"]).provider_id
    return told


def _kept(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as their columns keep them: a text that may not be missing is empty instead."""
    columns = inspect(model).columns
    return {
        name: "" if value is None and not columns[name].nullable and isinstance(columns[name].type, String) else value
        for name, value in values.items()
    }


def _told(asked: Input, value: Any) -> Any:
    """A value as a person reads it: a record or a person by name."""
    if value is None or asked.kind not in (InputKind.record, InputKind.choice) or asked.choices is not None:
        return value
    if asked.options is not None:
        return dict(asked.options(db.session)).get(value, value)
    item = db.session.get(asked.model, value)
    return name_of(item) if item is not None else value


def _number(text: str | None, otherwise: int) -> int:
    """A number out of an address; anything else is as if it were not said."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else otherwise
