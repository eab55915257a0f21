"""SQL twins of `deadlines.badge.progress`, for counting and filtering. Tests hold them equal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.remediation import queries as remediation
from app.remediation.models import Task, TaskState
from app.remediation.queries import DATED_KINDS, HAS_TERM, OPEN_STATES, late_answers, overdue

QUIET_DAYS = 30
SOON = timedelta(days=7)
AGEING: tuple[tuple[int, int | None], ...] = ((1, 7), (8, 30), (31, None))
"""Overdue by how many calendar days: 1–7, 8–30, over 30."""
STOPPED = sa.func.coalesce(Task.submitted_on, Task.completed_on)
HAS_DATE = sa.and_(HAS_TERM, Task.term.is_not(None))
DATED = sa.and_(HAS_DATE, Task.converted.is_(False))
"""Has a date that can be missed: what was brought over from an old table is never judged."""
ACCEPTED = Task.state == TaskState.ACCEPTED


def done_on_time() -> sa.ColumnElement[bool]:
    """Đã hoàn thành đúng hạn."""
    return sa.and_(ACCEPTED, DATED, Task.term >= STOPPED)


def done_late() -> sa.ColumnElement[bool]:
    """Đã hoàn thành quá hạn."""
    return sa.and_(ACCEPTED, DATED, Task.term < STOPPED)


def owed_late(today: date) -> sa.ColumnElement[bool]:
    """Still owed by the unit and past its date: what is urged."""
    return overdue(today)


def open_late(today: date) -> sa.ColumnElement[bool]:
    """Đang thực hiện quá hạn: not accepted and past its date, or handed in after it."""
    return sa.or_(owed_late(today), sa.and_(waiting(), DATED, Task.term < STOPPED))


def open_in_time(today: date) -> sa.ColumnElement[bool]:
    """Đang thực hiện trong hạn: all that is followed, not accepted and not late, whatever its step."""
    judged = sa.and_(Task.state.in_(OPEN_STATES), Task.converted.is_(False))
    return sa.and_(judged, sa.not_(sa.func.coalesce(open_late(today), sa.false())))


def four(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    """The four figures of every screen and print-out, in their order: who counts them asks here."""
    return done_on_time(), done_late(), open_in_time(today), open_late(today)


def waiting() -> sa.ColumnElement[bool]:
    """Chờ thẩm tra."""
    return Task.state == TaskState.SUBMITTED


def due_soon(today: date) -> sa.ColumnElement[bool]:
    """Still owed and due within seven calendar days."""
    return sa.and_(
        Task.state.in_((TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.RETURNED, TaskState.WATCHING)),
        HAS_DATE,
        Task.term.between(today, today + SOON),
    )


def overdue_between(today: date, first: int, last: int | None) -> sa.ColumnElement[bool]:
    """Overdue by `first` to `last` calendar days (None = or more)."""
    late = Task.judged_on <= today - timedelta(days=first)
    return late if last is None else sa.and_(late, Task.judged_on >= today - timedelta(days=last))


def undated() -> sa.ColumnElement[bool]:
    """Chưa có thời hạn: followed, of a kind that has a date, without one."""
    return sa.and_(Task.state.in_(OPEN_STATES), Task.deadline_kind.in_(DATED_KINDS), Task.due_on.is_(None))


def converted() -> sa.ColumnElement[bool]:
    """Dữ liệu chuyển đổi: brought over from an old table."""
    return sa.and_(Task.converted.is_(True), Task.state.not_in((TaskState.DRAFT, TaskState.WITHDRAWN)))


def converted_lacking(today: date) -> sa.ColumnElement[bool]:
    """Brought over, and something of it is still to be filled in: see `remediation.lacks_of`."""
    return sa.and_(converted(), remediation.lacking(today))


def done_without_evidence() -> sa.ColumnElement[bool]:
    """Accepted although no document and no file was ever named."""
    return remediation.without_evidence()


def untouched(before: date) -> sa.ColumnElement[bool]:
    """Open and not updated since before that day."""
    return sa.and_(Task.state.in_(OPEN_STATES), Task.updated_at < clock.at(before, 0))


def recurring() -> sa.ColumnElement[bool]:
    """Tái diễn: one of its findings came back after an earlier notice."""
    return Task.recurs.is_(True)


def of_state(state: str, today: date) -> sa.ColumnElement[bool] | None:
    """The condition behind a key of the table's filter of states; None for any other word."""
    found: dict[str, Callable[[], sa.ColumnElement[bool]]] = {
        "done_on_time": done_on_time,
        "done_late": done_late,
        "open_in_time": lambda: open_in_time(today),
        "open_late": lambda: open_late(today),
        "owed_late": lambda: owed_late(today),
        "due_soon": lambda: due_soon(today),
        "waiting": waiting,
        "late_1_7": lambda: overdue_between(today, *AGEING[0]),
        "late_8_30": lambda: overdue_between(today, *AGEING[1]),
        "late_over_30": lambda: overdue_between(today, *AGEING[2]),
        "not_answered": lambda: late_answers(today),
        "step_late": lambda: remediation.has_late_step(today),
        "undated": undated,
        "converted": converted,
        "converted_lacking": lambda: converted_lacking(today),
        "no_evidence": done_without_evidence,
        "quiet": lambda: untouched(today - timedelta(days=QUIET_DAYS)),
    }
    return found[state]() if state in found else None
