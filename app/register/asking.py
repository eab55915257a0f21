"""The quick question: one unit, one content, a period → still free, concluded, or another team is there.

Days before the unit was formed are asked of its predecessors (app/units/lineage.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from app.deadlines import queries as deadlines
from app.deadlines.settings import OFFICE_LEVEL, OfficeLevel
from app.errors import DomainError
from app.extensions import db
from app.form_library import queries as forms
from app.register import history, queries, replaced, wording
from app.register.boxes import Box, subtract
from app.register.history import Former
from app.register.listing import units_by_id
from app.register.review import Ground, Refusal, Reviewed, Wanted, foremost
from app.register.telling import Block, Left, Question, Rest, Teller, number_of
from app.units import lineage
from app.units.lineage import Piece
from app.units.models import Succession, SuccessionKind, Unit
from app.vietnamese import format_date

__all__ = ["Answer", "Block", "Left", "Question", "Rest", "Status", "ask", "ask_all", "office_level"]


class Status(StrEnum):
    """Whether the content may be inspected in the period."""

    FREE = "free"
    PARTLY = "partly"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Near:
    """What stands on `unit`, of which the asked unit is a part or which is a part of it; `told` in words."""

    unit: Unit
    refusal: Refusal
    told: str


@dataclass(frozen=True)
class Answer:
    """`warnings`: what a lower body did, which does not refuse. `outside`: asked days (both inclusive) on
    which neither the unit nor a predecessor existed; those after its end are asked of `successors`.
    `inherited`: the days told in predecessors. `nearby`: what stands on the whole or on parts of the unit.
    `rest`: what is left of a merged criterion. `past`: notices about it that were recalled or replaced."""

    question: Question
    blocks: tuple[Block, ...]
    warnings: tuple[Block, ...]
    left: tuple[Left, ...]
    inherited: tuple[Left, ...]
    outside: tuple[tuple[date, date], ...]
    successors: tuple[Unit, ...] = ()
    concluded_only: bool = False
    nearby: tuple[Near, ...] = ()
    rest: tuple[Rest, ...] = ()
    past: tuple[Former, ...] = ()

    @property
    def status(self) -> Status:
        if not self.left:
            return Status.BLOCKED
        return Status.PARTLY if self.blocks or self.outside else Status.FREE

    @property
    def left_text(self) -> str:
        """“Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026.”"""
        spans = [
            (
                item.starts_on,
                item.last_day,
                "; ".join(filter(None, (item.fields, item.unit.name if item.inherited else ""))),
            )
            for item in self.left
        ]
        return wording.left_spans(spans, concluded_only=self.concluded_only)

    @property
    def kind(self) -> str:
        """free, part, done, held or reserved, as the matrix calls it."""
        if self.status is Status.FREE:
            return "free"
        ground = foremost(block.refusal.ground for block in self.blocks)
        if ground is Ground.CONCLUDED:
            return "done" if self.status is Status.BLOCKED and not self.rest else "part"
        return ground.value if ground else "part"

    @property
    def outside_text(self) -> str:
        """Which asked days nobody existed on; empty when there are none."""
        if not self.outside:
            return ""
        days = "; ".join(f"từ {format_date(first)} đến {format_date(last)}" for first, last in self.outside)
        told = f"{self.question.unit.name} và đơn vị cũ đã ghi nhận không hoạt động trong thời gian {days}; "
        if self.successors:
            names = ", ".join(unit.name for unit in self.successors)
            return f"{told}phần sau ngày kết thúc được tính theo đơn vị kế thừa: {names}."
        return f"{told}phần này không kiểm tra được."

    def sentence(self, block: Block) -> str:
        """A block in the words of no. 23, 24 and 28."""
        content = f"{self.question.content} ({block.fields})" if block.fields else self.question.content
        unit = self.question.unit
        if block.inherited and block.refusal.ground is Ground.CONCLUDED:
            told = wording.inherited(
                unit.name, unit.valid_from, block.unit_name, block.refusal, former_names(unit),
                under=wording.under(block.under),
            )  # fmt: skip
            period = wording.period_of(block.refusal.box)
            return f"Nội dung {content}, thời kỳ {period}: {told} {wording.NO_REASSESSMENT}"
        said = wording.fact(
            block.refusal, unit_name=block.unit_name, content=content, under=wording.under(block.under)
        )
        if block.inherited:
            return f"{wording.formed(unit.name, unit.valid_from, former_names(unit))}. {said}"
        return said

    @property
    def near(self) -> tuple[str, ...]:
        """Each paper near by once for each unit and span of days."""
        return tuple(dict.fromkeys(one.told for one in self.nearby))

    @property
    def rest_texts(self) -> tuple[str, ...]:
        """What is left of a merged criterion, and by which criterion it may be asked."""
        return tuple(
            wording.rest_of_merged(
                self.question.criterion.key, one.under, one.left.starts_on, one.left.last_day,
                one.left.unit.name if one.left.inherited else "", one.left.fields,
                concluded_only=self.concluded_only,
            )
            for one in self.rest
        )  # fmt: skip

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything there is to say, refusals first; what is left is `left_text`."""
        return tuple(self.sentence(block) for block in self.blocks) + tuple(
            wording.lower_concluded(block.refusal) for block in self.warnings
        ) + self.near + self.rest_texts  # fmt: skip


def former_names(unit: Unit) -> tuple[str, ...]:
    """Names the unit itself had before the present one."""
    return tuple(
        dict.fromkeys(
            v.name for v in unit.versions if v.name != unit.name and v.from_on < unit.current.from_on
        )
    )


def office_level() -> int:
    """The level with which the office asks."""
    return OfficeLevel(deadlines.setting(OFFICE_LEVEL)).rank


def ask(question: Question, *, level: int, concluded_only: bool = False) -> Answer:
    """Answer `question` as a body of `level` would be answered; `concluded_only` hides other teams.

    Raises DomainError (field `starts_on`) when no unit of the lineage existed on any of the days.
    """
    return ask_all([question], level=level, concluded_only=concluded_only)[0]


def ask_all(questions: Sequence[Question], *, level: int, concluded_only: bool = False) -> tuple[Answer, ...]:
    """Several contents of one unit in one period, with the reads of one. Raises DomainError like `ask`."""
    unit, first, last = questions[0].unit, questions[0].starts_on, questions[0].ends_on
    pieces = lineage.expand(unit, first, last)
    if not pieces:
        raise DomainError(_never_existed(unit, first), field="starts_on")
    parts = [_parts(question) for question in questions]
    plan = [
        Wanted(
            (number, index),
            Box(piece.unit_id, content_id, piece.starts_on, piece.ends_on, part_from, part_to),
        )
        for number, asked in enumerate(parts)
        for index, piece in enumerate(pieces)
        for content_id, part_from, part_to in asked
    ]
    review = queries.review(plan, level=level, concluded_only=concluded_only)
    by_question: dict[int, list[Reviewed]] = defaultdict(list)
    for item in review.items:
        by_question[number_of(item)].append(item)
    ids = {piece.unit_id for piece in pieces} - {unit.id}
    ids |= {refusal.box.unit_id for item in review.items for refusal in item.near}
    units = {unit.id: unit} | units_by_id(ids)
    fields = forms.list_fields() if any(question.criterion.by_field for question in questions) else ()
    inherited = tuple(
        Left(units[piece.unit_id], piece.starts_on, piece.ends_on, True)
        for piece in pieces
        if piece.inherited
    )
    outside = _outside(pieces, first, last)
    successors = _successors(unit) if unit.valid_to is not None and unit.valid_to < last else ()
    answers: list[Answer] = []
    past = history.former([wanted.box for wanted in plan])
    behind = replaced.behind(review.items)
    for number, question in enumerate(questions):
        told = fields if question.criterion.by_field and question.field is None else ()
        teller = Teller(question, pieces, units, told, parts[number], behind)
        items = by_question[number]
        left = teller.left(items)
        answers.append(
            Answer(
                question=question,
                blocks=teller.blocks(items, warnings=False),
                warnings=teller.blocks(items, warnings=True),
                left=left,
                inherited=inherited,
                outside=outside,
                successors=successors,
                concluded_only=concluded_only,
                nearby=_near(items, units),
                rest=teller.rest(items),
                past=_past(items, past),
            )
        )
    return tuple(answers)


def _near(items: Sequence[Reviewed], units: Mapping[int, Unit]) -> tuple[Near, ...]:
    return tuple(
        Near(
            units[refusal.box.unit_id],
            refusal,
            wording.near(
                refusal,
                unit_name=units[refusal.box.unit_id].version_on(refusal.box.last_day).name,
                asked_name=units[item.wanted.box.unit_id].version_on(refusal.box.last_day).name,
            ),
        )
        for item in items
        for refusal in item.near
    )


def _past(
    items: Sequence[Reviewed], past: Mapping[tuple[int, int], list[tuple[Box, Former]]]
) -> tuple[Former, ...]:
    """Each paper once."""
    boxes = [item.wanted.box for item in items]
    return tuple(
        dict.fromkeys(
            told
            for box in boxes
            for there, told in past.get((box.unit_id, box.content_id), ())
            if box.meets(there)
        )
    )


def _parts(question: Question) -> list[tuple[int, int, int]]:
    """(content, part from, part to) that the question asks for."""
    found: list[tuple[int, int, int]] = []
    for part in question.criterion.parts:
        first, last = part.part_from, part.part_to
        if question.field is not None:
            first, last = max(first, question.field.part[0]), min(last, question.field.part[1])
        if first < last:
            found.append((part.content_id, first, last))
    if not found:
        raise DomainError(f"Tiêu chí {question.criterion.key} không có lĩnh vực đã chọn.", field="field")
    return found


def _outside(pieces: Sequence[Piece], first: date, last: date) -> tuple[tuple[date, date], ...]:
    asked = Box(0, 0, first, last)
    alive = [Box(0, 0, piece.starts_on, piece.ends_on) for piece in pieces]
    return tuple((gap.starts_on, gap.last_day) for gap in subtract(asked, alive))


def _successors(unit: Unit) -> tuple[Unit, ...]:
    rows = db.session.scalars(
        sa.select(Unit)
        .join(Succession, Succession.successor_id == Unit.id)
        .where(Succession.predecessor_id == unit.id, Succession.kind != SuccessionKind.TRANSFER)
        .order_by(Unit.code)
    )
    return tuple(rows.unique())


def _never_existed(unit: Unit, first: date) -> str:
    ended = f", kết thúc hoạt động ngày {format_date(unit.valid_to)}" if unit.valid_to else ""
    life = f"{unit.name} hình thành ngày {format_date(unit.valid_from)}{ended}"
    after = _successors(unit) if unit.valid_to is not None and unit.valid_to <= first else ()
    if after:
        names = ", ".join(f"{one.name} (mã {one.code})" for one in after)
        return f"{life}. Thời kỳ sau ngày này được tính theo đơn vị kế thừa: chọn {names}."
    return (
        f"{life}; chưa ghi nhận đơn vị cũ trong thời kỳ đã chọn. "
        "Chọn thời kỳ khác hoặc ghi việc kế thừa của đơn vị."
    )
