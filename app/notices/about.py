"""Reading the papers about one that is out: the lines of a corrigendum, the request that a recall answers."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.documents import queries as documents
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, Paper
from app.errors import NotFound
from app.extensions import db
from app.notices.models import CorrectionLine, Notice, NoticeRecall, RecallState
from app.policy import Actor


def get_correctable(actor: Actor, document_id: int) -> Document:
    """A paper that somebody of the office may see. Raises NotFound, for a unit that has received it too."""
    if not actor.in_office:
        raise NotFound
    return documents.get_visible(actor, document_id)


def list_corrections(paper: Paper) -> Sequence[CorrectionLine]:
    """The lines of a corrigendum in their order."""
    return db.session.scalars(
        sa.select(CorrectionLine).where(CorrectionLine.paper_id == paper.id).order_by(CorrectionLine.ordinal)
    ).all()


def find_recall_of(paper: Paper) -> NoticeRecall | None:
    """The request that a recalling paper answers: the one that waits, or the one it has granted."""
    return db.session.scalar(
        sa.select(NoticeRecall)
        .join(Notice, Notice.id == NoticeRecall.notice_id)
        .where(
            Notice.document_id == paper.about_document_id,
            sa.or_(
                NoticeRecall.state == RecallState.REQUESTED, NoticeRecall.document_id == paper.document_id
            ),
        )
    )


def _find_draft(kind: DocumentKind, about_document_id: int) -> Paper | None:
    return db.session.scalar(
        sa.select(Paper)
        .join(Document, Document.id == Paper.document_id)
        .where(
            Paper.about_document_id == about_document_id,
            Document.kind == kind,
            Document.issued_on.is_(None),
            Document.state.not_in((DocumentState.ABANDONED, DocumentState.VOIDED)),
        )
        .limit(1)
    )


def find_draft_corrigendum(document_id: int) -> Paper | None:
    """The corrigendum of a paper that is being drafted."""
    return _find_draft(DocumentKind.CORRIGENDUM, document_id)


def find_draft_recall(document_id: int) -> Paper | None:
    """The recalling paper of a notice that is being drafted."""
    return _find_draft(DocumentKind.RECALL, document_id)
