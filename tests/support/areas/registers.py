"""What the suite expects of the rows of other nations' registers."""

from typing import Any

from areas import COUNCIL, Area, Screen
from models.providers import Regulator
from models.registers import RegisterProposal

MOMENT = "2026-03-04 10:00:00+00:00"


def proposal(world: Any, state: str = "proposed", name: str = "Heronsbrae", **kw: Any) -> RegisterProposal:
    """A row as it would stand in that state."""
    decided = state in ("matched", "added")
    told = {
        "regulator": Regulator.care_inspectorate,
        "key": f"{name} {world._next()}",
        "name": name,
        "provider": "Heron Trust",
        "facts": {"name": name, "provider": "Heron Trust", "register_types": ["Care Home Service"], "beds": 20},
        "source_file": "scotland.csv",
        "source_row": 2,
        "service_id": world.service(regulator=Regulator.none, regulator_id=None).id if decided else None,
        **kw,
    }
    return world._add(RegisterProposal(state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, RegisterProposal]:
    """A row that is about a provider's own service is the council's own matter too."""
    return {
        "own row of a register": proposal(world, "matched", "Own: Avocet", service_id=own.id),
        "row of a register": proposal(world, name="Any: Lapwing"),
    }


AREA = Area(
    screens=[
        Screen(
            plural="registers",
            model=RegisterProposal,
            make=proposal,
            reads=COUNCIL,
            sees=COUNCIL,
            past=False,
            heading="Other registers",
            browser_user="manager",
            steps={
                ("match", "proposed"): "manager",
                ("add", "proposed"): "manager",
                ("dismiss", "proposed"): "manager",
                ("reopen", "matched"): "manager",
                ("reopen", "dismissed"): "manager",
            },
        )
    ],
    seen={"own row of a register": COUNCIL, "row of a register": COUNCIL},
    rows=rows,
    pages=[("registers", "own row of a register", "avocet"), ("registers", "row of a register", "lapwing")],
    hidden=["Avocet", "Lapwing"],
    good={
        "register_proposal": (
            {
                "version": 1, "created_at": MOMENT, "regulator": "rqia", "key": "one", "number": 1, "name": "One",
                "facts": "{}", "source_file": "x", "source_row": 1, "certainty": "unlike", "candidates": "[]",
                "state": "matched", "service_id": 1, "before": "{}",
            },
            {"number": 2, "state": "proposed", "service_id": None},
        )
    },
    checks={"ck_register_proposal_decided_names_service": ("register_proposal", {"state": "added"})},
    words="register_proposal: regulator certainty state",
    pointers="register_proposal: service_id created_by_id",
    only_one={
        "uq_register_proposal_regulator_key_number": (
            "register_proposal",
            {"number": 1},
            "register_proposal.regulator, register_proposal.key, register_proposal.number",
        ),
        "uq_register_proposal_service_id": (
            "register_proposal", {"state": "matched", "service_id": 1}, "register_proposal.service_id",
        ),
    },
    besides={
        ("register_proposal", "service_id"): {"state": "matched"},
    },
    places=lambda world: {"row": proposal(world).id, "matched_row": proposal(world, "matched").id},
    budgets="""
    manager       /registers/list/                           4   0
    manager       /registers/show/{row}                      8   0
    manager       /registers/show/{matched_row}              5   0
    manager       /registers/{row}/match                     3   0
    manager       /registers/{row}/add                       4   0
    """,
)  # fmt: skip
