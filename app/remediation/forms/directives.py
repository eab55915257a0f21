"""Forms of the four acts of a leader, and of their answers."""

from __future__ import annotations

from wtforms import Field, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.remediation.forms.work import EvidenceForm, People, people_choices
from app.remediation.models import DIRECTIVE_LABELS, DirectiveKind
from app.remediation.values import DirectiveAnswer, DirectiveValues
from app.web import BaseForm, DateField, choices


class DirectiveForm(BaseForm):
    """Chỉ đạo: which act, what is asked, until when it is answered."""

    kind = RadioField(
        "Việc chỉ đạo",
        [InputRequired("Chọn việc chỉ đạo.")],
        choices=choices([(kind.value, DIRECTIVE_LABELS[kind]) for kind in DirectiveKind]),
    )
    text = TextAreaField("Nội dung chỉ đạo, lý do", [InputRequired(), Length(max=2000)])
    answer_due_on = DateField("Trả lời chậm nhất ngày", [InputRequired()])
    new_due_on = DateField("Thời hạn mới", [Optional()])
    requested_by = SelectField("Người đề nghị gia hạn", [Optional()])
    requested_on = DateField("Ngày đề nghị", [Optional()])
    follower_id = SelectField("Người theo dõi mới", [Optional()])

    def offer(self, askers: People, followers: People) -> None:
        """Fill in who may have asked for time, and who may follow."""
        self.requested_by.choices = choices(people_choices(askers), blank="Chọn người đề nghị")
        self.follower_id.choices = choices(people_choices(followers), blank="Chọn người theo dõi")

    def validate_new_due_on(self, field: Field) -> None:
        """A date goes with Gia hạn, and only with it."""
        extends = self.kind.data == DirectiveKind.EXTEND.value
        if extends and field.data is None and not field.errors:
            raise ValidationError("Nhập thời hạn mới.")
        if not extends and field.data is not None:
            raise ValidationError("Chỉ nhập thời hạn mới khi gia hạn.")

    def values(self) -> DirectiveValues:
        """What the service takes."""
        assert self.answer_due_on.data is not None  # InputRequired
        return DirectiveValues(
            kind=DirectiveKind(self.kind.data),
            text=self.text.data or "",
            answer_due_on=self.answer_due_on.data,
            new_due_on=self.new_due_on.data,
            requested_by=int(self.requested_by.data) if self.requested_by.data else None,
            requested_on=self.requested_on.data,
            follower_id=int(self.follower_id.data) if self.follower_id.data else None,
        )


class DirectiveAnswerForm(EvidenceForm):
    """Trả lời chỉ đạo."""

    text = TextAreaField("Nội dung trả lời", [InputRequired(), Length(max=4000)])

    def values(self) -> DirectiveAnswer:
        """What the service takes."""
        return DirectiveAnswer(
            self.text.data or "", self.reference.data or "", self.document_on.data, self.uploads()
        )
