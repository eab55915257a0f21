"""What upper layers tell about concluded content: how its remediation stands, what of it is still open.

`remediation` provides one function of each kind at start-up; without it the column stays empty and the page
of a conclusion shorter. Each is asked once for a whole page, so that a list never reads row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.policy import Actor
from app.register.models import Conclusion


@dataclass(frozen=True)
class Concluded:
    """One content of one unit as one conclusion decided it."""

    unit_id: int
    criterion_key: str
    conclusion_id: int


RemediationStates = Callable[[Collection[Concluded]], Mapping[Concluded, str]]
"""Gives words for those that have something to tell: “Đã hoàn thành, đúng hạn”, “Quá hạn 12 ngày”."""

Section = Callable[[Conclusion, Actor], Markup | None]
"""A part of the page of a conclusion; None leaves it out."""

_providers: list[RemediationStates] = []
_sections: dict[str, Section] = {}


def provide_remediation_states(provider: RemediationStates) -> None:
    """Let `provider` tell how remediation stands; the last one given is asked."""
    _providers[:] = [provider]


def remediation_states(contents: Collection[Concluded]) -> Mapping[Concluded, str]:
    """How the remediation of these contents stands, in words; what has nothing to tell is left out."""
    return _providers[0](contents) if _providers and contents else {}


def remediation_state(unit_id: int, criterion_key: str, conclusion_id: int) -> str:
    """The same for one content; empty when there is nothing to tell."""
    one = Concluded(unit_id, criterion_key, conclusion_id)
    return remediation_states([one]).get(one, "")


def add_section(section: Section) -> None:
    """Show a part of its own on the page of a conclusion."""
    _sections[f"{section.__module__}.{section.__qualname__}"] = section


def sections_of(conclusion: Conclusion, actor: Actor) -> list[Markup]:
    """The parts that features above have to show."""
    shown = (section(conclusion, actor) for section in _sections.values())
    return [inside for inside in shown if inside is not None]
