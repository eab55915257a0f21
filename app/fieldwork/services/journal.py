"""Writing Nhật ký Đoàn: append-only, a wrong line is put right by a later one."""

from __future__ import annotations

from datetime import date

from app import clock
from app.audit import services as audit
from app.errors import DomainError, WrongState
from app.extensions import db
from app.fieldwork.models import JournalEntry
from app.inspections.models import Inspection, InspectionState
from app.policy import Action, Actor, authorise


def write(inspection: Inspection, on_date: date, text: str, *, actor: Actor) -> JournalEntry:
    """Write down what the team did on a day. Only the team writes, once the case is decided.

    Raises Forbidden, WrongState, DomainError at a field.
    """
    authorise(actor, Action.RECORD_ANSWER, inspection)
    if inspection.state is InspectionState.DRAFT:
        raise WrongState("Nhật ký Đoàn được ghi từ khi có quyết định kiểm tra.")
    if on_date > clock.today():
        raise DomainError("Ngày ghi nhật ký không sau hôm nay.", field="on_date")
    decided = inspection.decision.issued_on if inspection.decision is not None else None
    if decided is not None and on_date < decided:
        raise DomainError("Ngày ghi nhật ký không trước ngày quyết định kiểm tra.", field="on_date")
    if len(text.strip()) < 3:
        raise DomainError("Ghi nội dung công việc của Đoàn, ít nhất 03 ký tự.", field="text")
    entry = JournalEntry(
        inspection_id=inspection.id,
        on_date=on_date,
        text=text.strip(),
        written_by=actor.person_id,
        written_at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()
    audit.record("journal_written", entry, inspection, actor=actor, data={"on": on_date.isoformat()})
    return entry
