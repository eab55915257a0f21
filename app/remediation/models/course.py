"""What happens to a task: progress, assignment inside the unit, extensions, hand-over, what a team saw."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Keyed, choice_column
from app.files.models import StoredFile
from app.inspections.models import InspectedUnit
from app.remediation.models.tasks import Task
from app.units.models import Unit


class ProgressStatus(StrEnum):
    DONE = "done"
    DOING = "doing"
    NOT_YET = "not_yet"


PROGRESS_LABELS: dict[ProgressStatus, str] = {
    ProgressStatus.DONE: "Đã khắc phục xong",
    ProgressStatus.DOING: "Đang khắc phục",
    ProgressStatus.NOT_YET: "Chưa khắc phục",
}


PAST_RECORD, OLD_TABLE = "Theo hồ sơ của thông báo cũ", "Theo bảng theo dõi cũ"
"""Causes that say where an entry came from, not why something is undone."""


class ProgressReport(Keyed, Base):
    """What the unit says was done, with evidence: a document's number, symbol and date, or files."""

    __tablename__ = "progress_report"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    result_id: Mapped[int | None] = mapped_column(sa.ForeignKey("expected_result.id"))
    status: Mapped[ProgressStatus] = mapped_column(choice_column(ProgressStatus, "status_known"))
    text: Mapped[str]
    cause: Mapped[str] = mapped_column(default="")
    document_reference: Mapped[str] = mapped_column(default="")
    document_on: Mapped[date | None]
    submits: Mapped[bool] = mapped_column(default=False)
    on_behalf: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    task: Mapped[Task] = relationship(back_populates="progress")
    author: Mapped[Person] = relationship()
    files: Mapped[list[StoredFile]] = relationship(secondary="progress_file")
    __table_args__ = (
        sa.CheckConstraint("document_reference = '' OR document_on IS NOT NULL", name="document_has_date"),
    )

    @property
    def why_undone(self) -> str:
        """The unit's cause; empty where the entry only names the records that it was taken from."""
        return "" if self.taken_from else self.cause.strip()

    @property
    def taken_from(self) -> str:
        """“Theo hồ sơ của thông báo cũ”; empty for what was reported since."""
        return self.cause if self.cause in (PAST_RECORD, OLD_TABLE) else ""


progress_file = sa.Table(
    "progress_file",
    Base.metadata,
    sa.Column("progress_id", sa.ForeignKey("progress_report.id"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)


class TaskAssignment(Keyed, Base):
    """Inside the unit: the head gives the task to somebody, by account or by name only."""

    __tablename__ = "task_assignment"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    officer_name: Mapped[str]
    leads: Mapped[bool] = mapped_column(default=True)
    internal_due_on: Mapped[date | None]
    instruction: Mapped[str] = mapped_column(default="")
    assigned_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    assigned_at: Mapped[datetime] = mapped_column(default=clock.now)
    on_behalf: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    task: Mapped[Task] = relationship(back_populates="assignments")


class Extension(Keyed, Base):
    """A date moved by somebody else than who asked; every version of the date stays visible.

    `number`: the first, the second of its task; `working_days`: how far it moved the date, `days_in_sum` with
    those before; `most_*`: the limits of the profile that day, which only an issued answer (`document_id`)
    goes beyond.
    """

    __tablename__ = "extension"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason: Mapped[str]
    requested_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    requested_on: Mapped[date]
    decided_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    decided_on: Mapped[date]
    reference: Mapped[str] = mapped_column(default="")
    number: Mapped[int] = mapped_column(default=1, server_default=sa.text("1"))
    working_days: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    days_in_sum: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    most_times: Mapped[int] = mapped_column(default=1, server_default=sa.text("1"))
    most_days: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    most_in_sum: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    task: Mapped[Task] = relationship(back_populates="extensions")
    __table_args__ = (
        sa.Index("uq_extension_number", "task_id", "number", unique=True),
        sa.CheckConstraint(
            "document_id IS NOT NULL OR (number <= most_times AND working_days <= most_days "
            "AND days_in_sum <= most_in_sum)",
            name="within_limits_or_answered",
        ),
        sa.CheckConstraint("new_due_on > old_due_on", name="later_date"),
        sa.CheckConstraint("requested_by <> decided_by", name="asker_not_decider"),
    )


class ProofKind(StrEnum):
    """Why the unit of a continuing task owes a proof by a day."""

    RECURRENCE = "recurrence"
    PERIOD = "period"


PROOF_LABELS: dict[ProofKind, str] = {
    ProofKind.RECURRENCE: "Khắc phục lại khi tái diễn",
    ProofKind.PERIOD: "Minh chứng định kỳ",
}


class TaskProof(Keyed, Base):
    """What a continuing task owes by a day: mended again after a recurrence, or the proof of a period.

    `settled_on`: the day on which the unit's clock stopped, `counted_to_on`: the day it was held against
    (later than `due_on` where a supplement was asked for). One row of a task is open at a time, and its day
    is the task's `proof_due_on`. No day is rewritten.
    """

    __tablename__ = "task_proof"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    kind: Mapped[ProofKind] = mapped_column(choice_column(ProofKind, "kind_known"))
    asked_on: Mapped[date]
    due_on: Mapped[date]
    told: Mapped[str] = mapped_column(default="")
    settled_on: Mapped[date | None]
    counted_to_on: Mapped[date | None]
    task: Mapped[Task] = relationship(back_populates="proofs")
    __table_args__ = (
        sa.CheckConstraint("due_on >= asked_on", name="due_after_asked"),
        sa.CheckConstraint("kind <> 'recurrence' OR told <> ''", name="recurrence_has_words"),
        sa.CheckConstraint("(settled_on IS NULL) = (counted_to_on IS NULL)", name="settled_whole"),
        sa.Index(
            "uq_task_proof_open", "task_id", unique=True,
            sqlite_where=sa.text("settled_on IS NULL"), postgresql_where=sa.text("settled_on IS NULL"),
        ),
    )  # fmt: skip

    @property
    def late_days(self) -> int:
        """Calendar days between its day and the one that settled it; 0 while it is open."""
        if self.settled_on is None or self.counted_to_on is None:
            return 0
        return max(0, (self.settled_on - self.counted_to_on).days)


class TaskHandover(Keyed, Base):
    """What a dissolved unit owed, assigned to a successor; its head acknowledges, or the office records it.

    The task's lead unit is the successor from then on. Once from each unit, so a task is never split.
    """

    __tablename__ = "task_handover"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"))
    from_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    to_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    assigned_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    assigned_on: Mapped[date]
    acknowledged_on: Mapped[date | None]
    acknowledged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    reference: Mapped[str] = mapped_column(default="")
    """The paper of the hand-over, where the office records the acknowledgement for the unit."""
    task: Mapped[Task] = relationship(back_populates="handovers")
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])
    __table_args__ = (
        sa.UniqueConstraint("task_id", "from_unit_id"),
        sa.CheckConstraint("from_unit_id <> to_unit_id", name="two_units"),
        sa.CheckConstraint(
            "(acknowledged_on IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_names_who"
        ),
        sa.CheckConstraint(
            "NOT on_behalf OR (acknowledged_on IS NOT NULL AND reference <> '')", name="on_behalf_has_paper"
        ),
        sa.Index("ix_task_handover_to_unit", "to_unit_id", "acknowledged_on"),
    )


class TaskSighting(Keyed, Base):
    """What a team saw of an earlier, open task when it came to the unit: words, photos; it assesses nothing.

    The last one of a visit counts; none is rewritten.
    """

    __tablename__ = "task_sighting"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    inspected_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("inspected_unit.id"), index=True)
    status: Mapped[ProgressStatus] = mapped_column(choice_column(ProgressStatus, "status_known"))
    text: Mapped[str] = mapped_column(default="")
    seen_on: Mapped[date]
    written_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    task: Mapped[Task] = relationship(back_populates="sightings")
    inspected_unit: Mapped[InspectedUnit] = relationship()
    author: Mapped[Person] = relationship()
    files: Mapped[list[StoredFile]] = relationship(secondary="task_sighting_file")
    __table_args__ = (sa.CheckConstraint("status = 'done' OR text <> ''", name="undone_has_words"),)


task_sighting_file = sa.Table(
    "task_sighting_file",
    Base.metadata,
    sa.Column("sighting_id", sa.ForeignKey("task_sighting.id"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)
