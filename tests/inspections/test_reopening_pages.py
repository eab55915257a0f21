"""Đề nghị mở lại nội dung đã kết luận, from the review of a draft to the decision of the case and back."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import DomainError, NotFound, WrongState
from app.inspections import queries, services
from app.inspections.models import Inspection, InspectionKind
from app.register import reopening as register
from app.register.models import Claim, Conclusion, Reopening, ReopeningGround, ReopeningState
from app.register.reopening import Request
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register as factory
from tests.queries import count_queries

JANUARY, JUNE, SEPTEMBER = date(2026, 1, 1), date(2026, 6, 30), date(2026, 9, 30)
TYPED = {
    "ground": "new_information", "reason": "Có phản ánh chưa được xem xét",
    "evidence": "Đơn số 14/PA ngày 02/9/2026", "responsibility": "Đoàn trước chưa đối chiếu sổ theo dõi",
}  # fmt: skip
WRITTEN = Request(ReopeningGround.NEW_INFORMATION, *list(TYPED.values())[1:])


@pytest.fixture
def old(session: Session) -> Conclusion:
    """MC-05 and MC-06 of Long Phước, January to September, concluded by 45/TB-SNV."""
    boxes = [(factory.box(cast.LONG_PHUOC, key, JANUARY, SEPTEMBER), key) for key in ("MC-05", "MC-06")]
    return factory.concluded(boxes)


@pytest.fixture
def draft(session: Session, old: Conclusion) -> Inspection:
    """A draft on the first half of the year that asks one of them and nothing else."""
    made = make.draft(criteria=("MC-05",), review=(JANUARY, JUNE))
    session.commit()
    return made


def asked(draft: Inspection, old: Conclusion) -> Reopening:
    items = [item.item_id for item in queries.review_scope(draft).items]
    made = services.ask_reopening(draft, old.id, items, WRITTEN, version=None, actor=cast.actor(cast.PLANNER))
    made_id = made.id
    assert register.get(made_id) is made
    return made


def granted(draft: Inspection, old: Conclusion) -> Reopening:
    made = asked(draft, old)
    services.grant_reopening(draft, made, "131/QĐ-SNV", date(2026, 9, 21), actor=cast.actor(cast.LEADER))
    return made


def days_of(session: Session, old: Conclusion) -> set[tuple[date, date]]:
    rows = session.scalars(
        sa.select(Claim)
        .where(
            Claim.conclusion_id == old.id,
            Claim.ended_at.is_(None),
            Claim.content_id == factory.content("MC-05").id,
        )
        .execution_options(populate_existing=True)
    )
    return {(row.starts_on, row.ends_on) for row in rows}


def test_the_way_from_refusal_through_a_leaders_decision_to_the_case_and_back(
    client: Browser, session: Session, draft: Inspection, old: Conclusion
) -> None:
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/review")
    assert "Toàn bộ nội dung đã chọn đều đã có kết luận" in client.text
    link = client.page.find("a", string="Đề nghị mở lại nội dung đã kết luận")
    assert link is not None
    client.get(str(link["href"]))
    assert "Thông báo số 45/TB-SNV ngày 12/8/2026" in client.text
    client.submit("main form", {**TYPED, "reason": ""}, expect=422)
    assert "Nêu lý do đề nghị mở lại." in client.text and TYPED["evidence"] in client.text
    items = [str(item.item_id) for item in queries.review_scope(draft).items]
    client.submit("main form", {**TYPED, "items": items})
    client.follow()
    assert "01 nội dung đã kết luận tại Thông báo số 45/TB-SNV" in client.text
    assert "Chờ quyết định" in client.text
    made = session.scalars(sa.select(Reopening)).one()
    client.get(f"/inspections/reopenings/{made.id}")
    assert not client.page.select("form[action$='/grant']"), "who asked does not decide"
    client.post(f"/inspections/reopenings/{made.id}/grant", {}, expect=403)

    client.sign_in(cast.LEADER).get("/")
    assert "Đề nghị mở lại nội dung đã kết luận tại Thông báo số 45/TB-SNV" in client.text
    client.get(f"/inspections/reopenings/{made.id}")
    assert TYPED["responsibility"] in client.text
    client.submit("form[action$='/grant']", {"decision": "131/QĐ-SNV", "decided_on": ""}, expect=422)
    assert "131/QĐ-SNV" in str(client.page.select("input[name=decision]"))
    client.submit(
        "form[action$='/grant']", {"decision": "131/QĐ-SNV", "decided_on": "2026-09-24"}, expect=422
    )
    assert "sau ngày hôm nay" in client.text
    client.submit("form[action$='/grant']", {"decision": "131/QĐ-SNV", "decided_on": "2026-09-21"})
    client.follow()
    assert "Đã mở lại 01 phần nội dung" in client.text and "Quyết định mở lại số 131/QĐ-SNV" in client.text
    assert days_of(session, old) == {(date(2026, 7, 1), date(2026, 10, 1))}

    other = make.draft("Kiểm tra khác", criteria=("MC-05",), review=(JANUARY, JUNE))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{other.id}/review")
    assert "theo Quyết định số 131/QĐ-SNV" in client.text
    client.get(f"/inspections/{draft.id}/review")
    assert "được mở lại theo Quyết định số 131/QĐ-SNV ngày 21/9/2026" in client.text
    assert queries.review_scope(draft).is_free and not queries.review_scope(other).is_free
    session.expire_all()
    planner = cast.actor(cast.PLANNER)
    services.decide(draft, make.decision_data(), version=None, actor=planner)
    assert made.mandate_id == draft.mandate_id and made.state is ReopeningState.GRANTED
    services.terminate(draft, "Theo chỉ đạo", "Quyết định số 9/QĐ", version=None, actor=planner)
    session.commit()
    assert days_of(session, old) == {(JANUARY, date(2026, 7, 1)), (date(2026, 7, 1), date(2026, 10, 1))}
    client.get(f"/inspections/reopenings/{made.id}")
    assert "Đã kết thúc việc mở lại" in client.text


def test_a_leader_says_no_with_the_reason(
    client: Browser, session: Session, draft: Inspection, old: Conclusion
) -> None:
    made = asked(draft, old)
    session.commit()
    client.sign_in(cast.LEADER).get(f"/inspections/reopenings/{made.id}")
    client.submit("form[action$='/refuse']", {"refusal": ""}, expect=422)
    assert "Ghi lý do không đồng ý mở lại." in client.text
    client.submit("form[action$='/refuse']", {"refusal": "Đoàn trước đã xem xét tài liệu này"})
    client.follow()
    assert "Không đồng ý mở lại" in client.text and "Đoàn trước đã xem xét tài liệu này" in client.text
    client.post(
        f"/inspections/reopenings/{made.id}/grant",
        {"decision": "131/QĐ-SNV", "decided_on": "2026-09-21"},
        expect=409,
    )
    assert "Đề nghị này đã được quyết định từ trước. Biểu mẫu vừa gửi không được ghi." in client.text
    assert "Số, ký hiệu quyết định mở lại: 131/QĐ-SNV" in client.text, "what was typed"
    client.post(f"/inspections/reopenings/{made.id}/refuse", {"refusal": ""}, expect=422)
    assert "đã được quyết định từ trước" in client.text


def test_a_reopening_not_needed_any_more_is_given_back_by_the_planner(
    client: Browser, session: Session, draft: Inspection, old: Conclusion
) -> None:
    made = granted(draft, old)
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/reopenings/{made.id}")
    client.submit("form[action$='/end']", {"reason": ""}, expect=422)
    client.submit("form[action$='/end']", {"reason": "Đơn đã được rút"})
    client.follow()
    assert "khôi phục 01 phần nội dung đã kết luận" in client.text
    assert not queries.review_scope(draft).is_free


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("30/02/2026", "Không có ngày 30/02/2026 trong lịch"),
        ("01/01/0001", "Năm 1 nằm ngoài khoảng"),
        ("24/9/2026", "sau ngày hôm nay"),
        ("01/8/2026", "trước ngày thông báo được mở lại"),
    ],
)
def test_a_decision_of_a_day_that_cannot_be_reopens_nothing(
    client: Browser, session: Session, draft: Inspection, old: Conclusion, typed: str, told: str
) -> None:
    made, before = asked(draft, old), days_of(session, old)
    session.commit()
    client.sign_in(cast.LEADER).get(f"/inspections/reopenings/{made.id}")
    client.submit("form[action$='/grant']", {"decision": "131/QĐ-SNV", "decided_on": typed}, expect=422)
    assert told in client.text
    assert client.page.select_one("input[name=decided_on]")["value"] == typed
    assert days_of(session, old) == before


def test_a_conclusion_leads_to_the_drafts_for_which_it_may_be_reopened(
    client: Browser, session: Session, draft: Inspection, old: Conclusion
) -> None:
    client.sign_in(cast.PLANNER).get(f"/register/conclusions/{old.id}")
    link = client.page.find("a", string="Đề nghị mở lại nội dung đã kết luận")
    assert link is not None
    with count_queries(session) as sent:
        client.get(str(link["href"]))
    assert len(sent) < 25
    assert draft.code in client.text
    none = factory.concluded([(factory.box(cast.AN_PHUOC, "MC-05", JANUARY, JUNE), "MC-05")], "46/TB-SNV")
    late = factory.concluded(
        [(factory.box(cast.LONG_PHUOC, "CĐ-01", date(2025, 8, 1), date(2025, 9, 1)), "CĐ-01")], "2/TB-SNV",
        on=date(2022, 1, 1),
    )  # fmt: skip
    session.commit()
    client.get(f"/inspections/reopenings/of/{none.id}")
    assert "Chưa có cuộc kiểm tra đang lập nào chọn nội dung của kết luận này." in client.text
    client.get(f"/inspections/reopenings/of/{late.id}")
    assert "Đã quá thời hạn 24 tháng" in client.text
    client.sign_in(cast.LEADER).get(f"/register/conclusions/{old.id}")
    assert client.page.find("a", string="Đề nghị mở lại nội dung đã kết luận") is None


def test_a_draft_with_nothing_concluded_has_nothing_to_ask(client: Browser, session: Session) -> None:
    made = make.draft(criteria=("CĐ-01",))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/reopenings/new")
    assert "Không có nội dung nào của cuộc kiểm tra đã có kết luận." in client.text
    client.get(f"/inspections/{made.id}/review")
    assert client.page.find("a", string="Đề nghị mở lại nội dung đã kết luận") is None


def test_a_request_names_the_conclusion_and_items_of_the_draft(
    session: Session, draft: Inspection, old: Conclusion
) -> None:
    planner = cast.actor(cast.PLANNER)
    for conclusion_id, items in ((old.id + 1, [1]), (old.id, [0])):
        with pytest.raises(DomainError) as error:
            services.ask_reopening(draft, conclusion_id, items, WRITTEN, version=None, actor=planner)
        assert error.value.field == "items"


def test_several_conclusions_are_asked_one_by_one(client: Browser, session: Session, old: Conclusion) -> None:
    factory.concluded([(factory.box(cast.LONG_PHUOC, "CĐ-01", JANUARY, JUNE), "CĐ-01")], "46/TB-SNV")
    made = make.draft(criteria=("MC-05", "CĐ-01"), review=(JANUARY, JUNE))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/reopenings/new?conclusion={old.id}")
    labels = [label.get_text() for label in client.page.select("main form label")]
    assert any("MC-05" in label for label in labels) and not any("CĐ-01" in label for label in labels)
    assert "Thông báo số 46/TB-SNV" in client.text


def test_what_was_reopened_is_no_answer_for_a_case_that_assesses_nothing(
    session: Session, draft: Inspection, old: Conclusion
) -> None:
    made = granted(draft, old)
    draft.kind = InspectionKind.FOLLOW_UP
    assert any("Kết thúc việc mở lại" in told for told in services.missing_for_decision(draft))
    draft.kind = InspectionKind.PLANNED
    services.decide(draft, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))
    assert queries.reserved_for(draft) == () and made.mandate_id == draft.mandate_id


def test_nothing_is_granted_to_a_case_that_is_decided(
    session: Session, draft: Inspection, old: Conclusion
) -> None:
    wider = make.draft("Kiểm tra rộng hơn", criteria=("MC-05", "CĐ-01"), review=(JANUARY, JUNE))
    items = [item.item_id for item in queries.review_scope(wider).items]
    planner = cast.actor(cast.PLANNER)
    made = services.ask_reopening(wider, old.id, items, WRITTEN, version=None, actor=planner)
    review = queries.review_scope(wider)
    services.accept_remainder(
        wider, services.Remainder(review.fingerprint, frozenset()), version=None, actor=planner
    )
    services.decide(wider, make.decision_data(), version=None, actor=planner)
    with pytest.raises(WrongState):
        services.grant_reopening(wider, made, "131/QĐ-SNV", date(2026, 9, 21), actor=cast.actor(cast.LEADER))


def test_a_unit_never_learns_of_a_request(
    client: Browser, session: Session, draft: Inspection, old: Conclusion
) -> None:
    made = asked(draft, old)
    session.commit()
    for path in (f"/inspections/reopenings/{made.id}", f"/inspections/reopenings/of/{old.id}"):
        client.sign_in(cast.HEAD).get(path, expect=404)
    with pytest.raises(NotFound):
        queries.get_reopening(cast.actor(cast.HEAD), made.id)
