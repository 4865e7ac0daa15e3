"""The framework: its editions, each kind of its rows, and how each kind of record moves, drawn from the code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Enum, inspect, literal, select, union_all
from sqlalchemy.orm import contains_eager

from models import db
from models.framework import ActivityType, Band, Cadence, Clock, Framework, FrameworkState, Scheme
from models.meetings import MeetingKind
from views.areas import workflows
from views.base import SCREENS, AreaView, Column, Filter, Page, Table, acting
from views.columns import value_of
from views.framework_words import LISTED, for_whom, in_words, span
from views.labels import AREAS, WORDS, Link, field_label, tag, word
from workflows import framework_rows
from workflows.access import ASCENDING, ROLE_NAMES, Resource, Right, Role, who
from workflows.clocks import SUBDIVISIONS
from workflows.framework import in_force
from workflows.framework_editions import WORKFLOW, row_key
from workflows.framework_files import content_of, differences
from workflows.framework_reading import KINDS, faults_of
from workflows.framework_rows import KIND_NAMES
from workflows.gate import Refused
from workflows.steps import Input, InputKind, Step

Options = Callable[[Any], Sequence[tuple[Any, Any]]]

# --- what the forms of rows offer ---


def _drafts(session: Any) -> list[tuple[int, str]]:
    rows = select(Framework).where(Framework.state == FrameworkState.draft).order_by(Framework.id)
    return [(each.id, edition_name(each)) for each in session.scalars(rows)]


def edition_name(framework: Framework) -> str:
    return _("%(title)s, edition %(edition)s", title=framework.title, edition=framework.edition)


def _of_drafts(model: Any, key: str = "key", name: str = "name") -> Options:
    """The rows of the drafts by the key that other rows name them by: what a form of a draft's row offers."""

    def options(session: Any) -> list[tuple[str, Any]]:
        rows = (
            select(getattr(model, key), getattr(model, name))
            .join(model.framework)
            .where(Framework.state == FrameworkState.draft)
            .order_by(model.id)
        )
        found: dict[str, str] = {}
        for told, called in session.execute(rows):
            found[told] = found[told] + ", " + called if called not in found.get(told, called) else called
        return list(found.items())

    return options


def _members(kind: Any) -> Options:
    return lambda session: [(member.value, word(member)) for member in kind]


def _roles(*roles: Role) -> Options:
    return lambda session: [(role.value, ROLE_NAMES[role]) for role in roles]


def _records(session: Any) -> list[tuple[str, Any]]:
    """The kinds of record that are kept, by what their lists are called."""
    found = {model.__tablename__: screen.title for model, screen in SCREENS.items() if hasattr(model, "version")}
    return sorted(found.items(), key=lambda each: str(each[1]))


OPTIONS: dict[str, Options] = {
    "framework_id": _drafts,
    "activity": _of_drafts(ActivityType),
    "other": _of_drafts(ActivityType),
    "scheme": _of_drafts(Scheme),
    "band": _of_drafts(Band),
    "bands": _of_drafts(Band),
    "group_name": _of_drafts(KINDS["group"].model, "name"),
    "meeting_kind": _members(MeetingKind),
    "role": _roles(*ASCENDING),
    "escalates_to": _roles(*ASCENDING),
    "registered": lambda session: [(True, _l("Registered services only")), (False, _l("Other services only"))],
    "record": _records,
    "levels": lambda session: [(level, str(level)) for level in range(1, 6)],
    **{name: _members(kind) for name, kind in LISTED.items()},
}
"""What is chosen, and never typed, in any kind of row."""
SEVERAL = {"bands", "levels", *LISTED}
LONG = {"purpose", "note", "criteria", "interventions", "membership"}
HINTS = {
    "clause": _l("The paper and its paragraph, like HA 3.30; XX where no paper says it."),
    "key": _l("Small letters, digits and underscores. It stays once it is saved."),
    "service_types": _l("None ticked: all types."),
    "bands": _l("None ticked: all bands."),
    "length": _l("A whole number; how it is counted follows."),
    "other": _l("Only for what falls due after or before another activity."),
    "period": _l("Only for what falls due by the calendar."),
    "clock": _l("Only for what falls due by the calendar. Empty: on the last day of the period."),
    "group_name": _l("Instead of a role, where a group decides and its decision is recorded."),
}
EDITION = Filter(
    "state",
    _l("Edition"),
    lambda: [("", _l("All editions")), *((state.value, word(state)) for state in FrameworkState)],
    lambda value: Framework.state == value,
    default=lambda: "in_force",
)

# --- the rows of a framework -------------------------------------------------------------------------------------


class Rows:
    """What the screens of all kinds of rows share: they are read with any edition, and written in a draft alone."""

    kind: str
    resource = Resource.frameworks
    show_template = "framework_row.html"
    list_template = "list.html"
    filters = (EDITION,)
    kinds: Mapping[str, InputKind] = {
        name: InputKind.several if name in SEVERAL else InputKind.word for name in OPTIONS if name != "framework_id"
    }

    def query(self: Any) -> Any:
        return select(self.model).join(self.model.framework)

    def find(self: Any, pk: str) -> Any:
        item = AreaView.find(self, pk)
        self.prepare([item])
        return item

    def prepare(self: Any, items: Any) -> None:
        names = names_in({item.framework_id for item in items})
        for item in items:
            item.names = names[item.framework_id]

    def named(self: Any, item: Any) -> str:
        return str(told(item, type(self).leading))

    def facts(self: Any, item: Any) -> list[tuple[Any, Any]]:
        rest = [(field_label(self.model, name), told(item, name)) for name in self.told()]
        return [
            (label, value) for label, value in [*rest[:1], *self.sentences(item), *rest[1:]] if value not in ("", None)
        ]

    def sentences(self: Any, item: Any) -> list[tuple[Any, Any]]:
        return []

    def start(self: Any, asked: Sequence[Input]) -> dict[str, Any]:
        """The draft from whose page the link came, else the one there is; and what the table has by default."""
        number = request.args.get("framework_id", "")
        drafts = _drafts(db.session)
        here = next((key for key, _name in drafts if str(key) == number), drafts[0][0] if drafts else None)
        columns = inspect(self.model).columns
        fresh = {
            each.name: columns[each.name].default.arg
            for each in asked
            if columns[each.name].default is not None and columns[each.name].default.is_scalar
        }
        return {**fresh, "framework_id": here}

    def may_add_to(self: Any, owner: Any) -> bool:
        return self.may(Right.add) and owner.state is FrameworkState.draft

    def _may_edit(self: Any, item: Any) -> bool:
        return item.framework.state is FrameworkState.draft and AreaView._may_edit(self, item)

    def _may_open_form(self: Any, item: Any) -> bool:
        if (closed := framework_rows.CLOSED.get(item.framework.state)) is not None:
            raise Refused(str(closed))
        return True

    def more(self: Any, item: Any) -> dict[str, Any]:
        """The way to take it out of a draft."""
        may = self._may_edit(item)
        here = url_for("FrameworkView.step", pk=item.framework_id, step="take_out", row=row_key(item))
        return {"take_out": here if may else None}


def names_in(frameworks: set[int]) -> dict[int, dict[tuple[str, str], Any]]:
    """What rows of these frameworks are called that others name: (kind, key) -> name. Two statements."""
    found: dict[int, dict[tuple[str, str], Any]] = {each: {} for each in frameworks}
    activity, scheme, band = (each.__table__ for each in (ActivityType, Scheme, Band))
    asked = union_all(
        select(activity.c.framework_id, literal("activity_type").label("kind"), activity.c.key, activity.c.name).where(
            activity.c.framework_id.in_(frameworks)
        ),
        select(scheme.c.framework_id, literal("scheme"), scheme.c.key, scheme.c.name).where(
            scheme.c.framework_id.in_(frameworks)
        ),
        select(band.c.framework_id, literal("band"), band.c.scheme + " " + band.c.key, band.c.name).where(
            band.c.framework_id.in_(frameworks)
        ),
    )
    for framework, kind, key, name in db.session.connection().execute(asked):
        found[framework][kind, key] = name
    for clock in db.session.scalars(select(Clock).where(Clock.framework_id.in_(frameworks))):
        found[clock.framework_id]["clock", clock.key] = clock
    return found


def told(item: Any, name: str) -> Any:
    """A field of a row as its pages tell it: in words, and other rows by their names."""
    value, names = getattr(item, name), item.names
    column = inspect(type(item)).columns[name]
    if name == "framework_id":
        return Link(edition_name(item.framework), url_for("FrameworkView.show", pk=value))
    if value is None:
        return _l("All services") if name == "registered" else None
    if name in ("activity", "other"):
        return names.get(("activity_type", value), value)
    if name == "scheme":
        return names.get(("scheme", value), value)
    if name == "band":
        return names.get(("band", f"{item.scheme} {value}"), value)
    if name == "bands":
        return [names.get(("band", f"{item.scheme} {each}"), each) for each in value]
    if name in LISTED:
        return [str(word(LISTED[name](each))) for each in value]
    if name in OPTIONS:
        return dict(OPTIONS[name](db.session)).get(value, value)
    return value if isinstance(column.type, JSON) else value_of(item, name)


def _column(model: Any, name: str, label: Any = None, value: Any = None) -> Column:
    attribute = getattr(model, name)
    order = attribute if isinstance(inspect(model).columns[name].type, Enum) or name in ("name", "key") else None
    return Column(name, label or field_label(model, name), value or (lambda item: told(item, name)), order)


def _screen(kind: str, plural: str, title: Any, shown: Sequence[str], searched: Sequence[str], **more: Any) -> Any:
    """The screen of one kind of row, from what its list shows: the rest follows from its table."""
    model = KINDS[kind].model
    own = [name for name in KINDS[kind].fields() if name not in ("clause", "note")]
    fields = ("framework_id", *own, "clause", "note")
    declared = {
        "datamodel": Table(model),
        "kind": kind,
        "leading": shown[0],
        "route_base": f"/framework-{plural}",
        "title": title,
        "one": more.pop("one", KIND_NAMES[kind]),
        "columns": (
            *(_column(model, name) for name in shown),
            *more.pop("columns", ()),
            _column(model, "clause"),
            Column("framework", _l("Framework"), lambda row: edition_name(row.framework)),
        ),
        "searched": tuple(getattr(model, name) for name in (*searched, "clause")),
        "ordered": more.pop("ordered", (model.id,)),
        "eager": (contains_eager(model.framework),),
        "fields": fields,
        "long_text": frozenset(LONG & set(fields)),
        "options": {name: OPTIONS[name] for name in fields if name in OPTIONS},
        "hints": {name: HINTS[name] for name in fields if name in HINTS},
        **more,
    }
    return type(f"{model.__name__}View", (Rows, AreaView), declared)


def _cadence_sentences(self: Any, item: Any) -> list[tuple[Any, Any]]:
    return [(_l("When it falls due"), in_words(item, item.names)), (_l("For whom"), for_whom(item, item.names))]


FRAMEWORK_ROWS = [
    _screen("activity_type", "activities", _l("Activities"), ("name", "form", "purpose"), ("name", "purpose")),
    _screen(
        "cadence",
        "cadences",
        _l("Cadences"),
        ("activity",),
        ("key", "activity"),
        columns=(
            Column("when", _l("When it falls due"), lambda row: in_words(row, row.names)),
            Column("whom", _l("For whom"), lambda row: for_whom(row, row.names)),
        ),
        ordered=(Cadence.activity, Cadence.id),
        sentences=_cadence_sentences,
    ),
    _screen(
        "clock",
        "clocks",
        _l("Deadlines"),
        ("key",),
        (),
        columns=(Column("span", _l("How long"), span),),
    ),
    _screen(
        "approval_rule", "approvals", _l("Who decides"), ("decision", "effect", "role", "group_name"), ("group_name",)
    ),
    _screen(
        "restriction_kind", "restrictions", _l("Kinds of restriction"), ("name", "effect", "needs_agreement"), ("name",)
    ),
    _screen("trigger", "triggers", _l("What the console drafts by itself"), ("event", "effect", "active"), ()),
    _screen("scheme", "schemes", _l("Schemes of bands"), ("name", "subject"), ("name",)),
    _screen(
        "band",
        "bands",
        _l("Bands of the schemes"),
        ("name", "scheme", "position", "criteria", "interventions"),
        ("name", "criteria", "interventions"),
        ordered=(Band.scheme, Band.position),
    ),
    _screen("indicator", "indicators", _l("Indicators"), ("name", "scheme", "source", "registered"), ("name",)),
    _screen(
        "group", "groups", _l("Groups of the framework"), ("name", "purpose", "band", "membership"), ("name", "purpose")
    ),
    _screen("term", "terms", _l("Words"), ("key", "one", "many"), ("one", "many")),
    _screen("service_type", "service-types", _l("Types of service"), ("name", "service_type"), ("name",)),
    _screen("notice_reason", "notice-reasons", _l("Reasons for a notice"), ("name",), ("name",)),
    _screen(
        "retention",
        "retentions",
        _l("How long records are kept"),
        ("record", "years", "counted_from"),
        ("counted_from",),
    ),
]
"""A screen for each kind of row, in the order in which a framework's page tells them."""
ORDER = [screen.kind for screen in FRAMEWORK_ROWS]


NATIONS: dict[str, Any] = {
    "england-and-wales": _l("England and Wales"),
    "scotland": _l("Scotland"),
    "northern-ireland": _l("Northern Ireland"),
}
"""Whose bank holidays the council keeps."""


class FrameworkView(AreaView):
    datamodel = Table(Framework)
    resource = Resource.frameworks
    route_base = "/frameworks"
    workflow = WORKFLOW
    title, one = _l("Frameworks"), _l("framework")
    columns = (
        Column("title", _l("Framework"), lambda f: f.title, Framework.title),
        Column("authority", _l("Council"), lambda f: f.authority, Framework.authority),
        Column("edition", _l("Edition"), lambda f: f.edition, Framework.edition),
        Column("state", _l("State"), lambda f: tag(f.state), Framework.state),
        Column("since", _l("In force from"), lambda f: f.in_force_from, Framework.in_force_from),
    )
    searched = (Framework.title, Framework.authority)
    ordered = (Framework.id.desc(),)
    fields = ("title", "authority", "nation", "core_hours_start", "core_hours_end", "weekly_hours", "note")
    shown = ("edition", "in_force_from")
    options = {"nation": lambda session: [(nation, NATIONS[nation]) for nation in SUBDIVISIONS]}
    kinds = {"nation": InputKind.word}
    long_text = frozenset({"note"})
    related = tuple(KINDS[kind].relation for kind in ORDER)
    show_template = "framework.html"

    def named(self, item: Framework) -> str:
        return edition_name(item)

    def facts(self, item: Framework) -> list[tuple[Any, Any]]:
        return [
            (_l("Council"), item.authority),
            (_l("Nation"), NATIONS[item.nation]),
            (_l("Edition"), item.edition),
            *([(_l("In force from"), item.in_force_from)] if item.in_force_from else []),
            (_l("Core hours"), f"{item.core_hours_start:%H:%M}-{item.core_hours_end:%H:%M}"),
            (field_label(Framework, "weekly_hours"), item.weekly_hours),
            *([(field_label(Framework, "note"), item.note)] if item.note else []),
        ]

    def more(self, item: Framework) -> dict[str, Any]:
        """Of a draft: what it changes, and what is missing before it can be put in force."""
        if item.state is not FrameworkState.draft:
            return {"changes": None, "faults": [], "preview": None}
        content, before = content_of(item), in_force(db.session)
        changed = differences(content_of(before), content) if before is not None else ()
        reads = Right.read in acting().rights(Resource.diary)
        return {
            "changes": [_difference(each) for each in changed],
            "faults": faults_of(content, item.title),
            "preview": url_for("PreviewView.show", pk=item.id) if reads else None,
        }

    def start_step(self, step: str, item: Framework, asked: Sequence[Input]) -> dict[str, Any]:
        """The row from whose page somebody came to take it out."""
        return {**super().start_step(step, item, asked), "row": request.args.get("row")}


def _difference(found: Any) -> tuple[Any, Any, Any]:
    """A line of what a draft changes: the row, what stands in force, what the draft says."""
    name, _blank, key = found.row.partition(" ")
    row = _("%(kind)s: %(row)s", kind=KIND_NAMES[name], row=key.replace("_", " ")) if key else _("The framework itself")
    if found.field is None:
        return (row, None, _("added")) if found.before is None else (row, _("stands there"), _("taken out"))
    label = field_label(KINDS[name].model if key else Framework, found.field)
    return _("%(row)s, %(field)s", row=row, field=label), _plain(found.before), _plain(found.after)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return value


class HelpView(Page):
    """How each kind of record moves: the states and steps that the engine itself reads."""

    resource = Resource.help
    route_base = "/help"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self) -> Any:
        return self.render_template(
            "help.html", title=_("How records move"), areas=[(a, AREAS[a]) for a in workflows()]
        )

    @staticmethod
    def _who(step: Step) -> str:
        if step.job:
            return _("the console itself")
        return _("whom the framework names") if callable(step.roles) else who(step.roles)

    @expose("/<area>")
    @has_access
    @permission_name("read")
    def workflow(self, area: str) -> Any:
        found = {resource.value: (resource, flow) for resource, flow in workflows().items()}
        if area not in found:
            abort(404)
        resource, flow = found[area]
        drawn = [
            (
                tag(state),
                [(step.label, tag(step.target or state)) for step in flow.steps.values() if state in step.sources],
            )
            for state in flow.states()
        ]
        rows = []
        for step in flow.steps.values():
            states = [*step.sources, step.target]
            known = [state for state in states if type(state) in WORDS]
            rows.append(
                {
                    "step": step,
                    "sources": sorted(str(word(state)) for state in step.sources if state in known),
                    "target": word(step.target) if step.target else None,
                    "roles": self._who(step),
                }
            )
        return self.render_template(
            "workflow.html",
            title=_("How they move: %(area)s", area=AREAS[resource]),
            rows=rows,
            drawn=drawn,
            diagram=flow.diagram(lambda state: str(word(state))),
        )
