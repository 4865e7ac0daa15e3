"""The pull over the CQC's API, against a server on this machine that answers as the recorded files do, and fails."""

import datetime as dt
import json
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from cqc_server import Fault, Register, cut_off, hangs_up, says, serving, sleeps
from sqlalchemy import func, select

from models import Model, db
from models.ledger import LedgerEntry
from models.providers import Provider, RatingValue, RegisterImport, RegisterPull, Service
from workflows.actor import acting, system
from workflows.registers import cqc_pull, files
from workflows.registers.outcome import Outcome

SAMPLES = Path(__file__).parents[1] / "samples" / "cqc"
FIRST = dt.datetime(2025, 9, 1, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2025, 9, 8, 12, tzinfo=dt.UTC)
KEY = "a-key-that-nobody-may-read"
LARKFIELD, HOME_CARE = "1-30000000001", "1-30000000004"
DESCRIBED = [f"1-3000000000{number}" for number in range(1, 9)]


@pytest.fixture
def register(database: None) -> Iterator[Register]:
    """The server, and stamina without its waits."""
    with serving(SAMPLES) as server, stamina.set_testing(True, attempts=6):
        yield server


waited: list[float] = []


def pulled(server: Register, now: dt.datetime = FIRST, authority: str = "Millbrook", **options: Any) -> list[Any]:
    waited.clear()
    actor = system("register pull", now)
    with acting(actor), cqc_pull.Api(server.url, KEY, waited.append, patience=0.2) as api:
        return list(cqc_pull.pull(db.session, actor, api, authority, **options))


def fails(server: Register, *told: Any, **options: Any) -> str:
    with pytest.raises(cqc_pull.PullFailed) as failure:
        pulled(server, *told, **options)
    return str(failure.value)


def totals(outcomes: list[Outcome]) -> tuple[int, int, int]:
    return (
        sum(len(each.added) for each in outcomes),
        sum(len(each.changed) for each in outcomes),
        sum(len(each.closed) for each in outcomes),
    )


def problems(outcomes: list[Outcome]) -> list[tuple[str, str, str]]:
    return [(each.file, each.place, each.reason) for outcome in outcomes for each in outcome.problems]


def count(model: Any, *where: Any) -> int:
    with acting(system("test", FIRST)):
        return int(db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0)


def pulls() -> list[RegisterPull]:
    with acting(system("test", FIRST)):
        return list(db.session.scalars(select(RegisterPull).order_by(RegisterPull.id)))


def service(regulator_id: str) -> Service:
    with acting(system("test", FIRST)):
        return db.session.scalars(select(Service).where(Service.regulator_id == regulator_id)).one()


def provider_of(regulator_id: str) -> tuple[str | None, bool]:
    """The name of its provider, and whether only its id is known."""
    with acting(system("test", FIRST)):
        found = service(regulator_id).provider
        return found.name, found.stub


def imported() -> tuple[int, int, int]:
    """Services, providers (but for the one that the database begins with), and imports that changed something."""
    return count(Service), count(Provider) - 1, count(RegisterImport)


# --- one at a time ---


def test_a_second_pull_is_refused_while_one_is_under_way_and_not_after_it_broke_off(register: Register) -> None:
    actor = system("register pull", FIRST)
    with acting(actor), cqc_pull.Api(register.url, KEY, waited.append, patience=0.2) as api:
        first = cqc_pull.pull(db.session, actor, api, "Millbrook")
        next(first)
        assert fails(register) == "Another pull of the register is under way. Wait until it has ended."
        first.close()
        db.session.rollback()
    pulled(register)
    assert imported() == (8, 5, 9)


HOLDS = """
import sys, time
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from workflows.registers import cqc_pull
with Session(create_engine(sys.argv[1])) as session, cqc_pull._alone(session):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_pull_that_was_killed_holds_up_no_other(register: Register) -> None:
    url = db.session.get_bind().engine.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", HOLDS, url], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert fails(register) == "Another pull of the register is under way. Wait until it has ended."
        other.kill()
        other.wait()
    for _attempt in range(50):  # PostgreSQL notices in its own time that the other is gone
        try:
            pulled(register)
            break
        except cqc_pull.PullFailed:
            time.sleep(0.1)
    assert imported() == (8, 5, 9)


# --- the first pull, and those after it ---------------------------------------------------------------------------


def test_the_first_pull_reads_every_location_of_the_council_and_the_providers_they_name(register: Register) -> None:
    outcomes = pulled(register)
    assert totals(outcomes) == (13, 1, 0)
    assert imported() == (8, 5, 9)
    asked = Counter(register.asked)
    assert set(asked.values()) == {1}
    assert register.asked[0] == "/locations"
    assert sorted(asked) == sorted(
        [
            "/locations",
            *(f"/locations/{each}" for each in DESCRIBED),
            "/locations/1-30000000011",
            "/locations/1-30000000012",
            *(f"/providers/1-2000000000{number}" for number in (1, 4, 5, 6, 7)),
        ]
    )
    assert provider_of(LARKFIELD) == ("Larkfield Care Limited", False)


def test_a_pull_writes_what_an_import_of_the_same_files_would(register: Register) -> None:
    pulled(register)
    with acting(system("register import", FIRST)):
        paths = [SAMPLES / "location_details", SAMPLES / "provider_details" / "provider_1-20000000001.json"]
        named, _missing = files.find(paths)
        again = list(files.apply(db.session, files.survey(named)))
    assert totals(again) == (0, 0, 0)


def test_ids_that_the_register_does_not_know_are_told_and_the_pull_goes_on(register: Register) -> None:
    reasons = {(each.file, each.place): each.reason for out in pulled(register) for each in out.problems}
    assert reasons["locations", "1-30000000011"] == "The register does not know this id."
    assert reasons["providers", "1-20000000006"] == "The register does not know this id."
    assert pulls()[0].absent == 6


def test_a_pull_is_one_row_and_one_entry_of_the_ledger(register: Register) -> None:
    pulled(register)
    [told] = pulls()
    assert (told.authority, told.started_at, told.ended_at, told.since, told.through, told.waiting) == (
        "Millbrook",
        FIRST,
        FIRST,
        None,
        FIRST,
        [],
    )
    numbers = {"asked": 15, "added": 13, "changed": 1, "closed": 0, "unreadable": 0, "absent": 6}
    assert {name: getattr(told, name) for name in numbers} == numbers
    with acting(system("test", FIRST)):
        [entry] = db.session.scalars(select(LedgerEntry).where(LedgerEntry.record_type == "register_pull")).all()
    assert (entry.kind.value, entry.actor_role) == ("imported", "register pull")
    assert entry.changes == {name: [None, number] for name, number in {"authority": "Millbrook", **numbers}.items()}


def test_the_history_knows_an_answer_by_its_id_and_not_by_the_folder_it_lay_in(register: Register) -> None:
    pulled(register)
    with acting(system("test", FIRST)):
        sources = set(db.session.scalars(select(RegisterImport.source)))
    assert f"locations/{LARKFIELD}" in sources
    assert all(each.partition("/")[0] in ("locations", "providers") for each in sources)


def test_the_next_pull_asks_only_for_what_changed_since(register: Register) -> None:
    pulled(register)
    register.asked.clear()
    register.queries.clear()
    assert totals(pulled(register, LATER)) == (0, 0, 0)
    assert register.asked == ["/locations", "/changes/location", "/changes/provider"]
    assert register.queries[1]["startTimestamp"] == ["2025-09-01T11:00:00Z"]
    assert register.queries[1]["endTimestamp"] == ["2025-09-08T12:00:00Z"]
    assert [(each.since, each.through) for each in pulls()] == [
        (None, FIRST),
        (dt.datetime(2025, 9, 1, 11, tzinfo=dt.UTC), LATER),
    ]


@pytest.mark.parametrize("change", [lambda each, kind: each, lambda each, kind: {f"{kind}Id": each, "x": 1}])
def test_changes_are_read_plain_or_as_objects_and_only_those_that_concern_us(register: Register, change: Any) -> None:
    pulled(register)
    register.asked.clear()
    register.documents[f"/locations/{LARKFIELD}"]["numberOfBeds"] = 21
    register.changed["location"] = [change(each, "location") for each in ("1-999", LARKFIELD, "1-998")]
    register.changed["provider"] = [change(each, "provider") for each in ("1-777", "1-20000000001")]
    outcomes = pulled(register, LATER)
    assert totals(outcomes) == (0, 1, 0)
    assert service(LARKFIELD).beds == 21
    assert register.asked[3:] == [f"/locations/{LARKFIELD}", "/providers/1-20000000001"]


def test_a_new_location_of_the_area_comes_with_its_provider(register: Register) -> None:
    new = register.listed.pop(next(n for n, each in enumerate(register.listed) if each["locationId"] == HOME_CARE))
    pulled(register)
    assert count(Service, Service.regulator_id == HOME_CARE) == 0
    register.listed.append(new)
    register.documents["/providers/1-20000000004"] = {"providerId": "1-20000000004", "name": "Beacon Home Care Ltd"}
    register.changed["location"] = [HOME_CARE]
    register.asked.clear()
    pulled(register, LATER)
    assert register.asked[3:] == [f"/locations/{HOME_CARE}", "/providers/1-20000000004"]
    assert provider_of(HOME_CARE) == ("Beacon Home Care Ltd", False)


def test_the_successor_of_a_known_service_is_read_wherever_it_is(register: Register) -> None:
    pulled(register)
    register.documents["/locations/1-1999999991"] = {
        "locationId": "1-1999999991",
        "providerId": "1-20000000001",
        "name": "Larkfield Lodge",
        "localAuthority": "Elsewhere",
    }
    register.changed["location"] = ["1-1999999991"]
    pulled(register, LATER)
    assert service("1-1999999991").name == "Larkfield Lodge"


def test_all_is_read_again_when_asked_and_earlier_changes_too(register: Register) -> None:
    pulled(register)
    register.asked.clear()
    assert totals(pulled(register, LATER, full=True)) == (0, 0, 0)
    assert len(register.asked) == 16
    register.queries.clear()
    pulled(register, LATER + dt.timedelta(days=1), since=dt.datetime(2025, 8, 1, tzinfo=dt.UTC))
    assert register.queries[1]["startTimestamp"] == ["2025-08-01T00:00:00Z"]


def test_a_later_day_than_the_last_pull_skips_nothing(register: Register) -> None:
    pulled(register)
    register.queries.clear()
    pulled(register, LATER, since=dt.datetime(2025, 9, 7, tzinfo=dt.UTC))
    assert register.queries[1]["startTimestamp"] == ["2025-09-01T11:00:00Z"]


def test_long_lists_come_in_pages(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cqc_pull, "PER_PAGE", 4)
    pulled(register)
    assert register.asked[:4] == ["/locations"] * 3 + ["/locations/1-30000000012"]
    assert [query["page"] for query in register.queries[:3]] == [["1"], ["2"], ["3"]]
    assert imported()[0] == 8


def test_an_answer_without_its_counts_is_a_last_page(register: Register) -> None:
    entries = json.dumps({"locations": [{"locationId": LARKFIELD}, {"name": "x"}, 7, "../x"]}).encode()
    register.faults["/locations"] = [says(200, entries)]
    pulled(register)
    assert register.asked[:3] == ["/locations", f"/locations/{LARKFIELD}", "/providers/1-20000000001"]


def test_another_council_is_read_from_its_own_beginning(register: Register) -> None:
    pulled(register)
    sentence = (
        "The register has nothing in “Milbrook”. It has its own spelling of councils: name it with --local-authority."
    )
    assert fails(register, LATER, authority="Milbrook") == sentence
    assert len(pulls()) == 1


def test_a_service_that_turns_inadequate_is_told(register: Register) -> None:
    pulled(register)
    told: list[str | None] = []
    document = register.documents[f"/locations/{LARKFIELD}"]
    document["currentRatings"] = {"overall": {"rating": "Inadequate", "reportDate": "2025-09-02"}}
    register.changed["location"] = [LARKFIELD]
    pulled(register, LATER, on_rating=lambda each, before: told.append(each.regulator_id))
    assert told == [LARKFIELD]
    assert service(LARKFIELD).rating is RatingValue.inadequate


# --- what goes wrong ----------------------------------------------------------------------------------------------


PASSING: list[Fault] = [
    says(429),
    says(429, Retry_After="2"),
    says(500),
    says(502, b"<html>Bad gateway</html>"),
    says(503, Retry_After="Mon, 01 Sep 2025 12:00:00 GMT"),
    says(504),
    says(200, b""),
    says(200, b'{"locationId": "1-30'),
    says(200, b"<html>Maintenance</html>"),
    says(200, b"[]"),
    cut_off,
    hangs_up,
    sleeps,
]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        *((f"/locations/{LARKFIELD}", fault) for fault in PASSING),
        *((path, fault) for path in ("/locations", "/providers/1-20000000001") for fault in (says(503), cut_off)),
    ],
)
def test_what_passes_is_asked_for_again_and_nothing_is_lost(register: Register, path: str, fault: Fault) -> None:
    register.faults[path] = [fault, fault]
    assert totals(pulled(register)) == (13, 1, 0)
    asked = Counter(register.asked)
    assert asked.pop(path) == 3
    assert set(asked.values()) == {1}
    assert imported() == (8, 5, 9)


@pytest.mark.parametrize(
    ("fault", "sentence", "times"),
    [
        (says(429), "The register answered 429 again and again. Try again later.", 6),
        (says(503), "The register answered 503 again and again. Try again later.", 6),
        (hangs_up, "The register cannot be reached (RemoteProtocolError). Try again later.", 6),
        (
            says(401),
            "The register did not accept the key. Set CAREWARD_CQC_KEY to a key of the CQC's API that is in use.",
            1,
        ),
        (
            says(403),
            "The register did not accept the key. Set CAREWARD_CQC_KEY to a key of the CQC's API that is in use.",
            1,
        ),
        (
            says(429, Retry_After="3600"),
            "The register asks to be left alone for 60 minutes. Try again then.",
            1,
        ),
        (
            says(429, Retry_After="9" * 400),
            "The register asks to be left alone for 1440 minutes. Try again then.",
            1,
        ),
        (says(418), "The register answered 418 to /locations/1-30000000001. Check CAREWARD_CQC_URL.", 1),
    ],
)
def test_what_does_not_pass_ends_the_pull_with_a_sentence(
    register: Register, fault: Fault, sentence: str, times: int
) -> None:
    register.faults[f"/locations/{LARKFIELD}"] = [fault] * 10
    assert fails(register) == sentence
    assert register.asked.count(f"/locations/{LARKFIELD}") == times


def test_no_address_on_another_host_is_followed(register: Register) -> None:
    with serving(SAMPLES) as other:
        register.faults["/locations"] = [says(302, Location=f"{other.url}/locations?localAuthority=Millbrook")]
        sentence = "The register answered from another address, which is not followed. Check CAREWARD_CQC_URL."
        assert fails(register) == sentence
        assert other.asked == []


def test_a_list_that_is_none_ends_the_pull(register: Register) -> None:
    sentence = "The register's answer to /locations is none of its lists. Check CAREWARD_CQC_URL."
    for fault in (says(404), says(200, b"<html>")):
        register.faults["/locations"] = [fault] * 6
        assert fails(register) == sentence
        register.faults.clear()
    assert pulls() == []


def test_nobody_there_is_told(register: Register) -> None:
    with stamina.set_testing(True, attempts=2), serving(SAMPLES) as gone:
        pass
    assert fails(gone) == "The register cannot be reached (ConnectError). Try again later."


def test_the_key_goes_over_no_open_line() -> None:
    with pytest.raises(cqc_pull.PullFailed, match="must begin with https://"):
        cqc_pull.Api("http://register.example/public/v1", KEY)


def test_a_pull_that_is_cut_short_is_gone_on_with_and_nothing_is_lost_or_doubled(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cqc_pull, "PORTION", 3)
    register.faults[f"/locations/{DESCRIBED[3]}"] = [says(503)] * 6
    fails(register)
    [begun] = pulls()
    assert begun.ended_at is None
    done = [each for each in register.asked if each != f"/locations/{DESCRIBED[3]}"]
    assert f"locations/{DESCRIBED[3]}" in begun.waiting
    register.asked.clear()
    pulled(register, LATER)
    again = set(done[1:]) & set(register.asked)
    assert again == set()
    assert imported() == (8, 5, 9)
    assert [(each.since, each.through, each.ended_at, each.waiting) for each in pulls()] == [
        (None, FIRST, LATER, []),
        (dt.datetime(2025, 9, 1, 11, tzinfo=dt.UTC), LATER, LATER, []),
    ]


def test_changes_of_a_pull_that_never_began_are_asked_for_by_the_next(register: Register) -> None:
    pulled(register)
    register.faults["/changes/provider"] = [says(500)] * 6
    fails(register, LATER)
    register.queries.clear()
    pulled(register, LATER + dt.timedelta(days=7))
    assert register.queries[1]["startTimestamp"] == ["2025-09-01T11:00:00Z"]


def test_an_answer_that_stays_unreadable_is_told_and_asked_for_by_the_next_pull(register: Register) -> None:
    register.faults[f"/locations/{LARKFIELD}"] = [says(200, b'{"locationId": ')] * 6
    outcomes = pulled(register)
    assert ("locations", LARKFIELD, "Its answer could not be read. The next pull asks for it again.") in problems(
        outcomes
    )
    assert (pulls()[0].waiting, pulls()[0].unreadable, pulls()[0].ended_at) == ([f"locations/{LARKFIELD}"], 1, FIRST)
    register.asked.clear()
    pulled(register, LATER)
    assert register.asked[3:] == [f"/locations/{LARKFIELD}", "/providers/1-20000000001"][: len(register.asked) - 3]
    assert service(LARKFIELD).name == "Larkfield House"


# --- manners ------------------------------------------------------------------------------------------------------


def test_each_request_waits_its_turn(register: Register) -> None:
    pulled(register)
    assert waited == [0.05] * 16


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 300 ", 300.0),
        ("Mon, 01 Sep 2025 12:00:30 GMT", 30.0),
        ("Mon, 01 Sep 2025 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_how_long_the_register_asks_to_wait(told: str, seconds: float | None) -> None:
    headers = {"Retry-After": told, "Date": "Mon, 01 Sep 2025 12:00:00 GMT"}
    assert cqc_pull._patience(httpx.Response(429, headers=headers)) == seconds
    assert cqc_pull._another(cqc_pull._Passing("", seconds)) == (True if seconds is None else seconds)


def test_a_moment_without_the_registers_own_clock_says_nothing() -> None:
    headers = {"Retry-After": "Mon, 01 Sep 2025 12:00:30 GMT"}
    assert cqc_pull._patience(httpx.Response(429, headers=headers)) is None


def test_the_wait_that_it_asks_for_is_kept(register: Register) -> None:
    slept: list[float] = []
    register.faults["/locations"] = [says(429, Retry_After="7")]
    with stamina.set_testing(False), pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", slept.append)
        pulled(register)
    assert slept == [7.0]


def test_the_key_is_sent_and_written_nowhere(register: Register, caplog: Any, capfd: Any) -> None:
    caplog.set_level(logging.DEBUG)
    register.faults["/locations"] = [says(500), cut_off]
    pulled(register)
    register.faults["/locations"] = [says(401)]
    sentence = fails(register, LATER)
    assert register.keys == {KEY}
    captured = capfd.readouterr()
    assert caplog.text != ""
    assert KEY not in caplog.text + captured.out + captured.err + sentence
    for table in Model.metadata.sorted_tables:
        assert KEY not in str(db.session.connection().execute(select(table)).all()), table.name


# --- real answers -------------------------------------------------------------------------------------------------


def test_the_real_register_is_pulled_over_the_wire(database: None) -> None:
    given = os.environ.get("CAREWARD_REGISTER_SAMPLES")
    if not given:
        pytest.skip("CAREWARD_REGISTER_SAMPLES names no folder of real register files; our own samples stand in")
    folder = Path(given) / "api" if (Path(given) / "api").is_dir() else Path(given)
    with serving(folder) as server, stamina.set_testing(True, attempts=6):
        outcomes = pulled(server)
        assert imported()[:2] == (85, 75)
        assert pulls()[0].absent == 451 - 85 + 75 - 1
        assert totals(outcomes)[0] == 85 + 75
        server.changed["location"] = [{"locationId": "1-5203053560"}]
        assert totals(pulled(server, LATER)) == (0, 0, 0)
