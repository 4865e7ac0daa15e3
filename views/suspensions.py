"""Suspensions with their steps, and the purchasing board that brokers read."""

from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from models import db
from models.documents import Letter
from models.framework import RestrictionEffect
from models.outbox import OutboxMessage
from models.providers import Provider, RegistrationStatus, Service
from models.suspensions import IN_FORCE_STATES, Suspension, SuspensionState, purchasing, restricted_services
from views.base import AreaView, Column, Filter, Moment, Page, Table, _number, acting, with_provider
from views.labels import FIELDS, tag, word
from views.lists import PAGE
from views.providers import choices
from workflows import suspensions as steps
from workflows.access import Resource, Role


class SuspensionView(AreaView):
    datamodel = Table(Suspension)
    resource = Resource.suspensions
    route_base = "/suspensions"
    workflow = steps.WORKFLOW
    title, one = _l("Suspensions"), _l("suspension")
    columns = (
        Column("scope", _l("What is restricted"), lambda s: s, Provider.name),
        Column("provider", _l("Provider"), lambda s: s.provider),
        Column("kind", _l("Kind"), lambda s: word(s.kind), Suspension.kind),
        Column("state", _l("State"), lambda s: tag(s.state), Suspension.state),
        Column("starts", _l("In force from"), lambda s: s.starts_on, Suspension.starts_on),
        Column(
            "review",
            _l("Next review"),
            lambda s: s.next_review_on if s.is_in_force else None,
            Suspension.next_review_on,
        ),
    )
    searched = (Provider.name, Service.name, Suspension.grounds)
    ordered = (Suspension.id.desc(),)
    eager = (contains_eager(Suspension.provider), contains_eager(Suspension.service), joinedload(Suspension.part))
    filters = (
        Filter("state", _l("State"), choices(SuspensionState, _l("All states")), lambda v: Suspension.state == v),
        Filter("kind", _l("Kind"), choices(RestrictionEffect, _l("All kinds")), lambda v: Suspension.kind == v),
        Filter(
            "review",
            _l("Review"),
            lambda: [("", _l("Any")), ("overdue", _l("Overdue"))],
            lambda v: Suspension.state.in_(IN_FORCE_STATES) & (Suspension.next_review_on < acting().today),
        ),
    )
    fields = steps.REPORT
    long_text = frozenset({"grounds", "evidence", "resident_risk", "conditions"})
    shown = (
        "mandatory_ground", "submitted_by_id", "decided_by_id", "decided_by_group", "decided_on", "decision_minute",
        "starts_on", "next_review_on", "lift_evidence", "ends_on",
    )  # fmt: skip
    timeline = Moment(
        lambda s: s.starts_on or s.created_at, lambda s: _l("Restriction on purchasing"), lambda s: word(s.kind)
    )
    hints = {
        "service_id": _l("Leave empty to restrict the provider with all its services."),
        "part_id": _l("Leave empty to restrict the whole service."),
        "evidence": _l("Where it lies: visits, notes, reports of others. People by case reference only."),
        "agreed_on": _l("For kinds that need the provider's agreement."),
    }
    show_template = "suspension.html"

    def query(self) -> Any:
        return select(Suspension).join(Suspension.provider).outerjoin(Suspension.service)

    def start(self, asked: Any) -> dict[str, Any]:
        return {"kind": RestrictionEffect.no_new_purchase, **with_provider(self, asked)}

    @classmethod
    def about(cls, service: Service) -> Any:
        return (Suspension.provider_id == service.provider_id) & or_(
            Suspension.service_id == service.id, Suspension.service_id.is_(None)
        )

    def facts(self, item: Suspension) -> list[tuple[Any, Any]]:
        told = list(super().facts(item))
        if item.service_id is None:
            told.insert(1, (FIELDS["service_id"], _l("All services of the provider")))
        if (proposed := steps.pending_variation(item)) is not None:
            told += [
                (_l("Variation proposed: kind"), word(proposed.kind)),
                (_l("Variation proposed: conditions"), proposed.conditions),
                (
                    _l("Variation proposed: scope"),
                    proposed.part or proposed.service or _l("All services of the provider"),
                ),
                (_l("Variation proposed: reason"), proposed.reason),
                (_l("Variation proposed: provider agreed on"), proposed.agreed_on),
            ]
        return [(label, value) for label, value in told if value not in (None, "")]

    def more(self, item: Suspension) -> dict[str, Any]:
        letters = (
            select(Letter, OutboxMessage.state)
            .outerjoin(OutboxMessage, (OutboxMessage.record_type == "letter") & (OutboxMessage.record_id == Letter.id))
            .where(Letter.suspension_id == item.id)
            .order_by(Letter.id)
        )
        return {
            "letters": db.session.execute(letters).all(),
            "overdue": item.is_in_force and item.next_review_on is not None and item.next_review_on < acting().today,
        }


class PurchasingView(Page):
    """How every service may be bought from, on one page: derived, never typed (HP 8)."""

    resource = Resource.purchasing
    route_base = "/purchasing"
    default_view = "board"

    @expose("/")
    @has_access
    @permission_name("read")
    def board(self) -> Any:
        text = request.args.get("q", "").strip()
        every = request.args.get("show") == "all"
        query = select(Service).join(Service.provider).options(contains_eager(Service.provider))
        query = query.where(
            Service.registration_status != RegistrationStatus.deregistered, Service.merged_into_id.is_(None)
        )
        if not every and not text:
            query = query.where(Service.id.in_(restricted_services()))
        if text:
            columns = (Service.name, Service.postcode, Service.regulator_id, Provider.name)
            query = query.where(
                columns[0].icontains(text, autoescape=True)
                | columns[1].icontains(text, autoescape=True)
                | columns[2].icontains(text, autoescape=True)
                | columns[3].icontains(text, autoescape=True)
            )
        total = db.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
        pages = max(1, -(-total // PAGE))
        page = min(max(1, _number(request.args.get("page"), 1)), pages)
        rows = query.order_by(Service.name, Service.id).limit(PAGE).offset((page - 1) * PAGE)
        services = list(db.session.scalars(rows))
        statuses = purchasing(db.session, [service.id for service in services])
        return self.render_template(
            "purchasing.html",
            title=_("Purchasing board"),
            rows=[(service, statuses[service.id]) for service in services],
            text=text,
            every=every,
            conditions=acting().works_here or Role.care_manager in acting().roles,
            total=total,
            page=page,
            pages=pages,
        )
