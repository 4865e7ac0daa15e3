"""Rows of other nations' registers, each beside the services that it may be: a Manager says which it is."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import db
from models.providers import Regulator, Service
from models.registers import Certainty, ProposalState, RegisterProposal
from views.base import AreaView, Column, Filter, Table, acting
from views.labels import FIELDS, Link, tag, word
from views.providers import choices
from views.register_facts import facts_of
from workflows.access import Resource
from workflows.registers import likeness, proposals


class RegisterProposalView(AreaView):
    datamodel = Table(RegisterProposal)
    resource = Resource.registers
    route_base = "/registers"
    workflow = proposals.WORKFLOW
    include_route_methods = {"list", "show", "step"}
    title, one = _l("Other registers"), _l("row of a register")
    columns = (
        Column("name", _l("Name"), lambda p: p.name, RegisterProposal.name),
        Column("provider", _l("Provider"), lambda p: p.provider, RegisterProposal.provider),
        Column("town", _l("Town"), lambda p: p.town, RegisterProposal.town),
        Column("postcode", _l("Postcode"), lambda p: p.postcode, RegisterProposal.postcode),
        Column("regulator", _l("Regulator"), lambda p: word(p.regulator), RegisterProposal.regulator),
        Column("certainty", _l("Known service"), lambda p: p.service or tag(p.certainty), RegisterProposal.certainty),
        Column("state", _l("State"), lambda p: tag(p.state), RegisterProposal.state),
    )
    searched = (RegisterProposal.name, RegisterProposal.postcode, RegisterProposal.town, RegisterProposal.provider)
    ordered = (RegisterProposal.certainty, RegisterProposal.name)
    eager = (joinedload(RegisterProposal.service),)
    filters = (
        Filter(
            "state",
            _l("State"),
            choices(ProposalState, _l("All states")),
            lambda v: RegisterProposal.state == v,
            default=lambda: ProposalState.proposed.value,
        ),
        Filter(
            "regulator",
            _l("Regulator"),
            lambda: [
                ("", _l("All regulators")),
                *((each.value, word(each)) for each in Regulator if each not in (Regulator.cqc, Regulator.none)),
            ],
            lambda v: RegisterProposal.regulator == v,
        ),
        Filter(
            "certainty",
            _l("Known service"),
            choices(Certainty, _l("Any")),
            lambda v: RegisterProposal.certainty == v,
        ),
    )
    show_template = "register_proposal.html"

    def facts(self, item: RegisterProposal) -> list[tuple[Any, Any]]:
        told: list[tuple[Any, Any]] = [(FIELDS["regulator"], word(item.regulator)), *facts_of(item)]
        if item.service is not None:
            own = Link(item.service, url_for("ServiceView.show", pk=item.service_id))
            told.insert(0, (_l("Service in the console"), own))
        return [*told, (FIELDS["source_file"], item.source_file), (FIELDS["source_row"], item.source_row)]

    def more(self, item: RegisterProposal) -> dict[str, Any]:
        may = self.workflow is not None and self.workflow.refusal("match", item, acting()) is None
        return {"candidates": _candidates(item) if item.state is ProposalState.proposed else [], "may_match": may}

    def start_step(self, step: str, item: Any, asked: Any) -> dict[str, Any]:
        """A match starts with the candidate whose link led here; a new service with the provider of that name."""
        if step == "add":
            known = proposals.provider_called(item, item.provider)
            told = {"provider_id": known.id} if known is not None else {"provider_name": item.provider}
            return dict(told)
        return {**super().start_step(step, item, asked), **self.start(asked)}


def _candidates(item: RegisterProposal) -> list[tuple[Service, list[tuple[Any, Any, Any, Any]]]]:
    """Each candidate that is still there with what agrees: (what, in the register, in the console, agreement)."""
    found = db.session.scalars(
        select(Service).where(Service.id.in_(item.candidates)).options(joinedload(Service.provider))
    )
    by_id = {service.id: service for service in found}
    told = []
    for service in (by_id[key] for key in item.candidates if key in by_id):
        known = likeness.Known(
            service.id,
            service.regulator_id,
            service.name,
            service.postcode,
            service.town,
            service.provider.name,
            service.beds,
        )
        agrees: Mapping[str, likeness.Agreement] = likeness.agreement(item.facts, known)
        rows = [
            (FIELDS[each], item.facts.get(each), getattr(known, each), tag(agrees[each])) for each in likeness.EVIDENCE
        ]
        told.append((service, rows))
    return told
