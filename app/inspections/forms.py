"""Forms of a case: shape and messages; choices are given by the view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.form_library.models import FormVersion
from app.inspections.models import HalfDay, Inspection, InspectionKind, Method, TeamRole
from app.inspections.planning import last_day
from app.inspections.queries import HALF_DAYS, ROLE_NAMES
from app.inspections.services import CaseData, DecisionData, MemberData, Paper, VisitData
from app.register.models import ReopeningGround
from app.register.reopening import GROUND_LABELS, Request
from app.units.models import Unit
from app.web import BaseForm, DateField, WholeNumberField, choices, read_ids

_MOST_ITEMS = 100_000  # more than 1,000 units by 79 criteria

KIND_LABELS: dict[InspectionKind, str] = {
    InspectionKind.PLANNED: "Theo kế hoạch",
    InspectionKind.THEMATIC: "Chuyên đề",
    InspectionKind.SURPRISE: "Đột xuất",
    InspectionKind.FOLLOW_UP: "Kiểm tra việc khắc phục",
    InspectionKind.SELF: "Tự kiểm tra",
}
METHOD_LABELS: dict[Method, str] = {
    Method.ON_SITE: "Trực tiếp",
    Method.BY_REPORT: "Qua báo cáo",
    Method.ONLINE: "Trực tuyến",
}
PROFILES = (
    ("noi_bo_cchc", "Kiểm tra nội bộ cải cách hành chính, công vụ"),
    ("chuyen_nganh_217", "Kiểm tra chuyên ngành theo Nghị định số 217/2025/NĐ-CP"),
    ("thanh_tra_84", "Thanh tra theo Luật số 84/2025/QH15"),
)
NEEDED = "Cần nhập nội dung này."


class CaseForm(BaseForm):
    """Screen 2, parts 1, 2 and 5."""

    title = StringField("Tên cuộc kiểm tra", [InputRequired(NEEDED), Length(3, 300)])
    kind = RadioField("Hình thức", [InputRequired("Chọn hình thức kiểm tra.")])
    method = RadioField("Phương thức", [InputRequired("Chọn phương thức kiểm tra.")])
    office_unit_id = SelectField("Cơ quan kiểm tra", [InputRequired("Chọn cơ quan kiểm tra.")], coerce=int)
    form_version_id = SelectField("Phiếu kiểm tra", [InputRequired("Chọn phiếu kiểm tra.")], coerce=int)
    plan_citation = StringField("Căn cứ kế hoạch (số, ngày)", [Length(max=300)])
    authority = StringField("Người ra quyết định", [Length(max=200)])
    legal_bases = TextAreaField("Căn cứ pháp lý, mỗi dòng một văn bản", [Length(max=4000)])
    profile = SelectField("Bộ thời hạn áp dụng")
    review_from = DateField(
        "Thời kỳ kiểm tra từ ngày", [InputRequired("Nhập ngày đầu của thời kỳ kiểm tra.")]
    )
    review_to = DateField("Đến hết ngày", [Optional()])
    provisional = BooleanField("Đến thời điểm kiểm tra (ngày kết thúc kiểm tra tại đơn vị sẽ chốt ngày cuối)")
    term_days = WholeNumberField(
        "Thời hạn kiểm tra (ngày làm việc)", [InputRequired(NEEDED), NumberRange(min=1, max=90)]
    )
    starts_on = DateField("Dự kiến bắt đầu", [Optional()])
    ends_on = DateField("Dự kiến kết thúc", [Optional()])
    includes_parts = BooleanField("Gồm cả phòng, đơn vị trực thuộc của đơn vị được kiểm tra")

    def offer(
        self, kinds: Iterable[InspectionKind], offices: Iterable[Unit], versions: Iterable[FormVersion]
    ) -> None:
        """Give the choices."""
        self.kind.choices = choices((k.value, KIND_LABELS[k]) for k in kinds)
        self.method.choices = choices((m.value, METHOD_LABELS[m]) for m in Method)
        self.profile.choices = choices(PROFILES)
        self.office_unit_id.choices = choices((str(u.id), u.name) for u in offices)
        self.form_version_id.choices = choices(
            (str(v.id), f"{v.title} (phiên bản {v.number})") for v in versions
        )

    def data_of(self) -> CaseData:
        """What was typed, for the service."""
        assert self.review_from.data is not None
        return CaseData(
            title=self.title.data or "",
            kind=InspectionKind(self.kind.data),
            method=Method(self.method.data),
            office_unit_id=self.office_unit_id.data,
            form_version_id=self.form_version_id.data,
            review_from=self.review_from.data,
            review_to=self.review_to.data,
            provisional=self.provisional.data,
            term_days=self.term_days.data or 0,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            includes_parts=self.includes_parts.data,
            plan_citation=self.plan_citation.data or "",
            authority=self.authority.data or "",
            profile=self.profile.data,
            legal_bases=tuple((self.legal_bases.data or "").splitlines()),
        )

    @staticmethod
    def values_of(inspection: Inspection) -> dict[str, Any]:
        """What the form shows of a case that stands."""
        return {
            "title": inspection.title, "kind": inspection.kind.value, "method": inspection.method.value,
            "office_unit_id": inspection.office_unit_id, "form_version_id": inspection.form_version_id,
            "plan_citation": inspection.plan_citation, "authority": inspection.authority,
            "legal_bases": "\n".join(inspection.legal_bases), "profile": inspection.profile,
            "review_from": inspection.review_from, "review_to": last_day(inspection.review_to),
            "provisional": inspection.review_to_provisional, "term_days": inspection.term_days,
            "starts_on": inspection.starts_on, "ends_on": inspection.ends_on,
            "includes_parts": inspection.includes_parts, "version": inspection.version,
        }  # fmt: skip


class UnitsForm(BaseForm):
    """Part 3: units to add."""

    unit_ids = SelectMultipleField("Đơn vị thêm vào", [InputRequired("Chọn ít nhất một đơn vị.")], coerce=int)


class VersionForm(BaseForm):
    """A button that changes the case."""


class RemainderForm(BaseForm):
    """“Nhận phạm vi còn lại”: the review as it was seen."""

    fingerprint = HiddenField()
    refused = HiddenField()

    def refused_ids(self) -> frozenset[int]:
        """The items that were refused when the page was shown."""
        return frozenset(read_ids((self.refused.data or "").split(","), most=_MOST_ITEMS))


class ScopeForm(BaseForm):
    """Part 4: packages, groups, single criteria; fields of procedure; for which units."""

    packages = SelectMultipleField("Gói nội dung")
    groups = SelectMultipleField("Nhóm nội dung", coerce=int)
    criteria = SelectMultipleField("Nội dung", coerce=int)
    fields = SelectMultipleField("Lĩnh vực thủ tục hành chính", coerce=int)
    units = SelectMultipleField("Áp dụng cho đơn vị", coerce=int)


class ReasonForm(BaseForm):
    """Why what a lower body, a whole or a part concluded is inspected again (no. 27)."""

    reason = TextAreaField("Lý do vẫn cần kiểm tra", [InputRequired("Ghi rõ lý do."), Length(max=1000)])


class ReferralForm(BaseForm):
    """The plan went out so that overlaps are handled."""

    recipient = StringField("Cơ quan nhận", [InputRequired("Nhập cơ quan nhận."), Length(max=200)])
    reference = StringField(
        "Số, ký hiệu văn bản gửi", [InputRequired("Nhập số, ký hiệu văn bản gửi."), Length(max=60)]
    )
    sent_on = DateField("Ngày gửi", [InputRequired("Nhập ngày gửi.")])


class ReferralAnswerForm(BaseForm):
    """What was answered."""

    answer_reference = StringField("Số, ký hiệu văn bản trả lời", [Length(max=60)])
    answered_on = DateField("Ngày trả lời", [InputRequired("Nhập ngày trả lời.")])
    answer = TextAreaField(
        "Kết quả xử lý chồng chéo", [InputRequired("Ghi kết quả xử lý chồng chéo."), Length(min=3, max=2000)]
    )


class MemberForm(BaseForm):
    """Part 8: somebody for the team."""

    person_id = SelectField("Cán bộ của cơ quan", [Optional()])
    name = StringField("Hoặc người của cơ quan khác: họ và tên", [Length(max=120)])
    agency = StringField("Cơ quan cử người", [Length(max=200)])
    post = StringField("Chức vụ ghi trong quyết định", [Length(max=200)])
    role = SelectField("Vai trò trong Đoàn", [InputRequired("Chọn vai trò.")])
    declared_tie = StringField("Mối liên hệ với đơn vị được kiểm tra (nếu có)", [Length(max=300)])
    tie_decision = StringField("Ý kiến của người ra quyết định về mối liên hệ này", [Length(max=300)])
    citation = StringField("Văn bản điều chỉnh (số, ký hiệu, ngày)", [Length(max=300)])

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Give the choices."""
        self.person_id.choices = choices(((str(key), label) for key, label in people), blank="Chọn cán bộ")
        self.role.choices = choices((r.value, ROLE_NAMES[r]) for r in TeamRole)

    def data_of(self) -> MemberData:
        """What was typed, for the service."""
        return MemberData(
            role=TeamRole(self.role.data),
            person_id=int(self.person_id.data) if self.person_id.data else None,
            name=self.name.data or "",
            agency=self.agency.data or "",
            post=self.post.data or "",
            declared_tie=self.declared_tie.data or "",
            tie_decision=self.tie_decision.data or "",
        )


class CitationForm(BaseForm):
    """A change of the team that names its paper."""

    citation = StringField("Văn bản điều chỉnh (số, ký hiệu, ngày)", [Length(max=300)])


class VisitForm(BaseForm):
    """Part 9: one visit."""

    inspected_unit_id = SelectField("Đơn vị", [InputRequired("Chọn đơn vị.")], coerce=int)
    on_date = DateField("Ngày", [InputRequired("Nhập ngày làm việc.")])
    half_day = SelectField("Buổi")
    place = StringField("Địa điểm", [Length(max=200)])
    subteam = StringField("Tổ kiểm tra", [Length(max=80)])
    chair_id = SelectField("Người chủ trì", [Optional()])
    citation = StringField("Văn bản báo đơn vị về việc thay đổi lịch", [Length(max=300)])

    def offer(self, units: Iterable[tuple[int, str]], people: Iterable[tuple[int, str]]) -> None:
        """Give the choices."""
        self.inspected_unit_id.choices = choices((str(key), label) for key, label in units)
        self.half_day.choices = choices((h.value, HALF_DAYS[h]) for h in HalfDay)
        self.chair_id.choices = choices(((str(key), label) for key, label in people), blank="Chưa phân công")

    def data_of(self) -> VisitData:
        """What was typed, for the service."""
        assert self.on_date.data is not None
        return VisitData(
            on_date=self.on_date.data, half_day=HalfDay(self.half_day.data), place=self.place.data or "",
            subteam=self.subteam.data or "", chair_id=int(self.chair_id.data) if self.chair_id.data else None,
        )  # fmt: skip


class AnnounceForm(BaseForm):
    """The letter that tells units of their visits."""

    visits = SelectMultipleField(
        "Buổi làm việc chưa báo", [InputRequired("Chọn ít nhất một buổi.")], coerce=int
    )
    citation = StringField(
        "Công văn thông báo lịch (số, ký hiệu, ngày)",
        [InputRequired("Nhập số, ký hiệu, ngày."), Length(max=300)],
    )


class CallOffForm(BaseForm):
    """A visit that will not be held."""

    reason = TextAreaField("Lý do không thực hiện", [InputRequired("Ghi lý do."), Length(max=500)])


class UnitReportForm(BaseForm):
    """The unit's own report before the visit."""

    report_citation = StringField("Báo cáo của đơn vị (số, ký hiệu, ngày)", [Length(max=300)])
    report_due_on = DateField("Đề nghị gửi chậm nhất hết ngày", [Optional()])


class DecisionForm(BaseForm):
    """The decision as it was issued."""

    number = WholeNumberField("Số", [InputRequired("Nhập số quyết định."), NumberRange(min=1, max=999_999)])
    symbol = StringField("Ký hiệu", [InputRequired("Nhập ký hiệu."), Length(2, 30)])
    issued_on = DateField("Ngày ban hành", [InputRequired("Nhập ngày ban hành.")])
    issuer_name = StringField("Cơ quan ban hành", [InputRequired(NEEDED), Length(2, 200)])
    signer_name = StringField("Người ký", [Length(max=120)])
    signer_title = StringField("Chức vụ người ký", [Length(max=120)])
    starts_on = DateField("Ngày bắt đầu kiểm tra", [Optional()])
    ends_on = DateField("Ngày kết thúc kiểm tra", [Optional()])
    file = FileField("Tệp quyết định (nếu có)")

    def data_of(self) -> DecisionData:
        """What was typed, for the service."""
        assert self.issued_on.data is not None
        upload = self.file.data
        return DecisionData(
            number=self.number.data or 0,
            symbol=self.symbol.data or "",
            issued_on=self.issued_on.data,
            issuer_name=self.issuer_name.data or "",
            signer_name=self.signer_name.data or "",
            signer_title=self.signer_title.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            file_name=upload.filename if upload else "",
            file_bytes=upload.read() if upload else b"",
        )


class BeginPaperForm(BaseForm):
    """Which paper of the case, for which of its units."""

    kind = RadioField("Loại văn bản", [InputRequired("Chọn loại văn bản.")])
    units = SelectMultipleField("Đơn vị", coerce=int)


class ChangeForm(BaseForm):
    """Extend, suspend, resume, terminate: each by a paper."""

    verb = HiddenField(widget=HiddenInput())
    days = WholeNumberField("Số ngày làm việc gia hạn", [Optional(), NumberRange(min=1, max=90)])
    reason = TextAreaField("Lý do", [Length(max=1000)])
    citation = StringField("Văn bản (số, ký hiệu, ngày)", [Length(max=300)])


class PartialForm(BaseForm):
    """Đình chỉ một phần: what leaves the case, and the leader's paper."""

    overlaps = SelectMultipleField("Phần trùng đình chỉ", coerce=int)
    items = SelectMultipleField("Nội dung đình chỉ", coerce=int)
    units = SelectMultipleField("Đơn vị đình chỉ", coerce=int)
    reason = TextAreaField("Lý do", [InputRequired("Ghi lý do."), Length(min=3, max=1000)])
    citation = StringField(
        "Văn bản của người ra quyết định (số, ký hiệu)",
        [InputRequired("Ghi số, ký hiệu của văn bản."), Length(3, 100)],
    )
    issued_on = DateField("Ngày văn bản", [InputRequired("Nhập ngày văn bản.")])

    def offer(self, *offered: Iterable[tuple[int, str]]) -> None:
        """Give the choices: items in conflict, contents of one unit, units."""
        for field, pairs in zip((self.overlaps, self.items, self.units), offered, strict=True):
            field.choices = choices((str(key), label) for key, label in pairs)

    def paper(self) -> Paper:
        """What was typed, for the service."""
        assert self.issued_on.data is not None
        return Paper(self.citation.data or "", self.issued_on.data, self.reason.data or "")


class ReopeningForm(BaseForm):
    """Đề nghị mở lại nội dung đã kết luận (no. 29)."""

    conclusion_id = HiddenField(widget=HiddenInput())
    items = SelectMultipleField(
        "Nội dung đề nghị mở lại", [InputRequired("Chọn ít nhất một nội dung.")], coerce=int
    )
    ground = RadioField("Căn cứ", [InputRequired("Chọn căn cứ mở lại.")])
    reason = TextAreaField("Lý do", [InputRequired("Nêu lý do đề nghị mở lại."), Length(min=3, max=4000)])
    evidence = TextAreaField(
        "Tài liệu chứng minh (số, ký hiệu, ngày)",
        [InputRequired("Ghi số, ký hiệu, ngày của tài liệu chứng minh."), Length(min=3, max=2000)],
    )
    responsibility = TextAreaField(
        "Trách nhiệm của Đoàn kiểm tra trước",
        [InputRequired("Nêu trách nhiệm của Đoàn kiểm tra trước."), Length(min=3, max=2000)],
    )

    def offer(self, items: Iterable[tuple[int, str]]) -> None:
        """Give the choices: scope items that the conclusion refuses."""
        self.items.choices = choices((str(key), label) for key, label in items)
        self.ground.choices = choices((ground.value, label) for ground, label in GROUND_LABELS.items())

    def data_of(self) -> Request:
        """What was typed, for the service."""
        return Request(
            ground=ReopeningGround(self.ground.data), reason=self.reason.data or "",
            evidence=self.evidence.data or "", responsibility=self.responsibility.data or "",
        )  # fmt: skip


class GrantForm(BaseForm):
    """The leader's decision to reopen."""

    decision = StringField(
        "Số, ký hiệu quyết định mở lại",
        [InputRequired("Ghi số, ký hiệu của quyết định mở lại."), Length(3, 60)],
    )
    decided_on = DateField("Ngày quyết định", [InputRequired("Nhập ngày quyết định.")])


class RefuseReopeningForm(BaseForm):
    """The leader's no."""

    refusal = TextAreaField(
        "Lý do không đồng ý", [InputRequired("Ghi lý do không đồng ý mở lại."), Length(min=3, max=2000)]
    )


class EndReopeningForm(BaseForm):
    """A reopening that is not needed any more."""

    reason = TextAreaField(
        "Lý do kết thúc việc mở lại",
        [InputRequired("Ghi lý do kết thúc việc mở lại."), Length(min=3, max=1000)],
    )
