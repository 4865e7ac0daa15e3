"""A served console with the demo's two years in it, and a real browser before it.

With CAREWARD_SCREENSHOTS set, every page that is walked is kept as a picture in tests/browser/screenshots.
"""

import datetime as dt
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from models import db, schema
from models.people import Person
from seed import demo
from workflows import actor as actors
from workflows import clock_run, outbox
from workflows.mail import FileSender

NOW = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
PASSWORD = "three words and more"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WIDE = {"width": 1280, "height": 900}
PICTURES = Path(__file__).parent / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Silent(WSGIRequestHandler):
    def log(self, *args: Any, **kw: Any) -> None:
        """Keep the test's output its own."""


@dataclass(frozen=True)
class Console:
    """The served application: where it is, and a look behind it."""

    app: Flask
    url: str

    @contextmanager
    def behind(self, username: str | None = None) -> Iterator[actors.Actor]:
        """The database, as somebody reads it or as the console itself."""
        with self.app.app_context():
            actor = actors.system("test", NOW)
            if username is not None:
                with actors.acting(actor):
                    actor = actors.actor_for(
                        db.session.scalars(select(Person).where(Person.username == username)).one(), NOW
                    )
            with actors.acting(actor):
                yield actor
            db.session.remove()


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("console")
    app = create_app(
        {
            "SECRET_KEY": "only for tests, only for tests, only",
            "CAREWARD_AUDIT_KEY": "only for tests",
            "CAREWARD_INSTANCE": folder,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'careward.db'}",
            "SESSION_COOKIE_SECURE": False,
            "CAREWARD_SIGN_IN_LIMIT": "1000 per minute",
            "CAREWARD_NOW": NOW,
        }
    )
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setenv(demo.PASSWORD, PASSWORD)
        schema.upgrade(db.engine)
        demo.fill(db.engine, app.config["AUTH_ROLE_PUBLIC"], "halton", NOW, app.extensions["careward_files"])
        # The newest letters still wait; one provider has no address, and its letter is a dead one.
        outbox.deliver(
            db.session.session_factory,
            FileSender(folder / "mail", "careward@localhost"),
            lambda: NOW - dt.timedelta(days=20),
            "http://127.0.0.1:8080",
        )
        clock_run.run(db.session(), lambda: NOW)
        db.engine.dispose()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Console(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(f"The browser tests need one of these on the PATH: {', '.join(PROGRAMS)}.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@dataclass
class Somebody:
    """A person at a browser. Whatever a page complains of while they read is kept."""

    console: Console
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    password: str = PASSWORD

    def watch(self) -> None:
        # Chromium reports a refused page itself as an error; that page is meant to be refused.
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(f"{said.text} ({said.location.get('url')})")
                if said.type in ("error", "warning") and said.location.get("url") != self.page.url
                else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(self.console.url) else self.complaints.append(f"asked for {asked.url}")
            ),
        )

    def open(self, address: str) -> Any:
        return self.page.goto(self.console.url + address)

    def sign_in(self, username: str) -> None:
        self.open("/login/")
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password", exact=True).fill(self.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="Home", level=1).wait_for()

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def fill(self, **told: str) -> None:
        """Fill in fields by their names."""
        for name, value in told.items():
            box = self.page.locator(f"[name={name}]:not([type=hidden])").first
            box.select_option(label=value) if box.evaluate("box => box.tagName") == "SELECT" else box.fill(value)

    def pick(self, name: str, typed: str, chosen: str) -> None:
        """Choose a record as a person does: type, wait for the names, click one."""
        box = self.page.locator(f"input[name={name}]:not([type=hidden])")
        box.fill("")
        box.press_sequentially(typed, delay=20)
        self.page.get_by_role("option", name=chosen).first.click()

    def press(self, name: str) -> None:
        """A button of the page itself, or a link that looks like one; and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """A link on the page itself; and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=name, exact=True).first.click()

    def find(self, plural: str, record: str, narrowed: str = "") -> None:
        """From a list, searched for a word of the record's name, to the record."""
        self.open(f"/{plural}/list/?{narrowed}")
        self.page.get_by_label("Search", exact=True).fill(record)
        self.press("Search")
        self.follow(record)

    def add(self, one: str, picked: dict[str, tuple[str, str]] | None = None, **told: str) -> None:
        """Fill in a new record, from the button of its list or the link on the page of what it belongs to."""
        with self.page.expect_navigation():
            asked = f"Add: {one}"
            main = self.page.locator("main")
            main.get_by_role("button", name=asked, exact=True).or_(
                main.get_by_role("link", name=asked, exact=True)
            ).click()
        for name, (typed, chosen) in (picked or {}).items():
            self.pick(name, typed, chosen)
        self.fill(**told)
        self.press("Save")
        self.page.get_by_text("Saved.").wait_for()

    @property
    def here(self) -> str:
        """The address of the page, without the server's."""
        return self.page.url.removeprefix(self.console.url)

    def steps(self) -> list[str]:
        """The steps that the page of a record offers."""
        return self.page.locator(".cw-steps .govuk-button").all_inner_texts()

    def refused(self, address: str) -> str:
        """What a page says that is not for this person, or that is not there for them."""
        assert self.open(address).status in (403, 404)
        return self.text

    def step(self, name: str, **told: str) -> None:
        """Open a step from the record's page, say what it asks, and take it."""
        self.press(name)
        self.fill(**told)
        self.press(name)
        self.page.get_by_text(f"Done: {name}.").wait_for()

    def picture(self, name: str) -> None:
        if os.environ.get("CAREWARD_SCREENSHOTS"):
            PICTURES.mkdir(exist_ok=True)
            width = self.page.viewport_size["width"] if self.page.viewport_size else 0
            self.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


@pytest.fixture(scope="session")
def signed_in(browser: Browser, console: Console) -> Any:
    """Cookies by user name: each person signs in once, by the form."""
    kept: dict[str, Any] = {}

    def state(username: str) -> Any:
        if username not in kept:
            context = browser.new_context()
            Somebody(console, context, context.new_page()).sign_in(username)
            kept[username] = context.storage_state()
            context.close()
        return kept[username]

    return state


@pytest.fixture(scope="session")
def at_a_browser(browser: Browser, console: Console, signed_in: Any) -> Any:
    """A person at a browser of their own, signed in or not."""

    def made(username: str | None, **kw: Any) -> Somebody:
        state = signed_in(username) if username else None
        context = browser.new_context(**{"viewport": WIDE, "locale": "en-GB", "storage_state": state} | kw)
        context.set_default_timeout(15_000)
        person = Somebody(console, context, context.new_page())
        person.watch()
        return person

    return made


@pytest.fixture
def somebody(at_a_browser: Any) -> Iterator[Any]:
    """somebody("officer") is an officer at a browser; somebody() has not signed in. Nothing may complain."""
    people: list[Somebody] = []

    def made(username: str | None = None, **kw: Any) -> Somebody:
        people.append(at_a_browser(username, **kw))
        return people[-1]

    yield made
    for each in people:
        each.context.close()
    assert [complaint for each in people for complaint in each.complaints] == []


@pytest.fixture(scope="session")
def readers(at_a_browser: Any) -> Iterator[Any]:
    """readers("officer") is the same officer at the same browser in every test that only reads."""
    kept: dict[str | None, Somebody] = {}

    def reader(username: str | None) -> Somebody:
        if username not in kept:
            kept[username] = at_a_browser(username)
        return kept[username]

    yield reader
    for each in kept.values():
        each.context.close()


@pytest.fixture(scope="session")
def findings() -> Any:
    """What axe finds wrong with a page, in words, and whether anything is wider than the screen."""
    script = Axe().axe_script
    told = """options => axe.run(document, options).then(result => result.violations.map(each =>
        `${each.id}: ${each.help}: ${each.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`))"""
    asked = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}, "preload": False}

    def found(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        violations = page.evaluate(told, asked)
        width = page.viewport_size["width"] if page.viewport_size else 0
        wide = page.evaluate(
            """() => {
                const room = document.documentElement.clientWidth
                const total = document.scrollingElement.scrollWidth
                if (total <= room) return ''
                const over = [...document.querySelectorAll('body *')].filter(
                    (e) => e.getBoundingClientRect().right > room + 1 && !e.closest('.cw-scroll'))
                return total + ': ' + over.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(' | ')
            }"""
        )
        return [*violations, *([f"wider than {width}: {wide}"] if wide else [])]

    return found
