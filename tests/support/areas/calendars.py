"""What the suite expects of the addresses of calendars."""

from typing import Any

from areas import COUNCIL, Area, Screen
from models.calendars import CalendarAddress

READ = f"{COUNCIL} administrator"
MOMENT = "2026-03-04 10:00:00+00:00"


def made(world: Any, state: str = "in_use", **kw: Any) -> CalendarAddress:
    """An address of somebody whom the tests sign in for nothing else."""
    told = {
        "person_id": world.person("officer2").id,
        "kind": "person",
        "secret_sha256": f"{world._next():064x}",
        **kw,
    }
    return world._add(CalendarAddress(state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    return {"calendar address of another": made(world)}


AREA = Area(
    screens=[
        Screen(
            plural="calendars",
            model=CalendarAddress,
            make=made,
            reads=READ,
            sees="auditor administrator",
            adds="officer manager head director",
            heading="Calendar addresses",
            browser_user="officer",
            steps={("revoke", "in_use"): "administrator"},
            past=False,
        )
    ],
    seen={"calendar address of another": "auditor administrator"},
    rows=rows,
    pages=[("calendars", "calendar address of another", "officer2")],
    good={
        "calendar_address": (
            {
                "version": 1, "created_at": MOMENT, "person_id": 1, "kind": "person", "secret_sha256": "0" * 64,
                "state": "in_use",
            },
            {"secret_sha256": "1" * 64},
        ),
    },
    checks={"ck_calendar_address_secret_whole": ("calendar_address", {"secret_sha256": "0"})},
    only_one={
        "uq_calendar_address_secret_sha256": (
            "calendar_address",
            {"secret_sha256": "0" * 64},
            "calendar_address.secret_sha256",
        ),
    },
    words="calendar_address: kind state",
    pointers="calendar_address: person_id created_by_id",
    places=lambda world: {"calendar_address": made(world).id},
    budgets="""
    officer       /calendars/list/                           4  24
    administrator /calendars/show/{calendar_address}         5   0
    officer       /calendars/add                             1   1
    manager       /calendars/add                             1   2
    """,
)  # fmt: skip
