"""What the suite expects of absences."""

import datetime as dt
from typing import Any

from areas import Area, Screen
from models.absences import Absence

MOMENT, DAY, LATER = "2026-03-04 10:00:00+00:00", "2026-03-04", "2026-03-10"
NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def absence(world: Any, state: str = "planned", absent: str = "officer2", deputy: str = "head2", **kw: Any) -> Absence:
    """From yesterday to next week; an officer's whom a head covers, unless others are named."""
    told = {
        "absent_id": world.person(absent).id,
        "deputy_id": world.person(deputy).id,
        "first_on": dt.date(2026, 3, 3),
        "last_on": dt.date(2026, 3, 10),
        "withdrawn_on": NOW.date() if state == "withdrawn" else None,
        **kw,
    }
    return world._add(Absence(state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, Absence]:
    return {
        "absence of the officer": absence(world, absent="officer", note="Goldcrest"),
        "absence of another": absence(world, note="Firecrest"),
    }


AREA = Area(
    screens=[
        Screen(
            plural="absences",
            model=Absence,
            make=absence,
            reads="officer manager head director auditor",
            sees="manager head director auditor",
            adds="officer manager head",
            heading="Absences",
            browser_user="manager",
            steps={("withdraw", "planned"): "manager"},
        )
    ],
    seen={
        "absence of the officer": "officer manager head director auditor",
        "absence of another": "manager head director auditor",
    },
    rows=rows,
    pages=[
        ("absences", "absence of the officer", "goldcrest"),
        ("absences", "absence of another", "firecrest"),
    ],
    hidden=["Goldcrest", "Firecrest"],
    good={
        "absence": (
            {
                "version": 1, "created_at": MOMENT, "absent_id": 1, "deputy_id": 2, "first_on": DAY, "last_on": DAY,
                "note": "", "state": "planned",
            },
            {"first_on": LATER, "last_on": LATER},
        )
    },
    checks={
        "ck_absence_ends_after_it_begins": ("absence", {"last_on": "2026-03-03"}),
        "ck_absence_nobody_covers_themself": ("absence", {"deputy_id": 1}),
        "ck_absence_withdrawn_has_day": ("absence", {"state": "withdrawn"}),
    },
    words="absence: state",
    pointers="absence: absent_id deputy_id created_by_id",
    only_one={
        "uq_absence_one_from_a_day": ("absence", {"first_on": DAY}, "absence.absent_id, absence.first_on"),
    },
    places=lambda world: {"absence": absence(world).id},
    budgets="""
    manager       /absences/list/                            5  36
    manager       /absences/show/{absence}                   8   0
    manager       /absences/add                              4  12
    manager       /allocation/                               7   0
    manager       /allocation/{person}                       8   0
    """,
)  # fmt: skip
