"""One page of the form: the contents of one group at one unit, with answers, findings and what is locked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from app.errors import NotFound
from app.extensions import db
from app.fieldwork.models import Answer, GroupNote, SampledApplication, answer_file
from app.fieldwork.queries.overview import Part, Progress, UnitGroup, parts_by_group
from app.files.models import StoredFile
from app.findings import queries as findings
from app.findings.models import Finding, finding_file
from app.form_library import queries as forms
from app.form_library.builder import AnswerValues, figures_from_stored
from app.form_library.models import Criterion, CriterionGroup, CriterionPart
from app.form_library.schema import CriterionDefinition, basis_in_force
from app.form_library.values import RatioValue, SampleMethod
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection, ScopeItem
from app.inspections.planning import ScopePiece, boxes_of
from app.policy import Actor
from app.register import queries as register
from app.register.models import Conclusion, ConclusionState, Coverage
from app.register.review import Ground, Wanted
from app.register.wording import notice, period_of
from app.units.models import Unit
from app.vietnamese import format_date, format_period


@dataclass(frozen=True)
class Locked:
    """A content that an earlier notice concluded: where, for which days."""

    criterion_id: int
    key: str
    title: str
    text: str
    citation: str
    period: str


@dataclass(frozen=True)
class Earlier:
    """How the content was concluded for an earlier period."""

    result: str
    period: str
    citation: str


@dataclass(frozen=True)
class SheetRow:
    """A scope item on the page. `remark` tells it from its siblings: field, old unit, other days."""

    item: ScopeItem
    definition: CriterionDefinition
    answer: Answer | None
    findings: tuple[Finding, ...]
    remark: str
    bases: tuple[str, ...]
    earlier: tuple[Earlier, ...] = ()
    recorder: str = ""

    @property
    def values(self) -> AnswerValues | None:
        """The answer as the form wants it."""
        return values_of(self.answer, self.definition) if self.answer is not None else None

    @property
    def anchor(self) -> str:
        """The id of the row on the page."""
        return f"nd-{self.item.id}"


@dataclass(frozen=True)
class Sheet:
    """Everything the page of a group shows."""

    unit: InspectedUnit
    group: CriterionGroup
    rows: tuple[SheetRow, ...]
    locked: tuple[Locked, ...]
    note: GroupNote | None
    parts: tuple[Part, ...]
    applications: int

    @property
    def progress(self) -> Progress:
        """Answered of all."""
        return Progress(sum(row.answer is not None for row in self.rows), len(self.rows))


def values_of(answer: Answer, definition: CriterionDefinition) -> AnswerValues:
    """A stored answer as typed values; what was looked at beside the form's own evidence stands apart."""
    known = tuple(text for text in answer.looked_at if text in definition.evidence)
    other = "; ".join(text for text in answer.looked_at if text not in definition.evidence)
    ratio = None
    if answer.total is not None and answer.sample is not None and answer.failing is not None:
        ratio = RatioValue(answer.total, answer.sample, answer.failing)
    return AnswerValues(
        result=answer.result,
        looked_at=known,
        looked_at_other=other,
        sample_method=SampleMethod(answer.sample_method) if answer.sample_method else None,
        ratio=ratio,
        note=answer.note,
        na_reason=answer.reason,
        figures=figures_from_stored(definition, answer.values),
    )


def _items(unit: InspectedUnit, group_id: int) -> Sequence[ScopeItem]:
    return db.session.scalars(
        sa.select(ScopeItem)
        .join(ScopeItem.criterion)
        .where(ScopeItem.inspected_unit_id == unit.id, ScopeItem.stays(), Criterion.group_id == group_id)
        .options(
            contains_eager(ScopeItem.criterion).lazyload(Criterion.parts),
            joinedload(ScopeItem.unit).lazyload(Unit.versions),
        )
        .order_by(Criterion.ordinal, ScopeItem.starts_on, ScopeItem.part_from, ScopeItem.id)
    ).all()


def _answers(items: Sequence[ScopeItem]) -> dict[int, Answer]:
    rows = db.session.scalars(
        sa.select(Answer)
        .where(Answer.scope_item_id.in_([item.id for item in items]))
        .options(selectinload(Answer.files))
    )
    return {answer.scope_item_id: answer for answer in rows}


def _findings(items: Sequence[ScopeItem]) -> dict[int, list[Finding]]:
    rows = db.session.scalars(
        sa.select(Finding)
        .where(Finding.scope_item_id.in_([item.id for item in items]))
        .options(selectinload(Finding.files))
        .order_by(Finding.ordinal)
    )
    found: dict[int, list[Finding]] = defaultdict(list)
    for row in rows:
        found[row.scope_item_id].append(row)
    return found


def _remark(item: ScopeItem, inspection: Inspection, unit_id: int) -> str:
    told = [item.field_label] if item.field_label else []
    if item.unit_id != unit_id:
        told.append(f"phần của {item.unit.version_on(item.starts_on).name}")
    if (item.starts_on, item.ends_on) != (inspection.review_from, inspection.review_to):
        told.append(f"thời kỳ {format_period(item.starts_on, item.ends_on - timedelta(days=1))}")
    return "; ".join(told)


def bases_of(definition: CriterionDefinition, starts_on: date, ends_on: date) -> tuple[str, ...]:
    """Citations in force in the half-open period, each once."""
    found = [
        basis.citation
        for reference in definition.legal_bases
        for basis in basis_in_force(reference, starts_on, ends_on)
    ]
    return tuple(dict.fromkeys(found))


def _rows(unit: InspectedUnit, items: Sequence[ScopeItem]) -> tuple[SheetRow, ...]:
    inspection = unit.inspection
    form = forms.definition_of(inspection.form_version)
    answers, shortcomings = _answers(items), _findings(items)
    names = findings.people_names(
        [answer.recorded_by for answer in answers.values()]
        + [finding.recorded_by for found in shortcomings.values() for finding in found]
    )
    earlier = _earlier(items, inspection)
    made = []
    for item in items:
        definition = form.criterion(item.criterion.key)
        answer = answers.get(item.id)
        made.append(
            SheetRow(
                item=item,
                definition=definition,
                answer=answer,
                findings=tuple(shortcomings.get(item.id, ())),
                remark=_remark(item, inspection, unit.unit_id),
                bases=bases_of(definition, item.starts_on, item.ends_on),
                earlier=tuple(earlier.get((item.unit_id, item.criterion_id), ())),
                recorder=names.get(answer.recorded_by, "") if answer else "",
            )
        )
    return tuple(made)


def _earlier(items: Sequence[ScopeItem], inspection: Inspection) -> dict[tuple[int, int], list[Earlier]]:
    """What notices in force said of what the criteria cover, under any key, before the reviewed period."""
    if not items:
        return {}
    rows = db.session.execute(
        sa.select(Coverage, Conclusion, CriterionPart.criterion_id)
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .join(
            CriterionPart,
            sa.and_(
                CriterionPart.content_id == Coverage.content_id,
                CriterionPart.part_from < Coverage.part_to,
                Coverage.part_from < CriterionPart.part_to,
            ),
        )
        .where(
            Coverage.unit_id.in_({item.unit_id for item in items}),
            CriterionPart.criterion_id.in_({item.criterion_id for item in items}),
            Coverage.ends_on <= inspection.review_from,
            Conclusion.state == ConclusionState.IN_FORCE,
        )
        .options(lazyload(Coverage.conclusion), lazyload(Conclusion.mandate))
        .order_by(Coverage.starts_on.desc(), Coverage.id)
        .limit(200)
    )
    found: dict[tuple[int, int], list[Earlier]] = defaultdict(list)
    for coverage, conclusion, criterion_id in rows:
        entry = Earlier(
            result=coverage.result,
            period=format_period(coverage.starts_on, coverage.ends_on - timedelta(days=1)),
            citation=f"{conclusion.number_and_symbol} ngày {format_date(conclusion.concluded_on)}",
        )
        known = found[(coverage.unit_id, criterion_id)]
        if entry not in known:
            known.append(entry)
    return found


def locked_of(unit: InspectedUnit, criteria: Sequence[Criterion]) -> tuple[Locked, ...]:
    """What notices of the same or a higher level concluded of these criteria, in the order of the form."""
    inspection = unit.inspection
    if inspection.kind not in inspections.CLAIMING or not criteria:
        return ()
    by_id = {
        criterion.id: criterion
        for criterion in db.session.scalars(
            sa.select(Criterion)
            .where(Criterion.id.in_([criterion.id for criterion in criteria]))
            .options(selectinload(Criterion.parts))
        )
    }
    wanted = [
        Wanted(criterion.id, box)
        for criterion in (by_id[wanted.id] for wanted in criteria)
        for box in boxes_of(
            ScopePiece(
                unit.id, unit.unit_id, criterion.id, 0, 2**30, inspection.review_from, inspection.review_to
            ),
            criterion,
            [unit.unit_id],
        )
    ]
    answer = register.review(wanted, level=inspections.level(), mandate_id=inspection.mandate_id)
    found: dict[tuple[int, str, str], Locked] = {}
    for reviewed in answer.items:
        for refusal in reviewed.refusals:
            if refusal.ground is not Ground.CONCLUDED or refusal.mandate_id == inspection.mandate_id:
                continue
            criterion = by_id[int(str(reviewed.wanted.key))]
            citation = f"{notice(refusal.citation, refusal.dated_on)} của {refusal.body_name}"
            period = period_of(refusal.box)
            found.setdefault(
                (criterion.id, citation, period),
                Locked(criterion.id, criterion.key, criterion.title, criterion.text, citation, period),
            )
    return tuple(found.values())


def get_sheet(part: UnitGroup) -> Sheet:
    """The page of a group at a unit."""
    unit, group = part.unit, part.group
    rows = _rows(unit, _items(unit, group.id))
    whole = {row.item.criterion_id for row in rows if not row.remark}
    locked = locked_of(unit, [criterion for criterion in group.criteria if criterion.id not in whole])
    note = db.session.scalars(
        sa.select(GroupNote).where(GroupNote.inspected_unit_id == unit.id, GroupNote.group_id == group.id)
    ).one_or_none()
    counted = db.session.scalar(
        sa.select(sa.func.count()).where(
            SampledApplication.inspected_unit_id == unit.id, SampledApplication.group_id == group.id
        )
    )
    return Sheet(
        unit=unit,
        group=group,
        rows=rows,
        locked=locked,
        note=note,
        parts=parts_by_group(unit.id).get(group.id, ()),
        applications=counted or 0,
    )


def get_scope_item(actor: Actor, scope_item_id: int) -> ScopeItem:
    """A scope item with its unit and case, for team and office."""
    found = db.session.scalars(
        sa.select(ScopeItem)
        .where(ScopeItem.id == scope_item_id)
        .options(joinedload(ScopeItem.criterion), joinedload(ScopeItem.unit))
    ).one_or_none()
    if found is None:
        raise NotFound()
    findings.get_inspected_unit(actor, found.inspected_unit_id)
    return found


def get_row(item: ScopeItem) -> SheetRow:
    """One scope item as the page shows it."""
    return _rows(item.inspected_unit, [item])[0]


def list_applications(inspected_unit_id: int, group_id: int) -> Sequence[SampledApplication]:
    """The sampled applications of a group, in the order they were entered."""
    return db.session.scalars(
        sa.select(SampledApplication)
        .where(
            SampledApplication.inspected_unit_id == inspected_unit_id, SampledApplication.group_id == group_id
        )
        .order_by(SampledApplication.id)
    ).all()


def find_evidence(inspected_unit_id: int, file_id: int) -> StoredFile:
    """A file that belongs to an answer or a finding of this unit. Raises NotFound."""
    of_answers = (
        sa.select(answer_file.c.file_id)
        .join(Answer, Answer.id == answer_file.c.answer_id)
        .join(ScopeItem, ScopeItem.id == Answer.scope_item_id)
        .where(ScopeItem.inspected_unit_id == inspected_unit_id)
    )
    of_findings = (
        sa.select(finding_file.c.file_id)
        .join(Finding, Finding.id == finding_file.c.finding_id)
        .where(Finding.inspected_unit_id == inspected_unit_id)
    )
    found = db.session.scalars(
        sa.select(StoredFile).where(
            StoredFile.id == file_id, sa.or_(StoredFile.id.in_(of_answers), StoredFile.id.in_(of_findings))
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found
