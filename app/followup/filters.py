"""What the follow-up table may be narrowed to, and the condition of each choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import clock, wordsearch
from app.accounts.models import Appointment, AppointmentKind, Person
from app.findings.models import Finding
from app.followup import conditions
from app.form_library.models import Criterion, CriterionGroup
from app.inspections.models import ScopeItem
from app.policy import Actor
from app.remediation.models import (
    Task,
    TaskState,
    task_finding,
)
from app.remediation.queries import visible_to

STATES: dict[str, str] = {
    "done_on_time": "Đã hoàn thành đúng hạn",
    "done_late": "Đã hoàn thành quá hạn",
    "open_in_time": "Đang thực hiện trong hạn",
    "open_late": "Đang thực hiện quá hạn",
    "owed_late": "Quá hạn, đơn vị chưa báo cáo",
    "due_soon": "Đến hạn trong 07 ngày",
    "waiting": "Chờ thẩm tra",
    "late_1_7": "Quá hạn 1–7 ngày",
    "late_8_30": "Quá hạn 8–30 ngày",
    "late_over_30": "Quá hạn trên 30 ngày",
    "not_answered": "Quá hạn trả lời chỉ đạo",
    "step_late": "Có bước lộ trình quá ngày",
    "undated": "Chưa có thời hạn",
    "converted": "Dữ liệu chuyển đổi",
    "converted_lacking": "Dữ liệu chuyển đổi còn thiếu",
    "no_evidence": "Hoàn thành chưa có minh chứng",
    "quiet": "Không cập nhật trên 30 ngày",
}


NAMES = ("q", "notice", "unit", "head", "group", "state", "follower", "recurring", "mine", "day")
"""The words of an address that narrow the table."""


@dataclass(frozen=True)
class Filters:
    """What the table is narrowed to; 0 and "" = all. `state` is a key of `STATES`; `mine` = I follow.

    `conclusion_id`: a past notice, which may have no paper. `day`: on which its date falls.
    """

    text: str = ""
    document_id: int = 0
    conclusion_id: int = 0
    unit_id: int = 0
    head_id: int = 0
    group: str = ""
    state: str = ""
    follower_id: int = 0
    recurring: bool = False
    mine: bool = False
    day: date | None = None

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return self != Filters()

    @property
    def notice(self) -> str:
        """The notice as the address names it: its document, or “c12” for a past one."""
        return f"c{self.conclusion_id}" if self.conclusion_id else str(self.document_id or "")


def conditions_of(actor: Actor, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What a task must meet to be a line of the narrowed table."""
    today = clock.today()
    found = [visible_to(actor), Task.state != TaskState.WITHDRAWN]
    found.append(wordsearch.found(Task, filters.text, lambda held: _headed_by(held, today)))
    if filters.document_id:
        found.append(Task.document_id == filters.document_id)
    if filters.conclusion_id:
        found.append(Task.conclusion_id == filters.conclusion_id)
    if filters.unit_id:
        found.append(Task.lead_unit_id == filters.unit_id)
    if filters.head_id:
        found.append(Task.lead_unit_id.in_(_units_headed(Appointment.person_id == filters.head_id, today)))
    if filters.group:
        found.append(
            sa.exists().where(
                task_finding.c.task_id == Task.id,
                Finding.id == task_finding.c.finding_id,
                ScopeItem.id == Finding.scope_item_id,
                Criterion.id == ScopeItem.criterion_id,
                CriterionGroup.id == Criterion.group_id,
                CriterionGroup.code == filters.group,
            )
        )
    condition = conditions.of_state(filters.state, today)
    if condition is not None:
        found.append(condition)
    if filters.follower_id:
        found.append(Task.follower_id == filters.follower_id)
    if filters.mine:
        found.append(Task.follower_id == actor.person_id)
    if filters.recurring:
        found.append(conditions.recurring())
    if filters.day is not None:
        found.append(Task.falls_on == filters.day)
    return found


def _units_headed(who: sa.ColumnElement[bool], today: date) -> sa.Select[Any]:
    return (
        sa.select(Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
            who,
        )
    )


def _headed_by(held: wordsearch.Held, today: date) -> sa.ColumnElement[bool]:
    return Task.lead_unit_id.in_(_units_headed(held(Person.search), today))
