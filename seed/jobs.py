"""What the console does by itself: a worker that is told each minute to go and look (design section 6)."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from models.base import db
from workflows import outbox
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
        lambda: dt.datetime.now(dt.UTC),
        current_app.config["CAREWARD_BASE_URL"],
        stopping,
    )


def queue(app: Flask) -> Huey:
    """Where the worker is told what to look at, and nothing of what it will find: Redis, else a file of its own."""
    if app.config["REDIS_URL"]:
        return RedisHuey("careward", url=app.config["REDIS_URL"], results=False)
    return SqliteHuey("careward", filename=str(app.config["CAREWARD_INSTANCE"] / "jobs.db"), results=False)


def work(app: Flask) -> None:
    """Work until told to end, by SIGTERM or Ctrl-C; a message that is being sent is finished first."""
    jobs = queue(app)
    consumer = Consumer(jobs, graceful_signal="TERM", shutdown_timeout=LAST_MESSAGE)

    def look() -> None:
        with app.app_context():
            deliver(consumer.stop_flag.is_set)

    now = jobs.task(name="post_now")(look)
    jobs.periodic_task(crontab(minute="*"), name="post")(look)
    now()
    consumer.run()
    for _worker, thread in consumer.worker_threads:
        thread.join(LAST_MESSAGE)
    jobs.storage.close()
