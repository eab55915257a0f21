"""What people were reminded of, and the one mail of a day that told them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Keyed, choice_column
from app.deadlines.badge import DeadlineKind
from app.remediation.models import Task, TaskState


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


MAIL_LABELS: dict[MailState, str] = {
    MailState.WAITING: "Chờ gửi",
    MailState.SENDING: "Đang gửi; chưa rõ đã đến máy chủ thư",
    MailState.SENT: "Đã gửi",
    MailState.FAILED: "Chưa gửi được",
}


class Mail(Keyed, Base):
    """The one mail to a person on a working day. Words are kept as they went out."""

    __tablename__ = "reminder_mail"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    told_on: Mapped[date]
    address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    state: Mapped[MailState] = mapped_column(
        choice_column(MailState, "state_known"), default=MailState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    person: Mapped[Person] = relationship()
    reminders: Mapped[list[Reminder]] = relationship(back_populates="mail", order_by="Reminder.id")
    __table_args__ = (
        sa.UniqueConstraint("person_id", "told_on"),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_says_when"),
        sa.Index(
            "ix_reminder_mail_open", "state", "id",
            sqlite_where=sa.text("state <> 'sent'"), postgresql_where=sa.text("state <> 'sent'"),
        ),
    )  # fmt: skip


class Reminder(Keyed, Base):
    """One rung of the ladder of one date, told to one person, once."""

    __tablename__ = "reminder"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    due_on: Mapped[date]
    rung: Mapped[str]
    rung_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reminder_mail.id"), index=True)
    read_at: Mapped[datetime | None]
    task: Mapped[Task] = relationship()
    person: Mapped[Person] = relationship()
    mail: Mapped[Mail | None] = relationship(back_populates="reminders")
    __table_args__ = (
        sa.UniqueConstraint("task_id", "person_id", "due_on", "rung"),
        sa.Index("ix_reminder_person", "person_id", "made_at", "id"),
        sa.Index(
            "ix_reminder_unread", "person_id",
            sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index(
            "ix_reminder_untold", "person_id",
            sqlite_where=sa.text("mail_id IS NULL"), postgresql_where=sa.text("mail_id IS NULL"),
        ),
    )  # fmt: skip


class Escalation(Keyed, Base):
    """A rung of the ladder of one date that a letter to the unit's superior answers, once.

    `added`: the ladder put the task into the letter; False = the letter listed it already. A letter that was
    given up has answered its rungs too: somebody decided not to send it.
    """

    __tablename__ = "escalation"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id", ondelete="CASCADE"))
    due_on: Mapped[date]
    rung: Mapped[str]
    rung_on: Mapped[date]
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"), index=True)
    added: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (sa.UniqueConstraint("task_id", "due_on", "rung"),)


def was_reached(row: Any, rung: sa.FromClause, today: date) -> sa.ColumnElement[bool]:
    """What was written stands for this rung: itself, or one between it and today.

    A later one was written by a clock that ran ahead: it is not written again, and keeps back none before it.
    """
    return sa.or_(row.rung == rung.c.rung, sa.and_(row.rung_on >= rung.c.rung_on, row.rung_on <= today))


class CalendarFeed(Keyed, Base):
    """The secret address under which a person's calendar program reads their dates; only its hash is kept."""

    __tablename__ = "calendar_feed"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (sa.CheckConstraint("length(token_sha256) = 64", name="token_length"),)


class Message(Keyed, Base):
    """An act on a task or on a unit's proposal, out of the event chain, for one person whom it concerns.

    In the event's words. `mail_id`: the mail that told it as well, which only proposals have.
    """

    __tablename__ = "message"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("unit_proposal.id", ondelete="CASCADE"), index=True
    )
    event_seq: Mapped[int] = mapped_column(sa.ForeignKey("event.seq"))
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reminder_mail.id"), index=True)
    __table_args__ = (
        sa.UniqueConstraint("event_seq", "person_id", "task_id"),
        sa.UniqueConstraint("event_seq", "person_id", "proposal_id"),
        sa.CheckConstraint("(task_id IS NULL) <> (proposal_id IS NULL)", name="of_one_thing"),
        sa.Index(
            "ix_message_untold", "person_id",
            sqlite_where=sa.text("proposal_id IS NOT NULL AND mail_id IS NULL"),
            postgresql_where=sa.text("proposal_id IS NOT NULL AND mail_id IS NULL"),
        ),
        sa.Index("ix_message_person", "person_id", "made_at", "id"),
        sa.Index(
            "ix_message_unread", "person_id",
            sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL"),
        ),
    )  # fmt: skip


class MessageCursor(Base):
    """How far the event chain was turned into messages: one row."""

    __tablename__ = "message_cursor"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)


class OutsideReminder(Keyed, Base):
    """Nhắc ngoài hệ thống: somebody says that the text was sent by Zalo or told by telephone on that day."""

    __tablename__ = "outside_reminder"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id", ondelete="CASCADE"))
    told_on: Mapped[date]
    told_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    task: Mapped[Task] = relationship()
    __table_args__ = (sa.UniqueConstraint("task_id", "told_on"),)


class SavedFilter(Keyed, Base):
    """A narrowed follow-up table under a name of one person's own; at most one opens by itself.

    `address`: the filters as the address of the table holds them.
    """

    __tablename__ = "saved_filter"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[str]
    address: Mapped[str]
    opens: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        sa.UniqueConstraint("person_id", "name"),
        sa.CheckConstraint("length(name) BETWEEN 2 AND 60", name="has_name"),
        sa.CheckConstraint("length(address) BETWEEN 1 AND 1000", name="narrows"),
        sa.Index(
            "uq_saved_filter_opens", "person_id", unique=True,
            sqlite_where=sa.text("opens"), postgresql_where=sa.text("opens"),
        ),
    )  # fmt: skip


class TaskCount(Keyed, Base):
    """`many` tasks more, or less, that the figures cannot tell apart: summed up, the kept counts of tasks.

    Triggers on `task` add a row beside every change; `keeping.fold` makes one of those of equal values. Of
    what is owed the days are those it is held to (`due_on`, `proof_due_on` = its term; `report_due_on` the
    day of its report, `review_on` only without a date of completion). Of what is handed in or accepted only
    remains whether that was late: `ON_TIME` or `LATE` in `submitted_on`, against `ON_TIME` as its term.
    """

    __tablename__ = "task_count"
    follower_id: Mapped[int | None]
    state: Mapped[TaskState] = mapped_column(choice_column(TaskState, "state_known"))
    deadline_kind: Mapped[DeadlineKind] = mapped_column(choice_column(DeadlineKind, "deadline_kind_known"))
    converted: Mapped[bool]
    due_on: Mapped[date | None]
    proof_due_on: Mapped[date | None]
    review_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    report_due_on: Mapped[date | None]
    many: Mapped[int]


ON_TIME, LATE = date(2000, 1, 1), date(2000, 1, 2)
"""The days by which a count of what is handed in or accepted tells whether it was late."""
