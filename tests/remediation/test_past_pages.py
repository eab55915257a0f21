"""On the page of a past notice: what it still asks for, typed in, taken back, withdrawn; the unit sees it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.remediation.models import Task, TaskState
from tests import cast
from tests.factories import past
from tests.strict_client import StrictClient


def typed(**changes: str) -> dict[str, str]:
    unit = str(cast.unit(cast.LONG_PHUOC).id)
    return {
        "text": "Niêm yết đầy đủ thủ tục hành chính", "concluded_unit_id": unit, "lead_unit_id": unit,
        "follower_id": str(cast.person(cast.FOLLOWER).id), "deadline_kind": "fixed", "due_on": "2026-01-31",
        "products-0-product": "notice", "products-0-text": "Thông báo niêm yết",
        "products-1-product": "", "products-1-text": "", "products-2-product": "", "products-2-text": "",
    } | changes  # fmt: skip


def test_the_planner_adds_what_is_left_at_the_notice(session: Session, client: StrictClient) -> None:
    notice = past.notice()
    client.sign_in(cast.PLANNER).get(f"/register/conclusions/{notice.id}")
    assert "Chưa nhập nội dung nào" in client.text
    client.get(f"/conclusions/{notice.id}/tasks/new")
    assert "Gắn văn bản" in client.text
    lead = client.page.select_one("select[name=lead_unit_id] option[selected]")
    assert lead is not None and lead.text == "UBND xã Long Phước"
    client.post(f"/conclusions/{notice.id}/tasks/new", typed())
    client.follow()
    task = session.query(Task).one()
    assert f"Đã nhập {task.code}" in client.text
    assert "Niêm yết đầy đủ thủ tục hành chính" in client.text and "31/01/2026" in client.text
    assert [one.text for one in task.results] == ["Thông báo niêm yết"]
    client.get(f"/tasks/{task.id}")
    assert "Thông báo số 18/TB-SNV ngày 14/11/2025" in client.text


def test_what_was_typed_stays_when_it_is_refused(session: Session, client: StrictClient) -> None:
    notice = past.notice()
    there = f"/conclusions/{notice.id}/tasks/new"
    client.sign_in(cast.CLERK).get(there)
    client.post(there, typed(due_on="30/02/2026"), expect=422)
    assert "Niêm yết đầy đủ thủ tục hành chính" in client.text
    client.post(there, typed(due_on="2025-11-01"), expect=422)
    assert "Thời hạn trước ngày thông báo 14/11/2025" in client.text
    client.post(there, typed(follower_id=""), expect=422)
    client.post(there, typed())
    client.get(there)
    client.post(there, typed(), expect=409)
    assert "đã được nhập, mã KP-2026-0001" in client.text
    assert session.query(Task).count() == 1


def test_a_unit_two_names_have_no_unit_chosen(session: Session, client: StrictClient) -> None:
    notice = past.notice(cast.LONG_PHUOC, cast.AN_PHUOC)
    client.sign_in(cast.PLANNER).get(f"/conclusions/{notice.id}/tasks/new")
    named = [option.text for option in client.page.select("select[name=concluded_unit_id] option")]
    assert named == ["Chọn đơn vị", "UBND xã An Phước", "UBND xã Long Phước"]


def test_it_is_taken_back_on_its_page(session: Session, client: StrictClient) -> None:
    task = past.task()
    version = str(task.version)
    client.sign_in(cast.CLERK).get(f"/tasks/{task.id}")
    assert "Bỏ nội dung này" not in client.text
    client.post(f"/tasks/{task.id}/undo", {"version": version}, expect=403)
    client.sign_in(cast.PLANNER).get(f"/tasks/{task.id}")
    assert "Bỏ nội dung này" in client.text
    client.post(f"/tasks/{task.id}/undo", {"version": version})
    client.follow()
    assert "Đã bỏ KP-2026-0001." in client.text and session.query(Task).count() == 0


def test_it_is_withdrawn_with_its_reason(session: Session, client: StrictClient) -> None:
    task = past.task()
    there = f"/tasks/{task.id}/withdraw"
    client.sign_in(cast.CLERK).get(there)
    client.post(there, {"reason": "", "version": str(task.version)}, expect=422)
    client.post(there, {"reason": "Đã làm xong từ năm 2025", "version": str(task.version)})
    client.follow()
    assert "Đã rút KP-2026-0001." in client.text and "Đã làm xong từ năm 2025" in client.text
    session.expire_all()
    assert task.state is TaskState.WITHDRAWN


def test_the_unit_sees_its_task_on_its_pages_and_no_other_unit_does(
    session: Session, client: StrictClient
) -> None:
    task = past.task(past.notice(paper=True, criteria=("MC-05",)))
    client.sign_in(cast.HEAD).get("/")
    assert "Niêm yết đầy đủ thủ tục hành chính" in client.text
    assert "Thông báo số 18/TB-SNV ngày 14/11/2025" in client.text and "Xác nhận đã nhận" in client.text
    client.get("/remediation")
    assert task.code in client.text
    client.get(f"/tasks/{task.id}")
    assert "Nội dung còn lại của thông báo cũ" in client.text and "Rút nội dung này" not in client.text
    client.get(f"/register/conclusions/{task.conclusion_id}")
    assert task.code in client.text and "Thêm nội dung khắc phục còn lại" not in client.text
    client.get(f"/tasks/{task.id}/withdraw", expect=404)
    client.sign_in(cast.OTHER_HEAD).get(f"/tasks/{task.id}", expect=404)
    client.get(f"/conclusions/{task.conclusion_id}/tasks/new", expect=404)


def test_the_table_the_sheet_and_the_print_show_the_past_notice(
    session: Session, client: StrictClient
) -> None:
    task = past.task()
    client.sign_in(cast.FOLLOWER).get(f"/follow-up?notice=c{task.conclusion_id}")
    assert "18/TB-SNV, 14/11/2025" in client.text and task.code in client.text
    chosen = client.page.select_one("select[name=notice] option[selected]")
    assert chosen is not None and chosen["value"] == f"c{task.conclusion_id}"
    client.get("/follow-up?notice=c999999")
    assert task.code not in client.text
    client.get(f"/follow-up/print?notice=c{task.conclusion_id}")
    assert "18/TB-SNV" in client.text


def test_voiding_says_what_to_withdraw_first(session: Session, client: StrictClient) -> None:
    task = past.task()
    there = f"/register/conclusions/{task.conclusion_id}/void"
    client.sign_in(cast.CLERK).get(there)
    client.post(there, {"reason": "Ghi nhầm cơ quan kết luận"}, expect=409)
    assert "Rút các nội dung đó, nêu lý do, rồi hủy ghi nhận." in client.text
    assert "Ghi nhầm cơ quan kết luận" in client.text
