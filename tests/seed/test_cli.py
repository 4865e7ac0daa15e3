"""The command `careward`: what it does, what it prints, and that it fails with a sentence."""

import datetime as dt
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import Context
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stamina
from click.testing import CliRunner, Result
from cqc_server import Register, says, serving
from flask import Flask
from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu
from flask_appbuilder.security.sqla.models import Role as RoleRow
from mail_servers import Mailbox, mail_server
from new_databases import new_database
from spreadsheets import ratings_rows, write_ods
from sqlalchemy import URL, create_engine, func, select, text
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from app import create_app
from models.base import LONDON
from models.diary import ClockRun
from models.outbox import MailKind, OutboxMessage
from models.people import Person
from models.providers import Contact, ContactKind, Provider, Regulator
from models.registers import RegisterProposal
from models.schema import upgrade
from seed import cli as commands
from seed import jobs as worker
from seed.roles import sync_roles
from workflows import outbox
from workflows.actor import acting, system
from workflows.alone import alone
from workflows.gate import maintenance

SAMPLES = Path(__file__).parents[1] / "samples"
PROVIDER = SAMPLES / "cqc" / "provider_details" / "provider_1-20000000001.json"
NOW = dt.datetime(2025, 3, 3, 10, tzinfo=dt.UTC)

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def template(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """An upgraded database with its roles, to be copied."""
    with new_database(database_url, tmp_path_factory.mktemp("template")) as url:
        engine = create_engine(url)
        upgrade(engine)
        with Session(engine) as session, acting(system("roles sync", NOW)):
            sync_roles(session, "public")
            session.commit()
        engine.dispose()
        yield url


@pytest.fixture
def url(database_url: str, tmp_path: Path, template: URL, request: pytest.FixtureRequest) -> Iterator[str]:
    with new_database(database_url, tmp_path, template if "ready" in request.fixturenames else None) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def settings(url: str, tmp_path: Path) -> dict[str, Any]:
    return {
        "SECRET_KEY": "only for tests",
        "CAREWARD_AUDIT_KEY": "an audit key for tests",
        "CAREWARD_INSTANCE": tmp_path,
        "CAREWARD_SEALS": tmp_path / "seals.jsonl",
        "SQLALCHEMY_DATABASE_URI": url,
        "REDIS_URL": None,
    }


@pytest.fixture
def run(settings: dict[str, Any], session: Session) -> Run:
    cli = commands.make_cli(lambda config=None: create_app({**(config or {}), **settings}))

    def run(*words: str | Path) -> Result:
        session.rollback()  # what the test looked at before must lock nothing
        # As a process of its own, in which nobody acts yet.
        asked = partial(CliRunner().invoke, cli, [str(word) for word in words], prog_name="careward")
        return Context().run(asked)

    return run


@pytest.fixture
def ready(run: Run) -> Run:
    """The command on an upgraded database with its roles."""
    return run


@pytest.fixture
def session(url: str) -> Iterator[Session]:
    engine = create_engine(url)
    with Session(engine) as session, acting(system("a test", NOW)):
        yield session
    engine.dispose()


def fails(result: Result, sentence: str) -> bool:
    """Whether a command ended with this sentence on standard error, and nothing else there."""
    assert (result.stderr, result.exit_code) == (sentence + "\n", 2)
    return True


# --- how it speaks ---


def test_help_names_every_command(run: Run) -> None:
    told = run("--help")
    assert told.exit_code == 0
    assert "Usage: careward [OPTIONS] COMMAND [ARGS]..." in told.stdout
    listed = [line.split()[0] for line in told.stdout.partition("Commands:\n")[2].splitlines()]
    assert listed == [
        "audit", "authorities", "clock", "db", "demo", "framework", "jobs", "register", "roles", "serve", "user",
    ]  # fmt: skip


def test_wrong_words_get_a_sentence(run: Run) -> None:
    assert fails(run("dance"), "No such command 'dance'. See “careward --help”.")
    assert fails(run("framework", "load"), "Missing argument 'NAME_OR_PATH'. See “careward framework load --help”.")


def test_without_a_secret_nothing_starts(run: Run, settings: dict[str, Any]) -> None:
    settings["SECRET_KEY"] = None
    assert fails(run("roles", "sync"), "Set CAREWARD_SECRET_KEY to a long random text, and keep it.")


def test_what_nobody_foresaw_is_a_sentence_too(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: Any) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(commands, "sync_roles", break_down)
    assert fails(ready("roles", "sync"), "This went wrong: division by zero.")
    assert isinstance(ready("--trace", "roles", "sync").exception, ZeroDivisionError)


# --- release ---


def test_an_empty_database_is_told_to_upgrade(run: Run) -> None:
    told = run("framework", "load", "halton")
    assert told.exit_code == 2
    assert told.stderr.startswith("The database cannot do this: ")
    assert told.stderr.endswith(". If it is new, run “careward db upgrade” first.\n")
    assert len(told.stderr.splitlines()) == 1


def test_upgrade_may_be_repeated(run: Run) -> None:
    for _ in range(2):
        told = run("db", "upgrade")
        assert (told.stdout, told.exit_code) == ("The database has the tables of this version.\n", 0)


def test_roles_sync_fills_an_empty_database(run: Run, session: Session) -> None:
    run("db", "upgrade")
    assert run("roles", "sync").exit_code == 0
    assert sorted(session.scalars(select(RoleRow.name))) == [
        "administrator", "auditor", "care_manager", "contributor", "director", "head", "manager", "officer", "partner",
        "provider", "public",
    ]  # fmt: skip
    assert held(session, "public") == set()
    assert ("can_add", "suspensions") in held(session, "officer")
    assert ("can_add", "suspensions") not in held(session, "head")
    assert ("can_read", "suspensions") not in held(session, "administrator")
    looks = ["services", "providers", "purchasing", "help", "placements", "rating_alerts", "authorities"]
    looks += ["attachments", "exports", "words"]
    asks = ["feedback", "validations", "checks", "saved_views"]
    assert held(session, "care_manager") == {
        *(("can_read", name) for name in [*looks, *asks, "tokens"]),
        *(("menu_access", f"menu_{name}") for name in [*looks, *asks, "tokens"]),
        *(("can_add", name) for name in [*asks, "tokens"]),
        *(("can_edit", name) for name in asks),
    }
    told = run("roles", "sync")
    assert told.stdout == "Roles: 0 added, 0 removed. Permissions: 0 given, 0 withdrawn.\n"


def test_roles_sync_withdraws_what_the_table_does_not_give(ready: Run, session: Session) -> None:
    extra = PermissionView(permission=Permission(name="can_delete"), view_menu=ViewMenu(name="everything"))
    role = session.scalars(select(RoleRow).where(RoleRow.name == "partner")).one()
    role.permissions.append(extra)
    session.add(RoleRow(name="Superuser", permissions=[extra]))
    read = next(view for view in role.permissions if view.permission.name == "can_read")
    role.permissions.remove(read)
    session.commit()
    told = ready("roles", "sync")
    assert told.stdout == "Roles: 0 added, 1 removed. Permissions: 1 given, 2 withdrawn.\n"
    assert ("can_delete", "everything") not in held(session, "partner")
    assert session.scalar(select(RoleRow.id).where(RoleRow.name == "Superuser")) is None
    assert session.scalar(select(ViewMenu.id).where(ViewMenu.name == "everything")) is None
    assert session.scalar(select(Permission.id).where(Permission.name == "can_delete")) is None


def test_an_unknown_role_that_somebody_holds_gives_nothing(ready: Run, session: Session) -> None:
    add_administrator(ready)
    extra = PermissionView(permission=Permission(name="can_delete"), view_menu=ViewMenu(name="everything"))
    session.add(RoleRow(name="Superuser", permissions=[extra]))
    session.commit()
    session.execute(
        text(
            "INSERT INTO ab_user_role (id, user_id, role_id) "
            "SELECT 1000, u.id, r.id FROM ab_user u, ab_role r WHERE r.name = 'Superuser'"
        )
    )
    session.commit()
    assert ready("roles", "sync").stdout == (
        "Roles: 0 added, 0 removed. Permissions: 0 given, 1 withdrawn.\n"
        "The role “Superuser” is unknown and gives nothing, and somebody still holds it.\n"
    )
    assert held(session, "Superuser") == set()


def held(session: Session, role: str) -> set[tuple[str, str]]:
    row = session.scalars(select(RoleRow).where(RoleRow.name == role)).one()
    return {(view.permission.name, view.view_menu.name) for view in row.permissions}


# --- framework ---


def test_loading_a_framework_by_name(ready: Run) -> None:
    title = "“Halton quality assurance framework 2024”, edition 1,"
    assert ready("framework", "load", "halton").stdout == f"{title} is in force.\n"
    assert ready("framework", "load", "halton").stdout == f"{title} is already in force. Nothing changed.\n"


def test_loading_a_framework_by_path(ready: Run) -> None:
    told = ready("framework", "load", SAMPLES / "strict.toml")
    assert told.stdout == "“Strict framework”, edition 1, is in force.\n"


def test_a_framework_that_is_not_there(ready: Run) -> None:
    assert fails(
        ready("framework", "load", "atlantis"),
        "There is no framework “atlantis”. Name one of these, or the path of a file: "
        "halton, hampshire, oldham, oxfordshire, salford.",
    )


def test_a_faulty_framework_is_refused_whole(ready: Run, tmp_path: Path, session: Session) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[framework]\ncolour = "blue"\n[[clock]]\nkey = "suspension_review"\nlength = 28\nunit = "days"\n')
    assert fails(
        ready("framework", "load", own),
        "own.toml, line 2, framework: there is no field “colour”. "
        "Allowed: key, title, authority, nation, core_hours_start, core_hours_end, weekly_hours, note.\n"
        "own.toml, line 3, clock 1 (suspension_review): “clause” is missing.",
    )
    assert session.execute(text("SELECT count(*) FROM framework")).scalar() == 0


def test_a_framework_is_written_out_and_loaded_again(ready: Run, tmp_path: Path) -> None:
    assert fails(ready("framework", "export"), "There is no framework in force yet. Load one first.")
    ready("framework", "load", "oldham")
    own = tmp_path / "own.toml"
    assert ready("framework", "export", "-o", own).stdout == f"Written: {own}.\n"
    shown = ready("framework", "export")
    assert (shown.stdout, shown.exit_code) == (own.read_text(), 0)
    assert ready("framework", "load", own).stdout == (
        "“Oldham contract and quality assurance and improvement approach 2025”, edition 1, is already in force. "
        "Nothing changed.\n"
    )
    assert ready("framework", "diff", "in-force", own).stdout == "They say the same.\n"
    nowhere = tmp_path / "nowhere" / "own.toml"
    assert fails(
        ready("framework", "export", "-o", nowhere), f"{nowhere} cannot be written: No such file or directory."
    )


def test_an_earlier_edition_is_written_out(ready: Run, tmp_path: Path) -> None:
    own = tmp_path / "strict.toml"
    text = (SAMPLES / "strict.toml").read_text()
    own.write_text(text.replace("longest_minutes = 120", "longest_minutes = 90"))
    ready("framework", "load", SAMPLES / "strict.toml")
    ready("framework", "load", own)
    assert "longest_minutes = 120" in ready("framework", "export", "--edition", "1").stdout
    assert "longest_minutes = 90" in ready("framework", "export", "--edition", "2").stdout
    assert fails(ready("framework", "export", "--edition", "3"), "“Strict framework” has no edition 3.")


def test_two_frameworks_are_compared(ready: Run, tmp_path: Path) -> None:
    strict, own = SAMPLES / "strict.toml", tmp_path / "strict.toml"
    text = strict.read_text().replace("longest_minutes = 120", "longest_minutes = 90")
    own.write_text(text.replace('key = "monitoring"', 'key = "watching"'))
    assert ready("framework", "diff", strict, own).stdout == (
        f"activity_type monitoring: only in {strict}.\n"
        "activity_type safe_and_well, longest_minutes: 120 -> 90\n"
        f"activity_type watching: only in {own}.\n"
    )
    between = ready("framework", "diff", "halton", "hampshire").stdout.splitlines()
    assert "approval_rule suspension, role: 'head' -> 'manager'" in between
    assert "clock suspension_review, length: 28 -> 4" in between
    assert "clock suspension_review, unit: 'days' -> 'weeks'" in between
    assert "activity_type keeping_in_touch: only in halton." in between
    assert "activity_type rag_evaluation: only in hampshire." in between
    assert fails(
        ready("framework", "diff", "halton", "atlantis"),
        "There is no framework “atlantis”. Name one of these, or the path of a file: "
        "halton, hampshire, oldham, oxfordshire, salford.",
    )
    own.write_text("[framework]\ncolour = 1\n")
    assert ready("framework", "diff", "halton", own).exit_code == 2


# --- host authorities ---


def test_loading_the_host_authorities_twice(ready: Run, session: Session) -> None:
    assert ready("authorities", "load").stdout == "Host authorities: 212 added, 0 changed.\n"
    session.execute(text("UPDATE host_authority SET kind = 'county' WHERE name = 'Leeds'"))
    session.commit()
    assert ready("authorities", "load").stdout == "Host authorities: 0 added, 1 changed.\n"
    assert ready("authorities", "load").stdout == "Host authorities: 0 added, 0 changed.\n"
    assert session.execute(text("SELECT count(*) FROM host_authority")).scalar() == 212


# --- register ---


def test_importing_a_register(ready: Run, session: Session) -> None:
    told = ready("register", "import", "--dry-run", PROVIDER)
    assert told.exit_code == 0
    assert told.stdout == (
        "Added: provider 1-20000000001.\n"
        "1 file: 1 added, 0 changed, 0 closed, 0 unchanged, 0 problems.\n"
        "This was a dry run: nothing was written.\n"
    )
    assert session.execute(text("SELECT count(*) FROM provider")).scalar() == 0
    assert ready("register", "import", PROVIDER).stdout == (
        "Added: provider 1-20000000001.\n1 file: 1 added, 0 changed, 0 closed, 0 unchanged, 0 problems.\n"
    )
    assert ready("register", "import", PROVIDER).stdout == (
        "1 file: 0 added, 0 changed, 0 closed, 1 unchanged, 0 problems.\n"
    )


def test_changes_and_closures_are_told(ready: Run, tmp_path: Path) -> None:
    ready("register", "import", PROVIDER)
    document = json.loads(PROVIDER.read_text())
    later = tmp_path / "later.json"
    later.write_text(json.dumps({**document, "mainPhoneNumber": "01632960999"}))
    assert ready("register", "import", later).stdout == (
        "Changed: provider 1-20000000001: phone.\n1 file: 0 added, 1 changed, 0 closed, 0 unchanged, 0 problems.\n"
    )
    later.write_text(json.dumps({**document, "registrationStatus": "Deregistered", "registrationDate": "2010-10-01"}))
    assert "Closed: provider 1-20000000001.\n" in ready("register", "import", later).stdout


def test_what_cannot_be_read_is_told_with_its_place(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "provider.json"
    file.write_text(json.dumps({**json.loads(PROVIDER.read_text()), "registrationDate": "soon"}))
    told = ready("register", "import", file)
    assert told.exit_code == 0
    assert told.stderr == f"{file}: registrationDate: This is not a date: soon\n"
    assert told.stdout.endswith("1 file: 1 added, 0 changed, 0 closed, 0 unchanged, 1 problems.\n")


def test_a_wrong_file_is_told_in_a_sentence_and_the_rest_is_kept(ready: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("minutes of the meeting")
    told = ready("register", "import", wrong, PROVIDER)
    assert told.exit_code == 2
    assert told.stdout.endswith("2 files: 1 added, 0 changed, 0 closed, 0 unchanged, 1 problems.\n")
    assert told.stderr == (
        f"{wrong}: This is none of the files of a register that the console knows.\n1 file could not be read at all.\n"
    )


def test_the_regulators_own_files_are_imported_beside_its_answers(ready: Run, tmp_path: Path) -> None:
    folder = SAMPLES / "cqc_files"
    told = ready("register", "import", PROVIDER, folder)
    assert told.exit_code == 0
    assert "Added: service 1-36000000001.\n" in told.stdout
    assert "Closed: service 1-36000000002.\n" in told.stdout
    assert f"{folder}/ratings.csv: 1 row is not of adult social care, and was left out.\n" in told.stdout
    assert told.stdout.endswith("8 files: 21 added, 1 changed, 1 closed, 0 unchanged, 10 problems.\n")
    assert f"{folder}/dashboard.csv: row 5, column “Care homes beds”: This is not a number of beds.\n" in told.stderr
    again = ready("register", "import", folder, PROVIDER)
    assert again.stdout.endswith("8 files: 0 added, 0 changed, 0 closed, 19 unchanged, 10 problems.\n")


def test_of_many_records_the_first_are_named(ready: Run, tmp_path: Path) -> None:
    write_ods(tmp_path / "ratings.ods", {"Locations": ratings_rows(450)})
    told = ready("register", "import", tmp_path)
    assert told.stdout.count("Added: ") == 200
    assert "200 more are not listed here.\n" in told.stdout


def test_ids_that_stand_on_a_list_page_only_are_told(ready: Run, session: Session) -> None:
    page = SAMPLES / "cqc" / "providers.json"
    told = ready("register", "import", page)
    assert told.stdout.startswith(f"Only on the list page {page}, and not created: 1-2000000000")
    assert session.execute(text("SELECT count(*) FROM provider")).scalar() == 0


@pytest.fixture
def served_register(settings: dict[str, Any]) -> Iterator[Register]:
    with serving(SAMPLES / "cqc") as server, stamina.set_testing(True, attempts=2):
        settings |= {"CAREWARD_CQC_URL": server.url, "CAREWARD_CQC_KEY": "a key"}
        yield server


PULL = ("register", "pull", "--local-authority", "Millbrook")


def test_pulling_the_register(served_register: Register, ready: Run, session: Session) -> None:
    told = ready(*PULL)
    assert told.exit_code == 0
    assert "Added: service 1-30000000001.\n" in told.stdout
    assert (
        "Carries over to its successor: Larkfield House (1-30000000002) → Larkfield House (1-30000000001).\n"
        in told.stdout
    )
    assert told.stdout.endswith("15 answers: 13 added, 1 changed, 0 closed, 0 unchanged, 21 problems.\n")
    assert "locations: 1-30000000011: The register does not know this id.\n" in told.stderr
    assert session.execute(text("SELECT count(*) FROM service")).scalar() == 8
    served_register.changed["location"] = ["1-30000000004"]
    told = ready(*PULL)
    # Of its provider nothing but the id is known, so that is asked for once more.
    assert told.stdout == "2 answers: 0 added, 0 changed, 0 closed, 1 unchanged, 1 problems.\n"


def test_a_register_that_cannot_be_read_is_told_and_gone_on_with(served_register: Register, ready: Run) -> None:
    served_register.faults["/locations/1-30000000004"] = [says(503)] * 2
    told = ready(*PULL)
    assert told.exit_code == 2
    assert "Added: service 1-30000000008.\n" in told.stdout
    assert told.stderr.endswith("The register answered 503 again and again. Try again later.\n")
    told = ready(*PULL)
    assert told.exit_code == 0
    assert "Added: service 1-30000000004.\n" in told.stdout
    assert "1-30000000008" not in told.stdout + told.stderr


def test_pulling_needs_a_key_a_council_and_a_day_that_has_begun(
    served_register: Register, ready: Run, settings: dict[str, Any]
) -> None:
    assert fails(
        ready("register", "pull"), "There is no framework in force yet, so name the council with --local-authority."
    )
    assert fails(ready(*PULL, "--since", "2999-01-01"), "The day of --since lies ahead. Name a day that has begun.")
    settings["CAREWARD_CQC_URL"] = "http://register.example"
    assert fails(ready(*PULL), "CAREWARD_CQC_URL must begin with https://, or the key could be read on the way.")
    settings["CAREWARD_CQC_KEY"] = None
    assert fails(ready(*PULL), "Set CAREWARD_CQC_KEY: the CQC gives a key to whoever asks for one for its API.")
    assert served_register.asked == []


def test_a_path_that_is_not_there(ready: Run, tmp_path: Path) -> None:
    assert fails(
        ready("register", "import", tmp_path / "nowhere"), f"{tmp_path}/nowhere: There is no such file or folder."
    )


def test_importing_the_registers_of_other_nations(ready: Run, session: Session) -> None:
    nations = SAMPLES / "nations"
    told = ready("register", "import", nations / "wales.xlsx", PROVIDER)
    assert "Added: proposal Plas Quillfeather, LL99 1CK, Care Home Service, Adults With Nursing.\n" in told.stdout
    assert (
        f"{nations}/wales.xlsx: 1 row is not of adult social care, and was left out.\n"
        "2 files: 5 added, 0 changed, 0 closed, 0 unchanged, 2 problems.\n"
    ) in told.stdout
    assert told.stderr == (
        f"{nations}/wales.xlsx: row 7, column Service Status: This word is not known: Suspended\n"
        f"{nations}/wales.xlsx: row 7, column Maximum Capacity: This is not a whole number from 0 to 10000: 9.5\n"
    )
    assert told.exit_code == 0
    assert session.scalar(select(func.count(RegisterProposal.id))) == 4
    again = ready("register", "import", nations / "wales.xlsx", PROVIDER)
    assert "2 files: 0 added, 0 changed, 0 closed, 5 unchanged, 2 problems.\n" in again.stdout


def test_a_dry_run_of_another_register_proposes_nothing(ready: Run, session: Session) -> None:
    told = ready("register", "import", "--dry-run", SAMPLES / "nations" / "northern_ireland.xlsx")
    assert told.stdout.endswith(
        "1 file: 6 added, 0 changed, 0 closed, 0 unchanged, 3 problems.\nThis was a dry run: nothing was written.\n"
    )
    assert session.scalar(select(func.count(RegisterProposal.id))) == 0


# --- audit ---


@pytest.mark.parametrize("command", ["verify", "seal"])
def test_without_an_audit_key_nothing_is_verified(ready: Run, settings: dict[str, Any], command: str) -> None:
    settings["CAREWARD_AUDIT_KEY"] = None
    assert fails(
        ready("audit", command), "Set CAREWARD_AUDIT_KEY: seals are signed with it. Keep it outside the database."
    )


def test_sealing_and_verifying(ready: Run, settings: dict[str, Any]) -> None:
    ready("framework", "load", "halton")
    assert ready("audit", "seal").stdout == "Sealed: 1 entries, up to row 1.\n"
    assert len(settings["CAREWARD_SEALS"].read_text().splitlines()) == 1
    told = ready("audit", "verify")
    assert (told.stdout, told.exit_code) == ("The history is whole: 1 entries.\n", 0)


def test_a_changed_entry_is_named(ready: Run, session: Session) -> None:
    ready("framework", "load", "halton")
    ready("audit", "seal")
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER ledger_entry_no_update"))
    else:
        session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
    session.execute(text("UPDATE ledger_entry SET note = 'nothing happened'"))
    session.commit()
    assert fails(ready("audit", "verify"), "framework 1: entry 1 (row 1) was changed.")


def test_another_key_is_noticed(ready: Run, settings: dict[str, Any]) -> None:
    ready("audit", "seal")
    settings["CAREWARD_AUDIT_KEY"] = "another key"
    assert fails(ready("audit", "verify"), "Seal 1 is not signed with this audit key.")


def test_every_model_that_counts_its_changes_is_verified() -> None:
    names = {model.__name__ for model in commands.kept_models()}
    assert names >= {"Suspension", "Visit", "Service", "Framework", "Person", "Agency", "Letter"}
    assert names.isdisjoint({"LedgerEntry", "Rating", "User"})


# --- accounts ---


def add_administrator(run: Run) -> Result:
    return run(
        "user", "add", "jlee", "--first-name", "Jo", "--last-name", "Lee", "--email", "jo@example.org",
        "--role", "administrator",
    )  # fmt: skip


def test_adding_an_account(ready: Run, session: Session) -> None:
    told = add_administrator(ready)
    assert told.exit_code == 0
    assert told.stdout.startswith("The first password of jlee, shown only now: ")
    row = session.execute(text("SELECT password, must_change_password, active FROM ab_user")).one()
    assert check_password_hash(row.password, told.stdout.split()[-1])
    assert (bool(row.must_change_password), bool(row.active)) == (True, True)
    entry = session.execute(text("SELECT record_type, actor_id, actor_role FROM ledger_entry")).one()
    assert tuple(entry) == ("ab_user", None, "user add")
    assert fails(add_administrator(ready), "Another account has this user name or email address.")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--role", "partner"], "A Partner or Contributor belongs to an agency. Choose it."),
        (
            ["--role", "partner", "--agency", "Atlantis"],
            "There is no agency “Atlantis”. An Administrator adds it in the console.",
        ),
        (["--role", "provider"], "A Provider's account belongs to a provider. Choose it."),
        (
            ["--role", "provider", "--provider", "1-999"],
            "There is no provider with the id “1-999”. Import the register first.",
        ),
    ],
)
def test_accounts_that_do_not_fit(ready: Run, options: list[str], sentence: str, session: Session) -> None:
    words = ["user", "add", "pat", "--first-name", "Pat", "--last-name", "Ash", "--email", "pat@example.org"]
    assert fails(ready(*words, *options), sentence)
    assert session.execute(text("SELECT count(*) FROM ab_user")).scalar() == 0


def test_a_providers_account(ready: Run, session: Session) -> None:
    ready("register", "import", PROVIDER)
    words = ["user", "add", "pat", "--first-name", "Pat", "--last-name", "Ash", "--email", "pat@example.org"]
    assert ready(*words, "--role", "provider", "--provider", "1-20000000001").exit_code == 0
    provider, person = Provider.__table__, Person.__table__
    joined = select(provider.c.regulator_id).join(person, person.c.provider_id == provider.c.id)
    assert session.connection().execute(joined).scalar() == "1-20000000001"


def test_an_account_before_the_roles(run: Run) -> None:
    run("db", "upgrade")
    assert fails(add_administrator(run), "These roles are not in the database yet. Run “careward roles sync”.")


# --- serving ---


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setenv("CAREWARD_INSTANCE", str(tmp_path))
    monkeypatch.setattr(commands, "serve_now", lambda app, *rest: calls.append((isinstance(app, Flask), *rest)))
    return calls


def test_one_process_serves_without_redis(run: Run, served: list[tuple[Any, ...]]) -> None:
    assert run("serve").exit_code == 0
    assert served == [(True, "127.0.0.1", 8080, 1)]
    assert fails(
        run("serve", "--processes", "2"),
        "Several processes need CAREWARD_REDIS_URL, where they keep sessions and limits together.",
    )


def test_a_port_that_is_taken_is_told_in_a_sentence(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert fails(
            run("serve", "--port", str(port)),
            f"127.0.0.1:{port} cannot be used: Address already in use. End what uses it, or choose another port.",
        )


def test_several_processes_serve_with_redis(run: Run, settings: dict[str, Any], served: list[tuple[Any, ...]]) -> None:
    settings["REDIS_URL"] = "redis://127.0.0.1:1/0"
    assert run("serve", "--port", "80").exit_code == 0
    assert run("serve", "--processes", "2").exit_code == 0
    assert served == [(True, "127.0.0.1", 80, 4), (True, "127.0.0.1", 8080, 2)]


# --- demo ---


def test_the_demo_is_filled_and_served(
    run: Run, served: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fill(app: Flask, name_or_path: str, serve: Callable[[], None]) -> None:
        asked.append(name_or_path)
        serve()

    monkeypatch.setattr(commands.demo_data, "run", fill)
    told = run("demo")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout == "Careward is served on http://127.0.0.1:8080 (Ctrl-C ends it).\n"
    monkeypatch.setenv("FRAMEWORK", "oldham")
    run("demo", "--port", "8081")
    monkeypatch.setenv("CAREWARD_FRAMEWORK", "salford")
    run("demo", "--framework", "hampshire")
    run("demo")
    assert asked == ["halton", "oldham", "hampshire", "salford"]
    assert served == [(True, "127.0.0.1", port, 1) for port in (8080, 8081, 8080, 8080)]


def test_the_demo_leaves_a_real_database_alone(ready: Run, served: list[tuple[Any, ...]]) -> None:
    add_administrator(ready)
    assert fails(ready("demo"), "This database is not empty. The demo fills only an empty one.")
    assert served == []


# --- jobs ---


TODAY = dt.datetime.now(LONDON).date()
WITH_NOTHING = f"Clock for {TODAY}: 0 services derived; told 0 due soon, 0 overdue, 0 passed on."


def test_the_clock_runs_once_a_day_and_as_often_as_it_is_asked_to(ready: Run, session: Session) -> None:
    for _time in range(2):
        told = ready("clock", "run")
        assert (told.stdout, told.stderr, told.exit_code) == (f"{WITH_NOTHING}\n", "", 0)
    assert session.scalars(select(ClockRun.day)).all() == [TODAY]
    assert ready("audit", "verify").exit_code == 0


def test_the_clock_runs_for_a_past_day_and_never_backwards_nor_ahead(ready: Run, session: Session) -> None:
    told = ready("clock", "run", "--date", "2026-03-04")
    assert told.stdout == "Clock for 2026-03-04: 0 services derived; told 0 due soon, 0 overdue, 0 passed on.\n"
    assert fails(
        ready("clock", "run", "--date", "2026-03-03"),
        "The clock has run for 4 March 2026 already, and does not run backwards.",
    )
    assert fails(
        ready("clock", "run", "--date", "2999-01-01"), "The clock does not run ahead. Name a day that has begun."
    )
    assert fails(
        ready("clock", "run", "--date", "4 March"),
        "Invalid value for '--date': '4 March' does not match the format '%Y-%m-%d'. See “careward clock run --help”.",
    )
    assert session.scalars(select(ClockRun.day)).all() == [dt.date(2026, 3, 4)]


def test_a_clock_beside_another_says_so_and_does_nothing(ready: Run, session: Session) -> None:
    with alone(session, "clock"):
        told = ready("clock", "run")
        assert (told.stdout, told.exit_code) == (
            "Another run of the clock is under way, and does what there is to do.\n",
            0,
        )
        once = ready("jobs", "run", "--once")
        assert once.stdout.splitlines()[1:] == ["Post: 0 sent, 0 to be tried again, 0 given up."]
    assert session.scalars(select(ClockRun.day)).all() == []


def test_the_worker_runs_the_clock_that_is_due_and_once(ready: Run, session: Session, url: str, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from app import cli; cli()", "jobs", "run"],
        cwd=Path(__file__).parents[2],
        env={
            "PATH": os.environ["PATH"],
            "CAREWARD_SECRET_KEY": "only for tests",
            "CAREWARD_DATABASE_URL": url,
            "CAREWARD_INSTANCE": str(tmp_path),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not session.scalars(select(ClockRun.day)).all() and time.monotonic() < deadline:
        session.rollback()
        time.sleep(0.2)
    session.rollback()
    process.send_signal(signal.SIGTERM)
    _out, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    assert session.scalars(select(ClockRun.day)).all() == [TODAY]
    once = ready("jobs", "run", "--once")
    assert once.stdout.splitlines()[1:] == ["Post: 0 sent, 0 to be tried again, 0 given up."]
    assert ready("audit", "verify").exit_code == 0


def waiting(session: Session, email: str) -> None:
    """A message that waits for somebody, and where they are reached."""
    with maintenance("test"):
        of = Provider(name="Larkfield Care", regulator=Regulator.cqc, regulator_id=f"1-{email}")
        session.add(of)
        session.flush()
        session.add(Contact(provider_id=of.id, kind=ContactKind.office, post="Office", email=email))
        outbox.post(session, MailKind.plan_sent, of, of, system("test", NOW))
        session.flush()
    session.commit()


def states(session: Session) -> list[str]:
    session.rollback()
    return [state.value for state in session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id))]


def test_without_a_way_out_messages_wait_and_it_says_so(ready: Run, session: Session) -> None:
    waiting(session, "a@care.example")
    told = ready("jobs", "run", "--once")
    assert (told.stdout, told.exit_code) == (
        "CAREWARD_MAIL_URL is not set, so nothing is sent: 1 message waits.\n"
        f"{WITH_NOTHING}\nPost: 0 sent, 0 to be tried again, 0 given up.\n",
        0,
    )
    assert states(session) == ["waiting"]


def test_one_round_sends_what_is_due(ready: Run, session: Session, settings: dict[str, Any], tmp_path: Path) -> None:
    settings |= {"CAREWARD_MAIL_URL": f"file://{tmp_path}/mail", "CAREWARD_BASE_URL": "https://careward.example"}
    waiting(session, "a@care.example")
    waiting(session, "no address")
    told = ready("jobs", "run", "--once")
    told_of_both = f"{WITH_NOTHING}\nPost: 1 sent, 0 to be tried again, 1 given up.\n"
    assert (told.stdout, told.exit_code) == (told_of_both, 0)
    assert states(session) == ["sent", "dead"]
    [file] = (tmp_path / "mail").iterdir()
    assert "Sign in to read it: https://careward.example" in file.read_text(encoding="utf-8")
    assert ready("jobs", "run", "--once").stdout == "Post: 0 sent, 0 to be tried again, 0 given up.\n"
    assert ready("audit", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("mail_url", "base", "sentence"),
    [
        (
            "mail.example",
            "https://careward.example",
            "CAREWARD_MAIL_URL is not understood. Write smtp://user:password@host:587?from=name@example.org (or "
            "smtps://), or file:///folder.",
        ),
        (
            "smtp://user:secret@mail.example?from=care@council.example",
            None,
            "Set CAREWARD_BASE_URL to the address at which people sign in: each mail names it.",
        ),
        (
            "smtp://user:secret@mail.example?from=care@council.example",
            "careward.example",
            "Set CAREWARD_BASE_URL to the address at which people sign in: each mail names it.",
        ),
    ],
)
def test_wrong_settings_for_mail_are_told_at_the_start(
    ready: Run, settings: dict[str, Any], mail_url: str, base: str | None, sentence: str
) -> None:
    settings |= {"CAREWARD_MAIL_URL": mail_url, "CAREWARD_BASE_URL": base}
    assert fails(ready("jobs", "run", "--once"), sentence)
    assert fails(ready("serve"), sentence)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_finishes_the_message_in_hand(
    ready: Run, session: Session, url: str, tmp_path: Path, end: signal.Signals
) -> None:
    waiting(session, "first@care.example")
    waiting(session, "second@care.example")
    mailbox = Mailbox()
    mailbox.answers["first@care.example"] = ["slow"]
    with mail_server(mailbox) as port:
        process = subprocess.Popen(
            [sys.executable, "-c", "from app import cli; cli()", "jobs", "run"],
            cwd=Path(__file__).parents[2],
            env={
                "PATH": os.environ["PATH"],
                "CAREWARD_SECRET_KEY": "only for tests",
                "CAREWARD_DATABASE_URL": url,
                "CAREWARD_INSTANCE": str(tmp_path),
                "CAREWARD_MAIL_URL": f"smtp://127.0.0.1:{port}?from=care@council.example&tls=off",
                "CAREWARD_BASE_URL": "https://careward.example",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not mailbox.asked and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(end)
        _out, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    assert mailbox.received() == ["first@care.example"]
    assert states(session) == ["sent", "waiting"]


def test_the_worker_s_file_holds_nothing_of_any_message(ready: Run, session: Session, tmp_path: Path) -> None:
    app = Flask("jobs")
    app.config.update(REDIS_URL=None, CAREWARD_INSTANCE=tmp_path)
    jobs = worker.queue(app)
    look = jobs.task(name="post_now")(lambda: None)
    look()
    jobs.storage.close()
    held = sqlite3.connect(tmp_path / "jobs.db").execute("SELECT data FROM task").fetchall()
    assert len(held) == 1
    assert b"post_now" in held[0][0]
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    assert type(worker.queue(app)).__name__ == "RedisHuey"
