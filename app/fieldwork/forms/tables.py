"""Forms around the sheet: strengths, one answer for many contents, sampled applications, clean groups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from wtforms import FormField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.errors import DomainError
from app.fieldwork.models import GroupNote, SampledApplication
from app.fieldwork.services import ApplicationRow
from app.fieldwork.services.answers import MANY_RESULTS, MAX_APPLICATIONS
from app.form_library.builder import AnswerValues
from app.form_library.inputs import RowsInput, VietnameseForm, area_input, line_input
from app.form_library.values import RESULT_LABELS, Result, clean_line, clean_text
from app.vietnamese import parse_date
from app.web import BaseForm, DateField, WholeNumberField, choices


def seen_of(note: GroupNote | None) -> str:
    """What a form about a group note was filled from."""
    return note.updated_at.isoformat() if note is not None else ""


def read_seen(text: str | None) -> datetime | None:
    """The instant of a posted `seen`; what cannot be read is None."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


class StrengthsForm(BaseForm):
    seen = HiddenField("Bản đang sửa")
    strengths = TextAreaField("Ưu điểm, cách làm hay, có số liệu", [Length(max=8000)], filters=[clean_text])


class CleanForm(BaseForm):
    seen = HiddenField("Bản đang sửa")
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


class ApplicationForm(VietnameseForm):
    """One row of “Bảng kê hồ sơ TTHC đã kiểm tra”; a row without a code is left out."""

    code = line_input("Mã hồ sơ", 60)
    procedure = line_input("Tên thủ tục hành chính", 300)
    field = line_input("Lĩnh vực", 120)
    received_on = DateField("Ngày tiếp nhận")
    promised_on = DateField("Ngày hẹn trả")
    result_signed_on = DateField("Ngày ký kết quả")
    returned_on = DateField("Ngày trả, kết thúc trên hệ thống")
    days_late = WholeNumberField("Số ngày quá hạn")
    supplements = WholeNumberField("Phiếu yêu cầu bổ sung (số lần)")
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
    data = {name: getattr(row, name) for name in COLUMNS}
    return {**data, "apology": "" if row.apology is None else "yes" if row.apology else "no"}


class ApplicationsForm(BaseForm):
    """The table as rows to edit, and a box to paste rows from Excel into (cells by tab)."""

    rows = RowsInput(FormField(ApplicationForm), "Hồ sơ", max_entries=MAX_APPLICATIONS + 5)
    paste = TextAreaField("Dán từ Excel", [Length(max=200_000)])

    def application_rows(self) -> list[ApplicationRow]:
        """Rows of the table, then the pasted ones. Raises DomainError naming the pasted line and the cell."""
        typed = [entry.form.row() for entry in self.rows.entries if entry.form.code.data]
        return typed + parse_pasted(self.paste.data or "")


def parse_pasted(text: str) -> list[ApplicationRow]:
    """Lines copied from a spreadsheet: cells by tab, with or without the column STT, heading line skipped."""
    found = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        cells = [clean_line(cell) for cell in line.split("\t")]
        if not any(cells) or any(cell.casefold() == "mã hồ sơ" for cell in cells):
            continue
        if len(cells) > 1 and cells[0].rstrip(".").isdecimal() and len(cells[0]) <= 4 and cells[1]:
            cells = cells[1:]
        if len(cells) > len(COLUMNS):
            raise DomainError(
                f"Dòng {number} có {len(cells)} cột; bảng kê có {len(COLUMNS)} cột, không kể số thứ tự.",
                field="paste",
            )
        found.append(_pasted_row(number, dict(zip(COLUMNS, cells, strict=False))))
    return found


def _pasted_row(number: int, cells: dict[str, str]) -> ApplicationRow:
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        try:
            values[name] = _cell(name, cell)
        except ValueError as error:
            raise DomainError(f"Dòng {number}, “{cell[:40]}”: {error}", field="paste") from None
    if not values.get("code") or len(values["code"]) > 60:
        raise DomainError(f"Dòng {number}: nhập mã hồ sơ, không quá 60 ký tự.", field="paste")
    return ApplicationRow(**values)


def _cell(name: str, cell: str) -> date | int | bool | str | None:
    if name in _DATES:
        return parse_date(cell) if cell else None
    if name in _NUMBERS:
        if cell and not (cell.isascii() and cell.isdecimal() and len(cell) <= 6):
            raise ValueError("nhập số nguyên")
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
