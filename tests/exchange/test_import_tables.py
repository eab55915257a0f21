"""Files that cannot be read are refused with what to do."""

from __future__ import annotations

import pytest

from app.exchange import tables
from app.exchange.units_file import COLUMNS
from tests.conftest import Browser
from tests.exchange.files import csv_file, upload, xlsx

ROW = ("NT", "UBND xã Nhơn Thử", "UBND xã", "DN", "Trực thuộc", "01/7/2025", "", "")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.xlsx", "không có nội dung"),
        (b"PK\x03\x04 not a workbook", "a.xlsx", "không đúng với đuôi .xlsx"),
        (b"%PDF-1.7 disguised", "a.xlsx", "không đúng với đuôi .xlsx"),
        (b"MZ\x00\x00", "a.csv", "không đúng với đuôi .csv"),
        (xlsx([ROW]), "a.csv", "không đúng với đuôi .csv"),
        (csv_file([ROW]), "a.xlsx", "không đúng với đuôi .xlsx"),
        (b"x", "a.docx", "không thuộc loại được tiếp nhận (xlsx, csv)"),
        (xlsx([]), "a.xlsx", "không có dòng dữ liệu nào"),
        (xlsx([ROW], columns=["Mã", "Tên gọi"]), "a.xlsx", "thiếu cột Tên, Loại"),
        (xlsx([ROW], columns=["Mã", "Tên gọi"]), "a.xlsx", "không rõ cột Tên gọi"),
        (xlsx([ROW], columns=[*COLUMNS, "Mã"]), "a.xlsx", "cột lặp lại: Mã"),
        ('Mã,Tên\n"chưa đóng'.encode(), "a.csv", "thiếu cột"),
    ],
)
def test_a_file_that_is_not_such_a_table_is_refused(
    client: Browser, data: bytes, name: str, said: str
) -> None:
    upload(client.sign_in("planner"), data, name, expect=422)
    assert said in client.text


def test_no_file_is_asked_for(client: Browser) -> None:
    client.sign_in("planner").get("/import/units")
    client.submit("main form[action='/import/units']", expect=422)
    assert "Chọn tệp cần nhập." in client.text


def test_ten_thousand_rows_pass_and_one_more_does_not() -> None:
    rows = [ROW] * tables.MOST_ROWS
    assert len(tables.read("a.csv", csv_file(rows), COLUMNS)) == tables.MOST_ROWS
    with pytest.raises(tables.TableRefused, match=r"quá 10\.000 dòng"):
        tables.read("a.csv", csv_file([*rows, ROW]), COLUMNS)


def test_a_damaged_workbook_is_refused_whatever_the_parser_says() -> None:
    with pytest.raises(tables.TableRefused, match="Không đọc được tệp Excel"):
        tables.read("a.xlsx", b"PK\x03\x04 broken", COLUMNS)


def test_a_csv_that_breaks_its_quotes_is_refused_with_its_line() -> None:
    data = csv_file([ROW]) + b'"x"y,"'
    with pytest.raises(tables.TableRefused, match="dòng 3"):
        tables.read("a.csv", data, COLUMNS)


def test_headings_are_read_in_any_order_and_without_marks() -> None:
    turned = [name.upper() for name in reversed(COLUMNS)]
    rows = tables.read("a.xlsx", xlsx([tuple(reversed(ROW))], columns=turned), COLUMNS)
    assert rows[0]["Mã"] == "NT" and rows[0].line == 2


@pytest.mark.parametrize("what", ["units", "people"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_is_a_file_the_import_can_read(client: Browser, what: str, kind: str) -> None:
    client.sign_in("administrator")
    data = client.get(f"/import/{what}/template.{kind}").data
    upload(client, data, f"mau.{kind}", what, expect=200 if what == "units" else 422)
    assert "Kết quả từng dòng" in client.page.get_text()
