"""On which line each table and key of a TOML file stands."""

import tomllib
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as some

from seed import FRAMEWORKS
from workflows.toml_lines import lines_of

TEXT = """# a comment with [brackets] and "quotes"
title = "one"

[head]
long = '''
[not.a.table]
key = "neither"
'''   # after it
list = [
  "a # b",  # [[no]]
  "c",
]
"quoted key" = {x = 1, y = {z = 2}}
dotted.name = "it's"

[[row]]
key = "first"
[row.inner]
deep = 1
[[row]]  # the second
key = "second"
[row.inner]
deep = 2
[[row.part]]
name = "p"
[[row.part]]
name = "q"
"""


def test_the_line_of_each_table_and_key() -> None:
    assert lines_of(TEXT) == {
        ("title",): 2,
        ("head",): 4,
        ("head", "long"): 5,
        ("head", "list"): 9,
        ("head", "quoted key"): 13,
        ("head", "quoted key", "x"): 13,
        ("head", "quoted key", "y"): 13,
        ("head", "quoted key", "y", "z"): 13,
        ("head", "dotted"): 14,
        ("head", "dotted", "name"): 14,
        ("row",): 16,
        ("row", 0): 16,
        ("row", 0, "key"): 17,
        ("row", 0, "inner"): 18,
        ("row", 0, "inner", "deep"): 19,
        ("row", 1): 20,
        ("row", 1, "key"): 21,
        ("row", 1, "inner"): 22,
        ("row", 1, "inner", "deep"): 23,
        ("row", 1, "part"): 24,
        ("row", 1, "part", 0): 24,
        ("row", 1, "part", 0, "name"): 25,
        ("row", 1, "part", 1): 26,
        ("row", 1, "part", 1, "name"): 27,
    }


def test_an_empty_file_and_one_of_windows() -> None:
    assert lines_of("") == {}
    assert lines_of('\r\na = """x\r\ny"""\r\nb = 1\r\n') == {("a",): 2, ("b",): 4}


TRICKS = some.sampled_from(['"""', "'''", "[[x]]", "a = 1\nb = [", "#", "\\", "\u2028"])
VALUES = some.recursive(
    some.text(max_size=4) | some.integers(-9, 9) | some.booleans() | TRICKS,
    lambda each: some.lists(each, max_size=3),
    max_leaves=4,
)
KEYS = some.text(min_size=1, max_size=3)
TABLES = some.dictionaries(KEYS, VALUES, max_size=3)
FILES = some.dictionaries(KEYS, TABLES | some.lists(TABLES, min_size=1, max_size=2), max_size=3)


@settings(max_examples=60, deadline=None)
@given(FILES, some.booleans())
def test_every_key_that_is_read_has_the_line_on_which_it_is_written(file: dict[str, Any], long: bool) -> None:
    """Cut off just before the line, the file does not say it yet; with the line and what it goes on to, it does."""
    text = tomli_w.dumps(file, multiline_strings=long)
    found, rows = lines_of(text), text.split("\n")
    for keys, line in found.items():
        if isinstance(keys[-1], int):
            continue
        before = tomllib.loads("\n".join(rows[: line - 1]))
        assert not _has(before, keys)
        ends = next(end for end in range(line, len(rows) + 1) if _reads("\n".join(rows[:end])))
        assert _has(tomllib.loads("\n".join(rows[:ends])), keys)
    assert {keys for keys in found if not isinstance(keys[-1], int)} >= set(_keys(tomllib.loads(text)))


def _reads(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _has(told: Any, keys: tuple[str | int, ...]) -> bool:
    for key in keys:
        if isinstance(key, int):
            if not isinstance(told, list) or key >= len(told):
                return False
        elif not isinstance(told, dict) or key not in told:
            return False
        told = told[key]
    return True


def _keys(told: dict[str, Any]) -> list[tuple[str | int, ...]]:
    """The tables, and the keys of tables and of listed tables."""
    found: list[tuple[str | int, ...]] = []
    for table, value in told.items():
        found.append((table,))
        if isinstance(value, dict):
            found += [(table, key) for key in value]
    return found


def test_the_frameworks_files_have_a_line_for_each_field_of_each_row() -> None:
    for path in FRAMEWORKS.glob("*.toml"):
        text = path.read_text()
        found, written = lines_of(text), text.split("\n")
        for table, rows in tomllib.loads(text).items():
            for number, row in enumerate(rows if isinstance(rows, list) else []):
                assert written[found[table, number] - 1] == f"[[{table}]]"
                for key in row:
                    assert written[found[table, number, key] - 1].startswith(f"{key} = ")
