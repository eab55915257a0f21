"""The pages: upload, columns, rows, one row, take in, later the rest; refusals in words; few reads."""

from __future__ import annotations

import io
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.conversion import queries, services
from app.conversion.layouts import OLD_16
from app.conversion.models import OldRow, OldTable
from app.errors import WrongState
from app.followup import keeping
from app.jobs import worker
from app.remediation import services as remediation
from app.remediation.models import Task, TaskState
from app.remediation.values import FillIn
from tests import cast
from tests.conftest import Browser
from tests.factories import old_tables, past
from tests.factories.old_tables import line, rows_of, table, taken, xlsx
from tests.queries import count_queries


def upload(client: Browser, data: bytes, name: str = "theo-doi.xlsx", *, expect: int = 303) -> None:
    client.get("/old-tables")
    client.post("/old-tables", {"file": [(io.BytesIO(data), name)]}, expect=expect)


def test_from_the_file_to_followed_tasks_and_back_later_for_the_rest(
    client: Browser, session: Session
) -> None:
    client.sign_in(cast.FOLLOWER).get("/follow-up")
    assert "Chuyển đổi bảng theo dõi cũ" in client.text
    rows = [line(), line(text="Việc hai", due="quý I/2026"), line(text="Việc ba", unit="xã Lon Phước")]
    upload(client, xlsx(rows, merged=("C3:C5",)))
    client.follow()
    assert "Nhận ra cả bảng: mẫu 22 cột" in client.text
    assert "Ví dụ: UBND xã Long Phước" in client.text and "Nội dung tồn tại, hạn chế" in client.text
    client.submit("main form[method=post]")
    client.follow()
    assert "Nhập 01 dòng đã rõ" in client.text and "Chưa đọc được chắc chắn ngày “quý I/2026”" in client.text
    client.submit("form[action$='/take']")
    client.follow()
    assert "Đã nhập 01 dòng" in client.text
    made = session.scalars(sa.select(OldTable)).one()
    first, second = [row for row in rows_of(made) if row.task_id is None]
    client.get(f"/old-tables/{made.id}/rows/{second.id}")
    assert "UBND xã Long Phước" in client.text
    client.submit(f"form[action$='/rows/{second.id}']", {"unit": "LP"})
    client.follow()
    assert "Đã lưu dòng 5" in client.text and "quý I/2026" in client.text, "on to the next question"
    client.submit(f"form[action$='/rows/{first.id}']", {"take": "1"})
    client.follow()
    client.get(f"/old-tables/{made.id}?show=ready")
    client.submit("form[action$='/take']")
    client.get(f"/old-tables/{made.id}?show=lacking")
    assert "Còn thiếu: Chưa có thời hạn" in client.text
    assert session.query(Task).count() == 3
    lacking = session.scalars(sa.select(Task).where(Task.due_on.is_(None))).one()
    client.get(f"/tasks/{lacking.id}/fill-in")
    client.submit("main form[method=post]", {"due_on": "31/3/2026"})
    client.follow()
    assert "vẫn mang dấu dữ liệu chuyển đổi" in client.text
    session.expire_all()
    assert (lacking.due_on, lacking.converted) == (date(2026, 3, 31), True)


def test_the_table_of_16_columns_comes_in_too(client: Browser, session: Session) -> None:
    row = ["1", "HN 3", "18/TB-SNV", date(2025, 11, 14), "Phạm Thị Thí Dụ", "CCHC", "xã Long Phước",
           "Một cửa", "Bố trí ghế ngồi chờ", "Có hạn", "31/12/2025", "Đang thực hiện", "Đã mua", "CV 5",
           "NV-1", ""]  # fmt: skip
    client.sign_in(cast.PLANNER)
    upload(client, xlsx([row], headings=OLD_16))
    client.follow()
    assert "mẫu 16 cột" in client.text
    client.submit("main form[method=post]")
    client.follow()
    client.submit("form[action$='/take']")
    task = session.scalars(sa.select(Task)).one()
    assert (task.state, task.due_on) == (TaskState.IN_PROGRESS, date(2025, 12, 31))
    assert "Số hội nghị: HN 3" in task.conversion_note and "Mã nhiệm vụ: NV-1" in task.conversion_note


def test_a_notice_that_is_written_once_holds_below_unless_it_is_said_not_to(
    client: Browser, session: Session
) -> None:
    rows = [line(), line(notice=None, unit=None, text="Việc hai")]
    for said, blocked in (({}, [False, False]), ({"as_above": None}, [False, True])):
        made = old_tables.brought(*rows, name=f"so-{len(said)}.xlsx")
        client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}/columns")
        client.submit("main form[method=post]", said)
        session.expire_all()
        assert [row.blocked for row in rows_of(made)] == blocked


def test_another_sheet_and_heading_row_are_looked_at_before_anything_is_read(
    client: Browser, session: Session
) -> None:
    made = old_tables.brought()
    client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}/columns")
    client.submit("main form[method=post]", {"heading_row": "1", "look": "1"})
    client.follow()
    assert "BẢNG THEO DÕI" in str(client.page) and session.query(OldRow).count() == 0
    client.get(f"/old-tables/{made.id}/columns?sheet=kh%C3%B4ng", expect=422)
    assert "không có trang tính" in client.text
    client.get(f"/old-tables/{made.id}", expect=303)
    client.get(f"/old-tables/{made.id}/columns")
    client.submit("main form[method=post]", {"text": ""}, expect=422)
    assert "Chọn cột của “Nội dung cần khắc phục”" in client.text


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("cu.xls", b"\xd0\xcf\x11\xe0 cu", "Lưu dưới dạng"),
        ("cu.xlsx", b"khong phai", "không đúng với đuôi"),
        ("cu.pdf", b"%PDF-1.7", "không thuộc loại"),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_its_field(
    client: Browser, session: Session, name: str, data: bytes, told: str
) -> None:
    upload(client.sign_in(cast.FOLLOWER), data, name, expect=422)
    assert told in client.text
    assert session.query(OldTable).count() == 0
    client.post("/old-tables", {}, expect=422)
    assert "Chọn tệp bảng theo dõi" in client.text


def test_left_out_and_back_and_proposals_taken_together(client: Browser, session: Session) -> None:
    made = table(line(due="31.12.25"), line(text="Việc hai", due="sớm"))
    first, second = rows_of(made)
    client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}")
    client.submit("form[action$='/accept']")
    client.follow()
    assert "Đã nhận ngày đề xuất ở 01 dòng" in client.text
    client.get(f"/old-tables/{made.id}/rows/{second.id}")
    client.submit("form[action$='/leave']")
    client.follow()
    assert "Không nhập dòng 4" in client.text
    client.post(f"/old-tables/{made.id}/rows/{second.id}/leave", {"version": "2"}, expect=409)
    client.get(f"/old-tables/{made.id}?show=left")
    assert "không nhập, ngày" in client.text
    client.get(f"/old-tables/{made.id}/rows/{second.id}")
    client.submit("form[action$='/restore']")
    client.follow()
    assert "sớm" in client.text
    client.post(f"/old-tables/{made.id}/rows/{second.id}/restore", {"version": "3"}, expect=409)
    session.expire_all()
    taken(made)
    client.get(f"/old-tables/{made.id}/rows/{first.id}", expect=303)


def test_a_row_that_still_asks_is_not_taken_and_says_so(client: Browser, session: Session) -> None:
    made = table(line(unit="xã Lon Phước"))
    (row,) = rows_of(made)
    client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}/rows/{row.id}")
    client.submit(f"form[action$='/rows/{row.id}']", {"take": "1", "result": "Đã mua ghế"}, expect=422)
    assert "trả lời các câu hỏi còn lại" in client.text
    assert client.text.count("Chưa rõ đơn vị “xã Lon Phước”") == 2, "above the form and at its field"
    assert "Đã mua ghế" in client.text
    client.submit(f"form[action$='/rows/{row.id}']", {"take": "1", "unit": "LP"})
    client.follow()
    assert "Đã nhập dòng 3" in client.text
    session.expire_all()
    assert row.task is not None and row.task.progress[0].text == "Đã mua ghế"


def test_a_row_that_another_room_refuses_says_why_and_keeps_what_was_typed(
    client: Browser, session: Session
) -> None:
    past.task(past.notice(), text="Niêm yết đầy đủ thủ tục hành chính")
    made = table(line(text="Việc khác"))
    (row,) = rows_of(made)
    client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}/rows/{row.id}")
    typed = {"take": "1", "text": "Niêm yết đầy đủ thủ tục hành chính", "products": "Biên bản bàn giao"}
    client.submit(f"form[action$='/rows/{row.id}']", typed, expect=422)
    assert "Nội dung này của UBND xã Long Phước đã được nhập, mã" in client.text
    assert "Biên bản bàn giao" in str(client.page)
    session.expire_all()
    assert row.blocked and row.fixes["products"] == "Biên bản bàn giao"
    client.get(f"/old-tables/{made.id}")
    assert "đã được nhập, mã" in client.text, "the list tells it too"
    client.get(f"/old-tables/{made.id}/rows/{row.id}")
    client.submit(f"form[action$='/rows/{row.id}']", {"take": "1", "text": "Việc thật sự khác"})
    client.follow()
    assert "Đã nhập dòng 3" in client.text


def test_an_unfinished_row_of_the_list_is_refused_in_words(client: Browser, session: Session) -> None:
    made = table(line(unit="xã Lon Phước"))
    client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}")
    client.post(f"/old-tables/{made.id}/take", {}, expect=409)
    assert "Không có dòng nào nhập được ngay" in client.text


def test_many_rows_go_to_the_background_row_by_row(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 3)
    made = table(*(line(text=f"Việc thứ {place}") for place in range(5)), line(text="Việc hỏi", due="sớm"))
    client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}")
    client.submit("form[action$='/take']")
    client.follow()
    assert "Đang nhập" in client.text
    assert session.query(Task).count() == 0
    job = worker.run_one()
    assert job is not None and job.result == "Đã nhập 05 dòng."
    assert queries.counts_of(made).taken == 5 and queries.counts_of(made).asked == 1
    assert queries.job_of(made) is None
    assert keeping.fold() == 0 and keeping.wrong() == [], "the next page has no changes to add up"


@pytest.mark.parametrize("part", [cast.CLERK, cast.LEADER])
def test_others_of_the_office_are_not_allowed_and_units_never_learn_of_it(
    client: Browser, session: Session, part: str
) -> None:
    made = table()
    (row,) = rows_of(made)
    for address in ("", f"/{made.id}", f"/{made.id}/columns", f"/{made.id}/rows/{row.id}"):
        client.sign_in(part).get(f"/old-tables{address}", expect=403)
        client.sign_in(cast.HEAD).get(f"/old-tables{address}", expect=403 if not address else 404)


@pytest.mark.parametrize("show", ["asked", "taken", "lacking", "left", "ready"])
def test_rows_take_as_many_reads_however_many_they_are(client: Browser, session: Session, show: str) -> None:
    made = table(*(line(text=f"Việc {n} phải làm", due="sớm") for n in range(30)))
    for row in rows_of(made)[20:25]:
        services.leave_out(row, actor=cast.actor(cast.FOLLOWER))
    session.commit()
    taken(made)
    client.sign_in(cast.FOLLOWER).get(f"/old-tables/{made.id}?show={show}")
    session.expire_all()
    with count_queries(session) as sent:
        client.get(f"/old-tables/{made.id}?show={show}")
    assert len(sent) <= 12, "\n".join(sent)
    with count_queries(session) as sent:
        client.get("/old-tables")
    assert len(sent) <= 10, "\n".join(sent)


def test_reading_five_hundred_rows_takes_few_reads(session: Session) -> None:
    made = old_tables.brought(*(line(text=f"Việc {n} phải làm") for n in range(500)))
    with count_queries(session) as sent:
        services.read_rows(made, old_tables.choice(made), actor=cast.actor(cast.FOLLOWER))
    assert len(sent) <= 40, len(sent)


def test_filling_in_says_what_is_wrong_at_its_field(client: Browser, session: Session) -> None:
    taken(table(line(progress="Đã hoàn thành", result="Đã làm xong")))
    task = session.scalars(sa.select(Task)).one()
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}")
    assert "Bổ sung thông tin còn thiếu" in client.text and "Ghi chú chuyển đổi" in client.text
    for typed, told in (
        ({}, "Nhập ít nhất một thông tin"),
        ({"completed_on": "01/1/2027"}, "sau ngày hôm nay"),
        ({"completed_on": "01/1/2025"}, "trước ngày thông báo"),
        ({"reference": "31/BC-UBND"}, "Ghi đủ số và ngày"),
        ({"due_on": "01/1/2026"}, "đã có thời hạn"),
    ):
        client.post(f"/tasks/{task.id}/fill-in", {"version": str(task.version), **typed}, expect=422)
        assert told in client.text
    filled = {"completed_on": "20/12/2025", "reference": "31/BC-UBND", "document_on": "20/12/2025"}
    client.post(f"/tasks/{task.id}/fill-in", {"version": str(task.version), **filled})
    client.get(f"/tasks/{task.id}/fill-in")
    assert "Không còn thiếu" in client.text
    client.post(f"/tasks/{task.id}/fill-in", {"version": "1", **filled}, expect=409)
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    assert "Dữ liệu chuyển đổi" in client.text and "Ghi chú chuyển đổi" not in client.text
    client.get(f"/tasks/{task.id}/fill-in", expect=404)


def test_what_was_brought_over_by_mistake_is_withdrawn_even_when_done(
    client: Browser, session: Session
) -> None:
    taken(table(line(progress="Đã hoàn thành")))
    task = session.scalars(sa.select(Task)).one()
    client.sign_in(cast.PLANNER).get(f"/tasks/{task.id}/withdraw")
    client.submit("main form[method=post]", {"reason": "Nhập nhầm bảng"})
    session.expire_all()
    assert task.state is TaskState.WITHDRAWN
    with pytest.raises(WrongState):
        remediation.fill_in(task, FillIn(due_on=date(2027, 1, 1)), actor=cast.actor(cast.PLANNER))
