"""Making a notice public: within ten days of its signature, or the reason why not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.errors import DomainError, Forbidden, WrongState
from app.notices import queries
from app.notices.queries import Filters
from app.notices.services import publishing
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import notices as made

PORTAL = "Cổng thông tin điện tử của Sở Nội vụ"


def unpublished() -> list[int]:
    page = queries.list_visible(cast.actor(cast.CLERK), Filters(state="unpublished"))
    return [notice.id for notice in page.items]


def test_an_issued_notice_is_made_public_or_it_is_said_why_not(session: Session) -> None:
    notice = made.drafted()
    clerk = cast.actor(cast.CLERK)
    with pytest.raises(WrongState, match="đã ban hành"):
        publishing.publish(notice, on=clock.today(), place=PORTAL, actor=clerk)
    made.issued(notice)
    assert publishing.publish_by(notice) == date(2026, 10, 5) and unpublished() == [notice.id]
    for on, place, field in (
        (clock.today() + timedelta(days=1), PORTAL, "on"),
        (clock.today() - timedelta(days=9), PORTAL, "on"),
        (clock.today(), " ", "place"),
    ):
        with pytest.raises(DomainError) as refused:
            publishing.publish(notice, on=on, place=place, actor=clerk)
        assert refused.value.field == field
    with pytest.raises(DomainError):
        publishing.withhold(notice, "", actor=clerk)
    with pytest.raises(Forbidden):
        publishing.withhold(notice, "Có nội dung mật", actor=cast.actor(cast.LEADER))
    publishing.withhold(notice, "Đang xem xét nội dung không công khai", actor=clerk)
    assert unpublished() == []
    publishing.publish(notice, on=clock.today(), place=PORTAL, actor=clerk)
    kept = publishing.find_publication(notice)
    assert kept is not None and (kept.published_on, kept.place, kept.reason) == (clock.today(), PORTAL, "")


def test_the_page_of_the_notice_says_until_when_and_then_where(client: Browser, session: Session) -> None:
    notice = made.issued()
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}")
    assert "Chưa ghi nhận việc công khai; chậm nhất ngày 05/10/2026" in client.text
    client.get(f"/notices/{notice.id}/publication")
    client.submit("main form[method=post]", {"public": "yes", "on": ""}, expect=422)
    assert "Nhập ngày công khai." in client.text
    client.submit("main form[method=post]", {"on": format_date(clock.today()), "place": PORTAL})
    client.follow()
    assert f"Đã công khai ngày {format_date(clock.today())}, {PORTAL}." in client.text
    client.get(f"/notices/{notice.id}/publication")
    client.submit("main form[method=post]", {"public": "no", "reason": "Có nội dung không công khai"})
    client.follow()
    assert "Không công khai: Có nội dung không công khai" in client.text
    client.get("/notices?state=unpublished")
    assert "Không có thông báo nào khớp" in client.text
