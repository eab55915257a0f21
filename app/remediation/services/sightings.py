"""What a team sees of old tasks when it comes to the unit: told to the follower, never an assessment."""

from __future__ import annotations

from app import clock
from app.audit import services as audit
from app.errors import DomainError, WrongState
from app.extensions import db
from app.fieldwork.services.answers import writable
from app.policy import Action, Actor, authorise
from app.remediation.models import PROGRESS_LABELS, ProgressStatus, TaskSighting
from app.remediation.queries import OPEN_STATES, Riding
from app.remediation.services.guards import about, reread, touch
from app.remediation.services.unit_side import keep_files
from app.remediation.values import SightingValues
from app.vietnamese import format_date


def note_seen(riding: Riding, values: SightingValues, *, actor: Actor) -> TaskSighting:
    """Note on the spot whether an old task is mended; the follower reads it as a remark to verify.

    Nothing of it is an answer: no content is assessed, no claim moves, the task keeps its state. Raises
    DomainError at a field, WrongState outside fieldwork or once the task is no longer followed.
    """
    place, task = riding.place, riding.task
    authorise(actor, Action.RECORD_ANSWER, place)
    writable(place)
    reread([task])
    if task.state not in OPEN_STATES:
        raise WrongState(f"{task.code} không còn theo dõi khắc phục. Mở lại trang để xem.")
    text, done = " ".join(values.text.split()), values.status is ProgressStatus.DONE
    if not done and not text:
        raise DomainError("Nêu việc chưa khắc phục xong.", field="text")
    if done and not text and not values.files:
        raise DomainError("Ghi việc đã thấy hoặc đính kèm ảnh.", field="text")
    seen = TaskSighting(
        inspected_unit_id=place.id,
        status=values.status,
        text=text,
        seen_on=clock.today(),
        written_by=actor.person_id,
        files=keep_files(values.files, actor=actor),
    )
    task.sightings.append(seen)
    label = PROGRESS_LABELS[values.status]
    task.verdict = f"Đoàn kiểm tra ghi nhận ngày {format_date(seen.seen_on)}: {told(seen)}"
    touch(task)
    db.session.flush()
    audit.record(
        "task_seen_on_visit", task, place, actor=actor,
        data={**about(task), "seen": label[0].lower() + label[1:], "text": text},
    )  # fmt: skip
    return seen


def told(seen: TaskSighting) -> str:
    """“chưa khắc phục. Bảng niêm yết còn thiếu 12 thủ tục.”"""
    label = PROGRESS_LABELS[seen.status]
    text = f" {seen.text.rstrip('.')}." if seen.text else ""
    return f"{label[0].lower()}{label[1:]}.{text}"
