"""What an invented council did beside its visits: the meetings, calls and returns that its framework asks for.

And what stands today beside them: the bands of some services, an obligation that rests, a cover to come, addresses of
calendars, and a draft of the next edition.
"""

import datetime as dt

from sqlalchemy import select

from models.absences import Absence
from models.base import LONDON
from models.calendars import CalendarKind
from models.contracts import ContinuityPlan
from models.diary import Obligation, ObligationSource, Occurrence, Pause
from models.framework import (
    ActivityForm,
    ActivityType,
    Band,
    BandSubject,
    Cadence,
    CadenceMode,
    ClockUnit,
    Framework,
    FrameworkState,
    Scheme,
)
from models.meetings import Meeting, MeetingKind
from models.risk import ServiceBand
from seed.demo_history import Demo
from workflows import calendars, contracts, diary, framework_editions, meetings, risk
from workflows.gate import maintenance

SWITCHED_ON = dt.timedelta(days=70)
"""How long ago the council began to count the periods of its calendar rules here."""
DONE = 0.9
"""How much of what is due gets done in time."""
WHY_IT_RESTS = "The new manager takes up the post next month, and asked to be there."
WHAT_TO_KNOW = "The reviews of restrictions that fall into that week are prepared."
BANDS = (
    # service, which band counted from the worst, how many days ago, why, and whether it is decided
    (
        "Marlscombe Manor",
        1,
        40,
        "Two substantiated concerns within six months, and the manager's post is vacant.",
        True,
    ),
    (
        "Beckside Lodge",
        0,
        21,
        "Medicines were missed on three days, and the plan from the last visit is overdue.",
        True,
    ),
    ("Kestrel View", 1, 2, "Three complaints about the evenings since the new year.", False),
)
RESULTS = ("Nothing to follow up.", "One point to follow up at the next visit.", "In order.")


def keep(demo: Demo) -> None:
    """Record most of what fell due until the last whole day as done, each on a day of its own. The caller commits."""
    with demo.as_job("demo", demo.now):
        with maintenance("demo"):
            kept = Cadence.framework_id == demo.framework_id, Cadence.mode == CadenceMode.calendar
            for rule in demo.session.scalars(select(Cadence).where(*kept)):
                rule.since = demo.today - SWITCHED_ON
            demo.session.flush()
        diary.derive(demo.session, demo.today, *diary.everything(demo.session))
        kinds = {
            kind.key: kind
            for kind in demo.session.scalars(select(ActivityType).where(ActivityType.framework_id == demo.framework_id))
        }
        fell_due = (
            select(Obligation)
            .where(Obligation.source == ObligationSource.cadence, Obligation.due_on <= demo.day(0))
            .order_by(Obligation.due_on, Obligation.identity)
        )
        late = [
            each for each in demo.session.scalars(fell_due) if kinds[each.activity or ""].form != ActivityForm.visit
        ]
    names = {number: name for name, number in demo.people.items()}
    for each in late:
        if demo.chance.random() < DONE:
            who = names.get(each.officer_id or 0, "officer")
            _do(demo, who, kinds[each.activity or ""], each)


def _do(demo: Demo, who: str, kind: ActivityType, owed: Obligation) -> None:
    day = demo.day(demo.chance.randint(1, 18))
    if owed.period_start is not None:
        day = demo.working_day(owed.due_on)
    moment = demo.in_hours(day, 10, 11)
    if kind.form is ActivityForm.continuity_plan:
        with demo.as_(who, moment):
            plan = ContinuityPlan(provider_id=owed.provider_id)
            demo.session.add(plan)
            demo.session.flush()
        here, read = moment + dt.timedelta(hours=2), moment + dt.timedelta(hours=5)
        demo.take(contracts.CONTINUITIES, "receive", plan, who, here, received_on=day)
        demo.take(contracts.CONTINUITIES, "assure", plan, who, read, check_note=demo.draw(RESULTS))
        return
    if kind.form is not ActivityForm.meeting:
        with demo.as_(who, moment):
            demo.session.add(
                Occurrence(
                    activity_type_id=kind.id,
                    service_id=owed.service_id,
                    contract_id=owed.contract_id,
                    provider_id=owed.provider_id,
                    done_on=moment.astimezone(LONDON).date(),
                    period_start=owed.period_start,
                    result=demo.draw(RESULTS),
                )
            )
            demo.session.flush()
        return
    written = demo.moment(demo.working_day(moment.date() - dt.timedelta(days=7)), 10)
    with demo.as_(who, written):
        meeting = Meeting(
            kind=MeetingKind(kind.meeting_kind or ""),
            name=kind.name,
            service_id=owed.service_id,
            provider_id=owed.provider_id,
            activity_type_id=kind.id,
            starts_at=moment,
        )
        demo.session.add(meeting)
        demo.session.flush()
    with demo.as_(who, moment + dt.timedelta(hours=1)) as actor:
        meetings.WORKFLOW.take("hold", meeting, actor)


def show(demo: Demo) -> None:
    """Grade some services, let the officer's work rest in one place, plan a cover, make addresses of calendars, and
    begin the next edition. The caller commits."""
    _bands(demo)
    earlier = demo.moment(demo.day(0), 17)
    _rest(demo, earlier)
    _cover(demo, earlier)
    for username, kind in (("officer", CalendarKind.person), ("manager", CalendarKind.team)):
        with demo.as_(username, earlier) as owner:
            calendars.make(demo.session, owner, kind)  # nobody keeps its secret
            demo.session.flush()
    _next_edition(demo, earlier)


def _bands(demo: Demo) -> None:
    """Bands of the first scheme that grades services; no framework has two."""
    ours = Scheme.framework_id == demo.framework_id, Scheme.subject == BandSubject.service
    with demo.as_job("demo", demo.now):
        scheme = demo.session.scalars(select(Scheme.key).where(*ours).order_by(Scheme.id)).first()
        if scheme is None:
            return
        own = Band.framework_id == demo.framework_id, Band.scheme == scheme
        worst_first = demo.session.scalars(select(Band.key).where(*own).order_by(Band.position.desc())).all()
    for service, place, days, grounds, decided in BANDS:
        moment = demo.moment(demo.working_day(demo.today - dt.timedelta(days=days)), 11)
        with demo.as_("officer", moment):
            band = ServiceBand(service_id=demo.ids[service], scheme=scheme, band=worst_first[place], grounds=grounds)
            demo.session.add(band)
            demo.session.flush()
        if decided:
            demo.take(risk.WORKFLOW, "confirm", band, None, moment + dt.timedelta(hours=4))


def _rest(demo: Demo, moment: dt.datetime) -> None:
    with demo.as_("officer", moment) as officer:
        owed = select(Obligation).where(
            Obligation.officer_id == officer.person_id,
            Obligation.source == ObligationSource.cadence,
            Obligation.due_on > demo.today,
        )
        first = demo.session.scalars(owed.order_by(Obligation.due_on, Obligation.identity)).first()
        if first is not None:
            demo.session.add(Pause(obligation_id=first.id, reason=WHY_IT_RESTS))
            demo.session.flush()


def _cover(demo: Demo, moment: dt.datetime) -> None:
    with demo.as_("head2", moment):
        monday = demo.today + dt.timedelta(days=7 - demo.today.weekday())
        cover = Absence(
            absent_id=demo.people["head2"],
            deputy_id=demo.people["head"],
            first_on=monday,
            last_on=monday + dt.timedelta(days=4),
            note=WHAT_TO_KNOW,
        )
        demo.session.add(cover)
        demo.session.flush()


def _next_edition(demo: Demo, moment: dt.datetime) -> None:
    """A draft by the Manager, in which one of the longer intervals is halved."""
    with demo.as_("manager", moment) as manager:
        standing = demo.session.get_one(Framework, demo.framework_id)
        framework_editions.WORKFLOW.take("copy_to_draft", standing, manager)
        yearly = (
            select(Cadence)
            .join(Cadence.framework)
            .where(
                Framework.state == FrameworkState.draft,
                Cadence.mode == CadenceMode.interval,
                Cadence.unit == ClockUnit.months,
                Cadence.length >= 6,
            )
            .order_by(Cadence.id)
        )
        rule = demo.session.scalars(yearly).first()
        if rule is not None and rule.length is not None:
            rule.length //= 2
        demo.session.flush()
