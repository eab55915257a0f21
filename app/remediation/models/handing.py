"""Lists by which one took over from another: followers, heads of units; what each said when acknowledged."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Appointment, Person
from app.db import Base, Keyed, choice_column
from app.policy import Actor, Standing
from app.remediation.models.tasks import Task, TaskState
from app.units.models import Unit


class HandingKind(StrEnum):
    FOLLOWER = "follower"
    HEAD = "head"


class HandingList(Keyed, Base):
    """Danh sách bàn giao: what was open on `from_on`, the first day on which the receiver answers for it.

    A follower's list is written when the tasks are given, and waits until the receiver acknowledges it. A
    head's list is derived from the appointments until it is acknowledged, and written then; of a unit without
    accounts the office records it from the signed paper, named by `reference`.
    """

    __tablename__ = "handing_list"
    kind: Mapped[HandingKind] = mapped_column(choice_column(HandingKind, "kind_known"))
    appointment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appointment.id"), unique=True)
    """By which post a head took over; None for a follower."""
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    from_person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    to_person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    from_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    given_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    acknowledged_on: Mapped[date | None]
    acknowledged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    reference: Mapped[str] = mapped_column(default="")
    lines: Mapped[list[HandingLine]] = relationship(back_populates="handing", order_by="HandingLine.id")
    appointment: Mapped[Appointment | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    giver: Mapped[Person] = relationship(foreign_keys=[from_person_id])
    receiver: Mapped[Person] = relationship(foreign_keys=[to_person_id])
    __table_args__ = (
        sa.CheckConstraint("from_person_id <> to_person_id", name="two_people"),
        sa.CheckConstraint(
            "(kind = 'head') = (appointment_id IS NOT NULL) AND (kind = 'head') = (unit_id IS NOT NULL)",
            name="head_has_post",
        ),
        sa.CheckConstraint(
            "(acknowledged_on IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_names_who"
        ),
        sa.CheckConstraint("kind <> 'head' OR acknowledged_on IS NOT NULL", name="head_is_acknowledged"),
        sa.CheckConstraint("acknowledged_on >= from_on", name="acknowledged_after_change"),
        sa.CheckConstraint(
            "(on_behalf AND reference <> '' AND acknowledged_on IS NOT NULL)"
            " OR (NOT on_behalf AND (acknowledged_by IS NULL OR acknowledged_by = to_person_id))",
            name="receiver_or_paper",
        ),
        sa.Index("ix_handing_list_receiver", "to_person_id", "acknowledged_on"),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """Only the receiver takes over."""
        return frozenset({Standing.RECEIVER} if actor.person_id == self.to_person_id else ())


class HandingLine(Keyed, Base):
    """One task as it stood when it was handed over: its state, its date, days overdue in the giver's time."""

    __tablename__ = "handing_line"
    list_id: Mapped[int] = mapped_column(sa.ForeignKey("handing_list.id"))
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    state: Mapped[TaskState] = mapped_column(choice_column(TaskState, "state_known"))
    term_on: Mapped[date | None]
    days_overdue: Mapped[int]
    handing: Mapped[HandingList] = relationship(back_populates="lines")
    task: Mapped[Task] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("list_id", "task_id"),
        sa.CheckConstraint("days_overdue >= 0", name="days_not_negative"),
    )


class HandingSheet(Keyed, Base):
    """Biên bản bàn giao as it was acknowledged, in the words that stood on it; it is never drawn anew.

    Of a list between people (`list_id`), or of what a successor took over by one act (`to_unit_id`).
    `reference`: the signed paper, where the office recorded it for the unit.
    """

    __tablename__ = "handing_sheet"
    list_id: Mapped[int | None] = mapped_column(sa.ForeignKey("handing_list.id"), unique=True)
    to_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    giver: Mapped[str]
    receiver: Mapped[str]
    unit_name: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    acknowledged_on: Mapped[date]
    reference: Mapped[str] = mapped_column(default="")
    unreceived: Mapped[list[str]] = mapped_column(default=list)
    proposals: Mapped[list[str]] = mapped_column(default=list)
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)
    lines: Mapped[list[HandingSheetLine]] = relationship(order_by="HandingSheetLine.id")
    __table_args__ = (
        sa.CheckConstraint("(list_id IS NULL) <> (to_unit_id IS NULL)", name="of_list_or_unit"),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """The successor's own people."""
        return frozenset({Standing.UNIT_OFFICER} if self.to_unit_id in actor.unit_ids else ())


class HandingSheetLine(Keyed, Base):
    """One task of a sheet, in the words that stood there. `asked_of_office`: what only the office reads."""

    __tablename__ = "handing_sheet_line"
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("handing_sheet.id"), index=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    handover_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task_handover.id"), unique=True)
    code: Mapped[str]
    text: Mapped[str]
    unit_name: Mapped[str]
    """Who leads it; of a hand-over between units, who left it."""
    notice: Mapped[str]
    term_on: Mapped[date | None]
    state: Mapped[TaskState] = mapped_column(choice_column(TaskState, "state_known"))
    days_overdue: Mapped[int]
    moved: Mapped[list[str]] = mapped_column(default=list)
    evidence: Mapped[list[str]] = mapped_column(default=list)
    asked: Mapped[list[str]] = mapped_column(default=list)
    asked_of_office: Mapped[list[str]] = mapped_column(default=list)
    __table_args__ = (sa.CheckConstraint("days_overdue >= 0", name="days_not_negative"),)
