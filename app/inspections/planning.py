"""What a scope asks, as arithmetic: criteria, fields and days become scope pieces and boxes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.form_library.models import WHOLE, Criterion, ProcedureField
from app.register.boxes import Box, subtract
from app.units.lineage import Piece
from app.vietnamese import format_period

_MOST_NAMED = 3


@dataclass(frozen=True)
class Selection:
    """What is asked of one inspected unit: criteria, each over part ranges (half-open)."""

    parts: frozenset[tuple[int, int, int]] = frozenset()

    def __or__(self, other: Selection) -> Selection:
        return Selection(self.parts | other.parts)


@dataclass(frozen=True, order=True)
class ScopePiece:
    """A scope item to be: half-open days and parts of a criterion at a unit, through an inspected unit."""

    inspected_unit_id: int
    unit_id: int
    criterion_id: int
    part_from: int
    part_to: int
    starts_on: date
    ends_on: date


def select(criteria: Iterable[Criterion], fields: Sequence[ProcedureField]) -> Selection:
    """Criteria by field take the parts of the chosen fields; the others, or without fields, the whole."""
    found: set[tuple[int, int, int]] = set()
    for criterion in criteria:
        if criterion.by_field and fields:
            found |= {(criterion.id, *field.part) for field in fields}
        else:
            found.add((criterion.id, 0, WHOLE))
    return Selection(frozenset(found))


def without_repeats(pieces: Iterable[ScopePiece]) -> list[ScopePiece]:
    """The same pieces with everything asked twice asked once, through whom it was asked first."""
    taken: dict[tuple[int, int], list[Box]] = {}
    kept: list[ScopePiece] = []
    for piece in pieces:
        spot = (piece.unit_id, piece.criterion_id)
        box = criterion_box(piece)
        for left in subtract(box, taken.get(spot, ())):
            kept.append(
                ScopePiece(
                    piece.inspected_unit_id, piece.unit_id, piece.criterion_id, left.part_from, left.part_to,
                    left.starts_on, left.ends_on,
                )
            )  # fmt: skip
        taken.setdefault(spot, []).append(box)
    return kept


def criterion_box(piece: ScopePiece) -> Box:
    """The piece as a box whose `content_id` is the criterion: for cutting, never for claiming."""
    return Box(
        piece.unit_id, piece.criterion_id, piece.starts_on, piece.ends_on, piece.part_from, piece.part_to
    )


def boxes_of(piece: ScopePiece, criterion: Criterion, unit_ids: Sequence[int]) -> list[Box]:
    """What the piece claims: the contents its criterion covers, at each of these units."""
    found: list[Box] = []
    for part in criterion.parts:
        first, last = max(piece.part_from, part.part_from), min(piece.part_to, part.part_to)
        if first < last and piece.starts_on < piece.ends_on:
            found += [
                Box(unit_id, part.content_id, piece.starts_on, piece.ends_on, first, last)
                for unit_id in unit_ids
            ]
    return found


def left_of(
    piece: ScopePiece, refused: Iterable[Box], asked: Sequence[Box] | None = None
) -> tuple[ScopePiece, ...]:
    """What is left of the piece beside the refused boxes: a hole in one of its contents is a hole in it.

    `asked`: the boxes it claims; a criterion of a part of a content leaves nothing beside that part.
    """
    holes = [
        Box(piece.unit_id, piece.criterion_id, hole.starts_on, hole.ends_on, hole.part_from, hole.part_to)
        for hole in refused
    ]
    return tuple(
        ScopePiece(
            piece.inspected_unit_id, piece.unit_id, piece.criterion_id, left.part_from, left.part_to,
            left.starts_on, left.ends_on,
        )
        for left in subtract(criterion_box(piece), holes)
        if asked is None
        or any(left.part_from < box.part_to and box.part_from < left.part_to for box in asked)
    )  # fmt: skip


def days_told(days: Iterable[Piece]) -> list[str]:
    """The days of a unit told in its lineage, as they are kept to be compared later."""
    return [f"{one.unit_id}:{one.starts_on}:{one.ends_on}" for one in days]


def pieces_told(told: Iterable[str]) -> list[Piece]:
    """What `days_told` kept."""
    found: list[Piece] = []
    for text in told:
        unit_id, starts_on, ends_on = text.split(":")
        found.append(
            Piece(int(unit_id), date.fromisoformat(starts_on), date.fromisoformat(ends_on), inherited=False)
        )
    return found


def field_label(part_from: int, part_to: int, fields: Sequence[ProcedureField]) -> str:
    """The fields a part range covers, in words; empty for the whole. Without fields it is told by none."""
    if (part_from, part_to) == (0, WHOLE):
        return ""
    if not fields:
        return "một phần"
    inside = [f.name for f in fields if part_from <= f.part[0] and f.part[1] <= part_to]
    outside = [f.name for f in fields if f.name not in inside]
    if inside and len(inside) <= _MOST_NAMED:
        return ", ".join(inside)
    return f"trừ {', '.join(outside)}" if outside else ""


def last_day(ends_on: date) -> date:
    """The last day, as people say it, of a half-open period."""
    return ends_on - timedelta(days=1)


def day_after(last: date) -> date:
    """The half-open end of a period whose last day is `last`."""
    return last + timedelta(days=1)


def period_text(starts_on: date, ends_on: date, *, provisional: bool = False) -> str:
    """A half-open period as people read it; a provisional end is said as it is."""
    if provisional:
        return format_period(starts_on, None)
    return format_period(starts_on, last_day(ends_on))
