"""Who is acting, and when: one value, set once per request, job or command."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field, replace
from typing import Any

from models.base import LONDON
from models.people import Person
from workflows.access import NONE, Resource, Right, Role, Scope, rights


@dataclass(frozen=True, eq=False)
class Actor:
    """Somebody, or a job of the console itself, acting at a moment. Nothing else reads a clock."""

    roles: frozenset[Role]
    now: dt.datetime
    person_id: int | None = None
    for_id: int | None = None
    """Whose post a deputy fills now, with the roles of that post: all that is done is told as "A for B"."""
    agency_id: int | None = None
    provider_id: int | None = None
    job: str = ""
    """For the console itself: which job. It sees all rows; people never carry one."""
    scopes: frozenset[str] | None = None
    """For a program that acts for a person: what its token is good for, everywhere (`read`) or in one area
    (`read:visits`). None for people themselves, who are narrowed by nothing but their roles."""
    memo: dict[str, Any] = field(default_factory=dict, init=False)
    """What was worked out once for this actor: the framework's words and its approval rules."""

    @property
    def today(self) -> dt.date:
        """The date on the office wall."""
        return self.now.astimezone(LONDON).date()

    @property
    def post_id(self) -> int | None:
        """Whose work is "my own" now: that of the post which is filled, else the person's. For officer columns alone:
        what only somebody themself may do (a password, a token, a saved list) asks for `person_id`."""
        return self.for_id or self.person_id

    @property
    def people(self) -> frozenset[int]:
        """Who answers for what is done now: the person and, while a post is filled, its holder."""
        return frozenset(each for each in (self.person_id, self.for_id) if each is not None)

    @property
    def works_here(self) -> bool:
        """Whether this is somebody of the council's own who reads the records (domain section 1)."""
        return bool(self.job) or bool(self.roles & COUNCIL)

    def has_scope(self, scope: Scope, resource: Resource) -> bool:
        """Whether the token, if this is a program, is good for this in this area."""
        if self.scopes is None:
            return True
        enough = tuple(Scope) if scope is Scope.read else (scope,)
        return any({each.value, f"{each}:{resource}"} & self.scopes for each in enough)

    def rights(self, resource: Resource) -> Right:
        """What this actor may do with a resource: by their roles, and no more than their token is good for."""
        found = rights(self.roles, resource)
        if not self.has_scope(Scope.read, resource):
            return NONE
        return found if self.has_scope(Scope.write, resource) else found & Right.read

    @property
    def label(self) -> str:
        """What the ledger says acted: the roles, or the job."""
        return self.job or ", ".join(role.value for role in Role if role in self.roles)


COUNCIL = frozenset({Role.officer, Role.manager, Role.head, Role.director, Role.auditor})

_current: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor | None:
    """Whoever acts now. None: nobody, who sees no rows and changes none."""
    return _current.get()


def set_current(actor: Actor | None) -> Token[Actor | None]:
    """Say who acts from here on; for a request, which ends it by `reset_current`."""
    return _current.set(actor)


def reset_current(token: Token[Actor | None]) -> None:
    """Whoever acted before acts again."""
    _current.reset(token)


@contextmanager
def acting(actor: Actor | None) -> Iterator[Actor | None]:
    """Everything inside happens as this actor, at the actor's moment."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


def roles_of(person: Person) -> frozenset[Role]:
    """The roles that a person holds, by themself or by a group. Those that this version does not know give nothing."""
    names = {role.name for role in person.roles} | {role.name for group in person.groups for role in group.roles}
    return frozenset(role for role in Role if role.value in names)


def actor_for(person: Person, now: dt.datetime) -> Actor:
    """The actor that a signed-in person is."""
    return Actor(
        roles=roles_of(person),
        now=now,
        person_id=person.id,
        agency_id=person.agency_id,
        provider_id=person.provider_id,
    )


def system(job: str, now: dt.datetime) -> Actor:
    """The console itself, doing a named job: an import, the clock, a command at the server."""
    return Actor(roles=frozenset(), now=now, job=job)


def at(actor: Actor, now: dt.datetime) -> Actor:
    """The same actor at another moment."""
    return replace(actor, now=now)
