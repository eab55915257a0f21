"""Whatever an office wrote into any column of its table is found again on the task that became of the row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.conversion import services
from app.conversion.layouts import OLD_16, OURS_22, Column
from app.conversion.models import OldRow
from app.extensions import db
from app.remediation.models import Task
from app.vietnamese import format_date
from tests import cast
from tests.factories import old_tables
from tests.factories.old_tables import ROW, rows_of, taken, xlsx

ROW_16 = {
    "STT": 1, "Số hội nghị": "HN 3", "Số TB/KL": "18/TB-SNV", "Ngày ban hành": date(2025, 11, 14),
    "Chủ trì theo dõi": "", "Ngành/lĩnh vực": "CCHC", "Cơ quan/đơn vị trình": "xã Long Phước",
    "Lĩnh vực chi tiết": "Một cửa", "Nội dung kết luận / Văn bản trình": "Niêm yết", "Loại thời hạn": "",
    "Hạn xử lý": "31/12/2025", "Tiến độ": "", "Kết quả thực hiện / Minh chứng": "", "Văn bản triển khai": "",
    "Mã nhiệm vụ": "", "Ngày cập nhật gần nhất": "",
}  # fmt: skip
TEXT_OF = {OURS_22: "Nội dung cần khắc phục", OLD_16: "Nội dung kết luận / Văn bản trình"}
ANSWERS = {
    Column.NOTICE: "18/TB-SNV, ngày 14/11/2025",
    Column.NUMBER: "18/TB-SNV",
    Column.DATED: "14/11/2025",
    Column.UNIT: "LP",
    Column.LEAD: "AP",
}


def words_of(task: Task) -> str:
    """All that the task says."""
    assert task.conclusion is not None and task.concerned is not None
    days = (task.due_on, task.completed_on)
    return " ".join(
        [
            task.text,
            task.conversion_note,
            task.no_date_reason or "",
            task.concerned.name,
            task.lead_unit.name,
            f"{task.conclusion.number_and_symbol}, ngày {format_date(task.conclusion.concluded_on)}",
            *(one.text for one in task.results),
            *(one.text for one in task.progress),
            *(format_date(day) for day in days if day is not None),
        ]
    )


def answered(row: OldRow) -> None:
    """Answer what blocks a row, as a person would: the cells of the sheet stay what they are."""
    typed = {
        Column(one["column"]): ANSWERS.get(Column(one["column"]), f"Việc của dòng {row.line}")
        for one in row.questions
        if one["blocking"]
    }
    if typed:
        services.correct(row, typed, actor=cast.actor(cast.FOLLOWER))
    assert not row.blocked, row.questions


@pytest.mark.parametrize("headings", [OURS_22, OLD_16], ids=["22", "16"])
@pytest.mark.parametrize("kind", ["Có hạn cụ thể", "Thường xuyên"])
@pytest.mark.parametrize("progress", ["Đang thực hiện", "Đã hoàn thành"])
@pytest.mark.parametrize(
    "written",
    [
        "Chữ của phòng", "25/12/2025", "trước ngày 25/12/2025", "Chờ điều kiện, hạn 25/12/2025",
        "UBND xã Long Phước (chữ thêm)", "18/TB-SNV ngày 14/11/2025 của Giám đốc", "dài " * 1500 + "cuối ô",
    ],
)  # fmt: skip
def test_any_text_in_any_column_is_found_again(
    session: Session, headings: tuple[str, ...], kind: str, progress: str, written: str
) -> None:
    base = ROW if headings is OURS_22 else ROW_16
    rows: list[Sequence[object]] = []
    for place, heading in enumerate(headings):
        row = base | {
            TEXT_OF[headings]: f"Việc thứ {place}", "Loại thời hạn": kind, "Tiến độ": progress,
            heading: written,
        }  # fmt: skip
        rows.append([row[name] for name in headings])
    made = services.bring("cu.xlsx", xlsx(rows, headings=headings), actor=cast.actor(cast.FOLLOWER))
    services.read_rows(made, old_tables.choice(made), actor=cast.actor(cast.FOLLOWER))
    for row in rows_of(made):
        answered(row)
    db.session.commit()
    assert taken(made) == len(headings)
    for place, (heading, row) in enumerate(zip(headings, rows_of(made), strict=True)):
        assert row.task is not None
        kept = words_of(row.task)
        assert row.cells[place] == written.strip()
        for told in (one for one in row.cells if one):
            assert told in kept, f"{heading}: {told[:60]!r} not in {kept[:400]!r}"


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        (Column.DONE_ON, "20/12/2025"), (Column.DUE, "sau khi có kinh phí"), (Column.FOLLOWER, "Người cũ"),
        (Column.RESULT, "Đã mua ghế"), (Column.PRODUCTS, "Biên bản"), (Column.KIND, "Có hạn"),
    ],
)  # fmt: skip
def test_what_a_person_typed_for_a_cell_is_found_again(session: Session, column: Column, typed: str) -> None:
    made = old_tables.table()
    (row,) = rows_of(made)
    services.correct(row, {column: typed}, actor=cast.actor(cast.FOLLOWER))
    assert taken(made) == 1
    kept = words_of(session.scalars(sa.select(Task)).one())
    assert typed in kept and "31/12/2025" in kept
