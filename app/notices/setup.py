"""What notices add to the page of a case: a column, lines among the papers, the way to a new one."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from flask import Flask, url_for

from app.deadlines import steps
from app.deadlines.models import STEP_LABELS, StepDate
from app.deadlines.moved import Moved, MovedDates, add_counter
from app.deadlines.working_days import Calendar
from app.documents import chain, delivery
from app.documents import queries as documents
from app.documents.composers import Composer, add_composer
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState
from app.documents.states import DOCUMENT, OVER
from app.extensions import db
from app.inspections import holds, panels
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection, InspectionState
from app.inspections.panels import ActionLink, CellText, Paper
from app.notices import batches, corrigendum, course, queries, recall_paper, replaced, services
from app.notices.models import Notice
from app.notices.services import publishing
from app.notices.services.replacing import give_up
from app.policy import Action, Actor, can

HELD = (
    "Thông báo kết luận của {unit} đang ở bước “{state}” nên tồn tại, nội dung khắc phục giữ nguyên. "
    "Đề nghị trả lại để hoàn thiện trước khi sửa."
)
BEFORE = (InspectionState.DRAFT, InspectionState.DECIDED)
OUT = (DocumentState.ISSUED, DocumentState.CORRECTED, DocumentState.REPLACED, DocumentState.RECALLED)


def notice_cells(inspection: Inspection, actor: Actor) -> dict[int, CellText]:
    """The notice of each unit: its number once it has one, until then where it is."""
    if not can(actor, Action.VIEW_NOTICE, inspection):
        return {}
    cells = {}
    for notice in queries.list_for_inspection(inspection.id):
        document = notice.document
        if document.state is DocumentState.ABANDONED or (notice.replacement and not document.is_issued):
            continue  # until it is issued, the one that it is to replace stands
        text = document.number_and_symbol if document.state in OUT else DOCUMENT.labels[document.state]
        if document.is_over:
            text = f"{text} ({OVER[document.state]})"
        cell = CellText(text, url_for("notices.show", notice_id=notice.id))
        cells.update({unit.id: cell for unit in notice.units})
    return cells


def recalled_by(document: Document) -> Document | None:
    """The paper that recalled a notice."""
    recall = queries.find_recalling(document.id)
    return recall.document if recall is not None else None


def replaced_by(document: Document) -> Document | None:
    """The notice that took the place of another."""
    return replaced.find_replacing_paper(document.id)


def papers_of(inspection: Inspection, actor: Actor) -> list[Paper]:
    """Issued notices of the case, and the papers by which some were recalled."""
    if not can(actor, Action.VIEW_NOTICE, inspection):
        return []
    notices = queries.list_for_inspection(inspection.id)
    issued = [
        Paper(
            kind="Thông báo kết luận",
            title=f"Thông báo số {notice.document.number_and_symbol}"
            + (f" ({OVER[notice.document.state]})" if notice.document.is_over else ""),
            on=notice.document.issued_on,
            url=url_for("notices.show", notice_id=notice.id),
            sealed=not notice.document.is_over,
        )
        for notice in notices
        if notice.document.state in OUT
    ]
    over = [notice.document for notice in notices if notice.document.state is DocumentState.RECALLED]
    recalling = [paper for document in over if (paper := recalled_by(document)) is not None]
    return issued + [
        Paper(
            kind="Văn bản thu hồi thông báo",
            title=f"Văn bản số {paper.number_and_symbol}",
            on=paper.issued_on,
            url=url_for("documents.show", document_id=paper.id),
            sealed=True,
        )
        for paper in recalling
    ]


def actions_of(inspection: Inspection, actor: Actor) -> list[ActionLink]:
    """Soạn thông báo kết luận, while a unit whose inspection has ended is in no notice; the last batch."""
    if not can(actor, Action.VIEW_NOTICE, inspection) or inspection.state in BEFORE:
        return []
    made = []
    latest = batches.find_latest(inspection.id)
    if latest is not None:
        address = url_for("notices.batch", batch_id=latest)
        made.append(ActionLink("Thông báo cho từng đơn vị", address, icon="file-earmark-text"))
    if can(actor, Action.DRAFT_NOTICE, inspection) and queries.list_open_units(inspection):
        address = url_for("notices.new", inspection_id=inspection.id)
        reported = inspection.state is InspectionState.REPORTED
        made.append(
            ActionLink("Soạn thông báo kết luận", address, primary=reported, icon="file-earmark-text")
        )
    return made


def kept_by_a_notice(inspected_unit_id: int) -> str | None:
    """What a notice on its way says stays; what eOffice issues is brought in line instead."""
    notice = next(iter(queries.list_on_their_way(inspected_unit_id)), None)
    unit = db.session.get(InspectedUnit, inspected_unit_id)
    if notice is None or unit is None:
        return None
    return HELD.format(unit=unit.unit.name, state=DOCUMENT.labels[notice.document.state])


def papers_of_cases(actor: Actor) -> sa.Select[int | None]:
    """Papers of the cases that somebody may see, for the book of papers."""
    return queries.select_papers(sa.select(Inspection.id).where(inspections.visible_to(actor)))


def moved(calendar: Calendar, actor: Actor) -> MovedDates:
    """For the calendar: publications that are still owed and that it would count otherwise."""
    open_ = queries.list_to_publish(actor, most=None)
    owed = {row.document_id: notice for notice, row in open_}
    found = steps.otherwise([row for _notice, row in open_], calendar)
    return MovedDates(
        len(found), tuple(_moved(row, day, owed[row.document_id]) for row, day in found if row.document_id)
    )


def _moved(row: StepDate, day: date, notice: Notice) -> Moved:
    text = f"{STEP_LABELS[row.step]}: Thông báo số {notice.document.number_and_symbol}"
    return Moved(
        text,
        notice.document.issuer_name,
        row.due_on,
        day,
        url_for("notices.publication", notice_id=notice.id),
    )


COMPOSERS = (
    Composer(
        DocumentKind.CORRIGENDUM, corrigendum.compose, Action.DRAFT_CORRIGENDUM, corrigendum.misses,
        services.correct_by_paper, corrigendum.effects,
    ),
    Composer(
        DocumentKind.RECALL, recall_paper.compose, Action.REQUEST_RECALL, recall_paper.misses,
        services.recall_notice_by_paper, recall_paper.effects,
    ),
)  # fmt: skip
"""Papers about one that is out."""


def register(_app: Flask) -> None:
    """Attach to the page of a case, and to the chain of papers."""
    chain.add(DocumentKind.CONCLUSION_NOTICE, course.of)
    chain.on_giving_up(DocumentKind.CONCLUSION_NOTICE, give_up)
    chain.on_submit(DocumentKind.CONCLUSION_NOTICE, publishing.count_from_draft)
    panels.add_column("notice", notice_cells)
    panels.add_papers(papers_of)
    panels.add_actions(actions_of)
    holds.add(kept_by_a_notice)
    documents.add_case_papers(papers_of_cases)
    documents.add_ending(recalled_by)
    for composer in COMPOSERS:
        add_composer(composer)
    documents.add_ending(replaced_by)
    delivery.on_receipt(publishing.count_from_receipt)
    add_counter(moved)
