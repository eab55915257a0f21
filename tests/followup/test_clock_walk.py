"""A clock that is put ahead, put back and stopped, with workers that die and a mail server that is down: each
rung is told once to each person, and of the days that really came none is missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import queries as deadlines
from app.extensions import db
from app.followup import jobs, mailing, reminding, undelivered
from app.followup.models import Mail, MailState, Reminder
from app.jobs.models import Job
from app.remediation.models import Task, TaskAssignment
from tests import cast
from tests.factories import remediation
from tests.followup.mail_server import Kept, mail_server
from tests.processes import DEEP

FIRST, LAST = date(2026, 9, 21), date(2026, 10, 23)
DUE = (date(2026, 9, 30), date(2026, 10, 4), date(2026, 10, 14))
"""One of the days is a Sunday."""
JUMPS = (0, 0, 0, 1, -1, 2, -7, 7, 30, -31, 365, -366)
"""Days that a clock is wrong by."""
EVENTS = st.tuples(st.integers(0, 2), st.sampled_from(JUMPS), st.integers(5, 20), st.sampled_from("..tuds"))
"""(days that really pass, how wrong the clock is then, hour, what happens: u the worker runs twice, d the
mail server is down, t a worker dies between two mails, s it dies while it hands one over)."""


@pytest.fixture
def server() -> Iterator[Kept]:
    with mail_server() as kept:
        yield kept


def rungs_of(due_on: date) -> dict[str, date]:
    """The rungs of the ladder that ships up to the last day of the walk, counted day by day."""
    working = deadlines.current_calendar().is_working
    found = {}
    for before in (7, 3):
        day = due_on - timedelta(days=before)
        while not working(day):
            day -= timedelta(days=1)
        found[f"before-{before}"] = day
    found["due"] = due_on
    day, passed = due_on, 0
    while day < LAST:
        day += timedelta(days=1)
        passed += working(day)
        if working(day) and passed % 5 == 0:
            found[f"over-{passed}"] = day
    return found


class Walk:
    """What workers do under one clock after the other, and what must hold after each."""

    def __init__(self, tasks: list[Task], server: Kept) -> None:
        self.rungs = {task.id: rungs_of(task.due_on) for task in tasks if task.due_on is not None}
        self.people = {cast.person(who).id for who in (cast.HEAD, cast.OFFICER)}
        self.server = server
        self.arrived = 0

    def work(self, day: date, hour: int, event: str = ".") -> None:
        """One turn of the worker; afterwards nothing is told twice, ahead of its day, or not at all."""
        working = deadlines.current_calendar().is_working(day)
        before = set(db.session.scalars(sa.select(Reminder.id)))
        self.server.refusing = "451 later" if event == "d" else ""
        with clock.frozen(datetime(day.year, day.month, day.day, hour, tzinfo=clock.VIETNAM)):
            for _ in range(2 if event == "u" else 1):
                if event == "t" and working and hour >= jobs.NOT_BEFORE:
                    next(reminding.remind_in_parts(day), None)
                    db.session.rollback()  # the process is gone before its transaction ended
                jobs.remind(Job(kind="remind", payload={}))
                db.session.commit()
                if event == "s":
                    mailing.next_to_send()
                    db.session.commit()  # and here another
                jobs.send_mails(Job(kind="send", payload={}))
                db.session.commit()
        new = [row for row in db.session.scalars(sa.select(Reminder)) if row.id not in before]
        assert working or (not new and len(self.server.mails) == self.arrived), "quiet on days off"
        assert all(row.rung_on <= day for row in new), "nothing is told ahead of its day"
        if working and hour >= jobs.NOT_BEFORE:
            self.all_told(day)
        self.arrived = len(self.server.mails)
        names = Counter(mail["Message-ID"] for mail in self.server.mails)
        assert all(times == 1 for times in names.values()), names.most_common(1)

    def all_told(self, day: date) -> None:
        """Whoever is reminded knows the rung on which each date stands, or one after it that has come too."""
        rows = db.session.execute(sa.select(Reminder.task_id, Reminder.person_id, Reminder.rung_on)).all()
        for task_id, rungs in self.rungs.items():
            reached = [on for on in rungs.values() if on <= day]
            for person_id in self.people if reached else ():
                known = {on for task, person, on in rows if (task, person) == (task_id, person_id)}
                assert any(max(reached) <= on <= day for on in known), (day, task_id, known)

    def end(self) -> None:
        """The real days have passed with every worker awake."""
        rows = db.session.execute(sa.select(Reminder.task_id, Reminder.person_id, Reminder.rung)).all()
        assert len(rows) == len(set(rows))
        for task_id, rungs in self.rungs.items():
            for person_id in self.people:
                told = {rung for task, person, rung in rows if (task, person) == (task_id, person_id)}
                missed = {rung for rung, on in rungs.items() if FIRST <= on <= LAST} - told
                assert not missed, (task_id, person_id, missed)
        assert not db.session.scalar(sa.select(sa.func.count()).where(Reminder.mail_id.is_(None)))
        mails = db.session.scalars(sa.select(Mail)).all()
        sent = sum(mail.state is MailState.SENT for mail in mails)
        with clock.frozen(clock.at(LAST + timedelta(days=3))):
            unsent = {mail.id for mail in undelivered.list_unsent()}
        assert {mail.id for mail in mails if mail.state is not MailState.SENT} == unsent, "shown, not lost"
        assert sent == len(self.server.mails)


@pytest.mark.slow
def test_whatever_the_clock_does_each_rung_is_told_once_and_none_is_missed(
    session: Session, server: Kept
) -> None:
    tasks = [remediation.issued(due_on=due_on)[0] for due_on in DUE]
    for task in tasks:
        given_to = TaskAssignment(
            task=task, person_id=cast.person(cast.OFFICER).id, officer_name="Mai Thị Làm Mẫu",
            assigned_by=cast.person(cast.HEAD).id,
        )  # fmt: skip
        session.add(given_to)
    session.commit()

    @settings(max_examples=60 if DEEP else 6, phases=(Phase.generate,))
    @given(st.lists(EVENTS, min_size=8, max_size=20))
    def lived(events: list[tuple[int, int, int, str]]) -> None:
        walk, real = Walk(tasks, server), FIRST
        for passed, wrong, hour, event in events:
            for _ in range(passed):
                walk.work(real, 16)  # no real day passes without a worker that wakes at some hour
                real += timedelta(days=1)
            walk.work(real + timedelta(days=wrong), hour, event)
        while real <= LAST:
            walk.work(real, 8)
            real += timedelta(days=1)
        walk.end()
        session.execute(sa.delete(Reminder))
        session.execute(sa.delete(Mail))
        session.commit()
        server.mails.clear()

    lived()
