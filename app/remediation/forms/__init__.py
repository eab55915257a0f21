"""Forms of remediation: the plan, the unit's work, the follower's work, past notices."""

from app.remediation.forms.answers import AnswerForm
from app.remediation.forms.asking import OwnRefusalForm, RefuseForm, RequestForm
from app.remediation.forms.assigning import AssignForm
from app.remediation.forms.directives import DirectiveAnswerForm, DirectiveForm
from app.remediation.forms.focal import EndFocalPointForm, FocalPointForm
from app.remediation.forms.handover import HandOverForm, HandoverPaperForm
from app.remediation.forms.past import FillInForm, PastTaskForm, SightingForm, WithdrawForm
from app.remediation.forms.schedule import ScheduleForm, StepDoneForm
from app.remediation.forms.work import (
    BLANK_ROWS,
    EVIDENCE_HELP,
    CommentForm,
    CommonDateForm,
    EvidenceForm,
    ExtendForm,
    FollowerForm,
    PlanForm,
    ProductRow,
    ProgressForm,
    ReasonForm,
    RecurForm,
    ReportForm,
    ReviewForm,
    SendBackForm,
    StartForm,
    TaskForm,
    WatchForm,
    people_choices,
)

__all__ = [
    "BLANK_ROWS",
    "EVIDENCE_HELP",
    "AnswerForm",
    "AssignForm",
    "CommentForm",
    "CommonDateForm",
    "DirectiveAnswerForm",
    "DirectiveForm",
    "EndFocalPointForm",
    "EvidenceForm",
    "ExtendForm",
    "FillInForm",
    "FocalPointForm",
    "FollowerForm",
    "HandOverForm",
    "HandoverPaperForm",
    "OwnRefusalForm",
    "PastTaskForm",
    "PlanForm",
    "ProductRow",
    "ProgressForm",
    "ReasonForm",
    "RecurForm",
    "RefuseForm",
    "ReportForm",
    "RequestForm",
    "ReviewForm",
    "ScheduleForm",
    "SendBackForm",
    "SightingForm",
    "StartForm",
    "StepDoneForm",
    "TaskForm",
    "WatchForm",
    "WithdrawForm",
    "people_choices",
]
