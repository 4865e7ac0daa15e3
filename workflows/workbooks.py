"""Workbooks by which a council brings what it kept in spreadsheets: their templates, and reading them cell by cell.

A sheet is a declaration of columns in the words of a step's inputs (`Input`); `workbook_sheets.py` holds them all.
"""

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any, BinaryIO

import xlsxwriter
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from python_calamine import CalamineError, CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from xlsxwriter.utility import xl_col_to_name

from models.authorities import HostAuthority
from models.base import Model
from models.people import Person
from models.providers import Provider, Service
from workflows import ledger
from workflows.actor import Actor
from workflows.gate import BY_HAND, ByHand
from workflows.steps import LARGEST_NUMBER, YEARS, Input, InputKind

MOST_ROWS = 20_000
LONGEST_TEXT = 20_000
OFFERED = 200
"""Down to which row the template offers the choices of a column; further rows take them typed."""

NOTHING = ByHand(frozenset())

Words = Callable[[Any], Any]
"""The word for a choice, as people read it."""


@dataclass(frozen=True)
class Sheet:
    """One workbook: what a row of it is, its columns, and how a row becomes records."""

    title: LazyString
    about: LazyString
    """What a row is, for whoever fills it in."""
    columns: tuple[Input, ...]
    bring: Callable[["Row", "Bringing"], None]
    """Makes the records of one row, or notes what is wrong with it."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a workbook, and in which cell; of the whole file where no row is named."""

    reason: str
    row: int = 0
    column: str = ""
    """Its letter; empty where it is the row as a whole."""

    @property
    def place(self) -> str:
        return f"{self.column}{self.row}" if self.row else ""


@dataclass
class Bringing:
    """One reading of a workbook: who brings it, what was found, and what it made."""

    session: Session
    actor: Actor
    problems: list[Problem] = field(default_factory=list)
    made: list[tuple[int, Model]] = field(default_factory=list)
    """(row, record), in the order in which they were made."""
    faulty: set[int] = field(default_factory=set)
    known: "Known" = field(init=False)
    seen: dict[Any, Any] = field(default_factory=dict)
    """What earlier rows said, for rows that belong together and for those that are there twice."""
    one_by_one: bool = False
    """Whether each row is written before the next, to find the one that contradicts what is recorded."""

    def __post_init__(self) -> None:
        self.known = Known(self.session)


@dataclass
class Row:
    """One row: the values of its cells by the names of its columns; None where nothing is written."""

    number: int
    """As a spreadsheet counts it."""
    values: Mapping[str, Any]
    places: Mapping[str, str]
    """Column -> its letter."""
    bringing: Bringing

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def note(self, name: str, reason: str) -> None:
        """Say what is wrong with a cell."""
        self.bringing.problems.append(Problem(reason, self.number, self.places.get(name, "")))
        self.bringing.faulty.add(self.number)

    @property
    def is_faulty(self) -> bool:
        return self.number in self.bringing.faulty

    def make(self, item: Any, **said: Any) -> None:
        """Add a record, if nothing is wrong with its row: what a form refuses is refused, and what follows is filled.

        `said` are fields that the row may tell, though they follow from others where it does not.
        """
        if self.is_faulty:
            return
        by_hand, session, actor = BY_HAND.get(type(item), NOTHING), self.bringing.session, self.bringing.actor
        session.add(item)
        if by_hand.fill is not None:
            by_hand.fill(item, actor)
        for name, value in said.items():
            if value is not None:
                setattr(item, name, value)
        if by_hand.check is not None and (reason := by_hand.check(item, actor)):
            self.note("", reason.sentence)
            session.expunge(item)
        else:
            self.bringing.made.append((self.number, item))

    def twice(self, key: Any, name: str) -> bool:
        """Note a row that says the same as an earlier one; `name` is the cell to look at."""
        earlier = self.bringing.seen.setdefault(key, self.number)
        if earlier != self.number:
            self.note(name, _("Row %(row)s is about the same. Keep one of them.", row=earlier))
        return bool(earlier != self.number)

    def needs(self, *names: str, when: str) -> None:
        """Note each of these cells that is empty; `when` says why it may not be."""
        for name in names:
            if self[name] is None:
                self.note(name, when)

    def in_order(self, first: str, second: str, reason: str) -> None:
        """Note the second of two days where it lies before the first."""
        if self[first] is not None and self[second] is not None and self[second] < self[first]:
            self.note(second, reason)

    def not_ahead(self, *names: str) -> None:
        """Note each of these days that lies in the future."""
        for name in names:
            if self[name] is not None and self[name] > self.bringing.actor.today:
                self.note(name, _("This day lies in the future. Check it."))


# --- what cells name ----------------------------------------------------------------------------------------------


class Known:
    """Records by what a spreadsheet calls them: the regulator's id, the name, for people the user name or email."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._ids: dict[type[Any], dict[str, list[int]]] = {}
        self._owners: dict[int, int] = {}

    def find(self, model: type[Any], written: str) -> int | str:
        """The id of the one record that is meant, or why there is none."""
        ids = self._of(model).get(_called(written), [])
        if len(ids) == 1:
            return ids[0]
        if ids:
            return _("%(count)s are called so. Write the id of the regulator's register instead.", count=len(ids))
        if model is Person:
            return _("No officer has this user name or email address.")
        if model is HostAuthority:
            return _("No authority is called so. See the list of host authorities.")
        return _("None is called so, and none has this id in a register. Bring in the register, or services, first.")

    def owner(self, service_id: int) -> int:
        """The provider that runs a service."""
        if not self._owners:
            self._owners = dict(self.session.execute(select(Service.id, Service.provider_id)).all())
        return self._owners[service_id]

    def _of(self, model: type[Any]) -> dict[str, list[int]]:
        if model not in self._ids:
            found = self._ids[model] = defaultdict(list)
            columns, standing = NAMES[model]
            for key, *names in self.session.execute(select(model.id, *columns).where(*standing)):
                for name in {_called(each) for each in names if each}:
                    found[name].append(key)
        return self._ids[model]


NAMES: dict[type[Any], tuple[Sequence[Any], Sequence[Any]]] = {
    Service: ((Service.regulator_id, Service.name), (Service.merged_into_id.is_(None),)),
    Provider: ((Provider.regulator_id, Provider.name), ()),
    HostAuthority: ((HostAuthority.name, HostAuthority.register_name), (HostAuthority.active,)),
    Person: ((Person.username, Person.email), (Person.active,)),
}
"""By what each is called, and which of them count."""


def _called(written: str) -> str:
    return " ".join(written.split()).casefold()


# --- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lines:
    """The rows of a workbook, read: what `bring` makes records of."""

    places: dict[str, str] = field(default_factory=dict)
    """Column -> its letter."""
    values: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """(row, column -> value)"""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        told = [[number, {name: ledger.plain(each) for name, each in row.items()}] for number, row in self.values]
        return {"places": self.places, "values": told}


def revived(plain: Mapping[str, Any], sheet: Sheet) -> Lines:
    """Lines out of JSON."""
    kinds = {each.name: each for each in sheet.columns}

    def value(name: str, told: Any) -> Any:
        asked = kinds[name]
        if told is not None and asked.kind is InputKind.date:
            return dt.date.fromisoformat(told)
        return asked.choices(told) if told is not None and asked.choices is not None else told

    rows = [(number, {name: value(name, told) for name, told in row.items()}) for number, row in plain["values"]]
    return Lines(plain["places"], rows)


def read(content: bytes, sheet: Sheet, bringing: Bringing, words: Words) -> Lines:
    """Read a workbook; `bringing` is told what is wrong with it, cell by cell."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        title = str(sheet.title)
        name = title if title in book.sheet_names else book.sheet_names[0]
        table = book.get_sheet_by_name(name)
        rows = table.to_python(skip_empty_area=False, nrows=MOST_ROWS + 2)
        if len(rows) > MOST_ROWS + 1:
            reason = _("The sheet has more than %(most)s rows. Split it, and bring in the parts.", most=MOST_ROWS)
            bringing.problems.append(Problem(reason))
            return Lines()
    except (CalamineError, OSError, ValueError, IndexError):
        bringing.problems.append(Problem(_("This is not a workbook that can be read. Save it again as .xlsx.")))
        return Lines()
    places = _headings(rows[0] if rows else [], sheet, bringing)
    if places is None:
        return Lines()
    lines = Lines({name: xl_col_to_name(place) for name, place in places.items()})
    readers = {each.name: _reader(each, words, bringing) for each in sheet.columns}
    for number, cells in enumerate(rows[1:], 2):
        if any(_text(cell) for cell in cells):
            lines.values.append((number, _values(number, cells, places, lines.places, sheet, bringing, readers)))
    if not lines.values:
        bringing.problems.append(Problem(_("The sheet “%(name)s” has no rows below its headings.", name=name)))
    return lines


def bring(lines: Lines, sheet: Sheet, bringing: Bringing) -> None:
    """Make the records of every row that could be read. The caller writes and commits them, or takes all back."""
    session = bringing.session
    for number, values in lines.values:
        if number in bringing.faulty:
            continue
        row = Row(number, values, lines.places, bringing)
        if not bringing.one_by_one:
            sheet.bring(row, bringing)
            continue
        try:
            with session.begin_nested():
                sheet.bring(row, bringing)
                session.flush()
        except IntegrityError:
            row.note("", _("This row contradicts what is recorded already, or itself. Compare it with the record."))


def _headings(cells: Sequence[Any], sheet: Sheet, bringing: Bringing) -> dict[str, int] | None:
    """Which column holds what, by the headings of the template; None where one of those is missing."""
    written = {_called(_text(cell).rstrip("*")): number for number, cell in enumerate(cells)}
    places = {
        each.name: written[_called(str(each.label))] for each in sheet.columns if _called(str(each.label)) in written
    }
    missing = [str(each.label) for each in sheet.columns if each.required and each.name not in places]
    if missing:
        told = _("The first row lacks these headings of the template: %(names)s.", names=", ".join(missing))
        bringing.problems.append(Problem(told))
    known = {_called(str(each.label)) for each in sheet.columns}
    for cell, number in ((cell, number) for number, cell in enumerate(cells) if _text(cell)):
        if _called(_text(cell).rstrip("*")) not in known:
            told = _(
                "The template has no column “%(name)s”. Remove it, or correct its heading.", name=_short(_text(cell))
            )
            bringing.problems.append(Problem(told, 1, xl_col_to_name(number)))
    return None if bringing.problems else places


Reader = Callable[[Any], Any]
"""The value of a cell that is not empty; raises ValueError with what is wrong."""


def _values(
    number: int,
    cells: Sequence[Any],
    places: Mapping[str, int],
    named: Mapping[str, str],
    sheet: Sheet,
    bringing: Bringing,
    readers: Mapping[str, Reader],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    row = Row(number, values, named, bringing)
    for each in sheet.columns:
        place = places.get(each.name)
        cell = cells[place] if place is not None and place < len(cells) else ""
        if not _text(cell):
            values[each.name] = None
            if each.required:
                row.note(each.name, _("Fill in “%(field)s”.", field=each.label))
            continue
        try:
            values[each.name] = readers[each.name](cell)
        except ValueError as error:
            row.note(each.name, str(error))
    return values


def _reader(asked: Input, words: Words, bringing: Bringing) -> Reader:
    if asked.kind is InputKind.date:
        return _day
    if asked.kind is InputKind.number:
        return _number
    if asked.kind is InputKind.flag:
        return _flag
    if asked.kind is InputKind.choice and asked.choices is not None:
        return _choice(asked.choices, words)
    if asked.kind is InputKind.record and asked.model is not None:
        return _record(asked.model, bringing)
    longest = asked.longest if asked.kind is InputKind.line else LONGEST_TEXT
    return lambda cell: _line(cell, longest)


def _text(cell: Any) -> str:
    """A cell as it is written; workbooks keep whole numbers as 4.0."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell if cell is not None else "").replace("\0", "").strip()


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _line(cell: Any, longest: int) -> str:
    text = _text(cell)
    if len(text) > longest:
        raise ValueError(_("Shorten this to %(longest)s characters at most.", longest=longest))
    return text


def _day(cell: Any) -> dt.date:
    found = cell.date() if isinstance(cell, dt.datetime) else cell
    if not isinstance(found, dt.date):
        text = _text(cell)
        for form in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                found = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - only its date
                break
            except ValueError:
                continue
    if not isinstance(found, dt.date) or found.year not in YEARS:
        raise ValueError(_("This is no date: “%(text)s”. Write one like 31/03/2026.", text=_short(_text(cell))))
    return found


def _number(cell: Any) -> int:
    text = re.sub(r"[£,\s]", "", _text(cell))
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > LARGEST_NUMBER:
        raise ValueError(_("This is no whole number: “%(text)s”.", text=_short(_text(cell))))
    return int(text)


def _flag(cell: Any) -> bool:
    text = _called(_text(cell))
    for value, spellings in ((True, {_("Yes"), "yes", "y", "true", "1"}), (False, {_("No"), "no", "n", "false", "0"})):
        if text in {each.casefold() for each in spellings}:
            return value
    raise ValueError(_("Write Yes or No here, not “%(text)s”.", text=_short(_text(cell))))


def _choice(choices: type[StrEnum], words: Words) -> Reader:
    known = {_called(spelling): each for each in choices for spelling in (str(words(each)), each.value)}

    def read_choice(cell: Any) -> StrEnum:
        if (found := known.get(_called(_text(cell)))) is None:
            told = ", ".join(str(words(each)) for each in choices)
            raise ValueError(
                _("“%(text)s” is none of the choices: %(choices)s.", text=_short(_text(cell)), choices=told)
            )
        return found

    return read_choice


def _record(model: type[Model], bringing: Bringing) -> Reader:
    def read_record(cell: Any) -> int:
        found = bringing.known.find(model, _text(cell))
        if isinstance(found, str):
            raise ValueError(f"“{_short(_text(cell))}”: {found}")
        return found

    return read_record


# --- the template -------------------------------------------------------------------------------------------------


def template(sheet: Sheet, words: Words) -> BinaryIO:
    """An empty workbook with headings, the choices of each column to choose from, and a sheet that explains them."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    page = book.add_worksheet(str(sheet.title))
    page.freeze_panes(1, 0)
    for place, asked in enumerate(sheet.columns):
        page.write_string(0, place, f"{asked.label}{'*' if asked.required else ''}", bold)
        page.set_column(place, place, max(14, len(str(asked.label)) + 2), day if asked.kind is InputKind.date else None)
        if asked.kind is InputKind.choice and asked.choices is not None:
            offered = [str(words(each)) for each in asked.choices]
            page.data_validation(1, place, OFFERED, place, {"validate": "list", "source": offered})
        elif asked.kind is InputKind.flag:
            page.data_validation(1, place, OFFERED, place, {"validate": "list", "source": [_("Yes"), _("No")]})
    help_page = book.add_worksheet(_("How to fill it in"))
    help_page.set_column(0, 0, 30)
    help_page.set_column(1, 1, 90)
    told = [(sheet.title, sheet.about), (_("Columns with a star"), _("These must be filled in."))]
    for number, (name, text) in enumerate(
        chain(told, ((each.label, _explained(each, words)) for each in sheet.columns))
    ):
        help_page.write_string(number, 0, str(name), bold)
        help_page.write_string(number, 1, str(text), wrapped)
    book.close()
    held.seek(0)
    return held


def _explained(asked: Input, words: Words) -> str:
    """What a column takes, in a sentence or two."""
    return " ".join(str(each) for each in _told(asked, words))


def _told(asked: Input, words: Words) -> Iterator[Any]:
    if asked.hint:
        yield asked.hint
    if asked.kind is InputKind.date:
        yield _("A date, like 31/03/2026.")
    elif asked.kind is InputKind.number:
        yield _("A whole number.")
    elif asked.kind is InputKind.flag:
        yield _("Yes or No.")
    elif asked.kind is InputKind.choice and asked.choices is not None:
        yield _("One of: %(choices)s.", choices=", ".join(str(words(each)) for each in asked.choices))
    elif asked.kind is InputKind.record and asked.model is Person:
        yield _("The user name or email address of their account.")
    elif asked.kind is InputKind.record and asked.model is HostAuthority:
        yield _("Its name, as in the list of host authorities.")
    elif asked.kind is InputKind.record:
        yield _("The id in the regulator's register or, where it has none, its name as in the console.")
