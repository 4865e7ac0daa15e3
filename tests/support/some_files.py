"""Small files of every kind, good and bad, made here."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 48
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EMAIL = (
    b"From: office@example.org\r\nTo: team@example.org\r\nSubject: Rota\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>The rota.</p></body></html>\r\n"
)
MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
}
ODF = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def office(kind: str = "docx", also: str = "", **parts: bytes | str) -> bytes:
    """A Word, Excel or PowerPoint file; `also` is a further content type, `parts` are further parts ("__" for "/")."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{MAIN[kind]}"/>'
        + (f'<Override PartName="/also" ContentType="{also}"/>' if also else "")
        + "</Types>"
    )
    more = {name.replace("__", "/"): content for name, content in parts.items()}
    return zipped({"[Content_Types].xml": types, "main.xml": "<x/>", **more})


def open_document(kind: str = "odt", **parts: bytes | str) -> bytes:
    more = {name.replace("__", "/"): content for name, content in parts.items()}
    return zipped({"mimetype": ODF[kind], "content.xml": "<x/>", **more})


def compound(*paths: str, content: bytes = b"x") -> bytes:
    """An old Office container with these streams; a path has one part at most before its name."""
    return _Compound(paths, content).bytes()


class _Compound:
    """Sectors of 512 bytes: the table, the folder, then each stream padded to 4,096 bytes, so that none is small."""

    END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD

    def __init__(self, paths: tuple[str, ...], content: bytes) -> None:
        self.paths, self.content = paths, content.ljust(4096, b"\0")

    def entry(self, name: str, kind: int, start: int, size: int, right: int, child: int) -> bytes:
        told = name.encode("utf-16-le") + b"\0\0"
        number = lambda value: (value & 0xFFFFFFFF).to_bytes(4, "little")  # noqa: E731
        return (
            told.ljust(64, b"\0") + len(told).to_bytes(2, "little") + bytes([kind, 1]) + number(-1) + number(right)
            + number(child) + b"\0" * 36 + number(start) + size.to_bytes(8, "little")
        )  # fmt: skip

    def bytes(self) -> bytes:
        per = len(self.content) // 512
        nodes = [path.split("/") for path in self.paths]
        count = 1 + sum(len(parts) for parts in nodes)
        folder = -(-count * 128 // 512)
        entries, at, start = [self.entry("Root Entry", 5, self.END, 0, -1, 1)], 1, 1 + folder
        for number, parts in enumerate(nodes):
            beyond = at + len(parts) if number + 1 < len(nodes) else -1
            if len(parts) == 2:
                entries.append(self.entry(parts[0], 1, 0, 0, beyond, at + 1))
                beyond = -1
            entries.append(self.entry(parts[-1], 2, start, len(self.content), beyond, -1))
            at, start = at + len(parts), start + per
        table = [self.TABLE, *range(2, 1 + folder), self.END]
        for number in range(len(nodes)):
            first = 1 + folder + number * per
            table += [*range(first + 1, first + per), self.END]
        table += [self.FREE] * (128 - len(table))
        number = lambda value: value.to_bytes(4, "little")  # noqa: E731
        head = (
            OLE + b"\0" * 16 + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + b"\0" * 10 + number(1) + number(1)
            + number(0) + number(4096) + number(self.END) + number(0) + number(self.END) + number(0) + number(0)
            + number(self.FREE) * 108
        )  # fmt: skip
        folder_bytes = b"".join(entries).ljust(folder * 512, b"\0")
        return head + b"".join(number(each) for each in table) + folder_bytes + self.content * len(nodes)
