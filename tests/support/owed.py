"""Obligations as the diary keeps them, and what their activities take."""

import datetime as dt
from typing import Any

from world import World, console

from models import db
from models.diary import Obligation, ObligationSource
from models.framework import ActivityType


def owed(world: World, service: Any, officer: str | None, due_on: dt.date, **kw: Any) -> int:
    """An obligation by a cadence rule, as the diary keeps it."""
    told = {
        "identity": f"test:{world._next()}",
        "source": ObligationSource.cadence,
        "rule": "test",
        "clause": "XX",
        "activity": "quality_monitoring",
        "name": "Quality monitoring visit",
        "because": [],
        "missed": False,
        "service_id": service.id,
        "provider_id": service.provider_id,
        "officer_id": world.person(officer).id if officer else None,
        **kw,
    }
    connection = db.session.connection()
    made = connection.execute(Obligation.__table__.insert().values(due_on=due_on, **told))
    db.session.commit()
    return int(made.inserted_primary_key[0])


def takes(key: str, minutes: int | None) -> None:
    """The framework says what an activity takes."""
    with console():
        db.session.query(ActivityType).filter_by(key=key).one().effort_minutes = minutes
    db.session.commit()
