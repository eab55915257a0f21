"""Tables of a case that several papers print: days and places, contents by unit, who looks at what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.documents.content import Align, Block, Bulleted, Column, Item, Row, Table, plain
from app.inspections import queries
from app.inspections.models import InspectedUnit, Inspection, TeamRole, Visit
from app.inspections.queries import ROLE_NAMES
from app.inspections.queries.told import CaseScope, without_number
from app.inspections.queries.visits import half_day_of
from app.vietnamese import format_date

NOT_PLANNED = "Chưa xếp lịch"
_LED = "Chỉ đạo chung"


def planned(iu: InspectedUnit) -> list[Visit]:
    """The visits to the unit that are or were to be held, by day."""
    return [visit for visit in iu.visits if visit.on_date is not None and not visit.not_held_reason]


def schedule(units: Sequence[InspectedUnit], notes: Mapping[int, str]) -> Table:
    """Day, half-day, place, part of the team and chair of every visit; `notes` by inspected unit."""
    columns = (
        Column("STT", 13, Align.CENTER),
        Column("Đơn vị", 37),
        Column("Ngày, buổi", 33),
        Column("Địa điểm", 36),
        Column("Tổ kiểm tra, người chủ trì", 36),
        *((Column("Ghi chú", 30),) if any(notes.values()) else ()),
    )
    rows: list[Row] = []
    for place, iu in enumerate(units, 1):
        cells = [(_when(visit), _capital(visit.place), _led_by(visit)) for visit in planned(iu)]
        for line, found in enumerate(cells or [(NOT_PLANNED, "", "")]):
            head = (str(place), iu.unit.name) if line == 0 else ("", "")
            note = (notes.get(iu.id, "") if line == 0 else "",) if len(columns) == 6 else ()
            rows.append(Row((*head, *found, *note)))
    return Table(columns, tuple(rows), font_size=12, empty_text="Chưa chọn đơn vị")


def _when(visit: Visit) -> str:
    assert visit.on_date is not None
    return _capital(half_day_of(visit.half_day, visit.on_date))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _led_by(visit: Visit) -> str:
    chair = visit.chair.name if visit.chair is not None else ""
    return ", ".join(part for part in (visit.subteam, chair) if part)


def report_days(units: Sequence[InspectedUnit]) -> dict[int, str]:
    """By when each unit sends its report, for the last column of the schedule; empty when it is one day."""
    if len({iu.report_due_on for iu in units}) < 2:
        return {}
    return {
        iu.id: f"Gửi báo cáo đến hết ngày {format_date(iu.report_due_on)}" if iu.report_due_on else ""
        for iu in units
    }


def contents(scope: CaseScope, units: Sequence[InspectedUnit], *period: str) -> tuple[Block, ...]:
    """What is looked at: one list with `period` at its end, or a line for each unit with its own contents
    and days where they are not asked the same."""
    if scope.differs:
        columns = (
            Column("STT", 11, Align.CENTER), Column("Đơn vị", 38), Column("Nội dung kiểm tra", 76),
            Column("Thời kỳ kiểm tra", 50),
        )  # fmt: skip
        rows: list[Row] = []
        for place, iu in enumerate(units, 1):
            lines = [(line.contents, line.period) for line in scope.lines[iu.id]]
            for number, line in enumerate(lines or [("Không có nội dung còn được kiểm tra", "")]):
                rows.append(Row((*((str(place), iu.unit.name) if number == 0 else ("", "")), *line)))
        return (Table(columns, tuple(rows), font_size=12),)
    items = [without_number(group.title) for group in scope.groups]
    told = [*(_capital(item) for item in items or ["chưa chọn nội dung"]), *period]
    return (_listed(told),)


def members(inspection: Inspection) -> Bulleted:
    """The team as the decision names it."""
    names = [queries.full_name(member) for member in inspection.members] or ["Chưa có thành viên"]
    return _listed(names)


def _listed(told: Sequence[str]) -> Bulleted:
    ends = [";"] * (len(told) - 1) + ["."]
    return Bulleted(tuple(Item(plain(line + end)) for line, end in zip(told, ends, strict=True)))


def unassigned(inspection: Inspection, units: Sequence[InspectedUnit]) -> dict[int, int]:
    """How many groups in scope nobody looks at, by inspected unit; those with none are left out."""
    asked = queries.groups_in_scope(inspection.id)
    given = {(a.inspected_unit_id, a.group_id) for m in inspection.members for a in m.assignments}
    left = {iu.id: sum(pair[0] == iu.id for pair in asked - given) for iu in units}
    return {unit_id: number for unit_id, number in left.items() if number}


def assignments(inspection: Inspection, units: Sequence[InspectedUnit]) -> Table:
    """Who of the team looks at which groups, and where: units with the same groups on one line."""
    asked = queries.groups_in_scope(inspection.id)
    heads = queries.list_group_heads(inspection.form_version_id)
    columns = (
        Column("STT", 11, Align.CENTER),
        Column("Thành viên", 42),
        Column("Đơn vị", 52),
        Column("Nhóm nội dung", 66),
    )
    rows: list[Row] = []
    for place, member in enumerate(inspection.members, 1):
        own = {(a.inspected_unit_id, a.group_id) for a in member.assignments} & asked
        where: dict[tuple[str, ...], list[str]] = {}
        for iu in units:
            groups = tuple(head.short_title for head in heads if (iu.id, head.id) in own)
            if groups:
                where.setdefault(groups, []).append(iu.unit.name)
        name = f"{member.person.name}, {ROLE_NAMES[member.role]}"
        if not where:
            leads = member.role is TeamRole.LEADER
            led = _LED if leads else "Theo phân công của Trưởng đoàn"
            where_led = _told([iu.unit.name for iu in units], units) if leads else ""
            rows.append(Row((str(place), name, where_led, led)))
        for line, (groups, names) in enumerate(where.items()):
            head_cells = (str(place), name) if line == 0 else ("", "")
            rows.append(Row((*head_cells, _told(names, units), "; ".join(groups))))
    return Table(columns, tuple(rows), font_size=12, empty_text="Chưa có thành viên")


def _told(names: Sequence[str], units: Sequence[InspectedUnit]) -> str:
    return "Tất cả các đơn vị" if len(names) == len(units) > 1 else "; ".join(names)
