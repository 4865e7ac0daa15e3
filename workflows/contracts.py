"""Contracts, licences, continuity, safeguarding: what may happen, and what it sets off (domain sections 2 and 6)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.base import session_of
from models.contracts import (
    ContinuityPlan,
    ContinuityState,
    ContinuityTest,
    Contract,
    ContractState,
    Enforcement,
    Insurance,
    LicenceState,
    ManagerPost,
    OccupancyReturn,
    SafeguardingKind,
    SafeguardingProcess,
    SafeguardingState,
    SponsorLicence,
)
from models.framework import ClockKey, TriggerEvent
from workflows import sharing, suspensions
from workflows.access import Role
from workflows.actor import Actor
from workflows.clocks import by_now, due
from workflows.engine import Workflow
from workflows.gate import BY_HAND, ByHand, Refused
from workflows.providers import OFFICERS, fits, is_officer, may_be_allocated
from workflows.steps import Due, Input, InputKind, Step
from workflows.visibility import attachable

# --- contracts ---

CONTRACT = (
    "provider_id", "service_id", "title", "reference", "kind", "yearly_value", "starts_on", "ends_on",
    "monitoring_level", "rag", "joint", "led_by_icb",
)  # fmt: skip


def contract_is_sound(contract: Contract, actor: Actor) -> Refused | None:
    if contract.ends_on is not None and contract.starts_on is not None and contract.ends_on < contract.starts_on:
        return Refused(_("The contract ends before it starts. Check the dates."))
    if contract.monitoring_level is not None and not 1 <= contract.monitoring_level <= 5:
        return Refused(_("The monitoring level is a number from 1 to 5."), "OX 19")
    if contract.led_by_icb and not contract.joint:
        return Refused(_("The ICB leads a contract only where it is commissioned together with it."), "SA 3.1.5")
    return fits(contract, actor)


def set_mid_term(contract: Contract, actor: Actor) -> None:
    """Half-way between its start and its end, when the minimum contact falls due (SA 3.1.6)."""
    contract.mid_term_on = (
        contract.starts_on + (contract.ends_on - contract.starts_on) // 2 if contract.ends_on is not None else None
    )


def ended_by_now(contract: Contract, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if not contract.starts_on <= values["ended_on"]:
        return _("It cannot have ended before it started. Check the day.")
    return by_now("ended_on")(contract, actor, values)


CONTRACTS = Workflow(
    Contract,
    Step(
        "allocate",
        _l("Allocate an officer"),
        frozenset({ContractState.running}),
        None,
        roles=frozenset({Role.manager}),
        does=_l("The officer looks after this contract."),
        inputs=(Input("officer_id", _l("Officer"), InputKind.choice, options=may_be_allocated),),
        accepts=lambda item, actor, values: is_officer(item, actor, values, "officer_id"),
        gives="officer_id",
        clause="OX 8; HA 2.2",
    ),
    Step(
        "end",
        _l("Record that it ended"),
        frozenset({ContractState.running}),
        ContractState.ended,
        roles=OFFICERS,
        does=_l("The contract holds no longer. It stays on the record."),
        inputs=(Input("ended_on", _l("Last day"), InputKind.date),),
        accepts=ended_by_now,
        needs_note=True,
    ),
    *sharing.steps(set(ContractState)),
    by_hand=ByHand(
        frozenset(CONTRACT), states=frozenset({ContractState.running}), check=contract_is_sound, fill=set_mid_term
    ),
)

# --- what is written by hand, with its dates ---


def _in_order(first: str, last: str) -> Any:
    def check(item: Any, actor: Actor) -> Refused | None:
        start, end = getattr(item, first), getattr(item, last)
        if start is not None and end is not None and end < start:
            return Refused(_("It ends before it begins. Check the dates."))
        return None

    return check


def counted_by_now(item: OccupancyReturn, actor: Actor) -> Refused | None:
    if item.counted_on is not None and item.counted_on > actor.today:
        return Refused(_("That day lies in the future. Check it."))
    return None


POST = ("service_id", "held", "from_on", "to_on", "note")
ENFORCEMENT = ("service_id", "kind", "served_on", "ended_on", "reference", "details")
OCCUPANCY = ("service_id", "counted_on", "occupied", "vacant")
COVER = ("provider_id", "kind", "starts_on", "expires_on", "cover", "reference")
BY_HAND[ManagerPost] = ByHand(frozenset(POST), check=_in_order("from_on", "to_on"))
BY_HAND[Enforcement] = ByHand(frozenset(ENFORCEMENT), check=_in_order("served_on", "ended_on"))
BY_HAND[OccupancyReturn] = ByHand(frozenset(OCCUPANCY), check=counted_by_now)
BY_HAND[Insurance] = ByHand(frozenset(COVER), check=_in_order("starts_on", "expires_on"))

# --- the licence to sponsor workers ---

LICENCE = ("provider_id", "reference", "workers", "since")
L = LicenceState


def licence_lost(licence: SponsorLicence, actor: Actor, values: Mapping[str, Any]) -> None:
    """A mandatory ground where the framework switches it on (HP 8)."""
    suspensions.on_ground(
        session_of(licence),
        TriggerEvent.licence_lost,
        licence.provider_id,
        None,
        _("The provider's licence to sponsor workers was suspended or revoked."),
    )


SINCE = (Input("since", _l("Since"), InputKind.date),)
LICENCES = Workflow(
    SponsorLicence,
    Step(
        "suspend",
        _l("Record that it is suspended"),
        frozenset({L.licensed}),
        L.suspended,
        roles=OFFICERS,
        does=_l("The licence is suspended. Where the framework says so, a restriction on purchasing is drafted."),
        inputs=SINCE,
        accepts=by_now("since"),
        effect=licence_lost,
        clause="HP 8",
    ),
    Step(
        "revoke",
        _l("Record that it is revoked"),
        frozenset({L.licensed, L.suspended}),
        L.revoked,
        roles=OFFICERS,
        does=_l("The licence is revoked. Where the framework says so, a restriction on purchasing is drafted."),
        inputs=SINCE,
        accepts=by_now("since"),
        effect=licence_lost,
        clause="HP 8",
    ),
    Step(
        "reinstate",
        _l("Record that it holds again"),
        frozenset({L.suspended, L.revoked, L.ended}),
        L.licensed,
        roles=OFFICERS,
        does=_l("The licence holds again. A restriction in force stays until it is lifted."),
        inputs=SINCE,
        accepts=by_now("since"),
        needs_note=True,
    ),
    Step(
        "end",
        _l("Record that it was given up"),
        frozenset({L.licensed}),
        L.ended,
        roles=OFFICERS,
        does=_l("The provider sponsors no workers any more, by its own choice."),
        inputs=SINCE,
        accepts=by_now("since"),
        needs_note=True,
    ),
    by_hand=ByHand(
        frozenset(LICENCE),
        states=frozenset({L.licensed}),
        check=lambda item, actor: (
            Refused(_("That day lies in the future. Check it."))
            if item.since is not None and item.since > actor.today
            else None
        ),
    ),
    named=(SponsorLicence.provider,),
)

# --- continuity plans ---

CONTINUITY = ("provider_id", "service_id", "check_due_on")
C = ContinuityState


def expect_by_the_clock(plan: ContinuityPlan, actor: Actor) -> None:
    """Where no day is named, a plan is expected by the framework's clock (HA 3.104)."""
    if plan.check_due_on is None:
        plan.check_due_on = due(session_of(plan), ClockKey.continuity_check, actor.today)


def note_check(plan: ContinuityPlan, actor: Actor, values: Mapping[str, Any]) -> None:
    """Checked today; the next check by the framework's clock (HA 3.104)."""
    plan.checked_on = actor.today
    plan.check_due_on = due(session_of(plan), ClockKey.continuity_check, actor.today)


def not_assured(plan: ContinuityPlan, actor: Actor, values: Mapping[str, Any]) -> None:
    """A mandatory ground where the framework switches it on (HP 8)."""
    note_check(plan, actor, values)
    suspensions.on_ground(
        session_of(plan),
        TriggerEvent.continuity_not_assured,
        plan.provider_id,
        plan.service_id,
        _("The continuity of the care is not assured."),
    )


def note_test(plan: ContinuityPlan, actor: Actor, values: Mapping[str, Any]) -> None:
    plan.tests.append(
        ContinuityTest(tested_on=values["tested_on"], scenario=values["scenario"], held=values["how_it_held"])
    )


CHECK = (Input("check_note", _l("What the check found")),)
CONTINUITIES = Workflow(
    ContinuityPlan,
    Step(
        "receive",
        _l("Record that it came"),
        frozenset(C),
        C.received,
        roles=OFFICERS,
        does=_l("The plan, or a new edition of it, is here to be checked."),
        inputs=(Input("received_on", _l("Received on"), InputKind.date),),
        accepts=by_now("received_on"),
        clause="HA 3.104",
    ),
    Step(
        "assure",
        _l("Record that continuity is assured"),
        frozenset({C.received, C.assured, C.not_assured}),
        C.assured,
        roles=OFFICERS,
        does=_l("The plan was checked and will do. The next check is due by the framework's clock."),
        inputs=CHECK,
        effect=note_check,
        clause="HA 3.104",
    ),
    Step(
        "find_wanting",
        _l("Record that continuity is not assured"),
        frozenset({C.expected, C.received, C.assured}),
        C.not_assured,
        roles=OFFICERS,
        does=_l("Continuity is not assured. Where the framework says so, a restriction on purchasing is drafted."),
        guards=[lambda plan, actor: None if plan.received_on else _("Record first when the plan came.")],
        inputs=CHECK,
        effect=not_assured,
        clause="HA 3.104; HP 8",
    ),
    Step(
        "try",
        _l("Record a scenario test"),
        frozenset({C.received, C.assured, C.not_assured}),
        None,
        roles=OFFICERS,
        does=_l("The test stands with the plan."),
        inputs=(
            Input("tested_on", _l("Date of the test"), InputKind.date, sets=False),
            Input("scenario", _l("Scenario"), sets=False),
            Input("how_it_held", _l("How the plan held"), sets=False),
        ),
        accepts=by_now("tested_on"),
        effect=note_test,
        clause="HA 3.105",
    ),
    by_hand=ByHand(frozenset(CONTINUITY), states=frozenset({C.expected}), check=fits, fill=expect_by_the_clock),
    named=(ContinuityPlan.provider, ContinuityPlan.service),
    due=[
        Due(ContinuityPlan.check_due_on, {C.expected}, "receive", ClockKey.continuity_check),
        Due(ContinuityPlan.check_due_on, {C.received, C.assured, C.not_assured}, "assure", ClockKey.continuity_check),
    ],
)

# --- safeguarding processes ---

SAFEGUARDING = ("provider_id", "service_id", "kind", "reference", "reason")
G = SafeguardingState


def opened(process: SafeguardingProcess, actor: Actor, values: Mapping[str, Any]) -> None:
    """A large-scale enquiry is a mandatory ground where the framework switches it on (HP 8)."""
    if process.kind is SafeguardingKind.large_scale_enquiry:
        suspensions.on_ground(
            session_of(process),
            TriggerEvent.large_scale_enquiry,
            process.provider_id,
            process.service_id,
            _("A large-scale safeguarding enquiry was opened."),
        )


def closed_by_now(process: SafeguardingProcess, actor: Actor, values: Mapping[str, Any]) -> str | None:
    if process.opened_on is not None and values["closed_on"] < process.opened_on:
        return _("It cannot have closed before it was opened. Check the day.")
    return by_now("closed_on")(process, actor, values)


SAFEGUARDINGS = Workflow(
    SafeguardingProcess,
    Step(
        "open",
        _l("Open"),
        frozenset({G.draft}),
        G.open,
        roles=OFFICERS,
        does=_l("The process is open. Where the framework says so, a restriction on purchasing is drafted."),
        inputs=(
            Input("opened_on", _l("Opened on"), InputKind.date),
            Input("opener", _l("By whom (post or group)"), InputKind.line),
        ),
        accepts=by_now("opened_on"),
        effect=opened,
        clause="HP 8; SA 3.3.11",
    ),
    Step(
        "close",
        _l("Close"),
        frozenset({G.open}),
        G.closed,
        roles=OFFICERS,
        does=_l("The process is closed. A restriction in force stays until it is lifted."),
        inputs=(
            Input("closed_on", _l("Closed on"), InputKind.date),
            Input("closer", _l("By whom (post or group)"), InputKind.line),
            Input("result", _l("What came of it")),
        ),
        accepts=closed_by_now,
    ),
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({G.draft}),
        G.withdrawn,
        roles=OFFICERS,
        does=_l("It was not opened after all. It stays on the record."),
        needs_note=True,
    ),
    *sharing.steps({G.open, G.closed}),
    by_hand=ByHand(frozenset(SAFEGUARDING), states=frozenset({G.draft}), check=fits),
    named=(SafeguardingProcess.provider, SafeguardingProcess.service),
)

attachable(Contract)
attachable(Enforcement)
attachable(Insurance)
attachable(ContinuityPlan)
attachable(SafeguardingProcess)
