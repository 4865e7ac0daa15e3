"""The import of the CQC register, on samples of our own making and, where there is a folder of them, on real files."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from copy import deepcopy
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from models import Model, db
from models.ledger import LedgerEntry, LedgerKind
from models.providers import (
    Judgement,
    LinkKind,
    Provider,
    Rating,
    RatingValue,
    RegisterImport,
    RegisterLink,
    RegistrationStatus,
    Service,
    ServiceType,
)
from workflows.actor import acting, system
from workflows.registers import files as register_files
from workflows.registers.cqc_files import LocationFacts, Problem, parse
from workflows.registers.outcome import Outcome

SAMPLES = Path(__file__).parents[1] / "samples" / "cqc"
LARKFIELD, PREDECESSOR, ASSESSED, HOME_CARE = "1-30000000001", "1-30000000002", "1-30000000003", "1-30000000004"
DENTIST, MINIMAL, TWO_GROUPS, ODD = "1-30000000005", "1-30000000006", "1-30000000007", "1-30000000008"
GOOD, POOR = RatingValue.good, RatingValue.inadequate
NEEDS = RatingValue.requires_improvement


@pytest.fixture
def register(database: None) -> Iterator[None]:
    """The import's own actor at work, in a database that holds nothing of the register's."""
    with acting(system("register import", dt.datetime(2025, 9, 1, 12, tzinfo=dt.UTC))):
        yield


# The database under test begins with one provider, and with the history of its framework.
OURS: dict[type[Any], tuple[Any, ...]] = {
    Provider: (Provider.regulator_id != "1-700000001",),
    LedgerEntry: (LedgerEntry.kind == LedgerKind.imported,),
}


def run(*paths: Path, **options: Any) -> list[Outcome]:
    files, problems = register_files.find(paths)
    assert problems == []
    return list(register_files.apply(db.session, register_files.survey(files), **options))


def totals(outcomes: list[Outcome]) -> tuple[int, int, int]:
    return (
        sum(len(each.added) for each in outcomes),
        sum(len(each.changed) for each in outcomes),
        sum(len(each.closed) for each in outcomes),
    )


def count(model: type[Any], *where: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(*where, *OURS.get(model, ()))))


def service(regulator_id: str) -> Any:
    return db.session.scalars(select(Service).where(Service.regulator_id == regulator_id)).one()


def provider(regulator_id: str) -> Any:
    return db.session.scalars(select(Provider).where(Provider.regulator_id == regulator_id)).one()


def sample(regulator_id: str = LARKFIELD) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / f"location_details/location_{regulator_id}.json").read_bytes())
    return loaded


def facts(document: dict[str, Any]) -> LocationFacts:
    found = parse("a.json", json.dumps(document).encode()).facts
    assert isinstance(found, LocationFacts)
    return found


def problems(document: Any) -> list[tuple[str, str]]:
    return [(each.place, each.reason) for each in parse("a.json", json.dumps(document).encode()).problems]


def inspected(rating: str, on: str, report: str = "aaaaaaaa-0001-4000-8000-000000000009") -> dict[str, Any]:
    return {"overall": {"rating": rating, "reportDate": on, "reportLinkId": report}}


def assessed(rating: str, on: str, group: str = "Care Homes", status: str = "Current") -> dict[str, Any]:
    entry = {"assessmentPlanId": "AP9100", "name": group, "rating": rating, "status": status}
    return {"assessmentPlanPublishedDateTime": f"{on} 10:00:00", "ratings": {"asgRatings": [entry]}}


@pytest.fixture
def told(register: None, tmp_path: Path) -> Any:
    """Import documents as files, each under the name of its id."""

    def tell(*documents: dict[str, Any], **options: Any) -> list[Outcome]:
        paths = []
        for document in documents:
            path = tmp_path / f"{document.get('locationId', document.get('providerId', 'list'))}.json"
            path.write_text(json.dumps(document))
            paths.append(path)
        return run(*paths, **options)

    return tell


# --- whole folders ------------------------------------------------------------------------------------------------


def the_folder_gives(folder: Path, numbers: dict[str, int]) -> None:
    outcomes = run(folder)
    assert {
        "added": totals(outcomes)[0],
        "locations": count(Service),
        "social care": count(Service, Service.sector == "Social Care Org"),
        "providers with details": count(Provider, Provider.stub.is_(False)),
        "stubs": count(Provider, Provider.stub),
        "nameless stubs": count(Provider, Provider.stub, Provider.name.is_(None)),
        "unrated": count(Service, Service.rating.is_(None)),
        "links": count(RegisterLink),
        "only listed": len({each for outcome in outcomes for each in outcome.only_listed}),
    } == numbers
    assert totals(outcomes)[1:] == (0, 0)
    imports, entries, ratings = count(RegisterImport), count(LedgerEntry), count(Rating)
    assert imports == entries

    again = run(folder)
    assert totals(again) == (0, 0, 0)
    assert (count(RegisterImport), count(LedgerEntry), count(Rating)) == (imports, entries, ratings)


def test_our_own_samples_give_these_numbers_and_a_second_time_nothing(register: None) -> None:
    the_folder_gives(
        SAMPLES,
        {
            "added": 14,
            "locations": 8,
            "social care": 7,
            "providers with details": 2,
            "stubs": 4,
            "nameless stubs": 3,
            "unrated": 3,
            "links": 4,
            "only listed": 3,
        },
    )


def test_the_real_register_gives_these_numbers_and_a_second_time_nothing(register: None) -> None:
    given = os.environ.get("CAREWARD_REGISTER_SAMPLES")
    if not given:
        pytest.skip("CAREWARD_REGISTER_SAMPLES names no folder of real register files; our own samples stand in")
    the_folder_gives(
        Path(given) / "api",
        {
            "added": 171,
            "locations": 85,
            "social care": 61,
            "providers with details": 12,
            "stubs": 74,
            "nameless stubs": 72,
            "unrated": 27,
            "links": 42,
            "only listed": 372,
        },
    )
    newly_assessed = service("1-5203053560")
    assert newly_assessed.rating == GOOD
    assert newly_assessed.rated_on == dt.date(2024, 9, 17)


PARTS = ("locations.json", "providers.json", "location_details", "provider_details")


@pytest.mark.parametrize("order", [*permutations(PARTS)], ids=lambda order: order[0])
def test_the_order_on_the_command_line_decides_nothing(register: None, order: tuple[str, ...]) -> None:
    outcomes = run(*(SAMPLES / part for part in order))
    assert totals(outcomes) == (14, 0, 0)
    assert provider("1-20000000004").name == "Beacon Home Care Ltd"
    assert not provider("1-20000000001").stub


def test_parts_that_come_in_separate_runs_end_the_same(register: None) -> None:
    outcomes = [run(SAMPLES / part) for part in ("location_details", "provider_details", "providers.json")]
    assert [totals(each) for each in outcomes] == [(13, 0, 0), (1, 1, 0), (0, 1, 0)]
    assert totals(run(SAMPLES)) == (0, 0, 0)


def test_a_dry_run_tells_the_same_and_leaves_nothing(register: None) -> None:
    outcomes = run(SAMPLES, dry_run=True)
    assert totals(outcomes) == (14, 0, 0)
    assert (count(Service), count(Provider), count(RegisterImport), count(LedgerEntry)) == (0, 0, 0, 0)


def test_each_changed_file_has_one_import_and_one_ledger_entry(register: None) -> None:
    run(SAMPLES / "location_details" / f"location_{ODD}.json")
    told = db.session.scalars(select(RegisterImport)).one()
    assert (told.added, told.changed, told.closed, told.unreadable) == (2, 0, 0, 14)
    assert told.source.endswith(f"location_{ODD}.json")
    assert len(told.sha256) == 64
    entry = db.session.scalars(select(LedgerEntry).where(*OURS[LedgerEntry])).one()
    assert (entry.record_type, entry.kind.value, entry.actor_role) == ("register_import", "imported", "register import")
    assert entry.changes == {"provider 1-20000000001": [None, "added"], f"service {ODD}": [None, "added"]}


def test_no_persons_name_is_kept(register: None) -> None:
    run(SAMPLES)
    for table in Model.metadata.sorted_tables:
        rows = db.session.connection().execute(select(table)).all()
        assert "Quillfeather" not in str(rows), table.name


def test_a_file_takes_a_bounded_number_of_statements(register: None) -> None:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "SAVEPOINT" not in statement:  # those are the tests' own
            statements.append(statement)

    path = SAMPLES / "location_details" / f"location_{LARKFIELD}.json"
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        run(path)
        first = len(statements)
        run(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert first <= 38
    assert len(statements) - first <= 16


# --- what becomes of a service ------------------------------------------------------------------------------------


def test_a_service_has_the_registers_facts(register: None) -> None:
    run(SAMPLES)
    home = service(LARKFIELD)
    assert (home.name, home.provider.name, home.town, home.postcode) == (
        "Larkfield House",
        "Larkfield Care Limited",
        "Millbrook",
        "ZZ1 1AA",
    )
    assert (home.registration_status, home.registered_on) == (RegistrationStatus.registered, dt.date(2014, 3, 1))
    assert (home.care_home, home.dormant, home.beds) == (True, False, 34)
    assert (home.manager_in_post, home.manager_absent_since) == (True, None)
    assert home.icb == "NHS Millbrook Vale Integrated Care Board"
    assert home.last_inspected_on == dt.date(2023, 3, 14)
    assert home.specialisms == ["Caring for adults over 65 yrs", "Dementia"]
    assert home.created_at == dt.datetime(2025, 9, 1, 12, tzinfo=dt.UTC)


def test_the_first_of_several_service_types_counts(register: None) -> None:
    run(SAMPLES)
    assert service(LARKFIELD).service_type == ServiceType.care_home_with_nursing
    assert service(LARKFIELD).register_types == ["Care home service with nursing", "Care home service without nursing"]
    assert service(HOME_CARE).service_type == ServiceType.supported_living
    assert service(TWO_GROUPS).service_type == ServiceType.extra_care
    assert service(DENTIST).service_type == ServiceType.other
    assert service(ODD).service_type == ServiceType.care_home


def test_letter_case_decides_nothing(register: None) -> None:
    run(SAMPLES)
    agency = service(HOME_CARE)
    assert (agency.sector, agency.registration_status) == ("Social Care Org", RegistrationStatus.registered)
    assert (agency.rating, agency.rated_on, agency.care_home) == (NEEDS, dt.date(2018, 6, 14), False)
    assert (agency.manager_in_post, agency.manager_absent_since) == (False, dt.date(2025, 1, 28))


def test_what_is_absent_is_empty(register: None) -> None:
    run(SAMPLES)
    agency = service(MINIMAL)
    assert (agency.rating, agency.beds, agency.manager_in_post, agency.website) == (None, None, None, None)
    assert agency.provider.stub


def test_a_deregistered_service_is_kept_with_its_flags(register: None) -> None:
    run(SAMPLES)
    home = service(PREDECESSOR)
    assert (home.registration_status, home.deregistered_on) == (RegistrationStatus.deregistered, dt.date(2014, 2, 28))
    assert (home.dormant, home.manager_in_post) == (True, None)
    assert (home.rating, home.rated_on) == (RatingValue.no_published_rating, None)


def test_two_services_of_one_name_stay_two(register: None) -> None:
    run(SAMPLES)
    assert count(Service, Service.name == "Larkfield House") == 2


def test_links_keep_ids_that_have_no_file(register: None) -> None:
    run(SAMPLES)
    links = {(link.kind, link.related_id, link.reason) for link in service(LARKFIELD).links}
    assert links == {
        (LinkKind.predecessor, "1-30000000002", "New Provider"),
        (LinkKind.predecessor, "1-1999999991", "Location Move"),
    }
    assert [link.related_id for link in provider("1-20000000001").links] == ["1-20000000005"]
    assert count(Service, Service.regulator_id == "1-1999999991") == 0


def test_stubs_carry_the_name_of_the_list_page_and_the_sector_of_their_locations(register: None) -> None:
    run(SAMPLES)
    assert (provider("1-20000000004").name, provider("1-20000000004").stub) == ("Beacon Home Care Ltd", True)
    assert (provider("1-20000000006").name, provider("1-20000000006").sector) == (None, "Primary Dental Care")


def test_ids_that_are_only_listed_are_told_and_not_created(register: None) -> None:
    outcomes = {Path(each.file).name: each.only_listed for each in run(SAMPLES)}
    assert sorted(outcomes["locations.json"]) == ["1-30000000011", "1-30000000012"]
    assert outcomes["providers.json"] == ["1-20000000009"]
    assert count(Provider, Provider.regulator_id == "1-20000000009") == 0


def test_a_sectors_stub_joins_social_care_when_one_of_its_services_does(told: Any) -> None:
    dentist, home = sample(DENTIST), sample()
    home["providerId"] = dentist["providerId"]
    told(dentist)
    assert totals(told(home)) == (1, 1, 0)
    assert provider("1-20000000006").sector == "Social Care Org"
    assert totals(told(dentist, home)) == (0, 0, 0)


def test_a_provider_without_its_name_stays_a_stub(told: Any) -> None:
    told(sample())
    nameless = {"providerId": "1-20000000001", "postalCode": "ZZ1 2BB", "registrationStatus": "Registered"}
    assert totals(told(nameless)) == (0, 1, 0)
    known = provider("1-20000000001")
    assert (known.stub, known.name, known.postcode) == (True, None, "ZZ1 2BB")
    [outcome] = told(nameless | {"providerId": "1-20000000002"})
    assert [each.place for each in outcome.problems] == ["name"]


def test_a_change_is_told_field_by_field(told: Any) -> None:
    told(sample())
    [outcome] = told(sample() | {"name": "Larkfield Lodge", "numberOfBeds": 30})
    assert [(each.record, each.regulator_id) for each in outcome.changed] == [("service", LARKFIELD)]
    assert outcome.changed[0].changes == {"name": ["Larkfield House", "Larkfield Lodge"], "beds": [34, 30]}
    entry = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
    assert entry.changes == {
        f"service {LARKFIELD} name": ["Larkfield House", "Larkfield Lodge"],
        f"service {LARKFIELD} beds": [34, 30],
    }


def test_closed_are_those_that_were_registered(told: Any) -> None:
    gone = {"registrationStatus": "Deregistered", "deregistrationDate": "2025-08-01"}
    told(sample())
    assert totals(told(sample() | gone)) == (0, 0, 1)
    assert totals(told(sample() | gone)) == (0, 0, 0)
    assert service(LARKFIELD).deregistered_on == dt.date(2025, 8, 1)
    assert totals(told(sample(ASSESSED) | gone)) == (1, 0, 0)


def test_what_cannot_be_read_leaves_what_is_known(told: Any) -> None:
    told(sample())
    nonsense = {
        "name": 7, "numberOfBeds": "many", "careHome": "maybe", "registrationDate": "soon", "lastInspection": [],
        "gacServiceTypes": "Nursing", "regulatedActivities": True, "currentRatings": 3, "registrationStatus": "Asleep",
    }  # fmt: skip
    [outcome] = told(sample() | nonsense)
    assert totals([outcome]) == (0, 0, 0)
    assert {each.place for each in outcome.problems} == set(nonsense)


def test_a_location_stays_with_its_provider(told: Any) -> None:
    told(sample())
    [outcome] = told(sample() | {"providerId": "1-20000000077"})
    assert totals([outcome]) == (0, 0, 0)
    assert [each.place for each in outcome.problems] == ["providerId"]
    assert service(LARKFIELD).provider.regulator_id == "1-20000000001"
    assert count(Provider) == 1


@pytest.mark.parametrize(("missing", "place"), [("providerId", "providerId"), ("name", "name")])
def test_a_new_location_needs_a_name_and_a_provider(told: Any, missing: str, place: str) -> None:
    document = sample()
    del document[missing]
    [outcome] = told(document)
    assert [each.place for each in outcome.problems] == [place]
    assert (count(Service), count(Provider), count(LedgerEntry)) == (0, 0, 0)


def test_of_two_files_on_one_location_the_later_counts(register: None, tmp_path: Path) -> None:
    old, new = sample(), sample() | {"currentRatings": inspected("Inadequate", "2025-04-01"), "name": "Larkfield"}
    (tmp_path / "z-old.json").write_text(json.dumps(old))
    (tmp_path / "a-new.json").write_text(json.dumps(new))
    for expected in [(2, 0, 0), (0, 0, 0)]:
        outcomes = run(tmp_path / "a-new.json", tmp_path / "z-old.json")
        assert totals(outcomes) == expected
        assert (service(LARKFIELD).name, service(LARKFIELD).rating) == ("Larkfield", POOR)
        assert [each.place for outcome in outcomes for each in outcome.problems] == [""]


def test_a_failing_file_takes_back_only_itself(told: Any) -> None:
    def fail(service: Service, before: Judgement | None) -> None:
        raise RuntimeError

    told(sample(), sample(ASSESSED))
    turned = sample(ASSESSED) | {"assessment": [assessed("Inadequate", "2025-08-01")]}
    with pytest.raises(RuntimeError):
        told(sample() | {"name": "Larkfield Lodge"}, turned, on_rating=fail)
    assert service(LARKFIELD).name == "Larkfield Lodge"
    assert service(ASSESSED).rating == NEEDS


# --- ratings ------------------------------------------------------------------------------------------------------


def ratings(regulator_id: str) -> list[tuple[Any, ...]]:
    rows = db.session.scalars(select(Rating).join(Service).where(Service.regulator_id == regulator_id))
    return sorted((str(row.published_on), row.overall, row.is_current) for row in rows)


def test_ratings_are_kept_as_dated_history(register: None) -> None:
    run(SAMPLES)
    assert ratings(LARKFIELD) == [
        ("2016-01-11", POOR, False),
        ("2019-07-17", NEEDS, False),
        ("2023-05-02", GOOD, True),
    ]
    home = service(LARKFIELD)
    assert (home.rating, home.rated_on) == (GOOD, dt.date(2023, 5, 2))
    [current] = [row for row in home.ratings if row.is_current]
    assert (current.safe, current.effective, current.caring, current.responsive, current.well_led) == (
        GOOD,
        GOOD,
        RatingValue.outstanding,
        GOOD,
        GOOD,
    )
    assert current.report_id == "aaaaaaaa-0001-4000-8000-000000000003"


def test_a_newly_assessed_service_has_its_rating_from_the_assessment(register: None) -> None:
    run(SAMPLES)
    home = service(ASSESSED)
    assert (home.rating, home.rated_on) == (NEEDS, dt.date(2024, 11, 19))
    assert ratings(ASSESSED) == [
        ("2020-12-18", GOOD, False),
        ("2024-03-05", POOR, False),
        ("2024-11-19", NEEDS, True),
    ]
    [current] = [row for row in home.ratings if row.is_current]
    assert (current.caring, current.safe, current.well_led) == (GOOD, NEEDS, NEEDS)


def test_of_groups_that_disagree_the_least_favourable_counts_and_is_told(register: None) -> None:
    [outcome] = run(SAMPLES / "location_details" / f"location_{TWO_GROUPS}.json")
    assert [each.place for each in outcome.problems] == ["assessment"]
    assert service(TWO_GROUPS).rating == POOR
    assert ratings(TWO_GROUPS) == [("2025-02-03", GOOD, False), ("2025-02-03", POOR, True)]


def test_an_inherited_rating_says_whose_it_was(register: None) -> None:
    run(SAMPLES)
    rows = {str(row.published_on): row.inherited_from for row in service(HOME_CARE).ratings}
    assert rows == {"2018-06-14": "1-1999999994", "2017-03-11": "1-1999999994"}
    assert {row.inherited_from for row in service(LARKFIELD).ratings} == {None}


def inherits(document: dict[str, Any]) -> Any:
    current = facts(document).current
    assert current is not None
    return current.fields.get("inherited_from")


def test_questions_of_another_report_do_not_make_the_overall_inherited() -> None:
    document = sample()
    report = {"organisationId": "1-1999999994", "reportLinkId": "aaaaaaaa-0001-4000-8000-000000000008"}
    document["currentRatings"]["overall"]["keyQuestionRatings"] = [{"name": "Safe", "rating": "Good"} | report]
    assert inherits(document) is None
    document["currentRatings"]["overall"]["reportLinkId"] = report["reportLinkId"]
    assert inherits(document) == "1-1999999994"


def test_a_rating_that_names_the_location_itself_is_its_own() -> None:
    document = sample()
    document["currentRatings"]["overall"]["organisationId"] = LARKFIELD
    assert inherits(document) is None


@pytest.mark.parametrize("order", [1, -1])
def test_of_one_question_rated_twice_the_less_favourable_counts(register: None, order: int) -> None:
    document = sample()
    twice = [{"name": "Safe", "rating": "Inadequate"}, {"name": "Safe", "rating": "Good"}][::order]
    document["currentRatings"]["overall"]["keyQuestionRatings"] = twice
    current = facts(document).current
    assert current is not None
    assert current.fields["safe"] == POOR
    assert [place for place, _reason in problems(document)] == ["currentRatings.overall.keyQuestionRatings[1].rating"]


def test_the_current_rating_in_the_history_too_is_one_rating(told: Any) -> None:
    document = sample()
    document["historicRatings"].append(
        {
            "reportLinkId": "aaaaaaaa-0001-4000-8000-000000000003",
            "reportDate": "2023-05-02",
            "overall": {"rating": "Good", "keyQuestionRatings": [{"name": "Safe", "rating": "Good"}]},
        }
    )
    told(document)
    assert len(ratings(LARKFIELD)) == 3


def test_a_former_rating_may_stand_again(told: Any) -> None:
    report = "aaaaaaaa-0001-4000-8000-00000000000b"
    told(sample() | {"currentRatings": inspected("Good", "2024-01-01", report)})
    told(sample() | {"currentRatings": inspected("Outstanding", "2025-01-01")})
    told(sample() | {"currentRatings": inspected("Good", "2025-02-01", report)})
    assert (service(LARKFIELD).rating, service(LARKFIELD).rated_on) == (GOOD, dt.date(2025, 2, 1))
    assert [row[2] for row in ratings(LARKFIELD)] == [False, False, False, True]


def test_a_new_rating_makes_the_old_one_history(told: Any) -> None:
    told(sample())
    document = sample() | {"currentRatings": inspected("Requires improvement", "2025-06-30")}
    document["historicRatings"].append(
        {
            "reportLinkId": "aaaaaaaa-0001-4000-8000-000000000003",
            "reportDate": "2023-05-02",
            "overall": {"rating": "Good", "keyQuestionRatings": [{"name": "Safe", "rating": "Good"}]},
        }
    )
    assert totals(told(document)) == (0, 1, 0)
    assert ratings(LARKFIELD) == [
        ("2016-01-11", POOR, False),
        ("2019-07-17", NEEDS, False),
        ("2023-05-02", GOOD, False),
        ("2025-06-30", NEEDS, True),
    ]
    assert (service(LARKFIELD).rating, service(LARKFIELD).rated_on) == (NEEDS, dt.date(2025, 6, 30))
    former = next(row for row in service(LARKFIELD).ratings if row.published_on == dt.date(2023, 5, 2))
    assert former.caring == RatingValue.outstanding
    assert totals(told(document)) == (0, 0, 0)


def test_a_rating_that_is_gone_or_older_than_the_known_one_is_kept_and_told(told: Any) -> None:
    told(sample())
    without = sample()
    del without["currentRatings"]
    older = sample() | {"currentRatings": inspected("Outstanding", "2021-01-01")}
    for document, place in [(without, "currentRatings"), (older, "currentRatings.overall.rating")]:
        [outcome] = told(document)
        assert [each.place for each in outcome.problems] == [place]
        assert (service(LARKFIELD).rating, service(LARKFIELD).rated_on) == (GOOD, dt.date(2023, 5, 2))


@pytest.mark.parametrize(
    ("current", "assessment", "expected"),
    [
        (inspected("Good", "2023-01-01"), [assessed("Inadequate", "2024-01-01")], POOR),
        (inspected("Good", "2024-02-02"), [assessed("Inadequate", "2024-01-01")], GOOD),
        (inspected("Good", "2024-01-01"), [assessed("Inadequate", "2024-01-01")], POOR),
        ({"overall": {"rating": "No published rating"}}, [assessed("Good", "2024-01-01")], GOOD),
        ({"overall": {"rating": ""}}, [assessed("Good", "2024-01-01")], GOOD),
        (inspected("Not rated", "2025-01-01"), [assessed("Good", "2024-01-01")], GOOD),
        (None, [assessed("Good", "2024-01-01"), assessed("Inadequate", "2024-05-01")], POOR),
        (None, [assessed("Inadequate", "2024-05-01"), assessed("Good", "2024-01-01")], POOR),
        (None, [assessed("Good", "2024-01-01"), assessed("Inadequate", "2024-05-01", status="Historic")], GOOD),
        (None, [assessed("Good", "2024-01-01", status="ACTIVE")], GOOD),
        (None, [assessed("", "2024-01-01")], None),
        (None, [], None),
    ],
)
def test_which_rating_stands(current: Any, assessment: Any, expected: RatingValue | None) -> None:
    document = {"locationId": LARKFIELD, "currentRatings": current, "assessment": assessment}
    found = facts(document).current
    assert (found.overall if found else None) == expected


def test_a_service_group_that_ended_does_not_count() -> None:
    groups = [
        {"assessmentServiceName": "Homecare", "status": "Inactive"},
        {"assessmentServiceName": "Care Homes", "status": "Active"},
    ]
    both = [assessed("Inadequate", "2024-05-01", group="Homecare"), assessed("Good", "2024-01-01")]
    found = facts({"locationId": LARKFIELD, "assessmentServiceGroup": groups, "assessment": both}).current
    assert found is not None
    assert found.overall == GOOD


def test_a_rating_of_the_whole_location_stands_before_its_groups() -> None:
    assessment = assessed("Good", "2024-05-01")
    assessment["ratings"]["overall"] = [{"rating": "Requires improvement", "status": "Current"}]
    found = facts({"locationId": LARKFIELD, "assessment": [assessment]}).current
    assert found is not None
    assert found.overall == NEEDS


def test_ratings_of_one_day_without_reports_stay_apart(told: Any) -> None:
    document = sample()
    for past in document["historicRatings"]:
        del past["reportLinkId"]
        past["reportDate"] = "2016-01-11"
    told(document)
    assert ratings(LARKFIELD) == [
        ("2016-01-11", POOR, False),
        ("2016-01-11", NEEDS, False),
        ("2023-05-02", GOOD, True),
    ]
    document["historicRatings"].reverse()
    assert totals(told(document)) == (0, 0, 0)


# --- the trigger --------------------------------------------------------------------------------------------------


NOTHING = (None,) * 5


@pytest.mark.parametrize(
    ("before", "after", "change", "called"),
    [
        ("Good", "Inadequate", {}, [Judgement(dt.date(2024, 1, 1), GOOD, NOTHING)]),
        ("Inadequate", "Inadequate", {}, [Judgement(dt.date(2024, 1, 1), POOR, NOTHING)]),
        ("Good", "Requires improvement", {}, [Judgement(dt.date(2024, 1, 1), GOOD, NOTHING)]),
        (None, "Inadequate", {}, [None]),
        ("Good", "Inadequate", {"registrationStatus": "Deregistered"}, []),
        ("Good", "Inadequate", {"type": "Primary Dental Care"}, []),
    ],
)
def test_who_is_judged_anew_is_told_once_with_what_was_before(
    told: Any, before: Any, after: Any, change: Any, called: Any
) -> None:
    calls: list[Judgement | None] = []

    def note(service: Service, before: Judgement | None) -> None:
        assert service.regulator_id == LARKFIELD
        calls.append(before)

    first = sample() | {"currentRatings": inspected(before, "2024-01-01") if before else None}
    then = (
        sample() | change | {"currentRatings": inspected(after, "2025-01-01", "aaaaaaaa-0001-4000-8000-00000000000a")}
    )
    told(first, on_rating=note)
    assert calls == []
    for _time in range(2):
        told(then, on_rating=note)
        assert calls == called


def test_a_key_question_alone_is_a_new_judgement_too(told: Any) -> None:
    calls: list[Any] = []
    questions = [{"name": "Safe", "rating": "Inadequate"}]
    then = inspected("Good", "2024-01-01")
    told(sample() | {"currentRatings": inspected("Good", "2024-01-01")})
    then["overall"]["keyQuestionRatings"] = questions
    told(sample() | {"currentRatings": then}, on_rating=lambda each, before: calls.append(before))
    assert calls == [Judgement(dt.date(2024, 1, 1), GOOD, NOTHING)]
    assert service(LARKFIELD).judgement == Judgement(dt.date(2024, 1, 1), GOOD, (POOR, None, None, None, None))


def test_the_first_load_of_an_inadequate_service_calls_nobody(told: Any) -> None:
    calls: list[Any] = []
    told(
        sample() | {"currentRatings": inspected("Inadequate", "2025-01-01")}, on_rating=lambda *each: calls.append(each)
    )
    assert calls == []
    assert service(LARKFIELD).rating == POOR


# --- files that are not as they should be -------------------------------------------------------------------------


def test_unreadable_members_are_listed_with_their_place_and_the_rest_is_kept(register: None) -> None:
    [outcome] = run(SAMPLES / "location_details" / f"location_{ODD}.json")
    found = {each.place: each.reason for each in outcome.problems}
    assert found == {
        "registrationDate": "This is not a date: 01/03/2014",
        "website": "This is not text.",
        "numberOfBeds": "This is not a number of beds.",
        "careHome": "This word is not known: perhaps",
        "gacServiceTypes[1].description": "This word is not known: Lighthouse service",
        "specialisms": "This is not a list.",
        "lastInspection": "This is not a group of named values.",
        "relationships[0].type": "This word is not known: HSCA Cousin",
        "relationships[1].relatedLocationId": "The id of the other is missing.",
        "relationships[2]": "This is not a group of named values.",
        "currentRatings.overall.rating": "This word is not known: Splendid",
        "currentRatings.overall.keyQuestionRatings[1].name": "This word is not known: Tidy",
        "currentRatings.overall.keyQuestionRatings[2]": "This is not a group of named values.",
        "historicRatings[0].overall.keyQuestionRatings": "This is not a list.",
    }
    odd = service(ODD)
    assert (odd.name, odd.rating, odd.beds) == ("The Old Forge", None, None)
    assert ratings(ODD) == [("2020-02-02", GOOD, False), ("2023-01-01", None, False)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "This file is empty."),
        (b" \n", "This file is empty."),
        (b'{"locationId": ', "This file is not complete JSON: line 1, column 16."),
        ('{"locationId": "é"}'.encode("latin-1"), "This file is not text in UTF-8."),
        (b"[" * 100_000, "This file is not JSON that can be read."),
        (b"1" * 5_000, "This file is not JSON that can be read."),
        (b'["1-30000000001"]', "This file is not an answer of the CQC API."),
        (b'"1-30000000001"', "This file is not an answer of the CQC API."),
        (b"null", "This file is not an answer of the CQC API."),
        (b"{}", "This file is not an answer of the CQC API."),
        (b'{"england-and-wales": {}}', "This file is not an answer of the CQC API."),
        (b'{"locationId": 5, "name": 6}', "This file is not an answer of the CQC API."),
        (b'{"providerId": ""}', "This file is not an answer of the CQC API."),
        (b'{"organisationType": "Location", "providerId": "1-1"}', "This file is not an answer of the CQC API."),
    ],
)
def test_a_wrong_file_gets_one_sentence(register: None, data: bytes, reason: str) -> None:
    file = parse("some.json", data)
    assert file.facts is None
    assert file.problems == (Problem("some.json", "", reason),)


def test_a_wrong_file_does_not_stop_the_others(register: None) -> None:
    outcomes = run(SAMPLES / "broken", SAMPLES / "location_details")
    assert totals(outcomes) == (13, 0, 0)
    broken = [problem for each in outcomes for problem in each.problems if "broken" in problem.file]
    assert len(broken) == 5
    assert {problem.place for problem in broken} == {""}


def test_a_byte_order_mark_is_no_fault(register: None) -> None:
    data = b"\xef\xbb\xbf" + json.dumps(sample()).encode()
    assert parse("a.json", data).problems == ()


def test_signs_that_no_database_takes_are_left_out(register: None) -> None:
    assert facts(sample() | {"name": " Larkfield\x00 House "}).fields["name"] == "Larkfield House"
    assert problems(sample() | {"name": "Larkfield \ud800"}) == [("name", "This is not text.")]


def test_paths_that_hold_nothing_are_told(register: None, tmp_path: Path) -> None:
    files, found = register_files.find([tmp_path, tmp_path / "absent.json", SAMPLES, SAMPLES / "locations.json"])
    assert [(each.file, each.reason) for each in found] == [
        (str(tmp_path), "There are no files in this folder (.csv, .json, .ods, .xlsx)."),
        (str(tmp_path / "absent.json"), "There is no such file or folder."),
    ]
    assert len(files) == 17


NONSENSE = (None, True, -1, 1e400, 10**30, "", "\ud800", "a\x00b", "x" * 10_000, [], [1, "a", None], {}, {"a": []})


def replacements(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member inside a document, however deep, as (container, key)."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield value, key
        yield from replacements(inner)


@pytest.mark.parametrize("name", [LARKFIELD, ASSESSED, HOME_CARE])
def test_no_nonsense_in_any_member_stops_the_import(register: None, tmp_path: Path, name: str) -> None:
    """Each member of a file in turn is replaced; the file is then read, written and read again."""
    places = len(list(replacements(sample(name))))
    for number in range(places):
        document = deepcopy(sample(name))
        container, key = list(replacements(document))[number]
        container[key] = NONSENSE[number % len(NONSENSE)]
        if number and "locationId" in document and isinstance(document["locationId"], str):
            document["locationId"] = f"1-4000000{number:04d}"
        (tmp_path / f"{number}.json").write_text(json.dumps(document))
    run(tmp_path)
    assert totals(run(tmp_path)) == (0, 0, 0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["Good", "Current", "Safe"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                [
                    "overall",
                    "rating",
                    "ratings",
                    "asgRatings",
                    "keyQuestionRatings",
                    "name",
                    "status",
                    "reportDate",
                    "date",
                ]
            ),
            inner,
        )
    ),
)
MEMBERS = st.sampled_from([*sample(LARKFIELD), *sample(ASSESSED), "locations", "providers", "currentRatings"])


@settings(deadline=None)
@given(document=JSON | st.dictionaries(MEMBERS, JSON))
def test_reading_never_fails(document: Any) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        file = parse("a.json", json.dumps(document).encode())
    assert file.facts is not None or len(file.problems) == 1
