"""The seven workbooks by which a council brings what it kept before: their columns, and what a row becomes (XX).

What stands is recorded as it stands: a restriction that was decided before is in force without a new decision. The
engine's step tells of each record from where it is and who brought it, and that person decides nothing about it.
"""

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from models.arrivals import ArrivalKind
from models.authorities import HostAuthority
from models.base import LONDON
from models.complaints import Complaint, ComplaintKind, ComplaintOutcome, ComplaintSource, ComplaintState
from models.contracts import Contract, ContractKind, Rag
from models.framework import ClockKey, RestrictionEffect
from models.people import Person
from models.placements import Placement, PlacementState, Validation, ValidationState
from models.plans import Action, ActionSource, ActionState, Plan, PlanKind, PlanState
from models.providers import Commissioning, Provider, Regulator, Service, ServicePart, ServiceType
from models.suspensions import Suspension, SuspensionState, another_in_force
from workflows.authorities import host_of
from workflows.clocks import due
from workflows.providers import may_be_allocated
from workflows.steps import Input, InputKind
from workflows.workbooks import Bringing, Row, Sheet

LINE, DATE, NUMBER, CHOICE, RECORD, FLAG = (
    InputKind.line, InputKind.date, InputKind.number, InputKind.choice, InputKind.record, InputKind.flag,
)  # fmt: skip
ABOUT = (
    Input(
        "provider_id",
        _l("Provider"),
        RECORD,
        required=False,
        model=Provider,
        hint=_l("Leave empty where a service is given: its provider is known."),
    ),
    Input("service_id", _l("Service"), RECORD, required=False, model=Service),
)
SERVICE = Input("service_id", _l("Service"), RECORD, model=Service)
OFFICER = Input("officer_id", _l("Officer"), RECORD, required=False, model=Person)


def _about(row: Row) -> dict[str, Any]:
    """The provider and the service that a row is about."""
    provider_id, service_id = row["provider_id"], row["service_id"]
    if service_id is not None:
        owner = row.bringing.known.owner(service_id)
        if provider_id not in (None, owner):
            row.note("provider_id", _("That service is not one of this provider's. Choose the provider that runs it."))
        provider_id = owner
    elif provider_id is None:
        row.note("provider_id", _("Give the service or, where it is about all of them, the provider."))
    return {"provider_id": provider_id, "service_id": service_id}


def _officer(row: Row, bringing: Bringing) -> int | None:
    """The officer of a row: somebody to whom work may be given."""
    if "officers" not in bringing.seen:
        bringing.seen["officers"] = dict(may_be_allocated(bringing.session))
    officer: int | None = row["officer_id"]
    if officer is not None and officer not in bringing.seen["officers"]:
        row.note("officer_id", _("Choose an officer or manager who has an account in use."))
    return officer


def _moment(day: dt.date | None) -> dt.datetime | None:
    """The earlier system told the day and not the hour."""
    return dt.datetime.combine(day, dt.time(), LONDON) if day is not None else None


# --- services -----------------------------------------------------------------------------------------------------


def _service(row: Row, bringing: Bringing) -> None:
    """A service of the register gets what the council adds to it; one that none registers is added."""
    if row["regulator_id"] is not None:
        _known_service(row, bringing, row["regulator_id"], "regulator_id")
        return
    key = ("service", row["name"].casefold(), (row["postcode"] or "").replace(" ", "").casefold())
    if row.twice(key, "name"):
        return
    if isinstance(bringing.known.find(Service, row["name"]), int):
        _known_service(row, bringing, row["name"], "name")
        return
    row.needs("provider", "service_type", when=_("A service that no register knows needs this."))
    if row["commissioning"] is None or row.is_faulty:
        row.needs("commissioning", when=_("A service that no register knows needs this."))
        return
    service = Service(
        name=row["name"],
        regulator=Regulator.none,
        service_type=row["service_type"],
        care_home=row["service_type"] in (ServiceType.care_home, ServiceType.care_home_with_nursing),
        commissioning=row["commissioning"],
        **{name: row[name] for name in ("address_line_1", "town", "postcode", "phone", "local_authority", "beds")},
    )
    found = bringing.known.find(Provider, row["provider"])
    if isinstance(found, int):
        service.provider_id = found
    else:
        called = ("provider", " ".join(row["provider"].split()).casefold())
        if called not in bringing.seen:
            bringing.seen[called] = Provider(name=row["provider"], regulator=Regulator.none)
            row.make(bringing.seen[called])
        service.provider = bringing.seen[called]
    row.make(service)


def _known_service(row: Row, bringing: Bringing, called: str, column: str) -> None:
    found = bringing.known.find(Service, called)
    if isinstance(found, str):
        row.note(column, f"“{called}”: {found}")
        return
    service = bringing.session.get_one(Service, found)
    if " ".join(row["name"].split()).casefold() != " ".join(service.name.split()).casefold():
        row.note("name", _("This id belongs to “%(name)s”. Correct the id or the name.", name=service.name))
    elif not row.twice(("known service", found), column) and row["commissioning"] is not None:
        service.commissioning = row["commissioning"]


SERVICES = Sheet(
    _l("Services"),
    _l("One service each. What a register says of it comes from the register: here is what the council adds, and the "
       "services that no regulator registers."),
    (
        Input("regulator_id", _l("Id in the register"), LINE, required=False,
              hint=_l("Of the regulator. Leave empty for a service that none registers.")),
        Input("name", _l("Name"), LINE),
        Input("provider", _l("Provider"), LINE, required=False,
              hint=_l("For a service that none registers: its provider's id in the register, or name. One that is not "
                      "known yet is added.")),
        Input("service_type", _l("Type of service"), CHOICE, required=False, choices=ServiceType),
        Input("commissioning", _l("How the council buys from it"), CHOICE, required=False, choices=Commissioning),
        Input("address_line_1", _l("Address"), LINE, required=False),
        Input("town", _l("Town"), LINE, required=False),
        Input("postcode", _l("Postcode"), LINE, required=False, longest=10),
        Input("phone", _l("Phone"), LINE, required=False),
        Input("local_authority", _l("Local authority"), LINE, required=False),
        Input("beds", _l("Beds"), NUMBER, required=False),
    ),
    _service,
)  # fmt: skip

# --- contracts ----------------------------------------------------------------------------------------------------


def _contract(row: Row, bringing: Bringing) -> None:
    about, officer = _about(row), _officer(row, bringing)
    row.in_order("starts_on", "ends_on", _("The contract ends before it starts. Check the dates."))
    if row["monitoring_level"] is not None and not 1 <= row["monitoring_level"] <= 5:
        row.note("monitoring_level", _("The monitoring level is a number from 1 to 5."))
    if row["led_by_icb"] and not row["joint"]:
        row.note("led_by_icb", _("The ICB leads a contract only where it is commissioned together with it."))
    row.twice(("contract", *about.values(), row["title"].casefold(), row["starts_on"]), "title")
    told = {name: row[name] for name in ("title", "reference", "kind", "yearly_value", "starts_on", "ends_on",
                                         "monitoring_level", "rag")}  # fmt: skip
    row.make(
        Contract(**about, **told, joint=bool(row["joint"]), led_by_icb=bool(row["led_by_icb"]), officer_id=officer)
    )


CONTRACTS = Sheet(
    _l("Contracts"),
    _l("One running contract each."),
    (
        *ABOUT,
        Input("title", _l("Title"), LINE),
        Input("reference", _l("Reference"), LINE, required=False),
        Input("kind", _l("Kind of contract"), CHOICE, choices=ContractKind),
        Input("yearly_value", _l("Yearly value"), NUMBER, required=False, hint=_l("In pounds.")),
        Input("starts_on", _l("Starts"), DATE),
        Input("ends_on", _l("Ends"), DATE, required=False),
        Input("monitoring_level", _l("Monitoring level"), NUMBER, required=False, hint=_l("From 1 to 5.")),
        Input("rag", _l("RAG"), CHOICE, required=False, choices=Rag),
        Input("joint", _l("Joint with the ICB"), FLAG, required=False),
        Input("led_by_icb", _l("Led by the ICB"), FLAG, required=False),
        OFFICER,
    ),
    _contract,
)

# --- officers -----------------------------------------------------------------------------------------------------


def _allocation(row: Row, bringing: Bringing) -> None:
    officer = _officer(row, bringing)
    if not row.twice(("allocation", row["service_id"]), "service_id") and not row.is_faulty:
        bringing.session.get_one(Service, row["service_id"]).allocated_officer_id = officer


OFFICERS = Sheet(
    _l("Officers"),
    _l("One service each, and the officer who looks after it."),
    (SERVICE, Input("officer_id", _l("Officer"), RECORD, model=Person)),
    _allocation,
)

# --- placements ---------------------------------------------------------------------------------------------------


def _placement(row: Row, bringing: Bringing) -> None:
    """A placement that runs, with the validation on which it rests."""
    session, actor = bringing.session, bringing.actor
    row.not_ahead("validated_on", "agreement_on", "active_on", "notified_on")
    row.in_order(
        "validated_on", "validation_expires_on", _("It cannot expire before it was validated. Check the dates.")
    )
    if (row["notified_on"] is None) == (row["not_notified_reason"] is None):
        row.note("notified_on", _("Give the day on which the host was notified or, where it was not, why."))
    service = session.get_one(Service, row["service_id"])
    host = row["host_id"] or host_of(session, service.local_authority)
    if host is None:
        row.note("host_id", _("Name the host authority: the register does not say it."))
    row.twice(("placement", row["service_id"], row["case_reference"].casefold()), "case_reference")
    if row.is_faulty:
        return
    expires = row["validation_expires_on"] or due(session, ClockKey.validation_valid, row["validated_on"])
    validation = Validation(
        service_id=service.id,
        case_reference=row["case_reference"],
        reason=row["reason"],
        state=ValidationState.approved if expires >= actor.today else ValidationState.expired,
        recommendation=row["recommendation"],
        decided_on=row["validated_on"],
        expires_on=expires,
    )
    row.make(validation, host_id=host)
    row.make(
        Placement(
            validation=validation,
            service_id=service.id,
            host_id=host,
            state=PlacementState.active,
            case_reference=row["case_reference"],
            planned_on=row["active_on"],
            active_on=row["active_on"],
            agreement_on=row["agreement_on"],
            agreement_reference=row["agreement_reference"],
            notified_on=row["notified_on"],
            notice=_("The notice was given before this record began.") if row["notified_on"] else None,
            not_notified_reason=row["not_notified_reason"],
            next_rating_check_on=row["next_rating_check_on"]
            or due(session, ClockKey.placement_rating_check, row["active_on"]),
            next_host_check_on=row["next_host_check_on"]
            or due(session, ClockKey.placement_host_check, row["active_on"]),
        )
    )


PLACEMENTS = Sheet(
    _l("Placements"),
    _l("One person each who is placed outside the area now, by case reference only."),
    (
        Input("case_reference", _l("Case reference"), LINE),
        SERVICE,
        Input("host_id", _l("Host authority"), RECORD, required=False, model=HostAuthority,
              hint=_l("Leave empty where the register says in whose area the service lies.")),
        Input("reason", _l("What care is sought, and why there")),
        Input("validated_on", _l("Validated on"), DATE),
        Input("recommendation", _l("What the validation found")),
        Input("validation_expires_on", _l("Validation expires"), DATE, required=False),
        Input("notified_on", _l("Host notified on"), DATE, required=False),
        Input("not_notified_reason", _l("Why the host was not notified"), required=False),
        Input("agreement_on", _l("Agreement of"), DATE, hint=_l("The spot purchase agreement with the provider.")),
        Input("agreement_reference", _l("Agreement's reference"), LINE, required=False),
        Input("active_on", _l("Placed since"), DATE),
        Input("next_rating_check_on", _l("Next check of the rating"), DATE, required=False),
        Input("next_host_check_on", _l("Next contact with the host"), DATE, required=False),
    ),
    _placement,
)  # fmt: skip

# --- open suspensions ---------------------------------------------------------------------------------------------


def _suspension(row: Row, bringing: Bringing) -> None:
    """A restriction that is in force by a decision that was made before."""
    session, about = bringing.session, _about(row)
    row.not_ahead("starts_on", "decided_on")
    part = None
    if row["part"] is not None:
        part = next((key for key, name in _parts(bringing, row["service_id"]) if name == row["part"].casefold()), None)
        if part is None:
            row.note("part", _("The service has no unit or property of this name. Add it to the service first."))
    scope = (*about.values(), part)
    if row.twice(("suspension", *scope), "service_id") or row.is_faulty:
        return
    suspension = Suspension(
        **about,
        part_id=part,
        state=SuspensionState.in_force,
        decided_at=_moment(row["decided_on"]),
        decided_by_group=row["decided_by"],
        next_review_on=row["next_review_on"] or due(session, ClockKey.suspension_review, row["starts_on"]),
        **{
            name: row[name]
            for name in ("kind", "grounds", "decided_on", "decision_minute", "starts_on", "number_placed")
        },
        **{name: row[name] or "" for name in ("evidence", "resident_risk", "conditions")},
    )
    if suspension.kind is RestrictionEffect.no_new_purchase:
        suspension.next_steps_on = due(session, ClockKey.suspension_next_steps, row["starts_on"])
    if another_in_force(session, suspension):
        row.note("service_id", _("A restriction is in force for this already. Vary that one instead."))
    row.make(suspension)


def _parts(bringing: Bringing, service_id: int | None) -> list[tuple[int, str]]:
    parts = select(ServicePart.id, ServicePart.name).where(ServicePart.service_id == service_id)
    return [(key, name.casefold()) for key, name in bringing.session.execute(parts)]


SUSPENSIONS = Sheet(
    _l("Suspensions"),
    _l("One restriction each that is in force now. No letter is written: the earlier system's was."),
    (
        *ABOUT,
        Input("part", _l("Unit or property"), LINE, required=False,
              hint=_l("Only where a part of the service is restricted, and not all of it.")),
        Input("kind", _l("What is restricted"), CHOICE, choices=RestrictionEffect),
        Input("grounds", _l("Grounds")),
        Input("evidence", _l("Evidence"), required=False),
        Input("resident_risk", _l("Risk to those who live there"), required=False),
        Input("conditions", _l("Conditions"), required=False),
        Input("number_placed", _l("How many are placed there"), NUMBER, required=False),
        Input("starts_on", _l("In force since"), DATE),
        Input("decided_on", _l("Decided on"), DATE),
        Input("decided_by", _l("Decided by"), LINE, hint=_l("The post or the group, never a person's name.")),
        Input("decision_minute", _l("Minute of the decision"), LINE, required=False),
        Input("next_review_on", _l("Next review"), DATE, required=False),
    ),
    _suspension,
)  # fmt: skip

# --- plans --------------------------------------------------------------------------------------------------------

OF_PLAN = ("kind", "reason", "proposed_on", "agreed_on")


def _action(row: Row, bringing: Bringing) -> None:
    """One action; those of the same provider, service and title are of one plan."""
    about = _about(row)
    row.not_ahead("proposed_on", "agreed_on", "done_on", "verified_on")
    row.in_order("proposed_on", "agreed_on", _("It cannot have been agreed before it was proposed. Check the dates."))
    if row["verified_on"] is not None:
        row.needs("evidence", when=_("Say what evidence was seen: this action is verified."))
    if row["agreed_on"] is None:
        for name in ("done_on", "verified_on"):
            if row[name] is not None:
                row.note(
                    name, _("The plan is not agreed yet, so none of its actions is done. Give the day it was agreed.")
                )
    key = ("plan", *about.values(), row["title"].casefold())
    said = [row[name] for name in OF_PLAN]
    first, known = bringing.seen.setdefault(key, (row.number, said))
    if known != said:
        told = _("Row %(row)s says otherwise of this plan. Its kind, reason and days must be the same.", row=first)
        row.note("title", told)
    if row.is_faulty:
        return
    plan = bringing.seen.get((key, "plan"))
    if plan is None:
        agreed = row["agreed_on"]
        plan = bringing.seen[key, "plan"] = Plan(
            **about,
            title=row["title"],
            kind=row["kind"],
            reason=row["reason"] or "",
            state=PlanState.agreed if agreed else PlanState.draft,
            proposed_on=(row["proposed_on"] or agreed) if agreed else None,
            agreed_on=agreed,
        )
        row.make(plan)
    state = ActionState.open
    if row["verified_on"] is not None:
        state = ActionState.verified
    elif row["done_on"] is not None:
        state = ActionState.reported_done
    row.make(
        Action(
            plan=plan,
            state=state,
            significant=bool(row["significant"]),
            source=row["source"] or ActionSource.other,
            **{name: row[name] for name in ("text", "owner", "due_on", "source_reference", "done", "done_on",
                                            "evidence", "verified_on")},
        )
    )  # fmt: skip


PLANS = Sheet(
    _l("Plans"),
    _l("One action each. Actions with the same provider, service and title of the plan are of one plan."),
    (
        *ABOUT,
        Input("title", _l("Title of the plan"), LINE),
        Input("kind", _l("Kind of plan"), CHOICE, choices=PlanKind),
        Input("reason", _l("What made it necessary"), required=False),
        Input("proposed_on", _l("Proposed on"), DATE, required=False),
        Input("agreed_on", _l("Agreed on"), DATE, required=False, hint=_l("Leave empty while it is a draft.")),
        Input("text", _l("What is to be done")),
        Input("owner", _l("Who sees to it"), LINE, hint=_l("The post, never a person's name.")),
        Input("due_on", _l("Due by"), DATE),
        Input("significant", _l("Significant"), FLAG, required=False),
        Input("source", _l("Where it comes from"), CHOICE, required=False, choices=ActionSource),
        Input("source_reference", _l("Reference there"), LINE, required=False),
        Input("done", _l("What was done"), required=False),
        Input("done_on", _l("Reported done on"), DATE, required=False),
        Input("evidence", _l("Evidence that was seen"), required=False),
        Input("verified_on", _l("Verified on"), DATE, required=False),
    ),
    _action,
)

# --- complaints ---------------------------------------------------------------------------------------------------

C = ComplaintState
DRAFTED = (C.response_drafted, C.response_approved, C.responded, C.closed)


def _complaint(row: Row, bringing: Bringing) -> None:
    about, officer, state = _about(row), _officer(row, bringing), row["state"]
    row.not_ahead("received_on", "approved_on", "responded_on")
    row.in_order("received_on", "due_on", _("It cannot be due before it was received. Check the dates."))
    row.in_order(
        "received_on", "responded_on", _("It cannot have been answered before it was received. Check the dates.")
    )
    if state not in (C.received, C.withdrawn, C.referred):
        row.needs("officer_id", when=_("In this state somebody investigates it: name the officer."))
    if state in DRAFTED:
        row.needs("outcome", "response", when=_("In this state there is a response: give it, with its outcome."))
    if state in DRAFTED[1:]:
        row.needs("approved_on", when=_("In this state the response is approved: give the day."))
    if state in DRAFTED[2:]:
        row.needs("responded_on", when=_("In this state the response has gone out: give the day."))
    if row["reference"] is not None:
        row.twice(("complaint", row["reference"].casefold()), "reference")
    told = ("kind", "source", "received_on", "reference", "case_reference", "subject", "state", "findings",
            "outcome", "response", "responded_on", "learning", "wider_learning")  # fmt: skip
    row.make(
        Complaint(
            **about,
            **{name: row[name] for name in told},
            details=row["details"] or "",
            officer_id=officer,
            approved_at=_moment(row["approved_on"]) if state in DRAFTED[1:] else None,
        ),
        due_on=row["due_on"],
    )


COMPLAINTS = Sheet(
    _l("Complaints"),
    _l("One complaint or enquiry each. Nobody is named: customer care's reference, and case references only."),
    (
        *ABOUT,
        Input("kind", _l("Kind"), CHOICE, choices=ComplaintKind),
        Input("source", _l("From whom"), CHOICE, choices=ComplaintSource),
        Input("received_on", _l("Received on"), DATE),
        Input("reference", _l("Customer care's reference"), LINE, required=False),
        Input("case_reference", _l("Case reference"), LINE, required=False),
        Input("subject", _l("Subject"), LINE, hint=_l("In one line, without personal content.")),
        Input("details", _l("Details"), required=False),
        Input("state", _l("State"), CHOICE, choices=ComplaintState),
        Input("due_on", _l("Answer due by"), DATE, required=False),
        OFFICER,
        Input("findings", _l("What the investigation found"), required=False),
        Input("outcome", _l("Outcome"), CHOICE, required=False, choices=ComplaintOutcome),
        Input("response", _l("Response"), required=False),
        Input("approved_on", _l("Response approved on"), DATE, required=False),
        Input("responded_on", _l("Response sent on"), DATE, required=False),
        Input("learning", _l("Learning for this provider"), required=False),
        Input("wider_learning", _l("Learning for all providers like it"), required=False),
    ),
    _complaint,
)

SHEETS: dict[ArrivalKind, Sheet] = {
    ArrivalKind.services: SERVICES,
    ArrivalKind.contracts: CONTRACTS,
    ArrivalKind.officers: OFFICERS,
    ArrivalKind.placements: PLACEMENTS,
    ArrivalKind.suspensions: SUSPENSIONS,
    ArrivalKind.plans: PLANS,
    ArrivalKind.complaints: COMPLAINTS,
}
