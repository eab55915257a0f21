"""The chain of a document (NĐ 30/2020 Đ11–15): content check, form check, approve and sign, seal, issue."""

from __future__ import annotations

from app.documents.models import Document
from app.documents.models import DocumentState as D
from app.policy import Action
from app.workflow import Table, Transition


def has_signer(document: Document) -> str | None:
    """Somebody is named to sign."""
    return None if document.signer_id is not None else "Chọn người ký theo phân công ký văn bản của cơ quan."


def content_is_as_approved(document: Document) -> str | None:
    """A difference after the approval voids it (NĐ 30/2020 Đ11.2)."""
    if document.approved_hash is not None and document.approved_hash == document.content_hash:
        return None
    return "Nội dung đã thay đổi sau khi duyệt. Trình duyệt lại."


def has_number(document: Document) -> str | None:
    """Number, symbol and date are known."""
    if document.number is not None and document.symbol and document.issued_on is not None:
        return None
    return "Văn bản chưa có số, ký hiệu, ngày."


def has_file(document: Document) -> str | None:
    """The bytes that go out are stored."""
    return None if document.file_id is not None and document.sha256 else "Văn bản chưa có tệp."


STATE_KINDS: dict[D, str] = {
    D.DRAFT: "idle", D.CONTENT_CHECK: "wait", D.FORM_CHECK: "wait", D.APPROVAL: "wait", D.APPROVED: "wait",
    D.SIGNED: "wait", D.SEALED: "wait", D.ISSUED: "final", D.CORRECTED: "final", D.REPLACED: "stop",
    D.RECALLED: "stop", D.ABANDONED: "stop", D.VOIDED: "stop",
}  # fmt: skip
"""How the tag of each state looks."""

OVER: dict[D, str] = {D.REPLACED: "đã được thay thế", D.RECALLED: "đã thu hồi"}
"""What is said behind the number of a paper that is not in force any more."""

DOCUMENT = Table(
    name="document",
    transitions=(
        Transition("submit", (D.DRAFT,), D.CONTENT_CHECK, "document_submitted", Action.SUBMIT_PAPER),
        Transition(
            "check_content",
            (D.CONTENT_CHECK,),
            D.FORM_CHECK,
            "document_content_checked",
            Action.CHECK_CONTENT,
        ),
        Transition(
            "check_form",
            (D.FORM_CHECK,),
            D.APPROVAL,
            "document_form_checked",
            Action.CHECK_FORM,
            (has_signer,),
        ),
        Transition("abandon", (D.DRAFT,), D.ABANDONED, "document_abandoned", Action.ABANDON_PAPER),
        Transition("approve", (D.APPROVAL,), D.APPROVED, "document_approved", Action.APPROVE_PAPER),
        Transition(
            "return_back",
            (D.CONTENT_CHECK, D.FORM_CHECK, D.APPROVAL, D.APPROVED),
            D.DRAFT,
            "document_returned",
        ),
        Transition(
            "sign",
            (D.APPROVED,),
            D.SIGNED,
            "document_signed",
            Action.SIGN_PAPER,
            (content_is_as_approved, has_number, has_file),
        ),
        Transition(
            "take_back", (D.SIGNED, D.SEALED), D.DRAFT, "document_taken_back", Action.TAKE_BACK_SIGNED
        ),
        Transition("seal", (D.SIGNED,), D.SEALED, "document_sealed", Action.SEAL_PAPER),
        Transition(
            "issue", (D.SEALED,), D.ISSUED, "document_issued", Action.ISSUE_PAPER, (has_number, has_file)
        ),
        Transition(
            "record_issued",
            (D.DRAFT, D.CONTENT_CHECK, D.FORM_CHECK, D.APPROVAL, D.APPROVED),
            D.ISSUED,
            "document_issue_recorded",
            Action.RECORD_ISSUED,
            (has_number,),
        ),
        Transition("correct", (D.ISSUED,), D.CORRECTED, "document_corrected"),
        Transition("replace", (D.ISSUED, D.CORRECTED), D.REPLACED, "document_replaced"),
        Transition("recall", (D.ISSUED, D.CORRECTED), D.RECALLED, "document_recalled"),
        Transition("void", (D.ISSUED,), D.VOIDED, "document_voided"),
    ),
    labels={
        D.DRAFT: "Đang soạn",
        D.CONTENT_CHECK: "Đã trình, chờ kiểm tra nội dung",
        D.FORM_CHECK: "Chờ kiểm tra thể thức",
        D.APPROVAL: "Chờ duyệt",
        D.APPROVED: "Đã duyệt, chờ ký",
        D.SIGNED: "Đã ký, chờ đóng dấu",
        D.SEALED: "Đã đóng dấu, chờ ban hành",
        D.ISSUED: "Đã ban hành",
        D.CORRECTED: "Đã đính chính",
        D.REPLACED: "Đã được thay thế",
        D.RECALLED: "Đã thu hồi",
        D.ABANDONED: "Đã bỏ dự thảo",
        D.VOIDED: "Đã hủy ghi nhận",
    },
)
