"""Giữ chỗ in the register: held until the end of a day, extended, cut, given back, handed to the team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import Event, EventSubject
from app.deadlines import services as deadlines
from app.errors import Conflict, Forbidden
from app.form_library import queries as forms
from app.register import history, matrix, queries, reserved, reserving, services
from app.register.asking import Question, ask
from app.register.boxes import Box
from app.register.cli import as_primitive
from app.register.models import Claim, Level, Mandate, MandateKind, Reservation, ReservationState
from app.register.reserving import Planned
from app.register.review import Ground, Wanted
from app.register.services import ClaimRefused, ClaimWanted
from tests import cast
from tests.factories import register as factory
from tests.register.reopenings import FIRST, LAST, case, planner

DAY = date(2026, 10, 7)
"""Ten working days after 23/9/2026."""
LATER = datetime(2026, 9, 25, 3, 0, tzinfo=UTC)
AFTER = datetime(2026, 10, 8, 3, 0, tzinfo=UTC)


def box(key: str = "MC-05", first: date = FIRST, last: date = LAST) -> Box:
    return factory.box(cast.LONG_PHUOC, key, first, last)


def planned(title: str = "Kiểm tra quý IV", *, secret: bool = False, body: str = "Sở Nội vụ") -> Planned:
    return Planned(case(), title, body, Level.DEPARTMENT, secret)


def made(*boxes: Box, plan: Planned | None = None) -> Reservation:
    wanted = [ClaimWanted(None, one) for one in boxes or (box(),)]
    return reserving.reserve(plan or planned(), wanted, actor=planner())


def told(session: Session, kind: str = "inspection") -> list[str]:
    """What the timeline of the case (or of the reservations) says of reservations, oldest first."""
    session.commit()
    rows = session.scalars(
        sa.select(Event.name)
        .join(EventSubject, EventSubject.event_seq == Event.seq)
        .where(EventSubject.kind == kind, Event.name.startswith("reservation"))
        .order_by(Event.seq)
    )
    return list(rows)


def live(session: Session) -> list[Claim]:
    return list(session.scalars(sa.select(Claim).where(Claim.ended_at.is_(None)).order_by(Claim.id)))


def refused(*boxes: Box) -> Sequence[str]:
    review = queries.review([Wanted(n, one) for n, one in enumerate(boxes)], level=Level.DEPARTMENT)
    return [refusal.ground.value for item in review.items for refusal in item.refusals]


def test_a_reservation_holds_for_the_working_days_of_the_office(session: Session) -> None:
    one = made()
    assert one.lapses_on == DAY and one.holds and not one.has_lapsed
    assert [claim.lapses_on for claim in live(session)] == [DAY]
    assert refused(box()) == ["reserved"]
    assert told(session) == ["reservation_made"]
    deadlines.set_setting("reserve_working_days", 3, clock.today(), None)
    assert reserving.last_day() == date(2026, 9, 28)


def test_only_a_planner_reserves_and_there_must_be_something(session: Session) -> None:
    with pytest.raises(Forbidden):
        reserving.reserve(planned(), [ClaimWanted(None, box())], actor=cast.actor(cast.LEADER))
    for act in (reserving.extend, reserving.release):
        with pytest.raises(Forbidden):
            act(case(), actor=cast.actor(cast.CLERK))
    with pytest.raises(Conflict, match="không có nội dung nào cần giữ chỗ"):
        reserving.reserve(planned(), [], actor=planner())


def test_what_is_taken_is_not_reserved_and_nothing_of_the_plan_is(session: Session) -> None:
    factory.held([box("MC-06")])
    with pytest.raises(ClaimRefused) as error:
        made(box(), box("MC-06"))
    assert error.value.review.counts.held == 1
    session.rollback()
    assert session.scalars(sa.select(Reservation)).all() == []


def test_others_read_who_reserved_until_when_and_for_which_case(session: Session) -> None:
    made()
    question = Question(cast.unit(cast.LONG_PHUOC), factory.criterion("MC-05"), FIRST, date(2026, 7, 1))
    answer = ask(question, level=Level.DEPARTMENT)
    assert answer.kind == "reserved"
    assert answer.sentences[0].endswith(
        "đang được giữ chỗ đến hết ngày 07/10/2026 cho cuộc kiểm tra dự kiến “Kiểm tra quý IV” của Sở Nội vụ "
        f"(người giữ chỗ: {planner().name}). Đề nghị trao đổi với người lập kế hoạch hoặc chọn nội dung, "
        "thời kỳ khác."
    )
    blocking = as_primitive(answer)["blocking"]
    assert isinstance(blocking, list)
    told = (blocking[0]["kind"], blocking[0]["planned"], blocking[0]["until"])
    assert told == ("reserved", "Kiểm tra quý IV", "2026-10-07")
    assert ask(question, level=Level.DEPARTMENT, concluded_only=True).kind == "free", "a unit never learns"
    with clock.frozen(AFTER):
        assert ask(question, level=Level.DEPARTMENT).kind == "free"


def test_of_a_surprise_neither_name_nor_planner_is_told(session: Session) -> None:
    made(plan=planned(secret=True))
    question = Question(cast.unit(cast.LONG_PHUOC), factory.criterion("MC-05"), FIRST, date(2026, 7, 1))
    sentence = ask(question, level=Level.DEPARTMENT).sentences[0]
    assert "cho một cuộc kiểm tra dự kiến của Sở Nội vụ. Đề nghị" in sentence
    assert "Kiểm tra quý IV" not in sentence and planner().name not in sentence


def test_the_timeline_of_the_unit_shows_it_to_the_office_alone(session: Session) -> None:
    made()
    unit = cast.unit(cast.LONG_PHUOC)
    entries = [entry for entry in history.of_unit(planner(), unit) if entry.kind == "next"]
    assert [(entry.on, entry.head) for entry in entries] == [
        (DAY, "Cuộc kiểm tra dự kiến “Kiểm tra quý IV” của Sở Nội vụ")
    ]
    assert "đang giữ chỗ 01 nội dung" in entries[0].text and "giữ chỗ đến hết ngày này" in entries[0].text
    assert not [entry for entry in history.of_unit(cast.actor(cast.HEAD), unit) if entry.kind == "next"]


def test_a_reservation_is_extended_before_it_lapses_and_only_when_a_day_is_gained(session: Session) -> None:
    made()
    with pytest.raises(Conflict, match="hôm nay gia hạn không thêm"):
        reserving.extend(case(), actor=planner())
    with clock.frozen(LATER):
        one = reserving.extend(case(), actor=planner())
        assert one.lapses_on == date(2026, 10, 9)
        session.expire_all()
        assert [claim.lapses_on for claim in live(session)] == [date(2026, 10, 9)]
    with clock.frozen(AFTER.replace(day=12)), pytest.raises(Conflict, match="không còn được giữ chỗ"):
        reserving.extend(case(), actor=planner())
    session.rollback()


def test_what_lapsed_is_told_on_the_timeline_of_the_case_and_may_be_reserved_again(session: Session) -> None:
    one = made(box(), box("MC-06"))
    with clock.frozen(AFTER):
        assert not one.holds and one.has_lapsed
        assert reserved.newest([case()]) == {case(): one}
        assert reserved.end_lapsed(clock.today()) == 2
        assert one.state is ReservationState.LAPSED and one.has_lapsed
        assert told(session) == ["reservation_made", "reservation_lapsed"]
        again = made()
        assert again.id != one.id and reserved.newest([case()]) == {case(): again}


def test_it_is_given_back_once(session: Session) -> None:
    made(box(), box("MC-06"))
    assert reserving.release(case(), actor=planner()) == 2
    assert live(session) == [] and told(session) == ["reservation_made", "reservation_released"]
    with pytest.raises(Conflict, match="không còn được giữ chỗ"):
        reserving.release(case(), actor=planner())
    one = session.scalars(sa.select(Reservation)).one()
    assert not one.has_lapsed and one.standing_of(planner()) == frozenset()


def test_the_same_scope_is_reserved_once_and_what_is_new_joins_it_until_the_same_day(
    session: Session,
) -> None:
    one = made()
    with pytest.raises(Conflict, match="đã được giữ chỗ đến hết ngày 07/10/2026"):
        made()
    with clock.frozen(LATER):
        assert made(box(), box("MC-06")).id == one.id
    assert {(claim.mandate_id, claim.lapses_on) for claim in live(session)} == {(one.mandate_id, DAY)}
    assert sorted(reserved.boxes(one)) == sorted([box(), box("MC-06")])
    assert told(session) == ["reservation_made", "reservation_updated"]


def test_what_the_scope_lost_is_given_back_at_once(session: Session) -> None:
    one = made(box(), box("MC-06"))
    kept = box(last=date(2026, 3, 31))
    reserving.follow(planned("Tên mới"), [kept])
    assert reserved.boxes(one) == [kept] and one.planned == "Tên mới"
    assert [claim.lapses_on for claim in live(session)] == [DAY]
    assert refused(box("MC-06"), box(first=date(2026, 4, 1))) == []
    reserving.follow(planned("Tên mới"), [kept])
    assert told(session) == ["reservation_made", "reservation_cut"]
    reserving.follow(planned("Tên mới", secret=True), [kept])
    assert one.planned == "" and one.mandate.hidden and one.mandate.leader_name == ""
    reserving.follow(planned("Tên mới"), [kept])
    assert one.mandate.leader_name == planner().name


def test_nothing_left_or_another_body_ends_it(session: Session) -> None:
    reserving.follow(planned(), [])
    one = made()
    reserving.follow(planned(), [])
    assert one.state is ReservationState.RELEASED and live(session) == []
    other = made()
    reserving.follow(planned(body="Sở Tài chính"), [box()])
    assert other.state is ReservationState.RELEASED and live(session) == []
    assert told(session) == ["reservation_made", "reservation_released"] * 2


def test_somebody_who_ended_it_first_leaves_nothing_to_follow(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made()
    answers = iter([one, None])
    monkeypatch.setattr(reserved, "of_case", lambda _case: next(answers))
    reserving.follow(planned(), [])
    assert one.state is ReservationState.HELD


def decided(reservation: Reservation | None, *boxes: Box) -> Mandate:
    mandate = services.create_mandate(
        kind=MandateKind.OWN, body_name="Sở Nội vụ", level=Level.DEPARTMENT, decision="150/QĐ-SNV"
    )
    wanted = [ClaimWanted(None, one) for one in boxes]
    services.claim(mandate, wanted, actor=planner(), reservation=reservation)
    return mandate


def test_the_decision_takes_over_what_was_reserved(session: Session) -> None:
    one = made(box(), box("MC-06"))
    mandate = decided(one, box())
    assert one.state is ReservationState.USED and reserved.of_case(case()) is None
    assert [(claim.mandate_id, claim.lapses_on) for claim in live(session)] == [(mandate.id, None)]
    assert told(session) == ["reservation_made", "reservation_used"]
    assert told(session, "reservation") == ["reservation_made", "reservation_used"]


def test_a_refused_decision_leaves_the_reservation_as_it_was(session: Session) -> None:
    made()
    factory.held([box("MC-06")])
    session.commit()
    with pytest.raises(ClaimRefused):
        decided(reserved.of_case(case()), box(), box("MC-06"))
    session.rollback()
    assert refused(box()) == ["reserved"]


def test_a_lapsed_reservation_protects_no_decision(session: Session) -> None:
    one = made()
    session.commit()
    with clock.frozen(AFTER):
        factory.held([box()])
        with pytest.raises(ClaimRefused) as error:
            decided(one, box())
        assert error.value.review.items[0].ground is Ground.HELD
        session.rollback()
        decided(one, box())
        assert one.state is ReservationState.LAPSED


def test_a_conclusion_of_others_claims_what_a_lapsed_reservation_held(session: Session) -> None:
    made()
    session.commit()
    with clock.frozen(AFTER):
        factory.concluded([(box(), "MC-05")], "12/KL-TTr", body="Thanh tra tỉnh")
        assert [claim.conclusion_id is not None for claim in live(session)] == [True]


def test_a_higher_body_reads_that_a_lower_one_has_reserved(session: Session) -> None:
    made()
    mandate = factory.mandate("9/QĐ-UBND", level=Level.PROVINCE, body="UBND tỉnh")
    with pytest.raises(ClaimRefused, match="Nội dung này đang được giữ chỗ"):
        services.claim(mandate, [ClaimWanted(None, box())], actor=None)


def test_the_matrix_shows_a_reservation_as_its_own_kind(session: Session) -> None:
    made()
    version = forms.latest_version()
    found = matrix.build(
        planner(), version, queries.list_names(planner()), FIRST, date(2026, 7, 1), level=Level.DEPARTMENT,
        narrow=matrix.Narrow(text="Long Phước"),
    )  # fmt: skip
    kinds = [tally.kind for line in found.page for tally in line.tallies]
    assert kinds.count("reserved") == 1 and set(kinds) == {"free", "reserved"}
