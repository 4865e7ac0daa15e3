"""Complaints and enquiries."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models.complaints import Complaint, ComplaintKind, ComplaintState
from models.providers import Provider
from views.base import AreaView, Column, Filter, Moment, Table, acting, with_provider
from views.labels import tag, word
from views.providers import choices
from workflows import complaints as steps
from workflows.access import Resource


class ComplaintView(AreaView):
    datamodel = Table(Complaint)
    resource = Resource.complaints
    route_base = "/complaints"
    workflow = steps.WORKFLOW
    title, one = _l("Complaints"), _l("complaint")
    columns = (
        Column("subject", _l("About"), lambda c: c.subject, Complaint.subject),
        Column("provider", _l("Provider"), lambda c: c.provider, Provider.name),
        Column("service", _l("Service"), lambda c: c.service),
        Column("kind", _l("Kind"), lambda c: word(c.kind), Complaint.kind),
        Column("state", _l("State"), lambda c: tag(c.state), Complaint.state),
        Column("received", _l("Received"), lambda c: c.received_on, Complaint.received_on),
        Column("due_on", _l("Respond by"), lambda c: c.due_on, Complaint.due_on),
        Column("officer", _l("Officer"), lambda c: c.officer),
    )
    searched = (Complaint.subject, Provider.name)
    ordered = (Complaint.due_on.desc(),)
    eager = (contains_eager(Complaint.provider), joinedload(Complaint.service), joinedload(Complaint.officer))
    filters = (
        Filter(
            "state",
            _l("State"),
            lambda: [("open", _l("Not answered")), ("", _l("All states")), *choices(ComplaintState, "")()[1:]],
            lambda v: Complaint.state.in_(steps.OPEN) if v == "open" else Complaint.state == v,
            default=lambda: "open" if acting().works_here else "",
        ),
        Filter("kind", _l("Kind"), choices(ComplaintKind, _l("All kinds")), lambda v: Complaint.kind == v),
        Filter(
            "due",
            _l("Deadline"),
            lambda: [("", _l("Any")), ("overdue", _l("Overdue"))],
            lambda v: Complaint.state.in_(steps.OPEN) & (Complaint.due_on < acting().today),
        ),
    )
    fields = steps.WRITTEN
    shown = (
        "due_on", "officer_id", "findings", "outcome", "response", "approved_at", "responded_on", "learning",
        "wider_learning",
    )  # fmt: skip
    inside = frozenset({"reference", "case_reference", "details", "findings", "response"})
    long_text = frozenset({"details"})
    hints = {
        "subject": _l("In one line, without personal content: agencies with whom it is shared read this."),
        "reference": _l("Customer care's. Whoever complained is named there and not here."),
        "case_reference": _l("Of the person who uses the service. Never a name or a date of birth."),
    }
    timeline = Moment(lambda c: c.received_on, lambda c: word(c.kind), lambda c: c.subject)
    start = with_provider

    def query(self) -> Any:
        return select(Complaint).join(Complaint.provider)
