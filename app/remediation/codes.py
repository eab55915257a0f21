"""Codes of tasks: KP-2026-0001, rising within a year; unique by constraint."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.remediation.models import Task

_LOCK = 7_260_012
"""Key of the advisory lock under which PostgreSQL hands out codes (SQLite has one writer at a time)."""


def next_codes(year: int, how_many: int) -> list[str]:
    """The next `how_many` codes of `year`, in order; the lock is held until the transaction ends."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    prefix = f"KP-{year}-"
    last = db.session.scalar(
        sa.select(sa.func.max(sa.cast(sa.func.substr(Task.code, len(prefix) + 1), sa.Integer))).where(
            Task.code.startswith(prefix, autoescape=True)
        )
    )
    return [f"{prefix}{(last or 0) + i:04d}" for i in range(1, how_many + 1)]
