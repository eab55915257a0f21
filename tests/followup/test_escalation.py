"""The step to the superior: one draft letter of an office, every rung answered once, whatever happens."""

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
from app.deadlines import services as settings
from app.deadlines.settings import ESCALATE_FROM
from app.documents import papers
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, Paper
from app.errors import WrongState
from app.extensions import db
from app.followup import escalating, jobs
from app.followup.models import Escalation
from app.jobs.models import Job
from app.remediation import queries, services
from app.remediation.letters import compose_reminder, reminder_misses
from app.remediation.models import ProgressStatus, Task, TaskState
from app.remediation.values import ProgressValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation
from tests.queries import count_queries

DUE = date(2026, 9, 30)
FIRST, SECOND, THIRD = date(2026, 10, 7), date(2026, 10, 14), date(2026, 10, 21)
"""Five, ten and fifteen working days after the date."""


def given(due_on: date = DUE, unit: str = cast.LONG_PHUOC) -> Task:
    [task] = remediation.issued(due_on=due_on, units=(unit,))
    return task


@contextmanager
def at(day: date, hour: int = 8) -> Iterator[None]:
    with clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.VIETNAM)):
        yield


def run(day: date, hour: int = 8) -> str:
    """The job, as the worker runs it on that day."""
    with at(day, hour):
        told = jobs.escalate(Job(kind="escalate", payload={}))
        db.session.commit()
    return told


def letters(session: Session) -> list[Paper]:
    rows = session.query(Paper).join(Paper.document).filter_by(kind=DocumentKind.REMINDER_LETTER)
    return rows.order_by(Paper.id).all()


def listed(paper: Paper) -> set[str]:
    return {task.code for task in queries.list_tasks_of(paper)}


def rungs(session: Session, task: Task) -> list[str]:
    rows = session.query(Escalation).filter_by(task_id=task.id).order_by(Escalation.id)
    return [row.rung for row in rows]


def set_state(paper: Paper, state: DocumentState) -> None:
    """As the chain would leave it; the chain itself is tested where it lives."""
    paper.document.state = state
    db.session.commit()


def test_the_second_overdue_step_begins_one_draft_for_the_follower(session: Session) -> None:
    here, there = given(), given(unit=cast.AN_PHUOC)
    day = date(2026, 9, 20)
    while day < SECOND:
        run(day)
        day += timedelta(days=1)
    assert letters(session) == []
    assert run(SECOND) == "Đã lập 01 dự thảo công văn đôn đốc, đưa vào 02 nội dung"
    [letter] = letters(session)
    assert listed(letter) == {here.code, there.code}
    assert {unit.id for unit in letter.units} == {here.lead_unit_id, there.lead_unit_id}
    document = letter.document
    assert document.state is DocumentState.DRAFT and document.drafter_id == cast.person(cast.FOLLOWER).id
    assert document.signer_id == cast.person(cast.LEADER).id, "it waits for a leader's signature"
    assert rungs(session, here) == rungs(session, there) == ["over-10"]
    with at(SECOND):
        content = papers.course_of(document).compose()
    assert len(content.addressees) == 2 and content.annexes[0].label == "Phụ lục"


def test_running_it_again_and_every_day_makes_no_second_letter(session: Session) -> None:
    task = given()
    day = SECOND
    while day <= date(2026, 11, 6):
        run(day)
        run(day, hour=16)
        day += timedelta(days=1)
    assert len(letters(session)) == 1
    assert rungs(session, task) == ["over-10", "over-15", "over-20", "over-25"]
    assert [row.added for row in session.query(Escalation).order_by(Escalation.id)] == [True] + [False] * 3


def test_what_gets_overdue_later_is_added_to_the_waiting_draft(session: Session) -> None:
    first = given()
    run(SECOND)
    later = given(due_on=date(2026, 10, 7), unit=cast.AN_PHUOC)
    assert "đưa vào 01 nội dung" in run(THIRD)
    [letter] = letters(session)
    assert listed(letter) == {first.code, later.code} and len(letter.units) == 2
    assert queries.stands_on(letter) == THIRD, "the annex tells the days overdue of the day it was added to"
    assert rungs(session, first) == ["over-10", "over-15"] and rungs(session, later) == ["over-10"]


def test_a_letter_on_its_way_is_left_alone_and_the_next_one_is_begun(session: Session) -> None:
    first = given()
    run(SECOND)
    [letter] = letters(session)
    set_state(letter, DocumentState.APPROVAL)
    later = given(due_on=date(2026, 10, 7))
    run(THIRD)
    old, new = letters(session)
    assert listed(old) == {first.code} and listed(new) == {later.code}
    assert rungs(session, first) == ["over-10", "over-15"], "the letter on its way answers it"


def test_a_letter_of_the_followers_own_answers_too(session: Session) -> None:
    task = given()
    with at(FIRST):
        services.begin_reminder([task], actor=cast.actor(cast.FOLLOWER))
        session.commit()
    run(SECOND)
    assert len(letters(session)) == 1 and rungs(session, task) == ["over-10"]
    other = given()
    run(SECOND)
    own, made = letters(session)
    assert listed(own) == {task.code} and listed(made) == {other.code}, (
        "nothing gets into somebody's own draft"
    )


def test_a_draft_given_up_answers_its_rungs_and_the_next_rung_asks_anew(session: Session) -> None:
    task = given()
    run(SECOND)
    run(THIRD)
    [letter] = letters(session)
    set_state(letter, DocumentState.ABANDONED)
    for days in range(6):
        run(THIRD + timedelta(days=days))
    assert len(letters(session)) == 1
    run(date(2026, 10, 28))
    assert len(letters(session)) == 2 and rungs(session, task) == ["over-10", "over-15", "over-20"]


def test_who_was_urged_by_a_paper_since_is_not_urged_by_the_ladder(session: Session) -> None:
    task = given()
    task.last_urged_on, task.last_urged_reference, task.urged_count = SECOND, "Công văn số 9/SNV-CCHC", 1
    session.commit()
    run(SECOND)
    assert letters(session) == []
    run(THIRD)
    assert rungs(session, task) == ["over-15"]


def test_a_process_that_dies_before_the_end_leaves_nothing_and_the_next_run_does_it_all(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = given()

    def dies(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(escalating, "_write", dies)
        with pytest.raises(RuntimeError, match="killed"):
            run(SECOND)
    session.rollback()
    assert letters(session) == [] and rungs(session, task) == []
    run(SECOND)
    assert len(letters(session)) == 1 and rungs(session, task) == ["over-10"]


@pytest.mark.parametrize(
    "jumps",
    [
        (SECOND, SECOND + timedelta(days=1), SECOND),
        (SECOND, date(2026, 11, 14), SECOND, THIRD),
        (SECOND, date(2027, 10, 14), date(2026, 10, 14), THIRD),
        (date(2027, 10, 14), date(2026, 9, 1), SECOND, THIRD, date(2027, 10, 14)),
    ],
    ids=["a day", "a month", "a year", "a year first"],
)
def test_a_clock_that_jumps_makes_nothing_twice_and_misses_nothing(
    session: Session, jumps: tuple[date, ...]
) -> None:
    first, second = given(), given(due_on=date(2026, 9, 29), unit=cast.AN_PHUOC)
    for day in jumps:
        run(day)
        run(day)
    [letter] = letters(session)
    assert listed(letter) == {first.code, second.code}
    for task in (first, second):
        assert len(rungs(session, task)) == len(set(rungs(session, task))) >= 1


def test_days_off_and_early_mornings_are_quiet(session: Session) -> None:
    given(due_on=date(2026, 9, 1))
    assert run(date(2026, 10, 17)) == ""
    assert run(SECOND, hour=6) == ""
    assert letters(session) == []


@pytest.mark.parametrize(("first", "begun_on"), [(1, FIRST), (3, THIRD), (0, None)])
def test_the_profile_says_which_step_goes_to_the_superior(
    session: Session, first: int, begun_on: date | None
) -> None:
    given()
    for setting in ESCALATE_FROM.values():
        settings.set_setting(setting.key, first, date(2026, 1, 1), None)
    session.commit()
    found = None
    for day in (FIRST, SECOND, THIRD, date(2026, 10, 28)):
        run(day)
        if found is None and letters(session):
            found = day
    assert found == begun_on


def test_without_a_follower_who_has_a_way_in_it_waits_for_one(session: Session) -> None:
    task = given()
    account = session.query(Account).filter_by(person_id=cast.person(cast.FOLLOWER).id).one()
    account.active = False
    session.commit()
    run(SECOND)
    assert letters(session) == [] and rungs(session, task) == []
    account.active = True
    session.commit()
    run(SECOND + timedelta(days=1))
    assert rungs(session, task) == ["over-10"]


def test_what_is_handed_in_or_watched_is_not_urged(session: Session) -> None:
    task = given()
    with at(date(2026, 10, 1)):
        remediation.submitted(task)
    run(SECOND)
    assert letters(session) == []


def test_a_proof_that_is_long_overdue_goes_to_the_superior_as_any_task_does(session: Session) -> None:
    task = remediation.owing_proofs(date(2026, 9, 23))
    assert task.term == date(2026, 10, 23)
    run(date(2026, 11, 5))
    assert letters(session) == [], "nine working days after"
    step = date(2026, 11, 6)
    run(step)
    [letter] = letters(session)
    assert (listed(letter), rungs(session, task)) == ({task.code}, ["over-10"])
    with at(step):
        assert not reminder_misses(letter)
        [row] = compose_reminder(letter).annexes[0].blocks[0].rows  # type: ignore[union-attr]
        assert row.cells[4:6] == ("23/10/2026", "14")
    for later in range(1, 7):
        run(step + timedelta(days=later))
    assert len(letters(session)) == 1 and len(rungs(session, task)) == 1, "once for the rung"


def test_a_clock_that_jumps_urges_a_proof_once(session: Session) -> None:
    task = remediation.owing_proofs(date(2026, 9, 23))
    for day in (date(2027, 6, 1), date(2026, 11, 6), date(2026, 11, 13), date(2027, 6, 1)):
        run(day)
    assert len(letters(session)) == 1
    assert rungs(session, task) == ["over-145", "over-10", "over-15"], "each rung once, none kept back"


def test_a_proof_that_came_is_not_urged_any_more_and_the_next_one_not_before_it_is_late(
    session: Session,
) -> None:
    task = remediation.owing_proofs(date(2026, 9, 23))
    step = date(2026, 11, 6)
    run(step)
    [letter] = letters(session)
    with at(step, 10):
        values = ProgressValues(ProgressStatus.DONE, "Đã công khai", "", "40/BC-UBND", step)
        services.report_progress(task, values, actor=cast.actor(cast.HEAD))
        db.session.commit()
        assert task.state is TaskState.WATCHING and task.term == date(2026, 11, 23)
        assert reminder_misses(letter), "nothing is left to urge"
        with pytest.raises(WrongState, match="còn phải thực hiện"):
            services.begin_reminder([task], actor=cast.actor(cast.FOLLOWER))
    run(date(2026, 12, 7))
    assert rungs(session, task) == ["over-10"]
    run(date(2026, 12, 8))
    assert rungs(session, task) == ["over-10", "over-10"], "ten working days after the next, 24/11 off"
    with at(date(2026, 12, 8)):
        assert not reminder_misses(letter), "the draft that lists it already urges it again"


def test_a_letter_takes_so_many_and_the_others_come_into_the_next(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalating, "MOST", 2)
    tasks = [given(due_on=DUE - timedelta(days=days)) for days in (2, 1, 0)]
    run(SECOND)
    run(SECOND)
    [letter] = letters(session)
    assert listed(letter) == {task.code for task in tasks[:2]}, "the longest overdue first"
    set_state(letter, DocumentState.APPROVAL)
    run(SECOND + timedelta(days=1))
    assert listed(letters(session)[1]) == {tasks[2].code}


def test_only_a_draft_letter_takes_more_tasks(session: Session) -> None:
    task, other = given(), given()
    letter = services.begin_reminder([task], actor=cast.actor(cast.FOLLOWER))
    set_state(letter, DocumentState.APPROVAL)
    with pytest.raises(WrongState, match="đã trình"):
        services.add_to_reminder(letter, [other], on=SECOND, actor=cast.actor(cast.FOLLOWER))


def test_the_command_tells_the_letters_and_writes_nothing(app: Flask, session: Session) -> None:
    task = given()
    runner = app.test_cli_runner()
    first, again = (
        runner.invoke(args=["followup", "due", "--json", "--on", SECOND.isoformat()]).output for _ in range(2)
    )
    assert first == again
    assert json.loads(first)["escalations"] == [
        {
            "drafter_id": cast.person(cast.FOLLOWER).id, "drafter": "Phạm Thị Thí Dụ", "letter": None,
            "task": task.code, "due_on": "2026-09-30", "rung": "over-10", "rung_on": SECOND.isoformat(),
        }
    ]  # fmt: skip
    assert letters(session) == [] and session.query(Escalation).count() == 0
    plain = runner.invoke(args=["followup", "due", "--on", SECOND.isoformat()]).output
    assert "Phạm Thị Thí Dụ: lập dự thảo công văn đôn đốc, 01 nội dung" in plain
    run(SECOND)
    session.add(Escalation(**_another(session)))
    given()
    told = runner.invoke(args=["followup", "due", "--on", SECOND.isoformat()]).output
    assert "bổ sung dự thảo công văn đôn đốc, 01 nội dung" in told


def _another(session: Session) -> dict[str, object]:
    row = session.query(Escalation).one()
    return {
        "task_id": row.task_id, "due_on": row.due_on, "rung": "over-5", "rung_on": FIRST,
        "paper_id": row.paper_id, "added": True,
    }  # fmt: skip


def test_everybody_of_the_follow_up_sees_that_it_is_not_signed(client: Browser, session: Session) -> None:
    task = given()
    run(SECOND)
    told = "Công văn đôn đốc chờ ký từ ngày 14/10/2026 (08 ngày)"
    [letter] = letters(session)
    with at(date(2026, 10, 22)):
        for who in ("leader", "follower", "checker"):
            client.sign_in(who).get("/follow-up")
            row = client.page.find(id=f"dong-{task.id}").find_parent("tr")
            assert "công văn chờ ký 08 ngày" in " ".join(row.text.split()), who
            assert told in " ".join(client.page.find("main").text.split())
        for who in ("leader", "follower"):
            client.sign_in(who).get("/")
            assert told in client.text, who
            assert client.page.select(f'a[href="/papers/{letter.id}"]'), who
        set_state(letter, DocumentState.APPROVAL)
        client.sign_in("leader").get("/")
        assert client.text.count(told) == 1, "said once"
        for who, page in (("head", "/remediation"), ("observer", "/follow-up"), ("member", "/follow-up")):
            client.sign_in(who).get(page)
            assert "chờ ký" not in client.text, who
        set_state(letter, DocumentState.SIGNED)
        client.sign_in("leader").get("/follow-up")
        assert "chờ ký" not in client.text


def test_a_run_asks_as_much_for_many_as_for_one(session: Session) -> None:
    sent = []
    for number in (1, 6):
        for _ in range(number):
            given(due_on=DUE - timedelta(days=number))
        with at(SECOND), count_queries(session) as asked:
            escalating.escalate(SECOND)
        session.rollback()
        sent.append(len(asked))
    assert sent[1] <= sent[0] + 2
    assert session.query(Document).filter_by(kind=DocumentKind.REMINDER_LETTER).count() == 0
