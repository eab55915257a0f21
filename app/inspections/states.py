"""States of a case, of each inspected unit and of each visit."""

from __future__ import annotations

from app.inspections.models import InspectedUnit, Visit
from app.inspections.models import InspectedUnitState as U
from app.inspections.models import InspectionState as I
from app.inspections.models import VisitState as V
from app.policy import Action
from app.register.conflicts import SUSPENDED
from app.workflow import Table, Transition

INSPECTION = Table(
    name="inspection",
    transitions=(
        Transition("decide", (I.DRAFT,), I.DECIDED, "inspection_decided", Action.DECIDE_INSPECTION),
        Transition("start", (I.DECIDED,), I.IN_PROGRESS, "inspection_started"),
        Transition("end_fieldwork", (I.IN_PROGRESS,), I.FIELDWORK_ENDED, "inspection_fieldwork_ended"),
        Transition("report", (I.FIELDWORK_ENDED, I.IN_PROGRESS), I.REPORTED, "inspection_reported"),
        Transition(
            "conclude", (I.REPORTED, I.FIELDWORK_ENDED, I.IN_PROGRESS), I.CONCLUDED, "inspection_concluded"
        ),
        Transition("close", (I.CONCLUDED,), I.CLOSED, "inspection_closed"),
        # a notice of the case was recalled: it is to be concluded anew
        Transition("reopen", (I.CONCLUDED, I.CLOSED), I.REPORTED, "inspection_conclusion_recalled"),
        Transition(
            "reopen_unreported", (I.CONCLUDED, I.CLOSED), I.FIELDWORK_ENDED, "inspection_conclusion_recalled"
        ),
        Transition(
            "suspend",
            (I.DECIDED, I.IN_PROGRESS),
            I.SUSPENDED,
            "inspection_suspended",
            Action.DECIDE_INSPECTION,
        ),
        Transition("resume", (I.SUSPENDED,), I.IN_PROGRESS, "inspection_resumed", Action.DECIDE_INSPECTION),
        # suspended before any unit was visited: still to begin
        Transition(
            "resume_waiting", (I.SUSPENDED,), I.DECIDED, "inspection_resumed", Action.DECIDE_INSPECTION
        ),
        Transition(
            "terminate",
            (I.DECIDED, I.IN_PROGRESS, I.SUSPENDED, I.FIELDWORK_ENDED, I.REPORTED),
            I.TERMINATED,
            "inspection_terminated",
            Action.DECIDE_INSPECTION,
        ),
    ),
    labels={
        I.DRAFT: "Đang lập",
        I.DECIDED: "Đã có quyết định",
        I.IN_PROGRESS: "Đang kiểm tra",
        I.FIELDWORK_ENDED: "Đã kết thúc kiểm tra tại đơn vị",
        I.REPORTED: "Đã có báo cáo của Đoàn",
        I.CONCLUDED: "Đã có thông báo kết luận",
        I.CLOSED: "Đã kết thúc theo dõi",
        I.SUSPENDED: "Tạm dừng",
        I.TERMINATED: "Đình chỉ",
    },
)


def _not_suspended(unit: InspectedUnit) -> str | None:
    return SUSPENDED if unit.inspection.state is I.SUSPENDED else None


INSPECTED_UNIT = Table(
    name="inspected_unit",
    transitions=(
        Transition("start", (U.PENDING,), U.FIELDWORK, "unit_fieldwork_started"),
        Transition("end", (U.FIELDWORK,), U.ENDED, "unit_fieldwork_ended", Action.END_FIELDWORK),
        Transition("report", (U.ENDED,), U.REPORTED, "unit_reported"),
        Transition(
            "conclude",
            (U.REPORTED, U.ENDED),
            U.CONCLUDED,
            "unit_concluded",
            conditions=(_not_suspended,),
        ),
        Transition("reopen", (U.CONCLUDED,), U.REPORTED, "unit_conclusion_recalled"),
        Transition("reopen_unreported", (U.CONCLUDED,), U.ENDED, "unit_conclusion_recalled"),
        Transition(
            "terminate", (U.PENDING, U.FIELDWORK, U.ENDED, U.REPORTED), U.TERMINATED, "unit_terminated"
        ),
    ),
    labels={
        U.PENDING: "Chưa kiểm tra",
        U.FIELDWORK: "Đang kiểm tra",
        U.ENDED: "Đã kết thúc kiểm tra tại đơn vị",
        U.REPORTED: "Đã có báo cáo của Đoàn",
        U.CONCLUDED: "Đã có thông báo kết luận",
        U.TERMINATED: "Đình chỉ",
    },
)

OPEN_UNITS = (U.PENDING, U.FIELDWORK)


def _unit_is_open(visit: Visit) -> str | None:
    unit = visit.inspected_unit
    if unit.state in OPEN_UNITS:
        return None
    return (
        f"{unit.unit.name} ở trạng thái “{INSPECTED_UNIT.labels[unit.state]}” nên không còn buổi làm việc "
        "nào. Mở lại trang để xem trạng thái mới nhất."
    )


def _case_goes_on(visit: Visit) -> str | None:
    state = visit.inspected_unit.inspection.state
    if state is I.SUSPENDED:
        return "Cuộc kiểm tra đang tạm dừng. Ghi nhận văn bản tiếp tục trước khi làm việc với đơn vị."
    if state in (I.DRAFT, I.DECIDED, I.IN_PROGRESS):
        return None
    return f"Cuộc kiểm tra đã ở trạng thái “{INSPECTION.labels[state]}”, không còn buổi làm việc nào."


def _case_is_decided(visit: Visit) -> str | None:
    if visit.inspected_unit.inspection.state is I.DRAFT:
        return "Chưa có quyết định kiểm tra nên chưa làm việc với đơn vị. Ghi nhận quyết định trước."
    return None


MEETING = (_case_goes_on, _unit_is_open)
"""What must hold before a visit is planned or told of."""

VISIT = Table(
    name="visit",
    transitions=(
        Transition(
            "schedule",
            (V.UNSCHEDULED, V.SCHEDULED),
            V.SCHEDULED,
            "visit_scheduled",
            Action.SCHEDULE_VISIT,
            MEETING,
        ),
        Transition(
            "open",
            (V.SCHEDULED,),
            V.UNDER_WAY,
            "visit_opened",
            Action.RUN_VISIT,
            (_case_is_decided, *MEETING),
        ),
        Transition("sign", (V.UNDER_WAY,), V.SIGNED, "visit_minutes_signed"),
        Transition(
            "call_off", (V.UNSCHEDULED, V.SCHEDULED), V.NOT_HELD, "visit_not_held", Action.SCHEDULE_VISIT
        ),
        # the case was terminated while the visit was under way
        Transition("break_off", (V.UNDER_WAY,), V.NOT_HELD, "visit_not_held"),
    ),
    labels={
        V.UNSCHEDULED: "Chưa có lịch",
        V.SCHEDULED: "Đã báo lịch",
        V.UNDER_WAY: "Đang làm việc",
        V.SIGNED: "Đã ký biên bản",
        V.NOT_HELD: "Không thực hiện",
    },
)
