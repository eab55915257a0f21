"""States of minutes: written, printed to be signed, then signed or refused, which is the end."""

from __future__ import annotations

from app.fieldwork.models import MinutesState as M
from app.policy import Action
from app.workflow import Table, Transition

MINUTES = Table(
    name="minutes",
    transitions=(
        Transition("print", (M.DRAFT, M.PRINTED), M.PRINTED, "minutes_printed", Action.WRITE_MINUTES),
        Transition("edit", (M.DRAFT, M.PRINTED), M.DRAFT, "minutes_edited", Action.WRITE_MINUTES),
        Transition("sign", (M.PRINTED,), M.SIGNED, "minutes_signed", Action.WRITE_MINUTES),
        Transition("refuse", (M.PRINTED,), M.REFUSED, "minutes_refused", Action.WRITE_MINUTES),
    ),
    labels={
        M.DRAFT: "Đang lập",
        M.PRINTED: "Đã in để ký",
        M.SIGNED: "Đã ký",
        M.REFUSED: "Đơn vị không ký",
    },
)
