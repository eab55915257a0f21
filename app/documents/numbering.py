"""Books of numbers: one line of numbers per series and year, without a gap (NĐ 30/2020 Đ15).

A number is reserved at the click that signs, in a transaction of its own; the paper is then drawn outside any
transaction and the number becomes used with it. A retry takes up its own reservation; a number that cannot
be used is void, with its reason. Every n from 1 to the counter has a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.audit import services as audit
from app.documents.models import Document, Number, NumberState, Series, SeriesCounter
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import Actor
from app.vietnamese import format_date

TAKEN_ELSEWHERE = "Số đã dùng cho văn bản ghi nhận từ hệ thống quản lý văn bản"
NOT_SIGNED_THAT_DAY = "Không ký trong ngày lấy số; các số sau đã được cấp"


def series_of(symbol: str, title: str = "") -> Series:
    """The book whose numbers carry `symbol` ("TB-SNV"); opened when it does not exist."""
    _insert_once(Series, code=symbol, symbol=symbol, title=title or f"Sổ văn bản {symbol}")
    return db.session.scalars(sa.select(Series).where(Series.code == symbol)).one()


def find_series(symbol: str) -> Series | None:
    """The book of `symbol`, None while none was opened."""
    return db.session.scalar(sa.select(Series).where(Series.code == symbol))


def next_number(series: Series, on: date) -> int:
    """The number that would be given next in the year of `on`; nothing is taken."""
    last = db.session.scalar(
        sa.select(SeriesCounter.last).where(
            SeriesCounter.series_id == series.id, SeriesCounter.year == on.year
        )
    )
    return (last or 0) + 1


def reserve(series: Series, on: date, document: Document, *, actor: Actor | None) -> Number:
    """Take the next number of the year of `on` for `document`; a live reservation of its own is taken up.

    The counter's row stays locked until the transaction ends. Raises WrongState when the document has a used
    number, Conflict when `on` lies before the day of the last number of the series.
    """
    counter = _locked_counter(series, on.year)
    held = live_number(document)
    if held is not None and held.state is NumberState.USED:
        raise WrongState("Văn bản đã được cấp số.")
    if held is not None and _taken_up(held, counter, series, on):
        return held
    if counter.last_on is not None and on < counter.last_on:
        raise Conflict(
            f"Ngày {format_date(on)} trước ngày của số liền trước "
            f"({counter.last:02d}/{series.symbol} ngày {format_date(counter.last_on)}). "
            "Số và ngày của một sổ phải theo thứ tự."
        )
    if held is not None:
        void(held, NOT_SIGNED_THAT_DAY, actor=actor)
    while _recorded_elsewhere(document, series, on.year, counter.last + 1):
        counter.last += 1
        db.session.add(
            Number(
                series=series, year=on.year, n=counter.last, dated_on=on,
                state=NumberState.VOID, reason=TAKEN_ELSEWHERE,
            )
        )  # fmt: skip
    counter.last += 1
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


def _taken_up(held: Number, counter: SeriesCounter, series: Series, on: date) -> bool:
    """Whether the reservation still serves on this day; the last of the book may move on to it."""
    if held.series_id != series.id or held.year != on.year:
        return False
    if held.dated_on == on:
        return True
    if held.n == counter.last and held.dated_on < on:
        held.dated_on = counter.last_on = on
        db.session.flush()
        return True
    return False


def _locked_counter(series: Series, year: int) -> SeriesCounter:
    _insert_once(SeriesCounter, series_id=series.id, year=year, last=0)
    return db.session.scalars(
        sa.select(SeriesCounter)
        .where(SeriesCounter.series_id == series.id, SeriesCounter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _recorded_elsewhere(document: Document, series: Series, year: int, n: int) -> bool:
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    Document.issuer_name == document.issuer_name,
                    Document.symbol == series.symbol,
                    Document.issue_year == year,
                    Document.number == n,
                )
            )
        )
    )


def _insert_once(model: type[Series] | type[SeriesCounter], **values: object) -> None:
    """Insert unless it is there; two that come together do not collide."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(model).values(**values).on_conflict_do_nothing())
