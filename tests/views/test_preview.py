"""What a draft framework would change, told before it is put in force."""

import datetime as dt
from typing import Any

from world import World, console

from models import db
from models.framework import (
    ActivityForm,
    ActivityType,
    Cadence,
    Clock,
    ClockKey,
    ClockUnit,
    Framework,
    Reach,
)
from models.providers import Commissioning

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
