"""Answers, group notes, sampled applications, roll-call, minutes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Edited, Keyed, choice_column
from app.documents.models import Document
from app.files.models import StoredFile
from app.form_library.models import CriterionGroup
from app.form_library.values import Result
from app.inspections.models import InspectedUnit, ScopeItem, Visit
from app.policy import Actor, Standing


class Answer(Keyed, Edited, Base):
    """The assessment of one scope item; `values` holds the criterion's own fields by key."""

    __tablename__ = "answer"
    scope_item_id: Mapped[int] = mapped_column(sa.ForeignKey("scope_item.id"), unique=True)
    result: Mapped[Result] = mapped_column(choice_column(Result, "result_known"))
    looked_at: Mapped[list[str]] = mapped_column(default=list)
    total: Mapped[int | None]
    sample: Mapped[int | None]
    failing: Mapped[int | None]
    sample_method: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    scope_item: Mapped[ScopeItem] = relationship()
    files: Mapped[list[StoredFile]] = relationship(secondary="answer_file")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint("result <> 'not_applicable' OR reason <> ''", name="not_applicable_has_reason"),
        sa.CheckConstraint(
            "(total IS NULL OR total >= 0) AND (sample IS NULL OR sample >= 0)"
            " AND (failing IS NULL OR failing >= 0) AND (total IS NULL OR sample IS NULL OR sample <= total)"
            " AND (sample IS NULL OR failing IS NULL OR failing <= sample)",
            name="figures_fit",
        ),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.scope_item.standing_of(actor)


answer_file = sa.Table(
    "answer_file",
    Base.metadata,
    sa.Column("answer_id", sa.ForeignKey("answer.id"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)


class GroupNote(Keyed, Edited, Base):
    """Strengths of a group at a unit; or, without shortcoming, why and on what sample."""

    __tablename__ = "group_note"
    inspected_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("inspected_unit.id"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion_group.id"))
    strengths: Mapped[str] = mapped_column(default="")
    clean_reason: Mapped[str] = mapped_column(default="")
    clean_sample: Mapped[str] = mapped_column(default="")
    inspected_unit: Mapped[InspectedUnit] = relationship()
    group: Mapped[CriterionGroup] = relationship()
    __table_args__ = (sa.UniqueConstraint("inspected_unit_id", "group_id"),)


class SampledApplication(Keyed, Edited, Base):
    """A row of “Bảng kê hồ sơ TTHC đã kiểm tra” (users.md §2.2); the citizen is never named."""

    __tablename__ = "sampled_application"
    inspected_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("inspected_unit.id"), index=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion_group.id"))
    code: Mapped[str]
    procedure: Mapped[str] = mapped_column(default="")
    field: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    result_signed_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    days_late: Mapped[int | None]
    supplements: Mapped[int | None]
    apology: Mapped[bool | None]
    fault: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    __table_args__ = (sa.UniqueConstraint("inspected_unit_id", "group_id", "code"),)


class MinutesState(StrEnum):
    DRAFT = "draft"
    PRINTED = "printed"
    SIGNED = "signed"
    REFUSED = "refused"


class Minutes(Keyed, Edited, Base):
    """Biên bản làm việc of one visit. `sections`: ordered texts by key, edited in place."""

    __tablename__ = "minutes"
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("visit.id"), unique=True)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    state: Mapped[MinutesState] = mapped_column(
        choice_column(MinutesState, "state_known"), default=MinutesState.DRAFT
    )
    place: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    team_present: Mapped[list[str]] = mapped_column(default=list)
    unit_present: Mapped[list[str]] = mapped_column(default=list)
    sections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unit_opinion: Mapped[str] = mapped_column(default="")
    unit_agrees: Mapped[bool] = mapped_column(default=False)
    requests: Mapped[str] = mapped_column(default="")
    copies: Mapped[int] = mapped_column(default=2)
    pages: Mapped[int | None]
    signed_on: Mapped[date | None]
    unit_signatory: Mapped[str] = mapped_column(default="")
    refusal_reason: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")
    scan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    content_hash: Mapped[str | None]
    finding_ids: Mapped[list[int]] = mapped_column(sa.JSON(), default=list)
    version: Mapped[int] = mapped_column(default=1)
    visit: Mapped[Visit] = relationship()
    document: Mapped[Document | None] = relationship()
    scan: Mapped[StoredFile | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint(
            "state <> 'signed' OR (signed_on IS NOT NULL AND unit_signatory <> '')",
            name="signed_names_signatory",
        ),
        sa.CheckConstraint("state <> 'refused' OR witness <> ''", name="refused_has_witness"),
        sa.CheckConstraint("copies BETWEEN 1 AND 20", name="copies_range"),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.visit.standing_of(actor)


class JournalEntry(Keyed, Base):
    """Nhật ký Đoàn: what was done on a day, and who wrote it; append-only."""

    __tablename__ = "journal_entry"
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    on_date: Mapped[date]
    text: Mapped[str]
    written_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime]
