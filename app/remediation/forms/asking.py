"""Forms of a unit that asks for more time, and of the refusal."""

from __future__ import annotations

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.remediation.forms.work import EvidenceForm, People, people_choices
from app.remediation.values import RequestValues
from app.web import BaseForm, DateField, choices


class RequestForm(EvidenceForm):
    """Đề nghị gia hạn."""

    new_due_on = DateField("Thời hạn đề nghị", [InputRequired()])
    reason = TextAreaField("Lý do", [InputRequired(), Length(max=2000)])
    requested_on = DateField("Ngày đề nghị", [Optional()])

    def values(self) -> RequestValues:
        """What the service takes."""
        assert self.new_due_on.data is not None  # InputRequired
        return RequestValues(
            new_due_on=self.new_due_on.data,
            reason=self.reason.data or "",
            reference=self.reference.data or "",
            document_on=self.document_on.data,
            requested_on=self.requested_on.data,
            files=self.uploads(),
        )


class OwnRefusalForm(BaseForm):
    """Không đồng ý gia hạn by who decides."""

    reason = TextAreaField("Lý do không đồng ý", [InputRequired(), Length(min=3, max=2000)])


class RefuseForm(OwnRefusalForm):
    """The same recorded for the leader who decided."""

    decided_by = SelectField("Người quyết định", [InputRequired()])
    reference = StringField("Số, ký hiệu, ngày văn bản trả lời", [Optional(), Length(max=200)])

    def offer(self, deciders: People) -> None:
        """Fill in who decides."""
        self.decided_by.choices = choices(people_choices(deciders), blank="Chọn người quyết định")
