"""How long the whole diary takes: 60,000 services with ten years of visits. A command, never a timed test:

.venv/bin/python tests/bench/diary.py [sqlite|postgresql] [SERVICES] [FRAMEWORK]

It prints services a second, the most memory that the process had, how that compares with reading the same rows
plainly, and what one change to one service costs.
"""

import datetime as dt
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "support"), str(HERE.parents[2])]

from real_databases import fresh_database, postgresql_server  # noqa: E402
from sqlalchemy import event, func, insert, select, text, update  # noqa: E402
from world import NOW, console, make_app  # noqa: E402

from models import db  # noqa: E402
from models.base import portions  # noqa: E402
from models.diary import Obligation  # noqa: E402
from models.framework import ActivityType, Cadence, Framework, FrameworkState  # noqa: E402
from models.providers import Commissioning, Provider, Service  # noqa: E402
from models.visits import Visit  # noqa: E402
from seed import framework_files  # noqa: E402
from workflows import diary  # noqa: E402
from workflows.actor import acting, system  # noqa: E402
from workflows.framework_files import load  # noqa: E402

TODAY, FIRST = NOW.date(), 1000
TYPES = ("care_home", "care_home_with_nursing", "home_care", "supported_living", "extra_care")
OUTCOMES = ("good", "good", "requires_improvement", "excellent", "poor")
ONE_YEAR_AGO = dt.date(TODAY.year - 1, TODAY.month, TODAY.day)


def fill(services: int, framework: str) -> None:
    """Services that the council buys from, each visited once a year for ten years; the framework holds for a year."""
    with acting(system("framework load", NOW)):
        load(db.session, *framework_files(framework))
        db.session.commit()
    rows = db.session.connection()
    rows.execute(update(Cadence.__table__).values(since=ONE_YEAR_AGO))
    made = {"version": 0, "created_at": NOW - dt.timedelta(days=3650)}
    kind = rows.execute(
        select(ActivityType.__table__.c.id)
        .join(Framework.__table__, Framework.__table__.c.id == ActivityType.__table__.c.framework_id)
        .where(Framework.__table__.c.state == FrameworkState.in_force, ActivityType.__table__.c.form == "visit")
        .order_by(ActivityType.__table__.c.id)
    ).scalar()
    provider = {"name": "Provider", "stub": False, "regulator": "none", **made}
    rows.execute(insert(Provider.__table__), [{"id": FIRST + n, **provider} for n in range(services // 3)])
    for ids in portions(range(services)):
        rows.execute(
            insert(Service.__table__),
            [
                {
                    "id": FIRST + n, "provider_id": FIRST + n % (services // 3), "name": f"House {n}",
                    "service_type": TYPES[n % len(TYPES)], "care_home": n % len(TYPES) < 2,
                    "registration_status": "registered", "commissioning": Commissioning.commissioned, "rating": "good",
                    **made,
                }
                for n in ids
            ],
        )  # fmt: skip
    officer = rows.execute(text("SELECT min(id) FROM ab_user")).scalar()
    for year in range(10):
        for ids in portions(range(services)):
            rows.execute(
                insert(Visit.__table__),
                [
                    {
                        "service_id": FIRST + n, "activity_type_id": kind, "reason": "Yearly.", "officer_id": officer,
                        "state": "published", "outcome": OUTCOMES[(n + year) % len(OUTCOMES)], "published_at": day,
                        "starts_at": day, "began_at": day, "ended_at": day, **made,
                    }
                    for n in ids
                    for day in [NOW - dt.timedelta(days=365 * year + n % 300)]
                ],
            )  # fmt: skip
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def whole(services: int) -> float:
    """Derive everything, a portion and a commit at a time, as the clock does."""
    begun = time.perf_counter()
    with console():
        for ids in portions(range(FIRST, FIRST + services)):
            diary.derive(db.session, TODAY, services=ids)
            db.session.commit()
    return time.perf_counter() - begun


def plainly(services: int) -> float:
    """Read the rows that deriving reads and those that it wrote, and do nothing with them."""
    begun = time.perf_counter()
    connection = db.session.connection()
    for ids in portions(range(FIRST, FIRST + services)):
        for model, column in ((Service, "id"), (Visit, "service_id"), (Obligation, "service_id")):
            table = model.__table__
            connection.execute(select(table).where(table.c[column].in_(ids))).all()
    db.session.rollback()
    return time.perf_counter() - begun


def one_change(statements: list[str]) -> tuple[float, set[int]]:
    """(milliseconds, the numbers of statements) of committing a change to one service, its diary included."""
    took, numbers = [], set()
    for n in range(50):
        with console():
            service = db.session.get_one(Service, FIRST + 7 * n)
            statements.clear()
            begun = time.perf_counter()
            diary.derive(db.session, TODAY, services=[service.id])
            db.session.commit()
            took.append(1000 * (time.perf_counter() - begun))
            numbers.add(len(statements))
    return statistics.median(took), numbers


def measure(database_url: str, services: int, framework: str) -> None:
    app = make_app(database_url, Path(tempfile.mkdtemp()))
    with app.app_context():
        fill(services, framework)
        statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda c, u, statement, *rest: statements.append(statement))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first, again = whole(services), whole(services)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        plain = plainly(services)
        owed = db.session.connection().execute(select(func.count()).select_from(Obligation.__table__)).scalar()
        db.session.rollback()
        print(f"{services} services, {services * 10} visits, {framework}, {db.engine.dialect.name}")
        print(f"first: {first:.0f} s, {services / first:.0f} services a second, {owed} obligations")
        print(f"again: {again:.0f} s, {services / again:.0f} services a second")
        print(f"memory: {most / 1024:.0f} MB at most, {before / 1024:.0f} MB before")
        print(f"reading the same rows plainly: {plain:.0f} s; deriving again takes {again / plain:.1f} times that")
        milliseconds, numbers = one_change(statements)
        print(f"one service: {milliseconds:.1f} ms, {sorted(numbers)} statements")


if __name__ == "__main__":
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 60_000
    which = sys.argv[3] if len(sys.argv) > 3 else "oldham"
    if (sys.argv[1] if len(sys.argv) > 1 else "sqlite") == "sqlite":
        measure(f"sqlite:///{Path(tempfile.mkdtemp()) / 'bench.db'}", size, which)
    else:
        os.environ.setdefault("CAREWARD_TEST_DATABASE", "postgresql")
        with postgresql_server() as server, fresh_database(server) as url:
            measure(url.render_as_string(hide_password=False), size, which)
