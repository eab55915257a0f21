"""Rà soát chồng chéo: what would be refused, what is left, taking what is left."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.inspections import queries, services
from app.inspections.models import InspectionKind, ScopeItem
from app.inspections.services import Remainder, RemainderChanged
from app.register.models import Claim, Level
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register

JANUARY, JUNE, SEPTEMBER = date(2026, 1, 1), date(2026, 6, 30), date(2026, 9, 30)


def concluded_half(key: str = "MC-05", unit: str = cast.LONG_PHUOC) -> None:
    register.concluded([(register.box(unit, key, JANUARY, JUNE), key)])


def seen(review: queries.ScopeReview) -> Remainder:
    return Remainder(review.fingerprint, frozenset(review.refused_ids))


def test_a_draft_shows_what_is_concluded_and_what_is_left_and_takes_nothing(
    client: Browser, session: Session
) -> None:
    concluded_half()
    claims = session.scalar(sa.select(sa.func.count(Claim.id)))
    made = make.draft(criteria=("MC-05", "CĐ-01"), review=(JANUARY, SEPTEMBER))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/review")
    assert (
        "Nội dung MC-05 – Phiếu xin lỗi và hẹn lại của UBND xã Long Phước, thời kỳ 01/01/2026–30/6/2026, "
        "đã có kết luận tại Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ. Nội dung đã có thông báo "
        "kết luận thì không đánh giá lại. Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026."
    ) in client.text
    assert "Nhận phạm vi còn lại (02)" in client.text
    assert session.scalar(sa.select(sa.func.count(Claim.id))) == claims


def test_another_team_is_named_with_its_decision_and_leader(session: Session) -> None:
    register.held([register.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE)])
    review = queries.review_scope(make.draft(criteria=("MC-05", "CĐ-01")))
    (item,) = [item for item in review.items if item.refusals]
    told = item.sentence(item.refusals[0])
    assert "Quyết định số 120/QĐ-SNV ngày 03/9/2026 (Trưởng đoàn: Nguyễn Văn Mẫu, Phó Giám đốc)" in told
    assert review.summary == (
        "Trong 02 nội dung đã chọn: 01 được kiểm tra, 00 đã có kết luận, 01 đoàn khác đang thực hiện."
    )


def test_taking_the_remainder_cuts_the_scope_to_what_is_free(client: Browser, session: Session) -> None:
    concluded_half("MC-05")
    register.held([register.box(cast.LONG_PHUOC, "MC-11", JANUARY, SEPTEMBER)])
    made = make.draft(criteria=("MC-05", "MC-11", "CĐ-01"), review=(JANUARY, SEPTEMBER))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/review")
    client.submit("form[action$='/review/accept']")
    session.expire_all()
    rows = {(i.criterion.key, i.starts_on, i.ends_on) for i in session.scalars(sa.select(ScopeItem))}
    assert rows == {
        ("MC-05", date(2026, 7, 1), date(2026, 10, 1)),
        ("CĐ-01", JANUARY, date(2026, 10, 1)),
    }
    assert queries.review_scope(made).is_free
    client.follow()
    assert "Đã nhận phạm vi còn lại: 02 nội dung." in client.text


def test_a_remainder_that_changed_meanwhile_changes_nothing_and_says_the_difference(
    client: Browser, session: Session
) -> None:
    concluded_half("MC-05")
    made = make.draft(criteria=("MC-05", "MC-11", "CĐ-01"), review=(JANUARY, SEPTEMBER))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/review")
    register.held([register.box(cast.LONG_PHUOC, "MC-11", JANUARY, JUNE)])
    session.commit()
    client.submit("form[action$='/review/accept']", expect=409)
    assert "Không còn được kiểm tra: MC-11 – UBND xã Long Phước." in client.text
    assert len(session.scalars(sa.select(ScopeItem)).all()) == 3
    client.submit("form[action$='/review/accept']")


def test_what_became_free_meanwhile_is_said_too(session: Session) -> None:
    holder = register.held([register.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE)])
    made = make.draft(criteria=("MC-05", "CĐ-01"))
    before = seen(queries.review_scope(made))
    session.execute(
        sa.update(Claim)
        .where(Claim.mandate_id == holder.id)
        .values(ended_at=sa.func.now(), ended_reason="Trả lại")
    )
    with pytest.raises(RemainderChanged, match="Nay được kiểm tra: MC-05 – UBND xã Long Phước"):
        services.accept_remainder(made, before, version=None, actor=cast.actor(cast.PLANNER))


def test_when_nothing_is_left_the_ways_on_are_offered(client: Browser, session: Session) -> None:
    concluded_half("MC-05")
    made = make.draft(criteria=("MC-05",))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/review")
    assert "Toàn bộ nội dung đã chọn đều đã có kết luận hoặc đang được kiểm tra." in client.text
    assert "Kiểm tra việc khắc phục" in client.text
    with pytest.raises(Conflict):
        services.accept_remainder(
            made, seen(queries.review_scope(made)), version=None, actor=cast.actor(cast.PLANNER)
        )


def test_a_lower_conclusion_warns_and_asks_for_a_reason(client: Browser, session: Session) -> None:
    register.concluded(
        [(register.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE), "MC-05")], "12/TB-UBND",
        on=date(2026, 7, 20), body="UBND xã Long Phước", level=Level.COMMUNE,
    )  # fmt: skip
    made = make.draft(criteria=("MC-05", "CĐ-01"))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/review")
    assert "Thông báo số 12/TB-UBND ngày 20/7/2026 của UBND xã Long Phước" in client.text
    client.submit("form[action$='/review/reason']", {"reason": ""}, expect=422)
    client.submit("form[action$='/review/reason']", {"reason": "Có phản ánh của người dân"})
    session.expire_all()
    reasons = {i.criterion.key: i.higher_reason for i in session.scalars(sa.select(ScopeItem))}
    assert reasons == {"MC-05": "Có phản ánh của người dân", "CĐ-01": None}
    services.decide(made, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))


def test_a_check_of_old_tasks_is_refused_nothing(session: Session) -> None:
    concluded_half("MC-05")
    made = make.draft(criteria=("MC-05",), kind=InspectionKind.FOLLOW_UP)
    review = queries.review_scope(made)
    assert review.is_free and not review.claiming
    services.decide(made, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))
    mine = sa.select(sa.func.count(Claim.id)).where(Claim.mandate_id == made.mandate_id)
    assert session.scalar(mine) == 0


def test_what_a_predecessor_was_told_is_inherited(session: Session) -> None:
    old = register.unit("LT-CU", "UBND thị trấn Long Thành", valid_to=date(2025, 7, 1))
    register.succeeds(cast.unit(cast.LONG_THANH), old, on=date(2025, 7, 1))
    box = register.box(old, "MC-05", date(2025, 1, 1), date(2025, 3, 31))
    register.concluded([(box, "MC-05")], "18/TB-PNV", on=date(2025, 4, 14), body="Phòng Nội vụ")
    made = make.draft(
        units=(cast.LONG_THANH,), criteria=("MC-05",), review=(date(2025, 1, 1), date(2025, 12, 31))
    )
    review = queries.review_scope(made)
    (note,) = queries.lineage_notes(made, review)
    assert note.endswith(
        "phần của UBND thị trấn Long Thành đã có kết luận tại Thông báo số 18/TB-PNV ngày 14/4/2025 "
        "(kế thừa)."
    )
    assert [old.citation for old in queries.list_old_conclusions(made)] == ["18/TB-PNV"]


def test_the_review_of_395_items_asks_few_queries(session: Session) -> None:
    from tests.queries import count_queries

    made = make.draft(
        units=(cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH, cast.CULTURE, cast.PROVINCE), criteria=None
    )
    session.commit()
    session.expire_all()
    queries.get_visible(cast.actor(cast.PLANNER), made.id)
    with count_queries(session) as sent:
        review = queries.review_scope(made)
    assert len(review.items) == 395
    assert len(sent) <= 14, "\n".join(sent)


def test_drafts_in_each_others_way_are_found(session: Session) -> None:
    first = make.draft("Một", criteria=("MC-05", "CĐ-01"))
    second = make.draft("Hai", criteria=("MC-05", "MC-11"), review=(date(2026, 6, 30), SEPTEMBER))
    third = make.draft("Ba", criteria=("MC-05",), review=(date(2026, 10, 1), date(2026, 12, 31)))
    (overlap,) = queries.list_draft_overlaps([first.id, second.id, third.id])
    assert (overlap.first_id, overlap.second_id, overlap.count) == (first.id, second.id, 1)
    assert overlap.unit_name == "UBND xã Long Phước"


def test_a_cell_is_concluded_only_when_nothing_is_left_of_it(session: Session) -> None:
    concluded_half("MC-05")
    half = make.draft(criteria=("MC-05",), review=(JANUARY, SEPTEMBER))
    whole = make.draft(criteria=("MC-05",))
    for made, kind in ((half, "part"), (whole, "done")):
        (cell,) = queries.matrix_of(queries.review_scope(made)).cells.values()
        assert (cell.kind, cell.concluded, cell.total) == (kind, 1, 1)


def test_a_cell_says_of_what_only_a_part_is_concluded(session: Session) -> None:
    concluded_half("MC-05")
    made = make.draft(criteria=("MC-05", "CĐ-01"), review=(JANUARY, SEPTEMBER))
    cells = queries.matrix_of(queries.review_scope(made)).cells.values()
    assert {(cell.kind, cell.partly) for cell in cells} == {("part", "thời kỳ"), ("free", "")}
