"""Reading cases."""

from app.inspections.queries.lists import (
    CaseRow,
    DraftOverlap,
    Filters,
    Month,
    list_draft_overlaps,
    list_plan,
    list_visible,
    list_years,
)
from app.inspections.queries.review import (
    CLAIMING,
    ReviewedItem,
    ScopeReview,
    level,
    lineage_notes,
    review_scope,
    wanted,
)
from app.inspections.queries.scope import (
    assigned_group_ids,
    count_scope,
    list_scope,
    scope_rows,
    selections,
    unit_names,
)
from app.inspections.queries.team import ROLE_NAMES, Tie, TieKind, broken_ties, list_candidates, ties
from app.inspections.queries.visible import (
    get_member_visible,
    get_scope_item_visible,
    get_unit_of_team,
    get_unit_visible,
    get_visible,
    get_visit_visible,
    known_to_unit,
    visible_to,
)
from app.inspections.queries.visits import (
    HALF_DAYS,
    list_my_visits,
    list_visits,
    visit_label,
    visit_warnings,
)
from app.inspections.queries.waiting import Waiting, waiting_for

__all__ = [
    "CLAIMING", "HALF_DAYS", "ROLE_NAMES", "CaseRow", "DraftOverlap", "Filters", "Month", "ReviewedItem",
    "ScopeReview", "Tie", "TieKind", "Waiting", "assigned_group_ids", "broken_ties", "count_scope",
    "get_member_visible", "get_scope_item_visible", "get_unit_of_team", "get_unit_visible", "get_visible",
    "get_visit_visible", "known_to_unit", "level", "lineage_notes", "list_candidates", "list_draft_overlaps",
    "list_my_visits", "list_plan", "list_scope", "list_visible", "list_visits", "list_years", "review_scope",
    "scope_rows", "selections", "ties", "unit_names", "visible_to", "visit_label", "visit_warnings",
    "waiting_for", "wanted",
]  # fmt: skip
