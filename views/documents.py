"""Letters: listed, shown, and opened as they were made."""

import io
from typing import Any

from flask import send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from models.documents import Letter, LetterKind
from models.providers import Provider, Service
from models.suspensions import Suspension
from views.base import READ, AreaView, Column, Filter, Moment, Table, acting
from views.labels import Link, word
from views.providers import choices
from workflows import documents
from workflows.access import Resource

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class LetterView(AreaView):
    datamodel = Table(Letter)
    resource = Resource.letters
    route_base = "/documents"
    title, one = _l("Letters"), _l("letter")
    include_route_methods = {"list", "show", "open"}
    method_permission_name = {**READ, "open": "read"}
    columns = (
        Column("file", _l("Letter"), lambda x: x.filename, Letter.filename),
        Column("kind", _l("Kind"), lambda x: word(x.kind), Letter.kind),
        Column("provider", _l("Provider"), lambda x: x.provider, Provider.name),
        Column("at", _l("Written"), lambda x: x.created_at, Letter.created_at),
    )
    searched = (Letter.filename, Provider.name)
    ordered = (Letter.created_at.desc(),)
    eager = (contains_eager(Letter.provider),)
    filters = (Filter("kind", _l("Kind"), choices(LetterKind, _l("All kinds")), lambda v: Letter.kind == v),)
    timeline = Moment(lambda x: x.created_at, lambda x: _l("Letter to the provider"), lambda x: word(x.kind))
    shown = ("kind", "provider_id", "suspension_id", "filename", "sha256")
    inside = frozenset({"suspension_id"})
    history = False
    show_template = "letter.html"

    @classmethod
    def about(cls, service: Service) -> Any:
        """A provider reads its letters and not the records they are about, so the table is asked."""
        case = Suspension.__table__.c
        return Letter.suspension_id.in_(
            select(case.id).where(
                case.provider_id == service.provider_id, or_(case.service_id == service.id, case.service_id.is_(None))
            )
        )

    def query(self) -> Any:
        return select(Letter).join(Letter.provider)

    def facts(self, item: Letter) -> list[tuple[Any, Any]]:
        told: list[tuple[Any, Any]] = [
            (_l("Kind"), word(item.kind)),
            (_l("Provider"), Link(item.provider, url_for("ProviderView.show", pk=item.provider_id))),
            (_l("Written"), item.created_at),
            (_l("SHA-256 of the file"), item.sha256),
        ]
        if acting().works_here:
            about = Link(item.suspension, url_for("SuspensionView.show", pk=item.suspension_id))
            told.insert(2, (_l("About"), about))
        return told

    @expose("/<int:pk>/open")
    @has_access
    def open(self, pk: int) -> Any:
        """The Word file, byte for byte as it was made."""
        item = self.find(str(pk))
        return send_file(
            io.BytesIO(documents.content(item)), mimetype=WORD, as_attachment=True, download_name=item.filename
        )
