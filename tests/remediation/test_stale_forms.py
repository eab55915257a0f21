"""A form of a task that comes second, after the unit reported: refused, typed text kept, both shown."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

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
