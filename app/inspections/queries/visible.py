"""Who sees which case, and loading one for a view.

The office sees all cases, an inspector those of the teams they belong to. The people of an inspected unit see
nothing of a case but their own announced visits; of a surprise inspection nothing before it is under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from app.errors import NotFound
from app.extensions import db
from app.form_library.models import FormVersion
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    OverlapRecord,
    OverlapReferral,
    ScopeItem,
    TeamMember,
    Visit,
    VisitState,
)
from app.policy import OFFICE_ROLES, Actor, Role

WATCHERS = OFFICE_ROLES - {Role.INSPECTOR}
_UNDER_WAY = (VisitState.UNDER_WAY, VisitState.SIGNED)
_HIDDEN = (InspectionState.DRAFT, InspectionState.TERMINATED)


def visible_to(actor: Actor) -> Any:
    """The condition on `Inspection` under which `actor` may know of a case."""
    if actor.roles & WATCHERS:
        return sa.true()
    return sa.or_(
        Inspection.id.in_(sa.select(TeamMember.inspection_id).where(TeamMember.person_id == actor.person_id)),
        Inspection.created_by == actor.person_id,
    )


def known_to_unit() -> Any:
    """The condition on `Visit` under which the unit's own people know of it: announced, or under way."""
    return sa.or_(Visit.announced_at.is_not(None), Visit.state.in_(_UNDER_WAY))


def get_visible(actor: Actor, inspection_id: int) -> Inspection:
    """The case with its team, units and visits. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Inspection)
        .where(Inspection.id == inspection_id, visible_to(actor))
        .options(
            joinedload(Inspection.office_unit),
            joinedload(Inspection.form_version).lazyload(FormVersion.groups),
            joinedload(Inspection.decision),
            # A member's post is kept with the membership, so nobody's appointments are needed here.
            selectinload(Inspection.members).joinedload(TeamMember.person),
        )
    )
    if found is None:
        raise NotFound()
    return found


def get_unit_visible(actor: Actor, inspected_unit_id: int) -> InspectedUnit:
    """A unit within a case: for team and office, and for its own people once a visit was announced."""
    own = sa.and_(
        InspectedUnit.unit_id.in_(actor.unit_ids),
        Inspection.state.not_in(_HIDDEN),
        sa.or_(
            InspectedUnit.id.in_(sa.select(Visit.inspected_unit_id).where(known_to_unit())),
            InspectedUnit.state != InspectedUnitState.PENDING,
        ),
    )
    found = db.session.scalar(
        sa.select(InspectedUnit)
        .join(InspectedUnit.inspection)
        .options(contains_eager(InspectedUnit.inspection))
        .where(InspectedUnit.id == inspected_unit_id, sa.or_(visible_to(actor), own))
    )
    if found is None:
        raise NotFound()
    return found


def get_unit_of_team(actor: Actor, inspected_unit_id: int) -> InspectedUnit:
    """A unit within a case, for team and office only."""
    found = get_unit_visible(actor, inspected_unit_id)
    get_visible(actor, found.inspection_id)
    return found


def get_unit_of_case(actor: Actor, inspection_id: int, inspected_unit_id: int) -> InspectedUnit:
    """A unit of this very case, for team and office. Raises NotFound."""
    inspection = get_visible(actor, inspection_id)
    found = next((iu for iu in inspection.units if iu.id == inspected_unit_id), None)
    if found is None:
        raise NotFound()
    return found


def get_visit_visible(actor: Actor, visit_id: int) -> Visit:
    """A visit of a case that the actor may see as team or office. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Visit)
        .join(Visit.inspected_unit)
        .join(InspectedUnit.inspection)
        .where(Visit.id == visit_id, visible_to(actor))
    )
    if found is None:
        raise NotFound()
    return found


def get_member_visible(actor: Actor, member_id: int) -> TeamMember:
    """A member of the team of a visible case. Raises NotFound."""
    found = db.session.scalar(
        sa.select(TeamMember).join(TeamMember.inspection).where(TeamMember.id == member_id, visible_to(actor))
    )
    if found is None:
        raise NotFound()
    return found


def get_scope_item_visible(actor: Actor, scope_item_id: int) -> ScopeItem:
    """A scope item of a case that the actor may see as team or office. Raises NotFound."""
    found = db.session.scalar(
        sa.select(ScopeItem)
        .join(ScopeItem.inspected_unit)
        .join(InspectedUnit.inspection)
        .where(ScopeItem.id == scope_item_id, visible_to(actor))
    )
    if found is None:
        raise NotFound()
    return found


def find_by_code(code: str) -> Inspection | None:
    """The case with this code (any case), for the command line."""
    return db.session.scalar(sa.select(Inspection).where(Inspection.code == code.strip().upper()))


def get_referral_visible(actor: Actor, overlap_referral_id: int) -> OverlapReferral:
    """What was sent about a visible case. Raises NotFound."""
    found = db.session.scalar(
        sa.select(OverlapReferral)
        .join(Inspection, Inspection.id == OverlapReferral.inspection_id)
        .where(OverlapReferral.id == overlap_referral_id, visible_to(actor))
    )
    if found is None:
        raise NotFound
    return found


def get_overlap_record_visible(actor: Actor, overlap_record_id: int) -> OverlapRecord:
    """The kept record of a review of a visible case. Raises NotFound."""
    found = db.session.scalar(
        sa.select(OverlapRecord)
        .join(Inspection, Inspection.id == OverlapRecord.inspection_id)
        .where(OverlapRecord.id == overlap_record_id, visible_to(actor))
    )
    if found is None:
        raise NotFound
    return found


def list_overlap_records(inspection: Inspection) -> Sequence[OverlapRecord]:
    """Records of the review kept whenever the remainder was taken, oldest first, without their content."""
    return db.session.scalars(
        sa.select(OverlapRecord)
        .where(OverlapRecord.inspection_id == inspection.id)
        .options(defer(OverlapRecord.content))
        .order_by(OverlapRecord.id)
    ).all()


def list_referrals(inspection: Inspection) -> Sequence[OverlapReferral]:
    """What was sent about a case so that overlaps are handled, oldest first."""
    return db.session.scalars(
        sa.select(OverlapReferral)
        .where(OverlapReferral.inspection_id == inspection.id)
        .order_by(OverlapReferral.sent_on, OverlapReferral.id)
    ).all()
