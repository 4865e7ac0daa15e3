"""Services, providers, contacts and contact notes: the register as officers work with it."""

from textwrap import shorten
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import db
from models.framework import Framework, FrameworkState
from models.providers import (
    SOCIAL_CARE,
    Contact,
    ContactKind,
    ContactNote,
    NoteChannel,
    Provider,
    RatingValue,
    RegistrationStatus,
    Service,
    ServicePart,
    ServiceType,
)
from models.successions import lineage
from models.suspensions import purchasing, restricted_services
from views import owed, timeline
from views.base import AreaView, Column, Filter, Moment, Table, acting, with_provider
from views.labels import FIELDS, Link, tag, word
from views.register_facts import facts_of, of_service
from views.risk import bands_of
from workflows import providers as steps
from workflows.access import Resource, Right, rights
from workflows.documents import day


def choices(kind: Any, every: Any) -> Any:
    """The members of an enum as a filter offers them, after “all of them”."""
    return lambda: [("", every), *((member.value, word(member)) for member in kind)]


def officer_filter(label: Any, column: Any) -> Filter:
    """Whose work it is: mine, nobody's, or that of any officer, whom only the council's own people choose from."""

    def offered() -> list[tuple[str, Any]]:
        people = steps.may_be_allocated(db.session) if acting().works_here else []
        return [
            ("", _l("Everybody's")),
            ("mine", _l("Mine and nobody's")),
            ("me", _l("Mine")),
            ("none", _l("Nobody's")),
            *((str(key), name) for key, name in people),
        ]

    def where(choice: str) -> Any:
        nobodys = column.is_(None)
        if choice in ("none", "mine"):
            return nobodys if choice == "none" else nobodys | (column == acting().post_id)
        return column == (acting().post_id if choice == "me" else int(choice))

    return Filter("officer", label, offered, where)


SECTOR = Filter(
    "sector",
    _l("Sector"),
    lambda: [("social", _l("Adult social care")), ("other", _l("Other sectors")), ("", _l("All sectors"))],
    lambda value: (Service.sector == SOCIAL_CARE) if value == "social" else (Service.sector != SOCIAL_CARE),
    default=lambda: "social",
)


def _bought(value: str) -> Any:
    restricted = Service.id.in_(restricted_services())
    return restricted if value == "restricted" else ~restricted


def _where(value: str) -> Any:
    here = Service.local_authority == _authority()
    return here if value == "in" else Service.local_authority.is_distinct_from(_authority())


def _authority() -> Any:
    return (
        select(Framework.__table__.c.authority)
        .where(Framework.__table__.c.state == FrameworkState.in_force)
        .scalar_subquery()
    )


class ServiceView(AreaView):
    datamodel = Table(Service)
    resource = Resource.services
    route_base = "/services"
    workflow = steps.WORKFLOW
    title, one = _l("Services"), _l("service")
    columns = (
        Column("name", _l("Service"), lambda s: s.name, Service.name),
        Column("provider", _l("Provider"), lambda s: s.provider, Provider.name),
        Column("type", _l("Type"), lambda s: word(s.service_type), Service.service_type),
        Column("town", _l("Town"), lambda s: s.town, Service.town),
        Column("rating", _l("Rating"), lambda s: tag(s.rating) if s.rating else _l("Not rated"), Service.rating),
        Column("rated", _l("Rated on"), lambda s: s.rated_on, Service.rated_on),
        Column("purchasing", _l("Purchasing"), lambda s: s.purchasing),
        Column("officer", _l("Linked officer"), lambda s: s.allocated_officer),
    )
    searched = (Service.name, Service.postcode, Service.regulator_id, Provider.name)
    ordered = (Service.name,)
    eager = (contains_eager(Service.provider), joinedload(Service.allocated_officer))
    filters = (
        SECTOR,
        Filter("type", _l("Type"), choices(ServiceType, _l("All types")), lambda v: Service.service_type == v),
        Filter("rating", _l("Rating"), choices(RatingValue, _l("All ratings")), lambda v: Service.rating == v),
        Filter(
            "purchasing",
            _l("Purchasing"),
            lambda: [("", _l("All")), ("restricted", _l("Restricted")), ("normal", _l("As normal"))],
            _bought,
        ),
        Filter(
            "status",
            _l("Registration"),
            lambda: [("open", _l("Open services")), ("closed", _l("Deregistered")), ("", _l("All"))],
            lambda v: (
                (Service.registration_status == RegistrationStatus.deregistered)
                if v == "closed"
                else (Service.registration_status != RegistrationStatus.deregistered)
            ),
            default=lambda: "open",
        ),
        Filter(
            "place",
            _l("Where"),
            lambda: [("", _l("Everywhere")), ("in", _l("In this council's area")), ("out", _l("Elsewhere"))],
            _where,
        ),
        officer_filter(_l("Linked officer"), Service.allocated_officer_id),
    )
    fields = ("commissioning",)
    shown = (
        "name", "provider_id", "service_type", "regulator", "regulator_id", "registration_status", "registered_on",
        "deregistered_on", "beds", "address_line_1", "address_line_2", "town", "postcode", "phone", "local_authority",
        "region", "last_inspected_on", "rating", "rated_on", "allocated_officer_id",
    )  # fmt: skip
    show_template = "service.html"

    def query(self) -> Any:
        return select(Service).join(Service.provider).where(Service.merged_into_id.is_(None))

    def kept(self, item: Service) -> int | None:
        return item.merged_into_id

    def former(self, item: Service) -> list[Service]:
        return item.merged

    def prepare(self, items: Any) -> None:
        statuses = purchasing(db.session, [item.id for item in items])
        for item in items:
            item.purchasing = statuses[item.id]

    def find(self, pk: str) -> Any:
        item = super().find(pk)
        item.purchasing = purchasing(db.session, [item.id])[item.id]
        return item

    def facts(self, item: Service) -> list[tuple[Any, Any]]:
        return [
            (_l("Provider"), Link(item.provider, url_for("ProviderView.show", pk=item.provider_id))),
            (_l("Type"), word(item.service_type)),
            (_l("Registered with"), f"{word(item.regulator)} {item.regulator_id or ''}"),
            (_l("Registration"), tag(item.registration_status)),
            (_l("Registered on"), item.registered_on),
            *([(_l("Deregistered on"), item.deregistered_on)] if item.deregistered_on else []),
            (_l("Beds"), item.beds),
            (_l("Registered manager"), _manager(item)),
            (
                _l("Address"),
                ", ".join(filter(None, (item.address_line_1, item.address_line_2, item.town, item.postcode))),
            ),
            (FIELDS["phone"], item.phone),
            (_l("Council area"), item.local_authority),
            (_l("Last inspected"), item.last_inspected_on),
            *bands_of(item),
            (FIELDS["commissioning"], word(item.commissioning)),
            (FIELDS["allocated_officer_id"], item.allocated_officer or _l("Nobody yet")),
        ]

    def more(self, item: Service) -> dict[str, Any]:
        actor = acting()
        related = {link.related_id for link in item.links}
        known = {}
        if related:
            rows = select(Service.regulator_id, Service.id).where(
                Service.regulator == item.regulator, Service.regulator_id.in_(related)
            )
            known = dict(tuple(row) for row in db.session.execute(rows))
        before = _before(item)
        row = of_service(item)
        return {
            "row": row,
            "row_facts": facts_of(row) if row is not None else [],
            "ratings": sorted(item.ratings, key=lambda r: (r.is_current, str(r.published_on)), reverse=True),
            "before": before,
            "parts": item.parts,
            "links": [(link, known.get(link.related_id)) for link in item.links],
            "contacts": _contacts(item) if Right.read in rights(actor.roles, Resource.contacts) else [],
            "due": owed.of_service(item) if Right.read in rights(actor.roles, Resource.diary) else [],
            "what": owed.what,
            "events": timeline.of(item, actor, before),
            "may_note": Right.add in rights(actor.roles, Resource.contact_notes),
            "may_visit": Right.add in rights(actor.roles, Resource.visits),
            "may_suspend": Right.add in rights(actor.roles, Resource.suspensions),
        }


def _manager(item: Service) -> Any:
    if item.manager_absent_since:
        return _l("Absent since %(day)s", day=day(item.manager_absent_since))
    return {True: _l("In post"), False: _l("Vacant"), None: _l("Not known")}[item.manager_in_post]


def _before(item: Service) -> list[Service]:
    """The services that carry over to this one, as far as the reader may see them."""
    line = lineage([item.id])
    rows = select(Service).join(line, line.c.id == Service.id).where(Service.id != item.id).order_by(Service.id)
    return list(db.session.scalars(rows.options(selectinload(Service.ratings))))


def _contacts(item: Service) -> list[Contact]:
    return list(
        db.session.scalars(
            select(Contact)
            .where(
                or_(
                    Contact.service_id == item.id,
                    (Contact.provider_id == item.provider_id) & Contact.service_id.is_(None),
                ),
                Contact.left_on.is_(None),
            )
            .order_by(Contact.service_id.is_(None), Contact.kind)
            .limit(20)
        )
    )


class ProviderView(AreaView):
    datamodel = Table(Provider)
    resource = Resource.providers
    route_base = "/providers"
    title, one = _l("Providers"), _l("provider")
    columns = (
        Column("name", _l("Provider"), lambda p: p, Provider.name),
        Column("id", _l("Regulator's id"), lambda p: p.regulator_id, Provider.regulator_id),
        Column("town", _l("Town"), lambda p: p.town, Provider.town),
        Column("status", _l("Registration"), lambda p: tag(p.registration_status), Provider.registration_status),
    )
    searched = (Provider.name, Provider.regulator_id, Provider.postcode)
    ordered = (Provider.name.is_(None), Provider.name)
    filters = (
        Filter(
            "sector",
            _l("Sector"),
            lambda: [("social", _l("Adult social care")), ("other", _l("Other sectors")), ("", _l("All sectors"))],
            lambda v: (Provider.sector == SOCIAL_CARE) if v == "social" else (Provider.sector != SOCIAL_CARE),
            default=lambda: "social",
        ),
    )
    shown = (
        "name", "regulator", "regulator_id", "registration_status", "registered_on", "ownership", "company_number",
        "charity_number", "address_line_1", "address_line_2", "town", "postcode", "local_authority", "phone",
    )  # fmt: skip
    show_template = "provider.html"
    history = False

    def facts(self, item: Provider) -> list[tuple[Any, Any]]:
        return [
            (_l("Registered with"), f"{word(item.regulator)} {item.regulator_id or ''}"),
            (
                _l("Registration"),
                _l("Not read yet: only its id is known") if item.stub else tag(item.registration_status),
            ),
            (_l("Kind of owner"), item.ownership),
            (_l("Company number"), item.company_number),
            (_l("Charity number"), item.charity_number),
            (
                _l("Address"),
                ", ".join(filter(None, (item.address_line_1, item.address_line_2, item.town, item.postcode))),
            ),
            (FIELDS["phone"], item.phone),
        ]

    def more(self, item: Provider) -> dict[str, Any]:
        rows = (
            select(Service)
            .where(Service.provider_id == item.id, Service.merged_into_id.is_(None))
            .order_by(Service.name)
            .limit(100)
        )
        services = list(db.session.scalars(rows))
        statuses = purchasing(db.session, [service.id for service in services])
        for service in services:
            service.purchasing = statuses[service.id]
        may = rights(acting().roles, Resource.contacts)
        contacts = select(Contact).where(Contact.provider_id == item.id, Contact.left_on.is_(None)).limit(50)
        return {
            "services": services,
            "contacts": list(db.session.scalars(contacts)) if Right.read in may else [],
            "may_contact": Right.add in may,
        }


class ContactView(AreaView):
    datamodel = Table(Contact)
    resource = Resource.contacts
    route_base = "/contacts"
    title, one = _l("Contacts"), _l("contact")
    columns = (
        Column("post", _l("Post"), lambda c: c.post, Contact.post),
        Column("name", _l("Name"), lambda c: c.name, Contact.name),
        Column("provider", _l("Provider"), lambda c: c.provider, Provider.name),
        Column("service", _l("Service"), lambda c: c.service),
        Column("phone", _l("Phone"), lambda c: c.phone),
        Column("email", _l("Email"), lambda c: c.email),
    )
    searched = (Contact.post, Contact.name, Contact.phone, Contact.email, Provider.name)
    ordered = (Provider.name, Contact.post)
    eager = (contains_eager(Contact.provider), joinedload(Contact.service))
    filters = (
        Filter("kind", _l("Kind"), choices(ContactKind, _l("All kinds")), lambda v: Contact.kind == v),
        Filter(
            "now",
            _l("In post"),
            lambda: [("yes", _l("Now")), ("", _l("Now and before"))],
            lambda v: Contact.left_on.is_(None),
            default=lambda: "yes",
        ),
    )
    fields = ("provider_id", "service_id", "kind", "post", "name", "phone", "email", "left_on")
    hints = {"left_on": _l("A contact that no longer holds is ended, never deleted.")}

    def query(self) -> Any:
        return select(Contact).join(Contact.provider)


class ContactNoteView(AreaView):
    datamodel = Table(ContactNote)
    resource = Resource.contact_notes
    route_base = "/contact-notes"
    title, one = _l("Contact notes"), _l("contact note")
    columns = (
        Column("at", _l("When"), lambda n: n.at, ContactNote.at),
        Column("service", _l("Service"), lambda n: n.service),
        Column("provider", _l("Provider"), lambda n: n.provider),
        Column("channel", _l("How"), lambda n: word(n.channel), ContactNote.channel),
        Column("text", _l("What was said"), lambda n: n.text),
    )
    searched = (ContactNote.text,)
    ordered = (ContactNote.at.desc(),)
    eager = (joinedload(ContactNote.provider), joinedload(ContactNote.service))
    filters = (
        Filter("channel", _l("How"), choices(NoteChannel, _l("Any way")), lambda v: ContactNote.channel == v),
        Filter(
            "author",
            _l("Written by"),
            lambda: [("", _l("Anybody")), ("me", _l("Me"))],
            lambda v: ContactNote.created_by_id == acting().person_id,
        ),
    )
    fields = ("provider_id", "service_id", "contact_id", "at", "channel", "text")
    timeline = Moment(lambda n: n.at, lambda n: word(n.channel), lambda n: shorten(n.text, 240, placeholder=" ..."))
    long_text = frozenset({"text"})

    def start(self, asked: Any) -> dict[str, Any]:
        return {"at": acting().now, **with_provider(self, asked)}


class ServicePartView(AreaView):
    datamodel = Table(ServicePart)
    resource = Resource.services
    route_base = "/parts"
    title, one = _l("Units and properties"), _l("unit or property")
    columns = (
        Column("name", _l("Name"), lambda p: p.name, ServicePart.name),
        Column("service", _l("Service"), lambda p: p.service),
        Column("closed", _l("Closed on"), lambda p: p.closed_on, ServicePart.closed_on),
    )
    searched = (ServicePart.name,)
    ordered = (ServicePart.name,)
    eager = (joinedload(ServicePart.service),)
    fields = ("service_id", "name", "closed_on")
