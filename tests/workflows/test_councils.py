"""The five councils' frameworks, row by row, as their papers have them (domain section 3 and the papers themselves)."""

import pytest
from world import World, console

from models import db
from models.framework import Cadence, CadenceMode, CadenceSubject, Reach
from models.suspensions import SuspensionState
from seed import framework_files
from workflows import framework as policy
from workflows import suspensions
from workflows.framework_files import load
from workflows.framework_reading import Content, read
from workflows.gate import Refused

SHORT = {
    "care_home_with_nursing": "nursing", "care_home": "home", "home_care": "homecare", "supported_living": "living",
    "extra_care": "extra", "requires_improvement": "RI",
}  # fmt: skip


def words(values: list[str | int]) -> str:
    return "+".join(SHORT.get(str(each), str(each)) for each in values)


def activity(row: dict) -> str:
    marks = [row["form"].value]
    marks += [name for name in ("is_assessment", "needs_authorisation", "outside_core_hours") if row[name]]
    marks += [row["meeting_kind"]] if row["meeting_kind"] else []
    marks += [row["announcement"].value] if row["announcement"].value != "either" else []
    marks += [f"{row['longest_minutes']} minutes"] if row["longest_minutes"] else []
    return f"{row['key']}: {' '.join(marks)} [{row['clause']}]"


def cadence(row: dict) -> str:
    """ "key: what for whom if ..., when [clause]", leaving out what is usual."""
    rule = Cadence(**row)
    for_whom = [] if rule.subject is CadenceSubject.service else [rule.subject.value]
    for_whom += [] if rule.reach is Reach.contracted else [rule.reach.value]
    named = (
        rule.service_types, rule.contract_kinds, rule.ratings, rule.outcomes, rule.bands, rule.levels, rule.rags,
    )  # fmt: skip
    for_whom += [words(each) for each in named if each]
    when = {
        CadenceMode.interval: f"every {rule.length} {rule.unit}",
        CadenceMode.calendar: f"each {rule.period}" + (f" by {rule.clock}" if rule.clock else ""),
        CadenceMode.once: f"once {rule.length} {rule.unit} after {rule.anchor}",
        CadenceMode.after: f"{rule.length} {rule.unit} after {rule.other}",
        CadenceMode.before: f"{rule.length} {rule.unit} before {rule.other}",
        CadenceMode.as_required: "as required",
    }[rule.mode]
    what = "" if rule.key == rule.activity else f"{rule.activity}, "
    return f"{rule.key}: {what}{''.join(f'{each}, ' for each in for_whom)}{when} [{rule.clause}]"


def framework(name: str) -> Content:
    return read(*framework_files(name))


def lines(table: str) -> list[str]:
    return [" ".join(line.split()) for line in table.strip().splitlines()]


ACTIVITIES = {
    "halton": """
        continuity_plan: continuity_plan [HA 3.99; HA 3.104]
        quality_monitoring: visit is_assessment announced [HA QM1; HA 3.4-17]
        follow_up: visit is_assessment [HA QM1; HA 3.20-26]
        self_assessment_verification: visit [HA QM2; HA 3.27-29]
        focused: visit needs_authorisation [HA QM3; HA 3.30-32]
        safe_and_well: visit outside_core_hours unannounced 120 minutes [HA QM4; HA 3.33-35]
        property: visit announced [HA QM6; HA 3.42]
        keeping_in_touch: meeting keeping_in_touch [HA QM5; HA 3.36-40]
        contract_review_supported_living: meeting contract_review [HA QM6; HA 3.41-45]
        contract_review_home_care: meeting contract_review [HA QM7; HA 3.46-49]
        mdt: meeting mdt [HA 2.10-11; HA 3.62-65]
        information_sharing_group: meeting group [HA QM11; HA 3.77-78]
        healthwatch: meeting healthwatch [HA 4.24]
        safeguarding_unit: meeting safeguarding_unit [HA 4.19]
        cqc_engagement: meeting engagement [HA 4.22-23]
        care_home_forum: meeting forum [HA 4.2]
        specialist_forum: meeting forum [HA 4.2]
        self_assessment: self_assessment [HA QM2; HA 3.27-28]
        performance_report: provider_return [HA 3.43-45]
        kpi_report: provider_return [HA 3.46-48]
        call_monitoring_data: provider_return [HA 3.50; HA 3.52]
        call_monitoring: analysis [HA QM8; HA 3.53-56]
        feedback_review: review [HA QM9; HA 3.57-61]
        risk_review: review [HA QM10]
        core_grant_monitoring: review [HA QM12; HA 3.79]
        safeguarding_assurance: review [HA 4.5-18]
        scenario_test: review [HA 3.105]
        dashboard: report [HA 3.107]
        market_position: report [HA 3.101]
    """,
    "oldham": """
        continuity_plan: continuity_plan [HA 3.99; HA 3.104]
        routine_visit: visit [OL Care Homes; OL Extra Care Housing]
        ad_hoc_visit: visit [OL Ad hoc monitoring; OL Ad hoc quality monitoring]
        improvement_visit: visit [OL Escalation Processes]
        operational_group: meeting group [OL Escalation Processes]
        strategic_group: meeting group [OL Escalation Processes]
        supported_living_forum: meeting forum [OL Supported Living]
        provider_meeting: meeting other [OL Escalation Processes]
        mdt: meeting mdt [OL Escalation Processes]
        rag_call: call [OL Care at Home]
        harm_log: provider_return [OL app. 1]
        kpi_return: provider_return [OL Care at Home; OL Extra Care Housing]
        supported_living_return: provider_return [OL Supported Living]
        contract_monitoring: review [OL Non CQC Registered commissioned providers]
        quality_dashboard: report [OL Action Plan]
    """,
    "salford": """
        continuity_plan: continuity_plan [HA 3.99; HA 3.104]
        quality_assessment: visit is_assessment [SA 2.2; SA 3.2.3]
        ad_hoc_visit: visit [SA 3.2.4]
        oversight_group: meeting group [SA 3.1.4; SA 3.3.5-8]
        oversight_board: meeting group [SA 3.3.9-11]
        provider_forum: meeting forum [SA 3.1.4; SA app. 1]
        provider_meeting: meeting other [SA app. 1]
        assessment_plan: report [SA 2.5; SA 3.1.5]
        minimum_contact: call [SA 3.1.6]
        risk_self_assessment: self_assessment [SA 3.1.4]
        quality_return: provider_return [SA 3.2.1]
        performance_return: provider_return [SA 3.2.1]
        sustainability_return: provider_return [SA 3.2.1]
        outcomes_return: provider_return [SA 3.2.1]
        insurance_return: provider_return [SA 3.2.1]
        social_value_return: provider_return [SA 3.2.1]
        assurance_report: report [SA 3.1.8]
    """,
    "oxfordshire": """
        continuity_plan: continuity_plan [HA 3.99; HA 3.104]
        monitoring_visit: visit [OX 14-16]
        sample_visit: visit [OX 19]
        contract_meeting: meeting contract_review [OX 19]
        cqc_link: meeting engagement [OX 17]
        surveillance_group: meeting group [OX Introduction]
        contract_review: review [OX 9; OX 19]
        provider_return: provider_return [OX 19]
        self_assessment: self_assessment [OX 19]
        performance_report: report [OX 9; OX 25]
    """,
    "hampshire": """
        continuity_plan: continuity_plan [HA 3.99; HA 3.104]
        quality_visit: visit [HP 7; HP 9]
        unscheduled_visit: visit [HP 7]
        contract_meeting: meeting contract_review [HP 7]
        due_diligence: review [HP 7]
        contract_monitoring: review [HP 7]
        rag_evaluation: review [HP 7; HP 9]
        record_audit: review [HP 7]
        support_call: call [HP 7]
        kpi_workbook: provider_return [HP 7]
        questionnaire: provider_return [HP 7]
        self_assessment: self_assessment [HP 9; HP 10]
    """,
}


CADENCES = {
    "halton": """
        continuity_plan: provider, once 12 months after entry [HA 3.104]
        quality_monitoring_baseline: quality_monitoring, once 6 months after entry [HA 3.6]
        quality_monitoring: every 12 months [HA QM1]
        quality_monitoring_by_outcome: quality_monitoring, RI+poor, every 9 months [HA QM1; HA 3.2]
        quality_monitoring_medium_risk: quality_monitoring, medium, every 9 months [HA QM1; HA 3.2]
        quality_monitoring_high_risk: quality_monitoring, high, every 6 months [HA QM1; HA 3.2]
        follow_up: RI+poor, 6 months after quality_monitoring [HA 3.20]
        follow_up_again: follow_up, RI+poor, 6 months after follow_up [HA 3.20]
        self_assessment: excellent+good, every 12 months [HA QM2; HA 3.27]
        self_assessment_verification: 1 months after self_assessment [HA 3.29]
        focused: as required [HA QM3]
        safe_and_well: nursing+home, every 12 months [HA QM4; HA 3.33]
        keeping_in_touch: nursing+home, every 1 months [HA QM5; HA 3.36]
        property: living, 1 months before contract_review_supported_living [HA 3.42]
        performance_report: living, 2 weeks before contract_review_supported_living [HA 3.43-44]
        contract_review_supported_living: living, every 3 months [HA QM6; HA 3.41]
        kpi_report: homecare, 2 weeks before contract_review_home_care [HA 3.46]
        contract_review_home_care: homecare, every 3 months [HA QM7; HA 3.46]
        call_monitoring_data: homecare, every 4 weeks [HA 3.50]
        call_monitoring: homecare, every 4 weeks [HA 3.50-56]
        core_grant_monitoring: grant_funded, every 12 months [HA QM12]
        safeguarding_assurance: provider, as required [HA 4.5]
        scenario_test: provider, as required [HA 3.105]
        mdt: as required [HA 2.10; HA 3.63]
        risk_review: council, each day [HA QM10]
        safeguarding_unit: council, each week [HA 4.19]
        feedback_review: council, each month [HA QM9]
        information_sharing_group: council, each month [HA QM11; HA 3.77]
        healthwatch: council, each month [HA 4.24]
        dashboard: council, each month [HA 3.107]
        care_home_forum: council, each quarter [HA 4.2]
        specialist_forum: council, each quarter [HA 4.2]
        cqc_engagement: council, each quarter [HA 4.22]
        market_position: council, each year [HA 3.101]
    """,
    "oldham": """
        continuity_plan: provider, once 12 months after entry [HA 3.104]
        routine_visit: nursing+home+extra, every 12 months [OL Care Homes; OL Extra Care Housing]
        routine_visit_medium_risk: routine_visit, nursing+home+extra, medium, every 6 months \
            [OL Care Homes; OL Extra Care Housing]
        routine_visit_high_risk: routine_visit, nursing+home+extra, high, every 3 months \
            [OL Care Homes; OL Extra Care Housing]
        improvement_visit: high, every 1 months [OL Escalation Processes]
        ad_hoc_visit: watched, as required [OL Ad hoc monitoring; OL CQC registered providers not commissioned]
        rag_call: homecare, framework+other, every 4 weeks [OL Care at Home]
        rag_call_amber: rag_call, homecare, framework+other, medium, every 2 weeks [OL Care at Home]
        rag_call_red: rag_call, homecare, framework+other, high, every 1 weeks [OL Care at Home]
        harm_log: nursing+home+homecare+extra+living, each week by harm_log [OL app. 1]
        kpi_return: homecare+extra, each quarter by quarterly_return [OL Care at Home; OL Extra Care Housing]
        supported_living_return: living, each quarter by quarterly_return [OL Supported Living]
        contract_monitoring: contract, day_service+advice+other, every 12 months \
            [OL Non CQC Registered commissioned providers]
        provider_meeting: watched, as required [OL Escalation Processes]
        mdt: watched, as required [OL Escalation Processes]
        operational_group: council, each month [OL Escalation Processes]
        strategic_group: council, each month [OL Escalation Processes]
        supported_living_forum: council, each quarter [OL Supported Living]
        quality_dashboard: council, each month [OL Action Plan]
    """,
    "salford": """
        continuity_plan: provider, once 12 months after entry [HA 3.104]
        quality_assessment: every 12 months [SA 2.5]
        quality_assessment_level_1: quality_assessment, level_1, every 18 months [SA 2.5; SA app. 1]
        quality_assessment_level_2: quality_assessment, level_2, every 9 months [SA 2.5; SA app. 1]
        quality_assessment_level_3: quality_assessment, level_3, every 6 months [SA 2.5; SA app. 1]
        ad_hoc_visit: watched, as required [SA 3.2.4]
        minimum_contact: contract, once 0 days after contract_midpoint [SA 3.1.6]
        risk_self_assessment: provider, each half_year [SA 3.1.4]
        quality_return: each quarter by quarterly_return [SA 3.2.1]
        performance_return: each month by quarterly_return [SA 3.2.1]
        sustainability_return: each quarter by quarterly_return [SA 3.2.1]
        outcomes_return: each quarter by quarterly_return [SA 3.2.1]
        insurance_return: provider, each year by quarterly_return [SA 3.2.1]
        social_value_return: provider, each year by quarterly_return [SA 3.2.1]
        provider_meeting: as required [SA app. 1]
        assessment_plan: council, each year [SA 2.5]
        oversight_group: council, each month [SA 3.1.4]
        oversight_board: council, each quarter [SA 3.3.9]
        provider_forum: council, each quarter [SA 3.1.4]
        assurance_report: council, each quarter [SA 3.1.8]
    """,
    "oxfordshire": """
        continuity_plan: provider, once 12 months after entry [HA 3.104]
        contract_review: contract, every 12 months [OX 9]
        contract_review_levels_1_2: contract_review, contract, 1+2, every 12 months [OX 19]
        contract_review_levels_3_5: contract_review, contract, 3+4+5, every 12 months [OX 19]
        contract_review_very_high_risk: contract_review, contract, 3+4+5, red, every 3 months [OX 19]
        sample_visit: 1+2, as required [OX 19]
        monitoring_visit: 3+4+5, every 12 months [OX 16; OX 19]
        monitoring_visit_amber: monitoring_visit, 3+4+5, amber, every 6 months [OX 16; OX 19]
        monitoring_visit_red: monitoring_visit, 3+4+5, red, every 3 months [OX 16; OX 19]
        monitoring_visit_watched: monitoring_visit, watched, as required [OX 6; OX 13]
        contract_meeting: 3+4+5, every 6 months [OX 19]
        provider_return: 3+4+5, each quarter by quarterly_return [OX 19]
        self_assessment: 1+2+3+4+5, each year [OX 19]
        cqc_link: council, each quarter [OX 17]
        surveillance_group: council, each quarter [OX Introduction]
        performance_report: council, each quarter [OX 9]
    """,
    "hampshire": """
        continuity_plan: provider, once 12 months after entry [HA 3.104]
        due_diligence: contract, once 0 days after contract_start [HP 7]
        contract_monitoring: contract, every 6 months [HP 7]
        rag_evaluation: every 6 months [HP 7; HP 9]
        rag_evaluation_amber: rag_evaluation, amber, every 3 months [HP 7; HP 9]
        rag_evaluation_red: rag_evaluation, red, every 1 months [HP 7; HP 9]
        quality_visit_amber: quality_visit, amber, every 3 months [HP 9]
        quality_visit_red: quality_visit, red, every 4 weeks [HP 9]
        self_assessment_care_homes: self_assessment, nursing+home, framework, each half_year [HP 10]
        self_assessment_green: self_assessment, green, each half_year [HP 9]
        contract_meeting: as required [HP 7]
        unscheduled_visit: as required [HP 7]
        record_audit: as required [HP 7]
        kpi_workbook: as required [HP 7]
        questionnaire: as required [HP 7]
        support_call: as required [HP 7]
    """,
}

OTHERS = {
    "halton": """
        service types: nursing, home, homecare, living
        bands: risk low, risk medium, risk high
        group: information_sharing_group, meets as information_sharing_group
        group: cqc_engagement, meets as cqc_engagement
        group: healthwatch, meets as healthwatch
        group: safeguarding_unit, meets as safeguarding_unit
        group: care_home_forum, meets as care_home_forum
        group: specialist_forum, meets as specialist_forum
        suspension: head [XX]
        authorise_visit: head [HA 3.30]
        convene_mdt: head [HA 3.64]
        confirm_band: manager [XX]
        provider_failure: head [XX]
        default_notice: head [XX]
        kinds: Temporary suspension of purchasing, Purchase with conditions (agreed), Voluntary no new purchase (agreed)
        triggers: mdt_considered
        indicators: 7 computed, 4 judged
    """,
    "oldham": """
        service types: nursing, home, homecare, extra, living, day_service, advice, other
        bands: risk low, risk medium, risk high
        group: operational_group, watches risk medium, meets as operational_group
        group: strategic_group, watches risk high, meets as strategic_group
        group: supported_living_forum, meets as supported_living_forum
        suspension: Strategic Provider Risk Group [OL Escalation Processes]
        authorise_visit: head [XX]
        convene_mdt: Strategic Provider Risk Group [OL Escalation Processes]
        confirm_band: Operational Provider Risk Group [OL Escalation Processes]
        provider_failure: Strategic Provider Risk Group [OL Escalation Processes]
        default_notice: head [XX]
        kinds: Suspension, Suspension with conditions (agreed), Voluntary suspension (agreed)
        triggers: mdt_considered, improvement_plan
        indicators: 4 computed, 2 judged
    """,
    "salford": """
        service types: nursing, home, homecare, living, extra, day_service, other
        bands: threshold level_1, threshold level_2, threshold level_3
        group: oversight_group, watches threshold level_2, meets as oversight_group
        group: oversight_board, watches threshold level_3, meets as oversight_board
        suspension: Market Oversight Board [SA 3.3.11]
        authorise_visit: head [XX]
        convene_mdt: head [HA 3.62-65]
        confirm_band: Oversight Group [SA 3.3.7-8]
        provider_failure: head [XX]
        default_notice: Market Oversight Board [SA 3.3.11]
        kinds: Placement suspension, Placements with conditions (agreed), Voluntary placement suspension (agreed)
        triggers: mdt_considered
        indicators: 6 computed, 10 judged
    """,
    "oxfordshire": """
        service types: nursing, home, living, homecare, extra, day_service, advice, other
        bands: contract_rag green, contract_rag amber, contract_rag red, monitoring_level level_1, \
            monitoring_level level_2, monitoring_level level_3, monitoring_level level_4, monitoring_level level_5
        group: safeguarding_board
        group: surveillance_group, meets as surveillance_group
        suspension: head [XX]
        authorise_visit: head [XX]
        convene_mdt: head [HA 3.62-65]
        confirm_band: Oxfordshire Safeguarding Adults Board [OX 10]
        provider_failure: head [XX]
        default_notice: head [XX]
        kinds: No new purchase, Purchase with conditions (agreed), Voluntary no new purchase (agreed)
        triggers: mdt_considered
        indicators: 3 computed, 11 judged
    """,
    "hampshire": """
        service types: nursing, home, homecare, living, extra, day_service, other
        bands: rag green, rag amber, rag red
        suspension: manager [HP 8]
        authorise_visit: head [XX]
        convene_mdt: head [HA 3.62-65]
        confirm_band: manager [HP 9]
        provider_failure: head [XX]
        default_notice: head [XX]
        kinds: No New Purchase, Purchase with Conditions (agreed), Voluntary No New Purchase (agreed)
        triggers: cqc_inadequate, large_scale_enquiry, licence_lost, continuity_not_assured, mdt_considered
        indicators: 4 computed, 3 judged
    """,
}


def others(content: Content) -> list[str]:
    rows = {kind: list(found.values()) for kind, found in content.rows.items()}
    told = ["service types: " + ", ".join(words([row["service_type"].value]) for row in rows["service_type"])]
    told += ["bands: " + ", ".join(f"{row['scheme']} {row['key']}" for row in rows["band"])]
    for row in rows["group"]:
        watches = f", watches {row['scheme']} {row['band']}" if row["band"] else ""
        meets = f", meets as {row['activity']}" if row["activity"] else ""
        told.append(f"group: {row['key']}{watches}{meets}")
    for row in rows["approval_rule"]:
        told.append(f"{row['decision'].value}: {row['role'] or row['group_name']} [{row['clause']}]")
    kinds = [row["name"] + (" (agreed)" if row["needs_agreement"] else "") for row in rows["restriction_kind"]]
    told.append("kinds: " + ", ".join(kinds))
    told.append("triggers: " + ", ".join(row["event"].value for row in rows["trigger"] if row["active"]))
    sources = [row["source"].value for row in rows["indicator"]]
    told.append(f"indicators: {sources.count('computed')} computed, {sources.count('judged')} judged")
    return told


COUNCILS = ("halton", "oldham", "salford", "oxfordshire", "hampshire")


@pytest.mark.parametrize("name", COUNCILS)
def test_the_activities_of_a_council(name: str) -> None:
    assert [activity(row) for row in framework(name).rows["activity_type"].values()] == lines(ACTIVITIES[name])


@pytest.mark.parametrize("name", COUNCILS)
def test_when_a_council_has_each_activity_due(name: str) -> None:
    assert [cadence(row) for row in framework(name).rows["cadence"].values()] == lines(CADENCES[name])


@pytest.mark.parametrize("name", COUNCILS)
def test_who_decides_under_a_council_and_what_it_watches(name: str) -> None:
    assert others(framework(name)) == lines(OTHERS[name])


CLOCKS = """
    complaint_response 20 working_days [XX]
    continuity_check 12 months [HA 3.104]
    direct_payment_check 12 months [HA 3.87]
    enquiry_response 10 working_days [XX]
    factual_accuracy 14 days [HA 3.17]
    feedback_to_manager 1 working_days [HA 3.34]
    harm_log 1 weekdays monday 17:00 [OL app. 1]
    placement_host_check 12 months [OL Out of Borough Checks]
    placement_rating_check 3 months [OL Out of Borough Checks]
    quarterly_return 10 working_days [XX]
    regulator_check_valid 28 days [XX]
    remediation_plan 10 working_days [XX]
    significant_action 3 months [OX 9]
    suspension_next_steps 6 months [HP 8]
    suspension_review 28 days [HP 8]
    validation_valid 12 months [XX]
"""
OWN_CLOCKS = {
    "salford": {
        "placement_rating_check 3 months [OL Out of Borough Checks]": "placement_rating_check 3 months [SA 3.1.7]",
        "placement_host_check 12 months [OL Out of Borough Checks]": "placement_host_check 12 months [SA 3.1.7]",
    },
    "hampshire": {
        "placement_rating_check 3 months [OL Out of Borough Checks]": "placement_rating_check 3 months [HP 7]",
        "suspension_review 28 days [HP 8]": "suspension_review 4 weeks [HP 8]",
        "remediation_plan 10 working_days [XX]": "remediation_plan 10 working_days [HP 8]",
    },
}


@pytest.mark.parametrize("name", COUNCILS)
def test_how_long_each_thing_may_take(name: str) -> None:
    told = []
    for row in framework(name).rows["clock"].values():
        weekday = f" {row['weekday'].value} {row['at']:%H:%M}" if row["weekday"] else ""
        told.append(f"{row['key'].value} {row['length']} {row['unit'].value}{weekday} [{row['clause']}]")
    own = OWN_CLOCKS.get(name, {})
    assert sorted(told) == [own.get(line, line) for line in lines(CLOCKS)]


@pytest.mark.parametrize("name", COUNCILS)
def test_somebody_hears_of_whatever_is_overdue(name: str) -> None:
    """The officer before, a Manager or Head after: of each rule by which something falls due by itself."""
    content = framework(name)
    silent = [
        key
        for key, row in content.rows["cadence"].items()
        if row["mode"] is not CadenceMode.as_required and row["escalates_to"] is None
    ]
    assert silent == []
    quiet = [key for key, row in content.rows["clock"].items() if row["escalates_to"] is None]
    assert sorted(quiet) == ["regulator_check_valid", "validation_valid"]


@pytest.mark.parametrize("name", COUNCILS)
def test_each_row_says_where_it_comes_from(name: str) -> None:
    """A paper's paragraph, or XX with the reason as its note."""
    content = framework(name)
    rows = [(kind, key, row) for kind, found in content.rows.items() for key, row in found.items()]
    assert [(kind, key) for kind, key, row in rows if row["clause"] == "XX" and not row["note"]] == []
    unknown = [(kind, key) for kind, key, row in rows if row["clause"][:3] not in PAPERS]
    assert unknown == []
    assert [key for key, row in content.rows["activity_type"].items() if row["effort_minutes"] is None] == []


PAPERS = ("HA ", "OL ", "SA ", "OX ", "HP ", "XX")
TERMS = {
    "halton": "Quality Assurance Officer, temporary suspension of purchasing, action plan, low-level harm log",
    "oldham": "Contract and Quality Monitoring Officer (CQMO), suspension, improvement plan, Low Level Harm Log",
    "salford": "Market Management officer, placement suspension, service improvement plan, low-level harm log",
    "oxfordshire": "quality and contracts monitoring officer, restriction, action plan, low-level harm log",
    "hampshire": "Provider Quality officer, purchasing restriction, remediation plan, low-level harm log",
}


@pytest.mark.parametrize("name", COUNCILS)
def test_what_a_council_calls_things(name: str) -> None:
    terms = framework(name).rows["term"]
    assert ", ".join(terms[key]["one"] for key in ("officer", "suspension", "plan", "harm_log")) == TERMS[name]


# --- the same restriction under each -----------------------------------------------------------------------------


@pytest.fixture
def under(world: World):
    """The world under a council's framework."""

    def load_it(name: str) -> World:
        with console():
            load(db.session, *framework_files(name))
        db.session.commit()
        return world

    return load_it


@pytest.mark.parametrize(
    ("name", "who", "refused", "group", "review", "kind"),
    [
        ("halton", "head", "manager", None, "2026-04-01", "Temporary suspension of purchasing"),
        ("oldham", "manager", "officer2", "Strategic Provider Risk Group", "2026-04-01", "Suspension"),
        ("salford", "director", "officer2", "Market Oversight Board", "2026-04-01", "Placement suspension"),
        ("oxfordshire", "head", "manager", None, "2026-04-01", "No new purchase"),
        ("hampshire", "manager", "officer2", None, "2026-04-01", "No New Purchase"),
    ],
)
def test_one_restriction_and_who_approves_it(under, name, who, refused, group, review, kind) -> None:
    world = under(name)
    case = world.suspension(state="draft")
    with world.acting("officer") as actor:
        suspensions.WORKFLOW.take("submit", case, actor)
        db.session.commit()
    with world.acting(refused) as actor, pytest.raises(Refused, match="Your role may not do this"):
        suspensions.WORKFLOW.take("approve", case, actor)
    db.session.rollback()
    with world.acting(who) as actor:
        minute = {"decided_on": actor.today, "decision_minute": "March, item 4"}
        suspensions.WORKFLOW.take("approve", case, actor, **(minute if group else {}))
        db.session.commit()
        assert (case.state, case.decided_by_group) == (SuspensionState.in_force, group)
        assert str(case.next_review_on) == review
        assert policy.restriction_kind(db.session, case.kind).name == kind


@pytest.mark.parametrize("name", ["oldham", "salford"])
def test_a_groups_decision_names_its_minute(under, name: str) -> None:
    world = under(name)
    case = world.suspension(state="draft")
    with world.acting("officer") as actor:
        suspensions.WORKFLOW.take("submit", case, actor)
        db.session.commit()
    with world.acting("head") as actor, pytest.raises(Refused, match="Fill in “Date of the group's decision”"):
        suspensions.WORKFLOW.take("approve", case, actor)
