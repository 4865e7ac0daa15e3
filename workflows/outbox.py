"""What must leave the house: written in the transaction of the act that sends it, delivered after (design section 2).

An area calls `post` in the effect of a step. `careward jobs run` calls `deliver` each minute. A message holds no
address, and its mail no name of a person and nothing of a case: it says what kind of thing waits, about which
service, and where to sign in and read it.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from models.authorities import AuthorityContact
from models.base import Model
from models.outbox import Fault, MailKind, OutboxMessage, OutboxState
from models.people import Agency, Person
from models.providers import Contact, ContactKind, Provider, Service
from workflows import mail
from workflows.access import NO_ROLE, Role
from workflows.actor import Actor, acting, system
from workflows.engine import Workflow
from workflows.ledger import record_type
from workflows.steps import Step
from workflows.visibility import GOVERNED

S = OutboxState
JOB = "post"
"""As whom the console delivers."""
FIRST, LONGEST, PATIENCE = dt.timedelta(minutes=1), dt.timedelta(hours=4), dt.timedelta(days=3)
"""How long it waits before the second attempt, at most between two, and until it gives up."""
LEASE = dt.timedelta(minutes=30)
"""For how long a message belongs to the worker that took it out. Longer than a mail server can draw out its answers."""


# --- what areas call ---------------------------------------------------------------------------------------------


def post(session: Session, kind: MailKind, about: Model, to: Model, actor: Actor, notice: str = "") -> OutboxMessage:
    """Put a message into the outbox, in the effect of a step, as the last thing that the effect does.

    `about` is the record that waits to be read; its `service` or `provider`, where it has one, is named in the mail.
    `to` is one of RECIPIENTS; for several readers, post several. `notice` is the whole text of a formal notice
    (`host_notified`: counts, case references and the council's contact, HA 3.81), and of no other kind.
    """
    if type(to) not in RECIPIENTS:
        raise ValueError(f"nothing says how mail reaches a {type(to).__name__}")
    if about.id is None or to.id is None:  # type: ignore[attr-defined]
        session.flush()
    message = OutboxMessage(
        kind=kind,
        record_type=record_type(type(about)),
        record_id=about.id,  # type: ignore[attr-defined]
        recipient_type=record_type(type(to)),
        recipient_id=to.id,  # type: ignore[attr-defined]
        notice=notice,
        message_id=f"careward.{uuid4().hex}",
        next_attempt_at=actor.now,
    )
    session.add(message)
    return message


# --- what mail says ----------------------------------------------------------------------------------------------

TEMPLATES: dict[MailKind, tuple[LazyString, LazyString]] = {
    MailKind.letter_ready: (
        _l("A letter from the council waits for you"),
        _l("The council has written you a letter about the care that it buys from you."),
    ),
    MailKind.minutes_circulated: (
        _l("Minutes of a meeting wait for you"),
        _l("The minutes of a meeting that you took part in, or were to take part in, can be read now."),
    ),
    MailKind.host_notified: (_l("Notice of care arranged in your area by another council"), _l("")),
    MailKind.care_management_told: (
        _l("Care management is told of a change at a service"),
        _l("Something has changed at a service that care management may have to act on."),
    ),
    MailKind.plan_sent: (
        _l("A plan waits for you"),
        _l("The council has agreed a plan with you, has sent one back to you, or asks you for one."),
    ),
    MailKind.feedback_shared: (
        _l("Feedback from the council waits for you"),
        _l("The council has shared feedback with you."),
    ),
    MailKind.agency_shared: (
        _l("The council has shared a record with you"),
        _l("The council has shared a record with your organisation."),
    ),
    MailKind.diary_told: (
        _l("Your diary: what is due, overdue or passed on to you"),
        _l("Something in the diary is yours to see to."),
    ),
}
"""Kind -> the subject and the first sentence. Never a name of a person, and nothing of a case."""

DETAILS: dict[MailKind, Callable[[Session, OutboxMessage], str]] = {}
"""What a kind says besides, made up when it goes: numbers, and nothing of a case. An area that has it adds it here."""


def compose(
    session: Session, message: OutboxMessage, to: str, sender: str, base_url: str, now: dt.datetime
) -> EmailMessage:
    """The mail itself. Raises ValueError where the address is none."""
    subject, opening = TEMPLATES[message.kind]
    told = EmailMessage()
    told["From"] = sender
    told["To"] = mail.address(to)
    told["Subject"] = str(subject)
    told["Date"] = format_datetime(now)
    told["Message-ID"] = f"<{message.message_id}@{mail.address(sender).domain}>"
    told["Auto-Submitted"] = "auto-generated"
    if message.notice:
        told.set_content(message.notice)
        return told
    paragraphs = [str(opening)]
    if (named := concerned(session, message)) is not None:
        paragraphs.append(_("It is about: %(name)s", name=named))
    if message.kind in DETAILS:
        paragraphs.append(DETAILS[message.kind](session, message))
    paragraphs += [
        _("Sign in to read it: %(address)s", address=base_url),
        _("This message was sent by a program, and says no more on purpose. Please do not answer it."),
    ]
    told.set_content("\n\n".join(paragraphs) + "\n")
    return told


def subject_of(session: Session, message: OutboxMessage) -> Any:
    """The record that a message is about, where the actor may see it."""
    return session.get(MODELS[message.record_type], message.record_id)


def concerned(session: Session, message: OutboxMessage) -> Service | Provider | None:
    """The service that it is about, or the provider with all its services. Their names are public; no other is told."""
    about = subject_of(session, message)
    for found in (about, getattr(about, "service", None), getattr(about, "provider", None)):
        if isinstance(found, Service | Provider):
            return found
    return None


MODELS: dict[str, type[Any]] = {record_type(model): model for model in (*GOVERNED, Person)}


# --- whom it reaches ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipient:
    """How mail reaches one kind of reader: its address on a day, and what to record where there is none.

    `address` is asked (session, id, day, concerned): the last is the service or provider that the mail is about.
    """

    address: Callable[[Session, int, dt.date, Service | Provider | None], str | None]
    missing: LazyString


POSTS = (ContactKind.nominated_individual, ContactKind.registered_manager, ContactKind.office)
"""The posts at a provider that the council writes to, in this order."""


def _of_provider(
    session: Session, provider_id: int, day: dt.date, concerned: Service | Provider | None = None
) -> str | None:
    """A post in the address book that is still held: the provider's own, or one of the service that it is about."""
    service_id = concerned.id if isinstance(concerned, Service) else None
    rank = case({kind: place for place, kind in enumerate(POSTS)}, value=Contact.kind)
    return session.scalar(
        select(Contact.email)
        .where(
            Contact.provider_id == provider_id,
            or_(Contact.service_id.is_(None), Contact.service_id == service_id),
            Contact.kind.in_(POSTS),
            Contact.email.is_not(None),
            or_(Contact.left_on.is_(None), Contact.left_on > day),
        )
        .order_by(rank, Contact.service_id.is_not(None), Contact.id)
        .limit(1)
    )


def _of_service(
    session: Session, service_id: int, day: dt.date, concerned: Service | Provider | None = None
) -> str | None:
    service = session.get_one(Service, service_id)
    return _of_provider(session, service.provider_id, day, service)


def _of_agency(
    session: Session, agency_id: int, day: dt.date, concerned: Service | Provider | None = None
) -> str | None:
    agency = session.get_one(Agency, agency_id)
    return agency.email if agency.active else None


def _of_person(
    session: Session, person_id: int, day: dt.date, concerned: Service | Provider | None = None
) -> str | None:
    person = session.get_one(Person, person_id)
    email: str | None = person.email if person.active else None
    return email


def _of_authority(
    session: Session, contact_id: int, day: dt.date, concerned: Service | Provider | None = None
) -> str | None:
    contact = session.get_one(AuthorityContact, contact_id)
    return contact.email if contact.left_on is None or contact.left_on > day else None


RECIPIENTS: dict[type[Model], Recipient] = {
    Provider: Recipient(
        _of_provider,
        _l(
            "Record an email address at a contact who is still in post: the provider's nominated individual, or a "
            "registered manager or office of the service. Then try again."
        ),
    ),
    Service: Recipient(
        _of_service,
        _l(
            "Record an email address at a contact who is still in post: the registered manager or office of the "
            "service, or the provider's nominated individual. Then try again."
        ),
    ),
    Agency: Recipient(
        _of_agency, _l("An Administrator records the agency's email address, and that it is in use. Then try again.")
    ),
    AuthorityContact: Recipient(
        _of_authority, _l("Record an email address at the contact of the host authority. Then try again.")
    ),
    Person: Recipient(
        _of_person, _l("An Administrator records the account's email address, and that it is in use. Then try again.")
    ),
}
"""Who can be written to. An area that brings another kind of reader adds it here."""


def address_of(
    session: Session, kind: str, key: int, day: dt.date, concerned: Service | Provider | None = None
) -> str | None:
    """The address at which a reader is reached on a day, or None."""
    return RECIPIENTS[MODELS[kind]].address(session, key, day, concerned)


ADVICE: dict[Fault, LazyString] = {
    Fault.bad_address: _l("The address on record is not one that mail can be sent to. Correct it, then try again."),
    Fault.refused: _l(
        "The mail server refused it for good. Check the address on record, or ask whoever runs Careward. Then try "
        "again."
    ),
}


def advice(message: OutboxMessage) -> str:
    """What to put right before a dead letter is tried again."""
    if message.fault is Fault.no_address:
        return str(RECIPIENTS[MODELS[message.recipient_type]].missing)
    otherwise = _l("It was tried for three days. Ask whoever runs Careward to look at the mail server. Then try again.")
    return str(ADVICE.get(message.fault, otherwise)) if message.fault is not None else ""


# --- how it moves ------------------------------------------------------------------------------------------------


def delay(attempts: int) -> dt.timedelta:
    """How long to wait after so many attempts: a minute, then twice as long each time, up to four hours."""
    return min(FIRST * (1 << min(attempts - 1, 20)), LONGEST)


def tried_enough(attempts: int) -> bool:
    """Whether the waits between so many attempts make three days."""
    return sum((delay(each) for each in range(1, attempts)), dt.timedelta()) >= PATIENCE


def _take_out(message: OutboxMessage, actor: Actor, values: Mapping[str, Any]) -> None:
    message.attempts += 1
    message.next_attempt_at = actor.now + LEASE


def _note_sent(message: OutboxMessage, actor: Actor, values: Mapping[str, Any]) -> None:
    message.sent_at, message.fault, message.smtp_code = actor.now, None, None


def _note_fault(message: OutboxMessage, actor: Actor, values: Mapping[str, Any]) -> None:
    message.fault, message.smtp_code = values["fault"], values["smtp_code"]
    if message.state is S.waiting:
        message.next_attempt_at = actor.now + delay(message.attempts)


def _begin_anew(message: OutboxMessage, actor: Actor, values: Mapping[str, Any]) -> None:
    message.attempts, message.next_attempt_at = 0, actor.now
    message.fault, message.smtp_code = None, None


MANAGER = frozenset({Role.manager})
WORKFLOW = Workflow(
    OutboxMessage,
    Step(
        "take_out",
        _l("Take out to deliver"),
        frozenset({S.waiting}),
        None,
        roles=NO_ROLE,
        job=JOB,
        does=_l("It is on its way to the mail server; no other worker takes it meanwhile."),
        effect=_take_out,
    ),
    Step(
        "send",
        _l("Note as sent"),
        frozenset({S.waiting}),
        S.sent,
        roles=NO_ROLE,
        job=JOB,
        does=_l("The mail server has accepted it."),
        effect=_note_sent,
    ),
    Step(
        "put_back",
        _l("Put back"),
        frozenset({S.waiting}),
        None,
        roles=NO_ROLE,
        job=JOB,
        does=_l("It did not go, and is tried again later: after a minute, then after twice as long each time."),
        effect=_note_fault,
    ),
    Step(
        "give_up",
        _l("Give up"),
        frozenset({S.waiting}),
        S.dead,
        roles=NO_ROLE,
        job=JOB,
        does=_l("It could not be sent. It is a dead letter until a Manager tries it again or withdraws it."),
        effect=_note_fault,
    ),
    Step(
        "retry",
        _l("Try again"),
        frozenset({S.dead}),
        S.waiting,
        roles=MANAGER,
        does=_l("It waits to be sent again, as if it were new. The address is looked up when it goes."),
        effect=_begin_anew,
        clause="XX",
        needs_note=True,
    ),
    Step(
        "withdraw",
        _l("Withdraw"),
        frozenset({S.dead}),
        S.withdrawn,
        roles=MANAGER,
        does=_l("It is never sent. Make sure that its reader is told in another way."),
        clause="XX",
        needs_note=True,
    ),
)


# --- delivery ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Taken:
    """A message on its way: which one, as it stood when it was taken out, and the mail made of it."""

    key: int
    version: int
    letter: EmailMessage


def deliver(
    sessions: Callable[[], Session],
    sender: mail.Sender,
    now: Callable[[], dt.datetime],
    base_url: str,
    stopping: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Send what is due, one by one, until nothing is, the server fails, or `stopping` says so. Counts the steps taken.

    At least once: a message is noted as sent right after the server accepted it, in a transaction of its own. Only a
    crash between the two, or a connection that breaks before the server's answer, sends it a second time, after the
    lease; it then carries the same Message-ID, by which the receiving side drops a double.
    """
    done: Counter[str] = Counter()
    while not stopping():
        actor = system(JOB, now())
        with acting(actor), sessions() as session:
            message = _next_due(session, actor)
            if message is None:
                return done
            taken = _take(session, message, actor, sender.address, base_url)
            session.commit()
        if taken is None:
            done["give_up"] += 1
            continue
        unsent = None
        try:
            sender.send(taken.letter)
        except mail.Unsent as error:
            unsent = error
        actor = system(JOB, now())
        with acting(actor), sessions() as session:
            done[_conclude(session, taken, unsent, actor)] += 1
            session.commit()
        if unsent is not None and unsent.fault in mail.OF_THE_SERVER:
            break
    return done


def _next_due(session: Session, actor: Actor) -> OutboxMessage | None:
    """The message that has been due longest. On PostgreSQL two workers pass over what the other holds; on SQLite the
    second waits until the first has committed, and then sees it taken."""
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state == S.waiting, OutboxMessage.next_attempt_at <= actor.now)
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def _take(session: Session, message: OutboxMessage, actor: Actor, sender: str, base_url: str) -> _Taken | None:
    """Take it out, with its mail made; None where there is nobody to send it to, and it is a dead letter at once."""
    fault = None
    to = address_of(session, message.recipient_type, message.recipient_id, actor.today, concerned(session, message))
    if to is None:
        fault = Fault.no_address
    else:
        try:
            letter = compose(session, message, to, sender, base_url, actor.now)
        except ValueError:
            fault = Fault.bad_address
    if fault is not None:
        WORKFLOW.take("give_up", message, actor, fault=fault, smtp_code=None)
        return None
    WORKFLOW.take("take_out", message, actor)
    return _Taken(message.id, message.version, letter)


def _conclude(session: Session, taken: _Taken, unsent: mail.Unsent | None, actor: Actor) -> str:
    """Note how it went. Where it has moved on since, this worker outstayed its lease, and the other's word holds."""
    message = session.get_one(OutboxMessage, taken.key, with_for_update=True)
    if message.version != taken.version:
        return "overtaken"
    if unsent is None:
        WORKFLOW.take("send", message, actor)
        return "send"
    for_good = unsent.fault in mail.PERMANENT or tried_enough(message.attempts)
    name = "give_up" if for_good else "put_back"
    WORKFLOW.take(name, message, actor, fault=unsent.fault, smtp_code=unsent.code)
    return name
