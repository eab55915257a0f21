"""Forms around the sheet: strengths, one answer for many contents, sampled applications, clean groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import FormField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.errors import DomainError
from app.fieldwork.models import SampledApplication
from app.fieldwork.services import ApplicationRow, RowTyped
from app.fieldwork.services.answers import MANY_RESULTS
from app.fieldwork.services.applications import MAX_APPLICATIONS, row_of
from app.form_library.builder import AnswerValues
from app.form_library.inputs import RowsInput, VietnameseForm, area_input, line_input
from app.form_library.values import RESULT_LABELS, Result, clean_line, clean_text
from app.vietnamese import format_date, number, parse_date
from app.web import BaseForm, DateField, WholeNumberField, choices, read_id


class StrengthsForm(BaseForm):
    stamp = HiddenField("Bản đang sửa")
    strengths = TextAreaField("Ưu điểm, cách làm hay, có số liệu", [Length(max=8000)], filters=[clean_text])


class CleanForm(BaseForm):
    stamp = HiddenField("Bản đang sửa")
    reason = TextAreaField("Lý do không có tồn tại, hạn chế", [Length(max=2000)], filters=[clean_text])
    sample = TextAreaField("Mẫu đã xem", [Length(max=2000)], filters=[clean_text])


class ManyForm(BaseForm):
    """“Ghi chung cho các tiêu chí đã chọn”."""

    result = RadioField(
        "Kết quả chung",
        [InputRequired("Chọn kết quả.")],
        choices=choices([(str(result), RESULT_LABELS[result]) for result in MANY_RESULTS]),
    )
    looked_at = area_input("Hồ sơ, tài liệu đã xem", 500)
    reason = area_input("Lý do (Không áp dụng, Chưa kiểm tra)", 1000)
    note = area_input("Ghi chú chung", 4000)

    def values(self) -> AnswerValues:
        """The one answer, once validated."""
        result = Result(self.result.data)
        return AnswerValues(
            result=result,
            looked_at_other=clean_line(self.looked_at.data) if result.is_assessed else "",
            note=self.note.data or "",
            na_reason="" if result.is_assessed else self.reason.data or "",
        )


_YES_NO = (("", ""), ("yes", "Có"), ("no", "Không"))
_MOST = 99_999
_COUNTED = [Optional(), NumberRange(0, _MOST)]


class ApplicationForm(VietnameseForm):
    """One row of “Bảng kê hồ sơ TTHC đã kiểm tra”; `seen` = the stored row it was filled from."""

    seen = HiddenField("Bản đang sửa")
    code = line_input("Mã hồ sơ", 60)
    procedure = line_input("Tên thủ tục hành chính", 300)
    field = line_input("Lĩnh vực", 120)
    received_on = DateField("Ngày tiếp nhận")
    promised_on = DateField("Ngày hẹn trả")
    result_signed_on = DateField("Ngày ký kết quả")
    returned_on = DateField("Ngày trả, kết thúc trên hệ thống")
    days_late = WholeNumberField("Số ngày quá hạn", _COUNTED)
    supplements = WholeNumberField("Phiếu yêu cầu bổ sung (số lần)", _COUNTED)
    apology = SelectField("Phiếu xin lỗi", choices=choices(_YES_NO))
    fault = line_input("Nội dung sai sót", 500)
    position = line_input("Vị trí xử lý", 200)
    note = line_input("Ghi chú", 300)

    def row(self) -> ApplicationRow:
        """The row, once validated."""
        return ApplicationRow(
            code=self.code.data or "",
            procedure=self.procedure.data or "",
            field=self.field.data or "",
            received_on=self.received_on.data,
            promised_on=self.promised_on.data,
            result_signed_on=self.result_signed_on.data,
            returned_on=self.returned_on.data,
            days_late=self.days_late.data,
            supplements=self.supplements.data,
            apology={"yes": True, "no": False}.get(self.apology.data or ""),
            fault=self.fault.data or "",
            position=self.position.data or "",
            note=self.note.data or "",
        )

    def typed(self) -> RowTyped:
        """The row with what it was filled from."""
        stored_id, _, digest = (self.seen.data or "").partition(":")
        return RowTyped(self.row(), read_id(stored_id), digest)


COLUMNS = (
    "code",
    "procedure",
    "field",
    "received_on",
    "promised_on",
    "result_signed_on",
    "returned_on",
    "days_late",
    "supplements",
    "apology",
    "fault",
    "position",
    "note",
)
_DATES = frozenset({"received_on", "promised_on", "result_signed_on", "returned_on"})
_NUMBERS = frozenset({"days_late", "supplements"})


def data_of(row: SampledApplication) -> dict[str, Any]:
    """A stored row as form data."""
    return {**_data(row_of(row)), "seen": f"{row.id}:{row_of(row).digest}"}


def _data(row: ApplicationRow) -> dict[str, Any]:
    data = {name: getattr(row, name) for name in COLUMNS}
    return {**data, "apology": "" if row.apology is None else "yes" if row.apology else "no"}


def told(row: ApplicationRow) -> str:
    """A row on one line, for a reader who compares two of them."""
    words = []
    for name in COLUMNS:
        value = getattr(row, name)
        if isinstance(value, bool):
            value = "có phiếu xin lỗi" if value else "không có phiếu xin lỗi"
        elif isinstance(value, date):
            value = format_date(value)
        if value not in (None, ""):
            words.append(str(value))
    return "; ".join(words)


class ApplicationsForm(BaseForm):
    """The table as rows to edit, and a box to paste rows from Excel into (cells by tab)."""

    rows = RowsInput(FormField(ApplicationForm), "Hồ sơ", max_entries=MAX_APPLICATIONS + 5)
    paste = TextAreaField("Dán từ Excel", [Length(max=200_000)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse a new row that says something and has no code."""
        good = super().validate(extra_validators)
        for entry in self.rows.entries:
            typed = entry.form.typed()
            if typed.stored_id is None and not typed.row.code and typed.row != ApplicationRow(""):
                entry.form.code.errors = [*entry.form.code.errors, "Nhập mã hồ sơ."]
                good = False
        return bool(good)

    def typed_rows(self) -> list[RowTyped]:
        """Rows of the table, then the pasted ones. Raises DomainError naming the pasted line and the cell."""
        typed = [entry.form.typed() for entry in self.rows.entries]
        pasted = [RowTyped(row) for row in parse_pasted(self.paste.data or "")]
        return [row for row in typed if row.row.code or row.stored_id is not None] + pasted

    def go_on_from(self, stored: Sequence[SampledApplication]) -> tuple[ApplicationsForm, list[str]]:
        """After a stale save: the table as it stands with what was typed over it, to be saved knowingly.

        Returns the new form and the stored text of the rows that were changed on both sides.
        """
        by_id = {row.id: row for row in stored}
        data: list[dict[str, Any]] = []
        differing: list[str] = []
        for entry in self.rows.entries:
            typed = entry.form.typed()
            found = by_id.pop(typed.stored_id or 0, None)
            touched = typed.row.digest != typed.digest
            if found is None and touched and typed.row != ApplicationRow(""):
                data.append(_data(typed.row))
            elif found is not None and touched:
                data.append({**_data(typed.row), "seen": data_of(found)["seen"]})
                if row_of(found).digest != typed.digest:
                    differing.append(told(row_of(found)))
            elif found is not None:
                data.append(data_of(found))
        data += [data_of(row) for row in by_id.values()]
        form = ApplicationsForm(formdata=None, data={"rows": [*data, {}, {}, {}], "paste": self.paste.data})
        return form, differing


def parse_pasted(text: str) -> list[ApplicationRow]:
    """Lines copied from a spreadsheet: cells by tab, with or without the column STT, heading line skipped."""
    found = []
    for place, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        cells = [clean_line(cell) for cell in line.split("\t")]
        if not any(cells) or any(cell.casefold() == "mã hồ sơ" for cell in cells):
            continue
        if len(cells) > 1 and cells[0].rstrip(".").isdecimal() and len(cells[0]) <= 4 and cells[1]:
            cells = cells[1:]
        if len(cells) > len(COLUMNS):
            raise DomainError(
                f"Dòng {place} có {len(cells)} cột; bảng kê có {len(COLUMNS)} cột, không kể số thứ tự.",
                field="paste",
            )
        found.append(_pasted_row(place, dict(zip(COLUMNS, cells, strict=False))))
    return found


def _pasted_row(place: int, cells: dict[str, str]) -> ApplicationRow:
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        try:
            values[name] = _cell(name, cell)
        except ValueError as error:
            raise DomainError(f"Dòng {place}, “{cell[:40]}”: {error}", field="paste") from None
    if not values.get("code") or len(values["code"]) > 60:
        raise DomainError(f"Dòng {place}: nhập mã hồ sơ, không quá 60 ký tự.", field="paste")
    return ApplicationRow(**values)


def _cell(name: str, cell: str) -> date | int | bool | str | None:
    if name in _DATES:
        return parse_date(cell) if cell else None
    if name in _NUMBERS:
        if cell and not (cell.isascii() and cell.isdecimal() and len(cell) <= 5):
            raise ValueError(f"nhập số nguyên từ 0 đến {number(_MOST)}")
        return int(cell) if cell else None
    if name == "apology":
        known = {"": None, "có": True, "x": True, "không": False}
        if cell.casefold() not in known:
            raise ValueError("nhập Có hoặc Không")
        return known[cell.casefold()]
    return cell[:500]


def blank_rows(rows: Iterable[SampledApplication], extra: int = 3) -> list[dict[str, Any]]:
    """Stored rows with blank ones at the end, so that rows are added without JavaScript."""
    return [*(data_of(row) for row in rows), *({} for _ in range(extra))]
