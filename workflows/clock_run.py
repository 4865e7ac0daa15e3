"""What the clock does by itself each day: it derives the diary anew, and tells whoever must know (domain section 3).

Each thing is told once for each due day and stage, however often the clock runs and wherever it is cut short: the
notice, the mail and the ledger's entries are one transaction, and what has a notice is not told again.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Integer, Row, and_, case, cast, exists, func, null, or_, select
from sqlalchemy.orm import Session

from models.base import LONDON, portions
from models.diary import ClockNotice, ClockReader, ClockRun, ClockStage, Obligation
from models.outbox import MailKind, OutboxMessage, OutboxState
from models.people import Person
from workflows import deputies, diary, outbox
from workflows.access import Resource, Right, Role, rights
from workflows.actor import Actor, acting, roles_of, system
from workflows.alone import alone
from workflows.documents import day as day_in_words
from workflows.engine import drafted_by_console, people_with
from workflows.gate import Refused
from workflows.ledger import record_type
from workflows.occurrences import CLOCK, lapse_spent

JOB = CLOCK

"""As whom the console keeps the diary."""
PORTION = 200
"""How many services are derived, or notices written, in one transaction: for as long others wait who write."""
MORNING = dt.time(6)
"""From when on, on the office wall, a day's run is due."""
HOLD = dt.timedelta(minutes=10)
"""How long a digest waits before it goes, so that whatever else the same run tells its reader stands in it too."""

_due: Any = Obligation.__table__
_notice: Any = ClockNotice.__table__
_person: Any = Person.__table__


@dataclass
class Ran:
    """What a run did, as far as it came."""

    day: dt.date
    services: int = 0
    told: dict[ClockStage, int] = field(default_factory=lambda: dict.fromkeys(ClockStage, 0))
    is_whole: bool = False
    """Whether it came to its end, and was not told to stop before."""


def run(
    session: Session,
    now: Callable[[], dt.datetime],
    day: dt.date | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Ran | None:
    """Derive the whole diary for a day, today unless another is named, and tell what is to be told by then.

    It commits portion by portion, so that a run that is cut short loses little, and the next one goes on. None where
    another run is under way: that one does it.
    """
    with alone(session, JOB) as is_free:
        if not is_free:
            return None
        actor = system(JOB, now())
        with acting(actor):
            ran = Ran(_checked(session, day or actor.today, actor))
            _derive(session, ran, stopping)
            lapse_spent(session, actor)
            session.commit()
        until = actor.now.astimezone(LONDON).time() if ran.day == actor.today else dt.time.max
        readers = [key for key, _name in people_with(session, READERS)]
        for stage, holds in _stages(ran.day, until).items():
            query, last = _to_tell(stage, holds, readers), 0
            while not stopping() and (rows := _after(session, query, last)):
                actor = system(JOB, now())
                with acting(actor):
                    _tell(session, stage, rows, actor)
                ran.told[stage], last = ran.told[stage] + len(rows), rows[-1].id
        ran.is_whole = not stopping()
        if ran.is_whole:
            with acting(system(JOB, now())):
                _note_run(session, ran.day)
        return ran


def _after(session: Session, query: Any, last: int) -> Sequence[Row[Any]]:
    """The next portion of what is to be told."""
    return session.connection().execute(query.where(_due.c.id > last)).all()


def is_due(session: Session, actor: Actor) -> bool:
    """Whether the latest morning is past, and no run has come to its end for that day or a later one."""
    local = actor.now.astimezone(LONDON)
    day = local.date() if local.time() >= MORNING else local.date() - dt.timedelta(days=1)
    last = last_day(session)
    return last is None or last < day


def last_day(session: Session) -> dt.date | None:
    """The latest day for which the clock ran to its end."""
    return session.scalar(select(func.max(ClockRun.day)))


def _checked(session: Session, day: dt.date, actor: Actor) -> dt.date:
    """The day, if the clock may run for it: it never runs ahead, and never back behind what it has told already."""
    if day > actor.today:
        raise Refused(_("The clock does not run ahead. Name a day that has begun."))
    last = last_day(session)
    if last is not None and day < last:
        raise Refused(_("The clock has run for %(last)s already, and does not run backwards.", last=day_in_words(last)))
    return day


def _derive(session: Session, ran: Ran, stopping: Callable[[], bool]) -> None:
    services, providers, council = diary.everything(session)
    session.commit()
    for ids in portions(services, PORTION):
        if stopping():
            return
        diary.derive(session, ran.day, services=ids)
        session.commit()
        ran.services += len(ids)
    for ids in portions(providers, PORTION):
        if stopping():
            return
        diary.derive(session, ran.day, providers=ids)
        session.commit()
    diary.derive(session, ran.day, council=council)
    session.commit()


def _note_run(session: Session, day: dt.date) -> None:
    """That the day is done with: once, whichever run of that day came to its end first."""
    if session.scalar(select(ClockRun.id).where(ClockRun.day == day)) is None:
        drafted_by_console(session, ClockRun(day=day), "", "")
    session.commit()


# --- what is told ------------------------------------------------------------------------------------------------


def _stages(day: dt.date, until: dt.time) -> Mapping[ClockStage, ColumnElement[bool]]:
    """What puts an obligation at each stage, on a day and by an hour of it.

    What is overdue is told as that, and no longer as due soon. What is booked in time needs no reminder.
    """
    on_the_day = _due.c.due_on == day
    in_time = or_(_due.c.due_on > day, on_the_day & or_(_due.c.due_time.is_(None), _due.c.due_time >= until))
    return {
        ClockStage.warned: and_(_due.c.warn_on <= day, in_time, ~diary.is_on_its_way(day)),
        ClockStage.breached: or_(_due.c.due_on < day, on_the_day & (_due.c.due_time < until)),
        ClockStage.escalated: and_(_due.c.escalate_on <= day, _due.c.escalates_to.is_not(None)),
    }


def _to_tell(stage: ClockStage, holds: ColumnElement[bool], readers: Collection[int]) -> Any:
    """The obligations that nobody was told of yet at this stage, with whom to tell. What rests is not told.

    Of what is due soon or overdue the linked officer is told; the Managers, where nobody is linked who still signs in
    and reads the diary.
    The mail goes to the deputies of whoever is away too.
    """
    columns = [_due.c[name] for name in ("id", "identity", "due_on", "name", "clause", "service_id", "provider_id")]
    if stage is ClockStage.escalated:
        told, reader_id = _due.c.escalates_to, cast(null(), Integer)
    else:
        told = case((_person.c.id.is_not(None), ClockReader.officer.value), else_=ClockReader.manager.value)
        reader_id = _person.c.id
    before = exists().where(
        _notice.c.identity == _due.c.identity, _notice.c.due_on == _due.c.due_on, _notice.c.stage == stage
    )
    return (
        select(*columns, told.label("told"), reader_id.label("reader_id"))
        .outerjoin(_person, and_(_person.c.id == _due.c.officer_id, _person.c.active, _person.c.id.in_(readers)))
        .where(holds, _due.c.paused_since.is_(None), ~before)
        .order_by(_due.c.id)
        .limit(PORTION)
    )


READERS = frozenset(role for role in Role if Right.read in rights(frozenset({role}), Resource.diary))
ROLES = {ClockReader.manager: Role.manager, ClockReader.head: Role.head}


def _tell(session: Session, stage: ClockStage, rows: Sequence[Row[Any]], actor: Actor) -> None:
    """Write the notices with their digests, in one transaction: all of it stands afterwards, or nothing."""
    notices = [
        ClockNotice(
            identity=row.identity,
            due_on=row.due_on,
            stage=stage,
            name=row.name,
            clause=row.clause,
            service_id=row.service_id,
            provider_id=row.provider_id,
            told=ClockReader(row.told),
            reader_id=row.reader_id,
        )
        for row in rows
    ]
    roles = {ROLES[each.told] for each in notices if each.told is not ClockReader.officer}
    readers = {each.reader_id for each in notices if each.reader_id is not None}
    readers |= {key for key, _name in people_with(session, roles)}
    readers |= {each.id for each in deputies.deputies_of(session, readers, actor.today)}

    def with_the_first() -> None:
        session.add_all(notices[1:])
        _digest(session, readers, actor)

    drafted_by_console(session, notices[0], "", "", with_the_first)
    session.commit()


# --- the mail ----------------------------------------------------------------------------------------------------


def _digest(session: Session, readers: Collection[int], actor: Actor) -> None:
    """One mail for each of them, unless today's still waits to go: that one will tell of this too."""
    waits = (
        select(OutboxMessage)
        .where(
            OutboxMessage.kind == MailKind.diary_told,
            OutboxMessage.recipient_type == record_type(Person),
            OutboxMessage.recipient_id.in_(readers),
            OutboxMessage.state == OutboxState.waiting,
            OutboxMessage.attempts == 0,
            OutboxMessage.created_at >= _midnight(actor.today),
        )
        .with_for_update()  # so that no worker takes it out before this is committed
    )
    told = {message.recipient_id for message in session.scalars(waits)}
    for person in session.scalars(select(Person).where(Person.id.in_(set(readers) - told)).order_by(Person.id)):
        message = outbox.post(session, MailKind.diary_told, person, person, actor)
        message.next_attempt_at = actor.now + HOLD


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LONDON)


def digest(session: Session, message: OutboxMessage) -> str:
    """What a digest says: of how much its reader was told on its day, and nothing of what it is about."""
    day = message.created_at.astimezone(LONDON).date()
    reader = session.get_one(Person, message.recipient_id)
    people = [reader, *deputies.posts(session, reader, day).values()]
    roles = {role for person in people for role in roles_of(person)}
    rows = session.execute(
        select(ClockNotice.stage, func.count(ClockNotice.id).label("number"))
        .where(
            ClockNotice.created_at >= _midnight(day),
            ClockNotice.created_at < _midnight(day + dt.timedelta(days=1)),
            or_(
                ClockNotice.reader_id.in_([person.id for person in people]),
                ClockNotice.told.in_([each for each, role in ROLES.items() if role in roles]),
            ),
        )
        .group_by(ClockNotice.stage)
    )
    counts: dict[ClockStage, int] = {row.stage: row.number for row in rows}
    told = [SAID[stage](counts[stage]) for stage in ClockStage if stage in counts]
    return "\n".join([_("The diary on %(day)s:", day=day_in_words(day)), *told])


SAID: Mapping[ClockStage, Callable[[int], str]] = {
    ClockStage.warned: lambda count: ngettext("%(num)s thing is due soon.", "%(num)s things are due soon.", count),
    ClockStage.breached: lambda count: ngettext("%(num)s thing is overdue.", "%(num)s things are overdue.", count),
    ClockStage.escalated: lambda count: ngettext(
        "%(num)s thing that is overdue was passed on to you.",
        "%(num)s things that are overdue were passed on to you.",
        count,
    ),
}

outbox.DETAILS[MailKind.diary_told] = digest
