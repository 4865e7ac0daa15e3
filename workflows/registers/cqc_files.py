"""Reading the CQC API's answers: the bytes of one file -> facts, and a list of what could not be read.

No database here; `cqc.py` applies the facts. Only the regulator's ids identify: names, list order and letter
case decide nothing, and any key may be absent.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask_babel import gettext as _

from models.base import LONDON
from models.providers import SOCIAL_CARE, LinkKind, RatingValue, RegistrationStatus, ServiceType

T = TypeVar("T")
Fields = dict[str, Any]

# --- the register's words -----------------------------------------------------------------------------------------
# All in lower case: the register itself writes "Requires improvement" and "Requires Improvement".

RATINGS = {
    "outstanding": RatingValue.outstanding,
    "good": RatingValue.good,
    "requires improvement": RatingValue.requires_improvement,
    "inadequate": RatingValue.inadequate,
    "inspected but not rated": RatingValue.inspected_not_rated,
    "no published rating": RatingValue.no_published_rating,
    "insufficient evidence to rate": RatingValue.insufficient_evidence,
    "not rated": RatingValue.not_rated,
    "not formally rated": RatingValue.not_rated,
    "no action": RatingValue.no_action,
    "compliance action": RatingValue.compliance_action,
}
AWARDED = (RatingValue.inadequate, RatingValue.requires_improvement, RatingValue.good, RatingValue.outstanding)
"""The four that say how good the care is, the least favourable first. The other words say that nothing was rated."""

KEY_QUESTIONS = {
    "safe": "safe",
    "effective": "effective",
    "caring": "caring",
    "responsive": "responsive",
    "well-led": "well_led",
    "well led": "well_led",
}
STATUSES = {"registered": RegistrationStatus.registered, "deregistered": RegistrationStatus.deregistered}
FLAGS = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}
LINKS = {
    "hsca predecessor": LinkKind.predecessor,
    "predecessor": LinkKind.predecessor,
    "hsca successor": LinkKind.successor,
    "successor": LinkKind.successor,
}
SECTORS = {
    name.casefold(): name
    for name in (
        SOCIAL_CARE,
        "Independent Ambulance",
        "Independent Healthcare Org",
        "NHS Healthcare Organisation",
        "Primary Dental Care",
        "Primary Medical Services",
    )
}
STANDING = {"current", "active"}
REGISTERED_MANAGER = "registered manager"

# By the register's short name and by its description: either may be absent.
SERVICE_TYPES = {
    "nursing homes": ServiceType.care_home_with_nursing,
    "care home service with nursing": ServiceType.care_home_with_nursing,
    "residential homes": ServiceType.care_home,
    "care home service without nursing": ServiceType.care_home,
    "supported housing": ServiceType.extra_care,
    "extra care housing services": ServiceType.extra_care,
    "supported living": ServiceType.supported_living,
    "supported living service": ServiceType.supported_living,
    "homecare agencies": ServiceType.home_care,
    "domiciliary care service": ServiceType.home_care,
} | dict.fromkeys(
    (
        "acute services with overnight beds",
        "acute services without overnight beds / listed acute services with or without overnight beds",
        "ambulance service",
        "ambulances",
        "blood and transplant service",
        "clinic",
        "community based services for people who misuse substances",
        "community based services for people with a learning disability",
        "community based services for people with mental health needs",
        "community health care services - independent midwives",
        "community health care services - nurses agency only",
        "community healthcare service",
        "community services - healthcare",
        "community services - learning disabilities",
        "community services - mental health",
        "community services - nursing",
        "community services - substance abuse",
        "dental service",
        "dentist",
        "diagnosis/screening",
        "diagnostic and/or screening service",
        "diagnostic and/or screening service - single handed sessional providers",
        "doctors consultation service",
        "doctors treatment service",
        "doctors/gps",
        "hospice",
        "hospice services",
        "hospice services at home",
        "hospital",
        "hospital services for people with mental health needs, learning disabilities and problems with "
        "substance misuse",
        "hospitals - mental health/capacity",
        "hyperbaric chamber",
        "hyperbaric chamber services",
        "long term conditions services",
        "long-term conditions",
        "mobile doctors",
        "mobile doctors service",
        "phone/online advice",
        "prison healthcare",
        "prison healthcare services",
        "rehabilitation (illness/injury)",
        "rehabilitation (substance abuse)",
        "rehabilitation services",
        "remote clinical advice service",
        "residential substance misuse treatment and/or rehabilitation service",
        "shared lives",
        "specialist college service",
        "urgent care centres",
        "urgent care services",
    ),
    ServiceType.other,
)

ADDRESS = {
    "address_line_1": "postalAddressLine1",
    "address_line_2": "postalAddressLine2",
    "town": "postalAddressTownCity",
    "county": "postalAddressCounty",
    "postcode": "postalCode",
    "phone": "mainPhoneNumber",
    "website": "website",
    "region": "region",
    "local_authority": "localAuthority",
    "brand": "brandName",
}
LOCATION_TEXTS = {**ADDRESS, "also_known_as": "alsoKnownAs", "uprn": "uprn", "icb": "onspdIcbName"}
PROVIDER_TEXTS = {
    **ADDRESS,
    "ownership": "ownershipType",
    "company_number": "companiesHouseNumber",
    "charity_number": "charityNumber",
}
DATES = {"registered_on": "registrationDate", "deregistered_on": "deregistrationDate"}

LONGEST_TEXT = 500
MOST_BEDS = 10_000


# --- what a file says ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """What could not be read: the file, the place inside it (empty: the file itself), and why."""

    file: str
    place: str
    reason: str


@dataclass(frozen=True)
class RatingFacts:
    """One rating that the register gives a location. `fields` are the columns of `Rating` that it fills."""

    key: str
    place: str
    fields: Fields

    @property
    def overall(self) -> RatingValue | None:
        found: RatingValue | None = self.fields.get("overall")
        return found

    @property
    def published_on(self) -> dt.date | None:
        found: dt.date | None = self.fields.get("published_on")
        return found


@dataclass(frozen=True)
class LinkFacts:
    """A predecessor or successor, whether or not the register still shows it."""

    kind: LinkKind
    related_id: str
    related_name: str | None
    reason: str | None


@dataclass(frozen=True)
class ProviderFacts:
    """What the register says of one provider. What is not in `fields` could not be read, and stays as it is."""

    regulator_id: str
    fields: Fields
    links: tuple[LinkFacts, ...]


@dataclass(frozen=True)
class LocationFacts:
    """What the register says of one location, which the trade calls a service."""

    regulator_id: str
    provider_id: str | None
    fields: Fields
    links: tuple[LinkFacts, ...]
    ratings: tuple[RatingFacts, ...]
    current: RatingFacts | None
    """The one of `ratings` that stands now; None where the register gives none."""


@dataclass(frozen=True)
class ListPage:
    """A page of the register's lists: which ids there are. Only a provider's name is of use, for its stub."""

    locations: tuple[str, ...]
    providers: Mapping[str, str | None]


Facts = ListPage | ProviderFacts | LocationFacts


@dataclass(frozen=True)
class File:
    """One file, read: its facts, unless nothing of it could be read, and what could not."""

    sha256: str
    facts: Facts | None
    problems: tuple[Problem, ...]


# --- reading ------------------------------------------------------------------------------------------------------


class Part:
    """One JSON object inside a file. Reads its members, and notes the place of each that cannot be read."""

    def __init__(self, value: Mapping[str, Any], file: str, place: str, problems: list[Problem]) -> None:
        self._value, self._file, self._place, self._problems = value, file, place, problems
        self._unread: set[str] = set()

    def at(self, key: str) -> str:
        """The place of a member inside the file."""
        return f"{self._place}.{key}" if self._place else key

    def note(self, key: str, reason: str) -> None:
        """List a member as one that cannot be read."""
        self._unread.add(key)
        self._problems.append(Problem(self._file, self.at(key), reason))

    def holds(self, key: str) -> bool:
        """Whether there is such a member at all."""
        return key in self._value

    def readable(self, key: str) -> bool:
        """Whether a member that was looked at made sense, or was absent."""
        return key not in self._unread

    def part(self, key: str) -> "Part":
        """An inner object, empty where it is absent."""
        value = self._value.get(key)
        if value is not None and not isinstance(value, dict):
            self.note(key, _("This is not a group of named values."))
            value = None
        return Part(value or {}, self._file, self.at(key), self._problems)

    def parts(self, key: str) -> list["Part"]:
        """The objects of an inner list. One that stands there alone, without a list, counts as well."""
        if isinstance(self._value.get(key), dict):
            return [self.part(key)]
        found = []
        for number, each in enumerate(self._list(key)):
            place = f"{key}[{number}]"
            if isinstance(each, dict):
                found.append(Part(each, self._file, self.at(place), self._problems))
            else:
                self.note(place, _("This is not a group of named values."))
        return found

    def _list(self, key: str) -> list[Any]:
        value = self._value.get(key)
        if value is not None and not isinstance(value, list):
            self.note(key, _("This is not a list."))
            value = None
        return value or []

    def words(self, key: str) -> set[str]:
        """The words of an inner list, in lower case."""
        return {plain_word(each) for each in self._list(key) if isinstance(each, str)}

    def text(self, key: str) -> str | None:
        """What is written there; None where nothing is."""
        value = self._value.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
            self.note(key, _("This is not text."))  # nor is half a character, which no database takes
            return None
        value = value.replace("\x00", "").strip()
        if len(value) > LONGEST_TEXT:
            self.note(key, _("This is longer than any entry of the register."))
            return None
        return value or None

    def date(self, key: str) -> dt.date | None:
        """A day, from a date or from a moment; a moment that names its zone is the day it was in England."""
        written = self.text(key)
        if written is None:
            return None
        try:
            moment = dt.datetime.fromisoformat(written)
            return (moment.astimezone(LONDON) if moment.tzinfo else moment).date()
        except (ValueError, OverflowError):
            self.note(key, _("This is not a date: %(written)s", written=short(written)))
            return None

    def word(self, key: str, known: Mapping[str, T]) -> T | None:
        """What a word of the register means, whatever its letter case."""
        written = self.text(key)
        if written is None:
            return None
        if (meaning := known.get(plain_word(written))) is None:
            self.note(key, _("This word is not known: %(written)s", written=short(written)))
        return meaning

    def flag(self, key: str) -> bool | None:
        """Yes or no, which the register writes as "Y" or as "true"."""
        value = self._value.get(key)
        return value if isinstance(value, bool) else self.word(key, FLAGS)

    def beds(self, key: str) -> int | None:
        """A count of beds, which may be written as text."""
        value = self._value.get(key)
        if isinstance(value, str) and value.isdecimal() and len(value) <= len(str(MOST_BEDS)):
            value = int(value)
        if value is None or value == "":
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_BEDS:
            self.note(key, _("This is not a number of beds."))
            return None
        return value

    def read(self, columns: Mapping[str, str], how: Callable[[str], Any]) -> Fields:
        """Column -> value of several members. What is absent is empty; what cannot be read is left out."""
        found = {column: how(key) for column, key in columns.items()}
        return {column: value for column, value in found.items() if self.readable(columns[column])}

    def names(self, key: str, *members: str) -> list[str] | None:
        """What the objects of an inner list are called, by the first member that each has; in one fixed order."""
        found = {next(filter(None, map(each.text, members)), None) for each in self.parts(key)}
        return sorted(name for name in found if name) if self.readable(key) else None


def plain_word(written: str) -> str:
    return " ".join(written.split()).casefold()


def short(written: str) -> str:
    return written if len(written) <= 40 else written[:39] + "…"


def parse(name: str, data: bytes) -> File:
    """What one file says. A file that is none of the API's answers has no facts and one sentence; none fails."""
    problems: list[Problem] = []
    facts = None
    try:
        facts = _facts(_document(data), name, problems)
    except _WrongFile as error:
        problems = [Problem(name, "", str(error))]
    # Some members are looked at twice.
    return File(hashlib.sha256(data).hexdigest(), facts, tuple(dict.fromkeys(problems)))


class _WrongFile(Exception):
    """One sentence that says why this is no file of the register."""


def _document(data: bytes) -> Any:
    if not data.strip():
        raise _WrongFile(_("This file is empty."))
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _WrongFile(_("This file is not text in UTF-8.")) from error
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise _WrongFile(_("This file is not complete JSON: line %(line)s, column %(column)s.", **where)) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets without end
        raise _WrongFile(_("This file is not JSON that can be read.")) from error


def _facts(document: Any, name: str, problems: list[Problem]) -> Facts:
    part = Part(document if isinstance(document, dict) else {}, name, "", problems)
    facts: Facts | None = None
    if part.holds("locationId"):
        facts = _location(part)
    elif part.holds("providerId") and plain_word(part.text("organisationType") or "provider") == "provider":
        facts = _provider(part)
    elif part.holds("locations") or part.holds("providers"):
        return _list_page(part)
    if facts is None:
        raise _WrongFile(_("This file is not an answer of the CQC API."))
    return facts


def _list_page(page: Part) -> ListPage:
    locations = [each.text("locationId") for each in page.parts("locations")]
    providers = {each.text("providerId"): each.text("providerName") for each in page.parts("providers")}
    return ListPage(
        tuple(dict.fromkeys(found for found in locations if found)),
        {found: called for found, called in providers.items() if found},
    )


def _provider(document: Part) -> ProviderFacts | None:
    regulator_id = document.text("providerId")
    if regulator_id is None:
        return None
    fields = _registered(document) | document.read(PROVIDER_TEXTS, document.text)
    return ProviderFacts(regulator_id, fields, _links(document, "relatedProviderId", "relatedProviderName"))


def _location(document: Part) -> LocationFacts | None:
    regulator_id = document.text("locationId")
    if regulator_id is None:
        return None
    fields = (
        _registered(document)
        | document.read(LOCATION_TEXTS, document.text)
        | document.read({"manager_absent_since": "registeredManagerAbsentDate"}, document.date)
        | document.read({"beds": "numberOfBeds"}, document.beds)
        | document.read({"care_home": "careHome", "dormant": "dormancy"}, lambda key: document.flag(key) or False)
        | _service_types(document)
        | _activities(document)
    )
    if (specialisms := document.names("specialisms", "name")) is not None:
        fields["specialisms"] = specialisms
    inspection = document.part("lastInspection")
    if document.readable("lastInspection"):
        fields |= inspection.read({"last_inspected_on": "date"}, inspection.date)
    ratings, current = _ratings(document, regulator_id)
    return LocationFacts(
        regulator_id,
        document.text("providerId"),
        fields,
        _links(document, "relatedLocationId", "relatedLocationName"),
        ratings,
        current,
    )


def _registered(document: Part) -> Fields:
    """What locations and providers share. Columns that may not be empty are left out where the file has nothing."""
    fields: Fields = {
        "name": document.text("name"),
        "registration_status": document.word("registrationStatus", STATUSES),
        "sector": document.text("type"),
    }
    if fields["sector"] is not None:
        known = SECTORS.get(plain_word(fields["sector"]))
        if known is None:
            document.note("type", _("This word is not known: %(written)s", written=short(fields["sector"])))
        fields["sector"] = known or fields["sector"]  # an unknown kind of organisation is kept under its own word
    return _filled(fields) | document.read(DATES, document.date)


def _filled(fields: Fields) -> Fields:
    return {column: value for column, value in fields.items() if value is not None}


def _service_types(document: Part) -> Fields:
    named = document.names("gacServiceTypes", "description", "name")
    if named is None:
        return {}
    types = set()
    for each in document.parts("gacServiceTypes"):
        written = [word for word in (each.text("description"), each.text("name")) if word]
        meanings = {SERVICE_TYPES[plain_word(word)] for word in written if plain_word(word) in SERVICE_TYPES}
        types |= meanings
        if written and not meanings:
            each.note("description", _("This word is not known: %(written)s", written=short(written[0])))
    main = next((each for each in ServiceType if each in types), None)
    return _filled({"register_types": named, "service_type": main})


def _activities(document: Part) -> Fields:
    named = document.names("regulatedActivities", "name")
    if named is None:
        return {}
    # People's names stand beside the roles; they are not read.
    roles = [
        contact.words("personRoles")
        for activity in document.parts("regulatedActivities")
        for contact in activity.parts("contacts")
    ]
    manager = any(REGISTERED_MANAGER in each for each in roles) if named else None
    return {"activities": named, "manager_in_post": manager}


def _links(document: Part, related_id: str, related_name: str) -> tuple[LinkFacts, ...]:
    found: dict[tuple[LinkKind, str], LinkFacts] = {}
    for each in document.parts("relationships"):
        kind, other = each.word("type", LINKS), each.text(related_id)
        if other is None:
            each.note(related_id, _("The id of the other is missing."))
        elif kind is not None:
            found.setdefault((kind, other), LinkFacts(kind, other, each.text(related_name), each.text("reason")))
    return tuple(found.values())


# --- reading: ratings ---------------------------------------------------------------------------------------------


WHOLE = ""


@dataclass(frozen=True)
class _Assessment:
    """A rating of the newer assessment framework: of one assessed service group, or of the WHOLE."""

    facts: RatingFacts
    group: str
    stands: bool
    assessed_on: dt.date | None


def _ratings(document: Part, own_id: str) -> tuple[tuple[RatingFacts, ...], RatingFacts | None]:
    """Every rating that a location's file gives, and the one that stands."""
    old = document.part("currentRatings")
    overall = old.part("overall")
    inspected = _rating(
        overall,
        published_on=overall.date("reportDate") or old.date("reportDate"),
        inherited_from=_inherited(overall),
        own_id=own_id,
    )
    past = [
        _rating(
            each.part("overall"),
            published_on=each.date("reportDate"),
            report_id=each.text("reportLinkId"),
            inherited_from=each.text("organisationId"),
            own_id=own_id,
        )
        for each in document.parts("historicRatings")
    ]
    assessed = _assessments(document, own_id)
    current = _standing(document, inspected, assessed)
    found = [each for each in (inspected, *past, *(one.facts for one in assessed)) if each is not None]
    return _told_apart(found, current), current


def _rating(
    rated: Part,
    *,
    published_on: dt.date | None,
    own_id: str,
    inherited_from: str | None = None,
    report_id: str | None = None,
    key: str = "",
) -> RatingFacts | None:
    """One rating, or None where nothing is rated. Key questions may come in any order, or not at all."""
    fields: Fields = {"overall": rated.word("rating", RATINGS)}
    for each in rated.parts("keyQuestionRatings"):
        question, rating = each.word("name", KEY_QUESTIONS), each.word("rating", RATINGS)
        if question is None or rating is None:
            continue
        if fields.setdefault(question, rating) != rating:
            each.note("rating", _("This key question is rated twice and differently; the less favourable counts."))
            fields[question] = min(fields[question], rating, key=favour)
    if not any(fields.values()):
        return None
    report_id = report_id or rated.text("reportLinkId")
    fields |= {
        "published_on": published_on,
        "report_id": report_id,
        "inherited_from": inherited_from if inherited_from != own_id else None,
    }
    if not key:
        key = f"report:{report_id}" if report_id else f"dated:{published_on or ''}"
    return RatingFacts(key, rated.at("rating"), _filled(fields))


def _inherited(overall: Part) -> str | None:
    """Whose rating it is. Mostly only the key questions say so: those of the same report as the overall count."""
    named = {
        each.text("organisationId")
        for each in overall.parts("keyQuestionRatings")
        if each.text("reportLinkId") == overall.text("reportLinkId")
    }
    return overall.text("organisationId") or (named.pop() if len(named) == 1 else None)


def _assessments(document: Part, own_id: str) -> list[_Assessment]:
    found = []
    for assessment in document.parts("assessment"):
        published_on = assessment.date("assessmentPlanPublishedDateTime")
        ratings = assessment.part("ratings")
        of_groups = [(plain_word(each.text("name") or "unnamed"), each) for each in ratings.parts("asgRatings")]
        for group, each in [*of_groups, *((WHOLE, each) for each in ratings.parts("overall"))]:
            assessed_on = each.date("assessmentDate")
            # A plan is published again after each further assessment, so its id alone does not tell ratings apart.
            key = f"assessment:{each.text('assessmentPlanId') or ''}:{group}:{published_on or assessed_on or ''}"
            facts = _rating(
                each,
                key=key,
                published_on=published_on,
                inherited_from=each.text("organisationId"),
                own_id=own_id,
            )
            # An assessment not yet finished has key questions, and "" for its rating.
            if facts is None or facts.overall is None:
                continue
            status = each.text("status") or each.text("assessmentPlanStatus")
            if status is None:
                each.note("status", _("Whether this rating still stands is not said; it is kept as history."))
            found.append(_Assessment(facts, group, plain_word(status or "") in STANDING, assessed_on))
    return found


def _standing(document: Part, inspected: RatingFacts | None, assessed: list[_Assessment]) -> RatingFacts | None:
    """Which rating stands now: that of an inspection or of the newer assessments, whichever was published later."""
    of_status: dict[bool, set[str]] = {True: set(), False: set()}
    for each in document.parts("assessmentServiceGroup"):
        active = plain_word(each.text("status") or "active") in STANDING
        of_status[active].add(plain_word(each.text("assessmentServiceName") or ""))
    ended = of_status[False] - of_status[True]
    standing = [one for one in assessed if one.stands]
    standing = [one for one in standing if one.group not in ended] or standing
    newest = {one.group: one for one in sorted(standing, key=_newness)}
    candidates = [newest.pop(WHOLE)] if WHOLE in newest else []
    if len({one.facts.overall for one in newest.values()}) > 1:
        document.note("assessment", _("Its service groups are rated differently; the least favourable counts for all."))
    if newest:
        # A service is as safe as its worst part: the console must not show Good where one group is Inadequate.
        worst = min(favour(one.facts.overall) for one in newest.values())
        candidates.append(max((one for one in newest.values() if favour(one.facts.overall) == worst), key=_newness))
    if inspected is not None and inspected.overall is not None:
        candidates.append(_Assessment(inspected, WHOLE, True, None))
    # "Not rated" beside a real rating is no newer verdict. Of one day the newer framework counts: it stands first.
    found = max(candidates, key=lambda one: (one.facts.overall in AWARDED, _day(one)), default=None)
    return found.facts if found is not None else None


def _day(assessment: _Assessment) -> dt.date:
    return assessment.facts.published_on or assessment.assessed_on or dt.date.min


def _newness(assessment: _Assessment) -> tuple[dt.date, int, str]:
    """Later is newer; of one day, the less favourable, so that the order of the list decides nothing."""
    return _day(assessment), -favour(assessment.facts.overall), assessment.facts.key


_FAVOUR = [*AWARDED, *(value for value in RatingValue if value not in AWARDED)]


def favour(rating: RatingValue | None) -> int:
    return _FAVOUR.index(rating) if rating is not None else len(_FAVOUR)


def _told_apart(ratings: Sequence[RatingFacts], current: RatingFacts | None) -> tuple[RatingFacts, ...]:
    """The ratings with keys that are unique within the location, whatever order the file has them in."""
    by_key: dict[str, list[RatingFacts]] = defaultdict(list)
    for each in [current, *ratings] if current is not None else ratings:
        known = by_key[each.key]
        # The history may hold the current rating once more, with fewer key questions.
        again = known and known[0] is current and known[0].overall == each.overall
        if not again and each.fields not in [one.fields for one in known]:
            known.append(each)
    found = []
    for key, clash in by_key.items():
        for each in clash:
            if len(clash) > 1 and each is not current:
                told = json.dumps(each.fields, default=str, sort_keys=True)
                each = replace(each, key=f"{key}:{hashlib.sha256(told.encode()).hexdigest()[:12]}")
            found.append(each)
    return tuple(found)
