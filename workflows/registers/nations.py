"""Reading the registers of Scotland (csv), Wales and Northern Ireland (xlsx): one file -> facts, row by row.

No database here; `proposals.py` proposes the rows. A register is recognised by its headings, never by the file's name,
and its heading row is found by them too: titles, dates and blank lines may stand above it. Headings drift between
editions, so each fact knows the headings that it has stood under.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from models.providers import RegistrationStatus, Regulator, ServiceType
from workflows.registers import likeness
from workflows.registers.cqc_files import LONGEST_TEXT, MOST_BEDS, Problem

ABOVE = 20
"""How many rows may stand above the headings."""
LONGEST_CONDITIONS = 5_000

# --- what each register calls things ------------------------------------------------------------------------------
# Headings and words in their plain form, without case, spaces and punctuation.

CHILDREN = "children"
NOT_OURS = frozenset(
    {
        # children
        "childminding",
        "daycareofchildren",
        "childcareagency",
        "schoolcareaccommodationservice",
        "secureaccommodationservice",
        "fosteringservice",
        "fosteringagency",
        "adoptionservice",
        "adoptionagency",
        "voluntaryadoptionagencyvaa",
        "voluntaryadoptionagency",
        "childrenshomech",
        "childrenshome",
        "residentialfamilycentreservice",
        # treatment, and agencies that send staff
        "independenthospitalih",
        "independenthospitalihdentaltreatment",
        "independenthospital",
        "independentclinicic",
        "independentmedicalagencyima",
        "nursingagencyna",
        "nursingagency",
        "nurseagency",
    }
)
"""No adult social care: rows of these kinds are left out, and counted."""
KINDS = {
    "carehomeservice": ServiceType.care_home,
    "carehomeserviceadultswithnursing": ServiceType.care_home_with_nursing,
    "carehomeserviceadultswithoutnursing": ServiceType.care_home,
    "supportservice": ServiceType.other,
    "supportservicecareathome": ServiceType.home_care,
    "supportserviceotherthancareathome": ServiceType.day_service,
    "housingsupportservice": ServiceType.supported_living,
    "offenderaccommodationservice": ServiceType.other,
    "adultplacementservice": ServiceType.other,
    "domiciliarysupportservice": ServiceType.home_care,
    "nursingnh": ServiceType.care_home_with_nursing,
    "nursing": ServiceType.care_home_with_nursing,
    "residentialrc": ServiceType.care_home,
    "residential": ServiceType.care_home,
    "domiciliarycareagencydca": ServiceType.home_care,
    "domiciliarycareagency": ServiceType.home_care,
    "daycaresettingdcs": ServiceType.day_service,
    "daycaresetting": ServiceType.day_service,
    "adultplacementagencyapa": ServiceType.other,
    "adultplacementagency": ServiceType.other,
}
CARE_HOMES = (ServiceType.care_home, ServiceType.care_home_with_nursing)
STATUSES = {
    "active": RegistrationStatus.registered,
    "approved": RegistrationStatus.registered,
    "registered": RegistrationStatus.registered,
    "inactive": RegistrationStatus.deregistered,
    "cancelled": RegistrationStatus.deregistered,
    "deregistered": RegistrationStatus.deregistered,
}
GRADES = {
    "grade_wellbeing": ("kqsupportwellbeing",),
    "grade_planning": ("kqcareandsupportplanning",),
    "grade_setting": ("kqsetting",),
    "grade_staff": ("kqstaffteam",),
    "grade_leadership": ("kqleadership",),
}
"""The key questions of Scotland's inspections of adult care, each graded from 1, unsatisfactory, to 6, excellent."""


@dataclass(frozen=True)
class Register:
    """One regulator's register: fact -> the headings that it has stood under. Those of `needs` tell it from others."""

    regulator: Regulator
    needs: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, tuple[str, ...]]

    def places(self, cells: Sequence[str]) -> dict[str, int] | None:
        """Which column holds each fact, where these cells are the headings of this register."""
        headings: dict[str, int] = {}
        for number, cell in enumerate(cells):
            headings.setdefault(_heading(cell), number)
        found = {
            fact: headings[known]
            for fact, names in {**self.columns, **self.needs}.items()
            for known in reversed(names)
            if known in headings
        }
        return found if set(self.needs) <= set(found) else None


REGISTERS = (
    Register(
        Regulator.care_inspectorate,
        {"kind": ("careservice",), "name": ("servicename",), "postcode": ("servicepostcode",)},
        {
            "regulator_id": ("csnumber", "casenumber"),
            "sub_kind": ("subtype",),
            "client_group": ("clientgroup",),
            "provider": ("serviceprovider",),
            "address_line_1": ("addressline1",),
            "address_line_2": ("addressline2",),
            "town": ("servicetown",),
            "phone": ("servicephonenumber",),
            "local_authority": ("councilareaname",),
            "places": ("totalbeds", "registeredplaces"),
            "specialisms": ("carehomemainareaofcare",),
            "status": ("servicestatus",),
            "graded_on": ("publicationoflatestgrading",),
            "last_inspected_on": ("lastinspectiondate",),
            **GRADES,
        },
    ),
    Register(
        Regulator.ciw,
        {"kind": ("servicetype",), "name": ("servicename",), "postcode": ("serviceaddresspostcode",)},
        {
            "sub_kind": ("servicesubtype",),
            "status": ("servicestatus",),
            "provider": ("providername", "serviceprovider"),
            "address_line_1": ("serviceaddressline1",),
            "address_line_2": ("serviceaddressline2",),
            "town": ("serviceaddresstowncity",),
            "local_authority": ("localauthority",),
            "places": ("maximumcapacity",),
        },
    ),
    Register(
        Regulator.rqia,
        {
            "kind": ("category",),
            "name": ("servicename",),
            "postcode": ("postcode",),
            "specialisms": ("categoriesofcare",),
        },
        {
            "provider": ("providername",),
            "address_line_1": ("addressline1",),
            "address_line_2": ("addressline2",),
            "town": ("town",),
            "phone": ("tel",),
            "places": ("maxapprovedplaces",),
            "conditions_of_registration": ("conditionsasoncertificate",),
        },
    ),
)
DATES = ("graded_on", "last_inspected_on")
TEXTS = (
    "regulator_id",
    "provider",
    "address_line_1",
    "address_line_2",
    "town",
    "phone",
    "local_authority",
    "client_group",
)


@dataclass(frozen=True)
class Row:
    """What one row says: the row as a spreadsheet counts it, and its facts as JSON values.

    A fact that is not there was not said, or could not be read.
    """

    number: int
    facts: dict[str, Any]


@dataclass
class Sheet:
    """One file of a register, read. Without a regulator nothing of it could be."""

    sha256: str
    regulator: Regulator | None = None
    as_of: dt.date | None = None
    rows: list[Row] = field(default_factory=list)
    left_out: int = 0
    """Rows of other care than adult social care."""
    problems: list[Problem] = field(default_factory=list)


# --- files --------------------------------------------------------------------------------------------------------


class _WrongFile(Exception):
    """One sentence that says why this is no file of these registers."""


def recognises(path: Path) -> bool:
    """Whether a file is one of these registers', by its headings."""
    try:
        with path.open("rb") as file:
            # A workbook can only be read whole; of a text the first lines tell, and it may be the national file.
            return any(_found(rows) for rows in _tables(file.read(None if _is_workbook(file) else 1 << 16)))
    except (OSError, _WrongFile):
        return False


def read(name: str, data: bytes) -> Sheet:
    """What one file says. What cannot be read is told by its row and column; nothing fails."""
    sheet = Sheet(hashlib.sha256(data).hexdigest())
    try:
        for rows in _tables(data):
            if (found := _found(rows)) is not None:
                _fill(sheet, name, rows, *found)
                return sheet
        raise _WrongFile(_("This file has not the headings of any register that is known here."))
    except _WrongFile as error:
        sheet.problems.append(Problem(name, "", str(error)))
    return sheet


def _is_workbook(file: IO[bytes]) -> bool:
    """Whether it is an .xlsx. Those of other make (.ods) are larger than memory, and read elsewhere."""
    try:
        return "xl/workbook.xml" in zipfile.ZipFile(file).namelist()
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)


def _tables(data: bytes) -> Iterator[list[list[Any]]]:
    """The tables of a file, as rows of cells: each sheet of a workbook, or the one of a text."""
    if not _is_workbook(io.BytesIO(data)):
        yield _text_table(data)
        return
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            yield book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise _WrongFile(_("This is not a workbook that can be read. Save it again as .xlsx.")) from error


def _text_table(data: bytes) -> list[list[Any]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("windows-1252", errors="replace")
    text = text.removeprefix("ï»¿").replace("\0", "")  # the mark of UTF-8, where somebody took it for text
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise _WrongFile(_("This is not a table of values with commas between them.")) from error


def _heading(cell: Any) -> str:
    return "".join(re.findall(r"[a-z0-9]+", str(cell).casefold()))


def _found(rows: list[list[Any]]) -> tuple[Register, dict[str, int], int] | None:
    """The register that these rows are of, which column holds each fact, and how many rows the headings end."""
    for number, cells in enumerate(rows[:ABOVE], 1):
        for register in REGISTERS:
            if (places := register.places([str(cell) for cell in cells])) is not None:
                return register, places, number
    return None


# --- rows ---------------------------------------------------------------------------------------------------------


def _fill(
    sheet: Sheet, name: str, rows: list[list[Any]], register: Register, places: dict[str, int], above: int
) -> None:
    headings, told = rows[above - 1], dict[str, int]()
    sheet.regulator, sheet.as_of = register.regulator, _made_on(rows[: above - 1])
    for number, values in enumerate(rows[above:], above + 1):
        cells = Cells(values, places, headings, name, number, sheet.problems)
        if cells.blank:
            continue
        if len([value for value in values[len(headings) :] if _text(value)]) > 0:
            cells.note("", _("This row has more cells than there are headings, so its facts cannot be told apart."))
            continue
        kind = _kind(cells)
        if kind is None:
            sheet.left_out += 1
        elif (facts := _facts(cells, kind)) is not None:
            first = told.setdefault(json.dumps(facts, sort_keys=True), number)
            if first == number:
                sheet.rows.append(Row(number, facts))
            else:
                cells.note("", _("This row says the same as row %(first)s, and counts once.", first=first))


class Cells:
    """One row. Reads its cells by fact, and notes the row and column of each that cannot be read."""

    def __init__(
        self,
        values: Sequence[Any],
        places: Mapping[str, int],
        headings: Sequence[Any],
        file: str,
        number: int,
        problems: list[Problem],
    ) -> None:
        self._values, self._places, self._headings = values, places, headings
        self._file, self._number, self._problems = file, number, problems
        self.blank = not any(_text(value) for value in values)

    def note(self, fact: str, reason: str) -> None:
        """List a cell, or without a fact the whole row, as one that cannot be read."""
        place = _("row %(row)s", row=self._number)
        if fact:
            heading = str(self._headings[self._places[fact]]).strip()
            place = _("row %(row)s, column %(column)s", row=self._number, column=heading)
        self._problems.append(Problem(self._file, place, reason))

    def cell(self, fact: str) -> Any:
        """What the cell holds; None where there is no such column, or nothing in it."""
        place = self._places.get(fact)
        return self._values[place] if place is not None and place < len(self._values) else None

    def text(self, fact: str, longest: int = LONGEST_TEXT) -> str | None:
        """A cell as text; None where nothing is said."""
        text = _text(self.cell(fact))
        if len(text) > longest:
            self.note(fact, _("This is longer than any entry of the register."))
            return None
        return text or None

    def day(self, fact: str) -> str | None:
        """A date, as day, month and year or as the workbook keeps it."""
        value = self.cell(fact)
        if isinstance(value, dt.datetime):
            return value.date().isoformat()
        if isinstance(value, dt.date):
            return value.isoformat()
        written = self.text(fact)
        if written is None:
            return None
        for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                return dt.datetime.strptime(written, pattern).date().isoformat()  # noqa: DTZ007 - only its date is kept
            except ValueError:
                continue
        self.note(fact, _("This is not a date as day/month/year: %(written)s", written=_short(written)))
        return None

    def number(self, fact: str, lowest: int, highest: int) -> int | None:
        """A whole number between those that make sense."""
        written = self.text(fact)
        if written is None:
            return None
        if re.fullmatch(r"[0-9]{1,6}(\.0+)?", written) and lowest <= (found := int(float(written))) <= highest:
            return found
        told = {"lowest": lowest, "highest": highest, "written": _short(written)}
        self.note(fact, _("This is not a whole number from %(lowest)s to %(highest)s: %(written)s", **told))
        return None


def _text(value: Any) -> str:
    """A cell as it is written; the registers write NA, and workbooks whole numbers as 4.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value if value is not None else "").replace("\0", "").split())
    return "" if text.casefold() in ("na", "n/a") else text


def _short(written: str) -> str:
    return written if len(written) <= 40 else written[:39] + "…"


def _made_on(rows: Iterable[Sequence[Any]]) -> dt.date | None:
    """The day that stands above the headings, as 30th July 2020 or as a date."""
    for value in (cell for row in rows for cell in row):
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        if found := re.search(r"\b([0-9]{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]+) ([0-9]{4})\b", _text(value)):
            try:
                return dt.datetime.strptime(" ".join(found.groups()), "%d %B %Y").date()  # noqa: DTZ007 - only its date
            except ValueError:
                continue
    return None


# --- facts --------------------------------------------------------------------------------------------------------


def _kind(cells: Cells) -> ServiceType | None:
    """What the service is; None where it is no adult social care. A word that is not known is told, and kept."""
    if _heading(cells.text("client_group") or "") == CHILDREN or CHILDREN in _heading(cells.text("sub_kind") or ""):
        return None
    main, sub = (_heading(cells.text(each) or "") for each in ("kind", "sub_kind"))
    if main in NOT_OURS:
        return None
    if (kind := KINDS.get(main + sub) or KINDS.get(main)) is not None:
        return kind
    written = cells.text("kind")
    if written is not None:
        cells.note("kind", _("This word is not known: %(written)s", written=_short(written)))
    return ServiceType.other


def _facts(cells: Cells, kind: ServiceType) -> dict[str, Any] | None:
    name = cells.text("name")
    if name is None:
        cells.note("name", _("A row needs the name of the service."))
        return None
    care_home = kind in CARE_HOMES
    facts: dict[str, Any] = {
        "name": name,
        "postcode": _postcode(cells),
        "service_type": kind.value,
        "care_home": care_home,
        "register_types": [each for each in (cells.text("kind"), cells.text("sub_kind")) if each],
        "registration_status": _status(cells),
        "specialisms": _list(cells.text("specialisms")),
    }
    facts |= {fact: cells.text(fact) for fact in TEXTS}
    facts |= {fact: cells.day(fact) for fact in DATES} | {
        "conditions_of_registration": cells.text("conditions_of_registration", LONGEST_CONDITIONS)
    }
    # Agencies and day services have places too, or 0: only homes have beds.
    places = cells.number("places", 0, MOST_BEDS)
    facts["beds" if care_home else "places"] = places if care_home or places else None
    facts |= {fact: cells.number(fact, 1, 6) for fact in GRADES}
    return {fact: value for fact, value in facts.items() if value not in (None, [])}


def _postcode(cells: Cells) -> str | None:
    written = cells.text("postcode")
    if written is None:
        return None
    read_as = likeness.postcode(written)
    if read_as is None:
        cells.note("postcode", _("This is not a postcode: %(written)s", written=_short(written)))
        return None
    if re.sub(r"\s", "", written).upper() != read_as.replace(" ", ""):
        told = {"written": _short(written), "read_as": read_as}
        cells.note("postcode", _("This is not a postcode: %(written)s. It is read as %(read_as)s.", **told))
    return read_as


def _status(cells: Cells) -> str | None:
    """A register without a column for it lists only what is registered."""
    written = cells.text("status")
    if written is None:
        return RegistrationStatus.registered.value
    known = STATUSES.get(_heading(written))
    if known is None:
        cells.note("status", _("This word is not known: %(written)s", written=_short(written)))
    return known.value if known is not None else None


def _list(written: str | None) -> list[str]:
    return [each.strip() for each in (written or "").split(",") if each.strip()]
