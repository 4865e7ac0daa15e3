"""What the suite expects of contracts and of the standing of services."""

import datetime as dt
from typing import Any

from areas import COUNCIL, OFFICERS, Area, Screen
from models.contracts import (
    ContinuityPlan,
    ContinuityTest,
    Contract,
    ContractKind,
    CoverKind,
    Enforcement,
    EnforcementKind,
    Insurance,
    ManagerPost,
    OccupancyReturn,
    PostState,
    SafeguardingKind,
    SafeguardingProcess,
    SponsorLicence,
)

STAMP = {"version": 1, "created_at": "2026-03-04 10:00:00+00:00"}
DAY, TODAY = "2026-03-04", dt.date(2026, 3, 4)
OWNER = f"{COUNCIL} provider"


def contract(world: Any, state: str = "running", service: Any = None, **kw: Any) -> Contract:
    service = service or world.service()
    told = {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "title": "Residential care",
        "kind": ContractKind.framework,
        "starts_on": dt.date(2025, 4, 1),
        "ends_on": dt.date(2027, 3, 31),
        "ended_on": TODAY if state == "ended" else None,
        **kw,
    }
    return world._add(Contract(state=state, **told))


def shared_contract(world: Any, step: str, state: str) -> Contract:
    made = contract(world, state)
    return world.share(made, world.another_agency()) if step == "stop_sharing" else made


def post(world: Any, state: str = "", service: Any = None, **kw: Any) -> ManagerPost:
    service = service or world.service()
    told = {"held": PostState.vacant, "from_on": dt.date(2026, 1, 5), **kw}
    return world._add(ManagerPost(service_id=service.id, **told))


def enforcement(world: Any, state: str = "", service: Any = None, **kw: Any) -> Enforcement:
    service = service or world.service()
    told = {"kind": EnforcementKind.warning_notice, "served_on": dt.date(2026, 1, 5), **kw}
    return world._add(Enforcement(service_id=service.id, **told))


def occupancy(world: Any, state: str = "", service: Any = None, **kw: Any) -> OccupancyReturn:
    service = service or world.service()
    return world._add(
        OccupancyReturn(service_id=service.id, counted_on=dt.date(2026, 2, 1), occupied=30, vacant=2, **kw)
    )


def insurance(world: Any, state: str = "", service: Any = None, **kw: Any) -> Insurance:
    service = service or world.service()
    told = {"kind": CoverKind.public_liability, "starts_on": dt.date(2025, 4, 1), "expires_on": dt.date(2027, 3, 31)}
    return world._add(Insurance(provider_id=service.provider_id, **{**told, **kw}))


def licence(world: Any, state: str = "licensed", service: Any = None, **kw: Any) -> SponsorLicence:
    service = service or world.service()
    told = {"since": dt.date(2026, 1, 5), **kw}
    return world._add(SponsorLicence(provider_id=service.provider_id, state=state, **told))


def continuity(world: Any, state: str = "expected", service: Any = None, **kw: Any) -> ContinuityPlan:
    service = service or world.service()
    told = {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "received_on": None if state == "expected" else TODAY,
        "checked_on": TODAY if state in ("assured", "not_assured") else None,
        "check_due_on": dt.date(2027, 3, 4),
        **kw,
    }
    return world._add(ContinuityPlan(state=state, **told))


def continuity_for(world: Any, step: str, state: str) -> ContinuityPlan:
    return continuity(world, state, **({"received_on": TODAY} if step == "find_wanting" else {}))


def tested(world: Any, plan: ContinuityPlan) -> ContinuityTest:
    return world._add(ContinuityTest(plan_id=plan.id, tested_on=TODAY, scenario="Flood", held="Held."))


def process(world: Any, state: str = "draft", service: Any = None, **kw: Any) -> SafeguardingProcess:
    service = service or world.service()
    told = {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "kind": SafeguardingKind.organisational,
        "opened_on": dt.date(2026, 2, 2) if state in ("open", "closed") else None,
        "opener": "Safeguarding unit" if state in ("open", "closed") else None,
        "closed_on": TODAY if state == "closed" else None,
        **kw,
    }
    return world._add(SafeguardingProcess(state=state, **told))


def shared_process(world: Any, step: str, state: str) -> SafeguardingProcess:
    made = process(world, state)
    return world.share(made, world.another_agency()) if step == "stop_sharing" else made


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for whose, service in (("own", own), ("other", other)):
        found |= {
            f"{whose} contract": contract(world, service=service, title=f"{whose} tussock", yearly_value=987654321),
            f"{whose} post": post(world, service=service, note="Goldcrest"),
            f"{whose} enforcement": enforcement(world, service=service, details="Goldcrest"),
            f"{whose} occupancy": occupancy(world, service=service),
            f"{whose} insurance": insurance(world, service=service),
            f"{whose} licence": licence(world, service=service),
            f"{whose} continuity plan": continuity(world, service=service),
            f"{whose} process": process(world, "open", service, reference=f"{whose} ragwort", reason="Goldcrest"),
        }
        found[f"{whose} continuity test"] = tested(world, found[f"{whose} continuity plan"])
    found["shared contract"] = world.share(
        contract(world, service=other, title="Shared sedge", yearly_value=987654321, reference="Shared sedge")
    )
    found["shared process"] = world.share(process(world, "open", other, reference="Shared rush", reason="Goldcrest"))
    return found


READS = f"{COUNCIL} partner contributor"
AREA = Area(
    screens=[
        Screen(
            plural="contracts", model=Contract, make=contract, reads=READS, sees=COUNCIL, adds=OFFICERS, edits=OFFICERS,
            editable="running", heading="Contracts", lookup=True, step_made=shared_contract,
            steps={
                ("allocate", "running"): "manager",
                ("end", "running"): OFFICERS,
                ("share", "running"): OFFICERS,
                ("share", "ended"): OFFICERS,
                ("stop_sharing", "running"): OFFICERS,
                ("stop_sharing", "ended"): OFFICERS,
            },
        ),
        Screen(
            plural="manager-posts", model=ManagerPost, make=post, reads=OWNER, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, heading="Manager posts",
        ),
        Screen(
            plural="enforcement", model=Enforcement, make=enforcement, reads=OWNER, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, heading="Enforcement",
        ),
        Screen(
            plural="occupancy", model=OccupancyReturn, make=occupancy, reads=OWNER, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, heading="Occupancy",
        ),
        Screen(
            plural="insurance", model=Insurance, make=insurance, reads=OWNER, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, heading="Insurance",
        ),
        Screen(
            plural="licences", model=SponsorLicence, make=licence, reads=OWNER, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, editable="licensed", heading="Sponsor licences",
            steps={
                ("suspend", "licensed"): OFFICERS,
                ("revoke", "licensed"): OFFICERS,
                ("revoke", "suspended"): OFFICERS,
                ("reinstate", "suspended"): OFFICERS,
                ("reinstate", "revoked"): OFFICERS,
                ("reinstate", "ended"): OFFICERS,
                ("end", "licensed"): OFFICERS,
            },
        ),
        Screen(
            plural="continuity", model=ContinuityPlan, make=continuity, reads=OWNER, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, editable="expected", heading="Continuity plans", step_made=continuity_for,
            steps={
                ("receive", "expected"): OFFICERS,
                ("receive", "received"): OFFICERS,
                ("receive", "assured"): OFFICERS,
                ("receive", "not_assured"): OFFICERS,
                ("assure", "received"): OFFICERS,
                ("assure", "assured"): OFFICERS,
                ("assure", "not_assured"): OFFICERS,
                ("find_wanting", "expected"): OFFICERS,
                ("find_wanting", "received"): OFFICERS,
                ("find_wanting", "assured"): OFFICERS,
                ("try", "received"): OFFICERS,
                ("try", "assured"): OFFICERS,
                ("try", "not_assured"): OFFICERS,
            },
        ),
        Screen(
            plural="safeguarding", model=SafeguardingProcess, make=process, reads=READS, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, editable="draft", heading="Safeguarding processes", step_made=shared_process,
            steps={
                ("open", "draft"): OFFICERS,
                ("close", "open"): OFFICERS,
                ("withdraw", "draft"): OFFICERS,
                ("share", "open"): OFFICERS,
                ("share", "closed"): OFFICERS,
                ("stop_sharing", "open"): OFFICERS,
                ("stop_sharing", "closed"): OFFICERS,
            },
        ),
    ],
    seen={
        "own contract": COUNCIL,
        "other contract": COUNCIL,
        "shared contract": READS,
        "own post": OWNER,
        "other post": COUNCIL,
        "own enforcement": OWNER,
        "other enforcement": COUNCIL,
        "own occupancy": OWNER,
        "other occupancy": COUNCIL,
        "own insurance": OWNER,
        "other insurance": COUNCIL,
        "own licence": OWNER,
        "other licence": COUNCIL,
        "own continuity plan": OWNER,
        "other continuity plan": COUNCIL,
        "own continuity test": OWNER,
        "other continuity test": COUNCIL,
        "own process": COUNCIL,
        "other process": COUNCIL,
        "shared process": READS,
    },
    rows=rows,
    pages=[
        ("contracts", "own contract", "own tussock"),
        ("contracts", "other contract", "other tussock"),
        ("contracts", "shared contract", "sedge"),
        ("manager-posts", "own post", "ownhouse"),
        ("manager-posts", "other post", "thornhouse"),
        ("enforcement", "own enforcement", "ownhouse"),
        ("enforcement", "other enforcement", "thornhouse"),
        ("occupancy", "own occupancy", "ownhouse"),
        ("occupancy", "other occupancy", "thornhouse"),
        ("insurance", "own insurance", "own care"),
        ("insurance", "other insurance", "thornbury"),
        ("licences", "own licence", "own care"),
        ("licences", "other licence", "thornbury"),
        ("continuity", "own continuity plan", "own care"),
        ("continuity", "other continuity plan", "thornbury"),
        ("safeguarding", "own process", "own ragwort"),
        ("safeguarding", "other process", "other ragwort"),
        ("safeguarding", "shared process", "shared rush"),
    ],
    hidden=["987654321", "Goldcrest"],
    good={
        "contract": (
            STAMP
            | {
                "provider_id": 1, "title": "x", "kind": "block", "starts_on": DAY, "joint": False, "led_by_icb": False,
                "state": "running",
            },
            {},
        ),
        "manager_post": (STAMP | {"service_id": 1, "held": "vacant", "from_on": DAY, "note": ""}, {"to_on": DAY}),
        "enforcement": (STAMP | {"service_id": 1, "kind": "conditions", "served_on": DAY, "details": ""}, {}),
        "occupancy_return": (
            STAMP | {"service_id": 1, "counted_on": DAY, "occupied": 1, "vacant": 1},
            {"counted_on": "2026-03-05"},
        ),
        "insurance": (STAMP | {"provider_id": 1, "kind": "other", "starts_on": DAY, "expires_on": DAY}, {}),
        "sponsor_licence": (STAMP | {"provider_id": 1, "state": "licensed", "since": DAY}, {"provider_id": 2}),
        "continuity_plan": (STAMP | {"provider_id": 1, "state": "expected"}, {"service_id": 1}),
        "continuity_test": (STAMP | {"plan_id": 1, "tested_on": DAY, "scenario": "x", "held": "x"}, {}),
        "safeguarding_process": (
            STAMP | {"provider_id": 1, "kind": "organisational", "reason": "", "state": "draft"},
            {},
        ),
    },
    checks={
        "ck_contract_ends_after_start": ("contract", {"ends_on": "2026-03-03"}),
        "ck_contract_value_not_negative": ("contract", {"yearly_value": -1}),
        "ck_contract_level_1_to_5": ("contract", {"monitoring_level": 6}),
        "ck_contract_ended_has_day": ("contract", {"ended_on": DAY}),
        "ck_manager_post_ends_after_start": ("manager_post", {"to_on": "2026-03-03"}),
        "ck_enforcement_ends_after_start": ("enforcement", {"ended_on": "2026-03-03"}),
        "ck_occupancy_return_occupied_not_negative": ("occupancy_return", {"occupied": -1}),
        "ck_occupancy_return_vacant_not_negative": ("occupancy_return", {"vacant": -1}),
        "ck_insurance_ends_after_start": ("insurance", {"expires_on": "2026-03-03"}),
        "ck_continuity_plan_checked_has_day": ("continuity_plan", {"state": "assured", "received_on": DAY}),
        "ck_continuity_plan_received_has_day": ("continuity_plan", {"state": "received"}),
        "ck_safeguarding_process_open_has_day": ("safeguarding_process", {"state": "open"}),
        "ck_safeguarding_process_closed_has_day": ("safeguarding_process", {"closed_on": DAY}),
        "ck_safeguarding_process_ends_after_start": (
            "safeguarding_process", {"state": "closed", "opened_on": "2026-03-05", "closed_on": DAY},
        ),
    },
    words="""
contract: kind rag state
manager_post: held
enforcement: kind
insurance: kind
sponsor_licence: state
continuity_plan: state
safeguarding_process: kind state""",
    pointers="""
contract: provider_id service_id officer_id created_by_id
manager_post: service_id created_by_id
enforcement: service_id created_by_id
occupancy_return: service_id created_by_id
insurance: provider_id created_by_id
sponsor_licence: provider_id created_by_id
continuity_plan: provider_id service_id created_by_id
continuity_test: plan_id created_by_id
safeguarding_process: provider_id service_id created_by_id""",
    only_one={
        "uq_manager_post_one_now": ("manager_post", {"to_on": None}, "manager_post.service_id"),
        "uq_occupancy_return_service_id_counted_on": (
            "occupancy_return", {"counted_on": DAY}, "occupancy_return.service_id, occupancy_return.counted_on",
        ),
        "uq_sponsor_licence_provider_id": ("sponsor_licence", {"provider_id": 1}, "sponsor_licence.provider_id"),
        "uq_continuity_plan_one_each": (
            "continuity_plan", {"service_id": None}, "index 'uq_continuity_plan_one_each'",
        ),
    },
    besides={("continuity_plan", "state"): {"received_on": DAY}},
    places=lambda world: {
        "contract": contract(world).id,
        "post": post(world).id,
        "licence": licence(world).id,
        "continuity": continuity(world, "received").id,
        "process": process(world).id,
    },
    budgets="""
    officer       /contracts/list/                           5  48
    officer       /contracts/show/{contract}                10   0
    officer       /contracts/add                             1  10
    officer       /manager-posts/list/                       4  24
    officer       /manager-posts/show/{post}                 5   0
    officer       /enforcement/list/                         4  24
    officer       /occupancy/list/                           4  12
    officer       /insurance/list/                           4  24
    officer       /licences/list/                            4  12
    officer       /licences/show/{licence}                   6   0
    officer       /continuity/list/                          4  36
    officer       /continuity/show/{continuity}              8   0
    officer       /safeguarding/list/                        4  24
    officer       /safeguarding/show/{process}               9   0
    """,
)  # fmt: skip
