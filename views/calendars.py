"""Calendar addresses: made, shown once and revoked; and the calendars themselves, for calendar programs (RFC 5545)."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, no_cache
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address
from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from models import db
from models.base import LONDON, writing
from models.calendars import CalendarAddress, CalendarKind, CalendarState
from models.diary import Obligation, ObligationSource
from models.meetings import Meeting
from models.people import Person
from models.providers import Service
from models.visits import Visit
from views.base import SCREENS, AreaView, Column, Filter, Table, acting, sentence
from views.fields import form_for
from views.labels import tag, word
from views.owed import what
from views.providers import choices
from workflows import actor as actors
from workflows import calendars as steps
from workflows.access import Resource
from workflows.diary import record_model
from workflows.gate import Refused

PREFIX = "/calendar/"
HOUR = dt.timedelta(hours=1)
"""How long a visit or meeting takes in a calendar: nobody plans their end (XX)."""


class CalendarView(AreaView):
    datamodel = Table(CalendarAddress)
    resource = Resource.calendars
    route_base = "/calendars"
    workflow = steps.WORKFLOW
    programs = False  # a program that fell into the wrong hands makes and ends none
    title, one = _l("Calendar addresses"), _l("calendar address")
    include_route_methods = {"list", "show", "add", "step"}
    columns = (
        Column("name", _l("Address"), lambda c: c, CalendarAddress.id),
        Column("kind", _l("Which calendar"), lambda c: word(c.kind), CalendarAddress.kind),
        Column("person", _l("Read as"), lambda c: c.person),
        Column("made", _l("Made"), lambda c: c.created_at, CalendarAddress.created_at),
        Column("read", _l("Last read"), lambda c: c.last_read_at, CalendarAddress.last_read_at),
        Column("state", _l("State"), lambda c: tag(c.state), CalendarAddress.state),
    )
    searched = (Person.first_name, Person.last_name)
    ordered = (CalendarAddress.id.desc(),)
    eager = (contains_eager(CalendarAddress.person),)
    filters = (
        Filter("state", _l("State"), choices(CalendarState, _l("All states")), lambda v: CalendarAddress.state == v),
    )
    shown = ("kind", "person_id", "created_at", "last_read_at")

    def query(self) -> Any:
        return select(CalendarAddress).join(CalendarAddress.person)

    def offers(self, item: CalendarAddress) -> Any:
        """Whoever sees an address is told of its step: Administrators do, who are not of the team."""
        return steps.WORKFLOW.offers(item, acting())

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @no_cache
    def add(self) -> Any:
        actor = acting()
        offered = [SelectChoice(kind.value, word(kind)) for kind in steps.kinds(actor)]
        form = form_for((), kind=SelectField(_l("Which calendar"), choices=offered))(
            formdata=request.form if request.method == "POST" else None
        )
        if request.method == "POST" and form.validate():
            try:
                address, secret = steps.make(db.session, actor, CalendarKind(form.kind.data))
                db.session.commit()
            except Refused as error:
                db.session.rollback()
                form.form_errors.append(sentence(error))
            else:
                told = f"{_base()}{url_for('calendar.feed', secret=secret)}"
                return self.render_template(
                    "calendar_address.html", title=_("The address is made"), item=address, text=told
                )
        return self.render_template(
            "calendar_form.html",
            title=_("Add: %(what)s", what=self.one),
            form=form,
            asked=(),
            back=url_for("CalendarView.list"),
            button=_("Make the address"),
        )


# --- for calendar programs ---------------------------------------------------------------------------------------


def asked() -> bool:
    """Whether this request is for a calendar, known or not."""
    return request.path.startswith(PREFIX)


def without_cookies(wsgi_app: Any) -> Any:
    """The same application, which is told no cookie where a calendar is asked for: it neither opens nor prolongs
    the session of whoever's browser asks."""

    def served(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            environ.pop("HTTP_COOKIE", None)
        return wsgi_app(environ, start_response)

    return served


def blueprint(limiter: Any, config: Mapping[str, Any]) -> Blueprint:
    """The one address of calendars, limited as programs are: each address, and what is not found from one place."""
    calendar = Blueprint("calendar", __name__, url_prefix=PREFIX.rstrip("/"))
    calendar.add_url_rule("/<secret>.ics", "feed", feed)
    limiter.shared_limit(config["CAREWARD_API_LIMIT"], "calendar", key_func=_by_secret)(calendar)
    limiter.shared_limit(
        config["CAREWARD_API_REFUSED_LIMIT"],
        "calendar-refused",
        key_func=get_remote_address,
        deduct_when=lambda response: response.status_code == 404,
    )(calendar)
    return calendar


def _by_secret() -> str:
    return steps.digest((request.view_args or {}).get("secret", ""))


def identify(now: dt.datetime) -> None:
    """Say who acts: the person of the address. An unknown one, and one that works no longer, are not there."""
    found = steps.reader(db.session, (request.view_args or {}).get("secret", ""), now)
    if found is None:
        abort(404)
    if steps.is_to_be_noted(found):
        with writing(db.session):
            steps.note_read(db.session, found)
    g.calendar_reader = found
    actors.set_current(found.actor)


def tell(error: Exception) -> Response:
    """What went wrong, in a line: calendar programs show no pages."""
    db.session.rollback()
    code: int = getattr(error, "code", None) or 500
    sentences = {
        404: _("There is no calendar at this address, or no longer. Make a new address in the console."),
        429: _("Too many requests. Wait a minute, then try again."),
    }
    told = sentences.get(code, _("This calendar cannot be told now. Try again later."))
    return Response(told, code, mimetype="text/plain")


def harden(response: Response) -> None:
    """Nobody on the way keeps a calendar, and where it leads to is not told its address."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"


def feed(secret: str) -> Response:
    """The calendar. Asked again it is not sent again unless something changed."""
    reader = g.calendar_reader
    held = steps.contents(db.session, reader)
    team = reader.kind is CalendarKind.team
    entries = list(_entries(held, team))
    name = _("Careward: everybody") if team else _("Careward")
    cut = len(held.due) == steps.MOST
    day = reader.actor.today
    etag = hashlib.sha256(repr((name, day, cut, entries)).encode()).hexdigest()
    answer = Response(mimetype="text/calendar")
    answer.set_etag(etag)
    if etag not in request.if_none_match:
        answer.set_data(_calendar(name, entries, day, cut))
    answer.make_conditional(request)
    return answer


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar."""

    uid: str
    summary: str
    start: dt.date | dt.datetime
    end: dt.date | dt.datetime | None
    """None: it lasts no time, as what is due by an hour does."""
    url: str
    description: str = ""
    place: str = ""
    revision: int | None = None
    """How often the record was changed, where it counts that."""


def _entries(held: steps.Contents, team: bool) -> Iterator[Entry]:
    base = _base()
    host = urlsplit(base).hostname or "careward"
    for item in held.due:
        start: dt.date | dt.datetime = item.due_on
        end: dt.date | None = item.due_on + dt.timedelta(days=1)
        if item.due_time is not None:
            start, end = dt.datetime.combine(item.due_on, item.due_time, LONDON).astimezone(dt.UTC), None
        is_record = item.source is ObligationSource.deadline
        model, pk = (record_model(item.record_type or ""), item.record_id) if is_record else (Obligation, item.id)
        yield Entry(
            uid=f"{item.identity}@{host}",
            summary=_summary(what(item), item, item.officer, team),
            start=start,
            end=end,
            url=base + url_for(f"{SCREENS[model].__name__}.show", pk=pk),
            description=_("Due by then. Rule: %(clause)s.", clause=item.clause) if item.clause else _("Due by then."),
        )
    for visit in held.visits:
        yield Entry(
            **_booked("visit", visit, base, host),
            summary=_summary(visit.activity_type.name, visit, visit.officer, team),
            place=_where(visit.service),
        )
    for meeting in held.meetings:
        named = meeting.activity_type.name if meeting.activity_type else word(meeting.kind)
        yield Entry(
            **_booked("meeting", meeting, base, host),
            summary=_summary(named, meeting, None, False),
            place=meeting.place or "",
        )


def _booked(name: str, item: Visit | Meeting, base: str, host: str) -> dict[str, Any]:
    """What an entry says of a visit or a meeting."""
    kind = item.activity_type
    starts_at: Any = item.starts_at
    lasts = dt.timedelta(minutes=kind.longest_minutes) if kind and kind.longest_minutes else HOUR
    return {
        "uid": f"{name}:{item.id}@{host}",
        "start": starts_at,
        "end": starts_at + lasts,
        "url": base + url_for(f"{SCREENS[type(item)].__name__}.show", pk=item.id),
        "description": _("Booked. Rule: %(clause)s.", clause=kind.clause) if kind and kind.clause else _("Booked."),
        "revision": item.version,
    }


def _summary(told: Any, item: Any, officer: Any, team: bool) -> str:
    """What, of which service or provider; in the team's calendar also whose it is."""
    named = steps.about(item) or _("The council itself")
    if not team:
        return _("%(what)s: %(about)s", what=told, about=named)
    whose = officer or _("nobody")
    return _("%(what)s: %(about)s (%(officer)s)", what=told, about=named, officer=whose)


def _where(service: Service) -> str:
    """The public address of a service, in one line."""
    lines = (service.name, service.address_line_1, service.address_line_2, service.town, service.postcode)
    return ", ".join(line for line in lines if line)


def _calendar(name: str, entries: list[Entry], day: dt.date, cut: bool) -> bytes:
    """As RFC 5545 has it. What is due is derived anew from day to day, so its entries are as of this one."""
    calendar = Calendar()
    calendar.add("prodid", "-//Careward//Diary//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", HOUR, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if cut:
        calendar.add("x-wr-caldesc", _("Only the first %(num)s that are due stand here.", num=steps.MOST))
    stamp = dt.datetime.combine(day, dt.time(), LONDON).astimezone(dt.UTC)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", stamp)
        event.add("summary", entry.summary)
        event.add("dtstart", entry.start)
        if entry.end is not None:
            event.add("dtend", entry.end)
        # What is due takes no time of the day; where somebody is expected does.
        event.add("transp", "OPAQUE" if entry.revision is not None else "TRANSPARENT")
        event.add("url", entry.url)
        if entry.description:
            event.add("description", entry.description)
        if entry.place:
            event.add("location", entry.place)
        if entry.revision is not None:
            event.add("sequence", entry.revision)
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _base() -> str:
    """Where people reach the console, without a slash at its end."""
    return str(current_app.config["CAREWARD_BASE_URL"] or request.url_root).rstrip("/")
