"""A composed paper in Word: its texts as they are marked in the file, and who may take an edited one back.

Nothing is written here: what a person takes goes through `papers.reword` in the draft, or through
`chain.approve_with_changes` when the signer edits ("Sửa và duyệt").
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from app.documents import word
from app.documents.content import Article, OfficialDocument
from app.documents.models import Paper
from app.documents.papers.course import PaperCourse
from app.documents.papers.words import words_of
from app.documents.word import RecordText, Returned, Taking
from app.errors import WrongState


def about(paper: Paper) -> str:
    """The key under which a file knows its paper again."""
    return f"paper:{paper.id}"


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
