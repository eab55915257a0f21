"""Dates of steps as they are counted when their event comes: kept with rule and calendar, never moved.

A room calls `count_from` where its event happens; whether the profile counts from that event is the rule's
matter. Lists and pages read what was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app.deadlines import queries
from app.deadlines.models import Event, ProfileCode, Step, StepDate
from app.deadlines.settings import DEFAULT_PROFILE
from app.deadlines.working_days import Calendar, Deadline
from app.extensions import db


def would_be(profile: str, step: Step, event: Event, on: date) -> Deadline | None:
    """The date of `step` counted from `event` on that day, kept nowhere; None when another event counts."""
    code = ProfileCode(profile or queries.setting(DEFAULT_PROFILE))
    rule = queries.find_rule(code, step, on)
    return queries.due_on(code, step, on) if rule is not None and rule.event is event else None


def count_from(
    profile: str,
    step: Step,
    event: Event,
    on: date,
    *,
    inspected_unit_id: int | None = None,
    document_id: int | None = None,
    unit_id: int | None = None,
    request_id: int | None = None,
) -> StepDate | None:
    """The date of `step` if the profile ("" = the office's usual one) counts it from `event`, on `on`.

    By the rule in force that day and the calendar of today. Counted once: told again, the first row is given.
    None when the rule runs from another event.
    """
    counted = would_be(profile, step, event, on)
    if counted is None:
        return None
    owner = (
        StepDate.inspected_unit_id.is_not_distinct_from(inspected_unit_id),
        StepDate.document_id.is_not_distinct_from(document_id),
        StepDate.unit_id.is_not_distinct_from(unit_id),
        StepDate.request_id.is_not_distinct_from(request_id),
    )
    known = db.session.scalar(
        sa.select(StepDate).where(StepDate.step == step, StepDate.event_on == on, *owner)
    )
    if known is not None:
        return known
    made = StepDate(
        step=step, event=event, event_on=on, due_on=counted.due_on, rule_text=counted.rule_text,
        profile=counted.profile, rule_number=counted.rule_number, calendar_version=counted.calendar_version,
        inspected_unit_id=inspected_unit_id, document_id=document_id, unit_id=unit_id, request_id=request_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def find(
    step: Step, *, inspected_unit_id: int | None = None, document_id: int | None = None
) -> StepDate | None:
    """The date that holds for a unit under inspection, or for a paper as a whole: of the newest event."""
    rows = list_of(step, inspected_unit_ids=[inspected_unit_id] if inspected_unit_id else (),
                   document_ids=[document_id] if document_id else ())  # fmt: skip
    return next((row for row in reversed(rows) if row.unit_id is None), None)


def list_of(
    step: Step, *, inspected_unit_ids: Sequence[int] = (), document_ids: Sequence[int] = ()
) -> Sequence[StepDate]:
    """Every row of these, the newest event last."""
    return db.session.scalars(
        sa.select(StepDate)
        .where(
            StepDate.step == step,
            sa.or_(
                StepDate.inspected_unit_id.in_(inspected_unit_ids), StepDate.document_id.in_(document_ids)
            ),
        )
        .order_by(StepDate.event_on, StepDate.id)
    ).all()


def list_for_unit(step: Step, unit_ids: Sequence[int]) -> Sequence[StepDate]:
    """What units owe on papers that they received, the nearest first; of each paper the newest event's."""
    rows = db.session.scalars(
        sa.select(StepDate)
        .where(StepDate.step == step, StepDate.unit_id.in_(unit_ids))
        .order_by(StepDate.event_on, StepDate.id)
    )
    held = {(row.document_id, row.unit_id): row for row in rows}
    return sorted(held.values(), key=lambda row: (row.due_on, row.id))


def otherwise(rows: Sequence[StepDate], calendar: Calendar) -> list[tuple[StepDate, date]]:
    """Those that another calendar counts otherwise, with its date; by the version of the rule that did."""
    rules = {
        (code, step, rule.number): rule.rule
        for code, step in {(row.profile, row.step) for row in rows}
        for rule in queries.list_rule_versions(code, step)
    }
    found = []
    for row in rows:
        there = rules[row.profile, row.step, row.rule_number].due_on(row.event_on, calendar)
        if there != row.due_on:
            found.append((row, there))
    return found
