"""What upper layers tell: how concluded content is remedied, what of it is open, whose case a mandate is.

`remediation` and `inspections` provide their functions at start-up; without them the column stays empty and
the page of a conclusion shorter. Each is asked once for a whole page, so that a list never reads row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.db import Base
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


@dataclass(frozen=True)
class Case:
    """The case that claims under a mandate: what its timeline hangs on, and what the office calls it."""

    subject: Base
    name: str


Cases = Callable[[Collection[int]], Mapping[int, Case]]
"""Gives cases by the id of their mandate; a mandate without one is left out."""

_cases: list[Cases] = []


def provide_cases(provider: Cases) -> None:
    """Let `provider` tell whose case a mandate is; the last one given is asked."""
    _cases[:] = [provider]


def cases_of(mandate_ids: Collection[int]) -> Mapping[int, Case]:
    """The cases behind these mandates, as far as there are any."""
    return _cases[0](mandate_ids) if _cases and mandate_ids else {}


def add_section(section: Section) -> None:
    """Show a part of its own on the page of a conclusion."""
    _sections[f"{section.__module__}.{section.__qualname__}"] = section


def sections_of(conclusion: Conclusion, actor: Actor) -> list[Markup]:
    """The parts that features above have to show."""
    shown = (section(conclusion, actor) for section in _sections.values())
    return [inside for inside in shown if inside is not None]
