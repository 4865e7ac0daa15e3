"""Feedback: who files it, what becomes of it, and what a provider reads of it."""

import datetime as dt
from typing import Any

import pytest
from areas.feedback import feedback
from steps_taken import not_changed, not_written, posted, refused, take, write
from world import NOW, World

from models import db
from models.feedback import Feedback, FeedbackRisk, FeedbackSource, FeedbackState, FeedbackTone
from models.providers import Provider
from workflows import actor as actors
from workflows.gate import Refused


def said(world: World, **kw: Any) -> Feedback:
    service = world.service()
    told = {
        "provider_id": service.provider_id,
        "service_id": service.id,
        "source": FeedbackSource.health_professional,
        "received_on": dt.date(2026, 3, 3),
        "tone": FeedbackTone.praise,
        "subject": "Calm at night",
        **kw,
    }
    return Feedback(**told)


@pytest.mark.parametrize("who", ["officer", "contributor", "care_manager"])
def test_whoever_files_it_finds_it_again(world: World, as_user: Any, who: str) -> None:
    number = write(world, who, said(world)).id
    assert as_user(who).get(f"/feedback/show/{number}").status_code == 200


def test_the_provider_is_told_by_mail_that_feedback_is_shared_with_it(world: World) -> None:
    of_service, of_provider = feedback(world, "triaged"), feedback(world, "triaged", service_id=None)
    for item in (of_service, of_provider):
        take(world, "officer", "share_with_provider", item, told_provider="Nights are calm.")
    assert posted(world) == [
        ("feedback_shared", "feedback", of_service.id, "service", of_service.service_id),
        ("feedback_shared", "feedback", of_provider.id, "provider", of_provider.provider_id),
    ]


def test_nobody_else_files_it(world: World) -> None:
    for who in ("head", "partner", "provider", "auditor", "administrator"):
        assert not_written(world, who, said(world)) == "Your role may not add or change this."


def test_it_is_edited_until_it_is_weighed(world: World) -> None:
    item = write(world, "contributor", said(world))
    take(world, "officer", "acknowledge", item)
    assert (item.state, item.officer_id) == (FeedbackState.acknowledged, world.person("officer").id)
    take(world, "officer", "triage", item, risk=FeedbackRisk.low, assessment="One of several.")
    with world.acting("contributor"):
        item.subject = "Something else"
        with pytest.raises(Refused, match="This can no longer be edited"):
            db.session.commit()
        db.session.rollback()


def test_feedback_of_tomorrow_is_refused(world: World) -> None:
    sentence = not_written(world, "officer", said(world, received_on=dt.date(2026, 3, 5)))
    assert sentence == "It cannot have been received in the future. Check the day."


def test_it_is_not_weighed_without_a_risk(world: World) -> None:
    assert refused(world, "officer", "triage", feedback(world, "acknowledged"), assessment="x") == "Fill in “Risk”."


def test_a_provider_reads_what_it_is_told_and_nothing_else(world: World, as_user: Any) -> None:
    with actors.acting(actors.system("test", NOW)):
        own = world.service("Own House", provider=db.session.query(Provider).filter_by(name="Own Care").one())
    item = feedback(world, "triaged", own, details="Details-word", assessment="Weighed-word", reporter_post="Post-word")
    number = item.id
    assert as_user("provider").get(f"/feedback/show/{number}").status_code == 404
    take(world, "officer", "share_with_provider", item, told_provider="Told-word")
    text = as_user("provider").get(f"/feedback/show/{number}").text
    words = ["Details", "Weighed", "Post", "Told"]
    assert [word for word in words if f"{word}-word" in text] == ["Told"]


def test_an_escalation_says_to_whom_and_why(world: World) -> None:
    item = feedback(world, "triaged")
    assert refused(world, "officer", "escalate", item, escalated_to="") == "Fill in “To whom, by post or team”."
    assert refused(world, "officer", "escalate", item, note="", escalated_to="Safeguarding unit") == "Give a reason."
    take(world, "officer", "escalate", item, escalated_to="Safeguarding unit")
    assert item.state is FeedbackState.escalated


def test_a_colleague_with_whom_it_is_shared_neither_changes_it_nor_sees_its_form(world: World, as_user: Any) -> None:
    item = feedback(world, "acknowledged", details="Details-word")
    world.share(item)
    number = item.id
    assert not_changed(world, "contributor", item, subject="Mine now") == (
        "Somebody else gave this feedback. Give your own beside it."
    )
    page = as_user("contributor").get(f"/feedback/edit/{number}")
    assert (page.status_code, "Details-word" in page.text) == (403, False)
    assert f"/feedback/edit/{number}" not in as_user("contributor").get(f"/feedback/show/{number}").text


def test_whoever_gave_it_reads_the_whole_of_what_they_wrote(world: World, as_user: Any) -> None:
    number = write(world, "contributor", said(world, details="Details-word")).id
    assert "Details-word" in as_user("contributor").get(f"/feedback/show/{number}").text


def test_who_gave_it_is_not_told_to_the_provider(world: World, as_user: Any) -> None:
    with actors.acting(actors.system("test", NOW)):
        own = world.service("Own House", provider=db.session.query(Provider).filter_by(name="Own Care").one())
    number = feedback(world, "shared_with_provider", own).id
    for address in (
        f"/feedback/show/{number}",
        "/feedback/list/?source=social_worker",
        "/feedback/list/?columns=source",
    ):
        assert "Social worker" not in as_user("provider").get(address).text
    assert "Social worker" in as_user("officer").get(f"/feedback/show/{number}").text
