"""Where features above add a part of their own to the page of a finding.

panels.add_section(responsibility_of)  # in a setup; each is asked once per page
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from app.findings.models import Finding
from app.policy import Actor

Section = Callable[[Finding, Actor], Markup | None]
"""A part of the page; None leaves it out."""

_sections: dict[str, Section] = {}


def add_section(section: Section) -> None:
    """Show this part above the timeline of every finding."""
    _sections[f"{section.__module__}.{section.__qualname__}"] = section


def sections_of(finding: Finding, actor: Actor) -> list[Markup]:
    """The parts that features above have to show."""
    shown = (section(finding, actor) for section in _sections.values())
    return [inside for inside in shown if inside is not None]
