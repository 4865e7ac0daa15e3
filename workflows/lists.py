"""Saved views, and the record of what was exported (domain sections 1 and 15)."""

import re

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.ledger import LedgerKind
from models.lists import Export, ExportFormat, SavedView
from workflows import ledger
from workflows.access import Resource, Right, rights
from workflows.actor import Actor
from workflows.gate import BY_HAND, ByHand, Refused, stepping

ADDRESS = re.compile(r"[A-Za-z0-9_.~%&=+*,-]{0,2000}")
"""The part of an address behind its question mark: nothing in it can name another place."""


def _own_view(item: SavedView, actor: Actor) -> Refused | None:
    if item.created_by_id not in (None, actor.person_id):
        return Refused(_("Somebody else saved this view. Save one of your own."), may=_("whoever saved it"))
    if item.resource not in set(Resource) or Right.read not in rights(actor.roles, Resource(item.resource)):
        return Refused(_("This view is of a list that you may not read."))
    if not re.fullmatch(r"[a-z-]+", item.screen) or not ADDRESS.fullmatch(item.address or ""):
        return Refused(_("This is not the address of a list. Open the list, narrow it, and save it from there."))
    if item.shared and not actor.works_here:
        return Refused(_("Only the council's own people share views with each other."))
    return None


BY_HAND[SavedView] = ByHand(
    frozenset({"name", "screen", "resource", "address", "shared", "opens_first", "withdrawn"}), check=_own_view
)


def exported(session: Session, screen: str, address: str, form: ExportFormat, rows: int) -> None:
    """Record that whoever acts takes these rows out. Nobody writes this by hand."""
    item = Export(screen=screen, address=address, format=form, rows=rows)
    with stepping(ledger.Event(item, LedgerKind.created)):
        session.add(item)
        session.flush()
