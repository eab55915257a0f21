"""Forms of a schedule: the reason with its steps, and one step that is done."""

from __future__ import annotations

from typing import Any

from wtforms import Field, FieldList, Form, FormField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.remediation.models import TaskSchedule
from app.remediation.values import ScheduleValues, StepValues
from app.web import BaseForm, DateField

BLANK_STEPS, FURTHER = 3, 1
"""Empty steps of a new schedule, and below those there are."""
_PARTS = ("text", "product", "answerable", "due_on")


class StepRow(Form):
    """One step; a row of which nothing is typed is none."""

    text = StringField("Việc phải làm", [Optional(), Length(max=500)])
    product = StringField("Sản phẩm, kết quả", [Optional(), Length(max=300)])
    answerable = StringField("Người chịu trách nhiệm", [Optional(), Length(max=200)])
    due_on = DateField("Chậm nhất ngày", [Optional()])
    done_on = DateField("Đã xong ngày", [Optional()])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed, not even something that could not be read."""
        return not any(field.data or (field.raw_data and any(field.raw_data)) for field in self)

    def validate(self, extra_validators: Any = None) -> bool:
        """What a step needs is asked for once anything of it was typed."""
        good: bool = super().validate(extra_validators)
        if self.is_blank:
            return good
        for name in _PARTS:
            field: Field = self[name]
            if not field.errors and not (field.data if name == "due_on" else (field.data or "").strip()):
                field.errors = [
                    *field.errors,
                    f"Cần nhập {field.label.text[0].lower()}{field.label.text[1:]}.",
                ]
                good = False
        return good


class ScheduleForm(BaseForm):
    """Lý do, lộ trình."""

    reason = TextAreaField("Lý do chưa làm được ngay", [InputRequired(), Length(max=2000)])
    steps = FieldList(FormField(StepRow), "Lộ trình", min_entries=BLANK_STEPS, max_entries=30)
    reference = StringField("Số, ký hiệu văn bản của đơn vị", [Optional(), Length(max=200)])
    document_on = DateField("Ngày văn bản", [Optional()])

    def show(self, schedule: TaskSchedule) -> None:
        """Fill the form from what is in force, with room for further steps."""
        self.reason.data = schedule.reason
        while self.steps.entries:
            self.steps.pop_entry()
        for step in schedule.steps:
            self.steps.append_entry(
                {
                    "text": step.text, "product": step.product, "answerable": step.answerable,
                    "due_on": step.due_on, "done_on": step.done_on,
                }
            )  # fmt: skip
        for _row in range(FURTHER):
            self.steps.append_entry()

    def validate_steps(self, field: Any) -> None:
        """A schedule has a step."""
        if all(row.form.is_blank for row in field.entries):
            field.entries[0].form.text.errors = ["Ghi ít nhất 01 bước của lộ trình."]
            raise ValidationError("Ghi ít nhất 01 bước của lộ trình.")

    def refuse(self, message: str, field: str | None = None) -> None:
        """What is refused of the n-th step stands at its row."""
        if field is None or not field.startswith("steps-"):
            super().refuse(message, field)
            return
        _steps, place, name = field.split("-", 2)
        found = self._filled()[int(place)][name]
        found.errors = [*found.errors, message]

    def _filled(self) -> list[Any]:
        return [row.form for row in self.steps.entries if not row.form.is_blank]

    def values(self) -> ScheduleValues:
        """What the service takes."""
        return ScheduleValues(
            reason=self.reason.data or "",
            steps=tuple(
                StepValues(
                    row.text.data or "", row.product.data or "", row.answerable.data or "", row.due_on.day,
                    row.done_on.data,
                )
                for row in self._filled()
            ),
            reference=self.reference.data or "",
            document_on=self.document_on.data,
        )  # fmt: skip


class StepDoneForm(BaseForm):
    """Xong một bước; an empty day is today."""

    done_on = DateField("Đã xong ngày", [Optional()])
