"""Members of teams read the papers of their cases; the clerk opens books; the decision as a paper."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents import numbering, queries, services
from app.documents.models import DocumentKind
from app.errors import Conflict, DomainError, Forbidden, NotFound
from app.inspections.composing import compose_decision
from app.inspections.models import Inspection
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, notices


def decision_of(inspection: Inspection) -> int:
    assert inspection.decision_id is not None
    return inspection.decision_id


def test_a_member_reads_the_papers_of_the_own_cases_alone(session: Session) -> None:
    mine = notices.reported()
    elsewhere = services.record_elsewhere(
        kind=DocumentKind.DECISION, number=7, symbol="QĐ-UBND", issued_on=date(2026, 9, 1),
        issuer_name="UBND thành phố", subject="Quyết định khác", actor=None,
    )  # fmt: skip
    session.flush()
    member, guest = cast.actor(cast.MEMBER), cast.actor(cast.GUEST)
    assert queries.get_visible(member, decision_of(mine)).id == decision_of(mine)
    with pytest.raises(NotFound):
        queries.get_visible(member, elsewhere.id)
    assert queries.get_visible(cast.actor(cast.CLERK), elsewhere.id).id == elsewhere.id
    mine.members = [m for m in mine.members if m.person_id != guest.person_id]
    session.flush()
    with pytest.raises(NotFound):
        queries.get_visible(guest, decision_of(mine))


def test_issued_notices_are_read_by_every_team(session: Session) -> None:
    notice = documents.recorded(8)
    assert queries.get_visible(cast.actor(cast.GUEST), notice.id).id == notice.id


def test_books_are_opened_by_the_clerk(client: Browser, session: Session) -> None:
    assert numbering.list_books() == ["TB-SNV"]
    with pytest.raises(Forbidden):
        numbering.open_series("TB-ĐKT", "", actor=cast.actor(cast.PLANNER))
    client.sign_in(cast.CLERK).get("/documents")
    assert "Sổ văn bản của cơ quan" in client.text
    client.get("/documents/books")
    client.submit(data={"symbol": "T B"}, expect=422)
    client.submit(data={"symbol": "tb-đkt", "title": "Sổ thông báo của Đoàn"})
    client.follow()
    assert "TB-ĐKT" in client.text
    client.submit(data={"symbol": "TB-ĐKT"}, expect=409)
    with pytest.raises(Conflict):
        numbering.open_series("TB-ĐKT", "", actor=cast.actor(cast.CLERK))
    with pytest.raises(DomainError):
        numbering.open_series("", "", actor=cast.actor(cast.CLERK))


@pytest.mark.parametrize(
    ("given", "cited"),
    [
        (
            "Luật Thanh tra số 84/2025/QH15 ngày 25 tháng 6 năm 2025, Điều 61",
            "Căn cứ Luật Thanh tra, Điều 61",
        ),
        ("Căn cứ Luật Cán bộ, công chức 80/2025/QH15", "Căn cứ Luật Cán bộ, công chức"),
        ("Nghị định số 30/2020/NĐ-CP ngày 05/3/2020", "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2020"),
    ],
)
def test_a_decision_cites_laws_by_their_name_and_is_signed_by_its_authority(
    session: Session, given: str, cited: str
) -> None:
    inspection = notices.reported()
    inspection.legal_bases, inspection.plan_citation = [given], ""
    inspection.authority = "Giám đốc Sở Nội vụ"
    paper = compose_decision(inspection)
    assert paper.legal_bases == (cited,)
    assert paper.signature is not None and paper.signature.posts == ("Giám đốc",)
    inspection.authority = "Chủ tịch UBND thành phố Đồng Nai"
    again = compose_decision(inspection).signature
    assert again is not None and again.posts == ("Chủ tịch",)
