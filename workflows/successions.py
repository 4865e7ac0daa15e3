"""What carries over from a predecessor in the register, and who decides that it no longer does (domain section 2)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.base import session_of
from models.framework import Decision
from models.ledger import LedgerKind
from models.providers import LinkKind, Provider, RegisterLink, Service
from models.successions import Succession, SuccessionState
from models.suspensions import carried_kind
from workflows import framework, ledger
from workflows.actor import Actor
from workflows.engine import Workflow
from workflows.gate import stepping
from workflows.providers import OFFICERS
from workflows.steps import Approver, Step

S = SuccessionState
NAMED = (Succession.predecessor, Succession.successor, Succession.predecessor_provider, Succession.successor_provider)


def approvers(succession: Succession) -> Approver:
    """Whom the framework names for the most restrictive kind that carries over: ending it opens purchasing."""
    session = session_of(succession)
    return framework.approver(session, Decision.suspension, carried_kind(session, succession))


# --- guards and effects ---


def not_acknowledged(succession: Succession, actor: Actor) -> str | None:
    return _("Somebody has taken note of this already.") if succession.acknowledged_by_id is not None else None


def note_acknowledged(succession: Succession, actor: Actor, values: Mapping[str, Any]) -> None:
    succession.acknowledged_by_id, succession.acknowledged_at = actor.person_id, actor.now


def note_proposed(succession: Succession, actor: Actor, values: Mapping[str, Any]) -> None:
    succession.proposed_by_id, succession.decided_by_id = actor.person_id, None


def note_decided(succession: Succession, actor: Actor, values: Mapping[str, Any]) -> None:
    succession.decided_by_id = actor.person_id


# --- the table ---

WORKFLOW = Workflow(
    Succession,
    Step(
        "acknowledge",
        _l("Take note"),
        frozenset({S.carries, S.end_proposed}),
        None,
        roles=OFFICERS,
        does=_l("It leaves the home pages. What carries over goes on carrying over."),
        guards=[not_acknowledged],
        effect=note_acknowledged,
        clause="XX",
    ),
    Step(
        "propose_end",
        _l("Propose that it no longer carries over"),
        frozenset({S.carries}),
        S.end_proposed,
        roles=OFFICERS,
        does=_l("Whoever the framework names is asked to decide. Until then everything carries over."),
        effect=note_proposed,
        needs_note=True,
        clause="XX",
    ),
    Step(
        "withdraw_proposal",
        _l("Withdraw the proposal"),
        frozenset({S.end_proposed}),
        S.carries,
        roles=OFFICERS,
        does=_l("It goes on carrying over, and nobody is asked to decide."),
        clause="XX",
    ),
    Step(
        "refuse_end",
        _l("Refuse the proposal"),
        frozenset({S.end_proposed}),
        S.carries,
        roles=approvers,
        does=_l("It goes on carrying over."),
        effect=note_decided,
        decides=True,
        asked_by=frozenset({"propose_end"}),
        needs_note=True,
    ),
    Step(
        "end",
        _l("Decide that it no longer carries over"),
        frozenset({S.end_proposed}),
        S.ended,
        roles=approvers,
        does=_l("The successor is free at once of what restricts its predecessor: the purchasing board changes."),
        effect=note_decided,
        decides=True,
        asked_by=frozenset({"propose_end"}),
        needs_note=True,
    ),
    Step(
        "carry_again",
        _l("Let it carry over again"),
        frozenset({S.ended}),
        S.carries,
        roles=OFFICERS,
        does=_l("What restricts the predecessor restricts the successor again, at once."),
        needs_note=True,
        clause="XX",
    ),
    desk={"end": None},
    named=(
        Succession.predecessor,
        Succession.successor,
        Succession.predecessor_provider,
        Succession.successor_provider,
    ),
)


# --- arriving with the register ---


def carry_over(session: Session, owner: Service | Provider) -> list[Succession]:
    """Note which of those that the register links with this one are known here: from now on their restrictions, open
    cases and rating history carry over. The successor of a service keeps its linked officer, who is told.

    Called for what is new and for what has new links, so that the one who comes last finds the others.
    """
    session.flush()
    model = type(owner)
    key = RegisterLink.service_id if model is Service else RegisterLink.provider_id
    known = (model.regulator == owner.regulator) & (model.regulator_id == RegisterLink.related_id)
    naming = (model.id == key) & (model.regulator == owner.regulator)
    found = [
        (row.id, row.kind is LinkKind.predecessor)
        for row in session.execute(select(model.id, RegisterLink.kind).join(RegisterLink, known).where(key == owner.id))
    ] + [
        (row.id, row.kind is LinkKind.successor)
        for row in session.execute(
            select(model.id, RegisterLink.kind)
            .join(RegisterLink, naming)
            .where(RegisterLink.related_id == owner.regulator_id)
        )
    ]
    pairs = {(other, owner.id) if before else (owner.id, other) for other, before in found if other != owner.id}
    if not pairs:
        return []
    first, second = (
        (Succession.predecessor_id, Succession.successor_id)
        if model is Service
        else (Succession.predecessor_provider_id, Succession.successor_provider_id)
    )
    standing = session.execute(select(first, second).where(or_(first == owner.id, second == owner.id)))
    new = sorted(pairs - {(row[0], row[1]) for row in standing})
    return [_begin(session, Succession(**{first.key: old, second.key: successor})) for old, successor in new]


def _begin(session: Session, succession: Succession) -> Succession:
    """Written as the console's own act, with an entry of the ledger: years later somebody asks since when."""
    note = _("The register names the one as the successor of the other.")
    with stepping(ledger.Event(succession, LedgerKind.created, note=note, clause="XX")), session.no_autoflush:
        session.add(succession)
        if succession.successor_id is not None:
            old = session.get_one(Service, succession.predecessor_id)
            new = session.get_one(Service, succession.successor_id)
            officer = old.allocated_officer
            if new.allocated_officer_id is None and officer is not None and officer.active:
                new.allocated_officer_id = officer.id
        session.flush()
    return succession
