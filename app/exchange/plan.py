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
from app.units.holds import Recut
from app.vietnamese import count

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
class Written:
    """What became of the lines: (line number, problem) of those that could not be, (line number, what else it
    does) of those that touch more than their own row."""

    wrong: tuple[tuple[int, Problem], ...] = ()
    notes: tuple[tuple[int, str], ...] = ()


def noted(line: int, recuts: Sequence[Recut]) -> list[tuple[int, str]]:
    """What a line does to cases under way, as a note; none when it touches none."""
    if not recuts:
        return []
    told = " ".join(f"{recut.title}: {' '.join(recut.lines)}" for recut in recuts)
    return [(line, f"Sẽ cắt lại phạm vi của {count(len(recuts))} cuộc kiểm tra đang giữ. {told}")]


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

    def after(self, tried: Written) -> DryRun:
        """The same with what showed when the lines were tried."""
        wrong, notes = dict(tried.wrong), dict(tried.notes)
        told = [
            replace(line, detail="; ".join(filter(None, (line.detail, notes.get(line.number, "")))))
            for line in self.lines
        ]
        return DryRun(
            tuple(
                line.wrong(wrong[line.number].column, wrong[line.number].reason)
                if line.number in wrong
                else line
                for line in told
            )
        )


@dataclass(frozen=True)
class Plan(Generic[T]):
    """The dry run, and by line number the rows that could be read. Writing adds its `remarks`."""

    dry_run: DryRun
    rows: dict[int, T]
    remarks: list[str] = field(default_factory=list)
