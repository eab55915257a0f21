"""What papers about remediation say beside `Paper`: the tasks they list, the answer to a request for time."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Base, Keyed
from app.documents.models import Paper
from app.remediation.models.tasks import Task

paper_task = sa.Table(
    "paper_task",
    Base.metadata,
    sa.Column("paper_id", sa.ForeignKey("paper.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("task_id", sa.ForeignKey("task.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("added_on", sa.Date),
)
"""The tasks that a paper lists (`added_on`: the day one was put into a letter begun before).

A task entered by mistake and undone leaves the drafts that named it."""


class ExtensionAnswer(Keyed, Base):
    """What a letter answers to a unit that asked for more time: the new date, or no with the reason.

    `asked_due_on`: the date the unit wished; `granted_due_on` None = refused. `reason`: why the unit asked
    (granted), or why not (refused). Once the letter is issued a granted date becomes an `Extension`.
    """

    __tablename__ = "extension_answer"
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"), unique=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    requested_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    requested_on: Mapped[date]
    request_reference: Mapped[str] = mapped_column(default="")
    asked_due_on: Mapped[date | None]
    granted_due_on: Mapped[date | None]
    reason: Mapped[str]
    paper: Mapped[Paper] = relationship()
    task: Mapped[Task] = relationship()
    requester: Mapped[Person] = relationship()
    __table_args__ = (sa.CheckConstraint("reason <> ''", name="has_reason"),)
