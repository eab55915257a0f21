"""Sổ đăng ký văn bản đi: the book of a series and a year, number by number (NĐ 30/2020 Đ16, Phụ lục IV).

A line for every paper that was issued with a number of the book, here or in the office's document system, and
for every number that was taken and did not come out on one, with the reason. What the screen shows under its
filters is what is printed and what the workbook holds (fields and lengths: Phụ lục VI).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload

from app.documents import books, pages, rendering
from app.documents.content import Align, Column, OfficialDocument, Row, Table, Urgency, paragraph
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import Delivery, Document, DocumentState, IssueWay, Number, NumberState, Series
from app.documents.queries import ISSUED
from app.documents.states import DOCUMENT
from app.errors import DomainError, NotFound
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.units.models import Unit
from app.vietnamese import format_date, number, search_key
from app.web import sheets
from app.web.paging import Cursor, Page, slice_page

TITLE = "Sổ đăng ký văn bản đi"
MOST_PRINTED = 1_000
MOST_EXPORTED = 10_000
LANGUAGE = "Tiếng Việt"
URGENCIES = {Urgency.KHAN.value: 1, Urgency.THUONG_KHAN.value: 2, Urgency.HOA_TOC.value: 3}
RESERVED_NOTE = "Đã lấy số, chưa ký"
SIGNED_NOTE = "Đã ký, chưa phát hành"
_KEPT = "lưu:"
BEYOND = 2**62
"""Above the key of every row."""


@dataclass(frozen=True)
class Filters:
    """What the screen is asked for: words, and a month of the year (1 … 12)."""

    text: str = ""
    month: int | None = None

    @property
    def told(self) -> str:
        """The filters as the print names them; empty when the whole year is shown."""
        parts = [f"tháng {self.month:02d}"] if self.month else []
        parts += [f"từ khóa “{self.text.strip()}”"] if self.text.strip() else []
        return ", ".join(parts)


@dataclass(frozen=True)
class Line:
    """One number of the book. `document_id` None: nobody may open anything behind it."""

    n: int
    symbol: str
    on: date
    type_name: str
    subject: str
    state: NumberState
    issued: bool
    note: str
    issuer: str = ""
    signer_name: str = ""
    signer_title: str = ""
    recipients: tuple[str, ...] = ()
    kept_by: str = ""
    copies: int | None = None
    urgency: str = ""
    reply_by: date | None = None
    document_id: int | None = None
    number_id: int | None = None
    held_by: str = ""
    file: StoredFile | None = None

    @property
    def key(self) -> tuple[int, int, int]:
        """Its place in the book: a number that went void and was then given in eOffice has two lines."""
        return (self.n, 0, self.document_id or 0) if self.issued else (self.n, 1, self.number_id or 0)

    @property
    def number_and_symbol(self) -> str:
        return f"{self.n:02d}/{self.symbol}"

    @property
    def what(self) -> str:
        """Tên loại và trích yếu."""
        return f"{self.type_name}: {self.subject}" if self.type_name else self.subject


@dataclass(frozen=True)
class Gap:
    """Numbers from `first` to `last` without a line, and why."""

    first: int
    last: int
    reason: str

    @property
    def told(self) -> str:
        return (
            f"Số {self.first:02d}: {self.reason}"
            if self.first == self.last
            else f"Số {self.first:02d}–{self.last:02d}: {self.reason}"
        )


NOT_RECORDED = "do hệ thống quản lý văn bản cấp, chưa ghi nhận tại đây"
ON_PAPER = "đăng ký ở sổ giấy"


def list_page(
    series: Series, year: int, office: Unit, filters: Filters, *, cursor: Cursor | None, size: int = 50
) -> Page[Line]:
    """A page of the book, in the order of its numbers. Cursor: number, issued or aside (0, 1), key."""
    issued, aside = _issued(series, year, office, filters).order_by(None), _aside(series, year, filters)
    counted = db.session.scalar(sa.select(sa.func.count()).select_from(issued.subquery())) or 0
    total = counted + len(aside)
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        last = tuple(int(value or 0) for value in cursor.values)
        # an aside with the same number stands after every issued paper of it
        key = last[2] if last[1] == 0 else BEYOND
        here, there = sa.tuple_(Document.number, Document.id), sa.tuple_(sa.literal(last[0]), sa.literal(key))
        issued = issued.where(here < there if backwards else here > there)
        aside = [line for line in aside if (line.key < last if backwards else line.key > last)]
    order = (Document.number, Document.id)
    issued = issued.order_by(*((column.desc() for column in order) if backwards else order))
    lines = sorted(
        [*_lines(db.session.scalars(issued.limit(size + 1))), *aside],
        key=lambda line: line.key,
        reverse=backwards,
    )
    return slice_page(lines[: size + 1], size=size, cursor=cursor, key=lambda line: line.key, total=total)


def list_lines(series: Series, year: int, office: Unit, filters: Filters, *, most: int) -> list[Line]:
    """The whole book under the filters. Raises DomainError when it has more than `most` lines."""
    issued, aside = _issued(series, year, office, filters), _aside(series, year, filters)
    many = db.session.scalar(sa.select(sa.func.count()).select_from(issued.order_by(None).subquery())) or 0
    many += len(aside)
    if many > most:
        raise DomainError(
            f"Sổ có {number(many)} dòng, một tệp chứa tối đa {number(most)} dòng. "
            "Chọn tháng hoặc thu hẹp bộ lọc rồi in, xuất từng phần."
        )
    found = db.session.scalars(issued.execution_options(yield_per=200))
    return sorted([*_lines(found), *aside], key=lambda line: line.key)


def list_gaps(series: Series, year: int, office: Unit) -> Sequence[Gap]:
    """Numbers below the last of the year that have no line, in ranges."""
    known = set(
        db.session.scalars(_issued(series, year, office, Filters()).with_only_columns(Document.number))
    )
    known |= set(
        db.session.scalars(sa.select(Number.n).where(Number.series_id == series.id, Number.year == year))
    )
    book = books.book_of(series, year)
    first = book.first if book is not None else 1
    gaps = [Gap(1, first - 1, ON_PAPER)] if first > 1 and known else []
    expected = first
    for n in sorted(n for n in known if n is not None and n >= first):
        if n > expected:
            gaps.append(Gap(expected, n - 1, NOT_RECORDED))
        expected = n + 1
    return gaps


def _issued(series: Series, year: int, office: Unit, filters: Filters) -> sa.Select[tuple[Document]]:
    names = {version.name for version in office.versions}
    query = (
        sa.select(Document)
        .where(
            Document.symbol.in_(sorted(books.symbols_of(series, year))),
            Document.issue_year == year,
            Document.state.in_(ISSUED),
            sa.or_(Document.issuer_unit_id == office.id, Document.issuer_name.in_(sorted(names))),
        )
        .order_by(Document.number)
    )
    if filters.text.strip():
        query = query.where(Document.search.contains(search_key(filters.text), autoescape=True))
    if filters.month:
        first = date(year, filters.month, 1)
        after = date(year + filters.month // 12, filters.month % 12 + 1, 1)
        query = query.where(Document.issued_on >= first, Document.issued_on < after)
    return query.options(
        load_only(
            Document.kind, Document.way, Document.state, Document.subject, Document.issuer_name,
            Document.number, Document.symbol, Document.issued_on, Document.signer_name,
            Document.signer_title, Document.content,
        ),
        joinedload(Document.file),
        selectinload(Document.deliveries).selectinload(Delivery.unit).selectinload(Unit.versions),
    )  # fmt: skip


def _lines(found: Iterable[Document]) -> Iterator[Line]:
    for document in found:
        assert document.number is not None and document.issued_on is not None  # ck_document_issued_has_number
        said = json.loads(document.content) if document.content else {}
        written = [str(line).strip(" -–;.") for line in said.get("recipients", ())]
        kept = [line[len(_KEPT) :].strip() for line in written if line.lower().startswith(_KEPT)]
        sent = document.deliveries
        yield Line(
            n=document.number,
            symbol=document.symbol,
            on=document.issued_on,
            type_name=KIND_LABELS[document.kind],
            subject=document.subject,
            state=NumberState.USED,
            issued=True,
            note=_note(document),
            issuer=document.issuer_name,
            signer_name=document.signer_name,
            signer_title=document.signer_title,
            recipients=tuple(line for line in written if not line.lower().startswith(_KEPT))
            or tuple(delivery.unit.name for delivery in sent),
            kept_by=", ".join(kept),
            copies=len(sent) or None,
            urgency=str(said.get("urgency", "")),
            reply_by=min((d.acknowledge_by for d in sent if d.acknowledge_by is not None), default=None),
            document_id=document.id,
            file=document.file,
        )


def _note(document: Document) -> str:
    parts = []
    if document.way is IssueWay.RECORDED:
        parts.append("Ban hành trên hệ thống quản lý văn bản")
    elif document.way is IssueWay.PAPER:
        parts.append("Bản giấy")
    if document.state is not DocumentState.ISSUED:
        parts.append(DOCUMENT.labels[document.state])
    return "; ".join(parts)


def _aside(series: Series, year: int, filters: Filters) -> list[Line]:
    """Numbers of the book without an issued paper: void, reserved, signed and not issued yet."""
    rows = db.session.scalars(
        sa.select(Number)
        .outerjoin(Document, Document.id == Number.document_id)
        .where(
            Number.series_id == series.id,
            Number.year == year,
            sa.or_(Number.state != NumberState.USED, Document.state.not_in(ISSUED)),
        )
        .order_by(Number.n)
        .options(joinedload(Number.document).joinedload(Document.signer), joinedload(Number.series))
    )
    wanted = search_key(filters.text)
    lines = (_aside_line(row) for row in rows if not filters.month or row.dated_on.month == filters.month)
    return [
        line
        for line in lines
        if wanted in search_key(f"{line.number_and_symbol} {line.subject} {line.note} {line.held_by}")
    ]


def _aside_line(row: Number) -> Line:
    document = row.document
    note = {
        NumberState.VOID: f"Số không dùng: {row.reason}",
        NumberState.RESERVED: RESERVED_NOTE,
        NumberState.USED: SIGNED_NOTE,
    }[row.state]
    return Line(
        n=row.n,
        symbol=document.symbol if document is not None else row.series.symbol,
        on=row.dated_on,
        type_name=KIND_LABELS[document.kind] if document is not None else "",
        subject=document.subject if document is not None else "",
        state=row.state,
        issued=False,
        note=note,
        issuer=document.issuer_name if document is not None else "",
        document_id=document.id if document is not None and row.state is not NumberState.VOID else None,
        number_id=row.id,
        held_by=document.signer_name or (document.signer.name if document.signer else "")
        if document is not None
        else "",
    )


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
        LANGUAGE if line.issued else "", _page_amount(line.file), line.note, line.signer_title,
        line.signer_name, "; ".join(line.recipients), URGENCIES.get(line.urgency), line.copies, line.reply_by,
    )  # fmt: skip
    return [
        f"{value[: length - 1]}…" if isinstance(value, str) and len(value) > length else value
        for value, (_, _, length, _) in zip(values, FIELDS, strict=True)
    ]


def _page_amount(file: StoredFile | None) -> int | None:
    """Pages of the kept PDF; None when there is none or it cannot be opened."""
    if file is None or file.media_type != "application/pdf":
        return None
    try:
        return pages.count_pages(files.read(file)) or None
    except NotFound:  # lost or altered: `flask files check` says so, the book is printed all the same
        return None
