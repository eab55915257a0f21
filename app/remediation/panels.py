"""Where features above add a part of their own to the page of a task.

panels.add_section(responsibility_of)  # in a setup; each is asked once per page
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from app.policy import Actor
from app.remediation.models import Task

Section = Callable[[Task, Actor], Markup | None]
"""A part of the page; None leaves it out."""

_sections: dict[str, Section] = {}


def add_section(section: Section) -> None:
    """Show this part beside who does the task."""
    _sections[f"{section.__module__}.{section.__qualname__}"] = section


def sections_of(task: Task, actor: Actor) -> list[Markup]:
    """The parts that features above have to show."""
    shown = (section(task, actor) for section in _sections.values())
    return [inside for inside in shown if inside is not None]
