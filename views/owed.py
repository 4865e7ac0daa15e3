"""How something that is due is told, wherever it is told: what it is, and of what."""

from collections import defaultdict
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import db
from models.diary import Obligation, ObligationSource
from models.providers import Service
from views.columns import SCREENS
from views.labels import Link
from workflows.diary import record_model
from workflows.engine import WORKFLOWS


def tell_records(items: list[Any]) -> None:
    """Fetch the records whose deadlines these are, each kind at once, for `record_of`."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for item in items:
        if item.record_type is not None and item.record_id is not None:
            wanted[item.record_type].add(item.record_id)
    found: dict[tuple[str, int], Any] = {}
    for name, ids in wanted.items():
        model = record_model(name)
        rows = select(model).options(*(joinedload(each) for each in WORKFLOWS[model].named)).where(model.id.in_(ids))
        found |= {(name, record.id): record for record in db.session.scalars(rows)}
    for item in items:
        item.record = found.get((item.record_type, item.record_id))


def what(item: Obligation) -> Any:
    """What is due: the activity in the framework's words, or the step that a record waits for."""
    if item.source is ObligationSource.cadence:
        return item.name
    model = record_model(item.record_type or "")
    return _("%(step)s (%(kind)s)", step=WORKFLOWS[model].steps[item.step or ""].label, kind=SCREENS[model].one)


def about(item: Any) -> Any:
    """Of what: the record that waits, or the service, contract or provider that the activity is due for."""
    record = getattr(item, "record", None)
    told = record or item.contract or item.service or item.provider
    if told is None:
        return _("The council itself")
    return Link(told, url_for(f"{SCREENS[type(told)].__name__}.show", pk=told.id))


def of_service(service: Service) -> list[Obligation]:
    """What is due for a service, the first to come first. What was missed stands in the diary only."""
    rows = select(Obligation).where(Obligation.service_id == service.id, Obligation.missed.is_(False))
    return list(db.session.scalars(rows.order_by(Obligation.due_on, Obligation.id).limit(SHOWN)))


SHOWN = 12
"""How many a service's page tells; its link leads to all."""
