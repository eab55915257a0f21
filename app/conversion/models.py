"""An old follow-up table and its rows, kept as they stood there whatever became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Base, Edited, Keyed
from app.files.models import StoredFile
from app.policy import Actor, Standing
from app.remediation.models import Task


class OldTable(Keyed, Edited, Base):
    """An uploaded table. `columns`: heading of every column; `mapping`: what is kept → column from 0.

    `heading_row`: the line of the headings as Excel counts. Until `read_at` there are no rows.
    `body_name`, `level`: who issued the notices in it; `follower_id`: who follows where no name fits.
    """

    __tablename__ = "old_table"
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    sheet: Mapped[str]
    heading_row: Mapped[int]
    columns: Mapped[list[str]]
    mapping: Mapped[dict[str, Any]]
    body_name: Mapped[str] = mapped_column(default="")
    level: Mapped[int] = mapped_column(default=20)
    follower_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    read_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    file: Mapped[StoredFile] = relationship()
    maker: Mapped[Person] = relationship(foreign_keys=[made_by])
    follower: Mapped[Person | None] = relationship(foreign_keys=[follower_id])
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint("heading_row >= 1", name="heading_row_positive"),
        sa.CheckConstraint("read_at IS NULL OR follower_id IS NOT NULL", name="read_has_follower"),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """Nobody stands nearer to an old table than another."""
        return frozenset()


class OldRow(Keyed, Edited, Base):
    """A line of it. Taken when it has a task, left out when somebody said so, else it waits.

    `cells`: the texts as they stood; `fixes`: what a person put in their place, by kept column; `questions`:
    [column, reason, proposals] as last read; `blocked`: one of them must be answered first. `fingerprint`:
    of notice, unit and words, so that no line comes in twice.
    """

    __tablename__ = "old_row"
    table_id: Mapped[int] = mapped_column(sa.ForeignKey("old_table.id"))
    line: Mapped[int]
    cells: Mapped[list[str]]
    fixes: Mapped[dict[str, Any]]
    questions: Mapped[list[dict[str, Any]]]
    blocked: Mapped[bool] = mapped_column(default=False)
    asks: Mapped[bool] = mapped_column(default=False)
    left_out: Mapped[bool] = mapped_column(default=False)
    left_out_reason: Mapped[str] = mapped_column(default="")
    fingerprint: Mapped[str] = mapped_column(default="")
    task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    table: Mapped[OldTable] = relationship()
    task: Mapped[Task | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.UniqueConstraint("table_id", "line"),
        sa.CheckConstraint("task_id IS NULL OR NOT left_out", name="taken_not_left_out"),
        sa.CheckConstraint("task_id IS NULL OR fingerprint <> ''", name="taken_is_known"),
        sa.Index(
            "uq_old_row_fingerprint", "fingerprint", unique=True,
            sqlite_where=sa.text("task_id IS NOT NULL"), postgresql_where=sa.text("task_id IS NOT NULL"),
        ),
    )  # fmt: skip

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """Nobody stands nearer to a row than another."""
        return frozenset()
