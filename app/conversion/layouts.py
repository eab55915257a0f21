"""What a column of an old table may be, and the headings it is recognised by (users.md §2.9)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from app.vietnamese import search_key


class Column(StrEnum):
    """What is kept of a row in a place of its own; everything else stays in the note of the conversion."""

    NOTICE = "notice"
    NUMBER = "number"
    DATED = "dated"
    UNIT = "unit"
    TEXT = "text"
    PRODUCTS = "products"
    LEAD = "lead"
    KIND = "kind"
    DUE = "due"
    EXTENDED = "extended"
    PROGRESS = "progress"
    RESULT = "result"
    DONE_ON = "done_on"
    FOLLOWER = "follower"


LABELS: dict[Column, str] = {
    Column.NOTICE: "Số, ngày thông báo (chung một cột)",
    Column.NUMBER: "Số và ký hiệu thông báo",
    Column.DATED: "Ngày thông báo",
    Column.UNIT: "Đơn vị được kiểm tra",
    Column.TEXT: "Nội dung cần khắc phục",
    Column.PRODUCTS: "Sản phẩm",
    Column.LEAD: "Đơn vị chủ trì",
    Column.KIND: "Loại thời hạn",
    Column.DUE: "Thời hạn hoàn thành",
    Column.EXTENDED: "Thời hạn sau gia hạn",
    Column.PROGRESS: "Tiến độ",
    Column.RESULT: "Kết quả thực hiện, minh chứng",
    Column.DONE_ON: "Ngày hoàn thành",
    Column.FOLLOWER: "Người theo dõi",
}

OLD_16 = (
    "STT", "Số hội nghị", "Số TB/KL", "Ngày ban hành", "Chủ trì theo dõi", "Ngành/lĩnh vực",
    "Cơ quan/đơn vị trình", "Lĩnh vực chi tiết", "Nội dung kết luận / Văn bản trình", "Loại thời hạn",
    "Hạn xử lý", "Tiến độ", "Kết quả thực hiện / Minh chứng", "Văn bản triển khai", "Mã nhiệm vụ",
    "Ngày cập nhật gần nhất",
)  # fmt: skip
OURS_22 = (
    "STT", "Mã", "Số, ngày thông báo", "Đơn vị được kiểm tra", "Nội dung tồn tại, hạn chế",
    "Nội dung cần khắc phục", "Sản phẩm", "Chủ trì", "Phối hợp", "Người đứng đầu", "Loại thời hạn",
    "Thời hạn hoàn thành", "Thời hạn sau gia hạn (số lần)", "Tiến độ",
    "Kết quả thực hiện, minh chứng (số, ngày văn bản)", "Ngày hoàn thành", "Số ngày quá hạn",
    "Số lần đôn đốc (văn bản gần nhất)", "Kết quả thẩm tra", "Người theo dõi", "Ngày cập nhật gần nhất",
    "Ghi chú",
)  # fmt: skip
HEADINGS: dict[Column, tuple[str, ...]] = {
    Column.NOTICE: ("Số, ngày thông báo", "Thông báo kết luận", "Số, ngày TB"),
    Column.NUMBER: (
        "Số TB/KL", "Số thông báo", "Số và ký hiệu", "Số, ký hiệu", "Số kết luận", "Số văn bản",
        "Thông báo số", "Kết luận số", "Số TB", "Số KL",
    ),
    Column.DATED: (
        "Ngày ban hành", "Ngày thông báo", "Ngày văn bản", "Ngày kết luận", "Ngày TB/KL", "Ngày ký", "Ngày",
    ),
    Column.UNIT: ("Đơn vị được kiểm tra", "Cơ quan/đơn vị trình", "Đơn vị", "Tên đơn vị", "Cơ quan, đơn vị"),
    Column.TEXT: (
        "Nội dung cần khắc phục", "Nội dung kết luận / Văn bản trình", "Nội dung kết luận", "Nội dung",
        "Nội dung yêu cầu", "Nội dung khắc phục", "Nhiệm vụ", "Nội dung phải khắc phục",
        "Nội dung phải thực hiện", "Nội dung thực hiện", "Nội dung kiến nghị", "Kiến nghị",
        "Yêu cầu khắc phục",
    ),
    Column.PRODUCTS: ("Sản phẩm", "Sản phẩm, kết quả"),
    Column.LEAD: (
        "Chủ trì", "Đơn vị chủ trì", "Cơ quan chủ trì", "Đơn vị thực hiện", "Cơ quan thực hiện",
        "Cơ quan, đơn vị thực hiện", "Trách nhiệm thực hiện",
    ),
    Column.KIND: ("Loại thời hạn",),
    Column.DUE: (
        "Thời hạn hoàn thành", "Hạn xử lý", "Thời hạn", "Hạn hoàn thành", "Thời gian hoàn thành",
        "Thời hạn thực hiện", "Thời gian thực hiện", "Thời hạn khắc phục", "Thời hạn xử lý", "Ngày đến hạn",
    ),
    Column.EXTENDED: ("Thời hạn sau gia hạn (số lần)", "Thời hạn sau gia hạn", "Gia hạn đến"),
    Column.PROGRESS: ("Tiến độ", "Trạng thái", "Tình trạng", "Tình hình thực hiện"),
    Column.RESULT: (
        "Kết quả thực hiện, minh chứng (số, ngày văn bản)", "Kết quả thực hiện / Minh chứng",
        "Kết quả thực hiện", "Kết quả", "Minh chứng", "Kết quả khắc phục", "Kết quả xử lý",
    ),
    Column.DONE_ON: ("Ngày hoàn thành",),
    Column.FOLLOWER: ("Người theo dõi", "Chủ trì theo dõi", "Cán bộ theo dõi", "Chuyên viên theo dõi"),
}  # fmt: skip


def key_of(heading: str) -> str:
    """What is compared of a heading: words without marks, signs or case."""
    return " ".join(re.findall(r"[a-z0-9]+", search_key(heading)))


_BY_KEY = {key_of(text): column for column, texts in HEADINGS.items() for text in texts}
_KNOWN = {key_of(text) for text in (*OLD_16, *OURS_22)} | set(_BY_KEY)


def matches(cells: Sequence[str]) -> int:
    """How many different headings of a table a row holds."""
    return len({key for cell in cells if (key := key_of(cell)) in _KNOWN})


def recognise(headings: Sequence[str]) -> dict[Column, int]:
    """Which column of the sheet (from 0) is what, as far as its heading says so; the first of two alike."""
    found: dict[Column, int] = {}
    for place, heading in enumerate(headings):
        column = _BY_KEY.get(key_of(heading))
        if column is not None:
            found.setdefault(column, place)
    return found


def layout_of(headings: Sequence[str]) -> str:
    """The name of a table that is known as a whole, when all its columns are there; "" otherwise."""
    keys = {key_of(heading) for heading in headings}
    for name, known in (("mẫu 22 cột", OURS_22), ("mẫu 16 cột", OLD_16)):
        if {key_of(text) for text in known} <= keys:
            return name
    return ""


def filled_down(
    rows: Sequence[tuple[int, tuple[str, ...]]], mapping: Mapping[Column, int]
) -> list[tuple[int, tuple[str, ...]]]:
    """(line, cells) in which a notice and a unit that a table writes once hold for the rows below as well.

    Not past another notice or unit, nor past a row of one cell, which heads a group.
    """
    notice = [mapping[column] for column in (Column.NOTICE, Column.NUMBER, Column.DATED) if column in mapping]
    places = [*notice, mapping[Column.UNIT]]
    found, above = list[tuple[int, tuple[str, ...]]](), tuple[str, ...]()
    for line, cells in rows:
        if sum(map(bool, cells)) == 1:
            above = ()
        elif cells[mapping[Column.TEXT]]:
            if above and all(cells[place] in ("", above[place]) for place in places):
                cells = tuple(above[n] if n in places else cell for n, cell in enumerate(cells))
            above = cells
        found.append((line, cells))
    return found
