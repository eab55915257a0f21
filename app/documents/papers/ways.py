"""How papers of a kind are issued and numbered in this office: settings by group of kinds."""

from __future__ import annotations

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL, OFFICE_SYMBOL, SYMBOLS, WAY_OF_ISSUING
from app.documents import books
from app.documents.kinds import DocumentKind as K
from app.documents.models import IssueWay

LETTER = ("letter", "letter")
GROUPS: dict[K, tuple[str, str]] = {
    K.DECISION: ("decision", "decision"),
    K.RECALL: ("decision", "decision"),
    K.ANNUAL_PLAN: ("decision", "plan"),
    K.CONCLUSION_NOTICE: ("notice", "notice"),
    K.FOLLOWUP_NOTICE: ("notice", "notice"),
    K.FOLLOWUP_END: ("notice", "notice"),
    K.WORK_PLAN: ("team", "team_plan"),
    K.TEAM_REPORT: ("team", "team_report"),
    K.FOLLOWUP_MINUTES: ("team", "team_minutes"),
}
"""(way, symbol) of a kind; every other one is a letter (công văn)."""


def way_of(kind: K) -> IssueWay:
    """Cách ban hành that the office set for papers of this kind."""
    return IssueWay(deadlines.setting(WAY_OF_ISSUING[GROUPS.get(kind, LETTER)[0]]))


def symbol_of(kind: K) -> str:
    """The symbol that a new paper of this kind begins with: of the series that it was given to, else as the
    office set it, with its own abbreviations in it."""
    series = books.served(clock.today().year).get(kind)
    if series is not None:
        return books.symbol_of(series, kind)
    return symbol_in(GROUPS.get(kind, LETTER)[1])


def symbol_in(group: str) -> str:
    """The symbol of a group of `SYMBOLS`, with the office's abbreviations in it."""
    template = deadlines.setting(SYMBOLS[group])
    office, unit = deadlines.setting(OFFICE_SYMBOL), deadlines.setting(DRAFTING_UNIT_SYMBOL)
    return template.replace("{office}", office).replace("{unit}", unit)


def is_of_team(kind: K) -> bool:
    """Whether the team signs it, not the office."""
    return GROUPS.get(kind, LETTER)[0] == "team"
