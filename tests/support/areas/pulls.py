"""What the suite expects of the rows that reading a register leaves."""

import datetime as dt
from typing import Any

from areas import COUNCIL, Area
from models.providers import RegisterPull

NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def rows(world: Any, own: Any, other: Any) -> dict[str, RegisterPull]:
    return {"register pull": world._add(RegisterPull(authority="Millbrook", started_at=NOW, through=NOW))}


AREA = Area(
    screens=[],
    seen={"register pull": COUNCIL},
    rows=rows,
    pages=[],
    good={
        "register_pull": (
            {
                "version": 1, "created_at": "2026-03-04 10:00:00+00:00", "authority": "Millbrook",
                "started_at": "2026-03-04 10:00:00+00:00", "through": "2026-03-04 10:00:00+00:00", "waiting": "[]",
                "asked": 0, "added": 0, "changed": 0, "closed": 0, "unreadable": 0, "absent": 0,
            },
            {},
        )
    },
    checks={"ck_register_pull_since_before_through": ("register_pull", {"since": "2026-03-05 10:00:00+00:00"})},
    pointers="register_pull: created_by_id",
)  # fmt: skip
