"""Visits and their reports."""

from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models import db
from models.framework import ActivityForm, ActivityType
from models.providers import Service
from models.visits import Visit, VisitState
from views.base import AreaView, Column, Filter, Moment, Table, acting
from views.labels import tag
from views.providers import choices, officer_filter
from workflows import visits as steps
from workflows.access import Resource
from workflows.framework import activities

OPEN = [state for state in VisitState if state not in (VisitState.published, VisitState.cancelled)]


kinds_in_force = partial(activities, form=ActivityForm.visit)
"""The kinds of visit that this council makes."""


class VisitView(AreaView):
    datamodel = Table(Visit)
    resource = Resource.visits
    route_base = "/visits"
    workflow = steps.WORKFLOW
    title, one = _l("Visits"), _l("visit")
    columns = (
        Column("kind", _l("Kind of visit"), lambda v: v.activity_type.name, ActivityType.name),
        Column("service", _l("Service"), lambda v: v.service, Service.name),
        Column("state", _l("State"), lambda v: tag(v.state), Visit.state),
        Column("due", _l("Due by"), lambda v: v.due_on if acting().works_here else None, Visit.due_on),
        Column("starts", _l("Date and time"), lambda v: v.began_at or v.starts_at, Visit.starts_at),
        Column("officer", _l("Officer"), lambda v: v.officer),
    )
    searched = (Service.name, ActivityType.name, Visit.reason)
    ordered = (Visit.starts_at.desc().nulls_first(), Visit.due_on)
    eager = (contains_eager(Visit.service), contains_eager(Visit.activity_type), joinedload(Visit.officer))
    filters = (
        Filter(
            "state",
            _l("State"),
            lambda: [("open", _l("Not finished")), ("", _l("All states")), *choices(VisitState, "")()[1:]],
            lambda v: Visit.state.in_(OPEN) if v == "open" else Visit.state == v,
            default=lambda: "open" if acting().works_here else "",
        ),
        Filter(
            "kind",
            _l("Kind of visit"),
            lambda: [("", _l("All kinds")), *((str(key), name) for key, name in kinds_in_force(db.session))],
            lambda v: Visit.activity_type_id == int(v),
        ),
        officer_filter(_l("Officer"), Visit.officer_id),
    )
    fields = ("service_id", "activity_type_id", "due_on", "reason", "tasks")
    shown = (
        "officer_id", "starts_at", "announced", "authorised_at", "began_at", "ended_at", "overrun_reason",
        "feedback_to", "feedback_at", "feedback", "consulted", "outcome", "published_at",
    )  # fmt: skip
    inside = frozenset({"due_on", "reason", "tasks", "authorised_at"})
    timeline = Moment(
        lambda v: v.began_at or v.starts_at or v.due_on or v.created_at,
        lambda v: v.activity_type.name,
        lambda v: v.reason if acting().works_here else "",
        (joinedload(Visit.activity_type),),
    )
    long_text = frozenset({"reason", "tasks"})
    options = {"activity_type_id": kinds_in_force}
    show_template = "visit.html"

    def query(self) -> Any:
        return select(Visit).join(Visit.service).join(Visit.activity_type)
