"""Whose post a deputy may fill, and who fills which today (XX: the papers say nothing of absence).

What is asked here is asked before anybody acts, or for whoever may not see the absences themselves, so the tables
are asked and not the models.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace

from flask_appbuilder.security.sqla.models import Group
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, literal, null, select
from sqlalchemy.orm import Session, joinedload

from models.absences import Absence, AbsenceState
from models.base import Model
from models.people import Person
from workflows.access import Role
from workflows.actor import Actor, roles_of

MANAGERS = frozenset({Role.manager, Role.head})
CARRIES = {
    Role.officer: frozenset({Role.officer, *MANAGERS}),
    Role.manager: frozenset({Role.officer, *MANAGERS}),
    Role.head: MANAGERS,
}
"""Role of a post -> which roles may fill it. Other posts are not filled by deputies (XX)."""
STAFF = frozenset({Role.officer, *MANAGERS, Role.director})
"""Who holds any other role is nobody's deputy: an Administrator, an Auditor, whoever is not of the council."""

_absence, _person = Absence.__table__, Person.__table__


def why_not(absent: frozenset[Role], deputy: frozenset[Role]) -> str | None:
    """Why somebody with these roles may not fill a post with those, or None.

    A Head of Service is deputised by a Manager or a Head of Service, a Manager and an Officer by an Officer or above
    (XX). Never by an Administrator, an Auditor, a Partner or a Provider.
    """
    filled = absent & CARRIES.keys()
    if not filled:
        return _("Only officers, managers and heads of service have deputies.")
    if not deputy <= STAFF:
        return _("Administrators, auditors and people from outside the council are nobody's deputies.")
    if any(not deputy & CARRIES[role] for role in filled):
        if Role.head in filled:
            return _("The deputy of a Head of Service is a Manager or a Head of Service.")
        return _("The deputy is an Officer, a Manager or a Head of Service.")
    return None


def runs(today: dt.date) -> ColumnElement[bool]:
    """The covers that run on this day: their first and last days included."""
    days = (_absence.c.first_on <= today) & (_absence.c.last_on >= today)
    return (_absence.c.state == AbsenceState.planned) & days


def covers_until() -> ColumnElement[dt.date | None]:
    """The last day on which the person of a statement is anybody's deputy, as it is planned; beside who signs in."""
    newest = select(func.max(_absence.c.last_on)).where(
        _absence.c.deputy_id == _person.c.id, _absence.c.state == AbsenceState.planned
    )
    return newest.correlate(_person).scalar_subquery()


def posts(session: Session, deputy: Person, today: dt.date, hold: bool = False) -> dict[int, Person]:
    """The covers that run for this deputy now, and whose posts they fill: as accounts and roles stand today.

    Where they are held, whoever ends one waits until what is being written is written.
    """
    asked = (
        select(Person, _absence.c.id)
        .join(_absence, _absence.c.absent_id == _person.c.id)
        .where(_absence.c.deputy_id == deputy.id, runs(today), _person.c.active)
        .options(joinedload(Person.roles), joinedload(Person.groups).joinedload(Group.roles))
        .execution_options(populate_existing=True)
        .order_by(_absence.c.id)
    )
    rows = session.execute(asked.with_for_update(read=True, of=_absence) if hold else asked).unique()
    mine = roles_of(deputy)
    return {number: person for person, number in rows if why_not(roles_of(person), mine) is None}


def deputies_of(session: Session, absent: Collection[int], today: dt.date) -> list[Person]:
    """Who fills the posts of these people today, and signs in."""
    filling = select(_absence.c.deputy_id).where(_absence.c.absent_id.in_(absent), runs(today))
    people = session.scalars(select(Person).where(Person.id.in_(filling), Person.active).order_by(Person.id))
    return [each for each in people if any(post.id in absent for post in posts(session, each, today).values())]


def acting_for(deputy: Actor, absent: Person) -> Actor:
    """The deputy, filling the post: with its roles and no other, and none of what an Administrator may."""
    return replace(deputy, roles=roles_of(absent) & frozenset(CARRIES), for_id=absent.id)


def deciders(session: Session, roles: Iterable[Role], today: dt.date) -> list[tuple[frozenset[int], str]]:
    """Who may decide what takes one of these roles, by name, with those who answer for it: the people who hold
    them, then deputies whose cover runs, as "A for B". One statement."""
    wanted = [role.value for role in roles]
    fillable = [role.value for role in roles if role in CARRIES]
    away = _person.alias("away")
    names = (_person.c.id, _person.c.first_name, _person.c.last_name)
    held: Select[tuple[int, str, str, int | None, str, str]] = (
        select(*names, null().label("for_id"), literal("").label("for_first"), literal("").label("for_last"))
        .where(_person.c.id.in_(_holders(wanted)), _person.c.active)
    )  # fmt: skip
    filled = (
        select(*names, away.c.id, away.c.first_name, away.c.last_name)
        .join(_absence, _absence.c.deputy_id == _person.c.id)
        .join(away, away.c.id == _absence.c.absent_id)
        .where(runs(today), _person.c.active, away.c.active, away.c.id.in_(_holders(fillable)))
    )
    every = held.union_all(filled).subquery()
    ordered = select(every).order_by(
        every.c.for_id.is_not(None), every.c.last_name, every.c.first_name, every.c.for_last, every.c.for_first
    )
    found = []
    for row in session.connection().execute(ordered):
        name, people = f"{row.first_name} {row.last_name}", frozenset({row.id})
        if row.for_id is not None:
            name, people = told(name, f"{row.for_first} {row.for_last}"), people | {row.for_id}
        found.append((people, name))
    return found


def told(name: str, other: str | None) -> str:
    """How somebody is told of who filled another's post."""
    return _("%(name)s for %(other)s", name=name, other=other) if other else name


def _holders(roles: list[str]) -> Select[tuple[int]]:
    role, link = Model.metadata.tables["ab_role"], Model.metadata.tables["ab_user_role"]
    return select(link.c.user_id).join(role, role.c.id == link.c.role_id).where(role.c.name.in_(roles))
