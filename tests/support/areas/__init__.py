"""What each area expects of the suite, spelled out once: one module here for each, named as its area is.

The grids of routes, steps, rows, rules of the database, budgets and pages take their lines from these modules.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COUNCIL = "officer manager head director auditor"
OFFICERS = "officer manager"


@dataclass(frozen=True)
class Screen:
    """One kind of record, its screen and its steps. Roles stand as words with blanks between.

    `make(world, state)` gives a record that somebody else wrote, in that state; one without states is asked for
    with "". What it is about belongs to no provider that signs in, and is shared with nobody.
    """

    plural: str
    model: type[Any]
    make: Callable[[Any, str], Any]
    reads: str
    """Who may open its list; whoever may not is told so."""
    sees: str
    """Who sees the records that `make` gives. Of `reads`, the others are told that nothing is there."""
    adds: str = ""
    edits: str = ""
    """Who may open the form of a record that may still be edited, `editable` being its state."""
    editable: str = ""
    steps: Mapping[tuple[str, str], str] | None = None
    """(step, state) -> who may take it. What is not here, nobody may. None: it has no workflow."""
    step_made: Callable[[Any, str, str], Any] | None = None
    """`(world, step, state)`: the record that a step is tried on, where that of `make` will not do."""
    lookup: bool = False
    past: bool = True
    """Whether it has a page of how it stood on a past day."""
    heading: str = ""
    more: str = ""
    """Further lines of the route grid, in the words of tests/test_access.py, for routes that only this screen has."""
    browser_user: str = "officer"

    def state(self, step: str) -> str:
        """A state from which somebody may take the step."""
        return next(state for name, state in self.steps or {} if name == step)


@dataclass(frozen=True)
class Area:
    """The expectations of one area."""

    screens: Sequence[Screen]
    seen: Mapping[str, str]
    """Row -> who meets it, by every path there is."""
    rows: Callable[[Any, Any, Any], Mapping[str, Any]]
    """`(world, own, other)` -> those rows, about the service of the provider that signs in and about another."""
    pages: Sequence[tuple[str, str, str]]
    """(plural, row, what the search box finds it by) of rows on lists."""
    hidden: Sequence[str] = ()
    """Words in those rows that no page tells anybody outside the council."""
    good: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] | None = None
    """Table -> a good row, and how a second good row differs from it."""
    checks: Mapping[str, tuple[str, dict[str, Any]]] | None = None
    """Rule -> (table, what breaks it)."""
    words: str = ""
    """table: the columns whose words are checked"""
    pointers: str = ""
    """table: the columns that point at a row"""
    only_one: Mapping[str, tuple[str, dict[str, Any], str]] | None = None
    """Rule -> (table, what makes the second row the same as the first, what SQLite calls it)."""
    besides: Mapping[tuple[str, str], dict[str, Any]] | None = None
    """(table, column) -> what must change beside that column, or another rule would be broken too."""
    places: Callable[[Any], Mapping[str, int]] = lambda world: {}
    """The records that `budgets` names."""
    budgets: str = ""
    """role, page, statements, and options of all its selects together"""


AREAS: dict[str, Area] = {
    module.name: importlib.import_module(f"areas.{module.name}").AREA for module in pkgutil.iter_modules(__path__)
}
SCREENS: list[Screen] = [screen for area in AREAS.values() for screen in area.screens]
