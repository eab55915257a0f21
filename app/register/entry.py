"""Recording what other bodies, or the office long ago, concluded: units × criteria × a period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.documents import services as documents
from app.documents.kinds import DocumentKind
from app.documents.models import Document
from app.documents.states import DOCUMENT
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.files import services as files
from app.form_library.models import Criterion
from app.policy import Action, Actor, authorise
from app.register import conflicts, holds, services
from app.register.boxes import Box
from app.register.models import Conclusion, ConclusionLine, ConclusionState, Level, MandateKind
from app.register.states import CONCLUSION, was_entered
from app.units import lineage
from app.units.models import Unit
from app.vietnamese import format_date, nfc, one_line
from app.workflow import advance

KINDS = ("pdf", "docx", "png", "jpg", "jpeg")
_NUMBER = re.compile(r"(?P<number>[0-9]{1,6})[A-Za-z]?/(?P<symbol>[^\s/][^\s]{1,29})")


@dataclass(frozen=True)
class Upload:
    """The paper as it was handed in."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Said:
    """What the paper says of one unit on half-open days. No criteria = not mapped to the form yet."""

    unit: Unit
    criteria: Sequence[Criterion]
    starts_on: date
    ends_on: date
    result: str = ""
    text: str = ""


@dataclass(frozen=True)
class Entry:
    """`record_only` None = as the kind has it: a historic notice only records."""

    kind: MandateKind
    body_name: str
    level: Level
    number_and_symbol: str
    concluded_on: date
    title: str
    lines: Sequence[Said]
    record_only: bool | None = None
    note: str = ""
    upload: Upload | None = None

    @property
    def only_records(self) -> bool:
        """Whether nothing is claimed."""
        return self.kind is MandateKind.HISTORIC if self.record_only is None else self.record_only


class LineRefused(DomainError):
    """A line of the entry cannot be; `line` counts from 0."""

    def __init__(self, refused: DomainError, line: int) -> None:
        super().__init__(refused.message, field=refused.field)
        self.line = line


@dataclass(frozen=True)
class Entered:
    """`boxes` were recorded as decided; on `applied` pieces nothing may be assessed again from now on.

    `overrun`: cases of teams at work that hold some of it, for the office alone.
    """

    conclusion: Conclusion
    boxes: int
    applied: int
    overrun: tuple[str, ...] = ()


def record(entry: Entry, *, actor: Actor | None) -> Entered:
    """Write the conclusion, its coverage, what it claims and its paper. The event names number and body.

    Days before a unit was formed are recorded for its predecessors. Raises DomainError at the field that is
    wrong, Conflict (field `number`) when the notice stands in the register already.
    """
    body, title = one_line(entry.body_name), one_line(entry.title)
    number = _checked(entry, body, title)
    boxes = boxes_of(entry.lines)
    mandate = services.create_mandate(kind=entry.kind, body_name=body, level=entry.level)
    paper = None
    if entry.upload is not None:
        paper = _paper(body, title, entry.concluded_on, number, entry.upload, actor=actor)
    conclusion = services.record_conclusion(
        mandate=mandate,
        document=paper,
        title=title,
        number_and_symbol=number.group(0),
        concluded_on=entry.concluded_on,
        body_name=body,
        level=entry.level,
        record_only=entry.only_records,
        note=entry.note.strip(),
        actor=actor,
    )
    keep_lines(conclusion, entry.lines)
    applied = services.cover(conclusion, boxes, actor=actor)
    return Entered(conclusion, len(boxes), applied, overrun_by(conclusion, boxes, actor=actor))


def overrun_by(
    conclusion: Conclusion, boxes: Sequence[tuple[Box, str, str]], *, actor: Actor | None
) -> tuple[str, ...]:
    """Tell the cases that hold some of what was recorded; what is only recorded overrules nothing."""
    if conclusion.record_only:
        return ()
    return conflicts.tell(conclusion, [box for box, _, _ in boxes], actor=actor)


def void(conclusion: Conclusion, reason: str, *, actor: Actor) -> int:
    """Take a conclusion that was entered by mistake out of force, with its paper; end what it claimed.

    Returns how many claims ended. Raises DomainError (field `reason`), Forbidden for who recorded it,
    Conflict while something relies on it, WrongState for the office's own and for one that is not in force.
    """
    reason = one_line(reason)
    authorise(actor, Action.VOID_CONCLUSION, conclusion)
    if len(reason) < 3:
        raise DomainError("Ghi lý do hủy ghi nhận, nêu rõ chỗ ghi nhầm.", field="reason")
    services.lock()
    holds.ask_free(conclusion)
    document = conclusion.document
    if document is not None:
        advance(document, "void", DOCUMENT, actor=actor, about=(conclusion,))
    data = {"number": conclusion.number_and_symbol, "body": conclusion.body_name, "reason": reason}
    advance(conclusion, "void", CONCLUSION, actor=actor, data=data)
    conclusion.voided_by, conclusion.voided_at, conclusion.void_reason = actor.person_id, clock.now(), reason
    db.session.flush()
    return services.end_voided(conclusion)


def attach(conclusion: Conclusion, upload: Upload, *, actor: Actor) -> Document:
    """Join the paper to a conclusion that was entered without it; once.

    Raises Conflict when it has one, WrongState for the office's own and for one that is not in force.
    """
    authorise(actor, Action.RECORD_CONCLUSION, conclusion)
    services.lock()
    db.session.refresh(conclusion)
    check_changeable(conclusion)
    if conclusion.document_id is not None:
        raise Conflict("Kết luận này đã có văn bản kèm theo.", field="files")
    number = clean_number(conclusion.number_and_symbol)
    paper = _paper(
        conclusion.body_name, conclusion.title, conclusion.concluded_on, number, upload, actor=actor
    )
    conclusion.document = paper
    db.session.flush()
    audit.record(
        "conclusion_paper_attached", conclusion, paper, actor=actor,
        data={"number": conclusion.number_and_symbol, "file": upload.name},
    )  # fmt: skip
    holds.tell_paper(conclusion, actor)
    return paper


def name_unit(conclusion: Conclusion, said: Said, *, actor: Actor | None) -> None:
    """Record that a past notice names one more unit, without a content: nothing is claimed by it.

    Raises WrongState unless the notice is the office's own of long ago, in force, and only records;
    LineRefused for a unit that was not there on those days.
    """
    check_changeable(conclusion)
    if conclusion.mandate.kind is not MandateKind.HISTORIC or not conclusion.record_only or said.criteria:
        raise WrongState("Chỉ ghi thêm được đơn vị vào thông báo cũ của cơ quan đang chỉ ghi nhận.")
    boxes_of([said])
    keep_lines(conclusion, [said])
    audit.record("conclusion_unit_named", conclusion, actor=actor, data={"unit": said.unit.name})


def check_changeable(conclusion: Conclusion) -> None:
    """Raises WrongState unless it was typed in here and is in force."""
    told = was_entered(conclusion)
    if conclusion.mandate.kind is MandateKind.OWN or conclusion.state is not ConclusionState.IN_FORCE:
        raise WrongState(told or "Kết luận này không còn hiệu lực trong danh mục.")


def clean_number(text: str) -> re.Match[str]:
    """Groups `number`, `symbol`. Raises DomainError (field `number`)."""
    number = _NUMBER.fullmatch(nfc(text).strip().replace("–", "-"))
    if number is None:
        raise DomainError("Nhập số và ký hiệu, ví dụ 18/TB-PNV.", field="number")
    return number


def check_days(starts_on: date, ends_on: date, concluded_on: date) -> None:
    """The half-open period is one, and over when the paper was signed. Raises DomainError at its field."""
    if concluded_on > clock.today():
        raise DomainError(
            f"Ngày văn bản {format_date(concluded_on)} sau ngày hôm nay. Kiểm tra lại ngày.",
            field="issued_on",
        )
    if starts_on >= ends_on:
        raise DomainError("Ngày kết thúc trước ngày bắt đầu.", field="ends_on")
    if Box(0, 0, starts_on, ends_on).last_day > concluded_on:
        raise DomainError(
            f"Thời kỳ kết thúc sau ngày văn bản {format_date(concluded_on)}. Kiểm tra lại thời kỳ.",
            field="ends_on",
        )


def _checked(entry: Entry, body: str, title: str) -> re.Match[str]:
    number = clean_number(entry.number_and_symbol)
    if len(body) < 2:
        raise DomainError("Nhập tên cơ quan kết luận.", field="issuer_name")
    if len(title) < 3:
        raise DomainError("Nhập trích yếu nội dung.", field="subject")
    for place, line in enumerate(entry.lines):
        try:
            check_days(line.starts_on, line.ends_on, entry.concluded_on)
        except DomainError as error:
            raise LineRefused(error, place) from error
    if not entry.lines:
        raise DomainError("Chọn ít nhất một đơn vị.", field="units")
    if not entry.only_records and not any(line.criteria for line in entry.lines):
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


def boxes_of(lines: Sequence[Said]) -> list[tuple[Box, str, str]]:
    """(box, result, criterion key) of every line, each once; predecessors stand for the days before a unit.

    Raises LineRefused (field `units`) for a unit that did not exist and has no predecessor on these days.
    """
    days = {(line.starts_on, line.ends_on) for line in lines}
    pieces = {
        period: lineage.expand_all(
            [line.unit for line in lines if (line.starts_on, line.ends_on) == period], *period
        )
        for period in days
    }
    found: dict[Box, tuple[Box, str, str]] = {}
    for place, line in enumerate(lines):
        there = pieces[(line.starts_on, line.ends_on)][line.unit.id]
        if not there:
            told = (
                f"{line.unit.name} không hoạt động trong thời kỳ đã chọn và chưa ghi nhận đơn vị cũ. "
                "Bỏ đơn vị này hoặc sửa thời kỳ."
            )
            raise LineRefused(DomainError(told, field="units"), place)
        for piece in there:
            for criterion in line.criteria:
                for part in criterion.parts:
                    box = Box(
                        piece.unit_id, part.content_id, piece.starts_on, piece.ends_on,
                        part.part_from, part.part_to,
                    )  # fmt: skip
                    found.setdefault(box, (box, line.result, criterion.key))
    return list(found.values())


def keep_lines(conclusion: Conclusion, lines: Sequence[Said]) -> None:
    """Keep what was typed, or mapped later, beside the coverage that follows from it."""
    db.session.execute(
        sa.insert(ConclusionLine),
        [
            {
                "conclusion_id": conclusion.id, "unit_id": line.unit.id,
                "criteria": keys_told([criterion.key for criterion in line.criteria]),
                "starts_on": line.starts_on, "ends_on": line.ends_on, "result": line.result,
                "text": one_line(line.text),
            }
            for line in lines
        ],
    )  # fmt: skip


def keys_told(keys: Iterable[str]) -> str:
    """“MC-05; MC-06”."""
    return "; ".join(sorted(set(keys)))


def _paper(
    body: str, title: str, concluded_on: date, number: re.Match[str], upload: Upload, *, actor: Actor | None
) -> Document:
    """The paper as a document of its own."""
    kept = files.keep(upload.name, upload.data, actor=actor, kinds=KINDS)
    return documents.record_elsewhere(
        kind=DocumentKind.CONCLUSION_NOTICE,
        number=int(number["number"]),
        symbol=number["symbol"],
        issued_on=concluded_on,
        issuer_name=body,
        subject=title,
        file=kept,
        actor=actor,
    )
