"""Papers that were issued elsewhere are recorded by number, symbol, date and signer."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.documents import services
from app.documents.kinds import DocumentKind
from app.documents.models import DocumentState, IssueWay
from app.errors import Conflict, DomainError, constraint_of
from tests import cast
from tests.factories import documents


def test_a_recorded_paper_is_issued_at_once_with_its_number(session: Session) -> None:
    document = documents.recorded(5)
    assert document.state is DocumentState.ISSUED and document.way is IssueWay.RECORDED
    assert document.number_and_symbol == "05/TB-SNV" and document.issue_year == 2026
    assert "05/tb-snv" in document.search and document.signer_name == "Trần Văn Thử"


def test_the_slash_before_a_symbol_and_a_long_dash_are_mended(session: Session) -> None:
    assert documents.recorded(symbol=" /TB–SNV ").symbol == "TB-SNV"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("number", {"number": 0}),
        ("number", {"number": 1_000_000}),
        ("symbol", {"symbol": "TB SNV"}),
        ("symbol", {"symbol": ""}),
        ("symbol", {"symbol": "T" * 31}),
        ("issued_on", {"issued_on": date(2026, 9, 24)}),
        ("issued_on", {"issued_on": date(1900, 1, 1)}),
        ("issuer_name", {"issuer_name": " "}),
        ("subject", {"subject": "ab"}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, field: str, change: dict[str, object]
) -> None:
    values: dict[str, object] = {
        "kind": DocumentKind.DECISION,
        "number": 1,
        "symbol": "QĐ-SNV",
        "issued_on": date(2026, 9, 1),
        "issuer_name": "Sở Nội vụ",
        "subject": "Thành lập Đoàn kiểm tra",
        **change,
    }
    with pytest.raises(DomainError) as refused:
        services.record_elsewhere(**values, actor=cast.actor(cast.PLANNER))
    assert refused.value.field == field


def test_a_number_of_the_year_is_recorded_once(session: Session) -> None:
    documents.recorded(45)
    with pytest.raises(Conflict, match="Số 45/TB-SNV ngày 12/8/2026") as refused:
        documents.recorded(45, issued_on=date(2026, 9, 1))
    assert refused.value.field == "number"
    documents.recorded(45, issued_on=date(2025, 9, 1))
    documents.recorded(45, symbol="QĐ-SNV")


def test_the_database_refuses_the_same_number_too(session: Session) -> None:
    documents.recorded(45)
    session.commit()
    other = documents.draft()
    other.number, other.issue_year, other.issued_on = 45, 2026, date(2026, 9, 1)
    with pytest.raises(IntegrityError) as refused:
        session.flush()
    assert constraint_of(refused.value) == "uq_document_number"


def test_numbers_out_of_order_are_only_warned_about(session: Session) -> None:
    documents.recorded(45, issued_on=date(2026, 8, 12))
    assert services.earlier_than_last("Sở Nội vụ", "TB-SNV", date(2026, 8, 13), 46) == ""
    assert "45/TB-SNV" in services.earlier_than_last("Sở Nội vụ", "TB-SNV", date(2026, 8, 1), 46)
    assert "45/TB-SNV" in services.earlier_than_last("Sở Nội vụ", "TB-SNV", date(2026, 9, 1), 44)


def test_a_draft_is_never_signed_by_its_drafter(session: Session) -> None:
    document = documents.draft()
    with pytest.raises(DomainError, match="Người soạn thảo không ký văn bản do mình soạn"):
        services.name_signer(document, cast.person(cast.PLANNER))
    assert document.signer_name == "Trần Văn Thử" and document.signer_title == "Phó Giám đốc"


def test_a_draft_needs_a_subject(session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        documents.draft("  ")
    assert refused.value.field == "subject"
