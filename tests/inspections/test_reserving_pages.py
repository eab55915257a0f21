"""Giữ chỗ phạm vi: from the review of a draft to its decision, and what the others read meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock, create_app
from app.errors import Conflict, Stale, WrongState
from app.extensions import db
from app.inspections import queries, services
from app.inspections.models import Inspection, InspectionKind
from app.inspections.overlap import compose
from app.register import reserved
from app.register.models import Claim, ReservationState
from app.register.services import ClaimRefused
from tests import cast
from tests.conftest import NOON, Browser, settings_for
from tests.factories import inspections as make
from tests.factories import register as factory
from tests.inspections.test_reopening_pages import JANUARY, JUNE, WRITTEN
from tests.queries import count_queries
from tests.racing import race

LATER = datetime(2026, 9, 25, 3, 0, tzinfo=UTC)
AFTER = datetime(2026, 10, 8, 3, 0, tzinfo=UTC)
RESERVE, EXTEND, RELEASE = "form[action$='/reserve']", "form[action$='/extend']", "form[action$='/release']"


@pytest.fixture
def draft(session: Session) -> Inspection:
    made = make.draft("Kiểm tra quý IV")
    session.commit()
    return made


def reserve(draft: Inspection) -> date:
    return services.reserve_scope(draft, version=None, actor=cast.actor(cast.PLANNER))


def other(session: Session) -> Inspection:
    made = make.draft("Kiểm tra khác", criteria=("MC-05", "MC-06"))
    session.commit()
    return made


def holders(session: Session) -> set[int]:
    return set(session.scalars(sa.select(Claim.mandate_id).where(Claim.ended_at.is_(None))))


def criteria(*keys: str) -> list[int]:
    return [factory.criterion(key).id for key in keys]


def test_the_way_from_the_review_to_the_decision(
    client: Browser, session: Session, draft: Inspection
) -> None:
    path = f"/inspections/{draft.id}/review"
    client.sign_in(cast.PLANNER).get(path)
    assert "Bản đang lập không chiếm nội dung nào." in client.text and "07/10/2026" in client.text
    client.submit(RESERVE, {})
    client.follow()
    assert "Đã giữ chỗ đến hết ngày 07/10/2026." in client.text
    assert "Giữ chỗ đến hết ngày 07/10/2026" in " ".join(client.page.get_text(" ").split())
    assert not client.page.select(RESERVE) and not client.page.select(EXTEND), "nothing to gain today"
    client.get(f"/inspections/{draft.id}")
    assert "Giữ chỗ 03 nội dung đến hết ngày 07/10/2026" in client.text

    with clock.frozen(LATER):
        client.sign_in(cast.PLANNER).get(path)
        client.submit(EXTEND, {})
        client.follow()
        assert "Đã gia hạn giữ chỗ đến hết ngày 09/10/2026." in client.text
        client.submit(RELEASE, {})
        client.follow()
        assert "Đã bỏ giữ chỗ" in client.text and client.page.select(RESERVE)
    session.expire_all()
    reserve(draft)
    services.decide(draft, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))
    session.commit()
    assert holders(session) == {draft.mandate_id}
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}")
    assert "Chuyển nội dung đã giữ chỗ cho Đoàn kiểm tra" in client.text
    client.post(f"{path}/reserve", {}, expect=409)


def test_another_planner_reads_who_reserved_and_takes_the_rest(
    client: Browser, session: Session, draft: Inspection
) -> None:
    reserve(draft)
    second = other(session)
    client.sign_in(cast.PLANNER).get(f"/inspections/{second.id}/review")
    told = " ".join(client.page.get_text(" ").split())
    assert "01 được kiểm tra, 00 đã có kết luận, 00 đoàn khác đang thực hiện, 01 đang được giữ chỗ" in told
    assert "đang được giữ chỗ đến hết ngày 07/10/2026 cho cuộc kiểm tra dự kiến “Kiểm tra quý IV”" in told
    assert client.page.select(".kl-cell--reserved .bi-bookmark"), "a sign of its own, not a colour alone"
    assert "Nhận phạm vi còn lại rồi mới giữ chỗ được." in told and not client.page.select(RESERVE)
    client.post(f"/inspections/{second.id}/review/reserve", {}, expect=409)
    assert "01 đang được giữ chỗ" in client.text
    with pytest.raises(ClaimRefused):
        services.decide(second, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))
    session.rollback()
    paper = compose(second, queries.review_scope(second), [], on=clock.today(), maker="Trần Thị Mẫu")
    assert "“Kiểm tra quý IV” của Sở Nội vụ; giữ chỗ đến hết ngày 07/10/2026" in repr(paper.blocks)
    client.submit("form[action$='/accept']", {})
    client.follow()
    assert reserve(second) == date(2026, 10, 7)
    session.commit()
    client.get("/inspections")
    assert client.text.count("Giữ chỗ đến hết ngày") == 2


def test_a_unit_learns_nothing_and_only_planners_act(
    client: Browser, session: Session, draft: Inspection
) -> None:
    reserve(draft)
    session.commit()
    client.sign_in(cast.HEAD).get("/")
    client.post(f"/inspections/{draft.id}/review/reserve", {}, expect=404)
    unit, first = cast.unit(cast.LONG_PHUOC), "2026-01-01"
    client.get(f"/register/units/{unit.id}?starts_on={first}&ends_on=2026-06-30")
    assert "giữ chỗ" not in client.text and "Kiểm tra quý IV" not in client.text
    client.sign_in(cast.LEADER).get(f"/inspections/{draft.id}/review")
    assert not client.page.select(RELEASE)
    client.post(f"/inspections/{draft.id}/review/reserve/release", {}, expect=403)


def test_a_second_click_and_an_old_page_are_told(
    client: Browser, session: Session, draft: Inspection
) -> None:
    old = draft.version
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/review")
    token = client.page.select_one(f"{RESERVE} input[name=csrf_token]")
    assert token is not None
    form = {"version": str(old), "csrf_token": str(token["value"])}
    client.post(f"/inspections/{draft.id}/review/reserve", form)
    client.post(f"/inspections/{draft.id}/review/reserve", form, expect=409)
    assert "Phạm vi đã được giữ chỗ đến hết ngày 07/10/2026." in client.text
    client.post(f"/inspections/{draft.id}/review/reserve/release", form, expect=409)
    assert "vừa được" in client.text
    session.expire_all()
    assert reserved.of_case(draft.id) is not None
    with pytest.raises(Stale):
        services.release_reservation(draft, version=old, actor=cast.actor(cast.PLANNER))
    session.rollback()
    with clock.frozen(LATER), pytest.raises(Stale):
        services.extend_reservation(draft, version=old, actor=cast.actor(cast.PLANNER))
    session.rollback()
    client.get(f"/inspections/{draft.id}/review")
    client.submit(RELEASE, {})
    client.post(f"/inspections/{draft.id}/review/reserve/release", form, expect=409)
    assert "không còn được giữ chỗ" in client.text


def test_the_scope_that_changes_gives_back_and_reserves_what_is_new_on_request(
    client: Browser, session: Session, draft: Inspection
) -> None:
    reserve(draft)
    planner = cast.actor(cast.PLANNER)
    services.set_scope(draft, criteria("MC-05", "MC-06"), version=None, actor=planner)
    session.commit()
    held = reserved.of_case(draft.id)
    assert held is not None and len(reserved.boxes(held)) == 1
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/review")
    assert "Có 01 nội dung của phạm vi chưa được giữ chỗ." in client.text
    button = client.page.select_one(RESERVE)
    assert button is not None and "Giữ chỗ cả phần mới thêm" in button.get_text()
    client.submit(RESERVE, {})
    assert len(reserved.boxes(held)) == 2
    client.get(f"/inspections/{draft.id}")
    assert "Trả lại 02 nội dung giữ chỗ không còn trong phạm vi" in client.text
    session.expire_all()
    services.edit_draft(
        draft, make.case_data("Tên mới", kind=InspectionKind.SURPRISE), version=None, actor=planner
    )
    session.expire(held)
    assert held.planned == "" and held.mandate.hidden
    services.edit_draft(
        draft, make.case_data("Tên mới", kind=InspectionKind.FOLLOW_UP), version=None, actor=planner
    )
    assert held.state is ReservationState.RELEASED and holders(session) == set()
    with pytest.raises(Conflict, match="không cần giữ chỗ"):
        reserve(draft)


def test_the_remainder_that_is_accepted_gives_back_what_it_cut(session: Session, draft: Inspection) -> None:
    reserve(draft)
    planner = cast.actor(cast.PLANNER)
    factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-06", JANUARY, JUNE), "MC-06")])
    services.set_scope(draft, criteria("MC-05", "MC-06"), version=None, actor=planner)
    review = queries.review_scope(draft)
    assert review.counts.concluded == 1 and review.counts.free == 1
    seen = services.Remainder(review.fingerprint, frozenset(review.refused_ids))
    services.accept_remainder(draft, seen, version=None, actor=planner)
    told = queries.reserved_of(draft, queries.review_scope(draft))
    assert told is not None and told.holds and told.bare == 0


def test_what_lapsed_is_told_to_its_planner_and_the_decision_claims_anew(
    client: Browser, session: Session, draft: Inspection
) -> None:
    reserve(draft)
    session.commit()
    client.sign_in(cast.PLANNER).get("/")
    assert "Giữ chỗ đến hết ngày 07/10/2026" in client.text and "Còn 10 ngày làm việc" in client.text
    draft.starts_on = date(2026, 10, 1)
    session.commit()
    client.get("/")
    assert f"{draft.code} · Giữ chỗ đến hết ngày 07/10/2026" in client.text
    with clock.frozen(AFTER):
        client.sign_in(cast.PLANNER).get("/")
        assert "Hết thời hạn giữ chỗ ngày 07/10/2026, phạm vi không còn được giữ" in client.text
        client.get(f"/inspections/{draft.id}/review")
        assert "Đã hết thời hạn giữ chỗ ngày 07/10/2026" in " ".join(client.page.get_text(" ").split())
        assert client.page.select(RESERVE) and not client.page.select(EXTEND)
        client.post(f"/inspections/{draft.id}/review/reserve/extend", {}, expect=409)
        session.expire_all()
        team = factory.held([factory.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE)])
        session.commit()
        client.get(f"/inspections/{draft.id}")
        assert "Hết thời hạn giữ chỗ, trả lại 03 nội dung" in client.text
        draft.starts_on = None
        with pytest.raises(ClaimRefused, match="01 đoàn khác đang thực hiện"):
            services.decide(draft, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))
        session.rollback()
        assert holders(session) == {team.id}
        review = queries.review_scope(draft)
        services.accept_remainder(
            draft, services.Remainder(review.fingerprint, frozenset(review.refused_ids)), version=None,
            actor=cast.actor(cast.PLANNER),
        )  # fmt: skip
        draft.starts_on = None
        services.decide(draft, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))
        assert holders(session) == {team.id, draft.mandate_id}


def test_what_a_leader_reopened_is_held_already_and_is_not_reserved(
    session: Session, draft: Inspection
) -> None:
    old = factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE), "MC-05")])
    session.commit()
    with pytest.raises(ClaimRefused):
        reserve(draft)
    session.rollback()
    planner = cast.actor(cast.PLANNER)
    items = [item.item_id for item in queries.review_scope(draft).items]
    asked = services.ask_reopening(draft, old.id, items, WRITTEN, version=None, actor=planner)
    services.grant_reopening(draft, asked, "131/QĐ-SNV", date(2026, 9, 21), actor=cast.actor(cast.LEADER))
    reserve(draft)
    held = reserved.of_case(draft.id)
    assert held is not None and len(reserved.boxes(held)) == 2
    told = queries.reserved_of(draft, queries.review_scope(draft))
    assert told is not None and told.bare == 0
    services.decide(draft, make.decision_data(), version=None, actor=planner)
    assert holders(session) == {draft.mandate_id}


def test_units_that_were_recorded_otherwise_are_followed_first(session: Session, draft: Inspection) -> None:
    draft.units[0].planned_days = ["x"]
    session.flush()
    with pytest.raises(Conflict, match="Cập nhật phạm vi trước khi giữ chỗ"):
        reserve(draft)
    assert queries.reserved_of(draft, replace(queries.review_scope(draft), items=())) is not None


def test_a_decided_case_reserves_nothing(session: Session) -> None:
    made = make.decided()
    for act in (services.reserve_scope, services.extend_reservation, services.release_reservation):
        with pytest.raises(WrongState):
            act(made, version=None, actor=cast.actor(cast.PLANNER))
    assert queries.reserved_of(made, queries.review_scope(made)) is None


def test_of_two_planners_at_once_one_reserves(new_database: Callable[[str], str], tmp_path: Path) -> None:
    app = create_app(settings_for(new_database("reserve_race"), tmp_path))
    with app.app_context(), clock.frozen(NOON):
        ids = [make.draft(title).id for title in ("Kiểm tra quý IV", "Kiểm tra khác")]
        db.session.commit()
        db.session.remove()

    def load() -> list[Inspection]:
        both = [db.session.get_one(Inspection, key) for key in ids]
        assert all(one.units and one.office_unit for one in both)
        return both

    def first(both: list[Inspection]) -> None:
        reserve(both[0])

    def second(both: list[Inspection]) -> None:
        reserve(both[1])

    def decide(both: list[Inspection]) -> None:
        services.decide(both[0], make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))

    assert race(app, load, [first, second]) == ["done", "refused"]
    with app.app_context(), clock.frozen(NOON):
        ids.sort(key=lambda key: reserved.of_case(key) is None)
        db.session.remove()
    assert race(app, load, [decide, second]) == ["done", "refused"], "nobody gets in between"
    assert race(app, load, [first, decide]) == ["refused", "refused"]


def test_reserving_and_deciding_one_draft_at_once_never_wait_for_each_other(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database("reserve_decide"), tmp_path))
    with app.app_context(), clock.frozen(NOON):
        drafts = {
            key: make.draft(f"Kiểm tra {key}", criteria=(key,)).id for key in ("MC-05", "MC-06", "CĐ-01")
        }
        db.session.commit()
        db.session.remove()

    def decide(case: Inspection) -> None:
        services.decide(case, make.decision_data(), version=case.version, actor=cast.actor(cast.PLANNER))

    def reserve_it(case: Inspection) -> None:
        services.reserve_scope(case, version=case.version, actor=cast.actor(cast.PLANNER))

    for key in drafts.values():

        def load(key: int = key) -> Inspection:
            case = db.session.get_one(Inspection, key)
            assert case.units and case.office_unit
            return case

        assert "done" in race(app, load, [decide, reserve_it])
    with app.app_context(), clock.frozen(NOON):
        for case in db.session.scalars(sa.select(Inspection)):
            held = db.session.scalars(sa.select(Claim.mandate_id).where(Claim.ended_at.is_(None))).all()
            assert (case.mandate_id in held) != (reserved.of_case(case.id) is not None)
        db.session.remove()
        db.engine.dispose()


def test_pages_ask_a_few_times_whatever_is_reserved(client: Browser, session: Session) -> None:
    for number, key in enumerate(("MC-05", "MC-06", "CĐ-01")):
        reserve(make.draft(f"Kiểm tra {number}", criteria=(key,)))
    session.commit()
    client.sign_in(cast.PLANNER)
    with count_queries(session) as three:
        client.get("/inspections")
    for number, key in enumerate(("MC-07", "MC-08", "MC-09")):
        reserve(make.draft(f"Kiểm tra thêm {number}", criteria=(key,)))
    session.commit()
    with count_queries(session) as six:
        client.get("/inspections")
    assert len(six) == len(three)
    wide = make.draft("Toàn bộ phiếu", units=(cast.AN_PHUOC,), criteria=None)
    session.commit()
    path = f"/inspections/{wide.id}/review"
    client.get(path)
    with count_queries(session) as before:
        client.get(path)
    reserve(wide)
    session.commit()
    client.get(path)
    with count_queries(session) as after:
        client.get(path)
    assert len(after) <= len(before) + 2, "its claims, whatever their number, and its mandate"
    with count_queries(session) as home:
        client.get("/")
    assert sum("reservation" in statement for statement in home) == 1
    with count_queries(session) as given_back:
        services.set_scope(wide, criteria("MC-05"), version=None, actor=cast.actor(cast.PLANNER))
    asked = sum("claim" in statement for statement in given_back)
    assert asked == 4, "read, ended, what is left, and what that lets return"
