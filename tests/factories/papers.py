"""Papers prepared here, at every step of the chain: the decision of a draft case."""

from __future__ import annotations

from datetime import date

from app.documents import numbering, papers
from app.documents.chain import Issued
from app.documents.kinds import DocumentKind
from app.documents.models import IssueWay, Paper
from app.documents.papers import PaperCourse, PaperDetails
from app.extensions import db
from app.inspections.models import Inspection
from tests import cast
from tests.factories import chain
from tests.factories import inspections as cases
from tests.replaying import replayed

ISSUED = Issued(131, "QĐ-SNV", date(2026, 9, 22), "Trần Văn Thử", "Phó Giám đốc")
"""What stands on a decision that eOffice issued."""


def details_of(paper: Paper, way: IssueWay = IssueWay.HERE) -> PaperDetails:
    """What stands around the words."""
    return PaperDetails(
        subject=paper.document.subject,
        symbol="QĐ-SNV",
        way=way,
        signer_id=cast.person(cast.LEADER).id,
        signature_prefix="KT. Giám đốc\nPhó Giám đốc",
    )


@replayed
def drafted(inspection: Inspection | None = None, *, way: IssueWay = IssueWay.HERE) -> Paper:
    """The decision in the drafter's hands, to be signed by the cast's leader; committed."""
    inspection = inspection or cases.draft()
    planner = cast.actor(cast.PLANNER)
    if "QĐ-SNV" not in numbering.list_books():
        numbering.open_series("QĐ-SNV", "Quyết định", actor=cast.actor(cast.CLERK))
    paper = papers.begin_paper(
        DocumentKind.DECISION, issuer=inspection.office_unit, inspection_id=inspection.id, actor=planner
    )
    papers.edit_details(paper, details_of(paper, way), version=None, actor=planner)
    db.session.commit()
    return paper


@replayed
def submitted(paper: Paper | None = None) -> Paper:
    paper = paper or drafted()
    chain.submit(paper.document)
    return paper


@replayed
def checked(paper: Paper | None = None) -> Paper:
    """It waits for the signer's approval."""
    paper = submitted(paper)
    chain.check(paper.document)
    return paper


@replayed
def approved(paper: Paper | None = None) -> Paper:
    paper = checked(paper)
    chain.approve(paper.document)
    return paper


@replayed
def signed(paper: Paper | None = None) -> Paper:
    """Numbered and signed here, with its real PDF."""
    paper = approved(paper)
    chain.sign(paper.document)
    return paper


@replayed
def sealed(paper: Paper | None = None) -> Paper:
    paper = signed(paper)
    chain.seal(paper.document)
    return paper


@replayed
def issued(paper: Paper | None = None) -> Paper:
    paper = sealed(paper)
    chain.issue(paper.document)
    return paper


def issued_pdf(paper: Paper, issued: Issued = ISSUED) -> bytes:
    """The prepared words as eOffice would have issued them."""
    return chain.printed(PaperCourse(paper).compose(), issued)


@replayed
def recorded(paper: Paper | None = None, *, issued: Issued = ISSUED) -> Paper:
    """Its issue in eOffice recorded, words as prepared."""
    paper = paper or approved(drafted(way=IssueWay.RECORDED))
    chain.record(paper.document, issued_pdf(paper, issued), issued)
    return paper
