"""The .docx has the layout of NĐ 30/2020 Phụ lục I, told from its XML alone."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import docx
import pytest
from lxml import etree

from app.documents.content import (
    Align,
    Annex,
    Column,
    Item,
    Numbered,
    OfficialDocument,
    Row,
    Table,
    Urgency,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.layout import LayoutRules
from app.documents.rendering import list_drawn, load_sample
from app.documents.word import read_docx, write_docx
from tests.factories.word import parts_of, root_of, w

WHEN = datetime(2026, 9, 4, 2, 30, tzinfo=UTC)
NOTICE = DocumentKind.CONCLUSION_NOTICE
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens spacing ind contextualSpacing mirrorIndents jc textDirection textAlignment "
    "outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike color spacing w kern position sz szCs highlight "
    "u effect bdr shd vertAlign lang",
    "tblPr": "tblStyle tblpPr tblOverlap tblW jc tblCellSpacing tblInd tblBorders shd tblLayout "
    "tblCellMar tblLook",
    "tcPr": "cnfStyle tcW gridSpan vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign",
    "sdtPr": "rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding",
    "sectPr": "headerReference footerReference type pgSz pgMar pgBorders pgNumType cols vAlign "
    "titlePg docGrid",
    "tblBorders": "top left bottom right insideH insideV",
    "tbl": "tblPr tblGrid tr",
    "sdt": "sdtPr sdtContent",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol "
    "listSeparator",
}
"""Children in the order of ISO/IEC 29500-1: Word calls a file damaged that has them otherwise."""


def mm(value: str | None) -> float:
    assert value is not None
    return round(int(value) / 1440 * 25.4, 1)


def notice(**changes: object) -> bytes:
    return write_docx(replace(load_sample(NOTICE), **changes), created_at=WHEN)


def paragraph(root: etree._Element, text: str) -> etree._Element:
    """The one paragraph that reads so."""
    found = [p for p in root.iter(w("p")) if "".join(t.text or "" for t in p.iter(w("t"))) == text]
    assert len(found) == 1, f"{text!r} stands {len(found)} times"
    return found[0]


def look(root: etree._Element, text: str) -> tuple[float, bool, bool, str]:
    """Size in points, bold, italic and alignment of a paragraph."""
    found = paragraph(root, text)
    properties = found.find(f"{w('r')}/{w('rPr')}")
    size = properties.find(w("sz")) if properties is not None else None
    jc = found.find(f"{w('pPr')}/{w('jc')}")
    return (
        int(size.get(w("val"))) / 2 if size is not None else 14.0,
        properties is not None and properties.find(w("b")) is not None,
        properties is not None and properties.find(w("i")) is not None,
        jc.get(w("val")) if jc is not None else "",
    )


@pytest.mark.parametrize("kind", list_drawn())
def test_every_kind_that_is_drawn_is_written_and_opens_again(kind: DocumentKind) -> None:
    content = load_sample(kind)
    data = write_docx(content, created_at=WHEN, about="paper:1")
    opened = docx.Document(io.BytesIO(data))
    assert opened.core_properties.language == "vi-VN"
    assert len(opened.sections) == 1 + len(content.annexes)
    back = read_docx(data)
    assert back.origin.kind == kind.value and back.origin.about == "paper:1"
    assert back.origin.made_from == content
    said = " ".join(paragraph.text for paragraph in back.loose).casefold()
    assert content.issuing_body.split()[0].casefold() in said


@pytest.mark.parametrize("kind", list_drawn())
def test_children_stand_in_the_order_that_word_asks_for(kind: DocumentKind) -> None:
    data = write_docx(replace(load_sample(kind), urgency=Urgency.HOA_TOC), created_at=WHEN)
    for name, part in parts_of(data).items():
        if not name.startswith("word/") or not name.endswith(".xml"):
            continue
        for element in etree.fromstring(part).iter():
            order = ORDER.get(etree.QName(element).localname, "").split()
            places = [order.index(etree.QName(child).localname) for child in element] if order else []
            assert places == sorted(places), f"{name}: {etree.tostring(element)[:300]!r}"


@pytest.mark.parametrize("kind", list_drawn())
def test_cells_end_in_a_paragraph_and_controls_have_ids_of_their_own(kind: DocumentKind) -> None:
    root = root_of(write_docx(load_sample(kind), created_at=WHEN))
    for cell in root.iter(w("tc")):
        assert cell[-1].tag == w("p")
    for table in root.iter(w("tbl")):
        columns = len(table.findall(f"{w('tblGrid')}/{w('gridCol')}"))
        for row in table.findall(w("tr")):
            spans = [int(s.get(w("val"))) for s in row.iterfind(f"{w('tc')}/{w('tcPr')}/{w('gridSpan')}")]
            assert len(row.findall(w("tc"))) - len(spans) + sum(spans) == columns
    ids = [one.get(w("val")) for one in root.iter(w("id"))]
    assert len(ids) == len(set(ids))


def test_the_page_is_a4_with_the_margins_of_the_decree() -> None:
    section = next(root_of(notice()).iter(w("sectPr")))
    size, margin = section.find(w("pgSz")), section.find(w("pgMar"))
    assert (mm(size.get(w("w"))), mm(size.get(w("h")))) == (210, 297)
    assert [mm(margin.get(w(side))) for side in ("top", "bottom", "left", "right")] == [20, 20, 30, 15]


def test_an_office_moves_the_margins_within_the_decree() -> None:
    data = write_docx(load_sample(NOTICE), created_at=WHEN, layout=LayoutRules(margin_left=35, margin_top=25))
    margin = next(root_of(data).iter(w("pgMar")))
    assert (mm(margin.get(w("left"))), mm(margin.get(w("top")))) == (35, 25)


def test_type_is_times_new_roman_fourteen_in_vietnamese() -> None:
    defaults = root_of(notice(), "word/styles.xml").find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
    assert set(defaults.find(w("rFonts")).attrib.values()) == {"Times New Roman"}
    assert defaults.find(w("sz")).get(w("val")) == "28"
    assert defaults.find(w("lang")).get(w("val")) == "vi-VN"
    assert defaults.find(w("color")).get(w("val")) == "000000"


def test_every_component_has_its_size_weight_and_style() -> None:
    content = load_sample(NOTICE)
    root = root_of(notice(number=5, symbol="TB-SNV", issued_on=date(2026, 2, 4), place="Đồng Nai"))
    assert look(root, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") == (12, True, False, "center")
    assert look(root, "Độc lập - Tự do - Hạnh phúc") == (13, True, False, "center")
    assert look(root, content.issuing_body.upper()) == (12, True, False, "center")
    assert look(root, (content.governing_body or "").upper()) == (12, False, False, "center")
    assert look(root, "Số: 05/TB-SNV") == (13, False, False, "center")
    assert look(root, "Đồng Nai, ngày 04 tháng 02 năm 2026") == (13, False, True, "center")
    assert look(root, content.type_name.upper()) == (14, True, False, "center")
    assert look(root, "Nơi nhận:") == (12, True, True, "")
    assert content.signature is not None
    assert look(root, content.signature.name) == (14, True, False, "center")
    assert look(root, content.signature.posts[-1].upper()) == (14, True, False, "center")
    last = f"- {content.recipients[-1].rstrip('.')}."
    assert look(root, last) == (11, False, False, "")


def test_the_text_is_justified_indented_and_spaced() -> None:
    root = root_of(notice())
    control = next(root.iter(w("sdtContent")))
    properties = next(control.iter(w("pPr")))
    assert properties.find(w("jc")).get(w("val")) == "both"
    assert mm(properties.find(w("ind")).get(w("firstLine"))) == 12.7
    spacing = properties.find(w("spacing"))
    assert spacing.get(w("before")) == "120" and spacing.get(w("lineRule")) == "auto"
    assert 240 <= int(spacing.get(w("line"))) <= 360


def test_the_rules_are_drawn_as_lines_and_nothing_is_underlined() -> None:
    root = root_of(notice())
    assert not list(root.iter(w("u")))
    rules = [p for p in root.iter(w("p")) if p.find(f"{w('pPr')}/{w('pBdr')}/{w('top')}") is not None]
    assert len(rules) == 3
    lengths = []
    for rule, width in zip(rules, (67.65, 97.35, 165), strict=True):
        ind = rule.find(f"{w('pPr')}/{w('ind')}")
        lengths.append(width - mm(ind.get(w("left"))) - mm(ind.get(w("right"))))
    name, motto, subject = lengths
    # measured in Liberation Serif Bold: the name of the body 5.17 em of 12 pt, the motto 12.24 em of 13 pt
    assert 1 / 3 <= name / (5.17 * 12 * 25.4 / 72) <= 1 / 2
    assert motto == pytest.approx(12.24 * 13 * 25.4 / 72, abs=0.5)
    assert 20 <= subject <= 80


def test_the_number_of_the_page_stands_in_the_middle_of_the_top_margin_from_page_two() -> None:
    data = notice()
    header = root_of(data, "word/header1.xml")
    assert "PAGE" in "".join(i.text or "" for i in header.iter(w("instrText")))
    assert {size.get(w("val")) for size in header.iter(w("sz"))} == {"28"}
    assert next(header.iter(w("jc"))).get(w("val")) == "center"
    sections = list(root_of(data).iter(w("sectPr")))
    assert len(sections) == 1 + len(load_sample(NOTICE).annexes)
    for section in sections:
        assert section.find(w("titlePg")) is not None
        assert [r.get(w("type")) for r in section.findall(w("headerReference"))] == ["default"]
        assert section.find(w("pgNumType")).get(w("start")) == "1"
        margin = section.find(w("pgMar"))
        assert int(margin.get(w("header"))) < int(margin.get(w("top")))


def test_an_annex_lies_on_its_side_with_pages_of_its_own() -> None:
    wide = Annex("Nội dung khắc phục", (a_table(3),), landscape=True)
    sections = list(root_of(notice(annexes=(wide,))).iter(w("sectPr")))
    first, second = (section.find(w("pgSz")) for section in sections)
    assert first.get(w("orient")) is None and second.get(w("orient")) == "landscape"
    assert (mm(second.get(w("w"))), mm(second.get(w("h")))) == (297, 210)


def a_table(rows: int) -> Table:
    columns = (Column("STT", 10, Align.CENTER), Column("Nội dung", 90), Column("Thời hạn", 30, Align.CENTER))
    return Table(columns, tuple(Row((str(n), f"Nội dung số {n}", "30/9/2026")) for n in range(1, rows + 1)))


def test_a_table_repeats_its_head_and_the_row_of_numbers_and_tears_no_row() -> None:
    root = root_of(notice(annexes=(Annex("Bảng", (a_table(40),)),)))
    table = list(root.iter(w("tbl")))[-1]
    rows = table.findall(w("tr"))
    heads = [row for row in rows if row.find(f"{w('trPr')}/{w('tblHeader')}") is not None]
    assert heads == rows[:2] and len(rows) == 42
    assert ["".join(t.text for t in cell.iter(w("t"))) for cell in rows[1].findall(w("tc"))] == [
        "(1)",
        "(2)",
        "(3)",
    ]
    assert all(row.find(f"{w('trPr')}/{w('cantSplit')}") is not None for row in rows)
    borders = table.find(f"{w('tblPr')}/{w('tblBorders')}")
    assert {side.get(w("val")) for side in borders} == {"single"}
    lock = table.getparent().getparent().find(f"{w('sdtPr')}/{w('lock')}")
    assert lock.get(w("val")) == "sdtContentLocked"


def test_header_and_closing_are_tables_without_lines_and_the_closing_is_not_torn() -> None:
    root = root_of(notice())
    tables = [t for t in root.iter(w("tbl")) if t.getparent().tag == w("body")]
    header, closing = tables[0], tables[1]
    for table in (header, closing):
        assert {side.get(w("val")) for side in table.find(f"{w('tblPr')}/{w('tblBorders')}")} == {"nil"}
        assert len(table.findall(f"{w('tblGrid')}/{w('gridCol')}")) == 2
    (row,) = closing.findall(w("tr"))
    assert row.find(f"{w('trPr')}/{w('cantSplit')}") is not None
    before = closing.getprevious()
    assert before.find(f"{w('pPr')}/{w('keepNext')}") is not None
    last = list(before.getprevious().iter(w("p")))[-1]
    assert last.find(f"{w('pPr')}/{w('keepNext')}") is not None


def test_the_text_ends_with_the_closing_mark() -> None:
    root = root_of(notice())
    assert sum("./." in (t.text or "") for t in root.iter(w("t"))) == 1


def test_the_urgency_stamp_is_a_red_box_of_its_size() -> None:
    root = root_of(notice(urgency=Urgency.THUONG_KHAN))
    text = paragraph(root, "THƯỢNG KHẨN")
    assert text.find(f"{w('r')}/{w('rPr')}/{w('color')}").get(w("val")) == "C00000"
    box = next(text.iterancestors(w("tbl")))
    assert mm(box.find(f"{w('tblGrid')}/{w('gridCol')}").get(w("w"))) == 40
    height = box.find(f"{w('tr')}/{w('trPr')}/{w('trHeight')}")
    assert (mm(height.get(w("val"))), height.get(w("hRule"))) == (8, "exact")


def test_a_letter_has_what_it_is_about_under_its_number_and_no_type_name() -> None:
    content = load_sample(DocumentKind.ANNOUNCEMENT)
    root = root_of(write_docx(content, created_at=WHEN))
    found = [p for p in root.iter(w("p")) if "".join(t.text or "" for t in p.iter(w("t"))).startswith("V/v ")]
    assert len(found) == 1
    assert found[0].find(f"{w('r')}/{w('rPr')}/{w('sz')}").get(w("val")) == "24"
    assert next(found[0].iterancestors(w("tc"))) is not None
    assert content.type_name.upper() not in [
        "".join(t.text or "" for t in p.iter(w("t"))) for p in root.iter(w("p"))
    ]


def test_the_articles_of_a_decision_are_bold() -> None:
    content = load_sample(DocumentKind.DECISION)
    root = root_of(write_docx(content, created_at=WHEN))
    marks = [t for t in root.iter(w("t")) if (t.text or "").startswith("Điều 1.")]
    assert marks and marks[0].getparent().find(f"{w('rPr')}/{w('b')}") is not None


def test_the_minutes_have_their_foot_and_three_places_to_sign() -> None:
    data = write_docx(load_sample(DocumentKind.MINUTES), created_at=WHEN)
    foot = "".join(t.text or "" for t in root_of(data, "word/footer1.xml").iter(w("t")))
    assert foot.startswith("Ký nháy từng trang")
    instructions = "".join(i.text or "" for i in root_of(data).iter(w("instrText")))
    assert 'SECTIONPAGES \\# "00"' in instructions


def test_the_same_paper_has_the_same_bytes_and_tells_of_no_person() -> None:
    content = load_sample(NOTICE)
    data = notice()
    assert data == notice()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = docx.Document(io.BytesIO(data)).core_properties
    assert core.author == core.last_modified_by == content.issuing_body
    assert content.subject.split()[0] in core.title


def test_a_naive_instant_and_a_ref_that_word_refuses_are_errors() -> None:
    with pytest.raises(ValueError, match="aware"):
        write_docx(load_sample(NOTICE), created_at=datetime(2026, 1, 1))
    long: OfficialDocument = replace(
        load_sample(NOTICE), blocks=(Numbered((Item(plain("x"), ref="r" * 65),)),)
    )
    with pytest.raises(ValueError, match="64"):
        write_docx(long, created_at=WHEN)


def test_a_paper_set_smaller_stays_within_the_decree() -> None:
    root = root_of(write_docx(load_sample(DocumentKind.CONCLUDED_EXTRACT), created_at=WHEN))
    styled = [p for p in root.iter(w("p")) if p.find(f"{w('pPr')}/{w('pStyle')}") is not None]
    body = [p for p in styled if p.find(f"{w('pPr')}/{w('pStyle')}").get(w("val")) == "KLVanBan"]
    assert {s.get(w("val")) for p in body for s in p.iter(w("sz"))} == {"26"}
    assert {p.find(f"{w('pPr')}/{w('spacing')}").get(w("before")) for p in body} == {"120"}
