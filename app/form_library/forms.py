"""Forms of publishing."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from app.web import BaseForm


class FormFileForm(BaseForm):
    """The file of a form version."""

    file = FileField("Tệp phiếu kiểm tra (.yaml)", [FileRequired("Chọn tệp phiếu kiểm tra.")])


class PublishForm(BaseForm):
    """Which upload, and what its preview showed."""

    upload = HiddenField(validators=[InputRequired()])
    fingerprint = HiddenField(validators=[InputRequired(), Length(min=64, max=64)])
