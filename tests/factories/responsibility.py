"""Concluded and passed-on findings, and who answers for them, for tests of every room."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.extensions import db
from app.findings.models import Finding, FindingState
from app.notices.models import Notice, NoticeFinding
from app.remediation.models import Task
from app.responsibility import services
from app.responsibility.models import Answerable, Answers, Measure, Referral, Track
from app.responsibility.values import AnswerableValues, AnswerValues, DecisionValues, ReferralValues
from tests import cast
from tests.factories import remediation

NAME = "Nguyễn Thị Thí Dụ"
PERSON = AnswerableValues(
    Answers.PERSON, "Bộ phận Một cửa", post="Công chức tiếp nhận hồ sơ đất đai", name=NAME,
    recommended=Measure.REVIEW, competent_body="Chủ tịch UBND xã Long Phước",
    asked_reference="Thông báo số 45/TB-SNV", asked_on=date(2026, 8, 12), due_on=date(2026, 9, 30),
)  # fmt: skip
COLLECTIVE = replace(
    PERSON, kind=Answers.COLLECTIVE, collective="UBND xã Long Phước", post="", name="",
    recommended=Measure.LEARN,
)  # fmt: skip
DECISION = DecisionValues(
    Measure.LEARN, "Chủ tịch UBND xã Long Phước", "12/QĐ-UBND", date(2026, 9, 15), "Vi phạm lần đầu"
)
REFERRAL = ReferralValues(
    Track.INSPECTORATE, "Thanh tra thành phố", "81/SNV-CCHC", date(2026, 9, 1), date(2026, 9, 30)
)
ANSWER = AnswerValues("Đã thụ lý, đưa vào kế hoạch thanh tra", "33/TTr-VP", date(2026, 9, 20))


def concluded(task: Task) -> Finding:
    """The finding of an issued task, told by the task's notice and concluded."""
    finding = task.findings[0]
    notice = db.session.query(Notice).filter_by(document_id=task.document_id).one_or_none()
    if notice is None:
        notice = Notice(document=task.document, inspection=task.inspection, units=[task.place])
        db.session.add(notice)
    notice.items.append(
        NoticeFinding(finding=finding, ordinal=len(notice.items) + 1, text=finding.description)
    )
    finding.state = FindingState.CONCLUDED
    db.session.commit()
    return finding


def a_finding(unit: str = cast.LONG_PHUOC) -> Finding:
    """A concluded finding of a unit."""
    return concluded(remediation.issued(units=(unit,))[0])


def passed_on(unit: str = cast.LONG_PHUOC) -> Finding:
    """A finding that the leader handed to another body."""
    [task] = remediation.issued(units=(unit,))
    made = remediation.finding(task.place, "Dấu hiệu thu thêm giấy tờ", criterion="MC-11")
    made.passed_to, made.state = "Thanh tra thành phố", FindingState.PASSED_ON
    db.session.commit()
    return made


def answerable(finding: Finding, values: AnswerableValues = PERSON, *, by: str = cast.FOLLOWER) -> Answerable:
    """One that answers, recorded by the follower."""
    made = services.add(finding, values, actor=cast.actor(by))
    db.session.commit()
    return made


def referred(finding: Finding | None = None, values: ReferralValues = REFERRAL) -> Referral:
    """A passed-on case with its paper."""
    made = services.refer(finding or passed_on(), values, actor=cast.actor(cast.FOLLOWER))
    db.session.commit()
    return made
