"""What the suite expects of the outbox."""

import datetime as dt
from typing import Any
from uuid import uuid4

from areas import COUNCIL, Area, Screen
from models.outbox import Fault, MailKind, OutboxMessage

MOMENT = "2026-03-04 10:00:00+00:00"
NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def message(world: Any, state: str = "waiting", about: Any = None, **kw: Any) -> OutboxMessage:
    """A message as it would stand in that state."""
    about = about or world.service()
    told = {
        "kind": MailKind.plan_sent,
        "record_type": about.__tablename__,
        "record_id": about.id,
        "recipient_type": "provider",
        "recipient_id": about.provider_id,
        "message_id": f"careward.{uuid4().hex}",
        "next_attempt_at": NOW,
        "sent_at": NOW if state == "sent" else None,
        "fault": Fault.no_address if state in ("dead", "withdrawn") else None,
        **kw,
    }
    return world._add(OutboxMessage(state=state, **told))


def rows(world: Any, own: Any, other: Any) -> dict[str, OutboxMessage]:
    notice = {"kind": MailKind.host_notified, "notice": "Fieldfare"}
    return {
        "own message": message(world, "waiting", own, message_id="careward.goldfinch"),
        "other message": message(world, "dead", other, message_id="careward.bullfinch", **notice),
    }


AREA = Area(
    screens=[
        Screen(
            plural="outbox",
            model=OutboxMessage,
            make=message,
            reads=COUNCIL,
            sees=COUNCIL,
            past=False,
            heading="Outbox",
            steps={("retry", "dead"): "manager", ("withdraw", "dead"): "manager"},
            browser_user="manager",
        )
    ],
    seen={"own message": COUNCIL, "other message": COUNCIL},
    rows=rows,
    pages=[("outbox", "own message", "goldfinch"), ("outbox", "other message", "bullfinch")],
    hidden=["Fieldfare"],
    good={
        "outbox_message": (
            {
                "version": 1, "created_at": MOMENT, "kind": "plan_sent", "state": "waiting", "record_type": "service",
                "record_id": 1, "recipient_type": "provider", "recipient_id": 1, "notice": "", "message_id": "one",
                "attempts": 0, "next_attempt_at": MOMENT,
            },
            {"message_id": "two"},
        )
    },
    checks={
        "ck_outbox_message_sent_has_moment": ("outbox_message", {"state": "sent"}),
        "ck_outbox_message_dead_has_fault": ("outbox_message", {"state": "dead"}),
        "ck_outbox_message_notice_has_text": ("outbox_message", {"kind": "host_notified"}),
        "ck_outbox_message_attempts_not_negative": ("outbox_message", {"attempts": -1}),
    },
    words="outbox_message: kind state fault",
    pointers="outbox_message: created_by_id",
    only_one={"uq_outbox_message_message_id": ("outbox_message", {"message_id": "one"}, "outbox_message.message_id")},
    places=lambda world: {"message": message(world, "dead").id},
    budgets="""
    manager       /outbox/list/                              6  36
    manager       /outbox/show/{message}                     7   0
    manager       /outbox/{message}/retry                    4   0
    """,
)  # fmt: skip
