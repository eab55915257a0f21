"""Claiming, giving back, shrinking, concluding and covering, through the services."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import Conflict
from app.register import queries, services
from app.register.boxes import Box
from app.register.models import Claim, Conclusion, ConclusionState, Coverage, Level
from app.register.review import Ground, Wanted
from app.register.services import ClaimRefused, ClaimWanted
from tests import cast
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
DEPARTMENT = int(Level.DEPARTMENT)


def mc(number: int, first: date = FIRST, last: date = LAST, unit: str = cast.LONG_PHUOC) -> Box:
    return factory.box(unit, f"MC-{number:02d}", first, last)


def live(session: Session) -> list[Claim]:
    return list(session.scalars(sa.select(Claim).where(Claim.ended_at.is_(None)).order_by(Claim.id)))


def test_a_plan_is_taken_whole_or_not_at_all(session: Session) -> None:
    factory.held([mc(5)])
    with pytest.raises(ClaimRefused) as refused:
        factory.held([mc(4), mc(5)], factory.mandate("121/QĐ-SNV"))
    assert refused.value.review.counts.held == 1
    assert refused.value.message.startswith("Trong 02 nội dung đã chọn: 01 được kiểm tra")
    assert len(live(session)) == 1


def test_the_answer_offers_exactly_what_is_left(session: Session) -> None:
    factory.concluded([(mc(5), "MC-05")])
    wanted = mc(5, date(2025, 12, 1), date(2026, 9, 30))
    review = queries.review([Wanted("x", wanted)], level=DEPARTMENT)
    assert review.items[0].free == (
        mc(5, date(2025, 12, 1), date(2025, 12, 31)),
        mc(5, date(2026, 7, 1), date(2026, 9, 30)),
    )
    assert [r.citation for r in review.items[0].refusals] == ["45/TB-SNV"], "claim and coverage are told once"
    assert queries.review([], level=DEPARTMENT).items == ()


def test_a_review_of_any_size_is_five_reads(session: Session) -> None:
    """Kin, claims, coverage; then the papers behind them, however many."""
    for number in range(1, 14):
        factory.concluded([(mc(number), f"MC-{number:02d}")], f"{number}/TB-SNV")
    factory.held([mc(14)])
    session.flush()
    plan = [Wanted(number, mc(number)) for number in range(1, 15)]
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(session.get_bind(), "before_cursor_execute", listen)
    try:
        counts = queries.review(plan, level=DEPARTMENT).counts
    finally:
        sa.event.remove(session.get_bind(), "before_cursor_execute", listen)
    assert (counts.concluded, counts.held) == (13, 1)
    assert len(seen) == 5


def test_a_team_is_not_in_its_own_way_until_it_concludes(session: Session) -> None:
    holder = factory.held([mc(5)])
    assert queries.review([Wanted("x", mc(5))], level=DEPARTMENT, mandate_id=holder.id).is_free
    factory.concluded([(mc(6), "MC-06")])
    own = session.scalars(sa.select(Conclusion)).one().mandate_id
    assert not queries.review([Wanted("x", mc(6))], level=DEPARTMENT, mandate_id=own).is_free


def test_the_same_content_twice_is_told_in_words(session: Session) -> None:
    with pytest.raises(ClaimRefused, match="đã có trong phạm vi của Đoàn"):
        factory.held([mc(5), mc(5, date(2026, 6, 30), date(2026, 7, 5))])
    holder = factory.held([mc(5)])
    with pytest.raises(ClaimRefused, match="đã có trong phạm vi của Đoàn"):
        factory.held([mc(5)], holder)


def test_days_before_the_unit_was_formed_are_told_in_words(session: Session) -> None:
    with pytest.raises(ClaimRefused, match="ngoài thời gian tồn tại của đơn vị"):
        factory.held([mc(5, date(2025, 1, 1), LAST)])


def test_a_write_around_the_lock_still_gives_the_explained_refusal(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory.held([mc(5)])
    answers = iter([queries.Review(tuple(queries.Reviewed(Wanted(0, mc(5)), (mc(5),)) for _ in range(1)))])
    real = queries.review

    def stale_first(*args: object, **kwargs: object) -> queries.Review:
        return next(answers, None) or real(*args, **kwargs)

    monkeypatch.setattr(queries, "review", stale_first)
    with pytest.raises(ClaimRefused) as refused:
        factory.held([mc(5)], factory.mandate("121/QĐ-SNV"))
    assert refused.value.review.items[0].refusals[0].citation == "120/QĐ-SNV"


def test_a_defect_is_not_called_a_refusal(session: Session) -> None:
    with pytest.raises(IntegrityError):
        services.claim(factory.mandate(), [ClaimWanted(999_999, mc(5))], actor=None)


def test_an_empty_plan_takes_nothing(session: Session) -> None:
    assert services.claim(factory.mandate(), [], actor=None) == 0
    assert services.release([], "x", actor=None, mandate=factory.mandate()) == 0
    assert services.fix_end([], LAST, actor=None, mandate=factory.mandate()) == 0
    assert services.conclude([], factory.conclusion(), actor=None) == 0
    assert services.cover(factory.conclusion("46/TB-SNV"), [], actor=None) == 0


def test_a_higher_body_needs_a_reason_over_a_lower_one(session: Session) -> None:
    factory.concluded([(mc(5), "MC-05")], "12/TB-UBND", body="UBND xã Long Phước", level=Level.COMMUNE)
    with pytest.raises(ClaimRefused, match="Cấp dưới đã có kết luận"):
        factory.held([mc(5)])
    wanted = [ClaimWanted(None, mc(5), "Có phản ánh mới của người dân")]
    assert services.claim(factory.mandate(), wanted, actor=None) == 1
    review = queries.review([Wanted("x", mc(5))], level=int(Level.COMMUNE))
    assert {r.level for r in review.items[0].refusals} == {Level.COMMUNE, Level.DEPARTMENT}


def test_a_reservation_lapses_by_itself(session: Session) -> None:
    held = factory.mandate("")
    services.claim(held, [ClaimWanted(None, mc(5))], actor=None, lapses_on=date(2026, 9, 22))
    services.claim(held, [ClaimWanted(None, mc(6))], actor=None, lapses_on=date(2026, 9, 23))
    assert queries.review([Wanted("x", mc(5))], level=DEPARTMENT).is_free
    assert not queries.review([Wanted("x", mc(6))], level=DEPARTMENT).is_free
    factory.held([mc(5)])
    ended = session.scalars(sa.select(Claim).where(Claim.ended_at.is_not(None))).one()
    assert ended.ended_reason == "Hết thời hạn giữ chỗ"


def test_what_is_given_back_is_free_again_and_told(session: Session) -> None:
    holder, items = factory.claimed_scope(cast.LONG_PHUOC, ["MC-05", "MC-06"], FIRST, LAST)
    assert services.release([items[0].id], "Chưa kiểm tra", actor=None, mandate=holder) == 1
    assert services.release([items[0].id], "Chưa kiểm tra", actor=None, mandate=holder) == 0
    factory.held([mc(5)], factory.mandate("121/QĐ-SNV"))
    session.commit()
    assert "claims_released" in session.scalars(sa.select(Event.name)).all()


def test_the_end_of_fieldwork_shortens_what_is_held(session: Session) -> None:
    holder, items = factory.claimed_scope(cast.LONG_PHUOC, ["MC-05"], FIRST, date(2026, 9, 30))
    late_holder, late = factory.claimed_scope(cast.AN_PHUOC, ["MC-05"], date(2026, 7, 1), date(2026, 9, 30))
    ids = [items[0].id]
    end = LAST + timedelta(days=1)
    assert services.fix_end(ids, end, actor=None, mandate=holder) == 1
    assert services.fix_end(ids, end, actor=None, mandate=holder) == 0
    assert services.fix_end([late[0].id], end, actor=None, mandate=late_holder) == 1
    assert [(claim.starts_on, claim.ends_on) for claim in live(session)] == [(FIRST, end)]


def test_concluding_flips_the_claims_and_records_what_was_decided(session: Session) -> None:
    keys = ["MC-05", "MC-06"]
    holder, items = factory.claimed_scope(cast.LONG_PHUOC, keys, FIRST, LAST)
    made = factory.conclusion(under=holder)
    assert services.conclude(factory.decided(items, keys, "partly"), made, actor=None) == 2
    session.expire_all()
    assert {claim.conclusion_id for claim in live(session)} == {made.id}
    rows = session.scalars(sa.select(Coverage).order_by(Coverage.id)).all()
    assert [(row.criterion_key, row.result, row.starts_on) for row in rows] == [
        ("MC-05", "partly", FIRST),
        ("MC-06", "partly", FIRST),
    ]


def test_concluding_what_was_given_back_is_refused_by_name(session: Session) -> None:
    keys = ["MC-05", "MC-06"]
    holder, items = factory.claimed_scope(cast.LONG_PHUOC, keys, FIRST, LAST)
    services.release([items[1].id], "Chưa kiểm tra", actor=None, mandate=holder)
    with pytest.raises(Conflict, match=r"Có 01 nội dung không còn thuộc phạm vi của Đoàn \(MC-06\)"):
        services.conclude(factory.decided(items, keys), factory.conclusion(under=holder), actor=None)


def test_another_bodys_conclusion_is_recorded_whole_and_claims_what_is_free(session: Session) -> None:
    factory.held([mc(5, date(2026, 3, 1), date(2026, 3, 31))])
    made = factory.conclusion("05/KL-TTr", body="Thanh tra tỉnh", level=Level.PROVINCE)
    boxes = [(mc(5), "not_met", "MC-05"), (mc(5), "not_met", "MC-05b"), (mc(6), "met", "MC-06")]
    assert services.cover(made, boxes, actor=None) == 3
    claimed = [claim for claim in live(session) if claim.conclusion_id == made.id]
    assert [(c.starts_on, c.ends_on) for c in claimed if c.content_id == mc(5).content_id] == [
        (FIRST, date(2026, 3, 1)),
        (date(2026, 4, 1), LAST + timedelta(days=1)),
    ]
    review = queries.review([Wanted("x", mc(5))], level=DEPARTMENT)
    assert review.items[0].free == ()
    grounds = [(r.ground, r.citation) for r in review.items[0].refusals]
    assert (Ground.HELD, "120/QĐ-SNV") in grounds
    assert grounds.count((Ground.CONCLUDED, "05/KL-TTr")) == 4, (
        "two claimed pieces, and March by each coverage"
    )


def test_a_conclusion_that_is_only_recorded_stands_in_nobodys_way(session: Session) -> None:
    factory.concluded([(mc(5), "MC-05")], "08/TB-PNV", record_only=True)
    assert queries.review([Wanted("x", mc(5))], level=DEPARTMENT).is_free
    assert live(session) == []


def test_a_recalled_conclusion_stands_in_nobodys_way(session: Session) -> None:
    made = factory.concluded([(mc(5), "MC-05")])
    made.state = ConclusionState.RECALLED
    session.flush()
    session.execute(sa.update(Claim).values(conclusion_id=None))
    review = queries.review([Wanted("x", mc(5))], level=DEPARTMENT)
    assert [r.ground for r in review.items[0].refusals] == [Ground.HELD]


def test_a_reopened_piece_is_free_though_its_coverage_stays(session: Session) -> None:
    made = factory.concluded([(mc(5), "MC-05")])
    grant = factory.granted(made, [mc(5)])
    claim = live(session)[0]
    claim.ended_at, claim.ended_reason, claim.reopening_id = services.clock.now(), "Mở lại", grant.id
    session.flush()
    assert queries.review([Wanted("x", mc(5))], level=DEPARTMENT).is_free
    assert not queries.live_boxes([mc(5)])


def test_what_stands_on_a_part_is_near_only_on_shared_days(session: Session) -> None:
    factory.held([factory.box(cast.CULTURE, "MC-05", date(2026, 1, 1), date(2026, 1, 31))])
    spans = [(date(2026, 1, 15), date(2026, 2, 15)), (date(2026, 3, 1), date(2026, 3, 31))]
    plan = [Wanted(number, factory.box(cast.LONG_PHUOC, "MC-05", *days)) for number, days in enumerate(spans)]
    near, far = queries.review(plan, level=DEPARTMENT).items
    (told,) = near.near
    assert (told.box.starts_on, told.box.last_day) == (date(2026, 1, 15), date(2026, 1, 31))
    assert far.near == () and near.is_free
    hidden = queries.review(plan, level=DEPARTMENT, concluded_only=True).items
    assert [item.near for item in hidden] == [(), ()]


def test_what_stands_on_a_part_is_taken_with_a_reason_only(session: Session) -> None:
    factory.concluded([(factory.box(cast.CULTURE, "MC-05", FIRST, LAST), "MC-05")])
    asked, team = mc(5), factory.mandate("121/QĐ-SNV")
    with pytest.raises(ClaimRefused) as refused:
        services.claim(team, [ClaimWanted(None, asked)], actor=None)
    assert "đã có kết luận tại Thông báo số 45/TB-SNV" in refused.value.message
    assert "thuộc cùng một cơ quan nên không kiểm tra lại" in refused.value.message
    services.claim(team, [ClaimWanted(None, asked, override_reason="Có phản ánh mới")], actor=None)
    assert len(live(session)) == 2
    factory.held([factory.box(cast.CULTURE, "MC-06", FIRST, LAST)])
    with pytest.raises(ClaimRefused, match="đang do Đoàn kiểm tra theo Quyết định số 120/QĐ-SNV"):
        services.claim(team, [ClaimWanted(None, mc(6))], actor=None)


def test_a_part_asked_along_with_its_whole_is_not_near_it(session: Session) -> None:
    factory.held([factory.box(cast.CULTURE, "MC-05", FIRST, LAST)])
    along = frozenset({cast.unit(cast.CULTURE).id})
    (item,) = queries.review([Wanted("x", mc(5), along)], level=DEPARTMENT).items
    assert item.near == ()
