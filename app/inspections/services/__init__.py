"""Writing cases. Every function takes `actor=`, flushes, never commits, and raises DomainError."""

from app.inspections.services.decision import (
    DecisionData,
    decide,
    extend_term,
    missing_for_decision,
    resume,
    start,
    start_unit,
    suspend,
    terminate,
)
from app.inspections.services.drafts import PLANNABLE, CaseData, create, edit_draft
from app.inspections.services.expansion import drop_predecessor, take_back_predecessor
from app.inspections.services.overlap import record_answer, send_plan
from app.inspections.services.partial import Chosen, Left, Paper, terminate_part
from app.inspections.services.reopenings import ask_reopening, grant_reopening
from app.inspections.services.reserving import extend_reservation, release_reservation, reserve_scope
from app.inspections.services.scope import (
    Remainder,
    RemainderChanged,
    accept_remainder,
    add_units,
    follow_lineage,
    give_higher_reason,
    remove_unit,
    set_scope,
)
from app.inspections.services.team import MemberData, add_member, assign, remove_member, replace_leader
from app.inspections.services.visits import (
    VisitData,
    announce,
    call_off,
    move_visit,
    record_unit_report,
    schedule_visit,
)

__all__ = [
    "PLANNABLE", "CaseData", "Chosen", "DecisionData", "Left", "MemberData", "Paper", "Remainder",
    "RemainderChanged", "VisitData",
    "accept_remainder", "add_member", "add_units", "announce", "ask_reopening", "assign", "call_off",
    "create", "decide", "drop_predecessor", "edit_draft", "extend_reservation", "extend_term",
    "follow_lineage", "give_higher_reason", "grant_reopening", "missing_for_decision", "move_visit",
    "record_answer", "record_unit_report", "release_reservation", "remove_member", "remove_unit",
    "replace_leader", "reserve_scope", "resume", "schedule_visit", "send_plan", "set_scope", "start",
    "start_unit", "suspend", "take_back_predecessor", "terminate", "terminate_part",
]  # fmt: skip
