"""The review of a draft as a matrix, unit × group, with what is left of each unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from app.inspections.planning import criterion_box
from app.inspections.queries.review import ScopeReview
from app.register.boxes import named_part
from app.register.review import Ground


@dataclass(frozen=True)
class MatrixCell:
    """A unit's group in the plan: how many items, how many of them concluded, held by others or reserved.

    `concluded` counts what a conclusion touches; `whole` what it leaves nothing of; `partly` of what there is
    something left in the touched ones, “thời kỳ”, “lĩnh vực”.
    """

    inspected_unit_id: int
    group_id: int
    total: int
    concluded: int
    whole: int
    held: int
    reserved: int
    partly: str = ""

    @property
    def kind(self) -> str:
        """free, part, done, held or reserved, as the matrix shows it."""
        if self.held + self.reserved > 0 and self.held + self.reserved >= self.concluded:
            return "held" if self.held else "reserved"
        if not self.concluded:
            return "free"
        return "done" if self.whole == self.total else "part"


@dataclass(frozen=True)
class Matrix:
    """Cells by (inspected unit, group); of how many items something is left, by inspected unit and by group;
    of how many former units an inspected unit inherits. Counts are 0 where nothing is asked."""

    cells: Mapping[tuple[int, int], MatrixCell]
    left_of_unit: Counter[int]
    total_of_unit: Counter[int]
    left_of_group: Counter[int]
    inherited: Counter[int]


def matrix_of(review: ScopeReview) -> Matrix:
    """Count the items of a review once through."""
    counted: Counter[tuple[int, int, Ground | None]] = Counter()
    whole: Counter[tuple[int, int]] = Counter()
    left_of_unit: Counter[int] = Counter()
    total_of_unit: Counter[int] = Counter()
    left_of_group: Counter[int] = Counter()
    partly: dict[tuple[int, int], set[str]] = defaultdict(set)
    former: set[tuple[int, int]] = set()
    for item in review.items:
        unit, ground, left = item.piece.inspected_unit_id, item.ground, item.left
        spot = (unit, item.group_id)
        counted[(*spot, ground)] += 1
        total_of_unit[unit] += 1
        left_of_unit[unit] += bool(left)
        left_of_group[item.group_id] += bool(left)
        if item.inherited:
            former.add((unit, item.piece.unit_id))
        if ground is Ground.CONCLUDED:
            whole[spot] += not left
            partly[spot] |= named_part(criterion_box(item.piece), map(criterion_box, left))
    cells = {
        (unit, group): MatrixCell(
            unit, group,
            sum(counted[(unit, group, ground)] for ground in (None, *Ground)),
            counted[(unit, group, Ground.CONCLUDED)],
            whole[(unit, group)],
            counted[(unit, group, Ground.HELD)],
            counted[(unit, group, Ground.RESERVED)],
            ", ".join(sorted(partly[(unit, group)], reverse=True)),
        )
        for unit, group in {(unit, group) for unit, group, _ in counted}
    }  # fmt: skip
    inherited = Counter(unit for unit, _ in former)
    return Matrix(cells, left_of_unit, total_of_unit, left_of_group, inherited)
