"""What the suite expects of complaints."""

import datetime as dt
from typing import Any

from areas import COUNCIL, OFFICERS, Area, Screen
from models.complaints import Complaint, ComplaintOutcome, ComplaintSource

MOMENT, DAY = "2026-03-04 10:00:00+00:00", "2026-03-04"
NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def complaint(world: Any, state: str = "received", service: Any = None, **kw: Any) -> Complaint:
    """A complaint as it would stand in that state."""
    service = service or world.service()
    drafted = state in ("response_drafted", "response_approved", "responded", "closed")
    approved = drafted and state != "response_drafted"
    told = {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "source": ComplaintSource.family,
        "received_on": dt.date(2026, 2, 20),
        "due_on": dt.date(2026, 3, 20),
        "subject": "Meals come late",
        "officer_id": None if state in ("received", "withdrawn", "referred") else world.person("officer").id,
        "findings": "Two meals a week came late." if drafted else None,
        "outcome": ComplaintOutcome.upheld if drafted else None,
        "response": "We found that meals came late." if drafted else None,
        "approved_at": NOW if approved else None,
        "responded_on": NOW.date() if state in ("responded", "closed") else None,
        **kw,
    }
    return world._add(Complaint(state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, Complaint]:
    secret = {"details": "Kingfisher", "reference": "CC-Sandpiper", "case_reference": "P-Dunnock"}
    shared = complaint(world, "investigating", own, subject="Shared: laundry", **secret)
    world.share(shared)
    return {
        "own complaint": complaint(world, "received", own, subject="Own: noise", **secret),
        "other complaint": complaint(world, "closed", other, subject="Other: food", **secret),
        "shared complaint": shared,
    }


AREA = Area(
    screens=[
        Screen(
            plural="complaints",
            model=Complaint,
            make=complaint,
            reads=f"{COUNCIL} partner contributor",
            sees=COUNCIL,
            adds=OFFICERS,
            edits=OFFICERS,
            editable="received",
            heading="Complaints",
            steps={
                ("allocate", "received"): "manager",
                ("allocate", "allocated"): "manager",
                ("hand_over", "investigating"): "manager",
                ("hand_over", "response_drafted"): "manager",
                ("hand_over", "response_approved"): "manager",
                ("investigate", "allocated"): OFFICERS,
                ("draft_response", "investigating"): OFFICERS,
                ("return_response", "response_drafted"): "manager",
                ("approve_response", "response_drafted"): "manager",
                ("respond", "response_approved"): OFFICERS,
                ("close", "responded"): OFFICERS,
                ("extend", "received"): "manager",
                ("extend", "allocated"): "manager",
                ("extend", "investigating"): "manager",
                ("extend", "response_drafted"): "manager",
                ("extend", "response_approved"): "manager",
                ("refer", "received"): OFFICERS,
                ("refer", "allocated"): OFFICERS,
                ("refer", "investigating"): OFFICERS,
                ("refer", "response_drafted"): OFFICERS,
                ("refer", "response_approved"): OFFICERS,
                ("withdraw", "received"): OFFICERS,
                ("withdraw", "allocated"): OFFICERS,
                ("withdraw", "investigating"): OFFICERS,
                ("withdraw", "response_drafted"): OFFICERS,
                ("withdraw", "response_approved"): OFFICERS,
                ("reopen", "responded"): OFFICERS,
                ("reopen", "closed"): OFFICERS,
                ("reopen", "withdrawn"): OFFICERS,
                ("reopen", "referred"): OFFICERS,
                ("share", "received"): OFFICERS,
                ("share", "allocated"): OFFICERS,
                ("share", "investigating"): OFFICERS,
                ("share", "response_drafted"): OFFICERS,
                ("share", "response_approved"): OFFICERS,
                ("share", "responded"): OFFICERS,
                ("share", "closed"): OFFICERS,
                ("share", "referred"): OFFICERS,
                ("stop_sharing", "received"): OFFICERS,
                ("stop_sharing", "allocated"): OFFICERS,
                ("stop_sharing", "investigating"): OFFICERS,
                ("stop_sharing", "response_drafted"): OFFICERS,
                ("stop_sharing", "response_approved"): OFFICERS,
                ("stop_sharing", "responded"): OFFICERS,
                ("stop_sharing", "closed"): OFFICERS,
                ("stop_sharing", "referred"): OFFICERS,
            },
            # Shared with an agency of nobody who signs in.
            step_made=lambda world, step, state: (
                world.share(complaint(world, state), world.another_agency())
                if step == "stop_sharing"
                else complaint(world, state)
            ),
        )
    ],
    seen={
        "own complaint": COUNCIL,
        "other complaint": COUNCIL,
        "shared complaint": f"{COUNCIL} partner contributor",
    },
    rows=rows,
    pages=[
        ("complaints", "own complaint", "noise"),
        ("complaints", "other complaint", "food"),
        ("complaints", "shared complaint", "laundry"),
    ],
    hidden=["Kingfisher", "CC-Sandpiper", "P-Dunnock"],
    good={
        "complaint": (
            {
                "version": 1, "created_at": MOMENT, "provider_id": 1, "kind": "complaint", "source": "family",
                "received_on": DAY, "subject": "One", "details": "", "state": "received", "due_on": DAY,
            },
            {},
        )
    },
    checks={
        "ck_complaint_has_officer": ("complaint", {"state": "allocated"}),
        "ck_complaint_response_has_outcome": (
            "complaint", {"state": "response_drafted", "officer_id": 1, "response": "Yes."},
        ),
        "ck_complaint_response_is_approved": (
            "complaint",
            {"state": "responded", "officer_id": 1, "response": "Yes.", "outcome": "upheld", "responded_on": DAY},
        ),
        "ck_complaint_responded_has_day": (
            "complaint",
            {"state": "responded", "officer_id": 1, "response": "Yes.", "outcome": "upheld", "approved_at": MOMENT},
        ),
        "ck_complaint_deadline_after_receipt": ("complaint", {"due_on": "2026-03-03"}),
    },
    words="complaint: kind source state outcome",
    besides={("complaint", "state"): {"officer_id": 1}},
    pointers="complaint: provider_id service_id officer_id created_by_id",
    places=lambda world: {"complaint": complaint(world).id},
    budgets="""
    officer       /complaints/list/                          4  48
    officer       /complaints/show/{complaint}              14   0
    officer       /complaints/add                            1  13
    manager       /complaints/{complaint}/allocate           8   4
    """,
)  # fmt: skip
