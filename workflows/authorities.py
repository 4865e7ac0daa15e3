"""Host authorities: which one a service lies in, how to reach it, and loading the list of them (domain section 11)."""

import csv
import io
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.authorities import AuthorityContact, AuthorityKind, HostAuthority, Nation
from models.ledger import LedgerKind
from models.providers import RegisterImport
from workflows.actor import Actor
from workflows.gate import BY_HAND, ByHand, Refused, maintenance, record

AUTHORITY = ("name", "nation", "kind", "register_name", "active")
CONTACT = ("authority_id", "post", "email", "phone", "address", "left_on")


def host_of(session: Session, local_authority: str | None) -> int | None:
    """The id of the authority that a register means by its word for where a service lies; None where none is known."""
    if not local_authority:
        return None
    table, told = HostAuthority.__table__, local_authority.strip().lower()
    found: int | None = (
        session.connection()
        .execute(
            select(table.c.id)
            .where(table.c.active, or_(func.lower(table.c.register_name) == told, func.lower(table.c.name) == told))
            .order_by(table.c.id)
            .limit(1)
        )
        .scalar()
    )
    return found


def authority_is_sound(authority: HostAuthority, actor: Actor) -> Refused | None:
    trust = authority.kind is AuthorityKind.health_and_social_care_trust
    if authority.kind is not None and trust != (authority.nation is Nation.northern_ireland):
        return Refused(
            _("In Northern Ireland, and only there, health and social care trusts are responsible. Check the kind.")
        )
    return None


def contact_is_reachable(contact: AuthorityContact, actor: Actor) -> Refused | None:
    if not (contact.email or contact.phone or contact.address):
        return Refused(_("Give an email address, a phone number or a postal address."))
    return None


BY_HAND[HostAuthority] = ByHand(frozenset(AUTHORITY), check=authority_is_sound)
BY_HAND[AuthorityContact] = ByHand(frozenset(CONTACT), check=contact_is_reachable)


@dataclass
class Loaded:
    added: int = 0
    changed: int = 0


def load(session: Session, path: Path) -> Loaded:
    """Add the authorities of a file, and correct what it says otherwise of one of the same name. Ends none of them.

    Safe to repeat: contacts, and whether one is in use, stay as people have them. One ledger entry tells of it.
    """
    content = path.read_bytes()
    rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
    known = {each.name: each for each in session.scalars(select(HostAuthority))}
    done = Loaded()
    changes: dict[str, list[Any]] = {}
    with maintenance("authorities load"):
        for row in rows:
            told = {
                "nation": Nation(row["nation"]),
                "kind": AuthorityKind(row["kind"]),
                "register_name": row["register_spelling"] or None,
            }
            found = known.get(row["name"])
            if found is None:
                session.add(HostAuthority(name=row["name"], **told))
                changes[row["name"]] = [None, "added"]
                done.added += 1
            elif any(getattr(found, name) != value for name, value in told.items()):
                changes[found.name] = [None, "changed"]
                for name, value in told.items():
                    setattr(found, name, value)
                done.changed += 1
        if changes:
            entry = RegisterImport(
                source=path.name, sha256=sha256(content).hexdigest(), added=done.added, changed=done.changed
            )
            session.add(entry)
            record(session, LedgerKind.imported, entry, changes)
    return done
