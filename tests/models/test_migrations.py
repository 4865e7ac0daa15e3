"""A migrated database equals a created one, in everything that its catalogue knows.

Alembic's own check sees no difference in CHECKs, index predicates and triggers, so the catalogues are compared.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from new_databases import new_database
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DatabaseError

import models
from models.schema import upgrade

POSTGRESQL = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, pg_get_expr(d.adbin, d.adrelid), a.attnum
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relkind = 'r' AND a.attnum > 0 AND c.relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype, convalidated, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0""",
    "indexes": """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisvalid, pg_get_indexdef(i.indexrelid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "sequences": """
        SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle
        FROM pg_sequences WHERE schemaname = 'public'""",
}


@pytest.fixture
def databases(database_url: str, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Two empty databases of the kind under test."""
    with ExitStack() as stack:
        pair = [stack.enter_context(new_database(database_url, tmp_path)) for _ in range(2)]
        engines = create_engine(pair[0]), create_engine(pair[1])
        yield engines
        for engine in engines:
            engine.dispose()


def test_a_migrated_database_equals_a_created_one(databases: tuple[Engine, Engine]) -> None:
    migrated, created = databases
    upgrade(migrated)
    models.Model.metadata.create_all(created)
    ours, theirs = catalogue(migrated), catalogue(created)
    assert {place for place in ours if place not in theirs} == set()
    assert {place for place in theirs if place not in ours} == set()
    assert {place: (ours[place], theirs[place]) for place in ours if ours[place] != theirs[place]} == {}


def test_the_comparison_sees_predicates_checks_and_triggers(databases: tuple[Engine, Engine]) -> None:
    """That the test above is not empty."""
    engine, _ = databases
    upgrade(engine)
    told = "\n".join(f"{place}: {what}" for place, what in catalogue(engine).items())
    for expected in (
        "uq_suspension_one_in_force",
        "coalesce(service_id, 0)" if engine.dialect.name == "sqlite" else "COALESCE(service_id, 0)",
        "'lift_requested'",
        "ck_rating_well_led_known",
        "uq_framework_one_in_force",
        "fk_ab_user_provider_id",
        "ledger_entry_no_update" if engine.dialect.name == "sqlite" else "ledger_entry_no_truncate",
        "is append-only",
    ):
        assert expected in told


def test_upgrading_twice_changes_nothing(databases: tuple[Engine, Engine]) -> None:
    engine, _ = databases
    upgrade(engine)
    before = catalogue(engine)
    upgrade(engine)
    assert catalogue(engine) == before


def test_a_migrated_ledger_refuses_changes(databases: tuple[Engine, Engine]) -> None:
    engine, _ = databases
    upgrade(engine)
    with engine.begin() as connection:
        seal = "INSERT INTO ledger_seal (id, at, entries, last_id, digest, signature) VALUES (1, '{}', 0, 0, '', '')"
        connection.execute(text(seal.format("2025-03-03 10:00:00")))
    for statement in ("UPDATE ledger_seal SET entries = 1", "DELETE FROM ledger_seal"):
        with pytest.raises(DatabaseError, match="ledger_seal is append-only"), engine.begin() as connection:
            connection.execute(text(statement))


def test_foreign_keys_hold_again_after_a_migration(databases: tuple[Engine, Engine]) -> None:
    engine, _ = databases
    upgrade(engine)
    broken = "INSERT INTO ab_user_role (id, user_id, role_id) VALUES (1, 41, 42)"
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"), engine.begin() as connection:
        connection.execute(text(broken))


def catalogue(engine: Engine) -> dict[str, str]:
    """Everything that the database knows of its tables but Alembic's own: place -> definition."""
    with engine.connect() as connection:
        found = from_sqlite(connection) if engine.dialect.name == "sqlite" else from_postgresql(connection)
    return {place: what for place, what in found.items() if "alembic_version" not in place}


def from_postgresql(connection: Connection) -> dict[str, str]:
    return {
        " ".join((what, *map(str, row[:2]))): repr(tuple(row[1:]))
        for what, statement in POSTGRESQL.items()
        for row in connection.execute(text(statement))
    }


def from_sqlite(connection: Connection) -> dict[str, str]:
    found = {}
    for kind, name, table, sql in connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master")):
        if kind != "table":
            found[f"{kind} {table} {name}"] = " ".join((sql or "made by a constraint").split())
            continue
        for number, part in enumerate(parts(sql)):
            # The order of columns is compared, the order of constraints is not.
            place = part.split()[1] if part.startswith("CONSTRAINT") else f"column {number}"
            found[f"table {name} {place}"] = part
    return found


def parts(create_table: str) -> list[str]:
    """The columns and constraints of a CREATE TABLE: its body, cut at the commas outside brackets and quotes."""
    body = create_table[create_table.index("(") + 1 : create_table.rindex(")")]
    found, depth, start, quoted = [], 0, 0, False
    for position, character in enumerate(body):
        quoted ^= character == "'"
        depth += (character == "(") - (character == ")") if not quoted else 0
        if character == "," and depth == 0 and not quoted:
            found.append(body[start:position])
            start = position + 1
    return [re.sub(r"\s+", " ", part).strip() for part in (*found, body[start:])]
