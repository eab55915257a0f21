"""Saying who answers, what was decided, where a case went and what came back; a logged look at names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.findings.models import Finding, FindingState
from app.policy import Action, Actor, authorise
from app.responsibility.models import (
    MEASURE_LABELS,
    Answerable,
    AnswerableName,
    Answers,
    Measure,
    Referral,
)
from app.responsibility.values import AnswerableValues, AnswerValues, DecisionValues, ReferralValues
from app.vietnamese import count, format_date

MOVED_IS_A_PERSON = "Điều chuyển chỉ áp dụng với cá nhân."


def add(finding: Finding, values: AnswerableValues, *, actor: Actor) -> Answerable:
    """Xác định trách nhiệm: one more that answers for a concluded finding.

    Raises DomainError at a field, WrongState (not concluded), Conflict (stands there already), Forbidden.
    """
    authorise(actor, Action.RECORD_RESPONSIBILITY)
    _ask_concluded(finding)
    made = Answerable(finding_id=finding.id, finding=finding, recorded_by=actor.person_id)
    _fill(made, values)
    _ask_new(made)
    db.session.add(made)
    db.session.flush()
    _keep_name(made, values)
    audit.record("answerable_added", made, finding, actor=actor, data={"who": made.who})
    return made


def change(made: Answerable, values: AnswerableValues, *, actor: Actor, version: int | None = None) -> None:
    """Correct who answers or what is recommended: nothing decided yet, and the finding still concluded."""
    authorise(actor, Action.RECORD_RESPONSIBILITY)
    check_version(made, version)
    _ask_undecided(made)
    _ask_concluded(made.finding)
    with db.session.no_autoflush:
        _fill(made, values)
        _ask_new(made)
    _keep_name(made, values)
    made.updated_at = clock.now()
    db.session.flush()
    audit.record("answerable_changed", made, made.finding, actor=actor, data={"who": made.who})


def remove(made: Answerable, *, actor: Actor, version: int | None = None) -> Finding:
    """Take back what was entered by mistake, with its name; the event stays with the finding."""
    authorise(actor, Action.RECORD_RESPONSIBILITY)
    check_version(made, version)
    _ask_undecided(made)
    finding, who = made.finding, made.who
    db.session.execute(sa.delete(AnswerableName).where(AnswerableName.answerable_id == made.id))
    db.session.delete(made)
    db.session.flush()
    audit.record("answerable_removed", finding, actor=actor, data={"who": who})
    return finding


def decide(made: Answerable, values: DecisionValues, *, actor: Actor, version: int | None = None) -> None:
    """Ghi kết quả xử lý: what the competent body decided, by number, date and body. May be corrected."""
    authorise(actor, Action.RECORD_RESPONSIBILITY)
    check_version(made, version)
    if made.recommended is None:
        raise WrongState("Chưa kiến nghị biện pháp xử lý nên không có kết quả để ghi.")
    body, reference = _text(values.body), _text(values.reference)
    if len(body) < 3:
        raise DomainError("Ghi cơ quan, người có thẩm quyền đã quyết định.", field="body")
    _ask_number(reference, "reference")
    assert made.asked_on is not None  # recommended_whole
    _ask_between(values.decided_on, made.asked_on, "decided_on", "ngày kiến nghị")
    if values.decided is Measure.TRANSFER and made.kind is Answers.COLLECTIVE:
        raise DomainError(MOVED_IS_A_PERSON, field="decided")
    if values.decided is Measure.NONE and len(_text(values.note)) < 3:
        raise DomainError("Nêu lý do không xử lý.", field="note")
    again = made.decided is not None
    made.decided, made.decided_body, made.decided_reference = values.decided, body, reference
    made.decided_on, made.decision_note = values.decided_on, _text(values.note)
    made.updated_at = clock.now()
    db.session.flush()
    data = {
        "who": made.who, "measure": MEASURE_LABELS[values.decided].lower(),
        "reference": f"{reference} ngày {format_date(values.decided_on)}, {body}",
    }  # fmt: skip
    name = "answerable_decision_corrected" if again else "answerable_decided"
    audit.record(name, made, made.finding, actor=actor, data=data)


def look_at_names(finding: Finding, *, actor: Actor) -> Mapping[int, str]:
    """Names by answerable, for who needs them; the look is an event on the finding, even of no name."""
    authorise(actor, Action.VIEW_ANSWERABLE_NAMES)
    rows = db.session.execute(
        sa.select(AnswerableName.answerable_id, AnswerableName.name)
        .join(Answerable, Answerable.id == AnswerableName.answerable_id)
        .where(Answerable.finding_id == finding.id)
    ).all()
    audit.record("answerable_names_viewed", finding, actor=actor, data={"number": count(len(rows))})
    return {row[0]: row[1] for row in rows}


def refer(
    finding: Finding,
    values: ReferralValues,
    *,
    actor: Actor,
    known: Referral | None = None,
    version: int | None = None,
) -> Referral:
    """Ghi văn bản chuyển: by which paper a finding was passed on and when an answer is due; or correct it."""
    authorise(actor, Action.RECORD_RESPONSIBILITY)
    if finding.state is not FindingState.PASSED_ON:
        raise WrongState("Chỉ ghi văn bản chuyển của vụ việc Đoàn đã chuyển cơ quan có thẩm quyền.")
    if known is None:
        if db.session.scalar(sa.select(Referral.id).where(Referral.finding_id == finding.id)) is not None:
            raise Conflict("Vụ việc này đã có văn bản chuyển. Tải lại trang để xem.")
    else:
        check_version(known, version)
        if known.answered_on is not None:
            raise WrongState("Cơ quan nhận đã trả lời nên văn bản chuyển giữ nguyên.")
    body, reference = _text(values.body), _text(values.reference)
    if len(body) < 3:
        raise DomainError("Ghi cơ quan nhận vụ việc.", field="body")
    _ask_number(reference, "reference")
    if values.sent_on > clock.today():
        raise DomainError("Ngày văn bản không sau ngày hôm nay.", field="sent_on")
    if values.due_on < values.sent_on:
        raise DomainError("Hạn trả lời không trước ngày văn bản chuyển.", field="due_on")
    made = known or Referral(finding_id=finding.id, finding=finding, recorded_by=actor.person_id)
    made.track, made.body, made.reference = values.track, body, reference
    made.sent_on, made.due_on = values.sent_on, values.due_on
    made.updated_at = clock.now()
    db.session.add(made)
    db.session.flush()
    data = {"body": body, "reference": f"{reference} ngày {format_date(values.sent_on)}"}
    audit.record("referral_changed" if known else "referral_recorded", made, finding, actor=actor, data=data)
    return made


def answer(made: Referral, values: AnswerValues, *, actor: Actor, version: int | None = None) -> None:
    """Ghi trả lời of the body that the case was passed on to. May be corrected."""
    authorise(actor, Action.RECORD_RESPONSIBILITY)
    check_version(made, version)
    text, reference = _text(values.answer), _text(values.reference)
    if len(text) < 3:
        raise DomainError("Ghi nội dung trả lời, ít nhất 03 ký tự.", field="answer")
    _ask_number(reference, "reference")
    _ask_between(values.answered_on, made.sent_on, "answered_on", "ngày văn bản chuyển")
    made.answer, made.answer_reference, made.answered_on = text, reference, values.answered_on
    made.updated_at = clock.now()
    db.session.flush()
    data = {"body": made.body, "reference": f"{reference} ngày {format_date(values.answered_on)}"}
    audit.record("referral_answered", made, made.finding, actor=actor, data=data)


def sent(finding: Finding) -> str | None:
    """Why the leader's decision to pass a finding on stands: the paper has left."""
    known = db.session.scalar(sa.select(Referral).where(Referral.finding_id == finding.id))
    if known is None:
        return None
    return (
        f"Vụ việc đã chuyển {known.body} bằng văn bản {known.reference} ngày {format_date(known.sent_on)} "
        "nên không xem xét lại trong Đoàn."
    )


def _text(typed: str) -> str:
    return " ".join(typed.split())


def _ask_number(reference: str, field: str) -> None:
    if not any(sign.isdigit() for sign in reference):
        raise DomainError("Ghi số, ký hiệu văn bản, ví dụ 12/QĐ-UBND.", field=field)


def _ask_between(day: date, first: date, field: str, called: str) -> None:
    if day < first:
        raise DomainError(f"Ngày này không trước {called} {format_date(first)}.", field=field)
    if day > clock.today():
        raise DomainError("Ngày này không sau ngày hôm nay.", field=field)


def _ask_concluded(finding: Finding) -> None:
    if finding.state is not FindingState.CONCLUDED:
        raise WrongState("Chỉ xác định trách nhiệm về tồn tại, hạn chế đã kết luận.")


def _ask_undecided(made: Answerable) -> None:
    if made.decided is not None:
        raise WrongState("Đã ghi kết quả xử lý nên phần xác định trách nhiệm giữ nguyên.")


def _ask_new(made: Answerable) -> None:
    twin = sa.select(Answerable.id).where(
        Answerable.finding_id == made.finding_id,
        Answerable.kind == made.kind,
        Answerable.collective == made.collective,
        Answerable.post == made.post,
    )
    with db.session.no_autoflush:
        found = db.session.scalar(twin.where(Answerable.id != made.id) if made.id else twin)
    if found is not None:
        raise Conflict(
            f"{made.who} đã được ghi. Nhiều người cùng chức danh thì ghi thêm phần việc để phân biệt.",
            field="post" if made.kind is Answers.PERSON else "collective",
        )


def _fill(made: Answerable, values: AnswerableValues) -> None:
    person = values.kind is Answers.PERSON
    collective, post, name = _text(values.collective), _text(values.post), _text(values.name)
    if len(collective) < 3:
        raise DomainError("Ghi tên đơn vị, bộ phận, ít nhất 03 ký tự.", field="collective")
    if person and len(post) < 3:
        raise DomainError("Ghi chức danh, phần việc của cá nhân.", field="post")
    if not person and (post or name):
        raise DomainError(
            "Tập thể không có chức danh, họ tên. Chọn Cá nhân nếu ghi trách nhiệm của một người.",
            field="post" if post else "name",
        )
    if name and len(name) < 3:
        raise DomainError("Họ tên có ít nhất 03 ký tự.", field="name")
    body = _text(values.competent_body)
    if values.recommended is None:
        if body or values.due_on is not None:
            raise DomainError("Chọn biện pháp kiến nghị, hoặc để trống cơ quan và hạn.", field="recommended")
    else:
        _ask_recommended(values, body, person=person)
    asked = values.recommended is not None
    made.kind, made.collective, made.post = values.kind, collective, post
    made.recommended, made.competent_body = values.recommended, body
    made.asked_reference = _text(values.asked_reference) if asked else ""
    made.asked_on = values.asked_on if asked else None
    made.due_on = values.due_on if asked else None
    made.named = person and (bool(name) or (bool(made.named) and not values.forget_name))


def _ask_recommended(values: AnswerableValues, body: str, *, person: bool) -> None:
    if values.recommended is Measure.NONE:
        raise DomainError("Chọn biện pháp trong danh sách.", field="recommended")
    if values.recommended is Measure.TRANSFER and not person:
        raise DomainError(MOVED_IS_A_PERSON, field="recommended")
    if len(body) < 3:
        raise DomainError("Ghi cơ quan, người có thẩm quyền xử lý.", field="competent_body")
    if values.asked_on is None:
        raise DomainError("Nhập ngày kiến nghị.", field="asked_on")
    if values.asked_on > clock.today():
        raise DomainError("Ngày kiến nghị không sau ngày hôm nay.", field="asked_on")
    if values.due_on is None:
        raise DomainError("Nhập hạn trả lời.", field="due_on")
    if values.due_on < values.asked_on:
        raise DomainError("Hạn trả lời không trước ngày kiến nghị.", field="due_on")


def _keep_name(made: Answerable, values: AnswerableValues) -> None:
    name = _text(values.name)
    known = db.session.scalar(sa.select(AnswerableName).where(AnswerableName.answerable_id == made.id))
    if known is not None and (not made.named or (name and name != known.name)):
        db.session.delete(known)
        db.session.flush()
        known = None
    if name and known is None:
        db.session.add(AnswerableName(answerable_id=made.id, name=name))
        db.session.flush()
