"""One line of “Kiểm tra trước khi trình”."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.notices.texts import Part


class Page(StrEnum):
    """Where something is put right that is no part of the text."""

    DETAILS = "details"
    AGREEMENT = "agreement"
    TEAM_REPORT = "team_report"
    CASE = "case"


@dataclass(frozen=True)
class Check:
    """One line: `text` in bold when it is to be looked at, `detail` what to do, `part` or `page` where."""

    ok: bool
    text: str
    detail: str = ""
    part: Part | None = None
    where: str = ""
    hard: bool = False
    page: Page | None = None
