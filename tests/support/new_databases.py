"""Databases of the kind under test, for tests that need one to themselves."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from real_databases import run_alone
from sqlalchemy import URL, make_url


@contextmanager
def new_database(database_url: str, folder: Path, template: URL | None = None) -> Iterator[URL]:
    """A database beside that of the run: empty, or like the template. `folder` holds the file where it is SQLite."""
    url, name = make_url(database_url), f"careward_test_{uuid4().hex[:12]}"
    if url.get_backend_name() == "sqlite":
        if template is not None:
            shutil.copyfile(str(template.database), folder / name)
        yield url.set(database=str(folder / name))
        return
    like = template.database if template is not None else "template0"
    run_alone(url, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {like}")
    try:
        yield url.set(database=name)
    finally:
        run_alone(url, f"DROP DATABASE {name} WITH (FORCE)")
