"""Forms of handing over to the unit that took over."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.units.models import Unit
from app.web import BaseForm, DateField, choices


class HandOverForm(BaseForm):
    """Giao đơn vị kế thừa."""

    successor_id = SelectField("Đơn vị kế thừa", [InputRequired("Chọn đơn vị kế thừa.")])

    def offer(self, unit_id: int, heirs: Sequence[Unit]) -> None:
        """Fill in who exists today and took over; the only one is chosen already."""
        self.successor_id.choices = choices(
            [(str(unit.id), unit.name) for unit in heirs],
            blank=None if len(heirs) == 1 else "Chọn đơn vị kế thừa",
        )
        self.successor_id.id = f"successor-{unit_id}"
        self.successor_id.label.field_id = self.successor_id.id


class HandoverPaperForm(BaseForm):
    """Ghi nhận biên bản bàn giao của đơn vị."""

    reference = StringField("Số, ký hiệu biên bản bàn giao", [InputRequired(), Length(max=200)])
    on = DateField("Ngày biên bản", [InputRequired()])

    def offer(self, unit_id: int) -> None:
        """Names of their own, beside other units' forms on the page."""
        for field in (self.reference, self.on):
            field.id = f"{field.name}-{unit_id}"
            field.label.field_id = field.id
