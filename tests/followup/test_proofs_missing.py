"""A missing proof of a period is told in the same words by the letter, the mail and the copied text."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Person
from app.deadlines import queries as deadlines
from app.deadlines.settings import FOLLOW_UP_UNIT
from app.followup import mailing, outside
from app.followup.models import Mail
from app.followup.reminding import remind
from app.remediation import services
from app.remediation.lateness import proof_missing
from app.remediation.letters import compose_reminder
from app.remediation.models import Task
from app.remediation.services.papers import begin_reminder
from tests import cast
from tests.factories import remediation as made
from tests.queries import count_queries

SINCE, DAY = date(2026, 9, 23), date(2026, 10, 28)
MISSING = "chưa gửi minh chứng của kỳ đến hạn ngày 23/10/2026"
LINK = "https://ketluan.vidu.example"


@pytest.fixture
def task(session: Session) -> Task:
    found = made.owing_proofs(SINCE)
    assert found.proof_due_on == date(2026, 10, 23)
    return found


def test_it_is_missing_from_the_day_after_and_only_of_what_is_watched(task: Task) -> None:
    assert proof_missing(task, date(2026, 10, 23)) == ""
    assert proof_missing(task, date(2026, 10, 24)) == MISSING
    services.recur(task, comment="Đã gỡ niêm yết", due_on=date(2026, 10, 1), actor=cast.actor(cast.FOLLOWER))
    assert proof_missing(task, DAY) == ""


def test_the_annex_says_so_in_place_of_the_state(session: Session, task: Task) -> None:
    [plain] = made.issued(due_on=date(2026, 10, 1))
    with clock.frozen(clock.at(DAY, 8)):
        letter = begin_reminder([task, plain], actor=cast.actor(cast.FOLLOWER))
        rows = compose_reminder(letter).annexes[0].blocks[0].rows  # type: ignore[union-attr]
    told = {row.ref: (row.cells[4], row.cells[7]) for row in rows}
    assert told == {
        f"task:{task.id}": ("23/10/2026", MISSING.replace("chưa", "Chưa", 1)),
        f"task:{plain.id}": ("01/10/2026", "Chưa thực hiện"),
    }


def test_the_mail_says_so(session: Session, task: Task) -> None:
    with clock.frozen(clock.at(DAY, 8)):
        assert remind(DAY) and mailing.write_mails(DAY, LINK) == 1
    [mail] = session.query(Mail).filter_by(told_on=DAY)
    assert f"1. Quá hạn 05 ngày (thời hạn 23/10/2026), {MISSING}: {task.text.rstrip('.')}." in mail.body


def test_a_mail_asks_as_much_of_many_proofs_as_of_one(session: Session, task: Task) -> None:
    def sent() -> int:
        person = session.get_one(Person, cast.person(cast.HEAD).id)
        ids = [one for (one,) in session.query(Task.id)]
        session.expunge_all()
        calendar = deadlines.current_calendar(DAY)
        assert deadlines.setting(FOLLOW_UP_UNIT, DAY)  # read once, then kept
        with count_queries(session) as asked:
            mailing._worded(person.id, ids, (), (), DAY, calendar, LINK)
        return len(asked)

    first = sent()
    for _ in range(3):
        made.owing_proofs(SINCE)
    assert sent() == first


def test_the_copied_text_counts_them(session: Session, task: Task) -> None:
    [words] = [text.words for text in outside.texts_of([task], DAY, LINK)]
    assert f"(01 nội dung quá hạn 05 ngày, {MISSING})" in words
    older = made.owing_proofs(date(2026, 9, 15))
    [late] = made.issued(due_on=date(2026, 10, 1))
    [words] = [text.words for text in outside.texts_of([task, older, late], DAY, LINK)]
    oldest = MISSING.replace("23/10", "15/10")
    assert f"(03 nội dung quá hạn, lâu nhất 27 ngày, trong đó 02 nội dung {oldest}, cũ nhất)" in words
