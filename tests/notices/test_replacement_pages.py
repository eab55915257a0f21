"""Replacing by the pages: the reason, the tasks of the old notice, and what each page then says."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.documents import verification
from app.notices.models import Notice, NoticeReplacement
from app.remediation.models import Task, TaskState
from tests import cast
from tests.conftest import Browser
from tests.factories import notices

WHY = "Số hồ sơ quá hạn ghi sai"


@pytest.fixture
def notice(session: Session) -> Notice:
    return notices.issued()


def test_the_planner_drafts_it_from_the_issued_notice(
    client: Browser, session: Session, notice: Notice
) -> None:
    client.sign_in(cast.PLANNER).get(f"/notices/{notice.id}")
    assert client.page.select(f"a[href='/notices/{notice.id}/replace']")
    client.get(f"/notices/{notice.id}/replace")
    client.submit("main form[method=post]", {"reason": ""}, expect=422)
    assert "Ghi lý do thay thế" in client.text
    client.submit("main form[method=post]", {"reason": WHY})
    client.follow()
    made = session.scalars(sa.select(NoticeReplacement)).one()
    assert WHY in client.text and "Thay thế Thông báo số" in client.text
    client.get(f"/notices/{notice.id}")
    assert "Đang soạn thông báo thay thế" in " ".join(client.text.split())
    assert not client.page.select(f"a[href='/notices/{notice.id}/replace']")
    client.get(f"/notices/{notice.id}/replace", expect=409)
    client.get(f"/notices/{made.notice_id}?part=organisation")
    assert f"thay thế Thông báo số {notice.document.number_and_symbol}" in client.text


def test_each_open_task_goes_on_is_asked_anew_or_withdrawn(
    client: Browser, session: Session, notice: Notice
) -> None:
    new = notices.replacement(notice)
    (task,) = session.scalars(sa.select(Task))
    client.sign_in(cast.PLANNER).get(f"/notices/{new.id}/replaced-tasks")
    assert task.code in client.text
    field, reason = f"fate__{task.id}", f"reason__{task.id}"
    client.submit("main form[method=post]", {field: "drop", reason: ""}, expect=422)
    assert f"{task.code}: ghi lý do." in client.text
    client.submit("main form[method=post]", {field: "reword", reason: "Ghi sai thời hạn"})
    client.follow()
    draft = session.scalars(sa.select(Task).where(Task.state == TaskState.DRAFT)).one()
    client.get(f"/tasks/{draft.id}/edit")
    client.submit(
        f"form[action='/tasks/{draft.id}/edit']", {"text": "Ban hành phiếu xin lỗi, gửi người nộp hồ sơ"}
    )
    session.refresh(draft)
    assert draft.text == "Ban hành phiếu xin lỗi, gửi người nộp hồ sơ" and draft.findings
    client.get(f"/notices/{new.id}/replaced-tasks")
    client.submit("main form[method=post]", {field: "keep"})
    client.follow()
    assert session.scalar(sa.select(sa.func.count()).select_from(Task)) == 1


def test_both_pages_the_paper_and_the_public_page_say_by_what(
    client: Browser, session: Session, notice: Notice
) -> None:
    new = notices.issued(notices.replacement(notice))
    number = new.document.number_and_symbol
    client.sign_in(cast.PLANNER).get(f"/notices/{notice.id}")
    assert f"Đã được thay thế bằng Thông báo số {number}" in " ".join(client.text.split())
    client.get(f"/notices/{new.id}")
    assert f"Thay thế Thông báo số {notice.document.number_and_symbol}" in " ".join(client.text.split())
    client.get(f"/documents/{notice.document_id}")
    assert f"{number}" in client.text
    client.get(f"/inspections/{notice.inspection_id}")
    assert "đã được thay thế" in client.text
    client.get(f"/verify/{verification.printed_code(notice.document)}")
    text = " ".join(client.text.split())
    assert "Đã được thay thế" in text and number in text
    client.sign_in(cast.HEAD).get(f"/documents/{notice.document_id}")
    assert number in client.text


def test_a_unit_knows_nothing_of_the_draft(client: Browser, session: Session, notice: Notice) -> None:
    new = notices.replacement(notice)
    client.sign_in(cast.HEAD)
    for address in (f"/notices/{new.id}/replaced-tasks", f"/notices/{notice.id}/replace"):
        client.get(address, expect=404)
