"""The composition root: settings, sessions, the gate's actor for each request, screens, error pages."""

import datetime as dt
import os
import secrets
from pathlib import Path
from typing import Any

import structlog
from cachelib import FileSystemCache
from flask import (
    Flask,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_appbuilder import AppBuilder
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_compress import Compress
from flask_session import Session as ServerSession
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from redis import Redis
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from models.base import READING, db
from seed.cli import make_cli
from views import api, calendars, openapi
from views.absences import AbsenceView, DeputyView, whoever_acts
from views.allocation import AllocationView
from views.arrivals import ArrivalView
from views.attachments import AttachmentView
from views.authorities import AuthorityContactView, HostAuthorityView
from views.base import AreaView
from views.calendars import CalendarView
from views.complaints import ComplaintView
from views.contracts import (
    ContinuityPlanView,
    ContractView,
    EnforcementView,
    InsuranceView,
    ManagerPostView,
    OccupancyView,
    SafeguardingProcessView,
    SponsorLicenceView,
)
from views.diary import ClockNoticeView, ObligationView, OccurrenceView, PauseView
from views.documents import LetterView
from views.feedback import FeedbackView
from views.framework import FRAMEWORK_ROWS, FrameworkView, HelpView
from views.home import HomeView
from views.labels import AREAS
from views.meetings import MeetingAttendanceView, MeetingDecisionView, MeetingItemView, MeetingView
from views.outbox import OutboxView
from views.people import AccountView, AgencyView, CarewardSecurity, RoleView
from views.placements import (
    AuthorityReferenceView,
    DirectPaymentCheckView,
    PlacementView,
    RatingAlertView,
    RegulatorCheckView,
    ValidationView,
)
from views.planner import PlannerView
from views.plans import ActionView, PlanView
from views.preview import PreviewView
from views.providers import ContactNoteView, ContactView, ProviderView, ServicePartView, ServiceView
from views.registers import RegisterProposalView
from views.risk import ServiceBandView
from views.saved import ExportView, SavedViewView
from views.shown import register_filters
from views.successions import SuccessionView
from views.suspensions import PurchasingView, SuspensionView
from views.tokens import TokenView
from views.visits import VisitView
from workflows import actor as actors
from workflows.access import RIGHTS, Resource, Right, Role, fab_roles, rights, who
from workflows.files import MEGABYTE, too_large
from workflows.gate import Refused
from workflows.mail import Sender, sender_for
from workflows.storage import store_at
from workflows.visibility import check_every_model_has_a_rule

HERE = Path(__file__).parent
# As structlog has it by itself, but for the values of variables beside an error: those are of cases, and secrets.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
log = structlog.get_logger()

BESIDE_FILE = 64 * 1024
"""Bytes of the form in which a file is sent, beside the file."""

# Section by section: the menu shows the sections, and the lists of the one where somebody is.
SECTIONS: list[tuple[Any, list[tuple[Resource, type[Any]]]]] = [
    (
        _l("Diary"),
        [
            (Resource.diary, ObligationView),
            (Resource.planner, PlannerView),
            (Resource.allocation, AllocationView),
            (Resource.absences, AbsenceView),
            (Resource.diary, OccurrenceView),
            (Resource.diary, PauseView),
            (Resource.diary, ClockNoticeView),
        ],
    ),
    (
        _l("Market"),
        [
            (Resource.services, ServiceView),
            (Resource.providers, ProviderView),
            (Resource.contacts, ContactView),
            (Resource.contact_notes, ContactNoteView),
            (Resource.contracts, ContractView),
            (Resource.registers, RegisterProposalView),
            (Resource.arrivals, ArrivalView),
        ],
    ),
    (
        _l("Standing"),
        [
            (Resource.safeguarding, SafeguardingProcessView),
            (Resource.continuity, ContinuityPlanView),
            (Resource.licences, SponsorLicenceView),
            (Resource.standing, EnforcementView),
            (Resource.standing, ManagerPostView),
            (Resource.standing, OccupancyView),
            (Resource.standing, InsuranceView),
        ],
    ),
    (
        _l("Quality"),
        [
            (Resource.bands, ServiceBandView),
            (Resource.visits, VisitView),
            (Resource.plans, PlanView),
            (Resource.actions, ActionView),
            (Resource.feedback, FeedbackView),
            (Resource.complaints, ComplaintView),
            (Resource.meetings, MeetingView),
        ],
    ),
    (
        _l("Purchasing"),
        [
            (Resource.purchasing, PurchasingView),
            (Resource.suspensions, SuspensionView),
            (Resource.letters, LetterView),
            (Resource.outbox, OutboxView),
        ],
    ),
    (
        _l("Placements"),
        [
            (Resource.validations, ValidationView),
            (Resource.evidence, AuthorityReferenceView),
            (Resource.placements, PlacementView),
            (Resource.rating_alerts, RatingAlertView),
            (Resource.checks, DirectPaymentCheckView),
            (Resource.authorities, HostAuthorityView),
        ],
    ),
    (
        _l("Office"),
        [
            (Resource.agencies, AgencyView),
            (Resource.frameworks, FrameworkView),
            (Resource.accounts, AccountView),
            (Resource.help, HelpView),
            (Resource.saved_views, SavedViewView),
            (Resource.exports, ExportView),
        ],
    ),
]
MENU = [entry for _section, entries in SECTIONS for entry in entries]
WITHOUT_MENU = [
    ServicePartView, SuccessionView, AttachmentView, RoleView, MeetingItemView, MeetingAttendanceView,
    MeetingDecisionView, TokenView, CalendarView, AuthorityContactView, RegulatorCheckView, PreviewView, DeputyView,
    *FRAMEWORK_ROWS,
]  # fmt: skip


def settings() -> dict[str, Any]:
    """What the environment says. Nothing secret has a default."""
    env = os.environ
    instance = Path(env.get("CAREWARD_INSTANCE", "instance")).absolute()
    redis = env.get("CAREWARD_REDIS_URL")
    hosts = [host for host in env.get("CAREWARD_TRUSTED_HOSTS", "").split(",") if host]
    return {
        "SECRET_KEY": env.get("CAREWARD_SECRET_KEY"),
        "CAREWARD_AUDIT_KEY": env.get("CAREWARD_AUDIT_KEY"),
        "CAREWARD_CQC_KEY": env.get("CAREWARD_CQC_KEY"),
        "CAREWARD_CQC_URL": env.get("CAREWARD_CQC_URL", "https://api.service.cqc.org.uk/public/v1"),
        "CAREWARD_INSTANCE": instance,
        "CAREWARD_SEALS": Path(env.get("CAREWARD_SEALS", instance / "ledger-seals.jsonl")),
        "CAREWARD_FILES_URL": env.get("CAREWARD_FILES_URL"),
        "CAREWARD_LARGEST_FILE": int(env.get("CAREWARD_LARGEST_FILE", "25")),
        "CAREWARD_SIGN_IN_LIMIT": "10 per minute",
        "CAREWARD_API_LIMIT": env.get("CAREWARD_API_LIMIT", "300 per minute"),
        "CAREWARD_API_REFUSED_LIMIT": env.get("CAREWARD_API_REFUSED_LIMIT", "20 per minute"),
        "SQLALCHEMY_DATABASE_URI": env.get("CAREWARD_DATABASE_URL", f"sqlite:///{instance / 'careward.db'}"),
        "REDIS_URL": redis,
        "CAREWARD_MAIL_URL": env.get("CAREWARD_MAIL_URL"),
        "CAREWARD_BASE_URL": env.get("CAREWARD_BASE_URL"),
        "TRUSTED_HOSTS": hosts or None,
        "FAB_SAFE_REDIRECT_HOSTS": hosts,
        "CAREWARD_PROXIES": int(env.get("CAREWARD_PROXIES", "0")),
        "SESSION_COOKIE_SECURE": env.get("CAREWARD_INSECURE_COOKIES") != "1",
    }


FIXED: dict[str, Any] = {
    "APP_NAME": "Careward",
    "FAB_ROLES": fab_roles(),
    "AUTH_ROLE_ADMIN": Role.administrator.value,
    "AUTH_ROLE_PUBLIC": "public",
    "FAB_UPDATE_PERMS": False,
    "FAB_CREATE_DB": False,
    "FAB_ADD_MENU_API": False,
    "FAB_ADD_OPENAPI_VIEWS": False,
    "FAB_BASE_TEMPLATE": "layout.html",
    "RATELIMIT_ENABLED": True,
    "RATELIMIT_HEADERS_ENABLED": True,
    "BABEL_DEFAULT_LOCALE": "en",
    "BABEL_DEFAULT_TIMEZONE": "Europe/London",
    "BABEL_TRANSLATION_DIRECTORIES": str(HERE / "translations"),
    "LANGUAGES": {"en": {"flag": "gb", "name": "English"}},
    "SESSION_COOKIE_NAME": "careward",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_PERMANENT": True,
    "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=10),
    "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
    "SEND_FILE_MAX_AGE_DEFAULT": 3600,
    "SQLALCHEMY_TRACK_MODIFICATIONS": False,
}


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """The application, from the environment and what a test or the demo says besides."""
    app = Flask("careward", root_path=str(HERE / "views"), instance_path=str(HERE / "instance"))
    app.config.update(FIXED | settings() | (config or {}))
    if not app.config["SECRET_KEY"]:
        raise RuntimeError("Set CAREWARD_SECRET_KEY to a long random text, and keep it.")
    app.config["CAREWARD_INSTANCE"].mkdir(parents=True, exist_ok=True)
    files = app.config["CAREWARD_FILES_URL"] or (app.config["CAREWARD_INSTANCE"] / "attachments").as_uri()
    app.extensions["careward_files"] = store_at(files)
    check_every_model_has_a_rule()
    app.config["CAREWARD_SENDER"] = _post(app.config)
    _serve_files(app)
    _keep_sessions(app)
    db.init_app(app)
    app.before_request(_begin)  # before the token is checked, so that a refusal has its nonce too
    csrf = CSRFProtect(app)
    with (
        app.app_context(),
        actors.acting(None),
    ):  # nobody acts yet: FAB asks for titles, and no word is looked up for that
        builder = AppBuilder(app, db.session, indexview=HomeView, security_manager_class=CarewardSecurity)
        for _resource, view in MENU:
            builder.add_view_no_menu(view)
        for view in WITHOUT_MENU:
            builder.add_view_no_menu(view)
        _choose_language(app, builder.bm.get_locale)
        programs = api.blueprint(openapi.document)
    api.limit(programs, builder.sm.limiter, app.config)
    csrf.exempt(programs)  # it takes no cookies, so nobody's browser can be made to write there
    app.register_blueprint(programs)
    app.register_blueprint(calendars.blueprint(builder.sm.limiter, app.config))
    app.before_request(_resolve_actor)
    app.before_request(_refuse_zero_bytes)
    app.teardown_request(_end)
    app.after_request(_harden)
    register_filters(app)
    app.context_processor(lambda: {"actor": actors.current_actor(), "menu": _menu})
    app.register_error_handler(HTTPException, _tell)
    app.register_error_handler(Refused, _tell_refused)
    app.register_error_handler(api.Problem, api.tell)
    app.register_error_handler(Exception, _tell_failure)
    return app


def _post(config: dict[str, Any]) -> Sender | None:
    """The way out for mail. What is set wrongly is told now, and not by the first letter that does not go."""
    sender = sender_for(config["CAREWARD_MAIL_URL"])
    if sender is not None and not str(config["CAREWARD_BASE_URL"] or "").startswith(("https://", "http://")):
        raise ValueError(_("Set CAREWARD_BASE_URL to the address at which people sign in: each mail names it."))
    return sender


def _serve_files(app: Flask) -> None:
    loaders = [app.jinja_loader, PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    app.jinja_loader = ChoiceLoader([loader for loader in loaders if loader is not None])
    app.jinja_options = {"undefined": ChainableUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.wsgi_app = calendars.without_cookies(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=str(HERE / "views" / "static"), prefix="static/")  # type: ignore[method-assign]
    if app.config["CAREWARD_PROXIES"]:
        hops = app.config["CAREWARD_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Compress(app)


def _choose_language(app: Flask, by_session: Any) -> None:
    """A person's language stands in their session; a program has none, and says with each request what it reads."""

    def language() -> Any:
        if has_request_context() and (api.asked() or calendars.asked()):
            return request.accept_languages.best_match(app.config["LANGUAGES"])
        return by_session()

    app.extensions["babel"].locale_selector = language


def _keep_sessions(app: Flask) -> None:
    """Sessions live on the server, so that they end there too: in Redis when it is set, else in files."""
    if app.config["REDIS_URL"]:
        app.config.update(SESSION_TYPE="redis", SESSION_REDIS=Redis.from_url(app.config["REDIS_URL"]))
        app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["REDIS_URL"])
    else:
        folder = str(app.config["CAREWARD_INSTANCE"] / "sessions")
        app.config.update(
            SESSION_TYPE="cachelib", SESSION_CACHELIB=FileSystemCache(folder, threshold=20000, mode=0o600)
        )
        app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    ServerSession(app)


# --- each request ------------------------------------------------------------------------------------------------


def _begin() -> None:
    """Nobody acts until it is known who does; a request that only reads takes no write lock."""
    g.actor_token = actors.set_current(None)
    g.reading_token = READING.set(request.method in ("GET", "HEAD", "OPTIONS"))
    g.csp_nonce = secrets.token_urlsafe(16)
    if request.endpoint in ("AttachmentView.add", "ArrivalView.add") and session.get("_user_id"):
        # Before the form's token is looked for, which reads the form. Files of this size come from colleagues only.
        request.max_content_length = current_app.config["CAREWARD_LARGEST_FILE"] * MEGABYTE + BESIDE_FILE


def _resolve_actor() -> Any:
    """Say who acts for the rest of this request; whoever must change a password does that first."""
    now = current_app.config.get("CAREWARD_NOW") or dt.datetime.now(dt.UTC)
    if api.asked():
        return api.identify(now) if request.blueprint == "api" else None
    if calendars.asked():
        return calendars.identify(now) if request.blueprint == "calendar" else None
    person = g.user
    if person.is_anonymous:
        return None
    g.person_name = str(person)  # kept, for the page that tells of a refusal comes after a rollback
    actors.set_current(whoever_acts(person, now))
    if person.must_change_password and request.endpoint not in ("SignInView.password", "SignInView.logout", "static"):
        return redirect(url_for("SignInView.password"))
    return None


def _refuse_zero_bytes() -> None:
    """PostgreSQL stores no zero byte, and nobody types one."""
    if any("\0" in value for sent in (request.args, request.form) for _name, value in sent.items(multi=True)):
        abort(400)


def _end(error: BaseException | None) -> None:
    if (token := g.pop("reading_token", None)) is not None:
        READING.reset(token)
    if (token := g.pop("actor_token", None)) is not None:
        actors.reset_current(token)


def _harden(response: Any) -> Any:
    nonce = g.get("csp_nonce", "")
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if response.mimetype == "text/html" or api.asked():
        response.headers["Cache-Control"] = "no-store"
    if calendars.asked():
        calendars.harden(response)
    return response


def _called(view: type[Any]) -> Any:
    """What the menu calls a screen: as its list is headed."""
    return view.title if issubclass(view, AreaView) else AREAS[view.resource]


Entry = tuple[Any, str, bool]
"""(label, address, whether this is where we are)"""


def _menu() -> tuple[list[Entry], list[Entry]]:
    """The sections in which the actor may read something, and the lists of the section where somebody is."""
    actor = actors.current_actor()
    sections: list[Entry] = []
    lists: list[Entry] = []
    if actor is None:
        return sections, lists
    for label, views in SECTIONS:
        entries = [
            (_called(view), url_for(f"{view.__name__}.{view.default_view}"), request.blueprint == view.__name__)
            for resource, view in views
            if Right.read in rights(actor.roles, resource)
        ]
        if entries:
            here = any(each for _label, _address, each in entries)
            sections.append((label, entries[0][1], here))
            lists = entries if here else lists
    return sections, lists


# --- what went wrong ---------------------------------------------------------------------------------------------


def _page(status: int, title: str, sentence: str, more: str = "") -> Any:
    db.session.rollback()
    return render_template(
        "error.html", title=title, sentence=sentence, more=more, appbuilder=current_app.extensions["appbuilder"]
    ), status


def _tell(error: HTTPException) -> Any:
    """A page that says in words what is wrong and what to do."""
    if error.code is None or error.code < 400:
        return error
    if api.asked():
        return api.tell(error)
    if calendars.asked():
        return calendars.tell(error)
    if isinstance(error, SecurityError):  # a forged Host: no address can be built, so no page either
        return _("The address or form is not valid"), 400, {"Content-Type": "text/plain; charset=utf-8"}
    if isinstance(error, CSRFError):
        return _page(
            400,
            _("The form is no longer valid"),
            _(
                "It was open for too long, or meanwhile you signed in again or changed for whom you act. Go back, open "
                "it anew, and send it again."
            ),
        )
    known = error.description == type(error).description or error.code == 429  # the limiter's own words say little
    custom = None if known else error.description
    told = {
        400: (_("The address or form is not valid"), _("Check the address, or go back and send the form again.")),
        401: (_("Sign in"), _("Sign in to see this page.")),
        403: (_("You may not do this"), _("Your role does not allow this.")),
        404: (_("Page not found"), _("There is nothing at this address, or it is not yours to see.")),
        405: (
            _("Page not found"),
            _("This address cannot be used in this way. Go back and use the buttons on the page."),
        ),
        409: (_("This has changed meanwhile"), _("Go back, open it anew, and send it again.")),
        410: (_("Withdrawn"), _("This was withdrawn, so it cannot be opened.")),
        413: (_("Too large"), _too_large()),
        429: (_("Too many tries"), _("Too many tries from here or for this name. Wait a minute, then try again.")),
        500: (_("Something went wrong"), _("It has been noted for whoever runs Careward. Go back and try again.")),
    }
    title, sentence = told.get(error.code, (error.name, error.description or ""))
    return _page(error.code, title, str(custom or sentence), _who_may_open() if error.code == 403 else "")


def _too_large() -> str:
    if request.endpoint == "AttachmentView.add":
        return too_large(current_app.config["CAREWARD_LARGEST_FILE"] * MEGABYTE)
    return _("What you sent is larger than 2 MB. Shorten it and send it again.")


def _who_may_open() -> str:
    """Who may open the page that was refused: the screen's resource and the right that the route needs."""
    view = next((v for v in current_app.extensions["appbuilder"].baseviews if v.endpoint == request.blueprint), None)
    resource = getattr(view, "resource", None)
    if resource is None or view is None:
        return ""
    method = (request.endpoint or "").rpartition(".")[2]
    right = Right[(view.method_permission_name or {}).get(method, "read")]
    roles = [role for role, given in zip(Role, RIGHTS[resource], strict=True) if right in given]
    return _("Who may: %(who)s.", who=who(roles))


def _tell_refused(error: Refused) -> Any:
    if api.asked():
        return api.tell(error)
    return _page(403, _("You may not do this"), str(error))


def _tell_failure(error: Exception) -> Any:
    """Something we did not foresee: it is logged without values, and the person keeps their form with Back."""
    if current_app.config.get("TESTING"):
        raise error
    log.error("request failed", endpoint=request.endpoint, error=type(error).__name__, exc_info=error)
    if api.asked():
        return api.tell(error)
    if calendars.asked():
        return calendars.tell(error)
    return _page(
        500,
        _("Something went wrong"),
        _("It was not saved, and it has been noted for whoever runs Careward. Go back and try again."),
    )


cli = make_cli(create_app)
