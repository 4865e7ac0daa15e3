"""What falls due, and when (domain section 3). Dates are worked out by hand."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.base import LONDON
from models.contracts import ContractKind, Rag
from models.framework import Anchor, CadenceMode, CadenceSubject, ClockUnit, Outcome, Period, Reach, Weekday
from models.providers import RatingValue, ServiceType
from workflows.cadence import Done, Owed, Planned, Rest, Rule, Subject, Timing, moment, owed, prepared
from workflows.clocks import after, is_working_day

ENGLAND, SCOTLAND, NORTHERN_IRELAND = "england-and-wales", "scotland", "northern-ireland"
TODAY = dt.date(2025, 3, 12)
"""A Wednesday."""
BY_MONDAY_FIVE = Timing(1, ClockUnit.weekdays, Weekday.monday, dt.time(17))
TEN_WORKING_DAYS = Timing(10, ClockUnit.working_days)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def rule(activity: str = "visit", **values: Any) -> Rule:
    """Yearly, until something else is said."""
    known = {"key": activity, "activity": activity, "name": activity.title(), "clause": "XX"}
    if values.get("mode") in (None, CadenceMode.interval) and "length" not in values:
        known |= {"length": 12, "unit": ClockUnit.months}
    return Rule(**(known | values))


def calendar(activity: str, period: Period, **values: Any) -> Rule:
    return rule(activity, **({"mode": CadenceMode.calendar, "period": period, "since": day("2025-01-01")} | values))


def home(*done: tuple[Any, ...], **values: Any) -> Subject:
    """A care home under contract, with what was done about it: activity, day, and period or outcome."""
    known = {
        "kind": CadenceSubject.service,
        "id": 7,
        "service_type": ServiceType.care_home,
        "contracted": True,
        "watched": True,
        "entered_on": day("2024-04-01"),
    }
    history = []
    for activity, on, *rest in done:
        outcome = next((each for each in rest if isinstance(each, Outcome)), None)
        period = next((day(each) for each in rest if not isinstance(each, Outcome)), None)
        history.append(Done(activity, day(on), period, outcome))
    return Subject(**(known | {"done": history} | values))


def dates(rules: Rule | Sequence[Rule], subject: Subject, today: dt.date = TODAY, nation: str = ENGLAND) -> list[str]:
    asked = [rules] if isinstance(rules, Rule) else list(rules)
    return [f"{each.activity} {each.due_on}" for each in owed(asked, subject, today, nation)]


# --- intervals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "length", "unit", "due"),
    [
        ("2024-11-30", 12, ClockUnit.months, "2025-11-30"),
        ("2024-05-31", 6, ClockUnit.months, "2024-11-30"),
        ("2024-01-31", 1, ClockUnit.months, "2024-02-29"),
        ("2025-01-31", 1, ClockUnit.months, "2025-02-28"),
        ("2025-02-28", 1, ClockUnit.months, "2025-03-28"),
        ("2024-02-29", 12, ClockUnit.months, "2025-02-28"),
        ("2024-12-18", 2, ClockUnit.weeks, "2025-01-01"),
        ("2024-02-28", 2, ClockUnit.days, "2024-03-01"),
        ("2025-02-28", 2, ClockUnit.days, "2025-03-02"),
        ("2025-03-01", 28, ClockUnit.days, "2025-03-29"),
        ("2025-02-14", 1, ClockUnit.quarters, "2025-03-31"),
        ("2025-03-31", 1, ClockUnit.quarters, "2025-06-30"),
        ("2024-11-01", 2, ClockUnit.quarters, "2025-03-31"),
    ],
)
def test_an_interval_counts_from_the_day_it_was_last_done(done: str, length: int, unit: ClockUnit, due: str) -> None:
    assert dates(rule(length=length, unit=unit), home(("visit", done))) == [f"visit {due}"]


@pytest.mark.parametrize(
    ("nation", "done", "length", "due"),
    [
        # Good Friday is 18 April 2025; Easter Monday is a bank holiday everywhere but in Scotland.
        (ENGLAND, "2025-04-16", 3, "2025-04-23"),
        (SCOTLAND, "2025-04-16", 3, "2025-04-22"),
        (NORTHERN_IRELAND, "2025-04-16", 3, "2025-04-23"),
        # St Patrick's Day, a Monday, is one in Northern Ireland alone.
        (ENGLAND, "2025-03-14", 1, "2025-03-17"),
        (SCOTLAND, "2025-03-14", 1, "2025-03-17"),
        (NORTHERN_IRELAND, "2025-03-14", 1, "2025-03-18"),
        # 2 January is one in Scotland alone; the year turns on a Wednesday.
        (ENGLAND, "2024-12-31", 1, "2025-01-02"),
        (SCOTLAND, "2024-12-31", 1, "2025-01-03"),
        # The summer one is early in Scotland: 4 August, and 25 August elsewhere.
        (ENGLAND, "2025-08-01", 1, "2025-08-04"),
        (SCOTLAND, "2025-08-01", 1, "2025-08-05"),
        (ENGLAND, "2025-08-22", 1, "2025-08-26"),
        (SCOTLAND, "2025-08-22", 1, "2025-08-25"),
        # Christmas of 2027 is a Saturday: Monday and Tuesday take its place and Boxing Day's.
        (ENGLAND, "2027-12-24", 1, "2027-12-29"),
    ],
)
def test_working_days_skip_weekends_and_the_nations_bank_holidays(
    nation: str, done: str, length: int, due: str
) -> None:
    asked = rule(length=length, unit=ClockUnit.working_days)
    assert dates(asked, home(("visit", done)), nation=nation) == [f"visit {due}"]


def test_calendar_days_may_end_on_a_day_that_nobody_works() -> None:
    assert dates(rule(), home(("visit", "2024-12-25"))) == ["visit 2025-12-25"]  # Christmas
    assert dates(rule(), home(("visit", "2024-03-15"))) == ["visit 2025-03-15"]  # a Saturday


def test_a_visit_done_late_counts_from_the_day_it_was_done() -> None:
    assert dates(rule(), home(("visit", "2023-01-10"))) == ["visit 2024-01-10"]
    assert dates(rule(), home(("visit", "2023-01-10"), ("visit", "2024-05-20"))) == ["visit 2025-05-20"]


def test_what_is_overdue_stays_due_on_its_day() -> None:
    late = home(("visit", "2023-01-10"))
    assert dates(rule(), late, day("2024-01-11")) == dates(rule(), late, day("2029-06-01")) == ["visit 2024-01-10"]


def test_the_first_counts_from_when_the_service_came_into_the_books() -> None:
    assert dates(rule(), home(entered_on=day("2024-09-02"))) == ["visit 2025-09-02"]


def test_the_first_of_a_service_that_was_long_known_counts_from_its_contract() -> None:
    known = home(entered_on=day("2021-01-04"), contract_starts_on=day("2024-10-01"))
    assert dates(rule(), known) == ["visit 2025-10-01"]
    assert dates(rule(reach=Reach.watched), known) == ["visit 2022-01-04"]


def test_the_first_of_an_old_contract_counts_from_when_the_books_began() -> None:
    assert dates(rule(), home(entered_on=day("2025-01-06"), contract_starts_on=day("2016-04-01"))) == [
        "visit 2026-01-06"
    ]


def test_the_first_counts_from_when_the_council_began_to_buy_where_that_is_known() -> None:
    assert dates(rule(), home(changed={"reach:contracted": day("2024-11-05")})) == ["visit 2025-11-05"]
    watched = home(changed={"reach:contracted": day("2024-11-05"), "reach:watched": day("2024-10-07")})
    assert dates(rule(reach=Reach.watched), watched) == ["visit 2025-10-07"]


def test_a_contract_with_a_service_that_was_bought_from_before_begins_nothing_anew() -> None:
    bought = {"entered_on": day("2021-01-04"), "changed": {"reach:contracted": day("2022-05-02")}}
    assert dates(rule(), home(contract_starts_on=day("2024-10-01"), **bought)) == ["visit 2023-05-02"]
    from_contract = rule(anchor=Anchor.contract_start)
    assert dates(from_contract, home(contract_starts_on=day("2024-10-01"), **bought)) == ["visit 2025-10-01"]


def test_nothing_is_counted_from_a_day_that_nobody_knows() -> None:
    assert dates(rule(), home(entered_on=None)) == []


def test_a_rule_changed_half_way_counts_from_the_last_one_done() -> None:
    seen = home(("visit", "2024-09-30"))
    assert dates(rule(), seen) == ["visit 2025-09-30"]
    assert dates(rule(length=6, unit=ClockUnit.months), seen) == ["visit 2025-03-30"]
    assert dates(rule(length=3, unit=ClockUnit.months), seen) == ["visit 2024-12-30"]


# --- which rule ------------------------------------------------------------------------------------------------------

YEARLY = rule()
HIGH = rule(key="high", scheme="risk", bands=frozenset({"high"}), length=3, unit=ClockUnit.months)
SEEN = ("visit", "2024-12-02")


def found(rules: Sequence[Rule], subject: Subject) -> Owed:
    (one,) = owed(rules, subject, TODAY, ENGLAND)
    return one


def test_a_band_moves_the_day_at_once_and_says_so() -> None:
    calm, tense = home(SEEN, bands={"risk": "low"}), home(SEEN, bands={"risk": "high"})
    assert (found([YEARLY, HIGH], calm).rule, found([YEARLY, HIGH], calm).due_on) == ("visit", day("2025-12-02"))
    one = found([YEARLY, HIGH], tense)
    assert (one.rule, one.due_on, one.because) == ("high", day("2025-03-02"), [["bands:risk", "high"]])
    assert found([YEARLY, HIGH], home(SEEN)).because == []


def test_more_conditions_count_more_even_where_they_ask_for_it_later() -> None:
    leisurely = rule(
        key="good homes",
        service_types=frozenset({ServiceType.care_home}),
        ratings=frozenset({RatingValue.good, RatingValue.outstanding}),
        length=18,
        unit=ClockUnit.months,
    )
    good = home(SEEN, bands={"risk": "high"}, rating=RatingValue.good)
    assert found([YEARLY, HIGH, leisurely], good).due_on == day("2026-06-02")
    assert found([YEARLY, HIGH, leisurely], good).because == [["ratings", "good"]]


def test_of_equal_rules_the_one_that_asks_sooner_counts() -> None:
    poorly = rule(key="poorly", ratings=frozenset({RatingValue.inadequate}), length=2, unit=ClockUnit.months)
    both = home(SEEN, bands={"risk": "high"}, rating=RatingValue.inadequate)
    for rules in ([HIGH, poorly], [poorly, HIGH]):
        assert (found(rules, both).rule, found(rules, both).due_on) == ("poorly", day("2025-02-02"))


def test_the_newest_assessment_says_how_the_council_sees_the_service() -> None:
    poor = rule(key="poor", outcomes=frozenset({Outcome.poor}), length=6, unit=ClockUnit.months)
    better = home(("visit", "2023-12-01", Outcome.poor), ("visit", "2024-12-02", Outcome.good))
    worse = home(("visit", "2024-12-02", Outcome.poor), ("visit", "2023-12-01", Outcome.good))
    assert found([YEARLY, poor], better).due_on == day("2025-12-02")
    assert (found([YEARLY, poor], worse).due_on, found([YEARLY, poor], worse).because) == (
        day("2025-06-02"),
        [["outcomes", "poor"]],
    )


def test_of_two_assessments_on_one_day_the_worse_counts() -> None:
    poor = rule(key="poor", outcomes=frozenset({Outcome.poor}), length=6, unit=ClockUnit.months)
    twice = home(("visit", "2024-12-02", Outcome.requires_improvement), ("visit", "2024-12-02", Outcome.poor))
    assert found([YEARLY, poor], twice).due_on == day("2025-06-02")


@pytest.mark.parametrize(
    ("reach", "bought", "seen", "granted"),
    [(Reach.contracted, 1, 0, 0), (Reach.watched, 1, 1, 0), (Reach.grant_funded, 0, 0, 1)],
)
def test_a_rule_reaches_those_that_it_is_for(reach: Reach, bought: int, seen: int, granted: int) -> None:
    asked = rule(reach=reach)
    assert len(dates(asked, home(watched=False))) == bought
    assert len(dates(asked, home(contracted=False))) == seen
    assert len(dates(asked, home(contracted=False, watched=False, grant_funded=True))) == granted
    assert dates(asked, home(contracted=False, watched=False)) == []


def test_a_service_that_changes_its_type_owes_what_the_new_type_owes() -> None:
    rules = [
        rule("meeting", service_types=frozenset({ServiceType.care_home}), length=1, unit=ClockUnit.months),
        rule("review", service_types=frozenset({ServiceType.supported_living}), length=3, unit=ClockUnit.months),
        YEARLY,
    ]
    before = home(("meeting", "2025-03-03"), ("visit", "2024-06-10"))
    assert dates(rules, before) == ["meeting 2025-04-03", "visit 2025-06-10"]
    changed = replace(before, service_type=ServiceType.supported_living)
    assert dates(rules, changed) == ["review 2024-07-01", "visit 2025-06-10"]


@pytest.mark.parametrize("gone", [{"closed": True}, {"closed_on": TODAY}, {"dormant": True}])
def test_a_service_that_is_closed_or_dormant_owes_nothing_and_owes_again_when_it_opens(gone: dict[str, Any]) -> None:
    rules = [YEARLY, calendar("log", Period.month)]
    open_now = home(SEEN)
    assert dates(rules, replace(open_now, **gone)) == []
    assert dates(rules, open_now) == [
        "log 2025-01-31", "log 2025-02-28", "log 2025-03-31", "log 2025-04-30", "visit 2025-12-02",
    ]  # fmt: skip


def test_a_service_that_will_close_owes_until_then() -> None:
    assert dates(YEARLY, home(SEEN, closed_on=day("2025-03-13"))) == ["visit 2025-12-02"]


def test_what_is_done_as_required_is_never_due() -> None:
    assert dates(rule(mode=CadenceMode.as_required, length=None, unit=None), home(SEEN)) == []


def test_levels_colours_and_kinds_of_contract_choose_rules() -> None:
    def contract(**values: Any) -> Subject:
        return home(SEEN, kind=CadenceSubject.contract, entered_on=None, contract_starts_on=day("2024-04-01"), **values)

    heavy = {"levels": frozenset({3, 4, 5}), "subject": CadenceSubject.contract}
    rules = [
        rule(subject=CadenceSubject.contract),
        rule(key="formal", length=9, unit=ClockUnit.months, **heavy),
        rule(key="red", length=3, unit=ClockUnit.months, rags=frozenset({Rag.red}), **heavy),
        rule("paper", subject=CadenceSubject.contract, contract_kinds=frozenset({ContractKind.spot})),
    ]
    assert dates(rules, contract(level=1, rag=Rag.red)) == ["visit 2025-12-02"]
    assert dates(rules, contract(level=3, rag=Rag.amber)) == ["visit 2025-09-02"]
    assert dates(rules, contract(level=5, rag=Rag.red)) == ["visit 2025-03-02"]
    assert dates(rules, contract(level=2, contract_kind=ContractKind.spot)) == ["paper 2025-04-01", "visit 2025-12-02"]
    (one,) = owed(rules, contract(level=5, rag=Rag.red), TODAY, ENGLAND)
    assert one.because == [["levels", 5], ["rags", "red"]]


# --- once, and contracts ---------------------------------------------------------------------------------------------

BASELINE = rule(key="baseline", mode=CadenceMode.once, length=6, unit=ClockUnit.months)


def contract(*done: tuple[Any, ...], **values: Any) -> Subject:
    known = {
        "kind": CadenceSubject.contract,
        "contract_starts_on": day("2024-04-01"),
        "contract_ends_on": day("2026-03-31"),
        "mid_term_on": day("2025-03-31"),
    }
    return home(*done, **(known | values))


def test_the_baseline_comes_first_and_the_interval_counts_from_it() -> None:
    new = home(entered_on=day("2025-01-15"))
    assert dates([BASELINE, YEARLY], new) == ["visit 2025-07-15"]
    assert dates([BASELINE, YEARLY], replace(new, done=[Done("visit", day("2025-03-10"))])) == ["visit 2026-03-10"]


def test_an_interval_that_ends_sooner_does_not_wait_for_what_is_due_once() -> None:
    rules = [replace(BASELINE, length=24), YEARLY]
    assert dates(rules, home(entered_on=day("2025-01-15"))) == ["visit 2026-01-15", "visit 2027-01-15"]


def test_one_that_was_done_before_the_books_began_is_the_one() -> None:
    assert dates(BASELINE, home(("visit", "2023-05-05"))) == []


DILIGENCE = rule(
    "diligence",
    subject=CadenceSubject.contract,
    mode=CadenceMode.once,
    anchor=Anchor.contract_start,
    length=0,
    unit=ClockUnit.days,
    warn=28,
)
CONTACT = replace(DILIGENCE, key="contact", activity="contact", anchor=Anchor.contract_midpoint)


def test_what_a_new_contract_needs_is_due_on_its_first_day_and_may_be_done_before() -> None:
    coming = contract(contract_starts_on=day("2025-04-07"), contract_ends_on=None, mid_term_on=None)
    (one,) = owed([DILIGENCE], coming, TODAY, ENGLAND)
    assert (one.due_on, one.warn_on, one.counted_from) == (day("2025-04-07"), day("2025-03-10"), day("2025-04-07"))
    assert dates(DILIGENCE, replace(coming, done=[Done("diligence", day("2025-02-03"))])) == []


def test_the_contact_half_way_may_be_made_since_its_reminder_and_no_sooner() -> None:
    assert dates(CONTACT, contract()) == ["contact 2025-03-31"]
    assert dates(CONTACT, contract(("contact", "2025-03-02"))) == ["contact 2025-03-31"]
    assert dates(CONTACT, contract(("contact", "2025-03-03"))) == []
    assert dates(CONTACT, contract(("contact", "2025-06-20"))) == []
    assert dates(CONTACT, contract(mid_term_on=None)) == []


def test_a_contract_owes_nothing_beyond_its_end() -> None:
    review = rule("review", subject=CadenceSubject.contract)
    ending = contract(("review", "2024-09-30"))
    assert dates(review, ending) == ["review 2025-09-30"]
    assert dates(review, replace(ending, contract_ends_on=day("2025-09-29"))) == []
    assert dates(review, replace(ending, contract_ends_on=day("2025-09-30"))) == ["review 2025-09-30"]
    over = replace(ending, done=[Done("review", day("2023-09-30"))])
    assert dates(review, over, day("2026-03-31")) == ["review 2024-09-30"]
    assert dates(review, over, day("2026-04-01")) == []


def test_a_contract_that_has_not_begun_owes_from_its_first_day() -> None:
    rules = [
        rule("review", subject=CadenceSubject.contract),
        calendar("return", Period.month, subject=CadenceSubject.contract),
    ]
    coming = contract(contract_starts_on=day("2025-04-01"), contract_ends_on=None, mid_term_on=None)
    assert dates(rules, coming) == ["return 2025-04-30", "review 2026-04-01"]


# --- the calendar ----------------------------------------------------------------------------------------------------


def test_a_weekly_log_is_due_on_the_monday_after_at_five() -> None:
    log = calendar("log", Period.week, timing=BY_MONDAY_FIVE, since=day("2025-03-03"))
    told = [
        (each.period_start, each.period_end, each.due_on, each.due_time) for each in owed([log], home(), TODAY, ENGLAND)
    ]
    assert told == [
        (day("2025-03-03"), day("2025-03-09"), day("2025-03-10"), dt.time(17)),
        (day("2025-03-10"), day("2025-03-16"), day("2025-03-17"), dt.time(17)),
        (day("2025-03-17"), day("2025-03-23"), day("2025-03-24"), dt.time(17)),
    ]


def test_a_log_counts_for_the_week_it_names_else_for_the_one_that_falls_due_next() -> None:
    log = calendar("log", Period.week, timing=BY_MONDAY_FIVE, since=day("2025-02-24"))
    all_due = ["log 2025-03-03", "log 2025-03-10", "log 2025-03-17", "log 2025-03-24"]
    assert dates(log, home()) == all_due
    without = {
        ("log", "2025-03-03"): "log 2025-03-03",  # the Monday on which the week before is due
        ("log", "2025-03-04"): "log 2025-03-10",  # the Tuesday after: this week's, and last week's stays missed
        ("log", "2025-03-10"): "log 2025-03-10",
        ("log", "2025-03-12", "2025-02-24"): "log 2025-03-03",  # late, and it says for which week
        ("log", "2025-03-12", "2025-02-27"): "log 2025-03-03",  # any day of that week will do
        ("log", "2025-03-12"): "log 2025-03-17",
    }
    for done, gone in without.items():
        assert dates(log, home(done)) == [each for each in all_due if each != gone]


@pytest.mark.parametrize(
    ("nation", "today", "due"),
    [
        (ENGLAND, "2025-03-12", "2025-04-14"),  # 31 March and ten working days
        (ENGLAND, "2024-11-05", "2025-01-15"),  # New Year's Day between
        (SCOTLAND, "2024-11-05", "2025-01-16"),  # and 2 January
        (ENGLAND, "2025-05-01", "2025-07-14"),
        (NORTHERN_IRELAND, "2025-05-01", "2025-07-15"),  # 12 July is a Saturday, and Monday takes its place
    ],
)
def test_a_quarterly_return_is_due_so_many_working_days_after_the_quarter(nation: str, today: str, due: str) -> None:
    asked = calendar("return", Period.quarter, timing=TEN_WORKING_DAYS, since=None)
    current, _ = owed([asked], home(entered_on=day(today) - dt.timedelta(days=95)), day(today), nation)[-2:]
    assert current.due_on == day(due)


@pytest.mark.parametrize(
    ("period", "today", "due"),
    [
        (Period.month, "2024-02-10", ["2024-02-29", "2024-03-31"]),
        (Period.quarter, "2024-12-31", ["2024-12-31", "2025-03-31"]),
        (Period.half_year, "2025-06-30", ["2025-06-30", "2025-12-31"]),
        (Period.half_year, "2025-07-01", ["2025-12-31", "2026-06-30"]),
        (Period.year, "2024-12-31", ["2024-12-31", "2025-12-31"]),
        (Period.week, "2024-12-31", ["2025-01-05", "2025-01-12"]),
        (Period.day, "2025-04-17", ["2025-04-17", "2025-04-22"]),  # Easter between
        (Period.day, "2025-04-19", ["2025-04-22", "2025-04-23"]),  # asked on Easter Saturday
    ],
)
def test_the_current_period_and_the_next_are_due_on_their_last_day(period: Period, today: str, due: list[str]) -> None:
    council = Subject(kind=CadenceSubject.council, id=0)
    asked = calendar("meeting", period, subject=CadenceSubject.council, since=None)
    assert dates(asked, council, day(today)) == [f"meeting {each}" for each in due]


def test_what_the_council_itself_owes_asks_for_no_contract() -> None:
    council = Subject(kind=CadenceSubject.council, id=0)
    asked = calendar("review", Period.day, subject=CadenceSubject.council, since=day("2025-03-07"))
    assert dates(asked, replace(council, done=[Done("review", day("2025-03-10"))])) == [
        "review 2025-03-07", "review 2025-03-11", "review 2025-03-12", "review 2025-03-13",
    ]  # fmt: skip


def test_a_weekend_s_work_counts_for_the_next_working_day() -> None:
    council = Subject(kind=CadenceSubject.council, id=0, done=[Done("review", day("2025-03-08"))])
    asked = calendar("review", Period.day, subject=CadenceSubject.council, since=day("2025-03-07"))
    assert dates(asked, council, day("2025-03-10")) == ["review 2025-03-07", "review 2025-03-11"]


def test_the_period_in_which_a_service_enters_is_not_counted_unless_on_its_first_day() -> None:
    log = calendar("log", Period.month)
    assert dates(log, home(entered_on=day("2025-02-01"))) == ["log 2025-02-28", "log 2025-03-31", "log 2025-04-30"]
    assert dates(log, home(entered_on=day("2025-02-02"))) == ["log 2025-03-31", "log 2025-04-30"]
    assert dates(log, home(entered_on=day("2025-03-02"))) == ["log 2025-04-30"]


def test_periods_before_the_rule_are_not_counted() -> None:
    assert dates(calendar("log", Period.month, since=day("2025-03-01")), home()) == ["log 2025-03-31", "log 2025-04-30"]
    assert dates(calendar("log", Period.month, since=day("2025-03-12")), home()) == ["log 2025-04-30"]


def test_periods_before_a_service_came_under_the_rule_are_not_counted_against_it() -> None:
    green = calendar(
        "self-assessment", Period.half_year, scheme="rag", bands=frozenset({"green"}), since=day("2023-01-01")
    )
    today = day("2025-03-12")
    turned = home(bands={"rag": "green"}, changed={"bands:rag": day("2024-12-20")}, entered_on=day("2023-01-01"))
    assert dates(green, turned, today) == ["self-assessment 2025-06-30", "self-assessment 2025-12-31"]
    assert len(dates(green, replace(turned, changed={}), today)) == 6


def test_a_band_counts_nothing_anew_for_a_rule_that_it_never_stood_behind() -> None:
    """HP 9-10: a framework care home owes its half-years whatever its grade; another rule asks the green ones."""
    homes = calendar(
        "self-assessment", Period.half_year, key="homes", since=day("2024-01-01"),
        service_types=frozenset({ServiceType.care_home}), contract_kinds=frozenset({ContractKind.framework}),
    )  # fmt: skip
    green = calendar(
        "self-assessment", Period.half_year, key="green", scheme="rag", bands=frozenset({"green"}),
        since=day("2024-01-01"),
    )  # fmt: skip
    graded = home(
        service_type=ServiceType.care_home,
        contract_kind=ContractKind.framework,
        bands={"rag": "red"},
        changed={"bands:rag": day("2024-12-20")},
        entered_on=day("2024-01-01"),
    )
    assert dates([homes, green], graded, day("2025-03-12")) == [
        "self-assessment 2024-06-30", "self-assessment 2024-12-31", "self-assessment 2025-06-30",
        "self-assessment 2025-12-31",
    ]  # fmt: skip


def test_a_booking_to_come_counts_before_one_of_which_nothing_came() -> None:
    booked = home(planned=[Planned("visit", day("2025-02-01")), Planned("visit", day("2025-03-20"))])
    found = owed(prepared([rule()]), booked, day("2025-03-12"), "england-and-wales")
    assert [each.planned_on for each in found] == [day("2025-03-20")]


def test_a_period_missed_stays_missed_and_one_done_twice_is_done() -> None:
    log = calendar("log", Period.month)
    history = home(("log", "2025-02-10"), ("log", "2025-02-20"))
    assert dates(log, history, day("2025-05-01")) == [
        "log 2025-01-31", "log 2025-03-31", "log 2025-04-30", "log 2025-05-31", "log 2025-06-30",
    ]  # fmt: skip


def test_of_equal_calendar_rules_the_one_that_is_due_sooner_counts_whatever_the_day() -> None:
    monthly = calendar("log", Period.month, key="monthly", levels=frozenset({5}), timing=TEN_WORKING_DAYS)
    quarterly = calendar("log", Period.quarter, key="a quarterly", rags=frozenset({Rag.red}))
    for today in ("2025-02-03", "2025-02-28"):
        assert dates([quarterly, monthly], home(level=5, rag=Rag.red), day(today)) == [
            "log 2025-02-14", "log 2025-03-14", "log 2025-04-14",
        ]  # fmt: skip


def test_of_equal_calendar_rules_with_the_same_periods_the_one_that_leaves_less_time_counts() -> None:
    prompt = calendar("log", Period.month, key="prompt", levels=frozenset({5}))
    slow = calendar("log", Period.month, key="a slow", rags=frozenset({Rag.red}), timing=TEN_WORKING_DAYS)
    assert dates([slow, prompt], home(level=5, rag=Rag.red), day("2025-01-06")) == ["log 2025-01-31", "log 2025-02-28"]


# --- after another activity ------------------------------------------------------------------------------------------

BELOW_GOOD = frozenset({Outcome.requires_improvement, Outcome.poor})
FOLLOW_UP = rule(
    "follow-up", mode=CadenceMode.after, other="visit", outcomes=BELOW_GOOD, length=6, unit=ClockUnit.months
)
AGAIN = replace(FOLLOW_UP, key="again", other="follow-up")
RI, POOR, GOOD = Outcome.requires_improvement, Outcome.poor, Outcome.good


@pytest.mark.parametrize(
    ("history", "due"),
    [
        ([], []),
        ([("visit", "2024-10-31", GOOD)], []),
        ([("visit", "2024-10-31")], []),
        ([("visit", "2024-10-31", RI)], ["follow-up 2025-04-30"]),
        ([("visit", "2023-10-31", POOR), ("visit", "2024-10-31", RI)], ["follow-up 2025-04-30"]),
        ([("visit", "2023-10-31", POOR), ("visit", "2024-10-31", GOOD)], []),
        ([("visit", "2024-10-31", RI), ("follow-up", "2025-02-14", GOOD)], []),
        ([("visit", "2024-10-31", RI), ("follow-up", "2025-02-14", POOR)], ["follow-up 2025-08-14"]),
        ([("visit", "2024-08-05", RI), ("follow-up", "2024-09-02", RI), ("visit", "2024-12-09", GOOD)], []),
        (
            [("visit", "2024-08-05", RI), ("follow-up", "2024-09-02", RI), ("visit", "2024-12-09", POOR)],
            ["follow-up 2025-06-09"],
        ),
    ],
)
def test_a_follow_up_follows_the_newest_assessment(history: list[tuple[Any, ...]], due: list[str]) -> None:
    assert dates([FOLLOW_UP, AGAIN], home(*history)) == due


def test_a_follow_up_says_what_it_follows() -> None:
    (one,) = owed([FOLLOW_UP], home(("visit", "2024-10-31", POOR)), TODAY, ENGLAND)
    assert (one.identity, one.counted_from, one.last_done_on, one.because) == (
        "follow-up:service:7:after:2024-10-31",
        day("2024-10-31"),
        None,
        [["outcomes", "poor"]],
    )


def test_what_follows_whatever_came_of_it_is_done_on_the_same_day_or_later() -> None:
    check = rule("check", mode=CadenceMode.after, other="self-assessment", length=1, unit=ClockUnit.months)
    sent = ("self-assessment", "2025-01-31")
    assert dates(check, home(sent)) == ["check 2025-02-28"]
    assert dates(check, home(sent, ("check", "2025-01-30"))) == ["check 2025-02-28"]
    assert dates(check, home(sent, ("check", "2025-01-31"))) == []
    assert dates(check, home(sent, ("check", "2025-02-20"))) == []


def test_more_conditions_count_more_for_what_follows_too() -> None:
    slow = replace(FOLLOW_UP, key="slow", length=9, ratings=frozenset({RatingValue.good}))
    assert dates([FOLLOW_UP, slow], home(("visit", "2024-10-31", RI), rating=RatingValue.good)) == [
        "follow-up 2025-07-31"
    ]
    assert dates([FOLLOW_UP, slow], home(("visit", "2024-10-31", RI))) == ["follow-up 2025-04-30"]


# --- before another activity -----------------------------------------------------------------------------------------

REVIEW = rule("review", length=3, unit=ClockUnit.months)
PROPERTY = rule("property", mode=CadenceMode.before, other="review", length=1, unit=ClockUnit.months)
REPORT = rule("report", mode=CadenceMode.before, other="review", length=2, unit=ClockUnit.weeks)


def test_what_prepares_a_review_is_due_before_it() -> None:
    rules = [REPORT, PROPERTY, REVIEW]
    assert dates(rules, home(("review", "2025-02-03"))) == [
        "property 2025-04-03",
        "report 2025-04-19",
        "review 2025-05-03",
    ]
    assert dates(rules, home(("review", "2024-12-31"))) == [
        "property 2025-02-28",
        "report 2025-03-17",
        "review 2025-03-31",
    ]


def test_what_prepares_a_review_is_done_once_since_the_last() -> None:
    rules = [PROPERTY, REVIEW]
    held = ("review", "2025-02-03")
    assert dates(rules, home(held, ("property", "2025-01-06"))) == ["property 2025-04-03", "review 2025-05-03"]
    assert dates(rules, home(held, ("property", "2025-02-03"))) == ["property 2025-04-03", "review 2025-05-03"]
    assert dates(rules, home(held, ("property", "2025-02-04"))) == ["review 2025-05-03"]
    assert dates(rules, home(held, ("property", "2025-02-04"), ("review", "2025-05-06")), day("2025-05-07")) == [
        "property 2025-07-06", "review 2025-08-06",
    ]  # fmt: skip


def test_what_prepares_the_first_review_is_done_since_the_service_came_into_the_books() -> None:
    rules = [PROPERTY, REVIEW]
    new = home(entered_on=day("2025-02-03"))
    assert dates(rules, new) == ["property 2025-04-03", "review 2025-05-03"]
    assert dates(rules, replace(new, done=[Done("property", day("2025-02-03"))])) == ["review 2025-05-03"]


def test_nothing_prepares_what_is_not_due() -> None:
    assert dates([PROPERTY], home()) == []
    assert dates([PROPERTY, replace(REVIEW, service_types=frozenset({ServiceType.home_care}))], home()) == []


def test_what_prepares_a_calendar_meeting_looks_to_the_next_one() -> None:
    forum = calendar("review", Period.quarter)
    rules = [PROPERTY, forum]
    assert dates(rules, home(), day("2025-05-06")) == [
        "review 2025-03-31", "property 2025-05-30", "review 2025-06-30", "review 2025-09-30",
    ]  # fmt: skip
    assert "property 2025-05-30" not in dates(rules, home(("property", "2025-04-01")), day("2025-05-06"))
    assert "property 2025-05-30" in dates(rules, home(("property", "2025-03-28")), day("2025-05-06"))


def test_what_prepares_a_review_that_is_overdue_is_overdue_and_a_missed_period_needs_no_preparing() -> None:
    assert dates([PROPERTY, REVIEW], home(("review", "2024-11-04"))) == ["property 2025-01-04", "review 2025-02-04"]
    forum = calendar("review", Period.quarter)
    ahead = home(("review", "2025-05-06"), ("review", "2025-05-06", "2025-07-01"))
    assert dates([PROPERTY, forum], ahead, day("2025-05-06")) == ["review 2025-03-31"]


def test_preparations_may_have_preparations_whatever_their_names() -> None:
    first = rule("a letter", mode=CadenceMode.before, other="property", length=5, unit=ClockUnit.working_days)
    last = replace(first, key="z letter", activity="z letter")
    # Thursday 3 April, less five working days.
    assert dates([first, last, PROPERTY, REVIEW], home(("review", "2025-02-03"))) == [
        "a letter 2025-03-27", "z letter 2025-03-27", "property 2025-04-03", "review 2025-05-03",
    ]  # fmt: skip


def test_activities_that_wait_for_each_other_are_not_due() -> None:
    one = replace(PROPERTY, other="report")
    other = replace(REPORT, other="property")
    assert dates([one, other], home()) == []


# --- bookings, pauses, and who is told -------------------------------------------------------------------------------

TOLD = rule(warn=28, escalates_to="manager", escalates_after=14)


def test_its_officer_is_reminded_before_and_the_manager_told_once_it_is_overdue() -> None:
    one = found([TOLD], home(SEEN))
    assert (one.due_on, one.warn_on, one.escalate_on, one.escalates_to) == (
        day("2025-12-02"),
        day("2025-11-04"),
        day("2025-12-17"),
        "manager",
    )
    quiet = found([YEARLY], home(SEEN))
    assert (quiet.warn_on, quiet.escalate_on, quiet.escalates_to) == (None, None, None)
    assert found([replace(TOLD, escalates_after=0)], home(SEEN)).escalate_on == day("2025-12-03")


def test_the_earliest_booking_stands_and_moves_nothing() -> None:
    booked = home(SEEN, planned=[Planned("visit", day("2025-11-20")), Planned("visit", day("2025-10-01"))])
    one = found([YEARLY], booked)
    assert (one.due_on, one.planned_on) == (day("2025-12-02"), day("2025-10-01"))
    cancelled = found([YEARLY], home(SEEN))
    assert (cancelled.due_on, cancelled.planned_on) == (day("2025-12-02"), None)
    assert found([YEARLY], home(SEEN, planned=[Planned("meeting", day("2025-10-01"))])).planned_on is None


def test_a_booking_stands_with_the_period_that_it_is_for() -> None:
    meeting = calendar("meeting", Period.month, since=day("2025-03-01"))
    booked = home(planned=[Planned("meeting", day("2025-04-22")), Planned("meeting", day("2025-04-08"))])
    assert [(each.due_on, each.planned_on) for each in owed([meeting], booked, TODAY, ENGLAND)] == [
        (day("2025-03-31"), None),
        (day("2025-04-30"), day("2025-04-08")),
    ]


VISIT = "visit:service:7"


def rested(*rests: tuple[str, str | None], identity: str = VISIT) -> Subject:
    pauses = [Rest(identity, day(begun), day(over) if over else None) for begun, over in rests]
    return home(("visit", "2024-06-10"), rests=pauses)


@pytest.mark.parametrize(
    ("rests", "due"),
    [
        ([("2024-08-01", "2024-08-31")], "2025-07-10"),  # thirty days
        ([("2024-08-01", "2024-08-01")], "2025-06-10"),
        ([("2024-05-01", "2024-06-10")], "2025-06-10"),  # over before counting began
        ([("2024-05-01", "2024-06-20")], "2025-06-20"),  # only what lies after it
        ([("2024-08-01", "2024-08-11"), ("2024-09-01", "2024-09-06")], "2025-06-25"),
        ([("2024-08-01", "2024-08-11"), ("2024-08-06", "2024-08-16")], "2025-06-25"),  # one inside the other once
    ],
)
def test_a_pause_that_is_over_adds_its_days(rests: list[tuple[str, str]], due: str) -> None:
    for order in (rests, rests[::-1]):
        assert found([TOLD], rested(*order)).due_on == day(due)


def test_a_pause_that_began_after_it_was_due_does_not_excuse_it() -> None:
    late = home(("visit", "2023-06-10"), rests=[Rest(VISIT, day("2024-06-11"), day("2024-12-11"))])
    assert found([TOLD], late).due_on == day("2024-06-10")
    in_time = home(("visit", "2023-06-10"), rests=[Rest(VISIT, day("2024-06-10"), day("2024-12-10"))])
    assert found([TOLD], in_time).due_on == day("2024-12-10")


def test_while_it_is_paused_nobody_is_told_and_its_day_stands() -> None:
    one = found([TOLD], rested(("2025-02-03", None)))
    assert (one.due_on, one.paused_since, one.warn_on, one.escalate_on) == (
        day("2025-06-10"),
        day("2025-02-03"),
        None,
        None,
    )


def test_a_pause_is_over_on_the_day_on_which_counting_goes_on() -> None:
    ends_today, ends_tomorrow = (found([TOLD], rested(("2025-03-02", last))) for last in ("2025-03-12", "2025-03-13"))
    assert (ends_today.due_on, ends_today.paused_since) == (day("2025-06-20"), None)
    assert (ends_tomorrow.due_on, ends_tomorrow.paused_since) == (day("2025-06-10"), day("2025-03-02"))


def test_a_pause_rests_only_the_obligation_that_it_names() -> None:
    one = found([TOLD], rested(("2024-08-01", "2024-08-31"), identity="visit:service:8"))
    assert one.due_on == day("2025-06-10")


def test_what_prepares_something_rests_with_it() -> None:
    pause = [Rest("review:service:7", day("2025-02-10"))]
    rules = [replace(PROPERTY, warn=14), REVIEW]
    preparing, _ = owed(rules, home(("review", "2025-02-03"), rests=pause), TODAY, ENGLAND)
    assert (preparing.activity, preparing.paused_since, preparing.warn_on) == ("property", day("2025-02-10"), None)


def test_working_days_after_a_pause_end_on_a_working_day() -> None:
    prompt = rule(length=5, unit=ClockUnit.working_days)
    # Monday 3 March and five working days is Monday 10 March; five days' pause leads to a Saturday, so Monday 17.
    paused = home(("visit", "2025-03-03"), rests=[Rest(VISIT, day("2025-03-04"), day("2025-03-09"))])
    assert found([prompt], paused).due_on == day("2025-03-17")


def test_an_obligation_explains_itself() -> None:
    one = found([TOLD], home(SEEN))
    assert (one.identity, one.rule, one.clause, one.activity, one.name, one.last_done_on, one.counted_from) == (
        VISIT, "visit", "XX", "visit", "Visit", day("2024-12-02"), day("2024-12-02"),
    )  # fmt: skip


# --- moments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_on", "due_time", "utc"),
    [
        ("2025-03-24", dt.time(17), "2025-03-24T17:00"),
        ("2025-03-31", dt.time(17), "2025-03-31T16:00"),  # summer time began on Sunday 30 March
        ("2025-03-29", None, "2025-03-30T00:00"),
        ("2025-03-30", None, "2025-03-30T23:00"),
        ("2025-10-25", None, "2025-10-25T23:00"),
        ("2025-10-26", None, "2025-10-27T00:00"),  # and ended on that Sunday
        ("2025-10-27", dt.time(17), "2025-10-27T17:00"),
        ("2024-12-31", None, "2025-01-01T00:00"),
    ],
)
def test_it_is_too_late_by_the_clock_on_the_office_wall(due_on: str, due_time: dt.time | None, utc: str) -> None:
    assert moment(day(due_on), due_time) == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


# --- whatever the rules and the history ------------------------------------------------------------------------------

NATIONS = st.sampled_from([ENGLAND, SCOTLAND, NORTHERN_IRELAND])
DAYS = st.dates(day("2022-11-01"), day("2025-03-12"))
NAMES = ("call", "log", "review", "visit")
COUNTED = st.sampled_from([unit for unit in ClockUnit if unit is not ClockUnit.weekdays])
LENGTHS = st.integers(1, 40)
everything = settings(deadline=None, max_examples=60)


@st.composite
def rules(draw: st.DrawFn, modes: Sequence[CadenceMode] = tuple(CadenceMode)) -> list[Rule]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        mode = draw(st.sampled_from(modes))
        values: dict[str, Any] = {"key": f"rule {number}", "mode": mode, "length": None}
        if mode is CadenceMode.calendar:
            timings = [None, BY_MONDAY_FIVE, TEN_WORKING_DAYS]
            longer = [period for period in Period if period is not Period.day]
            values |= {
                "period": draw(st.sampled_from(longer)),
                "timing": draw(st.sampled_from(timings)),
                "since": draw(DAYS),
            }
        elif mode is not CadenceMode.as_required:
            values |= {"length": draw(LENGTHS), "unit": draw(COUNTED)}
        if mode in (CadenceMode.after, CadenceMode.before):
            values["other"] = draw(st.sampled_from(NAMES))
        if draw(st.booleans()):
            values |= {
                "scheme": "risk",
                "bands": frozenset(draw(st.sets(st.sampled_from(["low", "high"]), min_size=1))),
            }
        if draw(st.booleans()):
            values["outcomes"] = frozenset(draw(st.sets(st.sampled_from(list(Outcome)), min_size=1)))
        values["warn"] = draw(st.sampled_from([None, 7]))
        found.append(rule(draw(st.sampled_from(NAMES)), **values))
    return found


@st.composite
def subjects(draw: st.DrawFn, resting: bool = True) -> Subject:
    history = st.builds(
        Done, st.sampled_from(NAMES), DAYS, st.none() | DAYS, st.none() | st.sampled_from(list(Outcome))
    )
    identities = st.sampled_from([f"{name}:service:7" for name in NAMES])
    spells = st.tuples(identities, DAYS, st.integers(0, 60)).map(
        lambda each: Rest(each[0], each[1], each[1] + dt.timedelta(days=each[2]))
    )
    return home(
        bands={"risk": draw(st.sampled_from(["low", "medium", "high"]))},
        entered_on=draw(DAYS),
        done=draw(st.lists(history, max_size=8)),
        planned=draw(st.lists(st.builds(Planned, st.sampled_from(NAMES), DAYS), max_size=4)),
        rests=draw(st.lists(spells, max_size=3)) if resting else (),
    )


@given(rules(), subjects(), NATIONS, st.randoms(use_true_random=False))
@everything
def test_deriving_twice_or_in_another_order_gives_the_same(
    asked: list[Rule], subject: Subject, nation: str, random: Any
) -> None:
    first = owed(prepared(asked), subject, TODAY, nation)
    assert owed(prepared(asked), subject, TODAY, nation) == first
    mixed = {name: random.sample(list(getattr(subject, name)), len(getattr(subject, name))) for name in LISTS}
    assert owed(random.sample(asked, len(asked)), replace(subject, **mixed), TODAY, nation) == first


LISTS = ("done", "planned", "rests")


@given(rules(), subjects(), NATIONS)
@everything
def test_no_two_obligations_are_the_same_one(asked: list[Rule], subject: Subject, nation: str) -> None:
    told = owed(asked, subject, TODAY, nation)
    assert max(Counter(each.identity for each in told).values(), default=1) == 1
    periods = Counter((each.activity, each.period_start) for each in told if each.period_start is not None)
    assert max(periods.values(), default=1) == 1


@given(rules(), subjects(resting=False), NATIONS, st.sampled_from(NAMES))
@everything
def test_doing_something_never_leaves_anything_due_sooner(
    asked: list[Rule], subject: Subject, nation: str, activity: str
) -> None:
    # What prepares a thing moves to whatever of it comes next, and doing one thing may call for another.
    called_for = {each.activity for each in asked if each.mode is CadenceMode.after}
    asked = [each for each in asked if each.mode is not CadenceMode.before or each.other not in called_for]
    before = {each.identity: each.due_on for each in owed(asked, subject, TODAY, nation)}
    done = replace(subject, done=[*subject.done, Done(activity, TODAY)])
    after_it = {each.identity: each.due_on for each in owed(asked, done, TODAY, nation)}
    assert [each for each in before.keys() & after_it.keys() if after_it[each] < before[each]] == []


@given(rules(), subjects(), NATIONS)
@everything
def test_booking_and_cancelling_move_nothing(asked: list[Rule], subject: Subject, nation: str) -> None:
    booked = owed(asked, subject, TODAY, nation)
    cancelled = owed(asked, replace(subject, planned=()), TODAY, nation)
    assert cancelled == [each._replace(planned_on=None) for each in booked]


@given(subjects(), NATIONS, COUNTED, st.integers(1, 40), st.integers(0, 20))
@everything
def test_a_shorter_interval_never_makes_it_later(
    subject: Subject, nation: str, unit: ClockUnit, length: int, more: int
) -> None:
    (short,) = owed([rule(length=length, unit=unit)], subject, TODAY, nation)
    (long,) = owed([rule(length=length + more, unit=unit)], subject, TODAY, nation)
    assert short.due_on <= long.due_on
    assert (short.identity, short.last_done_on, short.counted_from) == (
        long.identity,
        long.last_done_on,
        long.counted_from,
    )


@given(rules(), subjects(), NATIONS, st.sampled_from(["low", "medium", "high"]))
@everything
def test_another_band_touches_only_what_asks_for_bands(
    asked: list[Rule], subject: Subject, nation: str, band: str
) -> None:
    touched = {each.activity for each in asked if each.bands is not None}
    while more := {each.activity for each in asked if each.other in touched} - touched:
        touched |= more
    before = owed(asked, subject, TODAY, nation)
    now = owed(asked, replace(subject, bands={"risk": band}), TODAY, nation)
    assert [each for each in now if each.activity not in touched] == [
        each for each in before if each.activity not in touched
    ]


@given(rules(), subjects(), NATIONS, st.integers(1, 400))
@everything
def test_time_alone_excuses_nothing(asked: list[Rule], subject: Subject, nation: str, later: int) -> None:
    """What was owed stays owed, on the same day, until it is done. What prepares the next meeting moves on to it."""
    fixed = [each for each in asked if each.mode is not CadenceMode.before]
    now = {each.identity: each.due_on for each in owed(fixed, subject, TODAY, nation)}
    then = {each.identity: each.due_on for each in owed(fixed, subject, TODAY + dt.timedelta(days=later), nation)}
    overdue = [rest.identity for rest in subject.rests if rest.until_on is not None and rest.until_on > TODAY]
    assert {which: then.get(which) for which in now if which not in overdue} == {
        which: due for which, due in now.items() if which not in overdue
    }


FIRSTS = {
    Period.week: lambda each: each.weekday() == 0,
    Period.month: lambda each: each.day == 1,
    Period.quarter: lambda each: each.day == 1 and each.month in (1, 4, 7, 10),
    Period.half_year: lambda each: each.day == 1 and each.month in (1, 7),
    Period.year: lambda each: each.day == 1 and each.month == 1,
}
"""Which days begin a period."""


@given(st.sampled_from(list(FIRSTS)), DAYS, DAYS, NATIONS, st.data())
@everything
def test_each_period_since_then_is_owed_or_was_done(
    period: Period, since: dt.date, entered: dt.date, nation: str, data: st.DataObject
) -> None:
    span = [max(since, entered) + dt.timedelta(days=each) for each in range(1300)]
    firsts = [each for each in span if FIRSTS[period](each)]
    begun = [each for each in firsts if each <= TODAY]
    expected = firsts[: len(begun) + 1]
    done = data.draw(st.sets(st.sampled_from(expected), max_size=3))
    subject = home(entered_on=entered, done=[Done("log", TODAY, each) for each in done])
    told = owed([calendar("log", period, since=since)], subject, TODAY, nation)
    assert [each.period_start for each in told] == [each for each in expected if each not in done]


@given(DAYS, DAYS, st.integers(0, 30), COUNTED, NATIONS)
@everything
def test_whoever_starts_later_is_due_no_sooner(
    one: dt.date, other: dt.date, length: int, unit: ClockUnit, nation: str
) -> None:
    first, second = sorted((one, other))
    assert after(first, length, unit, nation) <= after(second, length, unit, nation)
    assert after(first, -length, unit, nation) <= after(second, -length, unit, nation)
    assert after(first, -length, unit, nation) <= first <= after(first, length, unit, nation)


@given(DAYS, st.integers(1, 30), NATIONS)
@everything
def test_working_days_back_and_forth_lead_to_the_same_day(start: dt.date, length: int, nation: str) -> None:
    assume(is_working_day(start, nation))
    there = after(start, length, ClockUnit.working_days, nation)
    assert is_working_day(there, nation)
    assert after(there, -length, ClockUnit.working_days, nation) == start


@pytest.mark.parametrize(
    ("start", "times", "weekday", "day_found"),
    [
        ("2025-03-09", 1, Weekday.monday, "2025-03-10"),  # a Sunday
        ("2025-03-10", 1, Weekday.monday, "2025-03-17"),  # a Monday itself is not after itself
        ("2025-03-12", 1, Weekday.monday, "2025-03-17"),
        ("2025-03-12", 3, Weekday.friday, "2025-03-28"),
        ("2025-12-31", 1, Weekday.thursday, "2026-01-01"),
        ("2025-03-12", -1, Weekday.monday, "2025-03-10"),
        ("2025-03-10", -1, Weekday.monday, "2025-03-03"),
        ("2025-03-10", -2, Weekday.sunday, "2025-03-02"),
    ],
)
def test_so_many_mondays_after_a_day_or_before_it(start: str, times: int, weekday: Weekday, day_found: str) -> None:
    assert after(day(start), times, ClockUnit.weekdays, ENGLAND, weekday) == day(day_found)


def test_a_clock_of_weekdays_that_names_none_is_a_fault() -> None:
    with pytest.raises(ValueError, match="names none"):
        after(TODAY, 1, ClockUnit.weekdays, ENGLAND)


@pytest.mark.parametrize(
    ("start", "length", "unit", "day_found"),
    [
        ("2025-03-12", 1, ClockUnit.quarters, "2025-03-31"),
        ("2025-03-31", 1, ClockUnit.quarters, "2025-06-30"),
        ("2024-10-01", 2, ClockUnit.quarters, "2025-03-31"),
        ("2025-03-12", -1, ClockUnit.quarters, "2024-12-31"),
        ("2025-03-31", -1, ClockUnit.quarters, "2024-12-31"),
        ("2025-03-31", -2, ClockUnit.quarters, "2024-09-30"),
        ("2025-03-31", -1, ClockUnit.months, "2025-02-28"),
        ("2025-01-15", -1, ClockUnit.months, "2024-12-15"),
        ("2024-02-29", -12, ClockUnit.months, "2023-02-28"),
        ("2025-03-12", -2, ClockUnit.weeks, "2025-02-26"),
        ("2025-03-02", -2, ClockUnit.days, "2025-02-28"),
        ("2025-04-22", -1, ClockUnit.working_days, "2025-04-17"),  # over Easter
        ("2025-03-16", -1, ClockUnit.working_days, "2025-03-14"),
        ("2025-03-16", 0, ClockUnit.working_days, "2025-03-16"),
    ],
)
def test_lengths_count_backwards_too(start: str, length: int, unit: ClockUnit, day_found: str) -> None:
    assert after(day(start), length, unit, ENGLAND) == day(day_found)


@given(st.dates(day("2000-01-01"), day("2060-12-31")), st.times(dt.time(2, 0), dt.time(23, 59)))
@everything
def test_a_moment_is_its_hour_on_the_wall_whatever_the_season(on: dt.date, at: dt.time) -> None:
    assert moment(on, at).astimezone(LONDON).replace(tzinfo=None) == dt.datetime.combine(on, at)
    end = moment(on, None).astimezone(LONDON)
    assert (end.date(), end.time()) == (on + dt.timedelta(days=1), dt.time.min)
