"""What happened around a service, newest first, as far as the reader may see it."""

import datetime as dt
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models import db
from models.base import LONDON
from models.documents import Letter
from models.providers import ContactNote, Service
from models.suspensions import Suspension
from models.visits import Visit
from views.labels import Tag, tag, word
from workflows.access import Resource, Right, rights
from workflows.actor import Actor

SHOWN = 30


@dataclass(frozen=True)
class Happening:
    on: dt.date
    what: Any
    url: str | None
    text: Any = ""
    tag: Tag | None = None


def of(service: Service, actor: Actor) -> list[Happening]:
    """At most thirty; one statement for each kind of record that the reader's roles read."""
    found: list[Happening] = [
        Happening(rating.published_on, _l("Rating published"), None, tag=tag(rating.overall))
        for rating in service.ratings
        if rating.published_on and rating.overall
    ]
    if Right.read in rights(actor.roles, Resource.visits):
        rows = (
            select(Visit)
            .where(Visit.service_id == service.id)
            .options(joinedload(Visit.activity_type))
            .order_by(Visit.id.desc())
            .limit(SHOWN)
        )
        found += [
            Happening(
                _day(visit.began_at or visit.starts_at) or visit.due_on or _day(visit.created_at) or actor.today,
                visit.activity_type.name,
                url_for("VisitView.show", pk=visit.id),
                visit.reason if actor.works_here else "",
                tag(visit.state),
            )
            for visit in db.session.scalars(rows)
        ]
    if Right.read in rights(actor.roles, Resource.contact_notes):
        notes = (
            select(ContactNote).where(ContactNote.service_id == service.id).order_by(ContactNote.at.desc()).limit(SHOWN)
        )
        found += [
            Happening(
                _day(note.at) or actor.today,
                word(note.channel),
                url_for("ContactNoteView.show", pk=note.id),
                shorten(note.text, 240, placeholder=" ..."),
            )
            for note in db.session.scalars(notes)
        ]
    if Right.read in rights(actor.roles, Resource.suspensions):
        found += [
            Happening(
                case.starts_on or _day(case.created_at) or actor.today,
                _l("Restriction on purchasing"),
                url_for("SuspensionView.show", pk=case.id),
                word(case.kind),
                tag(case.state),
            )
            for case in db.session.scalars(
                select(Suspension).where(_concerns(Suspension, service)).order_by(Suspension.id.desc()).limit(SHOWN)
            )
        ]
    if Right.read in rights(actor.roles, Resource.letters):
        # A provider reads its letters and not the records they are about, so the table is asked.
        about = select(Suspension.__table__.c.id).where(_concerns(Suspension.__table__.c, service))
        letters = select(Letter).where(Letter.suspension_id.in_(about)).order_by(Letter.id.desc()).limit(SHOWN)
        found += [
            Happening(
                _day(sent.created_at) or actor.today,
                _l("Letter to the provider"),
                url_for("LetterView.show", pk=sent.id),
                word(sent.kind),
            )
            for sent in db.session.scalars(letters)
        ]
    return sorted(found, key=lambda each: each.on, reverse=True)[:SHOWN]


def _concerns(case: Any, service: Service) -> Any:
    """Whether a suspension is about this service, a part of it, or its provider with all services."""
    return (case.provider_id == service.provider_id) & or_(case.service_id == service.id, case.service_id.is_(None))


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.astimezone(LONDON).date() if moment else None
