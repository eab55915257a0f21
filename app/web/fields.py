"""Form fields of our own."""

import re
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.vietnamese import format_date, number, parse_date

_WHOLE = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15})")


class DateField(Field):
    """A day typed as 23/9/2026 (or 23092026, or ISO); ``data`` is a date or None.

    What was typed is shown again when it cannot be read. An empty field is None, so ask for it with
    ``InputRequired`` where a day is needed.
    """

    widget = TextInput()
    data: date | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return format_date(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; raises ValueError with the message shown at the field."""
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            self.data = parse_date(str(valuelist[0]))

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
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if typed and not _WHOLE.fullmatch(typed):
            raise ValueError("Nhập số nguyên, ví dụ 45 hoặc 3.468")
        if typed:
            self.data = int(typed.replace(".", ""))

    def pre_validate(self, form: Any) -> None:
        """Stop at a number that cannot be read."""
        if self.process_errors:
            raise StopValidation()
