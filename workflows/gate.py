"""The session hooks: every read, write and step of every path passes here (design section 2)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import ORMExecuteState, RelationshipDirection, Session, UOWTransaction

from models.base import Model
from models.ledger import LedgerKind
from models.people import Person
from workflows import ledger
from workflows.access import RIGHTS, Resource, Right, Role, rights, who
from workflows.actor import Actor, current_actor
from workflows.visibility import GOVERNED, row_options


class Refused(Exception):
    """Something that may not be done: a sentence for the person, the rule it comes from, and who may."""

    def __init__(self, sentence: str, clause: str = "", may: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.clause, self.may = sentence, clause, may

    def __str__(self) -> str:
        told = [self.sentence]
        if self.may:
            told.append(_("Who may: %(who)s.", who=self.may))
        if self.clause:
            told.append(_("Rule: %(clause)s.", clause=self.clause))
        return " ".join(told)


@dataclass(frozen=True)
class ByHand:
    """What people may write of a model outside any step: by form, import or API. The default is nothing."""

    fields: frozenset[str]
    add: bool = True
    edit: bool = True
    states: frozenset[Any] | None = None
    """The states in which it may still be edited; None where it has no states."""
    check: Callable[[Any, Actor], Refused | None] | None = None
    """What must hold of the row as it would be saved."""


BY_HAND: dict[type[Model], ByHand] = {}

_step: ContextVar[ledger.Event | None] = ContextVar("step", default=None)
_maintenance: ContextVar[str | None] = ContextVar("maintenance", default=None)

# What signing in writes, and what a person may change of their own account.
SIGN_IN = frozenset({"last_login", "login_count", "fail_login_count"})
OWN_ACCOUNT = frozenset(
    {"password", "must_change_password", "session_version", "version", "changed_on", "changed_by_fk"}
)
UNTOLD = frozenset({"password", "version", "changed_on", "changed_by_fk", "created_on", "created_by_fk"}) | SIGN_IN


@contextmanager
def stepping(told: ledger.Event) -> Iterator[None]:
    """Inside, the engine writes: states move, and effects change what people may not by hand."""
    token = _step.set(told)
    try:
        yield
    finally:
        _step.reset(token)


@contextmanager
def maintenance(what: str) -> Iterator[None]:
    """Inside, a named job of the console writes rows without their own ledger entries or counted versions.

    For register facts, which keep their own dated history, and for bulk work. It must tell what it did by `record`.
    Only the console itself may: a person's actor is refused.
    """
    actor = current_actor()
    if actor is None or not actor.job:
        raise Refused(_("Only a job of the console itself may do maintenance."))
    token = _maintenance.set(what)
    try:
        yield
    finally:
        _maintenance.reset(token)


def record(session: Session, kind: LedgerKind, item: Model, changes: dict[str, list[Any]], note: str = "") -> None:
    """The one ledger entry by which an import or a maintenance says what it did. `item` is flushed first."""
    session.flush()
    actor = current_actor()
    if actor is None:
        raise Refused(_("Nobody is acting."))
    ledger.write(session, actor, [ledger.Event(item, kind, changes, note=note)])


# --- reads -------------------------------------------------------------------------------------------------------


@event.listens_for(Session, "do_orm_execute")
def only_visible_rows(execution: ORMExecuteState) -> None:
    """Add the actor's row rules to every ORM SELECT; refuse ORM bulk writes of governed models."""
    if execution.is_select:
        if not execution.is_column_load:
            execution.statement = execution.statement.options(*row_options(current_actor()))
        return
    mapper = execution.bind_mapper
    if mapper is not None and mapper.class_ in GOVERNED and _maintenance.get() is None:
        raise Refused(_("Records are changed one by one, so that each change is checked and recorded."))


# --- writes ------------------------------------------------------------------------------------------------------


@dataclass
class Pending:
    """What one flush will tell the ledger, gathered before it and written after it."""

    events: list[ledger.Event] = field(default_factory=list)


@event.listens_for(Session, "before_flush")
def check_writes(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Refuse what may not be written, count versions, stamp who made it."""
    changed = [
        item for item in session.dirty if session.is_modified(item, include_collections=isinstance(item, Person))
    ]
    touched = [
        item
        for item in (*session.new, *changed, *session.deleted)
        if type(item) in GOVERNED or isinstance(item, Person)
    ]
    step = _step.get()
    if step is not None and step.item not in touched and step.item not in session.new:
        touched.append(step.item)
    if not touched:
        return
    actor = current_actor()
    if _maintenance.get() is not None and actor is not None and step is None:
        for item in session.new:
            if type(item) in GOVERNED:
                _stamp(item, actor)
                if hasattr(item, "version"):
                    item.version = 0  # not counted: its history is the import's one entry
        return
    if actor is None:
        if all(isinstance(item, Person) and set(_changes(item)) <= SIGN_IN for item in touched):
            return
        raise Refused(_("Nobody is acting: sign in first."))
    pending: Pending = session.info.setdefault("careward_pending", Pending())
    references: dict[type[Model], set[int]] = {}
    for item in touched:
        new, gone = item in session.new, item in session.deleted
        if gone:
            raise Refused(_("Nothing is deleted. Withdraw it or end it instead: what was once written stays."))
        if isinstance(item, Person):
            _check_account(item, actor, new)
            if not new and set(_changes(item)) <= SIGN_IN:
                continue
        elif step is None:
            _check_by_hand(item, actor, new, references)
        if new:
            _stamp(item, actor)
        if hasattr(item, "version"):
            item.version = 1 if new else item.version + 1
        if step is not None and item is step.item:
            pending.events.append(step)
        else:
            pending.events.append(ledger.Event(item, LedgerKind.created if new else LedgerKind.edited))
    _check_references(session, references)


def _stamp(item: Any, actor: Actor) -> None:
    if hasattr(item, "created_at"):
        item.created_at = actor.now
    if hasattr(item, "created_by_id"):
        item.created_by_id = actor.person_id


def _check_by_hand(item: Model, actor: Actor, new: bool, references: dict[type[Model], set[int]]) -> None:
    resource = GOVERNED[type(item)].resource
    may = rights(actor.roles, resource)
    needed = Right.add if new else Right.edit
    allowed = BY_HAND.get(type(item))
    if actor.job or needed not in may:
        raise Refused(
            _("Your role may not add or change this.")
            if not actor.job
            else _("The console changes this only by a step."),
            may=_who_may(resource, needed),
        )
    if allowed is None or not (allowed.add if new else allowed.edit):
        raise Refused(_("This is changed only by the steps of its workflow, never by hand."))
    changes = _changes(item)
    state = changes["state"][0] if "state" in changes and not new else getattr(item, "state", None)
    if not new and allowed.states is not None and state not in allowed.states:
        raise Refused(_("This can no longer be edited: it has moved on. Use one of its steps."))
    touched = {
        name
        for name, (before, after) in changes.items()
        if not (new and (after is None or _is_default(item, name, after)))
    }
    if forbidden := touched - allowed.fields:
        raise Refused(
            _("These are changed only by a step, never by hand: %(fields)s.", fields=", ".join(sorted(forbidden)))
        )
    if allowed.check is not None and (refusal := allowed.check(item, actor)):
        raise refusal
    for name in touched:
        for foreign in inspect(type(item)).columns[name].foreign_keys:
            target = _MODELS.get(foreign.column.table.name)
            if target in GOVERNED and (value := changes[name][1]) is not None:
                references.setdefault(target, set()).add(value)


def _check_references(session: Session, references: dict[type[Model], set[int]]) -> None:
    """A record may point only at rows that its author may see."""
    for model, ids in references.items():
        seen = set(session.scalars(select(model.id).where(model.id.in_(ids))))  # type: ignore[attr-defined]
        if ids - seen:
            raise Refused(_("One of the records that this points to is not there, or not yours to see."))


def _check_account(person: Person, actor: Actor, new: bool) -> None:
    """Accounts are kept by Administrators; a person changes their own password; signing in counts itself."""
    changes = set(_changes(person))
    if not new and (changes <= SIGN_IN or (person.id == actor.person_id and changes <= OWN_ACCOUNT | SIGN_IN)):
        return
    if not actor.job and (Right.add if new else Right.edit) not in rights(actor.roles, Resource.accounts):
        raise Refused(_("Accounts are kept by an Administrator."), may=who({Role.administrator}))


def _who_may(resource: Resource, right: Right) -> str:
    return who([role for role, given in zip(Role, RIGHTS[resource], strict=True) if right in given])


def _is_default(item: Model, name: str, value: Any) -> bool:
    default = inspect(type(item)).columns[name].default
    return default is not None and default.is_scalar and default.arg == value  # type: ignore[attr-defined]


_MODELS: dict[str, type[Model]] = {str(model.__tablename__): model for model in GOVERNED}


def _changes(item: Any) -> dict[str, tuple[Any, Any]]:
    """Field -> (before, after) of what a flush would write; relations are told by their foreign keys."""
    state = inspect(item)
    found: dict[str, tuple[Any, Any]] = {}
    for prop in state.mapper.column_attrs:
        history = state.attrs[prop.key].history
        if history.has_changes():
            found[prop.key] = (
                history.deleted[0] if history.deleted else None,
                history.added[0] if history.added else None,
            )
    for relation in state.mapper.relationships:
        history = state.attrs[relation.key].history
        if not history.has_changes():
            continue
        if relation.direction is RelationshipDirection.MANYTOONE:
            key = state.mapper.get_property_by_column(next(iter(relation.local_columns))).key
            after = history.added[0] if history.added else None
            found.setdefault(key, (getattr(item, key), after.id if after is not None else None))
        elif isinstance(item, Person) and relation.key == "roles":
            found["roles"] = (
                sorted(role.name for role in (*history.unchanged, *history.deleted)),
                sorted(role.name for role in (*history.unchanged, *history.added)),
            )
    return found


def _written(item: Any) -> dict[str, tuple[Any, Any]]:
    """Field -> (None, value) of a row that was just made, defaults included."""
    told = {prop.key: (None, getattr(item, prop.key)) for prop in inspect(item).mapper.column_attrs if prop.key != "id"}
    if isinstance(item, Person):
        told["roles"] = (None, sorted(role.name for role in item.roles))
    return told


@event.listens_for(Session, "after_flush")
def write_history(session: Session, context: UOWTransaction) -> None:
    """Tell the ledger, in the same transaction. Ids of new rows are known now; histories are still those before."""
    pending: Pending | None = session.info.pop("careward_pending", None)
    actor = current_actor()
    if pending is None or actor is None or not pending.events:
        return
    for told in pending.events:
        told.changes = {
            name: [ledger.plain(before), ledger.plain(after)]
            for name, (before, after) in (
                _written(told.item) if told.kind is LedgerKind.created else _changes(told.item)
            ).items()
            if name not in UNTOLD and before != after
        }
        if isinstance(told.item, Person) and "password" in _changes(told.item):
            told.changes["password"] = [None, None]
    ledger.write(session, actor, pending.events)


@event.listens_for(Session, "after_rollback")
def forget(session: Session) -> None:
    """What a rolled-back flush would have told is not told later."""
    session.info.pop("careward_pending", None)
