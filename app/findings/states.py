"""States of a finding."""

from __future__ import annotations

from app.findings.models import Finding
from app.findings.models import FindingState as F
from app.policy import Action
from app.workflow import Table, Transition


def unit_was_asked(finding: Finding) -> str | None:
    """A finding stands in the signed minutes, or the unit was asked (users.md H5)."""
    if finding.in_minutes or finding.opinion_way is not None:
        return None
    return (
        "Tồn tại, hạn chế chưa nêu trong biên bản đã ký. Cần lấy ý kiến đơn vị trước khi đưa vào thông báo."
    )


FINDING = Table(
    name="finding",
    transitions=(
        Transition("take_opinion", (F.DRAFT, F.OPINION_TAKEN), F.OPINION_TAKEN, "finding_opinion_taken"),
        Transition(
            "agree",
            (F.DRAFT, F.OPINION_TAKEN, F.LEFT_OUT),
            F.AGREED,
            "finding_agreed",
            Action.AGREE_FINDING,
            (unit_was_asked,),
        ),
        Transition(
            "leave_out",
            (F.DRAFT, F.OPINION_TAKEN, F.AGREED),
            F.LEFT_OUT,
            "finding_left_out",
            Action.AGREE_FINDING,
        ),
        Transition(
            "pass_on",
            (F.DRAFT, F.OPINION_TAKEN, F.AGREED),
            F.PASSED_ON,
            "finding_passed_on",
            Action.AGREE_FINDING,
        ),
        Transition(
            "reconsider",
            (F.AGREED, F.LEFT_OUT, F.PASSED_ON),
            F.OPINION_TAKEN,
            "finding_reconsidered",
            Action.AGREE_FINDING,
        ),
        Transition(
            "redraft",
            (F.LEFT_OUT, F.PASSED_ON),
            F.DRAFT,
            "finding_reconsidered",
            Action.AGREE_FINDING,
        ),
        Transition("conclude", (F.AGREED,), F.CONCLUDED, "finding_concluded"),
        # its notice was recalled: what the team had agreed stands as it did before the issue
        Transition("reopen", (F.CONCLUDED,), F.AGREED, "finding_reopened"),
        # the notice that replaced its own does not tell it any more
        Transition("drop", (F.AGREED,), F.LEFT_OUT, "finding_left_out"),
    ),
    labels={
        F.DRAFT: "Dự kiến",
        F.OPINION_TAKEN: "Đã lấy ý kiến đơn vị",
        F.AGREED: "Đã thống nhất trong Đoàn",
        F.LEFT_OUT: "Không đưa vào kết luận",
        F.PASSED_ON: "Đã chuyển cơ quan có thẩm quyền",
        F.CONCLUDED: "Đã kết luận",
    },
)
