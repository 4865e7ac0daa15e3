"""What a draft framework would change, before it is put in force."""

from collections import Counter, defaultdict
from itertools import groupby
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from models import db
from models.contracts import Contract
from models.framework import Framework, FrameworkState
from models.providers import Provider, Service
from views.base import SCREENS, Page, acting
from views.fields import whole
from views.labels import Link, word
from workflows.access import Resource
from workflows.preview import Change, Effect, changes, clock_changes

EFFECTS = {Effect.appears: _l("Appears"), Effect.moves: _l("Moves"), Effect.vanishes: _l("Vanishes")}
SUBJECTS = 20
"""How many services a page shows."""


class PreviewView(Page):
    resource = Resource.diary
    route_base = "/framework-preview"

    @expose("/<int:pk>")
    @has_access
    @permission_name("read")
    def show(self, pk: int) -> Any:
        """Every obligation that would appear, move or vanish, a page of services at a time."""
        draft = db.session.get(Framework, pk)
        if draft is None or draft.state is not FrameworkState.draft:
            abort(404)
        found = list(changes(db.session, draft, acting().today))
        by_subject = [list(each) for _key, each in groupby(found, lambda each: (each.service_id, each.provider_id))]
        pages = max(1, -(-len(by_subject) // SUBJECTS))
        page = min(max(1, whole(request.args.get("page", "")) or 1), pages)
        shown = by_subject[(page - 1) * SUBJECTS : page * SUBJECTS]
        names = self._names([change for each in shown for change in each])
        return self.render_template(
            "preview.html",
            title=_("What would change: %(framework)s", framework=draft),
            framework=draft,
            counts=[(words, Counter(each.effect for each in found)[effect]) for effect, words in EFFECTS.items()],
            activities=sorted(Counter((each.name, each.effect) for each in found).items()),
            subjects=[
                (self._subject(each[0], names), [(self._what(one, names), one) for one in each]) for each in shown
            ],
            effects=EFFECTS,
            clocks=[(word(each.key), each) for each in clock_changes(db.session, draft)],
            page=page,
            pages=pages,
            page_url=lambda number: url_for("PreviewView.show", pk=pk, page=number),
        )

    @staticmethod
    def _names(shown: list[Change]) -> dict[tuple[type[Any], int], Any]:
        """The records that these are about, each kind in one statement."""
        wanted: dict[type[Any], set[int]] = defaultdict(set)
        for each in shown:
            for model, key in ((Service, each.service_id), (Provider, each.provider_id), (Contract, each.contract_id)):
                if key is not None:
                    wanted[model].add(key)
        found = {}
        for model, ids in wanted.items():
            for item in db.session.scalars(select(model).where(model.id.in_(ids))):
                address = url_for(f"{SCREENS[model].__name__}.show", pk=item.id)
                found[model, item.id] = Link(item, address)
        return found

    @staticmethod
    def _what(change: Change, names: dict[tuple[type[Any], int], Any]) -> Any:
        """What is due, linked to where it stands in the diary; else to the contract that it would be for."""
        if change.standing_id is not None:
            return Link(change.name, url_for("ObligationView.show", pk=change.standing_id))
        contract = names.get((Contract, change.contract_id or 0))
        return Link(change.name, contract.url) if contract is not None else change.name

    @staticmethod
    def _subject(change: Change, names: dict[tuple[type[Any], int], Any]) -> Any:
        if change.service_id is not None:
            return names[Service, change.service_id]
        return names[Provider, change.provider_id] if change.provider_id is not None else _("The council itself")
