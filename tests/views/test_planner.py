"""The planner's page: whose weeks somebody sees, in words, and where its links lead."""

import datetime as dt
import re
from typing import Any

from owed import owed, takes
from world import World


def text_of(answer: Any) -> str:
    """The words of a page's main part."""
    main = re.search(r"<main.*</main>", answer.text, re.S)
    assert answer.status_code == 200
    assert main is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0]))


def rows_of(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in re.findall(r"<tr.*?</tr>", text, re.S)]


def loaded(world: World) -> None:
    takes("quality_monitoring", 8 * 60)
    service = world.service("Larkfield House")
    for day in (9, 10, 12):
        owed(world, service, "officer", dt.date(2026, 3, day))
    owed(world, service, "officer2", dt.date(2026, 3, 10))


def test_a_week_is_told_in_hours_and_in_words(world: World, as_user: Any) -> None:
    loaded(world)
    told = rows_of(as_user("manager").get("/planner/").text)
    row = next(each for each in told if "Test Officer " in each)
    assert "0 h of 12 h" in row  # Wednesday, Thursday and Friday are left of this week
    assert "24 h of 20 h 4 h too much" in row
    assert "20 h of 20 h" not in row


def test_each_week_leads_to_the_list_of_what_is_due_in_it(world: World, as_user: Any) -> None:
    loaded(world)
    manager, officer = as_user("manager"), world.person("officer").id
    address = f"/diary/list/?officer={officer}&due_on.from=2026-03-09&due_on.to=2026-03-15"
    assert address.replace("&", "&amp;") in manager.get("/planner/").text
    assert "3 obligations" in text_of(manager.get(address)) or len(rows_of(manager.get(address).text)) == 4


def test_officers_see_their_own_weeks_and_whoever_answers_for_the_team_sees_everybodys(
    world: World, as_user: Any
) -> None:
    loaded(world)
    own = text_of(as_user("officer").get("/planner/"))
    assert "Test Officer 0" in own
    assert "Test Officer2" not in own
    assert "Nobody" not in own
    assert text_of(as_user("officer").get("/planner/?officer=")) == own
    for role in ("manager", "head", "director", "auditor"):
        told = text_of(as_user(role).get("/planner/"))
        assert "Test Officer2" in told, role
        assert "Nobody" in told, role


def test_what_will_not_be_reached_is_named_with_its_week(world: World, as_user: Any) -> None:
    loaded(world)
    service = world.service("Otter Lodge")
    owed(world, service, "officer", dt.date(2026, 3, 2))
    owed(world, service, None, dt.date(2026, 3, 30))
    told = rows_of(as_user("manager").get("/planner/").text)
    late = next(each for each in told if "2 March 2026" in each)
    assert re.search(r"Quality monitoring visit Otter Lodge 2 March 2026 in the week of 2 March 2026", late)
    assert any("Otter Lodge 30 March 2026 not within eight weeks" in each for each in told)


def test_it_is_narrowed_by_officer_and_by_activity(world: World, as_user: Any) -> None:
    loaded(world)
    manager, officer2 = as_user("manager"), world.person("officer2").id
    told = rows_of(manager.get(f"/planner/?officer={officer2}").text)
    assert [each for each in told if "Test Officer " in each] == []
    assert any("Test Officer2" in each and "8 h of 20 h" in each for each in told)
    assert any(
        "Test Officer2 0 h of" in each
        for each in rows_of(manager.get(f"/planner/?officer={officer2}&activity=focused").text)
    )
    assert "Nobody" in text_of(manager.get("/planner/?officer=none"))


def test_what_an_address_asks_for_wrongly_narrows_nothing(world: World, as_user: Any) -> None:
    loaded(world)
    manager = as_user("manager")
    assert text_of(manager.get("/planner/?officer=x&activity=nothing")) == text_of(manager.get("/planner/"))


def test_a_long_list_is_cut_and_leads_to_all_of_it(world: World, as_user: Any) -> None:
    service = world.service("Larkfield House")
    for day in range(1, 8):
        owed(world, service, "officer", dt.date(2026, 2, day))
    officer = world.person("officer").id
    manager = as_user("manager")
    assert (
        f'<a class="govuk-link" href="/planner/?officer={officer}">All 7: Test Officer</a>'
        in manager.get("/planner/").text
    )
    told = [each for each in rows_of(manager.get(f"/planner/?officer={officer}").text) if "February" in each]
    assert len(told) == 7
