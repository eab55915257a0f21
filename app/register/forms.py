"""Forms of the register: the quick question, the filters of the list, another body's conclusion."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.register.entered import Lacks
from app.register.listing import KNOWN_RESULTS, NOT_STATED, result_label
from app.register.models import LEVEL_LABELS, MandateKind
from app.web import BaseForm, DateField, choices

NOT_ANY = "Tất cả"
KIND_CHOICES = (
    (MandateKind.OTHER_BODY.value, "Kết luận của cơ quan khác"),
    (MandateKind.HISTORIC.value, "Thông báo cũ của cơ quan, có trước khi dùng hệ thống"),
)
EFFECT_CHOICES = (
    ("applied", "Áp dụng, không đánh giá lại"),
    ("recorded", "Chỉ ghi nhận"),
)
LACKS_CHOICES = (
    (Lacks.MAPPING.value, "Chỉ ghi nhận, chưa áp dụng"),
    (Lacks.PAPER.value, "Chưa có văn bản kèm theo"),
)
RESULT_CHOICES = tuple((item.value, result_label(item.value)) for item in KNOWN_RESULTS)


class GetForm(BaseForm):
    """A form that is read from the address: no token, nothing is written."""

    class Meta(BaseForm.Meta):
        csrf = False


class QuestionForm(GetForm):
    """Đơn vị … nội dung … thời kỳ … lĩnh vực."""

    unit = StringField("Đơn vị (kể cả tên cũ)", [InputRequired("Nhập tên hoặc mã đơn vị."), Length(max=200)])
    criterion = SelectField("Nội dung", [InputRequired("Chọn nội dung.")], choices=[])
    starts_on = DateField("Từ ngày", [InputRequired("Nhập ngày bắt đầu của thời kỳ.")])
    ends_on = DateField("Đến ngày", [InputRequired("Nhập ngày kết thúc của thời kỳ.")])
    field = SelectField("Lĩnh vực", [Optional()], choices=[])

    def offer(self, criteria: list[tuple[str, str]], fields: list[tuple[str, str]]) -> None:
        """What may be chosen: criteria by key, fields of procedure by code."""
        self.criterion.choices = choices(criteria, blank="Chọn nội dung")
        self.field.choices = choices(fields, blank="Tất cả lĩnh vực")


class FilterForm(GetForm):
    """The filters of the list of concluded content."""

    q = StringField("Tìm", [Length(max=200)])
    unit = StringField("Đơn vị (kể cả tên cũ)", [Length(max=200)])
    group = SelectField("Nhóm nội dung", [Optional()], choices=[])
    result = SelectField("Kết quả", [Optional()], choices=choices(RESULT_CHOICES, blank=NOT_ANY))
    effect = SelectField("Hiệu lực", [Optional()], choices=choices(EFFECT_CHOICES, blank=NOT_ANY))
    starts_on = DateField("Thời kỳ từ ngày", [Optional()])
    ends_on = DateField("Đến ngày", [Optional()])

    def offer(self, groups: list[tuple[str, str]]) -> None:
        """Groups by id."""
        self.group.choices = choices(groups, blank=NOT_ANY)


class PeriodForm(GetForm):
    """The days of the matrix or of one group; both inclusive."""

    starts_on = DateField("Từ ngày", [InputRequired("Nhập ngày bắt đầu của thời kỳ.")])
    ends_on = DateField("Đến ngày", [InputRequired("Nhập ngày kết thúc của thời kỳ.")])


class VoidForm(BaseForm):
    """Why a conclusion is taken out again."""

    reason = TextAreaField(
        "Lý do hủy ghi nhận",
        [InputRequired("Ghi lý do hủy ghi nhận, nêu rõ chỗ ghi nhầm."), Length(min=3, max=1000)],
    )


class AttachForm(BaseForm):
    """The paper of a conclusion that was entered without it."""

    files = FileField("Văn bản đã ký", [FileRequired("Chọn tệp văn bản.")])


class MappingForm(BaseForm):
    """Confirming what the lines of a conclusion are mapped to."""


class MappingLineForm(GetForm):
    """One line: the criteria that were suggested and ticked, others by their keys, the period."""

    picked = SelectMultipleField("Nội dung gợi ý", choices=[])
    criteria = StringField("Mã tiêu chí hoặc mã nhóm khác", [Length(max=500)])
    starts_on = DateField("Từ ngày", [InputRequired("Nhập ngày bắt đầu của thời kỳ.")])
    ends_on = DateField("Đến ngày", [InputRequired("Nhập ngày kết thúc của thời kỳ.")])

    def offer(self, suggestions: list[tuple[str, str]]) -> None:
        """Criteria by key."""
        self.picked.choices = choices(suggestions)


class MissedForm(GetForm):
    """The filters of the report of missed findings."""

    unit = StringField("Đơn vị (kể cả tên cũ)", [Length(max=200)])
    group = SelectField("Nhóm nội dung", [Optional()], choices=[])

    def offer(self, groups: list[tuple[str, str]]) -> None:
        """Groups by id."""
        self.group.choices = choices(groups, blank=NOT_ANY)


class EnteredForm(GetForm):
    """Which of the entered conclusions are wanted."""

    q = StringField("Tìm", [Length(max=200)])
    lacks = SelectField("Còn thiếu", [Optional()], choices=choices(LACKS_CHOICES, blank=NOT_ANY))


class EntryForm(BaseForm):
    """Another body's conclusion, or an old notice of the office. Field names are those of the services."""

    kind = RadioField("Nguồn", [InputRequired("Chọn nguồn của kết luận.")], choices=choices(KIND_CHOICES))
    issuer_name = StringField(
        "Cơ quan kết luận", [InputRequired("Nhập tên cơ quan kết luận."), Length(max=200)]
    )
    level = SelectField(
        "Cấp của cơ quan kết luận",
        [InputRequired("Chọn cấp của cơ quan kết luận.")],
        choices=choices(
            [(str(int(level)), label[0].upper() + label[1:]) for level, label in LEVEL_LABELS.items()],
            blank="Chọn cấp",
        ),
    )
    number = StringField(
        "Số, ký hiệu", [InputRequired("Nhập số và ký hiệu, ví dụ 18/TB-PNV."), Length(max=40)]
    )
    issued_on = DateField("Ngày văn bản", [InputRequired("Nhập ngày văn bản.")])
    subject = StringField("Trích yếu", [InputRequired("Nhập trích yếu nội dung."), Length(max=400)])
    starts_on = DateField("Thời kỳ kiểm tra từ ngày", [InputRequired("Nhập ngày bắt đầu của thời kỳ.")])
    ends_on = DateField("Đến ngày", [InputRequired("Nhập ngày kết thúc của thời kỳ.")])
    result = SelectField("Kết quả chung", [Optional()], choices=choices(RESULT_CHOICES, blank=NOT_STATED))
    effect = RadioField("Hiệu lực trong danh mục", [Optional()], choices=choices(EFFECT_CHOICES))
    units = SelectMultipleField("Đơn vị được kết luận", coerce=int, choices=[])
    groups = SelectMultipleField("Cả nhóm nội dung", coerce=int, choices=[])
    criteria = SelectMultipleField("Nội dung được kết luận", choices=[])
    note = TextAreaField("Ghi chú", [Length(max=2000)])
    files = FileField("Văn bản kèm theo (nếu có)")

    def offer(self, units: Any, groups: Any, criteria: Any) -> None:
        """What may be ticked: (value, label) pairs."""
        self.units.choices = choices(units)
        self.groups.choices = choices(groups)
        self.criteria.choices = choices(criteria)
