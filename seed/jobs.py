"""What the console does by itself: a worker that is told each few minutes to go and look (design section 6).

The clock's run is due from six in the morning, by the day of the last one: a worker that starts later catches up.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from models.base import db
from workflows import clock_run, outbox
from workflows.actor import acting, system
from workflows.mail import Sender

LAST_MESSAGE = 120.0
"""Seconds that a worker is given, when it is told to stop, to finish the message it is sending."""


def deliver(stopping: Callable[[], bool] = lambda: False) -> Counter[str]:
    """One round of the post, inside an application. Without a way out nothing is taken: messages wait."""
    sender: Sender | None = current_app.config["CAREWARD_SENDER"]
    if sender is None:
        return Counter()
    return outbox.deliver(
        db.session.session_factory,
        sender,
        _now,
        current_app.config["CAREWARD_BASE_URL"],
        stopping,
    )


def run_clock(stopping: Callable[[], bool] = lambda: False) -> clock_run.Ran | None:
    """The day's run of the clock, inside an application, where it is due and nobody else is at it."""
    actor = system(clock_run.JOB, _now())
    with acting(actor):
        is_due = clock_run.is_due(db.session, actor)
        db.session.rollback()
    return clock_run.run(db.session, _now, stopping=stopping) if is_due else None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def queue(app: Flask) -> Huey:
    """Where the worker is told what to look at, and nothing of what it will find: Redis, else a file of its own."""
    if app.config["REDIS_URL"]:
        return RedisHuey("careward", url=app.config["REDIS_URL"], results=False)
    return SqliteHuey("careward", filename=str(app.config["CAREWARD_INSTANCE"] / "jobs.db"), results=False)


def work(app: Flask) -> None:
    """Work until told to end, by SIGTERM or Ctrl-C; the message and the portion of the clock in hand are finished."""
    jobs = queue(app)
    # One thread: the post waits while the clock runs, as its digests do in any case.
    consumer = Consumer(jobs, graceful_signal="TERM", shutdown_timeout=LAST_MESSAGE)

    def look() -> None:
        with app.app_context():
            deliver(consumer.stop_flag.is_set)

    def look_at_clock() -> None:
        with app.app_context():
            run_clock(consumer.stop_flag.is_set)

    for name, task, minute in (("post", look, "*"), ("clock", look_at_clock, "*/5")):
        jobs.periodic_task(crontab(minute=minute), name=name)(task)
        jobs.task(name=f"{name}_now")(task)()
    consumer.run()
    for _worker, thread in consumer.worker_threads:
        thread.join(LAST_MESSAGE)
    jobs.storage.close()
