"""The files that the CQC publishes beside its API: what each calls its columns, and what one location's rows say.

No database here; `cqc_tables.py` applies the facts. A file is known by its headings, never by its name, and its
heading row is found by them too: titles, dates and blank lines may stand above it.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from flask_babel import gettext as _

from models.providers import SOCIAL_CARE, RatingValue, RegistrationStatus, ServiceType
from workflows.registers.cqc_files import (
    AWARDED,
    FLAGS,
    KEY_QUESTIONS,
    LONGEST_TEXT,
    MOST_BEDS,
    RATINGS,
    SECTORS,
    SERVICE_TYPES,
    Fields,
    LocationFacts,
    ProviderFacts,
    RatingFacts,
    favour,
    plain_word,
    short,
)

T = TypeVar("T")
Note = Callable[[str, str], None]
LONGEST_LIST = 4000

# --- the words of these files -------------------------------------------------------------------------------------

# The API's description of a type is its name here; short words mean the same.
TYPE_NAMES = {
    "nursing homes": "Care home service with nursing",
    "residential homes": "Care home service without nursing",
    "supported housing": "Extra Care housing services",
    "supported living": "Supported living service",
    "homecare agencies": "Domiciliary care service",
    "shared lives": "Shared Lives",
    "community services - healthcare": "Community healthcare service",
}
SOCIAL_TYPES = {word for word, kind in SERVICE_TYPES.items() if kind is not ServiceType.other} | {"shared lives"}
"""Where a file does not give the sector, these say that a location is adult social care."""
SOCIAL_ACTIVITIES = {"personal care", "accommodation for persons who require nursing or personal care"}

SPECIALISMS = {
    "caring for children (0 - 18yrs)": "Caring for children",
    "children 0-18 years": "Caring for children",
    "learning disabilities or autistic spectrum disorder": "Learning disabilities",
    "mental health": "Mental health conditions",
    "older people": "Caring for adults over 65 yrs",
    "people detained under the mental health act": (
        "Caring for people whose rights are restricted under the Mental Health Act"
    ),
    "people who misuse drugs and alcohol": "Substance misuse problems",
    "people with an eating disorder": "Eating disorders",
    "physical disability": "Physical disabilities",
    "sensory impairments": "Sensory impairment",
    "whole population": "Services for everyone",
    "younger adults": "Caring for adults under 65 yrs",
}
"""The files' other words for a specialism -> the API's, so that two files never change it to and fro."""
WITH_COMMAS = {
    *(word for word in SERVICE_TYPES if "," in word),
    "accommodation for persons who require nursing or personal care",
    "transport services, triage and medical advice provided remotely",
    "treatment of disease, disorder or injury",
}
OWNERSHIP = {"organisation", "partnership", "individual", "nhs body"}
MONTHS = {
    month: number
    for number, month in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)  # noqa: SIM905
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,39}")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ].*)?")
_SLASHES = re.compile(r"(\d\d?)/(\d\d?|[A-Za-z]{3,9})/(\d{4})(?:(?: -)? \d\d?:\d\d(?::\d\d)?( [AaPp][Mm])?)?")
_STATED = re.compile(r"\b(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})\b")


def is_id(written: str) -> bool:
    """Whether this may be an id that the CQC gave."""
    return _ID.fullmatch(written) is not None


def date(written: str) -> dt.date | None:
    """A day as these files write it; None where it is none. Only times with AM or PM follow American dates."""
    try:
        if found := _ISO.fullmatch(written):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _SLASHES.fullmatch(written):
            first, second = found[1], found[2]
            if found[4]:
                return dt.date(int(found[3]), int(first), int(second))
            month = int(second) if second.isdecimal() else MONTHS[second[:3].casefold()]
            return dt.date(int(found[3]), month, int(first))
    except (ValueError, KeyError):
        pass
    return None


def stated_day(cells: Iterable[str]) -> dt.date | None:
    """The day that a line above the headings says the file was made on."""
    for cell in cells:
        if ("produced on" in cell.casefold() or "as at" in cell.casefold()) and (found := _STATED.search(cell)):
            month = MONTHS.get(found[2][:3].casefold())
            if month and 1 <= int(found[1]) <= 28:
                return dt.date(int(found[3]), month, int(found[1]))
            return date(f"{int(found[1])}/{found[2]}/{found[3]}")
    return None


def heading(written: str) -> str:
    """A heading in the form by which it is known, whatever its case and its remark for office use."""
    return plain_word(written.strip("\ufeff").partition("(for office use")[0])


# --- one row ------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """One row of a file. Reads its columns, and notes the row and column of each that cannot be read."""

    number: int
    cells: Mapping[str, str]
    """Column -> what stands there; absent where nothing does."""
    headings: Mapping[str, str]
    """Column -> its heading, of those that the file has."""
    note: Note
    _unread: set[str] = field(default_factory=set)

    def place(self, column: str) -> str:
        return _("row %(row)s, column “%(column)s”", row=self.number, column=self.headings.get(column, column))

    def fault(self, column: str, reason: str) -> None:
        self._unread.add(column)
        self.note(self.place(column), reason)

    def text(self, column: str, longest: int = LONGEST_TEXT) -> str | None:
        value = self.cells.get(column)
        if value is not None and len(value) > longest:
            self.fault(column, _("This is longer than any entry of the register."))
            return None
        return value

    def date(self, column: str) -> dt.date | None:
        if (written := self.text(column)) is None:
            return None
        if (day := date(written)) is None:
            self.fault(column, _("This is not a date: %(written)s", written=short(written)))
        return day

    def word(self, column: str, known: Mapping[str, T]) -> T | None:
        if (written := self.text(column)) is None:
            return None
        if (meaning := known.get(plain_word(written))) is None:
            self.fault(column, _("This word is not known: %(written)s", written=short(written)))
        return meaning

    def flag(self, column: str) -> bool:
        return self.word(column, FLAGS) or False

    def beds(self, column: str) -> int | None:
        if (written := self.text(column)) is None:
            return None
        if not (written.isascii() and written.isdecimal() and len(written) < 9 and int(written) <= MOST_BEDS):
            self.fault(column, _("This is not a number of beds."))
            return None
        return int(written)

    def phone(self, column: str) -> str | None:
        """With the leading 0 that spreadsheets take from it."""
        written = self.text(column)
        bare = (written or "").replace(" ", "")
        return f"0{bare}" if bare.isdecimal() and 7 <= len(bare) <= 10 and bare[0] != "0" else written

    def names(self, column: str, separator: str, words: Mapping[str, str]) -> list[str]:
        """A list in one cell, in one fixed order. Words that hold the separator themselves are kept whole."""
        parts = (self.text(column, LONGEST_LIST) or "").split(separator)
        found, start = set(), 0
        while start < len(parts):
            end = start + 1
            for longer in range(min(start + 4, len(parts)), start + 1, -1):
                if plain_word(separator.join(parts[start:longer])) in WITH_COMMAS:
                    end = longer
                    break
            name = separator.join(parts[start:end]).strip()
            found.add(words.get(plain_word(name), name))
            start = end
        return sorted(found - {""})

    def read(self, fields: Mapping[str, str], how: Callable[[str], object]) -> Fields:
        """Field -> value of those columns that this file has and that made sense here."""
        found = {name: how(column) for name, column in fields.items() if column in self.headings}
        return {name: value for name, value in found.items() if fields[name] not in self._unread}


# --- what a location's rows say -----------------------------------------------------------------------------------

PLACE = {
    "address_line_1": "address_line_1",
    "address_line_2": "address_line_2",
    "town": "town",
    "county": "county",
    "postcode": "postcode",
    "website": "website",
    "region": "region",
    "local_authority": "local_authority",
    "brand": "brand",
}
TEXTS = PLACE | {"also_known_as": "also_known_as", "uprn": "uprn"}
ADDRESS_LINES = ("address_line_1", "address_line_2", "town", "county")
PROVIDER_TEXTS = {name: f"provider_{name}" for name in PLACE if name != "brand"} | {
    "brand": "brand",
    "ownership": "provider_ownership",
    "company_number": "provider_company_number",
    "charity_number": "provider_charity_number",
}


@dataclass(frozen=True)
class Told:
    """What a file says of one location and of who runs it, or of one provider."""

    place: str
    location: LocationFacts | None
    provider: ProviderFacts | None
    whole: bool
    """Whether it describes the provider, or only names it."""


@dataclass(frozen=True)
class Layout:
    """One kind of file. `columns` maps a heading, in its plain form, to what it is called here."""

    name: str
    marks: frozenset[str]
    columns: Mapping[str, str]
    known: tuple[str, ...] = ()
    """How headings begin that stand there and are not read."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """How headings begin that hold Y or nothing -> the list that the rest of the heading stands in."""
    separator: str = "|"
    fills: frozenset[str] = frozenset()
    """Fields that other files give better: they are filled where nothing stands, and never changed."""
    blank: frozenset[str] = frozenset({"", "-"})
    providers: bool = False
    """A row without a location is a provider's own."""
    closes: bool = False
    """It lists what has left the register: only services that are known are touched."""

    def told(self, rows: Sequence[Row]) -> Told | None:
        """What the rows of one id say together; the first speaks for all but the ratings."""
        row = rows[0]
        if "location_id" not in row.cells:
            return self._provider_row(row)
        ratings, current = _ratings(rows)
        name = row.text("name")
        fields: Fields = {"name": name} if name else {}
        fields |= self._place(row) | self._registration(row) | self._services(row)
        location = LocationFacts(row.cells["location_id"], row.cells.get("provider_id"), fields, (), ratings, current)
        provider, whole = None, "provider_sector" in row.headings
        if location.provider_id is not None:
            provider = ProviderFacts(location.provider_id, _provider(row, whole=whole), ())
        return Told(row.place("location_id"), location, provider, whole)

    def social(self, cells: Mapping[str, str], headings: Mapping[str, str]) -> bool:
        """Whether a row is of adult social care: by its sector, else by its types, else by what it may do."""
        if "sector" in headings:
            return SECTORS.get(plain_word(cells.get("sector", ""))) == SOCIAL_CARE
        row = Row(0, cells, headings, lambda place, reason: None)
        if "location_id" in cells:
            return not SOCIAL_TYPES.isdisjoint(map(plain_word, row.names("types", self.separator, TYPE_NAMES)))
        activities = row.names("specialisms", self.separator, {})
        return not SOCIAL_ACTIVITIES.isdisjoint(map(plain_word, activities))

    def _place(self, row: Row) -> Fields:
        fields = row.read(TEXTS, row.text) | row.read({"phone": "phone"}, row.phone)
        if "address" in row.headings and (joined := row.text("address")):
            # Parts are joined by a comma alone; a comma within one is followed by a space.
            parts = [part.strip() for part in re.split(r",(?! )", joined)]
            first, *between = parts[:-1] or parts
            town = parts[-1] if len(parts) > 1 else None
            fields |= {"address_line_1": first, "address_line_2": ", ".join(between) or None, "town": town}
        return fields

    def _registration(self, row: Row) -> Fields:
        dates = {"registered_on": "registered_on", "last_inspected_on": "last_inspected_on"}
        fields = row.read(dates, row.date)
        ended = row.date("deregistered_on")
        if self.closes or "deregistered_on" in row.cells:
            fields["registration_status"] = RegistrationStatus.deregistered
        else:
            fields["registration_status"] = RegistrationStatus.registered
        if "deregistered_on" not in row._unread:
            fields["deregistered_on"] = ended
        return fields

    def _services(self, row: Row) -> Fields:
        fields = row.read({"care_home": "care_home", "dormant": "dormant"}, row.flag)
        fields |= row.read({"beds": "beds"}, row.beds)
        # The manager's name stands there; it is not read.
        fields |= row.read({"manager_in_post": "manager"}, lambda column: row.cells.get(column) is not None)
        fields |= row.read({"specialisms": "specialisms"}, lambda each: row.names(each, self.separator, SPECIALISMS))
        fields |= row.read({"activities": "activities"}, lambda each: row.names(each, self.separator, {}))
        types = row.read({"register_types": "types"}, lambda each: row.names(each, self.separator, TYPE_NAMES))
        if types.get("register_types"):
            fields |= types
            kinds = set()
            for each in types["register_types"]:
                if (kind := SERVICE_TYPES.get(plain_word(each))) is None:
                    row.note(row.place("types"), _("This word is not known: %(written)s", written=short(each)))
                else:
                    kinds.add(kind)
            if kinds:
                fields["service_type"] = next(each for each in ServiceType if each in kinds)
            if "care_home" not in row.headings:
                homes = (ServiceType.care_home, ServiceType.care_home_with_nursing)
                fields["care_home"] = not kinds.isdisjoint(homes)
        elif "care_home" in fields and "types" not in row.headings and fields["care_home"]:
            fields["service_type"] = ServiceType.care_home
        return fields

    def _provider_row(self, row: Row) -> Told | None:
        fields = self._place(row)
        if name := row.text("name"):
            fields["name"] = name
        fields.pop("also_known_as", None)
        fields.pop("uprn", None)
        kind = row.text("types")
        if kind is not None and plain_word(kind) in OWNERSHIP:
            fields["ownership"] = kind
        fields["registration_status"] = RegistrationStatus.registered
        return Told(row.place("provider_id"), None, ProviderFacts(row.cells["provider_id"], fields, ()), whole=True)


def _provider(row: Row, *, whole: bool) -> Fields:
    name = row.text("provider_name")
    fields: Fields = {"name": name} if name else {}
    if whole:
        sector = row.text("provider_sector")
        fields |= {"sector": SECTORS.get(plain_word(sector), sector)} if sector else {}
        fields |= row.read(PROVIDER_TEXTS, row.text)
        fields |= row.read({"phone": "provider_phone"}, row.phone)
        fields |= row.read({"registered_on": "provider_registered_on"}, row.date)
        fields["registration_status"] = RegistrationStatus.registered
    return fields


# --- ratings ------------------------------------------------------------------------------------------------------

WHOLE = "overall"


def rating_key(overall: RatingValue | None, published_on: dt.date | None) -> str:
    """A file gives a rating no id: of one service, its day and its word tell it from the others."""
    return f"file:{published_on or ''}:{overall or ''}"


def _ratings(rows: Sequence[Row]) -> tuple[tuple[RatingFacts, ...], RatingFacts | None]:
    """Every rating that a location's rows give, and the one that stands.

    Where there is a row for each service and domain, Overall of Overall is the location's. Under the newer framework
    that says Not Rated where several services are assessed: each has its own, and the least favourable counts.
    """
    headings = rows[0].headings
    if "rating" not in headings:
        return (), None
    if "domain" not in headings:
        return _rating_of_a_row(rows[0])
    overalls: dict[str, dict[dt.date | None, tuple[RatingValue, Row]]] = defaultdict(dict)
    questions: dict[str, dict[str, tuple[dt.date, RatingValue]]] = defaultdict(dict)
    for row in rows:
        group, domain = plain_word(row.text("group") or WHOLE), plain_word(row.text("domain") or WHOLE)
        value, day = row.word("rating", RATINGS), row.date("published_on")
        if value is None or "published_on" in row._unread:
            continue
        if domain == WHOLE:
            known = overalls[group].get(day)
            if known is None or favour(value) < favour(known[0]):
                overalls[group][day] = (value, row)
        elif (question := KEY_QUESTIONS.get(domain)) is not None:
            newest = questions[group].get(question)
            if newest is None or (-(day or dt.date.min).toordinal(), favour(value)) < (
                -newest[0].toordinal(),
                favour(newest[1]),
            ):
                questions[group][question] = (day or dt.date.min, value)
        else:
            row.fault("domain", _("This word is not known: %(written)s", written=short(domain)))
    standing: dict[str, RatingFacts] = {}
    found: dict[str, RatingFacts] = {}
    for group, by_day in sorted(overalls.items()):
        for day, (value, row) in by_day.items():
            newest_day = day == max(by_day, key=lambda each: each or dt.date.min)
            fields: Fields = {"overall": value} | ({"published_on": day} if day is not None else {})
            if newest_day:
                fields |= {question: rated for question, (_day, rated) in questions[group].items()}
            facts = RatingFacts(rating_key(value, day), row.place("rating"), fields)
            if newest_day:
                standing[group] = facts
            if value in AWARDED:
                found.setdefault(facts.key, facts)
    current = _current(standing, rows[0])
    if current is not None:
        found[current.key] = current
    return tuple(found[key] for key in sorted(found)), current


def _current(standing: Mapping[str, RatingFacts], first: Row) -> RatingFacts | None:
    """Which rating stands: as in the API's answers, the later of the location's own and the worst of its groups'."""
    groups = [each for group, each in standing.items() if group != WHOLE and each.overall in AWARDED]
    candidates = [standing[WHOLE]] if WHOLE in standing else []
    if groups:
        worst = min(favour(each.overall) for each in groups)
        candidates.append(max((each for each in groups if favour(each.overall) == worst), key=_day))
    found = max(candidates, key=lambda each: (each.overall in AWARDED, _day(each)), default=None)
    if found is not None and found in groups and len({each.overall for each in groups}) > 1:
        first.note(found.place, _("Its service groups are rated differently; the least favourable counts for all."))
    return found


def _day(rating: RatingFacts) -> dt.date:
    return rating.published_on or dt.date.min


def _rating_of_a_row(row: Row) -> tuple[tuple[RatingFacts, ...], RatingFacts | None]:
    """The one rating of a file with a row for each location."""
    overall = row.word("rating", RATINGS)
    if overall is None:
        return (), None
    day = row.date("published_on")
    if day is not None and day == row.date("registered_on"):
        day = None  # the dashboard's export gives the day of registration there
    fields: Fields = {"overall": overall} | ({"published_on": day} if day is not None else {})
    for question in dict.fromkeys(KEY_QUESTIONS.values()):
        if question in row.headings and (value := row.word(question, RATINGS)) is not None:
            fields[question] = value
    facts = RatingFacts(rating_key(overall, day), row.place("rating"), fields)
    return (facts,), facts


# --- the files ----------------------------------------------------------------------------------------------------

_LOCATION = {
    "location id": "location_id",
    "location name": "name",
    "care home?": "care_home",
    "location type": "sector",
    "location type/sector": "sector",
    "location street address": "address_line_1",
    "location address line 2": "address_line_2",
    "location city": "town",
    "location county": "county",
    "location post code": "postcode",
    "location postal code": "postcode",
    "location local authority": "local_authority",
    "location region": "region",
    "provider id": "provider_id",
    "provider name": "provider_name",
    "brand name": "brand",
    "publication date": "published_on",
}
_NOT_READ = (
    "location ods code",
    "location primary inspection category",
    "location inspection directorate",
    "location nhs region",
    "location primary nhs region",
    "location onspd ccg",
    "location commissioning ccg",
    "location paf id",
    "location latitude",
    "location longitude",
    "location parliamentary constituency",
    "inherited rating",
    "brand id",
    "url",
)


def _only(columns: Mapping[str, str], *left_out: str) -> dict[str, str]:
    return {heading: column for heading, column in columns.items() if heading not in left_out}


RATINGS_FILE = Layout(
    "latest ratings",
    frozenset({"location id", "service / population group", "domain", "latest rating"}),
    _only(_LOCATION, "location county", "location postal code", "location type/sector")
    | {"service / population group": "group", "domain": "domain", "latest rating": "rating"},
    known=(*_NOT_READ, "report type"),
)
DEACTIVATED = Layout(
    "deactivated locations",
    frozenset({"location id", "location hsca end date", "location type/sector"}),
    {
        "location id": "location_id",
        "location hsca end date": "deregistered_on",
        "location type/sector": "sector",
    },
    known=("location", "care home", "provider", "brand", "publication date", "inherited rating", "dual"),
    closes=True,
)
HSCA = Layout(
    "HSCA active locations",
    frozenset({"location id", "location type/sector", "provider id", "care homes beds"}),
    _only(_LOCATION, "location post code", "location type")
    | {
        "location hsca start date": "registered_on",
        "dormant (y/n)": "dormant",
        "location telephone number": "phone",
        "registered manager": "manager",
        "location web address": "website",
        "care homes beds": "beds",
        "location latest overall rating": "rating",
        "location uprn id": "uprn",
        "provider companies house number": "provider_company_number",
        "provider charity number": "provider_charity_number",
        "provider hsca start date": "provider_registered_on",
        "provider type/sector": "provider_sector",
        "provider ownership type": "provider_ownership",
        "provider telephone number": "provider_phone",
        "provider web address": "provider_website",
        "provider street address": "provider_address_line_1",
        "provider address line 2": "provider_address_line_2",
        "provider city": "provider_town",
        "provider county": "provider_county",
        "provider postal code": "provider_postcode",
        "provider local authority": "provider_local_authority",
        "provider region": "provider_region",
    },
    known=(
        *_NOT_READ,
        "provider inspection directorate",
        "provider primary inspection category",
        "provider paf id",
        "provider uprn id",
        "provider nhs region",
        "provider latitude",
        "provider longitude",
        "provider parliamentary constituency",
        "provider nominated individual name",
        "provider main partner name",
        "location dual registered",
        "primary id",
    ),
    flags={
        "regulated activity - ": "activities",
        "service type - ": "types",
        "service user band - ": "specialisms",
    },
)
_POOR = frozenset(
    {*ADDRESS_LINES, "website", "region", "register_types", "service_type", "care_home", "specialisms", "phone"}
)
_SEARCH = {
    "name": "name",
    "also known as": "also_known_as",
    "postcode": "postcode",
    "phone number": "phone",
    "service types": "types",
    "specialisms/services": "specialisms",
    "provider name": "provider_name",
    "local authority": "local_authority",
    "region": "region",
    "cqc location id": "location_id",
    "cqc provider id": "provider_id",
}
DIRECTORY = Layout(
    "CQC directory",
    frozenset({"name", "date of latest check", "cqc location id", "cqc provider id"}),
    _SEARCH
    | {
        "address": "address",
        "service's website (if available)": "website",
        "date of latest check": "last_inspected_on",
    },
    known=("location url",),
    fills=_POOR,
)
WEBSITE = Layout(
    "website search",
    frozenset({"name", "address 1", "cqc location id", "cqc provider id"}),
    _SEARCH
    | {
        "address 1": "address_line_1",
        "address 2": "address_line_2",
        "town/city": "town",
        "county": "county",
        "website": "website",
    },
    known=("url", "report publication date"),
    separator=",",
    fills=_POOR,
    providers=True,
)
DASHBOARD = Layout(
    "adult social care dashboard",
    frozenset({"location id", "service types", "location latest overall rating", "provider id"}),
    {
        "location name": "name",
        "location id": "location_id",
        "registered manager": "manager",
        "location uprn": "uprn",
        "location telephone number": "phone",
        "location web address": "website",
        "location local authority": "local_authority",
        "service types": "types",
        "care homes beds": "beds",
        "location hsca start date": "registered_on",
        "location hsca end date": "deregistered_on",
        "dormant": "dormant",
        "location latest overall rating": "rating",
        "publication date": "published_on",
        "service users supported": "specialisms",
        "location safe rating": "safe",
        "location effective rating": "effective",
        "location caring rating": "caring",
        "location responsive rating": "responsive",
        "location well-led rating": "well_led",
        "provider name": "provider_name",
        "provider id": "provider_id",
        "brand name": "brand",
    },
    known=(
        "comments within last month",
        "location adass region",
        "primary inspection category",
        "size of care home",
        "location length of service",
        "provider hsca start date",
        "provider length of service",
        "provider ownership type",
        "provider companies house number",
        "provider characteristic",
        "brand id",
        "brand characteristic",
    ),
    separator=", ",
    fills=_POOR,
)
EXTRACT = Layout(
    "a council's extract of the directory",
    frozenset({"name", "cqc_id"}),
    {
        "name": "name",
        "cqc_id": "location_id",
        "type": "types",
        "address": "address",
        "postcode": "postcode",
        "telephone": "phone",
        "website": "website",
        "inspection_date": "last_inspected_on",
        "area_name": "local_authority",
    },
    known=("provider", "cqc_webpage", "area_code", "lon", "lat"),
    fills=_POOR,
    blank=frozenset({"", "-", "NA"}),
)
LAYOUTS = (HSCA, RATINGS_FILE, DASHBOARD, WEBSITE, DIRECTORY, EXTRACT, DEACTIVATED)
"""In the order to apply the files of one run: those that know more, earlier; last what only closes what is known."""


def layout_of(cells: Sequence[str]) -> Layout | None:
    """The kind of file whose headings these are."""
    headings = {heading(each) for each in cells}
    return next((each for each in LAYOUTS if each.marks <= headings), None)


def columns(layout: Layout, cells: Sequence[str], note: Note) -> tuple[dict[int, str], dict[int, tuple[str, str]]]:
    """Which column holds what, and which are flags of which list. Headings that are missing or unknown are told."""
    places: dict[int, str] = {}
    flags: dict[int, tuple[str, str]] = {}
    for number, written in enumerate(cells):
        name = heading(written)
        flagged = next((start for start in layout.flags if name.startswith(start)), None)
        if flagged is not None:
            flags[number] = layout.flags[flagged], written.strip()[len(flagged) :]
        elif name in layout.columns:
            if layout.columns[name] in places.values():
                note(_("the headings"), _("The column “%(name)s” stands twice; the first counts.", name=short(written)))
            else:
                places[number] = layout.columns[name]
        elif name and not name.startswith(layout.known):
            note(_("the headings"), _("The column “%(name)s” is not known, and is not read.", name=short(written)))
    present = {*places.values(), *(column for column, _name in flags.values())}
    wanted: dict[str, str] = {}
    for name, column in (*layout.columns.items(), *((start, column) for start, column in layout.flags.items())):
        wanted.setdefault(column, name)
    for column, name in wanted.items():
        if column not in present:
            note(_("the headings"), _("The column “%(name)s” is missing: what it tells stays as it is.", name=name))
    return places, flags


def as_at(rating: RatingFacts, day: dt.date | None) -> RatingFacts:
    """A rating without its date, by a file of this day: it stood then, and was given on no later one."""
    if rating.published_on is not None or day is None:
        return rating
    return replace(rating, key=f"file:by {day}:{rating.overall}")
