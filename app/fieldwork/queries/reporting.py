"""What the record holds about the units of the team's report, read once for all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from app.extensions import db
from app.fieldwork.models import Answer, GroupNote, Minutes, MinutesState
from app.fieldwork.queries.minutes import concluded_of
from app.fieldwork.queries.overview import CleanGroup, list_clean_groups
from app.fieldwork.queries.sheet import Locked
from app.findings.models import Dissent, Finding, FindingState, UnitProposal
from app.form_library.models import Criterion, CriterionGroup
from app.form_library.values import Result
from app.inspections.models import InspectedUnit, Inspection, ScopeItem, Visit

SIGNED = (MinutesState.SIGNED, MinutesState.REFUSED)


@dataclass(frozen=True)
class NotExamined:
    """A content in scope that nobody assessed, and why."""

    item: ScopeItem
    reason: str


@dataclass(frozen=True)
class UnitReport:
    """One unit: results of its contents, what stands out, what is wrong, what was left, what it says."""

    unit: InspectedUnit
    results: Mapping[Result, int]
    asked: int
    minutes: tuple[Minutes, ...]
    strengths: tuple[GroupNote, ...]
    clean: tuple[CleanGroup, ...]
    findings: tuple[Finding, ...]
    passed_on: tuple[Finding, ...]
    proposals: tuple[UnitProposal, ...]
    not_examined: tuple[NotExamined, ...]
    concluded: tuple[Locked, ...]

    @property
    def examined(self) -> int:
        """How many contents were assessed."""
        return sum(self.results.values()) - self.results.get(Result.NOT_EXAMINED, 0)

    def minutes_of(self, finding: Finding) -> Minutes | None:
        """The signed minutes that name the finding."""
        return next((one for one in self.minutes if finding.id in one.finding_ids), None)


def read_units(inspection: Inspection, units: Sequence[InspectedUnit]) -> tuple[UnitReport, ...]:
    """What the team's report says of these units. The number of reads does not grow with findings."""
    ids = [unit.id for unit in units]
    items = _items(ids)
    answers = {answer.scope_item_id: answer for answer in _answers(ids)}
    notes, minutes, proposals = _notes(ids), _minutes(ids), _proposals(ids)
    findings = _findings(ids)
    clean = list_clean_groups(inspection)
    found: list[UnitReport] = []
    for unit in units:
        own = items.get(unit.id, [])
        given = [(item, answers.get(item.id)) for item in own]
        left = [
            NotExamined(item, answer.reason if answer is not None else "")
            for item, answer in given
            if answer is None or answer.result is Result.NOT_EXAMINED
        ]
        mine = findings.get(unit.id, [])
        found.append(
            UnitReport(
                unit=unit,
                results=Counter(answer.result for _, answer in given if answer is not None),
                asked=len(own),
                minutes=tuple(minutes.get(unit.id, ())),
                strengths=tuple(note for note in notes.get(unit.id, ()) if note.strengths.strip()),
                clean=tuple(one for one in clean if one.inspected_unit.id == unit.id),
                findings=tuple(f for f in mine if f.state is not FindingState.PASSED_ON),
                passed_on=tuple(f for f in mine if f.state is FindingState.PASSED_ON),
                proposals=tuple(proposals.get(unit.id, ())),
                not_examined=tuple(left),
                concluded=tuple(concluded_of(unit)),
            )
        )
    return tuple(found)


def count_undecided(unit_ids: Sequence[int]) -> int:
    """Findings of these units that the leader has not decided about."""
    undecided = (FindingState.DRAFT, FindingState.OPINION_TAKEN)
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Finding)
            .where(Finding.inspected_unit_id.in_(unit_ids), Finding.state.in_(undecided))
        )
        or 0
    )


def _items(ids: Sequence[int]) -> dict[int, list[ScopeItem]]:
    rows = db.session.scalars(
        sa.select(ScopeItem)
        .join(ScopeItem.criterion)
        .join(Criterion.group)
        .where(ScopeItem.inspected_unit_id.in_(ids), ScopeItem.stays())
        .options(
            contains_eager(ScopeItem.criterion).contains_eager(Criterion.group),
            lazyload(ScopeItem.inspected_unit),
            lazyload(ScopeItem.unit),
        )
        .order_by(CriterionGroup.ordinal, Criterion.ordinal, ScopeItem.starts_on, ScopeItem.id)
    )
    found: dict[int, list[ScopeItem]] = defaultdict(list)
    for item in rows:
        found[item.inspected_unit_id].append(item)
    return found


def _answers(ids: Sequence[int]) -> Sequence[Answer]:
    return db.session.scalars(
        sa.select(Answer)
        .join(ScopeItem, ScopeItem.id == Answer.scope_item_id)
        .where(ScopeItem.inspected_unit_id.in_(ids), ScopeItem.stays())
        .options(lazyload(Answer.scope_item), lazyload(Answer.files))
    ).all()


def _notes(ids: Sequence[int]) -> dict[int, list[GroupNote]]:
    rows = db.session.scalars(
        sa.select(GroupNote)
        .join(CriterionGroup, CriterionGroup.id == GroupNote.group_id)
        .where(GroupNote.inspected_unit_id.in_(ids))
        .options(contains_eager(GroupNote.group), lazyload(GroupNote.inspected_unit))
        .order_by(CriterionGroup.ordinal)
    )
    found: dict[int, list[GroupNote]] = defaultdict(list)
    for note in rows:
        found[note.inspected_unit_id].append(note)
    return found


def _minutes(ids: Sequence[int]) -> dict[int, list[Minutes]]:
    rows = db.session.scalars(
        sa.select(Minutes)
        .join(Minutes.visit)
        .where(Visit.inspected_unit_id.in_(ids), Minutes.state.in_(SIGNED))
        .options(contains_eager(Minutes.visit))
        .order_by(Minutes.id)
    )
    found: dict[int, list[Minutes]] = defaultdict(list)
    for one in rows:
        found[one.visit.inspected_unit_id].append(one)
    return found


def _findings(ids: Sequence[int]) -> dict[int, list[Finding]]:
    rows = db.session.scalars(
        sa.select(Finding)
        .join(Finding.scope_item)
        .join(ScopeItem.criterion)
        .join(Criterion.group)
        .where(
            Finding.inspected_unit_id.in_(ids),
            Finding.state != FindingState.LEFT_OUT,
            Finding.merged_into_id.is_(None),
        )
        .options(
            contains_eager(Finding.scope_item)
            .contains_eager(ScopeItem.criterion)
            .contains_eager(Criterion.group),
            selectinload(Finding.dissents).joinedload(Dissent.person),
        )
        .order_by(CriterionGroup.ordinal, Criterion.ordinal, Finding.ordinal)
    )
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in rows:
        found[finding.inspected_unit_id].append(finding)
    return found


def _proposals(ids: Sequence[int]) -> dict[int, list[UnitProposal]]:
    rows = db.session.scalars(
        sa.select(UnitProposal)
        .where(UnitProposal.inspected_unit_id.in_(ids))
        .options(joinedload(UnitProposal.inspected_unit))
        .order_by(UnitProposal.id)
    )
    found: dict[int, list[UnitProposal]] = defaultdict(list)
    for one in rows:
        assert one.inspected_unit_id is not None  # of these units
        found[one.inspected_unit_id].append(one)
    return found
