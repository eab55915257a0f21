"""Recording another body's conclusion or an old notice, and the yearly slip drawn from what stands."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pypdfium2
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import Event
from app.documents.models import Document
from app.errors import DomainError
from app.policy import Actor
from app.register import entry, extract, panels, queries
from app.register.models import (
    Claim,
    Conclusion,
    ConclusionState,
    Coverage,
    Level,
    MandateKind,
)
from app.register.panels import Concluded
from app.register.review import Wanted
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
PAGE = "/register/conclusions/new"


def typed(**changes: Any) -> dict[str, Any]:
    """What somebody enters: a conclusion of the provincial inspectorate about MC-05 of Long Phước."""
    return {
        "kind": "other_body", "issuer_name": "Thanh tra tỉnh", "level": "30", "number": "05/KL-TTr",
        "issued_on": "04/9/2026", "subject": "Kết luận thanh tra công vụ", "starts_on": "01/01/2026",
        "ends_on": "30/6/2026", "result": "not_met", "units": [str(cast.unit("LP").id)],
        "criteria": ["MC-05"], "note": "", **changes,
    }  # fmt: skip


def enter(client: Browser, expect: int = 303, **changes: Any) -> None:
    client.sign_in(cast.PLANNER).get(PAGE)
    client.submit("main form[method=post]", typed(**changes), expect=expect)


# --- entry -----------------------------------------------------------------------------------------------


def test_another_bodys_conclusion_is_recorded_and_applied(client: Browser, session: Session) -> None:
    enter(client)
    client.follow()
    assert "Đã ghi nhận 01 nội dung; 01 phần được áp dụng, không đánh giá lại." in client.text
    assert "Kết luận số 05/KL-TTr ngày 04/9/2026" in client.text
    session.expire_all()
    made = session.scalars(sa.select(Conclusion)).one()
    assert (made.level, made.record_only, made.body_name) == (Level.PROVINCE, False, "Thanh tra tỉnh")
    box = factory.box("LP", "MC-05", FIRST, LAST)
    assert not queries.review([Wanted("x", box)], level=int(Level.DEPARTMENT)).is_free
    names = session.scalars(sa.select(Event.name)).all()
    assert {"conclusion_recorded", "coverage_recorded"} <= set(names)


def test_an_old_notice_of_the_office_is_only_recorded_unless_somebody_says_otherwise(
    client: Browser, session: Session
) -> None:
    enter(client, kind="historic", level="20", number="18/TB-PNV", issuer_name="Phòng Nội vụ")
    client.follow()
    assert "Đã ghi nhận 01 nội dung, chỉ ghi nhận." in client.text
    enter(client, kind="historic", level="20", number="19/TB-PNV", effect="applied")
    enter(client, number="20/KL-TTr", effect="recorded")
    found = session.execute(sa.select(Conclusion.number_and_symbol, Conclusion.record_only))
    assert {row.number_and_symbol: row.record_only for row in found} == {
        "18/TB-PNV": True,
        "19/TB-PNV": False,
        "20/KL-TTr": True,
    }


def test_a_whole_group_and_single_contents_are_covered_once(client: Browser, session: Session) -> None:
    group = next(g for g in factory.forms.latest_version().groups if g.code == "TC")
    enter(client, groups=[str(group.id)], criteria=["TC-01", "MC-05"])
    keys = session.scalars(sa.select(Coverage.criterion_key)).all()
    assert sorted(keys) == ["MC-05", "TC-01", "TC-02", "TC-03", "TC-04"]


def test_days_before_a_unit_was_formed_are_recorded_for_its_predecessors(
    client: Browser, session: Session
) -> None:
    old = factory.unit("CU", "UBND xã Cũ Mẫu", valid_to=date(2025, 7, 1))
    factory.succeeds(cast.unit("LP"), old, on=date(2025, 7, 1))
    session.commit()
    enter(client, starts_on="01/01/2025", ends_on="31/12/2025")
    rows = session.execute(sa.select(Coverage.unit_id, Coverage.starts_on, Coverage.ends_on)).all()
    assert sorted(tuple(row) for row in rows) == sorted(
        [
            (old.id, date(2025, 1, 1), date(2025, 7, 1)),
            (cast.unit("LP").id, date(2025, 7, 1), date(2026, 1, 1)),
        ]
    )


def test_the_paper_is_kept_with_it(client: Browser, session: Session) -> None:
    enter(client, files=(io.BytesIO(b"%PDF-1.7 mau"), "ket-luan.pdf"))
    paper = session.scalars(sa.select(Document)).one()
    assert (paper.number_and_symbol, paper.issuer_name) == ("05/KL-TTr", "Thanh tra tỉnh")
    client.follow()
    assert client.page.select(f"a[href='/documents/{paper.id}']")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"number": "mười tám"}, "Nhập số và ký hiệu, ví dụ 18/TB-PNV."),
        ({"number": ""}, "Nhập số và ký hiệu, ví dụ 18/TB-PNV."),
        ({"issued_on": "24/9/2026"}, "Ngày văn bản 24/9/2026 sau ngày hôm nay."),
        ({"issued_on": "29/02/2026"}, "Không có ngày 29/02/2026 trong lịch."),
        ({"issued_on": "01/01/0001"}, "Năm 1 nằm ngoài khoảng"),
        ({"starts_on": "30/02/2026"}, "Không có ngày 30/02/2026 trong lịch."),
        ({"starts_on": "01/01/0001"}, "Năm 1 nằm ngoài khoảng"),
        ({"ends_on": "31/6/2026"}, "Không có ngày 31/6/2026 trong lịch."),
        ({"criteria": ["MC-99"]}, "không có trong danh sách"),
        ({"issuer_name": "."}, "Nhập tên cơ quan kết luận."),
        ({"subject": "KL"}, "Nhập trích yếu nội dung."),
        ({"ends_on": "31/12/2025"}, "Ngày kết thúc 31/12/2025 trước ngày bắt đầu 01/01/2026."),
        ({"ends_on": "05/9/2026"}, "Thời kỳ kết thúc sau ngày văn bản 04/9/2026."),
        ({"units": None}, "Chọn ít nhất một đơn vị."),
        ({"units": ["999999"]}, "không có trong danh sách"),
        ({"criteria": None}, "Chọn ít nhất một nội dung."),
        ({"level": ""}, "Chọn cấp của cơ quan kết luận."),
        ({"starts_on": "01/01/2024", "ends_on": "30/6/2024"}, "không hoạt động trong thời kỳ đã chọn"),
        ({"files": (io.BytesIO(b"MZ"), "virus.exe")}, "không thuộc loại được tiếp nhận"),
        ({"files": (io.BytesIO(b"not a pdf"), "gia.pdf")}, "không đúng với đuôi .pdf"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_changes_nothing(
    client: Browser, session: Session, changes: dict[str, Any], message: str
) -> None:
    enter(client, expect=422, **changes)
    assert message in client.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Conclusion)) == 0
    field = client.page.select_one("input[name=issuer_name]")
    assert field is not None and field["value"] == changes.get("issuer_name", "Thanh tra tỉnh")


def test_a_group_that_is_none_is_told_where_groups_are_chosen(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get(PAGE)
    token = str(client.page.select_one("main input[name=csrf_token]")["value"])
    client.post(PAGE, {**typed(), "csrf_token": token, "groups": "999999"}, expect=422)
    link = client.page.select_one(".kl-errors a[href='#groups-0']")
    assert link is not None and "“999999” không có trong danh sách." in link.get_text()
    assert client.page.find(id="groups-error") is not None
    assert client.page.select_one("details[open] #groups-0") is not None


def test_the_same_paper_is_not_recorded_twice(client: Browser, session: Session) -> None:
    enter(client)
    enter(client, expect=409)
    assert "Văn bản số 05/KL-TTr ngày 04/9/2026 của Thanh tra tỉnh đã có trong danh mục." in client.text
    ticked = client.page.select("input[name=criteria][checked]")
    assert [box["value"] for box in ticked] == ["MC-05"]


def test_a_period_that_ends_before_it_begins_is_refused_by_the_service_too(session: Session) -> None:
    wrong = entry.Entry(
        kind=MandateKind.OTHER_BODY, body_name="Thanh tra tỉnh", level=Level.PROVINCE,
        number_and_symbol="05/KL-TTr", concluded_on=date(2026, 9, 4), title="Kết luận",
        lines=[entry.Said(cast.unit("LP"), [factory.criterion("MC-05")], starts_on=LAST, ends_on=FIRST)],
    )  # fmt: skip
    with pytest.raises(DomainError, match="Ngày kết thúc trước ngày bắt đầu"):
        entry.record(wrong, actor=None)


@pytest.mark.parametrize("part", [cast.LEADER, cast.MEMBER, cast.OBSERVER, cast.HEAD])
def test_only_the_planner_and_the_clerk_record(client: Browser, part: str) -> None:
    client.sign_in(part).get(PAGE, expect=403)
    client.get("/register")
    assert not client.page.select(f"a[href='{PAGE}']")
    client.post(PAGE, typed(), expect=403)
    client.sign_in(cast.CLERK).get(PAGE)


# --- the slip --------------------------------------------------------------------------------------------


@pytest.fixture
def slip_of_2026(session: Session) -> None:
    """Four contents of Long Phước, one of them by field, and what must not stand on the slip."""
    land = factory.box("LP", "MC-11", FIRST, LAST, field="dat-dai")
    factory.concluded([(factory.box("LP", "MC-05", FIRST, LAST), "MC-05"), (land, "MC-11")], result="partly")
    factory.concluded([(factory.box("LP", "CĐ-01", FIRST, LAST), "CĐ-01")], "46/TB-SNV")
    factory.concluded([(factory.box("LP", "MC-06", FIRST, LAST), "MC-06")], "47/TB-SNV", record_only=True)
    year = (date(2025, 7, 1), date(2025, 12, 31))
    factory.concluded([(factory.box("LP", "MC-07", *year), "MC-07")], "48/TB-SNV")
    gone = factory.concluded([(factory.box("LP", "MC-08", FIRST, LAST), "MC-08")], "49/TB-SNV")
    gone.state = ConclusionState.REPLACED
    session.commit()


def test_the_slip_shows_what_is_in_force_for_the_year(
    client: Browser, session: Session, slip_of_2026: None
) -> None:
    client.sign_in(cast.PLANNER).get(f"/register/units/{cast.unit('LP').id}/extract?year=2026")
    cells = [
        [c.get_text(" ", strip=True) for c in row.select("th, td")] for row in client.page.select("tbody tr")
    ]
    assert [row[1] for row in cells] == [
        "CĐ-01 – Kế hoạch CCHC năm",
        "MC-05 – Phiếu xin lỗi và hẹn lại",
        "MC-11 – Tỷ lệ giải quyết đúng hạn (lĩnh vực Đất đai)",
    ]
    assert cells[0][2:6] == [
        "01/01/2026–30/6/2026", "Đạt", "Thông báo số 46/TB-SNV ngày 12/8/2026 của Sở Nội vụ",
        "Không phải khắc phục",
    ]  # fmt: skip
    assert cells[1][3] == "Đạt một phần" and cells[1][5] == "Chưa có thông tin"
    assert "Tình trạng khắc phục đến ngày 23/9/2026" in client.text
    client.get(f"/register/units/{cast.unit('LP').id}/extract?year=2025")
    assert "MC-07" in client.text and "MC-05" not in client.text
    client.get(f"/register/units/{cast.unit('LP').id}/extract?year=12x")
    assert "MC-05" in client.text, "a year that is none is this year"
    client.get(f"/register/units/{cast.unit('LP').id}/extract?year=2030")
    assert "Chưa có nội dung đã kết luận về đơn vị trong năm 2030." in client.text


def test_remediation_is_told_by_who_follows_it(
    client: Browser, session: Session, slip_of_2026: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_providers", [])
    made = session.scalars(sa.select(Conclusion).where(Conclusion.number_and_symbol == "45/TB-SNV")).one()
    content = Concluded(cast.unit("LP").id, "MC-05", made.id)
    assert panels.remediation_states([content]) == {}
    panels.provide_remediation_states(lambda asked: {content: "Quá hạn 12 ngày"} if content in asked else {})
    assert panels.remediation_states([content]) == {content: "Quá hạn 12 ngày"}
    client.sign_in(cast.PLANNER).get(f"/register/units/{content.unit_id}/extract?year=2026")
    assert "Quá hạn 12 ngày" in client.text
    client.get("/register/contents?q=mc-05")
    assert "Quá hạn 12 ngày" in client.text


def test_a_successor_uses_what_was_concluded_about_its_predecessor(session: Session) -> None:
    old = factory.unit("CU", "UBND xã Cũ Mẫu", valid_to=date(2025, 7, 1))
    new = factory.unit("MOI", "UBND xã Mới Mẫu", valid_from=date(2025, 7, 1))
    factory.succeeds(new, old, on=date(2025, 7, 1))
    factory.concluded([(factory.box(old, "MC-05", date(2025, 1, 1), date(2025, 6, 30)), "MC-05")])
    factory.concluded(
        [(factory.box(old, "MC-06", date(2024, 1, 1), date(2024, 12, 31)), "MC-06")], "46/TB-SNV"
    )
    made = extract.slip(new, 2025, as_of=clock.today())
    assert [line.source for line in made.lines] == [
        "Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ (kế thừa từ UBND xã Cũ Mẫu)"
    ]


def test_a_reopened_piece_leaves_the_slip(session: Session, slip_of_2026: None) -> None:
    made = session.scalars(sa.select(Conclusion).where(Conclusion.number_and_symbol == "46/TB-SNV")).one()
    asked = [factory.box("LP", "CĐ-01", FIRST, LAST)]
    grant = factory.granted(made, asked)
    session.execute(
        sa.update(Claim)
        .where(Claim.conclusion_id == made.id)
        .values(ended_at=clock.now(), ended_reason="Mở lại", reopening_id=grant.id)
    )
    keys = [line.row.criterion_key for line in extract.slip(cast.unit("LP"), 2026, as_of=clock.today()).lines]
    assert keys == ["MC-05", "MC-11"]


def test_the_printed_slip_reads_as_the_screen_does(
    client: Browser, session: Session, slip_of_2026: None
) -> None:
    client.sign_in(cast.PLANNER).get(f"/register/units/{cast.unit('LP').id}/extract.pdf?year=2026")
    assert client.response.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(client.response.get_data())
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    document.close()
    assert "SỞ NỘI VỤ" in text and "PHIẾU TRÍCH" in text
    assert "Kết quả đã kết luận đối với UBND xã Long Phước năm 2026" in text
    assert "MC-05 – Phiếu xin lỗi và hẹn lại" in text
    assert "Đỗ Văn Giả Định" in text


def test_the_head_of_the_slip_is_the_office(session: Session) -> None:
    office = extract.issuer_for(cast.actor(cast.PLANNER))
    assert (office.governing, office.body, office.place, office.archive) == (
        "UBND thành phố Đồng Nai", "Sở Nội vụ", "Đồng Nai", "Lưu: VT, CCHC",
    )  # fmt: skip
    observer = cast.actor(cast.OBSERVER)
    assert extract.issuer_for(observer).body == observer.unit_name, "nothing was inspected yet"
    factory.mandate(body="Sở Nội vụ")
    assert (extract.issuer_for(observer).governing, extract.issuer_for(observer).body) == (None, "Sở Nội vụ")
    roles = cast.actor(cast.PLANNER).roles
    nowhere = Actor(1, "Người Mẫu", unit_name="Cơ quan Mẫu", roles=roles, unit_id=999_999)
    assert extract.issuer_for(nowhere).body == "Sở Nội vụ"
    province = Actor(1, "Người Mẫu", roles=roles, unit_id=cast.unit(cast.PROVINCE).id)
    assert extract.issuer_for(province).governing is None
