"""Bringing in what arrives in files: uploaded, looked over, recorded in one step, and undone (domain section 15).

Nothing of a file is recorded before a person has seen what it would do, and nothing at all while one row is faulty.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.arrivals import Arrival, ArrivalKind, ArrivalRow, ArrivalState
from models.base import session_of
from models.ledger import LedgerKind
from models.providers import RegisterImport
from workflows import ledger, triggers, workbooks
from workflows.access import Role
from workflows.actor import Actor, acting, system
from workflows.documents import day
from workflows.engine import Workflow
from workflows.gate import Refused, stepping
from workflows.journal import Written, journal, take_back, worked_on
from workflows.registers import files as registers
from workflows.registers.outcome import Outcome, Touched
from workflows.steps import Step
from workflows.workbook_sheets import SHEETS
from workflows.workbooks import Bringing, Sheet, Words

S = ArrivalState
MANAGER = frozenset({Role.manager})
MOST_PROBLEMS = 1_000
"""How many problems are kept with a file; how many there are is counted."""
MOST_LINES = 200
"""How many records the preview names; how many there are is counted."""


def from_where(arrival: Arrival) -> str:
    """What the ledger tells of each record: the earlier system, and as of which day it told this."""
    return _("%(source)s, as at %(day)s", source=arrival.source, day=day(arrival.as_of))


def is_register(arrival: Arrival) -> bool:
    return arrival.kind is ArrivalKind.register


# --- looking a file over ------------------------------------------------------------------------------------------


def upload(
    session: Session,
    actor: Actor,
    kind: ArrivalKind,
    source: str,
    as_of: dt.date,
    filename: str,
    content: bytes,
    words: Words,
) -> Arrival:
    """Look a file over and keep what was found; of what it holds nothing is recorded. The caller commits."""
    arrival = Arrival(
        kind=kind,
        source=source,
        as_of=as_of,
        filename=filename,
        # Of a workbook what was read is kept until it is brought in; a register's file is read anew then.
        content=content if kind is ArrivalKind.register else b"",
        sha256=sha256(content).hexdigest(),
    )
    if as_of > actor.today:
        raise Refused(_("The day as of which it tells cannot lie in the future. Check it."))
    if is_register(arrival):
        _survey(session, actor, arrival)
    else:
        _look_over(session, actor, arrival, content, words)
    arrival.state = S.faulty if arrival.faults else S.checked
    with stepping(ledger.Event(arrival, LedgerKind.created)), session.no_autoflush:
        session.add(arrival)
        session.flush()
    return arrival


@contextmanager
def _dry(session: Session, arrival: Arrival) -> Iterator[dict[int, Written]]:
    """Inside, a file is brought in as if it were for good; all of it is taken back at the end."""
    outer = session.begin_nested()
    told = ledger.Event(arrival, LedgerKind.step, told=True, brings=from_where(arrival))
    try:
        with stepping(told), session.no_autoflush, journal(session) as written:
            yield written
    finally:
        outer.rollback()


def _look_over(session: Session, actor: Actor, arrival: Arrival, content: bytes, words: Words) -> None:
    """Read a workbook, and try what its rows would become."""
    sheet, bringing = SHEETS[arrival.kind], Bringing(session, actor)
    lines = workbooks.read(content, sheet, bringing, words)
    read, faulty = list(bringing.problems), set(bringing.faulty)
    try:
        with _dry(session, arrival) as written:
            workbooks.bring(lines, sheet, bringing)
            session.flush()
            told = _preview(bringing, written)
    except IntegrityError:
        # Something contradicts what is recorded, and the rules above did not see it: find out in which row.
        bringing = Bringing(session, actor, read, faulty=faulty, one_by_one=True)
        with _dry(session, arrival) as written:
            workbooks.bring(lines, sheet, bringing)
            told = _preview(bringing, written)
    problems = sorted(bringing.problems, key=lambda each: (each.row, len(each.column), each.column))
    arrival.rows, arrival.faults = len(lines.values), len(problems)
    arrival.added, arrival.changed = _counts(written)
    arrival.found = {
        "problems": [[each.place, each.reason] for each in problems[:MOST_PROBLEMS]],
        "lines": told,
        "notes": [],
        **(lines.plain() if not problems else {}),
    }


def _counts(written: Mapping[int, Written]) -> tuple[int, int]:
    """How many rows were added, and how many changed."""
    added = sum(each.before is None for each in written.values())
    return added, len(written) - added


def _preview(bringing: Bringing, written: Mapping[int, Written]) -> list[list[Any]]:
    """The first records that a workbook would make or change: [row, table, name, field -> before and after]."""
    rows = {id(item): number for number, item in bringing.made}
    return [
        [
            rows.get(id(each.item), ""),
            ledger.record_type(type(each.item)),
            str(each.item),
            {name: [each.before[name], (each.after or {})[name]] for name in each.before} if each.before else {},
        ]
        for each in list(written.values())[:MOST_LINES]
    ]


# --- files of a register ------------------------------------------------------------------------------------------


@contextmanager
def _on_disk(content: bytes) -> Iterator[Path]:
    """The readers of registers read files, some of them in a stream."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register"
        path.write_bytes(content)
        yield path


def _survey(session: Session, actor: Actor, arrival: Arrival) -> None:
    with _on_disk(arrival.content) as path, _dry(session, arrival) as written:
        outcome, drafted = _apply(session, actor, arrival, path)
        arrival.found = _told_of(outcome, drafted, written)
        arrival.rows = len(outcome.added) + len(outcome.changed) + len(outcome.closed) + outcome.unchanged
        arrival.added, arrival.changed = _judged(outcome)
        # A register is not the council's to repair: what of it cannot be read is told, and the rest is brought in.
        unread = any(not each.place for each in outcome.problems)
        arrival.faults = len(outcome.problems) if unread and not written else 0


def _judged(outcome: Outcome) -> tuple[int, int]:
    """How many providers and services a file of a register adds, and how many it changes."""
    return len(outcome.added), len(outcome.changed) + len(outcome.closed)


def _told_of(outcome: Outcome, drafted: list[str], written: Mapping[int, Written]) -> dict[str, Any]:
    names = {getattr(each.item, "regulator_id", None): str(each.item) for each in written.values()}

    def line(each: Touched) -> list[Any]:
        called = ", ".join(dict.fromkeys((names.get(each.regulator_id, each.regulator_id), each.regulator_id)))
        return ["", each.record, called, each.changes]

    lines = [line(each) for each in (*outcome.added, *outcome.closed, *outcome.changed)]
    notes = [*outcome.left_out_sentences(), *drafted]
    if outcome.only_listed:
        told = ngettext(
            "%(num)s id stands only on a list page, and is not created.",
            "%(num)s ids stand only on a list page, and are not created.",
            len(outcome.only_listed),
        )
        notes.append(told)
    problems = [[each.place, each.reason] for each in outcome.problems[:MOST_PROBLEMS]]
    return {"problems": problems, "lines": lines[:MOST_LINES], "notes": notes}


def _apply(session: Session, actor: Actor, arrival: Arrival, path: Path) -> tuple[Outcome, list[str]]:
    """Read one file of a register into the tables, as the console's own job; and what that makes it draft."""
    outcome, drafted = Outcome(arrival.filename), list[str]()
    with acting(system("register import", actor.now)):
        surveyed = registers.survey([path])
        outcome.problems += surveyed.unknown
        for plan in surveyed.plans:
            for each in plan.files:
                for service, before in plan.apply(session, each, outcome, arrival.as_of):
                    drafted += triggers.on_rating(service, before)
        session.flush()
    return outcome, drafted


# --- steps --------------------------------------------------------------------------------------------------------


def by_uploader(arrival: Arrival, actor: Actor) -> str | None:
    """Whoever chose the file answers for it: the ledger names one person as its importer (four eyes)."""
    if arrival.created_by_id != actor.person_id:
        return _("Whoever uploaded the file brings it in. Upload it yourself to do it in your name.")
    return None


def bring_in(arrival: Arrival, actor: Actor, values: Mapping[str, Any]) -> None:
    """Record what was previewed; refused where the console would do something else by now."""
    session, found, content = session_of(arrival), arrival.found, arrival.content
    arrival.found = {name: told for name, told in found.items() if name not in ("places", "values")}
    arrival.content = b""
    session.flush()  # tells of the step before what it brings
    places: dict[int, str] = {}
    with journal(session) as written:
        if is_register(arrival):
            with _on_disk(content) as path:
                outcome, drafted = _apply(session, actor, arrival, path)
            counts, same = _judged(outcome), _told_of(outcome, drafted, written) == found
        else:
            bringing = _bring(session, actor, SHEETS[arrival.kind], found)
            places = {id(item): str(number) for number, item in bringing.made}
            counts = _counts(written)
            same = not bringing.problems and _preview(bringing, written) == found["lines"]
    if not same or counts != (arrival.added, arrival.changed):
        raise Refused(_("What is recorded has changed since this file was looked over. Upload it again to see how."))
    _keep(session, arrival, written, places)


def _bring(session: Session, actor: Actor, sheet: Sheet, found: Mapping[str, Any]) -> Bringing:
    bringing = Bringing(session, actor)
    workbooks.bring(workbooks.revived(found, sheet), sheet, bringing)
    session.flush()
    return bringing


def _keep(session: Session, arrival: Arrival, written: Mapping[int, Written], places: Mapping[int, str]) -> None:
    """Note below the session what was written: this is the journal by which it is undone, and has no history itself."""
    rows = [
        {
            "arrival_id": arrival.id,
            "place": places.get(id(each.item), ""),
            "record_type": ledger.record_type(type(each.item)),
            "record_id": each.item.id,
            "record_version": getattr(each.item, "version", None),
            "before": each.before,
            "after": each.left(),
        }
        for each in written.values()
        if not isinstance(each.item, RegisterImport)  # that the file was read stays true
    ]
    if rows:
        session.connection().execute(insert(ArrivalRow), rows)


def discard(arrival: Arrival, actor: Actor, values: Mapping[str, Any]) -> None:
    """What is not brought in is not the console's to keep: of the file its hash stays."""
    arrival.content, arrival.found = b"", {"problems": arrival.found["problems"]}


def nobody_worked_on(arrival: Arrival, actor: Actor, values: Mapping[str, Any]) -> str | None:
    """Undone is all of it or nothing: not where somebody has built on it."""
    found = worked_on(session_of(arrival), _rows(arrival))
    if not found:
        return None
    return ngettext(
        "%(num)s of its records has been worked on since: %(names)s. End or withdraw what is wrong instead.",
        "%(num)s of its records have been worked on since: %(names)s. End or withdraw what is wrong instead.",
        len(found),
        names=", ".join(found[:5]) + (" …" if len(found) > 5 else ""),
    )


def undo(arrival: Arrival, actor: Actor, values: Mapping[str, Any]) -> None:
    session = session_of(arrival)
    session.flush()
    take_back(session, _rows(arrival), actor)


def _rows(arrival: Arrival) -> list[ArrivalRow]:
    query = select(ArrivalRow).where(ArrivalRow.arrival_id == arrival.id).order_by(ArrivalRow.id)
    return list(session_of(arrival).scalars(query))


WORKFLOW = Workflow(
    Arrival,
    Step(
        "bring_in",
        _l("Record from the earlier system"),
        frozenset({S.checked}),
        S.brought_in,
        roles=MANAGER,
        applies=lambda arrival: not is_register(arrival),
        does=_l(
            "Everything in the preview is recorded as it stands, at once, with its source and your name. You then "
            "decide nothing about these records: somebody else must."
        ),
        guards=[by_uploader],
        effect=bring_in,
        brings=from_where,
        clause="XX",
    ),
    Step(
        "update_register",
        _l("Bring the register up to date"),
        frozenset({S.checked}),
        S.brought_in,
        roles=MANAGER,
        applies=is_register,
        does=_l("Providers and services become what the file says of them, and what a rating calls for is drafted."),
        guards=[by_uploader],
        effect=bring_in,
        clause="XX",
    ),
    Step(
        "discard",
        _l("Discard"),
        frozenset({S.faulty, S.checked}),
        S.discarded,
        roles=MANAGER,
        does=_l("The file is not brought in, and is not kept. What was wrong with it stays on the record."),
        effect=discard,
        clause="XX",
    ),
    Step(
        "undo",
        _l("Undo"),
        frozenset({S.brought_in}),
        S.undone,
        roles=MANAGER,
        does=_l(
            "Every record that this file added goes, and what it changed is as it was before. The history keeps both. "
            "This can be done while nobody has worked on any of them."
        ),
        accepts=nobody_worked_on,
        effect=undo,
        takes_back=True,
        needs_note=True,
        clause="XX",
    ),
)
