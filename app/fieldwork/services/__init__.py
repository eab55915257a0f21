"""Writing what happens at the unit: answers, visits, minutes, the journal, the end of fieldwork."""

from app.fieldwork.services import journal
from app.fieldwork.services.answers import (
    FindingEntry,
    RowEntry,
    attach,
    record_for_many,
    report_part,
    save_answer,
    save_row,
    set_clean,
    set_group_note,
)
from app.fieldwork.services.applications import ApplicationRow, RowTyped, save_sampled_applications
from app.fieldwork.services.ending import end_fieldwork, record_team_report
from app.fieldwork.services.minutes import (
    MinutesValues,
    attach_scan,
    compose_minutes,
    edit_minutes,
    print_minutes,
    record_refusal,
    sign_minutes,
)
from app.fieldwork.services.visits import open_visit

__all__ = [
    "ApplicationRow",
    "FindingEntry",
    "MinutesValues",
    "RowEntry",
    "RowTyped",
    "attach",
    "attach_scan",
    "compose_minutes",
    "edit_minutes",
    "end_fieldwork",
    "journal",
    "open_visit",
    "print_minutes",
    "record_for_many",
    "record_refusal",
    "record_team_report",
    "report_part",
    "save_answer",
    "save_row",
    "save_sampled_applications",
    "set_clean",
    "set_group_note",
    "sign_minutes",
]
