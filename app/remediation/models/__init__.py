"""Tasks, results, progress, assignment inside the unit, extensions, hand-over, what a team saw, papers."""

from app.remediation.models.course import (
    OLD_TABLE,
    PAST_RECORD,
    PROGRESS_LABELS,
    PROOF_LABELS,
    Extension,
    ProgressReport,
    ProgressStatus,
    ProofKind,
    TaskAssignment,
    TaskHandover,
    TaskProof,
    TaskSighting,
    progress_file,
    task_sighting_file,
)
from app.remediation.models.directives import DIRECTIVE_LABELS, Directive, DirectiveKind, directive_file
from app.remediation.models.handing import HandingKind, HandingLine, HandingList
from app.remediation.models.papers import ExtensionAnswer, paper_task
from app.remediation.models.plans import UnitPlan
from app.remediation.models.requests import (
    REQUEST_LABELS,
    ExtensionRequest,
    RequestState,
    extension_request_file,
)
from app.remediation.models.schedule import ScheduleStep, TaskSchedule
from app.remediation.models.tasks import (
    PRODUCT_LABELS,
    ExpectedResult,
    Product,
    ResultState,
    Source,
    Task,
    TaskState,
    task_coordinating_unit,
    task_finding,
)

__all__ = [
    "DIRECTIVE_LABELS",
    "OLD_TABLE",
    "PAST_RECORD",
    "PRODUCT_LABELS",
    "PROGRESS_LABELS",
    "PROOF_LABELS",
    "REQUEST_LABELS",
    "Directive",
    "DirectiveKind",
    "ExpectedResult",
    "Extension",
    "ExtensionAnswer",
    "ExtensionRequest",
    "HandingKind",
    "HandingLine",
    "HandingList",
    "Product",
    "ProgressReport",
    "ProgressStatus",
    "ProofKind",
    "RequestState",
    "ResultState",
    "ScheduleStep",
    "Source",
    "Task",
    "TaskAssignment",
    "TaskHandover",
    "TaskProof",
    "TaskSchedule",
    "TaskSighting",
    "TaskState",
    "UnitPlan",
    "directive_file",
    "extension_request_file",
    "paper_task",
    "progress_file",
    "task_coordinating_unit",
    "task_finding",
    "task_sighting_file",
]
