"""Tasks and their expected results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db import Base, Edited, Keyed, choice_column
from app.deadlines.badge import DeadlineKind
from app.deadlines.proposals import MilestoneKind
from app.documents.models import Document
from app.findings.models import Finding
from app.inspections.models import InspectedUnit, Inspection
from app.policy import Actor, Standing
from app.register.models import Conclusion
from app.remediation.models import lists
from app.units.models import Unit
from app.vietnamese import format_date

if TYPE_CHECKING:
    from app.remediation.models.course import (
        Extension,
        ProgressReport,
        TaskAssignment,
        TaskHandover,
        TaskProof,
        TaskSighting,
    )
    from app.remediation.models.directives import Directive
    from app.remediation.models.requests import ExtensionRequest
    from app.remediation.models.schedule import TaskSchedule


class TaskState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WATCHING = "watching"
    WITHDRAWN = "withdrawn"


_TEAM = frozenset({Standing.TEAM_LEADER, Standing.TEAM_SECRETARY, Standing.TEAM_MEMBER})


class Product(StrEnum):
    """Sản phẩm, kết quả (users.md §2.6)."""

    DECISION = "decision"
    PLAN = "plan"
    REGULATION = "regulation"
    REPORT = "report"
    NOTICE = "notice"
    LETTER = "letter"
    MINUTES = "minutes"
    PHOTO = "photo"
    FIGURES = "figures"
    OTHER = "other"


PRODUCT_LABELS: dict[Product, str] = {
    Product.DECISION: "Quyết định",
    Product.PLAN: "Kế hoạch",
    Product.REGULATION: "Quy chế, quy trình",
    Product.REPORT: "Báo cáo",
    Product.NOTICE: "Thông báo",
    Product.LETTER: "Công văn",
    Product.MINUTES: "Biên bản",
    Product.PHOTO: "Ảnh chụp hiện trạng",
    Product.FIGURES: "Số liệu hệ thống",
    Product.OTHER: "Khác",
}


@dataclass(frozen=True)
class Source:
    """The notice a task follows from; `conclusion_id` of a past one, which has a page in the register."""

    number_and_symbol: str
    issued_on: date
    body_name: str
    conclusion_id: int | None

    @property
    def citation(self) -> str:
        """“Thông báo số 45/TB-SNV ngày 12/8/2026”."""
        return f"Thông báo số {self.number_and_symbol} ngày {format_date(self.issued_on)}"


class Task(Keyed, Edited, Base):
    """One nội dung khắc phục, of a case or of a past notice of the office (then `conclusion_id`).

    `document_id` = the issued notice that carries it; of a past one the paper, once it is joined.
    `concluded_unit_id`: which unit the past notice speaks of; `entered_by`: who typed the task in.
    `term_days` from `counted_from` gave `due_on` (`review_on` for a task without a date), both None once the
    date was set by hand; `rule_number` = by which version of the rule of `profile`, None = working days.
    """

    __tablename__ = "task"
    code: Mapped[str] = mapped_column(unique=True)
    inspection_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    inspected_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inspected_unit.id"), index=True)
    conclusion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conclusion.id"), index=True)
    concluded_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"), index=True)
    state: Mapped[TaskState] = mapped_column(choice_column(TaskState, "state_known"), default=TaskState.DRAFT)
    text: Mapped[str]
    lead_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    lead_person: Mapped[str] = mapped_column(default="")
    follower_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    deadline_kind: Mapped[DeadlineKind] = mapped_column(choice_column(DeadlineKind, "deadline_kind_known"))
    milestone: Mapped[MilestoneKind] = mapped_column(choice_column(MilestoneKind, "milestone_known"))
    due_on: Mapped[date | None]
    report_due_on: Mapped[date | None]
    original_due_on: Mapped[date | None]
    review_on: Mapped[date | None]
    no_date_reason: Mapped[str] = mapped_column(default="")
    proof_every: Mapped[int | None]
    """Months between the proofs of a continuing task while it is watched; None = no periods."""
    proof_due_on: Mapped[date | None]
    """The day by which a continuing task owes its next proof: after a recurrence, or of a period."""
    term_days: Mapped[int | None]
    counted_from: Mapped[date | None]
    rule: Mapped[str] = mapped_column(default="")
    profile: Mapped[str] = mapped_column(default="")
    rule_number: Mapped[int | None]
    calendar_version: Mapped[int | None]
    issued_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    reported_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    urged_count: Mapped[int] = mapped_column(default=0)
    last_urged_on: Mapped[date | None]
    last_urged_reference: Mapped[str] = mapped_column(default="")
    return_reason: Mapped[str] = mapped_column(default="")
    return_due_on: Mapped[date | None]
    returned_at: Mapped[datetime | None]
    supplement_on: Mapped[date | None]
    """Until when what was handed in on time and sent back may be supplemented without being late."""
    verdict: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    converted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Dữ liệu chuyển đổi: from an old table, as it was there; followed, never counted as on time or late."""
    conversion_note: Mapped[str] = mapped_column(default="", server_default=sa.text("''"))
    """What the row of the old table says that has no place of its own here."""
    search: Mapped[str] = mapped_column(default="")
    recurs: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Tái diễn: one of its findings came back after an earlier notice. Written by triggers alone."""
    has_evidence: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """A report that something is done names a document or a file. Written by triggers alone."""
    judged_on: Mapped[date | None] = mapped_column(sa.Computed(lists.JUDGED_ON), deferred=True)
    """The day after which it is late, of what is still owed and judged; an index finds it."""
    falls_on: Mapped[date | None] = mapped_column(sa.Computed(lists.FALLS_ON), deferred=True)
    """Its day in a calendar: its term, or of what has none the day of review; no day of a draft."""
    version: Mapped[int] = mapped_column(default=1)
    inspection: Mapped[Inspection | None] = relationship()
    inspected_unit: Mapped[InspectedUnit | None] = relationship()
    conclusion: Mapped[Conclusion | None] = relationship()
    concluded_unit: Mapped[Unit | None] = relationship(foreign_keys=[concluded_unit_id])
    document: Mapped[Document | None] = relationship()
    lead_unit: Mapped[Unit] = relationship(foreign_keys=[lead_unit_id])
    follower: Mapped[Person | None] = relationship(foreign_keys=[follower_id])
    coordinating: Mapped[list[Unit]] = relationship(secondary="task_coordinating_unit")
    findings: Mapped[list[Finding]] = relationship(secondary="task_finding", order_by="Finding.ordinal")
    results: Mapped[list[ExpectedResult]] = relationship(
        back_populates="task", order_by="ExpectedResult.id", cascade="all, delete-orphan", lazy="selectin"
    )
    progress: Mapped[list[ProgressReport]] = relationship(back_populates="task", order_by="ProgressReport.id")
    assignments: Mapped[list[TaskAssignment]] = relationship(
        back_populates="task", order_by="TaskAssignment.id"
    )
    extensions: Mapped[list[Extension]] = relationship(back_populates="task", order_by="Extension.id")
    handovers: Mapped[list[TaskHandover]] = relationship(back_populates="task", order_by="TaskHandover.id")
    sightings: Mapped[list[TaskSighting]] = relationship(back_populates="task", order_by="TaskSighting.id")
    directives: Mapped[list[Directive]] = relationship(back_populates="task", order_by="Directive.id")
    extension_requests: Mapped[list[ExtensionRequest]] = relationship(
        back_populates="task", order_by="ExtensionRequest.id"
    )
    proofs: Mapped[list[TaskProof]] = relationship(back_populates="task", order_by="TaskProof.id")
    schedules: Mapped[list[TaskSchedule]] = relationship(back_populates="task", order_by="TaskSchedule.id")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint(
            "due_on IS NOT NULL OR (no_date_reason <> '' AND review_on IS NOT NULL)", name="date_or_reason"
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (follower_id IS NOT NULL "
            "AND (document_id IS NOT NULL OR conclusion_id IS NOT NULL))",
            name="issued_has_notice_and_follower",
        ),
        sa.CheckConstraint(
            "(inspection_id IS NOT NULL AND inspected_unit_id IS NOT NULL AND conclusion_id IS NULL "
            "AND concluded_unit_id IS NULL AND entered_by IS NULL) OR (inspection_id IS NULL "
            "AND inspected_unit_id IS NULL AND conclusion_id IS NOT NULL "
            "AND concluded_unit_id IS NOT NULL AND entered_by IS NOT NULL)",
            name="one_source",
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR (accepted_on IS NOT NULL AND accepted_by IS NOT NULL)",
            name="accepted_names_who",
        ),
        sa.CheckConstraint(
            "accepted_by IS NULL OR reported_by IS NULL OR accepted_by <> reported_by",
            name="reporter_not_accepter",
        ),
        sa.CheckConstraint(
            "report_due_on IS NULL OR due_on IS NULL OR report_due_on >= due_on",
            name="report_after_completion",
        ),
        sa.CheckConstraint(
            "proof_every IS NULL OR (deadline_kind = 'continuing' AND proof_every IN (1, 3, 6, 12))",
            name="period_only_of_continuing",
        ),
        sa.CheckConstraint(
            "proof_due_on IS NULL OR (deadline_kind = 'continuing' AND due_on IS NULL "
            "AND state <> 'accepted')",
            name="proof_only_of_continuing",
        ),
        sa.CheckConstraint("length(text) >= 3", name="has_text"),
        *lists.indexes(),
    )

    @property
    def case(self) -> Inspection:
        """The case of a task that is planned there; a past notice has none."""
        assert self.inspection is not None
        return self.inspection

    @property
    def place(self) -> InspectedUnit:
        """Where the case planned it."""
        assert self.inspected_unit is not None
        return self.inspected_unit

    @property
    def concerned(self) -> Unit:
        """The unit that the notice speaks of; another may lead the work."""
        return self.place.unit if self.concluded_unit is None else self.concluded_unit

    @property
    def source(self) -> Source | None:
        """The notice it follows from; None while it is a draft."""
        if self.conclusion is not None:
            told = self.conclusion
            return Source(told.number_and_symbol, told.concluded_on, told.body_name, told.id)
        if self.document is not None and self.document.issued_on is not None:
            return Source(
                self.document.number_and_symbol, self.document.issued_on, self.document.issuer_name, None
            )
        return None

    @hybrid_property
    def term(self) -> date | None:
        """The day lateness is judged by: of completion, of the proof that a continuing task owes, or of
        supplementing what was handed in on time."""
        day = self.due_on or self.proof_due_on
        if day is None or self.supplement_on is None:
            return day
        return max(day, self.supplement_on)

    @term.inplace.expression
    @classmethod
    def _term_in_sql(cls) -> sa.ColumnElement[date | None]:
        day = sa.func.coalesce(cls.due_on, cls.proof_due_on)
        return sa.case((cls.supplement_on > day, cls.supplement_on), else_=day)

    def last_internal_day(self, today: date) -> date | None:
        """The latest date that the unit may set its own officers; none where no term lies ahead."""
        return self.term if self.term is not None and self.term >= today else None

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        found: set[Standing] = set()
        if self.lead_unit_id in actor.headed_unit_ids:
            found.add(Standing.UNIT_HEAD)
        if self.lead_unit_id in actor.unit_ids:
            found.add(Standing.UNIT_OFFICER)
        if self.lead_unit_id in actor.focal_unit_ids:
            found.add(Standing.FOCAL_POINT)
        if actor.person_id == self.follower_id:
            found.add(Standing.FOLLOWER)
        if actor.person_id == self.reported_by:
            found.add(Standing.REPORTER)
        if actor.person_id == self.entered_by:
            found.add(Standing.RECORDER)
        if (
            self.state is TaskState.DRAFT and self.inspection is not None
        ):  # until it is issued it belongs to the team's own case
            found |= self.inspection.standing_of(actor) & _TEAM
        return frozenset(found)


task_finding = sa.Table(
    "task_finding",
    Base.metadata,
    sa.Column("task_id", sa.ForeignKey("task.id"), primary_key=True),
    sa.Column("finding_id", sa.ForeignKey("finding.id"), primary_key=True, index=True),
)
task_coordinating_unit = sa.Table(
    "task_coordinating_unit",
    Base.metadata,
    sa.Column("task_id", sa.ForeignKey("task.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True),
)


class ResultState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class ExpectedResult(Keyed, Base):
    """One product of a task, accepted or returned by itself."""

    __tablename__ = "expected_result"
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), index=True)
    product: Mapped[Product] = mapped_column(choice_column(Product, "product_known"))
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[ResultState] = mapped_column(
        choice_column(ResultState, "state_known"), default=ResultState.OPEN
    )
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    comment: Mapped[str] = mapped_column(default="")
    task: Mapped[Task] = relationship(back_populates="results")
    __table_args__ = (
        sa.CheckConstraint("state <> 'returned' OR comment <> ''", name="returned_has_comment"),
    )
