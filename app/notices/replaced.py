"""By which notice another was replaced, or is to be."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.documents.models import Document, DocumentState
from app.documents.queries import ISSUED
from app.extensions import db
from app.notices.models import Notice, NoticeReplacement


def find_replacing(old: Notice) -> Notice | None:
    """The notice that replaces this one, or is being drafted to."""
    return db.session.scalar(
        sa.select(Notice)
        .join(NoticeReplacement, NoticeReplacement.notice_id == Notice.id)
        .join(Document, Document.id == Notice.document_id)
        .where(NoticeReplacement.replaces_id == old.id, Document.state != DocumentState.ABANDONED)
        .order_by(Notice.id.desc())
        .limit(1)
    )


def find_replacing_paper(document_id: int) -> Document | None:
    """The issued notice that took the place of the one with this document."""
    old, new = aliased(Notice), aliased(Notice)
    return db.session.scalar(
        sa.select(Document)
        .join(new, new.document_id == Document.id)
        .join(NoticeReplacement, NoticeReplacement.notice_id == new.id)
        .join(old, old.id == NoticeReplacement.replaces_id)
        .where(old.document_id == document_id, Document.state.in_(ISSUED))
        .limit(1)
    )
