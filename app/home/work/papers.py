"""Papers that wait: to check, approve, sign, seal, issue, correct; and receipts nobody has recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import clock
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import IN_FORCE, Delivery, Document, DocumentState, IssueWay, Paper, Recipient
from app.followup import escalating
from app.home.work.item import Item
from app.home.work.together import Part
from app.inspections.models import Inspection
from app.notices import queries as notices
from app.notices.models import Notice, NoticeRecall, RecallState
from app.policy import Actor, Role
from app.vietnamese import count, format_date

MOST = 50
SIGN_GROUP = "Chờ tôi duyệt, ký"
CHECK_GROUP = "Chờ tôi kiểm tra nội dung"
SEAL_GROUP = "Đã ký, chờ đóng dấu, ban hành"
LETTER_GROUP = "Công văn đôn đốc chờ ký"


def _papers(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Notices and every other paper prepared here, oldest first, with the case that they belong to."""
    none = sa.cast(sa.null(), sa.BigInteger)
    paper = (
        Document.id.label("document_id"), Document.kind, Document.subject, Document.state, Document.way,
        Document.return_reason, Document.created_at, Inspection.title, Inspection.code,
    )  # fmt: skip
    notices = (
        sa.select(Notice.id.label("notice_id"), none.label("paper_id"), *paper)
        .join(Document, Document.id == Notice.document_id)
        .join(Inspection, Inspection.id == Notice.inspection_id)
        .where(*where)
    )
    others = (
        sa.select(none, Paper.id, *paper)
        .join(Document, Document.id == Paper.document_id)
        .outerjoin(Inspection, Inspection.id == Paper.inspection_id)
        .where(*where)
    )
    both = sa.union_all(notices, others).subquery()
    return sa.select(both).order_by(both.c.document_id).limit(MOST)


def _item(row: Any, verb: str, button: str, first: str = "") -> Item:
    notice = row.notice_id is not None
    told = [row.code, row.title] if row.code else [KIND_LABELS[row.kind]]
    if row.kind == DocumentKind.REMINDER_LETTER and row.state in escalating.NOT_SIGNED:
        told = [waiting_since(clock.local(row.created_at).date())]
    return Item(
        verb=verb,
        text=row.subject,
        meta=" · ".join(told),
        endpoint="notices.show" if notice else "documents.paper",
        values={"notice_id": row.notice_id} if notice else {"paper_id": row.paper_id},
        button=button,
        first=first,
    )


def to_sign(actor: Actor) -> Part:
    """Papers that wait for this person's approval or signature; the team's leader signs the team's."""
    mine = Document.signer_id == actor.person_id
    if Role.LEADER in actor.roles:
        mine = sa.or_(mine, Document.signer_id.is_(None))
    query = _papers(
        mine,
        sa.or_(
            Document.state == DocumentState.APPROVAL,
            sa.and_(Document.state == DocumentState.APPROVED, Document.way == IssueWay.HERE),
        ),
    )
    return Part(query, lambda rows: [
        _item(row, "Ký" if row.state is DocumentState.APPROVED else "Duyệt", "Xem, ký" if row.state is
              DocumentState.APPROVED else "Xem, duyệt", SIGN_GROUP)
        for row in rows
    ])  # fmt: skip


def to_recall(actor: Actor) -> Part:
    """Requests to recall an issued notice that wait for a leader who did not write them."""
    query = (
        sa.select(
            NoticeRecall.id,
            Document.number,
            Document.symbol,
            Document.subject,
            Inspection.code,
            Inspection.title,
        )
        .join(Notice, Notice.id == NoticeRecall.notice_id)
        .join(Document, Document.id == Notice.document_id)
        .join(Inspection, Inspection.id == Notice.inspection_id)
        .where(NoticeRecall.state == RecallState.REQUESTED, NoticeRecall.requested_by != actor.person_id)
        .order_by(NoticeRecall.id)
        .limit(MOST)
    )
    return Part(
        query,
        lambda rows: [
            Item(
                verb="Quyết định",
                text=f"Đề nghị thu hồi Thông báo số {row.number:02d}/{row.symbol}",
                meta=f"{row.code} · {row.title}",
                endpoint="notices.recall",
                values={"recall_id": row.id},
                button="Xem, quyết định",
                first=SIGN_GROUP,
            )
            for row in rows
        ],
    )


def to_check(actor: Actor) -> Part:
    """Notices whose content waits to be checked by somebody else than the drafter."""
    query = _papers(
        Document.state == DocumentState.CONTENT_CHECK,
        sa.or_(Document.drafter_id.is_(None), Document.drafter_id != actor.person_id),
    )
    return Part(
        query,
        lambda rows: [_item(row, "Kiểm tra nội dung", "Kiểm tra nội dung", CHECK_GROUP) for row in rows],
    )


def of_clerk() -> Part:
    """Signed papers first, then form checks and papers issued elsewhere that wait to be recorded."""
    query = _papers(
        sa.or_(
            Document.state.in_((DocumentState.FORM_CHECK, DocumentState.SIGNED, DocumentState.SEALED)),
            sa.and_(Document.state == DocumentState.APPROVED, Document.way != IssueWay.HERE),
        )
    )
    words = {
        DocumentState.SIGNED: ("Đóng dấu", "Đóng dấu", SEAL_GROUP),
        DocumentState.SEALED: ("Ban hành", "Ban hành", SEAL_GROUP),
        DocumentState.FORM_CHECK: ("Kiểm tra thể thức", "Kiểm tra thể thức", ""),
        DocumentState.APPROVED: ("Ghi nhận văn bản đã ban hành", "Ghi nhận", ""),
    }
    return Part(query, lambda rows: [_item(row, *words[row.state]) for row in rows])


def returned_to(actor: Actor) -> Part:
    """Drafts of the actor's own that came back, or were never sent on."""
    query = _papers(Document.drafter_id == actor.person_id, Document.state == DocumentState.DRAFT)
    return Part(
        query,
        lambda rows: [
            _item(row, "Hoàn thiện, trình lại" if row.return_reason else "Hoàn thiện, trình", "Mở dự thảo")
            for row in rows
        ],
    )


def receipts() -> Part:
    """Notices that some units have not acknowledged and nobody has recorded a receipt for."""
    open_ = sa.func.count(Delivery.id)
    query = (
        sa.select(
            Document.id, Document.number, Document.symbol, Document.issued_on, open_.label("units"),
            sa.func.min(Delivery.acknowledge_by).label("until"),
        )
        .join(Delivery, Delivery.document_id == Document.id)
        .where(
            Document.kind == DocumentKind.CONCLUSION_NOTICE,
            Document.state.in_(IN_FORCE),
            Delivery.receipt.is_(None),
            Delivery.handed_to_id.is_(None),
        )
        .group_by(Document.id, Document.number, Document.symbol, Document.issued_on)
        .order_by(Document.issued_on, Document.id)
        .limit(MOST)
    )  # fmt: skip
    return Part(
        query,
        lambda rows: [
            Item(
                verb="Ghi nhận",
                text=f"việc tiếp nhận thông báo của {count(row.units)} đơn vị chưa xác nhận",
                meta=f"Thông báo số {row.number:02d}/{row.symbol} ngày {format_date(row.issued_on)}",
                endpoint="documents.show",
                values={"document_id": row.id},
                button="Ghi nhận",
                due_on=row.until,
            )
            for row in rows
        ],
    )


def to_send() -> Part:
    """Issued papers with lines of Nơi nhận that nobody has recorded as sent, oldest first."""
    query = (
        sa.select(
            Document.id, Document.kind, Document.number, Document.symbol, Document.issued_on,
            sa.func.count(Recipient.id).label("waiting"),
        )
        .join(Recipient, Recipient.document_id == Document.id)
        .where(Document.state.in_(IN_FORCE), Recipient.sent_on.is_(None))
        .group_by(Document.id, Document.kind, Document.number, Document.symbol, Document.issued_on)
        .order_by(Document.issued_on, Document.id)
        .limit(MOST)
    )  # fmt: skip
    return Part(
        query,
        lambda rows: [
            Item(
                verb="Gửi",
                text=f"văn bản số {row.number:02d}/{row.symbol}: "
                f"{count(row.waiting)} nơi nhận chưa ghi nhận gửi",
                meta=f"{KIND_LABELS[row.kind]} · ngày {format_date(row.issued_on)}",
                endpoint="documents.sending",
                values={"document_id": row.id},
                button="Ghi nhận gửi",
            )
            for row in rows
        ],
    )


def letters_to_sign(listed: Sequence[Item]) -> list[Item]:
    """Every công văn đôn đốc that no leader has signed, with since when; not those that `listed` names."""
    known = {item.values.get("paper_id") for item in listed}
    return [
        Item(
            verb="Xem",
            text=letter.subject,
            meta=f"{waiting_since(letter.since)} · {count(letter.tasks)} nội dung",
            endpoint="documents.paper",
            values={"paper_id": letter.paper_id},
            button="Mở công văn",
            first=LETTER_GROUP,
        )
        for letter in escalating.list_waiting()
        if letter.paper_id not in known
    ]


def waiting_since(since: date) -> str:
    """“Công văn đôn đốc chờ ký từ ngày 14/10/2026 (08 ngày)”."""
    days = (clock.today() - since).days
    return f"Công văn đôn đốc chờ ký từ ngày {format_date(since)} ({count(days)} ngày)"


def to_publish(actor: Actor) -> list[Item]:
    """Notices in force whose publication, or the reason against it, is not on record."""
    return [
        Item(
            verb="Công khai",
            text=f"Thông báo số {notice.document.number_and_symbol}: {notice.document.subject}",
            meta=date.rule_text,
            endpoint="notices.publication",
            values={"notice_id": notice.id},
            button="Ghi nhận công khai",
            due_on=date.due_on,
        )
        for notice, date in notices.list_to_publish(actor, most=MOST)
    ]
