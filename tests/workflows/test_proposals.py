"""Rows of other nations' registers: proposed by an import, decided by a Manager, and kept up to date."""

import csv
import datetime as dt
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from world import NOW, World

from models import db
from models.ledger import LedgerEntry, LedgerKind
from models.providers import Provider, RegisterImport, RegistrationStatus, Regulator, Service, ServiceType
from models.registers import Certainty, ProposalState, RegisterProposal
from seed.cli import kept_models
from workflows import ledger
from workflows.actor import acting, system
from workflows.gate import Refused
from workflows.registers import files, proposals
from workflows.registers.outcome import Outcome

NATIONS = Path(__file__).parents[1] / "samples" / "nations"
S = ProposalState
WALES = {"regulator": Regulator.ciw, "regulator_id": None}


@pytest.fixture
def console(database: None) -> Iterator[None]:
    with acting(system("register import", NOW)):
        yield


def run(name: str | Path, **kw: Any) -> Outcome:
    with acting(system("register import", NOW)):
        [outcome] = files.apply(db.session, files.survey([NATIONS / name]), **kw)
        return outcome


def numbers(outcome: Outcome) -> tuple[int, int, int, int]:
    return len(outcome.added), len(outcome.changed), len(outcome.closed), outcome.unchanged


def every(model: Any, *where: Any) -> list[Any]:
    with acting(system("test", NOW)):
        return list(db.session.scalars(select(model).where(*where).order_by(model.id)))


def row(name: str, number: int = 1) -> RegisterProposal:
    found = every(RegisterProposal, RegisterProposal.name == name, RegisterProposal.number == number)
    assert len(found) == 1
    return found[0]


def home(*rows: dict[str, str]) -> bytes:
    """A file of Scotland's register."""
    columns = (
        "CareService", "Subtype", "ServiceName", "Service_town", "Service_Postcode", "ServiceProvider", "TotalBeds",
        "Last_inspection_Date", "ServiceStatus", "KQ_Setting", "CSNumber", "Address_line_1",
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows({**HERONSBRAE, **each} for each in rows)
    return text.getvalue().encode()


HERONSBRAE = {
    "CareService": "Care Home Service",
    "ServiceName": "Heronsbrae",
    "Service_town": "Kilmarle",
    "Service_Postcode": "ZE99 1CK",
    "ServiceProvider": "Heron Trust",
    "TotalBeds": "20",
    "ServiceStatus": "Active",
}


@pytest.fixture
def tell(database: None, tmp_path: Path) -> Any:
    """Import a file of Scotland's register with these rows."""

    def told(*rows: dict[str, str], **kw: Any) -> Outcome:
        (tmp_path / "scotland.csv").write_bytes(home(*rows))
        return run(tmp_path / "scotland.csv", **kw)

    return told


def take(world: World, step: str, item: RegisterProposal, who: str = "manager", note: str = "", **values: Any) -> None:
    key = item.id
    with world.acting(who) as actor:
        found = db.session.get_one(RegisterProposal, key)
        proposals.WORKFLOW.take(step, found, actor, note=note, **values)
        db.session.commit()


def refused(world: World, step: str, item: RegisterProposal, **values: Any) -> str:
    with pytest.raises(Refused) as refusal:
        take(world, step, item, **values)
    db.session.rollback()
    return refusal.value.sentence


def service_of(key: int) -> Service:
    with acting(system("test", NOW)):
        db.session.expire_all()
        return db.session.get_one(Service, key)


# --- the import ---


@pytest.mark.parametrize(
    ("name", "added", "left_out", "problems"),
    [
        ("scotland.csv", 5, 2, 7),
        ("scotland_drifted.csv", 2, 0, 0),
        ("wales.xlsx", 4, 1, 2),
        ("northern_ireland.xlsx", 6, 2, 3),
    ],
)
def test_each_sample_gives_these_numbers_and_a_second_time_nothing(
    database: None, name: str, added: int, left_out: int, problems: int
) -> None:
    outcome = run(name)
    assert numbers(outcome) == (added, 0, 0, 0)
    assert (sum(outcome.left_out.values()), len(outcome.problems)) == (left_out, problems)
    stood = [(each.id, each.version, each.facts) for each in every(RegisterProposal)]
    assert len(stood) == added

    again = run(name)
    assert numbers(again) == (0, 0, 0, added)
    assert [(each.id, each.version, each.facts) for each in every(RegisterProposal)] == stood
    assert len(every(RegisterImport)) == 1


REAL = {
    "scotland_CI_2024.csv": (211, 189, 0),
    "wales_ciw_20200730_first300.xlsx": (300, 0, 0),
    "ni_rqia_2020.xlsx": (958, 514, 1),
}


@pytest.mark.parametrize("name", REAL)
def test_the_real_registers_give_these_numbers_and_a_second_time_nothing(database: None, name: str) -> None:
    given = os.environ.get("CAREWARD_REGISTER_SAMPLES")
    if not given:
        pytest.skip("CAREWARD_REGISTER_SAMPLES names no folder of real register files; our own samples stand in")
    folder = Path(given) / "nations"
    added, left_out, problems = REAL[name]
    outcome = run(folder / name)
    assert numbers(outcome) == (added, 0, 0, 0)
    assert (sum(outcome.left_out.values()), len(outcome.problems)) == (left_out, problems)
    assert numbers(run(folder / name)) == (0, 0, 0, added)
    assert len(every(RegisterImport)) == 1


def test_an_import_is_one_entry_of_the_history_and_proposals_have_none_of_their_own(database: None) -> None:
    run("wales.xlsx")
    (told,) = every(RegisterImport)
    assert (told.added, told.changed, told.closed, told.unreadable) == (4, 0, 0, 2)
    (entry,) = every(LedgerEntry, LedgerEntry.record_type == "register_import")
    assert entry.kind is LedgerKind.imported
    assert entry.changes == {
        "proposal Plas Quillfeather, LL99 1CK, Care Home Service, Adults With Nursing": [None, "proposed"],
        "proposal Tŷ Larchwood, LL99 1CK, Care Home Service, Adults Without Nursing": [None, "proposed"],
        "proposal The Heronry, LL99 2CK, Care Home Service, Adults Without Nursing": [None, "proposed"],
        "proposal Nightingale at Home, LL99 4CK, Domiciliary Support Service": [None, "proposed"],
    }
    assert every(LedgerEntry, LedgerEntry.record_type == "register_proposal") == []


def test_a_dry_run_tells_the_same_and_writes_nothing(database: None) -> None:
    assert numbers(run("wales.xlsx", dry_run=True)) == (4, 0, 0, 0)
    assert every(RegisterProposal) == every(RegisterImport) == []


def test_a_file_that_is_not_there_is_told(database: None, tmp_path: Path) -> None:
    (problem,) = run(tmp_path / "gone.csv").problems
    assert (problem.place, problem.reason) == ("", "This file cannot be opened: No such file or directory")


def test_nothing_is_matched_by_itself_however_like_it_is(world: World) -> None:
    service = world.service("Plas Quillfeather", postcode="LL99 1CK", beds=34, **WALES)
    key, before = service.id, ledger.plain(service.version)
    run("wales.xlsx")
    found = row("Plas Quillfeather")
    assert (found.state, found.service_id) == (S.proposed, None)
    assert (found.certainty, found.candidates) == (Certainty.exact, [key])
    kept = service_of(key)
    assert (kept.version, kept.town, kept.service_type) == (before, None, ServiceType.other)


def test_services_of_other_regulators_are_no_candidates(world: World) -> None:
    here = world.service("Heronry", postcode="LL99 2CK", regulator=Regulator.none, regulator_id=None).id
    world.service("The Heronry", postcode="LL99 2CK")
    world.service("The Heronry", postcode="LL99 2CK", regulator=Regulator.rqia, regulator_id=None)
    run("wales.xlsx")
    assert row("The Heronry").candidates == [here]


def test_a_service_that_came_later_is_found_at_the_next_import(world: World) -> None:
    run("wales.xlsx")
    assert row("The Heronry").certainty is Certainty.unlike
    late = world.service("The Heronry", postcode="LL99 2CK", **WALES).id
    outcome = run("wales.xlsx")
    assert numbers(outcome) == (0, 1, 0, 3)
    assert outcome.changed[0].changes == {"candidates": [[], [late]]}
    assert (row("The Heronry").certainty, row("The Heronry").candidates) == (Certainty.exact, [late])


def test_units_of_one_home_stay_apart(database: None) -> None:
    run("northern_ireland.xlsx")
    assert [(row("Heron Suites", number).facts["address_line_1"]) for number in (1, 2)] == [
        "Upper Suite",
        "Lower Suite",
    ]
    assert len(every(RegisterProposal, RegisterProposal.name == "Larkfield Care Centre")) == 2


def test_units_are_told_apart_in_whatever_order_a_later_file_has_them(tell: Any) -> None:
    upper, lower = {"Address_line_1": "Upper Suite"}, {"Address_line_1": "Lower Suite", "TotalBeds": "9"}
    tell(upper, lower)
    assert numbers(tell(lower, upper)) == (0, 0, 0, 2)
    outcome = tell({**lower, "TotalBeds": "10"}, upper)
    assert numbers(outcome) == (0, 1, 0, 1)
    assert [(row("Heronsbrae", number).facts["beds"]) for number in (1, 2)] == [20, 10]


def test_a_file_that_is_older_than_one_before_changes_nothing(database: None) -> None:
    run("wales.xlsx")
    with acting(system("test", NOW)):
        with proposals.maintenance("test"):
            for each in db.session.scalars(select(RegisterProposal)):
                each.as_of = dt.date(2021, 1, 31)
            db.session.flush()
        db.session.commit()
    outcome = run("wales.xlsx")
    assert numbers(outcome) == (0, 0, 0, 0)
    assert [each.reason for each in outcome.problems][-1] == (
        "This file is of 30/07/2020, and one of 31/01/2021 was imported before and counts."
    )


def test_an_import_asks_the_database_no_more_for_more_rows(tell: Any) -> None:
    def cost(count: int) -> int:
        statements: list[str] = []
        engine = db.session.get_bind()

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.startswith("SELECT"):
                statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            tell(*({"ServiceName": f"House {number}"} for number in range(count)), dry_run=True)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    assert cost(300) == cost(3) <= 4


# --- match ---


@pytest.fixture
def matched(world: World, tell: Any) -> tuple[RegisterProposal, int]:
    """A row that a Manager matched with a service of which the console knew little."""
    service = world.service(
        "Herons Brae Home",
        postcode="ZE99 1CK",
        phone="0160 000 0001",
        regulator=Regulator.none,
        regulator_id=None,
        care_home=False,
        rating=None,
    )
    key = service.id
    tell({"Last_inspection_Date": "27/03/2024", "KQ_Setting": "4"})
    take(world, "match", row("Heronsbrae"), service_id=key)
    return row("Heronsbrae"), key


def test_a_match_gives_the_service_the_facts_of_the_row_and_leaves_its_name(matched: Any) -> None:
    item, key = matched
    service = service_of(key)
    assert (item.state, item.service_id) == (S.matched, key)
    assert (service.name, service.phone) == ("Herons Brae Home", "0160 000 0001")
    assert (service.regulator, service.service_type, service.care_home) == (
        Regulator.care_inspectorate,
        ServiceType.care_home,
        True,
    )
    assert (service.town, service.postcode, service.beds) == ("Kilmarle", "ZE99 1CK", 20)
    assert service.register_types == ["Care Home Service"]
    assert service.last_inspected_on == dt.date(2024, 3, 27)
    assert service.registration_status is RegistrationStatus.registered


def test_a_match_is_told_in_the_history_of_both(world: World, matched: Any) -> None:
    item, key = matched
    (of_row,) = every(LedgerEntry, LedgerEntry.record_type == "register_proposal")
    assert (of_row.kind, of_row.step, of_row.record_id) == (LedgerKind.step, "match", item.id)
    assert of_row.changes["service_id"] == [None, key]
    assert of_row.clause == "HA 3.80"
    (of_service,) = every(LedgerEntry, LedgerEntry.record_type == "service", LedgerEntry.record_id == key)
    assert of_service.actor_id == world.person("manager").id
    assert of_service.changes == {
        "regulator": ["none", "care_inspectorate"],
        "service_type": ["other", "care_home"],
        "care_home": [False, True],
        "town": [None, "Kilmarle"],
        "beds": [None, 20],
        "register_types": [[], ["Care Home Service"]],
        "last_inspected_on": [None, "2024-03-27"],
    }


def test_the_history_is_whole_after_imports_and_steps(world: World, matched: Any, tell: Any, tmp_path: Path) -> None:
    tell({"TotalBeds": "21"})
    with acting(system("test", NOW)):
        assert list(ledger.verify(db.session, "key", tmp_path / "seals", kept_models())) == []


def test_a_later_file_keeps_a_matched_service_up_to_date(matched: Any, tell: Any) -> None:
    _item, key = matched
    outcome = tell({"TotalBeds": "21", "Last_inspection_Date": "01/02/2025", "KQ_Setting": "3"})
    assert numbers(outcome) == (0, 2, 0, 0)
    assert [(each.record, each.regulator_id, each.changes) for each in outcome.changed] == [
        (
            "proposal",
            "Heronsbrae, ZE99 1CK, Care Home Service",
            {"last_inspected_on": ["2024-03-27", "2025-02-01"], "beds": [20, 21], "grade_setting": [4, 3]},
        ),
        (
            "service",
            "Herons Brae Home",
            {"beds": [20, 21], "last_inspected_on": ["2024-03-27", "2025-02-01"]},
        ),
    ]
    service = service_of(key)
    assert (service.beds, service.last_inspected_on, service.name) == (21, dt.date(2025, 2, 1), "Herons Brae Home")
    assert numbers(tell({"TotalBeds": "21", "Last_inspection_Date": "01/02/2025", "KQ_Setting": "3"})) == (0, 0, 0, 1)


def test_what_a_later_file_no_longer_says_stays_with_the_service(matched: Any, tell: Any) -> None:
    _item, key = matched
    tell({"TotalBeds": "NA", "Service_town": ""})
    assert (service_of(key).beds, service_of(key).town) == (20, "Kilmarle")


def test_a_service_that_the_register_closes_is_told_as_closed(matched: Any, tell: Any) -> None:
    _item, key = matched
    outcome = tell({"ServiceStatus": "Inactive", "Last_inspection_Date": "27/03/2024", "KQ_Setting": "4"})
    assert numbers(outcome) == (0, 0, 2, 0)
    assert service_of(key).registration_status is RegistrationStatus.deregistered


def test_a_row_of_another_regulator_s_service_is_not_matched(world: World, tell: Any) -> None:
    tell({})
    english = world.service("Heronsbrae").id
    assert refused(world, "match", row("Heronsbrae"), service_id=english) == (
        "This service is registered with another regulator, so this row is not about it."
    )


def test_one_service_is_not_two_rows(world: World, tell: Any) -> None:
    service = world.service("Heronsbrae", regulator=Regulator.none, regulator_id=None).id
    tell({}, {"CareService": "Support Service"})
    first, second = every(RegisterProposal)
    take(world, "match", first, service_id=service)
    assert refused(world, "match", second, service_id=service) == (
        "Another row is matched with this service already: Heronsbrae, ZE99 1CK. Reopen that one first."
    )


def test_a_service_with_another_id_is_not_matched(world: World, tell: Any) -> None:
    scottish = {"regulator": Regulator.care_inspectorate}
    one = world.service("Heronsbrae", regulator_id="CS1", **scottish).id
    other = world.service("Heronsbrae", regulator_id="CS2", **scottish).id
    tell({"CSNumber": "CS2"})
    assert row("Heronsbrae").candidates == [other, one]
    assert refused(world, "match", row("Heronsbrae"), service_id=one) == (
        "The register knows this service as CS1, and this row is CS2."
    )
    take(world, "match", row("Heronsbrae"), service_id=other)


def test_a_service_that_is_not_there_is_not_matched(world: World, tell: Any) -> None:
    tell({})
    assert refused(world, "match", row("Heronsbrae"), service_id=999999) == (
        "What you chose is not there, or not yours to see. Choose again."
    )


# --- reopen ---


def test_reopening_a_wrong_match_gives_the_service_back_what_it_had(world: World, matched: Any, tell: Any) -> None:
    _item, key = matched
    tell({"TotalBeds": "21"})
    take(world, "reopen", row("Heronsbrae"), note="It is the house next door.")
    service = service_of(key)
    assert (service.regulator, service.service_type, service.care_home) == (Regulator.none, ServiceType.other, False)
    assert (service.town, service.beds, service.register_types, service.last_inspected_on) == (None, None, [], None)
    assert (service.postcode, service.phone) == ("ZE99 1CK", "0160 000 0001")
    again = row("Heronsbrae")
    assert (again.state, again.service_id, again.before) == (S.proposed, None, {})
    assert numbers(tell({"TotalBeds": "22"})) == (0, 1, 0, 0)
    assert service_of(key).beds is None


def test_what_was_changed_since_by_other_means_is_not_taken_back(world: World, matched: Any) -> None:
    item, key = matched
    with acting(system("test", NOW)), proposals.maintenance("test"):
        db.session.get_one(Service, key).beds = 25
        db.session.commit()
    take(world, "reopen", item, note="Wrong.")
    assert (service_of(key).beds, service_of(key).town) == (25, None)


def test_a_reopened_row_may_be_matched_with_another(world: World, matched: Any) -> None:
    item, _key = matched
    take(world, "reopen", item, note="Wrong.")
    other = world.service("Heronsbrae", regulator=Regulator.none, regulator_id=None).id
    take(world, "match", row("Heronsbrae"), service_id=other)
    assert service_of(other).beds == 20


@pytest.mark.parametrize("step", ["dismiss", "reopen"])
def test_dismissing_and_reopening_give_a_reason(world: World, tell: Any, step: str) -> None:
    tell({})
    if step == "reopen":
        take(world, "dismiss", row("Heronsbrae"), note="Nobody is placed there.")
    assert refused(world, step, row("Heronsbrae"), note=" ") == "Give a reason."


# --- dismiss ---


def test_a_dismissed_row_stays_dismissed(world: World, tell: Any) -> None:
    tell({})
    take(world, "dismiss", row("Heronsbrae"), note="Nobody is placed there.")
    assert numbers(tell({})) == (0, 0, 0, 1)
    assert numbers(tell({"TotalBeds": "21"})) == (0, 1, 0, 0)
    assert (row("Heronsbrae").state, row("Heronsbrae").facts["beds"]) == (S.dismissed, 21)


# --- add ---


def test_a_new_service_comes_with_a_new_provider(world: World, tell: Any) -> None:
    tell({"CSNumber": "CS1"})
    take(world, "add", row("Heronsbrae"), provider_name="Heron Trust")
    item = row("Heronsbrae")
    assert item.state is S.added
    service = service_of(item.service_id or 0)
    assert (service.name, service.regulator, service.regulator_id) == (
        "Heronsbrae",
        Regulator.care_inspectorate,
        "CS1",
    )
    assert (service.beds, service.care_home, service.sector) == (20, True, "Social Care Org")
    with acting(system("test", NOW)):
        assert (service.provider.name, service.provider.regulator, service.provider.stub) == (
            "Heron Trust",
            Regulator.care_inspectorate,
            False,
        )
    made = every(LedgerEntry, LedgerEntry.record_type.in_(("service", "provider")))
    manager = world.person("manager").id
    assert {(each.record_type, each.kind, each.actor_id) for each in made} == {
        ("provider", LedgerKind.created, manager),
        ("service", LedgerKind.created, manager),
    }


def test_a_new_service_of_a_known_provider(world: World, tell: Any) -> None:
    provider = world.provider("Heron Trust", regulator=Regulator.care_inspectorate, regulator_id=None).id
    tell({})
    take(world, "add", row("Heronsbrae"), provider_id=provider)
    assert service_of(row("Heronsbrae").service_id or 0).provider_id == provider


def test_an_added_service_is_kept_up_to_date(world: World, tell: Any) -> None:
    tell({})
    take(world, "add", row("Heronsbrae"), provider_name="Heron Trust")
    assert numbers(tell({})) == (0, 0, 0, 1)
    assert numbers(tell({"TotalBeds": "21"})) == (0, 2, 0, 0)
    assert service_of(row("Heronsbrae").service_id or 0).beds == 21


def test_an_added_service_is_not_reopened_away(world: World, tell: Any) -> None:
    tell({})
    take(world, "add", row("Heronsbrae"), provider_name="Heron Trust")
    assert refused(world, "reopen", row("Heronsbrae"), note="Wrong.") == (
        "It is not in a state in which this can be done: somebody may have moved it on."
    )


def test_a_new_service_needs_a_provider(world: World, tell: Any) -> None:
    tell({})
    assert refused(world, "add", row("Heronsbrae")) == (
        "Choose the provider that runs this service, or give the name of a new one."
    )
    assert every(Service, Service.name == "Heronsbrae") == []


def test_a_known_provider_is_not_made_twice_unless_somebody_says_so(world: World, tell: Any) -> None:
    world.provider("The Heron Trust Limited", regulator=Regulator.care_inspectorate, regulator_id=None)
    tell({})
    assert refused(world, "add", row("Heronsbrae"), provider_name="Heron Trust") == (
        "A provider of this name is known: The Heron Trust Limited. Choose it, or say that this is another one."
    )
    take(world, "add", row("Heronsbrae"), provider_name="Heron Trust", another=True)
    assert len(every(Provider, Provider.name.contains("Heron Trust"))) == 2


def test_a_provider_of_another_register_is_not_taken_for_it(world: World, tell: Any) -> None:
    world.provider("Heron Trust")
    tell({})
    take(world, "add", row("Heronsbrae"), provider_name="Heron Trust")
    assert len(every(Provider, Provider.name == "Heron Trust")) == 2


# --- who ---


def test_nobody_changes_a_row_by_hand(world: World, tell: Any) -> None:
    tell({})
    key = row("Heronsbrae").id
    with world.acting("manager"):
        db.session.get_one(RegisterProposal, key).name = "Another"
        with pytest.raises(Refused) as refusal:
            db.session.flush()
    db.session.rollback()
    assert refusal.value.sentence == "Your role may not add or change this."
