"""What a row becomes, cell by cell: units of former days, what was extended, formulas, too many words."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.conversion import reading
from app.conversion.layouts import Column
from app.conversion.reading import Known, Reading
from app.deadlines.badge import DeadlineKind
from app.remediation.models import Task
from app.remediation.values import PastTaskValues
from tests import cast
from tests.factories import register as factory
from tests.factories.old_tables import line, rows_of, table, taken


def read(**changes: object) -> Reading:
    """The first row of a table, read."""
    made = table(line(**changes))
    return reading.read(made, rows_of(made)[0], Known.load())


def values(**changes: object) -> PastTaskValues:
    found = read(**changes)
    assert found.values is not None, found.questions
    return found.values


def asked(found: Reading, column: Column) -> str:
    return " ".join(question.reason for question in found.questions if question.column is column)


@pytest.mark.parametrize(
    "typed", ["LP", "UBND xã Long Phước", "xã Long Phước", "long phuoc", "Ủy ban nhân dân xã Long Phước"]
)
def test_a_unit_is_known_by_code_and_by_every_way_to_write_its_name(session: Session, typed: str) -> None:
    found = read(unit=typed)
    assert found.unit is not None and found.unit.code == cast.LONG_PHUOC


def test_a_name_that_nobody_bore_on_that_day_is_asked_never_taken(session: Session) -> None:
    factory.unit("LP-CU", "UBND xã Long Phước (cũ)", valid_to=date(2025, 7, 1))
    found = read(notice="7/TB-SNV ngày 15/3/2025")
    assert found.unit is None and found.blocked
    (question,) = (one for one in found.questions if one.column is Column.UNIT)
    assert {"LP-CU", "LP"} <= {code for code, _ in question.proposals}


def test_a_unit_that_ended_is_led_by_who_took_over(session: Session) -> None:
    old = factory.unit("CU", "UBND xã Tam Phước", valid_to=date(2025, 7, 1))
    factory.succeeds(cast.unit(cast.AN_PHUOC), old, on=date(2025, 7, 1))
    found = values(unit="UBND xã Tam Phước", notice="7/TB-SNV ngày 15/3/2025", due="31/12/2025")
    assert (found.concluded_unit_id, found.lead_unit_id) == (old.id, cast.unit(cast.AN_PHUOC).id)


def test_among_several_heirs_one_is_asked_for(session: Session) -> None:
    old = factory.unit("CU", "UBND xã Tam Phước", valid_to=date(2025, 7, 1))
    for heir in (cast.AN_PHUOC, cast.LONG_PHUOC):
        factory.succeeds(cast.unit(heir), old, on=date(2025, 7, 1))
    typed = {"unit": "UBND xã Tam Phước", "notice": "7/TB-SNV ngày 15/3/2025"}
    assert "đã chấm dứt hoạt động" in asked(read(**typed), Column.LEAD)
    assert values(**typed, lead="An Phước").lead_unit_id == cast.unit(cast.AN_PHUOC).id


def test_what_was_extended_stands_in_the_place_of_the_first_date(session: Session) -> None:
    found = values(due="31/12/2025", extended="30/6/2026 (01 lần)")
    assert found.due_on == date(2026, 6, 30) and found.conversion is not None
    assert "Thời hạn hoàn thành trong bảng cũ: 31/12/2025" in found.conversion.note


@pytest.mark.parametrize("column", [Column.DUE, Column.EXTENDED])
def test_a_term_that_ends_before_a_day_is_asked_with_the_day_before(session: Session, column: Column) -> None:
    found = read(**{column.value: "trước ngày 01/3/2026"})
    (question,) = (one for one in found.questions if one.column is column)
    assert [day for day, _ in question.proposals] == ["28/02/2026"]
    assert "tức hết ngày 28/02/2026" in question.proposals[0][1]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"kind": "Thường xuyên", "due": ""}, DeadlineKind.CONTINUING),
        ({"kind": "", "due": "Thường xuyên"}, DeadlineKind.CONTINUING),
        ({"kind": "Chờ điều kiện", "due": ""}, DeadlineKind.CONDITIONAL),
    ],
)
def test_what_has_no_end_or_waits_comes_in_so(session: Session, changes: dict, kind: DeadlineKind) -> None:
    taken(table(line(**changes)))
    task = session.scalars(sa.select(Task)).one()
    assert (task.deadline_kind, task.due_on) == (kind, None) and task.review_on is not None
    assert task.no_date_reason in ("Thường xuyên", "Chờ điều kiện")


@pytest.mark.parametrize(
    ("changes", "column", "told", "blocks"),
    [
        ({"text": "=A1"}, Column.TEXT, "công thức", True),
        ({"text": "x" * 5000}, Column.TEXT, "dài quá 4000", True),
        ({"text": ""}, Column.TEXT, "ít nhất 03 ký tự", True),
        ({"due": "=A1+30"}, Column.DUE, "công thức", False),
        ({"due": "01/1/2025"}, Column.DUE, "trước ngày thông báo", False),
        ({"progress": "Tốt"}, Column.PROGRESS, "Chưa rõ tiến độ", False),
        ({"progress": ""}, Column.PROGRESS, "không ghi tiến độ", False),
        ({"progress": "Hoàn thành", "done_on": "31/12/2026"}, Column.DONE_ON, "sau ngày hôm nay", False),
        ({"notice": "TB số mười tám"}, Column.NOTICE, "Nhập số và ký hiệu", True),
        ({"notice": "18/TB-SNV"}, Column.DATED, "Nhập ngày thông báo", True),
        ({"notice": "18/TB-SNV 01/01/2027"}, Column.DATED, "sau ngày hôm nay", True),
        ({"unit": ""}, Column.UNIT, "Nhập tên hoặc mã", True),
        ({"lead": "Không ai cả"}, Column.LEAD, "Chưa rõ đơn vị", True),
    ],
)
def test_what_cannot_be_read_is_asked_at_its_column(
    session: Session, changes: dict, column: Column, told: str, blocks: bool
) -> None:
    found = read(**changes)
    assert told in asked(found, column)
    assert found.blocked is blocks


@pytest.mark.parametrize(
    ("typed", "done"),
    [
        ("Đã hoàn thành quá hạn", True), ("Hoàn thành", True), ("đã xong", True), ("Chưa hoàn thành", False),
        ("Đang thực hiện", False), ("Chưa thực hiện", False), ("Chờ xác nhận", False),
    ],
)  # fmt: skip
def test_progress_is_read_with_or_without_on_time_or_late(session: Session, typed: str, done: bool) -> None:
    found = values(progress=typed).conversion
    assert found is not None and found.done is done


@pytest.mark.parametrize(
    "typed", ["đã hoàn thành một phần", "Đã hoàn thành 2/3", "Đã thực hiện 60%", "Đã hoàn thành?"]
)
def test_a_part_is_asked_and_left_open_is_followed_with_its_words(session: Session, typed: str) -> None:
    found = read(progress=typed)
    assert "Chưa rõ tiến độ" in asked(found, Column.PROGRESS) and not found.blocked
    assert found.values is not None and found.values.conversion is not None
    assert not found.values.conversion.done and typed in found.values.conversion.note


def test_the_follower_is_known_by_name_else_the_one_of_the_table(session: Session) -> None:
    assert values(follower="Phạm Thị Thí Dụ").follower_id == cast.person(cast.FOLLOWER).id
    other = values(follower="Người đã nghỉ hưu")
    assert other.follower_id == cast.person(cast.FOLLOWER).id
    assert other.conversion is not None and "Người đã nghỉ hưu" in other.conversion.note


def test_a_line_with_one_cell_is_a_heading_of_a_group(session: Session) -> None:
    group = ["I. CÁC XÃ", *[""] * 21]
    first, second = rows_of(table(group, line()))
    assert first.left_out and "tiêu đề nhóm" in first.left_out_reason and not second.left_out


def test_every_cell_of_the_row_is_found_again_in_what_it_became(session: Session) -> None:
    """Nothing of a row is lost: each text stands in a place of its own, or in the note."""
    made = table(
        line(lead="An Phước", products="Quyết định", extended="30/6/2026 (01 lần)", follower="Ai đó")
    )
    taken(made)
    task = session.scalars(sa.select(Task)).one()
    kept = " ".join(
        [task.text, task.conversion_note, task.results[0].text, task.lead_unit.name, task.concerned.name,
         *(report.text for report in task.progress), "18/TB-SNV, ngày 14/11/2025"]
    )  # fmt: skip
    row = rows_of(made)[0]
    for heading, text in zip(made.columns, row.cells, strict=True):
        if heading != "STT":
            assert not text or text in kept, heading


@pytest.mark.parametrize(
    ("result", "done", "told"),
    [("Đã hoàn thành", True, ""), ("Đang thực hiện", False, ""), ("Đã mua ghế", False, "Bảng không ghi")],
)
def test_a_table_without_a_column_of_progress_tells_it_by_the_result(
    session: Session, result: str, done: bool, told: str
) -> None:
    made = table(line(result=result, progress=None))
    made.mapping = {key: place for key, place in made.mapping.items() if key != Column.PROGRESS.value}
    found = reading.read(made, rows_of(made)[0], Known.load())
    assert found.values is not None and found.values.conversion is not None
    assert (found.values.conversion.done, found.values.so_far) == (done, result)
    assert asked(found, Column.PROGRESS).startswith(told) and bool(told) == bool(
        asked(found, Column.PROGRESS)
    )
