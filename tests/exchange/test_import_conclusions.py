"""Conclusions and past notices from a file: dry run, all or nothing, every bad line by name."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.exchange import conclusions_file
from app.exchange.conclusions_file import COLUMNS
from app.exchange.tables import Row
from app.register import entry
from app.register.models import Claim, Conclusion, ConclusionLine, Coverage, Level, MandateKind
from tests import cast
from tests.conftest import Browser
from tests.exchange.files import csv_file, upload, xlsx
from tests.factories import register as factory
from tests.queries import count_queries

OTHER, PAST = "Cơ quan khác", "Thông báo cũ của cơ quan"
BASE = {
    "Nguồn": OTHER, "Cơ quan kết luận": "Thanh tra tỉnh Mẫu", "Cấp": "Cấp tỉnh", "Số và ký hiệu": "05/KL-TTr",
    "Ngày văn bản": "20/8/2026", "Trích yếu": "Kết luận thanh tra công vụ", "Mã đơn vị": "LP",
    "Nội dung (mã tiêu chí)": "MC-05; mc-06", "Từ ngày": "01/01/2026", "Đến ngày": "30/6/2026",
    "Kết quả": "Không đạt", "Hiệu lực": "", "Ghi chú": "",
}  # fmt: skip
SHORT = {
    "source": "Nguồn", "body": "Cơ quan kết luận", "level": "Cấp", "number": "Số và ký hiệu",
    "dated": "Ngày văn bản",
    "title": "Trích yếu", "unit": "Mã đơn vị", "keys": "Nội dung (mã tiêu chí)", "first": "Từ ngày",
    "last": "Đến ngày", "result": "Kết quả", "effect": "Hiệu lực", "note": "Ghi chú",
}  # fmt: skip


def line(**changes: str) -> tuple[str, ...]:
    values = BASE | {SHORT[name]: text for name, text in changes.items()}
    return tuple(values[column] for column in COLUMNS)


def past(**changes: str) -> tuple[str, ...]:
    """A past notice of the office that nobody has mapped yet."""
    said = {
        "source": PAST, "body": "Sở Nội vụ", "level": "sở, ngành", "number": "18/TB-SNV",
        "dated": "15/11/2025",
        "title": "Thông báo kết luận kiểm tra cải cách hành chính", "keys": "", "first": "01/7/2025",
        "last": "30/9/2025", "result": "", "note": "Chưa xin lỗi khi quá hạn",
    }  # fmt: skip
    return line(**(said | changes))


def dry(client: Browser, *rows: tuple[str, ...], expect: int = 200, part: str = cast.CLERK) -> None:
    upload(client.sign_in(part), xlsx(rows, COLUMNS), "kl.xlsx", "conclusions", expect=expect)


def number_of(session: Session, model: type) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.mark.parametrize("make", [xlsx, csv_file])
def test_lines_of_one_paper_become_one_conclusion_after_confirmation(
    client: Browser, session: Session, make
) -> None:
    rows = [
        line(),
        line(unit="ap", keys="TC", first="01/4/2026", result="", note="Theo báo cáo"),
        past(),
    ]
    name = "kl.xlsx" if make is xlsx else "kl.csv"
    data = make(rows, COLUMNS)
    upload(client.sign_in(cast.CLERK), data, name, "conclusions")
    assert "05/KL-TTr, Thanh tra tỉnh Mẫu, LP" in client.text
    assert "02 nội dung, áp dụng" in client.text and "chưa gắn nội dung, chỉ ghi nhận" in client.text
    assert number_of(session, Conclusion) == 0, "a dry run writes nothing"
    client.submit("main form[action$='/confirm']")
    assert client.response.location.endswith("/register/conclusions")
    client.follow()
    assert "Đã ghi 03 dòng thêm mới, 00 dòng thay đổi." in client.text
    assert "05/KL-TTr" in client.text and "18/TB-SNV" in client.text
    other, ours = session.scalars(sa.select(Conclusion).order_by(Conclusion.id)).all()
    assert (other.mandate.kind, other.level, other.record_only) == (
        MandateKind.OTHER_BODY,
        Level.PROVINCE,
        False,
    )
    assert (ours.mandate.kind, ours.level, ours.record_only) == (MandateKind.HISTORIC, Level.DEPARTMENT, True)
    covered = {(row.unit_id, row.criterion_key, row.starts_on, row.result) for row in other.coverage}
    first, later = date(2026, 1, 1), date(2026, 4, 1)
    assert covered == {(cast.unit("LP").id, key, first, "not_met") for key in ("MC-05", "MC-06")} | {
        (cast.unit("AP").id, f"TC-0{n}", later, "") for n in range(1, 5)
    }
    assert number_of(session, Claim) == 6 and not ours.coverage
    assert [(row.criteria, row.text) for row in ours.lines] == [("", "Chưa xin lỗi khi quá hạn")]
    names = session.scalars(sa.select(Event.name)).all()
    assert names.count("conclusion_recorded") == 2 and names.count("conclusions_imported") == 1
    upload(client, data, name, "conclusions")
    assert "Nội dung tệp trùng với dữ liệu đang có" in client.text
    assert number_of(session, ConclusionLine) == 3


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([line(source="Báo chí")], "Chọn một trong: Cơ quan khác; Thông báo cũ của cơ quan."),
        ([line(body="")], "Nhập tên cơ quan kết luận."),
        ([line(level="phòng")], "Chọn một trong: cấp xã; sở, ngành; cấp tỉnh; trung ương."),
        ([line(number="mười")], "Nhập số và ký hiệu"),
        ([line(dated="")], "Nhập ngày văn bản."),
        ([line(dated="30/02/2026")], "Không có ngày 30/02/2026 trong lịch."),
        ([line(dated="20/8/2030")], "sau ngày hôm nay"),
        ([line(title="")], "Nhập trích yếu nội dung."),
        ([line(unit="")], "Nhập mã đơn vị."),
        ([line(unit="KHONG")], "Không có đơn vị mã KHONG trong hệ thống."),
        ([line(keys="MC-05; MC-99")], "Không có tiêu chí “MC-99” trong phiếu kiểm tra."),
        ([line(first="")], "Nhập ngày bắt đầu của thời kỳ."),
        ([line(last="")], "Nhập ngày kết thúc của thời kỳ."),
        ([line(last="31/12/2025")], "trước ngày bắt đầu"),
        ([line(first="30/02/2026")], "Không có ngày 30/02/2026 trong lịch."),
        ([line(last="31/6/2026")], "Không có ngày 31/6/2026 trong lịch."),
        ([line(first="01/01/0001")], "Năm 1 nằm ngoài khoảng"),
        ([line(dated="0001-01-01")], "Năm 1 nằm ngoài khoảng"),
        ([line(keys=unicodedata.normalize("NFD", "cđ-99"))], "Không có tiêu chí “"),
        ([line(last="21/8/2026")], "Thời kỳ kết thúc sau ngày văn bản 20/8/2026."),
        ([line(first="01/01/2020", last="30/6/2020")], "không hoạt động trong thời kỳ đã chọn"),
        ([line(result="Tạm")], "Để trống hoặc chọn một trong: Đạt"),
        ([line(effect="Có")], "Để trống hoặc chọn “Áp dụng”, “Chỉ ghi nhận”."),
        ([line(keys="", effect="Áp dụng")], "Chưa có nội dung nào để áp dụng."),
        ([line(), line(unit="AP", title="Khác")], "khác dòng 2: Kết luận thanh tra công vụ."),
        ([line(), line(unit="AP", level="trung ương")], "khác dòng 2: cấp tỉnh."),
        ([line(), line(unit="AP", body="THANH TRA tỉnh Mẫu")], "khác dòng 2: Thanh tra tỉnh Mẫu."),
        ([line(), line(unit="AP", source=PAST)], "khác dòng 2: Cơ quan khác."),
        ([line(), line(unit="AP", effect="chỉ ghi nhận")], "khác dòng 2: (để trống)."),
        ([line(), line(keys="MC-06; MC-07")], "Nội dung MC-06 của đơn vị này đã có ở dòng 2."),
        ([line(), line(keys="MC-06", result="Đạt")], "có kết quả khác ở dòng 2: Chưa đạt."),
        ([past(), past(first="01/9/2025")], "Đơn vị này đã có ở dòng 2."),
        ([line(note="=1+1")], "Ô chứa công thức."),
    ],
)
def test_a_bad_line_is_named_and_nothing_can_be_written(
    client: Browser, session: Session, rows: list[tuple[str, ...]], told: str
) -> None:
    dry(client, *rows, expect=422)
    assert told in client.text
    assert not client.page.select("form[action$='/confirm']")
    assert number_of(session, Conclusion) == 0


def test_a_key_in_parts_or_in_small_letters_is_the_same_key(client: Browser, session: Session) -> None:
    dry(client, line(keys=unicodedata.normalize("NFD", "cđ-01; mc-05"), unit=" lp "))
    client.submit("main form[action$='/confirm']")
    assert set(session.scalars(sa.select(Coverage.criterion_key))) == {"CĐ-01", "MC-05"}
    twice = line(keys=unicodedata.normalize("NFD", "CĐ-01; cđ-01"), number="06/KL-TTr")
    dry(client, twice, line(keys="CĐ-01", number="06/KL-TTr"), expect=422)
    assert "Nội dung CĐ-01 của đơn vị này đã có ở dòng 2." in client.text


def test_what_may_stand_beside_each_other(client: Browser, session: Session) -> None:
    """Periods that touch, other contents, a unit with and without criteria; an effect of its own."""
    rows = [
        line(last="31/3/2026"),
        line(first="01/4/2026", result="Đạt"),
        line(keys="", note="Một việc"),
        line(keys="", note="Việc khác"),
        line(number="06/KL-TTr", effect="Chỉ ghi nhận"),
        past(keys="MC-05", effect="Áp dụng"),
    ]
    dry(client, *rows, part=cast.PLANNER)
    client.submit("main form[action$='/confirm']")
    found = session.execute(sa.select(Conclusion.number_and_symbol, Conclusion.record_only))
    assert {tuple(row) for row in found} == {("05/KL-TTr", False), ("06/KL-TTr", True), ("18/TB-SNV", False)}
    assert number_of(session, Coverage) == 7


def test_a_paper_that_stands_otherwise_is_told_by_line(client: Browser, session: Session) -> None:
    dry(client, line(effect="Chỉ ghi nhận"))
    client.submit("main form[action$='/confirm']")
    dry(client, line(title="Trích yếu khác"), line(effect="Áp dụng", unit="AP"), expect=422)
    assert "đã có trong danh mục với nội dung khác ở cột này." in client.text
    assert "đang chỉ ghi nhận. Gắn với nội dung của phiếu tại trang kết luận đó." in client.text
    assert "nhưng không có dòng này" in client.text
    dry(client, line(keys="MC-05", effect="Chỉ ghi nhận"))
    assert "trùng với dữ liệu đang có" in client.text, "a part of what stands is nothing new"


def test_a_conclusion_older_than_its_lines_is_compared_by_what_it_covers(
    client: Browser, session: Session
) -> None:
    body, level = "Thanh tra tỉnh Mẫu", Level.PROVINCE
    made = factory.conclusion(
        "05/KL-TTr", on=date(2026, 8, 20), body=body, level=level, title="Kết luận thanh tra công vụ",
        under=factory.mandate("", level=level, body=body, kind=MandateKind.OTHER_BODY),
    )  # fmt: skip
    boxes = [
        (factory.box("LP", key, date(2026, 1, 1), date(2026, 6, 30)), "not_met", key)
        for key in ("MC-05", "MC-06")
    ]
    factory.services.cover(made, boxes, actor=None)
    session.commit()
    dry(client, line())
    assert "trùng với dữ liệu đang có" in client.text
    dry(client, line(keys="MC-07"), expect=422)
    assert "nhưng không có dòng này" in client.text


def test_a_register_that_changed_meanwhile_shows_again(client: Browser, session: Session) -> None:
    dry(client, line())
    entry.record(
        entry.Entry(
            MandateKind.OTHER_BODY, "Thanh tra tỉnh Mẫu", Level.PROVINCE, "05/KL-TTr", date(2026, 8, 20),
            "Khác hẳn",
            [entry.Said(cast.unit("LP"), [factory.criterion("MC-05")], date(2026, 1, 1), date(2026, 7, 1))],
        ),
        actor=None,
    )  # fmt: skip
    session.commit()
    client.submit("main form[action$='/confirm']", expect=409)
    assert "đã thay đổi sau lần xem trước" in client.text
    assert number_of(session, Conclusion) == 1


@pytest.mark.parametrize("part", [cast.LEADER, cast.MEMBER, cast.OBSERVER, cast.HEAD, "administrator"])
def test_only_the_planner_and_the_clerk_import(client: Browser, part: str) -> None:
    client.sign_in(part).get("/import/conclusions", expect=403)
    client.get("/import/conclusions/template.xlsx", expect=403)


def test_the_template_is_a_file_that_reads(client: Browser) -> None:
    client.sign_in(cast.CLERK).get("/import/conclusions")
    hrefs = [link["href"] for link in client.page.select("main a[href*='template']")]
    assert hrefs == ["/import/conclusions/template.xlsx", "/import/conclusions/template.csv"]
    client.get(hrefs[1])
    upload(client, client.response.data, "kl.csv", "conclusions", expect=422)
    assert "Không có đơn vị mã MAU-XA1" in client.text and "Cột" in client.text


def test_reading_a_long_file_asks_no_line_by_line(client: Browser, session: Session) -> None:
    def reads(rows: int) -> int:
        session.expire_all()
        made = [
            Row(number + 2, dict(zip(COLUMNS, line(number=f"{number + 1}/KL-TTr"), strict=True)))
            for number in range(rows)
        ]
        with count_queries(session) as sent:
            conclusions_file.plan(made)
        return len(sent)

    assert reads(60) == reads(3)


def test_an_import_over_contents_at_work_says_which_cases_it_meets(client: Browser, session: Session) -> None:
    factory.held([factory.box(cast.LONG_PHUOC, "MC-05", date(2026, 1, 1), date(2026, 6, 30))])
    session.commit()
    dry(client, line())
    client.submit("main form[action$='/confirm']")
    client.follow()
    assert "Trùng với nội dung đang kiểm tra theo 120/QĐ-SNV ngày 03/9/2026." in client.text
    assert session.scalars(sa.select(Event.name).where(Event.name == "claims_overrun")).all()
