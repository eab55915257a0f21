"""Which annexes a notice has: of one unit by matter, of several units one for each unit (users.md H13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.inspections.models import InspectedUnit
from app.notices.record import ConcludedBefore, CoveredItem, Record
from app.remediation.models import Task
from app.units.models import Unit
from app.vietnamese import count, roman

MOST_NAMED = 6
"""So many units or annexes are named one by one in the common part."""


@dataclass(frozen=True)
class UnitAnnex:
    """The annex of one unit in a general notice; it stands also where nothing is asked of the unit."""

    label: str
    unit: InspectedUnit
    tasks: tuple[Task, ...]
    not_examined: tuple[CoveredItem, ...]
    before: tuple[ConcludedBefore, ...]


def is_general(record: Record) -> bool:
    """Whether the notice concludes several units, so that each has an annex of its own."""
    return len(record.units) > 1


def of_units(record: Record) -> tuple[UnitAnnex, ...]:
    """The annexes of a general notice in the order of its units; none when no unit has anything in one."""
    if not is_general(record) or not (record.tasks or record.not_examined or record.before):
        return ()
    return tuple(
        UnitAnnex(
            label=f"Phụ lục {roman(place)}",
            unit=unit,
            tasks=tuple(task for task in record.tasks if task.inspected_unit_id == unit.id),
            not_examined=tuple(i for i in record.not_examined if i.inspected_unit_id == unit.id),
            before=tuple(item for item in record.before if item.unit_name == unit.unit.name),
        )
        for place, unit in enumerate(record.units, 1)
    )


def of_recipient(record: Record, unit: Unit) -> str:
    """The annexes of a general notice that concern `unit`: its own, or those in which it leads a task."""
    return ", ".join(
        annex.label
        for annex in of_units(record)
        if annex.unit.unit_id == unit.id or any(task.lead_unit_id == unit.id for task in annex.tasks)
    )


def task_annex(record: Record, tasks: Sequence[Task] | None = None) -> str:
    """Where the tasks (all of the notice, or these) stand, as the text names it."""
    if not is_general(record):
        return "Phụ lục I" if record.not_examined or record.before else "Phụ lục"
    wanted = {task.id for task in (record.tasks if tasks is None else tasks)}
    return _named([annex.label for annex in of_units(record) if wanted & {task.id for task in annex.tasks}])


def left_annex(record: Record) -> str:
    """Where it stands what this notice does not decide."""
    if not is_general(record):
        return "Phụ lục II" if record.tasks else "Phụ lục"
    return _named([annex.label for annex in of_units(record) if annex.not_examined or annex.before])


def _named(labels: Sequence[str]) -> str:
    return ", ".join(labels) if len(labels) <= MOST_NAMED else "các phụ lục của từng đơn vị"


def left_words(not_examined: Sequence[CoveredItem], before: Sequence[ConcludedBefore]) -> str:
    """What is told there: only what there is."""
    decided = "nội dung đã có kết luận, không đánh giá lại"
    if not_examined and before:
        return f"Nội dung chưa kiểm tra; {decided}"
    return "Nội dung chưa kiểm tra" if not_examined else f"{decided[0].upper()}{decided[1:]}"


def places(record: Record) -> dict[int, str]:
    """Where each task stands, by its key: “Phụ lục, dòng 2”, in a general notice “Phụ lục III, dòng 2”."""
    if not is_general(record):
        return {task.id: f"Phụ lục, dòng {row}" for row, task in enumerate(record.tasks, 1)}
    return {
        task.id: f"{annex.label}, dòng {row}"
        for annex in of_units(record)
        for row, task in enumerate(annex.tasks, 1)
    }


def lines_of(record: Record, tasks: Sequence[Task]) -> str:
    """Several tasks by their rows: “dòng 1–3, 5”, in a general notice “Phụ lục I, dòng 1–3; Phụ lục II …”."""
    wanted = {task.id for task in tasks}

    def rows(listed: Sequence[Task]) -> str:
        return in_runs([row for row, task in enumerate(listed, 1) if task.id in wanted])

    if not is_general(record):
        return f"dòng {rows(record.tasks)}"
    told = [f"{annex.label}, dòng {found}" for annex in of_units(record) if (found := rows(annex.tasks))]
    more = len(told) - MOST_NAMED
    return "; ".join(told[:MOST_NAMED]) + (f" và {count(more)} phụ lục khác" if more > 0 else "")


def in_runs(rows: Sequence[int]) -> str:
    """“1–4, 6” of 1, 2, 3, 4, 6."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
