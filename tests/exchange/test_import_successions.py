"""Who takes over from whom, from a file: dry run, all or nothing, every bad line by name."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.exchange.successions_file import COLUMNS
from app.units import lineage, queries, services
from app.units.models import Succession, SuccessionKind
from tests import cast
from tests.conftest import Browser
from tests.exchange.files import csv_file, upload, xlsx
from tests.factories import inspections as cases
from tests.factories import units

BASIS = "Nghị quyết thử"
DAY = date(2025, 7, 1)


@pytest.fixture
def reorganised(session: Session) -> None:
    """Two communes that ended on 1/7/2025, and the one formed that day."""
    for code in ("CU1", "CU2"):
        units.unit(code, f"UBND xã Cũ {code[-1]}", valid_to=DAY)
    units.unit("MOI", "UBND xã Mới", valid_from=DAY)
    session.commit()


KIND = "Nhập, hợp nhất"


def line(before: str = "CU1", after: str = "MOI", on: str = "01/7/2025", kind: str = KIND) -> tuple:
    return (before, after, on, kind, BASIS, "Có")


@pytest.mark.parametrize("make", [xlsx, csv_file])
def test_a_file_is_shown_first_written_at_confirmation_and_then_the_same(
    client: Browser, session: Session, reorganised: None, make
) -> None:
    data = make([line(), ("cu2", "moi", "01/7/2025", "merge", "", "Chưa")], COLUMNS)
    name = "ke-thua.xlsx" if make is xlsx else "ke-thua.csv"
    upload(client.sign_in("administrator"), data, name, "successions")
    assert "CU1 → MOI" in client.text and "từ ngày 01/7/2025, nhập, hợp nhất" in client.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Succession)) == 0, "a dry run writes nothing"
    client.submit("main form[action$='/confirm']")
    client.follow()
    assert "Đã ghi 02 dòng thêm mới, 00 dòng thay đổi." in client.text
    found = queries.list_successions([cast.unit("MOI").id])
    assert [(row.predecessor.code, row.verified, row.legal_basis) for row in found] == [
        ("CU1", True, BASIS), ("CU2", False, ""),
    ]  # fmt: skip
    pieces = lineage.expand(cast.unit("MOI"), date(2025, 6, 1), date(2025, 8, 1))
    assert {piece.unit_id for piece in pieces} == {cast.unit(code).id for code in ("CU1", "CU2", "MOI")}
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(3)).all()
    assert sorted(names) == ["succession_recorded", "succession_recorded", "successions_imported"]
    upload(client, data, name, "successions")
    assert "Nội dung tệp trùng với dữ liệu đang có" in client.text


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([line("KHONG-CO")], "Không có đơn vị mã KHONG-CO"),
        ([line(before="")], "Nhập mã đơn vị"),
        ([line(after="")], "Nhập mã đơn vị"),
        ([line(on="30/02/2025")], "30/02/2025"),
        ([line(on="01/01/0001")], "Năm 1 nằm ngoài khoảng"),
        ([line(on="")], "Nhập ngày kế thừa"),
        ([line(kind="Bán", on="")], "Nhập ngày kế thừa"),
        ([line(kind="Bán")], "Chọn một trong: Nhập, hợp nhất"),
        ([(*line()[:5], "Có lẽ")], "Nhập “Có” hoặc “Chưa”"),
        ([line(), line("cu1")], "đã có ở dòng 2"),
        ([line(), line(kind="Chia, tách")], "đã có ở dòng 2"),
        ([line("CU1", "CU1")], "phải khác đơn vị cũ"),
        ([line(on="01/6/2025")], "không hoạt động vào ngày 01/6/2025"),
        ([line("MOI", "CU1")], "không hoạt động vào ngày 01/7/2025"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(
    client: Browser, session: Session, reorganised: None, rows: list[tuple], told: str
) -> None:
    client.sign_in("administrator").get("/import/successions")
    upload(client, xlsx([*rows, line("CU2")], COLUMNS), what="successions", expect=422)
    assert told in client.text
    assert not client.page.select("form[action$='/confirm']")
    assert session.scalar(sa.select(sa.func.count()).select_from(Succession)) == 0


def test_a_code_in_parts_or_in_small_letters_is_the_same_code(
    client: Browser, session: Session, reorganised: None
) -> None:
    units.unit("ĐƯỜNG-1", "UBND xã Đường", valid_to=DAY)
    session.commit()
    data = xlsx([line(unicodedata.normalize("NFD", "đường-1"), " moi ")], COLUMNS)
    upload(client.sign_in("administrator"), data, what="successions")
    client.submit("main form[action$='/confirm']")
    (row,) = queries.list_successions([cast.unit("MOI").id])
    assert row.predecessor.code == "ĐƯỜNG-1"


def test_lines_that_contradict_each_other_are_refused_together(client: Browser, session: Session) -> None:
    """What one line makes impossible in the other is told at that line, and neither stays."""
    for code in ("X1", "X2", "X3"):
        units.unit(code)
    session.commit()
    data = xlsx([line("X1", "X2"), line("X2", "X3")], COLUMNS)
    upload(client.sign_in("administrator"), data, what="successions", expect=422)
    assert "trong cùng ngày 01/7/2025" in client.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Succession)) == 0


def test_a_line_that_contradicts_what_is_recorded_is_refused(
    client: Browser, session: Session, reorganised: None
) -> None:
    upload(client.sign_in("administrator"), xlsx([line()], COLUMNS), what="successions")
    client.submit("main form[action$='/confirm']")
    upload(client, xlsx([line(kind="Chia, tách")], COLUMNS), what="successions", expect=422)
    assert "đã ghi với nội dung khác. Bỏ ghi tại trang đơn vị" in client.text


def test_the_file_is_of_those_who_manage_units(client: Browser) -> None:
    client.sign_in(cast.HEAD).get("/import/successions", expect=403)
    client.sign_in("administrator").get("/import")
    assert client.page.select("a[href='/import/successions']")
    client.get("/import/successions/template.xlsx")
    client.get("/import/successions/template.csv")


def test_what_a_line_cuts_of_cases_is_in_the_dry_run_and_written_with_it(
    client: Browser, session: Session
) -> None:
    old = units.unit("CU", "UBND xã Cũ")
    units.unit("MOI", "UBND xã Mới", valid_from=DAY)
    units.unit("MOI2", "UBND xã Mới Hai", valid_from=DAY)
    made = cases.decided(units=("CU",), criteria=("MC-05",), review=(date(2025, 1, 1), date(2025, 12, 31)))
    session.commit()
    first = xlsx([("CU", "MOI", "01/7/2025", "Chia, tách", BASIS, "Có")], COLUMNS)
    upload(client.sign_in("planner"), first, what="successions")
    assert "Sẽ cắt lại phạm vi" not in client.text, "the unit has not ended yet"
    client.submit("main form[action$='/confirm']")

    ended = xlsx([("CU", old.name, "UBND xã", "DN", "Trực thuộc", "", "30/6/2025", BASIS)])
    upload(client, ended)
    told = (
        f"Sẽ cắt lại phạm vi của 01 cuộc kiểm tra đang giữ. {made.short_name} ({made.code}): UBND xã Cũ: "
        "01 nội dung, kiểm tra đến hết ngày 30/6/2025. UBND xã Mới: thêm 01 nội dung"
    )
    assert told in client.text
    session.expire_all()
    assert old.valid_to is None and len(made.units) == 1
    client.submit("main form[action$='/confirm']")
    session.expire_all()
    assert old.valid_to == DAY and [iu.unit.code for iu in made.units] == ["CU", "MOI"]

    second = xlsx([("CU", "MOI2", "01/7/2025", "Chia, tách", BASIS, "Có")], COLUMNS)
    upload(client, second, what="successions")
    assert "UBND xã Mới Hai: thêm 01 nội dung, từ ngày 01/7/2025" in client.text
    client.submit("main form[action$='/confirm']")
    session.expire_all()
    assert [iu.unit.code for iu in made.units] == ["CU", "MOI", "MOI2"]


def test_an_end_that_is_in_the_way_is_told_at_its_line(client: Browser, session: Session) -> None:
    old = units.unit("CU", "UBND xã Cũ")
    made = cases.decided(units=("CU",), criteria=("MC-05",), review=(date(2025, 1, 1), date(2025, 12, 31)))
    session.commit()
    ended = xlsx([("CU", old.name, "UBND xã", "DN", "Trực thuộc", "", "30/6/2025", BASIS)])
    upload(client.sign_in("planner"), ended, expect=422)
    assert f"{made.short_name} đang kiểm tra UBND xã Cũ cả những ngày từ 01/7/2025." in client.text


def test_what_a_file_cuts_is_shown_again_when_it_changed(client: Browser, session: Session) -> None:
    old = units.unit("CU", "UBND xã Cũ")
    new = units.unit("MOI", "UBND xã Mới", valid_from=DAY)
    services.add_succession(old, new, DAY, SuccessionKind.MERGE, actor=None)
    session.commit()
    ended = xlsx([("CU", old.name, "UBND xã", "DN", "Trực thuộc", "", "30/6/2025", BASIS)])
    upload(client.sign_in("planner"), ended)
    assert "Sẽ cắt lại phạm vi" not in client.text
    cases.decided(units=("CU",), criteria=("MC-05",), review=(date(2025, 1, 1), date(2025, 12, 31)))
    session.commit()
    client.submit("main form[action$='/confirm']", expect=409)
    assert "Sẽ cắt lại phạm vi của 01 cuộc kiểm tra đang giữ." in client.text
    session.expire_all()
    assert old.valid_to is None
