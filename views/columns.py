"""What lists are declared with, and what follows from it: columns, values, and whose eyes they are for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flask import abort, url_for
from sqlalchemy import JSON, LargeBinary, String, inspect
from sqlalchemy.orm import QueryableAttribute, joinedload
from sqlalchemy.sql import visitors

from models.base import table_pointed_at
from views.labels import FIELDS, Link, field_label, shown_word
from workflows.access import Right, rights
from workflows.actor import Actor, current_actor

SCREENS: dict[type[Any], Any] = {}
"""The screen of each model that has one."""


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading, what stands in it, and what it is ordered by, if it is."""

    name: str
    label: Any
    value: Callable[[Any], Any]
    order: Any = None
    eager: Sequence[Any] = ()
    """Loader options for what it shows, where the screen's own do not fetch that anyway."""


@dataclass(frozen=True)
class Filter:
    """Something to narrow a list by: what may be chosen, and the clause that one choice means.

    Several may be chosen at once; a row stands in the list where any of them holds. The choice "" is all of them.
    """

    name: str
    label: Any
    choices: Callable[[], Sequence[tuple[str, Any]]]
    where: Callable[[str], Any]
    default: Callable[[], str] = lambda: ""


def acting() -> Actor:
    """Whoever asks for this page. Routes are guarded, so there is somebody."""
    actor = current_actor()
    if actor is None:
        abort(401)
    return actor


def value_of(item: Any, name: str) -> Any:
    """A column's value as a page tells it: a record by name, linked where it has a page; a state or kind in words."""
    column = inspect(type(item)).columns[name]
    value = getattr(item, name)
    if table_pointed_at(column) and value is not None:
        found = getattr(item, relation_of(type(item), name).key)
        screen = SCREENS.get(type(found))
        if screen is not None and Right.read in rights(acting().roles, screen.resource):
            return Link(found, url_for(f"{screen.__name__}.show", pk=found.id))
        return found
    return shown_word(value) if isinstance(value, Enum) else value


def relation_of(model: type[Any], name: str) -> Any:
    """The relation that a foreign key leads along, or None."""
    mapper = inspect(model)
    column = mapper.columns[name]
    return next((each for each in mapper.relationships if column in each.local_columns and not each.uselist), None)


# --- what code and clauses read of a record: so that nobody declares it twice, or forgets to ---


def reads(code: Any, model: type[Any]) -> set[str]:
    """The columns and relations of a model that a function names, straight or by way of the model's properties."""
    mapped, found, seen = inspect(model).attrs.keys(), set[str](), set[str]()
    waiting = [code]
    while waiting:
        each = waiting.pop()
        named = set(each.co_names) - seen
        seen |= named
        found |= named & set(mapped)
        waiting += [inner for inner in each.co_consts if hasattr(inner, "co_names")]
        for name in named - set(mapped):
            if isinstance(held := getattr(model, name, None), property) and held.fget is not None:
                waiting.append(held.fget.__code__)
    return found


def names(clause: Any, model: type[Any]) -> set[str]:
    """The columns of a model that a clause or an order rests on."""
    table: str = model.__tablename__
    told: Any = getattr(clause, "__clause_element__", lambda: clause)()
    return {
        str(key)
        for each in visitors.iterate(told)
        if (key := getattr(each, "key", None)) and getattr(getattr(each, "table", None), "name", None) == table
    }


def tells(column: Column, model: type[Any]) -> set[str]:
    """The columns and relations that a declared column shows or is ordered by, whoever looks at it."""
    code = getattr(column.value, "__code__", None)
    shown = reads(code, model) if code is not None and "works_here" not in code.co_names else set()
    return {column.name, *shown, *(names(column.order, model) if column.order is not None else ())}


def by_name(attribute: Any, depth: int = 3) -> Any:
    """The loader option for a relation whose record is told by name: with it, whatever its name is made of."""
    option, target = joinedload(attribute), attribute.property.mapper.class_
    inner = [by_name(each, depth - 1) for each in made_of(target)] if depth else []
    return option.options(*inner) if inner else option


def fetched(options: Sequence[Any]) -> set[str]:
    """The relations of a list's own model that these loader options fetch."""
    return {element.path[1].key for option in options for element in option.context}


def made_of(model: type[Any]) -> Iterator[Any]:
    """The relations that the name of a record is made of."""
    relations = inspect(model).relationships
    for name in sorted(reads(model.__str__.__code__, model)) if hasattr(model.__str__, "__code__") else ():
        if name in relations and not relations[name].uselist:
            yield getattr(model, name)


# --- columns that nobody declared ---


def offered(screen: Any) -> list[Column]:
    """The columns that this actor may choose from: those declared, then what else the page of a record tells."""
    model, told = screen.model, list(dict.fromkeys(screen.listed()))
    declared = [column for column in screen.columns if not hidden(screen, tells(column, model))]
    mapper = inspect(model)
    said = {column.name for column in declared}
    for column in declared:
        shown = tells(column, model) - {column.name}
        if len(shown) == 1:  # else it weaves several into one
            said |= shown
    found = list(declared)
    for name in told:
        if name in said or name not in mapper.columns or name not in FIELDS:
            continue
        kind, relation = mapper.columns[name].type, relation_of(model, name)
        if isinstance(kind, JSON | LargeBinary) or (table_pointed_at(mapper.columns[name]) and relation is None):
            continue
        if relation is not None and relation.key in said:
            continue
        there = relation is None or relation.key in fetched(screen.eager)
        eager = () if there else (by_name(getattr(model, relation.key)),)
        plain = relation is None and (not isinstance(kind, String) or hasattr(kind, "enum_class"))
        found.append(
            Column(name, field_label(model, name), _value(name), getattr(model, name) if plain else None, eager)
        )
    return found


def _value(name: str) -> Callable[[Any], Any]:
    return lambda item: value_of(item, name)


def hidden(screen: Any, told: set[str]) -> bool:
    """Whether something rests on a column that only the council's own people read, and this actor is not of them."""
    return not acting().works_here and bool(told & screen.inside)


def column_behind(column: Column, model: type[Any]) -> str | None:
    """The model's own column that a declared column is ordered by, if that is all there is to it."""
    order = column.order
    return order.key if isinstance(order, QueryableAttribute) and order.class_ is model else None
