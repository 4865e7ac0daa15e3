"""Taking steps in tests, as somebody, at a moment."""

from typing import Any

import pytest
from sqlalchemy import select
from world import NOW, World

from models import db
from models.outbox import OutboxMessage
from workflows.engine import WORKFLOWS
from workflows.gate import Refused


def take(world: World, who: str, step: str, item: Any, note: str = "Because.", now: Any = NOW, **values: Any) -> None:
    """Take the step and commit."""
    with world.acting(who, now) as actor:
        WORKFLOWS[type(item)].take(step, item, actor, note=note, **values)
        db.session.commit()


def refused(world: World, who: str, step: str, item: Any, note: str = "Because.", **kw: Any) -> str:
    """The sentence with which the step is refused. Nothing of it stays."""
    with pytest.raises(Refused) as told:
        take(world, who, step, item, note, **kw)
    db.session.rollback()
    return told.value.sentence


def posted(world: World) -> list[tuple[str, str, int, str, int]]:
    """The messages in the outbox: (kind, table and id of what it is about, table and id of who reads it)."""
    with world.acting("auditor"):
        rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [(x.kind.value, x.record_type, x.record_id, x.recipient_type, x.recipient_id) for x in rows]


def write(world: World, who: str, item: Any, **values: Any) -> Any:
    """Add a record by hand, or change what it says, as a form does."""
    with world.acting(who):
        for name, value in values.items():
            setattr(item, name, value)
        db.session.add(item)
        db.session.commit()
    return item


def not_written(world: World, who: str, item: Any) -> str:
    """The sentence with which adding it by hand is refused."""
    with pytest.raises(Refused) as told:
        write(world, who, item)
    db.session.rollback()
    return told.value.sentence


def not_changed(world: World, who: str, item: Any, **values: Any) -> str:
    """The sentence with which changing it by hand is refused."""
    with world.acting(who):
        for name, value in values.items():
            setattr(item, name, value)
        with pytest.raises(Refused) as told:
            db.session.commit()
    db.session.rollback()
    return told.value.sentence
