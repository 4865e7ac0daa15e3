"""What the suite expects of plans and their actions."""

import datetime as dt
from typing import Any

from areas import COUNCIL, OFFICERS, Area, Screen
from models.plans import Action, Plan

STAMP = {"version": 1, "created_at": "2026-03-04 10:00:00+00:00"}
DAY, TODAY = "2026-03-04", dt.date(2026, 3, 4)
WRITERS = f"{OFFICERS} provider"


def plan(world: Any, state: str = "draft", service: Any = None, action: str = "open", **kw: Any) -> Plan:
    """A plan as it would stand in that state, with one action."""
    service = service or world.service()
    told = {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "title": "Medicines",
        "proposed_on": None if state in ("draft", "withdrawn") else TODAY,
        "agreed_on": None if state in ("draft", "proposed", "withdrawn") else TODAY,
        **kw,
    }
    made = world._add(Plan(state=state, **told))
    an_action(world, made, action)
    return made


def an_action(world: Any, of: Plan, state: str, **kw: Any) -> Action:
    verified = state == "verified"
    told = {
        "text": "Audit medicines each week",
        "owner": "Deputy manager",
        "due_on": dt.date(2026, 4, 1),
        "done": "Audited." if state in ("reported_done", "verified") else None,
        "done_on": TODAY if state in ("reported_done", "verified") else None,
        "evidence": "Seen the audits." if verified else None,
        "verified_on": TODAY if verified else None,
        **kw,
    }
    return world._add(Action(plan_id=of.id, state=state, **told))


def in_agreed_plan(world: Any, state: str) -> Action:
    return an_action(world, plan(world, "agreed"), state)


def for_step(world: Any, step: str, state: str) -> Plan:
    made = plan(world, state, action="verified" if step == "complete" else "open")
    if step == "stop_sharing":
        world.share(made, world.another_agency())
    return made


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    drafted, mine = (
        plan(world, "draft", own, title="Quinceyes draft"),
        plan(world, "agreed", own, title="Quince agreed"),
    )
    theirs, shared = plan(world, "agreed", other, title="Medlar"), plan(world, "agreed", other, title="Shared damson")
    returned = plan(world, "draft", other, title="Shared sloe")
    world.share(shared)
    world.share(returned)
    return {
        "own draft plan": drafted,
        "own plan": mine,
        "other plan": theirs,
        "shared plan": shared,
        "shared draft plan": returned,
        "own action": an_action(world, mine, "open", text="Quince action"),
        "other action": an_action(world, theirs, "open", text="Medlar action"),
        "shared action": an_action(world, shared, "open", text="Damson action"),
        "shared draft action": an_action(world, returned, "open", text="Sloe action"),
    }


SHARED = f"{COUNCIL} partner contributor"
AREA = Area(
    screens=[
        Screen(
            plural="plans",
            model=Plan,
            make=plan,
            reads=f"{COUNCIL} partner contributor provider",
            sees=COUNCIL,
            adds=WRITERS,
            edits=WRITERS,
            editable="draft",
            heading="Action plans",
            lookup=True,
            steps={
                ("propose", "draft"): OFFICERS,
                ("send_back", "proposed"): OFFICERS,
                ("agree", "proposed"): OFFICERS,
                ("complete", "agreed"): OFFICERS,
                ("close", "complete"): OFFICERS,
                ("reopen", "closed"): OFFICERS,
                ("escalate", "agreed"): OFFICERS,
                ("withdraw", "draft"): "manager",
                ("share", "proposed"): OFFICERS,
                ("share", "agreed"): OFFICERS,
                ("share", "complete"): OFFICERS,
                ("share", "closed"): OFFICERS,
                ("stop_sharing", "proposed"): OFFICERS,
                ("stop_sharing", "agreed"): OFFICERS,
                ("stop_sharing", "complete"): OFFICERS,
                ("stop_sharing", "closed"): OFFICERS,
            },
            step_made=for_step,
        ),
        Screen(
            plural="actions",
            model=Action,
            make=in_agreed_plan,
            reads=f"{COUNCIL} partner contributor provider",
            sees=COUNCIL,
            adds=WRITERS,
            edits=WRITERS,
            editable="open",
            heading="Actions",
            steps={
                ("report_done", "open"): OFFICERS,
                ("verify", "reported_done"): OFFICERS,
                ("reopen", "reported_done"): OFFICERS,
                ("reopen", "verified"): OFFICERS,
                ("move", "open"): OFFICERS,
                ("withdraw", "open"): OFFICERS,
            },
        ),
    ],
    seen={
        "own draft plan": f"{COUNCIL} provider",
        "own plan": f"{COUNCIL} provider",
        "other plan": COUNCIL,
        "shared plan": SHARED,
        "shared draft plan": COUNCIL,
        "own action": f"{COUNCIL} provider",
        "other action": COUNCIL,
        "shared action": SHARED,
        "shared draft action": COUNCIL,
    },
    rows=rows,
    pages=[
        ("plans", "own draft plan", "quinceyes"),
        ("plans", "own plan", "quince agreed"),
        ("plans", "other plan", "medlar"),
        ("plans", "shared plan", "damson"),
        ("plans", "shared draft plan", "sloe"),
        ("actions", "own action", "quince action"),
        ("actions", "other action", "medlar action"),
        ("actions", "shared action", "damson action"),
        ("actions", "shared draft action", "sloe action"),
    ],
    good={
        "plan": (STAMP | {"provider_id": 1, "kind": "action_plan", "title": "x", "reason": "", "state": "draft"}, {}),
        "action": (
            STAMP
            | {
                "plan_id": 1, "text": "x", "owner": "x", "due_on": DAY, "significant": False, "source": "other",
                "state": "open",
            },
            {},
        ),
    },
    checks={
        "ck_plan_proposed_has_day": ("plan", {"state": "proposed"}),
        "ck_plan_agreed_has_day": ("plan", {"state": "agreed", "proposed_on": DAY}),
        "ck_plan_escalated_has_day": ("plan", {"escalated_to": "Group"}),
        "ck_action_done_has_day": ("action", {"state": "reported_done"}),
        "ck_action_verified_has_day": ("action", {"verified_on": DAY}),
        "ck_action_verified_has_evidence": ("action", {"state": "verified", "verified_on": DAY, "evidence": ""}),
    },
    words="plan: kind state\naction: source state",
    besides={("plan", "state"): {"proposed_on": DAY, "agreed_on": DAY}},
    pointers="plan: provider_id service_id created_by_id\naction: plan_id created_by_id",
    places=lambda world: {"plan": plan(world, "proposed").id, "action": in_agreed_plan(world, "open").id},
    budgets="""
    officer       /plans/list/                               4  36
    officer       /plans/show/{plan}                        13   0
    officer       /plans/add                                 1   4
    officer       /actions/list/                             4  36
    officer       /actions/show/{action}                     7   0
    officer       /actions/add                               1   9
    """,
)  # fmt: skip
