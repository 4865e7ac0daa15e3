"""The register's records in the council's hands: allocation, contacts and contact notes (domain section 2)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import session_of
from models.framework import Framework, FrameworkState
from models.meetings import Meeting, MeetingKind, MeetingOrigin, mdt_is_open
from models.people import Agency
from models.providers import NOT_BOUGHT, Contact, ContactNote, Provider, Service, ServicePart
from workflows import framework, merging
from workflows.access import Resource, Role
from workflows.actor import Actor
from workflows.engine import Workflow, people_with
from workflows.gate import BY_HAND, ByHand, Refused
from workflows.parts import key_of, stays
from workflows.steps import Input, InputKind, Step
from workflows.visibility import attachable

OFFICERS = frozenset({Role.officer, Role.manager})
"""Where the domain says Officer, a Manager is meant too (domain section 1)."""


def may_be_allocated(session: Session) -> list[tuple[int, str]]:
    """The people to whom services and visits are given."""
    return people_with(session, OFFICERS)


def is_officer(item: Any, actor: Actor, values: Mapping[str, Any], field: str) -> str | None:
    """Why this person cannot be given the work, or None."""
    if values.get(field) not in dict(may_be_allocated(session_of(item))):
        return _("Choose an officer or manager who has an account in use.")
    return None


def no_mdt_is_open(service: Service, actor: Actor) -> str | None:
    if mdt_is_open(session_of(service), service):
        return _("An MDT about this service is asked for or under way already.")
    return None


def request_mdt(service: Service, actor: Actor, values: Mapping[str, Any]) -> None:
    """A provider may ask for a multi-disciplinary team to support it, as the council may (HA 3.63)."""
    session = session_of(service)
    session.add(
        Meeting(
            kind=MeetingKind.mdt,
            activity_type_id=framework.only_meeting(session, MeetingKind.mdt, service.service_type),
            origin=MeetingOrigin.provider if Role.provider in actor.roles else MeetingOrigin.council,
            service_id=service.id,
            provider_id=service.provider_id,
            name=values["subject"],
            purpose=values["purpose"],
        )
    )


def is_watched(service: Service) -> bool:
    """Whether the council watches a service of the register: it lies in its area, or the council buys from it (XX)."""
    in_force = select(Framework.authority).where(Framework.state == FrameworkState.in_force)
    return service.local_authority == session_of(service).scalar(in_force) or service.commissioning not in NOT_BOUGHT


MERGED = _l("That service was merged into another. Choose the one that was kept.")

WORKFLOW = Workflow(
    Service,
    Step(
        "allocate",
        _l("Allocate an officer"),
        frozenset({None}),
        None,
        roles=frozenset({Role.manager}),
        does=_l("The officer becomes the linked officer of this service and finds it on their home page."),
        inputs=(Input("allocated_officer_id", _l("Officer"), InputKind.choice, options=may_be_allocated),),
        accepts=lambda item, actor, values: is_officer(item, actor, values, "allocated_officer_id"),
        applies=merging.stands,
        gives="allocated_officer_id",
        clause="HA 2.2",
    ),
    Step(
        "request_mdt",
        _l("Request an MDT"),
        frozenset({None}),
        None,
        roles=OFFICERS | {Role.provider},
        does=_l("A Head of Service is asked to convene a multi-disciplinary team meeting about this service."),
        applies=merging.stands,
        guards=[no_mdt_is_open],
        inputs=(
            Input(
                "subject",
                _l("What it is about"),
                InputKind.line,
                sets=False,
                hint=_l("In one line, without personal content. The provider and those who attend read this."),
            ),
            Input("purpose", _l("Why it is needed"), sets=False, hint=_l("The council reads this.")),
        ),
        effect=request_mdt,
        clause="HA 3.63",
    ),
    Step(
        "merge_into",
        _l("Merge into another service"),
        frozenset({None}),
        None,
        roles=frozenset({Role.manager}),
        does=_l(
            "The two are one: every record of this one is from now on the other's, with its history. "
            "This entry stays, stands in no list, and its address leads to the other."
        ),
        inputs=(Input("merged_into_id", _l("The service that is kept"), InputKind.record, model=Service),),
        accepts=merging.may_merge,
        effect=merging.merge,
        applies=merging.stands,
        needs_note=True,
        clause="XX",
    ),
    by_hand=ByHand(frozenset({"commissioning"}), add=False, check=lambda service, actor: _not_merged(service)),
)


def _not_merged(service: Service) -> Refused | None:
    return None if merging.stands(service) else Refused(str(MERGED))


def belongs_together(session: Session, provider_id: int, service_id: int | None, part_id: int | None) -> str | None:
    """Why a provider, a service and a part of it do not fit each other, or None. Asks the tables, not the policy."""
    service, part = Service.__table__, ServicePart.__table__
    connection = session.connection()
    if service_id is not None:
        owned = select(service.c.provider_id, service.c.merged_into_id).where(service.c.id == service_id)
        owner, merged = connection.execute(owned).one_or_none() or (None, None)
        if merged is not None:
            return str(MERGED)
        if owner != provider_id:
            return _("That service is not one of this provider's. Choose the provider that runs it.")
    if part_id is not None:
        home = connection.execute(select(part.c.service_id).where(part.c.id == part_id)).scalar()
        if home != service_id:
            return _("That unit or property is not part of this service. Choose the service that it belongs to.")
    return None


def fits(item: Any, actor: Actor) -> Refused | None:
    """Why the provider and the service that a record names do not belong together, or None. For `ByHand.check`."""
    provider, service = key_of(item, "provider"), key_of(item, "service")
    reason = belongs_together(session_of(item), provider, service, None) if provider else None
    return Refused(reason) if reason else None


def _own_note(item: ContactNote, actor: Actor) -> Refused | None:
    if item.created_by_id not in (None, actor.person_id) and Role.manager not in actor.roles:
        return Refused(
            _("Somebody else wrote this note. Write a new note beside it."), may=_("its author, or a Manager")
        )
    return fits(item, actor)


BY_HAND[Contact] = ByHand(
    frozenset({"provider_id", "service_id", "kind", "post", "name", "phone", "email", "left_on"}), check=fits
)
BY_HAND[ContactNote] = ByHand(
    frozenset({"provider_id", "service_id", "contact_id", "at", "channel", "text"}), check=_own_note
)
BY_HAND[ServicePart] = ByHand(
    frozenset({"service_id", "name", "closed_on"}), check=lambda part, actor: stays(part, "service")
)
BY_HAND[Agency] = ByHand(frozenset({"name", "kind", "email", "agreement_on", "active"}))
attachable(Service)
attachable(Provider, worked_by=Resource.contact_notes)  # the register writes providers; who keeps notes works on them
attachable(ContactNote)
