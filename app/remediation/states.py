"""States of a task."""

from __future__ import annotations

from app.deadlines.badge import DeadlineKind
from app.policy import Action
from app.remediation.models import RequestState, ResultState, Task
from app.remediation.models import TaskState as T
from app.workflow import Table, Transition


def every_result_accepted(task: Task) -> str | None:
    """A task is done when each of its products was accepted."""
    left = [result for result in task.results if result.state is not ResultState.ACCEPTED]
    return f"Còn {len(left):02d} sản phẩm chưa được công nhận." if left else None


def done_all_the_time(task: Task) -> str | None:
    """Only what has no end is watched after it was accepted."""
    if task.deadline_kind is DeadlineKind.CONTINUING:
        return None
    return "Chỉ theo dõi duy trì nội dung thực hiện thường xuyên; nội dung này thì công nhận hoàn thành."


def no_request_waits(task: Task) -> str | None:
    """Handed in late while more time was asked for: whether it is late turns on the answer."""
    if all(one.state is not RequestState.OPEN for one in task.extension_requests):
        return None
    return "Đề nghị gia hạn của đơn vị còn chờ quyết định; đồng ý hoặc không đồng ý trước khi công nhận."


def from_an_old_table(task: Task) -> str | None:
    """What was accepted stays; only what a table said was done may have been brought over by mistake."""
    return None if task.converted else "Nội dung đã công nhận hoàn thành không rút được."


TASK = Table(
    name="task",
    transitions=(
        Transition("issue", (T.DRAFT,), T.ISSUED, "task_issued"),
        Transition("enter", (T.DRAFT,), T.ISSUED, "past_task_entered", Action.RECORD_CONCLUSION),
        Transition("bring_over", (T.DRAFT,), T.ISSUED, "converted_task_entered", Action.BRING_OVER_PAST),
        Transition(
            "bring_over_done", (T.DRAFT,), T.ACCEPTED, "converted_task_entered", Action.BRING_OVER_PAST
        ),
        Transition("start", (T.ISSUED, T.RETURNED, T.IN_PROGRESS), T.IN_PROGRESS, "task_progress_reported"),
        Transition("submit", (T.ISSUED, T.IN_PROGRESS, T.RETURNED), T.SUBMITTED, "task_submitted"),
        Transition("send_back", (T.SUBMITTED,), T.RETURNED, "task_returned", Action.ACCEPT_TASK),
        Transition(
            "accept",
            (T.SUBMITTED,),
            T.ACCEPTED,
            "task_accepted",
            Action.ACCEPT_TASK,
            (every_result_accepted, no_request_waits),
        ),
        Transition(
            "watch",
            (T.SUBMITTED,),
            T.WATCHING,
            "task_watch_started",
            Action.ACCEPT_TASK,
            (done_all_the_time, every_result_accepted, no_request_waits),
        ),
        Transition("finish_watch", (T.WATCHING,), T.ACCEPTED, "task_accepted", Action.ACCEPT_TASK),
        Transition("recur", (T.WATCHING,), T.RETURNED, "task_recurred", Action.ACCEPT_TASK),
        Transition(
            "withdraw_done", (T.ACCEPTED,), T.WITHDRAWN, "task_withdrawn", conditions=(from_an_old_table,)
        ),
        Transition(
            "withdraw",
            (T.ISSUED, T.IN_PROGRESS, T.SUBMITTED, T.RETURNED, T.WATCHING),
            T.WITHDRAWN,
            "task_withdrawn",
        ),
    ),
    labels={
        T.DRAFT: "Dự kiến",
        T.ISSUED: "Chưa thực hiện",
        T.IN_PROGRESS: "Đang thực hiện",
        T.SUBMITTED: "Đã báo cáo, chờ thẩm tra",
        T.RETURNED: "Cần bổ sung",
        T.ACCEPTED: "Đã hoàn thành",
        T.WATCHING: "Đang theo dõi duy trì",
        T.WITHDRAWN: "Đã rút",
    },
)
