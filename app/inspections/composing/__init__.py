"""Papers before and during a case, composed from its record: decision, plan, letters, outline."""

from app.inspections.composing.decision import compose_decision
from app.inspections.composing.frame import (
    case_of,
    full_citation,
    team_paper,
    titled,
    units_of,
)
from app.inspections.composing.letters import (
    compose_announcement,
    compose_member_request,
    missing_for_announcement,
    missing_for_member_request,
)
from app.inspections.composing.outline import compose_outline, missing_for_outline
from app.inspections.composing.work_plan import compose_work_plan, missing_for_work_plan

__all__ = [
    "case_of",
    "compose_announcement",
    "compose_decision",
    "compose_member_request",
    "compose_outline",
    "compose_work_plan",
    "full_citation",
    "missing_for_announcement",
    "missing_for_member_request",
    "missing_for_outline",
    "missing_for_work_plan",
    "team_paper",
    "titled",
    "units_of",
]
