"""What the tests of reopening share: a request, its answer, what stands live."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.extensions import db
from app.inspections.models import Inspection
from app.policy import Actor
from app.register import reopening
from app.register.boxes import Box
from app.register.models import (
    Claim,
    Conclusion,
    Level,
    Reopening,
    ReopeningGround,
)
from app.register.reopening import Grant, Request
from tests import cast
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
ASKED = Request(
    ReopeningGround.NEW_INFORMATION,
    "Có phản ánh chưa được xem xét",
    "Đơn số 14/PA ngày 02/9/2026",
    "Đoàn trước chưa đối chiếu sổ theo dõi hồ sơ",
)
ANSWER = Grant("131/QĐ-SNV", date(2026, 9, 21), Level.DEPARTMENT, "Sở Nội vụ")
DEPARTMENT = Level.DEPARTMENT


def planner() -> Actor:
    return cast.actor(cast.PLANNER)


def leader() -> Actor:
    return cast.actor(cast.LEADER)


def box(first: date = FIRST, last: date = LAST, key: str = "MC-05") -> Box:
    return factory.box(cast.LONG_PHUOC, key, first, last)


def case() -> int:
    """A bare case on 01/01–30/6/2026 of Long Phước, the same one each time."""
    there = db.session.scalar(sa.select(Inspection.id).limit(1))
    if there is not None:
        return there
    return factory.scope(cast.LONG_PHUOC, ["MC-05", "MC-06"], FIRST, LAST)[0].inspected_unit.inspection_id


def ask(
    notice: Conclusion, *boxes: Box, written: Request = ASKED, inspection: int | None = None
) -> Reopening:
    return reopening.request(
        notice, inspection or case(), boxes or [box()], written, level=DEPARTMENT, actor=planner()
    )


def opened(notice: Conclusion, *boxes: Box) -> Reopening:
    made = ask(notice, *boxes)
    reopening.grant(made, ANSWER, actor=leader())
    return made


def live(session: Session, **where: Any) -> set[tuple[Box, int | None]]:
    rows = session.scalars(
        sa.select(Claim).filter_by(ended_at=None, **where).execution_options(populate_existing=True)
    )
    return {
        (
            Box(r.unit_id, r.content_id, r.starts_on, r.ends_on, r.part_from, r.part_to),
            r.conclusion_id,
        )
        for r in rows
    }
