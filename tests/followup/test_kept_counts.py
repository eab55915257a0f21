"""The kept counts of tasks say what counting the tasks says, whatever was written and in which order."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.deadlines.badge import DeadlineKind
from app.followup import conditions, keeping
from app.followup.counting import Sets, reports_due
from app.followup.models import TaskCount
from app.remediation.models import Task, TaskState
from app.remediation.queries import DATED_KINDS, to_review
from tests import cast
from tests.factories import followed
from tests.factories import remediation as made

STEPS = 300
TODAY = date(2026, 9, 22)
STATES = tuple(TaskState)


def figures() -> dict[str, sa.ColumnElement[bool]]:
    """Every condition that is asked of sets."""
    today = clock.today()
    four = dict(zip(("done_on_time", "done_late", "in_time", "late"), conditions.four(today), strict=True))
    ageing = {f"from_{days[0]}": conditions.overdue_between(today, *days) for days in conditions.AGEING}
    return four | ageing | {
        "owed_late": conditions.owed_late(today), "waiting": conditions.waiting(),
        "undated": conditions.undated(), "converted": conditions.converted(),
        "soon": conditions.due_soon(today), "review": to_review(today),
    }  # fmt: skip


def told(session: Session, which: list[sa.ColumnElement[bool]]) -> dict[str, int]:
    sets = Sets(*which)
    assert sets.kept
    row = session.execute(sa.select(sets.total(), *map(sets.how_many, figures().values()))).one()
    return dict(zip(("total", *figures()), row, strict=True))


def counted(session: Session, which: list[sa.ColumnElement[bool]]) -> dict[str, int]:
    def how_many(*condition: sa.ColumnElement[bool]) -> int:
        return session.scalar(sa.select(sa.func.count()).select_from(Task).where(*which, *condition)) or 0

    return {"total": how_many(), **{name: how_many(condition) for name, condition in figures().items()}}


def anything(chance: random.Random, people: list[int]) -> dict[str, Any]:
    """Values that a task may have together, dated round today."""

    def day(empty: float = 0.0) -> date | None:
        return None if chance.random() < empty else TODAY + timedelta(days=chance.randint(-40, 12))

    kind, state = chance.choice(tuple(DeadlineKind)), chance.choice(STATES)
    due = day(0.2) if kind in DATED_KINDS else day(0.8)
    proof = day(0.5) if kind is DeadlineKind.CONTINUING and due is None and state != "accepted" else None
    ended = state in ("accepted", "submitted") or chance.random() < 0.2
    return {
        "state": state, "deadline_kind": kind, "due_on": due, "proof_due_on": proof,
        "report_due_on": due and due + timedelta(days=chance.choice((0, 5))), "review_on": day(),
        "supplement_on": day(0.6), "submitted_on": day(0.2) if ended else None,
        "completed_on": day(0.2) if ended else None, "converted": chance.random() < 0.2,
        "follower_id": chance.choice(people), "no_date_reason": "Thường xuyên", "accepted_on": TODAY,
        "accepted_by": people[0], "reported_by": people[1], "proof_every": None,
    }  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kept_is_counted_after_any_walk(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    follower = cast.person(cast.FOLLOWER).id
    people = [cast.person(cast.LEADER).id, follower]
    pattern = made.issued(due_on=date(2026, 9, 30))[0]
    table = Task.__table__
    row = followed.row_of(table, pattern.id)
    del row["id"]
    ids: list[int] = []
    told_of: set[str] = set()
    for step in range(STEPS):
        act = chance.random()
        if act < 0.4 or not ids:
            values = row | anything(chance, people) | {"code": f"DI-{seed}-{step}"}
            [key] = session.execute(sa.insert(table).values(values)).inserted_primary_key
            ids.append(key)
        elif act < 0.8:
            change = anything(chance, people)
            del change["converted"]  # stays as it was brought over
            session.execute(sa.update(table).where(table.c.id == chance.choice(ids)).values(change))
        elif act < 0.9:
            session.execute(sa.delete(table).where(table.c.id == ids.pop(chance.randrange(len(ids)))))
        else:
            keeping.fold()
        if step % 10 == 0:
            assert keeping.wrong() == []
            for which in ([Task.state != TaskState.DRAFT], [Task.follower_id == follower]):
                found = told(session, which)
                assert found == counted(session, which)
                told_of |= {name for name, many in found.items() if many}
    assert told_of == {"total", *figures()}
    session.execute(sa.delete(table).where(table.c.id.in_(ids)))
    assert keeping.wrong() == []
    keeping.fold()
    assert session.scalar(sa.select(sa.func.sum(TaskCount.many))) == session.scalar(
        sa.select(sa.func.count()).select_from(Task)
    )


def test_days_of_reports_are_those_of_the_tasks(session: Session) -> None:
    for unit, day in ((cast.LONG_PHUOC, 23), (cast.AN_PHUOC, 23), (cast.LONG_THANH, 25)):
        made.issued(units=(unit,), due_on=date(2026, 9, day))
    first, last = date(2026, 9, 21), date(2026, 9, 27)
    everything = session.execute(reports_due(first, last, Task.state != TaskState.DRAFT)).all()
    unit = cast.unit(cast.AN_PHUOC).id
    assert session.execute(reports_due(first, last, Task.lead_unit_id == unit)).all() == [
        (date(2026, 9, 23), 1)
    ]
    assert [tuple(row) for row in everything] == [(date(2026, 9, 23), 2), (date(2026, 9, 25), 1)]


def test_what_looks_at_more_is_counted_from_the_tasks(session: Session) -> None:
    assert not Sets(Task.lead_unit_id == 1).kept
    assert not Sets(conditions.recurring()).kept
    assert Sets(Task.follower_id == 1, Task.state != TaskState.DRAFT).kept


def test_folding_keeps_what_is_told(session: Session) -> None:
    task = made.issued(due_on=date(2026, 9, 4))[0]
    for day in (5, 6, 7):
        task.due_on = task.report_due_on = date(2026, 9, day)
        session.flush()
    which = [Task.state != TaskState.DRAFT]
    before = told(session, which)
    assert keeping.fold() >= 6
    assert told(session, which) == before == counted(session, which)
    assert keeping.fold() == 0


def test_the_command_tells_what_is_wrong_and_counts_anew(app: Flask, session: Session) -> None:
    made.issued(due_on=date(2026, 9, 4))
    session.execute(sa.update(TaskCount).values(many=TaskCount.many + 1))
    session.commit()
    ended = app.test_cli_runner().invoke(args=["followup", "counts"])
    assert (ended.exit_code, "Lệch +1" in ended.output) == (4, True)
    ended = app.test_cli_runner().invoke(args=["followup", "counts", "--rebuild"])
    assert (ended.exit_code, ended.output) == (0, "Số đếm đang giữ khớp với các nội dung khắc phục.\n")
    assert keeping.wrong() == []
