"""What agencies meet of each kind of record: not shared, shared with theirs, shared and taken back; on every path."""

import datetime as dt
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from areas.attachments import attachment
from areas.complaints import complaint
from areas.contracts import contract, enforcement, post, process
from areas.feedback import feedback
from areas.meetings import decision, item, meeting, seat
from areas.placements import payment_check, placement, validation
from areas.plans import an_action, plan
from flask import Flask
from flask_appbuilder.security.sqla.models import Role as RoleRow
from programs import program
from python_calamine import CalamineWorkbook
from steps_taken import take
from world import CHEAP, NOW, World

from models import db
from models.documents import Letter, LetterKind
from models.people import Agency, AgencyKind, Person
from models.providers import Contact, ContactKind, ContactNote, NoteChannel, Provider
from models.sharing import Share
from workflows.engine import WORKFLOWS

WOODS = ("Alder", "Birch", "Cedar")
"""The three records of each kind are about three services of the provider that signs in: what is about Alder House is
shared with nobody, what is about Birch House with the agency of the partner and the contributor, and what is about
Cedar House was shared with that agency until today."""


def _contact(world: World, service: Any) -> Any:
    told = {"provider_id": service.provider_id, "service_id": service.id, "kind": ContactKind.office}
    return world._add(Contact(**told, post=f"Desk of {service.name}", phone="01632 960 100"))


def _note(world: World, service: Any) -> Any:
    told = {"provider_id": service.provider_id, "service_id": service.id, "at": NOW, "channel": NoteChannel.phone}
    return world._add(ContactNote(**told, text=f"Rang {service.name}."))


def _letter(world: World, service: Any) -> Any:
    case = world.suspension(service, "lifted")
    told = {"suspension_id": case.id, "provider_id": case.provider_id, "kind": LetterKind.decision}
    return world._add(
        Letter(**told, filename=f"{service.name}.docx", content=b"bytes", sha256=hashlib.sha256(b"bytes").hexdigest())
    )


def _file(world: World, record: Any, service: Any, **kw: Any) -> Any:
    content = f"%PDF-1.4 {service.name} {kw}".encode()
    return attachment(world, record, filename=f"{service.name}.pdf", content=content, **kw)


@dataclass(frozen=True)
class Kind:
    """A kind of record, and what is shared when it is: itself, or what it belongs to."""

    plural: str
    make: Callable[[World, Any], Any]
    """`(world, service)`: the record, or (what is shared, the record)."""
    step: str = ""
    """A step that neither agencies nor providers take."""
    steps: bool = False
    """Whether it, or what it belongs to, is shared by steps. Else a share is written that nobody could make."""
    timeline: bool = False
    """Whether it stands on the page of its service."""
    picker: bool = False
    file: bool = False
    within: str = ""
    """The plural of what it belongs to, on whose page it stands in a list."""


KINDS = {
    "published visit": Kind(
        "visits", lambda w, s: w.visit(s, "quality_monitoring", "published"), step="correct", timeline=True
    ),
    "visit written up": Kind(
        "visits", lambda w, s: w.visit(s, "quality_monitoring", "written_up"), step="publish", timeline=True
    ),
    "scheduled visit": Kind(
        "visits", lambda w, s: w.visit(s, "quality_monitoring", "scheduled"), step="cancel", timeline=True
    ),
    "suspension": Kind("suspensions", lambda w, s: w.suspension(s, "in_force"), step="request_lift", timeline=True),
    "letter": Kind("documents", _letter, timeline=True, file=True),
    "contact": Kind("contacts", _contact, picker=True),
    "contact note": Kind("contact-notes", _note, timeline=True),
    "complaint": Kind(
        "complaints", lambda w, s: complaint(w, "investigating", s, subject=f"Noise at {s.name}"),
        step="refer", steps=True, timeline=True,
    ),
    "feedback": Kind(
        "feedback", lambda w, s: feedback(w, "triaged", s, subject=f"Calls of {s.name}"),
        step="escalate", steps=True, timeline=True,
    ),
    "agreed plan": Kind(
        "plans", lambda w, s: plan(w, "agreed", s, title=f"Medicines at {s.name}"),
        step="complete", steps=True, timeline=True, picker=True,
    ),
    "draft plan": Kind(
        "plans", lambda w, s: plan(w, "draft", s, title=f"Meals at {s.name}"),
        step="withdraw", timeline=True, picker=True,
    ),
    "action": Kind(
        "actions",
        lambda w, s: (p := plan(w, "agreed", s), an_action(w, p, "open", text=f"Audit {s.name}")),
        step="verify", steps=True, within="plans",
    ),
    "provider's meeting": Kind(
        "meetings", lambda w, s: meeting(w, "scheduled", s, name=f"MDT on {s.name}"),
        step="hold", steps=True, timeline=True, picker=True,
    ),
    "requested meeting": Kind(
        "meetings", lambda w, s: meeting(w, "requested", s, name=f"Asked about {s.name}"),
        step="convene", timeline=True, picker=True,
    ),
    "meeting item": Kind(
        "meeting-items",
        lambda w, s: (m := meeting(w, "minutes_drafted", s), item(w, made=m, title=f"Rotas of {s.name}")),
        steps=True, picker=True, within="meetings",
    ),
    "seat at a settled meeting": Kind(
        "meeting-attendance",
        lambda w, s: (m := meeting(w, "minutes_approved", s), seat(w, made=m, post=f"Matron of {s.name}")),
        steps=True, picker=True, within="meetings",
    ),
    "seat while minutes are written": Kind(
        "meeting-attendance",
        lambda w, s: (m := meeting(w, "minutes_drafted", s), seat(w, made=m, post=f"Cook of {s.name}")),
        steps=True, picker=True, within="meetings",
    ),
    "decision of a settled meeting": Kind(
        "meeting-decisions",
        lambda w, s: (m := meeting(w, "minutes_approved", s), decision(w, made=m, decision=f"{s.name} hires.")),
        steps=True, within="meetings",
    ),
    "contract": Kind(
        "contracts", lambda w, s: contract(w, "running", s, title=f"Care at {s.name}"),
        step="end", steps=True, timeline=True, picker=True,
    ),
    "safeguarding process": Kind(
        "safeguarding", lambda w, s: process(w, "open", s, reference=f"SG {s.name}"),
        step="close", steps=True, timeline=True,
    ),
    "validation": Kind("validations", lambda w, s: validation(w, "requested", s), "begin", timeline=True, picker=True),
    "placement": Kind("placements", lambda w, s: placement(w, "proposed", s), "withdraw", timeline=True),
    "direct payment check": Kind("checks", lambda w, s: payment_check(w, "requested", s), "check", timeline=True),
    "post of a manager": Kind("manager-posts", lambda w, s: post(w, "", s), timeline=True),
    "enforcement": Kind("enforcement", lambda w, s: enforcement(w, "", s), timeline=True),
    "file of a complaint": Kind(
        "attachments",
        lambda w, s: (c := complaint(w, "investigating", s), _file(w, c, s, internal=False)),
        step="withdraw", steps=True, file=True,
    ),
    "the council's own file of a complaint": Kind(
        "attachments",
        lambda w, s: (c := complaint(w, "investigating", s), _file(w, c, s, what="Own")),
        step="withdraw", steps=True, file=True,
    ),
    "file of a contact note": Kind(
        "attachments",
        lambda w, s: (n := _note(w, s), _file(w, n, s, internal=False)),
        step="withdraw", file=True,
    ),
    "file of a planned visit": Kind(
        "attachments",
        lambda w, s: (v := w.visit(s, state="planned"), _file(w, v, s, internal=False)),
        step="withdraw", file=True,
    ),
}  # fmt: skip

# Three records each: not shared, shared with the partner's agency, and taken back. x is read; . is not there; - is
# a kind that the role may not read at all. The officer, who reads everything, shows that each path leads somewhere.
TABLE = """
                                       officer partner other-partner contributor provider
published visit                        xxx     xxx     xxx           xxx         xxx
visit written up                       xxx     ...     ...           ...         ...
scheduled visit                        xxx     ...     ...           ...         ...
suspension                             xxx     ---     ---           ---         ---
letter                                 xxx     ---     ---           ---         xxx
contact                                xxx     ---     ---           ---         xxx
contact note                           xxx     ---     ---           ---         ---
complaint                              xxx     .x.     ...           .x.         ---
feedback                               xxx     .x.     ...           .x.         ...
agreed plan                            xxx     .x.     ...           .x.         xxx
draft plan                             xxx     ...     ...           ...         xxx
action                                 xxx     .x.     ...           .x.         xxx
provider's meeting                     xxx     .x.     ...           .x.         xxx
requested meeting                      xxx     .x.     ...           .x.         ...
meeting item                           xxx     .x.     ...           .x.         xxx
seat at a settled meeting              xxx     .x.     ...           .x.         ...
seat while minutes are written         xxx     ...     ...           ...         ...
decision of a settled meeting          xxx     .x.     ...           .x.         ...
contract                               xxx     .x.     ...           .x.         ---
safeguarding process                   xxx     .x.     ...           .x.         ---
validation                             xxx     ---     ---           ---         ---
placement                              xxx     ---     ---           ---         ---
direct payment check                   xxx     ---     ---           ---         ---
post of a manager                      xxx     ---     ---           ---         xxx
enforcement                            xxx     ---     ---           ---         xxx
file of a complaint                    xxx     .x.     ...           .x.         ...
the council's own file of a complaint  xxx     ...     ...           ...         ...
file of a contact note                 xxx     ...     ...           ...         ...
file of a planned visit                xxx     ...     ...           ...         ...
"""
READERS, *LINES = [line for line in TABLE.splitlines() if line]
MEETS = {line[:39].strip(): dict(zip(READERS.split(), line[39:].split(), strict=True)) for line in LINES}
UNFILTERED = {"state": "", "sector": "", "status": "", "now": "", "officer": "", "place": ""}
STEP = {"x": 403, ".": 404, "-": 403}


@pytest.fixture
def agencies(world: World) -> tuple[int, int]:
    """That of the partner and the contributor, and that of the other partner."""
    other = Agency(name="Fenmarch ICB", kind=AgencyKind.integrated_care_board, agreement_on=NOW.date())
    with world.console():
        db.session.add(other)
        db.session.flush()
        person = Person(
            username="other-partner", first_name="Test", last_name="Other", email="other-partner@example.org",
            password=CHEAP, active=True, must_change_password=False, session_version=1, agency_id=other.id,
        )  # fmt: skip
        person.roles = [db.session.query(RoleRow).filter_by(name="partner").one()]
        db.session.add(person)
    db.session.commit()
    return world.person("partner").agency_id, other.id


@pytest.fixture
def records(world: World, agencies: tuple[int, int]) -> tuple[list[int], dict[str, list[int]], dict[str, list[int]]]:
    """The three services, the three records of each kind, and what those belong to."""
    with world.console():
        mine = db.session.query(Provider).filter_by(name="Own Care").one()
    services = [world.service(f"{wood} House", mine) for wood in WOODS]
    made: dict[str, list[int]] = {}
    wholes: dict[str, list[int]] = {}
    for name, kind in KINDS.items():
        each = [told if isinstance(told := kind.make(world, service), tuple) else (told, told) for service in services]
        for (shared, _record), ended in zip(each[1:], (False, True), strict=True):
            _share(world, kind, shared, agencies[0], ended)
        made[name] = [record.id for _shared, record in each]
        wholes[name] = [shared.id for shared, _record in each]
    numbers = [service.id for service in services]
    db.session.remove()
    return numbers, made, wholes


def _share(world: World, kind: Kind, record: Any, agency: int, ended: bool) -> None:
    if kind.steps:
        take(world, "officer", "share", record, agency_id=agency)
        if ended:
            take(world, "officer", "stop_sharing", record, agency_id=agency)
        return
    told = {"record_type": record.__tablename__, "record_id": record.id, "agency_id": agency}
    last = NOW.date() if ended else None
    world._add(Share(**told, shared_on=NOW.date() - dt.timedelta(days=7), ended_on=last))


@pytest.mark.parametrize("reader", READERS.split())
def test_what_a_reader_meets_of_each_kind_on_every_path(
    app: Flask, world: World, as_user: Any, records: Any, reader: str
) -> None:
    client, asker = as_user(reader), program(app, world, reader)
    services, made, wholes = records
    pages = [client.get(f"/services/show/{number}").text for number in services]
    lists: dict[str, Any] = {}
    wrong = []
    for name, kind in KINDS.items():
        base, meets = f"/{kind.plural}", MEETS[name][reader]
        told: dict[str, Any] = {}
        links = [f'href="{base}/show/{number}"' for number in made[name]]
        if kind.plural not in lists:
            lists[kind.plural] = _lists(client, asker, base)
        listed = lists[kind.plural]
        told["list"] = _marks(listed["list"], [link in listed["list"].text for link in links])
        found = [link in page.text for link, page in zip(links, listed["searches"], strict=True)]
        told["search"] = _marks(listed["searches"][0], found)
        told["page"] = _codes(client.get(f"{base}/show/{number}") for number in made[name])
        told["REST list"] = _marks(listed["REST"], [number in listed["numbers"] for number in made[name]])
        told["REST item"] = _codes(asker.get(f"{kind.plural}/{number}") for number in made[name])
        if kind.picker:
            answers = [client.get(f"{base}/lookup", query_string={"q": wood}) for wood in WOODS]
            offered = [
                answer.status_code == 200 and number in [each["id"] for each in json.loads(answer.text)]
                for answer, number in zip(answers, made[name], strict=True)
            ]
            told["picker"] = _marks(answers[0], offered)
        if kind.within:
            around = [client.get(f"/{kind.within}/show/{number}").text for number in wholes[name]]
            told["related"] = "".join("x" if link in page else "." for link, page in zip(links, around, strict=True))
        if kind.file:
            told["file"] = _codes(client.get(f"{base}/{number}/open") for number in made[name])
        wrong += [f"{name}, {path}: {marks}, not {meets}" for path, marks in told.items() if marks != meets]

        stands = "".join("x" if link in page else "." for link, page in zip(links, pages, strict=True))
        if stands != (meets.replace("-", ".") if kind.timeline else "..."):
            wrong.append(f"{name}, page of the service: {stands}")
        if kind.step and reader != "officer":
            codes = [STEP[each] for each in meets]
            for path, ask in {
                "step": lambda at, step=kind.step: client.get(f"/{at}/{step}"),
                "posted step": lambda at, step=kind.step: client.post(f"/{at}/{step}", data={"note": "Because."}),
                "REST step": lambda at, step=kind.step: asker.step(f"{at}/steps/{step}", 0, {"note": "Because."}),
            }.items():
                answered = [ask(f"{kind.plural}/{number}").status_code for number in made[name]]
                if answered != codes:
                    wrong.append(f"{name}, {path}: {answered}, not {codes}")
    assert wrong == []


def _lists(client: Any, asker: Any, base: str) -> dict[str, Any]:
    """The list of a screen: its page, what its search finds, and what programs get of it."""
    rest = asker.get(f"{base[1:]}/?limit=200")
    return {
        "list": client.get(f"{base}/list/", query_string={**UNFILTERED, "size": "200"}),
        "searches": [client.get(f"{base}/list/", query_string={"q": wood, **UNFILTERED}) for wood in WOODS],
        "REST": rest,
        "numbers": {each["id"] for each in rest.json["items"]} if rest.status_code == 200 else set(),
    }


def _marks(answer: Any, found: list[bool]) -> str:
    if answer.status_code == 403:
        return "---"
    return "".join("x" if each else "." for each in found)


def _codes(answers: Any) -> str:
    return "".join({200: "x", 404: ".", 403: "-"}[answer.status_code] for answer in answers)


# In how many lines of each file the three woods stand: Alder/Birch/Cedar, as above; a kind may have several records of
# each, or bring others with it. CSV and Excel hold the same.
FILES = """
                    officer partner other-partner contributor provider
actions             3/3/3   0/2/0   0/0/0         0/2/0       3/3/3
attachments         4/4/4   0/1/0   0/0/0         0/1/0       0/0/0
checks              1/1/1   -       -             -           -
complaints          3/3/3   0/3/0   0/0/0         0/3/0       -
contact-notes       2/2/2   -       -             -           -
contacts            1/1/1   -       -             -           1/1/1
contracts           1/1/1   0/1/0   0/0/0         0/1/0       -
documents           1/1/1   -       -             -           1/1/1
enforcement         1/1/1   -       -             -           1/1/1
feedback            1/1/1   0/1/0   0/0/0         0/1/0       0/0/0
manager-posts       1/1/1   -       -             -           1/1/1
meeting-attendance  2/2/2   0/1/0   0/0/0         0/1/0       0/0/0
meeting-decisions   1/1/1   0/1/0   0/0/0         0/1/0       0/0/0
meeting-items       1/1/1   0/1/0   0/0/0         0/1/0       1/1/1
meetings            6/6/6   0/6/0   0/0/0         0/6/0       5/5/5
placements          1/1/1   -       -             -           -
plans               3/3/3   0/2/0   0/0/0         0/2/0       3/3/3
safeguarding        1/1/1   0/1/0   0/0/0         0/1/0       -
suspensions         2/2/2   -       -             -           -
validations         2/2/2   -       -             -           -
visits              4/4/4   1/1/1   1/1/1         1/1/1       1/1/1
"""
_NAMES, *FILE_LINES = [line.split() for line in FILES.splitlines() if line]


@pytest.mark.parametrize("reader", READERS.split())
def test_the_files_of_a_list_hold_the_rows_that_the_reader_may_see(as_user: Any, records: Any, reader: str) -> None:
    client, found = as_user(reader), {}
    for plural in sorted({kind.plural for kind in KINDS.values()}):
        csv = client.get(f"/{plural}/export", query_string={"format": "csv", **UNFILTERED})
        excel = client.get(f"/{plural}/export", query_string={"format": "xlsx", **UNFILTERED})
        assert (csv.status_code, excel.status_code) in ((200, 200), (403, 403))
        if csv.status_code == 403:
            found[plural] = "-"
            continue
        lines = csv.text.strip().splitlines()[1:]
        rows = CalamineWorkbook.from_filelike(io.BytesIO(excel.data)).get_sheet_by_index(0).to_python()[1:]
        told, same = (
            "/".join(str(sum(wood in str(line) for line in each)) for wood in WOODS) for each in (lines, rows)
        )
        found[plural] = told if told == same else f"CSV {told}, Excel {same}"
    assert found == {plural: dict(zip(_NAMES, cells, strict=True))[reader] for plural, *cells in FILE_LINES}


def test_every_kind_of_record_that_is_shared_by_its_steps_stands_in_the_table() -> None:
    stepped = {model.__tablename__ for model, flow in WORKFLOWS.items() if "share" in flow.steps}
    assert stepped == {"complaint", "contract", "safeguarding_process", "feedback", "plan", "meeting"}
    assert KINDS.keys() == MEETS.keys()
