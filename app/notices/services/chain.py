"""The chain of duties (NĐ 30/2020 Đ11–12): drafter, content, form, signer. Each act is a step of the slip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.accounts import queries as accounts
from app.audit.freshness import check_version
from app.documents import numbering
from app.documents.canonical import canonical_json, content_hash, from_json
from app.documents.models import DocumentState, IssueWay, NumberState
from app.documents.states import DOCUMENT
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.extensions import db
from app.notices import checks, texts
from app.notices.compose import comparable, compose
from app.notices.models import Notice, NoticeStep
from app.notices.record import Record, gather
from app.notices.services.drafting import PROPOSED, apply_texts, touch
from app.notices.texts import TextChange
from app.policy import Action, Actor, authorise, refusal
from app.vietnamese import count
from app.workflow import advance

CHANGED = (
    "Nội dung hồ sơ đã thay đổi sau khi trình nên bản thảo không còn khớp. "
    "Trả lại để hoàn thiện, kiểm tra rồi trình lại."
)
NOT_THE_SIGNER = (
    "Bản thảo do người có thẩm quyền ký văn bản duyệt (Điều 11 Nghị định số 30/2020/NĐ-CP). "
    "Người ký là {name}."
)
_RETURNS = {
    DocumentState.CONTENT_CHECK: Action.CHECK_CONTENT,
    DocumentState.FORM_CHECK: Action.CHECK_FORM,
    DocumentState.APPROVAL: Action.APPROVE_NOTICE,
    DocumentState.APPROVED: Action.APPROVE_NOTICE,
}


def add_step(notice: Notice, verb: str, actor: Actor, opinion: str = "") -> NoticeStep:
    """Write an act of the slip with the hash of what it was about."""
    step = NoticeStep(
        notice=notice, verb=verb, person=accounts.get_person(actor.person_id), opinion=opinion.strip(),
        content_hash=notice.document.content_hash,
    )  # fmt: skip
    db.session.add(step)
    db.session.flush()
    return step


def ask_ready(notice: Notice, record: Record, *, on: date | None = None, elsewhere: bool = False) -> None:
    """Raises Conflict with every check that stops the notice; `on`, `elsewhere` as in `checks.run`."""
    stopping = checks.refusing(checks.run(notice, record, on=on, elsewhere=elsewhere))
    if stopping:
        text = " ".join(f"{check.text} {check.detail}".strip() for check in stopping[:4])
        more = f" Còn {count(len(stopping) - 4)} chỗ khác." if len(stopping) > 4 else ""
        raise Conflict(f"{text}{more}")


def freeze(notice: Notice, record: Record) -> None:
    """Keep every text as it reads now, the canonical content and its hash."""
    pieces = [piece for piece in texts.pieces_of(notice, record) if piece.item is None]
    proposed = [piece.key for piece in pieces if piece.key not in notice.sections]
    notice.sections = {
        **notice.sections,
        **{piece.key: piece.text for piece in pieces},
        PROPOSED: [*notice.sections.get(PROPOSED, []), *proposed],
        texts.SUMMARY: texts.summary(notice, record),
    }
    content = compose(notice, record)
    notice.document.content = canonical_json(content)
    notice.document.content_hash = content_hash(content)
    db.session.flush()


def thaw(notice: Notice) -> None:
    """Let the record propose again the texts nobody had edited."""
    proposed = {*notice.sections.get(PROPOSED, []), PROPOSED, texts.SUMMARY}
    notice.sections = {key: text for key, text in notice.sections.items() if key not in proposed}


def ask_unchanged(notice: Notice, record: Record | None = None) -> None:
    """Raises Conflict when the record would say something else than what was submitted."""
    content = notice.document.content
    now = compose(notice, record or gather(notice))
    if content is None or content_hash(comparable(now)) != content_hash(comparable(from_json(content))):
        raise Conflict(CHANGED)


def submit(notice: Notice, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """Trình kiểm tra nội dung. Raises Stale, Conflict (a hard check), Forbidden, WrongState."""
    check_version(notice, version)
    document = notice.document
    if document.state is DocumentState.DRAFT and refusal(actor, Action.SUBMIT_NOTICE, notice) is None:
        record = gather(notice)
        ask_ready(notice, record)
        freeze(notice, record)
    advance(document, "submit", DOCUMENT, actor=actor, about=(notice, notice.inspection))
    document.return_reason = None
    add_step(notice, "submit", actor, opinion)


def check_content(notice: Notice, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """The head of the drafting division answers for the content (Đ12.1)."""
    _ask_unchanged_at(notice, DocumentState.CONTENT_CHECK, version)
    advance(notice.document, "check_content", DOCUMENT, actor=actor, about=(notice,))
    notice.document.content_checked_by = actor.person_id
    add_step(notice, "check_content", actor, opinion)


def check_form(notice: Notice, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """Who is charged with it answers for the form (Đ12.2)."""
    _ask_unchanged_at(notice, DocumentState.FORM_CHECK, version)
    advance(notice.document, "check_form", DOCUMENT, actor=actor, about=(notice,))
    notice.document.form_checked_by = actor.person_id
    add_step(notice, "check_form", actor, opinion)


def approve(notice: Notice, *, version: int | None = None, opinion: str = "", actor: Actor) -> None:
    """The signer approves what will be signed (Đ11.1). Raises Forbidden, Conflict, WrongState."""
    _ask_unchanged_at(notice, DocumentState.APPROVAL, version)
    _approve(notice, "approve", opinion, actor)


def approve_with_changes(
    notice: Notice, changes: Sequence[TextChange], *, version: int | None, opinion: str = "", actor: Actor
) -> int:
    """Sửa và duyệt: the signer changes words and approves in one act; the differences stay with the step.

    Returns how many texts changed. Raises Forbidden, Stale, Conflict, WrongState, DomainError at a text.
    """
    document = notice.document
    if document.state is not DocumentState.APPROVAL:
        advance(document, "approve", DOCUMENT, actor=actor)
    _ask_signer(notice, actor)
    check_version(notice, version)
    ask_unchanged(notice)
    changed = apply_texts(notice, changes)
    if not changed:
        raise DomainError("Chưa có chỗ nào được sửa. Chọn Duyệt bản thảo nếu đồng ý nguyên văn.")
    touch(notice)
    record = gather(notice)
    ask_ready(notice, record)
    freeze(notice, record)
    told = [f"{piece.where}: “{_short(piece.text)}” → “{_short(text)}”" for piece, text in changed]
    text = "\n".join([opinion.strip(), f"Sửa {count(len(changed))} chỗ khi duyệt.", *told]).strip()
    _approve(notice, "approve_with_changes", text, actor)
    return len(changed)


def _short(text: str, most: int = 400) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _approve(notice: Notice, verb: str, opinion: str, actor: Actor) -> None:
    document = notice.document
    if document.state is DocumentState.APPROVAL:
        _ask_signer(notice, actor)
    advance(document, "approve", DOCUMENT, actor=actor, about=(notice,))
    document.approved_by = actor.person_id
    document.approved_hash = document.content_hash
    add_step(notice, verb, actor, opinion)


def _ask_signer(notice: Notice, actor: Actor) -> None:
    authorise(actor, Action.APPROVE_NOTICE, notice)
    if actor.person_id != notice.document.signer_id:
        raise Forbidden(NOT_THE_SIGNER.format(name=notice.document.signer_name))


def _ask_unchanged_at(notice: Notice, state: DocumentState, version: int | None) -> None:
    """What was read on the page is what is agreed to: neither the record nor the words moved since."""
    if notice.document.state is state:
        check_version(notice, version)
        ask_unchanged(notice)


def ask_return(notice: Notice, actor: Actor) -> None:
    """Raises WrongState, Forbidden unless `actor` has this in hand and may send it back."""
    action = _RETURNS.get(notice.document.state)
    if action is None:
        advance(notice.document, "return_back", DOCUMENT, actor=actor)
        raise AssertionError("refused above")
    authorise(actor, action, notice)
    if action is Action.APPROVE_NOTICE:
        _ask_signer(notice, actor)


def return_back(notice: Notice, reason: str, *, actor: Actor) -> None:
    """Trả lại để hoàn thiện, by whoever has it in hand, with the reason; a reserved number becomes void.

    Raises WrongState, Forbidden, DomainError (no reason).
    """
    document = notice.document
    ask_return(notice, actor)
    reason = reason.strip()
    if len(reason) < 3:
        raise DomainError("Ghi lý do trả lại, nêu rõ chỗ cần hoàn thiện.", field="opinion")
    number = numbering.live_number(document)
    if number is not None and number.state is NumberState.RESERVED:
        numbering.void(number, f"Trả lại để hoàn thiện: {reason}", actor=actor)
    add_step(notice, "return_back", actor, reason)
    advance(document, "return_back", DOCUMENT, actor=actor, about=(notice,), data={"reason": reason})
    begin_again(notice, reason)


def begin_again(notice: Notice, reason: str) -> None:
    """A draft once more: nobody's check stands, and the record proposes again what nobody had edited."""
    document = notice.document
    document.return_reason = reason
    document.content_checked_by = document.form_checked_by = document.approved_by = None
    document.approved_hash = None
    thaw(notice)
    touch(notice)


def seal(notice: Notice, *, opinion: str = "", actor: Actor) -> None:
    """The clerk signs for the agency; never the signer. Raises Forbidden, WrongState."""
    document = notice.document
    if document.way is IssueWay.RECORDED:
        raise WrongState("Văn bản ban hành qua hệ thống quản lý văn bản. Chọn Ghi nhận văn bản đã ban hành.")
    advance(document, "seal", DOCUMENT, actor=actor, about=(notice,))
    document.sealed_by = actor.person_id
    add_step(notice, "seal", actor, opinion)
