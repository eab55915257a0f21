"""What a unit proposed before it was dissolved: its successor reads it, is answered and tells it on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.findings import services
from app.findings.models import ProposalKind, UnitProposal
from app.findings.services import SentValues
from app.remediation.queries import list_unit_proposals
from app.units import services as units
from app.units.models import SuccessionKind
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork
from tests.factories import findings as made
from tests.factories.handover import dissolve, give, owed
from tests.queries import count_queries

TEXT = "Bổ sung chức năng gửi phiếu xin lỗi trên phần mềm một cửa."


def sent() -> UnitProposal:
    """Of xã Long Phước's own accord, while it was there."""
    found = services.send_proposal(
        cast.unit(cast.LONG_PHUOC), SentValues(ProposalKind.PROPOSAL, TEXT), actor=cast.actor(cast.HEAD)
    )
    db.session.commit()
    return found


def answer(proposal: UnitProposal) -> None:
    services.answer_proposal(
        proposal, answer="Bổ sung trong quý IV.", reference="99/SNV-CCHC", on=clock.today(),
        actor=cast.actor(cast.FOLLOWER),
    )  # fmt: skip
    db.session.commit()


def test_the_successor_reads_it_and_its_answer_with_whose_it_was(client: Browser, session: Session) -> None:
    proposal = sent()
    gone = dissolve(cast.AN_PHUOC)
    session.commit()
    client.sign_in(cast.OTHER_HEAD).get("/")
    assert f"Kế thừa từ {gone.name}" in client.text and TEXT in client.text
    client.get("/proposals")
    row = client.page.select("tbody tr")[0].text
    assert row.startswith(f"{cast.unit(cast.AN_PHUOC).name}kế thừa từ {gone.name}") and "Chưa trả lời" in row
    answer(proposal)
    client.get(client.page.select("tbody tr a")[0]["href"])
    assert "Bổ sung trong quý IV." in client.text and not client.page.select("main form")
    assert f"kế thừa từ {gone.name}" in client.text
    client.get("/")
    assert "Đã trả lời: 99/SNV-CCHC ngày 23/9/2026" in client.text
    session.expire_all()
    assert proposal.sender is gone, "nothing is rewritten"


def test_before_the_end_it_is_of_its_own_unit_alone(client: Browser, session: Session) -> None:
    proposal = sent()
    dissolve(cast.AN_PHUOC, ended=date(2026, 9, 24))
    session.commit()
    client.sign_in(cast.OTHER_HEAD).get("/proposals")
    assert TEXT not in client.text
    client.get(f"/proposals/{proposal.id}", expect=404)
    client.sign_in(cast.HEAD).get("/proposals")
    assert TEXT in client.text and "kế thừa" not in client.text


def test_a_transfer_from_a_unit_that_goes_on_takes_nothing_along(client: Browser, session: Session) -> None:
    proposal = sent()
    units.add_succession(
        cast.unit(cast.LONG_PHUOC), cast.unit(cast.AN_PHUOC), date(2026, 9, 20), SuccessionKind.TRANSFER,
        actor=None,
    )  # fmt: skip
    session.commit()
    client.sign_in(cast.OTHER_HEAD).get(f"/proposals/{proposal.id}", expect=404)


def test_what_was_told_to_a_team_goes_along_once_the_minutes_are_signed(
    client: Browser, session: Session
) -> None:
    unit = fieldwork.opened().units[0]
    proposal = made.proposal(unit)
    session.commit()
    dissolve(cast.AN_PHUOC)
    client.sign_in(cast.OTHER_HEAD).get(f"/proposals/{proposal.id}", expect=404)
    fieldwork.signed(unit.visits[0])
    session.commit()
    client.get(f"/proposals/{proposal.id}")
    client.get("/")
    assert "Đề nghị tập huấn" in client.text


@pytest.mark.parametrize("part", [cast.OUTSIDER, cast.GUEST])
def test_nobody_else_reads_it(client: Browser, session: Session, part: str) -> None:
    proposal = sent()
    dissolve(cast.AN_PHUOC)
    session.commit()
    client.sign_in(part).get("/khong-co-trang-nay", expect=404)
    assert client.client.get(f"/proposals/{proposal.id}").status_code in (403, 404)


def test_the_follower_sees_who_stands_for_the_unit(client: Browser, session: Session) -> None:
    proposal = sent()
    dissolve()
    session.commit()
    client.sign_in(cast.FOLLOWER).get("/proposals")
    assert "Đã chấm dứt hoạt động, chưa ghi đơn vị kế thừa" in client.text
    client.get(f"/proposals/{proposal.id}")
    assert "Đã chấm dứt hoạt động, chưa ghi đơn vị kế thừa" in client.text
    for code in (cast.AN_PHUOC, cast.LONG_THANH):
        units.add_succession(
            cast.unit(cast.LONG_PHUOC), cast.unit(code), date(2026, 9, 20), SuccessionKind.MERGE, actor=None
        )
    session.commit()
    client.get("/proposals")
    row = client.page.select("tbody tr")[0].text
    assert row.startswith("UBND xã Long PhướcĐơn vị kế thừa: ")
    assert all(cast.unit(code).name in row for code in (cast.AN_PHUOC, cast.LONG_THANH))


def test_it_stands_in_the_report_of_the_successor(session: Session) -> None:
    task, proposal = owed(), sent()
    gone = dissolve(cast.AN_PHUOC)
    give(task, gone)
    assert list(list_unit_proposals([task])) == [proposal]
    answer(proposal)
    assert list(list_unit_proposals([task])) == []


def test_the_list_asks_as_often_for_many(client: Browser, session: Session) -> None:
    sent()
    dissolve(cast.AN_PHUOC)
    session.commit()
    client.sign_in(cast.OTHER_HEAD).get("/proposals")
    session.expunge_all()
    with count_queries(session) as few:
        client.get("/proposals")
    for number in range(4):
        session.add(
            UnitProposal(
                sender=cast.unit(cast.LONG_PHUOC), sent_on=date(2026, 9, 1), sent_by=cast.key_of(cast.HEAD),
                kind=ProposalKind.PROPOSAL, text=f"Kiến nghị số {number}.",
            )
        )  # fmt: skip
    session.commit()
    session.expunge_all()
    with count_queries(session) as many:
        client.get("/proposals")
    assert "Kiến nghị số 3." in client.text
    assert len(many) == len(few), (few, many)
