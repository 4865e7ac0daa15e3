"""Loading a framework from its files, and what is refused."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from new_databases import new_database
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

import models
from models.framework import ActivityType, Decision, Framework, FrameworkState, RestrictionEffect
from models.ledger import LedgerEntry, LedgerKind
from seed import COMMON, framework_files, framework_names
from workflows import framework
from workflows.access import Role
from workflows.actor import Actor, acting, system
from workflows.framework_files import content_of, differences, load, text_of
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
    assert framework_names() == ["halton", "hampshire", "oldham", "oxfordshire", "salford"]
    for name in framework_names():
        read(*framework_files(name))


def test_what_stands_in_force_after_loading(session: Session) -> None:
    loaded = load(session, *framework_files("halton"))
    assert (loaded.key, loaded.edition, loaded.state) == ("halton", 1, FrameworkState.in_force)
    assert (loaded.authority, loaded.nation) == ("Halton", "england-and-wales")
    assert (loaded.core_hours_start, loaded.core_hours_end) == (dt.time(9), dt.time(17))
    assert (loaded.weekly_hours, loaded.in_force_from) == (20, dt.date(2025, 3, 3))
    assert framework.in_force(session) is loaded
    suspending = framework.approver(session, Decision.suspension, RestrictionEffect.voluntary)
    assert (suspending.roles, suspending.clause) == ({Role.head}, "XX")


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


def test_a_calendar_rule_counts_from_the_day_on_which_its_period_came_into_force(
    session: Session, tmp_path: Path
) -> None:
    def since(loaded: Framework) -> dict[str, dt.date | None]:
        session.expire_all()
        keys = ("kpi_return", "harm_log", "routine_visit", "quality_dashboard")
        return {each.key: each.since for each in loaded.cadences if each.key in keys}

    first = load(session, *framework_files("oldham"))
    assert since(first) == {
        "kpi_return": dt.date(2025, 3, 3),
        "harm_log": dt.date(2025, 3, 3),
        "routine_visit": None,
        "quality_dashboard": dt.date(2025, 3, 3),
    }
    own = tmp_path / "oldham.toml"
    text = framework_files("oldham")[1].read_text()
    changed = text.replace('period = "month"\nwarn = 5', 'period = "quarter"\nwarn = 5')
    own.write_text(changed.replace('name = "Routine monitoring visit"', 'name = "Routine visit"'))
    with acting(system("framework load", dt.datetime(2025, 6, 2, 10, tzinfo=dt.UTC))):
        second = load(session, COMMON, own)
        assert since(second) == {
            "kpi_return": dt.date(2025, 3, 3),
            "harm_log": dt.date(2025, 3, 3),
            "routine_visit": None,
            "quality_dashboard": dt.date(2025, 6, 2),
        }
    with acting(system("framework load", dt.datetime(2025, 7, 1, 10, tzinfo=dt.UTC))):
        other = load(session, *framework_files("salford"))
        session.expire_all()
        assert {each.since for each in other.cadences} == {None, dt.date(2025, 7, 1)}


# --- written out, and compared ---


@pytest.mark.parametrize("name", ["halton", "hampshire", "oldham", "oxfordshire", "salford"])
def test_what_was_loaded_is_written_out_whole_and_loading_that_changes_nothing(
    session: Session, tmp_path: Path, name: str
) -> None:
    loaded = load(session, *framework_files(name))
    session.expire_all()
    own = tmp_path / "own.toml"
    own.write_text(text_of(content_of(loaded)))
    assert read(own) == read(*framework_files(name))
    assert load(session, COMMON, own) is loaded
    assert text_of(read(own)) == own.read_text()


def test_a_row_as_it_is_written_out(session: Session) -> None:
    text = text_of(content_of(load(session, COMMON, STRICT)))
    assert text.startswith('whole = true\n\n[framework]\nkey = "strict"\ntitle = "Strict framework"\n')
    assert (
        '[[clock]]\nkey = "harm_log"\nlength = 1\nunit = "weekdays"\nweekday = "monday"\nat = 17:00:00\n'
        'warn = 1\nescalates_to = "manager"\nescalates_after = 1\nclause = "OL app. 1"\nnote = ""\n'
    ) in text


def test_a_whole_file_stands_alone(session: Session, tmp_path: Path) -> None:
    """A row that a Manager took out stays out, though the common file has it."""
    own = tmp_path / "own.toml"
    text = text_of(content_of(load(session, COMMON, STRICT)))
    begins, ends = text.index('[[notice_reason]]\nkey = "closure"'), text.index('[[retention]]\nrecord = "visit"')
    own.write_text(text[:begins] + text[ends:])
    assert "closure" not in read(COMMON, own).rows["notice_reason"]
    own.write_text(own.read_text().replace("whole = true", "whole = false"))
    assert "closure" in read(COMMON, own).rows["notice_reason"]


def test_what_two_frameworks_say_differently(tmp_path: Path) -> None:
    changed = tmp_path / "strict.toml"
    text = STRICT.read_text().replace("longest_minutes = 120", "longest_minutes = 90")
    text = text.replace('title = "Strict framework"', 'title = "Stricter framework"')
    own_kind = '[[activity_type]]\nkey = "night"\nname = "Night visit"\nclause = "XX"\n'
    changed.write_text(text.replace('key = "monitoring"', 'key = "watching"') + own_kind)
    found = list(differences(read(COMMON, STRICT), read(COMMON, changed)))
    assert [(each.row, each.field) for each in found] == [
        ("framework", "title"),
        ("activity_type monitoring", None),
        ("activity_type safe_and_well", "longest_minutes"),
        ("activity_type watching", None),
        ("activity_type night", None),
    ]
    assert (found[0].before, found[0].after) == ("Strict framework", "Stricter framework")
    assert (found[2].before, found[2].after) == (120, 90)
    assert [each.before is None for each in found] == [False, False, False, True, True]


# --- what is refused ---

FRAMEWORK = '[framework]\nkey = "own"\ntitle = "Own"\nauthority = "Ownshire"\n'
VISIT = '[[activity_type]]\nkey = "visit"\nname = "Visit"\nclause = "XX"\n'
CADENCE = '[[cadence]]\nkey = "rule"\nactivity = "visit"\nclause = "XX"\nnote = "Why."\n'
EVERY = CADENCE + 'unit = "weeks"\n'
LOW = (
    '[[scheme]]\nkey = "risk"\nname = "Risk"\nclause = "XX"\n'
    '[[band]]\nscheme = "risk"\nkey = "low"\nname = "Low"\nposition = 1\nclause = "XX"\n'
)

FAULTS = [
    # the file
    ("= 3", "own.toml: this is not TOML: Invalid statement (at line 1, column 1)."),
    (
        "[[visits]]",
        "own.toml, line 1, visits: there is no such table. "
        "Allowed: framework, term, service_type, activity_type, scheme, band, indicator, group, cadence, clock, "
        "approval_rule, trigger, restriction_kind, notice_reason, retention.",
    ),
    ('whole = "yes"', "own.toml, line 1, whole: “whole” is 'yes', and must be true or false without quotes."),
    ("[[framework]]", "own.toml, line 1, framework: write it as one table, [framework]."),
    ("[clock]", "own.toml, line 1, clock: write it as a list of tables, [[clock]]."),
    # the framework's own fields
    (
        "[framework]\ncolour = 1",
        "own.toml, line 2, framework: there is no field “colour”. "
        "Allowed: key, title, authority, nation, core_hours_start, core_hours_end, weekly_hours, note.",
    ),
    (
        '[framework]\nnation = "wales"',
        "own.toml, line 2, framework: “nation” is 'wales'. Allowed: england-and-wales, scotland, northern-ireland.",
    ),
    (
        '[framework]\ncore_hours_start = "9"',
        "own.toml, line 2, framework: “core_hours_start” is '9', and must be a time like 09:00:00 without quotes.",
    ),
    ('[framework]\ntitle = " "', "own.toml, line 2, framework: “title” is empty."),
    # its rows
    (
        VISIT + "longest = 120",
        "own.toml, line 5, activity_type 1 (visit): "
        "there is no field “longest”. Allowed: key, name, form, meeting_kind, "
        "purpose, effort_minutes, needs_authorisation, announcement, outside_core_hours, care_homes_only, "
        "is_assessment, longest_minutes, clause, note.",
    ),
    (
        VISIT + 'announcement = "quietly"',
        "own.toml, line 5, activity_type 1 (visit): "
        "“announcement” is 'quietly'. Allowed: announced, unannounced, either.",
    ),
    (
        VISIT + "needs_authorisation = 1",
        "own.toml, line 5, activity_type 1 (visit): "
        "“needs_authorisation” is 1, and must be true or false without quotes.",
    ),
    (
        VISIT + "longest_minutes = true",
        "own.toml, line 5, activity_type 1 (visit): "
        "“longest_minutes” is True, and must be a whole number without quotes.",
    ),
    (
        VISIT + "longest_minutes = 0",
        "own.toml, line 5, activity_type 1 (visit): “longest_minutes” is 0, and must be 1 or more.",
    ),
    (
        VISIT + "purpose = 5",
        "own.toml, line 5, activity_type 1 (visit): “purpose” is 5, and must be a text in quotes.",
    ),
    (
        '[[activity_type]]\nkey = "visit"\nname = "Visit"',
        "own.toml, line 1, activity_type 1 (visit): “clause” is missing.",
    ),
    (
        '[[activity_type]]\nname = "Visit"\nclause = "XX"',
        "own.toml, line 1, activity_type 1: “key” is missing.",
    ),
    (
        VISIT.replace('"XX"', '""'),
        "own.toml, line 4, activity_type 1 (visit): “clause” is empty.",
    ),
    (
        VISIT + VISIT,
        "own.toml, line 5, activity_type 2 (visit): this row stands there already: "
        "own.toml, line 1, activity_type 1 (visit). Keep one.",
    ),
    (
        '[[clock]]\nkey = "tea_break"\nlength = 1\nunit = "days"\nclause = "XX"',
        "own.toml, line 2, clock 1 (tea_break): “key” is 'tea_break'. "
        "Allowed: suspension_review, suspension_next_steps, remediation_plan, feedback_to_manager, "
        "complaint_response, enquiry_response, continuity_check, regulator_check_valid, validation_valid, "
        "placement_rating_check, placement_host_check, direct_payment_check, factual_accuracy, harm_log, "
        "quarterly_return, significant_action.",
    ),
    (
        '[[clock]]\nkey = "suspension_review"\nlength = 1\nunit = "hours"\nclause = "XX"',
        "own.toml, line 4, clock 1 (suspension_review): “unit” is 'hours'. "
        "Allowed: days, working_days, weeks, months, weekdays, quarters.",
    ),
    (
        '[[trigger]]\nevent = "flood"\nclause = "XX"',
        "own.toml, line 2, trigger 1 (flood): “event” is 'flood'. "
        "Allowed: cqc_inadequate, mdt_considered, improvement_plan, large_scale_enquiry, licence_lost, "
        "continuity_not_assured.",
    ),
    (
        '[[trigger]]\nevent = "cqc_inadequate"\nactive = true\nclause = "XX"',
        "own.toml, line 1, trigger 1 (cqc_inadequate): “effect” is missing: what restriction is drafted. "
        "Allowed: with_conditions, voluntary, no_new_purchase.",
    ),
    (
        '[[trigger]]\nevent = "mdt_considered"\neffect = "voluntary"\nclause = "XX"',
        "own.toml, line 3, trigger 1 (mdt_considered): this restricts nothing, so leave out “effect”.",
    ),
    (
        '[[restriction_kind]]\neffect = "closed"\nname = "Closed"\nclause = "XX"',
        "own.toml, line 2, restriction_kind 1 (closed): “effect” is 'closed'. "
        "Allowed: with_conditions, voluntary, no_new_purchase.",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nrole = "officer"\nclause = "XX"',
        "own.toml, line 3, approval_rule 1 (suspension): “role” is 'officer'. "
        "Allowed: manager, head (it means that role and those above it).",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nclause = "XX"',
        "own.toml, line 1, approval_rule 1 (suspension): name either “role” or “group_name”, whoever decides.",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nrole = "head"\ngroup_name = "Board"\nclause = "XX"',
        "own.toml, line 1, approval_rule 1 (suspension): name either “role” or “group_name”, whoever decides.",
    ),
    (
        '[[approval_rule]]\ndecision = "authorise_visit"\neffect = "voluntary"\nrole = "head"\nclause = "XX"',
        "own.toml, line 3, approval_rule 1 (authorise_visit voluntary): "
        "only the rules for “suspension” have an “effect”.",
    ),
    (
        '[[approval_rule]]\ndecision = "suspension"\nrole = "head"\nclause = "XX"\n' * 2,
        "own.toml, line 5, approval_rule 2 (suspension): this row stands there already: "
        "own.toml, line 1, approval_rule 1 (suspension). Keep one.",
    ),
    (
        '[[activity_type]]\nkey = "talk"\nname = "Talk"\nform = "meeting"\nclause = "XX"',
        "own.toml, line 1, activity_type 1 (talk): “meeting_kind” is missing: which kind of meeting it is. "
        "Allowed: mdt, keeping_in_touch, contract_review, group, forum, engagement, safeguarding_unit, healthwatch, "
        "other.",
    ),
    (
        VISIT + 'meeting_kind = "mdt"',
        "own.toml, line 5, activity_type 1 (visit): only a meeting has a “meeting_kind”. Leave it out.",
    ),
    (
        VISIT + 'meeting_kind = "tea"\nform = "meeting"',
        "own.toml, line 5, activity_type 1 (visit): “meeting_kind” is 'tea'. "
        "Allowed: mdt, keeping_in_touch, contract_review, group, forum, engagement, safeguarding_unit, healthwatch, "
        "other.",
    ),
    (
        VISIT + 'form = "call"\nis_assessment = true',
        "own.toml, line 6, activity_type 1 (visit): only a visit has “is_assessment”. Leave it out.",
    ),
    (
        VISIT + "effort_minutes = 100000",
        "own.toml, line 5, activity_type 1 (visit): “effort_minutes” is 100000, and must be 10000 or less.",
    ),
    # clocks
    (
        '[[clock]]\nkey = "harm_log"\nlength = 1\nunit = "weekdays"\nclause = "XX"',
        "own.toml, line 1, clock 1 (harm_log): “weekday” is missing: which day of the week is counted.",
    ),
    (
        '[[clock]]\nkey = "harm_log"\nlength = 1\nunit = "days"\nweekday = "monday"\nclause = "XX"',
        "own.toml, line 5, clock 1 (harm_log): only a clock in weekdays has a “weekday”. Leave it out.",
    ),
    (
        '[[clock]]\nkey = "harm_log"\nlength = 0\nunit = "days"\nclause = "XX"',
        "own.toml, line 3, clock 1 (harm_log): “length” is 0, and must be 1 or more.",
    ),
    (
        '[[clock]]\nkey = "harm_log"\nlength = 1\nunit = "days"\nescalates_to = "mayor"\nclause = "XX"',
        "own.toml, line 5, clock 1 (harm_log): “escalates_to” is 'mayor'. Allowed: manager, head.",
    ),
    # cadences
    (EVERY, "own.toml, line 1, cadence 1 (rule): “length” is missing: a rule of mode “interval” counts with it."),
    (
        CADENCE + 'mode = "calendar"',
        "own.toml, line 6, cadence 1 (rule): “period” is missing: a rule of mode “calendar” counts with it.",
    ),
    (
        CADENCE + 'mode = "calendar"\nperiod = "week"\nlength = 3',
        "own.toml, line 8, cadence 1 (rule): a rule of mode “calendar” has no “length”. Leave it out.",
    ),
    (
        CADENCE + 'mode = "as_required"\nclock = "harm_log"',
        "own.toml, line 7, cadence 1 (rule): a rule of mode “as_required” has no “clock”. Leave it out.",
    ),
    (
        CADENCE + 'mode = "after"\nlength = 1\nunit = "weeks"',
        "own.toml, line 6, cadence 1 (rule): “other” is missing: a rule of mode “after” counts with it.",
    ),
    (EVERY + "length = 0", "own.toml, line 7, cadence 1 (rule): “length” is 0, and must be 1 or more."),
    (
        CADENCE + 'length = 1\nunit = "weekdays"',
        "own.toml, line 7, cadence 1 (rule): “unit” is 'weekdays'. "
        "Allowed: days, working_days, weeks, months, quarters.",
    ),
    (
        EVERY + 'length = 1\nbands = ["high"]',
        "own.toml, line 1, cadence 1 (rule): “scheme” and “bands” go together. Name both, or neither.",
    ),
    (
        EVERY + 'length = 1\nanchor = "contract_midpoint"',
        "own.toml, line 8, cadence 1 (rule): only a rule for contracts counts from the contract's start or middle.",
    ),
    (
        EVERY + 'length = 1\nsubject = "council"',
        "own.toml, line 1, cadence 1 (rule): what is due for the council itself is due by the calendar, or as "
        "required.",
    ),
    (
        EVERY + "length = 1\nlevels = [1, 6]",
        "own.toml, line 8, cadence 1 (rule): “levels” names 6. Allowed: 1, 2, 3, 4, 5.",
    ),
    (
        EVERY + 'length = 1\nrags = ["amber", "blue"]',
        "own.toml, line 8, cadence 1 (rule): “rags” names 'blue'. Allowed: green, amber, red.",
    ),
    (
        EVERY + "length = 1\noutcomes = []",
        "own.toml, line 8, cadence 1 (rule): “outcomes” is [], and must be a list in brackets that names something.",
    ),
    (
        EVERY + 'length = 1\noutcomes = ["poor", "poor"]',
        "own.toml, line 8, cadence 1 (rule): “outcomes” names something twice. Keep one.",
    ),
    # rows that point to others
    (
        FRAMEWORK + VISIT + CADENCE.replace('"visit"', '"vist"') + 'mode = "as_required"',
        "own.toml, line 11, cadence 1 (rule): “activity” is 'vist', and no activity_type says that. There are: "
        "continuity_plan, visit.",
    ),
    (
        FRAMEWORK + VISIT + EVERY + 'length = 1\nscheme = "risk"\nbands = ["low", "high"]\n' + LOW,
        "own.toml, line 17, cadence 1 (rule): “bands” is 'high', and no band says that. There are: low.",
    ),
    (
        FRAMEWORK + VISIT + LOW + '[[band]]\nscheme = "risk"\nkey = "high"\nname = "High"\nposition = 1\nclause = "XX"',
        "own.toml, line 23, band 2 (risk high): “position” is 1, and so it is already here: "
        "own.toml, line 17, band 1 (risk low).",
    ),
    (
        FRAMEWORK + VISIT + '[[approval_rule]]\ndecision = "suspension"\ngroup_name = "Board"\nclause = "XX"',
        "own.toml, line 11, approval_rule 1 (suspension): “group_name” is 'Board', and no group says that. "
        "There are: -.",
    ),
    (
        '[[group]]\nkey = "board"\nname = "Board"\nband = "low"\nclause = "XX"',
        "own.toml, line 1, group 1 (board): “scheme” and “band” go together. Name both, or neither.",
    ),
    # what is not said
    (FRAMEWORK, "own.toml, activity_type: no row says what visits the council makes. The console needs one."),
    (VISIT + FRAMEWORK.replace('title = "Own"\n', ""), "own.toml, framework: “title” is missing."),
    (
        VISIT + FRAMEWORK + "core_hours_end = 08:30:00",
        "own.toml, line 9, framework: core hours end at 08:30, before they start at 09:00.",
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
        "own.toml, line 7, visits: there is no such table. Allowed: framework, term, service_type, activity_type, "
        "scheme, band, indicator, group, cadence, clock, approval_rule, trigger, restriction_kind, notice_reason, "
        "retention.",
        "own.toml, line 6, activity_type 1 (visit): “announcement” is 'quietly'. "
        "Allowed: announced, unannounced, either.",
        "own.toml, line 5, activity_type 1 (visit): "
        "“longest_minutes” is 'long', and must be a whole number without quotes.",
    ]


def test_a_framework_must_say_everything_the_console_asks(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(VISIT + FRAMEWORK + "core_hours_start = 09:00:00\ncore_hours_end = 17:00:00\n")
    with pytest.raises(Faulty) as refused:
        read(own)
    assert refused.value.faults == [
        f"own.toml, {table}: no row says “{word}”. The console needs one."
        for table, word in [
            ("term", "officer"),
            ("term", "service"),
            ("term", "provider"),
            ("term", "visit"),
            ("term", "assessment"),
            ("term", "suspension"),
            ("term", "plan"),
            ("term", "band"),
            ("term", "meeting"),
            ("term", "mdt"),
            ("term", "harm_log"),
            ("term", "framework"),
            ("approval_rule", "authorise_visit"),
            ("approval_rule", "suspension"),
            ("approval_rule", "convene_mdt"),
            ("approval_rule", "confirm_band"),
            ("approval_rule", "provider_failure"),
            ("approval_rule", "default_notice"),
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
            ("clock", "factual_accuracy"),
            ("clock", "harm_log"),
            ("clock", "quarterly_return"),
            ("clock", "significant_action"),
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
