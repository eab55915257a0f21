"""Four acts of a leader on a task, each with a day by which somebody answers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Keyed, choice_column
from app.files.models import StoredFile
from app.policy import Actor, Standing
from app.remediation.models.tasks import Task


class DirectiveKind(StrEnum):
    URGE = "urge"
    EXTEND = "extend"
    REASSIGN = "reassign"
    EVIDENCE = "evidence"


DIRECTIVE_LABELS: dict[DirectiveKind, str] = {
    DirectiveKind.URGE: "Đôn đốc",
    DirectiveKind.EXTEND: "Gia hạn",
    DirectiveKind.REASSIGN: "Giao lại",
    DirectiveKind.EVIDENCE: "Yêu cầu minh chứng",
}


class Directive(Keyed, Base):
    """What a leader asks about a task and until when it is answered, inclusive; the words stay as they were.

    `to_person_id`: the follower to whom the task was given; None = the unit that leads the task answers. Open
    while `answered_at` is None, the task is followed and, of a follower, still theirs.
    """

    __tablename__ = "directive"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"))
    kind: Mapped[DirectiveKind] = mapped_column(choice_column(DirectiveKind, "kind_known"))
    text: Mapped[str]
    to_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_on: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer_due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(default="")
    answer_reference: Mapped[str] = mapped_column(default="")
    """Number and symbol of the paper that answers, with its day in `answer_document_on`."""
    answer_document_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    on_behalf: Mapped[bool] = mapped_column(default=False)
    task: Mapped[Task] = relationship(back_populates="directives")
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])
    addressee: Mapped[Person | None] = relationship(foreign_keys=[to_person_id])
    answerer: Mapped[Person | None] = relationship(foreign_keys=[answered_by])
    files: Mapped[list[StoredFile]] = relationship(secondary="directive_file")
    __table_args__ = (
        sa.UniqueConstraint("task_id", "kind", "asked_on"),
        sa.CheckConstraint("answer_due_on >= asked_on", name="answer_after_question"),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer = '')",
            name="answer_whole",
        ),
        sa.CheckConstraint(
            "answer_reference = '' OR answer_document_on IS NOT NULL", name="document_has_date"
        ),
        sa.Index(
            "ix_directive_open", "task_id", "answer_due_on",
            sqlite_where=sa.text("answered_at IS NULL"), postgresql_where=sa.text("answered_at IS NULL"),
        ),
    )  # fmt: skip

    @property
    def label(self) -> str:
        """“Yêu cầu minh chứng”."""
        return DIRECTIVE_LABELS[self.kind]

    @property
    def who(self) -> str:
        """Who answers: the follower's name or the unit's."""
        return self.addressee.name if self.addressee is not None else self.task.lead_unit.name

    def days_late(self, today: date) -> int:
        """Calendar days past the day of answer, until the answer or today."""
        until = clock.local(self.answered_at).date() if self.answered_at is not None else today
        return max(0, (until - self.answer_due_on).days)

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the task; one that is put to a person is answered by that person alone."""
        if self.to_person_id is not None:
            return frozenset({Standing.FOLLOWER} if actor.person_id == self.to_person_id else ())
        return self.task.standing_of(actor)


directive_file = sa.Table(
    "directive_file",
    Base.metadata,
    sa.Column("directive_id", sa.ForeignKey("directive.id"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)
