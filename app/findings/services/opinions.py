"""What the unit said of a finding: in the signed minutes, by a document, or nothing by the day asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.deadlines import steps
from app.deadlines.models import Event, Step
from app.errors import DomainError, WrongState
from app.extensions import db
from app.findings.models import Finding, FindingState, OpinionWay
from app.findings.services.at_work import check_decidable
from app.findings.states import FINDING
from app.inspections.models import Visit
from app.policy import Actor
from app.vietnamese import format_date
from app.workflow import advance


def put_in_minutes(findings: Sequence[Finding], opinion: str, on: date, *, actor: Actor) -> None:
    """The signed minutes name these findings and what the unit said of them."""
    for finding in findings:
        if finding.state is FindingState.DRAFT:
            advance(finding, "take_opinion", FINDING, actor=actor, about=(finding.inspected_unit,))
        finding.in_minutes = True
        finding.opinion_way = OpinionWay.IN_MINUTES
        finding.opinion = opinion
        finding.opinion_on = on
    db.session.flush()


def take_opinion(
    finding: Finding,
    *,
    way: OpinionWay,
    opinion: str = "",
    on: date,
    reference: str = "",
    asked_on: date | None = None,
    actor: Actor,
) -> None:
    """Record the unit's opinion of a finding that the signed minutes do not name (or a later document).

    By document: its number and date. None by the date: `on` is the day by which an answer was asked for,
    `reference` and `asked_on` the letter that asked. What the unit said before stays in the event.
    Raises DomainError at a field, WrongState when silence would stand in for words that were given.
    """
    check_decidable(finding.inspected_unit)
    if way is OpinionWay.IN_MINUTES:
        raise DomainError("Ý kiến tại biên bản được ghi khi ký biên bản.", field="way")
    if way is OpinionWay.BY_DOCUMENT:
        _check_document(opinion, on, reference)
    else:
        reference = _check_silence(finding, on, reference, asked_on)
    data: dict[str, object] = {"way": str(way)}
    if finding.opinion_way is not None:
        data |= {"previous_way": str(finding.opinion_way), "previous_opinion": finding.opinion}
    advance(finding, "take_opinion", FINDING, actor=actor, about=(finding.inspected_unit,), data=data)
    finding.opinion_way = way
    finding.opinion = opinion
    finding.opinion_on = on
    finding.opinion_reference = reference
    db.session.flush()


def _check_document(opinion: str, on: date, reference: str) -> None:
    if not reference:
        raise DomainError("Ghi số, ký hiệu văn bản của đơn vị.", field="reference")
    if not opinion:
        raise DomainError("Ghi nội dung ý kiến của đơn vị.", field="opinion")
    if on > clock.today():
        raise DomainError("Ngày của văn bản không sau hôm nay.", field="on")


def _check_silence(finding: Finding, on: date, reference: str, asked_on: date | None) -> str:
    """The letter that asked, as it is cited. Silence counts only after a letter and its time."""
    if finding.opinion_way is not None:
        raise WrongState("Đơn vị đã có ý kiến về tồn tại, hạn chế này nên không ghi là không có ý kiến.")
    if not reference:
        raise DomainError("Ghi số, ký hiệu văn bản lấy ý kiến đơn vị.", field="reference")
    if asked_on is None:
        raise DomainError("Nhập ngày của văn bản lấy ý kiến.", field="asked_on")
    opened = db.session.scalar(
        sa.select(sa.func.min(Visit.opened_at)).where(Visit.inspected_unit_id == finding.inspected_unit_id)
    )
    if opened is None or asked_on < clock.local(opened).date():
        raise DomainError(
            "Ngày văn bản lấy ý kiến không trước ngày công bố quyết định tại đơn vị.", field="asked_on"
        )
    if on <= asked_on:
        raise DomainError("Thời hạn trả lời phải sau ngày của văn bản lấy ý kiến.", field="on")
    if on >= clock.today():
        raise DomainError("Thời hạn lấy ý kiến chưa hết. Ghi nhận sau ngày này.", field="on")
    profile = finding.inspected_unit.inspection.profile
    steps.count_from(
        profile, Step.EXPLANATION, Event.DRAFT_SENT, asked_on, inspected_unit_id=finding.inspected_unit_id
    )
    return f"{reference} ngày {format_date(asked_on)}"
