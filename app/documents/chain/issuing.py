"""After the signature: the clerk seals and issues, with everything that follows in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from app import clock
from app.documents.chain.course import of
from app.documents.chain.steps import add_step, ask_ready, ask_unchanged, lock
from app.documents.delivery import list_up
from app.documents.models import Document, IssueWay
from app.documents.signatures import acts
from app.documents.signatures.acts import Sealing, Signed
from app.documents.states import DOCUMENT
from app.errors import WrongState
from app.policy import Action, Actor, authorise
from app.workflow import advance


@dataclass(frozen=True)
class Sealed:
    """A paper with the office's seal, and what it was made of."""

    sealing: Sealing
    signed: Signed


ELSEWHERE = {
    IssueWay.RECORDED: "Văn bản ban hành qua hệ thống quản lý văn bản. Chọn Ghi nhận văn bản đã ban hành.",
    IssueWay.PAPER: "Văn bản ban hành bằng bản giấy. Chọn Ghi nhận văn bản đã ban hành.",
}


def begin_sealing(document: Document, *, outside: bool = False, actor: Actor) -> Sealing | None:
    """What the seal needs, read before it is made without a transaction; None without digital signatures.

    `outside`: with a tool of the office's own. Raises Forbidden, WrongState (also: no key on the server),
    Conflict.
    """
    of(document)
    if document.way is not IssueWay.HERE:
        raise WrongState(ELSEWHERE[document.way])
    if not any(document.state in transition.sources for transition in DOCUMENT.find("seal")):
        advance(document, "seal", DOCUMENT, actor=actor)
    authorise(actor, Action.SEAL_PAPER, document)
    sealing = acts.begin_sealing(document)
    if sealing is not None and not outside:
        acts.ask_key(sealing.plan.office)
    return sealing


def draw_sealed(sealing: Sealing | None) -> Sealed | None:
    """The paper with the office's seal; touches no database. Raises DomainError (the key, the check)."""
    if sealing is None:
        return None
    return Sealed(sealing, acts.seal_by_key(sealing, at=clock.now()))


def seal(document: Document, *, opinion: str = "", sealed: Sealed | None = None, actor: Actor) -> None:
    """The clerk signs for the agency; never the signer. Raises Forbidden, WrongState, Conflict.

    `sealed`: made before, without a transaction (`begin_sealing`, `draw_sealed`); else it is made here.
    """
    course = of(document)
    if document.way is not IssueWay.HERE:
        raise WrongState(ELSEWHERE[document.way])
    if sealed is None:
        sealed = draw_sealed(begin_sealing(document, actor=actor))
    if sealed is not None:
        acts.keep_sealed(document, sealed.sealing, sealed.signed, actor=actor)
    advance(document, "seal", DOCUMENT, actor=actor, about=course.about)
    document.sealed_by = actor.person_id
    add_step(document, "seal", actor, opinion)


def issue(document: Document, *, actor: Actor) -> None:
    """Issue what was signed and sealed here, with all its effects in this transaction.

    Raises WrongState, Forbidden, Conflict (a hard check, what follows cannot be), DomainError.
    """
    course = of(document)
    lock(course)
    if document.way is not IssueWay.HERE:
        raise WrongState(ELSEWHERE[document.way])
    if any(document.state in transition.sources for transition in DOCUMENT.find("issue")):
        ask_ready(course)
        ask_unchanged(course)
    told = course.effects()
    advance(document, "issue", DOCUMENT, actor=actor, about=(*course.about, *course.case))
    add_step(document, "issue", actor, told)
    course.take_effect(actor)
    list_up(document)
