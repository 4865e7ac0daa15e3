"""The diary kept: what is due, derived anew from whatever changes, in the transaction of the change (section 3).

`cadence.py` says what is due and asks nothing. This module reads what it needs past the policy, for the diary is a
fact about the council's work and not somebody's view of it, and writes what differs.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    FromClause,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    delete,
    event,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.orm import Session, UOWTransaction

from models.base import LONDON, UtcDateTime, portions
from models.contracts import ContinuityPlan, Contract, ContractKind, ContractState, Rag
from models.diary import Obligation, ObligationSource, Occurrence, OccurrenceState, Pause
from models.framework import (
    ActivityForm,
    ActivityType,
    Cadence,
    CadenceSubject,
    Clock,
    ClockKey,
    Framework,
    FrameworkState,
    Reach,
)
from models.meetings import Meeting, MeetingState
from models.plans import Plan
from models.providers import BOUGHT, NOT_BOUGHT, SOCIAL_CARE, Commissioning, Provider, RegistrationStatus, Service
from models.risk import BandState, ServiceBand
from models.visits import Visit, VisitState
from workflows import cadence
from workflows.actor import current_actor
from workflows.engine import WORKFLOWS
from workflows.gate import changes_of
from workflows.since import KEPT
from workflows.steps import Due

DONE_VISITS = (VisitState.written_up, VisitState.published)
BOOKED_VISITS = (VisitState.scheduled, VisitState.under_way)
M = MeetingState
DONE_MEETINGS = (M.held, M.minutes_drafted, M.minutes_approved, M.circulated, M.notes_shared, M.closed)


@dataclass(frozen=True)
class InForce:
    """A framework as deriving asks it: its rules, and what its clocks tell of deadlines."""

    authority: str
    nation: str
    rules: cadence.Prepared
    clocks: Mapping[ClockKey, Row[Any]]


def in_force(connection: Connection) -> InForce | None:
    """What the framework in force asks for, or None before one is loaded."""
    framework = Framework.__table__
    found = connection.execute(select(framework.c.id).where(framework.c.state == FrameworkState.in_force)).scalar()
    return None if found is None else of_framework(connection, found)


def of_framework(connection: Connection, framework_id: int, since: Mapping[str, dt.date] | None = None) -> InForce:
    """The same of any edition. For a draft, `since` tells by key from which day its calendar rules would count."""
    framework = Framework.__table__
    head = connection.execute(select(framework).where(framework.c.id == framework_id)).one()
    clocks = {row.key: row for row in _rows(connection, Clock, framework_id)}
    names = {row.key: row.name for row in _rows(connection, ActivityType, framework_id)}
    rows = _rows(connection, Cadence, framework_id)
    rules = [cadence.rule(row, names[row.activity], clocks.get(row.clock)) for row in rows]
    if since is not None:
        rules = [replace(rule, since=since.get(rule.key)) for rule in rules]
    return InForce(head.authority, head.nation, cadence.prepared(rules), clocks)


def _rows(connection: Connection, model: type[Any], framework_id: int) -> Sequence[Row[Any]]:
    table = model.__table__
    return connection.execute(select(table).where(table.c.framework_id == framework_id).order_by(table.c.id)).all()


# --- deriving ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """Whose obligations are derived at once: services, or providers or the council where no one service is meant."""

    subject: CadenceSubject
    ids: Collection[int] = ()

    def ask(self, connection: Connection, statement: Any) -> Any:
        """The rows of a statement that is made for any of this kind of subject, for these."""
        return connection.execute(statement, {"ids": list(self.ids)})


IDS: Any = bindparam("ids", expanding=True)
"""Whose: the statements below are made once for each kind of subject, and asked for any of them."""


def _holds(subject: CadenceSubject, table: FromClause) -> bool:
    """Whether the rows of a table can be theirs at all."""
    return "service_id" in table.c if subject is CadenceSubject.service else "provider_id" in table.c


def _within(subject: CadenceSubject, table: FromClause) -> ColumnElement[bool]:
    """Which rows of a table are theirs."""
    if subject is CadenceSubject.service:
        return table.c.service_id.in_(IDS)
    of_none = table.c.service_id.is_(None)
    if subject is CadenceSubject.provider:
        return of_none & table.c.provider_id.in_(IDS)
    return of_none & table.c.provider_id.is_(None)


def _whose(subject: CadenceSubject, table: FromClause) -> ColumnElement[Any]:
    """Whose each row is."""
    if subject is CadenceSubject.council:
        return literal(COUNCIL)
    return table.c.service_id if subject is CadenceSubject.service else table.c.provider_id


@cache
def standing(subject: CadenceSubject) -> Select[Any]:
    """The obligations as they stand."""
    return select(_obligation).where(_within(subject, _obligation))


COUNCIL = 0
"""Whose what is about no service and no provider is."""


@dataclass(frozen=True)
class Owner:
    """Whoever obligations are owed for, with what the rows of the table say of it."""

    facts: cadence.Subject
    keys: Mapping[str, int | None]
    contracts: Collection[Row[Any]] = ()


NOBODYS: Mapping[str, int | None] = dict.fromkeys(("service_id", "provider_id", "contract_id", "officer_id"))


def derive(
    session: Session,
    today: dt.date,
    services: Collection[int] = (),
    providers: Collection[int] = (),
    council: bool = False,
) -> None:
    """Make the obligations of these what they are on this day. The caller commits."""
    connection = session.connection()
    scopes = [Scope(CadenceSubject.service, ids) for ids in portions(sorted(services))]
    scopes += [Scope(CadenceSubject.provider, ids) for ids in portions(sorted(providers))]
    scopes += [Scope(CadenceSubject.council)] if council else []
    for scope in scopes:
        rows = subjects(connection, scope, lock=True)
        framework = in_force(connection)  # after the lock: an edition that came into force meanwhile is known
        owners = owners_of(connection, scope, framework, rows)
        owed = [
            *owed_by_rules(connection, scope, framework, owners, today),
            *deadlines(connection, scope, framework, owners),
        ]
        _write(connection, scope, owed)


def owed_by_rules(
    connection: Connection,
    scope: Scope,
    framework: InForce | None,
    owners: Mapping[int, Owner],
    today: dt.date,
) -> Iterator[dict[str, Any]]:
    """The obligations of these by the cadence rules, as rows of the table."""
    if framework is None:
        return
    done, booked = _history(connection, scope)
    for key, owner in owners.items():
        history = done.get(key, ())
        facts = replace(owner.facts, planned=booked.get(key, ()))
        subjects = [(replace(facts, done=[each for contract, each in history if contract is None]), owner.keys)]
        for contract in owner.contracts:
            own = [each for which, each in history if which in (None, contract.id)]
            officer = contract.officer_id or owner.keys["officer_id"]
            of_it = {**owner.keys, "contract_id": contract.id, "officer_id": officer}
            subjects.append((replace(_of_contract(facts, contract), done=own), of_it))
        for facts, keys in subjects:
            everything_owed = cadence.owed(framework.rules, facts, today, framework.nation)
            over = [each for each in everything_owed if each.period_start is not None and each.due_on < today]
            newest = {each.activity: each.period_start for each in over}
            for owed in everything_owed:
                told = {name: getattr(owed, name) for name in OWED}
                is_over = owed.period_start is not None and owed.due_on < today
                told["missed"] = is_over and owed.period_start != newest[owed.activity]
                yield {**BY_RULE, **told, **keys}


_obligation: Any = Obligation.__table__
WRITTEN = [column.name for column in _obligation.columns if column.name != "id"]
OWED = (
    "identity", "rule", "clause", "activity", "name", "due_on", "due_time", "period_start", "period_end",
    "last_done_on", "counted_from", "because", "planned_on", "paused_since", "warn_on", "escalate_on", "escalates_to",
)  # fmt: skip
"""What a cadence rule says of an obligation: the fields of `cadence.Owed`."""
BY_RULE = {"source": ObligationSource.cadence, "record_type": None, "record_id": None, "step": None}


def _write(connection: Connection, scope: Scope, owed: list[dict[str, Any]]) -> None:
    """Write what differs from what stands."""
    before = {row.identity: row for row in scope.ask(connection, standing(scope.subject))}
    new, changed = [], []
    for each in owed:
        row = before.pop(each["identity"], None)
        if row is None:
            new.append(each)
        elif any(getattr(row, name) != each[name] for name in WRITTEN):
            changed.append({"which": row.id, **each})
    for ids in portions(row.id for row in before.values()):
        connection.execute(delete(_obligation).where(_obligation.c.id.in_(ids)))
    if changed:
        connection.execute(update(_obligation).where(_obligation.c.id == bindparam("which")), changed)
    if new:
        connection.execute(insert(_obligation), new)


# --- the facts, each kind in one statement ---


def subjects(connection: Connection, scope: Scope, lock: bool = False) -> Sequence[Row[Any]]:
    """The services or providers themselves; the council has no row. Whoever derives the same ones at the same time
    waits until this transaction ends, where asked to."""
    if scope.subject is not CadenceSubject.council:
        rows: Sequence[Row[Any]] = scope.ask(connection, _subjects(scope.subject, lock)).all()
        return rows
    if lock and connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("careward council's diary"))))
    return ()


def owners_of(
    connection: Connection, scope: Scope, framework: InForce | None, rows: Sequence[Row[Any]]
) -> dict[int, Owner]:
    """These with all that the rules ask of them."""
    rests = _rests(connection, scope)
    if scope.subject is CadenceSubject.council:
        facts = cadence.Subject(kind=scope.subject, id=COUNCIL, rests=rests[COUNCIL])
        return {COUNCIL: Owner(facts, NOBODYS)}
    contracts = _contracts(connection, scope, rows)
    if scope.subject is CadenceSubject.provider:
        bought: dict[int, list[Row[Any]]] = defaultdict(list)
        for each in scope.ask(connection, _bought_from()):
            bought[each.provider_id].append(each)
        found = {row.id: _provider(row, contracts[row.id], bought[row.id]) for row in rows}
    else:
        bands: dict[int, dict[str, tuple[str, dt.date]]] = defaultdict(dict)
        for each in scope.ask(connection, _bands_over_time()):
            band, since = bands[each.service_id].get(each.scheme, (None, each.from_on))
            bands[each.service_id][each.scheme] = (each.band, since if band == each.band else each.from_on)
        found = {row.id: _service(row, contracts[row.id], bands[row.id], framework) for row in rows}
    return {key: replace(owner, facts=replace(owner.facts, rests=rests[key])) for key, owner in found.items()}


@cache
def _subjects(subject: CadenceSubject, lock: bool) -> Select[Any]:
    table = (Service if subject is CadenceSubject.service else Provider).__table__
    asked = select(table).where(table.c.id.in_(IDS)).order_by(table.c.id)
    return asked.with_for_update(key_share=True) if lock else asked


@cache
def _bands_over_time() -> Select[Any]:
    """The bands that each stood and stands in: the newest of a scheme is the one confirmed now."""
    band = ServiceBand.__table__
    asked = select(band.c.service_id, band.c.scheme, band.c.band, band.c.from_on)
    asked = asked.where(
        _within(CadenceSubject.service, band), band.c.state.in_([BandState.replaced, BandState.confirmed])
    )
    return asked.order_by(band.c.from_on, band.c.id)


@cache
def _bought_from() -> Select[Any]:
    """The services of providers that the council buys or bought, under a contract on record or not."""
    service = Service.__table__
    asked = select(service.c.provider_id, service.c.commissioning, service.c.bought_since, service.c.bought_until)
    asked = asked.where(service.c.provider_id.in_(IDS), service.c.merged_into_id.is_(None))
    return asked.where(service.c.commissioning.in_(BOUGHT) | service.c.bought_until.is_not(None))


def _provider(row: Row[Any], contracts: list[Row[Any]], services: list[Row[Any]]) -> Owner:
    running = [each for each in contracts if each.state is ContractState.running]
    contracted = bool(running) or any(each.commissioning in BOUGHT for each in services)
    by_contract = [(each.starts_on, each.ended_on) for each in contracts]
    recorded = [(each.bought_since, each.bought_until) for each in services if each.bought_since is not None]
    since = _unbroken(by_contract + recorded)
    reached = (f"reach:{reach}" for reach in (Reach.contracted, Reach.watched))
    facts = cadence.Subject(
        kind=CadenceSubject.provider,
        id=row.id,
        contracted=contracted,
        watched=contracted,
        changed=dict.fromkeys(reached, since) if since is not None else {},
        entered_on=_day(row.created_at),
        contract_starts_on=_unbroken(by_contract),
        closed_on=row.deregistered_on,
    )
    return Owner(facts, {**NOBODYS, "provider_id": row.id}, [each for each in running if each.service_id is None])


def _service(
    row: Row[Any], contracts: list[Row[Any]], bands: Mapping[str, tuple[str, dt.date]], framework: InForce | None
) -> Owner:
    """A service with what its contracts say of it: of several the strictest, and a framework before the rest."""
    running = [each for each in contracts if each.state is ContractState.running]
    contracted = row.commissioning in BOUGHT or bool(running)
    bought = row.commissioning not in NOT_BOUGHT
    here = framework is not None and row.local_authority == framework.authority and row.sector == SOCIAL_CARE
    gone = row.registration_status is RegistrationStatus.deregistered or row.merged_into_id is not None
    since = {f"bands:{scheme}": from_on for scheme, (_band, from_on) in bands.items()}
    if row.rated_on is not None:
        since["ratings"] = row.rated_on
    if row.type_since is not None:
        since["service_types"] = row.type_since
    by_contract = [(each.starts_on, each.ended_on) for each in contracts]
    recorded = [(row.bought_since, row.bought_until)] if row.bought_since is not None else []
    by_grant = [(each.starts_on, each.ended_on) for each in contracts if each.kind is ContractKind.grant]
    granted = row.commissioning is Commissioning.grant_funded
    spells = {
        Reach.contracted: by_contract + (recorded if row.commissioning in BOUGHT or not bought else []),
        Reach.grant_funded: by_grant + (recorded if granted else []),
        Reach.watched: by_contract + recorded if not here else [],
    }
    since |= {f"reach:{reach}": day for reach, each in spells.items() if (day := _unbroken(each)) is not None}
    facts = cadence.Subject(
        kind=CadenceSubject.service,
        id=row.id,
        service_type=row.service_type,
        contracted=contracted,
        watched=contracted or bought or here,
        grant_funded=granted or any(each.kind is ContractKind.grant for each in running),
        rating=row.rating,
        bands={scheme: band for scheme, (band, _from_on) in bands.items()},
        entered_on=_day(row.created_at),
        level=max((each.monitoring_level for each in running if each.monitoring_level is not None), default=None),
        rag=max((each.rag for each in running if each.rag is not None), key=list(Rag).index, default=None),
        contract_kind=min((each.kind for each in running), key=list(ContractKind).index, default=None),
        contract_starts_on=_unbroken(by_contract),
        closed=gone,
        dormant=row.dormant,
        changed=since,
    )
    keys = {
        "service_id": row.id,
        "provider_id": row.provider_id,
        "contract_id": None,
        "officer_id": row.allocated_officer_id,
    }
    return Owner(_graded(facts, contracts), keys, [each for each in running if each.service_id == row.id])


GRADES = {
    "contract_kinds": ("contract_kind", "kind"),
    "levels": ("level", "monitoring_level"),
    "rags": ("rag", "rag"),
}
"""What rules ask of contracts, as `cadence.CONDITIONS` names it: what the subject has of it, and the column of the
contract that says it."""


def _graded(facts: cadence.Subject, contracts: Collection[Row[Any]]) -> cadence.Subject:
    """With the days since when one of these contracts or another has been as the subject is."""
    since = dict(facts.changed)
    for name, (own, column) in GRADES.items():
        noted = KEPT[Contract][column]
        alike = [each for each in contracts if getattr(each, column) == getattr(facts, own)]
        days = [(max(each.starts_on, getattr(each, noted) or each.starts_on), each.ended_on) for each in alike]
        if (day := _unbroken(days)) is not None:
            since[name] = day
    return replace(facts, changed=since)


def _of_contract(owner: cadence.Subject, contract: Row[Any]) -> cadence.Subject:
    facts = replace(
        owner,
        kind=CadenceSubject.contract,
        id=contract.id,
        contracted=True,
        grant_funded=owner.grant_funded or contract.kind == "grant",
        level=contract.monitoring_level,
        rag=contract.rag,
        contract_kind=contract.kind,
        entered_on=contract.starts_on,
        contract_starts_on=contract.starts_on,
        contract_ends_on=contract.ends_on,
        mid_term_on=contract.mid_term_on,
    )
    return _graded(facts, [contract])


def _contracts(connection: Connection, scope: Scope, rows: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    """The contracts of each, ended or not: a service's own, and those that its provider has for all of its services."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    if scope.subject is CadenceSubject.provider:
        for each in scope.ask(connection, _every_contract(scope.subject)):
            found[each.provider_id].append(each)
        return found
    of_provider: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        of_provider[row.provider_id].append(row.id)
    told = {"ids": list(scope.ids), "providers": list(of_provider)}
    for each in connection.execute(_every_contract(scope.subject), told):
        for owner in [each.service_id] if each.service_id is not None else of_provider[each.provider_id]:
            found[owner].append(each)
    return found


@cache
def _every_contract(subject: CadenceSubject) -> Select[Any]:
    contract = Contract.__table__
    asked = select(contract).order_by(contract.c.id)
    if subject is CadenceSubject.provider:
        return asked.where(contract.c.provider_id.in_(IDS))
    for_all = contract.c.service_id.is_(None) & contract.c.provider_id.in_(bindparam("providers", expanding=True))
    return asked.where(or_(contract.c.service_id.in_(IDS), for_all))


History = dict[int, list[tuple[int | None, cadence.Done]]]


def _history(connection: Connection, scope: Scope) -> tuple[History, dict[int, list[cadence.Planned]]]:
    """What was done, with the contract that it was done for, and what is booked."""
    done: History = defaultdict(list)
    booked: dict[int, list[cadence.Planned]] = defaultdict(list)
    for row in scope.ask(connection, _happened(scope.subject)):
        on = row.on or _day(row.at)
        if row.done:
            done[row.whose].append((row.contract_id, cadence.Done(row.key, on, row.period_start, row.outcome)))
        else:
            booked[row.whose].append(cadence.Planned(row.key, on))
    return done, booked


@cache
def _happened(subject: CadenceSubject) -> CompoundSelect[Any]:
    """Visits and meetings that were made or are booked, continuity plans, and what was recorded as done."""
    visit, meeting, occurrence = Visit.__table__, Meeting.__table__, Occurrence.__table__
    plan = ContinuityPlan.__table__
    kind = ActivityType.__table__
    nothing: dict[str, Any] = {
        "at": cast(null(), UtcDateTime()),
        "on": cast(null(), Date),
        "outcome": cast(null(), visit.c.outcome.type),
        "period_start": cast(null(), Date),
        "contract_id": cast(null(), Integer),
    }

    def asked(table: FromClause, done: Any, **columns: Any) -> Any:
        told = [value.label(name) for name, value in sorted({**nothing, **columns}.items())]
        own = select(_whose(subject, table).label("whose"), kind.c.key, type_coerce(done, Boolean).label("done"), *told)
        return own.join(kind, kind.c.id == table.c.activity_type_id).where(_within(subject, table))

    recorded = {name: occurrence.c[name] for name in ("period_start", "contract_id")}
    parts = [
        asked(occurrence, literal(True), on=occurrence.c.done_on, **recorded).where(
            occurrence.c.state == OccurrenceState.recorded
        ),
        asked(meeting, meeting.c.state.in_(DONE_MEETINGS), on=meeting.c.meets_on).where(
            meeting.c.state.in_([*DONE_MEETINGS, M.scheduled])
        ),
    ]
    if _holds(subject, visit):
        is_done = visit.c.state.in_(DONE_VISITS)
        at = case((is_done, visit.c.began_at), else_=visit.c.starts_at)
        made = asked(visit, is_done, at=at, outcome=visit.c.outcome)
        parts.append(made.where(visit.c.state.in_([*DONE_VISITS, *BOOKED_VISITS])))
    if _holds(subject, plan):
        # A plan about one service is one of its provider's too.
        whose = plan.c.service_id if subject is CadenceSubject.service else plan.c.provider_id
        told = {**nothing, "at": plan.c.created_at, "on": plan.c.checked_on}
        kept = select(
            whose.label("whose"),
            kind.c.key,
            type_coerce(literal(True), Boolean).label("done"),
            *(value.label(name) for name, value in sorted(told.items())),
        )
        parts.append(kept.join(kind, kind.c.form == ActivityForm.continuity_plan).where(whose.in_(IDS)).distinct())
    return union_all(*parts)


def _rests(connection: Connection, scope: Scope) -> dict[int, list[cadence.Rest]]:
    """Where the counting rests or rested."""
    found: dict[int, list[cadence.Rest]] = defaultdict(list)
    for row in scope.ask(connection, _pauses(scope.subject)):
        found[row.whose].append(cadence.Rest(row.identity, row.from_on, row.until_on, row.due_on))
    return found


@cache
def _pauses(subject: CadenceSubject) -> Select[Any]:
    pause = Pause.__table__
    return select(pause, _whose(subject, pause).label("whose")).where(_within(subject, pause))


def _unbroken(spells: Iterable[tuple[dt.date, dt.date | None]]) -> dt.date | None:
    """Since when one or another of these spells has lasted, or None where all are over: of each its first and its last
    day, None where it still runs. What follows on the day after the last of another follows without a break."""
    known = [(first, last or dt.date.max) for first, last in spells]
    start = min((first for first, last in known if last == dt.date.max), default=None)
    for first, last in sorted(known, key=lambda spell: spell[1], reverse=True):
        if start is not None and last >= start - cadence.DAY:
            start = min(start, first)
    return start


def _day(moment: dt.datetime) -> dt.date:
    """The date on the office wall."""
    return moment.astimezone(LONDON).date()


# --- deadlines of records ---


@cache
def _waiting(subject: CadenceSubject) -> tuple[CompoundSelect[Any], list[tuple[type[Any], Due]]]:
    """Every record that waits for one of its steps, and which `due` of which workflow each row follows from."""
    asked: list[Any] = []
    dues: list[tuple[type[Any], Due]] = []
    for model, workflow in WORKFLOWS.items():
        table = model.__table__
        for due in workflow.due:
            whole = table if due.part_of is None else next(iter(table.c[due.part_of].foreign_keys)).column.table
            if not _holds(subject, whole):
                continue
            column = table.c[due.column.key]
            timed = isinstance(column.type, UtcDateTime)
            rows = select(
                literal(len(dues)).label("which"),
                _whose(subject, whole).label("whose"),
                table.c.id,
                (table.c.officer_id if "officer_id" in table.c else cast(null(), Integer)).label("officer_id"),
                (cast(null(), Date) if timed else column).label("on"),
                (column if timed else cast(null(), UtcDateTime())).label("at"),
            ).where(_within(subject, whole), table.c.state.in_(list(due.states)), column.is_not(None))
            rows = rows if due.where is None else rows.where(due.where)
            asked.append(rows if whole is table else rows.join(whole, whole.c.id == table.c[due.part_of]))
            dues.append((model, due))
    return union_all(*asked), dues


def deadlines(
    connection: Connection, scope: Scope, framework: InForce | None, owners: Mapping[int, Owner]
) -> Iterator[dict[str, Any]]:
    """By when the records of these wait for which step, as rows of the table: what the workflows declare as `due`."""
    asked, dues = _waiting(scope.subject)
    for row in scope.ask(connection, asked):
        model, due = dues[row.which]
        moment: dt.datetime | None = row.at.astimezone(LONDON) if row.at is not None else None
        on: dt.date = moment.date() if moment is not None else row.on
        owner = owners[row.whose]
        identity = f"{model.__tablename__}:{row.id}:{due.step}"
        clock = framework.clocks.get(due.clock) if framework is not None else None
        resting = [
            each
            for each in owner.facts.rests
            if each.identity == identity and each.until_on is None and each.due_on == on
        ]
        told: dict[str, Any] = {"clause": WORKFLOWS[model].steps[due.step].clause}
        if clock is not None:
            told = {"clause": clock.clause, **_told(clock, on)}
        yield {
            **BY_DEADLINE,
            **owner.keys,
            **told,
            "officer_id": row.officer_id or owner.keys["officer_id"],
            "identity": identity,
            "name": str(WORKFLOWS[model].steps[due.step].label),
            "rule": due.clock or due.step,
            "record_type": model.__tablename__,
            "record_id": row.id,
            "step": due.step,
            "due_on": on,
            "due_time": moment.time() if moment else None,
            "paused_since": resting[0].from_on if resting else None,
        }


BY_DEADLINE = dict.fromkeys(WRITTEN) | {"missed": False, "source": ObligationSource.deadline, "because": []}


def _told(clock: Row[Any], on: dt.date) -> dict[str, Any]:
    """When the clock of a deadline reminds, and when it tells whom that it ran out."""
    passed_on = clock.escalates_to is not None
    return {
        "warn_on": on - dt.timedelta(days=clock.warn) if clock.warn else None,
        "escalates_to": clock.escalates_to,
        "escalate_on": on + dt.timedelta(days=clock.escalates_after + 1) if passed_on else None,
    }


def record_model(name: str) -> type[Any]:
    """The model of the records that `Obligation.record_type` names."""
    return next(model for model in WORKFLOWS if model.__tablename__ == name)


# --- kept as things change ---------------------------------------------------------------------------------------


@dataclass
class Touched:
    """What a transaction has changed so far, of which the diary is derived anew before it commits."""

    today: dt.date
    services: set[int] = field(default_factory=set)
    providers: set[int] = field(default_factory=set)
    for_all: set[int] = field(default_factory=set)
    """Providers with a contract that is for all of their services."""
    council: bool = False
    everything: bool = False


TOUCHED = "careward_touched"
"""Where a session keeps what its flushes have changed."""


@event.listens_for(Session, "after_flush")
def note_touched(session: Session, context: UOWTransaction) -> None:
    """Whose diary a flush may have changed: both, where a record moves from one service to another."""
    actor = current_actor()
    if actor is not None:
        for item in (*session.new, *session.dirty, *session.deleted):
            touch(session, item, actor.today)


def touch(session: Session, item: Any, today: dt.date) -> None:
    """Have whatever may follow from this record derived anew before the transaction commits."""
    if not _tells(type(item)):
        return
    touched = session.info.setdefault(TOUCHED, Touched(today))
    touched.today = max(touched.today, today)
    if isinstance(item, Framework):
        touched.everything |= FrameworkState.in_force in changes_of(item).get("state", ())
    elif isinstance(item, Service):
        touched.services.add(item.id)
        changes = changes_of(item)
        is_bought = not {*changes.get("commissioning", ()), item.commissioning}.isdisjoint(BOUGHT)
        if is_bought and changes.keys() & {"commissioning", "provider_id", "merged_into_id"}:
            touched.providers |= {*changes.get("provider_id", ()), item.provider_id} - {None}
    elif isinstance(item, Provider):
        touched.providers.add(item.id)
    else:
        _note_record(session, touched, item)


TELLING = {Framework, Service, Provider, Contract, ContinuityPlan, Visit, Meeting, Occurrence, Pause, Plan, ServiceBand}
OF_BOTH = (Contract, ContinuityPlan)
"""What counts for a provider though it is about one of its services."""


def _tells(model: type[Any]) -> bool:
    """Whether the diary follows from a record of this kind."""
    return model in TELLING or (model in WORKFLOWS and bool(WORKFLOWS[model].due))


def _note_record(session: Session, touched: Touched, item: Any) -> None:
    changes, model = changes_of(item), type(item)
    part_of = next((due.part_of for due in WORKFLOWS[model].due if due.part_of), None) if model in WORKFLOWS else None

    def named(field: str) -> set[int | None]:
        return {*changes.get(field, ()), getattr(item, field, None)}

    if part_of is not None:
        whole = next(iter(model.__table__.c[part_of].foreign_keys)).column.table
        of_these = select(whole.c.service_id, whole.c.provider_id).where(whole.c.id.in_(named(part_of) - {None}))
        about = [(row.service_id, row.provider_id) for row in session.connection().execute(of_these)]
    else:
        about = [(service, provider) for service in named("service_id") for provider in named("provider_id")]
    for service, provider in about:
        if service is not None:
            touched.services.add(service)
        elif provider is not None:
            touched.providers.add(provider)
        else:
            touched.council = True
        if isinstance(item, OF_BOTH) and provider is not None:
            touched.providers.add(provider)
            touched.for_all |= {provider} if isinstance(item, Contract) and service is None else set()


@event.listens_for(Session, "before_commit")
def derive_touched(session: Session) -> None:
    """Derive what this transaction touched, so that the diary is never behind what was committed."""
    if TOUCHED not in session.info and not (session.new or session.dirty or session.deleted):
        return
    session.flush()
    touched: Touched | None = session.info.pop(TOUCHED, None)
    if touched is None:
        return
    if touched.everything:
        derive(session, touched.today, *everything(session))
        return
    if touched.for_all:
        service = Service.__table__
        of_these = select(service.c.id).where(service.c.provider_id.in_(touched.for_all))
        touched.services |= set(session.connection().execute(of_these).scalars())
    derive(session, touched.today, touched.services, touched.providers, touched.council)


@event.listens_for(Session, "after_rollback")
def forget_touched(session: Session) -> None:
    """What was rolled back changed nothing."""
    session.info.pop(TOUCHED, None)


def is_on_its_way(day: dt.date) -> ColumnElement[bool]:
    """Which obligations are booked in time, for that day or later. Never NULL."""
    return and_(_obligation.c.planned_on.is_not(None), _obligation.c.planned_on.between(day, _obligation.c.due_on))


def everything(session: Session) -> tuple[list[int], list[int], bool]:
    """Whatever can owe something or has an obligation: the council's part of a register, and never the whole of it."""
    connection = session.connection()
    service, provider, contract, framework = (each.__table__ for each in (Service, Provider, Contract, Framework))
    authority = select(framework.c.authority).where(framework.c.state == FrameworkState.in_force).scalar_subquery()
    services = select(service.c.id).where(
        or_(
            service.c.local_authority == authority,
            service.c.commissioning.not_in(NOT_BOUGHT),
            service.c.provider_id.in_(select(contract.c.provider_id)),
            service.c.id.in_(select(_obligation.c.service_id)),
        )
    )
    providers = select(provider.c.id).where(
        or_(
            provider.c.id.in_(select(contract.c.provider_id)),
            provider.c.id.in_(select(service.c.provider_id).where(service.c.commissioning.in_(BOUGHT))),
            provider.c.id.in_(select(_obligation.c.provider_id).where(_obligation.c.service_id.is_(None))),
        )
    )
    return list(connection.execute(services).scalars()), list(connection.execute(providers).scalars()), True
