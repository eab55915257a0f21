"""States of a conclusion, of a reopening and of a reservation.

Replacing and recalling follow the notice itself (`recalled`); voiding mends a wrong entry.
"""

from __future__ import annotations

from app.policy import Action
from app.register.models import Conclusion, MandateKind
from app.register.models import ConclusionState as C
from app.register.models import ReopeningState as R
from app.register.models import ReservationState as V
from app.workflow import Table, Transition


def was_entered(conclusion: Conclusion) -> str | None:
    """What this office concludes here has its notice; only what was typed in can have been mistyped."""
    if conclusion.mandate.kind is MandateKind.OWN:
        return "Thông báo của cơ quan ban hành trên hệ thống không hủy ghi nhận mà thu hồi hoặc thay thế."
    return None


def is_own(conclusion: Conclusion) -> str | None:
    """Who did not issue a notice neither recalls nor replaces it here."""
    if conclusion.mandate.kind is MandateKind.OWN:
        return None
    return (
        "Chỉ thu hồi, thay thế thông báo của cơ quan ban hành trên hệ thống. "
        "Kết luận ghi nhận nhầm thì hủy ghi nhận."
    )


CONCLUSION = Table(
    name="conclusion",
    transitions=(
        Transition("replace", (C.IN_FORCE,), C.REPLACED, "conclusion_replaced", None, (is_own,)),
        Transition("recall", (C.IN_FORCE,), C.RECALLED, "conclusion_recalled", None, (is_own,)),
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

REOPENING = Table(
    name="reopening",
    transitions=(
        Transition("grant", (R.REQUESTED,), R.GRANTED, "reopening_granted", Action.DECIDE_REOPENING),
        Transition("refuse", (R.REQUESTED,), R.REFUSED, "reopening_refused", Action.DECIDE_REOPENING),
        Transition("use", (R.GRANTED,), R.USED, "reopening_used"),
        # the new conclusion was recalled: its team holds the contents again
        Transition("open_again", (R.USED,), R.GRANTED, "reopening_open_again"),
        Transition("end", (R.GRANTED, R.USED), R.ENDED, "reopening_ended"),
    ),
    labels={
        R.REQUESTED: "Chờ quyết định",
        R.REFUSED: "Không đồng ý mở lại",
        R.GRANTED: "Đã mở lại",
        R.USED: "Đã có kết luận mới",
        R.ENDED: "Đã kết thúc việc mở lại",
    },
)

RESERVATION = Table(
    name="reservation",
    transitions=(
        Transition("lapse", (V.HELD,), V.LAPSED, "reservation_lapsed"),
        Transition("release", (V.HELD,), V.RELEASED, "reservation_released"),
        Transition("use", (V.HELD,), V.USED, "reservation_used"),
    ),
    labels={
        V.HELD: "Đang giữ chỗ",
        V.LAPSED: "Hết thời hạn giữ chỗ",
        V.RELEASED: "Đã bỏ giữ chỗ",
        V.USED: "Đã chuyển Đoàn kiểm tra",
    },
)
