"""Letters: what they say in each case, that any text survives in them, and that their bytes are guarded."""

import hashlib
import io

import pytest
from docx import Document
from sqlalchemy import select
from world import NOW, World

from models import db
from models.documents import Letter
from models.framework import RestrictionEffect
from models.outbox import OutboxMessage
from models.suspensions import Suspension
from workflows import documents
from workflows.suspensions import WORKFLOW

GROUNDS = "Charts of A & B were <empty>.\nNobody had noticed.\n\n" + "It went on for a long time. " * 200


def take(world: World, username: str, step: str, case: Suspension, note: str = "", **values: object) -> None:
    with world.acting(username) as actor:
        WORKFLOW.take(step, case, actor, note=note, **values)
        db.session.commit()


def newest(world: World, case: Suspension) -> Letter:
    with world.acting("head"):
        return db.session.scalars(select(Letter).where(Letter.suspension_id == case.id).order_by(Letter.id)).all()[-1]


def lines(world: World, letter: Letter) -> list[str]:
    with world.acting("head"):
        return [each.text for each in Document(io.BytesIO(documents.content(letter))).paragraphs]


@pytest.fixture
def case(world: World) -> Suspension:
    provider = world.provider(
        "Fern & Beck <Care> Ltd", address_line_1="1 Mill Street", town="Wexmoor", postcode="WX1 2AB"
    )
    service = world.service("Beck House", provider)
    return world.suspension(service, "submitted", grounds=GROUNDS, conditions="1. An audit.\n2. A manager.")


def test_a_decision_says_what_why_and_by_when(world: World, case: Suspension) -> None:
    take(world, "head", "approve", case)
    letter = newest(world, case)
    assert letter.kind == "decision"
    assert letter.filename == f"S-{case.id}-decision-2026-03-04.docx"
    said = lines(world, letter)
    assert said[:11] == [
        "Halton",
        "Adult Social Care: quality of purchased care",
        "The Nominated Individual",
        "Fern & Beck <Care> Ltd",
        "1 Mill Street",
        "Wexmoor",
        "WX1 2AB",
        "4 March 2026",
        f"Our reference: S-{case.id}",
        "Dear Sir or Madam",
        "Restriction on the care that we buy: Beck House",
    ]
    assert said[11] == (
        "The council has decided to restrict what it buys from Beck House. The restriction is called “Temporary "
        "suspension of purchasing”. It has been in force since 4 March 2026."
    )
    assert said[said.index("Why we have decided this") + 1] == GROUNDS
    assert said[said.index("Conditions, and what must be put right") + 1] == "1. An audit.\n2. A manager."
    assert said[said.index("What we ask of you") + 1].startswith("Please send us a remediation plan by 18 March 2026. ")
    assert said[said.index("What happens next") + 1].startswith(
        "We shall first review the restriction on or before 1 April 2026, and regularly after that. "
    )
    assert said[-3:] == ["Yours faithfully", "Adult Social Care", "Halton"]


def test_a_decision_on_a_whole_provider_says_so(world: World) -> None:
    provider = world.provider("Fern Care")
    whole = world.suspension(state="submitted", provider_id=provider.id)
    take(world, "head", "approve", whole)
    assert "Restriction on the care that we buy: all services of Fern Care" in lines(world, newest(world, whole))


def test_a_variation_says_what_applies_now(world: World, case: Suspension) -> None:
    take(world, "head", "approve", case)
    take(
        world, "officer", "propose_variation", case, new_kind=RestrictionEffect.with_conditions,
        new_conditions="One admission a week.", new_service_id=case.service_id, provider_agreed_on=NOW.date(),
        variation_reason="Two conditions are met.",
    )  # fmt: skip
    take(world, "head", "vary", case)
    letter = newest(world, case)
    assert letter.kind == "variation"
    said = lines(world, letter)
    assert said[10:14] == [
        "Change to a restriction on the care that we buy: Beck House",
        "We wrote to you before about a restriction on what the council buys from you. The council has now decided to "
        "change it. From 4 March 2026 the restriction is “Purchase with conditions”, and it applies to Beck House.",
        "Conditions that now apply",
        "One admission a week.",
    ]
    assert "Why we have decided this" not in said


def test_a_refused_lift_says_what_still_applies(world: World, case: Suspension) -> None:
    take(world, "head", "approve", case)
    take(world, "officer", "request_lift", case, lift_evidence="Clean audits.")
    take(world, "head", "refuse_lift", case, note="Weekends are not covered.")
    letter = newest(world, case)
    assert letter.kind == "lift_refused"
    said = lines(world, letter)
    assert said[10] == "The restriction stays in force: Beck House"
    assert said[11] == (
        "The council has considered whether to lift the restriction “Temporary suspension of purchasing” on Beck "
        "House, which has been in force since 4 March 2026. It has decided that the restriction cannot be lifted yet."
    )
    assert said[said.index("Conditions that still apply") + 1] == "1. An audit.\n2. A manager."


def test_a_lift_says_from_when_to_when(world: World, case: Suspension) -> None:
    take(world, "head", "approve", case)
    take(world, "officer", "request_lift", case, lift_evidence="Clean audits.")
    take(world, "head", "lift", case, note="Agreed.")
    letter = newest(world, case)
    assert letter.kind == "lifted"
    said = lines(world, letter)
    assert said[10:12] == [
        "The restriction is lifted: Beck House",
        "The council has lifted the restriction “Temporary suspension of purchasing” on Beck House. It was in force "
        "from 4 March 2026 and ended on 4 March 2026.",
    ]
    assert "Conditions that still apply" not in said


def test_a_letter_is_kept_with_its_hash_and_waits_in_the_outbox(world: World, case: Suspension) -> None:
    take(world, "head", "approve", case)
    letter = newest(world, case)
    with world.acting("head"):
        assert hashlib.sha256(letter.content).hexdigest() == letter.sha256
        waiting = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.record_type == "letter", OutboxMessage.record_id == letter.id)
        ).one()
    assert waiting.state == "waiting"


def test_tampered_bytes_are_not_shown(world: World, case: Suspension) -> None:
    take(world, "head", "approve", case)
    letter = newest(world, case)
    with world.acting("head"), db.session.no_autoflush:
        letter.content = letter.content + b" "
        with pytest.raises(ValueError, match="its hash differs"):
            documents.content(letter)
    db.session.rollback()


def test_every_letter_is_in_english_for_readers_and_names_nobody(world: World, case: Suspension) -> None:
    take(world, "head", "approve", case)
    letter = newest(world, case)
    with world.acting("head"):
        whole = Document(io.BytesIO(letter.content))
    assert whole.core_properties.language == "en-GB"
    assert whole.core_properties.title == "Letter about a restriction on purchasing"
    assert whole.core_properties.author == ""
    assert [each.text for each in whole.paragraphs if each.style.name == "Heading 1"] == [
        "Restriction on the care that we buy: Beck House"
    ]
    assert "Test Head" not in "\n".join(each.text for each in whole.paragraphs)
