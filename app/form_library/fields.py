"""The registry of field kinds: how each kind is asked, kept as JSON, read back and shown.

A new kind is one handler here, one member of `schema.FieldKind` and one row in inspection_forms/README.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeAlias, TypeVar

from wtforms import FormField, RadioField
from wtforms.validators import Optional

from app.form_library.inputs import (
    CodesInput,
    DayInput,
    NumberInput,
    RatioForm,
    RollCallForm,
    area_input,
    line_input,
    select_input,
)
from app.form_library.schema import FieldDefinition, FieldKind
from app.form_library.values import (
    MAX_COUNT,
    RESULT_LABELS,
    Presence,
    RatioValue,
    Result,
    RollCall,
    RollCallRow,
)
from app.vietnamese import format_date, number

V = TypeVar("V")

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
FieldValue: TypeAlias = Result | Decimal | RatioValue | date | str | tuple[str, ...] | RollCall
SHORT_TEXT_LIMIT = 200
LONG_TEXT_LIMIT = 4000


class FieldHandler(ABC, Generic[V]):
    """One kind of field. A value that was not given is None everywhere and is never stored."""

    @abstractmethod
    def make_field(self, definition: FieldDefinition) -> Any:
        """The unbound WTForms field. Never `required`: a criterion that was not examined asks nothing."""

    def value_of(self, field: Any) -> V | None:
        """The typed value of a validated bound field."""
        value: V | None = field.data
        return None if value in ("", ()) else value

    def initial(self, value: V) -> object:
        """The value in the shape WTForms wants as `data`, to fill the field for editing."""
        return value

    def error_place(self, field: Any) -> Any:
        """The field that carries an error about the whole."""
        return field

    @abstractmethod
    def to_stored(self, value: V) -> JsonValue:
        """The value as JSON."""

    @abstractmethod
    def from_stored(self, stored: JsonValue) -> V:
        """The value read back. Raises ValueError when it is not what `to_stored` writes."""

    @abstractmethod
    def display(self, value: V, definition: FieldDefinition) -> str:
        """The value as minutes and tables print it, without the label."""


class ResultHandler(FieldHandler[Result]):
    """One of the five results."""

    def make_field(self, definition: FieldDefinition) -> Any:
        choices: Any = {str(value): label for value, label in RESULT_LABELS.items()}
        return RadioField(definition.label, [Optional()], choices=choices, description=definition.hint)

    def value_of(self, field: Any) -> Result | None:
        return Result(field.data) if field.data else None

    def initial(self, value: Result) -> object:
        return str(value)

    def to_stored(self, value: Result) -> JsonValue:
        return str(value)

    def from_stored(self, stored: JsonValue) -> Result:
        return Result(_text(stored))

    def display(self, value: Result, definition: FieldDefinition) -> str:
        return RESULT_LABELS[value]


class NumberHandler(FieldHandler[Decimal]):
    """A number with a unit, from 0 unless the form says otherwise; stored as text, so 1.30 stays 1.30."""

    default_maximum = Decimal(MAX_COUNT)
    suffix = ""

    def make_field(self, definition: FieldDefinition) -> Any:
        return NumberInput(
            definition.label,
            low=Decimal(0) if definition.minimum is None else definition.minimum,
            high=self.default_maximum if definition.maximum is None else definition.maximum,
            decimals=definition.decimals,
            suffix=self.suffix,
            description=definition.hint,
        )

    def to_stored(self, value: Decimal) -> JsonValue:
        return f"{value:f}"

    def from_stored(self, stored: JsonValue) -> Decimal:
        try:
            value = Decimal(_text(stored))
        except InvalidOperation:
            raise ValueError("not a number") from None
        if not value.is_finite():
            raise ValueError("not a number")
        return value

    def display(self, value: Decimal, definition: FieldDefinition) -> str:
        return f"{number(value, definition.decimals)} {definition.unit}".strip()


class PercentageHandler(NumberHandler):
    """A percentage from 0 to 100."""

    default_maximum = Decimal(100)
    suffix = "%"

    def display(self, value: Decimal, definition: FieldDefinition) -> str:
        return f"{number(value, definition.decimals)}%"


class RatioHandler(FieldHandler[RatioValue]):
    """Total, examined, failing, and the percentage worked out from them."""

    def make_field(self, definition: FieldDefinition) -> Any:
        return FormField(RatioForm, definition.label, description=definition.hint)

    def value_of(self, field: Any) -> RatioValue | None:
        value: RatioValue | None = field.form.value()
        return value

    def initial(self, value: RatioValue) -> object:
        return {
            "total": Decimal(value.total),
            "sample": Decimal(value.sample),
            "failing": Decimal(value.failing),
        }

    def error_place(self, field: Any) -> Any:
        return field.form.total

    def to_stored(self, value: RatioValue) -> JsonValue:
        return {"total": value.total, "sample": value.sample, "failing": value.failing}

    def from_stored(self, stored: JsonValue) -> RatioValue:
        table = _table(stored, ("total", "sample", "failing"))
        return RatioValue(_count(table["total"]), _count(table["sample"]), _count(table["failing"]))

    def display(self, value: RatioValue, definition: FieldDefinition) -> str:
        unit = f" {definition.unit}" if definition.unit else ""
        text = f"kiểm tra {number(value.sample)}/{number(value.total)}{unit}"
        if value.percent is None:
            return text
        return f"{text}, có sai sót {number(value.failing)} ({number(value.percent, 2)}%)"


class DateHandler(FieldHandler[date]):
    """A date typed as d/m/yyyy; stored as ISO."""

    def make_field(self, definition: FieldDefinition) -> Any:
        return DayInput(definition.label, description=definition.hint)

    def to_stored(self, value: date) -> JsonValue:
        return value.isoformat()

    def from_stored(self, stored: JsonValue) -> date:
        return date.fromisoformat(_text(stored))

    def display(self, value: date, definition: FieldDefinition) -> str:
        return format_date(value)


class ShortTextHandler(FieldHandler[str]):
    """Text on one line."""

    def make_field(self, definition: FieldDefinition) -> Any:
        return line_input(definition.label, SHORT_TEXT_LIMIT, description=definition.hint)

    def to_stored(self, value: str) -> JsonValue:
        return value

    def from_stored(self, stored: JsonValue) -> str:
        return _text(stored)

    def display(self, value: str, definition: FieldDefinition) -> str:
        return value


class LongTextHandler(ShortTextHandler):
    """Text on several lines."""

    def make_field(self, definition: FieldDefinition) -> Any:
        return area_input(definition.label, LONG_TEXT_LIMIT, description=definition.hint)


class ChoiceHandler(ShortTextHandler):
    """One of the choices that the form lists; the value is stored, the label is shown."""

    def make_field(self, definition: FieldDefinition) -> Any:
        labels = {choice.value: choice.label for choice in definition.choices}
        return select_input(definition.label, labels, description=definition.hint)

    def display(self, value: str, definition: FieldDefinition) -> str:
        return next((choice.label for choice in definition.choices if choice.value == value), value)


class ApplicationCodesHandler(FieldHandler[tuple[str, ...]]):
    """Codes of the applications looked at; personal data, hence restricted."""

    def make_field(self, definition: FieldDefinition) -> Any:
        return CodesInput(definition.label, [Optional()], description=definition.hint)

    def to_stored(self, value: tuple[str, ...]) -> JsonValue:
        return list(value)

    def from_stored(self, stored: JsonValue) -> tuple[str, ...]:
        return tuple(_text(item) for item in _list(stored))

    def display(self, value: tuple[str, ...], definition: FieldDefinition) -> str:
        return "; ".join(value)


class RollCallHandler(FieldHandler[RollCall]):
    """A roll-call table; personal data, hence restricted. Only its totals are shown."""

    def make_field(self, definition: FieldDefinition) -> Any:
        return FormField(RollCallForm, definition.label, description=definition.hint)

    def value_of(self, field: Any) -> RollCall | None:
        value: RollCall | None = field.form.value()
        return value

    def initial(self, value: RollCall) -> object:
        rows = [{**_row_to_stored(row), "presence": str(row.presence)} for row in value.rows]
        # Blank rows at the end, so that somebody can be added without JavaScript.
        return {"on": value.on, "at": value.at or None, "place": value.place, "rows": [*rows, {}, {}, {}]}

    def error_place(self, field: Any) -> Any:
        return field.form.on

    def to_stored(self, value: RollCall) -> JsonValue:
        rows: list[JsonValue] = [_row_to_stored(row) for row in value.rows]
        return {
            "on": value.on.isoformat() if value.on else None,
            "at": value.at,
            "place": value.place,
            "rows": rows,
        }

    def from_stored(self, stored: JsonValue) -> RollCall:
        table = _table(stored, ("on", "at", "place", "rows"))
        return RollCall(
            rows=tuple(_row_from_stored(row) for row in _list(table["rows"])),
            on=None if table["on"] is None else date.fromisoformat(_text(table["on"])),
            at=_text(table["at"]),
            place=_text(table["place"]),
        )

    def display(self, value: RollCall, definition: FieldDefinition) -> str:
        totals = value.totals
        return (
            f"{totals.listed} người; có mặt {totals.present}; vắng có lý do {totals.excused}"
            f" (nghỉ phép {totals.on_leave}; đi công tác, họp {totals.on_duty};"
            f" đi cơ sở {totals.in_the_field});"
            f" vắng không có lý do {totals.unexcused}; đeo thẻ {totals.badge}"
        )


REGISTRY: Mapping[FieldKind, FieldHandler[Any]] = {
    FieldKind.RESULT: ResultHandler(),
    FieldKind.NUMBER: NumberHandler(),
    FieldKind.RATIO: RatioHandler(),
    FieldKind.PERCENTAGE: PercentageHandler(),
    FieldKind.DATE: DateHandler(),
    FieldKind.SHORT_TEXT: ShortTextHandler(),
    FieldKind.LONG_TEXT: LongTextHandler(),
    FieldKind.CHOICE: ChoiceHandler(),
    FieldKind.APPLICATION_CODES: ApplicationCodesHandler(),
    FieldKind.ROLL_CALL: RollCallHandler(),
}


def handler_for(kind: FieldKind) -> FieldHandler[Any]:
    """The handler of a field kind."""
    return REGISTRY[kind]


_ROW_TEXTS = ("name", "post", "section", "reason", "note")


def _row_to_stored(row: RollCallRow) -> dict[str, JsonValue]:
    stored: dict[str, JsonValue] = {key: getattr(row, key) for key in _ROW_TEXTS}
    return {**stored, "presence": str(row.presence), "badge": row.badge}


def _row_from_stored(stored: JsonValue) -> RollCallRow:
    table = _table(stored, (*_ROW_TEXTS, "presence", "badge"))
    badge = table["badge"]
    if not isinstance(badge, bool):
        raise ValueError("badge is not true or false")
    return RollCallRow(
        presence=Presence(_text(table["presence"])),
        badge=badge,
        name=_text(table["name"]),
        post=_text(table["post"]),
        section=_text(table["section"]),
        reason=_text(table["reason"]),
        note=_text(table["note"]),
    )


def _text(stored: JsonValue) -> str:
    if not isinstance(stored, str):
        raise ValueError("not a text")
    return stored


def _count(stored: JsonValue) -> int:
    if not isinstance(stored, int) or isinstance(stored, bool):
        raise ValueError("not a whole number")
    return stored


def _list(stored: JsonValue) -> list[JsonValue]:
    if not isinstance(stored, list):
        raise ValueError("not a list")
    return stored


def _table(stored: JsonValue, keys: tuple[str, ...]) -> dict[str, JsonValue]:
    if not isinstance(stored, dict) or set(stored) != set(keys):
        raise ValueError(f"not a table of {', '.join(keys)}")
    return stored
