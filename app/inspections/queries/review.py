"""What a draft would be refused, and what is left: the whole case against the register, in a few reads."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.deadlines import queries as deadlines
from app.deadlines.settings import OFFICE_LEVEL, OfficeLevel
from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.inspections.models import Inspection, InspectionKind, InspectionState
from app.inspections.planning import ScopePiece, boxes_of, days_told, left_of
from app.inspections.queries.scope import count_scope, scope_rows, unit_names
from app.register import queries as register
from app.register import reopening, replaced, reserved, wording
from app.register.boxes import Box
from app.register.review import Counts, Ground, Refusal, Reviewed, Wanted, foremost
from app.units import lineage
from app.units.models import Unit
from app.units.queries import Kin, list_kin
from app.vietnamese import count

CLAIMING = frozenset({InspectionKind.PLANNED, InspectionKind.SURPRISE, InspectionKind.THEMATIC})
"""Kinds whose scope takes claims; a self-inspection or a check of old tasks assesses nothing anew."""
MOST_BESIDE = 2000
"""Scope items that are reviewed in 60 ms."""


@dataclass(frozen=True)
class ReviewedItem:
    """A scope item and the register's answer to its boxes."""

    item_id: int
    piece: ScopePiece
    unit_name: str
    inherited: bool
    criterion_key: str
    criterion_title: str
    group_id: int
    field_label: str
    higher_reason: str | None
    reviewed: tuple[Reviewed, ...]
    names: Mapping[int, Unit] = field(default_factory=dict)
    behind: replaced.Known = field(default_factory=replaced.Known)

    @property
    def own(self) -> tuple[Reviewed, ...]:
        """The answers about the unit itself; the others are about parts that are included."""
        return tuple(one for one in self.reviewed if one.wanted.box.unit_id == self.piece.unit_id)

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """What stands in the way, each once."""
        if not any(one.refusals for one in self.reviewed):
            return ()
        return tuple(dict.fromkeys(refusal for one in self.own for refusal in one.refusals))

    @cached_property
    def left_out(self) -> tuple[Refusal, ...]:
        """What stands on included parts: those days of those parts alone are left out."""
        return tuple(
            dict.fromkeys(
                refusal
                for one in self.reviewed
                if one.wanted.box.unit_id != self.piece.unit_id
                for refusal in one.refusals
            )
        )

    @cached_property
    def warnings(self) -> tuple[Refusal, ...]:
        """What a lower level concluded (no. 27)."""
        return tuple(dict.fromkeys(warning for one in self.reviewed for warning in one.warnings))

    @cached_property
    def near(self) -> tuple[Refusal, ...]:
        """What stands on the whole or on parts of the unit that are not included."""
        return tuple(dict.fromkeys(refusal for one in self.reviewed for refusal in one.near))

    def name_on(self, refusal: Refusal) -> str:
        """The unit that the refusal is about, as it was called then."""
        unit = self.names.get(refusal.box.unit_id)
        return self.unit_name if unit is None else unit.version_on(refusal.box.last_day).name

    @property
    def reason_needed(self) -> str:
        """Why a reason has to be recorded; empty when none has."""
        if self.warnings:
            warning = self.warnings[0]
            return f"{self.content} – {self.name_on(warning)}: {wording.lower_concluded(warning)}"
        if self.near:
            near = self.near[0]
            told = wording.near(near, unit_name=self.name_on(near), asked_name=self.unit_name)
            return f"{self.content} – {self.unit_name}: {told}"
        return ""

    @property
    def refused_boxes(self) -> tuple[Box, ...]:
        return tuple(refusal.box for refusal in self.refusals)

    @cached_property
    def left(self) -> tuple[ScopePiece, ...]:
        """What is left of it, as scope pieces."""
        if not self.refusals:
            return (self.piece,) if self.reviewed else ()
        asked = [one.wanted.box for one in self.own]
        return left_of(self.piece, self.refused_boxes, asked)

    @property
    def ground(self) -> Ground | None:
        """None when it is wholly free; a conclusion before another team before a reservation."""
        return foremost(refusal.ground for refusal in self.refusals)

    @property
    def content(self) -> str:
        """“MC-05 – Phiếu xin lỗi và hẹn lại”, with the field when it is one."""
        return f"{self.criterion_key} – {self.criterion_title}" + (
            f" ({self.field_label})" if self.field_label else ""
        )

    def sentence(self, refusal: Refusal) -> str:
        """The refusal in the words of users.md no. 23 and 24, with what is left."""
        left = [
            Box(p.unit_id, p.criterion_id, p.starts_on, p.ends_on, p.part_from, p.part_to) for p in self.left
        ]
        by = wording.under(self.behind.under(refusal, self.piece.criterion_id))
        named = self.name_on(refusal)
        return wording.refused(refusal, unit_name=named, content=self.content, free=left, under=by)

    def left_out_sentence(self, refusal: Refusal) -> str:
        """An included part of which something is left out."""
        told = wording.fact(refusal, unit_name=self.name_on(refusal), content=self.content)
        return f"{told} Phần này không thuộc phạm vi kiểm tra của Đoàn."


@dataclass(frozen=True)
class Source:
    """One notice or decision that refuses, and how many items of the plan it concerns."""

    refusal: Refusal
    count: int
    inherited_from: tuple[str, ...]


@dataclass(frozen=True)
class ScopeReview:
    """The review of a draft; it takes nothing."""

    items: tuple[ReviewedItem, ...] = ()
    claiming: bool = True
    moved: tuple[str, ...] = ()
    """Names of units whose predecessors or life were recorded otherwise since the scope was written."""
    unasked: int = 0
    """Items of a scope too large to be reviewed beside another page; `items` is empty then."""

    @cached_property
    def counts(self) -> Counts:
        return Counts.of([item.ground for item in self.items])

    @cached_property
    def partly(self) -> int:
        """Items of which something is refused and something is left."""
        return sum(1 for item in self.items if item.refusals and item.left)

    @property
    def takeable(self) -> int:
        """Items of which something is left to inspect."""
        return self.counts.free + self.partly

    @property
    def summary(self) -> str:
        """The sentence of users.md no. 25 or 26; what is left of refused items is said too."""
        told = self.counts
        if not self.partly:
            return wording.summary(told)
        return (
            f"Trong {count(told.total)} nội dung đã chọn: {wording.shares(told)}; "
            f"trong đó {count(self.partly)} nội dung còn được kiểm tra một phần."
        )

    @property
    def is_free(self) -> bool:
        return not any(item.refusals for item in self.items)

    @cached_property
    def left(self) -> tuple[ScopePiece, ...]:
        """The whole remainder."""
        return tuple(piece for item in self.items for piece in item.left)

    @property
    def refused_ids(self) -> tuple[int, ...]:
        return tuple(item.item_id for item in self.items if item.refusals)

    @property
    def without_reason(self) -> tuple[ReviewedItem, ...]:
        """Items that a lower level, a whole or a part concluded, and nobody said why they are asked again."""
        return tuple(item for item in self.items if item.reason_needed and not item.higher_reason)

    @property
    def left_out(self) -> tuple[tuple[ReviewedItem, Refusal], ...]:
        """What is left out of included parts."""
        return tuple((item, refusal) for item in self.items for refusal in item.left_out)

    @cached_property
    def fingerprint(self) -> str:
        """Stands for the remainder that was shown; differs as soon as anything of it does."""
        # an item that nothing stands in the way of is its row, which is never rewritten
        told = "\n".join(
            f"{item.item_id}:{item.left}" if item.refusals else str(item.item_id) for item in self.items
        )
        return hashlib.sha256(told.encode()).hexdigest()[:24]

    def sources(self, ground: Ground) -> list[Source]:
        """The notices (or decisions) behind the refusals, most items first."""
        counted: Counter[tuple[int | None, int | None, str]] = Counter()
        first: dict[tuple[int | None, int | None, str], Refusal] = {}
        heirs: dict[tuple[int | None, int | None, str], dict[str, None]] = {}
        for item in self.items:
            keys = {
                (refusal.conclusion_id, refusal.mandate_id, refusal.citation): refusal
                for refusal in item.refusals
                if refusal.ground is ground
            }
            for key, refusal in keys.items():
                counted[key] += 1
                first.setdefault(key, refusal)
                if item.inherited:
                    heirs.setdefault(key, {})[item.unit_name] = None
        return [Source(first[key], many, tuple(heirs.get(key, ()))) for key, many in counted.most_common()]


def level() -> int:
    """The level of our office as a deciding body."""
    return OfficeLevel(deadlines.setting(OFFICE_LEVEL)).rank


def review_beside(inspection: Inspection) -> ScopeReview:
    """The review for the margin of another page, which a large scope does not keep waiting."""
    total = sum(count_scope(inspection.id).values())
    if total <= MOST_BESIDE:
        return review_scope(inspection)
    return ScopeReview(claiming=inspection.kind in CLAIMING, unasked=total)


def review_scope(inspection: Inspection) -> ScopeReview:
    """What the case would be refused if it were decided now; its own claims are not in its way."""
    rows = scope_rows(inspection)
    if not rows:
        return ScopeReview(claiming=inspection.kind in CLAIMING, moved=moved_units(inspection))
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)}
    asked = wanted(inspection, [(row.item_id, row.piece) for row in rows], criteria)
    answer = register.review(
        asked, level=level(), mandate_id=inspection.mandate_id, reserved=reserved_for(inspection)
    )
    units = unit_names(
        {row.piece.unit_id for row in rows}
        | {
            refusal.box.unit_id
            for one in answer.items
            for refusal in (*one.refusals, *one.warnings, *one.near)
        }
    )
    by_item: dict[int, list[Reviewed]] = {}
    if inspection.kind in CLAIMING:
        for one in answer.items:
            key = one.wanted.key
            assert isinstance(key, int)
            by_item.setdefault(key, []).append(one)
    own = {iu.id: iu.unit_id for iu in inspection.units}
    behind = replaced.behind(answer.items)
    return ScopeReview(
        tuple(
            ReviewedItem(
                item_id=row.item_id,
                piece=row.piece,
                unit_name=units[row.piece.unit_id].version_on(row.piece.starts_on).name,
                inherited=own[row.piece.inspected_unit_id] != row.piece.unit_id,
                criterion_key=criteria[row.piece.criterion_id].key,
                criterion_title=criteria[row.piece.criterion_id].title,
                group_id=criteria[row.piece.criterion_id].group_id,
                field_label=row.field_label,
                higher_reason=row.higher_reason,
                reviewed=tuple(by_item.get(row.item_id, ())),
                names=units,
                behind=behind,
            )
            for row in rows
        ),
        claiming=inspection.kind in CLAIMING,
        moved=moved_units(inspection),
    )


def reserved_for(inspection: Inspection) -> tuple[int, ...]:
    """Mandates that hold for this draft what a leader reopened for it, and what its planner reserved."""
    if inspection.state is not InspectionState.DRAFT:
        return ()
    own = reserved.of_case(inspection.id)
    held = (one.mandate_id for one in (*reopening.list_granted(inspection.id), *((own,) if own else ())))
    return tuple(mandate_id for mandate_id in held if mandate_id is not None)


def moved_units(inspection: Inspection) -> tuple[str, ...]:
    """Units of a draft whose days are told otherwise by now than when the scope was written."""
    if inspection.state is not InspectionState.DRAFT:
        return ()
    now = lineage.expand_all(
        [iu.unit for iu in inspection.units], inspection.review_from, inspection.review_to
    )
    return tuple(
        iu.unit.name
        for iu in inspection.units
        if iu.planned_days is not None and iu.planned_days != days_told(now[iu.unit_id])
    )


def wanted(
    inspection: Inspection, pieces: Sequence[tuple[int, ScopePiece]], criteria: dict[int, Criterion]
) -> list[Wanted]:
    """The boxes of every scope item, keyed by its id; the included parts of the units are asked along."""
    kin = list_kin({piece.unit_id for _, piece in pieces}) if inspection.includes_parts else {}
    found: list[Wanted] = []
    for item_id, piece in pieces:
        parts = [one for one in kin.get(piece.unit_id, ()) if one.is_part]
        along = frozenset({piece.unit_id, *(one.unit_id for one in parts)}) if parts else frozenset()
        for there in (piece, *(_at_part(piece, one) for one in parts)):
            found += [
                Wanted(item_id, box, along)
                for box in boxes_of(there, criteria[piece.criterion_id], [there.unit_id])
            ]
    return found


def _at_part(piece: ScopePiece, part: Kin) -> ScopePiece:
    """The piece at a part of its unit, on the days on which it was one (none: an empty piece)."""
    starts_on = max(piece.starts_on, part.starts_on)
    ends_on = min(piece.ends_on, part.ends_on) if part.ends_on else piece.ends_on
    return replace(piece, unit_id=part.unit_id, starts_on=starts_on, ends_on=max(starts_on, ends_on))
