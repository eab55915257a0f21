"""A reorganisation entered after the decision cuts scope and held claims at its day."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.inspections import services
from app.inspections.models import (
    InspectedUnitState,
    InspectionKind,
    InspectionState,
    ScopeItem,
    VisitState,
)
from app.register.models import Claim, Coverage
from app.units import services as units
from app.units.models import Unit
from tests import cast
from tests.factories import fieldwork
from tests.factories import inspections as make
from tests.factories import register as factory
from tests.factories.units import unit
from tests.inspections.late import (
    APRIL,
    END,
    FIRST,
    JULY,
    LAST,
    OCTOBER,
    SPLIT,
    TRANSFER,
    asked,
    case,
    end,
    held,
    refused,
    scope,
    sign,
    succeed,
)


def test_a_merge_entered_late_cuts_the_scope_at_its_day(session: Session, old: Unit) -> None:
    made = case()
    succeed("CU", cast.LONG_PHUOC)
    (told,) = end("CU")
    wanted = asked("CU", "CU", FIRST, JULY) | asked("LP", "LP", JULY, END)
    assert scope(session) == wanted
    assert held(session) == wanted
    assert old.valid_to == JULY
    assert told.title == f"{made.short_name} ({made.code})"
    assert told.lines == (
        "UBND xã Cũ: 02 nội dung, kiểm tra đến hết ngày 30/6/2025.",
        "UBND xã Long Phước: thêm 02 nội dung, từ ngày 01/7/2025 đến ngày 31/12/2025; "
        "thêm vào danh sách đơn vị được kiểm tra.",
    )
    joined = next(iu for iu in made.units if iu.unit.code == "LP")
    assert joined.state is InspectedUnitState.PENDING
    assert joined.planned_days == [f"{cast.unit('LP').id}:2025-07-01:2026-01-01"]
    member = made.member_of(cast.person(cast.MEMBER).id)
    assert member is not None
    looked_at = {a.group_id for a in member.assignments if a.inspected_unit_id == joined.id}
    assert looked_at == {a.group_id for a in member.assignments if a.inspected_unit_id != joined.id}
    session.commit()
    events = {event.name: event.data for event in session.scalars(sa.select(Event))}
    assert events["inspection_recut"]["unit"] == "UBND xã Cũ"
    assert events["inspection_recut"]["told"] == " ".join(told.lines)
    assert events["claims_recut"]["count"] == 2 and events["claims_recut"]["taken"] == 2


def test_the_scope_is_what_it_would_have_been_had_the_planner_known(session: Session, old: Unit) -> None:
    unit("CU2", "UBND xã Cũ Hai")
    late = case("CU", "CU2", criteria=("MC-05", "MC-11", "CĐ-01"))
    for code in ("CU", "CU2"):
        succeed(code, cast.LONG_THANH)
        end(code)
    found, days = scope(session, late), {iu.unit.code: iu.planned_days for iu in late.units}
    late.state = InspectionState.TERMINATED
    session.execute(sa.update(Claim).values(ended_at=sa.func.current_timestamp(), ended_reason="Thử"))
    known = case("CU", "CU2", cast.LONG_THANH, criteria=("MC-05", "MC-11", "CĐ-01"))
    assert scope(session, known) == found
    told = {iu.unit.code: iu.planned_days for iu in known.units}
    assert (days["CU"], days["CU2"]) == (told["CU"], told["CU2"])


def test_two_units_asked_different_things_are_merged_into_one_that_is_asked_both(
    session: Session, old: Unit
) -> None:
    unit("CU2", "UBND xã Cũ Hai")
    one, two = case("CU", criteria=("MC-05",)), case("CU2", criteria=("CĐ-01",))
    for code in ("CU", "CU2"):
        succeed(code, cast.LONG_PHUOC)
        end(code)
    assert scope(session, one) == {("CU", "CU", "MC-05", FIRST, JULY), ("LP", "LP", "MC-05", JULY, END)}
    assert scope(session, two) == {("CU2", "CU2", "CĐ-01", FIRST, JULY), ("LP", "LP", "CĐ-01", JULY, END)}
    assert held(session) == scope(session)


def test_two_units_of_one_case_ask_their_successor_once(session: Session, old: Unit) -> None:
    unit("CU2", "UBND xã Cũ Hai")
    case("CU", "CU2")
    for code in ("CU", "CU2"):
        succeed(code, cast.LONG_PHUOC)
    end("CU")
    assert [one.lines for one in end("CU2")] == [
        ("UBND xã Cũ Hai: 02 nội dung, kiểm tra đến hết ngày 30/6/2025.",
         "Những ngày từ 01/7/2025: UBND xã Long Phước đã được hỏi các nội dung này trong cuộc kiểm tra."),
    ]  # fmt: skip
    wanted = asked("CU", "CU", FIRST, JULY) | asked("CU2", "CU2", FIRST, JULY) | asked("LP", "LP", JULY, END)
    assert scope(session) == held(session) == wanted


def test_a_split_asks_every_successor(session: Session, old: Unit) -> None:
    case()
    succeed("CU", cast.LONG_PHUOC, kind=SPLIT)
    succeed("CU", cast.AN_PHUOC, kind=SPLIT)
    end("CU")
    wanted = asked("CU", "CU", FIRST, JULY)
    wanted |= asked("LP", "LP", JULY, END) | asked("AP", "AP", JULY, END)
    assert scope(session) == held(session) == wanted


def test_a_successor_recorded_after_the_end_is_asked_too(session: Session, old: Unit) -> None:
    case()
    succeed("CU", cast.LONG_PHUOC, kind=SPLIT)
    end("CU")
    (told,) = succeed("CU", cast.AN_PHUOC, kind=SPLIT)
    assert told.lines == (
        "UBND xã An Phước: thêm 02 nội dung, từ ngày 01/7/2025 đến ngày 31/12/2025; "
        "thêm vào danh sách đơn vị được kiểm tra.",
    )
    wanted = asked("CU", "CU", FIRST, JULY)
    wanted |= asked("LP", "LP", JULY, END) | asked("AP", "AP", JULY, END)
    assert scope(session) == held(session) == wanted


def test_coverage_beyond_an_end_that_stands_keeps_no_succession_out(session: Session) -> None:
    gone = unit("CU", "UBND xã Cũ", valid_to=JULY)
    factory.held([factory.box(gone, "MC-05", FIRST, date(2025, 6, 30))])
    made = factory.conclusion()
    session.add(
        Coverage(
            conclusion_id=made.id, unit_id=gone.id, content_id=factory.content("MC-05").id,
            starts_on=FIRST, ends_on=END,
        )
    )  # fmt: skip
    session.flush()
    assert succeed("CU", cast.LONG_PHUOC) == ()


def test_a_planner_who_knew_the_end_is_not_given_successors_recorded_later(session: Session) -> None:
    unit("CU", "UBND xã Cũ", valid_to=JULY)
    case()
    before = scope(session)
    assert succeed("CU", cast.LONG_PHUOC) == ()
    assert scope(session) == before == asked("CU", "CU", FIRST, JULY)


@pytest.mark.parametrize("order", ["as it happened", "last first", "successions first"])
def test_a_chain_gives_the_same_scope_in_whatever_order_it_is_recorded(
    session: Session, old: Unit, order: str
) -> None:
    unit("GIUA", "UBND xã Giữa", valid_from=APRIL)
    unit("SAU", "UBND xã Sau", valid_from=OCTOBER)
    case()
    first = [lambda: succeed("CU", "GIUA", APRIL), lambda: end("CU", APRIL)]
    second = [lambda: succeed("GIUA", "SAU", OCTOBER), lambda: end("GIUA", OCTOBER)]
    acts = {
        "as it happened": [*first, *second],
        "last first": [*second, *first],
        "successions first": [first[0], second[0], first[1], second[1]],
    }
    for act in acts[order]:
        act()
    wanted = asked("CU", "CU", FIRST, APRIL)
    wanted |= asked("GIUA", "GIUA", APRIL, OCTOBER) | asked("SAU", "SAU", OCTOBER, END)
    assert scope(session) == held(session) == wanted


def test_a_transfer_of_function_moves_no_contents(session: Session, old: Unit) -> None:
    case()
    succeed("CU", cast.LONG_PHUOC, kind=TRANSFER)
    (told,) = end("CU")
    assert told.lines[-1] == "Những ngày từ 01/7/2025 không chuyển sang đơn vị nào."
    assert scope(session) == held(session) == asked("CU", "CU", FIRST, JULY)


def test_an_end_without_a_recorded_successor_is_refused(session: Session, old: Unit) -> None:
    made = case()
    before = scope(session)
    found = refused("CU")
    assert found.reasons == (
        f"{made.short_name} đang kiểm tra UBND xã Cũ cả những ngày từ 01/7/2025. Ghi kế thừa của đơn vị này "
        "(nhập, chia, tách, hoặc chỉ chuyển chức năng, nhiệm vụ) trước, rồi ghi chấm dứt.",
    )
    assert old.valid_to is None and scope(session) == held(session) == before


def test_a_successor_that_is_inspected_already_is_asked_what_it_was_not(session: Session, old: Unit) -> None:
    made = case("CU", cast.LONG_PHUOC, criteria=("MC-05",))
    succeed("CU", cast.LONG_PHUOC)
    end("CU")
    assert scope(session) == held(session) == {
        ("CU", "CU", "MC-05", FIRST, JULY), ("LP", "LP", "MC-05", JULY, END),
    }  # fmt: skip
    assert [iu.unit.code for iu in made.units] == ["CU", "LP"]


def test_a_predecessor_in_scope_hands_over_within_the_unit_that_reaches_it(
    session: Session, old: Unit
) -> None:
    unit("GIUA", "UBND xã Giữa", valid_from=APRIL)
    factory.succeeds(cast.unit(cast.LONG_THANH), old, on=JULY)
    case(cast.LONG_THANH, criteria=("MC-05",))
    succeed("GIUA", cast.LONG_THANH)
    succeed("CU", "GIUA", APRIL)
    end("CU", APRIL)
    assert scope(session) == held(session) == {
        ("LT", "CU", "MC-05", FIRST, APRIL), ("LT", "GIUA", "MC-05", APRIL, JULY),
        ("LT", "LT", "MC-05", JULY, END),
    }  # fmt: skip


def test_a_predecessor_that_was_left_out_is_not_asked(session: Session, old: Unit) -> None:
    made = case()
    succeed("CU", cast.LONG_PHUOC)
    made.dropped.append(cast.unit(cast.LONG_PHUOC))
    session.flush()
    end("CU")
    assert scope(session) == held(session) == asked("CU", "CU", FIRST, JULY)


def test_a_unit_that_had_ended_before_the_period_leaves_the_case(session: Session, old: Unit) -> None:
    made = case(first=OCTOBER)
    visit = make.scheduled(made.units[0])
    succeed("CU", cast.LONG_PHUOC)
    ids = {item.id for item in session.scalars(sa.select(ScopeItem))}
    (told,) = end("CU")
    assert scope(session) == asked("LP", "LP", OCTOBER, END)
    assert {item.id for item in session.scalars(sa.select(ScopeItem))} == ids, (
        "the same items, of another unit"
    )
    assert held(session) == scope(session)
    gone = next(iu for iu in made.units if iu.unit.code == "CU")
    assert gone.state is InspectedUnitState.TERMINATED and visit.state is VisitState.NOT_HELD
    assert told.lines[-1] == "UBND xã Cũ: không còn ngày nào trong thời kỳ kiểm tra, đình chỉ."


def test_a_check_of_old_tasks_is_cut_without_claims(session: Session, old: Unit) -> None:
    case(kind=InspectionKind.FOLLOW_UP)
    succeed("CU", cast.LONG_PHUOC)
    end("CU")
    assert scope(session) == asked("CU", "CU", FIRST, JULY) | asked("LP", "LP", JULY, END)
    assert held(session) == set()


def test_an_answer_stays_with_the_days_of_the_unit_and_the_successor_is_to_be_answered(
    session: Session, old: Unit
) -> None:
    made = case()
    fieldwork.open_visit(make.announced(made.units[0]))
    answer = fieldwork.answer(fieldwork.item(made.units[0], "MC-05"))
    succeed("CU", cast.LONG_PHUOC)
    (told,) = end("CU")
    assert told.lines[-1] == (
        "Kết quả đã ghi của UBND xã Cũ giữ cho những ngày đến 30/6/2025; rà lại số liệu trước khi ký biên "
        "bản."
    )
    item = answer.scope_item
    assert (item.unit.code, item.starts_on, item.ends_on) == ("CU", FIRST, JULY)
    joined = next(iu for iu in made.units if iu.unit.code == "LP")
    assert not fieldwork.queries.answers_by_item(joined.id)
    fieldwork.open_visit(make.announced(joined))
    fieldwork.answer_all(joined)


def test_an_included_part_that_ended_gives_its_days_back(session: Session, old: Unit) -> None:
    part = unit("CU-VP", "Văn phòng Cũ", parent="CU", relation=units.Relation.PART_OF)
    new = unit("CU-VP2", "Văn phòng Mới", parent="CU", relation=units.Relation.PART_OF, valid_from=JULY)
    case(criteria=("MC-05",), includes_parts=True)
    (told,) = end("CU-VP")
    assert told.lines == ("Bộ phận Văn phòng Cũ: thuộc phạm vi của đơn vị đến hết ngày 30/6/2025.",)
    assert scope(session) == {("CU", "CU", "MC-05", FIRST, END)}
    assert held(session) == {
        ("CU", "CU", "MC-05", FIRST, END), ("CU", part.code, "MC-05", FIRST, JULY),
        ("CU", new.code, "MC-05", JULY, END),
    }  # fmt: skip


def test_a_part_that_went_over_is_included_at_the_successor(session: Session, old: Unit) -> None:
    part = unit("CU-VP", "Văn phòng Cũ", parent="CU", relation=units.Relation.PART_OF)
    case(criteria=("MC-05",), includes_parts=True)
    moved = units.VersionData(
        part.name, part.type, JULY, parent=cast.unit(cast.LONG_THANH), relation=units.Relation.PART_OF
    )
    units.add_version(part, moved, actor=None)
    succeed("CU", cast.LONG_THANH)
    end("CU")
    assert held(session) == {
        ("CU", "CU", "MC-05", FIRST, JULY), ("CU", "CU-VP", "MC-05", FIRST, JULY),
        ("LT", "LT", "MC-05", JULY, END), ("LT", "CU-VP", "MC-05", JULY, END),
    }  # fmt: skip


def test_a_period_until_the_inspection_goes_on_at_the_successor(session: Session, old: Unit) -> None:
    made = make.decided(units=("CU",), criteria=("MC-05",), review=(FIRST, None), provisional=True)
    succeed("CU", cast.LONG_PHUOC)
    end("CU")
    actor, until = cast.actor(cast.PLANNER), made.review_to
    assert held(session) == {
        ("CU", "CU", "MC-05", FIRST, JULY), ("LP", "LP", "MC-05", JULY, until),
    }  # fmt: skip
    services.extend_term(made, 5, "Quyết định số 9/QĐ-SNV", version=None, actor=actor)
    assert made.review_to > until
    assert scope(session) == {
        ("CU", "CU", "MC-05", FIRST, JULY), ("LP", "LP", "MC-05", JULY, made.review_to),
    }  # fmt: skip


def test_a_draft_is_left_to_its_planner(session: Session, old: Unit) -> None:
    make.draft(units=("CU",), criteria=("MC-05",), review=(FIRST, LAST))
    before = scope(session)
    succeed("CU", cast.LONG_PHUOC)
    assert end("CU") == () and scope(session) == before


def test_the_case_goes_on_to_the_end_after_it_was_cut(session: Session, old: Unit) -> None:
    made = case(criteria=("MC-05",))
    succeed("CU", cast.LONG_PHUOC)
    end("CU")
    for iu in made.units:
        visit = fieldwork.open_visit(make.announced(iu))
        fieldwork.answer_all(iu)
        sign(visit)
        assert made.state is InspectionState.IN_PROGRESS
        fieldwork.services.end_fieldwork(iu, confirmed_missing=0, actor=cast.actor(cast.TEAM_LEADER))
    assert made.state is InspectionState.FIELDWORK_ENDED
    assert held(session) == scope(session), "everything that is to be concluded is held"
