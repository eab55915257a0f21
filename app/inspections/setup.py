"""What inspections hang into the rooms below them."""

from __future__ import annotations

from flask import Flask

from app.documents import composers
from app.inspections import panels as case_panels
from app.inspections import papers, queries
from app.inspections.services.recut import recut_cases
from app.register import panels
from app.units import holds


def register(_app: Flask) -> None:
    """A succession by which a scope was made stays; the end of a unit cuts what decided cases ask of it; the
    register knows whose case a mandate is; papers know their case, and a decision is one of them."""
    holds.add(queries.relies_on)
    holds.add(queries.relies_on_recut)
    holds.add_follower(recut_cases)
    panels.provide_cases(queries.cases_by_mandate)
    composers.provide_cases(papers.CasesOfPapers())
    composers.add_composer(papers.DECISION)
    case_panels.add_papers(papers.drafts_of)
    case_panels.add_actions(papers.actions_of)
