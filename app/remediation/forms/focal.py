"""Forms of the đầu mối của đơn vị."""

from __future__ import annotations

from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.services import FocalPointValues
from app.remediation.forms.work import People, people_choices
from app.web import BaseForm, DateField, choices


class FocalPointForm(BaseForm):
    """Cử đầu mối của đơn vị."""

    person_id = SelectField("Công chức của đơn vị", [Optional()])
    name = StringField("Hoặc họ tên người chưa có tài khoản", [Optional(), Length(max=120)])
    contact = StringField("Số điện thoại, thư công vụ", [Optional(), Length(max=200)])
    from_on = DateField("Từ ngày", [InputRequired()])
    to_on = DateField("Đến hết ngày", [Optional()])
    reference = StringField("Số, ký hiệu, ngày văn bản cử đầu mối", [Optional(), Length(max=200)])

    def offer(self, people: People) -> None:
        """Fill in the unit's people."""
        self.person_id.choices = choices(people_choices(people), blank="Chọn công chức")

    def validate_name(self, field: Field) -> None:
        """One person: whoever is typed besides the chosen one would be lost."""
        if self.person_id.data and (field.data or "").strip():
            raise ValidationError("Chọn một người trong danh sách hoặc ghi họ tên, không làm cả hai.")

    def values(self) -> FocalPointValues:
        """What the service takes."""
        assert self.from_on.data is not None  # InputRequired
        return FocalPointValues(
            from_on=self.from_on.data,
            person_id=int(self.person_id.data) if self.person_id.data else None,
            name=self.name.data or "",
            contact=self.contact.data or "",
            to_on=self.to_on.data,
            reference=self.reference.data or "",
        )


class EndFocalPointForm(BaseForm):
    """Ghi ngày cuối làm đầu mối."""

    last_on = DateField("Ngày cuối làm đầu mối", [InputRequired()])
