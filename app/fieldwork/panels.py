"""Where features above add what they know to the pages of a unit under inspection, and to its papers.

    panels.add_section(old_tasks)            # a part of the unit's page and of every sheet
    panels.provide_old_tasks(told_of)        # lines of the minutes about conclusions of earlier
    panels.provide_asked(asked_of)           # what the team's report recommends, with its dates

Each function is asked once per page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.inspections.models import InspectedUnit
from app.policy import Actor

Section = Callable[[InspectedUnit, Actor], Markup | None]
"""A part of the page; None leaves it out."""
Lines = Callable[[InspectedUnit], Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """What is to be mended at a unit, as the team's report prints it; `ref` says which record it is."""

    ref: str
    inspected_unit_id: int
    text: str
    lead: str
    products: str
    due: str
    report_due: str


AllAsked = Callable[[Sequence[InspectedUnit]], Sequence[Asked]]

_sections: dict[str, Section] = {}
_lines: list[Lines] = []
_asked: list[AllAsked] = []


def add_section(section: Section) -> None:
    """Show a part of its own on the unit's page and above the contents of a sheet."""
    _sections[f"{section.__module__}.{section.__qualname__}"] = section


def sections_of(unit: InspectedUnit, actor: Actor) -> list[Markup]:
    """The parts that features above have to show."""
    shown = (section(unit, actor) for section in _sections.values())
    return [inside for inside in shown if inside is not None]


def provide_old_tasks(lines: Lines) -> None:
    """Let `lines` tell the minutes what was seen of earlier conclusions; the last one given is asked."""
    _lines[:] = [lines]


def old_tasks_told(unit: InspectedUnit) -> Sequence[str]:
    """What was seen of earlier conclusions, a line each; nothing when nobody looked."""
    return _lines[0](unit) if _lines else ()


def provide_asked(asked: AllAsked) -> None:
    """Let `asked` tell the team's report what is to be mended; the last one given is asked."""
    _asked[:] = [asked]


def asked_of(units: Sequence[InspectedUnit]) -> Sequence[Asked]:
    """What is to be mended at these units, in the order of the plan."""
    return _asked[0](units) if _asked else ()
