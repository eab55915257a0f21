"""The form of Giao người thực hiện, as the slip for incoming papers asks it (NĐ 30/2020 Phụ lục IV)."""

from __future__ import annotations

from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from app.remediation.forms.work import People, people_choices
from app.remediation.models import Task
from app.remediation.values import AssignValues, Officer
from app.web import BaseForm, DateField, choices


class AssignForm(BaseForm):
    """Giao người thực hiện."""

    lead = SelectField("Người chủ trì", [Optional()])
    lead_name = StringField("Hoặc họ tên người chưa có tài khoản", [Optional(), Length(max=200)])
    coordinating = SelectMultipleField("Người phối hợp", [Optional()])
    coordinating_names = StringField(
        "Người phối hợp khác (cách nhau bằng dấu chấm phẩy)", [Optional(), Length(max=500)]
    )
    internal_due_on = DateField("Hạn nội bộ", [Optional()])
    instruction = TextAreaField("Ý kiến chỉ đạo", [Optional(), Length(max=2000)])

    def offer(self, people: People) -> None:
        """Fill in the unit's people."""
        self._offered = {str(key) for key, _name, _post in people}
        self.lead.choices = choices(people_choices(people), blank="Chọn người thực hiện")
        self.coordinating.choices = choices(people_choices(people))

    def show(self, task: Task) -> None:
        """Fill the form from who has it now, so that a change is not typed anew."""
        names = []
        for row in task.assignments:
            key = str(row.person_id)
            if row.ended_at is not None:
                continue
            if row.leads:
                self.lead.data, self.lead_name.data = (
                    (key, "") if key in self._offered else ("", row.officer_name)
                )
                self.internal_due_on.data, self.instruction.data = row.internal_due_on, row.instruction
            elif key in self._offered:
                self.coordinating.data = [*(self.coordinating.data or []), key]
            else:
                names.append(row.officer_name)
        self.coordinating_names.data = "; ".join(names)

    def validate_lead_name(self, field: Field) -> None:
        """One person leads: whoever is typed besides the chosen one would be lost."""
        if self.lead.data and (field.data or "").strip():
            raise ValidationError("Chọn một người trong danh sách hoặc ghi họ tên, không làm cả hai.")

    def validate_coordinating(self, field: Field) -> None:
        """Nobody helps themselves."""
        if self.lead.data and self.lead.data in (field.data or []):
            raise ValidationError("Người chủ trì không đồng thời là người phối hợp.")

    def values(self) -> AssignValues:
        """What the service takes."""
        helpers = [Officer(person_id=int(value)) for value in self.coordinating.data or []]
        helpers += [
            Officer(name=n.strip()) for n in (self.coordinating_names.data or "").split(";") if n.strip()
        ]
        lead = (
            Officer(person_id=int(self.lead.data)) if self.lead.data else Officer(self.lead_name.data or "")
        )
        return AssignValues(lead, tuple(helpers), self.internal_due_on.data, self.instruction.data or "")
