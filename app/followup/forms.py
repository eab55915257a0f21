"""The quick edit of a line, and reading the filters of the address."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from app.followup.filters import STATES, Filters
from app.followup.queries import Line
from app.remediation.values import LineValues
from app.web import BaseForm, DateField, read_id


class LineForm(BaseForm):
    """Ghi chú, đôn đốc, tiến độ of one line; the field of the urging paper takes a new one."""

    progress_text = StringField("Kết quả thực hiện", [Optional(), Length(max=2000)])
    urged_reference = StringField("Văn bản đôn đốc mới", [Optional(), Length(max=200)])
    urged_on = DateField("Ngày đôn đốc", [Optional()])
    note = StringField("Ghi chú", [Optional(), Length(max=1000)])

    def show(self, line: Line) -> None:
        """Fill the form from a line."""
        self.note.data, self.version.data = line.note, line.version

    def values(self) -> LineValues:
        """What the service takes."""
        return LineValues(
            note=self.note.data or "",
            urged_reference=self.urged_reference.data or "",
            urged_on=self.urged_on.data,
            progress_text=self.progress_text.data or "",
        )


class UrgeForm(BaseForm):
    """Đôn đốc: the paper that urged several units or tasks at once."""

    reference = StringField("Số, ký hiệu văn bản đôn đốc", [InputRequired(), Length(max=200)])
    urged_on = DateField("Ngày văn bản", [InputRequired()])


class ToldForm(BaseForm):
    """Đã gửi nội dung nhắc: the day on which it was sent or told."""

    told_on = DateField("Ngày nhắc", [InputRequired()])


def filters_of(args: dict[str, str]) -> Filters:
    """The filters of an address; what is not known is left out."""
    state, notice = args.get("state", ""), args.get("notice", "")
    return Filters(
        text=args.get("q", "")[:200],
        document_id=read_id(notice) or 0,
        conclusion_id=read_id(notice[1:]) or 0 if notice.startswith("c") else 0,
        unit_id=read_id(args.get("unit")) or 0,
        head_id=read_id(args.get("head")) or 0,
        group=args.get("group", "")[:20],
        state=state if state in STATES else "",
        follower_id=read_id(args.get("follower")) or 0,
        recurring=args.get("recurring") == "1",
        mine=args.get("mine") == "1",
    )
