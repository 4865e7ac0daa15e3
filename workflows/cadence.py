"""What falls due for one subject, and why: the cadence rules asked of it (domain section 3).

Nothing here reads a database or a clock. `rule` makes a rule of a framework's row, `prepared` orders them once for many
subjects, and `owed` answers for one subject on one day. workflows/diary.py feeds it and keeps what it answers.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from models.base import LONDON
from models.contracts import ContractKind, Rag
from models.framework import Anchor, CadenceMode, CadenceSubject, ClockUnit, Outcome, Period, Reach, Weekday
from models.providers import RatingValue, ServiceType
from workflows.clocks import after, is_working_day

# --- what is asked ---------------------------------------------------------------------------------------------------


class Timing(NamedTuple):
    """How long after the end of its period something is due."""

    length: int
    unit: ClockUnit
    weekday: Weekday | None = None
    at: dt.time | None = None
    """The hour by which, on the office wall; None: the end of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One cadence rule, with the name of its activity and the length of its clock. A condition of None always holds."""

    key: str
    activity: str
    name: str
    clause: str
    subject: CadenceSubject = CadenceSubject.service
    reach: Reach = Reach.contracted
    service_types: frozenset[ServiceType] | None = None
    contract_kinds: frozenset[ContractKind] | None = None
    ratings: frozenset[RatingValue] | None = None
    outcomes: frozenset[Outcome] | None = None
    scheme: str | None = None
    bands: frozenset[str] | None = None
    levels: frozenset[int] | None = None
    rags: frozenset[Rag] | None = None
    mode: CadenceMode = CadenceMode.interval
    length: int | None = None
    unit: ClockUnit | None = None
    anchor: Anchor = Anchor.entry
    other: str | None = None
    period: Period | None = None
    timing: Timing | None = None
    since: dt.date | None = None
    """Of a calendar rule: the day from which periods are counted. None: since the subject's anchor."""
    warn: int | None = None
    escalates_to: str | None = None
    escalates_after: int = 0

    @property
    def conditions(self) -> int:
        """How many it has. The reach is none: every rule has one."""
        return sum(getattr(self, name) is not None for name in CONDITIONS)


CONDITIONS = ("service_types", "contract_kinds", "ratings", "outcomes", "bands", "levels", "rags")


class Done(NamedTuple):
    """An activity that was done. What was cancelled was not."""

    activity: str
    on: dt.date
    period_start: dt.date | None = None
    """Any day of the period that it was for, where somebody said which."""
    outcome: Outcome | None = None


class Planned(NamedTuple):
    """An activity that is booked and not yet done."""

    activity: str
    on: dt.date


class Rest(NamedTuple):
    """A pause of one obligation: it stands still from one day, and counts on from the other."""

    identity: str
    from_on: dt.date
    until_on: dt.date | None = None
    due_on: dt.date | None = None
    """When it was due when it began to rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One service, contract, provider or the council, as it stands, with what was done about it.

    A service has of its contract what the rules ask: where there are several, whoever asks gives the strictest.
    """

    kind: CadenceSubject
    id: int
    service_type: ServiceType | None = None
    """Of a contract: that of its service."""
    contracted: bool = False
    watched: bool = False
    grant_funded: bool = False
    rating: RatingValue | None = None
    bands: Mapping[str, str] = field(default_factory=dict)
    """The key of its band, by scheme."""
    level: int | None = None
    rag: Rag | None = None
    contract_kind: ContractKind | None = None
    entered_on: dt.date | None = None
    """The day it came into the council's books."""
    contract_starts_on: dt.date | None = None
    contract_ends_on: dt.date | None = None
    """The day it ended, or will."""
    mid_term_on: dt.date | None = None
    closed_on: dt.date | None = None
    closed: bool = False
    """That it closed, left the register or turned out to be another, whenever that was."""
    dormant: bool = False
    changed: Mapping[str, dt.date] = field(default_factory=dict)
    """Since when what chooses its rules is as it is, where that is known: by the names in `CONDITIONS` (a band under
    `bands:<scheme>`), and `reach:<reach>`: since when it is within that reach without a break. Periods before that day
    are not counted against it."""
    done: Sequence[Done] = ()
    """In any order; the newest with an outcome says how the council assesses it now."""
    planned: Sequence[Planned] = ()
    rests: Sequence[Rest] = ()


# --- what is answered ------------------------------------------------------------------------------------------------


class Owed(NamedTuple):
    """One thing that is due: what, by when, and why. `identity` is the same however often it is derived."""

    identity: str
    rule: str
    clause: str
    activity: str
    name: str
    due_on: dt.date
    because: list[list[Any]]
    """What chose the rule: [condition, value] of each that it names, as in `Subject.changed`."""
    due_time: dt.time | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    last_done_on: dt.date | None = None
    counted_from: dt.date | None = None
    """What the length was counted from: the last one done, the anchor, the other activity, or what it comes before."""
    planned_on: dt.date | None = None
    paused_since: dt.date | None = None
    warn_on: dt.date | None = None
    escalate_on: dt.date | None = None
    escalates_to: str | None = None


def moment(due_on: dt.date, due_time: dt.time | None) -> dt.datetime:
    """The instant in UTC at which it is too late: its hour on the office wall, else the end of its day there."""
    if due_time is None:
        due_on, due_time = due_on + dt.timedelta(days=1), dt.time.min
    return dt.datetime.combine(due_on, due_time, LONDON).astimezone(dt.UTC)


# --- rules of rows ---------------------------------------------------------------------------------------------------


def rule(row: Any, name: str, clock: Any) -> Rule:
    """One cadence row, ready for asking: with what the framework calls its activity, and the row of its clock."""
    values: dict[str, Any] = {each: getattr(row, each) for each in COPIED}
    for each, kind in SETS.items():
        words = getattr(row, each)
        values[each] = frozenset(map(kind, words)) if words is not None else None
    timing = Timing(clock.length, clock.unit, clock.weekday, clock.at) if row.clock is not None else None
    return Rule(name=name, timing=timing, **values)


COPIED = (
    "key", "activity", "clause", "subject", "reach", "scheme", "mode", "length", "unit", "anchor", "other", "period",
    "since", "warn", "escalates_to", "escalates_after",
)  # fmt: skip
SETS: Mapping[str, Any] = {
    "service_types": ServiceType, "contract_kinds": ContractKind, "ratings": RatingValue, "outcomes": Outcome,
    "bands": str, "levels": int, "rags": Rag,
}  # fmt: skip


Group = dict[CadenceMode, list[tuple[int, Rule]]]
"""The rules of one activity by mode, those with the most conditions first."""


class Prepared:
    """A framework's rules, ordered so that each subject is asked only those that may be for it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(rules, key=lambda rule: (-rule.conditions, rule.key))
        self._known: dict[tuple[object, ...], list[tuple[str, Group]]] = {}

    def groups(self, subject: Subject) -> list[tuple[str, Group]]:
        """By activity. One that falls due before another comes after that other."""
        kind = (subject.kind, subject.service_type, subject.contracted, subject.watched, subject.grant_funded)
        if kind not in self._known:
            self._known[kind] = self._grouped(subject)
        return self._known[kind]

    def _grouped(self, subject: Subject) -> list[tuple[str, Group]]:
        groups: dict[str, Group] = {}
        for rule in self._rules:
            if rule.mode is not CadenceMode.as_required and _may_be_for(rule, subject):
                group = groups.setdefault(rule.activity, {})
                group.setdefault(rule.mode, []).append((rule.conditions, rule))
        placed: dict[str, Group] = {}

        def place(activity: str, waiting: frozenset[str]) -> None:
            if activity in placed or activity in waiting or activity not in groups:
                return
            for _, rule in groups[activity].get(CadenceMode.before, ()):
                place(str(rule.other), waiting | {activity})
            placed[activity] = groups[activity]

        for activity in sorted(groups):
            place(activity, frozenset())
        return list(placed.items())


def prepared(rules: Iterable[Rule]) -> Prepared:
    return Prepared(rules)


def _may_be_for(rule: Rule, subject: Subject) -> bool:
    """Whether it is for subjects of this kind: what the rest of the conditions leave out."""
    if rule.subject is not subject.kind:
        return False
    if rule.service_types is not None and subject.service_type not in rule.service_types:
        return False
    if subject.kind is CadenceSubject.council:
        return True
    match rule.reach:
        case Reach.contracted:
            return subject.contracted
        case Reach.watched:
            return subject.watched or subject.contracted
        case Reach.grant_funded:
            return subject.grant_funded


# --- periods of the calendar -----------------------------------------------------------------------------------------

WORSE = list(Outcome)
MONTHS = {Period.month: 1, Period.quarter: 3, Period.half_year: 6, Period.year: 12}
SOME_MONDAY = dt.date(2001, 1, 1)
"""The first day of a week, month, quarter, half-year and year."""
DAY = dt.timedelta(days=1)


class Span(NamedTuple):
    start: dt.date
    end: dt.date
    due: dt.date


def _start(period: Period, day: dt.date, nation: str) -> dt.date:
    """The first day of the period that a day lies in. A day on which nobody works belongs to the next working day."""
    if period is Period.day:
        while not is_working_day(day, nation):
            day += DAY
        return day
    if period is Period.week:
        return day - dt.timedelta(days=day.weekday())
    return dt.date(day.year, day.month - (day.month - 1) % MONTHS[period], 1)


def _next(period: Period, start: dt.date, nation: str, times: int = 1) -> dt.date:
    """The first day of a later period, or with a negative number of an earlier."""
    if period is Period.day:
        return after(start, times, ClockUnit.working_days, nation)
    if period is Period.week:
        return start + dt.timedelta(weeks=times)
    return after(start, MONTHS[period] * times, ClockUnit.months, nation)


@lru_cache(maxsize=8192)
def _span(period: Period, timing: Timing | None, start: dt.date, nation: str) -> Span:
    end = start if period is Period.day else _next(period, start, nation) - DAY
    return Span(start, end, end if timing is None else after(end, timing.length, timing.unit, nation, timing.weekday))


@lru_cache(maxsize=8192)
def _counts_for(period: Period, timing: Timing | None, on: dt.date, nation: str) -> dt.date:
    """Which period something done on a day is for where nobody said: the one that fell due next, that day included.

    A log that comes in on the Monday on which last week's is due is last week's; one that comes on Tuesday is this
    week's, and last week's stays missed.
    """
    start = _start(period, on, nation)
    while _span(period, timing, earlier := _next(period, start, nation, -1), nation).due >= on:
        start = earlier
    return start


@lru_cache(maxsize=8192)
def _spans(
    period: Period, timing: Timing | None, nation: str, since: dt.date | None, today: dt.date
) -> tuple[Span, ...]:
    """From the first period that begins on or after a day (None: the current) to the one after the current."""
    last = _next(period, _start(period, today, nation), nation)
    start = _start(period, since or today, nation)
    if since is not None and start < since:
        start = _next(period, start, nation)
    found = []
    while start <= last:
        found.append(_span(period, timing, start, nation))
        start = _next(period, start, nation)
    return tuple(found)


# --- asking ----------------------------------------------------------------------------------------------------------


def owed(rules: Prepared | Iterable[Rule], subject: Subject, today: dt.date, nation: str) -> list[Owed]:
    """Everything that is due for a subject: what is late, what is coming, and the next of each.

    A service that is closed or dormant owes nothing, nor does a contract that has ended (XX). Among the rules of one
    activity and mode that fit, the one with the most conditions counts; of equals the one that asks for it sooner.
    """
    if subject.closed or subject.dormant or (subject.closed_on is not None and subject.closed_on <= today):
        return []
    ends_on = subject.contract_ends_on if subject.kind is CadenceSubject.contract else None
    if ends_on is not None and ends_on < today:
        return []
    if not isinstance(rules, Prepared):
        rules = Prepared(rules)
    asking = _Asking(subject, today, nation)
    for activity, group in rules.groups(subject):
        asking.ask(activity, group)
    found = [each.owed for each in asking.found if ends_on is None or each.owed.due_on <= ends_on]
    found.sort(key=lambda each: (each.due_on, each.due_time or dt.time.max, each.activity, each.identity))
    return found


class _Count(NamedTuple):
    """When a rule has something due, before pauses."""

    due: dt.date
    counted_from: dt.date | None
    starts: dt.date
    """The day on which counting begins: pauses before it add nothing, and what prepares it is done since then."""
    mark: str = ""
    """What tells it from others of its activity."""
    outcome: Outcome | None = None
    paused_since: dt.date | None = None


class _Found(NamedTuple):
    owed: Owed
    starts: dt.date


class _Asking:
    """One subject on one day."""

    def __init__(self, subject: Subject, today: dt.date, nation: str) -> None:
        self.subject, self.today, self.nation = subject, today, nation
        self.found: list[_Found] = []
        self.done: dict[str, list[Done]] = defaultdict(list)
        self.last: dict[str, dt.date] = {}
        assessed = []
        for done in subject.done:
            self.done[done.activity].append(done)
            if done.activity not in self.last or done.on > self.last[done.activity]:
                self.last[done.activity] = done.on
            if done.outcome is not None:
                assessed.append((done.on, WORSE.index(done.outcome), done.outcome))
        self.outcome = max(assessed)[2] if assessed else None
        """How the council's newest assessment came out; of two on one day the worse."""
        self.planned: dict[str, list[dt.date]] = defaultdict(list)
        for planned in subject.planned:
            self.planned[planned.activity].append(planned.on)
        self.rests: dict[str, list[Rest]] = defaultdict(list)
        for rest in sorted(subject.rests, key=lambda rest: (rest.from_on, rest.until_on or dt.date.max)):
            self.rests[rest.identity].append(rest)

    def ask(self, activity: str, group: Group) -> None:
        once = self._chosen(self._fitting(group, CadenceMode.once), self._once)
        interval = self._chosen(self._fitting(group, CadenceMode.interval), self._interval)
        if once and interval and activity not in self.last and once[1].due <= interval[1].due:
            interval = None  # the baseline comes first, and the interval counts from it (HA 3.6)
        for chosen in (once, interval, self._after(group)):
            if chosen:
                self._owe(*chosen)
        if calendar := self._fitting(group, CadenceMode.calendar):
            self._calendar(calendar, group)
        if before := self._chosen(self._fitting(group, CadenceMode.before), self._before):
            self._owe(*before)

    def _fits(self, rule: Rule) -> bool:
        """The conditions that `Prepared` has not asked. What follows another activity asks that one's own outcome."""
        subject = self.subject
        return (
            (rule.bands is None or subject.bands.get(str(rule.scheme)) in rule.bands)
            and (rule.outcomes is None or rule.mode is CadenceMode.after or self.outcome in rule.outcomes)
            and (rule.ratings is None or subject.rating in rule.ratings)
            and (rule.levels is None or subject.level in rule.levels)
            and (rule.rags is None or subject.rag in rule.rags)
            and (rule.contract_kinds is None or subject.contract_kind in rule.contract_kinds)
        )

    def _fitting(self, group: Group, mode: CadenceMode) -> list[Rule]:
        """Of the rules that fit, those with the most conditions."""
        if mode not in group:
            return []
        best: list[Rule] = []
        most = 0
        for conditions, rule in group.get(mode, ()):
            if best and conditions < most:
                break
            if self._fits(rule):
                best.append(rule)
                most = conditions
        return best

    def _chosen(self, rules: list[Rule], count: Any) -> tuple[Rule, _Count] | None:
        """Of equals the one that asks for it sooner."""
        if not rules:
            return None
        counted = [(rule, found) for rule in rules if (found := count(rule)) is not None]
        return min(counted, key=lambda pair: (pair[1].due, pair[0].key), default=None)

    def _anchor(self, rule: Rule) -> dt.date | None:
        """What the first is counted from.

        Of a service that the council buys from, what came last counts: its entry into the books, or the day on which
        the council began to buy: its contract's start, where no other is known. A register brings most services into
        the books long before, a contract may be far older than the books.
        """
        subject = self.subject
        if rule.anchor is Anchor.contract_midpoint:
            return subject.mid_term_on
        starts_on = subject.contract_starts_on
        if starts_on is not None and (subject.kind is CadenceSubject.contract or rule.anchor is Anchor.contract_start):
            return starts_on
        within = subject.changed.get(f"reach:{rule.reach}", None if rule.reach is Reach.watched else starts_on)
        return max((day for day in (subject.entered_on, within) if day is not None), default=None)

    def _length(self, rule: Rule, start: dt.date, sign: int = 1) -> dt.date:
        if rule.length is None or rule.unit is None:
            raise ValueError(f"The rule {rule.key} has no length.")
        return after(start, sign * rule.length, rule.unit, self.nation)

    def _interval(self, rule: Rule) -> _Count | None:
        """So long after the last one done, whenever that was due; the first so long after the anchor."""
        last = self.last.get(rule.activity)
        if last is not None:
            return _Count(self._length(rule, last), last, last)
        anchor = self._anchor(rule)
        return _Count(self._length(rule, anchor), anchor, anchor) if anchor is not None else None

    def _once(self, rule: Rule) -> _Count | None:
        """One done at any time will do; half-way through a contract, one done since the officer was reminded of it."""
        anchor = self._anchor(rule)
        if anchor is None:
            return None
        due = self._length(rule, anchor)
        last = self.last.get(rule.activity)
        reminded = min(anchor, due - dt.timedelta(days=rule.warn or 0))
        if last is not None and (rule.anchor is not Anchor.contract_midpoint or last >= reminded):
            return None
        return _Count(due, anchor, anchor, ":once")

    def _after(self, group: Group) -> tuple[Rule, _Count] | None:
        """The newest of what the rules of the activity follow decides, by its outcome.

        It is due while nothing was done since; a newer one counts anew; and it lapses where the newer one's outcome is
        none that a rule names.
        """
        if CadenceMode.after not in group:
            return None
        rules = [(size, rule) for size, rule in group[CadenceMode.after] if self._fits(rule)]
        others = [done for other in {str(rule.other) for _, rule in rules} for done in self.done.get(other, ())]
        if not others:
            return None
        newest = max(done.on for done in others)
        fitting = [
            (-size, self._length(rule, newest), rule.key, rule, done.outcome)
            for size, rule in rules
            for done in others
            if done.on == newest
            and done.activity == rule.other
            and (rule.outcomes is None or done.outcome in rule.outcomes)
            and not (rule.activity != rule.other and self.last.get(rule.activity, dt.date.min) >= newest)
        ]
        if not fitting:
            return None
        _, due, _, rule, outcome = min(fitting, key=lambda each: each[:3])
        return rule, _Count(due, newest, newest, f":after:{newest}", outcome)

    def _before(self, rule: Rule) -> _Count | None:
        """So long before the next of the other; one done since the other was last done is for this one.

        A period that was missed has passed, and nobody prepares it any more.
        """
        others = [
            each
            for each in self.found
            if each.owed.activity == rule.other and (each.owed.period_start is None or each.owed.due_on >= self.today)
        ]
        if not others:
            return None
        other = min(others, key=lambda each: each.owed.due_on)
        last = self.last.get(rule.activity)
        since = other.starts + DAY if other.starts == other.owed.last_done_on else other.starts
        if last is not None and last >= since:
            return None
        due = self._length(rule, other.owed.due_on, -1)
        return _Count(due, other.owed.due_on, other.starts, ":before", paused_since=other.owed.paused_since)

    def _calendar(self, rules: list[Rule], group: Group) -> None:
        """One for each period since it holds for the subject, up to the one after the current.

        Of equals the one counts whose first would be due sooner if the periods of all began on one day.
        """

        def sooner(rule: Rule) -> tuple[dt.date, str]:
            # Never by today: a rule that took turns with another would leave periods out.
            return _span(self._period(rule), rule.timing, SOME_MONDAY, self.nation).due, rule.key

        rule = min(rules, key=sooner) if len(rules) > 1 else rules[0]
        period = self._period(rule)
        days = [rule.since, self._anchor(rule)]
        if changed := self.subject.changed:
            # A rule with fewer conditions never took this one's place.
            grounds = [each for size, each in group[CadenceMode.calendar] if size >= rule.conditions]
            days += [changed.get(name) for each in grounds for name in _grounds(each)]
        since = max((day for day in days if day is not None), default=None)
        done = {
            _start(period, each.period_start, self.nation)
            if each.period_start is not None
            else _counts_for(period, rule.timing, each.on, self.nation)
            for each in self.done.get(rule.activity, ())
        }
        booked: dict[dt.date, list[dt.date]] = defaultdict(list)
        for on in self.planned.get(rule.activity, ()):
            booked[_counts_for(period, rule.timing, on, self.nation)].append(on)
        planned = {start: self._next(days) for start, days in booked.items()}
        for span in _spans(period, rule.timing, self.nation, since, self.today):
            if span.start not in done:
                count = _Count(span.due, None, span.start, f":calendar:{span.start}")
                self._owe(rule, count, span, planned.get(span.start))

    def _next(self, booked: Sequence[dt.date]) -> dt.date:
        """The first booking from today on; a past one, of which nothing came, where there is none."""
        return min((day for day in booked if day >= self.today), default=max(booked))

    def _period(self, rule: Rule) -> Period:
        if rule.period is None:
            raise ValueError(f"The rule {rule.key} has no period.")
        return rule.period

    def _owe(self, rule: Rule, count: _Count, span: Span | None = None, planned_on: dt.date | None = None) -> None:
        subject = self.subject
        identity = f"{rule.activity}:{subject.kind}:{subject.id}{count.mark}"
        due_on, paused_since = self._rested(identity, count)
        if rule.unit is ClockUnit.working_days and due_on != count.due:
            while not is_working_day(due_on, self.nation):
                due_on += DAY
        told = paused_since is None
        escalates = told and rule.escalates_to is not None
        if span is None and rule.activity in self.planned:
            planned_on = self._next(self.planned[rule.activity])
        self.found.append(
            _Found(
                Owed(
                    identity=identity,
                    rule=rule.key,
                    clause=rule.clause,
                    activity=rule.activity,
                    name=rule.name,
                    due_on=due_on,
                    due_time=rule.timing.at if rule.timing is not None else None,
                    period_start=span.start if span is not None else None,
                    period_end=span.end if span is not None else None,
                    last_done_on=self.last.get(rule.activity),
                    counted_from=count.counted_from,
                    because=list(self._because(rule, count)),
                    planned_on=planned_on,
                    paused_since=paused_since,
                    warn_on=due_on - dt.timedelta(days=rule.warn) if told and rule.warn is not None else None,
                    escalate_on=due_on + dt.timedelta(days=rule.escalates_after + 1) if escalates else None,
                    escalates_to=rule.escalates_to,
                ),
                count.starts,
            )
        )

    def _rested(self, identity: str, count: _Count) -> tuple[dt.date, dt.date | None]:
        """When it is due with its pauses, and since when it is paused.

        While it is paused its day stands. A pause that is over adds all its days if it began before the thing was due,
        and none of those before counting began.
        """
        due, counted, paused_since = count.due, count.starts, count.paused_since
        for rest in self.rests.get(identity, ()):
            if rest.until_on is None or rest.until_on > self.today:
                done_meanwhile = count.counted_from is not None and rest.from_on < counted
                if rest.from_on <= self.today and paused_since is None and not done_meanwhile:
                    paused_since = rest.from_on
                continue
            begun = max(rest.from_on, counted)
            if begun <= due and rest.until_on > begun:
                due += rest.until_on - begun
                counted = rest.until_on
        return due, paused_since

    def _because(self, rule: Rule, count: _Count) -> Iterator[list[Any]]:
        subject = self.subject
        if rule.bands is not None:
            yield [f"bands:{rule.scheme}", subject.bands[str(rule.scheme)]]
        if rule.ratings is not None:
            yield ["ratings", str(subject.rating)]
        if rule.outcomes is not None:
            yield ["outcomes", str(count.outcome or self.outcome)]
        if rule.levels is not None:
            yield ["levels", subject.level]
        if rule.rags is not None:
            yield ["rags", str(subject.rag)]


def _grounds(rule: Rule) -> Iterator[str]:
    """The names under which `Subject.changed` says since when what this rule asks about is as it is."""
    for name in CONDITIONS:
        if getattr(rule, name) is not None:
            yield f"bands:{rule.scheme}" if name == "bands" else name
