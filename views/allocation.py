"""Who has what: the council's own people with what is linked to them, and handing it on (HA 2.2, OX 8)."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from models import db
from models.people import Person
from views.base import Page, acting, screen_of, sentence
from views.columns import by_name, made_of
from views.fields import form_for, whole
from views.labels import Link, Tag, tag
from workflows import allocation
from workflows.access import ROLE_NAMES, Resource, Right, Role, who
from workflows.actor import roles_of
from workflows.deputies import CARRIES
from workflows.engine import people_with
from workflows.gate import Refused
from workflows.providers import may_be_allocated
from workflows.steps import Input, InputKind

ASKED = (
    Input("to_id", _l("Who takes over"), InputKind.choice, options=may_be_allocated),
    Input("reason", _l("Reason"), hint=_l("The history of each record tells it.")),
)


def parsed(ticked: set[str]) -> list[allocation.Pick]:
    """The records that were ticked: `kind:id:version` each. Anything else was not offered."""
    found = []
    for told in sorted(ticked):
        kind, *numbers = told.split(":")
        whole_numbers = [number for each in numbers if (number := whole(each)) is not None]
        if len(whole_numbers) != 2:
            raise Refused(_("One of the records that this points to is not there, or not yours to see."))
        found.append((kind, whole_numbers[0], whole_numbers[1]))
    return found


@dataclass(frozen=True)
class Row:
    """One record of somebody's: how the form names it, its page, and where it stands."""

    pick: str
    link: Link
    state: Any


class AllocationView(Page):
    resource = Resource.allocation
    route_base = "/allocation"
    default_view = "everybody"

    @expose("/")
    @has_access
    @permission_name("read")
    def everybody(self) -> Any:
        """The council's own people, and whoever has something of theirs still."""
        counts = allocation.counts(db.session)
        may = dict(may_be_allocated(db.session))
        people = db.session.scalars(
            select(Person)
            .options(selectinload(Person.roles), selectinload(Person.groups))
            .where(Person.id.in_({*counts, *may, *dict(people_with(db.session, CARRIES))}))
            .order_by(Person.last_name, Person.first_name, Person.id)
        ).all()
        rows = []
        for person in people:
            theirs = counts.get(person.id, {})
            told = ", ".join(str(ROLE_NAMES[role]) for role in ROLE_NAMES if role in roles_of(person))
            state = Tag(_l("Can hold no work"), "red") if theirs and person.id not in may else None
            numbers = [theirs.get(kind.name) for kind in allocation.kinds()]
            name = Link(person, url_for("AllocationView.of_one", pk=person.id)) if theirs else str(person)
            rows.append([name, told if person.active else Tag(_l("Deactivated")), *numbers, state])
        return self.render_template(
            "allocation.html",
            title=_("Allocation"),
            headings=[_("Person"), _("Role"), *(self._title(kind) for kind in allocation.kinds()), _("State")],
            rows=rows,
            left=sum(sum(each.values()) for person, each in counts.items() if person not in may),
        )

    @staticmethod
    def _title(kind: allocation.Kind) -> Any:
        return screen_of(kind.model).title

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def of_one(self, pk: int) -> Any:
        """What is linked to one person; whoever may hands it on, some or all."""
        person = db.session.get(Person, pk) if pk < 2**31 else None
        if person is None:
            abort(404)
        may = Right.edit in acting().rights(self.resource)
        form = form_for(ASKED)(formdata=request.form if request.method == "POST" else None)
        ticked = set(request.form.getlist("pick"))
        if request.method == "POST":
            if not may:
                raise Refused(_("Your role may not do this."), "HA 2.2; OX 8", who({Role.manager}))
            if form.validate():
                try:
                    number = allocation.move(
                        db.session, acting(), pk, form.to_id.data, parsed(ticked), form.reason.data or ""
                    )
                    db.session.commit()
                except (Refused, IntegrityError, StaleDataError) as error:
                    db.session.rollback()
                    form.form_errors.append(sentence(error))
                else:
                    flash(
                        ngettext("%(num)s record was handed on.", "%(num)s records were handed on.", number), "success"
                    )
                    return redirect(url_for("AllocationView.everybody"))
        tick_all = request.args.get("tick", "")
        groups = []
        for kind in allocation.kinds():
            screen = screen_of(kind.model)
            options = [by_name(each) for each in made_of(kind.model)]
            items = db.session.scalars(kind.of(pk).options(*options)).unique().all()
            rows = [
                Row(
                    f"{kind.name}:{item.id}:{item.version}",
                    Link(item, url_for(f"{screen.endpoint}.show", pk=item.id)),
                    tag(item.state) if hasattr(item, "state") else None,
                )
                for item in items
            ]
            if rows:
                groups.append((kind.name, screen.title, rows))
        if request.method == "GET":
            ticked = {row.pick for name, _title, rows in groups for row in rows if tick_all in ("all", name)}
        kept = {pick.rpartition(":")[0] for pick in ticked}
        return self.render_template(
            "allocation_of.html",
            title=_("Linked with %(name)s", name=person),
            person=person,
            groups=groups,
            kept=kept,
            may=may,
            form=form,
            asked=ASKED,
        ), (409 if form.form_errors else 200)
