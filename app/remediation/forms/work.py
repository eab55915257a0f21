"""Forms of remediation: the plan, the unit's work, the follower's work."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import MultipleFileField
from wtforms import (
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
from wtforms.validators import InputRequired, Length, Optional

from app.deadlines.badge import DEADLINE_KIND_LABELS, DeadlineKind
from app.deadlines.proposals import MILESTONE_LABELS, MilestoneKind
from app.documents.models import Document
from app.findings.models import Finding
from app.remediation.models import PRODUCT_LABELS, PROGRESS_LABELS, Product, ProgressStatus, Task, TaskState
from app.remediation.values import (
    ExtensionValues,
    ProductValues,
    ProgressValues,
    ReportValues,
    ReviewValues,
    TaskValues,
    Upload,
)
from app.units.models import Unit
from app.vietnamese import format_date
from app.web import BaseForm, DateField, choices

People = Sequence[tuple[int, str, str]]
EVIDENCE_HELP = (
    "Nhập số, ký hiệu, ngày văn bản hoặc đính kèm ảnh, tệp. Văn bản đã phát hành trên hệ thống quản lý "
    "văn bản thì chỉ cần số, ký hiệu và ngày."
)


def people_choices(people: People) -> list[tuple[str, str]]:
    """(id, "Tên – chức vụ") of people."""
    return [(str(key), f"{name} – {post}" if post else name) for key, name, post in people]


BLANK_ROWS = 3
"""Empty rows for further products."""


class ProductRow(Form):
    """One product: its kind and what exactly."""

    product = SelectField(
        "Loại sản phẩm",
        choices=choices([(p.value, PRODUCT_LABELS[p]) for p in Product], blank="Chọn loại"),
    )
    text = StringField("Ghi rõ", [Optional(), Length(max=500)])

    def validate_product(self, field: Field) -> None:
        """Words without a kind are not thrown away."""
        if (self.text.data or "").strip() and not field.data:
            raise ValidationError("Chọn loại sản phẩm.")


class TaskForm(BaseForm):
    """A draft task."""

    text = TextAreaField("Nội dung cần khắc phục", [InputRequired(), Length(min=3, max=4000)])
    finding_ids = SelectMultipleField("Tồn tại, hạn chế được khắc phục", [Optional()], coerce=str)
    products = FieldList(FormField(ProductRow), "Sản phẩm, kết quả", min_entries=BLANK_ROWS, max_entries=30)
    lead_unit_id = SelectField("Đơn vị chủ trì", [InputRequired()])
    lead_person = StringField("Cá nhân chủ trì (chức danh)", [Optional(), Length(max=200)])
    coordinating_unit_ids = SelectMultipleField("Đơn vị phối hợp", [Optional()])
    follower_id = SelectField("Người theo dõi", [Optional()])
    deadline_kind = RadioField(
        "Loại thời hạn",
        [InputRequired()],
        choices=choices([(k.value, DEADLINE_KIND_LABELS[k]) for k in DeadlineKind]),
        default=DeadlineKind.FIXED.value,
    )
    milestone = SelectField(
        "Mốc thời hạn",
        [InputRequired()],
        choices=choices([(m.value, MILESTONE_LABELS[m]) for m in MilestoneKind]),
        default=MilestoneKind.COMMON.value,
    )
    due_on = DateField("Thời hạn hoàn thành", [Optional()])
    report_due_on = DateField("Thời hạn báo cáo", [Optional()])
    review_on = DateField("Ngày rà soát", [Optional()])
    no_date_reason = StringField("Lý do chưa có thời hạn, điều kiện đang chờ", [Optional(), Length(max=500)])

    def offer(
        self, units: Sequence[Unit], findings: Sequence[Finding], followers: People, task: Task | None = None
    ) -> None:
        """Fill in what may be chosen; whoever follows the stored task stays among them."""
        held = task.follower if task is not None else None
        if held is not None and held.id not in {key for key, _name, _post in followers}:
            followers = [*followers, (held.id, held.name, "")]
        named = [(str(unit.id), unit.name) for unit in units]
        self.lead_unit_id.choices = choices(named, blank="Chọn đơn vị")
        self.coordinating_unit_ids.choices = choices(named)
        self.finding_ids.choices = choices([(str(f.id), f"{f.ordinal}. {f.description}") for f in findings])
        self.follower_id.choices = choices(people_choices(followers), blank="Theo thông báo")

    def show(self, task: Task) -> None:
        """Fill the form from a stored task."""
        self.text.data, self.lead_person.data = task.text, task.lead_person
        self.finding_ids.data = [str(finding.id) for finding in task.findings]
        while self.products.entries:
            self.products.pop_entry()
        for result in task.results:
            self.products.append_entry({"product": result.product.value, "text": result.text})
        for _row in range(BLANK_ROWS):
            self.products.append_entry()
        self.lead_unit_id.data = str(task.lead_unit_id)
        self.coordinating_unit_ids.data = [str(unit.id) for unit in task.coordinating]
        self.follower_id.data = str(task.follower_id or "")
        self.deadline_kind.data, self.milestone.data = task.deadline_kind.value, task.milestone.value
        self.due_on.data, self.report_due_on.data = task.due_on, task.report_due_on
        self.review_on.data, self.no_date_reason.data = task.review_on, task.no_date_reason
        self.version.data = task.version

    def values(self) -> TaskValues:
        """What the service takes."""
        return TaskValues(
            text=self.text.data or "",
            lead_unit_id=int(self.lead_unit_id.data),
            lead_person=self.lead_person.data or "",
            deadline_kind=DeadlineKind(self.deadline_kind.data),
            milestone=MilestoneKind(self.milestone.data),
            due_on=self.due_on.data,
            report_due_on=self.report_due_on.data,
            review_on=self.review_on.data,
            no_date_reason=self.no_date_reason.data or "",
            follower_id=int(self.follower_id.data) if self.follower_id.data else None,
            coordinating_unit_ids=tuple(int(value) for value in self.coordinating_unit_ids.data or []),
            products=tuple(
                ProductValues(Product(row["product"]), row["text"] or "")
                for row in self.products.data
                if row["product"]
            ),
            finding_ids=tuple(int(value) for value in self.finding_ids.data or []),
        )


class StartForm(BaseForm):
    """From which day the dates run."""

    start_on = DateField("Ngày dự kiến ban hành thông báo", [InputRequired()])


class CommonDateForm(BaseForm):
    """Áp dụng thời hạn chung."""

    due_on = DateField("Thời hạn hoàn thành chung", [InputRequired()])
    report_due_on = DateField("Thời hạn báo cáo chung", [Optional()])


class ReasonForm(BaseForm):
    """One reason."""

    reason = StringField("Lý do không giao nội dung khắc phục", [Optional(), Length(max=500)])


class ReviewForm(BaseForm):
    """Rà soát."""

    reason = TextAreaField("Kết quả rà soát, lý do", [InputRequired(), Length(max=2000)])
    review_on = DateField("Ngày rà soát tiếp theo", [Optional()])
    due_on = DateField("Hoặc thời hạn hoàn thành", [Optional()])

    def values(self) -> ReviewValues:
        """What the service takes."""
        return ReviewValues(self.reason.data or "", self.review_on.data, self.due_on.data)


class EvidenceForm(BaseForm):
    """Evidence: a document or files."""

    reference = StringField("Số, ký hiệu văn bản", [Optional(), Length(max=200)])
    document_on = DateField("Ngày văn bản", [Optional()])
    files = MultipleFileField("Ảnh, tệp kèm theo", [Optional()], description="PDF, ảnh, Word, Excel.")

    def uploads(self) -> tuple[Upload, ...]:
        """The files that were chosen."""
        sent = [item for item in self.files.data or [] if getattr(item, "filename", "")]
        return tuple(Upload(str(item.filename), item.read()) for item in sent)


class ProgressForm(EvidenceForm):
    """Cập nhật kết quả."""

    status = RadioField(
        "Kết quả khắc phục",
        [InputRequired()],
        choices=choices([(s.value, PROGRESS_LABELS[s]) for s in ProgressStatus]),
    )
    text = TextAreaField("Việc đã làm", [InputRequired(), Length(min=3, max=4000)])
    cause = TextAreaField("Nguyên nhân chưa khắc phục xong", [Optional(), Length(max=2000)])
    result_id = SelectField("Sản phẩm", [Optional()])

    def offer(self, task: Task) -> None:
        """Fill in the task's products."""
        pairs = [
            (str(r.id), f"{PRODUCT_LABELS[r.product]}: {r.text}" if r.text else PRODUCT_LABELS[r.product])
            for r in task.results
        ]
        self.result_id.choices = choices(pairs, blank="Toàn bộ nội dung")

    def values(self) -> ProgressValues:
        """What the service takes."""
        return ProgressValues(
            status=ProgressStatus(self.status.data),
            text=self.text.data or "",
            cause=self.cause.data or "",
            reference=self.reference.data or "",
            document_on=self.document_on.data,
            result_id=int(self.result_id.data) if self.result_id.data else None,
            files=self.uploads(),
        )


def _when(task: Task) -> str:
    if task.state is TaskState.WATCHING:
        return " (đang theo dõi duy trì)"
    return f" (thời hạn {format_date(task.due_on)})" if task.due_on else ""


class ReportForm(BaseForm):
    """The unit's signed report, ticked against what it answers."""

    reference = StringField("Số, ký hiệu báo cáo", [InputRequired(), Length(max=200)])
    document_on = DateField("Ngày báo cáo", [InputRequired()])
    text = TextAreaField("Tóm tắt kết quả", [Optional(), Length(max=4000)])
    task_ids = SelectMultipleField(
        "Nội dung mà báo cáo trả lời", [InputRequired("Chọn ít nhất 01 nội dung.")], validate_choice=False
    )
    files = MultipleFileField("Bản chụp, tệp kèm theo", [Optional()], description="PDF, ảnh, Word, Excel.")

    def offer(self, tasks: Sequence[Task], over: Sequence[Task] = ()) -> None:
        """Fill in what the unit still owes; `over` was ticked and is not owed any more."""
        self._offered, self._over = {str(task.id) for task in tasks}, over
        self.task_ids.choices = choices(
            [
                (
                    str(t.id),
                    f"{t.code} – {t.text}" + _when(t),
                )
                for t in tasks
            ]
        )

    def validate_task_ids(self, field: Field) -> None:
        """What somebody else reported meanwhile is named, not only left out."""
        if set(field.data or ()) <= self._offered:
            return
        codes = ", ".join(task.code for task in self._over)
        raise ValidationError(
            f"{codes} đã được báo cáo nên không còn trong danh sách." if codes else "Chọn trong danh sách."
        )

    def values(self) -> ReportValues:
        """What the service takes."""
        assert self.document_on.data is not None  # InputRequired
        sent = [item for item in self.files.data or [] if getattr(item, "filename", "")]
        return ReportValues(
            reference=self.reference.data or "",
            document_on=self.document_on.data,
            text=self.text.data or "",
            files=tuple(Upload(str(item.filename), item.read()) for item in sent),
        )


class PlanForm(BaseForm):
    """The unit's signed plan, for one notice."""

    notice_id = SelectField("Thông báo", [InputRequired("Chọn thông báo.")])
    reference = StringField("Số, ký hiệu kế hoạch", [InputRequired(), Length(max=200)])
    document_on = DateField("Ngày kế hoạch", [InputRequired()])

    def offer(self, notices: Sequence[Document]) -> None:
        """Fill in the notices that ask something of the unit."""
        self.notice_id.choices = choices(
            [
                (str(one.id), f"Thông báo số {one.number_and_symbol} ngày {format_date(one.issued_on)}")
                for one in notices
                if one.issued_on is not None
            ]
        )


class CommentForm(BaseForm):
    """A comment with an act of verification."""

    comment = TextAreaField("Nhận xét", [Optional(), Length(max=2000)])


class WatchForm(BaseForm):
    """Công nhận, theo dõi duy trì."""

    until = DateField("Theo dõi duy trì đến ngày", [InputRequired()])
    every = SelectField(
        "Minh chứng định kỳ",
        [Optional()],
        choices=choices(
            [("1", "Hằng tháng"), ("3", "Hằng quý"), ("6", "06 tháng"), ("12", "Hằng năm")],
            blank="Không yêu cầu",
        ),
    )

    def months(self) -> int | None:
        """Months of a period; None = no periodic proofs."""
        return int(self.every.data) if self.every.data else None


class RecurForm(BaseForm):
    """Đề nghị khắc phục lại."""

    comment = StringField("Việc tái diễn", [InputRequired(), Length(max=2000)])
    due_on = DateField("Thời hạn khắc phục lại", [InputRequired()])


class SendBackForm(BaseForm):
    """Đề nghị bổ sung."""

    comment = TextAreaField("Nội dung cần bổ sung", [Optional(), Length(max=2000)])
    due_on = DateField("Thời hạn bổ sung", [InputRequired()])


class ExtendForm(BaseForm):
    """Ghi nhận gia hạn."""

    new_due_on = DateField("Thời hạn mới", [InputRequired()])
    reason = TextAreaField("Lý do", [InputRequired(), Length(max=2000)])
    requested_by = SelectField("Người đề nghị", [InputRequired()])
    requested_on = DateField("Ngày đề nghị", [InputRequired()])
    decided_by = SelectField("Người quyết định", [InputRequired()])
    reference = StringField("Số, ký hiệu, ngày văn bản quyết định", [Optional(), Length(max=200)])

    def offer(self, askers: People, deciders: People) -> None:
        """Fill in the people on both sides."""
        self.requested_by.choices = choices(people_choices(askers), blank="Chọn người đề nghị")
        self.decided_by.choices = choices(people_choices(deciders), blank="Chọn người quyết định")

    def values(self) -> ExtensionValues:
        """What the service takes."""
        assert self.new_due_on.data is not None and self.requested_on.data is not None  # InputRequired
        return ExtensionValues(
            new_due_on=self.new_due_on.data,
            reason=self.reason.data or "",
            requested_by=int(self.requested_by.data),
            requested_on=self.requested_on.data,
            decided_by=int(self.decided_by.data),
            reference=self.reference.data or "",
        )


class FollowerForm(BaseForm):
    """Giao lại người theo dõi."""

    follower_id = SelectField("Người theo dõi mới", [InputRequired()])
    reason = StringField("Lý do", [InputRequired(), Length(max=500)])

    def offer(self, people: People) -> None:
        """Fill in who may follow."""
        self.follower_id.choices = choices(people_choices(people), blank="Chọn người theo dõi")
