"""Writing notices: drafting, the chain of duties, signing and issuing here, recording an issue elsewhere.

Services flush and never commit. Signing here is three steps (`begin_signing`, `draw_signed`,
`finish_signing`) because the number must be kept before the paper is drawn (NĐ 30/2020 Đ15): the caller
commits after the first and after the last.
"""

from app.notices.services.batching import ask_batch, start_batch
from app.notices.services.bringing import bring_in_line
from app.notices.services.chain import (
    approve,
    approve_with_changes,
    ask_return,
    check_content,
    check_form,
    return_back,
    seal,
    submit,
)
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
from app.notices.services.handing import abandon, choose_units, reassign, take_back_signed
from app.notices.services.issuing import issue
from app.notices.services.recalling import (
    Recalled,
    RecallPaper,
    ask_in_force,
    recall_notice,
    refuse_recall,
    request_recall,
)
from app.notices.services.recording import Issued, record_issued
from app.notices.services.replacing import (
    Fate,
    TaskFate,
    ask_replaceable,
    choose_tasks,
    draft_replacement,
    fate_of,
    list_open_tasks,
)
from app.notices.services.signing import Signing, begin_signing, draw_signed, finish_signing

__all__ = [
    "Details",
    "Fate",
    "Issued",
    "RecallPaper",
    "Recalled",
    "Signing",
    "TaskFate",
    "abandon",
    "add_finding",
    "approve",
    "approve_with_changes",
    "ask_batch",
    "ask_in_force",
    "ask_replaceable",
    "ask_return",
    "begin_signing",
    "bring_in_line",
    "check_content",
    "check_form",
    "choose_tasks",
    "choose_units",
    "draft",
    "draft_replacement",
    "draw_signed",
    "edit_details",
    "edit_texts",
    "fate_of",
    "finish_signing",
    "issue",
    "leave_out_finding",
    "list_open_tasks",
    "reassign",
    "recall_notice",
    "recompose",
    "record_issued",
    "refresh_dates",
    "refuse_recall",
    "request_recall",
    "return_back",
    "seal",
    "start_batch",
    "submit",
    "take_back_signed",
]
