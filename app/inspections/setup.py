"""What inspections hang into the rooms below them: holds, panels, the papers that they compose."""

from __future__ import annotations

from flask import Flask

from app.documents import composers
from app.documents.composers import Composer
from app.documents.kinds import DocumentKind
from app.inspections import composing, papers, queries
from app.inspections import panels as case_panels
from app.inspections.services.recut import recut_cases
from app.policy import Action
from app.register import panels
from app.units import holds

COMPOSERS = (
    papers.DECISION,
    Composer(
        DocumentKind.WORK_PLAN, composing.compose_work_plan, Action.DRAFT_CASE_PAPER,
        missing=composing.missing_for_work_plan,
    ),
    Composer(
        DocumentKind.ANNOUNCEMENT, composing.compose_announcement, Action.DRAFT_CASE_PAPER,
        missing=composing.missing_for_announcement,
    ),
    Composer(
        DocumentKind.MEMBER_REQUEST, composing.compose_member_request, Action.DRAFT_CASE_PAPER,
        missing=composing.missing_for_member_request,
    ),
    Composer(
        DocumentKind.REPORT_OUTLINE, composing.compose_outline, Action.DRAFT_CASE_PAPER,
        missing=composing.missing_for_outline,
    ),
)  # fmt: skip


def register(_app: Flask) -> None:
    """A succession by which a scope was made stays; the end of a unit cuts what decided cases ask of it; the
    register knows whose case a mandate is."""
    holds.add(queries.relies_on)
    holds.add(queries.relies_on_recut)
    holds.add_follower(recut_cases)
    panels.provide_cases(queries.cases_by_mandate)
    composers.provide_cases(papers.CasesOfPapers())
    for composer in COMPOSERS:
        composers.add_composer(composer)
    case_panels.add_papers(papers.drafts_of)
    case_panels.add_actions(papers.actions_of)
