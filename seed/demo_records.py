"""What else an invented council has on its desk: complaints, plans, feedback, meetings, contracts and the rest.

Each is a story: who wrote the record, how many working days ago, and the steps that were taken since.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import xlsxwriter
from sqlalchemy import select

from models import complaints, contracts, feedback, meetings, placements, plans
from models.arrivals import ArrivalKind
from models.authorities import AuthorityContact, AuthorityKind, HostAuthority, Nation
from models.base import Model
from models.contracts import ContractKind, CoverKind, EnforcementKind, PostState, Rag, SafeguardingKind
from models.providers import RatingValue, Regulator, Service
from seed.demo_script import PORTAL
from views.labels import word
from workflows import arrivals, tokens
from workflows.engine import WORKFLOWS
from workflows.framework import meetings_of

if TYPE_CHECKING:
    from seed.demo_history import Demo

ICB = "NHS Wexmoor and Marl Integrated Care Board"
NURSING = "Wexmoor community nursing"
HOST = "County of Ottermoor"
"""As it calls itself: the register spells it otherwise, so an officer names it."""
CONTACT = "Commissioning team, 01632 960 140, placements@wexmoor.example.org, Town Hall, Wexmoor"


class Story:
    """One record, from its first line on. Nothing happens before it is told by the demo's queue."""

    def __init__(self, demo: Demo, who: str, back: int, make: Callable[[dt.date], Model]) -> None:
        self.demo, self.make = demo, make
        self.item: Any = None
        demo.then(demo.moment(demo.day(back), 10), self._write, who)

    def _write(self, who: str, moment: dt.datetime) -> None:
        with self.demo.as_(who, moment) as actor:
            self.item = self.make(actor.today)
            self.demo.session.add(self.item)
            self.demo.session.flush()

    def then(self, step: str, who: str, back: int, note: str = "", **values: Any) -> Story:
        """A step on a later day. A value that is called is worked out on that day."""
        self.demo.then(self.demo.moment(self.demo.day(back), 11), self._take, step, who, note, values)
        return self

    def _take(self, step: str, who: str, note: str, values: dict[str, Any], moment: dt.datetime) -> None:
        with self.demo.as_(who, moment) as actor:
            told = {name: value(actor.today) if callable(value) else value for name, value in values.items()}
        self.demo.take(WORKFLOWS[type(self.item)], step, self.item, who, moment, note, **told)


def today(day: dt.date) -> dt.date:
    return day


def ahead(days: int) -> Callable[[dt.date], dt.date]:
    return lambda day: day + dt.timedelta(days=days)


def tell(demo: Demo) -> None:
    """Put every story into the demo's queue."""
    demo.then(demo.moment(demo.day(16), 9), _token, demo)
    for area in (_complaints, _feedback, _plans, _meetings, _standing, _placements, _arrivals):
        area(demo)


def _token(demo: Demo, moment: dt.datetime) -> None:
    """A token by which a program of the Administrator reads the agencies. Nobody keeps its secret."""
    with demo.as_("admin", moment) as actor:
        tokens.make(demo.session, actor, "Monthly figures", ["read:agencies"], actor.today + dt.timedelta(days=300))
        demo.session.flush()


def _arrivals(demo: Demo) -> None:
    """Contracts that were brought in from a spreadsheet, officers that wait to be, and suspensions with a slip."""
    headings = ["Service", "Title", "Kind of contract", "Starts", "Yearly value"]
    rows: list[list[str | int]] = [
        ["Fellside Lodge", "Respite beds, kept before", "Spot", "01/10/2023", 24_000],
        ["Sandpiper Lodge", "Night care, kept before", "Block", "01/04/2023", 61_000],
    ]
    moment = demo.moment(demo.day(190), 9)
    demo.then(moment, _bring, demo, "contracts", "Contract list on the shared drive", headings, rows, True)
    moment = demo.moment(demo.day(2), 9)
    allocated: list[list[str | int]] = [["Otter Lodge", "officer2"]]
    demo.then(moment, _bring, demo, "officers", "Rota of 2024", ["Service", "Officer"], allocated, False)
    restricted = ["Service", "What is restricted", "Grounds", "In force since", "Decided on", "Decided by"]
    slip: list[list[str | int]] = [
        ["Dovecote House", "No new purchase", "Medicines", "31/02/2024", "01/02/2024", "Head of Service"]
    ]
    demo.then(moment, _bring, demo, "suspensions", "Suspensions of 2024", restricted, slip, False)


def _bring(
    demo: Demo,
    kind: str,
    source: str,
    headings: list[str],
    rows: list[list[str | int]],
    for_good: bool,
    moment: dt.datetime,
) -> None:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    with demo.as_("manager", moment) as actor:
        made = arrivals.upload(
            demo.session, actor, ArrivalKind(kind), source, actor.today, f"{kind}.xlsx", held.getvalue(), word
        )
    if for_good:
        demo.take(arrivals.WORKFLOW, "bring_in", made, "manager", moment)


def _about(demo: Demo, name: str) -> dict[str, int]:
    """The keys of a service and of its provider, once the register has been read."""
    service = demo.session.scalars(select(Service).where(Service.id == demo.ids[name])).one()
    return {"service_id": service.id, "provider_id": service.provider_id}


def _complaints(demo: Demo) -> None:
    def complaint(back: int, service: str, subject: str, source: str, kind: str = "complaint") -> Story:
        return Story(
            demo,
            "officer",
            back,
            lambda day: complaints.Complaint(
                **_about(demo, service),
                kind=complaints.ComplaintKind(kind),
                source=complaints.ComplaintSource(source),
                received_on=day,
                reference=f"CC/{1000 + back}",
                subject=subject,
                details="As customer care took it down. The person is known there by the reference.",
            ),
        )

    def officer(day: dt.date) -> int:
        return demo.people["officer2"]

    answer = {
        "findings": "The records bear it out in part.",
        "outcome": complaints.ComplaintOutcome.partly_upheld,
        "response": "We looked at the records of both weeks and spoke with the manager of the service.",
    }
    complaint(40, "Inglewick Lodge", "Laundry is lost", "family")
    complaint(6, "Kiln Croft", "Calls of a bell go unanswered at night", "family").then(
        "allocate", "manager", 5, officer_id=officer
    )
    complaint(15, "Marl Valley Homecare", "Visits are cut short", "person_using_service").then(
        "allocate", "manager", 14, officer_id=officer
    ).then("investigate", "officer2", 12)
    complaint(25, "Tarnvale Lodge", "Meals are cold", "advocate").then(
        "allocate", "manager", 24, officer_id=officer
    ).then("investigate", "officer2", 22).then("draft_response", "officer2", 4, **answer)
    complaint(60, "Rowan Bank", "A ward councillor asks about staffing", "elected_member", "councillor_enquiry").then(
        "allocate", "manager", 59, officer_id=officer
    ).then("investigate", "officer2", 58).then("draft_response", "officer2", 54, **answer).then(
        "approve_response", "manager", 53
    ).then("respond", "officer2", 52, responded_on=today).then("close", "officer2", 50)
    complaint(33, "Harrier Rise", "Bruises that nobody explained", "family").then(
        "refer", "officer", 33, "Possible neglect: for the safeguarding unit first."
    )


def _feedback(demo: Demo) -> None:
    def said(who: str, back: int, service: str, subject: str, tone: str, source: str) -> Story:
        return Story(
            demo,
            who,
            back,
            lambda day: feedback.Feedback(
                **_about(demo, service),
                source=feedback.FeedbackSource(source),
                received_on=day,
                tone=feedback.FeedbackTone(tone),
                subject=subject,
                details="Written after a visit. People by case reference only.",
            ),
        )

    weighed = {"risk": feedback.FeedbackRisk.medium, "assessment": "The third of its kind this quarter."}
    said("contributor", 2, "Marlscombe Manor", "Dressings were changed late", "concern", "health_professional")
    said("caremanager", 9, "Canal Gate", "A calm move from hospital", "praise", "social_worker").then(
        "acknowledge", "officer", 8
    )
    said("officer", 21, "Marlscombe Manor", "Families praise the garden group", "praise", "family").then(
        "acknowledge", "officer", 20
    ).then("triage", "officer", 19, **weighed | {"risk": feedback.FeedbackRisk.low}).then(
        "share_with_provider", "officer", 18, told_provider="Families praise the garden group."
    )
    said("contributor", 30, "Kiln Croft", "Two falls without a review", "concern", "health_professional").then(
        "acknowledge", "officer2", 29
    ).then("triage", "officer2", 28, **weighed).then(
        "escalate", "officer2", 27, "A pattern.", escalated_to="Safeguarding unit"
    )


def _plans(demo: Demo) -> None:
    def plan(who: str, back: int, service: str, title: str, kind: str, *todo: tuple[str, str, int]) -> Story:
        def make(day: dt.date) -> Model:
            made = plans.Plan(**_about(demo, service), title=title, kind=plans.PlanKind(kind))
            made.actions = [
                plans.Action(text=text, owner=owner, due_on=day + dt.timedelta(days=days), significant=days < 40)
                for text, owner, days in todo
            ]
            return made

        return Story(demo, who, back, make)

    audit = ("Audit medicines each week and send the results", "Registered manager", 28)
    train = ("Train every senior in falls reviews", "Deputy manager", 84)
    lift = ("Repair the lift and keep its log", "Estates lead", 14)
    plan("provider", 3, "Marlscombe Manor", "Medicines and falls", "action_plan", audit, train)
    plan("officer", 12, "Inglewick Lodge", "Care plans after the visit", "action_plan", audit).then(
        "propose", "officer", 11
    )
    agreed = plan("officer", 70, "Kiln Croft", "After the restriction", "remediation_plan", audit, train, lift)
    agreed.then("propose", "officer", 69).then("agree", "officer2", 68)
    agreed.then("share", "officer", 66, "They see to the pressure care in it.", agency_id=lambda day: demo.ids[NURSING])
    demo.then(demo.moment(demo.day(40), 15), _report_first_action, agreed)
    plan("officer2", 50, "Marlscombe Manor", "Since the regulator's report", "improvement_plan", train, lift).then(
        "propose", "officer2", 49
    ).then("agree", "officer", 47)


def _report_first_action(story: Story, moment: dt.datetime) -> None:
    demo, flow, day = story.demo, WORKFLOWS[plans.Action], moment.date()
    with demo.as_("officer", moment):
        action = demo.session.scalars(select(plans.Action).where(plans.Action.plan_id == story.item.id)).all()[0]
    demo.take(flow, "report_done", action, "officer", moment, done="Five audits were sent.", done_on=day)
    demo.take(flow, "verify", action, "officer2", moment, evidence="Seen on site and in the results.")


def _meetings(demo: Demo) -> None:
    def meeting(who: str, back: int, kind: str, name: str, service: str | None, soon: int | None = None) -> Story:
        def make(day: dt.date) -> Model:
            about = _about(demo, service) if service else {}
            told = {"starts_at": demo.moment(day + dt.timedelta(days=soon), 14)} if soon is not None else {}
            named = meetings.MeetingKind(kind)
            home = demo.session.get(Service, about["service_id"]) if about else None
            fitting = meetings_of(demo.session, named, home.service_type if home is not None else None)
            first = next(iter(fitting), None)
            about_it = name or fitting.get(first or 0, "Meeting of the group")
            return meetings.Meeting(
                kind=named, activity_type_id=first, name=about_it, purpose="See the file.", **about, **told
            )

        return Story(demo, who, back, make)

    def at_two(day: dt.date) -> dt.datetime:
        return demo.moment(day + dt.timedelta(days=1), 14)

    meeting("officer", 4, "mdt", "Nursing care at night", "Tarnvale Lodge")
    meeting("officer", 10, "mdt", "Falls and pressure care", "Kiln Croft").then("convene", "head", 9).then(
        "schedule", "officer", 8, starts_at=lambda day: demo.moment(day + dt.timedelta(days=14), 14), place="Town Hall"
    )
    whole = meeting("officer", 90, "mdt", "Medicines support", "Marlscombe Manor").then("convene", "head", 88)
    whole.then("schedule", "officer", 87, starts_at=at_two, place="Marlscombe")
    demo.then(demo.moment(demo.day(86), 9), _invite, whole)
    whole.then("hold", "officer", 84)
    demo.then(demo.moment(demo.day(84), 15), _record, whole)
    whole.then("draft_minutes", "officer", 82, minutes="The nurse and the manager agreed on weekly audits.")
    whole.then("approve_minutes", "head2", 80).then("circulate", "officer", 79)
    whole.then("close", "officer", 70)
    monthly = meeting("officer2", 14, "keeping_in_touch", "Monthly meeting", "Rowan Bank", 1)
    monthly.then("hold", "officer2", 12)
    demo.then(demo.moment(demo.day(12), 15), _came, monthly)
    monthly.then("share_notes", "officer2", 11, minutes="Two vacancies filled. The lift is still slow.")
    meeting("manager", 3, "group", "", None, 20)


def _invite(story: Story, moment: dt.datetime) -> None:
    """The agenda, and who is invited."""
    demo, pk = story.demo, story.item.id
    with demo.as_("officer", moment):
        demo.session.add(meetings.MeetingItem(meeting_id=pk, position=1, title="Medicines rounds"))
        demo.session.add(
            meetings.MeetingAttendance(
                meeting_id=pk, agency_id=demo.ids[ICB], post="Nurse", attendance=meetings.Attendance.invited
            )
        )
        demo.session.flush()


def _came(story: Story, moment: dt.datetime) -> None:
    """The provider's manager came to a meeting that needs nobody else."""
    demo, item = story.demo, story.item
    with demo.as_("officer2", moment):
        demo.session.add(
            meetings.MeetingAttendance(
                meeting_id=item.id,
                provider_id=item.provider_id,
                post="Registered manager",
                attendance=meetings.Attendance.attended,
            )
        )
        demo.session.flush()


def _record(story: Story, moment: dt.datetime) -> None:
    """Who came, and what was decided."""
    demo, item = story.demo, story.item
    with demo.as_("officer", moment):
        for each in item.attendances:
            each.attendance = meetings.Attendance.attended
        demo.session.add(
            meetings.MeetingDecision(
                meeting_id=item.id,
                decision="Weekly audits of medicines",
                owner="Registered manager",
                due_on=moment.date() + dt.timedelta(days=30),
            )
        )
        demo.session.flush()


def _standing(demo: Demo) -> None:
    def add(who: str, back: int, make: Callable[[dt.date], Model]) -> Story:
        return Story(demo, who, back, make)

    for number, (service, kind, level, rag) in enumerate(
        [
            ("Marlscombe Manor", ContractKind.framework, 3, Rag.amber),
            ("Kiln Croft", ContractKind.framework, 4, Rag.red),
            ("Marl Valley Homecare", ContractKind.block, 2, Rag.green),
            ("Hobblethorpe Day Centre", ContractKind.grant, 1, Rag.green),
        ]
    ):
        add(
            "officer",
            200 + number,
            lambda day, service=service, kind=kind, level=level, rag=rag: contracts.Contract(  # type: ignore[misc]
                **_about(demo, service),
                title=f"{service}, from {day.year}",
                kind=kind,
                starts_on=day,
                ends_on=day + dt.timedelta(days=730),
                yearly_value=180_000 * level,
                monitoring_level=level,
                rag=rag,
                joint=level == 3,
            ),
        ).then("allocate", "manager", 190, officer_id=lambda day: demo.people["officer"])
    for back, occupied in ((120, 38), (60, 35), (10, 30)):
        add(
            "officer",
            back,
            lambda day, occupied=occupied: contracts.OccupancyReturn(  # type: ignore[misc]
                service_id=demo.ids["Marlscombe Manor"], counted_on=day, occupied=occupied, vacant=40 - occupied
            ),
        )
    add(
        "officer2",
        35,
        lambda day: contracts.ManagerPost(service_id=demo.ids["Kiln Croft"], held=PostState.vacant, from_on=day),
    )
    add(
        "officer",
        75,
        lambda day: contracts.Enforcement(
            service_id=demo.ids["Kiln Croft"], kind=EnforcementKind.warning_notice, served_on=day, reference="WN-114"
        ),
    )
    add(
        "officer",
        140,
        lambda day: contracts.Insurance(
            provider_id=demo.ids[PORTAL],
            kind=CoverKind.public_liability,
            starts_on=day,
            expires_on=day + dt.timedelta(days=365),
            cover=5_000_000,
        ),
    )
    add(
        "officer",
        100,
        lambda day: contracts.SponsorLicence(provider_id=demo.ids[PORTAL], workers=14, since=day),
    )
    add(
        "officer2",
        45,
        lambda day: contracts.SponsorLicence(provider_id=demo.ids["Openfield Living Limited"], workers=6, since=day),
    ).then("suspend", "officer2", 7, since=today)
    add("officer", 130, lambda day: contracts.ContinuityPlan(**_about(demo, "Marlscombe Manor"))).then(
        "receive", "officer", 125, received_on=today
    ).then("assure", "officer", 120, check_note="Names a reserve kitchen and a second site.").then(
        "try",
        "officer",
        30,
        tested_on=today,
        scenario="No water for a day",
        how_it_held="Bottles came in time.",
    )
    add(
        "officer2",
        20,
        lambda day: contracts.ContinuityPlan(**_about(demo, "Canal Gate"), check_due_on=day + dt.timedelta(days=10)),
    )
    add(
        "officer",
        55,
        lambda day: contracts.SafeguardingProcess(
            **_about(demo, "Harrier Rise"), kind=SafeguardingKind.organisational, reference="SG/88"
        ),
    ).then("open", "officer", 54, opened_on=today, opener="Safeguarding unit")
    add(
        "officer2",
        5,
        lambda day: contracts.SafeguardingProcess(
            **_about(demo, "Kiln Croft"), kind=SafeguardingKind.large_scale_enquiry, reference="SG/97"
        ),
    )


def _placements(demo: Demo) -> None:
    host = Story(
        demo,
        "manager",
        150,
        lambda day: HostAuthority(name=HOST, nation=Nation.england, kind=AuthorityKind.unitary),
    )
    Story(
        demo,
        "officer",
        149,
        lambda day: AuthorityContact(
            authority_id=host.item.id, post="Quality team", email="quality@ottermoor.example.org"
        ),
    )

    def asked(back: int, service: str) -> Story:
        return Story(
            demo,
            "caremanager",
            back,
            lambda day: placements.Validation(
                service_id=demo.ids[service], case_reference=f"P-{2000 + back}", reason="Family lives nearby."
            ),
        )

    def checked(story: Story, back: int) -> Story:
        Story(
            demo,
            "officer",
            back,
            lambda day: placements.RegulatorCheck(
                validation_id=story.item.id, regulator=Regulator.cqc, checked_on=day, rating=RatingValue.good
            ),
        )
        for kind in placements.ReferenceKind:
            Story(
                demo,
                "officer",
                back,
                lambda day, kind=kind: placements.AuthorityReference(  # type: ignore[misc]
                    validation_id=story.item.id,
                    authority_id=host.item.id,
                    kind=kind,
                    asked_on=day,
                    answered_on=day,
                    text="No concerns; two people live there.",
                ),
            )
        return story

    asked(2, "Otter Lodge")

    def begun(back: int, service: str) -> Story:
        story = asked(back, service).then("begin", "officer", back - 1)
        return story.then("name_host", "officer", back - 2, host_id=lambda day: host.item.id)

    asked(6, "Estuary View").then("begin", "officer", 5)
    recommended = checked(begun(15, "Estuary View"), 12)
    recommended.then("recommend", "officer", 11, recommendation="Good, and two authorities have used it.")
    approved = checked(begun(60, "Otter Lodge"), 57)
    approved.then("recommend", "officer", 56, recommendation="Good, and close to the family.")
    approved.then("approve", "manager", 55, outcome="You may place there.")
    for back, active in ((54, True), (8, False)):
        placed = Story(
            demo,
            "officer",
            back,
            lambda day, back=back: placements.Placement(  # type: ignore[misc]
                validation_id=approved.item.id, case_reference=f"P-{3000 + back}", planned_on=day + dt.timedelta(days=7)
            ),
        )
        if active:
            placed.then("notify_host", "officer", 53, host_contact_id=lambda day: _contact(demo), our_contact=CONTACT)
            placed.then("record_agreement", "officer", 52, agreement_on=today)
            placed.then("activate", "officer", 50, active_on=today)
            placed.then("record_rating_check", "officer", 9, rating_found=RatingValue.requires_improvement)
    for back, service in ((3, "Lanternlight Nights"), (40, "Cinder Hill House")):
        check = Story(
            demo,
            "caremanager",
            back,
            lambda day, service=service: placements.DirectPaymentCheck(  # type: ignore[misc]
                service_id=demo.ids[service], reason="Asked for by a family."
            ),
        )
        if back == 40:
            check.then(
                "check", "officer", 38, rating_found=RatingValue.good, findings="Registered, insured, well thought of."
            ).then("list", "officer", 37)


def _contact(demo: Demo) -> int:
    return int(demo.session.scalars(select(AuthorityContact.id).order_by(AuthorityContact.id)).all()[-1])
