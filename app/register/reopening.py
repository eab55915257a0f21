"""Reopening concluded content: somebody asks in writing, somebody else decides, one case may assess it again.

Grounds: Luật Thanh tra 84/2025/QH15 Đ25, and information that nobody had looked at yet. The old notice stays
as it is and is cited in the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines import queries as deadlines
from app.deadlines.settings import REOPEN_WITHIN_MONTHS
from app.deadlines.working_days import add_months
from app.errors import Conflict, DomainError, NotFound, WrongState
from app.extensions import db
from app.policy import Action, Actor, authorise
from app.register import queries, reopened, reserved, services, wording
from app.register.boxes import Box, subtract
from app.register.models import (
    Conclusion,
    ConclusionState,
    MandateKind,
    Reopening,
    ReopeningBox,
    ReopeningGround,
    ReopeningState,
)
from app.register.review import Wanted
from app.register.states import REOPENING
from app.vietnamese import count, format_date, nfc
from app.workflow import advance

GROUND_LABELS: dict[ReopeningGround, str] = {
    ReopeningGround.PROCEDURE: "Vi phạm nghiêm trọng về thẩm quyền, trình tự, thủ tục",
    ReopeningGround.WRONG_LAW: "Sai lầm trong việc áp dụng pháp luật khi kết luận",
    ReopeningGround.AGAINST_EVIDENCE: "Nội dung kết luận không phù hợp với chứng cứ đã thu thập",
    ReopeningGround.FALSIFIED: "Cố ý làm sai lệch hồ sơ hoặc kết luận",
    ReopeningGround.MISSED: "Vi phạm nghiêm trọng chưa được phát hiện đầy đủ",
    ReopeningGround.NEW_INFORMATION: "Thông tin, tài liệu mới hoặc phản ánh, kiến nghị chưa được xem xét",
}
OPEN = (ReopeningState.REQUESTED, ReopeningState.GRANTED)


@dataclass(frozen=True)
class Request:
    """What the planner writes. `evidence`: number, symbol and date of the papers that show it."""

    ground: ReopeningGround
    reason: str
    evidence: str
    responsibility: str


@dataclass(frozen=True)
class Grant:
    """The leader's decision (number and symbol; its day), and for which office and level it is made."""

    decision: str
    decided_on: date
    level: int
    body_name: str
    hidden: bool = False


def boxes_of(reopening: Reopening) -> list[Box]:
    """What is asked, as boxes."""
    return [
        Box(one.unit_id, one.content_id, one.starts_on, one.ends_on, one.part_from, one.part_to)
        for one in reopening.boxes
    ]


def last_day(conclusion: Conclusion) -> date:
    """The last day on which the conclusion may be reopened."""
    return add_months(conclusion.concluded_on, deadlines.setting(REOPEN_WITHIN_MONTHS))


def refused_because(conclusion: Conclusion, *, level: int, on: date) -> str | None:
    """Why nothing of the conclusion may be reopened by an office of `level` on that day; None when it may."""
    named = wording.notice(conclusion.number_and_symbol, conclusion.concluded_on)
    if conclusion.state is not ConclusionState.IN_FORCE:
        return f"{named} không còn hiệu lực nên không mở lại."
    if conclusion.record_only:
        return f"{named} chỉ ghi nhận, không giữ nội dung nào nên không cần mở lại."
    if conclusion.mandate.kind is not MandateKind.OWN and conclusion.level > level:
        return (
            f"{named} của {conclusion.body_name} là cơ quan cấp trên. "
            "Việc mở lại do cơ quan đã kết luận hoặc cấp trên của cơ quan đó quyết định."
        )
    last = last_day(conclusion)
    if on > last:
        return (
            f"Đã quá thời hạn {count(deadlines.setting(REOPEN_WITHIN_MONTHS))} tháng kể từ ngày {named}: "
            f"chỉ được mở lại đến hết ngày {format_date(last)}."
        )
    return None


def request(
    conclusion: Conclusion,
    inspection_id: int,
    boxes: Sequence[Box],
    written: Request,
    *,
    level: int,
    actor: Actor,
) -> Reopening:
    """Ask that the case may assess `boxes` again, all concluded by `conclusion`. Takes nothing.

    Raises DomainError (boxes, reason, evidence, responsibility), Conflict when the conclusion may not be
    reopened, does not stand on all of it, or the case has asked already. Forbidden.
    """
    authorise(actor, Action.REQUEST_REOPENING)
    texts = [
        _text(written.reason, "reason", "Nêu lý do đề nghị mở lại."),
        _text(written.evidence, "evidence", "Ghi số, ký hiệu, ngày của tài liệu chứng minh."),
        _text(written.responsibility, "responsibility", "Nêu trách nhiệm của Đoàn kiểm tra trước."),
    ]
    asked = _without_repeats(boxes)
    if not asked:
        raise DomainError("Chọn ít nhất một nội dung đã kết luận để đề nghị mở lại.", field="items")
    _ask_lawful(conclusion, level, clock.today())
    services.lock()
    reserved.end_lapsed(clock.today())
    reopened.ask_concluded(conclusion, asked)
    for other in list_of_case(inspection_id):
        if other.state in OPEN and any(box.meets(there) for box in asked for there in boxes_of(other)):
            raise Conflict(
                "Nội dung đã chọn có trong đề nghị mở lại trước của cuộc kiểm tra này. Xem đề nghị đã gửi.",
                field="items",
            )
    made = Reopening(
        conclusion=conclusion, inspection_id=inspection_id, ground=written.ground, reason=texts[0],
        evidence=texts[1], responsibility=texts[2], requested_by=actor.person_id,
        boxes=[
            ReopeningBox(
                unit_id=box.unit_id, content_id=box.content_id, part_from=box.part_from,
                part_to=box.part_to, starts_on=box.starts_on, ends_on=box.ends_on,
            )
            for box in asked
        ],
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        "reopening_requested", made, conclusion, actor=actor,
        data={"count": count(len(asked)), "reason": texts[0], "ground": written.ground.value},
    )  # fmt: skip
    return made


def grant(reopening: Reopening, answer: Grant, *, actor: Actor) -> int:
    """Reopen: split the claims at the edges of what was asked and hold it for the case, all or nothing.

    Returns how many pieces ended. Raises DomainError (decision, decided_on), Conflict when the register has
    changed since, WrongState, Forbidden (who asked does not decide). The caller rolls back on any of them.
    """
    authorise(actor, Action.DECIDE_REOPENING, reopening)
    decision = _text(answer.decision, "decision", "Ghi số, ký hiệu của quyết định mở lại.")
    if answer.decided_on > clock.today():
        raise DomainError("Ngày quyết định sau ngày hôm nay. Kiểm tra lại ngày.", field="decided_on")
    if answer.decided_on < reopening.conclusion.concluded_on:
        raise DomainError("Ngày quyết định trước ngày thông báo được mở lại.", field="decided_on")
    services.lock()
    reserved.end_lapsed(clock.today())
    _ask_lawful(reopening.conclusion, answer.level, answer.decided_on)
    boxes = boxes_of(reopening)
    reopened.ask_concluded(reopening.conclusion, boxes)
    mandate = services.create_mandate(
        kind=MandateKind.OWN, body_name=answer.body_name, level=answer.level, decision=decision,
        decided_on=answer.decided_on, hidden=answer.hidden,
    )  # fmt: skip
    advance(
        reopening, "grant", REOPENING, actor=actor, about=(reopening.conclusion,),
        data={"decision": decision, "date": answer.decided_on},
    )  # fmt: skip
    reopening.mandate, reopening.decision, reopening.decided_on = mandate, decision, answer.decided_on
    reopening.decided_by = actor.person_id
    db.session.flush()
    cut = reopened.split(reopening, boxes, actor=actor)
    review = queries.review([Wanted(number, box) for number, box in enumerate(boxes)], level=answer.level)
    if not review.is_free:
        refusal = next(refusal for item in review.items for refusal in item.refusals)
        raise Conflict(
            f"Nội dung này, thời kỳ {wording.period_of(refusal.box)}, còn thuộc {wording.source(refusal)} "
            f"của {refusal.body_name} nên chưa mở lại được."
        )
    reopened.reserve(reopening, mandate, boxes)
    return cut


def refuse(reopening: Reopening, reason: str, *, actor: Actor) -> None:
    """Say no, with the reason. Raises DomainError (refusal), WrongState, Forbidden."""
    authorise(actor, Action.DECIDE_REOPENING, reopening)
    text = _text(reason, "refusal", "Ghi lý do không đồng ý mở lại.")
    advance(reopening, "refuse", REOPENING, actor=actor, about=(reopening.conclusion,), data={"reason": text})
    reopening.refusal, reopening.decided_by, reopening.decided_on = text, actor.person_id, clock.today()
    db.session.flush()


def end_reserved(reopening: Reopening, reason: str, *, actor: Actor) -> int:
    """Give a reopening back that no decided case has taken over: the old conclusion stands again.

    Returns how many pieces were restored. Raises DomainError (reason), WrongState, Forbidden.
    """
    authorise(actor, Action.REQUEST_REOPENING)
    text = _text(reason, "reason", "Ghi lý do kết thúc việc mở lại.")
    services.lock()
    db.session.refresh(reopening)
    if reopening.state is not ReopeningState.GRANTED or reopening.mandate is None:
        raise WrongState(
            f"Đề nghị ở trạng thái “{REOPENING.labels[reopening.state]}” nên không kết thúc việc mở lại được."
        )
    if reopened.is_taken_over(reopening):
        raise WrongState("Nội dung đã mở lại thuộc quyết định kiểm tra nên không kết thúc việc mở lại được.")
    reopened.give_up(reopening, text)
    return reopened.settle(reopening.mandate, actor=actor, reason=text)


def get(reopening_id: int) -> Reopening:
    """The reopening. Raises NotFound."""
    found = db.session.get(Reopening, reopening_id)
    if found is None:
        raise NotFound
    return found


def list_of_case(inspection_id: int) -> Sequence[Reopening]:
    """Everything that was asked for a case, oldest first."""
    return db.session.scalars(
        sa.select(Reopening).where(Reopening.inspection_id == inspection_id).order_by(Reopening.id)
    ).all()


def list_granted(inspection_id: int) -> list[Reopening]:
    """What stands reopened for a case."""
    return [one for one in list_of_case(inspection_id) if one.state is ReopeningState.GRANTED]


def _ask_lawful(conclusion: Conclusion, level: int, on: date) -> None:
    told = refused_because(conclusion, level=level, on=on)
    if told is not None:
        raise Conflict(told)


def _text(text: str, field: str, message: str) -> str:
    cleaned = nfc(text).strip()
    if len(cleaned) < 3:
        raise DomainError(message, field=field)
    return cleaned


def _without_repeats(boxes: Sequence[Box]) -> list[Box]:
    found: list[Box] = []
    for box in boxes:
        found += subtract(box, found)
    return found
