"""Findings, their evidence, dissent, and the unit's own proposals."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Edited, Keyed, choice_column
from app.documents.models import Document
from app.files.models import StoredFile
from app.form_library.schema import Level as Severity
from app.inspections.models import InspectedUnit, ScopeItem
from app.policy import Actor, Standing
from app.units.models import Unit
from app.wordsearch import index_of_words


class Classification(StrEnum):
    SHORTCOMING = "shortcoming"
    VIOLATION = "violation"
    RECURRENCE = "recurrence"
    UNREMEDIED = "unremedied"


CLASSIFICATION_LABELS: dict[Classification, str] = {
    Classification.SHORTCOMING: "Tồn tại, hạn chế",
    Classification.VIOLATION: "Vi phạm",
    Classification.RECURRENCE: "Tái diễn",
    Classification.UNREMEDIED: "Chưa khắc phục kết luận cũ",
}


class FindingState(StrEnum):
    DRAFT = "draft"
    OPINION_TAKEN = "opinion_taken"
    AGREED = "agreed"
    LEFT_OUT = "left_out"
    PASSED_ON = "passed_on"
    CONCLUDED = "concluded"


OPEN = (FindingState.DRAFT, FindingState.OPINION_TAKEN)
"""Not decided by the team's leader yet."""


class OpinionWay(StrEnum):
    """How the unit's opinion became known (users.md H10)."""

    IN_MINUTES = "in_minutes"
    BY_DOCUMENT = "by_document"
    NONE_BY_DATE = "none_by_date"


class Finding(Keyed, Edited, Base):
    """One shortcoming. Figures are counts; causes are keys of the two lists in `causes.py`."""

    __tablename__ = "finding"
    scope_item_id: Mapped[int] = mapped_column(sa.ForeignKey("scope_item.id"), index=True)
    inspected_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("inspected_unit.id"), index=True)
    ordinal: Mapped[int]
    state: Mapped[FindingState] = mapped_column(
        choice_column(FindingState, "state_known"), default=FindingState.DRAFT
    )
    classification: Mapped[Classification] = mapped_column(
        choice_column(Classification, "classification_known"), default=Classification.SHORTCOMING, index=True
    )
    description: Mapped[str]
    total: Mapped[int | None]
    sample: Mapped[int | None]
    failing: Mapped[int | None]
    sample_method: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    subjective_causes: Mapped[list[str]] = mapped_column(default=list)
    objective_causes: Mapped[list[str]] = mapped_column(default=list)
    severity: Mapped[Severity] = mapped_column(choice_column(Severity, "severity_known"))
    responsible_collective: Mapped[str] = mapped_column(default="")
    responsible_post: Mapped[str] = mapped_column(default="")
    head_responsible: Mapped[bool] = mapped_column(default=False)
    other_body: Mapped[str] = mapped_column(default="")
    application_codes: Mapped[list[str]] = mapped_column(default=list)
    earlier_notice: Mapped[str] = mapped_column(default="")
    fixed_on_spot: Mapped[bool] = mapped_column(default=False)
    fixed_note: Mapped[str] = mapped_column(default="")
    in_minutes: Mapped[bool] = mapped_column(default=False)
    opinion_way: Mapped[OpinionWay | None] = mapped_column(choice_column(OpinionWay, "opinion_way_known"))
    opinion: Mapped[str] = mapped_column(default="")
    opinion_on: Mapped[date | None]
    opinion_reference: Mapped[str] = mapped_column(default="")
    left_out_reason: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("finding.id"))
    passed_to: Mapped[str] = mapped_column(default="")
    no_task_reason: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    search: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    scope_item: Mapped[ScopeItem] = relationship()
    inspected_unit: Mapped[InspectedUnit] = relationship()
    merged_into: Mapped[Finding | None] = relationship(remote_side="Finding.id")
    files: Mapped[list[StoredFile]] = relationship(secondary="finding_file")
    dissents: Mapped[list[Dissent]] = relationship(back_populates="finding")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        index_of_words("finding"),
        sa.UniqueConstraint("inspected_unit_id", "ordinal"),
        sa.CheckConstraint(
            "(total IS NULL OR total >= 0) AND (sample IS NULL OR sample >= 0)"
            " AND (failing IS NULL OR failing >= 0) AND (total IS NULL OR sample IS NULL OR sample <= total)"
            " AND (sample IS NULL OR failing IS NULL OR failing <= sample)",
            name="figures_fit",
        ),
        sa.CheckConstraint(
            "state <> 'left_out' OR left_out_reason <> '' OR merged_into_id IS NOT NULL",
            name="left_out_has_reason",
        ),
        sa.CheckConstraint("state <> 'passed_on' OR passed_to <> ''", name="passed_on_names_body"),
        sa.CheckConstraint("NOT fixed_on_spot OR fixed_note <> ''", name="fixed_has_note"),
        sa.CheckConstraint("length(description) >= 3", name="has_description"),
        sa.CheckConstraint(
            "state NOT IN ('agreed','concluded') OR in_minutes OR opinion_way IS NOT NULL",
            name="unit_was_asked",
        ),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.inspected_unit.standing_of(actor)


finding_file = sa.Table(
    "finding_file",
    Base.metadata,
    sa.Column("finding_id", sa.ForeignKey("finding.id"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)


class FindingRevision(Keyed, Base):
    """A finding as a notice concluded it, kept when that notice was recalled and the finding goes on.

    `number` from 1; `content`: every field of the finding by its column, dates as ISO text. Never changed.
    The finding keeps its key, so that nothing counts it twice.
    """

    __tablename__ = "finding_revision"
    finding_id: Mapped[int] = mapped_column(sa.ForeignKey("finding.id"))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)
    finding: Mapped[Finding] = relationship()
    document: Mapped[Document] = relationship()
    __table_args__ = (sa.UniqueConstraint("finding_id", "number"),)

    @property
    def description(self) -> str:
        """What the notice said."""
        return str(self.content["description"])


class Dissent(Keyed, Edited, Base):
    """Bảo lưu ý kiến: a member's differing view of a finding."""

    __tablename__ = "dissent"
    finding_id: Mapped[int] = mapped_column(sa.ForeignKey("finding.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str]
    finding: Mapped[Finding] = relationship(back_populates="dissents")
    person: Mapped[Person] = relationship()
    __table_args__ = (sa.UniqueConstraint("finding_id", "person_id"),)


class ProposalKind(StrEnum):
    DIFFICULTY = "difficulty"
    PROPOSAL = "proposal"


class UnitProposal(Keyed, Edited, Base):
    """Khó khăn, vướng mắc; kiến nghị của đơn vị: who must answer by when, and the answer.

    Told to a team (`inspected_unit`), or sent by a unit of its own accord (`sender`) on `sent_on`.
    `reference`: the unit's paper, which an entry by the office in the unit's place must have.
    """

    __tablename__ = "unit_proposal"
    inspected_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inspected_unit.id"), index=True)
    sender_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    sent_on: Mapped[date | None]
    sent_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reference: Mapped[str] = mapped_column(default="")
    on_behalf: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[ProposalKind] = mapped_column(choice_column(ProposalKind, "kind_known"))
    text: Mapped[str]
    answering_body: Mapped[str] = mapped_column(default="")
    answer_due_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    answer_reference: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    inspected_unit: Mapped[InspectedUnit | None] = relationship()
    sender: Mapped[Unit | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("length(text) >= 3", name="has_text"),
        sa.CheckConstraint("(inspected_unit_id IS NULL) <> (sender_id IS NULL)", name="told_or_sent"),
        sa.CheckConstraint(
            "(sender_id IS NULL) = (sent_on IS NULL) AND (sender_id IS NULL) = (sent_by IS NULL)",
            name="sending_is_whole",
        ),
        sa.CheckConstraint("NOT on_behalf OR reference <> ''", name="on_behalf_has_paper"),
        sa.Index(
            "ix_unit_proposal_unanswered", "answer_due_on",
            sqlite_where=sa.text("answered_on IS NULL"), postgresql_where=sa.text("answered_on IS NULL"),
        ),
    )  # fmt: skip

    @property
    def source(self) -> InspectedUnit | Unit:
        """Where it was said: at the unit in a case, or by the unit itself."""
        found = self.inspected_unit or self.sender
        assert found is not None  # ck_unit_proposal_told_or_sent
        return found

    @property
    def unit(self) -> Unit:
        """Whose proposal it is."""
        return self.source.unit if isinstance(self.source, InspectedUnit) else self.source

    @property
    def unit_id(self) -> int:
        """The same, without loading it."""
        return self.inspected_unit.unit_id if self.inspected_unit else self.source.id

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.source.standing_of(actor)
