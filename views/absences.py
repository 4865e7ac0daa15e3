"""Absences and their deputies, and the switch by which a deputy acts for the post (XX)."""

import datetime as dt
from typing import Any

from flask import abort, flash, g, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from models import db
from models.absences import Absence, AbsenceState
from models.people import Person
from views.base import AreaView, Column, Filter, Table, acting
from views.labels import Tag, tag
from workflows import absences as steps
from workflows import actor as actors
from workflows import deputies
from workflows.access import Resource
from workflows.actor import Actor

NOW = {
    "running": _l("Away now"),
    "coming": _l("Coming"),
    "over": _l("Over or ended early"),
}


def stands(absence: Absence) -> Any:
    """Where it stands today: the dates say more than its state does."""
    if absence.state is AbsenceState.withdrawn:
        return tag(absence.state)
    if absence.last_on < acting().today:
        return Tag(_l("Over"), "grey")
    return Tag(_l("Away now"), "yellow") if absence.first_on <= acting().today else Tag(_l("Coming"), "blue")


def _on(choice: str) -> Any:
    today, planned = acting().today, Absence.state == AbsenceState.planned
    if choice == "running":
        return planned & (Absence.first_on <= today) & (Absence.last_on >= today)
    if choice == "coming":
        return planned & (Absence.first_on > today)
    return ~planned | (Absence.last_on < today)


class AbsenceView(AreaView):
    datamodel = Table(Absence)
    resource = Resource.absences
    route_base = "/absences"
    workflow = steps.WORKFLOW
    programs = False  # whoever finds a token makes nobody a deputy by it
    title, one = _l("Absences"), _l("absence")
    columns = (
        Column("absent", _l("Who is away"), lambda a: a.absent),
        Column("deputy", _l("Deputy"), lambda a: a.deputy),
        Column("first", _l("First day"), lambda a: a.first_on, Absence.first_on),
        Column("last", _l("Last day"), lambda a: a.last_on, Absence.last_on),
        Column("stands", _l("State"), stands, Absence.state),
    )
    searched = (Absence.note,)
    ordered = (Absence.first_on.desc(),)
    eager = (joinedload(Absence.absent), joinedload(Absence.deputy))
    filters = (Filter("now", _l("When"), lambda: [("", _l("At any time")), *NOW.items()], _on),)
    fields = steps.WRITTEN
    shown = ("withdrawn_on",)
    required = frozenset({"absent_id", "deputy_id", "first_on", "last_on"})
    options = {"absent_id": steps.may_be_absent, "deputy_id": steps.may_deputise}
    long_text = frozenset({"note"})
    hints = {
        "deputy_id": _l("For a Head of Service a Manager or a Head; for a Manager or an Officer an Officer or above."),
        "first_on": _l("The deputy may act for the post from this day on, to the end of the last day."),
        "note": _l("What the deputy should know. Never why somebody is away."),
    }

    def facts(self, item: Absence) -> Any:
        return [*super().facts(item), (_("State"), stands(item))]


# --- acting for a post -------------------------------------------------------------------------------------------

ACTS_FOR = "acts_for"
"""Where a session keeps by which cover the person acts for another's post."""


def whoever_acts(person: Person, now: dt.datetime) -> Actor:
    """The actor of this request: the person or, where they chose so and the cover still runs, the person for a post.

    Asked anew at each request, so that a cover that was ended, a day that is over, an account that was deactivated
    and a role that was taken away end it at once. Then nothing that was meant for the post is written.
    """
    actor = actors.actor_for(person, now)
    reads = request.method in ("GET", "HEAD", "OPTIONS")
    covered = {}
    if g.covers_until is not None and g.covers_until >= actor.today:
        covered = deputies.posts(db.session, person, actor.today, hold=not reads)
    g.posts = [(number, str(absent)) for number, absent in covered.items()]
    chosen = session.get(ACTS_FOR)
    if chosen is None or person.must_change_password:
        return actor
    if chosen in covered:
        g.posts = []
        g.person_name = deputies.told(str(person), str(covered[chosen]))
        return deputies.acting_for(actor, covered[chosen])
    _change_to(None)
    told = _("The cover has ended, so you act as yourself again.")
    if not reads:
        actors.set_current(actor)
        abort(409, description=_("%(ended)s Nothing was saved: check whether it is still yours to do.", ended=told))
    flash(told)
    return actor


def _change_to(cover: int | None) -> None:
    """Act by this cover, or as oneself. Forms that were opened before are good no more: they were meant otherwise."""
    session.pop("csrf_token", None)
    if cover is None:
        session.pop(ACTS_FOR, None)
    else:
        session[ACTS_FOR] = cover


class DeputyView(BaseView):
    """The switch in the header: for whoever is a deputy today, whatever their role."""

    route_base = "/deputy"
    default_view = "end"

    @expose("/<int:pk>", methods=["POST"])
    @no_cache
    def begin(self, pk: int) -> Any:
        if g.user.is_anonymous:
            return redirect(url_for("SignInView.login"))
        if pk not in dict(g.posts):
            abort(403, description=_("No cover runs by which you could act for this post now."))
        _change_to(pk)
        flash(
            _(
                "You act for the post of %(name)s. The history tells of you both, and what bars either of you from a "
                "decision bars you now.",
                name=dict(g.posts)[pk],
            )
        )
        return redirect(url_for("HomeView.index"))

    @expose("/end", methods=["POST"])
    @no_cache
    def end(self) -> Any:
        if g.user.is_anonymous:
            return redirect(url_for("SignInView.login"))
        if ACTS_FOR in session:
            _change_to(None)
            flash(_("You act as yourself again."))
        return redirect(url_for("HomeView.index"))
