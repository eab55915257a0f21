"""Units × groups of contents in a period: free, concluded in part or whole, held by a team, or reserved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.form_library.models import CriterionGroup, FormVersion
from app.policy import Actor
from app.register import queries
from app.register.boxes import Box, named_part
from app.register.listing import units_by_id
from app.register.queries import Named
from app.register.review import Ground, Reviewed, Wanted
from app.units import lineage
from app.units.models import Unit, UnitType
from app.vietnamese import count, search_key, sort_key
from app.web.paging import Cursor, Page, slice_page

PAGES = (12, 50, 250)
"""How many units a page may have; the last is for paper."""
NEVER_INSPECTED_AS_SUCH = frozenset({UnitType.PROVINCE, UnitType.DIVISION, UnitType.OTHER})


@dataclass(frozen=True)
class Tally:
    """Contents of a group at a unit: all, touched by a conclusion, wholly concluded, held by others, those of
    which something is left, and reserved.

    `partly`: of what the touched ones have a part only, “thời kỳ”, “lĩnh vực”.
    """

    total: int
    touched: int
    whole: int
    held: int
    left: int
    reserved: int = 0
    partly: str = ""

    @property
    def kind(self) -> str:
        """free, part, done, held or reserved."""
        if self.whole == self.total:
            return "done"
        if self.touched:
            return "part"
        if self.held:
            return "held"
        return "reserved" if self.reserved else "free"


@dataclass(frozen=True)
class Line:
    """One unit, group by group; `remark` says what it inherits."""

    unit: Unit
    remark: str
    tallies: tuple[Tally, ...]

    @property
    def left(self) -> int:
        """Contents of the shown groups of which something is left."""
        return sum(tally.left for tally in self.tallies)

    @property
    def total(self) -> int:
        return sum(tally.total for tally in self.tallies)


class Only(StrEnum):
    """Which units are wanted, by what is left of them."""

    LEFT = "left"
    NONE_LEFT = "none_left"


@dataclass(frozen=True)
class Narrow:
    """What of the matrix is wanted: units by name, type and what is left of them; one group of contents."""

    text: str = ""
    type: UnitType | None = None
    group_id: int | None = None
    only: Only | None = None


@dataclass(frozen=True)
class Matrix:
    groups: Sequence[CriterionGroup]
    page: Page[Line]
    starts_on: date
    ends_on: date

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def totals(self) -> list[int]:
        """What is left of each group when the page holds every unit; empty on one page of several."""
        if self.page.next_cursor or self.page.previous_cursor:
            return []
        return [
            sum(tally.left for tally in column)
            for column in zip(*(line.tallies for line in self.page), strict=True)
        ]


def build(
    actor: Actor,
    version: FormVersion,
    names: Sequence[Named],
    starts_on: date,
    ends_on: date,
    *,
    level: int,
    narrow: Narrow = Narrow(),
    cursor: Cursor | None = None,
    size: int = PAGES[0],
) -> Matrix:
    """A page of the matrix: those of `names` that exist on the last day, in Vietnamese order; as many reads
    for one unit as for all.

    A unit's own people see the units where they work. To know of which units something is left, all are
    asked about.
    """
    last_day = ends_on - timedelta(days=1)
    groups = [group for group in version.groups if narrow.group_id in (None, group.id)]
    shown = _shown(actor, names, last_day, narrow)
    known: dict[int, Line] = {}
    if narrow.only is not None:
        known = _lines(actor, shown, groups, starts_on, ends_on, level)
        wanted = narrow.only is Only.LEFT
        shown = [item for item in shown if bool(known[item.unit_id].left) is wanted]
    page = _page(shown, last_day, cursor, size)
    known = known or _lines(actor, page.items, groups, starts_on, ends_on, level)
    lines = [known[item.unit_id] for item in page]
    found = Page(lines, page.next_cursor, page.previous_cursor, total=len(shown))
    return Matrix(groups, found, starts_on, ends_on)


def types_of(names: Sequence[Named]) -> list[UnitType]:
    """The types that units of the matrix may have, in the order of the catalogue."""
    known = {kind for item in names for _, _, kind in item.versions}
    return [kind for kind in UnitType if kind in known - NEVER_INSPECTED_AS_SUCH]


def _lines(
    actor: Actor,
    names: Sequence[Named],
    groups: Sequence[CriterionGroup],
    starts_on: date,
    ends_on: date,
    level: int,
) -> dict[int, Line]:
    """The lines of these units by id: the whole question is put to the register at once."""
    units = units_by_id(item.unit_id for item in names)
    ordered = [units[item.unit_id] for item in names]
    pieces = lineage.expand_all(ordered, starts_on, ends_on)
    plan = [
        Wanted(
            (unit.id, criterion.id),
            Box(
                piece.unit_id,
                part.content_id,
                piece.starts_on,
                piece.ends_on,
                part.part_from,
                part.part_to,
            ),
        )
        for unit in ordered
        for piece in pieces[unit.id]
        for group in groups
        for criterion in group.criteria
        for part in criterion.parts
    ]
    review = queries.review(plan, level=level, concluded_only=not queries.sees_holds(actor))
    answers: dict[object, list[Reviewed]] = defaultdict(list)
    for item in review.items:
        answers[item.wanted.key].append(item)
    return {
        unit.id: Line(unit, _remark(pieces[unit.id]), tuple(_tally(unit, one, answers) for one in groups))
        for unit in ordered
    }


def _tally(unit: Unit, group: CriterionGroup, answers: dict[object, list[Reviewed]]) -> Tally:
    asked = [answers[(unit.id, criterion.id)] for criterion in group.criteria]
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
        reserved=sum(Ground.RESERVED in found for found in grounds),
        left=sum(any(item.free for item in items) for items in asked),
        partly=_partly(
            items for items, found in zip(asked, grounds, strict=True) if Ground.CONCLUDED in found
        ),
    )


def _partly(touched: Iterable[Sequence[Reviewed]]) -> str:
    """Days of a predecessor that are free beside days that are concluded are a part of the period."""
    found: set[str] = set()
    for items in touched:
        refused = [item for item in items if item.refusals]
        days = {(one.wanted.box.starts_on, one.wanted.box.ends_on) for one in refused}
        others = (item.wanted.box for item in items if not item.refusals)
        found |= {"thời kỳ" for box in others if (box.starts_on, box.ends_on) not in days}
        found = found.union(*(named_part(item.wanted.box, item.free) for item in refused))
    return ", ".join(sorted(found, reverse=True))


def _remark(pieces: Sequence[lineage.Piece]) -> str:
    former = {piece.unit_id for piece in pieces if piece.inherited}
    return f"kế thừa từ {count(len(former))} đơn vị cũ" if former else ""


def _shown(actor: Actor, names: Sequence[Named], on: date, narrow: Narrow) -> list[Named]:
    """Communes, wards and agencies that exist on the day; for a unit's own people the units they work at."""
    own = queries.visible_units(actor) is not None
    words = search_key(narrow.text).split()
    return [
        item
        for item in names
        if item.exists_on(on)
        and narrow.type in (None, item.version_on(on)[2])
        and all(word in item.search for word in words)
        and (item.unit_id in actor.unit_ids if own else item.version_on(on)[2] not in NEVER_INSPECTED_AS_SUCH)
    ]


def _page(names: Sequence[Named], on: date, cursor: Cursor | None, size: int) -> Page[Named]:
    def place(item: Named) -> tuple[str, int]:
        return sort_key(item.version_on(on)[1]), item.unit_id

    rows = sorted(names, key=place)
    if cursor is not None:
        mark = (str(cursor.values[0]), int(cursor.values[1] or 0))
        if cursor.backwards:
            rows = [item for item in reversed(rows) if place(item) < mark]
        else:
            rows = [item for item in rows if place(item) > mark]
    return slice_page(rows[: size + 1], size=size, key=place, cursor=cursor)
