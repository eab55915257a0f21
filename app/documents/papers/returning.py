"""A composed paper in Word: its texts as they are marked in the file, and who may take an edited one back.

Nothing is written here: what a person takes goes through `papers.reword` in the draft, or through
`chain.approve_with_changes` when the signer edits ("Sửa và duyệt").
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from app.documents import word
from app.documents.chain import TextChange
from app.documents.chain.checking import NOT_THE_SIGNER
from app.documents.content import Article, OfficialDocument
from app.documents.models import DocumentState, Paper
from app.documents.papers.course import PaperCourse
from app.documents.papers.words import words_of
from app.documents.papers.writing import ask_edit
from app.documents.word import RecordText, Returned, Taking
from app.errors import Forbidden, WrongState
from app.policy import Action, Actor, authorise


def about(paper: Paper) -> str:
    """The key under which a file knows its paper again."""
    return f"paper:{paper.id}"


def ask_take_back(paper: Paper, actor: Actor) -> None:
    """Raises Forbidden, WrongState unless `actor` may edit the words now: the drafter, later the signer."""
    document = paper.document
    if document.state is not DocumentState.APPROVAL:
        ask_edit(paper, actor)
        return
    authorise(actor, Action.APPROVE_PAPER, document)
    if actor.person_id != document.signer_id:
        raise Forbidden(NOT_THE_SIGNER.format(name=document.signer_name))


def may_take_back(paper: Paper, actor: Actor) -> bool:
    """The same as a question."""
    try:
        ask_take_back(paper, actor)
    except (Forbidden, WrongState):
        return False
    return True


def write(paper: Paper, *, on: date, created_at: datetime) -> bytes:
    """The paper as .docx, as it reads now. Raises WrongState once it is signed: the PDF is the paper."""
    if paper.document.file is not None:
        raise WrongState("Văn bản đã ký nên không còn bản Word. Tải tệp PDF của văn bản.")
    content = prepared(paper, on=on)
    places = {text.ref: text.where for text in record_texts(content)}
    return word.write_docx(content, created_at=created_at, about=about(paper), places=places)


def prepared(paper: Paper, *, on: date) -> OfficialDocument:
    """The paper as it is composed, in the month of `on`."""
    return replace(PaperCourse(paper).compose(), expected_on=on)


def record_texts(content: OfficialDocument) -> tuple[RecordText, ...]:
    """The texts that may be reworded; an article is one paragraph."""
    single = {block.ref for block in content.blocks if isinstance(block, Article)}
    return tuple(
        RecordText(words.ref, words.ref, words.where, words.lines, single=words.ref in single)
        for words in words_of(content)
    )


def read(paper: Paper, data: bytes) -> Returned:
    """Read an uploaded file as this paper's. Raises WordRefused (damaged, locked, another paper's)."""
    return word.read_as(data, kind=paper.document.kind, about=about(paper))


def take_back(paper: Paper, returned: Returned, *, on: date) -> Taking:
    """What the file words otherwise, each beside its text of the paper."""
    content = prepared(paper, on=on)
    return word.propose(content, returned, record_texts(content), figures={})


def changes(taking: Taking, taken: Collection[str]) -> tuple[TextChange, ...]:
    """What is taken, as the editing services understand it."""
    return tuple(TextChange(key, text) for key, text in taking.wordings(taken))
