"""Reading findings and proposals, only for those who may know of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app import clock
from app.accounts.models import Person
from app.errors import NotFound
from app.extensions import db
from app.findings.models import OPEN, Dissent, Finding, FindingRevision, FindingState, UnitProposal
from app.form_library.models import Criterion, FormVersion
from app.form_library.schema import Level as Severity
from app.inspections import queries as inspections
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    ScopeItem,
    TeamMember,
    Visit,
    VisitState,
)
from app.policy import OFFICE_ROLES, Actor, Role
from app.units import lineage
from app.units import queries as units
from app.units.models import Unit
from app.web.paging import Cursor, Page, slice_page

PAGE = 60


def team_only(inspection_path: Any) -> tuple[Any, ...]:
    """Loader options that fetch a case with its team and without its other units."""
    return (
        inspection_path.options(
            lazyload(Inspection.units),
            joinedload(Inspection.form_version).lazyload(FormVersion.groups),
            joinedload(Inspection.decision),
            selectinload(Inspection.members).options(
                lazyload(TeamMember.assignments),
                joinedload(TeamMember.person),
            ),
        ),
    )


def get_inspection(actor: Actor, inspection_id: int) -> Inspection:
    """The case, for the team and the office. Raises NotFound for everybody else."""
    return inspections.get_visible(actor, inspection_id)


def get_inspected_unit(actor: Actor, inspected_unit_id: int) -> InspectedUnit:
    """The unit within a case, for the team and the office; the unit's own people never see drafts."""
    found = db.session.scalars(
        sa.select(InspectedUnit)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(InspectedUnit.id == inspected_unit_id, inspections.visible_to(actor))
        .options(*team_only(joinedload(InspectedUnit.inspection)), joinedload(InspectedUnit.unit))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def get_visible(actor: Actor, finding_id: int) -> Finding:
    """One finding, for the team and the office."""
    found = db.session.get(Finding, finding_id)
    if found is None:
        raise NotFound()
    get_inspected_unit(actor, found.inspected_unit_id)
    return found


def list_for_inspection(inspection_id: int, *, state: FindingState | None = None) -> Sequence[Finding]:
    """All findings of a case, by unit and in the order of recording."""
    query = (
        sa.select(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .where(InspectedUnit.inspection_id == inspection_id)
        .options(
            joinedload(Finding.inspected_unit).joinedload(InspectedUnit.unit),
            joinedload(Finding.scope_item).joinedload(ScopeItem.criterion).joinedload(Criterion.group),
            selectinload(Finding.files),
        )
        .order_by(InspectedUnit.ordinal, InspectedUnit.id, Finding.ordinal)
    )
    if state is not None:
        query = query.where(Finding.state == state)
    return db.session.scalars(query).all()


@dataclass(frozen=True)
class Filters:
    """What the agreement page shows; None or False = all."""

    inspected_unit_id: int | None = None
    group_id: int | None = None
    severity: Severity | None = None
    not_in_minutes: bool = False


@dataclass(frozen=True)
class Totals:
    """Of all findings of a case, whatever the filter."""

    total: int
    open: int
    not_in_minutes: int


def list_filtered(inspection_id: int, filters: Filters, *, skip: int = 0) -> Sequence[Finding]:
    """Findings of a case for the agreement page, at most `PAGE` + 1 after the first `skip`."""
    query = (
        sa.select(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .join(ScopeItem, ScopeItem.id == Finding.scope_item_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .where(InspectedUnit.inspection_id == inspection_id)
        .options(
            joinedload(Finding.inspected_unit).joinedload(InspectedUnit.unit),
            joinedload(Finding.scope_item).joinedload(ScopeItem.criterion).joinedload(Criterion.group),
            selectinload(Finding.files),
            selectinload(Finding.dissents).joinedload(Dissent.person),
        )
        .order_by(InspectedUnit.ordinal, InspectedUnit.id, Finding.ordinal)
        .limit(PAGE + 1)
    )
    if filters.inspected_unit_id is not None:
        query = query.where(Finding.inspected_unit_id == filters.inspected_unit_id)
    if filters.group_id is not None:
        query = query.where(Criterion.group_id == filters.group_id)
    if filters.severity is not None:
        query = query.where(Finding.severity == filters.severity)
    if filters.not_in_minutes:
        query = query.where(Finding.in_minutes.is_(False))
    if skip:
        query = query.offset(skip)
    return db.session.scalars(query).all()


def count_for_inspection(inspection_id: int) -> Totals:
    """How many findings a case has, how many wait for the leader, how many stand in no signed minutes."""
    open_states = (FindingState.DRAFT, FindingState.OPINION_TAKEN)
    row = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(Finding.state.in_(open_states)),
            sa.func.count().filter(Finding.in_minutes.is_(False)),
        )
        .select_from(Finding)
        .join(InspectedUnit, InspectedUnit.id == Finding.inspected_unit_id)
        .where(InspectedUnit.inspection_id == inspection_id)
    ).one()
    return Totals(*row)


def list_undecided_keys(scope_item_ids: Collection[int]) -> list[str]:
    """Criteria of these scope items with a finding that is to be concluded, or not decided yet."""
    if not scope_item_ids:
        return []
    return list(
        db.session.scalars(
            sa.select(Criterion.key)
            .join(ScopeItem, ScopeItem.criterion_id == Criterion.id)
            .join(Finding, Finding.scope_item_id == ScopeItem.id)
            .where(
                ScopeItem.id.in_(scope_item_ids),
                Finding.state.in_((*OPEN, FindingState.AGREED)),
                Finding.merged_into_id.is_(None),
            )
            .distinct()
            .order_by(Criterion.key)
        )
    )


def count_by_unit(inspected_unit_ids: Sequence[int]) -> dict[int, int]:
    """Findings per inspected unit that were not left out."""
    rows = db.session.execute(
        sa.select(Finding.inspected_unit_id, sa.func.count())
        .where(Finding.inspected_unit_id.in_(inspected_unit_ids), Finding.state != FindingState.LEFT_OUT)
        .group_by(Finding.inspected_unit_id)
    )
    return {row[0]: row[1] for row in rows}


def list_revisions(finding: Finding) -> Sequence[FindingRevision]:
    """What recalled notices concluded of the finding, oldest first."""
    return db.session.scalars(
        sa.select(FindingRevision)
        .where(FindingRevision.finding_id == finding.id)
        .options(joinedload(FindingRevision.document))
        .order_by(FindingRevision.number)
    ).all()


def list_mergeable(finding: Finding) -> Sequence[Finding]:
    """Other findings of the same unit into which this one may be folded."""
    return db.session.scalars(
        sa.select(Finding)
        .where(
            Finding.inspected_unit_id == finding.inspected_unit_id,
            Finding.id != finding.id,
            Finding.merged_into_id.is_(None),
            Finding.state.not_in((FindingState.LEFT_OUT, FindingState.PASSED_ON, FindingState.CONCLUDED)),
        )
        .options(joinedload(Finding.scope_item).joinedload(ScopeItem.criterion))
        .order_by(Finding.ordinal)
    ).all()


def said_by(unit_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """What these units sent themselves, or said in a case once the minutes are signed; and what dissolved
    units did that they took over from. For a SELECT of UnitProposal with its InspectedUnit, outer joined."""
    said = sa.select(Unit.id).where(
        sa.or_(Unit.id.in_(unit_ids), Unit.id.in_(lineage.inherited_by(unit_ids, clock.today())))
    )
    signed = InspectedUnit.id.in_(sa.select(Visit.inspected_unit_id).where(Visit.state == VisitState.SIGNED))
    return sa.or_(sa.and_(InspectedUnit.unit_id.in_(said), signed), UnitProposal.sender_id.in_(said))


def heirs_of_senders(proposals: Iterable[UnitProposal]) -> dict[int, tuple[Unit, ...]]:
    """Of each unit among them that is no more, by id: the units of today that took over, if any is known."""
    today = clock.today()
    gone = {one.unit.id for one in proposals if not one.unit.exists_on(today)}
    return lineage.heir_units(gone, today) if gone else {}


def _proposals_of(actor: Actor) -> sa.ColumnElement[bool]:
    """The office and the team see all of their cases; a unit its own and what it took over; observers what is
    concluded."""
    mine = InspectedUnit.inspection_id.in_(
        sa.select(TeamMember.inspection_id).where(TeamMember.person_id == actor.person_id)
    )
    if actor.roles & (OFFICE_ROLES - {Role.INSPECTOR}):
        return sa.true()
    own = said_by(actor.unit_ids)
    if Role.OBSERVER in actor.roles:
        return sa.or_(mine, own, InspectedUnit.state == InspectedUnitState.CONCLUDED)
    return sa.or_(mine, own)


def list_proposals(
    actor: Actor, *, unanswered: bool = False, cursor: Cursor | None = None
) -> Page[UnitProposal]:
    """What the units said for themselves, newest first; cursor (id)."""
    query = (
        sa.select(UnitProposal)
        .outerjoin(InspectedUnit, InspectedUnit.id == UnitProposal.inspected_unit_id)
        .where(_proposals_of(actor))
        .options(
            joinedload(UnitProposal.sender),
            joinedload(UnitProposal.inspected_unit).options(
                joinedload(InspectedUnit.unit),
                lazyload(InspectedUnit.visits),
                *team_only(joinedload(InspectedUnit.inspection)),
            ),
        )
        .limit(PAGE + 1)
    )
    if unanswered:
        query = query.where(UnitProposal.answered_on.is_(None))
    order = UnitProposal.id.desc()
    if cursor is not None:
        last = int(cursor.values[0] or 0)
        query = query.where(UnitProposal.id > last if cursor.backwards else UnitProposal.id < last)
        order = UnitProposal.id.asc() if cursor.backwards else order
    rows = db.session.scalars(query.order_by(order)).all()
    return slice_page(rows, size=PAGE, key=lambda one: (one.id,), cursor=cursor)


def list_visible(actor: Actor, proposal_ids: Collection[int]) -> dict[int, UnitProposal]:
    """Those of these proposals that the person may see, by id, with whose they are."""
    found = db.session.scalars(
        sa.select(UnitProposal)
        .outerjoin(InspectedUnit, InspectedUnit.id == UnitProposal.inspected_unit_id)
        .where(UnitProposal.id.in_(proposal_ids), _proposals_of(actor))
        .options(
            joinedload(UnitProposal.sender),
            joinedload(UnitProposal.inspected_unit).options(lazyload("*"), joinedload(InspectedUnit.unit)),
        )
    )
    return {one.id: one for one in found}


def list_waiting_of(unit: Unit) -> Sequence[UnitProposal]:
    """What the unit sent of its own accord and nobody answered yet."""
    return db.session.scalars(
        sa.select(UnitProposal).where(UnitProposal.sender_id == unit.id, UnitProposal.answered_on.is_(None))
    ).all()


def unanswered_counts(today: date) -> sa.Select[int, int]:
    """One line of all units' proposals nobody answered yet: `unrouted` lack the body or the day of answer,
    `late` are past their day."""
    unrouted = sa.or_(UnitProposal.answering_body == "", UnitProposal.answer_due_on.is_(None))
    return sa.select(
        sa.func.count().filter(unrouted).label("unrouted"),
        sa.func.count().filter(UnitProposal.answer_due_on < today).label("late"),
    ).where(UnitProposal.answered_on.is_(None))


def list_proposals_of_unit(inspected_unit_id: int) -> Sequence[UnitProposal]:
    """What one inspected unit said for itself, in the order it was recorded."""
    return db.session.scalars(
        sa.select(UnitProposal)
        .where(UnitProposal.inspected_unit_id == inspected_unit_id)
        .order_by(UnitProposal.id)
    ).all()


def list_ended_units(actor: Actor) -> Sequence[InspectedUnit]:
    """Inspected units where the inspection has ended, of cases this person may see, the latest first."""
    over = (InspectedUnitState.ENDED, InspectedUnitState.REPORTED, InspectedUnitState.CONCLUDED)
    return db.session.scalars(
        sa.select(InspectedUnit)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(InspectedUnit.state.in_(over), inspections.visible_to(actor))
        .options(*team_only(joinedload(InspectedUnit.inspection)), joinedload(InspectedUnit.unit))
        .order_by(InspectedUnit.id.desc())
        .limit(200)
    ).all()


def get_unit(actor: Actor, unit_id: int) -> Unit:
    """A unit that sends proposals: any for the office, their own for a unit's people. Raises NotFound."""
    found = units.get_visible(actor, unit_id)
    if not (actor.in_office or unit_id in actor.unit_ids):
        raise NotFound()
    return found


def get_proposal(actor: Actor, proposal_id: int) -> UnitProposal:
    """One proposal this person may see."""
    found = db.session.scalars(
        sa.select(UnitProposal)
        .outerjoin(InspectedUnit, InspectedUnit.id == UnitProposal.inspected_unit_id)
        .where(UnitProposal.id == proposal_id, _proposals_of(actor))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def people_names(person_ids: Sequence[int]) -> dict[int, str]:
    """Names of people by id, in one read."""
    if not person_ids:
        return {}
    rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
    return {row[0]: row[1] for row in rows}
