"""The import of the files that the CQC publishes beside its API, on samples of our own making, and on real ones."""

import csv
import datetime as dt
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st
from spreadsheets import BEGIN, END, RATINGS, ods_row, ratings_rows, write_ods
from sqlalchemy import event, func, select

from models import db
from models.ledger import LedgerEntry, LedgerKind
from models.providers import (
    Provider,
    Rating,
    RatingValue,
    RegisterImport,
    RegistrationStatus,
    Service,
    ServiceType,
)
from workflows.actor import acting, system
from workflows.registers import cqc_layouts, files, tables
from workflows.registers.outcome import LeftOut, Outcome

TESTS = Path(__file__).parents[1]
SAMPLES = TESTS / "samples" / "cqc_files"
API = TESTS / "samples" / "cqc"
LARKFIELD = "1-30000000001"
GOOD, POOR, NEEDS = RatingValue.good, RatingValue.inadequate, RatingValue.requires_improvement
NOW = dt.datetime(2025, 9, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def register(database: None) -> Iterator[None]:
    """The import's own actor at work, in a database that holds nothing of the register's."""
    with acting(system("register import", NOW)):
        yield


def run(*paths: Path, **options: Any) -> list[Outcome]:
    found, problems = files.find(paths)
    assert problems == []
    return list(files.apply(db.session, files.survey(found), **options))


def one(path: Path, **options: Any) -> Outcome:
    [outcome] = run(path, **options)
    return outcome


def numbers(outcome: Outcome) -> tuple[int, int, int, int, int, int]:
    """Added, changed, closed, unchanged, rows left out, problems."""
    return (
        len(outcome.added),
        len(outcome.changed),
        len(outcome.closed),
        outcome.unchanged,
        sum(outcome.left_out.values()),
        len(outcome.problems),
    )


def told(outcome: Outcome) -> list[tuple[str, str]]:
    return [(each.place, each.reason) for each in outcome.problems]


def service(regulator_id: str) -> Any:
    return db.session.scalars(select(Service).where(Service.regulator_id == regulator_id)).one()


def provider(regulator_id: str) -> Any:
    return db.session.scalars(select(Provider).where(Provider.regulator_id == regulator_id)).one()


def count(model: type[Any]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)))


def ratings(regulator_id: str) -> list[tuple[str | None, RatingValue | None, bool]]:
    found = sorted(service(regulator_id).ratings, key=lambda row: (str(row.published_on), str(row.overall)))
    return [(row.published_on and row.published_on.isoformat(), row.overall, row.is_current) for row in found]


def rows_of(name: str) -> list[list[str]]:
    with (SAMPLES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def put(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def rating_row(regulator_id: str = LARKFIELD, **cells: str) -> list[str]:
    """A row of the ratings file: Overall of Overall, unless told otherwise."""
    usual = {
        "Location ID": regulator_id,
        "Location Name": "Larkfield House",
        "Care Home?": "Y",
        "Location Type": "Social Care Org",
        "Service / Population Group": "Overall",
        "Domain": "Overall",
        "Provider ID": "1-20000000001",
        "Provider Name": "Larkfield Care Limited",
    }
    found = usual | {name.replace("_", " "): value for name, value in cells.items()}
    return [found.get(name, "") for name in RATINGS]


@pytest.fixture
def rated(register: None, tmp_path: Path) -> Callable[..., Outcome]:
    """Import a ratings file that says this of one location."""

    def rate(rating: str, day: str, regulator_id: str = LARKFIELD, **options: Any) -> Outcome:
        row = rating_row(regulator_id, Latest_Rating=rating, Publication_Date=day)
        return one(put(tmp_path / f"{rating}-{day.replace('/', '')}.csv", [RATINGS, row]), **options)

    return rate


# --- each of the files --------------------------------------------------------------------------------------------

FIRST = {
    "hsca.csv": (3, 0, 0, 0, 1, 0),
    "ratings.csv": (6, 0, 0, 0, 1, 4),
    "dashboard.csv": (4, 0, 0, 0, 1, 1),
    "website.csv": (2, 0, 0, 0, 2, 0),
    "directory.csv": (6, 0, 0, 0, 1, 4),
    "extract.csv": (0, 1, 0, 0, 0, 1),
    "deactivated.csv": (0, 0, 1, 0, 1, 0),
}
AGAIN = {
    "hsca.csv": (0, 0, 0, 3, 1, 0),
    "ratings.csv": (0, 0, 0, 5, 1, 4),
    "dashboard.csv": (0, 0, 0, 3, 1, 1),
    "website.csv": (0, 0, 0, 2, 2, 0),
    "directory.csv": (0, 0, 0, 3, 1, 4),
    "extract.csv": (0, 0, 0, 1, 0, 1),
    "deactivated.csv": (0, 0, 0, 1, 1, 0),
}


def test_our_own_samples_give_these_numbers_and_a_second_time_nothing(register: None) -> None:
    assert {Path(each.file).name: numbers(each) for each in run(SAMPLES)} == FIRST
    imports, known = count(RegisterImport), (count(Service), count(Provider), count(Rating))
    assert imports == 7
    assert {Path(each.file).name: numbers(each) for each in run(SAMPLES)} == AGAIN
    assert count(RegisterImport) == imports
    assert (count(Service), count(Provider), count(Rating)) == known


def test_a_file_is_known_by_its_headings_whatever_it_is_called(register: None, tmp_path: Path) -> None:
    for name in FIRST:
        write_ods(tmp_path / name, {"README": [["About this file"]], "Whatever": rows_of(name)})
    outcomes = {Path(each.file).name: numbers(each) for each in run(*(tmp_path / name for name in FIRST))}
    assert outcomes == FIRST


def test_every_real_file_gives_these_numbers_and_a_second_time_nothing(register: None) -> None:
    given = os.environ.get("CAREWARD_REGISTER_SAMPLES")
    if not given:
        pytest.skip("CAREWARD_REGISTER_SAMPLES names no folder of real register files; our own samples stand in")
    folders = (Path(given) / "ratings", Path(given) / "exports")
    assert {Path(each.file).name: numbers(each) for each in run(*folders)} == {
        "derived_ASC_Halton.csv": (55, 0, 0, 0, 0, 0),
        "derived_ASC_Salford.csv": (117, 0, 0, 0, 0, 0),
        "derived_ASC_Trafford.csv": (156, 0, 0, 0, 0, 0),
        "Locations-head.csv": (500, 1, 0, 0, 2, 0),
        "output-head.csv": (117, 11, 0, 0, 68, 0),
        "trafford_care_homes_2026.csv": (0, 12, 0, 0, 0, 8),
    }
    assert (count(Service), count(Rating)) == (546, 401)
    assert {Path(each.file).name: numbers(each) for each in run(*folders)} == {
        "derived_ASC_Halton.csv": (0, 0, 0, 34, 0, 0),
        "derived_ASC_Salford.csv": (0, 0, 0, 68, 0, 0),
        "derived_ASC_Trafford.csv": (0, 0, 0, 88, 0, 0),
        "Locations-head.csv": (0, 0, 0, 298, 2, 0),
        "output-head.csv": (0, 0, 0, 82, 68, 0),
        "trafford_care_homes_2026.csv": (0, 0, 0, 12, 0, 8),
    }
    assert (count(Service), count(Rating)) == (546, 401)


def test_the_directory_gives_its_facts_and_tells_what_it_cannot_read(register: None) -> None:
    outcome = one(SAMPLES / "directory.csv")
    home = service("1-31000000001")
    assert (home.name, home.phone, home.website) == ("=Home & Away", "01632960123", "https://www.example.org")
    assert (home.address_line_1, home.address_line_2, home.town) == (
        "Room 107, Level 1, East Wing",
        "Business Centre, Ash Avenue",
        "Millbrook",
    )
    assert home.register_types == ["Domiciliary care service", "Supported living service"]
    assert (home.service_type, home.care_home) == (ServiceType.supported_living, False)
    assert home.specialisms == ["Caring for adults under 65 yrs", "Learning disabilities"]
    assert (home.last_inspected_on, home.registration_status) == (dt.date(2022, 5, 19), RegistrationStatus.registered)
    assert (home.rating, home.told_on) == (None, dt.date(2025, 8, 1))
    assert (home.provider.name, home.provider.stub) == ("Home & Away Care Ltd", True)
    cafe = service("1-31000000003")
    assert (cafe.name, cafe.also_known_as, cafe.last_inspected_on) == ("Café Soleil Care", "The Sunshine", None)
    assert told(outcome) == [
        ("row 11, column “CQC Location ID (for office use only)”", "Here stands no id of the register."),
        ("row 10, column “CQC Location ID (for office use only)”", "This id stands in row 7 too; that row counts."),
        ("row 9, column “Date of latest check”", "This is not a date: 32/Jan/2018 - 00:00"),
        (
            "row 12, column “CQC Location ID (for office use only)”",
            "A location that is not known yet needs its name and its provider.",
        ),
    ]


def test_the_website_export_mixes_providers_and_locations(register: None) -> None:
    one(SAMPLES / "website.csv")
    agency = service("1-32000000001")
    assert (agency.name, agency.address_line_1, agency.town) == ("Millbrook Helpers", "5 Tain Close", "Millbrook")
    assert agency.specialisms == ["Caring for children", "Dementia", "Sensory impairment"]
    runs_it = provider("1-22000000001")
    assert agency.provider is runs_it
    assert (runs_it.name, runs_it.stub, runs_it.ownership) == ("Millbrook Helpers Ltd", False, "Organisation")
    assert (runs_it.county, runs_it.website, runs_it.phone) == ("Kent", "https://www.example.org", "01632960201")
    assert count(Service) == 1


def test_the_dashboards_publication_date_may_be_the_day_of_registration(register: None) -> None:
    outcome = one(SAMPLES / "dashboard.csv")
    home = service("1-33000000001")
    assert (home.rating, home.rated_on, home.registered_on) == (NEEDS, None, dt.date(2011, 11, 1))
    [rating] = home.ratings
    assert (rating.safe, rating.effective, rating.well_led) == (NEEDS, GOOD, POOR)
    assert (home.beds, home.care_home, home.manager_in_post, home.brand) == (12, True, True, "BRAND Heron")
    assert home.specialisms == ["Caring for adults over 65 yrs", "Learning disabilities"]
    agency = service("1-33000000002")
    assert agency.register_types == ["Community health care services - Nurses Agency only", "Domiciliary care service"]
    assert (agency.dormant, agency.rating, agency.manager_in_post) == (True, None, False)
    closed = service("1-33000000004")
    assert (closed.registration_status, closed.deregistered_on, closed.rated_on, closed.beds) == (
        RegistrationStatus.deregistered,
        dt.date(2025, 7, 1),
        dt.date(2024, 3, 31),
        None,
    )
    assert told(outcome) == [("row 5, column “Care homes beds”", "This is not a number of beds.")]


def test_an_extract_without_providers_changes_what_is_known_and_adds_nothing(register: None) -> None:
    run(SAMPLES / "directory.csv")
    outcome = one(SAMPLES / "extract.csv")
    assert [each.changes for each in outcome.changed] == [{"last_inspected_on": ["2023-03-14", "2025-08-20"]}]
    assert service(LARKFIELD).website is None
    assert told(outcome) == [
        ("row 3, column “cqc_id”", "A location that is not known yet needs its name and its provider.")
    ]


def test_the_active_locations_describe_a_service_and_its_provider(register: None) -> None:
    one(SAMPLES / "hsca.csv")
    home = service("1-36000000001")
    assert (home.rating, home.rated_on, home.beds) == (RatingValue.outstanding, dt.date(2023, 4, 5), 40)
    assert home.activities == ["Accommodation for persons who require nursing or personal care"]
    assert home.register_types == ["Care home service with nursing", "Care home service without nursing"]
    assert home.specialisms == ["Caring for adults over 65 yrs", "Dementia"]
    assert (home.brand, home.uprn, home.manager_in_post) == (None, "100011673132", True)
    agency = service("1-36000000002")
    assert (agency.beds, agency.care_home, agency.specialisms) == (0, False, ["Services for everyone"])
    runs_it = provider("1-26000000001")
    assert (runs_it.name, runs_it.stub, runs_it.company_number) == ("Quay Homes Limited", False, "01234567")
    assert (runs_it.town, runs_it.registered_on, runs_it.sector) == (
        "Millbrook",
        dt.date(2010, 10, 1),
        "Social Care Org",
    )


def test_the_deactivated_close_what_is_known_and_nothing_else(register: None) -> None:
    run(SAMPLES / "hsca.csv")
    outcome = one(SAMPLES / "deactivated.csv")
    assert [(each.regulator_id, each.changes) for each in outcome.closed] == [
        (
            "1-36000000002",
            {
                "deregistered_on": [None, "2025-08-15"],
                "registration_status": ["registered", "deregistered"],
            },
        )
    ]
    assert outcome.left_out == {LeftOut.closed: 1}
    assert numbers(one(SAMPLES / "hsca.csv")) == (0, 0, 0, 3, 1, 0)
    assert service("1-36000000002").registration_status == RegistrationStatus.deregistered


def test_no_persons_name_is_kept(register: None) -> None:
    run(SAMPLES)
    for model in (Provider, Service, Rating, LedgerEntry):
        rows = db.session.connection().execute(select(model.__table__)).all()
        assert "A name that is not kept" not in str(rows)


# --- ratings ------------------------------------------------------------------------------------------------------


def test_the_ratings_file_has_a_row_for_each_service_and_domain(register: None) -> None:
    outcome = one(SAMPLES / "ratings.csv")
    assert ratings("1-35000000001") == [("2016-02-01", POOR, False), ("2018-03-22", GOOD, True)]
    now = next(rating for rating in service("1-35000000001").ratings if rating.is_current)
    assert (now.safe, now.well_led, now.caring) == (NEEDS, GOOD, None)
    # Not Rated as a whole, and rated for each service: the least favourable counts.
    assert ratings("1-35000000002") == [("2024-05-01", NEEDS, True), ("2024-06-03", GOOD, False)]
    assert (service("1-35000000002").rating, service("1-35000000002").rated_on) == (NEEDS, dt.date(2024, 5, 1))
    # Two of one day.
    assert ratings("1-35000000003") == [("2020-01-10", POOR, True)]
    assert ratings("1-35000000004") == [("2019-05-05", GOOD, True)]
    assert ratings("1-35000000005") == [("2021-01-10", RatingValue.inspected_not_rated, True)]
    assert told(outcome) == [
        (
            "row 7, column “Latest Rating”",
            "Its service groups are rated differently; the least favourable counts for all.",
        ),
        ("row 11, column “Latest Rating”", "This word is not known: Splendid"),
        ("row 12, column “Domain”", "This word is not known: tidy"),
        ("row 13, column “Publication Date”", "This is not a date: soon"),
    ]


def test_a_banner_other_sheets_and_new_columns_are_no_hindrance(register: None, tmp_path: Path) -> None:
    row = rating_row(Latest_Rating="Good", Publication_Date="02/05/2023")
    others = [["Provider ID", "Provider Name", "Domain", "Latest Rating"], ["1-1", "Somebody", "Overall", "Inadequate"]]
    banner = [["This file was corrected"], [], RATINGS, row]
    write_ods(tmp_path / "ratings.ods", {"Locations": banner, "Providers": others})
    assert numbers(one(tmp_path / "ratings.ods")) == (2, 0, 0, 0, 0, 0)
    assert ratings(LARKFIELD) == [("2023-05-02", GOOD, True)]


def test_the_same_rating_by_the_api_and_by_a_file_stands_once(rated: Callable[..., Outcome]) -> None:
    run(API)
    before = ratings(LARKFIELD)
    assert before[-1] == ("2023-05-02", GOOD, True)
    assert numbers(rated("Good", "02/05/2023"))[:2] == (0, 0)
    assert ratings(LARKFIELD) == before


def test_the_same_rating_by_a_file_and_then_by_the_api_stands_once(rated: Callable[..., Outcome]) -> None:
    rated("Good", "02/05/2023")
    run(API)
    assert ratings(LARKFIELD) == [("2016-01-11", POOR, False), ("2019-07-17", NEEDS, False), ("2023-05-02", GOOD, True)]
    assert all(row.source_key.startswith("report:") for row in service(LARKFIELD).ratings)
    assert numbers(rated("Good", "02/05/2023"))[:2] == (0, 0)


def test_an_older_rating_becomes_history_and_undoes_nothing(rated: Callable[..., Outcome]) -> None:
    rated("Good", "02/05/2023")
    outcome = rated("Inadequate", "01/02/2021")
    assert ratings(LARKFIELD) == [("2021-02-01", POOR, False), ("2023-05-02", GOOD, True)]
    assert (service(LARKFIELD).rating, service(LARKFIELD).rated_on) == (GOOD, dt.date(2023, 5, 2))
    assert outcome.left_out == {LeftOut.older_rating: 1}
    rated("Not rated", "01/02/2025")
    assert service(LARKFIELD).rating == GOOD


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_the_order_of_dated_files_decides_no_rating(register: None, tmp_path: Path, order: tuple[int, ...]) -> None:
    """A dashboard of August 2025 without the date of its rating, and three ratings files."""
    told_by = [SAMPLES / "dashboard.csv"]
    for day, rating in (("01/02/2012", "Inadequate"), ("03/04/2019", "Requires improvement"), ("05/06/2016", "Good")):
        row = rating_row("1-33000000001", Latest_Rating=rating, Publication_Date=day, Provider_ID="1-23000000001")
        told_by.append(put(tmp_path / f"{rating}.csv", [RATINGS, row]))
    calls: list[Any] = []
    for number in order:
        run(told_by[number], on_rating=inadequate(calls))
    assert (service("1-33000000001").rating, service("1-33000000001").rated_on) == (NEEDS, dt.date(2019, 4, 3))
    assert calls == []


def inadequate(calls: list[Any]) -> Any:
    """Collects the services that turn Inadequate."""

    def told(service: Any, before: Any) -> None:
        if service.rating is POOR and (before is None or before.overall is not POOR):
            calls.append(service)

    return told


# --- the trigger --------------------------------------------------------------------------------------------------


def test_who_turns_inadequate_is_told_once(rated: Callable[..., Outcome]) -> None:
    calls: list[Any] = []
    options = {"on_rating": inadequate(calls)}
    rated("Good", "02/05/2023", **options)
    rated("Inadequate", "01/02/2021", **options)
    assert calls == []
    for _time in range(2):
        rated("Inadequate", "03/08/2025", **options)
        assert [each.regulator_id for each in calls] == [LARKFIELD]


def test_the_first_load_calls_nobody_even_after_a_file_without_ratings(rated: Callable[..., Outcome]) -> None:
    calls: list[Any] = []
    rated("Inadequate", "01/02/2021", "1-39000000001", on_rating=inadequate(calls))
    run(SAMPLES / "directory.csv")
    rated("Inadequate", "01/02/2021", on_rating=inadequate(calls))
    assert (calls, service(LARKFIELD).rating) == ([], POOR)


def test_a_first_rating_given_since_a_service_is_known_is_news(rated: Callable[..., Outcome]) -> None:
    calls: list[Any] = []
    run(SAMPLES / "directory.csv")
    with acting(system("register import", NOW + dt.timedelta(days=40))):
        rated("Inadequate", "20/09/2025", on_rating=inadequate(calls))
    assert [each.regulator_id for each in calls] == [LARKFIELD]


# --- of two files, the newer --------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_newer_file_sets_and_an_older_one_fills(register: None, tmp_path: Path, order: tuple[int, int]) -> None:
    older, newer = (
        [
            [*RATINGS],
            rating_row(Latest_Rating="Good", Publication_Date=day, Location_Name=name, Location_Post_Code=code),
        ]
        for day, name, code in (("01/02/2021", "Lark House", "ZZ1 1AA"), ("02/05/2023", "Larkfield House", ""))
    )
    both = [put(tmp_path / "older.csv", older), put(tmp_path / "newer.csv", newer)]
    for number in order:
        run(both[number])
    assert (service(LARKFIELD).name, service(LARKFIELD).told_on) == ("Larkfield House", dt.date(2023, 5, 2))
    for number in order:
        assert numbers(one(both[number]))[:3] == (0, 0, 0)


def test_what_the_api_told_is_not_changed_by_a_file_of_an_earlier_day(register: None) -> None:
    run(API)
    before = service(LARKFIELD).address_line_1, service(LARKFIELD).phone, service(LARKFIELD).specialisms
    outcome = one(SAMPLES / "directory.csv")
    assert [each.regulator_id for each in outcome.changed if each.record == "service"] == []
    assert (service(LARKFIELD).address_line_1, service(LARKFIELD).phone, service(LARKFIELD).specialisms) == before
    assert before[0] != "9 Mill Lane"


def test_columns_that_a_file_does_not_have_leave_what_is_known(register: None, tmp_path: Path) -> None:
    run(SAMPLES / "hsca.csv")
    rows = rows_of("hsca.csv")[:2]
    rows[1][rows[0].index("Location Name")] = "Quay Court"
    rows[1][rows[0].index("Publication Date")] = "2025-08-01"
    without = [
        place for place, name in enumerate(rows[0]) if name not in ("Location Telephone Number", "Dormant (Y/N)")
    ]
    rows = [[*(row[place] for place in without), new] for row, new in zip(rows, ("Moon phase", "waxing"), strict=True)]
    outcome = one(put(tmp_path / "newer.csv", rows))
    assert told(outcome) == [
        ("the headings", "The column “Moon phase” is not known, and is not read."),
        ("the headings", "The column “dormant (y/n)” is missing: what it tells stays as it is."),
        ("the headings", "The column “location telephone number” is missing: what it tells stays as it is."),
    ]
    assert (service("1-36000000001").name, service("1-36000000001").phone) == ("Quay Court", "01632960401")


def test_a_location_stays_with_its_provider(register: None, tmp_path: Path) -> None:
    run(SAMPLES / "directory.csv")
    row = rating_row(Latest_Rating="Good", Publication_Date="01/02/2021", Provider_ID="1-29999999999")
    outcome = one(put(tmp_path / "moved.csv", [RATINGS, row]))
    assert told(outcome) == [
        ("row 2, column “Location ID”", "This location is known with another provider, and stays there.")
    ]
    assert service(LARKFIELD).provider.regulator_id == "1-20000000001"
    assert db.session.scalar(select(Provider.id).where(Provider.regulator_id == "1-29999999999")) is None


# --- what is told -------------------------------------------------------------------------------------------------


def test_a_file_has_one_import_and_one_whole_ledger_entry(register: None) -> None:
    run(SAMPLES / "website.csv")
    told_once = db.session.scalars(select(RegisterImport)).one()
    assert (told_once.added, told_once.changed, told_once.closed, told_once.unreadable) == (2, 0, 0, 0)
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == LedgerKind.imported)).one()
    assert entry.changes == {"provider 1-22000000001": [None, "added"], "service 1-32000000001": [None, "added"]}


def test_a_dry_run_tells_the_same_and_leaves_nothing(register: None) -> None:
    outcomes = run(SAMPLES, dry_run=True)
    assert {Path(each.file).name: numbers(each) for each in outcomes} == FIRST
    assert (count(Service), count(RegisterImport)) == (0, 0)


def test_the_same_problem_in_every_row_is_told_a_thousand_times_at_most(register: None, tmp_path: Path) -> None:
    rows = [RATINGS, *(rating_row(f"?{n}") for n in range(1_250))]
    outcome = one(put(tmp_path / "many.csv", rows))
    assert len(outcome.problems) == 1_001
    assert told(outcome)[-1] == ("the rest", "250 more problems are not listed.")


def test_rows_are_written_by_portions(register: None, tmp_path: Path) -> None:
    statements: list[str] = []
    write_ods(tmp_path / "many.ods", {"Locations": ratings_rows(1_800)})

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("INSERT"):  # SQLite takes those that give back ids one by one
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert numbers(one(tmp_path / "many.ods")) == (1_600, 0, 0, 0, 4_800, 0)
        first = len(statements)
        assert numbers(one(tmp_path / "many.ods")) == (0, 0, 0, 1_000, 4_800, 0)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert first < 35
    assert len(statements) - first < 35


# --- files that are not as they should be -------------------------------------------------------------------------


def zipped(path: Path, content: bytes, name: str = "content.xml") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def sheet(inside: str) -> bytes:
    return f'{BEGIN}<table:table table:name="Locations">{inside}</table:table>{END}'.encode()


ENTITY = b'<!DOCTYPE office [<!ENTITY a "aaaaaaaaaa">]>'
WIDE = '<table:table-row><table:table-cell table:number-columns-repeated="5000"><text:p>x</text:p></table:table-cell>'
UNKNOWN = "This is none of the files of a register that the console knows."
NO_TEXT = "This file is not text in UTF-8 or Windows-1252."
DAMAGED = "This spreadsheet is damaged: its content breaks off or is no XML."
FAULTS = {
    "empty.csv": (lambda path: path.write_bytes(b""), "This file is empty."),
    "blank.ods": (lambda path: path.write_bytes(b" \r\n"), "This file is empty."),
    "minutes.csv": (lambda path: path.write_bytes(b"minutes,of,the,meeting\r\n"), UNKNOWN),
    "picture.csv": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\x81" * 9), NO_TEXT),
    "quote.csv": (
        lambda path: path.write_bytes(b'a,b\r\n"' + b"x" * 200_000),
        "After row 1 this CSV file cannot be read: is a quotation mark missing?",
    ),
    "other.ods": (lambda path: zipped(path, b"", "word/document.xml"), "This file is no OpenDocument spreadsheet."),
    "cut.ods": (
        lambda path: path.write_bytes(b"PK\x03\x04" + b"\x00" * 500),
        "This spreadsheet is damaged or locked, and cannot be unpacked.",
    ),
    "torn.ods": (lambda path: zipped(path, sheet("")[:-30]), DAMAGED),
    "text.ods": (lambda path: zipped(path, b"no xml at all"), DAMAGED),
    "declared.ods": (
        lambda path: zipped(path, sheet("<table:table-row/>").replace(b"?>", b"?>" + ENTITY, 1)),
        "This spreadsheet declares a document type, and is not read.",
    ),
    "bomb.ods": (
        lambda path: zipped(path, sheet(" " * 20_000_000)),
        "This spreadsheet unpacks to more than any register holds, and is not read.",
    ),
    "wide.ods": (
        lambda path: zipped(path, sheet(f"{WIDE}</table:table-row>")),
        "Row 1 has more than 1000 columns: this file is not read.",
    ),
    "wide.csv": (
        lambda path: path.write_text("a," * 2_000 + "b"),
        "Row 1 has more than 1000 columns: this file is not read.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_file_gets_one_sentence(register: None, tmp_path: Path, name: str) -> None:
    make, sentence = FAULTS[name]
    make(tmp_path / name)
    assert told(one(tmp_path / name)) == [("", sentence)]


def test_a_file_that_breaks_off_leaves_nothing_and_does_not_stop_the_others(register: None, tmp_path: Path) -> None:
    rows = "".join(map(ods_row, ratings_rows(900)))
    zipped(tmp_path / "broken.ods", sheet(rows)[:-100])
    put(tmp_path / "whole.csv", rows_of("website.csv"))
    outcomes = {Path(each.file).name: each for each in run(tmp_path)}
    assert told(outcomes["broken.ods"]) == [("", DAMAGED)]
    assert numbers(outcomes["broken.ods"]) == (0, 0, 0, 0, 0, 1)
    assert numbers(outcomes["whole.csv"]) == (2, 0, 0, 0, 2, 0)
    assert count(Service) == 1


def test_a_file_of_too_many_rows_is_not_read(register: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    put(tmp_path / "many.csv", [RATINGS, *(rating_row(f"1-3{n}") for n in range(9))])
    assert told(one(tmp_path / "many.csv")) == [("", "This file has more than 5 rows, and is not read.")]


def test_a_csv_file_in_the_encoding_of_windows_is_read(register: None, tmp_path: Path) -> None:
    put(tmp_path / "windows.csv", rows_of("directory.csv"), encoding="cp1252")
    assert numbers(one(tmp_path / "windows.csv")) == (6, 0, 0, 0, 1, 4)
    assert service("1-31000000003").name == "Café Soleil Care"


def test_paths_that_hold_nothing_are_told(register: None, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    found, problems = files.find([tmp_path, tmp_path / "absent.csv", SAMPLES])
    assert [each.reason for each in problems] == [
        "There are no files in this folder (.csv, .json, .ods, .xlsx).",
        "There is no such file or folder.",
    ]
    assert len(found) == 7


# --- reading spreadsheets -----------------------------------------------------------------------------------------


def lines(path: Path) -> list[tuple[int, list[str]]]:
    return [(line.number, line.cells) for line in tables.lines(path)]


def test_rows_and_columns_that_repeat_are_counted_and_never_spread_out(tmp_path: Path) -> None:
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    some = (
        '<table:table-row table:number-rows-repeated="900000000"><table:table-cell office:value-type="string">'
        '<text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated="3"/>'
        '<table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    zipped(tmp_path / "a.ods", sheet(empty + some + empty + ods_row(["c"])))
    assert lines(tmp_path / "a.ods") == [(1048001, ["a", "", "", "", "b", "b"]), (902096001, ["c"])]


def test_cells_are_read_by_their_kind(tmp_path: Path) -> None:
    cells = (
        '<table:table-cell office:value-type="float" office:value="34"><text:p>34.00</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="12.0"/>'
        '<table:table-cell office:value-type="date" office:date-value="2024-05-06"><text:p>6/5</text:p>'
        '</table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        '<table:table-cell office:value-type="string"><office:annotation><text:p>a remark</text:p></office:annotation>'
        '<text:p>Mill<text:s text:c="3"/>House <text:span>&amp; Lodge</text:span></text:p></table:table-cell>'
        "<table:covered-table-cell><text:p>=x</text:p></table:covered-table-cell>"
    )
    zipped(
        tmp_path / "a.ods",
        sheet(f"<table:table-header-rows><table:table-row>{cells}</table:table-row></table:table-header-rows>"),
    )
    assert lines(tmp_path / "a.ods") == [(1, ["34", "12", "2024-05-06", "true", "Mill House & Lodge", "=x"])]


def test_reading_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    write_ods(tmp_path / "short.ods", {"Locations": ratings_rows(100)})
    write_ods(tmp_path / "long.ods", {"Locations": ratings_rows(4_000)})
    program = """
import datetime as dt, resource, sys
from pathlib import Path
from flask import Flask
from flask_babel import Babel
from workflows.registers.cqc_tables import gather
from workflows.registers.outcome import LeftOut, Outcome
app = Flask("memory")
Babel(app)
with app.app_context():
    for name in sys.argv[1:]:
        with gather(Path(name), Outcome(name), dt.date(2025, 9, 1)) as gathered:
            print(sum(1 for told in gathered.told()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "short.ods", tmp_path / "long.ods"],
        cwd=TESTS.parent,
        env={**os.environ, "PYTHONPATH": str(TESTS.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    (short, before), (long, after) = (map(int, line.split()) for line in done.stdout.splitlines())
    assert (short, long) == (56, 2_224)
    assert after - before < 20_000  # KB, of 60 MB that are read


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("09/Jan/2018 - 00:00", dt.date(2018, 1, 9)),
        ("09/01/2018 - 00:00", dt.date(2018, 1, 9)),
        ("22/03/2018", dt.date(2018, 3, 22)),
        ("3/22/2018 12:00:00 AM", dt.date(2018, 3, 22)),
        ("2018-03-22", dt.date(2018, 3, 22)),
        ("2018-03-22T00:00:00Z", dt.date(2018, 3, 22)),
        ("22/Foo/2018", None),
        ("31/02/2018", None),
        ("22/03/18", None),
        ("soon", None),
    ],
)
def test_dates_are_read_as_each_file_writes_them(written: str, day: dt.date | None) -> None:
    assert cqc_layouts.date(written) == day


@settings(deadline=None, max_examples=60)
@given(
    cells=st.lists(st.lists(st.text(max_size=20) | st.sampled_from(["Y", "Good", "1-1", "-"]), max_size=30), max_size=8)
)
@pytest.mark.parametrize("name", [*FIRST])
def test_no_nonsense_in_any_cell_stops_the_reading(name: str, cells: list[list[str]]) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        heads = next(row for row in rows_of(name) if cqc_layouts.layout_of(row))
        layout = cqc_layouts.layout_of(heads)
        assert layout is not None
        outcome = Outcome(name)
        places, _flags = cqc_layouts.columns(layout, heads, outcome.note)
        headings = {column: heads[place] for place, column in places.items()}
        for number, row in enumerate(cells):
            found = {places[place]: cell for place, cell in enumerate(row) if place in places and cell}
            found |= {"location_id": "1-1"}
            layout.social(found, headings)
            assert layout.told([cqc_layouts.Row(number, found, headings, outcome.note)]) is not None
