"""A form of a task that comes second, after the unit reported: refused, typed text kept, both shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.remediation import services
from app.remediation.models import ProgressStatus
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made


@pytest.mark.parametrize(
    ("part", "page", "typed", "kept"),
    [
        (cast.FOLLOWER, "hand-over", {"reason": "Chuyển công tác"}, "reason"),
        (cast.OFFICER, "progress", {"status": "doing", "text": "Đã làm thêm một phần"}, "text"),
    ],
)
def test_the_second_form_is_refused_and_keeps_what_was_typed(
    client: Browser, session: Session, part: str, page: str, typed: dict[str, Any], kept: str
) -> None:
    task = made.progressed(made.issued()[0], status=ProgressStatus.DOING)
    client.sign_in(part).get(f"/tasks/{task.id}/{page}")
    choice = client.page.select_one("select[name=follower_id] option[value]:not([value=''])")
    chosen = {"follower_id": str(choice["value"])} if choice else {}
    client.submit(f"form[action$='/{page}']", {**typed, **chosen, "version": "0"}, expect=409)
    assert "Bản đang lưu" in client.text and "Đã ban hành và niêm yết" in client.text
    assert typed[kept] in str(client.page.select(f"[name={kept}]"))


def test_two_acts_of_one_instant_keep_what_was_typed_as_well(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = made.issued()[0]
    session.commit()

    def crossed(*_given: object, **_named: object) -> None:
        raise StaleDataError

    client.sign_in(cast.OFFICER).get(f"/tasks/{task.id}/progress")
    monkeypatch.setattr(services, "report_progress", crossed)
    typed = {"status": "doing", "text": "Đã làm thêm một phần", "cause": "Thiếu người"}
    client.submit("form[action$='/progress']", typed, expect=409)
    assert "vừa được cán bộ khác cập nhật" in client.text
    assert "Đã làm thêm một phần" in str(client.page.select("[name=text]"))
    monkeypatch.undo()
    client.submit("form[action$='/progress']", {})


def test_a_report_over_a_task_that_moved_is_refused_once_and_keeps_its_number(
    client: Browser, session: Session
) -> None:
    task = made.issued()[0]
    unit_id = task.lead_unit_id
    client.sign_in(cast.OFFICER).get(f"/units/{unit_id}/remediation-report")
    made.progressed(task, status=ProgressStatus.DOING)
    typed = {"reference": "87/BC-UBND", "document_on": "22/9/2026", "task_ids": str(task.id)}
    client.submit("form[action$='/remediation-report']", typed, expect=409)
    assert "vừa được" in client.text
    assert client.page.select_one("input[name=reference]")["value"] == "87/BC-UBND"
    session.expire_all()
    assert task.submitted_on is None
    client.submit("form[action$='/remediation-report']", {})
    session.expire_all()
    assert task.submitted_on == date(2026, 9, 22)
    client.follow()
    client.post(f"/units/{unit_id}/remediation-report", typed, expect=422)  # sent twice: nothing is offered
