"""How quick the pages are with 60,000 services and 600,000 visits. A command, never a timed test:

.venv/bin/python tests/bench/lists.py [sqlite|postgresql] [SERVICES]
"""

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "support"), str(HERE.parents[2])]

from real_databases import fresh_database, postgresql_server  # noqa: E402
from sqlalchemy import event, insert, select, text  # noqa: E402
from world import NOW, make_app, sign_in  # noqa: E402

from models import db  # noqa: E402
from models.framework import ActivityType  # noqa: E402
from models.people import Person  # noqa: E402
from models.providers import Provider, Service  # noqa: E402
from models.suspensions import Suspension  # noqa: E402
from models.visits import Visit  # noqa: E402

PAGES = (
    "/",
    "/services/list/",
    "/services/list/?page=1200&status=",
    "/services/list/?q=house+59",
    "/services/list/?rating=inadequate&order=provider",
    "/services/list/?order=rated&direction=desc",
    "/services/list/?purchasing=restricted",
    "/services/list/?rating=inadequate&rating=good&rated_on=last-28&columns=name,beds,postcode,officer,rated",
    "/services/list/?provider_id=1500&status=",
    "/services/export?format=csv",
    "/services/export?format=xlsx",
    "/services/show/30000",
    "/services/lookup?q=house+59",
    "/visits/list/",
    "/visits/list/?state=planned&order=service",
    "/visits/list/?state=planned&state=scheduled&starts_at=quarter&columns=service,tasks,authorised_at,officer",
    "/visits/add?service_id=30000",
    "/purchasing/",
    "/purchasing/?show=all&page=900",
    "/providers/list/",
)
RATINGS = ("good", "good", "good", "outstanding", "requires_improvement", "inadequate")


def fill(services: int) -> None:
    """Rows by the thousand, straight into the tables: what a national register would hold."""
    made = {"version": 0, "created_at": NOW}
    officer = db.session.query(Person).filter_by(username="officer").one().id
    kind = db.session.connection().execute(select(ActivityType.__table__.c.id)).scalar()
    first = 1000
    rows = db.session.connection()
    rows.execute(
        insert(Provider),
        [
            {
                "id": first + n,
                "name": f"Provider {n}",
                "stub": False,
                "regulator": "cqc",
                "regulator_id": f"1-1{n}",
                **made,
            }
            for n in range(services // 3)
        ],
    )
    rows.execute(
        insert(Service),
        [
            {
                "id": first + n, "provider_id": first + n % (services // 3), "name": f"House {n}", "regulator": "cqc",
                "regulator_id": f"1-2{n}", "postcode": f"MV{n % 90} {n % 9}AB", "rating": RATINGS[n % 6],
                "rated_on": dt.date(2020, 1, 1) + dt.timedelta(days=n % 2000), "registration_status": "registered",
                "service_type": "care_home", "care_home": True, "allocated_officer_id": officer, **made,
            }
            for n in range(services)
        ],
    )  # fmt: skip
    for part in range(10):
        rows.execute(
            insert(Visit),
            [
                {
                    "service_id": first + n, "activity_type_id": kind, "officer_id": officer, "reason": "Yearly.",
                    "state": "planned" if part == 9 and n % 50 == 0 else "cancelled",
                    "starts_at": NOW - dt.timedelta(days=365 * part + n % 300), **made,
                }
                for n in range(services)
            ],
        )  # fmt: skip
    rows.execute(
        insert(Suspension),
        [
            {
                "provider_id": first + n % (services // 3), "service_id": first + n, "kind": "no_new_purchase",
                "state": "in_force", "starts_on": NOW.date(), "next_review_on": NOW.date(), "decided_at": NOW, **made,
            }
            for n in range(0, services, 600)
        ],
    )  # fmt: skip
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def measure(database_url: str, services: int) -> None:
    folder = Path(tempfile.mkdtemp())
    app = make_app(database_url, folder)
    with app.app_context():
        fill(services)
        statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda c, u, statement, *rest: statements.append(statement))
    client = app.test_client()
    sign_in(client, "officer")
    print(f"{services} services, {services * 10} visits, {app.config['SQLALCHEMY_DATABASE_URI'].split(':')[0]}")
    for page in PAGES:
        took = []
        for _ in range(1 if "/export" in page else 5):
            statements.clear()
            begun = time.perf_counter()
            answer = client.get(page, buffered=True)
            took.append(1000 * (time.perf_counter() - begun))
        told = f"{statistics.median(took):7.1f} ms  {len(statements):3} statements  {len(answer.data) / 1000:6.1f} KB"
        print(f"{told}  {answer.status_code}  {page}")


if __name__ == "__main__":
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 60_000
    if (sys.argv[1] if len(sys.argv) > 1 else "sqlite") == "sqlite":
        measure(f"sqlite:///{Path(tempfile.mkdtemp()) / 'bench.db'}", size)
    else:
        os.environ.setdefault("CAREWARD_TEST_DATABASE", "postgresql")
        with postgresql_server() as server, fresh_database(server) as url:
            measure(url.render_as_string(hide_password=False), size)
