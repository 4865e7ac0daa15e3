"""The files of a record, as the record's own page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import db
from models.attachments import Attachment
from workflows import attachments, ledger
from workflows.access import Resource, Right, rights
from workflows.actor import current_actor
from workflows.files import KINDS
from workflows.visibility import ATTACHABLE

SHOWN = 100
KIND_NAMES: dict[str, Any] = {
    KINDS["pdf"]: _l("PDF"),
    KINDS["png"]: _l("Picture (PNG)"),
    KINDS["jpg"]: _l("Picture (JPEG)"),
    KINDS["docx"]: _l("Word document"),
    KINDS["xlsx"]: _l("Excel workbook"),
    KINDS["pptx"]: _l("PowerPoint presentation"),
    KINDS["odt"]: _l("OpenDocument text"),
    KINDS["ods"]: _l("OpenDocument spreadsheet"),
    KINDS["csv"]: _l("CSV table"),
    KINDS["txt"]: _l("Plain text"),
    KINDS["eml"]: _l("Email"),
    KINDS["msg"]: _l("Outlook email"),
}


@dataclass(frozen=True)
class Files:
    """What stands in the section: the files, oldest first, and where to add one for whoever may."""

    rows: Sequence[Attachment]
    add: str | None
    cut: bool


def files_of(item: Any) -> Files | None:
    """The files of a record; None for a kind of record that has none, and for whoever reads no files."""
    actor, kind = current_actor(), ledger.record_type(type(item))
    if actor is None or kind not in ATTACHABLE or Right.read not in rights(actor.roles, Resource.attachments):
        return None
    rows = db.session.scalars(
        select(Attachment)
        .where(Attachment.record_type == kind, Attachment.record_id == item.id)
        .options(joinedload(Attachment.created_by), joinedload(Attachment.withdrawn_by))
        .order_by(Attachment.id)
        .limit(SHOWN)
    ).all()
    may_add = attachments.works_on(actor, kind)
    add = url_for("AttachmentView.add", record_type=kind, record_id=item.id) if may_add else None
    return Files(rows, add, len(rows) == SHOWN) if rows or add else None
