"""Cases that wait: drafts and decisions of the planner, visits and findings of the team, parts of members."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.extensions import db
from app.findings.models import OPEN, Finding, FindingState
from app.form_library.models import CriterionGroup
from app.home.work.item import Item
from app.home.work.papers import SIGN_GROUP
from app.inspections import queries as inspections
from app.inspections.models import (
    Assignment,
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
    ScopeRecut,
    TeamMember,
    TeamRole,
    Visit,
    VisitState,
)
from app.notices import queries as notices
from app.policy import Actor, Role
from app.register.models import Conclusion, Reopening, ReopeningState, Reservation
from app.remediation.queries import planned_for
from app.units.models import Succession, UnitVersion
from app.vietnamese import count, format_date

_Cut = aliased(InspectedUnit)
MOST = 50
AHEAD = timedelta(days=14)
DECIDE = ("Ghi nhận quyết định kiểm tra", "Ghi nhận quyết định", "inspections.decision")
COMPLETE = ("Hoàn thiện", "Mở dự thảo", "inspections.show")
RESERVE = ("Rà soát lại phạm vi", "Rà soát", "inspections.review")
PLAN = ("Dự kiến nội dung khắc phục", "Dự kiến", "remediation.plan")
DRAFT = ("Soạn thông báo kết luận", "Soạn thông báo", "notices.new")
END = ("Kết thúc kiểm tra", "Kết thúc kiểm tra", "fieldwork.ask_end")
REPORT = ("Ghi nhận báo cáo của Đoàn", "Ghi báo cáo", "fieldwork.ask_report")
"""Verb, button and address of a case's next step."""


def to_reopen(actor: Actor) -> list[Item]:
    """Requests to reopen concluded content that wait for a leader who did not write them."""
    rows = db.session.execute(
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
    return [
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
    ]


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


def of_planner(actor: Actor) -> list[Item]:
    """Drafts to complete and decisions to record: of cases this planner made."""
    scoped = sa.exists().where(
        ScopeItem.inspected_unit_id == InspectedUnit.id, InspectedUnit.inspection_id == Inspection.id
    )
    led = sa.exists().where(TeamMember.inspection_id == Inspection.id, TeamMember.role == TeamRole.LEADER)
    rows = db.session.execute(
        sa.select(
            Inspection.id, Inspection.code, Inspection.title, Inspection.starts_on,
            sa.and_(scoped, led).label("ready"),
        )
        .where(Inspection.created_by == actor.person_id, Inspection.state == InspectionState.DRAFT)
        .order_by(Inspection.id)
        .limit(MOST)
    ).all()  # fmt: skip
    reserved = inspections.list_reservations(row.id for row in rows)
    found = []
    for row in rows:
        verb, button, endpoint = DECIDE if row.ready else COMPLETE
        item = Item(verb, row.title, row.code, endpoint, button, {"inspection_id": row.id}, row.starts_on)
        last = reserved.get(row.id)
        found.append(item if last is None else _reserved(item, last))
    return found


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


def reported(actor: Actor) -> list[Item]:
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
    rows = db.session.execute(
        sa.select(
            Inspection.id, Inspection.code, Inspection.title, mine.label("mine"), role.label("role"),
            needs_task.label("needs_task"), _how_many(told).label("ready"),
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
    found = []
    for row in rows:
        drafts = row.mine or row.role == TeamRole.SECRETARY.value
        if not row.needs_task and not drafts:
            continue
        verb, button, endpoint = PLAN if row.needs_task else DRAFT
        meta = row.code
        if row.ready < row.units:
            meta = f"{meta} · {count(row.ready)}/{count(row.units)} đơn vị"
        found.append(Item(verb, row.title, meta, endpoint, button, {"inspection_id": row.id}))
    return found


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


def of_team(actor: Actor) -> list[Item]:
    """What the teams this person belongs to wait for."""
    return [
        *_visits(actor), *_joined(actor), *_parts(actor), *_ends(actor), *_ending(actor), *reported(actor)
    ]  # fmt: skip


def _unit_name() -> sa.ScalarSelect[str]:
    return (
        sa.select(UnitVersion.name)
        .where(UnitVersion.unit_id == InspectedUnit.unit_id, UnitVersion.from_on <= clock.today())
        .order_by(UnitVersion.from_on.desc())
        .limit(1)
        .correlate(InspectedUnit)
        .scalar_subquery()
    )


def _visits(actor: Actor) -> list[Item]:
    """Visits to hold and minutes to sign, where the person leads, keeps the minutes or chairs."""
    runs = sa.exists().where(
        TeamMember.inspection_id == InspectedUnit.inspection_id,
        TeamMember.person_id == actor.person_id,
        TeamMember.role.in_((TeamRole.LEADER, TeamRole.SECRETARY)),
    )
    rows = db.session.execute(
        sa.select(
            Visit.id, Visit.state, Visit.on_date, Visit.place, _unit_name().label("unit"), Inspection.code
        )
        .join(InspectedUnit, InspectedUnit.id == Visit.inspected_unit_id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(
            sa.or_(runs, Visit.chair_id == actor.person_id),
            Visit.state.in_((VisitState.SCHEDULED, VisitState.UNDER_WAY)),
            Inspection.state.in_((InspectionState.DECIDED, InspectionState.IN_PROGRESS)),
            Visit.on_date <= clock.today() + AHEAD,
        )
        .order_by(Visit.on_date, Visit.id)
        .limit(MOST)
    )
    return [
        Item(
            verb="Lập, ký biên bản" if row.state is VisitState.UNDER_WAY else "Tổ chức buổi làm việc",
            text=f"tại {row.unit}",
            meta=" · ".join(part for part in (row.code, row.place) if part),
            endpoint="fieldwork.visit",
            values={"visit_id": row.id},
            button="Mở buổi làm việc",
            due_on=row.on_date,
        )
        for row in rows
    ]


def _joined(actor: Actor) -> list[Item]:
    """Successors that joined a case after its decision and have no visit yet: for maker and leader."""
    cut = (
        sa.select(ScopeRecut.unit_id)
        .join(ScopeItem, ScopeItem.id == ScopeRecut.scope_item_id)
        .join(_Cut, _Cut.id == ScopeItem.inspected_unit_id)
        .where(_Cut.inspection_id == Inspection.id)
        .correlate(Inspection)
    )
    leads = sa.exists().where(
        TeamMember.inspection_id == Inspection.id,
        TeamMember.person_id == actor.person_id,
        TeamMember.role.in_((TeamRole.LEADER, TeamRole.SECRETARY)),
    )
    rows = db.session.execute(
        sa.select(Inspection.id, Inspection.code, Inspection.title, _unit_name().label("unit"))
        .select_from(InspectedUnit)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(
            sa.or_(leads, Inspection.created_by == actor.person_id),
            Inspection.state.in_((InspectionState.DECIDED, InspectionState.IN_PROGRESS)),
            InspectedUnit.state == InspectedUnitState.PENDING,
            InspectedUnit.unit_id.in_(
                sa.select(Succession.successor_id).where(Succession.predecessor_id.in_(cut))
            ),
            ~sa.exists().where(
                Visit.inspected_unit_id == InspectedUnit.id, Visit.state != VisitState.NOT_HELD
            ),
        )
        .order_by(Inspection.id, InspectedUnit.ordinal)
        .limit(MOST)
    )
    return [
        Item(
            "Xếp lịch",
            f"làm việc với {row.unit}, thêm vào cuộc kiểm tra theo việc sắp xếp đơn vị",
            f"{row.code} · {row.title}",
            "inspections.visits",
            "Xếp lịch",
            {"inspection_id": row.id},
        )
        for row in rows
    ]


def _parts(actor: Actor) -> list[Item]:
    """Groups assigned to this member that were not reported yet."""
    when = (
        sa.select(sa.func.min(Visit.on_date))
        .where(Visit.inspected_unit_id == InspectedUnit.id)
        .correlate(InspectedUnit)
        .scalar_subquery()
    )
    scoped = sa.exists().where(ScopeItem.inspected_unit_id == InspectedUnit.id, ScopeItem.stays())
    rows = db.session.execute(
        sa.select(
            InspectedUnit.id, CriterionGroup.id.label("group_id"), CriterionGroup.short_title,
            _unit_name().label("unit"), Inspection.code, when.label("on_date"),
        )
        .select_from(Assignment)
        .join(TeamMember, TeamMember.id == Assignment.member_id)
        .join(InspectedUnit, InspectedUnit.id == Assignment.inspected_unit_id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .join(CriterionGroup, CriterionGroup.id == Assignment.group_id)
        .where(
            TeamMember.person_id == actor.person_id, Assignment.reported_at.is_(None), scoped,
            InspectedUnit.state == InspectedUnitState.FIELDWORK,
        )
        .order_by(InspectedUnit.id, CriterionGroup.ordinal)
        .limit(MOST)
    )  # fmt: skip
    return [
        Item(
            verb="Kiểm tra, báo cáo phần việc",
            text=row.short_title,
            meta=f"{row.unit} · {row.code}",
            endpoint="fieldwork.sheet",
            values={"inspected_unit_id": row.id, "group_id": row.group_id},
            button="Mở phiếu",
            due_on=row.on_date,
        )
        for row in rows
    ]


def _met() -> sa.ColumnElement[bool]:
    """The condition on `InspectedUnit`: the minutes of every visit that was held are signed."""
    of_unit = Visit.inspected_unit_id == InspectedUnit.id
    return sa.and_(
        sa.exists().where(of_unit, Visit.state == VisitState.SIGNED),
        ~sa.exists().where(of_unit, Visit.state.not_in((VisitState.SIGNED, VisitState.NOT_HELD))),
    )


def _ends(actor: Actor) -> list[Item]:
    """Units whose minutes are all signed: the inspection there is ended by the leader or the secretary."""
    rows = db.session.execute(
        sa.select(InspectedUnit.id, _unit_name().label("unit"), Inspection.code, Inspection.title)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .join(TeamMember, TeamMember.inspection_id == Inspection.id)
        .where(
            TeamMember.person_id == actor.person_id,
            TeamMember.role.in_((TeamRole.LEADER, TeamRole.SECRETARY)),
            Inspection.state == InspectionState.IN_PROGRESS,
            InspectedUnit.state == InspectedUnitState.FIELDWORK,
            _met(),
        )
        .order_by(InspectedUnit.id)
        .limit(MOST)
    )
    verb, button, endpoint = END
    return [
        Item(
            verb,
            f"tại {row.unit}",
            f"{row.code} · {row.title}",
            endpoint,
            button,
            {"inspected_unit_id": row.id},
        )
        for row in rows
    ]


def _ending(actor: Actor) -> list[Item]:
    """Findings for the leader to agree; then, once every unit is ended, the team's report to record."""
    to_agree = (
        sa.select(sa.func.count())
        .select_from(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .where(
            InspectedUnit.inspection_id == Inspection.id,
            sa.or_(InspectedUnit.state != InspectedUnitState.FIELDWORK, _met()),
            Finding.state.in_(OPEN),
        )
        .correlate(Inspection)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            Inspection.id, Inspection.code, Inspection.title, Inspection.state, TeamMember.role,
            to_agree.label("findings"),
        )
        .join(TeamMember, TeamMember.inspection_id == Inspection.id)
        .where(
            TeamMember.person_id == actor.person_id,
            TeamMember.role.in_((TeamRole.LEADER, TeamRole.SECRETARY)),
            Inspection.state.in_((InspectionState.IN_PROGRESS, InspectionState.FIELDWORK_ENDED)),
        )
        .order_by(Inspection.id)
        .limit(MOST)
    )  # fmt: skip
    found = []
    for row in rows:
        values, meta = {"inspection_id": row.id}, f"{row.code} · {row.title}"
        if row.findings and row.role is TeamRole.LEADER:
            text = f"{count(row.findings)} tồn tại, hạn chế trong Đoàn"
            found.append(Item("Thống nhất", text, meta, "fieldwork.agreement", "Thống nhất", values))
        elif not row.findings and row.state is InspectionState.FIELDWORK_ENDED:
            verb, button, endpoint = REPORT
            found.append(Item(verb, row.title, row.code, endpoint, button, values))
    return found
