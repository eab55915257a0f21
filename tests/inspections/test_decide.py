"""Ghi nhận quyết định: the claims, all or none; and the rule that stands behind them."""

from __future__ import annotations

import io
import unicodedata
from datetime import date

import pypdfium2
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.documents.models import Document, DocumentState
from app.errors import DomainError, Forbidden, WrongState
from app.inspections import queries, services
from app.inspections.models import Inspection, InspectionKind, InspectionState
from app.register.models import Claim, Mandate
from app.register.services import ClaimRefused
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register

FIELDS = {
    "number": "120",
    "issued_on": "03/9/2026",
    "signer_name": "Trần Văn Thử",
    "signer_title": "Phó Giám đốc",
}


def claims(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count(Claim.id))) or 0


def test_the_decision_takes_every_claim_and_is_recorded_as_a_document(
    client: Browser, session: Session
) -> None:
    made = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision")
    client.submit("form[action$='/decide']", FIELDS)
    session.expire_all()
    case = session.get_one(Inspection, made.id)
    assert case.state is InspectionState.DECIDED
    assert case.decision is not None and case.decision.number_and_symbol == "120/QĐ-SNV"
    assert case.decision.state is DocumentState.ISSUED
    assert case.mandate is not None and case.mandate.leader_name == "Nguyễn Văn Mẫu"
    assert case.mandate.leader_title == "Phó Giám đốc" and not case.mandate.hidden
    assert claims(session) == 6
    assert case.starts_on == date(2026, 9, 3) and case.ends_on == date(2026, 9, 16)
    client.follow()
    assert "Ghi nhận quyết định kiểm tra" in client.text


def test_the_file_of_the_decision_is_kept_and_a_disguised_one_refused(
    client: Browser, session: Session
) -> None:
    made = make.draft()
    session.commit()
    path = f"/inspections/{made.id}/decision"
    client.sign_in(cast.PLANNER).get(path)
    token = client.page.select_one("input[name=csrf_token]")["value"]
    fields = FIELDS | {
        "symbol": "QĐ-SNV",
        "issuer_name": "Sở Nội vụ",
        "version": str(made.version),
        "csrf_token": token,
    }
    disguised = {**fields, "file": [(io.BytesIO(b"MZ not a pdf"), "quyet-dinh.pdf")]}
    client.post(f"/inspections/{made.id}/decide", disguised, expect=422, content_type="multipart/form-data")
    session.expire_all()
    assert session.get_one(Inspection, made.id).state is InspectionState.DRAFT
    assert client.page.select_one("#number")["value"] == "120"


def test_sent_twice_it_is_decided_once(client: Browser, session: Session) -> None:
    made = make.draft()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision")
    form = client.page.select_one("form[action$='/decide']")
    client.submit("form[action$='/decide']", FIELDS)
    assert form is not None
    values = {i["name"]: i.get("value", "") for i in form.select("input[name]") if i.get("type") != "file"}
    client.post(f"/inspections/{made.id}/decide", values | FIELDS, expect=409)
    assert session.scalar(sa.select(sa.func.count(Document.id))) == 1
    with pytest.raises(WrongState):
        services.decide(made, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))


def test_a_refused_decision_changes_nothing_explains_itself_and_offers_the_rest(
    client: Browser, session: Session
) -> None:
    made = make.draft(criteria=("MC-05", "CĐ-01"), review=(date(2026, 1, 1), date(2026, 9, 30)))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision")
    register.concluded(
        [(register.box(cast.LONG_PHUOC, "MC-05", date(2026, 1, 1), date(2026, 6, 30)), "MC-05")]
    )
    session.commit()
    before = claims(session)
    client.submit("form[action$='/decide']", FIELDS, expect=409)
    assert "đã có kết luận tại Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ" in client.text
    assert "Nhận phạm vi còn lại (02)" in client.text
    assert client.page.select_one("#signer_name")["value"] == "Trần Văn Thử"
    session.expire_all()
    assert session.get_one(Inspection, made.id).state is InspectionState.DRAFT
    assert session.scalar(sa.select(sa.func.count(Document.id))) == 0
    assert session.scalar(sa.select(sa.func.count(Mandate.id)).where(Mandate.decision == "120/QĐ-SNV")) == 0
    assert claims(session) == before


def test_a_draft_that_lacks_a_leader_or_a_scope_is_not_decided(client: Browser, session: Session) -> None:
    made = make.draft(criteria=(), team=False)
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision")
    client.submit("form[action$='/decide']", FIELDS, expect=422)
    assert (
        "Chọn Trưởng đoàn." in client.text and "Chọn nội dung kiểm tra cho UBND xã Long Phước" in client.text
    )


def test_a_decision_of_tomorrow_or_without_number_is_refused(client: Browser, session: Session) -> None:
    made = make.draft()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision")
    client.submit("form[action$='/decide']", FIELDS | {"number": "", "issued_on": "24/9/2026"}, expect=422)
    client.submit("form[action$='/decide']", FIELDS | {"issued_on": "24/9/2026"}, expect=422)
    assert "sau ngày hôm nay" in client.text
    assert claims(session) == 0


def test_a_number_that_was_recorded_before_is_a_conflict(client: Browser, session: Session) -> None:
    make.decided("Cuộc trước", units=(cast.AN_PHUOC,), number=120)
    made = make.draft("Cuộc sau")
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision")
    client.submit("form[action$='/decide']", FIELDS, expect=409)
    session.expire_all()
    assert session.get_one(Inspection, made.id).state is InspectionState.DRAFT


@pytest.mark.parametrize("part", [cast.MEMBER, cast.TEAM_LEADER, cast.LEADER])
def test_only_the_planner_records_the_decision(client: Browser, session: Session, part: str) -> None:
    made = make.draft()
    session.commit()
    client.sign_in(part).get(f"/inspections/{made.id}/decision", expect=403)
    with pytest.raises(Forbidden):
        services.decide(made, make.decision_data(), version=None, actor=cast.actor(part))


def test_a_surprise_hides_its_mandate_until_it_is_under_way(session: Session) -> None:
    made = make.decided(kind=InspectionKind.SURPRISE)
    assert made.mandate is not None and made.mandate.hidden
    services.start_unit(made.units[0], actor=cast.actor(cast.SECRETARY))
    assert not made.mandate.hidden and made.state is InspectionState.IN_PROGRESS
    services.start_unit(made.units[0], actor=cast.actor(cast.SECRETARY))


def test_somebody_who_came_to_work_at_the_unit_meanwhile_stops_the_decision(session: Session) -> None:
    made = make.draft()
    services.add_units(made, [cast.unit(cast.REFORM).id], version=None, actor=cast.actor(cast.PLANNER))
    with pytest.raises(DomainError, match="đang công tác tại đơn vị được kiểm tra"):
        services.decide(made, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))


def test_the_prepared_decision_is_printed_with_team_contents_and_units(
    client: Browser, session: Session
) -> None:
    made = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC), criteria=("MC-05", "KL-01"))
    make.scheduled(made.units[0], date(2026, 9, 24))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision.pdf")
    pdf = client.response.get_data()
    words = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    words = " ".join(unicodedata.normalize("NFC", words).split())
    assert "Nguyễn Văn Mẫu, Phó Giám đốc Sở Nội vụ, Trưởng đoàn" in words
    assert "từ ngày 01 tháng 01 năm 2026 đến hết ngày 30 tháng 6 năm 2026" in words
    assert "kỷ luật, kỷ cương" in words and "buổi sáng 24/9/2026" in words and "UBND xã An Phước" in words
    client.sign_in(cast.HEAD).get(f"/inspections/{made.id}/decision.pdf", expect=404)


class TestTheRule:
    """The same unit × the same content × an overlapping period is refused; the day after is free."""

    @pytest.fixture(autouse=True)
    def first_case(self, session: Session) -> None:
        make.decided("Cuộc thứ nhất", criteria=("MC-05",), review=(date(2025, 10, 1), date(2026, 3, 31)))
        session.commit()

    def decide(
        self, first: date, last: date, *, unit: str = cast.LONG_PHUOC, key: str = "MC-05"
    ) -> Inspection:
        made = make.draft("Cuộc thứ hai", units=(unit,), criteria=(key,), review=(first, last))
        services.decide(made, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))
        return made

    def test_an_overlap_of_one_day_is_refused_at_either_end(self, session: Session) -> None:
        for first, last in ((date(2026, 3, 31), date(2026, 9, 30)), (date(2025, 7, 1), date(2025, 10, 1))):
            with pytest.raises(ClaimRefused):
                self.decide(first, last)
            session.rollback()

    def test_the_day_after_and_the_day_before_are_free(self, session: Session) -> None:
        assert self.decide(date(2026, 4, 1), date(2026, 9, 30)).state is InspectionState.DECIDED
        assert self.decide(date(2025, 7, 1), date(2025, 9, 30)).state is InspectionState.DECIDED

    def test_another_unit_or_another_content_is_free(self, session: Session) -> None:
        whole = (date(2025, 10, 1), date(2026, 3, 31))
        assert self.decide(*whole, unit=cast.AN_PHUOC).state is InspectionState.DECIDED
        assert self.decide(*whole, key="MC-11").state is InspectionState.DECIDED

    def test_a_period_across_the_years_end_is_cut_on_both_sides(self, session: Session) -> None:
        made = make.draft("Cuộc thứ hai", criteria=("MC-05",), review=(date(2025, 7, 1), date(2026, 9, 22)))
        (item,) = queries.review_scope(made).items
        assert [(p.starts_on, p.ends_on) for p in item.left] == [
            (date(2025, 7, 1), date(2025, 10, 1)),
            (date(2026, 4, 1), date(2026, 9, 23)),
        ]
        told = item.sentence(item.refusals[0])
        assert "Còn được kiểm tra: từ 01/7/2025 đến 30/9/2025; từ 01/4/2026 đến 22/9/2026." in told
