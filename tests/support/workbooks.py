"""Making workbooks as officers fill them in: headings in the first row, then rows."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter


def workbook(title: str, headings: Sequence[str], *rows: Sequence[Any]) -> bytes:
    """A workbook with one sheet. Dates are dates, True and False are what Excel keeps for them, None is empty."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet, day = book.add_worksheet(title), book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate([headings, *rows]):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, place, dt.datetime.combine(value, dt.time()), day)
            elif value is not None:
                sheet.write(number, place, value)
    book.close()
    return held.getvalue()
