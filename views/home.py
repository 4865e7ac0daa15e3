"""Home by role: what waits for me, what is overdue, what is coming."""

from typing import Any
from urllib.parse import urlencode

from flask import abort, g, redirect, request, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from models import db
from models.diary import Obligation
from models.documents import Letter
from models.outbox import OutboxMessage, OutboxState
from models.people import Person
from models.providers import RegistrationStatus, Service
from models.suspensions import purchasing, restricted_services
from models.visits import Visit
from views.base import SCREENS, acting
from views.diary import ACTIVITY, TYPE, WHEN, WHOSE, ObligationView
from views.lists import Choices, list_url
from views.owed import tell_records
from workflows import allocation, desk, placements, plans
from workflows.access import Resource, Right, Role, rights
from workflows.engine import WORKFLOWS

SECTIONS = (desk.When.overdue, desk.When.week, desk.When.coming)
PASSED_ON_TO_YOU = _l("Passed on to you")
SHOWN = 10
"""How many of each list the home page shows; its link leads to all."""
DUE_WITH = (Obligation.service, Obligation.contract, Obligation.provider, Obligation.officer)


class HomeView(IndexView):
    """The first page after signing in."""

    @expose("/")
    def index(self) -> Any:
        if g.user.is_anonymous:
            return redirect(url_for("SignInView.login"))
        actor = acting()
        told: dict[str, Any] = {
            "desk": [],
            "due": [],
            "narrowings": [],
            "unallocated": 0,
            "contracts": 0,
            "left": 0,
            "own": Role.provider in actor.roles,
            "services": [],
            "visits": [],
            "letters": [],
            "plans": [],
            "actions": [],
            "alerts": [],
            "accounts": None,
            "dead": 0,
        }
        if actor.works_here:
            told |= self._work(actor)
            if Role.manager in actor.roles:
                told["unallocated"] = desk.without_officer(db.session)
                told["contracts"] = allocation.contracts_without_officer(db.session)
                told["left"] = sum(sum(each.values()) for each in allocation.left_behind(db.session).values())
                told["dead"] = db.session.scalar(
                    select(func.count(OutboxMessage.id)).where(OutboxMessage.state == OutboxState.dead)
                )
        else:
            told |= self._reading(actor)
        if Right.edit in rights(actor.roles, Resource.accounts):
            waiting = select(func.count(Person.id)).where(Person.active, Person.must_change_password)
            told["accounts"] = db.session.scalar(waiting)
        return self.render_template(
            "home.html",
            title=_("Home"),
            address=self._address,
            kind=self._kind,
            steps=self._step,
            columns=[column for column in ObligationView.columns if column.name != "service"],
            **told,
        )

    @expose("/waiting/<which>")
    def waiting(self, which: str) -> Any:
        """The whole of one of the lists of the home page that it shows the first few of."""
        if g.user.is_anonymous:
            return redirect(url_for("SignInView.login"))
        if not acting().works_here:
            abort(404)
        found = {name: (heading, items) for name, heading, _nothing, items in self._desk(acting())}
        if which not in found:
            abort(404)
        heading, items = found[which]
        return self.render_template(
            "waiting.html", title=heading, items=items, address=self._address, kind=self._kind, steps=self._step
        )

    def _work(self, actor: Any) -> dict[str, Any]:
        """What is due, narrowed as asked, and what waits."""
        args = MultiDict(request.args)
        if "officer" not in args and Role.officer in actor.roles and not actor.roles & {Role.manager, Role.head}:
            args["officer"] = "mine"
        narrowings = [Choices(each, args) for each in (WHOSE, TYPE, ACTIVITY)]
        clauses = [clause for each in narrowings for clause in each.clauses()]
        pairs = [pair for each in narrowings for pair in each.pairs()]
        lists = [(PASSED_ON_TO_YOU, [("passed_on", "me")], desk.passed_on(actor))]
        lists += [(WHEN[which], [("when", which.value)], desk.when(which, actor.today)) for which in SECTIONS]
        counted = [
            select(func.count(Obligation.id)).where(holds, *clauses).scalar_subquery() for _h, _a, holds in lists
        ]
        due = []
        for (heading, address, holds), count in zip(lists, db.session.execute(select(*counted)).one(), strict=True):
            rows = select(Obligation).options(*(joinedload(each) for each in DUE_WITH))
            rows = rows.where(holds, *clauses).order_by(Obligation.due_on, Obligation.id)
            items = list(db.session.scalars(rows.limit(SHOWN))) if count else []
            if count or heading is not PASSED_ON_TO_YOU:
                due.append((heading, count, items, list_url(ObligationView, urlencode([*address, *pairs]))))
        tell_records([item for _heading, _count, items, _all in due for item in items])
        return {"due": due, "narrowings": narrowings, "desk": self._desk(actor)}

    @staticmethod
    def _desk(actor: Any) -> list[tuple[str, Any, Any, list[desk.Waiting]]]:
        """(its name in the address, heading, what to say of none, records) of each list of what waits."""
        mine, others = desk.decisions(db.session, actor)
        return [
            ("mine", _("Waiting for you"), _("Nothing waits for you."), mine),
            ("mandatory", _("Mandatory and not yet submitted"), "", desk.mandatory_drafts(db.session, actor)),
            ("carried", _("Carried over from a predecessor"), "", desk.carried_over(db.session, actor)),
            (
                "unfinished",
                _("Begun by you and not finished"),
                _("Nothing is left unfinished."),
                desk.unfinished(db.session, actor),
            ),
            ("others", _("Waiting for others"), _("Nothing of yours waits for others."), others),
        ]

    def _reading(self, actor: Any) -> dict[str, Any]:
        """Partners, providers and care managers: what is theirs to read."""
        told: dict[str, Any] = {}
        if Right.read in rights(actor.roles, Resource.visits):
            rows = select(Visit).options(joinedload(Visit.service), joinedload(Visit.activity_type))
            told["visits"] = db.session.scalars(rows.order_by(Visit.published_at.desc()).limit(10)).all()
        if Right.read in rights(actor.roles, Resource.rating_alerts):
            told["alerts"] = placements.open_alerts(db.session, 20)
        own = Role.provider in actor.roles
        if own or Right.read in rights(actor.roles, Resource.purchasing):
            query = select(Service).where(Service.merged_into_id.is_(None)).order_by(Service.name).limit(50)
            if not own:
                still_open = Service.registration_status != RegistrationStatus.deregistered
                query = query.where(still_open, Service.id.in_(restricted_services()))
            services = db.session.scalars(query).all()
            statuses = purchasing(db.session, [each.id for each in services])
            told["services"] = [(each, statuses[each.id]) for each in services]
        if own:
            told["plans"] = plans.to_be_proposed(db.session, 20)
            told["actions"] = plans.waiting_for_provider(db.session, 20)
            told["letters"] = db.session.scalars(select(Letter).order_by(Letter.id.desc()).limit(10)).all()
        return told

    @staticmethod
    def _address(waiting: Any) -> str:
        return url_for(f"{SCREENS[type(waiting.item)].__name__}.show", pk=waiting.item.id)

    @staticmethod
    def _kind(waiting: Any) -> Any:
        return SCREENS[type(waiting.item)].one

    @staticmethod
    def _step(waiting: Any) -> Any:
        return WORKFLOWS[type(waiting.item)].steps[waiting.step].label
