"""Making OpenDocument spreadsheets row by row, as large as a test or a measurement needs them."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

TYPE = "application/vnd.oasis.opendocument.spreadsheet"
BEGIN = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
END = "</office:spreadsheet></office:body></office:document-content>"
RATINGS = (
    "Location ID", "Location ODS Code", "Location Name", "Care Home?", "Location Type",
    "Location Primary Inspection Category", "Location Street Address", "Location Address Line 2", "Location City",
    "Location Post Code", "Location Local Authority", "Location Region", "Location NHS Region",
    "Location ONSPD CCG Code", "Location ONSPD CCG", "Location Commissioning CCG Code",
    "Location Commissioning CCG Name", "Service / Population Group", "Domain", "Latest Rating", "Publication Date",
    "Report Type", "Inherited Rating (Y/N)", "URL", "Provider ID", "Provider Name", "Brand ID", "Brand Name",
)  # fmt: skip
DOMAINS = ("Overall", "Safe", "Effective", "Caring", "Responsive", "Well-led")


def ods_row(cells: Sequence[str]) -> str:
    """One row, as a spreadsheet program writes it: what is empty is counted, and the sheet's width filled up."""
    told = []
    for cell in cells:
        told.append(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
        )
    rest = 16384 - len(cells)
    return (
        f'<table:table-row>{"".join(told)}<table:table-cell table:number-columns-repeated="{rest}"/></table:table-row>'
    )


def write_ods(path: Path, sheets: Mapping[str, Iterable[Sequence[str]]], after: str = "") -> int:
    """Write a file, and say how many rows it has. `after` is put at the end of each sheet."""
    count = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", TYPE)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(BEGIN.encode())
            for name, rows in sheets.items():
                content.write(f'<table:table table:name="{escape(name)}">'.encode())
                for row in rows:
                    content.write(ods_row(row).encode())
                    count += 1
                content.write(f"{after}</table:table>".encode())
            content.write(END.encode())
    return count


def ratings_rows(locations: int) -> Iterator[Sequence[str]]:
    """Rows like those of the ratings file: six for each location, five in nine of adult social care."""
    yield RATINGS
    for n in range(locations):
        social = n % 9 < 5
        sector = "Social Care Org" if social else "Primary Dental Care"
        day = f"{n % 28 + 1:02}/{n % 12 + 1:02}/{2016 + n % 9}"
        for number, domain in enumerate(DOMAINS):
            rating = ("Good", "Good", "Requires improvement", "Good", "Inadequate", "Outstanding")[(n + number) % 6]
            yield (
                f"1-3{n:09}", f"VN{n}", f"House number {n}", "Y" if social else "N", sector,
                "Residential social care", f"{n % 200} Long Street", "", "Millbrook", f"ZZ{n % 90} {n % 9}AB",
                f"Council {n % 153}", "North West", "North West", "E38000000", "NHS Millbrook Vale CCG", "", "",
                "Overall", domain, rating, day, "Location", "N", f"https://www.example.org/location/1-3{n:09}",
                f"1-2{n // 2:09}", f"Provider number {n // 2}", "-", "-",
            )  # fmt: skip
