"""Meetings of every kind, with their agenda, attendance, decisions and minutes."""

from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import db
from models.framework import ActivityForm
from models.meetings import (
    OVER,
    Meeting,
    MeetingAttendance,
    MeetingCirculation,
    MeetingDecision,
    MeetingItem,
    MeetingKind,
    MeetingMinutes,
    MeetingState,
    agency_names,
)
from models.providers import Provider, Service
from views.base import AreaView, Column, Filter, Moment, Table, acting, with_provider
from views.labels import FIELDS, tag, word
from views.providers import choices
from workflows import meetings as steps
from workflows import sharing
from workflows.access import Resource
from workflows.framework import activities


class MeetingView(AreaView):
    datamodel = Table(Meeting)
    resource = Resource.meetings
    route_base = "/meetings"
    workflow = steps.WORKFLOW
    title, one = _l("Meetings"), _l("meeting")
    columns = (
        Column("name", _l("About"), lambda m: m.name, Meeting.name),
        Column("kind", _l("Kind"), lambda m: word(m.kind), Meeting.kind),
        Column("provider", _l("Provider"), lambda m: m.provider, Provider.name),
        Column("service", _l("Service"), lambda m: m.service, Service.name),
        Column("state", _l("State"), lambda m: tag(m.state), Meeting.state),
        Column("starts", _l("Date and time"), lambda m: m.starts_at, Meeting.starts_at),
    )
    searched = (Meeting.name, Provider.name, Service.name)
    ordered = (Meeting.starts_at.desc().nulls_first(),)
    eager = (contains_eager(Meeting.provider), contains_eager(Meeting.service))
    filters = (
        Filter(
            "state",
            _l("State"),
            lambda: [("open", _l("Not finished")), ("", _l("All states")), *choices(MeetingState, "")()[1:]],
            lambda v: Meeting.state.not_in(OVER) if v == "open" else Meeting.state == v,
            default=lambda: "open" if acting().works_here else "",
        ),
        Filter("kind", _l("Kind"), choices(MeetingKind, _l("All kinds")), lambda v: Meeting.kind == v),
    )
    fields = steps.WRITTEN
    shown = (
        "origin", "decided_by_group", "decided_on", "decision_minute", "ended_because", "correction_reason", "minutes",
        "concerns", "concerns_answer",
    )  # fmt: skip
    inside = frozenset(
        {
            "purpose", "origin", "decided_by_group", "decided_on", "decision_minute", "correction_reason", "minutes",
            "concerns", "concerns_answer",
        }
    )  # fmt: skip
    long_text = frozenset({"purpose"})
    options = {"activity_type_id": partial(activities, form=ActivityForm.meeting)}
    hints = {
        "activity_type_id": _l("Leave empty where the framework has only one of this kind, or none."),
        "name": _l("In one line, without personal content: providers and agencies read this."),
        "service_id": _l("Leave empty for a meeting about a whole provider, or about neither."),
        "provider_id": _l("Follows from the service, where there is one."),
        "starts_at": _l("An MDT gets its date when it is scheduled: leave it empty."),
        "place": _l("Or how to join it from elsewhere."),
    }
    related = ("items", "attendances", "decisions")
    timeline = Moment(lambda m: m.starts_at or m.created_at, lambda m: word(m.kind), lambda m: m.name)
    show_template = "meeting.html"
    start = with_provider

    def query(self) -> Any:
        return select(Meeting).outerjoin(Meeting.provider).outerjoin(Meeting.service)

    @classmethod
    def about(cls, service: Service) -> Any:
        return or_(
            Meeting.service_id == service.id,
            Meeting.service_id.is_(None) & (Meeting.provider_id == service.provider_id),
        )

    def facts(self, item: Meeting) -> Any:
        """What is being written is told until it stands among the versions."""
        settled = item.state not in (MeetingState.held, MeetingState.minutes_drafted)
        return [each for each in super().facts(item) if not (settled and each[0] == FIELDS["minutes"])]

    def more(self, item: Meeting) -> dict[str, Any]:
        told = selectinload(MeetingMinutes.circulations).joinedload(MeetingCirculation.provider)
        rows = select(MeetingMinutes).where(MeetingMinutes.meeting_id == item.id).options(told)
        versions = list(db.session.scalars(rows.order_by(MeetingMinutes.number.desc())))
        went = [each for version in versions for each in version.circulations]
        names = agency_names(db.session, [each.agency_id for each in went]) if went else {}
        receivers = {each.id: names[each.agency_id] if each.agency_id else each.provider for each in went}
        return {"versions": versions, "receivers": receivers}


class PartOfMeeting:
    """A line of a meeting: added and changed from its page, while the meeting is open for it."""

    resource = Resource.meetings
    part_of_shared = True
    model: Any

    def may_add_to(self, owner: Meeting) -> bool:
        return super().may_add_to(owner) and owner.state in steps.OPEN_FOR[self.model]  # type: ignore[misc]

    def _may_edit(self, item: Any) -> bool:
        return super()._may_edit(item) and item.meeting.state in steps.OPEN_FOR[self.model]  # type: ignore[misc]

    def after_saving(self, item: Any) -> str:
        return url_for("MeetingView.show", pk=item.meeting_id)


class MeetingItemView(PartOfMeeting, AreaView):
    datamodel = Table(MeetingItem)
    route_base = "/meeting-items"
    title, one = _l("Agenda"), _l("agenda item")
    columns = (
        Column("title", _l("Item"), lambda i: i.title, MeetingItem.title),
        Column("position", _l("Number"), lambda i: i.position, MeetingItem.position),
        Column("meeting", _l("Meeting"), lambda i: i.meeting, Meeting.name),
    )
    searched = (MeetingItem.title, Meeting.name)
    ordered = (MeetingItem.meeting_id.desc(), MeetingItem.position)
    eager = (contains_eager(MeetingItem.meeting),)
    fields = ("meeting_id", "position", "title", "updates", "assurances", "discussion")
    inside = frozenset({"updates", "assurances", "discussion"})
    long_text = inside
    hints = {
        "title": _l("The provider reads it beforehand."),
        "discussion": _l("Only the council reads this and the two above. Others read the minutes."),
    }

    def query(self) -> Any:
        return select(MeetingItem).join(MeetingItem.meeting)


class MeetingAttendanceView(PartOfMeeting, AreaView):
    datamodel = Table(MeetingAttendance)
    route_base = "/meeting-attendance"
    title, one = _l("Attendance"), _l("attendance")
    columns = (
        Column("post", _l("Post"), lambda a: a.post, MeetingAttendance.post),
        Column("body", _l("For"), lambda a: a.body),
        Column("attendance", _l("Attendance"), lambda a: tag(a.attendance), MeetingAttendance.attendance),
        Column("meeting", _l("Meeting"), lambda a: a.meeting, Meeting.name),
    )
    searched = (MeetingAttendance.post, Meeting.name)
    ordered = (MeetingAttendance.meeting_id.desc(), MeetingAttendance.id)
    eager = (contains_eager(MeetingAttendance.meeting), joinedload(MeetingAttendance.provider))
    fields = ("meeting_id", "post", "agency_id", "provider_id", "attendance")
    options = {"agency_id": sharing.agencies}
    hints = {
        "post": _l("What they are, never who."),
        "agency_id": _l("Leave this and the provider empty for somebody of the council."),
    }

    def query(self) -> Any:
        return select(MeetingAttendance).join(MeetingAttendance.meeting)

    def prepare(self, items: Any) -> None:
        """For whom each sits there: whoever reads the attendance reads that."""
        names = agency_names(db.session, [each.agency_id for each in items])
        for each in items:
            each.body = names.get(each.agency_id) or each.provider or _("The council")

    def facts(self, item: Any) -> Any:
        self.prepare([item])
        of_whom = [FIELDS["agency_id"], FIELDS["provider_id"]]
        told = [each for each in super().facts(item) if each[0] not in of_whom]
        return [*told, (_l("For"), item.body)]


class MeetingDecisionView(PartOfMeeting, AreaView):
    datamodel = Table(MeetingDecision)
    route_base = "/meeting-decisions"
    title, one = _l("Decisions"), _l("decision")
    columns = (
        Column("decision", _l("Decision"), lambda d: d.decision, MeetingDecision.decision),
        Column("owner", _l("Who sees to it"), lambda d: d.owner, MeetingDecision.owner),
        Column("due_on", _l("Due by"), lambda d: d.due_on, MeetingDecision.due_on),
        Column("significant", _l("Significant"), lambda d: d.significant),
        Column("state", _l("State"), lambda d: tag(d.state), MeetingDecision.state),
        Column("meeting", _l("Meeting"), lambda d: d.meeting, Meeting.name),
    )
    searched = (MeetingDecision.decision, Meeting.name)
    ordered = (MeetingDecision.meeting_id.desc(), MeetingDecision.id)
    eager = (contains_eager(MeetingDecision.meeting),)
    fields = ("meeting_id", "decision", "owner", "due_on", "significant")
    long_text = frozenset({"decision"})
    hints = {
        "decision": _l("Those who attended read it with the minutes."),
        "due_on": _l("Leave empty where nothing is to be done."),
    }

    def query(self) -> Any:
        return select(MeetingDecision).join(MeetingDecision.meeting)
