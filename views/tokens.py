"""The tokens that a person gives to programs: listed, made, shown once, and revoked."""

import datetime as dt
from typing import Any

from flask import request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, no_cache
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from models import db
from models.tokens import ApiToken, TokenState
from views.api import areas
from views.base import AreaView, Column, Filter, Table, acting, sentence
from views.fields import form_for
from views.labels import AREAS, FIELDS, field_label, tag, word
from views.providers import choices
from workflows import tokens as steps
from workflows.access import Resource, Right, Scope
from workflows.gate import Refused
from workflows.steps import Input, InputKind

USUAL = dt.timedelta(days=90)
ASKED = (
    Input("name", FIELDS["name"], InputKind.line, hint=_l("What it is for: the program that will use it."), longest=80),
    Input(
        "expires_on",
        field_label(ApiToken, "expires_on"),
        InputKind.date,
        hint=_l("Its last day, a year from today at most."),
    ),
)


def good_for(token: ApiToken) -> list[str]:
    """What a token is good for, in words: everywhere, or in one area."""
    found = []
    for scope, _colon, area in (each.partition(":") for each in token.scopes):
        words = word(Scope(scope))
        found.append(_("%(scope)s (%(area)s)", scope=words, area=AREAS[Resource(area)]) if area else str(words))
    return found


class TokenView(AreaView):
    datamodel = Table(ApiToken)
    resource = Resource.tokens
    route_base = "/tokens"
    workflow = steps.WORKFLOW
    programs = False  # a token that fell into the wrong hands makes and ends no others
    title, one = _l("API tokens"), _l("API token")
    include_route_methods = {"list", "show", "add", "step"}
    columns = (
        Column("name", _l("Name"), lambda t: t.name, ApiToken.name),
        Column("person", _l("Acts as"), lambda t: t.person),
        Column("prefix", _l("Begins with"), lambda t: f"cw_{t.prefix}", ApiToken.prefix),
        Column("scopes", _l("Good for"), lambda t: good_for(t)),
        Column("expires", _l("Works until"), lambda t: t.expires_on, ApiToken.expires_on),
        Column("used", _l("Last used"), lambda t: t.last_used_on, ApiToken.last_used_on),
        Column("state", _l("State"), lambda t: tag(t.state), ApiToken.state),
    )
    searched = (ApiToken.name, ApiToken.prefix)
    ordered = (ApiToken.id.desc(),)
    eager = (joinedload(ApiToken.person),)
    filters = (Filter("state", _l("State"), choices(TokenState, _l("All states")), lambda v: ApiToken.state == v),)
    shown = ("name", "person_id", "prefix", "scopes", "expires_on", "last_used_on")

    def facts(self, item: ApiToken) -> Any:
        """As the list tells them: no scope as programs write it."""
        told = {FIELDS["prefix"]: f"cw_{item.prefix}", FIELDS["scopes"]: good_for(item)}
        return [(label, told.get(label, value)) for label, value in super().facts(item)]

    def offers(self, item: ApiToken) -> Any:
        """Whoever sees a token is told of its step: people of agencies and providers have tokens too."""
        return steps.WORKFLOW.offers(item, acting())

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @no_cache
    def add(self) -> Any:
        actor = acting()
        told = [SelectChoice(scope.value, word(scope)) for scope in Scope]
        mine = {view.resource for view in areas().values() if Right.read in actor.rights(view.resource)}
        form = form_for(
            ASKED,
            scopes=SelectMultipleField(
                _l("Good for"), [InputRequired(_l("Choose what the token is good for."))], choices=told
            ),
            areas=SelectMultipleField(
                _l("Only in these areas"),
                choices=[SelectChoice(each.value, AREAS[each]) for each in Resource if each in mine],
                description=_l("None: in all areas."),
            ),
        )(
            formdata=request.form if request.method == "POST" else None,
            data={"expires_on": actor.today + USUAL, "scopes": [Scope.read.value], "areas": []},
        )
        if request.method == "POST" and form.validate():
            within = [f":{area}" for area in form.areas.data or ()] or [""]
            scopes = {f"{scope}{area}" for scope in form.scopes.data for area in within}
            try:
                token, text = steps.make(db.session, actor, form.name.data, scopes, form.expires_on.data)
                db.session.commit()
            except Refused as error:
                db.session.rollback()
                form.form_errors.append(sentence(error))
            else:
                return self.render_template("token.html", title=_("The token is made"), item=token, text=text)
        return self.render_template(
            "token_form.html",
            title=_("Add: %(what)s", what=self.one),
            form=form,
            asked=ASKED,
            back=url_for("TokenView.list"),
            button=_("Make the token"),
        )
