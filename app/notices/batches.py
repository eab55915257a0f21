"""Reading batches: whose they are, where each notice stands, what may be done with many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.documents.models import Document, DocumentState, IssueWay
from app.errors import NotFound
from app.extensions import db
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection
from app.jobs.models import JobState
from app.notices.models import Notice, NoticeBatch, NoticeBatchItem
from app.policy import Action, Actor, can

ACTIVE = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True)
class Step:
    """Something done with every notice of a batch that is ready for it."""

    verb: str
    label: str
    says: str
    action: Action
    state: DocumentState


STEPS: tuple[Step, ...] = (
    Step("submit", "Trình kiểm tra nội dung", "Thông báo không có chỗ phải xử lý được trình; thông báo còn "
         "vướng ở lại để hoàn thiện.", Action.SUBMIT_PAPER, DocumentState.DRAFT),
    Step("check_content", "Đồng ý nội dung, trình tiếp", "Người kiểm tra chịu trách nhiệm về nội dung của "
         "từng thông báo.", Action.CHECK_CONTENT, DocumentState.CONTENT_CHECK),
    Step("check_form", "Đồng ý thể thức, trình duyệt", "Người kiểm tra chịu trách nhiệm về thể thức của "
         "từng thông báo.", Action.CHECK_FORM, DocumentState.FORM_CHECK),
    Step("approve", "Duyệt bản thảo", "Sau khi duyệt, mọi thay đổi phải trình duyệt lại.",
         Action.APPROVE_PAPER, DocumentState.APPROVAL),
    Step("sign", "Ký văn bản", "Mỗi thông báo lấy một số theo thứ tự trong danh sách. Thông báo chưa ký được "
         "giữ số đã lấy cho lần ký lại.", Action.SIGN_PAPER, DocumentState.APPROVED),
    Step("seal", "Đóng dấu, ký số của cơ quan", "Người ký không đóng dấu trên văn bản do mình ký.",
         Action.SEAL_PAPER, DocumentState.SIGNED),
    Step("issue", "Ban hành", "Mỗi thông báo ban hành riêng; thông báo vướng không ảnh hưởng thông báo khác.",
         Action.ISSUE_PAPER, DocumentState.SEALED),
)  # fmt: skip
HERE_ONLY = frozenset({"sign", "seal", "issue"})


def find_step(verb: str) -> Step:
    """The step of this name. Raises NotFound."""
    found = next((step for step in STEPS if step.verb == verb), None)
    if found is None:
        raise NotFound
    return found


def get_batch(actor: Actor, batch_id: int) -> NoticeBatch:
    """The batch with its units and notices, for who may see the case. Raises NotFound."""
    found = None
    if actor.in_office:
        found = db.session.scalar(
            sa.select(NoticeBatch)
            .join(Inspection, Inspection.id == NoticeBatch.inspection_id)
            .where(NoticeBatch.id == batch_id, inspections.visible_to(actor))
            .options(
                selectinload(NoticeBatch.items).options(
                    joinedload(NoticeBatchItem.notice).joinedload(Notice.document).options(
                        joinedload(Document.signer), selectinload(Document.deliveries)
                    ),
                    joinedload(NoticeBatchItem.inspected_unit).options(
                        joinedload(InspectedUnit.unit), lazyload(InspectedUnit.visits)
                    ),
                ),
                joinedload(NoticeBatch.job),
                joinedload(NoticeBatch.file),
            )
        )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def list_batches(inspection_id: int) -> Sequence[NoticeBatch]:
    """The batches of a case, newest first."""
    return db.session.scalars(
        sa.select(NoticeBatch)
        .where(NoticeBatch.inspection_id == inspection_id)
        .options(selectinload(NoticeBatch.items).lazyload("*"), joinedload(NoticeBatch.maker))
        .order_by(NoticeBatch.id.desc())
    ).all()


def find_latest(inspection_id: int) -> int | None:
    """The key of the newest batch of a case."""
    return db.session.scalar(
        sa.select(sa.func.max(NoticeBatch.id)).where(NoticeBatch.inspection_id == inspection_id)
    )


def other_drafts(notice: Notice, actor: Actor) -> list[Notice]:
    """The drafts beside this one in its batch that `actor` may edit, in the order of the list."""
    batch_id = db.session.scalar(
        sa.select(NoticeBatchItem.batch_id).where(NoticeBatchItem.notice_id == notice.id)
    )
    if batch_id is None:
        return []
    beside = (item.notice for item in get_batch(actor, batch_id).items)
    return [
        one for one in beside
        if one is not None and one is not notice and one.is_draft and can(actor, Action.EDIT_PAPER, one)
    ]  # fmt: skip


def is_busy(batch: NoticeBatch) -> bool:
    """Whether something is being done for it in the background."""
    return batch.job is not None and batch.job.state in ACTIVE


def ready_for(batch: NoticeBatch, step: Step, actor: Actor) -> list[NoticeBatchItem]:
    """Those with whose notice `actor` may do this now."""
    return [item for item in batch.items if item.notice is not None and is_ready(item.notice, step, actor)]


def is_ready(notice: Notice, step: Step, actor: Actor) -> bool:
    """Whether this is the next step of the notice and this person's."""
    document = notice.document
    if document.state is not step.state or (step.verb in HERE_ONLY and document.way is not IssueWay.HERE):
        return False
    if step.verb == "approve" and actor.person_id != document.signer_id:
        return False
    return can(actor, step.action, document)


def printable(batch: NoticeBatch) -> list[NoticeBatchItem]:
    """Those with a notice that was not given up."""
    return [
        item for item in batch.items
        if item.notice is not None and item.notice.document.state is not DocumentState.ABANDONED
    ]  # fmt: skip
