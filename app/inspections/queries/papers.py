"""Reading what papers of a case could be drafted."""

from __future__ import annotations

from app.documents.kinds import DocumentKind
from app.inspections.models import Inspection, InspectionKind

DRAFTS: dict[DocumentKind, str] = {
    DocumentKind.WORK_PLAN: "Kế hoạch tiến hành",
    DocumentKind.ANNOUNCEMENT: "Công văn thông báo",
    DocumentKind.REPORT_OUTLINE: "Đề cương báo cáo",
    DocumentKind.MEMBER_REQUEST: "Công văn cử thành viên",
}
"""Papers before and during a case, as they are called where a draft is begun, in their order."""
TOLD_TO_UNITS = frozenset({DocumentKind.ANNOUNCEMENT, DocumentKind.REPORT_OUTLINE})
"""There is none of these for a surprise inspection."""


def list_drafts(inspection: Inspection) -> list[DocumentKind]:
    """The kinds that could be drafted for this case."""
    surprise = inspection.kind is InspectionKind.SURPRISE
    return [kind for kind in DRAFTS if not (surprise and kind in TOLD_TO_UNITS)]
