"""What the suite expects of sharing itself: the steps stand with the areas that have them."""

import datetime as dt
from typing import Any

from areas import COUNCIL, Area
from models.sharing import Share


def rows(world: Any, own: Any, other: Any) -> dict[str, Share]:
    share = Share(record_type="x", record_id=1, agency_id=world.another_agency(), shared_on=dt.date(2026, 3, 4))
    return {"share": world._add(share)}


AREA = Area(
    screens=[],
    seen={"share": COUNCIL},
    rows=rows,
    pages=[],
    good={
        "share": (
            {
                "version": 1, "created_at": "2026-03-04 10:00:00+00:00", "record_type": "x", "record_id": 1,
                "agency_id": 1, "shared_on": "2026-03-04",
            },
            {"record_id": 2},
        )
    },
    only_one={"uq_share_once": ("share", {"record_id": 1}, "share.record_type, share.record_id, share.agency_id")},
    pointers="share: agency_id created_by_id",
)  # fmt: skip
