"""What the suite expects of files that bring records in."""

import datetime as dt
import hashlib
from typing import Any

from workbooks import workbook

from areas import COUNCIL, Area, Screen
from models.arrivals import Arrival, ArrivalKind, ArrivalRow

MOMENT = "2026-03-04 10:00:00+00:00"
HEADINGS = ["Service", "Title", "Kind of contract", "Starts"]
CONTENT = workbook("Contracts", HEADINGS)


def arrival(world: Any, state: str = "checked", by: str = "manager", **kw: Any) -> Arrival:
    """A workbook that was looked over, as it would stand in that state; nothing of it is to be brought in."""
    told = {
        "kind": ArrivalKind.contracts,
        "source": "Contract register, shared drive",
        "as_of": dt.date(2026, 3, 1),
        "filename": "contracts.xlsx",
        "content": CONTENT,
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "faults": 1 if state == "faulty" else 0,
        "found": {"problems": [], "lines": [], "notes": [], "places": {}, "values": []},
        **kw,
    }
    made = world._add(Arrival(state=state, **told))
    with world.console():
        made.created_by_id = world.person(by).id
    return made


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    made = arrival(world, "brought_in", source="Own: redshank")
    brought = {"arrival_id": made.id, "record_type": "service", "record_id": own.id, "record_version": 1}
    return {"arrival": made, "row of an arrival": world._add(ArrivalRow(**brought))}


LINES = """\
GET  /arrivals/add                       403 200 403 403 403 403 403 403 403 403 302
POST /arrivals/add                       403 200 403 403 403 403 403 403 403 403 302
GET  /arrivals/template/contracts        403 200 403 403 403 403 403 403 403 403 302
"""

AREA = Area(
    screens=[
        Screen(
            plural="arrivals",
            model=Arrival,
            make=arrival,
            reads=COUNCIL,
            sees=COUNCIL,
            steps={
                ("bring_in", "checked"): "manager",
                ("update_register", "checked"): "manager",
                ("discard", "faulty"): "manager",
                ("discard", "checked"): "manager",
                ("undo", "brought_in"): "manager",
            },
            step_made=lambda world, step, state: (
                arrival(world, state, kind=ArrivalKind.register, content=b"{}")
                if step == "update_register"
                else arrival(world, state)
            ),
            past=False,
            heading="Files brought in",
            more=LINES,
            browser_user="manager",
        )
    ],
    seen={"arrival": COUNCIL, "row of an arrival": COUNCIL},
    rows=rows,
    pages=[("arrivals", "arrival", "redshank")],
    hidden=["redshank"],
    good={
        "arrival": (
            {
                "version": 1, "created_at": MOMENT, "kind": "contracts", "source": "x", "as_of": "2026-03-04",
                "filename": "x", "content": b"x", "sha256": "0" * 64, "state": "checked", "rows": 1, "added": 1,
                "changed": 0, "faults": 0, "found": "{}",
            },
            {},
        ),
        "arrival_row": ({"arrival_id": 1, "place": "2", "record_type": "service", "record_id": 1}, {}),
    },
    checks={
        "ck_arrival_sha256_whole": ("arrival", {"sha256": "0" * 63}),
        "ck_arrival_source_is_said": ("arrival", {"source": ""}),
        "ck_arrival_faultless": ("arrival", {"state": "brought_in", "faults": 1}),
        "ck_arrival_faults_not_negative": ("arrival", {"state": "faulty", "faults": -1}),
    },
    words="arrival: kind state",
    pointers="arrival: created_by_id\narrival_row: arrival_id",
    places=lambda world: {"arrival": arrival(world, "brought_in").id},
    budgets="""
    manager       /arrivals/list/                            5  24
    manager       /arrivals/show/{arrival}                   9   0
    manager       /arrivals/add                              3   9
    manager       /arrivals/{arrival}/undo                   4   0""",
)  # fmt: skip
