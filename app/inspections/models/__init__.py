"""A case: its team, units, visits and scope; what left it; the file of overlaps."""

from app.inspections.models.case import (
    TEAM_STANDINGS,
    Assignment,
    HalfDay,
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionKind,
    InspectionState,
    Method,
    PartialTermination,
    ScopeItem,
    ScopeRecut,
    TeamMember,
    TeamRole,
    Visit,
    VisitState,
    inspection_dropped_unit,
)
from app.inspections.models.overlap import OverlapRecord, OverlapReferral

__all__ = [
    "TEAM_STANDINGS",
    "Assignment",
    "HalfDay",
    "InspectedUnit",
    "InspectedUnitState",
    "Inspection",
    "InspectionKind",
    "InspectionState",
    "Method",
    "OverlapRecord",
    "OverlapReferral",
    "PartialTermination",
    "ScopeItem",
    "ScopeRecut",
    "TeamMember",
    "TeamRole",
    "Visit",
    "VisitState",
    "inspection_dropped_unit",
]
