"""Papers about one that is out: the corrigendum and the recall, begun and taking effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.audit import services as audit
from app.db import Base
from app.deadlines import queries as deadlines
from app.deadlines.settings import RECALL_TYPE_NAME
from app.documents import papers
from app.documents.delivery import short_citation
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, DocumentState, Paper
from app.documents.states import DOCUMENT
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.notices import about as about_papers
from app.notices import corrigendum, recall_paper
from app.notices.models import CorrectionLine, Notice, NoticeRecall, RecallState
from app.notices.services.recalling import recall_by_paper
from app.policy import Action, Actor, authorise
from app.remediation.services import begin, send
from app.vietnamese import nfc
from app.workflow import advance, hold

SYMBOLS_OF = {"quyết định": "decision", "công văn": "letter"}
"""By what an office may call its recalling paper; else that of notices."""


@dataclass(frozen=True)
class Correction:
    """One place as printed and as it should read; either may be empty (words left out, words too many)."""

    place: str
    printed: str
    corrected: str


def ask_correctable(document: Document) -> None:
    """Raises WrongState unless this is a paper of ours, in force."""
    if document.state not in IN_FORCE or document.issuer_unit_id is None:
        raise WrongState("Chỉ đính chính văn bản của cơ quan đã ban hành và còn được áp dụng.")


def begin_corrigendum(document: Document, lines: Sequence[Correction], *, actor: Actor) -> Paper:
    """Soạn công văn đính chính; the paper itself changes nothing before the letter is issued.

    Raises DomainError (field `lines`), WrongState, Conflict (one is being
    drafted), Forbidden.
    """
    authorise(actor, Action.DRAFT_CORRIGENDUM, document)
    hold(document)
    ask_correctable(document)
    if about_papers.find_draft_corrigendum(document.id) is not None:
        raise Conflict("Văn bản này đang có công văn đính chính chưa ban hành.")
    cleaned = [_clean(line) for line in lines]
    if not cleaned:
        raise DomainError("Nhập ít nhất 01 chỗ đính chính.", field="lines")
    units = [delivery.unit for delivery in document.deliveries if delivery.handed_to_id is None]

    def keep(paper: Paper) -> None:
        db.session.add_all(
            CorrectionLine(
                paper_id=paper.id, ordinal=place, place=line.place, printed=line.printed,
                corrected=line.corrected,
            )
            for place, line in enumerate(cleaned, start=1)
        )  # fmt: skip

    return begin(
        DocumentKind.CORRIGENDUM,
        subject=corrigendum.subject_of(document),
        units=units,
        about_document=document,
        actor=actor,
        keep=keep,
    )


def _clean(line: Correction) -> Correction:
    made = Correction(*(" ".join(nfc(text).split()) for text in (line.place, line.printed, line.corrected)))
    if not made.place:
        raise DomainError("Ghi vị trí: trang, mục, dòng.", field="lines")
    if made.printed == made.corrected:
        raise DomainError("Chữ đúng phải khác chữ đã in.", field="lines")
    return made


def correct_by_paper(paper: Paper, actor: Actor) -> None:
    """Once the letter is issued the paper is “đã đính chính”; its bytes stay as they are.

    One that was replaced or recalled meanwhile keeps that state.
    """
    document = paper.about
    assert document is not None, "a corrigendum is begun about a paper"
    send(paper, actor)
    data = {"paper": short_citation(paper.document, "Công văn")}
    about: tuple[Base, ...] = (paper.document, *_notice(document))
    hold(document)
    if document.state is DocumentState.ISSUED:
        advance(document, "correct", DOCUMENT, actor=actor, about=about, data=data)
    else:
        audit.record("document_corrected", document, *about, actor=actor, data=data)
    db.session.flush()


def _notice(document: Document) -> tuple[Base, ...]:
    """On whose timeline it shows as well."""
    notice = db.session.scalar(sa.select(Notice).where(Notice.document_id == document.id))
    return () if notice is None else (notice, notice.inspection)


def begin_recall(recall: NoticeRecall, *, actor: Actor) -> Paper:
    """Soạn văn bản thu hồi for a request that waits: whoever signs the paper decides by it.

    Raises WrongState (answered), Conflict (one is being drafted), Forbidden.
    """
    notice = recall.notice
    authorise(actor, Action.REQUEST_RECALL, notice)
    hold(recall)
    if recall.state is not RecallState.REQUESTED:
        raise WrongState("Đề nghị thu hồi này đã có quyết định.")
    if about_papers.find_draft_recall(notice.document_id) is not None:
        raise Conflict("Thông báo này đang có văn bản thu hồi chưa ban hành.")
    return begin(
        DocumentKind.RECALL,
        subject=recall_paper.subject_of(notice.document),
        symbol=papers.symbol_in(SYMBOLS_OF.get(deadlines.setting(RECALL_TYPE_NAME).lower(), "notice")),
        units=[delivery.unit for delivery in notice.document.deliveries if delivery.handed_to_id is None],
        inspection=notice.inspection,
        about_document=notice.document,
        actor=actor,
    )


def recall_notice_by_paper(paper: Paper, actor: Actor) -> None:
    """Once the recalling paper is issued, the notice and all that its issue did are taken back."""
    recall = about_papers.find_recall_of(paper)
    if recall is None:
        raise Conflict("Không có đề nghị thu hồi nào chờ quyết định.")
    recall_by_paper(recall, paper.document, actor=actor)
