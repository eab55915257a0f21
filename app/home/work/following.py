"""Tasks that wait for their follower: submitted ones first, overdue, due soon, to be reviewed; and ageing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.badge import Ageing, DeadlineKind, ageing
from app.documents.models import Document
from app.extensions import db
from app.followup import conditions
from app.home.work.item import Item
from app.policy import Actor, Role
from app.remediation.lateness import badge_of, position_of
from app.remediation.models import Task, TaskState
from app.remediation.queries import OWED_STATES, overdue
from app.units.models import UnitVersion
from app.vietnamese import count, format_date

MOST = 50
VERIFY_GROUP = "Đã báo cáo, chờ thẩm tra"


def unit_name(unit_id: Any) -> sa.ScalarSelect[str]:
    """The name in force today of the unit, as a column."""
    return (
        sa.select(UnitVersion.name)
        .where(UnitVersion.unit_id == unit_id, UnitVersion.from_on <= clock.today())
        .order_by(UnitVersion.from_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def of_follower(actor: Actor, today: date) -> list[Item]:
    """What this person follows and must do something about."""
    review = sa.and_(
        Task.state.in_(OWED_STATES), Task.deadline_kind == DeadlineKind.CONDITIONAL, Task.review_on <= today
    )
    rows = db.session.execute(
        sa.select(
            Task.id, Task.code, Task.text, Task.state, Task.deadline_kind, Task.due_on, Task.review_on,
            Task.submitted_on, Task.completed_on, unit_name(Task.lead_unit_id).label("unit"), Document.number,
            Document.symbol, Document.issued_on,
        )
        .join(Document, Document.id == Task.document_id)
        .where(
            sa.or_(Task.follower_id == actor.person_id, _in_anothers_place(actor)),
            sa.or_(conditions.waiting(), overdue(today), conditions.due_soon(today), review),
        )
        .order_by(Task.due_on, Task.id)
        .limit(MOST)
    ).all()  # fmt: skip
    calendar = deadlines.current_calendar()
    found = []
    for row in rows:
        where = position_of(
            row.deadline_kind, row.due_on, row.review_on, row.state, row.submitted_on, row.completed_on
        )
        verb, button, first = _words(row, today)
        meta = f"{row.unit} · Thông báo số {row.number:02d}/{row.symbol} ngày {format_date(row.issued_on)}"
        if row.state is TaskState.SUBMITTED and row.submitted_on:
            meta = f"{row.unit} · gửi ngày {format_date(row.submitted_on)} · {row.code}"
        found.append(
            Item(
                verb=verb,
                text=row.text,
                meta=meta,
                endpoint="remediation.show",
                values={"task_id": row.id},
                button=button,
                due_on=row.due_on or row.review_on,
                first=first,
                badge=badge_of(where, today, calendar),
                date_label="Thời hạn" if row.due_on else "Rà soát",
            )
        )
    return found


def _in_anothers_place(actor: Actor) -> sa.ColumnElement[bool]:
    """For the head of the division: reports that their follower keyed in and so may not accept."""
    return sa.and_(
        sa.literal(Role.CONTENT_CHECKER in actor.roles),
        Task.state == TaskState.SUBMITTED,
        Task.reported_by == Task.follower_id,
        Task.reported_by != actor.person_id,
    )


def _words(row: Any, today: date) -> tuple[str, str, str]:
    if row.state is TaskState.SUBMITTED:
        return "Thẩm tra", "Thẩm tra", VERIFY_GROUP
    if row.deadline_kind is DeadlineKind.CONDITIONAL:
        return "Rà soát", "Rà soát", ""
    if row.due_on is not None and row.due_on < today:
        return "Đôn đốc", "Đôn đốc", ""
    return "Nhắc", "Xem nội dung", ""


@dataclass(frozen=True)
class UnitAgeing:
    """How many tasks of one unit are overdue, by how long."""

    unit_id: int
    name: str
    week: int
    month: int
    longer: int

    @property
    def total(self) -> int:
        """All overdue tasks of the unit."""
        return self.week + self.month + self.longer


def overdue_by_unit(today: date) -> list[UnitAgeing]:
    """For leaders: overdue tasks by unit in the buckets 1–7, 8–30, over 30 days; most overdue first."""
    rows = db.session.execute(
        sa.select(Task.lead_unit_id, unit_name(Task.lead_unit_id), Task.due_on).where(overdue(today))
    )
    found: dict[int, UnitAgeing] = {}
    for unit_id, name, due_on in rows:
        if due_on is None:
            continue
        held = found.get(unit_id, UnitAgeing(unit_id, name, 0, 0, 0))
        bucket = ageing((today - due_on).days)
        found[unit_id] = UnitAgeing(
            unit_id,
            name,
            held.week + (bucket is Ageing.WEEK),
            held.month + (bucket is Ageing.MONTH),
            held.longer + (bucket is Ageing.LONGER),
        )
    return sorted(found.values(), key=lambda row: (-row.longer, -row.total, row.name))


def count_quiet(actor: Actor, today: date) -> str:
    """How many others this person follows without anything to do now: “27”."""
    others = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Task)
        .where(
            Task.follower_id == actor.person_id,
            conditions.open_in_time(today),
            Task.state != TaskState.SUBMITTED,
            sa.not_(sa.func.coalesce(conditions.due_soon(today), sa.false())),
        )
    )
    return count(others or 0)
