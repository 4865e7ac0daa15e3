"""How like two services are: normal forms of names and postcodes, and what of a row agrees with a known service."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from models.registers import Certainty

POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
LOOKS_LIKE = str.maketrans("OIL", "011")
LEGAL = {"the", "ltd", "limited", "plc", "llp", "cic", "co"}
GENERIC = {
    *LEGAL, "adult", "and", "care", "centre", "day", "home", "homes", "house", "housing", "nursing", "of",
    "residential", "service", "services", "support", "unit",
}  # fmt: skip


def plain(text: str | None) -> str:
    """A text without case, accents, punctuation and double spaces."""
    letters = unicodedata.normalize("NFKD", (text or "").casefold().replace("&", " and "))
    # An apostrophe or a full stop ends no word: St. Mary's is St Marys.
    kept = "".join(each for each in letters if not unicodedata.combining(each) and each not in "'’‘`.")
    return " ".join(re.findall(r"[^\W_]+", kept))


def name(text: str | None) -> str:
    """A name to compare by: plain, without the article and the legal form."""
    words = plain(text).split()
    return " ".join([word for word in words if word not in LEGAL] or words)


def essence(text: str | None) -> str:
    """What is a name's own: without the words that half of all services bear. In no order."""
    return " ".join(sorted({word for word in plain(text).split() if word not in GENERIC}))


def postcode(text: str | None) -> str | None:
    """A postcode as it is written by rule, or None where it is none.

    A letter where only a digit can stand is put right: registers hold BT28 IJA and BT49 OFB.
    """
    written = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    if len(written) < 5:
        return None
    outward, inward = written[:-3], written[-3:]
    inward = inward[0].translate(LOOKS_LIKE) + inward[1:]
    if not re.match(r"[A-Z]{1,2}[0-9]", outward):
        outward = re.sub(r"^([A-Z]{1,2})([OIL])", lambda found: found[1] + found[2].translate(LOOKS_LIKE), outward)
    return f"{outward} {inward}" if POSTCODE.fullmatch(outward + inward) else None


class Agreement(StrEnum):
    """Whether one fact of a row agrees with what is known of a service."""

    yes = auto()
    nearly = auto()
    no = auto()
    unknown = auto()


EVIDENCE = ("regulator_id", "name", "postcode", "town", "provider", "beds")
"""What is compared, the strongest first."""


@dataclass(frozen=True)
class Known:
    """What of a service is compared."""

    id: int
    regulator_id: str | None
    name: str
    postcode: str | None
    town: str | None
    provider: str | None
    beds: int | None


def agreement(facts: Mapping[str, Any], known: Known) -> dict[str, Agreement]:
    """What agrees, for each of EVIDENCE; `unknown` where one of the two does not say."""
    return {each: _agrees(each, facts.get(each), getattr(known, each)) for each in EVIDENCE}


def _agrees(what: str, told: Any, known: Any) -> Agreement:
    if told in (None, "") or known in (None, ""):
        return Agreement.unknown
    if what in ("name", "provider"):
        if name(told) == name(known):
            return Agreement.yes
        return Agreement.nearly if essence(told) and essence(told) == essence(known) else Agreement.no
    if what == "postcode":
        told, known = postcode(told) or plain(told), postcode(known) or plain(known)
    elif what == "town":
        told, known = plain(told), plain(known)
    return Agreement.yes if told == known else Agreement.no


def certainty(found: Mapping[str, Agreement]) -> Certainty:
    """How likely the row is that service. Two facts must speak for it, or one for and none against."""
    yes = {each for each, agrees in found.items() if agrees is Agreement.yes}
    named = yes | {each for each, agrees in found.items() if agrees is Agreement.nearly}
    if "regulator_id" in yes or {"name", "postcode"} <= yes:
        return Certainty.exact
    if "name" in named and ("postcode" in yes or ("town" in yes and "provider" in named)):
        return Certainty.likely
    elsewhere = found["postcode"] is Agreement.no and found["town"] is not Agreement.yes
    if "postcode" in yes or ("name" in named and not elsewhere):
        return Certainty.possible
    return Certainty.unlike


MOST = 5


class Index:
    """The known services, found by what a row may share with them: one pass for all rows of a file."""

    def __init__(self, services: Iterable[Known]) -> None:
        self._by: dict[tuple[str, str], list[Known]] = {}
        for each in services:
            for sign in self._signs(each.regulator_id, each.name, each.postcode):
                self._by.setdefault(sign, []).append(each)

    def _signs(self, regulator_id: str | None, called: str, at: str | None) -> set[tuple[str, str]]:
        signs = {
            ("id", regulator_id or ""),
            ("name", name(called)),
            ("essence", essence(called)),
            ("at", postcode(at) or ""),
        }
        return {sign for sign in signs if sign[1]}

    def like(self, facts: Mapping[str, Any]) -> tuple[Certainty, list[int]]:
        """How certain it is which service the row is, and the services that it may be, the likeliest first."""
        signs = self._signs(facts.get("regulator_id"), facts["name"], facts.get("postcode"))
        near = {each.id: each for sign in signs for each in self._by.get(sign, ())}
        ranked = []
        for each in near.values():
            found = agreement(facts, each)
            if (sure := certainty(found)) is not Certainty.unlike:
                agreeing = [agrees is not Agreement.yes for agrees in found.values()]
                ranked.append((sure, agreeing, each.id))
        if not ranked:
            return Certainty.unlike, []
        ranked.sort()
        best = ranked[0][0]
        if best is Certainty.exact and sum(sure is Certainty.exact for sure, *_rest in ranked) > 1:
            best = Certainty.likely
        return best, [service_id for _sure, _agreeing, service_id in ranked[:MOST]]
