"""The unit's own papers, made from what it has entered: its plan to remedy, its report of what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.deadlines import queries as deadlines
from app.deadlines.settings import REMEDIATION_PLAN_TITLE, REMEDIATION_REPORT_TITLE
from app.documents.content import (
    Align,
    Annex,
    Block,
    Bulleted,
    Column,
    Heading,
    HeadingLevel,
    Item,
    OfficialDocument,
    Row,
    Table,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.errors import WrongState
from app.findings import causes
from app.findings.models import UnitProposal
from app.remediation import queries, schedule_annex
from app.remediation.heads import Head, unit_head
from app.remediation.letters import sources_of
from app.remediation.models import (
    PRODUCT_LABELS,
    Product,
    ProgressReport,
    ProgressStatus,
    Task,
    TaskState,
)
from app.units.models import Unit
from app.vietnamese import count, format_date

PLAN_COLUMNS = (
    Column("STT", 10, Align.CENTER),
    Column("Tồn tại, hạn chế", 42),
    Column("Nguyên nhân", 30),
    Column("Giải pháp khắc phục", 48),
    Column("Chủ trì", 28),
    Column("Phối hợp", 26),
    Column("Thời gian hoàn thành", 23, Align.CENTER),
    Column("Sản phẩm, kết quả", 25),
    Column("Ghi chú", 20),
)
REPORT_COLUMNS = (
    Column("STT", 10, Align.CENTER),
    Column("Nội dung tồn tại, hạn chế", 42),
    Column("Đã khắc phục xong", 36),
    Column("Đang khắc phục", 32),
    Column("Chưa khắc phục", 28),
    Column("Minh chứng (số, ký hiệu, ngày văn bản; hình ảnh)", 32),
    Column("Nguyên nhân chưa khắc phục xong", 28),
    Column("Thời hạn hoàn thành", 23, Align.CENTER),
    Column("Ghi chú", 24),
)
_HANDED_IN = (TaskState.SUBMITTED, TaskState.ACCEPTED, TaskState.WATCHING)


def compose_plan(paper: Paper) -> OfficialDocument:
    """Kế hoạch khắc phục of the one unit of the paper."""
    unit, tasks = _of(paper)
    return plan(unit, tasks)


def compose_report(paper: Paper) -> OfficialDocument:
    """Báo cáo kết quả khắc phục of the one unit of the paper."""
    unit, tasks = _of(paper)
    return report(unit, tasks, queries.list_unit_proposals(tasks))


def misses_tasks(paper: Paper) -> tuple[str, ...]:
    """What stops either: nothing was asked of the unit."""
    return () if len(paper.units) == 1 and _of(paper)[1] else ("Đơn vị không có nội dung khắc phục nào.",)


def _of(paper: Paper) -> tuple[Unit, list[Task]]:
    """The unit, and the tasks that were chosen; without a choice all of its open notices."""
    if len(paper.units) != 1:
        raise WrongState("Kế hoạch, báo cáo khắc phục là của một đơn vị.")
    unit = paper.units[0]
    chosen = [task for task in queries.list_tasks_of(paper) if task.lead_unit_id == unit.id]
    return unit, chosen or queries.list_of_unit(unit.id)


def plan(unit: Unit, tasks: Sequence[Task]) -> OfficialDocument:
    """users.md §2.7: per requirement the measure, who, with whom, until when, what comes of it."""
    head = unit_head(unit, "KH")
    notices, further = _cited(tasks), schedule_annex.annex(tasks, results=False)
    blocks: tuple[Block, ...] = (
        paragraph(
            f"Thực hiện {notices}, {head.body} ban hành Kế hoạch khắc phục tồn tại, hạn chế như sau:",
            ref="opening",
        ),
        _section("I", "Mục đích, yêu cầu"),
        paragraph(
            "Khắc phục kịp thời, đầy đủ các tồn tại, hạn chế đã được chỉ ra; không để tái diễn.", ref="aims"
        ),
        paragraph(
            "Phân công rõ người, rõ việc, rõ thời gian, rõ kết quả, rõ trách nhiệm; mỗi nội dung có sản phẩm "
            "cụ thể.",
            ref="aims",
        ),
        _section("II", "Nội dung, giải pháp, thời gian thực hiện"),
        paragraph(f"Gồm {count(len(tasks))} nội dung theo {_named(further)} kèm theo."),
        _section("III", "Tổ chức thực hiện"),
        paragraph(
            "Cá nhân, bộ phận được giao chủ trì tổ chức thực hiện đúng thời hạn, báo cáo kết quả kèm minh "
            "chứng; cá nhân, bộ phận phối hợp chịu trách nhiệm về phần việc của mình.",
            ref="organisation",
        ),
        paragraph(
            "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, kịp thời báo cáo Thủ trưởng đơn vị để "
            "xem xét, giải quyết.",
            ref="organisation",
        ),
    )
    annex = Annex(
        "Nội dung khắc phục tồn tại, hạn chế",
        (Table(PLAN_COLUMNS, tuple(_plan_rows(tasks)), font_size=10),),
        label=_named(further),
        landscape=True,
    )
    return _paper(DocumentKind.REMEDIATION_PLAN, "Kế hoạch", deadlines.setting(REMEDIATION_PLAN_TITLE), head,
                  tasks, blocks, (annex, *further), _bodies(tasks))  # fmt: skip


def _named(further: tuple[Annex, ...]) -> str:
    """What the annex of all contents is called: the first of two where steps have one of their own."""
    return "Phụ lục I" if further else "Phụ lục"


def report(unit: Unit, tasks: Sequence[Task], proposals: Sequence[UnitProposal] = ()) -> OfficialDocument:
    """users.md §2.8: done, doing, not yet, with evidence, cause and date; then what the unit proposes."""
    head = unit_head(unit, "BC")
    further = schedule_annex.annex(tasks, results=True)
    shares = {status: [t for t in tasks if status_of(t) is status] for status in ProgressStatus}
    totals = (
        f"Tổng số nội dung phải khắc phục: {count(len(tasks))}; đã khắc phục xong: "
        f"{count(len(shares[ProgressStatus.DONE]))}; đang khắc phục: "
        f"{count(len(shares[ProgressStatus.DOING]))}; chưa khắc phục: "
        f"{count(len(shares[ProgressStatus.NOT_YET]))}."
    )
    left = len(tasks) - len(shares[ProgressStatus.DONE])
    blocks: list[Block] = [
        paragraph(
            f"Thực hiện {_cited(tasks)}, {head.body} báo cáo kết quả khắc phục tồn tại, hạn chế như sau:",
            ref="opening",
        ),
        _section("I", "Kết quả khắc phục"),
        paragraph(totals),
        paragraph(f"Kết quả từng nội dung theo {_named(further)} kèm theo."),
        _section("II", "Việc tiếp tục thực hiện"),
        paragraph(
            f"Tiếp tục thực hiện {count(left)} nội dung chưa khắc phục xong theo thời hạn tại "
            f"{_named(further)}, báo cáo bổ sung khi hoàn thành."
            if left
            else "Tiếp tục duy trì kết quả đã khắc phục, không để tái diễn.",
            ref="going_on",
        ),
        _section("III", "Khó khăn, vướng mắc; kiến nghị, đề xuất"),
        *_proposed(proposals),
    ]
    annex = Annex(
        "Kết quả khắc phục tồn tại, hạn chế",
        (Table(REPORT_COLUMNS, tuple(_report_rows(tasks)), font_size=10),),
        label=_named(further),
        landscape=True,
    )
    return _paper(DocumentKind.REMEDIATION_REPORT, "Báo cáo", deadlines.setting(REMEDIATION_REPORT_TITLE),
                  head, tasks, tuple(blocks), (annex, *further), _bodies(tasks))  # fmt: skip


def _paper(
    kind: DocumentKind, type_name: str, title: str, head: Head, tasks: Sequence[Task],
    blocks: tuple[Block, ...], annexes: tuple[Annex, ...], bodies: tuple[str, ...],
) -> OfficialDocument:  # fmt: skip
    return OfficialDocument(
        kind=kind,
        type_name=type_name,
        subject=f"{title} theo {_cited(tasks)}",
        governing_body=head.parent,
        issuing_body=head.printed,
        symbol=head.symbol,
        place=head.place,
        addressees=bodies if kind is DocumentKind.REMEDIATION_REPORT else (),
        blocks=blocks,
        signature=head.signature,
        recipients=(
            *(("Như trên",) if kind is DocumentKind.REMEDIATION_REPORT else bodies),
            "Lưu: VT",
        ),
        annexes=annexes,
    )


def status_of(task: Task) -> ProgressStatus:
    """What the unit says of it now: handed in is done, else its newest word."""
    if task.state in _HANDED_IN:
        return ProgressStatus.DONE
    last = _last(task)
    if last is None:
        return ProgressStatus.NOT_YET
    return ProgressStatus.DOING if _came_back(task, last) else last.status


def _came_back(task: Task, last: ProgressReport) -> bool:
    """What was reported was sent back, and nothing was said since: it is being supplemented."""
    returned = task.returned_at if task.state is TaskState.RETURNED else None
    return returned is not None and last.written_at < returned


def _last(task: Task) -> ProgressReport | None:
    return task.progress[-1] if task.progress else None


def _bodies(tasks: Sequence[Task]) -> tuple[str, ...]:
    """Whom the unit answers: the bodies whose notices these are."""
    return tuple(dict.fromkeys(source.body_name for source in sources_of(tasks)))


def _cited(tasks: Sequence[Task]) -> str:
    """“Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ”, joined when there are several."""
    told = [f"{source.citation} của {source.body_name}" for source in sources_of(tasks)]
    return ", ".join(told) or "các thông báo kết luận kiểm tra"


def _section(number: str, title: str) -> Heading:
    return Heading(HeadingLevel.SECTION, number, title)


def _found(task: Task, *, cited: bool) -> str:
    """The shortcomings that a task mends, else the requirement itself. `cited`: of which notice."""
    told = "; ".join(finding.description.strip().rstrip(".;") for finding in task.findings)
    text = told or task.text.rstrip(".;")
    return f"{text} ({task.source.citation})" if cited and task.source is not None else text


def _plan_rows(tasks: Sequence[Task]) -> list[Row]:
    several = len(sources_of(tasks)) > 1
    rows = []
    for place, task in enumerate(tasks, start=1):
        on = [row for row in task.assignments if row.ended_at is None]
        leads = [row.officer_name for row in on if row.leads]
        helps = [row.officer_name for row in on if not row.leads]
        inner = next((row.internal_due_on for row in on if row.leads and row.internal_due_on), None)
        due = (
            format_date(task.due_on)
            if task.due_on
            else f"Rà soát {format_date(task.review_on)}"
            if task.review_on
            else ""
        )
        rows.append(
            Row(
                (
                    str(place),
                    _found(task, cited=several),
                    "; ".join(
                        told
                        for finding in task.findings
                        if (told := causes.sentence(finding.subjective_causes, finding.objective_causes))
                    ),
                    task.text,
                    "; ".join(leads) or task.lead_person.strip() or task.lead_unit.name,
                    "; ".join([*helps, *(unit.name for unit in task.coordinating)]),
                    due,
                    "; ".join(_product(result.product, result.text) for result in task.results),
                    "; ".join(_plan_note(task, inner)),
                ),
                ref=f"task:{task.id}",
            )
        )
    return rows


def _plan_note(task: Task, inner: date | None) -> list[str]:
    told = [f"Hạn nội bộ {format_date(inner)}"] if inner else []
    referred = schedule_annex.REFERRED[0].upper() + schedule_annex.REFERRED[1:]
    return [*told, referred] if queries.schedule_of(task) is not None else told


def _product(product: Product, text: str) -> str:
    label = PRODUCT_LABELS[product]
    return f"{label}: {text}" if text.strip() else label


def _report_rows(tasks: Sequence[Task]) -> list[Row]:
    several = len(sources_of(tasks)) > 1
    rows = []
    for place, task in enumerate(tasks, start=1):
        status, last = status_of(task), _last(task)
        said = last.text.strip() if last is not None and last.text.strip() else "Đã khắc phục xong"
        if last is not None and _came_back(task, last):
            said = f"{said.rstrip('.;')}; đang bổ sung: {task.return_reason}"
        cells = dict.fromkeys(ProgressStatus, "")
        cells[status] = said if last is not None or status is ProgressStatus.DONE else "Chưa thực hiện"
        rows.append(
            Row(
                (
                    str(place),
                    _found(task, cited=several),
                    cells[ProgressStatus.DONE],
                    cells[ProgressStatus.DOING],
                    cells[ProgressStatus.NOT_YET],
                    _evidence(task),
                    _why_not(task, last) if status is not ProgressStatus.DONE else "",
                    format_date(task.due_on) if task.due_on else "",
                    _note(task),
                ),
                ref=f"task:{task.id}",
            )
        )
    return rows


def _why_not(task: Task, last: ProgressReport | None) -> str:
    """What the unit said last; where it only made a schedule, the reason of that."""
    cause = last.why_undone if last is not None else ""
    schedule = queries.schedule_of(task)
    if schedule is None:
        return cause
    return f"{cause or schedule.reason.rstrip('.;')} ({schedule_annex.REFERRED})"


def _evidence(task: Task) -> str:
    """Papers by number and date, each once; then how many files were attached."""
    papers = dict.fromkeys(
        f"{row.document_reference} ngày {format_date(row.document_on)}"
        for row in task.progress
        if row.document_reference and row.document_on is not None
    )
    files = sum(len(row.files) for row in task.progress)
    return "; ".join([*papers, *([f"{count(files)} tệp, ảnh kèm theo"] if files else [])])


def _note(task: Task) -> str:
    if task.extensions and task.original_due_on:
        return f"Đã gia hạn {count(len(task.extensions))} lần; ban đầu {format_date(task.original_due_on)}"
    return task.no_date_reason if task.due_on is None else ""


def _proposed(proposals: Sequence[UnitProposal]) -> tuple[Block, ...]:
    if not proposals:
        return (paragraph("Không có.", ref="proposals"),)
    lines = [one.text.strip().rstrip(".;") for one in proposals]
    ends = [";"] * (len(lines) - 1) + ["."]
    items = (Item(plain(line + end), ref="proposals") for line, end in zip(lines, ends, strict=True))
    return (Bulleted(tuple(items)),)
