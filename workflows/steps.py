"""What a step is: the declarations that the workflows are written in, and the engine reads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from models.base import Model
from models.framework import ClockKey
from workflows.access import Role
from workflows.actor import Actor

Guard = Callable[[Any, Actor], str | None]
"""None, or in plain words why not."""


LARGEST_NUMBER = 2**31 - 1
"""What the database can hold."""
YEARS = range(1900, 3000)
"""What a date may lie in: others are slips of the finger, and the ends of the calendar overflow."""


class InputKind(StrEnum):
    text = auto()
    line = auto()
    date = auto()
    moment = auto()
    flag = auto()
    number = auto()
    time = auto()
    choice = auto()
    word = auto()
    """One of `options` by a key that is a text."""
    several = auto()
    """Any of `options`."""
    record = auto()
    file = auto()


@dataclass(frozen=True)
class Input:
    """Something a step asks for. Unless `sets` is false it is written to the field of the same name."""

    name: str
    label: LazyString
    kind: InputKind = InputKind.text
    required: bool = True
    sets: bool = True
    hint: LazyString | str = ""
    longest: int = 250
    """How many characters a line may have; texts have no end but the request's."""
    choices: type[StrEnum] | None = None
    options: Callable[[Session], Sequence[tuple[Any, Any]]] | None = None
    """What may be chosen where that depends on the rows: [(id, name)]. Bounded: the staff, the framework's rows."""
    model: type[Model] | None = None


GROUP_DECISION = (
    Input("decided_on", _l("Date of the group's decision"), InputKind.date),
    Input("decision_minute", _l("Minute of the decision"), InputKind.line),
)


@dataclass(frozen=True)
class Approver:
    """Whom the framework gives a decision to: roles, and the group whose recorded decision it then is."""

    roles: frozenset[Role]
    group: str | None = None
    clause: str = ""


@dataclass(frozen=True)
class Due:
    """By when a record waits for which step, in which of its states: an obligation of the diary (section 3)."""

    column: Any
    states: Collection[Any]
    step: str
    clock: ClockKey | None = None
    """The framework's clock that set the day, which says who is told and by what clause."""
    rests: bool = True
    """Whether the counting may rest, with a reason, and the day moves by as long. The clock of a restriction never
    rests, and a day that was booked, approved or found moves by a step of its record alone."""
    where: Any = None
    """What else must hold of the record; None: nothing."""
    part_of: str | None = None
    """The foreign key to the record that says of which service or provider it is, where it does not say so itself."""


@dataclass(frozen=True)
class Step:
    """One thing that may happen to a record. `decides` brings four eyes (domain section 1)."""

    name: str
    label: LazyString
    sources: frozenset[Any]
    target: Any
    """The state after; None: it stays where it is."""
    roles: frozenset[Role] | Callable[[Any], Approver]
    does: LazyString
    """What will happen, in a sentence, for whoever is about to do it."""
    applies: Callable[[Any], bool] = lambda item: True
    """Whether a record of this kind has the step at all: an MDT has others than a contract review."""
    guards: Sequence[Guard] = ()
    effect: Callable[[Any, Actor, Mapping[str, Any]], None] | None = None
    accepts: Callable[[Any, Actor, Mapping[str, Any]], str | None] | None = None
    """Why these inputs will not do, or None."""
    inputs: Sequence[Input] | Callable[[Any], Sequence[Input]] = ()
    clause: str = ""
    decides: bool = False
    asked_by: frozenset[str] = frozenset()
    """The steps that ask for this decision; whoever took the last of them may not take it."""
    job: str = ""
    """The job of the console that takes it, by the actor's `job`; no person does."""
    returns: bool = False
    """Sends the record back to its author: edits made before no longer bar anybody."""
    needs_note: bool = False
    brings: Callable[[Any], str] | None = None
    """Records what an earlier system holds: from where, as the ledger tells of each record that it brings."""
    gives: str = ""
    """The column of the officer whose work it is, where the step gives that work to another and asks for nothing
    else: what is still open is handed on by it, one record or many at once (workflows/allocation.py)."""
    takes_back: bool = False
    """Undoes what another step wrote; the ledger keeps both."""

    def approver(self, item: Any) -> Approver:
        """Who may take it for this record."""
        return self.roles(item) if callable(self.roles) else Approver(self.roles, clause=self.clause)

    def asks(self, item: Any) -> list[Input]:
        """What it asks for: its own inputs, and the minute where a group decides."""
        own = self.inputs(item) if callable(self.inputs) else self.inputs
        return [*own, *(GROUP_DECISION if self.decides and self.approver(item).group else ())]
