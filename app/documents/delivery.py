"""An issued paper to its recipients, and the four ways in which their receipt becomes known (users.md H3).

Receipt is a fact about document and unit; no deadline waits for it. Sending is recorded line by line of Nơi
nhận, because most of those who stand there are no units of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.audit import services as audit
from app.documents.canonical import from_json
from app.documents.content import OfficialDocument
from app.documents.kinds import LETTERS, DocumentKind
from app.documents.models import SENDING_LABELS, Delivery, Document, ReceiptKind, Recipient, SendingWay
from app.documents.states import OVER
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.units.models import Unit
from app.vietnamese import count, format_date, nfc, one_line
from app.workflow import hold

_on_receipt: dict[str, Callable[[Delivery], None]] = {}
HERE = frozenset({ReceiptKind.HEAD_HERE, ReceiptKind.AUTHORISED_HERE})
_KEPT = re.compile(r"lưu\s*(?::|vt\b|hs\b|hồ sơ|văn thư)", re.I)
_AS_ABOVE = re.compile(r"như (?:trên|kính gửi)\b", re.I)
_TYPE_NAMES = {
    DocumentKind.CONCLUSION_NOTICE: "Thông báo",
    DocumentKind.DECISION: "Quyết định",
    DocumentKind.ANNUAL_PLAN: "Kế hoạch",
    DocumentKind.WORK_PLAN: "Kế hoạch",
    DocumentKind.REPORT_OUTLINE: "Đề cương báo cáo",
    DocumentKind.TEAM_REPORT: "Báo cáo",
    **dict.fromkeys(LETTERS, "Công văn"),
}


def deliver(
    document: Document,
    unit: Unit,
    *,
    sent_on: date,
    acknowledge_by: date | None = None,
    annex: str = "",
    actor: Actor | None,
) -> Delivery:
    """Send an issued document to `unit`; sending it twice gives the first delivery. Raises WrongState.

    `annex`: which of its annexes concern the unit, when several units have one each.
    """
    if not document.is_issued:
        raise WrongState("Chỉ gửi văn bản đã ban hành.")
    found = db.session.scalar(
        sa.select(Delivery).where(Delivery.document_id == document.id, Delivery.unit_id == unit.id)
    )
    if found is not None:
        return found
    delivery = Delivery(
        document=document, unit=unit, sent_on=sent_on, acknowledge_by=acknowledge_by, annex=annex or None
    )
    db.session.add(delivery)
    db.session.flush()
    audit.record("document_delivered", document, unit, actor=actor, data={"unit": unit.name})
    return delivery


def is_received(document: Document, unit: Unit) -> bool:
    """Whether it is known that the unit received the document."""
    found = db.session.scalar(
        sa.select(Delivery.receipt).where(Delivery.document_id == document.id, Delivery.unit_id == unit.id)
    )
    return found is not None


def take_back(document: Document, unit: Unit, *, actor: Actor) -> None:
    """Undo a sending to a unit that it did not concern; one that was received or handed on stays."""
    found = db.session.scalar(
        sa.select(Delivery).where(
            Delivery.document_id == document.id,
            Delivery.unit_id == unit.id,
            Delivery.receipt.is_(None),
            Delivery.handed_to_id.is_(None),
        )
    )
    if found is None:
        return
    db.session.delete(found)
    db.session.flush()
    audit.record("document_delivery_taken_back", document, unit, actor=actor, data={"unit": unit.name})


def hand_on(delivery: Delivery, successor: Unit, *, actor: Actor) -> Delivery:
    """Send to `successor` what a unit that is no more has not received; the first delivery keeps its unit.

    The day until which receipt is asked for stays. Raises WrongState when receipt is known or it was done.
    """
    _ask_open(delivery)
    former = delivery.unit
    if former.exists_on(clock.today()):
        raise WrongState(f"{former.name} đang hoạt động nên tự xác nhận việc tiếp nhận.")
    document = delivery.document
    made = deliver(
        document, successor, sent_on=clock.today(), acknowledge_by=delivery.acknowledge_by,
        annex=delivery.annex or "", actor=actor,
    )  # fmt: skip
    delivery.handed_to_id = made.id
    db.session.flush()
    db.session.expire(delivery, ["handed_to"])
    audit.record(
        "delivery_handed_on", document, former, successor, actor=actor,
        data={"from": former.name, "to": successor.name},
    )  # fmt: skip
    return made


def _ask_open(delivery: Delivery) -> None:
    if delivery.document.is_over:
        told = OVER[delivery.document.state]
        raise WrongState(f"Văn bản {told} nên không phải xác nhận việc tiếp nhận.")
    if delivery.receipt is not None:
        raise WrongState("Việc tiếp nhận văn bản này đã được ghi nhận.")
    if delivery.handed_to is not None:
        raise WrongState(f"Việc tiếp nhận văn bản này đã bàn giao cho {delivery.handed_to.unit.name}.")


def short_citation(document: Document, type_name: str = "") -> str:
    """“Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ”."""
    kind = type_name or _TYPE_NAMES.get(document.kind, "Văn bản")
    day = f" ngày {format_date(document.issued_on)}" if document.issued_on else ""
    return f"{kind} số {document.number_and_symbol}{day} của {document.issuer_name}"


def acknowledgement_statement(delivery: Delivery, person: Person, post: str) -> str:
    """What a head confirms, word for word (users.md no. 33); `post` as “Chủ tịch UBND xã Long Phước”."""
    return (
        f"Tôi, {person.name}, {post}, xác nhận đã nhận đầy đủ {short_citation(delivery.document)} và có "
        "trách nhiệm chỉ đạo, tổ chức thực hiện các nội dung nêu trong Thông báo theo đúng thời hạn. Việc "
        "xác nhận này không thay thế báo cáo kết quả khắc phục và không ảnh hưởng đến quyền kiến nghị, phản "
        "ánh của đơn vị theo quy định."
    )


def post_at(person: Person, unit: Unit, on: date | None = None) -> str:
    """The person's post at `unit` with its name, no word twice: “Chủ tịch UBND xã Long Phước”."""
    day = on or clock.today()
    held = next((a for a in person.appointments if a.unit_id == unit.id and a.holds_on(day)), None)
    title = held.title if held is not None else "đại diện"
    name = unit.name
    for cut in range(len(name.split()), 0, -1):
        begins = " ".join(name.split()[:cut])
        if title.endswith(begins):
            rest = " ".join(name.split()[cut:])
            return f"{title} {rest}".strip()
    return f"{title} {name}"


def receipt_kind_of(delivery: Delivery, person_id: int) -> ReceiptKind:
    """Whether this person confirms as head of the unit today or as somebody authorised."""
    head = accounts.head_of(delivery.unit)
    is_head = head is not None and head.person_id == person_id
    return ReceiptKind.HEAD_HERE if is_head else ReceiptKind.AUTHORISED_HERE


def acknowledge(
    delivery: Delivery, *, kind: ReceiptKind, statement: str, document_sha256: str, actor: Actor
) -> Delivery:
    """The head (or who is authorised) confirms receipt, bound to the document's bytes.

    A second click of the same person changes nothing. Raises Forbidden, WrongState when receipt is known
    already, Conflict when the statement or the hash is not of the paper that was issued.
    """
    authorise(actor, Action.ACKNOWLEDGE, delivery)
    if delivery.receipt in HERE and delivery.acknowledged_by == actor.person_id:
        return delivery
    _ask_open(delivery)
    document = delivery.document
    person = accounts.get_person(actor.person_id)
    wanted = acknowledgement_statement(delivery, person, post_at(person, delivery.unit))
    if not document.sha256 or document_sha256 != document.sha256 or one_line(statement) != one_line(wanted):
        raise Conflict(
            "Văn bản hoặc nội dung xác nhận không khớp bản đã ban hành. Mở lại văn bản, đọc rồi xác nhận lại."
        )
    if kind not in HERE or kind is not receipt_kind_of(delivery, actor.person_id):
        raise DomainError("Cách xác nhận không đúng với người xác nhận.")
    delivery.receipt = kind
    delivery.received_on = clock.today()
    delivery.statement = wanted
    delivery.document_sha256 = document.sha256
    delivery.acknowledged_by = actor.person_id
    db.session.flush()
    audit.record(
        "delivery_acknowledged", document, delivery.unit, actor=actor,
        data={"kind": kind, "sha256": document.sha256, "statement": wanted},
    )  # fmt: skip
    _tell_receipt(delivery)
    return delivery


def record_receipt(
    delivery: Delivery, *, kind: ReceiptKind, received_on: date, reference: str, actor: Actor
) -> Delivery:
    """The office enters what it knows: taken in by eOffice on a day, or the unit's written reply.

    `reference` = number and symbol of the reply (needed for it). Raises Forbidden, WrongState, DomainError.
    """
    authorise(actor, Action.RECORD_RECEIPT, delivery)
    _ask_open(delivery)
    if kind in HERE:
        raise DomainError("Chọn hệ thống quản lý văn bản hoặc văn bản phúc đáp.", field="kind")
    if received_on < delivery.sent_on or received_on > clock.today():
        raise DomainError(
            f"Ngày nhận từ ngày gửi {format_date(delivery.sent_on)} đến hôm nay. Kiểm tra lại ngày.",
            field="received_on",
        )
    reference = re.sub(r"\s+", " ", nfc(reference)).strip()
    if kind is ReceiptKind.REPLY and len(reference) < 3:
        raise DomainError("Nhập số, ký hiệu của văn bản phúc đáp.", field="reference")
    delivery.receipt = kind
    delivery.received_on = received_on
    delivery.reference = reference or None
    delivery.recorded_by = actor.person_id
    delivery.on_behalf = True
    db.session.flush()
    audit.record(
        "receipt_recorded", delivery.document, delivery.unit, actor=actor,
        data={"kind": kind, "received_on": received_on, "reference": reference},
        on_behalf_of=delivery.unit.name,
    )  # fmt: skip
    _tell_receipt(delivery)
    return delivery


def on_receipt(told: Callable[[Delivery], None]) -> None:
    """Let a feature above know when the receipt of a paper became known, in the same transaction."""
    _on_receipt[f"{told.__module__}.{told.__qualname__}"] = told


def _tell_receipt(delivery: Delivery) -> None:
    for told in _on_receipt.values():
        told(delivery)


def named_recipients(content: OfficialDocument) -> tuple[str, ...]:
    """To whom the paper goes, each once: the lines of Nơi nhận without “Lưu: …”, which is no sending.

    “Như trên” of a letter stands for those under Kính gửi.
    """
    lines: list[str] = []
    for line in content.recipients:
        bare = line.strip().lstrip("-– ").rstrip(" ;.,")
        if _AS_ABOVE.match(bare) and content.addressees:
            lines += [one.strip().rstrip(" ;.,") for one in content.addressees]
        elif not _KEPT.match(bare):
            lines.append(bare)
    return tuple(dict.fromkeys(line for line in lines if line))


def list_up(document: Document) -> Sequence[Recipient]:
    """Write down the recipients of an issued paper; those that are on record stay. Raises WrongState.

    A paper that was only entered by number and date has none.
    """
    if not document.is_issued:
        raise WrongState("Chỉ gửi văn bản đã ban hành.")
    known = db.session.scalars(
        sa.select(Recipient)
        .where(Recipient.document_id == document.id)
        .order_by(Recipient.ordinal)
        .execution_options(populate_existing=True)
    ).all()
    if known or document.content is None:
        return known
    made = [
        Recipient(document_id=document.id, ordinal=place, name=name)
        for place, name in enumerate(named_recipients(from_json(document.content)), 1)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def record_sent(
    document: Document,
    recipient_ids: Sequence[int],
    *,
    sent_on: date,
    way: SendingWay,
    note: str = "",
    actor: Actor,
) -> int:
    """The clerk records that the paper went to these lines of Nơi nhận; those sent before stay as they are.

    Returns how many. Raises Forbidden, WrongState, DomainError (sent_on, recipients).
    """
    authorise(actor, Action.RECORD_RECEIPT, document)
    hold(document)  # of two clerks the second finds what the first recorded
    if document.is_over:
        raise WrongState(f"Văn bản {OVER[document.state]} nên không ghi nhận việc gửi.")
    wanted = set(recipient_ids)
    chosen = [one for one in list_up(document) if one.id in wanted and one.sent_on is None]
    if not chosen:
        raise DomainError("Chọn ít nhất 01 nơi nhận chưa ghi nhận gửi.", field="recipients")
    issued_on = document.issued_on or clock.today()
    if sent_on < issued_on or sent_on > clock.today():
        raise DomainError(
            f"Ngày gửi từ ngày văn bản {format_date(issued_on)} đến hôm nay. Kiểm tra lại ngày.",
            field="sent_on",
        )
    for one in chosen:
        one.sent_on, one.way, one.note = sent_on, way, one_line(nfc(note))
        one.recorded_by, one.recorded_at = actor.person_id, clock.now()
    db.session.flush()
    names = "; ".join(one.name for one in chosen)
    told = f"ngày {format_date(sent_on)}, {SENDING_LABELS[way]}: {names}"
    data = {"count": count(len(chosen)), "on": format_date(sent_on), "way": way, "told": told}
    audit.record("document_sent", document, actor=actor, data=data)
    return len(chosen)


def take_back_sent(recipient: Recipient, reason: str, *, seen: str = "", actor: Actor) -> None:
    """Bỏ ghi nhận: the sending was written down wrongly; what stood there stays told on the timeline.

    `seen`: the `recorded_mark` of the entry that was looked at, when a page asks.
    Raises Forbidden, WrongState (nothing on record), DomainError (reason), Conflict (another entry since).
    """
    document = recipient.document
    authorise(actor, Action.RECORD_RECEIPT, document)
    hold(document)
    db.session.refresh(recipient)
    if seen and recipient.sent_on is not None and seen != recipient.recorded_mark:
        who = recipient.recorder.name if recipient.recorder is not None else ""
        raise Conflict(f"Việc gửi vừa được đồng chí {who} ghi nhận lại. Xem bản ghi nhận mới trước khi bỏ.")
    if recipient.sent_on is None or recipient.way is None:
        raise WrongState("Nơi nhận này chưa được ghi nhận đã gửi.")
    reason = one_line(nfc(reason))
    if len(reason) < 3:
        raise DomainError("Ghi lý do bỏ ghi nhận.", field="reason")
    data = {
        "name": recipient.name, "reason": reason, "on": format_date(recipient.sent_on),
        "way": recipient.way, "note": recipient.note,
    }  # fmt: skip
    recipient.sent_on = recipient.way = recipient.recorded_by = recipient.recorded_at = None
    recipient.note = ""
    db.session.flush()
    audit.record("document_sending_taken_back", document, actor=actor, data=data)
