"""“Khi ban hành sẽ”: what issuing this notice does, in figures, before anybody clicks."""

from __future__ import annotations

from dataclasses import dataclass

from app.notices import texts
from app.notices.models import Notice
from app.notices.record import WITHOUT_CLAIMS, Record
from app.remediation import queries as remediation
from app.remediation.models import Task, TaskState
from app.vietnamese import count

DONE = (TaskState.ACCEPTED, TaskState.WITHDRAWN)


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
    replaces: str = ""
    withdrawn: int = 0
    left_out: int = 0

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """(words before, words in bold, words after) of each line, in the order of screen 7."""
        made = []
        if self.replaces:
            made.append(("thay thế ", self.replaces, ", văn bản cũ giữ nguyên và ghi rõ đã được thay thế"))
        if self.claims and self.replaces:
            made.append(("chuyển ", f"{count(self.concluded)} nội dung đã kết luận", ", không gián đoạn"))
        elif self.claims:
            made.append(("ghi nhận ", f"{count(self.concluded)} nội dung đã kết luận", ""))
            if self.released:
                made.append(("trả lại ", f"{count(self.released)} nội dung chưa kiểm tra", ""))
        if self.findings:
            made.append(("chốt ", f"{count(self.findings)} tồn tại, hạn chế", ", không sửa được nữa"))
        made.append(
            ("giao ", f"{count(self.tasks)} nội dung khắc phục", f" cho {count(self.task_units)} đơn vị")
        )
        if self.left_out:
            made.append(("không nêu nữa ", f"{count(self.left_out)} tồn tại, hạn chế", ""))
        if self.withdrawn:
            made.append(("rút ", f"{count(self.withdrawn)} nội dung khắc phục", " của thông báo cũ"))
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
        replaces=named(notice.replaces) if notice.replaces is not None else "",
        withdrawn=len(withdrawn_by(notice, record)),
        left_out=len(record.dropped),
    )


def named(notice: Notice) -> str:
    """“Thông báo số 45/TB-SNV”."""
    return f"Thông báo số {notice.document.number_and_symbol}"


def withdrawn_by(notice: Notice, record: Record) -> tuple[Task, ...]:
    """Tasks of the replaced notice that this one does not go on with."""
    if notice.replaces is None:
        return ()
    kept = {task.id for task in record.tasks}
    owed = remediation.list_for_document(notice.replaces.document_id)
    return tuple(task for task in owed if task.id not in kept and task.state not in DONE)
