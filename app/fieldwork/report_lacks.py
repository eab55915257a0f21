"""What keeps the report of the team from going up."""

from __future__ import annotations

from app.documents.models import Paper
from app.fieldwork import panels
from app.fieldwork.queries.reporting import count_undecided, read_units
from app.findings.models import Finding
from app.inspections.composing.frame import case_of, units_of
from app.inspections.models import InspectedUnitState
from app.vietnamese import count

AT_WORK = (InspectedUnitState.PENDING, InspectedUnitState.FIELDWORK)
TO_TELL = (*AT_WORK, InspectedUnitState.ENDED)
ALL_TOLD = "Các đơn vị trong báo cáo này đều đã có báo cáo của Đoàn."


def missing_for_team_report(paper: Paper) -> tuple[str, ...]:
    """What the record lacks for the report."""
    inspection = case_of(paper)
    units = units_of(paper, inspection)
    found = [f"Chưa kết thúc kiểm tra tại {iu.unit.name}." for iu in units if iu.state in AT_WORK]
    found += [] if any(iu.state in TO_TELL for iu in units) else [ALL_TOLD]
    if undecided := count_undecided([iu.id for iu in units]):
        found.append(f"Còn {count(undecided)} tồn tại, hạn chế Trưởng đoàn chưa kết luận.")
    told = read_units(inspection, units)
    asked = {one.inspected_unit_id for one in panels.asked_of(units)}
    for one in told:
        name = one.unit.unit.name
        found += [
            f"{name}, {clean.group.short_title}: chưa ghi lý do, mẫu đã xem khi không có tồn tại, hạn chế."
            for clean in one.clean
            if not clean.explained
        ]
        if one.unit.id not in asked and any(not _excused(finding) for finding in one.findings):
            found.append(f"Chưa lập nội dung khắc phục của {name}.")
    return tuple(found)


def _excused(finding: Finding) -> bool:
    return finding.fixed_on_spot or bool(finding.no_task_reason.strip())
