"""What a unit asks of the office: more time, with its reason and evidence, decided by somebody else."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Keyed, choice_column
from app.deadlines.models import StepDate
from app.files.models import StoredFile
from app.policy import Actor, Standing
from app.remediation.models.tasks import Task


class RequestState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


REQUEST_LABELS: dict[RequestState, str] = {
    RequestState.OPEN: "Chờ quyết định",
    RequestState.GRANTED: "Đã gia hạn",
    RequestState.REFUSED: "Không đồng ý gia hạn",
    RequestState.LAPSED: "Không còn phải quyết định",
}


class ExtensionRequest(Keyed, Base):
    """Đề nghị gia hạn of a unit: one open at a time for a task, decided by another than who asked.

    `old_due_on`: the term when it was asked; later than that it is marked “đề nghị sau hạn”, and the days
    overdue until then stay counted. Evidence: a document by number and day, or files. `LAPSED`: nothing was
    left to decide (`answer` says why, `decided_on` when), so nobody decided.
    """

    __tablename__ = "extension_request"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    state: Mapped[RequestState] = mapped_column(
        choice_column(RequestState, "state_known"), default=RequestState.OPEN
    )
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason: Mapped[str]
    document_reference: Mapped[str] = mapped_column(default="")
    document_on: Mapped[date | None]
    requested_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    requested_on: Mapped[date]
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    on_behalf: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    task: Mapped[Task] = relationship(back_populates="extension_requests")
    asker: Mapped[Person] = relationship(foreign_keys=[requested_by])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])
    files: Mapped[list[StoredFile]] = relationship(secondary="extension_request_file")
    answer_date: Mapped[StepDate | None] = relationship(viewonly=True)
    __table_args__ = (
        sa.CheckConstraint("new_due_on > old_due_on", name="later_date"),
        sa.CheckConstraint("reason <> ''", name="has_reason"),
        sa.CheckConstraint("document_reference = '' OR document_on IS NOT NULL", name="document_has_date"),
        sa.CheckConstraint("decided_by IS NULL OR requested_by <> decided_by", name="asker_not_decider"),
        sa.CheckConstraint(
            "(state = 'open') = (decided_on IS NULL) AND (state IN ('granted', 'refused')) = "
            "(decided_by IS NOT NULL) AND (state IN ('open', 'granted') OR answer <> '')",
            name="decision_whole",
        ),
        sa.Index(
            "uq_extension_request_open", "task_id", unique=True,
            sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
        ),
    )  # fmt: skip

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """Who asked (or keyed it in), and whoever works at the unit, does not decide."""
        asked = {Standing.REQUESTER} if actor.person_id == self.requested_by else set()
        return frozenset(asked | (self.task.standing_of(actor) & {Standing.UNIT_OFFICER}))

    @property
    def label(self) -> str:
        """“Chờ quyết định”."""
        return REQUEST_LABELS[self.state]

    @property
    def days_late(self) -> int:
        """Calendar days after the term when it was asked; 0 in time."""
        return max(0, (self.requested_on - self.old_due_on).days)


extension_request_file = sa.Table(
    "extension_request_file",
    Base.metadata,
    sa.Column("request_id", sa.ForeignKey("extension_request.id"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)
