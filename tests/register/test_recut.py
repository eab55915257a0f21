"""Held claims beyond the end of a unit are cut, its successors are claimed; who else stands there is told."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import BrokenRule
from app.register import recut, services
from app.register import reopening as register
from app.register.models import Claim
from app.register.review import Ground
from app.register.services import ClaimRefused, ClaimWanted
from app.units import services as units
from tests import cast
from tests.factories import register as factory
from tests.register import reopenings

FIRST, JUNE, JULY, LAST, END = (
    date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1)
)  # fmt: skip
OLD, NEW = cast.LONG_PHUOC, cast.AN_PHUOC


def old() -> int:
    return cast.unit(OLD).id


def live(session: Session) -> set[tuple[str, str, date, date]]:
    session.expire_all()
    rows = session.scalars(sa.select(Claim).where(Claim.ended_at.is_(None)))
    codes = {cast.unit(code).id: code for code in (OLD, NEW)}
    keys = {factory.content(key).id: key for key in ("MC-05", "MC-06", "MC-07")}
    return {(codes[row.unit_id], keys[row.content_id], row.starts_on, row.ends_on) for row in rows}


def test_held_claims_are_cut_and_the_successor_is_claimed(session: Session) -> None:
    mandate, (item, later) = factory.claimed_scope(OLD, ["MC-05", "MC-06"], FIRST, LAST)
    other = factory.held([factory.box(OLD, "MC-07", FIRST, JUNE)], factory.mandate("130/QĐ-SNV"))
    session.execute(sa.update(Claim).where(Claim.scope_item_id == later.id).values(starts_on=JULY))
    wanted = [ClaimWanted(item.id, factory.box(NEW, "MC-05", JULY, LAST))]
    assert recut.recut(mandate, old(), JULY, wanted, actor=None) == (2, 1)
    assert live(session) == {
        (OLD, "MC-05", FIRST, JULY), (NEW, "MC-05", JULY, END), (OLD, "MC-07", FIRST, JULY),
    }  # fmt: skip
    units.end_unit(cast.unit(cast.CULTURE), JULY, actor=None)
    units.end_unit(cast.unit(OLD), JULY, actor=None)
    session.commit()
    told = session.scalars(sa.select(Event).where(Event.name == "claims_recut")).one()
    assert (told.data["count"], told.data["taken"]) == (2, 1)
    assert other.decision == "130/QĐ-SNV"


def test_what_an_item_holds_of_a_part_is_cut_with_it(session: Session) -> None:
    mandate, (item,) = factory.claimed_scope(OLD, ["MC-05"], FIRST, LAST)
    part = factory.box(cast.CULTURE, "MC-05", FIRST, LAST)
    session.execute(
        sa.insert(Claim).values(
            scope_item_id=item.id, mandate_id=mandate.id, level=mandate.level, unit_id=part.unit_id,
            content_id=part.content_id, starts_on=FIRST, ends_on=END,
        )
    )  # fmt: skip
    assert recut.recut(mandate, old(), JULY, [], item_ids=[item.id], actor=None) == (2, 0)
    assert set(session.scalars(sa.select(Claim.ends_on))) == {JULY}


def test_nothing_to_take_cuts_alone(session: Session) -> None:
    mandate, _ = factory.claimed_scope(OLD, ["MC-05"], FIRST, LAST)
    assert recut.recut(mandate, old(), JULY, [], actor=None) == (1, 0)
    assert live(session) == {(OLD, "MC-05", FIRST, JULY)}


def test_what_is_not_free_at_the_successor_is_refused(session: Session) -> None:
    mandate, (item,) = factory.claimed_scope(OLD, ["MC-05"], FIRST, LAST)
    factory.held([factory.box(NEW, "MC-05", FIRST, LAST)], factory.mandate("130/QĐ-SNV"))
    before = live(session)
    wanted = [ClaimWanted(item.id, factory.box(NEW, "MC-05", JULY, LAST))]
    trial = session.begin_nested()
    with pytest.raises(ClaimRefused):
        recut.recut(mandate, old(), JULY, wanted, actor=None)
    trial.rollback()
    assert live(session) == before


def test_a_concluded_claim_is_never_cut(session: Session) -> None:
    mandate, items = factory.claimed_scope(OLD, ["MC-05"], FIRST, LAST)
    services.conclude(factory.decided(items, ["MC-05"]), factory.conclusion(under=mandate), actor=None)
    assert recut.recut(mandate, old(), JULY, [], actor=None) == (0, 0)
    assert live(session) == {(OLD, "MC-05", FIRST, END)}


def test_who_stands_beyond_the_day_is_told(session: Session) -> None:
    assert recut.list_beyond(old(), JULY) == [] and recut.list_held_beyond(old(), JULY) == []
    factory.concluded([(factory.box(OLD, "MC-05", FIRST, LAST), "MC-05")])
    factory.concluded([(factory.box(OLD, "MC-05", FIRST, JUNE), "MC-05")], "44/TB-SNV")
    mandate, (item,) = factory.claimed_scope(OLD, ["MC-06"], FIRST, LAST)
    found = recut.list_beyond(old(), JULY)
    assert [(one.ground, one.citation, one.box.last_day) for one in found] == [
        (Ground.HELD, "120/QĐ-SNV", LAST), (Ground.CONCLUDED, "45/TB-SNV", LAST),
    ]  # fmt: skip
    (held,) = recut.list_held_beyond(old(), JULY)
    assert (held.mandate_id, held.scope_item_id) == (mandate.id, item.id)
    assert recut.list_beyond(old(), END) == [] and recut.list_held_beyond(old(), END) == []


def test_what_is_only_recorded_or_covered_twice_is_told_as_it_counts(session: Session) -> None:
    factory.concluded([(factory.box(OLD, "MC-05", FIRST, LAST), "MC-05")], record_only=True)
    assert recut.list_beyond(old(), JULY) == []
    mandate, items = factory.claimed_scope(OLD, ["MC-06"], FIRST, LAST)
    factory.concluded([(factory.box(OLD, "MC-06", FIRST, LAST), "MC-06")], "9/KL-TTr", body="Thanh tra tỉnh")
    services.release([one.id for one in items], "Đình chỉ", actor=None, mandate=mandate)
    (found,) = recut.list_beyond(old(), JULY)
    assert found.citation == "9/KL-TTr", "coverage that nobody claims counts all the same"


def test_what_was_reopened_stands_while_it_may_go_back(session: Session) -> None:
    reopened = factory.box(OLD, "MC-05", FIRST, LAST)
    notice = factory.concluded([(reopened, "MC-05")])
    made = reopenings.opened(notice, reopened)
    found = {(one.ground, one.citation) for one in recut.list_beyond(old(), JULY)}
    assert found == {(Ground.CONCLUDED, "45/TB-SNV"), (Ground.HELD, "131/QĐ-SNV")}
    register.end_reserved(made, "Không cần nữa", actor=reopenings.planner())
    assert {one.ground for one in recut.list_beyond(old(), JULY)} == {Ground.CONCLUDED}


def test_the_database_keeps_the_promise_when_nobody_asked(session: Session) -> None:
    factory.claimed_scope(cast.CULTURE, ["MC-05"], FIRST, LAST)
    unit = cast.unit(cast.CULTURE)
    with session.begin_nested() as trial:
        unit.valid_to = JULY
        with pytest.raises(sa.exc.IntegrityError, match="unit_life_covers_claims"):
            session.flush()
        trial.rollback()
    with pytest.raises(BrokenRule), pytest.MonkeyPatch.context() as patched:
        patched.setattr("app.units.holds._followers", {})
        units.end_unit(unit, JULY, actor=None)
