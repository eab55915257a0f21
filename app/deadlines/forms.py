"""Forms of calendars, deadline rules and settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.deadlines.models import EVENT_LABELS, EVENTS_OF, CalendarDay, DayKind, DeadlineRule, Event
from app.deadlines.seeds import DayEntry
from app.deadlines.services import RuleData, is_confirmed_by
from app.deadlines.settings import NAMES_MOST, Setting, SettingKind
from app.deadlines.working_days import MODE_LABELS, UNTIL_LABELS, Mode, Until
from app.vietnamese import format_date, parse_date, search_key
from app.web import BaseForm, DateField, WholeNumberField, choices

_KINDS = {"nghi": DayKind.OFF, "lam viec": DayKind.WORKED, "lam bu": DayKind.WORKED}


def read_days(text: str) -> tuple[list[DayEntry], list[str]]:
    """Lines “ngày; Nghỉ hoặc Làm việc; tên; nguồn” as entries, and what is wrong with the others."""
    entries: list[DayEntry] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(";")]
        kind = _KINDS.get(search_key(parts[1])) if len(parts) > 1 else None
        if len(parts) not in (3, 4) or kind is None or not parts[2]:
            wrong.append(f"Dòng {number}: nhập “ngày; Nghỉ hoặc Làm việc; tên; nguồn”.")
            continue
        try:
            day = parse_date(parts[0])
        except ValueError as error:
            wrong.append(f"Dòng {number}: {error}.")
            continue
        source = parts[3] if len(parts) == 4 else ""
        entries.append(DayEntry(day, kind, parts[2], source, is_confirmed_by(source)))
    return entries, wrong


class CalendarForm(BaseForm):
    """The next version of the calendar: the present one with days added and taken away."""

    added = TextAreaField("Ngày thêm hoặc thay thế", [Length(max=20_000)])
    removed = SelectMultipleField("Ngày bỏ khỏi lịch", choices=choices([]))
    effective_from = DateField("Áp dụng từ ngày", [InputRequired()])
    note = StringField("Ghi chú", [InputRequired(), Length(max=300)])

    def offer(self, days: Sequence[CalendarDay]) -> None:
        """Fill the list of days that may go."""
        self.removed.choices = choices(
            [(d.day.isoformat(), f"{format_date(d.day)} – {d.name}") for d in days]
        )

    def validate_added(self, field: Field) -> None:
        """Every line can be read; something changes."""
        entries, wrong = read_days(field.data or "")
        if not wrong and not entries and not self.removed.data:
            wrong = ["Nhập ít nhất một ngày thêm, hoặc chọn ngày bỏ khỏi lịch."]
        field.errors = [*field.errors, *wrong]

    def validate(self, extra_validators: Any = None) -> bool:
        """The errors of the lines count too."""
        return super().validate(extra_validators) and not self.added.errors

    def days_after(self, now: Sequence[CalendarDay]) -> list[DayEntry]:
        """The whole list of the next version."""
        gone = {date.fromisoformat(day) for day in self.removed.data or ()}
        days = {
            d.day: DayEntry(d.day, d.kind, d.name, d.source, d.verified) for d in now if d.day not in gone
        }
        entries, _wrong = read_days(self.added.data or "")
        # a day typed twice reaches the service twice, which says so
        return [entry for day, entry in days.items() if day not in {e.day for e in entries}] + entries


_ROLLS = (("1", "Chuyển đến ngày làm việc tiếp theo"), ("0", "Giữ nguyên ngày"))


class RuleForm(BaseForm):
    """The next version of how long a step takes; `version` is the number of the one it was filled from."""

    event = SelectField("Tính từ", choices=choices([]), validators=[InputRequired()])
    days = WholeNumberField("Số ngày", [InputRequired(), NumberRange(0, 366)])
    mode = RadioField(
        "Cách tính",
        choices=choices([(mode.value, label) for mode, label in MODE_LABELS.items()]),
        validators=[InputRequired()],
    )
    until = RadioField(
        "Hoàn thành",
        choices=choices([(until.value, label) for until, label in UNTIL_LABELS.items()]),
        validators=[InputRequired()],
    )
    rolls = RadioField(
        "Ngày cuối trùng ngày nghỉ", choices=choices(_ROLLS), validators=[InputRequired()]
    )  # fmt: skip
    basis = TextAreaField("Căn cứ", [InputRequired(), Length(max=500)])
    effective_from = DateField("Áp dụng từ ngày", [InputRequired()])
    start = DateField("Xem thử với sự kiện vào ngày", [Optional()])

    @classmethod
    def of(cls, rule: DeadlineRule, today: date) -> RuleForm:
        """The form filled from the version that stands."""
        form = cls(
            data={
                "event": rule.event.value, "days": rule.days, "mode": rule.mode.value,
                "until": rule.until.value, "rolls": "1" if rule.rolls else "0", "basis": rule.basis,
                "effective_from": max(today, rule.effective_from), "version": rule.number,
            }
        )  # fmt: skip
        form.event.choices = choices(
            [
                (event.value, EVENT_LABELS[event][0].upper() + EVENT_LABELS[event][1:])
                for event in EVENTS_OF[rule.step]
            ]
        )
        return form

    @property
    def values(self) -> RuleData:
        """What was typed, once it is valid."""
        assert self.days.data is not None
        return RuleData(
            days=self.days.data,
            mode=Mode(self.mode.data),
            basis=self.basis.data or "",
            event=Event(self.event.data),
            until=Until(self.until.data),
            rolls=self.rolls.data == "1",
            effective_from=self.effective_from.data,
        )


class PreviewForm(BaseForm):
    """From which day to show what the deadlines would be; read from the address, nothing is written."""

    class Meta(BaseForm.Meta):
        csrf = False

    start = DateField("Nếu sự kiện vào ngày", [Optional()])


class SettingForm(BaseForm):
    """A new value of a setting from a day on; `value` is made for the kind of the setting."""

    effective_from = DateField("Áp dụng từ ngày", [InputRequired()])


def setting_form(setting: Setting[Any]) -> type[SettingForm]:
    """The form for this setting."""
    yes_no = [("1", "Có"), ("0", "Không")]
    pairs = yes_no if setting.kind is SettingKind.YES_NO else list(setting.choices)
    value = (
        RadioField("Giá trị mới", choices=choices(pairs), validators=[InputRequired()])
        if pairs
        else StringField("Giá trị mới", [InputRequired(), Length(max=NAMES_MOST)])
    )
    return type("OneSettingForm", (SettingForm,), {"value": value})


def typed_value(setting: Setting[Any], typed: str) -> object:
    """What `setting.read` understands of what was typed."""
    return typed == "1" if setting.kind is SettingKind.YES_NO else typed


def shown_value(setting: Setting[Any], value: object) -> str:
    """A stored value in words."""
    if setting.kind is SettingKind.YES_NO:
        return "Có" if value else "Không"
    return dict(setting.choices).get(str(value), str(value))
