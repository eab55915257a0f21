"""“Khi ban hành sẽ”: what issuing this notice does, in figures, before anybody clicks."""

from __future__ import annotations

from dataclasses import dataclass

from app.notices import texts
from app.notices.models import Notice
from app.notices.record import WITHOUT_CLAIMS, Record
from app.vietnamese import count


@dataclass(frozen=True)
class Effects:
    """Counts of the record; names of who follows."""

    concluded: int
    released: int
    tasks: int
    task_units: int
    findings: int
    deliveries: int
    follow_unit: str
    follower: str
    claims: bool = True

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """(words before, words in bold, words after) of each line, in the order of screen 7."""
        made = []
        if self.claims:
            made.append(("ghi nhận ", f"{count(self.concluded)} nội dung đã kết luận", ""))
            made.append(("trả lại ", f"{count(self.released)} nội dung chưa kiểm tra", ""))
        if self.findings:
            made.append(("chốt ", f"{count(self.findings)} tồn tại, hạn chế", ", không sửa được nữa"))
        made.append(
            ("giao ", f"{count(self.tasks)} nội dung khắc phục", f" cho {count(self.task_units)} đơn vị")
        )
        made.append(("gửi thông báo đến ", f"{count(self.deliveries)} đơn vị", ""))
        after = f", {self.follower} theo dõi" if self.follower else ""
        made.append(("chuyển theo dõi cho ", self.follow_unit or "bộ phận theo dõi (chưa chọn)", after))
        return tuple(made)

    @property
    def sentence(self) -> str:
        """All lines in one sentence, kept with the act."""
        text = "; ".join(f"{before}{bold}{after}" for before, bold, after in self.lines)
        return f"{text[0].upper()}{text[1:]}."


def effects_of(notice: Notice, record: Record) -> Effects:
    """Count what issuing would do now."""
    return Effects(
        concluded=len(record.concluding),
        released=len(record.not_examined),
        tasks=len(record.tasks),
        task_units=len({task.lead_unit_id for task in record.tasks}),
        findings=len(record.items),
        deliveries=len(record.units) + len(texts.outside_leads(record)),
        follow_unit=notice.follow_unit.name if notice.follow_unit else "",
        follower=notice.follower.name if notice.follower else "",
        claims=record.inspection.kind not in WITHOUT_CLAIMS,
    )
