"""The blueprint, and the words its templates and panels use."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint

from app.responsibility.models import (
    ANSWERS_LABELS,
    MEASURE_LABELS,
    TRACK_LABELS,
    Answerable,
    Referral,
    Stand,
)
from app.web import State

bp = Blueprint("responsibility", __name__)

STANDS: dict[Stand, State] = {
    Stand.NOT_ASKED: State("idle", "Không kiến nghị xử lý"),
    Stand.WAITING: State("wait", "Chờ kết quả xử lý"),
    Stand.LATE: State("back", "Quá hạn trả lời"),
    Stand.ANSWERED: State("done", "Đã có kết quả xử lý"),
}
CASE_STANDS: dict[Stand, State] = {
    Stand.WAITING: State("wait", "Chờ trả lời"),
    Stand.LATE: State("back", "Quá hạn trả lời"),
    Stand.ANSWERED: State("done", "Đã trả lời"),
}


def stand_of(made: Answerable, at: date) -> State:
    """The state tag of a recommendation."""
    return STANDS[made.stand(at)]


def case_stand_of(made: Referral | None, at: date) -> State:
    """The state tag of a passed-on case."""
    return State("idle", "Chưa ghi văn bản chuyển") if made is None else CASE_STANDS[made.stand(at)]


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "measure_labels": MEASURE_LABELS,
        "answers_labels": ANSWERS_LABELS,
        "track_labels": TRACK_LABELS,
        "answer_stand": stand_of,
        "case_stand": case_stand_of,
    }
