"""Phiếu trình: the sheet that goes up with a draft, with everybody's opinion on it."""

from __future__ import annotations

from datetime import date

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import PLACE_NAME
from app.documents.content import (
    Heading,
    HeadingLevel,
    KeyValue,
    OfficialDocument,
    Opinion,
    Pair,
    SignatureBlock,
    paragraph,
)
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentStep

ACTS: dict[str, str] = {
    "submit": "Trình",
    "check_content": "Kiểm tra nội dung",
    "check_form": "Kiểm tra thể thức",
    "approve": "Duyệt",
    "approve_with_changes": "Sửa và duyệt",
    "return_back": "Trả lại để hoàn thiện",
    "sign": "Ký",
    "seal": "Đóng dấu",
    "take_back_signed": "Hủy bản đã ký",
    "abandon": "Bỏ dự thảo",
    "issue": "Ban hành",
    "record_issued": "Ghi nhận văn bản đã ban hành",
}
_BOXES = (
    ("Ý kiến kiểm tra nội dung", ("check_content",)),
    ("Ý kiến kiểm tra thể thức", ("check_form",)),
    ("Ý kiến của người ký", ("approve", "approve_with_changes")),
)


def compose_slip(
    document: Document, *, type_name: str, told: str, office: str, division: str
) -> OfficialDocument:
    """The slip as it stands now; boxes without an opinion leave room to write.

    `told`: the summary; `office` above `division` in the head.
    """
    drafter = document.drafter
    begun = clock.local(document.created_at).date()
    post = drafter.post_on(clock.today()) if drafter is not None else ""
    pairs = [
        Pair("Người soạn thảo", ", ".join(p for p in (drafter.name if drafter else "", post) if p)),
        Pair("Văn bản trình", f"Dự thảo {type_name}"),
    ]
    about = f"{document.subject[0].lower()}{document.subject[1:]}"
    return OfficialDocument(
        kind=DocumentKind.SUBMISSION_SLIP,
        type_name="Phiếu trình",
        subject=f"Về việc ban hành {type_name} {about}",
        governing_body=office,
        issuing_body=division,
        place=deadlines.setting(PLACE_NAME),
        issued_on=_first_day(document) or begun,
        addressees=(f"{document.signer_title} {document.signer_name}".strip() or "Người ký văn bản",),
        blocks=(
            KeyValue(tuple(pairs)),
            Heading(HeadingLevel.CLAUSE, "1", "Tóm tắt nội dung"),
            paragraph(told),
            Heading(HeadingLevel.CLAUSE, "2", "Đề xuất"),
            paragraph(f"Đề nghị {document.signer_title or 'lãnh đạo'} xem xét, ký ban hành."),
        ),
        signature=SignatureBlock(posts=("Người trình",), name=drafter.name if drafter else ""),
        opinions=tuple(_box(document, heading, verbs) for heading, verbs in _BOXES),
    )


def _first_day(document: Document) -> date | None:
    step = next((step for step in document.steps if step.verb == "submit"), None)
    return clock.local(step.at).date() if step is not None else None


def _box(document: Document, heading: str, verbs: tuple[str, ...]) -> Opinion:
    step: DocumentStep | None = next((s for s in reversed(document.steps) if s.verb in verbs), None)
    last_return = next((s for s in reversed(document.steps) if s.verb == "return_back"), None)
    if step is None or (last_return is not None and last_return.id > step.id):
        return Opinion(heading)
    return Opinion(heading, step.opinion or "Đồng ý.", step.person.name, clock.local(step.at).date())
