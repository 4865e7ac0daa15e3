"""A list as its address says it: searched, narrowed, ordered, laid out. The same for the page and for its export."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, Enum, Select, func, inspect, or_, select
from werkzeug.datastructures import MultiDict

from models import db
from models.base import UtcDateTime, table_pointed_at
from models.lists import SavedView
from views import spans
from views.columns import Column, Filter, acting, column_behind, hidden, names, offered, relation_of
from views.fields import name_of, whole
from views.labels import FIELDS, WORDS, field_label, word
from workflows.documents import day
from workflows.steps import YEARS
from workflows.visibility import GOVERNED

PAGE, PORTION = 25, 500
Pairs = list[tuple[str, str]]
"""Names and values of an address, in order."""


@dataclass(frozen=True)
class Chosen:
    """Something that narrows the list as it stands: what it is, and the address without it."""

    label: Any
    words: Any
    without: str


class Choices:
    """A declared filter, or the words of an enum: any of several."""

    kind = "choices"

    def __init__(self, declared: Filter, args: MultiDict[str, str]) -> None:
        self.name, self.label, self.where = declared.name, declared.label, declared.where
        self.options = [(key, words) for key, words in declared.choices() if key]
        self.default = [declared.default()] if declared.default() else []
        said = {value for value in args.getlist(self.name) if value == "" or value in dict(self.options)}
        self.values = [key for key, _words in self.options if key in said] if said else self.default

    def clauses(self) -> list[Any]:
        return [or_(*(self.where(value) for value in self.values))] if self.values else []

    def pairs(self, values: Sequence[str] | None = None) -> Pairs:
        told = self.values if values is None else list(values)
        if told == self.default:
            return []
        return [(self.name, value) for value in told or [""]]

    def chosen(self) -> list[tuple[Any, Pairs]]:
        words = dict(self.options)
        return [(words[each], self.pairs([v for v in self.values if v != each])) for each in self.values]


class Span:
    """A date or a moment: from, to, or told from today."""

    kind = "span"

    def __init__(self, name: str, label: Any, column: Any, args: MultiDict[str, str]) -> None:
        self.name, self.label, self.column = name, label, column
        self.moments = isinstance(column.type, UtcDateTime)
        said = args.get(name, "")
        self.relative = said if said in spans.WORDS else ""
        self.text = {end: args.get(f"{name}.{end}", "").strip() for end in ("from", "to")}
        self.days: dict[str, dt.date | None] = {}
        self.errors: list[tuple[str, str]] = []
        for end, text in self.text.items():
            self.days[end] = day_of(text)
            if text and self.days[end] is None:
                told = _("“%(field)s”: enter a date, like 31/03/2026. It narrows nothing until then.", field=label)
                self.errors.append((f"{name}.{end}", told))
        first, last = self.days["from"], self.days["to"]
        if first is not None and last is not None and first > last:
            told = _("“%(field)s”: the first day lies after the last. Exchange them.", field=label)
            self.errors.append((f"{name}.from", told))

    def clauses(self) -> list[Any]:
        found = spans.between(self.column, (self.days["from"], self.days["to"]), self.moments)
        if self.relative == spans.EMPTY:
            found.append(self.column.is_(None))
        elif self.relative:
            _words, of = spans.RELATIVE[self.relative]
            found += spans.between(self.column, of(acting().today), self.moments)
        return found

    def pairs(self, without: str = "") -> Pairs:
        told = {self.name: self.relative, **{f"{self.name}.{end}": text for end, text in self._typed().items()}}
        return [(name, value) for name, value in told.items() if value and name != without]

    def _typed(self) -> dict[str, str]:
        """The ends as an address keeps them: what was wrong as it was typed."""
        return {end: each.isoformat() if (each := self.days[end]) else text for end, text in self.text.items()}

    def chosen(self) -> list[tuple[Any, Pairs]]:
        found: list[tuple[Any, Pairs]] = []
        if self.relative:
            found.append((spans.WORDS[self.relative], self.pairs(self.name)))
        if (first := self.days["from"]) is not None:
            found.append((_("from %(day)s", day=day(first)), self.pairs(f"{self.name}.from")))
        if (last := self.days["to"]) is not None:
            found.append((_("to %(day)s", day=day(last)), self.pairs(f"{self.name}.to")))
        return found


class One:
    """One record that those of the list belong to: it is linked to, never chosen from a list of all."""

    kind = "one"

    def __init__(self, name: str, label: Any, column: Any, model: type[Any], args: MultiDict[str, str]) -> None:
        self.name, self.label, self.column = name, label, column
        number = whole(args.get(name, ""))
        self.item = db.session.get(model, number) if number else None

    def clauses(self) -> list[Any]:
        return [self.column == self.item.id] if self.item is not None else []

    def pairs(self) -> Pairs:
        return [(self.name, str(self.item.id))] if self.item is not None else []

    def chosen(self) -> list[tuple[Any, Pairs]]:
        return [(name_of(self.item), [])] if self.item is not None else []


def day_of(text: str) -> dt.date | None:
    """A day as addresses and people write it, or None."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            found = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found if found.year in YEARS else None
    return None


def parsed(address: str) -> MultiDict[str, str]:
    """What follows a question mark, read."""
    return MultiDict(parse_qsl(address, keep_blank_values=True))


def list_url(screen: Any, address: str) -> str:
    """A screen's list at an address, never at none: a bare list opens with one's own saved view."""
    return f"{screen.route_base}/list/?{address or 'page=1'}"


def saved_views_of(screen: Any) -> list[SavedView]:
    """The views of this list that are offered to whoever acts."""
    query = select(SavedView).where(SavedView.screen == screen.route_base.strip("/"), ~SavedView.withdrawn)
    return list(db.session.scalars(query.order_by(SavedView.name, SavedView.id)))


class Listing:
    """One screen's list, as one address asks for it."""

    span_words = spans.WORDS

    def __init__(self, screen: Any, args: MultiDict[str, str]) -> None:
        self.screen, self.model = screen, screen.model
        self.offered = offered(screen)
        self.text = args.get("q", "").strip() if screen.searched else ""
        self.narrowings = list(self._narrowings(args))
        by_name = {column.name: column for column in self.offered}
        self.default = [column.name for column in screen.columns if column.name in by_name]
        asked = [name for told in args.getlist("columns") for name in told.split(",") if name in by_name]
        # The first column leads to the record, so it always stands.
        self.names = list(dict.fromkeys([*self.default[:1], *asked])) if asked else self.default
        self.columns: Sequence[Column] = [by_name[name] for name in self.names]
        self.orders = {column.name: column.order for column in self.offered if column.order is not None}
        self.order = order if (order := args.get("order", "")) in self.orders else ""
        self.descending = bool(self.order) and args.get("direction") == "desc"
        self.page = number if (number := whole(args.get("page", ""))) else 1

    def _narrowings(self, args: MultiDict[str, str]) -> Iterator[Choices | Span | One]:
        """What it can be narrowed by: as declared, then by the kinds and dates of its columns, then by a record."""
        screen, model, mapper = self.screen, self.model, inspect(self.model)
        said, covered = set[str](), set[str]()
        for declared in screen.filters:
            each = Choices(declared, args)
            rests_on = names(declared.where(each.options[0][0]), model) if each.options else set()
            said.add(declared.name)
            if not hidden(screen, {declared.name, *rests_on}):
                covered |= rests_on
                yield each
        labels = {key: column.label for column in self.offered if (key := column_behind(column, model))}
        told = [key for key in screen.listed() if key in mapper.columns and key in FIELDS]
        labels = {key: field_label(model, key) for key in told} | labels
        labels = {key: label for key, label in labels.items() if key not in said and not hidden(screen, {key})}
        for key, label in labels.items():
            kind = mapper.columns[key].type
            if isinstance(kind, Enum) and kind.enum_class in WORDS and key not in covered:
                yield Choices(_of_enum(key, label, getattr(model, key), kind.enum_class), args)
        for key, label in labels.items():
            if isinstance(mapper.columns[key].type, Date | UtcDateTime):
                yield Span(key, label, getattr(model, key), args)
        for key in dict.fromkeys(("provider_id", "service_id", *labels)):
            if key in mapper.columns and key not in said and not hidden(screen, {key}):
                relation = relation_of(model, key) if table_pointed_at(mapper.columns[key]) else None
                if relation is not None and relation.mapper.class_ in GOVERNED:
                    yield One(key, field_label(model, key), getattr(model, key), relation.mapper.class_, args)

    # --- what the page tells of it ---

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(the input, the sentence) for whatever was said that cannot be followed."""
        return [error for each in self.narrowings if isinstance(each, Span) for error in each.errors]

    def chosen(self) -> list[Chosen]:
        found = [Chosen(_l("Search"), f"“{self.text}”", self.url(q=[]))] if self.text else []
        for each in self.narrowings:
            found += [Chosen(each.label, words, self.url(**{each.name: rest})) for words, rest in each.chosen()]
        return found

    # --- its address ---

    def pairs(self, **instead: Pairs) -> Pairs:
        """Names and values of its address, canonical; some of them replaced by others."""
        told: dict[str, Pairs] = {"q": [("q", self.text)] if self.text else []}
        told |= {each.name: each.pairs() for each in self.narrowings}
        told["columns"] = [("columns", ",".join(self.names))] if self.names != self.default else []
        told["order"] = [("order", self.order)] if self.order else []
        told["order"] += [("direction", "desc")] if self.descending else []
        return [pair for group in (told | instead).values() for pair in group]

    def address(self, **instead: Pairs) -> str:
        """What follows the question mark; empty for the list as it is before anybody chooses."""
        return urlencode(self.pairs(**instead), safe=",")

    def url(self, **instead: Pairs) -> str:
        """The list at its address."""
        return list_url(self.screen, self.address(**instead))

    def cleared(self) -> str:
        """The list as it is before anybody chooses; its columns stay."""
        return list_url(self.screen, urlencode([pair for pair in self.pairs() if pair[0] == "columns"], safe=","))

    def kept(self) -> Pairs:
        """What the search form says besides what it asks for."""
        shown = {"columns", "order", "direction", *(each.name for each in self.narrowings if isinstance(each, One))}
        return [pair for pair in self.pairs() if pair[0] in shown]

    def export_url(self, form: str) -> str:
        return f"{self.screen.route_base}/export?{urlencode([('format', form), *self.pairs()], safe=',')}"

    def page_url(self, page: int) -> str:
        return self.url(page=[("page", str(page))])

    def order_url(self, name: str) -> str:
        """From its start, in another order; the other way round where it is in that order already."""
        descending = self.order == name and not self.descending
        return self.url(order=[("order", name), *([("direction", "desc")] if descending else [])])

    # --- its rows ---

    def _narrowed(self) -> Select[Any]:
        query = self.screen.query()
        if self.text:
            columns = self.screen.looked_into()
            query = query.where(or_(*(column.icontains(self.text, autoescape=True) for column in columns)))
        return query.where(*(clause for each in self.narrowings for clause in each.clauses()))

    def total(self) -> int:
        """How many rows it has. Counted without what the columns show."""
        counted = self._narrowed().with_only_columns(func.count(), maintain_column_froms=True)
        return db.session.scalar(counted) or 0

    def _ordered(self) -> Select[Any]:
        ordering = [each for each in self.screen.ordered if not hidden(self.screen, names(each, self.model))]
        if self.order:
            column = self.orders[self.order]
            ordering = [(column.desc() if self.descending else column.asc()).nulls_last()]
        eager = [option for column in self.columns for option in column.eager]
        query = self._narrowed().options(*self.screen.eager, *eager)
        return query.order_by(*ordering, self.model.id)

    def rows(self, total: int) -> list[Any]:
        """Those of its page; of the last one where it has not so many."""
        self.pages = max(1, -(-total // PAGE))
        self.page = min(max(1, self.page), self.pages)
        items = list(db.session.scalars(self._ordered().limit(PAGE).offset((self.page - 1) * PAGE)).unique())
        self.screen.prepare(items)
        return items

    def portions(self) -> Iterator[list[Any]]:
        """All of them, a few hundred in memory at a time."""
        rows = db.session.scalars(self._ordered().execution_options(yield_per=PORTION))
        for part in rows.partitions():
            items = list(part)
            self.screen.prepare(items)
            yield items


def _of_enum(name: str, label: Any, column: Any, kind: Any) -> Filter:
    return Filter(name, label, lambda: [(each.value, word(each)) for each in kind], lambda value: column == value)
