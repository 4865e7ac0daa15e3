"""What tests start from: a framework, a person for each role, and records in any state that is asked for."""

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app import create_app
from models import Model, db
from models.framework import ActivityType, Framework
from models.people import Agency, AgencyKind, Person
from models.providers import Provider, RatingValue, RegistrationStatus, Regulator, Service, ServicePart
from models.sharing import Share
from models.suspensions import Suspension
from models.visits import Visit
from workflows import actor as actors
from workflows.access import Role
from workflows.framework_files import load
from workflows.gate import maintenance
from workflows.visibility import GOVERNED, Governed, options_for

NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
PASSWORD = "a long word for tests"
CHEAP = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1")
FRAMEWORKS = Path(__file__).parents[2] / "seed" / "frameworks"
SECONDS = {"officer2": Role.officer, "head2": Role.head}


@contextmanager
def console(now: dt.datetime = NOW) -> Iterator[None]:
    """The console itself, doing maintenance: rows in any state, without their own history."""
    with actors.acting(actors.system("test", now)), maintenance("test"):
        yield
        db.session.flush()


class World:
    """Makes records, and says who acts."""

    def __init__(self) -> None:
        self.number = 0

    def person(self, username: str) -> Person:
        return db.session.query(Person).filter_by(username=username).one()

    def actor(self, username: str, now: dt.datetime = NOW) -> actors.Actor:
        return actors.actor_for(self.person(username), now)

    @contextmanager
    def acting(self, username: str, now: dt.datetime = NOW) -> Iterator[actors.Actor]:
        actor = self.actor(username, now)
        with actors.acting(actor):
            yield actor

    def console(self) -> AbstractContextManager[None]:
        return console()

    def _add(self, item: Any) -> Any:
        with console():
            db.session.add(item)
        db.session.commit()
        return item

    def _next(self) -> int:
        self.number += 1
        return self.number

    def provider(self, name: str = "Larkfield Care", **kw: Any) -> Provider:
        kw = {"regulator": Regulator.cqc, "regulator_id": f"1-9{self._next():06}", **kw}
        return self._add(Provider(name=name, registration_status=RegistrationStatus.registered, **kw))

    def service(self, name: str = "Larkfield House", provider: Provider | None = None, **kw: Any) -> Service:
        provider = provider or self.provider(f"Provider of {name}")
        kw = {"regulator": Regulator.cqc, "regulator_id": f"1-8{self._next():06}", "care_home": True, **kw}
        kw.setdefault("rating", RatingValue.good)
        return self._add(
            Service(name=name, provider_id=provider.id, registration_status=RegistrationStatus.registered, **kw)
        )

    def part(self, service: Service, name: str = "Rose unit") -> ServicePart:
        return self._add(ServicePart(service_id=service.id, name=name))

    def activity_type(self, key: str) -> ActivityType:
        with actors.acting(actors.system("test", NOW)):
            kinds = db.session.query(ActivityType).join(ActivityType.framework).filter(Framework.state == "in_force")
            return kinds.filter(ActivityType.key == key).one()

    def share(self, item: Any, agency_id: int | None = None) -> Any:
        """The same record, shared with an agency: that of the partner and the contributor unless another is named."""
        agency_id = agency_id or self.person("partner").agency_id
        self._add(Share(record_type=item.__tablename__, record_id=item.id, agency_id=agency_id, shared_on=NOW.date()))
        return item

    def another_agency(self) -> int:
        """An agency to which nobody who signs in belongs."""
        agency = Agency(name=f"Agency {self._next()}", kind=AgencyKind.other, agreement_on=NOW.date())
        return int(self._add(agency).id)

    def visit(self, service: Service | None = None, kind: str = "focused", state: str = "planned", **kw: Any) -> Visit:
        """A visit as it would stand in that state."""
        service = service or self.service()
        officer = self.person("officer").id
        later = state not in ("planned", "awaiting_authorisation", "cancelled")
        done = state in ("written_up", "published")
        told = {
            "officer_id": officer if later else None,
            "starts_at": NOW - dt.timedelta(days=2) if later else None,
            "began_at": NOW - dt.timedelta(days=2) if done or state == "under_way" else None,
            "ended_at": NOW - dt.timedelta(days=2, hours=-1) if done else None,
            "published_at": NOW - dt.timedelta(days=1) if state == "published" else None,
            **kw,
        }
        return self._add(
            Visit(service_id=service.id, activity_type_id=self.activity_type(kind).id, state=state, **told)
        )

    def suspension(self, service: Service | None = None, state: str = "draft", **kw: Any) -> Suspension:
        """A whole report, as it would stand in that state."""
        if "provider_id" not in kw:
            service = service or self.service()
            kw |= {"provider_id": service.provider_id, "service_id": service.id}
        decided = state not in ("draft", "submitted", "withdrawn")
        forced = state in ("in_force", "lift_requested", "lifted")
        told = {
            "grounds": "Medicines are not given as prescribed.",
            "evidence": "Focused visit of 2 March.",
            "resident_risk": "Two people had no pain relief.",
            "number_placed": 12,
            "conditions": "A medicines audit each week.",
            "review_on": NOW.date() + dt.timedelta(days=28),
            "decided_at": NOW if decided else None,
            "starts_on": NOW.date() if forced else None,
            "next_review_on": NOW.date() + dt.timedelta(days=28) if forced else None,
            "ends_on": NOW.date() if state == "lifted" else None,
            **kw,
        }
        return self._add(Suspension(state=state, **told))


def populate() -> None:
    """One person for each role, and a second officer and head; partners in an agency, a provider's manager in one."""
    with console():
        agency = Agency(name="Marl Valley ICB", kind=AgencyKind.integrated_care_board, agreement_on=NOW.date())
        own = Provider(name="Own Care", regulator=Regulator.cqc, regulator_id="1-700000001")
        db.session.add_all([agency, own])
        db.session.flush()
        roles = {role: RoleRow(name=role.value) for role in Role}
        db.session.add_all(roles.values())
        for username, role in [*((role.value, role) for role in Role), *SECONDS.items()]:
            person = Person(
                username=username,
                first_name="Test",
                last_name=username.replace("_", " ").title(),
                email=f"{username}@example.org",
                password=CHEAP,
                active=True,
                must_change_password=False,
                session_version=1,
                agency_id=agency.id if role in (Role.partner, Role.contributor) else None,
                provider_id=own.id if role is Role.provider else None,
            )
            person.roles = [roles[role]]
            db.session.add(person)
    db.session.commit()


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD) -> Any:
    return client.post("/login/", data={"username": username, "password": password})


class Client(FlaskClient):
    """A fresh context for each request: else `g` keeps the person of the one before."""

    def open(self, *args: Any, **kw: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kw)


def make_app(database_url: str, folder: Path) -> Flask:
    """An application on an empty database, with Halton's framework and a person for each role."""
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "only for tests, only for tests, only",
            "CAREWARD_AUDIT_KEY": "only for tests",
            "CAREWARD_INSTANCE": folder,
            "SQLALCHEMY_DATABASE_URI": database_url,
            "SESSION_COOKIE_SECURE": False,
            "RATELIMIT_ENABLED": False,
            "WTF_CSRF_ENABLED": False,
            "CAREWARD_NOW": NOW,
        }
    )
    app.test_client_class = Client
    with app.app_context():
        Model.metadata.create_all(db.engine)
        with actors.acting(actors.system("test", NOW)):
            load(db.session, FRAMEWORKS / "common.toml", FRAMEWORKS / "halton.toml")
            db.session.commit()
        populate()
        db.session.remove()
    return app


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the database under test."""
    app = make_app(database_url, tmp_path_factory.mktemp("instance"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """Each test in a transaction that is undone: what it commits are savepoints."""
    engines = db._app_engines[app]
    engine = engines[None]
    with app.app_context(), engine.connect() as connection:
        outer = connection.begin()
        engines[None] = connection
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            db.session.remove()
            db.session.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()
            engines[None] = engine


@pytest.fixture
def world(database: None) -> World:
    return World()


@pytest.fixture
def narrowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """narrowed(Service, rule): a row rule as some later day might have it, for this test alone."""

    def narrow(model: Any, rule: Any) -> None:
        monkeypatch.setitem(GOVERNED, model, Governed(GOVERNED[model].resource, rule))
        options_for.cache_clear()

    yield narrow
    options_for.cache_clear()


@pytest.fixture
def client(app: Flask, database: None) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def sessions() -> dict[Any, dict[str, Any]]:
    """What signing in put into the session of each person that has signed in."""
    return {}


@pytest.fixture
def as_user(app: Flask, database: None, sessions: dict[Any, dict[str, Any]]) -> Any:
    """as_user("officer") is a client of somebody who has signed in: by the form once in a run, and afterwards by a
    new session that holds the same."""

    def signed_in(username: str) -> FlaskClient:
        client, person = app.test_client(), Person.__table__.c
        asked = select(person.id, person.password, person.session_version).where(person.username == username)
        with app.app_context():
            same = db.session.connection().execute(asked).one()  # in another test this name may be another's
        if same not in sessions:
            answer = sign_in(client, username)
            assert answer.status_code == 302, answer.text
        with app.app_context(), client.session_transaction() as session:
            session.update(sessions.setdefault(same, dict(session)))
        return client

    return signed_in


def framework() -> Framework:
    with actors.acting(actors.system("test", NOW)):
        return db.session.query(Framework).filter_by(state="in_force").one()
