"""Findings and proposals for tests of every room, made by the real services."""

from __future__ import annotations

from datetime import date

from app.findings import services
from app.findings.models import Classification, Finding, OpinionWay, ProposalKind, UnitProposal
from app.findings.services import FindingValues, ProposalValues
from app.form_library.schema import Level as Severity
from app.inspections.models import InspectedUnit, ScopeItem
from tests import cast
from tests.replaying import replayed


def values(
    description: str = "12 hồ sơ quá hạn chưa có phiếu xin lỗi và hẹn lại.", **changes: object
) -> FindingValues:
    """What a member writes; `changes` by the names of FindingValues."""
    given: dict[str, object] = {
        "description": description,
        "severity": Severity.MODERATE,
        "classification": Classification.SHORTCOMING,
        "total": 1024,
        "sample": 1024,
        "failing": 12,
        "sample_method": "all",
        "basis": "Nghị định số 118/2025/NĐ-CP",
        "subjective_causes": ("no_supervision",),
        "responsible_post": "Công chức tiếp nhận hồ sơ",
        **changes,
    }
    return FindingValues(**given)


@replayed
def finding(
    item: ScopeItem,
    description: str = "12 hồ sơ quá hạn chưa có phiếu xin lỗi và hẹn lại.",
    **changes: object,
) -> Finding:
    """A draft finding recorded by the member."""
    return services.add(item, values(description, **changes), actor=cast.actor(cast.MEMBER))


@replayed
def heard(made: Finding) -> Finding:
    """The unit answered by document."""
    services.take_opinion(
        made,
        way=OpinionWay.BY_DOCUMENT,
        opinion="Đơn vị thống nhất.",
        on=date(2026, 9, 22),
        reference="31/UBND-VP",
        actor=cast.actor(cast.SECRETARY),
    )
    return made


@replayed
def agreed(made: Finding) -> Finding:
    """Heard and agreed by the team's leader."""
    services.agree(heard(made), actor=cast.actor(cast.TEAM_LEADER))
    return made


@replayed
def proposal(unit: InspectedUnit, text: str = "Đề nghị tập huấn sử dụng hệ thống thông tin.") -> UnitProposal:
    """What the unit says for itself."""
    given = ProposalValues(kind=ProposalKind.PROPOSAL, text=text)
    return services.add_proposal(unit, given, actor=cast.actor(cast.SECRETARY))
