"""Form fields: one way from what a step or a column asks for to what stands on the page."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import Boolean, Date, Enum, Integer, Time, inspect, or_, select
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from models import Model, db
from models.base import LONDON, UtcDateTime, table_pointed_at
from views.labels import field_label, word
from workflows.steps import LARGEST_NUMBER, YEARS, Input, InputKind

MATCHES_SHOWN = 20


class LookupField(Field):
    """A record out of a table that may be large: typed by name, never chosen from a list of all.

    With JavaScript the names are completed as they are typed. Without, the typed name is looked up when the
    form is sent: one match is taken, several are offered as radio buttons. The rows are those the person may see.
    """

    def __init__(self, label: Any = None, validators: Any = (), *, model: type[Model], **kw: Any) -> None:
        super().__init__(label, validators, **kw)
        self.model = model
        self.text = ""
        self.matches: list[tuple[int, str]] = []

    def process_data(self, value: Any) -> None:
        super().process_data(value)
        self.text = self._name(value) if value else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """`valuelist` holds the typed name, the id that the page came with, and last that of a radio button, if any."""
        typed = [value.strip() for value in valuelist if not value.startswith("#")]
        ids = [value[1:] for value in valuelist if value.startswith("#")]
        self.text, self.data = (typed[0] if typed else ""), None
        if ids and ids[-1]:
            name, certain = self._name(ids[-1]), not typed or len(ids) > 1
            if name and (certain or name == self.text):
                self.data, self.text = int(ids[-1]), name
                return
            if certain:  # else an emptied or retyped name stands beside the id of the one before
                raise ValueError(_("What you chose is not there, or not yours to see. Choose again."))
        if not self.text:
            return
        self.matches = lookup(self.model, self.text, MATCHES_SHOWN)
        if not self.matches and (own := self.text.rpartition(", ")[0]):  # a part as its picker shows it
            self.matches = [match for match in lookup(self.model, own, MATCHES_SHOWN) if self._is_typed(match)]
        exact = [match for match in self.matches if self._is_typed(match)]
        if len(self.matches) == 1 or len(exact) == 1:
            self.data, self.text = (exact or self.matches)[0]
            self.matches = []
        elif self.matches:
            raise ValueError(_("Several match “%(text)s”. Choose one of them.", text=self.text))
        else:
            raise ValueError(_("Nothing matches “%(text)s”. Check the name, or type part of it.", text=self.text))

    def _is_typed(self, match: tuple[int, str]) -> bool:
        return match[1].casefold() == self.text.casefold()

    def _name(self, key: Any) -> str:
        number = whole(str(key))
        item = db.session.get(self.model, number) if number is not None else None
        return name_of(item) if item is not None else ""


def whole(text: str) -> int | None:
    """A whole number that the database can hold, or None. Python's own `int` takes more, and fails on some."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None
    return number if number is not None and number <= LARGEST_NUMBER else None


def name_of(item: Any) -> str:
    """A record's name as a lookup shows it: a part or a contact with the service it belongs to."""
    home = getattr(item, "service", None) if type(item).__name__ == "ServicePart" else None
    return f"{item}, {home}" if home is not None else str(item)


def named_by(model: type[Any]) -> list[Any]:
    """The columns by which a record is looked up; none for a kind of record that has no name of its own."""
    return [
        getattr(model, name) for name in ("name", "title", "post", "regulator_id", "postcode") if hasattr(model, name)
    ]


def lookup(model: type[Any], text: str, limit: int) -> list[tuple[int, str]]:
    """Records whose name, or regulator's id, contains what was typed; only those the person may see."""
    columns = named_by(model)
    query = select(model).where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if hasattr(model, "merged_into_id"):
        query = query.where(model.merged_into_id.is_(None))
    rows = db.session.scalars(query.order_by(columns[0], model.id).limit(limit))
    return [(row.id, name_of(row)) for row in rows]


class MomentField(Field):
    """A date and a time by the clock on the office wall; kept as a moment with its zone."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                local = dt.datetime.fromisoformat(valuelist[0].strip())
                if local.year not in YEARS:
                    raise ValueError
            except ValueError:
                raise ValueError(_("Enter a date and a time, like 2026-03-31 14:30.")) from None
            self.data = local.replace(tzinfo=LONDON) if local.tzinfo is None else local

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class DayField(DateField):
    """A date; says in words what is wrong with it."""

    data: dt.date | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        try:
            super().process_formdata(valuelist)
            if self.data is not None and self.data.year not in YEARS:
                raise ValueError
        except ValueError:
            self.data = None
            raise ValueError(_("Enter a date, like 31/03/2026.")) from None


class ClockField(Field):
    """A time by the clock on the office wall."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = dt.time.fromisoformat(valuelist[0].strip())
            except ValueError:
                raise ValueError(_("Enter a time, like 17:00.")) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if self.data else ""


class NumberField(IntegerField):
    """A whole number; says in words what is wrong with it."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = number = whole(text)
        if text and number is None:
            raise ValueError(_("Enter a whole number from 0 to %(largest)s.", largest=LARGEST_NUMBER))


class ChoiceField(SelectField):
    """One of a few. An empty choice is nothing, an unknown one is refused in words."""

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in [choice.value for choice in self.choices]:
            raise ValidationError(_("Choose one of the list."))


class SeveralField(SelectMultipleField):
    """Any of a few, as boxes to tick. None ticked is nothing, an unknown one is refused in words."""

    def pre_validate(self, form: Any) -> None:
        known = [choice.value for choice in self.choices]
        if any(each not in known for each in self.data or ()):
            raise ValidationError(_("Choose from the list only."))


class Needed:
    """Something must be left of what was sent, once it was read: neither blanks nor a choice of nothing."""

    field_flags = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if field.data in (None, "", []):
            raise StopValidation("" if field.errors else self.message)


def input_for(model: type[Any], name: str, required: frozenset[str] = frozenset(), **kw: Any) -> Input:
    """What a form asks for a column: its kind from the column's type, a record where it points at one."""
    column = inspect(model).columns[name]
    kind, extra = InputKind.line, dict[str, Any]()
    if (target := table_pointed_at(column)) is not None:
        kind = InputKind.record
        extra["model"] = next(m.class_ for m in Model.registry.mappers if m.class_.__tablename__ == target)
    elif isinstance(column.type, Enum):
        kind, extra["choices"] = InputKind.choice, column.type.enum_class
    elif isinstance(column.type, Boolean):
        kind = InputKind.flag
    elif isinstance(column.type, Date):
        kind = InputKind.date
    elif isinstance(column.type, Time):
        kind = InputKind.time
    elif isinstance(column.type, UtcDateTime):
        kind = InputKind.moment
    elif isinstance(column.type, Integer):
        kind = InputKind.number
    # A choice cannot be emptied as a line can: it is asked for even where the table has a default.
    empty = column.nullable or kind is InputKind.flag or (column.default is not None and kind is not InputKind.choice)
    needed = name in required or not empty
    return Input(name, field_label(model, name), **{"kind": kind, "required": needed, **extra, **kw})


def field_for(asked: Input) -> Any:
    """The WTForms field that asks for it."""
    checks: list[Any] = [
        Needed(_required(asked)) if asked.required and asked.kind is not InputKind.flag else Optional()
    ]
    told = {"description": asked.hint}
    if asked.kind is InputKind.text:
        return TextAreaField(asked.label, checks, filters=[_trimmed], **told)
    if asked.kind is InputKind.line:
        told_when_longer = _("Shorten this to %(longest)s characters at most.", longest=asked.longest)
        checks.append(Length(max=asked.longest, message=told_when_longer))
        return StringField(asked.label, checks, filters=[_trimmed], **told)
    if asked.kind is InputKind.flag:
        return BooleanField(asked.label, **told)
    if asked.kind is InputKind.file:
        return FileField(asked.label, checks, **told)
    if asked.kind is InputKind.number:
        return NumberField(asked.label, checks, **told)
    if asked.kind is InputKind.date:
        return DayField(asked.label, checks, format=["%Y-%m-%d", "%d/%m/%Y"], **told)
    if asked.kind is InputKind.moment:
        return MomentField(asked.label, checks, **told)
    if asked.kind is InputKind.time:
        return ClockField(asked.label, checks, **told)
    if asked.kind is InputKind.several:
        return SeveralField(asked.label, checks, choices=_choices(asked)[1:], coerce=_coerce(asked), **told)
    if asked.kind is InputKind.record and asked.model is not None:
        return LookupField(asked.label, checks, model=asked.model, **told)
    return ChoiceField(asked.label, checks, choices=_choices(asked), coerce=_coerce(asked), **told)


def _required(asked: Input) -> str:
    return _("Fill in “%(field)s”.", field=asked.label)


def _trimmed(value: str | None) -> str | None:
    return value.strip() if value else value


def _choices(asked: Input) -> list[SelectChoice]:
    if asked.choices is not None:
        told: Iterable[tuple[Any, Any]] = ((member, word(member)) for member in asked.choices)
    else:
        told = asked.options(db.session) if asked.options else ()
    return [SelectChoice("", ""), *(SelectChoice(key, name) for key, name in told)]


def _coerce(asked: Input) -> Any:
    if asked.kind in (InputKind.word, InputKind.several):
        known = {str(key): key for key, _name in asked.options(db.session)} if asked.options else {}
        return lambda value: None if value in (None, "", "None") else known.get(str(value), value)

    def coerce(value: Any) -> Any:
        if value in (None, "", "None"):
            return None
        try:
            return asked.choices(value) if asked.choices is not None else int(value)
        except ValueError:
            return value

    return coerce


class CarewardForm(FlaskForm):
    """Every form: CSRF comes with FlaskForm. `version` tells which state of the record was read."""

    version = HiddenField()

    def values(self, asked: Iterable[Input]) -> dict[str, Any]:
        """What was filled in, by name; an emptied line or text is None, as nothing was said."""
        told = {each.name: self[each.name].data for each in asked}
        return {name: None if value in ("", []) else value for name, value in told.items()}

    def read_version(self) -> int:
        """The version that was read; one that no record has where nothing or nonsense is said."""
        number = whole(self.version.data or "")
        return -1 if number is None else number


def form_for(asked: Sequence[Input], **more: Any) -> type[CarewardForm]:
    """A form class that asks for these things, in this order."""
    return type("AskedForm", (CarewardForm,), {**{each.name: field_for(each) for each in asked}, **more})
