"""The duties before the signature (NĐ 30/2020 Đ11–12): drafter, content, form, signer."""

from __future__ import annotations

from collections.abc import Sequence

from app import clock
from app.audit.freshness import check_version
from app.documents import numbering
from app.documents.authority import ask_entitled
from app.documents.chain.course import Course, TextChange, of, tell_submitted
from app.documents.chain.steps import add_step, ask_ready, ask_unchanged, begin_again, freeze, keep_version
from app.documents.models import Document, DocumentState, NumberState
from app.documents.states import DOCUMENT
from app.errors import DomainError, Forbidden
from app.policy import Action, Actor, authorise, refusal
from app.vietnamese import count
from app.workflow import advance

NOT_THE_SIGNER = (
    "Bản thảo do người có thẩm quyền ký văn bản duyệt (Điều 11 Nghị định số 30/2020/NĐ-CP). "
    "Người ký là {name}."
)
_RETURNS = {
    DocumentState.CONTENT_CHECK: Action.CHECK_CONTENT,
    DocumentState.FORM_CHECK: Action.CHECK_FORM,
    DocumentState.APPROVAL: Action.APPROVE_PAPER,
    DocumentState.APPROVED: Action.APPROVE_PAPER,
}


def submit(document: Document, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """Trình kiểm tra nội dung. Raises Stale, Conflict (a hard check), Forbidden, WrongState."""
    course = of(document)
    check_version(course.carrier, version)
    if document.state is DocumentState.DRAFT and refusal(actor, Action.SUBMIT_PAPER, document) is None:
        ask_ready(course)
        freeze(course)
        ask_entitled(document, course.compose(), clock.today())
    advance(document, "submit", DOCUMENT, actor=actor, about=(*course.about, *course.case))
    document.return_reason = None
    keep_version(add_step(document, "submit", actor, opinion))
    tell_submitted(document, actor)


def check_content(document: Document, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """The head of the drafting division answers for the content (Đ12.1)."""
    course = of(document)
    _ask_unchanged_at(course, DocumentState.CONTENT_CHECK, version)
    advance(document, "check_content", DOCUMENT, actor=actor, about=course.about)
    document.content_checked_by = actor.person_id
    add_step(document, "check_content", actor, opinion)


def check_form(document: Document, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """Who is charged with it answers for the form (Đ12.2)."""
    course = of(document)
    _ask_unchanged_at(course, DocumentState.FORM_CHECK, version)
    advance(document, "check_form", DOCUMENT, actor=actor, about=course.about)
    document.form_checked_by = actor.person_id
    add_step(document, "check_form", actor, opinion)


def approve(document: Document, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """The signer approves what will be signed (Đ11.1). Raises Forbidden, Conflict, WrongState."""
    course = of(document)
    _ask_unchanged_at(course, DocumentState.APPROVAL, version)
    _approve(course, "approve", opinion, actor)


def approve_with_changes(
    document: Document,
    changes: Sequence[TextChange],
    *,
    version: int | None,
    opinion: str = "",
    redate: bool = False,
    actor: Actor,
) -> int:
    """Sửa và duyệt: the signer changes words and approves in one act; the differences stay with the step.

    `redate`: the dates that the wait has made short are shifted together. Returns how many places changed.
    Raises Forbidden, Stale, Conflict, WrongState, DomainError at a text.
    """
    course = of(document)
    if document.state is not DocumentState.APPROVAL:
        advance(document, "approve", DOCUMENT, actor=actor)
    _ask_signer(document, actor)
    check_version(course.carrier, version)
    ask_unchanged(course)
    changed = [*course.reword(changes), *(course.redate() if redate else ())]
    if not changed:
        raise DomainError("Chưa có chỗ nào được sửa. Chọn Duyệt bản thảo nếu đồng ý nguyên văn.")
    course.touch()
    ask_ready(course)
    freeze(course)
    told = [f"{one.where}: “{_short(one.before)}” → “{_short(one.after)}”" for one in changed]
    text = "\n".join([opinion.strip(), f"Sửa {count(len(changed))} chỗ khi duyệt.", *told]).strip()
    _approve(course, "approve_with_changes", text, actor)
    return len(changed)


def _short(text: str, most: int = 400) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _approve(course: Course, verb: str, opinion: str, actor: Actor) -> None:
    document = course.document
    if document.state is DocumentState.APPROVAL:
        _ask_signer(document, actor)
        ask_entitled(document, course.compose(), clock.today())
    advance(document, "approve", DOCUMENT, actor=actor, about=course.about)
    document.approved_by = actor.person_id
    document.approved_hash = document.content_hash
    keep_version(add_step(document, verb, actor, opinion))


def _ask_signer(document: Document, actor: Actor) -> None:
    authorise(actor, Action.APPROVE_PAPER, document)
    if actor.person_id != document.signer_id:
        raise Forbidden(NOT_THE_SIGNER.format(name=document.signer_name))


def _ask_unchanged_at(course: Course, state: DocumentState, version: int | None) -> None:
    """What was read on the page is what is agreed to: neither the record nor the words moved since."""
    if course.document.state is state:
        check_version(course.carrier, version)
        ask_unchanged(course)


def ask_return(document: Document, actor: Actor) -> None:
    """Raises WrongState, Forbidden unless `actor` has this in hand and may send it back."""
    action = _RETURNS.get(document.state)
    if action is None:
        advance(document, "return_back", DOCUMENT, actor=actor)
        raise AssertionError("refused above")
    authorise(actor, action, document)
    if action is Action.APPROVE_PAPER:
        _ask_signer(document, actor)


def return_back(document: Document, reason: str, *, actor: Actor) -> None:
    """Trả lại để hoàn thiện, by whoever has it in hand, with the reason; a reserved number becomes void.

    Raises WrongState, Forbidden, DomainError (no reason).
    """
    course = of(document)
    ask_return(document, actor)
    reason = reason.strip()
    if len(reason) < 3:
        raise DomainError("Ghi lý do trả lại, nêu rõ chỗ cần hoàn thiện.", field="opinion")
    number = numbering.live_number(document)
    if number is not None and number.state is NumberState.RESERVED:
        numbering.void(number, f"Trả lại để hoàn thiện: {reason}", actor=actor)
    keep_version(add_step(document, "return_back", actor, reason))
    advance(document, "return_back", DOCUMENT, actor=actor, about=course.about, data={"reason": reason})
    begin_again(course, reason)
