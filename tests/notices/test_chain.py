"""The chain of duties: each step by the person whose duty it is, in its order."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.documents import chain
from app.documents.chain import TextChange
from app.documents.models import DocumentState
from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.findings.models import FindingState
from app.notices import services
from app.notices.models import Notice
from app.notices.record import gather
from tests import cast
from tests.conftest import Browser
from tests.factories import notices


def test_every_act_is_a_step_of_the_slip_with_the_hash_of_its_text(session: Session) -> None:
    notice = notices.approved()
    assert [(step.verb, step.person.name) for step in notice.document.steps] == [
        ("submit", "Đỗ Văn Giả Định"),
        ("check_content", "Lê Thị Mẫu"),
        ("check_form", "Vũ Thị Ví Dụ"),
        ("approve", "Trần Văn Thử"),
    ]
    document = notice.document
    assert {step.content_hash for step in notice.document.steps} == {document.content_hash}
    assert document.approved_hash == document.content_hash and document.approved_by == document.signer_id


def test_only_the_drafter_submits(session: Session) -> None:
    notice = notices.drafted()
    for part in (cast.CLERK, cast.TEAM_LEADER, cast.LEADER):
        with pytest.raises(Forbidden):
            chain.submit(notice.document, actor=cast.actor(part))


def test_a_notice_with_something_open_is_not_submitted(session: Session) -> None:
    notice = notices.drafted()
    notices.finding(notice.units[0], "Chưa thống nhất", state=FindingState.DRAFT)
    with pytest.raises(Conflict, match="Có 01 tồn tại, hạn chế chưa được thống nhất trong Đoàn"):
        chain.submit(notice.document, actor=cast.actor(cast.PLANNER))
    assert notice.document.state is DocumentState.DRAFT and notice.document.content is None


def test_an_older_page_is_not_submitted(session: Session) -> None:
    notice = notices.drafted()
    with pytest.raises(Stale):
        chain.submit(notice.document, version=notice.version - 1, actor=cast.actor(cast.PLANNER))


def test_content_is_checked_by_its_checker_alone(session: Session) -> None:
    notice = notices.submitted()
    for part in (cast.PLANNER, cast.CLERK, cast.LEADER):
        with pytest.raises(Forbidden):
            chain.check_content(notice.document, actor=cast.actor(part))


def test_form_is_checked_by_the_clerk_alone(session: Session) -> None:
    notice = notices.submitted()
    chain.check_content(notice.document, actor=cast.actor(cast.CONTENT_CHECKER))
    for part in (cast.PLANNER, cast.CONTENT_CHECKER, cast.LEADER):
        with pytest.raises(Forbidden):
            chain.check_form(notice.document, actor=cast.actor(part))


def test_form_is_not_passed_on_without_a_signer(session: Session) -> None:
    notice = notices.submitted()
    chain.check_content(notice.document, actor=cast.actor(cast.CONTENT_CHECKER))
    notice.document.signer_id = None
    with pytest.raises(WrongState, match="Chọn người ký"):
        chain.check_form(notice.document, actor=cast.actor(cast.CLERK))


def test_the_approver_is_the_signer(session: Session) -> None:
    notice = notices.checked()
    notice.document.signer_id = cast.person(cast.TEAM_LEADER).id
    with pytest.raises(Forbidden, match="người có thẩm quyền ký văn bản duyệt"):
        chain.approve(notice.document, actor=cast.actor(cast.LEADER))


def test_the_drafter_never_approves(session: Session) -> None:
    notice = notices.checked()
    notice.document.drafter_id, notice.document.signer_id = notice.document.signer_id, None
    with pytest.raises(Forbidden, match="Người soạn thảo không ký văn bản do mình soạn"):
        chain.approve(notice.document, actor=cast.actor(cast.LEADER))
    session.rollback()


def test_a_step_is_never_skipped(session: Session) -> None:
    notice = notices.submitted()
    for verb, part in (
        ("check_form", cast.CLERK), ("approve", cast.LEADER), ("seal", cast.CLERK), ("issue", cast.CLERK),
        ("begin_signing", cast.LEADER),
    ):  # fmt: skip
        with pytest.raises(WrongState, match="Đã trình, chờ kiểm tra nội dung"):
            getattr(chain, verb)(notice.document, actor=cast.actor(part))


def test_a_record_that_changed_after_submission_stops_the_chain(session: Session) -> None:
    notice = notices.submitted()
    gather(notice).tasks[0].text = "Nội dung khác"
    with pytest.raises(Conflict, match="đã thay đổi sau khi trình"):
        chain.check_content(notice.document, actor=cast.actor(cast.CONTENT_CHECKER))


def test_the_signer_changes_words_and_approves_in_one_act(session: Session) -> None:
    notice = notices.checked()
    before = notice.document.content_hash
    changed = chain.approve_with_changes(
        notice.document, [TextChange("closing", "Trên đây là Thông báo kết luận")],
        version=None, opinion="Gọn lại", actor=cast.actor(cast.LEADER),
    )  # fmt: skip
    document, step = notice.document, notice.document.steps[-1]
    assert changed == 1 and document.state is DocumentState.APPROVED
    assert document.approved_hash == document.content_hash != before
    assert step.verb == "approve_with_changes" and "Sửa 01 chỗ khi duyệt." in step.opinion
    assert "Lời kết: “Trên đây là Thông báo kết luận kiểm tra, Sở Nội vụ" in step.opinion
    assert "→ “Trên đây là Thông báo kết luận”" in step.opinion and step.content_hash == document.content_hash


def test_without_a_change_there_is_nothing_to_approve_with_changes(session: Session) -> None:
    notice = notices.checked()
    with pytest.raises(DomainError, match="Chưa có chỗ nào được sửa"):
        chain.approve_with_changes(notice.document, [], version=None, actor=cast.actor(cast.LEADER))
    assert notice.document.state is DocumentState.APPROVAL


def test_nobody_else_approves_with_changes(session: Session) -> None:
    notice = notices.checked()
    with pytest.raises(Forbidden):
        chain.approve_with_changes(notice.document, [], version=None, actor=cast.actor(cast.CLERK))
    with pytest.raises(WrongState):
        chain.approve_with_changes(notices_draft().document, [], version=None, actor=cast.actor(cast.LEADER))


def notices_draft() -> Notice:
    return notices.drafted(notices.reported(units=(cast.AN_PHUOC,)))


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (notices.submitted, cast.CONTENT_CHECKER),
        (notices.checked, cast.LEADER),
        (notices.approved, cast.LEADER),
    ],
)
def test_who_has_it_in_hand_returns_it_with_a_reason(session: Session, make, part: str) -> None:
    notice = make()
    with pytest.raises(DomainError) as refused:
        chain.return_back(notice.document, " ", actor=cast.actor(part))
    assert refused.value.field == "opinion"
    chain.return_back(notice.document, "Bổ sung căn cứ ở mục II.1", actor=cast.actor(part))
    document = notice.document
    assert document.state is DocumentState.DRAFT and document.return_reason == "Bổ sung căn cứ ở mục II.1"
    assert document.approved_hash is None and document.approved_by is None
    assert notice.document.steps[-1].verb == "return_back"
    chain.submit(notice.document, actor=cast.actor(cast.PLANNER))
    assert document.return_reason is None


def test_somebody_elses_turn_is_not_mine_to_return(session: Session) -> None:
    notice = notices.submitted()
    for part in (cast.PLANNER, cast.CLERK, cast.LEADER):
        with pytest.raises(Forbidden):
            chain.return_back(notice.document, "Bổ sung", actor=cast.actor(part))
    with pytest.raises(WrongState):
        chain.return_back(notices_draft().document, "Bổ sung", actor=cast.actor(cast.CONTENT_CHECKER))


def test_after_a_return_the_record_proposes_its_texts_again(session: Session) -> None:
    notice = notices.drafted()
    services.edit_texts(
        notice, [TextChange("closing", "Trên đây")], version=None, actor=cast.actor(cast.PLANNER)
    )
    notices.submitted(notice)
    assert "requests" in notice.sections
    chain.return_back(notice.document, "Bổ sung", actor=cast.actor(cast.CONTENT_CHECKER))
    assert notice.sections == {"closing": "Trên đây"}


def test_the_pages_of_the_chain_say_what_follows(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    client.sign_in(cast.PLANNER).get(f"/notices/{notice.id}/submit")
    assert "01 chỗ nên xem lại trước khi trình" in client.text
    client.submit(data={"opinion": "Kính trình"})
    client.sign_in(cast.CONTENT_CHECKER).get(f"/notices/{notice.id}/return")
    client.submit(data={"opinion": " "}, expect=422)
    client.get(f"/notices/{notice.id}/check-content")
    client.submit()
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/check-form")
    client.submit()
    client.sign_in(cast.LEADER).get(f"/notices/{notice.id}/approve")
    assert "ghi nhận 02 nội dung đã kết luận" in client.text and "giao 01 nội dung khắc phục" in client.text
    client.submit()
    client.follow()
    assert "Đã duyệt bản thảo" in client.text and "Ký văn bản" in client.text


def test_a_second_click_on_an_old_page_is_told_the_state(client: Browser, session: Session) -> None:
    notice = notices.submitted()
    client.sign_in(cast.CONTENT_CHECKER).get(f"/notices/{notice.id}/check-content")
    token = client.page.select_one("main input[name=csrf_token]")["value"]
    client.submit()
    client.post(f"/notices/{notice.id}/check-content", {"csrf_token": token, "opinion": "Đồng ý"}, expect=409)
    assert "hiện ở trạng thái “Chờ kiểm tra thể thức”" in client.text and "Đồng ý" in client.text
    session.expire_all()
    assert [step.verb for step in session.get_one(Notice, notice.id).document.steps] == [
        "submit",
        "check_content",
    ]


def test_approving_with_changes_by_form(client: Browser, session: Session) -> None:
    notice = notices.checked()
    client.sign_in(cast.LEADER).get(f"/notices/{notice.id}/approve-with-changes")
    client.submit(expect=422)
    assert "Chưa có chỗ nào được sửa" in client.text
    client.submit(data={"closing": "Trên đây là Thông báo kết luận"})
    client.follow()
    assert "Sửa 01 chỗ khi duyệt" in client.text


VERBS = ("submit", "check-content", "check-form", "approve", "sign", "seal", "issue", "record")


def test_acts_are_hidden_from_units_and_refused_to_the_wrong_official(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted()
    for part, status in ((cast.HEAD, 404), (cast.OBSERVER, 404), (cast.FOLLOWER, 403)):
        client.sign_in(part)
        for verb in VERBS:
            client.get(f"/notices/{notice.id}/{verb}", expect=status)
