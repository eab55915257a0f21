"""“Chưa đạt” opens a finding in place: recorded with the answer, edited, several per content."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.findings import services
from app.findings.models import Finding, FindingState
from app.inspections.models import InspectedUnit
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork
from tests.factories import findings as made
from tests.fieldwork.sheets import address, form_of, record
from tests.strict_client import form_values

SHORT = {"result": "not_met", "ratio-total": "3.468", "ratio-sample": "3.468", "ratio-failing": "45"}


def findings(session: Session) -> list[Finding]:
    session.expire_all()
    return list(session.scalars(sa.select(Finding).order_by(Finding.ordinal)))


def test_one_save_records_answer_and_finding_with_basis_and_figures_filled_in(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    words = "45 hồ sơ kết thúc trên hệ thống trước ngày ký kết quả."
    record(client.sign_in(cast.MEMBER), unit, "MC-07", {**SHORT, "new-description": words})
    (finding,) = findings(session)
    assert finding.description == words and finding.state is FindingState.DRAFT
    assert (finding.total, finding.sample, finding.failing) == (3468, 3468, 45)
    assert "Nghị định số 118/2025/NĐ-CP" in finding.basis
    assert finding.recorded_by == cast.person(cast.MEMBER).id


def test_not_met_without_a_finding_is_kept_and_named_as_missing(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    record(client.sign_in(cast.MEMBER), unit, "MC-07", SHORT)
    assert findings(session) == []
    client.get(f"/inspected-units/{unit.id}/fieldwork")
    assert "Chưa nêu tồn tại: MC-07." in client.text


def test_fixed_on_the_spot_needs_to_say_what_was_done(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    data = {**SHORT, "new-description": "Niêm yết thiếu 02 thủ tục.", "new-fixed_on_spot": "y"}
    record(client.sign_in(cast.MEMBER), unit, "MC-07", data, expect=422)
    assert "Ghi việc đã khắc phục ngay." in client.text and "Niêm yết thiếu 02 thủ tục." in client.text
    record(client, unit, "MC-07", {**data, "new-fixed_note": "Đã niêm yết lúc 10 giờ."})
    assert findings(session)[0].fixed_note == "Đã niêm yết lúc 10 giờ."


def test_a_recurrence_names_the_earlier_notice(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    data = {**SHORT, "new-description": "Vẫn chưa có phiếu xin lỗi.", "new-classification": "recurrence"}
    record(client.sign_in(cast.MEMBER), unit, "MC-07", data, expect=422)
    assert "Ghi số, ngày thông báo đã nêu nội dung tái diễn." in client.text
    assert findings(session) == []


def test_several_findings_belong_to_one_content(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = record(
        client.sign_in(cast.MEMBER), unit, "MC-07", {**SHORT, "new-description": "Tồn tại thứ nhất."}
    )
    client.get(address(unit, view="all", add=item.id))
    client.submit(form_of(item), {f"n{item.id}-description": "Tồn tại thứ hai."})
    assert [(f.ordinal, f.description) for f in findings(session)] == [
        (1, "Tồn tại thứ nhất."),
        (2, "Tồn tại thứ hai."),
    ]


def test_a_new_finding_saved_while_typing_is_recorded_once(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    client.sign_in(cast.MEMBER).get(address(unit))
    version, token = "a0", client._token()
    for words in ("Bốn mươi", "Bốn mươi lăm hồ", "Bốn mươi lăm hồ sơ kết thúc sớm."):
        data = {
            f"a{item.id}-result": "not_met",
            f"n{item.id}-description": words,
            f"n{item.id}-severity": "minor",
            f"n{item.id}-classification": "shortcoming",
            "version": version,
            "csrf_token": token,
        }
        told = client.post(
            f"/scope-items/{item.id}/answer", data, expect=200, headers={"Accept": "application/json"}
        ).get_json()
        version = told["version"]
    assert [f.description for f in findings(session)] == ["Bốn mươi lăm hồ sơ kết thúc sớm."]


def test_a_finding_edited_meanwhile_is_not_overwritten(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    fieldwork.answer(item, fieldwork.not_met())
    finding = made.finding(item, "Câu chữ ban đầu.")
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit, open=item.id))
    services.reword(finding, "Câu chữ của thư ký.", actor=cast.actor(cast.SECRETARY))
    session.commit()
    client.submit(form_of(item), {f"f{finding.id}-description": "Câu chữ của thành viên."}, expect=409)
    assert "Câu chữ của thư ký." in client.text and "Câu chữ của thành viên." in client.text
    assert findings(session)[0].description == "Câu chữ của thư ký."


def test_a_content_with_findings_is_not_turned_into_met(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    fieldwork.answer(item, fieldwork.not_met())
    made.finding(item)
    session.commit()
    record(client.sign_in(cast.MEMBER), unit, "MC-07", {"result": "met", "looked_at": ["1"]}, expect=422)
    assert "Nội dung này đang có tồn tại, hạn chế." in client.text


def test_a_draft_is_taken_away_after_a_question(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    finding = made.finding(fieldwork.item(unit, "MC-07"))
    session.commit()
    client.sign_in(cast.MEMBER).get(f"/findings/{finding.id}/remove")
    client.submit()
    assert findings(session) == []


def test_the_same_form_sent_twice_records_one_finding(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = record(client.sign_in(cast.MEMBER), unit, "MC-07", SHORT)
    client.get(address(unit, view="all", open=item.id))
    form = client.page.select_one(form_of(item))
    assert form is not None
    values = form_values(form)
    values[f"n{item.id}-description"] = "Sổ theo dõi chưa ghi giờ."
    client.post(f"/scope-items/{item.id}/answer", values)
    client.post(f"/scope-items/{item.id}/answer", values)
    assert [found.description for found in findings(session)] == ["Sổ theo dõi chưa ghi giờ."]
