"""Numbers of a series: gapless, in the order of days, each used once or void with its reason."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.documents import numbering
from app.documents.models import Document, Number, NumberState, SeriesCounter
from app.errors import Conflict, DomainError, WrongState, constraint_of
from tests import cast
from tests.factories import documents

DAY, NEXT = date(2026, 9, 23), date(2026, 9, 24)


def book(session: Session) -> list[tuple[int, NumberState]]:
    series = numbering.series_of("TB-SNV")
    return [(number.n, number.state) for number in numbering.list_numbers(series, 2026)]


def reserve(day: date = DAY, document: object = None) -> Number:
    return numbering.reserve(
        numbering.series_of("TB-SNV"),
        day,
        document or documents.draft(),
        actor=cast.actor(cast.LEADER),
    )


def test_a_book_is_opened_once(session: Session) -> None:
    assert numbering.find_series("TB-SNV") is None
    assert numbering.series_of("TB-SNV").id == numbering.series_of("TB-SNV").id
    assert numbering.find_series("TB-SNV") is not None


def test_numbers_rise_by_one_and_begin_again_with_the_year(session: Session) -> None:
    assert numbering.next_number(documents.draft(), DAY) == 1
    assert [reserve().n, reserve(NEXT).n] == [1, 2]
    assert numbering.next_number(documents.draft(), DAY) == 3
    assert reserve(date(2027, 1, 4)).n == 1
    assert book(session) == [(1, NumberState.RESERVED), (2, NumberState.RESERVED)]


def test_a_retry_takes_up_its_own_reservation(session: Session) -> None:
    document = documents.draft()
    assert reserve(document=document).id == reserve(document=document).id
    assert len(book(session)) == 1


def test_the_last_reservation_moves_on_to_the_day_of_the_retry(session: Session) -> None:
    document = documents.draft()
    first = reserve(DAY, document)
    again = reserve(NEXT, document)
    assert again.id == first.id and again.dated_on == NEXT
    assert session.scalar(sa.select(SeriesCounter.last_on)) == NEXT


def test_a_reservation_that_others_have_passed_becomes_void_with_its_reason(session: Session) -> None:
    document = documents.draft()
    first = reserve(DAY, document)
    reserve(NEXT)
    again = reserve(NEXT, document)
    assert (first.n, first.state, again.n) == (1, NumberState.VOID, 3)
    assert first.reason == numbering.NOT_SIGNED_THAT_DAY
    assert [n for n, _ in book(session)] == [1, 2, 3]


def test_a_reservation_of_last_year_is_not_taken_up(session: Session) -> None:
    document = documents.draft()
    old = reserve(date(2026, 12, 31), document)
    new = reserve(date(2027, 1, 4), document)
    assert old.state is NumberState.VOID and (new.year, new.n) == (2027, 1)


def test_a_day_before_the_last_number_is_refused(session: Session) -> None:
    reserve(NEXT)
    with pytest.raises(
        Conflict, match=r"Ngày 23/9/2026 trước ngày của số liền trước \(01/TB-SNV ngày 24/9/2026\)"
    ):
        reserve(DAY)
    assert len(book(session)) == 1


def test_a_reservation_is_not_moved_back_in_time(session: Session) -> None:
    document = documents.draft()
    reserve(NEXT, document)
    with pytest.raises(Conflict):
        reserve(DAY, document)


def test_the_line_goes_on_after_the_highest_number_recorded_from_elsewhere(session: Session) -> None:
    documents.recorded(2)
    documents.recorded(45)
    documents.recorded(77, symbol="QĐ-SNV")
    document = documents.draft()
    assert numbering.next_number(document, DAY) == 46
    assert reserve(document=document).n == 46
    assert book(session) == [(46, NumberState.RESERVED)]
    assert numbering.next_number(documents.draft(), DAY) == 47


def test_a_lower_number_recorded_later_changes_nothing(session: Session) -> None:
    document = documents.draft()
    documents.recorded(5)
    first = reserve(document=document)
    documents.recorded(3)
    assert numbering.next_number(document, NEXT) == first.n == 6
    assert reserve(NEXT, document).id == first.id


def test_a_reservation_that_was_passed_in_eoffice_is_void(session: Session) -> None:
    document = documents.draft()
    first = reserve(document=document)
    documents.recorded(45)
    assert numbering.next_number(document, DAY) == 46
    again = reserve(document=document)
    assert (first.state, first.reason) == (NumberState.VOID, numbering.PASSED_ELSEWHERE)
    assert (again.n, numbering.next_number(document, DAY)) == (46, 46)
    numbering.use(again)
    assert numbering.next_number(document, DAY) == 46


def test_a_used_number_is_used_once(session: Session) -> None:
    document = documents.draft()
    number = reserve(document=document)
    numbering.use(number)
    with pytest.raises(WrongState, match="đã dùng"):
        numbering.use(number)
    with pytest.raises(WrongState, match="đã được cấp số"):
        reserve(document=document)
    with pytest.raises(WrongState, match="chưa dùng"):
        numbering.void(number, "Nhầm", actor=None)


def test_only_a_used_number_is_taken_back_and_says_why(session: Session) -> None:
    number, leader = reserve(), cast.actor(cast.LEADER)
    with pytest.raises(WrongState):
        numbering.take_back(number, "Ký nhầm bản", actor=leader)
    numbering.use(number)
    with pytest.raises(DomainError) as refused:
        numbering.take_back(number, "  ", actor=leader)
    assert refused.value.field == "reason" and number.state is NumberState.USED
    session.execute(sa.update(Document).values(state="signed"))  # as the chain leaves it
    numbering.take_back(number, "  Ký nhầm   bản ", actor=leader)
    assert (number.state, number.reason) == (NumberState.VOID, "Ký nhầm bản")


def test_a_void_number_says_why(session: Session) -> None:
    number = reserve()
    with pytest.raises(DomainError) as refused:
        numbering.void(number, "  ", actor=None)
    assert refused.value.field == "reason"
    numbering.void(number, "Trả lại để hoàn thiện", actor=cast.actor(cast.LEADER))
    assert number.state is NumberState.VOID


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE number SET n = 9", "number_fixed"),
        ("DELETE FROM number", "number_fixed"),
        ("UPDATE series_counter SET last = 0", "counter_never_back"),
        ("UPDATE number SET state = 'void', reason = ''", "ck_number_void_has_reason"),
    ],
)
def test_the_database_keeps_the_book_without_gaps(session: Session, statement: str, rule: str) -> None:
    reserve()
    session.commit()
    with pytest.raises(IntegrityError) as refused:
        session.execute(sa.text(statement))
    assert constraint_of(refused.value) == rule


def test_a_used_number_never_changes(session: Session) -> None:
    numbering.use(reserve())
    session.commit()
    with pytest.raises(IntegrityError) as refused:
        session.execute(sa.text("UPDATE number SET state = 'void', reason = 'x'"))
    assert constraint_of(refused.value) == "number_fixed"
