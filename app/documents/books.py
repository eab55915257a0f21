"""Books of numbers as the office keeps them: which papers a series serves, where a year begins, its end.

A series has one symbol ("TB-SNV") or a template for several types ("{LOẠI}-SNV"): the head of the office
decides whether each type has its own line of numbers or shares one (NĐ 30/2020 Đ15). The symbol of a paper
says in which series it is numbered; for kinds that were given to a series, the series says the symbol.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import clock
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import (
    Book,
    Document,
    IssueWay,
    Number,
    NumberState,
    Series,
    SeriesCounter,
    SeriesKind,
)
from app.errors import Conflict, DomainError
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.vietnamese import format_date, nfc

LARGEST_NUMBER = 999_999
TYPE = "{LOẠI}"
"""What stands in a template for the short name of the type."""
LETTER = ""
TYPE_CODES: dict[DocumentKind, str] = {
    DocumentKind.ANNUAL_PLAN: "KH",
    DocumentKind.DECISION: "QĐ",
    DocumentKind.WORK_PLAN: "KH",
    DocumentKind.ANNOUNCEMENT: LETTER,
    DocumentKind.MEMBER_REQUEST: LETTER,
    DocumentKind.MINUTES: "BB",
    DocumentKind.OVERLAP_MINUTES: "BB",
    DocumentKind.TEAM_REPORT: "BC",
    DocumentKind.CONCLUSION_NOTICE: "TB",
    DocumentKind.EXTENSION_ANSWER: LETTER,
    DocumentKind.REMINDER_LETTER: LETTER,
    DocumentKind.FOLLOWUP_MINUTES: "BB",
    DocumentKind.FOLLOWUP_NOTICE: "TB",
    DocumentKind.FOLLOWUP_END: "TB",
    DocumentKind.CORRIGENDUM: LETTER,
    DocumentKind.RECALL: "QĐ",
    DocumentKind.OTHER: LETTER,
}
"""Short names of types (NĐ 30/2020 Phụ lục III) of papers that the office numbers; none for a letter."""
_SYMBOL = re.compile(r"[^\W_][\w\-&.]*(/[\w\-&.]+)*")
_TEMPLATE = re.compile(r"\{(LOẠI|LOAI)\}")


@dataclass(frozen=True)
class BookRow:
    """A book of one year on the page of books. `last` 0: no number yet; counts of its numbers by state."""

    series: Series
    year: int
    first: int
    last: int
    last_on: date | None
    used: int
    void: int
    reserved: int
    closed: bool
    kinds: tuple[DocumentKind, ...]


def clean_symbol(symbol: str) -> str:
    """The symbol as it is kept: “QĐ-SNV”, in capitals (NĐ 30/2020 Phụ lục I mục II.3), no slash before it.

    Raises DomainError (field `symbol`).
    """
    cleaned = nfc(symbol).strip().lstrip("/").replace("–", "-").strip().upper()
    cleaned = re.sub(
        r"\bTT(G|R)\b", lambda found: f"TT{found[1].lower()}", cleaned
    )  # QĐ-TTg, KL-TTr, TTr-SNV
    if not _SYMBOL.fullmatch(cleaned) or len(cleaned) > 30:
        raise DomainError("Nhập ký hiệu văn bản sau dấu gạch chéo, ví dụ QĐ-SNV.", field="symbol")
    return cleaned


def clean_template(text: str) -> str:
    """A symbol, or one with `{LOẠI}-` before it. Raises DomainError (field `symbol`)."""
    upper = nfc(text).strip().lstrip("/").strip().upper()
    if not _TEMPLATE.search(upper):
        return clean_symbol(text)
    rest = _TEMPLATE.sub(TYPE, upper).removeprefix(f"{TYPE}-")
    if "{" in rest:
        raise DomainError(f"Mẫu ký hiệu dùng chung có {TYPE} một lần ở đầu: {TYPE}-SNV.", field="symbol")
    return f"{TYPE}-{clean_symbol(rest)}"


def symbol_of(series: Series, kind: DocumentKind) -> str:
    """The symbol of a paper of this kind here: `{LOẠI}-SNV` gives QĐ-SNV, for a công văn SNV-CCHC."""
    if TYPE not in series.symbol:
        return series.symbol
    code, rest = TYPE_CODES.get(kind, LETTER), series.symbol.removeprefix(f"{TYPE}-")
    return f"{code}-{rest}" if code else f"{rest}-{deadlines.setting(DRAFTING_UNIT_SYMBOL)}"


def served(year: int) -> dict[DocumentKind, Series]:
    """Which series each kind was given to, as of this year."""
    rows = db.session.scalars(
        sa.select(SeriesKind).where(SeriesKind.year <= year).order_by(SeriesKind.year, SeriesKind.id)
    )
    latest = {row.kind: row.series for row in rows}
    return {kind: series for kind, series in latest.items() if series is not None}


def symbols_of(series: Series, year: int) -> frozenset[str]:
    """Every symbol that the papers of the series carry in this year."""
    given = {symbol_of(series, kind) for kind, other in served(year).items() if other.id == series.id}
    return frozenset(given if TYPE in series.symbol else {series.symbol})


def find(symbol: str, year: int) -> Series | None:
    """The series in which papers of this symbol are numbered; None while none was opened."""
    for kind, series in served(year).items():
        if symbol_of(series, kind) == symbol:
            return series
    return db.session.scalar(sa.select(Series).where(Series.code == symbol))


def book_of(series: Series, year: int) -> Book | None:
    """What was said of the year's book; None for one that began at 01 and is open."""
    return db.session.scalar(sa.select(Book).where(Book.series_id == series.id, Book.year == year))


def ask_open(series: Series, year: int) -> None:
    """Raises Conflict when the book of this year is closed."""
    book = book_of(series, year)
    if book is not None and book.closed_at is not None:
        raise Conflict(f"Sổ {series.symbol} năm {year} đã khóa, không lấy số được nữa.")


def ask_belongs(document: Document, series: Series, year: int) -> None:
    """Raises Conflict when papers of this kind are numbered in another series or carry another symbol."""
    right = served(year).get(document.kind)
    if right is None:
        return
    symbol = symbol_of(right, document.kind)
    if right.id != series.id or document.symbol != symbol:
        raise Conflict(
            f"{KIND_LABELS[document.kind]} lấy số ở sổ {right.symbol}, ký hiệu {symbol}; dự thảo ghi ký hiệu "
            f"{document.symbol}. Trả lại dự thảo để sửa ký hiệu.",
            field="symbol",
        )


def locked_counter(series: Series, year: int) -> SeriesCounter:
    """The counter of a year, made at need; its row stays locked until the transaction ends."""
    insert_once(SeriesCounter, series_id=series.id, year=year, last=0)
    return db.session.scalars(
        sa.select(SeriesCounter)
        .where(SeriesCounter.series_id == series.id, SeriesCounter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def insert_once(model: type[Series] | type[SeriesCounter], **values: object) -> None:
    """Insert unless it is there; two that come together do not collide."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(model).values(**values).on_conflict_do_nothing())


def serve(series: Series, kinds: Collection[DocumentKind], year: int, *, actor: Actor) -> None:
    """Say which kinds the series serves from `year` on. Raises Forbidden, Conflict, DomainError at `kinds`.

    A kind is in one series of a year: it is taken out of the other first. What a symbol counted in one book
    of this year cannot go on in another.
    """
    authorise(actor, Action.OPEN_SERIES)
    if any(kind not in TYPE_CODES for kind in kinds):
        raise DomainError("Cơ quan không cấp số cho loại văn bản này.", field="kinds")
    now = served(year)
    for kind in kinds:
        other = now.get(kind)
        if other is not None and other.id != series.id:
            raise Conflict(
                f"{KIND_LABELS[kind]} đang lấy số ở sổ {other.symbol}. Bỏ loại này khỏi sổ đó trước.",
                field="kinds",
            )
        counted = _counted_elsewhere(series, symbol_of(series, kind), year)
        if counted is not None:
            raise Conflict(
                f"Ký hiệu {symbol_of(series, kind)} đã lấy số ở sổ {counted.symbol} trong năm {year}. "
                f"Chuyển sang sổ này từ năm {year + 1}.",
                field="kinds",
            )
    before = {kind for kind, other in now.items() if other.id == series.id}
    for kind in sorted(before.symmetric_difference(kinds)):
        row = db.session.scalar(sa.select(SeriesKind).where(SeriesKind.kind == kind, SeriesKind.year == year))
        if row is None:
            row = SeriesKind(kind=kind, year=year)
            db.session.add(row)
        row.series = series if kind in kinds else None
    db.session.flush()
    if before != set(kinds):
        named = ", ".join(KIND_LABELS[kind] for kind in DocumentKind if kind in kinds) or "không có"
        audit.record("series_serves", series, actor=actor, data={"year": year, "kinds": named})


def _counted_elsewhere(series: Series, symbol: str, year: int) -> Series | None:
    """Another series in which papers of this symbol hold numbers of the year."""
    return db.session.scalar(
        sa.select(Series)
        .join(Number, Number.series_id == Series.id)
        .join(Document, Document.id == Number.document_id)
        .where(
            Series.id != series.id,
            Number.year == year,
            Number.state != NumberState.VOID,
            Document.symbol == symbol,
        )
        .limit(1)
    )


def begin_at(
    series: Series, year: int, first: int, reason: str, *, last_on: date | None = None, actor: Actor
) -> Book:
    """Let the book of a year go on from paper: `first` = the first number here, `last_on` = last day there.

    Raises Forbidden, Conflict (it has numbers already), DomainError at a field.
    """
    authorise(actor, Action.OPEN_SERIES)
    reason = " ".join(reason.split())
    if not 2 <= first <= LARGEST_NUMBER:
        raise DomainError("Số bắt đầu là số nguyên từ 2 đến 999.999; sổ mới tự bắt đầu từ 01.", field="first")
    if not reason:
        raise DomainError("Ghi lý do, ví dụ “Tiếp theo sổ giấy, số cuối 412, ngày 30/10”.", field="reason")
    if last_on is not None and (last_on.year != year or last_on > clock.today()):
        raise DomainError(
            f"Ngày của số cuối trên sổ giấy thuộc năm {year}, không sau hôm nay.", field="last_on"
        )
    ask_open(series, year)
    counter = locked_counter(series, year)
    if counter.last or book_of(series, year) is not None:
        raise Conflict(f"Sổ {series.symbol} năm {year} đã bắt đầu, không đổi số đầu được.", field="first")
    book = Book(series=series, year=year, first=first, first_reason=reason)
    db.session.add(book)
    db.session.flush()
    counter.last, counter.last_on = first - 1, last_on
    db.session.flush()
    audit.record("book_begun", series, actor=actor, data={"year": year, "first": first, "reason": reason})
    return book


def close(series: Series, year: int, *, actor: Actor) -> Book:
    """Close the book of a year: no number is taken in it any more. Raises Forbidden, Conflict."""
    authorise(actor, Action.OPEN_SERIES)
    if year > clock.today().year:
        raise Conflict(f"Sổ năm {year} chưa bắt đầu.")
    counter = locked_counter(series, year)
    ask_open(series, year)
    waiting = db.session.scalar(
        sa.select(sa.func.count()).where(
            Number.series_id == series.id, Number.year == year, Number.state == NumberState.RESERVED
        )
    )
    if waiting:
        raise Conflict(f"Sổ còn {waiting:02d} số đã lấy mà chưa ký. Ký hoặc hủy các số đó trước khi khóa sổ.")
    book = book_of(series, year)
    if book is None:
        book = Book(series=series, year=year)
        db.session.add(book)
        db.session.flush()
    book.closed_at, book.closed_by = clock.now(), actor.person_id
    db.session.flush()
    audit.record("book_closed", series, actor=actor, data={"year": year, "last": counter.last})
    return book


def list_rows(year: int) -> Sequence[BookRow]:
    """Every series with its book of the year; four reads."""
    counts: dict[int, dict[NumberState, int]] = {}
    for series_id, state, many in db.session.execute(
        sa.select(Number.series_id, Number.state, sa.func.count())
        .where(Number.year == year)
        .group_by(Number.series_id, Number.state)
    ):
        counts.setdefault(series_id, {})[state] = many
    serving = served(year)
    books = {book.series_id: book for book in db.session.scalars(sa.select(Book).where(Book.year == year))}
    rows = []
    for series, last, last_on in db.session.execute(
        sa.select(Series, SeriesCounter.last, SeriesCounter.last_on)
        .outerjoin(SeriesCounter, sa.and_(SeriesCounter.series_id == Series.id, SeriesCounter.year == year))
        .order_by(Series.symbol)
    ):
        book, mine = books.get(series.id), counts.get(series.id, {})
        rows.append(
            BookRow(
                series, year, book.first if book else 1, last or 0, last_on,
                mine.get(NumberState.USED, 0), mine.get(NumberState.VOID, 0),
                mine.get(NumberState.RESERVED, 0),
                book is not None and book.closed_at is not None,
                tuple(kind for kind in DocumentKind if kind in serving and serving[kind].id == series.id),
            )
        )  # fmt: skip
    return rows


def highest_elsewhere(document: Document, symbols: Collection[str], year: int) -> int:
    """The highest number of these symbols and year on another paper that was numbered in eOffice, else 0."""
    return (
        db.session.scalar(
            sa.select(sa.func.max(Document.number)).where(
                Document.issuer_name == document.issuer_name,
                Document.symbol.in_(sorted(symbols)),
                Document.id != document.id,
                Document.issue_year == year,
                Document.way != IssueWay.HERE,
            )
        )
        or 0
    )


def day_before_last(symbol: str, counter: SeriesCounter, on: date) -> str:
    """Why `on` cannot be the day of the next number; empty when it can."""
    if counter.last_on is None or on >= counter.last_on:
        return ""
    return (
        f"Ngày {format_date(on)} trước ngày của số liền trước "
        f"({counter.last:02d}/{symbol} ngày {format_date(counter.last_on)}). "
        "Số và ngày của một sổ phải theo thứ tự."
    )
