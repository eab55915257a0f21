"""Reading who answers for what, and where passed-on cases stand; never a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, lazyload

from app import wordsearch
from app.documents.models import IN_FORCE, Document
from app.errors import NotFound
from app.extensions import db
from app.findings import queries as findings
from app.findings.models import Finding, FindingState
from app.followup.queries import name_of
from app.inspections.models import InspectedUnit
from app.notices.models import Notice, NoticeFinding
from app.policy import Actor
from app.responsibility.models import Answerable, Answers, Measure, Referral
from app.units.models import Unit
from app.web.paging import Cursor, Page, slice_page

PAGE = 25
STATES: dict[str, str] = {
    "unset": "Chưa xác định trách nhiệm",
    "waiting": "Chờ kết quả xử lý",
    "late": "Quá hạn trả lời",
    "answered": "Đã có kết quả xử lý",
    "not_asked": "Không kiến nghị xử lý",
}
CASE_STATES: dict[str, str] = {
    "unsent": "Chưa ghi văn bản chuyển",
    "waiting": "Chờ trả lời",
    "late": "Quá hạn trả lời",
    "answered": "Đã trả lời",
}
OPEN = ("waiting", "late")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; "" and None = all."""

    state: str = ""
    unit_id: int | None = None
    measure: Measure | None = None
    kind: Answers | None = None
    text: str = ""


@dataclass(frozen=True)
class Row:
    """A concluded finding with one that answers for it; None while nobody was named."""

    finding_id: int
    description: str
    unit: str
    notice: Document | None
    answerable: Answerable | None


@dataclass(frozen=True)
class Case:
    """A finding that was passed on, with the paper it went by; None while none is on record."""

    finding: Finding
    unit: str
    referral: Referral | None


@dataclass(frozen=True)
class Figures:
    """Counted over everything, whatever the filters; recommended and decided, collectives and persons."""

    unset: int
    waiting: int
    late: int
    answered: int
    collectives: int
    collectives_done: int
    persons: int
    persons_done: int


def office(actor: Actor) -> None:
    """For the office alone. Raises NotFound."""
    if not actor.in_office:
        raise NotFound


def get_finding(actor: Actor, finding_id: int) -> Finding:
    """A finding that was concluded or passed on, of a case the office may see. Raises NotFound."""
    office(actor)
    found = findings.get_visible(actor, finding_id)
    if found.state not in (FindingState.CONCLUDED, FindingState.PASSED_ON):
        raise NotFound
    return found


def get_answerable(actor: Actor, answerable_id: int) -> Answerable:
    """One that answers, with its finding. Raises NotFound."""
    found = db.session.get(Answerable, answerable_id)
    if found is None:
        raise NotFound
    get_finding(actor, found.finding_id)
    return found


def get_referral(actor: Actor, referral_id: int) -> Referral:
    """A paper that passed a case on. Raises NotFound."""
    found = db.session.get(Referral, referral_id)
    if found is None:
        raise NotFound
    get_finding(actor, found.finding_id)
    return found


def list_of(finding_ids: Sequence[int]) -> Sequence[Answerable]:
    """Who answers for these findings: collectives first, then in the order of entry."""
    if not finding_ids:
        return ()
    return db.session.scalars(
        sa.select(Answerable)
        .where(Answerable.finding_id.in_(finding_ids))
        .order_by(Answerable.kind, Answerable.id)
    ).all()


def find_referral(finding_id: int) -> Referral | None:
    """The paper by which this finding was passed on, if it is on record."""
    return db.session.scalar(sa.select(Referral).where(Referral.finding_id == finding_id))


def notice_of(finding_id: int) -> Document | None:
    """The notice in force that tells this finding."""
    return db.session.scalar(
        sa.select(Document)
        .join(Notice, Notice.document_id == Document.id)
        .join(NoticeFinding, NoticeFinding.notice_id == Notice.id)
        .where(NoticeFinding.finding_id == finding_id, Document.state.in_(IN_FORCE))
        .order_by(Document.id.desc())
        .limit(1)
    )


def _stands(state: str, today: date) -> sa.ColumnElement[bool]:
    asked, open_ = Answerable.recommended.is_not(None), Answerable.decided.is_(None)
    return {
        "unset": Answerable.id.is_(None),
        "waiting": sa.and_(asked, open_, Answerable.due_on >= today),
        "late": sa.and_(asked, open_, Answerable.due_on < today),
        "answered": Answerable.decided.is_not(None),
        "not_asked": sa.and_(Answerable.id.is_not(None), Answerable.recommended.is_(None)),
    }[state]


def _worded(text: str) -> sa.ColumnElement[bool]:
    """Each word begins one of the finding's or of its unit's."""

    def of_unit(held: wordsearch.Held) -> sa.ColumnElement[bool]:
        place = aliased(InspectedUnit)
        named = sa.select(Unit.id).where(held(Unit.search))
        return Finding.inspected_unit_id.in_(sa.select(place.id).where(place.unit_id.in_(named)))

    return wordsearch.found(Finding, text, of_unit)


def _notice_id() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.max(Document.id))
        .select_from(NoticeFinding)
        .join(Notice, Notice.id == NoticeFinding.notice_id)
        .join(Document, Document.id == Notice.document_id)
        .where(NoticeFinding.finding_id == Finding.id, Document.state.in_(IN_FORCE))
        .correlate(Finding)
        .scalar_subquery()
    )


def list_rows(filters: Filters, today: date, cursor: Cursor | None = None, *, size: int = PAGE) -> Page[Row]:
    """Concluded findings with who answers, the newest first. Cursor: (finding, answerable or 0)."""
    key = (Finding.id, sa.func.coalesce(Answerable.id, 0))
    query = (
        sa.select(
            Finding.id, Finding.description, name_of(InspectedUnit.unit_id, today).label("unit"),
            Document, Answerable,
        )
        .select_from(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .outerjoin(Answerable, Answerable.finding_id == Finding.id)
        .outerjoin(Document, Document.id == _notice_id())
        .where(Finding.state == FindingState.CONCLUDED, _worded(filters.text))
        .options(lazyload(Answerable.finding))
        .limit(size + 1)
    )  # fmt: skip
    if filters.state in STATES:
        query = query.where(_stands(filters.state, today))
    if filters.unit_id is not None:
        query = query.where(InspectedUnit.unit_id == filters.unit_id)
    if filters.measure is not None:
        query = query.where(
            sa.or_(Answerable.recommended == filters.measure, Answerable.decided == filters.measure)
        )
    if filters.kind is not None:
        query = query.where(Answerable.kind == filters.kind)
    rows = db.session.execute(_place(query, key, cursor)).all()
    return slice_page(
        [Row(*row) for row in rows],
        size=size,
        cursor=cursor,
        key=lambda row: (row.finding_id, row.answerable.id if row.answerable else 0),
    )


def _place(query: Any, key: tuple[Any, ...], cursor: Cursor | None) -> Any:
    """Newest first by `key`, beginning next to the cursor's row."""
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        here, there = sa.tuple_(*key), sa.tuple_(*[sa.literal(int(value or 0)) for value in cursor.values])
        query = query.where(here > there if backwards else here < there)
    return query.order_by(*(key if backwards else [column.desc() for column in key]))


def figures(today: date) -> Figures:
    """One read for the cards and the line of the six-month form (users.md §2.11)."""

    def number(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)

    asked, done = Answerable.recommended.is_not(None), Answerable.decided.is_not(None)
    one, many = Answerable.kind == Answers.PERSON, Answerable.kind == Answers.COLLECTIVE
    row = db.session.execute(
        sa.select(
            *[number(_stands(state, today)) for state in ("unset", "waiting", "late", "answered")],
            number(many, asked), number(many, done), number(one, asked), number(one, done),
        )
        .select_from(Finding)
        .outerjoin(Answerable, Answerable.finding_id == Finding.id)
        .where(Finding.state == FindingState.CONCLUDED)
    ).one()  # fmt: skip
    return Figures(*tuple(row))


def list_units(state: FindingState, today: date) -> list[tuple[int, str]]:
    """(unit, name) of units with a finding in this state, for a filter."""
    name = name_of(InspectedUnit.unit_id, today)
    rows = db.session.execute(
        sa.select(InspectedUnit.unit_id, name)
        .where(InspectedUnit.id.in_(sa.select(Finding.inspected_unit_id).where(Finding.state == state)))
        .distinct()
        .order_by(name)
        .limit(500)
    )
    return [(row[0], row[1]) for row in rows]


def _case_stands(state: str, today: date) -> sa.ColumnElement[bool]:
    open_ = sa.and_(Referral.id.is_not(None), Referral.answered_on.is_(None))
    return {
        "unsent": Referral.id.is_(None),
        "waiting": sa.and_(open_, Referral.due_on >= today),
        "late": sa.and_(open_, Referral.due_on < today),
        "answered": Referral.answered_on.is_not(None),
    }[state]


def list_cases(
    filters: Filters, today: date, cursor: Cursor | None = None, *, size: int = PAGE
) -> Page[Case]:
    """Findings that left the inspection for another body, the newest first. Cursor: (finding,)."""
    query = (
        sa.select(Finding, name_of(InspectedUnit.unit_id, today).label("unit"), Referral)
        .select_from(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .outerjoin(Referral, Referral.finding_id == Finding.id)
        .where(Finding.state == FindingState.PASSED_ON, _worded(filters.text))
        .options(lazyload(Finding.inspected_unit), lazyload(Finding.scope_item), lazyload(Referral.finding))
        .limit(size + 1)
    )
    if filters.state in CASE_STATES:
        query = query.where(_case_stands(filters.state, today))
    if filters.unit_id is not None:
        query = query.where(InspectedUnit.unit_id == filters.unit_id)
    rows = db.session.execute(_place(query, (Finding.id,), cursor)).all()
    return slice_page(
        [Case(*row) for row in rows], size=size, cursor=cursor, key=lambda case: (case.finding.id,)
    )


def count_cases(today: date) -> dict[str, int]:
    """How many passed-on cases stand in each state, in one read."""
    rows = db.session.execute(
        sa.select(
            *[
                sa.func.coalesce(sa.func.sum(sa.case((_case_stands(s, today), 1), else_=0)), 0)
                for s in CASE_STATES
            ]
        )
        .select_from(Finding)
        .outerjoin(Referral, Referral.finding_id == Finding.id)
        .where(Finding.state == FindingState.PASSED_ON)
    ).one()
    return dict(zip(CASE_STATES, rows, strict=True))
