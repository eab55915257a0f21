"""One line of Việc của tôi, and the list in its groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from app.deadlines.badge import running_badge
from app.deadlines.working_days import Calendar
from app.web.parts import Badge

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """Verb · object · where, its inclusive date, and one button that leads to `endpoint`.

    `first` names the group on top of the list that this kind of work belongs to (by role), "" = by its date.
    `date_label` says what kind of day `due_on` is.
    """

    verb: str
    text: str
    meta: str
    endpoint: str
    button: str
    values: Mapping[str, Any] = field(default_factory=dict)
    due_on: date | None = None
    first: str = ""
    badge: Badge | None = None
    date_label: str = "Thời hạn"


@dataclass(frozen=True)
class Group:
    """One group of the list: key for the filter, label, items."""

    key: str
    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class WorkList:
    """The groups in order, and the three numbers above them; `unlisted` of them stand in no group.

    `quiet`: how many others its owner follows, with nothing to do now; None for who follows nothing.
    """

    groups: tuple[Group, ...]
    over: int
    soon: int
    wait: int
    unlisted: int = 0
    quiet: int | None = None

    @property
    def total(self) -> int:
        """How many pieces of work there are."""
        return self.over + self.soon + self.wait

    def only(self, key: str) -> tuple[Group, ...]:
        """The groups that the chosen number stands for; all when none is chosen."""
        if not key:
            return self.groups
        kept = [
            Group(g.key, g.label, tuple(item for item in g.items if kind_of(item) == key))
            for g in self.groups
        ]
        return tuple(group for group in kept if group.items)

    @classmethod
    def sorted_out(
        cls,
        items: Iterable[Item],
        today: date,
        calendar: Calendar,
        unlisted: Mapping[str, int] = MappingProxyType({}),
        quiet: int | None = None,
    ) -> WorkList:
        """Give every item its badge and group; nearest date first. `unlisted`: counted but not among them."""
        told = [_badged(item, today, calendar) for item in items]
        told.sort(key=lambda item: (item.due_on or date.max, item.text))
        named: dict[str, list[Item]] = {}
        for item in told:
            if item.first:
                named.setdefault(item.first, []).append(item)
        groups = [Group("first", label, tuple(members)) for label, members in named.items()]
        for key, label in (("over", "Quá hạn"), ("soon", "Đến hạn trong 07 ngày"), ("wait", "Chờ xử lý")):
            members = [item for item in told if not item.first and kind_of(item) == key]
            if members:
                groups.append(Group(key, label, tuple(members)))
        kinds = [kind_of(item) for item in told]
        over, soon, wait = (kinds.count(key) + unlisted.get(key, 0) for key in ("over", "soon", "wait"))
        return cls(tuple(groups), over, soon, wait, sum(unlisted.values()), quiet)


def _badged(item: Item, today: date, calendar: Calendar) -> Item:
    if item.badge is not None or item.due_on is None:
        return item
    badge = running_badge(item.due_on, today, calendar)
    return Item(**{**item.__dict__, "badge": Badge(str(badge.kind), badge.text)})


def kind_of(item: Item) -> str:
    """over, soon or wait, by the badge that stands at the item."""
    if item.badge is None:
        return "wait"
    return {"over": "over", "soon": "soon", "today": "soon"}.get(item.badge.kind, "wait")
