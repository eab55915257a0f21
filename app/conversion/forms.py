"""Forms of bringing an old table over."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.conversion.layouts import LABELS, Column
from app.conversion.services import Choice
from app.register.models import LEVEL_LABELS, Level
from app.web import BaseForm, choices


class UploadForm(BaseForm):
    """The table."""

    file = FileField("Bảng theo dõi cũ (.xlsx hoặc CSV)", [FileRequired("Chọn tệp bảng theo dõi.")])


class SheetForm(BaseForm):
    """Which sheet and which line; asked again before anything is read."""

    sheet = SelectField("Trang tính", [InputRequired("Chọn trang tính.")])
    heading_row = IntegerField(
        "Dòng tiêu đề",
        [InputRequired("Nhập số của dòng tiêu đề."), NumberRange(1, 20_000, "Dòng tiêu đề tính từ 1.")],
    )


class MappingForm(SheetForm):
    """Which column is what; "" = there is none."""

    body_name = StringField(
        "Cơ quan ra thông báo", [InputRequired("Nhập tên cơ quan ra thông báo."), Length(max=200)]
    )
    level = SelectField("Cấp", choices=choices([(str(int(key)), text) for key, text in LEVEL_LABELS.items()]))
    follower_id = SelectField(
        "Người theo dõi, khi tên trong bảng không khớp", [InputRequired("Chọn người theo dõi.")]
    )
    as_above = BooleanField("Số, ngày thông báo và đơn vị để trống thì lấy như dòng trên", default=True)

    def choice(self) -> Choice:
        """What the service takes."""
        return Choice(
            sheet=self.sheet.data,
            heading_row=int(self.heading_row.data or 1),
            mapping={column: int(self[column.value].data) for column in Column if self[column.value].data},
            body_name=self.body_name.data or "",
            level=Level(int(self.level.data)),
            follower_id=int(self.follower_id.data),
            as_above=bool(self.as_above.data),
        )

    def offer(
        self,
        sheets: Sequence[tuple[str, str]],
        headings: Sequence[str],
        followers: Sequence[tuple[int, str, str]],
    ) -> None:
        """Fill in the sheets, the columns of the one that is shown, and who may follow."""
        self.sheet.choices = choices(sheets)
        offered = [(str(place), f"{place + 1}. {heading[:60]}") for place, heading in enumerate(headings)]
        for column in Column:
            self[column.value].choices = choices(offered, blank="Không có")
        self.follower_id.choices = choices(
            [(str(key), f"{name}, {post}" if post else name) for key, name, post in followers],
            blank="Chọn người theo dõi",
        )


for _column in Column:
    setattr(MappingForm, _column.value, SelectField(LABELS[_column], default=""))


class RowForm(BaseForm):
    """The texts of a row, by what is kept of it."""

    alike = BooleanField("Áp dụng cho các dòng khác cùng ghi như vậy")

    def typed(self) -> dict[Column, str]:
        """What stands in each field, on one line except the texts."""
        return {
            column: " ".join((self[column.value].data or "").split())
            for column in Column
            if column.value in self
        }


for _column in Column:
    _kind = TextAreaField if _column in (Column.TEXT, Column.RESULT) else StringField
    setattr(RowForm, _column.value, _kind(LABELS[_column], [Length(max=33_000)]))


class TakeForm(BaseForm):
    """Take in what can come in now."""

    with_gaps = BooleanField("Nhập cả dòng còn câu hỏi không bắt buộc; chỗ trống bổ sung sau")
