"""Writing notices: drafting, bringing in line with what was issued, what the issue does, recalling.

The chain of duties is that of every paper (`documents.chain`); `course.py` tells it what a notice is.
Services flush and never commit.
"""

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
from app.notices.services.recalling import (
    Recalled,
    RecallPaper,
    ask_in_force,
    recall_notice,
    refuse_recall,
    request_recall,
)

__all__ = [
    "Details",
    "RecallPaper",
    "Recalled",
    "add_finding",
    "ask_in_force",
    "bring_in_line",
    "choose_units",
    "draft",
    "edit_details",
    "edit_texts",
    "leave_out_finding",
    "recall_notice",
    "recompose",
    "refresh_dates",
    "refuse_recall",
    "request_recall",
]
