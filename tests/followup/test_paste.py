"""A block copied from Excel: read, previewed line by line without writing, written line by line."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.deadlines.badge import DeadlineKind
from app.errors import DomainError
from app.followup import pasting
from app.followup.columns import COLUMNS, shown
from app.followup.filters import Filters
from app.followup.queries import lines_from, lines_of_codes, table
from app.remediation import services
from app.remediation.models import Task, TaskState
from app.remediation.values import LineValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made
from tests.queries import count_queries

PASTE, APPLY = "form[action*='/paste']:not([action*='apply'])", "form[action*='/paste/apply']"


def told(text: str, codes: list[str] | None = None, who: str = cast.FOLLOWER) -> list[pasting.Told]:
    block, actor = pasting.read(text, codes), cast.actor(who)
    return pasting.preview(block, lines_of_codes(actor, {row.code for row in block.rows}), actor=actor)


def rows(client: Browser) -> list[str]:
    return [row.get_text(" ", strip=True) for row in client.page.select("#ket-qua tbody tr")]


def test_a_block_is_previewed_and_then_written(client: Browser, session: Session) -> None:
    one, two = made.issued(findings=2)
    client.sign_in("follower").get("/follow-up/paste?q=long")
    text = "Mã\tKết quả thực hiện\tGhi chú\n"
    text += f"{one.code}\tĐang in biểu mẫu\tĐã gọi điện\n{two.code}\t\tHẹn thứ Hai\n"
    client.submit(PASTE, {"text": text}, expect=200)
    assert rows(client) == [
        f"1 {one.code} UBND xã Long Phước {one.text} Thay đổi "
        "Kết quả thực hiện: Đang in biểu mẫu Ghi chú: Đã gọi điện",
        f"2 {two.code} UBND xã Long Phước {two.text} Thay đổi Ghi chú: Hẹn thứ Hai",
    ]
    session.expire_all()
    assert (one.note, one.progress, two.note) == ("", [], "")
    client.submit(APPLY)
    assert client.response.headers["Location"].endswith("/follow-up?q=long")
    session.expire_all()
    assert (one.note, one.progress[0].text, two.note) == ("Đã gọi điện", "Đang in biểu mẫu", "Hẹn thứ Hai")
    assert one.progress[0].on_behalf and two.progress == []


def test_a_refused_line_is_told_and_comes_back_as_it_was_typed(client: Browser, session: Session) -> None:
    good, wrong = made.issued(findings=2)
    head = "Mã\tSố, ký hiệu văn bản\tNgày văn bản\tGhi chú\n"
    text = f"{head}{good.code}\t96/BC-UBND\t22/9/2026\tTốt\n{wrong.code}\t97/BC-UBND\t31/9/2026\tSai ngày\n"
    client.sign_in("follower").get("/follow-up/paste")
    client.submit(PASTE, {"text": text}, expect=422)
    assert rows(client)[0].startswith(f"2 {wrong.code}") and "Không có ngày 31/9/2026" in rows(client)[0]
    client.submit(APPLY, expect=409)
    assert "Đã ghi 01 dòng" in client.text
    assert client.page.select_one("textarea#text").get_text().strip().splitlines() == [
        head.strip(), f"{wrong.code}\t97/BC-UBND\t31/9/2026\tSai ngày",
    ]  # fmt: skip
    session.expire_all()
    assert (good.note, good.progress[0].document_on, wrong.note) == ("Tốt", date(2026, 9, 22), "")


def test_a_line_that_moved_since_the_preview_is_refused(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get("/follow-up/paste")
    client.submit(PASTE, {"text": f"Mã\tGhi chú\n{task.code}\tCủa tôi"}, expect=200)
    services.edit_line(task, LineValues(note="Của người khác"), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    client.submit(APPLY, expect=409)
    assert "vừa được đồng chí" in client.text
    session.expire_all()
    assert task.note == "Của người khác"
    assert "Của tôi" in client.page.select_one("textarea#text").get_text()


def test_sending_twice_writes_once(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    text = f"Mã\tKết quả thực hiện\n{task.code}\tĐang in\n"
    client.sign_in("follower").get("/follow-up/paste")
    sent = {"text": text, "pick": f"{task.id}:{task.version}"}
    client.post("/follow-up/paste/apply", sent)
    client.get("/follow-up/paste")
    client.post("/follow-up/paste/apply", sent, expect=409)
    session.expire_all()
    assert len(task.progress) == 1


def test_what_was_never_previewed_is_not_written(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get("/follow-up/paste")
    client.post("/follow-up/paste/apply", {"text": f"Mã\tGhi chú\n{task.code}\tx"}, expect=409)
    assert "chưa được xem trước" in client.text
    session.expire_all()
    assert task.note == ""


def test_a_block_without_codes_is_pasted_from_a_line_on(client: Browser, session: Session) -> None:
    tasks = made.issued(findings=3)
    order = [line.id for line in table(cast.actor(cast.FOLLOWER), Filters())]
    by_id = {task.id: task for task in tasks}
    client.sign_in("follower").get(f"/follow-up/paste?start={order[1]}")
    assert by_id[order[1]].code in client.page.select_one("main").get_text()
    client.submit(PASTE, {"text": "Ghi chú\tNgười theo dõi\nHai\t\nBa\t\n"}, expect=200)
    client.submit(APPLY)
    session.expire_all()
    assert [by_id[key].note for key in order] == ["", "Hai", "Ba"]
    client.get(f"/follow-up/paste?start={order[2]}")
    client.submit(PASTE, {"text": "\tmột\n\thai\n"}, expect=422)
    assert "có 01 dòng; nội dung dán có 02 dòng" in client.text
    assert "\thai" in client.page.select_one("textarea#text").get_text()


def test_lines_are_taken_in_the_order_of_the_table(session: Session) -> None:
    made.issued(findings=3)
    actor = cast.actor(cast.FOLLOWER)
    order = [line.id for line in table(actor, Filters())]
    assert [line.id for line in lines_from(actor, Filters(), order[1], 5)] == order[1:]
    assert [line.id for line in lines_from(actor, Filters(), order[0], 1)] == order[:1]
    assert lines_from(actor, Filters(), 10**9, 5) == []


def test_a_whole_line_of_our_own_sheet_pasted_back_changes_nothing(session: Session) -> None:
    task = made.progressed(made.issued()[0])
    actor = cast.actor(cast.FOLLOWER)
    [line] = lines_of_codes(actor, {task.code}).values()
    heads = "\t".join(column.label for column in COLUMNS)
    [found] = told(heads + "\n" + "\t".join(shown(column, line, 1) for column in COLUMNS))
    assert (found.outcome, found.changes, found.problems) == ("same", (), ())
    cells = [shown(column, line, 1) for column in COLUMNS]
    cells[14], cells[21] = "Đã in xong", "Hẹn thứ Hai"
    [found] = told(heads + "\n" + "\t".join(cells))
    assert found.changes == ("Kết quả thực hiện: Đã in xong", "Ghi chú: Hẹn thứ Hai")
    assert "Sản phẩm" in pasting.read(heads + "\n" + "\t".join(cells)).unread


def problem(text: str, who: str = cast.FOLLOWER) -> tuple[str, str]:
    [line] = told(text, who=who)
    return line.problems[0]


def test_every_wrong_cell_is_named(session: Session) -> None:
    task = made.issued()[0]

    def of(head: str, cell: str) -> tuple[str, str]:
        return problem(f"Mã\t{head}\n{task.code}\t{cell}")

    assert problem("Mã\tGhi chú\n99-99\tx") == ("Mã", "Không có nội dung mã 99-99 trong bảng.")
    assert problem("Mã\tGhi chú\n\tx") == ("Mã", "Chưa ghi mã.")
    assert of("Tiến độ", "Xong rồi")[0] == "Tiến độ"
    assert of("Tiến độ", "Đã khắc phục xong") == ("Kết quả thực hiện", "Nêu việc đã làm, ít nhất 03 ký tự.")
    assert of("Người theo dõi", "Không Có Ai")[0] == "Người theo dõi"
    assert of("Người theo dõi", cast.person(cast.CONTENT_CHECKER).name) == ("Lý do", "Ghi lý do giao lại.")
    assert of("Ngày rà soát tiếp", "01/12/2026")[1].startswith("Chỉ rà soát")
    assert of("Văn bản đôn đốc", "x" * 201) == ("Văn bản đôn đốc", "Nội dung quá dài.")
    assert of("Ngày đôn đốc", "22/9/2026")[0] == "Văn bản đôn đốc"
    two = told(f"Mã\tGhi chú\n{task.code}\tmột\n{task.code}\thai")
    assert [line.outcome for line in two] == ["changed", "error"]
    assert two[1].problems == (("Mã", "Mã này đã có ở dòng 01."),)


def test_the_report_of_a_unit_and_another_follower_are_pasted(session: Session) -> None:
    task = made.issued()[0]
    watched = made.issued(units=(cast.AN_PHUOC,), kind=DeadlineKind.CONTINUING)[0]
    other = cast.person(cast.CONTENT_CHECKER)
    text = (
        "Mã\tTiến độ\tSố, ký hiệu văn bản\tNgày văn bản\tNgười theo dõi\tLý do\tNgày rà soát tiếp\n"
        f"{task.code}\tđơn vị đã gửi báo cáo\t96/BC-UBND\t22092026\n"
        f"{watched.code}\t\t\t\t{other.name}\tPhân công lại\t2026-12-01\n"
    )
    block, actor = pasting.read(text), cast.actor(cast.FOLLOWER)
    lines = lines_of_codes(actor, {task.code, watched.code})
    done, left = pasting.apply(block, lines, {line.id: line.version for line in lines.values()}, actor=actor)
    assert (done, left) == ([task.code, watched.code], [])
    assert (task.state, watched.follower_id, watched.review_on) == (
        TaskState.SUBMITTED, other.id, date(2026, 12, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n\n", "Chưa có dòng nào"),
        ("Mã\tGhi chú\n", "Chưa có dòng nào"),
        ("Mã\tGhi chú\n45-01\t\n", "Chưa có ô nào"),
        ("Ghi chú\tLý do\nx\ty\n", "Không có cột Mã"),
        ("Mã\tGhi chú\n" + "1\tx\n" * 201, "tối đa 200 dòng"),
        ("Mã\tGhi chú\n1\t" + '""' + "x" * 200_000, "Không đọc được"),
    ],
)
def test_a_block_that_cannot_be_used_is_refused_whole(text: str, reason: str) -> None:
    with pytest.raises(DomainError, match=reason):
        pasting.read(text)


def test_cells_are_read_as_excel_copies_them() -> None:
    block = pasting.read('45-01\t\tDòng một\r\n45-02\t\t"Hai dòng\ntrong một ô"\t1/BC\r\n')
    assert [dict(row.cells) for row in block.rows] == [
        {"progress_text": "Dòng một"},
        {"progress_text": "Hai dòng\ntrong một ô", "document_reference": "1/BC"},
    ]
    again = pasting.read(block.text())
    assert [row.cells for row in again.rows] == [row.cells for row in block.rows]
    [odd] = pasting.read('Mã\tGhi chú\n45-01\tống 5" hỏng').rows
    assert odd.cells["note"] == 'ống 5" hỏng'


def test_who_may_not_edit_a_line_is_told_at_it(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    assert problem(f"Mã\tGhi chú\n{task.code}\tx", who=cast.PLANNER)[0] == "Mã"
    client.sign_in("observer").get("/follow-up/paste", expect=403)
    client.sign_in("head").get("/follow-up/paste", expect=403)


def test_reading_a_block_asks_no_more_for_more_lines(session: Session) -> None:
    """A line that changes nothing costs nothing; what a change costs is that of its own edit."""

    def asked(tasks: list[Task]) -> int:
        text = "Mã\tTiến độ\n" + "".join(f"{task.code}\tSai\n" for task in tasks)
        with count_queries(session) as sent:
            told(text)
        return len(sent)

    few, many = made.issued(), made.issued(units=(cast.AN_PHUOC,), findings=5)
    asked(few)
    session.expire_all()
    one = asked(few)
    session.expire_all()
    assert asked(many) <= one
