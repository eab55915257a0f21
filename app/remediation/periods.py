"""Who answered for a task when, and how many days overdue fall into each one's own time.

Nothing is retroactive: the days before a change stay with whom they happened to, whoever leads, heads or
follows afterwards. Days are calendar days, as everywhere ("Quá hạn 05 ngày").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app import clock
from app.deadlines.badge import DeadlineKind, days_overdue
from app.remediation import queries
from app.remediation.lateness import position
from app.remediation.models import Task, TaskState
from app.remediation.queries import Turn

DAY = timedelta(days=1)
NOBODY = "Chờ giao đơn vị kế thừa"
VACANT = "Chưa ghi người đứng đầu"


@dataclass(frozen=True)
class Period:
    """One turn with the days overdue in it; `until` = its last day, None while it goes on."""

    who: str
    first: date
    until: date | None
    days_overdue: int


def late_spans(task: Task, today: date) -> list[tuple[date, date]]:
    """The days on which the task was overdue, as half-open spans in order.

    What an extension came too late for stays (until it was asked for); the sum is what reports count.
    """
    if task.converted or task.deadline_kind not in (DeadlineKind.FIXED, DeadlineKind.AT_ONCE):
        return []
    spans = [
        (row.old_due_on + DAY, row.requested_on + DAY)
        for row in task.extensions
        if row.requested_on > row.old_due_on
    ]
    over = days_overdue(position(task), today)
    if over and task.term is not None:
        spans.append((task.term + DAY, task.term + DAY + timedelta(days=over)))
    return spans


def days_within(spans: Sequence[tuple[date, date]], first: date, after: date | None) -> int:
    """How many days of `spans` lie in `[first, after)`."""
    return sum(max(0, (min(end, after or end) - max(start, first)).days) for start, end in spans)


def split(spans: Sequence[tuple[date, date]], turns: Sequence[Turn]) -> list[Period]:
    """Each turn with its own days overdue. A turn that ended on the day it began answered for no day."""
    return [
        Period(
            turn.who,
            turn.first,
            None if turn.after is None else turn.after - DAY,
            days_within(spans, turn.first, turn.after),
        )
        for turn in turns
        if turn.after is None or turn.after > turn.first
    ]


@dataclass(frozen=True)
class Leading:
    """`unit_id` led the work in `[first, after)`; None while no unit had been given it."""

    unit_id: int | None
    name: str
    first: date
    after: date | None = None


def leading(task: Task, today: date) -> list[Leading]:
    """Which unit led when: a dissolved one until its last day, its successor from the day it was given."""
    assert task.issued_on is not None
    found: list[Leading] = []
    first = task.issued_on
    for row in task.handovers:
        ended = min(row.from_unit.valid_to or row.assigned_on, row.assigned_on)
        ended = max(first, ended)
        found.append(Leading(row.from_unit_id, row.from_unit.name, first, ended))
        if ended < row.assigned_on:
            found.append(Leading(None, NOBODY, ended, row.assigned_on))
        first = max(first, row.assigned_on)
    unit = task.lead_unit
    if unit.valid_to is not None and unit.valid_to <= today:
        ended = max(first, unit.valid_to)
        found += [Leading(unit.id, unit.name, first, ended), Leading(None, NOBODY, ended)]
    else:
        found.append(Leading(unit.id, unit.name, first))
    return found


def heading(led: Sequence[Leading], heads: Sequence[tuple[int, str, date, date | None]]) -> list[Turn]:
    """Who headed the leading unit when. `heads`: (unit, name, from, first day after), in order of days.

    Days without a head on record are said so; no later head answers for them.
    """
    found: list[Turn] = []
    for part in led:
        if part.unit_id is None:
            found.append(Turn(part.name, part.first, part.after))
            continue
        reached = part.first
        for unit_id, name, start, end in heads:
            start = max(start, reached)
            stop = min(filter(None, (end, part.after)), default=None)
            if unit_id != part.unit_id or (stop is not None and stop <= start):
                continue
            if part.after is not None and start >= part.after:
                continue
            if start > reached:
                found.append(Turn(f"{VACANT} ({part.name})", reached, start))
            found.append(Turn(f"{name}, {part.name}", start, stop))
            if stop is None:
                break
            reached = stop
        else:
            if part.after is None or reached < part.after:
                found.append(Turn(f"{VACANT} ({part.name})", reached, part.after))
    return found


@dataclass(frozen=True)
class Answerable:
    """Periods of the units and their heads, and of the followers; empty where only one ever answered."""

    heads: tuple[Period, ...]
    followers: tuple[Period, ...]


def answerable(task: Task) -> Answerable:
    """The periods of a task that is out, with the days overdue in each: three reads."""
    if task.issued_on is None or task.state in (TaskState.DRAFT, TaskState.WITHDRAWN):
        return Answerable((), ())
    today = clock.today()
    spans = late_spans(task, today)
    led = leading(task, today)
    heads = split(spans, heading(led, queries.heads_of_units([one.unit_id for one in led])))
    followers = split(spans, queries.follower_turns(task))
    return Answerable(tuple(heads) if len(heads) > 1 else (), tuple(followers) if len(followers) > 1 else ())
