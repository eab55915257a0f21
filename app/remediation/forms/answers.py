"""The form of an answer to a unit that asked for more time."""

from __future__ import annotations

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.remediation.forms.work import People, people_choices
from app.remediation.values import AnswerValues
from app.web import BaseForm, DateField, choices

GRANTED, REFUSED = "granted", "refused"


class AnswerForm(BaseForm):
    """Trả lời đề nghị gia hạn."""

    requested_by = SelectField("Người đề nghị", [InputRequired()])
    requested_on = DateField("Ngày đề nghị", [InputRequired()])
    request_reference = StringField("Số, ký hiệu, ngày văn bản đề nghị", [Optional(), Length(max=200)])
    asked_due_on = DateField("Thời hạn đơn vị đề nghị", [Optional()])
    outcome = RadioField(
        "Ý kiến",
        [InputRequired("Chọn đồng ý hoặc không đồng ý gia hạn.")],
        choices=choices([(GRANTED, "Đồng ý gia hạn"), (REFUSED, "Không đồng ý")]),
    )
    granted_due_on = DateField("Thời hạn mới")
    reason = TextAreaField("Lý do", [InputRequired(), Length(max=2000)])

    def offer(self, askers: People) -> None:
        """Fill in the people of the unit."""
        self.requested_by.choices = choices(people_choices(askers), blank="Chọn người đề nghị")

    def validate_granted_due_on(self, field: Field) -> None:
        """A date goes with a yes, and only with one."""
        if self.outcome.data == GRANTED and field.data is None and not field.errors:
            raise ValidationError("Nhập thời hạn mới.")
        if self.outcome.data == REFUSED and field.data is not None:
            raise ValidationError("Không đồng ý gia hạn thì để trống thời hạn mới.")

    def values(self) -> AnswerValues:
        """What the service takes."""
        assert self.requested_on.data is not None  # InputRequired
        return AnswerValues(
            requested_by=int(self.requested_by.data),
            requested_on=self.requested_on.data,
            reason=self.reason.data or "",
            granted_due_on=self.granted_due_on.data if self.outcome.data == GRANTED else None,
            asked_due_on=self.asked_due_on.data,
            request_reference=self.request_reference.data or "",
        )
