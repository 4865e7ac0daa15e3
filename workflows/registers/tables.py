"""Reading tables as a stream of rows, within limits: CSV, and the sheets of an OpenDocument spreadsheet.

Nothing a file says of itself is trusted: not its name, not the sizes in its zip, not how often a row repeats.
"""

import codecs
import csv
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from flask_babel import gettext as _
from lxml import etree

MOST_ROWS = 2_000_000
MOST_COLUMNS = 1_000
MOST_BYTES = 4 * 1024**3
"""Of a file as it is unpacked. The ratings of the nation are somewhat over 1 GB."""
MOST_ROW_BYTES = 8 * 1024**2
PORTION = 1024**2


class Unreadable(Exception):
    """One sentence that says why nothing of this file can be read."""


class OtherArchive(Unreadable):
    """A zip that holds no OpenDocument spreadsheet: it may be another program's workbook."""


class Line(NamedTuple):
    """One row that is not empty; `number` is the row's in its sheet, as a spreadsheet counts it."""

    sheet: str
    number: int
    cells: list[str]


@dataclass(frozen=True)
class Head:
    """The beginning of a file, by which a reader knows it for its own."""

    path: Path
    start: bytes
    lines: tuple[Line, ...]
    """Its first rows, where it is a CSV file or an OpenDocument spreadsheet."""
    fault: str = ""
    """Why it has no rows."""
    other_archive: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it is CSV, and has rows."""
        return any(not line.sheet for line in self.lines[:1])

    @property
    def is_json(self) -> bool:
        return self.start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[")


HEAD_ROWS = 200


def head(path: Path) -> Head:
    """Look at the beginning of a file. None fails: what is wrong is its fault."""
    start = b""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
        if not start.strip():
            return Head(path, start, (), _("This file is empty."))
        begun = Head(path, start, ())
        return begun if begun.is_json else Head(path, start, tuple(islice(lines(path), HEAD_ROWS)))
    except OSError as error:
        return Head(path, start, (), _("This file cannot be opened: %(why)s", why=error.strerror or ""))
    except Unreadable as error:
        return Head(path, start, (), str(error), other_archive=isinstance(error, OtherArchive))


def lines(path: Path) -> Iterator[Line]:
    """Every row of a table, in order. Raises Unreadable, at once or on the way."""
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    found = _spreadsheet(path) if packed else _text(path)
    for count, line in enumerate(found, 1):
        if count > MOST_ROWS:
            raise Unreadable(_("This file has more than %(most)s rows, and is not read.", most=MOST_ROWS))
        if len(line.cells) > MOST_COLUMNS:
            raise _too_wide(line.number)
        yield line


def _too_wide(number: int) -> Unreadable:
    return Unreadable(
        _("Row %(row)s has more than %(most)s columns: this file is not read.", row=number, most=MOST_COLUMNS)
    )


# --- CSV ----------------------------------------------------------------------------------------------------------


def _text(path: Path) -> Iterator[Line]:
    with path.open(encoding=_encoding(path), newline="") as file:
        rows = csv.reader(file)
        number = 0
        try:
            for number, cells in enumerate(rows, 1):
                if any(cells):
                    yield Line("", number, cells)
        except csv.Error as error:
            sentence = _("After row %(row)s this CSV file cannot be read: is a quotation mark missing?", row=number)
            raise Unreadable(sentence) from error


def _encoding(path: Path) -> str:
    """UTF-8, else what spreadsheet programs on Windows write."""
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while portion := file.read(PORTION):
                    decoder.decode(portion)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(_("This file is not text in UTF-8 or Windows-1252."))


# --- OpenDocument -------------------------------------------------------------------------------------------------

_OFFICE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text")
)
SHEET, ROW = f"{_TABLE}table", f"{_TABLE}table-row"
CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
VALUE_TYPE = f"{_OFFICE}value-type"
ROW_REPEATED, CELL_REPEATED = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"
PARAGRAPH, NOTE = f"{_TEXT}p", f"{_TEXT}note"
SPACES = (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break")
VALUES = {
    "float": f"{_OFFICE}value",
    "percentage": f"{_OFFICE}value",
    "currency": f"{_OFFICE}value",
    "date": f"{_OFFICE}date-value",
    "boolean": f"{_OFFICE}boolean-value",
}


class _Bounded:
    """What is read from the zip, counted: a small zip may hold a sheet without end, or one row without end."""

    def __init__(self, source: Any) -> None:
        self._source, self._whole, self._row = source, 0, 0

    def read(self, size: int = -1) -> bytes:
        portion: bytes = self._source.read(min(size, PORTION) if size >= 0 else PORTION)
        self._whole += len(portion)
        self._row += len(portion)
        if self._whole > MOST_BYTES or self._row > MOST_ROW_BYTES:
            raise Unreadable(_("This spreadsheet unpacks to more than any register holds, and is not read."))
        return portion

    def next_row(self) -> None:
        self._row = 0


def _spreadsheet(path: Path) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" not in archive.NameToInfo:
                raise OtherArchive(_("This file is no OpenDocument spreadsheet."))
            with archive.open("content.xml") as content:
                yield from _rows(_Bounded(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(_("This spreadsheet is damaged or locked, and cannot be unpacked.")) from error
    except etree.XMLSyntaxError as error:
        raise Unreadable(_("This spreadsheet is damaged: its content breaks off or is no XML.")) from error


def _rows(source: _Bounded) -> Iterator[Line]:
    sheet, number, checked = "", 0, False
    # Nothing is fetched, and no entity is put in: an OpenDocument file declares none.
    parsed = etree.iterparse(
        source,
        events=("start", "end"),
        tag=(SHEET, ROW),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for event, element in parsed:
        if not checked:
            checked = True
            if element.getroottree().docinfo.doctype:
                raise Unreadable(_("This spreadsheet declares a document type, and is not read."))
        if element.tag == SHEET:
            if event == "start":
                sheet, number = element.get(f"{_TABLE}name", ""), 0
            else:
                _forget(element)
        elif event == "end":
            source.next_row()
            cells = _cells(element, number + 1)
            if cells:
                # A row that repeats says nothing new, however often it claims to.
                yield Line(sheet, number + 1, cells)
            number += _times(element.get(ROW_REPEATED))
            _forget(element)


def _forget(element: Any) -> None:
    """Free what was read: the element's content, and everything before it under the same parent."""
    element.clear()
    parent = element.getparent()
    while element.getprevious() is not None:
        del parent[0]


def _times(repeated: str | None) -> int:
    return max(int(repeated), 1) if repeated is not None and repeated.isdecimal() and len(repeated) < 10 else 1


def _cells(row: Any, number: int) -> list[str]:
    """The row's cells up to the last that holds something: the empty ones after it are never spread out."""
    found: list[str] = []
    empty = 0
    for cell in row:
        if cell.tag not in CELLS:
            continue
        value, repeated = _value(cell), cell.get(CELL_REPEATED)
        times = 1 if repeated is None else _times(repeated)
        if not value:
            empty += times
            continue
        if len(found) + empty + times > MOST_COLUMNS:
            raise _too_wide(number)
        if empty:
            found += [""] * empty
            empty = 0
        found += [value] * times
    return found


def _value(cell: Any) -> str:
    kind = cell.get(VALUE_TYPE)
    if kind is None and not len(cell):
        return ""
    attribute = VALUES.get(kind)
    if attribute is not None and (value := cell.get(attribute)) is not None:
        return str(value).removesuffix(".0")
    if len(cell) == 1 and cell[0].tag == PARAGRAPH:  # nearly all of millions
        return _words(cell[0]).strip()
    return "\n".join([_words(each) for each in cell if each.tag == PARAGRAPH]).strip()


def _words(element: Any) -> str:
    if not len(element):
        return element.text or ""
    found = [element.text or ""]
    for child in element:
        if child.tag in SPACES:
            found.append(" ")
        elif isinstance(child.tag, str) and child.tag != NOTE:
            found.append(_words(child))
        found.append(child.tail or "")
    return "".join(found)
