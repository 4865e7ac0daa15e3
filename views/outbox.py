"""The outbox: what waits to leave the house, and what could not. Readers by name, never by address."""

from collections import defaultdict
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import db
from models.outbox import MailKind, OutboxMessage, OutboxState
from views.base import SCREENS, AreaView, Column, Filter, Table, acting
from views.labels import FIELDS, Link, tag, word
from views.providers import choices
from workflows import outbox as steps
from workflows.access import Resource, Right, rights
from workflows.engine import WORKFLOWS

OPEN = "open"


def _in_state(value: str) -> Any:
    if value == OPEN:
        return OutboxMessage.state.in_((OutboxState.waiting, OutboxState.dead))
    return OutboxMessage.state == value


class OutboxView(AreaView):
    datamodel = Table(OutboxMessage)
    resource = Resource.outbox
    route_base = "/outbox"
    workflow = steps.WORKFLOW
    title, one = _l("Outbox"), _l("message")
    columns = (
        Column("kind", _l("Message"), lambda m: word(m.kind), OutboxMessage.kind),
        Column("about", _l("About"), lambda m: m.about),
        Column("reader", _l("Reader"), lambda m: m.reader),
        Column("state", _l("State"), lambda m: tag(m.state), OutboxMessage.state),
        Column("fault", FIELDS["fault"], lambda m: word(m.fault) if m.fault else None),
        Column("at", _l("Written"), lambda m: m.created_at, OutboxMessage.created_at),
        Column("sent", FIELDS["sent_at"], lambda m: m.sent_at, OutboxMessage.sent_at),
    )
    searched = (OutboxMessage.message_id,)
    ordered = (OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
    filters = (
        Filter(
            "state",
            _l("State"),
            lambda: [
                (OPEN, _l("Waits, or could not be sent")),
                *((state.value, word(state)) for state in OutboxState),
                ("", _l("All states")),
            ],
            _in_state,
            default=lambda: OPEN,
        ),
        Filter("kind", _l("Message"), choices(MailKind, _l("All messages")), lambda v: OutboxMessage.kind == v),
    )

    shown = (
        "kind", "record_type", "record_id", "recipient_type", "recipient_id", "notice", "sent_at", "attempts",
        "next_attempt_at", "fault", "smtp_code", "message_id",
    )  # fmt: skip

    def prepare(self, items: Any) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for item in items:
            wanted[item.record_type].add(item.record_id)
            wanted[item.recipient_type].add(item.recipient_id)
        named = {
            (kind, row.id): _named(row)
            for kind, keys in wanted.items()
            for row in db.session.scalars(_rows(kind, keys))
        }
        for item in items:
            item.about = named.get((item.record_type, item.record_id))
            item.reader = named.get((item.recipient_type, item.recipient_id))

    def find(self, pk: str) -> Any:
        item = super().find(pk)
        self.prepare([item])
        return item

    def facts(self, item: OutboxMessage) -> list[tuple[Any, Any]]:
        told: list[tuple[Any, Any]] = [
            (_l("Message"), word(item.kind)),
            (_l("About"), item.about),  # type: ignore[attr-defined]  # set by prepare
            (_l("Reader"), item.reader),  # type: ignore[attr-defined]
            (FIELDS["notice"], item.notice),
            (_l("Written"), item.created_at),
            (FIELDS["sent_at"], item.sent_at),
            (FIELDS["attempts"], item.attempts),
            (FIELDS["next_attempt_at"], item.next_attempt_at if item.state is OutboxState.waiting else None),
            (FIELDS["fault"], word(item.fault) if item.fault else None),
            (FIELDS["smtp_code"], item.smtp_code),
            (_l("What to do"), steps.advice(item) if item.state is OutboxState.dead else None),
            (FIELDS["message_id"], item.message_id),
        ]
        return [(label, value) for label, value in told if value not in (None, "")]


def _rows(kind: str, keys: set[int]) -> Any:
    """Records of one kind, with what their names are made of."""
    model = steps.MODELS[kind]
    named = WORKFLOWS[model].named if model in WORKFLOWS else ()
    return select(model).where(model.id.in_(keys)).options(*(joinedload(each) for each in named))


def _named(row: Any) -> Any:
    """A record's name, linked where it has a page that the actor may open."""
    screen = SCREENS.get(type(row))
    if screen is None or Right.read not in rights(acting().roles, screen.resource):
        return str(row)
    return Link(row, url_for(f"{screen.__name__}.show", pk=row.id))
