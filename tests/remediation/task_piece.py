"""One task as the plain model holds it: what was asked, what is owed, how late it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tests import cast

OWED = ("issued", "in_progress", "returned")
FOLLOWED = (*OWED, "submitted", "watching")


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass
class Asked:
    """One question of a leader; `to`: the follower who answers, None = the unit."""

    kind: str
    on: date
    by: date
    to: str | None
    answered: bool = False


@dataclass
class Request:
    """What the unit asked for more time: by whom it was entered, until when, on which day; how it ended."""

    by: str
    new: date
    on: date
    state: str = "open"


@dataclass
class Handed:
    """A list by which pieces (their numbers) went from one follower to another: by whom, when, why."""

    giver: str
    to: str
    by: str
    on: date
    reason: str
    pieces: list[int]
    taken: bool = False


@dataclass
class Owed:
    """A proof that a continuing piece owes: since when, until when; how many days it came late."""

    since: date
    by: date
    again: bool
    settled: bool = False
    late: int = 0


def working_days(works: Callable[[date], bool], old: date, new: date) -> int:
    """Working days after `old` until `new`."""
    return sum(works(old + timedelta(n)) for n in range(1, (new - old).days + 1))


def working_days_after(works: Callable[[date], bool], day: date, number: int) -> date:
    """So many working days after a day."""
    while number:
        day += timedelta(1)
        number -= works(day)
    return day


def put_on_list(lists: list[Handed], n: int, new: Handed) -> None:
    """Onto the list of the same hands, day and reason, else onto one of its own."""
    fitting = [one for one in lists if replace(one, pieces=[]) == new and n not in one.pieces]
    if not fitting:
        lists.append(new)
    (fitting or lists)[-1].pieces.append(n)


@dataclass
class Piece:
    """One task. `said`: (done, with evidence) since the unit last handed in; `results`: states of products;
    `moves`: (date in force before, new date, day on which it was asked for)."""

    kind: str
    due: date | None
    results: list[str]
    unit: str
    issued: date
    follower: str = cast.FOLLOWER
    state: str = "issued"
    review: date | None = None
    supplement: date | None = None
    returned_on: date | None = None
    return_due: date | None = None
    reason: bool = False
    reporter: str | None = None
    submitted: date | None = None
    said: list[tuple[bool, bool]] = field(default_factory=list)
    reports: int = 0
    urged: list[str] = field(default_factory=list)
    urged_on: date | None = None
    moves: list[tuple[date, date, date]] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    """By how many working days each move was, as they were counted that day."""
    officers: int = 0
    asked: list[Asked] = field(default_factory=list)
    every: int | None = None
    proofs: list[Owed] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    steps: list[bool] = field(default_factory=list)
    """Of the schedule in force: whether each is done."""
    schedules: int = 0
    handed: bool | None = None
    """None: never handed over; False: waits for its new head; True: acknowledged."""

    @property
    def dated(self) -> bool:
        return self.kind in ("fixed", "at_once")

    @property
    def owes(self) -> Owed | None:
        return self.proofs[-1] if self.proofs and not self.proofs[-1].settled else None

    @property
    def waiting(self) -> Request | None:
        """What the unit asked for more time and nobody has decided."""
        return next((one for one in self.requests if one.state == "open"), None)

    def answer(self, state: str) -> None:
        if self.waiting is not None:
            self.waiting.state = state

    @property
    def judged(self) -> bool:
        """Whether it is held to a day now."""
        return self.dated or self.owes is not None

    @property
    def term(self) -> date | None:
        day = self.due if self.owes is None else self.owes.by
        if day is None or self.supplement is None:
            return day
        return max(day, self.supplement)

    def settle(self, on: date) -> None:
        if self.owes is not None:
            assert self.term is not None
            row, late = self.proofs[-1], max(0, (on - self.term).days)
            row.settled, row.late, self.supplement = True, late, None

    def next_answer(self) -> date | None:
        """The nearest day by which somebody still has to answer about it."""
        if self.state not in FOLLOWED:
            return None
        left = [one.by for one in self.asked if not one.answered and one.to in (None, self.follower)]
        return min(left, default=None)

    def late_now(self, today: date) -> int:
        if not self.judged or self.term is None or self.state == "withdrawn":
            return 0
        until = self.submitted if self.state in ("submitted", "accepted") else today
        assert until is not None
        return max(0, (until - self.term).days)

    def days_late(self, today: date) -> int:
        """Days overdue now, before each extension until it was asked for, and of earlier proofs."""
        before = sum(max(0, (asked - old).days) for old, _new, asked in self.moves)
        return self.late_now(today) + before + sum(row.late for row in self.proofs)

    def owe_next(self, today: date, works: Callable[[date], bool], after: date) -> bool:
        run: list[Owed] = []
        for row in reversed(self.proofs):
            if row.again:
                break
            run.append(row)
        first = run[-1].since if run else today
        assert self.every is not None and self.review is not None
        number = 1
        while (day := months_after(first, number * self.every)) <= after:
            number += 1
        while not works(day):
            day += timedelta(1)
        if day > self.review:
            return False
        self.proofs.append(Owed(today, day, again=False))
        return True
