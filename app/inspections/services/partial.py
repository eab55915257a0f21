"""Đình chỉ một phần: contents or whole units leave a decided case by a leader's paper (NĐ 217/2025 Đ7.2đ).

What leaves stays on record: a content that leaves whole keeps its row and answer and names the paper; of one
that is cut, the piece that leaves becomes such a row. The rest stays the team's without a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import ProcedureField
from app.inspections import holds, queries
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    PartialTermination,
    ScopeItem,
    VisitState,
)
from app.inspections.planning import ScopePiece, criterion_box, field_label, left_of
from app.inspections.queries.scope import ScopeRow
from app.inspections.services.common import require_running, require_text, touch
from app.inspections.states import INSPECTED_UNIT, INSPECTION, OPEN_UNITS, VISIT
from app.policy import Action, Actor, authorise
from app.register import cutting
from app.register import services as register
from app.register.boxes import Box, subtract
from app.register.cutting import Recut
from app.vietnamese import count, format_date
from app.workflow import advance

OVER = (InspectedUnitState.CONCLUDED, InspectedUnitState.TERMINATED)
REPORTED = (InspectedUnitState.REPORTED, *OVER)


@dataclass(frozen=True)
class Paper:
    """The leader's paper: number and symbol, its day, why."""

    citation: str
    issued_on: date
    reason: str


@dataclass(frozen=True)
class Chosen:
    """What leaves the case: inspected units, scope items whole, pieces of scope items.

    A piece: (scope item, box), of which the unit, the days and the parts are looked at; a piece at an
    included part of the unit leaves that part alone.
    """

    unit_ids: Collection[int] = ()
    item_ids: Collection[int] = ()
    pieces: Sequence[tuple[int, Box]] = ()


@dataclass(frozen=True)
class Left:
    """What left: units, contents (whole or in part) and pieces of claims that were given back."""

    units: int
    items: int
    claims: int


def terminate_part(
    inspection: Inspection, chosen: Chosen, paper: Paper, *, version: int | None, actor: Actor
) -> Left:
    """Take contents or units out of the case, exactly as chosen; a unit with nothing left is terminated.

    Raises DomainError (chosen, reason, citation, issued_on), Conflict (something of it is concluded, gone or
    kept by findings or a notice on its way), WrongState, Stale, Forbidden. The caller rolls back on any.
    """
    authorise(actor, Action.DECIDE_INSPECTION, inspection)
    require_running(inspection)
    if inspection.state is InspectionState.DRAFT:
        raise WrongState("Cuộc kiểm tra chưa có quyết định. Bỏ nội dung, đơn vị ở phần soạn phạm vi.")
    check_version(inspection, version)
    text = require_text(paper.reason, "Ghi lý do.", "reason")
    cited = require_text(paper.citation, "Ghi số, ký hiệu của văn bản.", "citation")
    _check_day(inspection, paper.issued_on)
    units, rows, holes = _asked(inspection, chosen)
    touched = {iu.id: iu for iu in units} | {
        row.piece.inspected_unit_id: _unit_of(inspection, row) for row in rows.values()
    }
    for iu in touched.values():
        _ask_open(iu)
        holds.ask_free(iu.id)
    register.lock()
    made = PartialTermination(
        inspection_id=inspection.id, citation=cited, issued_on=paper.issued_on, reason=text,
        recorded_by=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    named = f"Đình chỉ một phần theo {cited} ngày {format_date(paper.issued_on)}: {text}"
    recuts = _cut_scope(rows, holes, made)
    released = 0
    if inspection.mandate is not None:
        released = cutting.give_back(recuts, named, mandate=inspection.mandate, actor=actor)
    scoped = queries.count_scope(inspection.id)
    gone = [*units, *(iu for iu in touched.values() if iu not in units and not scoped.get(iu.id))]
    for iu in gone:
        stop_unit(iu, text, f"{cited} ngày {format_date(paper.issued_on)}", actor=actor)
    released += give_back_units(inspection, gone, named, actor=actor)
    touch(inspection)
    db.session.flush()
    audit.record(
        "inspection_partly_terminated", inspection,
        *(iu for iu in touched.values() if iu not in gone),
        actor=actor,
        data={
            "told": _told(len(rows), len(gone)), "items": len(rows), "units": [iu.unit.name for iu in gone],
            "citation": cited, "on": paper.issued_on, "reason": text, "claims": released,
        },
    )  # fmt: skip
    derive_state(inspection, actor=actor, data={"reason": text, "citation": cited})
    return Left(len(gone), len(rows), released)


def _told(items: int, units: int) -> str:
    parts = [f"{count(items)} nội dung"] * bool(items) + [f"{count(units)} đơn vị"] * bool(units)
    return ", ".join(parts)


def _check_day(inspection: Inspection, day: date) -> None:
    if day > clock.today():
        raise DomainError(f"Ngày {format_date(day)} sau ngày hôm nay. Kiểm tra lại ngày.", field="issued_on")
    decision = inspection.decision
    if decision is not None and decision.issued_on is not None and day < decision.issued_on:
        raise DomainError(
            f"Ngày văn bản trước ngày quyết định kiểm tra {format_date(decision.issued_on)}.",
            field="issued_on",
        )


def _asked(
    inspection: Inspection, chosen: Chosen
) -> tuple[list[InspectedUnit], dict[int, ScopeRow], dict[int, list[Box]]]:
    """Units that leave, items that leave or are cut (those of leaving units apart), the cuts by item."""
    units = [iu for iu in inspection.units if iu.id in set(chosen.unit_ids)]
    known = {row.item_id: row for row in queries.scope_rows(inspection)}
    whole, cut = set(chosen.item_ids), {item_id for item_id, _ in chosen.pieces}
    if len(units) != len(set(chosen.unit_ids)) or not whole | cut <= known.keys():
        raise Conflict("Phạm vi của cuộc kiểm tra vừa thay đổi. Xem lại rồi chọn.")
    if not units and not whole and not cut:
        raise DomainError("Chọn ít nhất một nội dung, một phần nội dung hoặc một đơn vị.", field="chosen")
    leaving = {iu.id for iu in units}
    rows = {
        item_id: known[item_id]
        for item_id in sorted(whole | cut)
        if known[item_id].piece.inspected_unit_id not in leaving
    }
    holes: dict[int, list[Box]] = defaultdict(list)
    for item_id, box in chosen.pieces:
        if item_id in rows and item_id not in whole:
            holes[item_id].append(box)
    return units, rows, holes


def _unit_of(inspection: Inspection, row: ScopeRow) -> InspectedUnit:
    return next(iu for iu in inspection.units if iu.id == row.piece.inspected_unit_id)


def _ask_open(iu: InspectedUnit) -> None:
    if iu.state in OVER:
        raise Conflict(
            f"{iu.unit.name} ở trạng thái “{INSPECTED_UNIT.labels[iu.state]}” nên không đình chỉ được nữa."
        )


def _cut_scope(
    rows: Mapping[int, ScopeRow], holes: Mapping[int, Sequence[Box]], made: PartialTermination
) -> dict[int, Recut]:
    """Rewrite the scope items; what is left of each of them, for its claims."""
    left = {
        item_id: left_of(row.piece, [h for h in holes[item_id] if h.unit_id == row.piece.unit_id])
        if item_id in holes
        else ()
        for item_id, row in rows.items()
    }
    whole = [item_id for item_id, pieces in left.items() if not pieces]
    holds.ask_scope_free(whole)
    db.session.execute(sa.update(ScopeItem).where(ScopeItem.id.in_(whole)).values(dropped_by_id=made.id))
    recuts = {item_id: Recut() for item_id in whole}
    origins: dict[int, int] = {}
    for item_id, pieces in left.items():
        if not pieces:
            continue
        kept = [(item_id, criterion_box(pieces[0]))]
        if pieces != (rows[item_id].piece,):
            kept += _cut(rows[item_id], pieces, made)
        origins |= {new_id: item_id for new_id, _ in kept[1:]}
        recuts[item_id] = Recut(kept, _elsewhere(rows[item_id], holes[item_id]))
    db.session.expire_all()
    holds.split(origins)
    return recuts


def _elsewhere(row: ScopeRow, holes: Sequence[Box]) -> dict[int, list[Box]]:
    found: dict[int, list[Box]] = defaultdict(list)
    for hole in holes:
        if hole.unit_id != row.piece.unit_id:
            found[hole.unit_id].append(hole)
    return found


def _cut(row: ScopeRow, left: Sequence[ScopePiece], made: PartialTermination) -> list[tuple[int, Box]]:
    """The item becomes the first piece that is left; rows for the others (returned) and for what leaves."""
    fields = forms.list_fields() if forms.list_by_field({row.piece.criterion_id}) else ()
    gone = subtract(criterion_box(row.piece), [criterion_box(piece) for piece in left])
    db.session.execute(
        sa.update(ScopeItem)
        .where(ScopeItem.id == row.item_id)
        .values(**_span(criterion_box(left[0])), field_label=_label(row, criterion_box(left[0]), fields))
    )
    more = [criterion_box(piece) for piece in left[1:]]
    items = [
        ScopeItem(
            inspected_unit_id=row.piece.inspected_unit_id, unit_id=row.piece.unit_id,
            criterion_id=row.piece.criterion_id, higher_reason=row.higher_reason,
            dropped_by_id=dropped_by_id, field_label=_label(row, box, fields), **_span(box),
        )
        for boxes, dropped_by_id in ((more, None), (gone, made.id))
        for box in boxes
    ]  # fmt: skip
    db.session.add_all(items)
    db.session.flush()
    return [(item.id, box) for item, box in zip(items, more, strict=False)]


def _span(box: Box) -> dict[str, date | int]:
    return {
        "starts_on": box.starts_on, "ends_on": box.ends_on, "part_from": box.part_from,
        "part_to": box.part_to,
    }  # fmt: skip


def _label(row: ScopeRow, box: Box, fields: Sequence[ProcedureField]) -> str:
    if (box.part_from, box.part_to) == (row.piece.part_from, row.piece.part_to):
        return row.field_label
    return field_label(box.part_from, box.part_to, fields)


def stop_unit(iu: InspectedUnit, reason: str, citation: str, *, actor: Actor) -> None:
    """The inspection of one unit is over for good: what was planned there is called off."""
    for visit in iu.visits:
        if visit.state in (VisitState.UNSCHEDULED, VisitState.SCHEDULED):
            visit.not_held_reason = reason
            advance(visit, "call_off", VISIT, actor=None, about=(iu,), data={"reason": reason})
        elif visit.state is VisitState.UNDER_WAY:
            visit.not_held_reason = reason
            advance(visit, "break_off", VISIT, actor=None, about=(iu,), data={"reason": reason})
    if iu.state is not InspectedUnitState.TERMINATED:
        advance(iu, "terminate", INSPECTED_UNIT, actor=actor, data={"reason": reason, "citation": citation})


def give_back_units(
    inspection: Inspection, units: Sequence[InspectedUnit], reason: str, *, actor: Actor
) -> int:
    """Give back everything these units' scope still holds. Returns how many claims."""
    if inspection.mandate is None or not units:
        return 0
    items = db.session.scalars(
        sa.select(ScopeItem.id).where(ScopeItem.inspected_unit_id.in_([iu.id for iu in units]))
    ).all()
    return register.release(items, reason, actor=actor, mandate=inspection.mandate)


def derive_state(inspection: Inspection, *, actor: Actor, data: Mapping[str, object] | None = None) -> None:
    """Let the case follow its units after some of them left it, or after it was resumed."""
    states = [iu.state for iu in inspection.units]
    if all(state is InspectedUnitState.TERMINATED for state in states):
        advance(inspection, "terminate", INSPECTION, actor=actor, data=data)
        if inspection.mandate is not None:
            inspection.mandate.suspended_on = None
        db.session.flush()
        return
    if inspection.state is InspectionState.SUSPENDED or any(state in OPEN_UNITS for state in states):
        return
    _fix_period(inspection)
    if all(state in OVER for state in states):
        verb = "conclude"
    elif all(state in REPORTED for state in states):
        verb = "report"
    else:
        verb = "end_fieldwork"
    if any(inspection.state in transition.sources for transition in INSPECTION.find(verb)):
        advance(inspection, verb, INSPECTION, actor=actor, data=data)
    db.session.flush()


def _fix_period(inspection: Inspection) -> None:
    """“Đến thời điểm kiểm tra” is where the scope of the units that were inspected ends."""
    if not inspection.review_to_provisional:
        return
    ended = [iu.id for iu in inspection.units if iu.state is not InspectedUnitState.TERMINATED]
    last = db.session.scalar(
        sa.select(sa.func.max(ScopeItem.ends_on)).where(
            ScopeItem.inspected_unit_id.in_(ended), ScopeItem.stays()
        )
    )
    inspection.review_to = last or inspection.review_to
    inspection.review_to_provisional = False
