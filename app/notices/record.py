"""What the record holds about the units of a notice, read once for composing, checking and issuing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.extensions import db
from app.fieldwork import queries as fieldwork
from app.fieldwork.models import Answer, GroupNote
from app.fieldwork.queries import TeamReport
from app.findings.models import OPEN, Finding, FindingState
from app.form_library.models import Criterion, CriterionGroup, CriterionPart
from app.form_library.values import Result
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection, InspectionKind, ScopeItem
from app.notices.models import DroppedTask, Notice, NoticeFinding, NoticeReplacement
from app.register import conflicts, extract, listing, wording
from app.register.boxes import subtract
from app.register.conflicts import Overrun
from app.register.models import Claim, Conclusion, ConclusionState, Coverage, Reopening
from app.remediation.models import Task, TaskState

WITHOUT_CLAIMS = frozenset({InspectionKind.SELF, InspectionKind.FOLLOW_UP})
CONCLUDES = frozenset({Result.MET, Result.PARTLY, Result.NOT_MET, Result.NOT_APPLICABLE})


@dataclass(frozen=True)
class CoveredItem:
    """One scope item that this notice decides; `result` None while nobody answered. Days half-open."""

    scope_item_id: int
    inspected_unit_id: int
    unit_name: str
    group_id: int
    criterion_key: str
    criterion_title: str
    field_label: str
    starts_on: date
    ends_on: date
    result: Result | None
    reason: str

    @property
    def title(self) -> str:
        return f"{self.criterion_title} ({self.field_label})" if self.field_label else self.criterion_title


@dataclass(frozen=True)
class ConcludedBefore:
    """A content of the groups asked of these units that another conclusion in force has decided already."""

    unit_name: str
    criterion_key: str
    title: str
    starts_on: date
    ends_on: date
    citation: str


@dataclass(frozen=True)
class Reopened:
    """Something this notice decides was decided before and reopened: the old notice and the decision."""

    number_and_symbol: str
    notice: str
    decision: str


@dataclass(frozen=True)
class Record:
    """Everything at hand; rows in the order in which the notice lists them."""

    inspection: Inspection
    units: tuple[InspectedUnit, ...]
    items: tuple[NoticeFinding, ...]
    covered: tuple[CoveredItem, ...]
    findings: tuple[Finding, ...]
    notes: tuple[GroupNote, ...]
    groups: tuple[CriterionGroup, ...]
    tasks: tuple[Task, ...]
    before: tuple[ConcludedBefore, ...]
    team_report: TeamReport | None
    reopened: tuple[Reopened, ...] = ()
    overrun: tuple[Overrun, ...] = ()
    replaces: Notice | None = None

    @cached_property
    def included_ids(self) -> frozenset[int]:
        return frozenset(item.finding_id for item in self.items)

    @cached_property
    def unanswered(self) -> tuple[CoveredItem, ...]:
        return tuple(item for item in self.covered if item.result is None)

    @cached_property
    def concluding(self) -> tuple[CoveredItem, ...]:
        return tuple(item for item in self.covered if item.result in CONCLUDES)

    @cached_property
    def not_examined(self) -> tuple[CoveredItem, ...]:
        return tuple(item for item in self.covered if item.result is Result.NOT_EXAMINED)

    @cached_property
    def left(self) -> tuple[Finding, ...]:
        """Agreed in the team and not in the notice."""
        return tuple(
            f for f in self.findings if f.state is FindingState.AGREED and f.id not in self.included_ids
        )

    @cached_property
    def dropped(self) -> tuple[Finding, ...]:
        """Concluded by the notice that is to be replaced, and not in this one."""
        before = {item.finding_id for item in self.replaces.items} if self.replaces is not None else set()
        return tuple(
            f for f in self.findings
            if f.id in before - self.included_ids and f.state is FindingState.CONCLUDED
        )  # fmt: skip

    @cached_property
    def undecided(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.state in OPEN and f.merged_into_id is None)

    def tasks_of(self, finding: Finding) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if finding in task.findings)


def gather(notice: Notice) -> Record:
    """Read the record behind `notice` with a fixed number of queries."""
    unit_ids = [unit.id for unit in notice.units]
    covered = _covered(notice, unit_ids)
    return Record(
        inspection=notice.inspection,
        units=tuple(notice.units),
        items=_items(notice),
        covered=covered,
        findings=_findings(unit_ids),
        notes=_notes(unit_ids),
        groups=tuple(notice.inspection.form_version.groups),
        tasks=_tasks(notice, unit_ids),
        before=_concluded_before(notice),
        team_report=fieldwork.find_team_report(notice.inspection, unit_ids),
        reopened=_reopened(notice, [item.scope_item_id for item in covered if item.result in CONCLUDES]),
        overrun=_overrun(notice, {item.scope_item_id for item in covered if item.result in CONCLUDES}),
        replaces=notice.replaces,
    )


def _overrun(notice: Notice, item_ids: Collection[int]) -> tuple[Overrun, ...]:
    """What of the notice another body has decided, or a higher one went over, while the team held it."""
    mandate_id = notice.inspection.mandate_id
    found = conflicts.find(mandate_id) if mandate_id is not None else ()
    return tuple(one for one in found if one.scope_item_id in item_ids)


def _reopened(notice: Notice, item_ids: Sequence[int]) -> tuple[Reopened, ...]:
    """The old notices that this one goes over again, by a leader's decision; oldest decision first."""
    lifted, taken = aliased(Claim), aliased(Claim)
    rows = db.session.execute(
        sa.select(
            Conclusion.number_and_symbol, Conclusion.concluded_on, Reopening.decision, Reopening.decided_on
        )
        .select_from(Reopening)
        .join(Conclusion, Conclusion.id == Reopening.conclusion_id)
        .join(lifted, lifted.reopening_id == Reopening.id)
        .join(
            taken,
            sa.and_(
                taken.mandate_id == Reopening.mandate_id,
                taken.unit_id == lifted.unit_id,
                taken.content_id == lifted.content_id,
                taken.part_from < lifted.part_to,
                lifted.part_from < taken.part_to,
                taken.starts_on < lifted.ends_on,
                lifted.starts_on < taken.ends_on,
            ),
        )
        .where(
            Reopening.inspection_id == notice.inspection_id,
            taken.scope_item_id.in_(item_ids),
            taken.ended_at.is_(None),
        )
        .group_by(
            Reopening.id, Conclusion.number_and_symbol, Conclusion.concluded_on, Reopening.decision,
            Reopening.decided_on,
        )
        .order_by(Reopening.decided_on, Reopening.id)
    )  # fmt: skip
    return tuple(
        Reopened(row[0], wording.notice(row[0], row[1]), f"Quyết định số {wording.dated(row[2], row[3])}")
        for row in rows
    )


def _items(notice: Notice) -> tuple[NoticeFinding, ...]:
    """The findings of the notice, by unit, then in their own order."""
    place = {unit.id: position for position, unit in enumerate(notice.units)}
    last = len(place)
    return tuple(
        sorted(notice.items, key=lambda i: (place.get(i.finding.inspected_unit_id, last), i.ordinal, i.id))
    )


def _covered(notice: Notice, unit_ids: Sequence[int]) -> tuple[CoveredItem, ...]:
    query = (
        sa.select(ScopeItem, Criterion, Answer)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .outerjoin(Answer, Answer.scope_item_id == ScopeItem.id)
        .join(InspectedUnit, InspectedUnit.id == ScopeItem.inspected_unit_id)
        .where(ScopeItem.inspected_unit_id.in_(unit_ids), ScopeItem.stays())
        .order_by(
            InspectedUnit.ordinal, InspectedUnit.id,
            Criterion.ordinal, ScopeItem.part_from, ScopeItem.starts_on,
        )
        .options(joinedload(ScopeItem.unit))
    )  # fmt: skip
    if notice.inspection.kind not in WITHOUT_CLAIMS:
        # what the team gave back before is no longer its to decide
        held = sa.exists().where(
            Claim.scope_item_id == ScopeItem.id,
            Claim.mandate_id == notice.inspection.mandate_id,
            Claim.ended_at.is_(None),
        )
        # but a replacing notice still tells what the replaced one gave back
        told = Answer.result == Result.NOT_EXAMINED
        query = query.where(sa.or_(held, told) if notice.replacement is not None else held)
    rows: list[tuple[ScopeItem, Criterion, Answer | None]] = [
        (row[0], row[1], row[2]) for row in db.session.execute(query).unique()
    ]
    return tuple(
        CoveredItem(
            scope_item_id=item.id,
            inspected_unit_id=item.inspected_unit_id,
            unit_name=item.unit.name,
            group_id=criterion.group_id,
            criterion_key=criterion.key,
            criterion_title=criterion.title,
            field_label=item.field_label,
            starts_on=item.starts_on,
            ends_on=item.ends_on,
            result=answer.result if answer is not None else None,
            reason=answer.reason if answer is not None else "",
        )
        for item, criterion, answer in rows
    )


def _findings(unit_ids: Sequence[int]) -> tuple[Finding, ...]:
    return tuple(
        db.session.scalars(
            sa.select(Finding)
            .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
            .where(Finding.inspected_unit_id.in_(unit_ids))
            .options(joinedload(Finding.scope_item).joinedload(ScopeItem.criterion))
            .order_by(InspectedUnit.ordinal, InspectedUnit.id, Finding.ordinal)
        ).all()
    )


def _notes(unit_ids: Sequence[int]) -> tuple[GroupNote, ...]:
    return tuple(
        db.session.scalars(
            sa.select(GroupNote)
            .join(InspectedUnit, InspectedUnit.id == GroupNote.inspected_unit_id)
            .join(CriterionGroup, CriterionGroup.id == GroupNote.group_id)
            .where(GroupNote.inspected_unit_id.in_(unit_ids))
            .order_by(CriterionGroup.ordinal, InspectedUnit.ordinal, InspectedUnit.id)
            .options(joinedload(GroupNote.inspected_unit), joinedload(GroupNote.group))
        ).all()
    )


def _tasks(notice: Notice, unit_ids: Sequence[int]) -> tuple[Task, ...]:
    whose = Task.document_id == notice.document_id
    if not notice.document.is_issued:
        whose = sa.and_(Task.inspected_unit_id.in_(unit_ids), Task.state == TaskState.DRAFT)
    if notice.replacement is not None:
        whose = sa.or_(whose, _stays(notice.replacement, issued=notice.document.is_issued))
    found = tuple(
        db.session.scalars(
            sa.select(Task)
            .join(InspectedUnit, InspectedUnit.id == Task.inspected_unit_id)
            .where(whose)
            .options(
                selectinload(Task.findings), selectinload(Task.coordinating), joinedload(Task.lead_unit),
                joinedload(Task.follower), selectinload(Task.results),
            )
            .order_by(InspectedUnit.ordinal, InspectedUnit.id, Task.code)
        ).unique()
    )  # fmt: skip
    if notice.replacement is None:
        return found
    included = {item.finding_id for item in notice.items}
    return tuple(
        task for task in found
        if not task.findings or any(finding.id in included for finding in task.findings)
    )  # fmt: skip


def _stays(replacement: NoticeReplacement, *, issued: bool) -> sa.ColumnElement[bool]:
    """Tasks of the replaced notice that the replacing one tells: what is asked on, and what is done.

    Once it is issued, what is asked on is its own and only what was done stays with the replaced notice.
    """
    gone = sa.select(DroppedTask.task_id).where(DroppedTask.replacement_id == replacement.id)
    state = Task.state == TaskState.ACCEPTED if issued else Task.state != TaskState.WITHDRAWN
    return sa.and_(Task.document_id == replacement.replaces.document_id, state, Task.id.not_in(gone))


def _concluded_before(notice: Notice) -> tuple[ConcludedBefore, ...]:
    inspection = notice.inspection
    if inspection.kind in WITHOUT_CLAIMS:
        return ()
    units: dict[int, set[int]] = {}
    asked = inspections.groups_in_scope(inspection.id)
    for unit in notice.units:
        units.setdefault(unit.unit_id, set()).update(group for here, group in asked if here == unit.id)
    rows = db.session.execute(
        sa.select(Coverage, Conclusion, Criterion)
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .join(
            CriterionPart,
            sa.and_(
                CriterionPart.content_id == Coverage.content_id,
                CriterionPart.part_from < Coverage.part_to,
                Coverage.part_from < CriterionPart.part_to,
            ),
        )
        .join(Criterion, Criterion.id == CriterionPart.criterion_id)
        .where(
            Coverage.unit_id.in_(units),
            Criterion.version_id == inspection.form_version_id,
            Coverage.starts_on < inspection.review_to,
            Coverage.ends_on > inspection.review_from,
            Conclusion.state == ConclusionState.IN_FORCE,
            Conclusion.record_only.is_(False),
            Conclusion.mandate_id != inspection.mandate_id,
        )
        .options(joinedload(Coverage.unit))
        .order_by(Coverage.unit_id, Criterion.ordinal, Coverage.starts_on, Coverage.id)
    )
    lifted = extract.lifted(set(units))
    return tuple(
        ConcludedBefore(
            unit_name=coverage.unit.name,
            criterion_key=criterion.key,
            title=criterion.title,
            starts_on=max(piece.starts_on, inspection.review_from),
            ends_on=min(piece.ends_on, inspection.review_to),
            citation=f"{wording.notice(conclusion.number_and_symbol, conclusion.concluded_on)} "
            f"của {conclusion.body_name}",
        )
        for coverage, conclusion, criterion in rows
        if criterion.group_id in units[coverage.unit_id]
        for piece in subtract(listing.box_of(coverage), lifted.get(conclusion.id, ()))
        if piece.starts_on < inspection.review_to and piece.ends_on > inspection.review_from
    )
