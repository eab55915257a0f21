"""A notice that decides reopened content again: it cites the old one, and what it does to both."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.errors import DomainError
from app.inspections import queries as inspections
from app.inspections import services
from app.notices import checks, texts
from app.notices.models import Notice
from app.notices.record import gather
from app.register.models import Claim, Conclusion, Reopening, ReopeningGround, ReopeningState
from app.register.reopening import Request
from tests import cast
from tests.factories import inspections as cases
from tests.factories import notices
from tests.factories import register as factory

WRITTEN = Request(
    ReopeningGround.MISSED, "Bỏ sót vi phạm", "Biên bản số 3 ngày 01/8/2026", "Đoàn trước không lấy mẫu"
)
ALL = (date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
def notice(session: Session) -> Notice:
    """MC-05 and CĐ-01 were concluded, reopened for a case and are now to be decided by its notice; CĐ-01 was
    not examined."""
    boxes = [(factory.box(cast.LONG_PHUOC, key, *ALL), key) for key in ("MC-05", "CĐ-01", "MC-06")]
    old = factory.concluded(boxes, on=date(2026, 8, 12))
    planner = cast.actor(cast.PLANNER)
    with clock.frozen(clock.at(date(2026, 9, 1))):
        case = cases.draft(criteria=notices.CRITERIA)
        refused = inspections.review_scope(case).refused_ids
        made = services.ask_reopening(case, old.id, refused, WRITTEN, version=None, actor=planner)
        services.grant_reopening(case, made, "131/QĐ-SNV", date(2026, 8, 31), actor=cast.actor(cast.LEADER))
        services.decide(case, cases.decision_data(), version=None, actor=planner)
    return notices.drafted(notices.worked(case))


def old_check(notice: Notice) -> list[checks.Check]:
    record = gather(notice)
    return [one for one in checks.run(notice, record) if "thông báo cũ" in one.text]


def test_the_opening_cites_the_old_notice_and_the_decision(session: Session, notice: Notice) -> None:
    record = gather(notice)
    assert (
        "; theo Quyết định số 131/QĐ-SNV ngày 31/8/2026 mở lại nội dung đã kết luận tại "
        "Thông báo số 45/TB-SNV ngày 12/8/2026, Sở Nội vụ thông báo kết luận như sau:"
    ) in texts.opening(notice, record)
    (told,) = old_check(notice)
    assert told.ok and told.text == "Đã viện dẫn thông báo cũ của nội dung được mở lại"


def test_without_the_old_notice_it_does_not_go_up(session: Session, notice: Notice) -> None:
    notice.sections = {**notice.sections, "opening": "Đoàn kiểm tra 145/TB-SNV thông báo kết luận như sau:"}
    session.flush()
    (told,) = old_check(notice)
    assert told.hard and not told.ok
    assert told.text == "Chưa viện dẫn thông báo cũ đã được mở lại: Thông báo số 45/TB-SNV ngày 12/8/2026."
    assert told in checks.refusing(checks.run(notice, gather(notice)))
    with pytest.raises(DomainError, match="Chưa viện dẫn thông báo cũ"):
        notices.submitted(notice)


def test_what_this_notice_decides_again_is_not_listed_as_concluded_before(
    session: Session, notice: Notice
) -> None:
    assert [one.criterion_key for one in gather(notice).before if one.criterion_key in notices.CRITERIA] == []
    assert "MC-06" in [one.criterion_key for one in gather(notice).before]


def test_issuing_decides_what_was_examined_and_gives_the_rest_back(session: Session, notice: Notice) -> None:
    notices.issued(notice)
    old = session.scalars(sa.select(Conclusion).where(Conclusion.number_and_symbol == "45/TB-SNV")).one()
    live = {
        (claim.content_id, claim.conclusion_id)
        for claim in session.scalars(sa.select(Claim).where(Claim.ended_at.is_(None)))
    }
    assert notice.conclusion is not None
    assert (factory.content("MC-05").id, notice.conclusion.id) in live
    assert (factory.content("CĐ-01").id, old.id) in live
    assert session.scalars(sa.select(Reopening)).one().state is ReopeningState.USED
    (told,) = old_check(notice)
    assert told.ok
