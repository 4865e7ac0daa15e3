"""What the framework asks for, as a pure function of rules, subjects and what was done (domain section 3)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.framework import CadenceSubject, Outcome


@dataclass(frozen=True, slots=True)
class Done:
    activity: str
    on: dt.date
    period_start: dt.date | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    activity: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Rest:
    identity: str
    from_on: dt.date
    until_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Subject:
    kind: CadenceSubject
    id: int
    service_type: Any = None
    contracted: bool = False
    watched: bool = False
    grant_funded: bool = False
    rating: Any = None
    bands: Mapping[str, str] = field(default_factory=dict)
    level: int | None = None
    rag: Any = None
    contract_kind: Any = None
    entered_on: dt.date | None = None
    contract_starts_on: dt.date | None = None
    contract_ends_on: dt.date | None = None
    mid_term_on: dt.date | None = None
    closed_on: dt.date | None = None
    closed: bool = False
    dormant: bool = False
    done: Sequence[Done] = ()
    planned: Sequence[Planned] = ()
    rests: Sequence[Rest] = ()


Prepared = Sequence[Any]


def rule(row: Any, name: str, clock: Any) -> Any:
    """One row of the framework, ready for asking."""
    return row


def prepared(rules: Sequence[Any]) -> Prepared:
    """The rules as they are asked."""
    return rules


def owed(rules: Prepared, subject: Subject, today: dt.date, nation: str) -> list[Any]:
    """What the subject owes on this day."""
    return []
