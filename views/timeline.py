"""What happened around a service, newest first, as far as the reader may see it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

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
    of: str = ""
    """The predecessor that it happened to, where it is not the service itself."""


def of(service: Service, actor: Actor, before: Sequence[Service] = ()) -> list[Happening]:
    """At most thirty; one statement for each kind of record that the reader's roles read.

    What happened to those that carry over to it (`before`) stands there too.
    """
    names: dict[int | None, str] = {each.id: each.name for each in before}
    found: list[Happening] = [
        Happening(rating.published_on, _l("Rating published"), None, tag=tag(rating.overall), of=names.get(each.id, ""))
        for each in (service, *before)
        for rating in each.ratings
        if rating.published_on and rating.overall
    ]
    for model, screen in SCREENS.items():
        told = screen.timeline
        if told is None or Right.read not in rights(actor.roles, screen.resource):
            continue
        about = or_(*(screen.about(each) for each in (service, *before)))
        rows = select(model).where(about).options(*told.eager).order_by(model.id.desc()).limit(SHOWN)
        found += [
            Happening(
                _day(told.on(item)) or actor.today,
                told.what(item),
                url_for(f"{screen.__name__}.show", pk=item.id),
                told.text(item),
                tag(item.state) if hasattr(item, "state") else None,
                names.get(getattr(item, "service_id", None), ""),
            )
            for item in db.session.scalars(rows)
        ]
    return sorted(found, key=lambda each: each.on, reverse=True)[:SHOWN]


def _day(moment: dt.date | None) -> dt.date | None:
    return moment.astimezone(LONDON).date() if isinstance(moment, dt.datetime) else moment
