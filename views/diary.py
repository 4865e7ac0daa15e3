"""The diary on screens: what is due, and why."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models import db
from models.diary import ClockNotice, ClockStage, Obligation, ObligationSource, Occurrence, Pause
from models.framework import ActivityForm, ActivityType, Cadence, Framework, FrameworkState
from models.providers import Service, ServiceType
from views.base import SCREENS, AreaView, Column, Filter, Moment, Table, acting
from views.framework import names_in
from views.framework_words import for_whom, in_words
from views.labels import Link, tag, word
from views.owed import about, tell_records, what
from views.providers import choices, officer_filter
from workflows.access import Resource, Right, rights
from workflows.desk import When, passed_on, when
from workflows.documents import day
from workflows.occurrences import OCCURRENCES, PAUSES, RECORDED, due_of, recordable


def activities(session: Any) -> list[tuple[str, str]]:
    """What the framework in force has done, by key."""
    rows = (
        select(ActivityType.key, ActivityType.name)
        .join(ActivityType.framework)
        .where(Framework.state == FrameworkState.in_force)
        .order_by(ActivityType.id)
    )
    return [(row.key, row.name) for row in session.execute(rows)]


WHEN = {
    When.overdue: _l("Overdue"),
    When.week: _l("Due in the next seven days"),
    When.coming: _l("Coming in the four weeks after"),
    When.missed: _l("Missed"),
}


WHOSE = officer_filter(_l("Whose"), Obligation.officer_id)
TYPE = Filter(
    "type",
    _l("Type of service"),
    choices(ServiceType, _l("All types")),
    lambda v: Obligation.service.has(Service.service_type == v),
)
ACTIVITY = Filter(
    "activity",
    _l("Activity"),
    lambda: [("", _l("All")), *activities(db.session)],
    lambda v: Obligation.activity == v,
)
DUE = Filter("when", _l("When"), lambda: [("", _l("All")), *WHEN.items()], lambda v: when(When(v), acting().today))
PASSED_ON = Filter(
    "passed_on",
    _l("Passed on"),
    lambda: [("", _l("All")), ("me", _l("To me, as overdue"))],
    lambda v: passed_on(acting()),
)


class ObligationView(AreaView):
    datamodel = Table(Obligation)
    resource = Resource.diary
    route_base = "/diary"
    title, one = _l("Diary"), _l("obligation")
    columns = (
        Column("what", _l("What is due"), what),
        Column("about", _l("Of what"), about),
        Column("service", _l("Service"), lambda o: o.service, Service.name),
        Column("due", _l("Due"), lambda o: o.due_on, Obligation.due_on),
        Column("booked", _l("Booked for"), lambda o: o.planned_on, Obligation.planned_on),
        Column("officer", _l("Whose"), lambda o: o.officer),
    )
    searched = (Obligation.name, Service.name)
    ordered = (Obligation.due_on,)
    eager = tuple(joinedload(each) for each in (Obligation.contract, Obligation.provider, Obligation.officer))
    filters = (DUE, WHOSE, TYPE, ACTIVITY, PASSED_ON)
    shown = (
        "clause", "service_id", "contract_id", "provider_id", "officer_id", "due_on", "due_time", "period_start",
        "period_end", "last_done_on", "counted_from", "planned_on", "paused_since", "warn_on", "escalate_on",
    )  # fmt: skip
    show_template = "obligation.html"
    history = False
    programs = False  # it is derived, and has no version that a program could hold against it

    def query(self) -> Any:
        return select(Obligation).outerjoin(Obligation.service)

    def find(self, pk: str) -> Any:
        item = super().find(pk)
        tell_records([item])
        return item

    def facts(self, item: Obligation) -> list[tuple[Any, Any]]:
        """What is due, of what, and the rule in words with its place in the framework."""
        return [(_l("Of what"), about(item)), *self._rule(item), *super().facts(item)]

    def _rule(self, item: Obligation) -> list[tuple[Any, Any]]:
        rule = db.session.scalar(
            select(Cadence)
            .join(Cadence.framework)
            .where(Framework.state == FrameworkState.in_force, Cadence.key == item.rule)
        )
        if item.source is not ObligationSource.cadence or rule is None:
            return []
        names = names_in({rule.framework_id})[rule.framework_id]
        address = url_for(f"{SCREENS[Cadence].__name__}.show", pk=rule.id)
        return [
            (_l("When it falls due"), Link(in_words(rule, names), address)),
            (_l("For whom"), for_whom(rule, names)),
        ]

    def why(self, item: Obligation) -> str:
        """Why it is due, in sentences: what it counts from, and what was done last."""
        told = [_("The record waits for this step by then.")] if item.source is ObligationSource.deadline else []
        if item.period_start is not None and item.period_end is not None:
            first, last = day(item.period_start), day(item.period_end)
            told.append(
                _("It is for %(day)s.", day=first)
                if first == last
                else _("It is for %(first)s to %(last)s.", first=first, last=last)
            )
        elif item.last_done_on is not None:
            told.append(_("It was last done on %(day)s.", day=day(item.last_done_on)))
        elif item.source is ObligationSource.cadence:
            told.append(_("It has not been done yet."))
        if item.counted_from is not None:
            told.append(_("The time is counted from %(day)s.", day=day(item.counted_from)))
        if item.paused_since is not None:
            told.append(_("Counting rests since %(day)s.", day=day(item.paused_since)))
        return " ".join(told)

    def prepare(self, items: list[Any]) -> None:
        tell_records(items)

    def more(self, item: Obligation) -> dict[str, Any]:
        """What can be done about it from here: the links that its page offers."""
        offered: list[tuple[Any, str]] = []
        record = getattr(item, "record", None)
        if record is not None:
            offered.append((_("Open the record"), url_for(f"{SCREENS[type(record)].__name__}.show", pk=record.id)))
        elif Right.add in rights(acting().roles, Resource.diary):
            offered += self._ways_to_do(item)
        found, may = due_of(item), Right.add in rights(acting().roles, Resource.diary)
        if may and item.paused_since is None and (found is None or found[1].rests):
            offered.append((_("Let the counting rest"), url_for("PauseView.add", obligation_id=item.id)))
        return {"offered": offered}

    def _ways_to_do(self, item: Obligation) -> list[tuple[Any, str]]:
        kind = db.session.scalar(
            select(ActivityType)
            .join(ActivityType.framework)
            .where(Framework.state == FrameworkState.in_force, ActivityType.key == item.activity)
        )
        if kind is None:
            return []
        named = {"activity_type_id": kind.id, "service_id": item.service_id}
        if kind.form is ActivityForm.visit:
            return [(_("Plan the visit"), url_for("VisitView.add", due_on=item.due_on, **named))]
        if kind.form is ActivityForm.meeting:
            named["provider_id"] = item.provider_id
            return [(_("Arrange the meeting"), url_for("MeetingView.add", kind=kind.meeting_kind, **named))]
        if kind.form is ActivityForm.continuity_plan:
            address = url_for(
                "ContinuityPlanView.add",
                provider_id=item.provider_id,
                service_id=item.service_id,
                check_due_on=item.due_on,
            )
            return [(_("Record that the plan is expected"), address)]
        named |= {"contract_id": item.contract_id, "provider_id": item.provider_id}
        return [(_("Record it as done"), url_for("OccurrenceView.add", period_start=item.period_start, **named))]


class OccurrenceView(AreaView):
    datamodel = Table(Occurrence)
    resource = Resource.diary
    route_base = "/occurrences"
    workflow = OCCURRENCES
    title, one = _l("Recorded as done"), _l("activity that was done")
    columns = (
        Column("what", _l("What was done"), lambda o: o.activity_type.name, ActivityType.name),
        Column("service", _l("Service"), lambda o: o.service, Service.name),
        Column("contract", _l("Contract"), lambda o: o.contract),
        Column("done", _l("Done on"), lambda o: o.done_on, Occurrence.done_on),
        Column("state", _l("State"), lambda o: tag(o.state), Occurrence.state),
    )
    searched = (ActivityType.name, Service.name, Occurrence.result)
    ordered = (Occurrence.done_on.desc(),)
    eager = (
        contains_eager(Occurrence.activity_type),
        contains_eager(Occurrence.service),
        joinedload(Occurrence.contract),
    )
    fields = RECORDED
    options = {"activity_type_id": recordable}
    long_text = frozenset({"result"})
    timeline = Moment(
        lambda o: o.done_on, lambda o: o.activity_type.name, lambda o: o.result, (joinedload(Occurrence.activity_type),)
    )

    def query(self) -> Any:
        return select(Occurrence).join(Occurrence.activity_type).outerjoin(Occurrence.service)


class PauseView(AreaView):
    datamodel = Table(Pause)
    resource = Resource.diary
    route_base = "/pauses"
    workflow = PAUSES
    title, one = _l("Where counting rests"), _l("rest")
    columns = (
        Column("what", _l("What rests"), lambda p: p.name, Pause.name),
        Column("service", _l("Service"), lambda p: p.service, Service.name),
        Column("state", _l("State"), lambda p: tag(p.state), Pause.state),
        Column("from", _l("From"), lambda p: p.from_on, Pause.from_on),
        Column("until", _l("Until"), lambda p: p.until_on, Pause.until_on),
    )
    searched = (Pause.name, Service.name, Pause.reason)
    ordered = (Pause.from_on.desc(),)
    eager = (contains_eager(Pause.service),)
    fields = ("obligation_id", "reason")
    shown = ("service_id", "provider_id", "from_on", "until_on")
    long_text = frozenset({"reason"})

    def query(self) -> Any:
        return select(Pause).outerjoin(Pause.service)


class ClockNoticeView(AreaView):
    datamodel = Table(ClockNotice)
    resource = Resource.diary
    route_base = "/clock-notices"
    title, one = _l("What the clock told"), _l("notice of the clock")
    columns = (
        Column("what", _l("What is due"), lambda n: n.name, ClockNotice.name),
        Column("stage", _l("Told that it is"), lambda n: tag(n.stage), ClockNotice.stage),
        Column("service", _l("Service"), lambda n: n.service, Service.name),
        Column("due", _l("Due by"), lambda n: n.due_on, ClockNotice.due_on),
        Column("told", _l("Who was told"), lambda n: n.officer or word(n.told), ClockNotice.told),
        Column("at", _l("When"), lambda n: n.created_at, ClockNotice.created_at),
    )
    searched = (ClockNotice.name, Service.name)
    ordered = (ClockNotice.created_at.desc(), ClockNotice.id.desc())
    eager = (contains_eager(ClockNotice.service), joinedload(ClockNotice.officer))
    filters = (
        Filter("stage", _l("Told that it is"), choices(ClockStage, _l("All")), lambda v: ClockNotice.stage == v),
    )
    shown = ("name", "stage", "due_on", "told", "reader_id", "service_id", "provider_id", "clause", "created_at")

    def query(self) -> Any:
        return select(ClockNotice).outerjoin(ClockNotice.service)
