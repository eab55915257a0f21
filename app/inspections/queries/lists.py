"""Lists of cases: search, filters, pages by key, the plan by month; plain rows, few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from app.accounts.models import Person
from app.documents.models import Document
from app.extensions import db
from app.inspections.models import (
    InspectedUnit,
    Inspection,
    InspectionKind,
    InspectionState,
    ScopeItem,
    TeamMember,
    TeamRole,
    Visit,
    VisitState,
)
from app.inspections.queries.reserving import list_reserved_until
from app.inspections.queries.visible import visible_to
from app.policy import Actor
from app.units.models import Unit
from app.vietnamese import search_key
from app.web.paging import Cursor, Page, slice_page

PAGE_SIZE = 30


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; `text` is searched without marks."""

    text: str = ""
    state: InspectionState | None = None
    year: int | None = None


@dataclass(frozen=True)
class CaseRow:
    """A line of the list; `reserved_until`: until the end of which day its scope is reserved."""

    id: int
    code: str
    title: str
    kind: InspectionKind
    state: InspectionState
    decision: str
    decided_on: date | None
    unit_names: tuple[str, ...]
    leader: str
    creator: str
    follower: str
    starts_on: date | None
    ends_on: date | None
    first_visit_on: date | None
    next_visit_on: date | None
    reserved_until: date | None = None

    @property
    def month(self) -> date | None:
        """The first day of the month in which it happens; None when nobody said yet."""
        day = self.starts_on or self.first_visit_on
        return day.replace(day=1) if day else None


def _rows() -> Any:
    leader, creator, follower = aliased(Person), aliased(Person), aliased(Person)
    lead = aliased(TeamMember)
    return (
        sa.select(
            Inspection.id, Inspection.code, Inspection.title, Inspection.kind, Inspection.state,
            Inspection.starts_on, Inspection.ends_on, Document.number, Document.symbol, Document.issued_on,
            leader.name.label("leader"), creator.name.label("creator"), follower.name.label("follower"),
        )
        .outerjoin(Document, Document.id == Inspection.decision_id)
        .outerjoin(lead, sa.and_(lead.inspection_id == Inspection.id, lead.role == TeamRole.LEADER))
        .outerjoin(leader, leader.id == lead.person_id)
        .join(creator, creator.id == Inspection.created_by)
        .outerjoin(follower, follower.id == Inspection.follower_id)
    )  # fmt: skip


def _units_of(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = db.session.execute(
        sa.select(InspectedUnit.inspection_id, Unit)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .where(InspectedUnit.inspection_id.in_(ids))
        .order_by(InspectedUnit.inspection_id, InspectedUnit.ordinal)
        .options(selectinload(Unit.versions))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for inspection_id, unit in rows:
        found[inspection_id].append(unit.name)
    return {key: tuple(names) for key, names in found.items()}


def _visits_of(ids: Sequence[int]) -> dict[int, tuple[date | None, date | None]]:
    """(first visit, next visit still to come) of each case."""
    coming = sa.case((Visit.state == VisitState.SCHEDULED, Visit.on_date))
    rows = db.session.execute(
        sa.select(InspectedUnit.inspection_id, sa.func.min(Visit.on_date), sa.func.min(coming))
        .join(InspectedUnit, InspectedUnit.id == Visit.inspected_unit_id)
        .where(InspectedUnit.inspection_id.in_(ids), Visit.state != VisitState.NOT_HELD)
        .group_by(InspectedUnit.inspection_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _told(found: Sequence[Any]) -> list[CaseRow]:
    ids = [row.id for row in found]
    if not ids:
        return []
    units, visits = _units_of(ids), _visits_of(ids)
    reserved = list_reserved_until(row.id for row in found if row.state is InspectionState.DRAFT)
    return [
        CaseRow(
            id=row.id,
            code=row.code,
            title=row.title,
            kind=row.kind,
            state=row.state,
            decision=f"{row.number:02d}/{row.symbol}" if row.number is not None else "",
            decided_on=row.issued_on,
            unit_names=units.get(row.id, ()),
            leader=row.leader or "",
            creator=row.creator,
            follower=row.follower or "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            first_visit_on=visits.get(row.id, (None, None))[0],
            next_visit_on=visits.get(row.id, (None, None))[1],
            reserved_until=reserved.get(row.id),
        )
        for row in found
    ]


def _narrowed(query: Any, actor: Actor, filters: Filters) -> Any:
    query = query.where(visible_to(actor))
    for word in search_key(filters.text).split():
        query = query.where(Inspection.search.contains(word, autoescape=True))
    if filters.state is not None:
        query = query.where(Inspection.state == filters.state)
    if filters.year is not None:
        query = query.where(
            Inspection.code >= f"KT{filters.year}-", Inspection.code < f"KT{filters.year + 1}-"
        )
    return query


def list_visible(
    actor: Actor, filters: Filters, cursor: Cursor | None, *, size: int = PAGE_SIZE
) -> Page[CaseRow]:
    """A page of the cases the actor may see, newest first."""
    query = _narrowed(_rows(), actor, filters).limit(size + 1)
    if cursor is None:
        query = query.order_by(Inspection.id.desc())
    elif cursor.backwards:
        query = query.where(Inspection.id > cursor.values[0]).order_by(Inspection.id)
    else:
        query = query.where(Inspection.id < cursor.values[0]).order_by(Inspection.id.desc())
    rows = _told(db.session.execute(query).all())
    return slice_page(rows, size=size, key=lambda row: (row.id,), cursor=cursor)


def list_years(actor: Actor) -> list[int]:
    """The years of the cases the actor may see, newest first."""
    prefix = sa.func.substr(Inspection.code, 3, 4)
    rows = db.session.scalars(sa.select(prefix).where(visible_to(actor)).distinct().order_by(prefix.desc()))
    return [int(year) for year in rows if year.isdigit()]


@dataclass(frozen=True)
class Month:
    """Cases of one month; `starts_on` None for those without a date."""

    starts_on: date | None
    cases: tuple[CaseRow, ...]


def list_plan(actor: Actor, year: int, *, most: int = 200) -> list[Month]:
    """The cases of a year that are drafted or decided and not over, by month; without a date last."""
    planned = (
        InspectionState.DRAFT, InspectionState.DECIDED, InspectionState.IN_PROGRESS, InspectionState.SUSPENDED
    )  # fmt: skip
    found = db.session.execute(
        _narrowed(_rows(), actor, Filters(year=year))
        .where(Inspection.state.in_(planned))
        .order_by(Inspection.id)
        .limit(most)
    ).all()
    months: dict[date | None, list[CaseRow]] = defaultdict(list)
    for row in _told(found):
        months[row.month].append(row)
    order = sorted(months, key=lambda month: (month is None, month or date.max))
    return [Month(month, tuple(months[month])) for month in order]


@dataclass(frozen=True)
class DraftOverlap:
    """Two drafts that ask the same unit the same content on the same days: `count` contents."""

    first_id: int
    first_code: str
    second_id: int
    second_code: str
    unit_name: str
    count: int


def list_draft_overlaps(inspection_ids: Iterable[int]) -> list[DraftOverlap]:
    """Where drafts stand in each other's way: the register knows nothing of them yet."""
    ids = list(inspection_ids)
    if len(ids) < 2:
        return []
    one, other = aliased(ScopeItem), aliased(ScopeItem)
    iu_one, iu_other = aliased(InspectedUnit), aliased(InspectedUnit)
    rows = db.session.execute(
        sa.select(
            iu_one.inspection_id, iu_other.inspection_id, one.unit_id, sa.func.count(one.id.distinct())
        )
        .join(iu_one, iu_one.id == one.inspected_unit_id)
        .join(
            other,
            sa.and_(
                other.unit_id == one.unit_id, other.criterion_id == one.criterion_id,
                other.starts_on < one.ends_on, one.starts_on < other.ends_on,
                other.part_from < one.part_to, one.part_from < other.part_to,
            ),
        )
        .join(iu_other, iu_other.id == other.inspected_unit_id)
        .where(
            iu_one.inspection_id.in_(ids), iu_other.inspection_id.in_(ids),
            iu_one.inspection_id < iu_other.inspection_id,
        )
        .group_by(iu_one.inspection_id, iu_other.inspection_id, one.unit_id)
        .order_by(iu_one.inspection_id, iu_other.inspection_id, one.unit_id)
    ).all()  # fmt: skip
    if not rows:
        return []
    codes = dict(
        db.session.execute(sa.select(Inspection.id, Inspection.code).where(Inspection.id.in_(ids))).all()
    )
    units = {
        u.id: u for u in db.session.scalars(sa.select(Unit).where(Unit.id.in_({row[2] for row in rows})))
    }
    return [
        DraftOverlap(first, codes[first], second, codes[second], units[unit].name, many)
        for first, second, unit, many in rows
    ]
