"""Tokens by which programs act for a person: made and revoked by that person, and what ends them (XX).

A program may never do more than its person may now: it acts with the roles of today, narrowed by its scopes. A
token works until its last day, until it is revoked, and until its person's sessions end: by a new password, other
roles, or a deactivated account. What it cannot know it does not outlive.
"""

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import Group
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from models.people import Person
from models.tokens import ApiAnswer, ApiToken, TokenState
from workflows.access import Resource, Role, Scope
from workflows.actor import Actor
from workflows.engine import Workflow
from workflows.gate import ByHand, Refused
from workflows.steps import Step

LONGEST = dt.timedelta(days=366)
KEPT = dt.timedelta(hours=24)
"""How long the answer to a repeated request is kept."""
_token, _answer = ApiToken.__table__, ApiAnswer.__table__


def known_scopes() -> list[str]:
    """Every scope that there is: everywhere, and in each area."""
    return [scope.value for scope in Scope] + [f"{scope}:{resource}" for resource in Resource for scope in Scope]


def _owned(token: ApiToken, actor: Actor) -> str | None:
    if actor.scopes is not None:
        return _("Tokens are kept by people who sign in, never by another token.")
    if actor.for_id is not None:
        return _("Tokens are kept in one's own name, never for another's post. Act as yourself again.")
    if token.person_id != actor.person_id and Role.administrator not in actor.roles:
        return _("A token is revoked by its owner, or by an Administrator.")
    return None


def _may_be_made(token: ApiToken, actor: Actor) -> Refused | None:
    if actor.scopes is not None:
        return Refused(_("Tokens are kept by people who sign in, never by another token."))
    if actor.for_id is not None:
        return Refused(_("Tokens are kept in one's own name, never for another's post. Act as yourself again."))
    if token.person_id != actor.person_id:
        return Refused(_("A token acts as whoever makes it: nobody makes one for another."))
    if not token.scopes or not set(token.scopes) <= set(known_scopes()):
        return Refused(_("Choose what the token is good for."))
    if not actor.today <= token.expires_on <= actor.today + LONGEST:
        return Refused(_("A token works for a year at most, from today on. Choose its last day."))
    return None


WORKFLOW = Workflow(
    ApiToken,
    Step(
        "revoke",
        _l("Revoke"),
        frozenset({TokenState.in_use}),
        TokenState.revoked,
        roles=frozenset(Role),
        does=_l("Programs that use this token are refused from now on. That cannot be undone."),
        guards=[_owned],
    ),
    by_hand=ByHand(
        frozenset({"person_id", "name", "prefix", "secret_sha256", "scopes", "expires_on", "session_version"}),
        edit=False,
        check=_may_be_made,
    ),
)


def make(session: Session, actor: Actor, name: str, scopes: Collection[str], last: dt.date) -> tuple[ApiToken, str]:
    """A new token of the actor's own, and its text, which is told once. The caller commits."""
    person = session.get(Person, actor.person_id)
    if person is None:
        raise Refused(_("Nobody is acting: sign in first."))
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    token = ApiToken(
        person_id=person.id,
        name=name,
        prefix=prefix,
        secret_sha256=_digest(secret),
        scopes=sorted(scopes),
        expires_on=last,
        session_version=person.session_version,
    )
    session.add(token)
    return token, f"cw_{prefix}_{secret}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- knowing one -------------------------------------------------------------------------------------------------


class Unknown(Exception):
    """No token that lets anybody in: a sentence for whoever sent it."""


@dataclass(frozen=True)
class Bearer:
    """Whoever sent a token that is good: the person, what the token is good for, and when it was last used."""

    token_id: int
    person: Person
    scopes: frozenset[str]
    last_used_on: dt.date | None


def bearer(session: Session, text: str, today: dt.date) -> Bearer:
    """Whose token this is, or Unknown. Nobody acts yet, so the table is asked, as for a session's person.

    Why a token no longer works is told only to whoever holds its secret.
    """
    parts = re.fullmatch(r"cw_([0-9a-f]{10})_([\w-]+)", text, re.ASCII)
    prefix, secret = parts.groups() if parts else ("", "")
    row: Any = session.connection().execute(select(_token).where(_token.c.prefix == prefix)).mappings().first()
    # An unknown prefix takes as long as a known one.
    same = hmac.compare_digest(_digest(secret), row["secret_sha256"] if row is not None else _digest(""))
    if row is None or not same:
        raise Unknown(_("This token is not known. Check it, or make a new one in the console."))
    if row["state"] is not TokenState.in_use:
        raise Unknown(_("This token was revoked. Make a new one in the console."))
    if row["expires_on"] < today:
        raise Unknown(_("This token has expired. Make a new one in the console."))
    options = [joinedload(Person.roles), joinedload(Person.groups).joinedload(Group.roles)]
    person = session.get(Person, row["person_id"], options=options)
    if person is None or not person.active or person.session_version != row["session_version"]:
        raise Unknown(_("The password, the roles or the account changed after this token was made. Make a new one."))
    if person.must_change_password:
        raise Unknown(_("The password must be changed first: sign in to the console."))
    return Bearer(row["id"], person, frozenset(row["scopes"]), row["last_used_on"])


def note_use(session: Session, token_id: int, now: dt.datetime, today: dt.date) -> None:
    """Note the day on which a token is used, and sweep the answers that are kept no longer. The caller commits.

    Bookkeeping of the console's own: no version is counted and no history told.
    """
    connection = session.connection()
    unused = or_(_token.c.last_used_on.is_(None), _token.c.last_used_on < today)
    connection.execute(update(ApiToken).where(_token.c.id == token_id, unused).values(last_used_on=today))
    connection.execute(delete(ApiAnswer).where(_answer.c.at < now - KEPT))


# --- the same request again --------------------------------------------------------------------------------------


def answered(session: Session, token_id: int, key: str, now: dt.datetime) -> Any:
    """The answer that this key was given within a day, or None."""
    of_it = select(_answer).where(_answer.c.token_id == token_id, _answer.c.key == key, _answer.c.at >= now - KEPT)
    return session.connection().execute(of_it).mappings().first()


def claim(session: Session, token_id: int, key: str, fingerprint: str, now: dt.datetime) -> int:
    """Take the key, in the transaction of what it is taken for: of two at once the second waits, and then fails."""
    connection = session.connection()
    row = {"token_id": token_id, "key": key, "fingerprint": fingerprint, "at": now}
    old = (_answer.c.token_id == token_id, _answer.c.key == key, _answer.c.at < now - KEPT)
    connection.execute(delete(ApiAnswer).where(*old))
    done = connection.execute(insert(ApiAnswer).values(**row, status=0, headers={}, body="").returning(_answer.c.id))
    return int(done.scalar_one())


def keep(session: Session, answer_id: int, status: int, headers: dict[str, str], body: str) -> None:
    """Keep what was answered, in the same transaction."""
    told = {"status": status, "headers": headers, "body": body}
    connection = session.connection()
    connection.execute(update(ApiAnswer).where(_answer.c.id == answer_id).values(**told))
