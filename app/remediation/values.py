"""What forms hand to the services of remediation: small frozen values, dates inclusive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.deadlines.badge import DeadlineKind
from app.deadlines.proposals import MilestoneKind
from app.remediation.models import PROGRESS_LABELS, DirectiveKind, Product, ProgressStatus


@dataclass(frozen=True)
class ProductValues:
    """One expected product: its kind and what exactly."""

    product: Product
    text: str = ""


@dataclass(frozen=True)
class TaskValues:
    """A draft task as the drafter wants it.

    `due_on`, `report_due_on` for dated kinds; `review_on` and `no_date_reason` for continuing and conditional
    ones. `finding_ids` may be empty (a requirement that follows from no single finding).
    """

    text: str
    lead_unit_id: int
    deadline_kind: DeadlineKind
    milestone: MilestoneKind = MilestoneKind.COMMON
    due_on: date | None = None
    report_due_on: date | None = None
    review_on: date | None = None
    no_date_reason: str = ""
    lead_person: str = ""
    follower_id: int | None = None
    coordinating_unit_ids: tuple[int, ...] = ()
    products: tuple[ProductValues, ...] = ()
    finding_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Conversion:
    """How a task stood in an old table. `due_text`: what was written where no sure date could be read.

    `done`: reported as done there; `reference`, `document_on`: the paper that proves it, if any.
    """

    done: bool = False
    done_on: date | None = None
    due_text: str = ""
    note: str = ""
    reference: str = ""
    document_on: date | None = None


@dataclass(frozen=True)
class PastTaskValues:
    """What a past notice still asks of a unit. `concluded_unit_id`: the unit that the notice speaks of.

    `due_on` for dated kinds, `review_on` and `no_date_reason` for the others; `so_far`: what was done.
    """

    text: str
    concluded_unit_id: int
    lead_unit_id: int
    follower_id: int
    deadline_kind: DeadlineKind = DeadlineKind.FIXED
    due_on: date | None = None
    review_on: date | None = None
    no_date_reason: str = ""
    products: tuple[ProductValues, ...] = ()
    so_far: str = ""
    conversion: Conversion | None = None


@dataclass(frozen=True)
class FillIn:
    """What was missing in an old table; None and "" leave as it is."""

    due_on: date | None = None
    completed_on: date | None = None
    reference: str = ""
    document_on: date | None = None


@dataclass(frozen=True)
class SightingValues:
    """What the team saw of an old task at the unit; something undone is told in words."""

    status: ProgressStatus
    text: str = ""
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class Officer:
    """Somebody who is to do the work: a person with an account, or only a name."""

    name: str = ""
    person_id: int | None = None


@dataclass(frozen=True)
class AssignValues:
    """Giao người thực hiện, as on the slip for incoming papers (NĐ 30/2020 Phụ lục IV)."""

    lead: Officer
    coordinating: tuple[Officer, ...] = ()
    internal_due_on: date | None = None
    instruction: str = ""


@dataclass(frozen=True)
class Upload:
    """A file as it came: the name it was sent under and its bytes."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class ProgressValues:
    """What was done. Evidence is a document (`reference` = number and symbol, `document_on`) or files."""

    status: ProgressStatus
    text: str
    cause: str = ""
    reference: str = ""
    document_on: date | None = None
    result_id: int | None = None
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class StepValues:
    """A step of a schedule: the work, what comes of it, who answers, by when; `done_on` once done."""

    text: str
    product: str
    answerable: str
    due_on: date
    done_on: date | None = None


@dataclass(frozen=True)
class ScheduleValues:
    """Why not at once, and by which steps; `reference`, `document_on`: the unit's paper, if it sent one."""

    reason: str
    steps: tuple[StepValues, ...]
    reference: str = ""
    document_on: date | None = None


@dataclass(frozen=True)
class ReportValues:
    """The unit's signed report: number and symbol, date, words; one report may serve many tasks."""

    reference: str
    document_on: date
    text: str = ""
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class RequestValues:
    """Đề nghị gia hạn: until when, why; evidence is a document (`reference`, `document_on`) or files.

    `requested_on`: the day of the unit's paper, where the office enters it; None = today.
    """

    new_due_on: date
    reason: str
    reference: str = ""
    document_on: date | None = None
    requested_on: date | None = None
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class ExtensionValues:
    """A later date: who asked and when, who decided, on which paper (if any)."""

    new_due_on: date
    reason: str
    requested_by: int
    requested_on: date
    decided_by: int
    reference: str = ""


@dataclass(frozen=True)
class DirectiveValues:
    """What a leader asks, and until when it is answered.

    `new_due_on`, `requested_by`, `requested_on` with Gia hạn; `follower_id` with Giao lại.
    """

    kind: DirectiveKind
    text: str
    answer_due_on: date
    new_due_on: date | None = None
    requested_by: int | None = None
    requested_on: date | None = None
    follower_id: int | None = None


@dataclass(frozen=True)
class DirectiveAnswer:
    """What is answered: words, and a paper (number and symbol, day) or files where evidence is asked for."""

    text: str
    reference: str = ""
    document_on: date | None = None
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class AnswerValues:
    """What a letter answers to a unit that asked for time. `granted_due_on` None = refused.

    `reason`: why the unit asked (granted), or why not (refused).
    """

    requested_by: int
    requested_on: date
    reason: str
    granted_due_on: date | None = None
    asked_due_on: date | None = None
    request_reference: str = ""


@dataclass(frozen=True)
class ReviewValues:
    """Rà soát: what was found, and either the next day of review or a fixed date of completion."""

    reason: str
    review_on: date | None = None
    due_on: date | None = None


class LineStep(StrEnum):
    """What a line of the table may say of the unit's work: told by phone, or its signed report came in."""

    DOING = "doing"
    DONE = "done"
    SENT = "sent"


LINE_STEP_LABELS: dict[LineStep, str] = {
    LineStep.DOING: PROGRESS_LABELS[ProgressStatus.DOING],
    LineStep.DONE: PROGRESS_LABELS[ProgressStatus.DONE],
    LineStep.SENT: "Đơn vị đã gửi báo cáo",
}


@dataclass(frozen=True)
class LineValues:
    """What the follower changes in one line of the table; None and "" leave as it is (`note` "" empties it).

    `urged_reference`: a paper not yet recorded. `document_reference`, `document_on`: evidence, or with
    `LineStep.SENT` the unit's signed report. `reason` of another follower or another day of review.
    """

    note: str | None = None
    urged_reference: str = ""
    urged_on: date | None = None
    step: LineStep | None = None
    progress_text: str = ""
    document_reference: str = ""
    document_on: date | None = None
    review_on: date | None = None
    follower_id: int | None = None
    reason: str = ""
