"""Any list as a file: CSV row by row, Excel by way of a temporary file; recorded before the first byte leaves."""

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterator
from enum import Enum
from typing import Any

import xlsxwriter
from flask import Response, abort, request, send_file, stream_with_context
from flask_babel import gettext as _

from models import db
from models.base import LONDON, reading, writing
from models.lists import ExportFormat
from models.suspensions import Purchasing
from views.columns import acting
from views.labels import Link, Tag, word
from views.lists import Listing
from workflows import actor as actors
from workflows.lists import exported

EXCEL_ROWS, EXCEL_TEXT = 1_048_576, 32_767
"""How many rows a sheet has, and how many characters a cell."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What makes a spreadsheet take a text for a formula, the wide forms of the East too: a note could then run on the
machine of whoever opens the file."""


def send(screen: Any, listing: Listing) -> Any:
    """The file, for whoever may read the list: the rows that they may see, and no others."""
    if request.args.get("format") not in set(ExportFormat):
        abort(400, description=_("A list is exported as CSV or as Excel. Choose one of them on its page."))
    if listing.errors:
        abort(400, description=listing.errors[0][1])
    form, total = ExportFormat(request.args["format"]), listing.total()
    if form is ExportFormat.xlsx and total >= EXCEL_ROWS:
        told = _("Excel holds 1,048,575 records at most, and this list has more. Narrow it, or export it as CSV.")
        abort(400, description=told)
    actor = acting()
    plural = screen.route_base.strip("/")
    with writing(db.session):  # before the first byte leaves, and whatever becomes of the others
        exported(db.session, plural, listing.address(), form, total)
    name = f"{plural}-{actor.today:%Y-%m-%d}.{form}"
    if form is ExportFormat.xlsx:
        answer: Response = send_file(workbook(listing), mimetype=XLSX, as_attachment=True, download_name=name)
    else:
        answer = Response(stream_with_context(as_csv(listing, actor)), mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def as_csv(listing: Listing, actor: actors.Actor) -> Iterator[bytes]:
    """The lines, while they are fetched. The request that asked is over by then, so who acts is said again."""
    with actors.acting(actor), reading():
        text = io.StringIO()
        out = csv.writer(text)
        text.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # or Excel reads it in the wrong alphabet
        out.writerow([safe(str(column.label)) for column in listing.columns])
        for items in listing.portions():
            for item in items:
                out.writerow([_in_csv(plain(column.value(item))) for column in listing.columns])
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
        yield text.getvalue().encode()


def workbook(listing: Listing) -> Any:
    """The same as one sheet. Texts are written as texts, whatever they look like."""
    held = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever sends it
    book = xlsxwriter.Workbook(held, {"constant_memory": True})
    sheet = book.add_worksheet()
    heading = book.add_format({"bold": True})
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    moments = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(listing.columns) - 1, 20)
    for place, column in enumerate(listing.columns):
        sheet.write_string(0, place, str(column.label), heading)
    row = 0
    for items in listing.portions():
        for item in items:
            row += 1
            for place, column in enumerate(listing.columns):
                value = plain(column.value(item))
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(row, place, value.astimezone(LONDON).replace(tzinfo=None), moments)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(row, place, value, days)
                elif isinstance(value, int | float):
                    sheet.write_number(row, place, value)
                elif value:
                    sheet.write_string(row, place, _cut(value))
    book.close()
    held.seek(0)
    return held


def plain(value: Any) -> str | int | float | dt.date | dt.datetime:
    """What stands in a cell of a page, without its looks: a number, a date, a moment, or a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Tag | Link):
        return str(value.text)
    if isinstance(value, Purchasing):
        parts = [f"{name}: {word(status)}" for name, status in sorted(value.parts.items())]
        return "; ".join([str(word(value.status)), *parts])
    if isinstance(value, Enum):
        return str(word(value))
    if isinstance(value, int | float | dt.date):  # a moment is a date too
        return value
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)


def safe(text: str) -> str:
    """A text that no spreadsheet runs: after an apostrophe, as one types it to say that it is a text."""
    return f"'{text}" if FORMULA.match(text) else text


def _in_csv(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(LONDON).isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return safe(value) if isinstance(value, str) else value


def _cut(text: str) -> str:
    return text if len(text) <= EXCEL_TEXT else f"{text[: EXCEL_TEXT - 1]}…"
