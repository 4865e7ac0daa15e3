"""Whose work everything is, and handing it on when somebody leaves (HA 2.2: every service; OX 8: every contract).

What is linked to an officer follows from the workflows: each step that `gives` an officer's column hands on the
records that stand in its states, so a new area is here as soon as it has such a step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from models.base import portions
from models.contracts import Contract, ContractState
from models.people import Person
from workflows.access import Resource
from workflows.actor import Actor
from workflows.engine import WORKFLOWS, Workflow
from workflows.gate import Refused
from workflows.providers import may_be_allocated
from workflows.steps import Step
from workflows.visibility import GOVERNED

NAMED = 10
"""How many records a refusal names."""


@dataclass(frozen=True)
class Kind:
    """A kind of record that is somebody's work: its officer's column, and the step that hands it on in each state."""

    workflow: Workflow
    column: str
    steps: dict[Any, Step]

    @property
    def model(self) -> type[Any]:
        return self.workflow.model

    @property
    def name(self) -> str:
        return str(self.model.__tablename__)

    def is_open(self, row: Any) -> list[ColumnElement[bool]]:
        """What must hold of a row of the table, or of the model, that is still somebody's work."""
        found = [] if None in self.steps else [row.state.in_(self.steps)]
        return [*found, row.merged_into_id.is_(None)] if "merged_into_id" in self.model.__table__.c else found

    def of(self, person_id: int) -> Select[Any]:
        """The records that are linked to somebody, and open."""
        theirs = getattr(self.model, self.column) == person_id
        return select(self.model).where(theirs, *self.is_open(self.model)).order_by(self.model.id)


def kinds() -> list[Kind]:
    """Every kind of record that is linked to an officer, as the workflows declare it; in the order of the areas."""
    found, areas = [], list(Resource)
    for workflow in WORKFLOWS.values():
        giving = [step for step in workflow.steps.values() if step.gives]
        for column in dict.fromkeys(step.gives for step in giving):
            steps = {state: step for step in giving if step.gives == column for state in step.sources}
            found.append(Kind(workflow, column, steps))
    return sorted(found, key=lambda kind: areas.index(GOVERNED[kind.model].resource))


Counts = dict[int, dict[str, int]]
"""Person -> kind -> how many open records are theirs."""


def counts(session: Session) -> Counts:
    """What is linked to everybody, in one statement over the tables: an Administrator reads how much, and no case."""
    parts = []
    for kind in kinds():
        table = kind.model.__table__
        officer = table.c[kind.column]
        parts.append(
            select(officer.label("person"), literal(kind.name).label("kind"), func.count().label("number"))
            .where(officer.is_not(None), *kind.is_open(table.c))
            .group_by(officer)
        )
    found: Counts = {}
    for person, kind, number in session.connection().execute(union_all(*parts)):
        found.setdefault(person, {})[kind] = number
    return found


def contracts_without_officer(session: Session) -> int:
    """How many running contracts have no officer (OX 8)."""
    rows = select(func.count(Contract.id)).where(Contract.officer_id.is_(None), Contract.state == ContractState.running)
    return session.scalar(rows) or 0


def left_behind(session: Session) -> Counts:
    """What is linked to people who can hold it no longer: their account is deactivated, or the role is gone."""
    may = {person for person, _name in may_be_allocated(session)}
    return {person: each for person, each in counts(session).items() if person not in may}


Pick = tuple[str, int, int]
"""A record that is to be handed on: its kind, its id, and the version that was read."""


def move(session: Session, actor: Actor, from_id: int, to_id: int | None, picks: Sequence[Pick], reason: str) -> int:
    """Hand these records on from one person to another, each by its own step; all of them or none. The caller commits.

    Refused where any of them was changed since it was read, or is no longer theirs.
    """
    if not picks:
        raise Refused(_("Choose at least one record."))
    if not reason.strip():
        raise Refused(_("Give a reason."))
    if to_id == from_id:
        raise Refused(_("They have this work already. Choose somebody else."))
    # Whoever deactivates the taker waits until this is done, and is told then what is linked to them.
    person = Person.__table__
    session.connection().execute(select(person.c.id).where(person.c.id == to_id).with_for_update(read=True))
    if to_id not in dict(may_be_allocated(session)):
        raise Refused(_("Choose an officer or manager who has an account in use."))
    by_kind = {kind.name: kind for kind in kinds()}
    if any(name not in by_kind for name, _id, _version in picks):
        raise Refused(_("One of the records that this points to is not there, or not yours to see."))
    todo: list[tuple[Kind, Any, Step]] = []
    changed: list[str] = []
    missing = False
    for name, kind in by_kind.items():
        read = {record_id: version for each, record_id, version in picks if each == name}
        for part in portions(read):
            items = session.scalars(
                select(kind.model).where(kind.model.id.in_(part)).execution_options(populate_existing=True)
            ).all()
            missing = missing or len(items) < len(part)
            for item in items:
                step = kind.steps.get(getattr(item, "state", None))
                if step is None or getattr(item, kind.column) != from_id or item.version != read[item.id]:
                    changed.append(str(item))
                else:
                    todo.append((kind, item, step))
    if missing:
        raise Refused(_("One of the records that this points to is not there, or not yours to see."))
    if changed:
        names = "; ".join(changed[:NAMED])
        raise Refused(
            _(
                "Nothing was handed on. Somebody changed this meanwhile, or it is theirs no more: %(names)s. Look at "
                "the list again.",
                names=names,
            )
        )
    for kind, item, step in todo:
        kind.workflow.take(step.name, item, actor, note=reason, **{kind.column: to_id})
    return len(todo)
