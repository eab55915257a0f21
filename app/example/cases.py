"""The cases of the example: one concluded, one in fieldwork, one planned and partly refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.example.organisation import actor, person, unit
from app.form_library import queries as forms
from app.inspections import services
from app.inspections.models import HalfDay, InspectedUnit, Inspection, InspectionKind, Method, TeamRole

LEGAL_BASES = (
    "Luật Thanh tra số 84/2025/QH15 ngày 25 tháng 6 năm 2025, Điều 61",
    "Chỉ thị số 27/CT-TTg ngày 27 tháng 10 năm 2023 của Thủ tướng Chính phủ",
    "Chỉ thị số 03/CT-UBND ngày 04 tháng 4 năm 2024 của Chủ tịch UBND tỉnh Đồng Nai",
)
PLAN = "Kế hoạch số 15/KH-SNV ngày 20/01/2026 của Sở Nội vụ"


@dataclass(frozen=True)
class Plan:
    """A case to be drafted: days inclusive; `visits` = (unit, day, half-day)."""

    title: str
    kind: InspectionKind
    units: tuple[str, ...]
    groups: tuple[str, ...]
    review_from: date
    review_to: date | None
    visits: tuple[tuple[str, date, HalfDay], ...] = ()
    criteria: tuple[str, ...] = ()


def draft(plan: Plan) -> Inspection:
    """The planner drafts the case: units, contents, team, assignments, schedule."""
    who = actor("kehoach")
    version = forms.latest_version()
    inspection = services.create(
        services.CaseData(
            title=plan.title,
            kind=plan.kind,
            method=Method.ON_SITE,
            office_unit_id=unit("SNV").id,
            form_version_id=version.id,
            review_from=plan.review_from,
            review_to=plan.review_to,
            provisional=plan.review_to is None,
            plan_citation=PLAN,
            authority="Giám đốc Sở Nội vụ",
            legal_bases=LEGAL_BASES,
        ),
        actor=who,
    )
    services.add_units(inspection, [unit(code).id for code in plan.units], version=None, actor=who)
    chosen = [
        criterion.id
        for criterion in forms.list_criteria(version.id)
        if criterion.group.code in plan.groups or criterion.key in plan.criteria
    ]
    services.set_scope(inspection, chosen, version=None, actor=who)
    _team(inspection)
    _assign(inspection, plan.groups)
    for code, day, half_day in plan.visits:
        services.schedule_visit(
            inspected(inspection, code),
            services.VisitData(
                on_date=day,
                half_day=half_day,
                place=f"trụ sở {unit(code).version_on(day).name}",
                subteam="Tổ 1",
                chair_id=person("truongdoan").id,
            ),
            actor=who,
        )
    return inspection


def inspected(inspection: Inspection, code: str) -> InspectedUnit:
    """The inspected unit of the case with this code."""
    return next(found for found in inspection.units if found.unit.code == code)


def _team(inspection: Inspection) -> None:
    for short, role, agency in (
        ("truongdoan", TeamRole.LEADER, ""),
        ("thuky", TeamRole.SECRETARY, ""),
        ("thanhvien", TeamRole.MEMBER, ""),
        ("thanhvien2", TeamRole.MEMBER, "Sở Khoa học và Công nghệ"),
    ):
        services.add_member(
            inspection,
            services.MemberData(role=role, person_id=person(short).id, agency=agency),
            version=None,
            actor=actor("kehoach"),
        )


def _assign(inspection: Inspection, groups: Sequence[str]) -> None:
    """The secretary takes the first groups, the members the others, in every unit."""
    members = [inspection.member_of(person(short).id) for short in ("thuky", "thanhvien", "thanhvien2")]
    wanted: dict[tuple[int, int], int | None] = {}
    for position, group in enumerate(
        found for found in forms.list_groups(inspection.form_version_id) if found.code in groups
    ):
        member = members[position % len(members)]
        assert member is not None
        wanted.update({(one.id, group.id): member.id for one in inspection.units})
    services.assign(inspection, wanted, version=None, actor=actor("kehoach"))


def decide(inspection: Inspection, number: int, issued_on: date) -> None:
    """The decision is signed in the office's document system and recorded here."""
    services.decide(
        inspection,
        services.DecisionData(
            number=number,
            symbol="QĐ-SNV",
            issued_on=issued_on,
            issuer_name="Sở Nội vụ",
            signer_name=person("giamdoc").name,
            signer_title="Giám đốc",
            subject=inspection.title,
        ),
        version=None,
        actor=actor("kehoach"),
    )


def announce(inspection: Inspection, citation: str, reports_due_on: date) -> None:
    """The letter with the schedule goes out and says until when the units report."""
    visits = [visit for one in inspection.units for visit in one.visits]
    for one in inspection.units:
        services.record_unit_report(one, "", reports_due_on, actor=actor("kehoach"))
    services.announce(visits, citation, actor=actor("kehoach"))
