"""Books of numbers: series per type or shared, a beginning after paper, closing, what is never signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.documents import books, chain, numbering, papers
from app.documents.jobs import KINDS
from app.documents.kinds import DocumentKind
from app.documents.models import Book, IssueWay, Number, NumberState, Series
from app.errors import Conflict, DomainError, Forbidden, constraint_of
from app.jobs.models import Job
from tests import cast
from tests.conftest import NOON
from tests.documents_flow import letters
from tests.factories import documents
from tests.queries import count_queries

TODAY = date(2026, 9, 23)
QD, TB, BC = DocumentKind.DECISION, DocumentKind.CONCLUSION_NOTICE, DocumentKind.TEAM_REPORT
CLERK = cast.CLERK


def shared(*kinds: DocumentKind, symbol: str = "{loại}-SNV") -> Series:
    series = numbering.open_series(symbol, "Sổ chung", actor=cast.actor(CLERK))
    books.serve(series, kinds, 2026, actor=cast.actor(CLERK))
    return series


def reserve(symbol: str = "TB-SNV", on: date = TODAY, kind: DocumentKind = TB) -> Number:
    paper = documents.draft(symbol=symbol)
    paper.kind = kind
    return numbering.reserve(numbering.series_of(symbol), on, paper, actor=None)


def test_a_series_shared_by_several_types_has_one_line_of_numbers(session: Session) -> None:
    series = shared(QD, TB, DocumentKind.REMINDER_LETTER)
    assert series.symbol == "{LOẠI}-SNV" and books.symbols_of(series, 2026) == {
        "QĐ-SNV",
        "TB-SNV",
        "SNV-CCHC",
    }
    assert [papers.symbol_of(kind) for kind in (QD, TB, BC)] == ["QĐ-SNV", "TB-SNV", "ĐKT-SNV"]
    assert papers.symbol_of(DocumentKind.ANNOUNCEMENT) == "SNV-CCHC"
    numbers = [reserve("QĐ-SNV", kind=QD), reserve(), reserve("QĐ-SNV", kind=QD)]
    assert [(number.n, number.series_id) for number in numbers] == [(n, series.id) for n in (1, 2, 3)]
    assert numbering.list_books() == ["TB-SNV", "QĐ-SNV", "SNV-CCHC"]
    assert numbering.list_books(QD) == ["QĐ-SNV"] and "TB-SNV" in numbering.list_books(BC)


def test_the_shared_line_goes_on_after_what_eoffice_gave_to_any_of_its_types(session: Session) -> None:
    shared(QD, TB)
    documents.recorded(45, symbol="QĐ-SNV")
    assert numbering.next_number(documents.draft(), TODAY) == reserve().n == 46


def test_a_number_of_the_shared_line_is_not_recorded_for_another_type(session: Session) -> None:
    shared(QD, TB)
    held = reserve()
    with pytest.raises(Conflict, match="đã lấy để ký"):
        documents.recorded(held.n, symbol="QĐ-SNV")


def test_a_kind_is_in_one_series_of_a_year(session: Session) -> None:
    first, second = shared(QD, TB), numbering.open_series("TB-ĐKT", "", actor=cast.actor(CLERK))
    with pytest.raises(Conflict, match="đang lấy số ở sổ") as refused:
        books.serve(second, [TB], 2026, actor=cast.actor(CLERK))
    assert refused.value.field == "kinds"
    books.serve(first, [QD], 2026, actor=cast.actor(CLERK))
    books.serve(second, [TB], 2026, actor=cast.actor(CLERK))
    assert books.served(2026) == {QD: first, TB: second}
    assert books.served(2025) == {} and books.served(2030) == books.served(2026)
    assert numbering.list_books(TB) == ["TB-ĐKT"]
    with pytest.raises(Conflict, match="lấy số ở sổ TB-ĐKT"):
        reserve("TB-SNV")


def test_what_was_counted_in_one_book_of_the_year_does_not_go_on_in_another(session: Session) -> None:
    reserve()
    series = numbering.open_series("{LOẠI}-SNV", "", actor=cast.actor(CLERK))
    with pytest.raises(Conflict, match="Chuyển sang sổ này từ năm 2027"):
        books.serve(series, [TB], 2026, actor=cast.actor(CLERK))
    books.serve(series, [TB], 2027, actor=cast.actor(CLERK))
    assert numbering.find_series("TB-SNV", year=2026) != series
    assert numbering.find_series("TB-SNV", year=2027) == series


def test_papers_that_the_office_does_not_number_are_in_no_series(session: Session) -> None:
    series = numbering.open_series("TB-ĐKT", "", actor=cast.actor(CLERK))
    with pytest.raises(DomainError) as refused:
        books.serve(series, [DocumentKind.REMEDIATION_PLAN], 2026, actor=cast.actor(CLERK))
    assert refused.value.field == "kinds"


@pytest.mark.parametrize("symbol", ["SNV-{LOẠI}", "{LOẠI}-{LOẠI}-SNV", "{LOẠI}", "{X}-SNV", ""])
def test_a_template_names_the_type_once_at_its_beginning(session: Session, symbol: str) -> None:
    with pytest.raises(DomainError) as refused:
        numbering.open_series(symbol, "", actor=cast.actor(CLERK))
    assert refused.value.field == "symbol"


def test_an_office_that_begins_in_november_goes_on_after_its_paper_book(session: Session) -> None:
    series = numbering.series_of("TB-SNV")
    books.begin_at(
        series,
        2026,
        413,
        "Tiếp theo sổ giấy,  số cuối 412",
        last_on=date(2026, 9, 22),
        actor=cast.actor(CLERK),
    )
    assert numbering.next_number(documents.draft(), TODAY) == 413
    with pytest.raises(Conflict, match="trước ngày của số liền trước"):
        reserve(on=date(2026, 9, 21))
    assert [reserve().n, reserve().n] == [413, 414]
    assert reserve(on=date(2027, 1, 4)).n == 1
    book = books.book_of(series, 2026)
    assert book is not None and book.first_reason == "Tiếp theo sổ giấy, số cuối 412"
    with pytest.raises(Conflict, match="đã bắt đầu"):
        books.begin_at(series, 2026, 500, "Nhầm", actor=cast.actor(CLERK))


@pytest.mark.parametrize(
    ("first", "reason", "last_on", "field"),
    [
        (1, "x", None, "first"),
        (1_000_000, "x", None, "first"),
        (413, " ", None, "reason"),
        (413, "x", date(2025, 12, 31), "last_on"),
        (413, "x", date(2026, 12, 31), "last_on"),
    ],
)
def test_a_beginning_that_cannot_be_is_refused_at_its_field(
    session: Session, first: int, reason: str, last_on: date | None, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        books.begin_at(
            numbering.series_of("TB-SNV"), 2026, first, reason, last_on=last_on, actor=cast.actor(CLERK)
        )
    assert refused.value.field == field


def test_a_closed_book_gives_no_number_and_the_next_year_does(session: Session) -> None:
    number = reserve()
    series = number.series
    with pytest.raises(Conflict, match="còn 01 số đã lấy mà chưa ký"):
        books.close(series, 2026, actor=cast.actor(CLERK))
    numbering.give_up(number, "Không ký nữa", actor=cast.actor(CLERK))
    books.close(series, 2026, actor=cast.actor(CLERK))
    for act in (reserve, lambda: books.close(series, 2026, actor=cast.actor(CLERK))):
        with pytest.raises(Conflict, match="Sổ TB-SNV năm 2026 đã khóa"):
            act()
    with pytest.raises(Conflict):
        books.begin_at(series, 2026, 5, "x", actor=cast.actor(CLERK))
    with pytest.raises(Conflict, match="Sổ năm 2027 chưa bắt đầu"):
        books.close(series, 2027, actor=cast.actor(CLERK))
    assert reserve(on=date(2027, 1, 4)).n == 1


def test_the_database_gives_no_number_in_a_closed_book_and_none_out_of_order(session: Session) -> None:
    number = reserve()
    numbering.void(number, "Không ký nữa", actor=None)
    values = {
        "series_id": number.series_id, "year": 2026, "n": 2, "dated_on": TODAY, "state": "reserved",
        "taken_at": NOON,
    }  # fmt: skip
    for broken in ({"dated_on": date(2026, 9, 22)}, {"dated_on": date(2027, 1, 4)}):
        with pytest.raises(IntegrityError) as refused, session.begin_nested():
            session.execute(sa.insert(Number).values({**values, **broken}))
        assert constraint_of(refused.value) == "number_in_order"
    books.close(number.series, 2026, actor=cast.actor(CLERK))
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(sa.insert(Number).values(values))
    assert constraint_of(refused.value) == "book_closed"
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(
            sa.insert(Book).values(series_id=number.series_id, year=2025, first=3, first_reason="x"),
        )
        session.execute(
            sa.insert(Book).values(
                series_id=number_of_last_year(session), year=2025, first=3, first_reason="x"
            )
        )
    assert constraint_of(refused.value) == "book_fixed"


def number_of_last_year(session: Session) -> int:
    series = numbering.series_of("TB-ĐKT")
    session.add(
        Number(series=series, year=2025, n=1, dated_on=date(2025, 5, 5), state=NumberState.VOID, reason="x")
    )
    session.flush()
    return series.id


@pytest.mark.parametrize(
    "act",
    [
        lambda series, actor: books.serve(series, [TB], 2026, actor=actor),
        lambda series, actor: books.begin_at(series, 2026, 5, "x", actor=actor),
        lambda series, actor: books.close(series, 2026, actor=actor),
    ],
    ids=["serve", "begin", "close"],
)
def test_books_are_kept_by_the_clerk(session: Session, act: Callable[..., object]) -> None:
    with pytest.raises(Forbidden):
        act(numbering.series_of("TB-SNV"), cast.actor(cast.PLANNER))


def test_a_letter_is_signed_in_the_shared_series(session: Session) -> None:
    series = shared(DocumentKind.OTHER, TB)
    letter = letters.issued(symbol="SNV-CCHC")
    session.commit()
    number = session.scalars(sa.select(Number).where(Number.document_id == letter.id)).one()
    assert (letter.number_and_symbol, number.series_id) == ("01/SNV-CCHC", series.id)
    with pytest.raises(Conflict, match="ký hiệu SNV-CCHC; dự thảo ghi ký hiệu TB-SNV"):
        chain.begin_signing(letters.approved(symbol="TB-SNV"), actor=cast.actor(cast.LEADER))


def clean() -> str:
    return KINDS[0].handle(Job(kind="void_lapsed_numbers", payload={}))


def test_what_a_stopped_process_left_is_voided_once_it_cannot_serve(session: Session) -> None:
    first, second = reserve(), reserve()
    assert clean() == "", "the day is not over"
    with clock.frozen(datetime(2026, 9, 23, 17, 30, tzinfo=UTC)):  # half an hour after midnight
        first.taken_at = second.taken_at = datetime(2026, 9, 23, 16, 50, tzinfo=UTC)
        session.flush()
        assert clean() == "", "it may be drawn still"
    with clock.frozen(datetime(2026, 9, 24, 3, tzinfo=UTC)):
        assert clean() == "Đã hủy 01 số lấy mà không ký"
        assert (first.state, first.reason) == (NumberState.VOID, numbering.NOT_SIGNED_THAT_DAY)
        assert second.state is NumberState.RESERVED, "the last still serves"
        again = numbering.reserve(second.series, date(2026, 9, 24), second.document, actor=None)
        assert again.id == second.id and again.dated_on == date(2026, 9, 24)
    with clock.frozen(datetime(2027, 1, 4, 3, tzinfo=UTC)):
        assert clean() == "Đã hủy 01 số lấy mà không ký"
        assert (second.state, second.reason) == (NumberState.VOID, numbering.YEAR_OVER)
        assert clean() == ""


def test_the_books_of_a_year_are_read_with_few_questions(session: Session) -> None:
    for n in range(12):
        numbering.open_series(f"TB-S{n}", "", actor=cast.actor(CLERK))
    reserve()
    session.expire_all()
    with count_queries(session) as asked:
        rows = books.list_rows(2026)
        assert [row.reserved for row in rows if row.series.symbol == "TB-SNV"] == [1]
        assert {row.closed for row in rows} == {False}
    assert len(asked) <= 5


def test_a_paper_of_eoffice_needs_no_series(session: Session) -> None:
    paper = documents.recorded(7, symbol="CV-SNV")
    assert paper.way is IssueWay.RECORDED and numbering.find_series("CV-SNV") is None
