"""Giving back exact pieces of what a team holds: the rest stays held without a gap."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import Conflict
from app.form_library.models import WHOLE
from app.inspections.models import ScopeItem
from app.register import cutting, services
from app.register.boxes import Box
from app.register.cutting import Recut
from app.register.models import Claim, Level, Mandate
from app.register.services import ClaimWanted
from tests import cast
from tests.factories import register as factory
from tests.register import reopenings

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
WHY = "Đình chỉ một phần theo 150/QĐ-SNV ngày 22/9/2026: trùng kết luận"


def mc(first: date, last: date, number: int = 5, unit: str = cast.LONG_PHUOC) -> Box:
    return factory.box(unit, f"MC-{number:02d}", first, last)


@pytest.fixture
def team(session: Session) -> tuple[Mandate, list[ScopeItem]]:
    """Our team holds MC-05 of Long Phước from January to June, by two scope items at hand."""
    holder, items = factory.claimed_scope(cast.LONG_PHUOC, ["MC-05"], FIRST, LAST)
    spare = ScopeItem(
        inspected_unit_id=items[0].inspected_unit_id, unit_id=items[0].unit_id,
        criterion_id=items[0].criterion_id, starts_on=date(2026, 5, 1), ends_on=date(2026, 7, 1),
    )  # fmt: skip
    session.add(spare)
    session.flush()
    return holder, [*items, spare]


def standing(session: Session, *, ended: bool = False) -> set[tuple[int | None, Box]]:
    rows = session.scalars(
        sa.select(Claim)
        .where(Claim.ended_at.is_not(None) if ended else Claim.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {
        (r.scope_item_id, Box(r.unit_id, r.content_id, r.starts_on, r.ends_on, r.part_from, r.part_to))
        for r in rows
    }


def test_a_piece_in_the_middle_leaves_and_both_ends_stay_with_their_items(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, (item, spare) = team
    before, gone, after = (
        mc(FIRST, date(2026, 2, 28)), mc(date(2026, 3, 1), date(2026, 4, 30)), mc(date(2026, 5, 1), LAST),
    )  # fmt: skip
    recut = {item.id: Recut([(item.id, before), (spare.id, after)])}
    assert cutting.give_back(recut, WHY, mandate=holder, actor=None) == 1
    assert standing(session) == {(item.id, before), (spare.id, after)}
    assert standing(session, ended=True) == {(item.id, gone)}
    assert session.scalars(sa.select(Claim.ended_reason).where(Claim.ended_at.is_not(None))).all() == [WHY]
    session.commit()
    assert session.scalar(sa.select(sa.func.count()).where(Event.name == "claims_released")) == 1
    made = factory.conclusion(under=holder)
    assert services.conclude(factory.decided([item, spare], ["MC-05", "MC-05"]), made, actor=None) == 2


def test_several_pieces_leave_at_once_and_stay_on_record_one_by_one(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, (item, _) = team
    kept = mc(date(2026, 3, 1), date(2026, 3, 31))
    recut = {item.id: Recut([(item.id, kept)])}
    assert cutting.give_back(recut, WHY, mandate=holder, actor=None) == 2
    assert standing(session) == {(item.id, kept)}
    assert standing(session, ended=True) == {
        (item.id, mc(FIRST, date(2026, 2, 28))),
        (item.id, mc(date(2026, 4, 1), LAST)),
    }


def test_a_field_of_procedure_leaves_and_the_others_stay(session: Session) -> None:
    holder, (item,) = factory.claimed_scope(cast.LONG_PHUOC, ["MC-11"], FIRST, LAST)
    land = factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field="dat-dai")
    whole = factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST)
    kept = [
        (item.id, whole._replace(part_from=low, part_to=high))
        for low, high in ((0, land.part_from), (land.part_to, WHOLE))
        if low < high
    ]
    cutting.give_back({item.id: Recut(kept)}, WHY, mandate=holder, actor=None)
    assert standing(session) == set(kept)
    assert standing(session, ended=True) == {(item.id, land)}


def test_a_content_leaves_whole_and_its_row_stays_as_it_was(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, (item, _) = team
    assert cutting.give_back({item.id: Recut()}, WHY, mandate=holder, actor=None) == 1
    assert standing(session) == set()
    assert standing(session, ended=True) == {(item.id, mc(FIRST, LAST))}
    assert factory.held([mc(FIRST, LAST)], factory.mandate("121/QĐ-SNV")).id != holder.id


def test_nothing_is_written_where_nothing_leaves(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, (item, _) = team
    assert cutting.give_back({}, WHY, mandate=holder, actor=None) == 0
    unchanged = {item.id: Recut([(item.id, mc(FIRST, LAST))])}
    assert cutting.give_back(unchanged, WHY, mandate=holder, actor=None) == 0
    assert standing(session) == {(item.id, mc(FIRST, LAST))} and standing(session, ended=True) == set()


def test_what_goes_over_to_another_item_whole_is_written_again_without_a_gap(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, (item, spare) = team
    recut = {item.id: Recut([(spare.id, mc(FIRST, LAST))])}
    assert cutting.give_back(recut, WHY, mandate=holder, actor=None) == 0
    assert standing(session) == {(spare.id, mc(FIRST, LAST))}


def test_a_hole_at_an_included_part_leaves_that_part_alone(session: Session) -> None:
    holder = factory.mandate()
    item = factory.scope(cast.LONG_PHUOC, ["MC-05"], FIRST, LAST)[0]
    part = cast.unit(cast.CULTURE).id
    along = frozenset({part, item.unit_id})
    at_part = mc(FIRST, LAST, unit=cast.CULTURE)
    wanted = [ClaimWanted(item.id, box, along=along) for box in (mc(FIRST, LAST), at_part)]
    services.claim(holder, wanted, actor=None)
    march = mc(date(2026, 3, 1), date(2026, 3, 31), unit=cast.CULTURE)
    recut = {item.id: Recut([(item.id, mc(FIRST, LAST))], {part: [march]})}
    assert cutting.give_back(recut, WHY, mandate=holder, actor=None) == 1
    assert standing(session, ended=True) == {(item.id, march)}
    assert (item.id, mc(FIRST, LAST)) in standing(session) and len(standing(session)) == 3


def test_what_is_left_never_lies_under_a_higher_bodys_claim(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, (item, _) = team
    higher = factory.mandate("30/QĐ-TTr", level=Level.PROVINCE, body="Thanh tra tỉnh")
    over = mc(FIRST, date(2026, 3, 31))
    services.claim(higher, [ClaimWanted(None, over, override_reason="Có đơn tố cáo")], actor=None)
    half = {item.id: Recut([(item.id, mc(date(2026, 3, 1), LAST))])}
    with pytest.raises(Conflict, match="Phần còn lại vẫn trùng với cuộc kiểm tra theo Quyết định số 30"):
        cutting.give_back(half, WHY, mandate=holder, actor=None)
    exact = {item.id: Recut([(item.id, mc(date(2026, 4, 1), LAST))])}
    assert cutting.give_back(exact, WHY, mandate=holder, actor=None) == 1
    assert (item.id, over) in standing(session, ended=True)


def test_a_reopened_piece_that_leaves_goes_back_to_the_old_notice(session: Session) -> None:
    old = factory.concluded([(reopenings.box(), "MC-05")])
    made = reopenings.opened(old)
    item = factory.scope(cast.AN_PHUOC, ["MC-06"], FIRST, LAST)[0]
    team = factory.mandate("132/QĐ-SNV")
    services.claim(team, [ClaimWanted(item.id, reopenings.box())], actor=None, reopenings=[made])
    assert reopenings.live(session, conclusion_id=old.id) == set()
    assert cutting.give_back({item.id: Recut()}, WHY, mandate=team, actor=None) == 1
    assert reopenings.live(session, conclusion_id=old.id) == {(reopenings.box(), old.id)}
