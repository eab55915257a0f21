"""What people read of reviewed boxes: one line for one paper, unit and span of days; parts by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.form_library.models import Criterion, ProcedureField
from app.register import wording
from app.register.boxes import Box, subtract
from app.register.replaced import Known, Version
from app.register.review import Refusal, Reviewed
from app.units.lineage import Piece
from app.units.models import Unit
from app.vietnamese import count

ONE_DAY = timedelta(days=1)
Covered = tuple[int, int, int]
"""Content, first part, one past the last."""


@dataclass(frozen=True)
class Question:
    """Half-open days; `field` narrows a content that is told by field of procedure."""

    unit: Unit
    criterion: Criterion
    starts_on: date
    ends_on: date
    field: ProcedureField | None = None

    @property
    def last_day(self) -> date:
        return self.ends_on - ONE_DAY

    @property
    def content(self) -> str:
        """“MC-05 – Phiếu xin lỗi và hẹn lại”, with the field when one was asked for."""
        named = f"{self.criterion.key} – {self.criterion.title}"
        return f"{named} (lĩnh vực {self.field.name})" if self.field else named


@dataclass(frozen=True)
class Block:
    """What stands in the way at one unit; `fields` says which fields or parts, empty for all asked.

    `under`: the criterion it was decided by, when that is not the one asked for.
    """

    refusal: Refusal
    unit: Unit
    inherited: bool
    fields: str = ""
    under: Version | None = None

    @property
    def unit_name(self) -> str:
        return self.unit.version_on(self.refusal.box.last_day).name


@dataclass(frozen=True)
class Left:
    """A span that may still be inspected, half-open days."""

    unit: Unit
    starts_on: date
    ends_on: date
    inherited: bool
    fields: str = ""

    @property
    def last_day(self) -> date:
        return self.ends_on - ONE_DAY


@dataclass(frozen=True)
class Rest:
    """Part of a merged criterion that is not taken though the criterion is; `under` asks it alone."""

    left: Left
    under: Version


def number_of(item: Reviewed) -> int:
    """The place of the question that the reviewed box belongs to."""
    return _key(item)[0]


def _key(item: Reviewed) -> tuple[int, int]:
    key = item.wanted.key
    assert isinstance(key, tuple)
    return key


def _position(item: Reviewed) -> int:
    return _key(item)[1]


@dataclass(frozen=True)
class Teller:
    """Turns the reviewed boxes of one question into blocks, what is left, and what is left of a merger.

    `parts`: what the question asks; `fields`: the fields of procedure it is told by, if it is.
    """

    question: Question
    pieces: Sequence[Piece]
    units: Mapping[int, Unit]
    fields: Sequence[ProcedureField]
    parts: Sequence[Covered]
    known: Known

    def blocks(self, items: Sequence[Reviewed], *, warnings: bool) -> tuple[Block, ...]:
        """What stands in the way, or what only warns."""
        found: dict[tuple[int, Box, int | None, int | None], list[Refusal]] = defaultdict(list)
        for item in items:
            position = _position(item)
            for refusal in item.warnings if warnings else item.refusals:
                box = Box(refusal.box.unit_id, 0, refusal.box.starts_on, refusal.box.ends_on)
                found[(position, box, refusal.conclusion_id, refusal.mandate_id)].append(refusal)
        order = sorted(found, key=lambda key: (key[1].starts_on, key[1].unit_id, key[2] or 0, key[3] or 0))
        return tuple(
            Block(
                refusal=found[key][0],
                unit=self.units[key[1].unit_id],
                inherited=self.pieces[key[0]].inherited,
                fields=self._covered_label([_covered(refusal.box) for refusal in found[key]]),
                under=self._under(found[key]),
            )
            for key in order
        )

    def left(self, items: Sequence[Reviewed]) -> tuple[Left, ...]:
        """What is left: a hole in one of the criterion's contents is a hole in the criterion."""
        spans: dict[tuple[int, date, date], list[tuple[int, int]]] = defaultdict(list)
        for position, free in self._offered(items):
            spans[(position, free.starts_on, free.ends_on)].append((free.part_from, free.part_to))
        return tuple(
            Left(
                self.units[self.pieces[key[0]].unit_id], key[1], key[2], self.pieces[key[0]].inherited,
                self._left_label(spans[key]),
            )
            for key in sorted(spans, key=lambda key: (key[1], key[0]))
        )  # fmt: skip

    def _offered(self, items: Sequence[Reviewed]) -> list[tuple[int, Box]]:
        """The place of the piece, and days and parts of it that are free in every content."""
        holes: dict[int, list[Box]] = defaultdict(list)
        for item in items:
            holes[_position(item)] += [_anywhere(refusal.box) for refusal in item.refusals]
        return [
            (position, free)
            for position, piece in enumerate(self.pieces)
            for free in subtract(
                Box(piece.unit_id, 0, piece.starts_on, piece.ends_on, *self._span), holes[position]
            )
            if self._means_something(free)
        ]

    def rest(self, items: Sequence[Reviewed]) -> tuple[Rest, ...]:
        """What no team stands on though the merged criterion is refused: another version asks it alone."""
        contents = self._contents
        if len(contents) < 2:
            return ()
        offered = [box for _, box in self._offered(items)]
        spans: dict[tuple[date, date, int, Version], list[tuple[int, int]]] = defaultdict(list)
        for item in items:
            for free in item.free:
                alone = self.known.alone(free.content_id, (free.part_from, free.part_to), contents)
                for piece in subtract(_anywhere(free), offered) if alone else ():
                    if self._means_something(piece):
                        key = (piece.starts_on, piece.ends_on, _position(item), alone[0])
                        spans[key].append((piece.part_from, piece.part_to))
        return tuple(
            Rest(
                Left(
                    self.units[self.pieces[position].unit_id], starts_on, ends_on,
                    self.pieces[position].inherited, self._field_label(ranges),
                ),
                alone,
            )
            for (starts_on, ends_on, position, alone), ranges in spans.items()
        )  # fmt: skip

    @property
    def _contents(self) -> frozenset[int]:
        return frozenset(content_id for content_id, _, _ in self.parts)

    def _named(self, one: Version) -> str:
        """The key; of a criterion that shares the key with the asked one, its version too."""
        if one.key != self.question.criterion.key:
            return one.key
        return f"{one.key} (phiên bản {count(one.number)})"

    @property
    def _span(self) -> tuple[int, int]:
        return min(part[1] for part in self.parts), max(part[2] for part in self.parts)

    def _under(self, refusals: Sequence[Refusal]) -> Version | None:
        found = (self.known.under(refusal, self.question.criterion.id) for refusal in refusals)
        return next((one for one in found if one is not None), None)

    def _covered_label(self, covered: Sequence[Covered]) -> str:
        """What of the asked a paper covers; empty for all of it."""
        names = self._part_names(covered)
        label = wording.parts_label(names) if names is not None else ""
        fields = self._field_label([(first, last) for _, first, last in covered])
        return "; ".join(filter(None, (label, fields)))

    def _left_label(self, ranges: Sequence[tuple[int, int]]) -> str:
        covered = [
            (content_id, max(low, first), min(high, last))
            for content_id, low, high in self.parts
            for first, last in ranges
            if max(low, first) < min(high, last)
        ]
        return self._covered_label(covered)

    def _field_label(self, ranges: Sequence[tuple[int, int]]) -> str:
        return wording.fields_label(ranges, self._span, self.fields) if self.fields else ""

    def _part_names(self, covered: Sequence[Covered]) -> list[str] | None:
        """Criteria of other versions that stand for what is covered; None when all asked is covered.

        A field of procedure is told by its name, so that of a criterion by field only contents count.
        """
        contents = {content_id for content_id, _, _ in covered}
        whole = contents == self._contents
        if self.question.criterion.by_field:
            gaps = False
        else:
            gaps = any(subtract(_as_box(part), [_as_box(one) for one in covered]) for part in self.parts)
        if whole and not gaps:
            return None
        names: list[str] = []
        for content_id in dict.fromkeys(one[0] for one in covered):
            ranges = [(first, last) for one, first, last in covered if one == content_id]
            if self.question.criterion.by_field:
                ranges = [self._span]
            for span in ranges:
                names += [self._named(one) for one in self.known.within(content_id, span, self._contents)]
        return list(dict.fromkeys(names))

    def _means_something(self, free: Box) -> bool:
        """Parts that the criterion or no field of procedure stands for are nothing one could inspect."""
        asked = any(free.part_from < last and first < free.part_to for _, first, last in self.parts)
        return asked and (
            not self.fields
            or any(free.part_from <= field.part[0] and field.part[1] <= free.part_to for field in self.fields)
        )


_DAY = date(2000, 1, 1)


def _as_box(part: Covered) -> Box:
    """Parts alone, on any one day of any unit, to be cut."""
    return Box(0, part[0], _DAY, _DAY + ONE_DAY, part[1], part[2])


def _anywhere(box: Box) -> Box:
    """The same unit, days and parts, of whatever content."""
    return Box(box.unit_id, 0, box.starts_on, box.ends_on, box.part_from, box.part_to)


def _covered(box: Box) -> Covered:
    return box.content_id, box.part_from, box.part_to
