"""What five councils' papers ask for, worked out by hand for three services of each. One code says it for all.

Today is Wednesday 12 March 2025. Each council's rules count periods since 1 January 2025. Where a paper names no
figure, the figure is the framework's own (XX), as its row says there.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models.contracts import ContractKind, Rag
from models.framework import CadenceSubject, Outcome
from models.providers import ServiceType
from workflows.cadence import Done, Rule, Subject, owed, rule
from workflows.framework_files import read

FRAMEWORKS = Path(__file__).parents[2] / "seed" / "frameworks"
TODAY = dt.date(2025, 3, 12)
SINCE = dt.date(2025, 1, 1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One service with its contract and provider: how they stand, and what was done when.

    History is "activity day", with "for day" of the period that it was for, or "= outcome" of the assessment.
    """

    council: str
    service_type: ServiceType
    contract: tuple[str, str | None, str | None] = ("2024-04-01", "2027-03-31", "2025-09-30")
    """First day, last day, mid-term."""
    kind: ContractKind = ContractKind.framework
    level: int | None = None
    rag: Rag | None = None
    bands: Mapping[str, str]
    done: Sequence[str]
    of_contract: Sequence[str] = ()
    of_provider: Sequence[str] = ()
    due: Sequence[str]


CASES = [
    # --- Halton: an assessment a year, sooner by rating and risk, and its follow-up within six months ---
    Case(
        council="halton",
        service_type=ServiceType.care_home,
        bands={"risk": "medium"},
        done=[
            "quality_monitoring 2024-09-18 = requires_improvement",
            "safe_and_well 2024-05-31",
            "keeping_in_touch 2025-01-23",
            "keeping_in_touch 2025-02-20",
        ],
        of_provider=["continuity_plan 2024-05-10"],  # HA 3.104: its own deadline says when it is checked
        due=[
            "2025-03-18 follow_up",  # HA 3.20: six months at most
            "2025-03-20 keeping_in_touch",  # HA QM5: monthly
            "2025-05-31 safe_and_well",  # HA QM4: yearly
            "2025-06-18 quality_monitoring",  # HA QM1: nine months, by rating and by risk alike (XX)
        ],
    ),
    Case(
        council="halton",
        service_type=ServiceType.home_care,
        bands={"risk": "low"},
        done=[
            "quality_monitoring 2024-07-01 = good",
            "self_assessment 2025-02-28",
            "contract_review_home_care 2024-12-16",
            "kpi_report 2024-12-02",
            "call_monitoring_data 2025-02-24",
            "call_monitoring 2025-02-10",
        ],
        due=[
            "2025-03-02 kpi_report",  # HA 3.46: ahead of the review, by two weeks (XX)
            "2025-03-10 call_monitoring",  # HA 3.50-56: every four weeks
            "2025-03-16 contract_review_home_care",  # HA 3.46: quarterly
            "2025-03-24 call_monitoring_data",  # HA 3.50: every four weeks
            "2025-03-28 self_assessment_verification",  # HA 3.29: a month after it (XX)
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-07-01 quality_monitoring",  # HA QM1: yearly
            "2026-02-28 self_assessment",  # HA QM2: yearly, because it was found good
        ],
    ),
    Case(
        council="halton",
        service_type=ServiceType.supported_living,
        contract=("2024-11-04", "2027-11-03", "2026-05-05"),
        bands={"risk": "high"},
        done=[
            "property 2025-01-08",
            "contract_review_supported_living 2025-02-05",
            "performance_report 2025-02-26",
        ],
        due=[
            "2025-04-05 property",  # HA 3.42: a month before the review
            "2025-05-04 quality_monitoring",  # HA 3.6: the baseline, six months after the contract began (XX)
            "2025-05-05 contract_review_supported_living",  # HA QM6: quarterly; its report is in (HA 3.43)
            "2025-11-04 continuity_plan",  # HA 3.104: a first check within a year
        ],
    ),
    # --- Oldham: logs by Monday 17:00 for the week before; the rest by risk ---
    Case(
        council="oldham",
        service_type=ServiceType.care_home,
        bands={"risk": "medium"},
        done=[
            "routine_visit 2024-09-30",
            "harm_log 2025-01-13 for 2025-01-06",
            "harm_log 2025-01-20 for 2025-01-13",
            "harm_log 2025-01-27 for 2025-01-20",
            "harm_log 2025-02-03 for 2025-01-27",
            "harm_log 2025-02-12 for 2025-02-03",  # two days late
            "harm_log 2025-02-24 for 2025-02-17",
            "harm_log 2025-03-03 for 2025-02-24",
        ],
        due=[
            "2025-02-17 harm_log",  # missed, and stays so
            "2025-03-10 harm_log",
            "2025-03-17 harm_log",
            "2025-03-24 harm_log",
            "2025-03-30 routine_visit",  # at least yearly, by risk: half-yearly for medium (XX)
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
        ],
    ),
    Case(
        council="oldham",
        service_type=ServiceType.home_care,
        contract=("2025-02-24", None, None),
        bands={"risk": "high"},
        done=[
            "rag_call 2025-03-06",
            "improvement_visit 2025-02-14",
            "harm_log 2025-03-03",  # on its Monday: for the week that began on 24 February
            "harm_log 2025-03-11",  # a day after its Monday, and it does not say for which: for this week
        ],
        due=[
            "2025-03-10 harm_log",
            "2025-03-13 rag_call",  # red: weekly (XX)
            "2025-03-14 improvement_visit",  # stepped up: monthly (XX)
            "2025-03-24 harm_log",
            "2025-07-14 kpi_return",  # the quarter of April; it came in the middle of the one before
            "2026-02-24 continuity_plan",  # HA 3.104: a first check within a year
        ],
    ),
    Case(
        council="oldham",
        service_type=ServiceType.supported_living,
        contract=("2024-12-16", None, None),
        bands={"risk": "low"},
        done=[
            "supported_living_return 2025-03-05 for 2025-01-01",
            *[
                f"harm_log 2025-03-10 for {week}"
                for week in (
                    "2025-01-06",
                    "2025-01-13",
                    "2025-01-20",
                    "2025-01-27",
                    "2025-02-03",
                    "2025-02-10",
                    "2025-02-17",
                    "2025-02-24",
                    "2025-03-03",
                )
            ],
        ],
        due=[
            "2025-03-17 harm_log",
            "2025-03-24 harm_log",
            "2025-07-14 supported_living_return",  # quarterly, ten working days after it (XX)
            "2025-12-16 continuity_plan",  # HA 3.104: a first check within a year
        ],
    ),
    # --- Salford: by threshold; returns of every kind; a contact half-way through each contract ---
    Case(
        council="salford",
        service_type=ServiceType.care_home,
        bands={"threshold": "level_3"},
        done=["quality_assessment 2024-10-31 = poor", "performance_return 2025-02-14 for 2025-01-01"],
        of_provider=["risk_self_assessment 2025-02-10"],
        due=[
            "2025-03-14 performance_return",  # SA 3.2.1: February's, ten working days after it (XX)
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-04-14 outcomes_return",
            "2025-04-14 performance_return",
            "2025-04-14 quality_return",
            "2025-04-14 sustainability_return",
            "2025-04-30 quality_assessment",  # SA 2.5: high priority, six months (XX)
            "2025-05-15 performance_return",  # April's: 5 May is a bank holiday
            "2025-07-14 outcomes_return",
            "2025-07-14 quality_return",
            "2025-07-14 sustainability_return",
            "2025-09-30 minimum_contact",  # SA 3.1.6: mid-term
            "2025-12-31 risk_self_assessment",  # SA 3.1.4: twice a year
            "2026-01-15 insurance_return",
            "2026-01-15 social_value_return",
            "2027-01-15 insurance_return",
            "2027-01-15 social_value_return",
        ],
    ),
    Case(
        council="salford",
        service_type=ServiceType.home_care,
        contract=("2023-10-02", "2026-03-31", "2024-12-30"),
        bands={"threshold": "level_1"},
        done=[
            "quality_assessment 2024-02-29 = good",
            "performance_return 2025-02-14 for 2025-01-01",
            "performance_return 2025-03-07 for 2025-02-01",
            "quality_return 2025-03-11",
            "outcomes_return 2025-03-11",
            "sustainability_return 2025-03-11",
        ],
        of_provider=["insurance_return 2025-01-20 for 2025-01-01", "social_value_return 2025-01-20"],
        due=[
            "2024-10-02 continuity_plan",  # HA 3.104: a first check within a year
            "2024-12-30 minimum_contact",  # SA 3.1.6: nobody made it
            "2025-04-14 performance_return",
            "2025-05-15 performance_return",
            "2025-06-30 risk_self_assessment",
            "2025-07-14 outcomes_return",
            "2025-07-14 quality_return",
            "2025-07-14 sustainability_return",
            "2025-08-29 quality_assessment",  # SA 2.5: low priority, eighteen months (XX)
            "2025-12-31 risk_self_assessment",
            "2027-01-15 insurance_return",
            "2027-01-15 social_value_return",
        ],
    ),
    Case(
        council="salford",
        service_type=ServiceType.supported_living,
        contract=("2024-04-01", "2026-03-31", "2025-03-31"),
        bands={"threshold": "level_2"},
        done=[
            "performance_return 2025-02-03 for 2025-01-01",
            "performance_return 2025-03-03 for 2025-02-01",
            "performance_return 2025-03-12 for 2025-03-01",
        ],
        of_contract=["minimum_contact 2025-03-10"],
        of_provider=["risk_self_assessment 2025-03-10 for 2025-01-01"],
        due=[
            "2025-01-01 quality_assessment",  # SA 2.5: medium, nine months after the contract began (XX)
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-04-14 outcomes_return",
            "2025-04-14 quality_return",
            "2025-04-14 sustainability_return",
            "2025-05-15 performance_return",
            "2025-07-14 outcomes_return",
            "2025-07-14 quality_return",
            "2025-07-14 sustainability_return",
            "2025-12-31 risk_self_assessment",
            "2026-01-15 insurance_return",
            "2026-01-15 social_value_return",
            "2027-01-15 insurance_return",
            "2027-01-15 social_value_return",
        ],
    ),
    # --- Oxfordshire: by the contract's level and colour ---
    Case(
        council="oxfordshire",
        service_type=ServiceType.care_home,
        level=4,
        rag=Rag.red,
        bands={},
        done=["monitoring_visit 2024-11-29", "contract_meeting 2024-10-15"],
        of_contract=["contract_review 2024-12-13"],
        due=[
            "2025-02-28 monitoring_visit",  # OX 16: red, three months (XX)
            "2025-03-13 contract_review",  # OX 19: very high risk, quarterly
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-04-14 provider_return",  # OX 19: quarterly, ten working days after it (XX)
            "2025-04-15 contract_meeting",  # OX 19: half-yearly (XX)
            "2025-07-14 provider_return",
            "2025-12-31 self_assessment",  # OX 19: yearly (XX)
            "2026-12-31 self_assessment",
        ],
    ),
    Case(
        council="oxfordshire",
        service_type=ServiceType.home_care,
        level=3,
        rag=Rag.amber,
        bands={},
        done=["monitoring_visit 2024-12-02", "provider_return 2025-03-10", "self_assessment 2025-02-03"],
        of_contract=["contract_review 2024-06-03"],
        due=[
            "2024-10-01 contract_meeting",  # OX 19: the first, half a year after the contract began (XX)
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-06-02 monitoring_visit",  # OX 16: amber, six months (XX)
            "2025-06-03 contract_review",  # OX 9, OX 19: yearly
            "2025-07-14 provider_return",
            "2026-12-31 self_assessment",
        ],
    ),
    Case(
        council="oxfordshire",
        service_type=ServiceType.supported_living,
        level=3,
        rag=Rag.green,
        bands={},
        done=["monitoring_visit 2024-08-20", "contract_meeting 2024-11-12"],
        of_contract=["contract_review 2024-03-15"],
        due=[
            "2025-03-15 contract_review",  # OX 9, OX 19: yearly, a Saturday
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-04-14 provider_return",
            "2025-05-12 contract_meeting",
            "2025-07-14 provider_return",
            "2025-08-20 monitoring_visit",  # OX 16: yearly (XX)
            "2025-12-31 self_assessment",
            "2026-12-31 self_assessment",
        ],
    ),
    # --- Hampshire: each contract by itself; the rest by colour ---
    Case(
        council="hampshire",
        service_type=ServiceType.care_home,
        bands={"rag": "red"},
        done=["rag_evaluation 2025-02-14", "quality_visit 2025-02-19"],
        of_contract=["due_diligence 2024-03-18", "contract_monitoring 2024-09-30"],
        due=[
            "2025-03-14 rag_evaluation",  # HP 9: Red, monthly (XX)
            "2025-03-19 quality_visit",  # HP 9: Red, every four weeks (XX)
            "2025-03-30 contract_monitoring",  # HP 7: half-yearly (XX)
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-06-30 self_assessment",  # HP 10: twice a year, whatever the colour
            "2025-12-31 self_assessment",
        ],
    ),
    Case(
        council="hampshire",
        service_type=ServiceType.home_care,
        contract=("2025-04-01", "2028-03-31", "2026-09-30"),
        bands={"rag": "amber"},
        done=["rag_evaluation 2025-01-31", "quality_visit 2024-12-05"],
        due=[
            "2025-03-05 quality_visit",  # HP 9: Amber, three months (XX)
            "2025-04-01 due_diligence",  # HP 7: before the contract begins
            "2025-04-30 rag_evaluation",  # HP 9: Amber, three months (XX)
            "2025-10-01 contract_monitoring",  # HP 7: half a year after it began (XX)
            "2026-04-01 continuity_plan",  # HA 3.104: a first check within a year
        ],
    ),
    Case(
        council="hampshire",
        service_type=ServiceType.supported_living,
        kind=ContractKind.spot,
        bands={"rag": "green"},
        done=["rag_evaluation 2024-11-11", "self_assessment 2025-03-03"],
        of_contract=["contract_monitoring 2025-01-20"],
        due=[
            "2024-04-01 due_diligence",  # HP 7: never recorded
            "2025-04-01 continuity_plan",  # HA 3.104: a first check within a year
            "2025-05-11 rag_evaluation",  # HP 9: half-yearly (XX)
            "2025-07-20 contract_monitoring",
            "2025-12-31 self_assessment",  # HP 9: a Green asks for it; the one of this half-year is in
        ],
    ),
]


def rules_of(council: str) -> list[Rule]:
    content = read(FRAMEWORKS / "common.toml", FRAMEWORKS / f"{council}.toml")
    names = {row["key"]: row["name"] for row in content.rows["activity_type"].values()}
    clocks = {row["key"]: SimpleNamespace(**row) for row in content.rows["clock"].values()}
    return [
        rule(SimpleNamespace(**row, since=SINCE), names[row["activity"]], clocks.get(row["clock"]))
        for row in content.rows["cadence"].values()
    ]


def history(told: Sequence[str]) -> Iterator[Done]:
    for line in told:
        activity, on, *rest = line.split()
        match rest:
            case ["for", period]:
                yield Done(activity, day(on), period_start=day(period))
            case ["=", outcome]:
                yield Done(activity, day(on), outcome=Outcome(outcome))
            case _:
                yield Done(activity, day(on))


def subjects(case: Case) -> list[Subject]:
    starts_on, ends_on, mid_term_on = (day(each) if each else None for each in case.contract)
    service = Subject(
        kind=CadenceSubject.service,
        id=1,
        service_type=case.service_type,
        contracted=True,
        watched=True,
        bands=case.bands,
        level=case.level,
        rag=case.rag,
        contract_kind=case.kind,
        entered_on=day("2023-04-03"),
        contract_starts_on=starts_on,
        done=list(history(case.done)),
    )
    contract: dict[str, Any] = {"contract_ends_on": ends_on, "mid_term_on": mid_term_on}
    contract["done"] = list(history(case.of_contract))
    provider = {"service_type": None, "bands": {}, "level": None, "done": list(history(case.of_provider))}
    return [
        service,
        replace(service, kind=CadenceSubject.contract, id=2, **contract),
        replace(service, kind=CadenceSubject.provider, id=3, **provider),
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.council} {case.service_type}")
def test_the_diary_says_what_the_paper_says(case: Case) -> None:
    rules = rules_of(case.council)
    told = [each for subject in subjects(case) for each in owed(rules, subject, TODAY, "england-and-wales")]
    assert sorted(f"{each.due_on} {each.activity}" for each in told) == list(case.due)


def test_three_services_of_each_of_five_councils_are_told_of() -> None:
    homes = {ServiceType.care_home, ServiceType.home_care, ServiceType.supported_living}
    councils = {"halton", "oldham", "salford", "oxfordshire", "hampshire"}
    assert {(case.council, case.service_type) for case in CASES} == {
        (each, kind) for each in councils for kind in homes
    }


def test_a_log_is_due_at_five_on_the_office_wall() -> None:
    case = next(each for each in CASES if each.council == "oldham")
    told = owed(rules_of("oldham"), subjects(case)[0], TODAY, "england-and-wales")
    assert {each.due_time for each in told if each.activity == "harm_log"} == {dt.time(17)}
    assert {each.due_time for each in told if each.activity != "harm_log"} == {None}
