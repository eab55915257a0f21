"""Cases that wait for their planner and for leaders: drafts, decisions, requests, conflicts, reports."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.deadlines.models import Step
from app.findings.models import OPEN, Finding, FindingState
from app.home.work.dates import due_of_case
from app.home.work.item import Item
from app.home.work.papers import SIGN_GROUP
from app.home.work.together import Part, Rows
from app.inspections import queries as inspections
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
    TeamMember,
    TeamRole,
)
from app.notices import queries as notices
from app.policy import Actor, Role
from app.register.models import Conclusion, Reopening, ReopeningState, Reservation
from app.remediation.queries import planned_for
from app.vietnamese import count, format_date

MOST = 50
DECIDE = ("Ghi nhận quyết định kiểm tra", "Ghi nhận quyết định", "inspections.decision")
COMPLETE = ("Hoàn thiện", "Mở dự thảo", "inspections.show")
RESERVE = ("Rà soát lại phạm vi", "Rà soát", "inspections.review")
PLAN = ("Dự kiến nội dung khắc phục", "Dự kiến", "remediation.plan")
DRAFT = ("Soạn thông báo kết luận", "Soạn thông báo", "notices.new")
"""Verb, button and address of a case's next step."""


def to_reopen(actor: Actor) -> Part:
    """Requests to reopen concluded content that wait for a leader who did not write them."""
    query = (
        sa.select(Reopening.id, Conclusion.number_and_symbol, Inspection.code, Inspection.title)
        .join(Inspection, Inspection.id == Reopening.inspection_id)
        .join(Conclusion, Conclusion.id == Reopening.conclusion_id)
        .where(
            Reopening.state == ReopeningState.REQUESTED,
            Reopening.requested_by != actor.person_id,
            Inspection.state == InspectionState.DRAFT,
        )
        .order_by(Reopening.id)
        .limit(MOST)
    )
    return Part(
        query,
        lambda rows: [
            Item(
                verb="Quyết định",
                text=f"Đề nghị mở lại nội dung đã kết luận tại Thông báo số {row.number_and_symbol}",
                meta=f"{row.code} · {row.title}",
                endpoint="inspections.reopening",
                values={"reopening_id": row.id},
                button="Xem, quyết định",
                first=SIGN_GROUP,
            )
            for row in rows
        ],
    )


def in_conflict(actor: Actor) -> list[Item]:
    """Cases that hold what another body has decided meanwhile: a paper must end that part."""
    return [
        Item(
            verb="Xử lý trùng",
            text=f"{count(case.contents)} nội dung trùng với {case.papers[0]}",
            meta=f"{case.code} · {case.title}",
            endpoint="inspections.show",
            values={"inspection_id": case.inspection_id},
            button="Xem, xử lý",
        )
        for case in inspections.list_in_conflict(actor)
    ]


def of_planner(actor: Actor) -> Part:
    """Drafts to complete and decisions to record: of cases this planner made."""
    scoped = sa.exists().where(
        ScopeItem.inspected_unit_id == InspectedUnit.id, InspectedUnit.inspection_id == Inspection.id
    )
    led = sa.exists().where(TeamMember.inspection_id == Inspection.id, TeamMember.role == TeamRole.LEADER)
    query = (
        sa.select(
            Inspection.id, Inspection.code, Inspection.title, Inspection.starts_on,
            sa.and_(scoped, led).label("ready"),
        )
        .where(Inspection.created_by == actor.person_id, Inspection.state == InspectionState.DRAFT)
        .order_by(Inspection.id)
        .limit(MOST)
    )  # fmt: skip

    def items(rows: Rows) -> list[Item]:
        reserved = inspections.list_reservations(row.id for row in rows)
        found = []
        for row in rows:
            verb, button, endpoint = DECIDE if row.ready else COMPLETE
            item = Item(verb, row.title, row.code, endpoint, button, {"inspection_id": row.id}, row.starts_on)
            last = reserved.get(row.id)
            found.append(item if last is None else _reserved(item, last))
        return found

    return Part(query, items)


def _reserved(item: Item, last: Reservation) -> Item:
    """A draft whose scope is reserved, or was until its day came."""
    day = format_date(last.lapses_on)
    if last.holds:
        if item.due_on is None or last.lapses_on < item.due_on:
            return replace(item, due_on=last.lapses_on, date_label="Giữ chỗ đến hết ngày")
        return replace(item, meta=f"{item.meta} · Giữ chỗ đến hết ngày {day}")
    if last.has_lapsed:
        verb, button, endpoint = RESERVE
        meta = f"{item.meta} · Hết thời hạn giữ chỗ ngày {day}, phạm vi không còn được giữ"
        return replace(item, verb=verb, button=button, endpoint=endpoint, meta=meta)
    return item


def reported(actor: Actor) -> Part:
    """What comes after the team's report: tasks for findings that still need one, then the notice.

    While the case goes on elsewhere, a unit that has ended with its findings agreed is ready as well. Both
    wait for who made the case and for the team's secretary; its leader plans tasks and leaves the drafting of
    the notice to them.
    """
    role = (
        sa.select(sa.cast(TeamMember.role, sa.Text))
        .where(TeamMember.inspection_id == Inspection.id, TeamMember.person_id == actor.person_id)
        .limit(1)
        .correlate(Inspection)
        .scalar_subquery()
    )
    mine = sa.and_(sa.literal(Role.PLANNER in actor.roles), Inspection.created_by == actor.person_id)
    told = sa.and_(
        InspectedUnit.inspection_id == Inspection.id,
        notices.without_notice(),
        sa.or_(
            InspectedUnit.state == InspectedUnitState.REPORTED,
            sa.and_(Inspection.state == InspectionState.IN_PROGRESS, ~_undecided()),
        ),
    )
    needs_task = sa.exists().where(
        told,
        Finding.inspected_unit_id == InspectedUnit.id,
        Finding.state == FindingState.AGREED,
        Finding.fixed_on_spot.is_(False),
        Finding.merged_into_id.is_(None),
        Finding.no_task_reason == "",
        ~planned_for(Finding.id),
    )
    query = (
        sa.select(
            Inspection.id, Inspection.code, Inspection.title, mine.label("mine"), role.label("role"),
            needs_task.label("needs_task"), _how_many(told).label("ready"),
            due_of_case(Step.NOTICE, InspectedUnitState.REPORTED).label("due_on"),
            _how_many(InspectedUnit.inspection_id == Inspection.id).label("units"),
        )
        .where(
            Inspection.state.in_(notices.NOT_OVER),
            sa.or_(mine, role.in_((TeamRole.LEADER.value, TeamRole.SECRETARY.value))),
            sa.exists().where(told),
        )
        .order_by(Inspection.id)
        .limit(MOST)
    )  # fmt: skip

    def items(rows: Rows) -> list[Item]:
        found = []
        for row in rows:
            drafts = row.mine or row.role == TeamRole.SECRETARY.value
            if not row.needs_task and not drafts:
                continue
            verb, button, endpoint = PLAN if row.needs_task else DRAFT
            meta = row.code
            if row.ready < row.units:
                meta = f"{meta} · {count(row.ready)}/{count(row.units)} đơn vị"
            values = {"inspection_id": row.id}
            found.append(Item(verb, row.title, meta, endpoint, button, values, row.due_on, "Thông báo"))
        return found

    return Part(query, items)


def _undecided() -> sa.ColumnElement[bool]:
    """The condition on `InspectedUnit`: some of its findings wait for the leader."""
    other = aliased(Finding)  # stands inside questions about findings
    return sa.exists().where(
        other.inspected_unit_id == InspectedUnit.id,
        other.state.in_(OPEN),
    )


def _how_many(which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """How many inspected units of the case meet a condition, as a column."""
    return (
        sa.select(sa.func.count())
        .select_from(InspectedUnit)
        .where(which)
        .correlate(Inspection)
        .scalar_subquery()
    )
