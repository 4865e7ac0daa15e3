"""Since when a service or a contract is as it is: days that the console itself keeps, for the diary counts from them.

They are noted as the change is written, by whatever path it came, on the day of whoever acts. What brings its own
days keeps them: a batch that is taken back, a service that another is merged into.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm.attributes import PASSIVE_NO_INITIALIZE, get_history

from models.base import Model
from models.contracts import Contract
from models.providers import BOUGHT, NOT_BOUGHT, Commissioning, Service
from workflows.actor import current_actor

DAY = dt.timedelta(days=1)

KEPT: Mapping[type[Model], Mapping[str, str]] = {
    Service: {"service_type": "type_since"},
    Contract: {"kind": "kind_since", "monitoring_level": "level_since", "rag": "rag_since"},
}
"""What chooses cadence rules, and where the day is kept on which it last changed. None: it is as it was at first."""


@event.listens_for(Service, "before_update")
@event.listens_for(Contract, "before_update")
def note_changes(mapper: Any, connection: Any, item: Any) -> None:
    actor = current_actor()
    for what, since in KEPT[type(item)].items():
        if actor is not None and _changes(item, what) and not _changes(item, since):
            setattr(item, since, actor.today)


@event.listens_for(Service, "before_insert")
@event.listens_for(Service, "before_update")
def note_buying(mapper: Any, connection: Any, service: Service) -> None:
    """A service that is bought from again by the next day was bought from without a break."""
    actor = current_actor()
    if actor is None or _changes(service, "bought_since") or _changes(service, "bought_until"):
        return
    was = _history(service, "commissioning").deleted
    before, after = _way(was[0] if was else None), _way(service.commissioning)
    if not _changes(service, "commissioning") or before == after:
        return
    until = service.bought_until
    if after is None:
        service.bought_until = actor.today
    elif before is None and until is not None and until >= actor.today - DAY:
        service.bought_until = None
    else:
        service.bought_since, service.bought_until = actor.today, None


def _way(commissioning: Commissioning | None) -> Commissioning | None:
    """How it is bought from, as the reach of cadence rules tells the ways apart: None where it is not."""
    if commissioning is None or commissioning in NOT_BOUGHT:
        return None
    return Commissioning.commissioned if commissioning in BOUGHT else commissioning


def _changes(item: Any, name: str) -> bool:
    return bool(_history(item, name).has_changes())


def _history(item: Any, name: str) -> Any:
    return get_history(item, name, PASSIVE_NO_INITIALIZE)  # asking `inspect` makes one of every field
