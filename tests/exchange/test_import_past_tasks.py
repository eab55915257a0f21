"""What past notices still ask for, from a file: dry run, all or nothing, every bad line by name."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.exchange import past_tasks_file
from app.exchange.past_tasks_file import COLUMNS
from app.exchange.tables import Row
from app.followup import keeping
from app.register.models import MandateKind
from app.remediation.models import Product, Task, TaskState
from tests import cast
from tests.conftest import Browser
from tests.exchange.files import csv_file, upload, xlsx
from tests.factories import past
from tests.factories import register as factory
from tests.queries import count_queries

BASE = {
    "Cơ quan kết luận": "Sở Nội vụ", "Số và ký hiệu": "18/TB-SNV", "Ngày văn bản": "14/11/2025",
    "Mã đơn vị": "LP", "Nội dung cần khắc phục": "Niêm yết đủ thủ tục",
    "Sản phẩm": "Thông báo: niêm yết; báo cáo", "Mã đơn vị chủ trì hiện nay": "",
    "Người theo dõi": "", "Thời hạn": "31/01/2026", "Lý do chưa có thời hạn": "", "Ngày rà soát": "",
    "Kết quả đến nay": "",
}  # fmt: skip
SHORT = {
    "body": "Cơ quan kết luận", "number": "Số và ký hiệu", "dated": "Ngày văn bản", "unit": "Mã đơn vị",
    "text": "Nội dung cần khắc phục", "products": "Sản phẩm", "lead": "Mã đơn vị chủ trì hiện nay",
    "follower": "Người theo dõi", "due": "Thời hạn", "reason": "Lý do chưa có thời hạn",
    "review": "Ngày rà soát", "so_far": "Kết quả đến nay",
}  # fmt: skip


def line(**changes: str) -> tuple[str, ...]:
    follower = {"follower": cast.person(cast.FOLLOWER).name}
    values = BASE | {SHORT[name]: text for name, text in (follower | changes).items()}
    return tuple(values[column] for column in COLUMNS)


def dry(client: Browser, *rows: tuple[str, ...], expect: int = 200, part: str = cast.CLERK) -> None:
    upload(client.sign_in(part), xlsx(rows, COLUMNS), "kp.xlsx", "past-tasks", expect=expect)


@pytest.mark.parametrize("make", [xlsx, csv_file])
def test_lines_become_followed_tasks_after_confirmation_and_are_the_same_next_time(
    client: Browser, session: Session, make
) -> None:
    past.notice(cast.LONG_PHUOC, cast.AN_PHUOC)
    rows = [
        line(so_far="Đã niêm yết 80/92 thủ tục"),
        line(unit="ap", text="Bố trí bàn viết", due="", reason="Chờ kinh phí", review="31/12/2026",
             products=""),
    ]  # fmt: skip
    name = "kp.xlsx" if make is xlsx else "kp.csv"
    upload(client.sign_in(cast.PLANNER), make(rows, COLUMNS), name, "past-tasks")
    assert "18/TB-SNV, LP, Niêm yết đủ thủ tục" in client.text
    assert "UBND xã Long Phước, thời hạn 31/01/2026" in client.text
    assert "UBND xã An Phước, chưa có thời hạn" in client.text
    assert session.query(Task).count() == 0
    client.submit("main form[method=post]")
    client.follow()
    assert "Đã ghi 02 dòng thêm mới" in client.text
    assert keeping.fold() == 0 and keeping.wrong() == [], "the next page has no changes to add up"
    first, second = session.scalars(sa.select(Task).order_by(Task.id)).all()
    assert (first.state, first.due_on) == (TaskState.IN_PROGRESS, date(2026, 1, 31))
    assert [(one.product, one.text) for one in first.results] == [
        (Product.NOTICE, "niêm yết"), (Product.REPORT, ""),
    ]  # fmt: skip
    assert (second.lead_unit.code, second.review_on) == (cast.AN_PHUOC, date(2026, 12, 31))
    assert session.scalar(sa.select(Event.name).order_by(Event.seq.desc()).limit(1)) == "past_tasks_imported"
    dry(client, *rows)
    assert "không cần ghi gì" in client.text


@pytest.mark.parametrize(
    ("changes", "column", "told"),
    [
        ({"due": "30/02/2026"}, "Thời hạn", "30/02/2026"),
        ({"dated": ""}, "Ngày văn bản", "Nhập ngày văn bản."),
        ({"number": "19/TB-SNV"}, "Số và ký hiệu", "Chưa ghi nhận thông báo số 19/TB-SNV"),
        ({"number": "không rõ"}, "Số và ký hiệu", "Chưa ghi nhận thông báo số không rõ"),
        ({"text": "x"}, "Nội dung cần khắc phục", "ít nhất 03 ký tự"),
        ({"unit": "ZZ"}, "Mã đơn vị", "Không có đơn vị mã ZZ"),
        ({"unit": ""}, "Mã đơn vị", "Nhập mã đơn vị."),
        ({"unit": "AP"}, "Mã đơn vị", "Thông báo này không nêu UBND xã An Phước"),
        ({"lead": "ZZ"}, "Mã đơn vị chủ trì hiện nay", "Không có đơn vị mã ZZ"),
        ({"follower": "Nguyễn Văn Giả Thiết"}, "Người theo dõi", "không phải người theo dõi của cơ quan"),
        ({"products": "Lời hứa"}, "Sản phẩm", "Không có loại sản phẩm “Lời hứa”"),
        ({"due": ""}, "Thời hạn", "Nhập thời hạn ghi trong thông báo"),
        ({"due": "01/11/2025"}, "Thời hạn", "Thời hạn trước ngày thông báo 14/11/2025"),
        ({"due": "", "reason": "Chờ vốn"}, "Ngày rà soát", "thì ghi ngày rà soát"),
    ],
)
def test_a_bad_line_is_told_at_its_column_and_nothing_is_written(
    client: Browser, session: Session, changes: dict[str, str], column: str, told: str
) -> None:
    past.notice()
    dry(client, line(text="Việc khác"), line(**changes), expect=422)
    assert column in client.text and told in client.text
    assert session.query(Task).count() == 0


def test_twice_in_the_file_is_told_with_the_line(client: Browser, session: Session) -> None:
    past.notice()
    dry(client, line(), line(), expect=422)
    assert "Nội dung này của đơn vị đã có ở dòng 2." in client.text


def test_another_bodys_conclusion_takes_no_tasks(client: Browser, session: Session) -> None:
    past.notice(kind=MandateKind.OTHER_BODY)
    dry(client, line(), expect=422)
    assert "chỉ nhập vào thông báo cũ của chính cơ quan" in client.text


def test_who_took_over_alone_leads_and_among_several_the_file_says_who(
    client: Browser, session: Session
) -> None:
    gone = factory.unit("CU", "UBND xã Cũ", valid_to=date(2025, 12, 1))
    factory.succeeds(cast.unit(cast.LONG_PHUOC), gone, on=date(2025, 12, 1))
    past.notice("CU")
    dry(client, line(unit="CU"))
    assert "UBND xã Long Phước, thời hạn 31/01/2026" in client.text
    factory.succeeds(cast.unit(cast.AN_PHUOC), gone, on=date(2025, 12, 1))
    session.commit()
    dry(client, line(unit="CU"), expect=422)
    assert "UBND xã Cũ đã chấm dứt hoạt động. Nhập mã đơn vị chủ trì hiện nay." in client.text
    dry(client, line(unit="CU", lead="ap"))
    assert "UBND xã An Phước, thời hạn 31/01/2026" in client.text


def test_nobody_else_imports_them_and_the_template_opens(client: Browser, session: Session) -> None:
    client.sign_in(cast.FOLLOWER).get("/import/past-tasks", expect=403)
    client.sign_in(cast.CLERK).get("/import/past-tasks")
    assert "thông báo phải được ghi nhận trước" in client.text
    assert client.get("/import/past-tasks/template.xlsx").data[:2] == b"PK"


def test_a_long_file_is_read_as_often_as_a_short_one(session: Session) -> None:
    past.notice()
    counts = []
    for how_many in (1, 40):
        rows = [
            Row(number + 2, dict(zip(COLUMNS, line(text=f"Việc {number}"), strict=True)))
            for number in range(how_many)
        ]
        with count_queries(session) as sent:
            assert past_tasks_file.plan(rows).dry_run.writable
        counts.append(len(sent))
    assert counts[0] == counts[1]
