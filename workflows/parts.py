"""Records that are part of another, or name another: what must hold of the two, whatever path wrote it."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select

from models.base import session_of
from workflows.gate import Refused


def key_of(item: Any, relation: str) -> int | None:
    """The id that a relation will have once flushed: a form sets the column, code often the record itself."""
    if inspect(item).attrs[relation].history.has_changes():
        related = getattr(item, relation)
        key: int | None = related.id if related is not None else None
    else:
        key = getattr(item, f"{relation}_id")
    return key


def stays(item: Any, relation: str) -> Refused | None:
    """Why a part may not be given to another record: it would slip out of what was decided upon, or into it."""
    told = inspect(item)
    if told.persistent and any(told.attrs[name].history.has_changes() for name in (relation, f"{relation}_id")):
        return Refused(_("This stays with the record that it was written for. Add another one there instead."))
    return None


def state_of_whole(item: Any, relation: str) -> Any:
    """The state of the record that a part belongs to, as the database has it; None where it is not written yet.

    Locked, or a step of that record might pass by between this look and the writing.
    """
    table = inspect(type(item)).relationships[relation].mapper.local_table
    rows = select(table.c.state).where(table.c.id == key_of(item, relation)).with_for_update(read=True)
    return session_of(item).connection().execute(rows).scalar()
