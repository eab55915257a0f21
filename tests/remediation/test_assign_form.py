"""Giao người thực hiện: nothing typed is dropped, and a change begins from who has it now."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.remediation import services, unit_papers
from app.remediation.models import PAST_RECORD
from app.remediation.values import AssignValues, Officer
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import past
from tests.factories import remediation as made


def test_two_leads_or_a_lead_who_helps_are_refused_at_their_field(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    officer = str(cast.person(cast.OFFICER).id)
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}/assign")
    client.submit(data={"lead": officer, "lead_name": "Hồ Văn Thí Nghiệm"}, expect=422)
    assert "không làm cả hai" in client.text
    assert client.page.select_one("input[name=lead_name]")["value"] == "Hồ Văn Thí Nghiệm"
    client.submit(data={"lead_name": "", "coordinating": [officer]}, expect=422)
    assert "không đồng thời là người phối hợp" in client.text
    client.submit(data={"coordinating": []})
    session.expire_all()
    assert [row.officer_name for row in task.assignments] == ["Mai Thị Làm Mẫu"]


def test_a_change_begins_from_who_has_it_now(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    values = AssignValues(
        Officer("Hồ Văn Thí Nghiệm"),
        (Officer(person_id=cast.person(cast.OFFICER).id), Officer("Võ Văn Mẫu")),
        date(2026, 9, 25), "Khẩn trương",
    )  # fmt: skip
    services.assign(task, values, actor=cast.actor(cast.HEAD))
    session.commit()
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}/assign")
    client.submit(data={"internal_due_on": "28/9/2026"})
    session.expire_all()
    now = [row for row in task.assignments if row.ended_at is None]
    assert [(row.officer_name, row.leads, row.internal_due_on, row.instruction) for row in now] == [
        ("Hồ Văn Thí Nghiệm", True, date(2026, 9, 28), "Khẩn trương"),
        ("Mai Thị Làm Mẫu", False, date(2026, 9, 28), "Khẩn trương"),
        ("Võ Văn Mẫu", False, date(2026, 9, 28), "Khẩn trương"),
    ]


def test_a_task_past_its_term_still_gets_an_internal_date(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    term = task.term
    assert term is not None
    asked = {"lead_name": "Hồ Văn Thí Nghiệm", "internal_due_on": format_date(term + timedelta(days=7))}
    with clock.frozen(clock.at(term)):
        client.sign_in(cast.HEAD).get(f"/tasks/{task.id}/assign")
        assert f"Không sau thời hạn hoàn thành {format_date(term)}." in client.text
        client.submit(data=asked, expect=422)
    with clock.frozen(clock.at(term + timedelta(days=1))):
        client.sign_in(cast.HEAD).get(f"/tasks/{task.id}/assign")
        assert f"Đã quá thời hạn hoàn thành {format_date(term)}: ghi ngày" in client.text
        client.submit(data=asked)
    session.expire_all()
    assert task.assignments[-1].internal_due_on == term + timedelta(days=7)


def test_a_focal_point_is_one_person(client: Browser, session: Session) -> None:
    unit = made.issued()[0].lead_unit_id
    client.sign_in(cast.HEAD).get(f"/units/{unit}/focal-point")
    officer = str(cast.person(cast.OFFICER).id)
    client.submit(data={"person_id": officer, "name": "Hồ Văn Thí Nghiệm"}, expect=422)
    assert "không làm cả hai" in client.text


def test_what_a_past_record_told_is_no_cause(client: Browser, session: Session) -> None:
    task = past.task(past.notice(cast.LONG_PHUOC), so_far="Đã làm một phần")
    session.commit()
    assert task.progress[0].cause == PAST_RECORD
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    assert "theo hồ sơ của thông báo cũ" in client.text and "Nguyên nhân:" not in client.text
    rows = unit_papers.report(task.lead_unit, [task]).annexes[0].blocks[0].rows
    assert rows[0].cells[6] == ""
