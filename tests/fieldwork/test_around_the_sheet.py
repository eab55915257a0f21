"""Around the contents: many at once, strengths, sampled applications, files, one's own part, proposals."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.fieldwork import services
from app.fieldwork.models import Answer, GroupNote, SampledApplication
from app.files.store import store
from app.findings.models import UnitProposal
from app.inspections.models import Assignment, InspectedUnit
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork
from tests.fieldwork.sheets import address
from tests.strict_client import form_values

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def test_one_answer_is_recorded_for_several_contents(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.MEMBER).get(address(unit).replace("?", "") + "/many")
    picked = [str(fieldwork.item(unit, key).id) for key in ("MC-05", "MC-11")]
    client.submit("main form", {"pick": picked, "result": "not_examined", "reason": "Hết thời gian"})
    session.expire_all()
    assert {a.reason for a in session.scalars(sa.select(Answer))} == {"Hết thời gian"}
    assert session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 2


def test_many_met_without_what_was_looked_at_are_refused_as_one(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.MEMBER).get(address(unit) + "/many")
    picked = [str(fieldwork.item(unit, key).id) for key in ("MC-05", "MC-11")]
    client.submit("main form", {"pick": picked, "result": "met"}, expect=422)
    assert "Chọn ít nhất một hồ sơ, tài liệu đã xem." in client.text
    assert len(client.page.select("input[name=pick][checked]")) == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 0


def test_many_never_records_a_shortcoming(client: Browser, session: Session, unit: InspectedUnit) -> None:
    client.sign_in(cast.MEMBER).get(address(unit) + "/many")
    data = {"pick": str(fieldwork.item(unit, "MC-05").id), "result": "not_met"}
    client.post(address(unit) + "/many", data, expect=422)
    assert session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 0


def test_strengths_of_a_group_are_kept_and_a_stale_edit_shows_both(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    form = "form[action$='/strengths']"
    client.sign_in(cast.MEMBER).get(address(unit))
    client.submit(form, {"kq-strengths": "Bố trí quầy hỗ trợ người cao tuổi."})
    stale = {"kq-strengths": "Bản của người đến sau.", "kq-stamp": ""}
    client.get(address(unit))
    client.submit(form, stale, expect=409)
    assert "Bố trí quầy hỗ trợ người cao tuổi." in client.text and "Bản của người đến sau." in client.text
    client.submit(form)
    session.expire_all()
    assert session.scalars(sa.select(GroupNote)).one().strengths == "Bản của người đến sau."


PASTED = (
    "STT\tMã hồ sơ\tTên thủ tục\tLĩnh vực\n"
    "1\tH19.20-260105-0007\tCấp giấy chứng nhận\tĐất đai\t05/01/2026\t26/01/2026\t27/01/2026\t"
    "02/02/2026\t\t1\tKhông\t"
    "Trả chậm\tCông chức địa chính\t\n"
    "2\tH19.20-260106-0011\tChứng thực\tTư pháp"
)


def test_rows_pasted_from_a_spreadsheet_become_the_table(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.MEMBER).get(address(unit) + "/applications")
    client.submit("main form", {"paste": PASTED})
    session.expire_all()
    first, second = session.scalars(sa.select(SampledApplication).order_by(SampledApplication.id)).all()
    assert (first.code, first.days_late, first.apology, first.supplements) == (
        "H19.20-260105-0007",
        7,
        False,
        1,
    )
    assert (second.code, second.field, second.days_late) == ("H19.20-260106-0011", "Tư pháp", None)
    client.follow()
    client.submit("main form", {"rows-0-code": "", "rows-1-fault": "Thiếu chữ ký"})
    session.expire_all()
    (left,) = session.scalars(sa.select(SampledApplication)).all()
    assert (left.code, left.fault) == ("H19.20-260106-0011", "Thiếu chữ ký")


def test_a_pasted_line_that_cannot_be_read_is_named_and_kept(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.MEMBER).get(address(unit) + "/applications")
    client.submit("main form", {"paste": "H1\tChứng thực\tTư pháp\t32/13/2026"}, expect=422)
    assert "Dòng 1, “32/13/2026”" in client.text and "H1\tChứng thực" in client.response.text
    client.submit("main form", {"paste": "H1\nH1"}, expect=422)
    assert "Mã hồ sơ “H1” ở dòng 2 đã có ở dòng 1." in client.text
    assert session.scalar(sa.select(sa.func.count()).select_from(SampledApplication)) == 0


def two_pages(client: Browser, unit: InspectedUnit) -> tuple[str, dict[str, str]]:
    """A table of two applications, and what a second person's page of it holds."""
    where = address(unit) + "/applications"
    client.sign_in(cast.MEMBER).get(where)
    client.submit("main form", {"paste": "H1\tChứng thực\nH2\tĐất đai"})
    client.sign_in(cast.SECRETARY).get(where)
    form = client.page.select_one("main form")
    assert form is not None
    return where, form_values(form).to_dict()


def codes(session: Session) -> list[tuple[str, str, str]]:
    session.expire_all()
    rows = session.scalars(sa.select(SampledApplication).order_by(SampledApplication.code))
    return [(row.code, row.procedure, row.fault) for row in rows]


def send(client: Browser, where: str, values: dict[str, str], part: str, expect: int = 303) -> None:
    client.sign_in(part).get(where)
    client.post(where, {**values, "csrf_token": client._token()}, expect=expect)


def test_two_people_fill_the_table_at_once_and_lose_nothing(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    where, values = two_pages(client, unit)
    send(client, where, values | {"rows-0-fault": "Trả chậm", "rows-2-code": "H3"}, cast.MEMBER)
    send(client, where, values | {"rows-1-fault": "Thiếu chữ ký", "rows-2-code": "H4"}, cast.SECRETARY)
    assert codes(session) == [
        ("H1", "Chứng thực", "Trả chậm"),
        ("H2", "Đất đai", "Thiếu chữ ký"),
        ("H3", "", ""),
        ("H4", "", ""),
    ]


def test_one_row_changed_on_both_sides_is_laid_side_by_side(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    where, values = two_pages(client, unit)
    send(client, where, values | {"rows-0-fault": "Trả chậm", "rows-1-code": ""}, cast.MEMBER)
    mine = values | {"rows-0-fault": "Trả chậm 02 ngày", "rows-2-code": "H3"}
    send(client, where, mine, cast.SECRETARY, 409)
    assert "H1; Chứng thực; Trả chậm" in client.text
    assert codes(session) == [("H1", "Chứng thực", "Trả chậm")]
    client.submit("main form")  # now knowingly; what the other took away stays away
    assert codes(session) == [("H1", "Chứng thực", "Trả chậm 02 ngày"), ("H3", "", "")]
    saved = session.scalars(
        sa.select(Event).where(Event.name == "sampled_applications_saved").order_by(Event.seq)
    ).all()
    assert [event.data["removed"] for event in saved] == [[], ["H2"], []]


def test_a_code_that_somebody_else_entered_meanwhile_is_shown(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    where, values = two_pages(client, unit)
    send(client, where, values | {"rows-2-code": "H3", "rows-2-fault": "Một"}, cast.MEMBER)
    send(client, where, values | {"rows-2-code": "H3", "rows-2-fault": "Hai"}, cast.SECRETARY, 409)
    assert "Hồ sơ “H3” vừa được cán bộ khác ghi vào bảng kê." in client.text
    assert codes(session)[-1] == ("H3", "", "Một")


def test_rows_that_cannot_be_are_refused_and_kept(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    where, values = two_pages(client, unit)
    send(client, where, values | {"rows-2-fault": "Không có mã"}, cast.SECRETARY, 422)
    assert "Nhập mã hồ sơ." in client.text and "Không có mã" in client.response.text
    send(client, where, values | {"rows-0-days_late": "-5"}, cast.SECRETARY, 422)
    send(client, where, values | {"rows-0-supplements": "100.000"}, cast.SECRETARY, 422)
    assert len(codes(session)) == 2


def test_days_late_follow_the_dates_until_somebody_types_another_number(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    def late(**typed: str) -> int | None:
        client.submit("main form", {f"rows-0-{name}": value for name, value in typed.items()})
        client.follow()
        session.expire_all()
        return session.scalars(sa.select(SampledApplication.days_late)).one()

    client.sign_in(cast.MEMBER).get(address(unit) + "/applications")
    assert late(code="H1", promised_on="26/01/2026", returned_on="02/02/2026") == 7
    assert late(returned_on="28/01/2026") == 2
    assert late(days_late="1") == 1
    assert late(returned_on="30/01/2026") == 1


def test_a_stale_reason_of_a_clean_group_is_shown_beside_the_other(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    where = address(unit) + "/clean"
    client.sign_in(cast.TEAM_LEADER).get(where)
    group = fieldwork.item(unit, "MC-07").criterion.group
    services.set_clean(
        unit, group, reason="Bản của thư ký", sample="Sổ", seen=None, actor=cast.actor(cast.SECRETARY)
    )
    session.commit()
    client.submit(data={"reason": "Bản của Trưởng đoàn", "sample": "Sổ và hệ thống"}, expect=409)
    assert "Bản của thư ký" in client.text and "Bản của Trưởng đoàn" in client.text
    client.submit()
    session.expire_all()
    assert session.scalars(sa.select(GroupNote)).one().clean_reason == "Bản của Trưởng đoàn"


def test_ids_that_cannot_be_are_left_out(client: Browser, unit: InspectedUnit) -> None:
    client.sign_in(cast.MEMBER).get(address(unit) + "/many")
    data = {"pick": ["9" * 5000, "²"], "result": "not_examined"}
    client.post(address(unit) + "/many", data, expect=422)
    assert "Chọn ít nhất một nội dung." in client.text


def test_the_table_of_an_ended_unit_is_only_read(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    fieldwork.ended(unit)
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit) + "/applications")
    assert "Lưu bảng kê" not in client.text


def _photo(client: Browser, item_id: int, name: str, data: bytes, expect: int) -> None:
    client.post(f"/scope-items/{item_id}/files", {"files": [(BytesIO(data), name)]}, expect=expect)


def test_a_photo_is_added_to_an_answer_and_shown_to_the_team_alone(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    answer = fieldwork.answer(item)
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit))
    _photo(client, item.id, "Màn hình 01.png", PNG, 303)
    session.expire_all()
    (stored,) = answer.files
    where = f"/inspected-units/{unit.id}/evidence/{stored.id}"
    assert client.get(where).data == PNG
    client.sign_in(cast.HEAD).get(where, expect=404)
    client.sign_in(cast.CLERK).get(where, expect=403)


def test_a_disguised_file_is_refused_and_one_before_the_answer_too(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    client.sign_in(cast.MEMBER).get(address(unit))
    _photo(client, item.id, "anh.png", PNG, 409)
    assert "Ghi kết quả của nội dung trước khi thêm ảnh, tệp." in client.text
    answer = fieldwork.answer(item)
    session.commit()
    client.get(address(unit))
    _photo(client, item.id, "anh.png", b"MZ\x90\x00 khong phai anh", 422)
    assert "Nội dung tệp “anh.png” không đúng với đuôi .png." in client.text
    session.expire_all()
    assert answer.files == []


def test_a_disguised_file_costs_the_photos_beside_it_nothing(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    answer = fieldwork.answer(item)
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit))
    sent = [("anh-1.png", PNG), ("anh-2.png", b"MZ khong phai anh"), ("anh-3.heic", b"ftypheic")]
    client.post(f"/scope-items/{item.id}/files", {"files": [(BytesIO(data), name) for name, data in sent]})
    client.follow()
    assert "Đã thêm 01 tệp." in client.text
    assert "Nội dung tệp “anh-2.png” không đúng với đuôi .png." in client.text
    assert "“anh-3.heic” không thuộc loại được tiếp nhận" in client.text
    session.expire_all()
    assert [stored.name for stored in answer.files] == ["anh-1.png"]
    told = session.scalars(sa.select(Event).where(Event.name == "answer_evidence_added")).one()
    assert told.data["files"] == ["anh-1.png"]


def test_a_photo_that_is_too_large_is_refused(
    client: Browser, session: Session, unit: InspectedUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "max_bytes", 1024)
    item = fieldwork.item(unit, "MC-07")
    answer = fieldwork.answer(item)
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit))
    _photo(client, item.id, "lon.png", PNG + b"0" * 1024, 413)
    assert "Nén hoặc chụp lại rồi tải lên." in client.text
    session.expire_all()
    assert answer.files == []


def test_a_member_closes_the_own_part_once(client: Browser, session: Session, unit: InspectedUnit) -> None:
    client.sign_in(cast.MEMBER).get(address(unit))
    assert "sẽ được tính là Chưa kiểm tra" in client.text
    client.submit("form[action$='/report-part']")
    group_id = fieldwork.item(unit, "MC-07").criterion.group_id
    session.expire_all()
    done = session.scalars(sa.select(Assignment).where(Assignment.reported_at.is_not(None))).all()
    assert [found.group_id for found in done] == [group_id]
    client.post(address(unit) + "/report-part", expect=400)  # no page, no token
    client.get(address(unit))
    client.post(address(unit) + "/report-part", expect=409)


def test_somebody_else_has_no_part_to_close(client: Browser, unit: InspectedUnit) -> None:
    client.sign_in(cast.SECRETARY).get(address(unit))
    assert not client.page.select("form[action$='/report-part']")
    client.post(address(unit) + "/report-part", expect=403)


def test_what_the_unit_asks_for_is_recorded_and_taken_back(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.SECRETARY).get(f"/inspected-units/{unit.id}/fieldwork")
    form = "form[action$='/proposals']"
    client.submit(form, {"kn-text": ""}, expect=422)
    client.submit(form, {"kn-text": "Đề nghị nâng cấp đường truyền.", "kn-answering_body": "Sở KH&CN"})
    session.expire_all()
    (proposal,) = session.scalars(sa.select(UnitProposal)).all()
    assert proposal.answering_body == "Sở KH&CN"
    client.follow()
    client.submit("form[action$='/remove']")
    assert session.scalars(sa.select(UnitProposal)).all() == []


def test_strengths_save_themselves_and_the_next_save_knows_of_the_last(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    page = address(unit)
    client.sign_in(cast.MEMBER).get(page)
    form = client.page.select_one("form[action$='/strengths']")
    assert form["data-autosave"] == f"{page}/strengths"
    values = {field["name"]: field.get("value", "") for field in form.select("input")}
    for words in ("Bố trí quầy hỗ trợ.", "Bố trí quầy hỗ trợ người cao tuổi."):
        sent = {**values, "kq-strengths": words}
        told = client.post(
            f"{page}/strengths", sent, expect=200, headers={"Accept": "application/json"}
        ).get_json()
        values[told["field"]] = told["version"]
    assert session.scalars(sa.select(GroupNote)).one().strengths == "Bố trí quầy hỗ trợ người cao tuổi."
    sent = {**values, "kq-strengths": "x" * 8001}
    told = client.post(
        f"{page}/strengths", sent, expect=422, headers={"Accept": "application/json"}
    ).get_json()
    assert list(told["at"]) == ["kq-strengths"]
