"""A paper that does not go its way: another drafter, given up, taken back after signing."""

from __future__ import annotations

from app.accounts import queries as accounts
from app.audit import services as audit
from app.audit.freshness import check_version
from app.documents import numbering
from app.documents.chain.course import of
from app.documents.chain.steps import add_step, ask_reason, begin_again, lock
from app.documents.models import Document, DocumentState
from app.documents.states import DOCUMENT
from app.errors import DomainError, WrongState
from app.policy import Action, Actor, authorise
from app.workflow import advance


def reassign(
    document: Document, person_id: int | None, reason: str, *, version: int | None, actor: Actor
) -> None:
    """Giao người soạn khác, while it is a draft. Raises Forbidden, WrongState, Stale, DomainError."""
    course = of(document)
    authorise(actor, Action.REASSIGN_PAPER, document)
    check_version(course.carrier, version)
    if document.state is not DocumentState.DRAFT:
        raise WrongState("Bản thảo đã trình. Đề nghị trả lại để hoàn thiện trước khi giao người soạn khác.")
    if person_id not in {person.id for person in course.drafters()}:
        raise DomainError("Chọn người soạn trong danh sách; người ký không soạn.", field="drafter_id")
    reason = ask_reason(reason)
    assert person_id is not None
    before = document.drafter.name if document.drafter is not None else ""
    document.drafter = accounts.get_person(person_id)
    document.drafter_id = person_id
    course.touch()
    told = f"{before} → {document.drafter.name}: {reason}".removeprefix(" → ")
    audit.record("document_reassigned", *course.about, document, actor=actor, data={"reason": told})


def abandon(document: Document, reason: str, *, version: int | None, actor: Actor) -> None:
    """Bỏ dự thảo. Raises Forbidden, WrongState, Stale, DomainError (no reason)."""
    course = of(document)
    check_version(course.carrier, version)
    if document.state is DocumentState.DRAFT:
        authorise(actor, Action.ABANDON_PAPER, document)
        reason = ask_reason(reason)
        add_step(document, "abandon", actor, reason)
    advance(
        document, "abandon", DOCUMENT, actor=actor, about=(*course.about, *course.case),
        data={"reason": reason},
    )  # fmt: skip
    course.touch()


def take_back_signed(document: Document, reason: str, *, version: int | None, actor: Actor) -> None:
    """Hủy bản đã ký, before it is issued: its number is void with the reason, the draft begins again.

    Raises Forbidden, WrongState, Stale, DomainError (no reason).
    """
    course = of(document)
    lock(course)
    check_version(course.carrier, version)
    shown, sha256 = document.number_and_symbol, document.sha256
    number = numbering.live_number(document)
    if any(document.state in transition.sources for transition in DOCUMENT.find("take_back")):
        authorise(actor, Action.TAKE_BACK_SIGNED, document)
        reason = ask_reason(reason)
        if number is not None:
            numbering.take_back(number, f"Hủy bản đã ký: {reason}", actor=actor)
        add_step(document, "take_back_signed", actor, f"Số {shown}: {reason}")
    advance(
        document, "take_back", DOCUMENT, actor=actor, about=(*course.about, *course.case),
        data={"reason": f"Số {shown}: {reason}", "sha256": sha256},
    )  # fmt: skip
    document.number = document.issued_on = document.issue_year = None
    document.file, document.file_id, document.sha256 = None, None, None
    document.signed_by = document.signed_at = document.sealed_by = None
    begin_again(course, f"Hủy bản đã ký số {shown}: {reason}")
