"""What would change in the diary if a draft framework came into force today (domain section 3)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import portions
from models.diary import Obligation, ObligationSource
from models.framework import CadenceSubject, ClockKey, Framework
from workflows import diary, framework
from workflows.framework_files import counted_from

_obligation: Any = Obligation.__table__


class Effect(StrEnum):
    appears = auto()
    moves = auto()
    vanishes = auto()


@dataclass(frozen=True)
class Change:
    """One obligation that would appear, move or vanish: as it stands, and as it would be."""

    effect: Effect
    standing_id: int | None
    """The obligation as it stands; None where it would only appear."""
    name: str
    service_id: int | None
    contract_id: int | None
    provider_id: int | None
    before: dt.date | None
    after: dt.date | None
    clause: str
    """Of the rule that would hold; of the one that holds no more where it vanishes."""


def changes(session: Session, draft: Framework, today: dt.date) -> Iterator[Change]:
    """What would differ, service by service, then providers, then the council. Writes nothing.

    Only what the rules ask for: a deadline that runs keeps the day that it was given.
    """
    connection = session.connection()
    asked = diary.of_framework(connection, draft.id, since=counted_from(draft, framework.in_force(session), today))
    services, providers, _council = diary.everything(session)
    scopes = [diary.Scope(CadenceSubject.service, ids) for ids in portions(sorted(services))]
    scopes += [diary.Scope(CadenceSubject.provider, ids) for ids in portions(sorted(providers))]
    for scope in [*scopes, diary.Scope(CadenceSubject.council)]:
        owners = diary.owners_of(connection, scope, asked, diary.subjects(connection, scope))
        then = {each["identity"]: each for each in diary.owed_by_rules(connection, scope, asked, owners, today)}
        standing = scope.ask(connection, diary.standing(scope.subject)).mappings()
        now = {row["identity"]: dict(row) for row in standing if row["source"] is ObligationSource.cadence}
        yield from sorted(_between(now, then), key=_place)


def _place(change: Change) -> tuple[Any, ...]:
    return change.service_id or 0, change.provider_id or 0, change.before or change.after, change.name


def _between(now: dict[str, dict[str, Any]], then: dict[str, dict[str, Any]]) -> Iterator[Change]:
    for identity in {*now, *then}:
        old, new = now.get(identity), then.get(identity)
        if old is None or new is None or old["due_on"] != new["due_on"]:
            told = new or old or {}
            yield Change(
                standing_id=old["id"] if old is not None else None,
                effect=Effect.appears if old is None else Effect.vanishes if new is None else Effect.moves,
                **{name: told[name] for name in ("name", "service_id", "contract_id", "provider_id", "clause")},
                before=old["due_on"] if old is not None else None,
                after=new["due_on"] if new is not None else None,
            )


@dataclass(frozen=True)
class ClockChange:
    """A clock that would be longer or shorter, and how many deadlines it set that run now: those keep their day."""

    key: ClockKey
    before: Any
    after: Any
    running: int


def clock_changes(session: Session, draft: Framework) -> list[ClockChange]:
    """The clocks that would count otherwise, as rows of the framework's table."""
    connection = session.connection()
    in_force = diary.in_force(connection)
    if in_force is None:
        return []
    then = diary.of_framework(connection, draft.id).clocks
    running: dict[str, int] = {}
    rules = select(_obligation.c.rule).where(_obligation.c.source == ObligationSource.deadline)
    for rule in connection.execute(rules).scalars():
        running[rule] = running.get(rule, 0) + 1
    return [
        ClockChange(key, before, then[key], running.get(key, 0))
        for key, before in in_force.clocks.items()
        if key in then and any(getattr(before, name) != getattr(then[key], name) for name in COUNTED)
    ]


COUNTED = ("length", "unit", "weekday", "at")
