"""Sao chép nội dung nhắc: a short text of each unit for Zalo, and that somebody sent it that way.

Counts, the notice and a link; no person and no code of a file (users of the chat are not all of the unit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines.badge import days_overdue
from app.errors import DomainError
from app.extensions import db
from app.followup.models import OutsideReminder
from app.followup.services import Outcome
from app.policy import Action, Actor, refusal
from app.remediation.lateness import position, proof_missing
from app.remediation.models import Task
from app.remediation.queries import is_owed
from app.vietnamese import count, format_date, sort_key

MOST_NOTICES = 3
"""Notices named in a text; beyond so many they are counted."""


@dataclass(frozen=True)
class Text:
    """What is pasted for one unit."""

    unit_id: int
    unit: str
    words: str


def texts_of(tasks: Sequence[Task], today: date, link: str) -> list[Text]:
    """One text for each unit that still owes one of `tasks`, by the unit's name."""
    owed: dict[int, list[Task]] = {}
    for task in tasks:
        if is_owed(task, today):
            owed.setdefault(task.lead_unit_id, []).append(task)
    found = [
        Text(unit_id, own[0].lead_unit.name, _words(own[0].lead_unit.name, own, today, link))
        for unit_id, own in owed.items()
    ]
    return sorted(found, key=lambda text: sort_key(text.unit))


def _words(unit: str, tasks: Sequence[Task], today: date, link: str) -> str:
    """“UBND xã … còn 03 nội dung khắc phục theo TB 45/TB-SNV (01 nội dung quá hạn 12 ngày). …”."""
    numbers = sorted({source.number_and_symbol for task in tasks if (source := task.source) is not None})
    by = ", ".join(f"TB {number}" for number in numbers)
    if len(numbers) > MOST_NOTICES:
        by = f"{count(len(numbers))} thông báo"
    late = [days for task in tasks if (days := days_overdue(position(task), today))]
    terms = [task.term for task in tasks if task.term is not None and task.term >= today]
    told = []
    if late:
        most = f"{count(max(late))} ngày"
        told.append(f"{count(len(late))} nội dung quá hạn{' ' if len(late) == 1 else ', lâu nhất '}{most}")
        told += _missing(tasks, len(late), today)
    if terms:
        nearest = min(terms)
        told.append(f"{count(terms.count(nearest))} nội dung đến hạn ngày {format_date(nearest)}")
    dates = f" ({', '.join(told)})" if told else ""
    left = f"còn {count(len(tasks))} nội dung khắc phục" + (f" theo {by}" if by else "")
    return f"{unit} {left}{dates}. Chi tiết xem trên hệ thống: {link}"


def _missing(tasks: Sequence[Task], late: int, today: date) -> list[str]:
    """“trong đó 01 nội dung chưa gửi minh chứng của kỳ đến hạn ngày 22/8/2026”, the oldest of several."""
    missing = [task for task in tasks if proof_missing(task, today)]
    if not missing:
        return []
    oldest = min(missing, key=lambda task: (task.proof_due_on or today, task.id))
    many = "" if late == 1 else f"trong đó {count(len(missing))} nội dung "
    return [many + proof_missing(oldest, today) + (", cũ nhất" if len(missing) > 1 else "")]


def record(tasks: Sequence[Task], told_on: date, *, actor: Actor) -> Outcome:
    """Ghi đã nhắc ngoài hệ thống on that day at each task; the others stay, each with the reason.

    Raises DomainError: nothing chosen, a day to come.
    """
    if not tasks:
        raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")
    if told_on > clock.today():
        raise DomainError("Ngày nhắc không sau ngày hôm nay.", field="told_on")
    known = set(
        db.session.scalars(
            sa.select(OutsideReminder.task_id).where(
                OutsideReminder.task_id.in_([task.id for task in tasks]), OutsideReminder.told_on == told_on
            )
        )
    )
    done: list[str] = []
    left: list[tuple[str, str]] = []
    for task in tasks:
        reason = _why_not(task, told_on, known, actor)
        if reason is not None:
            left.append((task.code, reason))
            continue
        db.session.add(OutsideReminder(task_id=task.id, told_on=told_on, told_by=actor.person_id))
        audit.record(
            "task_reminded_outside", task, actor=actor, data={"code": task.code, "on": format_date(told_on)}
        )
        done.append(task.code)
    db.session.flush()
    return Outcome(tuple(done), tuple(left))


def _why_not(task: Task, told_on: date, known: set[int], actor: Actor) -> str | None:
    no_right = refusal(actor, Action.EDIT_FOLLOW_UP, task)
    if no_right is not None:
        return no_right[0].lower() + no_right[1:].rstrip(".")
    if not is_owed(task, told_on):
        return "đơn vị không còn phải thực hiện"
    if task.issued_on is not None and told_on < task.issued_on:
        return f"ngày nhắc trước ngày giao {format_date(task.issued_on)}"
    return "đã ghi nhắc trong ngày này" if task.id in known else None


def list_outside(task_ids: Sequence[int]) -> Sequence[OutsideReminder]:
    """When these tasks were reminded of outside of the system, the latest first."""
    return db.session.scalars(
        sa.select(OutsideReminder)
        .where(OutsideReminder.task_id.in_(task_ids))
        .order_by(OutsideReminder.told_on.desc(), OutsideReminder.id.desc())
        .limit(50)
    ).all()
