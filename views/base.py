"""The one base of all generated screens: it lists, shows, adds, edits, looks up and takes steps, and nothing else."""

from __future__ import annotations  # `list` is a method of the screens below

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, ModelView, expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Enum as EnumType
from sqlalchemy import Select, String, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from models import db
from models.providers import Service
from views import exports
from views.columns import SCREENS, Column, Filter, acting, hidden, names, value_of
from views.fields import MATCHES_SHOWN, form_for, input_for, lookup, name_of, named_by
from views.files import files_of
from views.history import as_at, history_of
from views.labels import field_label, list_called, one_called
from views.lists import Listing, day_of, list_url, saved_views_of
from workflows import sharing
from workflows.access import RIGHTS, Resource, Right, Role, rights, who
from workflows.engine import Workflow
from workflows.gate import BY_HAND, Refused, note_read
from workflows.steps import Input, InputKind

READ = {
    "list": "read", "export": "read", "show": "read", "as_at": "read", "lookup": "read", "step": "read",
    "add": "add", "edit": "edit",
}  # fmt: skip
SHOWN = 50
AS_AT = Input("on", _l("As at the end of"), InputKind.date)


@dataclass(frozen=True)
class Moment:
    """How a record stands on the timeline of its service: its day, what it is called, and a line about it."""

    on: Callable[[Any], Any]
    what: Callable[[Any], Any]
    text: Callable[[Any], Any] = lambda item: ""
    eager: Sequence[Any] = ()
    """Loader options for what these tell."""


@dataclass(frozen=True)
class Related:
    """Records that belong to the one shown: their screen, the rows, the columns told, and where to add one."""

    screen: AreaView
    rows: Sequence[Any]
    columns: Sequence[Column]
    add: str | None
    cut: bool


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
    "uq_saved_view_one_default": _l("Another view of this list opens first for you already. Change that one before."),
    "saved_view.created_by_id": _l("Another view of this list opens first for you already. Change that one before."),
    "uq_suspension_variation_one_proposed": _l("A variation is proposed already. It must be decided first."),
    "ck_contact_reachable": _l("Give a phone number or an email address."),
    "uq_attachment_kept_once": _l("This very file is here already."),
    "attachment.sha256": _l("This very file is here already."),
    "agency_name": _l("An agency of this name exists already."),
    "agency.name": _l("An agency of this name exists already."),
    "host_authority_name": _l("An authority of this name exists already."),
    "host_authority.name": _l("An authority of this name exists already."),
    "host_authority_register_name": _l("Another authority is spelled so in the register already."),
    "host_authority.register_name": _l("Another authority is spelled so in the register already."),
    "register_proposal_service_id": _l("Another row of a register is matched with this service already."),
    "register_proposal.service_id": _l("Another row of a register is matched with this service already."),
    "service_part_service_id_name": _l("The service has a unit or property of this name already."),
    "service_part.name": _l("The service has a unit or property of this name already."),
    "meeting_item_meeting_id_position": _l("The agenda has an item in this place already. Choose another number."),
    "meeting_item.position": _l("The agenda has an item in this place already. Choose another number."),
    "uq_manager_post_one_now": _l("An entry on this post has no last day yet. Change that one first."),
    "manager_post.service_id": _l("An entry on this post has no last day yet. Change that one first."),
    "occupancy_return_service_id_counted_on": _l(
        "The places of this service were counted on that day already. Change that count."
    ),
    "occupancy_return.counted_on": _l(
        "The places of this service were counted on that day already. Change that count."
    ),
    "sponsor_licence_provider_id": _l("The licence of this provider is recorded already. Open that record instead."),
    "sponsor_licence.provider_id": _l("The licence of this provider is recorded already. Open that record instead."),
    "uq_continuity_plan_one_each": _l(
        "The plan of this service or provider is here already. Open that record instead."
    ),
    "uq_service_band_one_proposed": _l(
        "A band of this scheme is proposed for the service already. It must be decided."
    ),
    "service_band.service_id": _l("A band of this scheme is proposed for the service already. It must be decided."),
    "uq_framework_one_draft": _l("There is a draft of this framework already. Work on that one, or discard it first."),
    "framework.key": _l("There is a draft of this framework already. Work on that one, or discard it first."),
    "uq_framework_one_in_force": _l("Another edition came into force at the same moment. Look at that one first."),
    "framework.state": _l("Another edition came into force at the same moment. Look at that one first."),
    "ck_meeting_item_position_is_positive": _l("The agenda begins with number 1."),
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
    kinds: Mapping[str, InputKind] = {}
    """Of these, which are chosen by a text, or several at once."""
    hints: Mapping[str, Any] = {}
    show_template = "show.html"
    list_template = "list.html"
    history = True
    part_of_shared = False
    """Whether its records are read with another that may be shared, as a plan's actions are: told to the ledger too."""
    programs = True
    """Whether programs may ask for its records, at `/api/v1/<plural>/`."""

    method_permission_name = READ

    def __init_subclass__(cls, **kw: Any) -> None:
        """A screen has the routes that its declaration needs, and no others."""
        super().__init_subclass__(**kw)
        SCREENS[cls.datamodel.obj] = cls
        cls.title, cls.one = list_called(cls.datamodel.obj, cls.title), one_called(cls.datamodel.obj, cls.one)
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
        cls.include_route_methods |= {"export"}

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
        return possible and right in acting().rights(self.resource)

    def may_add_to(self, owner: Any) -> bool:
        """Whether the actor may add a record that belongs to this one: the link beside the list of those."""
        return self.may(Right.add)

    def after_saving(self, item: Any) -> str:
        """The page that follows a saved form: the record's own, or of a part that of the whole."""
        return url_for(f"{self.endpoint}.show", pk=item.id)

    # --- list ---

    def query(self) -> Select[Any]:
        """What the list is made of, before search and filters. The gate adds the actor's rows."""
        return select(self.model)

    def looked_into(self) -> Sequence[Any]:
        """The columns that the search box looks into for this actor: never what they may not read."""
        return [each for each in self.searched if not hidden(self, names(each, self.model))]

    def prepare(self, items: list[Any]) -> None:
        """Fetch for all rows of the page at once what the columns show beside the row."""

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        saved = saved_views_of(self)
        mine = next((view for view in saved if view.opens_first and view.created_by_id == acting().person_id), None)
        if mine is not None and not request.args:
            return redirect(list_url(self, mine.address))
        listing = Listing(self, request.args)
        total = listing.total()
        return self.render_template(
            self.list_template,
            title=self.title,
            view=self,
            listing=listing,
            total=total,
            items=listing.rows(total),
            saved=[(view, list_url(self, view.address)) for view in saved],
            may_add="add" in self.include_route_methods and self.may(Right.add),
            now=acting().now,
        )

    @expose("/export")
    @has_access
    def export(self) -> Any:
        """The same list at the same address as a file: all its rows, with the columns that were chosen."""
        return exports.send(self, Listing(self, request.args))

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

    def listed(self) -> Sequence[str]:
        """Those of them that its list may tell too: no texts where each reading of them is told to the ledger."""
        told_of = hasattr(self.model, "restricted") or self._is_told_of_outsiders()
        kinds = {column.key: column.type for column in inspect(self.model).columns}
        texts = {name for name, kind in kinds.items() if isinstance(kind, String) and not isinstance(kind, EnumType)}
        return [name for name in self.told() if not told_of or name not in texts]

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
        return bool(getattr(item, "restricted", False)) or self._is_told_of_outsiders()

    def told_to_ledger(self, items: Sequence[Any]) -> Sequence[Any]:
        """Those of these records of which the ledger tells who read them."""
        return [item for item in items if self.reading_is_told(item)]

    def _is_told_of_outsiders(self) -> bool:
        return (self.part_of_shared or self._is_shared_by_steps()) and not acting().works_here

    def _tell_reading(self, item: Any) -> None:
        if self.reading_is_told(item):
            note_read(db.session, item)

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
            may_add = screen.may_add_to(item)
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

    def kept(self, item: Any) -> int | None:
        """The record that this one was merged into: its address leads there."""
        return None

    def named(self, item: Any) -> str:
        """What its own pages call a record."""
        return str(item)

    def former(self, item: Any) -> Sequence[Any]:
        """The records that were merged into this one: their history is its own."""
        return ()

    def more(self, item: Any) -> dict[str, Any]:
        """What else its template needs."""
        return {}

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        item = self.find(pk)
        actor = acting()
        if (kept := self.kept(item)) is not None:
            return redirect(url_for(f"{self.endpoint}.show", pk=kept))
        self._tell_reading(item)
        return self.render_template(
            self.show_template,
            title=self.named(item),
            view=self,
            item=item,
            facts=self.facts(item),
            offers=self.offers(item),
            may_edit=self._may_edit(item),
            lists=self.lists(item),
            files=files_of(item),
            history=history_of(item, self.former(item)) if self._may_read_history() else None,
            shares=sharing.shares_of(item) if self._is_shared_by_steps() and actor.works_here else [],
            **self.more(item),
        )

    def _may_read_history(self) -> bool:
        return self.history and Right.read in rights(acting().roles, Resource.history)

    def _may_edit(self, item: Any) -> bool:
        allowed = BY_HAND.get(self.model)
        open_ = allowed is not None and (allowed.states is None or item.state in allowed.states)
        return open_ and bool(self.fields) and self.may(Right.edit) and self._may_open_form(item)

    def _may_open_form(self, item: Any) -> bool:
        """Whether its form shows this actor nothing but what they read of it, or wrote themselves."""
        actor = acting()
        return actor.works_here or not self.inside & set(self.fields) or item.created_by_id == actor.person_id

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
        if day is not None:
            self._tell_reading(item)
        return self.render_template(
            "as_at.html",
            title=self.named(item),
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
                more |= {"kind": self.kinds.get(name, InputKind.choice), "options": self.options[name]}
            found.append(input_for(self.model, name, self.required, **more))
        return found

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        asked = self.asked()
        form = form_for(asked)(formdata=request.form if request.method == "POST" else None, data=self.start(asked))
        if request.method == "POST" and form.validate():
            item = self.new(form.values(asked))
            try:
                db.session.add(item)
                db.session.commit()
            except (Refused, IntegrityError, StaleDataError) as error:
                db.session.rollback()
                tell_in(form, error)
            else:
                flash(_("Saved."), "success")
                return redirect(self.after_saving(item))
        return self._form_page(_("Add: %(what)s", what=self.one), form, asked, url_for(f"{self.endpoint}.list"))

    def start(self, asked: Sequence[Input]) -> dict[str, Any]:
        """What a new form starts with: what the link that led here names, where the person may see it."""
        told: dict[str, Any] = {}
        for each in asked:
            text = request.args.get(each.name, "")
            value = _number(text, 0)
            if each.kind is InputKind.record and each.model is not None and 0 < value < 2**31:
                told[each.name] = value if db.session.get(each.model, value) is not None else None
            elif each.kind is InputKind.choice and each.options is not None and value in dict(each.options(db.session)):
                told[each.name] = value
            elif each.kind is InputKind.choice and each.choices is not None and text in set(each.choices):
                told[each.name] = each.choices(text)
            elif each.kind is InputKind.date and text:
                told[each.name] = day_of(text)
        return told

    def new(self, values: Mapping[str, Any]) -> Any:
        """A record of what was filled in, not yet saved."""
        item = self.model(**kept(self.model, values))
        self.complete(item)
        return item

    def complete(self, item: Any) -> None:
        """Fill in what follows from what was given, before a new record is saved."""

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        item, asked = self.find(pk), self.asked()
        if not self._may_open_form(item):
            raise Refused(_("Somebody else wrote this. Add your own beside it."), may=_("whoever wrote it"))
        back = url_for(f"{self.endpoint}.show", pk=item.id)
        if request.method == "GET":
            self._tell_reading(item)  # its form shows what stands
        stored = {each.name: getattr(item, each.name) for each in asked}
        if request.method == "GET":
            return self._form_page(
                _("Change: %(what)s", what=self.named(item)),
                form_for(asked)(formdata=None, data=stored | {"version": item.version}),
                asked,
                back,
            )
        form = form_for(asked)(formdata=request.form)
        conflicts: Sequence[Any] = ()
        if form.validate():
            values = kept(self.model, form.values(asked))
            if form.read_version() != item.version:
                conflicts = self._conflicts(asked, stored, values)
                form.form_errors.append(
                    _("Somebody changed this record after you opened it. Nothing of yours is lost.")
                )
                form.version.data = str(item.version)
                self._tell_reading(item)  # the page tells what stands by now
            else:
                try:
                    self.change(item, values)
                    db.session.commit()
                except (Refused, IntegrityError, StaleDataError) as error:
                    db.session.rollback()
                    tell_in(form, error)
                else:
                    flash(_("Saved."), "success")
                    return redirect(self.after_saving(item))
        return self._form_page(_("Change: %(what)s", what=self.named(item)), form, asked, back, conflicts)

    def change(self, item: Any, values: Mapping[str, Any]) -> None:
        """Write what differs from what stands."""
        for name, value in values.items():
            if value != getattr(item, name):
                setattr(item, name, value)

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

    def start_step(self, step: str, item: Any, asked: Sequence[Input]) -> dict[str, Any]:
        """What the form of a step starts with: what the record holds."""
        return {each.name: getattr(item, each.name, None) for each in asked if each.sets}

    @expose("/<int:pk>/<step>", methods=["GET", "POST"])
    @has_access
    def step(self, pk: int, step: str) -> Any:
        """GET tells what will happen and asks for what it needs; POST does it."""
        if self.workflow is None or step not in self.workflow.steps:
            abort(404)
        item, actor, taken = self.find(str(pk)), acting(), self.workflow.steps[step]
        if request.method == "GET":
            self._tell_reading(item)  # whoever is to decide reads what it is about, others what stands already
        asked = taken.asks(item)
        more = {"note": TextAreaField(_("Reason"), [InputRequired(_("Give a reason."))])} if taken.needs_note else {}
        form = form_for(asked, **more)(
            formdata=request.form if request.method == "POST" else None,
            data=self.start_step(step, item, asked) | {"version": item.version},
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
            lists=[replace(each, add=None) for each in self.lists(item) if each.rows] if taken.decides else (),
            button=taken.label,
        ), status


def screen_of(model: type[Any]) -> AreaView:
    """The screen of a model, as this application has it."""
    views = current_app.extensions["appbuilder"].baseviews
    return next(view for view in views if type(view) is SCREENS[model])


def tell_in(form: Any, error: Exception) -> None:
    """Tell what could not be saved: beside the fields, where it is known which ones are wrong, else above the form."""
    fields = error.fields if isinstance(error, Refused) else {}
    for name, told in fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, told]
    if not fields or any(name not in form for name in fields):
        form.form_errors.append(sentence(error))


def with_provider(view: AreaView, asked: Sequence[Input]) -> dict[str, Any]:
    """`start` of a screen whose records name a provider, and maybe a service: the provider follows from the service.

    A provider's own people write of their own.
    """
    told = AreaView.start(view, asked)
    if not told.get("provider_id"):
        service = told.get("service_id")
        told["provider_id"] = db.session.get(Service, service).provider_id if service else acting().provider_id
    return told


def kept(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as their columns keep them: a text that may not be missing is empty instead."""
    columns = inspect(model).columns
    return {
        name: "" if value is None and not columns[name].nullable and isinstance(columns[name].type, String) else value
        for name, value in values.items()
    }


def _told(asked: Input, value: Any) -> Any:
    """A value as a person reads it: a record or a person by name."""
    if asked.kind is InputKind.several and asked.options is not None:
        known = dict(asked.options(db.session))
        return [known.get(each, each) for each in value or ()]
    pointing = (InputKind.record, InputKind.choice, InputKind.word)
    if value is None or asked.kind not in pointing or asked.choices is not None:
        return value
    if asked.options is not None:
        return dict(asked.options(db.session)).get(value, value)
    item = db.session.get(asked.model, value)
    return name_of(item) if item is not None else value


def _number(text: str | None, otherwise: int) -> int:
    """A number out of an address; anything else is as if it were not said."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else otherwise
