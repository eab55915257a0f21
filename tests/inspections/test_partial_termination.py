"""Đình chỉ một phần: contents or units leave a decided case by a paper, exactly, and stay on record."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.inspections import queries, services
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionKind,
    InspectionState,
    PartialTermination,
    ScopeItem,
    VisitState,
)
from app.inspections.services import Chosen, Left, Paper
from app.inspections.states import INSPECTED_UNIT
from app.register.boxes import Box
from app.register.models import Claim, Level
from app.workflow import advance
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork
from tests.factories import inspections as make
from tests.factories import register as factory
from tests.queries import count_queries
from tests.replaying import counter

JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30)
PAPER = Paper("150/QĐ-SNV", date(2026, 9, 23), "Trùng với kết luận thanh tra")
TYPED = {"reason": PAPER.reason, "citation": PAPER.citation, "issued_on": "23/9/2026"}
KEYS = ("MC-05", "MC-11", "CĐ-01")
next_number = counter("conclusions", 500)


def over(key: str = "MC-05", first: date = JANUARY, last: date = MARCH, unit: str = cast.LONG_PHUOC) -> None:
    """The inspectorate concluded a content meanwhile; each time by a paper of its own."""
    factory.concluded(
        [(factory.box(unit, key, first, last), key)], f"{next_number()}/KL-TTr", on=date(2026, 9, 2),
        body="Thanh tra tỉnh", level=Level.PROVINCE,
    )  # fmt: skip


def end(case: Inspection, **chosen: object) -> Left:
    asked = Chosen(**chosen)  # type: ignore[arg-type]
    return services.terminate_part(case, asked, PAPER, version=None, actor=cast.actor(cast.PLANNER))


def end_conflicts(case: Inspection) -> Left:
    return end(case, pieces=[(one.item_id, box) for one in queries.list_conflicts(case) for box in one.boxes])


def scope_of(case: Inspection) -> list[tuple[str, date, date]]:
    return sorted(
        (item.criterion.key, item.starts_on, item.ends_on)
        for iu in case.units
        for item in queries.list_scope(iu.id)
    )


def held(session: Session, case: Inspection) -> list[tuple[date, date]]:
    rows = session.execute(
        sa.select(Claim.starts_on, Claim.ends_on)
        .where(Claim.mandate_id == case.mandate_id, Claim.ended_at.is_(None))
        .order_by(Claim.content_id, Claim.starts_on)
    )
    return [(row[0], row[1]) for row in rows]


def test_the_way_from_the_entered_conclusion_to_the_piece_given_back(
    client: Browser, session: Session
) -> None:
    made = make.decided()
    session.commit()
    over()
    session.commit()
    client.sign_in(cast.PLANNER).get("/")
    assert "01 nội dung trùng với Kết luận số 5" in client.text
    client.get(f"/inspections/{made.id}")
    assert "trùng với kết luận hoặc cuộc kiểm tra của cơ quan khác" in client.text
    assert "thời kỳ 01/01/2026–31/3/2026: Kết luận số 5" in client.text
    link = client.page.find("a", string="Xem, đình chỉ một phần")
    assert link is not None
    client.get(str(link["href"]))
    form = "form[action*='/partial-termination']"
    client.submit(form, TYPED, expect=422)
    assert "Chọn ít nhất một nội dung" in client.text and PAPER.reason in client.text
    item = queries.list_conflicts(session.get_one(Inspection, made.id))[0].item_id
    client.submit(form, {**TYPED, "overlaps": str(item), "citation": ""}, expect=422)
    client.submit(form, {**TYPED, "overlaps": str(item)})
    session.expire_all()
    client.get(f"/inspections/{made.id}")
    assert "trả lại 01 phần nội dung" in client.text and "Đình chỉ một phần: 01 nội dung" in client.text
    assert "trùng với kết luận hoặc cuộc kiểm tra của cơ quan khác" not in client.text
    assert ("MC-05", date(2026, 4, 1), date(2026, 7, 1)) in scope_of(made)
    client.get(f"/inspections/{made.id}/partial-termination")
    assert "Đã đình chỉ theo 150/QĐ-SNV ngày 23/9/2026" in client.text
    assert "thời kỳ 01/01/2026–31/3/2026" in client.text


def test_the_leader_and_the_team_leader_are_told_and_sent_to_who_records_the_paper(
    client: Browser, session: Session
) -> None:
    made = make.decided()
    over()
    session.commit()
    for part in (cast.LEADER, cast.TEAM_LEADER):
        client.sign_in(part).get("/")
        assert "Xử lý trùng" in client.text, part
        client.get(f"/inspections/{made.id}")
        assert "Đề nghị người lập kế hoạch ghi nhận văn bản đình chỉ một phần" in client.text
    client.sign_in(cast.MEMBER).get("/")
    assert "Xử lý trùng" not in client.text
    client.sign_in(cast.HEAD).get(f"/inspections/{made.id}/partial-termination", expect=404)


def test_a_hole_in_the_middle_leaves_two_contents_that_keep_their_claims(session: Session) -> None:
    case = make.decided(criteria=("MC-05",))
    over("MC-05", date(2026, 2, 1), MARCH)
    assert end_conflicts(case) == Left(0, 1, 1)
    halves = [(JANUARY, date(2026, 2, 1)), (date(2026, 4, 1), date(2026, 7, 1))]
    assert scope_of(case) == [("MC-05", *half) for half in halves]
    assert held(session, case) == halves
    gone = session.scalars(sa.select(ScopeItem).where(ScopeItem.dropped_by_id.is_not(None))).one()
    assert (gone.starts_on, gone.ends_on) == (date(2026, 2, 1), date(2026, 4, 1))
    assert queries.list_conflicts(case) == []


def test_a_field_of_procedure_leaves_and_the_content_says_what_is_left(session: Session) -> None:
    case = make.decided(criteria=("MC-11",), fields=("dat-dai", "xay-dung"))
    land = factory.box(cast.LONG_PHUOC, "MC-11", JANUARY, JUNE, field="dat-dai")
    factory.concluded([(land, "MC-11")], "05/KL-TTr", body="Thanh tra tỉnh", level=Level.PROVINCE)
    (one,) = queries.list_conflicts(case)
    assert "(lĩnh vực: Đất đai)" in one.pieces[0].told or "Đất đai" in one.content
    end_conflicts(case)
    assert [item.field_label for item in queries.list_scope(case.units[0].id)] == ["Xây dựng"]
    whole = make.decided("Toàn bộ lĩnh vực", units=(cast.AN_PHUOC,), criteria=("MC-11",))
    land = factory.box(cast.AN_PHUOC, "MC-11", JANUARY, JUNE, field="dat-dai")
    factory.concluded([(land, "MC-11")], "06/KL-TTr", body="Thanh tra tỉnh", level=Level.PROVINCE)
    end_conflicts(whole)
    left = [item.field_label for item in queries.list_scope(whole.units[0].id)]
    assert all("Đất đai" not in label or label.startswith("trừ") for label in left) and left


def test_contents_that_leave_whole_keep_their_answers_and_are_asked_no_more(session: Session) -> None:
    case = fieldwork.opened(criteria=KEYS)
    unit = case.units[0]
    item = fieldwork.item(unit, "MC-05")
    fieldwork.answer(item)
    end(case, item_ids=[item.id])
    assert [key for key, _, _ in scope_of(case)] == ["CĐ-01", "MC-11"]
    assert fieldwork.queries.progress(unit).total == 2
    assert fieldwork.services.answers.find_answer(item) is not None, "nothing that was recorded is lost"
    with pytest.raises(WrongState, match="không thuộc phạm vi của Đoàn"):
        fieldwork.services.save_answer(item, fieldwork.met(), actor=cast.actor(cast.MEMBER), version=1)
    assert fieldwork.ended(unit).state is InspectedUnitState.ENDED
    with pytest.raises(Conflict, match="vừa thay đổi"):
        end(case, item_ids=[item.id])


def test_a_unit_with_nothing_left_is_terminated_and_the_case_goes_on_without_it(session: Session) -> None:
    case = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first, second = case.units
    visit = make.announced(first)
    left = end(case, item_ids=[item.id for item in queries.list_scope(first.id)])
    assert left == Left(1, 3, 3)
    assert (first.state, second.state) == (InspectedUnitState.TERMINATED, InspectedUnitState.PENDING)
    assert visit.state is VisitState.NOT_HELD and case.state is InspectionState.DECIDED
    assert end(case, unit_ids=[second.id]) == Left(1, 0, 3)
    assert case.state is InspectionState.TERMINATED and held(session, case) == []
    assert session.scalar(sa.select(sa.func.count(PartialTermination.id))) == 2
    with pytest.raises(WrongState):
        end(case, unit_ids=[second.id])


@pytest.mark.parametrize(
    ("other", "case_state"),
    [
        (InspectedUnitState.ENDED, InspectionState.FIELDWORK_ENDED),
        (InspectedUnitState.REPORTED, InspectionState.REPORTED),
        (InspectedUnitState.CONCLUDED, InspectionState.CONCLUDED),
    ],
)
def test_the_case_follows_the_units_that_stay(
    session: Session, other: InspectedUnitState, case_state: InspectionState
) -> None:
    case = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC), provisional=True, review=(JANUARY, None))
    first, second = case.units
    services.start_unit(first, actor=None)
    services.start_unit(second, actor=None)
    second.state = other
    session.flush()
    end(case, unit_ids=[first.id])
    assert case.state is case_state and not case.review_to_provisional


def test_what_is_concluded_or_on_its_way_stays(session: Session) -> None:
    case = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first = case.units[0]
    item = queries.list_scope(first.id)[0]
    first.state = InspectedUnitState.CONCLUDED
    session.flush()
    for chosen in ({"unit_ids": [first.id]}, {"item_ids": [item.id]}):
        with pytest.raises(Conflict, match="không đình chỉ được nữa"):
            end(case, **chosen)


def test_a_suspended_case_may_lose_a_part_and_concludes_when_it_goes_on(session: Session) -> None:
    case = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first, second = case.units
    planner = cast.actor(cast.PLANNER)
    services.start_unit(first, actor=None)
    services.start_unit(second, actor=None)
    second.state = InspectedUnitState.CONCLUDED
    services.suspend(case, "Mưa lũ", "140/QĐ-SNV", version=None, actor=planner)
    assert case.mandate is not None and case.mandate.suspended_on == date(2026, 9, 23)
    end(case, unit_ids=[first.id])
    assert case.state is InspectionState.SUSPENDED
    services.resume(case, "Hết mưa lũ", "141/QĐ-SNV", version=None, actor=planner)
    assert case.state is InspectionState.CONCLUDED and case.mandate.suspended_on is None


def test_nothing_of_a_suspended_case_is_concluded(session: Session) -> None:
    case = make.decided()
    unit: InspectedUnit = case.units[0]
    services.start_unit(unit, actor=None)
    unit.state = InspectedUnitState.REPORTED
    planner = cast.actor(cast.PLANNER)
    services.suspend(case, "Mưa lũ", "140/QĐ-SNV", version=None, actor=planner)
    with pytest.raises(WrongState, match="đang tạm dừng"):
        advance(unit, "conclude", INSPECTED_UNIT, actor=None)
    another = make.draft("Cuộc khác")
    told = queries.review_scope(another)
    sentence = told.items[0].sentence(told.items[0].refusals[0])
    assert "đang tạm dừng từ ngày 23/9/2026 nhưng vẫn giữ nội dung này" in sentence
    services.terminate(case, "Cấp trên đã kiểm tra", "142/QĐ-SNV", version=None, actor=planner)
    assert case.mandate is not None and case.mandate.suspended_on is None
    assert queries.review_scope(another).is_free


def test_what_is_typed_wrong_is_told_at_its_field(session: Session) -> None:
    case = make.decided()
    item = queries.list_scope(case.units[0].id)[0]
    planner = cast.actor(cast.PLANNER)

    def refused(field: str, paper: Paper, chosen: Chosen) -> None:
        with pytest.raises(DomainError) as error:
            services.terminate_part(case, chosen, paper, version=None, actor=planner)
        assert error.value.field == field and error.value.message

    whole = Chosen(item_ids=[item.id])
    refused("chosen", PAPER, Chosen())
    refused("reason", Paper("150/QĐ-SNV", date(2026, 9, 23), " "), whole)
    refused("citation", Paper(" ", date(2026, 9, 23), "Trùng"), whole)
    refused("issued_on", Paper("150/QĐ-SNV", date(2026, 9, 24), "Trùng"), whole)
    refused("issued_on", Paper("150/QĐ-SNV", date(2026, 9, 22), "Trùng"), whole)
    with pytest.raises(Forbidden):
        services.terminate_part(case, whole, PAPER, version=None, actor=cast.actor(cast.TEAM_LEADER))
    with pytest.raises(WrongState):
        services.terminate_part(make.draft(), whole, PAPER, version=None, actor=planner)


def test_a_check_that_claims_nothing_loses_contents_as_well(session: Session) -> None:
    case = make.decided(kind=InspectionKind.FOLLOW_UP)
    item = queries.list_scope(case.units[0].id)[0]
    assert end(case, item_ids=[item.id]) == Left(0, 1, 0)
    assert len(scope_of(case)) == 2 and queries.list_conflicts(case) == []


def test_an_included_part_leaves_alone(session: Session) -> None:
    case = make.decided(criteria=("MC-05",), includes_parts=True)
    over("MC-05", unit=cast.CULTURE)
    (one,) = queries.list_conflicts(case)
    assert "Phòng" in one.pieces[0].unit_name
    end_conflicts(case)
    assert scope_of(case) == [("MC-05", JANUARY, date(2026, 7, 1))], "the unit itself is asked on all days"
    assert queries.list_conflicts(case) == []


def test_a_piece_that_misses_the_content_takes_nothing(session: Session) -> None:
    case = make.decided(criteria=("MC-05",))
    item = queries.list_scope(case.units[0].id)[0]
    away = Box(item.unit_id, item.criterion_id, date(2025, 1, 1), date(2025, 2, 1))
    assert end(case, pieces=[(item.id, away)]).claims == 0
    assert scope_of(case) == [("MC-05", JANUARY, date(2026, 7, 1))]


def test_the_page_of_a_draft_or_a_finished_case_offers_nothing(client: Browser, session: Session) -> None:
    made = make.draft()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/partial-termination", expect=409)


def test_conflicts_of_a_case_are_read_with_a_fixed_number_of_queries(session: Session) -> None:
    case = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC), criteria=None)

    def asked() -> int:
        session.expire_all()
        assert case.mandate is not None and case.form_version
        with count_queries(session) as sent:
            queries.list_conflicts(case)
        return len(sent)

    assert asked() == 1
    over("MC-05")
    few = asked()
    for key in ("MC-06", "MC-07", "CĐ-01"):
        over(key, last=JUNE)
        over(key, unit=cast.AN_PHUOC, last=date(2026, 4, 30))
    assert asked() <= few + 2 and few <= 14
