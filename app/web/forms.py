"""The form every form of the product starts from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from wtforms import Field, FieldList, FileField, Form, FormField, IntegerField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.errors import DomainError
from app.web import uploads
from app.web.messages import VIETNAMESE, Vietnamese, csrf_message


class _Csrf(_FlaskFormCSRF):  # type: ignore[misc]  # the library is untyped
    """The check of Flask-WTF with a message people can act on."""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        try:
            super().validate_csrf_token(form, field)
        except ValidationError as error:
            raise ValidationError(csrf_message(str(error))) from error


class BaseForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A form with Vietnamese messages and the hidden version of the row it was filled from.

    ``version.data`` is None when the form makes something new. Give it to the service, which raises ``Stale``
    when the row has moved on.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the library is untyped
        """Messages in Vietnamese, whatever the locale of the browser."""

        csrf_class = _Csrf

        def get_translations(self, form: Any) -> Vietnamese:
            """Return the one catalogue there is."""
            return VIETNAMESE

    version = IntegerField("Phiên bản", [Optional()], widget=HiddenInput())
    standing: Sequence[tuple[str, str]] = ()
    """After a stale edit: label and saved value of what differs (`web.stand_beside`)."""

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read what was sent, and what was held of an earlier sending."""
        super().process(formdata, *args, **kwargs)
        if formdata is not None and self.is_submitted():
            uploads.give_back(self)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Refuse a form of which a held file is gone, too: nothing is left out in silence."""
        good = super().validate(*args, **kwargs)
        return not uploads.ask_for_lost(self) and bool(good)

    def seen(self) -> int:
        """Return the version that was on the page; an edit that names none is refused (DomainError)."""
        if self.version.data is None:
            raise DomainError("Biểu mẫu không ghi phiên bản. Mở lại trang rồi thực hiện lại.")
        return int(self.version.data)

    def refuse(self, message: str, field: str | None = None) -> None:
        """Show what a service refused (``DomainError.message``) at ``field``, or above the form."""
        if field is not None and field in self:
            self[field].errors = [*self[field].errors, message]
        else:
            self.form_errors.append(message)


@dataclass(frozen=True)
class ErrorLine:
    """One line of the error summary; ``target`` is the id of the control, "" when the whole form is meant."""

    label: str
    message: str
    target: str = ""


def error_lines(form: Form) -> list[ErrorLine]:
    """Return every mistake of a form with the control it belongs to, nested forms and lists included."""
    lines = [ErrorLine("", message) for message in form.form_errors]
    return lines + list(_field_lines(form))


def _field_lines(fields: Iterable[Field]) -> Iterator[ErrorLine]:
    for field in fields:
        if isinstance(field, FormField):
            yield from (ErrorLine("", message) for message in field.form.form_errors)
            yield from _field_lines(field.form)
        elif isinstance(field, FieldList):
            yield from _field_lines(field.entries)
            own = (message for message in field.errors if isinstance(message, str) and not field.entries)
            yield from (ErrorLine(field.label.text, message) for message in own)
        elif field.errors:
            hidden = getattr(field.widget, "input_type", "") == "hidden"
            several = field.type in ("RadioField", "SelectMultipleField")
            target = "" if hidden else f"{field.id}-0" if several else str(field.id)
            yield ErrorLine(field.label.text, " ".join(map(str, field.errors)), target)


def has_file_field(form: Form) -> bool:
    """Tell whether the form must be sent as multipart."""
    return any(isinstance(field, FileField) for field in form)
