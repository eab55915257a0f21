"""Who may do what: one table, read on one page, tested as a matrix.

An `Actor` is a person at work: name, posts, and the roles that their appointments give today. An object
answers `standing_of(actor)`: what the actor is to it (its team leader, its drafter, the head of its unit).
`RULES` grants an action to roles and standings, and takes it away again from those whose duties must stay
apart (NĐ 30/2020 Đ11–13 and the four hard rules: drafter ≠ signer, signer ≠ who seals, who asks ≠ who
decides, who reports done ≠ who accepts).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.errors import Forbidden


class Role(StrEnum):
    """What an appointment lets a person do. Vietnamese names in `ROLE_LABELS`."""

    PLANNER = "planner"
    INSPECTOR = "inspector"
    LEADER = "leader"
    CONTENT_CHECKER = "content_checker"
    CLERK = "clerk"
    FOLLOWER = "follower"
    UNIT_HEAD = "unit_head"
    UNIT_OFFICER = "unit_officer"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[Role, str] = {
    Role.PLANNER: "Người lập kế hoạch",
    Role.INSPECTOR: "Thành viên Đoàn kiểm tra",
    Role.LEADER: "Lãnh đạo ký văn bản",
    Role.CONTENT_CHECKER: "Kiểm tra nội dung",
    Role.CLERK: "Văn thư",
    Role.FOLLOWER: "Người theo dõi",
    Role.UNIT_HEAD: "Thủ trưởng đơn vị",
    Role.UNIT_OFFICER: "Công chức của đơn vị",
    Role.OBSERVER: "Quan sát",
    Role.ADMINISTRATOR: "Quản trị",
}

OFFICE_ROLES = frozenset(
    {Role.PLANNER, Role.INSPECTOR, Role.LEADER, Role.CONTENT_CHECKER, Role.CLERK, Role.FOLLOWER}
)
UNIT_ROLES = frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER})


class Standing(StrEnum):
    """What a person is to one object."""

    TEAM_LEADER = "team_leader"
    TEAM_SECRETARY = "team_secretary"
    TEAM_MEMBER = "team_member"
    DRAFTER = "drafter"
    SIGNER = "signer"
    FOLLOWER = "follower"
    UNIT_HEAD = "unit_head"
    UNIT_OFFICER = "unit_officer"
    FOCAL_POINT = "focal_point"
    LEAD_OFFICER = "lead_officer"
    REPORTER = "reporter"
    RECORDER = "recorder"
    REQUESTER = "requester"
    WORKS_THERE = "works_there"
    ONESELF = "oneself"
    RECEIVER = "receiver"


class Action(StrEnum):
    """Every act that needs a right. Imperative; the label of the event is past tense."""

    MANAGE_UNITS = "manage_units"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_SETTINGS = "manage_settings"
    VIEW_HOME = "view_home"
    VIEW_CATALOGUE = "view_catalogue"
    VIEW_REGISTER = "view_register"
    VIEW_OFFICE_REGISTER = "view_office_register"
    RECORD_CONCLUSION = "record_conclusion"
    VOID_CONCLUSION = "void_conclusion"
    BRING_OVER_PAST = "bring_over_past"
    IMPORT_FORM = "import_form"

    LIST_INSPECTIONS = "list_inspections"
    CREATE_INSPECTION = "create_inspection"
    VIEW_INSPECTION = "view_inspection"
    EDIT_INSPECTION = "edit_inspection"
    DECIDE_INSPECTION = "decide_inspection"
    RESERVE_SCOPE = "reserve_scope"
    REQUEST_REOPENING = "request_reopening"
    DECIDE_REOPENING = "decide_reopening"
    DRAFT_CASE_PAPER = "draft_case_paper"
    ASSIGN_MEMBERS = "assign_members"
    SCHEDULE_VISIT = "schedule_visit"
    VIEW_MY_VISITS = "view_my_visits"
    RUN_VISIT = "run_visit"
    VIEW_FIELDWORK = "view_fieldwork"
    RECORD_ANSWER = "record_answer"
    WRITE_MINUTES = "write_minutes"
    END_FIELDWORK = "end_fieldwork"
    DRAFT_TEAM_REPORT = "draft_team_report"
    AGREE_FINDING = "agree_finding"
    PLAN_REMEDIATION = "plan_remediation"

    LIST_NOTICES = "list_notices"
    DRAFT_NOTICE = "draft_notice"
    VIEW_NOTICE = "view_notice"
    VIEW_PAPER = "view_paper"
    EDIT_PAPER = "edit_paper"
    SUBMIT_PAPER = "submit_paper"
    CHECK_CONTENT = "check_content"
    CHECK_FORM = "check_form"
    APPROVE_PAPER = "approve_paper"
    SIGN_PAPER = "sign_paper"
    SEAL_PAPER = "seal_paper"
    ISSUE_PAPER = "issue_paper"
    RECORD_ISSUED = "record_issued"
    ABANDON_PAPER = "abandon_paper"
    REASSIGN_PAPER = "reassign_paper"
    TAKE_BACK_SIGNED = "take_back_signed"
    OPEN_SERIES = "open_series"
    RECORD_DELEGATION = "record_delegation"
    DRAFT_CORRIGENDUM = "draft_corrigendum"
    VIEW_BOOKS = "view_books"
    PRINT_BOOK = "print_book"
    REQUEST_RECALL = "request_recall"
    DECIDE_RECALL = "decide_recall"
    PUBLISH_NOTICE = "publish_notice"

    VIEW_DOCUMENT = "view_document"
    ACKNOWLEDGE = "acknowledge"
    RECORD_RECEIPT = "record_receipt"

    LIST_TASKS = "list_tasks"
    VIEW_TASK = "view_task"
    APPOINT_FOCAL_POINT = "appoint_focal_point"
    SEND_PROPOSAL = "send_proposal"
    ASSIGN_TASK = "assign_task"
    REPORT_PROGRESS = "report_progress"
    SUBMIT_TASK = "submit_task"
    REQUEST_EXTENSION = "request_extension"
    DECIDE_EXTENSION = "decide_extension"
    SCHEDULE_TASK = "schedule_task"
    ENTER_FOR_UNIT = "enter_for_unit"
    ACCEPT_TASK = "accept_task"
    EDIT_FOLLOW_UP = "edit_follow_up"
    HAND_OVER_TASKS = "hand_over_tasks"
    VIEW_HANDOVERS = "view_handovers"
    TAKE_OVER_TASKS = "take_over_tasks"
    DIRECT_TASK = "direct_task"
    ANSWER_DIRECTIVE = "answer_directive"

    VIEW_RESPONSIBILITY = "view_responsibility"
    RECORD_RESPONSIBILITY = "record_responsibility"
    VIEW_ANSWERABLE_NAMES = "view_answerable_names"
    LIST_HEADS = "list_heads"
    VIEW_HEAD_RECORD = "view_head_record"
    VIEW_OWN_RECORD = "view_own_record"


@dataclass(frozen=True)
class Actor:
    """A signed-in person at work, as of today. `unit_ids`: units where they hold a post now;
    `focal_unit_ids`: those of them whose đầu mối they are today.

    `whole_unit_ids`: bodies of which one of those units is a part. It gives no right of the unit's side.
    """

    person_id: int
    name: str
    post: str = ""
    unit_id: int | None = None
    unit_name: str = ""
    roles: frozenset[Role] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    headed_unit_ids: frozenset[int] = frozenset()
    whole_unit_ids: frozenset[int] = frozenset()
    focal_unit_ids: frozenset[int] = frozenset()

    @property
    def in_office(self) -> bool:
        """Holds a role of the inspecting office."""
        return bool(self.roles & OFFICE_ROLES)

    def works_at(self, unit_id: int) -> bool:
        """Whether they hold a post now at this unit or in a part of it."""
        return unit_id in self.unit_ids or unit_id in self.whole_unit_ids


class Subject(Protocol):
    """An object that rights are asked about."""

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What `actor` is to this object."""
        ...


@dataclass(frozen=True)
class Rule:
    """Granted to any of `roles` or `standings`; refused to whoever has one of `never` (with the reason).

    `everybody`: granted to who is signed in, with a role or without.
    """

    roles: frozenset[Role] = frozenset()
    standings: frozenset[Standing] = frozenset()
    never: dict[Standing, str] = field(default_factory=dict)
    everybody: bool = False


def _rule(*granted: Role | Standing, never: dict[Standing, str] | None = None) -> Rule:
    return Rule(
        roles=frozenset(item for item in granted if isinstance(item, Role)),
        standings=frozenset(item for item in granted if isinstance(item, Standing)),
        never=never or {},
    )


DRAFTER_SIGNS = (
    "Người soạn thảo không ký văn bản do mình soạn. Chọn người ký khác theo phân công ký văn bản của cơ quan."
)
SIGNER_SEALS = (
    "Người ký không đóng dấu, không ký số của cơ quan trên văn bản do mình ký. Chuyển văn thư thực hiện."
)
REPORTER_ACCEPTS = "Người báo cáo hoàn thành không công nhận kết quả do mình báo cáo."
RECORDER_VOIDS = "Người đã ghi nhận kết luận không tự hủy; đề nghị người khác xem lại và hủy."
UNIT_ACCEPTS = "Người của đơn vị thực hiện không công nhận kết quả của đơn vị mình."
UNIT_DECIDES = "Người của đơn vị thực hiện không quyết định gia hạn cho đơn vị mình."
REQUESTER_DECIDES = "Người quyết định không phải là người đề nghị."
WORKS_THERE = "Đang công tác tại đơn vị được kiểm tra nên không tham gia kiểm tra đơn vị này."

_TEAM = (Standing.TEAM_LEADER, Standing.TEAM_SECRETARY, Standing.TEAM_MEMBER)
_WATCHERS = (Role.PLANNER, Role.LEADER, Role.CONTENT_CHECKER, Role.CLERK, Role.FOLLOWER)
_UNIT = (Standing.UNIT_HEAD, Standing.UNIT_OFFICER)
_APART = {Standing.WORKS_THERE: WORKS_THERE}

RULES: dict[Action, Rule] = {
    Action.MANAGE_UNITS: _rule(Role.ADMINISTRATOR, Role.PLANNER),
    Action.MANAGE_ACCOUNTS: _rule(Role.ADMINISTRATOR),
    Action.MANAGE_SETTINGS: _rule(Role.ADMINISTRATOR),
    Action.IMPORT_FORM: _rule(Role.ADMINISTRATOR),
    Action.VIEW_HOME: Rule(everybody=True),
    Action.VIEW_CATALOGUE: _rule(*Role),
    Action.VIEW_REGISTER: _rule(*OFFICE_ROLES, Role.OBSERVER, *UNIT_ROLES),
    Action.VIEW_OFFICE_REGISTER: _rule(*OFFICE_ROLES),
    Action.RECORD_CONCLUSION: _rule(Role.PLANNER, Role.CLERK),
    Action.VOID_CONCLUSION: _rule(Role.PLANNER, Role.CLERK, never={Standing.RECORDER: RECORDER_VOIDS}),
    Action.BRING_OVER_PAST: _rule(Role.PLANNER, Role.FOLLOWER),
    Action.LIST_INSPECTIONS: _rule(*OFFICE_ROLES),
    Action.CREATE_INSPECTION: _rule(Role.PLANNER),
    Action.VIEW_INSPECTION: _rule(*_WATCHERS, *_TEAM),
    Action.EDIT_INSPECTION: _rule(Role.PLANNER),
    Action.DECIDE_INSPECTION: _rule(Role.PLANNER),
    Action.RESERVE_SCOPE: _rule(Role.PLANNER),
    Action.REQUEST_REOPENING: _rule(Role.PLANNER),
    Action.DECIDE_REOPENING: _rule(Role.LEADER, never={Standing.REQUESTER: REQUESTER_DECIDES}),
    Action.DRAFT_CASE_PAPER: _rule(Role.PLANNER, Standing.TEAM_LEADER, Standing.TEAM_SECRETARY),
    Action.ASSIGN_MEMBERS: _rule(Role.PLANNER, Standing.TEAM_LEADER, Standing.TEAM_SECRETARY),
    Action.VIEW_MY_VISITS: _rule(*UNIT_ROLES),
    Action.SCHEDULE_VISIT: _rule(Role.PLANNER, Standing.TEAM_LEADER, Standing.TEAM_SECRETARY),
    Action.RUN_VISIT: _rule(Standing.TEAM_LEADER, Standing.TEAM_SECRETARY, never=_APART),
    Action.VIEW_FIELDWORK: _rule(*_TEAM, Role.PLANNER, Role.LEADER, Role.CONTENT_CHECKER),
    Action.RECORD_ANSWER: _rule(*_TEAM, never=_APART),
    Action.WRITE_MINUTES: _rule(Standing.TEAM_LEADER, Standing.TEAM_SECRETARY, never=_APART),
    Action.END_FIELDWORK: _rule(Standing.TEAM_LEADER, Standing.TEAM_SECRETARY, never=_APART),
    Action.DRAFT_TEAM_REPORT: _rule(Standing.TEAM_LEADER, Standing.TEAM_SECRETARY, never=_APART),
    Action.AGREE_FINDING: _rule(Standing.TEAM_LEADER, never=_APART),
    Action.PLAN_REMEDIATION: _rule(Standing.TEAM_LEADER, Standing.TEAM_SECRETARY, Role.PLANNER, never=_APART),
    Action.LIST_NOTICES: _rule(*OFFICE_ROLES, Role.OBSERVER),
    Action.DRAFT_NOTICE: _rule(Role.PLANNER, Standing.TEAM_SECRETARY, Standing.TEAM_LEADER, never=_APART),
    Action.VIEW_NOTICE: _rule(*_WATCHERS, *_TEAM),
    Action.VIEW_PAPER: _rule(*OFFICE_ROLES),
    Action.EDIT_PAPER: _rule(Standing.DRAFTER),
    Action.SUBMIT_PAPER: _rule(Standing.DRAFTER),
    Action.CHECK_CONTENT: _rule(Role.CONTENT_CHECKER, never={Standing.DRAFTER: DRAFTER_SIGNS}),
    Action.CHECK_FORM: _rule(Role.CLERK),
    Action.APPROVE_PAPER: _rule(Role.LEADER, Standing.SIGNER, never={Standing.DRAFTER: DRAFTER_SIGNS}),
    Action.SIGN_PAPER: _rule(Standing.SIGNER, never={Standing.DRAFTER: DRAFTER_SIGNS}),
    Action.SEAL_PAPER: _rule(Role.CLERK, never={Standing.SIGNER: SIGNER_SEALS}),
    Action.ISSUE_PAPER: _rule(Role.CLERK, never={Standing.SIGNER: SIGNER_SEALS}),
    Action.RECORD_ISSUED: _rule(Role.CLERK, Role.PLANNER, Standing.DRAFTER),
    Action.ABANDON_PAPER: _rule(Standing.DRAFTER, Role.PLANNER, Role.LEADER),
    Action.REASSIGN_PAPER: _rule(Role.PLANNER, Role.LEADER),
    Action.TAKE_BACK_SIGNED: _rule(Role.LEADER),
    Action.OPEN_SERIES: _rule(Role.CLERK, Role.ADMINISTRATOR),
    Action.RECORD_DELEGATION: _rule(Role.CLERK),
    Action.DRAFT_CORRIGENDUM: _rule(Role.PLANNER, Role.CLERK, Standing.DRAFTER),
    Action.VIEW_BOOKS: _rule(*_WATCHERS, Role.ADMINISTRATOR),
    Action.PRINT_BOOK: _rule(*_WATCHERS),
    Action.REQUEST_RECALL: _rule(Role.PLANNER, Role.CLERK, Role.LEADER),
    Action.DECIDE_RECALL: _rule(Role.LEADER, never={Standing.REQUESTER: REQUESTER_DECIDES}),
    Action.PUBLISH_NOTICE: _rule(Role.PLANNER, Role.CLERK),
    Action.VIEW_DOCUMENT: _rule(*OFFICE_ROLES, Role.OBSERVER, *_UNIT),
    Action.ACKNOWLEDGE: _rule(Standing.UNIT_HEAD),
    Action.RECORD_RECEIPT: _rule(Role.CLERK, Role.FOLLOWER),
    Action.LIST_TASKS: _rule(*OFFICE_ROLES, Role.OBSERVER, *UNIT_ROLES),
    Action.VIEW_TASK: _rule(*_WATCHERS, Role.INSPECTOR, Role.OBSERVER, *_UNIT, Standing.FOLLOWER),
    Action.APPOINT_FOCAL_POINT: _rule(Standing.UNIT_HEAD),
    Action.SEND_PROPOSAL: _rule(Standing.UNIT_HEAD, Standing.FOCAL_POINT),
    Action.ASSIGN_TASK: _rule(Standing.UNIT_HEAD, Standing.FOCAL_POINT),
    Action.REPORT_PROGRESS: _rule(*_UNIT),
    Action.SUBMIT_TASK: _rule(Standing.UNIT_HEAD, Standing.FOCAL_POINT),
    Action.REQUEST_EXTENSION: _rule(Standing.UNIT_HEAD, Standing.FOCAL_POINT),
    Action.DECIDE_EXTENSION: _rule(
        Role.LEADER,
        Role.CONTENT_CHECKER,
        never={Standing.REQUESTER: REQUESTER_DECIDES, Standing.UNIT_OFFICER: UNIT_DECIDES},
    ),
    Action.SCHEDULE_TASK: _rule(Standing.UNIT_HEAD, Standing.FOCAL_POINT, Standing.LEAD_OFFICER),
    Action.ENTER_FOR_UNIT: _rule(Role.FOLLOWER, Role.CLERK, Standing.FOLLOWER),
    Action.ACCEPT_TASK: _rule(
        Role.CONTENT_CHECKER,
        Standing.FOLLOWER,
        never={Standing.REPORTER: REPORTER_ACCEPTS, Standing.UNIT_OFFICER: UNIT_ACCEPTS},
    ),
    Action.EDIT_FOLLOW_UP: _rule(Role.FOLLOWER, Standing.FOLLOWER),
    Action.HAND_OVER_TASKS: _rule(Role.FOLLOWER, Role.PLANNER),
    Action.VIEW_HANDOVERS: _rule(Role.FOLLOWER, Role.PLANNER, Role.CLERK),
    Action.TAKE_OVER_TASKS: _rule(Standing.RECEIVER),
    Action.DIRECT_TASK: _rule(Role.LEADER, Role.CONTENT_CHECKER, Role.FOLLOWER, Standing.FOLLOWER),
    Action.ANSWER_DIRECTIVE: _rule(*_UNIT, Role.FOLLOWER, Role.CLERK, Standing.FOLLOWER),
    Action.VIEW_RESPONSIBILITY: _rule(Role.LEADER, Role.CONTENT_CHECKER, Role.FOLLOWER, Role.PLANNER),
    Action.RECORD_RESPONSIBILITY: _rule(Role.CONTENT_CHECKER, Role.FOLLOWER),
    Action.VIEW_ANSWERABLE_NAMES: _rule(Role.LEADER, Role.CONTENT_CHECKER),
    Action.LIST_HEADS: _rule(Role.LEADER),
    Action.VIEW_HEAD_RECORD: _rule(Role.LEADER, Standing.ONESELF),
    Action.VIEW_OWN_RECORD: _rule(Role.UNIT_HEAD),
}


def refusal(actor: Actor | None, action: Action, subject: Subject | None = None) -> str | None:
    """Why `actor` may not do `action` to `subject`; None when it is allowed."""
    if actor is None:
        return "Cần đăng nhập để thực hiện."
    rule = RULES[action]
    standing = subject.standing_of(actor) if subject is not None else frozenset()
    for forbidden, reason in rule.never.items():
        if forbidden in standing:
            return reason
    if rule.everybody or rule.roles & actor.roles or rule.standings & standing:
        return None
    return "Việc này không thuộc nhiệm vụ được phân công của tài khoản đang dùng."


def can(actor: Actor | None, action: Action, subject: Subject | None = None) -> bool:
    """Whether `actor` may do `action` (to `subject`). Templates ask this; so does `authorise`."""
    return refusal(actor, action, subject) is None


def authorise(actor: Actor | None, action: Action, subject: Subject | None = None) -> None:
    """Raise Forbidden when `actor` may not do `action` to `subject`.

    `actor` None = the product itself (set-up, worker), which no page can be: the door of every view asks
    for a person first.
    """
    reason = None if actor is None else refusal(actor, action, subject)
    if reason is not None:
        raise Forbidden(reason)
