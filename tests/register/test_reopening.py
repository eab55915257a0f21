"""Reopening concluded content: who asks, who decides, what the claims do, and how it goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import services as deadlines
from app.errors import Conflict, DomainError, Forbidden, NotFound, WrongState
from app.register import extract, queries, reopening, services
from app.register.models import (
    Conclusion,
    ConclusionState,
    Coverage,
    Level,
    Mandate,
    MandateKind,
    Reopening,
    ReopeningState,
)
from app.register.review import Ground, Wanted
from app.register.services import ClaimRefused, ClaimWanted, Concluded
from tests import cast
from tests.factories import register as factory
from tests.register.reopenings import (
    ANSWER,
    ASKED,
    DEPARTMENT,
    FIRST,
    LAST,
    ask,
    box,
    case,
    leader,
    live,
    opened,
    planner,
)


@pytest.fixture
def notice(session: Session) -> Conclusion:
    return factory.concluded([(box(), "MC-05"), (box(key="MC-06"), "MC-06")])


def test_a_request_takes_nothing_and_is_told(session: Session, notice: Conclusion) -> None:
    before = live(session)
    made = ask(notice, box(), box())
    assert live(session) == before
    assert made.state is ReopeningState.REQUESTED and len(made.boxes) == 1
    assert reopening.get(made.id) is made
    assert reopening.list_granted(made.inspection_id) == []
    with pytest.raises(NotFound):
        reopening.get(made.id + 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"evidence": ""}, "evidence"),
        ({"responsibility": "x"}, "responsibility"),
    ],
)
def test_a_request_says_why_with_what_and_who_is_responsible(
    session: Session, notice: Conclusion, change: dict[str, str], field: str
) -> None:
    with pytest.raises(DomainError) as error:
        ask(notice, written=replace(ASKED, **change))  # type: ignore[arg-type]
    assert error.value.field == field


def test_a_request_names_something_concluded_and_is_made_once(session: Session, notice: Conclusion) -> None:
    with pytest.raises(DomainError, match="ít nhất một nội dung"):
        reopening.request(notice, case(), [], ASKED, level=DEPARTMENT, actor=planner())
    with pytest.raises(Conflict, match="không còn thuộc Thông báo số 45/TB-SNV"):
        ask(notice, box(FIRST, date(2026, 7, 1)), inspection=1)
    made = ask(notice)
    with pytest.raises(Conflict, match="đề nghị mở lại trước"):
        ask(notice, inspection=made.inspection_id)
    ask(notice, box(key="MC-06"), inspection=made.inspection_id)
    with pytest.raises(Forbidden):
        reopening.request(notice, made.inspection_id, [box()], ASKED, level=DEPARTMENT, actor=leader())


def test_a_grant_splits_exactly_and_holds_the_piece_for_the_case(
    session: Session, notice: Conclusion
) -> None:
    piece = box(date(2026, 3, 1), date(2026, 3, 31))
    made = opened(notice, piece)
    assert live(session) == {
        (box(FIRST, date(2026, 2, 28)), notice.id),
        (box(date(2026, 4, 1), LAST), notice.id),
        (box(key="MC-06"), notice.id),
        (piece, None),
    }
    assert made.mandate is not None and made.mandate.decision == "131/QĐ-SNV"
    for mandate_id, free in ((None, False), (made.mandate_id, True)):
        answer = queries.review([Wanted("x", piece)], level=DEPARTMENT, mandate_id=mandate_id)
        assert answer.is_free is free
    assert queries.review([Wanted("x", piece)], level=DEPARTMENT, reserved=[made.mandate.id]).is_free
    (refused,) = queries.review([Wanted("x", piece)], level=DEPARTMENT).items
    assert refused.ground is Ground.HELD
    with pytest.raises(ClaimRefused):
        factory.held([piece])
    assert session.scalar(sa.select(sa.func.count()).select_from(Coverage)) == 2


def test_who_asked_does_not_decide_and_only_a_leader_does(session: Session, notice: Conclusion) -> None:
    made = ask(notice)
    with pytest.raises(Forbidden):
        reopening.grant(made, ANSWER, actor=planner())
    asker = replace(leader(), person_id=made.requested_by)
    for act in (
        lambda: reopening.grant(made, ANSWER, actor=asker),
        lambda: reopening.refuse(made, "Không đủ căn cứ", actor=asker),
    ):
        with pytest.raises(Forbidden, match="không phải là người đề nghị"):
            act()


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"decision": ""}, "decision", "số, ký hiệu"),
        ({"decided_on": date(2026, 9, 24)}, "decided_on", "sau ngày hôm nay"),
        ({"decided_on": date(2026, 8, 11)}, "decided_on", "trước ngày thông báo"),
    ],
)
def test_the_decision_has_number_and_day(
    session: Session, notice: Conclusion, change: dict[str, Any], field: str, message: str
) -> None:
    made = ask(notice)
    with pytest.raises(DomainError, match=message) as error:
        reopening.grant(made, replace(ANSWER, **change), actor=leader())
    assert error.value.field == field


def test_nothing_is_reopened_after_two_years_unless_the_office_says_so(session: Session) -> None:
    asked = factory.box(factory.unit("CU", "UBND xã Cũ Mẫu"), "MC-05", date(2023, 1, 1), date(2023, 12, 31))
    old = factory.concluded([(asked, "MC-05")], on=date(2024, 2, 29))
    assert reopening.last_day(old) == date(2026, 2, 28)
    with pytest.raises(Conflict, match=r"Đã quá thời hạn 24 tháng .* đến hết ngày 28/02/2026"):
        ask(old, asked)
    deadlines.set_setting("reopen_within_months", 36, clock.today(), None)
    assert ask(old, asked).state is ReopeningState.REQUESTED


def test_only_the_concluding_body_or_one_above_reopens(session: Session) -> None:
    theirs = factory.conclusion(
        "08/KL-UBND", under=factory.mandate("", level=Level.PROVINCE, kind=MandateKind.OTHER_BODY),
        body="UBND tỉnh", level=Level.PROVINCE,
    )  # fmt: skip
    assert "cơ quan cấp trên" in (
        reopening.refused_because(theirs, level=DEPARTMENT, on=date(2026, 9, 1)) or ""
    )
    assert reopening.refused_because(theirs, level=Level.PROVINCE, on=date(2026, 9, 1)) is None
    ours = factory.conclusion("46/TB-SNV", level=Level.PROVINCE)
    assert reopening.refused_because(ours, level=DEPARTMENT, on=date(2026, 9, 1)) is None


def test_what_holds_nothing_is_not_reopened(session: Session, notice: Conclusion) -> None:
    noted = factory.concluded([(box(key="MC-07"), "MC-07")], "09/TB-PNV", record_only=True)
    assert "chỉ ghi nhận" in (reopening.refused_because(noted, level=DEPARTMENT, on=clock.today()) or "")
    notice.state = ConclusionState.RECALLED
    with pytest.raises(Conflict, match="không còn hiệu lực"):
        ask(notice)


def test_what_a_higher_body_took_meanwhile_is_not_reopened(session: Session, notice: Conclusion) -> None:
    made = ask(notice)
    above = factory.mandate("300/QĐ-UBND", level=Level.PROVINCE, body="UBND tỉnh")
    services.claim(above, [ClaimWanted(None, box(), "Theo chỉ đạo")], actor=None)
    with pytest.raises(Conflict, match="cấp trên đã có kết luận"):
        reopening.grant(made, ANSWER, actor=leader())


def test_what_another_notice_decides_too_stays_refused(session: Session, notice: Conclusion) -> None:
    made = ask(notice)
    factory.concluded([(box(), "MC-05")], "47/TB-SNV")  # recorded as decided, it claims nothing
    with pytest.raises(Conflict, match="còn thuộc Thông báo số 47/TB-SNV"):
        reopening.grant(made, ANSWER, actor=leader())


def test_a_refusal_says_why_and_is_the_last_word(session: Session, notice: Conclusion) -> None:
    made = ask(notice)
    with pytest.raises(DomainError):
        reopening.refuse(made, " ", actor=leader())
    reopening.refuse(made, "Tài liệu đã được Đoàn trước xem xét", actor=leader())
    assert made.state is ReopeningState.REFUSED
    with pytest.raises(WrongState):
        reopening.grant(made, ANSWER, actor=leader())
    with pytest.raises(WrongState, match="Không đồng ý"):
        reopening.end_reserved(made, "Không cần nữa", actor=planner())
    ask(notice, inspection=made.inspection_id)


def test_a_reopening_that_is_given_back_restores_the_old_piece(session: Session, notice: Conclusion) -> None:
    piece = box(date(2026, 3, 1), date(2026, 3, 31))
    made = opened(notice, piece)
    unit = cast.unit(cast.LONG_PHUOC)
    with pytest.raises(DomainError):
        reopening.end_reserved(made, "", actor=planner())
    assert reopening.end_reserved(made, "Đơn đã được rút", actor=planner()) == 1
    assert (piece, notice.id) in live(session) and made.state is ReopeningState.ENDED
    assert made.ended_reason == "Đơn đã được rút"
    assert len(extract.slip(unit, 2026, as_of=clock.today()).lines) == 2
    opened(notice, piece)


def test_nothing_is_restored_to_a_conclusion_that_was_voided(session: Session) -> None:
    theirs = factory.conclusion(
        "08/TB-PNV", under=factory.mandate("", level=Level.COMMUNE, kind=MandateKind.OTHER_BODY),
        level=Level.COMMUNE,
    )  # fmt: skip
    services.cover(theirs, [(box(), "met", "MC-05")], actor=None)
    made = opened(theirs, box())
    theirs.state, theirs.voided_by, theirs.voided_at = (
        ConclusionState.VOIDED, cast.person(cast.CLERK).id, clock.now(),
    )  # fmt: skip
    theirs.void_reason = "Ghi nhầm"
    session.flush()
    assert reopening.end_reserved(made, "Đã hủy ghi nhận", actor=planner()) == 0
    assert live(session) == set()


@pytest.fixture
def team(session: Session, notice: Conclusion) -> tuple[Reopening, Mandate, list[int]]:
    """A case for which both contents were reopened, decided."""
    items = factory.scope(cast.LONG_PHUOC, ["MC-05", "MC-06"], FIRST, LAST)
    boxes = [box(), box(key="MC-06")]
    made = ask(notice, *boxes, inspection=items[0].inspected_unit.inspection_id)
    reopening.grant(made, ANSWER, actor=leader())
    mandate = factory.mandate("150/QĐ-SNV")
    wanted = [ClaimWanted(item.id, one) for item, one in zip(items, boxes, strict=True)]
    services.claim(mandate, wanted, actor=None, reopenings=[made])
    return made, mandate, [item.id for item in items]


def test_the_decided_case_takes_over_what_was_reserved_for_it(
    session: Session, team: tuple[Reopening, Mandate, list[int]]
) -> None:
    made, mandate, _ = team
    assert made.mandate is mandate and made.state is ReopeningState.GRANTED
    assert live(session) == live(session, mandate_id=mandate.id) == {(box(), None), (box(key="MC-06"), None)}


def test_what_the_decision_leaves_out_is_restored_at_once(session: Session, notice: Conclusion) -> None:
    made = opened(notice, box(), box(key="MC-06"))
    left = box(date(2026, 2, 1), date(2026, 2, 28))
    services.claim(factory.mandate(), [ClaimWanted(None, left)], actor=None, reopenings=[made])
    assert live(session) == {
        (left, None), (box(key="MC-06"), notice.id), (box(FIRST, date(2026, 1, 31)), notice.id),
        (box(date(2026, 3, 1), LAST), notice.id),
    }  # fmt: skip
    assert made.state is ReopeningState.GRANTED


def test_a_case_that_ends_without_conclusion_restores_all(
    session: Session, notice: Conclusion, team: tuple[Reopening, Mandate, list[int]]
) -> None:
    made, mandate, items = team
    services.release(items, "Đình chỉ kiểm tra", actor=None, mandate=mandate)
    assert live(session) == {(box(), notice.id), (box(key="MC-06"), notice.id)}
    assert made.state is ReopeningState.ENDED and made.ended_reason == "Đình chỉ kiểm tra"


def test_a_new_conclusion_uses_the_reopening_and_what_was_not_examined_goes_back(
    session: Session, notice: Conclusion, team: tuple[Reopening, Mandate, list[int]]
) -> None:
    made, mandate, items = team
    new = factory.conclusion("60/TB-SNV", on=date(2026, 9, 23), under=mandate)
    services.conclude([Concluded(items[0], "not_met", "MC-05")], new, actor=None)
    assert made.state is ReopeningState.GRANTED, "the other content is still looked at"
    services.release(items[1:], "Chưa kiểm tra", actor=None, mandate=mandate)
    assert live(session) == {(box(), new.id), (box(key="MC-06"), notice.id)}
    assert made.state is ReopeningState.USED
    (answer,) = queries.review([Wanted("x", box())], level=DEPARTMENT).items
    assert [refusal.citation for refusal in answer.refusals] == ["60/TB-SNV"]


def test_an_earlier_end_of_the_work_restores_the_days_after(
    session: Session, notice: Conclusion, team: tuple[Reopening, Mandate, list[int]]
) -> None:
    _, mandate, items = team
    services.fix_end(items, date(2026, 6, 1), actor=None, mandate=mandate)
    after = (date(2026, 6, 1), LAST)
    assert live(session, conclusion_id=notice.id) == {
        (box(*after), notice.id), (box(*after, key="MC-06"), notice.id),
    }  # fmt: skip


def test_a_unit_does_not_learn_of_a_reopening_before_the_new_notice(
    session: Session, notice: Conclusion
) -> None:
    made = ask(notice)
    reopening.grant(made, replace(ANSWER, hidden=True), actor=leader())
    (told,) = queries.review([Wanted("x", box())], level=DEPARTMENT, concluded_only=True).items
    assert [refusal.citation for refusal in told.refusals] == ["45/TB-SNV"]
    unit = cast.unit(cast.LONG_PHUOC)
    assert len(extract.slip(unit, 2026, as_of=clock.today()).lines) == 2
    assert made.mandate is not None
    made.mandate.hidden = False
    session.flush()
    assert len(extract.slip(unit, 2026, as_of=clock.today()).lines) == 1
