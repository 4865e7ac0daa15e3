"""The short shared engine: who may take which step, and taking it. Roles, reasons and clauses are the product."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, union
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_dirty

from models.base import Model, session_of
from models.ledger import LedgerKind
from models.people import Person
from workflows import deputies, four_eyes, ledger
from workflows.access import Role, Scope, who
from workflows.actor import Actor, current_actor
from workflows.gate import BY_HAND, ByHand, Refused, out_of_scope, stepping
from workflows.steps import Due, Step
from workflows.visibility import GOVERNED

WORKFLOWS: dict[type[Any], "Workflow"] = {}
"""Every workflow, by the model whose records it moves."""


class Workflow:
    """The steps of one kind of record, and what may be written of it by hand in between.

    `desk` names the deciding steps that put a record on the desk of whoever may take them, each with what else must
    hold of the record (None: nothing but its state). `named` are the relations that a record's name is made of.
    `due` says by when it waits for which step: the diary follows from it.
    `parts` are the foreign keys by which other records belong to it: whoever wrote one of those wrote the record too
    (four eyes).
    """

    def __init__(
        self,
        model: type[Any],
        *steps: Step,
        by_hand: ByHand | None = None,
        desk: Mapping[str, Any] | None = None,
        named: Sequence[Any] = (),
        due: Sequence[Due] = (),
        parts: Sequence[Any] = (),
    ) -> None:
        self.model, self.desk, self.named, self.due, self.parts = model, desk or {}, named, due, parts
        self.steps = {step.name: step for step in steps}
        WORKFLOWS[model] = self
        if by_hand is not None:
            BY_HAND[model] = by_hand

    def here(self, item: Any) -> list[Step]:
        """The steps that lead on from where the record stands."""
        return [step for step in self.steps.values() if _state(item) in step.sources and step.applies(item)]

    def refusal(self, name: str, item: Any, actor: Actor) -> Refused | None:
        """Why this actor may not take this step now, or None. The page, the API and the act all ask this."""
        step = self.steps[name]
        approver = step.approver(item)
        clause = approver.clause or step.clause
        if step.job and actor.job != step.job:
            return Refused(_("The console does this by itself; nobody does it by hand."), clause)
        resource = GOVERNED[self.model].resource
        if not actor.has_scope(Scope.steps, resource):
            return out_of_scope(Scope.steps, resource)
        if not step.job and not actor.roles & approver.roles:
            return Refused(_("Your role may not do this."), clause, self.who_may(step, item, actor))
        if _state(item) not in step.sources or not step.applies(item):
            return Refused(_("It is not in a state in which this can be done: somebody may have moved it on."), clause)
        for guard in step.guards:
            if reason := guard(item, actor):
                return Refused(reason, clause)
        if step.decides and (reason := self._four_eyes(step, item, actor)):
            return Refused(reason, _("four eyes, and %(clause)s", clause=clause), self.who_may(step, item, actor))
        return None

    def offers(self, item: Any, actor: Actor) -> list[tuple[Step, Refused | None]]:
        """Every step from here, each with the reason why it is not this actor's, or None."""
        return [(step, self.refusal(step.name, item, actor)) for step in self.here(item) if not step.job]

    def take(
        self, name: str, item: Any, actor: Actor, note: str = "", version: int | None = None, **values: Any
    ) -> None:
        """Take the step, or raise Refused. The caller commits; history is written in the same transaction."""
        step, session = self.steps[name], session_of(item)
        if actor is not current_actor():
            raise Refused(_("A step is taken by whoever is acting, in their own name."))
        session.flush()  # what was written by hand before is checked as that, and not as part of the step
        if version is not None and version != item.version:
            raise Refused(_("Somebody changed this record after you opened it. Read it again, then decide."))
        if refusal := self.refusal(name, item, actor):
            raise refusal
        if step.needs_note and not note.strip():
            raise Refused(_("Give a reason."))
        asked, approver = step.asks(item), step.approver(item)
        for each in asked:
            if each.required and values.get(each.name) in (None, ""):
                raise Refused(_("Fill in “%(field)s”.", field=each.label))
        by_group = approver.group if step.decides else None
        if by_group and values["decided_on"] > actor.today:
            raise Refused(_("The group's decision cannot lie in the future. Check its date."))
        clause = approver.clause or step.clause
        if step.accepts and (reason := step.accepts(item, actor, values)):
            raise Refused(reason, clause)
        told = ledger.Event(item, LedgerKind.step, step=name, note=note.strip(), clause=clause)
        told.brings, told.takes_back = step.brings(item) if step.brings else "", step.takes_back
        with stepping(told), session.no_autoflush:
            for each in asked:
                if each.sets and each.name in values:
                    setattr(item, each.name, values[each.name])
            if by_group:
                item.decided_by_group = by_group
            if step.target is not None:
                item.state = step.target
            if step.effect:
                step.effect(item, actor, values)
            if not told.told:
                flag_dirty(item)  # a step that changes nothing of its record is told all the same
            session.flush()

    # --- four eyes ---

    def barred(self, session: Session, items: Sequence[Any], step: Step) -> dict[int, four_eyes.Bars]:
        """Who may not take a deciding step on each record, whatever roles they hold, and why. One statement."""
        return four_eyes.barred(session, self.model, [item.id for item in items], step, self.steps, self.parts)

    def _four_eyes(self, step: Step, item: Any, actor: Actor) -> str | None:
        session = session_of(item)
        return four_eyes.refusal(session, self.barred(session, [item], step)[item.id], actor)

    def who_may(self, step: Step, item: Any, actor: Actor) -> str:
        """The roles that may take the step and, where it decides, those who hold them today and are not barred."""
        approver = step.approver(item)
        roles = who(approver.roles)
        if approver.group:
            roles = _("%(group)s, recorded by %(roles)s", group=approver.group, roles=roles)
        if not step.decides:
            return roles
        session = session_of(item)
        barred = self.barred(session, [item], step)[item.id].keys()
        may = deputies.deciders(session, approver.roles, actor.today)
        names = [name for people, name in may if not people & barred]
        if not names:
            return _("%(roles)s; nobody else holds that role", roles=roles)
        return _("%(roles)s: %(names)s", roles=roles, names=", ".join(names))

    # --- drawn from the code ---

    def states(self) -> list[Any]:
        """The states that its steps know, in the order of their enum; none for a record without states."""
        known = {state for step in self.steps.values() for state in (*step.sources, step.target) if state is not None}
        return [state for state in type(next(iter(known))) if state in known] if known else []

    def diagram(self, words: Callable[[Any], str]) -> str:
        """The workflow as a Mermaid state diagram."""
        moves = [
            f"    {source} --> {step.target or source}: {step.label}"
            for step in self.steps.values()
            for source in self.states()
            if source in step.sources
        ]
        return "\n".join(["stateDiagram-v2", *(f"    {state}: {words(state)}" for state in self.states()), *moves])


def drafted_by_console(
    session: Session, item: Any, note: str, clause: str, then: Callable[[], Any] = lambda: None
) -> None:
    """Add a record that the console itself drafts, with the fact that made it do so, and what goes with it."""
    session.flush()
    with stepping(ledger.Event(item, LedgerKind.created, note=note, clause=clause)), session.no_autoflush:
        session.add(item)
        session.flush()
        then()
        session.flush()


def people_with(session: Session, roles: Iterable[Role]) -> list[tuple[int, str]]:
    """The active people who hold one of these roles, by name."""
    person = Person.__table__
    tables = Model.metadata.tables
    role, own, groups, theirs = (tables[f"ab_{name}"] for name in ("role", "user_role", "user_group", "group_role"))
    by_group = select(groups.c.user_id, theirs.c.role_id).join(theirs, theirs.c.group_id == groups.c.group_id)
    holds = union(select(own.c.user_id, own.c.role_id), by_group).subquery()
    rows = session.connection().execute(
        select(person.c.id, person.c.first_name, person.c.last_name)
        .join(holds, holds.c.user_id == person.c.id)
        .join(role, role.c.id == holds.c.role_id)
        .where(role.c.name.in_([each.value for each in roles]), person.c.active)
        .distinct()
        .order_by(person.c.last_name, person.c.first_name)
    )
    return [(row.id, f"{row.first_name} {row.last_name}") for row in rows]


def _state(item: Any) -> Any:
    return getattr(item, "state", None)
