"""Writing notices: drafting, bringing in line with what was issued, what the issue does, recalling.

The chain of duties is that of every paper (`documents.chain`); `course.py` tells it what a notice is.
Services flush and never commit.
"""

from app.notices.services.batching import ask_batch, share_details, start_batch
from app.notices.services.bringing import bring_in_line
from app.notices.services.drafting import (
    Details,
    add_finding,
    draft,
    edit_details,
    edit_texts,
    leave_out_finding,
    recompose,
    refresh_dates,
)
from app.notices.services.handing import choose_units
from app.notices.services.papers import (
    Correction,
    ask_correctable,
    begin_corrigendum,
    begin_recall,
    correct_by_paper,
    recall_notice_by_paper,
)
from app.notices.services.recalling import (
    Recalled,
    RecallPaper,
    ask_in_force,
    recall_notice,
    refuse_recall,
    request_recall,
)
from app.notices.services.replacing import (
    Fate,
    TaskFate,
    ask_replaceable,
    choose_tasks,
    draft_replacement,
    fate_of,
    list_open_tasks,
)

__all__ = [
    "Correction",
    "Details",
    "Fate",
    "RecallPaper",
    "Recalled",
    "TaskFate",
    "add_finding",
    "ask_batch",
    "ask_correctable",
    "ask_in_force",
    "ask_replaceable",
    "begin_corrigendum",
    "begin_recall",
    "bring_in_line",
    "choose_tasks",
    "choose_units",
    "correct_by_paper",
    "draft",
    "draft_replacement",
    "edit_details",
    "edit_texts",
    "fate_of",
    "leave_out_finding",
    "list_open_tasks",
    "recall_notice",
    "recall_notice_by_paper",
    "recompose",
    "refresh_dates",
    "refuse_recall",
    "request_recall",
    "share_details",
    "start_batch",
]
