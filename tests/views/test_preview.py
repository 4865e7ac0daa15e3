"""What a draft framework would change, told before it is put in force."""

import datetime as dt
from typing import Any

from sqlalchemy import select, update
from world import NOW, World, console

from models import db
from models.diary import Obligation
from models.framework import (
    ActivityForm,
    ActivityType,
    Cadence,
    Clock,
    ClockKey,
    ClockUnit,
    Framework,
    FrameworkState,
    Reach,
)
from models.providers import Commissioning
from workflows import clock_run, framework, preview
from workflows.engine import WORKFLOWS

CREATED = {"created_at": dt.datetime(2026, 3, 4, tzinfo=dt.UTC)}


def drafted(world: World, months: int) -> int:
    """A draft that asks for one call to each home the council buys from, so many months after the last."""
    with console():
        draft = Framework(
            key="own",
            edition=9,
            title="Draft",
            authority="Ownshire",
            core_hours_start=dt.time(9),
            core_hours_end=dt.time(17),
        )
        db.session.add(draft)
        db.session.flush()
        own = {"framework_id": draft.id, "clause": "XX 1"}
        db.session.add(ActivityType(key="call", name="Yearly call", form=ActivityForm.call, **own))
        db.session.flush()
        db.session.add(
            Cadence(key="calls", activity="call", reach=Reach.contracted, length=months, unit=ClockUnit.months, **own)
        )
        db.session.add(Clock(key=ClockKey.complaint_response, length=15, unit=ClockUnit.working_days, **own))
        db.session.commit()
        return draft.id


def test_a_draft_tells_what_appears_and_what_vanishes_and_changes_nothing(world: World, as_user: Any) -> None:
    world.service("Larkfield House", commissioning=Commissioning.commissioned)
    draft = drafted(world, 12)
    text = as_user("manager").get(f"/framework-preview/{draft}").text
    assert "Larkfield House" in text
    assert "Yearly call" in text
    assert "4 March 2027" in text
    assert "20 working days" in text
    assert "15 working days" in text


def copied(world: World) -> int:
    """A draft of the edition in force, whose calendar rules have counted for 70 days, with the diary of today."""
    db.session.connection().execute(update(Cadence.__table__).values(since=NOW.date() - dt.timedelta(days=70)))
    db.session.commit()
    clock_run.run(db.session(), lambda: NOW)
    with world.acting("manager") as manager:
        standing = framework.in_force(db.session)
        WORKFLOWS[Framework].take("copy_to_draft", standing, manager)
        db.session.commit()
        return db.session.scalars(select(Framework.id).where(Framework.state == FrameworkState.draft)).one()


def diary() -> dict[str, tuple[int | None, dt.date]]:
    rows = select(Obligation.identity, Obligation.service_id, Obligation.due_on).where(Obligation.source == "cadence")
    return {identity: (service, due_on) for identity, service, due_on in db.session.execute(rows)}


def test_a_draft_that_says_the_same_changes_nothing_in_the_diary(world: World, as_user: Any) -> None:
    world.service("Larkfield House", commissioning=Commissioning.commissioned)
    draft = copied(world)
    with console():
        periods = [identity for identity in diary() if "risk_review" in identity]
    assert len(periods) >= 2  # one that is over, too: the draft goes on counting where the edition before stands
    text = as_user("manager").get(f"/framework-preview/{draft}").text
    assert "No obligation would appear, move or vanish." in text


def test_what_is_told_beforehand_is_what_happens(world: World) -> None:
    """Every interval a month shorter, and one calendar rule taken out."""
    world.service("Larkfield House", commissioning=Commissioning.commissioned)
    world.service("Nightjar Homecare", service_type="home_care", commissioning=Commissioning.commissioned)
    draft_id = copied(world)
    with world.acting("manager"):
        draft = db.session.get_one(Framework, draft_id)
        for rule in draft.cadences:
            if rule.mode.value == "interval" and rule.unit is ClockUnit.months and rule.length > 1:
                rule.length -= 1
        db.session.commit()
    with world.acting("manager") as manager:
        rule = next(each for each in draft.cadences if each.activity == "risk_review")
        WORKFLOWS[Framework].take("take_out", draft, manager, row=f"cadence:{rule.id}")
        db.session.commit()
    with world.acting("head") as head:
        told = {
            (each.effect.value, each.service_id, each.before, each.after)
            for each in preview.changes(db.session, draft, NOW.date())
        }
        before = diary()
        WORKFLOWS[Framework].take("put_in_force", draft, head)
        db.session.commit()
        after = diary()
    happened = {("appears", after[each][0], None, after[each][1]) for each in after.keys() - before.keys()}
    happened |= {("vanishes", before[each][0], before[each][1], None) for each in before.keys() - after.keys()}
    happened |= {
        ("moves", before[each][0], before[each][1], after[each][1])
        for each in before.keys() & after.keys()
        if before[each] != after[each]
    }
    assert told == happened
    assert {effect for effect, _service, _before, _after in told} >= {"moves", "vanishes"}
