"""Letters as Word documents, made from a template; their bytes are kept with their hash (domain section 14)."""

import datetime as dt
import hashlib
import io
from pathlib import Path

from docxtpl import DocxTemplate
from flask_babel import gettext as _

from models.base import session_of
from models.documents import Letter, LetterKind
from models.outbox import MailKind
from models.suspensions import Suspension
from workflows import framework, outbox
from workflows.actor import Actor

TEMPLATE = Path(__file__).parent / "templates" / "suspension_letter.docx"


def day(date: dt.date | None) -> str:
    """3 March 2026, as letters and screens say it."""
    return f"{date.day} {date:%B %Y}" if date else ""


def letter(
    suspension: Suspension, kind: LetterKind, actor: Actor, answer_by: dt.date | None = None, note: str = ""
) -> Letter:
    """Write the letter that tells the provider of a decision, and put word of it into the outbox."""
    session = session_of(suspension)
    rules = framework.in_force(session)
    named = framework.restriction_kind(session, suspension.kind)
    template = DocxTemplate(TEMPLATE)
    template.render(
        {
            "kind": kind.value,
            "authority": rules.authority if rules else "",
            "date": day(actor.today),
            "provider": str(suspension.provider),
            "address": [
                line
                for line in (
                    suspension.provider.address_line_1,
                    suspension.provider.address_line_2,
                    suspension.provider.town,
                    suspension.provider.postcode,
                )
                if line
            ],
            "scope": str(suspension),
            "whole_provider": suspension.service_id is None,
            "restriction": named.name if named else suspension.kind.value,
            "grounds": suspension.grounds,
            "conditions": suspension.conditions,
            "starts_on": day(suspension.starts_on),
            "next_review_on": day(suspension.next_review_on),
            "ends_on": day(suspension.ends_on),
            "answer_by": day(answer_by),
            "note": note,
            "reference": f"S-{suspension.id}",
        },
        autoescape=True,
    )
    buffer = io.BytesIO()
    template.save(buffer)
    content = buffer.getvalue()
    made = Letter(
        suspension=suspension,
        provider=suspension.provider,
        kind=kind,
        filename=f"S-{suspension.id}-{kind.value}-{actor.today.isoformat()}.docx",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    session.add(made)
    outbox.post(session, MailKind.letter_ready, made, suspension.provider, actor)
    return made


def content(made: Letter) -> bytes:
    """The letter's bytes as they were made, or a refusal to show bytes that are no longer those."""
    if hashlib.sha256(made.content).hexdigest() != made.sha256:
        raise ValueError(_("The stored letter is not the one that was made: its hash differs."))
    return made.content
