"""Kế hoạch tiến hành kiểm tra of the team (NĐ 217/2025 Điều 14): days of every unit, who looks at what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.deadlines import queries as deadlines
from app.deadlines.settings import WORK_PLAN_SECTIONS, WORK_PLAN_TITLE, names_of
from app.deadlines.working_days import phrase_by
from app.documents.content import Block, OfficialDocument, paragraph
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.inspections.composing import schedule as tables
from app.inspections.composing.frame import (
    authority_of,
    carrying_out,
    case_of,
    clause,
    period_words,
    points,
    section,
    team_paper,
    titled,
    units_of,
    words,
)
from app.inspections.models import InspectedUnit, Inspection, InspectionKind, Method
from app.inspections.queries.told import scope_told
from app.vietnamese import count, format_date

METHODS: dict[Method, str] = {
    Method.ON_SITE: "kiểm tra trực tiếp tại đơn vị",
    Method.BY_REPORT: "kiểm tra qua báo cáo của đơn vị",
    Method.ONLINE: "kiểm tra trực tuyến, trên dữ liệu của các hệ thống thông tin",
}


def compose_work_plan(paper: Paper) -> OfficialDocument:
    """The plan. It stays inside the office when the inspection is a surprise."""
    inspection = case_of(paper)
    units = units_of(paper, inspection)
    told_to_units = inspection.kind is not InspectionKind.SURPRISE
    return team_paper(
        DocumentKind.WORK_PLAN,
        paper,
        inspection,
        type_name="Kế hoạch",
        subject=titled(deadlines.setting(WORK_PLAN_TITLE), inspection),
        blocks=_blocks(inspection, units),
        recipients=(
            f"{authority_of(inspection)} (để phê duyệt)",
            *(("Các đơn vị được kiểm tra (để phối hợp)",) if told_to_units else ()),
            "Thành viên Đoàn kiểm tra",
        ),
    )


def missing_for_work_plan(paper: Paper) -> tuple[str, ...]:
    """What the record lacks for the plan."""
    inspection = case_of(paper)
    units = units_of(paper, inspection)
    names = {iu.id: iu.unit.name for iu in units}
    found = [] if inspection.decision is not None else ["Chưa ghi nhận quyết định kiểm tra."]
    found += [] if inspection.leader is not None else ["Đoàn chưa có Trưởng đoàn."]
    found += [f"Chưa xếp lịch làm việc với {iu.unit.name}." for iu in units if not tables.planned(iu)]
    found += [
        f"Chưa phân công {count(number)} nhóm nội dung tại {names[unit_id]}."
        for unit_id, number in tables.unassigned(inspection, units).items()
    ]
    return tuple(found)


def _blocks(inspection: Inspection, units: Sequence[InspectedUnit]) -> Iterable[Block]:
    names = names_of(deadlines.setting(WORK_PLAN_SECTIONS))
    scope = scope_told(inspection)
    who = units[0].unit.name if len(units) == 1 else f"{count(len(units))} đơn vị"
    yield from words(
        "opening",
        f"{carrying_out(inspection)}, Đoàn kiểm tra xây dựng Kế hoạch tiến hành kiểm tra như sau:",
    )
    yield section(1, names[0])
    yield points(
        "purpose",
        (
            f"Kiểm tra, đánh giá việc thực hiện các nội dung được kiểm tra tại {who}; ghi nhận kết quả đạt "
            "được; chỉ ra tồn tại, hạn chế, nguyên nhân, trách nhiệm và biện pháp khắc phục.",
            "Kiểm tra khách quan, đúng nội dung, thời kỳ, thời hạn; không gây phiền hà cho đơn vị; không "
            "đánh giá lại nội dung đã có thông báo kết luận.",
        ),
    )
    yield section(2, names[1])
    more = ", có tên tại mục IV" if len(units) > 1 else ""
    yield paragraph(f"Đối tượng kiểm tra: {who}{more}.")
    each = "; của từng đơn vị, nội dung nêu tại mục III" if scope.differs else ""
    yield paragraph(f"Thời kỳ kiểm tra: {period_words(inspection)}{each}.")
    yield section(3, names[2])
    yield from tables.contents(scope, units)
    yield paragraph(f"Phương thức: {METHODS[inspection.method]}.")
    yield section(4, names[3])
    yield paragraph(_term(inspection))
    told_to_units = inspection.kind is not InspectionKind.SURPRISE
    yield tables.schedule(units, tables.report_days(units) if told_to_units else {})
    days = {iu.report_due_on for iu in units}
    if told_to_units and len(days) == 1 and (due := days.pop()) is not None:
        yield paragraph(f"Đơn vị gửi báo cáo theo đề cương {phrase_by(due)}.")
    yield section(5, names[4])
    yield clause(1, "Thành phần Đoàn kiểm tra")
    yield tables.members(inspection)
    yield clause(2, "Phân công")
    yield tables.assignments(inspection, units)
    yield section(6, names[5])
    yield points("organisation", _organisation(inspection))


def _term(inspection: Inspection) -> str:
    days = ""
    if inspection.starts_on is not None and inspection.ends_on is not None:
        days = f", từ ngày {format_date(inspection.starts_on)} đến hết ngày {format_date(inspection.ends_on)}"
    term = count(inspection.term_days)
    return f"Thời hạn kiểm tra: {term} ngày làm việc kể từ ngày công bố Quyết định{days}. Lịch cụ thể:"


def _organisation(inspection: Inspection) -> Iterable[str]:
    yield (
        "Trưởng đoàn điều hành, kiểm tra, đôn đốc thành viên thực hiện Kế hoạch; tổ chức thống nhất trong "
        "Đoàn trước khi trao đổi kết quả với đơn vị."
    )
    yield (
        "Thành viên kiểm tra nội dung được phân công, ghi kết quả, minh chứng và báo cáo phần việc với "
        "Trưởng đoàn ngay khi kết thúc làm việc tại đơn vị."
    )
    yield "Thư ký lập biên bản làm việc, ghi nhật ký Đoàn, tổng hợp báo cáo kết quả kiểm tra."
    if inspection.kind is not InspectionKind.SURPRISE:
        yield (
            "Các đơn vị được kiểm tra gửi báo cáo theo đề cương, chuẩn bị hồ sơ, tài liệu, bố trí người làm "
            "việc với Đoàn theo lịch."
        )
    yield (
        f"{inspection.office_unit.name} bảo đảm phương tiện, kinh phí cho hoạt động của Đoàn. Có thay đổi về "
        "lịch hoặc phân công, Trưởng đoàn báo cáo người ra quyết định kiểm tra."
    )
