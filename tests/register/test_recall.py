"""Recalling and replacing a conclusion of ours: what its claims do, and those around them."""

from __future__ import annotations

import json
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import Conflict, WrongState
from app.register import extract, queries, recalled, reopening, services
from app.register.boxes import Box
from app.register.models import (
    Claim,
    Conclusion,
    ConclusionState,
    Coverage,
    Level,
    Mandate,
    MandateKind,
    ReopeningState,
)
from app.register.recalled import Replaced, Returned
from app.register.review import Ground, Wanted
from app.register.services import ClaimWanted, Concluded
from tests import cast
from tests.conftest import Browser
from tests.factories import notices
from tests.factories import register as factory
from tests.register.reopenings import ANSWER, DEPARTMENT, FIRST, LAST, ask, box, leader, live, opened

KEYS = ("MC-05", "MC-06", "CĐ-01")
WHY = "Số liệu hồ sơ quá hạn không đúng"


@pytest.fixture
def team(session: Session) -> tuple[Mandate, list[int]]:
    """A team that holds three contents of Long Phước."""
    mandate, items = factory.claimed_scope(cast.LONG_PHUOC, KEYS, FIRST, LAST)
    return mandate, [item.id for item in items]


@pytest.fixture
def notice(team: tuple[Mandate, list[int]]) -> Conclusion:
    """It concluded two of them and gave the third back."""
    mandate, items = team
    made = factory.conclusion(under=mandate)
    services.conclude(decided(items[:2]), made, actor=None)
    services.release(items[2:], "Chưa kiểm tra", actor=None, mandate=mandate)
    return made


def decided(items: list[int], result: str = "partly", first: int = 0) -> list[Concluded]:
    return [Concluded(item, result, KEYS[first + place]) for place, item in enumerate(items)]


def event(session: Session, name: str) -> dict[str, object]:
    session.commit()
    return dict(session.scalars(sa.select(Event).where(Event.name == name)).one().data)


def pieces(*of: tuple[Box, int | None]) -> set[tuple[Box, int | None]]:
    return set(of)


# --- recall


def test_the_very_same_boxes_are_held_again_by_the_team_that_concluded_them(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    before = session.execute(sa.select(Claim.id, Claim.scope_item_id).where(Claim.ended_at.is_(None))).all()
    assert recalled.recall(notice, WHY, actor=leader()) == Returned(held=2, ended=0)
    assert notice.state is ConclusionState.RECALLED
    assert live(session, mandate_id=team[0].id) == pieces((box(), None), (box(key="MC-06"), None))
    after = session.execute(sa.select(Claim.id, Claim.scope_item_id).where(Claim.ended_at.is_(None))).all()
    assert after == before
    assert event(session, "claims_returned")["count"] == 2
    assert event(session, "conclusion_recalled")["reason"] == WHY


def test_coverage_stays_written_and_counts_no_more(session: Session, notice: Conclusion) -> None:
    recalled.recall(notice, WHY, actor=leader())
    assert session.scalar(sa.select(sa.func.count()).select_from(Coverage)) == 2
    (answer,) = queries.review([Wanted("x", box())], level=DEPARTMENT).items
    assert [(one.ground, one.citation) for one in answer.refusals] == [(Ground.HELD, "120/QĐ-SNV")]
    (told,) = queries.review([Wanted("x", box())], level=DEPARTMENT, concluded_only=True).items
    assert told.is_free, "nobody outside the office learns of the team"
    assert extract.slip(cast.unit(cast.LONG_PHUOC), 2026, as_of=date(2026, 9, 23)).lines == []


def test_the_same_team_concludes_the_same_claims_anew(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    recalled.recall(notice, WHY, actor=leader())
    again = factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=team[0])
    assert services.conclude(decided(team[1][:2]), again, actor=None) == 2
    assert live(session) == pieces((box(), again.id), (box(key="MC-06"), again.id))


def test_it_is_recalled_once_and_only_when_it_is_ours(session: Session, notice: Conclusion) -> None:
    recalled.recall(notice, WHY, actor=leader())
    with pytest.raises(WrongState):
        recalled.recall(notice, WHY, actor=leader())
    theirs = factory.conclusion(
        "05/KL-TTr", under=factory.mandate("", level=Level.PROVINCE, kind=MandateKind.OTHER_BODY)
    )
    with pytest.raises(WrongState, match="hủy ghi nhận"):
        recalled.recall(theirs, WHY, actor=leader())


def test_a_conclusion_that_has_nothing_any_more_is_recalled_in_silence(
    session: Session, team: tuple[Mandate, list[int]]
) -> None:
    empty = factory.conclusion("53/TB-SNV", under=team[0])
    assert recalled.recall(empty, WHY, actor=leader()) == Returned(0, 0)
    assert len(live(session)) == 3


def test_pieces_that_a_reopening_took_out_stay_with_the_other_team(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    march = box(date(2026, 3, 1), date(2026, 3, 31))
    other = opened(notice, march)
    assert other.mandate is not None
    assert recalled.recall(notice, WHY, actor=leader()) == Returned(held=3, ended=0)
    assert live(session, mandate_id=other.mandate.id) == pieces((march, None))
    assert live(session, mandate_id=team[0].id) == pieces(
        (box(FIRST, date(2026, 2, 28)), None), (box(date(2026, 4, 1), LAST), None), (box(key="MC-06"), None)
    )
    assert other.state is ReopeningState.GRANTED
    assert reopening.end_reserved(other, "Không cần nữa", actor=cast.actor(cast.PLANNER)) == 0
    assert (march, None) not in live(session), "nothing goes back to a notice that was recalled"
    assert other.state is ReopeningState.ENDED


def test_a_request_to_reopen_a_recalled_notice_is_not_granted(session: Session, notice: Conclusion) -> None:
    made = ask(notice, box())
    recalled.recall(notice, WHY, actor=leader())
    with pytest.raises(Conflict, match="không còn hiệu lực"):
        reopening.grant(made, ANSWER, actor=leader())


def test_what_was_reopened_for_the_recalled_notice_is_open_again_until_it_is_concluded(
    session: Session,
) -> None:
    old = factory.concluded([(box(), "MC-05"), (box(key="MC-06"), "MC-06")], "30/TB-SNV")
    items = factory.scope(cast.LONG_PHUOC, ["MC-05"], FIRST, LAST)
    made = ask(old, box(), inspection=items[0].inspected_unit.inspection_id)
    reopening.grant(made, ANSWER, actor=leader())
    mandate = factory.mandate("150/QĐ-SNV")
    services.claim(mandate, [ClaimWanted(items[0].id, box())], actor=None, reopenings=[made])
    new = factory.conclusion("60/TB-SNV", on=date(2026, 9, 22), under=mandate)
    services.conclude([Concluded(items[0].id, "not_met", "MC-05")], new, actor=None)
    assert made.state is ReopeningState.USED
    recalled.recall(new, WHY, actor=leader())
    assert made.state is ReopeningState.GRANTED
    (told,) = queries.review([Wanted("x", box())], level=DEPARTMENT, concluded_only=True).items
    assert [one.citation for one in told.refusals] == ["30/TB-SNV"], "a unit is told the old one until then"
    services.release([items[0].id], "Đình chỉ", actor=None, mandate=mandate)
    assert live(session) == pieces((box(), old.id), (box(key="MC-06"), old.id))
    assert made.state is ReopeningState.ENDED


def test_what_a_higher_body_has_gone_over_since_is_not_held_again(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    above = factory.mandate("9/QĐ-UBND", level=Level.PROVINCE, body="UBND tỉnh Đồng Nai")
    services.claim(above, [ClaimWanted(None, box(), override_reason="Theo phản ánh")], actor=None)
    assert recalled.recall(notice, WHY, actor=leader()) == Returned(held=1, ended=1)
    assert live(session, mandate_id=team[0].id) == pieces((box(key="MC-06"), None))
    ended = session.scalars(sa.select(Claim).where(Claim.conclusion_id == notice.id)).one()
    assert ended.ended_reason == recalled.HIGHER_STANDS
    assert event(session, "claims_not_returned")["count"] == 1


# --- replacement


def replaced(old: Conclusion, new: Conclusion, items: list[Concluded]) -> Replaced:
    return recalled.replace(old, new, items, actor=leader())


def test_a_replacing_conclusion_takes_over_leaves_out_and_adds(
    session: Session, team: tuple[Mandate, list[int]]
) -> None:
    mandate, items = team
    old = factory.conclusion(under=mandate)
    services.conclude(decided(items[:2]), old, actor=None)
    new = factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=mandate)
    wanted = [Concluded(items[0], "not_met", "MC-05"), Concluded(items[2], "met", "CĐ-01")]
    assert replaced(old, new, wanted) == Replaced(moved=1, added=1, returned=Returned(1, 0))
    assert old.state is ConclusionState.REPLACED and new.state is ConclusionState.IN_FORCE
    assert live(session) == pieces((box(), new.id), (box(key="MC-06"), None), (box(key="CĐ-01"), new.id))
    told = {(one.criterion_key, one.result) for one in new.coverage}
    assert told == {("MC-05", "not_met"), ("CĐ-01", "met")}
    assert {(one.criterion_key, one.result) for one in old.coverage} == {
        ("MC-05", "partly"),
        ("MC-06", "partly"),
    }
    assert event(session, "claims_moved")["count"] == 1
    assert event(session, "conclusion_replaced")["by"] == "Thông báo số 52/TB-SNV ngày 01/9/2026"


def test_at_no_moment_is_a_replaced_content_free(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    claim_id = session.scalars(sa.select(Claim.id).where(Claim.scope_item_id == team[1][0])).one()
    new = factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=team[0])
    replaced(notice, new, decided(team[1][:2]))
    row = session.get_one(Claim, claim_id, populate_existing=True)
    assert (row.ended_at, row.conclusion_id) == (None, new.id), "one row, one statement, no state between"
    (answer,) = queries.review([Wanted("x", box())], level=DEPARTMENT).items
    assert [one.citation for one in answer.refusals] == ["52/TB-SNV"]
    lines = extract.slip(cast.unit(cast.LONG_PHUOC), 2026, as_of=date(2026, 9, 23)).lines
    assert [line.row.citation for line in lines] == ["52/TB-SNV", "52/TB-SNV"]


def test_a_replacement_that_decides_nothing_gives_everything_back(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    new = factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=team[0])
    assert replaced(notice, new, []) == Replaced(0, 0, Returned(2, 0))


def test_a_piece_held_beside_one_that_moves_is_concluded_with_it(
    session: Session, team: tuple[Mandate, list[int]]
) -> None:
    """A reopening cut March out for the very same team, which holds it again."""
    mandate, items = team
    old = factory.conclusion(under=mandate)
    services.conclude(decided(items[:1]), old, actor=None)
    march = box(date(2026, 3, 1), date(2026, 3, 31))
    made = opened(old, march)
    services.claim(mandate, [ClaimWanted(items[0], march)], actor=None, reopenings=[made])
    new = factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=mandate)
    assert replaced(old, new, decided(items[:1])) == Replaced(2, 1, Returned(0, 0))
    assert {conclusion for _, conclusion in live(session)} == {new.id, None}
    assert made.state is ReopeningState.USED


def test_what_stands_under_a_higher_body_moves_but_is_not_held_again(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    above = factory.mandate("9/QĐ-UBND", level=Level.PROVINCE, body="UBND tỉnh Đồng Nai")
    wanted = [ClaimWanted(None, one, override_reason="Theo phản ánh") for one in (box(), box(key="MC-06"))]
    services.claim(above, wanted, actor=None)
    new = factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=team[0])
    assert replaced(notice, new, decided(team[1][:1])) == Replaced(1, 0, Returned(0, 1))
    assert live(session, mandate_id=team[0].id) == pieces((box(), new.id))


def test_only_a_conclusion_of_the_same_case_that_is_in_force_replaces(
    session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    with pytest.raises(Conflict, match="cùng cuộc kiểm tra"):
        replaced(notice, factory.conclusion("52/TB-SNV"), decided(team[1][:2]))
    new = factory.conclusion("53/TB-SNV", under=team[0])
    recalled.recall(new, WHY, actor=leader())
    with pytest.raises(WrongState, match="không còn hiệu lực"):
        replaced(notice, new, decided(team[1][:2]))
    heir = factory.conclusion("54/TB-SNV", under=team[0])
    with pytest.raises(Conflict, match="không còn thuộc phạm vi của Đoàn"):
        replaced(notice, heir, decided(team[1]))


# --- what people read


def test_check_names_the_notice_that_says_nothing_any_more(
    app: Flask, session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    new = factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=team[0])
    replaced(notice, new, decided(team[1][:1]))
    session.commit()
    asked = ["register", "check", "--unit", "LP", "--criterion", "MC-05", "--from", "01/01/2026", "--to"]
    told = app.test_cli_runner().invoke(args=[*asked, "30/6/2026"])
    assert told.exit_code == 3
    assert (
        "Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ đã được thay thế, không còn được áp dụng."
        in told.stdout
    )
    found = json.loads(app.test_cli_runner().invoke(args=[*asked, "30/6/2026", "--json"]).stdout)
    assert found["past"] == [
        {"number": "45/TB-SNV", "date": "2026-08-12", "body": "Sở Nội vụ", "state": "replaced"}
    ]
    later = [*asked[:7], "01/7/2026", "--to", "30/9/2026"]
    assert "đã được thay thế" not in app.test_cli_runner().invoke(args=later).stdout


def test_the_pages_of_the_register_say_by_which_paper(client: Browser, session: Session) -> None:
    made = notices.recalled().conclusion
    assert made is not None
    client.sign_in(cast.CLERK).get(f"/register/conclusions/{made.id}")
    assert "Đã thu hồi theo Văn bản số 152/QĐ-SNV" in client.text
    assert "Đã thu hồi, không áp dụng" in client.text
    client.get("/register?unit=long+phuoc&criterion=MC-05&starts_on=01/01/2026&ends_on=30/6/2026&field=")
    assert "của Sở Nội vụ đã thu hồi, không còn được áp dụng." in client.text
    client.sign_in(cast.OBSERVER).get(f"/register/conclusions/{made.id}")
    assert "Đã thu hồi theo Văn bản số 152/QĐ-SNV" in client.text
    assert client.page.select(".kl-note a") == []


def test_a_replaced_conclusion_says_so_without_a_paper(
    client: Browser, session: Session, team: tuple[Mandate, list[int]], notice: Conclusion
) -> None:
    replaced(notice, factory.conclusion("52/TB-SNV", on=date(2026, 9, 1), under=team[0]), [])
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/register/conclusions/{notice.id}")
    assert "Đã được thay thế. Nội dung dưới đây được giữ để tra cứu" in client.text
