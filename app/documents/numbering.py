"""Books of numbers: one rising line of numbers per series and year, without a gap (NĐ 30/2020 Đ15).

A number is reserved at the click that signs, in a transaction of its own; the paper is then drawn outside any
transaction and the number becomes used with it. A retry takes up its own reservation; a number that cannot
be used is void, with its reason. The next number follows the highest that is known, papers recorded from the
office's document system included. Every n up to the counter has a row, but those that the line passed over
to a recorded one: they were that system's to give.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import OFFICE_SYMBOL
from app.documents.models import Document, IssueWay, Number, NumberState, Series, SeriesCounter
from app.documents.services import clean_symbol
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.vietnamese import format_date

PASSED_ELSEWHERE = "Hệ thống quản lý văn bản đã cấp số này hoặc số sau"
NOT_SIGNED_THAT_DAY = "Không ký trong ngày lấy số; các số sau đã được cấp"


def series_of(symbol: str, title: str = "") -> Series:
    """The book whose numbers carry `symbol` ("TB-SNV"); opened when it does not exist."""
    _insert_once(Series, code=symbol, symbol=symbol, title=title or f"Sổ văn bản {symbol}")
    return db.session.scalars(sa.select(Series).where(Series.code == symbol)).one()


def find_series(symbol: str) -> Series | None:
    """The book of `symbol`, None while none was opened."""
    return db.session.scalar(sa.select(Series).where(Series.code == symbol))


def next_number(document: Document, on: date) -> int:
    """The number that signing `document` on this day would take; nothing is taken."""
    series = find_series(document.symbol)
    last = 0
    if series is not None:
        counter = db.session.get(SeriesCounter, (series.id, on.year))
        last = counter.last if counter is not None else 0
        held = live_number(document)
        if held is not None and held.state is NumberState.USED:
            return held.n
        if held is not None and _serves(held, last, series, on) and not _passed(held, document, series):
            return held.n
    return max(last, _highest_elsewhere(document, document.symbol, on.year)) + 1


def list_books() -> Sequence[str]:
    """Symbols of the books that the office has opened; that of its notices is always there."""
    opened = db.session.scalars(sa.select(Series.symbol).order_by(Series.symbol)).all()
    return list(dict.fromkeys([f"TB-{deadlines.setting(OFFICE_SYMBOL)}", *opened]))


def open_series(symbol: str, title: str, *, actor: Actor) -> Series:
    """Open a book of numbers. Raises Forbidden, Conflict when it is open, DomainError at a field."""
    authorise(actor, Action.OPEN_SERIES)
    symbol = clean_symbol(symbol)
    if find_series(symbol) is not None:
        raise Conflict(f"Sổ văn bản {symbol} đã được mở.", field="symbol")
    series = series_of(symbol, " ".join(title.split()))
    audit.record("series_opened", series, actor=actor, data={"symbol": symbol})
    return series


def reserve(series: Series, on: date, document: Document, *, actor: Actor | None) -> Number:
    """Take the next number of the year of `on` for `document`; a live reservation of its own is taken up.

    The counter's row stays locked until the transaction ends. Raises WrongState when the document has a used
    number, Conflict when `on` lies before the day of the last number of the series.
    """
    counter = _locked_counter(series, on.year)
    held = live_number(document)
    if held is not None and held.state is NumberState.USED:
        raise WrongState("Văn bản đã được cấp số.")
    if held is not None and _passed(held, document, series):
        void(held, PASSED_ELSEWHERE, actor=actor)
        held = None
    if held is not None and _serves(held, counter.last, series, on):
        if held.dated_on != on:
            held.dated_on = counter.last_on = on
            db.session.flush()
        return held
    if counter.last_on is not None and on < counter.last_on:
        raise Conflict(
            f"Ngày {format_date(on)} trước ngày của số liền trước "
            f"({counter.last:02d}/{series.symbol} ngày {format_date(counter.last_on)}). "
            "Số và ngày của một sổ phải theo thứ tự."
        )
    if held is not None:
        void(held, NOT_SIGNED_THAT_DAY, actor=actor)
    counter.last = max(counter.last, _highest_elsewhere(document, series.symbol, on.year)) + 1
    counter.last_on = on
    number = Number(
        series=series, year=on.year, n=counter.last, dated_on=on,
        document_id=document.id, state=NumberState.RESERVED,
    )  # fmt: skip
    db.session.add(number)
    db.session.flush()
    audit.record("number_reserved", document, actor=actor, data={"n": number.n, "year": number.year})
    return number


def use(number: Number) -> None:
    """The number stands on a signed paper. Raises WrongState unless it is reserved."""
    if number.state is not NumberState.RESERVED:
        raise WrongState("Số này đã dùng hoặc đã hủy. Mở lại trang rồi ký lại.")
    number.state = NumberState.USED
    db.session.flush()


def void(number: Number, reason: str, *, actor: Actor | None) -> None:
    """Say that a reserved number will not be used, and why. Raises WrongState, DomainError (no reason)."""
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError("Số không dùng phải ghi lý do.", field="reason")
    if number.state is not NumberState.RESERVED:
        raise WrongState("Chỉ hủy được số đã lấy mà chưa dùng.")
    number.state = NumberState.VOID
    number.reason = reason
    db.session.flush()
    audit.record("number_voided", number, actor=actor, data={"n": number.n, "reason": reason})


def take_back(number: Number, reason: str, *, actor: Actor) -> None:
    """Void the number of a signed paper that will not be issued. Raises WrongState, DomainError."""
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError("Số không dùng phải ghi lý do.", field="reason")
    if number.state is not NumberState.USED:
        raise WrongState("Chỉ hủy theo cách này số đã ghi trên văn bản đã ký.")
    number.state, number.reason = NumberState.VOID, reason
    db.session.flush()
    audit.record("number_voided", number, actor=actor, data={"n": number.n, "reason": reason})


def live_number(document: Document) -> Number | None:
    """The number this document holds: reserved or used."""
    return db.session.scalar(
        sa.select(Number).where(Number.document_id == document.id, Number.state != NumberState.VOID)
    )


def list_numbers(series: Series, year: int) -> Sequence[Number]:
    """The book of a year, in its order, voids included."""
    return db.session.scalars(
        sa.select(Number).where(Number.series_id == series.id, Number.year == year).order_by(Number.n)
    ).all()


def _serves(held: Number, last: int, series: Series, on: date) -> bool:
    """Whether the reservation still serves on this day; the last of the book may move on to it."""
    if held.series_id != series.id or held.year != on.year:
        return False
    return held.dated_on == on or (held.n == last and held.dated_on < on)


def _passed(held: Number, document: Document, series: Series) -> bool:
    """Whether eOffice gave the reserved number, or a higher one, to another paper meanwhile."""
    return held.n <= _highest_elsewhere(document, series.symbol, held.year)


def _locked_counter(series: Series, year: int) -> SeriesCounter:
    _insert_once(SeriesCounter, series_id=series.id, year=year, last=0)
    return db.session.scalars(
        sa.select(SeriesCounter)
        .where(SeriesCounter.series_id == series.id, SeriesCounter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _highest_elsewhere(document: Document, symbol: str, year: int) -> int:
    """The highest number of the symbol and year on another paper that was numbered in eOffice, else 0."""
    return (
        db.session.scalar(
            sa.select(sa.func.max(Document.number)).where(
                Document.issuer_name == document.issuer_name,
                Document.symbol == symbol,
                Document.id != document.id,
                Document.issue_year == year,
                Document.way != IssueWay.HERE,
            )
        )
        or 0
    )


def _insert_once(model: type[Series] | type[SeriesCounter], **values: object) -> None:
    """Insert unless it is there; two that come together do not collide."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(model).values(**values).on_conflict_do_nothing())
