from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from world import NOW, Client, populate

from app import create_app
from models import Model, db
from workflows import actor as actors
from workflows.framework_files import load

pytest_plugins = ["real_databases", "world"]
FRAMEWORKS = Path(__file__).parents[1] / "seed" / "frameworks"


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the database under test, with Halton's framework and a person for each role."""
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "only for tests, only for tests, only",
            "CAREWARD_AUDIT_KEY": "only for tests",
            "CAREWARD_INSTANCE": tmp_path_factory.mktemp("instance"),
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
    yield app
    with app.app_context():
        db.engine.dispose()
