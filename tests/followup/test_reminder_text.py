"""Sao chép nội dung nhắc: a text for each unit, and that it was sent, once a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.audit.timeline import timeline
from app.errors import DomainError
from app.followup import outside
from app.followup.models import OutsideReminder
from app.remediation.models import Task
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation

LINK = "https://ketluan.vidu.example/remediation"


def given(due_on: date, unit: str = cast.LONG_PHUOC) -> Task:
    [task] = remediation.issued(due_on=due_on, units=(unit,))
    return task


def test_a_text_counts_what_is_owed_and_names_the_notice(session: Session) -> None:
    late, soon = given(clock.today() - timedelta(days=12)), given(date(2026, 9, 30))
    done = remediation.submitted(given(date(2026, 9, 30)))
    [text] = outside.texts_of([late, soon, done], clock.today(), LINK)
    numbers = sorted(task.source.number_and_symbol for task in (late, soon) if task.source)
    assert text.words == (
        f"UBND xã Long Phước còn 02 nội dung khắc phục theo TB {numbers[0]}, TB {numbers[1]} (01 nội dung "
        f"quá hạn 12 ngày, 01 nội dung đến hạn ngày 30/9/2026). Chi tiết xem trên hệ thống: {LINK}"
    )


def test_several_units_several_texts_and_many_notices_are_counted(session: Session) -> None:
    tasks = [given(clock.today() - timedelta(days=days)) for days in (1, 2, 3, 4)]
    tasks.append(given(date(2026, 9, 30), cast.AN_PHUOC))
    first, second = outside.texts_of(tasks, clock.today(), LINK)
    assert [first.unit, second.unit] == ["UBND xã An Phước", "UBND xã Long Phước"]
    assert "04 nội dung khắc phục theo 04 thông báo (04 nội dung quá hạn, lâu nhất 04 ngày)" in second.words
    for text in (first, second):
        assert not any(person.name in text.words for person in cast.PEOPLE)
        assert not any(task.code in text.words for task in tasks)


def test_the_ticked_lines_are_copied_and_recorded_when_sent(client: Browser, session: Session) -> None:
    here, there = given(date(2026, 9, 30)), given(date(2026, 9, 30), cast.AN_PHUOC)
    client.sign_in("follower").get("/follow-up")
    picks = [f"{here.id}:{here.version}", f"{there.id}:{there.version}"]
    client.post("/follow-up/choose", data={"pick": picks, "act": "copy"})
    client.follow()
    fields = client.page.select("textarea[readonly]")
    assert [field.text.split(" còn ")[0] for field in fields] == ["UBND xã An Phước", "UBND xã Long Phước"]
    assert all("http://127.0.0.1:8000/remediation" in field.text for field in fields)
    assert [button["data-copy"] for button in client.page.select("[data-copy]")] == [
        f"#nhac-{there.lead_unit_id}", f"#nhac-{here.lead_unit_id}",
    ]  # fmt: skip
    assert session.query(OutsideReminder).count() == 0, "copied is not sent"
    client.submit(data={"told_on": "22/9/2026"})
    client.follow()
    assert "Đã ghi nhắc ngoài hệ thống 02 nội dung." in client.text
    assert {(row.task_id, row.told_on) for row in session.query(OutsideReminder)} == {
        (here.id, date(2026, 9, 22)), (there.id, date(2026, 9, 22)),
    }  # fmt: skip
    assert timeline(here)[0].text == "Nhắc ngoài hệ thống ngày 22/9/2026"
    assert here.urged_count == 0, "no paper urged"


def test_the_same_day_is_recorded_once_and_wrong_days_are_refused(client: Browser, session: Session) -> None:
    task = given(date(2026, 9, 30))
    client.sign_in("follower").get(f"/follow-up/reminder-text?pick={task.id}")
    client.submit(data={"told_on": "24/9/2026"}, expect=422)
    assert "Ngày nhắc không sau ngày hôm nay." in client.text
    client.submit(data={"told_on": ""}, expect=422)
    client.submit(data={"told_on": "01/8/2026"})
    client.follow()
    assert "ngày nhắc trước ngày giao 12/8/2026" in client.text
    for told in ("Đã ghi nhắc ngoài hệ thống 01 nội dung.", "đã ghi nhắc trong ngày này"):
        client.get(f"/follow-up/reminder-text?pick={task.id}")
        client.submit(data={"told_on": "23/9/2026"})
        client.follow()
        assert told in client.text
    assert session.query(OutsideReminder).count() == 1
    client.get(f"/follow-up/reminder-text?pick={task.id}")
    assert "ngày 23/9/2026" in client.text


def test_what_is_not_owed_or_not_followed_stays(session: Session) -> None:
    task, done = given(date(2026, 9, 30)), remediation.submitted(given(date(2026, 9, 30)))
    outcome = outside.record([done], clock.today(), actor=cast.actor(cast.FOLLOWER))
    assert outcome.left == ((done.code, "đơn vị không còn phải thực hiện"),)
    assert outside.record([task], clock.today(), actor=cast.actor(cast.HEAD)).done == ()
    with pytest.raises(DomainError):
        outside.record([], clock.today(), actor=cast.actor(cast.FOLLOWER))


def test_the_page_of_a_unit_leads_to_its_text(client: Browser, session: Session) -> None:
    task = given(date(2026, 9, 30))
    given(date(2026, 9, 30), cast.AN_PHUOC)
    client.sign_in("follower").get(f"/units/{task.lead_unit_id}")
    path = f"/units/{task.lead_unit_id}/reminder-text"
    assert client.page.select(f'a[href="{path}"]')
    client.get(path, expect=303)
    client.follow()
    [field] = client.page.select("textarea")
    assert field.text.startswith("UBND xã Long Phước còn 01 nội dung")
    client.get(f"/units/{cast.unit(cast.LONG_THANH).id}/reminder-text", expect=303)
    client.follow()
    assert "Không có nội dung nào đơn vị còn phải thực hiện để nhắc." in client.text
    client.sign_in("head").get(f"/units/{task.lead_unit_id}")
    assert not client.page.select(f'a[href="{path}"]')
