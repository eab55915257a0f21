"""Reading what happens at the unit."""

from app.fieldwork.queries.journal import JournalLine, list_journal
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
from app.fieldwork.queries.papers import TeamReport, find_team_report, list_team_reports
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
    "JournalLine",
    "Locked",
    "Progress",
    "Sheet",
    "SheetRow",
    "TeamReport",
    "answers_by_item",
    "find_evidence",
    "find_minutes",
    "find_team_report",
    "get_minutes",
    "get_part",
    "get_row",
    "get_scope_item",
    "get_sheet",
    "get_visit",
    "list_applications",
    "list_clean_groups",
    "list_journal",
    "list_open_parts",
    "list_team_reports",
    "overview",
    "progress",
    "progress_by_unit",
    "values_of",
]
