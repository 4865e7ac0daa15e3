"""What the suite expects of the bands that services stand in."""

import datetime as dt
from typing import Any

from areas import COUNCIL, OFFICERS, Area, Screen
from models.risk import BandState, ServiceBand

MOMENT, DAY = "2026-03-04 10:00:00+00:00", "2026-03-04"
TODAY = dt.date(2026, 3, 4)


def band(world: Any, state: str = "proposed", service: Any = None, **kw: Any) -> ServiceBand:
    """A band as it would stand in that state."""
    service = service or world.service()
    told = {
        "service_id": service.id,
        "scheme": "risk",
        "band": "high",
        "grounds": "The regulator rated it Inadequate.",
        "from_on": TODAY if state in ("confirmed", "replaced") else None,
        "until_on": TODAY if state == "replaced" else None,
        **kw,
    }
    return world._add(ServiceBand(state=BandState(state), **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, ServiceBand]:
    return {
        "own band": band(world, "confirmed", own, grounds="Goldcrest"),
        "other band": band(world, "proposed", other, grounds="Firecrest"),
    }


AREA = Area(
    screens=[
        Screen(
            plural="bands",
            model=ServiceBand,
            make=band,
            reads=COUNCIL,
            sees=COUNCIL,
            adds=OFFICERS,
            edits=OFFICERS,
            editable="proposed",
            heading="Risk ratings",
            steps={
                ("confirm", "proposed"): "manager head",
                ("reject", "proposed"): "manager head",
                ("withdraw", "proposed"): "manager",
            },
        )
    ],
    seen={"own band": COUNCIL, "other band": COUNCIL},
    rows=rows,
    pages=[("bands", "own band", "Goldcrest"), ("bands", "other band", "Firecrest")],
    hidden=["Goldcrest", "Firecrest"],
    good={
        "service_band": (
            {
                "version": 1, "created_at": MOMENT, "service_id": 1, "scheme": "risk", "band": "high",
                "state": "confirmed", "grounds": "One", "from_on": DAY,
            },
            {"scheme": "third"},
        )
    },
    checks={
        "ck_service_band_confirmed_has_day": ("service_band", {"from_on": None}),
        "ck_service_band_replaced_has_day": ("service_band", {"until_on": DAY}),
        "ck_service_band_ends_after_start": ("service_band", {"state": "replaced", "until_on": "2026-03-03"}),
        "ck_service_band_says_why": ("service_band", {"grounds": ""}),
    },
    words="service_band: state",
    besides={("service_band", "state"): {"from_on": None}},
    pointers="service_band: service_id created_by_id",
    only_one={
        "uq_service_band_one_confirmed": (
            "service_band", {"scheme": "risk"}, "service_band.service_id, service_band.scheme",
        ),
        "uq_service_band_one_proposed": (
            "service_band", {"scheme": "rag", "state": "proposed", "from_on": None},
            "service_band.service_id, service_band.scheme",
        ),
    },
    places=lambda world: {"band": band(world).id},
    budgets="""
    officer       /bands/list/                               6  36
    manager       /bands/show/{band}                        10   0
    officer       /bands/add                                 5   6
    """,
)  # fmt: skip
