"""Collectives and persons answerable for a concluded finding; cases passed on to another body."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Edited, Keyed, choice_column
from app.findings.models import Finding
from app.policy import Actor, Standing


class Answers(StrEnum):
    """Who answers: a unit or department, or somebody by post and task."""

    COLLECTIVE = "collective"
    PERSON = "person"


ANSWERS_LABELS: dict[Answers, str] = {
    Answers.COLLECTIVE: "Tập thể (đơn vị, bộ phận)",
    Answers.PERSON: "Cá nhân (theo chức danh, phần việc)",
}


class Measure(StrEnum):
    """What is done about who answers. NONE is only ever decided, never recommended."""

    LEARN = "learn"
    REVIEW = "review"
    TRANSFER = "transfer"
    DISCIPLINE = "discipline"
    NONE = "none"


MEASURE_LABELS: dict[Measure, str] = {
    Measure.LEARN: "Rút kinh nghiệm",
    Measure.REVIEW: "Kiểm điểm",
    Measure.TRANSFER: "Điều chuyển",
    Measure.DISCIPLINE: "Kỷ luật",
    Measure.NONE: "Không xử lý",
}
RECOMMENDED = (Measure.LEARN, Measure.REVIEW, Measure.TRANSFER, Measure.DISCIPLINE)


class Stand(StrEnum):
    """How a recommendation stands on a day."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    LATE = "late"
    ANSWERED = "answered"


class Answerable(Keyed, Edited, Base):
    """One that answers for a concluded finding, the measure recommended, and what was decided about it.

    `collective`: the unit or department, of a person where the post is. `recommended` None = nothing is
    recommended, and nothing is waited for. `due_on`: until when `competent_body` is to answer.
    """

    __tablename__ = "answerable"
    finding_id: Mapped[int] = mapped_column(sa.ForeignKey("finding.id"))
    kind: Mapped[Answers] = mapped_column(choice_column(Answers, "kind_known"))
    collective: Mapped[str]
    post: Mapped[str] = mapped_column(default="")
    recommended: Mapped[Measure | None] = mapped_column(choice_column(Measure, "recommended_known"))
    competent_body: Mapped[str] = mapped_column(default="")
    asked_reference: Mapped[str] = mapped_column(default="")
    asked_on: Mapped[date | None]
    due_on: Mapped[date | None]
    decided: Mapped[Measure | None] = mapped_column(choice_column(Measure, "decided_known"))
    decided_body: Mapped[str] = mapped_column(default="")
    decided_reference: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    decision_note: Mapped[str] = mapped_column(default="")
    named: Mapped[bool] = mapped_column(default=False)
    """Whether a name is kept (in `answerable_name`); the name itself is read by a logged look alone."""
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    finding: Mapped[Finding] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.UniqueConstraint("finding_id", "kind", "collective", "post"),
        sa.CheckConstraint("length(collective) >= 3", name="collective_is_named"),
        sa.CheckConstraint(
            "(kind = 'person' AND length(post) >= 3) OR (kind = 'collective' AND post = '' AND NOT named)",
            name="person_has_post",
        ),
        sa.CheckConstraint(
            "(recommended IS NULL AND competent_body = '' AND asked_on IS NULL AND due_on IS NULL) OR "
            "(recommended IS NOT NULL AND recommended <> 'none' AND competent_body <> '' "
            "AND asked_on IS NOT NULL AND due_on IS NOT NULL)",
            name="recommended_whole",
        ),
        sa.CheckConstraint(
            "kind = 'person' OR ((recommended IS NULL OR recommended <> 'transfer') "
            "AND (decided IS NULL OR decided <> 'transfer'))",
            name="only_persons_are_moved",
        ),
        sa.CheckConstraint("due_on IS NULL OR due_on >= asked_on", name="due_after_asking"),
        sa.CheckConstraint(
            "(decided IS NULL AND decided_on IS NULL AND decided_body = '' AND decided_reference = '') OR "
            "(recommended IS NOT NULL AND decided IS NOT NULL AND decided_on IS NOT NULL "
            "AND decided_body <> '' AND decided_reference <> '')",
            name="decision_whole",
        ),
        sa.CheckConstraint("decided_on IS NULL OR decided_on >= asked_on", name="decision_after_asking"),
        sa.Index(
            "ix_answerable_waiting", "due_on",
            sqlite_where=sa.text("recommended IS NOT NULL AND decided IS NULL"),
            postgresql_where=sa.text("recommended IS NOT NULL AND decided IS NULL"),
        ),
    )  # fmt: skip

    @property
    def who(self) -> str:
        """Post and place, or the collective; never a name."""
        return f"{self.post}, {self.collective}" if self.kind is Answers.PERSON else self.collective

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the finding; it gives no right of this room."""
        return self.finding.standing_of(actor)

    def stand(self, today: date) -> Stand:
        """How the recommendation stands."""
        if self.recommended is None:
            return Stand.NOT_ASKED
        if self.decided is not None:
            return Stand.ANSWERED
        assert self.due_on is not None  # recommended_whole
        return Stand.LATE if self.due_on < today else Stand.WAITING


class AnswerableName(Keyed, Base):
    """The name of a person who answers, apart from everything that lists and prints read."""

    __tablename__ = "answerable_name"
    answerable_id: Mapped[int] = mapped_column(
        sa.ForeignKey("answerable.id", ondelete="CASCADE"), unique=True
    )
    name: Mapped[str]
    __table_args__ = (sa.CheckConstraint("length(name) >= 3", name="has_name"),)


class Track(StrEnum):
    """Which way out of the inspection a case took (users.md H11; NĐ 217/2025 Đ15.3)."""

    INSPECTORATE = "inspectorate"
    INVESTIGATION = "investigation"
    SANCTION = "sanction"
    OTHER = "other"


TRACK_LABELS: dict[Track, str] = {
    Track.INSPECTORATE: "Kiến nghị chuyển cơ quan thanh tra",
    Track.INVESTIGATION: "Dấu hiệu tội phạm – chuyển cơ quan điều tra",
    Track.SANCTION: "Lập biên bản vi phạm hành chính riêng",
    Track.OTHER: "Chuyển cơ quan có thẩm quyền khác",
}


class Referral(Keyed, Edited, Base):
    """The paper that passed a finding on, and what the other body answered."""

    __tablename__ = "referral"
    finding_id: Mapped[int] = mapped_column(sa.ForeignKey("finding.id"), unique=True)
    track: Mapped[Track] = mapped_column(choice_column(Track, "track_known"))
    body: Mapped[str]
    reference: Mapped[str]
    sent_on: Mapped[date]
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(default="")
    answer_reference: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    finding: Mapped[Finding] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint("length(body) >= 3 AND reference <> ''", name="names_body_and_paper"),
        sa.CheckConstraint("due_on >= sent_on", name="due_after_sending"),
        sa.CheckConstraint(
            "(answered_on IS NULL) = (answer = '') AND (answered_on IS NULL) = (answer_reference = '')",
            name="answer_whole",
        ),
        sa.CheckConstraint("answered_on IS NULL OR answered_on >= sent_on", name="answer_after_sending"),
        sa.Index(
            "ix_referral_waiting", "due_on",
            sqlite_where=sa.text("answered_on IS NULL"), postgresql_where=sa.text("answered_on IS NULL"),
        ),
    )  # fmt: skip

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the finding; it gives no right of this room."""
        return self.finding.standing_of(actor)

    def stand(self, today: date) -> Stand:
        """How it stands with the other body."""
        if self.answered_on is not None:
            return Stand.ANSWERED
        return Stand.LATE if self.due_on < today else Stand.WAITING
