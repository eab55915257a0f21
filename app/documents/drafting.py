"""Forms of papers on their way: their words, what stands around them, the acts of the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.documents.chain import TextChange, Words
from app.documents.models import WAY_LABELS
from app.documents.papers.words import MAX_LENGTH
from app.web import BaseForm, DateField, WholeNumberField, choices


def text_field(ref: str) -> str:
    """The field of the text with this ref."""
    return f"text_{ref.encode().hex()}"


def _number(value: str | None) -> int | None:
    return int(value) if value else None


class WordsForm(BaseForm):
    """Texts of a paper; the fields are added by `words_form`."""

    _names: Mapping[str, str] = {}

    def changes(self) -> tuple[TextChange, ...]:
        """What was typed, text by text."""
        return tuple(TextChange(ref, self[name].data or "") for ref, name in self._names.items())

    def named(self, field: str) -> str:
        """The field for one that a service names: a ref, or a field of its own."""
        return self._names.get(field, field)


Typed = TypeVar("Typed", bound=WordsForm)


def words_form(
    words: Iterable[Words],
    base: type[Typed],
    labels: str = "{where}",
    name: Callable[[str], str] = text_field,
) -> type[Typed]:
    """A form class with one text area for each text; `name` gives the field of a ref."""
    fields: dict[str, object] = {}
    names: dict[str, str] = {}
    for one in words:
        label = labels.format(where=one.where)
        names[one.ref] = name(one.ref)
        fields[names[one.ref]] = TextAreaField(label, [Length(max=MAX_LENGTH)], default=one.text)
    return type("PaperWords", (base,), {**fields, "_names": names})


class ChangesForm(WordsForm):
    """Texts that the signer changes, with the opinion that goes with the approval."""

    opinion = TextAreaField("Ý kiến (nếu có)", [Length(max=2000)])
    redate = BooleanField("Dời các thời hạn bị ngắn do chờ ký, tính lại từ hôm nay")


class PaperDetailsForm(BaseForm):
    """Title, symbol, way, signer."""

    subject = TextAreaField("Trích yếu", [InputRequired(), Length(max=500)])
    symbol = StringField("Ký hiệu", [InputRequired(), Length(max=30)])
    way = RadioField(
        "Cách ban hành",
        [InputRequired()],
        choices=choices([(way.value, label) for way, label in WAY_LABELS.items()]),
    )
    signer_id = SelectField("Người ký", [Optional()], coerce=_number)
    signature_prefix = TextAreaField("Quyền hạn, chức vụ ghi trên chỗ ký", [Length(max=300)])


class OpinionForm(BaseForm):
    """An act of the chain with its opinion."""

    opinion = TextAreaField("Ý kiến (nếu có)", [Length(max=2000)])


class ReasonForm(BaseForm):
    """Trả lại, bỏ dự thảo, hủy bản đã ký."""

    opinion = TextAreaField("Lý do", [InputRequired(), Length(max=2000)])


class ReassignForm(ReasonForm):
    """Giao người soạn khác."""

    drafter_id = SelectField("Người soạn", [InputRequired()], coerce=_number)


class UploadForm(BaseForm):
    """The issued PDF, or the scan of the paper."""

    file = FileField("Tệp PDF đã ký, đã ban hành")


class RecordForm(WordsForm):
    """What stands on the issued paper; texts that differ are added as fields."""

    number = WholeNumberField("Số", [InputRequired(), NumberRange(min=1, max=999_999)])
    symbol = StringField("Ký hiệu", [InputRequired(), Length(max=30)])
    issued_on = DateField("Ngày văn bản", [InputRequired()])
    signer_name = StringField("Người ký", [InputRequired(), Length(max=100)])
    signer_title = StringField("Chức vụ người ký", [Length(max=100)])
    confirmed = BooleanField("Đã xem từng chỗ khác; dự thảo đúng với bản đã ban hành")


class DelegationForm(BaseForm):
    """A written delegation to sign."""

    giver_id = SelectField("Người ủy quyền", [InputRequired("Chọn người ủy quyền.")], coerce=_number)
    taker_id = SelectField(
        "Người được ủy quyền", [InputRequired("Chọn người được ủy quyền.")], coerce=_number
    )
    basis = StringField("Văn bản ủy quyền (số, ký hiệu)", [InputRequired(), Length(max=200)])
    basis_on = DateField("Ngày văn bản ủy quyền", [InputRequired("Nhập ngày văn bản ủy quyền.")])
    starts_on = DateField("Từ ngày", [InputRequired("Nhập ngày bắt đầu.")])
    ends_on = DateField("Đến ngày", [InputRequired("Nhập ngày kết thúc.")])
    kinds = SelectMultipleField("Loại văn bản được ủy quyền ký")
