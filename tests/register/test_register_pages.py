"""Screen 10: the quick question and the matrix, as each person sees them."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.register.models import Level
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory
from tests.register.reading import FIRST, LAST, QUESTION, ask, group, rows

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
    assert cell(client, "Long Phước", "TC") == "04/04 một phần thời kỳ", "July is still open"
    factory.concluded([(factory.box("LP", "MC-11", FIRST, LAST, field="dat-dai"), "MC-11")], "47/TB-SNV")
    session.commit()
    client.get("/register?starts_on=01/01/2026&ends_on=30/6/2026")
    assert cell(client, "Long Phước", "MC") == "02/14 một phần lĩnh vực"


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
    client.get(str(client.page.select_one("a[rel=next]")["href"]))
    assert [row.th.get_text(strip=True) for row in client.page.select(".kl-matrix tbody tr")] == [
        "UBND xã Thử Mẫu 13",
        "UBND xã Thử Mẫu 14",
    ]
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))
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
    assert cell(client, "Mới Mẫu", "MC") == "01/14 một phần thời kỳ"
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


@pytest.mark.parametrize(
    "values", [(0, "a", "a", "a"), (0, None, None, None), (0, "a", "a"), (0, 1, "a"), (0, None)]
)
@pytest.mark.parametrize("path", ["/units?q=u", "/register?", "/people?q=", "/inspections?"])
def test_an_address_of_a_list_that_was_changed_is_a_400(
    client: Browser, path: str, values: tuple[object, ...]
) -> None:
    part = cast.ADMINISTRATOR if path.startswith("/people") else cast.PLANNER
    text = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    client.sign_in(part).get(f"{path}&cursor={text}", expect=400)
    client.get(f"{path}&cursor=zzz", expect=400)


def test_what_stands_on_a_part_is_told_of_the_whole_to_the_office_alone(
    client: Browser, session: Session
) -> None:
    factory.concluded([(factory.box(cast.CULTURE, "MC-05", FIRST, LAST), "MC-05")])
    session.commit()
    told = "Nội dung này của Phòng Văn hóa – Xã hội xã Long Phước, thời kỳ"
    client.sign_in(cast.PLANNER).get(ask())
    assert told in client.text and "thuộc cùng một cơ quan nên không kiểm tra lại" in client.text
    client.sign_in(cast.HEAD).get(ask())
    assert told not in client.text
