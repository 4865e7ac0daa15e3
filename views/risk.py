"""The bands that services stand in."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from models import db
from models.framework import Band, BandSubject, Framework, FrameworkState, Scheme
from models.providers import Service
from models.risk import BandState, ServiceBand
from views.base import AreaView, Column, Filter, Moment, Table, acting
from views.columns import value_of
from views.labels import field_label, tag, word
from workflows import risk as steps
from workflows.access import Resource, Right, rights
from workflows.documents import day
from workflows.framework import band_name, scheme_name
from workflows.steps import InputKind

CURRENT = (BandState.proposed, BandState.confirmed)


def schemes(session: Any) -> list[tuple[str, str]]:
    """The schemes by which the framework in force grades services."""
    rows = select(Scheme.key, Scheme.name).join(Scheme.framework).order_by(Scheme.id)
    in_force = rows.where(Framework.state == FrameworkState.in_force, Scheme.subject == BandSubject.service)
    return [(row.key, row.name) for row in session.execute(in_force)]


def bands(session: Any) -> list[tuple[str, str]]:
    """Their bands by key; one that several schemes have stands there once, with the names of all."""
    rows = (
        select(Band.key, Band.name, Scheme.name)
        .join(Band.framework)
        .join(Scheme, (Scheme.framework_id == Framework.id) & (Scheme.key == Band.scheme))
        .where(Framework.state == FrameworkState.in_force, Scheme.subject == BandSubject.service)
        .order_by(Scheme.id, Band.position)
    )
    found: dict[str, list[str]] = {}
    for key, name, scheme in session.execute(rows):
        found.setdefault(key, []).append(_("%(band)s (%(scheme)s)", band=name, scheme=scheme))
    return [(key, ", ".join(names)) for key, names in found.items()]


def in_words(item: ServiceBand) -> str:
    return band_name(db.session, item.scheme, item.band)


class ServiceBandView(AreaView):
    datamodel = Table(ServiceBand)
    resource = Resource.bands
    route_base = "/bands"
    workflow = steps.WORKFLOW
    title, one = _l("Bands"), _l("band")
    columns = (
        Column("service", _l("Service"), lambda b: b.service, Service.name),
        Column("scheme", _l("Scheme"), lambda b: scheme_name(db.session, b.scheme), ServiceBand.scheme),
        Column("band", _l("Band"), in_words, ServiceBand.band),
        Column("state", _l("State"), lambda b: tag(b.state), ServiceBand.state),
        Column("from_on", _l("From"), lambda b: b.from_on, ServiceBand.from_on),
        Column("until_on", _l("Until"), lambda b: b.until_on, ServiceBand.until_on),
    )
    searched = (Service.name, ServiceBand.grounds)
    ordered = (ServiceBand.id.desc(),)
    eager = (contains_eager(ServiceBand.service),)
    filters = (
        Filter(
            "state",
            _l("State"),
            lambda: [
                ("current", _l("Proposed or confirmed")),
                ("", _l("All states")),
                *((state.value, word(state)) for state in BandState),
            ],
            lambda v: ServiceBand.state.in_(CURRENT) if v == "current" else ServiceBand.state == v,
            default=lambda: "current",
        ),
        Filter(
            "scheme",
            _l("Scheme"),
            lambda: [("", _l("All schemes")), *schemes(db.session)],
            lambda v: ServiceBand.scheme == v,
        ),
        Filter(
            "band", _l("Band"), lambda: [("", _l("All bands")), *bands(db.session)], lambda v: ServiceBand.band == v
        ),
    )
    fields = steps.FIELDS
    shown = ("from_on", "until_on", "decided_by_group", "decided_on", "decision_minute")
    inside = frozenset({"grounds"})
    long_text = frozenset({"grounds"})
    options = {"scheme": schemes, "band": bands}
    kinds = {"scheme": InputKind.word, "band": InputKind.word}
    timeline = Moment(lambda b: b.from_on or b.created_at, lambda b: scheme_name(db.session, b.scheme), in_words)

    def query(self) -> Any:
        return select(ServiceBand).join(ServiceBand.service)

    def facts(self, item: ServiceBand) -> list[tuple[Any, Any]]:
        named = {"scheme": scheme_name(db.session, item.scheme), "band": in_words(item)}
        told = [(field_label(ServiceBand, name), named.get(name) or value_of(item, name)) for name in self.told()]
        return [(label, value) for label, value in told if value not in (None, "")]


def bands_of(service: Service) -> list[tuple[Any, Any]]:
    """The facts of a service's page that tell in which bands it stands, and since when."""
    if Right.read not in rights(acting().roles, Resource.bands):
        return []
    rows = select(ServiceBand).where(ServiceBand.service_id == service.id, ServiceBand.state == BandState.confirmed)
    return [
        (
            scheme_name(db.session, each.scheme),
            _("%(band)s, since %(day)s", band=in_words(each), day=day(each.from_on))
            if each.from_on
            else in_words(each),
        )
        for each in db.session.scalars(rows.order_by(ServiceBand.scheme))
    ]
