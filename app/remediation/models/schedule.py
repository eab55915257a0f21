"""Lộ trình: why a task can't be mended at once, and by which steps it will be."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Keyed
from app.remediation.models.tasks import Task


class TaskSchedule(Keyed, Base):
    """The unit's reason and steps, from its people or from its paper (`document_reference`, `document_on`).

    A new one replaces it (`replaced_at`); what was said before stays readable. It moves no date of the task.
    """

    __tablename__ = "task_schedule"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    reason: Mapped[str]
    document_reference: Mapped[str] = mapped_column(default="")
    document_on: Mapped[date | None]
    on_behalf: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    replaced_at: Mapped[datetime | None]
    task: Mapped[Task] = relationship(back_populates="schedules")
    author: Mapped[Person] = relationship()
    steps: Mapped[list[ScheduleStep]] = relationship(
        back_populates="schedule", order_by="ScheduleStep.due_on, ScheduleStep.id"
    )
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="has_reason"),
        sa.CheckConstraint("document_reference = '' OR document_on IS NOT NULL", name="document_has_date"),
        sa.Index(
            "uq_task_schedule_current", "task_id", unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"), postgresql_where=sa.text("replaced_at IS NULL"),
        ),
    )  # fmt: skip


class ScheduleStep(Keyed, Base):
    """One step: what is done, what comes of it, who answers for it, by when; `done_on` once it is done."""

    __tablename__ = "schedule_step"
    schedule_id: Mapped[int] = mapped_column(sa.ForeignKey("task_schedule.id"), index=True)
    text: Mapped[str]
    product: Mapped[str]
    answerable: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    schedule: Mapped[TaskSchedule] = relationship(back_populates="steps")
    __table_args__ = (
        sa.CheckConstraint("text <> '' AND product <> '' AND answerable <> ''", name="says_what_and_who"),
        sa.Index(
            "ix_schedule_step_open", "due_on",
            sqlite_where=sa.text("done_on IS NULL"), postgresql_where=sa.text("done_on IS NULL"),
        ),
    )  # fmt: skip

    def days_late(self, today: date) -> int:
        """Calendar days past its day, done or not; 0 in time."""
        return max(0, ((self.done_on or today) - self.due_on).days)
