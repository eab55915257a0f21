"""What a reorganisation entered after the decision would do to a case, and what stands in its way.

The unit keeps the days until its end; its successors are asked on the days after it what it was asked,
through the inspected unit that reaches them, else through one of their own. The scope is then what it would
have been had the planner known: unit and successors inspected side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import sqlalchemy as sa

from app.errors import Conflict
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.inspections import holds
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    ScopeRecut,
    VisitState,
)
from app.inspections.planning import ScopePiece, criterion_box, left_of
from app.inspections.queries.endings import UNDER_WAY, has_successor, name_before
from app.inspections.queries.review import CLAIMING, level, wanted
from app.inspections.queries.scope import ScopeRow, scope_rows, unit_names
from app.inspections.states import INSPECTED_UNIT, OPEN_UNITS
from app.register import queries as register
from app.register import recut, wording
from app.register.boxes import Box, subtract
from app.register.review import Refusal
from app.units import lineage
from app.units.holds import Ending
from app.units.lineage import Piece
from app.units.models import Unit
from app.vietnamese import count, format_date, format_period

MOST_NAMED = 5


@dataclass(frozen=True)
class Asked:
    """A scope item and the days from the end on that it asked of the ended unit.

    `standing`: it asks them still; otherwise it was cut before, and a successor was recorded since.
    """

    row: ScopeRow
    later: ScopePiece
    standing: bool

    @property
    def wholly(self) -> bool:
        """Nothing of it lies before the end."""
        return self.standing and self.row.piece.starts_on >= self.later.starts_on


@dataclass(frozen=True)
class Fresh:
    """A piece to be asked of a successor instead; `inspected_unit_id` < 0: of one that joins the case."""

    asked: Asked
    piece: ScopePiece


@dataclass
class CaseRecut:
    """What would become of one case. `moved`: by item that has no day left, the piece it becomes."""

    inspection: Inspection
    asked: tuple[Asked, ...] = ()
    parts: tuple[ScopeRow, ...] = ()
    """Items of other units that hold something of the ended one as an included part."""
    moved: dict[int, ScopePiece] = field(default_factory=dict)
    added: list[Fresh] = field(default_factory=list)
    joining: tuple[int, ...] = ()
    emptied: tuple[InspectedUnit, ...] = ()
    left_to_others: int = 0
    in_the_way: list[str] = field(default_factory=list)
    leavable: list[str] = field(default_factory=list)
    """What stands in the way until it is left to those who are there."""

    @property
    def fresh(self) -> list[ScopePiece]:
        """Everything that is asked of successors."""
        return [*self.moved.values(), *(one.piece for one in self.added)]


def look(inspection: Inspection, ending: Ending) -> CaseRecut:
    """What the ending does to this case; `in_the_way` says why it may not."""
    rows = scope_rows(inspection)
    asked = _asked(inspection, rows, ending)
    held = {
        one.scope_item_id
        for one in recut.list_held_beyond(ending.unit.id, ending.on)
        if one.mandate_id == inspection.mandate_id
    }
    parts = tuple(row for row in rows if row.item_id in held and row.piece.unit_id != ending.unit.id)
    plan = CaseRecut(inspection, parts=parts)
    by_id = {iu.id: iu for iu in inspection.units}
    touched = [by_id[one.row.piece.inspected_unit_id] for one in asked if one.standing]
    touched += [by_id[row.piece.inspected_unit_id] for row in parts]
    kept = {one for one in dict.fromkeys(touched) if _fixed(one)}
    # what a unit that is done asked without holding it stays as it was asked then
    plan.in_the_way += [
        _fixed(iu)
        for iu in sorted(kept, key=lambda iu: iu.ordinal)
        if any(row.item_id in held and row.piece.inspected_unit_id == iu.id for row in rows)
        or iu.state in OPEN_UNITS
    ]
    plan.asked = tuple(one for one in asked if by_id[one.row.piece.inspected_unit_id] not in kept)
    if any(one.standing for one in plan.asked) and not has_successor(ending):
        plan.in_the_way.append(
            f"{inspection.short_name} đang kiểm tra {name_before(ending)} cả những ngày từ "
            f"{format_date(ending.on)}. Ghi kế thừa của đơn vị này (nhập, chia, tách, hoặc chỉ chuyển chức "
            "năng, nhiệm vụ) trước, rồi ghi chấm dứt."
        )
    fresh = _free(plan, _fresh(inspection, rows, plan.asked, ending), ending)
    _place(plan, rows, fresh, ending)
    return plan


def _asked(inspection: Inspection, rows: Sequence[ScopeRow], ending: Ending) -> list[Asked]:
    cut = {
        row.scope_item_id: row
        for row in db.session.scalars(
            sa.select(ScopeRecut).where(
                ScopeRecut.unit_id == ending.unit.id,
                ScopeRecut.scope_item_id.in_([row.item_id for row in rows]),
            )
        )
    }
    found: list[Asked] = []
    for row in rows:
        piece = row.piece
        if piece.unit_id == ending.unit.id and piece.ends_on > ending.on:
            later = replace(piece, starts_on=max(piece.starts_on, ending.on))
            found.append(Asked(row, later, standing=True))
        elif row.item_id in cut and inspection.state in UNDER_WAY:
            was = cut[row.item_id]
            later = replace(piece, unit_id=ending.unit.id, starts_on=was.starts_on, ends_on=was.ends_on)
            found.append(Asked(row, later, standing=False))
    return found


def _fixed(iu: InspectedUnit) -> str:
    """Why the scope of this unit stays as it is; empty when it may be cut."""
    named = f"{iu.inspection.short_name}, {iu.unit.name}"
    if iu.state not in OPEN_UNITS:
        return f"{named}: {INSPECTED_UNIT.labels[iu.state].lower()} nên phạm vi không cắt lại."
    if any(visit.state is VisitState.SIGNED for visit in iu.visits):
        return f"{named}: biên bản làm việc đã ký nên phạm vi không cắt lại."
    return ""


def _fresh(
    inspection: Inspection, rows: Sequence[ScopeRow], asked: Sequence[Asked], ending: Ending
) -> list[Fresh]:
    """What is asked of the successors beside what the case asks of them already, each once."""
    if not asked:
        return []
    pieces = after(inspection, asked, ending)
    owners = _owners(inspection, pieces)
    states = {iu.id: iu.state for iu in inspection.units}
    gone = {one.row.item_id for one in asked if one.standing}
    standing: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for row in rows:
        over = states[row.piece.inspected_unit_id] is InspectedUnitState.TERMINATED
        if row.item_id not in gone and not over:
            standing[(row.piece.unit_id, row.piece.criterion_id)].append(criterion_box(row.piece))
    found: list[Fresh] = []
    # what has no day left goes first: its item is what the successor is asked by
    for one in sorted(asked, key=lambda one: not one.wholly):
        for there in pieces:
            first = max(there.starts_on, one.later.starts_on)
            last = min(there.ends_on, one.later.ends_on)
            if first >= last:
                continue
            piece = replace(
                one.later, inspected_unit_id=owners[there.unit_id], unit_id=there.unit_id,
                starts_on=first, ends_on=last,
            )  # fmt: skip
            spot = standing[(piece.unit_id, piece.criterion_id)]
            for left in subtract(criterion_box(piece), spot):
                found.append(
                    Fresh(
                        one,
                        replace(
                            piece, part_from=left.part_from, part_to=left.part_to, starts_on=left.starts_on,
                            ends_on=left.ends_on,
                        ),
                    )
                )  # fmt: skip
            spot.append(criterion_box(piece))
    return found


def after(inspection: Inspection, asked: Sequence[Asked], ending: Ending) -> list[Piece]:
    """Who comes after the unit on the days that the case asks of it, without whom the planner left out."""
    found = lineage.afterwards(ending.unit.id, ending.on, max(one.later.ends_on for one in asked))
    dropped = {unit.id for unit in inspection.dropped}
    return [piece for piece in found if piece.unit_id not in dropped]


def heirs_of(plan: CaseRecut, ending: Ending) -> list[str]:
    """What those who come after the unit are called, in the order of their days."""
    pieces = after(plan.inspection, plan.asked, ending)
    units = unit_names({piece.unit_id for piece in pieces})
    return list(dict.fromkeys(units[piece.unit_id].name for piece in pieces))


def _owners(inspection: Inspection, pieces: Iterable[Piece]) -> dict[int, int]:
    """The inspected unit through which each successor is asked: its own, else the first that reaches it."""
    reached = lineage.expand_all(
        [iu.unit for iu in inspection.units], inspection.review_from, inspection.review_to
    )
    found: dict[int, int] = {}
    for unit_id in dict.fromkeys(piece.unit_id for piece in pieces):
        own = [iu for iu in inspection.units if iu.unit_id == unit_id]
        through = [
            iu
            for iu in sorted(inspection.units, key=lambda iu: iu.ordinal)
            if any(day.unit_id == unit_id for day in reached[iu.unit_id])
        ]
        owner = next(iter([*own, *through]), None)
        found[unit_id] = owner.id if owner is not None else -unit_id
    return found


def _free(plan: CaseRecut, fresh: list[Fresh], ending: Ending) -> list[Fresh]:
    """What of it may be taken; the rest stands in the way, or is left to who is there."""
    inspection = plan.inspection
    if inspection.kind not in CLAIMING or not fresh:
        return fresh
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)}
    boxes = wanted(inspection, [(place, one.piece) for place, one in enumerate(fresh)], criteria)
    answer = register.review(boxes, level=level(), mandate_id=inspection.mandate_id)
    met: dict[int, list[Refusal]] = defaultdict(list)
    own: dict[int, list[Box]] = defaultdict(list)
    for one in answer.items:
        place = one.wanted.key
        assert isinstance(place, int)
        if one.wanted.box.unit_id != fresh[place].piece.unit_id:
            continue  # an included part: what is taken there is left out of that part alone
        own[place].append(one.wanted.box)
        reasoned = bool(fresh[place].asked.row.higher_reason)
        met[place] += one.refusals if reasoned else (*one.refusals, *one.warnings, *one.near)
    kept: list[Fresh] = []
    stopped: dict[int, list[Refusal]] = {}
    for place, one_fresh in enumerate(fresh):
        if not met[place]:
            kept.append(one_fresh)
        elif ending.remainder:
            plan.left_to_others += 1
            holes = [refusal.box for refusal in met[place]]
            kept += [replace(one_fresh, piece=left) for left in left_of(one_fresh.piece, holes, own[place])]
        else:
            stopped[place] = met[place]
    plan.leavable += _told(inspection, fresh, stopped, criteria)
    return kept


def _told(
    inspection: Inspection, fresh: Sequence[Fresh], stopped: dict[int, list[Refusal]],
    criteria: dict[int, Criterion],
) -> list[str]:  # fmt: skip
    """Who stands where a successor would be asked: one sentence for each paper and unit."""
    found: dict[tuple[int, str], tuple[list[str], list[Box]]] = {}
    for place, refusals in stopped.items():
        key = criteria[fresh[place].piece.criterion_id].key
        for refusal in refusals:
            done = refusal.conclusion_id is not None
            by = f"{'đã có kết luận tại' if done else 'đang do'} {wording.source(refusal)}"
            by += f" của {refusal.body_name}" if done else " thực hiện"
            keys, boxes = found.setdefault((refusal.box.unit_id, by), ([], []))
            keys.append(key)
            boxes.append(refusal.box)
    names = unit_names({unit_id for unit_id, _ in found})
    told = []
    for (unit_id, by), (keys, boxes) in found.items():
        named = list(dict.fromkeys(keys))
        more = f" và {count(len(named) - MOST_NAMED)} nội dung khác" if len(named) > MOST_NAMED else ""
        first, last = min(box.starts_on for box in boxes), max(box.last_day for box in boxes)
        told.append(
            f"{inspection.short_name}: nội dung {', '.join(named[:MOST_NAMED])}{more} của "
            f"{names[unit_id].version_on(last).name}, thời kỳ {format_period(first, last)}, {by}."
        )
    return told


def _place(plan: CaseRecut, rows: Sequence[ScopeRow], fresh: Sequence[Fresh], ending: Ending) -> None:
    """Say which items move, which are new, which units join or are left without a day."""
    by_id = {iu.id: iu for iu in plan.inspection.units}
    wholly = {one.row.item_id for one in plan.asked if one.wholly}
    here: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        here[row.piece.inspected_unit_id].append(row.item_id)
    plan.emptied = tuple(iu for iu in plan.inspection.units if here[iu.id] and wholly >= set(here[iu.id]))
    for one in fresh:
        if one.asked.row.item_id in wholly and one.asked.row.item_id not in plan.moved:
            plan.moved[one.asked.row.item_id] = one.piece
        else:
            plan.added.append(one)
    owners = dict.fromkeys(piece.inspected_unit_id for piece in plan.fresh)
    plan.joining = tuple(-owner for owner in owners if owner < 0)
    plan.in_the_way += [told for owner in owners if owner > 0 and (told := _fixed(by_id[owner]))]
    for item_id in plan.moved:
        try:
            holds.ask_item_free(item_id)
        except Conflict as kept:
            plan.in_the_way.append(f"{plan.inspection.short_name}: {kept.message}")
    case = plan.inspection.short_name
    for iu in plan.emptied:
        if iu.state is not InspectedUnitState.PENDING:
            plan.in_the_way.append(
                f"{case}: Đoàn đang làm việc với {iu.unit.name}, mọi ngày được kiểm tra của đơn vị đều từ "
                f"{format_date(ending.on)} trở đi nên không cắt lại được."
            )
    emptied = {iu.id for iu in plan.emptied}
    lost = [
        one for one in plan.asked
        if one.wholly and one.row.item_id not in plan.moved
        and one.row.piece.inspected_unit_id not in emptied
    ]  # fmt: skip
    if lost and not plan.leavable:
        criteria = {c.id: c.key for c in forms.list_criteria(plan.inspection.form_version_id)}
        keys = ", ".join(dict.fromkeys(criteria[one.row.piece.criterion_id] for one in lost[:MOST_NAMED]))
        plan.in_the_way.append(
            f"{case}: nội dung {keys} chỉ hỏi {name_before(ending)} những ngày từ {format_date(ending.on)} "
            "trở đi và không chuyển được sang đơn vị kế thừa."
        )


def units_of(pieces: Iterable[ScopePiece]) -> dict[int, Unit]:
    """The units these pieces ask, by id."""
    return unit_names({piece.unit_id for piece in pieces})


def span_of(pieces: Iterable[ScopePiece]) -> tuple[date, date]:
    """The first day and the half-open end of all of them."""
    known = list(pieces)
    return min(piece.starts_on for piece in known), max(piece.ends_on for piece in known)
