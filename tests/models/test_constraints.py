"""Every rule of the database, broken once. A rule that has no case here fails the suite until somebody writes it."""

from collections.abc import Iterator
from typing import Any

import pytest
from areas import AREAS
from new_databases import new_database
from sqlalchemy import CheckConstraint, Engine, ForeignKeyConstraint, UniqueConstraint, create_engine, text
from sqlalchemy.exc import IntegrityError

from models import Model

MOMENT, DAY = "2026-03-04 10:00:00+00:00", "2026-03-04"
STAMP = {"version": 1, "created_at": MOMENT}
PERSON = {
    "first_name": "Test", "last_name": "Person", "password": "x", "active": True, "must_change_password": False,
    "session_version": 1, "version": 1,
}  # fmt: skip
REGISTERED = {"regulator": "cqc", "registration_status": "registered", "sector": "Social Care Org"}
REPORT = {"kind": "voluntary", "grounds": "", "evidence": "", "resident_risk": "", "conditions": ""}
DECIDED = {"decided_at": MOMENT, "starts_on": DAY, "next_review_on": DAY}

# A good row of each table, and how a second good row differs from it. The first stands when a case is tried.
GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ab_user": (PERSON | {"username": "one", "email": "1@example.org"}, {"username": "two", "email": "2@example.org"}),
    "agency": (STAMP | {"name": "One", "kind": "council", "active": True}, {"name": "Two"}),
    "framework": (
        STAMP
        | {
            "key": "one", "edition": 1, "title": "One", "authority": "One", "nation": "england-and-wales",
            "state": "in_force", "core_hours_start": "09:00:00", "core_hours_end": "17:00:00", "weekly_hours": 20,
            "in_force_from": "2026-03-04", "note": "",
        },
        {"edition": 2, "state": "draft"},
    ),
    "activity_type": (
        STAMP
        | {
            "framework_id": 1, "key": "one", "name": "One", "purpose": "", "needs_authorisation": False, "clause": "XX",
            "announcement": "either", "outside_core_hours": False, "care_homes_only": False, "is_assessment": False,
            "longest_minutes": 120, "form": "visit", "note": "",
        },
        {"key": "two"},
    ),
    "approval_rule": (
        STAMP | {"framework_id": 1, "decision": "suspension", "role": "head", "clause": "XX", "note": ""},
        {"effect": "voluntary"},
    ),
    "clock": (
        STAMP
        | {
            "framework_id": 1, "key": "suspension_review", "length": 28, "unit": "days", "clause": "XX", "note": "",
            "escalates_after": 0,
        },
        {"key": "remediation_plan"},
    ),
    "restriction_kind": (
        STAMP
        | {
            "framework_id": 1, "effect": "voluntary", "name": "One", "needs_agreement": False, "clause": "XX",
            "note": "",
        },
        {"effect": "no_new_purchase"},
    ),
    "trigger": (
        STAMP
        | {
            "framework_id": 1, "event": "cqc_inadequate", "effect": "no_new_purchase", "active": False, "clause": "XX",
            "note": "",
        },
        {"framework_id": 2},
    ),
    "provider": (STAMP | REGISTERED | {"regulator_id": "1-1", "name": "One", "stub": False}, {"regulator_id": "1-2"}),
    "service": (
        STAMP
        | REGISTERED
        | {
            "regulator_id": "1-1", "provider_id": 1, "name": "One", "service_type": "other", "care_home": False,
            "dormant": False, "register_types": "[]", "activities": "[]", "specialisms": "[]",
            "commissioning": "not_recorded",
        },
        {"regulator_id": "1-2"},
    ),
    "service_part": (STAMP | {"service_id": 1, "name": "One"}, {"name": "Two"}),
    "rating": ({"service_id": 1, "source_key": "one", "is_current": True}, {"source_key": "two", "is_current": False}),
    "register_link": ({"service_id": 1, "kind": "successor", "related_id": "1-1"}, {"related_id": "1-2"}),
    "register_import": (
        STAMP | {"source": "x", "sha256": "x", "added": 0, "changed": 0, "closed": 0, "unreadable": 0},
        {},
    ),
    "contact": (STAMP | {"provider_id": 1, "kind": "office", "post": "One", "phone": "1"}, {}),
    "contact_note": (STAMP | {"provider_id": 1, "at": MOMENT, "channel": "phone", "text": "One"}, {}),
    "visit": (
        STAMP | {"service_id": 1, "activity_type_id": 1, "state": "planned", "reason": "", "tasks": ""},
        {},
    ),
    "visit_report": (
        STAMP | {"visit_id": 1, "number": 1, "findings": "x", "good_practice": "", "concerns": "", "reason": ""},
        {"number": 2, "reason": "x"},
    ),
    "suspension": (STAMP | REPORT | DECIDED | {"provider_id": 1, "state": "in_force"}, {"service_id": 1}),
    "suspension_review": (
        STAMP
        | {"suspension_id": 1, "kind": "review", "on": DAY, "still_needed": True, "risks": "", "next_steps": ""},
        {},
    ),
    "suspension_variation": (
        STAMP
        | {
            "suspension_id": 1, "state": "proposed", "kind": "voluntary", "conditions": "", "reason": "x",
            "old_kind": "voluntary", "old_conditions": "",
        },
        {"state": "refused", "decided_by_id": 1},
    ),
    "letter": (
        STAMP
        | {
            "suspension_id": 1, "provider_id": 1, "kind": "decision", "filename": "x", "content": b"x",
            "sha256": "0" * 64,
        },
        {},
    ),
    "ledger_entry": (
        {
            "record_type": "x", "record_id": 1, "seq": 1, "kind": "created", "changes": "{}", "note": "", "clause": "",
            "actor_role": "x", "at": MOMENT, "previous_hash": "", "hash": "",
        },
        {"seq": 2},
    ),
    "ledger_seal": ({"at": MOMENT, "entries": 0, "last_id": 0, "digest": "", "signature": ""}, {}),
}  # fmt: skip
SECOND = {
    "framework": {"key": "two", "state": "draft"},
    "ab_user": {"username": "second", "email": "second@example.org"},
    "service": {"regulator_id": "1-1002"},
    "provider": {"regulator_id": "1-1002"},
    "service_band": {"scheme": "rag", "state": "proposed", "from_on": None},
    "succession": {
        "predecessor_id": None, "successor_id": None, "predecessor_provider_id": 1, "successor_provider_id": 2,
    },
}  # fmt: skip
"""Rows that others point at, beside the first."""

Case = tuple[str, dict[str, Any]]

CHECKS: dict[str, Case] = {
    "ck_ab_user_agency_or_provider": ("ab_user", {"agency_id": 1, "provider_id": 1}),
    "ck_framework_core_hours_in_order": ("framework", {"core_hours_start": "17:00:00"}),
    "ck_activity_type_longest_is_positive": ("activity_type", {"longest_minutes": 0}),
    "ck_approval_rule_role_or_group": ("approval_rule", {"group_name": "Board"}),
    "ck_trigger_restriction_has_effect": ("trigger", {"effect": None}),
    "ck_clock_length_is_positive": ("clock", {"length": 0}),
    "ck_provider_named_unless_stub": ("provider", {"name": None}),
    "ck_service_beds_not_negative": ("service", {"beds": -1}),
    "ck_service_not_merged_into_itself": ("service", {"merged_into_id": 3}),
    "ck_register_link_service_or_provider": ("register_link", {"provider_id": 1}),
    "ck_contact_reachable": ("contact", {"phone": None}),
    "ck_contact_note_says_something": ("contact_note", {"text": ""}),
    "ck_visit_scheduled_names_officer_and_time": ("visit", {"state": "scheduled", "officer_id": 1}),
    "ck_visit_published_has_moment": ("visit", {"published_at": MOMENT}),
    "ck_visit_written_up_has_begun_and_ended": (
        "visit", {"state": "written_up", "officer_id": 1, "starts_at": MOMENT, "began_at": MOMENT},
    ),
    "ck_visit_ends_after_it_begins": ("visit", {"began_at": MOMENT, "ended_at": "2026-03-04 09:59:59+00:00"}),
    "ck_visit_not_self_authorised": ("visit", {"authorisation_asked_by_id": 1, "authorised_by_id": 1}),
    "ck_visit_report_correction_has_reason": ("visit_report", {"reason": ""}),
    "ck_visit_report_finds_something": ("visit_report", {"findings": ""}),
    "ck_suspension_decided_has_moment": ("suspension", {"state": "declined", "decided_at": None}),
    "ck_suspension_not_self_decided": ("suspension", {"submitted_by_id": 1, "decided_by_id": 1}),
    "ck_suspension_not_self_lifted": ("suspension", {"lift_requested_by_id": 1, "lifted_by_id": 1}),
    "ck_suspension_part_has_service": ("suspension", {"service_id": None, "part_id": 1}),
    "ck_suspension_in_force_has_start_and_review": ("suspension", {"next_review_on": None}),
    "ck_suspension_lifted_has_end": ("suspension", {"ends_on": DAY}),
    "ck_suspension_placed_not_negative": ("suspension", {"number_placed": -1}),
    "ck_suspension_review_review_says_whether_needed": ("suspension_review", {"still_needed": None}),
    "ck_suspension_variation_decided_has_decider": ("suspension_variation", {"decided_by_id": None}),
    "ck_suspension_variation_not_self_decided": ("suspension_variation", {"created_by_id": 1}),
    "ck_letter_sha256_whole": ("letter", {"sha256": "0" * 63}),
}  # fmt: skip

# table: the columns whose words are checked
WORDS = """
ab_user
agency: kind
framework: state
activity_type: announcement
approval_rule: decision effect
clock: key unit
restriction_kind: effect
trigger: event effect
provider: regulator registration_status
service: regulator registration_status service_type commissioning rating
rating: overall safe effective caring responsive well_led
register_link: kind
contact: kind
contact_note: channel
visit: state outcome
suspension: kind state mandatory_ground
suspension_review: kind
suspension_variation: state kind old_kind
letter: kind
ledger_entry: kind"""

# table: the columns that point at a row
POINTERS = """
ab_user: agency_id provider_id created_by_fk changed_by_fk
agency: created_by_id
framework: created_by_id
activity_type: framework_id created_by_id
approval_rule: framework_id created_by_id
clock: framework_id created_by_id
restriction_kind: framework_id created_by_id
trigger: framework_id created_by_id
provider: created_by_id
service: provider_id allocated_officer_id merged_into_id created_by_id
service_part: service_id created_by_id
rating: service_id
register_link: service_id provider_id
register_import: created_by_id
contact: provider_id service_id created_by_id
contact_note: provider_id service_id contact_id created_by_id
visit: service_id activity_type_id officer_id authorisation_asked_by_id authorised_by_id created_by_id
visit_report: visit_id created_by_id
suspension: provider_id service_id part_id submitted_by_id decided_by_id lift_requested_by_id lifted_by_id created_by_id
suspension_review: suspension_id created_by_id
suspension_variation: suspension_id service_id part_id old_service_id old_part_id decided_by_id created_by_id
letter: suspension_id provider_id created_by_id
ledger_entry: actor_id for_id"""

# rule: what makes the second row the same as the first, and what SQLite calls it
ONLY_ONE: dict[str, tuple[str, dict[str, Any], str]] = {
    "uq_ab_user_username": ("ab_user", {"username": "one"}, "ab_user.username"),
    "uq_ab_user_email": ("ab_user", {"email": "1@example.org"}, "ab_user.email"),
    "uq_agency_name": ("agency", {"name": "One"}, "agency.name"),
    "uq_framework_key_edition": ("framework", {"edition": 1}, "framework.key, framework.edition"),
    "uq_framework_one_in_force": ("framework", {"state": "in_force"}, "framework.state"),
    "uq_activity_type_framework_id_key": (
        "activity_type", {"key": "one"}, "activity_type.framework_id, activity_type.key",
    ),
    "uq_approval_rule_one_each": ("approval_rule", {"effect": None}, "index 'uq_approval_rule_one_each'"),
    "uq_clock_framework_id_key": ("clock", {"key": "suspension_review"}, "clock.framework_id, clock.key"),
    "uq_restriction_kind_framework_id_effect": (
        "restriction_kind", {"effect": "voluntary"}, "restriction_kind.framework_id, restriction_kind.effect",
    ),
    "uq_trigger_framework_id_event": ("trigger", {"framework_id": 1}, "trigger.framework_id, trigger.event"),
    "uq_provider_regulator_regulator_id": (
        "provider", {"regulator_id": "1-1"}, "provider.regulator, provider.regulator_id",
    ),
    "uq_service_regulator_regulator_id": (
        "service", {"regulator_id": "1-1"}, "service.regulator, service.regulator_id",
    ),
    "uq_service_part_service_id_name": ("service_part", {"name": "One"}, "service_part.service_id, service_part.name"),
    "uq_rating_service_id_source_key": ("rating", {"source_key": "one"}, "rating.service_id, rating.source_key"),
    "uq_rating_one_current": ("rating", {"is_current": True}, "rating.service_id"),
    "uq_register_link_once": ("register_link", {"related_id": "1-1"}, "index 'uq_register_link_once'"),
    "uq_visit_report_visit_id_number": ("visit_report", {"number": 1}, "visit_report.visit_id, visit_report.number"),
    "uq_suspension_one_in_force": ("suspension", {"service_id": None}, "index 'uq_suspension_one_in_force'"),
    "uq_suspension_variation_one_proposed": (
        "suspension_variation", {"state": "proposed", "decided_by_id": None}, "suspension_variation.suspension_id",
    ),
    "uq_ledger_entry_record_type_record_id_seq": ("ledger_entry", {"seq": 1}, "ledger_entry is append-only"),
}  # fmt: skip

UNHEARD = "unheard of"
NOWHERE = 4711


def listed(table: str) -> list[tuple[str, str]]:
    """(table, column) of a list above."""
    lines = [line.partition(":") for line in table.split("\n") if line]
    return [(name, column) for name, _colon, columns in lines for column in columns.split()]


for area in AREAS.values():
    GOOD |= area.good or {}
    CHECKS |= area.checks or {}
    ONLY_ONE |= area.only_one or {}
    WORDS += "\n" + area.words.strip()
    POINTERS += "\n" + area.pointers.strip()

BESIDES: dict[tuple[str, str], dict[str, Any]] = {
    ("visit", "state"): {"officer_id": 1, "starts_at": MOMENT},
    ("suspension_review", "kind"): {"still_needed": None},
    ("register_link", "provider_id"): {"service_id": None},
}
"""What must change beside a column, or another rule would be broken too."""
for area in AREAS.values():
    BESIDES |= area.besides or {}

CHECKS |= {
    f"ck_{table}_{column}_known": (table, {column: UNHEARD} | BESIDES.get((table, column), {}))
    for table, column in listed(WORDS)
}


@pytest.fixture(scope="module")
def engine(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with one good row in each table."""
    with new_database(database_url, tmp_path_factory.mktemp("constraints")) as url:
        engine = create_engine(url)
        Model.metadata.create_all(engine)
        with engine.begin() as connection:
            for table, (row, _differs) in GOOD.items():
                add(connection, table, row | {"id": 1})
                if table in SECOND:
                    add(connection, table, row | SECOND[table] | {"id": 2})
        yield engine
        engine.dispose()


def add(connection: Any, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    connection.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(f":{name}" for name in row)})'), row)


def told(engine: Engine, table: str, breaks: dict[str, Any]) -> str:
    """What the database says to the second row with this change."""
    row, differs = GOOD[table]
    with pytest.raises(IntegrityError) as error, engine.begin() as connection:
        add(connection, table, row | differs | breaks | {"id": 3})
    return str(error.value.orig)


@pytest.mark.parametrize("table", GOOD)
def test_the_second_row_is_good_as_it_stands(engine: Engine, table: str) -> None:
    """So each case below breaks its own rule and no other."""
    row, differs = GOOD[table]
    with engine.connect() as connection:
        add(connection, table, row | differs | {"id": 3})


@pytest.mark.parametrize("rule", CHECKS)
def test_the_database_checks(engine: Engine, rule: str) -> None:
    sentence = told(engine, *CHECKS[rule])
    if engine.dialect.name == "sqlite":
        assert sentence == f"CHECK constraint failed: {rule}"
    else:
        assert f'violates check constraint "{rule}"' in sentence


@pytest.mark.parametrize("rule", ONLY_ONE)
def test_the_database_takes_only_one(engine: Engine, rule: str) -> None:
    table, breaks, known_as = ONLY_ONE[rule]
    sentence = told(engine, table, breaks)
    if engine.dialect.name == "sqlite":
        assert sentence in (f"UNIQUE constraint failed: {known_as}", known_as)
    else:
        assert f'duplicate key value violates unique constraint "{rule}"' in sentence


@pytest.mark.parametrize(("table", "column"), listed(POINTERS))
def test_the_database_points_at_nothing_that_is_not_there(engine: Engine, table: str, column: str) -> None:
    *_framework, last = column.split("+")
    nowhere = NOWHERE if last == column else UNHEARD
    sentence = told(engine, table, {last: nowhere} | BESIDES.get((table, last), {}))
    if engine.dialect.name == "sqlite":
        assert sentence == "FOREIGN KEY constraint failed"
    elif column == "framework_id":  # a row that names others of its framework breaks those rules too
        assert f'violates foreign key constraint "fk_{table}_framework_id' in sentence
    else:
        assert f'violates foreign key constraint "fk_{table}_{column.replace("+", "_")}"' in sentence


def ours() -> list[Any]:
    return [table for table in Model.metadata.tables.values() if table.name == "ab_user" or table.name[:3] != "ab_"]


def test_every_table_of_ours_has_a_good_row() -> None:
    assert {table.name for table in ours()} == set(GOOD)


def test_every_check_has_a_case() -> None:
    known = {str(rule.name) for table in ours() for rule in table.constraints if isinstance(rule, CheckConstraint)}
    assert known == set(CHECKS)


def test_every_unique_rule_has_a_case() -> None:
    known = {str(rule.name) for table in ours() for rule in table.constraints if isinstance(rule, UniqueConstraint)}
    known |= {str(index.name) for table in ours() for index in table.indexes if index.unique}
    assert known == set(ONLY_ONE)


def test_every_foreign_key_has_a_case() -> None:
    known = {
        (str(rule.name), table.name, "+".join(rule.column_keys))
        for table in ours()
        for rule in table.constraints
        if isinstance(rule, ForeignKeyConstraint)
    }
    expected = {(f"fk_{table}_{column.replace('+', '_')}", table, column) for table, column in listed(POINTERS)}
    assert known == expected
