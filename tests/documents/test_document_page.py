"""Every component of a page against NĐ 30/2020/NĐ-CP Phụ lục I, measured in the finished PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.documents.content import Urgency
from app.documents.kinds import DocumentKind
from app.documents.layout import LEGAL_RANGES, LayoutRules
from app.documents.rendering import list_drawn, load_sample
from tests.documents.paper import MM, WHEN, Page, draw, notice, pages
from tests.drawing import draw_once

REGULAR, BOLD = "Liberation-Serif", "Liberation-Serif-Bold"
ITALIC, BOLD_ITALIC = "Liberation-Serif-Italic", "Liberation-Serif-Bold-Italic"


@pytest.fixture(scope="module")
def sheets() -> tuple[Page, ...]:
    return draw(notice())[1]


@pytest.fixture(scope="module")
def decision() -> tuple[Page, ...]:
    return draw(load_sample(DocumentKind.DECISION))[1]


@pytest.mark.parametrize("kind", list_drawn())
def test_every_page_is_a4_and_text_stays_inside_the_margins(kind: DocumentKind) -> None:
    for page in draw(load_sample(kind))[1]:
        assert sorted((round(page.width / MM), round(page.height / MM))) == [210, 297]
        running = [
            line for line in page.lines if line.top > 20 * MM - 2 and line.bottom < page.height - 20 * MM + 2
        ]
        assert min(line.left for line in running) >= 30 * MM - 0.5
        assert max(line.right for line in running) <= page.width - 15 * MM + 1  # kerned pairs drift a little
        outside = [line.text for line in page.lines if line not in running]
        assert all(text.strip().isdigit() or text.startswith("Ký nháy") for text in outside)


@pytest.mark.parametrize(
    ("text", "size", "font"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, BOLD),
        ("Độc lập - Tự do - Hạnh phúc", 13, BOLD),
        ("UBND THÀNH PHỐ ĐỒNG NAI", 12, REGULAR),
        ("SỞ NỘI VỤ", 12, BOLD),
        ("Số: 05/TB-SNV", 13, REGULAR),
        ("Đồng Nai, ngày 04 tháng 9 năm 2026", 13, ITALIC),
        ("THÔNG BÁO", 14, BOLD),
        ("Kết luận kiểm tra công tác", 14, BOLD),
        ("Thực hiện Kế hoạch số 15/KH-SNV", 14, REGULAR),
        ("I. ƯU ĐIỂM", 14, BOLD),
        ("1. Chỉ đạo, điều hành", 14, BOLD),
        ("a) Chỉ đạo khắc phục", 14, REGULAR),
    ],
)
def test_first_page_components_have_the_size_and_style_of_the_decree(
    sheets: tuple[Page, ...], text: str, size: float, font: str
) -> None:
    line = sheets[0].line(text)
    assert (line.sizes, line.fonts) == ({size}, {font})


@pytest.mark.parametrize(
    ("text", "size", "font"),
    [
        ("KT. GIÁM ĐỐC", 14, BOLD),
        ("PHÓ GIÁM ĐỐC", 14, BOLD),
        ("Trần Văn Thử", 14, BOLD),
        ("Nơi nhận:", 12, BOLD_ITALIC),
        ("- UBND thành phố (để báo cáo);", 11, REGULAR),
        ("- Lưu: VT, CCHC.", 11, REGULAR),
    ],
)
def test_the_closing_has_the_size_and_style_of_the_decree(
    sheets: tuple[Page, ...], text: str, size: float, font: str
) -> None:
    line = next(line for line in sheets[1].lines if line.text.strip() == text)
    assert (line.sizes, line.fonts) == ({size}, {font})


def test_the_header_has_two_columns_and_number_and_date_share_a_line(sheets: tuple[Page, ...]) -> None:
    page = sheets[0]
    number, day = page.line("Số: 05/TB-SNV"), page.line("Đồng Nai, ngày")
    assert abs(number.bottom - day.bottom) < 0.5
    assert abs(number.middle - page.line("SỞ NỘI VỤ").middle) < 1
    assert abs(day.middle - page.line("CỘNG HÒA XÃ HỘI").middle) < 1
    assert page.line("UBND THÀNH PHỐ").right < page.line("CỘNG HÒA XÃ HỘI").left
    assert abs(page.line("UBND THÀNH PHỐ").top - page.line("CỘNG HÒA XÃ HỘI").top) < 1.5


def test_the_rule_of_the_motto_is_as_long_as_the_motto(sheets: tuple[Page, ...]) -> None:
    motto = sheets[0].line("Độc lập - Tự do")
    assert sheets[0].rule_below(motto).width == pytest.approx(motto.width, abs=1.5)


@pytest.mark.parametrize(
    "body",
    [
        "Sở Nội vụ",
        "Trung tâm Phục vụ hành chính công xã Long Phước",
        "Ban Chỉ đạo cải cách hành chính, chuyển đổi số và cải thiện môi trường đầu tư, kinh doanh",
    ],
)
def test_rules_under_body_name_and_subject_are_a_third_to_a_half_of_the_text(body: str) -> None:
    page = draw(notice(issuing_body=body))[1][0]
    for first, last, stop in (
        (body.split()[0].upper(), body.split()[-1].upper(), "Số:"),
        ("Kết luận", "2026", "Thực hiện"),
    ):
        top = page.line(first if first != "SỞ" else "SỞ NỘI VỤ").top
        block = [
            line for line in page.lines if line.fonts == {BOLD} and top <= line.top < page.line(stop).top
        ]
        block = [line for line in block if abs(line.middle - block[0].middle) < 1.5]
        assert last in block[-1].text
        share = page.rule_below(block[-1]).width / max(line.width for line in block)
        assert 1 / 3 <= share <= 1 / 2


def test_the_nation_stands_on_one_line_beside_a_long_body_name() -> None:
    body = "Ban Chỉ đạo cải cách hành chính, chuyển đổi số và cải thiện môi trường đầu tư, kinh doanh"
    page = draw(notice(issuing_body=body))[1][0]
    assert page.line("CỘNG HÒA XÃ HỘI").text.strip() == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert page.line("Số:").top > page.line("KINH DOANH").bottom
    assert all(
        line.right < page.line("CỘNG HÒA XÃ HỘI").left
        for line in page.lines
        if line.text.isupper() and line.left < 250
    )


def test_the_body_is_justified_with_a_first_line_indent_and_a_gap_of_six_points(
    sheets: tuple[Page, ...],
) -> None:
    page = sheets[0]
    first = page.line("Thực hiện Kế hoạch")
    place = page.lines.index(first)
    second = page.lines[place + 1]
    assert first.left == pytest.approx(30 * MM + 12.7 * MM, abs=1)
    assert second.left == pytest.approx(30 * MM, abs=1)
    assert {round(line.right - (page.width - 15 * MM)) for line in (first, second)} == {0}
    pitch = second.bottom - first.bottom
    assert 14 * 1.149 <= pitch <= 14 * 1.149 * 1.5
    heading = page.line("I. ƯU ĐIỂM")
    assert heading.bottom - page.lines[page.lines.index(heading) - 1].bottom - pitch >= 5.5


def test_page_numbers_stand_upright_in_the_top_margin_from_page_two_and_each_annex_counts_anew() -> None:
    from tests.documents.paper import findings, task_annex

    document = notice(
        blocks=(findings(60),), annexes=(task_annex(60), replace(task_annex(60), label="Phụ lục II"))
    )
    rendered, sheets = draw(document)
    starts = [n for n, page in enumerate(sheets) if page.lines[0].text.startswith(("Phụ lục", "UBND"))]
    assert len(starts) == 3 and rendered.body_pages == starts[1]
    counted = 0
    for n, page in enumerate(sheets):
        counted = 1 if n in starts else counted + 1
        above = [line for line in page.lines if line.bottom < 20 * MM]
        assert [line.text for line in above] == ([] if counted == 1 else [str(counted)])
        for line in above:
            middle = (30 * MM + page.width - 15 * MM) / 2
            assert abs(line.middle - middle) < 1 and line.sizes == {14} and line.fonts == {REGULAR}
    assert counted >= 3


def test_signature_stands_right_recipients_left_on_the_same_height(sheets: tuple[Page, ...]) -> None:
    page = sheets[1]
    post, heading = page.line("KT. GIÁM ĐỐC"), page.line("Nơi nhận:")
    assert heading.left == pytest.approx(30 * MM, abs=1)
    assert post.left > page.width / 2 and abs(post.top - heading.top) < 4
    name = page.line("Trần Văn Thử")
    assert name.top - page.line("PHÓ GIÁM ĐỐC").bottom >= 22 * MM
    assert abs(name.middle - post.middle) < 1


def test_the_signature_box_is_the_empty_room_between_post_and_name() -> None:
    rendered, sheets = draw(notice())
    box = rendered.signature_box
    assert box is not None
    page = sheets[box.page - 1]
    top, bottom = page.height - box.top, page.height - box.bottom
    assert page.line("PHÓ GIÁM ĐỐC").bottom <= top + 4 and bottom <= page.line("Trần Văn Thử").top + 4
    assert bottom - top == pytest.approx(28 * MM, abs=1)
    inside = [
        line
        for line in page.lines
        if top + 4 < line.bottom and line.top < bottom - 4 and line.right > box.left
    ]
    assert inside == []


@pytest.mark.parametrize("kind", [DocumentKind.WORK_PLAN, DocumentKind.TEAM_REPORT])
def test_the_leader_of_a_team_signs_with_the_title_in_it_and_the_post_in_the_agency(
    kind: DocumentKind,
) -> None:
    rendered, sheets = draw(load_sample(kind))
    box = rendered.signature_box
    assert box is not None
    page = sheets[box.page - 1]
    title, post, name = (
        [line for line in page.lines if text in line.text][-1]
        for text in ("TRƯỞNG ĐOÀN", "PHÓ GIÁM ĐỐC SỞ NỘI VỤ", "Nguyễn Văn Mẫu")
    )
    assert {(line.fonts, line.sizes) for line in (title, post, name)} == {
        (frozenset({BOLD}), frozenset({14.0}))
    }
    assert title.top < post.top < name.top and abs(title.middle - name.middle) < 1
    first = sheets[0]
    assert first.line("SỞ NỘI VỤ").fonts == {REGULAR} and first.line("ĐOÀN KIỂM TRA").fonts == {BOLD}


def test_a_missing_number_and_date_leave_room_to_write(decision: tuple[Page, ...]) -> None:
    assert decision[0].line("Số:").text.strip() == "Số:       /QĐ-SNV"
    assert decision[0].line("Đồng Nai, ngày").text.strip() == "Đồng Nai, ngày       tháng 7 năm 2026"


def test_a_decision_names_its_authority_cites_in_italics_and_numbers_its_articles(
    decision: tuple[Page, ...],
) -> None:
    page = decision[0]
    order = [
        "QUYẾT ĐỊNH",
        "Về việc kiểm tra",
        "GIÁM ĐỐC SỞ NỘI VỤ",
        "Căn cứ Luật Cán bộ",
        "QUYẾT ĐỊNH:",
        "Điều 1.",
    ]
    tops = [
        next(
            line.top
            for line in page.lines
            if line.text.startswith(text) and (text != "QUYẾT ĐỊNH:" or ":" in line.text)
        )
        for text in order
    ]
    assert tops == sorted(tops)
    cited = page.line("Căn cứ Luật Cán bộ")
    assert (cited.fonts, cited.sizes, cited.text.strip()[-1]) == ({ITALIC}, {14}, ";")
    assert page.line("Theo đề nghị của").text.strip().endswith("hành chính.")
    assert page.line("Điều 1.").fonts == {BOLD, REGULAR}
    assert page.line("Điều 2.").fonts == {BOLD}
    assert "thi hành Quyết định này./." in decision[1].text


def test_the_annex_names_itself_its_title_in_capitals_and_its_document(sheets: tuple[Page, ...]) -> None:
    page = sheets[2]
    assert page.width > page.height
    assert (page.line("Phụ lục").fonts, page.line("Phụ lục").sizes) == ({BOLD}, {14})
    assert page.line("NỘI DUNG KHẮC PHỤC TỒN TẠI, HẠN CHẾ").fonts == {BOLD}
    attached = page.line("Kèm theo")
    assert attached.text.strip() == "(Kèm theo Thông báo số 05/TB-SNV ngày 04 tháng 9 năm 2026 của Sở Nội vụ)"
    assert attached.fonts == {ITALIC}
    assert page.line("Thời hạn").sizes <= {11.0, 12.0}


def test_minutes_have_a_number_no_date_line_three_signatures_in_line_and_room_for_initials_on_each_page() -> (
    None
):
    rendered, sheets = draw(load_sample(DocumentKind.MINUTES))
    assert sheets[0].line("Số:").text.strip() == "Số:       /BB-ĐKT"
    assert "ngày 22/7/2026" in sheets[0].text and ", ngày  " not in sheets[0].text
    assert all(page.lines[-1].text.startswith("Ký nháy từng trang") for page in sheets)
    last = sheets[-1]
    names = [last.line(name) for name in ("Lê Văn Giả Định", "Đỗ Văn Giả Định", "Nguyễn Văn Mẫu")]
    assert len({round(line.top) for line in names}) == 1
    assert [line.left for line in names] == sorted(line.left for line in names)
    assert "ĐẠI DIỆN ĐƠN VỊ" in last.text and "TRƯỞNG ĐOÀN" in last.text
    assert len(rendered.signature_boxes) == 3
    assert f"gồm {rendered.pages:02d} trang" in last.text and "và\nký tên./." in last.text


def test_the_slip_has_a_box_for_each_opinion() -> None:
    page = draw(load_sample(DocumentKind.SUBMISSION_SLIP))[1][0]
    department, leaders = page.line("Ý KIẾN LÃNH ĐẠO PHÒNG"), page.line("Ý KIẾN LÃNH ĐẠO SỞ")
    assert abs(department.top - leaders.top) < 1 and department.right < leaders.left
    assert "Ngày 03 tháng 9 năm 2026" in page.text and "(Ký, ghi rõ họ tên)" in page.text
    assert page.line("Kính trình: Phó Giám đốc Trần Văn Thử")


@pytest.mark.parametrize(
    ("urgency", "width"), [(Urgency.KHAN, 20), (Urgency.THUONG_KHAN, 40), (Urgency.HOA_TOC, 30)]
)
def test_urgency_is_a_red_box_of_the_size_of_the_decree(urgency: Urgency, width: float) -> None:
    import io

    import pdfplumber

    data = draw_once(notice(urgency=urgency), created_at=WHEN).data
    line = pages(data)[0].line(urgency.value.upper())
    assert (line.fonts, line.sizes) == ({BOLD}, {13})
    assert line.top > pages(data)[0].line("Số:").bottom
    with pdfplumber.open(io.BytesIO(data)) as opened:
        page = opened.pages[0]
        red = [
            char for char in page.chars if char["non_stroking_color"] == pytest.approx((0.75, 0, 0), abs=0.01)
        ]
        assert "".join(char["text"] for char in red) == urgency.value.upper()
        boxes = [
            shape
            for shape in (*page.rects, *page.curves)
            if abs(shape["height"] - 8 * MM) < 2.5 and shape["top"] < line.top
        ]
        assert any(abs(shape["width"] - width * MM) < 2.5 for shape in boxes)
        assert line.width < width * MM


def test_several_addressees_stand_one_a_line() -> None:
    page = draw(notice(addressees=("UBND phường Long Thành", "UBND xã An Phước")))[1][0]
    first, second = page.line("- UBND phường Long Thành;"), page.line("- UBND xã An Phước.")
    assert page.line("Kính gửi:") and second.top > first.top


def test_an_office_may_move_the_numbers_within_the_decree_and_not_beyond() -> None:
    rules = LayoutRules(margin_left=35, margin_right=20, first_line_indent=10, body_size=13)
    page = pages(draw_once(notice(), created_at=WHEN, layout=rules).data)[0]
    line = page.line("Thực hiện Kế hoạch")
    assert line.left == pytest.approx(45 * MM, abs=1) and line.sizes == {13}
    for name, (low, high) in LEGAL_RANGES.items():
        for wrong in (low - 0.5, high + 0.5):
            with pytest.raises(ValueError, match=name):
                LayoutRules(**{name: wrong})


def test_months_one_and_two_get_a_zero_on_the_page() -> None:
    page = draw(notice(issued_on=date(2026, 2, 3), number=105))[1][0]
    assert page.line("Đồng Nai, ngày 03 tháng 02 năm 2026")
    assert page.line("Số: 105/TB-SNV")


@pytest.mark.parametrize(
    "subject",
    [
        "Đôn đốc thực hiện thông báo kết luận kiểm tra",
        "Về việc đôn đốc",
        "v/v thông báo lịch kiểm tra công tác cải cách hành chính, kỷ luật, kỷ cương, văn hóa công vụ, "
        "tiếp nhận và giải quyết thủ tục hành chính theo cơ chế một cửa, một cửa liên thông năm 2026",
    ],
)
def test_a_letter_has_no_type_name_and_says_what_it_is_about_under_its_number(subject: str) -> None:
    sample = replace(load_sample(DocumentKind.ANNOUNCEMENT), subject=subject, number=5, annexes=())
    page = draw(sample)[1][0]
    assert "CÔNG VĂN" not in page.text
    number, about = page.line("Số: 05/SNV-CCHC"), page.line("V/v ")
    block = [
        line for line in page.lines if number.top < line.top < page.line("Kính gửi").top and line.right < 270
    ]
    assert block[0] is about and (about.fonts, about.sizes) == ({REGULAR}, {12})
    assert {(line.fonts, line.sizes) for line in block} == {(frozenset({REGULAR}), frozenset({12.0}))}
    assert all(abs(line.middle - number.middle) < 1 for line in block)
    assert about.top - number.bottom == pytest.approx(6, abs=2.5)
    words = " ".join(" ".join(line.text.split()) for line in block)
    assert words.lower().startswith("v/v ") and "về việc" not in words.lower()
    assert words.split()[1][0].islower() and words.split()[-1] == subject.split()[-1]
    assert all(line.right < page.line("CỘNG HÒA XÃ HỘI").left for line in block)
