"""Signing in, passwords, accounts and agencies."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, no_cache
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import Group
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address
from flask_login import login_user, logout_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload
from wtforms import PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from models import db
from models.people import Agency, AgencyKind, Person
from models.providers import Provider
from views.base import READ, AreaView, Column, Filter, Page, Table, acting, screen_of, sentence
from views.fields import CarewardForm, form_for
from views.labels import FIELDS, Tag, word
from views.providers import choices
from workflows import actor as actors
from workflows import allocation, deputies
from workflows import people as accounts
from workflows.access import RIGHTS, ROLE_NAMES, Resource, Right, Role, rights
from workflows.gate import Refused
from workflows.steps import Input, InputKind


class SignInForm(CarewardForm):
    username = StringField(_l("User name"), [InputRequired(_l("Enter your user name."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])


class PasswordForm(CarewardForm):
    old = PasswordField(_l("Password you use now"), [InputRequired(_l("Enter the password you use now."))])
    new = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password."))])
    again = PasswordField(_l("New password again"), [InputRequired(_l("Enter the new password again."))])


def begin_session(person: Person) -> None:
    """A new session, with a new id: whatever the browser held before is worth nothing."""
    session.clear()
    session["session_version"] = person.session_version  # first: an empty session is not given a new id
    current_app.session_interface.regenerate(session)  # type: ignore[attr-defined]
    login_user(person)


class SignInView(BaseView):
    """Open to anybody: what is here must give nothing away."""

    route_base = ""
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        form = SignInForm()
        if form.validate_on_submit():
            person = self.appbuilder.sm.auth_user_db(form.username.data.strip(), form.password.data)
            if person is not None:
                begin_session(person)
                return redirect(get_safe_redirect(request.args.get("next") or "/"))
            form.form_errors.append(_("Check your user name and password. An Administrator can give you a new one."))
        return self.render_template("sign_in.html", title=_("Sign in"), form=form)

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        logout_user()
        session.clear()
        return redirect(url_for("SignInView.login"))

    @expose("/password", methods=["GET", "POST"])
    @no_cache
    def password(self) -> Any:
        if g.user.is_anonymous:
            return redirect(url_for("SignInView.login"))
        form = PasswordForm()
        if form.validate_on_submit():
            person = db.session.get(Person, g.user.id)
            try:
                if form.new.data != form.again.data:
                    raise Refused(_("The two new passwords differ. Enter the same one twice."))
                accounts.change_password(person, form.old.data, form.new.data)
                db.session.commit()
            except Refused as refusal:
                db.session.rollback()
                form.form_errors.append(str(refusal))
            else:
                begin_session(person)
                flash(_("Your password is changed. Sessions you had elsewhere have ended."), "success")
                return redirect("/")
        return self.render_template("password.html", title=_("Change your password"), form=form)


class CarewardSecurity(SecurityManager):
    """FAB's security with our people, our sign-in, and sessions that end when they should."""

    user_model = Person

    def register_views(self) -> None:
        """Only our own screens: FAB's for users, roles, groups and permissions are not there at all."""
        self.user_view = None
        self.auth_view = self.appbuilder.add_view_no_menu(SignInView)
        limit = current_app.config["CAREWARD_SIGN_IN_LIMIT"]
        self.limiter.limit(limit, key_func=get_remote_address, methods=["POST"])(self.auth_view.blueprint)
        self.limiter.limit(limit, key_func=_username, methods=["POST"])(self.auth_view.blueprint)

    def load_user(self, pk: Any) -> Person | None:
        """Whoever the session belongs to, with roles and whether they cover for anybody, in one statement; None when
        it has been ended."""
        asked = (
            select(Person, deputies.covers_until())
            .where(Person.id == int(pk))
            .options(joinedload(Person.roles), joinedload(Person.groups).joinedload(Group.roles))
        )
        person, g.covers_until = db.session.execute(asked).unique().first() or (None, None)
        if person is None or not person.active or session.get("session_version") != person.session_version:
            return None
        return person

    def get_user_roles(self, user: Any) -> list[Any]:
        """The roles that pages open by: those that the person acts with, of the post that a deputy fills."""
        actor = actors.current_actor()
        return [RoleRow(name=role.value) for role in Role if role in actor.roles] if actor is not None else []


def _username() -> str:
    return request.form.get("username", "").strip().casefold() or get_remote_address()


def _account_fields() -> tuple[Input, ...]:
    return (
        Input("username", FIELDS["username"], InputKind.line, longest=64),
        Input("first_name", FIELDS["first_name"], InputKind.line, longest=64),
        Input("last_name", FIELDS["last_name"], InputKind.line, longest=64),
        Input("email", FIELDS["email"], InputKind.line),
        Input(
            "agency_id",
            FIELDS["agency_id"],
            InputKind.record,
            required=False,
            model=Agency,
            hint=_l("For Partners and Contributors."),
        ),
        Input(
            "provider_id",
            FIELDS["provider_id"],
            InputKind.record,
            required=False,
            model=Provider,
            hint=_l("For the account of a provider's manager. Its regulator's id, or its name."),
        ),
    )


class AccountView(AreaView):
    datamodel = Table(Person)
    resource = Resource.accounts
    route_base = "/users"
    title, one = _l("Accounts"), _l("account")
    include_route_methods = {"list", "show", "add", "edit", "reset", "deactivate", "activate"}
    method_permission_name = {**READ, "reset": "edit", "deactivate": "edit", "activate": "edit"}
    columns = (
        Column("username", _l("User name"), lambda p: p.username, Person.username),
        Column("name", _l("Name"), lambda p: p, Person.last_name),
        Column("roles", _l("Roles"), lambda p: ", ".join(_role_name(role.name) for role in p.roles)),
        Column("agency", _l("Agency"), lambda p: p.agency),
        Column(
            "active",
            _l("In use"),
            lambda p: Tag(_l("In use"), "green") if p.active else Tag(_l("Deactivated")),
            Person.active,
        ),
    )
    searched = (Person.username, Person.first_name, Person.last_name, Person.email)
    shown = ("username", "first_name", "last_name", "email", "agency_id", "active")
    ordered = (Person.username,)
    eager = (selectinload(Person.roles), joinedload(Person.agency))
    show_template = "account.html"

    def may(self, right: Right) -> bool:
        return right in rights(acting().roles, self.resource)

    def _may_edit(self, item: Person) -> bool:
        return self.may(Right.edit)

    def facts(self, item: Person) -> list[tuple[Any, Any]]:
        provider = Provider.__table__
        own = db.session.connection().execute(select(provider.c.name).where(provider.c.id == item.provider_id)).scalar()
        return [
            (FIELDS["username"], item.username),
            (FIELDS["email"], item.email),
            (FIELDS["roles"], ", ".join(_role_name(role.name) for role in item.roles)),
            (FIELDS["agency_id"], item.agency),
            (FIELDS["provider_id"], own),
            (FIELDS["active"], item.active),
            (FIELDS["must_change_password"], item.must_change_password),
        ]

    def asked(self) -> tuple[Input, ...]:
        return _account_fields()

    def _form(self, person: Person | None) -> Any:
        roles = SelectMultipleField(
            _l("Roles"),
            choices=[SelectChoice(role.value, ROLE_NAMES[role]) for role in Role],
        )
        start: dict[str, Any] = {}
        if person is not None:
            start = {each.name: getattr(person, each.name) for each in self.asked()}
            start |= {"roles": [role.name for role in person.roles], "version": person.version}
        # An Administrator sees no providers, and still says to which one an account belongs.
        with actors.acting(actors.system("account form", acting().now)):
            return form_for(self.asked(), roles=roles)(
                formdata=request.form if request.method == "POST" else None, data=start
            )

    def _save(self, form: Any, person: Person) -> str | None:
        """Save what the form says of an account; why not, or None."""
        roles = [Role(value) for value in form.roles.data or []]
        values = form.values(self.asked())
        if reason := accounts.belongs(roles, values["agency_id"], values["provider_id"]):
            return reason
        try:
            with db.session.no_autoflush:
                for name, value in values.items():
                    if getattr(person, name) != value:
                        setattr(person, name, value)
                accounts.set_roles(db.session, person, roles)
            db.session.add(person)
            db.session.commit()
        except (Refused, IntegrityError) as error:
            db.session.rollback()
            taken = isinstance(error, IntegrityError)
            return _("Another account has this user name or email address.") if taken else sentence(error)
        return None

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        form = self._form(None)
        if request.method == "POST" and form.validate():
            person = Person(active=True, must_change_password=True, session_version=1, password="")
            made_up = accounts.reset_password(person)
            if (reason := self._save(form, person)) is None:
                flash(
                    _(
                        "The first password of %(name)s is %(password)s It is shown once.",
                        name=person.username,
                        password=made_up + " .",
                    ),
                    "success",
                )
                return redirect(url_for("AccountView.show", pk=person.id))
            form.form_errors.append(reason)
        return self.render_template(
            "account_form.html",
            title=_("Add an account"),
            form=form,
            asked=self.asked(),
            back=url_for("AccountView.list"),
            button=_("Save"),
        )

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        person = self.find(pk)
        form = self._form(person)
        back = url_for("AccountView.show", pk=person.id)
        if request.method == "POST" and form.validate():
            # Of two at the same instant, the second waits here and is told.
            row = Person.__table__
            db.session.connection().execute(select(row.c.id).where(row.c.id == person.id).with_for_update())
            db.session.refresh(person)
            if form.read_version() != person.version:
                form.form_errors.append(
                    _("Somebody changed this account after you opened it. Check it, then save again.")
                )
                form.version.data = str(person.version)
            elif (reason := self._save(form, person)) is None:
                flash(_("Saved."), "success")
                return redirect(back)
            else:
                form.form_errors.append(reason)
        return self.render_template(
            "account_form.html",
            title=_("Change: %(what)s", what=person),
            form=form,
            asked=self.asked(),
            back=back,
            button=_("Save"),
        )

    def _confirm(self, pk: int, title: str, does: str, act: Any) -> Any:
        person = self.find(str(pk))
        form = CarewardForm()
        back = url_for("AccountView.show", pk=person.id)
        if form.validate_on_submit():
            told = act(person)
            db.session.commit()
            flash(told, "success")
            return redirect(back)
        return self.render_template("confirm.html", title=title, item=person, does=does, form=form, back=back)

    @expose("/<int:pk>/reset", methods=["GET", "POST"])
    @has_access
    def reset(self, pk: int) -> Any:
        def act(person: Person) -> str:
            made_up = accounts.reset_password(person)
            return _("The new password is %(password)s It is shown once.", password=made_up + " .")

        return self._confirm(
            pk,
            _("Reset the password"),
            _("All sessions end. A new password is shown once, to be changed at sign-in."),
            act,
        )

    @expose("/<int:pk>/deactivate", methods=["GET", "POST"])
    @has_access
    def deactivate(self, pk: int) -> Any:
        if pk == acting().person_id:
            abort(403, description=_("Nobody deactivates their own account. Ask another Administrator."))

        def act(person: Person) -> str:
            accounts.set_active(person, False)
            told = _("The account is deactivated, and its sessions have ended.")
            return " ".join([told, *self._linked(pk)])

        does = " ".join([_("Nobody can sign in with it. Its history stays."), *self._linked(pk)])
        return self._confirm(pk, _("Deactivate the account"), does, act)

    @staticmethod
    def _linked(pk: int) -> list[str]:
        """What is still linked with a person, by kind: how much, and nothing of it."""
        theirs = allocation.counts(db.session).get(pk, {})
        if not theirs:
            return []
        parts = [
            _("%(what)s: %(count)s", what=screen_of(kind.model).title, count=theirs[kind.name])
            for kind in allocation.kinds()
            if kind.name in theirs
        ]
        return [
            _(
                "Work is linked with this person still (%(parts)s). It stays theirs until a Manager hands it on, under "
                "“Allocation”.",
                parts=", ".join(parts),
            )
        ]

    @expose("/<int:pk>/activate", methods=["GET", "POST"])
    @has_access
    def activate(self, pk: int) -> Any:
        def act(person: Person) -> str:
            accounts.set_active(person, True)
            return _("The account is in use again.")

        return self._confirm(pk, _("Activate the account"), _("Its owner can sign in again."), act)


def _role_name(name: str) -> str:
    return str(ROLE_NAMES[Role(name)]) if name in set(Role) else name


class RoleView(Page):
    """The ten roles and what each may do: read from the code, changed only there."""

    resource = Resource.accounts
    route_base = "/roles"
    default_view = "list"
    method_permission_name = {"list": "read"}

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        return self.render_template(
            "roles.html", title=_("Roles"), roles=Role, names=ROLE_NAMES, table=RIGHTS, right=Right
        )


class AgencyView(AreaView):
    datamodel = Table(Agency)
    resource = Resource.agencies
    route_base = "/agencies"
    title, one = _l("Agencies"), _l("agency")
    columns = (
        Column("name", _l("Agency"), lambda a: a.name, Agency.name),
        Column("kind", _l("Kind"), lambda a: word(a.kind), Agency.kind),
        Column("active", _l("In use"), lambda a: a.active, Agency.active),
    )
    searched = (Agency.name,)
    ordered = (Agency.name,)
    filters = (Filter("kind", _l("Kind"), choices(AgencyKind, _l("All kinds")), lambda v: Agency.kind == v),)
    fields = ("name", "kind", "email", "agreement_on", "active")
    hints = {"email": _l("An office's address: it is told there when something is shared with the agency.")}

    def start(self, asked: Any) -> dict[str, Any]:
        return {"active": True, **super().start(asked)}
