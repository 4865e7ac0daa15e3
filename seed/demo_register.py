"""The demo's invented market, told as the CQC API tells the real one, so that the demo runs the real import."""

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

AUTHORITY = "Wexmoor and Tarnvale"
"""A council that does not exist."""
NEIGHBOUR = "Ottermoor"
ICB = "NHS Wexmoor and Marl Integrated Care Board"
REGION = "North West"
COUNTY = "Wexshire"

TOWNS = {
    "Wexmoor": "WX1",
    "Tarnvale": "WX2",
    "Marlscombe": "WX3",
    "Stanebeck": "WX4",
    "Inglewick": "WX5",
    "Hobblethorpe": "WX6",
    "Netherlowe": "WX7",
    "Ottermouth": "WX9",
}
STREETS = (
    "Station Road", "Church Lane", "Mill Street", "Victoria Road", "Moor Lane", "Canal Side", "Park Avenue",
    "Orchard Way", "Chapel Street", "High Street", "Quarry Bank", "School Lane", "Tarn Road", "Beck Side",
)  # fmt: skip

# name, town, ownership
PROVIDERS = (
    ("Wexmoor Grange Care Limited", "Wexmoor", "Organisation"),
    ("Tarnvale Homes Limited", "Tarnvale", "Organisation"),
    ("Stanebeck Care Group Limited", "Stanebeck", "Organisation"),
    ("Marlscombe Healthcare Limited", "Marlscombe", "Organisation"),
    ("Inglewick Residential Limited", "Inglewick", "Organisation"),
    ("Hobblethorpe Almshouse Trust", "Hobblethorpe", "Organisation"),
    ("Netherlowe Nursing Limited", "Netherlowe", "Organisation"),
    ("Beckside Lodges Limited", "Wexmoor", "Organisation"),
    ("Tarn and Fell Homecare Limited", "Tarnvale", "Organisation"),
    ("Wexmoor Hands C.I.C.", "Wexmoor", "Organisation"),
    ("Marl Valley Support Limited", "Marlscombe", "Organisation"),
    ("Openfield Living Limited", "Inglewick", "Organisation"),
    ("Wexshire Housing with Care", "Wexmoor", "Organisation"),
    ("Wexmoor and Tarnvale", "Wexmoor", "NHS Body"),
    ("Lowe Valley Homecare Limited", "Netherlowe", "Organisation"),
    ("Quarry Bank Care Limited", "Stanebeck", "Organisation"),
    ("Lanternlight Homecare Limited", "Hobblethorpe", "Organisation"),
    ("Three Becks Care Limited", "Tarnvale", "Organisation"),
    ("Otter Estuary Care Limited", "Ottermouth", "Organisation"),
    ("Dovecote Homes Partnership", "Inglewick", "Partnership"),
    ("Kestrel Moor Limited", "Marlscombe", "Organisation"),
    ("Wexmoor Smiles Limited", "Wexmoor", "Organisation"),
    ("Moorgate Surgery Partnership", "Wexmoor", "Partnership"),
)

# provider, name, type, beds, town, ratings: letters with the days before today on which they were published.
# G good, R requires improvement, I inadequate, O outstanding, U inspected but not rated; `saf` the newer framework.
SERVICES = (
    (0, "Wexmoor Grange", "nursing", 58, "Wexmoor", "R1480 G1010 G240"),
    (0, "Alder Court", "home", 34, "Wexmoor", "G1320 G610"),
    (0, "The Old Vicarage, Marlscombe", "home", 28, "Marlscombe", "G900"),
    (0, "Tarnside Nursing Home", "nursing", 46, "Tarnvale", "G1500 R690 R205"),
    (1, "Tarnvale Lodge", "home", 41, "Tarnvale", "G1250 R420"),
    (1, "Heronsbrook", "home", 22, "Tarnvale", "O1100 G330"),
    (1, "Millrace House", "home", 30, "Stanebeck", "G1700 G980"),
    (2, "Stanebeck Hall", "nursing", 64, "Stanebeck", "G1400 I225"),
    (2, "Stanebeck Court", "home", 39, "Stanebeck", "R1300 R640 G90"),
    (2, "Cinder Hill House", "home", 26, "Stanebeck", "G1150"),
    (3, "Marlscombe Manor", "nursing", 52, "Marlscombe", "R1020 R500 saf G150"),
    (3, "Kiln Croft", "nursing", 37, "Marlscombe", "G1210 G340"),
    (3, "Limeburners", "home", 19, "Marlscombe", "G860"),
    (4, "Inglewick Lodge", "home", 33, "Inglewick", "R830 saf G280"),
    (4, "Rowan Bank", "home", 24, "Inglewick", "G1600 G720"),
    (5, "Hobblethorpe House", "home", 29, "Hobblethorpe", "O1390 O510"),
    (5, "Almshouse Court", "extra", 0, "Hobblethorpe", "G1090"),
    (6, "Netherlowe Park", "nursing", 71, "Netherlowe", "G1350 R380"),
    (6, "Lowe Meadow", "nursing", 44, "Netherlowe", "G950 U700 G460"),
    (7, "Beckside Lodge", "home", 16, "Wexmoor", "R1180 G560"),
    (7, "Fellside Lodge", "home", 14, "Tarnvale", "G1270"),
    (7, "Sandpiper Lodge", "home", 12, "Netherlowe", "G690"),
    (15, "Quarry Bank", "home", 36, "Stanebeck", "G1440 R610 R120"),
    (19, "Dovecote House", "home", 21, "Inglewick", "G1330 G810"),
    (19, "Orchard Dovecote", "home", 18, "Inglewick", "G770"),
    (20, "Kestrel View", "nursing", 48, "Marlscombe", "I1210 R940 G400"),
    (20, "Harrier Rise", "home", 27, "Hobblethorpe", "R1120 G620"),
    (17, "Three Becks", "home", 32, "Tarnvale", "G1010 G200"),
    (8, "Tarn and Fell Homecare Wexmoor", "homecare", 0, "Wexmoor", "G1340 R300"),
    (8, "Tarn and Fell Homecare Tarnvale", "homecare", 0, "Tarnvale", "G1220 G570"),
    (8, "Tarn and Fell Homecare Stanebeck", "homecare", 0, "Stanebeck", "G760"),
    (9, "Wexmoor Hands", "homecare", 0, "Wexmoor", "O1160 O420"),
    (10, "Marl Valley Homecare", "homecare", 0, "Marlscombe", "R980 R390"),
    (10, "Marl Valley Supported Living", "living", 0, "Marlscombe", "G900 G310"),
    (14, "Lowe Valley Homecare", "homecare", 0, "Netherlowe", "G1080"),
    (16, "Lanternlight Homecare", "homecare", 0, "Hobblethorpe", "R720 saf R190"),
    (17, "Three Becks at Home", "homecare", 0, "Tarnvale", "G840"),
    (7, "Beckside at Home", "homecare", 0, "Wexmoor", "G650"),
    (12, "Housing with Care Home Support", "homecare", 0, "Wexmoor", "G1130 G450"),
    (13, "Wexmoor Reablement Service", "homecare", 0, "Wexmoor", "G1290 O530"),
    (16, "Lanternlight Nights", "homecare", 0, "Hobblethorpe", ""),
    (11, "Openfield Living Inglewick", "living", 0, "Inglewick", "G1040 G290"),
    (11, "Openfield Living Wexmoor", "living", 0, "Wexmoor", "G1040 R260"),
    (11, "Openfield Living Stanebeck", "living", 0, "Stanebeck", "G730"),
    (10, "Marl Valley Moves", "living", 0, "Wexmoor", ""),
    (13, "Wexmoor Shared Lives", "shared", 0, "Wexmoor", "G1200"),
    (13, "Tarnvale Supported Tenancies", "living", 0, "Tarnvale", "G1170 G480"),
    (12, "Weavers' Yard", "extra", 0, "Wexmoor", "G1060 G350"),
    (12, "Canal Gate", "extra", 0, "Tarnvale", "G880"),
    (12, "Foundry Place", "extra", 0, "Stanebeck", "R540 G130"),
    (18, "Estuary View", "nursing", 55, "Ottermouth", "G990 R270"),
    (18, "Otter Lodge", "home", 31, "Ottermouth", "G1190"),
    (18, "Estuary Homecare", "homecare", 0, "Ottermouth", "G640"),
    (4, "Inglewick Cottage", "home", 9, "Inglewick", "R1400 R710"),
    (6, "Lowe Meadow Cottage", "home", 11, "Netherlowe", "I1050 R800"),
    (14, "Lowe Valley Live-in Care", "homecare", 0, "Netherlowe", ""),
    (21, "Wexmoor Smiles Dental Practice", "dental", 0, "Wexmoor", ""),
    (22, "Moorgate Surgery", "gp", 0, "Wexmoor", "G1320"),
)
CLOSED = {"Inglewick Cottage": 410, "Lowe Meadow Cottage": 175, "Lowe Valley Live-in Care": 70}
"""Days before today on which they left the register."""
NO_MANAGER = {"Stanebeck Hall": 240, "Lanternlight Homecare": 60, "Quarry Bank": 35}
"""Days before today since which the register names no manager in post."""
SUCCEEDS = {"Lowe Meadow": "Lowe Meadow Cottage"}
NURSING_GROUP = frozenset({"Kestrel View", "Harrier Rise"})

TYPES: dict[str, tuple[str, str, str, str, str]] = {
    # short name, description, activity, code, sector
    "nursing": (
        "Nursing homes", "Care home service with nursing",
        "Accommodation for persons who require nursing or personal care", "RA2", "Social Care Org",
    ),
    "home": (
        "Residential homes", "Care home service without nursing",
        "Accommodation for persons who require nursing or personal care", "RA2", "Social Care Org",
    ),
    "homecare": ("Homecare agencies", "Domiciliary care service", "Personal care", "RA1", "Social Care Org"),
    "living": ("Supported living", "Supported living service", "Personal care", "RA1", "Social Care Org"),
    "extra": ("Supported housing", "Extra Care housing services", "Personal care", "RA1", "Social Care Org"),
    "shared": ("Shared Lives", "Shared Lives", "Personal care", "RA1", "Social Care Org"),
    "dental": ("Dentist", "Dental service", "Surgical procedures", "RA7", "Primary Dental Care"),
    "gp": ("Doctors/Gps", "Doctors treatment service", "Family planning", "RA9", "Primary Medical Services"),
}  # fmt: skip
SPECIALISMS = {
    "nursing": ("Caring for adults over 65 yrs", "Dementia", "Physical disabilities", "Sensory impairment"),
    "home": ("Caring for adults over 65 yrs", "Dementia", "Mental health conditions"),
    "homecare": (
        "Caring for adults over 65 yrs",
        "Caring for adults under 65 yrs",
        "Dementia",
        "Physical disabilities",
    ),
    "living": ("Caring for adults under 65 yrs", "Learning disabilities", "Mental health conditions"),
    "extra": ("Caring for adults over 65 yrs", "Dementia", "Physical disabilities"),
    "shared": ("Caring for adults under 65 yrs", "Learning disabilities"),
    "dental": ("Services for everyone",),
    "gp": ("Services for everyone",),
}
WORDS = {
    "G": "Good", "R": "Requires improvement", "I": "Inadequate", "O": "Outstanding", "U": "Inspected but not rated",
}  # fmt: skip
QUESTIONS = ("Safe", "Effective", "Caring", "Responsive", "Well-led")


@dataclass(frozen=True)
class Given:
    """One invented rating: the day, the word, and the words of the five key questions."""

    on: dt.date
    word: str
    questions: tuple[str, ...]
    link: str
    newer: bool


class Register:
    """The invented register; `files(day)` is what it answers on a day."""

    def __init__(self, today: dt.date, chance: random.Random) -> None:
        self.today = today
        self._fixed: dict[str, dict[str, Any]] = {}
        self._given: dict[str, list[Given]] = {}
        self._told: dict[str, str] = {}
        self._provider = [self._new_provider(number, chance) for number in range(len(PROVIDERS))]
        self._location = [self._new_location(number, chance) for number in range(len(SERVICES))]

    def _before(self, days: int) -> dt.date:
        return self.today - dt.timedelta(days=days)

    def _address(self, town: str, chance: random.Random) -> dict[str, Any]:
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        return {
            "postalAddressLine1": f"{chance.randint(1, 180)} {chance.choice(STREETS)}",
            "postalAddressTownCity": town,
            "postalAddressCounty": COUNTY,
            "postalCode": f"{TOWNS[town]} {chance.randint(1, 9)}{chance.choice(letters)}{chance.choice(letters)}",
            "mainPhoneNumber": f"01632960{chance.randint(0, 999):03}",
            "region": REGION,
            "localAuthority": NEIGHBOUR if town == "Ottermouth" else AUTHORITY,
            "onspdIcbName": ICB,
        }

    def _new_provider(self, number: int, chance: random.Random) -> str:
        name, town, ownership = PROVIDERS[number]
        sector = {21: "Primary Dental Care", 22: "Primary Medical Services"}.get(number, "Social Care Org")
        key = f"1-01000{number:02}"
        self._fixed[key] = {
            "providerId": key,
            "organisationType": "Provider",
            "ownershipType": ownership,
            "type": sector,
            "name": name,
            "registrationStatus": "Registered",
            "registrationDate": self._before(chance.randint(2600, 5400)).isoformat(),
            **self._address(town, chance),
            "locationIds": [self._key(each) for each, told in enumerate(SERVICES) if told[0] == number],
            "contacts": [],
            "relationships": [],
            "regulatedActivities": [],
        }
        return key

    @staticmethod
    def _key(number: int) -> str:
        # The real register has no id that begins with a nought.
        return f"1-02000{number:02}"

    def _new_location(self, number: int, chance: random.Random) -> str:
        provider, name, kind, beds, town, ratings = SERVICES[number]
        short, description, activity, code, sector = TYPES[kind]
        key = self._key(number)
        self._fixed[key] = {
            "locationId": key,
            "providerId": self._provider[provider],
            "organisationType": "Location",
            "type": sector,
            "name": name,
            "registrationDate": self._before(chance.randint(1900, 4200)).isoformat(),
            "dormancy": "N",
            **self._address(town, chance),
            "careHome": "Y" if kind in ("nursing", "home") else "N",
            "numberOfBeds": beds,
            "gacServiceTypes": [{"name": short, "description": description}],
            "specialisms": [{"name": each} for each in SPECIALISMS[kind]],
            "activity": {"name": activity, "code": code},
        }
        if kind == "nursing" and chance.random() < 0.5:
            self._fixed[key]["gacServiceTypes"].append(
                {"name": "Residential homes", "description": "Care home service without nursing"}
            )
        if name in NURSING_GROUP:
            self._fixed[key] |= {"brandId": "BD000", "brandName": "BRAND Kestrel Moor"}
        self._given[key] = list(self._ratings(ratings, chance))
        return key

    def _ratings(self, told: str, chance: random.Random) -> Iterator[Given]:
        newer = False
        for word in told.split():
            if word == "saf":
                newer = True
                continue
            letter, days = word[0], int(word[1:])
            below = {"G": "R", "O": "G", "R": "G", "I": "R", "U": "U"}[letter]
            # The overall follows from the five: one other word does not move it.
            questions = [letter] * 5
            for each in chance.sample(range(5), {"G": 1, "O": 3, "R": 2, "I": 3, "U": 0}[letter]):
                questions[each] = below
            if letter == "G" and chance.random() < 0.6:
                questions = ["G"] * 5
            link = str(uuid.UUID(int=chance.getrandbits(128), version=4))
            yield Given(self._before(days), letter, tuple(questions), link, newer)

    @staticmethod
    def closes(name: str, today: dt.date) -> dt.date | None:
        """The day on which a service leaves the register; None for those that stay."""
        return today - dt.timedelta(days=CLOSED[name]) if name in CLOSED else None

    def word(self, name: str, day: dt.date) -> str:
        """The letter of the rating that stood on a day; empty where none did."""
        key = next((key for key, told in self._fixed.items() if "locationId" in told and told["name"] == name), "")
        return next((given.word for given in reversed(self._given.get(key, [])) if given.on <= day), "")

    def days(self, start: dt.date) -> list[dt.date]:
        """The first day, and each later one on which the register has something new."""
        changed = {given.on for each in self._given.values() for given in each}
        changed |= {self._before(days) for days in (*CLOSED.values(), *NO_MANAGER.values())}
        return [start, *sorted(day for day in changed if start < day <= self.today)]

    def files(self, day: dt.date) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each answer that differs from what was told before."""
        for key in self._provider:
            yield from self._changed(f"provider_{key}.json", self._fixed[key])
        for number, key in enumerate(self._location):
            yield from self._changed(f"location_{key}.json", self._as_of(key, SERVICES[number][1], day))

    def _changed(self, name: str, document: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
        told = json.dumps(document, indent=1)
        if self._told.get(name) != told:
            self._told[name] = told
            yield name, told.encode()

    def _as_of(self, key: str, name: str, day: dt.date) -> dict[str, Any]:
        document = dict(self._fixed[key])
        activity = document.pop("activity")
        closed = self._before(CLOSED[name]) if name in CLOSED else None
        document["registrationStatus"] = "Deregistered" if closed and closed <= day else "Registered"
        if closed and closed <= day:
            document |= {"deregistrationDate": closed.isoformat(), "regulatedActivities": []}
        else:
            gone = name in NO_MANAGER and self._before(NO_MANAGER[name]) <= day
            contacts = [] if gone else [{"personRoles": ["Registered Manager"]}]
            document["regulatedActivities"] = [{**activity, "contacts": contacts}]
            if gone:
                document["registeredManagerAbsentDate"] = self._before(NO_MANAGER[name]).isoformat()
        document["relationships"] = [
            {
                "relatedLocationId": next(each for each, told in self._fixed.items() if told["name"] == other),
                "relatedLocationName": other,
                "type": kind,
                "reason": "Location Merge",
            }
            for one, other, kind in (
                *((new, old, "HSCA Predecessor") for new, old in SUCCEEDS.items()),
                *((old, new, "HSCA Successor") for new, old in SUCCEEDS.items()),
            )
            if one == name and self._before(CLOSED[SUCCEEDS.get(one, one)]) <= day
        ]
        self._tell_ratings(document, [each for each in self._given[key] if each.on <= day])
        return document

    def _tell_ratings(self, document: dict[str, Any], given: list[Given]) -> None:
        old = [each for each in given if not each.newer]
        new = [each for each in given if each.newer]
        if given:
            inspected = given[-1].on - dt.timedelta(days=38)
            document["lastInspection"] = {"date": inspected.isoformat()}
        if old and not new:
            document["currentRatings"] = {
                "overall": self._rated(old[-1], dated=True),
                "reportDate": old[-1].on.isoformat(),
            }
        document["historicRatings"] = [
            {"overall": self._rated(each), "reportDate": each.on.isoformat(), "reportLinkId": each.link}
            for each in reversed(old if new else old[:-1])
        ]
        if new:
            each = new[-1]
            document["assessment"] = [
                {
                    "assessmentPlanPublishedDateTime": f"{each.on.isoformat()} 09:30:00",
                    "ratings": {
                        "asgRatings": [
                            {
                                "assessmentPlanId": f"AP{each.link[:4]}",
                                "assessmentPlanStatus": "Active",
                                "assessmentDate": (each.on - dt.timedelta(days=45)).isoformat(),
                                **self._rated(each),
                            }
                        ]
                    },
                }
            ]

    @staticmethod
    def _rated(given: Given, dated: bool = False) -> dict[str, Any]:
        more = {"reportDate": given.on.isoformat(), "reportLinkId": given.link} if dated else {}
        return {
            "rating": WORDS[given.word],
            **more,
            "keyQuestionRatings": [
                {"name": question, "rating": WORDS[word], **more}
                for question, word in zip(QUESTIONS, given.questions, strict=True)
            ],
        }
