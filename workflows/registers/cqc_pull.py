"""Reading the CQC's register over its API: first everything of the council's area, later only what changed.

What it answers is saved and then written by `cqc.py`, exactly as answers that somebody brought as files would be.
A pull that is cut short is gone on with by the next one: what it had still to read stands in its row.
"""

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
import stamina
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import LedgerKind
from models.providers import Provider, RegisterLink, RegisterPull, Regulator, Service
from workflows.actor import Actor
from workflows.alone import alone
from workflows.gate import maintenance, record
from workflows.registers import cqc, files
from workflows.registers.cqc_files import Problem
from workflows.registers.outcome import OnRating, Outcome

PER_PAGE = 1000
PORTION = 50
"""How many answers are written at once: what a pull that is killed has to ask for again."""
PACE = 0.05
"""Seconds before each request: 1,200 a minute at most, where the register allows some 2,000."""
ATTEMPTS = 6
LONGEST_WAIT = 300
"""Seconds. A register that asks for more patience is left alone until the next pull."""
OVERLAP = dt.timedelta(hours=1)
"""How far a pull reaches back into the one before: two clocks never agree, and to read twice changes nothing."""
MOST_PAGES = 10_000
"""More than the register will ever have: one that always names a next page is not followed for ever."""
MAY_PASS = {429, 500, 502, 503, 504}
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class PullFailed(Exception):
    """Why the register cannot be read now, and what to do, in a sentence."""


class _Passing(Exception):
    """A fault that another attempt may not meet. `after`: seconds until then, where the register names them."""

    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


class _Garbled(_Passing):
    """An answer that is not whole JSON."""


class _Absent(Exception):
    """The register has no such id."""


def _another(error: Exception) -> bool | float:
    """Whether, and after how many seconds, a request is worth another attempt."""
    if isinstance(error, _Passing):
        return True if error.after is None else error.after
    return isinstance(error, httpx.RequestError)


class Api:
    """The CQC's API. The key goes into a header, and nowhere else."""

    def __init__(self, url: str, key: str, wait: Callable[[float], None] = time.sleep, patience: float = 30) -> None:
        self._wait = wait
        address = httpx.URL(url)
        if address.scheme != "https" and address.host not in ("127.0.0.1", "localhost"):
            raise PullFailed(_("CAREWARD_CQC_URL must begin with https://, or the key could be read on the way."))
        self._client = httpx.Client(
            base_url=url,
            headers={"Ocp-Apim-Subscription-Key": key, "Accept": "application/json"},
            timeout=patience,
            follow_redirects=False,  # the key would go along
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def get(self, path: str, **asked: str | int) -> tuple[bytes, Mapping[str, Any]]:
        """One answer, as it came and as JSON. What may pass is asked for again, a few times."""
        try:
            for attempt in stamina.retry_context(on=_another, attempts=ATTEMPTS, timeout=None, wait_max=30):
                with attempt:
                    return self._once(path, asked)
        except _Garbled:
            raise
        except _Passing as error:
            raise PullFailed(str(error)) from error
        except httpx.RequestError as error:
            told = _("The register cannot be reached (%(reason)s). Try again later.", reason=type(error).__name__)
            raise PullFailed(told) from error
        raise AssertionError("a retry ends with an answer or an error")

    def _once(self, path: str, asked: Mapping[str, str | int]) -> tuple[bytes, Mapping[str, Any]]:
        self._wait(PACE)
        answer = self._client.get(path, params=asked)
        if answer.status_code in MAY_PASS:
            raise _Passing(
                _("The register answered %(status)s again and again. Try again later.", status=answer.status_code),
                _patience(answer),
            )
        if answer.status_code in (401, 403):
            raise PullFailed(
                _("The register did not accept the key. Set CAREWARD_CQC_KEY to a key of the CQC's API that is in use.")
            )
        if answer.status_code == 404:
            raise _Absent
        if answer.is_redirect:
            raise PullFailed(
                _("The register answered from another address, which is not followed. Check CAREWARD_CQC_URL.")
            )
        if not answer.is_success:
            told = {"status": answer.status_code, "path": path}
            raise PullFailed(_("The register answered %(status)s to %(path)s. Check CAREWARD_CQC_URL.", **told))
        try:
            document = json.loads(answer.content)
        except (ValueError, RecursionError) as error:
            raise _Garbled(path) from error
        if not isinstance(document, dict):
            raise _Garbled(path)
        return answer.content, document

    def pages(self, path: str, **asked: str | int) -> Iterator[Mapping[str, Any]]:
        """Every page of a list. No address that the register names is followed, only the numbers of its pages."""
        for page in range(1, MOST_PAGES):
            try:
                _content, document = self.get(path, page=page, perPage=PER_PAGE, **asked)
            except (_Garbled, _Absent) as error:
                raise PullFailed(
                    _("The register's answer to %(path)s is none of its lists. Check CAREWARD_CQC_URL.", path=path)
                ) from error
            yield document
            pages = document.get("totalPages")
            more = page < pages if isinstance(pages, int) else bool(document.get("nextPageUri"))
            if not more:
                return

    def locations(self, authority: str) -> list[str]:
        """The ids of all locations in a council's area, deregistered ones too."""
        found = [_ids(page, "locations", "locationId") for page in self.pages("/locations", localAuthority=authority)]
        return [each for page in found for each in page]

    def changes(self, kind: str, since: dt.datetime, through: dt.datetime) -> list[str]:
        """The ids of the locations or providers of the whole register that changed meanwhile."""
        span = {"startTimestamp": _moment(since), "endTimestamp": _moment(through)}
        found = [_ids(page, "changes", f"{kind}Id") for page in self.pages(f"/changes/{kind}", **span)]
        return [each for page in found for each in page]


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime(MOMENT)


def _patience(answer: httpx.Response) -> float | None:
    """How long the register asks to be left alone: seconds, or a moment by its own clock."""
    told = answer.headers.get("Retry-After", "").strip()
    try:
        seconds = float(told) if told.isdecimal() else _by_its_clock(answer, told)
    except (ValueError, TypeError):
        return None
    if seconds > LONGEST_WAIT:
        minutes = round(min(seconds, 86_400) / 60)
        raise PullFailed(
            _("The register asks to be left alone for %(minutes)s minutes. Try again then.", minutes=minutes)
        )
    return max(seconds, 0.0)


def _by_its_clock(answer: httpx.Response, told: str) -> float:
    return (parsedate_to_datetime(told) - parsedate_to_datetime(answer.headers.get("Date", ""))).total_seconds()


REGISTER_ID = re.compile(r"[A-Za-z0-9-]{1,40}")


def _ids(page: Mapping[str, Any], key: str, name: str) -> list[str]:
    """The ids on a page, which names them plainly or as the members of objects. What is no id is not asked for."""
    entries = page.get(key)
    entries = entries if isinstance(entries, list) else []
    found = [each.get(name) if isinstance(each, dict) else each for each in entries]
    return [each for each in found if isinstance(each, str) and REGISTER_ID.fullmatch(each)]


# --- a pull -------------------------------------------------------------------------------------------------------


def pull(
    session: Session,
    actor: Actor,
    api: Api,
    authority: str,
    *,
    since: dt.datetime | None = None,
    full: bool = False,
    on_rating: OnRating = lambda service, before: None,
) -> Iterator[Outcome]:
    """Bring the register's tables up to date, portion by portion, each committed.

    An unfinished pull is finished first. Then, unless all is asked for, or nothing was ever read, only what changed.
    """
    with _alone(session):
        yield from _pull(session, actor, api, authority, since, full, on_rating)


@contextmanager
def _alone(session: Session) -> Iterator[None]:
    """One pull at a time: two would ask for the same, and write over each other what waits. The second is refused."""
    with alone(session, "register pull") as is_free:
        if not is_free:
            raise PullFailed(_("Another pull of the register is under way. Wait until it has ended."))
        yield


def _pull(
    session: Session,
    actor: Actor,
    api: Api,
    authority: str,
    since: dt.datetime | None,
    full: bool,
    on_rating: OnRating,
) -> Iterator[Outcome]:
    of_authority = select(RegisterPull).where(RegisterPull.authority == authority)
    for unfinished in session.scalars(of_authority.where(RegisterPull.ended_at.is_(None))).all():
        yield from _read(session, actor, api, unfinished, on_rating)
    last = session.scalars(
        of_authority.where(RegisterPull.ended_at.is_not(None)).order_by(RegisterPull.through.desc()).limit(1)
    ).first()
    if full:
        since = None
    elif last is not None:
        since = min(since or last.through, last.through - OVERLAP)  # never later: what lies between would be lost
    begun = _begin(session, actor, api, authority, since, last.waiting if last is not None else [])
    yield from _read(session, actor, api, begun, on_rating)


def _begin(
    session: Session, actor: Actor, api: Api, authority: str, since: dt.datetime | None, left: Iterable[str]
) -> RegisterPull:
    """Ask for what there is to read, and write it down before any of it is read."""
    locations, providers = api.locations(authority), []
    if not locations:
        raise PullFailed(
            _(
                "The register has nothing in “%(authority)s”. It has its own spelling of councils: "
                "name it with --local-authority.",
                authority=authority,
            )
        )
    if since is not None:
        changed = api.changes("location", since, actor.now)
        ours = {*locations, *_known(session, Service, changed)}
        locations = [each for each in changed if each in ours]
        changed = api.changes("provider", since, actor.now)
        ours = _known(session, Provider, changed)
        providers = [each for each in changed if each in ours]
    waiting = [*left, *(f"locations/{each}" for each in locations), *(f"providers/{each}" for each in providers)]
    begun = RegisterPull(
        authority=authority,
        started_at=actor.now,
        since=since,
        through=actor.now,
        waiting=sorted(dict.fromkeys(waiting), key=lambda each: each.partition("/")[0]),
    )
    with maintenance("register pull"):
        session.add(begun)
        session.commit()
    return begun


def _known(session: Session, model: type[Service] | type[Provider], ids: list[str]) -> set[str]:
    """Which of these the console knows, or has heard of as the predecessor or successor of one that it knows."""
    owner = RegisterLink.service_id if model is Service else RegisterLink.provider_id
    known: set[str] = set()
    for start in range(0, len(ids), 1000):
        some = ids[start : start + 1000]
        rows = select(model.regulator_id).where(model.regulator == Regulator.cqc, model.regulator_id.in_(some))
        linked = select(RegisterLink.related_id).where(owner.is_not(None), RegisterLink.related_id.in_(some))
        known |= {each for each in session.scalars(rows) if each} | set(session.scalars(linked))
    return known


def _read(session: Session, actor: Actor, api: Api, begun: RegisterPull, on_rating: OnRating) -> Iterator[Outcome]:
    """Read what waits, and end the pull. Locations come first: they name the providers."""
    waiting, unreadable = list(begun.waiting), list[str]()
    while waiting:
        kind = waiting[0].partition("/")[0]
        portion = [each for each in waiting[:PORTION] if each.startswith(f"{kind}/")]
        failure = None
        with TemporaryDirectory(prefix="careward-") as folder:
            saved: dict[Path, str] = {}
            counts = dict.fromkeys(("asked", "added", "changed", "closed", "unreadable", "absent"), 0)
            for each in portion:
                try:
                    content, _document = api.get(f"/{each}")
                except PullFailed as error:
                    failure = error
                    break
                except _Absent:
                    counts["absent"] += 1
                    yield _told(each, _("The register does not know this id."))
                except _Garbled:
                    unreadable.append(each)
                    counts["unreadable"] += 1
                    yield _told(each, _("Its answer could not be read. The next pull asks for it again."))
                else:
                    path = Path(folder) / f"{each.replace('/', '-')}.json"
                    path.write_bytes(content)
                    saved[path] = each
                counts["asked"] += 1
                waiting.remove(each)
            surveyed = cqc.survey(sorted(saved))
            found = files.Survey([files.AnswersPlan(surveyed)], ())
            for outcome in files.apply(session, found, on_rating=on_rating, called=saved.__getitem__):
                outcome.problems = [replace(problem, file=outcome.file) for problem in outcome.problems]
                for name in ("added", "changed", "closed"):
                    counts[name] += len(getattr(outcome, name))
                yield outcome
        if kind == "locations":
            named = (f"providers/{each}" for each in sorted(_to_read(session, begun, surveyed.providers)))
            waiting += [each for each in named if each not in waiting]
        with maintenance("register pull"):
            begun.waiting = waiting + unreadable
            for name, number in counts.items():
                setattr(begun, name, getattr(begun, name) + number)
            session.commit()
        if failure is not None:
            raise failure
    with maintenance("register pull"):
        begun.ended_at = actor.now
        told = {name: [None, getattr(begun, name)] for name in ("authority", *counts_of(begun))}
        record(session, LedgerKind.imported, begun, told)
        session.commit()


def counts_of(pulled: RegisterPull) -> dict[str, int]:
    """What a pull brought, by what each number is called."""
    names = ("asked", "added", "changed", "closed", "unreadable", "absent")
    return {name: getattr(pulled, name) for name in names}


def _told(each: str, reason: str) -> Outcome:
    kind, _slash, regulator_id = each.partition("/")
    return Outcome(each, [Problem(kind, regulator_id, reason)])


def _to_read(session: Session, begun: RegisterPull, named: Iterable[str]) -> set[str]:
    """Of the providers that locations name: all where all is read, else those of whom only the id is known."""
    if begun.since is None:
        return {each for each in named if REGISTER_ID.fullmatch(each)}
    stubs = select(Provider.regulator_id).where(Provider.stub, Provider.regulator == Regulator.cqc)
    return {each for each in session.scalars(stubs.where(Provider.regulator_id.in_(named))) if each}
