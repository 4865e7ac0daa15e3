"""Files that bring records in: their templates, uploading one, what was found in it, and what it brought."""

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app, flash, redirect, request, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from models import Model, db
from models.arrivals import Arrival, ArrivalKind, ArrivalRow, ArrivalState
from views.base import READ, SCREENS, AreaView, Column, Filter, Table, acting, sentence
from views.exports import plain
from views.fields import form_for
from views.files import KINDS
from views.history import label_of, names_of, value_in_words
from views.labels import Link, tag, word
from views.providers import choices
from workflows import arrivals as steps
from workflows import files
from workflows.access import Resource, Right
from workflows.gate import Refused
from workflows.steps import Input, InputKind
from workflows.workbook_sheets import SHEETS
from workflows.workbooks import template

ASKED = (
    Input("kind", _l("What it brings"), InputKind.choice, choices=ArrivalKind),
    Input(
        "source",
        _l("From where"),
        InputKind.line,
        hint=_l(
            "The earlier system: whose spreadsheet it was, or which register. Every record that it brings tells this."
        ),
    ),
    Input("as_of", _l("As at"), InputKind.date, hint=_l("The day up to which it was kept, or on which it was made.")),
    Input(
        "file",
        _l("File"),
        InputKind.file,
        hint=_l("A workbook (.xlsx, .ods) made from one of the templates, or a file of a register as it is published."),
    ),
)
WORKBOOKS = (KINDS["xlsx"], KINDS["ods"])
BROUGHT = 200
"""How many of the records that it brought are named on its page."""


class ArrivalView(AreaView):
    datamodel = Table(Arrival)
    resource = Resource.arrivals
    route_base = "/arrivals"
    workflow = steps.WORKFLOW
    title, one = _l("Files brought in"), _l("file to bring in")
    include_route_methods = {"list", "show", "add", "step", "template"}
    method_permission_name = {**READ, "template": "add"}
    columns = (
        Column("file", _l("File"), lambda a: a.filename, Arrival.filename),
        Column("kind", _l("What it brings"), lambda a: word(a.kind), Arrival.kind),
        Column("source", _l("From where"), lambda a: a.source, Arrival.source),
        Column("as_of", _l("As at"), lambda a: a.as_of, Arrival.as_of),
        Column("rows", _l("Rows"), lambda a: a.rows, Arrival.rows),
        Column("faults", _l("Faults"), lambda a: a.faults, Arrival.faults),
        Column("state", _l("State"), lambda a: tag(a.state), Arrival.state),
        Column("by", _l("Uploaded by"), lambda a: a.created_by),
        Column("at", _l("Uploaded"), lambda a: a.created_at, Arrival.created_at),
    )
    shown = ("kind", "source", "as_of", "rows", "added", "changed", "faults", "sha256")
    searched = (Arrival.filename, Arrival.source)
    ordered = (Arrival.id.desc(),)
    eager = (joinedload(Arrival.created_by),)
    filters = (Filter("state", _l("State"), choices(ArrivalState, _l("All states")), lambda v: Arrival.state == v),)
    list_template, show_template = "arrivals.html", "arrival.html"

    def may(self, right: Right) -> bool:
        return right is not Right.edit and right in acting().rights(self.resource)

    def more(self, item: Arrival) -> dict[str, Any]:
        found = item.found
        return {
            "problems": found.get("problems", []),
            "notes": found.get("notes", []),
            "lines": _lines(found.get("lines", [])) if item.state is ArrivalState.checked else [],
            "brought": _brought(item) if item.state is ArrivalState.brought_in else [],
            "expected": item.added + item.changed,
        }

    def sheets(self) -> list[tuple[Any, Any, str]]:
        """The templates: (what it brings, what a row of it is, where to fetch it)."""
        return [
            (word(kind), sheet.about, url_for("ArrivalView.template", kind=kind.value))
            for kind, sheet in SHEETS.items()
        ]

    @expose("/template/<kind>")
    @has_access
    def template(self, kind: str) -> Any:
        """An empty workbook to fill in."""
        sheet = next((sheet for key, sheet in SHEETS.items() if key.value == kind), None)
        if sheet is None:
            abort(404)
        return send_file(
            template(sheet, word), mimetype=KINDS["xlsx"], as_attachment=True, download_name=f"careward-{kind}.xlsx"
        )

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        sent = request.method == "POST"
        form = form_for(ASKED)(formdata=request.form | request.files if sent else None)
        if sent and form.validate():
            try:
                made = self._upload(form)
            except (Refused, IntegrityError) as error:
                db.session.rollback()
                form.file.errors = [*form.file.errors, sentence(error)]
            else:
                if made.faults:
                    flash(_("Nothing was brought in: repair what is told below, and upload it again."), "error")
                else:
                    flash(_("The file was looked over. Nothing is brought in yet."), "success")
                return redirect(url_for("ArrivalView.show", pk=made.id))
        return self._form_page(_("Bring in a file"), form, ASKED, url_for("ArrivalView.list"))

    def _upload(self, form: Any) -> Arrival:
        db.session.rollback()
        sent, kind = form.file.data, form.kind.data
        largest = current_app.config["CAREWARD_LARGEST_FILE"] * files.MEGABYTE
        if kind is ArrivalKind.register:
            name, content = files.plain_name(sent.filename), sent.stream.read(largest + 1)
            if len(content) > largest:
                raise Refused(files.too_large(largest))
            if not content:
                raise Refused(_("The file is empty. Choose another."))
        else:
            found = files.examine(sent.stream, sent.filename, largest)
            if found.media_type not in WORKBOOKS:
                raise Refused(_("This is no workbook. Fill in the template, and save it as .xlsx or .ods."))
            found.stream.seek(0)
            name, content = found.filename, found.stream.read()
        made = steps.upload(db.session, acting(), kind, form.source.data, form.as_of.data, name, content, word)
        db.session.commit()
        return made


def _lines(found: Sequence[Any]) -> list[tuple[Any, Any, Any, Any]]:
    """The records of the preview: what each is, its name, what would change in it, and the row that says so."""
    told = [
        (model, name, value)
        for _place, table, _name, changes in found
        if (model := _model(table)) is not None
        for name, both in changes.items()
        for value in both
    ]
    names = names_of([], told)
    return [
        (_one(table), name, _changes(_model(table), changes, names) if changes else _("New"), place)
        for place, table, name, changes in found
    ]


def _changes(model: Any, changes: dict[str, list[Any]], names: dict[Any, Any]) -> str:
    """Field by field, from what to what."""

    def said(name: str, value: Any) -> Any:
        if value in (None, ""):
            return _("nothing")
        return plain(value_in_words(model, name, value, names)) if model is not None else value

    return "; ".join(
        _(
            "%(field)s: %(before)s → %(after)s",
            field=label_of(model, name) if model is not None else name,
            before=said(name, before),
            after=said(name, after),
        )
        for name, (before, after) in changes.items()
    )


def _model(table: str) -> Any:
    return next((each.class_ for each in Model.registry.mappers if each.class_.__tablename__ == table), None)


def _one(table: str) -> Any:
    screen = SCREENS.get(_model(table))
    return screen.one if screen is not None else table


def _brought(item: Arrival) -> list[tuple[Any, Any, str]]:
    """The first of the records that it brought: (what it is, the record, the row that said so)."""
    query = db.select(ArrivalRow).where(ArrivalRow.arrival_id == item.id).order_by(ArrivalRow.id).limit(BROUGHT)
    rows = db.session.scalars(query).all()
    found: dict[tuple[str, int], Any] = {}
    for table in {row.record_type for row in rows}:
        model = _model(table)
        if model in SCREENS:
            ids = [row.record_id for row in rows if row.record_type == table]
            found |= {(table, each.id): each for each in db.session.scalars(db.select(model).where(model.id.in_(ids)))}
    return [
        (_one(row.record_type), _link(found[row.record_type, row.record_id]), row.place)
        for row in rows
        if (row.record_type, row.record_id) in found
    ]


def _link(item: Any) -> Any:
    screen = SCREENS[type(item)]
    return Link(str(item), url_for(f"{screen.__name__}.show", pk=item.id))
