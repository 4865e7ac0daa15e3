"""What the suite expects of feedback."""

import datetime as dt
from typing import Any

from areas import COUNCIL, OFFICERS, Area, Screen
from models.feedback import Feedback, FeedbackRisk, FeedbackSource, FeedbackTone

DAY, TODAY = "2026-03-04", dt.date(2026, 3, 4)


def feedback(world: Any, state: str = "received", service: Any = None, **kw: Any) -> Feedback:
    """A piece of feedback as it would stand in that state."""
    service = service or world.service()
    told = {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "source": FeedbackSource.social_worker,
        "received_on": TODAY,
        "tone": FeedbackTone.concern,
        "subject": "Calls are late",
        "risk": None if state in ("received", "acknowledged", "clarifying") else FeedbackRisk.low,
        "shared_on": TODAY if state == "shared_with_provider" else None,
        "told_provider": "Calls are late." if state == "shared_with_provider" else None,
        "escalated_to": "Safeguarding unit" if state == "escalated" else None,
        **kw,
    }
    return world._add(Feedback(state=state, **told))


def for_step(world: Any, step: str, state: str) -> Feedback:
    made = feedback(world, state)
    if step == "stop_sharing":
        world.share(made, world.another_agency())
    return made


def filed(world: Any, username: str, service: Any, subject: str) -> Feedback:
    """One that somebody outside the council filed in their own name."""
    made = feedback(world, "received", service, subject=subject)
    with world.console():
        made.created_by_id = world.person(username).id
    return made


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    shared = feedback(world, "logged", other, subject="Shared teasel", details="Skylark")
    world.share(shared)
    return {
        "own feedback": feedback(world, "received", own, subject="Own foxglove", details="Skylark"),
        "feedback told to the provider": feedback(
            world, "shared_with_provider", own, subject="Own campion", details="Skylark", reporter_post="Nightingale"
        ),
        "other feedback told": feedback(world, "shared_with_provider", other, subject="Other campion"),
        "shared feedback": shared,
        "feedback of the contributor": filed(world, "contributor", other, "Filed bramble"),
        "feedback of the care manager": filed(world, "care_manager", other, "Filed bracken"),
    }


STEPS = {
    ("acknowledge", "received"): OFFICERS,
    ("clarify", "acknowledged"): OFFICERS,
    ("triage", "acknowledged"): OFFICERS,
    ("triage", "clarifying"): OFFICERS,
    ("share_with_provider", "triaged"): OFFICERS,
    ("log", "triaged"): OFFICERS,
    ("escalate", "triaged"): OFFICERS,
    ("hand_over", "acknowledged"): "manager",
    ("hand_over", "clarifying"): "manager",
    ("hand_over", "triaged"): "manager",
    ("hand_over", "shared_with_provider"): "manager",
    ("hand_over", "logged"): "manager",
    ("hand_over", "escalated"): "manager",
    ("close", "shared_with_provider"): OFFICERS,
    ("close", "logged"): OFFICERS,
    ("close", "escalated"): OFFICERS,
    ("share", "acknowledged"): OFFICERS,
    ("share", "clarifying"): OFFICERS,
    ("share", "triaged"): OFFICERS,
    ("share", "shared_with_provider"): OFFICERS,
    ("share", "logged"): OFFICERS,
    ("share", "escalated"): OFFICERS,
    ("share", "closed"): OFFICERS,
    ("stop_sharing", "acknowledged"): OFFICERS,
    ("stop_sharing", "clarifying"): OFFICERS,
    ("stop_sharing", "triaged"): OFFICERS,
    ("stop_sharing", "shared_with_provider"): OFFICERS,
    ("stop_sharing", "logged"): OFFICERS,
    ("stop_sharing", "escalated"): OFFICERS,
    ("stop_sharing", "closed"): OFFICERS,
}
AREA = Area(
    screens=[
        Screen(
            plural="feedback",
            model=Feedback,
            make=feedback,
            reads=f"{COUNCIL} partner contributor provider care_manager",
            sees=COUNCIL,
            adds=f"{OFFICERS} contributor care_manager",
            edits=f"{OFFICERS} contributor care_manager",
            editable="received",
            heading="Feedback",
            steps=STEPS,
            step_made=for_step,
        )
    ],
    seen={
        "own feedback": COUNCIL,
        "feedback told to the provider": f"{COUNCIL} provider",
        "other feedback told": COUNCIL,
        "shared feedback": f"{COUNCIL} partner contributor",
        "feedback of the contributor": f"{COUNCIL} contributor",
        "feedback of the care manager": f"{COUNCIL} care_manager",
    },
    rows=rows,
    pages=[
        ("feedback", "own feedback", "foxglove"),
        ("feedback", "feedback told to the provider", "own campion"),
        ("feedback", "other feedback told", "other campion"),
        ("feedback", "shared feedback", "teasel"),
        ("feedback", "feedback of the contributor", "bramble"),
        ("feedback", "feedback of the care manager", "bracken"),
    ],
    hidden=["Skylark", "Nightingale"],
    good={
        "feedback": (
            {
                "version": 1, "created_at": "2026-03-04 10:00:00+00:00", "provider_id": 1, "source": "family",
                "received_on": DAY, "tone": "praise", "subject": "x", "details": "", "state": "received",
            },
            {},
        )
    },
    checks={
        "ck_feedback_triaged_has_risk": ("feedback", {"state": "triaged"}),
        "ck_feedback_shared_says_what": (
            "feedback", {"state": "shared_with_provider", "risk": "low", "told_provider": "x"},
        ),
        "ck_feedback_escalated_says_to_whom": ("feedback", {"state": "escalated", "risk": "low", "escalated_to": ""}),
    },
    words="feedback: source tone state risk",
    besides={("feedback", "state"): {"risk": "low"}},
    pointers="feedback: provider_id service_id officer_id created_by_id",
    places=lambda world: {"feedback": feedback(world, "triaged").id},
    budgets="""
    officer       /feedback/list/                            4  24
    officer       /feedback/show/{feedback}                  9   0
    officer       /feedback/add                              1  13
    """,
)  # fmt: skip
