"""What a browser would post from a form as it is shown."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectField, SelectMultipleField


def posted(form: Any) -> MultiDict[str, str]:
    """Names and values of every input of `form`, unticked boxes left out."""
    data: MultiDict[str, str] = MultiDict()
    for field in form:
        if isinstance(field, FormField):
            data.update(posted(field.form))
        elif isinstance(field, FieldList):
            data.update(posted(field.entries))
        elif isinstance(field, SelectMultipleField):
            data.setlist(field.name, list(field.data or ()))
        elif isinstance(field, BooleanField):
            if field.data:
                data.add(field.name, "y")
        elif isinstance(field, RadioField | SelectField):
            if field.data is not None:
                data.add(field.name, field.data)
        else:
            data.add(field.name, field._value().replace("\n", "\r\n"))
    return data
