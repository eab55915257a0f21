"""Forms of visits and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, StopValidation

from app import clock
from app.fieldwork.composing import TEXT_LABELS, TEXT_NAMES, Texts
from app.fieldwork.models import Minutes
from app.fieldwork.services import MinutesValues
from app.form_library.values import clean_line, clean_text, parse_time
from app.inspections.models import InspectedUnit
from app.web import BaseForm, DateField, WholeNumberField, choices

NEEDED = "Cần nhập nội dung này."


class TimeField(StringField):
    """An hour typed as 8:05, 8h05 or 8 giờ 05; `data` is “HH:MM” or “”."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = typed
        if typed:
            self.data = parse_time(typed)
        else:
            self.raw_data = []  # blanks alone count as nothing for InputRequired

    def pre_validate(self, form: Any) -> None:
        """Stop at an hour that cannot be read."""
        if self.process_errors:
            raise StopValidation()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.data or ""


def moment(day: date | None, hour: str | None) -> datetime | None:
    """The aware instant of a Vietnamese day and clock; None while either is missing."""
    if day is None or not hour:
        return None
    return clock.at(day, int(hour[:2]), int(hour[3:]))


class OpenForm(BaseForm):
    opened_on = DateField("Ngày công bố", [InputRequired("Nhập ngày.")])
    opened_at = TimeField("Giờ công bố quyết định", [InputRequired("Nhập giờ, ví dụ 8:05.")])
    place = StringField("Địa điểm", [Length(max=300)], filters=[clean_line])
    note = StringField("Người công bố, hình thức", [Length(max=500)], filters=[clean_line])


class MinutesForm(BaseForm):
    """The minutes as they are edited; `points` stand beside it as plain inputs (order and words)."""

    place = StringField("Địa điểm", [Length(max=300)], filters=[clean_line])
    opened_on = DateField("Ngày làm việc")
    opened_time = TimeField("Giờ bắt đầu")
    closed_on = DateField("Ngày kết thúc")
    closed_time = TimeField("Giờ kết thúc")
    team_present = TextAreaField(
        "1. Đoàn kiểm tra (mỗi dòng một người)", [Length(max=4000)], filters=[clean_text]
    )
    unit_present = TextAreaField(
        "2. Đơn vị được kiểm tra (mỗi dòng một người: họ tên, chức vụ)",
        [Length(max=4000)],
        filters=[clean_text],
    )
    supplied = TextAreaField(TEXT_LABELS["supplied"], [Length(max=20000)], filters=[clean_text])
    strengths = TextAreaField(TEXT_LABELS["strengths"], [Length(max=20000)], filters=[clean_text])
    fixed = TextAreaField(TEXT_LABELS["fixed"], [Length(max=20000)], filters=[clean_text])
    not_examined = TextAreaField(TEXT_LABELS["not_examined"], [Length(max=20000)], filters=[clean_text])
    concluded = TextAreaField(TEXT_LABELS["concluded"], [Length(max=20000)], filters=[clean_text])
    old_tasks = TextAreaField(TEXT_LABELS["old_tasks"], [Length(max=20000)], filters=[clean_text])
    unit_opinion = TextAreaField(
        "III. Ý kiến của đơn vị được kiểm tra (nguyên văn)", [Length(max=20000)], filters=[clean_text]
    )
    unit_agrees = BooleanField("Đơn vị thống nhất với nội dung biên bản")
    difficulties = TextAreaField(TEXT_LABELS["difficulties"], [Length(max=20000)], filters=[clean_text])
    requests = TextAreaField(
        "V. Yêu cầu của Đoàn: tài liệu bổ sung, hạn", [Length(max=8000)], filters=[clean_text]
    )
    copies = WholeNumberField("Số bản", [InputRequired("Nhập số bản."), NumberRange(1, 20)])
    unit_signatory = StringField("Người đại diện đơn vị ký (họ tên)", [Length(max=200)], filters=[clean_line])

    def fill(self, minutes: Minutes) -> MinutesForm:
        """Show what is stored."""
        for name in (
            "place",
            "unit_opinion",
            "unit_agrees",
            "requests",
            "copies",
            "unit_signatory",
            "version",
        ):
            self[name].data = getattr(minutes, name)
        for name in TEXT_NAMES:
            self[name].data = minutes.sections["texts"].get(name, "")
        for name, moment_ in (("opened", minutes.opened_at), ("closed", minutes.closed_at)):
            local = clock.local(moment_) if moment_ else None
            on, time = self[f"{name}_on"], self[f"{name}_time"]
            on.data = local.date() if local else minutes.visit.on_date
            time.data = f"{local:%H:%M}" if local else ""
        self.team_present.data = "\n".join(minutes.team_present)
        self.unit_present.data = "\n".join(minutes.unit_present)
        return self

    def values(self, points: tuple[tuple[int, str], ...]) -> MinutesValues:
        """What was typed, once validated."""
        return MinutesValues(
            place=self.place.data or "",
            opened_at=moment(self.opened_on.data, self.opened_time.data),
            closed_at=moment(self.closed_on.data or self.opened_on.data, self.closed_time.data),
            team_present=_people(self.team_present.data),
            unit_present=_people(self.unit_present.data),
            texts=Texts(**{name: self[name].data or "" for name in TEXT_NAMES}),
            points=points,
            unit_opinion=self.unit_opinion.data or "",
            unit_agrees=bool(self.unit_agrees.data),
            requests=self.requests.data or "",
            copies=self.copies.data or 0,
            unit_signatory=self.unit_signatory.data or "",
        )


def _people(text: str | None) -> tuple[str, ...]:
    return tuple(line for line in (clean_line(line) for line in (text or "").split("\n")) if line)


class SignForm(BaseForm):
    signatory = StringField(
        "Đại diện đơn vị đã ký (họ tên, chức vụ)",
        [InputRequired(NEEDED), Length(max=200)],
        filters=[clean_line],
    )
    signed_on = DateField("Ngày ký", [InputRequired("Nhập ngày ký.")])
    opinion = TextAreaField(
        "Ý kiến của đơn vị viết tay trên biên bản (nguyên văn)", [Length(max=8000)], filters=[clean_text]
    )


class RefuseForm(BaseForm):
    reason = TextAreaField(
        "Lý do đơn vị không ký", [InputRequired(NEEDED), Length(max=2000)], filters=[clean_text]
    )
    witness = StringField(
        "Người chứng kiến (họ tên, chức vụ)", [InputRequired(NEEDED), Length(max=200)], filters=[clean_line]
    )
    signed_on = DateField("Ngày", [InputRequired("Nhập ngày.")])


class EndForm(BaseForm):
    missing = HiddenField("Số nội dung chưa ghi")
    reason = StringField("Lý do chưa kiểm tra (nếu có)", [Length(max=500)], filters=[clean_line])


class TeamReportForm(BaseForm):
    number = WholeNumberField("Số", [InputRequired("Nhập số báo cáo."), NumberRange(1, 999_999)])
    symbol = StringField(
        "Ký hiệu", [InputRequired("Nhập ký hiệu, ví dụ ĐKT-SNV."), Length(max=30)], filters=[clean_line]
    )
    issued_on = DateField("Ngày báo cáo", [InputRequired("Nhập ngày báo cáo.")])
    signer_name = StringField("Người ký", [Length(max=120)], filters=[clean_line])
    file = FileField("Tệp báo cáo (không bắt buộc)")
    units = SelectMultipleField("Đơn vị trong báo cáo", validate_choice=False)

    def offer(self, units: Sequence[InspectedUnit]) -> TeamReportForm:
        """Offer the units that have ended and are in no report yet."""
        self.units.choices = choices([(str(unit.id), unit.unit.name) for unit in units])
        return self


class JournalForm(BaseForm):
    """A line of Nhật ký Đoàn."""

    on_date = DateField("Ngày", [InputRequired("Nhập ngày.")])
    text = TextAreaField(
        "Công việc của Đoàn", [InputRequired(NEEDED), Length(min=3, max=4000)], filters=[clean_text]
    )
