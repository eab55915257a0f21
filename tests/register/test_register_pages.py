"""Screen 10: the quick question, the matrix, the list, one unit, one conclusion, as each person sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.documents import services as documents
from app.documents.models import DocumentKind
from app.files import services as files
from app.register import services
from app.register.models import ConclusionState, Level
from app.web.paging import Cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
QUESTION = {"unit": "long phuoc", "criterion": "MC-05", "starts_on": "01/01/2026", "ends_on": "30/9/2026"}


def ask(**changes: str) -> str:
    return "/register?" + urlencode({**QUESTION, "field": "", **changes})


@pytest.fixture
def notice(session: Session) -> int:
    """Notice 45/TB-SNV concluded MC-05 and MC-06 of Long Phước and CĐ-01 of An Phước; a team holds KL-01."""
    made = factory.concluded(
        [
            (factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05"),
            (factory.box(cast.LONG_PHUOC, "MC-06", FIRST, LAST), "MC-06"),
            (factory.box(cast.AN_PHUOC, "CĐ-01", FIRST, LAST), "CĐ-01"),
        ],
        result="partly",
    )
    factory.held([factory.box(cast.LONG_PHUOC, "KL-01", FIRST, LAST)])
    session.commit()
    return made.id


def rows(client: Browser) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in client.page.select("tbody tr")]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    sa.event.listen(session.get_bind(), "before_cursor_execute", listen)
    yield seen
    sa.event.remove(session.get_bind(), "before_cursor_execute", listen)


# --- the quick question ----------------------------------------------------------------------------------


def test_the_planner_is_told_what_is_concluded_and_what_is_left(client: Browser, notice: int) -> None:
    client.sign_in(cast.PLANNER).get(ask())
    assert (
        "Nội dung MC-05 – Phiếu xin lỗi và hẹn lại của UBND xã Long Phước, thời kỳ 01/01/2026–30/6/2026, "
        "đã có kết luận tại Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ. "
        "Nội dung đã có thông báo kết luận thì không đánh giá lại."
    ) in client.text
    assert "Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026." in client.text
    link = client.page.select_one(".kl-note a[href*='/conclusions/']")
    assert link is not None and link["href"] == f"/register/conclusions/{notice}"
    assert "Dòng thời gian: UBND xã Long Phước" in client.text


def test_a_free_content_is_said_to_be_free(client: Browser, notice: int) -> None:
    client.sign_in(cast.PLANNER).get(ask(criterion="MC-07"))
    assert "Còn được kiểm tra. Nội dung MC-07" in client.text
    client.get(ask(criterion="MC-11", field="dat-dai"))
    assert "MC-11 – Tỷ lệ giải quyết đúng hạn (lĩnh vực Đất đai)" in client.text


def test_the_office_learns_of_another_team(client: Browser, notice: int) -> None:
    client.sign_in(cast.PLANNER).get(ask(criterion="KL-01", ends_on="30/6/2026"))
    assert "Đoàn khác đang kiểm tra." in client.text
    assert "Đoàn kiểm tra theo Quyết định số 120/QĐ-SNV ngày 03/9/2026" in client.text


@pytest.mark.parametrize("part", [cast.HEAD, cast.OFFICER, cast.OBSERVER])
def test_nobody_outside_the_office_learns_of_a_team(client: Browser, notice: int, part: str) -> None:
    client.sign_in(part)
    for path in (
        ask(criterion="KL-01"),
        "/register?starts_on=01/01/2026&ends_on=30/6/2026",
        f"/register/units/{cast.unit('LP').id}",
        f"/register/units/{cast.unit('LP').id}/groups/{group('KL')}?starts_on=01/01/2026&ends_on=30/6/2026",
    ):
        client.get(path)
        shown = client.response.get_data(as_text=True)
        assert "120/QĐ-SNV" not in shown
        assert "đoàn khác" not in shown.lower()
        assert "Còn được kiểm tra" not in shown, "silence is not a promise"


def group(code: str) -> int:
    return int(next(item.id for item in factory.forms.latest_version().groups if item.code == code))


def test_a_units_people_are_told_what_is_not_concluded(client: Browser, notice: int) -> None:
    client.sign_in(cast.HEAD).get(ask(criterion="KL-01"))
    assert "Chưa có kết luận. Nội dung KL-01" in client.text
    assert "Chưa có thông báo kết luận: từ 01/01/2026 đến 30/9/2026." in client.text
    client.get(ask())
    assert "đã có kết luận tại Thông báo số 45/TB-SNV" in client.text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": "khong co don vi nay"}, "Không tìm thấy đơn vị “khong co don vi nay”"),
        ({"unit": ""}, "Nhập tên hoặc mã đơn vị."),
        ({"criterion": ""}, "Chọn nội dung."),
        ({"criterion": "XX-01"}, "Chọn một giá trị trong danh sách."),
        ({"starts_on": "30/02/2026"}, "Không có ngày 30/02/2026 trong lịch."),
        ({"starts_on": "01/10/2026"}, "Ngày kết thúc 30/9/2026 trước ngày bắt đầu 01/10/2026."),
        ({"ends_on": ""}, "Nhập ngày kết thúc của thời kỳ."),
        ({"field": "dat-dai"}, "Tiêu chí MC-05 không tách theo lĩnh vực."),
        ({"starts_on": "01/01/2024", "ends_on": "30/6/2024"}, "chưa ghi nhận đơn vị cũ"),
    ],
)
def test_a_bad_question_keeps_what_was_typed(
    client: Browser, notice: int, changes: dict[str, str], message: str
) -> None:
    client.sign_in(cast.PLANNER).get(ask(**changes), expect=422)
    assert message in client.text
    typed = {**QUESTION, **changes}
    for name in ("unit", "starts_on", "ends_on"):
        field = client.page.select_one(f".kl-ask [name={name}]")
        assert field is not None and field.get("value", "") == typed[name]


def test_a_unit_of_others_is_not_even_known(client: Browser, notice: int) -> None:
    client.sign_in(cast.HEAD).get(ask(unit="an phuoc"), expect=422)
    assert "Không tìm thấy đơn vị “an phuoc”" in client.text
    assert "UBND xã An Phước" not in client.response.get_data(as_text=True)


def test_who_has_no_part_is_refused_and_a_stranger_signs_in(client: Browser, notice: int) -> None:
    client.sign_in(cast.OUTSIDER).get("/register", expect=403)
    client.client.delete_cookie("ket-luan")
    client.get("/register", expect=303)


# --- the matrix ------------------------------------------------------------------------------------------


def cell(client: Browser, unit: str, code: str) -> str:
    heads = [head.b.get_text() if head.b else "" for head in client.page.select(".kl-matrix thead th")]
    for row in client.page.select(".kl-matrix tbody tr"):
        if unit in row.get_text():
            shown = row.select("td")[heads.index(code) - 1]
            return " ".join(shown.get_text(" ").split()).removeprefix(f"{code} ")
    raise AssertionError(f"{unit} is not in the matrix")


def test_the_matrix_says_the_state_in_words_and_figures(client: Browser, session: Session) -> None:
    keys = [c.key for g in factory.forms.latest_version().groups for c in g.criteria if g.code == "TC"]
    factory.concluded([(factory.box("LP", key, FIRST, LAST), key) for key in keys])
    factory.concluded([(factory.box("LP", "MC-05", FIRST, LAST), "MC-05")], "46/TB-SNV")
    factory.held([factory.box("LP", "KL-01", FIRST, LAST)])
    session.commit()
    client.sign_in(cast.PLANNER).get("/register?starts_on=01/01/2026&ends_on=30/6/2026")
    assert "Đơn vị × nhóm nội dung, thời kỳ 01/01/2026–30/6/2026" in client.text
    assert cell(client, "Long Phước", "TC") == "04/04 đã kết luận"
    assert cell(client, "Long Phước", "MC") == "01/14 một phần"
    assert cell(client, "Long Phước", "KL") == "đoàn khác"
    assert cell(client, "Long Phước", "CĐ") == "07 còn"
    assert cell(client, "An Phước", "TC") == "04 còn"
    client.get("/register?starts_on=01/01/2026&ends_on=31/7/2026")
    assert cell(client, "Long Phước", "TC") == "04/04 một phần", "July is still open"


def test_a_cell_leads_to_every_content_of_the_group(client: Browser, notice: int) -> None:
    client.sign_in(cast.PLANNER).get("/register?starts_on=01/01/2026&ends_on=30/6/2026")
    link = next(a for a in client.page.select(".kl-matrix a.kl-cell--part") if "MC" in a.get_text())
    client.get(str(link["href"]))
    assert "UBND xã Long Phước, thời kỳ 01/01/2026–30/6/2026" in client.text
    told = rows(client)
    assert any("MC-05" in row and "Đã kết luận" in row and "45/TB-SNV" in row for row in told)
    assert any("MC-07" in row and "Còn được kiểm tra" in row for row in told)
    client.get(f"/register/units/{cast.unit('LP').id}/groups/999999", expect=404)
    client.get(f"/register/units/999999/groups/{group('MC')}", expect=404)


def test_a_cell_says_what_is_inherited_what_is_a_field_and_what_only_warns(
    client: Browser, session: Session
) -> None:
    old = factory.unit("CU", "UBND xã Cũ Mẫu", valid_to=date(2025, 7, 1))
    new = factory.unit("MOI", "UBND xã Mới Mẫu", valid_from=date(2025, 7, 1))
    factory.succeeds(new, old, on=date(2025, 7, 1))
    factory.concluded([(factory.box(old, "MC-05", date(2025, 1, 1), date(2025, 6, 30)), "MC-05")])
    land = factory.box(new, "MC-11", FIRST, LAST, field="dat-dai")
    factory.concluded([(land, "MC-11")], "46/TB-SNV")
    own = factory.box(new, "MC-06", FIRST, LAST)
    factory.concluded([(own, "MC-06")], "12/TB-UBND", body="UBND xã Mới Mẫu", level=Level.COMMUNE)
    session.commit()
    path = f"/register/units/{new.id}/groups/{group('MC')}?starts_on=01/01/2025&ends_on=30/6/2026"
    client.sign_in(cast.PLANNER).get(path)
    assert "Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ, thời kỳ 01/01/2025–30/6/2025 " in client.text
    assert "(kế thừa từ UBND xã Cũ Mẫu)" in client.text
    assert "thời kỳ 01/01/2026–30/6/2026 (lĩnh vực Đất đai)" in client.text
    assert "của UBND xã Mới Mẫu, thời kỳ 01/01/2026–30/6/2026 (cấp dưới)" in client.text


def test_a_group_in_days_before_the_unit_says_so(client: Browser, notice: int) -> None:
    path = f"/register/units/{cast.unit('LP').id}/groups/{group('MC')}"
    client.sign_in(cast.PLANNER).get(f"{path}?starts_on=01/01/2024&ends_on=30/6/2024")
    assert "hình thành ngày 01/7/2025; chưa ghi nhận đơn vị cũ" in client.text
    client.get(f"{path}?starts_on=nonsense")
    assert "thời kỳ 01/01/2026–23/9/2026" in client.text, "this year until today"


def test_the_matrix_pages_in_vietnamese_order(client: Browser, session: Session) -> None:
    for number in range(1, 15):
        factory.unit(f"TH-{number:02d}", f"UBND xã Thử Mẫu {number}")
    session.commit()
    client.sign_in(cast.PLANNER).get("/register?q=thu+mau")
    first = [row.th.get_text(strip=True) for row in client.page.select(".kl-matrix tbody tr")]
    assert first[:3] == ["UBND xã Thử Mẫu 1", "UBND xã Thử Mẫu 2", "UBND xã Thử Mẫu 3"]
    assert len(first) == 12 and "12 trong 14 đơn vị" in client.text
    client.get(str(client.page.select_one("a[rel=next]")["href"]))  # type: ignore[index]
    assert [row.th.get_text(strip=True) for row in client.page.select(".kl-matrix tbody tr")] == [
        "UBND xã Thử Mẫu 13",
        "UBND xã Thử Mẫu 14",
    ]
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))  # type: ignore[index]
    assert [row.th.get_text(strip=True) for row in client.page.select(".kl-matrix tbody tr")] == first
    client.get("/register?cursor=xx", expect=400)
    client.get("/register?q=khong+co")
    assert "Không có đơn vị nào khớp điều kiện lọc." in client.text


def test_a_unit_that_begins_within_the_period_says_what_it_inherits(
    client: Browser, session: Session
) -> None:
    old = factory.unit("CU", "UBND xã Cũ Mẫu", valid_to=date(2025, 7, 1))
    new = factory.unit("MOI", "UBND xã Mới Mẫu", valid_from=date(2025, 7, 1))
    factory.succeeds(new, old, on=date(2025, 7, 1))
    factory.concluded([(factory.box(old, "MC-05", date(2025, 1, 1), LAST.replace(2025)), "MC-05")])
    session.commit()
    client.sign_in(cast.PLANNER).get("/register?q=moi+mau&starts_on=01/01/2025&ends_on=31/12/2025")
    assert "kế thừa từ 01 đơn vị cũ" in client.text
    assert cell(client, "Mới Mẫu", "MC") == "01/14 một phần"
    client.get("/register?q=long+phuoc&starts_on=01/01/2026&ends_on=30/6/2026")
    assert "kế thừa" not in client.text


def test_a_units_people_see_their_own_line_only(client: Browser, notice: int) -> None:
    client.sign_in(cast.HEAD).get("/register?starts_on=01/01/2026&ends_on=30/6/2026")
    units = [row.th.get_text(strip=True) for row in client.page.select(".kl-matrix tbody tr")]
    assert units == ["UBND xã Long Phước"]
    client.get("/register?starts_on=01/01/2024&ends_on=30/6/2024")
    assert client.page.select(".kl-matrix tbody tr") == []


def test_a_unit_formed_on_the_last_day_is_asked_about_that_day(client: Browser, session: Session) -> None:
    factory.unit("MUON", "UBND xã Muộn Mẫu", valid_from=date(2026, 6, 30))
    session.commit()
    client.sign_in(cast.PLANNER).get("/register?q=muon+mau&starts_on=01/01/2026&ends_on=30/6/2026")
    assert cell(client, "Muộn Mẫu", "MC") == "14 còn"


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
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))  # type: ignore[index]
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
    assert any("Một kế hoạch đã giữ chỗ của Sở Nội vụ đang kiểm tra 01 nội dung" in item for item in entries)
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
            session.expire_all()
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
    assert max(few) <= 30
