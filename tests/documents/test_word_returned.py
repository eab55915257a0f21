"""What comes back from Word: the very same texts when nobody edited, and each edit as what it is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.documents.content import (
    Article,
    Block,
    Bulleted,
    Column,
    Heading,
    HeadingLevel,
    Item,
    Numbered,
    Numbering,
    OfficialDocument,
    Paragraph,
    Row,
    Run,
    Table,
    clean_text,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.rendering import list_drawn, load_sample
from app.documents.word import Comparison, Doubt, compare, read_docx, write_docx
from tests.factories import word
from tests.factories.word import w

WHEN = datetime(2026, 9, 4, 2, 30, tzinfo=UTC)
FIGURES = {"finding:12": ("(45/3.468 hồ sơ, chiếm 1,30%)",)}


def a_paper(*blocks: Block, **more: object) -> OfficialDocument:
    made = OfficialDocument(
        kind=DocumentKind.CONCLUSION_NOTICE,
        type_name="Thông báo",
        subject="Kết luận kiểm tra công tác cải cách hành chính",
        issuing_body="Sở Nội vụ",
        symbol="TB-SNV",
        place="Đồng Nai",
        blocks=blocks,
        recipients=("UBND xã Long Phước", "Lưu: VT, CCHC"),
    )
    return replace(made, **more)


def notice() -> OfficialDocument:
    return a_paper(
        paragraph("Thực hiện Quyết định số 98/QĐ-SNV, Sở Nội vụ kết luận như sau:", ref="opening"),
        Heading(HeadingLevel.SECTION, "I", "Tồn tại, hạn chế"),
        Numbered(
            (
                Item(plain("Hồ sơ còn quá hạn (45/3.468 hồ sơ, chiếm 1,30%)."), ref="finding:12"),
                Item(plain("Niêm yết thủ tục hành chính chưa đầy đủ."), ref="finding:13"),
            )
        ),
        Heading(HeadingLevel.SECTION, "II", "Đề nghị"),
        Numbered(
            (
                Item(plain("Khắc phục đúng thời hạn;"), ref="requests"),
                Item(plain("Kiểm điểm, rút kinh nghiệm;"), ref="requests"),
                Item(plain("Báo cáo kết quả."), ref="requests"),
            ),
            Numbering.POINT,
        ),
        Table((Column("STT", 10), Column("Nội dung", 50)), (Row(("1", "Rà soát quy trình")),)),
        paragraph("Trên đây là kết luận kiểm tra, để đơn vị biết, thực hiện.", ref="closing"),
    )


def written(content: OfficialDocument | None = None) -> bytes:
    return write_docx(content or notice(), created_at=WHEN, about="notice:7", figures=FIGURES)


def compared(*changes: word.Change, content: OfficialDocument | None = None) -> Comparison:
    """What the file says otherwise after `changes`, held against `content` (what it was made from)."""
    return compare(content or notice(), read_docx(word.edited(written(), *changes)), figures=FIGURES)


LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệÁĐƯ 0123456789.,;:()-–%/\"'&<>“”…+•"
words = st.text(LETTERS, min_size=1, max_size=40).map(clean_text).filter(lambda text: text.strip() != "")
lines = st.lists(words, min_size=1, max_size=2).map("\n".join)
refs = st.sampled_from(["", "opening", "closing", "finding:1", "finding:2", "strengths-3"])
runs = st.lists(st.builds(Run, lines, st.booleans(), st.booleans()), min_size=1, max_size=3).map(tuple)
items = st.lists(st.builds(Item, runs, refs), min_size=1, max_size=4).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, runs, ref=refs),
    st.builds(Numbered, items, st.sampled_from(list(Numbering)), st.integers(1, 40)),
    st.builds(Bulleted, items),
    st.builds(Article, st.integers(1, 12), runs, st.sampled_from(["", "Phạm vi"]), refs),
    st.builds(Heading, st.sampled_from(list(HeadingLevel)), st.just("1"), words, refs),
)


def told(content: OfficialDocument) -> dict[str, tuple[str, ...]]:
    """The texts of a document as its own docstring says: pieces with the same ref, a line each."""
    found: dict[str, tuple[str, ...]] = {}
    for block in content.blocks:
        parts: list[Paragraph | Item | Article] = []
        if isinstance(block, Paragraph | Article):
            parts = [block]
        elif isinstance(block, Numbered | Bulleted):
            parts = list(block.items)
        for part in parts:
            if part.ref:
                line = "".join(run.text for run in part.runs)
                found[part.ref] = (*found.get(part.ref, ()), line)
    return found


@given(st.lists(blocks, min_size=1, max_size=6))
def test_what_nobody_edited_comes_back_word_for_word(made: list[Block]) -> None:
    content = a_paper(*made, paragraph("Hết."), recipients=())
    returned = read_docx(write_docx(content, created_at=WHEN))
    assert returned.texts == told(content)
    assert returned.origin.made_from == content
    assert compare(content, returned).changes == ()


@given(st.lists(blocks, min_size=1, max_size=4))
def test_what_word_does_to_a_file_when_it_saves_it_is_no_edit(made: list[Block]) -> None:
    content = a_paper(*made, paragraph("Hết."))
    saved = word.edited(write_docx(content, created_at=WHEN), word.as_word_saves)
    found = compare(content, read_docx(saved))
    assert (found.changes, found.frames, found.tracked, found.older) == ((), (), 0, False)


@pytest.mark.parametrize("kind", list_drawn())
def test_an_untouched_file_of_every_kind_differs_in_nothing(kind: DocumentKind) -> None:
    content = load_sample(kind)
    saved = word.edited(write_docx(content, created_at=WHEN), word.as_word_saves)
    found = compare(content, read_docx(saved))
    assert found == replace(found, changes=(), frames=(), comments=(), tracked=0, remarks=(), older=False)


def test_a_reworded_finding_is_one_change_told_word_by_word() -> None:
    found = compared(word.reword("finding:13", "chưa đầy đủ", "còn thiếu 17 thủ tục"), word.as_word_saves)
    (change,) = found.changes
    assert (change.ref, change.where, change.doubts) == ("finding:13", "Mục I, mục 2", ())
    assert change.before == ("Niêm yết thủ tục hành chính chưa đầy đủ.",)
    assert change.after == change.words == ("Niêm yết thủ tục hành chính còn thiếu 17 thủ tục.",)
    assert "".join(part.text for part in change.diff if part.kind != "new") == change.before[0]
    assert "".join(part.text for part in change.diff if part.kind != "gone") == change.after[0]
    assert [part.text for part in change.diff if part.kind == "gone"]
    assert found.frames == () and not found.older


def test_the_figures_of_the_record_are_no_words() -> None:
    (change,) = compared(word.reword("finding:12", "Hồ sơ còn", "Hồ sơ giải quyết còn")).changes
    assert change.after == ("Hồ sơ giải quyết còn quá hạn (45/3.468 hồ sơ, chiếm 1,30%).",)
    assert change.words == ("Hồ sơ giải quyết còn quá hạn.",)


def test_a_figure_written_over_is_told_and_not_taken() -> None:
    found = compared(word.reword("finding:12", "45/3.468", "5/3.468"))
    assert found.changes == ()
    (frame,) = found.frames
    assert (frame.before, frame.after) == (
        "(45/3.468 hồ sơ, chiếm 1,30%)",
        "(5/3.468 hồ sơ, chiếm 1,30%)",
    )


def test_a_line_that_was_added_to_a_list_is_part_of_its_text() -> None:
    (change,) = compared(word.add_line("requests", "Tổ chức tập huấn.", mark="d) ")).changes
    assert change.ref == "requests" and change.doubts == ()
    assert change.words[-1] == "Tổ chức tập huấn." and len(change.words) == 4


def test_a_list_that_word_began_to_number_by_itself_keeps_its_words() -> None:
    def numbered(root: etree._Element) -> None:
        for line in word.control(root, "requests").iter(w("p")):
            text = word.texts(line)[0]
            text.getparent().getparent().remove(text.getparent())
            number = etree.SubElement(line.find(w("pPr")), w("numPr"))
            etree.SubElement(number, w("numId")).set(w("val"), "3")

    assert compared(numbered).changes == ()


def test_how_entries_end_is_layout_and_no_edit() -> None:
    assert compared(word.reword("requests", "thời hạn;", "thời hạn")).changes == ()
    assert compared(word.reword("closing", "thực hiện./.", "thực hiện.")).changes == ()


def test_tracked_changes_are_read_as_accepted_and_told() -> None:
    found = compared(word.track("opening", "kết luận", "thông báo"))
    assert found.tracked == 2
    (change,) = found.changes
    assert change.after[0].endswith("Sở Nội vụ thông báo như sau:")


def test_a_paragraph_joined_with_tracking_is_one_line() -> None:
    def joined(root: etree._Element) -> None:
        first = next(word.control(root, "requests").iter(w("p")))
        marks = etree.SubElement(first.find(w("pPr")), w("rPr"))
        etree.SubElement(marks, w("del")).set(w("id"), "9")

    (change,) = compared(joined).changes
    assert len(change.words) == 2 and change.words[0].startswith("Khắc phục đúng thời hạn;b) Kiểm điểm")


def test_a_text_that_was_emptied_asks() -> None:
    (change,) = compared(word.empty_control("finding:13")).changes
    assert (change.words, change.doubts) == ((), (Doubt.EMPTIED,))


def test_a_control_that_was_deleted_with_its_text_asks() -> None:
    (change,) = compared(word.drop_control("finding:13")).changes
    assert (change.words, change.doubts) == ((), (Doubt.REMOVED,))


def test_a_text_that_lost_its_control_is_found_by_what_it_says() -> None:
    assert compared(word.drop_control("finding:13", keep_text=True)).changes == ()
    found = compared(
        word.reword("finding:13", "chưa đầy đủ", "chưa kịp thời"),
        word.drop_control("finding:13", keep_text=True),
    )
    (change,) = found.changes
    assert change.doubts == (Doubt.FOUND,)
    assert change.words == ("Niêm yết thủ tục hành chính chưa kịp thời.",)


def test_a_control_that_was_copied_asks() -> None:
    (change,) = compared(word.double_control("finding:13")).changes
    assert change.doubts == (Doubt.DOUBLED,) and len(change.words) == 2


def test_a_wholly_other_wording_asks() -> None:
    (change,) = compared(
        word.reword("finding:13", "Niêm yết thủ tục hành chính chưa đầy đủ", "Xe công dùng sai mục đích")
    ).changes
    assert change.doubts == (Doubt.FAR,)


def test_what_was_typed_beside_the_texts_is_told_after_which_one_it_stands() -> None:
    found = compared(
        word.add_beside("requests", "Gửi báo cáo bằng văn bản."), word.add_beside("closing", "Hết.")
    )
    assert [(change.key, change.added) for change in found.changes] == [
        ("requests+", ("Gửi báo cáo bằng văn bản.",)),
        ("closing+", ("Hết.",)),
    ]
    assert all(change.doubts == (Doubt.BESIDE,) for change in found.changes)


def test_headings_number_and_tables_are_told_and_not_taken() -> None:
    def typed(root: etree._Element) -> None:
        for text in root.iter(w("t")):
            text.text = (
                (text.text or "")
                .replace("TỒN TẠI, HẠN CHẾ", "HẠN CHẾ")
                .replace("      /TB-SNV", "45/TB-SNV")
                .replace("Rà soát quy trình", "Rà soát")
            )

    found = compared(typed)
    assert found.changes == ()
    assert [(frame.before, frame.after) for frame in found.frames] == [
        ("Số: /TB-SNV", "Số: 45/TB-SNV"),
        ("I. TỒN TẠI, HẠN CHẾ", "I. HẠN CHẾ"),
        ("1 | Rà soát quy trình", "1 | Rà soát"),
    ]


def test_a_table_that_lost_its_lock_is_told_once_and_is_no_new_text() -> None:
    found = compared(word.drop_control("table:1", keep_text=True))
    assert found.changes == () and [frame.where for frame in found.frames] == ["Bảng 1"]


def test_an_edit_of_an_older_state_is_told_from_that_state() -> None:
    newer = replace(
        notice(),
        blocks=(
            paragraph("Thực hiện Quyết định số 98/QĐ-SNV, xin kết luận:", ref="opening"),
            *notice().blocks[1:],
        ),
    )
    found = compared(word.reword("finding:13", "chưa đầy đủ", "còn thiếu"), content=newer)
    assert found.older and found.known
    (change,) = found.changes  # the opening was edited here and not in Word: it stays as it is here
    assert (change.ref, change.doubts) == ("finding:13", ())


def test_a_text_that_both_edited_asks_and_shows_all_three() -> None:
    newer = replace(
        notice(),
        blocks=(
            paragraph("Thực hiện Quyết định số 98/QĐ-SNV, xin kết luận:", ref="opening"),
            *notice().blocks[1:],
        ),
    )
    (change,) = compared(word.reword("opening", "kết luận", "thông báo"), content=newer).changes
    assert change.doubts == (Doubt.MOVED,)
    assert change.before[0].endswith("xin kết luận:")
    assert change.made_from[0].endswith("Sở Nội vụ kết luận như sau:")
    assert change.after[0].endswith("Sở Nội vụ thông báo như sau:")


def test_a_text_that_the_record_no_longer_has_is_told() -> None:
    newer = replace(notice(), blocks=notice().blocks[1:])
    found = compared(word.reword("opening", "kết luận", "thông báo"), content=newer)
    assert found.changes == () and found.frames[0].after.endswith("thông báo như sau:")


def test_a_file_that_lost_what_it_was_made_from_makes_every_difference_a_doubt() -> None:
    edited = word.edited(written(), word.reword("finding:13", "chưa đầy đủ", "còn thiếu"))
    kept = read_docx(word.without(edited, "customXml/item1.xml"))
    assert kept.origin.about == "notice:7" and kept.origin.made_from is None
    assert compare(notice(), kept, figures=FIGURES).changes[0].doubts == ()  # the hash is still there
    bare = read_docx(word.without(edited, "customXml/item1.xml", "docProps/custom.xml"))
    found = compare(notice(), bare, figures=FIGURES)
    assert (found.older, found.known) == (True, False)
    assert [change.doubts for change in found.changes] == [(Doubt.MOVED,)]


def test_content_that_was_changed_in_the_file_is_not_believed() -> None:
    parts = word.parts_of(written())
    parts["customXml/item1.xml"] = parts["customXml/item1.xml"].replace("đầy đủ".encode(), "tốt".encode())
    assert read_docx(word.packed(parts)).origin.made_from is None


def test_the_month_in_which_a_draft_is_looked_at_makes_no_file_older() -> None:
    later = replace(notice(), expected_on=date(2026, 11, 2))
    returned = read_docx(written(replace(notice(), expected_on=date(2026, 9, 2))))
    assert not compare(later, returned, figures=FIGURES).older


def test_comments_pictures_and_notes_are_told() -> None:
    def drawn(root: etree._Element) -> None:
        run = next(word.control(root, "finding:13").iter(w("r")))
        etree.SubElement(run, w("drawing"))
        start = etree.Element(w("commentRangeStart"))
        start.set(w("id"), "0")
        run.addprevious(start)

    parts = word.parts_of(word.edited(written(), drawn))
    parts["word/comments.xml"] = (
        f'<w:comments xmlns:w="{word.W}"><w:comment w:id="0"><w:p><w:r><w:t>Xem lại căn cứ</w:t></w:r></w:p>'
        "</w:comment></w:comments>"
    ).encode()
    parts["word/footnotes.xml"] = (
        f'<w:footnotes xmlns:w="{word.W}"><w:footnote w:type="separator" w:id="-1"/>'
        '<w:footnote w:id="1"/></w:footnotes>'
    ).encode()
    found = compare(notice(), read_docx(word.packed(parts)), figures=FIGURES)
    assert [(comment.text, comment.ref) for comment in found.comments] == [("Xem lại căn cứ", "finding:13")]
    assert found.remarks == ("hình, hộp văn bản", "chú thích cuối trang")
    assert found.changes == ()


def test_letters_typed_apart_from_their_marks_are_composed() -> None:
    found = compared(word.reword("opening", "kết luận", "ke\u0302\u0301t lua\u0323\u0302n rõ"))
    assert "kết luận rõ" in found.changes[0].after[0]


def test_texts_of_one_ref_in_two_places_are_one_text() -> None:
    content = a_paper(
        paragraph("Một.", ref="a"), Heading(HeadingLevel.SECTION, "I", "Giữa"), paragraph("Hai.", ref="a"),
        paragraph("Hết."),
    )  # fmt: skip
    returned = read_docx(write_docx(content, created_at=WHEN))
    assert returned.texts["a"] == ("Một.", "Hai.")
    assert len(list(itertools.chain(returned.controls))) == 3  # and Nơi nhận
