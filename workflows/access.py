"""Who may do what, as one table. It feeds FAB_ROLES, so that rights are answered from memory."""

from collections.abc import Collection
from enum import Flag, StrEnum, auto

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


class Role(StrEnum):
    """The ten roles of domain section 1. The value is the role's name in the database."""

    officer = auto()
    manager = auto()
    head = auto()
    director = auto()
    partner = auto()
    contributor = auto()
    provider = auto()
    care_manager = auto()
    auditor = auto()
    administrator = auto()


NO_ROLE: frozenset[Role] = frozenset()
"""Of a step that a job of the console takes, and nobody."""


class Resource(StrEnum):
    """What rights are given on. A screen's `class_permission_name` is one of these."""

    services = auto()
    providers = auto()
    contacts = auto()
    contact_notes = auto()
    visits = auto()
    suspensions = auto()
    successions = auto()
    complaints = auto()
    feedback = auto()
    plans = auto()
    actions = auto()
    meetings = auto()
    contracts = auto()
    standing = auto()
    licences = auto()
    continuity = auto()
    safeguarding = auto()
    validations = auto()
    evidence = auto()
    placements = auto()
    rating_alerts = auto()
    checks = auto()
    authorities = auto()
    shares = auto()
    letters = auto()
    outbox = auto()
    registers = auto()
    arrivals = auto()
    attachments = auto()
    diary = auto()
    planner = auto()
    calendars = auto()
    bands = auto()
    purchasing = auto()
    agencies = auto()
    frameworks = auto()
    words = auto()
    """What the framework calls things: those of its rows that stand on everybody's pages."""
    accounts = auto()
    allocation = auto()
    absences = auto()
    saved_views = auto()
    exports = auto()
    history = auto()
    help = auto()
    tokens = auto()


class Scope(StrEnum):
    """What a token is good for. To write, or to take steps, is also to read."""

    read = auto()
    write = auto()
    steps = auto()


class Right(Flag):
    """What may be done with the rows of a resource that a person may see."""

    read = auto()
    add = auto()
    edit = auto()


NONE, LOOK = Right(0), Right.read
EDIT = Right.read | Right.edit
MAKE = Right.read | Right.add
WORK = Right.read | Right.add | Right.edit

ROLE_NAMES: dict[Role, LazyString] = {
    Role.officer: _l("Officer"),
    Role.manager: _l("Manager"),
    Role.head: _l("Head of Service"),
    Role.director: _l("Director"),
    Role.partner: _l("Partner"),
    Role.contributor: _l("Contributor"),
    Role.provider: _l("Provider"),
    Role.care_manager: _l("Care Manager"),
    Role.auditor: _l("Auditor"),
    Role.administrator: _l("Administrator"),
}

# fmt: off
RIGHTS: dict[Resource, tuple[Right, ...]] = {
    #                        Officer Manager Head  Director Partner Contrib Provider CareMan Auditor Admin
    Resource.services:      (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    LOOK,   LOOK,   NONE),
    Resource.providers:     (LOOK,   LOOK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    LOOK,   LOOK,   NONE),
    Resource.contacts:      (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   LOOK,    NONE,   LOOK,   NONE),
    Resource.contact_notes: (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.visits:        (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    NONE,   LOOK,   NONE),
    Resource.suspensions:   (WORK,   WORK,   EDIT, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.successions:   (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.complaints:    (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   NONE,    NONE,   LOOK,   NONE),
    Resource.feedback:      (WORK,   WORK,   LOOK, LOOK,    LOOK,   WORK,   LOOK,    WORK,   LOOK,   NONE),
    Resource.plans:         (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   WORK,    NONE,   LOOK,   NONE),
    Resource.actions:       (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   WORK,    NONE,   LOOK,   NONE),
    Resource.meetings:      (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    NONE,   LOOK,   NONE),
    Resource.contracts:     (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   NONE,    NONE,   LOOK,   NONE),
    Resource.standing:      (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   LOOK,    NONE,   LOOK,   NONE),
    Resource.licences:      (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   LOOK,    NONE,   LOOK,   NONE),
    Resource.continuity:    (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   LOOK,    NONE,   LOOK,   NONE),
    Resource.safeguarding:  (WORK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   NONE,    NONE,   LOOK,   NONE),
    Resource.validations:   (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    WORK,   LOOK,   NONE),
    Resource.evidence:      (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.placements:    (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    LOOK,   LOOK,   NONE),
    Resource.rating_alerts: (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    LOOK,   LOOK,   NONE),
    Resource.checks:        (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    WORK,   LOOK,   NONE),
    Resource.authorities:   (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    LOOK,   LOOK,   WORK),
    Resource.shares:        (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.letters:       (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   LOOK,    NONE,   LOOK,   NONE),
    Resource.outbox:        (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.registers:     (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.arrivals:      (LOOK,   MAKE,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.attachments:   (WORK,   WORK,   WORK, LOOK,    LOOK,   LOOK,   LOOK,    LOOK,   LOOK,   NONE),
    Resource.diary:         (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.planner:       (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.calendars:     (MAKE,   MAKE,   MAKE, MAKE,    NONE,   NONE,   NONE,    NONE,   LOOK,   LOOK),
    Resource.bands:         (WORK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.purchasing:    (LOOK,   LOOK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    LOOK,   LOOK,   NONE),
    Resource.agencies:      (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   WORK),
    Resource.frameworks:    (LOOK,   WORK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   LOOK),
    Resource.words:         (LOOK,   WORK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    LOOK,   LOOK,   LOOK),
    Resource.accounts:      (NONE,   NONE,   NONE, NONE,    NONE,   NONE,   NONE,    NONE,   LOOK,   WORK),
    Resource.allocation:    (NONE,   EDIT,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.absences:      (MAKE,   MAKE,   MAKE, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.saved_views:   (WORK,   WORK,   WORK, WORK,    WORK,   WORK,   WORK,    WORK,   WORK,   WORK),
    Resource.exports:       (LOOK,   LOOK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    LOOK,   LOOK,   LOOK),
    Resource.history:       (LOOK,   LOOK,   LOOK, LOOK,    NONE,   NONE,   NONE,    NONE,   LOOK,   NONE),
    Resource.help:          (LOOK,   LOOK,   LOOK, LOOK,    LOOK,   LOOK,   LOOK,    LOOK,   LOOK,   LOOK),
    Resource.tokens:        (MAKE,   MAKE,   MAKE, MAKE,    MAKE,   MAKE,   MAKE,    MAKE,   MAKE,   MAKE),
}
# fmt: on

COLUMN = {role: place for place, role in enumerate(Role)}
"""Where each role stands in the rows above."""

ASCENDING = (Role.manager, Role.head)
"""What "a role and above" runs over; Directors only record the board's decisions (domain section 1)."""


def rights(roles: Collection[Role], resource: Resource) -> Right:
    """What these roles together may do with a resource. Nobody's roles may do nothing."""
    found, row = NONE, RIGHTS[resource]
    for role in roles:
        found |= row[COLUMN[role]]
    return found


def and_above(role: Role) -> frozenset[Role]:
    """The role and those above it: Manager, then Head of Service."""
    return frozenset(ASCENDING[ASCENDING.index(role) :])


def who(roles: Collection[Role]) -> str:
    """The names of roles, for "… may do this" in a refusal, in the order of the domain's table."""
    return ", ".join(str(ROLE_NAMES[role]) for role in Role if role in roles)


def fab_roles() -> dict[str, list[list[str]]]:
    """The table as FAB_ROLES: role name -> [resource pattern, permission pattern].

    FAB matches prefixes, so both patterns are anchored: `visits` must not grant `visits_secret`.
    """
    table: dict[str, list[list[str]]] = {}
    for position, role in enumerate(Role):
        lines = table[role.value] = []
        for resource, row in RIGHTS.items():
            names = "|".join(right.name or "" for right in Right if right in row[position])
            if names:
                lines.append([f"^{resource}$", f"^can_({names})$"])
                lines.append([f"^menu_{resource}$", "^menu_access$"])
    return table
