"""What a draft would be refused, and what is left: the whole case against the register, in a few reads."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import sqlalchemy as sa

from app.deadlines import queries as deadlines
from app.deadlines.settings import OFFICE_LEVEL, OfficeLevel
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.inspections.models import InspectedUnit, Inspection, InspectionKind
from app.inspections.planning import ScopePiece, boxes_of, left_of
from app.inspections.queries.scope import scope_rows, unit_names
from app.register import queries as register
from app.register import wording
from app.register.boxes import Box
from app.register.models import Conclusion, ConclusionState, Coverage
from app.register.review import Counts, Ground, Refusal, Reviewed, Wanted
from app.units.models import Relation, Succession, SuccessionKind, Unit, UnitVersion
from app.vietnamese import count, format_date

CLAIMING = frozenset({InspectionKind.PLANNED, InspectionKind.SURPRISE, InspectionKind.THEMATIC})
"""Kinds whose scope takes claims; a self-inspection or a check of old tasks assesses nothing anew."""


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

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """What stands in the way, each once."""
        return tuple(dict.fromkeys(refusal for one in self.reviewed for refusal in one.refusals))

    @cached_property
    def warnings(self) -> tuple[Refusal, ...]:
        """What a lower level concluded (no. 27)."""
        return tuple(dict.fromkeys(warning for one in self.reviewed for warning in one.warnings))

    @property
    def refused_boxes(self) -> tuple[Box, ...]:
        return tuple(refusal.box for refusal in self.refusals)

    @cached_property
    def left(self) -> tuple[ScopePiece, ...]:
        """What is left of it, as scope pieces."""
        return left_of(self.piece, self.refused_boxes)

    @property
    def ground(self) -> Ground | None:
        """None when it is wholly free; a conclusion before another team."""
        if not self.refusals:
            return None
        grounds = {refusal.ground for refusal in self.refusals}
        return Ground.CONCLUDED if Ground.CONCLUDED in grounds else Ground.HELD

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
        return wording.refused(refusal, unit_name=self.unit_name, content=self.content, free=left)


@dataclass(frozen=True)
class Source:
    """One notice or decision that refuses, and how many items of the plan it concerns."""

    refusal: Refusal
    count: int
    inherited_from: tuple[str, ...]


@dataclass(frozen=True)
class MatrixCell:
    """A unit's group in the plan: how many items, how many of them concluded or held by others.

    `concluded` counts what a conclusion touches; `whole` what it leaves nothing of.
    """

    inspected_unit_id: int
    group_id: int
    total: int
    concluded: int
    whole: int
    held: int

    @property
    def kind(self) -> str:
        """free, part, done or held, as the matrix shows it."""
        if self.held and self.held >= self.concluded:
            return "held"
        if not self.concluded:
            return "free"
        return "done" if self.whole == self.total else "part"


@dataclass(frozen=True)
class ScopeReview:
    """The review of a draft; it takes nothing."""

    items: tuple[ReviewedItem, ...] = ()
    claiming: bool = True

    @cached_property
    def counts(self) -> Counts:
        grounds = [item.ground for item in self.items]
        return Counts(
            total=len(grounds),
            free=grounds.count(None),
            concluded=grounds.count(Ground.CONCLUDED),
            held=grounds.count(Ground.HELD),
        )

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
            f"Trong {count(told.total)} nội dung đã chọn: {count(told.free)} được kiểm tra, "
            f"{count(told.concluded)} đã có kết luận, {count(told.held)} đoàn khác đang thực hiện; "
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
        """Items that a lower level concluded and for which nobody said yet why they are inspected again."""
        return tuple(item for item in self.items if item.warnings and not item.higher_reason)

    @cached_property
    def fingerprint(self) -> str:
        """Stands for the remainder that was shown; differs as soon as anything of it does."""
        told = "\n".join(f"{item.item_id}:{item.left}" for item in self.items)
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

    def cells(self) -> dict[tuple[int, int], MatrixCell]:
        """Cells of the matrix unit × group by (inspected unit, group)."""
        counted: Counter[tuple[int, int, Ground | None]] = Counter(
            (item.piece.inspected_unit_id, item.group_id, item.ground) for item in self.items
        )
        whole = Counter(
            (item.piece.inspected_unit_id, item.group_id)
            for item in self.items
            if item.ground is Ground.CONCLUDED and not item.left
        )
        spots = {(unit, group) for unit, group, _ in counted}
        return {
            (unit, group): MatrixCell(
                unit, group,
                sum(counted[(unit, group, ground)] for ground in (None, Ground.CONCLUDED, Ground.HELD)),
                counted[(unit, group, Ground.CONCLUDED)],
                whole[(unit, group)],
                counted[(unit, group, Ground.HELD)],
            )
            for unit, group in spots
        }  # fmt: skip


def level() -> int:
    """The level of our office as a deciding body."""
    return OfficeLevel(deadlines.setting(OFFICE_LEVEL)).rank


def review_scope(inspection: Inspection) -> ScopeReview:
    """What the case would be refused if it were decided now; its own claims are not in its way."""
    rows = scope_rows(inspection)
    if not rows:
        return ScopeReview(claiming=inspection.kind in CLAIMING)
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)}
    units = unit_names({row.piece.unit_id for row in rows})
    asked = wanted(inspection, [(row.item_id, row.piece) for row in rows], criteria)
    answer = register.review(asked, level=level(), mandate_id=inspection.mandate_id)
    by_item: dict[int, list[Reviewed]] = {}
    if inspection.kind in CLAIMING:
        for one in answer.items:
            key = one.wanted.key
            assert isinstance(key, int)
            by_item.setdefault(key, []).append(one)
    own = {iu.id: iu.unit_id for iu in inspection.units}
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
            )
            for row in rows
        ),
        claiming=inspection.kind in CLAIMING,
    )


def wanted(
    inspection: Inspection, pieces: Sequence[tuple[int, ScopePiece]], criteria: dict[int, Criterion]
) -> list[Wanted]:
    """The boxes of every scope item, keyed by its id; the included parts of the units are asked along."""
    parts = _parts_of({piece.unit_id for _, piece in pieces}) if inspection.includes_parts else {}
    return [
        Wanted(item_id, box)
        for item_id, piece in pieces
        for unit in [None, *parts.get(piece.unit_id, ())]
        for box in boxes_of(
            _within_life(piece, unit),
            criteria[piece.criterion_id],
            [piece.unit_id if unit is None else unit.id],
        )
    ]


def _within_life(piece: ScopePiece, unit: Unit | None) -> ScopePiece:
    if unit is None:
        return piece
    ends_on = min(piece.ends_on, unit.valid_to) if unit.valid_to else piece.ends_on
    starts_on = max(piece.starts_on, unit.valid_from)
    return ScopePiece(
        piece.inspected_unit_id, unit.id, piece.criterion_id, piece.part_from, piece.part_to, starts_on,
        max(ends_on, starts_on),
    )  # fmt: skip


def _parts_of(unit_ids: set[int]) -> dict[int, list[Unit]]:
    """The units that are a part of these (one level, which is how offices are cut into divisions)."""
    rows = db.session.execute(
        sa.select(UnitVersion.parent_id, Unit)
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .where(UnitVersion.parent_id.in_(unit_ids), UnitVersion.relation == Relation.PART_OF)
        .order_by(Unit.id)
    )
    found: dict[int, list[Unit]] = {}
    for parent_id, unit in rows:
        if parent_id is not None and unit not in found.setdefault(parent_id, []):
            found[parent_id].append(unit)
    return found


def lineage_notes(inspection: Inspection, review: ScopeReview) -> list[str]:
    """What is to be said of units formed within the review period (no. 28)."""
    young = [iu for iu in inspection.units if iu.unit.valid_from > inspection.review_from]
    if not young:
        return []
    rows = db.session.execute(
        sa.select(Succession.successor_id, Unit)
        .join(Unit, Unit.id == Succession.predecessor_id)
        .where(
            Succession.successor_id.in_([iu.unit_id for iu in young]),
            Succession.kind != SuccessionKind.TRANSFER,
        )
        .order_by(Unit.id)
    )
    before: dict[int, list[Unit]] = {}
    for successor_id, unit in rows:
        before.setdefault(successor_id, []).append(unit)
    return [_lineage_note(iu, before.get(iu.unit_id, []), review) for iu in young]


def _lineage_note(iu: InspectedUnit, predecessors: list[Unit], review: ScopeReview) -> str:
    formed = format_date(iu.unit.valid_from)
    if not predecessors:
        return (
            f"{iu.unit.name} hình thành ngày {formed}. Thời kỳ trước ngày này chưa ghi đơn vị cũ "
            "nên không thuộc phạm vi kiểm tra."
        )
    old = " và ".join(unit.name for unit in predecessors)
    text = (
        f"{iu.unit.name} (trước là {old}) hình thành ngày {formed}. "
        "Thời kỳ trước ngày này được tính theo đơn vị cũ"
    )
    told = dict.fromkeys(
        f"phần của {item.unit_name} đã có kết luận tại Thông báo số {refusal.citation}"
        + (f" ngày {format_date(refusal.dated_on)}" if refusal.dated_on else "")
        + " (kế thừa)"
        for item in review.items
        if item.inherited and item.piece.inspected_unit_id == iu.id
        for refusal in item.refusals
        if refusal.ground is Ground.CONCLUDED
    )
    return "; ".join([text, *told]) + "."


@dataclass(frozen=True)
class OldConclusion:
    """A notice in force about a unit of the case: its remediation may be checked, its contents not scored."""

    conclusion_id: int
    citation: str
    concluded_on: date
    body_name: str
    unit_name: str
    contents: int


def list_old_conclusions(inspection: Inspection, *, most: int = 30) -> list[OldConclusion]:
    """Notices in force about the units of the case or their predecessors in scope, newest first."""
    ids = {iu.unit_id for iu in inspection.units}
    ids |= set(
        db.session.scalars(
            sa.select(Succession.predecessor_id).where(
                Succession.successor_id.in_(ids), Succession.kind != SuccessionKind.TRANSFER
            )
        )
    )
    rows = db.session.execute(
        sa.select(
            Conclusion.id, Conclusion.number_and_symbol, Conclusion.concluded_on, Conclusion.body_name,
            Coverage.unit_id, sa.func.count(Coverage.id),
        )
        .join(Coverage, Coverage.conclusion_id == Conclusion.id)
        .where(Coverage.unit_id.in_(ids), Conclusion.state == ConclusionState.IN_FORCE)
        .group_by(
            Conclusion.id, Conclusion.number_and_symbol, Conclusion.concluded_on, Conclusion.body_name,
            Coverage.unit_id,
        )
        .order_by(Conclusion.concluded_on.desc(), Conclusion.id.desc(), Coverage.unit_id)
        .limit(most)
    ).all()  # fmt: skip
    units = unit_names({row.unit_id for row in rows})
    return [
        OldConclusion(row[0], row[1], row[2], row[3], units[row[4]].version_on(row[2]).name, row[5])
        for row in rows
    ]
