"""What stands on the paper of a hand-over: drawn from the record, and kept in its words once acknowledged.

A sheet that nobody has acknowledged is drawn anew for every look and never stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from app import clock
from app.extensions import db
from app.remediation import periods, queries
from app.remediation.models import (
    Directive,
    Extension,
    HandingList,
    HandingSheet,
    HandingSheetLine,
    ProgressReport,
    Task,
    TaskHandover,
    TaskState,
)
from app.units.models import Unit
from app.vietnamese import count, format_date


def line_of(
    task: Task, moment: datetime, *, state: TaskState, term: date | None, days: int
) -> HandingSheetLine:
    """A task in the words of a sheet: what was known at `moment`."""
    day = clock.local(moment).date()
    source = task.source
    assert source is not None
    asked = [row for row in task.directives if _waits(row, moment)]
    proofs = [
        row for row in task.progress if row.written_at <= moment and (row.document_reference or row.files)
    ]
    return HandingSheetLine(
        task_id=task.id,
        code=task.code,
        text=task.text,
        unit_name=task.lead_unit.name,
        notice=f"{source.number_and_symbol} ngày {format_date(source.issued_on)}",
        term_on=term or task.review_on,
        state=state,
        days_overdue=days,
        moved=[_moved(row) for row in task.extensions if row.decided_on <= day],
        evidence=[_evidence(row) for row in proofs],
        asked=[_asked(row) for row in asked if row.to_person_id is None],
        asked_of_office=[_asked(row) for row in asked if row.to_person_id is not None],
    )


def _waits(row: Directive, moment: datetime) -> bool:
    return row.asked_at <= moment and (row.answered_at is None or row.answered_at > moment)


def _moved(row: Extension) -> str:
    days = f"từ {format_date(row.old_due_on)} đến {format_date(row.new_due_on)}"
    return f"gia hạn {days}, quyết định ngày {format_date(row.decided_on)}"


def _evidence(row: ProgressReport) -> str:
    on = f" ngày {format_date(row.document_on)}" if row.document_on else ""
    files = f" ({count(len(row.files))} tệp)" if row.files else ""
    return f"{row.document_reference or 'Tệp đính kèm'}{on}{files}"


def _asked(row: Directive) -> str:
    return f"Chờ trả lời: {row.label}, chậm nhất hết ngày {format_date(row.answer_due_on)}"


def _before(task: Task, day: date) -> int:
    """Days overdue that fell before `day`."""
    return periods.days_within(periods.late_spans(task, clock.today()), date.min, day)


def _proposals(tasks: Sequence[Task]) -> list[str]:
    found = []
    for one in queries.proposals_of(tasks):
        by = f", chậm nhất hết ngày {format_date(one.answer_due_on)}" if one.answer_due_on else ""
        found.append(f"{one.text} ({one.answering_body}{by})" if one.answering_body else one.text)
    return found


def _unreceived(unit: Unit, day: date) -> list[str]:
    found = []
    for one in queries.unreceived(unit, day):
        assert one.document.issued_on is not None  # only papers in force were sent
        paper = f"{one.document.number_and_symbol} ngày {format_date(one.document.issued_on)}"
        found.append(f"{paper}: {one.document.subject}, gửi ngày {format_date(one.sent_on)}")
    return found


def of_list(handing: HandingList) -> HandingSheet:
    """The sheet of a list between people: what was kept of it, or drawn as it stood when it was given."""
    kept = db.session.scalar(sa.select(HandingSheet).where(HandingSheet.list_id == handing.id))
    if kept is not None:
        return kept
    unit, given = handing.unit, handing.given_at
    with db.session.no_autoflush:
        return HandingSheet(
            list_id=handing.id,
            giver=handing.giver.name,
            receiver=handing.receiver.name,
            unit_name=unit.name if unit is not None else "",
            from_on=handing.from_on,
            acknowledged_on=handing.acknowledged_on,
            reference=handing.reference,
            unreceived=_unreceived(unit, clock.local(given).date()) if unit is not None else [],
            proposals=_proposals([line.task for line in handing.lines]),
            lines=[
                line_of(line.task, given, state=line.state, term=line.term_on, days=line.days_overdue)
                for line in handing.lines
            ],
        )


def of_change(found: queries.ToTakeOver) -> HandingSheet:
    """What a new head has to take over, as it stands now; without lines when nothing waits."""
    change, today = found.change, clock.today()
    since = change.post.from_on if change is not None else today
    return HandingSheet(
        giver=change.before.name if change is not None else "",
        receiver=change.post.person.name if change is not None else "",
        unit_name=found.unit.name,
        from_on=since,
        unreceived=_unreceived(found.unit, today),
        proposals=_proposals(found.tasks),
        lines=[
            line_of(task, clock.now(), state=task.state, term=task.term, days=_before(task, since))
            for task in found.tasks
        ],
    )


def of_handover(row: TaskHandover) -> HandingSheetLine:
    """What a successor takes over, as it stands now."""
    task = row.task
    days = _before(task, row.assigned_on)
    line = line_of(task, clock.now(), state=task.state, term=task.term, days=days)
    line.handover_id, line.unit_name = row.id, row.from_unit.name
    return line


def of_received(rows: Sequence[TaskHandover]) -> HandingSheet:
    """The sheet of what one successor acknowledged by one act; every row says the same of it."""
    first = rows[0]
    assert first.acknowledged_on is not None
    return HandingSheet(
        to_unit_id=first.to_unit_id,
        giver=", ".join(dict.fromkeys(row.from_unit.name for row in rows)),
        receiver=first.to_unit.name,
        unit_name=first.to_unit.name,
        from_on=max(row.assigned_on for row in rows),
        acknowledged_on=first.acknowledged_on,
        reference=first.reference,
        proposals=_proposals([row.task for row in rows]),
        lines=[of_handover(row) for row in rows],
    )


def keep(sheet: HandingSheet) -> None:
    """Store what was acknowledged, for good."""
    db.session.add(sheet)
    db.session.flush()
