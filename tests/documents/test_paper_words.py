"""Words that people may change in a composed paper, and two versions word by word: pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.documents.comparing import Change, compare, words
from app.documents.content import (
    Annex,
    Article,
    Block,
    Bulleted,
    Heading,
    HeadingLevel,
    Item,
    Numbered,
    OfficialDocument,
    Paragraph,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.papers.words import PROPOSED, reworded, words_of

ITEMS = (Item(plain("một"), ref="points"), Item(plain("hai"), ref="points"), Item(plain("ba")))
CONTENT = OfficialDocument(
    kind=DocumentKind.REMINDER_LETTER,
    type_name="Công văn",
    subject="Đôn đốc",
    issuing_body="Sở Nội vụ",
    blocks=(
        paragraph("Mở đầu một.", ref="opening"),
        paragraph("Mở đầu hai.", ref="opening"),
        Heading(HeadingLevel.SECTION, "II", "Nội dung"),
        Numbered(ITEMS),
        Paragraph(plain("Đậm.", bold=True), ref="bold"),
        Article(3, plain("Hiệu lực."), ref="effect"),
    ),
    annexes=(Annex("Danh sách", (paragraph("Ghi chú.", ref="note"),)),),
)


def lines_of(content: OfficialDocument) -> list[str]:
    made = []
    for block in (*content.blocks, *(b for annex in content.annexes for b in annex.blocks)):
        parts = block.items if isinstance(block, Numbered | Bulleted) else (block,)
        made += ["".join(run.text for run in getattr(part, "runs", ())) for part in parts]
    return [line for line in made if line]


def test_neighbours_with_one_ref_are_one_text_a_line_each() -> None:
    assert [(one.ref, one.where, one.text) for one in words_of(CONTENT)] == [
        ("opening", "Mở đầu", "Mở đầu một.\nMở đầu hai."),
        ("points", "Mục II", "một\nhai"),
        ("bold", "Mục II, đoạn 2", "Đậm."),
        ("effect", "Điều 3", "Hiệu lực."),
        ("note", "Phụ lục", "Ghi chú."),
    ]


@pytest.mark.parametrize(
    ("ref", "typed", "gone", "come"),
    [
        ("opening", "Chỉ một đoạn.", ["Mở đầu một.", "Mở đầu hai."], ["Chỉ một đoạn."]),
        ("points", "a\nb\nc", ["một", "hai"], ["a", "b", "c"]),
        ("points", "", ["một", "hai"], []),
        ("effect", "Một.\nHai.", ["Hiệu lực."], ["Một. Hai."]),
        ("note", "Khác.", ["Ghi chú."], ["Khác."]),
    ],
)
def test_other_lines_stand_in_their_place(ref: str, typed: str, gone: list[str], come: list[str]) -> None:
    before = lines_of(CONTENT)
    at = before.index(gone[0])
    wanted = [*before[:at], *come, *before[at + len(gone) :]]
    assert lines_of(reworded(CONTENT, {ref: typed})) == wanted


def test_a_reworded_text_looks_as_it_did_and_nothing_else_moves() -> None:
    (bold,) = [b for b in reworded(CONTENT, {"bold": "Vẫn đậm."}).blocks if getattr(b, "ref", "") == "bold"]
    assert isinstance(bold, Paragraph) and bold.runs == plain("Vẫn đậm.", bold=True)
    assert reworded(CONTENT, {}) is CONTENT
    assert reworded(CONTENT, {PROPOSED: "opening"}) is CONTENT
    assert reworded(CONTENT, {one.ref: one.text for one in words_of(CONTENT)}) == CONTENT


def test_a_list_that_has_nothing_left_goes() -> None:
    only = replace(CONTENT, blocks=(Bulleted(ITEMS[:2]), paragraph("Còn lại.")), annexes=())
    assert lines_of(reworded(only, {"points": ""})) == ["Còn lại."]


def test_words_that_went_and_came_are_told_apart() -> None:
    told = [(run.change, run.text.strip()) for run in words("Báo cáo trước ngày 05", "Báo cáo trong ngày 06")]
    assert told == [
        (Change.SAME, "Báo cáo"),
        (Change.OUT, "trước"),
        (Change.IN, "trong"),
        (Change.SAME, "ngày"),
        (Change.OUT, "05"),
        (Change.IN, "06"),
    ]


def test_versions_differ_where_their_texts_do() -> None:
    assert compare(CONTENT, CONTENT) == ()
    later = reworded(CONTENT, {"points": "một\nhai\nba rưỡi", "effect": "Hiệu lực ngay."})
    changed = compare(CONTENT, later)
    assert [(one.where, [run.change for run in one.runs]) for one in changed] == [
        ("Mục II", [Change.IN]),
        ("Điều 3", [Change.SAME, Change.OUT, Change.IN]),
    ]
    (gone, *_) = compare(later, CONTENT)
    assert [run.change for run in gone.runs] == [Change.OUT]


def test_an_item_is_placed_by_the_heading_above_it_not_by_the_next() -> None:
    def section(number: str, item: str) -> tuple[Block, ...]:
        items = (Item(plain(f"Nội dung {item}"), ref=item),)
        return Heading(HeadingLevel.SECTION, number, f"Mục {number}"), Bulleted(items)

    content = OfficialDocument(
        DocumentKind.TEAM_REPORT, "Báo cáo", "Kết quả kiểm tra", "Sở Nội vụ",
        blocks=(paragraph("Mở đầu", ref="opening"), *section("I", "first"), *section("II", "second")),
    )  # fmt: skip
    assert [(one.where, one.ref) for one in words_of(content)] == [
        ("Mở đầu", "opening"), ("Mục I", "first"), ("Mục II", "second"),
    ]  # fmt: skip
