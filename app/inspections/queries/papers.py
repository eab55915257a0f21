"""Reading what papers of a case could be drafted."""

from __future__ import annotations

from dataclasses import dataclass

from app.documents.kinds import DocumentKind
from app.inspections.models import Inspection, InspectionKind
from app.inspections.queries.visible import get_visible
from app.policy import Actor, Standing

DRAFTS: dict[DocumentKind, str] = {
    DocumentKind.WORK_PLAN: "Kế hoạch tiến hành",
    DocumentKind.ANNOUNCEMENT: "Công văn thông báo",
    DocumentKind.REPORT_OUTLINE: "Đề cương báo cáo",
    DocumentKind.MEMBER_REQUEST: "Công văn cử thành viên",
}
"""Papers before and during a case, as they are called where a draft is begun, in their order."""
TOLD_TO_UNITS = frozenset({DocumentKind.ANNOUNCEMENT, DocumentKind.REPORT_OUTLINE})
"""There is none of these for a surprise inspection."""


@dataclass(frozen=True)
class CasePaper:
    """A paper of a case that could be drafted."""

    inspection: Inspection
    kind: DocumentKind

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the case."""
        return self.inspection.standing_of(actor)


def address_of(kind: DocumentKind) -> str:
    """How the kind is written in an address: `work-plan`."""
    return kind.value.replace("_", "-")


def get_case_paper(actor: Actor, inspection_id: int, kind: str) -> CasePaper:
    """A kind of paper, as an address writes it, of a visible case. Raises NotFound."""
    return CasePaper(get_visible(actor, inspection_id), DocumentKind(kind.replace("-", "_")))


def list_drafts(inspection: Inspection) -> list[DocumentKind]:
    """The kinds that could be drafted for this case."""
    surprise = inspection.kind is InspectionKind.SURPRISE
    return [kind for kind in DRAFTS if not (surprise and kind in TOLD_TO_UNITS)]
