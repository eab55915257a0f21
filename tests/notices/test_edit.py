"""Editing in place: words, findings, details; nobody overwrites somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents.chain import TextChange
from app.errors import Conflict, DomainError, Forbidden, NotFound, Stale, WrongState
from app.findings.models import FindingState
from app.notices import services, texts
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.services import Details
from tests import cast
from tests.conftest import Browser
from tests.factories import notices

PLANNER = cast.PLANNER


def edit(notice: Notice, key: str, text: str, *, by: str = PLANNER, version: int | None = None) -> int:
    return services.edit_texts(notice, [TextChange(key, text)], version=version, actor=cast.actor(by))


def text_of(notice: Notice, key: str) -> str:
    return next(piece.text for piece in texts.pieces_of(notice, gather(notice)) if piece.key == key)


def test_typed_words_are_kept_and_the_record_proposes_them_again(session: Session) -> None:
    notice = notices.drafted()
    proposed = text_of(notice, "requests")
    assert edit(notice, "requests", " Báo cáo   kết quả \n\n Kiểm điểm ") == 1
    assert text_of(notice, "requests") == "Báo cáo kết quả\nKiểm điểm"
    assert edit(notice, "requests", "Báo cáo kết quả\nKiểm điểm") == 0
    services.recompose(notice, "requests", version=None, actor=cast.actor(PLANNER))
    assert text_of(notice, "requests") == proposed


def test_a_findings_words_are_edited_and_its_figures_are_not(session: Session) -> None:
    notice = notices.drafted()
    item = notice.items[0]
    edit(notice, f"item-{item.id}", "Còn hồ sơ quá hạn")
    piece = next(p for p in texts.pieces_of(notice, gather(notice)) if p.item is not None)
    assert (piece.text, piece.token) == ("Còn hồ sơ quá hạn", "45/3.468 hồ sơ, chiếm 1,30%")
    assert item.finding.description != "Còn hồ sơ quá hạn"
    services.recompose(notice, f"item-{item.id}", version=None, actor=cast.actor(PLANNER))
    assert item.text == texts.item_text(item.finding)


def test_an_older_form_is_refused_and_names_who_was_first(session: Session) -> None:
    notice = notices.drafted()
    version = notice.version
    edit(notice, "closing", "Trên đây là kết luận", version=version)
    session.commit()
    with pytest.raises(Stale, match="vừa được đồng chí Đỗ Văn Giả Định cập nhật lúc 10:00"):
        edit(notice, "closing", "Khác", version=version)


@pytest.mark.parametrize(("key", "text"), [("closing", " "), ("closing", "x" * 8001), ("khong-co", "x")])
def test_a_text_that_cannot_be_is_refused_at_its_place(session: Session, key: str, text: str) -> None:
    with pytest.raises(DomainError) as refused:
        edit(notices.drafted(), key, text)
    assert refused.value.field == key


def test_strengths_may_be_left_out(session: Session) -> None:
    notice = notices.drafted()
    key = next(p.key for p in texts.pieces_of(notice, gather(notice)) if p.key.startswith("strengths"))
    edit(notice, key, "")
    assert text_of(notice, key) == ""


def test_only_the_drafter_edits_and_only_a_draft(session: Session) -> None:
    notice = notices.drafted()
    with pytest.raises(Forbidden):
        edit(notice, "closing", "Khác", by=cast.CONTENT_CHECKER)
    notices.submitted(notice)
    with pytest.raises(WrongState, match="đã trình"):
        edit(notice, "closing", "Khác")


def test_a_finding_is_taken_out_and_put_in_again(session: Session) -> None:
    notice = notices.drafted()
    finding = notice.items[0].finding
    with pytest.raises(Conflict, match="đã có trong thông báo"):
        services.add_finding(notice, finding, actor=cast.actor(PLANNER))
    services.leave_out_finding(notice, notice.items[0].id, actor=cast.actor(PLANNER))
    assert notice.items == [] and finding.state is FindingState.AGREED
    services.add_finding(notice, finding, actor=cast.actor(PLANNER))
    assert [item.finding_id for item in notice.items] == [finding.id]
    with pytest.raises(NotFound):
        services.leave_out_finding(notice, 10**6, actor=cast.actor(PLANNER))


def test_only_agreed_findings_of_these_units_come_in(session: Session) -> None:
    notice = notices.drafted()
    draft = notices.finding(notice.units[0], "Chưa thống nhất", state=FindingState.DRAFT)
    with pytest.raises(WrongState, match="Trưởng đoàn thống nhất"):
        services.add_finding(notice, draft, actor=cast.actor(PLANNER))
    elsewhere = notices.finding(notices.reported(units=(cast.AN_PHUOC,)).units[0])
    with pytest.raises(NotFound):
        services.add_finding(notice, elsewhere, actor=cast.actor(PLANNER))


def test_details_that_cannot_be_are_refused(session: Session) -> None:
    notice = notices.drafted()
    for field, value in (
        ("subject", "ngắn"), ("type_name", "x"), ("symbol", "T B"), ("signature_prefix", ""),
        ("signature_prefix", "Thay mặt\nGiám đốc"),
    ):  # fmt: skip
        details = replace(notices.details_of(notice), **{field: value})
        with pytest.raises(DomainError) as refused:
            services.edit_details(notice, details, version=None, actor=cast.actor(PLANNER))
        assert refused.value.field == field


def test_the_signer_is_a_leader(session: Session) -> None:
    notice = notices.drafted()
    details = replace(notices.details_of(notice), signer_id=cast.person(cast.CLERK).id)
    with pytest.raises(DomainError, match="danh sách lãnh đạo"):
        services.edit_details(notice, details, version=None, actor=cast.actor(PLANNER))
    services.edit_details(
        notice, replace(details, signer_id=None, signature_prefix=""), version=None, actor=cast.actor(PLANNER)
    )
    assert notice.document.signer_name == "" and notice.document.signer_id is None


def test_dates_of_the_tasks_are_counted_anew(session: Session) -> None:
    notice = notices.drafted()
    task = gather(notice).tasks[0]
    assert task.due_on == date(2026, 9, 28)
    assert services.refresh_dates(notice, actor=cast.actor(PLANNER)) == 0
    with clock.frozen(clock.at(date(2026, 9, 25))):
        assert services.refresh_dates(notice, actor=cast.actor(PLANNER)) == 1
    assert task.due_on == date(2026, 9, 30)


def test_the_page_keeps_what_was_typed_when_it_is_refused(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}?part=organisation")
    client.submit(
        "form[action$='part=organisation']:has(textarea)",
        {"closing": " ", "organisation": "Giao Phòng"},
        expect=422,
    )
    assert "Lời kết: chưa nhập nội dung" in client.text and "Giao Phòng" in client.text
    client.submit("form[action$='part=organisation']:has(textarea)", {"closing": "Trên đây là kết luận"})
    client.follow()
    assert "Đã lưu, sửa 02 chỗ" in client.text


def test_two_windows_do_not_overwrite_each_other(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}?part=organisation")
    edit(notice, "closing", "Trên đây là bản mới")
    session.commit()
    client.submit(
        "form[action$='part=organisation']:has(textarea)", {"closing": "Trên đây là bản cũ"}, expect=409
    )
    assert "Trên đây là bản cũ" in client.text and "so sánh hai bản" in client.text
    session.expire_all()
    assert text_of(notice, "closing") == "Trên đây là bản mới"


def test_findings_and_texts_by_button(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    item, finding_id = notice.items[0].id, notice.items[0].finding_id
    client.sign_in(PLANNER).get(f"/notices/{notice.id}?part=shortcomings")
    field, other = f"item__{item}", "Câu chữ chưa lưu"
    typed = {field: other, "version": str(notice.version)}
    client.post(f"/notices/{notice.id}/recompose?part=shortcomings", {**typed, "key": f"item-{item}"})
    client.follow()
    client.post(f"/notices/{notice.id}/findings/leave-out?part=shortcomings", {"item": item})
    client.follow()
    assert "Trưởng đoàn cần quyết định" in client.text
    client.post(f"/notices/{notice.id}/findings/add?part=shortcomings", {"finding": finding_id})
    session.expire_all()
    assert [i.finding_id for i in session.get_one(Notice, notice.id).items] == [finding_id]
    client.get(f"/notices/{notice.id}?part=requests")
    client.submit("form[action$='/dates']")
    client.follow()
    client.post(f"/notices/{notice.id}/findings/add", {"finding": "x"}, expect=404)
    client.post(f"/notices/{notice.id}/findings/leave-out", {"item": "-1"}, expect=404)
    client.post(f"/notices/{notice.id}/recompose", {"key": "khong-co"}, expect=404)


def test_the_drafter_does_not_stand_in_the_list_of_signers(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/details")
    assert "Trần Văn Thử, Phó Giám đốc" in client.text
    client.submit(data={"subject": "ngắn"}, expect=422)
    client.submit(data={"subject": "Kết luận kiểm tra công tác một cửa", "way": "recorded"})
    client.follow()
    assert "qua hệ thống quản lý văn bản" in client.text


def test_a_stale_page_of_details_tells_what_is_saved_now(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/details")
    details = Details(
        "Kết luận kiểm tra công tác một cửa",
        notice.type_name,
        "TB-SNV",
        notice.document.way,
        None,
        "",
        None,
        None,
    )
    services.edit_details(notice, details, version=None, actor=cast.actor(PLANNER))
    session.commit()
    client.submit(data={"subject": "Kết luận về công tác một cửa"}, expect=409)
    told = [line.get_text() for line in client.page.select(".kl-note li")]
    assert told[:2] == ["Trích yếu: Kết luận kiểm tra công tác một cửa", "Người ký: Chưa chọn"]
    client.submit()
    assert notice.document.subject == "Kết luận về công tác một cửa"
