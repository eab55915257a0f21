"""States of a request to recall a notice; the notice itself has those of its document."""

from __future__ import annotations

from app.notices.models import RecallState as R
from app.policy import Action
from app.workflow import Table, Transition

RECALL = Table(
    name="recall",
    transitions=(
        Transition("grant", (R.REQUESTED,), R.GRANTED, "recall_granted", Action.DECIDE_RECALL),
        Transition("grant_by_paper", (R.REQUESTED,), R.GRANTED, "recall_granted"),
        Transition("refuse", (R.REQUESTED,), R.REFUSED, "recall_refused", Action.DECIDE_RECALL),
    ),
    labels={
        R.REQUESTED: "Chờ quyết định",
        R.REFUSED: "Không đồng ý thu hồi",
        R.GRANTED: "Đã thu hồi",
    },
)
