"""Reading documents: who may see which, the register of outgoing documents, deliveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.documents.kinds import DocumentKind
from app.documents.models import (
    IN_FORCE,
    Delivery,
    Document,
    DocumentState,
    Number,
    NumberState,
    Paper,
    Recipient,
    Series,
)
from app.errors import NotFound
from app.extensions import db
from app.policy import Actor, Role
from app.vietnamese import format_date, search_key
from app.web.paging import Cursor, Page, slice_page

ISSUED = (DocumentState.ISSUED, DocumentState.CORRECTED, DocumentState.REPLACED, DocumentState.RECALLED)
_DRAFT_READERS = frozenset({Role.PLANNER, Role.LEADER, Role.CONTENT_CHECKER, Role.CLERK, Role.FOLLOWER})


CasePapers = Callable[[Actor], sa.Select[int | None]]
_case_papers: list[CasePapers] = []


def add_case_papers(papers: CasePapers) -> None:
    """Let features above say which papers belong to the cases that somebody may see."""
    if papers not in _case_papers:
        _case_papers.append(papers)


Ending = Callable[[Document], Document | None]
_endings: list[Ending] = []


def add_ending(find: Ending) -> None:
    """Let features above say by which paper a document was recalled or replaced."""
    if find not in _endings:
        _endings.append(find)


def ended_by(document: Document) -> Document | None:
    """The paper by which it was recalled or replaced; None while it is in force."""
    if not document.is_over:
        return None
    return next((paper for find in _endings if (paper := find(document)) is not None), None)


def list_corrigenda(document_id: int) -> Sequence[Document]:
    """The letters that correct a paper, those that are in force, oldest first."""
    return db.session.scalars(
        sa.select(Document)
        .join(Paper, Paper.document_id == Document.id)
        .where(
            Paper.about_document_id == document_id,
            Document.kind == DocumentKind.CORRIGENDUM,
            Document.state.in_(IN_FORCE),
        )
        .order_by(Document.issued_on, Document.id)
    ).all()


def standing_words(document: Document) -> str:
    """Whether an issued paper holds, and by which papers it was changed: number, day, issuer of each."""
    ending = ended_by(document)
    match document.state:
        case DocumentState.REPLACED:
            return f"Đã được thay thế bằng {_cited(ending)}. Văn bản không còn được áp dụng."
        case DocumentState.RECALLED:
            return f"Đã bị thu hồi theo {_cited(ending)}. Văn bản không còn được áp dụng."
        case DocumentState.CORRECTED:
            papers = ", ".join(_cited(paper) for paper in list_corrigenda(document.id)) or _cited(None)
            return f"Đang có hiệu lực, đã được đính chính tại {papers}."
    return "Đang có hiệu lực."


def _cited(paper: Document | None) -> str:
    if paper is None or paper.issued_on is None:
        return "văn bản khác"
    return f"văn bản số {paper.number_and_symbol} ngày {format_date(paper.issued_on)} của {paper.issuer_name}"


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The office's own officials: everything; members of teams: issued notices and papers of their cases;
    observers: issued conclusion notices; units: issued papers that were sent to them."""
    issued = Document.state.in_(ISSUED)
    own = sa.or_(Document.drafter_id == actor.person_id, Document.signer_id == actor.person_id)
    if actor.roles & _DRAFT_READERS:
        return sa.true()
    if actor.in_office:
        theirs = [Document.id.in_(papers(actor)) for papers in _case_papers]
        notices = Document.kind == DocumentKind.CONCLUSION_NOTICE
        return sa.or_(own, sa.and_(issued, sa.or_(notices, *theirs)))
    received = sa.and_(
        issued,
        sa.exists().where(Delivery.document_id == Document.id, Delivery.unit_id.in_(actor.unit_ids)),
    )
    if Role.OBSERVER in actor.roles:
        notice = sa.and_(issued, Document.kind == DocumentKind.CONCLUSION_NOTICE)
        return sa.or_(notice, received)
    return received


def get_visible(actor: Actor, document_id: int) -> Document:
    """The document, with its deliveries. Raises NotFound for what the actor may not know of."""
    found = db.session.scalar(
        sa.select(Document)
        .where(Document.id == document_id, visible_to(actor))
        .options(selectinload(Document.deliveries))
    )
    if found is None:
        raise NotFound
    return found


def get_delivery(actor: Actor, delivery_id: int) -> Delivery:
    """The delivery, for the office and for the unit itself. Raises NotFound."""
    found = db.session.get(Delivery, delivery_id)
    if found is None or not (actor.in_office or found.unit_id in actor.unit_ids):
        raise NotFound
    return found


def get_issued(actor: Actor, document_id: int) -> Document:
    """An issued paper whose sending the office records. Raises NotFound, also for everybody else."""
    found = get_visible(actor, document_id)
    if not actor.in_office or found.state not in ISSUED:
        raise NotFound
    return found


def get_recipient(actor: Actor, recipient_id: int) -> Recipient:
    """A line of Nơi nhận, for the office alone. Raises NotFound."""
    found = db.session.get(Recipient, recipient_id)
    if found is None or not actor.in_office:
        raise NotFound
    get_visible(actor, found.document_id)
    return found


def list_recipients(document: Document) -> Sequence[Recipient]:
    """The lines of Nơi nhận in their order, with who recorded the sending; empty before they are listed."""
    return db.session.scalars(
        sa.select(Recipient)
        .where(Recipient.document_id == document.id)
        .options(joinedload(Recipient.recorder))
        .order_by(Recipient.ordinal)
    ).all()


def shown_deliveries(document: Document, actor: Actor) -> Sequence[Delivery]:
    """All of them for the office and observers; a unit sees its own only."""
    if actor.in_office or Role.OBSERVER in actor.roles:
        return document.deliveries
    return [delivery for delivery in document.deliveries if delivery.unit_id in actor.unit_ids]


def list_register(
    actor: Actor, *, text: str = "", year: int | None = None, cursor: Cursor | None = None, size: int = 50
) -> Page[Document]:
    """Issued documents as the book of outgoing papers has them, newest first. Cursor: (day, id)."""
    query = (
        sa.select(Document)
        .where(visible_to(actor), Document.state.in_(ISSUED))
        .options(selectinload(Document.deliveries).selectinload(Delivery.unit))
    )
    if text.strip():
        query = query.where(Document.search.contains(search_key(text), autoescape=True))
    if year is not None:
        query = query.where(Document.issue_year == year)
    return keyset(query, cursor=cursor, size=size)


def keyset(query: sa.Select[Any], *, cursor: Cursor | None, size: int) -> Page[Document]:
    """A page of documents, newest day first."""
    if cursor is not None:
        day, key = date.fromisoformat(str(cursor.values[0])), int(cursor.values[1] or 0)
        here = sa.tuple_(Document.issued_on, Document.id)
        there = sa.tuple_(sa.literal(day, sa.Date()), sa.literal(key))
        query = query.where(here > there if cursor.backwards else here < there)
    backwards = cursor is not None and cursor.backwards
    order = (Document.issued_on, Document.id)
    query = query.order_by(*(order if backwards else [column.desc() for column in order])).limit(size + 1)
    rows = db.session.scalars(query).all()
    return slice_page(
        rows,
        size=size,
        cursor=cursor,
        key=lambda row: (row.issued_on.isoformat() if row.issued_on else "", row.id),
    )


def list_years(actor: Actor) -> Sequence[int]:
    """Years that have issued documents, newest first."""
    found = db.session.scalars(
        sa.select(Document.issue_year)
        .where(Document.state.in_(ISSUED), visible_to(actor), Document.issue_year.is_not(None))
        .distinct()
    )
    return sorted((year for year in found if year is not None), reverse=True)


def get_series(_actor: Actor, series_id: int) -> Series:
    """A series of numbers, for pages whose right (books) is asked beside. Raises NotFound."""
    found = db.session.get(Series, series_id)
    if found is None:
        raise NotFound
    return found


def list_reserved(series: Series, year: int) -> Sequence[Number]:
    """Numbers that were taken and stand on no signed paper yet, with the papers that hold them."""
    return db.session.scalars(
        sa.select(Number)
        .where(Number.series_id == series.id, Number.year == year, Number.state == NumberState.RESERVED)
        .order_by(Number.n)
        .options(joinedload(Number.document).joinedload(Document.signer))
    ).all()
