"""Calendars by a private address: made and revoked by their owner, who may read them, and what stands in them (XX).

An address reads as its person may now, and nothing more. It works until it is revoked, and while its person has an
account in use and a role that may have one; a new password does not end it, for no password is asked there.
A calendar leaves the house. So it tells what is due in the framework's words, for which service or provider, and when
and where somebody is expected: nothing of a case, and of people no more than which colleague it is.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_appbuilder.security.sqla.models import Group
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, joinedload

from models.base import LONDON
from models.calendars import CalendarAddress, CalendarKind, CalendarState
from models.diary import Obligation
from models.meetings import Meeting, MeetingState
from models.people import Person
from models.providers import Provider, Service
from models.visits import Visit, VisitState
from workflows import actor as actors
from workflows import diary
from workflows.access import Resource, Right, Role, Scope, and_above, rights, who
from workflows.actor import Actor
from workflows.engine import Workflow
from workflows.gate import ByHand, Refused
from workflows.steps import Step

PAST = dt.timedelta(days=30)
"""How far back a calendar goes."""
MOST = 2000
"""How many entries of each kind a calendar holds, the nearest first: calendar programs fetch all of it each time."""
NOTED_EVERY = dt.timedelta(hours=1)
TEAM = and_above(Role.manager)
"""Who may have the calendar of the whole team."""
_address = CalendarAddress.__table__


def _owned(address: CalendarAddress, actor: Actor) -> str | None:
    if actor.scopes is not None:
        return _("Calendar addresses are kept by people who sign in, never by a program.")
    if actor.for_id is not None:
        return _("Calendar addresses are kept in one's own name, never for another's post. Act as yourself again.")
    if address.person_id != actor.person_id and Role.administrator not in actor.roles:
        return _("A calendar address is revoked by its owner, or by an Administrator.")
    return None


def _may_be_made(address: CalendarAddress, actor: Actor) -> Refused | None:
    if actor.scopes is not None:
        return Refused(_("Calendar addresses are kept by people who sign in, never by a program."))
    if actor.for_id is not None:
        return Refused(
            _("Calendar addresses are kept in one's own name, never for another's post. Act as yourself again.")
        )
    if address.person_id != actor.person_id:
        return Refused(_("A calendar is read as whoever made its address: nobody makes one for another."))
    if not _may_have(actor.roles, address.kind):
        return Refused(_("Your role does not allow this."), may=who(TEAM))
    return None


def _may_have(roles: frozenset[Role], kind: CalendarKind) -> bool:
    may_make = Right.add in rights(roles, Resource.calendars)
    return may_make and (kind is CalendarKind.person or bool(roles & TEAM))


WORKFLOW = Workflow(
    CalendarAddress,
    Step(
        "revoke",
        _l("Revoke"),
        frozenset({CalendarState.in_use}),
        CalendarState.revoked,
        roles=frozenset(Role),
        does=_l("Calendar programs that use this address find nothing there from now on. That cannot be undone."),
        guards=[_owned],
        clause="XX",
    ),
    by_hand=ByHand(frozenset({"person_id", "kind", "secret_sha256"}), edit=False, check=_may_be_made),
)


def kinds(actor: Actor) -> list[CalendarKind]:
    """The calendars that somebody may have an address of."""
    return [kind for kind in CalendarKind if _may_have(actor.roles, kind)]


def make(session: Session, actor: Actor, kind: CalendarKind) -> tuple[CalendarAddress, str]:
    """A new address of the actor's own, and its secret, which is told once. The caller commits."""
    if actor.person_id is None:
        raise Refused(_("Nobody is acting: sign in first."))
    secret = secrets.token_urlsafe(32)
    address = CalendarAddress(person_id=actor.person_id, kind=kind, secret_sha256=digest(secret))
    session.add(address)
    return address, secret


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- who reads ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """As whom an address reads, and which calendar."""

    address_id: int
    actor: Actor
    kind: CalendarKind
    last_read_at: dt.datetime | None


def reader(session: Session, secret: str, now: dt.datetime) -> Reader | None:
    """Whose address this is; None where it is none, or no longer. Nobody acts yet, so the table is asked."""
    asked = select(_address).where(_address.c.secret_sha256 == digest(secret), _address.c.state == CalendarState.in_use)
    row: Any = session.connection().execute(asked).first()
    if row is None:
        return None
    options = [joinedload(Person.roles), joinedload(Person.groups).joinedload(Group.roles)]
    person = session.get(Person, row.person_id, options=options)
    if person is None or not person.active or person.must_change_password:
        return None
    actor = replace(actors.actor_for(person, now), scopes=frozenset({Scope.read.value}))
    return Reader(row.id, actor, row.kind, row.last_read_at) if _may_have(actor.roles, row.kind) else None


def is_to_be_noted(found: Reader) -> bool:
    return found.last_read_at is None or found.last_read_at <= found.actor.now - NOTED_EVERY


def note_read(session: Session, found: Reader) -> None:
    """Note when an address is read. The caller commits. Bookkeeping of the console's own, with no history."""
    before = or_(_address.c.last_read_at.is_(None), _address.c.last_read_at <= found.actor.now - NOTED_EVERY)
    told = update(CalendarAddress).where(_address.c.id == found.address_id, before)
    session.connection().execute(told.values(last_read_at=found.actor.now))


# --- what stands in it -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contents:
    """What a calendar holds: what is due, and where somebody is expected."""

    due: Sequence[Obligation]
    visits: Sequence[Visit]
    meetings: Sequence[Meeting]


def contents(session: Session, found: Reader) -> Contents:
    """What is open and was due in the last days or is to come, and what is booked. A statement each.

    What is booked in time for today or later stands there as that, and not by its day besides; what rests is due at
    no time, and what was missed is past doing. Of meetings those are a person's own that they arranged, and those
    about a service that is linked to them.
    """
    actor = found.actor
    first = actor.today - PAST
    since = dt.datetime.combine(first, dt.time(), LONDON)
    own = found.kind is CalendarKind.person
    is_booking = or_(
        and_(Obligation.record_type == "visit", Obligation.step == "begin"),
        and_(Obligation.record_type == "meeting", Obligation.step == "hold"),
    )
    due = (
        select(Obligation)
        .where(Obligation.due_on >= first, Obligation.paused_since.is_(None), Obligation.missed.is_(False))
        .where(~diary.is_on_its_way(actor.today))
        .where(or_(Obligation.record_type.is_(None), ~is_booking))
        .where(*([Obligation.officer_id == actor.person_id] if own else []))
        .options(*(joinedload(each) for each in (Obligation.service, Obligation.provider, Obligation.officer)))
        .order_by(Obligation.due_on, Obligation.id)
    )
    visits = (
        select(Visit)
        .where(Visit.state.in_([VisitState.scheduled, VisitState.under_way]), Visit.starts_at >= since)
        .where(*([Visit.officer_id == actor.person_id] if own else []))
        .options(*(joinedload(each) for each in (Visit.service, Visit.activity_type, Visit.officer)))
        .order_by(Visit.starts_at, Visit.id)
    )
    of_mine = select(Service.id).where(Service.allocated_officer_id == actor.person_id)
    meetings = (
        select(Meeting)
        .where(Meeting.state == MeetingState.scheduled, Meeting.starts_at >= since)
        .where(*([or_(Meeting.created_by_id == actor.person_id, Meeting.service_id.in_(of_mine))] if own else []))
        .options(*(joinedload(each) for each in (Meeting.service, Meeting.provider, Meeting.activity_type)))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return Contents(*(session.scalars(each.limit(MOST)).all() for each in (due, visits, meetings)))


def about(item: Any) -> Service | Provider | None:
    """The service or provider that something is about: all that a calendar says of it."""
    named: Service | Provider | None = item.service or getattr(item, "provider", None)
    return named
