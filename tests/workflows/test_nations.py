"""Reading the registers of Scotland, Wales and Northern Ireland, with what goes wrong in each."""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models.providers import Regulator
from workflows.registers.nations import Sheet, read, recognises

SAMPLES = Path(__file__).parents[1] / "samples"
NATIONS = SAMPLES / "nations"


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Any:
    with app.test_request_context():
        yield


def sheet(name: str) -> Sheet:
    return read(name, (NATIONS / name).read_bytes())


def told(found: Sheet) -> list[tuple[str, str]]:
    return [(each.place, each.reason) for each in found.problems]


def facts(found: Sheet, row: int) -> dict[str, Any]:
    return next(each.facts for each in found.rows if each.number == row)


# --- Scotland ---


def test_scotland_in_windows_1252_with_blank_rows_at_its_end() -> None:
    found = sheet("scotland.csv")
    assert (found.regulator, found.as_of, found.left_out) == (Regulator.care_inspectorate, None, 2)
    assert [(row.number, row.facts["name"]) for row in found.rows] == [
        (2, "Quillfeather Château"),
        (3, "Larkburn at Home – West"),
        (6, "Thistledown Lodge"),
        (7, "Heronsbrae"),
        (8, "Old Cairnhouse"),
    ]
    assert facts(found, 2) == {
        "name": "Quillfeather Château",
        "postcode": "ZE99 1CK",
        "service_type": "care_home",
        "care_home": True,
        "register_types": ["Care Home Service", "Older People"],
        "registration_status": "registered",
        "specialisms": ["Older people - dementia"],
        "provider": "Quillfeather Care Limited",
        "town": "Kilmarle",
        "local_authority": "Marlshire",
        "client_group": "Adults",
        "graded_on": "2024-04-23",
        "last_inspected_on": "2024-03-27",
        "beds": 40,
        "grade_wellbeing": 5,
        "grade_planning": 4,
        "grade_setting": 4,
        "grade_staff": 6,
        "grade_leadership": 3,
    }


def test_what_is_not_applicable_is_not_said() -> None:
    assert facts(sheet("scotland.csv"), 3) == {
        "name": "Larkburn at Home – West",
        "postcode": "ZE99 2CK",
        "service_type": "home_care",
        "care_home": False,
        "register_types": ["Support Service", "Care at Home"],
        "registration_status": "registered",
        "provider": "Larkburn Trust",
        "town": "Larkburn",
        "client_group": "Adults",
        "grade_wellbeing": 4,
    }


def test_what_cannot_be_read_is_told_by_row_and_column() -> None:
    assert told(sheet("scotland.csv")) == [
        (
            "row 6, column Publication_of_Latest_Grading",
            "This is not a date as day/month/year: 2024.04.23",
        ),
        ("row 6, column Last_inspection_Date", "This is not a date as day/month/year: 31/02/2024"),
        ("row 6, column Registered_Places", "This is not a whole number from 0 to 10000: many"),
        ("row 6, column KQ_Support_Wellbeing", "This is not a whole number from 1 to 6: 7"),
        ("row 7, column CareService", "This word is not known: Sheltered Hamlet"),
        ("row 7, column Service_Postcode", "This is not a postcode: not known"),
        ("row 9, column ServiceName", "A row needs the name of the service."),
    ]


def test_a_kind_that_is_not_known_is_kept_and_a_postcode_that_is_none_is_not() -> None:
    assert facts(sheet("scotland.csv"), 7) == {
        "name": "Heronsbrae",
        "service_type": "other",
        "care_home": False,
        "register_types": ["Sheltered Hamlet"],
        "registration_status": "registered",
        "provider": "Heronsbrae",
        "client_group": "Adults",
    }


def test_inactive_is_deregistered() -> None:
    assert facts(sheet("scotland.csv"), 8)["registration_status"] == "deregistered"


def test_headings_that_drifted_and_a_mark_of_utf_8_taken_for_text() -> None:
    found = sheet("scotland_drifted.csv")
    assert told(found) == []
    assert [(row.facts["regulator_id"], row.facts["name"], row.facts["provider"]) for row in found.rows] == [
        ("CS9900000001", "Quillfeather Château", "Quillfeather Care Limited"),
        ("CS9900000002", "Larkburn at Home – West", "Larkburn Trust"),
    ]
    assert facts(found, 2)["beds"] == 40


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
def test_each_encoding_reads_the_same(encoding: str) -> None:
    text = (NATIONS / "scotland.csv").read_bytes().decode("windows-1252")
    found = read("a.csv", text.encode(encoding))
    assert [row.facts for row in found.rows] == [row.facts for row in sheet("scotland.csv").rows]


def scotland(*rows: dict[str, str], headings: tuple[str, ...] = ()) -> Sheet:
    columns = ("CareService", "ServiceName", "Service_Postcode", "Client_group", "Last_inspection_Date", *headings)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return read("a.csv", text.getvalue().encode())


HOME = {"CareService": "Care Home Service", "ServiceName": "Heronsbrae", "Service_Postcode": "ZE99 1CK"}


@pytest.mark.parametrize(("written", "day"), [("01/02/2024", "2024-02-01"), ("2024-02-01", "2024-02-01")])
def test_dates_put_the_day_first(written: str, day: str) -> None:
    assert facts(scotland(HOME | {"Last_inspection_Date": written}), 2)["last_inspected_on"] == day


@pytest.mark.parametrize(
    "differs",
    [
        {"CareService": "Child Minding"},
        {"CareService": "Nurse Agency"},
        {"CareService": "Care Home Service", "Client_group": "Children"},
        {"CareService": "CARE HOME SERVICE", "Client_group": "children"},
        {"CareService": "Secure Accommodation Service"},
    ],
)
def test_other_care_is_left_out_and_counted(differs: dict[str, str]) -> None:
    found = scotland(HOME | differs)
    assert (found.rows, found.left_out, told(found)) == ([], 1, [])


def test_a_row_with_more_cells_than_headings_is_told() -> None:
    found = read("a.csv", b"CareService,ServiceName,Service_Postcode\nCare Home Service,Heron, Brae,ZE99 1CK\n")
    assert found.rows == []
    assert told(found) == [
        ("row 2", "This row has more cells than there are headings, so its facts cannot be told apart."),
    ]


def test_a_row_with_fewer_cells_says_less() -> None:
    found = read("a.csv", b"CareService,ServiceName,Service_Postcode\nCare Home Service,Heronsbrae\n")
    assert facts(found, 2)["name"] == "Heronsbrae"
    assert "postcode" not in facts(found, 2)


def test_a_text_without_end_is_told() -> None:
    found = scotland(HOME | {"ServiceName": "x" * 501})
    assert told(found) == [
        ("row 2, column ServiceName", "This is longer than any entry of the register."),
        ("row 2, column ServiceName", "A row needs the name of the service."),
    ]


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    text = 'CareService,ServiceName,Service_Postcode\n\nCare Home Service,"Herons\nbrae",ZE99 1CK\n'
    found = read("a.csv", text.encode())
    assert [(row.number, row.facts["name"]) for row in found.rows] == [(3, "Herons brae")]


# --- Wales ---


def test_wales_under_its_title_date_and_blank_line() -> None:
    found = sheet("wales.xlsx")
    assert (found.regulator, found.as_of, found.left_out) == (Regulator.ciw, dt.date(2020, 7, 30), 1)
    assert [(row.number, row.facts["name"], row.facts["service_type"]) for row in found.rows] == [
        (5, "Plas Quillfeather", "care_home_with_nursing"),
        (6, "Tŷ Larchwood", "care_home"),
        (7, "The Heronry", "care_home"),
        (9, "Nightingale at Home", "home_care"),
    ]
    assert facts(found, 6) == {
        "name": "Tŷ Larchwood",
        "postcode": "LL99 1CK",
        "service_type": "care_home",
        "care_home": True,
        "register_types": ["Care Home Service", "Adults Without Nursing"],
        "registration_status": "registered",
        "address_line_1": "Chapel Lane",
        "town": "Llanlark",
        "local_authority": "Marlshire",
        "beds": 4,
    }


def test_a_status_that_is_not_known_is_told_and_not_said() -> None:
    found = sheet("wales.xlsx")
    assert told(found) == [
        ("row 7, column Service Status", "This word is not known: Suspended"),
        ("row 7, column Maximum Capacity", "This is not a whole number from 0 to 10000: 9.5"),
    ]
    assert "registration_status" not in facts(found, 7)
    assert facts(found, 9)["registration_status"] == "deregistered"


# --- Northern Ireland ---


def test_northern_ireland_with_units_of_one_home() -> None:
    found = sheet("northern_ireland.xlsx")
    assert (found.regulator, found.as_of, found.left_out) == (Regulator.rqia, None, 2)
    assert [(row.number, row.facts["name"], row.facts.get("beds")) for row in found.rows] == [
        (2, "Larkfield Care Centre", 30),
        (3, "Larkfield Care Centre", 12),
        (4, "Heron Suites", 17),
        (5, "Heron Suites", 27),
        (8, "Robin at Home", None),
        (9, "=Robin Day", None),
    ]
    assert facts(found, 2) == {
        "name": "Larkfield Care Centre",
        "postcode": "BT99 1JA",
        "service_type": "care_home_with_nursing",
        "care_home": True,
        "register_types": ["Nursing (NH)"],
        "registration_status": "registered",
        "specialisms": ["NH-I", "NH-PH"],
        "provider": "Larkfield Homes Ltd",
        "address_line_1": "Nursing Unit",
        "address_line_2": "4 Lark Road",
        "town": "Ballylark",
        "phone": "028 9600 0001",
        "conditions_of_registration": "A maximum of 2 patients in category NH-PH.",
        "beds": 30,
    }


def test_no_person_s_name_is_read() -> None:
    assert "A Post" not in str(sheet("northern_ireland.xlsx").rows)


def test_typing_errors_in_postcodes_and_a_row_that_stands_twice_are_told() -> None:
    assert told(sheet("northern_ireland.xlsx")) == [
        ("row 2, column Postcode", "This is not a postcode: BT99 IJA. It is read as BT99 1JA."),
        ("row 4, column Postcode", "This is not a postcode: BT99 OFB. It is read as BT99 0FB."),
        ("row 6", "This row says the same as row 5, and counts once."),
    ]


def test_places_of_a_day_service_are_no_beds() -> None:
    found = facts(sheet("northern_ireland.xlsx"), 9)
    assert found["places"] == 15
    assert "beds" not in found


# --- files ---


def test_a_register_is_known_by_its_headings_and_not_by_its_name(tmp_path: Path) -> None:
    for name in ("scotland.csv", "scotland_drifted.csv", "wales.xlsx", "northern_ireland.xlsx"):
        renamed = tmp_path / "download"
        renamed.write_bytes((NATIONS / name).read_bytes())
        assert recognises(renamed), name


@pytest.mark.parametrize(
    "name", ["cqc/locations.json", "cqc/broken/empty.json", "cqc/broken/latin-1.json", "strict.toml", "nothing.csv"]
)
def test_other_files_are_not_recognised(name: str) -> None:
    assert not recognises(SAMPLES / name)


def archive(names: list[str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "<x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "This file has not the headings of any register that is known here."),
        (b"name,postcode\nHeronsbrae,ZE99 1CK\n", "This file has not the headings of any register that is known here."),
        (archive(["content.xml"]), "This file has not the headings of any register that is known here."),
        (archive(["xl/workbook.xml"]), "This is not a workbook that can be read. Save it again as .xlsx."),
        (b'"' + b"x" * 200_000, "This is not a table of values with commas between them."),
    ],
)
def test_a_file_that_is_no_register_is_told_in_one_sentence(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a").write_bytes(data)
    assert not recognises(tmp_path / "a")
    found = read("a", data)
    assert [(each.file, each.place, each.reason) for each in found.problems] == [("a", "", reason)]
    assert found.regulator is None


def test_a_workbook_that_breaks_off_is_told() -> None:
    data = (NATIONS / "wales.xlsx").read_bytes()
    for length in range(0, len(data), 400):
        assert len(read("a", data[:length]).problems) == 1, length
