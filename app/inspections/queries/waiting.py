"""Who a case waits for, to do what, until when: one answer for lists, pages and the list of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.inspections.models import InspectionState
from app.inspections.queries.lists import CaseRow


@dataclass(frozen=True)
class Waiting:
    """“Đang chờ | Việc | Đến ngày”; `until` is inclusive."""

    who: str
    what: str
    until: date | None = None


def waiting_for(row: CaseRow) -> Waiting | None:
    """What the next step of the case is; None when nothing is waited for."""
    leader = f"Trưởng đoàn {row.leader}" if row.leader else "Trưởng đoàn"
    match row.state:
        case InspectionState.DRAFT:
            due = min(filter(None, (row.starts_on, row.reserved_until)), default=None)
            return Waiting(row.creator, "Hoàn thiện phạm vi, ghi nhận quyết định", due)
        case InspectionState.DECIDED:
            return Waiting(leader, "Báo lịch và tổ chức buổi làm việc", row.next_visit_on or row.starts_on)
        case InspectionState.IN_PROGRESS:
            return Waiting(leader, "Kiểm tra tại đơn vị", row.next_visit_on or row.ends_on)
        case InspectionState.FIELDWORK_ENDED:
            return Waiting(leader, "Báo cáo kết quả kiểm tra")
        case InspectionState.REPORTED:
            return Waiting(row.creator, "Dự thảo thông báo kết luận")
        case InspectionState.CONCLUDED:
            return Waiting(row.follower or "Người theo dõi", "Theo dõi, đôn đốc khắc phục")
        case InspectionState.SUSPENDED:
            return Waiting(row.creator, "Tiếp tục hoặc đình chỉ cuộc kiểm tra")
        case _:
            return None
