"""What the suite expects of the framework: its editions, and each kind of its rows."""

import datetime as dt
from typing import Any

from areas import COUNCIL, Area, Screen
from models import db
from models.framework import (
    ActivityType,
    ApprovalRule,
    Band,
    Cadence,
    Clock,
    Framework,
    FrameworkState,
    Indicator,
    NoticeReason,
    OversightGroup,
    RestrictionKind,
    Retention,
    Scheme,
    ServiceTypeName,
    Term,
    Trigger,
)
from workflows import actor as actors
from workflows.framework_files import content_of
from workflows.framework_reading import KINDS

MOMENT, DAY = "2026-03-04 10:00:00+00:00", "2026-03-04"
NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
READERS = f"{COUNCIL} administrator"
EVERYBODY = "officer manager head director partner contributor provider care_manager auditor administrator"


def edition(world: Any, state: str = "draft", key: str = "halton") -> Framework:
    """An edition of a framework in that state, without rows; the one in force is the one that was loaded."""
    with actors.acting(actors.system("test", NOW)):
        standing = db.session.query(Framework).filter_by(state=FrameworkState.in_force).one()
        if state == "in_force":
            return standing
        known = db.session.query(Framework).filter_by(state=FrameworkState(state), key=key).first()
        if known is not None:
            return known
        newest = db.session.query(Framework).count()
        head = content_of(standing).head | {"key": key}
    day = NOW.date() if state == "retired" else None
    return world._add(Framework(**head, edition=newest + 1, state=FrameworkState(state), in_force_from=day))


def draft(world: Any) -> Framework:
    """A whole draft: every row of the edition in force, copied by nobody."""
    found = edition(world, "draft")
    with actors.acting(actors.system("test", NOW)):
        content = content_of(edition(world, "in_force"))
        if found.activity_types:
            return found
    with world.console():
        for kind, rows in content.rows.items():
            db.session.add_all(KINDS[kind].model(framework=found, **row) for row in rows.values())
            db.session.flush()
    db.session.commit()
    return found


def row(kind: str) -> Any:
    """`make` of a screen: the first row of a kind, of a whole draft."""

    def make(world: Any, state: str = "") -> Any:
        found = draft(world)
        with actors.acting(actors.system("test", NOW)):
            return getattr(found, KINDS[kind].relation)[0]

    return make


def screen(kind: str, model: Any, plural: str, heading: str, lookup: bool = False) -> Screen:
    return Screen(
        plural=f"framework-{plural}",
        model=model,
        make=row(kind),
        reads=READERS,
        sees=READERS,
        adds="manager",
        edits="manager",
        heading=heading,
        lookup=lookup,
        browser_user="manager",
    )


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    found = edition(world, "in_force")
    with actors.acting(actors.system("test", NOW)):
        return {
            "term": found.terms[0],
            "type of service": found.service_types[0],
            "cadence": found.cadences[0],
            "scheme": found.schemes[0],
            "band of a scheme": found.bands[0],
            "indicator": found.indicators[0],
            "group": found.groups[0],
            "reason for a notice": found.notice_reasons[0],
            "retention": found.retentions[0],
        }


ROW = {"version": 1, "created_at": MOMENT, "framework_id": 1, "clause": "XX", "note": ""}

AREA = Area(
    screens=[
        Screen(
            plural="frameworks",
            model=Framework,
            make=edition,
            reads=READERS,
            sees=READERS,
            edits="manager",
            editable="draft",
            lookup=True,
            heading="Quality Assurance Frameworks",
            browser_user="manager",
            steps={
                ("copy_to_draft", "in_force"): "manager",
                ("copy_to_draft", "retired"): "manager",
                ("put_in_force", "draft"): "manager head",
                ("take_out", "draft"): "manager",
                ("discard", "draft"): "manager",
            },
            # The draft is another framework's, or it would bar the copying of this one.
            step_made=lambda world, step, state: edition(world, state, "another" if state == "draft" else "halton"),
        ),
        screen("activity_type", ActivityType, "activities", "Activities", lookup=True),
        screen("cadence", Cadence, "cadences", "Cadences"),
        screen("clock", Clock, "clocks", "Deadlines"),
        screen("approval_rule", ApprovalRule, "approvals", "Who decides"),
        screen("restriction_kind", RestrictionKind, "restrictions", "Kinds of restriction", lookup=True),
        screen("trigger", Trigger, "triggers", "What the console drafts by itself"),
        screen("scheme", Scheme, "schemes", "Schemes of bands", lookup=True),
        screen("band", Band, "bands", "Bands of the schemes", lookup=True),
        screen("indicator", Indicator, "indicators", "Indicators", lookup=True),
        screen("group", OversightGroup, "groups", "Groups of the framework", lookup=True),
        screen("term", Term, "terms", "Words"),
        screen("service_type", ServiceTypeName, "service-types", "Types of service", lookup=True),
        screen("notice_reason", NoticeReason, "notice-reasons", "Reasons for a notice", lookup=True),
        screen("retention", Retention, "retentions", "How long records are kept"),
    ],
    seen={
        "term": EVERYBODY,
        "type of service": EVERYBODY,
        "cadence": READERS,
        "scheme": EVERYBODY,
        "band of a scheme": EVERYBODY,
        "indicator": READERS,
        "group": READERS,
        "reason for a notice": READERS,
        "retention": READERS,
    },
    rows=rows,
    pages=[],
    good={
        "term": (ROW | {"key": "visit", "one": "visit", "many": "visits"}, {"key": "plan"}),
        "service_type_name": (ROW | {"service_type": "care_home", "name": "Home"}, {"service_type": "home_care"}),
        "scheme": (ROW | {"key": "risk", "name": "Risk", "subject": "service"}, {"key": "rag"}),
        "band": (
            ROW | {
                "scheme": "risk", "key": "high", "name": "High", "position": 3, "criteria": "", "interventions": "",
            },
            {"key": "low", "position": 1},
        ),
        "indicator": (
            ROW | {"scheme": "risk", "key": "rating", "name": "Rating", "source": "computed"}, {"key": "vacancy"},
        ),
        "oversight_group": (
            ROW | {
                "key": "board", "name": "Board", "purpose": "", "membership": "", "scheme": "risk", "band": "high",
                "activity": "one",
            },
            {"key": "forum", "name": "Forum"},
        ),
        "cadence": (
            ROW | {
                "key": "yearly", "activity": "one", "subject": "service", "reach": "contracted", "scheme": "risk",
                "bands": '["high"]', "mode": "interval", "length": 12, "unit": "months", "anchor": "entry",
                "warn": 7, "escalates_to": "manager", "escalates_after": 0,
            },
            {"key": "monthly"},
        ),
        "notice_reason": (ROW | {"key": "one", "name": "One"}, {"key": "two"}),
        "retention": (ROW | {"record": "visit", "years": 7, "counted_from": "its end"}, {"record": "plan"}),
    },
    checks={
        "ck_framework_weekly_hours_positive": ("framework", {"weekly_hours": 0}),
        "ck_framework_in_force_has_day": ("framework", {"state": "retired", "in_force_from": None}),
        "ck_activity_type_effort_is_positive": ("activity_type", {"effort_minutes": 0}),
        "ck_activity_type_visit_is_visit": ("activity_type", {"form": "call", "is_assessment": True}),
        "ck_activity_type_meeting_has_kind": ("activity_type", {"meeting_kind": "forum"}),
        "ck_clock_weekdays_name_one": ("clock", {"weekday": "monday"}),
        "ck_clock_told_in_days": ("clock", {"warn": 0}),
        "ck_clock_escalates_to_manager_or_head": ("clock", {"escalates_to": "director"}),
        "ck_oversight_group_band_has_scheme": ("oversight_group", {"band": None}),
        "ck_cadence_after_or_before_another": ("cadence", {"other": "one"}),
        "ck_cadence_calendar_has_period": ("cadence", {"period": "week"}),
        "ck_cadence_counted_has_length": ("cadence", {"unit": None}),
        "ck_cadence_cadence_length_positive": ("cadence", {"length": 0}),
        "ck_cadence_clock_for_calendar": ("cadence", {"clock": "harm_log"}),
        "ck_cadence_told_in_days": ("cadence", {"escalates_after": -1}),
        "ck_cadence_escalates_to_manager_or_head": ("cadence", {"escalates_to": "director"}),
        "ck_retention_years_positive": ("retention", {"years": 0}),
    },
    words="""
activity_type: form
clock: weekday
term: key
service_type_name: service_type
scheme: subject
indicator: source
cadence: subject reach mode unit anchor period clock
""",
    besides={
        ("clock", "weekday"): {"unit": "weekdays"},
        ("cadence", "mode"): {"length": None, "unit": None},
        ("cadence", "period"): {"mode": "calendar", "length": None, "unit": None},
        ("cadence", "clock"): {"mode": "calendar", "period": "week", "length": None, "unit": None},
        ("cadence", "other"): {"mode": "after"},
        ("approval_rule", "group_name"): {"role": None},
    },
    pointers="""
term: framework_id created_by_id
service_type_name: framework_id created_by_id
scheme: framework_id created_by_id
band: framework_id framework_id+scheme created_by_id
indicator: framework_id framework_id+scheme created_by_id
oversight_group: framework_id framework_id+activity framework_id+scheme+band created_by_id
cadence: framework_id framework_id+activity framework_id+other framework_id+scheme created_by_id
approval_rule: framework_id+group_name
notice_reason: framework_id created_by_id
retention: framework_id created_by_id
""",
    only_one={
        "uq_framework_one_draft": ("framework", {"key": "two"}, "framework.key"),
        "uq_term_framework_id_key": ("term", {"key": "visit"}, "term.framework_id, term.key"),
        "uq_service_type_name_framework_id_service_type": (
            "service_type_name", {"service_type": "care_home"},
            "service_type_name.framework_id, service_type_name.service_type",
        ),
        "uq_scheme_framework_id_key": ("scheme", {"key": "risk"}, "scheme.framework_id, scheme.key"),
        "uq_band_framework_id_scheme_key": ("band", {"key": "high"}, "band.framework_id, band.scheme, band.key"),
        "uq_band_framework_id_scheme_position": (
            "band", {"position": 3}, "band.framework_id, band.scheme, band.position",
        ),
        "uq_indicator_framework_id_scheme_key": (
            "indicator", {"key": "rating"}, "indicator.framework_id, indicator.scheme, indicator.key",
        ),
        "uq_oversight_group_framework_id_key": (
            "oversight_group", {"key": "board"}, "oversight_group.framework_id, oversight_group.key",
        ),
        "uq_oversight_group_framework_id_name": (
            "oversight_group", {"name": "Board"}, "oversight_group.framework_id, oversight_group.name",
        ),
        "uq_cadence_framework_id_key": ("cadence", {"key": "yearly"}, "cadence.framework_id, cadence.key"),
        "uq_notice_reason_framework_id_key": (
            "notice_reason", {"key": "one"}, "notice_reason.framework_id, notice_reason.key",
        ),
        "uq_retention_framework_id_record": (
            "retention", {"record": "visit"}, "retention.framework_id, retention.record",
        ),
    },
    places=lambda world: {
        "draft_framework": draft(world).id,
        "framework_in_force": edition(world, "in_force").id,
        "draft_cadence": row("cadence")(world).id,
    },
    budgets="""
    officer       /frameworks/show/{framework_in_force}     50   0
    manager       /frameworks/show/{draft_framework}        90   0
    officer       /framework-cadences/list/                  6   0
    manager       /framework-cadences/edit/{draft_cadence}  14 118
    """,
)  # fmt: skip
