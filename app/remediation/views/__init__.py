"""Screens of remediation: the plan of a case, the unit's own list, one task and what is done to it."""

from app.remediation.views import (
    asking,
    directing,
    focal,
    follow,
    handing,
    handover,
    papers,
    past,
    plan,
    plan_numbers,
    riding,
    schedules,
    tasks,
    unit,
)
from app.remediation.views.blueprint import bp

__all__ = [
    "asking",
    "bp",
    "directing",
    "focal",
    "follow",
    "handing",
    "handover",
    "papers",
    "past",
    "plan",
    "plan_numbers",
    "riding",
    "schedules",
    "tasks",
    "unit",
]
