"""Tasks of past notices, and the old tasks that ride along when a team comes to a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.fieldwork.services.answers import assesses
from app.findings import queries as findings
from app.findings.models import Finding
from app.form_library.models import Criterion
from app.inspections.models import InspectedUnit, ScopeItem
from app.policy import Actor, Standing
from app.register import queries as register
from app.register.models import Conclusion, ConclusionLine, Coverage, MandateKind
from app.remediation.models import Task, TaskSighting, TaskState, task_finding
from app.remediation.queries.handover import heirs_of
from app.remediation.queries.tasks import FAR, NOTICE, OPEN_STATES, get_visible, visible_to
from app.units import lineage
from app.units.models import Unit
from app.vietnamese import sort_key

MOST = 200
"""Tasks that one page shows."""


def get_past_notice(actor: Actor, conclusion_id: int) -> Conclusion:
    """A past notice of the office itself. Raises NotFound for any other conclusion."""
    found = register.get_recorded(actor, conclusion_id)
    if found.mandate.kind is not MandateKind.HISTORIC:
        raise NotFound()
    return found


def get_past_task(actor: Actor, task_id: int) -> Task:
    """A task that a past notice asks for, for the office. Raises NotFound."""
    found = get_visible(actor, task_id)
    if found.conclusion_id is None or not actor.in_office:
        raise NotFound()
    return found


def units_of(conclusion: Conclusion) -> list[Unit]:
    """The units that a notice speaks of, in Vietnamese order of names: two reads."""
    return units_by_notice([conclusion.id])[conclusion.id]


def speaks_of(conclusion_id: int, unit_id: int) -> bool:
    """Whether a notice speaks of a unit."""
    found = sa.union_all(
        *(
            sa.select(table.id).where(table.conclusion_id == conclusion_id, table.unit_id == unit_id)
            for table in (ConclusionLine, Coverage)
        )
    )
    return db.session.execute(found.limit(1)).first() is not None


def units_by_notice(conclusion_ids: Sequence[int]) -> dict[int, list[Unit]]:
    """The same for several notices."""
    pairs = db.session.execute(
        sa.union(
            *(
                sa.select(table.conclusion_id, table.unit_id).where(table.conclusion_id.in_(conclusion_ids))
                for table in (ConclusionLine, Coverage)
            )
        )
    ).all()
    units = {
        unit.id: unit
        for unit in db.session.scalars(
            sa.select(Unit)
            .where(Unit.id.in_({unit_id for _, unit_id in pairs}))
            .options(selectinload(Unit.versions))
        )
    }
    found: dict[int, list[Unit]] = {key: [] for key in conclusion_ids}
    for key, unit_id in pairs:
        found[key].append(units[unit_id])
    return {key: sorted(named, key=lambda unit: sort_key(unit.name)) for key, named in found.items()}


def lead_today(unit: Unit) -> Unit | None:
    """Who leads today what was asked of `unit`: itself, or the only one that took over."""
    if unit.exists_on(clock.today()):
        return unit
    heirs = heirs_of(unit)
    return heirs[0] if len(heirs) == 1 else None


def list_of_notice(actor: Actor, conclusion: Conclusion) -> Sequence[Task]:
    """The tasks of a past notice that this person may see, by date."""
    return db.session.scalars(
        sa.select(Task)
        .where(Task.conclusion_id == conclusion.id, visible_to(actor))
        .options(joinedload(Task.lead_unit), lazyload(Task.results))
        .order_by(sa.func.coalesce(Task.due_on, FAR), Task.id)
        .limit(MOST)
    ).all()


@dataclass(frozen=True)
class AskedHere:
    """A content in the scope of the unit under inspection: where it stands on the sheet."""

    key: str
    group_id: int
    scope_item_id: int


@dataclass(frozen=True)
class OldTask:
    """An open task of an earlier notice, with what this team last saw of it (None: not looked at yet).

    `asked`: the content it answers, when this case assesses it too: there a finding may say it is unremedied.
    """

    task: Task
    seen: TaskSighting | None
    asked: AskedHere | None = None

    @property
    def open(self) -> bool:
        """Whether it is still followed."""
        return self.task.state in OPEN_STATES


def _old(place: InspectedUnit) -> sa.ColumnElement[bool]:
    """Led by the unit, or left by a predecessor; of another case or a past notice."""
    before = sorted(lineage.with_predecessors([place.unit_id]))
    gone = sa.select(Unit.id).where(Unit.id.in_(before), Unit.valid_to <= clock.today())
    elsewhere = sa.or_(Task.inspection_id.is_(None), Task.inspection_id != place.inspection_id)
    return sa.and_(sa.or_(Task.lead_unit_id == place.unit_id, Task.lead_unit_id.in_(gone)), elsewhere)


def list_old(place: InspectedUnit) -> list[OldTask]:
    """What rides along: open tasks of earlier, and those that this team looked at, by date."""
    seen = {
        row.task_id: row
        for row in db.session.scalars(
            sa.select(TaskSighting)
            .where(TaskSighting.inspected_unit_id == place.id)
            .options(joinedload(TaskSighting.author), selectinload(TaskSighting.files))
            .order_by(TaskSighting.id)
        )
    }
    tasks = db.session.scalars(
        sa.select(Task)
        .where(sa.or_(sa.and_(_old(place), Task.state.in_(OPEN_STATES)), Task.id.in_(seen)))
        .options(*NOTICE, joinedload(Task.lead_unit), lazyload(Task.results))
        .order_by(sa.func.coalesce(Task.due_on, FAR), Task.id)
        .limit(MOST)
    ).all()
    asked = _asked_here(place, [task.id for task in tasks])
    return [OldTask(task, seen.get(task.id), asked.get(task.id)) for task in tasks]


def _asked_here(place: InspectedUnit, task_ids: Sequence[int]) -> dict[int, AskedHere]:
    """By task: the content of its findings that this case assesses too; nothing in a check of remediation."""
    if not assesses(place):
        return {}
    before, now = aliased(Criterion), aliased(Criterion)
    earlier, here = aliased(ScopeItem), aliased(ScopeItem)
    rows = db.session.execute(
        sa.select(task_finding.c.task_id, now.key, now.group_id, here.id)
        .join(Finding, Finding.id == task_finding.c.finding_id)
        .join(earlier, earlier.id == Finding.scope_item_id)
        .join(before, before.id == earlier.criterion_id)
        .join(here, here.inspected_unit_id == place.id)
        .join(now, sa.and_(now.id == here.criterion_id, now.key == before.key))
        .where(task_finding.c.task_id.in_(task_ids))
        .order_by(here.id.desc())
    )
    return {row[0]: AskedHere(row[1], row[2], row[3]) for row in rows}


def count_old(place: InspectedUnit) -> int:
    """How many open tasks of earlier ride along."""
    query = sa.select(sa.func.count()).select_from(Task).where(_old(place), Task.state.in_(OPEN_STATES))
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Riding:
    """An old task at a unit that a team is inspecting; rights are those at the unit."""

    place: InspectedUnit
    task: Task

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the unit within the case."""
        return self.place.standing_of(actor)


def get_riding(actor: Actor, inspected_unit_id: int, task_id: int) -> Riding:
    """One of the old tasks of `list_old`. Raises NotFound."""
    place = findings.get_inspected_unit(actor, inspected_unit_id)
    task = db.session.scalars(
        sa.select(Task)
        .where(Task.id == task_id, _old(place), Task.state.not_in((TaskState.DRAFT, TaskState.WITHDRAWN)))
        .options(*NOTICE, joinedload(Task.lead_unit))
    ).one_or_none()
    if task is None:
        raise NotFound()
    return Riding(place, task)
