"""The kinds of papers: of a case, of what follows it, and of other bodies (rules.md §2.6)."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a paper is. A kind that is drawn here has a folder of this name in `templates/documents`."""

    ANNUAL_PLAN = "annual_plan"
    DECISION = "decision"
    WORK_PLAN = "work_plan"
    ANNOUNCEMENT = "announcement"
    MEMBER_REQUEST = "member_request"
    REPORT_OUTLINE = "report_outline"
    UNIT_REPORT = "unit_report"
    MINUTES = "minutes"
    OVERLAP_MINUTES = "overlap_minutes"
    TEAM_REPORT = "team_report"
    SUBMISSION_SLIP = "submission_slip"
    CONCLUSION_NOTICE = "conclusion_notice"
    REMEDIATION_PLAN = "remediation_plan"
    REMEDIATION_REPORT = "remediation_report"
    EXTENSION_ANSWER = "extension_answer"
    REMINDER_LETTER = "reminder_letter"
    FOLLOWUP_MINUTES = "followup_minutes"
    FOLLOWUP_NOTICE = "followup_notice"
    FOLLOWUP_END = "followup_end"
    CORRIGENDUM = "corrigendum"
    RECALL = "recall"
    CONCLUDED_EXTRACT = "concluded_extract"
    OTHER = "other"


LETTERS = frozenset(
    {
        DocumentKind.ANNOUNCEMENT,
        DocumentKind.MEMBER_REQUEST,
        DocumentKind.EXTENSION_ANSWER,
        DocumentKind.REMINDER_LETTER,
        DocumentKind.CORRIGENDUM,
    }
)
"""Công văn: no type name over the text; what they are about stands under the number (ô 5b)."""

KIND_LABELS: dict[DocumentKind, str] = {
    DocumentKind.ANNUAL_PLAN: "Kế hoạch kiểm tra",
    DocumentKind.DECISION: "Quyết định kiểm tra",
    DocumentKind.WORK_PLAN: "Kế hoạch tiến hành",
    DocumentKind.ANNOUNCEMENT: "Công văn thông báo lịch kiểm tra",
    DocumentKind.MEMBER_REQUEST: "Công văn đề nghị cử thành viên",
    DocumentKind.REPORT_OUTLINE: "Đề cương báo cáo",
    DocumentKind.UNIT_REPORT: "Báo cáo của đơn vị",
    DocumentKind.MINUTES: "Biên bản làm việc",
    DocumentKind.OVERLAP_MINUTES: "Biên bản rà soát chồng chéo",
    DocumentKind.TEAM_REPORT: "Báo cáo kết quả kiểm tra",
    DocumentKind.SUBMISSION_SLIP: "Phiếu trình",
    DocumentKind.CONCLUSION_NOTICE: "Thông báo kết luận kiểm tra",
    DocumentKind.REMEDIATION_PLAN: "Kế hoạch khắc phục",
    DocumentKind.REMEDIATION_REPORT: "Báo cáo kết quả khắc phục",
    DocumentKind.EXTENSION_ANSWER: "Công văn trả lời đề nghị gia hạn",
    DocumentKind.REMINDER_LETTER: "Công văn đôn đốc",
    DocumentKind.FOLLOWUP_MINUTES: "Biên bản kiểm tra việc khắc phục",
    DocumentKind.FOLLOWUP_NOTICE: "Thông báo kết quả kiểm tra việc khắc phục",
    DocumentKind.FOLLOWUP_END: "Thông báo kết thúc theo dõi",
    DocumentKind.CORRIGENDUM: "Công văn đính chính",
    DocumentKind.RECALL: "Văn bản thu hồi",
    DocumentKind.CONCLUDED_EXTRACT: "Phiếu trích kết quả đã kết luận",
    DocumentKind.OTHER: "Văn bản khác",
}
