"""Accounts: who may come in, and what ends a session (domain section 1)."""

import secrets
from collections.abc import Collection

from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from models.people import Person
from workflows.access import Role
from workflows.gate import Refused

SHORTEST = 12


def why_not(password: str, person: Person) -> str | None:
    """Why this will not do as a password, or None."""
    if len(password) < SHORTEST:
        return _("Choose a password of at least %(length)s characters.", length=SHORTEST)
    if person.username.casefold() in password.casefold():
        return _("Choose a password that does not contain the user name.")
    if len(set(password)) < 5:
        return _("Choose a password with more different characters.")
    return None


def end_sessions(person: Person) -> None:
    """Every session that this person has anywhere ends with the next thing asked of it."""
    person.session_version = (person.session_version or 0) + 1


def change_password(person: Person, old: str, new: str) -> None:
    """A person's own change. Every session ends; the one it was done in is begun anew by the caller."""
    if not check_password_hash(person.password, old):
        raise Refused(_("The password you use now is not that."))
    if old == new:
        raise Refused(_("Choose another password than the one you use now."))
    if reason := why_not(new, person):
        raise Refused(reason)
    person.password = generate_password_hash(new)
    person.must_change_password = False
    end_sessions(person)


def reset_password(person: Person) -> str:
    """An Administrator's reset: a made-up password, to be told once and changed at the next sign-in."""
    made_up = secrets.token_urlsafe(12)
    person.password = generate_password_hash(made_up)
    person.must_change_password = True
    end_sessions(person)
    return made_up


def set_active(person: Person, active: bool) -> None:
    """Deactivating ends every session; the account and its history stay."""
    person.active = active
    end_sessions(person)


def set_roles(session: Session, person: Person, roles: Collection[Role]) -> None:
    """The roles that a person holds. A changed role ends sessions, so that no page of the old one stays open."""
    if not roles:
        raise Refused(_("Choose at least one role."))
    wanted = [role.value for role in roles]
    rows = list(session.scalars(select(RoleRow).where(RoleRow.name.in_(wanted))))
    if {row.name for row in rows} != set(wanted):
        raise Refused(_("These roles are not in the database yet. Run “careward roles sync”."))
    if {row.name for row in person.roles} != set(wanted):
        person.roles = rows
        end_sessions(person)


def belongs(roles: Collection[Role], agency_id: int | None, provider_id: int | None) -> str | None:
    """Why roles do not fit where a person comes from, or None."""
    if set(roles) & {Role.partner, Role.contributor} and agency_id is None:
        return _("A Partner or Contributor belongs to an agency. Choose it.")
    if Role.provider in roles and provider_id is None:
        return _("A Provider's account belongs to a provider. Choose it.")
    if Role.provider not in roles and provider_id is not None:
        return _("Only an account with the role Provider belongs to a provider.")
    return None
