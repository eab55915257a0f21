"""WTForms fields and small forms that speak Vietnamese and keep what the person typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from app.form_library.values import (
    MAX_COUNT,
    MAX_ROWS,
    PRESENCE_LABELS,
    Presence,
    RatioValue,
    RollCall,
    RollCallRow,
    clean_line,
    clean_text,
    parse_codes,
    parse_number,
    parse_time,
    typed_number,
)
from app.vietnamese import format_date, number, parse_date

_MESSAGES = {
    "This field is required.": "Cần nhập nội dung này.",
    "Not a valid choice.": "Chọn một trong các giá trị có sẵn.",
    "Invalid Choice: could not coerce.": "Chọn một trong các giá trị có sẵn.",
    "'%(value)s' is not a valid choice for this field.": "Chọn trong các giá trị có sẵn.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Chọn trong các giá trị có sẵn.",
}


class _Vietnamese:
    """WTForms has no Vietnamese catalogue; whatever it says that is not listed must still not be English."""

    def gettext(self, string: str) -> str:
        return _MESSAGES.get(string, "Giá trị không hợp lệ.")

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular)


@dataclass(frozen=True)
class InputError:
    """One message and the HTML id of the input it stands at, for the list above the form."""

    input_id: str
    message: str


class VietnameseForm(Form):
    """A form whose messages are Vietnamese."""

    class Meta:
        def get_translations(self, form: Any) -> _Vietnamese:
            return _Vietnamese()

    def input_errors(self) -> tuple[InputError, ...]:
        """Every message of this form and the forms in it, in the order of the page."""
        return tuple(InputError(field.id, str(error)) for field in _leaves(self) for error in field.errors)

    def is_blank(self) -> bool:
        """Whether nothing at all was typed or chosen in the posted form."""
        return not any(str(raw).strip() for field in _leaves(self) for raw in field.raw_data or ())


def _leaves(fields: Iterable[Any]) -> Iterator[Any]:
    """The fields that hold one input each, through forms in forms and lists of rows."""
    for field in fields:
        if isinstance(field, FormField):
            yield from _leaves(field.form)
        elif isinstance(field, FieldList):
            yield from _leaves(field.entries)
        else:
            yield field


class _TypedInput(Field):
    """One text box whose text is parsed; the typed text is shown again as it was, right or wrong."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.format(self.data)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if valuelist:
            self.data = None
            if typed := clean_text(str(valuelist[0])):
                self.data = self.parse(typed)

    def parse(self, typed: str) -> Any:
        """The value; ValueError carries the message to show."""
        raise NotImplementedError

    def format(self, value: Any) -> str:
        """The value as it would be typed."""
        raise NotImplementedError


class NumberInput(_TypedInput):
    """A Decimal between two bounds with at most `decimals` decimals; `suffix` may be typed after it."""

    def __init__(
        self,
        label: str = "",
        *,
        low: Decimal = Decimal(0),
        high: Decimal = Decimal(MAX_COUNT),
        decimals: int = 0,
        suffix: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault(
            "render_kw", {"inputmode": "decimal" if decimals else "numeric", "autocomplete": "off"}
        )
        super().__init__(label, [Optional()], **kwargs)
        self.low, self.high, self.decimals, self.suffix = low, high, decimals, suffix

    def parse(self, typed: str) -> Decimal:
        value = parse_number(typed.removesuffix(self.suffix) if self.suffix else typed)
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimals:
            allowed = f"nhiều nhất {self.decimals:02d} chữ số thập phân" if self.decimals else "số nguyên"
            raise ValueError(f"Nhập {allowed}.")
        if not self.low <= value <= self.high:
            raise ValueError(f"Nhập số từ {typed_number(self.low)} đến {typed_number(self.high)}.")
        return value

    def format(self, value: Decimal) -> str:
        return typed_number(value)


class DayInput(_TypedInput):
    """A date typed as d/m/yyyy."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        kwargs.setdefault(
            "render_kw", {"inputmode": "numeric", "placeholder": "ngày/tháng/năm", "autocomplete": "off"}
        )
        super().__init__(label, [Optional()], **kwargs)

    def parse(self, typed: str) -> date:
        return parse_date(typed)

    def format(self, value: date) -> str:
        return format_date(value)


class TimeInput(_TypedInput):
    """An hour of the day, kept as HH:MM."""

    def parse(self, typed: str) -> str:
        return parse_time(typed)

    def format(self, value: str) -> str:
        return value


class CodesInput(TextAreaField):
    """Application codes, one per line, as a tuple."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(self.data or ())

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if valuelist:
            self.data: Any = ()
            self.data = parse_codes(str(valuelist[0]))


class CheckboxesInput(SelectMultipleField):
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def line_input(label: str, limit: int, **kwargs: Any) -> Any:
    """A text box of one line, NFC, at most `limit` characters."""
    message = f"Nhập không quá {limit} ký tự."
    return StringField(
        label, [Optional(), Length(max=limit, message=message)], filters=[clean_line], **kwargs
    )


def area_input(label: str, limit: int, **kwargs: Any) -> Any:
    """A text box of several lines, NFC, at most `limit` characters."""
    message = f"Nhập không quá {number(limit)} ký tự."
    return TextAreaField(
        label, [Optional(), Length(max=limit, message=message)], filters=[clean_text], **kwargs
    )


def select_input(label: str, labels: Mapping[Any, str], blank: str = "Chọn", **kwargs: Any) -> Any:
    """A drop-down list that may stay unchosen."""
    choices: Any = {"": blank} | {str(value): text for value, text in labels.items()}
    return SelectField(label, [Optional()], choices=choices, default="", **kwargs)


class RatioForm(VietnameseForm):
    """Total, examined, failing: all three or none."""

    total = NumberInput("Tổng số")
    sample = NumberInput("Đã kiểm tra")
    failing = NumberInput("Có sai sót")

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside the numbers themselves: failing ≤ sample ≤ total, each message at the box to mend."""
        if not super().validate(extra_validators):
            return False
        boxes = (self.total, self.sample, self.failing)
        if all(box.data is None for box in boxes):
            return True
        for box in boxes:
            if box.data is None:
                add_error(box, "Nhập đủ tổng số, số đã kiểm tra và số có sai sót.")
        total, sample, failing = self.total.data, self.sample.data, self.failing.data
        if None not in (total, sample) and sample > total:
            add_error(self.sample, "Số đã kiểm tra không được lớn hơn tổng số.")
        if None not in (sample, failing) and failing > sample:
            add_error(self.failing, "Số có sai sót không được lớn hơn số đã kiểm tra.")
        return not self.errors

    def value(self) -> RatioValue | None:
        """The ratio, once validated; None when nothing was entered."""
        if self.total.data is None or self.sample.data is None or self.failing.data is None:
            return None
        return RatioValue(int(self.total.data), int(self.sample.data), int(self.failing.data))


class RollCallRowForm(VietnameseForm):
    """One person of a roll-call; a row left blank does not count."""

    name = line_input("Họ và tên", 120)
    post = line_input("Chức vụ, vị trí", 120)
    section = line_input("Phòng, bộ phận", 120)
    presence = select_input("Có mặt/Vắng", PRESENCE_LABELS)
    badge = BooleanField("Đeo thẻ")
    reason = line_input("Lý do, minh chứng", 300)
    note = line_input("Ghi chú", 300)

    def validate(self, extra_validators: Any = None) -> bool:
        """A row that was begun needs name and presence; an excused absence needs its proof."""
        if not super().validate(extra_validators):
            return False
        if self.is_empty():
            return True
        if not self.name.data:
            add_error(self.name, "Nhập họ và tên.")
        if not self.presence.data:
            add_error(self.presence, "Chọn có mặt hoặc vắng.")
        elif Presence(self.presence.data).is_excused and not self.reason.data:
            add_error(self.reason, "Ghi lý do, minh chứng (giấy phép, lịch công tác số …).")
        return not self.errors

    def is_empty(self) -> bool:
        """Whether nothing stands in the row."""
        return not any(field.data for field in self)

    def value(self) -> RollCallRow:
        """The row, once validated; a badge counts only on somebody who is there."""
        presence = Presence(self.presence.data)
        return RollCallRow(
            name=self.name.data or "",
            post=self.post.data or "",
            section=self.section.data or "",
            presence=presence,
            reason=self.reason.data or "",
            note=self.note.data or "",
            badge=bool(self.badge.data) and presence is Presence.PRESENT,
        )


class RowsInput(FieldList):  # type: ignore[type-arg]  # generic in its stubs only
    """A FieldList that survives any posted name: WTForms takes `rows-²-name` for a number and fails on it."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        start = f"{prefix}-"
        for name in formdata:
            if name.startswith(start):
                index = name[len(start) :].split("-", 1)[0]
                if index.isascii() and index.isdecimal() and len(index) <= 4:
                    yield int(index)


class RollCallForm(VietnameseForm):
    """A roll-call: when, where, and the table of people."""

    on = DayInput("Ngày kiểm tra")
    at = TimeInput("Giờ kiểm tra", [Optional()])
    place = line_input("Địa điểm", 200)
    rows = RowsInput(FormField(RollCallRowForm), "Danh sách", min_entries=5, max_entries=MAX_ROWS + 1)

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside the rows themselves: nobody twice, and no more rows than one sitting can hold."""
        if not super().validate(extra_validators):
            return False
        if len(self.rows.entries) > MAX_ROWS:
            add_error(self.place, f"Bảng kiểm diện không quá {MAX_ROWS} người; tách theo phòng, bộ phận.")
        seen: dict[tuple[str, str, str], int] = {}
        for line, row in enumerate(self._filled_rows(), start=1):
            person = (row.name.data.casefold(), row.post.data.casefold(), row.section.data.casefold())
            if (first := seen.setdefault(person, line)) != line:
                add_error(
                    row.name, f"Đã có ở dòng {first}; nếu là hai người trùng tên, ghi rõ chức vụ, bộ phận."
                )
        return not self.input_errors()

    def _filled_rows(self) -> list[Any]:
        return [entry.form for entry in self.rows.entries if not entry.form.is_empty()]

    def value(self) -> RollCall | None:
        """The roll-call, once validated; None when nothing was entered."""
        rows = tuple(row.value() for row in self._filled_rows())
        call = RollCall(rows=rows, on=self.on.data, at=self.at.data or "", place=self.place.data or "")
        return None if call == RollCall(rows=()) else call


def add_error(field: Any, message: str) -> None:
    """Put a message at a field after its own validation."""
    field.errors = [*field.errors, message]
