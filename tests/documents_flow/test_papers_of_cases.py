"""Members of teams read the papers of their cases; the clerk opens books; the decision as a paper."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents import numbering, queries, services
from app.documents.content import Numbered, Table
from app.documents.kinds import DocumentKind
from app.errors import Conflict, DomainError, Forbidden, NotFound
from app.inspections import queries as inspections
from app.inspections.composing import compose_decision
from app.inspections.models import Inspection, ScopeItem, TeamRole
from app.inspections.services import MemberData
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, notices
from tests.factories import inspections as make


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


def annex_of(inspection: Inspection) -> Table:
    (annex,) = compose_decision(inspection).annexes
    (table,) = annex.blocks
    assert isinstance(table, Table)
    return table


def articles_of(inspection: Inspection) -> list[str]:
    return [
        "".join(run.text for run in item.runs)
        for block in compose_decision(inspection).blocks
        if isinstance(block, Numbered)
        for item in block.items
    ]


def test_the_annex_is_a_list_of_units_while_all_are_asked_the_same(session: Session) -> None:
    inspection = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    assert [column.heading for column in annex_of(inspection).columns] == [
        "STT", "Đơn vị được kiểm tra", "Ngày, buổi", "Địa điểm",
    ]  # fmt: skip
    assert not any("đối với từng đơn vị" in line for line in articles_of(inspection))


def test_days_that_are_not_laid_out_yet_are_left_to_the_team_in_the_annex(session: Session) -> None:
    inspection = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    later = "Theo lịch của Đoàn kiểm tra"
    assert [tuple(row.cells) for row in annex_of(inspection).rows] == [
        ("1", "UBND xã Long Phước", later, later),
        ("2", "UBND xã An Phước", later, later),
    ]
    make.scheduled(inspection.units[0], date(2026, 9, 24))
    session.flush()
    first, second = (tuple(row.cells) for row in annex_of(inspection).rows)
    assert "24/9/2026" in first[2] and first[3] == "Trụ sở UBND xã Long Phước"
    assert second[2:] == (later, later)


def test_a_decision_says_of_each_unit_what_was_taken_of_it(session: Session) -> None:
    inspection = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first, second = inspection.units
    items = {
        (item.inspected_unit_id, item.criterion.key): item
        for unit in (first, second)
        for item in queries_of_scope(unit.id)
    }
    session.delete(items[(first.id, "MC-05")])
    items[(second.id, "CĐ-01")].starts_on = date(2026, 4, 1)
    session.flush()
    table = annex_of(inspection)
    assert [column.heading for column in table.columns][2:4] == ["Nội dung kiểm tra", "Thời kỳ kiểm tra"]
    whole, rest = "Từ ngày 01/01/2026 đến hết ngày 30/6/2026", "Từ ngày 01/4/2026 đến hết ngày 30/6/2026"
    told = [row.cells[:4] for row in table.rows]
    assert [(cells[0], cells[1], cells[3]) for cells in told] == [
        ("1", "UBND xã Long Phước", whole),
        ("2", "UBND xã An Phước", whole),
        ("", "UBND xã An Phước", rest),
    ]
    assert "(gồm: " in told[0][2], "of the two contents of the group one is left"
    assert "(gồm: " not in told[1][2] and told[1][2] != told[2][2]
    assert sum("; đối với từng đơn vị theo Phụ lục" in line for line in articles_of(inspection)) == 2


def queries_of_scope(inspected_unit_id: int) -> list[ScopeItem]:
    return list(inspections.list_scope(inspected_unit_id))


def test_a_member_from_elsewhere_is_named_with_the_agency(session: Session) -> None:
    inspection = make.draft(team=False)
    planner = cast.actor(cast.PLANNER)
    given = MemberData(
        role=TeamRole.MEMBER, name="Tạ Thị Mẫu", agency="Sở Khoa học và Công nghệ", post="Chuyên viên"
    )
    make.services.add_member(inspection, given, version=None, actor=planner)
    known = MemberData(role=TeamRole.LEADER, person_id=cast.person(cast.TEAM_LEADER).id)
    make.services.add_member(inspection, known, version=None, actor=planner)
    lines = articles_of(inspection)
    assert "Tạ Thị Mẫu, Chuyên viên Sở Khoa học và Công nghệ, Thành viên" in lines[0] + lines[1]
    assert any("Sở Nội vụ, Trưởng đoàn" in line for line in lines[:2])
