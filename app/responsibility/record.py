"""Hồ sơ sự việc của người đứng đầu: what happened while somebody headed a unit, fact by fact.

Every figure is the number of its facts and nothing is added up, weighed or compared with another head. A fact
belongs to who headed the unit on its day: a task to the head of the day it was due, of the unit that led it
then; what came later with a unit or a post is never laid at the door of who came before or after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from app import clock
from app.deadlines.badge import DEADLINE_KIND_LABELS, Progress, days_overdue, progress
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, Paper
from app.documents.papers.reading import OUT, OVER
from app.extensions import db
from app.findings import recurrence
from app.findings.models import Finding, FindingState
from app.inspections.models import InspectedUnit
from app.notices.models import Notice, NoticeFinding
from app.policy import Actor
from app.remediation.lateness import position
from app.remediation.models import Directive, Task, TaskHandover, TaskState, paper_task
from app.remediation.queries import DATED_KINDS
from app.responsibility.heads import Headship, Tenure
from app.vietnamese import count, format_date

MOST = 1000
"""Facts of one kind that are read; the page says so when there were more."""


@dataclass(frozen=True)
class Fact:
    """What happened on a day; `task_id`, `document_id`, `finding_id`, `paper_id`: where more stands."""

    on: date
    unit_id: int
    text: str
    detail: str
    task_id: int | None = None
    document_id: int | None = None
    finding_id: int | None = None
    paper_id: int | None = None


@dataclass(frozen=True)
class Figure:
    """A counted kind of fact and the facts; `cut`: there are more than were read."""

    key: str
    label: str
    facts: tuple[Fact, ...]
    cut: bool = False


@dataclass(frozen=True)
class Record:
    """The figures of a period, and while heading which units."""

    tenures: tuple[Tenure, ...]
    figures: tuple[Figure, ...]


LABELS: Mapping[str, str] = {
    "findings": "Tồn tại, hạn chế đã kết luận",
    "recurring": "Trong đó tái diễn",
    "on_time": "Nội dung khắc phục hoàn thành đúng hạn",
    "done_late": "Nội dung khắc phục hoàn thành quá hạn",
    "overdue": "Nội dung khắc phục đang quá hạn",
    "waiting": "Nội dung khắc phục chờ thẩm tra, còn trong hạn",
    "unjudged": "Nội dung không tính đúng hạn, quá hạn",
    "letters": "Công văn đôn đốc đã ban hành",
    "drafts": "Công văn đôn đốc đang soạn, chờ ký",
    "answered": "Chỉ đạo đã trả lời đúng hạn",
    "answered_late": "Chỉ đạo trả lời quá hạn",
    "unanswered": "Chỉ đạo chưa trả lời",
}
OFFICE_ONLY = frozenset({"drafts"})
"""What a unit's people do not learn of: papers of the office that are not out."""

_PROGRESS: dict[Progress, str] = {
    Progress.DONE_ON_TIME: "on_time",
    Progress.DONE_LATE: "done_late",
    Progress.OVERDUE: "overdue",
}
_JUDGED = (Progress.NOT_STARTED, Progress.IN_TIME, Progress.WAITING, Progress.REDO)


def record_of(head: Headship, from_on: date, to_on: date, *, actor: Actor) -> Record:
    """The facts of the period. A head reads the same as a leader, but for papers that are not out."""
    tenures = head.tenures(from_on, to_on)
    found: dict[str, list[Fact]] = {key: [] for key in LABELS}
    cut: set[str] = set()
    if tenures:
        for part in (_findings, _tasks, _letters, _directives):
            part(tenures, found, cut)
    shown = [key for key in LABELS if actor.in_office or key not in OFFICE_ONLY]
    return Record(
        tuple(tenures),
        tuple(
            Figure(key, LABELS[key], tuple(sorted(found[key], key=lambda f: (f.on, f.text))), key in cut)
            for key in shown
        ),
    )


def _within(unit: Any, day: Any, tenures: Iterable[Tenure]) -> sa.ColumnElement[bool]:
    return sa.or_(*[sa.and_(unit == one.unit_id, day >= one.from_on, day <= one.to_on) for one in tenures])


def _led_on(day: Any) -> sa.ColumnElement[int]:
    """The unit that led a task on a day: the one that a later hand-over took it from, or the present one."""
    before = (
        sa.select(TaskHandover.from_unit_id)
        .where(TaskHandover.task_id == Task.id, TaskHandover.assigned_on > day)
        .order_by(TaskHandover.assigned_on, TaskHandover.id)
        .limit(1)
        .correlate_except(TaskHandover)
        .scalar_subquery()
    )
    return sa.func.coalesce(before, Task.lead_unit_id)


def _of_units(tenures: Iterable[Tenure]) -> sa.ColumnElement[bool]:
    """Tasks that these units lead or led, found by the indexes before each is judged by its day."""
    unit_ids = sorted({one.unit_id for one in tenures})
    left = sa.select(TaskHandover.task_id).where(TaskHandover.from_unit_id.in_(unit_ids))
    return sa.or_(Task.lead_unit_id.in_(unit_ids), Task.id.in_(left))


def _taken(rows: Sequence[Any], cut: set[str], *keys: str) -> Sequence[Any]:
    if len(rows) > MOST:
        cut.update(keys)
    return rows[:MOST]


def _findings(tenures: Sequence[Tenure], found: dict[str, list[Fact]], cut: set[str]) -> None:
    rows = db.session.execute(
        sa.select(Finding, Document, InspectedUnit.unit_id)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .join(NoticeFinding, NoticeFinding.finding_id == Finding.id)
        .join(Notice, Notice.id == NoticeFinding.notice_id)
        .join(Document, Document.id == Notice.document_id)
        .where(
            Finding.state == FindingState.CONCLUDED,
            Document.state.in_(IN_FORCE),
            _within(InspectedUnit.unit_id, Document.issued_on, tenures),
        )
        .options(lazyload(Finding.inspected_unit), joinedload(Finding.scope_item))
        .order_by(Document.issued_on, Finding.id)
        .limit(MOST + 1)
    ).all()
    rows = _taken(rows, cut, "findings", "recurring")
    earlier = recurrence.earlier_of([row[0].scope_item for row in rows])
    for finding, document, unit_id in rows:
        assert document.issued_on is not None  # IN_FORCE
        again = earlier.get(finding.scope_item_id, [])
        fact = Fact(
            document.issued_on, unit_id, finding.description,
            f"Thông báo số {document.number_and_symbol} ngày {format_date(document.issued_on)}",
            document_id=document.id, finding_id=finding.id,
        )  # fmt: skip
        found["findings"].append(fact)
        if again:
            told = f"{fact.detail}; đã nêu tại {again[0].source}"
            found["recurring"].append(
                Fact(fact.on, unit_id, fact.text, told, document_id=document.id, finding_id=finding.id)
            )


def _tasks(tenures: Sequence[Tenure], found: dict[str, list[Fact]], cut: set[str]) -> None:
    today = clock.today()
    dated = Task.deadline_kind.in_(DATED_KINDS)
    judged = sa.and_(dated, Task.converted.is_(False))
    day = sa.case((judged, Task.term), else_=Task.issued_on)
    led = _led_on(day)
    rows = db.session.execute(
        sa.select(Task, day, led)
        .where(
            Task.state.not_in((TaskState.DRAFT, TaskState.WITHDRAWN)),
            _of_units(tenures),
            _within(led, day, tenures),
        )
        .options(lazyload(Task.results), joinedload(Task.document), joinedload(Task.conclusion))
        .order_by(day, Task.id)
        .limit(MOST + 1)
    ).all()
    for task, on, unit_id in _taken(rows, cut, "on_time", "done_late", "overdue", "waiting", "unjudged"):
        told = progress(position(task), today)
        key = _PROGRESS.get(told, "waiting" if told in _JUDGED and task.due_on else "unjudged")
        source = task.source.citation if task.source is not None else ""
        found[key].append(
            Fact(
                on,
                unit_id,
                f"{task.code}: {task.text}",
                f"{source}; {_how(task, told, today)}",
                task_id=task.id,
            )
        )


def _how(task: Task, told: Progress, today: date) -> str:
    if task.converted or task.deadline_kind not in DATED_KINDS or task.term is None:
        kind = "dữ liệu chuyển đổi" if task.converted else DEADLINE_KIND_LABELS[task.deadline_kind].lower()
        return f"{kind}; {told.label.lower()}"
    words = [f"thời hạn {format_date(task.term)}"]
    if task.original_due_on is not None and task.original_due_on != task.due_on:
        words.append(f"ban đầu {format_date(task.original_due_on)}")
    if task.submitted_on is not None:
        words.append(f"báo cáo ngày {format_date(task.submitted_on)}")
    late = days_overdue(position(task), today)
    words.append(f"{told.label.lower()}{f' {count(late)} ngày' if late else ''}")
    return "; ".join(words)


def _letters(tenures: Sequence[Tenure], found: dict[str, list[Fact]], cut: set[str]) -> None:
    begin, end = min(one.from_on for one in tenures), max(one.to_on for one in tenures)
    led = _led_on(sa.func.coalesce(Document.issued_on, clock.today()))
    listed = (
        sa.select(Paper.id.label("paper_id"), led.label("unit_id"))
        .select_from(Paper)
        .join(Document, Document.id == Paper.document_id)
        .join(paper_task, paper_task.c.paper_id == Paper.id)
        .join(Task, Task.id == paper_task.c.task_id)
        .where(
            Document.kind == DocumentKind.REMINDER_LETTER,
            Document.state.not_in(OVER),
            _of_units(tenures),
            sa.or_(
                Document.issued_on.between(begin, end),
                sa.and_(
                    Document.issued_on.is_(None),
                    Paper.created_at >= clock.at(begin, 0),
                    Paper.created_at < clock.at(end + timedelta(days=1), 0),
                ),
            ),
        )
        .subquery()
    )
    counted = (
        sa.select(listed.c.paper_id, listed.c.unit_id, sa.func.count().label("number"))
        .group_by(listed.c.paper_id, listed.c.unit_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Paper, counted.c.unit_id, counted.c.number)
        .join(counted, counted.c.paper_id == Paper.id)
        .order_by(Paper.id)
        .limit(MOST + 1)
    ).all()
    for paper, unit_id, number in _taken(rows, cut, "letters", "drafts"):
        document = paper.document
        out = document.state in OUT and document.issued_on is not None
        on = document.issued_on if out else clock.local(paper.created_at).date()
        if not any(one.unit_id == unit_id and one.from_on <= on <= one.to_on for one in tenures):
            continue
        name = f"Công văn số {document.number_and_symbol}" if out else document.subject
        detail = f"{count(number)} nội dung của đơn vị"
        if not out:
            detail = f"soạn ngày {format_date(on)}, chưa ban hành; {detail}"
        found["letters" if out else "drafts"].append(Fact(on, unit_id, name, detail, paper_id=paper.id))


def _directives(tenures: Sequence[Tenure], found: dict[str, list[Fact]], cut: set[str]) -> None:
    today = clock.today()
    led = _led_on(Directive.asked_on)
    rows = db.session.execute(
        sa.select(Directive, led, Task.code)
        .join(Task, Task.id == Directive.task_id)
        .where(
            Directive.to_person_id.is_(None), _of_units(tenures), _within(led, Directive.asked_on, tenures)
        )
        .options(lazyload(Directive.task))
        .order_by(Directive.asked_on, Directive.id)
        .limit(MOST + 1)
    ).all()
    for directive, unit_id, code in _taken(rows, cut, "answered", "answered_late", "unanswered"):
        late = directive.days_late(today)
        detail = f"trả lời chậm nhất ngày {format_date(directive.answer_due_on)}"
        key = "unanswered"
        if directive.answered_at is not None:
            key = "answered_late" if late else "answered"
            detail += f"; trả lời ngày {format_date(clock.local(directive.answered_at).date())}"
        if late:
            detail += f"; quá hạn {count(late)} ngày"
        found[key].append(
            Fact(
                directive.asked_on, unit_id, f"{code}: {directive.label}. {directive.text}", detail,
                task_id=directive.task_id,
            )
        )  # fmt: skip
