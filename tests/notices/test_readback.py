"""Reading an issued paper back: its number, day, signer, and where its words differ."""

from __future__ import annotations

from datetime import date

import pytest

from app.clock import at
from app.documents import matching
from app.documents.kinds import DocumentKind
from app.documents.matching import Difference, Prepared
from app.documents.readback import UnreadablePdf, read, read_text
from app.documents.rendering import load_sample, render_pdf

TEXT = """SỞ NỘI VỤ
Thực hiện Kế hoạch số 15/KH-SNV, Sở Nội vụ thông báo kết luận như sau:
I. ƯU ĐIỂM
Các đơn vị đã ban hành kế hoạch
đúng thời gian.
II. TỒN TẠI, HẠN CHẾ
1. Hồ sơ còn quá hạn, chưa có phiếu xin lỗi (44/3.468 hồ sơ).
2. Niêm yết chưa đầy đủ.
3. Quy trình chưa được rà soát.
III. ĐỀ NGHỊ
a) Chỉ đạo khắc phục;
b) Báo cáo trước ngày 30/10/2026.
Trên đây là Thông báo kết luận./.
"""
PREPARED = (
    Prepared("opening", "Mở đầu", "Thực hiện Kế hoạch số 15/KH-SNV, Sở Nội vụ thông báo kết luận như sau:"),
    Prepared("strengths", "Mục I", "Các đơn vị đã ban hành kế hoạch đúng thời gian."),
    Prepared("item-1", "Mục II.1", "Hồ sơ còn quá hạn, chưa có phiếu xin lỗi (44/3.468 hồ sơ)."),
    Prepared("item-2", "Mục II.2", "Niêm yết chưa đầy đủ."),
    Prepared("item-3", "Mục II.3", "Quy trình chưa được rà soát."),
    Prepared("requests", "Mục III", "Chỉ đạo khắc phục;"),
    Prepared("closing", "Lời kết", "Trên đây là Thông báo kết luận"),
)


def differences(prepared: tuple[Prepared, ...], text: str) -> tuple[Difference, ...]:
    return matching.match(prepared, text).differences()


def test_a_hyphen_that_ends_a_line_is_read_as_one() -> None:
    """In a narrow cell “63/2010/NĐ-CP” breaks at its hyphen; PDFium tells a control character there."""
    content = load_sample(DocumentKind.CONCLUSION_NOTICE)
    text = read(render_pdf(content, created_at=at(date(2026, 9, 21), 10)).data).text
    assert "63/2010/NĐ-CP" in text
    assert {char for char in text if char < " "} == {"\n"}


def test_a_real_pdf_gives_number_symbol_day_and_signer() -> None:
    back = read(render_pdf(load_sample(DocumentKind.CONCLUSION_NOTICE), created_at=at(date(2026, 9, 4))).data)
    assert (back.number, back.symbol, back.issued_on) == (5, "TB-SNV", date(2026, 9, 4))
    assert back.signer_name == "Trần Văn Thử" and back.has_text and back.pages == 3


@pytest.mark.parametrize(
    ("line", "number", "symbol"),
    [
        ("Số: 45/TB-SNV", 45, "TB-SNV"),
        ("Số:  1894 /TB–UBND", 1894, "TB-UBND"),
        ("Số 07/SNV-CCHC", 7, "SNV-CCHC"),
        ("Số:      /TB-SNV", None, ""),
        ("không có", None, ""),
    ],
)
def test_the_number_line_is_read_as_it_is_written(line: str, number: int | None, symbol: str) -> None:
    back = read_text(f"SỞ NỘI VỤ\n{line}\nĐồng Nai, ngày 12 tháng 8 năm 2026")
    assert (back.number, back.symbol, back.issued_on) == (number, symbol, date(2026, 8, 12))


def test_a_day_that_is_none_is_left_open() -> None:
    assert read_text("Số: 45/TB-SNV\nngày 31 tháng 02 năm 2026").issued_on is None
    assert read_text("Số: 45/TB-SNV\nngày    tháng    năm 2026").issued_on is None


def test_a_scan_without_text_says_so() -> None:
    assert not read_text("").has_text and read_text("").signer_name == ""


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(UnreadablePdf, match="không mở được"):
        read(b"%PDF-1.7 hong")


def test_words_that_agree_leave_nothing_whatever_breaks_the_lines() -> None:
    assert differences(PREPARED, TEXT) == ()
    assert differences(PREPARED, TEXT.replace(" ", "\n").upper()) == ()


def changed(key: str, old: str, new: str) -> tuple[Difference, ...]:
    assert old in TEXT
    found = differences(PREPARED, TEXT.replace(old, new))
    assert [difference.key for difference in found] == [key]
    return found


def test_a_changed_item_is_found_with_the_words_that_were_issued() -> None:
    found = changed("item-2", "Niêm yết chưa đầy đủ.", "Việc niêm yết, công khai thủ tục chưa đầy đủ.")
    assert found[0].found == "Việc niêm yết, công khai thủ tục chưa đầy đủ."
    assert found[0].where == "Mục II.2" and found[0].prepared == "Niêm yết chưa đầy đủ."


def test_a_changed_figure_is_a_difference() -> None:
    assert "46/3.468" in changed("item-1", "44/3.468", "46/3.468")[0].found


def test_neighbours_that_both_changed_are_told_apart_by_their_marks() -> None:
    text = TEXT.replace("Niêm yết chưa đầy đủ", "Việc niêm yết còn thiếu").replace(
        "Quy trình chưa được rà soát", "Quy trình nội bộ đã lạc hậu"
    )
    found = {difference.key: difference.found for difference in differences(PREPARED, text)}
    assert found == {"item-2": "Việc niêm yết còn thiếu.", "item-3": "Quy trình nội bộ đã lạc hậu."}


def test_the_first_and_the_last_text_may_differ() -> None:
    found = differences(PREPARED, TEXT.replace("Thực hiện", "Căn cứ").replace("Trên đây là", "Sở thông báo"))
    assert {difference.key for difference in found} == {"opening", "closing"}


def test_what_was_taken_out_is_a_difference_without_words() -> None:
    found = differences(PREPARED, TEXT.replace("2. Niêm yết chưa đầy đủ.\n", ""))
    assert [(difference.key, difference.found) for difference in found] == [("item-2", "")]


def test_more_changes_than_can_be_told_apart_take_the_closest_words() -> None:
    text = TEXT.replace(
        "2. Niêm yết chưa đầy đủ.\n3. Quy trình chưa được rà soát.\n", "2. Niêm yết chưa được đầy đủ.\n"
    )
    found = {difference.key: difference.found for difference in differences(PREPARED, text)}
    assert found == {"item-2": "Niêm yết chưa được đầy đủ.", "item-3": ""}


def test_squeezing_keeps_letters_figures_and_the_marks_inside_figures() -> None:
    assert matching.squeeze("Số: 05/TB-SNV ./.") == "số05tbsnv"
    assert matching.squeeze("45/3.468 hồ sơ, chiếm 1,30%") == "45/3.468hồsơchiếm1,30"
    assert matching.squeeze("01/01/2026–\n30/6/2026") == "01/01/2026 30/6/2026"


@pytest.mark.parametrize("other", ["453/468", "44/34.68", "4/43.468", "44 3.468", "44-3.468"])
def test_a_mark_that_moved_inside_a_figure_is_a_difference(other: str) -> None:
    changed("item-1", "44/3.468", other)


def additions(text: str) -> list[tuple[str, str, str]]:
    whole = (
        Prepared("heading", "Đầu văn bản", "SỞ NỘI VỤ"),
        *PREPARED[:1], Prepared("heading", "Mục I", "ƯU ĐIỂM"),
        *PREPARED[1:2], Prepared("heading", "Mục II", "TỒN TẠI, HẠN CHẾ"),
        *PREPARED[2:5], Prepared("heading", "Mục III", "ĐỀ NGHỊ"),
        *PREPARED[5:6], Prepared("requests", "Mục III", "Báo cáo trước ngày 30/10/2026."), *PREPARED[6:],
    )  # fmt: skip
    matched = matching.match(whole, text)
    assert matched.differences() == ()
    return [(d.key, d.where, d.found) for d in matched.additions(("STT Nội dung (1) (2)",))]


def test_what_was_added_to_the_issued_text_is_left_over() -> None:
    assert additions(TEXT) == []
    new = TEXT.replace("III. ĐỀ", "4. Thu phí ngoài quy định.\nIII. ĐỀ")
    assert additions(new) == [("extra", "Sau Mục II.3", "Thu phí ngoài quy định")]
    longer = TEXT.replace("chưa đầy đủ.", "chưa đầy đủ, sai mẫu.")
    assert additions(longer) == [("item-2", "Mục II.2", "Niêm yết chưa đầy đủ sai mẫu")]
    assert [key for key, _, _ in additions(f"Hỏa tốc\n{TEXT}")] == ["extra"]


def test_what_a_page_repeats_is_not_left_over() -> None:
    page = "Trên đây là Thông báo kết luận./.\n3\n"
    stamped = f"Ký bởi: Sở Nội vụ\nThời gian ký: 22.09.2026 10:11:12\n{TEXT}\nSTT Nội dung\n(1) (2)\n"
    assert additions(TEXT.replace("Trên đây là Thông báo kết luận./.\n", page)) == []
    assert additions(stamped) == []


def test_two_days_that_both_moved_are_told_apart() -> None:
    cells = (
        Prepared("a", "1", "Ban hành phiếu xin lỗi và hẹn lại"), Prepared("due", "2", "28/9/2026"),
        Prepared("report", "3", "01/10/2026"), Prepared("b", "4", "UBND xã An Phước, Trung tâm Phục vụ"),
    )  # fmt: skip
    text = "Ban hành phiếu xin lỗi và\nhẹn lại\n31/12/2026 05/01/2027\nUBND xã An Phước, Trung tâm Phục vụ"
    assert [d.found for d in differences(cells, text)] == ["31/12/2026", "05/01/2027"]


def test_a_text_found_once_is_not_found_for_its_double() -> None:
    twice = (Prepared("a", "1", "Niêm yết chưa đầy đủ"), Prepared("b", "2", "Niêm yết chưa đầy đủ"))
    assert [d.key for d in differences(twice, "1. Niêm yết chưa đầy đủ.\n2. Còn thiếu.")] == ["b"]
    assert differences(twice, "1. Niêm yết chưa đầy đủ.\n2. Niêm yết chưa đầy đủ.") == ()
