"""What a decided case holds though another body has decided it, in words; and what has left the case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.inspections.models import (
    InspectedUnit,
    Inspection,
    InspectionState,
    PartialTermination,
    ScopeItem,
    TeamMember,
    TeamRole,
)
from app.inspections.planning import field_label, last_day
from app.inspections.queries.scope import scope_rows, unit_names
from app.policy import Actor, Role
from app.register import conflicts as register
from app.register import wording
from app.register.boxes import Box
from app.register.conflicts import Overrun
from app.register.models import Reservation
from app.register.panels import Case
from app.vietnamese import format_period

WORKING = (
    InspectionState.DECIDED,
    InspectionState.IN_PROGRESS,
    InspectionState.SUSPENDED,
    InspectionState.FIELDWORK_ENDED,
    InspectionState.REPORTED,
)
MOST = 200


@dataclass(frozen=True)
class Piece:
    """Days (and fields, "" = all) at a unit as it was called then, and the other body's paper."""

    unit_name: str
    period: str
    fields: str
    paper: str

    @property
    def told(self) -> str:
        """In one line."""
        fields = f" (lĩnh vực: {self.fields})" if self.fields else ""
        return f"{self.unit_name}, thời kỳ {self.period}{fields}: {self.paper}"


@dataclass(frozen=True)
class ConflictItem:
    """A scope item, what of it is in conflict, and the boxes that leave when it ends.

    The content of these boxes is the criterion; the unit may be an included part of the inspected one.
    """

    item_id: int
    inspected_unit_id: int
    content: str
    pieces: tuple[Piece, ...]
    boxes: tuple[Box, ...]


def list_conflicts(inspection: Inspection) -> list[ConflictItem]:
    """In the order of the scope. One read when there is none, else a fixed number."""
    if inspection.mandate is None:
        return []
    found: dict[int, list[Overrun]] = defaultdict(list)
    for one in register.find(inspection.mandate.id):
        if one.scope_item_id is not None:
            found[one.scope_item_id].append(one)
    if not found:
        return []
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)}
    fields = forms.list_fields()
    units = unit_names({one.box.unit_id for overruns in found.values() for one in overruns})
    made = []
    for row in scope_rows(inspection):
        if row.item_id not in found:
            continue
        criterion = criteria[row.piece.criterion_id]
        met = {(one.box._replace(content_id=criterion.id), one.cited) for one in found[row.item_id]}
        told = sorted(met, key=lambda pair: (pair[0], pair[1].citation))
        pieces = tuple(
            Piece(
                units[box.unit_id].version_on(box.last_day).name,
                wording.period_of(box),
                field_label(box.part_from, box.part_to, fields) if criterion.by_field else "",
                register.told(cited),
            )
            for box, cited in told
        )
        made.append(
            ConflictItem(
                row.item_id,
                row.piece.inspected_unit_id,
                _content(criterion, row.field_label),
                pieces,
                tuple(dict.fromkeys(box for box, _ in told)),
            )
        )
    return made


def _content(criterion: Criterion, fields: str) -> str:
    return f"{criterion.key} – {criterion.title}" + (f" ({fields})" if fields else "")


@dataclass(frozen=True)
class Dropped:
    """A content that left the case: where, which days; `answered` stays on record in the feature above."""

    unit_name: str
    content: str
    period: str


@dataclass(frozen=True)
class PartialPaper:
    """A paper by which something left, and what of contents did."""

    citation: str
    issued_on: date
    reason: str
    contents: tuple[Dropped, ...]


def list_dropped(inspection: Inspection) -> list[PartialPaper]:
    """The papers of partial termination of a case with their contents, oldest first; two reads."""
    papers = db.session.scalars(
        sa.select(PartialTermination)
        .where(PartialTermination.inspection_id == inspection.id)
        .order_by(PartialTermination.issued_on, PartialTermination.id)
    ).all()
    if not papers:
        return []
    items: dict[int | None, list[Dropped]] = defaultdict(list)
    for item in db.session.scalars(
        sa.select(ScopeItem)
        .join(ScopeItem.inspected_unit)
        .join(ScopeItem.criterion)
        .where(ScopeItem.dropped_by_id.in_([paper.id for paper in papers]))
        .options(joinedload(ScopeItem.criterion), joinedload(ScopeItem.unit))
        .order_by(InspectedUnit.ordinal, Criterion.ordinal, ScopeItem.starts_on, ScopeItem.part_from)
    ):
        last = last_day(item.ends_on)
        items[item.dropped_by_id].append(
            Dropped(
                item.unit.version_on(last).name,
                _content(item.criterion, item.field_label),
                format_period(item.starts_on, last),
            )
        )
    return [
        PartialPaper(paper.citation, paper.issued_on, paper.reason, tuple(items[paper.id]))
        for paper in papers
    ]


def cases_by_mandate(mandate_ids: Collection[int]) -> Mapping[int, Case]:
    """The cases that claim, or as drafts reserve, under these mandates."""
    holding = sa.union_all(
        sa.select(Inspection.mandate_id, Inspection.id.label("case_id")).where(
            Inspection.mandate_id.in_(mandate_ids)
        ),
        sa.select(Reservation.mandate_id, Reservation.inspection_id).where(
            Reservation.mandate_id.in_(mandate_ids)
        ),
    ).subquery()
    found = db.session.execute(
        sa.select(holding.c.mandate_id, Inspection)
        .join(Inspection, Inspection.id == holding.c.case_id)
        .options(joinedload(Inspection.decision))
    )
    return {
        mandate_id: Case(case, case.code if case.decision is None else f"{case.short_name} ({case.code})")
        for mandate_id, case in found
    }


@dataclass(frozen=True)
class CaseInConflict:
    """A case this person answers for, how many contents of it are in conflict, and with whose papers."""

    inspection_id: int
    code: str
    title: str
    contents: int
    papers: tuple[str, ...]


def list_in_conflict(actor: Actor) -> list[CaseInConflict]:
    """Cases at work with a conflict: of their planner, of their team's leader; all of them for a leader."""
    led = aliased(TeamMember)
    mine: list[sa.ColumnElement[bool]] = [
        sa.exists().where(
            led.inspection_id == Inspection.id,
            led.person_id == actor.person_id,
            led.role == TeamRole.LEADER,
        )
    ]
    if Role.PLANNER in actor.roles:
        mine.append(Inspection.created_by == actor.person_id)
    if Role.LEADER in actor.roles:
        mine.append(sa.true())
    cases = db.session.execute(
        sa.select(Inspection.id, Inspection.code, Inspection.title, Inspection.mandate_id)
        .where(Inspection.state.in_(WORKING), sa.or_(*mine))
        .order_by(Inspection.id)
        .limit(MOST)
    ).all()
    found = register.among([case.mandate_id for case in cases if case.mandate_id is not None])
    return [
        CaseInConflict(
            case.id,
            case.code,
            case.title,
            len({one.scope_item_id for one in found[case.mandate_id]}),
            tuple(dict.fromkeys(register.told(one.cited) for one in found[case.mandate_id])),
        )
        for case in cases
        if case.mandate_id in found
    ]
