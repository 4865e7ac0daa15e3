"""Bringing files in, as a manager does it at the screen: upload, look, record, undo."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from some_files import PDF
from sqlalchemy import func, select
from workbooks import workbook
from world import World, sign_in

from models import db
from models.contracts import Contract
from models.ledger import LedgerEntry
from models.providers import Provider, Service
from models.registers import RegisterProposal
from workflows import actor as actors

SAMPLES = Path(__file__).parents[1] / "samples"
HEADINGS = [
    "Service", "Title", "Kind of contract", "Yearly value", "Starts", "Ends", "Monitoring level", "RAG", "Officer",
]  # fmt: skip
UNKNOWN = "None is called so, and none has this id in a register. Bring in the register, or services, first."
START, END = dt.date(2025, 4, 1), dt.date(2027, 3, 31)


def send(client: FlaskClient, content: bytes, kind: str = "contracts", name: str = "register.xlsx", **kw: Any) -> Any:
    told = {"kind": kind, "source": "Contract register", "as_of": "2026-03-01", **kw}
    return client.post("/arrivals/add", data={**told, "file": (io.BytesIO(content), name)})


def page(client: FlaskClient, response: Any) -> str:
    assert response.status_code == 302, re.findall(r"govuk-error-message.*?</p>", response.text, re.DOTALL)
    return str(client.get(response.location).text)


def count(model: Any) -> int:
    return int(db.session.connection().execute(select(func.count()).select_from(model.__table__)).scalar_one())


def cells(text: str) -> list[tuple[str, str]]:
    """The problems that a page tells: (cell, what is wrong)."""
    rows = re.findall(r'data-label="Cell">(.*?)</td><td[^>]*data-label="What is wrong">(.*?)</td>', text, re.DOTALL)
    return [(cell, reason.replace("&#34;", '"')) for cell, reason in rows]


FAULTS = [
    # (column, what is written there, what is said of it)
    ("A", "Nowhere House", f"“Nowhere House”: {UNKNOWN}"),
    ("B", None, "Fill in “Title”."),
    ("C", "Barter", "“Barter” is none of the choices: Framework, Block, Spot, Grant, Other."),
    ("D", "a lot", "This is no whole number: “a lot”."),
    ("E", "soon", "This is no date: “soon”. Write one like 31/03/2026."),
    ("E", None, "Fill in “Starts”."),
    ("F", dt.date(2020, 1, 1), "The contract ends before it starts. Check the dates."),
    ("G", 9, "The monitoring level is a number from 1 to 5."),
    ("H", "Purple", "“Purple” is none of the choices: Green, Amber, Red."),
    ("I", "nobody", "“nobody”: No officer has this user name or email address."),
]  # fmt: skip


def test_5000_rows_with_200_faults_are_named_by_cell_then_brought_in_and_undone(
    client: FlaskClient, world: World
) -> None:
    for number in range(20):
        world.service(f"House {number}")
    rows = [
        [f"House {n % 20}", f"Contract {n}", "Block", 1000 + n, START, END, 1 + n % 5, "Green", "officer"]
        for n in range(5000)
    ]
    faulty, planted = [list(row) for row in rows], []
    for n in range(200):
        column, written, said = FAULTS[n % 10]
        faulty[n * 25]["ABCDEFGHI".index(column)] = written
        planted.append((f"{column}{n * 25 + 2}", said))  # the first row holds the headings
    sign_in(client, "manager")
    entries = count(LedgerEntry)
    told = page(client, send(client, workbook("Contracts", HEADINGS, *faulty)))
    assert cells(told) == planted
    assert "Nothing was brought in" in told
    assert "bring_in" not in told
    assert (count(Contract), count(LedgerEntry)) == (0, entries + 1)
    answer = send(client, workbook("Contracts", HEADINGS, *rows))
    assert cells(page(client, answer)) == []
    address = answer.location.replace("/show/", "/")
    assert count(Contract) == 0
    assert client.post(f"{address}/bring_in", data={"version": "1"}).status_code == 302
    assert count(Contract) == 5000
    assert client.post(f"{address}/undo", data={"version": "2", "note": "Last year's list."}).status_code == 302
    assert count(Contract) == 0
    # each contract: brought, and undone; the file: uploaded, brought in, undone; and the faulty file before it
    assert count(LedgerEntry) == entries + 1 + 5000 * 2 + 3


def test_the_page_says_what_would_be_recorded_and_what_was(client: FlaskClient, world: World) -> None:
    world.service("Larkfield House")
    row = ["Larkfield House", "Block beds", "Block", 1, START, END, 1, "Green", "officer"]
    sign_in(client, "manager")
    answer = send(client, workbook("Contracts", HEADINGS, row))
    told = page(client, answer)
    assert "Nothing is brought in yet." in told
    assert re.search(r'>contract</td>.*?>Block beds</td>.*?>New</td>.*?data-label="Row">2</td>', told, re.DOTALL)
    client.post(f"{answer.location.replace('/show/', '/')}/bring_in", data={"version": "1"})
    told = client.get(answer.location).text
    assert re.search(r'href="/contracts/show/[0-9]+">Block beds</a>.*?data-label="Row">2</td>', told)
    with actors.acting(world.actor("manager")):
        address = f"/contracts/show/{db.session.scalars(select(Contract.id)).one()}"
    told = client.get(address).text
    assert "Record from the earlier system" in told
    assert "<p>Contract register, as at 1 March 2026</p>" in told


def test_the_preview_tells_changes_in_words(client: FlaskClient, world: World) -> None:
    world.service("Larkfield House", commissioning="commissioned")
    sign_in(client, "manager")
    told = page(
        client, send(client, workbook("Officers", ["Service", "Officer"], ["Larkfield House", "officer"]), "officers")
    )
    assert "Linked officer: nothing → Test Officer" in told
    headings = ["Name", "How the council buys from it"]
    told = page(client, send(client, workbook("Services", headings, ["Larkfield House", "Spot purchase"]), "services"))
    assert "Commissioned → Spot purchase" in told


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.xlsx", "The file is empty. Choose another."),
        (b"MZ\x90\x00\x03" + b"\x00" * 100, "contracts.xlsx", "the content is of another kind"),
        (PDF, "contracts.pdf", "This is no workbook. Fill in the template, and save it as .xlsx or .ods."),
        (b"a,b\n1,2\n", "contracts.csv", "This is no workbook. Fill in the template, and save it as .xlsx or .ods."),
    ],
)
def test_what_is_no_workbook_is_refused_and_nothing_is_kept(
    client: FlaskClient, world: World, content: bytes, name: str, said: str
) -> None:
    sign_in(client, "manager")
    answer = send(client, content, name=name)
    assert answer.status_code == 200
    assert said in answer.text
    assert 'value="Contract register"' in answer.text  # what was typed stands in the form
    assert "This is no workbook" not in client.get("/arrivals/list/").text
    assert "0 records" in client.get("/arrivals/list/").text


def test_a_workbook_with_macros_and_one_that_swells_are_refused(client: FlaskClient, world: World) -> None:
    sign_in(client, "manager")
    for content, said in ((_with_macros(), "The document holds macros."), (_swollen(), "unpacks to far more than")):
        answer = send(client, content)
        assert (answer.status_code, said in answer.text) == (200, True)


def _parts(**more: bytes) -> bytes:
    held = io.BytesIO(workbook("Contracts", HEADINGS))
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in more.items():
            archive.writestr(name, content)
    return held.getvalue()


def _with_macros() -> bytes:
    old = io.BytesIO(workbook("Contracts", HEADINGS))
    held = io.BytesIO()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(held, "w") as archive:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "[Content_Types].xml":
                macro = b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
                content = content.replace(b"</Types>", macro + b"</Types>")
            archive.writestr(entry, content)
    return held.getvalue()


def _swollen() -> bytes:
    return _parts(**{"xl/worksheets/sheet9.xml": b"0" * (210 * 2**20)})


def test_a_name_cannot_lead_anywhere_else(client: FlaskClient, world: World) -> None:
    sign_in(client, "manager")
    told = page(client, send(client, workbook("Contracts", HEADINGS), name="../../etc/contracts.xlsx"))
    assert "etc" not in told
    assert ">contracts.xlsx</h1>" in told


# --- files of a register ------------------------------------------------------------------------------------------


def test_a_file_of_the_register_is_previewed_brought_in_and_undone(client: FlaskClient, world: World) -> None:
    content = (SAMPLES / "cqc_files" / "directory.csv").read_bytes()
    services, providers = count(Service), count(Provider)
    sign_in(client, "manager")
    answer = send(client, content, kind="register", name="directory.csv", source="CQC, care directory")
    told = page(client, answer)
    assert "Bring the register up to date" in told
    assert "What it would do" in told
    assert (count(Service), count(Provider)) == (services, providers)
    address = answer.location.replace("/show/", "/")
    assert client.post(f"{address}/update_register", data={"version": "1"}).status_code == 302
    added = count(Service) - services
    assert added > 0
    assert "Brought in" in client.get(answer.location).text
    again = send(client, content, kind="register", name="directory.csv", source="CQC, care directory")
    assert "Nothing: all of it stands in the console already." in page(client, again)
    assert client.post(f"{address}/undo", data={"version": "2", "note": "The wrong month."}).status_code == 302
    assert (count(Service), count(Provider)) == (services, providers)


def test_what_the_register_told_anew_since_is_not_undone(client: FlaskClient, world: World) -> None:
    """Register facts count no versions, so it is what stands that tells."""
    content = (SAMPLES / "cqc_files" / "directory.csv").read_bytes()
    sign_in(client, "manager")
    answer = send(client, content, kind="register", name="directory.csv", source="CQC, care directory")
    address = answer.location.replace("/show/", "/")
    client.post(f"{address}/update_register", data={"version": "1"})
    with world.console():
        service = db.session.scalars(select(Service).where(Service.regulator_id == "1-30000000001")).one()
        service.town, name = "Elsewhere", service.name
    db.session.commit()
    told = client.post(f"{address}/undo", data={"version": "2", "note": "The wrong month."})
    assert told.status_code == 409
    sentence = f"1 of its records has been worked on since: {name}. End or withdraw what is wrong instead."
    assert sentence in told.text
    assert "Brought in" in client.get(answer.location).text


def test_rows_of_another_nation_s_register_are_proposed_and_undone(client: FlaskClient, world: World) -> None:
    file = next((SAMPLES / "nations").glob("*.csv"))
    sign_in(client, "manager")
    answer = send(client, file.read_bytes(), kind="register", name=file.name, source="Care Inspectorate")
    assert "What it would do" in page(client, answer)
    assert count(RegisterProposal) == 0
    address = answer.location.replace("/show/", "/")
    client.post(f"{address}/update_register", data={"version": "1"})
    assert count(RegisterProposal) > 0
    client.post(f"{address}/undo", data={"version": "2", "note": "Not ours."})
    assert count(RegisterProposal) == 0


def test_a_file_that_is_of_no_register_is_told_so(client: FlaskClient, world: World) -> None:
    sign_in(client, "manager")
    told = page(client, send(client, b"a,b\n1,2\n", kind="register", name="mine.csv"))
    assert "This is none of the files of a register that the console knows." in told
    assert "Bring the register up to date" not in told
