"""Saved views and the record of exports."""

from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from models.lists import Export, ExportFormat, SavedView
from views.base import AreaView, Column, Filter, Table, acting, screen_of
from views.columns import SCREENS
from views.labels import FIELDS, word
from views.lists import Listing, list_url, parsed
from views.providers import choices
from workflows.access import Resource, Right, rights


def screen_at(plural: str) -> Any:
    """The screen whose list stands at this address, or None."""
    return next((screen for screen in SCREENS.values() if screen.route_base == f"/{plural}"), None)


def title_of(plural: str) -> Any:
    """What that list is called."""
    screen = screen_at(plural)
    return screen.title if screen is not None else plural


class SavedViewView(AreaView):
    """Lists as people keep them. One is made from its list's own page, which says its address."""

    datamodel = Table(SavedView)
    resource = Resource.saved_views
    route_base = "/saved-views"
    title, one = _l("Saved views"), _l("saved view")
    include_route_methods = {"list", "show", "as_at", "add", "edit"}
    columns = (
        Column("name", _l("Name"), lambda v: v.name, SavedView.name),
        Column("list", _l("List"), lambda v: title_of(v.screen), SavedView.screen),
        Column("shared", _l("Shared"), lambda v: v.shared, SavedView.shared),
        Column("first", _l("Opens first"), lambda v: v.opens_first, SavedView.opens_first),
        Column("author", _l("Saved by"), lambda v: v.created_by),
    )
    searched = (SavedView.name,)
    ordered = (SavedView.screen, SavedView.name)
    eager = (joinedload(SavedView.created_by),)
    filters = (
        Filter(
            "author",
            _l("Saved by"),
            lambda: [("", _l("Anybody")), ("me", _l("Me"))],
            lambda v: SavedView.created_by_id == acting().person_id,
        ),
        Filter(
            "now",
            _l("In use"),
            lambda: [("yes", _l("In use")), ("no", _l("Withdrawn")), ("", _l("All"))],
            lambda v: SavedView.withdrawn == (v == "no"),
            default=lambda: "yes",
        ),
    )
    fields = ("name", "shared", "opens_first", "withdrawn")
    required = frozenset({"name"})
    shown = ("address", "created_by_id")
    hints = {
        "shared": _l("Others at the council who may read this list are offered it too."),
        "opens_first": _l("For you alone. One view of each list can."),
        "withdrawn": _l("It is offered no longer. Nothing is deleted."),
    }
    show_template = "saved_view.html"

    def may(self, right: Right) -> bool:
        """None is added from here: there would be no list that it keeps."""
        return right is not Right.add and super().may(right)

    def asked(self) -> Any:
        """A new view is not withdrawn; and only the council's own people share."""
        left_out = {"withdrawn"} if request.endpoint == "SavedViewView.add" else set()
        left_out |= set() if acting().works_here else {"shared"}
        return [each for each in super().asked() if each.name not in left_out]

    def complete(self, item: SavedView) -> None:
        """Keep the address as the list itself understands it: nothing else can stand in it."""
        screen = screen_at(request.args.get("screen", ""))
        if screen is None or Right.read not in rights(acting().roles, screen.resource):
            abort(400, description=_("Open the list that you want to keep, narrow it, and save it from there."))
        item.screen, item.resource = request.args["screen"], screen.resource.value
        item.address = Listing(screen_of(screen.datamodel.obj), parsed(request.args.get("address", ""))).address()

    def after_saving(self, item: SavedView) -> str:
        return self.opens(item)

    def opens(self, item: SavedView) -> str:
        """Where it leads: to its list, whatever it holds."""
        return list_url(screen_at(item.screen), item.address)

    def _may_edit(self, item: SavedView) -> bool:
        return super()._may_edit(item) and item.created_by_id == acting().person_id


class ExportView(AreaView):
    """Who took which rows out, and when."""

    datamodel = Table(Export)
    resource = Resource.exports
    route_base = "/exports"
    title, one = _l("Exports"), _l("export")
    columns = (
        Column("list", _l("List"), lambda e: title_of(e.screen), Export.screen),
        Column("at", _l("When"), lambda e: e.created_at, Export.created_at),
        Column("who", _l("Who"), lambda e: e.created_by),
        Column("format", _l("Format"), lambda e: word(e.format), Export.format),
        Column("rows", _l("Rows"), lambda e: e.rows, Export.rows),
        Column("address", _l("Address"), lambda e: e.address),
    )
    searched = (Export.screen, Export.address)
    ordered = (Export.id.desc(),)
    eager = (joinedload(Export.created_by),)
    filters = (
        Filter("format", _l("Format"), choices(ExportFormat, _l("Any")), lambda v: Export.format == v),
        Filter(
            "who",
            _l("Who"),
            lambda: [("", _l("Anybody")), ("me", _l("Me"))],
            lambda v: Export.created_by_id == acting().person_id,
        ),
    )
    shown = ("screen", "address", "format", "rows", "created_by_id", "created_at")
    history = False

    def facts(self, item: Export) -> Any:
        told = {FIELDS["screen"]: title_of(item.screen)}
        return [(label, told.get(label, value)) for label, value in super().facts(item)]
