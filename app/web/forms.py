"""The form every form of the product starts from."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from wtforms import IntegerField, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.web.messages import VIETNAMESE, Vietnamese, csrf_message


class _Csrf(_FlaskFormCSRF):  # type: ignore[misc]
    """The check of Flask-WTF with a message people can act on."""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        try:
            super().validate_csrf_token(form, field)
        except ValidationError as error:
            raise ValidationError(csrf_message(str(error))) from error


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with Vietnamese messages and the hidden version of the row it was filled from.

    ``version.data`` is None when the form makes something new. Give it to the service, which raises ``Stale``
    when the row has moved on.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Messages in Vietnamese, whatever the locale of the browser."""

        csrf_class = _Csrf

        def get_translations(self, form: Any) -> Vietnamese:
            """Return the one catalogue there is."""
            return VIETNAMESE

    version = IntegerField("Phiên bản", [Optional()], widget=HiddenInput())
