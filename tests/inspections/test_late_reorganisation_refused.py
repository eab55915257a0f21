"""What stands in the way of a reorganisation entered late is named, and nothing is changed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.inspections.models import (
    InspectedUnitState,
    InspectionKind,
    ScopeItem,
)
from app.register.models import Claim
from app.units import services as units
from app.units.models import Unit
from tests import cast
from tests.factories import fieldwork
from tests.factories import inspections as make
from tests.factories import register as factory
from tests.inspections.late import (
    FIRST,
    JULY,
    LAST,
    MERGE,
    OCTOBER,
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


def test_what_a_notice_concluded_is_named_and_nothing_changes(session: Session, old: Unit) -> None:
    case(criteria=("MC-11",))
    factory.concluded([(factory.box(old, "MC-05", FIRST, LAST), "MC-05")])
    succeed("CU", cast.LONG_PHUOC)
    before = scope(session)
    assert refused("CU").reasons == (
        "Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ đã kết luận 01 nội dung của UBND xã Cũ, "
        "đến ngày 31/12/2025.",
    )
    assert scope(session) == held(session) == before


def test_what_is_only_recorded_does_not_stand(session: Session, old: Unit) -> None:
    factory.concluded([(factory.box(old, "MC-05", FIRST, LAST), "MC-05")], record_only=True)
    assert end("CU") == () and old.valid_to == JULY


def test_a_team_without_a_case_here_is_named(session: Session, old: Unit) -> None:
    factory.held([factory.box(old, "MC-05", FIRST, LAST)])
    (told,) = refused("CU").reasons
    assert told.startswith(
        "Đoàn kiểm tra theo Quyết định số 120/QĐ-SNV ngày 03/9/2026 của Sở Nội vụ đang giữ"
    )


def test_what_another_team_does_at_the_successor_is_named_and_may_be_left_to_it(
    session: Session, old: Unit
) -> None:
    made = case()
    factory.held([factory.box(cast.LONG_PHUOC, "MC-05", OCTOBER, LAST)], factory.mandate("130/QĐ-SNV"))
    factory.concluded([(factory.box(cast.LONG_PHUOC, "CĐ-01", JULY, LAST), "CĐ-01")])
    succeed("CU", cast.LONG_PHUOC)
    found = refused("CU")
    assert found.leavable
    assert set(found.reasons) == {
        f"{made.short_name}: nội dung CĐ-01 của UBND xã Long Phước, thời kỳ 01/7/2025–31/12/2025, đã có kết "
        "luận tại Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ.",
        f"{made.short_name}: nội dung MC-05 của UBND xã Long Phước, thời kỳ 01/10/2025–31/12/2025, đang do "
        "Đoàn kiểm tra theo Quyết định số 130/QĐ-SNV ngày 03/9/2026 thực hiện.",
    }
    (told,) = end("CU", remainder=True)
    assert "Để lại 02 nội dung đã có kết luận hoặc đoàn khác thực hiện." in told.lines
    wanted = asked("CU", "CU", FIRST, JULY) | {("LP", "LP", "MC-05", JULY, OCTOBER)}
    assert scope(session) == wanted


def test_signed_minutes_keep_the_scope(session: Session, old: Unit) -> None:
    made = case()
    visit = fieldwork.open_visit(make.announced(made.units[0]))
    fieldwork.answer_all(made.units[0])
    sign(visit)
    succeed("CU", cast.LONG_PHUOC)
    assert refused("CU").reasons == (
        f"{made.short_name}, UBND xã Cũ: biên bản làm việc đã ký nên phạm vi không cắt lại.",
    )


def test_a_unit_where_the_work_is_over_keeps_its_scope(session: Session, old: Unit) -> None:
    made = case()
    made.units[0].state = InspectedUnitState.ENDED
    session.flush()
    succeed("CU", cast.LONG_PHUOC)
    assert refused("CU").reasons == (
        f"{made.short_name}, UBND xã Cũ: đã kết thúc kiểm tra tại đơn vị nên phạm vi không cắt lại.",
    )
    session.execute(sa.update(Claim).values(ended_at=sa.func.current_timestamp(), ended_reason="Trả lại"))
    before = scope(session)
    assert end("CU") == (), "what was given back is history"
    assert scope(session) == before


def test_a_successor_where_the_work_is_over_stands_in_the_way(session: Session, old: Unit) -> None:
    made = case("CU", cast.LONG_PHUOC, criteria=("MC-05",))
    made.units[1].state = InspectedUnitState.ENDED
    session.execute(sa.delete(ScopeItem).where(ScopeItem.id.not_in(sa.select(Claim.scope_item_id))))
    session.execute(sa.update(ScopeItem).where(ScopeItem.unit_id != old.id).values(starts_on=OCTOBER))
    succeed("CU", cast.LONG_PHUOC)
    (told,) = refused("CU").reasons
    assert told == (
        f"{made.short_name}, UBND xã Long Phước: đã kết thúc kiểm tra tại đơn vị nên phạm vi không cắt lại."
    )


def test_an_answer_about_days_that_are_not_the_units_stands_in_the_way(session: Session, old: Unit) -> None:
    made = case()
    fieldwork.open_visit(make.announced(made.units[0]))
    item = fieldwork.item(made.units[0], "MC-05")
    item.starts_on = OCTOBER
    session.flush()
    succeed("CU", cast.LONG_PHUOC)
    before = scope(session)
    fieldwork.answer(item)
    assert refused("CU").reasons == (
        f"{made.short_name}: nội dung MC-05 của UBND xã Cũ đã có kết quả kiểm tra, chỉ về những ngày nay "
        "thuộc đơn vị kế thừa nên không chuyển được.",
    )
    assert scope(session) == before


def test_a_unit_where_the_team_is_at_work_is_not_left_without_a_day(session: Session, old: Unit) -> None:
    made = case(first=OCTOBER)
    fieldwork.open_visit(make.announced(made.units[0]))
    succeed("CU", cast.LONG_PHUOC)
    (told,) = refused("CU").reasons
    assert "Đoàn đang làm việc với UBND xã Cũ, mọi ngày được kiểm tra" in told


def test_an_item_that_nobody_takes_over_stands_in_the_way(session: Session, old: Unit) -> None:
    made = case()
    item = fieldwork.item(made.units[0], "MC-05")
    item.starts_on = OCTOBER
    session.flush()
    succeed("CU", cast.LONG_PHUOC, kind=TRANSFER)
    assert refused("CU").reasons == (
        f"{made.short_name}: nội dung MC-05 chỉ hỏi UBND xã Cũ những ngày từ 01/7/2025 trở đi và không "
        "chuyển được sang đơn vị kế thừa.",
    )


def test_the_administrator_leaves_it_to_the_planner_and_learns_nothing(session: Session, old: Unit) -> None:
    case(kind=InspectionKind.SURPRISE)
    succeed("CU", cast.LONG_PHUOC)
    found = refused("CU", by=cast.ADMINISTRATOR)
    assert "120" not in found.message and found.message.startswith("Đơn vị có nội dung thuộc việc kiểm tra")
    assert end("CU")


def test_a_succession_by_which_a_scope_was_cut_stays(session: Session, old: Unit) -> None:
    made = case()
    row = units.add_succession(old, cast.unit(cast.LONG_PHUOC), JULY, MERGE, actor=None)
    end("CU")
    with pytest.raises(Conflict, match=f"Phạm vi của {made.code} đã cắt lại theo việc sắp xếp này"):
        units.undo_succession(row, "Ghi nhầm", actor=cast.actor(cast.PLANNER))
