"""Files of records: added, shown, opened as they are, and withdrawn."""

import hashlib
import tempfile
from collections.abc import Sequence
from typing import Any, BinaryIO, cast

import structlog
from flask import abort, current_app, flash, redirect, request, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from jinja2.filters import do_filesizeformat
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from models import db
from models.attachments import Attachment, AttachmentState
from views.base import READ, SCREENS, AreaView, Column, Filter, Table, _number, acting, screen_of, sentence, value_of
from views.fields import form_for
from views.files import KIND_NAMES
from views.labels import FIELDS, Link, tag
from views.providers import choices
from workflows import attachments as steps
from workflows import files
from workflows.access import Resource
from workflows.gate import Refused, note_read
from workflows.steps import Input, InputKind
from workflows.storage import Lost, Store
from workflows.visibility import ATTACHABLE

log = structlog.get_logger()

FILE = Input(
    "file",
    _l("File"),
    InputKind.file,
    hint=_l("PDF, picture (PNG, JPEG), Word, Excel, PowerPoint, OpenDocument, CSV, plain text or email."),
)
WHAT = Input("what", _l("What it is"), InputKind.line, hint=_l("People who use services by case reference only."))
INTERNAL = Input(
    "internal",
    FIELDS["internal"],
    InputKind.flag,
    hint=_l("Untick this only for a file that everybody who may read the record should open."),
)


def store() -> Store:
    """Where this application keeps its files."""
    return cast(Store, current_app.extensions["careward_files"])


class AttachmentView(AreaView):
    datamodel = Table(Attachment)
    resource = Resource.attachments
    route_base = "/attachments"
    workflow = steps.WORKFLOW
    title, one = _l("Files"), _l("file")
    include_route_methods = {"list", "show", "add", "open", "step"}
    method_permission_name = {**READ, "open": "read"}
    columns = (
        Column("file", _l("File"), lambda x: x.filename, Attachment.filename),
        Column("what", _l("What it is"), lambda x: x.what, Attachment.what),
        Column("record", _l("Belongs to"), lambda x: x.record),
        Column("kind", _l("Kind"), lambda x: KIND_NAMES[x.media_type], Attachment.media_type),
        Column("size", _l("Size"), lambda x: do_filesizeformat(x.size), Attachment.size),
        Column("state", _l("State"), lambda x: tag(x.state), Attachment.state),
        Column("by", _l("Added by"), lambda x: x.created_by),
        Column("at", _l("Added"), lambda x: x.created_at, Attachment.created_at),
    )
    searched = (Attachment.filename, Attachment.what)
    ordered = (Attachment.id.desc(),)
    eager = (joinedload(Attachment.created_by),)
    filters = (
        Filter("state", _l("State"), choices(AttachmentState, _l("All states")), lambda v: Attachment.state == v),
        Filter(
            "record",
            _l("Belongs to"),
            lambda: [("", _l("Any record")), *((name, SCREENS[each.model].one) for name, each in ATTACHABLE.items())],
            lambda v: Attachment.record_type == v,
        ),
    )
    shown = (
        "record_type", "record_id", "filename", "what", "media_type", "size", "sha256", "internal", "withdrawn_reason",
        "withdrawn_by_id", "withdrawn_at",
    )  # fmt: skip
    inside = frozenset({"internal"})
    show_template = "attachment.html"

    def prepare(self, items: list[Any]) -> None:
        """The records that the files belong to: one statement for each kind of record."""
        for name in {item.record_type for item in items}:
            screen = screen_of(ATTACHABLE[name].model)
            ids = {item.record_id for item in items if item.record_type == name}
            rows = screen.query().where(screen.model.id.in_(ids)).options(*screen.eager)
            found = {row.id: row for row in db.session.scalars(rows).unique()}
            for item in items:
                if item.record_type == name:
                    item.record = found.get(item.record_id)

    def facts(self, item: Attachment) -> list[tuple[Any, Any]]:
        record = steps.record_of(db.session, item.record_type, item.record_id)
        told: list[tuple[Any, Any]] = [
            (_l("Belongs to"), Link(record, url_for(f"{screen_of(type(record)).endpoint}.show", pk=item.record_id))),
            (FIELDS["what"], item.what),
            (FIELDS["media_type"], KIND_NAMES[item.media_type]),
            (_l("Size"), do_filesizeformat(item.size)),
            (_l("Added by"), item.created_by),
            (_l("Added"), item.created_at),
            (_l("SHA-256 of the file"), item.sha256),
        ]
        if acting().works_here and steps.read_outside(item.record_type):
            told.insert(2, (FIELDS["internal"], item.internal))
        if item.state is AttachmentState.withdrawn:
            told += [
                (FIELDS[name], value_of(item, name)) for name in ("withdrawn_reason", "withdrawn_by_id", "withdrawn_at")
            ]
        return told

    def reading_is_told(self, item: Attachment) -> bool:
        """As of the record that it belongs to."""
        known = vars(item).get("record")  # where `prepare` has fetched it with those of others
        record = known or steps.record_of(db.session, item.record_type, item.record_id)
        return record is not None and screen_of(type(record)).reading_is_told(record)

    def told_to_ledger(self, items: Sequence[Any]) -> Sequence[Any]:
        """As of the records that they belong to: one statement for each kind of record."""
        self.prepare(list(items))
        return super().told_to_ledger(items)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        actor, kind = acting(), request.args.get("record_type", "")
        record_id = _number(request.args.get("record_id"), 0)
        record: Any = steps.record_of(db.session, kind, record_id) if 0 < record_id < 2**31 else None
        if record is None:
            abort(404)
        if refusal := steps.refusal(db.session, kind, record_id, actor):
            raise refusal
        asked = [FILE, WHAT, *([INTERNAL] if steps.read_outside(kind) else [])]
        sent = request.method == "POST"
        form = form_for(asked)(formdata=request.form | request.files if sent else None, data={"internal": True})
        name, back = str(record), url_for(f"{screen_of(type(record)).endpoint}.show", pk=record_id)
        if sent and form.validate():
            try:
                self._keep(kind, record_id, form)
            except (Refused, IntegrityError, StaleDataError) as error:
                db.session.rollback()
                form.file.errors = [*form.file.errors, sentence(error)]
            else:
                flash(_("The file is added."), "success")
                return redirect(back)
        return self._form_page(_("Add a file: %(record)s", record=name), form, asked, back)

    def _keep(self, kind: str, record_id: int, form: Any) -> None:
        """Examine the file, store its bytes, then write its row; no transaction is held open meanwhile."""
        db.session.rollback()
        sent = form.file.data
        found = files.examine(sent.stream, sent.filename, current_app.config["CAREWARD_LARGEST_FILE"] * files.MEGABYTE)
        if refusal := steps.refusal(db.session, kind, record_id, acting(), found.sha256):
            raise refusal
        db.session.rollback()
        key = store().put(found.stream)
        internal = form.internal.data if "internal" in form else True
        steps.attach(db.session, acting(), kind, record_id, found, key, form.what.data, internal)
        db.session.commit()

    @expose("/<int:pk>/open")
    @has_access
    def open(self, pk: int) -> Any:
        """The file, byte for byte as it was added: always a download, never a page."""
        item = self.find(str(pk))
        if item.state is AttachmentState.withdrawn:
            abort(410, _("This file was withdrawn, so it cannot be opened: %(reason)s", reason=item.withdrawn_reason))
        whole = self._whole(item)
        if self.reading_is_told(item):
            note_read(db.session, item)
        answer = send_file(
            whole,
            mimetype=item.media_type,
            as_attachment=True,
            download_name=item.filename,
            conditional=False,
        )
        answer.content_length = item.size
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _whole(self, item: Attachment) -> BinaryIO:
        """The bytes from the store, once their hash has shown that they are those that were added."""
        copy, digest = tempfile.SpooledTemporaryFile(files.MEGABYTE), hashlib.sha256()  # noqa: SIM115 - the answer closes it
        try:
            with store().open(item.storage_key) as stored:
                while block := stored.read(65536):
                    digest.update(block)
                    copy.write(block)
        except Lost:
            log.error("file lost", attachment=item.id)
            abort(500, _("The file is not where it was stored. It has been noted for whoever runs Careward."))
        if digest.hexdigest() != item.sha256:
            log.error("file changed", attachment=item.id, expected=item.sha256, found=digest.hexdigest())
            abort(
                500,
                _(
                    "The stored file is not the one that was added: its hash differs. It was not opened, and it has "
                    "been noted for whoever runs Careward."
                ),
            )
        copy.seek(0)
        return cast(BinaryIO, copy)
