"""Re-registrations: what carries over from a predecessor, and deciding that it no longer does."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from models import db
from models.providers import Provider, Service
from models.successions import Succession, SuccessionState
from models.suspensions import purchasing
from views.base import AreaView, Column, Filter, Moment, Table
from views.labels import tag
from views.providers import choices
from workflows import successions as steps
from workflows.access import Resource

old, new, old_provider, new_provider = aliased(Service), aliased(Service), aliased(Provider), aliased(Provider)


class SuccessionView(AreaView):
    datamodel = Table(Succession)
    resource = Resource.successions
    route_base = "/successions"
    workflow = steps.WORKFLOW
    title, one = _l("Re-registrations"), _l("re-registration")
    columns = (
        Column("predecessor", _l("Predecessor"), lambda s: s.predecessor or s.predecessor_provider, old.name),
        Column("successor", _l("Successor"), lambda s: s.successor or s.successor_provider, new.name),
        Column("state", _l("State"), lambda s: tag(s.state), Succession.state),
        Column("since", _l("Known since"), lambda s: s.created_at, Succession.created_at),
    )
    searched = (old.name, new.name, old_provider.name, new_provider.name)
    ordered = (Succession.id.desc(),)
    eager = tuple(joinedload(each) for each in steps.NAMED)
    filters = (
        Filter("state", _l("State"), choices(SuccessionState, _l("All states")), lambda v: Succession.state == v),
    )
    shown = (
        "predecessor_id", "successor_id", "predecessor_provider_id", "successor_provider_id", "state",
        "acknowledged_by_id", "acknowledged_at", "proposed_by_id", "decided_by_id", "decided_by_group", "decided_on",
        "decision_minute",
    )  # fmt: skip
    timeline = Moment(
        lambda s: s.created_at,
        lambda s: _l("Re-registered: restrictions, open cases and ratings carry over"),
        str,
        eager,
    )

    def query(self) -> Any:
        return (
            select(Succession)
            .outerjoin(old, old.id == Succession.predecessor_id)
            .outerjoin(new, new.id == Succession.successor_id)
            .outerjoin(old_provider, old_provider.id == Succession.predecessor_provider_id)
            .outerjoin(new_provider, new_provider.id == Succession.successor_provider_id)
        )

    @classmethod
    def about(cls, service: Service) -> Any:
        return (Succession.predecessor_id == service.id) | (Succession.successor_id == service.id)

    def facts(self, item: Succession) -> Any:
        told = [*super().facts(item)]
        if item.predecessor_id is not None:
            status = purchasing(db.session, [item.predecessor_id])[item.predecessor_id]
            told.append((_l("How the predecessor may be bought from"), status))
        return told
