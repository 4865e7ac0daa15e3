"""Programs that ask the REST API: a token for a person, and a client that sends it."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from flask import Flask
from world import NOW, World

from models import db
from models.tokens import ApiToken
from workflows import actor as actors
from workflows import tokens

EVERYTHING = ("read", "write", "steps")
LAST_DAY = dt.date(2026, 6, 1)


def token(
    world: World, username: str, scopes: Collection[str] = EVERYTHING, last: dt.date = LAST_DAY, now: dt.datetime = NOW
) -> str:
    """The text of a new token of this person's."""
    with world.acting(username, now) as actor:
        _made, text = tokens.make(db.session, actor, "A program", scopes, last)
        db.session.commit()
    return text


class Program:
    """Sends a token with each request, and no cookie."""

    def __init__(self, app: Flask, text: str | None) -> None:
        self.client, self.text = app.test_client(use_cookies=False), text

    def open(self, method: str, path: str, **kw: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.text}"} if self.text is not None else {}
        headers |= kw.pop("headers", {})
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return self.client.open(address, method=method, headers=headers, **kw)

    def get(self, path: str, **kw: Any) -> Any:
        return self.open("GET", path, **kw)

    def post(self, path: str, **kw: Any) -> Any:
        return self.open("POST", path, **kw)

    def patch(self, path: str, version: int | None, **kw: Any) -> Any:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return self.open("PATCH", path, headers=headers | kw.pop("headers", {}), **kw)

    def step(self, path: str, version: int, told: Any = None, **headers: str) -> Any:
        sent = {"json": told} if told is not None else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.open("POST", path, headers={"If-Match": f'"{version}"', **named}, **sent)


def program(app: Flask, world: World, username: str, *scopes: str) -> Program:
    return Program(app, token(world, username, scopes or EVERYTHING))


def token_row(text: str) -> ApiToken:
    """The token as it stands in the database."""
    db.session.expire_all()
    with actors.acting(actors.system("test", NOW)):
        return db.session.query(ApiToken).filter_by(prefix=text.split("_")[1]).one()
