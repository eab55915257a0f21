"""What every act of the chain does: a step of the slip, words kept, readiness asked."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.accounts import queries as accounts
from app.documents.canonical import canonical_json, content_hash, from_json
from app.documents.chain.course import Course
from app.documents.models import Document, DocumentStep, DocumentVersion
from app.errors import Conflict, DomainError
from app.extensions import db
from app.policy import Actor
from app.vietnamese import count
from app.workflow import hold

CHANGED = (
    "Nội dung hồ sơ đã thay đổi sau khi trình nên bản thảo không còn khớp. "
    "Trả lại để hoàn thiện, kiểm tra rồi trình lại."
)


def add_step(document: Document, verb: str, actor: Actor, opinion: str = "") -> DocumentStep:
    """Write an act of the slip with the hash of what it was about."""
    step = DocumentStep(
        document=document, verb=verb, person=accounts.get_person(actor.person_id), opinion=opinion.strip(),
        content_hash=document.content_hash,
    )  # fmt: skip
    db.session.add(step)
    db.session.flush()
    return step


def keep_version(step: DocumentStep) -> None:
    """Keep the words that this act was about, once: “so sánh với bản trước” reads them."""
    document = step.document
    if document.content is None or step.content_hash is None:
        return
    known = sa.select(DocumentVersion.id).where(
        DocumentVersion.document_id == document.id, DocumentVersion.content_hash == step.content_hash
    )
    if db.session.scalar(known) is None:
        db.session.add(
            DocumentVersion(
                document_id=document.id, step=step, content_hash=step.content_hash, content=document.content
            )
        )
        db.session.flush()


def lock(course: Course) -> None:
    """Lock order: what the paper belongs to, then the paper; register, series and chain come later."""
    course.hold()
    hold(course.document)
    db.session.refresh(course.document)


def ask_ready(course: Course, *, on: date | None = None, elsewhere: bool = False) -> None:
    """Raises Conflict with every check that stops the paper; `on`, `elsewhere` as in `Course.stopping`."""
    stopping = course.stopping(on=on, elsewhere=elsewhere)
    if stopping:
        more = f" Còn {count(len(stopping) - 4)} chỗ khác." if len(stopping) > 4 else ""
        raise Conflict(f"{' '.join(stopping[:4])}{more}")


def freeze(course: Course) -> None:
    """Keep every text as it reads now, the canonical content and its hash."""
    course.freeze()
    content = course.compose()
    course.document.content = canonical_json(content)
    course.document.content_hash = content_hash(content)
    db.session.flush()


def ask_unchanged(course: Course) -> None:
    """Raises Conflict when the record would say something else than what was submitted."""
    kept, now = course.document.content, course.compose()
    if kept is None or content_hash(course.comparable(now)) != content_hash(
        course.comparable(from_json(kept))
    ):
        raise Conflict(CHANGED)


def begin_again(course: Course, reason: str) -> None:
    """A draft once more: nobody's check stands, and the record proposes again what nobody had edited."""
    document = course.document
    document.return_reason = reason
    document.content_checked_by = document.form_checked_by = document.approved_by = None
    document.approved_hash = None
    course.thaw()
    course.touch()


def ask_reason(reason: str) -> str:
    """The reason on one line. Raises DomainError (field `opinion`) when there is none."""
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise DomainError("Ghi lý do.", field="opinion")
    return reason
