"""Screen 10: the list, one unit, one conclusion, as each person sees them, and the number of reads."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.documents import services as documents
from app.documents.kinds import DocumentKind
from app.files import services as files
from app.register import services
from app.register.models import ConclusionState, Level
from app.web.paging import Cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory
from tests.register.reading import FIRST, LAST, ask, counted, group, rows

# --- the list --------------------------------------------------------------------------------------------


def test_the_list_names_unit_content_period_result_and_notice(client: Browser, notice: int) -> None:
    client.sign_in(cast.OBSERVER).get("/register/contents")
    line = next(row for row in rows(client) if "MC-05" in row)
    assert line == (
        "UBND xã Long Phước MC-05 – Phiếu xin lỗi và hẹn lại 01/01/2026–30/6/2026 Đạt một phần "
        "Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ –"
    )


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({"q": "45/tb"}, {"MC-05", "MC-06", "CĐ-01"}),
        ({"q": "phieu xin loi"}, {"MC-05"}),
        ({"q": "an phuoc cd-01"}, {"CĐ-01"}),
        ({"q": "long phuoc cd-01"}, set()),
        ({"unit": "AP"}, {"CĐ-01"}),
        ({"group": "MC"}, {"MC-05", "MC-06"}),
        ({"result": "met"}, set()),
        ({"result": "partly"}, {"MC-05", "MC-06", "CĐ-01"}),
        ({"effect": "recorded"}, set()),
        ({"effect": "applied", "starts_on": "30/6/2026"}, {"MC-05", "MC-06", "CĐ-01"}),
        ({"starts_on": "01/7/2026"}, set()),
        ({"ends_on": "31/12/2025"}, set()),
        ({"ends_on": "01/01/2026"}, {"MC-05", "MC-06", "CĐ-01"}),
    ],
)
def test_the_list_is_filtered(client: Browser, notice: int, filters: dict[str, str], keys: set[str]) -> None:
    if "group" in filters:
        filters = {"group": str(group(filters["group"]))}
    client.sign_in(cast.PLANNER).get("/register/contents?" + urlencode(filters))
    shown = {key for key in ("MC-05", "MC-06", "CĐ-01") for row in rows(client) if f"{key} –" in row}
    assert shown == keys
    assert ("Chưa có nội dung đã kết luận nào khớp điều kiện lọc." in client.text) is (not keys)


def test_a_bad_filter_is_told_and_a_broken_address_too(client: Browser, notice: int) -> None:
    client.sign_in(cast.PLANNER).get("/register/contents?starts_on=31/02/2026", expect=422)
    assert "Không có ngày 31/02/2026 trong lịch." in client.text
    client.get("/register/contents?unit=khong-co", expect=422)
    assert "Không tìm thấy đơn vị “khong-co”" in client.text
    client.get("/register/contents?group=x", expect=422)
    client.get("/register/contents?cursor=abc", expect=400)
    wrong = address_of("not-a-date", 1, 1)
    client.get(f"/register/contents?cursor={wrong}", expect=400)
    client.get(f"/register/conclusions/{notice}?cursor={wrong}", expect=400)


def address_of(*values: str | int) -> str:
    return quote(Cursor(values).encode())


def test_the_list_pages_both_ways_without_losing_a_row(client: Browser, session: Session) -> None:
    keys = [c.key for g in factory.forms.latest_version().groups for c in g.criteria]
    for number, day in enumerate((date(2026, 8, 12), date(2026, 8, 12), date(2026, 9, 1))):
        unit = factory.unit(f"P-{number}", f"UBND xã Trang Mẫu {number}")
        boxes = [(factory.box(unit, key, FIRST, LAST), key) for key in keys[:40]]
        factory.concluded(boxes, f"{number + 60}/TB-SNV", on=day)
    session.commit()
    client.sign_in(cast.PLANNER).get("/register/contents")
    seen, pages = rows(client), 1
    while (link := client.page.select_one("a[rel=next]")) is not None:
        client.get(str(link["href"]))
        seen += rows(client)
        pages += 1
    assert pages == 3 and len(seen) == len(set(seen)) == 120
    assert "62/TB-SNV" in seen[0], "the newest notice stands first"
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))
    assert rows(client) == seen[50:100]


def test_a_unit_reads_its_own_contents_only(client: Browser, notice: int) -> None:
    client.sign_in(cast.HEAD).get("/register/contents")
    assert {row.split(" MC-")[0] for row in rows(client)} == {"UBND xã Long Phước"}
    client.get(f"/register/conclusions/{notice}")
    assert "CĐ-01" not in client.text and "02 nội dung" in client.text
    client.sign_in(cast.OTHER_HEAD).get(f"/register/conclusions/{notice}")
    assert "MC-05" not in client.text and "01 nội dung" in client.text


def test_what_belongs_to_others_is_not_found(client: Browser, notice: int, session: Session) -> None:
    other = factory.concluded([(factory.box("AP", "MC-07", FIRST, LAST), "MC-07")], "47/TB-SNV")
    session.commit()
    another = cast.unit("AP").id
    client.sign_in(cast.HEAD)
    for path in (
        f"/register/conclusions/{other.id}",
        "/register/conclusions/999999",
        f"/register/units/{another}",
        f"/register/units/{another}/extract",
        f"/register/units/{another}/extract.pdf",
        f"/register/units/{another}/groups/{group('MC')}",
        "/register/units/999999",
    ):
        client.get(path, expect=404)


# --- one unit, one conclusion ----------------------------------------------------------------------------


def test_a_timeline_says_from_when_some_contents_hold(client: Browser, session: Session) -> None:
    factory.concluded(
        [
            (factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05"),
            (factory.box(cast.LONG_PHUOC, "CĐ-01", date(2026, 4, 1), LAST), "CĐ-01"),
        ]
    )
    session.commit()
    client.sign_in(cast.OBSERVER).get(f"/register/units/{cast.unit(cast.LONG_PHUOC).id}")
    assert (
        "02 nội dung đã kết luận, thời kỳ 01/01/2026–30/6/2026, một số nội dung từ ngày 01/4/2026"
        in client.text
    )


def test_a_units_timeline_includes_what_it_inherits(client: Browser, session: Session) -> None:
    old = factory.unit("CU", "UBND xã Cũ Mẫu", valid_to=date(2025, 7, 1))
    new = factory.unit("MOI", "UBND xã Mới Mẫu", valid_from=date(2025, 7, 1))
    factory.succeeds(new, old, on=date(2025, 7, 1))
    year = (date(2024, 1, 1), date(2024, 12, 31))
    factory.concluded([(factory.box(old, "MC-05", *year), "MC-05")], "18/TB-PNV", on=date(2025, 4, 14))
    factory.concluded(
        [(factory.box(new, "MC-05", FIRST, LAST), "MC-05")], "12/TB-UBND", body="UBND xã Mới Mẫu",
        level=Level.COMMUNE, record_only=True,
    )  # fmt: skip
    recalled = factory.conclusion("13/TB-SNV")
    services.cover(recalled, [(factory.box(new, "MC-06", FIRST, LAST), "met", "MC-06")], actor=None)
    recalled.state = ConclusionState.RECALLED
    open_team = factory.mandate("")
    open_team.until_on = open_team.decided_on = None
    factory.held([factory.box(new, "KL-01", FIRST, LAST)], open_team)
    factory.held([factory.box(new, "KL-02", FIRST, LAST)])
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/register/units/{new.id}")
    entries = [" ".join(item.get_text(" ").split()) for item in client.page.select(".kl-timeline li")]
    assert entries[0].startswith("30/9/2026 Đoàn kiểm tra theo Quyết định số 120/QĐ-SNV ngày 03/9/2026 đang")
    assert any("Đoàn kiểm tra của Sở Nội vụ đang kiểm tra 01 nội dung" in item for item in entries)
    assert any("Thông báo số 12/TB-UBND" in item and "chỉ ghi nhận" in item for item in entries)
    assert any("Thông báo số 13/TB-SNV" in item and "đã thu hồi" in item for item in entries)
    assert any("01/7/2025 UBND xã Mới Mẫu hình thành, kế thừa từ UBND xã Cũ Mẫu" in item for item in entries)
    assert entries[-1] == (
        "14/4/2025 Thông báo số 18/TB-PNV của Sở Nội vụ: 01 nội dung đã kết luận, thời kỳ "
        "01/01/2024–31/12/2024, kế thừa từ UBND xã Cũ Mẫu"
    )
    client.get(f"/register/units/{old.id}")
    assert "UBND xã Cũ Mẫu kết thúc hoạt động" in client.text
    empty = factory.unit("TRONG", "UBND xã Trống Mẫu")
    session.commit()
    client.get(f"/register/units/{empty.id}")
    assert "Chưa có thông báo kết luận nào về đơn vị." in client.text
    client.get(ask(unit="TRONG"))
    assert "Chưa có thông báo kết luận nào về đơn vị." in client.text


def test_a_conclusion_shows_its_paper_to_who_may_read_it(client: Browser, session: Session) -> None:
    kept = files.keep("tb.pdf", b"%PDF-1.7 mau", actor=None)
    paper = documents.record_elsewhere(
        kind=DocumentKind.CONCLUSION_NOTICE, number=45, symbol="TB-SNV", issued_on=date(2026, 8, 12),
        issuer_name="Sở Nội vụ", subject="Kết luận kiểm tra", file=kept, actor=None,
    )  # fmt: skip
    made = services.record_conclusion(
        mandate=factory.mandate(""), document=paper, title="Kết luận kiểm tra", number_and_symbol="45/TB-SNV",
        concluded_on=date(2026, 8, 12), body_name="Sở Nội vụ", level=Level.DEPARTMENT, note="Ghi chú mẫu",
        actor=None,
    )  # fmt: skip
    services.cover(made, [(factory.box("LP", "MC-05", FIRST, LAST), "met", "MC-05")], actor=None)
    bare = factory.conclusion("46/TB-SNV")
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/register/conclusions/{made.id}")
    assert client.page.select(f"a[href='/documents/{paper.id}']")
    assert "Ghi chú mẫu" in client.text and "Dòng thời gian" in client.text
    client.get(f"/register/conclusions/{bare.id}")
    assert "Kết luận này chưa gắn với nội dung nào" in client.text
    client.sign_in(cast.HEAD).get(f"/register/conclusions/{made.id}")
    assert not client.page.select(f"a[href='/documents/{paper.id}']"), "nothing was sent to the unit"
    assert "Dòng thời gian" not in client.text


# --- size ------------------------------------------------------------------------------------------------


def test_the_number_of_reads_does_not_grow_with_the_register(
    app: Flask, client: Browser, session: Session
) -> None:
    unit = cast.unit("LP").id
    paths = (ask(), "/register/contents", f"/register/units/{unit}", f"/register/units/{unit}/extract")
    keys = [c.key for g in factory.forms.latest_version().groups for c in g.criteria]

    def reads() -> list[int]:
        found = []
        for path in paths:
            session.commit()  # every page begins a transaction of its own
            with counted(session) as seen:
                client.get(path)
            found.append(len(seen))
        return found

    factory.concluded([(factory.box("LP", "MC-05", FIRST, LAST), "MC-05")])
    factory.concluded([(factory.box("LP", "MC-11", FIRST, LAST, field="dat-dai"), "MC-11")], "46/TB-SNV")
    session.commit()
    client.sign_in(cast.PLANNER).get("/register")
    few = reads()
    for number in range(6):
        one = factory.unit(f"N-{number}", f"UBND xã Nhiều Mẫu {number}")
        boxes = [(factory.box(one, key, FIRST, LAST), key) for key in keys]
        factory.concluded(boxes, f"{number + 100}/TB-SNV")
    later = [(factory.box("LP", key, date(2026, 7, 1), date(2026, 8, 1)), key) for key in keys]
    factory.concluded(later, "99/TB-SNV")
    session.commit()
    assert reads() == few
    assert max(few) <= 32
