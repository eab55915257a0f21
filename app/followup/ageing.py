"""Quá hạn theo đơn vị: how many tasks of each unit are overdue, by how long, most overdue first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.followup.conditions import AGEING
from app.followup.queries import name_of
from app.remediation.models import Task
from app.units.models import Unit
from app.web.paging import Cursor, Page, slice_page

SHOWN = 10
"""Units on the home page of a leader."""
PAGE = 50


@dataclass(frozen=True)
class UnitAgeing:
    """How many tasks of one unit are overdue: 1–7 days, 8–30, over 30."""

    unit_id: int
    name: str
    week: int
    month: int
    longer: int

    @property
    def total(self) -> int:
        """All overdue tasks of the unit."""
        return self.week + self.month + self.longer


@dataclass(frozen=True)
class Worst:
    """The units that are furthest behind, and how many others have something overdue."""

    rows: Sequence[UnitAgeing]
    others: int


def worst(today: date) -> Worst:
    """For leaders: the first `SHOWN` units. One read."""
    rows = db.session.execute(_worst(today)).all()
    return Worst([UnitAgeing(*row[:5]) for row in rows], rows[0].units - len(rows) if rows else 0)


def list_units(today: date, cursor: Cursor | None = None) -> Page[UnitAgeing]:
    """All units with something overdue, by pages. Cursor: (over 30 days, all, id of the unit)."""
    late = _late(today)
    query = sa.select(
        late.c.unit_id, name_of(late.c.unit_id, today), late.c.week, late.c.month, late.c.longer
    )
    order = [-late.c.longer, -late.c.total, late.c.unit_id]
    if cursor is not None:
        longer, total, unit_id = (int(value or 0) for value in cursor.values)
        here = sa.tuple_(sa.literal(-longer), sa.literal(-total), sa.literal(unit_id))
        beyond = sa.tuple_(*order)
        query = query.where(beyond < here if cursor.backwards else beyond > here)
    if cursor is not None and cursor.backwards:
        order = [key.desc() for key in order]
    rows = db.session.execute(query.where(late.c.total > 0).order_by(*order).limit(PAGE + 1))
    found = [UnitAgeing(*row) for row in rows]
    return slice_page(found, size=PAGE, cursor=cursor, key=lambda row: (row.longer, row.total, row.unit_id))


@lru_cache(maxsize=2)
def _worst(today: date) -> sa.Select[Any]:
    late = _late(today)
    first = (
        sa.select(late, sa.func.count().over().label("units"))
        .where(late.c.total > 0)
        .order_by(-late.c.longer, -late.c.total, late.c.unit_id)
        .limit(SHOWN)
        .subquery("first")
    )
    return sa.select(
        first.c.unit_id, name_of(first.c.unit_id, today), first.c.week, first.c.month, first.c.longer,
        first.c.units,
    ).order_by(-first.c.longer, -first.c.total, first.c.unit_id)  # fmt: skip


def _late(today: date) -> sa.CTE:
    """(unit_id, week, month, longer, total) of every unit, each class counted in the index."""

    def many(first: int, last: int | None) -> sa.ScalarSelect[int]:
        which = [Task.lead_unit_id == Unit.id, Task.judged_on <= today - timedelta(days=first)]
        if last is not None:
            which.append(Task.judged_on >= today - timedelta(days=last))
        return sa.select(sa.func.count()).select_from(Task).where(*which).scalar_subquery()

    classes = [
        many(*days).label(name) for days, name in zip(AGEING, ("week", "month", "longer"), strict=True)
    ]
    counted = sa.select(Unit.id.label("unit_id"), *classes).cte("counted").prefix_with("MATERIALIZED")
    total = counted.c.week + counted.c.month + counted.c.longer
    return sa.select(counted, total.label("total")).cte("late")
