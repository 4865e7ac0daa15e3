"""What the suite expects of the diary: what is due, what was done, where counting rests, and what the clock told."""

import datetime as dt
from typing import Any

from sqlalchemy import select
from world import console

from areas import COUNCIL, OFFICERS, Area, Screen
from areas.complaints import complaint
from models import db
from models.diary import ClockNotice, ClockRun, Obligation, Occurrence, Pause
from models.framework import ActivityForm, ActivityType

STAMP = {"version": 1, "created_at": "2026-03-04 10:00:00+00:00"}
DAY, TODAY = "2026-03-04", dt.date(2026, 3, 4)


def obligation(world: Any, state: str = "", service: Any = None) -> Obligation:
    """A deadline as the diary has it: that of a complaint which is looked into."""
    record = complaint(world, "investigating", service, subject="Meals")
    with console():
        rows = select(Obligation).where(Obligation.record_type == "complaint", Obligation.record_id == record.id)
        return db.session.scalars(rows).one()


def occurrence(world: Any, state: str = "recorded", service: Any = None, **kw: Any) -> Occurrence:
    service = service or world.service()
    with console():
        kind = select(ActivityType.id).where(ActivityType.form == ActivityForm.analysis).order_by(ActivityType.id)
        told = {"activity_type_id": db.session.scalars(kind).first(), "done_on": TODAY, "result": "All well."}
    about = {"service_id": service.id, "provider_id": service.provider_id}
    return world._add(Occurrence(state=state, **told | about | kw))


def pause(world: Any, state: str = "running", service: Any = None, **kw: Any) -> Pause:
    resting = obligation(world, "", service)
    told = {
        "obligation_id": resting.id,
        "identity": resting.identity,
        "name": resting.name,
        "service_id": resting.service_id,
        "provider_id": resting.provider_id,
        "reason": "The family is away.",
        "from_on": dt.date(2026, 3, 2),
        "due_on": dt.date(2026, 3, 20),
        "until_on": TODAY if state == "ended" else None,
        **kw,
    }
    return world._add(Pause(state=state, **told))


def notice(world: Any, state: str = "", service: Any = None, **kw: Any) -> ClockNotice:
    service = service or world.service()
    told = {
        "identity": f"complaint:{world._next()}:draft_response",
        "due_on": TODAY,
        "stage": "breached",
        "name": "Draft the response",
        "clause": "HA 3.75",
        "service_id": service.id,
        "provider_id": service.provider_id,
        "told": "officer",
        "reader_id": world.person("officer").id,
        **kw,
    }
    return world._add(ClockNotice(**told))


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    return {
        "own obligation": obligation(world, "", own),
        "other obligation": obligation(world, "", other),
        "own occurrence": occurrence(world, "recorded", own, result="Wagtail"),
        "other occurrence": occurrence(world, "withdrawn", other, result="Whinchat"),
        "own pause": pause(world, "running", own, reason="Pipistrelle"),
        "other pause": pause(world, "ended", other, reason="Noctule"),
        "own notice": notice(world, "", own, name="Own response is late"),
        "other notice": notice(world, "", other, name="Other response is late", told="head", reader_id=None),
        "clock run": world._add(ClockRun(day=TODAY)),
    }


AREA = Area(
    screens=[
        Screen(
            plural="diary",
            model=Obligation,
            make=obligation,
            reads=COUNCIL,
            sees=COUNCIL,
            past=False,
            lookup=True,
            heading="Diary",
        ),
        Screen(
            plural="occurrences",
            model=Occurrence,
            make=occurrence,
            reads=COUNCIL,
            sees=COUNCIL,
            adds=OFFICERS,
            heading="Recorded as done",
            steps={("withdraw", "recorded"): OFFICERS},
        ),
        Screen(
            plural="pauses",
            model=Pause,
            make=pause,
            reads=COUNCIL,
            sees=COUNCIL,
            adds=OFFICERS,
            lookup=True,
            heading="Where counting rests",
            steps={("resume", "running"): OFFICERS},
        ),
        Screen(
            plural="clock-notices",
            model=ClockNotice,
            make=notice,
            reads=COUNCIL,
            sees=COUNCIL,
            past=False,
            lookup=True,
            heading="What the clock told",
        ),
    ],
    seen={
        "own obligation": COUNCIL,
        "other obligation": COUNCIL,
        "own occurrence": COUNCIL,
        "other occurrence": COUNCIL,
        "own pause": COUNCIL,
        "other pause": COUNCIL,
        "own notice": COUNCIL,
        "other notice": COUNCIL,
        "clock run": COUNCIL,
    },
    rows=rows,
    pages=[
        ("diary", "own obligation", "draft"),
        ("diary", "other obligation", "draft"),
        ("occurrences", "own occurrence", "wagtail"),
        ("occurrences", "other occurrence", "whinchat"),
        ("pauses", "own pause", "draft"),
        ("pauses", "other pause", "draft"),
        ("clock-notices", "own notice", "own response"),
        ("clock-notices", "other notice", "other response"),
    ],
    hidden=["Wagtail", "Whinchat", "Pipistrelle", "Noctule"],
    good={
        "obligation": (
            {
                "identity": "one", "source": "cadence", "rule": "one", "clause": "XX", "activity": "one", "name": "One",
                "due_on": DAY, "missed": False, "because": "[]",
            },
            {"identity": "two"},
        ),
        "occurrence": (
            STAMP | {"state": "recorded", "activity_type_id": 1, "done_on": DAY, "result": ""},
            {},
        ),
        "pause": (
            STAMP
            | {
                "state": "running", "identity": "one", "name": "One", "reason": "x", "from_on": DAY, "due_on": DAY,
            },
            {"identity": "two"},
        ),
        "clock_notice": (
            STAMP
            | {
                "identity": "one", "due_on": DAY, "stage": "warned", "name": "One", "clause": "XX", "told": "officer",
                "reader_id": 1,
            },
            {"stage": "breached"},
        ),
        "clock_run": (STAMP | {"day": DAY}, {"day": "2026-03-05"}),
    },
    checks={
        "ck_obligation_deadline_names_record": ("obligation", {"record_type": "x", "record_id": 1, "step": "x"}),
        "ck_obligation_cadence_names_activity": ("obligation", {"activity": None}),
        "ck_pause_ends_after_start": ("pause", {"state": "ended", "until_on": "2026-03-03"}),
        "ck_pause_ended_has_day": ("pause", {"until_on": DAY}),
        "ck_pause_says_why": ("pause", {"reason": ""}),
        "ck_clock_notice_officer_is_named": ("clock_notice", {"reader_id": None}),
    },
    words="""
obligation: source
occurrence: state
pause: state
clock_notice: stage told""",
    pointers="""
obligation: service_id contract_id provider_id officer_id
occurrence: activity_type_id service_id contract_id provider_id created_by_id
pause: obligation_id service_id provider_id created_by_id
clock_notice: service_id provider_id reader_id created_by_id
clock_run: created_by_id""",
    only_one={
        "uq_obligation_identity": ("obligation", {"identity": "one"}, "obligation.identity"),
        "uq_pause_one_running": ("pause", {"identity": "one"}, "pause.identity"),
        "uq_clock_notice_identity_due_on_stage": (
            "clock_notice",
            {"stage": "warned"},
            "clock_notice.identity, clock_notice.due_on, clock_notice.stage",
        ),
        "uq_clock_run_day": ("clock_run", {"day": DAY}, "clock_run.day"),
    },
    besides={("clock_notice", "told"): {"reader_id": None}},
    places=lambda world: {
        "obligation": obligation(world).id,
        "occurrence": occurrence(world).id,
        "pause": pause(world).id,
        "notice": notice(world).id,
    },
    budgets="""
    officer       /diary/list/                               8 108
    officer       /diary/show/{obligation}                   7   0
    officer       /occurrences/list/                         6  24
    officer       /occurrences/show/{occurrence}             7   0
    officer       /occurrences/add                           7  13
    officer       /pauses/list/                              6  24
    officer       /pauses/show/{pause}                       7   0
    officer       /pauses/add                                7   0
    manager       /clock-notices/list/                       6  24
    manager       /clock-notices/show/{notice}               7   0
    """,
)  # fmt: skip
