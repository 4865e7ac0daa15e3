"""The database's roles, made equal to workflows/access.py (design section 6)."""

from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access import NONE, RIGHTS, Right, Role

Pair = tuple[str, str]
"""(permission, what it is on), in the words of Flask-AppBuilder's tables."""


@dataclass
class Synced:
    """What became of the rows."""

    added: int = 0
    removed: int = 0
    granted: int = 0
    withdrawn: int = 0
    still_held: tuple[str, ...] = ()
    """Roles that the console does not know and somebody holds: they stay, and give nothing."""


def wanted() -> dict[str, set[Pair]]:
    """Each role's permissions by the table of rights."""
    found: dict[str, set[Pair]] = {}
    for position, role in enumerate(Role):
        found[role.value] = pairs = set()
        for resource, row in RIGHTS.items():
            pairs |= {(f"can_{right.name}", resource.value) for right in Right if right in row[position]}
            if row[position] != NONE:
                pairs.add(("menu_access", f"menu_{resource}"))
    return found


def sync_roles(session: Session, public: str) -> Synced:
    """Make the rows equal to the table. `public` is the role of whoever has not signed in: it gives nothing.

    The console answers rights from memory; these rows are what others read of them. The caller commits.
    """
    table: dict[str, set[Pair]] = {**wanted(), public: set()}
    synced = Synced()
    rows = {row.name: row for row in session.scalars(select(RoleRow))}
    views = _permission_views(session, set().union(*table.values()))
    for name, pairs in table.items():
        row = rows.pop(name, None)
        if row is None:
            synced.added += 1
            row = RoleRow(name=name, permissions=[])
            session.add(row)
        held = {_pair(view) for view in row.permissions}
        synced.granted += len(pairs - held)
        synced.withdrawn += len(held - pairs)
        row.permissions = [views[pair] for pair in sorted(pairs)]
    unknown = []
    for name, row in sorted(rows.items()):
        synced.withdrawn += len(row.permissions)
        row.permissions = []
        if row.user or row.groups:
            unknown.append(name)
        else:
            synced.removed += 1
            session.delete(row)
    session.flush()
    _clear(session, set(views))
    synced.still_held = tuple(unknown)
    return synced


def _pair(view: PermissionView) -> Pair:
    return view.permission.name, view.view_menu.name


def _permission_views(session: Session, pairs: set[Pair]) -> dict[Pair, PermissionView]:
    """The rows of these pairs; what is missing is added."""
    found = {_pair(view): view for view in session.scalars(select(PermissionView)) if _pair(view) in pairs}
    permissions = {row.name: row for row in session.scalars(select(Permission))}
    menus = {row.name: row for row in session.scalars(select(ViewMenu))}
    for permission, menu in sorted(pairs - found.keys()):
        view = PermissionView(
            permission=permissions.setdefault(permission, Permission(name=permission)),
            view_menu=menus.setdefault(menu, ViewMenu(name=menu)),
        )
        session.add(view)
        found[permission, menu] = view
    return found


def _clear(session: Session, pairs: set[Pair]) -> None:
    """Remove every permission that no role of the table uses."""
    for view in session.scalars(select(PermissionView)).all():
        if _pair(view) not in pairs:
            session.delete(view)
    session.flush()
    for model, names in (
        (Permission, {permission for permission, _menu in pairs}),
        (ViewMenu, {menu for _permission, menu in pairs}),
    ):
        for row in session.scalars(select(model)).all():
            if row.name not in names:
                session.delete(row)
    session.flush()
