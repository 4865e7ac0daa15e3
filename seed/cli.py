"""The command `careward`: what is done at the server (design section 6)."""

import datetime as dt
import logging
import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from gunicorn.app.base import BaseApplication
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from models import schema
from models.base import LONDON, READING, Model, db
from models.framework import Framework
from models.ledger import LedgerEntry
from models.outbox import OutboxMessage, OutboxState
from models.people import Agency, Person
from models.providers import Judgement, Provider, Service
from seed import AUTHORITIES, framework_files, framework_names
from seed import demo as demo_data
from seed import jobs as worker
from seed.roles import sync_roles
from workflows import authorities as host_authorities
from workflows import clock_run, ledger, people, triggers
from workflows.access import Role
from workflows.actor import Actor, acting, system
from workflows.framework import in_force
from workflows.framework_files import content_of, differences, load, text_of
from workflows.framework_reading import Content, Faulty, read
from workflows.ledger import plain
from workflows.registers import cqc_pull
from workflows.registers import files as register_files
from workflows.registers.cqc_files import Problem
from workflows.registers.outcome import Outcome, Touched

P = ParamSpec("P")
R = TypeVar("R")
Factory = Callable[..., Flask]

# --- how every command begins and fails --------------------------------------------------------------------------


class Failure(click.ClickException):
    """A sentence on standard error, and exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Careward(click.Group):
    """A group whose commands never end in a traceback, unless asked to."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Failure, click.exceptions.Exit, click.exceptions.NoArgsIsHelpError, click.Abort):
            raise
        except Exception as error:
            if ctx.params.get("trace"):
                raise
            raise Failure(sentence(error)) from None


def sentence(error: Exception) -> str:
    """What went wrong, for whoever sits at the server."""
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "careward"
        return _("%(what)s See “%(command)s --help”.", what=error.format_message(), command=command)
    if isinstance(error, OperationalError | ProgrammingError):
        reason = str(error.orig).strip().partition("\n")[0]
        return _(
            "The database cannot do this: %(reason)s. If it is new, run “careward db upgrade” first.", reason=reason
        )
    told = str(error).strip()
    return told if told.endswith(".") else _("This went wrong: %(reason)s.", reason=told or type(error).__name__)


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the application."""

    @wraps(command)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with click.get_current_context().obj().app_context():
            return command(*args, **kwargs)

    return inside


@contextmanager
def job(name: str) -> Iterator[tuple[Session, Actor]]:
    """Something that the console itself does now, in one transaction unless it commits in between."""
    actor = system(name, dt.datetime.now(dt.UTC))
    with acting(actor):
        yield db.session, actor
        db.session.commit()


def make_cli(create_app: Factory) -> click.Group:
    """The command, for the application that this makes. Nothing here imports app.py."""

    @click.group("careward", cls=Careward, context_settings={"help_option_names": ["-h", "--help"]})
    @click.option("--trace", is_flag=True, help="When something fails, show where in the program.")
    @click.pass_context
    def cli(ctx: click.Context, trace: bool) -> None:
        """Careward: watching over the quality of the care that a council buys.

        Settings are environment variables, CAREWARD_SECRET_KEY and CAREWARD_DATABASE_URL first of all.
        A release runs "db upgrade" and "roles sync", then "serve". Every command is safe to repeat.
        """
        ctx.obj = create_app
        # It warns, at every start, of columns that its own filters cannot search. Ours search none of them.
        logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)

    for command in (database, roles, framework, authorities, register, clock, audit, user, jobs, serve, demo):
        cli.add_command(command)
    return cli


# --- release -----------------------------------------------------------------------------------------------------


@click.group("db")
def database() -> None:
    """The database's tables."""


@database.command("upgrade")
@with_app
def upgrade() -> None:
    """Bring the database to the tables of this version. All or nothing; an empty database is filled."""
    schema.upgrade(db.engine)
    click.echo(_("The database has the tables of this version."))


@click.group()
def roles() -> None:
    """Roles and rights."""


@roles.command("sync")
@with_app
def sync() -> None:
    """Make the database's roles equal to workflows/access.py: what it no longer gives is withdrawn."""
    with job("roles sync") as (session, _actor):
        done = sync_roles(session, current_app.config["AUTH_ROLE_PUBLIC"])
    click.echo(
        _(
            "Roles: %(added)s added, %(removed)s removed. Permissions: %(granted)s given, %(withdrawn)s withdrawn.",
            added=done.added,
            removed=done.removed,
            granted=done.granted,
            withdrawn=done.withdrawn,
        )
    )
    for name in done.still_held:
        click.echo(_("The role “%(name)s” is unknown and gives nothing, and somebody still holds it.", name=name))


# --- framework ---------------------------------------------------------------------------------------------------


@click.group()
def framework() -> None:
    """The council's framework: what is done, who decides, by when."""


def _framework_files(name_or_path: str) -> tuple[Path, Path]:
    common, own = framework_files(name_or_path)
    if not own.is_file():
        raise Failure(
            _(
                "There is no framework “%(name)s”. Name one of these, or the path of a file: %(names)s.",
                name=name_or_path,
                names=", ".join(framework_names()),
            )
        )
    return common, own


@framework.command("load")
@click.argument("name_or_path")
@with_app
def load_framework(name_or_path: str) -> None:
    """Put a framework in force: one that comes with the console by its NAME, or a council's own by its PATH.

    The file is checked whole first. What stood in force before is retired and kept.
    """
    files = _framework_files(name_or_path)
    with job("framework load") as (session, _actor):
        before = in_force(session)
        try:
            loaded = load(session, *files)
        except Faulty as faulty:
            raise Failure(str(faulty)) from None
        told = {"title": loaded.title, "edition": loaded.edition}
        if loaded is before:
            click.echo(_("“%(title)s”, edition %(edition)s, is already in force. Nothing changed.", **told))
        else:
            click.echo(_("“%(title)s”, edition %(edition)s, is in force.", **told))


@framework.command("export")
@click.option("--edition", type=int, help="An earlier edition, or a draft, of the framework in force. Default: that.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file. Default: the screen.")
@with_app
def export_framework(edition: int | None, output: Path | None) -> None:
    """Write the framework out as a file that says everything. Loading it again changes nothing."""
    with job("framework export") as (session, _actor):
        text = text_of(_in_force(session, edition))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        told = {"file": output, "reason": error.strerror}
        raise Failure(_("%(file)s cannot be written: %(reason)s.", **told)) from None
    click.echo(_("Written: %(file)s.", file=output))


def _in_force(session: Session, edition: int | None = None) -> Content:
    """What the framework in force says, or another edition of it."""
    rules = in_force(session)
    if rules is None:
        raise Failure(_("There is no framework in force yet. Load one first."))
    if edition is not None:
        told = {"title": rules.title, "edition": edition}
        rules = session.scalar(select(Framework).filter_by(key=rules.key, edition=edition))
        if rules is None:
            raise Failure(_("“%(title)s” has no edition %(edition)s.", **told))
    return content_of(rules)


IN_FORCE = "in-force"


@framework.command("diff")
@click.argument("one")
@click.argument("other")
@with_app
def diff_frameworks(one: str, other: str) -> None:
    """Say what turns ONE framework into the OTHER. Each is a name, the path of a file, or "in-force"."""
    with job("framework diff") as (session, _actor):
        try:
            first, second = (
                _in_force(session) if each == IN_FORCE else read(*_framework_files(each)) for each in (one, other)
            )
        except Faulty as faulty:
            raise Failure(str(faulty)) from None
    found = list(differences(first, second))
    for row, field, before, after in found:
        if field is None:
            click.echo(_("%(row)s: only in %(which)s.", row=row, which=one if after is None else other))
        else:
            told = {"before": _value(before), "after": _value(after)}
            click.echo(_("%(row)s, %(field)s: %(before)s -> %(after)s", row=row, field=field, **told))
    if not found:
        click.echo(_("They say the same."))


def _value(value: Any) -> str:
    return "-" if value is None else repr(plain(value))


# --- host authorities --------------------------------------------------------------------------------------------


@click.group()
def authorities() -> None:
    """The councils and trusts in whose areas people are placed."""


@authorities.command("load")
@with_app
def load_authorities() -> None:
    """Load the bodies of the four nations that run adult social care. Contacts stay as people have them."""
    with job("authorities load") as (session, _actor):
        done = host_authorities.load(session, AUTHORITIES)
    click.echo(_("Host authorities: %(added)s added, %(changed)s changed.", added=done.added, changed=done.changed))


# --- register ----------------------------------------------------------------------------------------------------


@click.group()
def register() -> None:
    """The regulator's register of providers and services."""


@register.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@with_app
def import_register(paths: Sequence[Path], dry_run: bool) -> None:
    """Read files of a register, or folders of them, in any order. What each is shows in its content.

    Known are answers of the CQC API (JSON), and the files that the CQC publishes: the directory, the ratings, the
    active and the deactivated locations, and exports of its pages (CSV, ODS). Of the registers of Scotland (CSV),
    Wales and Northern Ireland (XLSX) the rows are proposed, and a Manager says in the console which services they
    are. What cannot be read is told with its place, and the rest is imported.
    """
    files, missing = register_files.find(paths)
    if missing:
        raise Failure("\n".join(_place(each) for each in missing))
    console = Console(stderr=True)
    totals = dict.fromkeys(("added", "changed", "closed", "unchanged", "problems"), 0)
    wrong = 0
    with job("register import") as (session, _actor), Progress(console=console, disable=not console.is_terminal) as bar:
        reading = bar.add_task(_("Reading"), total=len(files))
        seen = register_files.survey(files, lambda path: bar.advance(reading))
        writing = bar.add_task(_("Comparing") if dry_run else _("Importing"), total=len(seen))
        for outcome in register_files.apply(session, seen, dry_run=dry_run, on_rating=_draft):
            _tell(outcome)
            wrong += any(not problem.place for problem in outcome.problems)
            _count(totals, outcome)
            bar.advance(writing)
    click.echo(
        ngettext(
            "%(num)s file: %(added)s added, %(changed)s changed, %(closed)s closed, %(unchanged)s unchanged, "
            "%(problems)s problems.",
            "%(num)s files: %(added)s added, %(changed)s changed, %(closed)s closed, %(unchanged)s unchanged, "
            "%(problems)s problems.",
            len(files),
            **totals,
        )
    )
    if dry_run:
        click.echo(_("This was a dry run: nothing was written."))
    if wrong:
        raise Failure(
            ngettext("%(num)s file could not be read at all.", "%(num)s files could not be read at all.", wrong)
        )


@register.command("pull")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Ask again for what changed from this day on.")
@click.option("--full", is_flag=True, help="Read everything of the council's area again.")
@click.option("--local-authority", help="The council, as the register spells it. Default: the framework's.")
@with_app
def pull_register(since: dt.datetime | None, full: bool, local_authority: str | None) -> None:
    """Read the register of the CQC over its API: the first time the council's area, later what changed.

    Needs CAREWARD_CQC_KEY. One that was cut short is gone on with. What cannot be read is told, and the rest is
    imported.
    """
    key = current_app.config["CAREWARD_CQC_KEY"]
    if not key:
        raise Failure(_("Set CAREWARD_CQC_KEY: the CQC gives a key to whoever asks for one for its API."))
    totals = dict.fromkeys(("added", "changed", "closed", "unchanged", "problems"), 0)
    number = 0
    try:
        with job("register pull") as (session, actor), cqc_pull.Api(current_app.config["CAREWARD_CQC_URL"], key) as api:
            start = since.replace(tzinfo=LONDON) if since is not None else None
            if start is not None and start >= actor.now:
                raise Failure(_("The day of --since lies ahead. Name a day that has begun."))
            rules = in_force(session)
            authority = local_authority or (rules.authority if rules is not None else None)
            if authority is None:
                raise Failure(_("There is no framework in force yet, so name the council with --local-authority."))
            found = cqc_pull.pull(session, actor, api, authority, since=start, full=full, on_rating=_draft)
            for outcome in found:
                _tell(outcome)
                number += 1
                _count(totals, outcome)
    except cqc_pull.PullFailed as failure:
        raise Failure(str(failure)) from None
    click.echo(
        ngettext(
            "%(num)s answer: %(added)s added, %(changed)s changed, %(closed)s closed, %(unchanged)s unchanged, "
            "%(problems)s problems.",
            "%(num)s answers: %(added)s added, %(changed)s changed, %(closed)s closed, %(unchanged)s unchanged, "
            "%(problems)s problems.",
            number,
            **totals,
        )
    )


def _count(totals: dict[str, int], outcome: Outcome) -> None:
    for name in totals:
        found = getattr(outcome, name)
        totals[name] += found if isinstance(found, int) else len(found)


def _draft(service: Service, before: Judgement | None) -> None:
    """What the framework has the console draft when the regulator judges a service anew."""
    for told in triggers.on_rating(service, before):
        click.echo(told)


def _place(problem: Problem) -> str:
    return ": ".join(part for part in (problem.file, problem.place, problem.reason) if part)


MOST_TOLD = 200
"""How many records of one file are named one by one; its ledger entry names them all."""


def _tell(outcome: Outcome) -> None:
    for each in _first(outcome.added):
        click.echo(_("Added: %(record)s %(id)s.", record=each.record, id=each.regulator_id))
    for each in _first(outcome.changed):
        fields = ", ".join(each.changes)
        click.echo(
            _("Changed: %(record)s %(id)s: %(fields)s.", record=each.record, id=each.regulator_id, fields=fields)
        )
    for each in _first(outcome.closed):
        click.echo(_("Closed: %(record)s %(id)s.", record=each.record, id=each.regulator_id))
    for succession in outcome.carried:
        click.echo(_("Carries over to its successor: %(what)s.", what=succession))
    for told in outcome.left_out_sentences():
        click.echo(f"{outcome.file}: {told}")
    if outcome.only_listed:
        ids = ", ".join(outcome.only_listed)
        click.echo(_("Only on the list page %(file)s, and not created: %(ids)s.", file=outcome.file, ids=ids))
    for problem in outcome.problems:
        click.echo(_place(problem), err=True)


def _first(touched: Sequence[Touched]) -> Iterator[Touched]:
    yield from touched[:MOST_TOLD]
    if (more := len(touched) - MOST_TOLD) > 0:
        click.echo(ngettext("%(num)s more is not listed here.", "%(num)s more are not listed here.", more))


# --- audit -------------------------------------------------------------------------------------------------------


@click.group()
def audit() -> None:
    """The append-only history of every record."""


@audit.command("verify")
@with_app
def verify() -> None:
    """Check every entry, the end of every history, and every seal. Names what is broken."""
    key, reading = _audit_key(), READING.set(True)
    try:
        with job("audit verify") as (session, _actor):
            faults = list(ledger.verify(session, key, current_app.config["CAREWARD_SEALS"], kept_models()))
            count = session.scalar(select(func.count(LedgerEntry.id)))
    finally:
        READING.reset(reading)
    if faults:
        raise Failure("\n".join(faults))
    click.echo(_("The history is whole: %(count)s entries.", count=count))


@audit.command("seal")
@with_app
def seal() -> None:
    """Sign what the history holds now, for each day. The seal is also appended to the file CAREWARD_SEALS."""
    key = _audit_key()
    with job("audit seal") as (session, actor):
        row = ledger.seal(session, actor, key, current_app.config["CAREWARD_SEALS"])
    click.echo(_("Sealed: %(count)s entries, up to row %(last)s.", count=row["entries"], last=row["last_id"]))


def kept_models() -> list[type[Model]]:
    """The models that count their changes, so that a lost end of a history shows."""
    found = [mapper.class_ for mapper in Model.registry.mappers if hasattr(mapper.class_, "version")]
    return sorted(found, key=lambda each: each.__name__)


def _audit_key() -> str:
    key: str | None = current_app.config["CAREWARD_AUDIT_KEY"]
    if not key:
        raise Failure(_("Set CAREWARD_AUDIT_KEY: seals are signed with it. Keep it outside the database."))
    return key


# --- accounts ----------------------------------------------------------------------------------------------------


@click.group()
def user() -> None:
    """Accounts. The first Administrator is made here, the others in the console."""


@user.command("add")
@click.argument("username")
@click.option("--first-name", required=True)
@click.option("--last-name", required=True)
@click.option("--email", required=True)
@click.option("--role", "names", required=True, multiple=True, type=click.Choice([role.value for role in Role]))
@click.option("--agency", help="The agency's name, for a partner or contributor.")
@click.option("--provider", help="The provider's id in the regulator's register, for a provider.")
@with_app
def add_user(
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    names: Sequence[str],
    agency: str | None,
    provider: str | None,
) -> None:
    """Add an account, and print its first password once. It is changed at the first sign-in."""
    given = [Role(name) for name in names]
    with job("user add") as (session, _actor):
        person = Person(username=username, first_name=first_name, last_name=last_name, email=email, active=True)
        person.session_version = 1
        if session.scalar(
            select(Person.id).where((func.lower(Person.username) == username.lower()) | (Person.email == email))
        ):
            raise Failure(_("Another account has this user name or email address."))
        if agency is not None:
            person.agency_id = session.scalar(select(Agency.id).where(Agency.name == agency))
            if person.agency_id is None:
                raise Failure(_("There is no agency “%(name)s”. An Administrator adds it in the console.", name=agency))
        if provider is not None:
            person.provider_id = session.scalar(select(Provider.id).where(Provider.regulator_id == provider))
            if person.provider_id is None:
                raise Failure(_("There is no provider with the id “%(id)s”. Import the register first.", id=provider))
        if reason := people.belongs(given, person.agency_id, person.provider_id):
            raise Failure(reason)
        made_up = people.reset_password(person)
        people.set_roles(session, person, given)
        session.add(person)
    click.echo(_("The first password of %(name)s, shown only now: %(password)s", name=username, password=made_up))


# --- the clock ---------------------------------------------------------------------------------------------------


@click.group()
def clock() -> None:
    """What is due, and who is told of it."""


@clock.command("run")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="A day that has begun, to catch up for.")
@with_app
def run_clock(day: dt.datetime | None) -> None:
    """Derive the whole diary anew, and tell who must know what is due soon, overdue or to be passed on.

    Each is told once, however often this runs. The worker (“jobs run”) does it each morning by itself.
    """
    ran = clock_run.run(db.session, lambda: dt.datetime.now(dt.UTC), day.date() if day is not None else None)
    if ran is None:
        click.echo(_("Another run of the clock is under way, and does what there is to do."))
    else:
        click.echo(told_by_clock(ran))


def told_by_clock(ran: clock_run.Ran) -> str:
    """How a run of the clock went."""
    return ngettext(
        "Clock for %(day)s: %(num)s service derived; told %(warned)s due soon, %(breached)s overdue, "
        "%(escalated)s passed on.",
        "Clock for %(day)s: %(num)s services derived; told %(warned)s due soon, %(breached)s overdue, "
        "%(escalated)s passed on.",
        ran.services,
        day=ran.day.isoformat(),
        **ran.told,
    )


# --- jobs --------------------------------------------------------------------------------------------------------


@click.group()
def jobs() -> None:
    """What the console does by itself."""


@jobs.command("run")
@click.option("--once", is_flag=True, help="Do what is due now, and end: for cron.")
@click.pass_obj
def run_jobs(create_app: Factory, once: bool) -> None:
    """Deliver the outbox each minute, and run the clock each morning, until ended. Several may run at once."""
    app = create_app()
    with app.app_context():
        if app.config["CAREWARD_SENDER"] is None:
            with job("jobs run") as (session, _actor):
                query = select(func.count(OutboxMessage.id)).where(OutboxMessage.state == OutboxState.waiting)
                count = session.scalar(query) or 0
            click.echo(
                ngettext(
                    "CAREWARD_MAIL_URL is not set, so nothing is sent: %(num)s message waits.",
                    "CAREWARD_MAIL_URL is not set, so nothing is sent: %(num)s messages wait.",
                    count,
                )
            )
        if once:
            if (ran := worker.run_clock()) is not None:
                click.echo(told_by_clock(ran))
            click.echo(told(worker.deliver()))
            return
        db.engine.dispose()
    worker.work(app)


def told(done: Counter[str]) -> str:
    """How a round of the post went."""
    return _(
        "Post: %(sent)s sent, %(back)s to be tried again, %(dead)s given up.",
        sent=done["send"],
        back=done["put_back"],
        dead=done["give_up"],
    )


# --- serving -----------------------------------------------------------------------------------------------------


class Server(BaseApplication):
    """Gunicorn with this application and these settings, and nothing read from files."""

    def __init__(self, app: Flask, settings: dict[str, Any]) -> None:
        self.app, self.settings = app, settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app


def serve_now(app: Flask, host: str, port: int, processes: int) -> None:
    """Serve until told to end. Where no names are trusted by setting, only the address itself is."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failure(
                _(
                    "%(host)s:%(port)s cannot be used: %(reason)s. End what uses it, or choose another port.",
                    host=host,
                    port=port,
                    reason=error.strerror,
                )
            ) from None
    app.config["TRUSTED_HOSTS"] = app.config["TRUSTED_HOSTS"] or [host, "localhost"]
    app.config["FAB_SAFE_REDIRECT_HOSTS"] = app.config["TRUSTED_HOSTS"]
    Server(
        app,
        {
            "bind": f"{host}:{port}",
            "worker_class": "gthread",
            "workers": processes,
            "threads": 8,
            "accesslog": None,
            "loglevel": "warning",
        },
    ).run()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option(
    "--processes", type=click.IntRange(min=1), envvar="CAREWARD_PROCESSES", help="Default: 1, or 4 with Redis."
)
@click.pass_obj
def serve(create_app: Factory, host: str, port: int, processes: int | None) -> None:
    """Serve the console: one process of 8 threads, or several once CAREWARD_REDIS_URL holds what they share."""
    app = create_app()
    shared = bool(app.config["REDIS_URL"])
    if processes is not None and processes > 1 and not shared:
        raise Failure(_("Several processes need CAREWARD_REDIS_URL, where they keep sessions and limits together."))
    serve_now(app, host, port, processes or (4 if shared else 1))


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Something that runs in a process of its own for as long as the block does."""
    here, child = os.getpid(), os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield
    finally:
        if os.getpid() == here:  # the server's own processes leave by this door too
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)


# --- demo --------------------------------------------------------------------------------------------------------


@click.command("demo")
@click.option("--framework", "name_or_path", envvar=["CAREWARD_FRAMEWORK", "FRAMEWORK"], default=demo_data.FRAMEWORK,
              show_default=True, help="Its name, or the path of a file.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.pass_obj
def demo(create_app: Factory, name_or_path: str, host: str, port: int) -> None:
    """Serve an invented council. The first start makes its data; the accounts are printed."""
    instance = Path(os.environ.get("CAREWARD_INSTANCE", "instance")).absolute()
    app = create_app(demo_data.settings(instance, f"http://{host}:{port}"))

    def serve_it() -> None:
        click.echo(_("Careward is served on http://%(host)s:%(port)s (Ctrl-C ends it).", host=host, port=port))
        with beside(partial(worker.work, app)):
            serve_now(app, host, port, 1)

    demo_data.run(app, name_or_path, serve_it)
