"""The xlsx as officials print it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app import clock
from app.followup import export, queries
from app.followup.filters import Filters
from app.web import sheets
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

LABELS = [
    *("STT", "Mã", "Số, ngày thông báo", "Đơn vị được kiểm tra", "Nội dung tồn tại, hạn chế"),
    *("Nội dung cần khắc phục", "Sản phẩm", "Chủ trì", "Phối hợp", "Người đứng đầu", "Loại thời hạn"),
    *("Thời hạn hoàn thành", "Thời hạn sau gia hạn (số lần)", "Tiến độ"),
    *("Kết quả thực hiện, minh chứng (số, ngày văn bản)", "Ngày hoàn thành", "Số ngày quá hạn"),
    *("Số lần đôn đốc (văn bản gần nhất)", "Kết quả thẩm tra", "Người theo dõi"),
    *("Ngày cập nhật gần nhất", "Ghi chú"),
]


def sheet_of(client: Browser, path: str) -> Any:
    data = client.get(path).get_data()
    return load_workbook(io.BytesIO(data)).active


def test_the_sheet_has_the_22_columns_in_their_order_and_prints_on_a4_landscape(
    client: Browser, session: Session
) -> None:
    made.accepted(made.issued()[0])
    sheet = sheet_of(client.sign_in("follower"), "/follow-up/export.xlsx?names=1")
    assert [cell.value for cell in sheet[5]] == LABELS
    assert [cell.value for cell in sheet[6]][:3] == ["(1)", "(2)", "(3)"]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$5:$6"
    assert sheet["F7"].alignment.wrap_text
    assert sheet["A3"].value == "BẢNG THEO DÕI THỰC HIỆN KẾT LUẬN KIỂM TRA"
    assert sheet["A4"].value == "(Số liệu đến 10 giờ 00 ngày 23/9/2026; bản nội bộ)"
    feet = [cell.value for row in sheet.iter_rows(min_row=8) for cell in row if cell.value]
    assert feet == [
        "Tổng số 01 nội dung: đã hoàn thành đúng hạn 01; đã hoàn thành quá hạn 00; "
        "đang thực hiện trong hạn 00; đang thực hiện quá hạn 00.",
        *("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"),
    ]


def test_the_leaders_version_names_no_person(client: Browser, session: Session) -> None:
    made.issued()
    for part in ("follower", "observer"):
        asked = "/follow-up/export.xlsx" + ("?names=1" if part == "observer" else "")
        sheet = sheet_of(client.sign_in(part), asked)
        heads = [cell.value for cell in sheet[5]]
        assert heads == [label for label in LABELS if label not in ("Người đứng đầu", "Người theo dõi")]
        assert "bản lãnh đạo" in sheet["A4"].value


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_what_looks_like_a_formula_stays_text(session: Session, start: str) -> None:
    task = made.issued()[0]
    task.note = f'{start}HYPERLINK("x")'
    session.flush()
    whole = queries.whole_table(cast.actor(cast.FOLLOWER), Filters())
    data = export.workbook(whole, names=True, office="Sở Nội vụ", parent="")
    sheet: Any = load_workbook(io.BytesIO(data)).active
    cell = sheet.cell(7, 22)
    assert (cell.data_type, cell.value.strip()) == ("s", task.note.strip())


def test_the_filters_of_the_page_hold_for_the_sheet(client: Browser, session: Session) -> None:
    made.issued()
    made.issued(units=(cast.AN_PHUOC,))
    sheet = sheet_of(client.sign_in("follower"), "/follow-up/export.xlsx?q=an+phuoc")
    assert [sheet.cell(row, 4).value for row in (7, 8)] == ["UBND xã An Phước", None]


def test_a_units_people_do_not_export_what_is_not_theirs(client: Browser, session: Session) -> None:
    made.issued()
    sheet = sheet_of(client.sign_in("other-head"), "/follow-up/export.xlsx?names=1")
    assert sheet.cell(7, 2).value is None


def test_a_printed_page_can_be_read(client: Browser, session: Session) -> None:
    """Fitted to the width of A4 landscape, ten points become at least six and a half."""
    made.issued()
    sheet = sheet_of(client.sign_in("follower"), "/follow-up/export.xlsx?names=1")
    pixels = sum(sheet.column_dimensions[letter].width * 7 + 5 for letter in sheet.column_dimensions)
    margins = sheet.page_margins.left + sheet.page_margins.right
    assert 10 * (297 / 25.4 - margins) * 96 / pixels >= 6.5


def test_a_sheet_says_what_it_leaves_out(session: Session) -> None:
    made.issued()
    whole = replace(queries.whole_table(cast.actor(cast.FOLLOWER), Filters()), left_out=1200)
    data = export.workbook(whole, names=True, office="", parent="")
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert "còn 1.200 nội dung" in str(sheet["A9"].value)


def test_a_look_is_that_of_each_value_whatever_stands_before_it() -> None:
    """Dates, numbers and text that begins like a formula, in any order of rows."""
    rows = [(date(2026, 9, 23), "=1+1"), (7, "Văn bản"), (date(2026, 9, 24), "-"), (8, None)]
    data = sheets.workbook("A", "B", [("Một", 9), ("Hai", 9)], rows, office="", parent="", at=clock.now())
    sheet = load_workbook(io.BytesIO(data)).active
    cells = [cell for row in sheet.iter_rows(min_row=7, max_row=10, max_col=2) for cell in row]
    assert [cell.number_format for cell in cells] == ["dd/mm/yyyy", "General", "General", "General"] * 2
    assert [cell.alignment.horizontal for cell in cells] == ["center", "left"] * 4
    assert [bool(cell.quotePrefix) for cell in cells] == [
        False,
        True,
        False,
        False,
        False,
        True,
        False,
        False,
    ]
    assert {(cell.font.name, cell.font.size, cell.border.left.style) for cell in cells} == {
        ("Times New Roman", 10, "thin")
    }
