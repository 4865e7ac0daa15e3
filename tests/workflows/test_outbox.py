"""The outbox: what mail says, whom it reaches, and that everything goes once, or is seen not to have gone."""

import datetime as dt
from email.message import EmailMessage
from typing import Any

import pytest
from mail_servers import Mailbox, free_port, mail_server
from sqlalchemy import select
from world import NOW, World, console

from models import db
from models.ledger import LedgerEntry
from models.outbox import Fault, MailKind, OutboxMessage, OutboxState
from models.people import Agency, AgencyKind
from models.providers import Contact, ContactKind, Provider
from workflows import actor as actors
from workflows import mail, outbox, suspensions
from workflows.gate import Refused

BASE = "https://careward.council.example"
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, span: dt.timedelta) -> None:
        self.now += span


class Sent:
    """A way out that keeps what it is given, after failing as often as it is told to."""

    address = "care@council.example"

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.letters: list[EmailMessage] = []

    def send(self, letter: EmailMessage) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.letters.append(letter)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def round_of(sender: Any, clock: Clock) -> dict[str, int]:
    db.session.commit()  # not rolled back: what others committed since it began lies within it here
    done = outbox.deliver(db.session.session_factory, sender, clock, BASE)
    db.session.rollback()
    db.session.expire_all()
    return dict(done)


def provider(world: World, email: str | None = "nominated@larkfield.example.org", **kw: Any) -> Provider:
    made = world.provider("Larkfield Care")
    contact(world, made, ContactKind.nominated_individual, email, **kw)
    return made


def contact(world: World, of: Provider, kind: ContactKind, email: str | None, **kw: Any) -> None:
    world._add(Contact(provider_id=of.id, kind=kind, post=kind.value, phone="01632 960 100", email=email, **kw))


def posted(
    world: World, about: Any, to: Any, kind: MailKind = MailKind.plan_sent, notice: str = "", now: dt.datetime = NOW
) -> int:
    """A message as a step would post it."""
    with console(now):
        message = outbox.post(db.session, kind, about, to, actors.system("test", now), notice)
    db.session.commit()
    return int(message.id)


def stands(key: int) -> OutboxMessage:
    with actors.acting(actors.system("test", NOW)):
        return db.session.get_one(OutboxMessage, key, populate_existing=True)


def history(key: int) -> list[tuple[str, str | None, str]]:
    with actors.acting(actors.system("test", NOW)):
        entries = db.session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.record_type == "outbox_message", LedgerEntry.record_id == key)
            .order_by(LedgerEntry.seq)
        )
        return [(each.actor_role, each.step, each.note) for each in entries]


# --- posting ---


def test_a_decision_posts_word_of_its_letter_in_the_same_step(world: World) -> None:
    case = world.suspension(state="submitted")
    with world.acting("head") as actor:
        suspensions.WORKFLOW.take("approve", case, actor)
        db.session.commit()
    [message] = messages()
    assert (message.kind.value, message.state.value, message.attempts, message.next_attempt_at) == (
        "letter_ready",
        "waiting",
        0,
        NOW,
    )
    assert (message.record_type, message.recipient_type, message.recipient_id) == (
        "letter",
        "provider",
        case.provider_id,
    )
    with actors.acting(actors.system("test", NOW)):
        entries = db.session.scalars(
            select(LedgerEntry.step).where(LedgerEntry.record_type == "suspension", LedgerEntry.record_id == case.id)
        ).all()
    assert entries == ["approve"]
    assert history(message.id) == [("head", None, "")]


def messages() -> list[OutboxMessage]:
    with actors.acting(actors.system("test", NOW)):
        return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_refused_step_posts_nothing(world: World) -> None:
    case = world.suspension(state="draft")
    with world.acting("head") as actor, pytest.raises(Refused):
        suspensions.WORKFLOW.take("approve", case, actor)
    db.session.rollback()
    assert messages() == []


def test_nothing_is_posted_to_what_has_no_address(world: World) -> None:
    service = world.service()
    visit = world.visit(service)
    with world.acting("officer") as actor, pytest.raises(ValueError, match="nothing says how mail reaches a Visit"):
        outbox.post(db.session, MailKind.plan_sent, service, visit, actor)


def test_nobody_writes_a_message_by_hand(world: World) -> None:
    service = world.service()
    with world.acting("manager") as actor:
        outbox.post(db.session, MailKind.plan_sent, service, service, actor)
        with pytest.raises(Refused, match="Your role may not add or change this"):
            db.session.flush()
    db.session.rollback()


# --- what mail says ---


def test_a_letter_s_mail_says_that_it_waits_for_which_service_and_where(world: World, clock: Clock) -> None:
    home = world.service("Larkfield House", provider(world))
    case = world.suspension(home, "submitted", grounds="P-17 fell twice.")
    with world.acting("head") as actor:
        suspensions.WORKFLOW.take("approve", case, actor)
        db.session.commit()
    sender = Sent()
    assert round_of(sender, clock) == {"send": 1}
    [letter] = sender.letters
    assert (letter["To"], letter["From"], letter["Subject"], letter["Date"], letter["Auto-Submitted"]) == (
        "nominated@larkfield.example.org",
        "care@council.example",
        "A letter from the council waits for you",
        "Wed, 04 Mar 2026 10:00:00 +0000",
        "auto-generated",
    )
    assert letter["Message-ID"] == f"<{messages()[0].message_id}@council.example>"
    assert letter.get_content() == (
        "The council has written you a letter about the care that it buys from you.\n\n"
        "It is about: Larkfield House\n\n"
        "Sign in to read it: https://careward.council.example\n\n"
        "This message was sent by a program, and says no more on purpose. Please do not answer it.\n"
    )


def test_mail_about_a_whole_provider_names_the_provider(world: World, clock: Clock) -> None:
    case = world.suspension(state="submitted", provider_id=provider(world).id)
    with world.acting("head") as actor:
        suspensions.WORKFLOW.take("approve", case, actor)
        db.session.commit()
    sender = Sent()
    round_of(sender, clock)
    assert "It is about: Larkfield Care\n" in sender.letters[0].get_content()


@pytest.mark.parametrize(
    ("kind", "subject", "opening"),
    [
        (
            "letter_ready",
            "A letter from the council waits for you",
            "The council has written you a letter about the care that it buys from you.",
        ),
        (
            "minutes_circulated",
            "Minutes of a meeting wait for you",
            "The minutes of a meeting that you took part in, or were to take part in, can be read now.",
        ),
        (
            "care_management_told",
            "Care management is told of a change at a service",
            "Something has changed at a service that care management may have to act on.",
        ),
        (
            "plan_sent",
            "A plan waits for you",
            "The council has agreed a plan with you, has sent one back to you, or asks you for one.",
        ),
        ("feedback_shared", "Feedback from the council waits for you", "The council has shared feedback with you."),
        (
            "agency_shared",
            "The council has shared a record with you",
            "The council has shared a record with your organisation.",
        ),
    ],
)
def test_what_each_kind_of_mail_says(world: World, clock: Clock, kind: str, subject: str, opening: str) -> None:
    case = world.suspension(world.service("Larkfield House", provider(world)), "in_force", grounds="Quicksilver")
    posted(world, case, world.person("head"), MailKind(kind))
    sender = Sent()
    round_of(sender, clock)
    [letter] = sender.letters
    assert letter["Subject"] == subject
    assert letter.get_content().split("\n\n")[:2] == [opening, "It is about: Larkfield House"]


def test_a_formal_notice_is_sent_as_its_area_wrote_it(world: World, clock: Clock) -> None:
    told = "We have placed 2 people (P-17, P-18) at a service in your area.\n\nOur contact: 01632 960 000\n"
    posted(world, world.service("Far House"), world.person("head"), MailKind.host_notified, told)
    sender = Sent()
    round_of(sender, clock)
    assert sender.letters[0]["Subject"] == "Notice of care arranged in your area by another council"
    assert sender.letters[0].get_content() == told


# --- whom it reaches ---


def test_a_provider_is_written_to_at_its_first_post_that_is_held(world: World) -> None:
    of = world.provider("Larkfield Care")
    home, other = world.service("Larkfield House", of), world.service("Beck House", of)
    posts = [
        (ContactKind.other, "other@x.example", None, None),
        (ContactKind.on_call, "on-call@x.example", None, None),
        (ContactKind.office, "beck@x.example", other.id, None),
        (ContactKind.office, "house@x.example", home.id, None),
        (ContactKind.office, "office@x.example", None, None),
        (ContactKind.registered_manager, "manager@x.example", home.id, None),
        (ContactKind.nominated_individual, None, None, None),
        (ContactKind.nominated_individual, "gone@x.example", None, NOW.date()),
        (ContactKind.nominated_individual, "nominated@x.example", None, NOW.date() + DAY),
    ]
    reached: list[str | None] = []
    for kind, email, service, left in posts:
        contact(world, of, kind, email, service_id=service, left_on=left)
        with actors.acting(actors.system("test", NOW)):
            reached.append(outbox.address_of(db.session, "provider", of.id, NOW.date(), home))
    assert reached == [
        None,
        None,
        None,
        "house@x.example",
        "office@x.example",
        "manager@x.example",
        "manager@x.example",
        "manager@x.example",
        "nominated@x.example",
    ]


def test_mail_about_all_services_reaches_no_single_one_of_them(world: World) -> None:
    of = world.provider("Larkfield Care")
    contact(world, of, ContactKind.registered_manager, "manager@x.example", service_id=world.service("A", of).id)
    with actors.acting(actors.system("test", NOW)):
        assert outbox.address_of(db.session, "provider", of.id, NOW.date(), of) is None


def test_a_service_an_agency_and_a_person_are_written_to_at_theirs(world: World) -> None:
    of = world.provider("Larkfield Care")
    home = world.service("Larkfield House", of)
    contact(world, of, ContactKind.registered_manager, "manager@x.example", service_id=home.id)
    board = world._add(Agency(name="Board", kind=AgencyKind.other, email="board@x.example"))
    closed = world._add(Agency(name="Closed", kind=AgencyKind.other, email="closed@x.example", active=False))
    person = world.person("head")
    with actors.acting(actors.system("test", NOW)):
        found = [
            outbox.address_of(db.session, kind, item.id, NOW.date())
            for kind, item in (("service", home), ("agency", board), ("agency", closed), ("ab_user", person))
        ]
    assert found == ["manager@x.example", "board@x.example", None, "head@example.org"]


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        (
            "provider",
            "Record an email address at a contact who is still in post: the provider's nominated individual, or a "
            "registered manager or office of the service. Then try again.",
        ),
        (
            "service",
            "Record an email address at a contact who is still in post: the registered manager or office of the "
            "service, or the provider's nominated individual. Then try again.",
        ),
        ("agency", "An Administrator records the agency's email address, and that it is in use. Then try again."),
    ],
)
def test_without_an_address_it_is_a_dead_letter_that_says_what_to_record(
    world: World, as_user: Any, clock: Clock, to: str, sentence: str
) -> None:
    home = world.service("Larkfield House", provider(world, None))
    with actors.acting(actors.system("test", NOW)):
        readers = {"provider": home.provider, "service": home, "agency": world.person("partner").agency}
        reader = readers[to]
    key = posted(world, home, reader)
    sender = Sent()
    assert round_of(sender, clock) == {"give_up": 1}
    assert sender.letters == []
    message = stands(key)
    assert (message.state, message.fault, message.smtp_code, message.attempts) == (
        OutboxState.dead,
        Fault.no_address,
        None,
        0,
    )
    page = as_user("manager").get(f"/outbox/show/{key}").text
    assert sentence in page.replace("&#39;", "'")
    assert "No address on record" in page


@pytest.mark.parametrize(
    "email", ["office", "a@x.example, b@x.example", "a@x.example\nBcc: b@x.example", "", " ", "a b@x.example"]
)
def test_what_is_no_address_is_a_dead_letter(world: World, clock: Clock, email: str) -> None:
    key = posted(world, world.service(), provider(world, email))
    sender = Sent()
    assert round_of(sender, clock) == {"give_up": 1}
    assert (stands(key).fault, sender.letters) == (Fault.bad_address, [])


def test_the_address_is_the_one_on_record_when_it_goes(world: World, clock: Clock) -> None:
    of = provider(world, "old@x.example", left_on=NOW.date() + DAY)
    posted(world, of, of)
    contact(world, of, ContactKind.nominated_individual, "new@x.example")
    clock.forward(DAY)
    sender = Sent()
    round_of(sender, clock)
    assert [each["To"] for each in sender.letters] == ["new@x.example"]


# --- how often ---


def test_the_waits_double_from_a_minute_to_four_hours(world: World, clock: Clock) -> None:
    key = posted(world, world.service(), provider(world))
    waits = []
    for _attempt in range(10):
        assert round_of(Sent(mail.Unsent(Fault.put_off, 451)), clock) == {"put_back": 1}
        waits.append((stands(key).next_attempt_at - clock.now) // MINUTE)
        clock.now = stands(key).next_attempt_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]
    message = stands(key)
    assert (message.state, message.attempts, message.fault, message.smtp_code) == (
        OutboxState.waiting,
        10,
        Fault.put_off,
        451,
    )


def test_before_its_time_it_is_not_tried(world: World, clock: Clock) -> None:
    posted(world, world.service(), provider(world))
    round_of(Sent(mail.Unsent(Fault.cut_off)), clock)
    clock.forward(MINUTE - dt.timedelta(seconds=1))
    sender = Sent()
    assert round_of(sender, clock) == {}
    clock.forward(dt.timedelta(seconds=1))
    assert round_of(sender, clock) == {"send": 1}


def test_after_three_days_it_is_a_dead_letter(world: World, clock: Clock) -> None:
    key = posted(world, world.service(), provider(world))
    while stands(key).state is OutboxState.waiting:
        clock.now = stands(key).next_attempt_at
        round_of(Sent(mail.Unsent(Fault.unreachable)), clock)
        assert clock.now - NOW < 4 * DAY
    message = stands(key)
    assert (message.state, message.attempts, clock.now - NOW) == (
        OutboxState.dead,
        26,
        dt.timedelta(days=3, minutes=15),
    )


def test_a_server_that_fails_is_tried_once_a_round_and_not_once_a_message(world: World, clock: Clock) -> None:
    of = provider(world)
    keys = [posted(world, of, of) for _number in range(3)]
    assert round_of(Sent(*[mail.Unsent(Fault.unreachable)] * 3), clock) == {"put_back": 1}
    assert [stands(key).attempts for key in keys] == [1, 0, 0]


def test_one_refusal_keeps_no_other_message_back(world: World, clock: Clock) -> None:
    of = provider(world)
    keys = [posted(world, of, of) for _number in range(3)]
    faults = [mail.Unsent(Fault.refused, 550), mail.Unsent(Fault.put_off, 451)]
    assert round_of(Sent(*faults), clock) == {"give_up": 1, "put_back": 1, "send": 1}
    assert [stands(key).state.value for key in keys] == ["dead", "waiting", "sent"]


# --- a real server ---


def to_everybody(world: World, names: str) -> dict[str, int]:
    """A message to each of these providers."""
    keys = {}
    for name in names.split():
        of = world.provider(f"{name.title()} Care")
        contact(world, of, ContactKind.office, f"{name}@care.example")
        keys[name] = posted(world, of, of)
    return keys


def smtp(port: int) -> mail.SmtpSender:
    return mail.SmtpSender("127.0.0.1", port, "care@council.example", secure="off", timeout=0.5)


def test_when_the_mail_server_is_away_for_an_hour_all_is_delivered_after_and_once(world: World, clock: Clock) -> None:
    keys = to_everybody(world, "ash birch cedar elm fir")
    port, mailbox = free_port(), Mailbox()
    for _minute in range(60):
        assert "send" not in round_of(smtp(port), clock)
        clock.forward(MINUTE)
    assert {stands(key).state.value for key in keys.values()} == {"waiting"}
    with mail_server(mailbox, port):
        for _minute in range(120):
            round_of(smtp(port), clock)
            clock.forward(MINUTE)
    assert mailbox.received() == [
        "ash@care.example",
        "birch@care.example",
        "cedar@care.example",
        "elm@care.example",
        "fir@care.example",
    ]
    assert {stands(key).state.value for key in keys.values()} == {"sent"}


def test_refusals_cuts_and_silence_each_end_as_they_should(world: World, clock: Clock) -> None:
    keys = to_everybody(world, "accepted refused later cut silent")
    mailbox = Mailbox()
    mailbox.rejected["refused@care.example"] = "550 Nobody here"
    mailbox.answers["later@care.example"] = ["451 Later", "452 Later still"]
    mailbox.answers["cut@care.example"] = ["cut"]
    mailbox.answers["silent@care.example"] = ["hang"]
    with mail_server(mailbox) as port:
        assert round_of(smtp(port), clock) == {"send": 1, "give_up": 1, "put_back": 3}
        assert {name: (stands(key).fault, stands(key).smtp_code) for name, key in keys.items()} == {
            "accepted": (None, None),
            "refused": (Fault.refused, 550),
            "later": (Fault.put_off, 451),
            "cut": (Fault.cut_off, None),
            "silent": (Fault.timed_out, None),
        }
        for _minute in range(10):
            clock.forward(MINUTE)
            round_of(smtp(port), clock)
    assert mailbox.received() == [
        "accepted@care.example",
        "cut@care.example",
        "later@care.example",
        "silent@care.example",
    ]
    assert {name: stands(key).state.value for name, key in keys.items()} == {
        "accepted": "sent",
        "refused": "dead",
        "later": "sent",
        "cut": "sent",
        "silent": "sent",
    }
    assert mailbox.asked["refused@care.example"] == 1


def test_a_connection_cut_after_the_server_had_it_sends_it_twice_under_one_message_id(
    world: World, clock: Clock
) -> None:
    to_everybody(world, "doubled")
    mailbox = Mailbox()
    mailbox.answers["doubled@care.example"] = ["keep and cut"]
    with mail_server(mailbox) as port:
        assert round_of(smtp(port), clock) == {"put_back": 1}
        clock.forward(MINUTE)
        assert round_of(smtp(port), clock) == {"send": 1}
    assert mailbox.received() == ["doubled@care.example", "doubled@care.example"]
    assert len({str(each["Message-ID"]) for each in mailbox.arrived}) == 1


class Crash(BaseException):
    """The worker is killed."""


def test_a_crash_between_acceptance_and_the_note_of_it_is_the_only_double(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = posted(world, world.service(), provider(world))
    sender = Sent()

    def crash(*args: Any) -> str:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_conclude", crash)
        with pytest.raises(Crash):
            round_of(sender, clock)
    clock.forward(29 * MINUTE)
    assert round_of(sender, clock) == {}
    clock.forward(MINUTE)
    assert round_of(sender, clock) == {"send": 1}
    assert len({str(each["Message-ID"]) for each in sender.letters}) == 1
    assert [step for _who, step, _note in history(key)] == ["take_out", "take_out", "send"]


def test_a_worker_that_outstayed_its_lease_does_not_undo_what_the_other_noted(world: World, clock: Clock) -> None:
    key = posted(world, world.service(), provider(world))
    quick = Sent()

    class Slow(Sent):
        def send(self, letter: EmailMessage) -> None:
            clock.forward(HOUR)
            assert outbox.deliver(db.session.session_factory, quick, clock, BASE) == {"send": 1}
            raise mail.Unsent(Fault.timed_out)

    assert round_of(Slow(), clock) == {"overtaken": 1}
    assert stands(key).state is OutboxState.sent


def test_a_round_that_is_told_to_stop_ends_after_the_message_in_hand(world: World, clock: Clock) -> None:
    of = provider(world)
    keys = [posted(world, of, of) for _number in range(3)]
    sender = Sent()
    db.session.rollback()
    outbox.deliver(db.session.session_factory, sender, clock, BASE, lambda: len(sender.letters) == 1)
    assert [stands(key).state.value for key in keys] == ["sent", "waiting", "waiting"]


# --- the history of a message, and what people do ---


def test_each_thing_that_happens_to_a_message_is_told_as_the_post_s(world: World, clock: Clock) -> None:
    key = posted(world, world.service(), provider(world))
    round_of(Sent(mail.Unsent(Fault.put_off, 451)), clock)
    clock.forward(MINUTE)
    round_of(Sent(mail.Unsent(Fault.refused, 550)), clock)
    clock.forward(MINUTE)
    with world.acting("manager", clock.now) as actor:
        outbox.WORKFLOW.take("retry", stands(key), actor, note="The address is right now.")
        db.session.commit()
    assert round_of(Sent(), clock) == {"send": 1}
    assert history(key) == [
        ("post", "take_out", ""),
        ("post", "put_back", ""),
        ("post", "take_out", ""),
        ("post", "give_up", ""),
        ("manager", "retry", "The address is right now."),
        ("post", "take_out", ""),
        ("post", "send", ""),
    ]
    message = stands(key)
    assert (message.state, message.sent_at, message.attempts, message.fault, message.smtp_code) == (
        OutboxState.sent,
        clock.now,
        1,
        None,
        None,
    )


def test_no_entry_of_the_history_holds_an_address_or_what_the_server_said(world: World, clock: Clock) -> None:
    key = to_everybody(world, "secret")["secret"]
    mailbox = Mailbox()
    mailbox.rejected["secret@care.example"] = "550 secret@care.example is unknown to us"
    with mail_server(mailbox) as port:
        round_of(smtp(port), clock)
    with actors.acting(actors.system("test", NOW)):
        entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.record_type == "outbox_message")).all()
        told = "".join(f"{each.changes} {each.note}" for each in entries)
        row = db.session.connection().execute(select(OutboxMessage.__table__).where(OutboxMessage.id == key)).one()
    assert "550" in told
    assert "secret@" not in told + str(row)
    assert "unknown to us" not in told + str(row)


def test_a_withdrawn_letter_is_never_sent(world: World, clock: Clock) -> None:
    key = posted(world, world.service(), provider(world))
    round_of(Sent(mail.Unsent(Fault.refused, 550)), clock)
    with world.acting("manager") as actor:
        outbox.WORKFLOW.take("withdraw", stands(key), actor, note="Told by telephone.")
        db.session.commit()
    clock.forward(7 * DAY)
    assert round_of(Sent(), clock) == {}
    assert stands(key).state is OutboxState.withdrawn


@pytest.mark.parametrize("step", ["take_out", "send", "put_back", "give_up"])
def test_nobody_takes_by_hand_what_the_post_does(world: World, step: str) -> None:
    key = posted(world, world.service(), provider(world))
    with world.acting("manager") as actor, pytest.raises(Refused) as told:
        outbox.WORKFLOW.take(step, stands(key), actor, fault=None, smtp_code=None)
    assert told.value.sentence == "The console does this by itself; nobody does it by hand."


def test_another_job_does_not_take_what_the_post_does(world: World) -> None:
    key = posted(world, world.service(), provider(world))
    actor = actors.system("register import", NOW)
    with actors.acting(actor), pytest.raises(Refused):
        outbox.WORKFLOW.take("send", db.session.get_one(OutboxMessage, key), actor)


# --- screens ---


@pytest.fixture
def one_of_each(world: World, clock: Clock) -> dict[str, int]:
    """A message in each state, the dead ones with an address that nobody should read here."""
    of = provider(world)
    case = world.suspension(world.service("Larkfield House", of), "in_force")
    keys = {"sent": posted(world, case, of)}
    round_of(Sent(), clock)
    for state in ("dead", "withdrawn"):
        keys[state] = posted(world, case, of)
        round_of(Sent(mail.Unsent(Fault.refused, 550)), clock)
    with world.acting("manager") as actor:
        outbox.WORKFLOW.take("withdraw", stands(keys["withdrawn"]), actor, note="Rang.")
        db.session.commit()
    keys["waiting"] = posted(world, case, of, MailKind.feedback_shared)
    return keys


def listed(page: str, keys: dict[str, int]) -> set[str]:
    return {state for state, key in keys.items() if f'href="/outbox/show/{key}"' in page}


def test_the_list_begins_with_what_waits_and_what_could_not_be_sent(one_of_each: dict[str, int], as_user: Any) -> None:
    client = as_user("officer")
    assert listed(client.get("/outbox/list/").text, one_of_each) == {"waiting", "dead"}
    assert listed(client.get("/outbox/list/?state=sent").text, one_of_each) == {"sent"}
    assert listed(client.get("/outbox/list/?state=").text, one_of_each) == {"waiting", "dead", "sent", "withdrawn"}
    assert listed(client.get("/outbox/list/?kind=feedback_shared").text, one_of_each) == {"waiting"}
    number = stands(one_of_each["dead"]).message_id
    assert listed(client.get(f"/outbox/list/?q={number}").text, one_of_each) == {"dead"}


def test_no_page_of_the_outbox_shows_an_address(one_of_each: dict[str, int], as_user: Any) -> None:
    client = as_user("manager")
    pages = [client.get(f"/outbox/show/{key}").text for key in one_of_each.values()]
    pages.append(client.get("/outbox/list/?state=").text)
    assert all("Larkfield Care" in page for page in pages)
    assert [page for page in pages if "larkfield.example.org" in page] == []


def test_a_manager_finds_the_dead_letters_on_the_home_page_and_tries_them_again(
    one_of_each: dict[str, int], as_user: Any, clock: Clock
) -> None:
    client = as_user("manager")
    home = client.get("/").text
    assert "1 message could not be sent." in home
    assert 'href="/outbox/list/?state=dead"' in home
    assert "could not be sent." not in as_user("officer").get("/").text
    address = f"/outbox/{one_of_each['dead']}/retry"
    page = client.get(address).text
    assert "It waits to be sent again, as if it were new." in page
    version = stands(one_of_each["dead"]).version
    assert client.post(address, data={"version": version, "note": "The address is right now."}).status_code == 302
    assert "could not be sent." not in client.get("/").text
    assert round_of(Sent(), clock) == {"send": 2}


def test_a_person_is_named_only_to_whoever_may_open_their_account(world: World, as_user: Any) -> None:
    key = posted(world, world.suspension(state="submitted"), world.person("head"), MailKind.care_management_told)
    number = world.person("head").id
    page = as_user("manager").get(f"/outbox/show/{key}").text
    assert "Test Head" in page
    assert f"/users/show/{number}" not in page


def test_the_page_of_a_suspension_shows_how_far_the_post_of_its_letters_is(
    world: World, as_user: Any, clock: Clock
) -> None:
    case = world.suspension(world.service("Larkfield House", provider(world)), "submitted")
    with world.acting("head") as actor:
        suspensions.WORKFLOW.take("approve", case, actor)
        db.session.commit()
    number = case.id
    assert "Waits to be sent" in as_user("officer").get(f"/suspensions/show/{number}").text
    round_of(Sent(), clock)
    page = as_user("officer").get(f"/suspensions/show/{number}").text
    assert "Waits to be sent" not in page
    assert "Sent" in page


def test_the_help_page_says_who_does_what_in_the_outbox(as_user: Any) -> None:
    page = as_user("officer").get("/help/outbox").text
    assert page.count("the console itself") == 4
