"""The words that people read for states, kinds and fields. Code keeps the keys; only this page keeps the words."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from models import (
    complaints,
    documents,
    feedback,
    framework,
    ledger,
    lists,
    outbox,
    people,
    plans,
    providers,
    suspensions,
    visits,
)
from workflows import suspensions as suspension_steps
from workflows.access import ROLE_NAMES, Resource, Role


@dataclass(frozen=True)
class Tag:
    """A state as a coloured tag. The colour only helps: the words say it all."""

    text: Any
    colour: str = "grey"


@dataclass(frozen=True)
class Link:
    text: Any
    url: str


V, S, P = visits.VisitState, suspensions.SuspensionState, suspensions.PurchasingStatus
WORDS: dict[type[Enum], dict[Any, Any]] = {
    # By enum first: members of two enums are equal where their values are.
    V: {
        V.planned: Tag(_l("Planned"), "grey"),
        V.awaiting_authorisation: Tag(_l("Awaiting authorisation"), "yellow"),
        V.scheduled: Tag(_l("Scheduled"), "blue"),
        V.under_way: Tag(_l("Under way"), "light-blue"),
        V.written_up: Tag(_l("Written up"), "purple"),
        V.published: Tag(_l("Published"), "green"),
        V.cancelled: Tag(_l("Cancelled"), "grey"),
    },
    S: {
        S.draft: Tag(_l("Draft"), "grey"),
        S.submitted: Tag(_l("Submitted"), "yellow"),
        S.in_force: Tag(_l("In force"), "red"),
        S.lift_requested: Tag(_l("In force, lift requested"), "red"),
        S.lifted: Tag(_l("Lifted"), "green"),
        S.declined: Tag(_l("Declined"), "grey"),
        S.withdrawn: Tag(_l("Withdrawn"), "grey"),
    },
    P: {
        P.as_normal: Tag(_l("Purchase as normal"), "green"),
        P.with_conditions: Tag(_l("Purchase with conditions"), "yellow"),
        P.voluntary: Tag(_l("Voluntary no new purchase"), "orange"),
        P.no_new_purchase: Tag(_l("No new purchase"), "red"),
    },
    complaints.ComplaintState: {
        complaints.ComplaintState.received: Tag(_l("Received"), "yellow"),
        complaints.ComplaintState.allocated: Tag(_l("Allocated"), "blue"),
        complaints.ComplaintState.investigating: Tag(_l("Being investigated"), "light-blue"),
        complaints.ComplaintState.response_drafted: Tag(_l("Response drafted"), "purple"),
        complaints.ComplaintState.response_approved: Tag(_l("Response approved"), "purple"),
        complaints.ComplaintState.responded: Tag(_l("Responded"), "green"),
        complaints.ComplaintState.closed: Tag(_l("Closed"), "green"),
        complaints.ComplaintState.referred: Tag(_l("Referred to safeguarding"), "red"),
        complaints.ComplaintState.withdrawn: Tag(_l("Withdrawn"), "grey"),
    },
    complaints.ComplaintKind: {
        complaints.ComplaintKind.complaint: _l("Complaint"),
        complaints.ComplaintKind.mp_enquiry: _l("Enquiry of a member of parliament"),
        complaints.ComplaintKind.councillor_enquiry: _l("Enquiry of a councillor"),
    },
    complaints.ComplaintSource: {
        complaints.ComplaintSource.person_using_service: _l("Person who uses the service"),
        complaints.ComplaintSource.family: _l("Family or friend"),
        complaints.ComplaintSource.advocate: _l("Advocate"),
        complaints.ComplaintSource.staff: _l("Member of staff"),
        complaints.ComplaintSource.professional: _l("Professional"),
        complaints.ComplaintSource.elected_member: _l("Member of parliament or councillor"),
        complaints.ComplaintSource.public: _l("Member of the public"),
        complaints.ComplaintSource.anonymous: _l("Anonymous"),
    },
    complaints.ComplaintOutcome: {
        complaints.ComplaintOutcome.upheld: _l("Upheld"),
        complaints.ComplaintOutcome.partly_upheld: _l("Partly upheld"),
        complaints.ComplaintOutcome.not_upheld: _l("Not upheld"),
        complaints.ComplaintOutcome.inconclusive: _l("Inconclusive"),
    },
    feedback.FeedbackState: {
        feedback.FeedbackState.received: Tag(_l("Received"), "yellow"),
        feedback.FeedbackState.acknowledged: Tag(_l("Acknowledged"), "blue"),
        feedback.FeedbackState.clarifying: Tag(_l("Being clarified"), "light-blue"),
        feedback.FeedbackState.triaged: Tag(_l("Triaged"), "purple"),
        feedback.FeedbackState.shared_with_provider: Tag(_l("Shared with the provider"), "green"),
        feedback.FeedbackState.logged: Tag(_l("Logged"), "grey"),
        feedback.FeedbackState.escalated: Tag(_l("Escalated"), "red"),
        feedback.FeedbackState.closed: Tag(_l("Closed"), "green"),
    },
    feedback.FeedbackSource: {
        feedback.FeedbackSource.person_using_service: _l("Person who uses the service"),
        feedback.FeedbackSource.family: _l("Family or friend"),
        feedback.FeedbackSource.advocate: _l("Advocate"),
        feedback.FeedbackSource.social_worker: _l("Social worker"),
        feedback.FeedbackSource.health_professional: _l("Health professional"),
        feedback.FeedbackSource.councillor: _l("Councillor"),
        feedback.FeedbackSource.volunteer: _l("Volunteer"),
        feedback.FeedbackSource.other: _l("Somebody else"),
    },
    feedback.FeedbackTone: {
        feedback.FeedbackTone.praise: _l("Praise"),
        feedback.FeedbackTone.mixed: _l("Mixed"),
        feedback.FeedbackTone.concern: _l("Concern"),
    },
    feedback.FeedbackRisk: {
        feedback.FeedbackRisk.low: Tag(_l("Low"), "green"),
        feedback.FeedbackRisk.medium: Tag(_l("Medium"), "yellow"),
        feedback.FeedbackRisk.high: Tag(_l("High"), "red"),
    },
    plans.PlanState: {
        plans.PlanState.draft: Tag(_l("Draft"), "grey"),
        plans.PlanState.proposed: Tag(_l("Proposed"), "yellow"),
        plans.PlanState.agreed: Tag(_l("Agreed"), "blue"),
        plans.PlanState.complete: Tag(_l("Complete"), "purple"),
        plans.PlanState.closed: Tag(_l("Closed"), "green"),
        plans.PlanState.withdrawn: Tag(_l("Withdrawn"), "grey"),
    },
    plans.PlanKind: {
        plans.PlanKind.action_plan: _l("Action plan"),
        plans.PlanKind.improvement_plan: _l("Improvement plan"),
        plans.PlanKind.remediation_plan: _l("Remediation plan"),
    },
    plans.ActionState: {
        plans.ActionState.open: Tag(_l("Open"), "yellow"),
        plans.ActionState.reported_done: Tag(_l("Reported done"), "purple"),
        plans.ActionState.verified: Tag(_l("Verified"), "green"),
        plans.ActionState.withdrawn: Tag(_l("Withdrawn"), "grey"),
    },
    plans.ActionSource: {
        plans.ActionSource.assessment: _l("Assessment"),
        plans.ActionSource.visit: _l("Visit"),
        plans.ActionSource.meeting: _l("Meeting"),
        plans.ActionSource.complaint: _l("Complaint"),
        plans.ActionSource.suspension: _l("Suspension"),
        plans.ActionSource.regulator: _l("Regulator"),
        plans.ActionSource.councillor: _l("Councillor's report"),
        plans.ActionSource.other: _l("Something else"),
    },
    framework.RestrictionEffect: {
        framework.RestrictionEffect.with_conditions: _l("With conditions"),
        framework.RestrictionEffect.voluntary: _l("Voluntary"),
        framework.RestrictionEffect.no_new_purchase: _l("No new purchase"),
    },
    providers.RatingValue: {
        providers.RatingValue.outstanding: Tag(_l("Outstanding"), "green"),
        providers.RatingValue.good: Tag(_l("Good"), "green"),
        providers.RatingValue.requires_improvement: Tag(_l("Requires improvement"), "yellow"),
        providers.RatingValue.inadequate: Tag(_l("Inadequate"), "red"),
        providers.RatingValue.inspected_not_rated: Tag(_l("Inspected but not rated"), "grey"),
        providers.RatingValue.no_published_rating: Tag(_l("No published rating"), "grey"),
        providers.RatingValue.insufficient_evidence: Tag(_l("Insufficient evidence to rate"), "grey"),
        providers.RatingValue.not_rated: Tag(_l("Not rated"), "grey"),
        providers.RatingValue.no_action: Tag(_l("No action"), "grey"),
        providers.RatingValue.compliance_action: Tag(_l("Compliance action"), "grey"),
    },
    providers.RegistrationStatus: {
        providers.RegistrationStatus.registered: Tag(_l("Registered"), "green"),
        providers.RegistrationStatus.deregistered: Tag(_l("Deregistered"), "grey"),
        providers.RegistrationStatus.not_required: Tag(_l("Registration not required"), "grey"),
        providers.RegistrationStatus.unknown: Tag(_l("Not known"), "grey"),
    },
    providers.ServiceType: {
        providers.ServiceType.care_home_with_nursing: _l("Care home with nursing"),
        providers.ServiceType.care_home: _l("Care home"),
        providers.ServiceType.extra_care: _l("Extra care"),
        providers.ServiceType.supported_living: _l("Supported living"),
        providers.ServiceType.home_care: _l("Home care"),
        providers.ServiceType.day_service: _l("Day service"),
        providers.ServiceType.advice: _l("Advice"),
        providers.ServiceType.other: _l("Other"),
    },
    providers.Commissioning: {
        providers.Commissioning.not_recorded: _l("Not recorded"),
        providers.Commissioning.commissioned: _l("Commissioned"),
        providers.Commissioning.spot_purchase: _l("Spot purchase"),
        providers.Commissioning.grant_funded: _l("Grant funded"),
        providers.Commissioning.direct_payment: _l("Direct payments"),
        providers.Commissioning.not_commissioned: _l("Not commissioned"),
    },
    providers.Regulator: {
        providers.Regulator.cqc: _l("Care Quality Commission"),
        providers.Regulator.ciw: _l("Care Inspectorate Wales"),
        providers.Regulator.care_inspectorate: _l("Care Inspectorate (Scotland)"),
        providers.Regulator.rqia: _l("Regulation and Quality Improvement Authority (Northern Ireland)"),
        providers.Regulator.none: _l("None"),
    },
    providers.LinkKind: {
        providers.LinkKind.predecessor: _l("Predecessor"),
        providers.LinkKind.successor: _l("Successor"),
    },
    providers.ContactKind: {
        providers.ContactKind.registered_manager: _l("Registered manager"),
        providers.ContactKind.nominated_individual: _l("Nominated individual"),
        providers.ContactKind.office: _l("Office"),
        providers.ContactKind.on_call: _l("On call"),
        providers.ContactKind.other: _l("Other"),
    },
    providers.NoteChannel: {
        providers.NoteChannel.phone: _l("Phone call"),
        providers.NoteChannel.email: _l("Email"),
        providers.NoteChannel.meeting: _l("Meeting or talk"),
        providers.NoteChannel.letter: _l("Letter"),
    },
    people.AgencyKind: {
        people.AgencyKind.integrated_care_board: _l("Integrated care board"),
        people.AgencyKind.regulator: _l("Regulator"),
        people.AgencyKind.healthwatch: _l("Healthwatch"),
        people.AgencyKind.safeguarding: _l("Safeguarding"),
        people.AgencyKind.infection_control: _l("Infection prevention and control"),
        people.AgencyKind.community_nursing: _l("Community nursing"),
        people.AgencyKind.medicines: _l("Medicines management"),
        people.AgencyKind.council: _l("Another council"),
        people.AgencyKind.other: _l("Other"),
    },
    framework.FrameworkState: {
        framework.FrameworkState.draft: Tag(_l("Draft"), "grey"),
        framework.FrameworkState.in_force: Tag(_l("In force"), "green"),
        framework.FrameworkState.retired: Tag(_l("Retired"), "grey"),
    },
    framework.Announcement: {
        framework.Announcement.announced: _l("Announced"),
        framework.Announcement.unannounced: _l("Unannounced"),
        framework.Announcement.either: _l("Announced or unannounced"),
    },
    framework.Decision: {
        framework.Decision.authorise_visit: _l("Authorise a visit"),
        framework.Decision.suspension: _l("Decide a restriction on purchasing"),
    },
    framework.ClockUnit: {
        framework.ClockUnit.days: _l("days"),
        framework.ClockUnit.working_days: _l("working days"),
        framework.ClockUnit.weeks: _l("weeks"),
        framework.ClockUnit.months: _l("months"),
    },
    framework.ClockKey: {
        framework.ClockKey.suspension_review: _l("Review of a restriction"),
        framework.ClockKey.suspension_next_steps: _l("Next steps on a stop of new purchase"),
        framework.ClockKey.remediation_plan: _l("Remediation plan from the provider"),
        framework.ClockKey.feedback_to_manager: _l("Feedback to the manager of the home"),
        framework.ClockKey.complaint_response: _l("Response to a complaint"),
        framework.ClockKey.enquiry_response: _l("Response to a member of parliament or councillor"),
    },
    framework.TriggerEvent: {
        framework.TriggerEvent.cqc_inadequate: _l("Regulator's rating Inadequate"),
    },
    documents.LetterKind: {
        documents.LetterKind.decision: _l("Decision"),
        documents.LetterKind.variation: _l("Variation"),
        documents.LetterKind.lift_refused: _l("Lift refused"),
        documents.LetterKind.lifted: _l("Lifted"),
    },
    outbox.OutboxState: {
        outbox.OutboxState.waiting: _l("Waits to be sent"),
        outbox.OutboxState.sent: _l("Sent"),
        outbox.OutboxState.dead: _l("Could not be sent"),
    },
    suspensions.ReviewKind: {
        suspensions.ReviewKind.review: _l("Review"),
        suspensions.ReviewKind.next_steps: _l("Next steps"),
    },
    suspensions.VariationState: {
        suspensions.VariationState.proposed: Tag(_l("Proposed"), "yellow"),
        suspensions.VariationState.made: Tag(_l("Made"), "green"),
        suspensions.VariationState.refused: Tag(_l("Refused"), "grey"),
    },
    suspension_steps.YesNo: {
        suspension_steps.YesNo.yes: _l("Yes"),
        suspension_steps.YesNo.no: _l("No"),
    },
    ledger.LedgerKind: {
        ledger.LedgerKind.created: _l("Created"),
        ledger.LedgerKind.edited: _l("Edited"),
        ledger.LedgerKind.step: _l("Step"),
        ledger.LedgerKind.imported: _l("Imported"),
        ledger.LedgerKind.read: _l("Read"),
        ledger.LedgerKind.maintenance: _l("Maintenance"),
    },
    lists.ExportFormat: {
        lists.ExportFormat.csv: _l("CSV"),
        lists.ExportFormat.xlsx: _l("Excel"),
    },
    Role: ROLE_NAMES,
}


def tag(value: Enum) -> Tag:
    """The same as a coloured tag."""
    found = WORDS[type(value)][value]
    return found if isinstance(found, Tag) else Tag(found)


def word(value: Enum) -> Any:
    """The words for a state or kind, without their tag."""
    found = WORDS[type(value)][value]
    return found.text if isinstance(found, Tag) else found


def shown_word(value: Enum) -> Any:
    """The words as a page shows them: a state with its colour, a kind plainly."""
    return WORDS[type(value)][value]


AREAS = {
    Resource.services: _l("Services"),
    Resource.providers: _l("Providers"),
    Resource.contacts: _l("Contacts"),
    Resource.contact_notes: _l("Contact notes"),
    Resource.visits: _l("Visits"),
    Resource.suspensions: _l("Suspensions"),
    Resource.complaints: _l("Complaints"),
    Resource.feedback: _l("Feedback"),
    Resource.plans: _l("Plans"),
    Resource.actions: _l("Actions"),
    Resource.meetings: _l("Meetings"),
    Resource.contracts: _l("Contracts"),
    Resource.standing: _l("Standing of services"),
    Resource.continuity: _l("Continuity"),
    Resource.safeguarding: _l("Safeguarding processes"),
    Resource.validations: _l("Validations"),
    Resource.placements: _l("Placements"),
    Resource.checks: _l("Direct payment checks"),
    Resource.authorities: _l("Host authorities"),
    Resource.shares: _l("Sharing"),
    Resource.letters: _l("Letters"),
    Resource.purchasing: _l("Purchasing board"),
    Resource.agencies: _l("Agencies"),
    Resource.frameworks: _l("Framework"),
    Resource.accounts: _l("Accounts"),
    Resource.saved_views: _l("Saved views"),
    Resource.exports: _l("Exports"),
    Resource.history: _l("History"),
    Resource.help: _l("Help"),
}


def field_label(model: type[Any], name: str) -> Any:
    """What a column is called: by a name of its own where this kind of record has one, else as everywhere."""
    return OWN_FIELDS.get((model.__tablename__, name)) or FIELDS[name]


OWN_FIELDS = {
    ("plan", "reason"): _l("Why it is needed"),
    ("action", "text"): _l("What is to be done"),
    ("action", "evidence"): _l("Evidence that an officer saw"),
    ("plan", "agreed_on"): _l("Agreed on"),
}
"""(table, column) -> its own name, where the same column of other records is called otherwise."""

FIELDS = {
    "title": _l("Title"),
    "proposed_on": _l("Proposed on"),
    "escalated_to": _l("Escalated to"),
    "escalated_on": _l("Escalated on"),
    "plan_id": _l("Plan"),
    "owner": _l("Who sees to it (post)"),
    "significant": _l("Significant"),
    "source_reference": _l("Which one it comes from"),
    "done": _l("What was done"),
    "done_on": _l("Done on"),
    "verified_on": _l("Verified on"),
    "reporter_post": _l("Post or team it comes from"),
    "tone": _l("Tone"),
    "clarification": _l("Clarification"),
    "risk": _l("Risk"),
    "assessment": _l("What the officer makes of it"),
    "told_provider": _l("What the provider is told"),
    "shared_on": _l("Shared on"),
    "result": _l("What came of it"),
    "source": _l("Who it comes from"),
    "received_on": _l("Received on"),
    "reference": _l("Reference"),
    "case_reference": _l("Case reference"),
    "subject": _l("What it is about"),
    "details": _l("Details"),
    "findings": _l("Findings"),
    "response": _l("Response"),
    "outcome": _l("Outcome"),
    "approved_at": _l("Approved"),
    "responded_on": _l("Responded on"),
    "learning": _l("Learning for this provider"),
    "wider_learning": _l("Learning for all providers like it"),
    "agreement_on": _l("Sharing agreed on"),
    "provider_id": _l("Provider"),
    "service_id": _l("Service"),
    "part_id": _l("Unit or property"),
    "contact_id": _l("Contact"),
    "activity_type_id": _l("Kind of visit"),
    "name": _l("Name"),
    "kind": _l("Kind"),
    "post": _l("Post"),
    "phone": _l("Phone"),
    "email": _l("Email"),
    "left_on": _l("Left on"),
    "at": _l("When"),
    "channel": _l("How"),
    "text": _l("What was said"),
    "commissioning": _l("How the council buys"),
    "allocated_officer_id": _l("Linked officer"),
    "due_on": _l("Due by"),
    "reason": _l("Why this visit"),
    "tasks": _l("What to look at"),
    "state": _l("State"),
    "announced": _l("Told beforehand"),
    "officer_id": _l("Officer"),
    "starts_at": _l("Date and time"),
    "authorised_by_id": _l("Authorised by"),
    "authorised_at": _l("Authorised"),
    "authorisation_asked_by_id": _l("Authorisation asked by"),
    "began_at": _l("Began"),
    "ended_at": _l("Ended"),
    "overrun_reason": _l("Why it took longer"),
    "feedback_to": _l("First feedback heard by"),
    "feedback_at": _l("First feedback given"),
    "feedback": _l("First feedback"),
    "consulted": _l("How people were heard"),
    "published_at": _l("Published"),
    "grounds": _l("Grounds"),
    "evidence": _l("Evidence"),
    "resident_risk": _l("Risk to the people already there"),
    "number_placed": _l("Number placed by the council"),
    "conditions": _l("Proposed conditions"),
    "review_on": _l("Review date proposed"),
    "agreed_on": _l("Provider agreed on"),
    "mandatory_ground": _l("Mandatory ground"),
    "submitted_by_id": _l("Submitted by"),
    "submitted_at": _l("Submitted"),
    "decided_by_id": _l("Decided by"),
    "decided_at": _l("Decided"),
    "decided_by_group": _l("Decided by group"),
    "decided_on": _l("Date of the group's decision"),
    "decision_minute": _l("Minute of the decision"),
    "starts_on": _l("In force from"),
    "next_review_on": _l("Next review"),
    "lift_requested_by_id": _l("Lift requested by"),
    "lift_evidence": _l("Evidence for the lift"),
    "lifted_by_id": _l("Lifted by"),
    "ends_on": _l("Lifted on"),
    "active": _l("In use"),
    "closed_on": _l("Closed on"),
    "username": _l("User name"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "roles": _l("Roles"),
    "agency_id": _l("Agency"),
    "password": _l("Password"),
    "must_change_password": _l("Must change the password"),
    "session_version": _l("Sessions ended"),
    "regulator_id": _l("Regulator's id"),
    "registration_status": _l("Registration"),
    "registered_on": _l("Registered on"),
    "deregistered_on": _l("Deregistered on"),
    "beds": _l("Beds"),
    "postcode": _l("Postcode"),
    "local_authority": _l("Council area"),
    "region": _l("Region"),
    "last_inspected_on": _l("Last inspected"),
    "ownership": _l("Kind of owner"),
    "company_number": _l("Company number"),
    "charity_number": _l("Charity number"),
    "screen": _l("List"),
    "resource": _l("What it tells of"),
    "address": _l("Address"),
    "shared": _l("Shared with the council's people"),
    "opens_first": _l("Opens first for its author"),
    "withdrawn": _l("Withdrawn"),
    "format": _l("Format"),
    "rows": _l("Rows"),
    "created_by_id": _l("Written by"),
    "created_at": _l("Written"),
}
