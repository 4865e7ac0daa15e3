"""Host authorities and how to reach them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from models.authorities import AuthorityContact, AuthorityKind, HostAuthority, Nation
from views.base import AreaView, Column, Filter, Table
from views.labels import word
from views.providers import choices
from workflows import authorities as steps
from workflows.access import Resource


class HostAuthorityView(AreaView):
    datamodel = Table(HostAuthority)
    resource = Resource.authorities
    route_base = "/authorities"
    title, one = _l("Host authorities"), _l("host authority")
    columns = (
        Column("name", _l("Name"), lambda a: a.name, HostAuthority.name),
        Column("nation", _l("Nation"), lambda a: word(a.nation), HostAuthority.nation),
        Column("kind", _l("Kind"), lambda a: word(a.kind), HostAuthority.kind),
        Column("register_name", _l("In the register"), lambda a: a.register_name),
        Column("active", _l("In use"), lambda a: a.active, HostAuthority.active),
    )
    searched = (HostAuthority.name, HostAuthority.register_name)
    ordered = (HostAuthority.name,)
    filters = (
        Filter("nation", _l("Nation"), choices(Nation, _l("All nations")), lambda v: HostAuthority.nation == v),
        Filter("kind", _l("Kind"), choices(AuthorityKind, _l("All kinds")), lambda v: HostAuthority.kind == v),
    )
    fields = steps.AUTHORITY
    related = ("contacts",)


class AuthorityContactView(AreaView):
    datamodel = Table(AuthorityContact)
    resource = Resource.authorities
    route_base = "/authority-contacts"
    title, one = _l("Contacts at host authorities"), _l("contact at a host authority")
    columns = (
        Column("authority", _l("Host authority"), lambda c: c.authority, HostAuthority.name),
        Column("post", _l("Post or team"), lambda c: c.post, AuthorityContact.post),
        Column("email", _l("Email"), lambda c: c.email),
        Column("phone", _l("Phone"), lambda c: c.phone),
        Column("left_on", _l("Left on"), lambda c: c.left_on, AuthorityContact.left_on),
    )
    searched = (HostAuthority.name, AuthorityContact.post)
    ordered = (HostAuthority.name, AuthorityContact.post)
    eager = (contains_eager(AuthorityContact.authority),)
    fields = steps.CONTACT
    long_text = frozenset({"address"})
    hints = {"post": _l("A post or team, never a person's name.")}

    def query(self) -> Any:
        return select(AuthorityContact).join(AuthorityContact.authority)
