"""Home by role: what waits for me, what is overdue, what is coming."""

from typing import Any

from flask import g, redirect, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import db
from models.documents import Letter
from models.outbox import OutboxMessage, OutboxState
from models.people import Person
from models.providers import RegistrationStatus, Service
from models.suspensions import purchasing, restricted_services
from models.visits import Visit
from views.base import SCREENS, acting
from workflows import allocation, diary, placements, plans
from workflows.access import Resource, Right, Role, rights
from workflows.engine import WORKFLOWS


class HomeView(IndexView):
    """The first page after signing in."""

    @expose("/")
    def index(self) -> Any:
        if g.user.is_anonymous:
            return redirect(url_for("SignInView.login"))
        actor = acting()
        told: dict[str, Any] = {
            "sections": [],
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
            told["sections"] = self._work(actor)
            if Role.manager in actor.roles:
                told["unallocated"] = diary.without_officer(db.session)
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
            "home.html", title=_("Home"), address=self._address, kind=self._kind, steps=self._step, **told
        )

    def _work(self, actor: Any) -> list[tuple[str, str, Any]]:
        mine, others = diary.decisions(db.session, actor)
        drafts = diary.mandatory_drafts(db.session, actor)
        carried = diary.carried_over(db.session, actor)
        return [
            (_("Waiting for you"), _("Nothing waits for you."), mine),
            *([(_("Mandatory and not yet submitted"), "", drafts)] if drafts else []),
            *([(_("Carried over from a predecessor"), "", carried)] if carried else []),
            (_("Overdue"), _("Nothing is overdue."), diary.overdue(db.session, actor)),
            (_("The next seven days"), _("Nothing is due in the next seven days."), diary.coming(db.session, actor)),
            (_("Begun by you and not finished"), _("Nothing is left unfinished."), diary.unfinished(db.session, actor)),
            (_("Waiting for others"), _("Nothing of yours waits for others."), others),
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
