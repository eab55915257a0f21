"""Signing here: number first, paper outside any transaction, then the signature; the clerk seals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.audit import queries as events
from app.documents import chain, numbering, readback
from app.documents.models import DocumentState, IssueWay, Number, NumberState
from app.errors import Conflict, Forbidden, WrongState, constraint_of
from app.files import services as files
from app.notices.models import Notice
from app.notices.record import gather
from tests import cast
from tests.conftest import Browser
from tests.factories import notices

LEADER = cast.LEADER


def begin(notice: Notice, part: str = LEADER) -> chain.Signing:
    return chain.begin_signing(notice.document, actor=cast.actor(part))


def test_the_signed_paper_carries_its_number_and_day(session: Session) -> None:
    notice = notices.signed()
    document = notice.document
    assert document.state is DocumentState.SIGNED and document.number_and_symbol == "01/TB-SNV"
    assert document.signed_by == cast.person(LEADER).id and document.file is not None
    back = readback.read(files.read(document.file))
    assert (back.number, back.symbol, back.issued_on) == (1, "TB-SNV", notices.NOTICE_DAY)
    assert back.signer_name == "Trần Văn Thử"
    number = session.scalars(sa.select(Number)).one()
    assert number.state is NumberState.USED and number.document_id == document.id


def test_the_number_is_taken_at_the_click_that_signs(session: Session) -> None:
    notice = notices.approved()
    assert session.scalars(sa.select(Number)).all() == [] and notice.document.number is None
    begin(notice)
    assert session.scalars(sa.select(Number)).one().state is NumberState.RESERVED


def test_a_retry_after_a_failed_drawing_takes_up_the_same_number(session: Session) -> None:
    notice = notices.approved()
    first = begin(notice)
    session.commit()
    again = begin(notice)
    assert again.number == first.number == 1
    chain.finish_signing(notice.document, again, chain.draw_signed(again), actor=cast.actor(LEADER))
    assert [n.state for n in session.scalars(sa.select(Number))] == [NumberState.USED]


def test_a_return_after_the_reservation_voids_the_number_with_its_reason(session: Session) -> None:
    notice = notices.approved()
    begin(notice)
    session.commit()
    chain.return_back(notice.document, "Sửa trích yếu", actor=cast.actor(LEADER))
    number = session.scalars(sa.select(Number)).one()
    assert number.state is NumberState.VOID and number.reason == "Trả lại để hoàn thiện: Sửa trích yếu"


def test_a_signature_that_waited_a_day_carries_the_day_of_the_click(session: Session) -> None:
    notice = notices.approved()
    begin(notice)
    session.commit()
    with clock.frozen(datetime(2026, 9, 24, 2, tzinfo=UTC)):
        signing = begin(notice)
        assert (signing.number, signing.on.day) == (1, 24)


def test_only_the_signer_signs(session: Session) -> None:
    notice = notices.approved()
    for part in (cast.PLANNER, cast.CLERK, cast.TEAM_LEADER):
        with pytest.raises(Forbidden):
            begin(notice, part)


def test_the_drafter_never_signs_even_as_signer(session: Session) -> None:
    notice = notices.approved()
    notice.document.drafter_id = notice.document.signer_id
    with pytest.raises(Forbidden, match="Người soạn thảo không ký văn bản do mình soạn"):
        begin(notice)


def test_the_database_keeps_drafter_and_signer_apart(session: Session) -> None:
    notices.signed()
    with pytest.raises(IntegrityError) as refused:
        session.execute(sa.text("UPDATE document SET drafter_id = signed_by WHERE signed_by IS NOT NULL"))
    assert constraint_of(refused.value) == "ck_document_drafter_not_signer"


def test_a_change_after_the_approval_voids_it(session: Session) -> None:
    notice = notices.approved()
    gather(notice).tasks[0].text = "Nội dung khác"
    with pytest.raises(Conflict, match="đã thay đổi sau khi trình"):
        begin(notice)
    session.rollback()
    notice.document.approved_hash = "0" * 64
    with pytest.raises(WrongState, match="Nội dung đã thay đổi sau khi duyệt"):
        begin(notice)


def test_what_moved_while_the_paper_was_drawn_is_not_signed(session: Session) -> None:
    notice = notices.approved()
    signing = begin(notice)
    pdf = chain.draw_signed(signing)
    chain.return_back(notice.document, "Sửa trích yếu", actor=cast.actor(LEADER))
    with pytest.raises(Conflict, match="đã thay đổi trong khi ký"):
        chain.finish_signing(notice.document, signing, pdf, actor=cast.actor(LEADER))


def test_a_paper_of_eoffice_is_not_signed_here(session: Session) -> None:
    notice = notices.approved(notices.drafted(way=IssueWay.RECORDED))
    with pytest.raises(WrongState, match="ký ngoài hệ thống"):
        begin(notice)
    with pytest.raises(WrongState, match="Ghi nhận văn bản đã ban hành"):
        chain.seal(notice.document, actor=cast.actor(cast.CLERK))


def test_the_signer_never_seals(session: Session) -> None:
    notice = notices.signed()
    notice.document.signer_id = notice.document.signed_by = cast.person(cast.CLERK).id
    with pytest.raises(Forbidden, match="Người ký không đóng dấu"):
        chain.seal(notice.document, actor=cast.actor(cast.CLERK))
    session.rollback()


def test_the_database_keeps_signer_and_sealer_apart(session: Session) -> None:
    notices.sealed()
    with pytest.raises(IntegrityError) as refused:
        session.execute(sa.text("UPDATE document SET sealed_by = signed_by WHERE signed_by IS NOT NULL"))
    assert constraint_of(refused.value) == "ck_document_signer_not_sealer"


def test_the_clerk_alone_seals(session: Session) -> None:
    notice = notices.signed()
    with pytest.raises(Forbidden):
        chain.seal(notice.document, actor=cast.actor(cast.PLANNER))
    chain.seal(notice.document, actor=cast.actor(cast.CLERK))
    assert notice.document.sealed_by == cast.person(cast.CLERK).id


def test_signing_by_click_and_clicking_twice(client: Browser, session: Session) -> None:
    notice = notices.approved()
    client.sign_in(LEADER).get(f"/notices/{notice.id}/sign")
    assert "01/TB-SNV ngày 23/9/2026" in client.text
    token = client.page.select_one("main input[name=csrf_token]")["value"]
    client.submit()
    client.post(f"/notices/{notice.id}/sign", {"csrf_token": token}, expect=409)
    session.expire_all()
    assert [n.state for n in session.scalars(sa.select(Number))] == [NumberState.USED]
    names = [event.name for event in events.list_events(session.get_one(Notice, notice.id).document)]
    assert names.count("document_signed") == 1


def test_a_drawing_that_fails_leaves_the_reservation_for_the_retry(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = notices.approved()
    client.sign_in(LEADER).get(f"/notices/{notice.id}/sign")
    with monkeypatch.context() as patch:
        patch.setattr(chain, "draw_signed", lambda signing: (_ for _ in ()).throw(Conflict("Máy in hỏng")))
        client.submit(expect=409)
    session.expire_all()
    number = session.scalars(sa.select(Number)).one()
    assert number.state is NumberState.RESERVED
    assert session.get_one(Notice, notice.id).document.state is DocumentState.APPROVED
    client.submit()
    session.expire_all()
    assert [(n.n, n.state) for n in numbering.list_numbers(number.series, 2026)] == [(1, NumberState.USED)]
