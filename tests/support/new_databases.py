"""Empty databases of the kind under test, for tests that need one to themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from real_databases import fresh_database
from sqlalchemy import URL, make_url


@contextmanager
def new_database(database_url: str, folder: Path) -> Iterator[URL]:
    """A database beside that of the run. `folder` holds the file where it is SQLite."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        yield url.set(database=str(folder / f"{uuid4().hex}.db"))
    else:
        with fresh_database(url) as fresh:
            yield fresh
