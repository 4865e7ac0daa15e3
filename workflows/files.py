"""What may be kept as a file: told by its content, never by its name or by what the browser says (domain section 15).

This is no virus scanner. It lets in the few kinds that the trade uses, without anything in them that acts by itself.
"""

import email
import email.policy
import hashlib
import io
import lzma
import re
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

import olefile
import puremagic
from flask_babel import gettext as _
from lxml import etree

from workflows.gate import Refused

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": OOXML + "wordprocessingml.document",
    "xlsx": OOXML + "spreadsheetml.sheet",
    "pptx": OOXML + "presentationml.presentation",
    "odt": ODF + "text",
    "ods": ODF + "spreadsheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
}
"""The endings that are kept, each with the media type that it is served as."""

ENTRIES, UNPACKED, RATIO, DEPTH = 5_000, 200 * 2**20, 200, 2
"""Of a document that is a zip: how many parts, bytes of all of them, and times it may grow; files within files."""
ENTRY = 300
"""Bytes that the list of parts may have for each; it is held in memory whole, so it is measured before it is read."""
MEGABYTE = 2**20
LONGEST_NAME = 200
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = re.compile(r"\A\s*<|<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe)\b", re.IGNORECASE)
HEADER = re.compile(rb"\A(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n")
ACTING_PDF = re.compile(rb"/(?:JavaScript|Launch)\b")
ARCHIVES = {".rar", ".7z", ".cab", ".iso"}
PROGRAMS = {".exe", ".lnk", ".AppImage"}
"""Of Windows, its shortcuts, and of Linux, as the signatures are called."""


@dataclass(frozen=True)
class Examined:
    """A file that may be kept."""

    filename: str
    media_type: str
    size: int
    sha256: str
    stream: BinaryIO


@dataclass
class _Room:
    """How much may still be unpacked of one file, with everything within it."""

    entries: int = ENTRIES
    bytes: int = UNPACKED
    depth: int = 0


def examine(stream: BinaryIO, filename: str, largest: int) -> Examined:
    """What this file is, or a refusal that says what is wrong with it. `largest` is in bytes."""
    name = plain_name(filename)
    size = stream.seek(0, io.SEEK_END)
    if size == 0:
        raise Refused(_("The file is empty. Choose another."))
    if size > largest:
        raise Refused(too_large(largest))
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in KINDS:
        raise Refused(
            _(
                "Files of this kind are not kept here. Kinds that are: PDF, PNG, JPEG, Word (docx), Excel (xlsx), "
                "PowerPoint (pptx), OpenDocument (odt, ods), CSV, plain text, and emails (eml, msg)."
            )
        )
    kind = _kind(stream, _Room())
    fits = _may_be(ending, stream) if kind == KINDS["txt"] else kind == KINDS[ending]
    if not fits:
        raise Refused(
            _(
                "The name ends in “.%(ending)s”, but the content is of another kind. Save it anew from the program "
                "that made it, and add that.",
                ending=ending,
            )
        )
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(MEGABYTE):
        digest.update(block)
    return Examined(name, KINDS[ending], size, digest.hexdigest(), stream)


def too_large(largest: int) -> str:
    """The sentence for a file that is larger than is kept."""
    return _(
        "The file is larger than %(largest)s MB. Make it smaller, or split it, and add it again.",
        largest=largest // MEGABYTE,
    )


def plain_name(filename: str) -> str:
    """The last part of a name, without what cannot be seen and what turns its letters round; 200 characters."""
    last = re.split(r"[/\\]", filename)[-1]
    kept = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", last))
    kept = "".join(c for c in kept if unicodedata.category(c)[0] != "C")
    kept = " ".join(kept.split()).strip(" .") or "file"
    if len(kept) <= LONGEST_NAME:
        return kept
    stem, dot, ending = kept.rpartition(".")
    ending = dot + ending if stem and len(ending) <= 10 else ""
    return kept[: LONGEST_NAME - len(ending)].rstrip(" .") + ending


# --- what the content is ---


def _kind(stream: BinaryIO, room: _Room) -> str | None:
    """The media type that the content says, plain text for anything that is text; refuses what acts or hides."""
    stream.seek(0)
    signs = _signs(stream.read(8192))
    if ".pdf" in signs:
        _refuse_acting_pdf(stream)
        return KINDS["pdf"]
    if ".png" in signs:
        return KINDS["png"]
    if ".jpg" in signs:
        return KINDS["jpg"]
    if ".docx" in signs:
        return _kind_of_zip(stream, room)
    if ".doc" in signs:
        return _kind_of_ole(stream, room)
    return KINDS["txt"] if _text(stream) is not None else None


def _signs(head: bytes) -> set[str]:
    """The endings that go with the bytes a file begins with."""
    try:
        return {found.extension for found in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _refuse_acting_pdf(stream: BinaryIO) -> None:
    stream.seek(0)
    content = stream.read()
    if b"#" in content:  # a name may be written with its letters as numbers
        content = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), content)
    if ACTING_PDF.search(content):
        raise Refused(_("The PDF holds a script or starts a program. Print it to a new PDF, and add that."))


def _text(stream: BinaryIO) -> str | None:
    """The text that it is, in UTF-8 or in what Excel writes on Windows; None where it is none."""
    stream.seek(0)
    content = stream.read()
    if not CONTROLS.search(content):
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def _may_be(ending: str, stream: BinaryIO) -> bool:
    """Whether a text may bear this ending: no page that a browser would run, or an email with nothing bad in it."""
    if ending != "eml":
        return ending in ("txt", "csv") and not MARKUP.search((_text(stream) or "")[:4096])
    stream.seek(0)
    content = stream.read()
    if not HEADER.match(content):
        return False
    try:
        message = email.message_from_bytes(content, policy=email.policy.compat32)
        parts = [part.get_payload(decode=True) for part in message.walk()]
    except RecursionError as error:
        raise Refused(_damaged()) from error
    room = _Room(depth=1)
    for inside in parts:
        if isinstance(inside, bytes):
            _look_within(io.BytesIO(inside), room)
    return bool(message["From"] and (message["Date"] or message["Subject"] or message["Message-ID"]))


# --- documents that hold others ---


def _look_within(stream: BinaryIO, room: _Room) -> None:
    """Refuse programs, archives and macros inside another file."""
    stream.seek(0)
    signs = _signs(stream.read(8192))
    if signs & PROGRAMS and _text(stream) is None:
        raise Refused(_("The file holds a program. Remove it, and add the rest."))
    if signs & ARCHIVES or (".docx" in signs and _kind_of_zip(stream, room) is None):
        raise Refused(_packed())
    if ".doc" in signs:
        _kind_of_ole(stream, room)


def _packed() -> str:
    return _("The file holds an archive (such as a zip). Add what is in it one by one.")


def _kind_of_zip(stream: BinaryIO, room: _Room) -> str | None:
    if room.depth > DEPTH:
        raise Refused(_packed())
    _refuse_long_list(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            return _kind_of_document(archive, room)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        ValueError,
        NotImplementedError,
        OSError,
    ) as error:
        raise Refused(_damaged()) from error


def _refuse_long_list(stream: BinaryIO) -> None:
    """Refuse a zip whose list of parts would itself fill the memory: its last record says how long that is."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 2**16 - 22))
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if 0 <= end <= len(tail) - 16 and struct.unpack_from("<L", tail, end + 12)[0] > ENTRIES * ENTRY:
        raise Refused(_swollen())


def _kind_of_document(archive: zipfile.ZipFile, room: _Room) -> str | None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    room.entries -= len(entries)
    if (
        room.entries < 0
        or sum(entry.file_size for entry in entries) > room.bytes
        or any(entry.file_size > MEGABYTE and entry.file_size > RATIO * entry.compress_size for entry in entries)
    ):
        raise Refused(_swollen())
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(_locked())
    if len(names) < len(entries):
        raise zipfile.BadZipFile("two parts of one name")
    if "[Content_Types].xml" in names:
        kind = _kind_of_ooxml(archive)
    elif "mimetype" in names:
        kind = _kind_of_odf(archive, names)
    else:
        kind = None
    if kind is None:
        return None
    for entry in entries:
        with archive.open(entry) as part, tempfile.SpooledTemporaryFile(MEGABYTE) as copy:
            for block in _blocks(part, room):
                copy.write(block)
            room.depth += 1
            _look_within(cast(BinaryIO, copy), room)
            room.depth -= 1
    return kind


def _blocks(part: IO[bytes], room: _Room) -> Iterator[bytes]:
    """What is really in a part, whatever its head declares; counted against the room that is left."""
    while block := part.read(65536):
        room.bytes -= len(block)
        if room.bytes < 0:
            raise Refused(_swollen())
        yield block


def _swollen() -> str:
    return _("The document unpacks to far more than documents do, so it was not opened. Save it anew, and add that.")


def _damaged() -> str:
    return _("The document is damaged: it cannot be read. Save it anew, and add that.")


def _locked() -> str:
    return _("The document is locked with a password. Save it without one, and add that.")


def _acting() -> str:
    return _("The document holds macros. Save it as a kind without them (docx, xlsx, pptx, odt, ods), and add that.")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part that says what the document is; longer than this none is."""
    with archive.open(name) as part:
        return part.read(MEGABYTE)


def _kind_of_ooxml(archive: zipfile.ZipFile) -> str | None:
    """Which kind of Office document the list of its parts says; refuses what acts."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        listed = etree.fromstring(_small(archive, "[Content_Types].xml"), parser)
    except etree.XMLSyntaxError as error:
        raise zipfile.BadZipFile("the list of parts is no XML") from error
    types = {str(each.get("ContentType", "")).lower() for each in listed.iter("{*}Override", "{*}Default")}
    if any(word in kind for kind in types for word in ("macro", "vbaproject", "activex")):
        raise Refused(_acting())
    for ending in ("docx", "xlsx", "pptx"):
        if f"{KINDS[ending]}.main+xml" in types:
            return KINDS[ending]
    return None


def _kind_of_odf(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    """Which kind of OpenDocument it says it is; refuses what acts, and what is locked."""
    if any(name.lower().startswith(("basic/", "scripts/")) for name in names):
        raise Refused(_acting())
    if "META-INF/manifest.xml" in names and b"encryption-data" in _small(archive, "META-INF/manifest.xml"):
        raise Refused(_locked())
    said = _small(archive, "mimetype").decode("ascii", "replace")
    return said if said in (KINDS["odt"], KINDS["ods"]) else None


def _kind_of_ole(stream: BinaryIO, room: _Room) -> str | None:
    """Whether an older Office container is an Outlook message; refuses macros, programs and passwords in it."""
    stream.seek(0)
    try:
        with olefile.OleFileIO(stream) as container:
            streams = container.listdir()
            parts = {part.lower() for path in streams for part in path}
            if parts & {"_vba_project", "vba", "macros", "_vba_project_cur"}:
                raise Refused(_acting())
            if "encryptedpackage" in parts:
                raise Refused(_locked())
            if any(part.endswith("ole10native") for part in parts):
                raise Refused(_("The file holds a program. Remove it, and add the rest."))
            if "__properties_version1.0" not in parts:
                return None
            for path in streams:
                if path[-1].lower() == "__substg1.0_37010102":  # the bytes of one attachment
                    room.depth += 1
                    _look_within(io.BytesIO(container.openstream(path).read()), room)
                    room.depth -= 1
            return KINDS["msg"]
    except (OSError, IndexError, ValueError, TypeError) as error:
        raise Refused(_damaged()) from error
