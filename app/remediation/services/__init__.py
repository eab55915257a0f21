"""Writes of remediation: drafting and issuing, the unit's work, the follower's work.

Everything raises the refusals of `app.errors`; nothing here commits.
"""

from app.remediation.services.adjusting import merge_tasks, move_tasks, set_common_date
from app.remediation.services.asking import refuse_extension, refuse_oneself, request_extension
from app.remediation.services.converting import fill_in
from app.remediation.services.directing import answer, direct
from app.remediation.services.drafting import add_task, edit_task, propose, remove_task
from app.remediation.services.following import edit_line, extend, review, set_follower
from app.remediation.services.handing import acknowledge_list, take_over_as_head
from app.remediation.services.handover import acknowledge_handover, hand_over
from app.remediation.services.issuing import excuse_finding, issue_tasks, recount, withdraw
from app.remediation.services.papers import (
    add_to_reminder,
    begin,
    begin_extension_answer,
    begin_reminder,
    extend_by_paper,
    link,
    send,
    urge_by_paper,
)
from app.remediation.services.past import add_past_task, undo_past_task, withdraw_past_task
from app.remediation.services.plans import record_plan
from app.remediation.services.schedules import finish_step, set_schedule
from app.remediation.services.sightings import note_seen
from app.remediation.services.unit_side import assign, report_progress, submit, submit_report
from app.remediation.services.verifying import (
    accept,
    accept_result,
    accept_whole,
    finish_watch,
    recur,
    return_result,
    send_back,
    watch,
)

__all__ = [
    "accept",
    "accept_result",
    "accept_whole",
    "acknowledge_handover",
    "acknowledge_list",
    "add_past_task",
    "add_task",
    "add_to_reminder",
    "answer",
    "assign",
    "begin",
    "begin_extension_answer",
    "begin_reminder",
    "direct",
    "edit_line",
    "edit_task",
    "excuse_finding",
    "extend",
    "extend_by_paper",
    "fill_in",
    "finish_step",
    "finish_watch",
    "hand_over",
    "issue_tasks",
    "link",
    "merge_tasks",
    "move_tasks",
    "note_seen",
    "propose",
    "record_plan",
    "recount",
    "recur",
    "refuse_extension",
    "refuse_oneself",
    "remove_task",
    "report_progress",
    "request_extension",
    "return_result",
    "review",
    "send",
    "send_back",
    "set_common_date",
    "set_follower",
    "set_schedule",
    "submit",
    "submit_report",
    "take_over_as_head",
    "undo_past_task",
    "urge_by_paper",
    "watch",
    "withdraw",
    "withdraw_past_task",
]
