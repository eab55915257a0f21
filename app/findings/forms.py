"""Forms of findings: the block inside a criterion's form, the leader's decisions, opinions, proposals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.findings.causes import OBJECTIVE, SUBJECTIVE
from app.findings.models import (
    CLASSIFICATION_LABELS,
    Classification,
    Finding,
    OpinionWay,
    ProposalKind,
)
from app.findings.services import FindingValues, ProposalValues, SentValues, Upload
from app.form_library.inputs import (
    CheckboxesInput,
    CodesInput,
    NumberInput,
    VietnameseForm,
    area_input,
    line_input,
    select_input,
)
from app.form_library.schema import LEVEL_LABELS
from app.form_library.schema import Level as Severity
from app.form_library.values import SAMPLE_METHOD_LABELS, clean_line, clean_text
from app.inspections.models import InspectedUnit
from app.web import BaseForm, DateField, choices

NEEDED = "Cần nhập nội dung này."
PROPOSAL_LABELS = {
    ProposalKind.DIFFICULTY: "Khó khăn, vướng mắc",
    ProposalKind.PROPOSAL: "Kiến nghị, đề xuất",
}
WAY_CHOICES = {
    OpinionWay.BY_DOCUMENT: "Văn bản của đơn vị",
    OpinionWay.NONE_BY_DATE: "Hết thời hạn, đơn vị không có ý kiến",
}


class FindingBlock(VietnameseForm):
    """One shortcoming inside the form of its criterion; blank description = nothing is recorded."""

    description = area_input("Mô tả", 4000)
    basis = area_input("Căn cứ, hiệu lực trong thời kỳ", 1000)
    classification = SelectField(
        "Phân loại", choices=choices([(str(k), v) for k, v in CLASSIFICATION_LABELS.items()])
    )
    earlier_notice = line_input("Tái diễn theo Thông báo số, ngày", 200)
    severity = SelectField("Mức độ (nội bộ)", choices=choices([(str(k), v) for k, v in LEVEL_LABELS.items()]))
    total = NumberInput("Tổng số")
    sample = NumberInput("Đã kiểm tra")
    failing = NumberInput("Có sai sót")
    sample_method = select_input("Cách chọn mẫu", SAMPLE_METHOD_LABELS)
    subjective_causes = CheckboxesInput("Nguyên nhân chủ quan", choices=choices(SUBJECTIVE.items()))
    objective_causes = CheckboxesInput("Nguyên nhân khách quan", choices=choices(OBJECTIVE.items()))
    responsible_post = line_input("Trách nhiệm theo chức danh, phần việc", 300)
    responsible_collective = line_input("Trách nhiệm tập thể (đơn vị, bộ phận)", 300)
    head_responsible = BooleanField("Trách nhiệm người đứng đầu")
    other_body = line_input("Cơ quan liên quan", 300)
    application_codes = CodesInput("Mã hồ sơ, mỗi dòng một mã", [Optional()])
    fixed_on_spot = BooleanField("Đã khắc phục ngay trong thời gian kiểm tra")
    fixed_note = area_input("Việc đã khắc phục ngay", 1000)

    def values(self) -> FindingValues:
        """What was typed, once validated."""

        def whole(field: Any) -> int | None:
            return None if field.data is None else int(field.data)

        return FindingValues(
            description=self.description.data or "",
            severity=Severity(self.severity.data),
            classification=Classification(self.classification.data),
            total=whole(self.total),
            sample=whole(self.sample),
            failing=whole(self.failing),
            sample_method=self.sample_method.data or "",
            basis=self.basis.data or "",
            subjective_causes=tuple(self.subjective_causes.data or ()),
            objective_causes=tuple(self.objective_causes.data or ()),
            responsible_collective=self.responsible_collective.data or "",
            responsible_post=self.responsible_post.data or "",
            head_responsible=bool(self.head_responsible.data),
            other_body=self.other_body.data or "",
            application_codes=tuple(self.application_codes.data or ()),
            earlier_notice=self.earlier_notice.data or "",
            fixed_on_spot=bool(self.fixed_on_spot.data),
            fixed_note=self.fixed_note.data or "",
        )


def initial_of(finding: Finding) -> dict[str, object]:
    """A recorded finding as the data of its block."""
    names = [
        name for name in FindingValues.__dataclass_fields__ if name not in ("severity", "classification")
    ]
    data: dict[str, object] = {name: getattr(finding, name) for name in names}
    return {**data, "severity": str(finding.severity), "classification": str(finding.classification)}


class LeaveOutForm(BaseForm):
    reason = TextAreaField(
        "Lý do không đưa vào kết luận", [InputRequired(NEEDED), Length(max=2000)], filters=[clean_text]
    )


class MergeForm(BaseForm):
    into = SelectField("Gộp với", [InputRequired("Chọn tồn tại, hạn chế để gộp.")], coerce=str)

    def offer(self, others: Sequence[Finding]) -> MergeForm:
        """Fill the list with what may be merged into."""
        self.into.choices = choices(
            [
                (str(o.id), f"{o.ordinal}. {o.scope_item.criterion.key} – {o.description[:90]}")
                for o in others
            ],
            blank="Chọn tồn tại, hạn chế",
        )
        return self


class PassOnForm(BaseForm):
    to = StringField(
        "Cơ quan có thẩm quyền tiếp nhận", [InputRequired(NEEDED), Length(max=300)], filters=[clean_line]
    )


class DissentForm(BaseForm):
    text = TextAreaField("Nội dung bảo lưu", [InputRequired(NEEDED), Length(max=2000)], filters=[clean_text])


class OpinionForm(BaseForm):
    way = RadioField(
        "Cách có ý kiến",
        [InputRequired("Chọn cách có ý kiến của đơn vị.")],
        choices=choices([(str(k), v) for k, v in WAY_CHOICES.items()]),
        validate_choice=True,
    )
    on = DateField("Ngày văn bản, hoặc thời hạn đã đề nghị trả lời", [InputRequired("Nhập ngày.")])
    reference = StringField(
        "Số, ký hiệu văn bản của đơn vị, hoặc văn bản lấy ý kiến", [Length(max=120)], filters=[clean_line]
    )
    asked_on = DateField("Ngày văn bản lấy ý kiến (khi đơn vị không có ý kiến)")
    opinion = TextAreaField("Ý kiến của đơn vị (nguyên văn)", [Length(max=4000)], filters=[clean_text])


class FilesForm(BaseForm):
    files = MultipleFileField("Ảnh, tệp")


class OneFileForm(BaseForm):
    file = FileField("Tệp")


def uploads_of(posted: Sequence[Any] | None) -> list[Upload]:
    """The files of a request that have a name."""
    return [Upload(item.filename, item.read()) for item in posted or () if getattr(item, "filename", "")]


class ProposalForm(BaseForm):
    kind = SelectField("Loại", choices=choices([(str(k), v) for k, v in PROPOSAL_LABELS.items()]))
    text = TextAreaField(
        "Nội dung, theo lời của đơn vị",
        [InputRequired(NEEDED), Length(min=3, max=4000)],
        filters=[clean_text],
    )
    answering_body = StringField("Cơ quan có thẩm quyền trả lời", [Length(max=300)], filters=[clean_line])
    answer_due_on = DateField("Hạn trả lời")

    def values(self) -> ProposalValues:
        """What was typed, once validated."""
        return ProposalValues(
            kind=ProposalKind(self.kind.data),
            text=self.text.data or "",
            answering_body=self.answering_body.data or "",
            answer_due_on=self.answer_due_on.data,
        )


class LaterProposalForm(ProposalForm):
    """A proposal that is written down after the team has left: the unit is chosen."""

    unit = SelectField("Đơn vị, cuộc kiểm tra", [InputRequired("Chọn đơn vị.")])

    def offer(self, units: Sequence[InspectedUnit]) -> LaterProposalForm:
        """Offer the units whose inspection has ended."""
        self.unit.choices = choices(
            [(str(one.id), f"{one.unit.name} – {one.inspection.code}") for one in units], blank="Chọn đơn vị"
        )
        return self


class SendForm(BaseForm):
    """A proposal of the unit's own accord; the office also names the unit's paper and its day."""

    kind = SelectField("Loại", choices=choices([(str(k), v) for k, v in PROPOSAL_LABELS.items()]))
    text = TextAreaField(
        "Nội dung kiến nghị", [InputRequired(NEEDED), Length(min=3, max=4000)], filters=[clean_text]
    )
    answering_body = StringField("Cơ quan đề nghị trả lời", [Length(max=300)], filters=[clean_line])
    reference = StringField(
        "Số, ký hiệu văn bản của đơn vị (nếu có)", [Length(max=120)], filters=[clean_line]
    )

    def values(self) -> SentValues:
        """What was typed, once validated."""
        return SentValues(
            kind=ProposalKind(self.kind.data),
            text=self.text.data or "",
            answering_body=self.answering_body.data or "",
            reference=self.reference.data or "",
        )


class SendForUnitForm(SendForm):
    """The same out of the unit's paper."""

    reference = StringField(
        "Số, ký hiệu văn bản của đơn vị",
        [InputRequired("Ghi số, ký hiệu văn bản kiến nghị của đơn vị."), Length(max=120)],
        filters=[clean_line],
    )
    sent_on = DateField("Ngày văn bản", [InputRequired("Nhập ngày văn bản.")])

    def values(self) -> SentValues:
        """What was typed, once validated."""
        return replace(super().values(), sent_on=self.sent_on.day)


class AnswerForm(BaseForm):
    stamp = HiddenField("Bản đang sửa")
    answering_body = StringField("Cơ quan có thẩm quyền trả lời", [Length(max=300)], filters=[clean_line])
    answer_due_on = DateField("Hạn trả lời")
    answer = TextAreaField("Nội dung trả lời", [Length(max=4000)], filters=[clean_text])
    answer_reference = StringField("Số, ký hiệu văn bản trả lời", [Length(max=120)], filters=[clean_line])
    answered_on = DateField("Ngày trả lời")
