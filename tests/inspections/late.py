"""A commune whose end is entered late: cases on it, the acts, and what is asked and held after them."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.inspections.models import (
    Inspection,
    ScopeItem,
    Visit,
)
from app.register.models import Claim
from app.units import services as units
from app.units.holds import InTheWay, Recut
from app.units.models import SuccessionKind, Unit
from tests import cast
from tests.factories import fieldwork
from tests.factories import inspections as make

FIRST, LAST, END = date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)
APRIL, JULY, OCTOBER = date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)
MERGE, SPLIT, TRANSFER = SuccessionKind.MERGE, SuccessionKind.SPLIT, SuccessionKind.TRANSFER
Span = tuple[str, str, str, date, date]
"""Inspected unit, unit, criterion, half-open days."""


def case(
    *codes: str, criteria: tuple[str, ...] = ("MC-05", "CĐ-01"), first: date = FIRST, **more: object
) -> Inspection:
    return make.decided(units=codes or ("CU",), criteria=criteria, review=(first, LAST), **more)


def succeed(before: str, after: str, on: date = JULY, kind: SuccessionKind = MERGE) -> tuple[Recut, ...]:
    return units.record_succession(
        cast.unit(before), cast.unit(after), on, kind, legal_basis="Nghị quyết thử",
        actor=cast.actor(cast.PLANNER),
    ).recuts  # fmt: skip


def end(code: str, on: date = JULY, *, remainder: bool = False, by: str = cast.PLANNER) -> tuple[Recut, ...]:
    return units.end_unit(
        cast.unit(code), on, legal_basis="Nghị quyết thử", remainder=remainder, actor=cast.actor(by)
    )


def scope(session: Session, *cases: Inspection) -> set[Span]:
    session.expire_all()
    found = session.scalars(sa.select(ScopeItem))
    return {
        (i.inspected_unit.unit.code, i.unit.code, i.criterion.key, i.starts_on, i.ends_on)
        for i in found
        if not cases or i.inspected_unit.inspection in cases
    }


def held(session: Session) -> set[Span]:
    """Held claims by the scope item that owns them; “claimed as asked” is `held == scope`."""
    session.expire_all()
    live = session.scalars(sa.select(Claim).where(Claim.ended_at.is_(None), Claim.conclusion_id.is_(None)))
    found = set()
    for claim in live:
        item = session.get_one(ScopeItem, claim.scope_item_id)
        code = session.get_one(Unit, claim.unit_id).code
        found.add((item.inspected_unit.unit.code, code, item.criterion.key, claim.starts_on, claim.ends_on))
    return found


def sign(visit: Visit) -> None:
    minutes = fieldwork.composed(visit)
    present = ("Nguyễn Văn Giả Thiết, Chủ tịch UBND xã",)
    secretary = cast.actor(cast.SECRETARY)
    fieldwork.services.edit_minutes(
        minutes, fieldwork.values(minutes, unit_present=present), actor=secretary, version=None
    )
    fieldwork.services.print_minutes(minutes, actor=secretary)
    fieldwork.services.sign_minutes(minutes, signatory=present[0], signed_on=make.TODAY, actor=secretary)


def asked(through: str, of: str, first: date, until: date, *keys: str) -> set[Span]:
    return {(through, of, key, first, until) for key in keys or ("MC-05", "CĐ-01")}


def refused(code: str, on: date = JULY, by: str = cast.PLANNER) -> InTheWay:
    with pytest.raises(InTheWay) as found:
        end(code, on, by=by)
    return found.value
