"""Proposed dates for a unit's remediation: at most three milestones instead of nine deadlines. Pure.

Each criterion proposes its own number of working days (3, 5, 10, 15, 20, 30 …). A unit that got them all
would have a deadline every week, so they are gathered: *ngay* (what can be put right at once), *theo hạn
chung* (one common date, the norm in notices) and *dài hạn*. A milestone takes the longest term of what it
holds: gathering never leaves less time than the criterion proposes. The drafter moves items between
milestones and changes dates.

Continuing and conditional items have no date of completion and take part in no milestone (`undated`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.deadlines.badge import DeadlineKind
from app.deadlines.working_days import Calendar, Mode, Rule

MOST_MILESTONES = 3


class MilestoneKind(StrEnum):
    """Mốc thời hạn."""

    NOW = "now"
    COMMON = "common"
    LONG = "long"

    @property
    def label(self) -> str:
        """The Vietnamese name shown to people."""
        return MILESTONE_LABELS[self]


MILESTONE_LABELS: dict[MilestoneKind, str] = {
    MilestoneKind.NOW: "Khắc phục ngay",
    MilestoneKind.COMMON: "Theo hạn chung",
    MilestoneKind.LONG: "Dài hạn",
}


REMEDIATION, REPORT = Rule(20, Mode.WORKING), Rule(3, Mode.WORKING)


@dataclass(frozen=True)
class Terms:
    """The office's habits (settings) and the profile of the case.

    Up to `now` days is put right at once; up to `common` days goes by the common date; beyond is long.
    `remediation` says how days are counted, and its own number stands in where a criterion proposes nothing;
    the report is due by `report` after completion. `number` is the version of the profile's rule.
    """

    now: int = 5
    common: int = 20
    remediation: Rule = REMEDIATION
    report: Rule = REPORT
    number: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.now < self.common or self.remediation.days <= 0:
            raise ValueError("terms must rise: 0 < now < common, remediation > 0")

    def due_on(self, start: date, days: int, calendar: Calendar) -> date:
        """The day of completion of `days` counted from `start` as the profile counts."""
        return self.remediation.of(days).due_on(start, calendar)

    def report_on(self, complete_on: date, calendar: Calendar) -> date:
        """The day of the report after completion."""
        return max(complete_on, self.report.due_on(complete_on, calendar))


@dataclass(frozen=True)
class Item:
    """One finding to be remedied: a key of the caller's, the proposed working days, the kind of deadline."""

    key: str
    remediation_days: int | None
    kind_of_deadline: DeadlineKind = DeadlineKind.FIXED


@dataclass(frozen=True)
class Milestone:
    """One common date: `days` from the issue, as the profile counts; dates inclusive; keys as given."""

    kind: MilestoneKind
    days: int
    complete_on: date
    report_on: date
    keys: tuple[str, ...]


def undated(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items that take part in no milestone: continuing ones and those that wait for a condition."""
    return tuple(item for item in items if item.kind_of_deadline not in _DATED)


def propose(
    items: Iterable[Item],
    start: date,
    calendar: Calendar,
    max_milestones: int = MOST_MILESTONES,
    *,
    terms: Terms | None = None,
) -> tuple[Milestone, ...]:
    """Gather `items` into at most `max_milestones` (1–3) milestones counted from the issue date `start`.

    Sorted by date; empty when nothing has a date. With fewer milestones than kinds in use, the two neighbours
    are joined whose joining makes items wait the fewest extra days in total (a tie joins the earlier pair);
    the joint milestone is the common one. ValueError for another `max_milestones` or a key given twice.
    """
    if not 1 <= max_milestones <= MOST_MILESTONES:
        raise ValueError(f"one to {MOST_MILESTONES} milestones")
    terms = terms or Terms()
    dated = [(item, _days(item, terms)) for item in items if item.kind_of_deadline in _DATED]
    if len({item.key for item, _ in dated}) != len(dated):
        raise ValueError("a key is given twice")
    groups: list[tuple[MilestoneKind, list[tuple[Item, int]]]] = []
    for kind in MilestoneKind:
        members = [(item, days) for item, days in dated if _kind(days, terms) is kind]
        if members:
            groups.append((kind, members))
    while len(groups) > max_milestones:
        at = min(range(len(groups) - 1), key=lambda i: _added_wait(groups[i][1], groups[i + 1][1]))
        joined = groups[at][1] + groups[at + 1][1]
        groups[at : at + 2] = [(MilestoneKind.COMMON, joined)]
    place = {item.key: index for index, (item, _) in enumerate(dated)}
    return tuple(
        _milestone(
            kind,
            max(days for _, days in members),
            start,
            calendar,
            terms,
            tuple(sorted((item.key for item, _ in members), key=place.__getitem__)),
        )
        for kind, members in groups
    )


def move(milestones: Sequence[Milestone], key: str, to: MilestoneKind) -> tuple[Milestone, ...]:
    """The milestones with `key` moved to the one of kind `to`; one left empty goes. KeyError if absent."""
    if not any(key in milestone.keys for milestone in milestones):
        raise KeyError(key)
    if not any(milestone.kind is to for milestone in milestones):
        raise KeyError(to)
    moved = []
    for milestone in milestones:
        keys = tuple(held for held in milestone.keys if held != key or milestone.kind is to)
        if milestone.kind is to and key not in keys:
            keys = (*keys, key)
        if keys:
            moved.append(replace(milestone, keys=keys))
    return tuple(moved)


def restart(
    milestones: Sequence[Milestone], start: date, calendar: Calendar, *, terms: Terms | None = None
) -> tuple[Milestone, ...]:
    """The same milestones counted anew from `start`, when the text waited for a signature: the days stay."""
    return tuple(_milestone(m.kind, m.days, start, calendar, terms or Terms(), m.keys) for m in milestones)


_DATED = frozenset({DeadlineKind.FIXED, DeadlineKind.AT_ONCE})


def _days(item: Item, terms: Terms) -> int:
    days = terms.remediation.days if item.remediation_days is None else item.remediation_days
    if days <= 0:
        raise ValueError(f"{item.key}: the term must be at least one day")
    # "Khắc phục ngay" is the drafter's word and goes before what the criterion proposes.
    return min(days, terms.now) if item.kind_of_deadline is DeadlineKind.AT_ONCE else days


def _kind(days: int, terms: Terms) -> MilestoneKind:
    if days <= terms.now:
        return MilestoneKind.NOW
    return MilestoneKind.COMMON if days <= terms.common else MilestoneKind.LONG


def _added_wait(earlier: Sequence[tuple[Item, int]], later: Sequence[tuple[Item, int]]) -> int:
    gap = max(days for _, days in later) - max(days for _, days in earlier)
    return gap * len(earlier)


def _milestone(
    kind: MilestoneKind, days: int, start: date, calendar: Calendar, terms: Terms, keys: tuple[str, ...]
) -> Milestone:
    complete_on = terms.due_on(start, days, calendar)
    return Milestone(kind, days, complete_on, terms.report_on(complete_on, calendar), keys)
