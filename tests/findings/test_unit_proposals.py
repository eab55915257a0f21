"""Kiến nghị của đơn vị: what the unit sees of its own, and the office's answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock, create_app
from app.accounts import services as accounts
from app.accounts.services import FocalPointValues
from app.audit import queries as events
from app.errors import DomainError, WrongState
from app.extensions import db
from app.findings import queries, services
from app.findings.models import ProposalKind, UnitProposal
from app.findings.services import SentValues
from app.inspections.models import InspectedUnit
from app.remediation.queries import list_unit_proposals
from app.units.models import Unit
from tests import cast
from tests.conftest import NOON, Browser, settings_for
from tests.factories import fieldwork, inspections, remediation
from tests.factories import findings as made
from tests.racing import race


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


NEW = {
    "kind": "proposal",
    "text": "Bổ sung chức năng gửi phiếu xin lỗi trên phần mềm một cửa.",
    "answering_body": "Sở Khoa học và Công nghệ",
}


def _address(for_unit: bool = False, code: str = cast.LONG_PHUOC) -> str:
    return f"/units/{cast.unit(code).id}{'/for-unit' if for_unit else ''}/proposals/new"


def test_a_unit_sends_of_its_own_accord_and_reads_the_answer(client: Browser, session: Session) -> None:
    client.sign_in(cast.HEAD).get("/")
    assert client.page.select(f"a[href='{_address()}']"), "from the unit's own page"
    client.get(_address())
    client.get(client.submit(data=NEW).headers["Location"])
    assert "Đơn vị gửi ngày 23/9/2026" in client.text and "Chưa trả lời" in client.text
    client.sign_in(cast.FOLLOWER).get("/")
    assert "01 kiến nghị của đơn vị chưa rõ cơ quan, hạn trả lời" in client.text, "whom the unit named"
    client.get("/proposals?waiting=1")
    row = client.page.select("tbody tr")[0].text
    assert "UBND xã Long Phước" in row and "Sở Khoa học và Công nghệ" in row and "Chưa trả lời" in row
    client.get(client.page.select("tbody tr a")[0]["href"])
    client.submit(data=ANSWER)
    client.sign_in(cast.HEAD).get("/")
    assert "Đã trả lời: 99/SNV-CCHC ngày 22/9/2026" in client.text
    client.sign_in(cast.OTHER_HEAD).get("/proposals")
    assert "phiếu xin lỗi" not in client.text


def test_the_follower_is_told_of_what_nobody_answers(client: Browser, session: Session) -> None:
    actor = cast.actor(cast.HEAD)
    unit = cast.unit(cast.LONG_PHUOC)
    sent = [
        services.send_proposal(unit, SentValues(ProposalKind.PROPOSAL, text), actor=actor)
        for text in ("Bổ sung biên chế.", "Nâng cấp đường truyền.")
    ]
    services.route_proposal(sent[0], "Sở Nội vụ", date(2026, 9, 22), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    client.sign_in(cast.FOLLOWER).get("/")
    assert "01 kiến nghị của đơn vị quá hạn trả lời" in client.text
    assert "01 kiến nghị của đơn vị chưa rõ cơ quan, hạn trả lời" in client.text


def test_the_focal_point_sends_and_a_mere_officer_does_not(client: Browser, session: Session) -> None:
    client.sign_in(cast.OFFICER).get(_address(), expect=403)
    client.post(_address(), NEW, expect=403)
    officer = cast.person(cast.OFFICER)
    accounts.appoint_focal_point(
        cast.unit(cast.LONG_PHUOC),
        FocalPointValues(from_on=date(2026, 9, 1), person_id=officer.id),
        actor=cast.actor(cast.HEAD),
    )
    session.commit()
    client.get("/proposals")
    client.get(client.page.select("a.btn-primary")[0]["href"])
    client.submit(data=NEW)
    made = session.scalars(sa.select(UnitProposal)).one()
    assert made.sent_by == officer.id and made.sender_id == cast.unit(cast.LONG_PHUOC).id


@pytest.mark.parametrize(
    ("part", "own", "for_unit"),
    [
        (cast.OTHER_HEAD, 404, 404), (cast.FOLLOWER, 403, 200), (cast.CLERK, 403, 200),
        (cast.LEADER, 403, 403), (cast.HEAD, 200, 403), (cast.OBSERVER, 404, 404),
    ],
)  # fmt: skip
def test_who_may_send_and_who_may_enter(
    client: Browser, session: Session, part: str, own: int, for_unit: int
) -> None:
    client.sign_in(part).get(_address(), expect=own)
    client.get(_address(for_unit=True), expect=for_unit)


def test_the_office_enters_the_paper_of_a_unit_without_accounts(client: Browser, session: Session) -> None:
    unit = cast.unit(cast.LONG_THANH)
    client.sign_in(cast.FOLLOWER).get(f"/units/{unit.id}")
    client.get(client.page.select("a[href$='/for-unit/proposals/new']")[0]["href"])
    client.submit(data=NEW, expect=422)
    assert "Ghi số, ký hiệu văn bản kiến nghị của đơn vị." in client.text and "phiếu xin lỗi" in client.text
    paper = {"reference": "31/UBND-VP", "sent_on": "24/9/2026"}
    client.submit(data=paper, expect=422)
    assert "Ngày văn bản của đơn vị không sau hôm nay." in client.text
    client.get(client.submit(data={**paper, "sent_on": "18/9/2026"}).headers["Location"])
    assert "Đơn vị gửi ngày 18/9/2026, văn bản số 31/UBND-VP (cơ quan nhập thay)" in client.text
    made = session.scalars(sa.select(UnitProposal)).one()
    assert made.on_behalf and events.list_events(made)[0].on_behalf_of == unit.name


def test_the_same_words_twice_are_one_proposal(client: Browser, session: Session) -> None:
    client.sign_in(cast.HEAD).get(_address())
    client.submit(data=NEW)
    client.get(_address())
    client.submit(data={**NEW, "text": NEW["text"].upper()}, expect=409)
    assert "Kiến nghị này đã gửi ngày 23/9/2026 và đang chờ trả lời." in client.text
    assert session.scalar(sa.select(sa.func.count()).select_from(UnitProposal)) == 1
    client.submit(data={"text": "  x "}, expect=422)
    assert session.scalar(sa.select(sa.func.count()).select_from(UnitProposal)) == 1


def test_a_unit_that_has_ended_sends_nothing(session: Session) -> None:
    unit, head, follower = cast.unit(cast.LONG_PHUOC), cast.actor(cast.HEAD), cast.actor(cast.FOLLOWER)
    unit.valid_to = clock.today()
    session.flush()
    values = SentValues(ProposalKind.PROPOSAL, "Bổ sung biên chế.", reference="31/UBND-VP")
    with pytest.raises(DomainError, match="không hoạt động vào ngày 23/9/2026"):
        services.send_proposal(unit, values, actor=head)
    with pytest.raises(DomainError, match="không hoạt động"):
        services.send_proposal(unit, values, actor=follower, on_behalf=True)
    before = replace(values, sent_on=date(2026, 9, 22))
    assert services.send_proposal(unit, before, actor=follower, on_behalf=True).sent_on == before.sent_on


def test_what_a_unit_sent_stands_in_its_report_until_answered(session: Session) -> None:
    task = remediation.issued()[0]
    sent = services.send_proposal(
        task.lead_unit, SentValues(ProposalKind.PROPOSAL, "Bổ sung biên chế."), actor=cast.actor(cast.HEAD)
    )
    session.commit()
    assert list(list_unit_proposals([task])) == [sent]
    services.answer_proposal(
        sent, answer="Đồng ý.", reference="99/SNV", on=clock.today(), actor=cast.actor(cast.FOLLOWER)
    )
    assert list(list_unit_proposals([task])) == []


def test_a_sent_proposal_is_never_taken_away_as_a_mistake_of_a_team(
    client: Browser, session: Session
) -> None:
    sent = services.send_proposal(
        cast.unit(cast.LONG_PHUOC), SentValues(ProposalKind.PROPOSAL, "Bổ sung biên chế."),
        actor=cast.actor(cast.HEAD),
    )  # fmt: skip
    session.commit()
    with pytest.raises(WrongState, match="do đơn vị gửi không bỏ được"):
        services.remove_proposal(sent, actor=cast.actor(cast.SECRETARY))
    client.sign_in(cast.PLANNER).get("/proposals")
    client.post(f"/proposals/{sent.id}/remove", expect=404)


def test_the_list_goes_by_pages_in_both_directions(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    for number in range(5):
        services.send_proposal(
            cast.unit(cast.LONG_PHUOC), SentValues(ProposalKind.PROPOSAL, f"Kiến nghị số {number}."),
            actor=cast.actor(cast.HEAD),
        )  # fmt: skip
    session.commit()
    client.sign_in(cast.HEAD).get("/proposals")
    seen = [_numbers(client)]
    while links := client.page.select("a[rel='next']"):
        client.get(links[0]["href"])
        seen.append(_numbers(client))
    assert seen == [[4, 3], [2, 1], [0]]
    client.get(client.page.select("a[rel='prev']")[0]["href"])
    assert _numbers(client) == [2, 1]


def test_the_same_words_sent_by_two_at_once_are_one_proposal(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database("proposed"), tmp_path))

    def send(unit: Unit) -> object:
        values = SentValues(ProposalKind.PROPOSAL, "Bổ sung biên chế.")
        return services.send_proposal(unit, values, actor=cast.actor(cast.HEAD))

    assert race(app, lambda: cast.unit(cast.LONG_PHUOC), [send, send, send]) == ["done", "refused", "refused"]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitProposal)) == 1
        db.session.remove()
        db.engine.dispose()


def _numbers(client: Browser) -> list[int]:
    return [int(found) for found in re.findall(r"Kiến nghị số (\d)\.", client.text)]
