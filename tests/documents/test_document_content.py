"""Canonical content and the wording that the decree fixes: no PDF needed."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest

from app.documents.canonical import ContentError, canonical_json, content_hash, from_json, from_primitive
from app.documents.content import (
    Article,
    Bulleted,
    Column,
    Heading,
    HeadingLevel,
    Item,
    KeyValue,
    Numbering,
    OfficialDocument,
    Pair,
    Row,
    Run,
    RunField,
    Table,
    WritingSpace,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.rendering import list_drawn, load_sample
from app.documents.wording import (
    attached_line,
    balanced,
    citation_lines,
    date_words,
    mark_of,
    number_line,
    placed,
    recipient_lines,
    title_of,
    with_closing_mark,
)


def document(**changes: object) -> OfficialDocument:
    base = OfficialDocument(DocumentKind.CONCLUSION_NOTICE, "Thông báo", "Kết luận kiểm tra", "Sở Nội vụ")
    return replace(base, **changes)


@pytest.mark.parametrize("kind", list_drawn())
def test_every_sample_comes_back_from_its_canonical_json_unchanged(kind: DocumentKind) -> None:
    sample = load_sample(kind)
    assert sample.kind is kind
    again = from_json(canonical_json(sample))
    assert again == sample and content_hash(again) == content_hash(sample)


def test_the_canonical_form_and_its_hash_are_pinned() -> None:
    made = document(issued_on=date(2026, 9, 4), blocks=(paragraph("Nội dung", ref="finding:12"),))
    text = canonical_json(made)
    assert text.startswith(
        '{"addressees":[],"annexes":[],"authority_line":"","blocks":[{"align":"justify","indent":true'
    )
    assert '"ref":"finding:12"' in text and '"issued_on":"2026-09-04"' in text and "Nội dung" in text
    assert content_hash(made) == "e9892045a11faece2877943848262e1b5998a812872b841e32a02bf6d364e4f7"


def test_typing_a_text_decomposed_or_with_hidden_characters_changes_no_hash() -> None:
    composed = document(subject="Kiểm tra công vụ", recipients=("Lưu: VT, CCHC",))
    typed = document(
        subject="Kie\u0302\u0309m tra\u00a0công\u200b vụ\x00", recipients=("Lu\u031bu: VT, CCHC\ufeff",)
    )
    assert content_hash(typed) == content_hash(composed)
    assert content_hash(document(subject="Kiểm tra công vu")) != content_hash(composed)


def test_every_field_counts_for_the_hash() -> None:
    base = load_sample(DocumentKind.CONCLUSION_NOTICE)
    changes = [
        {"number": 6}, {"symbol": "TB-UBND"}, {"place": "Huế"}, {"issued_on": None}, {"recipients": ()},
        {"landscape": True}, {"annexes": ()}, {"signature": None}, {"blocks": base.blocks[:-1]},
    ]  # fmt: skip
    assert len({content_hash(base), *(content_hash(replace(base, **change)) for change in changes)}) == 10


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({"kind": "minutes"}, "document: type_name, subject, issuing_body missing"),
        ({"colour": 1}, "document: unknown colour"),
        ({"kind": "poem"}, "document.kind"),
        ({"issued_on": "31/12/2026"}, "document.issued_on"),
        ({"number": "5"}, "document.number"),
        ({"number": True}, "document.number"),
        ({"recipients": "Lưu"}, "document.recipients"),
        ({"blocks": [{"type": "Poem"}]}, r"document.blocks\[0\]: unknown block 'Poem'"),
        ({"blocks": ["text"]}, r"document.blocks\[0\]"),
        ({"signature": []}, "document.signature"),
        (
            {"blocks": [{"type": "Table", "columns": [], "rows": []}]},
            r"document.blocks\[0\]: a table needs columns",
        ),
    ],
)
def test_content_of_another_shape_is_refused_with_its_place(raw: dict[str, object], place: str) -> None:
    whole = {"kind": "minutes", "type_name": "Biên bản", "subject": "x", "issuing_body": "Sở", **raw}
    if set(raw) == {"kind"} and raw["kind"] == "minutes":
        whole = raw
    with pytest.raises(ContentError, match=place):
        from_primitive(whole)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema":2}', "not json"])
def test_a_text_that_is_not_a_document_is_refused(text: str) -> None:
    with pytest.raises(ContentError):
        from_json(text)


def test_canonical_json_has_a_schema_and_an_unknown_one_is_refused() -> None:
    raw = json.loads(canonical_json(document()))
    assert raw["schema"] == 1
    with pytest.raises(ContentError, match="schema 1"):
        from_json(json.dumps({**raw, "schema": 2}))


def test_content_cannot_be_changed_and_a_ragged_table_cannot_be_made() -> None:
    with pytest.raises(FrozenInstanceError):
        document().subject = "khác"
    with pytest.raises(ValueError, match="2 cells for 1"):
        Table((Column("STT", 1),), (Row(("1", "2")),))
    with pytest.raises(ValueError, match="2 cells"):
        Table((Column("STT", 1), Column("Nội dung", 1)), (Row(("1", "2"), group=True),))
    with pytest.raises(ValueError, match="wider"):
        Table((Column("STT", 0),), ())


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, "Số: 01/TB-SNV"), (9, "Số: 09/TB-SNV"), (10, "Số: 10/TB-SNV"), (None, "Số:       /TB-SNV")],
)
def test_a_number_below_ten_has_a_zero_and_a_missing_one_leaves_room(number: int | None, shown: str) -> None:
    assert number_line(number, "tb-snv") == shown


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 10), "ngày 10 tháng 12 năm 2026"),
    ],
)
def test_dates_in_words_follow_the_decree(day: date, shown: str) -> None:
    assert date_words(day) == shown
    assert date_words(None, day) == f"ngày       {shown.split(' ', 2)[2]}"
    assert date_words(None).split() == ["ngày", "tháng", "năm"]


def test_citations_end_with_semicolons_and_the_last_with_a_stop_however_they_were_typed() -> None:
    assert citation_lines(["Căn cứ Luật A", "Căn cứ Luật B.", "Theo đề nghị;"]) == (
        "Căn cứ Luật A;",
        "Căn cứ Luật B;",
        "Theo đề nghị.",
    )
    assert citation_lines([]) == ()


def test_recipients_begin_with_a_hyphen_and_end_with_their_marks() -> None:
    assert recipient_lines(["- Như trên;", "Sở Nội vụ (b/c)", "Lưu: VT, CCHC"]) == (
        "- Như trên;",
        "- Sở Nội vụ (b/c);",
        "- Lưu: VT, CCHC.",
    )


def test_points_follow_the_vietnamese_alphabet() -> None:
    marks = [mark_of(Numbering.POINT, n) for n in range(1, 9)]
    assert marks == ["a)", "b)", "c)", "d)", "đ)", "e)", "g)", "h)"]
    assert mark_of(Numbering.CLAUSE, 12) == "12."


@pytest.mark.parametrize(
    ("block", "read"),
    [
        (paragraph("Hết."), lambda b: b.runs[-1].text),
        (paragraph("Hết./."), lambda b: b.runs[-1].text),
        (paragraph("Hết ;"), lambda b: b.runs[-1].text),
        (Article(5, plain("Hết")), lambda b: b.runs[-1].text),
        (Bulleted((Item(plain("Một;")), Item(plain("Hết")))), lambda b: b.items[-1].runs[-1].text),
        (KeyValue((Pair("Một", "Hết"),)), lambda b: b.pairs[-1].value),
    ],
)
def test_a_text_ends_with_the_closing_mark_once(block, read) -> None:
    closed = with_closing_mark(document(blocks=(paragraph("Trước."), block)))
    assert read(closed.blocks[-1]) == "Hết./."
    assert closed.blocks[0] == paragraph("Trước.")
    assert with_closing_mark(closed) == closed


def test_room_to_write_tables_slips_and_extracts_get_no_closing_mark() -> None:
    table = Table((Column("STT", 1),), ())
    for blocks in ((), (WritingSpace(),), (table,), (Heading(HeadingLevel.SECTION, "I", "X"),)):
        assert with_closing_mark(document(blocks=blocks)).blocks == blocks
    for kind in (DocumentKind.SUBMISSION_SLIP, DocumentKind.CONCLUDED_EXTRACT):
        assert with_closing_mark(document(kind=kind, blocks=(paragraph("Hết."),))).blocks == (
            paragraph("Hết."),
        )


def test_a_text_that_ends_in_a_page_count_is_closed_after_it() -> None:
    ends = with_closing_mark(
        document(blocks=(replace(paragraph("gồm "), runs=(Run("", field=RunField.BODY_PAGES),)),))
    )
    assert [run.text for run in ends.blocks[-1].runs] == ["", "./."]


def test_the_annex_line_follows_the_number_and_date_of_its_document() -> None:
    sample = load_sample(DocumentKind.CONCLUSION_NOTICE)
    annex = sample.annexes[0]
    assert attached_line(replace(sample, number=12, issued_on=date(2026, 10, 1)), annex) == (
        "(Kèm theo Thông báo số 12/TB-SNV ngày 01 tháng 10 năm 2026 của Sở Nội vụ)"
    )
    assert attached_line(sample, replace(annex, attached_to="(Kèm theo Văn bản)")) == "(Kèm theo Văn bản)"


def test_the_title_names_type_number_and_subject() -> None:
    assert title_of(document()) == "Thông báo: Kết luận kiểm tra"
    assert title_of(document(number=3, symbol="TB-SNV")) == "Thông báo số 03/TB-SNV: Kết luận kiểm tra"
    assert title_of(document(subject="")) == "Thông báo"


@pytest.mark.parametrize(
    ("text", "width", "size", "lines"),
    [
        (
            "Kết luận kiểm tra công tác cải cách hành chính, công vụ đối với 05 đơn vị năm 2026", 142, 14,
            ("Kết luận kiểm tra công tác cải cách hành chính,", "công vụ đối với 05 đơn vị năm 2026"),
        ),
        (
            "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ LONG PHƯỚC", 67, 12,
            ("TRUNG TÂM PHỤC VỤ", "HÀNH CHÍNH CÔNG", "XÃ LONG PHƯỚC"),
        ),
        (
            "ĐOÀN KIỂM TRA THEO QUYẾT ĐỊNH SỐ 98/QĐ-SNV", 67, 12,
            ("ĐOÀN KIỂM TRA THEO", "QUYẾT ĐỊNH SỐ 98/QĐ-SNV"),
        ),
        ("SỞ NỘI VỤ", 67, 12, ("SỞ NỘI VỤ",)),
        ("Một\nHai", 100, 14, ("Một", "Hai")),
        ("x" * 300, 50, 14, ("x" * 300,)),
        ("", 100, 14, ()),
    ],
)  # fmt: skip
def test_titles_break_where_a_clerk_would(
    text: str, width: float, size: float, lines: tuple[str, ...]
) -> None:
    assert balanced(text, width_mm=width, size_pt=size) == lines


def test_headings_get_tags_that_never_skip_a_step_whatever_levels_are_used() -> None:
    levels = [
        HeadingLevel.CLAUSE,
        HeadingLevel.SECTION,
        HeadingLevel.CLAUSE,
        HeadingLevel.POINT,
        HeadingLevel.PART,
    ]
    blocks = [Heading(level, "1", "Tên") for level in levels]
    assert [place.depth for place in placed(blocks)] == [2, 2, 3, 0, 2]
