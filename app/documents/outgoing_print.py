"""The register of outgoing papers, printed (NĐ 30/2020 Phụ lục IV) and as a workbook (Phụ lục VI)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.documents import pages, rendering
from app.documents.content import Align, Column, OfficialDocument, Row, Table, Urgency, paragraph
from app.documents.kinds import DocumentKind
from app.documents.models import NumberState, Series
from app.documents.outgoing import Filters, Gap, Line
from app.errors import NotFound
from app.files import services as files
from app.files.models import StoredFile
from app.units.models import Unit
from app.vietnamese import format_date
from app.web import sheets

TITLE = "Sổ đăng ký văn bản đi"
MOST_PRINTED = 500
"""Lines of one PDF: a table is laid out whole, in eight seconds and 250 MB. A book is bound in volumes."""
MOST_EXPORTED = 10_000
LANGUAGE = "Tiếng Việt"
URGENCIES = {Urgency.KHAN.value: 1, Urgency.THUONG_KHAN.value: 2, Urgency.HOA_TOC.value: 3}


def compose(
    series: Series, year: int, lines: Sequence[Line], gaps: Sequence[Gap], filters: Filters, office: Unit
) -> OfficialDocument:
    """The book as it is printed and bound: the eight columns of Phụ lục IV, a line a number."""
    parent = office.current.parent
    columns = (
        Column("Số, ký hiệu văn bản", 24, Align.CENTER),
        Column("Ngày tháng văn bản", 21, Align.CENTER),
        Column("Tên loại và trích yếu nội dung văn bản", 70),
        Column("Người ký", 27),
        Column("Nơi nhận văn bản", 42),
        Column("Đơn vị, người nhận bản lưu", 22),
        Column("Số lượng bản", 14, Align.CENTER),
        Column("Ghi chú", 32),
    )
    rows = tuple(
        Row(
            (
                line.number_and_symbol, format_date(line.on), line.what, line.signer_name,
                "; ".join(line.recipients), line.kept_by, f"{line.copies:02d}" if line.copies else "",
                line.note,
            )
        )
        for line in lines
    )  # fmt: skip
    return OfficialDocument(
        kind=DocumentKind.OTHER,
        type_name=TITLE,
        subject=f"{series.title} năm {year}",
        governing_body=parent.name if parent is not None else None,
        issuing_body=office.name,
        landscape=True,
        blocks=(
            paragraph(_span(lines, filters)),
            *(paragraph(f"{gap.told}.") for gap in gaps),
            Table(columns, rows, empty_text="Chưa có văn bản nào trong sổ"),
        ),
    )


def _span(lines: Sequence[Line], filters: Filters) -> str:
    """From which number and day to which, how many lines, how many void."""
    told = f"Phần in: {filters.told}. " if filters.told else ""
    if not lines:
        return f"{told}Không có dòng nào."
    void = sum(line.state is NumberState.VOID for line in lines)
    days = [line.on for line in lines]
    return (
        f"{told}Từ số {lines[0].n:02d} đến số {lines[-1].n:02d}, từ ngày {format_date(min(days))} đến ngày "
        f"{format_date(max(days))}: {len(lines):02d} dòng, trong đó {void:02d} số không dùng."
    )


def draw(content: OfficialDocument, *, at: datetime) -> bytes:
    """The PDF of the book."""
    return rendering.render_pdf(content, created_at=at, template="outgoing_register").data


FIELDS: tuple[tuple[str, str, int, float], ...] = (
    ("Số văn bản", "CodeNumber", 11, 9),
    ("Ký hiệu văn bản", "CodeNotation", 30, 14),
    ("Ngày, tháng, năm văn bản", "IssuedDate", 10, 12),
    ("Tên cơ quan ban hành", "OrganName", 200, 22),
    ("Tên loại văn bản", "TypeName", 100, 20),
    ("Trích yếu nội dung", "Subject", 500, 44),
    ("Ngôn ngữ", "Language", 30, 11),
    ("Số trang", "PageAmount", 3, 8),
    ("Ghi chú", "Description", 500, 26),
    ("Chức vụ người ký", "SignerInfo.Position", 100, 18),
    ("Họ tên người ký", "SignerInfo.FullName", 50, 20),
    ("Nơi nhận", "To.OrganName", 200, 30),
    ("Độ khẩn (1 khẩn, 2 thượng khẩn, 3 hỏa tốc)", "Priority", 1, 10),
    ("Số lượng bản phát hành", "IssuedAmount", 3, 10),
    ("Hạn trả lời", "DueDate", 10, 12),
)
"""Label, field of Phụ lục VI, its length, width of the column."""


def workbook(
    series: Series, year: int, lines: Sequence[Line], filters: Filters, office: Unit, *, at: datetime
) -> bytes:
    """The xlsx with the fields of Phụ lục VI; a text that is longer than its field ends in “…”."""
    parent = office.current.parent
    return sheets.workbook(
        "Văn bản đi",
        f"{TITLE} – {series.title} năm {year}".upper(),
        [(f"{label}\n{field} ({length})", width) for label, field, length, width in FIELDS],
        (_fitted(line) for line in lines),
        office=office.name,
        parent=parent.name if parent is not None else "",
        at=at,
        remark=filters.told,
    )


def _fitted(line: Line) -> list[sheets.Value]:
    values: tuple[sheets.Value, ...] = (
        f"{line.n:02d}", line.symbol, line.on, line.issuer, line.type_name, line.subject,
        LANGUAGE if line.issued else "", page_amount(line.file), line.note, line.signer_title,
        line.signer_name, "; ".join(line.recipients), URGENCIES.get(line.urgency), line.copies, line.reply_by,
    )  # fmt: skip
    return [
        f"{value[: length - 1]}…" if isinstance(value, str) and len(value) > length else value
        for value, (_, _, length, _) in zip(values, FIELDS, strict=True)
    ]


def page_amount(file: StoredFile | None) -> int | None:
    """Pages of the kept PDF; None when there is none or it cannot be opened."""
    if file is None or file.media_type != "application/pdf":
        return None
    try:
        return pages.count_pages(files.read(file)) or None
    except NotFound:  # lost or altered: `flask files check` says so, the book is printed all the same
        return None
