"""Contracts, and the standing of services: posts, enforcement, places, cover, licences, continuity, safeguarding."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models.contracts import (
    ContinuityPlan,
    ContinuityState,
    Contract,
    ContractState,
    Enforcement,
    EnforcementKind,
    Insurance,
    LicenceState,
    ManagerPost,
    OccupancyReturn,
    PostState,
    Rag,
    SafeguardingProcess,
    SafeguardingState,
    SponsorLicence,
)
from models.providers import Provider, Service
from views.base import AreaView, Column, Filter, Moment, Table, acting, with_provider
from views.labels import tag, word
from views.providers import choices, officer_filter
from workflows import contracts as steps
from workflows.access import Resource


class ContractView(AreaView):
    datamodel = Table(Contract)
    resource = Resource.contracts
    route_base = "/contracts"
    workflow = steps.CONTRACTS
    title, one = _l("Contracts"), _l("contract")
    columns = (
        Column("title", _l("Contract"), lambda c: c.title, Contract.title),
        Column("provider", _l("Provider"), lambda c: c.provider, Provider.name),
        Column("service", _l("Service"), lambda c: c.service),
        Column("state", _l("State"), lambda c: tag(c.state), Contract.state),
        Column("rag", _l("RAG"), lambda c: tag(c.rag) if c.rag else None, Contract.rag),
        Column("level", _l("Level"), lambda c: c.monitoring_level, Contract.monitoring_level),
        Column("ends", _l("Ends on"), lambda c: c.ends_on, Contract.ends_on),
        Column("officer", _l("Officer"), lambda c: c.officer),
    )
    searched = (Contract.title, Contract.reference, Provider.name)
    ordered = (Contract.title,)
    eager = (contains_eager(Contract.provider), joinedload(Contract.service), joinedload(Contract.officer))
    filters = (
        Filter(
            "state",
            _l("State"),
            choices(ContractState, _l("All states")),
            lambda v: Contract.state == v,
            default=lambda: "running",
        ),
        Filter("rag", _l("RAG"), choices(Rag, _l("Any")), lambda v: Contract.rag == v),
        officer_filter(_l("Officer"), Contract.officer_id),
    )
    fields = steps.CONTRACT
    shown = ("mid_term_on", "officer_id", "ended_on")
    inside = frozenset({"yearly_value"})
    timeline = Moment(lambda c: c.starts_on, lambda c: _l("Contract"), lambda c: c.title)
    start = with_provider

    def query(self) -> Any:
        return select(Contract).join(Contract.provider)


class ManagerPostView(AreaView):
    datamodel = Table(ManagerPost)
    resource = Resource.standing
    route_base = "/manager-posts"
    title, one = _l("Manager posts"), _l("entry on a manager's post")
    columns = (
        Column("service", _l("Service"), lambda p: p.service, Service.name),
        Column("held", _l("How it is held"), lambda p: word(p.held), ManagerPost.held),
        Column("from", _l("From"), lambda p: p.from_on, ManagerPost.from_on),
        Column("to", _l("Until"), lambda p: p.to_on, ManagerPost.to_on),
    )
    searched = (Service.name,)
    ordered = (ManagerPost.from_on.desc(),)
    eager = (contains_eager(ManagerPost.service),)
    filters = (Filter("held", _l("How it is held"), choices(PostState, _l("Any")), lambda v: ManagerPost.held == v),)
    fields = steps.POST
    inside = long_text = frozenset({"note"})
    timeline = Moment(lambda p: p.from_on, lambda p: _l("Post of the registered manager"), lambda p: word(p.held))

    def query(self) -> Any:
        return select(ManagerPost).join(ManagerPost.service)


class EnforcementView(AreaView):
    datamodel = Table(Enforcement)
    resource = Resource.standing
    route_base = "/enforcement"
    title, one = _l("Enforcement"), _l("enforcement action")
    columns = (
        Column("service", _l("Service"), lambda e: e.service, Service.name),
        Column("kind", _l("Kind"), lambda e: word(e.kind), Enforcement.kind),
        Column("served", _l("Served on"), lambda e: e.served_on, Enforcement.served_on),
        Column("ended", _l("Ended on"), lambda e: e.ended_on, Enforcement.ended_on),
    )
    searched = (Service.name, Enforcement.reference)
    ordered = (Enforcement.served_on.desc(),)
    eager = (contains_eager(Enforcement.service),)
    filters = (Filter("kind", _l("Kind"), choices(EnforcementKind, _l("All kinds")), lambda v: Enforcement.kind == v),)
    fields = steps.ENFORCEMENT
    inside = frozenset({"details"})
    long_text = frozenset({"details"})
    timeline = Moment(lambda e: e.served_on, lambda e: _l("Enforcement by the regulator"), lambda e: word(e.kind))

    def query(self) -> Any:
        return select(Enforcement).join(Enforcement.service)


class OccupancyView(AreaView):
    datamodel = Table(OccupancyReturn)
    resource = Resource.standing
    route_base = "/occupancy"
    title, one = _l("Occupancy"), _l("count of places")
    columns = (
        Column("service", _l("Service"), lambda o: o.service, Service.name),
        Column("counted", _l("Counted on"), lambda o: o.counted_on, OccupancyReturn.counted_on),
        Column("occupied", _l("Occupied"), lambda o: o.occupied, OccupancyReturn.occupied),
        Column("vacant", _l("Vacant"), lambda o: o.vacant, OccupancyReturn.vacant),
    )
    searched = (Service.name,)
    ordered = (OccupancyReturn.counted_on.desc(),)
    eager = (contains_eager(OccupancyReturn.service),)
    fields = steps.OCCUPANCY

    def query(self) -> Any:
        return select(OccupancyReturn).join(OccupancyReturn.service)


class InsuranceView(AreaView):
    datamodel = Table(Insurance)
    resource = Resource.standing
    route_base = "/insurance"
    title, one = _l("Insurance"), _l("insurance cover")
    columns = (
        Column("provider", _l("Provider"), lambda i: i.provider, Provider.name),
        Column("kind", _l("Kind"), lambda i: word(i.kind), Insurance.kind),
        Column("starts", _l("Starts on"), lambda i: i.starts_on, Insurance.starts_on),
        Column("expires", _l("Expires on"), lambda i: i.expires_on, Insurance.expires_on),
        Column("cover", _l("Cover in pounds"), lambda i: i.cover, Insurance.cover),
    )
    searched = (Provider.name, Insurance.reference)
    ordered = (Insurance.expires_on,)
    eager = (contains_eager(Insurance.provider),)
    filters = (
        Filter(
            "when",
            _l("Cover"),
            lambda: [("now", _l("Now")), ("past", _l("Expired")), ("", _l("All"))],
            lambda v: Insurance.expires_on >= acting().today if v == "now" else Insurance.expires_on < acting().today,
        ),
    )
    fields = steps.COVER

    def query(self) -> Any:
        return select(Insurance).join(Insurance.provider)


class SponsorLicenceView(AreaView):
    datamodel = Table(SponsorLicence)
    resource = Resource.licences
    route_base = "/licences"
    workflow = steps.LICENCES
    title, one = _l("Sponsor licences"), _l("sponsor licence")
    columns = (
        Column("provider", _l("Provider"), lambda x: x.provider, Provider.name),
        Column("state", _l("State"), lambda x: tag(x.state), SponsorLicence.state),
        Column("since", _l("Since"), lambda x: x.since, SponsorLicence.since),
        Column("workers", _l("Workers"), lambda x: x.workers, SponsorLicence.workers),
    )
    searched = (Provider.name,)
    ordered = (Provider.name,)
    eager = (contains_eager(SponsorLicence.provider),)
    filters = (
        Filter("state", _l("State"), choices(LicenceState, _l("All states")), lambda v: SponsorLicence.state == v),
    )
    fields = steps.LICENCE

    def query(self) -> Any:
        return select(SponsorLicence).join(SponsorLicence.provider)


class ContinuityPlanView(AreaView):
    datamodel = Table(ContinuityPlan)
    resource = Resource.continuity
    route_base = "/continuity"
    workflow = steps.CONTINUITIES
    title, one = _l("Continuity plans"), _l("continuity plan")
    columns = (
        Column("provider", _l("Provider"), lambda c: c.provider, Provider.name),
        Column("service", _l("Service"), lambda c: c.service),
        Column("state", _l("State"), lambda c: tag(c.state), ContinuityPlan.state),
        Column("checked", _l("Checked on"), lambda c: c.checked_on, ContinuityPlan.checked_on),
        Column("due", _l("Next check"), lambda c: c.check_due_on, ContinuityPlan.check_due_on),
    )
    searched = (Provider.name,)
    ordered = (ContinuityPlan.check_due_on,)
    eager = (contains_eager(ContinuityPlan.provider), joinedload(ContinuityPlan.service))
    filters = (
        Filter("state", _l("State"), choices(ContinuityState, _l("All states")), lambda v: ContinuityPlan.state == v),
    )
    fields = steps.CONTINUITY
    shown = ("received_on", "checked_on", "check_note")
    show_template = "continuity.html"
    start = with_provider

    def query(self) -> Any:
        return select(ContinuityPlan).join(ContinuityPlan.provider)


class SafeguardingProcessView(AreaView):
    datamodel = Table(SafeguardingProcess)
    resource = Resource.safeguarding
    route_base = "/safeguarding"
    workflow = steps.SAFEGUARDINGS
    title, one = _l("Safeguarding processes"), _l("safeguarding process")
    columns = (
        Column("provider", _l("Provider"), lambda p: p.provider, Provider.name),
        Column("service", _l("Service"), lambda p: p.service),
        Column("kind", _l("Kind"), lambda p: word(p.kind), SafeguardingProcess.kind),
        Column("state", _l("State"), lambda p: tag(p.state), SafeguardingProcess.state),
        Column("opened", _l("Opened on"), lambda p: p.opened_on, SafeguardingProcess.opened_on),
    )
    searched = (Provider.name, SafeguardingProcess.reference)
    ordered = (SafeguardingProcess.id.desc(),)
    eager = (contains_eager(SafeguardingProcess.provider), joinedload(SafeguardingProcess.service))
    filters = (
        Filter(
            "state", _l("State"), choices(SafeguardingState, _l("All states")), lambda v: SafeguardingProcess.state == v
        ),
    )
    fields = steps.SAFEGUARDING
    shown = ("opened_on", "opener", "closed_on", "closer", "result")
    inside = frozenset({"reason", "result"})
    long_text = frozenset({"reason"})
    timeline = Moment(
        lambda p: p.opened_on or p.created_at, lambda p: _l("Safeguarding process"), lambda p: word(p.kind)
    )
    start = with_provider

    def query(self) -> Any:
        return select(SafeguardingProcess).join(SafeguardingProcess.provider)
