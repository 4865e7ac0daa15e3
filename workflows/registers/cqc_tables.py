"""Import of the CQC's own files: first the whole file is read and sorted by id on the disk, then it is written.

So a file that breaks off leaves nothing; the database is locked only while rows are written, not while a gigabyte is
unpacked; rows of one location need not stand together; and neither step holds more than a portion in memory. The
file is one transaction, because its one ledger entry must say of all its rows what became of them.

Only adult social care is read from these files: they list every dentist and practice of the nation, and what the
console watches over is some two fifths of them. Other sectors come by the API, location by location.
"""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.providers import (
    SOCIAL_CARE,
    Judgement,
    Provider,
    Rating,
    RegistrationStatus,
    Regulator,
    Service,
    ServiceType,
)
from workflows.gate import maintenance
from workflows.ledger import plain
from workflows.registers import cqc_layouts
from workflows.registers.cqc_files import AWARDED, Fields, LocationFacts, RatingFacts, favour
from workflows.registers.cqc_layouts import LAYOUTS, Layout, Row, Told, as_at, layout_of, stated_day
from workflows.registers.outcome import Changes, Judged, LeftOut, Outcome, assign, tell
from workflows.registers.tables import HEAD_ROWS, Head, Unreadable, lines

PORTION = 500
DATES = frozenset({"published_on", "last_inspected_on", "registered_on", "deregistered_on"})
_day_of = lru_cache(20_000)(cqc_layouts.date)

# --- reading a file -----------------------------------------------------------------------------------------------


def layout_in(head: Head) -> Layout | None:
    """The kind of file that a head shows; None where it is none of these."""
    return next(filter(None, (layout_of(line.cells) for line in head.lines)), None)


def day_in(head: Head) -> dt.date:
    """The day that a file says it was made on, by which the files of one kind are put in order."""
    return next(filter(None, (stated_day(line.cells) for line in head.lines)), dt.date.min)


@dataclass
class Gathered:
    """A file that was read to its end: its rows of adult social care, on the disk, to be had id by id."""

    layout: Layout
    headings: dict[str, str]
    day: dt.date | None
    """The day of what it says: as it states itself, else the newest date in it, which is on or before that day."""
    sha256: str
    _rows: sqlite3.Connection
    _outcome: Outcome

    def told(self) -> Iterator[Told]:
        """Providers first; all rows of one id together, where the first of them stands."""
        rows = self._rows.execute(
            "SELECT kind, id, number, cells FROM"
            " (SELECT *, min(number) OVER (PARTITION BY kind, id) AS first FROM line) ORDER BY kind, first, number"
        )
        for _key, same in groupby(rows, key=lambda row: row[:2]):
            found = [
                Row(number, json.loads(cells), self.headings, self._outcome.note) for _kind, _id, number, cells in same
            ]
            if "domain" not in self.headings:
                for again in found[1:]:
                    place = {"first": found[0].number}
                    column = "location_id" if "location_id" in again.cells else "provider_id"
                    again.fault(column, _("This id stands in row %(first)s too; that row counts.", **place))
            if (told := self.layout.told(found)) is not None:
                yield told


@contextmanager
def gather(path: Path, outcome: Outcome, today: dt.date) -> Iterator[Gathered]:
    """Read a whole file, without the database. Raises Unreadable where it is not whole."""
    with closing(sqlite3.connect("")) as disk:  # a temporary file that SQLite itself removes
        disk.execute("PRAGMA journal_mode = OFF")
        disk.execute("CREATE TABLE line (kind INTEGER, id TEXT, number INTEGER, cells TEXT)")
        reading = _Reading(outcome, today)
        try:
            disk.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", reading.rows(path))
            sha256 = _sha256(path)
        except OSError as error:
            raise Unreadable(_("This file cannot be opened: %(why)s", why=error.strerror or "")) from error
        if reading.layout is None:
            raise Unreadable(_("This file has no row of headings that is known."))
        day = reading.stated or reading.newest
        yield Gathered(reading.layout, reading.headings, day and min(day, today), sha256, disk, outcome)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Reading:
    """One pass over a file's rows."""

    def __init__(self, outcome: Outcome, today: dt.date) -> None:
        self.outcome, self.today = outcome, today
        self.layout: Layout | None = None
        self.headings: dict[str, str] = {}
        self.stated: dt.date | None = None
        self.newest: dt.date | None = None

    def rows(self, path: Path) -> Iterator[tuple[int, str, int, str]]:
        """Kind (0: a provider's row), id, number and cells of each row that is to be told."""
        sheet: str | None = None
        places: dict[int, str] = {}
        flags: dict[int, tuple[str, str]] = {}
        heads, above = False, 0
        for line in lines(path):
            if line.sheet != sheet:
                sheet, heads, above = line.sheet, False, 0
            if not heads:
                above += 1
                if above > HEAD_ROWS:
                    continue
                self.stated = self.stated or stated_day(line.cells)
                found = layout_of(line.cells)
                if found is None or self.layout not in (None, found):
                    continue
                heads = True
                if self.layout is None:
                    self.layout = found
                    places, flags = cqc_layouts.columns(found, line.cells, self.outcome.note)
                    self.headings = {column: line.cells[place].strip() for place, column in places.items()}
                    for place, (column, _name) in flags.items():
                        self.headings.setdefault(column, line.cells[place].strip())
                else:
                    places, flags = cqc_layouts.columns(found, line.cells, lambda place, reason: None)
                continue
            if self.layout is not None:
                row = self._row(self.layout, line.number, line.cells, places, flags)
                if row is not None:
                    yield row

    def _row(
        self,
        layout: Layout,
        number: int,
        written: Sequence[str],
        places: Mapping[int, str],
        flags: Mapping[int, tuple[str, str]],
    ) -> tuple[int, str, int, str] | None:
        cells: dict[str, str] = {}
        for place, value in enumerate(written):
            if (column := places.get(place)) is not None:
                value = value.replace("\x00", "").strip()
                if value not in layout.blank:
                    cells[column] = value
            elif (flag := flags.get(place)) is not None and value.strip().casefold() in ("y", "yes", "true"):
                column, name = flag
                cells[column] = f"{cells[column]}|{name}" if column in cells else name
        if not cells:
            return None
        column = "provider_id" if layout.providers and "location_id" not in cells else "location_id"
        for each in {column, "provider_id"} & {column, *cells}:
            if not cqc_layouts.is_id(cells.get(each, "")):
                row = Row(number, cells, self.headings, self.outcome.note)
                row.fault(each, _("Here stands no id of the register."))
                return None
        for name in DATES & cells.keys():
            day = _day_of(cells[name])
            if day is not None and day <= self.today and (self.newest is None or day > self.newest):
                self.newest = day
        if not layout.social(cells, self.headings):
            self.outcome.leave_out(LeftOut.other_sector)
            return None
        return int(column == "location_id"), cells[column], number, json.dumps(cells)


# --- writing ------------------------------------------------------------------------------------------------------


def order(heads: Iterable[Head]) -> list[Path]:
    """The order in which the files of one run are applied: those that know more, and of one kind the older, first."""
    ranked = []
    for head in heads:
        layout = layout_in(head)
        ranked.append((LAYOUTS.index(layout) if layout is not None else len(LAYOUTS), day_in(head), head.path))
    return [path for _rank, _day, path in sorted(ranked)]


def apply_file(session: Session, path: Path, outcome: Outcome, today: dt.date) -> Judged:
    """Write one file, in the transaction of the caller. Gives the known services that it judges anew."""
    try:
        with gather(path, outcome, today) as gathered, maintenance("register import"):
            writing = _Writing(session, outcome, gathered, today)
            told = gathered.told()
            while portion := list(islice(told, PORTION)):
                writing.write(portion)
            outcome.finish()
            tell(session, outcome, gathered.sha256)
            return [(session.get_one(Service, each), before) for each, before in writing.judged]
    except Unreadable as error:
        outcome.problems.clear()
        outcome.left_out.clear()
        outcome.note("", str(error))
        return []


class _Writing:
    """One file on its way into the tables, a portion of ids at a time."""

    def __init__(self, session: Session, outcome: Outcome, gathered: Gathered, today: dt.date) -> None:
        self.session, self.outcome, self.gathered, self.today = session, outcome, gathered, today
        self.judged: list[tuple[int, Judgement | None]] = []
        self._counted: set[str] = set()
        """The providers that were told already: each of their locations names them."""

    def write(self, portion: Sequence[Told]) -> None:
        services = self._services([told.location.regulator_id for told in portion if told.location is not None])
        providers = self._providers({told.provider.regulator_id for told in portion if told.provider is not None})
        judged: Judged = []
        for told in portion:
            if told.location is None:
                self._provider(told, providers, create=True)
            elif (service := services.get(told.location.regulator_id)) is None:
                self._add(told, told.location, providers)
            else:
                before = service.judgement
                if self._change(service, told, told.location, providers):
                    judged.append((service, before))
        self.session.flush()
        self.judged += [(service.id, before) for service, before in judged]

    def _services(self, ids: Sequence[str]) -> dict[str, Service]:
        found = self.session.scalars(
            select(Service)
            .where(Service.regulator == Regulator.cqc, Service.regulator_id.in_(ids))
            .options(joinedload(Service.provider), selectinload(Service.ratings))
        )
        return {each.regulator_id or "": each for each in found}

    def _providers(self, ids: Iterable[str]) -> dict[str, Provider]:
        found = self.session.scalars(
            select(Provider).where(Provider.regulator == Regulator.cqc, Provider.regulator_id.in_(ids))
        )
        return {each.regulator_id or "": each for each in found}

    def _provider(self, told: Told, known: dict[str, Provider], *, create: bool) -> Provider | None:
        """Bring a provider up to what the file says of it. Most files only name it: that is enough for a stub."""
        facts = told.provider
        if facts is None:
            return None
        provider = known.get(facts.regulator_id)
        name = facts.fields.get("name")
        if provider is None:
            if not create:
                return None
            if told.location is None and name is None:
                self.outcome.note(told.place, _("A provider that is not known yet needs its name."))
                return None
            provider = Provider(
                regulator=Regulator.cqc,
                regulator_id=facts.regulator_id,
                stub=not (told.whole and name),
                told_on=self.gathered.day,
                **{"sector": SOCIAL_CARE, **facts.fields},
            )
            self.session.add(provider)
            known[facts.regulator_id] = provider
            self._counted.add(facts.regulator_id)
            self.outcome.add("provider", facts.regulator_id)
            return provider
        changes: Changes = {}
        if provider.stub:
            changes |= assign(provider, {"sector": SOCIAL_CARE})
        if told.whole:
            whole = provider.name is not None or name is not None
            changes |= self._merge(provider, facts.fields) | assign(provider, {"stub": provider.stub and not whole})
        elif provider.stub and name is not None:
            changes |= self._merge(provider, {"name": name})
        if changes or facts.regulator_id not in self._counted:
            self._counted.add(facts.regulator_id)
            if told.whole or changes:
                self.outcome.compare("provider", facts.regulator_id, changes)
        return provider

    def _add(self, told: Told, location: LocationFacts, providers: dict[str, Provider]) -> None:
        if self.gathered.layout.closes:
            self.outcome.leave_out(LeftOut.closed)
            return
        provider = self._provider(told, providers, create="name" in location.fields)
        if provider is None or "name" not in location.fields:
            self.outcome.note(told.place, _("A location that is not known yet needs its name and its provider."))
            return
        service = Service(
            regulator=Regulator.cqc,
            regulator_id=location.regulator_id,
            provider=provider,
            told_on=self.gathered.day,
            sector=SOCIAL_CARE,
            **location.fields,
        )
        self.session.add(service)
        self._rate(service, location, told)
        self.outcome.add("service", location.regulator_id)

    def _change(self, service: Service, told: Told, location: LocationFacts, providers: dict[str, Provider]) -> bool:
        """Whether the service is watched, and this file judges it anew."""
        if location.provider_id not in (None, service.provider.regulator_id):
            # As in the API's answers: moving it would free it from restrictions on its provider.
            self.outcome.note(told.place, _("This location is known with another provider, and stays there."))
        else:
            self._provider(told, providers, create=False)
        before, known_since = service.judgement, service.created_at.date()
        changes = self._merge(service, location.fields) | self._rate(service, location, told)
        self.outcome.compare("service", location.regulator_id, changes)
        if service.judgement == before:
            return False
        if before is None and (service.rated_on is None or service.rated_on <= known_since):
            return False  # its first rating here, and no news: files without ratings may have come first
        return service.sector == SOCIAL_CARE and service.registration_status != RegistrationStatus.deregistered

    def _merge(self, row: Service | Provider, fields: Fields) -> Changes:
        """Set what a newer file says; what an older or an equally old one says only fills what is empty.

        An empty cell takes nothing away: else an older file would fill it again, and the two never come to rest.
        """
        day, fills = self.gathered.day, self.gathered.layout.fills
        newer = row.told_on is None or (day is not None and day > row.told_on)
        said = {}
        for name, value in fields.items():
            if name == "deregistered_on":
                kept = newer  # it goes with the status: that of a service which is registered again is taken away
            else:
                kept = not _is_empty(value) and ((newer and name not in fills) or _is_empty(getattr(row, name)))
            if kept:
                said[name] = value
        changes = assign(row, said)
        if newer:
            row.told_on = day
        return changes

    def _rate(self, service: Service, location: LocationFacts, told: Told) -> Changes:
        """Bring a service's dated ratings up to the file's. None is deleted, and no older one stands again."""
        changes: Changes = {}
        known = list(service.ratings)
        standing = next((rating for rating in known if rating.is_current), None)
        current: Rating | None = None
        for facts in location.ratings:
            each = as_at(facts, self.gathered.day)
            rating = _same(each, known)
            if rating is None:
                rating = Rating(source_key=each.key, is_current=False, **each.fields)
                service.ratings.append(rating)
                known.append(rating)
                changes[f"rating {each.key}"] = [None, plain(each.overall)]
            elif each.published_on is not None or rating.published_on is None:
                prefix = f"rating {rating.source_key} "
                if rating.published_on is None and each.published_on is not None:
                    changes |= assign(rating, {"source_key": each.key}, prefix)
                empty = {name: value for name, value in each.fields.items() if getattr(rating, name) is None}
                changes |= assign(rating, empty, prefix)
            if facts is location.current:
                current = rating
        if current is not None and current is not standing:
            if standing is None or _outranks(current, standing):
                if standing is not None:
                    standing.is_current = False
                    self.session.flush()  # never two current ones, not even between two statements
                current.is_current = True
                standing = current
            elif current.overall != standing.overall and current.overall in AWARDED:
                self.outcome.leave_out(LeftOut.older_rating)
        if standing is not None:
            changes |= assign(service, {"rating": standing.overall, "rated_on": standing.published_on})
        return changes


def _is_empty(value: Any) -> bool:
    return value in (None, "", [], RegistrationStatus.unknown, ServiceType.other)


def _stood_on(rating: Rating) -> dt.date:
    """The day of a rating; of one without, the day of the file that showed it standing."""
    if rating.published_on is not None:
        return rating.published_on
    _file, _sign, day = rating.source_key.partition("file:by ")
    return dt.date.fromisoformat(day[:10]) if day else dt.date.min


def _same(facts: RatingFacts, known: Sequence[Rating]) -> Rating | None:
    """The rating that this is, whoever told it first: the API names its report, a file only its day and its word."""
    alike = [each for each in known if each.overall == facts.overall]
    if facts.published_on is not None:
        dated = [each for each in alike if each.published_on == facts.published_on]
        undated = [each for each in alike if each.published_on is None and facts.published_on <= _stood_on(each)]
        return next(iter(dated or undated), None)
    return next((each for each in alike if each.is_current or each.source_key == facts.key), None)


def _outranks(new: Rating, standing: Rating) -> bool:
    """Whether a rating of a file stands instead of the one that is known, whatever the order of the files."""
    awarded = new.overall in AWARDED, standing.overall in AWARDED
    if awarded[0] != awarded[1]:
        return awarded[0]
    days = _stood_on(new), _stood_on(standing)
    if days[0] != days[1]:
        return days[0] > days[1]
    # Of one day the API, which names the report, is believed; between files the less favourable counts.
    return standing.source_key.startswith("file:") and favour(new.overall) < favour(standing.overall)
