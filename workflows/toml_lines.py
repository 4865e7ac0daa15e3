"""On which line of a TOML file each table and each key stands. Reading it is left to `tomllib`, which does not tell."""

import tomllib
from collections.abc import Iterator

Key = tuple[str | int, ...]
"""The names that lead to a table or value, and of a list of tables the number in it: ("clock", 0, "length")."""


def lines_of(text: str) -> dict[Key, int]:
    """The line of each table's header and of each key. The text is TOML that `tomllib` reads."""
    found: dict[Key, int] = {}
    tables: dict[Key, int] = {}
    table: Key = ()
    for line, statement in _statements(text):
        told = tomllib.loads(statement)
        if not statement.lstrip().startswith("["):
            for keys in _paths(told):
                found.setdefault(table + keys, line)
            continue
        table, listed = (), False
        while told:
            name, value = next(iter(told.items()))
            table += (name,)
            listed = isinstance(value, list)
            told = {} if listed else value
            if not listed and told and table in tables:  # a table of the newest in a list
                table += (tables[table],)
        if listed:
            found.setdefault(table, line)
            tables[table] = tables.get(table, -1) + 1
            table += (tables[table],)
        found[table] = line
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header or key with its value, and the line on which it begins.

    One ends with the first line up to which it is TOML by itself: texts and lists of several lines end later.
    """
    begun, held = 1, ""
    for line, each in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        begun, held = (begun, held + "\n" + each) if held else (line, each)
        try:
            says_something = bool(tomllib.loads(held))
        except tomllib.TOMLDecodeError:
            continue
        if says_something:
            yield begun, held
        held = ""


def _paths(told: dict[str, object]) -> Iterator[Key]:
    for name, value in told.items():
        yield (name,)
        if isinstance(value, dict):
            for rest in _paths(value):
                yield (name, *rest)
