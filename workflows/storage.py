"""Where the bytes of attachments lie: on disk, or in storage that speaks S3.

Bytes are put before the row that names them is committed. Bytes whose row was never committed harm nobody: nothing
names them. To sweep them, remove every key that is older than a day and that no row of `attachment` holds.
"""

import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import parse_qs, unquote, urlsplit


class Lost(Exception):
    """The store does not have these bytes."""


class Store(Protocol):
    """Keeps bytes under a random key, never under a name that somebody chose."""

    def put(self, stream: BinaryIO) -> str:
        """Keep what the stream holds from its start, and say under which key."""

    def open(self, key: str) -> BinaryIO:
        """The bytes of a key, to be read once and closed; else Lost."""


def _new_key() -> str:
    return secrets.token_hex(16)


def _checked(key: str) -> str:
    """A key as we make them; nothing else is ever asked of a disk or a bucket."""
    if not re.fullmatch(r"[0-9a-f]{32}", key):
        raise Lost(key)
    return key


class Disk:
    """A folder that only the console's own account enters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, stream: BinaryIO) -> str:
        key = _new_key()
        place = self._place(key)
        for folder in (self.folder, place.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = place.with_suffix(".part")
        stream.seek(0)
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(stream, file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(place)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        entry = os.open(place.parent, os.O_RDONLY)  # a name is on the disk only when its folder is
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
        return key

    def open(self, key: str) -> BinaryIO:
        try:
            return self._place(key).open("rb")
        except FileNotFoundError as error:
            raise Lost(key) from error

    def _place(self, key: str) -> Path:
        return self.folder / _checked(key)[:2] / key


class S3:
    """A bucket of S3, or of what speaks as it does. Its keys come from the environment (AWS_*), never from settings."""

    def __init__(self, bucket: str, prefix: str = "", endpoint: str | None = None, region: str | None = None) -> None:
        import boto3  # heavy: a console that keeps its files on disk starts without it
        from botocore.config import Config

        self.bucket, self.prefix = bucket, f"{prefix}/" if prefix else ""
        # Other makers' storage knows neither virtual hosts nor the newer checksums.
        patient = Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if endpoint else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self.client: Any = boto3.client("s3", endpoint_url=endpoint, region_name=region, config=patient)

    def put(self, stream: BinaryIO) -> str:
        key = _new_key()
        stream.seek(0)
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=stream)
        return key

    def open(self, key: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self.client.get_object(Bucket=self.bucket, Key=self.prefix + _checked(key))["Body"])
        except self.client.exceptions.NoSuchKey as error:
            raise Lost(key) from error


def store_at(url: str) -> Store:
    """The store that an address names: file:///folder, or s3://bucket/prefix?endpoint=...&region=..."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path not in ("", "/"):
        return Disk(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        asked = parse_qs(parts.query)
        if set(asked) <= {"endpoint", "region"}:
            return S3(parts.netloc, parts.path.strip("/"), **{name: values[-1] for name, values in asked.items()})
    raise RuntimeError(
        "CAREWARD_FILES_URL names no place for files. Write file:///folder or s3://bucket/prefix?endpoint=..."
    )
