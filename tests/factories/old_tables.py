"""Old follow-up tables, as files and as what was made of them by the real services."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook

from app.conversion import services
from app.conversion.layouts import OURS_22, Column
from app.conversion.models import OldRow, OldTable
from app.conversion.services import Choice
from app.extensions import db
from app.register.models import Level
from tests import cast

ROW = {
    "STT": 1, "Mã": "KP-CU-01", "Số, ngày thông báo": "18/TB-SNV, ngày 14/11/2025",
    "Đơn vị được kiểm tra": "UBND xã Long Phước", "Nội dung tồn tại, hạn chế": "Niêm yết thiếu",
    "Nội dung cần khắc phục": "Niêm yết đầy đủ thủ tục hành chính", "Sản phẩm": "Ảnh chụp",
    "Chủ trì": "", "Phối hợp": "", "Người đứng đầu": "", "Loại thời hạn": "Có hạn cụ thể",
    "Thời hạn hoàn thành": date(2025, 12, 31), "Thời hạn sau gia hạn (số lần)": "",
    "Tiến độ": "Đang thực hiện quá hạn",
    "Kết quả thực hiện, minh chứng (số, ngày văn bản)": "Đã niêm yết 80/92",
    "Ngày hoàn thành": "", "Số ngày quá hạn": 200, "Số lần đôn đốc (văn bản gần nhất)": "01 lần",
    "Kết quả thẩm tra": "", "Người theo dõi": "", "Ngày cập nhật gần nhất": "", "Ghi chú": "Chờ kinh phí",
}  # fmt: skip
SHORT = {
    "notice": "Số, ngày thông báo", "unit": "Đơn vị được kiểm tra", "text": "Nội dung cần khắc phục",
    "lead": "Chủ trì", "kind": "Loại thời hạn", "due": "Thời hạn hoàn thành",
    "extended": "Thời hạn sau gia hạn (số lần)", "progress": "Tiến độ", "follower": "Người theo dõi",
    "result": "Kết quả thực hiện, minh chứng (số, ngày văn bản)", "done_on": "Ngày hoàn thành",
    "note": "Ghi chú", "products": "Sản phẩm",
}  # fmt: skip


def line(**changes: object) -> list[object]:
    """A line of the table of 22 columns, in its order."""
    values = ROW | {SHORT[name]: value for name, value in changes.items()}
    return [values[heading] for heading in OURS_22]


def xlsx(
    rows: Sequence[Sequence[object]], *, headings: Sequence[str] = OURS_22, merged: Sequence[str] = (),
    above: Sequence[Sequence[object]] = (("BẢNG THEO DÕI",),),
) -> bytes:  # fmt: skip
    """A workbook as offices keep it: a title, the headings, the lines, some cells merged."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Theo dõi 2025"
    for row in (*above, headings, *rows):
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def brought(*rows: Sequence[object], name: str = "theo-doi-2025.xlsx", by: str = cast.FOLLOWER) -> OldTable:
    """Uploaded, its columns not chosen yet."""
    made = services.bring(name, xlsx(rows or [line()]), actor=cast.actor(by))
    db.session.commit()
    return made


def table(*rows: Sequence[object], name: str = "theo-doi-2025.xlsx", by: str = cast.FOLLOWER) -> OldTable:
    """Uploaded and read as it was recognised."""
    made = services.bring(name, xlsx(rows or [line()]), actor=cast.actor(by))
    services.read_rows(made, choice(made), actor=cast.actor(by))
    db.session.commit()
    return made


def choice(made: OldTable, **changes: object) -> Choice:
    """What a person would send who changes nothing."""
    values = {
        "sheet": made.sheet, "heading_row": made.heading_row,
        "mapping": {Column(key): place for key, place in made.mapping.items()},
        "body_name": made.body_name, "level": Level.DEPARTMENT,
        "follower_id": cast.person(cast.FOLLOWER).id,
    }  # fmt: skip
    return Choice(**{**values, **changes})


def rows_of(made: OldTable) -> list[OldRow]:
    """Its rows by line."""
    return list(db.session.query(OldRow).filter_by(table_id=made.id).order_by(OldRow.line))


def taken(made: OldTable, *, with_gaps: bool = True, by: str = cast.FOLLOWER) -> int:
    """Take in what can come in; how many."""
    done = services.take_ready(made, actor=cast.actor(by), with_gaps=with_gaps)
    db.session.commit()
    assert isinstance(done, int)
    return done


__all__ = ["ROW", "brought", "choice", "line", "rows_of", "table", "taken", "xlsx"]
