"""Action plans and their actions."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models.plans import Action, ActionState, Plan, PlanKind, PlanState
from models.providers import Provider
from views.base import AreaView, Column, Filter, Moment, Table, acting, with_provider
from views.labels import tag, word
from views.providers import choices
from workflows import plans as steps
from workflows.access import Resource


class PlanView(AreaView):
    datamodel = Table(Plan)
    resource = Resource.plans
    route_base = "/plans"
    workflow = steps.WORKFLOW
    title, one = _l("Plans"), _l("plan")
    columns = (
        Column("title", _l("Plan"), lambda p: p.title, Plan.title),
        Column("provider", _l("Provider"), lambda p: p.provider, Provider.name),
        Column("service", _l("Service"), lambda p: p.service),
        Column("kind", _l("Kind"), lambda p: word(p.kind), Plan.kind),
        Column("state", _l("State"), lambda p: tag(p.state), Plan.state),
        Column("agreed", _l("Agreed on"), lambda p: p.agreed_on, Plan.agreed_on),
    )
    searched = (Plan.title, Provider.name)
    ordered = (Plan.id.desc(),)
    eager = (contains_eager(Plan.provider), joinedload(Plan.service))
    filters = (
        Filter("state", _l("State"), choices(PlanState, _l("All states")), lambda v: Plan.state == v),
        Filter("kind", _l("Kind"), choices(PlanKind, _l("All kinds")), lambda v: Plan.kind == v),
    )
    fields = steps.PLAN
    shown = ("proposed_on", "agreed_on", "escalated_to", "escalated_on")
    inside = frozenset({"escalated_to", "escalated_on"})
    long_text = frozenset({"reason"})
    related = ("actions",)
    timeline = Moment(lambda p: p.agreed_on or p.created_at, lambda p: word(p.kind), lambda p: p.title)
    start = with_provider

    def query(self) -> Any:
        return select(Plan).join(Plan.provider)


class ActionView(AreaView):
    datamodel = Table(Action)
    resource = Resource.actions
    route_base = "/actions"
    part_of_shared = True
    workflow = steps.ACTIONS
    title, one = _l("Actions"), _l("action")
    columns = (
        Column("text", _l("What is to be done"), lambda a: a.text, Action.text),
        Column("plan", _l("Plan"), lambda a: a.plan, Plan.title),
        Column("owner", _l("Who sees to it"), lambda a: a.owner, Action.owner),
        Column("due", _l("Due by"), lambda a: a.due_on, Action.due_on),
        Column("significant", _l("Significant"), lambda a: a.significant, Action.significant),
        Column("state", _l("State"), lambda a: tag(a.state), Action.state),
    )
    searched = (Action.text, Action.owner, Plan.title)
    ordered = (Action.due_on,)
    eager = (contains_eager(Action.plan),)
    filters = (
        Filter(
            "state",
            _l("State"),
            choices(ActionState, _l("All states")),
            lambda v: Action.state == v,
            default=lambda: "open",
        ),
        Filter(
            "due",
            _l("Deadline"),
            lambda: [("", _l("Any")), ("overdue", _l("Overdue"))],
            lambda v: (Action.state == ActionState.open) & (Action.due_on < acting().today),
        ),
    )
    fields = steps.ACTION
    shown = ("done", "done_on", "evidence", "verified_on")
    long_text = frozenset({"text"})
    hints = {"significant": _l("Followed until it is closed, within three months.")}

    def query(self) -> Any:
        return select(Action).join(Action.plan)

    def may_add_to(self, owner: Plan) -> bool:
        return super().may_add_to(owner) and steps.takes_actions(owner, acting())

    def _may_edit(self, item: Action) -> bool:
        return super()._may_edit(item) and steps.may_be_written(item, acting()) is None

    def after_saving(self, item: Action) -> str:
        return url_for("PlanView.show", pk=item.plan_id)
