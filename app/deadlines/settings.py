"""The office's settings: every key with its type, default, Vietnamese label and source. Pure.

A setting is read with `queries.setting(settings.MAX_MILESTONES)`, which gives its own type. Sources marked
"mặc định của sản phẩm" are habits, not law: an office changes them without touching the code. A setting
stands here once something reads it, never before. How many days a step takes is no setting: it stands in the
profile of the case (`models.DeadlineRule`).
"""

from __future__ import annotations

from enum import StrEnum

from app.deadlines.setting_kinds import NAMES_MOST, OWN, REGISTRY, Setting, SettingKind, Stored, T, names_of
from app.deadlines.setting_kinds import choice as _choice
from app.deadlines.setting_kinds import days as _days
from app.deadlines.setting_kinds import names as _names
from app.deadlines.setting_kinds import number as _number
from app.deadlines.setting_kinds import text as _text
from app.deadlines.setting_kinds import yes_no as _yes_no

__all__ = ["NAMES_MOST", "REGISTRY", "Setting", "SettingKind", "Stored", "T", "names_of"]


class WayOfIssuing(StrEnum):
    """Cách ban hành, per kind of document."""

    RECORDED = "recorded"
    HERE = "here"
    PAPER = "paper"


class OfficeLevel(StrEnum):
    """Level of the office as a deciding body."""

    COMMUNE = "commune"
    DEPARTMENT = "department"
    PROVINCE = "province"
    CENTRAL = "central"

    @property
    def rank(self) -> int:
        """The number kept with claims; a higher one stands above."""
        return {"commune": 10, "department": 20, "province": 30, "central": 40}[self.value]


# --- the office ------------------------------------------------------------------------------------------
OFFICE_SYMBOL = _text(
    "office_symbol", "SNV", "Chữ viết tắt tên cơ quan trong ký hiệu văn bản",
    "NĐ 30/2020/NĐ-CP, Phụ lục I mục II.3: do người đứng đầu cơ quan quy định", most=20,
)  # fmt: skip
PLACE_NAME = _text(
    "place_name", "Đồng Nai", "Địa danh ghi trên văn bản", "NĐ 30/2020/NĐ-CP, Phụ lục I mục II.4", most=60
)
OFFICE_LEVEL = _choice(
    "office_level",
    OfficeLevel.DEPARTMENT,
    {
        OfficeLevel.COMMUNE: "Cấp xã",
        OfficeLevel.DEPARTMENT: "Sở, ngành",
        OfficeLevel.PROVINCE: "Cấp tỉnh",
        OfficeLevel.CENTRAL: "Trung ương",
    },
    "Cấp của cơ quan kiểm tra",
)
OVERLAP_BODY = _text(
    "overlap_body", "Thanh tra tỉnh", "Cơ quan thanh tra nhận kế hoạch để xử lý chồng chéo",
    "NĐ 217/2025/NĐ-CP Điều 7 khoản 2 điểm a",
)  # fmt: skip
FOLLOW_UP_UNIT = _text("follow_up_unit", "Phòng Cải cách hành chính", "Bộ phận theo dõi thực hiện kết luận")
DRAFTING_UNIT_SYMBOL = _text(
    "drafting_unit_symbol", "CCHC", "Chữ viết tắt đơn vị soạn thảo ở mục Nơi nhận (Lưu: VT, …)",
    "NĐ 30/2020/NĐ-CP, Phụ lục I mục II.9", most=20,
)  # fmt: skip

# --- manner of writing -----------------------------------------------------------------------------------
NOTICE_TYPE_NAME = _text("notice_type_name", "THÔNG BÁO", "Tên loại văn bản kết luận", most=60)
NOTICE_TITLE = _text("notice_title", "Kết luận kiểm tra", "Mở đầu trích yếu của thông báo", most=120)
NOTICE_VERB = _choice(
    "notice_verb", "đề nghị", {"đề nghị": "đề nghị", "yêu cầu": "yêu cầu"}, "Động từ giao nội dung khắc phục"
)

# --- papers of a case ------------------------------------------------------------------------------------
WORK_PLAN_TITLE = _text("work_plan_title", "Tiến hành", "Mở đầu trích yếu của kế hoạch tiến hành", most=120)
WORK_PLAN_SECTIONS = _names(
    "work_plan_sections",
    (
        "Mục đích, yêu cầu", "Đối tượng, thời kỳ kiểm tra", "Nội dung, phương thức kiểm tra",
        "Thời gian, lịch kiểm tra", "Thành phần Đoàn, phân công", "Tổ chức thực hiện",
    ),
    "Tên các mục của kế hoạch tiến hành",
    "NĐ 217/2025/NĐ-CP Điều 14",
)  # fmt: skip
ANNOUNCEMENT_TITLE = _text(
    "announcement_title", "Thông báo lịch", "Mở đầu trích yếu của công văn thông báo kiểm tra", most=120
)
ANNOUNCEMENT_SECTIONS = _names(
    "announcement_sections",
    ("Thời gian, địa điểm", "Nội dung, thời kỳ kiểm tra", "Thành phần Đoàn kiểm tra", "Đề nghị đơn vị"),
    "Tên các mục của công văn thông báo kiểm tra",
)
MEMBER_REQUEST_TITLE = _text(
    "member_request_title",
    "Đề nghị cử công chức tham gia Đoàn kiểm tra",
    "Trích yếu của công văn cử thành viên",
    most=120,
)
MEMBER_REPLY_DAYS = _number(
    "member_reply_days", 5, "Cơ quan khác cử công chức trước ngày bắt đầu kiểm tra (ngày làm việc)", most=30
)
OUTLINE_TYPE_NAME = _text("outline_type_name", "Đề cương báo cáo", "Tên loại đề cương gửi đơn vị", most=60)
OUTLINE_TITLE = _text("outline_title", "Phục vụ", "Mở đầu trích yếu của đề cương báo cáo", most=120)
OUTLINE_SECTIONS = _names(
    "outline_sections",
    (
        "Tình hình chung", "Kết quả thực hiện các nội dung", "Tồn tại, hạn chế và nguyên nhân",
        "Việc khắc phục theo các kết luận trước", "Khó khăn, vướng mắc, kiến nghị, đề xuất",
    ),
    "Tên các mục của đề cương báo cáo",
)  # fmt: skip
OUTLINE_TABLE_TITLE = _text(
    "outline_table_title", "Biểu số liệu kèm theo báo cáo", "Tên biểu số liệu của đề cương", most=120
)
OUTLINE_TEAM_METHODS = _text(
    "outline_team_methods",
    "Quan sát; Đối chiếu; Gọi; Chọn ngẫu nhiên; Mẫu ≥; ≥; Phỏng vấn; So sánh; Phiếu chấm; "
    "Thời gian chờ; Danh sách vắng",
    "Việc Đoàn tự làm (từ mở đầu, cách bằng dấu chấm phẩy), không ghi vào danh mục hồ sơ đơn vị chuẩn bị",
    most=400,
)
TEAM_REPORT_TITLE = _text(
    "team_report_title", "Kết quả", "Mở đầu trích yếu của báo cáo kết quả kiểm tra", most=120
)
TEAM_REPORT_SECTIONS = _names(
    "team_report_sections",
    (
        "Kết quả kiểm tra", "Tồn tại, hạn chế", "Khó khăn, vướng mắc, kiến nghị của đơn vị",
        "Kiến nghị của Đoàn kiểm tra", "Ý kiến bảo lưu của thành viên Đoàn",
    ),
    "Tên các mục của báo cáo kết quả kiểm tra",
)  # fmt: skip

# --- ways of issuing, per kind of document ---------------------------------------------------------------
_WAYS: dict[str, str] = {
    WayOfIssuing.RECORDED: "Qua hệ thống quản lý văn bản (eOffice)",
    WayOfIssuing.HERE: "Trên hệ thống này",
    WayOfIssuing.PAPER: "Bản giấy",
}
WAY_OF_ISSUING: dict[str, Setting[str]] = {
    "notice": _choice(
        "way_of_issuing_notice", WayOfIssuing.RECORDED, _WAYS, "Cách ban hành thông báo kết luận"
    ),
    "decision": _choice(
        "way_of_issuing_decision", WayOfIssuing.RECORDED, _WAYS, "Cách ban hành quyết định kiểm tra"
    ),
    "letter": _choice("way_of_issuing_letter", WayOfIssuing.RECORDED, _WAYS, "Cách ban hành công văn"),
    "team": _choice(
        "way_of_issuing_team", WayOfIssuing.PAPER, _WAYS, "Cách ban hành văn bản của Đoàn kiểm tra"
    ),
}
_SYMBOL_SOURCE = "NĐ 30/2020/NĐ-CP, Phụ lục I mục II.3 và Phụ lục III; {office}, {unit} lấy từ cài đặt này"
SYMBOLS: dict[str, Setting[str]] = {
    key: _text(f"symbol_{key}", default, label, _SYMBOL_SOURCE, most=40)
    for key, default, label in (
        ("decision", "QĐ-{office}", "Ký hiệu quyết định"),
        ("notice", "TB-{office}", "Ký hiệu thông báo"),
        ("letter", "{office}-{unit}", "Ký hiệu công văn"),
        ("plan", "KH-{office}", "Ký hiệu kế hoạch"),
        ("team_plan", "KH-ĐKT", "Ký hiệu kế hoạch tiến hành của Đoàn"),
        ("team_report", "ĐKT-{office}", "Ký hiệu báo cáo của Đoàn"),
        ("team_minutes", "BB-ĐKT", "Ký hiệu biên bản của Đoàn"),
    )
}

# --- reserving -------------------------------------------------------------------------------------------
RESERVE_WORKING_DAYS = _number(
    "reserve_working_days", 10, "Thời hạn giữ chỗ phạm vi của cuộc kiểm tra đang lập (ngày làm việc)",
    least=1, most=30,
)  # fmt: skip

VERIFY_MARK = _yes_no(
    "verify_mark", True, "In mã QR, mã kiểm tra văn bản dưới mục Nơi nhận của văn bản ký trên hệ thống"
)

SIGN_DIGITALLY = _yes_no(
    "sign_digitally", True, "Văn bản ký trên hệ thống này phải có chữ ký số của người ký và của cơ quan"
)

# --- reopening -------------------------------------------------------------------------------------------
REOPEN_WITHIN_MONTHS = _number(
    "reopen_within_months",
    24,
    "Thời hạn được mở lại nội dung đã kết luận, tính từ ngày thông báo (tháng)",
    f"{OWN}, mượn thời hạn thanh tra lại của Luật Thanh tra 84/2025/QH15, Điều 25",
    least=1,
    most=120,
)

# --- papers after a notice: how they are titled ----------------------------------------------------------
REMINDER_SUBJECT = _text(
    "reminder_subject", "Đôn đốc khắc phục tồn tại, hạn chế sau kiểm tra", "Trích yếu công văn đôn đốc"
)
REMINDER_ANNEX = _text(
    "reminder_annex", "Nội dung khắc phục chưa hoàn thành hoặc chưa báo cáo", "Tên phụ lục công văn đôn đốc"
)
REMINDER_ANSWER_DAYS = _number(
    "reminder_answer_days", 5, "Thời hạn báo cáo nêu trong công văn đôn đốc (ngày làm việc)", least=1, most=60
)
EXTENSION_ANSWER_SUBJECT = _text(
    "extension_answer_subject", "Trả lời đề nghị gia hạn thời hạn khắc phục tồn tại, hạn chế",
    "Trích yếu công văn trả lời đề nghị gia hạn",
)  # fmt: skip
REMEDIATION_PLAN_TITLE = _text(
    "remediation_plan_title", "Khắc phục tồn tại, hạn chế", "Mở đầu trích yếu kế hoạch khắc phục của đơn vị"
)
REMEDIATION_REPORT_TITLE = _text(
    "remediation_report_title", "Kết quả khắc phục tồn tại, hạn chế",
    "Mở đầu trích yếu báo cáo kết quả khắc phục của đơn vị",
)  # fmt: skip
FOLLOWUP_NOTICE_TITLE = _text(
    "followup_notice_title", "Kết quả kiểm tra việc khắc phục tồn tại, hạn chế",
    "Trích yếu thông báo kết quả kiểm tra việc khắc phục",
)  # fmt: skip
FOLLOWUP_END_TITLE = _text(
    "followup_end_title", "Kết thúc theo dõi việc thực hiện", "Mở đầu trích yếu thông báo kết thúc theo dõi"
)
RECALL_TYPE_NAME = _text("recall_type_name", "Thông báo", "Tên loại văn bản thu hồi", most=60)

# --- remediation -----------------------------------------------------------------------------------------
DEFAULT_PROFILE = _choice(
    "default_profile",
    "noi_bo_cchc",
    {
        "noi_bo_cchc": "Kiểm tra nội bộ cải cách hành chính, công vụ",
        "chuyen_nganh_217": "Kiểm tra chuyên ngành theo Nghị định số 217/2025/NĐ-CP",
        "thanh_tra_84": "Thanh tra theo Luật số 84/2025/QH15",
    },
    "Bộ thời hạn áp dụng khi lập cuộc kiểm tra",
)
MAX_MILESTONES = _number("max_milestones", 3, "Số mốc thời hạn tối đa cho mỗi đơn vị", least=1, most=3)
MILESTONE_NOW_DAYS = _number(
    "milestone_now_days", 5, "Mốc khắc phục ngay: tối đa (ngày làm việc)", least=1, most=15
)
MILESTONE_COMMON_DAYS = _number(
    "milestone_common_days", 20, "Mốc theo hạn chung: tối đa (ngày làm việc)", least=16, most=90
)
ONE_STEP_ACCEPTANCE = _yes_no(
    "one_step_acceptance", True, "Người theo dõi thẩm tra và công nhận trong một bước"
)

# --- extensions and reminders, per profile ---------------------------------------------------------------
_PROFILE_NAMES = {
    "noi_bo_cchc": "kiểm tra nội bộ",
    "chuyen_nganh_217": "kiểm tra chuyên ngành",
    "thanh_tra_84": "thanh tra",
}
EXTENSIONS_MOST: dict[str, Setting[int]] = {
    code: _number(
        f"extensions_most_{code}", 2,
        f"Số lần gia hạn tối đa trên hệ thống, {name} (quá thì có công văn trả lời)", most=10,
    )
    for code, name in _PROFILE_NAMES.items()
}  # fmt: skip
EXTENSION_DAYS_MOST: dict[str, Setting[int]] = {
    code: _number(
        f"extension_days_most_{code}", 30,
        f"Số ngày làm việc tối đa của một lần gia hạn trên hệ thống, {name}", least=1, most=180,
    )
    for code, name in _PROFILE_NAMES.items()
}  # fmt: skip
EXTENSION_DAYS_IN_SUM: dict[str, Setting[int]] = {
    code: _number(
        f"extension_days_in_sum_{code}", 45,
        f"Tổng số ngày làm việc gia hạn tối đa trên hệ thống, {name}", least=1, most=366,
    )
    for code, name in _PROFILE_NAMES.items()
}  # fmt: skip
REMIND_BEFORE: dict[str, Setting[str]] = {
    code: _days(f"remind_before_{code}", "7, 3", f"Nhắc trước thời hạn, {name} (các số ngày)")
    for code, name in _PROFILE_NAMES.items()
}
REMIND_EVERY: dict[str, Setting[int]] = {
    code: _number(
        f"remind_every_{code}", 5, f"Nhắc lại khi quá hạn, {name}: cứ sau số ngày làm việc", least=1, most=60
    )
    for code, name in _PROFILE_NAMES.items()
}
ESCALATE_FROM: dict[str, Setting[int]] = {
    code: _number(
        f"escalate_from_{code}", 2,
        f"Lập dự thảo công văn đôn đốc, {name}: từ lần nhắc quá hạn thứ (0 = không)", most=50,
    )
    for code, name in _PROFILE_NAMES.items()
}  # fmt: skip
