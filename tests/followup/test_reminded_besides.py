"""Answers that a leader waits for and steps of a schedule are reminded of like the task's own date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.deadlines.badge import DeadlineKind
from app.extensions import db
from app.followup import mailing, reminding
from app.followup.models import Mail, Reminder
from app.remediation import services
from app.remediation.models import DirectiveKind, Task
from app.remediation.values import DirectiveAnswer, DirectiveValues, ScheduleValues, StepValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation

ASKED_ON = date(2026, 11, 2)
"""A Monday; the answer is due on Thursday 12/11."""
DUE = date(2026, 11, 12)
Told = tuple[str, str, str]


def asked(kind: DirectiveKind = DirectiveKind.EVIDENCE, to: str = "") -> Task:
    """A task without a date of its own, about which a leader asks something."""
    [task] = remediation.issued(kind=DeadlineKind.CONDITIONAL)
    with clock.frozen(clock.at(ASKED_ON, 9)):
        values = DirectiveValues(kind, "Gửi bản chụp", DUE, follower_id=cast.person(to).id if to else None)
        services.direct(task, values, actor=cast.actor(cast.LEADER), version=task.version)
    db.session.commit()
    return task


def run(first: date, last: date) -> list[Told]:
    """(day, person, rung) of every reminder of these days, each day run twice; the words hold as foretold."""
    found = []
    day = first
    while day <= last:
        with clock.frozen(clock.at(day, 8)):
            foretold = reminding.list_due(day)
            assert reminding.remind(day) == len(foretold)
            assert reminding.remind(day) == 0 and not reminding.list_due(day)
            mailing.write_mails(day, "https://kl.example")
            found += [(f"{day:%d/%m}", _part(one.person_id), one.rung) for one in foretold]
        day += timedelta(1)
    db.session.commit()
    return found


def _part(person_id: int) -> str:
    return next(who.sign_in for n, who in enumerate(cast.PEOPLE, 1) if n == person_id)


def test_an_answer_is_reminded_of_before_on_and_after_its_day(session: Session) -> None:
    asked()
    assert run(ASKED_ON, date(2026, 11, 27)) == [
        ("05/11", cast.HEAD, "answer-before-7"),
        ("09/11", cast.HEAD, "answer-before-3"),
        ("12/11", cast.HEAD, "answer-due"),
        ("19/11", cast.HEAD, "answer-over-5"),
        ("27/11", cast.HEAD, "answer-over-10"),  # 24/11 is a day off
    ]
    words = [mail.body for mail in session.query(Mail).order_by(Mail.id)]
    assert len(words) == 5
    assert (
        "Yêu cầu của lãnh đạo chờ trả lời:" in words[0] and "(hạn 12/11/2026): Yêu cầu minh chứng" in words[0]
    )
    assert "Quá hạn" in words[-1] and "Trần Văn Thử" not in words[-1]
    subjects = {mail.subject for mail in session.query(Mail)}
    assert subjects == {"Nhắc việc khắc phục sau kiểm tra: 01 yêu cầu chờ trả lời – UBND xã Long Phước"}


def test_who_answered_is_not_reminded_any_more(session: Session) -> None:
    task = asked()
    assert len(run(ASKED_ON, date(2026, 11, 9))) == 2
    with clock.frozen(clock.at(date(2026, 11, 10), 9)):
        services.answer(
            task.directives[0], DirectiveAnswer("Đã gửi", "40/UBND", date(2026, 11, 10)),
            actor=cast.actor(cast.HEAD), version=task.version,
        )  # fmt: skip
        db.session.commit()
    assert run(date(2026, 11, 10), date(2026, 12, 4)) == []


def test_a_question_of_a_short_time_is_not_told_again_at_once(session: Session) -> None:
    """It was asked after the rungs before its day: the question itself told of them."""
    [task] = remediation.issued(kind=DeadlineKind.CONDITIONAL)
    with clock.frozen(clock.at(date(2026, 11, 10), 9)):
        values = DirectiveValues(DirectiveKind.URGE, "Khẩn trương", DUE)
        services.direct(task, values, actor=cast.actor(cast.LEADER), version=task.version)
        db.session.commit()
    assert run(date(2026, 11, 10), DUE) == [("12/11", cast.HEAD, "answer-due")]


def test_a_question_to_a_follower_is_their_matter_alone(session: Session) -> None:
    asked(DirectiveKind.REASSIGN, to=cast.CONTENT_CHECKER)
    assert {who for _, who, _ in run(ASKED_ON, DUE)} == {cast.CONTENT_CHECKER}


def test_a_clock_that_jumps_tells_nothing_twice_and_misses_nothing(session: Session) -> None:
    asked()
    run(ASKED_ON, date(2026, 11, 6))
    assert run(date(2026, 11, 20), date(2026, 11, 20)) == [("20/11", cast.HEAD, "answer-over-5")]
    assert run(date(2026, 11, 9), date(2026, 11, 18)) == [
        ("09/11", cast.HEAD, "answer-before-3"),
        ("12/11", cast.HEAD, "answer-due"),
    ], "a later rung that a wrong clock told keeps back none of those before it"
    assert run(date(2026, 11, 19), date(2026, 11, 20)) == [], "that one was told"
    assert run(date(2027, 11, 22), date(2027, 11, 22)) != []


def planned(days: int) -> Task:
    """A task of the end of the year with a schedule whose first step is due in some days."""
    [task] = remediation.issued(due_on=date(2026, 12, 31))
    with clock.frozen(clock.at(ASKED_ON, 9)):
        steps = (StepValues("Rà soát sổ", "Danh sách", "Công chức", ASKED_ON + timedelta(days)),)
        services.set_schedule(
            task, ScheduleValues("Chờ phần mềm", steps), actor=cast.actor(cast.HEAD), version=task.version
        )
        db.session.commit()
    return task


def test_a_step_is_reminded_of_before_and_on_its_day_and_never_after(session: Session) -> None:
    task = planned(10)
    assert run(ASKED_ON, date(2026, 12, 4)) == [
        ("05/11", cast.HEAD, "step-before-7"),
        ("09/11", cast.HEAD, "step-before-3"),
        ("12/11", cast.HEAD, "step-due"),
    ]
    last = session.query(Mail).order_by(Mail.id.desc()).first()
    assert last is not None and "Việc trong lộ trình khắc phục:" in last.body and "Rà soát sổ" in last.body
    assert task.id in {row.task_id for row in session.query(Reminder)}


def test_a_step_that_is_done_is_not_reminded_of(session: Session) -> None:
    task = planned(10)
    with clock.frozen(clock.at(date(2026, 11, 4), 9)):
        services.finish_step(
            task, task.schedules[0].steps[0], None, actor=cast.actor(cast.HEAD), version=task.version
        )
        db.session.commit()
    assert run(date(2026, 11, 4), date(2026, 11, 13)) == []


def test_one_mail_tells_the_task_its_question_and_its_step(session: Session) -> None:
    task = planned(10)
    with clock.frozen(clock.at(date(2026, 11, 2), 10)):
        values = DirectiveValues(DirectiveKind.EVIDENCE, "Gửi ảnh", DUE)
        services.direct(task, values, actor=cast.actor(cast.LEADER), version=task.version)
        db.session.commit()
    run(DUE, DUE)
    [mail] = session.query(Mail)
    assert mail.subject.startswith("Nhắc việc khắc phục sau kiểm tra: 01 yêu cầu chờ trả lời, 01 việc trong")


@pytest.mark.parametrize(
    ("rung", "words"),
    [
        ("answer-over-5", "trả lời yêu cầu, quá hạn 05 ngày làm việc"),
        ("step-due", "việc trong lộ trình, đến hạn"),
    ],
)
def test_its_rung_is_told_in_words(rung: str, words: str) -> None:
    assert reminding.told(rung) == words


def test_the_list_of_reminders_names_what_was_told(client: Browser, session: Session) -> None:
    asked()
    run(DUE, DUE)
    client.sign_in(cast.FOLLOWER).get("/reminders")
    assert "trả lời yêu cầu, đến hạn 12/11/2026" in client.text
