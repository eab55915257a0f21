"""`followup due --json` of a day is what its run really does: reminders, mails word for word, letters."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.followup import besides, jobs
from app.followup.models import Escalation, Mail, Reminder
from app.jobs.models import Job
from app.postbox import postbox
from app.remediation import services
from app.remediation.models import DirectiveKind, Task, TaskAssignment
from app.remediation.values import DirectiveValues, ScheduleValues, StepValues
from tests import cast
from tests.factories import remediation
from tests.followup.mail_server import Kept, mail_server
from tests.processes import DEEP

FIRST, LAST = date(2026, 10, 30), date(2026, 12, 10)
"""Rungs of every kind, eleven days off and the weeks in which the keepers are asked for the next year."""


@pytest.fixture
def server() -> Iterator[Kept]:
    with mail_server() as kept:
        yield kept


def told(app: Flask, day: date) -> dict[str, Any]:
    done = app.test_cli_runner().invoke(args=["followup", "due", "--json", "--on", day.isoformat()])
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output))


def night(hour: int, day: date) -> None:
    with clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.VIETNAM)):
        for handle in (jobs.remind, jobs.escalate, jobs.deliver_messages, jobs.send_mails):
            handle(Job(kind="", payload={}))
            db.session.commit()


def new_task(chance: random.Random, day: date) -> None:
    unit = chance.choice((cast.LONG_PHUOC, cast.AN_PHUOC))
    [task] = remediation.issued(due_on=day + timedelta(days=chance.randint(-20, 20)), units=(unit,))
    if unit == cast.LONG_PHUOC and chance.random() < 0.5:
        db.session.add(
            TaskAssignment(
                task=task, person_id=cast.person(cast.OFFICER).id, officer_name="Mai Thị Làm Mẫu",
                assigned_by=cast.person(cast.HEAD).id,
            )
        )  # fmt: skip
        db.session.commit()
    if day >= FIRST and chance.random() < 0.4:
        ask_and_plan(chance, task, day)


def ask_and_plan(chance: random.Random, task: Task, day: date) -> None:
    """A leader asks something of it, its unit makes a schedule."""
    head = cast.HEAD if task.lead_unit.code == cast.LONG_PHUOC else cast.OTHER_HEAD
    with clock.frozen(clock.at(day, 7)):
        values = DirectiveValues(
            DirectiveKind.EVIDENCE, "Gửi ảnh", day + timedelta(days=chance.randint(0, 12))
        )
        services.direct(task, values, actor=cast.actor(cast.LEADER), version=task.version)
        step = StepValues("Rà soát", "Danh sách", "Công chức", day + timedelta(days=chance.randint(0, 12)))
        services.set_schedule(
            task, ScheduleValues("Chờ phần mềm", (step,)), actor=cast.actor(head), version=task.version
        )
        db.session.commit()


def rows(session: Session) -> tuple[list[Any], list[Any], list[Any]]:
    session.expire_all()
    codes: dict[int, str] = {task.id: task.code for task in session.query(Task)}
    reminders = [
        (r.person_id, codes[r.task_id], r.due_on.isoformat(), r.rung, r.rung_on.isoformat())
        for r in session.query(Reminder)
    ]
    steps = [
        (codes[e.task_id], e.due_on.isoformat(), e.rung, e.rung_on.isoformat())
        for e in session.query(Escalation).filter_by(added=True)
    ]
    mails = [(m.person_id, m.address, m.subject, m.body) for m in session.query(Mail)]
    return reminders, steps, mails


def taken_from(after: list[Any], before: list[Any]) -> list[Any]:
    rest = list(after)
    for row in before:
        rest.remove(row)
    return sorted(rest)


@pytest.mark.parametrize("seed", range(12) if DEEP else [1, 2])
def test_what_the_command_tells_of_a_day_is_what_the_run_of_the_day_does(
    app: Flask, session: Session, server: Kept, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(5):
        new_task(chance, FIRST)
    proof = remediation.owing_proofs(date(2026, 10, chance.randint(5, 16)))
    day, off, heard = FIRST, 0, 0
    while day <= LAST:
        if chance.random() < 0.3:
            new_task(chance, day)
        server.refusing = "451 later" if chance.random() < 0.15 else ""
        before = rows(session)
        foretold = told(app, day)
        assert foretold == told(app, day), "the same twice"
        assert rows(session) == before, "the command writes nothing"
        arrived = len(server.mails)
        night(8, day)
        reminders, steps, mails = (
            taken_from(new, old) for new, old in zip(rows(session), before, strict=True)
        )
        assert reminders == sorted(
            (r["person_id"], r["task"], r["due_on"], r["rung"], r["rung_on"]) for r in foretold["reminders"]
        ), day
        assert steps == sorted(
            (e["task"], e["due_on"], e["rung"], e["rung_on"]) for e in foretold["escalations"]
        ), day
        assert mails == sorted(
            (m["person_id"], m["address"], m["subject"], m["body"]) for m in foretold["mails"]
        ), day
        came = [(mail["To"], mail["Subject"]) for mail in server.mails[arrived:]]
        awaited = [(m["address"], m["subject"]) for m in [*foretold["mails_again"], *foretold["mails"]]]
        assert came == ([] if server.refusing else awaited), day
        if day.isoweekday() > 5:
            off += 1
            assert not came and not foretold["mails"] and not foretold["mails_again"] and not reminders
        heard += len(came)
        if chance.random() < 0.2:  # somebody issues something on the same day, and the run comes again
            new_task(chance, day)
            night(16, day)
        day += timedelta(days=1)
    assert off > 8 and heard > 20
    assert len({mail["Message-ID"] for mail in server.mails}) == len(server.mails), "no mail twice"
    assert any("Lịch làm việc năm 2027" in mail["Subject"] for mail in server.mails), "keepers are asked"
    assert session.query(Escalation).count() > 0
    told_of = {besides.split(row.rung)[0] for row in session.query(Reminder)}
    assert told_of == {"", besides.ANSWER, besides.STEP}
    kept = session.query(Reminder).filter_by(task_id=proof.id)
    assert {rung.split("-")[0] for (rung,) in kept.with_entities(Reminder.rung)} >= {"due", "over"}
    assert session.query(Escalation).filter_by(task_id=proof.id).count() > 0, "a proof that never came"


def test_what_is_left_of_a_friday_is_not_mailed_on_a_day_off(session: Session, server: Kept) -> None:
    friday = date(2026, 11, 6)
    remediation.issued(due_on=friday + timedelta(days=3))
    night(8, friday)
    remediation.issued(due_on=friday + timedelta(days=3))
    night(16, friday)
    server.mails.clear()
    for days in (1, 2):
        night(8, friday + timedelta(days=days))
    assert not server.mails
    night(8, friday + timedelta(days=3))
    assert len(server.mails) == 1 and "02 nội dung" in server.mails[0]["Subject"]


def test_a_mail_that_failed_on_friday_waits_for_monday(session: Session, server: Kept) -> None:
    friday = date(2026, 11, 6)
    remediation.issued(due_on=friday, units=(cast.LONG_PHUOC,))
    server.refusing = "451 later"
    night(8, friday)
    server.refusing = ""
    for days in (1, 2):
        night(8, friday + timedelta(days=days))
    assert not server.mails
    night(8, friday + timedelta(days=3))
    assert sum("Nhắc việc khắc phục" in mail["Subject"] for mail in server.mails) == 1


def test_without_a_mail_server_no_mail_is_foretold(app: Flask, session: Session) -> None:
    assert not postbox.is_open
    remediation.issued(due_on=date(2026, 11, 6))
    foretold = told(app, date(2026, 11, 6))
    assert foretold["reminders"] and not foretold["mails"] and foretold["mail_server"] is False
    plain = app.test_cli_runner().invoke(args=["followup", "due", "--on", "2026-11-06"]).output
    assert "Chưa cấu hình máy chủ thư: nhắc trên hệ thống, không gửi thư." in plain
