"""Plans and actions: who writes them, who agrees them, what shows that an action was done."""

import datetime as dt
from typing import Any

import pytest
from areas.plans import an_action, in_agreed_plan, plan
from sqlalchemy import select
from steps_taken import not_changed, not_written, posted, refused, take, write
from world import NOW, World, console

from models import db
from models.framework import Trigger, TriggerEvent
from models.ledger import LedgerEntry
from models.plans import Action, ActionState, Plan, PlanKind, PlanState
from models.providers import Commissioning, Judgement, Provider, Rating, RatingValue
from workflows import actor as actors
from workflows import triggers


def own_service(world: World) -> Any:
    with actors.acting(actors.system("test", NOW)):
        return world.service("Own House", provider=db.session.query(Provider).filter_by(name="Own Care").one())


def drafted(world: World, who: str, service: Any) -> Plan:
    made = write(world, who, Plan(provider_id=service.provider_id, service_id=service.id, title="Medicines"))
    write(world, who, Action(plan_id=made.id, text="Audit", owner="Manager", due_on=dt.date(2026, 4, 1)))
    return made


def test_a_provider_writes_and_proposes_its_own_plan_and_the_council_agrees(world: World) -> None:
    made = drafted(world, "provider", own_service(world))
    take(world, "provider", "propose", made)
    assert (made.state, made.proposed_on) == (PlanState.proposed, dt.date(2026, 3, 4))
    take(world, "officer", "agree", made)
    assert (made.state, made.agreed_on) == (PlanState.agreed, dt.date(2026, 3, 4))


def test_the_provider_is_told_by_mail_of_a_plan_that_was_agreed_or_sent_back(world: World) -> None:
    service = own_service(world)
    made = drafted(world, "provider", service)
    take(world, "provider", "propose", made)
    take(world, "officer", "send_back", made)
    assert posted(world) == [("plan_sent", "plan", made.id, "service", service.id)]
    take(world, "provider", "propose", made)
    take(world, "officer", "agree", made)
    assert posted(world) == [("plan_sent", "plan", made.id, "service", service.id)] * 2


def test_a_provider_writes_no_plan_for_another(world: World) -> None:
    other = world.service()
    sentence = not_written(world, "provider", Plan(provider_id=other.provider_id, title="Theirs"))
    assert sentence == "One of the records that this points to is not there, or not yours to see."


def test_a_plan_without_actions_is_not_proposed(world: World) -> None:
    service = world.service()
    made = write(world, "officer", Plan(provider_id=service.provider_id, title="Empty"))
    assert refused(world, "officer", "propose", made) == "A plan says what is to be done: add an action first."


def test_whoever_wrote_the_plan_does_not_agree_it(world: World) -> None:
    made = drafted(world, "officer", world.service())
    take(world, "officer2", "propose", made)
    assert refused(world, "officer", "agree", made) == "You wrote this record, so somebody else must decide."
    assert refused(world, "officer2", "agree", made) == "You asked for this decision, so somebody else must make it."
    take(world, "manager", "agree", made)


def test_whoever_wrote_one_of_its_actions_does_not_agree_it(world: World) -> None:
    made = drafted(world, "officer", world.service())
    write(world, "officer2", Action(plan_id=made.id, text="Train", owner="Manager", due_on=dt.date(2026, 4, 1)))
    take(world, "officer", "propose", made)
    assert refused(world, "officer2", "agree", made) == (
        "You wrote a part of this record, so somebody else must decide."
    )


def test_whoever_edited_before_it_was_sent_back_may_agree_it_afterwards(world: World) -> None:
    made = drafted(world, "officer", world.service())
    write(world, "officer2", Action(plan_id=made.id, text="Train", owner="Manager", due_on=dt.date(2026, 4, 1)))
    take(world, "officer", "propose", made)
    take(world, "manager", "send_back", made)
    assert made.proposed_on is None
    take(world, "officer", "propose", made)
    take(world, "officer2", "agree", made)
    assert made.state is PlanState.agreed


def test_a_plan_is_complete_when_nothing_is_left(world: World) -> None:
    made = plan(world, "agreed")
    an_action(world, made, "reported_done")
    assert refused(world, "officer", "complete", made) == ("Not every action is verified or withdrawn yet: 2 are left.")


def test_only_its_author_or_a_manager_withdraws_a_draft(world: World) -> None:
    made = drafted(world, "officer", world.service())
    assert refused(world, "officer2", "withdraw", made) == "Only its author or a Manager may withdraw it."
    take(world, "officer", "withdraw", made)
    assert made.state is PlanState.withdrawn


def test_an_action_of_a_proposed_plan_is_edited_by_nobody(world: World) -> None:
    made = plan(world, "proposed")
    sentence = not_written(world, "officer", Action(plan_id=made.id, text="x", owner="x", due_on=dt.date(2026, 4, 1)))
    assert sentence == "The plan is no draft any more, so its actions move only by their steps."


def test_an_officer_adds_an_action_to_an_agreed_plan_and_a_provider_does_not(world: World) -> None:
    made = plan(world, "agreed", own_service(world))
    write(world, "officer", Action(plan_id=made.id, text="x", owner="x", due_on=dt.date(2026, 4, 1)))
    sentence = not_written(world, "provider", Action(plan_id=made.id, text="x", owner="x", due_on=dt.date(2026, 4, 1)))
    assert sentence == "The plan is no draft any more, so its actions move only by their steps."


def test_an_action_is_reported_by_the_provider_and_verified_with_evidence(world: World) -> None:
    made = plan(world, "agreed", own_service(world))
    action = an_action(world, made, "open")
    take(world, "provider", "report_done", action, done="Audited.", done_on=dt.date(2026, 3, 2))
    assert refused(world, "provider", "verify", action, evidence="x") == "Your role may not do this."
    assert refused(world, "officer", "verify", action) == "Fill in “Evidence that you saw”."
    take(world, "officer", "verify", action, evidence="Seen on site.")
    assert (action.state, action.verified_on) == (ActionState.verified, dt.date(2026, 3, 4))


@pytest.mark.parametrize("state", ["draft", "proposed"])
def test_nothing_is_reported_before_the_plan_is_agreed(world: World, state: str) -> None:
    action = an_action(world, plan(world, state), "open")
    sentence = refused(world, "officer", "report_done", action, done="x", done_on=dt.date(2026, 3, 2))
    assert sentence == "This can be done while its plan is agreed, and not before."


def test_nothing_was_done_tomorrow(world: World) -> None:
    sentence = refused(
        world, "officer", "report_done", in_agreed_plan(world, "open"), done="x", done_on=dt.date(2026, 3, 5)
    )
    assert sentence == "It cannot have been done in the future. Check the day."


def test_an_action_moves_to_a_day_ahead_with_a_reason(world: World) -> None:
    action = in_agreed_plan(world, "open")
    assert refused(world, "officer", "move", action, due_on=dt.date(2026, 3, 3)) == (
        "The new day must not lie in the past."
    )
    take(world, "officer", "move", action, note="A trainer is ill.", due_on=dt.date(2026, 5, 1))
    assert action.due_on == dt.date(2026, 5, 1)


def test_a_reopened_action_is_open_again(world: World) -> None:
    action = in_agreed_plan(world, "verified")
    take(world, "officer", "reopen", action, note="It slipped again.")
    assert (action.state, action.verified_on, action.done_on) == (ActionState.open, None, None)


def test_overdue_actions_stand_on_the_officers_and_the_providers_home(world: World, as_user: Any) -> None:
    made = plan(world, "agreed", own_service(world))
    an_action(world, made, "open", text="Fix the lift", due_on=dt.date(2026, 3, 1))
    an_action(
        world, plan(world, "draft", own_service(world)), "open", text="Not yet agreed", due_on=dt.date(2026, 3, 1)
    )
    assert "Fix the lift" in as_user("officer").get("/").text
    text = as_user("provider").get("/").text
    assert "Fix the lift" in text
    assert "Overdue" in text
    assert "Not yet agreed" not in text


@pytest.mark.parametrize("who", ["provider", "officer"])
def test_an_action_leaves_no_agreed_plan_and_slips_into_none(world: World, who: str) -> None:
    service = own_service(world)
    agreed, draft = plan(world, "agreed", service), plan(world, "draft", service)
    leaving, coming = an_action(world, agreed, "open"), an_action(world, draft, "open")
    for action, target in ((leaving, draft), (coming, agreed)):
        assert action.plan is not target  # loaded, as a page may have it
        assert not_changed(world, who, action, plan_id=target.id) == (
            "This stays with the record that it was written for. Add another one there instead."
        )


# --- what the regulator's rating asks for ---

BEFORE = Judgement(dt.date(2025, 3, 1), RatingValue.good, ())
"""How the service was judged before."""


def judged(world: World, overall: RatingValue, **kw: Any) -> Any:
    """A service of the council's area that was judged on 1 March 2026."""
    service = world.service(rating=overall, rated_on=dt.date(2026, 3, 1), **{"local_authority": "Halton", **kw})
    world._add(Rating(service_id=service.id, source_key="new", overall=overall, published_on=dt.date(2026, 3, 1),
                      is_current=True))  # fmt: skip
    return service


def switch_on() -> None:
    """As in the paper that asks for it: the trigger of the framework in force."""
    with console():
        db.session.scalars(select(Trigger).where(Trigger.event == TriggerEvent.improvement_plan)).one().active = True
    db.session.commit()


def told(service: Any, before: Judgement | None = BEFORE) -> list[str]:
    with actors.acting(actors.system("register import", NOW)):
        sentences = triggers.on_rating(service, before)
        db.session.commit()
        return sentences


def plans_of(world: World, service: Any) -> list[Plan]:
    with world.acting("officer"):
        return list(db.session.scalars(select(Plan).where(Plan.service_id == service.id).order_by(Plan.id)))


@pytest.mark.parametrize("overall", [RatingValue.requires_improvement, RatingValue.inadequate])
def test_a_poor_rating_drafts_one_improvement_plan_until_that_is_closed(world: World, overall: RatingValue) -> None:
    switch_on()
    service = judged(world, overall)
    drafting = "Larkfield House: an improvement plan is drafted."
    assert drafting in told(service)
    (made,) = plans_of(world, service)
    assert (made.kind, made.state, made.title, made.created_by_id) == (
        PlanKind.improvement_plan, PlanState.draft, "Improvement plan after the regulator's rating", None,
    )  # fmt: skip
    assert ("plan_sent", "plan", made.id, "service", service.id) in posted(world)
    with world.acting("officer"):
        entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.record_type == "plan")).one()
        assert (entry.note, entry.clause) == (
            "Drafted because of the regulator's new rating.",
            "OL Improvement Approach",
        )
    assert drafting not in told(service)
    take(world, "manager", "withdraw", made)
    assert drafting in told(service)


def test_a_good_rating_one_known_before_and_a_service_elsewhere_draft_no_plan(world: World) -> None:
    switch_on()
    poor = RatingValue.requires_improvement
    good, known = judged(world, RatingValue.good), judged(world, poor)
    elsewhere, bought = judged(world, poor, local_authority="Leeds"), judged(world, poor, local_authority="Leeds")
    with console():
        bought.commissioning = Commissioning.spot_purchase
    db.session.commit()
    told(good)
    told(known, Judgement(dt.date(2026, 3, 1), poor, ()))
    told(elsewhere)
    told(bought)
    assert [len(plans_of(world, each)) for each in (good, known, elsewhere, bought)] == [0, 0, 0, 1]


def test_a_framework_that_does_not_ask_for_it_drafts_no_plan(world: World) -> None:
    service = judged(world, RatingValue.inadequate)
    assert told(service) == ["Larkfield House: an MDT is to be considered. The request is drafted."]
    assert plans_of(world, service) == []
