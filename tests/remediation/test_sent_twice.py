"""Forms of a unit sent twice, as a slow phone does: the second changes nothing and says so.

Between both a minute passes, so that nothing but the version of the task tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.remediation.models import ProgressStatus, Task
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

DAY = date(2026, 9, 23)
UNTOUCHED = {"account", "job", "series_counter"}
FORMS: dict[str, tuple[str, Callable[[Task], str], dict[str, Any]]] = {
    "assign": (cast.HEAD, lambda t: f"/tasks/{t.id}/assign", {"lead_name": "Hồ Văn Thí Nghiệm"}),
    "progress": (
        cast.OFFICER, lambda t: f"/tasks/{t.id}/progress",
        {"status": "doing", "text": "Đã làm một phần", "cause": "Thiếu nhân lực"},
    ),
    "schedule": (
        cast.HEAD, lambda t: f"/tasks/{t.id}/schedule",
        {
            "reason": "Chờ kinh phí", "steps-0-text": "Lập dự toán", "steps-0-product": "Dự toán",
            "steps-0-answerable": "Kế toán", "steps-0-due_on": "25/9/2026",
        },
    ),
    "extension": (
        cast.HEAD, lambda t: f"/tasks/{t.id}/extension-request",
        {
            "new_due_on": "20/10/2026", "reason": "Chờ kinh phí", "reference": "31/UBND-VP",
            "document_on": "20/9/2026",
        },
    ),
    "focal point": (
        cast.HEAD, lambda t: f"/units/{t.lead_unit_id}/focal-point",
        {"name": "Hồ Văn Thí Nghiệm", "from_on": "23/9/2026"},
    ),
    "report": (
        cast.OFFICER, lambda t: f"/units/{t.lead_unit_id}/remediation-report",
        {"reference": "87/BC-UBND", "document_on": "22/9/2026"},
    ),
}  # fmt: skip


def everything(session: Session) -> dict[str, list[str]]:
    session.expire_all()
    return {
        table.name: sorted(map(repr, session.execute(sa.select(table))))
        for table in db.metadata.sorted_tables
        if table.name not in UNTOUCHED
    }


@pytest.mark.parametrize("form", FORMS)
def test_the_second_time_changes_nothing_and_says_so(client: Browser, session: Session, form: str) -> None:
    part, address, typed = FORMS[form]
    task = made.issued()[0]
    path = address(task)
    if form == "report":
        typed = {**typed, "task_ids": str(task.id)}
    client.sign_in(part).get(path)
    (found,) = client.page.select(f"main form[action='{path}']")
    held = {str(one["name"]): str(one.get("value", "")) for one in found.select("input[type=hidden]")}
    with clock.frozen(clock.at(DAY, 10, 4)):
        client.post(path, {**held, **typed})
        client.follow()
    with clock.frozen(clock.at(DAY, 10, 5)):
        before = everything(session)
        client.post(path, {**held, **typed}, expect=422 if form == "report" else 409)
        assert everything(session) == before
    (told,) = client.page.select(".kl-errors, main .kl-note[role=status]")
    assert told.get_text(strip=True), "it says why"
    kept = str(told) + "".join(str(one) for one in client.page.select("input, textarea, select"))
    assert str(next(iter(typed.values()))) in kept, "what was typed stays"


def test_a_result_is_sent_once(client: Browser, session: Session) -> None:
    task = made.progressed(made.issued()[0], status=ProgressStatus.DONE)
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    page = {str(x["name"]): str(x["value"]) for x in client.page.select("form[action$='/submit'] input")}
    client.post(f"/tasks/{task.id}/submit", page)
    with clock.frozen(clock.at(DAY, 10, 5)):
        before = everything(session)
        client.post(f"/tasks/{task.id}/submit", page, expect=409)
        assert everything(session) == before and "Nội dung này vừa được" in client.text


def test_a_tick_that_somebody_else_reported_meanwhile_is_named(client: Browser, session: Session) -> None:
    first, second = made.issued(findings=2)
    path = f"/units/{first.lead_unit_id}/remediation-report"
    client.sign_in(cast.OFFICER).get(path)
    made.submitted(first)
    typed = {"reference": "88/BC-UBND", "document_on": "22/9/2026", "text": "Đã xong cả hai"}
    client.submit(
        f"form[action='{path}']", {**typed, "task_ids": [str(first.id), str(second.id)]}, expect=422
    )
    assert f"{first.code} đã được báo cáo" in client.text and "Đã xong cả hai" in client.text
    session.expire_all()
    assert second.submitted_on is None
    client.submit(f"form[action='{path}']")
    session.expire_all()
    assert second.submitted_on == date(2026, 9, 22)
    assert first.progress[-1].document_reference == "87/BC-UBND"
