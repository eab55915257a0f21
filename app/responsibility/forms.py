"""Forms: who answers, what was decided, where a case went, what came back."""

from __future__ import annotations

from wtforms import BooleanField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.responsibility.models import (
    ANSWERS_LABELS,
    MEASURE_LABELS,
    RECOMMENDED,
    TRACK_LABELS,
    Answerable,
    Answers,
    Measure,
    Referral,
    Track,
)
from app.responsibility.values import AnswerableValues, AnswerValues, DecisionValues, ReferralValues
from app.web import BaseForm, DateField, choices

LINE = Length(max=300)


class AnswerableForm(BaseForm):
    """Xác định trách nhiệm. A name that is kept is never shown here: empty leaves it as it is."""

    kind = RadioField(
        "Đối tượng",
        [InputRequired("Chọn tập thể hoặc cá nhân.")],
        choices=choices([(kind.value, label) for kind, label in ANSWERS_LABELS.items()]),
    )
    collective = StringField("Đơn vị, bộ phận", [InputRequired(), LINE])
    post = StringField("Chức danh, phần việc", [Optional(), LINE])
    name = StringField("Họ tên (chỉ khi thật cần)", [Optional(), LINE])
    forget_name = BooleanField("Xóa họ tên đã ghi")
    recommended = SelectField(
        "Biện pháp kiến nghị",
        [Optional()],
        choices=choices([(one.value, MEASURE_LABELS[one]) for one in RECOMMENDED], blank="Không kiến nghị"),
    )
    competent_body = StringField("Cơ quan, người có thẩm quyền xử lý", [Optional(), LINE])
    asked_reference = StringField("Văn bản kiến nghị (số, ký hiệu)", [Optional(), LINE])
    asked_on = DateField("Ngày kiến nghị", [Optional()])
    due_on = DateField("Hạn trả lời", [Optional()])

    def show(self, made: Answerable) -> None:
        """Fill in what stands, without the name."""
        self.kind.data, self.collective.data, self.post.data = made.kind.value, made.collective, made.post
        self.recommended.data = made.recommended.value if made.recommended else ""
        self.competent_body.data, self.asked_reference.data = made.competent_body, made.asked_reference
        self.asked_on.data, self.due_on.data, self.version.data = made.asked_on, made.due_on, made.version

    def values(self) -> AnswerableValues:
        """What the service takes; the day of a recommendation is not asked of what recommends nothing."""
        recommended = Measure(self.recommended.data) if self.recommended.data else None
        return AnswerableValues(
            kind=Answers(self.kind.data),
            collective=self.collective.data or "",
            post=self.post.data or "",
            name=self.name.data or "",
            forget_name=bool(self.forget_name.data),
            recommended=recommended,
            competent_body=self.competent_body.data or "",
            asked_reference=self.asked_reference.data or "",
            asked_on=self.asked_on.data,
            due_on=self.due_on.data,
        )


class DecisionForm(BaseForm):
    """Ghi kết quả xử lý."""

    decided = SelectField(
        "Kết quả xử lý",
        [InputRequired()],
        choices=choices([(one.value, label) for one, label in MEASURE_LABELS.items()], blank="Chọn kết quả"),
    )
    body = StringField("Cơ quan, người đã quyết định", [InputRequired(), LINE])
    reference = StringField("Số, ký hiệu văn bản", [InputRequired(), LINE])
    decided_on = DateField("Ngày văn bản", [InputRequired()])
    note = TextAreaField("Ghi chú, lý do", [Optional(), Length(max=2000)])

    def show(self, made: Answerable) -> None:
        """What was recorded, or what was recommended and to whom."""
        self.version.data = made.version
        self.body.data = made.decided_body or made.competent_body
        decided = made.decided or made.recommended
        self.decided.data = decided.value if decided else ""
        self.reference.data, self.decided_on.data = made.decided_reference, made.decided_on
        self.note.data = made.decision_note

    def values(self) -> DecisionValues:
        """What the service takes."""
        return DecisionValues(
            Measure(self.decided.data), self.body.data or "", self.reference.data or "",
            self.decided_on.day, self.note.data or "",
        )  # fmt: skip


class ReferralForm(BaseForm):
    """Ghi văn bản chuyển."""

    track = RadioField(
        "Hướng chuyển",
        [InputRequired("Chọn hướng chuyển.")],
        choices=choices([(track.value, label) for track, label in TRACK_LABELS.items()]),
    )
    body = StringField("Cơ quan nhận", [InputRequired(), LINE])
    reference = StringField("Số, ký hiệu văn bản chuyển", [InputRequired(), LINE])
    sent_on = DateField("Ngày văn bản", [InputRequired()])
    due_on = DateField("Hạn trả lời", [InputRequired()])

    def show(self, made: Referral) -> None:
        """Fill in what stands."""
        self.track.data, self.body.data, self.reference.data = made.track.value, made.body, made.reference
        self.sent_on.data, self.due_on.data, self.version.data = made.sent_on, made.due_on, made.version

    def values(self) -> ReferralValues:
        """What the service takes."""
        return ReferralValues(
            Track(self.track.data), self.body.data or "", self.reference.data or "",
            self.sent_on.day, self.due_on.day,
        )  # fmt: skip


class AnswerForm(BaseForm):
    """Ghi trả lời of the body that received the case."""

    answer = TextAreaField("Nội dung trả lời", [InputRequired(), Length(max=4000)])
    reference = StringField("Số, ký hiệu văn bản trả lời", [InputRequired(), LINE])
    answered_on = DateField("Ngày văn bản", [InputRequired()])

    def show(self, made: Referral) -> None:
        """What was recorded, when it is corrected."""
        self.answer.data, self.reference.data = made.answer, made.answer_reference
        self.answered_on.data, self.version.data = made.answered_on, made.version

    def values(self) -> AnswerValues:
        """What the service takes."""
        return AnswerValues(self.answer.data or "", self.reference.data or "", self.answered_on.day)


class PeriodForm(Form):
    """The period of a head's record, read from the address."""

    start = DateField("Từ ngày", [Optional()])
    end = DateField("Đến ngày", [Optional()])
