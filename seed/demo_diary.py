"""What an invented council did beside its visits: the meetings, calls and returns that its framework asks for."""

import datetime as dt

from sqlalchemy import select

from models.base import LONDON
from models.diary import Obligation, ObligationSource, Occurrence
from models.framework import ActivityForm, ActivityType, Cadence, CadenceMode
from models.meetings import Meeting, MeetingKind
from seed.demo_history import Demo
from workflows import diary, meetings
from workflows.gate import maintenance

SWITCHED_ON = dt.timedelta(days=70)
"""How long ago the council began to count the periods of its calendar rules here."""
DONE = 0.9
"""How much of what is due gets done in time."""
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
