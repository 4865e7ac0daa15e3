"""What happened around a service, newest first, as far as the reader may see it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from models import db
from models.base import LONDON
from models.providers import Service
from views.base import SCREENS
from views.labels import Tag, tag
from workflows.access import Right, rights
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
    for model, screen in SCREENS.items():
        told = screen.timeline
        if told is None or Right.read not in rights(actor.roles, screen.resource):
            continue
        rows = select(model).where(screen.about(service)).options(*told.eager).order_by(model.id.desc()).limit(SHOWN)
        found += [
            Happening(
                _day(told.on(item)) or actor.today,
                told.what(item),
                url_for(f"{screen.__name__}.show", pk=item.id),
                told.text(item),
                tag(item.state) if hasattr(item, "state") else None,
            )
            for item in db.session.scalars(rows)
        ]
    return sorted(found, key=lambda each: each.on, reverse=True)[:SHOWN]


def _day(moment: dt.date | None) -> dt.date | None:
    return moment.astimezone(LONDON).date() if isinstance(moment, dt.datetime) else moment
