"""Forms of notices."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.documents.chain import TextChange
from app.documents.models import WAY_LABELS, IssueWay
from app.notices.texts import MAX_LENGTH, Piece
from app.web import BaseForm, DateField, WholeNumberField, choices


class DraftForm(BaseForm):
    """Which units one notice is for."""

    units = SelectMultipleField("Đơn vị được kết luận", coerce=int)


class TextsForm(BaseForm):
    """Texts of one part; the fields are added by `texts_form`."""

    def changes(self) -> tuple[TextChange, ...]:
        """What was typed, text by text."""
        return tuple(TextChange(name.replace("__", "-"), self[name].data or "") for name in self._text_names)

    _text_names: tuple[str, ...] = ()


def texts_form(pieces: Iterable[Piece]) -> type[TextsForm]:
    """A form class with one text area for each text."""
    fields: dict[str, object] = {}
    for piece in pieces:
        label = f"Câu chữ {piece.where}" if piece.item is not None else piece.label
        fields[field_name(piece.key)] = TextAreaField(label, [Length(max=MAX_LENGTH)], default=piece.text)
    names = tuple(fields)
    return type("NoticeTexts", (TextsForm,), {**fields, "_text_names": names})


class ChangesForm(TextsForm):
    """Texts that the signer changes, with the opinion that goes with the approval."""

    opinion = TextAreaField("Ý kiến (nếu có)", [Length(max=2000)])


def changes_form(pieces: Iterable[Piece]) -> type[ChangesForm]:
    """The same for Sửa và duyệt."""
    base = texts_form(pieces)
    return type("NoticeChanges", (base, ChangesForm), {})


def field_name(key: str) -> str:
    """Keys hold a hyphen, names of attributes cannot."""
    return key.replace("-", "__")


class DetailsForm(BaseForm):
    """Title, way, signer, follower."""

    subject = TextAreaField("Trích yếu", [InputRequired(), Length(max=500)])
    type_name = StringField("Tên loại văn bản", [InputRequired(), Length(max=60)])
    symbol = StringField("Ký hiệu", [InputRequired(), Length(max=30)])
    way = RadioField(
        "Cách ban hành",
        [InputRequired()],
        choices=choices([(way.value, WAY_LABELS[way]) for way in (IssueWay.RECORDED, IssueWay.HERE)]),
    )
    signer_id = SelectField("Người ký", [Optional()], coerce=lambda value: int(value) if value else None)
    signature_prefix = TextAreaField("Quyền hạn, chức vụ ghi trên chỗ ký", [Length(max=300)])
    follow_unit_id = SelectField(
        "Bộ phận theo dõi", [Optional()], coerce=lambda value: int(value) if value else None
    )
    follower_id = SelectField(
        "Người theo dõi", [Optional()], coerce=lambda value: int(value) if value else None
    )


class OpinionForm(BaseForm):
    """An act of the chain with its opinion."""

    opinion = TextAreaField("Ý kiến (nếu có)", [Length(max=2000)])


class ReturnForm(BaseForm):
    """Trả lại để hoàn thiện."""

    opinion = TextAreaField("Lý do trả lại, chỗ cần hoàn thiện", [InputRequired(), Length(max=2000)])


class ReasonForm(BaseForm):
    """Bỏ dự thảo, hủy bản đã ký."""

    opinion = TextAreaField("Lý do", [InputRequired(), Length(max=2000)])


class ReassignForm(ReasonForm):
    """Giao người soạn khác."""

    drafter_id = SelectField(
        "Người soạn", [InputRequired()], coerce=lambda value: int(value) if value else None
    )


class AskRecallForm(BaseForm):
    """Đề nghị thu hồi."""

    reason = TextAreaField(
        "Lý do thu hồi",
        [InputRequired("Ghi lý do đề nghị thu hồi."), Length(min=3, max=2000)],
    )


class RecallForm(BaseForm):
    """The paper that recalls a notice."""

    number = WholeNumberField(
        "Số văn bản thu hồi",
        [InputRequired("Nhập số của văn bản thu hồi."), NumberRange(min=1, max=999_999)],
    )
    symbol = StringField("Ký hiệu", [InputRequired("Nhập ký hiệu, ví dụ QĐ-SNV."), Length(max=30)])
    issued_on = DateField("Ngày văn bản", [InputRequired("Nhập ngày văn bản thu hồi.")])
    signer_name = StringField("Người ký", [InputRequired("Nhập người ký văn bản thu hồi."), Length(max=100)])
    signer_title = StringField("Chức vụ người ký", [Length(max=100)])
    scan = FileField("Bản scan văn bản thu hồi", [FileRequired("Chọn tệp văn bản thu hồi.")])


class RefuseRecallForm(BaseForm):
    """The leader's no."""

    refusal = TextAreaField(
        "Lý do không đồng ý",
        [InputRequired("Ghi lý do không đồng ý thu hồi."), Length(min=3, max=2000)],
    )


class UploadForm(BaseForm):
    """The issued PDF."""

    file = FileField("Tệp PDF đã ký, đã ban hành")


class RecordForm(TextsForm):
    """What stands on the issued paper; texts that differ are added as fields."""

    number = WholeNumberField("Số", [InputRequired(), NumberRange(min=1, max=999_999)])
    symbol = StringField("Ký hiệu", [InputRequired(), Length(max=30)])
    issued_on = DateField("Ngày văn bản", [InputRequired()])
    signer_name = StringField("Người ký", [InputRequired(), Length(max=100)])
    signer_title = StringField("Chức vụ người ký", [Length(max=100)])
    confirmed = BooleanField("Đã xem từng chỗ khác; hồ sơ đúng với bản đã ban hành")


def record_form(texts: Iterable[tuple[str, str, str]]) -> type[RecordForm]:
    """The form with a text area for each (key, label, proposed words) that differs."""
    fields: dict[str, object] = {
        field_name(key): TextAreaField(label, [Length(max=MAX_LENGTH)], default=words)
        for key, label, words in texts
    }
    names = tuple(fields)
    return type("NoticeRecord", (RecordForm,), {**fields, "_text_names": names})
