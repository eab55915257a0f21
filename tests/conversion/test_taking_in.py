"""An old table comes in row by row: what is sure now, the rest later, nothing twice, nothing judged."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.conversion import queries, services
from app.conversion.layouts import Column
from app.conversion.models import OldRow
from app.conversion.reading import EMPTY, Known
from app.deadlines.badge import DeadlineKind
from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.followup import keeping
from app.register.models import Conclusion, ConclusionLine
from app.remediation.models import Task, TaskState
from tests import cast
from tests.factories import old_tables, past
from tests.factories.old_tables import line, rows_of, table, taken


def test_a_sure_row_becomes_a_marked_task_of_a_past_notice(session: Session) -> None:
    made = table()
    assert taken(made, with_gaps=False) == 1
    task = session.scalars(sa.select(Task)).one()
    assert task.converted and task.state is TaskState.IN_PROGRESS
    assert (task.due_on, task.lead_unit.code) == (date(2025, 12, 31), cast.LONG_PHUOC)
    assert task.conclusion is not None
    assert (task.conclusion.number_and_symbol, task.conclusion.concluded_on) == (
        "18/TB-SNV",
        date(2025, 11, 14),
    )
    assert task.conclusion.record_only and "Dữ liệu chuyển đổi" in task.conclusion.note
    assert task.follower_id == cast.person(cast.FOLLOWER).id
    assert task.progress[0].text == "Đã niêm yết 80/92"
    for kept in ("Mã: KP-CU-01", "Niêm yết thiếu", "Số ngày quá hạn: 200", "Ghi chú: Chờ kinh phí",
                 "Tiến độ trong bảng cũ: Đang thực hiện quá hạn"):  # fmt: skip
        assert kept in task.conversion_note


def test_a_date_that_is_not_sure_goes_in_as_missing_with_its_words(session: Session) -> None:
    made = table(line(due="quý I/2026"))
    assert queries.counts_of(made).asked == 1 and queries.counts_of(made).gaps == 1
    with pytest.raises(WrongState):
        services.take_ready(made, actor=cast.actor(cast.FOLLOWER))
    assert taken(made) == 1
    task = session.scalars(sa.select(Task)).one()
    assert task.due_on is None and task.deadline_kind is DeadlineKind.FIXED
    assert "quý I/2026" in task.no_date_reason and "quý I/2026" in task.conversion_note
    assert queries.counts_of(made).lacking == 1


def test_a_notice_without_a_sure_date_waits_and_is_corrected(session: Session) -> None:
    made = table(line(notice="18/TB-SNV, ngày 14/11/2205"), line(text="Việc khác"))
    asked, ready = rows_of(made)
    assert asked.blocked and not ready.asks
    assert asked.questions[0]["proposals"][0][0] == "14/11/2025"
    assert taken(made) == 1
    services.correct(asked, {Column.DATED: "14/11/2025"}, actor=cast.actor(cast.FOLLOWER))
    assert not asked.asks
    assert services.take(asked, Known.load(), actor=cast.actor(cast.FOLLOWER))
    assert asked.task is not None and "14/11/2205" in asked.task.conversion_note
    assert session.scalar(sa.select(sa.func.count()).select_from(Conclusion)) == 1


def test_the_same_file_twice_brings_nothing_twice(session: Session) -> None:
    assert taken(table(line(), line(text="Việc thứ hai"))) == 2
    assert keeping.fold() == 0, "the next page has no changes of the kept counts to add up"
    again = table(line(), line(text="Việc thứ hai"), line(text="Việc mới"))
    assert [row.left_out for row in rows_of(again)] == [True, True, False]
    assert taken(again) == 1
    assert session.query(Task).count() == 3


def test_two_tables_read_before_either_came_in_bring_a_row_once(session: Session) -> None:
    first, second = table(), table(name="ban-sao.xlsx")
    assert taken(first) == 1
    assert taken(second) == 0
    assert queries.counts_of(second).left == 1
    assert session.query(Task).count() == 1


def test_twice_in_one_table_is_asked_with_the_line(session: Session) -> None:
    made = table(line(), line())
    _, second = rows_of(made)
    assert second.blocked and "Trùng dòng 3" in second.questions[0]["reason"]


def test_what_is_done_there_is_done_here_and_never_on_time(session: Session) -> None:
    made = table(
        line(progress="Đã hoàn thành đúng hạn", done_on="20/12/2025",
             result="Báo cáo số 31/BC-UBND ngày 20/12/2025")
    )  # fmt: skip
    assert taken(made, with_gaps=False) == 1
    task = session.scalars(sa.select(Task)).one()
    assert task.state is TaskState.ACCEPTED and task.completed_on == date(2025, 12, 20)
    assert task.progress[0].document_reference == "31/BC-UBND"
    assert queries.counts_of(made).lacking == 0


def test_a_second_unit_of_the_same_notice_is_named_in_it(session: Session) -> None:
    made = table(line(), line(unit="xã An Phước"))
    assert taken(made) == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(Conclusion)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(ConclusionLine)) == 2


def test_a_notice_that_stands_in_the_register_takes_the_row(session: Session) -> None:
    past.notice()
    assert taken(table(line(unit="An Phước"))) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Conclusion)) == 1


def test_one_answer_serves_every_row_that_says_the_same(session: Session) -> None:
    made = table(*(line(unit="xã Lon Phước", text=f"Việc {n} cần làm") for n in range(3)))
    rows = rows_of(made)
    assert all(row.blocked for row in rows)
    assert ["LP", "UBND xã Long Phước"] in rows[0].questions[0]["proposals"]
    done = services.correct(rows[0], {Column.UNIT: "LP"}, actor=cast.actor(cast.FOLLOWER), alike=True)
    assert done == 3 and not any(row.asks for row in rows)


def test_single_proposals_are_taken_together(session: Session) -> None:
    made = table(
        line(due="31.12.25"), line(due="tháng 3/2026", text="Việc hai"), line(due="sớm", text="Việc ba")
    )
    assert services.accept_single(made, actor=cast.actor(cast.FOLLOWER)) == 2
    assert [row.asks for row in rows_of(made)] == [False, False, True]
    assert taken(made, with_gaps=False) == 2
    due = session.scalars(sa.select(Task.due_on).order_by(Task.id)).all()
    assert due == [date(2025, 12, 31), date(2026, 3, 31)]


def test_left_out_and_looked_at_again(session: Session) -> None:
    made = table()
    (row,) = rows_of(made)
    services.leave_out(row, actor=cast.actor(cast.FOLLOWER))
    assert queries.counts_of(made).left == 1
    with pytest.raises(Conflict):
        services.correct(row, {}, actor=cast.actor(cast.FOLLOWER))
    services.restore(row, actor=cast.actor(cast.FOLLOWER))
    with pytest.raises(Conflict):
        services.restore(row, actor=cast.actor(cast.FOLLOWER))
    assert taken(made) == 1
    with pytest.raises(Conflict):
        services.leave_out(row, actor=cast.actor(cast.FOLLOWER))
    assert not services.take(row, Known.load(), actor=cast.actor(cast.FOLLOWER))


def test_an_emptied_cell_is_empty_although_the_sheet_has_words(session: Session) -> None:
    made = table(line(due="sớm"))
    (row,) = rows_of(made)
    services.correct(row, {Column.DUE: ""}, actor=cast.actor(cast.FOLLOWER))
    assert row.fixes == {"due": EMPTY} and not row.asks
    assert taken(made, with_gaps=False) == 1
    task = session.scalars(sa.select(Task)).one()
    assert task.due_on is None and "Thời hạn hoàn thành trong bảng cũ: sớm" in task.conversion_note


def test_what_another_room_refuses_is_told_at_the_row_and_the_others_go_on(session: Session) -> None:
    past.task(past.notice(), text="Niêm yết đầy đủ thủ tục hành chính")
    made = table(line(), line(text="Việc khác"))
    assert taken(made) == 1
    asked = rows_of(made)[0]
    assert asked.blocked and "đã được nhập, mã" in asked.questions[-1]["reason"]


def test_a_stale_row_changes_nothing(session: Session) -> None:
    made = table()
    (row,) = rows_of(made)
    services.correct(row, {Column.TEXT: "Việc đã sửa"}, actor=cast.actor(cast.FOLLOWER), version=1)
    with pytest.raises(Stale):
        services.correct(row, {Column.TEXT: "Việc sửa sau"}, actor=cast.actor(cast.PLANNER), version=1)
    assert row.fixes == {"text": "Việc đã sửa"}


@pytest.mark.parametrize("part", [cast.CLERK, cast.LEADER, cast.HEAD, cast.OBSERVER])
def test_only_who_plans_or_follows_brings_a_table_over(session: Session, part: str) -> None:
    made = table()
    with pytest.raises(Forbidden):
        services.take_ready(made, actor=cast.actor(part))
    with pytest.raises(Forbidden):
        services.bring("a.xlsx", old_tables.xlsx([line()]), actor=cast.actor(part))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mapping": {}}, "text"),
        ({"mapping": {Column.TEXT: 5, Column.UNIT: 3}}, "number"),
        ({"mapping": {Column.TEXT: 5, Column.UNIT: 5, Column.NUMBER: 2}}, "text"),
        ({"body_name": " "}, "body_name"),
        ({"follower_id": 0}, "follower_id"),
        ({"sheet": "không có"}, "file"),
        ({"heading_row": 900}, "file"),
    ],
)
def test_a_choice_that_cannot_be_is_told_at_its_field(session: Session, changes: dict, field: str) -> None:
    made = old_tables.brought()
    with pytest.raises(DomainError) as refused:
        services.read_rows(made, old_tables.choice(made, **changes), actor=cast.actor(cast.FOLLOWER))
    assert refused.value.field == field
    assert session.query(OldRow).count() == 0


def test_a_table_that_came_in_partly_is_not_read_again(session: Session) -> None:
    made = table()
    taken(made)
    with pytest.raises(Conflict):
        services.read_rows(made, old_tables.choice(made), actor=cast.actor(cast.FOLLOWER))
