"""What stands at a task for lists to find: days told by its row, and what findings and reports tell."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.deadlines.badge import DeadlineKind
from app.files import services as files
from app.findings.models import Classification, Finding
from app.followup.counting import JUDGED
from app.remediation.models import (
    ProgressReport,
    ProgressStatus,
    Task,
    TaskState,
    progress_file,
    task_finding,
)
from app.remediation.queries import DATED_KINDS, URGED_STATES
from tests import cast
from tests.factories import followed
from tests.factories import remediation as made

TODAY = date(2026, 9, 22)
PDF = b"%PDF-1.7\n%%EOF\n"


def some_values(chance: random.Random) -> dict[str, Any]:
    def day() -> date | None:
        return chance.choice((None, TODAY + timedelta(days=chance.randint(-40, 40))))

    kind, due = chance.choice(tuple(DeadlineKind)), day()
    state = chance.choice(tuple(TaskState))
    proof = day() if kind is DeadlineKind.CONTINUING and due is None and state != "accepted" else None
    return {
        "state": state, "deadline_kind": kind, "due_on": due, "proof_due_on": proof, "report_due_on": None,
        "supplement_on": day(), "review_on": TODAY, "no_date_reason": "Thường xuyên",
        "accepted_on": TODAY, "accepted_by": cast.person(cast.LEADER).id,
    }  # fmt: skip


@pytest.mark.parametrize("converted", [False, True])
def test_days_of_a_task_are_told_by_its_row(session: Session, converted: bool) -> None:
    chance, (task,) = random.Random(5), made.issued(due_on=date(2026, 9, 4))
    table = Task.__table__
    row = followed.row_of(table, task.id)
    del row["id"]
    for n in range(200):
        values = row | some_values(chance) | {"code": f"D-{n}", "converted": converted}
        [key] = session.execute(sa.insert(table).values(values)).inserted_primary_key
        one = session.get_one(Task, key)
        held = one.deadline_kind in DATED_KINDS or one.proof_due_on is not None
        judged = one.term if one.state in URGED_STATES and held and not converted else None
        falls = one.term if held and one.term is not None else one.review_on
        never = one.state in (TaskState.DRAFT, TaskState.WITHDRAWN)
        assert (one.judged_on, one.falls_on) == (judged, None if never else falls), values
    differs = sa.select(Task.id).where(JUDGED.is_distinct_from(Task.judged_on))
    assert session.scalars(differs).all() == []


def flags(session: Session, *tasks: Task) -> list[tuple[bool, bool]]:
    session.flush()
    session.expire_all()
    return [(task.recurs, task.has_evidence) for task in tasks]


def test_a_task_recurs_while_one_of_its_findings_does(session: Session) -> None:
    tasks = made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=1)
    finding, other = (task.findings[0] for task in tasks)
    assert flags(session, *tasks) == [(False, False)] * 2
    for which in (Classification.RECURRENCE, Classification.UNREMEDIED):
        changed = sa.update(Finding).where(Finding.id == finding.id)
        session.execute(changed.values(classification=which))
        assert flags(session, *tasks) == [(True, False), (False, False)]
    session.execute(sa.insert(task_finding).values(task_id=tasks[1].id, finding_id=finding.id))
    assert flags(session, *tasks) == [(True, False)] * 2
    session.execute(
        sa.update(task_finding).where(task_finding.c.task_id == tasks[0].id).values(finding_id=other.id)
    )
    assert flags(session, *tasks) == [(False, False), (True, False)]
    session.execute(sa.delete(task_finding).where(task_finding.c.finding_id == finding.id))
    assert flags(session, *tasks) == [(False, False)] * 2


def test_a_task_has_evidence_once_a_report_of_what_is_done_names_any(session: Session) -> None:
    (task,) = made.issued()
    head = cast.person(cast.HEAD).id

    def report(status: ProgressStatus, reference: str = "") -> ProgressReport:
        one = ProgressReport(
            task_id=task.id, status=status, text="Đã niêm yết", document_reference=reference,
            document_on=TODAY, written_by=head,
        )  # fmt: skip
        session.add(one)
        session.flush()
        return one

    report(ProgressStatus.DOING, "31/TB-UBND")
    done = report(ProgressStatus.DONE)
    assert flags(session, task) == [(False, False)]
    kept = files.keep("anh.pdf", PDF, actor=cast.actor(cast.HEAD)).id
    session.execute(sa.insert(progress_file).values(progress_id=done.id, file_id=kept))
    assert flags(session, task) == [(False, True)]
    session.execute(sa.delete(progress_file).where(progress_file.c.progress_id == done.id))
    assert flags(session, task) == [(False, False)]
    done.document_reference = "32/TB-UBND"
    assert flags(session, task) == [(False, True)]
    done.status = ProgressStatus.DOING
    assert flags(session, task) == [(False, False)]
    named = report(ProgressStatus.DONE, "33/TB-UBND")
    assert flags(session, task) == [(False, True)]
    session.delete(named)
    assert flags(session, task) == [(False, False)]


def test_what_is_told_changes_neither_version_nor_time(session: Session) -> None:
    (task,) = made.issued()
    before = (task.version, task.updated_at)
    with clock.frozen(clock.now() + timedelta(days=3)):
        session.execute(
            sa.update(Finding)
            .where(Finding.id == task.findings[0].id)
            .values(classification=Classification.RECURRENCE)
        )
        assert flags(session, task) == [(True, False)]
    assert (task.version, task.updated_at) == before
