"""Reminders: once for each rung and person, whatever happens in between; one mail a person and day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.errors import Conflict
from app.extensions import db
from app.followup import jobs, mailing, reminding, undelivered
from app.followup.models import Mail, MailState, Reminder
from app.jobs.models import Job
from app.postbox import postbox
from app.remediation import services
from app.remediation.models import Task, TaskAssignment, TaskState
from app.remediation.values import ExtensionValues
from tests import cast
from tests.conftest import Browser
from tests.factories import past, remediation
from tests.followup.mail_server import Kept, mail_server
from tests.queries import count_queries

DUE = date(2026, 9, 30)


@pytest.fixture
def server() -> Iterator[Kept]:
    with mail_server() as kept:
        yield kept


def given(due_on: date = DUE, *, officer: bool = True) -> Task:
    """A task of the cast's unit, given to its officer."""
    [task] = remediation.issued(due_on=due_on)
    if officer:
        db.session.add(
            TaskAssignment(
                task=task, person_id=cast.person(cast.OFFICER).id, officer_name="Mai Thị Làm Mẫu",
                assigned_by=cast.person(cast.HEAD).id,
            )
        )  # fmt: skip
        db.session.commit()
    return task


@contextmanager
def at(day: date, hour: int = 8) -> Iterator[None]:
    with clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.VIETNAM)):
        yield


def run(day: date, hour: int = 8) -> str:
    """Both jobs, as the worker runs them on that day."""
    with at(day, hour):
        told = jobs.remind(Job(kind="remind", payload={}))
        db.session.commit()
        jobs.send_mails(Job(kind="send", payload={}))
        db.session.commit()
    return told


def rungs(session: Session, who: str = cast.HEAD) -> list[str]:
    rows = session.query(Reminder).filter_by(person_id=cast.person(who).id).order_by(Reminder.id)
    return [row.rung for row in rows]


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def test_every_day_once_gives_every_rung_once_and_nothing_on_days_off(session: Session, server: Kept) -> None:
    given()
    for day in days(date(2026, 9, 14), date(2026, 10, 15)):
        run(day)
        run(day, hour=15)
    expected = ["before-7", "before-3", "due", "over-5", "over-10"]
    assert rungs(session) == rungs(session, cast.OFFICER) == expected
    assert {mail.told_on.isoweekday() for mail in session.query(Mail)} <= {1, 2, 3, 4, 5}
    to_head = [mail for mail in server.mails if "Giả Thiết" in mail.get_content()]
    assert len(to_head) == 5 and len(server.mails) == 10


def test_a_clock_that_jumps_sends_nothing_twice_and_misses_no_rung_of_today(
    session: Session, server: Kept
) -> None:
    given()
    for day in (
        date(2026, 9, 23),
        date(2026, 10, 7),
        date(2026, 9, 23),
        date(2026, 9, 30),
        date(2026, 10, 7),
    ):
        run(day)
    assert rungs(session) == ["before-7", "over-5", "due"]
    run(date(2027, 9, 23))
    for day in days(date(2026, 9, 28), date(2026, 10, 14)):
        run(day)
    assert rungs(session)[3:] == ["over-240", "before-3", "over-10"]
    assert len(server.mails) == 12, "each rung once to each of two people"


def test_a_mail_that_a_clock_ahead_failed_to_send_is_tried_again_when_it_is_put_back(
    session: Session, server: Kept
) -> None:
    given()
    server.refusing = "550 5.1.1 unknown here"
    with at(date(2026, 9, 23)):
        jobs.remind(Job(kind="remind", payload={}))
        session.commit()
    with at(date(2026, 9, 24)):
        jobs.send_mails(Job(kind="send", payload={}))
        session.commit()
    assert {mail.state for mail in session.query(Mail)} == {MailState.FAILED}
    server.refusing = ""
    with at(date(2026, 9, 23), 9):
        jobs.send_mails(Job(kind="send", payload={}))
        session.commit()
    assert {mail.state for mail in session.query(Mail)} == {MailState.SENT}
    assert len(server.mails) == 2


def test_who_left_the_unit_is_not_told_of_its_work_any_more(session: Session, server: Kept) -> None:
    given()
    officer = cast.person(cast.OFFICER)
    officer.appointments[0].to_on = date(2026, 9, 20)
    session.commit()
    run(date(2026, 9, 23))
    assert rungs(session) == ["before-7"] and rungs(session, cast.OFFICER) == []


def test_what_was_handed_in_since_is_not_in_the_mail(session: Session, server: Kept) -> None:
    task, other = given(), given(due_on=date(2026, 10, 1))
    with at(date(2026, 9, 25), 8):
        reminding.remind(clock.today())
        remediation.submitted(task, on=date(2026, 9, 25))
        session.commit()
    run(date(2026, 9, 25), hour=9)
    body = next(mail.get_content() for mail in server.mails if "Giả Thiết" in mail.get_content())
    assert "thời hạn 30/9/2026" not in body and "thời hạn 01/10/2026" in body
    assert other.state is TaskState.ISSUED


def test_a_sign_in_name_that_is_no_address_gets_no_mail_and_is_told_of(
    session: Session, server: Kept, client: Browser
) -> None:
    given()
    account = session.query(Account).filter_by(person_id=cast.person(cast.OFFICER).id).one()
    account.email = "mailamau"
    session.commit()
    run(date(2026, 9, 23))
    assert [mail["To"] for mail in server.mails] and len(server.mails) == 1
    assert rungs(session, cast.OFFICER) == ["before-7"], "told on screen"
    client.sign_in(cast.ADMINISTRATOR).get("/mails")
    assert "Chưa có địa chỉ thư: 01 đồng chí" in client.text and "mailamau" in client.text


def test_days_that_were_missed_are_caught_up_with_one_reminder(session: Session, server: Kept) -> None:
    given()
    run(date(2026, 10, 2))
    assert rungs(session) == ["due"] and len(server.mails) == 2
    assert "Quá hạn 02 ngày (thời hạn 30/9/2026)" in server.mails[0].get_content()


def test_a_notice_that_came_late_does_not_remind_of_what_it_just_told(session: Session) -> None:
    given(due_on=remediation.ISSUED_ON + timedelta(days=2))
    with at(remediation.ISSUED_ON + timedelta(days=1)):
        assert reminding.remind(clock.today()) == 0


def test_an_extension_begins_the_ladder_anew(session: Session) -> None:
    task = given()
    run(date(2026, 9, 23))
    with at(date(2026, 9, 25)):
        values = ExtensionValues(
            new_due_on=date(2026, 10, 9), reason="Chờ thiết bị", requested_by=cast.person(cast.HEAD).id,
            requested_on=date(2026, 9, 24), decided_by=cast.person(cast.LEADER).id,
            reference="Công văn số 12/SNV-CCHC ngày 25/9/2026",
        )  # fmt: skip
        services.extend(task, values, actor=cast.actor(cast.FOLLOWER))
        session.commit()
    for day in days(date(2026, 9, 25), date(2026, 10, 9)):
        run(day)
    assert rungs(session) == ["before-7", "before-7", "before-3", "due"]


def test_the_mail_reads_as_people_write_it(session: Session, server: Kept) -> None:
    task = given()
    run(date(2026, 9, 25))
    mail = next(mail for mail in server.mails if "Giả Thiết" in mail.get_content())
    assert mail["Subject"] == (
        "Nhắc việc khắc phục sau kiểm tra: 01 nội dung đến hạn ngày 30/9/2026 – UBND xã Long Phước"
    )
    words = mail.get_content()
    assert "Kính gửi: Đồng chí Nguyễn Văn Giả Thiết, Chủ tịch UBND xã." in words
    assert task.source is not None and f"Theo {task.source.citation}, đến ngày 25/9/2026" in words
    assert f"1. Còn 03 ngày làm việc (thời hạn 30/9/2026): {task.text.rstrip('.')}." in words
    assert "Thư này được gửi tự động để nhắc việc, không thay thế công văn đôn đốc." in words
    assert "Mai Thị Làm Mẫu" not in words, "no officer's name"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_mail_of_many_tasks_asks_as_much_as_one_of_few(session: Session, server: Kept) -> None:
    sent = []
    for more, day in ((1, date(2026, 9, 25)), (5, date(2026, 9, 30))):
        for _ in range(more):
            given(officer=False)
        with at(day):
            reminding.remind(day)
            session.commit()
            session.expunge_all()
            with count_queries(session) as asked:
                assert mailing.write_mails(day, "https://ketluan.vidu.example") == 1
            session.commit()
        sent.append(len(asked))
    assert sent[0] == sent[1] <= 14


def test_several_tasks_are_one_mail(session: Session, server: Kept) -> None:
    given(date(2026, 9, 30), officer=False)
    given(date(2026, 9, 11), officer=False)
    run(date(2026, 9, 25))
    [mail] = server.mails
    assert "01 nội dung quá hạn, 01 nội dung đến hạn ngày 30/9/2026" in mail["Subject"]


def test_a_server_that_is_down_for_a_day_loses_no_mail(session: Session, server: Kept) -> None:
    given()
    server.refusing = "451 later"
    run(date(2026, 9, 25))
    assert not server.mails
    [failed, *_] = session.query(Mail).order_by(Mail.id).all()
    assert failed.state is MailState.FAILED and "451" in failed.error
    with at(date(2026, 9, 25), 9):
        assert [mail.state for mail in undelivered.list_unsent()] == [MailState.FAILED]
    server.refusing = ""
    run(date(2026, 9, 28))
    assert len(server.mails) == 2 and not undelivered.list_unsent()
    run(date(2026, 9, 28), hour=16)
    assert len(server.mails) == 2


def test_a_process_that_dies_while_it_hands_over_sends_nothing_twice(session: Session, server: Kept) -> None:
    given(officer=False)
    with at(date(2026, 9, 25)):
        jobs.remind(Job(kind="remind", payload={}))
        db.session.commit()
        assert mailing.next_to_send() is not None
        db.session.commit()  # and here the process is gone
    run(date(2026, 9, 28))
    assert not server.mails
    with at(date(2026, 9, 28)):
        assert [mail.state for mail in undelivered.list_unsent()] == [MailState.SENDING]


def test_without_a_server_people_are_reminded_on_screen_only(session: Session) -> None:
    given()
    assert not postbox.is_open
    run(date(2026, 9, 25))
    assert rungs(session) == ["before-3"] and session.query(Mail).count() == 0


def test_who_has_no_way_in_and_what_is_done_is_not_reminded_of(session: Session, server: Kept) -> None:
    task = given()
    officer = session.query(Account).filter_by(person_id=cast.person(cast.OFFICER).id).one()
    officer.active = False
    session.commit()
    with at(date(2026, 9, 25)):
        jobs.remind(Job(kind="remind", payload={}))
        db.session.commit()
        assert rungs(session, cast.OFFICER) == []
    with at(date(2026, 9, 28)):
        remediation.submitted(task)
    run(date(2026, 9, 30))
    assert rungs(session) == ["before-3"]


def test_before_seven_nobody_is_reminded(session: Session) -> None:
    given()
    assert run(date(2026, 9, 25), hour=6) == ""
    assert rungs(session) == []


def test_the_command_tells_the_same_twice_and_writes_nothing(app: Flask, session: Session) -> None:
    task = given()
    runner = app.test_cli_runner()
    first, again = (
        runner.invoke(args=["followup", "due", "--json", "--on", "2026-09-25"]).output for _ in range(2)
    )
    assert first == again
    told = json.loads(first)
    assert told["on"] == "2026-09-25"
    assert {(row["person"], row["task"], row["rung"]) for row in told["reminders"]} == {
        ("Nguyễn Văn Giả Thiết", task.code, "before-3"),
        ("Mai Thị Làm Mẫu", task.code, "before-3"),
    }
    assert session.query(Reminder).count() == 0
    plain = runner.invoke(args=["followup", "due", "--on", "2026-09-25"]).output
    assert "02 lượt nhắc việc" in plain and "(trước 03 ngày)" in plain
    assert "00 lượt" in runner.invoke(args=["followup", "due", "--on", "2026-09-26"]).output


def test_the_office_sees_every_reminder_and_a_unit_its_own(
    client: Browser, session: Session, server: Kept
) -> None:
    task = given()
    server.refusing = "451 later"
    run(date(2026, 9, 25))
    client.sign_in("follower").get(f"/reminders?task={task.id}")
    rows = [row.text for row in client.page.select("table")[-1].select("tbody tr")]
    assert len(rows) == 2 and all("trước 03 ngày" in row for row in rows)
    assert "Chưa gửi được" in rows[1] and "Chờ gửi" in rows[0], "a server that refuses ends the turn"
    assert "Thư chưa gửi được" in client.text
    client.sign_in("head").get("/reminders")
    assert "Nguyễn Văn Giả Thiết" in client.text and "Mai Thị Làm Mẫu" not in client.text
    assert "451" not in client.text
    client.sign_in("other-head").get("/reminders")
    assert "Chưa có lượt nhắc việc nào" in client.text and task.text not in client.text


def test_the_list_asks_as_much_for_many_as_for_one(client: Browser, session: Session) -> None:
    sent = []
    client.sign_in("follower")
    for _ in range(2):
        given(officer=False)
        run(date(2026, 9, 25))
        client.get("/reminders")
        with count_queries(session) as asked:
            client.get("/reminders")
        sent.append(len(asked))
    assert sent[0] == sent[1] <= 10


def test_an_entered_task_of_which_people_were_reminded_is_withdrawn_and_not_taken_back(
    session: Session,
) -> None:
    task = past.task(past.notice(paper=True), due_on=DUE)
    with at(DUE):
        assert reminding.remind(DUE) > 0
        session.commit()
        with pytest.raises(
            Conflict, match=r"đã được nhắc việc nên không bỏ được\. Rút nội dung và nêu lý do"
        ):
            services.undo_past_task(task, actor=cast.actor(cast.PLANNER))
        services.withdraw_past_task(task, "Đã thực hiện theo thông báo khác", actor=cast.actor(cast.PLANNER))
    assert task.state is TaskState.WITHDRAWN
