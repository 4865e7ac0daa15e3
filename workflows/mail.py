"""How a message leaves the house: by SMTP, or as a file in a folder (CAREWARD_MAIL_URL)."""

import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask_babel import gettext as _

from models.outbox import Fault

TIMEOUT = 30.0
"""Seconds that a mail server may take for one answer."""
PERMANENT = frozenset({Fault.no_address, Fault.bad_address, Fault.refused})
"""Trying again would not help: somebody must put something right first."""
OF_THE_SERVER = frozenset({Fault.timed_out, Fault.unreachable, Fault.not_secure, Fault.not_signed_in, Fault.unwritable})
"""Not about this message: the others would meet the same, so they are not tried in this round."""


class Unsent(Exception):
    """It was not accepted: what kind of fault, and the server's number for it."""

    def __init__(self, fault: Fault, code: int | None = None) -> None:
        super().__init__(fault.value)
        self.fault, self.code = fault, code


class Sender(Protocol):
    """A way out."""

    @property
    def address(self) -> str:
        """Whom messages are from."""

    def send(self, mail: EmailMessage) -> None:
        """Hand it over. Returning means that it was accepted; else it raises Unsent."""


@dataclass(frozen=True)
class FileSender:
    """Each message is one .eml file in a folder: for the demo, and to see what would go."""

    folder: Path
    address: str

    def send(self, mail: EmailMessage) -> None:
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        part = self.folder / f"{name}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(mail.as_bytes(policy=SMTP))
            os.replace(part, self.folder / f"{name}.eml")
        except OSError as error:
            raise Unsent(Fault.unwritable) from error


@dataclass(frozen=True)
class SmtpSender:
    """A mail server, spoken to over verified TLS from the start (smtps) or by STARTTLS (smtp)."""

    host: str
    port: int
    address: str
    user: str = ""
    password: str = ""
    secure: str = "starttls"
    """`tls`, `starttls`, or `off` for a server on a trusted line."""
    timeout: float = TIMEOUT

    def send(self, mail: EmailMessage) -> None:
        server = self._sign_in()
        try:
            server.send_message(mail)
        except OSError as error:  # all that smtplib raises is one
            server.close()
            raise _refusal(error) from error
        # It is accepted; whatever happens while we take our leave changes nothing.
        with suppress(OSError):
            if server.sock is not None:
                server.sock.settimeout(2)
            server.quit()
        server.close()

    def _sign_in(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP | None = None
        try:
            if self.secure == "tls":
                server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            if self.secure == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
        except OSError as error:
            raise _closed(server, _at_the_door(error)) from error
        if self.user:
            try:
                server.login(self.user, self.password)
            except smtplib.SMTPServerDisconnected as error:
                raise _closed(server, _at_the_door(error)) from error
            except smtplib.SMTPException as error:
                raise _closed(server, Unsent(Fault.not_signed_in, _code(error))) from error
            except OSError as error:
                raise _closed(server, _at_the_door(error)) from error
        return server


def _closed(server: smtplib.SMTP | None, unsent: Unsent) -> Unsent:
    if server is not None:
        server.close()
    return unsent


def _at_the_door(error: OSError) -> Unsent:
    """Before the message was spoken of: no fault of its own, whatever number the server gives."""
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return Unsent(Fault.not_secure)
    return Unsent(Fault.timed_out if _timed_out(error) else Fault.unreachable, _code(error))


def _refusal(error: OSError) -> Unsent:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Unsent(Fault.bad_address)  # letters in it that this server cannot write
    if code := _code(error):
        return Unsent(Fault.refused if code >= 500 else Fault.put_off, code)
    return Unsent(Fault.timed_out if _timed_out(error) else Fault.cut_off)


def _code(error: OSError) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _said in error.recipients.values()), None)
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    return code if code > 0 else None


def _timed_out(error: OSError) -> bool:
    """smtplib tells of a server that keeps silent as of one that went away, and keeps why beneath."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


# --- the setting ---


def address(text: str) -> Address:
    """An email address, taken apart. Raises ValueError where it is none."""
    try:
        found = Address(addr_spec=text)
    except (HeaderParseError, IndexError) as error:  # an empty one raises IndexError
        raise ValueError("not an email address") from error
    if not found.username or not found.domain or any(mark.isspace() for mark in text):
        raise ValueError("not an email address")
    return found


def sender_for(url: str | None) -> Sender | None:
    """The way out that CAREWARD_MAIL_URL names; None where it is not set. A wrong one is told, its password never."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
        options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(_example()) from None
    told = {name: values[-1] for name, values in options.items()}
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/") and not set(told) - {"from"}:
        return FileSender(Path(unquote(parts.path)), _from(told.get("from", "careward@localhost")))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(_example())
    return _smtp(parts, port, told)


def _smtp(parts: SplitResult, port: int | None, told: dict[str, str]) -> SmtpSender:
    direct = parts.scheme == "smtps"
    secure = told.get("tls", "tls" if direct else "starttls")
    if set(told) - {"from", "tls"} or secure not in (("tls",) if direct else ("starttls", "off")):
        raise ValueError(_example())
    if "from" not in told:
        raise ValueError(
            _("CAREWARD_MAIL_URL does not say whom mail is from. End it with “?from=” and the council's address.")
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and secure == "off":
        raise ValueError(_("CAREWARD_MAIL_URL would send a password in the clear. Leave out “tls=off”."))
    host = parts.hostname or ""
    return SmtpSender(host, port or (465 if direct else 587), _from(told["from"]), user, password, secure)


def _from(text: str) -> str:
    try:
        return address(text).addr_spec
    except ValueError:
        raise ValueError(
            _("The address after “from=” in CAREWARD_MAIL_URL is not one. Write it as name@example.org.")
        ) from None


def _example() -> str:
    return _(
        "CAREWARD_MAIL_URL is not understood. Write smtp://user:password@host:587?from=name@example.org (or smtps://), "
        "or file:///folder."
    )
