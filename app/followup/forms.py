"""The quick edit of a line, and reading the filters of the address."""

from __future__ import annotations

from datetime import date

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.followup.filters import STATES, Filters
from app.followup.queries import Line
from app.remediation.forms.work import People, people_choices
from app.remediation.values import LINE_STEP_LABELS, LineStep, LineValues
from app.web import BaseForm, DateField, choices, read_id


class LineForm(BaseForm):
    """The cells of one line that the follower may change; the field of the urging paper takes a new one."""

    step = SelectField("Tiến độ", [Optional()], choices=choices(LINE_STEP_LABELS.items(), blank="Không đổi"))
    progress_text = StringField("Kết quả thực hiện", [Optional(), Length(max=2000)])
    document_reference = StringField("Số, ký hiệu văn bản", [Optional(), Length(max=200)])
    document_on = DateField("Ngày văn bản", [Optional()])
    urged_reference = StringField("Văn bản đôn đốc mới", [Optional(), Length(max=200)])
    urged_on = DateField("Ngày đôn đốc", [Optional()])
    review_on = DateField("Ngày rà soát tiếp", [Optional()])
    follower_id = SelectField("Người theo dõi", [Optional()])
    reason = StringField("Lý do đổi ngày, giao lại", [Optional(), Length(max=500)])
    note = StringField("Ghi chú", [Optional(), Length(max=1000)])

    def offer(self, people: People) -> None:
        """Fill in who may follow."""
        self.follower_id.choices = choices(people_choices(people), blank="Không đổi")

    def show(self, line: Line) -> None:
        """Fill the form from a line."""
        self.note.data, self.version.data = line.note, line.version

    def values(self) -> LineValues:
        """What the service takes."""
        return LineValues(
            note=self.note.data or "",
            urged_reference=self.urged_reference.data or "",
            urged_on=self.urged_on.data,
            step=LineStep(self.step.data) if self.step.data else None,
            progress_text=self.progress_text.data or "",
            document_reference=self.document_reference.data or "",
            document_on=self.document_on.data,
            review_on=self.review_on.data,
            follower_id=int(self.follower_id.data) if self.follower_id.data else None,
            reason=self.reason.data or "",
        )


def line_field(name: str) -> str:
    """The cell of a line for a field that a service of remediation names."""
    cells = {"text": "progress_text", "cause": "progress_text", "reference": "document_reference"}
    return cells.get(name, name)


class PasteForm(BaseForm):
    """Dán từ Excel: the block as it was copied."""

    text = TextAreaField("Nội dung dán", [InputRequired("Dán nội dung từ Excel."), Length(max=200_000)])


class SavedFilterForm(BaseForm):
    """Lưu bộ lọc: its name, and whether the table opens with it."""

    name = StringField("Tên bộ lọc", [InputRequired(), Length(min=2, max=60)])
    opens = BooleanField("Mở sẵn khi vào bảng theo dõi")


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
        day=_day(args.get("day", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
