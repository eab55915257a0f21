"""Forms of imports."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from app.web import BaseForm


class UploadForm(BaseForm):
    """The file to be looked at."""

    file = FileField("Tệp Excel (.xlsx) hoặc CSV", [FileRequired("Chọn tệp cần nhập.")])


class ConfirmForm(BaseForm):
    """Which upload, and what its dry run showed."""

    upload = HiddenField(validators=[InputRequired()])
    fingerprint = HiddenField(validators=[InputRequired(), Length(min=64, max=64)])
