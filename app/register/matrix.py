"""Units × groups of contents in a period: free, concluded in part or whole, or held by another team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Criterion, CriterionGroup
from app.policy import Actor
from app.register import queries
from app.register.boxes import Box
from app.register.listing import units_by_id
from app.register.review import Ground, Reviewed, Wanted
from app.units import lineage
from app.units.models import Unit, UnitType, UnitVersion
from app.vietnamese import count, search_key, sort_key
from app.web.paging import Cursor, Page, slice_page

PAGE = 12
NEVER_INSPECTED_AS_SUCH = frozenset({UnitType.PROVINCE, UnitType.DIVISION, UnitType.OTHER})


@dataclass(frozen=True)
class Tally:
    """Contents of a group at a unit: all, touched by a conclusion, wholly concluded, held by others."""

    total: int
    touched: int
    whole: int
    held: int

    @property
    def kind(self) -> str:
        """free, part, done or held."""
        if self.whole == self.total:
            return "done"
        if self.touched:
            return "part"
        return "held" if self.held else "free"


@dataclass(frozen=True)
class Line:
    """One unit; a group in which the unit has no days is None. `remark` says what it inherits."""

    unit: Unit
    remark: str
    tallies: tuple[Tally | None, ...]


@dataclass(frozen=True)
class Matrix:
    groups: Sequence[CriterionGroup]
    page: Page[Line]
    starts_on: date
    ends_on: date

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)


@dataclass(frozen=True)
class _Named:
    unit_id: int
    name: str
    key: str = field(compare=False)


def build(
    actor: Actor,
    starts_on: date,
    ends_on: date,
    *,
    level: int,
    text: str = "",
    cursor: Cursor | None = None,
    size: int = PAGE,
) -> Matrix:
    """A page of the matrix: units that exist on the last day, in Vietnamese order; a dozen reads at most."""
    version = forms.latest_version()
    criteria = forms.list_criteria(version.id)
    names = _names(actor, ends_on - timedelta(days=1), text)
    page = _page(names, cursor, size)
    units = units_by_id(item.unit_id for item in page)
    ordered = [units[item.unit_id] for item in page]
    pieces = lineage.expand_all(ordered, starts_on, ends_on)
    plan = [
        Wanted((unit.id, criterion.id), Box(piece.unit_id, part.content_id, piece.starts_on, piece.ends_on,
                                            part.part_from, part.part_to))
        for unit in ordered
        for piece in pieces[unit.id]
        for criterion in criteria
        for part in criterion.parts
    ]  # fmt: skip
    review = queries.review(plan, level=level, concluded_only=not queries.sees_holds(actor))
    answers: dict[object, list[Reviewed]] = defaultdict(list)
    for item in review.items:
        answers[item.wanted.key].append(item)
    lines = [
        Line(
            unit,
            _remark(pieces[unit.id]),
            tuple(_tally(unit, group, criteria, answers) for group in version.groups),
        )
        for unit in ordered
    ]
    return Matrix(
        version.groups,
        Page(lines, page.next_cursor, page.previous_cursor, total=len(names)),
        starts_on,
        ends_on,
    )


def _tally(
    unit: Unit,
    group: CriterionGroup,
    criteria: Sequence[Criterion],
    answers: dict[object, list[Reviewed]],
) -> Tally | None:
    asked = [
        answers[(unit.id, criterion.id)]
        for criterion in criteria
        if criterion.group_id == group.id and answers.get((unit.id, criterion.id))
    ]
    if not asked:
        return None
    grounds = [{refusal.ground for item in items for refusal in item.refusals} for items in asked]
    whole = sum(
        found == {Ground.CONCLUDED} and not any(item.free for item in items)
        for items, found in zip(asked, grounds, strict=True)
    )
    return Tally(
        total=len(asked),
        touched=sum(Ground.CONCLUDED in found for found in grounds),
        whole=whole,
        held=sum(Ground.HELD in found for found in grounds),
    )


def _remark(pieces: Sequence[lineage.Piece]) -> str:
    former = {piece.unit_id for piece in pieces if piece.inherited}
    return f"kế thừa từ {count(len(former))} đơn vị cũ" if former else ""


def _names(actor: Actor, on: date, text: str) -> list[_Named]:
    """Units to show, in Vietnamese order: the communes, wards and agencies; for a unit's people their own."""
    query = (
        sa.select(Unit.id, UnitVersion.name, UnitVersion.type)
        .join(UnitVersion, UnitVersion.unit_id == Unit.id)
        .where(
            Unit.valid_from <= on,
            sa.or_(Unit.valid_to.is_(None), Unit.valid_to > on),
            UnitVersion.from_on <= on,
        )
        .order_by(Unit.id, UnitVersion.from_on)
    )
    own = queries.visible_units(actor) is not None
    if own:
        query = query.where(Unit.id.in_(actor.unit_ids))
    for word in search_key(text).split():
        query = query.where(Unit.search.contains(word, autoescape=True))
    current = {row.id: row for row in db.session.execute(query)}  # the last version of each wins
    named = [
        _Named(row.id, row.name, sort_key(row.name))
        for row in current.values()
        if own or row.type not in NEVER_INSPECTED_AS_SUCH
    ]
    return sorted(named, key=lambda item: (item.key, item.unit_id))


def _page(names: Sequence[_Named], cursor: Cursor | None, size: int) -> Page[_Named]:
    rows = list(names)
    if cursor is not None:
        mark = (str(cursor.values[0]), int(cursor.values[1] or 0))
        if cursor.backwards:
            rows = [item for item in reversed(rows) if (item.key, item.unit_id) < mark]
        else:
            rows = [item for item in rows if (item.key, item.unit_id) > mark]
    return slice_page(rows[: size + 1], size=size, key=lambda item: (item.key, item.unit_id), cursor=cursor)
