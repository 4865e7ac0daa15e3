"""The planner on its screen: officers' weeks in hours, and what will not be reached in time."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import db
from models.diary import Obligation
from models.people import Person
from views.base import Page, acting
from views.diary import ACTIVITY, WHOSE, ObligationView
from views.labels import Link
from views.lists import Choices, list_url
from views.owed import about, tell_records, what
from workflows import planner
from workflows.access import Resource
from workflows.documents import day

SHOWN, ALONE = 5, 100
"""How many of an officer's are told of where everybody's are, and where one officer's are; a link leads to all."""
DUE_WITH = (Obligation.service, Obligation.contract, Obligation.provider)


@dataclass(frozen=True)
class Told:
    """One week of one officer, in words."""

    hours: str
    too_much: str
    address: str | None


def hours(minutes: int) -> str:
    return str(format_decimal(round(minutes / 60, 1)))


class PlannerView(Page):
    """Officers' load by week. Narrowed by its address alone, as lists are."""

    resource = Resource.planner
    route_base = "/planner"
    default_view = "weeks"
    method_permission_name = {"weeks": "read"}

    @expose("/")
    @has_access
    def weeks(self) -> Any:
        actor = acting()
        everybody = planner.sees_everybody(actor)
        narrowings = [Choices(each, request.args) for each in ((WHOSE, ACTIVITY) if everybody else (ACTIVITY,))]
        chosen = {each.name: each.values for each in narrowings}
        officers = self._whose(chosen.get("officer", ["me"]))
        found = planner.plan(
            db.session,
            planner.hours_in_force(db.session, actor.today),
            officers,
            chosen["activity"],
            [each for each in officers or () if each is not None],
        )
        names = self._names(found)
        found.sort(key=lambda each: (each.officer_id is None, names.get(each.officer_id, "")))
        linked = {key for key, _words in narrowings[0].options} if everybody else {str(actor.post_id)}
        alone = officers is not None and len(officers) == 1
        late = self._late(found, ALONE if alone else SHOWN)
        mondays = planner.weeks_from(actor.today)
        ends = mondays[-1] + dt.timedelta(days=6)
        return self.render_template(
            "planner.html",
            title=_("Planner"),
            narrowings=narrowings,
            everybody=everybody,
            headings=[_("Whose"), *(self._heading(each, mondays[0]) for each in mondays)],
            rows=[
                (self._name(each, names), [self._told(each, cell, mondays[0], linked, chosen) for cell in each.cells])
                for each in found
            ],
            late=[
                (
                    self._name(each, names),
                    len(each.unreached) + each.more,
                    late[each.officer_id],
                    self._diary(each, chosen, None, ends) if alone else self._all(each, chosen),
                )
                for each in found
                if each.unreached or each.more
            ],
        )

    @staticmethod
    def _whose(values: list[str]) -> list[int | None] | None:
        """Whose weeks are asked for; None: everybody's."""
        me = acting().post_id
        known: dict[str, list[int | None]] = {"mine": [me, None], "me": [me], "none": [None]}
        return [one for each in values for one in known.get(each) or [int(each)]] or None

    @staticmethod
    def _names(found: list[planner.Weeks]) -> dict[int | None, str]:
        ids = [each.officer_id for each in found if each.officer_id is not None]
        return {each.id: str(each) for each in db.session.scalars(select(Person).where(Person.id.in_(ids)))}

    @staticmethod
    def _name(weeks: planner.Weeks, names: dict[int | None, str]) -> str:
        return names.get(weeks.officer_id) or _("Nobody")

    @staticmethod
    def _heading(monday: dt.date, first: dt.date) -> str:
        if monday == first:
            return _("This week")
        return _("Week of %(day)s", day=format_date(monday, "d MMM"))

    @classmethod
    def _told(
        cls, weeks: planner.Weeks, cell: planner.Cell, first: dt.date, linked: set[str], chosen: dict[str, list[str]]
    ) -> Told:
        """The hours of a week, and the list of what is due in it; of this week with all that is overdue."""
        load = hours(cell.minutes)
        words = _("%(load)s h", load=load)
        if cell.room is not None:
            words = _("%(load)s h of %(room)s h", load=load, room=hours(cell.room))
        too_much = _("%(more)s h too much", more=hours(cell.too_much)) if cell.too_much else ""
        if not cell.minutes or _key(weeks) not in linked:  # a list offers only those who may be given work
            return Told(words, too_much, None)
        start = cell.monday if cell.monday != first else None
        return Told(words, too_much, cls._diary(weeks, chosen, start, cell.monday + dt.timedelta(days=6)))

    @staticmethod
    def _diary(weeks: planner.Weeks, chosen: dict[str, list[str]], start: dt.date | None, end: dt.date) -> str:
        """The list of what is due to an officer from the one day to the other."""
        pairs = [("officer", _key(weeks)), *(("activity", each) for each in chosen["activity"])]
        pairs += [("due_on.from", start.isoformat())] if start else []
        return list_url(ObligationView, urlencode([*pairs, ("due_on.to", end.isoformat())]))

    @staticmethod
    def _late(found: list[planner.Weeks], most: int) -> dict[int | None, list[list[Any]]]:
        """(what, of what, due by, when it would be reached) of what will not be reached in time, officer by officer."""
        told = {each.officer_id: each.unreached[:most] for each in found}
        ids = [each.id for late in told.values() for each in late]
        rows = select(Obligation).options(*(joinedload(each) for each in DUE_WITH)).where(Obligation.id.in_(ids))
        items = {item.id: item for item in db.session.scalars(rows)}
        tell_records(list(items.values()))
        return {
            officer: [
                [
                    Link(what(items[each.id]), url_for("ObligationView.show", pk=each.id)),
                    about(items[each.id]),
                    items[each.id].due_on,
                    _when(each.week),
                ]
                for each in late
                if each.id in items
            ]
            for officer, late in told.items()
        }

    @staticmethod
    def _all(weeks: planner.Weeks, chosen: dict[str, list[str]]) -> str:
        return url_for("PlannerView.weeks", officer=_key(weeks), activity=chosen["activity"])


def _key(weeks: planner.Weeks) -> str:
    """Whose weeks they are, as lists are narrowed by it."""
    return "none" if weeks.officer_id is None else str(weeks.officer_id)


def _when(week: dt.date | None) -> str:
    return _("in the week of %(day)s", day=day(week)) if week else _("not within eight weeks")
