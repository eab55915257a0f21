"""A composed paper in Word: out, edited, and back, by its drafter or its signer."""

from __future__ import annotations

import io

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain
from app.documents.models import DocumentState, Paper
from app.documents.papers import PaperCourse, returning
from app.documents.word import read_docx
from app.errors import Forbidden, WrongState
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, word
from tests.factories import papers as made

WORD = "Quyết định đã sửa.docx"


def out(paper: Paper) -> bytes:
    return returning.write(paper, on=clock.today(), created_at=clock.now())


def some_ref(paper: Paper) -> str:
    return PaperCourse(paper).words()[0].ref


def edit(paper: Paper, words: str = "thêm lời này") -> word.Change:
    """One more phrase in the first text."""
    first = PaperCourse(paper).words()[0].lines[0].split()[0]
    return word.reword(some_ref(paper), first, f"{first} {words}")


def text_of(paper: Paper, ref: str) -> str:
    return next(words.text for words in PaperCourse(paper).words() if words.ref == ref)


def test_every_text_that_may_be_reworded_is_marked(session: Session) -> None:
    paper = made.drafted()
    returned = read_docx(out(paper))
    assert returned.origin.about == f"paper:{paper.id}"
    for words in PaperCourse(paper).words():
        assert len(returned.texts[words.ref]) == len(words.lines)
    taking = returning.take_back(paper, returned, on=clock.today())
    assert (taking.proposals, taking.told) == ((), ())


def test_the_drafter_takes_the_edited_file_back(client: Browser, session: Session) -> None:
    paper = made.drafted()
    ref = some_ref(paper)
    client.sign_in(cast.PLANNER).get(f"/papers/{paper.id}")
    links = {a.text: a["href"] for a in client.page.select("#preview ~ p a")}
    data = client.get(links["Tải Word"]).data
    client.get(links["Nhận lại bản Word đã sửa"])
    client.submit(expect=422)
    client.submit(data={"file": (io.BytesIO(b"%PDF-1.7"), WORD)}, expect=422)
    assert "là PDF, không phải tệp Word" in client.text
    client.submit(data={"file": (io.BytesIO(word.edited(data, edit(paper))), WORD)})
    client.follow()
    assert "thêm lời này" in client.page.select_one("ins").text  # type: ignore[union-attr]
    client.submit()
    client.follow()
    assert "Đã nhận 01 chỗ sửa từ bản Word." in client.text
    session.expire_all()
    assert "thêm lời này" in text_of(session.get_one(Paper, paper.id), ref)


def test_the_signers_edits_become_sua_va_duyet(client: Browser, session: Session) -> None:
    paper = made.checked()
    client.sign_in(cast.LEADER).get(f"/papers/{paper.id}/word/back")
    client.submit(data={"file": (io.BytesIO(word.edited(out(paper), edit(paper))), WORD)})
    client.follow()
    client.submit(data={"opinion": "Rõ hơn."})
    client.follow()
    session.expire_all()
    paper = session.get_one(Paper, paper.id)
    assert paper.document.state is DocumentState.APPROVED
    assert "thêm lời này" in (paper.document.content or "")


def test_an_edit_here_meanwhile_asks_and_loses_nothing(client: Browser, session: Session) -> None:
    paper = made.drafted()
    data = word.edited(out(paper), edit(paper))
    client.sign_in(cast.PLANNER).get(f"/papers/{paper.id}/word/back")
    client.submit(data={"file": (io.BytesIO(data), WORD)})
    client.follow()
    page = client.path
    from app.documents import papers

    change = chain.TextChange(some_ref(paper), "Câu chữ khác hẳn, được sửa trên trang.")
    papers.reword(paper, [change], version=None, actor=cast.actor(cast.PLANNER))
    session.commit()
    client.submit(expect=422)
    assert "Bản Word được lập từ một bản cũ hơn" in client.text
    (name,) = {str(radio["name"]) for radio in client.page.select("main input[type=radio]")}
    client.submit(data={name: "keep"}, expect=422)
    assert "Chưa chọn nhận chỗ sửa nào." in client.text
    client.sign_in(cast.LEADER).get(page, expect=404)


def test_only_the_drafter_and_then_the_signer_take_words_back(session: Session) -> None:
    paper = made.checked()
    assert chain.may_take_back(paper, cast.actor(cast.LEADER))
    assert not chain.may_take_back(paper, cast.actor(cast.PLANNER))
    with pytest.raises(Forbidden):
        chain.ask_take_back(paper, cast.actor(cast.CLERK))
    chain.approve(paper.document, actor=cast.actor(cast.LEADER))
    with pytest.raises(WrongState):
        chain.ask_take_back(paper, cast.actor(cast.PLANNER))


def test_a_signed_paper_has_no_word_file_and_a_pdf_is_no_word_file(client: Browser, session: Session) -> None:
    paper = made.signed()
    pdf = documents.stored()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/papers/{paper.id}/word", expect=409)
    client.get(f"/papers/{paper.id}/word/{pdf.id}", expect=404)
