"""Form fields of our own."""

from datetime import date
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from app.vietnamese import format_date, parse_date


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
