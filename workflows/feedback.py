"""What may happen to feedback, and who may do it (domain section 6)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect

from models.base import session_of
from models.feedback import Feedback, FeedbackRisk, FeedbackState
from models.outbox import MailKind
from workflows import outbox, sharing
from workflows.access import Role, who
from workflows.actor import Actor
from workflows.engine import Workflow
from workflows.gate import ByHand, Refused
from workflows.providers import OFFICERS, fits, is_officer, may_be_allocated
from workflows.steps import Input, InputKind, Step
from workflows.visibility import attachable

S = FeedbackState
WRITTEN = (
    "provider_id", "service_id", "source", "reporter_post", "received_on", "tone", "case_reference", "subject",
    "details",
)  # fmt: skip


def may_be_written(feedback: Feedback, actor: Actor) -> Refused | None:
    if feedback.received_on is not None and feedback.received_on > actor.today:
        return Refused(_("It cannot have been received in the future. Check the day."))
    theirs = inspect(feedback).persistent and feedback.created_by_id != actor.person_id
    if theirs and not actor.roles & OFFICERS:
        return Refused(_("Somebody else gave this feedback. Give your own beside it."), may=who(OFFICERS))
    return fits(feedback, actor)


def take_on(feedback: Feedback, actor: Actor, values: Mapping[str, Any]) -> None:
    """Whoever acknowledges it sees to it; a deputy takes it on for the post."""
    feedback.officer_id = actor.post_id


def note_shared(feedback: Feedback, actor: Actor, values: Mapping[str, Any]) -> None:
    feedback.shared_on = actor.today
    told = feedback.service or feedback.provider
    outbox.post(session_of(feedback), MailKind.feedback_shared, feedback, told, actor)


WORKFLOW = Workflow(
    Feedback,
    Step(
        "acknowledge",
        _l("Acknowledge"),
        frozenset({S.received}),
        S.acknowledged,
        roles=OFFICERS,
        does=_l("Whoever gave it has been told that it arrived. You see to it from now."),
        effect=take_on,
        clause="HA 3.57",
    ),
    Step(
        "clarify",
        _l("Ask for clarification"),
        frozenset({S.acknowledged}),
        S.clarifying,
        roles=OFFICERS,
        does=_l("More is asked before it is weighed."),
        inputs=(Input("clarification", _l("What was asked, and what came back")),),
        clause="HA 3.58",
    ),
    Step(
        "triage",
        _l("Triage"),
        frozenset({S.acknowledged, S.clarifying}),
        S.triaged,
        roles=OFFICERS,
        does=_l("Its risk is weighed beside what else is known of the service."),
        inputs=(
            Input("risk", _l("Risk"), InputKind.choice, choices=FeedbackRisk),
            Input("assessment", _l("What you make of it")),
            Input("clarification", _l("What was asked, and what came back"), required=False),
        ),
        clause="HA 3.59",
    ),
    Step(
        "share_with_provider",
        _l("Share with the provider"),
        frozenset({S.triaged}),
        S.shared_with_provider,
        roles=OFFICERS,
        does=_l("The provider reads what you write here, and nothing else of it."),
        inputs=(
            Input(
                "told_provider",
                _l("What the provider is told"),
                hint=_l("Without anything that shows who gave it, unless they agreed."),
            ),
        ),
        effect=note_shared,
        clause="HA 3.60",
    ),
    Step(
        "log",
        _l("Log"),
        frozenset({S.triaged}),
        S.logged,
        roles=OFFICERS,
        does=_l("It is kept for the picture of the service, and nothing else is done now."),
        clause="HA 3.60",
    ),
    Step(
        "escalate",
        _l("Escalate"),
        frozenset({S.triaged}),
        S.escalated,
        roles=OFFICERS,
        does=_l("Somebody else must act on it."),
        inputs=(Input("escalated_to", _l("To whom, by post or team"), InputKind.line),),
        clause="HA 3.61",
        needs_note=True,
    ),
    Step(
        "hand_over",
        _l("Give to another officer"),
        frozenset({S.acknowledged, S.clarifying, S.triaged, S.shared_with_provider, S.logged, S.escalated}),
        None,
        roles=frozenset({Role.manager}),
        does=_l("Another officer sees to it from here. It stays where it stands."),
        inputs=(Input("officer_id", _l("Officer"), InputKind.choice, options=may_be_allocated),),
        accepts=lambda feedback, actor, values: is_officer(feedback, actor, values, "officer_id"),
        gives="officer_id",
        clause="HA 2.2",
        needs_note=True,
    ),
    Step(
        "close",
        _l("Close"),
        frozenset({S.shared_with_provider, S.logged, S.escalated}),
        S.closed,
        roles=OFFICERS,
        does=_l("Nothing more is to be done."),
        inputs=(Input("result", _l("What came of it"), required=False),),
    ),
    *sharing.steps(set(S) - {S.received}),
    by_hand=ByHand(frozenset(WRITTEN), states=frozenset({S.received, S.acknowledged}), check=may_be_written),
    desk={"acknowledge": None, "triage": None},
)
attachable(Feedback)
