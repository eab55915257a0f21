"""Thông báo kết thúc theo dõi: everything that a notice asked was accepted, so nobody follows it any more."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.badge import Progress, progress
from app.deadlines.settings import FOLLOWUP_END_TITLE, NOTICE_VERB
from app.documents.content import Item, Numbered, OfficialDocument, paragraph, plain
from app.documents.delivery import short_citation
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, DocumentState, Paper
from app.errors import WrongState
from app.extensions import db
from app.remediation import queries as remediation
from app.remediation.heads import Head, head_of
from app.remediation.lateness import position
from app.remediation.models import Task
from app.remediation.queries import OPEN_STATES
from app.vietnamese import count, format_date


def subject_of(document: Document) -> str:
    """“Kết thúc theo dõi việc thực hiện Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ”."""
    return f"{deadlines.setting(FOLLOWUP_END_TITLE)} {short_citation(document, 'Thông báo')}"


def find(document_id: int) -> Paper | None:
    """The end of the follow-up of a notice, drafted or issued."""
    return db.session.scalar(
        sa.select(Paper)
        .join(Document, Document.id == Paper.document_id)
        .where(
            Paper.about_document_id == document_id,
            Document.kind == DocumentKind.FOLLOWUP_END,
            Document.state.not_in((DocumentState.ABANDONED, DocumentState.VOIDED, DocumentState.RECALLED)),
        )
        .limit(1)
    )


def compose(paper: Paper) -> OfficialDocument:
    """The notice of a drafted paper."""
    if paper.about is None:
        raise WrongState("Soạn thông báo kết thúc theo dõi từ bảng theo dõi, lọc theo thông báo.")
    tasks = remediation.list_of_notice_told(paper.about.id)
    return ended(head_of(paper), paper.about, tasks)


def misses(paper: Paper) -> tuple[str, ...]:
    """What stops it: items still open, a notice not in force."""
    if paper.about is None or paper.about.state not in IN_FORCE:
        return ("Thông báo không còn được áp dụng.",)
    return tuple(filter(None, [left(remediation.list_of_notice_told(paper.about.id))]))


def left(tasks: Sequence[Task]) -> str:
    """“Còn 03 nội dung chưa công nhận hoàn thành.”; empty when nothing is open."""
    open_ = sum(task.state in OPEN_STATES for task in tasks)
    if not tasks:
        return "Thông báo không giao nội dung khắc phục nào."
    return f"Còn {count(open_)} nội dung chưa công nhận hoàn thành." if open_ else ""


def ended(head: Head, about: Document, tasks: Sequence[Task]) -> OfficialDocument:
    """What was asked and done, in time or late; that the follow-up ends; that the result is to last."""
    today = clock.today()
    stages = [progress(position(task), today) for task in tasks]
    late = stages.count(Progress.DONE_LATE)
    units = remediation.units_of_tasks(tasks)
    whom = units[0].name if len(units) == 1 else "các đơn vị"
    named = short_citation(about, "Thông báo")
    last = max((task.accepted_on for task in tasks if task.accepted_on is not None), default=None)
    until = f"; đến ngày {format_date(last)}" if last else ";"
    lines = (
        f"{named} giao {count(len(tasks))} nội dung khắc phục cho {whom}{until} đã công nhận hoàn thành "
        f"{count(len(tasks))} nội dung, trong đó quá hạn {count(late)} nội dung.",
        f"Kết thúc theo dõi việc thực hiện {named.partition(' ngày ')[0]} kể từ ngày ban hành Thông báo này.",
        f"{deadlines.setting(NOTICE_VERB).capitalize()} Thủ trưởng {whom} duy trì kết quả đã khắc phục; "
        "tồn tại, "
        "hạn chế tái diễn được xem xét khi đánh giá mức độ hoàn thành nhiệm vụ.",
    )
    return OfficialDocument(
        kind=DocumentKind.FOLLOWUP_END,
        type_name="Thông báo",
        subject=subject_of(about),
        governing_body=head.parent,
        issuing_body=head.printed,
        symbol=head.symbol,
        place=head.place,
        blocks=(
            paragraph(
                f"Trên cơ sở kết quả theo dõi, thẩm tra, {head.body} thông báo như sau:", ref="opening"
            ),
            Numbered(tuple(Item(plain(line), ref=f"end_{place}") for place, line in enumerate(lines, 1))),
        ),
        signature=head.signature,
        recipients=(*(unit.name for unit in units), *head.informed, head.kept),
    )


def effects(paper: Paper) -> str:
    """What issuing the paper ends."""
    assert paper.about is not None, "the end is begun about a notice"
    return (
        f"Kết thúc theo dõi {short_citation(paper.about)}; cuộc kiểm tra được đóng khi không còn nội dung "
        "khắc phục nào đang thực hiện."
    )
