"""Papers of a case that are composed here: which, for whom, and the decision as one of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for

from app.accounts.models import Person
from app.documents import composers, papers
from app.documents.composers import Composer
from app.documents.content import OfficialDocument
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import Paper as ComposedPaper
from app.documents.states import DOCUMENT
from app.errors import NotFound
from app.extensions import db
from app.inspections import queries
from app.inspections.composing import compose_decision
from app.inspections.models import Inspection, InspectionState
from app.inspections.panels import ActionLink, Paper
from app.inspections.services.decision import missing_for_decision
from app.policy import Action, Actor, can
from app.units.models import Unit

OF_A_CASE = (
    DocumentKind.DECISION,
    DocumentKind.WORK_PLAN,
    DocumentKind.ANNOUNCEMENT,
    DocumentKind.MEMBER_REQUEST,
    DocumentKind.REPORT_OUTLINE,
    DocumentKind.TEAM_REPORT,
)
"""Kinds that are begun from the page of a case, in the order of its life."""
EFFECTS = "Số, ký hiệu, ngày của quyết định được điền vào bước Ghi nhận quyết định của cuộc kiểm tra."


class CasesOfPapers:
    """What papers ask of a case (`documents.composers.CaseOfPapers`)."""

    def visible(self, actor: Actor) -> sa.Select[Any]:
        return sa.select(Inspection.id).where(queries.visible_to(actor))

    def get(self, inspection_id: int) -> Inspection:
        found = db.session.get(Inspection, inspection_id)
        if found is None:
            raise NotFound
        return found

    def office(self, inspection_id: int) -> Unit:
        return self.get(inspection_id).office_unit

    def named(self, inspection_id: int) -> tuple[str, str]:
        return self.get(inspection_id).short_name, url_for("inspections.show", inspection_id=inspection_id)

    def signers(self, inspection_id: int) -> list[Person]:
        leader = self.get(inspection_id).leader
        return [leader.person] if leader is not None else []


def case_of(paper: ComposedPaper) -> Inspection:
    """The case that a paper belongs to. Raises NotFound."""
    if paper.inspection_id is None:
        raise NotFound
    return CasesOfPapers().get(paper.inspection_id)


def compose_paper(paper: ComposedPaper) -> OfficialDocument:
    """The decision of the case."""
    return compose_decision(case_of(paper))


def missing_of_paper(paper: ComposedPaper) -> tuple[str, ...]:
    """What the draft of the case still lacks before its decision goes up; empty once it is decided."""
    inspection = case_of(paper)
    if inspection.state is not InspectionState.DRAFT:
        return ("Cuộc kiểm tra đã có quyết định.",)
    return tuple(missing_for_decision(inspection))


def effects_of_paper(paper: ComposedPaper) -> str:
    """What follows from the issued decision: the claims are taken when it is recorded at the case."""
    return EFFECTS


DECISION = Composer(
    kind=DocumentKind.DECISION,
    compose=compose_paper,
    draft=Action.DECIDE_INSPECTION,
    missing=missing_of_paper,
    effects=effects_of_paper,
)


def kinds_for(inspection: Inspection, actor: Actor) -> list[DocumentKind]:
    """Kinds that this person may begin for the case now."""
    found = []
    for kind in OF_A_CASE:
        composer = composers.find_composer(kind)
        fits = (kind is DocumentKind.DECISION) is (inspection.state is InspectionState.DRAFT)
        if composer is not None and fits and can(actor, composer.draft, inspection):
            found.append(kind)
    return found


def drafts_of(inspection: Inspection, actor: Actor) -> list[Paper]:
    """Papers prepared here for the case, on their way or out, for the office."""
    if not can(actor, Action.VIEW_PAPER):
        return []
    made = []
    for paper in papers.list_of_case(inspection.id):
        document = paper.document
        if document.id == inspection.decision_id:
            continue  # the decision stands there by itself
        kind = KIND_LABELS[document.kind]
        title = f"{kind} số {document.number_and_symbol}" if document.number else document.subject
        made.append(
            Paper(
                kind=kind if document.is_issued else f"{kind} ({DOCUMENT.labels[document.state].lower()})",
                title=title,
                on=document.issued_on,
                url=url_for("documents.paper", paper_id=paper.id),
                sealed=document.is_issued,
            )
        )
    return made


def actions_of(inspection: Inspection, actor: Actor) -> list[ActionLink]:
    """Tạo dự thảo, for who may begin a paper of this case."""
    if not kinds_for(inspection, actor):
        return []
    address = url_for("inspections.begin_paper", inspection_id=inspection.id)
    return [ActionLink("Tạo dự thảo", address, icon="file-earmark-plus")]
