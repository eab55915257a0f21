"""Sổ đăng ký văn bản đi: the book of a series and a year, number by number (NĐ 30/2020 Đ16, Phụ lục IV).

A line for every paper that was issued with a number of the book, here or in the office's document system, and
for every number that was taken and did not come out on one, with the reason. What the screen shows under its
filters is what is printed and what the workbook holds (fields and lengths: Phụ lục VI).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload

from app.documents import books
from app.documents.kinds import KIND_LABELS
from app.documents.models import Delivery, Document, DocumentState, IssueWay, Number, NumberState, Series
from app.documents.queries import ISSUED
from app.documents.states import DOCUMENT
from app.errors import DomainError
from app.extensions import db
from app.files.models import StoredFile
from app.units.models import Unit
from app.vietnamese import number, search_key
from app.web.paging import Cursor, Page, slice_page

RESERVED_NOTE = "Đã lấy số, chưa ký"
SIGNED_NOTE = "Đã ký, chưa phát hành"
_KEPT = "lưu:"
BEYOND = 2**62
"""Above the key of every row."""


@dataclass(frozen=True)
class Filters:
    """What the screen is asked for: words, a month of the year (1 … 12), numbers from `first` to `last`."""

    text: str = ""
    month: int | None = None
    first: int | None = None
    last: int | None = None

    @property
    def told(self) -> str:
        """The filters as the print names them; empty when the whole year is shown."""
        parts = [f"tháng {self.month:02d}"] if self.month else []
        parts += [f"từ số {self.first:02d}"] if self.first else []
        parts += [f"đến số {self.last:02d}"] if self.last else []
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
            "Chọn tháng hoặc từ số, đến số để in, xuất từng quyển."
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


def _issued(series: Series, year: int, office: Unit, filters: Filters) -> sa.Select[Document]:
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
    if filters.first:
        query = query.where(Document.number >= filters.first)
    if filters.last:
        query = query.where(Document.number <= filters.last)
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
            Number.n >= (filters.first or 0),
            Number.n <= (filters.last or BEYOND),
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
