"""The history: what it says, that nobody changes it, and that it is seen when somebody did."""

import datetime as dt
import hashlib
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DatabaseError
from world import NOW, World

from models import db
from models.base import Versioned
from models.ledger import LedgerEntry, LedgerKind, LedgerSeal
from models.people import Person
from models.providers import ContactNote, NoteChannel, Service
from workflows import actor as actors
from workflows import ledger
from workflows.gate import maintenance, record
from workflows.suspensions import WORKFLOW
from workflows.visibility import GOVERNED

KEY = "the audit key"
ENTRY, SEAL = LedgerEntry.__table__, LedgerSeal.__table__
MODELS = [Person, *(model for model in GOVERNED if issubclass(model, Versioned))]


def entries(kind: str = "suspension") -> list[dict[str, Any]]:
    """The ledger's rows of one kind of record, read past the gate."""
    rows = db.session.connection().execute(select(ENTRY).where(ENTRY.c.record_type == kind).order_by(ENTRY.c.id))
    return [dict(row) for row in rows.mappings()]


def faults(copy: Path, key: str = KEY) -> list[str]:
    return list(ledger.verify(db.session, key, copy, MODELS))


def seal(copy: Path, key: str = KEY) -> None:
    with actors.acting(actors.system("audit seal", NOW)) as actor:
        ledger.seal(db.session, actor, key, copy)
        db.session.commit()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The file of seals, outside the database."""
    return tmp_path / "outside" / "seals.jsonl"


def note(world: World, text: str = "Rang the home.", **kw: Any) -> int:
    service = world.service(**kw)
    with world.acting("officer"):
        made = ContactNote(
            provider_id=service.provider_id, service_id=service.id, at=NOW, channel=NoteChannel.phone, text=text
        )
        db.session.add(made)
        db.session.commit()
        return made.id


def edit(world: World, pk: int, *texts: str) -> None:
    with world.acting("officer"):
        for each in texts:
            db.session.get(ContactNote, pk).text = each
            db.session.commit()


# --- what it says ------------------------------------------------------------------------------------------------


def test_what_was_made_is_told_whole(world: World) -> None:
    pk = note(world)
    officer = world.person("officer").id
    (row,) = entries("contact_note")
    beginning = hashlib.sha256(f"contact_note:{pk}".encode()).hexdigest()
    assert {name: value for name, value in row.items() if name not in ("id", "hash", "changes")} == {
        "record_type": "contact_note",
        "record_id": pk,
        "seq": 1,
        "record_version": 1,
        "kind": LedgerKind.created,
        "step": None,
        "note": "",
        "clause": "",
        "actor_id": officer,
        "for_id": None,
        "actor_role": "officer",
        "at": NOW,
        "previous_hash": beginning,
    }
    service = db.session.connection().execute(select(Service.__table__)).mappings().one()
    assert row["changes"] == {
        "provider_id": [None, service["provider_id"]],
        "service_id": [None, service["id"]],
        "at": [None, "2026-03-04T10:00:00+00:00"],
        "channel": [None, "phone"],
        "text": [None, "Rang the home."],
        "created_at": [None, "2026-03-04T10:00:00+00:00"],
        "created_by_id": [None, officer],
    }


def test_an_edit_tells_each_field_from_what_to_what(world: World) -> None:
    case = world.suspension()
    later = NOW + dt.timedelta(hours=1)
    with world.acting("manager", later):
        case.grounds, case.number_placed = "Falls are not recorded.", 9
        case.conditions = case.conditions
        db.session.commit()
    (row,) = entries()
    assert (row["kind"], row["seq"], row["record_version"], row["at"], row["actor_role"]) == (
        LedgerKind.edited, 1, 1, later, "manager",
    )  # fmt: skip
    assert row["changes"] == {
        "grounds": ["Medicines are not given as prescribed.", "Falls are not recorded."],
        "number_placed": [12, 9],
    }


def test_an_edit_of_a_record_that_was_not_read_again_tells_what_it_was(world: World) -> None:
    """After a commit the values have expired; the ledger tells what they were all the same."""
    case = world.suspension()
    db.session.expire(case)
    with world.acting("officer"):
        case.grounds = "Falls are not recorded."
        db.session.commit()
    (row,) = entries()
    assert row["changes"] == {"grounds": ["Medicines are not given as prescribed.", "Falls are not recorded."]}


def test_an_edit_that_changes_nothing_is_not_told(world: World) -> None:
    case = world.suspension()
    with world.acting("officer"):
        case.grounds = "Medicines are not given as prescribed."
        case.number_placed = 12
        db.session.commit()
    assert entries() == []
    assert case.version == 0


def test_a_relation_is_told_by_the_number_it_points_with(world: World) -> None:
    one, other = world.service("One House"), world.service("Other House")
    case = world.suspension(one)
    with world.acting("officer"):
        case.provider, case.service = db.session.get(Service, other.id).provider, db.session.get(Service, other.id)
        db.session.commit()
    (row,) = entries()
    assert row["changes"] == {
        "provider_id": [one.provider_id, other.provider_id],
        "service_id": [one.id, other.id],
    }


def test_a_step_tells_its_role_reason_and_rule(world: World) -> None:
    case = world.suspension()
    with world.acting("officer") as officer:
        WORKFLOW.take("submit", case, officer)
        db.session.commit()
    with world.acting("head") as head:
        WORKFLOW.take("return", case, head, note="  Name the evidence.  ")
        db.session.commit()
    submitted, returned = entries()
    assert {name: submitted[name] for name in ("kind", "step", "note", "clause", "actor_id", "actor_role")} == {
        "kind": LedgerKind.step,
        "step": "submit",
        "note": "",
        "clause": "HA 3.70",
        "actor_id": officer.person_id,
        "actor_role": "officer",
    }
    assert submitted["changes"] == {
        "state": ["draft", "submitted"],
        "submitted_by_id": [None, officer.person_id],
        "submitted_at": [None, "2026-03-04T10:00:00+00:00"],
    }
    assert {name: returned[name] for name in ("step", "note", "actor_id", "actor_role", "changes")} == {
        "step": "return",
        "note": "Name the evidence.",
        "actor_id": head.person_id,
        "actor_role": "head",
        "changes": {"state": ["submitted", "draft"]},
    }
    assert (submitted["seq"], returned["seq"], returned["previous_hash"]) == (1, 2, submitted["hash"])


def test_what_is_rolled_back_is_not_in_the_history(world: World) -> None:
    case = world.suspension()
    with world.acting("officer") as actor:
        case.grounds = "Other."
        db.session.flush()
        assert len(entries()) == 1
        WORKFLOW.take("submit", case, actor)
        assert len(entries()) == 2
        db.session.rollback()
    assert entries() == []


def test_each_record_has_its_own_chain(world: World) -> None:
    one, other = note(world), note(world)
    edit(world, one, "a", "b")
    edit(world, other, "c")
    edit(world, one, "d")
    rows = entries("contact_note")
    assert [(row["record_id"], row["seq"], row["record_version"]) for row in rows] == [
        (one, 1, 1), (other, 1, 1), (one, 2, 2), (one, 3, 3), (other, 2, 2), (one, 4, 4),
    ]  # fmt: skip
    for pk in (one, other):
        chain = [row for row in rows if row["record_id"] == pk]
        assert [row["previous_hash"] for row in chain[1:]] == [row["hash"] for row in chain[:-1]]


def test_imports_and_maintenance_raise_no_version_and_verify(world: World, copy: Path) -> None:
    service = world.service()
    with actors.acting(actors.system("register import", NOW)), maintenance("register import"):
        service.phone = "01234"
        db.session.flush()
        record(db.session, LedgerKind.imported, service, {"phone": [None, "01234"]}, "services.json")
        db.session.commit()
    (row,) = entries("service")
    assert (row["kind"], row["seq"], row["record_version"], row["actor_id"], row["actor_role"], row["note"]) == (
        LedgerKind.imported, 1, 0, None, "register import", "services.json",
    )  # fmt: skip
    assert service.version == 0
    assert faults(copy) == []


def test_an_entry_s_hash_is_what_anybody_can_compute(world: World, copy: Path) -> None:
    """The same text on SQLite and PostgreSQL: no hash here comes from the code under test."""
    with actors.acting(actors.system("import", NOW)) as actor:
        service = world.service()
        moment = dt.datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=1)))
        odd = {
            "words": ["Ysbyty Llŷn – “é”", '😀 \u2028 \x7f \\ " / <&>'],
            "long": [None, "x" * 100_000],
            "nested": [{"b": [1, 2.5, None, True], "a": {"ż": []}}, [[], {}]],
        }
        with actors.acting(actors.at(actor, moment)):
            ledger.write(
                db.session, actors.at(actor, moment), [ledger.Event(service, LedgerKind.imported, odd, note="Ŵ\n\t😀")]
            )
        db.session.commit()
    (row,) = entries("service")
    told = {
        "actor_id": None,
        "actor_role": "import",
        "at": "2026-03-29T00:30:00.123456+00:00",
        "changes": odd,
        "clause": "",
        "for_id": None,
        "kind": "imported",
        "note": "Ŵ\n\t😀",
        "previous_hash": hashlib.sha256(f"service:{service.id}".encode()).hexdigest(),
        "record_id": service.id,
        "record_type": "service",
        "record_version": 0,
        "seq": 1,
        "step": None,
    }
    assert row["hash"] == hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    assert row["changes"] == odd
    assert row["at"].isoformat() == "2026-03-29T00:30:00.123456+00:00"
    assert faults(copy) == []


# --- that nobody changes it --------------------------------------------------------------------------------------

COLUMNS = "record_type, record_id, seq, kind, changes, note, clause, actor_role, at, previous_hash, hash"
ATTEMPTS = {
    "update": "UPDATE ledger_entry SET note = 'x'",
    "delete": "DELETE FROM ledger_entry",
    "update of a seal": "UPDATE ledger_seal SET digest = 'x'",
    "delete of a seal": "DELETE FROM ledger_seal",
}
SQLITE = {
    "replace": f"REPLACE INTO ledger_entry (id, {COLUMNS}) SELECT id, {COLUMNS} FROM ledger_entry",
    "insert or replace": f"INSERT OR REPLACE INTO ledger_entry (id, {COLUMNS}) SELECT id, {COLUMNS} FROM ledger_entry",
    "replace by its place in the chain": f"REPLACE INTO ledger_entry ({COLUMNS}) SELECT {COLUMNS} FROM ledger_entry",
    "update or replace": "UPDATE OR REPLACE ledger_entry SET seq = 1",
    "upsert": f"INSERT INTO ledger_entry (id, {COLUMNS}) SELECT id, {COLUMNS} FROM ledger_entry WHERE true "
    "ON CONFLICT (id) DO UPDATE SET note = 'x'",
    "replace of a seal": "REPLACE INTO ledger_seal SELECT * FROM ledger_seal",
}
POSTGRESQL = {
    "truncate": "TRUNCATE ledger_entry",
    "truncate, cascading": "TRUNCATE ab_user CASCADE",
    "truncate of seals": "TRUNCATE ledger_seal",
    "upsert": f"INSERT INTO ledger_entry (id, {COLUMNS}) SELECT id, {COLUMNS} FROM ledger_entry "
    "ON CONFLICT (id) DO UPDATE SET note = 'x'",
    "upsert by its place in the chain": f"INSERT INTO ledger_entry ({COLUMNS}) SELECT {COLUMNS} FROM ledger_entry "
    "ON CONFLICT (record_type, record_id, seq) DO UPDATE SET note = 'x'",
    "merge": "MERGE INTO ledger_entry t USING ledger_entry s ON t.id = s.id WHEN MATCHED THEN DELETE",
    "update of nothing but itself": "UPDATE ONLY ledger_entry SET note = note",
}


ATTEMPTS |= POSTGRESQL if os.environ.get("CAREWARD_TEST_DATABASE") == "postgresql" else SQLITE


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_database_itself_refuses_to_change_it(world: World, copy: Path, attempt: str) -> None:
    note(world)
    seal(copy)
    before = [db.session.connection().execute(select(table).order_by(table.c.id)).all() for table in (ENTRY, SEAL)]
    with pytest.raises(DatabaseError, match=r"ledger_(entry|seal) is append-only"), db.session.begin_nested():
        db.session.connection().execute(text(ATTEMPTS[attempt]))
    after = [db.session.connection().execute(select(table).order_by(table.c.id)).all() for table in (ENTRY, SEAL)]
    assert after == before


# --- that it is seen ---------------------------------------------------------------------------------------------


def force(statement: str, **values: Any) -> None:
    """What somebody with the database's own password can do: switch the triggers off first."""
    connection = db.session.connection()
    for table in ("ledger_entry", "ledger_seal"):
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            for what in ("update", "delete", "replace"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{what}"))
    connection.execute(text(statement), values)


@pytest.fixture
def told(world: World, copy: Path) -> tuple[int, int]:
    """A note with four entries and one with two, sealed; the ids of both."""
    one, other = note(world), note(world)
    edit(world, one, "Second.", "Third.")
    edit(world, other, "Second.")
    edit(world, one, "Fourth.")
    seal(copy)
    assert faults(copy) == []
    return one, other


ROW = "record_type = 'contact_note' AND record_id = :pk"


def sealed() -> str:
    """How a seal says that the entries under it are others now."""
    (count,), (last,) = (
        db.session.connection().execute(text(f"SELECT {c} FROM ledger_seal")).one() for c in ("entries", "last_id")
    )
    return f"Seal 1: it held {count} entries up to row {last}, and not those that stand there now."


@pytest.mark.parametrize(
    "change",
    [
        "note = 'nothing happened'",
        "actor_id = NULL",
        "actor_role = 'head'",
        "step = 'submit'",
        "clause = 'HP 8'",
        "kind = 'imported'",
        "record_version = 7",
        "at = '2020-01-01 00:00:00+00:00'",
        "changes = '{}'",
        "previous_hash = 'x'",
    ],
)
def test_a_changed_row_is_named(told: tuple[int, int], copy: Path, change: str) -> None:
    one, _ = told
    row = entries("contact_note")[3]  # the first note's third entry
    assert (row["record_id"], row["seq"]) == (one, 3)
    force(f"UPDATE ledger_entry SET {change} WHERE id = :id", id=row["id"])
    found = faults(copy)
    assert found[0] == f"contact_note {one}: entry 3 (row {row['id']}) was changed."
    assert found[1:] == (
        [f"contact_note {one}: the record is older than its history: 4 of 7."] if "version" in change else []
    )


def test_a_changed_row_with_a_new_hash_is_named_by_the_next_and_by_the_seal(told: tuple[int, int], copy: Path) -> None:
    one, _ = told
    row, after = [row for row in entries("contact_note") if row["record_id"] == one][1:3]
    digest = ledger._digest(row | {"note": "x"})
    force("UPDATE ledger_entry SET note = 'x', hash = :hash WHERE id = :id", id=row["id"], hash=digest)
    assert faults(copy) == [f"contact_note {one}: entry 3 (row {after['id']}) was changed.", sealed()]


def test_a_row_that_is_gone_from_the_middle_is_named(told: tuple[int, int], copy: Path) -> None:
    one, _ = told
    force(f"DELETE FROM ledger_entry WHERE {ROW} AND seq = 2", pk=one)
    assert faults(copy) == [f"contact_note {one}: entry 2 is missing.", sealed()]


def test_a_first_row_that_is_gone_is_named(told: tuple[int, int], copy: Path) -> None:
    one, _ = told
    force(f"DELETE FROM ledger_entry WHERE {ROW} AND seq = 1", pk=one)
    assert faults(copy) == [f"contact_note {one}: entry 1 is missing.", sealed()]


def test_a_tail_that_is_gone_is_named(told: tuple[int, int], copy: Path) -> None:
    one, _ = told
    force(f"DELETE FROM ledger_entry WHERE {ROW} AND seq > 2", pk=one)
    assert faults(copy) == [f"contact_note {one}: the history ends at change 2 of 4.", sealed()]


def test_a_history_that_is_gone_whole_is_named(told: tuple[int, int], copy: Path) -> None:
    _, other = told
    force(f"DELETE FROM ledger_entry WHERE {ROW}", pk=other)
    assert faults(copy) == [f"contact_note {other}: the history ends at change 0 of 2.", sealed()]


def test_a_record_that_was_set_back_is_named(told: tuple[int, int], copy: Path) -> None:
    one, _ = told
    force("UPDATE contact_note SET version = 2 WHERE id = :pk", pk=one)
    assert faults(copy) == [f"contact_note {one}: the record is older than its history: 2 of 4."]


def test_a_record_changed_without_an_entry_is_named(told: tuple[int, int], copy: Path) -> None:
    one, _ = told
    force("UPDATE contact_note SET version = 5 WHERE id = :pk", pk=one)
    assert faults(copy) == [f"contact_note {one}: the history ends at change 4 of 5."]


def test_a_record_that_is_gone_with_its_history_is_seen_by_the_seal(told: tuple[int, int], copy: Path) -> None:
    _, other = told
    force(f"DELETE FROM ledger_entry WHERE {ROW}", pk=other)
    force("DELETE FROM contact_note WHERE id = :pk", pk=other)
    assert faults(copy) == [sealed()]


def test_a_record_that_is_gone_alone_is_named(told: tuple[int, int], copy: Path) -> None:
    _, other = told
    force("DELETE FROM contact_note WHERE id = :pk", pk=other)
    assert faults(copy) == [f"contact_note {other}: the record is gone, and its history stands."]


def test_an_entry_slipped_in_below_a_seal_is_seen_by_it(told: tuple[int, int], copy: Path) -> None:
    row = entries("contact_note")[0] | {"id": -1, "record_type": "slip", "seq": 1}
    row["previous_hash"] = hashlib.sha256(f"slip:{row['record_id']}".encode()).hexdigest()
    row["hash"] = ledger._digest(row)
    db.session.connection().execute(insert(ENTRY), [row])
    assert faults(copy) == [sealed()]


# --- seals -------------------------------------------------------------------------------------------------------


def test_an_empty_ledger_has_no_faults(world: World, copy: Path) -> None:
    force("DELETE FROM ledger_entry")
    assert faults(copy) == []
    seal(copy)
    assert faults(copy) == []


def test_sealing_twice_is_two_seals_and_no_fault(told: tuple[int, int], world: World, copy: Path) -> None:
    seal(copy)
    edit(world, told[0], "Fifth.")
    seal(copy)
    counts = db.session.connection().execute(select(SEAL.c.entries).order_by(SEAL.c.id)).scalars().all()
    assert [count - counts[0] for count in counts] == [0, 0, 1]
    assert len(copy.read_text().splitlines()) == 3
    assert faults(copy) == []


def test_another_key_signs_nothing(told: tuple[int, int], copy: Path) -> None:
    assert faults(copy, "another key") == ["Seal 1 is not signed with this audit key."]


def test_a_changed_seal_is_named(told: tuple[int, int], copy: Path) -> None:
    force("UPDATE ledger_seal SET entries = entries - 1")
    assert faults(copy) == [
        "Seal 1 is not signed with this audit key.",
        f"The seals in the database are not those in the file {copy}.",
    ]


def test_a_seal_that_is_gone_from_the_database_is_named(told: tuple[int, int], copy: Path) -> None:
    seal(copy)
    force("DELETE FROM ledger_seal WHERE id = (SELECT max(id) FROM ledger_seal)")
    assert faults(copy) == ["The file of seals holds 2, the database 1: the newest are missing."]


def test_a_seal_that_is_gone_from_the_file_is_named(told: tuple[int, int], copy: Path) -> None:
    seal(copy)
    copy.write_text(copy.read_text().splitlines()[0] + "\n")
    assert faults(copy) == [f"The seals in the database are not those in the file {copy}."]
    copy.unlink()
    assert faults(copy) == [f"The seals in the database are not those in the file {copy}."]


def test_a_file_of_seals_cut_in_the_middle_of_a_line_is_named(told: tuple[int, int], copy: Path) -> None:
    copy.write_text(copy.read_text()[:40])
    assert faults(copy) == [f"The seals in the database are not those in the file {copy}."]


def test_verifying_holds_a_few_rows_at_a_time(world: World, copy: Path) -> None:
    """Ten thousand entries of a kilobyte; read all at once they would take well over ten megabytes."""
    service, rows = world.service(), []
    previous = hashlib.sha256(f"service:{service.id}".encode()).hexdigest()
    for seq in range(1, 10_001):
        row = {
            "record_type": "service", "record_id": service.id, "seq": seq, "record_version": 0, "step": None,
            "kind": LedgerKind.imported, "changes": {"x": [None, "y" * 1000]}, "note": "", "clause": "",
            "actor_id": None, "for_id": None, "actor_role": "import", "at": NOW, "previous_hash": previous,
        }  # fmt: skip
        row["hash"] = previous = ledger._digest(row)
        rows.append(row)
    for start in range(0, 10_000, 1000):
        db.session.connection().execute(insert(ENTRY), rows[start : start + 1000])
    del rows
    tracemalloc.start()
    found = faults(copy)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == []
    assert peak < 12_000_000
