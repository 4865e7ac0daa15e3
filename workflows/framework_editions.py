"""How one edition of a framework follows another: copied to a draft, changed there, and put in force (section 15)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from models.base import session_of
from models.framework import Framework, FrameworkState
from workflows.access import Role
from workflows.actor import Actor
from workflows.clocks import SUBDIVISIONS
from workflows.engine import Workflow
from workflows.framework import in_force
from workflows.framework_files import begin_periods, content_of
from workflows.framework_reading import KINDS, faults_of
from workflows.framework_rows import KIND_NAMES, named_by
from workflows.gate import ByHand, Refused, current_step
from workflows.journal import remove
from workflows.steps import Input, InputKind, Step

S = FrameworkState
MANAGERS = frozenset({Role.manager})
HEAD = frozenset({"title", "authority", "nation", "core_hours_start", "core_hours_end", "weekly_hours", "note"})
"""What is written by hand of the framework itself. Its rows have forms of their own."""
MOST_HOURS = 60
"""More than any week of work has."""

# --- guards ---


def is_no_draft_yet(framework: Framework, actor: Actor) -> str | None:
    """One at a time: two drafts would each put in force what the other left out."""
    rows = select(Framework.id).where(Framework.key == framework.key, Framework.state == S.draft)
    if session_of(framework).scalars(rows).first() is not None:
        return _("There is a draft of this framework already. Work on that one, or discard it first.")
    return None


# --- what is written by hand ---


def head_holds(framework: Framework, actor: Actor) -> Refused | None:
    faults: dict[str, str] = {}
    if framework.core_hours_start >= framework.core_hours_end:
        faults["core_hours_end"] = _("Core hours end after they start.")
    if not 0 < framework.weekly_hours <= MOST_HOURS:
        faults["weekly_hours"] = _("Enter a whole number from %(least)s to %(most)s.", least=1, most=MOST_HOURS)
    if framework.nation not in SUBDIVISIONS:
        faults["nation"] = _("Choose from the list only.")
    return Refused(next(iter(faults.values())), fields=faults) if faults else None


# --- what a step accepts ---


def says_everything(framework: Framework, actor: Actor, values: Mapping[str, Any]) -> str | None:
    """Whatever a file is refused for, a draft is too (`framework_reading.py`)."""
    faults = faults_of(content_of(framework), framework.title)
    return " ".join(faults[:5]) if faults else None


def nothing_names_it(framework: Framework, actor: Actor, values: Mapping[str, Any]) -> str | None:
    row = _row(framework, values["row"])
    if row is None:
        return _("There is no such row in this draft: somebody may have taken it out already.")
    if users := named_by(row):
        return _("Rows of the draft name it: %(rows)s. Change those first, or take them out.", rows=", ".join(users))
    return None


# --- effects ---


def copy_rows(framework: Framework, actor: Actor, values: Mapping[str, Any]) -> None:
    session = session_of(framework)
    newest = session.scalar(select(func.max(Framework.edition)).where(Framework.key == framework.key)) or 0
    content = content_of(framework)
    draft = Framework(**content.head, edition=newest + 1)
    session.add(draft)
    session.flush()
    for kind, rows in content.rows.items():
        session.add_all(KINDS[kind].model(framework=draft, **row) for row in rows.values())
        session.flush()  # each kind after those that it points to


def succeed(framework: Framework, actor: Actor, values: Mapping[str, Any]) -> None:
    """Retire the edition before, and first: there is never more than one in force."""
    session = session_of(framework)
    before = in_force(session)
    if before is not None:
        framework.state, before.state = S.draft, S.retired  # the step has set it already, and rows go by their ids
        session.flush()
        framework.state = S.in_force
    framework.in_force_from = actor.today
    begin_periods(framework, before, actor.today)
    actor.memo.clear()  # what was worked out by the edition before


def take_row_out(framework: Framework, actor: Actor, values: Mapping[str, Any]) -> None:
    session, row, told = session_of(framework), _row(framework, values["row"]), current_step()
    if row is not None and told is not None:
        name = values["row"].partition(":")[0]
        told.note = _("%(kind)s: %(row)s", kind=KIND_NAMES[name], row=row)
        remove(session, [row], actor)
        session.expire(framework, [KINDS[name].relation])


# --- the rows of a draft, to choose from ---


def row_key(row: Any) -> str:
    """How the form of `take_out` names a row."""
    name = next(name for name, kind in KINDS.items() if kind.model is type(row))
    return f"{name}:{row.id}"


def _row(framework: Framework, key: str) -> Any:
    name, _colon, number = key.partition(":")
    if name not in KINDS:
        return None
    return next((row for row in getattr(framework, KINDS[name].relation) if str(row.id) == number), None)


def asks_which(framework: Framework) -> Sequence[Input]:
    def options(session: Any) -> list[tuple[str, str]]:
        return [
            (f"{name}:{row.id}", _("%(kind)s: %(row)s", kind=KIND_NAMES[name], row=row))
            for name, kind in KINDS.items()
            for row in getattr(framework, kind.relation)
        ]

    return (Input("row", _l("Which row"), InputKind.word, sets=False, options=options),)


WORKFLOW = Workflow(
    Framework,
    Step(
        "copy_to_draft",
        _l("Copy to a draft"),
        frozenset({S.in_force, S.retired}),
        None,
        roles=MANAGERS,
        does=_l("A draft of the next edition is made with all its rows. What is in force stays as it is meanwhile."),
        guards=[is_no_draft_yet],
        effect=copy_rows,
        clause="XX",
    ),
    Step(
        "put_in_force",
        _l("Put in force"),
        frozenset({S.draft}),
        S.in_force,
        roles=MANAGERS | {Role.head},
        does=_l(
            "The council works by this edition from today, and the diary follows it. "
            "The edition that is in force is retired, and stays readable."
        ),
        accepts=says_everything,
        effect=succeed,
        clause="XX",
        decides=True,
    ),
    Step(
        "take_out",
        _l("Take a row out"),
        frozenset({S.draft}),
        None,
        roles=MANAGERS,
        does=_l("The row is no longer part of this draft. The history keeps what it said; other editions keep theirs."),
        inputs=asks_which,
        accepts=nothing_names_it,
        effect=take_row_out,
        takes_back=True,
    ),
    Step(
        "discard",
        _l("Discard the draft"),
        frozenset({S.draft}),
        S.discarded,
        roles=MANAGERS,
        does=_l("The draft never comes into force. It stays readable, and another can be made."),
        needs_note=True,
    ),
    by_hand=ByHand(fields=HEAD, add=False, states=frozenset({S.draft}), check=head_holds),
    parts=[kind.model.framework_id for kind in KINDS.values()],
)
"""A draft is put in force by a Manager who wrote nothing of it, or by a Head of Service: four eyes over the framework
and all its rows (XX; no paper says who sets the way of working)."""
