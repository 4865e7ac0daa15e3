"""Absence: who is away from when to when, and who fills the post meanwhile (XX: the papers say nothing of it).

A deputy chooses to act for the post while the cover runs, with its roles alone, and is told of as "A for B". Both
are barred by four eyes from what bars either (workflows/four_eyes.py).
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.absences import Absence, AbsenceState
from models.base import session_of
from models.people import Person
from workflows.access import Role
from workflows.actor import Actor, current_actor, roles_of
from workflows.deputies import CARRIES, MANAGERS, why_not
from workflows.engine import Workflow, people_with
from workflows.gate import ByHand, Refused
from workflows.parts import key_of
from workflows.steps import Step

WRITTEN = ("absent_id", "deputy_id", "first_on", "last_on", "note")
_absence, _person = Absence.__table__, Person.__table__


def keepers(roles: frozenset[Role]) -> Role:
    """Who enters the absence of somebody else: a Head of Service that of managers and heads, a Manager an officer's."""
    return Role.head if roles & MANAGERS else Role.manager


def _not_theirs(absent: Person, actor: Actor) -> Refused | None:
    """Why this actor may not keep the absences of that person, or None."""
    if actor.for_id is not None:
        return Refused(_("Absences are kept in one's own name, never for another's post. Act as yourself again."))
    keeper = keepers(roles_of(absent))
    if absent.id == actor.person_id or keeper in actor.roles:
        return None
    if keeper is Role.head:
        return Refused(_("The absences of managers and heads are kept by themselves or by a Head of Service."), "XX")
    return Refused(_("The absences of an officer are kept by the officer or by a Manager."), "XX")


def may_be_entered(absence: Absence, actor: Actor) -> Refused | None:
    """Whether the cover may stand beside what stands already. The two people's rows are locked, so that of two
    covers entered at once the second finds the first."""
    session = session_of(absence)
    absent_id, deputy_id = key_of(absence, "absent") or 0, key_of(absence, "deputy") or 0
    if absence.first_on is None or absence.last_on is None:
        return Refused(_("Give the first and the last day."))
    if absence.last_on < absence.first_on:
        return Refused(_("It ends before it begins. Check the dates."))
    if absence.first_on < actor.today:
        return Refused(_("A cover begins today at the earliest. Check the first day."))
    if absent_id == deputy_id:
        return Refused(_("Nobody is their own deputy. Choose somebody else."))
    locked = select(_person.c.id).where(_person.c.id.in_((absent_id, deputy_id)))
    session.connection().execute(locked.order_by(_person.c.id).with_for_update(key_share=True))
    absent, deputy = session.get(Person, absent_id), session.get(Person, deputy_id)
    if absent is None or deputy is None:
        return Refused(_("Choose who is away, and who fills the post."))
    if refusal := _not_theirs(absent, actor):
        return refusal
    if deputy_id == actor.person_id:
        return Refused(_("Nobody makes themselves the deputy of another. Whoever is away, or another manager, may."))
    if not absent.active or not deputy.active:
        return Refused(_("Both need an account that is in use."))
    if reason := why_not(roles_of(absent), roles_of(deputy)):
        return Refused(reason, "XX")
    return _beside_others(session, absence, absent, deputy)


def _beside_others(session: Session, absence: Absence, absent: Person, deputy: Person) -> Refused | None:
    """One cover at a time for a post, and no chains: a deputy's own post is not filled by a third meanwhile."""
    same_days = select(_absence.c.id).where(
        _absence.c.state == AbsenceState.planned,
        _absence.c.first_on <= absence.last_on,
        _absence.c.last_on >= absence.first_on,
    )

    def stands(clause: Any) -> bool:
        return session.connection().execute(same_days.where(clause).limit(1)).first() is not None

    if stands(_absence.c.absent_id == absent.id):
        return Refused(_("%(name)s has a deputy in these days already. End that cover first.", name=absent))
    if stands(_absence.c.absent_id == deputy.id):
        return Refused(_("%(name)s is away in these days, and deputies do not chain. Choose another.", name=deputy))
    if stands(_absence.c.deputy_id == absent.id):
        return Refused(
            _(
                "%(name)s is somebody's deputy in these days, and deputies do not chain. End that cover first, and "
                "give that post another deputy.",
                name=absent,
            )
        )
    return None


def by_its_keepers(absence: Absence, actor: Actor) -> str | None:
    refusal = _not_theirs(absence.absent, actor)
    return refusal.sentence if refusal is not None else None


def not_over(absence: Absence, actor: Actor) -> str | None:
    return _("This absence is over: there is nothing to end.") if absence.last_on < actor.today else None


def note_withdrawn(absence: Absence, actor: Actor, values: Mapping[str, Any]) -> None:
    absence.withdrawn_on = actor.today


WORKFLOW = Workflow(
    Absence,
    Step(
        "withdraw",
        _l("End it early"),
        frozenset({AbsenceState.planned}),
        AbsenceState.withdrawn,
        roles=frozenset(CARRIES),
        does=_l("The cover ends at once: nobody acts for this post any more."),
        guards=[not_over, by_its_keepers],
        effect=note_withdrawn,
        clause="XX",
    ),
    by_hand=ByHand(frozenset(WRITTEN), edit=False, check=may_be_entered),
)


def may_be_absent(session: Session) -> list[tuple[int, str]]:
    """The people whose absence whoever acts may enter: their own or, of a manager, those of others."""
    actor = current_actor()
    if actor is None:
        return []
    people = people_with(session, frozenset(CARRIES))
    return people if actor.roles & MANAGERS else [each for each in people if each[0] == actor.person_id]


def may_deputise(session: Session) -> list[tuple[int, str]]:
    """The people who may fill a post: which one of them may fill which is checked when it is entered."""
    return people_with(session, frozenset(CARRIES))
