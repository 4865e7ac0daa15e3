"""Import of the CQC API's answers: `survey` looks over all those of a run, `apply_file` writes one (domain section 2).

What an answer says is read by `cqc_files.py`; the regulator's id is the identity. `files.py` runs it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.base import portions
from models.providers import (
    SOCIAL_CARE,
    Provider,
    Rating,
    RegisterLink,
    RegistrationStatus,
    Regulator,
    Service,
)
from workflows import successions
from workflows.gate import maintenance
from workflows.ledger import plain
from workflows.registers.cqc_files import (
    File,
    LinkFacts,
    ListPage,
    LocationFacts,
    Problem,
    ProviderFacts,
    RatingFacts,
    parse,
)
from workflows.registers.outcome import Changes, Judged, Outcome, assign, tell

# --- a run over many answers ----------------------------------------------------------------------------------------


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


def apply_file(session: Session, surveyed: Survey, path: Path, outcome: Outcome, today: dt.date) -> Judged:
    """Write one answer, in the transaction of the caller. Gives the services that turned Inadequate.

    An answer bears no date: it is taken as of the day on which it is imported.
    """
    file = _read(path)
    outcome.problems += file.problems
    judged: Judged = []
    if path in surveyed.older:
        outcome.note("", _("%(other)s tells the same and counts instead.", other=str(surveyed.older[path])))
        return judged
    with maintenance("register import"):
        match file.facts:
            case ListPage() as page:
                _apply_list(session, surveyed, page, outcome)
            case ProviderFacts() as facts:
                _apply_provider(session, facts, outcome, today)
            case LocationFacts() as facts:
                judged = _apply_location(session, surveyed, facts, outcome, today)
        session.flush()  # the day on which it was told last is written too, where nothing else changed
        tell(session, outcome, file.sha256)
    return judged


def _apply_list(session: Session, surveyed: Survey, page: ListPage, outcome: Outcome) -> None:
    """Name the stubs that were nameless, and tell which ids nobody describes."""
    known = {*surveyed.locations, *_known(session, Service, page.locations)}
    outcome.only_listed += [each for each in page.locations if each not in known]
    known = {*surveyed.providers, *_known(session, Provider, page.providers)}
    outcome.only_listed += [each for each in page.providers if each not in known]
    for some in portions(page.providers):
        listed = Provider.regulator == Regulator.cqc, Provider.regulator_id.in_(some)
        for stub in session.scalars(select(Provider).where(Provider.stub, *listed)):
            name = surveyed.names.get(stub.regulator_id or "", stub.name)
            outcome.compare("provider", stub.regulator_id or "", assign(stub, {"name": name}))


def _known(session: Session, model: type[Provider] | type[Service], ids: Iterable[str]) -> Iterator[str | None]:
    for some in portions(ids):
        yield from session.scalars(
            select(model.regulator_id).where(model.regulator == Regulator.cqc, model.regulator_id.in_(some))
        )


def _apply_provider(session: Session, facts: ProviderFacts, outcome: Outcome, today: dt.date) -> None:
    provider = session.scalar(
        select(Provider)
        .where(Provider.regulator == Regulator.cqc, Provider.regulator_id == facts.regulator_id)
        .options(selectinload(Provider.links))
    )
    if provider is None:
        if "name" not in facts.fields:
            outcome.note("name", _("A provider that is not known yet needs its name."))
            return
        provider = Provider(regulator=Regulator.cqc, regulator_id=facts.regulator_id, told_on=today, **facts.fields)
        session.add(provider)
        _keep_links(provider, facts.links)
        outcome.carried += successions.carry_over(session, provider)
        outcome.add("provider", facts.regulator_id)
        return
    stub = provider.name is None and "name" not in facts.fields
    linked = _keep_links(provider, facts.links)
    changes = assign(provider, {**facts.fields, "stub": stub}) | linked
    provider.told_on = today
    outcome.carried += successions.carry_over(session, provider) if linked else []
    outcome.compare("provider", facts.regulator_id, changes)


def _apply_location(
    session: Session, surveyed: Survey, facts: LocationFacts, outcome: Outcome, today: dt.date
) -> Judged:
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
        service = Service(
            regulator=Regulator.cqc,
            regulator_id=facts.regulator_id,
            provider=provider,
            told_on=today,
            **facts.fields,
        )
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
    changes = assign(service, facts.fields)
    service.told_on = today
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
        outcome.compare("provider", provider.regulator_id or "", assign(provider, {"sector": first}))


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
            changes |= assign(link, fields, f"{prefix} ")
    return changes


def _keep_ratings(session: Session, service: Service, facts: LocationFacts, outcome: Outcome) -> Changes:
    """Bring a service's dated ratings up to the file. None is deleted: what no longer stands becomes history."""
    changes: Changes = {}
    known = {rating.source_key: rating for rating in service.ratings}
    for each in facts.ratings:
        if each.key not in known and (same := _told_by_a_file(each, service)) is not None:
            known[each.key] = same
            changes |= assign(same, {"source_key": each.key}, f"rating {each.key} ")
        if each.key not in known:
            known[each.key] = Rating(source_key=each.key, is_current=False, **each.fields)
            service.ratings.append(known[each.key])
            changes[f"rating {each.key}"] = [None, plain(each.overall)]
        else:
            changes |= assign(known[each.key], each.fields, f"rating {each.key} ")
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
        changes |= assign(service, {"rating": now.overall, "rated_on": now.published_on})
    return changes


def _told_by_a_file(facts: RatingFacts, service: Service) -> Rating | None:
    """The rating that this is, where one of the CQC's files told it first, without the id of its report."""
    return next(
        (
            rating
            for rating in service.ratings
            if rating.source_key.startswith("file:")
            and (rating.overall, rating.published_on) == (facts.overall, facts.published_on)
        ),
        None,
    )


def _older(rating: RatingFacts, known: Rating) -> bool:
    return bool(rating.published_on and known.published_on and rating.published_on < known.published_on)
