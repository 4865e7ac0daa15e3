"""Jobs of the console of which only one may be under way, on however many machines."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session


@contextmanager
def alone(session: Session, what: str) -> Iterator[bool]:
    """Whether this is the only such job on the database, as long as the block lasts.

    The lock goes with the process that holds it, whatever ends that, so a job that was killed holds up no other.
    """
    engine = session.get_bind().engine
    with ExitStack() as held:
        if engine.dialect.name == "postgresql":
            # A connection of its own: what the job commits in between does not give the lock back.
            connection = held.enter_context(engine.connect().execution_options(isolation_level="AUTOCOMMIT"))
            held.callback(connection.invalidate)
            is_free = connection.execute(select(func.pg_try_advisory_lock(func.hashtext(f"careward {what}")))).scalar()
        else:
            path = Path(engine.url.database or "careward")
            name = f"{path.name}.{what.replace(' ', '-')}.lock"
            file = held.enter_context(path.with_name(name).open("w", encoding="utf-8"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_free = True
            except BlockingIOError:
                is_free = False
        yield bool(is_free)
