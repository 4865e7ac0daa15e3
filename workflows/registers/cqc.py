"""Import of the CQC register: `survey` looks over all files of a run, `apply` writes them (domain section 2).

What a file says is read by `cqc_files.py`. One transaction a file; the regulator's id is the identity.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.ledger import LedgerKind
from models.providers import (
    SOCIAL_CARE,
    Judgement,
    Provider,
    Rating,
    RegisterImport,
    RegisterLink,
    RegistrationStatus,
    Regulator,
    Service,
)
from models.successions import Succession
from workflows import successions
from workflows.gate import maintenance, record
from workflows.ledger import plain
from workflows.registers.cqc_files import (
    Fields,
    File,
    LinkFacts,
    ListPage,
    LocationFacts,
    Problem,
    ProviderFacts,
    RatingFacts,
    parse,
)

Changes = dict[str, list[Any]]

# --- a run over many files ----------------------------------------------------------------------------------------


def find(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The files that a command names: each file, and every *.json file below each folder, once."""
    found: dict[Path, Path] = {}
    problems = []
    for path in paths:
        if path.is_dir():
            files = [each for each in path.rglob("*") if each.suffix.lower() == ".json" and each.is_file()]
            if not files:
                problems.append(Problem(str(path), "", _("There are no JSON files in this folder.")))
        elif path.is_file():
            files = [path]
        else:
            problems.append(Problem(str(path), "", _("There is no such file or folder.")))
            continue
        for each in files:
            found.setdefault(each.resolve(), each)
    return sorted(found.values()), problems


@dataclass(frozen=True)
class Survey:
    """What the files of one run are, so that the order in which they are named decides nothing."""

    files: tuple[Path, ...]
    """In the order to apply: list pages name the stubs, and providers come before their locations."""
    names: Mapping[str, str]
    """Provider id -> name, from the list pages."""
    locations: frozenset[str]
    providers: frozenset[str]
    """The ids that files of this run describe or, for providers, that locations of this run name."""
    older: Mapping[Path, Path]
    """A file -> the file that tells the same location or provider later, and counts instead."""


def survey(files: Sequence[Path], seen: Callable[[Path], None] = lambda path: None) -> Survey:
    """Look over all files of a run without a database. `seen` is called after each."""
    order: list[tuple[int, Path]] = []
    names: dict[str, str] = {}
    locations: dict[str, list[tuple[dt.date, Path]]] = defaultdict(list)
    providers: dict[str, list[tuple[dt.date, Path]]] = defaultdict(list)
    named: set[str] = set()
    for path in sorted(files):
        match _read(path).facts:
            case ListPage() as page:
                for regulator_id, name in page.providers.items():
                    if name:
                        names.setdefault(regulator_id, name)
                order.append((0, path))
            case ProviderFacts() as facts:
                providers[facts.regulator_id].append((_latest(facts), path))
                order.append((1, path))
            case LocationFacts() as facts:
                locations[facts.regulator_id].append((_latest(facts), path))
                if facts.provider_id:
                    named.add(facts.provider_id)
                order.append((2, path))
            case None:
                order.append((3, path))
        seen(path)
    older: dict[Path, Path] = {}
    for told in (*locations.values(), *providers.values()):
        *rest, (_day, last) = sorted(told)
        older |= {path: last for _day, path in rest}
    files = tuple(path for _rank, path in sorted(order))
    return Survey(files, names, frozenset(locations), frozenset(providers) | named, older)


def _read(path: Path) -> File:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = _("This file cannot be opened: %(why)s", why=error.strerror or "")
        return File("", None, (Problem(str(path), "", reason),))
    return parse(str(path), data)


def _latest(facts: ProviderFacts | LocationFacts) -> dt.date:
    """The last day that a file knows of. The API dates no answer, so this tells which of two is newer."""
    ratings = facts.ratings if isinstance(facts, LocationFacts) else ()
    values = [*facts.fields.values(), *(rating.published_on for rating in ratings)]
    return max((each for each in values if isinstance(each, dt.date)), default=dt.date.min)


# --- applying -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touched:
    """A provider or service that a file adds, changes or closes, and what of it. Added ones tell no fields."""

    record: str
    regulator_id: str
    changes: Changes


@dataclass
class Outcome:
    """What one file did, or in a dry run would do. Closed: was registered, and is no longer."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    added: list[Touched] = field(default_factory=list)
    changed: list[Touched] = field(default_factory=list)
    closed: list[Touched] = field(default_factory=list)
    unchanged: int = 0
    only_listed: list[str] = field(default_factory=list)
    """Ids that stand on this list page and nowhere else. They are told, and not created."""
    carried: list[Succession] = field(default_factory=list)
    """Predecessors and successors of which both are known now: what restricts the one carries over to the other."""

    def add(self, record: str, regulator_id: str) -> None:
        self.added.append(Touched(record, regulator_id, {}))

    def compare(self, record: str, regulator_id: str, changes: Changes) -> None:
        """Count a record that was known before by what became of it."""
        touched = Touched(record, regulator_id, changes)
        if not changes:
            self.unchanged += 1
        elif changes.get("registration_status") == ["registered", "deregistered"]:
            self.closed.append(touched)
        else:
            self.changed.append(touched)

    def note(self, place: str, reason: str) -> None:
        self.problems.append(Problem(self.file, place, reason))


Judged = list[tuple[Service, Judgement | None]]
OnRating = Callable[[Service, Judgement | None], None]
"""What follows when the regulator judges a known service anew: the service, and what was found before."""
"""The services whose current rating a file changed, each with the one before."""


def apply(
    session: Session,
    surveyed: Survey,
    *,
    dry_run: bool = False,
    on_rating: OnRating = lambda service, before: None,
    called: Callable[[Path], str] = str,
) -> Iterator[Outcome]:
    """Write a run into the register's tables, file by file, each in its own transaction.

    A dry run does the same in one transaction, and takes it back. `on_rating` is called, inside the
    transaction of the file, for each watched service that was known before and is judged anew, with what was
    found before. `called` says by what name the history knows a file.
    """
    try:
        for path in surveyed.files:
            outcome, judged = _apply_file(session, surveyed, path, called(path))
            for service, before in judged:
                on_rating(service, before)
            if dry_run:
                session.flush()
            else:
                session.commit()
            yield outcome
    finally:
        session.rollback()


def _apply_file(session: Session, surveyed: Survey, path: Path, name: str) -> tuple[Outcome, Judged]:
    file = _read(path)
    outcome = Outcome(name, list(file.problems))
    judged: Judged = []
    if path in surveyed.older:
        outcome.note("", _("%(other)s tells the same and counts instead.", other=str(surveyed.older[path])))
        return outcome, judged
    with maintenance("register import"):
        match file.facts:
            case ListPage() as page:
                _apply_list(session, surveyed, page, outcome)
            case ProviderFacts() as facts:
                _apply_provider(session, facts, outcome)
            case LocationFacts() as facts:
                judged = _apply_location(session, surveyed, facts, outcome)
        if outcome.added or outcome.changed or outcome.closed:
            _tell(session, file, outcome)
    return outcome, judged


def _tell(session: Session, file: File, outcome: Outcome) -> None:
    """The one ledger entry of a file that changed something."""
    told = RegisterImport(
        source=outcome.file,
        sha256=file.sha256,
        added=len(outcome.added),
        changed=len(outcome.changed),
        closed=len(outcome.closed),
        unreadable=len(outcome.problems),
    )
    session.add(told)
    changes: Changes = {f"{each.record} {each.regulator_id}": [None, "added"] for each in outcome.added}
    for each in (*outcome.changed, *outcome.closed):
        changes |= {f"{each.record} {each.regulator_id} {name}": pair for name, pair in each.changes.items()}
    record(session, LedgerKind.imported, told, changes)


def _set(row: Any, fields: Fields, prefix: str = "") -> Changes:
    changes: Changes = {}
    for name, value in fields.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[prefix + name] = [plain(before), plain(value)]
    return changes


def _apply_list(session: Session, surveyed: Survey, page: ListPage, outcome: Outcome) -> None:
    """Name the stubs that were nameless, and tell which ids nobody describes."""
    known = {*surveyed.locations, *_known(session, Service, page.locations)}
    outcome.only_listed += [each for each in page.locations if each not in known]
    known = {*surveyed.providers, *_known(session, Provider, page.providers)}
    outcome.only_listed += [each for each in page.providers if each not in known]
    for some in _portions(page.providers):
        listed = Provider.regulator == Regulator.cqc, Provider.regulator_id.in_(some)
        for stub in session.scalars(select(Provider).where(Provider.stub, *listed)):
            name = surveyed.names.get(stub.regulator_id or "", stub.name)
            outcome.compare("provider", stub.regulator_id or "", _set(stub, {"name": name}))


def _known(session: Session, model: type[Provider] | type[Service], ids: Iterable[str]) -> Iterator[str | None]:
    for some in _portions(ids):
        yield from session.scalars(
            select(model.regulator_id).where(model.regulator == Regulator.cqc, model.regulator_id.in_(some))
        )


def _portions(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids in portions that a statement can take."""
    every = list(ids)
    for start in range(0, len(every), 1000):
        yield every[start : start + 1000]


def _apply_provider(session: Session, facts: ProviderFacts, outcome: Outcome) -> None:
    provider = session.scalar(
        select(Provider)
        .where(Provider.regulator == Regulator.cqc, Provider.regulator_id == facts.regulator_id)
        .options(selectinload(Provider.links))
    )
    if provider is None:
        if "name" not in facts.fields:
            outcome.note("name", _("A provider that is not known yet needs its name."))
            return
        provider = Provider(regulator=Regulator.cqc, regulator_id=facts.regulator_id, **facts.fields)
        session.add(provider)
        _keep_links(provider, facts.links)
        outcome.carried += successions.carry_over(session, provider)
        outcome.add("provider", facts.regulator_id)
        return
    stub = provider.name is None and "name" not in facts.fields
    linked = _keep_links(provider, facts.links)
    changes = _set(provider, {**facts.fields, "stub": stub}) | linked
    outcome.carried += successions.carry_over(session, provider) if linked else []
    outcome.compare("provider", facts.regulator_id, changes)


def _apply_location(session: Session, surveyed: Survey, facts: LocationFacts, outcome: Outcome) -> Judged:
    service = session.scalar(
        select(Service)
        .where(Service.regulator == Regulator.cqc, Service.regulator_id == facts.regulator_id)
        .options(joinedload(Service.provider), selectinload(Service.ratings), selectinload(Service.links))
    )
    if service is None:
        if facts.provider_id is None or "name" not in facts.fields:
            outcome.note(
                "name" if facts.provider_id else "providerId",
                _("A location that is not known yet needs its name and its provider."),
            )
            return []
        sector = facts.fields.get("sector", SOCIAL_CARE)
        provider = _provider_of(session, surveyed, facts.provider_id, sector, outcome)
        service = Service(regulator=Regulator.cqc, regulator_id=facts.regulator_id, provider=provider, **facts.fields)
        session.add(service)
        _keep_ratings(session, service, facts, outcome)
        _keep_links(service, facts.links)
        outcome.carried += successions.carry_over(session, service)
        outcome.add("service", facts.regulator_id)
        return []
    if facts.provider_id not in (None, service.provider.regulator_id):
        # A sale makes a new location in the register. Moving this one would free it from restrictions on its provider.
        outcome.note("providerId", _("This location is known with another provider, and stays there."))
    before = service.judgement
    changes = _set(service, facts.fields)
    changes |= _keep_ratings(session, service, facts, outcome)
    linked = _keep_links(service, facts.links)
    changes |= linked
    outcome.carried += successions.carry_over(session, service) if linked else []
    outcome.compare("service", facts.regulator_id, changes)
    _place_stub(service.provider, service.sector, outcome)
    watched = service.sector == SOCIAL_CARE and service.registration_status != RegistrationStatus.deregistered
    return [(service, before)] if watched and service.judgement != before else []


def _provider_of(session: Session, surveyed: Survey, regulator_id: str, sector: str, outcome: Outcome) -> Provider:
    """The provider that a location names: a stub where nothing but its id is known."""
    provider = session.scalar(
        select(Provider).where(Provider.regulator == Regulator.cqc, Provider.regulator_id == regulator_id)
    )
    if provider is not None:
        _place_stub(provider, sector, outcome)
        return provider
    provider = Provider(
        regulator=Regulator.cqc,
        regulator_id=regulator_id,
        name=surveyed.names.get(regulator_id),
        stub=True,
        sector=sector,
    )
    session.add(provider)
    outcome.add("provider", regulator_id)
    return provider


def _place_stub(provider: Provider, sector: str, outcome: Outcome) -> None:
    """A stub is of its locations' sector: that of dentists stays out of the lists. Of several, social care counts."""
    first = min(provider.sector, sector, key=lambda each: (each != SOCIAL_CARE, each))
    if provider.stub and first != provider.sector:
        outcome.compare("provider", provider.regulator_id or "", _set(provider, {"sector": first}))


def _keep_links(owner: Provider | Service, links: Sequence[LinkFacts]) -> Changes:
    """Add and update what the file links to. A link that the register no longer shows is kept."""
    changes: Changes = {}
    known = {(link.kind, link.related_id): link for link in owner.links}
    for each in links:
        fields = {"related_name": each.related_name, "reason": each.reason}
        prefix = f"{each.kind} {each.related_id}"
        if (link := known.get((each.kind, each.related_id))) is None:
            owner.links.append(RegisterLink(kind=each.kind, related_id=each.related_id, **fields))
            changes[prefix] = [None, "added"]
        else:
            changes |= _set(link, fields, f"{prefix} ")
    return changes


def _keep_ratings(session: Session, service: Service, facts: LocationFacts, outcome: Outcome) -> Changes:
    """Bring a service's dated ratings up to the file. None is deleted: what no longer stands becomes history."""
    changes: Changes = {}
    known = {rating.source_key: rating for rating in service.ratings}
    for each in facts.ratings:
        if each.key not in known:
            known[each.key] = Rating(source_key=each.key, is_current=False, **each.fields)
            service.ratings.append(known[each.key])
            changes[f"rating {each.key}"] = [None, plain(each.overall)]
        else:
            changes |= _set(known[each.key], each.fields, f"rating {each.key} ")
    before = next((rating for rating in service.ratings if rating.is_current), None)
    now = known[facts.current.key] if facts.current is not None else before
    if facts.current is None and before is not None:
        outcome.note("currentRatings", _("No current rating was found here; the last one is kept."))
    elif facts.current is not None and before is not None and now is not before and _older(facts.current, before):
        outcome.note(facts.current.place, _("This rating is older than the one that is known; the newer one is kept."))
        now = before
    if now is not None and now is not before:
        if before is not None:
            before.is_current = False
            session.flush()  # the database never allows two current ones, not even between two statements
        now.is_current = True
    if now is not None:
        changes |= _set(service, {"rating": now.overall, "rated_on": now.published_on})
    return changes


def _older(rating: RatingFacts, known: Rating) -> bool:
    return bool(rating.published_on and known.published_on and rating.published_on < known.published_on)
