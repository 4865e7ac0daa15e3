"""What one file of a register did, and the one ledger entry that says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from models.ledger import LedgerKind
from models.providers import Judgement, RegisterImport, Service
from models.successions import Succession
from workflows.gate import record
from workflows.ledger import plain
from workflows.registers.cqc_files import Problem

Changes = dict[str, list[Any]]

Judged = list[tuple[Service, Judgement | None]]
"""The services whose current rating a file changed, each with the one before."""
OnRating = Callable[[Service, Judgement | None], object]
"""What follows when the regulator judges a known service anew: the service, and what was found before."""

MOST_PROBLEMS = 1000
"""How many problems of one file are told one by one: a file of the nation may have the same one in every row."""


class LeftOut(StrEnum):
    """Why a row changed nothing though it was read: no fault of the file's, so it is counted and not listed."""

    other_sector = auto()
    closed = auto()
    older_rating = auto()


def _left_out(reason: LeftOut, number: int) -> str:
    match reason:
        case LeftOut.other_sector:
            return ngettext(
                "%(num)s row is not of adult social care, and was left out.",
                "%(num)s rows are not of adult social care, and were left out.",
                number,
            )
        case LeftOut.closed:
            return ngettext(
                "%(num)s closed location is not known here, and was left out.",
                "%(num)s closed locations are not known here, and were left out.",
                number,
            )
        case LeftOut.older_rating:
            return ngettext(
                "%(num)s location has a newer rating here: that of the file is kept as history.",
                "%(num)s locations have newer ratings here: those of the file are kept as history.",
                number,
            )


@dataclass(frozen=True)
class Touched:
    """A provider or service that a file adds, changes or closes, and what of it. Added ones tell no fields."""

    record: str
    regulator_id: str
    changes: Changes


@dataclass
class Outcome:
    """What one file did, or in a dry run would do. Closed: was registered, and is no longer."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    """Those without a place are of the file itself: nothing of it was read."""
    added: list[Touched] = field(default_factory=list)
    changed: list[Touched] = field(default_factory=list)
    closed: list[Touched] = field(default_factory=list)
    unchanged: int = 0
    only_listed: list[str] = field(default_factory=list)
    """Ids that stand on this list page and nowhere else. They are told, and not created."""
    left_out: dict[LeftOut, int] = field(default_factory=dict)
    carried: list[Succession] = field(default_factory=list)
    """Predecessors and successors of which both are known now: what restricts the one carries over to the other."""
    _untold: int = 0

    def add(self, record: str, regulator_id: str) -> None:
        self.added.append(Touched(record, regulator_id, {}))

    def compare(self, record: str, regulator_id: str, changes: Changes) -> None:
        """Count a record that was known before by what became of it."""
        touched = Touched(record, regulator_id, changes)
        if not changes:
            self.unchanged += 1
        elif changes.get("registration_status") == ["registered", "deregistered"]:
            self.closed.append(touched)
        else:
            self.changed.append(touched)

    def note(self, place: str, reason: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(self.file, place, reason))
        else:
            self._untold += 1

    def leave_out(self, reason: LeftOut) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def left_out_sentences(self) -> list[str]:
        return [_left_out(reason, number) for reason, number in self.left_out.items()]

    def finish(self) -> None:
        """Say how many problems were too many to tell."""
        if self._untold:
            more = ngettext(
                "%(num)s more problem is not listed.", "%(num)s more problems are not listed.", self._untold
            )
            self.problems.append(Problem(self.file, _("the rest"), more))


def assign(row: Any, fields: Mapping[str, Any], prefix: str = "") -> Changes:
    """Set the fields that differ, and say from what to what."""
    changes: Changes = {}
    for name, value in fields.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[prefix + name] = [plain(before), plain(value)]
    return changes


def tell(session: Session, outcome: Outcome, sha256: str, added: str = "added") -> None:
    """The one ledger entry of a file that changed something; of one that did not, none."""
    if not (outcome.added or outcome.changed or outcome.closed):
        return
    told = RegisterImport(
        source=outcome.file,
        sha256=sha256,
        added=len(outcome.added),
        changed=len(outcome.changed),
        closed=len(outcome.closed),
        unreadable=len(outcome.problems),
    )
    session.add(told)
    changes: Changes = {f"{each.record} {each.regulator_id}": [None, added] for each in outcome.added}
    for each in (*outcome.changed, *outcome.closed):
        changes |= {f"{each.record} {each.regulator_id} {name}": pair for name, pair in each.changes.items()}
    record(session, LedgerKind.imported, told, changes)
