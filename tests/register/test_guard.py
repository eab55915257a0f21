"""What the database refuses about claims, whatever wrote them: every write here goes around the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.constraint_messages import MESSAGES
from app.errors import explain_integrity
from app.register.boxes import Box
from app.register.models import Claim, Conclusion, ConclusionState, Level
from tests import cast
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
CLAIM = Claim.__table__


def base() -> Box:
    return factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST)


def row(box: Box, mandate_id: int, *, level: int = Level.DEPARTMENT, **more: Any) -> dict[str, Any]:
    return {
        "mandate_id": mandate_id, "unit_id": box.unit_id, "content_id": box.content_id,
        "part_from": box.part_from, "part_to": box.part_to, "starts_on": box.starts_on,
        "ends_on": box.ends_on, "level": level, "created_at": clock.now(), **more,
    }  # fmt: skip


def insert(session: Session, box: Box, *, level: int = Level.DEPARTMENT, **more: Any) -> int:
    """Write a claim with bare SQL under a mandate of its own; its id."""
    values = row(box, factory.mandate(level=level).id, level=level, **more)
    return int(session.execute(sa.insert(CLAIM).values(values).returning(CLAIM.c.id)).scalar_one())


def refused(session: Session, write: Callable[[], object]) -> str:
    """The constraint that refuses `write`; its Vietnamese message is checked on the way."""
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        write()
    broken = explain_integrity(caught.value)
    assert broken is not None, caught.value
    assert broken.message == MESSAGES[broken.constraint]
    return broken.constraint


def change(claim_id: int, **values: Any) -> sa.Update:
    return sa.update(CLAIM).where(CLAIM.c.id == claim_id).values(values)


def moved(box: Box, days: int) -> Box:
    span = timedelta(days=days)
    return Box(box.unit_id, box.content_id, box.starts_on + span, box.ends_on + span)


def live(session: Session) -> int:
    return int(session.scalar(sa.select(sa.func.count()).where(CLAIM.c.ended_at.is_(None))) or 0)


LENGTH = (LAST - FIRST).days + 1


@pytest.mark.parametrize("days", [0, 1, LENGTH - 1, 1 - LENGTH])
def test_an_overlapping_insert_is_refused_down_to_one_shared_day(session: Session, days: int) -> None:
    insert(session, base())
    assert refused(session, lambda: insert(session, moved(base(), days))) == "claim_overlap"
    assert live(session) == 1


@pytest.mark.parametrize("days", [LENGTH, -LENGTH])
def test_the_day_after_and_the_day_before_are_free(session: Session, days: int) -> None:
    insert(session, base())
    insert(session, moved(base(), days))
    assert live(session) == 2


def test_a_contained_and_a_containing_period_are_refused(session: Session) -> None:
    insert(session, base())
    inner = factory.box(cast.LONG_PHUOC, "MC-05", date(2026, 3, 1), date(2026, 3, 1))
    outer = factory.box(cast.LONG_PHUOC, "MC-05", date(2025, 12, 1), date(2026, 12, 31))
    assert refused(session, lambda: insert(session, inner)) == "claim_overlap"
    assert refused(session, lambda: insert(session, outer)) == "claim_overlap"


def test_another_unit_content_and_part_are_free(session: Session) -> None:
    insert(session, factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field="dat-dai"))
    insert(session, factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field="xay-dung"))
    insert(session, factory.box(cast.AN_PHUOC, "MC-11", FIRST, LAST, field="dat-dai"))
    insert(session, factory.box(cast.LONG_PHUOC, "MC-13", FIRST, LAST, field="dat-dai"))
    assert live(session) == 4


def test_the_whole_content_and_one_field_of_it_meet(session: Session) -> None:
    insert(session, factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field="dat-dai"))
    whole = factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST)
    assert refused(session, lambda: insert(session, whole)) == "claim_overlap"


def test_an_ended_claim_blocks_nobody(session: Session) -> None:
    first = insert(session, base())
    session.execute(change(first, ended_at=clock.now(), ended_reason="Trả lại"))
    insert(session, base())
    assert live(session) == 1


def test_an_insert_of_several_rows_is_checked_row_by_row(session: Session) -> None:
    mandate_id = factory.mandate().id
    rows = [row(base(), mandate_id), row(moved(base(), 10), mandate_id)]
    assert refused(session, lambda: session.execute(sa.insert(CLAIM).values(rows))) == "claim_overlap"
    assert live(session) == 0


def test_a_lower_level_never_goes_over_a_higher_one(session: Session) -> None:
    insert(session, base(), level=Level.PROVINCE)
    below = partial(insert, session, base(), level=Level.DEPARTMENT, override_reason="Vẫn cần kiểm tra")
    assert refused(session, below) == "claim_below_higher"


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_higher_level_needs_a_reason_to_go_over_a_lower_one(session: Session, reason: str | None) -> None:
    insert(session, base(), level=Level.COMMUNE)
    above = partial(insert, session, base(), level=Level.DEPARTMENT, override_reason=reason)
    assert refused(session, above) == "claim_above_needs_reason"
    insert(session, base(), level=Level.DEPARTMENT, override_reason="Có phản ánh mới của người dân")
    assert live(session) == 2


def test_the_reason_is_not_taken_back_afterwards(session: Session) -> None:
    insert(session, base(), level=Level.COMMUNE)
    above = insert(session, base(), level=Level.DEPARTMENT, override_reason="Có phản ánh mới")
    assert (
        refused(session, lambda: session.execute(change(above, override_reason="")))
        == "claim_above_needs_reason"
    )


def test_days_before_the_unit_existed_or_after_it_ended_are_refused(session: Session) -> None:
    early = factory.box(cast.LONG_PHUOC, "MC-05", date(2025, 6, 30), date(2025, 12, 31))
    assert refused(session, lambda: insert(session, early)) == "claim_outside_unit_life"
    insert(session, factory.box(cast.LONG_PHUOC, "MC-05", date(2025, 7, 1), date(2025, 12, 31)))
    gone = factory.unit("CU-01", "UBND xã Cũ Mẫu", valid_to=date(2025, 7, 1))
    late = factory.box(gone, "MC-05", date(2025, 1, 1), date(2025, 7, 1))
    assert refused(session, lambda: insert(session, late)) == "claim_outside_unit_life"
    insert(session, factory.box(gone, "MC-05", date(2025, 1, 1), date(2025, 6, 30)))


@pytest.mark.parametrize(
    "life",
    [{"valid_from": date(2026, 2, 1)}, {"valid_to": date(2026, 6, 30)}, {"valid_to": date(2026, 1, 1)}],
)
def test_the_life_of_a_unit_is_not_cut_under_its_claims(session: Session, life: dict[str, date]) -> None:
    insert(session, base())
    unit = cast.unit(cast.LONG_PHUOC)
    table = type(unit).__table__
    cut = sa.update(table).where(table.c.id == unit.id).values(life)
    assert refused(session, lambda: session.execute(cut)) == "unit_life_covers_claims"
    session.execute(sa.update(table).where(table.c.id == unit.id).values(valid_to=date(2026, 7, 1)))


WIDER: list[dict[str, Any]] = [
    {"starts_on": date(2025, 12, 31)},
    {"ends_on": LAST + timedelta(days=2)},
    {"level": int(Level.COMMUNE)},
    {"level": int(Level.PROVINCE)},
]


@pytest.mark.parametrize("values", WIDER)
def test_a_claim_never_grows(session: Session, values: dict[str, Any]) -> None:
    first = insert(session, base())
    assert refused(session, lambda: session.execute(change(first, **values))) == "claim_only_shrinks"


@pytest.mark.parametrize("values", [{"part_from": 0}, {"part_to": 2**30}])
def test_a_claim_never_takes_more_parts(session: Session, values: dict[str, Any]) -> None:
    first = insert(session, factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field="dat-dai"))
    assert refused(session, lambda: session.execute(change(first, **values))) == "claim_only_shrinks"


def test_a_claim_never_moves_to_another_unit_content_or_team(session: Session) -> None:
    first = insert(session, base())
    for values in (
        {"unit_id": cast.unit(cast.AN_PHUOC).id},
        {"content_id": factory.content("MC-06").id},
        {"mandate_id": factory.mandate().id},
    ):
        move = change(first, **values)
        assert refused(session, lambda move=move: session.execute(move)) == "claim_only_shrinks"


def test_growing_over_a_neighbour_is_refused_whichever_rule_speaks_first(session: Session) -> None:
    first = insert(session, base())
    insert(session, moved(base(), LENGTH))
    grown = change(first, ends_on=LAST + timedelta(days=5))
    assert refused(session, lambda: session.execute(grown)) in ("claim_only_shrinks", "claim_overlap")


def test_a_held_claim_may_shrink_and_what_it_leaves_is_free(session: Session) -> None:
    first = insert(session, base())
    session.execute(change(first, ends_on=date(2026, 4, 1)))
    insert(session, factory.box(cast.LONG_PHUOC, "MC-05", date(2026, 4, 1), LAST))


def test_an_ended_claim_is_not_revived_or_rewritten(session: Session) -> None:
    first = insert(session, base())
    session.execute(change(first, ended_at=clock.now(), ended_reason="Trả lại"))
    revived = change(first, ended_at=None, ended_reason=None)
    assert refused(session, lambda: session.execute(revived)) == "claim_not_revived"
    rewritten = change(first, ended_reason="Lý do khác")
    assert refused(session, lambda: session.execute(rewritten)) == "claim_not_revived"


def test_ending_needs_a_reason(session: Session) -> None:
    first = insert(session, base())
    for values in (
        {"ended_at": clock.now()},
        {"ended_at": clock.now(), "ended_reason": ""},
        {"ended_reason": "Chưa kết thúc"},
    ):
        ended = change(first, **values)
        name = refused(session, lambda ended=ended: session.execute(ended))
        assert name == "ck_claim_ended_has_reason"


def test_a_claim_is_never_deleted(session: Session) -> None:
    first = insert(session, base())
    delete = sa.delete(CLAIM).where(CLAIM.c.id == first)
    assert refused(session, lambda: session.execute(delete)) == "claim_not_deleted"
    session.execute(change(first, ended_at=clock.now(), ended_reason="Trả lại"))
    assert refused(session, lambda: session.execute(delete)) == "claim_not_deleted"


def test_replace_and_upsert_do_not_slip_a_change_in(session: Session) -> None:
    first = insert(session, base())
    values = row(moved(base(), 400), factory.mandate().id, id=first)
    if session.get_bind().dialect.name == "sqlite":
        replaced = sa.insert(CLAIM).prefix_with("OR REPLACE").values(values)
        assert refused(session, lambda: session.execute(replaced)) == "claim_not_deleted"
    engine = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
    upsert: Any = engine(CLAIM).values(values)
    upsert = upsert.on_conflict_do_update(
        index_elements=[CLAIM.c.id], set_={"starts_on": values["starts_on"], "ends_on": values["ends_on"]}
    )
    told = {"sqlite": "claim_not_deleted", "postgresql": "claim_only_shrinks"}
    assert refused(session, lambda: session.execute(upsert)) == told[session.get_bind().dialect.name]
    kept = session.execute(sa.select(CLAIM.c.starts_on, CLAIM.c.ends_on)).one()
    assert (kept.starts_on, kept.ends_on) == (base().starts_on, base().ends_on)


@pytest.fixture
def sealed(session: Session) -> tuple[int, Conclusion]:
    """A concluded claim and its conclusion."""
    made = factory.concluded([(base(), "MC-05")])
    claim_id = session.scalar(sa.select(CLAIM.c.id).where(CLAIM.c.conclusion_id == made.id))
    assert claim_id is not None
    return claim_id, made


@pytest.mark.parametrize(
    "values",
    [
        {"starts_on": date(2026, 2, 1)},
        {"ends_on": date(2026, 6, 1)},
        {"part_from": 1},
        {"conclusion_id": None},
        {"ended_at": clock.now(), "ended_reason": "Trả lại"},
    ],
)
def test_a_concluded_claim_is_fixed(
    session: Session, sealed: tuple[int, Conclusion], values: dict[str, Any]
) -> None:
    broken = change(sealed[0], **values)
    assert refused(session, lambda: session.execute(broken)) == "claim_concluded_fixed"


def test_a_concluded_claim_does_not_change_hands_while_its_conclusion_is_in_force(
    session: Session, sealed: tuple[int, Conclusion]
) -> None:
    other = factory.conclusion("46/TB-SNV")
    taken = change(sealed[0], conclusion_id=other.id)
    assert refused(session, lambda: session.execute(taken)) == "claim_concluded_fixed"


def test_a_replacing_conclusion_takes_the_claim_over(
    session: Session, sealed: tuple[int, Conclusion]
) -> None:
    claim_id, made = sealed
    made.state = ConclusionState.REPLACED
    stranger = factory.conclusion("46/TB-SNV")
    for elsewhere in (change(claim_id, conclusion_id=stranger.id), change(claim_id, conclusion_id=None)):
        refused_as = refused(session, lambda change=elsewhere: session.execute(change))
        assert refused_as == "claim_concluded_fixed", (
            "there is no conclusion of the same case to take it over"
        )
    heir = factory.conclusion("47/TB-SNV", under=made.mandate)
    session.execute(change(claim_id, conclusion_id=heir.id))


def test_what_a_replacing_conclusion_leaves_out_is_held_again(
    session: Session, sealed: tuple[int, Conclusion]
) -> None:
    claim_id, made = sealed
    made.state = ConclusionState.REPLACED
    factory.conclusion("47/TB-SNV", under=made.mandate)
    session.execute(change(claim_id, conclusion_id=None))


def test_a_recalled_conclusion_gives_the_claim_back(session: Session, sealed: tuple[int, Conclusion]) -> None:
    claim_id, made = sealed
    made.state = ConclusionState.RECALLED
    other = factory.conclusion("46/TB-SNV")
    taken = change(claim_id, conclusion_id=other.id)
    assert refused(session, lambda: session.execute(taken)) == "claim_concluded_fixed"
    session.execute(change(claim_id, conclusion_id=None))


def test_a_reopening_ends_a_concluded_claim(session: Session, sealed: tuple[int, Conclusion]) -> None:
    claim_id, made = sealed
    grant = factory.granted(made, [base()])
    session.execute(change(claim_id, ended_at=clock.now(), ended_reason="Mở lại", reopening_id=grant.id))
    insert(session, base())


def test_coverage_and_conclusions_stay_as_they_were_decided(
    session: Session, sealed: tuple[int, Conclusion]
) -> None:
    for statement in (
        "UPDATE coverage SET result = 'not_met'",
        "DELETE FROM coverage",
        "UPDATE coverage SET ends_on = '2027-01-01'",
    ):
        text = sa.text(statement)
        assert refused(session, lambda text=text: session.execute(text)) == "coverage_fixed"
    for statement in ("UPDATE conclusion SET number_and_symbol = '01/TB'", "DELETE FROM conclusion"):
        text = sa.text(statement)
        assert refused(session, lambda text=text: session.execute(text)) == "conclusion_fixed"
