"""The file itself: merged cells, headings over two lines, other sheets, formulas, and files that are none."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from app.conversion import layouts, sheets
from app.conversion.layouts import OLD_16, OURS_22, Column
from app.conversion.sheets import SheetRefused
from tests.exchange.files import csv_file
from tests.factories.old_tables import line, xlsx


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_merged_cells_are_filled_down_and_no_further() -> None:
    rows = [line(), line(notice=None, unit=None, text="Việc hai"), line(notice=None, text="Việc ba")]
    grid = sheets.best("a.xlsx", xlsx(rows, merged=("C3:C5", "D3:D4", "A1:V1")))
    data = grid.data(grid.heading_row)
    assert [cells[2] for _, cells in data] == ["18/TB-SNV, ngày 14/11/2025"] * 3
    assert [cells[3] for _, cells in data][:2] == ["UBND xã Long Phước"] * 2
    assert [number for number, _ in data] == [3, 4, 5]


@pytest.mark.parametrize(("headings", "name"), [(OURS_22, "mẫu 22 cột"), (OLD_16, "mẫu 16 cột")])
def test_the_two_known_tables_are_recognised_whole(headings: tuple[str, ...], name: str) -> None:
    typed = [heading.upper() for heading in headings]
    grid = sheets.best("a.xlsx", xlsx([["x"] * len(headings)], headings=typed))
    found = grid.headings(grid.heading_row)
    assert (grid.heading_row, layouts.layout_of(found)) == (2, name)
    mapping = layouts.recognise(found)
    assert {Column.UNIT, Column.TEXT, Column.DUE, Column.PROGRESS, Column.RESULT, Column.FOLLOWER} <= set(
        mapping
    )
    assert (Column.NOTICE in mapping) == (headings is OURS_22)
    assert (Column.NUMBER in mapping) == (headings is OLD_16)


def test_headings_that_offices_made_themselves_are_recognised() -> None:
    own = ("STT", "Kết luận số", "Ngày", "Đơn vị", "Nội dung phải khắc phục", "Đơn vị thực hiện", "Thời hạn")
    found = layouts.recognise(own)
    expected = (Column.NUMBER, Column.DATED, Column.UNIT, Column.TEXT, Column.LEAD, Column.DUE)
    assert found == {column: place for place, column in enumerate(expected, 1)}


def test_no_heading_stands_for_two_columns() -> None:
    keys = [layouts.key_of(text) for texts in layouts.HEADINGS.values() for text in texts]
    assert len(keys) == len(set(keys))


MAPPING = {Column.NUMBER: 0, Column.DATED: 1, Column.UNIT: 2, Column.TEXT: 3}


def below(*rows: tuple[str, str, str, str, str]) -> list[tuple[str, ...]]:
    return [cells for _line, cells in layouts.filled_down(list(enumerate(rows, 2)), MAPPING)]


def test_a_notice_and_a_unit_that_are_written_once_hold_for_the_rows_below() -> None:
    first = ("12/TB-SNV", "15/3/2025", "UBND xã Long Phước", "Việc một", "")
    found = below(first, ("", "", "", "Việc hai", "x"), ("", "", "UBND xã Long Phước", "Việc ba", ""))
    assert [cells[:3] for cells in found] == [first[:3]] * 3
    assert [cells[3:] for cells in found] == [("Việc một", ""), ("Việc hai", "x"), ("Việc ba", "")]


@pytest.mark.parametrize(
    "row",
    [
        ("13/TB-SNV", "", "", "Việc hai", ""),
        ("", "16/3/2025", "", "Việc hai", ""),
        ("", "", "UBND xã An Phước", "Việc hai", ""),
        ("", "", "", "", "ghi chú"),
    ],
)
def test_another_notice_another_unit_or_no_work_takes_nothing_from_above(
    row: tuple[str, str, str, str, str],
) -> None:
    assert below(("12/TB-SNV", "15/3/2025", "UBND xã Long Phước", "Việc một", ""), row)[1] == row


def test_nothing_is_taken_over_the_head_of_a_group() -> None:
    group, row = ("II. Khối phường", "", "", "", ""), ("", "", "", "Việc hai", "x")
    above = ("12/TB-SNV", "15/3/2025", "UBND xã Long Phước", "Việc một", "x")
    assert below(above, group, row)[1:] == [group, row]


def test_headings_over_two_lines_and_a_line_of_numbers_are_no_rows() -> None:
    above = (("SỞ NỘI VỤ",), OURS_22)
    numbers = [f"({place})" for place in range(1, 23)]
    grid = sheets.best("a.xlsx", xlsx([numbers, line()], above=above, headings=OURS_22))
    assert grid.heading_row == 3
    assert len(grid.data(3)) == 1 == len(grid.data(2))


def test_the_best_sheet_is_chosen_and_hidden_ones_are_named_so() -> None:
    book = Workbook()
    book.worksheets[0].append(["Ghi chú chung"])
    hidden = book.create_sheet("Cũ")
    hidden.sheet_state = "hidden"
    hidden.append(list(OURS_22))
    shown = book.create_sheet("Theo dõi")
    shown.append(list(OURS_22))
    shown.append(line())
    data = saved(book)
    assert [(tab.name, tab.hidden) for tab in sheets.tabs("a.xlsx", data)] == [
        ("Sheet", False), ("Theo dõi", False), ("Cũ", True),
    ]  # fmt: skip
    assert sheets.best("a.xlsx", data).tab.name == "Theo dõi"


def book_of(big: list[list[object]], *, table: bool = True) -> bytes:
    """A workbook whose first sheet has `big` lines, and a table of 22 columns beside it."""
    book = Workbook()
    first = book.worksheets[0]
    first.title = "Số liệu"
    for cells in big:
        first.append(cells)
    if table:
        shown = book.create_sheet("Theo dõi")
        shown.append(list(OURS_22))
        shown.append(line())
    return saved(book)


def test_a_big_sheet_beside_the_table_stands_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_SCANNED", 50)
    data = book_of([["Số hồ sơ", place] for place in range(60)])
    assert sheets.best("a.xlsx", data).tab.name == "Theo dõi"
    with pytest.raises(SheetRefused, match="Trang tính “Số liệu” có quá 50 dòng"):
        sheets.grid("a.xlsx", data, "Số liệu")


def test_the_table_itself_that_is_too_big_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_SCANNED", 50)
    rows = [list(OURS_22), *(line() for _ in range(60))]
    book = Workbook()
    book.worksheets[0].append(["Ghi chú chung"])
    big = book.create_sheet("Theo dõi")
    for cells in rows:
        big.append(cells)
    with pytest.raises(SheetRefused, match="Trang tính “Theo dõi” có quá 50 dòng"):
        sheets.best("a.xlsx", saved(book))
    with pytest.raises(SheetRefused, match="“Số liệu” có quá 50 dòng"):
        sheets.best("a.xlsx", book_of([["x"]] * 60, table=False))


def test_csv_is_one_sheet() -> None:
    grid = sheets.best("a.csv", csv_file([line()], OURS_22, ";"))
    assert grid.heading_row == 1 and grid.data(1)[0][1][3] == "UBND xã Long Phước"


def test_a_formula_without_a_result_stays_in_sight() -> None:
    grid = sheets.best("a.xlsx", xlsx([line(text="=A1&B1")]))
    assert grid.data(2)[0][1][5] == "=A1&B1"


def test_a_cell_beyond_what_excel_takes_is_cut_one_further() -> None:
    grid = sheets.best("a.csv", csv_file([line(text="x" * 40_000)], OURS_22))
    assert len(grid.data(1)[0][1][5]) == sheets.LONGEST + 1


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("cu.xls", b"\xd0\xcf\x11\xe0 cu", "Lưu dưới dạng"),
        ("cu.xlsx", b"\xd0\xcf\x11\xe0 mat khau", "mật khẩu"),
        ("bang.ods", b"PK", "định dạng cũ"),
    ],
)
def test_old_formats_are_told_how_to_become_new(name: str, data: bytes, told: str) -> None:
    with pytest.raises(SheetRefused, match=told):
        sheets.check_name(name, data)


def test_damaged_files_are_refused_in_words() -> None:
    good = xlsx([line()])
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(broken, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            new.writestr(entry, data[: len(data) // 2] if entry.endswith("sheet1.xml") else data)
    for data in (b"PK\x03\x04 rac", broken.getvalue()):
        with pytest.raises(SheetRefused, match="Không đọc được"):
            sheets.best("a.xlsx", data)


def test_what_unpacks_to_too_much_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_UNPACKED", 1000)
    with pytest.raises(SheetRefused, match="quá nhiều dữ liệu"):
        sheets.best("a.xlsx", xlsx([line()]))


def test_too_many_rows_are_refused_with_what_to_do() -> None:
    rows = "\n".join(f"{place};x" for place in range(sheets.MOST_ROWS + 1))
    grid = sheets.best("a.csv", f"STT;Nội dung\n{rows}".encode())
    with pytest.raises(SheetRefused, match="Chia thành nhiều tệp"):
        grid.data(1)
    many = "\n".join("x" for _ in range(30_000))
    with pytest.raises(SheetRefused, match="Xóa dòng trống"):
        sheets.best("a.csv", f"STT\n{many}".encode())


def test_too_many_words_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_TEXT", 100)
    with pytest.raises(SheetRefused, match="quá nhiều chữ"):
        sheets.best("a.xlsx", xlsx([line()]))


@pytest.mark.parametrize("data", ["STT;\xff".encode("latin-1"), b'STT;"a\nb'])
def test_a_csv_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(SheetRefused):
        sheets.best("a.csv", data)
