"""Two people at the same instant, and eight at once: real threads on a database of their own."""

import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from time import sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from new_databases import new_database
from programs import Program, program
from some_files import PDF
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from world import NOW, World, console, make_app, sign_in

from models import Model, db
from models.attachments import Attachment
from models.base import Versioned
from models.diary import Obligation, Occurrence
from models.framework import ActivityType, Framework
from models.people import Person
from models.providers import ContactNote
from models.risk import ServiceBand
from models.suspensions import Suspension
from models.visits import Visit
from workflows import diary, framework, ledger
from workflows.engine import WORKFLOWS
from workflows.visibility import GOVERNED

TABLE, NOTE = Suspension.__table__, ContactNote.__table__


@pytest.fixture(scope="module")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database of its own, where what is committed stays."""
    folder = tmp_path_factory.mktemp("races")
    with new_database(database_url, folder) as url:
        app = make_app(url.render_as_string(hide_password=False), folder)
        yield app
        with app.app_context():
            assert faults(folder / "none") == []
            db.engine.dispose()


def faults(copy: Path) -> list[str]:
    """What `careward audit verify` would say. Every chain must be whole after everything that happens here."""
    models = [Person, *(model for model in GOVERNED if issubclass(model, Versioned))]
    return list(ledger.verify(db.session, "key", copy, models))


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context():
        world = World()
        world.number = dt.datetime.now(dt.UTC).microsecond  # the register's ids differ from test to test
        yield world


@pytest.fixture(scope="module")
def signed_in(app: Flask) -> Callable[[str], FlaskClient]:
    def client(username: str) -> FlaskClient:
        db.session.rollback()
        found = app.test_client()
        assert sign_in(found, username).status_code == 302
        return found

    return client


@contextmanager
def meeting(app: Flask, of: type[Any]) -> Iterator[None]:
    """Two flushes that change such a record wait for each other, so that both act on what both have read.

    SQLite lets only one writer in at a time, from its first statement on: there is nobody to wait for.
    """
    barrier = Barrier(2)

    def wait(session: Session, context: Any, instances: Any) -> None:
        if any(isinstance(item, of) and session.is_modified(item) for item in session.dirty):
            try:
                barrier.wait(20)
            except BrokenBarrierError:
                raise AssertionError("the other one never came") from None

    with app.app_context():
        together = db.engine.dialect.name == "postgresql"
    if together:
        event.listen(Session, "before_flush", wait)
    try:
        yield
    finally:
        if together:
            event.remove(Session, "before_flush", wait)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    db.session.rollback()  # this thread's own transaction would keep the others out of SQLite
    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(60) for each in [pool.submit(act) for act in acts]]


def alert(answer: Any) -> str:
    """What the page says went wrong."""
    found = re.search(r'error-summary__list">(.*?)</ul>|inset-text" role="alert">(.*?)</p>', answer.text, re.S)
    assert found, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", found[1] or found[2]).split())


IN_FORCE_ALREADY = (
    "A restriction is in force for this already. Vary that one instead.",  # read before acting
    "A restriction is in force for this already: somebody was quicker. Vary that one instead.",  # by the database
)
MOVED_ON = "It is not in a state in which this can be done: somebody may have moved it on."
SAME_MOMENT = "Somebody else changed this record at the same moment. Nothing of yours was saved yet: try again."
AFTER_YOU = "Somebody changed this record after you opened it. Nothing of yours is lost."
READ_AGAIN = "Somebody changed this record after you opened it. Read it again, then decide."


def test_of_two_approvals_for_one_scope_one_wins_and_the_other_is_told(
    app: Flask, world: World, signed_in: Any, tmp_path: Path
) -> None:
    head, head2 = signed_in("head"), signed_in("head2")
    for _ in range(20):
        service = world.service()
        one, two = (world.suspension(service, state="submitted").id for _ in range(2))
        with meeting(app, Suspension):
            answers = at_once(
                lambda one=one: head.post(f"/suspensions/{one}/approve", data={"version": "0"}),
                lambda two=two: head2.post(f"/suspensions/{two}/approve", data={"version": "0"}),
            )
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert (won.status_code, lost.status_code in (403, 409)) == (302, True)
        assert alert(lost) in IN_FORCE_ALREADY
        stand = db.session.connection().execute(select(TABLE.c.state).where(TABLE.c.service_id == service.id)).scalars()
        assert sorted(state.value for state in stand) == ["in_force", "submitted"]
        db.session.rollback()
    assert faults(tmp_path / "none") == []


def test_of_two_edits_of_one_record_one_is_kept_and_the_other_is_told(app: Flask, world: World, signed_in: Any) -> None:
    officer, manager = signed_in("officer"), signed_in("manager")
    for _ in range(5):
        case = world.suspension()
        pk, data = case.id, {"provider_id": f"#{case.provider_id}", "service_id": f"#{case.service_id}"}
        data |= {"kind": "no_new_purchase", "version": str(case.version)}
        to = f"/suspensions/edit/{pk}"
        with meeting(app, Suspension):
            answers = at_once(
                lambda to=to, data=data: officer.post(to, data=data | {"grounds": "By officer."}),
                lambda to=to, data=data: manager.post(to, data=data | {"grounds": "By manager."}),
            )
        assert sorted(answer.status_code == 302 for answer in answers) == [False, True]
        first, texts = answers[0].status_code == 302, ["By officer.", "By manager."]
        lost, kept = (answers[1], "By officer.") if first else (answers[0], "By manager.")
        assert alert(lost) in (SAME_MOMENT, AFTER_YOU)
        (typed,) = set(texts) - {kept}
        assert f">{typed}</textarea>" in lost.text
        db.session.rollback()
        found = db.session.connection().execute(select(TABLE.c.grounds, TABLE.c.version).where(TABLE.c.id == pk)).one()
        assert tuple(found) == (kept, 1)
        db.session.rollback()


def test_of_two_steps_on_one_record_one_is_taken_and_the_other_is_told(
    app: Flask, world: World, signed_in: Any
) -> None:
    head, manager = signed_in("head"), signed_in("manager")
    for _ in range(5):
        pk = world.suspension(state="submitted").id
        with meeting(app, Suspension):
            answers = at_once(
                lambda pk=pk: head.post(f"/suspensions/{pk}/approve", data={"version": "0"}),
                lambda pk=pk: manager.post(f"/suspensions/{pk}/withdraw", data={"version": "0", "note": "No need."}),
            )
        approved = answers[0].status_code == 302
        won, lost = answers if approved else reversed(answers)
        assert (won.status_code, lost.status_code in (403, 409)) == (302, True)
        assert alert(lost) in (SAME_MOMENT, READ_AGAIN, MOVED_ON)
        state = db.session.connection().execute(select(TABLE.c.state).where(TABLE.c.id == pk)).scalar()
        assert state.value == ("in_force" if approved else "withdrawn")
        db.session.rollback()


def test_of_two_of_the_same_step_only_one_is_told_in_the_history(app: Flask, world: World, signed_in: Any) -> None:
    """A double click, or two windows."""
    one, two = signed_in("officer"), signed_in("officer")
    pk = world.suspension().id
    with meeting(app, Suspension):
        answers = at_once(*(lambda c=c: c.post(f"/suspensions/{pk}/submit", data={"version": "0"}) for c in (one, two)))
    assert sorted(answer.status_code == 302 for answer in answers) == [False, True]
    entry = Model.metadata.tables["ledger_entry"]
    of_it = select(entry.c.seq).where(entry.c.record_type == "suspension", entry.c.record_id == pk)
    assert db.session.connection().execute(of_it).scalars().all() == [1]
    db.session.rollback()


def test_eight_people_at_once_get_their_own_pages_and_keep_their_own_records(
    app: Flask, world: World, signed_in: Any, tmp_path: Path
) -> None:
    """With one mutable filter object a view, as Flask-AppBuilder has it, 124 of 167 pages carried another's search."""
    names = ["Alder", "Birch", "Cedar", "Damson", "Elder", "Fir", "Gorse", "Hazel"]
    homes = {name: [world.service(f"{name} House {number}") for number in range(3)] for name in names}
    ids = {name: [(home.id, home.provider_id) for home in found] for name, found in homes.items()}
    visits = {name: world.visit(found[0], kind="focused").id for name, found in homes.items()}
    clients = {
        name: signed_in(username) for name, username in zip(names, ["officer", "officer2", "manager"] * 3, strict=False)
    }
    db.session.rollback()
    begin = Barrier(len(names))

    def work(name: str) -> None:
        client = clients[name]
        begin.wait(20)
        for number in range(8):
            page = client.get(f"/services/list/?q={name}&sector=&order=name")
            assert page.status_code == 200
            assert f'value="{name}"' in page.text
            found = re.findall(r'href="/services/show/(\d+)">([^<]+)</a>', page.text)
            assert found == [(str(pk), f"{name} House {n}") for n, (pk, _provider) in enumerate(ids[name])]
            service, provider = ids[name][number % 3]
            data = {
                "provider_id": f"#{provider}",
                "service_id": f"#{service}",
                "at": "2026-03-04T09:00",
                "channel": "phone",
            }
            made = client.post("/contact-notes/add", data=data | {"text": f"{name} {number} about {service}"})
            assert made.status_code == 302
            shown = client.get(made.location)
            assert shown.status_code == 200
            assert f"{name} {number} about {service}" in shown.text
            mine = client.get(f"/contact-notes/list/?q={name}&author=me")
            assert [other for other in names if other != name and f">{other} " in mine.text] == []
        for step, note in (("request_authorisation", "A concern."), ("withdraw_request", ""), ("cancel", "No need.")):
            read = client.get(f"/visits/{visits[name]}/{step}")
            version = re.search(r'name="version"[^>]*value="(\d+)"', read.text)
            assert version, read.text
            answer = client.post(f"/visits/{visits[name]}/{step}", data={"version": version[1], "note": note})
            assert answer.status_code == 302, answer.text

    at_once(*(lambda name=name: work(name) for name in names))
    rows = db.session.connection().execute(select(NOTE.c.text, NOTE.c.service_id)).all()
    expected = {(f"{name} {n} about {ids[name][n % 3][0]}", ids[name][n % 3][0]) for name in names for n in range(8)}
    assert {tuple(row) for row in rows} == expected
    visit = Visit.__table__
    assert set(db.session.connection().execute(select(visit.c.state)).scalars()) == {"cancelled"}
    assert faults(tmp_path / "none") == []
    db.session.rollback()


def test_of_two_who_add_the_same_file_at_once_one_adds_it_and_the_other_is_told(
    app: Flask, world: World, signed_in: Any, tmp_path: Path
) -> None:
    officer, manager = signed_in("officer"), signed_in("manager")
    table = Model.metadata.tables["attachment"]
    for _ in range(5):
        pk = world.visit().id
        to = f"/attachments/add?record_type=visit&record_id={pk}"

        def sends(client: FlaskClient, to: str = to) -> Any:
            return client.post(to, data={"file": (io.BytesIO(PDF), "rota.pdf"), "what": "Rota", "internal": "y"})

        with adding_together(app):
            answers = at_once(lambda: sends(officer), lambda: sends(manager))
        won, lost = sorted(answers, key=lambda answer: -answer.status_code)
        assert (won.status_code, lost.status_code) == (302, 200)
        assert alert(lost) == "File: This very file is here already."
        keys = db.session.connection().execute(select(table.c.storage_key).where(table.c.record_id == pk)).scalars()
        assert len(keys.all()) == 1
        db.session.rollback()
    assert faults(tmp_path / "none") == []


def test_two_who_add_different_files_at_once_both_add_theirs(
    app: Flask, world: World, signed_in: Any, tmp_path: Path
) -> None:
    officer, manager = signed_in("officer"), signed_in("manager")
    pk = world.visit().id
    to = f"/attachments/add?record_type=visit&record_id={pk}"

    def sends(client: FlaskClient, content: bytes) -> Any:
        return client.post(to, data={"file": (io.BytesIO(content), "rota.pdf"), "what": "Rota", "internal": "y"})

    with adding_together(app):
        answers = at_once(lambda: sends(officer, PDF), lambda: sends(manager, PDF + b"\n"))
    assert [answer.status_code for answer in answers] == [302, 302]
    table = Model.metadata.tables["attachment"]
    found = db.session.connection().execute(
        select(table.c.id, table.c.storage_key, table.c.sha256).where(table.c.record_id == pk)
    )
    rows = found.mappings().all()
    db.session.rollback()
    assert len({row["storage_key"] for row in rows}) == 2
    sent = {hashlib.sha256(content).hexdigest(): content for content in (PDF, PDF + b"\n")}
    assert {officer.get(f"/attachments/{row['id']}/open").data == sent[row["sha256"]] for row in rows} == {True}
    assert faults(tmp_path / "none") == []


@contextmanager
def adding_together(app: Flask) -> Iterator[None]:
    """Both have looked whether the file is there before either adds it."""
    barrier = Barrier(2)

    def wait(session: Session, context: Any, instances: Any) -> None:
        if any(isinstance(item, Attachment) for item in session.new):
            barrier.wait(20)

    with app.app_context():
        together = db.engine.dialect.name == "postgresql"
    if together:
        event.listen(Session, "before_flush", wait)
    try:
        yield
    finally:
        if together:
            event.remove(Session, "before_flush", wait)


def test_of_two_covers_of_one_post_entered_at_once_one_stands_and_the_other_is_told(
    app: Flask, world: World, signed_in: Any, tmp_path: Path
) -> None:
    officer, manager = signed_in("officer"), signed_in("manager")
    table = Model.metadata.tables["absence"]
    absent, deputies = world.person("officer").id, [world.person(name).id for name in ("officer2", "head")]
    for number in range(8):
        first = dt.date(2026, 4, 1) + dt.timedelta(days=10 * number)
        days = [(first, first + dt.timedelta(days=4)), (first + dt.timedelta(days=2), first + dt.timedelta(days=6))]
        forms = [
            {"absent_id": str(absent), "deputy_id": str(deputy), "first_on": str(begins), "last_on": str(ends)}
            for deputy, (begins, ends) in zip(deputies, days, strict=True)
        ]
        answers = at_once(
            lambda form=forms[0]: officer.post("/absences/add", data=form),
            lambda form=forms[1]: manager.post("/absences/add", data=form),
        )
        won, lost = sorted(answers, key=lambda answer: -answer.status_code)
        assert (won.status_code, lost.status_code) == (302, 200)
        assert alert(lost) == "Test Officer has a deputy in these days already. End that cover first."
    assert len(db.session.connection().execute(select(table.c.id)).all()) == 8
    db.session.rollback()
    assert faults(tmp_path / "none") == []


def test_of_two_who_hand_on_the_same_work_at_once_one_does_and_the_other_hands_on_nothing(
    app: Flask, world: World, signed_in: Any, tmp_path: Path
) -> None:
    one, two = signed_in("manager"), signed_in("manager")
    start, takers = world.person("officer").id, [world.person(name).id for name in ("officer2", "manager")]
    for _ in range(5):
        homes = [world.service(allocated_officer_id=start) for _ in range(4)]
        picks = [f"service:{home.id}:{home.version}" for home in homes]
        ids = [home.id for home in homes]
        answers = at_once(
            *(
                lambda client=client, to=to, picks=picks: client.post(
                    f"/allocation/{start}", data={"pick": picks, "to_id": str(to), "reason": "They left."}
                )
                for client, to in zip((one, two), takers, strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        won = takers[0] if answers[0].status_code == 302 else takers[1]
        table = Model.metadata.tables["service"]
        holders = db.session.connection().execute(
            select(table.c.allocated_officer_id, table.c.version).where(table.c.id.in_(ids))
        )
        assert {tuple(row) for row in holders} == {(won, 1)}
        db.session.rollback()
    assert faults(tmp_path / "none") == []


# --- programs ---


def asking(app: Flask, world: World, username: str) -> Program:
    asker = program(app, world, username)
    assert asker.get("openapi.json").status_code == 200  # its first use of the day is noted
    return asker


def test_the_same_request_twice_at_once_has_one_effect_and_one_answer(app: Flask, world: World) -> None:
    officer = asking(app, world, "officer")
    for number in range(8):
        service = world.service()
        sent = {
            "provider_id": service.provider_id,
            "at": "2026-03-04T09:00:00+00:00",
            "channel": "phone",
            "text": f"Once {service.id}",
        }
        key = {"Idempotency-Key": f"once-{number}"}
        answers = at_once(*(lambda: officer.post("contact-notes/", json=sent, headers=key) for _ in range(3)))  # noqa: B023 - done before the next turn
        assert [answer.status_code for answer in answers] == [201, 201, 201]
        assert len({answer.json["id"] for answer in answers}) == 1
        assert sorted(answer.headers.get("Idempotent-Replayed", "") for answer in answers) == ["", "true", "true"]
        found = db.session.connection().execute(select(NOTE.c.id).where(NOTE.c.text == sent["text"])).all()
        assert len(found) == 1
        db.session.rollback()


def test_of_two_programs_that_change_one_record_one_is_told_both_values(app: Flask, world: World) -> None:
    officer, manager = asking(app, world, "officer"), asking(app, world, "manager")
    for _ in range(5):
        pk = world.suspension().id
        path = f"suspensions/{pk}"
        with meeting(app, Suspension):
            answers = at_once(
                lambda path=path: officer.patch(path, 0, json={"grounds": "By officer."}),
                lambda path=path: manager.patch(path, 0, json={"grounds": "By manager."}),
            )
        first = answers[0].status_code == 200
        (won, lost), (kept, typed) = (
            (answers, ("By officer.", "By manager.")) if first else (answers[::-1], ("By manager.", "By officer."))
        )
        assert (won.status_code, lost.status_code) == (200, 412)
        assert (won.json["grounds"], won.headers["ETag"]) == (kept, '"1"')
        assert lost.json["conflicts"] == {"grounds": {"stands": kept, "sent": typed}}
        db.session.rollback()
        found = db.session.connection().execute(select(TABLE.c.grounds, TABLE.c.version).where(TABLE.c.id == pk)).one()
        assert tuple(found) == (kept, 1)
        db.session.rollback()


def test_of_two_programs_that_take_one_step_one_is_stale(app: Flask, world: World, tmp_path: Path) -> None:
    one, two = asking(app, world, "officer"), asking(app, world, "officer")
    pk = world.suspension().id
    with meeting(app, Suspension):
        answers = at_once(*(lambda c=c: c.step(f"suspensions/{pk}/steps/submit", 0) for c in (one, two)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes in ([200, 412], [200, 403])  # overtaken while it read, or before
    assert faults(tmp_path / "none") == []


def test_a_token_first_used_by_eight_at_once_serves_them_all(app: Flask, world: World) -> None:
    """Noting the day of use writes, though all of them only read."""
    officer = program(app, world, "officer")
    answers = at_once(*(lambda: officer.get("services/") for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8


# --- the diary ---


def kind_in_force(key: str) -> int:
    with console():
        rows = select(ActivityType.id).join(ActivityType.framework)
        return db.session.scalars(rows.where(Framework.state == "in_force", ActivityType.key == key)).one()


def test_two_acts_of_the_council_itself_at_once_both_stand(app: Flask, world: World) -> None:
    """On a day for which nothing was derived yet: each would write the same obligations."""
    kinds, day, flushed = (
        [kind_in_force(key) for key in ("dashboard", "feedback_review")],
        NOW + dt.timedelta(days=40),
        Barrier(2),
    )

    def record(kind: int) -> Callable[[], None]:
        def act() -> None:
            with app.app_context(), world.acting("manager", day):
                db.session.add(Occurrence(activity_type_id=kind, done_on=day.date()))
                if db.engine.dialect.name == "postgresql":  # SQLite lets one writer in at a time
                    db.session.flush()
                    flushed.wait(20)
                db.session.commit()

        return act

    at_once(*(record(kind) for kind in kinds))
    with console():
        done = db.session.scalars(select(Occurrence.activity_type_id).where(Occurrence.done_on == day.date())).all()
    assert sorted(done) == sorted(kinds)


def test_a_change_while_an_edition_comes_into_force_goes_by_that_edition(app: Flask, world: World) -> None:
    """HA QM4, three months instead of twelve."""
    service = world.service(service_type="care_home", commissioning="commissioned")
    number = service.id
    with world.acting("manager") as manager:
        WORKFLOWS[Framework].take("copy_to_draft", framework.in_force(db.session), manager)
        db.session.commit()
        draft = db.session.scalars(select(Framework).where(Framework.state == "draft")).one()
        next(rule for rule in draft.cadences if rule.key == "safe_and_well").length = 3
        db.session.commit()
        draft_id = draft.id
    derived = Event()

    def put_in_force() -> None:
        with app.app_context(), world.acting("head") as head:
            WORKFLOWS[Framework].take("put_in_force", db.session.get_one(Framework, draft_id), head)
            diary.derive_touched(db.session())
            derived.set()
            sleep(1)  # meanwhile the other one waits for the service
            db.session.commit()

    def record() -> None:
        derived.wait(20)
        with app.app_context(), world.acting("manager"):
            db.session.add(ServiceBand(service_id=number, scheme="risk", band="low", grounds="No concerns."))
            db.session.commit()

    at_once(put_in_force, record)
    with console():
        due = select(Obligation.due_on).where(Obligation.service_id == number, Obligation.activity == "safe_and_well")
        assert db.session.scalars(due).all() == [dt.date(2026, 6, 4)]
