"""Recording what other bodies, or the office long ago, concluded: units × criteria × a period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.documents import services as documents
from app.documents.models import Document, DocumentKind
from app.documents.states import DOCUMENT
from app.errors import Conflict, DomainError
from app.extensions import db
from app.files import services as files
from app.form_library.models import Criterion
from app.policy import Action, Actor, authorise
from app.register import services
from app.register.boxes import Box
from app.register.models import Conclusion, ConclusionState, Level, MandateKind
from app.register.states import CONCLUSION
from app.units import lineage
from app.units.models import Unit
from app.vietnamese import format_date, nfc
from app.workflow import advance

KINDS = ("pdf", "docx", "png", "jpg", "jpeg")
_NUMBER = re.compile(r"(?P<number>[0-9]{1,6})[A-Za-z]?/(?P<symbol>[^\s/][^\s]{1,29})")


@dataclass(frozen=True)
class Upload:
    """The paper as it was handed in."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Entry:
    """Days are half-open. `record_only` None = as the kind has it: a historic notice only records."""

    kind: MandateKind
    body_name: str
    level: Level
    number_and_symbol: str
    concluded_on: date
    title: str
    units: Sequence[Unit]
    criteria: Sequence[Criterion]
    starts_on: date
    ends_on: date
    result: str = ""
    record_only: bool | None = None
    note: str = ""
    upload: Upload | None = None


@dataclass(frozen=True)
class Entered:
    """`boxes` were recorded as decided; on `applied` pieces nothing may be assessed again from now on."""

    conclusion: Conclusion
    boxes: int
    applied: int


def record(entry: Entry, *, actor: Actor | None) -> Entered:
    """Write the conclusion, its coverage, what it claims and its paper. The event names number and body.

    Days before a unit was formed are recorded for its predecessors. Raises DomainError at the field that is
    wrong, Conflict (field `number`) when the notice stands in the register already.
    """
    body, title = " ".join(nfc(entry.body_name).split()), " ".join(nfc(entry.title).split())
    number = _checked(entry, body, title)
    boxes = _boxes(entry)
    record_only = entry.record_only
    if record_only is None:
        record_only = entry.kind is MandateKind.HISTORIC
    mandate = services.create_mandate(kind=entry.kind, body_name=body, level=entry.level)
    conclusion = services.record_conclusion(
        mandate=mandate,
        document=_paper(entry, body, title, number, actor),
        title=title,
        number_and_symbol=number.group(0),
        concluded_on=entry.concluded_on,
        body_name=body,
        level=entry.level,
        record_only=record_only,
        note=entry.note.strip(),
        actor=actor,
    )
    applied = services.cover(conclusion, boxes, actor=actor)
    return Entered(conclusion, len(boxes), applied)


def void(conclusion: Conclusion, reason: str, *, actor: Actor) -> int:
    """Take a conclusion that was entered by mistake out of force, with its paper; end what it claimed.

    Returns how many claims ended. Raises DomainError (field `reason`), Forbidden for who recorded it,
    WrongState for the office's own and for one that is not in force.
    """
    reason = " ".join(nfc(reason).split())
    authorise(actor, Action.VOID_CONCLUSION, conclusion)
    if len(reason) < 3:
        raise DomainError("Ghi lý do hủy ghi nhận, nêu rõ chỗ ghi nhầm.", field="reason")
    services.lock()
    document = conclusion.document
    if document is not None:
        advance(document, "void", DOCUMENT, actor=actor, about=(conclusion,))
    data = {"number": conclusion.number_and_symbol, "body": conclusion.body_name, "reason": reason}
    advance(conclusion, "void", CONCLUSION, actor=actor, data=data)
    conclusion.voided_by, conclusion.voided_at, conclusion.void_reason = actor.person_id, clock.now(), reason
    db.session.flush()
    return services.end_voided(conclusion)


def _checked(entry: Entry, body: str, title: str) -> re.Match[str]:
    number = _NUMBER.fullmatch(nfc(entry.number_and_symbol).strip().replace("–", "-"))
    if number is None:
        raise DomainError("Nhập số và ký hiệu, ví dụ 18/TB-PNV.", field="number")
    if len(body) < 2:
        raise DomainError("Nhập tên cơ quan kết luận.", field="issuer_name")
    if len(title) < 3:
        raise DomainError("Nhập trích yếu nội dung.", field="subject")
    if entry.concluded_on > clock.today():
        raise DomainError(
            f"Ngày văn bản {format_date(entry.concluded_on)} sau ngày hôm nay. Kiểm tra lại ngày.",
            field="issued_on",
        )
    if entry.starts_on >= entry.ends_on:
        raise DomainError("Ngày kết thúc trước ngày bắt đầu.", field="ends_on")
    if Box(0, 0, entry.starts_on, entry.ends_on).last_day > entry.concluded_on:
        raise DomainError(
            f"Thời kỳ kết thúc sau ngày văn bản {format_date(entry.concluded_on)}. Kiểm tra lại thời kỳ.",
            field="ends_on",
        )
    if not entry.units:
        raise DomainError("Chọn ít nhất một đơn vị.", field="units")
    if not entry.criteria:
        raise DomainError("Chọn ít nhất một nội dung.", field="criteria")
    same = db.session.scalar(
        sa.select(Conclusion).where(
            Conclusion.state != ConclusionState.VOIDED,
            Conclusion.body_name == body,
            Conclusion.number_and_symbol == number.group(0),
            Conclusion.concluded_on == entry.concluded_on,
        )
    )
    if same is not None:
        raise Conflict(
            f"Văn bản số {same.number_and_symbol} ngày {format_date(same.concluded_on)} của {body} "
            "đã có trong danh mục.",
            field="number",
        )
    return number


def _boxes(entry: Entry) -> list[tuple[Box, str, str]]:
    pieces = lineage.expand_all(entry.units, entry.starts_on, entry.ends_on)
    found: dict[Box, tuple[Box, str, str]] = {}
    for unit in entry.units:
        if not pieces[unit.id]:
            raise DomainError(
                f"{unit.name} không hoạt động trong thời kỳ đã chọn và chưa ghi nhận đơn vị cũ. "
                "Bỏ đơn vị này hoặc sửa thời kỳ.",
                field="units",
            )
        for piece in pieces[unit.id]:
            for criterion in entry.criteria:
                for part in criterion.parts:
                    box = Box(
                        piece.unit_id, part.content_id, piece.starts_on, piece.ends_on,
                        part.part_from, part.part_to,
                    )  # fmt: skip
                    found.setdefault(box, (box, entry.result, criterion.key))
    return list(found.values())


def _paper(
    entry: Entry, body: str, title: str, number: re.Match[str], actor: Actor | None
) -> Document | None:
    """The paper as a document of its own, when it was handed in."""
    if entry.upload is None:
        return None
    kept = files.keep(entry.upload.name, entry.upload.data, actor=actor, kinds=KINDS)
    return documents.record_elsewhere(
        kind=DocumentKind.CONCLUSION_NOTICE,
        number=int(number["number"]),
        symbol=number["symbol"],
        issued_on=entry.concluded_on,
        issuer_name=body,
        subject=title,
        file=kept,
        actor=actor,
    )
