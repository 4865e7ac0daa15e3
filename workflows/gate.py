"""The session hooks: every read, write and step of every path passes here (design section 2)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Executable, FromClause, Join, Select, Table, Update, event, inspect, select
from sqlalchemy.orm import FromStatement, ORMExecuteState, RelationshipDirection, Session, UOWTransaction
from sqlalchemy.sql import visitors
from sqlalchemy.sql.annotation import SupportsAnnotations
from sqlalchemy.sql.selectable import AliasedReturnsRows, SelectBase

from models.base import Model, table_pointed_at, writing
from models.ledger import LedgerKind
from models.people import Person
from workflows import ledger
from workflows.access import RIGHTS, Resource, Right, Role, Scope, rights, who
from workflows.actor import Actor, current_actor
from workflows.visibility import GOVERNED, row_options


class Refused(Exception):
    """Something that may not be done: a sentence for the person, the rule it comes from, and who may."""

    def __init__(self, sentence: str, clause: str = "", may: str = "", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.clause, self.may = sentence, clause, may
        self.fields = fields or {}
        """What is wrong with which field, where that is known: its form tells it there."""

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
    fill: Callable[[Any, Actor], None] | None = None
    """What follows from what was written, whoever writes it and by whatever path: a deadline."""


BY_HAND: dict[type[Model], ByHand] = {}

_step: ContextVar[ledger.Event | None] = ContextVar("step", default=None)
_maintenance: ContextVar[str | None] = ContextVar("maintenance", default=None)

# What signing in writes, and what a person may change of their own account.
SIGN_IN = frozenset({"last_login", "login_count", "fail_login_count"})
OWN_ACCOUNT = frozenset(
    {"password", "must_change_password", "session_version", "version", "changed_on", "changed_by_fk"}
)
UNTOLD = SIGN_IN | {
    "password", "found", "secret_sha256", "version", "changed_on", "changed_by_fk", "created_on", "created_by_fk",
    "type_since", "bought_since", "bought_until", "kind_since", "level_since", "rag_since",
}  # fmt: skip


def out_of_scope(scope: Scope, resource: Resource) -> Refused:
    """The refusal of what a person may do, and their program's token is not good for."""
    return Refused(
        _("The token is not good for this."),
        may=_("a token with the scope %(scope)s or %(own)s", scope=scope, own=f"{scope}:{resource}"),
    )


@contextmanager
def stepping(told: ledger.Event) -> Iterator[None]:
    """Inside, the engine writes: states move, and effects change what people may not by hand."""
    token = _step.set(told)
    try:
        yield
    finally:
        _step.reset(token)


def current_step() -> ledger.Event | None:
    """The step that is being taken, as the ledger will tell it."""
    return _step.get()


@contextmanager
def maintenance(what: str) -> Iterator[None]:
    """Inside, a named job of the console writes rows without their own ledger entries or counted versions.

    For register facts, which keep their own dated history, and for bulk work. It must tell what it did by `record`.
    Only the console itself may: a person's actor is refused.
    """
    actor = current_actor()
    if actor is None or not actor.job:
        raise Refused(_("Only a job of the console itself may do maintenance."))
    token, stepping_token = _maintenance.set(what), _step.set(None)
    try:
        yield
    finally:
        _step.reset(stepping_token)
        _maintenance.reset(token)


def record(session: Session, kind: LedgerKind, item: Model, changes: dict[str, list[Any]], note: str = "") -> None:
    """The one ledger entry by which an import or a maintenance says what it did. `item` is flushed first."""
    session.flush()
    actor = current_actor()
    if actor is None:
        raise Refused(_("Nobody is acting."))
    ledger.write(session, actor, [ledger.Event(item, kind, changes, note=note)])


def note_read(session: Session, *items: Any) -> None:
    """Tell the ledger that the actor reads restricted records (domain section 12). A transaction of its own."""
    actor, model = current_actor(), type(items[0])
    if actor is None:
        raise Refused(_("Nobody is acting."))
    with writing(session):
        # Whoever else reads or changes the record now waits: each entry follows on the one before it.
        read = select(model).where(model.id.in_([inspect(item).identity[0] for item in items]))
        locked = session.scalars(read.order_by(model.id).with_for_update(of=model))
        ledger.write(session, actor, [ledger.Event(item, LedgerKind.read) for item in locked])


# --- reads -------------------------------------------------------------------------------------------------------


@event.listens_for(Session, "do_orm_execute")
def only_visible_rows(execution: ORMExecuteState) -> None:
    """Add the actor's row rules to every SELECT; refuse those that cannot bear them, and every bulk write."""
    statement = execution.statement
    if statement.is_dml:
        actor = current_actor()
        by_job = _maintenance.get() is not None and actor is not None and actor.job
        if not by_job and not _counts_a_sign_in(statement):
            raise Refused(_("Records are changed one by one, so that each change is checked and recorded."))
    elif (execution.is_select or isinstance(statement, FromStatement)) and not execution.is_column_load:
        if not execution.is_relationship_load and _escapes(statement):
            raise Refused(_("This question cannot be narrowed to the rows that you may see, so it is not asked."))
        execution.statement = statement.options(*row_options(current_actor()))


def _counts_a_sign_in(statement: Executable) -> bool:
    """Whether it is the UPDATE by which FAB makes an unknown user name take as long as a known one."""
    values = getattr(statement, "_values", None) or {}
    return (
        isinstance(statement, Update)
        and getattr(statement.table, "name", None) == Person.__tablename__
        and {getattr(column, "key", column) for column in values} == {"login_count"}
    )


def _escapes(statement: Executable) -> bool:
    """Whether a SELECT in it reads governed rows and SQLAlchemy would add no rule to it.

    Measured: SQLAlchemy adds them to the SELECTs that it knows for the ORM's. It does not know one that names
    mapped columns only inside a window, FILTER, EXTRACT or OR, or a FROM STATEMENT. Inside an ORM statement the
    bare tables stay open: facts that everybody reads are derived from them (design section 2).
    """
    if isinstance(statement, FromStatement):
        return True
    for part in visitors.iterate(statement):  # type: ignore[arg-type]
        if isinstance(part, Select) and part._propagate_attrs.get("compile_state_plugin") != "orm":
            if part is statement and any(_names_table(source) for source in part.get_final_froms()):
                return True
            if _names_model(part):
                return True
    return False


def _names_table(source: FromClause) -> bool:
    """Whether a FROM reads the table of a governed model, joined or under another name too."""
    if isinstance(source, Join):
        return _names_table(source.left) or _names_table(source.right)
    if isinstance(source, AliasedReturnsRows):
        return isinstance(source.element, FromClause) and _names_table(source.element)
    return isinstance(source, Table) and source.name in _MODELS


def _names_model(part: Select[Any]) -> bool:
    """Whether a SELECT itself, and not one within it, names a column of a governed model."""
    waiting = list(part.get_children())
    while waiting:
        each = waiting.pop()
        owner = each._annotations.get("parententity") if isinstance(each, SupportsAnnotations) else None
        if owner is not None and owner.mapper.class_ in GOVERNED:
            return True
        if not isinstance(each, SelectBase | AliasedReturnsRows):
            waiting += each.get_children()
    return False


# --- writes ------------------------------------------------------------------------------------------------------


PENDING = "careward_pending"
"""Where a session keeps what its flush will tell the ledger, from the check before it to the writing after it."""


@event.listens_for(Session, "before_flush")
def check_writes(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Refuse what may not be written, count versions, stamp who made it."""
    session.info.pop(PENDING, None)
    changed = [item for item in session.dirty if _is_changed(session, item)]
    added, deleted = session.new, session.deleted  # each asking of the session makes them anew
    touched = [*added, *changed, *deleted]
    step, actor = _step.get(), current_actor()
    if step is not None and not step.told and step.item not in touched:
        touched.append(step.item)
    if not touched:
        return
    if actor is None:
        if any(not isinstance(item, Person) or not _is_sign_in(session, item) for item in touched):
            raise Refused(_("Nobody is acting: sign in first."))
        return
    if _maintenance.get() is not None and step is None:
        if not actor.job:
            raise Refused(_("Only a job of the console itself may do maintenance."))
        for item in session.new:
            if type(item) in GOVERNED:
                _stamp(item, actor)
            if hasattr(item, "version"):
                item.version = 0  # not counted: its history is the import's one entry
        return
    events: list[ledger.Event] = []
    references: dict[type[Model], set[int]] = {}
    for item in touched:
        new = item in added
        if _keeps_rights(item) and not isinstance(item, Person):
            if not actor.job:
                raise Refused(_("Roles and their rights are kept in the code, and changed by nobody here."))
            continue
        if item in deleted:
            raise Refused(_("Nothing is deleted. Withdraw it or end it instead: what was once written stays."))
        if isinstance(item, Person):
            if _is_sign_in(session, item):
                continue
            _check_account(item, actor, new)
        elif step is None:
            _check_by_hand(session, item, actor, new, references)
        if new:
            _stamp(item, actor)
        if hasattr(item, "version"):
            item.version = 1 if new else item.version + 1
        if step is not None and item is step.item:
            events.append(step)
            step.told, step.new = True, new
        else:
            events.append(_told(item, new, step))
    _check_references(session, references)
    session.info[PENDING] = events


def _told(item: Model, new: bool, step: ledger.Event | None) -> ledger.Event:
    """How the ledger tells of a record that is written by hand, or beside that of the step."""
    if step is not None and step.brings:
        kind = LedgerKind.imported if new else LedgerKind.edited
        return ledger.Event(item, kind, step=step.step, note=step.brings, clause=step.clause, new=new)
    if step is not None and step.takes_back:
        return ledger.Event(item, LedgerKind.undone, step=step.step, note=step.note, clause=step.clause)
    return ledger.Event(item, LedgerKind.created if new else LedgerKind.edited, new=new)


def _keeps_rights(item: Any) -> bool:
    """Whether a row says who may do what: an account, or one of FAB's own tables of roles, groups and rights."""
    return type(item) not in GOVERNED


def _is_changed(session: Session, item: Any) -> bool:
    """Whether a flush would write something of it. Who holds a role is the person's change, where the person has it."""
    if not _keeps_rights(item):
        return session.is_modified(item, include_collections=False)
    if isinstance(item, Person):
        return session.is_modified(item)
    if session.is_modified(item, include_collections=False):
        return True
    state = inspect(item)
    for relation in state.mapper.relationships:
        history = state.attrs[relation.key].history
        if history.has_changes():
            own = {each.key for each in relation._reverse_property if issubclass(Person, relation.mapper.class_)}
            if not own or any(not own & set(changes_of(person)) for person in (*history.added, *history.deleted)):
                return True
    return False


def _is_sign_in(session: Session, person: Person) -> bool:
    """Whether this is only what signing in counts by itself, whoever does it."""
    return person not in session.new and person not in session.deleted and set(changes_of(person)) <= SIGN_IN


def _stamp(item: Any, actor: Actor) -> None:
    if hasattr(item, "created_at"):
        item.created_at = actor.now
    if hasattr(item, "created_by_id"):
        item.created_by_id = actor.person_id


def _check_by_hand(
    session: Session, item: Model, actor: Actor, new: bool, references: dict[type[Model], set[int]]
) -> None:
    resource = GOVERNED[type(item)].resource
    may = rights(actor.roles, resource)
    if not actor.has_scope(Scope.write, resource):
        raise out_of_scope(Scope.write, resource)
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
    changes = changes_of(item)
    if not new and allowed.states is not None and _stored_state(session, item) not in allowed.states:
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
    if allowed.fill is not None:
        allowed.fill(item, actor)
    for name in touched:
        target = _MODELS.get(table_pointed_at(inspect(type(item)).columns[name]) or "")
        if target is not None and (value := changes[name][1]) is not None:
            references.setdefault(target, set()).add(value)


def _stored_state(session: Session, item: Any) -> Any:
    """The state as the database has it, whatever was done to the record in memory."""
    table = type(item).__table__
    return session.connection().execute(select(table.c.state).where(table.c.id == inspect(item).identity[0])).scalar()


def _check_references(session: Session, references: dict[type[Model], set[int]]) -> None:
    """A record may point only at rows that its author may see."""
    for model, ids in references.items():
        standing = select(model.id).where(model.id.in_(ids))  # type: ignore[attr-defined]
        if "merged_into_id" in model.__table__.c:
            standing = standing.where(model.__table__.c.merged_into_id.is_(None))
        seen = set(session.scalars(standing))
        if ids - seen:
            raise Refused(_("One of the records that this points to is not there, or not yours to see."))


def _check_account(person: Person, actor: Actor, new: bool) -> None:
    """Accounts are kept by Administrators; a person changes their own password; signing in counts itself."""
    if actor.scopes is not None:
        raise Refused(_("Accounts are changed by people who sign in, never by a token."))
    if actor.for_id is not None:
        raise Refused(_("Accounts are changed in one's own name, never for another's post. Act as yourself again."))
    changes = set(changes_of(person))
    own = not new and person.id == actor.person_id
    if own and changes <= OWN_ACCOUNT | SIGN_IN:
        return
    if not actor.job and (Right.add if new else Right.edit) not in rights(actor.roles, Resource.accounts):
        raise Refused(_("Accounts are kept by an Administrator."), may=who({Role.administrator}))
    if own and changes & {"roles", "groups"}:
        raise Refused(_("Nobody changes their own roles. Ask another Administrator."), may=who({Role.administrator}))


def _who_may(resource: Resource, right: Right) -> str:
    return who([role for role, given in zip(Role, RIGHTS[resource], strict=True) if right in given])


def _is_default(item: Model, name: str, value: Any) -> bool:
    default = inspect(type(item)).columns[name].default
    return default is not None and default.is_scalar and default.arg == value  # type: ignore[attr-defined]


_MODELS: dict[str, type[Model]] = {str(model.__tablename__): model for model in GOVERNED}


def changes_of(item: Any) -> dict[str, tuple[Any, Any]]:
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
        elif isinstance(item, Person) and relation.key in ("roles", "groups"):
            found[relation.key] = (
                sorted(each.name for each in (*history.unchanged, *history.deleted)),
                sorted(each.name for each in (*history.unchanged, *history.added)),
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
    events: list[ledger.Event] = session.info.pop(PENDING, [])
    actor = current_actor()
    if actor is None or not events:
        return
    for told in events:
        told.changes = {
            name: [ledger.plain(before), ledger.plain(after)]
            for name, (before, after) in (_written(told.item) if told.new else changes_of(told.item)).items()
            if name not in UNTOLD and before != after
        }
        if isinstance(told.item, Person) and "password" in changes_of(told.item):
            told.changes["password"] = [None, None]
    ledger.write(session, actor, events)
