"""Reservations that lapse: looked at every hour."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.jobs.models import Job
from app.jobs.services import Kind
from app.register import reserved, services
from app.vietnamese import count


def end_lapsed(_job: Job) -> str:
    """End the held claims whose day has passed; safe to run twice."""
    services.lock()
    ended = reserved.end_lapsed(clock.today())
    return f"Đã trả lại {count(ended)} nội dung hết thời hạn giữ chỗ" if ended else ""


KINDS = (Kind("end_lapsed_reservations", end_lapsed, every=timedelta(hours=1)),)
