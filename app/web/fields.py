"""Form fields of our own."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.fields import choices as wtforms_choices
from wtforms.validators import NumberRange, StopValidation
from wtforms.widgets import TextInput

from app.vietnamese import format_date, number, parse_date

_WHOLE = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15})")


def choices(pairs: Iterable[tuple[str, str]], *, blank: str | None = None) -> list[Any]:
    """Return (value, label) pairs as choices of a select or radio field; WTForms is giving up plain tuples.

    ``blank`` is the label of an empty first choice, "Tất cả" in a filter or "Chọn đơn vị" in a form.
    """
    choice: Any = vars(wtforms_choices)["SelectChoice"]  # newer than the published types
    first = [] if blank is None else [("", blank)]
    return [choice(value, label) for value, label in [*first, *pairs]]


class DateField(Field):
    """A day typed as 23/9/2026 (or 23092026, or ISO); ``data`` is a date or None.

    What was typed is shown again when it cannot be read. An empty field is None, so ask for it with
    ``InputRequired`` where a day is needed.
    """

    widget = TextInput()
    data: date | None

    @property
    def day(self) -> date:
        """The day that ``InputRequired`` made sure of."""
        assert self.data is not None, "ask for it with InputRequired"
        return self.data

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return format_date(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; raises ValueError with the message shown at the field."""
        typed = _typed(self, valuelist)
        self.data = parse_date(typed) if typed else None

    def pre_validate(self, form: Any) -> None:
        """Stop at a day that cannot be read: "cần nhập" beside it would be wrong."""
        if self.process_errors:
            raise StopValidation()


class WholeNumberField(Field):
    """A whole number as people write it, 3468 or 3.468; ``data`` is an int or None, shown as 3.468.

    What was typed is shown again when it cannot be read. Bounds belong to ``NumberRange``.
    """

    widget = TextInput()
    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else number(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; raises ValueError with the message shown at the field."""
        typed = _typed(self, valuelist)
        self.data = None
        if typed and not _WHOLE.fullmatch(typed):
            raise ValueError(self._asked())
        if typed:
            self.data = int(typed.replace(".", ""))

    def _asked(self) -> str:
        """What is wanted, within the bounds of the field where it has some: a term has no thousands."""
        bounds = next((v for v in self.validators if isinstance(v, NumberRange)), None)
        if bounds is None or bounds.min is None or bounds.max is None:
            return "Nhập số nguyên, ví dụ 45 hoặc 3.468"
        return f"Nhập số nguyên từ {number(bounds.min)} đến {number(bounds.max)}."

    def pre_validate(self, form: Any) -> None:
        """Stop at a number that cannot be read."""
        if self.process_errors:
            raise StopValidation()


def _typed(field: Field, valuelist: list[Any]) -> str:
    """Return what was typed without spaces around it; spaces alone count as nothing for ``InputRequired``."""
    typed = str(valuelist[0]).strip() if valuelist else ""
    if not typed:
        field.raw_data = []
    return typed
