"""Writing notices: drafting, the chain of duties, signing and issuing here, recording an issue elsewhere.

Services flush and never commit. Signing here is three steps (`begin_signing`, `draw_signed`,
`finish_signing`) because the number must be kept before the paper is drawn (NĐ 30/2020 Đ15): the caller
commits after the first and after the last.
"""

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
from app.notices.services.recording import Issued, record_issued
from app.notices.services.signing import Signing, begin_signing, draw_signed, finish_signing

__all__ = [
    "Correction",
    "Details",
    "Issued",
    "RecallPaper",
    "Recalled",
    "Signing",
    "abandon",
    "add_finding",
    "approve",
    "approve_with_changes",
    "ask_correctable",
    "ask_in_force",
    "ask_return",
    "begin_corrigendum",
    "begin_recall",
    "begin_signing",
    "bring_in_line",
    "check_content",
    "check_form",
    "choose_units",
    "correct_by_paper",
    "draft",
    "draw_signed",
    "edit_details",
    "edit_texts",
    "finish_signing",
    "issue",
    "leave_out_finding",
    "reassign",
    "recall_notice",
    "recall_notice_by_paper",
    "recompose",
    "record_issued",
    "refresh_dates",
    "refuse_recall",
    "request_recall",
    "return_back",
    "seal",
    "submit",
    "take_back_signed",
]
