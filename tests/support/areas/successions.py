"""What the suite expects of re-registrations."""

import datetime as dt
from typing import Any

from areas import COUNCIL, OFFICERS, Area, Screen
from models.successions import Succession

NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def succession(world: Any, state: str = "carries", old: Any = None, new: Any = None, **kw: Any) -> Succession:
    """A re-registration as it would stand in that state."""
    old, new = old or world.service("Former House"), new or world.service("Later House")
    proposed = state != "carries"
    told = {
        "proposed_by_id": world.person("officer2").id if proposed else None,
        "decided_by_id": world.person("head2").id if state == "ended" else None,
        **kw,
    }
    return world._add(Succession(predecessor_id=old.id, successor_id=new.id, state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, Succession]:
    return {
        "own succession": succession(world, "carries", world.service("Cormorant House"), own),
        "other succession": succession(world, "ended", world.service("Dotterel House"), other),
    }


AREA = Area(
    screens=[
        Screen(
            plural="successions",
            model=Succession,
            make=succession,
            reads=COUNCIL,
            sees=COUNCIL,
            past=False,
            heading="Re-registrations",
            steps={
                ("acknowledge", "carries"): OFFICERS,
                ("acknowledge", "end_proposed"): OFFICERS,
                ("propose_end", "carries"): OFFICERS,
                ("withdraw_proposal", "end_proposed"): OFFICERS,
                ("refuse_end", "end_proposed"): "head",
                ("end", "end_proposed"): "head",
                ("carry_again", "ended"): OFFICERS,
            },
        )
    ],
    seen={"own succession": COUNCIL, "other succession": COUNCIL},
    rows=rows,
    pages=[("successions", "own succession", "cormorant"), ("successions", "other succession", "dotterel")],
    good={
        "succession": (
            {
                "version": 1, "created_at": "2026-03-04 10:00:00+00:00", "predecessor_id": 1, "successor_id": 2,
                "state": "carries",
            },
            {"predecessor_id": 2, "successor_id": 1},
        )
    },
    checks={
        "ck_succession_services_or_providers": (
            "succession", {"predecessor_provider_id": 1, "successor_provider_id": 2},
        ),
        "ck_succession_not_itself": ("succession", {"successor_id": 2}),
        "ck_succession_not_self_decided": ("succession", {"proposed_by_id": 1, "decided_by_id": 1}),
        "ck_succession_ended_has_decider": ("succession", {"state": "ended"}),
        "ck_succession_acknowledged_by_and_at": ("succession", {"acknowledged_by_id": 1}),
    },
    words="succession: state",
    pointers="""
succession: predecessor_id successor_id predecessor_provider_id successor_provider_id
succession: acknowledged_by_id proposed_by_id decided_by_id created_by_id
""",
    only_one={
        "uq_succession_predecessor_id_successor_id": (
            "succession", {"predecessor_id": 1, "successor_id": 2},
            "succession.predecessor_id, succession.successor_id",
        ),
        "uq_succession_predecessor_provider_id_successor_provider_id": (
            "succession",
            {"predecessor_id": None, "successor_id": None, "predecessor_provider_id": 1, "successor_provider_id": 2},
            "succession.predecessor_provider_id, succession.successor_provider_id",
        ),
    },
    besides={
        ("succession", "acknowledged_by_id"): {"acknowledged_at": "2026-03-04 10:00:00+00:00"},
        ("succession", "predecessor_provider_id"): {
            "predecessor_id": None, "successor_id": None, "successor_provider_id": 1,
        },
        ("succession", "successor_provider_id"): {
            "predecessor_id": None, "successor_id": None, "predecessor_provider_id": 1,
        },
    },
    places=lambda world: {"succession": succession(world, "end_proposed").id},
    budgets="""
    officer       /successions/list/                         4  36
    officer       /successions/show/{succession}            17   0
    head          /successions/{succession}/end             12   0
    """,
)  # fmt: skip
