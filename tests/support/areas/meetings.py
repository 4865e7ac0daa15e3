"""What the suite expects of meetings."""

import datetime as dt
from typing import Any

from world import console

from areas import COUNCIL, OFFICERS, Area, Screen
from models.meetings import (
    Attendance,
    Meeting,
    MeetingAttendance,
    MeetingCirculation,
    MeetingDecision,
    MeetingItem,
    MeetingKind,
    MeetingMinutes,
    MeetingOrigin,
)

MOMENT, DAY = "2026-03-04 10:00:00+00:00", "2026-03-04"
NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
BEGAN = dt.datetime(2026, 3, 3, 14, 0, tzinfo=dt.UTC)
WITHOUT_DATE = ("requested", "convened", "not_required")
ENDED = ("not_required", "stood_down", "cancelled")
MINUTED = ("minutes_approved", "circulated", "notes_shared", "closed")


def meeting(world: Any, state: str = "requested", service: Any = None, **kw: Any) -> Meeting:
    """A meeting as it would stand in that state: an MDT unless another kind is named. The council alone attended."""
    service = service or world.service()
    if state in ("notes_shared", "cancelled"):
        kw.setdefault("kind", MeetingKind.keeping_in_touch)
    held = state in ("held", "minutes_drafted", *MINUTED)
    told = {
        "kind": MeetingKind.mdt,
        "provider_id": service.provider_id,
        "service_id": service.id,
        "name": "Staffing at night",
        "starts_at": None if state in WITHOUT_DATE else BEGAN,
        "meets_on": None if state in WITHOUT_DATE else BEGAN.date(),
        "ended_because": "It got better by itself." if state in ENDED else None,
        "minutes": "Two carers each night from Monday." if held and state != "held" else None,
        **kw,
    }
    made: Meeting = world._add(Meeting(state=state, **told))
    if held:
        world._add(MeetingAttendance(meeting_id=made.id, post="Head of Service", attendance=Attendance.attended))
    if state in MINUTED:
        minutes(world, made)
    return made


def minutes(world: Any, made: Meeting, **kw: Any) -> MeetingMinutes:
    """Version 1 of its minutes, unless another is named: of an MDT approved by a Head of Service."""
    mdt = made.kind is MeetingKind.mdt
    told = {
        "number": 1,
        "text": "Two carers each night from Monday.",
        "approved_at": NOW if mdt else None,
        "approved_by_id": world.person("head").id if mdt else None,
        **kw,
    }
    version: MeetingMinutes = world._add(MeetingMinutes(meeting_id=made.id, **told))
    return version


def went_to(world: Any, made: Meeting, **whom: Any) -> MeetingCirculation:
    """Its minutes went there, to `agency_id` or `provider_id`, after somebody of there attended."""
    world._add(MeetingAttendance(meeting_id=made.id, post="Matron", attendance=Attendance.attended, **whom))
    went: MeetingCirculation = world._add(
        MeetingCirculation(minutes_id=first_version(made), circulated_on=NOW.date(), **whom)
    )
    return went


def first_version(made: Meeting) -> int:
    with console():
        return made.versions[0].id


def item(world: Any, state: str = "", made: Meeting | None = None, **kw: Any) -> MeetingItem:
    made = made or meeting(world, "scheduled")
    return world._add(MeetingItem(**{"meeting_id": made.id, "position": 1, "title": "Rotas", **kw}))


def seat(world: Any, state: str = "", made: Meeting | None = None, **kw: Any) -> MeetingAttendance:
    made = made or meeting(world, "scheduled")
    return world._add(MeetingAttendance(**{"meeting_id": made.id, "post": "Matron", **kw}))


def decision(world: Any, state: str = "", made: Meeting | None = None, **kw: Any) -> MeetingDecision:
    made = made or meeting(world, "held")
    return world._add(MeetingDecision(**{"meeting_id": made.id, "decision": "Rotas are sent weekly.", **kw}))


SECRET = {
    "purpose": "Kestrel", "minutes": "Heron as drafted", "concerns": "Bittern", "concerns_answer": "Curlew",
}  # fmt: skip


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    agency = world.person("partner").agency_id
    found: dict[str, Any] = {
        "own requested MDT": meeting(world, "requested", own, name="Own: asked for", **SECRET),
        "own MDT that it asked for": meeting(
            world, "requested", own, name="Own: support", origin=MeetingOrigin.provider, **SECRET
        ),
        "own scheduled MDT": meeting(world, "scheduled", own, name="Own: dated", **SECRET),
        "own circulated MDT": meeting(world, "circulated", own, name="Own: minuted", **SECRET),
        "own MDT being corrected": meeting(world, "held", own, name="Own: corrected", **SECRET),
        "own review without notes for it": meeting(
            world, "notes_shared", own, name="Own: review", kind=MeetingKind.contract_review, **SECRET
        ),
        "other closed MDT": meeting(world, "closed", other, name="Other: closed", **SECRET),
        "other MDT for another agency": meeting(world, "circulated", other, name="Other: elsewhere", **SECRET),
        "shared meeting": meeting(world, "minutes_drafted", other, name="Shared: beds", **SECRET),
        "group meeting": meeting(
            world, "scheduled", own, name="Group: themes", kind=MeetingKind.group, service_id=None, provider_id=None
        ),
    }
    circulated, corrected = found["own circulated MDT"], found["own MDT being corrected"]
    world.share(found["shared meeting"])
    minutes(world, corrected)
    found |= {
        "minutes to the partner and the provider": circulated.versions[0],
        "minutes to the partner": found["other closed MDT"].versions[0],
        "minutes elsewhere": found["other MDT for another agency"].versions[0],
        "minutes of what is shared": minutes(world, found["shared meeting"]),
        "minutes being corrected": corrected.versions[0],
        "circulation to the provider": went_to(world, circulated, provider_id=own.provider_id),
        "circulation to the partner": went_to(world, circulated, agency_id=agency),
        "circulation of what is corrected": went_to(world, corrected, agency_id=agency),
        "circulation elsewhere": went_to(
            world, found["other MDT for another agency"], agency_id=world.another_agency()
        ),
        "item of a request": item(world, made=found["own requested MDT"], title="Itema", discussion="Plover"),
        "item of the scheduled": item(world, made=found["own scheduled MDT"], title="Itemb", discussion="Plover"),
        "item of the circulated": item(world, made=circulated, title="Itemc", updates="Plover", assurances="Dunlin"),
        "seat at the scheduled": seat(world, made=found["own scheduled MDT"], post="Seata"),
        "seat at the circulated": seat(world, made=circulated, post="Seatb", agency_id=world.another_agency()),
        "seat at what is corrected": seat(world, made=corrected, post="Seatc"),
        "decision of the circulated": decision(world, made=circulated, decision="Decisiona"),
        "decision of what is corrected": decision(world, made=corrected, decision="Decisionb"),
        "decision of what is shared": decision(world, made=found["shared meeting"], decision="Decisionc"),
        "decision elsewhere": decision(world, made=found["other MDT for another agency"], decision="Decisiond"),
    }  # fmt: skip
    went_to(world, found["other closed MDT"], agency_id=agency)
    return found


PARTNERS = f"{COUNCIL} partner contributor"
SHARED = ("scheduled", "held", "minutes_drafted", "minutes_approved", "circulated", "notes_shared", "closed")


def stepped(world: Any, step: str, state: str) -> Meeting:
    """The kind that has the step, with what its guards ask; shared with an agency of nobody who signs in."""
    kw: dict[str, Any] = {}
    if step in ("cancel", "share_notes", "take_up_concerns", "correct_notes"):
        kw["kind"] = MeetingKind.keeping_in_touch
    if step == "take_up_concerns":
        kw["concerns"] = "Too few staff."
    if "kind" in kw and state not in ("scheduled", "held", "notes_shared", "closed", "cancelled"):
        state, kw = state, {}
    made = meeting(world, state, **kw)
    if step == "carry_decisions":
        decision(world, made=made, owner="Registered manager", due_on=NOW.date())
    return world.share(made, world.another_agency()) if step == "stop_sharing" else made  # type: ignore[no-any-return]


AREA = Area(
    screens=[
        Screen(
            plural="meetings",
            model=Meeting,
            make=meeting,
            reads=f"{COUNCIL} partner contributor provider",
            sees=COUNCIL,
            adds=OFFICERS,
            edits=OFFICERS,
            editable="requested",
            lookup=True,
            heading="Meetings",
            steps={
                ("convene", "requested"): "head",
                ("not_required", "requested"): "head",
                ("schedule", "convened"): OFFICERS,
                ("stand_down", "convened"): "head",
                ("stand_down", "scheduled"): "head",
                ("cancel", "scheduled"): OFFICERS,
                ("hold", "scheduled"): OFFICERS,
                ("draft_minutes", "held"): OFFICERS,
                ("return_minutes", "minutes_drafted"): "head",
                ("approve_minutes", "minutes_drafted"): "head",
                ("circulate", "minutes_approved"): OFFICERS,
                ("correct_minutes", "minutes_approved"): OFFICERS,
                ("correct_minutes", "circulated"): OFFICERS,
                ("correct_minutes", "closed"): OFFICERS,
                ("share_notes", "held"): OFFICERS,
                ("take_up_concerns", "notes_shared"): "manager head",
                ("correct_notes", "notes_shared"): OFFICERS,
                ("correct_notes", "closed"): OFFICERS,
                ("carry_decisions", "minutes_approved"): OFFICERS,
                ("carry_decisions", "circulated"): OFFICERS,
                ("carry_decisions", "notes_shared"): OFFICERS,
                ("carry_decisions", "closed"): OFFICERS,
                ("close", "circulated"): OFFICERS,
                ("close", "notes_shared"): OFFICERS,
                ("share", "scheduled"): OFFICERS,
                ("share", "held"): OFFICERS,
                ("share", "minutes_drafted"): OFFICERS,
                ("share", "minutes_approved"): OFFICERS,
                ("share", "circulated"): OFFICERS,
                ("share", "notes_shared"): OFFICERS,
                ("share", "closed"): OFFICERS,
                ("stop_sharing", "scheduled"): OFFICERS,
                ("stop_sharing", "held"): OFFICERS,
                ("stop_sharing", "minutes_drafted"): OFFICERS,
                ("stop_sharing", "minutes_approved"): OFFICERS,
                ("stop_sharing", "circulated"): OFFICERS,
                ("stop_sharing", "notes_shared"): OFFICERS,
                ("stop_sharing", "closed"): OFFICERS,
            },
            step_made=stepped,
        ),
        Screen(
            plural="meeting-items",
            model=MeetingItem,
            make=item,
            reads=f"{COUNCIL} partner contributor provider",
            sees=COUNCIL,
            adds=OFFICERS,
            edits=OFFICERS,
            lookup=True,
            heading="Agenda",
        ),
        Screen(
            plural="meeting-attendance",
            model=MeetingAttendance,
            make=seat,
            reads=f"{COUNCIL} partner contributor provider",
            sees=COUNCIL,
            adds=OFFICERS,
            edits=OFFICERS,
            lookup=True,
            heading="Attendance",
        ),
        Screen(
            plural="meeting-decisions",
            model=MeetingDecision,
            make=decision,
            reads=f"{COUNCIL} partner contributor provider",
            sees=COUNCIL,
            adds=OFFICERS,
            edits=OFFICERS,
            heading="Decisions",
        ),
    ],
    seen={
        "own requested MDT": COUNCIL,
        "own MDT that it asked for": f"{COUNCIL} provider",
        "own scheduled MDT": f"{COUNCIL} provider",
        "own circulated MDT": f"{PARTNERS} provider",
        "own MDT being corrected": f"{PARTNERS} provider",
        "own review without notes for it": COUNCIL,
        "other closed MDT": PARTNERS,
        "other MDT for another agency": COUNCIL,
        "shared meeting": PARTNERS,
        "group meeting": COUNCIL,
        "minutes to the partner and the provider": f"{PARTNERS} provider",
        "minutes to the partner": PARTNERS,
        "minutes elsewhere": COUNCIL,
        "minutes of what is shared": PARTNERS,
        "minutes being corrected": PARTNERS,
        "circulation to the provider": f"{COUNCIL} provider",
        "circulation to the partner": PARTNERS,
        "circulation of what is corrected": PARTNERS,
        "circulation elsewhere": COUNCIL,
        "item of a request": COUNCIL,
        "item of the scheduled": f"{COUNCIL} provider",
        "item of the circulated": f"{PARTNERS} provider",
        "seat at the scheduled": COUNCIL,
        "seat at the circulated": f"{PARTNERS} provider",
        "seat at what is corrected": COUNCIL,
        "decision of the circulated": f"{PARTNERS} provider",
        "decision of what is corrected": COUNCIL,
        "decision of what is shared": COUNCIL,
        "decision elsewhere": COUNCIL,
    },
    rows=rows,
    pages=[
        ("meetings", "own requested MDT", "asked for"),
        ("meetings", "own MDT that it asked for", "support"),
        ("meetings", "own scheduled MDT", "dated"),
        ("meetings", "own circulated MDT", "minuted"),
        ("meetings", "own MDT being corrected", "corrected"),
        ("meetings", "own review without notes for it", "review"),
        ("meetings", "other closed MDT", "closed"),
        ("meetings", "other MDT for another agency", "elsewhere"),
        ("meetings", "shared meeting", "beds"),
        ("meetings", "group meeting", "themes"),
        ("meeting-items", "item of a request", "itema"),
        ("meeting-items", "item of the scheduled", "itemb"),
        ("meeting-items", "item of the circulated", "itemc"),
        ("meeting-attendance", "seat at the scheduled", "seata"),
        ("meeting-attendance", "seat at the circulated", "seatb"),
        ("meeting-attendance", "seat at what is corrected", "seatc"),
        ("meeting-decisions", "decision of the circulated", "decisiona"),
        ("meeting-decisions", "decision of what is corrected", "decisionb"),
        ("meeting-decisions", "decision of what is shared", "decisionc"),
        ("meeting-decisions", "decision elsewhere", "decisiond"),
    ],
    hidden=["Kestrel", "Heron as drafted", "Bittern", "Curlew", "Plover", "Dunlin"],
    good={
        "meeting": (
            {
                "version": 1, "created_at": MOMENT, "kind": "mdt", "state": "requested", "origin": "council",
                "provider_id": 1, "name": "One", "purpose": "",
            },
            {},
        ),
        "meeting_item": (
            {
                "version": 1, "created_at": MOMENT, "meeting_id": 1, "position": 1, "title": "One", "updates": "",
                "assurances": "", "discussion": "",
            },
            {"position": 2},
        ),
        "meeting_attendance": (
            {"version": 1, "created_at": MOMENT, "meeting_id": 1, "post": "One", "attendance": "invited"},
            {},
        ),
        "meeting_decision": (
            {
                "version": 1, "created_at": MOMENT, "meeting_id": 1, "decision": "One", "significant": False,
                "state": "open",
            },
            {},
        ),
        "meeting_minutes": (
            {"version": 1, "created_at": MOMENT, "meeting_id": 1, "number": 1, "text": "One", "reason": ""},
            {"number": 2, "reason": "x"},
        ),
        "meeting_circulation": (
            {"version": 1, "created_at": MOMENT, "minutes_id": 1, "agency_id": 1, "circulated_on": DAY},
            {"agency_id": None, "provider_id": 1},
        ),
    },
    checks={
        "ck_meeting_state_is_of_its_kind": (
            "meeting", {"kind": "mdt", "state": "notes_shared", "starts_at": MOMENT, "meets_on": DAY},
        ),
        "ck_meeting_scheduled_has_moment": ("meeting", {"state": "scheduled", "starts_at": MOMENT}),
        "ck_meeting_service_has_provider": (
            "meeting",
            {
                "kind": "group", "state": "scheduled", "starts_at": MOMENT, "meets_on": DAY, "service_id": 1,
                "provider_id": None,
            },
        ),
        "ck_meeting_mdt_is_about_a_provider": ("meeting", {"provider_id": None}),
        "ck_meeting_ended_has_reason": ("meeting", {"state": "not_required"}),
        "ck_meeting_draft_says_something": (
            "meeting", {"state": "minutes_drafted", "starts_at": MOMENT, "meets_on": DAY},
        ),
        "ck_meeting_item_position_is_positive": ("meeting_item", {"position": 0}),
        "ck_meeting_attendance_agency_or_provider": ("meeting_attendance", {"agency_id": 1, "provider_id": 1}),
        "ck_meeting_minutes_correction_has_reason": ("meeting_minutes", {"reason": ""}),
        "ck_meeting_minutes_says_something": ("meeting_minutes", {"text": ""}),
        "ck_meeting_minutes_approved_has_approver": ("meeting_minutes", {"approved_at": MOMENT}),
        "ck_meeting_circulation_agency_or_provider": ("meeting_circulation", {"agency_id": 1}),
    },
    words="""
meeting: kind state origin
meeting_attendance: attendance
meeting_decision: state""",
    besides={
        ("meeting", "kind"): {"state": "scheduled", "starts_at": MOMENT, "meets_on": DAY},
        ("meeting", "state"): {"starts_at": MOMENT, "meets_on": DAY},
        ("meeting_minutes", "approved_by_id"): {"approved_at": MOMENT},
        ("meeting_circulation", "agency_id"): {"provider_id": None},
    },
    pointers="""
meeting: service_id provider_id activity_type_id created_by_id
meeting_item: meeting_id created_by_id
meeting_attendance: meeting_id agency_id provider_id created_by_id
meeting_decision: meeting_id created_by_id
meeting_minutes: meeting_id approved_by_id created_by_id
meeting_circulation: minutes_id agency_id provider_id created_by_id""",
    only_one={
        "uq_meeting_item_meeting_id_position": (
            "meeting_item", {"position": 1}, "meeting_item.meeting_id, meeting_item.position",
        ),
        "uq_meeting_minutes_meeting_id_number": (
            "meeting_minutes", {"number": 1}, "meeting_minutes.meeting_id, meeting_minutes.number",
        ),
        "uq_meeting_circulation_once": (
            "meeting_circulation", {"agency_id": 1, "provider_id": None}, "index 'uq_meeting_circulation_once'",
        ),
    },
    places=lambda world: {"meeting": meeting(world, "held").id, "drafted": meeting(world, "minutes_drafted").id},
    budgets="""
    officer       /meetings/list/                            4  24
    officer       /meetings/show/{meeting}                  17   0
    officer       /meetings/add                              3  21
    officer       /meetings/{meeting}/draft_minutes          5   0
    head          /meetings/{drafted}/approve_minutes        13   0
    officer       /meeting-items/list/                       4   0
    officer       /meeting-attendance/list/                  5   0
    officer       /meeting-attendance/add?meeting_id={meeting} 4 6
    officer       /meeting-decisions/list/                   4  12
    """,
)  # fmt: skip
