"""Reading notices: only for the office and the team; units read the issued paper instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload, selectinload

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.audit.models import EventSubject
from app.deadlines.models import Step, StepDate
from app.documents.chain.waiting import Waits, waits_of
from app.documents.models import IN_FORCE, Document, DocumentState, IssueWay
from app.errors import NotFound
from app.extensions import db
from app.fieldwork.models import Minutes
from app.findings.models import Finding
from app.inspections import queries as inspections
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
    TeamMember,
    TeamRole,
    Visit,
)
from app.notices.models import (
    Notice,
    NoticeFinding,
    NoticePublication,
    NoticeRecall,
    RecallState,
    notice_unit,
)
from app.policy import OFFICE_ROLES, Action, Actor, Role, can
from app.vietnamese import search_key
from app.web.paging import Cursor, Page, slice_page

OVER = (DocumentState.REPLACED, DocumentState.RECALLED, DocumentState.ABANDONED)
"""A notice in one of these leaves its units to another one."""
NOT_OVER = (InspectionState.IN_PROGRESS, InspectionState.FIELDWORK_ENDED, InspectionState.REPORTED)
TO_DRAFT = 20
ISSUED = (DocumentState.ISSUED, DocumentState.CORRECTED, DocumentState.REPLACED, DocumentState.RECALLED)


@dataclass(frozen=True)
class Filters:
    """What the list shows: text without marks; `state` of the document, or "open" / "issued" for groups."""

    text: str = ""
    state: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Totals:
    """Counted numbers above the list."""

    drafting: int
    in_chain: int
    issued: int


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Office officials: all; a team's members: those of their cases; observers: issued ones; units: none."""
    if actor.roles & (OFFICE_ROLES - {Role.INSPECTOR}):
        return sa.true()
    if actor.in_office:
        cases = sa.select(Inspection.id).where(inspections.visible_to(actor))
        return Notice.inspection_id.in_(cases)
    if Role.OBSERVER in actor.roles:
        return Notice.document_id.in_(sa.select(Document.id).where(Document.state.in_(ISSUED)))
    return sa.false()


def get_visible(actor: Actor, notice_id: int) -> Notice:
    """The notice with its units, findings and steps. Raises NotFound (observers read the paper)."""
    found = None
    if actor.in_office:
        found = db.session.scalar(
            sa.select(Notice)
            .where(Notice.id == notice_id, visible_to(actor))
            .options(
                selectinload(Notice.units),
                selectinload(Notice.items).joinedload(NoticeFinding.finding).joinedload(Finding.scope_item),
                joinedload(Notice.document).selectinload(Document.steps),
                joinedload(Notice.inspection),
            )
        )
    if found is None:
        raise NotFound
    return found


def get_of_document(document_id: int) -> Notice:
    """The notice whose paper this is. Raises NotFound."""
    found = db.session.scalar(sa.select(Notice).where(Notice.document_id == document_id))
    if found is None:
        raise NotFound
    return found


def get_inspection(actor: Actor, inspection_id: int) -> Inspection:
    """The case for which a notice is to be begun. Raises NotFound."""
    return inspections.get_visible(actor, inspection_id)


def without_notice() -> sa.ColumnElement[bool]:
    """The condition on `InspectedUnit`: ended or reported, and in no notice yet."""
    taken = (
        sa.select(notice_unit.c.inspected_unit_id)
        .join(Notice, Notice.id == notice_unit.c.notice_id)
        .join(Document, Document.id == Notice.document_id)
        .where(Document.state.not_in(OVER))
    )
    return sa.and_(
        InspectedUnit.state.in_((InspectedUnitState.ENDED, InspectedUnitState.REPORTED)),
        InspectedUnit.id.not_in(taken),
    )


def list_open_units(inspection: Inspection) -> Sequence[InspectedUnit]:
    """Ended or reported units of the case that are in no notice yet."""
    return db.session.scalars(
        sa.select(InspectedUnit)
        .where(InspectedUnit.inspection_id == inspection.id, without_notice())
        .order_by(InspectedUnit.ordinal, InspectedUnit.id)
    ).all()


def list_to_draft(actor: Actor) -> list[Inspection]:
    """Cases where the actor may begin a notice, with a unit that has ended and is in none."""
    ready = sa.exists().where(InspectedUnit.inspection_id == Inspection.id, without_notice())
    cases = db.session.scalars(
        sa.select(Inspection)
        .where(inspections.visible_to(actor), Inspection.state.in_(NOT_OVER), ready)
        .options(
            selectinload(Inspection.members).options(
                lazyload(TeamMember.assignments),
                joinedload(TeamMember.person),
            ),
            selectinload(Inspection.units).lazyload(InspectedUnit.visits),
        )
        .order_by(Inspection.id)
        .limit(TO_DRAFT)
    )
    return [case for case in cases if can(actor, Action.DRAFT_NOTICE, case)]


def list_visible(
    actor: Actor, filters: Filters, *, cursor: Cursor | None = None, size: int = 30
) -> Page[Notice]:
    """Notices, newest first. Cursor: (id,)."""
    query = (
        sa.select(Notice)
        .join(Notice.document)
        .where(visible_to(actor))
        .options(
            contains_eager(Notice.document).joinedload(Document.signer),
            contains_eager(Notice.document).joinedload(Document.drafter),
            selectinload(Notice.units),
            joinedload(Notice.inspection).joinedload(Inspection.decision),
        )
    )
    query = _filtered(query, filters)
    if cursor is not None:
        key = int(cursor.values[0] or 0)
        query = query.where(Notice.id > key if cursor.backwards else Notice.id < key)
    backwards = cursor is not None and cursor.backwards
    rows = db.session.scalars(
        query.order_by(Notice.id if backwards else Notice.id.desc()).limit(size + 1)
    ).unique()
    return slice_page(list(rows), size=size, key=lambda notice: (notice.id,), cursor=cursor)


def _filtered(query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
    if filters.text.strip():
        query = query.where(Document.search.contains(search_key(filters.text), autoescape=True))
    if filters.state == "issued":
        query = query.where(Document.state.in_(ISSUED))
    elif filters.state == "unpublished":
        told = sa.exists().where(NoticePublication.notice_id == Notice.id)
        query = query.where(Document.state.in_(IN_FORCE), sa.not_(told))
    elif filters.state == "drafting":
        query = query.where(Document.state == DocumentState.DRAFT)
    elif filters.state == "open":
        query = query.where(Document.state.not_in((*ISSUED, *OVER, DocumentState.DRAFT)))
    elif filters.state:
        query = query.where(Document.state == filters.state)
    if filters.year is not None:
        query = query.where(Document.issue_year == filters.year)
    return query


def count_visible(actor: Actor) -> Totals:
    """How many are drafted, on their way, issued."""
    rows = db.session.execute(
        sa.select(Document.state, sa.func.count())
        .join(Notice, Notice.document_id == Document.id)
        .where(visible_to(actor))
        .group_by(Document.state)
    ).all()
    by_state = {state: int(how_many) for state, how_many in rows}
    issued = sum(by_state.get(state, 0) for state in ISSUED)
    drafting = by_state.get(DocumentState.DRAFT, 0)
    gone = by_state.get(DocumentState.ABANDONED, 0)
    return Totals(drafting, sum(by_state.values()) - issued - drafting - gone, issued)


def list_to_publish(actor: Actor, *, most: int | None) -> Sequence[tuple[Notice, StepDate]]:
    """Notices in force of whose publication nothing is on record, with the date that holds; nearest first."""
    later = aliased(StepDate)
    newest = ~sa.exists().where(
        later.document_id == StepDate.document_id, later.step == StepDate.step, later.unit_id.is_(None),
        later.event_on > StepDate.event_on,
    )  # fmt: skip
    rows = db.session.execute(
        sa.select(Notice, StepDate)
        .join(Document, Document.id == Notice.document_id)
        .join(StepDate, StepDate.document_id == Document.id)
        .where(
            StepDate.step == Step.PUBLICATION, StepDate.unit_id.is_(None), newest, visible_to(actor),
            Document.state.in_(IN_FORCE),
            ~sa.exists().where(NoticePublication.notice_id == Notice.id),
        )
        .order_by(StepDate.due_on, Notice.id)
        .limit(most)
    )  # fmt: skip
    return [(notice, date) for notice, date in rows]


def list_for_inspection(inspection_id: int) -> Sequence[Notice]:
    """The notices of a case, oldest first."""
    return db.session.scalars(
        sa.select(Notice).where(Notice.inspection_id == inspection_id).order_by(Notice.id)
    ).all()


def select_papers(cases: sa.Select[int]) -> sa.Select[int | None]:
    """Keys of the documents of these cases: decision, minutes, and what their events speak of."""
    case, paper = aliased(EventSubject), aliased(EventSubject)
    told = (
        sa.select(paper.object_id)
        .join(case, case.event_seq == paper.event_seq)
        .where(
            paper.kind == Document.__tablename__,
            case.kind == Inspection.__tablename__,
            case.object_id.in_(cases),
        )
    )
    decided = sa.select(Inspection.decision_id).where(Inspection.id.in_(cases))
    signed = (
        sa.select(Minutes.document_id)
        .join(Minutes.visit)
        .join(InspectedUnit, InspectedUnit.id == Visit.inspected_unit_id)
        .where(InspectedUnit.inspection_id.in_(cases))
    )
    return sa.select(sa.union(told, decided, signed).subquery().c[0])


def get_recall(actor: Actor, recall_id: int) -> NoticeRecall:
    """A request to recall a notice that the actor may see. Raises NotFound."""
    found = db.session.get(NoticeRecall, recall_id)
    if found is None:
        raise NotFound
    get_visible(actor, found.notice_id)
    return found


def find_open_recall(notice: Notice) -> NoticeRecall | None:
    """The request that waits for an answer."""
    return db.session.scalar(
        sa.select(NoticeRecall).where(
            NoticeRecall.notice_id == notice.id, NoticeRecall.state == RecallState.REQUESTED
        )
    )


def list_recalls(notice: Notice) -> Sequence[NoticeRecall]:
    """What was asked about the notice, newest first."""
    return db.session.scalars(
        sa.select(NoticeRecall).where(NoticeRecall.notice_id == notice.id).order_by(NoticeRecall.id.desc())
    ).all()


def find_recalling(document_id: int) -> NoticeRecall | None:
    """By what the notice with this document was recalled."""
    return db.session.scalar(
        sa.select(NoticeRecall)
        .join(Notice, Notice.id == NoticeRecall.notice_id)
        .where(Notice.document_id == document_id, NoticeRecall.state == RecallState.GRANTED)
        .options(joinedload(NoticeRecall.document))
    )


def list_scope_ids(notice: Notice) -> Sequence[int]:
    """Scope items of the units of a notice."""
    return db.session.scalars(
        sa.select(ScopeItem.id).where(ScopeItem.inspected_unit_id.in_([unit.id for unit in notice.units]))
    ).all()


def list_on_their_way(inspected_unit_id: int) -> Sequence[Notice]:
    """Notices of this unit that went up and are not out: what they say must stay as it is."""
    way = DocumentState.CONTENT_CHECK, DocumentState.FORM_CHECK, DocumentState.APPROVAL
    here = DocumentState.APPROVED, DocumentState.SIGNED, DocumentState.SEALED
    return db.session.scalars(
        sa.select(Notice)
        .join(notice_unit, notice_unit.c.notice_id == Notice.id)
        .join(Notice.document)
        .where(
            notice_unit.c.inspected_unit_id == inspected_unit_id,
            sa.or_(
                Document.state.in_(way),
                sa.and_(Document.state.in_(here), Document.way != IssueWay.RECORDED),
            ),
        )
        .options(contains_eager(Notice.document))
    ).all()


def waiting_for(notice: Notice) -> Waits | None:
    """Whose turn it is; None once it is issued."""
    return waits_of(notice.document)


def drafters_of(notice: Notice) -> Sequence[Person]:
    """Who may be given the draft: planners, leader and secretary of the team; neither drafter nor signer."""
    document = notice.document
    team = [m.person for m in notice.inspection.members if m.role in (TeamRole.LEADER, TeamRole.SECRETARY)]
    known = {person.id: person for person in (*accounts.list_holders(Role.PLANNER), *team)}
    return [p for key, p in known.items() if key not in (document.drafter_id, document.signer_id)]


def people_of(notice: Notice) -> Sequence[Person]:
    """Who may be named as signer."""
    return [p for p in accounts.list_holders(Role.LEADER) if p.id != notice.document.drafter_id]
