"""Kiến nghị của đơn vị: what the unit sees of its own, and the office's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.errors import WrongState
from app.findings import services
from app.findings.models import UnitProposal
from app.inspections.models import InspectedUnit
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import fieldwork, inspections
from tests.factories import findings as made


@pytest.fixture
def unit(session: Session) -> InspectedUnit:
    """The unit of the cast's head, in fieldwork."""
    return fieldwork.opened().units[0]


@pytest.fixture
def proposal(session: Session, unit: InspectedUnit) -> UnitProposal:
    """What the unit said, before anything is signed."""
    found = made.proposal(unit)
    session.commit()
    return found


def test_the_unit_sees_its_proposals_once_the_minutes_are_signed(
    client: Browser, session: Session, unit: InspectedUnit, proposal: UnitProposal
) -> None:
    client.sign_in(cast.HEAD).get("/proposals")
    assert "Chưa có kiến nghị nào" in client.text
    client.get(f"/proposals/{proposal.id}", expect=404)
    fieldwork.signed(unit.visits[0])
    session.commit()
    client.get("/proposals")
    assert "Đề nghị tập huấn" in client.text
    client.get(f"/proposals/{proposal.id}")
    assert not client.page.select("main form")


def test_another_unit_never_learns_of_them(
    client: Browser, session: Session, unit: InspectedUnit, proposal: UnitProposal
) -> None:
    fieldwork.signed(unit.visits[0])
    session.commit()
    client.sign_in(cast.OTHER_HEAD).get("/proposals")
    assert "Đề nghị tập huấn" not in client.text
    client.get(f"/proposals/{proposal.id}", expect=404)


ANSWER = {
    "answering_body": "Sở Khoa học và Công nghệ",
    "answer_due_on": "30/9/2026",
    "answer": "Tập huấn trong tháng 10.",
    "answer_reference": "99/SNV-CCHC",
    "answered_on": "22/9/2026",
}


def test_the_office_answers_with_number_and_date(
    client: Browser, session: Session, unit: InspectedUnit, proposal: UnitProposal
) -> None:
    fieldwork.signed(unit.visits[0])
    session.commit()
    client.sign_in(cast.FOLLOWER).get(f"/proposals/{proposal.id}")
    client.submit(data=ANSWER)
    client.sign_in(cast.HEAD).get("/proposals")
    assert "Đã trả lời ngày 22/9/2026 (99/SNV-CCHC)" in client.text
    client.get("/proposals?waiting=1")
    assert "Đề nghị tập huấn" not in client.text


def test_who_must_answer_may_be_said_before_the_answer(
    client: Browser, session: Session, proposal: UnitProposal
) -> None:
    client.sign_in(cast.FOLLOWER).get(f"/proposals/{proposal.id}")
    client.submit(data={"answering_body": "Sở Khoa học và Công nghệ", "answer_due_on": "21/9/2026"})
    session.expire_all()
    assert proposal.answered_on is None
    client.get("/proposals")
    assert "Quá hạn" in client.text and "Chưa trả lời" in client.text


def test_a_stale_answer_is_shown_beside_the_other(
    client: Browser, session: Session, proposal: UnitProposal
) -> None:
    client.sign_in(cast.FOLLOWER).get(f"/proposals/{proposal.id}")
    with clock.frozen(NOON + timedelta(minutes=5)):
        services.route_proposal(proposal, "Sở Tài chính", None, actor=cast.actor(cast.FOLLOWER))
        session.commit()
    client.submit(data=ANSWER, expect=409)
    assert "Bản đang lưu: Sở Tài chính." in client.text and "Tập huấn trong tháng 10." in client.text
    client.submit()
    session.expire_all()
    assert proposal.answering_body == "Sở Khoa học và Công nghệ" and proposal.answered_on is not None


def test_nothing_is_added_before_the_team_is_at_the_unit(session: Session) -> None:
    with pytest.raises(WrongState, match="từ khi mở buổi làm việc"):
        made.proposal(inspections.decided().units[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answered_on": ""}, "Nhập ngày trả lời."),
        ({"answered_on": "24/9/2026"}, "không sau hôm nay"),
        ({"answer": ""}, "Ghi nội dung trả lời."),
        ({"answered_on": "mai"}, "Nhập theo dạng ngày/tháng/năm"),
    ],
)
def test_a_wrong_answer_changes_nothing_and_is_kept(
    client: Browser, session: Session, proposal: UnitProposal, change: dict[str, str], message: str
) -> None:
    client.sign_in(cast.FOLLOWER).get(f"/proposals/{proposal.id}")
    client.submit(data={**ANSWER, **change}, expect=422)
    assert message in client.text
    session.expire_all()
    assert proposal.answered_on is None and proposal.answering_body == ""


@pytest.mark.parametrize(
    ("part", "status"),
    [(cast.CLERK, 403), (cast.SECRETARY, 403), (cast.HEAD, 404), (cast.OBSERVER, 404), (cast.OUTSIDER, 404)],
)
def test_only_the_follower_answers(
    client: Browser, session: Session, proposal: UnitProposal, part: str, status: int
) -> None:
    client.sign_in(part).get("/khong-co-trang-nay", expect=404)
    client.post(f"/proposals/{proposal.id}/answer", ANSWER, expect=status)
    session.expire_all()
    assert proposal.answered_on is None


def test_the_form_stays_for_the_team_after_the_end_and_for_who_follows(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    fieldwork.ended(unit)
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/inspected-units/{unit.id}/fieldwork")
    client.submit("form[action$='/proposals']", {"kn-text": "Thiếu công chức chuyên trách."})
    client.sign_in(cast.FOLLOWER).get("/proposals")
    assert client.page.select("a[href='/proposals/new']")
    client.get("/proposals/new")
    client.submit(data={"kind": "proposal", "text": "Đề nghị bổ sung biên chế."}, expect=422)
    assert "Chọn đơn vị." in client.text
    client.submit(data={"unit": str(unit.id), "text": "Đề nghị bổ sung biên chế."})
    texts = session.scalars(sa.select(UnitProposal.text).order_by(UnitProposal.id)).all()
    assert texts == ["Thiếu công chức chuyên trách.", "Đề nghị bổ sung biên chế."]
    client.sign_in(cast.HEAD).get("/proposals")
    assert "Đề nghị bổ sung biên chế." in client.text and "/proposals/new" not in client.text
    client.get("/proposals/new", expect=403)
