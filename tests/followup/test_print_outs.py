"""Bản lãnh đạo and bản nội bộ of one instant; paper and xlsx hold the columns, order and rows of the page."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.followup import columns, figures, queries
from app.followup.filters import Filters
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made
from tests.queries import count_queries


def fill() -> None:
    """Done on time, done late, overdue, in time, at two units."""
    inspection = made.case(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=2)
    tasks = made.issued(inspection=inspection)
    for task, due in zip(tasks, (20, 10, 4, 30), strict=True):
        task.due_on = date(2026, 9, due)
    made.accepted(tasks[0], on=date(2026, 9, 18))
    made.accepted(tasks[1], on=date(2026, 9, 15))


def sheets_of(client: Browser, path: str) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(client.get(path).get_data())) as bundle:
        return {name: load_workbook(io.BytesIO(bundle.read(name))).active for name in bundle.namelist()}


def test_figures_and_lines_of_a_print_out_are_one_read(session: Session) -> None:
    fill()
    actor = cast.actor(cast.FOLLOWER)
    with count_queries(session) as sent:
        whole = queries.whole_table(actor, Filters())
    assert sum("FROM task" in statement for statement in sent) == 1
    assert len(sent) <= 4
    told, four = figures.figures(actor, Filters()), whole.four
    assert (four.done_on_time, four.done_late, four.open_in_time, four.open_late) == (1, 1, 1, 1)
    assert (told.done_on_time, told.done_late, told.open_in_time, told.open_late) == (1, 1, 1, 1)
    assert four.total == told.total == 4
    nothing = queries.whole_table(actor, Filters(text="khong co"))
    assert (nothing.lines, nothing.left_out, nothing.four) == ([], 0, queries.Four())


def test_paper_and_xlsx_keep_the_order_and_rows_of_the_page(client: Browser, session: Session) -> None:
    fill()
    client.sign_in("follower").get("/follow-up?q=ubnd")
    codes = [cell.get_text(strip=True) for cell in client.page.select("tbody th a[id]")]
    client.get("/follow-up/print?q=ubnd")
    assert [cell.get_text(strip=True) for cell in client.page.select("tbody th")] == codes
    sheet: Any = load_workbook(io.BytesIO(client.get("/follow-up/export.xlsx?q=ubnd").get_data())).active
    assert [sheet.cell(row, 2).value for row in range(7, 11)] == codes


def test_both_print_outs_stand_on_one_page_with_the_same_figures(client: Browser, session: Session) -> None:
    fill()
    client.sign_in("follower").get("/follow-up/print?both=1")
    leaders, internal = client.page.select("section table")
    assert len(leaders.select("thead tr:first-child th")) == 20
    assert len(internal.select("thead tr:first-child th")) == 22
    assert "Phạm Thị Thí Dụ" not in leaders.get_text() and "Phạm Thị Thí Dụ" in internal.get_text()
    figure = "Tổng số 04 nội dung: đã hoàn thành đúng hạn 01; đã hoàn thành quá hạn 01;"
    assert client.text.count(figure) == 2
    assert client.text.count("Số liệu đến 10 giờ 00 ngày 23/9/2026") == 2
    client.sign_in("observer").get("/follow-up/print?both=1&names=1")
    assert len(client.page.select("section table")) == 1
    assert "Phạm Thị Thí Dụ" not in client.page.get_text()


def test_both_workbooks_come_of_one_instant(client: Browser, session: Session) -> None:
    fill()
    found = sheets_of(client.sign_in("follower"), "/follow-up/export.zip")
    assert sorted(found) == [
        "Bảng theo dõi khắc phục 2026-09-23 (lãnh đạo).xlsx",
        "Bảng theo dõi khắc phục 2026-09-23 (nội bộ).xlsx",
    ]
    leaders, internal = (found[name] for name in sorted(found))
    assert "bản lãnh đạo" in leaders["A4"].value and "bản nội bộ" in internal["A4"].value
    assert leaders["A4"].value.partition(";")[0] == internal["A4"].value.partition(";")[0]
    assert leaders["A11"].value == internal["A11"].value != ""
    [alone] = sheets_of(client.sign_in("observer"), "/follow-up/export.zip")
    assert "lãnh đạo" in alone and "nội bộ" not in alone


def test_chosen_columns_hold_for_page_paper_and_xlsx(client: Browser, session: Session) -> None:
    fill()
    client.sign_in("follower").get("/follow-up?q=long")
    [link] = [a for a in client.page.select(".kl-foot a") if a.get_text() == "Chọn cột"]
    client.get(str(link["href"]))
    assert len(client.page.select("input[name=column]")) == 22
    client.get("/follow-up/columns?q=long&column=2&column=8&column=12&column=99", expect=303)
    assert client.response.headers["Location"] == "/follow-up?q=long&columns=2.8.12"
    client.follow()
    heads = ["Mã", "Chủ trì", "Thời hạn hoàn thành"]
    assert [th.get_text(strip=True) for th in client.page.select("thead tr:first-child th")] == heads
    assert "Đang hiện 03/22 cột" in client.text
    client.get("/follow-up/print?q=long&columns=2.8.12")
    assert [th.get_text(strip=True) for th in client.page.select("thead tr:first-child th")] == heads
    data = client.get("/follow-up/export.xlsx?q=long&columns=2.8.12").get_data()
    sheet: Any = load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[5]][:3] == heads
    client.sign_in("head").get("/follow-up/columns", expect=404)


def test_names_are_no_columns_of_who_may_not_see_them(client: Browser, session: Session) -> None:
    fill()
    client.sign_in("observer").get("/follow-up/columns")
    assert len(client.page.select("input[name=column]")) == 20
    client.get("/follow-up?columns=2.10.20")
    assert [th.get_text(strip=True) for th in client.page.select("thead tr:first-child th")] == ["Mã"]


def test_columns_of_an_address_are_numbers_that_exist() -> None:
    assert columns.chosen("all") == columns.chosen("") == columns.chosen("x.99.-1") == frozenset()
    assert columns.chosen("6.99") == {2, 6}
    assert len(columns.columns_for(names=True, asked="all")) == 22
    assert [column.label for column in columns.columns_for(names=False, asked="10.1")] == ["STT", "Mã"]
