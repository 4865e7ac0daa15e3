"""Feedback on services."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models.feedback import Feedback, FeedbackSource, FeedbackState, FeedbackTone
from models.providers import Provider
from views.base import AreaView, Column, Filter, Moment, Table, acting, with_provider
from views.columns import value_of
from views.labels import field_label, tag, word
from views.providers import choices
from workflows import feedback as steps
from workflows.access import Resource


class FeedbackView(AreaView):
    datamodel = Table(Feedback)
    resource = Resource.feedback
    route_base = "/feedback"
    workflow = steps.WORKFLOW
    title, one = _l("Feedback"), _l("piece of feedback")
    columns = (
        Column("subject", _l("About"), lambda f: f.subject, Feedback.subject),
        Column("provider", _l("Provider"), lambda f: f.provider, Provider.name),
        Column("service", _l("Service"), lambda f: f.service),
        Column("tone", _l("Tone"), lambda f: word(f.tone), Feedback.tone),
        Column("state", _l("State"), lambda f: tag(f.state), Feedback.state),
        Column("received", _l("Received"), lambda f: f.received_on, Feedback.received_on),
    )
    searched = (Feedback.subject, Provider.name)
    ordered = (Feedback.received_on.desc(),)
    eager = (contains_eager(Feedback.provider), joinedload(Feedback.service))
    filters = (
        Filter("state", _l("State"), choices(FeedbackState, _l("All states")), lambda v: Feedback.state == v),
        Filter("tone", _l("Tone"), choices(FeedbackTone, _l("Any tone")), lambda v: Feedback.tone == v),
        Filter(
            "source", _l("Who it comes from"), choices(FeedbackSource, _l("Anybody")), lambda v: Feedback.source == v
        ),
    )
    fields = steps.WRITTEN
    shown = (
        "officer_id", "clarification", "risk", "assessment", "told_provider", "shared_on", "escalated_to", "result",
    )  # fmt: skip
    inside = frozenset(
        {
            "source", "reporter_post", "case_reference", "details", "clarification", "risk", "assessment",
            "escalated_to", "result",
        }
    )  # fmt: skip
    long_text = frozenset({"details"})
    hints = {
        "subject": _l("In one line, without personal content: others read this."),
        "reporter_post": _l("The post or team, never a name."),
        "case_reference": _l("Of the person who uses the service. Never a name or a date of birth."),
    }
    timeline = Moment(lambda f: f.received_on, lambda f: _l("Feedback"), lambda f: f.subject)

    def start(self, asked: Any) -> dict[str, Any]:
        return {"received_on": acting().today, **with_provider(self, asked)}

    def facts(self, item: Feedback) -> Any:
        """Whoever gave it reads what they wrote, its inner parts too."""
        told = super().facts(item)
        if acting().works_here or item.created_by_id != acting().person_id:
            return told
        own = [name for name in self.fields if name in self.inside and getattr(item, name)]
        return [*told, *((field_label(Feedback, name), value_of(item, name)) for name in own)]

    def query(self) -> Any:
        return select(Feedback).join(Feedback.provider)
