"""The band that a service stands in: proposed by an officer, decided by whom the framework names (domain section 8)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from models.base import session_of
from models.framework import Band, BandSubject, Decision, Framework, FrameworkState, Scheme
from models.risk import BandState, ServiceBand
from workflows import framework
from workflows.access import Role
from workflows.actor import Actor
from workflows.engine import Workflow
from workflows.gate import ByHand, Refused
from workflows.providers import OFFICERS
from workflows.steps import Approver, Step

S = BandState
FIELDS = ("service_id", "scheme", "band", "grounds")

# --- what is written by hand ---


def is_known(item: ServiceBand, actor: Actor) -> Refused | None:
    """A proposal names a band of the framework in force, and says why."""
    scheme, band, rules = Scheme.__table__, Band.__table__, Framework.__table__
    connection = session_of(item).connection()
    here = select(scheme.c.id).join(rules, rules.c.id == scheme.c.framework_id)
    here = here.where(rules.c.state == FrameworkState.in_force, scheme.c.key == item.scheme)
    if connection.execute(here.where(scheme.c.subject == BandSubject.service)).first() is None:
        told = _("The framework in force grades services by no such scheme. Choose one of the list.")
        return Refused(told, fields={"scheme": told})
    within = select(band.c.id).join(rules, rules.c.id == band.c.framework_id)
    within = within.where(rules.c.state == FrameworkState.in_force, band.c.scheme == item.scheme)
    if connection.execute(within.where(band.c.key == item.band)).first() is None:
        told = _("The scheme has no such band. Choose a band of the same scheme.")
        return Refused(told, fields={"band": told})
    if not (item.grounds or "").strip():
        told = _("Say what puts the service there.")
        return Refused(told, fields={"grounds": told})
    return None


# --- the steps ---


def whoever_confirms(item: ServiceBand) -> Approver:
    return framework.approver(session_of(item), Decision.confirm_band)


def by_author_or_manager(item: ServiceBand, actor: Actor) -> str | None:
    if item.created_by_id == actor.person_id or Role.manager in actor.roles:
        return None
    return _("Only its author or a Manager may withdraw it.")


def replace_former(item: ServiceBand, actor: Actor, values: Mapping[str, Any]) -> None:
    """The band confirmed before ends on the day: its row is older, so it is written first."""
    item.from_on = actor.today
    former = select(ServiceBand).where(
        ServiceBand.service_id == item.service_id,
        ServiceBand.scheme == item.scheme,
        ServiceBand.state == S.confirmed,
        ServiceBand.id != item.id,
    )
    for each in session_of(item).scalars(former):
        each.state, each.until_on = S.replaced, actor.today


WORKFLOW = Workflow(
    ServiceBand,
    Step(
        "confirm",
        _l("Confirm"),
        frozenset({S.proposed}),
        S.confirmed,
        roles=whoever_confirms,
        does=_l("The service stands in this band from today, in place of the one before, and its diary follows."),
        effect=replace_former,
        clause="XX",
        decides=True,
    ),
    Step(
        "reject",
        _l("Reject"),
        frozenset({S.proposed}),
        S.rejected,
        roles=whoever_confirms,
        does=_l("The service stays in the band in which it is. Whoever proposed this reads why."),
        clause="XX",
        decides=True,
        needs_note=True,
    ),
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({S.proposed}),
        S.withdrawn,
        roles=OFFICERS,
        does=_l("Nobody is to decide it any more."),
        guards=[by_author_or_manager],
    ),
    by_hand=ByHand(fields=frozenset(FIELDS), states=frozenset({S.proposed}), check=is_known),
    desk={"confirm": None},
    named=(ServiceBand.service,),
)
