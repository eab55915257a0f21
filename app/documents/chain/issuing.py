"""After the signature: the clerk seals and issues, with everything that follows in one transaction."""

from __future__ import annotations

from app.documents.chain.course import of
from app.documents.chain.steps import add_step, ask_ready, ask_unchanged, lock
from app.documents.models import Document, IssueWay
from app.documents.states import DOCUMENT
from app.errors import WrongState
from app.policy import Actor
from app.workflow import advance

ELSEWHERE = "Văn bản ban hành qua hệ thống quản lý văn bản. Chọn Ghi nhận văn bản đã ban hành."


def seal(document: Document, *, opinion: str = "", actor: Actor) -> None:
    """The clerk signs for the agency; never the signer. Raises Forbidden, WrongState."""
    course = of(document)
    if document.way is IssueWay.RECORDED:
        raise WrongState(ELSEWHERE)
    advance(document, "seal", DOCUMENT, actor=actor, about=course.about)
    document.sealed_by = actor.person_id
    add_step(document, "seal", actor, opinion)


def issue(document: Document, *, actor: Actor) -> None:
    """Issue what was signed and sealed here, with all its effects in this transaction.

    Raises WrongState, Forbidden, Conflict (a hard check, what follows cannot be), DomainError.
    """
    course = of(document)
    lock(course)
    if document.way is IssueWay.RECORDED:
        raise WrongState(ELSEWHERE)
    if any(document.state in transition.sources for transition in DOCUMENT.find("issue")):
        ask_ready(course)
        ask_unchanged(course)
    told = course.effects()
    advance(document, "issue", DOCUMENT, actor=actor, about=(*course.about, *course.case))
    add_step(document, "issue", actor, told)
    course.take_effect(actor)
