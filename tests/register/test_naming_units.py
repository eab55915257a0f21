"""A past notice that names one more unit: recorded beside the others, claiming nothing."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import DomainError, WrongState
from app.register import entry
from app.register.models import Claim, ConclusionLine, MandateKind
from tests import cast
from tests.factories import past
from tests.factories import register as factory

DAY, AFTER = date(2025, 11, 14), date(2025, 11, 15)


def said(code: str = cast.AN_PHUOC, criteria: tuple[str, ...] = ()) -> entry.Said:
    return entry.Said(cast.unit(code), [factory.criterion(key) for key in criteria], DAY, AFTER)


def test_one_more_unit_is_named_and_nothing_is_claimed(session: Session) -> None:
    notice = past.notice()
    entry.name_unit(notice, said(), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    units = session.scalars(sa.select(ConclusionLine.unit_id).order_by(ConclusionLine.id)).all()
    assert units == [cast.unit(cast.LONG_PHUOC).id, cast.unit(cast.AN_PHUOC).id]
    assert session.query(Claim).count() == 0
    assert "conclusion_unit_named" in session.scalars(sa.select(Event.name)).all()


def test_only_in_what_the_office_itself_recorded_without_effect(session: Session) -> None:
    other = past.notice(kind=MandateKind.OTHER_BODY, number="19/TB-SNV")
    with pytest.raises(WrongState):
        entry.name_unit(other, said(), actor=None)
    with pytest.raises(WrongState):
        entry.name_unit(past.notice(), said(criteria=("MC-05",)), actor=None)


def test_a_unit_that_was_not_there_is_refused(session: Session) -> None:
    later = factory.unit("MOI", "UBND xã Mới", valid_from=date(2026, 1, 1))
    with pytest.raises(DomainError):
        entry.name_unit(past.notice(), entry.Said(later, (), DAY, AFTER), actor=None)
