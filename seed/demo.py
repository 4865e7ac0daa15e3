"""The demo: an invented council, its accounts, and the command that makes and serves it."""

import datetime as dt
import io
import json
import os
import random
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import schema
from models.base import db
from models.outbox import OutboxMessage
from models.people import Person
from models.providers import (
    Service,
)
from models.visits import Visit, VisitState
from seed import AUTHORITIES, demo_diary, framework_files
from seed.demo_history import Demo
from seed.demo_register import AUTHORITY
from seed.demo_script import ACCOUNTS, YEARS
from seed.roles import sync_roles
from workflows import attachments, authorities, files, framework, outbox
from workflows.access import ROLE_NAMES
from workflows.actor import acting, actor_for, system
from workflows.framework_files import load
from workflows.gate import Refused
from workflows.mail import FileSender, Sender
from workflows.storage import Store

FRAMEWORK = "halton"
"""Under which framework the demo's council works, unless another is named."""
FILES = (
    ("night-rota.csv", b"night,carers\nMonday,2\nTuesday,2\nWednesday,1\n", "Night rota of the week before", False),
    ("day-rota.csv", b"day,carers\nMonday,5\nTuesday,4\n", "Day rota", True),
)
WRONG_FILE = "It was the rota of another home."
PASSWORD = "CAREWARD_DEMO_PASSWORD"  # noqa: S105 - the variable's name


def build(session: Session, now: dt.datetime, password: str, seed: int = 1) -> list[tuple[str, str]]:
    """Fill an empty database that has a framework in force. Returns each account and what its role is called."""
    with acting(system("demo", now)):
        if session.scalar(select(Service.id).limit(1)) or session.scalar(select(Person.id).limit(1)):
            raise Refused(_("This database is not empty. The demo fills only an empty one."))
        rules = framework.in_force(session)
        if rules is None:
            raise Refused(_("There is no framework in force yet. Load one first."))
    demo = Demo(session, now, rules, random.Random(seed))
    demo.tell(password)
    demo_diary.keep(demo)
    session.commit()
    demo_diary.show(demo)
    session.commit()
    return [(username, str(ROLE_NAMES[role])) for username, role, _name in ACCOUNTS]


# --- the command ---


def settings(instance: Path, base_url: str = "http://127.0.0.1:8080") -> dict[str, Any]:
    """A database beside the real one, secrets of its own and mail in a folder, unless the environment names them."""
    made_up = _kept_secrets(instance / "demo-secrets.json")
    return {
        "SECRET_KEY": os.environ.get("CAREWARD_SECRET_KEY") or made_up["SECRET_KEY"],
        "CAREWARD_AUDIT_KEY": os.environ.get("CAREWARD_AUDIT_KEY") or made_up["AUDIT_KEY"],
        "SQLALCHEMY_DATABASE_URI": os.environ.get("CAREWARD_DATABASE_URL") or f"sqlite:///{instance / 'demo.db'}",
        "CAREWARD_SEALS": Path(os.environ.get("CAREWARD_SEALS") or instance / "demo-seals.jsonl"),
        "CAREWARD_MAIL_URL": os.environ.get("CAREWARD_MAIL_URL") or (instance / "mail").as_uri(),
        "CAREWARD_BASE_URL": os.environ.get("CAREWARD_BASE_URL") or base_url,
        # Served on this machine alone, without a certificate.
        "SESSION_COOKIE_SECURE": False,
    }


def _kept_secrets(path: Path) -> dict[str, str]:
    """Made up at the first start, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made_up = {name: secrets.token_urlsafe(32) for name in ("SECRET_KEY", "AUDIT_KEY")}
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(made_up, file)
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def run(app: Flask, name_or_path: str, serve: Callable[[], None], now: dt.datetime | None = None) -> None:
    """Make the demo where there is none, print its accounts, and serve it."""
    with app.app_context():
        schema.upgrade(db.engine)
        password = fill(
            db.engine,
            app.config["AUTH_ROLE_PUBLIC"],
            name_or_path,
            now or dt.datetime.now(dt.UTC),
            app.extensions["careward_files"],
        )
        if password is not None:
            deliver_past(db.session.session_factory, app.config["CAREWARD_SENDER"], app.config["CAREWARD_BASE_URL"])
        for username, role, _name in ACCOUNTS:
            click.echo(f"  {username:<12} {ROLE_NAMES[role]}")
        if password is None:
            click.echo(_("The password of these accounts was printed, or given by you, at the first start."))
            click.echo(
                _("To begin anew, delete the demo's database: %(place)s", place=db.engine.url.render_as_string())
            )
        elif os.environ.get(PASSWORD):
            click.echo(_("The password of these accounts is that of %(variable)s.", variable=PASSWORD))
        else:
            click.echo(_("The password of these accounts, shown only now: %(password)s", password=password))
        if isinstance(app.config["CAREWARD_SENDER"], FileSender):
            folder = app.config["CAREWARD_SENDER"].folder
            click.echo(_("Mail goes nowhere: each message is a file in %(place)s.", place=folder))
        # The server begins with connections of its own.
        db.engine.dispose()
    serve()


def deliver_past(sessions: Callable[[], Session], sender: Sender, base_url: str) -> None:
    """The post of the two years, each message a minute after it was written."""
    written = OutboxMessage.__table__.c.created_at
    with sessions() as session:
        moments = session.connection().execute(select(written).distinct().order_by(written)).scalars().all()
    for moment in moments:
        outbox.deliver(sessions, sender, partial(_soon_after, moment), base_url)


def _soon_after(moment: dt.datetime) -> dt.datetime:
    return moment + dt.timedelta(minutes=1)


def fill(engine: Engine, public: str, name_or_path: str, now: dt.datetime, store: Store) -> str | None:
    """Fill an empty database, whole or not at all. Returns the accounts' password, or None where the demo stands."""
    # The register's import commits file by file: here, each of these is a part of one transaction.
    with (
        engine.begin() as connection,
        Session(connection, join_transaction_mode="create_savepoint") as session,
        as_the_only_one(session),
    ):
        people = set(session.scalars(select(Person.username)))
        if people >= {username for username, _role, _name in ACCOUNTS}:
            return None
        click.echo(_("Making two years of invented data ..."))
        with acting(system("roles sync", now)):
            sync_roles(session, public)
        with tempfile.TemporaryDirectory() as folder, acting(system("framework load", now - YEARS - dt.timedelta(1))):
            own = Path(folder) / "demo.toml"
            own.write_text(f'[framework]\nauthority = "{AUTHORITY}"\n', encoding="utf-8")
            load(session, *framework_files(name_or_path), own)
            authorities.load(session, AUTHORITIES)
        password = os.environ.get(PASSWORD) or secrets.token_urlsafe(12)
        build(session, now, password)
        add_files(session, now, store)
    return password


@contextmanager
def as_the_only_one(session: Session) -> Iterator[None]:
    """Whoever asks for the session of the request gets this one: the council's words, while a workbook is read."""
    db.session.remove()
    db.session.registry.set(session)
    try:
        yield
    finally:
        db.session.registry.clear()


def add_files(session: Session, now: dt.datetime, store: Store) -> None:
    """Two files of the newest published visit: one that partners may open, and one that was withdrawn."""
    with acting(system("demo", now)):
        officer = session.scalars(select(Person).where(Person.username == "officer")).one()
        newest = select(Visit).where(Visit.state == VisitState.published).order_by(Visit.published_at.desc())
        visit = session.scalars(newest.limit(1)).one()
        pk, actor = visit.id, actor_for(officer, (visit.published_at or now) + dt.timedelta(minutes=20))
    with acting(actor):
        for name, content, what, internal in FILES:
            found = files.examine(io.BytesIO(content), name, files.MEGABYTE)
            added = attachments.attach(session, actor, "visit", pk, found, store.put(found.stream), what, internal)
            if internal:
                attachments.WORKFLOW.take("withdraw", added, actor, withdrawn_reason=WRONG_FILE)
        session.commit()
