"""What the database lets a reopening take out of a conclusion, at whatever edges."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import constraint_of
from app.register import services
from app.register.boxes import Box
from app.register.models import (
    Claim,
    Conclusion,
    ReopeningBox,
    ReopeningState,
)
from app.register.services import ClaimWanted
from tests import cast
from tests.factories import register as factory
from tests.register.reopenings import (
    FIRST,
    LAST,
    box,
    live,
    opened,
)


@pytest.fixture
def notice(session: Session) -> Conclusion:
    return factory.concluded([(box(), "MC-05"), (box(key="MC-06"), "MC-06")])


def bitten(session: Session, statement: Any) -> str | None:
    with pytest.raises(IntegrityError) as error, session.begin_nested():
        session.execute(statement)
    return constraint_of(error.value)


def test_a_concluded_claim_ends_only_under_a_grant_whose_box_covers_it(
    session: Session, notice: Conclusion
) -> None:
    claim_id = session.scalar(sa.select(Claim.id).where(Claim.content_id == box().content_id))
    piece = box(date(2026, 3, 1), date(2026, 3, 31))
    ended = {"ended_at": clock.now(), "ended_reason": "Mở lại"}
    one = sa.update(Claim).where(Claim.id == claim_id).execution_options(synchronize_session=False)
    asked = factory.asked_again(notice, [piece])
    other = factory.granted(factory.concluded([(box(key="MC-07"), "MC-07")], "46/TB-SNV"), [box()])
    days = {"starts_on": piece.starts_on, "ends_on": piece.ends_on}
    for grant in (asked, other):
        tried = one.values(**ended, **days, reopening_id=grant.id)
        assert bitten(session, tried) == "claim_concluded_fixed"
    asked.mandate, decider = factory.mandate("131/QĐ-SNV"), cast.person(cast.LEADER).id
    asked.state, asked.decided_by = ReopeningState.GRANTED, decider
    asked.decision, asked.decided_on = "131/QĐ-SNV", date(2026, 9, 21)
    session.flush()
    for values in (
        {},
        {"starts_on": piece.starts_on},
        {**days, "ends_on": piece.ends_on + timedelta(days=1)},
    ):
        tried = one.values(**ended, **values, reopening_id=asked.id)
        assert bitten(session, tried) == "claim_concluded_fixed"
    assert bitten(session, one.values(**days, reopening_id=asked.id)) == "claim_concluded_fixed"
    session.execute(one.values(**ended, **days, reopening_id=asked.id))
    assert live(session, content_id=piece.content_id) == {
        (box(FIRST, date(2026, 2, 28)), notice.id), (box(date(2026, 4, 1), LAST), notice.id),
    }  # fmt: skip


def test_no_box_is_added_to_a_request_that_was_answered(session: Session, notice: Conclusion) -> None:
    made = factory.granted(notice, [box()])
    values = {
        "reopening_id": made.id, "unit_id": box().unit_id, "content_id": box(key="MC-06").content_id,
        "part_from": 0, "part_to": 9, "starts_on": FIRST, "ends_on": LAST,
    }  # fmt: skip
    assert bitten(session, sa.insert(ReopeningBox).values(**values)) == "reopening_fixed"


edges = st.lists(st.integers(0, 9), min_size=4, max_size=4).map(sorted).filter(lambda e: e[0] < e[3])


def cells(boxes: Any) -> list[tuple[int, int]]:
    """Every day × part, as often as it stands."""
    return sorted(
        (day, part)
        for one in boxes
        for day in range((one.starts_on - FIRST).days, (one.ends_on - FIRST).days)
        for part in range(one.part_from, one.part_to)
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=edges.filter(lambda e: e[1] < e[2]),
    parts=edges.filter(lambda e: e[1] < e[2]),
    kept=st.tuples(st.integers(0, 9), st.integers(1, 9), st.integers(0, 9), st.integers(1, 9)),
)
def test_a_claim_is_split_at_whatever_edges_and_comes_back_whole(
    session: Session, days: list[int], parts: list[int], kept: tuple[int, int, int, int]
) -> None:
    with session.begin_nested() as savepoint:
        unit, content = cast.unit(cast.LONG_PHUOC).id, factory.content("MC-11").id

        def made(first: int, last: int, low: int, high: int) -> Box:
            start = FIRST + timedelta(days=first)
            return Box(unit, content, start, FIRST + timedelta(days=last), low, high)

        whole = made(days[0], days[3], parts[0], parts[3])
        asked = made(days[1], days[2], parts[1], parts[2])
        notice = factory.concluded([(whole, "MC-11")])
        grant = opened(notice, asked)
        around = [one for one, by in live(session) if by == notice.id]
        assert cells(around) == sorted(set(cells([whole])) - set(cells([asked])))
        assert [one for one, by in live(session) if by is None] == [asked]
        first, length, low, height = kept
        taken = made(first, first + length, low, low + height).common(asked)
        mandate = factory.mandate("150/QĐ-SNV")
        wanted = [ClaimWanted(None, taken)] if taken else []
        services.claim(mandate, wanted, actor=None, reopenings=[grant])
        assert cells(one for one, by in live(session) if by is None) == cells([taken] if taken else [])
        assert cells(one for one, _ in live(session)) == cells([whole])
        savepoint.rollback()
    session.expire_all()
