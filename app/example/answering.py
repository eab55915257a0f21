"""Who answers for what the summer's notices concluded, what was decided, one case passed on in the autumn."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.example import autumn, cases, summer
from app.example.organisation import actor
from app.extensions import db
from app.findings import services as findings
from app.findings.models import Finding
from app.responsibility import services
from app.responsibility.models import Answerable, Answers, Measure, Track
from app.responsibility.values import AnswerableValues, DecisionValues, ReferralValues

HEAD = "Chủ tịch UBND phường Long Thành"
PASSED_ON = "Có dấu hiệu thu phí chứng thực không có biên lai."


def _say() -> None:
    """Two persons by their posts, one of them by name as well, and a collective."""
    asked = date(2026, 9, 8)
    slow = AnswerableValues(
        Answers.PERSON, "Trung tâm Phục vụ hành chính công phường Long Thành",
        post="Công chức tiếp nhận hồ sơ đất đai", name="Đoàn Thị Ví Dụ", recommended=Measure.REVIEW,
        competent_body=HEAD, asked_reference="Công văn số 3120/SNV-CCHC", asked_on=asked,
        due_on=date(2026, 10, 30),
    )  # fmt: skip
    lax = AnswerableValues(
        Answers.PERSON, "UBND xã Long Phước", post="Công chức theo dõi hồ sơ quá hạn",
        recommended=Measure.LEARN, competent_body="Chủ tịch UBND xã Long Phước",
        asked_reference="Công văn số 3121/SNV-CCHC", asked_on=asked, due_on=date(2026, 10, 30),
    )  # fmt: skip
    desk = AnswerableValues(
        Answers.COLLECTIVE, "Trung tâm Phục vụ hành chính công xã An Phước", recommended=Measure.LEARN,
        competent_body="Chủ tịch UBND xã An Phước", asked_reference="Công văn số 3122/SNV-CCHC",
        asked_on=asked, due_on=date(2026, 11, 30),
    )  # fmt: skip
    for code, key, values in (("LT", "MC-11", slow), ("LP", "MC-07", lax), ("AP", "TT-06", desk)):
        services.add(summer.task_of(code, key).findings[0], values, actor=actor("theodoi"))


def _decided() -> None:
    """The ward tells what its head decided about the officer."""
    made = db.session.scalars(sa.select(Answerable).where(Answerable.competent_body == HEAD)).one()
    services.decide(
        made,
        DecisionValues(
            Measure.REVIEW, HEAD, "Thông báo số 214/TB-UBND", date(2026, 10, 28),
            "Đã kiểm điểm trước tập thể Trung tâm; chuyển giao hồ sơ cho người khác xử lý",
        ),
        actor=actor("theodoi"),
    )  # fmt: skip


def _pass_on() -> None:
    """The team's leader hands one finding to the inspectorate; the office records the letter."""
    place = cases.inspected(autumn.case(), "BA")
    found = db.session.scalars(
        sa.select(Finding).where(Finding.inspected_unit_id == place.id, Finding.description == PASSED_ON)
    ).one()
    findings.pass_on(found, "Thanh tra tỉnh", actor=actor("truongdoan"))
    services.refer(
        found,
        ReferralValues(
            Track.INSPECTORATE, "Thanh tra tỉnh", "Công văn số 4032/SNV-CCHC", date(2026, 11, 20),
            date(2026, 12, 18),
        ),
        actor=actor("truongphong"),
    )  # fmt: skip


CHAPTERS = (
    (date(2026, 9, 8), 10, _say),
    (date(2026, 10, 29), 10, _decided),
    (date(2026, 11, 20), 17, _pass_on),
)
