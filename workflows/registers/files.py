"""The one way in for files of a register: `find` them, `survey` them all, `apply` one after the other.

Which reader a file belongs to is known by its content, never by its name. A new kind of file is one more of READERS.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workflows.actor import current_actor
from workflows.gate import Refused
from workflows.registers import cqc, cqc_tables, nations, proposals
from workflows.registers.cqc_files import Problem
from workflows.registers.outcome import Judged, OnRating, Outcome
from workflows.registers.tables import Head, head


class Plan(Protocol):
    """What a reader knows of its files once it has seen all those of a run."""

    @property
    def files(self) -> Sequence[Path]:
        """In the order to apply."""

    def apply(self, session: Session, path: Path, outcome: Outcome, today: dt.date) -> Judged:
        """Write one file in the caller's transaction; give the services that were known and judged anew."""


class Reader(Protocol):
    """One kind of register file."""

    suffixes: frozenset[str]
    """What is looked for inside a folder. A file that is named itself may be called anything."""

    def recognises(self, head: Head) -> bool:
        """Whether a file that begins so is this reader's."""

    def survey(self, heads: Sequence[Head], seen: Callable[[Path], None]) -> Plan:
        """Look over its files, without a database. `seen` is called after each."""


# --- the readers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """Answers of the CQC API: any JSON, so that what is none of them gets a sentence that says why."""

    suffixes = frozenset({".json"})

    def recognises(self, head: Head) -> bool:
        return head.is_json

    def survey(self, heads: Sequence[Head], seen: Callable[[Path], None]) -> Plan:
        return AnswersPlan(cqc.survey([each.path for each in heads], seen))


@dataclass(frozen=True)
class AnswersPlan:
    """Answers of the API, and what a survey of them found."""

    surveyed: cqc.Survey

    @property
    def files(self) -> Sequence[Path]:
        return self.surveyed.files

    def apply(self, session: Session, path: Path, outcome: Outcome, today: dt.date) -> Judged:
        return cqc.apply_file(session, self.surveyed, path, outcome, today)


@dataclass(frozen=True)
class Tables:
    """The CQC's own files: directory, ratings, active and deactivated locations, and exports of its pages."""

    suffixes = frozenset({".csv", ".ods"})

    def recognises(self, head: Head) -> bool:
        return cqc_tables.layout_in(head) is not None

    def survey(self, heads: Sequence[Head], seen: Callable[[Path], None]) -> Plan:
        files = cqc_tables.order(heads)
        for path in files:
            seen(path)
        return _TablesPlan(files)


@dataclass(frozen=True)
class _TablesPlan:
    files: Sequence[Path]

    def apply(self, session: Session, path: Path, outcome: Outcome, today: dt.date) -> Judged:
        return cqc_tables.apply_file(session, path, outcome, today)


@dataclass(frozen=True)
class Nations:
    """The registers of Scotland, Wales and Northern Ireland, whose rows are proposed and matched by a person."""

    suffixes = frozenset({".csv", ".xlsx"})

    def recognises(self, head: Head) -> bool:
        # What is neither is damaged, or too much to be opened whole, as a workbook must be.
        return (head.is_text or head.other_archive) and nations.recognises(head.path)

    def survey(self, heads: Sequence[Head], seen: Callable[[Path], None]) -> Plan:
        files = [each.path for each in heads]
        for path in files:
            seen(path)
        return _NationsPlan(files)


@dataclass(frozen=True)
class _NationsPlan:
    files: Sequence[Path]

    def apply(self, session: Session, path: Path, outcome: Outcome, today: dt.date) -> Judged:
        proposals.apply_file(session, path, outcome)
        return []


READERS: tuple[Reader, ...] = (Answers(), Tables(), Nations())
"""The first that recognises a file reads it; in a run, the files of an earlier reader come first."""


# --- a run --------------------------------------------------------------------------------------------------------


def find(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The files that a command names: each file, and below each folder every file of a known suffix, once."""
    suffixes = frozenset[str]().union(*(reader.suffixes for reader in READERS))
    found: dict[Path, Path] = {}
    problems = []
    for path in paths:
        if path.is_dir():
            files = [each for each in path.rglob("*") if each.suffix.lower() in suffixes and each.is_file()]
            if not files:
                told = ", ".join(sorted(suffixes))
                problems.append(Problem(str(path), "", _("There are no files in this folder (%(kinds)s).", kinds=told)))
        elif path.is_file():
            files = [path]
        else:
            problems.append(Problem(str(path), "", _("There is no such file or folder.")))
            continue
        for each in files:
            found.setdefault(each.resolve(), each)
    return sorted(found.values()), problems


@dataclass(frozen=True)
class Survey:
    """What the files of one run are, so that the order in which they are named decides nothing."""

    plans: Sequence[Plan]
    unknown: Sequence[Problem]
    """Files that no reader knows."""

    def __len__(self) -> int:
        return sum(len(plan.files) for plan in self.plans) + len(self.unknown)


def survey(paths: Sequence[Path], seen: Callable[[Path], None] = lambda path: None) -> Survey:
    """Look over all files of a run without a database. `seen` is called after each."""
    heads: dict[Reader, list[Head]] = {reader: [] for reader in READERS}
    unknown = []
    for path in sorted(paths):
        found = head(path)
        reader = next((each for each in READERS if each.recognises(found)), None)
        if reader is not None:
            heads[reader].append(found)
        else:
            reason = found.fault or _("This is none of the files of a register that the console knows.")
            unknown.append(Problem(str(path), "", reason))
            seen(path)
    return Survey([reader.survey(each, seen) for reader, each in heads.items() if each], unknown)


def apply(
    session: Session,
    surveyed: Survey,
    *,
    dry_run: bool = False,
    on_rating: OnRating = lambda service, before: None,
    called: Callable[[Path], str] = str,
) -> Iterator[Outcome]:
    """Write a run into the register's tables, file by file, each in its own transaction: all of a file, or nothing.

    A dry run does the same in one transaction, and takes it back. `on_rating` is called, inside the transaction
    of the file, for each watched service that was known before and is judged anew, with what was found before.
    `called` says by what name the history knows a file.
    """
    actor = current_actor()
    if actor is None:
        raise Refused(_("Nobody is acting."))
    try:
        for problem in surveyed.unknown:
            yield Outcome(problem.file, [problem])
        for plan in surveyed.plans:
            for path in plan.files:
                outcome = Outcome(called(path))
                for service, before in plan.apply(session, path, outcome, actor.today):
                    on_rating(service, before)
                if dry_run:
                    session.flush()
                else:
                    session.commit()
                yield outcome
    finally:
        session.rollback()
