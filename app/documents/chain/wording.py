"""Whose the words are: the drafter's, later the signer's ("Sửa và duyệt"); in the page and in Word alike."""

from __future__ import annotations

from collections.abc import Collection

from app.documents.chain.checking import NOT_THE_SIGNER
from app.documents.chain.course import Carrier, TextChange
from app.documents.models import DocumentState
from app.documents.word import Taking
from app.errors import Forbidden, WrongState
from app.policy import Action, Actor, authorise


def ask_edit(carrier: Carrier, actor: Actor) -> None:
    """Raises Forbidden, WrongState unless `actor` drafts this and it is being drafted."""
    authorise(actor, Action.EDIT_PAPER, carrier)
    if carrier.document.state is not DocumentState.DRAFT:
        raise WrongState("Bản thảo đã trình nên không sửa. Đề nghị trả lại để hoàn thiện trước khi sửa.")


def ask_take_back(carrier: Carrier, actor: Actor) -> None:
    """Raises Forbidden, WrongState unless `actor` may edit the words now: the drafter, later the signer."""
    document = carrier.document
    if document.state is not DocumentState.APPROVAL:
        ask_edit(carrier, actor)
        return
    authorise(actor, Action.APPROVE_PAPER, document)
    if actor.person_id != document.signer_id:
        raise Forbidden(NOT_THE_SIGNER.format(name=document.signer_name))


def may_take_back(carrier: Carrier, actor: Actor) -> bool:
    """The same as a question."""
    try:
        ask_take_back(carrier, actor)
    except (Forbidden, WrongState):
        return False
    return True


def changes_of(taking: Taking, taken: Collection[str]) -> tuple[TextChange, ...]:
    """What is taken from a returned .docx, as the editing services understand it."""
    return tuple(TextChange(key, text) for key, text in taking.wordings(taken))
