"""Numbers that were taken and never signed: looked at every hour."""

from __future__ import annotations

from datetime import timedelta

from app.documents import numbering
from app.jobs.models import Job
from app.jobs.services import Kind
from app.vietnamese import count


def void_lapsed(_job: Job) -> str:
    """Void what a stopped process left; safe to run twice."""
    voided = numbering.void_lapsed()
    return f"Đã hủy {count(voided)} số lấy mà không ký" if voided else ""


KINDS = (Kind("void_lapsed_numbers", void_lapsed, every=timedelta(hours=1)),)
