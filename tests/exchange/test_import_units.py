"""Units from a file: dry run, all or nothing, the same file twice."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.units import queries
from app.units.models import Relation, Unit, UnitType
from tests import cast
from tests.conftest import Browser
from tests.exchange.files import csv_file, upload, xlsx

NEW = ("NT", "UBND xã Nhơn Thử", "UBND xã", "DN", "Trực thuộc", "01/7/2025", "", "Nghị quyết thử")
PART = ("NT-VP", "Văn phòng xã Nhơn Thử", "Phòng, bộ phận", "NT", "Là bộ phận của", "01/7/2025", "", "")
SAME = ("LP", "UBND xã Long Phước", "UBND xã", "DN", "Trực thuộc", "", "", "")
RENAMED = (
    "LP",
    "UBND phường Long Phước",
    "UBND phường",
    "DN",
    "Trực thuộc",
    "30/4/2026",
    "",
    "Nghị quyết thử",
)


def confirm(client: Browser, expect: int = 303) -> None:
    client.submit("main form[action$='/confirm']", expect=expect)


def count(session: Session) -> int:
    session.expire_all()
    return session.scalar(sa.select(sa.func.count()).select_from(Unit)) or 0


@pytest.mark.parametrize("kind", ["xlsx", "csv", "csv;"])
def test_a_file_is_shown_first_and_written_at_confirmation(
    client: Browser, session: Session, kind: str
) -> None:
    rows = [PART, NEW, SAME, ("AP", *RENAMED[1:])]
    data = xlsx(rows) if kind == "xlsx" else csv_file(rows, delimiter=kind[3:] or ",")
    before = count(session)
    upload(client.sign_in("administrator"), data, f"don-vi.{kind[:4].rstrip(';')}")
    assert [n.get_text() for n in client.page.select(".kl-numbers b")] == ["02", "01", "01", "00"]
    assert "từ ngày 30/4/2026: tên UBND xã An Phước → UBND phường Long Phước" in client.text
    assert count(session) == before, "a dry run writes nothing"
    confirm(client)
    client.follow()
    assert "Đã ghi 02 dòng thêm mới, 01 dòng thay đổi." in client.text
    assert count(session) == before + 2
    part = queries.find_by_code("NT-VP")
    assert part is not None and part.current.parent is not None
    assert (part.current.parent.code, part.current.relation) == ("NT", Relation.PART_OF)
    renamed = cast.unit("AP")
    assert (renamed.version_on(date(2026, 4, 29)).type, renamed.type) == (UnitType.COMMUNE, UnitType.WARD)
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(4)).all()
    assert sorted(names) == ["unit_created", "unit_created", "unit_version_added", "units_imported"]


def test_the_same_file_again_changes_nothing(client: Browser, session: Session) -> None:
    client.sign_in("planner")
    data = xlsx([NEW, PART, RENAMED])
    upload(client, data)
    confirm(client)
    before = count(session)
    upload(client, data)
    assert "Nội dung tệp trùng với dữ liệu đang có" in client.text
    assert not client.page.select("form[action$='/confirm']")
    assert count(session) == before


def test_a_district_ends_together_with_its_communes(client: Browser) -> None:
    rows = [
        ("HC", "UBND huyện Cũ", "UBND huyện", "DN", "Trực thuộc", "", "", ""),
        ("HC-X", "UBND xã Cũ", "UBND xã", "HC", "Trực thuộc", "", "", ""),
    ]
    client.sign_in("planner")
    upload(client, xlsx(rows))
    confirm(client)
    upload(client, xlsx([(*row[:6], datetime(2025, 6, 30), "") for row in rows]))
    confirm(client)
    found = queries.find_by_code("HC")
    assert found is not None and found.valid_to == date(2025, 7, 1)


def test_a_unit_with_living_parts_is_not_ended(client: Browser) -> None:
    row = ("LP", "UBND xã Long Phước", "UBND xã", "DN", "Trực thuộc", "", "31/12/2026", "")
    upload(client.sign_in("planner"), xlsx([row]), expect=422)
    assert "Cột Đến ngày: Còn 01 đơn vị trực thuộc đang hoạt động" in client.text


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("X", *NEW[1:]), "Cột Mã: Mã gồm 02 đến 40 chữ"),
        ((NEW[0], "", *NEW[2:]), "Cột Tên: Tên đơn vị có từ 02"),
        ((*NEW[:2], "Xã", *NEW[3:]), "Cột Loại: Chọn một trong các loại"),
        ((*NEW[:3], "KHONG-CO", *NEW[4:]), "Cột Mã cấp trên: Không có đơn vị mã KHONG-CO"),
        ((*NEW[:3], "NT", *NEW[4:]), "lại trực thuộc chính đơn vị này"),
        ((*NEW[:4], "Anh em", *NEW[5:]), "Cột Quan hệ: Nhập"),
        ((*NEW[:5], "31/02/2026", "", ""), "Cột Từ ngày: Không có ngày 31/02/2026"),
        ((*NEW[:5], "01/7/2025", "30/6/2024", ""), "Cột Đến ngày: Đến ngày không được trước Từ ngày"),
        ((NEW[0], "=A1&B1", *NEW[2:]), "Cột Tên: Ô chứa công thức"),
        (("LP", "Tên khác", *SAME[2:]), "Cột Từ ngày: Đơn vị đã có, nội dung khác"),
        (("LP", "Tên khác", *SAME[2:5], "01/7/2025", "", ""), "Đã ghi nội dung khác từ ngày này"),
        ((*NEW[:3], "LP", NEW[4], "01/01/2020", "", ""), "Đơn vị LP không hoạt động vào ngày 01/01/2020"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(
    client: Browser, session: Session, row: tuple[str, ...], said: str
) -> None:
    before = count(session)
    good = ("GD", *NEW[1:])
    upload(client.sign_in("administrator"), xlsx([good, row]), expect=422)
    wrong = [r for r in client.page.select("tbody tr") if "Cần sửa" in r.get_text()]
    assert [r.th.get_text() for r in wrong if r.th] == ["3"]
    assert said in client.text
    assert not client.page.select("form[action$='/confirm']")
    assert count(session) == before


def test_a_code_may_stand_once(client: Browser) -> None:
    upload(client.sign_in("planner"), xlsx([NEW, ("nt", *NEW[1:])]), expect=422)
    assert "Mã NT đã có ở dòng 2" in client.text


def test_confirming_is_refused_when_the_database_changed_meanwhile(client: Browser, session: Session) -> None:
    from app.units import services

    upload(client.sign_in("administrator"), xlsx([NEW, SAME]))
    unit = cast.unit("LP")
    data = services.VersionData("UBND xã Tên Mới", UnitType.COMMUNE, date(2026, 9, 1), parent=cast.unit("DN"))
    services.add_version(unit, data, actor=None)
    session.commit()
    before = count(session)
    confirm(client, expect=409)
    assert "Dữ liệu trong hệ thống đã thay đổi sau lần xem trước" in client.text
    assert "Đơn vị đã có, nội dung khác (UBND xã Tên Mới)" in client.text
    assert count(session) == before


def test_confirming_twice_writes_once(client: Browser, session: Session) -> None:
    upload(client.sign_in("administrator"), xlsx([NEW]))
    form = {i["name"]: i["value"] for i in client.page.select("main form input")}
    confirm(client)
    before = count(session)
    client.get("/import/units")
    client.post("/import/units/confirm", {k: str(v) for k, v in form.items()}, expect=409)
    assert "trùng với dữ liệu đang có" in client.text
    assert count(session) == before


def test_another_persons_upload_is_not_found(client: Browser) -> None:
    upload(client.sign_in("administrator"), xlsx([NEW]))
    form = {i["name"]: str(i["value"]) for i in client.page.select("main form input")}
    client.sign_in("planner").get("/import/units")
    client.post("/import/units/confirm", {**form, "csrf_token": _token(client)}, expect=404)


def _token(client: Browser) -> str:
    return str(client.page.select_one("input[name=csrf_token]")["value"])


def test_only_those_who_manage_units_import_them(client: Browser) -> None:
    client.sign_in("member").get("/import/units", expect=403)
    client.sign_in("member").get("/import", expect=403)


def test_the_dry_run_names_every_field_that_changes(client: Browser, session: Session) -> None:
    row = ("LP", "UBND xã Long Phước", "UBND xã", "LT", "Là bộ phận của", "30/4/2026", "", "Căn cứ")
    upload(client.sign_in("administrator"), xlsx([row]), "don-vi.xlsx")
    assert "từ ngày 30/4/2026: mã cấp trên DN → LT, quan hệ Trực thuộc → Là bộ phận của" in client.text


@pytest.mark.parametrize("upload_id", ["9" * 40, "²", "-1", "x"])
def test_a_strange_upload_is_not_found(client: Browser, session: Session, upload_id: str) -> None:
    client.sign_in("administrator").get("/import/units")
    client.post("/import/units/confirm", {"upload": upload_id, "fingerprint": "a" * 64}, expect=404)
