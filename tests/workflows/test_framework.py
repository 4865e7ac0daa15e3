"""Loading a framework from its files, and what is refused."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from new_databases import new_database
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

import models
from models.framework import ActivityType, Announcement, Decision, Framework, FrameworkState, RestrictionEffect
from models.ledger import LedgerEntry, LedgerKind
from seed import COMMON, framework_files, framework_names
from workflows import framework
from workflows.access import Role
from workflows.actor import Actor, acting, system
from workflows.framework_files import load
from workflows.framework_reading import Faulty, read
from workflows.gate import Refused

NOW = dt.datetime(2025, 3, 3, 10, tzinfo=dt.UTC)
STRICT = Path(__file__).parents[1] / "samples" / "strict.toml"


@pytest.fixture(scope="module")
def engine(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with new_database(database_url, tmp_path_factory.mktemp("framework")) as url:
        engine = create_engine(url)
        models.Model.metadata.create_all(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection, connection.begin() as transaction:
        joined = Session(connection, join_transaction_mode="create_savepoint")
        with joined as session, acting(system("framework load", NOW)):
            yield session
        transaction.rollback()


# --- what loading does ---


def test_every_framework_that_comes_along_can_be_read() -> None:
    assert framework_names() == ["halton"]
    for name in framework_names():
        read(*framework_files(name))


def test_haltons_framework(session: Session) -> None:
    loaded = load(session, *framework_files("halton"))
    assert (loaded.key, loaded.edition, loaded.state) == ("halton", 1, FrameworkState.in_force)
    assert (loaded.authority, loaded.nation) == ("Halton", "england-and-wales")
    assert (loaded.core_hours_start, loaded.core_hours_end) == (dt.time(9), dt.time(17))
    assert framework.in_force(session) is loaded
    assert sorted(
        (each.name, each.needs_authorisation, each.announcement.value, each.is_assessment, each.clause)
        for each in loaded.activity_types
    ) == [
        ("Focused visit", True, "either", False, "HA QM3; HA 3.30-32"),
        ("Follow-up assessment", False, "either", True, "HA QM1; HA 3.20-26"),
        ("Out-of-hours safe and well visit", False, "unannounced", False, "HA QM4; HA 3.33-35"),
        ("Quality and contract monitoring visit", False, "announced", True, "HA QM1; HA 3.4-17"),
        ("Supported living property visit", False, "announced", False, "HA QM6; HA 3.42"),
        ("Verification visit after a self-assessment", False, "either", False, "HA QM2; HA 3.27-29"),
    ]
    out_of_hours = next(each for each in loaded.activity_types if each.key == "safe_and_well")
    assert out_of_hours.announcement is Announcement.unannounced
    assert (out_of_hours.outside_core_hours, out_of_hours.care_homes_only, out_of_hours.longest_minutes) == (
        True,
        True,
        120,
    )
    assert sorted((each.key.value, each.length, each.unit.value, each.clause) for each in loaded.clocks) == [
        ("complaint_response", 20, "working_days", "XX"),
        ("continuity_check", 12, "months", "HA 3.104"),
        ("direct_payment_check", 12, "months", "HA 3.87"),
        ("enquiry_response", 10, "working_days", "XX"),
        ("feedback_to_manager", 1, "working_days", "HA 3.34"),
        ("placement_host_check", 12, "months", "OL"),
        ("placement_rating_check", 3, "months", "OL"),
        ("regulator_check_valid", 28, "days", "XX"),
        ("remediation_plan", 10, "working_days", "XX"),
        ("suspension_next_steps", 6, "months", "HP 8"),
        ("suspension_review", 28, "days", "HP 8"),
        ("validation_valid", 12, "months", "XX"),
    ]
    assert sorted((each.name, each.needs_agreement, each.clause) for each in loaded.restriction_kinds) == [
        ("Purchase with conditions", True, "HP 8"),
        ("Temporary suspension of purchasing", False, "HA 3.69"),
        ("Voluntary no new purchase", True, "HP 8"),
    ]
    assert sorted((each.event.value, each.effect, each.active, each.clause) for each in loaded.triggers) == [
        ("continuity_not_assured", RestrictionEffect.no_new_purchase, False, "HP 8"),
        ("cqc_inadequate", RestrictionEffect.no_new_purchase, False, "HP 8"),
        ("improvement_plan", None, False, "OL"),
        ("large_scale_enquiry", RestrictionEffect.no_new_purchase, False, "HP 8"),
        ("licence_lost", RestrictionEffect.no_new_purchase, False, "HP 8"),
        ("mdt_considered", None, True, "HA 2.10"),
    ]
    suspending = framework.approver(session, Decision.suspension, RestrictionEffect.voluntary)
    assert (suspending.roles, suspending.clause) == ({Role.head}, "XX")
    convening = framework.approver(session, Decision.convene_mdt)
    assert (convening.roles, convening.clause) == ({Role.head}, "HA 3.62-65")
    authorising = framework.approver(session, Decision.authorise_visit)
    assert (authorising.roles, authorising.clause) == ({Role.head}, "HA 3.30")


def test_a_councils_own_rows_take_the_place_of_common_ones(session: Session) -> None:
    loaded = load(session, COMMON, STRICT)
    assert sorted((each.event.value, each.effect, each.active) for each in loaded.triggers) == [
        ("continuity_not_assured", RestrictionEffect.no_new_purchase, True),
        ("cqc_inadequate", RestrictionEffect.no_new_purchase, True),
        ("improvement_plan", None, False),
        ("large_scale_enquiry", RestrictionEffect.no_new_purchase, True),
        ("licence_lost", RestrictionEffect.no_new_purchase, True),
        ("mdt_considered", None, True),
    ]
    suspending = framework.approver(session, Decision.suspension)
    assert (suspending.roles, suspending.clause) == ({Role.manager, Role.head}, "HP 8")


def test_loading_twice_changes_nothing(session: Session) -> None:
    first = load(session, *framework_files("halton"))
    entries = session.scalar(select(func.count(LedgerEntry.id)))
    session.expire_all()
    assert load(session, *framework_files("halton")) is first
    assert session.scalar(select(func.count(Framework.id))) == 1
    assert session.scalar(select(func.count(LedgerEntry.id))) == entries


def test_changed_content_is_a_new_edition_and_the_old_one_stays(session: Session, tmp_path: Path) -> None:
    first = load(session, COMMON, STRICT)
    old_types = {each.id for each in first.activity_types}
    changed = tmp_path / "strict.toml"
    changed.write_text(STRICT.read_text().replace("longest_minutes = 120", "longest_minutes = 90"))
    second = load(session, COMMON, changed)
    session.expire_all()
    assert (first.state, first.edition) == (FrameworkState.retired, 1)
    assert (second.state, second.edition) == (FrameworkState.in_force, 2)
    assert old_types == set(session.scalars(select(ActivityType.id).where(ActivityType.framework_id == first.id)))
    assert {each.longest_minutes for each in second.activity_types} == {None, 90}
    told = session.scalars(select(LedgerEntry).where(LedgerEntry.record_id == second.id)).one()
    assert told.kind is LedgerKind.maintenance
    assert told.actor_role == "framework load"
    assert told.note == "From common.toml, strict.toml."
    assert told.at == NOW
    assert told.changes == {"activity_type safe_and_well longest_minutes": [120, 90]}
    retired = session.scalars(select(LedgerEntry).where(LedgerEntry.record_id == first.id).order_by(LedgerEntry.seq))
    assert [entry.changes.get("state") for entry in retired] == [None, ["in_force", "retired"]]


def test_another_councils_framework_retires_the_one_before(session: Session) -> None:
    first = load(session, *framework_files("halton"))
    second = load(session, COMMON, STRICT)
    assert (first.state, second.state, second.edition) == (FrameworkState.retired, FrameworkState.in_force, 1)


def test_no_person_loads_a_framework(session: Session) -> None:
    with (
        acting(Actor(roles=frozenset({Role.administrator}), now=NOW, person_id=1)),
        pytest.raises(Refused, match="Only a job of the console itself may do maintenance"),
    ):
        load(session, COMMON, STRICT)


# --- what is refused ---

FRAMEWORK = '[framework]\nkey = "own"\ntitle = "Own"\nauthority = "Ownshire"\n'
VISIT = '[[activity_type]]\nkey = "visit"\nname = "Visit"\nclause = "XX"\n'

FAULTS = [
    # the file
    ("= 3", "own.toml: this is not TOML: Invalid statement (at line 1, column 1)."),
    (
        "[[visits]]",
        "own.toml: there is no table “visits”. "
        "Allowed: framework, activity_type, approval_rule, clock, restriction_kind, trigger.",
    ),
    ("[[framework]]", "own.toml, framework: write it as one table, [framework]."),
    ("[clock]", "own.toml, clock: write it as a list of tables, [[clock]]."),
    # the framework's own fields
    (
        "[framework]\ncolour = 1",
        "own.toml, framework: there is no field “colour”. "
        "Allowed: key, title, authority, nation, core_hours_start, core_hours_end.",
    ),
    (
        '[framework]\nnation = "wales"',
        "own.toml, framework: “nation” is 'wales'. Allowed: england-and-wales, scotland, northern-ireland.",
    ),
    (
        '[framework]\ncore_hours_start = "9"',
        "own.toml, framework: “core_hours_start” is '9', and must be a time like 09:00:00 without quotes.",
    ),
    ('[framework]\ntitle = " "', "own.toml, framework: “title” is empty."),
    # its rows
    (
        VISIT + "longest = 120",
        "own.toml, activity_type 1 (visit): there is no field “longest”. Allowed: key, name, purpose, "
        "needs_authorisation, announcement, outside_core_hours, care_homes_only, is_assessment, longest_minutes, "
        "clause.",
    ),
    (
        VISIT + 'announcement = "quietly"',
        "own.toml, activity_type 1 (visit): “announcement” is 'quietly'. Allowed: announced, unannounced, either.",
    ),
    (
        VISIT + "needs_authorisation = 1",
        "own.toml, activity_type 1 (visit): “needs_authorisation” is 1, and must be true or false without quotes.",
    ),
    (
        VISIT + "longest_minutes = true",
        "own.toml, activity_type 1 (visit): “longest_minutes” is True, and must be a whole number without quotes.",
    ),
    (
        VISIT + "longest_minutes = 0",
        "own.toml, activity_type 1 (visit): “longest_minutes” is 0, and must be 1 or more.",
    ),
    (
        VISIT + "purpose = 5",
        "own.toml, activity_type 1 (visit): “purpose” is 5, and must be a text in quotes.",
    ),
    (
        '[[activity_type]]\nkey = "visit"\nname = "Visit"',
        "own.toml, activity_type 1 (visit): “clause” is missing.",
    ),
    (
        '[[activity_type]]\nname = "Visit"\nclause = "XX"',
        "own.toml, activity_type 1: “key” is missing.",
    ),
    (
        VISIT.replace('"XX"', '""'),
        "own.toml, activity_type 1 (visit): “clause” is empty.",
    ),
    (VISIT + VISIT, "own.toml, activity_type: “visit” stands there 2 times. Keep one."),
    (
        '[[clock]]\nkey = "tea_break"\nlength = 1\nunit = "days"\nclause = "XX"',
        "own.toml, clock 1 (tea_break): “key” is 'tea_break'. "
        "Allowed: suspension_review, suspension_next_steps, remediation_plan, feedback_to_manager, "
        "complaint_response, enquiry_response, continuity_check, regulator_check_valid, validation_valid, "
        "placement_rating_check, placement_host_check, direct_payment_check.",
    ),
    (
        '[[clock]]\nkey = "suspension_review"\nlength = 1\nunit = "hours"\nclause = "XX"',
        "own.toml, clock 1 (suspension_review): “unit” is 'hours'. Allowed: days, working_days, weeks, months.",
    ),
    (
        '[[trigger]]\nevent = "flood"\nclause = "XX"',
        "own.toml, trigger 1 (flood): “event” is 'flood'. "
        "Allowed: cqc_inadequate, mdt_considered, improvement_plan, large_scale_enquiry, licence_lost, "
        "continuity_not_assured.",
    ),
    (
        '[[trigger]]\nevent = "cqc_inadequate"\nactive = true\nclause = "XX"',
        "own.toml, trigger 1 (cqc_inadequate): “effect” is missing: what restriction is drafted. "
        "Allowed: with_conditions, voluntary, no_new_purchase.",
    ),
    (
        '[[trigger]]\nevent = "mdt_considered"\neffect = "voluntary"\nclause = "XX"',
        "own.toml, trigger 1 (mdt_considered): this restricts nothing, so leave out “effect”.",
    ),
    (
        '[[restriction_kind]]\neffect = "closed"\nname = "Closed"\nclause = "XX"',
        "own.toml, restriction_kind 1 (closed): “effect” is 'closed'. "
        "Allowed: with_conditions, voluntary, no_new_purchase.",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nrole = "officer"\nclause = "XX"',
        "own.toml, approval_rule 1 (suspension): “role” is 'officer'. "
        "Allowed: manager, head (it means that role and those above it).",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nclause = "XX"',
        "own.toml, approval_rule 1 (suspension): name either “role” or “group_name”, whoever decides.",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nrole = "head"\ngroup_name = "Board"\nclause = "XX"',
        "own.toml, approval_rule 1 (suspension): name either “role” or “group_name”, whoever decides.",
    ),
    (
        '[[approval_rule]]\ndecision = "authorise_visit"\neffect = "voluntary"\nrole = "head"\nclause = "XX"',
        "own.toml, approval_rule 1 (authorise_visit voluntary): only the rules for “suspension” have an “effect”.",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nrole = "head"\nclause = "XX"\n' * 2,
        "own.toml, approval_rule: “suspension” stands there 2 times. Keep one.",
    ),
    # what is not said
    (FRAMEWORK, "own.toml, activity_type: no row says what visits the council makes. The console needs one."),
    (VISIT + FRAMEWORK.replace('title = "Own"\n', ""), "own.toml, framework: “title” is missing."),
    (
        VISIT + FRAMEWORK + "core_hours_end = 08:30:00",
        "own.toml, framework: core hours end at 08:30, before they start at 09:00.",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), FAULTS, ids=[sentence[:60] for _, sentence in FAULTS])
def test_each_fault_is_told_in_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(Faulty) as refused:
        read(COMMON, own)
    assert refused.value.faults == [sentence]


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(VISIT + 'longest_minutes = "long"\nannouncement = "quietly"\n[[visits]]\n')
    with pytest.raises(Faulty) as refused:
        read(COMMON, own)
    assert refused.value.faults == [
        "own.toml: there is no table “visits”. "
        "Allowed: framework, activity_type, approval_rule, clock, restriction_kind, trigger.",
        "own.toml, activity_type 1 (visit): “announcement” is 'quietly'. Allowed: announced, unannounced, either.",
        "own.toml, activity_type 1 (visit): “longest_minutes” is 'long', and must be a whole number without quotes.",
    ]


def test_a_framework_must_say_everything_the_console_asks(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(VISIT + FRAMEWORK + "core_hours_start = 09:00:00\ncore_hours_end = 17:00:00\n")
    with pytest.raises(Faulty) as refused:
        read(own)
    assert refused.value.faults == [
        f"own.toml, {table}: no row says “{word}”. The console needs one."
        for table, word in [
            ("approval_rule", "authorise_visit"),
            ("approval_rule", "suspension"),
            ("approval_rule", "convene_mdt"),
            ("clock", "suspension_review"),
            ("clock", "suspension_next_steps"),
            ("clock", "remediation_plan"),
            ("clock", "feedback_to_manager"),
            ("clock", "complaint_response"),
            ("clock", "enquiry_response"),
            ("clock", "continuity_check"),
            ("clock", "regulator_check_valid"),
            ("clock", "validation_valid"),
            ("clock", "placement_rating_check"),
            ("clock", "placement_host_check"),
            ("clock", "direct_payment_check"),
            ("restriction_kind", "with_conditions"),
            ("restriction_kind", "voluntary"),
            ("restriction_kind", "no_new_purchase"),
        ]
    ]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Faulty) as refused:
        read(COMMON, tmp_path / "nowhere.toml")
    assert refused.value.faults == [f"{tmp_path}/nowhere.toml: this file cannot be read."]


def test_a_faulty_file_writes_nothing(session: Session, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(FRAMEWORK)
    with pytest.raises(Faulty):
        load(session, COMMON, own)
    assert session.scalar(select(func.count(Framework.id))) == 0
