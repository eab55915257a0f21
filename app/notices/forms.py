"""Forms of notices."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.documents.drafting import PaperDetailsForm, RecordForm, WordsForm, words_form
from app.documents.models import WAY_LABELS, IssueWay
from app.notices.services import Correction
from app.notices.texts import Piece
from app.web import BaseForm, DateField, WholeNumberField, choices


class DraftForm(BaseForm):
    """Which units one notice is for."""

    units = SelectMultipleField("Đơn vị được kết luận", coerce=int)


def texts_form(pieces: Iterable[Piece]) -> type[WordsForm]:
    """A form class with one text area for each text."""
    return words_form([piece.words for piece in pieces], WordsForm, name=field_name)


def field_name(key: str) -> str:
    """Keys hold a hyphen, names of attributes cannot."""
    return key.replace("-", "__")


class DetailsForm(PaperDetailsForm):
    """The same of a notice: its kind has a name of its own, and somebody follows what it asks for."""

    type_name = StringField("Tên loại văn bản", [InputRequired(), Length(max=60)])
    way = RadioField(
        "Cách ban hành",
        [InputRequired()],
        choices=choices([(way.value, WAY_LABELS[way]) for way in (IssueWay.RECORDED, IssueWay.HERE)]),
    )
    follow_unit_id = SelectField(
        "Bộ phận theo dõi", [Optional()], coerce=lambda value: int(value) if value else None
    )
    follower_id = SelectField(
        "Người theo dõi", [Optional()], coerce=lambda value: int(value) if value else None
    )
    whole_batch = BooleanField()


class ReturnForm(BaseForm):
    """Trả lại để hoàn thiện."""

    opinion = TextAreaField("Lý do trả lại, chỗ cần hoàn thiện", [InputRequired(), Length(max=2000)])


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


class NoticeRecordForm(RecordForm):
    """The same facts; what is confirmed is the record behind the notice."""

    confirmed = BooleanField("Đã xem từng chỗ khác; hồ sơ đúng với bản đã ban hành")


CORRECTION_ROWS = 5
"""Empty rows for places that were printed wrong."""


class CorrectionRow(Form):
    """One place: where, as printed, as it should read."""

    place = StringField("Vị trí (trang, mục, dòng)", [Length(max=200)])
    printed = StringField("Đã in", [Length(max=1000)])
    corrected = StringField("Sửa lại là", [Length(max=1000)])

    @property
    def correction(self) -> Correction:
        """What was typed, without spaces around it."""
        texts = ((field.data or "").strip() for field in (self.place, self.printed, self.corrected))
        return Correction(*texts)

    def validate_place(self, field: Field) -> None:
        """Words without a place are not thrown away."""
        row = self.correction
        if not row.place and (row.printed or row.corrected):
            raise ValidationError("Ghi vị trí: trang, mục, dòng.")

    def validate_corrected(self, field: Field) -> None:
        """A row changes something."""
        row = self.correction
        if row.place and row.printed == row.corrected:
            raise ValidationError("Chữ đúng phải khác chữ đã in.")


class CorrigendumForm(BaseForm):
    """The places of an issued paper that a corrigendum puts right."""

    lines = FieldList(FormField(CorrectionRow), "Chỗ đính chính", min_entries=CORRECTION_ROWS, max_entries=30)

    def corrections(self) -> list[Correction]:
        """The rows that say something."""
        rows = [row.form.correction for row in self.lines]
        return [row for row in rows if row.place]


class ReplacementForm(BaseForm):
    """Soạn thông báo thay thế."""

    reason = TextAreaField(
        "Lý do thay thế",
        [InputRequired("Ghi lý do thay thế: nội dung nào sai, sửa thế nào."), Length(min=3, max=2000)],
    )


FATES = (("keep", "Chuyển tiếp"), ("reword", "Giao lại bằng câu chữ, thời hạn khác"), ("drop", "Rút"))


class FatesForm(BaseForm):
    """What becomes of each open task of the replaced notice; the fields are added by `fates_form`."""

    task_ids: tuple[int, ...] = ()


def fates_form(tasks: Iterable[tuple[int, str, str, str]]) -> type[FatesForm]:
    """The form with a choice and a reason for each (key, code, fate so far, reason so far)."""
    fields: dict[str, object] = {}
    keys = []
    for key, code, fate, reason in tasks:
        keys.append(key)
        fields[f"fate__{key}"] = RadioField(
            f"Xử lý {code}", [InputRequired("Chọn cách xử lý.")], choices=choices(list(FATES)), default=fate
        )
        fields[f"reason__{key}"] = StringField(
            f"Lý do giao lại hoặc rút {code}", [Length(max=500)], default=reason
        )
    return type("NoticeFates", (FatesForm,), {**fields, "task_ids": tuple(keys)})


class PrintForm(BaseForm):
    """One file of all notices of a batch."""

    two_sided = BooleanField("In hai mặt: mỗi thông báo bắt đầu ở một tờ mới", default=True)


class PublicationForm(BaseForm):
    """Công khai, or why not."""

    public = RadioField(
        "Công khai thông báo",
        [InputRequired()],
        choices=choices([("yes", "Đã công khai"), ("no", "Không công khai")]),
        default="yes",
    )
    on = DateField("Ngày công khai", [Optional()])
    place = StringField("Nơi công khai", [Length(max=200)])
    reason = StringField("Lý do không công khai", [Length(max=500)])
