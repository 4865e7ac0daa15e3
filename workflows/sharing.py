"""Sharing a record with a partner agency: the two steps that any workflow may have (domain section 12)."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.base import session_of
from models.outbox import MailKind
from models.people import Agency
from models.sharing import Share
from workflows import outbox
from workflows.actor import Actor
from workflows.providers import OFFICERS
from workflows.steps import Input, InputKind, Step


def steps(states: Iterable[Any]) -> tuple[Step, Step]:
    """Share with an agency, and stop sharing, from these states. A draft is shared with nobody."""
    return (
        Step(
            "share",
            _l("Share with an agency"),
            frozenset(states),
            None,
            roles=OFFICERS,
            does=_l("The people of that agency can read this record, though not its internal parts."),
            inputs=(Input("agency_id", _l("Agency"), InputKind.choice, sets=False, options=agencies),),
            accepts=may_be_shared,
            effect=share,
            clause="SA 3.3.5",
            needs_note=True,
        ),
        Step(
            "stop_sharing",
            _l("Stop sharing"),
            frozenset(states),
            None,
            roles=OFFICERS,
            does=_l("The people of that agency can no longer read this record."),
            guards=[is_shared],
            inputs=(Input("agency_id", _l("Agency"), InputKind.choice, sets=False, options=agencies),),
            accepts=may_be_ended,
            effect=stop_sharing,
            needs_note=True,
        ),
    )


def agencies(session: Session) -> list[tuple[int, str]]:
    """The agencies in use. The list is short: it is the council's own."""
    rows = session.execute(select(Agency.id, Agency.name).where(Agency.active).order_by(Agency.name))
    return [(row.id, row.name) for row in rows]


def shares_of(item: Any) -> list[Share]:
    """With whom a record is shared now, as far as the actor may read of sharing."""
    rows = select(Share).options(joinedload(Share.agency)).where(*_about(item), Share.ended_on.is_(None))
    return list(session_of(item).scalars(rows.order_by(Share.id)))


def is_shared(item: Any, actor: Actor) -> str | None:
    return None if shares_of(item) else _("This is shared with no agency.")


def may_be_shared(item: Any, actor: Actor, values: Mapping[str, Any]) -> str | None:
    agency = session_of(item).get(Agency, values["agency_id"])
    if agency is None or not agency.active:
        return _("Choose an agency that is in use.")
    if agency.agreement_on is None:
        return _(
            "No sharing agreement with %(agency)s is recorded. Ask an Administrator to record when it was agreed.",
            agency=agency,
        )
    if _with(item, values["agency_id"]) is not None:
        return _("This is shared with %(agency)s already.", agency=agency)
    return None


def may_be_ended(item: Any, actor: Actor, values: Mapping[str, Any]) -> str | None:
    return None if _with(item, values["agency_id"]) else _("This is not shared with that agency.")


def share(item: Any, actor: Actor, values: Mapping[str, Any]) -> None:
    session, agency_id = session_of(item), values["agency_id"]
    session.add(Share(record_type=item.__tablename__, record_id=item.id, agency_id=agency_id, shared_on=actor.today))
    outbox.post(session, MailKind.agency_shared, item, session.get_one(Agency, agency_id), actor)


def stop_sharing(item: Any, actor: Actor, values: Mapping[str, Any]) -> None:
    found = _with(item, values["agency_id"])
    if found is not None:
        found.ended_on = actor.today


def _about(item: Any) -> tuple[Any, Any]:
    return Share.record_type == item.__tablename__, Share.record_id == item.id


def _with(item: Any, agency_id: int) -> Share | None:
    return (
        session_of(item)
        .scalars(select(Share).where(*_about(item), Share.agency_id == agency_id, Share.ended_on.is_(None)))
        .first()
    )
