"""The ways out: what each setting means, and what each answer of a real mail server is taken for."""

import socket
import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from mail_servers import Mailbox, free_port, mail_server

from models.outbox import Fault
from workflows.mail import FileSender, SmtpSender, Unsent, sender_for

TO = "office@larkfield.example.org"


def letter() -> EmailMessage:
    told = EmailMessage()
    told["From"], told["To"], told["Subject"] = "care@council.example", TO, "A letter waits"
    told["Message-ID"] = "<careward.1@council.example>"
    told.set_content("Sign in to read it – soon.\n")
    return told


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def plain(mailbox: Mailbox) -> Iterator[SmtpSender]:
    with mail_server(mailbox) as port:
        yield SmtpSender("127.0.0.1", port, "care@council.example", secure="off", timeout=0.5)


def unsent(sender: Any) -> tuple[Fault, int | None]:
    with pytest.raises(Unsent) as told:
        sender.send(letter())
    return told.value.fault, told.value.code


# --- settings ---


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_setting_there_is_no_way_out(nothing: str | None) -> None:
    assert sender_for(nothing) is None


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        (
            "smtp://user:pass%40word@mail.example:2525?from=care@council.example",
            SmtpSender("mail.example", 2525, "care@council.example", "user", "pass@word", "starttls"),
        ),
        (
            "smtp://mail.example?from=care@council.example",
            SmtpSender("mail.example", 587, "care@council.example", "", "", "starttls"),
        ),
        (
            "smtps://user:secret@mail.example?from=care@council.example",
            SmtpSender("mail.example", 465, "care@council.example", "user", "secret", "tls"),
        ),
        (
            "smtp://localhost:25?from=care@council.example&tls=off",
            SmtpSender("localhost", 25, "care@council.example", "", "", "off"),
        ),
        ("file:///var/spool/care%20ward", FileSender(Path("/var/spool/care ward"), "careward@localhost")),
        ("file:///var/mail?from=care@council.example", FileSender(Path("/var/mail"), "care@council.example")),
    ],
)
def test_a_setting_names_a_way_out(url: str, sender: Any) -> None:
    assert sender_for(url) == sender


NOT_UNDERSTOOD = (
    "CAREWARD_MAIL_URL is not understood. Write smtp://user:password@host:587?from=name@example.org (or smtps://), "
    "or file:///folder."
)
NO_FROM = "CAREWARD_MAIL_URL does not say whom mail is from. End it with “?from=” and the council's address."
BAD_FROM = "The address after “from=” in CAREWARD_MAIL_URL is not one. Write it as name@example.org."


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mail.example", NOT_UNDERSTOOD),
        ("http://mail.example?from=care@council.example", NOT_UNDERSTOOD),
        ("smtp://?from=care@council.example", NOT_UNDERSTOOD),
        ("smtp://mail.example:post?from=care@council.example", NOT_UNDERSTOOD),
        ("smtp://mail.example/folder?from=care@council.example", NOT_UNDERSTOOD),
        ("smtp://mail.example?from=care@council.example&tls=maybe", NOT_UNDERSTOOD),
        ("smtps://mail.example?from=care@council.example&tls=off", NOT_UNDERSTOOD),
        ("smtp://mail.example?from=care@council.example&cc=x", NOT_UNDERSTOOD),
        ("smtp://mail.example?from", NOT_UNDERSTOOD),
        ("file://mail", NOT_UNDERSTOOD),
        ("file:///", NOT_UNDERSTOOD),
        ("file:///mail?tls=off", NOT_UNDERSTOOD),
        ("smtp://mail.example", NO_FROM),
        ("smtp://mail.example?from=", BAD_FROM),
        ("smtp://mail.example?from=council", BAD_FROM),
        ("smtp://mail.example?from=a@b.example,c@d.example", BAD_FROM),
        ("smtp://mail.example?from=a@b.example%0ABcc:c@d.example", BAD_FROM),
        (
            "smtp://user:secret@mail.example?from=care@council.example&tls=off",
            "CAREWARD_MAIL_URL would send a password in the clear. Leave out “tls=off”.",
        ),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="CAREWARD_MAIL_URL") as told:
        sender_for(url)
    assert str(told.value) == sentence


# --- files ---


def test_a_message_becomes_one_file_and_the_same_message_the_same_file(tmp_path: Path) -> None:
    sender = FileSender(tmp_path / "new" / "mail", "care@council.example")
    sender.send(letter())
    sender.send(letter())
    [file] = (tmp_path / "new" / "mail").iterdir()
    assert file.name == "careward.1.eml"
    read = message_from_bytes(file.read_bytes(), policy=default)
    assert (read["To"], read["Subject"], read.get_content()) == (
        TO,
        "A letter waits",
        "Sign in to read it – soon.\r\n",
    )


def test_a_folder_that_cannot_be_written_to_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file is in the way", encoding="utf-8")
    assert unsent(FileSender(tmp_path / "mail", "care@council.example")) == (Fault.unwritable, None)


# --- a real server ---


def test_a_mail_server_gets_it_whole(mailbox: Mailbox, plain: SmtpSender) -> None:
    plain.send(letter())
    [arrived] = mailbox.arrived
    assert (arrived["To"], arrived["From"], arrived["Message-ID"]) == (
        TO,
        "care@council.example",
        "<careward.1@council.example>",
    )
    assert arrived.get_content() == "Sign in to read it – soon.\r\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("451 Try later", (Fault.put_off, 451)),
        ("552 Too much", (Fault.refused, 552)),
        ("cut", (Fault.cut_off, None)),
        ("keep and cut", (Fault.cut_off, None)),
        ("hang", (Fault.timed_out, None)),
    ],
)
def test_what_a_server_answers_to_the_message(mailbox: Mailbox, plain: SmtpSender, answer: str, fault: Any) -> None:
    mailbox.answers[TO] = [answer]
    assert unsent(plain) == fault


@pytest.mark.parametrize(
    ("answer", "fault"),
    [("450 Busy", (Fault.put_off, 450)), ("550 Nobody here", (Fault.refused, 550)), ("421 Bye", (Fault.put_off, 421))],
)
def test_what_a_server_answers_to_the_recipient(mailbox: Mailbox, plain: SmtpSender, answer: str, fault: Any) -> None:
    mailbox.rejected[TO] = answer
    assert unsent(plain) == fault
    assert mailbox.arrived == []


def test_what_a_server_says_at_parting_makes_an_accepted_message_no_less_sent(
    mailbox: Mailbox, plain: SmtpSender
) -> None:
    mailbox.parting = "451 Not yet"
    plain.send(letter())
    assert mailbox.received() == [TO]


def test_where_nothing_listens_it_is_unreachable() -> None:
    sender = SmtpSender("127.0.0.1", free_port(), "care@council.example", secure="off", timeout=0.5)
    assert unsent(sender) == (Fault.unreachable, None)


def test_a_server_that_does_not_greet_is_timed_out() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        sender = SmtpSender("127.0.0.1", silent.getsockname()[1], "care@council.example", secure="off", timeout=0.3)
        assert unsent(sender) == (Fault.timed_out, None)


# --- TLS ---


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the authority that signed the server's certificate."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def knows(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
    return AuthResult(success=(told.login, told.password) == (b"user", b"secret"), handled=False)


def signing_in(authority: trustme.CA) -> dict[str, Any]:
    context = server_context(authority)
    return {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": knows}


def test_starttls_is_verified_and_the_password_goes_after_it(
    mailbox: Mailbox, authority: trustme.CA, trusted: None
) -> None:
    with mail_server(mailbox, **signing_in(authority)) as port:
        SmtpSender("127.0.0.1", port, "care@council.example", "user", "secret", timeout=2).send(letter())
    assert mailbox.received() == [TO]


def test_tls_from_the_start_is_verified_too(mailbox: Mailbox, authority: trustme.CA, trusted: None) -> None:
    with mail_server(mailbox, ssl_context=server_context(authority)) as port:
        SmtpSender("127.0.0.1", port, "care@council.example", secure="tls", timeout=2).send(letter())
    assert mailbox.received() == [TO]


def test_a_wrong_password_is_a_fault_of_the_setting_and_not_of_the_message(
    mailbox: Mailbox, authority: trustme.CA, trusted: None
) -> None:
    with mail_server(mailbox, **signing_in(authority)) as port:
        sender = SmtpSender("127.0.0.1", port, "care@council.example", "user", "wrong", timeout=2)
        assert unsent(sender) == (Fault.not_signed_in, 535)


@pytest.mark.parametrize("secure", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    mailbox: Mailbox, authority: trustme.CA, secure: str
) -> None:
    context = server_context(authority)
    kw: dict[str, Any] = {"tls_context": context} if secure == "starttls" else {"ssl_context": context}
    with mail_server(mailbox, **kw) as port:
        sender = SmtpSender("127.0.0.1", port, "care@council.example", secure=secure, timeout=2)
        assert unsent(sender) == (Fault.not_secure, None)
    assert mailbox.arrived == []


def test_a_certificate_of_another_name_is_not_accepted(mailbox: Mailbox, authority: trustme.CA, trusted: None) -> None:
    with mail_server(mailbox, tls_context=server_context(authority, "mail.example")) as port:
        sender = SmtpSender("127.0.0.1", port, "care@council.example", timeout=2)
        assert unsent(sender) == (Fault.not_secure, None)


def test_a_server_without_tls_gets_nothing(mailbox: Mailbox) -> None:
    with mail_server(mailbox) as port:
        sender = SmtpSender("127.0.0.1", port, "care@council.example", timeout=2)
        assert unsent(sender) == (Fault.not_secure, None)
    assert mailbox.arrived == []
