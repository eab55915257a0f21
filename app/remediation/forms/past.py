"""Forms of what past notices still ask for, and of what a team sees of it at the unit."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import MultipleFileField
from wtforms import FieldList, FormField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.deadlines.badge import DeadlineKind
from app.remediation.forms.work import BLANK_ROWS, People, ProductRow, people_choices
from app.remediation.models import PROGRESS_LABELS, Product, ProgressStatus
from app.remediation.values import FillIn, PastTaskValues, ProductValues, SightingValues, Upload
from app.units.models import Unit
from app.web import BaseForm, DateField, choices

PAST_KINDS = {
    DeadlineKind.FIXED: "Có thời hạn trong thông báo",
    DeadlineKind.CONDITIONAL: "Chưa có thời hạn",
    DeadlineKind.CONTINUING: "Thực hiện thường xuyên",
}


class PastTaskForm(BaseForm):
    """Nội dung khắc phục còn lại của một thông báo cũ."""

    text = TextAreaField(
        "Nội dung cần khắc phục",
        [InputRequired("Nhập nội dung cần khắc phục."), Length(min=3, max=4000)],
    )
    concluded_unit_id = SelectField(
        "Đơn vị được nêu trong thông báo", [InputRequired("Chọn đơn vị được nêu trong thông báo.")]
    )
    lead_unit_id = SelectField(
        "Đơn vị chủ trì hiện nay", [InputRequired("Chọn đơn vị chủ trì đang hoạt động.")]
    )
    follower_id = SelectField("Người theo dõi", [InputRequired("Chọn người theo dõi.")])
    products = FieldList(FormField(ProductRow), "Sản phẩm, kết quả", min_entries=BLANK_ROWS, max_entries=30)
    deadline_kind = RadioField(
        "Thời hạn",
        [InputRequired("Chọn loại thời hạn.")],
        choices=choices([(kind.value, label) for kind, label in PAST_KINDS.items()]),
        default=DeadlineKind.FIXED.value,
    )
    due_on = DateField("Thời hạn hoàn thành", [Optional()])
    review_on = DateField("Ngày rà soát", [Optional()])
    no_date_reason = StringField("Lý do chưa có thời hạn", [Optional(), Length(max=500)])
    so_far = TextAreaField("Kết quả đến nay (nếu có)", [Optional(), Length(max=4000)])

    def offer(self, named: Sequence[Unit], leads: Sequence[Unit], followers: People) -> None:
        """Fill in the units of the notice, those that exist today, and who may follow."""
        blank = None if len(named) == 1 else "Chọn đơn vị"
        self.concluded_unit_id.choices = choices([(str(unit.id), unit.name) for unit in named], blank=blank)
        self.lead_unit_id.choices = choices(
            [(str(unit.id), unit.name) for unit in leads], blank="Chọn đơn vị"
        )
        self.follower_id.choices = choices(people_choices(followers), blank="Chọn người theo dõi")

    def values(self) -> PastTaskValues:
        """What the service takes."""
        return PastTaskValues(
            text=self.text.data or "",
            concluded_unit_id=int(self.concluded_unit_id.data),
            lead_unit_id=int(self.lead_unit_id.data),
            follower_id=int(self.follower_id.data),
            deadline_kind=DeadlineKind(self.deadline_kind.data),
            due_on=self.due_on.data,
            review_on=self.review_on.data,
            no_date_reason=self.no_date_reason.data or "",
            products=tuple(
                ProductValues(Product(row["product"]), row["text"] or "")
                for row in self.products.data
                if row["product"]
            ),
            so_far=self.so_far.data or "",
        )


class WithdrawForm(BaseForm):
    """Rút nội dung khắc phục."""

    reason = TextAreaField("Lý do rút", [InputRequired("Nêu lý do rút."), Length(min=3, max=500)])


class FillInForm(BaseForm):
    """Bổ sung dữ liệu chuyển đổi."""

    due_on = DateField("Thời hạn hoàn thành", [Optional()])
    completed_on = DateField("Ngày hoàn thành", [Optional()])
    reference = StringField("Văn bản minh chứng (số, ký hiệu)", [Optional(), Length(max=200)])
    document_on = DateField("Ngày của văn bản", [Optional()])

    def values(self) -> FillIn:
        """What the service takes."""
        return FillIn(
            self.due_on.data, self.completed_on.data, self.reference.data or "", self.document_on.data
        )


class SightingForm(BaseForm):
    """Đoàn kiểm tra ghi nhận tại đơn vị."""

    status = RadioField(
        "Đã thấy tại đơn vị",
        [InputRequired("Chọn tình trạng đã thấy.")],
        choices=choices([(status.value, PROGRESS_LABELS[status]) for status in ProgressStatus]),
    )
    text = TextAreaField("Ghi nhận của Đoàn", [Optional(), Length(max=2000)])
    files = MultipleFileField("Ảnh, tệp", [Optional()], description="Ảnh, PDF, Word, Excel.")

    def values(self) -> SightingValues:
        """What the service takes."""
        sent = [item for item in self.files.data or [] if getattr(item, "filename", "")]
        return SightingValues(
            ProgressStatus(self.status.data),
            self.text.data or "",
            tuple(Upload(str(item.filename), item.read()) for item in sent),
        )
