"""Reading what happens at the unit."""

from app.fieldwork.queries.minutes import find_minutes, get_minutes, get_visit
from app.fieldwork.queries.overview import (
    CleanGroup,
    GroupProgress,
    Progress,
    answers_by_item,
    get_part,
    list_clean_groups,
    list_open_parts,
    overview,
    progress,
    progress_by_unit,
)
from app.fieldwork.queries.sheet import (
    Locked,
    Sheet,
    SheetRow,
    find_evidence,
    get_row,
    get_scope_item,
    get_sheet,
    list_applications,
    values_of,
)

__all__ = [
    "CleanGroup",
    "GroupProgress",
    "Locked",
    "Progress",
    "Sheet",
    "SheetRow",
    "answers_by_item",
    "find_evidence",
    "find_minutes",
    "get_minutes",
    "get_part",
    "get_row",
    "get_scope_item",
    "get_sheet",
    "get_visit",
    "list_applications",
    "list_clean_groups",
    "list_open_parts",
    "overview",
    "progress",
    "progress_by_unit",
    "values_of",
]
