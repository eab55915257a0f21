"""What eOffice issued becomes what the record says: its words, its dates. The issued file wins."""

from __future__ import annotations

from collections.abc import Sequence

from app.audit import services as audit
from app.audit.freshness import check_version
from app.constraint_messages import MESSAGES
from app.documents.chain import TextChange, ask_record
from app.errors import DomainError
from app.extensions import db
from app.notices import annexes, texts
from app.notices.models import Notice
from app.notices.record import Record, gather
from app.notices.services.drafting import apply_texts, touch
from app.policy import Actor
from app.remediation.models import Task, TaskState
from app.remediation.services.guards import about, index_task
from app.remediation.services.guards import touch as touch_task
from app.vietnamese import parse_date

DATES = ("due", "report")


def editable_keys(notice: Notice, record: Record) -> frozenset[str]:
    """Keys that `bring_in_line` takes: the texts of the notice, words and dates of its draft tasks."""
    keys = {piece.key for piece in texts.pieces_of(notice, record)}
    for task in _drafts(record):
        keys.add(f"task-{task.id}")
        if task.due_on is not None and task.report_due_on is not None:
            keys |= {f"{part}-{task.id}" for part in DATES}
    return frozenset(keys)


def _drafts(record: Record) -> list[Task]:
    """What a replacing notice goes on asking was asked before and stays as it was."""
    return [task for task in record.tasks if task.state is TaskState.DRAFT]


def bring_in_line(notice: Notice, changes: Sequence[TextChange], *, version: int | None, actor: Actor) -> int:
    """Cập nhật hồ sơ theo bản đã ban hành: the words that were issued become those of the record.

    Each change is a whole text. Figures that stand in the issued words are not set behind them a second time.
    Returns how many texts changed. Raises Forbidden, WrongState, Stale, DomainError at a text.
    """
    ask_record(notice.document, actor)
    check_version(notice, version)
    record = gather(notice)
    tokens = {piece.key: piece for piece in texts.pieces_of(notice, record)}
    plain = dict(notice.sections)
    adjusted = []
    for change in changes:
        piece = tokens.get(change.key)
        text = change.text
        if piece is not None and piece.item is not None and piece.token:
            shown = f"({piece.token})"
            if shown in text:
                text = " ".join(text.replace(shown, "").replace(" .", ".").split())
            else:
                plain[f"plain-{piece.item.finding_id}"] = "1"
        adjusted.append(TextChange(change.key, text))
    notice.sections = plain
    place_of = annexes.places(record)
    words, days = _task_changes(record, adjusted)
    changed = apply_texts(notice, [c for c in adjusted if not c.key.startswith(("task-", "due-", "report-"))])
    places = [piece.where for piece, _ in changed]
    for task, change in words:
        if _reword(task, change.text, actor):
            places.append(place_of[task.id])
    for task, own in days.items():
        if _redate(task, own, actor):
            places.append(f"{place_of[task.id]}, thời hạn")
    if places:
        touch(notice)
        where = ", ".join(places)
        audit.record("notice_brought_in_line", notice, notice.document, actor=actor, data={"where": where})
    return len(places)


Days = dict[str, TextChange]
"""Typed dates of a task: "due", "report"."""


def _task_changes(
    record: Record, changes: Sequence[TextChange]
) -> tuple[list[tuple[Task, TextChange]], dict[Task, Days]]:
    known = {f"{part}-{task.id}": (part, task) for task in _drafts(record) for part in ("task", *DATES)}
    words: list[tuple[Task, TextChange]] = []
    days: dict[Task, Days] = {}
    for change in changes:
        part, task = known.get(change.key, ("", None))
        if task is not None and part == "task":
            words.append((task, change))
        elif task is not None:
            days.setdefault(task, {})[part] = change
    return words, days


def _reword(task: Task, text: str, actor: Actor) -> bool:
    """The words of a draft task as they were issued. Raises DomainError when they are too short."""
    text = texts.clean(text).replace("\n", " ")
    if text == task.text:
        return False
    if len(text) < 3:
        raise DomainError(MESSAGES["ck_task_has_text"], field=f"task-{task.id}")
    task.text = text
    _edited(task, actor)
    return True


def _redate(task: Task, typed: Days, actor: Actor) -> bool:
    """The dates of a draft task as they were issued. Raises DomainError at the field."""
    due_on, report_on = task.due_on, task.report_due_on
    for part, change in typed.items():
        try:
            day = parse_date(change.text)
        except ValueError as error:
            raise DomainError(str(error), field=change.key) from error
        due_on, report_on = (day, report_on) if part == "due" else (due_on, day)
    if (due_on, report_on) == (task.due_on, task.report_due_on):
        return False
    if due_on is not None and report_on is not None and report_on < due_on:
        raise DomainError(MESSAGES["ck_task_report_after_completion"], field=next(iter(typed.values())).key)
    task.due_on, task.report_due_on = due_on, report_on
    task.term_days = task.counted_from = None  # a date set by hand is not counted anew
    _edited(task, actor)
    return True


def _edited(task: Task, actor: Actor) -> None:
    touch_task(task)
    db.session.flush()
    index_task(task)
    audit.record("task_edited", task, task.case, actor=actor, data=about(task))
