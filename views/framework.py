"""The framework in force, readable; and how each kind of record moves, drawn from the code."""

from typing import Any

from flask import abort
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.framework import Framework
from views.areas import workflows
from views.base import AreaView, Column, Page, Table
from views.labels import AREAS, WORDS, tag, word
from workflows.access import Resource, who
from workflows.steps import Step


class FrameworkView(AreaView):
    datamodel = Table(Framework)
    resource = Resource.frameworks
    route_base = "/frameworks"
    title, one = _l("Frameworks"), _l("framework")
    include_route_methods = {"list", "show"}
    columns = (
        Column("title", _l("Framework"), lambda f: f.title, Framework.title),
        Column("authority", _l("Council"), lambda f: f.authority, Framework.authority),
        Column("edition", _l("Edition"), lambda f: f.edition, Framework.edition),
        Column("state", _l("State"), lambda f: tag(f.state), Framework.state),
    )
    searched = (Framework.title, Framework.authority)
    ordered = (Framework.id.desc(),)
    shown = ("title", "authority", "edition")
    show_template = "framework.html"

    def facts(self, item: Framework) -> list[tuple[Any, Any]]:
        return [
            (_l("Council"), item.authority),
            (_l("State"), tag(item.state)),
            (_l("Core hours"), f"{item.core_hours_start:%H:%M}-{item.core_hours_end:%H:%M}"),
        ]


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
