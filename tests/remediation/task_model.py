"""What a task may live through, told once more in plain words: no line of it is the product's.

People are the parts of the cast. Every act answers whether it may be, and changes the model when it may.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests import cast
from tests.remediation.task_piece import (
    FOLLOWED,
    OWED,
    Asked,
    Handed,
    Owed,
    Piece,
    Request,
    months_after,
    put_on_list,
    working_days,
    working_days_after,
)

OFFICE = (cast.FOLLOWER, cast.CLERK)
"""Who works in the place of any unit."""
MAY_FOLLOW = (cast.FOLLOWER, cast.CONTENT_CHECKER, cast.PLANNER)
DECIDERS = (cast.LEADER, cast.CONTENT_CHECKER)
MOST_EXTENSIONS, MOST_DAYS, MOST_IN_SUM = 2, 30, 45


@dataclass
class Model:
    """All pieces, what day it is, which unit is no more. `works`: whether a day is a working day."""

    pieces: list[Piece]
    today: date
    works: Callable[[date], bool]
    gone: bool = False
    lists: list[Handed] = field(default_factory=list)

    # --- who may

    def _unit_people(self, piece: Piece) -> tuple[str, ...]:
        if piece.unit == cast.AN_PHUOC:
            return (cast.OTHER_HEAD,)
        return () if self.gone else (cast.HEAD, cast.OFFICER)

    def works_for(self, part: str, piece: Piece) -> bool:
        return part in (*OFFICE, piece.follower) or part in self._unit_people(piece)

    def heads(self, part: str, piece: Piece) -> bool:
        return part in self._unit_people(piece) and part != cast.OFFICER

    def judges(self, part: str, piece: Piece) -> bool:
        return part in (cast.CONTENT_CHECKER, piece.follower) and part != piece.reporter

    def follows(self, part: str, piece: Piece) -> bool:
        return part in (cast.FOLLOWER, piece.follower)

    # --- the unit's side

    def assign(self, part: str, n: int, helpers: int, internal: date | None) -> bool:
        piece = self.pieces[n]
        may = part in OFFICE or part == piece.follower or self.heads(part, piece)
        ahead = piece.term is not None and piece.term >= self.today
        in_time = internal is None or piece.term is None or not ahead or internal <= piece.term
        if not (may and in_time and piece.state in (*OWED, "watching")):
            return False
        piece.officers = 1 + helpers
        return True

    def progress(self, part: str, n: int, done: bool, evidence: bool) -> bool:
        piece = self.pieces[n]
        if not (self.works_for(part, piece) and piece.state in (*OWED, "watching")):
            return False
        piece.said.append((done, evidence))
        piece.reports += 1
        if piece.state != "watching":
            piece.state = "in_progress"
        elif done and evidence:
            piece.reporter = part  # who keys a proof in does not say that it lasted
            self._prove(piece, self.today)
        return True

    def _prove(self, piece: Piece, on: date) -> None:
        """A proof of that day settles the period that is owed, if it had begun; the next one runs."""
        row = piece.owes
        if row is not None and on >= row.since:
            piece.settle(on)
            piece.owe_next(self.today, self.works, max(row.by, self.today))

    def submit(self, part: str, n: int) -> bool:
        piece = self.pieces[n]
        ready = bool(piece.said) and piece.said[-1][0] and (True, True) in piece.said
        if not (self.heads(part, piece) and piece.state in OWED and ready):
            return False
        self._hand_in(piece, self.today, part)
        return True

    def report(self, part: str, numbers: Sequence[int], on: date) -> bool:
        pieces = [self.pieces[n] for n in numbers]
        for piece in pieces:
            early = on < piece.issued or (piece.returned_on is not None and on < piece.returned_on)
            open_to = (*OWED, "watching")
            if early or not self.works_for(part, piece) or piece.state not in open_to:
                return False
        for piece in pieces:
            piece.reports += 1
            if piece.state == "watching":  # a proof from time to time; nothing is handed in anew
                piece.said.append((True, True))
                piece.reporter = part
                self._prove(piece, on)
            else:
                self._hand_in(piece, on, part)
        return True

    def _speaks_for(self, part: str, piece: Piece) -> bool:
        """The head, or the office from a paper."""
        return part in (*OFFICE, piece.follower) or self.heads(part, piece)

    def plan(self, part: str, n: int, steps: int) -> bool:
        piece = self.pieces[n]
        if not (self._speaks_for(part, piece) and piece.state in OWED and steps):
            return False
        piece.steps, piece.schedules = [False] * steps, piece.schedules + 1
        return True

    def tick(self, part: str, n: int) -> bool:
        piece = self.pieces[n]
        if not (self._speaks_for(part, piece) and piece.state in OWED and False in piece.steps):
            return False
        piece.steps[piece.steps.index(False)] = True
        return True

    def _hand_in(self, piece: Piece, on: date, part: str) -> None:
        if piece.term is None or on <= piece.term:
            piece.answer("lapsed")
        piece.state, piece.submitted, piece.reporter = "submitted", on, part
        piece.said, piece.reason, piece.return_due = [], False, None
        piece.results = ["open" if state == "returned" else state for state in piece.results]

    # --- the office's side

    def judge(self, part: str, n: int, product: int, verdict: str) -> bool:
        piece = self.pieces[n]
        if not (self.judges(part, piece) and piece.state == "submitted"):
            return False
        piece.results[product % len(piece.results)] = verdict
        return True

    def _accept_all(self, part: str, piece: Piece) -> bool:
        if not (self.judges(part, piece) and piece.state == "submitted" and "returned" not in piece.results):
            return False
        if piece.waiting is not None:
            return False
        piece.results = ["accepted" for _ in piece.results]
        return True

    def accept(self, part: str, n: int) -> bool:
        piece = self.pieces[n]
        if not self._accept_all(part, piece):
            return False
        assert piece.submitted is not None
        piece.settle(piece.submitted)
        piece.state = "accepted"
        return True

    def send_back(self, part: str, n: int, worded: bool, until: date) -> bool:
        piece = self.pieces[n]
        says = worded or "returned" in piece.results
        if not (self.judges(part, piece) and piece.state == "submitted" and says and until >= self.today):
            return False
        if piece.term is not None and piece.submitted is not None and piece.submitted <= piece.term:
            piece.supplement = until  # what came in time is not late while it is supplemented
        self._return(piece, until)
        return True

    def _return(self, piece: Piece, until: date) -> None:
        piece.state, piece.returned_on, piece.return_due, piece.reason = "returned", self.today, until, True
        piece.said = []

    def watch(self, part: str, n: int, until: date, every: int | None) -> bool:
        piece = self.pieces[n]
        if piece.kind != "continuing" or until <= self.today:
            return False
        if every is not None:
            if every not in (1, 3, 6, 12):
                return False
            first = months_after(self.today, every)
            while not self.works(first):
                first += timedelta(1)
            if first > until:
                return False
        if not self._accept_all(part, piece):
            return False
        assert piece.submitted is not None
        piece.settle(piece.submitted)
        piece.state, piece.review, piece.every = "watching", until, every
        if every is not None:
            piece.proofs.append(Owed(self.today, first, again=False))
        return True

    def finish(self, part: str, n: int) -> bool:
        piece = self.pieces[n]
        if not (self.judges(part, piece) and piece.state == "watching"):
            return False
        piece.settle(self.today)
        piece.state = "accepted"
        return True

    def recur(self, part: str, n: int, until: date) -> bool:
        piece = self.pieces[n]
        if not (self.judges(part, piece) and piece.state == "watching" and until >= self.today):
            return False
        piece.settle(self.today)
        piece.proofs.append(Owed(self.today, until, again=True))
        piece.results = ["open" for _ in piece.results]
        self._return(piece, until)
        return True

    def extend(
        self, part: str, n: int, asker: str, decider: str, new: date, asked: date, numbered: bool
    ) -> bool:
        piece = self.pieces[n]
        return self.follows(part, piece) and self._extend(piece, asker, decider, part, new, asked, numbered)

    def _extend(
        self, piece: Piece, asker: str, decider: str, by: str, new: date, asked: date, numbered: bool
    ) -> bool:
        waits = piece.state == "submitted" and piece.waiting is not None
        if not (piece.state in OWED or waits) or piece.due is None or piece.term is None:
            return False
        waiting = piece.waiting
        if waiting is not None:  # who asked is known, whatever is typed
            asker, asked = waiting.by, waiting.on
        elif not self.works_for(asker, piece):
            return False
        left = MOST_IN_SUM - sum(piece.moved)
        allowed = (
            new > piece.term and new > asked and piece.issued <= asked <= self.today
            and asker != decider and decider in DECIDERS and (numbered or decider == by)
            and len(piece.moves) < MOST_EXTENSIONS and left > 0
            and new <= working_days_after(self.works, piece.term, min(left, MOST_DAYS))
        )  # fmt: skip
        if allowed:
            piece.moved.append(working_days(self.works, piece.term, new))
            piece.moves.append((piece.term, new, asked))
            piece.due = new
            piece.answer("granted")
        return allowed

    def ask(self, part: str, n: int, new: date, on: date) -> bool:
        """The unit asks for more time; the office enters the paper with its own day."""
        piece = self.pieces[n]
        day = self.today if self.heads(part, piece) else on
        may = self._speaks_for(part, piece) and piece.state in OWED and piece.due is not None
        if not may or piece.waiting is not None or piece.term is None:
            return False
        if new <= max(piece.term, day) or not piece.issued <= day <= self.today:
            return False
        piece.requests.append(Request(part, new, day))
        return True

    def refuse(self, part: str, n: int, decider: str, numbered: bool) -> bool:
        piece = self.pieces[n]
        waiting = piece.waiting
        may = self.follows(part, piece) and decider in DECIDERS and (numbered or decider == part)
        if waiting is None or not may or decider == waiting.by:
            return False
        waiting.state = "refused"
        return True

    def review(self, part: str, n: int, again: date | None, fixed: date | None) -> bool:
        piece = self.pieces[n]
        if not (self.follows(part, piece) and piece.state in (*OWED, "watching") and not piece.dated):
            return False
        if (again is None) == (fixed is None) or (again or fixed or self.today) <= self.today:
            return False
        if fixed is None:
            piece.review = again
            if piece.state == "watching" and piece.every is not None and piece.owes is None:
                piece.owe_next(self.today, self.works, self.today)
            return True
        if piece.state == "watching":
            return False
        piece.settle(self.today)
        piece.kind, piece.due, piece.review, piece.every = "fixed", fixed, None, None
        return True

    def follower(self, part: str, n: int, to: str) -> bool:
        return self.follows(part, self.pieces[n]) and self._give(n, to, part, "Phân công lại")

    def _give(self, n: int, to: str, by: str, reason: str) -> bool:
        piece = self.pieces[n]
        if piece.state not in FOLLOWED or to not in MAY_FOLLOW or to == piece.follower:
            return False
        put_on_list(self.lists, n, Handed(piece.follower, to, by, self.today, reason, []))
        piece.follower = to
        return True

    def take(self, part: str, n: int) -> bool:
        """The newest list that the piece is on."""
        found = self.lists_of(n)
        if not found or found[-1].taken or found[-1].to != part:
            return False
        found[-1].taken = True
        return True

    def lists_of(self, n: int) -> list[Handed]:
        return [one for one in self.lists if n in one.pieces]

    # --- four acts of a leader, and the answers

    def direct(self, part: str, n: int, kind: str, by: date, new: date, to: str) -> bool:
        piece = self.pieces[n]
        leads = part in (cast.LEADER, cast.CONTENT_CHECKER, cast.FOLLOWER, piece.follower)
        again = any(one.kind == kind and one.on == self.today for one in piece.asked)
        if not leads or by < self.today or again:
            return False
        may = {
            "urge": lambda: piece.state in OWED,
            "evidence": lambda: piece.state in FOLLOWED,
            "reassign": lambda: self._give(n, to, part, "Khẩn trương"),
            "extend": lambda: (
                part in DECIDERS
                and self._extend(piece, cast.HEAD, part, part, new, self.today, numbered=False)
            ),
        }
        if kind != "reassign" and self.gone and piece.unit == cast.LONG_PHUOC:
            return False  # nobody is there to answer
        if not may[kind]():
            return False
        if kind == "urge":
            piece.urged.append(f"on the system {self.today}")
            piece.urged_on = self.today
        piece.asked.append(Asked(kind, self.today, by, to if kind == "reassign" else None))
        return True

    def answer(self, part: str, n: int, kind: str) -> bool:
        piece = self.pieces[n]
        found = [one for one in piece.asked if one.kind == kind]
        if not found or found[-1].answered or piece.state not in FOLLOWED:
            return False
        asked = found[-1]
        if not (self.works_for(part, piece) if asked.to is None else part == asked.to):
            return False
        asked.answered = True
        return True

    def urge(self, part: str, n: int, paper: str) -> bool:
        piece = self.pieces[n]
        if not (self.follows(part, piece) and piece.state in OWED):
            return False
        if piece.urged and piece.urged[-1] == paper:
            again, piece.urged_on = piece.urged_on != self.today, self.today
            return again  # the day of the same paper is corrected; it counts once
        piece.urged.append(paper)
        piece.urged_on = self.today
        return True

    def withdraw(self, n: int) -> bool:
        if self.pieces[n].state not in FOLLOWED:
            return False
        self.pieces[n].answer("lapsed")
        self.pieces[n].state = "withdrawn"
        return True

    # --- days and units come and go

    def wait(self, days: int) -> bool:
        self.today += timedelta(days)
        return True

    def calendar(self, _day: int) -> bool:
        return True

    def dissolve(self) -> bool:
        before, self.gone = self.gone, True
        return not before

    def hand_over(self, part: str, n: int) -> bool:
        piece = self.pieces[n]
        may = part in (cast.FOLLOWER, cast.PLANNER) and self.gone and piece.state in FOLLOWED
        if not may or piece.unit != cast.LONG_PHUOC:
            return False
        piece.unit, piece.handed, piece.officers = cast.AN_PHUOC, False, 0
        return True

    def acknowledge(self, part: str, n: int, paper: bool) -> bool:
        piece = self.pieces[n]
        if piece.handed is not False:
            return False
        in_place = part in (*OFFICE, piece.follower)
        if not (self.heads(part, piece) or (in_place and paper)):
            return False
        piece.handed = True
        return True
