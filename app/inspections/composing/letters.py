"""Letters before the work at the units: the schedule told to them, people asked of other agencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import (
    ANNOUNCEMENT_SECTIONS,
    ANNOUNCEMENT_TITLE,
    FOLLOW_UP_UNIT,
    MEMBER_REPLY_DAYS,
    MEMBER_REQUEST_TITLE,
    names_of,
)
from app.deadlines.working_days import phrase_by, previous_working_day
from app.documents.content import Align, Annex, Block, Column, Numbering, OfficialDocument, Row, Table
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.errors import WrongState
from app.inspections import queries
from app.inspections.composing import outline
from app.inspections.composing import schedule as tables
from app.inspections.composing.frame import (
    authority_of,
    carrying_out,
    case_of,
    clause,
    lowered,
    office_paper,
    period_words,
    points,
    titled,
    units_of,
    words,
)
from app.inspections.models import InspectedUnit, Inspection, InspectionKind, TeamMember, TeamRole
from app.inspections.queries.team import place_of
from app.inspections.queries.told import scope_told
from app.vietnamese import count, format_date

ADDRESSEES_MOST = 12
"""More addressees than these are told by the table of the letter."""
NO_LETTER = (
    "Kiểm tra đột xuất không báo trước cho đơn vị nên không có công văn thông báo lịch, đề cương báo cáo."
)


def refuse_surprise(inspection: Inspection) -> None:
    """Raise WrongState for a surprise inspection: no paper tells a unit of it before the team is there."""
    if inspection.kind is InspectionKind.SURPRISE:
        raise WrongState(NO_LETTER)


def compose_announcement(paper: Paper) -> OfficialDocument:
    """Công văn thông báo lịch kiểm tra, the outline attached. Raises WrongState for a surprise inspection."""
    inspection = case_of(paper)
    refuse_surprise(inspection)
    units = units_of(paper, inspection)
    names = [iu.unit.name for iu in units]
    annexes = _announced_annexes(inspection, units)
    return office_paper(
        DocumentKind.ANNOUNCEMENT,
        paper,
        inspection,
        subject=titled(deadlines.setting(ANNOUNCEMENT_TITLE), inspection),
        addressees=names if len(names) <= ADDRESSEES_MOST else ["Các đơn vị có tên tại mục 1 Công văn này"],
        blocks=_announced(inspection, units),
        recipients=("Như trên", f"{authority_of(inspection)} (để báo cáo)", "Thành viên Đoàn kiểm tra"),
        annexes=annexes,
    )


def missing_for_announcement(paper: Paper) -> tuple[str, ...]:
    """What the record lacks for the letter to the units."""
    inspection = case_of(paper)
    if inspection.kind is InspectionKind.SURPRISE:
        return (NO_LETTER,)
    units = units_of(paper, inspection)
    found = [] if inspection.decision is not None else ["Chưa ghi nhận quyết định kiểm tra."]
    for iu in units:
        if not tables.planned(iu):
            found.append(f"Chưa xếp lịch làm việc với {iu.unit.name}.")
        found += [
            f"Buổi làm việc với {iu.unit.name} chưa ghi địa điểm." for v in tables.planned(iu) if not v.place
        ]
        if iu.report_due_on is None:
            found.append(f"Chưa ghi thời hạn gửi báo cáo của {iu.unit.name}.")
        found += [f"{told} của {iu.unit.name} ({format_date(day)}) đã qua." for told, day in _over(iu)]
    return tuple(found)


def _over(iu: InspectedUnit) -> Iterable[tuple[str, date]]:
    """Days that a letter sent today can no longer ask for."""
    if iu.report_due_on is not None and iu.report_due_on < clock.today():
        yield "Thời hạn gửi báo cáo", iu.report_due_on
    for visit in tables.planned(iu):
        if visit.on_date is not None and visit.on_date < clock.today():
            yield "Ngày làm việc", visit.on_date


def _announced(inspection: Inspection, units: Sequence[InspectedUnit]) -> Iterable[Block]:
    names = names_of(deadlines.setting(ANNOUNCEMENT_SECTIONS))
    office = inspection.office_unit.name
    scope = scope_told(inspection)
    days = {iu.report_due_on for iu in units}
    yield from words(
        "opening",
        f"{carrying_out(inspection)}, {office} thông báo lịch kiểm tra và đề nghị đơn vị chuẩn bị các nội "
        "dung sau:",
    )
    yield clause(1, names[0])
    yield tables.schedule(units, tables.report_days(units))
    yield clause(2, names[1])
    yield from tables.contents(scope, units, f"Thời kỳ kiểm tra: {period_words(inspection)}")
    yield clause(3, names[2])
    yield tables.members(inspection)
    yield clause(4, names[3])
    yield points("preparations", _asked(inspection, days), Numbering.POINT)
    yield from words("closing", f"{office} thông báo để đơn vị biết, phối hợp thực hiện.")


def _asked(inspection: Inspection, days: set[date | None]) -> Iterable[str]:
    office = inspection.office_unit.name
    follow = deadlines.setting(FOLLOW_UP_UNIT)
    due = next(iter(days)) if len(days) == 1 else None
    when = phrase_by(due) if due is not None else "trước ngày Đoàn làm việc tại đơn vị"
    if len(days) > 1:
        when = "theo thời hạn ghi tại mục 1"
    yield f"Gửi báo cáo theo đề cương, biểu số liệu kèm theo Công văn này về {office} (qua {follow}) {when}."
    yield (
        "Thủ trưởng đơn vị và công chức phụ trách các nội dung kiểm tra làm việc với Đoàn đúng thời gian, "
        "thành phần."
    )
    yield (
        "Chuẩn bị hồ sơ, tài liệu phát sinh trong thời kỳ kiểm tra theo danh mục kèm theo; bố trí nơi làm "
        "việc, máy tính truy cập được các hệ thống thông tin đơn vị đang sử dụng."
    )
    secretary = next((m for m in inspection.members if m.role is TeamRole.SECRETARY), None)
    if secretary is not None:
        who = ", ".join(filter(None, (secretary.person.name, place_of(secretary, clock.today()))))
        yield f"Có vướng mắc, trao đổi với Thư ký Đoàn: {who}."


def _announced_annexes(inspection: Inspection, units: Sequence[InspectedUnit]) -> tuple[Annex, ...]:
    return outline.numbered(
        (
            outline.text_annex(inspection, units),
            outline.figures_annex(inspection, units),
            outline.papers_annex(inspection, units),
        )
    )


def compose_member_request(paper: Paper) -> OfficialDocument:
    """Công văn đề nghị cử công chức: each agency with its people, their contents and days.

    Of a surprise inspection it says neither units nor title nor days, since it leaves the office before.
    """
    inspection = case_of(paper)
    guests = _guests(inspection)
    return office_paper(
        DocumentKind.MEMBER_REQUEST,
        paper,
        inspection,
        subject=deadlines.setting(MEMBER_REQUEST_TITLE),
        addressees=tuple(dict.fromkeys(member.agency for member in guests)),
        blocks=_requested(inspection, guests),
        recipients=("Như trên", f"{authority_of(inspection)} (để báo cáo)"),
    )


def missing_for_member_request(paper: Paper) -> tuple[str, ...]:
    """A letter to other agencies needs a member of another agency."""
    if _guests(case_of(paper)):
        return ()
    return ("Đoàn chưa có thành viên của cơ quan khác.",)


def _guests(inspection: Inspection) -> list[TeamMember]:
    return [member for member in inspection.members if member.agency.strip()]


def _requested(inspection: Inspection, guests: Sequence[TeamMember]) -> Iterable[Block]:
    office = inspection.office_unit.name
    if inspection.kind is InspectionKind.SURPRISE:
        about, days = "Thực hiện nhiệm vụ được giao", ""
        what = "Đoàn kiểm tra công vụ"
    else:
        about, days = carrying_out(inspection), _days(inspection)
        what = f"Đoàn {lowered(inspection.title.strip())}"
    yield from words(
        "opening", f"{about}, {office} tổ chức {what}{days}. Để Đoàn đủ thành phần, chuyên môn theo các nội "
        f"dung kiểm tra, {office} đề nghị quý cơ quan cử công chức tham gia Đoàn như sau:",
    )  # fmt: skip
    yield _guest_table(inspection, guests)
    yield from words("criteria", *_criteria(inspection))
    yield from words("closing", f"{office} đề nghị quý cơ quan quan tâm, phối hợp.")


def _days(inspection: Inspection) -> str:
    if inspection.starts_on is None or inspection.ends_on is None:
        return ""
    return f" từ ngày {format_date(inspection.starts_on)} đến hết ngày {format_date(inspection.ends_on)}"


def _guest_table(inspection: Inspection, guests: Sequence[TeamMember]) -> Table:
    heads = queries.list_group_heads(inspection.form_version_id)
    rows: list[Row] = []
    agencies = list(dict.fromkeys(member.agency for member in guests))
    for place, agency in enumerate(agencies, 1):
        people = [member for member in guests if member.agency == agency]
        given = {a.group_id for member in people for a in member.assignments}
        groups = "; ".join(head.short_title for head in heads if head.id in given)
        names = "; ".join(
            ", ".join(part for part in (member.person.name, member.post) if part) for member in people
        )
        rows.append(
            Row((str(place), agency, count(len(people)), names, groups or "Theo phân công của Trưởng đoàn"))
        )
    columns = (
        Column("STT", 11, Align.CENTER),
        Column("Cơ quan", 42),
        Column("Số người", 16, Align.CENTER),
        Column("Người dự kiến", 46),
        Column("Nội dung tham gia", 52),
    )
    return Table(columns, tuple(rows), font_size=12, empty_text="Chưa có thành viên của cơ quan khác")


def _criteria(inspection: Inspection) -> Iterable[str]:
    office = inspection.office_unit.name
    yield (
        "Công chức được cử có chuyên môn phù hợp, không đang trong thời gian xem xét kỷ luật và không có "
        "xung đột lợi ích với đơn vị được kiểm tra."
    )
    when = ""
    if inspection.starts_on is not None and inspection.kind is not InspectionKind.SURPRISE:
        day, calendar = inspection.starts_on, deadlines.current_calendar()
        for _ in range(deadlines.setting(MEMBER_REPLY_DAYS)):
            day = previous_working_day(day, calendar)
        when = f" {phrase_by(day)}"
    yield (
        f"Văn bản cử công chức (họ tên, chức vụ, số điện thoại) gửi về {office} "
        f"(qua {deadlines.setting(FOLLOW_UP_UNIT)}){when}."
    )
