"""States of a conclusion. Replacing and recalling follow the notice itself; voiding mends a wrong entry."""

from __future__ import annotations

from app.policy import Action
from app.register.models import Conclusion, MandateKind
from app.register.models import ConclusionState as C
from app.workflow import Table, Transition


def was_entered(conclusion: Conclusion) -> str | None:
    """What this office concludes here has its notice; only what was typed in can have been mistyped."""
    if conclusion.mandate.kind is MandateKind.OWN:
        return "Thông báo của cơ quan ban hành trên hệ thống không hủy ghi nhận mà thu hồi hoặc thay thế."
    return None


CONCLUSION = Table(
    name="conclusion",
    transitions=(
        Transition("replace", (C.IN_FORCE,), C.REPLACED, "conclusion_replaced"),
        Transition("recall", (C.IN_FORCE,), C.RECALLED, "conclusion_recalled"),
        Transition(
            "void", (C.IN_FORCE,), C.VOIDED, "conclusion_voided", Action.VOID_CONCLUSION, (was_entered,)
        ),
    ),
    labels={
        C.IN_FORCE: "Đang có hiệu lực",
        C.REPLACED: "Đã được thay thế",
        C.RECALLED: "Đã thu hồi",
        C.VOIDED: "Đã hủy ghi nhận",
    },
)
