"""The one chain of every paper of ours (NĐ 30/2020 Đ11–15): drafter, content, form, signer, seal, issue.

Each act is a step of the slip. The acts flush and never commit. Signing here is three steps
(`begin_signing`, `draw_signed`, `finish_signing`) because the number must be kept before the paper is drawn
(Đ15): the caller commits after the first and after the last.
"""

from app.documents.chain.annexes import ask_annex, draw_annex, keep_annex
from app.documents.chain.checking import (
    approve,
    approve_with_changes,
    ask_return,
    check_content,
    check_form,
    return_back,
    submit,
)
from app.documents.chain.course import (
    Carrier,
    Course,
    Earliest,
    Reworded,
    ShortDate,
    TextChange,
    Words,
    add,
    of,
    on_giving_up,
    on_submit,
)
from app.documents.chain.handing import abandon, reassign, take_back_signed
from app.documents.chain.issuing import Sealed, begin_sealing, draw_sealed, issue, seal
from app.documents.chain.outside import act_due, file_to_sign, give_out, keep_refused, take_in
from app.documents.chain.recording import (
    Issued,
    Place,
    ask_record,
    fact_differences,
    places_of,
    read_file,
    record_issued,
)
from app.documents.chain.signing import (
    Drawn,
    Signing,
    begin_signing,
    draw_ahead,
    draw_signed,
    finish_signing,
    numbered,
    prepare,
)
from app.documents.chain.wording import ask_edit, ask_take_back, changes_of, may_take_back

__all__ = [
    "Carrier",
    "Course",
    "Drawn",
    "Earliest",
    "Issued",
    "Place",
    "Reworded",
    "Sealed",
    "ShortDate",
    "Signing",
    "TextChange",
    "Words",
    "abandon",
    "act_due",
    "add",
    "approve",
    "approve_with_changes",
    "ask_annex",
    "ask_edit",
    "ask_record",
    "ask_return",
    "ask_take_back",
    "begin_sealing",
    "begin_signing",
    "changes_of",
    "check_content",
    "check_form",
    "draw_ahead",
    "draw_annex",
    "draw_sealed",
    "draw_signed",
    "fact_differences",
    "file_to_sign",
    "finish_signing",
    "give_out",
    "issue",
    "keep_annex",
    "keep_refused",
    "may_take_back",
    "numbered",
    "of",
    "on_giving_up",
    "on_submit",
    "places_of",
    "prepare",
    "read_file",
    "reassign",
    "record_issued",
    "return_back",
    "seal",
    "submit",
    "take_back_signed",
    "take_in",
]
