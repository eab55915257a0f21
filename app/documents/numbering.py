"""Books of numbers: one rising line of numbers per series and year, without a gap (NĐ 30/2020 Đ15).

A number is reserved at the click that signs, in a transaction of its own; the paper is then drawn outside any
transaction and the number becomes used with it. A retry takes up its own reservation; a number that cannot
be used is void, with its reason. The next number follows the highest that is known, papers recorded from the
office's document system included. Every n up to the counter has a row, but those that the line passed over
to a recorded one: they were that system's to give.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import OFFICE_SYMBOL
from app.documents import books
from app.documents.kinds import DocumentKind
from app.documents.models import Document, Number, NumberState, Series, SeriesCounter
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise

PASSED_ELSEWHERE = "Hệ thống quản lý văn bản đã cấp số này hoặc số sau"
YEAR_OVER = "Không ký trong năm lấy số; sổ của năm đã hết"
STILL_SIGNING = timedelta(hours=1)
"""How long a paper may be drawn and signed with its number before anybody thinks that its process is gone."""
NOT_SIGNED_THAT_DAY = "Không ký trong ngày lấy số; các số sau đã được cấp"


def series_of(symbol: str, title: str = "", *, year: int | None = None) -> Series:
    """The series whose papers carry `symbol` ("TB-SNV") this year; opened when there is none."""
    found = books.find(symbol, year or clock.today().year)
    if found is not None:
        return found
    books.insert_once(Series, code=symbol, symbol=symbol, title=title or f"Sổ văn bản {symbol}")
    return db.session.scalars(sa.select(Series).where(Series.code == symbol)).one()


def find_series(symbol: str, *, year: int | None = None) -> Series | None:
    """The series of `symbol`, None while none was opened."""
    return books.find(symbol, year or clock.today().year)


def next_number(document: Document, on: date) -> int:
    """The number that signing `document` on this day would take; nothing is taken."""
    series = find_series(document.symbol, year=on.year)
    last = 0
    if series is not None:
        counter = db.session.get(SeriesCounter, (series.id, on.year))
        last = counter.last if counter is not None else 0
        held = live_number(document)
        if held is not None and held.state is NumberState.USED:
            return held.n
        if held is not None and _serves(held, last, series, on) and not _passed(held, document, series):
            return held.n
    return max(last, books.highest_elsewhere(document, _symbols(document, series, on.year), on.year)) + 1


def list_books(kind: DocumentKind | None = None) -> Sequence[str]:
    """Symbols that may be numbered here this year: of `kind` when its series says so, else of every series
    that the office has opened; that of its notices is always there."""
    year = clock.today().year
    serving = books.served(year)
    if kind is not None and kind in serving:
        return [books.symbol_of(serving[kind], kind)]
    opened = set(db.session.scalars(sa.select(Series.symbol).where(~Series.symbol.contains(books.TYPE))))
    opened |= {books.symbol_of(series, one) for one, series in serving.items()}
    return list(dict.fromkeys([f"TB-{deadlines.setting(OFFICE_SYMBOL)}", *sorted(opened)]))


def open_series(symbol: str, title: str, *, actor: Actor) -> Series:
    """Open a series: one symbol, or a template for several types ("{LOẠI}-SNV").

    Raises Forbidden, Conflict when it is open, DomainError at a field.
    """
    authorise(actor, Action.OPEN_SERIES)
    symbol = books.clean_template(symbol)
    if find_series(symbol) is not None:
        raise Conflict(f"Sổ văn bản {symbol} đã được mở.", field="symbol")
    series = series_of(symbol, " ".join(title.split()))
    audit.record("series_opened", series, actor=actor, data={"symbol": symbol})
    return series


def reserve(series: Series, on: date, document: Document, *, actor: Actor | None) -> Number:
    """Take the next number of the year of `on` for `document`; a live reservation of its own is taken up.

    The counter's row stays locked until the transaction ends. Raises WrongState when the document has a used
    number, Conflict when `on` lies before the day of the last number of the series, the book of the year is
    closed, or papers of this kind are numbered elsewhere.
    """
    counter = books.locked_counter(series, on.year)
    books.ask_open(series, on.year)
    books.ask_belongs(document, series, on.year)
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
    reason = books.day_before_last(document.symbol, counter, on)
    if reason:
        raise Conflict(reason)
    if held is not None:
        void(held, NOT_SIGNED_THAT_DAY, actor=actor)
    elsewhere = books.highest_elsewhere(document, _symbols(document, series, on.year), on.year)
    counter.last = max(counter.last, elsewhere) + 1
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


def give_up(number: Number, reason: str, *, actor: Actor) -> None:
    """Void a reservation that nobody will sign any more. Raises Forbidden, WrongState, DomainError."""
    authorise(actor, Action.OPEN_SERIES)
    books.locked_counter(number.series, number.year)
    db.session.refresh(number)
    void(number, reason, actor=actor)


def void_lapsed(limit: int = 500) -> int:
    """Void reservations that can serve no more: what a stopped process or a signer who never came back left.

    Such a one lies in the past, an hour has gone since it was taken, and its book went on without it, or its
    year is over. The last of a book still serves: its paper, signed on another day, takes it up. Returns how
    many; safe to run twice.
    """
    today = clock.today()
    found = db.session.scalars(
        sa.select(Number)
        .where(
            Number.state == NumberState.RESERVED,
            Number.dated_on < today,
            Number.taken_at < clock.now() - STILL_SIGNING,
        )
        .order_by(Number.series_id, Number.year, Number.n)  # the one order in which books are locked
        .limit(limit)
    ).all()
    voided = 0
    for number in found:
        counter = books.locked_counter(number.series, number.year)
        db.session.refresh(number)
        still = number.year == today.year and number.n == counter.last
        if number.state is NumberState.RESERVED and number.dated_on < today and not still:
            void(number, NOT_SIGNED_THAT_DAY if number.year == today.year else YEAR_OVER, actor=None)
            voided += 1
    return voided


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
    return held.n <= books.highest_elsewhere(document, _symbols(document, series, held.year), held.year)


def _symbols(document: Document, series: Series | None, year: int) -> frozenset[str]:
    """The symbols that share the line of numbers of this paper."""
    shared = books.symbols_of(series, year) if series is not None else frozenset()
    return shared | {document.symbol}
