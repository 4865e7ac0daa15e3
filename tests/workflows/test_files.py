"""What may be kept as a file, and what is refused, with which sentence."""

import hashlib
import io
import struct
import zipfile
from functools import partial

import pytest
from flask import Flask
from some_files import EMAIL, JPEG, PDF, PNG, PROGRAM, compound, office, open_document, zipped

from workflows.files import _Room, examine, plain_name
from workflows.gate import Refused

LARGEST = 25 * 2**20
WORDS = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
TEXT = "Night rota.\nTwo carers after ten.\n"
MESSAGE = "__properties_version1.0"
ATTACHED = "__attach_version1.0_#00000000/__substg1.0_37010102"


@pytest.fixture(autouse=True)
def context(app: Flask) -> object:
    """Sentences are told in a language, which an application has."""
    with app.test_request_context():
        yield


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as told:
        examine(io.BytesIO(content), name, LARGEST)
    return str(told.value)


# --- what is kept ---


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("plan.pdf", PDF, "application/pdf"),
        ("PLAN.PDF", PDF, "application/pdf"),
        ("door.png", PNG, "image/png"),
        ("door.jpg", JPEG, "image/jpeg"),
        ("door.jpeg", JPEG, "image/jpeg"),
        ("door.jpg", b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00", "image/jpeg"),
        ("door.jpg", b"\xff\xd8\xff\xdb\x00\x43\x00", "image/jpeg"),
        ("report.docx", office("docx"), WORDS + "wordprocessingml.document"),
        ("rota.xlsx", office("xlsx"), WORDS + "spreadsheetml.sheet"),
        ("talk.pptx", office("pptx"), WORDS + "presentationml.presentation"),
        ("report.odt", open_document("odt"), OPEN + "text"),
        ("rota.ods", open_document("ods"), OPEN + "spreadsheet"),
        ("rota.csv", b"post,nights\ncarer,2\n", "text/csv"),
        ("note.txt", TEXT.encode(), "text/plain"),
        ("note.txt", "\ufeffCafé – naïve".encode(), "text/plain"),
        ("note.csv", "Café – naïve £5".encode("cp1252"), "text/csv"),
        ("note.txt", b"MZ is how this note begins, and it is a note.", "text/plain"),
        ("note.txt", b"Their weight was < 50 kg and > 40 kg.", "text/plain"),
        ("mail.eml", EMAIL, "message/rfc822"),
        ("mail.msg", compound(MESSAGE), "application/vnd.ms-outlook"),
        ("mail.msg", compound(MESSAGE, ATTACHED, content=PDF), "application/vnd.ms-outlook"),
        ("report.docx", office("docx", word__embeddings__rota=office("xlsx")), WORDS + "wordprocessingml.document"),
    ],
)
def test_the_kinds_that_the_trade_uses_are_kept_by_their_content(name: str, content: bytes, media_type: str) -> None:
    found = examine(io.BytesIO(content), name, LARGEST)
    assert (found.filename, found.media_type, found.size) == (name, media_type, len(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_a_real_word_document_is_kept() -> None:
    from docx import Document

    buffer = io.BytesIO()
    Document().save(buffer)
    assert examine(buffer, "letter.docx", LARGEST).media_type == WORDS + "wordprocessingml.document"


# --- kinds and names ---

NOT_KEPT = (
    "Files of this kind are not kept here. Kinds that are: PDF, PNG, JPEG, Word (docx), Excel (xlsx), "
    "PowerPoint (pptx), OpenDocument (odt, ods), CSV, plain text, and emails (eml, msg)."
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("page.htm", b"<p>x</p>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("code.js", b"alert(1)"),
        ("data.xml", b"<?xml version='1.0'?><x/>"),
        ("setup.exe", PROGRAM),
        ("photo\u202egpj.exe", PROGRAM),
        ("bundle.zip", zipped({"a.txt": "x"})),
        ("report.docm", office("docm")),
        ("report.doc", compound("WordDocument")),
        ("talk.odp", open_document("odp")),
        ("noending", PDF),
        (".pdf", PDF),
    ],
)
def test_other_kinds_are_refused(name: str, content: bytes) -> None:
    assert refusal(content, name) == NOT_KEPT


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PROGRAM),
        ("plan.pdf", b"<html><script>alert(1)</script></html>"),
        ("plan.pdf", b" " + PDF),
        ("plan.pdf", PNG),
        ("door.jpg", PNG),
        ("door.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("report.docx", office("xlsx")),
        ("report.docx", open_document("odt")),
        ("report.docx", zipped({"a.txt": "x"})),
        ("report.docx", compound("WordDocument")),
        ("report.odt", open_document("odp")),
        ("mail.msg", compound("WordDocument")),
        ("mail.eml", b"Just a note.\n"),
        ("mail.eml", b"Subject: no sender\n\nx"),
        ("note.txt", b"<html><body>x</body></html>"),
        ("note.txt", b"\xef\xbb\xbf  <!DOCTYPE html>"),
        ("note.txt", b"note\n<script>alert(1)</script>"),
        ("rota.csv", b"<?xml version='1.0'?><svg/>"),
        ("note.txt", b"a\x00b"),
        ("note.txt", b"a\x1b[31mb"),
        ("note.txt", b"a\x81b"),
        ("note.txt", "Café".encode("utf-16")),
        ("note.txt", PDF),
        ("rota.csv", PROGRAM),
    ],
)
def test_a_name_that_does_not_fit_the_content_is_refused(name: str, content: bytes) -> None:
    ending = name.rpartition(".")[2]
    assert refusal(content, name) == (
        f"The name ends in “.{ending}”, but the content is of another kind. Save it anew from the program that made "
        "it, and add that."
    )


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"", "plan.pdf") == "The file is empty. Choose another."


def test_a_file_of_25_megabytes_is_kept_and_one_byte_more_is_not() -> None:
    whole = PDF.ljust(LARGEST, b"\n")
    assert examine(io.BytesIO(whole), "plan.pdf", LARGEST).size == 26_214_400
    assert refusal(whole + b"\n", "plan.pdf") == (
        "The file is larger than 25 MB. Make it smaller, or split it, and add it again."
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Test\\rota.xlsx", "rota.xlsx"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("a\u202eb\u200f\u2066c.pdf", "abc.pdf"),
        ("li\nne\r\nbreaks\t.pdf", "li ne breaks .pdf"),
        ("zero\x00byte\x1b.pdf", "zerobyte.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("para\u2029graph.pdf", "para graph.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("  ..hidden.pdf. ", "hidden.pdf"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
        ('"; filename=evil.html".pdf', '"; filename=evil.html".pdf'),
    ],
)
def test_a_name_is_reduced_to_what_can_be_read(given: str, kept: str) -> None:
    assert plain_name(given) == kept


# --- what acts or hides ---

MACROS = "The document holds macros. Save it as a kind without them (docx, xlsx, pptx, odt, ods), and add that."
LOCKED = "The document is locked with a password. Save it without one, and add that."
HOLDS_PROGRAM = "The file holds a program. Remove it, and add the rest."
HOLDS_ARCHIVE = "The file holds an archive (such as a zip). Add what is in it one by one."
SWOLLEN = "The document unpacks to far more than documents do, so it was not opened. Save it anew, and add that."
DAMAGED = "The document is damaged: it cannot be read. Save it anew, and add that."
ACTING_PDF = "The PDF holds a script or starts a program. Print it to a new PDF, and add that."


def mail_with(content: bytes) -> bytes:
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "office@example.org", "team@example.org", "Rota"
    mail.set_content("See the file.")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename="rota.bin")
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.docx", office("docm"), MACROS),
        ("a.docx", office("docx", also="application/vnd.ms-office.vbaProject"), MACROS),
        ("a.xlsx", office("xlsx", also="application/vnd.ms-excel.macrosheet+xml"), MACROS),
        ("a.docx", office("docx", also="application/vnd.ms-office.activeX+xml"), MACROS),
        ("a.docx", office("docx", word__other=compound("VBA/dir", "_VBA_PROJECT")), MACROS),
        ("a.docx", office("docx", word__embeddings__b=office("docm")), MACROS),
        ("a.odt", open_document("odt", Basic__Standard__Module1="x"), MACROS),
        ("a.ods", open_document("ods", Scripts__python__m="x"), MACROS),
        ("a.msg", compound(MESSAGE, ATTACHED, content=office("docm")), MACROS),
        ("a.msg", compound(MESSAGE, "Macros/VBA"), MACROS),
        ("a.eml", mail_with(office("docm")), MACROS),
        ("a.docx", compound("EncryptedPackage", "EncryptionInfo"), LOCKED),
        ("a.odt", open_document("odt", **{"META-INF__manifest.xml": "<m:encryption-data/>"}), LOCKED),
        ("a.docx", office("docx", word__media__image=PROGRAM), HOLDS_PROGRAM),
        ("a.docx", office("docx", word__embeddings__b=compound("\x01Ole10Native")), HOLDS_PROGRAM),
        ("a.msg", compound(MESSAGE, ATTACHED, content=PROGRAM), HOLDS_PROGRAM),
        ("a.eml", mail_with(PROGRAM), HOLDS_PROGRAM),
        ("a.eml", mail_with(b"\x7fELF\x02\x01\x01" + b"\x00" * 64), HOLDS_PROGRAM),
        ("a.docx", office("docx", word__other=zipped({"a.txt": "x"})), HOLDS_ARCHIVE),
        ("a.docx", office("docx", word__other=b"Rar!\x1a\x07\x00" + b"\x00" * 32), HOLDS_ARCHIVE),
        ("a.eml", mail_with(zipped({"a.txt": "x"})), HOLDS_ARCHIVE),
        ("a.docx", office("docx", a=office("docx", b=office("docx", c=office("docx")))), HOLDS_ARCHIVE),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"), ACTING_PDF),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /J#61vaScript /JS (x) >>"), ACTING_PDF),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /Launch /F (x) >>"), ACTING_PDF),
        ("a.docx", office("docx")[:-30], DAMAGED),
        ("a.docx", b"PK\x03\x04" + b"\x00" * 400, DAMAGED),
        ("a.msg", compound(MESSAGE)[:600], DAMAGED),
        ("a.docx", zipped({"[Content_Types].xml": "no xml"}), DAMAGED),
    ],
)
def test_what_acts_by_itself_or_cannot_be_looked_into_is_refused(name: str, content: bytes, sentence: str) -> None:
    assert refusal(content, name) == sentence


def test_a_locked_zip_is_refused() -> None:
    content = bytearray(office("docx"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        content[at + offset] |= 1
    assert refusal(bytes(content), "a.docx") == LOCKED


def test_two_parts_of_one_name_are_refused() -> None:
    buffer = io.BytesIO(office("docx"))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("main.xml", "<y/>")
    assert refusal(buffer.getvalue(), "a.docx") == DAMAGED


# --- bombs ---


def test_a_part_that_grows_a_thousandfold_is_refused() -> None:
    assert refusal(office("docx", word__big=b"\0" * 2**21), "a.docx") == SWOLLEN


def test_parts_of_more_than_200_megabytes_together_are_refused_before_they_are_read() -> None:
    content = bytearray(office("docx", word__big=b"x" * 100))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<L", 201 * 2**20)  # declared larger than it is
    content[at + 20 : at + 24] = struct.pack("<L", 2**21)
    assert refusal(bytes(content), "a.docx") == SWOLLEN


def test_a_part_that_is_larger_than_it_says_is_refused() -> None:
    content = bytearray(office("docx", word__big=b"x" * 5000))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<L", 10)
    assert refusal(bytes(content), "a.docx") == DAMAGED


def test_what_is_really_read_counts_however_many_files_lie_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = office("docx", word__big=bytes(range(256)) * 200)  # 51,200 bytes, and again as a file
    monkeypatch.setattr("workflows.files._Room", partial(_Room, bytes=60_000))
    assert examine(io.BytesIO(office("docx", a=inner)), "a.docx", LARGEST).size > 0
    assert refusal(office("docx", a=inner, b=inner), "a.docx") == SWOLLEN


def test_more_than_5000_parts_are_refused() -> None:
    assert refusal(zipped({f"p{number}": "" for number in range(5001)}), "a.docx") == SWOLLEN


def test_a_list_of_parts_that_is_too_long_is_refused_before_it_is_read() -> None:
    content = bytearray(office("docx"))
    at = content.rfind(b"PK\x05\x06")
    content[at + 12 : at + 16] = struct.pack("<L", 2_000_000)
    assert refusal(bytes(content), "a.docx") == SWOLLEN


def test_entities_of_a_list_of_parts_are_never_expanded() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c SYSTEM "file:///etc/passwd">]><Types>&b;&c;</Types>'
    )
    ending = "The name ends in “.docx”, but the content is of another kind. "
    assert refusal(zipped({"[Content_Types].xml": bomb}), "a.docx").startswith(ending)


def test_an_email_within_emails_without_end_is_refused_or_kept_but_never_fails() -> None:
    depth = 2000
    head = b"From: a@example.org\r\nSubject: x\r\n"
    mail = head + b"Content-Type: message/rfc822\r\n\r\n" + (b"Content-Type: message/rfc822\r\n\r\n" * depth) + b"x"
    assert refusal(mail, "a.eml") == DAMAGED
