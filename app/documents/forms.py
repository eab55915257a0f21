"""Forms around documents: confirming receipt, recording a receipt."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.documents.models import ReceiptKind
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
