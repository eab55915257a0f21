"""Forms around documents: books of numbers, confirming receipt, recording a receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.documents.models import SENDING_LABELS, ReceiptKind, Recipient, SendingWay
from app.documents.word import Proposal
from app.web import BaseForm, DateField, WholeNumberField, choices


class AcknowledgeForm(BaseForm):
    """The statement and the hash that were on the page when it was read."""

    statement = HiddenField("Nội dung xác nhận", [InputRequired(), Length(max=2000)])
    document_sha256 = HiddenField("Mã băm của văn bản", [InputRequired(), Length(min=64, max=64)])


class CodeForm(BaseForm):
    """The code on a paper, for anybody."""

    code = StringField("Mã kiểm tra văn bản", [InputRequired(), Length(max=40)])


class FileForm(BaseForm):
    """A file to be looked at, for anybody."""

    file = FileField("Tệp PDF", [FileRequired("Chọn tệp PDF của văn bản.")])


class SignedFileForm(BaseForm):
    """A paper that was signed elsewhere."""

    file = FileField("Tệp đã ký", [FileRequired("Chọn tệp PDF đã ký.")])


class AnnexForm(BaseForm):
    """An annex in a file of its own."""

    file = FileField("Tệp phụ lục (PDF)", [FileRequired("Chọn tệp PDF của phụ lục.")])


class NewSignerForm(BaseForm):
    """Who is put on the list of those who sign digitally; the view offers the choices."""

    who = SelectField("Người ký hoặc cơ quan", [InputRequired()], choices=[])


class SignerForm(BaseForm):
    """Key and picture of a signer; the view offers the keys of this installation."""

    key_name = SelectField("Khóa ký trên máy chủ", [Optional()], choices=[])
    picture = FileField("Hình chữ ký hoặc con dấu (PNG nền trong suốt)")
    picture_mm = WholeNumberField("Kích thước thật của con dấu (mm)", [Optional(), NumberRange(10, 60)])


class CertificateForm(BaseForm):
    """A certificate without its key."""

    certificate = FileField("Chứng thư số (.cer, .crt, .pem)", [FileRequired("Chọn tệp chứng thư số.")])


class BookForm(BaseForm):
    """A new book of numbers."""

    symbol = StringField("Ký hiệu", [InputRequired(), Length(max=30)])
    title = StringField("Tên sổ", [Length(max=200)])


class KindsForm(BaseForm):
    """Which kinds of papers a series serves."""

    kinds = SelectMultipleField("Loại văn bản lấy số ở sổ này")

    def offer(self, kinds: Sequence[tuple[str, str]]) -> None:
        """Give the kinds to choose from."""
        self.kinds.choices = list(kinds)


class BeginForm(BaseForm):
    """A book that goes on from paper."""

    first = WholeNumberField("Số bắt đầu trên hệ thống", [InputRequired()])
    last_on = DateField("Ngày của số cuối trên sổ giấy", [Optional()])
    reason = StringField("Lý do", [InputRequired(), Length(max=300)])


class CloseForm(BaseForm):
    """The end of a book of a year."""


class VoidForm(BaseForm):
    """Which number that was taken will not be used, and why."""

    number = SelectField("Số")
    reason = StringField("Lý do", [InputRequired(), Length(max=300)])

    def offer(self, numbers: Sequence[tuple[str, str]]) -> None:
        """Give the reserved numbers of the book."""
        self.number.choices = choices(numbers)


class ReceiptForm(BaseForm):
    """What the office knows of a receipt."""

    kind = RadioField(
        "Cách ghi nhận",
        [InputRequired()],
        choices=choices(
            [
                (ReceiptKind.EOFFICE.value, "Hệ thống quản lý văn bản báo đã tiếp nhận"),
                (ReceiptKind.REPLY.value, "Văn bản phúc đáp của đơn vị"),
            ]
        ),
        default=ReceiptKind.EOFFICE.value,
    )
    received_on = DateField("Ngày tiếp nhận", [InputRequired()])
    reference = StringField("Số, ký hiệu văn bản phúc đáp", [Length(max=120)])


class SendingForm(BaseForm):
    """To whom of Nơi nhận a paper went, on which day and how."""

    recipients = SelectMultipleField("Nơi nhận")
    sent_on = DateField("Ngày gửi", [InputRequired("Nhập ngày gửi.")])
    way = RadioField(
        "Cách gửi",
        [InputRequired("Chọn cách gửi.")],
        choices=choices([(way.value, label) for way, label in SENDING_LABELS.items()]),
        default=SendingWay.EOFFICE.value,
    )
    note = StringField("Ghi chú", [Length(max=200)])

    def offer(self, waiting: Sequence[Recipient]) -> None:
        """Give the lines that wait."""
        self.recipients.choices = choices([(str(one.id), one.name) for one in waiting])


class TakeBackForm(BaseForm):
    """Why a sending on record is wrong."""

    reason = StringField("Lý do bỏ ghi nhận", [InputRequired("Ghi lý do bỏ ghi nhận."), Length(max=300)])
    entry = HiddenField()


class WordForm(BaseForm):
    """The .docx that was edited."""

    file = FileField("Tệp Word đã sửa", [FileRequired("Chọn tệp Word (.docx) đã sửa.")])


TAKE, KEEP = "take", "keep"


class TakingForm(BaseForm):
    """What a person decides about each change of a returned .docx; the choices are added by `taking_form`."""

    opinion = TextAreaField("Ý kiến (nếu có)", [Length(max=2000)])

    def taken(self) -> frozenset[str]:
        """Names of the changes that are taken over."""
        return frozenset(name for name in self._picks if self[name].data == TAKE)

    _picks: tuple[str, ...] = ()


def taking_form(proposals: Iterable[Proposal]) -> type[TakingForm]:
    """A choice for each change: taken by default where it is clear, asked where it is not."""
    fields: dict[str, object] = {
        proposal.name: RadioField(
            proposal.change.where,
            [InputRequired("Chọn nhận chỗ sửa hoặc giữ như hồ sơ.")],
            choices=choices([(TAKE, "Nhận chỗ sửa"), (KEEP, "Giữ như hồ sơ")]),
            default=TAKE if proposal.sure else None,
        )
        for proposal in proposals
    }
    return type("WordTaking", (TakingForm,), {**fields, "_picks": tuple(fields)})


class RemovalForm(BaseForm):
    """What the office knows of a recalled paper that was deleted or sent back."""

    removed_on = DateField("Ngày đơn vị đã xóa, thu hồi", [InputRequired("Nhập ngày.")])
    reference = StringField(
        "Căn cứ ghi nhận",
        [InputRequired("Ghi văn bản của đơn vị, hoặc hệ thống quản lý văn bản."), Length(max=200)],
    )
