"""Four eyes: who may not decide on a record, and why, in every role (XX; domain section 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import Model
from models.ledger import LedgerKind
from models.people import Person
from workflows import ledger
from workflows.actor import Actor
from workflows.steps import Step


class What(StrEnum):
    """What somebody did to a record that bars them from deciding on it."""

    part = auto()
    wrote = auto()
    edited = auto()
    submitted = auto()
    asked = auto()


@dataclass(frozen=True)
class Bar:
    """Why somebody is barred; `by_deputy` where it was done for their post, and not by themself."""

    what: What
    by_deputy: bool = False


Bars = Mapping[int, Bar]
"""Who is barred from deciding on one record, and why."""


def barred(
    session: Session,
    model: type[Model],
    ids: Sequence[int],
    step: Step,
    steps: Mapping[str, Step],
    parts: Sequence[Any],
) -> dict[int, Bars]:
    """Who may not take a deciding step on each record, whatever roles they hold, and why. One statement.

    What a deputy did for a post bars both: the deputy, and whose post it is.
    """
    found: dict[int, dict[int, Bar]] = {each: {} for each in ids}
    edited: dict[int, dict[int, Bar]] = {each: {} for each in ids}
    asked: dict[int, dict[int, Bar]] = {each: {} for each in ids}
    for record_id, kind, name, actor_id, for_id, is_part in ledger.acts(session, model, ids, parts):
        if actor_id is None:
            continue
        taken = steps.get(name or "")
        both = [(for_id, True)] if for_id is not None else []
        both.append((actor_id, False))
        if is_part:
            if kind in (LedgerKind.created, LedgerKind.imported, LedgerKind.edited):
                edited[record_id] |= _bars(What.part, both)
        elif kind in (LedgerKind.created, LedgerKind.imported):
            found[record_id] |= _bars(What.wrote, both)
        elif kind is LedgerKind.edited or (taken is not None and taken.takes_back):
            edited[record_id] |= _bars(What.edited, both)
        elif name == "submit":
            found[record_id] |= _bars(What.submitted, both)
        elif name in step.asked_by:
            asked[record_id] = _bars(What.asked, both)
        elif taken is not None and taken.returns:
            edited[record_id].clear()
    return {each: {**asked[each], **edited[each], **found[each]} for each in ids}


def _bars(what: What, people: list[tuple[int, bool]]) -> dict[int, Bar]:
    return {person_id: Bar(what, by_deputy) for person_id, by_deputy in people}


def refusal(session: Session, bars: Bars, actor: Actor) -> str | None:
    """Why this actor may not decide, or None: a deputy is barred from what bars either of the two."""
    own = bars.get(actor.person_id or 0)
    if own is not None:
        return _for_you(own.what) if own.by_deputy else _you(own.what)
    theirs = bars.get(actor.for_id or 0)
    return _theirs(theirs.what, _name(session, actor.for_id)) if theirs is not None else None


def _name(session: Session, person_id: int | None) -> str:
    person = Person.__table__
    asked = select(person.c.first_name, person.c.last_name).where(person.c.id == person_id)
    row = session.connection().execute(asked).one()
    return f"{row.first_name} {row.last_name}"


def _you(what: What) -> str:
    return {
        What.part: _("You wrote a part of this record, so somebody else must decide."),
        What.wrote: _("You wrote this record, so somebody else must decide."),
        What.edited: _("You edited this record, so somebody else must decide."),
        What.submitted: _("You submitted this record, so somebody else must decide."),
        What.asked: _("You asked for this decision, so somebody else must make it."),
    }[what]


def _for_you(what: What) -> str:
    return {
        What.part: _("Your deputy wrote a part of this record for you, so somebody else must decide."),
        What.wrote: _("Your deputy wrote this record for you, so somebody else must decide."),
        What.edited: _("Your deputy edited this record for you, so somebody else must decide."),
        What.submitted: _("Your deputy submitted this record for you, so somebody else must decide."),
        What.asked: _("Your deputy asked for this decision for you, so somebody else must make it."),
    }[what]


def _theirs(what: What, name: str) -> str:
    return {
        What.part: _(
            "%(name)s, for whom you act, wrote a part of this record, so somebody else must decide.", name=name
        ),
        What.wrote: _("%(name)s, for whom you act, wrote this record, so somebody else must decide.", name=name),
        What.edited: _("%(name)s, for whom you act, edited this record, so somebody else must decide.", name=name),
        What.submitted: _(
            "%(name)s, for whom you act, submitted this record, so somebody else must decide.", name=name
        ),
        What.asked: _("%(name)s, for whom you act, asked for this decision, so somebody else must make it.", name=name),
    }[what]
