"""Forms of units."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.units.holds import Recut, fingerprint
from app.units.models import RELATION_LABELS, SUCCESSION_LABELS, UNIT_TYPE_LABELS, Relation, SuccessionKind
from app.web import BaseForm, DateField, choices

_TYPES = [(kind.value, label) for kind, label in UNIT_TYPE_LABELS.items()]
_RELATIONS = [(kind.value, label) for kind, label in RELATION_LABELS.items()]
_SUCCESSIONS = [(kind.value, label) for kind, label in SUCCESSION_LABELS.items()]
SIDES = [("predecessor", "Đơn vị này kế thừa đơn vị"), ("successor", "Đơn vị này được kế thừa bởi đơn vị")]


class VersionForm(BaseForm):
    """Name, type and place of a unit from a day on. The view fills the choices of `parent`."""

    name = StringField("Tên đơn vị", [InputRequired(), Length(min=2, max=200)])
    short_name = StringField("Tên viết gọn", [Length(max=100)])
    type = SelectField(
        "Loại đơn vị", choices=choices(_TYPES, blank="Chọn loại đơn vị"), validators=[InputRequired()]
    )
    parent = SelectField("Đơn vị cấp trên", choices=choices([]), validate_choice=True)
    relation = RadioField(
        "Quan hệ với cấp trên",
        choices=choices(_RELATIONS),
        default=Relation.UNDER.value,
        validators=[InputRequired()],
    )
    from_on = DateField("Từ ngày")
    legal_basis = TextAreaField("Căn cứ", [Length(max=500)])

    def offer(self, units: list[tuple[str, str]]) -> None:
        """Fill the list of parents."""
        self.parent.choices = choices(units, blank="Không có cấp trên")


class UnitForm(VersionForm):
    """A new unit."""

    code = StringField("Mã đơn vị", [InputRequired(), Length(min=2, max=40)])


class ChangeForm(VersionForm):
    """A dated change of a unit: the day is needed."""

    from_on = DateField("Thay đổi có hiệu lực từ ngày", [InputRequired()])


class RecutForm(BaseForm):
    """What may cut the scope of cases under way: it is shown first. `agreed` stands for what was shown."""

    agreed = HiddenField()
    remainder = BooleanField(
        "Để lại phần đã có kết luận hoặc đoàn khác đang thực hiện; đoàn của cơ quan chỉ nhận phần còn lại"
    )

    def agrees(self, recuts: Sequence[Recut]) -> bool:
        """Whether the person saw exactly this; if not, it is what the page shows next."""
        now = fingerprint(recuts)
        if (self.agreed.data or "") == now:
            return True
        if self.agreed.data:
            self.form_errors.append("Kết quả cắt lại phạm vi đã khác lần xem trước. Xem lại rồi ghi.")
        self.agreed.data = now
        return False


class EndForm(RecutForm):
    """The end of a unit."""

    ended_on = DateField("Chấm dứt hoạt động từ ngày", [InputRequired()])
    legal_basis = TextAreaField("Căn cứ", [DataRequired(), Length(max=500)])


class SuccessionForm(RecutForm):
    """What a unit took over, or what took it over."""

    side = RadioField(
        "Chiều kế thừa", choices=choices(SIDES), default="predecessor", validators=[InputRequired()]
    )
    other = SelectField("Đơn vị kia", choices=choices([]), validators=[InputRequired()])
    on_date = DateField("Từ ngày", [InputRequired()])
    kind = SelectField(
        "Hình thức",
        choices=choices(_SUCCESSIONS),
        default=SuccessionKind.MERGE.value,
        validators=[InputRequired()],
    )
    legal_basis = TextAreaField("Căn cứ", [DataRequired(), Length(max=500)])
    verified = RadioField(
        "Đã đối chiếu văn bản gốc",
        choices=choices([("1", "Đã đối chiếu"), ("0", "Chưa xác minh")]),
        default="0",
        validators=[InputRequired()],
    )

    def offer(self, units: list[tuple[str, str]]) -> None:
        """Fill the list of units."""
        self.other.choices = choices(units, blank="Chọn đơn vị")


class UndoForm(BaseForm):
    """Taking a recorded succession back."""

    reason = TextAreaField("Lý do bỏ ghi", [DataRequired(), Length(max=500)])
