"""A reorganisation entered after the decision: scope and held claims go over to the successors at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.extensions import db
from app.form_library import queries as forms
from app.inspections import queries
from app.inspections.models import (
    Assignment,
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
    ScopeRecut,
    VisitState,
)
from app.inspections.planning import ScopePiece, days_told, field_label, last_day, pieces_told
from app.inspections.queries import recut as reading
from app.inspections.queries.endings import list_concerned, list_strangers, name_before
from app.inspections.queries.recut import CaseRecut
from app.inspections.services.claims import claims_of_pieces
from app.inspections.services.common import refresh_search, touch
from app.inspections.services.scope import insert
from app.inspections.states import INSPECTED_UNIT, INSPECTION, OPEN_UNITS, VISIT
from app.policy import Action, Actor, can
from app.register import queries as register
from app.register import recut as register_recut
from app.register import reserved
from app.register import services as register_services
from app.register.boxes import subtract
from app.register.services import ClaimRefused, ClaimWanted
from app.units.holds import Ending, InTheWay, Recut
from app.units.lineage import Piece
from app.vietnamese import count, format_date
from app.workflow import advance, hold

FOR_THE_PLANNER = (
    "Đơn vị có nội dung thuộc việc kiểm tra sau ngày này. Việc ghi làm thay đổi phạm vi kiểm tra nên do "
    "người lập kế hoạch thực hiện."
)


def recut_cases(ending: Ending, actor: Actor | None) -> list[Recut]:
    """Cut what decided cases ask of the unit from its end on; ask its successors instead.

    Called before the unit's end is written, in the same transaction; when its end stands already, successors
    recorded since are added. Raises InTheWay with everything that stands in the way; nothing is kept then.
    """
    for case in list_concerned(ending):
        hold(case)
    register_services.lock()
    reserved.end_lapsed(clock.today())
    # what was read while somebody else was waited for may have changed since
    db.session.expire_all()
    cases = list_concerned(ending)
    plans = [reading.look(case, ending) for case in cases]
    # coverage is recorded as it was decided, also beyond an end that stands already
    reasons = list_strangers(ending, cases) if ending.unit.valid_to is None else []
    reasons += [told for plan in plans for told in plan.in_the_way]
    leavable = [told for plan in plans for told in plan.leavable]
    concerned = [plan for plan in plans if plan.asked or plan.parts]
    if not _may(actor, concerned, bool(reasons or leavable)):
        raise InTheWay([FOR_THE_PLANNER])
    if reasons or leavable:
        raise InTheWay(list(dict.fromkeys([*reasons, *leavable])), leavable=not reasons)
    return [_apply(plan, ending, actor) for plan in concerned if plan.fresh or _cuts(plan)]


def _may(actor: Actor | None, concerned: Sequence[CaseRecut], anything: bool) -> bool:
    """Who is not of the office does not learn what stands there; the scope of a case is the planner's."""
    if actor is None:
        return True
    if anything and not actor.in_office:
        return False
    return all(can(actor, Action.DECIDE_INSPECTION, plan.inspection) for plan in concerned)


def _cuts(plan: CaseRecut) -> bool:
    return bool(plan.parts) or any(one.standing for one in plan.asked)


def _apply(plan: CaseRecut, ending: Ending, actor: Actor | None) -> Recut:
    inspection = plan.inspection
    told = _lines(plan, ending)
    before = {row.item_id for row in queries.scope_rows(inspection)}
    joined = _join(plan)
    moved = {item_id: _through(piece, joined) for item_id, piece in plan.moved.items()}
    _cut(plan, ending, moved)
    insert([(_through(one.piece, joined), one.asked.row.higher_reason) for one in plan.added])
    _note(plan)
    db.session.expire_all()
    rows = {row.item_id: row for row in queries.scope_rows(inspection)}
    fresh = {item_id: row.piece for item_id, row in rows.items() if item_id in moved or item_id not in before}
    _claim(plan, ending, fresh, {item_id: row.higher_reason for item_id, row in rows.items()}, actor)
    _tell_days(inspection, ending, fresh.values())
    _empty(plan, ending, actor)
    touch(inspection)
    refresh_search(inspection)
    audit.record(
        "inspection_recut", inspection, actor=actor,
        data={
            "unit": name_before(ending), "on": ending.on, "basis": ending.basis, "told": " ".join(told),
        },
    )  # fmt: skip
    return Recut(f"{inspection.short_name} ({inspection.code})", told)


def _join(plan: CaseRecut) -> dict[int, int]:
    """Add the successors that are not in the case; who looked at what there looks at it here.

    Returns the new inspected units by the negative unit id that stood for them.
    """
    inspection = plan.inspection
    ordinal = max(iu.ordinal for iu in inspection.units)
    joined: dict[int, int] = {}
    units = reading.units_of(plan.fresh)
    for unit_id in plan.joining:
        ordinal += 1
        iu = InspectedUnit(unit_id=unit_id, unit=units[unit_id], ordinal=ordinal)
        inspection.units.append(iu)
        db.session.flush()
        joined[-unit_id] = iu.id
        before = {
            one.asked.row.piece.inspected_unit_id
            for one in plan.added
            if one.piece.inspected_unit_id == -unit_id
        } | {
            one.row.piece.inspected_unit_id
            for one in plan.asked
            if (piece := plan.moved.get(one.row.item_id)) and piece.inspected_unit_id == -unit_id
        }
        taken: set[int] = set()
        for member in inspection.members:
            groups = {one.group_id for one in member.assignments if one.inspected_unit_id in before} - taken
            taken |= groups
            member.assignments += [Assignment(inspected_unit=iu, group_id=group) for group in sorted(groups)]
    db.session.flush()
    return joined


def _through(piece: ScopePiece, joined: dict[int, int]) -> ScopePiece:
    owner = joined.get(piece.inspected_unit_id, piece.inspected_unit_id)
    return ScopePiece(
        owner, piece.unit_id, piece.criterion_id, piece.part_from, piece.part_to, piece.starts_on,
        piece.ends_on,
    )  # fmt: skip


def _cut(plan: CaseRecut, ending: Ending, moved: dict[int, ScopePiece]) -> None:
    """Items end with the unit; one that has no day left becomes an item of the successor."""
    shorter = [one.row.item_id for one in plan.asked if one.standing and not one.wholly]
    if shorter:
        db.session.execute(
            sa.update(ScopeItem)
            .where(ScopeItem.id.in_(shorter))
            .values(ends_on=ending.on)
            .execution_options(synchronize_session=False)
        )
    fields = forms.list_fields() if moved else []
    by_field = forms.list_by_field({piece.criterion_id for piece in moved.values()}) if moved else set()
    for item_id, piece in moved.items():
        known = fields if piece.criterion_id in by_field else ()
        db.session.execute(
            sa.update(ScopeItem)
            .where(ScopeItem.id == item_id)
            .values(
                inspected_unit_id=piece.inspected_unit_id, unit_id=piece.unit_id,
                part_from=piece.part_from, part_to=piece.part_to,
                starts_on=piece.starts_on, ends_on=piece.ends_on,
                field_label=field_label(piece.part_from, piece.part_to, known),
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip


def _note(plan: CaseRecut) -> None:
    """Keep which days were asked of the unit: a successor recorded later is asked them too."""
    db.session.add_all(
        ScopeRecut(
            scope_item_id=one.row.item_id, unit_id=one.later.unit_id, starts_on=one.later.starts_on,
            ends_on=one.later.ends_on,
        )
        for one in plan.asked
        if one.standing
    )  # fmt: skip
    db.session.flush()


def _claim(
    plan: CaseRecut,
    ending: Ending,
    fresh: dict[int, ScopePiece],
    reasons: dict[int, str | None],
    actor: Actor | None,
) -> None:
    inspection = plan.inspection
    if inspection.kind not in queries.CLAIMING or inspection.mandate is None:
        return
    wanted = [*claims_of_pieces(inspection, fresh, reasons), *_parts_after(plan, ending, reasons)]
    try:
        register_recut.recut(
            inspection.mandate,
            ending.unit.id,
            ending.on,
            wanted,
            item_ids=[one.row.item_id for one in plan.asked if one.standing],
            actor=actor,
        )
    except ClaimRefused as refused:
        raise InTheWay([f"{inspection.short_name}: {refused.message}"]) from refused


def _parts_after(plan: CaseRecut, ending: Ending, reasons: dict[int, str | None]) -> list[ClaimWanted]:
    """Of items that included the ended unit as a part: the parts that came after it and are free."""
    later = {
        row.item_id: ScopePiece(
            row.piece.inspected_unit_id, row.piece.unit_id, row.piece.criterion_id, row.piece.part_from,
            row.piece.part_to, max(row.piece.starts_on, ending.on), row.piece.ends_on,
        )
        for row in plan.parts
    }  # fmt: skip
    known = {ending.unit.id, *(piece.unit_id for piece in later.values())}
    asked = [one for one in claims_of_pieces(plan.inspection, later, reasons) if one.box.unit_id not in known]
    there = register.live_boxes([one.box for one in asked])
    return [
        ClaimWanted(one.scope_item_id, piece, one.override_reason, one.along)
        for one in asked
        for piece in subtract(one.box, there[(one.box.unit_id, one.box.content_id)])
    ]


def _tell_days(inspection: Inspection, ending: Ending, fresh: Iterable[ScopePiece]) -> None:
    """Which unit is inspected on which days, as the page of a decided case tells it."""
    added: dict[int, dict[int, list[ScopePiece]]] = {}
    for piece in fresh:
        added.setdefault(piece.inspected_unit_id, {}).setdefault(piece.unit_id, []).append(piece)
    for iu in inspection.units:
        days = [
            Piece(day.unit_id, day.starts_on, _until(day, ending), inherited=False)
            for day in pieces_told(iu.planned_days or ())
            if day.starts_on < _until(day, ending)
        ]
        for unit_id, pieces in added.get(iu.id, {}).items():
            if all(day.unit_id != unit_id for day in days):
                days.append(Piece(unit_id, *reading.span_of(pieces), inherited=False))
        iu.planned_days = days_told(sorted(days, key=lambda day: (day.starts_on, day.unit_id)))


def _until(day: Piece, ending: Ending) -> date:
    return min(day.ends_on, ending.on) if day.unit_id == ending.unit.id else day.ends_on


def _empty(plan: CaseRecut, ending: Ending, actor: Actor | None) -> None:
    """A unit of which no day is left is not inspected; nobody had begun there."""
    reason = f"Đơn vị chấm dứt hoạt động từ ngày {format_date(ending.on)}, trước thời kỳ kiểm tra"
    for iu in plan.emptied:
        for visit in iu.visits:
            if visit.state in (VisitState.UNSCHEDULED, VisitState.SCHEDULED):
                visit.not_held_reason = reason
                advance(visit, "call_off", VISIT, actor=None, about=(iu,), data={"reason": reason})
        advance(iu, "terminate", INSPECTED_UNIT, actor=actor, data={"reason": reason})
    inspection = plan.inspection
    over = not any(iu.state in OPEN_UNITS for iu in inspection.units)
    if plan.emptied and over and inspection.state is InspectionState.IN_PROGRESS:
        advance(inspection, "end_fieldwork", INSPECTION, actor=actor)
    db.session.flush()


def _nothing_moves(plan: CaseRecut, ending: Ending) -> str:
    """Nobody takes the days over, or who does is asked all of it already."""
    since = f"Những ngày từ {format_date(ending.on)}"
    heirs = reading.heirs_of(plan, ending)
    if not heirs or plan.left_to_others:
        return f"{since} không chuyển sang đơn vị nào."
    return f"{since}: {', '.join(heirs)} đã được hỏi các nội dung này trong cuộc kiểm tra."


def _lines(plan: CaseRecut, ending: Ending) -> tuple[str, ...]:
    """What is done, for who records it and for the case's timeline."""
    name, until = name_before(ending), format_date(last_day(ending.on))
    lines: list[str] = []
    shorter = [one for one in plan.asked if one.standing and not one.wholly]
    if shorter:
        lines.append(f"{name}: {count(len(shorter))} nội dung, kiểm tra đến hết ngày {until}.")
    if plan.parts:
        lines.append(f"Bộ phận {name}: thuộc phạm vi của đơn vị đến hết ngày {until}.")
    units = reading.units_of(plan.fresh)
    for unit_id, unit in units.items():
        pieces = [piece for piece in plan.fresh if piece.unit_id == unit_id]
        first, end = reading.span_of(pieces)
        joins = "; thêm vào danh sách đơn vị được kiểm tra" if unit_id in plan.joining else ""
        lines.append(
            f"{unit.version_on(last_day(end)).name}: thêm {count(len(pieces))} nội dung, từ ngày "
            f"{format_date(first)} đến ngày {format_date(last_day(end))}{joins}."
        )
    if any(one.standing for one in plan.asked) and not units:
        lines.append(_nothing_moves(plan, ending))
    if plan.left_to_others:
        lines.append(f"Để lại {count(plan.left_to_others)} nội dung đã có kết luận hoặc đoàn khác thực hiện.")
    lines += [f"{iu.unit.name}: không còn ngày nào trong thời kỳ kiểm tra, đình chỉ." for iu in plan.emptied]
    begun = {one.row.piece.inspected_unit_id for one in shorter}
    by_id = {iu.id: iu for iu in plan.inspection.units}
    if any(by_id[iu_id].state is InspectedUnitState.FIELDWORK for iu_id in begun):
        lines.append(
            f"Kết quả đã ghi của {name} giữ cho những ngày đến {until}; rà lại số liệu trước khi ký biên bản."
        )
    return tuple(lines)
