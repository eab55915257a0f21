"""Reading drafts of papers: only for the office; members of teams those of their cases and their own."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.documents import composers
from app.documents.authority import takers_for
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, DocumentVersion, Paper
from app.documents.papers.ways import is_of_team
from app.errors import NotFound
from app.extensions import db
from app.policy import OFFICE_ROLES, Actor, Role
from app.vietnamese import search_key
from app.web.paging import Cursor, Page, slice_page

OVER = (DocumentState.ABANDONED, DocumentState.VOIDED)
OUT = (DocumentState.ISSUED, DocumentState.CORRECTED, DocumentState.REPLACED, DocumentState.RECALLED)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on `Paper` joined to its `Document`."""
    if actor.roles & (OFFICE_ROLES - {Role.INSPECTOR}):
        return sa.true()
    if actor.in_office:
        own = sa.or_(Document.drafter_id == actor.person_id, Document.signer_id == actor.person_id)
        return sa.or_(own, Paper.inspection_id.in_(composers.cases().visible(actor)))
    return sa.false()


def get_paper(actor: Actor, paper_id: int) -> Paper:
    """The paper with its steps. Raises NotFound for what the actor may not know of."""
    found = db.session.scalar(
        sa.select(Paper)
        .join(Paper.document)
        .where(Paper.id == paper_id, visible_to(actor))
        .options(
            contains_eager(Paper.document).options(
                joinedload(Document.signer), joinedload(Document.drafter), selectinload(Document.steps)
            )
        )
    )
    if found is None:
        raise NotFound
    return found


def get_of_document(document_id: int) -> Paper:
    """The paper whose document this is. Raises NotFound."""
    found = db.session.scalar(sa.select(Paper).where(Paper.document_id == document_id))
    if found is None:
        raise NotFound
    return found


def list_papers(
    actor: Actor, *, text: str = "", state: str = "", cursor: Cursor | None = None, size: int = 30
) -> Page[Paper]:
    """Papers that were prepared here, newest first; `state`: "drafting", "open", "issued". Cursor: (id,)."""
    query = (
        sa.select(Paper)
        .join(Paper.document)
        .where(visible_to(actor))
        .options(
            contains_eager(Paper.document).options(joinedload(Document.drafter), joinedload(Document.signer))
        )
    )
    if text.strip():
        query = query.where(Document.search.contains(search_key(text), autoescape=True))
    if state == "drafting":
        query = query.where(Document.state == DocumentState.DRAFT)
    elif state == "open":
        query = query.where(Document.state.not_in((DocumentState.DRAFT, *OVER, *OUT)))
    elif state == "issued":
        query = query.where(Document.state.in_(OUT))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        key = int(cursor.values[0] or 0)
        query = query.where(Paper.id > key if backwards else Paper.id < key)
    rows = db.session.scalars(query.order_by(Paper.id if backwards else Paper.id.desc()).limit(size + 1))
    return slice_page(list(rows.unique()), size=size, key=lambda paper: (paper.id,), cursor=cursor)


def list_of_case(inspection_id: int) -> Sequence[Paper]:
    """Papers of a case that were not given up, oldest first."""
    return db.session.scalars(
        sa.select(Paper)
        .join(Paper.document)
        .where(Paper.inspection_id == inspection_id, Document.state.not_in(OVER))
        .options(contains_eager(Paper.document))
        .order_by(Paper.id)
    ).all()


def find_issued(inspection_id: int, kind: DocumentKind) -> Document | None:
    """The last paper of this kind that was prepared here for the case and is issued and in force."""
    return db.session.scalar(
        sa.select(Document)
        .join(Paper, Paper.document_id == Document.id)
        .where(
            Paper.inspection_id == inspection_id,
            Document.kind == kind,
            Document.state.in_((DocumentState.ISSUED, DocumentState.CORRECTED)),
        )
        .order_by(Document.id.desc())
        .limit(1)
    )


def list_versions(document: Document) -> Sequence[DocumentVersion]:
    """The words of a paper at each act, each once, the oldest first."""
    return db.session.scalars(
        sa.select(DocumentVersion)
        .where(DocumentVersion.document_id == document.id)
        .options(joinedload(DocumentVersion.step))
        .order_by(DocumentVersion.id)
    ).all()


def signers_of(paper: Paper) -> Sequence[Person]:
    """Who may be named as signer: leaders, the team's leader for papers of the team, who has a delegation."""
    document = paper.document
    known = list(accounts.list_holders(Role.LEADER))
    if is_of_team(document.kind) and paper.inspection_id is not None:
        known = [*composers.cases().signers(paper.inspection_id), *known]
    known += takers_for(document.kind, clock.today())
    return list({person.id: person for person in known if person.id != document.drafter_id}.values())
