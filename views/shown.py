"""How values are written on a page: dates in words, tags, links, yes and no."""

import datetime as dt
from enum import Enum
from textwrap import shorten
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from models.base import LONDON
from models.suspensions import Purchasing
from views.files import KIND_NAMES
from views.labels import AREAS, Link, Tag, tag, word
from workflows.access import ROLE_NAMES
from workflows.documents import day
from workflows.steps import Input, InputKind

LONGEST = 160


def shown(value: Any) -> Any:
    """A value as a page shows it, escaped."""
    if value is None or value == "":
        return Markup('<span aria-hidden="true">–</span><span class="govuk-visually-hidden">{}</span>').format(
            _("none")
        )
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return format_decimal(value)
    if isinstance(value, Tag):
        return Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>').format(value.colour, str(value.text))
    if isinstance(value, Link):
        return Markup('<a class="govuk-link" href="{}">{}</a>').format(value.url, str(value.text))
    if isinstance(value, Purchasing):
        return purchasing_words(value)
    if isinstance(value, Enum):
        return str(word(value))
    if isinstance(value, dt.datetime):
        local = value.astimezone(LONDON)
        return Markup(_("%(day)s at %(time)s", day="{}", time="{}")).format(shown(local.date()), f"{local:%H:%M}")  # noqa: S704 - our own words
    if isinstance(value, dt.date):
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), day(value))
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)


def purchasing_words(value: Purchasing) -> Markup:
    """The status of the whole service, then of each restricted part of it."""
    told = [shown(tag(value.status))]
    if value.whole_provider:
        told.append(Markup('<span class="cw-note">{}</span>').format(_("all services of this provider")))
    if value.carried:
        told.append(Markup('<span class="cw-note">{}</span>').format(_("carried over from its predecessor")))
    for name, status in sorted(value.parts.items()):
        told.append(Markup('<span class="cw-note">{}: {}</span>').format(name, shown(tag(status))))
    return Markup("<br>").join(told)


def lines(value: Any) -> Any:
    """Text that a person typed, with its line breaks; anything else as `shown`."""
    if not isinstance(value, str) or "\n" not in value:
        return shown(value)
    return Markup("<br>").join(escape(line) for line in value.splitlines())


def initial(words: Any) -> str:
    """Words with a capital at their beginning, and what follows as it is: an API token stays one."""
    told = str(words)
    return told[:1].upper() + told[1:]


def page_url(page: int) -> str:
    """This page's address, at another page of its rows."""
    told = {**request.args.to_dict(), "page": page}
    return f"{request.path}?{urlencode(told)}"


def brief(value: Any) -> Any:
    """A text as it stands in the row of a list: its beginning."""
    return shorten(value, LONGEST, placeholder=" ...") if isinstance(value, str) and len(value) > LONGEST else value


def lookup_urls(asked: list[Input]) -> dict[str, str]:
    """Where each picker of a form asks for names: the screen of the model that it points at."""
    screens = {
        view.datamodel.obj: view.endpoint
        for view in current_app.extensions["appbuilder"].baseviews
        if hasattr(view, "datamodel")
    }
    return {
        each.name: url_for(f"{screens[each.model]}.lookup")
        for each in asked
        if each.kind is InputKind.record and each.model in screens
    }


def warning(text: Any, url: str | None = None) -> Markup:
    """The GOV.UK warning text, linked where it leads somewhere."""
    told = Markup('<a class="govuk-link" href="{}">{}</a>').format(url, text) if url else escape(text)
    return Markup(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">{}</span>{}</strong></div>'
    ).format(_("Warning"), told)


def register_filters(app: Flask) -> None:
    """Make them known to the templates."""
    app.jinja_env.filters.update(shown=shown, lines=lines, brief=brief, initial=initial, tag=tag, word=word)
    app.jinja_env.globals.update(
        page_url=page_url,
        lookup_urls=lookup_urls,
        link=Link,
        warning=warning,
        kind_names=KIND_NAMES,
        areas=AREAS,
        role_names=ROLE_NAMES,
        get_locale=get_locale,
    )
