"""Which rows a role may see: one rule for each model, applied to every ORM SELECT by workflows/gate.py."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, False_, Select, True_, false, or_, select, true
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from models.absences import Absence
from models.arrivals import Arrival, ArrivalRow
from models.attachments import Attachment, AttachmentState
from models.authorities import AuthorityContact, HostAuthority
from models.base import Model
from models.calendars import CalendarAddress
from models.complaints import Complaint
from models.contracts import (
    ContinuityPlan,
    ContinuityTest,
    Contract,
    Enforcement,
    Insurance,
    ManagerPost,
    OccupancyReturn,
    SafeguardingProcess,
    SponsorLicence,
)
from models.diary import ClockNotice, ClockRun, Obligation, Occurrence, Pause
from models.documents import Letter
from models.feedback import Feedback
from models.framework import (
    ActivityType,
    ApprovalRule,
    Band,
    Cadence,
    Clock,
    Framework,
    Indicator,
    NoticeReason,
    OversightGroup,
    RestrictionKind,
    Retention,
    Scheme,
    ServiceTypeName,
    Term,
    Trigger,
)
from models.ledger import LedgerEntry, LedgerSeal
from models.lists import Export, SavedView
from models.meetings import (
    SETTLED,
    Meeting,
    MeetingAttendance,
    MeetingCirculation,
    MeetingDecision,
    MeetingItem,
    MeetingKind,
    MeetingMinutes,
    MeetingOrigin,
)
from models.outbox import OutboxMessage
from models.people import Agency, Person
from models.placements import (
    AuthorityReference,
    DirectPaymentCheck,
    Placement,
    RatingAlert,
    RegulatorCheck,
    Validation,
)
from models.plans import Action, Plan, PlanState
from models.providers import (
    Contact,
    ContactNote,
    Provider,
    Rating,
    RegisterImport,
    RegisterLink,
    RegisterPull,
    Service,
    ServicePart,
)
from models.registers import RegisterProposal
from models.risk import ServiceBand
from models.sharing import Share
from models.successions import Succession
from models.suspensions import Suspension, SuspensionReview, SuspensionVariation
from models.tokens import ApiAnswer, ApiToken
from models.visits import Visit, VisitReport, VisitState
from workflows.access import Resource, Right, Role, rights
from workflows.actor import Actor

Rule = Callable[[Actor], ColumnElement[bool]]


@dataclass(frozen=True)
class Governed:
    """A model under the gate: what its rights are called, and which of its rows an actor may see."""

    resource: Resource
    rule: Rule


GOVERNED: dict[type[Model], Governed] = {}

UNGOVERNED = {
    # FAB's own tables. Rows are reached through the accounts screens alone, which need `accounts` rights,
    # and the names of colleagues stand on every record.
    "ab_user", "ab_role", "ab_permission", "ab_view_menu", "ab_permission_view", "ab_group",
    "ab_register_user", "ab_api_key",
}  # fmt: skip


Declared = Callable[..., ColumnElement[bool]]


def visible(*models: type[Model], resource: Resource) -> Callable[[Declared], Declared]:
    """Declare the rule of one or more models. The rule is asked only about people who may read the resource."""

    def declare(rule: Declared) -> Declared:
        for model in models:

            def one(actor: Actor, model: type[Model] = model) -> ColumnElement[bool]:
                if actor.job:
                    return true()
                if Right.read not in rights(actor.roles, resource):
                    return false()
                return rule(actor, model)

            GOVERNED[model] = Governed(resource, one)
        return rule

    return declare


@visible(Service, resource=Resource.services)
@visible(Provider, resource=Resource.providers)
def market(actor: Actor, model: type[Service] | type[Provider]) -> ColumnElement[bool]:
    """The register is public; a provider's people work with their own organisation's part of it."""
    if actor.works_here or actor.roles & {Role.partner, Role.contributor, Role.care_manager}:
        return true()
    own = model.provider_id if model is Service else model.id
    return own == actor.provider_id if actor.provider_id else false()


@visible(ServicePart, Rating, RegisterLink, resource=Resource.services)
def of_service(actor: Actor, model: type[ServicePart] | type[Rating] | type[RegisterLink]) -> ColumnElement[bool]:
    """As the service is."""
    if actor.works_here or actor.roles & {Role.partner, Role.contributor, Role.care_manager}:
        return true()
    return model.service_id.in_(_own_services(actor))


@visible(Contact, resource=Resource.contacts)
def contacts(actor: Actor, model: type[Contact]) -> ColumnElement[bool]:
    """The council's address book; a provider sees what is held about itself."""
    if actor.works_here:
        return true()
    return model.provider_id == actor.provider_id if actor.provider_id else false()


@visible(ContactNote, resource=Resource.contact_notes)
@visible(OutboxMessage, resource=Resource.outbox)
@visible(Suspension, SuspensionReview, SuspensionVariation, resource=Resource.suspensions)
@visible(RegulatorCheck, AuthorityReference, resource=Resource.evidence)
@visible(Succession, resource=Resource.successions)
@visible(RegisterImport, RegisterPull, resource=Resource.history)
@visible(RegisterProposal, resource=Resource.registers)
@visible(Arrival, ArrivalRow, resource=Resource.arrivals)
def internal(actor: Actor, model: type[Model]) -> ColumnElement[bool]:
    """The council's own. What others read of a restriction is the derived status, never the record."""
    return true() if actor.works_here else false()


@visible(Share, resource=Resource.shares)
def shares(actor: Actor, model: type[Share]) -> ColumnElement[bool]:
    """The council's own: an agency reads what is shared with it, and not with whom else it is."""
    return true() if actor.works_here else false()


def shared_with(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """Whether a record is shared, now, with the agency that the actor belongs to. Of no agency: nothing is."""
    share = Share.__table__
    found: ColumnElement[bool] = model.id.in_(
        select(share.c.record_id).where(
            share.c.record_type == model.__tablename__,
            share.c.agency_id == (actor.agency_id or 0),
            share.c.ended_on.is_(None),
        )
    )
    return found


@visible(Complaint, resource=Resource.complaints)
@visible(Contract, resource=Resource.contracts)
@visible(SafeguardingProcess, resource=Resource.safeguarding)
def inside_or_shared(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The council's own, and an agency's where it is shared with it (domain section 12)."""
    return true() if actor.works_here else shared_with(actor, model)


@visible(ManagerPost, Enforcement, OccupancyReturn, resource=Resource.standing)
def standing_of_service(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The council's own; a provider reads what is held of its own services."""
    return true() if actor.works_here else model.service_id.in_(_own_services(actor))


@visible(Insurance, resource=Resource.standing)
@visible(SponsorLicence, resource=Resource.licences)
@visible(ContinuityPlan, resource=Resource.continuity)
def standing_of_provider(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The council's own; a provider reads what is held of itself."""
    return true() if actor.works_here else model.provider_id == (actor.provider_id or 0)


@visible(ContinuityTest, resource=Resource.continuity)
def continuity_tests(actor: Actor, model: type[ContinuityTest]) -> ColumnElement[bool]:
    """As the plan is."""
    if actor.works_here:
        return true()
    plan = ContinuityPlan.__table__
    return model.plan_id.in_(select(plan.c.id).where(plan.c.provider_id == (actor.provider_id or 0)))


@visible(Plan, resource=Resource.plans)
def plans(actor: Actor, model: type[Plan]) -> ColumnElement[bool]:
    """A plan is the provider's own from its first draft; an agency reads it where it is shared, never as a draft."""
    if actor.works_here:
        return true()
    shared = shared_with(actor, model) & (model.state != PlanState.draft)
    return or_(shared, model.provider_id == actor.provider_id) if actor.provider_id else shared


@visible(Action, resource=Resource.actions)
def actions(actor: Actor, model: type[Action]) -> ColumnElement[bool]:
    """As the plan is."""
    if actor.works_here:
        return true()
    return model.plan_id.in_(select(Plan.__table__.c.id).where(plans(actor, Plan)))


@visible(Feedback, resource=Resource.feedback)
def feedback(actor: Actor, model: type[Feedback]) -> ColumnElement[bool]:
    """The council's own. Whoever filed it sees it; a provider sees what was shared with it, an agency likewise."""
    if actor.works_here:
        return true()
    found = shared_with(actor, model)
    if actor.roles & {Role.contributor, Role.care_manager}:
        found = or_(found, model.created_by_id == actor.person_id)
    if actor.provider_id:
        found = or_(found, (model.provider_id == actor.provider_id) & model.shared_on.is_not(None))
    return found


@visible(Validation, resource=Resource.validations)
@visible(DirectPaymentCheck, resource=Resource.checks)
def asked_for(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The council's own, and of a care manager who asked for it (domain section 1)."""
    return true() if actor.works_here else _own(actor, model)


@visible(Placement, resource=Resource.placements)
def placements(actor: Actor, model: type[Placement]) -> ColumnElement[bool]:
    """As the validation is on which it rests."""
    if actor.works_here:
        return true()
    return model.validation_id.in_(select(Validation.__table__.c.id).where(_own(actor, Validation)))


@visible(RatingAlert, resource=Resource.rating_alerts)
def rating_alerts(actor: Actor, model: type[RatingAlert]) -> ColumnElement[bool]:
    """As the placement, or the check for direct payments, that it is about."""
    if actor.works_here:
        return true()
    placed = select(Placement.__table__.c.id).where(placements(actor, Placement))
    checked = select(DirectPaymentCheck.__table__.c.id).where(_own(actor, DirectPaymentCheck))
    return or_(model.placement_id.in_(placed), model.payment_check_id.in_(checked))


@visible(LedgerEntry, LedgerSeal, resource=Resource.history)
def history(actor: Actor, model: type[LedgerEntry] | type[LedgerSeal]) -> ColumnElement[bool]:
    """The council's own; what happened to accounts is read by those who may read accounts."""
    if not actor.works_here:
        return false()
    if model is LedgerSeal or Right.read in rights(actor.roles, Resource.accounts):
        return true()
    return LedgerEntry.record_type != Person.__tablename__


@visible(Letter, resource=Resource.letters)
def letters(actor: Actor, model: type[Letter]) -> ColumnElement[bool]:
    """A letter is read by the council and by the provider to whom it went."""
    if actor.works_here:
        return true()
    return model.provider_id == actor.provider_id if actor.provider_id else false()


@visible(Visit, resource=Resource.visits)
def visits(actor: Actor, model: type[Visit]) -> ColumnElement[bool]:
    """Partners read published visits, providers those of their own services (domain section 12)."""
    if actor.works_here:
        return true()
    published = model.state == VisitState.published
    if actor.roles & {Role.partner, Role.contributor}:
        return published
    return published & model.service_id.in_(_own_services(actor))


@visible(VisitReport, resource=Resource.visits)
def visit_reports(actor: Actor, model: type[VisitReport]) -> ColumnElement[bool]:
    """As the visit is."""
    if actor.works_here:
        return true()
    return model.visit_id.in_(select(Visit.__table__.c.id).where(visits(actor, Visit)))


@dataclass(frozen=True)
class Attachable:
    """A kind of record that files may be added to, and the resource whose `add` or `edit` that takes."""

    model: type[Model]
    worked_by: Resource


ATTACHABLE: dict[str, Attachable] = {}
"""The kinds of record that may have files, by table."""


def attachable(model: type[Model], worked_by: Resource | None = None) -> None:
    """Let files be added to records of this kind by whoever may add or change them.

    `worked_by` names another resource where people work on a record that is not theirs to write.
    """
    ATTACHABLE[str(model.__tablename__)] = Attachable(model, worked_by or GOVERNED[model].resource)


@visible(Attachment, resource=Resource.attachments)
def attachments(actor: Actor, model: type[Attachment]) -> ColumnElement[bool]:
    """As the record is that it belongs to: that record's own rule is asked. Others read neither what is marked
    as the council's own nor what was withdrawn."""
    seen = [_files_of(name, GOVERNED[each.model].rule(actor), each.model) for name, each in ATTACHABLE.items()]
    of_records = or_(false(), *seen)
    if actor.works_here:
        return of_records
    return of_records & model.internal.is_(False) & (model.state == AttachmentState.kept)


def _files_of(name: str, rule: ColumnElement[bool], model: type[Model]) -> ColumnElement[bool]:
    """The files of the records that a rule lets through; no subquery where it lets through all or none."""
    if isinstance(rule, False_):
        return false()
    of_kind = Attachment.record_type == name
    if isinstance(rule, True_):
        return of_kind
    table = model.__table__
    return of_kind & Attachment.record_id.in_(select(table.c.id).where(rule).correlate(None))


@visible(Meeting, resource=Resource.meetings)
def meetings(actor: Actor, model: type[Meeting]) -> ColumnElement[bool]:
    """Others read the meetings whose minutes went to them (HA 3.65), and what is shared with their agency.

    A provider meets an MDT about its own services as soon as it has a date, and one that it asked for at once.
    """
    if actor.works_here:
        return true()
    found = model.id.in_(_minutes_to(actor)) | shared_with(actor, model)
    if actor.provider_id:
        told = model.starts_at.is_not(None) | (model.origin == MeetingOrigin.provider)
        found |= (model.kind == MeetingKind.mdt) & (model.provider_id == actor.provider_id) & told
    return found


@visible(MeetingItem, resource=Resource.meetings)
def meeting_items(actor: Actor, model: type[MeetingItem]) -> ColumnElement[bool]:
    """As the meeting is: what was said to an item stays inside, and goes out as minutes."""
    if actor.works_here:
        return true()
    return model.meeting_id.in_(select(Meeting.__table__.c.id).where(meetings(actor, Meeting)))


@visible(MeetingAttendance, MeetingDecision, resource=Resource.meetings)
def settled_with_minutes(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """Who came and what was decided is read by others with the minutes, never while they are being written."""
    if actor.works_here:
        return true()
    told = Meeting.id.in_(_minutes_to(actor)) | shared_with(actor, Meeting)
    settled: ColumnElement[bool] = model.meeting_id.in_(
        select(Meeting.__table__.c.id).where(told, Meeting.state.in_(SETTLED))
    )
    return settled


@visible(MeetingMinutes, resource=Resource.meetings)
def meeting_minutes(actor: Actor, model: type[MeetingMinutes]) -> ColumnElement[bool]:
    """Each version is read by those to whom it went, and all of them by an agency that the meeting is shared with."""
    if actor.works_here:
        return true()
    went = MeetingCirculation.__table__
    return model.id.in_(select(went.c.minutes_id).where(_mine(actor, went.c))) | model.meeting_id.in_(
        select(Meeting.__table__.c.id).where(shared_with(actor, Meeting))
    )


@visible(MeetingCirculation, resource=Resource.meetings)
def circulations(actor: Actor, model: type[MeetingCirculation]) -> ColumnElement[bool]:
    """The council's own; others read that it went to them."""
    return true() if actor.works_here else _mine(actor, model)


@visible(ApiToken, resource=Resource.tokens)
@visible(CalendarAddress, resource=Resource.calendars)
def tokens(actor: Actor, model: type[ApiToken] | type[CalendarAddress]) -> ColumnElement[bool]:
    """A person's own; those of all, to whoever may read accounts. A program reads of none."""
    if actor.scopes is not None:
        return false()
    if Right.read in rights(actor.roles, Resource.accounts):
        return true()
    return model.person_id == actor.person_id


@visible(ApiAnswer, resource=Resource.tokens)
def answers(actor: Actor, model: type[ApiAnswer]) -> ColumnElement[bool]:
    """Nobody asks for these: they are given again to the token that had them before, and to no other."""
    return false()


@visible(HostAuthority, AuthorityContact, resource=Resource.authorities)
@visible(Agency, resource=Resource.agencies)
@visible(
    Framework, ApprovalRule, Cadence, Clock, Indicator, NoticeReason, OversightGroup, Retention, Trigger,
    resource=Resource.frameworks,
)  # fmt: skip
@visible(ActivityType, Band, RestrictionKind, Scheme, ServiceTypeName, Term, resource=Resource.words)
def reference(actor: Actor, model: type[Model]) -> ColumnElement[bool]:
    """Words and rules, not cases."""
    return true()


@visible(ServiceBand, resource=Resource.bands)
@visible(ClockNotice, ClockRun, Obligation, Occurrence, Pause, resource=Resource.diary)
def diary(actor: Actor, model: type[Model]) -> ColumnElement[bool]:
    """The council's own: what is due, what was done, what the clock told, and the bands of services (section 3)."""
    return true() if actor.works_here else false()


def _mine(actor: Actor, row: Any) -> ColumnElement[bool]:
    """Whether a row names the agency or the provider that the actor belongs to. Of neither: none does."""
    found: ColumnElement[bool] = (row.agency_id == (actor.agency_id or 0)) | (
        row.provider_id == (actor.provider_id or 0)
    )
    return found


def _minutes_to(actor: Actor) -> Select[tuple[int]]:
    """The meetings of which minutes went to the agency or the provider that the actor belongs to."""
    minutes, went = MeetingMinutes.__table__, MeetingCirculation.__table__
    return select(minutes.c.meeting_id).join(went, went.c.minutes_id == minutes.c.id).where(_mine(actor, went.c))


@visible(Absence, resource=Resource.absences)
def absences(actor: Actor, model: type[Absence]) -> ColumnElement[bool]:
    """Officers read of their own and of those whose post they fill; whoever answers for others reads all."""
    if actor.roles & {Role.manager, Role.head, Role.director, Role.auditor}:
        return true()
    return (Absence.absent_id == (actor.person_id or 0)) | (Absence.deputy_id == (actor.person_id or 0))


@visible(SavedView, resource=Resource.saved_views)
def saved_views(actor: Actor, model: type[SavedView]) -> ColumnElement[bool]:
    """One's own, and inside the council those that others share of lists that one may read."""
    own = model.created_by_id == actor.person_id
    if not actor.works_here:
        return own
    readable = [resource.value for resource in Resource if Right.read in rights(actor.roles, resource)]
    return own | (model.shared & model.resource.in_(readable))


@visible(Export, resource=Resource.exports)
def exports(actor: Actor, model: type[Export]) -> ColumnElement[bool]:
    """One's own; those of all are read by whoever answers for them."""
    if actor.roles & {Role.manager, Role.director, Role.auditor}:
        return true()
    return model.created_by_id == actor.person_id


def _own(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """What the actor wrote."""
    found: ColumnElement[bool] = model.created_by_id == (actor.person_id or 0)
    return found


def _own_services(actor: Actor) -> Select[tuple[int]]:
    """The services of the provider that the actor belongs to; of none, when there is none."""
    service = Service.__table__
    return select(service.c.id).where(service.c.provider_id == (actor.provider_id or 0))


def _criteria(model: type[Model], rule: ColumnElement[bool]) -> LoaderCriteriaOption:
    # Propagated, or joined eager loads escape it. What is loaded later is narrowed by the gate for whoever acts then.
    return with_loader_criteria(model, rule, include_aliases=True, propagate_to_loaders=True)


def row_options(actor: Actor | None) -> tuple[LoaderCriteriaOption, ...]:
    """The criteria for every governed model, built once for everybody who stands where the actor does. Nobody sees
    nothing."""
    if actor is None:
        return _NOBODY
    return options_for(
        actor.roles, actor.job, actor.person_id, actor.for_id, actor.agency_id, actor.provider_id, actor.scopes
    )


@lru_cache(maxsize=1024)
def options_for(
    roles: frozenset[Role],
    job: str,
    person_id: int | None,
    for_id: int | None,
    agency_id: int | None,
    provider_id: int | None,
    scopes: frozenset[str] | None,
) -> tuple[LoaderCriteriaOption, ...]:
    """The criteria for whoever stands here. The rules are told no moment, so what is kept cannot go stale."""
    actor = Actor(roles, _NO_MOMENT, person_id, for_id, agency_id, provider_id, job, scopes)
    rules = [(model, governed.rule(actor)) for model, governed in GOVERNED.items()]
    # Where every row is seen there is nothing to narrow, and each criterion costs every statement some time.
    return tuple(_criteria(model, rule) for model, rule in rules if not isinstance(rule, True_))


_NO_MOMENT = dt.datetime.min.replace(tzinfo=dt.UTC)
_NOBODY = tuple(_criteria(model, false()) for model in GOVERNED)


def check_every_model_has_a_rule() -> None:
    """Fail at start-up if a table has no rule: a model that nobody thought about would be open."""
    missing = [
        mapper.class_.__name__
        for mapper in Model.registry.mappers
        if mapper.class_ not in GOVERNED and mapper.local_table.name not in UNGOVERNED  # type: ignore[attr-defined]
    ]
    if missing:
        raise RuntimeError(f"no visibility rule for: {', '.join(sorted(missing))}")
