"""What an import would do, line by line, before it is done."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, TypeVar

from app.exchange.tables import Problem

T = TypeVar("T")


class Outcome(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ERROR = "error"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.NEW: "Thêm mới",
    Outcome.CHANGED: "Thay đổi",
    Outcome.SAME: "Không đổi",
    Outcome.ERROR: "Cần sửa",
}


@dataclass(frozen=True)
class Line:
    """One line of the file: what it speaks of, what would happen, what is wrong."""

    number: int
    title: str
    outcome: Outcome
    detail: str = ""
    problems: tuple[Problem, ...] = ()

    def wrong(self, column: str, reason: str) -> Line:
        """The same line with one more problem."""
        return replace(self, outcome=Outcome.ERROR, problems=(*self.problems, Problem(column, reason)))


@dataclass(frozen=True)
class DryRun:
    """What the file would do. `fingerprint` covers every line, so that a changed database shows.

    `remarks`: what writing it brought to light, for whoever wrote it.
    """

    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Outcome, int]:
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def writable(self) -> bool:
        """No line is wrong and at least one changes something."""
        counts = self.counts
        return not counts[Outcome.ERROR] and bool(counts[Outcome.NEW] + counts[Outcome.CHANGED])

    @property
    def fingerprint(self) -> str:
        told = [
            [
                line.number,
                line.title,
                line.outcome,
                line.detail,
                [[p.column, p.reason] for p in line.problems],
            ]
            for line in self.lines
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    def with_problems(self, found: Sequence[tuple[int, Problem]]) -> DryRun:
        """The same with problems that showed when the lines were tried (line number, problem)."""
        wrong = dict(found)
        return DryRun(
            tuple(
                line.wrong(wrong[line.number].column, wrong[line.number].reason)
                if line.number in wrong
                else line
                for line in self.lines
            )
        )


@dataclass(frozen=True)
class Plan(Generic[T]):
    """The dry run, and by line number the rows that could be read. Writing adds its `remarks`."""

    dry_run: DryRun
    rows: dict[int, T]
    remarks: list[str] = field(default_factory=list)
