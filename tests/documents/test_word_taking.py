"""Taking an edited .docx back is the same for every paper: what is taken, what asks, what is only told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.documents.content import Bulleted, Heading, HeadingLevel, Item, OfficialDocument, paragraph, plain
from app.documents.kinds import DocumentKind
from app.documents.word import (
    RECIPIENTS,
    RecordText,
    Taking,
    WordRefused,
    marked,
    propose,
    read_as,
    write_docx,
)
from tests.factories import word

WHEN = datetime(2026, 9, 4, 2, 30, tzinfo=UTC)
ABOUT = "paper:9"
PAPER = OfficialDocument(
    kind=DocumentKind.REMINDER_LETTER,
    type_name="Công văn",
    subject="Đôn đốc khắc phục tồn tại, hạn chế",
    issuing_body="Sở Nội vụ",
    blocks=(
        paragraph("Sở Nội vụ đề nghị các đơn vị như sau:", ref="asked"),
        Bulleted((Item(plain("Khắc phục ngay."), ref="asked"), Item(plain("Báo cáo kết quả."), ref="asked"))),
        Heading(HeadingLevel.CLAUSE, "2", "Tổ chức thực hiện"),
        paragraph("Thủ trưởng đơn vị chịu trách nhiệm.", ref="who"),
        paragraph("Sở Nội vụ thông báo để biết, thực hiện.", ref="closing"),
    ),
    recipients=("Các đơn vị", "Lưu: VT"),
)
TEXTS = (
    RecordText("asked", "key-asked", "Mục 1", ("Khắc phục ngay.", "Báo cáo kết quả.")),
    RecordText("who", "key-who", "Mục 2", ("Thủ trưởng đơn vị chịu trách nhiệm.",), single=True),
    RecordText("closing", "key-closing", "Lời kết", ("Sở Nội vụ thông báo để biết, thực hiện.",)),
)


def taken(*changes: word.Change, content: OfficialDocument | None = None) -> Taking:
    prepared = marked(content or PAPER, TEXTS)
    data = word.edited(write_docx(prepared, created_at=WHEN, about=ABOUT), *changes)
    returned = read_as(data, kind=PAPER.kind, about=ABOUT)
    return propose(prepared, returned, TEXTS, figures={})


def test_only_lines_of_the_record_are_marked() -> None:
    assert [getattr(block, "ref", "") for block in marked(PAPER, TEXTS).blocks] == [
        "",
        "",
        "",
        "who",
        "closing",
    ]


def test_a_change_comes_under_the_key_of_the_record_as_the_record_writes_it() -> None:
    taking = taken(
        word.add_line("asked", "Gửi kèm minh chứng", mark="- "),
        word.reword("closing", "để biết", "để các đơn vị biết"),
    )
    assert [proposal.change.where for proposal in taking.proposals] == ["Mục 1", "Lời kết"]
    assert taking.wordings({proposal.name for proposal in taking.proposals}) == (
        ("key-asked", "Khắc phục ngay.\nBáo cáo kết quả.\nGửi kèm minh chứng."),
        ("key-closing", "Sở Nội vụ thông báo để các đơn vị biết, thực hiện."),
    )
    assert taking.wordings(set()) == ()


def test_a_text_that_the_record_does_not_keep_is_only_told() -> None:
    taking = taken(word.add_line(RECIPIENTS, "Báo Đồng Nai.", mark="- "))
    assert taking.proposals == () and taking.told[0].where == "Nơi nhận"


def test_a_single_paragraph_stays_one() -> None:
    (proposal,) = (taking := taken(word.add_line("who", "Không để tái diễn."))).proposals
    assert not proposal.sure
    ((_, text),) = taking.wordings({proposal.name})
    assert text == "Thủ trưởng đơn vị chịu trách nhiệm. Không để tái diễn"


def test_a_choice_belongs_to_one_wording_of_one_state_of_the_record() -> None:
    (first,) = taken(word.reword("who", "đơn vị", "cơ quan")).proposals
    (second,) = taken(word.reword("who", "đơn vị", "các đơn vị")).proposals
    assert first.name != second.name
    newer = (TEXTS[0], replace(TEXTS[1], lines=("Thủ trưởng chịu trách nhiệm.",)), TEXTS[2])
    assert replace(first, text=newer[1]).name != first.name


@pytest.mark.parametrize(
    ("kind", "about"), [(DocumentKind.REMINDER_LETTER, "paper:8"), (DocumentKind.RECALL, ABOUT)]
)
def test_a_file_of_another_paper_or_kind_is_refused(kind: DocumentKind, about: str) -> None:
    with pytest.raises(WordRefused, match="văn bản khác"):
        read_as(write_docx(PAPER, created_at=WHEN, about=ABOUT), kind=kind, about=about)
