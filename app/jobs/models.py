"""The queue."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, Keyed, choice_column


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Keyed, Base):
    """One piece of work. `unique_key` makes a second request for the same work the same row."""

    __tablename__ = "job"
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[JobState] = mapped_column(choice_column(JobState, "state_known"), default=JobState.WAITING)
    run_at: Mapped[datetime] = mapped_column(default=clock.now)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[str | None]
    requested_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    __table_args__ = (sa.Index("ix_job_due", "state", "run_at"),)
