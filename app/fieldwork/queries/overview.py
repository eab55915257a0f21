"""How far a unit is: what is recorded, who looks at what, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import lazyload, selectinload

from app.accounts.models import Person
from app.errors import NotFound
from app.extensions import db
from app.fieldwork.models import Answer, GroupNote
from app.findings import queries as findings
from app.findings.models import Finding, FindingState
from app.form_library.models import Criterion, CriterionGroup
from app.form_library.values import Result
from app.inspections.models import Assignment, InspectedUnit, Inspection, ScopeItem, TeamMember
from app.policy import Actor, Standing

SHORT = (Result.PARTLY, Result.NOT_MET)


@dataclass(frozen=True)
class Progress:
    """Answered scope items of all; “còn n/N” is `left`/`total`."""

    done: int
    total: int

    @property
    def left(self) -> int:
        """How many have no answer yet."""
        return self.total - self.done


@dataclass(frozen=True)
class Part:
    """Who looks at a group, and when they closed their part."""

    person_id: int
    name: str
    reported_at: datetime | None


@dataclass(frozen=True)
class GroupProgress:
    """One group at one unit. `unanswered` and `without_finding` are codes of criteria."""

    group: CriterionGroup
    progress: Progress
    findings: int
    parts: tuple[Part, ...]
    unanswered: tuple[str, ...]
    without_finding: tuple[str, ...]


@dataclass(frozen=True)
class CleanGroup:
    """A group of a unit that was assessed and has no shortcoming: it needs reason and sample."""

    inspected_unit: InspectedUnit
    group: CriterionGroup
    assessed: int
    note: GroupNote | None

    @property
    def explained(self) -> bool:
        """Whether reason and sample are given."""
        return bool(self.note and self.note.clean_reason and self.note.clean_sample)


def answers_by_item(inspected_unit_id: int) -> dict[int, Answer]:
    """All answers of an inspected unit by their scope item."""
    rows = db.session.scalars(
        sa.select(Answer)
        .join(ScopeItem, ScopeItem.id == Answer.scope_item_id)
        .where(ScopeItem.inspected_unit_id == inspected_unit_id, ScopeItem.stays())
        .options(lazyload(Answer.scope_item), selectinload(Answer.files))
    )
    return {answer.scope_item_id: answer for answer in rows}


def progress_by_unit(inspected_unit_ids: Sequence[int]) -> dict[int, Progress]:
    """Progress of several inspected units in one read."""
    rows = db.session.execute(
        sa.select(ScopeItem.inspected_unit_id, sa.func.count(Answer.id), sa.func.count(ScopeItem.id))
        .outerjoin(Answer, Answer.scope_item_id == ScopeItem.id)
        .where(ScopeItem.inspected_unit_id.in_(inspected_unit_ids), ScopeItem.stays())
        .group_by(ScopeItem.inspected_unit_id)
    )
    found = {unit_id: Progress(done, total) for unit_id, done, total in rows}
    return {unit_id: found.get(unit_id, Progress(0, 0)) for unit_id in inspected_unit_ids}


def progress(inspected_unit: InspectedUnit) -> Progress:
    """Answered scope items of all at one unit."""
    return progress_by_unit([inspected_unit.id])[inspected_unit.id]


def parts_by_group(inspected_unit_id: int) -> dict[int, tuple[Part, ...]]:
    """Who looks at which group of an inspected unit."""
    rows = db.session.execute(
        sa.select(Assignment.group_id, TeamMember.person_id, Person.name, Assignment.reported_at)
        .join(TeamMember, TeamMember.id == Assignment.member_id)
        .join(Person, Person.id == TeamMember.person_id)
        .where(Assignment.inspected_unit_id == inspected_unit_id)
        .order_by(TeamMember.ordinal, TeamMember.id)
    )
    found: dict[int, list[Part]] = defaultdict(list)
    for group_id, person_id, name, reported_at in rows:
        found[group_id].append(Part(person_id, name, reported_at))
    return {group_id: tuple(parts) for group_id, parts in found.items()}


def overview(inspected_unit: InspectedUnit) -> tuple[GroupProgress, ...]:
    """Every group in the scope of a unit, in the order of the form; five reads."""
    rows = db.session.execute(
        sa.select(Criterion.group_id, ScopeItem.id, Criterion.key, Answer.result)
        .select_from(ScopeItem)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .outerjoin(Answer, Answer.scope_item_id == ScopeItem.id)
        .where(ScopeItem.inspected_unit_id == inspected_unit.id, ScopeItem.stays())
        .order_by(Criterion.ordinal, ScopeItem.part_from, ScopeItem.id)
    ).all()
    counted = db.session.execute(
        sa.select(Finding.scope_item_id, sa.func.count())
        .where(Finding.inspected_unit_id == inspected_unit.id)
        .group_by(Finding.scope_item_id)
    )
    with_finding = {row[0]: row[1] for row in counted}
    parts = parts_by_group(inspected_unit.id)
    by_group: dict[int, list[tuple[int, str, Result | None]]] = defaultdict(list)
    for group_id, item_id, key, result in rows:
        by_group[group_id].append((item_id, key, result))
    groups = db.session.scalars(
        sa.select(CriterionGroup)
        .where(CriterionGroup.id.in_(by_group))
        .options(lazyload(CriterionGroup.criteria))
        .order_by(CriterionGroup.ordinal)
    )
    return tuple(
        GroupProgress(
            group=group,
            progress=Progress(
                sum(result is not None for _, _, result in by_group[group.id]), len(by_group[group.id])
            ),
            findings=sum(with_finding.get(item_id, 0) for item_id, _, _ in by_group[group.id]),
            parts=parts.get(group.id, ()),
            unanswered=tuple(dict.fromkeys(key for _, key, result in by_group[group.id] if result is None)),
            without_finding=tuple(
                key
                for item_id, key, result in by_group[group.id]
                if result in SHORT and item_id not in with_finding
            ),
        )
        for group in groups
    )


@dataclass(frozen=True)
class UnitGroup:
    """An inspected unit and one of the groups in its scope: what a page of the form is about."""

    unit: InspectedUnit
    group: CriterionGroup

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the unit within the case."""
        return self.unit.standing_of(actor)


def get_part(actor: Actor, inspected_unit_id: int, group_id: int) -> UnitGroup:
    """A group at a unit, for team and office. Raises NotFound also when the group is of another form."""
    unit = findings.get_inspected_unit(actor, inspected_unit_id)
    group = db.session.scalars(
        sa.select(CriterionGroup)
        .where(CriterionGroup.id == group_id, CriterionGroup.version_id == unit.inspection.form_version_id)
        .options(selectinload(CriterionGroup.criteria).lazyload(Criterion.parts))
    ).one_or_none()
    if group is None:
        raise NotFound()
    return UnitGroup(unit, group)


def list_clean_groups(inspection: Inspection) -> tuple[CleanGroup, ...]:
    """Groups that were assessed at a unit and came out without a shortcoming, with what was said about it."""
    counted = (
        sa.select(ScopeItem.inspected_unit_id, Criterion.group_id, sa.func.count().label("assessed"))
        .join(InspectedUnit, InspectedUnit.id == ScopeItem.inspected_unit_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .join(Answer, Answer.scope_item_id == ScopeItem.id)
        .where(
            InspectedUnit.inspection_id == inspection.id,
            ScopeItem.stays(),
            Answer.result.in_([Result.MET, Result.PARTLY, Result.NOT_MET]),
        )
        .group_by(ScopeItem.inspected_unit_id, Criterion.group_id)
    )
    shortcomings = db.session.execute(
        sa.select(Finding.inspected_unit_id, Criterion.group_id)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .join(ScopeItem, ScopeItem.id == Finding.scope_item_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .where(
            InspectedUnit.inspection_id == inspection.id,
            sa.or_(Finding.state != FindingState.LEFT_OUT, Finding.merged_into_id.is_not(None)),
        )
        .distinct()
    )
    short = {(row[0], row[1]) for row in shortcomings}
    units = {unit.id: unit for unit in inspection.units}
    notes = {
        (note.inspected_unit_id, note.group_id): note
        for note in db.session.scalars(
            sa.select(GroupNote)
            .where(GroupNote.inspected_unit_id.in_(units))
            .options(lazyload(GroupNote.inspected_unit), lazyload(GroupNote.group))
        )
    }
    clean = [row for row in db.session.execute(counted) if (row[0], row[1]) not in short]
    groups = {
        group.id: group
        for group in db.session.scalars(
            sa.select(CriterionGroup)
            .where(CriterionGroup.id.in_({row[1] for row in clean}))
            .options(lazyload(CriterionGroup.criteria))
        )
    }
    found = [
        CleanGroup(units[unit_id], groups[group_id], assessed, notes.get((unit_id, group_id)))
        for unit_id, group_id, assessed in clean
    ]
    return tuple(sorted(found, key=lambda row: (row.inspected_unit.ordinal, row.group.ordinal)))


@dataclass(frozen=True)
class OpenPart:
    """Parts a member has not reported yet: how many groups, and contents without an answer."""

    name: str
    unit_id: int
    unit_name: str
    groups: int
    unanswered: int


def list_open_parts(inspection_id: int) -> tuple[OpenPart, ...]:
    """Members by unit with groups still to be reported; two reads."""
    rows = db.session.execute(
        sa.select(Person.name, InspectedUnit, Assignment.group_id)
        .select_from(Assignment)
        .join(TeamMember, TeamMember.id == Assignment.member_id)
        .join(Person, Person.id == TeamMember.person_id)
        .join(InspectedUnit, InspectedUnit.id == Assignment.inspected_unit_id)
        .where(InspectedUnit.inspection_id == inspection_id, Assignment.reported_at.is_(None))
        .options(lazyload(InspectedUnit.visits))
        .order_by(InspectedUnit.ordinal, TeamMember.ordinal, TeamMember.id)
    ).all()
    counted = db.session.execute(
        sa.select(ScopeItem.inspected_unit_id, Criterion.group_id, sa.func.count())
        .join(InspectedUnit, InspectedUnit.id == ScopeItem.inspected_unit_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .outerjoin(Answer, Answer.scope_item_id == ScopeItem.id)
        .where(InspectedUnit.inspection_id == inspection_id, ScopeItem.stays(), Answer.id.is_(None))
        .group_by(ScopeItem.inspected_unit_id, Criterion.group_id)
    )
    left = {(row[0], row[1]): row[2] for row in counted}
    asked = defaultdict(list)
    for name, unit, group_id in rows:
        asked[(name, unit)].append(group_id)
    return tuple(
        OpenPart(name, unit.id, unit.unit.name, len(groups), sum(left.get((unit.id, g), 0) for g in groups))
        for (name, unit), groups in asked.items()
    )
