"""The quick edit of a line, and reading the filters of the address."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from app.followup.queries import STATES, Filters, Line
from app.remediation.values import LineValues
from app.web import BaseForm, DateField


class LineForm(BaseForm):
    """Ghi chú, đôn đốc, tiến độ of one line."""

    progress_text = StringField("Kết quả thực hiện", [Optional(), Length(max=2000)])
    urged_reference = StringField("Văn bản đôn đốc", [Optional(), Length(max=200)])
    urged_on = DateField("Ngày đôn đốc", [Optional()])
    note = StringField("Ghi chú", [Optional(), Length(max=1000)])

    def show(self, line: Line) -> None:
        """Fill the form from a line."""
        self.note.data, self.urged_reference.data = line.note, line.urged_reference
        self.version.data = line.version

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


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0


def filters_of(args: dict[str, str]) -> Filters:
    """The filters of an address; what is not known is left out."""
    state = args.get("state", "")
    return Filters(
        text=args.get("q", "")[:200],
        document_id=_whole(args.get("notice")),
        unit_id=_whole(args.get("unit")),
        head_id=_whole(args.get("head")),
        group=args.get("group", "")[:20],
        state=state if state in STATES else "",
        follower_id=_whole(args.get("follower")),
        recurring=args.get("recurring") == "1",
        mine=args.get("mine") == "1",
    )
