"""Where features above add what they know to the pages of a case, so that nothing here imports upward.

A feature registers in its `setup.register(app)`:

    panels.add_column("findings", count_by_unit)        # a column of the table of units, see COLUMNS
    panels.add_section(Section("journal", "Nhật ký Đoàn", render_journal, order=50))
    panels.add_papers(papers_of)                        # lines of “Văn bản của hồ sơ”
    panels.add_actions(actions_of)                      # buttons of the header; at most one is primary

Each function is asked once per page with the case and the actor, never once per unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.inspections.models import Inspection
from app.policy import Actor

COLUMNS: dict[str, str] = {
    "progress": "Đã kiểm tra n/N",
    "findings": "Tồn tại",
    "minutes": "Biên bản",
    "opinion": "Ý kiến đơn vị",
    "notice": "Thông báo",
}
"""Columns of the table of units that belong to features above, in their order on the screen."""


@dataclass(frozen=True)
class CellText:
    """What stands in a cell; `url` makes it a link."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Paper:
    """A line of “Văn bản của hồ sơ”."""

    kind: str
    title: str
    on: date | None = None
    url: str = ""
    sealed: bool = False


@dataclass(frozen=True)
class ActionLink:
    """A button of the header (a link to a page). The first primary one is the page's one primary button."""

    label: str
    url: str
    primary: bool = False
    icon: str = ""


Cells = Callable[[Inspection, Actor], Mapping[int, CellText]]
"""Cells by inspected unit; a unit without one shows a dash."""
Render = Callable[[Inspection, Actor], Markup | None]
Papers = Callable[[Inspection, Actor], Sequence[Paper]]
Actions = Callable[[Inspection, Actor], Sequence[ActionLink]]


@dataclass(frozen=True)
class Section:
    """A card of the page of a case; `render` None leaves it out. `side`: in the narrow column."""

    key: str
    title: str
    render: Render
    order: int = 50
    side: bool = False


_columns: dict[str, Cells] = {}
_sections: dict[str, Section] = {}
_papers: dict[str, Papers] = {}
_actions: dict[str, Actions] = {}


def add_column(key: str, cells: Cells) -> None:
    """Fill column `key` of COLUMNS. Raises KeyError for an unknown one."""
    if key not in COLUMNS:
        raise KeyError(key)
    _columns[key] = cells


def add_section(section: Section) -> None:
    """Show a card on the page of a case; the same key again replaces it."""
    _sections[section.key] = section


def add_papers(papers: Papers) -> None:
    """Add lines to the papers of a case."""
    _papers[_name(papers)] = papers


def add_actions(actions: Actions) -> None:
    """Add buttons to the header of a case."""
    _actions[_name(actions)] = actions


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def cells_of(inspection: Inspection, actor: Actor) -> dict[str, Mapping[int, CellText]]:
    """Filled columns by key."""
    return {key: cells(inspection, actor) for key, cells in _columns.items()}


def sections_of(inspection: Inspection, actor: Actor, *, side: bool) -> list[tuple[Section, Markup]]:
    """Cards with something in them, in their order."""
    chosen = sorted((s for s in _sections.values() if s.side is side), key=lambda s: (s.order, s.key))
    rendered = [(section, section.render(inspection, actor)) for section in chosen]
    return [(section, inside) for section, inside in rendered if inside is not None]


def papers_of(inspection: Inspection, actor: Actor) -> list[Paper]:
    """Papers that features above know of, oldest first; without a date last."""
    found = [paper for papers in _papers.values() for paper in papers(inspection, actor)]
    return sorted(found, key=lambda paper: (paper.on is None, paper.on or date.max))


def actions_of(inspection: Inspection, actor: Actor) -> list[ActionLink]:
    """Buttons that features above add."""
    return [action for actions in _actions.values() for action in actions(inspection, actor)]
