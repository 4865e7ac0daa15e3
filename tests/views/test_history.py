"""The history of a record, and the record as it stood on a past day."""

import datetime as dt
from typing import Any

from world import NOW, World

from models import db
from models.suspensions import Suspension
from workflows.suspensions import WORKFLOW


def case_of_three_days(world: World) -> Suspension:
    """Drafted on 2 March, edited on 3 March, submitted on 4 March."""
    service = world.service("Larkfield House")
    with world.acting("officer", NOW - dt.timedelta(days=2)):
        case = Suspension(
            provider_id=service.provider_id, service_id=service.id, grounds="Late medicines.", evidence="Visit.",
            resident_risk="Pain.", number_placed=3, conditions="Audit.", review_on=NOW.date(),
        )  # fmt: skip
        db.session.add(case)
        db.session.commit()
    with world.acting("head", NOW - dt.timedelta(days=1)):
        case.grounds = "Missed medicines."
        db.session.commit()
    with world.acting("officer") as actor:
        WORKFLOW.take("submit", case, actor)
        db.session.commit()
    return case


def test_the_page_tells_who_changed_what_from_what_to_what(world: World, as_user: Any) -> None:
    case = case_of_three_days(world)
    page = as_user("auditor").get(f"/suspensions/show/{case.id}").text
    assert "<del>Late medicines.</del> → Missed medicines." in page
    assert "Test Head" in page
    assert '<time datetime="2026-03-03">3 March 2026</time> at 10:00' in page


def test_a_record_is_shown_as_it_stood_on_a_past_day(world: World, as_user: Any) -> None:
    case = case_of_three_days(world)
    auditor = as_user("auditor")
    first = auditor.get(f"/suspensions/as-at/{case.id}?on=2026-03-02").text
    assert "Late medicines." in first
    assert "Missed medicines." not in first
    assert "Draft" in first
    now = auditor.get(f"/suspensions/as-at/{case.id}?on=2026-03-04").text
    assert "Missed medicines." in now
    assert "Submitted" in now


def test_before_it_was_written_it_was_not_there(world: World, as_user: Any) -> None:
    case = case_of_three_days(world)
    page = as_user("auditor").get(f"/suspensions/as-at/{case.id}?on=2026-03-01").text
    assert "It was not there yet at the end of" in page
    assert "1 March 2026" in page
    assert "Late medicines." not in page


def test_a_day_that_is_none_is_told_in_a_sentence(world: World, as_user: Any) -> None:
    case = case_of_three_days(world)
    page = as_user("auditor").get(f"/suspensions/as-at/{case.id}?on=yesterday").text
    assert "Enter a date, like 31/03/2026." in page


def test_a_partner_reads_no_history_of_what_they_may_see(world: World, as_user: Any) -> None:
    visit = world.visit(state="published")
    assert as_user("partner").get(f"/visits/as-at/{visit.id}?on=2026-03-04").status_code == 403
    assert "History" not in as_user("partner").get(f"/visits/show/{visit.id}").text
