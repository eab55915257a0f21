"""What waits for members of a team: visits, units that joined, parts of the sheets, what ends fieldwork."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.deadlines.models import Step
from app.findings.models import OPEN, Finding
from app.form_library.models import CriterionGroup
from app.home.work.cases import MOST, reported
from app.home.work.dates import due_of_case
from app.home.work.item import Item
from app.home.work.together import Part, Rows
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
from app.policy import Actor
from app.units.models import Succession, UnitVersion
from app.vietnamese import count

_Cut = aliased(InspectedUnit)
AHEAD = timedelta(days=14)
END = ("Kết thúc kiểm tra", "Kết thúc kiểm tra", "fieldwork.ask_end")
REPORT = ("Ghi nhận báo cáo của Đoàn", "Ghi báo cáo", "fieldwork.ask_report")
"""Verb, button and address of a case's next step."""


def of_team(actor: Actor) -> list[Part]:
    """What the teams this person belongs to wait for."""
    return [_visits(actor), _joined(actor), _parts(actor), _ends(actor), _ending(actor), reported(actor)]


def _unit_name() -> sa.ScalarSelect[str]:
    return (
        sa.select(UnitVersion.name)
        .where(UnitVersion.unit_id == InspectedUnit.unit_id, UnitVersion.from_on <= clock.today())
        .order_by(UnitVersion.from_on.desc())
        .limit(1)
        .correlate(InspectedUnit)
        .scalar_subquery()
    )


def _visits(actor: Actor) -> Part:
    """Visits to hold and minutes to sign, where the person leads, keeps the minutes or chairs."""
    runs = sa.exists().where(
        TeamMember.inspection_id == InspectedUnit.inspection_id,
        TeamMember.person_id == actor.person_id,
        TeamMember.role.in_((TeamRole.LEADER, TeamRole.SECRETARY)),
    )
    query = (
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
    return Part(
        query,
        lambda rows: [
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
        ],
    )


def _joined(actor: Actor) -> Part:
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
    query = (
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
    return Part(
        query,
        lambda rows: [
            Item(
                "Xếp lịch",
                f"làm việc với {row.unit}, thêm vào cuộc kiểm tra theo việc sắp xếp đơn vị",
                f"{row.code} · {row.title}",
                "inspections.visits",
                "Xếp lịch",
                {"inspection_id": row.id},
            )
            for row in rows
        ],
    )


def _parts(actor: Actor) -> Part:
    """Groups assigned to this member that were not reported yet."""
    when = (
        sa.select(sa.func.min(Visit.on_date))
        .where(Visit.inspected_unit_id == InspectedUnit.id)
        .correlate(InspectedUnit)
        .scalar_subquery()
    )
    scoped = sa.exists().where(ScopeItem.inspected_unit_id == InspectedUnit.id, ScopeItem.stays())
    query = (
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
    return Part(
        query,
        lambda rows: [
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
        ],
    )


def _met() -> sa.ColumnElement[bool]:
    """The condition on `InspectedUnit`: the minutes of every visit that was held are signed."""
    of_unit = Visit.inspected_unit_id == InspectedUnit.id
    return sa.and_(
        sa.exists().where(of_unit, Visit.state == VisitState.SIGNED),
        ~sa.exists().where(of_unit, Visit.state.not_in((VisitState.SIGNED, VisitState.NOT_HELD))),
    )


def _ends(actor: Actor) -> Part:
    """Units whose minutes are all signed: the inspection there is ended by the leader or the secretary."""
    query = (
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
    return Part(
        query,
        lambda rows: [
            Item(
                verb,
                f"tại {row.unit}",
                f"{row.code} · {row.title}",
                endpoint,
                button,
                {"inspected_unit_id": row.id},
            )
            for row in rows
        ],
    )


def _ending(actor: Actor) -> Part:
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
    query = (
        sa.select(
            Inspection.id, Inspection.code, Inspection.title, Inspection.state, TeamMember.role,
            to_agree.label("findings"),
            due_of_case(Step.TEAM_REPORT, InspectedUnitState.ENDED).label("due_on"),
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

    def items(rows: Rows) -> list[Item]:
        found = []
        for row in rows:
            values, meta = {"inspection_id": row.id}, f"{row.code} · {row.title}"
            if row.findings and row.role is TeamRole.LEADER:
                text = f"{count(row.findings)} tồn tại, hạn chế trong Đoàn"
                found.append(Item("Thống nhất", text, meta, "fieldwork.agreement", "Thống nhất", values))
            elif not row.findings and row.state is InspectionState.FIELDWORK_ENDED:
                verb, button, endpoint = REPORT
                found.append(Item(verb, row.title, row.code, endpoint, button, values, due_on=row.due_on))
        return found

    return Part(query, items)
